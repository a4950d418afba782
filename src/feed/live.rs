//! Live: `StartLiveTail`, and `FilterLogEvents` for what it did not deliver.
//!
//! [`session`] decides and [`dedup`] recognizes, both without a network or a clock. [`client`] speaks to the
//! service, [`clock`] knows the service's time, [`errors`] says what its errors mean, and [`tail`] joins all
//! of them. [`logging`] finds out which VPCs log at all, and where to.

pub mod access;
pub mod batches;
pub mod bound;
pub mod client;
pub mod clock;
pub mod dedup;
pub mod errors;
pub mod groups;
pub mod logging;
pub(super) mod network;
mod profile;
pub mod recorder;
pub mod request;
pub mod session;
pub(super) mod signed;
pub(super) mod signing_time;
pub mod tail;
pub(super) mod tried;
