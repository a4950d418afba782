//! How reports are written, and in which order.

use clap::ValueEnum;

use crate::report;

/// The formats of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormatArgument {
    /// For a person.
    Text,
    /// One object.
    Json,
    /// One object a line, one line an origin and endpoint.
    Ndjson,
    /// One row an origin and endpoint.
    Csv,
    /// A script that makes tables of all that the report says, for SQLite, DuckDB or PostgreSQL.
    Sql,
    /// For a page.
    Markdown,
    /// A page in one file: charts, findings, and all pairs to filter and sort.
    Html,
    /// No report: records counted by all that a verdict hangs on, an object a line, for another `report` to
    /// read together with others.
    Weighted,
}

impl FormatArgument {
    /// The format of a report; `None` for what is no report.
    #[must_use]
    pub fn report(self) -> Option<report::Format> {
        Some(match self {
            Self::Text => report::Format::Text,
            Self::Json => report::Format::Json,
            Self::Ndjson => report::Format::Ndjson,
            Self::Csv => report::Format::Csv,
            Self::Sql => report::Format::Sql,
            Self::Markdown => report::Format::Markdown,
            Self::Html => report::Format::Html,
            Self::Weighted => return None,
        })
    }
}

/// The orders of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SortArgument {
    /// By origin, then name.
    Origin,
    /// By name, then origin.
    Name,
    /// Worst status first.
    Status,
    /// Most logged queries first.
    Count,
    /// Latest first.
    Last,
}

impl From<SortArgument> for report::Sort {
    fn from(sort: SortArgument) -> Self {
        match sort {
            SortArgument::Origin => Self::Origin,
            SortArgument::Name => Self::Name,
            SortArgument::Status => Self::Status,
            SortArgument::Count => Self::Count,
            SortArgument::Last => Self::Last,
        }
    }
}
