//! Live: `StartLiveTail`, and `FilterLogEvents` for what it did not deliver.
//!
//! [`session`] decides and [`seam`] recognizes, both without a network or a clock. [`client`] speaks to the service,
//! [`errors`] says what its errors mean, and [`tail`] joins all of them. [`logging`] finds out which VPCs log at all, and
//! where to.

pub mod access;
pub mod batches;
pub mod client;
pub mod errors;
pub mod groups;
pub mod logging;
pub mod recorder;
pub mod request;
pub mod seam;
pub mod session;
pub mod tail;
mod tried;
