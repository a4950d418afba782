//! Logs that are asked about where they lie, and are not read: `logs://GROUP`.

use std::fmt;

use super::live::groups::{NotAGroup, Wanted};

/// What an engine is asked about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asked {
    /// Log groups, by Logs Insights.
    Insights(Wanted),
}

const INSIGHTS: &str = "logs://";

/// What follows `scheme` in a path, if the path begins with it.
fn behind<'a>(path: &'a str, scheme: &str) -> Option<&'a str> {
    let (start, rest) = path.split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then_some(rest)
}

impl Asked {
    /// Reads a path that is meant to be one; none if it is meant to be something else.
    ///
    /// # Errors
    /// If nothing can be called that.
    #[must_use]
    pub fn of(path: &str) -> Option<Result<Self, NotAGroup>> {
        Some(behind(path, INSIGHTS)?.parse().map(Self::Insights))
    }
}

/// As it was given.
impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Insights(wanted) => write!(f, "{INSIGHTS}{wanted}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_groups_are_named_as_elsewhere() {
        let arn = "arn:aws:logs:eu-west-1:111122223333:log-group:/dns";
        for (path, shown) in [
            ("logs:///aws/route53/vpc-1", "logs:///aws/route53/vpc-1"),
            ("LOGS://dns", "logs://dns"),
            ("logs:///aws/*", "logs:///aws/*"),
            (&format!("logs://{arn}:*"), &format!("logs://{arn}")),
        ] {
            assert_eq!(Asked::of(path).unwrap().unwrap().to_string(), shown);
        }
        for path in ["logs://", "logs://a b", "logs://arn:aws:s3:::bucket"] {
            assert!(Asked::of(path).unwrap().is_err(), "{path}");
        }
        for path in ["logs:/x", "logs", "/logs://x", "s3://x", "ü"] {
            assert!(Asked::of(path).is_none(), "{path}");
        }
    }
}
