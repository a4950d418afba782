//! What an export is written as.

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A report as one JSON object.
    Json,
    /// A row for each pair.
    Csv,
    /// A report for a page.
    Markdown,
    /// A report for a person.
    Text,
    /// The raw records, one a line.
    Records,
    /// What to do, as text.
    Findings,
}

impl Shape {
    /// Those that files are made of.
    pub const FILES: [Self; 5] = [Self::Json, Self::Csv, Self::Markdown, Self::Text, Self::Records];

    /// What it is called.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Csv => "CSV",
            Self::Markdown => "Markdown",
            Self::Text => "text",
            Self::Records => "records",
            Self::Findings => "findings",
        }
    }

    pub(super) fn key(self) -> char {
        match self {
            Self::Json => 'j',
            Self::Csv => 'c',
            Self::Markdown => 'm',
            Self::Text => 't',
            Self::Records => 'r',
            Self::Findings => 'f',
        }
    }

    pub(super) fn says(self) -> &'static str {
        match self {
            Self::Json => "a report for programs",
            Self::Csv => "a row for each origin and endpoint",
            Self::Markdown => "a report for a page",
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
            Self::Markdown => "md",
            Self::Text | Self::Findings => "txt",
            Self::Records => "jsonl",
        }
    }
}
