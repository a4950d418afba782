//! What an input turned out to be.

use std::fmt;

/// The envelope that the records of an input came in, told by the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Format {
    /// Nothing but blanks.
    #[default]
    Empty,
    /// No record was found.
    Unknown,
    /// A record to a line, or records with nothing between them: an S3 delivery, Firehose, live tail in text.
    JsonLines,
    /// Records over several lines, or in an array.
    Json,
    /// The lines of `CreateExportTask`: a time and the record.
    ExportTask,
    /// `aws logs tail` in any of its formats, or another text before the record.
    CliTail,
    /// `aws logs filter-log-events`.
    FilterLogEvents,
    /// `aws logs get-log-events`.
    GetLogEvents,
    /// `aws logs get-query-results`.
    GetQueryResults,
    /// The JSON table of the Logs Insights console.
    InsightsJson,
    /// The CSV table of the Logs Insights console.
    InsightsCsv,
    /// The CSV result of an Athena query.
    AthenaCsv,
    /// A table with a column that holds records: the download of a console, of Splunk or Datadog, SQL over lines.
    Csv,
    /// What a subscription filter delivers: `logEvents`, inside `awslogs` or a Kinesis record or by itself.
    Subscription,
    /// OCSF events of Security Lake.
    Ocsf,
    /// Events of Splunk's HTTP event collector or of a search export.
    Splunk,
    /// Records wrapped by a log shipper: `message`, `event.original` and their like.
    Wrapped,
}

impl Format {
    /// The name that reports give it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Unknown => "unknown",
            Self::JsonLines => "jsonl",
            Self::Json => "json",
            Self::ExportTask => "export-task lines",
            Self::CliTail => "cli tail",
            Self::FilterLogEvents => "filter-log-events",
            Self::GetLogEvents => "get-log-events",
            Self::GetQueryResults => "get-query-results",
            Self::InsightsJson => "insights json",
            Self::InsightsCsv => "insights csv",
            Self::AthenaCsv => "athena csv",
            Self::Csv => "csv",
            Self::Subscription => "subscription",
            Self::Ocsf => "ocsf",
            Self::Splunk => "splunk",
            Self::Wrapped => "wrapped json",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
