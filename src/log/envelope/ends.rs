//! Ends of documents that say that there is more: tokens, states of queries, numbers of rows.

use super::members::members;
use super::prefix::whole;
use super::sketch::ObjectKey;
use crate::log::note::Incomplete;

/// The most rows that Logs Insights returns, how many one page of them has, and how many it returned to a
/// query without a limit of its own.
const LIMITS: [u32; 3] = [100_000, 10_000, 1_000];

/// What a document says of what is not in it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ends {
    /// Rows of a query's result.
    rows: u64,
    /// Of those, rows of records: what a query counts or sums has no pointer to one.
    pointed: u64,
    /// There is a list of rows, which may be one that counts or sums; said of text only, where rows have no
    /// ends.
    is_listed: bool,
    /// The query is not complete.
    running: bool,
    /// How many records the query matched.
    matched: Option<u64>,
    /// There is a token.
    token: bool,
}

impl Ends {
    /// Takes in a row of a query's result.
    pub(super) fn row(&mut self, has_pointer: bool) {
        self.rows += 1;
        self.pointed += u64::from(has_pointer);
    }

    /// Takes in a field of a row, as text has them, or the title above rows.
    pub(super) fn field(&mut self, is_pointer: bool) {
        self.is_listed = true;
        if is_pointer {
            self.row(true);
        }
    }

    /// Takes in that the query is not complete.
    pub(super) fn is_running(&mut self) {
        self.running = true;
    }

    /// Takes in how many records the query matched.
    pub(super) fn matched(&mut self, matched: u64) {
        self.matched = Some(matched);
    }

    /// Takes in the member of a document that may say that there is more.
    pub(super) fn member(&mut self, which: ObjectKey, value: &[u8]) {
        match which {
            ObjectKey::Token => self.token = value.starts_with(b"\"") && value.len() > 2,
            ObjectKey::Status => {
                self.running |= matches!(
                    value.trim_ascii(),
                    b"\"Scheduled\""
                        | b"\"Running\""
                        | b"\"Failed\""
                        | b"\"Cancelled\""
                        | b"\"Timeout\""
                        | b"\"Unknown\""
                );
            }
            ObjectKey::Statistics if value.starts_with(b"{") => {
                for (_, at) in members(value).filter(|(key, _)| **key == *b"recordsMatched") {
                    self.matched = whole(&value[at]);
                }
            }
            _ => {}
        }
    }

    /// What the document says at its end of what is not in it.
    pub(super) fn said(&self) -> impl Iterator<Item = Incomplete> {
        let token = self.token.then_some(Incomplete::Token);
        let is_short = || self.are_records() && self.matched.is_some_and(|matched| self.rows < matched);
        let rows = if self.running {
            Some(Incomplete::Running)
        } else {
            limit(self.rows).or_else(|| is_short().then_some(Incomplete::Rows))
        };
        token.into_iter().chain(rows)
    }

    /// Whether each row is one record, as far as can be seen.
    fn are_records(&self) -> bool {
        self.rows == self.pointed && (self.rows > 0 || !self.is_listed)
    }
}

/// The limit that a result of so many rows has reached.
pub(super) fn limit(rows: u64) -> Option<Incomplete> {
    LIMITS.into_iter().find(|limit| u64::from(*limit) == rows).map(Incomplete::Limit)
}
