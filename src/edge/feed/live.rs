//! Live: `StartLiveTail`, and `FilterLogEvents` for what it did not deliver.
//!
//! [`crate::live`] decides and recognizes, without a network or a clock. [`client`] speaks to the service,
//! [`clock`] reads its time, and [`tail`] joins all of them. [`logging`] finds out which VPCs log at all, and
//! where to.

pub mod batches;
pub mod client;
pub mod clock;
pub mod groups;
pub mod logging;
pub mod recorder;
pub mod request;
pub mod tail;
