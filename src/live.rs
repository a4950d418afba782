//! What is followed live, decided without a network and without a clock.
//!
//! [`session`] decides what is asked for next, [`dedup`] recognizes what came once already, [`time`] knows
//! how far the service's time may be from this machine's, and [`trouble`] says what an error means for what
//! comes next. Whoever asks the services ([`crate::edge::feed::live`], [`crate::edge::feed::aws`]) tells what
//! happened, and whoever shows it is told its [`status`].

// What an error means for what comes next.
pub mod trouble;

// The service's time beside this machine's.
pub mod time;

// What came once already.
pub mod dedup;

// What is asked for next, and what was never seen.
pub mod session;

// What whoever shows it is told.
pub mod status;
