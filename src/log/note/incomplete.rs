//! Ends that say that there is more than was read.

use serde_json::{Value, json};

use crate::base::figures::{counted, number};

/// How it is known of an input that what it holds is not all there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Incomplete {
    /// A document of the AWS CLI that ends with a token with which more can be had.
    Token,
    /// The results of a query of Logs Insights that was not complete.
    Running,
    /// A query of Logs Insights that matched more records than there are rows.
    Rows,
    /// A result of exactly as many rows as Logs Insights returns at most: 100,000 of a query, 10,000 of a
    /// page (`GetQueryResults`), or the 1,000 it returned when a query named no limit (`StartQuery`,
    /// "limit").
    Limit(u32),
    /// Of an export task, nothing but the object with which it tries the bucket.
    Check,
    /// Records that a carrier left out, since each was as the one before.
    Repeated,
    /// Rows for each answer, and none of a query without one: engines leave these out where they unnest a
    /// list.
    Unanswered,
    /// Records that were counted together, before and after an end of the time asked for.
    Straddling,
    /// Records that were counted together, where a filter looks at the time or the port of each.
    Undecided,
    /// Answers of which it is not known when each was, since records were counted together.
    Unplaced,
}

/// The most that is taken for a count.
const MOST: u64 = 1 << 53;
/// What a line may say, besides [`Incomplete::Limit`].
const LINES: [Incomplete; 8] = [
    Incomplete::Token,
    Incomplete::Running,
    Incomplete::Rows,
    Incomplete::Check,
    Incomplete::Repeated,
    Incomplete::Unanswered,
    Incomplete::Straddling,
    Incomplete::Undecided,
];

impl Incomplete {
    /// One sentence or two: what is missing, and what to do about it. `count`: how often that was read; of
    /// [`Incomplete::Repeated`], how many records.
    #[must_use]
    pub fn words(self, count: u64) -> String {
        let text = match self {
            Self::Token => {
                "What the AWS CLI printed ends with a NextToken: there is more. Ask without --max-items, or go on from \
                 it with --starting-token."
            }
            Self::Running => {
                "A query was not complete when its results were fetched: run get-query-results again when its status \
                 is Complete."
            }
            Self::Rows => {
                "A query matched more records than its result has rows: raise its limit, or ask for less time at once."
            }
            Self::Limit(10_000) => {
                "A result has exactly 10,000 rows, the most that Logs Insights returns at once: there may be more. Ask \
                 for the next page, or for less time at once."
            }
            Self::Limit(100_000) => {
                "A result has exactly 100,000 rows, the most that a query of Logs Insights returns: there may be more. \
                 Ask for less time at once."
            }
            Self::Limit(rows) => {
                return format!(
                    "A result has exactly {} rows, the limit of a query that names none: there may be more. Give it a \
                     limit of 10000.",
                    if rows == 1_000 { "1,000".to_owned() } else { rows.to_string() }
                );
            }
            Self::Check => {
                "An export task left nothing but the object with which it tries the bucket: describe-export-tasks \
                 says what became of it."
            }
            Self::Repeated => {
                return format!(
                    "{} left out by a carrier, being as the one before (suppress() of syslog-ng): known of, and \
                     not counted.",
                    were(count)
                );
            }
            Self::Straddling => {
                return format!(
                    "{} counted together with others beyond the time asked for: all of these are in this report. Ask for the \
                     same time where they are counted, as `r53tail sql --since` does.",
                    were(count)
                );
            }
            Self::Undecided => {
                return format!(
                    "{} counted before they were read, and the filter looks at the time or the port of each, which is not known \
                     then: they were left out.",
                    were(count)
                );
            }
            Self::Unplaced => {
                return format!(
                    "Of {} AAAA answers that were counted before they were read, only the first and the last time of each \
                     count is known: how answers went over time is not shown.",
                    number(count)
                );
            }
            Self::Unanswered => {
                "There is a row for each answer and none for a query without answers: if those were left out, so were \
                 the names without an IPv6 address. Unnest with LEFT JOIN, explode_outer or the like."
            }
        };
        text.to_owned()
    }

    /// As a line beside records or counts of them: it was read so often.
    #[must_use]
    pub fn line(self, count: u64) -> String {
        let rows = if let Self::Limit(rows) = self { rows } else { 0 };
        json!({"r53tail": {"incomplete": {"kind": self.name(), "count": count, "rows": rows}}}).to_string()
    }

    /// Reads such a line: what is incomplete, and how often; `None` if `object` is something else.
    #[must_use]
    pub fn read(object: &[u8]) -> Option<(Self, u64)> {
        let object: Value = serde_json::from_slice(object).ok()?;
        let body = object.pointer("/r53tail/incomplete")?;
        let number = |key: &str| body.get(key).and_then(Value::as_u64);
        let limit = Self::Limit(u32::try_from(number("rows")?).ok()?);
        let kind = body.get("kind")?.as_str()?;
        let what = LINES.into_iter().chain([limit]).find(|what| what.name() == kind)?;
        Some((what, number("count").filter(|count| (1..=MOST).contains(count))?))
    }

    /// The name in reports for programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "next-token",
            Self::Running => "query-not-complete",
            Self::Rows => "fewer-rows-than-matched",
            Self::Limit(_) => "row-limit",
            Self::Check => "export-test-only",
            Self::Repeated => "repetitions-left-out",
            Self::Unanswered => "answered-only",
            Self::Straddling => "counted-beyond-the-time",
            Self::Undecided => "counted-before-the-filter",
            Self::Unplaced => "times-not-known",
        }
    }
}

fn were(count: u64) -> String {
    counted(count, "record was", "records were")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for what in LINES.into_iter().chain([Incomplete::Limit(10_000)]) {
            assert_eq!(Incomplete::read(what.line(7).as_bytes()), Some((what, 7)));
            let is_word = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
            assert!(what.name().split('-').all(is_word), "{what:?}");
        }
        for text in ["{}", "7", r#"{"r53tail":{"incomplete":{"kind":"new","count":1,"rows":0}}}"#] {
            assert_eq!(Incomplete::read(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Incomplete::read(Incomplete::Token.line(0).as_bytes()), None);
    }

    #[test]
    fn each_says_what_to_do() {
        let all = [
            Incomplete::Token,
            Incomplete::Running,
            Incomplete::Rows,
            Incomplete::Limit(1000),
            Incomplete::Limit(10_000),
            Incomplete::Limit(100_000),
            Incomplete::Check,
            Incomplete::Repeated,
            Incomplete::Unanswered,
            Incomplete::Straddling,
            Incomplete::Undecided,
            Incomplete::Unplaced,
        ];
        for (at, one) in all.iter().enumerate() {
            let words = one.words(2);
            assert!(words.ends_with('.') && !words.contains("  "), "{words}");
            assert!(all[at + 1..].iter().all(|other| other > one && other.words(2) != words));
        }
        assert!(Incomplete::Limit(1000).words(1).contains("exactly 1,000 rows"));
        assert!(Incomplete::Repeated.words(1).starts_with("1 record was left out"));
    }
}
