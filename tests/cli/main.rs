//! The command line: its help, what it says when something is wrong, its exit codes, where its output goes.

#![expect(clippy::expect_used, reason = "a test says what it expects")]

mod advice;
mod catalog;
mod compare;
mod config;
mod filter;
mod inputs;
mod options;
mod output;
#[cfg(feature = "parquet")]
mod parquet;
mod plan;
mod program;
mod redact;
mod sql;
mod weighted;
