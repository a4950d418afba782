//! The command line of r53tail: reads the arguments, runs, prints what went wrong, and chooses the exit code.

use std::process::ExitCode;

use clap::Parser;
use r53tail::edge::diagnosis::{Outcome, say};
use r53tail::edge::run::run;
use r53tail::edge::settings::Arguments;

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(outcome) => outcome.into(),
        Err(diagnosis) => {
            say(diagnosis);
            Outcome::Failed.into()
        }
    }
}
