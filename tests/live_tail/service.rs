//! The fake as a program, for clients that are not Rust: says where it listens, and serves until it is ended.
//!
//! `cargo run --example service [PORT]`; what a log group does is in its name, see [`fake`]. A request to
//! `/store` with `{"group": NAME}` as its body answers with what is in the store of a group.

#![expect(clippy::expect_used, clippy::panic, reason = "it is a part of the tests")]
#![expect(dead_code, reason = "the tests ask for more of it")]

#[path = "fake.rs"]
mod fake;
#[path = "frames.rs"]
mod frames;
#[path = "../../src/log/record/sample.rs"]
mod line;
#[path = "logging.rs"]
mod logging;
#[path = "script.rs"]
mod script;
#[path = "store.rs"]
mod store;

use std::io::Read as _;

fn main() {
    let port: u16 = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(0);
    let fake = fake::Fake::start_at(port);
    println!("http://{}", fake.address);
    // Whoever started it ends it by closing its input.
    let read = std::io::stdin().read_to_end(&mut Vec::new());
    read.expect("standard input can be read");
}
