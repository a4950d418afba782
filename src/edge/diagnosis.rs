//! What went wrong, because of what, and what to do about it; and its one printer.

use std::error::Error;
use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::base::visible::visible;

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

impl Error for Diagnosis {}

/// The most of the words of a service or of a program that is shown, in bytes.
const MOST: usize = 600;

/// Words of others as they are shown: in one line that is not too long, with nothing in it that drives a
/// terminal, and without the user and the password that a URL may have (RFC 3986 section 3.2.1).
#[must_use]
pub fn shown(words: &str) -> String {
    // What is not shown is not looked at either.
    let words = &words[..words.floor_char_boundary(8 * MOST)];
    let mut line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut from = 0;
    while let Some(at) = line[from..].find("://") {
        let start = from + at + 3;
        let is_end = |letter: char| matches!(letter, '/' | '?' | '#' | ' ' | '`' | '"' | '\'' | ',');
        let end = line[start..].find(is_end).map_or(line.len(), |length| start + length);
        if let Some(user) = line[start..end].rfind('@') {
            line.replace_range(start..=start + user, "");
        }
        from = start;
    }
    let line = visible(&line);
    match line.floor_char_boundary(MOST) {
        end if end < line.len() => format!("{}…", &line[..end]),
        _ => line.into_owned(),
    }
}

/// An error and its causes in one line, each said once.
#[must_use]
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        // Many wrappers repeat what they wrap.
        if words.last().is_none_or(|last| !last.ends_with(&text)) {
            words.push(text);
        }
        next = error.source();
    }
    shown(&words.join(": "))
}

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

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Layer(&'static str, #[source] Option<Box<Self>>);

    #[test]
    fn each_cause_is_said_once_and_in_one_line() {
        let inner = Layer("no such\n  host", None);
        let middle = Layer("connect: no such host", Some(Box::new(inner)));
        let outer = Layer("dispatch failure", Some(Box::new(middle)));
        assert_eq!(chain(&outer), "dispatch failure: connect: no such host");
    }

    #[test]
    fn words_of_others_are_bounded_and_hold_no_password() {
        for (words, said) in [
            ("a\n b", "a b"),
            ("at https://me:pass%2Fword@host.example:8443/x?y, or", "at https://host.example:8443/x?y, or"),
            ("`http://a:b@c@d`", "`http://d`"),
            ("https://host/@x", "https://host/@x"),
            ("\u{1b}[2Jx\u{202e}", r"\u{1b}[2Jx\u{202e}"),
        ] {
            assert_eq!(shown(words), said);
        }
        let long = shown(&"ü \u{7}".repeat(40_000));
        assert!(long.len() <= MOST + 3 && long.ends_with('…'), "{}", long.len());
    }
}
