//! Ends that say that there is more than was read.

/// How it is known of an input that what it holds is not all there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Incomplete {
    /// A document of the AWS CLI that ends with a token with which more can be had.
    Token,
    /// The results of a query of Logs Insights that was not complete.
    Running,
    /// A query of Logs Insights that matched more records than there are rows.
    Rows,
    /// A result of exactly as many rows as Logs Insights returns at most: 100,000 of a query, 10,000 of a page
    /// (`GetQueryResults`), or the 1,000 it returned when a query named no limit (`StartQuery`, "limit").
    Limit(u32),
    /// Of an export task, nothing but the object with which it tries the bucket.
    Check,
    /// Records that a carrier left out, since each was as the one before.
    Repeated,
    /// Rows for each answer, and none of a query without one: engines leave these out where they unnest a list.
    Unanswered,
}

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
                let records =
                    if count == 1 { "1 record was".to_owned() } else { format!("{count} records were") };
                return format!(
                    "{records} left out by a carrier, being as the one before (suppress() of syslog-ng): known of, and \
                     not counted."
                );
            }
            Self::Unanswered => {
                "There is a row for each answer and none for a query without answers: if those were left out, so were \
                 the names without an IPv6 address. Unnest with LEFT JOIN, explode_outer or the like."
            }
        };
        text.to_owned()
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
