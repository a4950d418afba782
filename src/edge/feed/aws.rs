//! How the APIs of AWS are asked, whichever it is: as whom and where ([`access`]), through which client and
//! proxy and with whose trust (`network`, `proxies`), how much of an answer is held ([`bound`]), and what
//! an error means ([`errors`]). Services that have no crate of the SDK here are asked in `signed`.

pub mod access;
pub mod bound;
pub mod errors;
pub(super) mod network;
pub(super) mod page_tokens;
mod profile;
pub(super) mod proxies;
pub(super) mod signed;
pub(super) mod signing_time;
pub(super) mod tried;
