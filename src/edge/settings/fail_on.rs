//! What makes a report end with 1: a status, or too few origins that work without IPv4.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Command, Error};

use crate::fleet::Status;

/// What makes a report end with 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// An endpoint of this status.
    Status(Status),
    /// Fewer origins than this would work with neither IPv4 nor NAT64.
    Origins(u64),
    /// A smaller share of the origins than this, in per cent.
    Percent(u64),
}

impl FailOn {
    /// Whether `ready` of `origins` are too few.
    #[must_use]
    pub fn is_missed(self, ready: usize, origins: usize) -> bool {
        match self {
            Self::Status(_) => false,
            Self::Origins(least) => (ready as u64) < least,
            Self::Percent(least) => (ready as u128) * 100 < u128::from(least) * (origins as u128),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let number = text.strip_prefix("readiness<")?;
        let parsed = |digits: &str| {
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u64>().ok()).flatten()
        };
        match number.strip_suffix('%') {
            Some(percent) => parsed(percent).filter(|percent| *percent <= 100).map(Self::Percent),
            None => parsed(number).map(Self::Origins),
        }
    }
}

/// Reads a status, or `readiness<N` and `readiness<N%`.
#[derive(Clone, Debug)]
pub(super) struct FailOnParser;

impl TypedValueParser for FailOnParser {
    type Value = FailOn;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<FailOn, Error> {
        let text = value.to_str().unwrap_or_default();
        if let Some(parsed) = FailOn::parse(text) {
            return Ok(parsed);
        }
        if text.starts_with("readiness") {
            let why = format!(
                "`{text}` is none of readiness<N (N origins) and readiness<N% (of 0 to 100 per cent of the origins)\n"
            );
            return Err(Error::raw(ErrorKind::ValueValidation, why).with_cmd(command));
        }
        let word = PossibleValuesParser::new(Status::ALL.map(Status::word)).parse_ref(command, arg, value)?;
        let status = Status::ALL.into_iter().find(|status| status.word() == word);
        Ok(FailOn::Status(status.unwrap_or(Status::Native)))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let words = Status::ALL.into_iter().map(Status::word).chain(["readiness<N"]);
        Some(Box::new(words.map(PossibleValue::new)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_few_origins() {
        for (text, parsed) in [
            ("readiness<5", Some(FailOn::Origins(5))),
            ("readiness<90%", Some(FailOn::Percent(90))),
            ("readiness<101%", None),
            ("readiness<", None),
            ("readiness<-1", None),
            ("readiness<+1", None),
            ("readiness", None),
            ("nat64", None),
        ] {
            assert_eq!(FailOn::parse(text), parsed, "{text}");
        }
        assert!(FailOn::Percent(90).is_missed(8, 9));
        assert!(!FailOn::Percent(90).is_missed(9, 10));
        assert!(FailOn::Percent(90).is_missed(899, 1000));
        assert!(!FailOn::Percent(90).is_missed(0, 0), "of nobody, nobody fails");
        assert!(FailOn::Origins(3).is_missed(2, 2) && !FailOn::Origins(2).is_missed(2, 3));
        assert!(!FailOn::Status(Status::Nat64).is_missed(0, 9));
    }
}
