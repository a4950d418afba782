//! The settings: the command line first, then the environment, then the configuration file, then what is so
//! if nobody says anything.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::base::moment::Moment;
use crate::fleet::Status;
use crate::log::observation::Aaaa;
use crate::query::Query;
use crate::report::Pattern;

mod argument;
mod catalog;
mod colors;
mod config;
mod declare;
mod fail_on;
mod file;
mod fill;
mod formats;
mod live;
mod looks;
mod on_change;
mod probe;
mod redact;
mod row_commands;
mod rows;
mod setting;
mod sources;
mod sql;
mod store;
mod value;

pub use catalog::CatalogArguments;
pub use colors::{SignsArgument, ThemeArgument, looks};
pub use config::Config;
pub use fail_on::FailOn;
pub use fill::fill;
pub use formats::{FormatArgument, SortArgument};
pub use live::{GroupsArguments, GroupsFormat, KeepArgument, LineArgument, TailArguments};
pub use looks::{ConfigArguments, ConsoleArguments};
pub use on_change::{CommandLine, SignalArgument};
pub use probe::{ProbeArguments, ProbeFormat};
pub use redact::RedactArguments;
pub use rows::{
    ColumnArguments, ConsoleSettings, OtherSettings, PrefixArguments, SINCE, SettingName, SettingValues,
};
pub use setting::{FileError, SettingOrigin};
pub use sources::ConfigError;
pub use sql::SqlArguments;
pub use store::{EngineArguments, StoreArguments};
pub use value::SettingShape;

/// Which instance depends on which endpoint that has no IPv6 address of its own, whether DNS64 covers it, and
/// what to change: read from Route 53 Resolver query logs.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 110, disable_help_subcommand = true)]
pub struct Arguments {
    /// The file with the configuration, in place of `r53tail/config.toml` in `$XDG_CONFIG_HOME` or
    /// `~/.config`.
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: CliCommand,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum CliCommand {
    /// Read exported logs and say what each origin depends on.
    Report(ReportArguments),
    /// Open exported logs in the console.
    Replay(ReplayArguments),
    /// Follow log groups in CloudWatch Logs, live and without a hole: in the console, or one judged record a
    /// line.
    Tail(TailArguments),
    /// Say which VPCs log their queries, and where to.
    Groups(GroupsArguments),
    /// Show the console on a built-in log: an instance in an IPv6-only subnet, before and after DNS64. No
    /// account needed.
    Demo(DemoArguments),
    /// Say what an address or a name is: kind, NAT64 prefix, the IPv4 address inside; service, Region and
    /// dual-stack form of AWS's names.
    Explain(ExplainArguments),
    /// Ask a resolver now, AAAA and A side by side, and try connections: for names, or for the IPv4-only
    /// endpoints of a log.
    Probe(ProbeArguments),
    /// Say more: of a command, or of the language of filters.
    Help {
        /// What of.
        #[arg(value_parser = ["filter", "report", "replay", "tail", "groups", "demo", "explain", "inspect", "probe", "sql", "catalog", "config"])]
        topic: Option<String>,
    },
    /// Ask EC2 about the instances in exported logs (subnets, DNS64, routes, interface endpoints), and Route
    /// 53 Resolver about its endpoints (reads only), and write it down for `report --inspected`.
    Inspect(InspectArguments),
    /// Print the question that makes an engine which holds the log (Athena, Spark, DuckDB, ClickHouse) count
    /// its records, for `report` to read.
    Sql(SqlArguments),
    /// Print what newer data of AWS's SDK (botocore's, the AWS CLI's) has beyond the catalog of names in the
    /// program, as a file for `--catalog`.
    Catalog(CatalogArguments),
    /// Print what is configured, by what, and how, as a file that configures the same.
    Config(ConfigArguments),
    /// Print shell completions.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    Man,
}

/// Where records come from, and how they are judged.
#[derive(Debug, Args)]
pub struct SourceArguments {
    /// Files, folders, patterns, `s3://BUCKET/PREFIX`, or `-` for standard input: S3 deliveries, export
    /// tasks, output of `aws logs`, Logs Insights, Athena, subscriptions, OCSF; plain, gzip or zstd; Parquet.
    /// Or `logs://GROUP`, by name or ARN, and `athena://WORKGROUP/DATABASE.TABLE`: Logs Insights or Athena
    /// counts what is there; not for `replay`.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<String>,
    /// Where IPv4 addresses are inside IPv6 ones.
    #[command(flatten)]
    pub prefixes: PrefixArguments,
    /// What the log's fields are called.
    #[command(flatten)]
    pub columns: ColumnArguments,
    /// Count no records before this time (RFC 3339, UTC if it names no zone; or so long before now, as `1h`).
    #[arg(long, value_name = "TIME", value_parser = moment_from)]
    pub since: Option<Moment>,
    /// Count no records after this time.
    #[arg(long, value_name = "TIME", value_parser = moment_until)]
    pub until: Option<Moment>,
    /// List only endpoints with a record that this filter lets through, such as
    /// `type:AAAA -name:*.example.com`; `r53tail help filter` has the language. May be given more than once:
    /// then all must.
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true, value_parser = filter)]
    pub filter: Vec<Query>,
    /// Threads that read; all cores by default.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
    /// How objects of S3 are read.
    #[command(flatten)]
    pub store: StoreArguments,
}

/// `report`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub struct ReportArguments {
    /// Where records come from.
    #[command(flatten)]
    pub source: SourceArguments,
    /// How engines are asked.
    #[command(flatten)]
    pub engines: EngineArguments,
    /// How to write it.
    #[arg(long, short, value_enum, default_value_t = FormatArgument::Text)]
    pub format: FormatArgument,
    /// In few words, for a ticket or a chat: the answer, three changes, four findings, the two rankings, in
    /// at most 40 lines and 4,000 characters; as text or Markdown.
    #[arg(long)]
    pub brief: bool,
    /// A column in csv for everything that is known of a pair; ten without.
    #[arg(long)]
    pub wide: bool,
    /// Say what changed since OLD: a log, or a report of this program as JSON, and so is PATH. What became
    /// reachable over IPv6, what broke, what is new, what is gone; as text, json, markdown or html. May be
    /// given more than once, for an old log of several files.
    #[arg(long, value_name = "OLD")]
    pub compare: Vec<PathBuf>,
    /// Only origins whose id or address fits; part of it, or a pattern with `*`.
    #[arg(long, value_name = "TEXT")]
    pub origin: Vec<Pattern>,
    /// Only names that fit; part of it, or a pattern with `*`.
    #[arg(long, value_name = "TEXT")]
    pub name: Vec<Pattern>,
    /// Only VPCs that fit.
    #[arg(long, value_name = "TEXT")]
    pub vpc: Vec<Pattern>,
    /// Only endpoints of these statuses.
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = statuses())]
    pub status: Vec<Status>,
    /// Only endpoints for which one of these AAAA verdicts was seen.
    #[arg(long, value_name = "VERDICT", value_delimiter = ',', value_parser = verdicts())]
    pub verdict: Vec<Aaaa>,
    /// What findings are made with.
    #[command(flatten)]
    pub advice: AdviceArguments,
    /// Name the findings on each endpoint in csv and ndjson; json always does.
    #[arg(long)]
    pub findings: bool,
    /// What is known of the origins.
    #[command(flatten)]
    pub origins: OriginArguments,
    /// Ask EC2 where the instances are, whether DNS64 is enabled there and where it is routed, and Route 53
    /// Resolver of its endpoints; reads only, with your credentials.
    #[arg(long)]
    pub inspect: bool,
    /// What is replaced by pseudonyms.
    #[command(flatten)]
    pub redact: RedactArguments,
    /// In which order endpoints come.
    #[arg(long, value_enum)]
    pub sort: Option<SortArgument>,
    /// Exit with 1 if an endpoint of one of these statuses is reported; or, with `readiness<N` or
    /// `readiness<N%`, if fewer origins would work with neither IPv4 nor NAT64. With --compare, if an
    /// endpoint has such a status now and had not before.
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = fail_on::FailOnParser)]
    pub fail_on: Vec<FailOn>,
    /// How many findings, origins, and endpoints of each, the text and Markdown forms list; 0 for all.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// Keep what is counted to this much memory, such as 500MiB or 2GB; what says least is folded into
    /// counts, which the report names. No limit by default.
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_memory: Option<usize>,
    /// Keep what is counted of files and objects in this folder, which is made if it is not there: a later
    /// report with the same filter and time reads only what is new. Deleting the folder is all it takes to be
    /// rid of it.
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["max_memory", "redact"])]
    pub cache: Option<PathBuf>,
    /// When to use colors.
    #[arg(long, value_enum, default_value_t = ColorArgument::Auto)]
    pub color: ColorArgument,
}

/// `replay`.
#[derive(Debug, Args)]
pub struct ReplayArguments {
    /// Where records come from.
    #[command(flatten)]
    pub source: SourceArguments,
    /// What is known of names and features.
    #[command(flatten)]
    pub advice: AdviceArguments,
    /// What is known of the origins.
    #[command(flatten)]
    pub origins: OriginArguments,
    /// What is replaced by pseudonyms.
    #[command(flatten)]
    pub redact: RedactArguments,
    /// How the console looks and behaves.
    #[command(flatten)]
    pub console: ConsoleArguments,
}

/// `demo`.
#[derive(Debug, Args)]
pub struct DemoArguments {
    /// How much faster than the log's own clock.
    #[arg(long, value_name = "FACTOR", default_value_t = crate::edge::demo::SPEED, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub speed: u32,
    /// How the console looks and behaves.
    #[command(flatten)]
    pub console: ConsoleArguments,
}

/// `explain`.
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// Addresses or names.
    #[arg(required = true, value_name = "ADDRESS|NAME", value_parser = NonEmptyStringValueParser::new())]
    pub subjects: Vec<String>,
    /// How to write it.
    #[arg(long, short, value_enum, default_value_t = ExplainFormat::Text)]
    pub format: ExplainFormat,
    /// What is known of names.
    #[command(flatten)]
    pub advice: AdviceArguments,
    /// Where IPv4 addresses are inside IPv6 ones.
    #[command(flatten)]
    pub prefixes: PrefixArguments,
}

/// What is known of names besides what is in the program.
#[derive(Debug, Args)]
pub struct AdviceArguments {
    /// A file with more on names, or other: lines `PREFIX y|n|u SOURCE` or `NAME=DUALSTACKNAME y|n|u SOURCE`.
    #[arg(long, value_name = "FILE")]
    pub catalog: Option<PathBuf>,
    /// A file with features of your own, or other ones in place of those in the program; may be given more
    /// than once.
    #[arg(long, value_name = "FILE")]
    pub profiles: Vec<PathBuf>,
}

/// What is known of the origins besides what the log says.
#[derive(Debug, Default, Args)]
pub struct OriginArguments {
    /// A file with names for ids and addresses, to be shown beside them: lines `ID,NAME`, or what `aws ec2
    /// describe-instances` prints; may be given more than once.
    #[arg(long, value_name = "FILE")]
    pub names: Vec<PathBuf>,
    /// A file that `r53tail inspect` wrote; may be given more than once.
    #[arg(long, value_name = "FILE")]
    pub inspected: Vec<PathBuf>,
}

/// `inspect`.
#[derive(Debug, Args)]
pub struct InspectArguments {
    /// Where records come from.
    #[command(flatten)]
    pub source: SourceArguments,
    /// How engines are asked.
    #[command(flatten)]
    pub engines: EngineArguments,
}

/// The formats of an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// For a person.
    Text,
    /// One object a line.
    Json,
}

/// When to use colors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorArgument {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

fn statuses() -> impl TypedValueParser<Value = Status> {
    PossibleValuesParser::new(Status::ALL.map(Status::word))
        .map(|word| Status::ALL.into_iter().find(|status| status.word() == word).unwrap_or(Status::Native))
}

fn verdicts() -> impl TypedValueParser<Value = Aaaa> {
    // All unknown verdicts share one word, which means the first of them here.
    PossibleValuesParser::new(Aaaa::ALL[..=Aaaa::Absent as usize].iter().map(|verdict| verdict.word()))
        .map(|word| Aaaa::ALL.into_iter().find(|verdict| verdict.word() == word).unwrap_or(Aaaa::Other))
}

/// Reads a filter. What is wrong with it is shown below it.
fn filter(text: &str) -> Result<Query, String> {
    Query::parse(text)
        .map_err(|error| format!("{}\n  `r53tail help filter` has the language", error.shown(text)))
}

/// The longest time that is counted back from now, in seconds: CloudWatch Logs keeps events for at most ten
/// years (`PutRetentionPolicy`, 3,653 days), unless for good.
const LONGEST_AGO: u64 = 3653 * 86_400;

/// Reads `90s`, `15m`, `2h`, `1d`.
fn duration(text: &str) -> Result<Duration, String> {
    let parsed = text.char_indices().next_back().and_then(|(at, unit)| {
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            _ => return None,
        };
        let count: u64 = text[..at].parse().ok()?;
        count.checked_mul(seconds).filter(|seconds| *seconds <= LONGEST_AGO)
    });
    parsed
        .map(Duration::from_secs)
        .ok_or_else(|| format!("not a time such as 90s, 15m, 2h or 1d, of at most {}d", LONGEST_AGO / 86_400))
}

/// The beginning of what is named, or as long before now as is said, by the clock of this machine: `1h`.
fn moment_from(text: &str) -> Result<Moment, String> {
    match duration(text) {
        Ok(ago) => before(SystemTime::now(), ago).ok_or_else(|| "so long ago there was no clock".to_owned()),
        Err(_) => moment(text, "T00:00:00Z", 0).map_err(|why| format!("{why}, nor one ago such as 1h")),
    }
}

fn before(now: SystemTime, ago: Duration) -> Option<Moment> {
    let since = now.checked_sub(ago)?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(Moment)
}

/// The end of what is named: `--until 2025-05-05` takes that day in, and a time without a fraction its whole
/// second.
fn moment_until(text: &str) -> Result<Moment, String> {
    moment(text, "T23:59:59Z", 999)
}

/// Bytes, followed by `K`, `M` or `G` for powers of 1024.
fn size(text: &str) -> Result<usize, String> {
    bytes(text)
        .filter(|bytes| *bytes >= 1 << 20)
        .ok_or_else(|| "not a size such as 500MiB, 2GB or 500M; the least is 1MiB".to_owned())
}

/// Reads a number of bytes: `512MiB`, `2GB`; `K`, `M` and `G` alone are those of 1024, as programs before
/// this one have them.
fn bytes(text: &str) -> Option<usize> {
    const UNITS: [(&str, usize); 13] = [
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("kB", 1000),
        ("KB", 1000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("K", 1 << 10),
        ("k", 1 << 10),
        ("M", 1 << 20),
        ("m", 1 << 20),
        ("G", 1 << 30),
        ("g", 1 << 30),
    ];
    let unit = UNITS.into_iter().find_map(|(unit, bytes)| Some((text.strip_suffix(unit)?, bytes)));
    let (count, unit) = unit.unwrap_or((text, 1));
    if count.is_empty() || !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    count.parse::<usize>().ok()?.checked_mul(unit)
}

fn moment(text: &str, of_day: &str, millis: i64) -> Result<Moment, String> {
    let day =
        (text.len() == 10 && jiff::civil::Date::from_str(text).is_ok()).then(|| format!("{text}{of_day}"));
    let moment = Moment::parse(day.as_deref().unwrap_or(text))
        .ok_or("not a time such as 2025-05-05T10:00:00Z or 2025-05-05")?;
    Ok(if moment.0 % 1000 == 0 { Moment(moment.0 + millis) } else { moment })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_time_has_its_unit() {
        for (text, seconds) in
            [("90s", 90), ("15m", 900), ("2h", 7200), ("1d", 86_400), ("3653d", LONGEST_AGO), ("0s", 0)]
        {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "m", "15", "-1m", "1w", "15 m", "1é", "3654d", "99999999999999999999d"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_means_all_of_it() {
        assert_eq!(moment_from("2025-05-05").unwrap().to_string(), "2025-05-05T00:00:00Z");
        assert_eq!(moment_until("2025-05-05").unwrap().to_string(), "2025-05-05T23:59:59.999Z");
        let now = UNIX_EPOCH + Duration::from_hours(2);
        assert_eq!(before(now, Duration::from_hours(1)), Some(Moment(3_600_000)));
        assert_eq!(before(now, Duration::from_secs(7201)), None);
        assert!(moment_from("90m").is_ok() && moment_until("90m").is_err());
        assert_eq!(moment_until("2025-05-05T10:00:00Z").unwrap().to_string(), "2025-05-05T10:00:00.999Z");
        assert_eq!(moment_from("2025-05-05T10:00:00+02:00").unwrap().to_string(), "2025-05-05T08:00:00Z");
        assert!(moment_from("noon").is_err());
        assert_eq!(size("2g"), Ok(2 << 30));
        assert_eq!(size("1048576"), Ok(1 << 20));
        assert_eq!(
            (size("100MiB"), size("100MB"), size("100M")),
            (Ok(100 << 20), Ok(100_000_000), Ok(100 << 20))
        );
        for text in ["", "M", "1K", "-1G", "1.5G", "99999999999999G", "1Ä"] {
            assert!(size(text).is_err(), "{text}");
        }
    }
}
