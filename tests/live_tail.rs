//! Live: the driver with the real SDK client against a CloudWatch Logs of our own on loopback, and what it is
//! made of.
//!
//! What must come out is what is in the store of the fake: every record, and no more often than it is there.

#![expect(clippy::expect_used, clippy::panic, reason = "a test says what it expects")]

#[cfg(unix)]
#[path = "live/access.rs"]
mod access;
#[path = "live/arrivals.rs"]
mod arrivals;
#[path = "live/chance.rs"]
mod chance;
#[path = "live/clocks.rs"]
mod clocks;
#[cfg(unix)]
#[path = "live/console.rs"]
mod console;
#[path = "live/day.rs"]
mod day;
#[path = "live/fake.rs"]
mod fake;
#[path = "live/following.rs"]
mod following;
#[path = "live/frames.rs"]
mod frames;
#[path = "live/laws.rs"]
mod laws;
#[path = "live/logging.rs"]
mod logging;
#[cfg(unix)]
#[path = "live/offers.rs"]
mod offers;
#[cfg(unix)]
#[path = "live/program.rs"]
mod program;
#[path = "live/script.rs"]
mod script;
#[path = "live/simulated.rs"]
mod simulated;
#[path = "live/store.rs"]
mod store;
