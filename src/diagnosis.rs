//! What went wrong, because of what, and what to do about it; and its one printer.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::visible::visible;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// All was done.
    Done,
    /// What `--fail-on` names was found.
    Found,
    /// It could not be done.
    Failed,
    /// It was done, but part of the input was bad.
    Partial,
    /// A signal of this number ended it.
    Signal(u8),
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Done => 0,
            Outcome::Found => 1,
            Outcome::Failed => 2,
            Outcome::Partial => 3,
            // As shells put it.
            Outcome::Signal(number) => 128_u8.saturating_add(number),
        })
    }
}

/// Why something could not be done: what, because of what, and what would help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// `error`, or `warning` where the work goes on.
    kind: &'static str,
    what: String,
    why: Option<String>,
    hint: Option<String>,
}

impl Diagnosis {
    /// Says what could not be done: lower case, no full stop.
    #[must_use]
    pub fn new(what: impl Into<String>) -> Self {
        Self { kind: "error", what: what.into(), why: None, hint: None }
    }

    /// Says what could not be done while the rest was.
    #[must_use]
    pub fn warning(what: impl Into<String>) -> Self {
        Self { kind: "warning", ..Self::new(what) }
    }

    /// Adds the cause.
    #[must_use]
    pub fn because(mut self, why: impl fmt::Display) -> Self {
        self.why = Some(why.to_string());
        self
    }

    /// Adds what would help.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, visible(&self.what))?;
        if let Some(why) = &self.why {
            write!(f, ": {}", visible(why))?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n  try: {}", visible(hint))?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnosis {}

/// Writes a line to standard error. If nobody can be told, the work goes on without it.
pub fn say(line: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_why_and_what_to_do() {
        let diagnosis =
            Diagnosis::new("cannot read `x\u{1b}`").because("no such file").hint("r53tail report FOLDER");
        assert_eq!(
            diagnosis.to_string(),
            "error: cannot read `x\\u{1b}`: no such file\n  try: r53tail report FOLDER"
        );
    }
}
