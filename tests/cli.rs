//! The command line: its help, what it says when something is wrong, its exit codes, where its output goes.

#![expect(clippy::expect_used, reason = "a test says what it expects")]

#[path = "cli/advice.rs"]
mod advice;
#[path = "cli/catalog.rs"]
mod catalog;
#[path = "cli/compare.rs"]
mod compare;
#[path = "cli/config.rs"]
mod config;
#[path = "cli/filter.rs"]
mod filter;
#[path = "cli/inputs.rs"]
mod inputs;
#[path = "cli/options.rs"]
mod options;
#[path = "cli/output.rs"]
mod output;
#[cfg(feature = "parquet")]
#[path = "cli/parquet.rs"]
mod parquet;
#[path = "cli/plan.rs"]
mod plan;
#[path = "cli/program.rs"]
mod program;
#[path = "cli/redact.rs"]
mod redact;
#[path = "cli/sql.rs"]
mod sql;
#[path = "cli/weighted.rs"]
mod weighted;
