//! Logs that are asked about where they lie, and are not read: `logs://GROUP`,
//! `athena://WORKGROUP/DATABASE.TABLE`. An engine counts their records, and what it gives are weighted
//! records.

use std::fmt;
use std::io::Read;
use std::sync::atomic::AtomicU64;

use super::live::groups::{NotAGroup, WantedGroups};
use crate::live::trouble::Trouble;
use crate::log::sql::{Table, TableError};

/// What an engine is asked about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asked {
    /// Log groups, by Logs Insights.
    Insights(WantedGroups),
    /// A table, by Athena.
    Athena {
        /// The workgroup in which it is asked.
        group: String,
        /// The table.
        table: Table,
    },
}

/// Why nothing can be called that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskedError {
    /// It names no log group.
    #[error(transparent)]
    Group(#[from] NotAGroup),
    /// It names no table.
    #[error("it names no table, as athena://WORKGROUP/DATABASE.TABLE does: {0}")]
    Table(#[from] TableError),
    /// It names no workgroup.
    #[error("it names no workgroup, as athena://WORKGROUP/DATABASE.TABLE does")]
    WorkGroup,
}

const INSIGHTS: &str = "logs://";
const ATHENA: &str = "athena://";
/// The longest name of a workgroup (`CreateWorkGroup`, `Name`).
const LONGEST: usize = 128;

/// What follows `scheme` in a path, if the path begins with it.
fn without_scheme<'a>(path: &'a str, scheme: &str) -> Option<&'a str> {
    let (start, rest) = path.split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then_some(rest)
}

impl Asked {
    /// Reads a path that is meant to be one; `None` if it is meant to be something else.
    ///
    /// # Errors
    /// If nothing can be called that.
    #[must_use]
    pub fn from_path(path: &str) -> Option<Result<Self, AskedError>> {
        if let Some(name) = without_scheme(path, INSIGHTS) {
            return Some(name.parse().map(Self::Insights).map_err(AskedError::from));
        }
        Some(Self::athena(without_scheme(path, ATHENA)?))
    }

    /// The names in it, which tell whose it is.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Insights(WantedGroups::Arn(group)) => vec![&group.arn, group.name()],
            Self::Insights(WantedGroups::Name(name) | WantedGroups::Prefix(name)) => vec![name],
            Self::Athena { group, table } => {
                std::iter::once(group.as_str()).chain(table.parts().iter().map(String::as_str)).collect()
            }
        }
    }

    fn athena(rest: &str) -> Result<Self, AskedError> {
        let (group, table) = rest.split_once('/').unwrap_or((rest, ""));
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if group.is_empty() || group.len() > LONGEST || !group.bytes().all(is_allowed) {
            return Err(AskedError::WorkGroup);
        }
        Ok(Self::Athena { group: group.to_owned(), table: table.parse()? })
    }
}

/// As it was given.
impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Insights(wanted) => write!(f, "{INSIGHTS}{wanted}"),
            Self::Athena { group, table } => write!(f, "{ATHENA}{group}/{table}"),
        }
    }
}

/// Rows on their way to whoever reads them.
pub struct Answered {
    /// The number of the input that they are of.
    pub input: usize,
    /// Weighted records.
    pub body: Box<dyn Read + Send>,
}

impl fmt::Debug for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answered").field("input", &self.input).finish_non_exhaustive()
    }
}

/// How far it is; written by whoever asks, read by whoever shows it.
#[derive(Debug, Default)]
pub struct AskedProgress {
    /// Parts of what is asked for, as far as they are known.
    pub parts: AtomicU64,
    /// Of those, how many came.
    pub done: AtomicU64,
    /// Bytes that engines have looked at.
    pub scanned: AtomicU64,
}

/// What is to be said of what was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedRemark {
    /// Numbers of inputs, and what of them could not be had, in one sentence each.
    pub faults: Vec<(usize, String)>,
    /// Numbers of inputs, and what else is to be said of them.
    pub remarks: Vec<(usize, String)>,
}

/// What is wrong, and what would help, in one sentence.
pub(super) fn sentence(trouble: &Trouble) -> String {
    match &trouble.hint {
        Some(hint) => format!("{}; try: {hint}", trouble.text),
        None => trouble.text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_about_is_named() {
        let arn = "arn:aws:logs:eu-west-1:111122223333:log-group:/dns";
        for (path, shown) in [
            ("logs:///aws/route53/vpc-1", "logs:///aws/route53/vpc-1"),
            ("LOGS://dns", "logs://dns"),
            ("logs:///aws/*", "logs:///aws/*"),
            (&format!("logs://{arn}:*"), &format!("logs://{arn}")),
            ("athena://primary/logs.r53", "athena://primary/logs.r53"),
            ("Athena://a.b-c/r53", "athena://a.b-c/r53"),
            (
                "athena://x/\"s3tablescatalog/aws-cloudwatch\".logs.t",
                "athena://x/s3tablescatalog/aws-cloudwatch.logs.t",
            ),
        ] {
            assert_eq!(Asked::from_path(path).unwrap().unwrap().to_string(), shown);
        }
        for path in [
            "logs://",
            "logs://a b",
            "logs://arn:aws:s3:::bucket",
            "athena://",
            "athena://primary",
            "athena://primary/",
            "athena:///r53",
            "athena://a b/r53",
            "athena://primary/a.b.c.d",
            "athena://primary/\"a",
        ] {
            assert!(Asked::from_path(path).unwrap().is_err(), "{path}");
        }
        for path in ["logs:/x", "logs", "/logs://x", "s3://x", "ü", "athena:/x/y"] {
            assert!(Asked::from_path(path).is_none(), "{path}");
        }
    }
}
