//! Ends of documents that say that there is more: tokens, states of queries, numbers of rows.

use super::format::InputFormat;
use super::members::{elements, members};
use super::prefix::whole;
use super::sink::Sink;
use super::sketch::Trait;
use super::walk::Walk;
use crate::note::Incomplete;

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

    /// Whether each row is one record, as far as can be seen.
    fn are_records(&self) -> bool {
        self.rows == self.pointed && (self.rows > 0 || !self.is_listed)
    }
}

/// The limit that a result of so many rows has reached.
pub(super) fn limit(rows: u64) -> Option<Incomplete> {
    LIMITS.into_iter().find(|limit| u64::from(*limit) == rows).map(Incomplete::Limit)
}

impl<S: Sink> Walk<'_, S> {
    /// Takes the member of a document that may say that there is more.
    pub(super) fn end_member(&mut self, which: Trait, value: &[u8]) {
        let ends = &mut self.memory.ends;
        match which {
            Trait::Token => ends.token = value.starts_with(b"\"") && value.len() > 2,
            Trait::Status => {
                ends.running |= matches!(
                    value.trim_ascii(),
                    b"\"Scheduled\""
                        | b"\"Running\""
                        | b"\"Failed\""
                        | b"\"Cancelled\""
                        | b"\"Timeout\""
                        | b"\"Unknown\""
                );
            }
            Trait::Statistics if value.starts_with(b"{") => {
                for (_, at) in members(value).filter(|(key, _)| **key == *b"recordsMatched") {
                    ends.matched = whole(&value[at]);
                }
            }
            _ => {}
        }
    }

    /// The end of a query's result as text: how many records the query matched stands behind the rows.
    pub(super) fn matched(&mut self, matched: u64) {
        self.memory.ends.matched(matched);
        self.end();
    }

    /// The end of a document: says what it says.
    pub(super) fn end(&mut self) {
        let ends = std::mem::take(&mut self.memory.ends);
        if ends.token {
            self.incomplete(Incomplete::Token, 1);
        }
        let limit = limit(ends.rows);
        if ends.running {
            self.incomplete(Incomplete::Running, 1);
        } else if let Some(limit) = limit {
            self.incomplete(limit, 1);
        } else if ends.are_records() && ends.matched.is_some_and(|matched| ends.rows < matched) {
            self.incomplete(Incomplete::Rows, 1);
        }
    }

    /// An array of objects with `@` keys is the table of Logs Insights.
    pub(super) fn suggest_array(&mut self, value: &[u8]) {
        let is_insights = elements(value).next().is_some_and(|at| {
            value[at.start] == b'{' && members(&value[at]).any(|(key, _)| key.starts_with(b"@"))
        });
        if is_insights {
            self.suggest(InputFormat::InsightsJson);
            if let Some(limit) = limit(elements(value).count() as u64) {
                self.incomplete(limit, 1);
            }
        } else if elements(value).next().is_none() {
            self.note(InputFormat::Json);
        }
    }
}
