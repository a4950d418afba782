//! What an export is written as.

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// A report as one JSON object.
    Json,
    /// A row for each pair.
    Csv,
    /// A script that makes tables.
    Sql,
    /// A report for a page.
    Markdown,
    /// A report as a page in one file.
    Html,
    /// A report in few words, as text.
    Brief,
    /// A report for a person.
    Text,
    /// The raw records, one a line.
    Records,
    /// What to do, as text.
    Findings,
}

impl ExportFormat {
    /// Those that files are made of.
    pub const FILES: [Self; 8] = [
        Self::Html,
        Self::Brief,
        Self::Text,
        Self::Markdown,
        Self::Csv,
        Self::Json,
        Self::Sql,
        Self::Records,
    ];

    /// What it is called.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Csv => "CSV",
            Self::Sql => "SQL",
            Self::Markdown => "Markdown",
            Self::Html => "HTML",
            Self::Brief => "brief",
            Self::Text => "text",
            Self::Records => "records",
            Self::Findings => "findings",
        }
    }

    pub(super) fn key(self) -> char {
        match self {
            Self::Json => 'j',
            Self::Csv => 'c',
            Self::Sql => 's',
            Self::Markdown => 'm',
            Self::Html => 'h',
            Self::Brief => 'b',
            Self::Text => 't',
            Self::Records => 'r',
            Self::Findings => 'f',
        }
    }

    pub(super) fn says(self) -> &'static str {
        match self {
            Self::Json => "a report for programs",
            Self::Csv => "a row for each origin and endpoint, in ten columns",
            Self::Sql => "tables for SQLite, DuckDB or PostgreSQL",
            Self::Markdown => "a report for a page",
            Self::Html => "a page to hand over, with charts and all pairs",
            Self::Brief => "a report of at most 40 lines, for a ticket",
            Self::Text => "a report to read",
            Self::Records => "the raw records, to be replayed",
            Self::Findings => "what to do",
        }
    }

    /// How names of such files end.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Sql => "sql",
            Self::Html => "html",
            Self::Markdown => "md",
            Self::Text | Self::Brief | Self::Findings => "txt",
            Self::Records => "jsonl",
        }
    }
}
