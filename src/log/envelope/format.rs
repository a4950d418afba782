//! What an input turned out to be.

use std::fmt;

/// The envelope that the records of an input came in, told by the first of them.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize,
)]
pub enum InputFormat {
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
    /// A table with a column that holds records: the download of a console, of Splunk or Datadog, SQL over
    /// lines.
    Csv,
    /// What a subscription filter delivers: `logEvents`, inside `awslogs` or a Kinesis record or by itself.
    Subscription,
    /// OCSF events of Security Lake.
    Ocsf,
    /// Events of Splunk's HTTP event collector or of a search export.
    Splunk,
    /// Records wrapped by a log shipper: `message`, `event.original` and their like.
    Wrapped,
    /// The AWS CLI with `--output text`.
    CliText,
    /// The AWS CLI with `--output table`.
    CliTable,
    /// The AWS CLI with `--output yaml` or `yaml-stream`.
    CliYaml,
    /// Loki: its API, `logcli --output jsonl`, what Grafana downloads.
    Loki,
    /// The lines of `logcli`: a time, labels and the record.
    LogCli,
    /// `journalctl -o json` and its like.
    Journal,
    /// Weighted records: counts of records that are alike.
    Weighted,
    /// Columns of Parquet.
    Parquet,
}

impl InputFormat {
    /// All that records may come in, in the order in which people are told.
    pub const ALL: [Self; 23] = [
        Self::JsonLines,
        Self::Json,
        Self::ExportTask,
        Self::FilterLogEvents,
        Self::GetLogEvents,
        Self::GetQueryResults,
        Self::CliText,
        Self::CliTable,
        Self::CliYaml,
        Self::CliTail,
        Self::InsightsJson,
        Self::InsightsCsv,
        Self::AthenaCsv,
        Self::Csv,
        Self::Subscription,
        Self::Ocsf,
        Self::Parquet,
        Self::Splunk,
        Self::Wrapped,
        Self::Loki,
        Self::LogCli,
        Self::Journal,
        Self::Weighted,
    ];

    /// What it is, for people.
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Empty => "nothing but blanks",
            Self::Unknown => "nothing with a record in it",
            Self::JsonLines => {
                "S3 deliveries, Firehose objects, `start-live-tail`, syslog: a record a line, or with nothing between"
            }
            Self::Json => "records over several lines, or in an array",
            Self::ExportTask => "export tasks (`CreateExportTask`)",
            Self::FilterLogEvents => "`aws logs filter-log-events`, also `--query events[]`",
            Self::GetLogEvents => "`aws logs get-log-events`",
            Self::GetQueryResults => "`aws logs get-query-results`",
            Self::CliText => "these three with `--output text`",
            Self::CliTable => "these three with `--output table`",
            Self::CliYaml => "these three with `--output yaml` and `yaml-stream`",
            Self::CliTail => "`aws logs tail` in every format, and other lines that begin with a time",
            Self::InsightsJson => "the JSON of the Logs Insights console",
            Self::InsightsCsv => "the CSV of the Logs Insights console",
            Self::AthenaCsv => "the CSV of Athena",
            Self::Csv => {
                "other CSV and TSV: a column of records, or columns of fields, as engines and consoles write them"
            }
            Self::Subscription => "subscription payloads: Kinesis, Lambda, Firehose",
            Self::Ocsf => "OCSF 4003 of Security Lake and Global Resolver as JSON",
            Self::Parquet => "Parquet: Security Lake's, and columns of fields as engines write them",
            Self::Splunk => "Splunk: its HTTP event collector and search exports",
            Self::Wrapped => "log shippers: records in `message`, `event.original`, `msg` and their like",
            Self::Loki => "Loki: its API, `logcli --output jsonl`, Grafana's download",
            Self::LogCli => "`logcli`: a time, labels and a record a line",
            Self::Weighted => {
                "weighted records, counted by an engine or by `report --format weighted` (for reports only)"
            }
            Self::Journal => "`journalctl -o json`, also pretty, sse and seq, and syslog-ng's JSON",
        }
    }

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
            Self::CliText => "cli text",
            Self::CliTable => "cli table",
            Self::CliYaml => "cli yaml",
            Self::Loki => "loki",
            Self::LogCli => "logcli",
            Self::Weighted => "weighted",
            Self::Parquet => "parquet",
            Self::Journal => "journald",
        }
    }
}

impl fmt::Display for InputFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_told_of_each() {
        let readme = include_str!("../../../README.md");
        for format in InputFormat::ALL {
            let line = format!("- {} (`{format}`)\n", format.phrase());
            assert!(readme.contains(&line), "{line}");
        }
    }
}
