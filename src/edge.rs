//! Where the program meets the world: files, the network, clocks, threads, the terminal, the command line.
//!
//! It knows all other layers, and none of them knows it. Each of them is pure: what it needs of the world
//! comes in as a value.

// What went wrong, and the exit code.
pub mod diagnosis;

// A log with a story, in the binary.
pub mod demo;

// Where bytes come from: files, S3, CloudWatch Logs, engines, resolvers.
pub mod feed;

// Keys in, frames out.
pub mod terminal;

// The command line, the environment, the configuration file.
pub mod settings;

// Does what the command line asks: a file for each command.
pub mod run;
