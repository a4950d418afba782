//! What a report ends with, behind its pairs.

use std::io;

use super::{Report, json, sql};
use crate::advice::finding::WordedFindings;

/// What a report ends with.
#[derive(Debug, Default)]
pub struct ReportTail<'s>(TailEnd<'s>);

#[derive(Debug)]
enum TailEnd<'s> {
    Bytes(Vec<u8>),
    /// Findings, which are put into words when they are written.
    Told(Box<WordedFindings<'s>>),
    /// The same as SQL.
    Sql(Box<WordedFindings<'s>>),
}

impl Default for TailEnd<'_> {
    fn default() -> Self {
        Self::Bytes(Vec::new())
    }
}

impl<'s> ReportTail<'s> {
    pub(super) fn bytes(bytes: Vec<u8>) -> Self {
        Self(TailEnd::Bytes(bytes))
    }

    pub(super) fn told(told: WordedFindings<'s>) -> Self {
        Self(TailEnd::Told(Box::new(told)))
    }

    pub(super) fn sql(told: WordedFindings<'s>) -> Self {
        Self(TailEnd::Sql(Box::new(told)))
    }

    /// Writes it, of `report`.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        match &self.0 {
            TailEnd::Bytes(bytes) => out.write_all(bytes),
            TailEnd::Told(told) => json::tail(report, told, out),
            TailEnd::Sql(told) => sql::tail(told, out),
        }
    }
}
