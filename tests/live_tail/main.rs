//! Live: the driver with the real SDK client against a CloudWatch Logs of our own on loopback, and what it is
//! made of.
//!
//! What must come out is what is in the store of the fake: every record, and no more often than it is there.

#![expect(clippy::expect_used, clippy::panic, reason = "a test says what it expects")]

#[cfg(unix)]
mod access;
mod arrivals;
mod chance;
mod clocks;
#[cfg(unix)]
mod console;
mod day;
mod fake;
mod following;
mod frames;
mod laws;
#[path = "../../src/log/record/sample.rs"]
mod line;
mod logging;
#[cfg(unix)]
mod offers;
#[cfg(unix)]
mod pages;
#[cfg(unix)]
mod program;
mod script;
mod simulated;
mod skew;
mod store;
