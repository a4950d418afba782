//! The command line, read once.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::address::Nat64Prefix;
use crate::feed::live::groups::Wanted;
use crate::fleet::Status;
use crate::moment::Moment;
use crate::observation::Aaaa;
use crate::query::Query;
use crate::report::observed::LineFormat;
use crate::report::{self, Pattern};

/// Which instance depends on which endpoint that has no IPv6 address of its own, whether DNS64 covers it, and what to
/// change: read from Route 53 Resolver query logs.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 110, disable_help_subcommand = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read exported logs and say what each origin depends on.
    Report(ReportArguments),
    /// Open exported logs in the console.
    Replay(ReplayArguments),
    /// Follow log groups in CloudWatch Logs, live and without a hole: in the console, or one judged record a line.
    Tail(TailArguments),
    /// Say which VPCs log their queries, and where to.
    Groups(GroupsArguments),
    /// Show the console on a built-in log: an instance in an IPv6-only subnet, before and after DNS64. No account needed.
    Demo(DemoArguments),
    /// Say what an address or a name is: kind, NAT64 prefix, the IPv4 address inside; service, Region and dual-stack form
    /// of AWS's names.
    Explain(ExplainArguments),
    /// Say more: of a command, or of the language of filters.
    Help {
        /// What of.
        #[arg(value_parser = ["filter", "report", "replay", "tail", "demo", "explain", "inspect"])]
        topic: Option<String>,
    },
    /// Ask EC2 about the instances in exported logs (subnets, DNS64, routes, interface endpoints; reads only), and write
    /// it down for `report --inspected`.
    Inspect(InspectArguments),
    /// Print shell completions.
    #[command(hide = true)]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    #[command(hide = true)]
    Man,
}

/// Where records come from, and how they are judged.
#[derive(Debug, Args)]
pub struct SourceArguments {
    /// Files, folders, patterns, or `-` for standard input: S3 deliveries, export tasks, output of `aws logs`,
    /// Logs Insights, Athena, subscriptions, OCSF; plain, gzip or zstd.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<String>,
    /// A NAT64 prefix besides `64:ff9b::/96`; may be given more than once.
    #[arg(long, value_name = "PREFIX")]
    pub nat64_prefix: Vec<Nat64Prefix>,
    /// Count no records before this time (RFC 3339, UTC if it names no zone).
    #[arg(long, value_name = "TIME", value_parser = moment_from)]
    pub since: Option<Moment>,
    /// Count no records after this time.
    #[arg(long, value_name = "TIME", value_parser = moment_until)]
    pub until: Option<Moment>,
    /// Count only records that this filter lets through, such as `type:AAAA -name:*.example.com`; `r53tail help filter`
    /// has the language. May be given more than once: then all must.
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true, value_parser = filter)]
    pub filter: Vec<Query>,
    /// Threads that read; all cores by default.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
}

/// `report`.
#[derive(Debug, Args)]
pub struct ReportArguments {
    /// Where records come from.
    #[command(flatten)]
    pub source: SourceArguments,
    /// How to write it.
    #[arg(long, short, value_enum, default_value_t = FormatArgument::Text)]
    pub format: FormatArgument,
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
    /// What is known of the origins.
    #[command(flatten)]
    pub origins: OriginArguments,
    /// Ask EC2 where the instances are, whether DNS64 is enabled there and where it is routed; reads only, with your
    /// credentials.
    #[arg(long)]
    pub inspect: bool,
    /// The profile whose credentials `--inspect` uses.
    #[arg(long, value_name = "NAME", requires = "inspect")]
    pub profile: Option<String>,
    /// In which order endpoints come.
    #[arg(long, value_enum)]
    pub sort: Option<SortArgument>,
    /// Exit with 1 if an endpoint of one of these statuses is reported.
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = statuses())]
    pub fail_on: Vec<Status>,
    /// How many findings, origins, and endpoints of each, the text and Markdown forms list; 0 for all.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
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
}

/// `tail`.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
#[derive(Debug, Args)]
pub struct TailArguments {
    /// Log groups: names, ARNs, or the beginning of names with a `*` behind it. Without any, those to which VPCs log are
    /// offered.
    #[arg(value_name = "GROUP")]
    pub groups: Vec<Wanted>,
    /// Follow the log group to which this VPC logs its queries; may be given more than once.
    #[arg(long, value_name = "VPC", conflicts_with = "groups", value_parser = vpc)]
    pub vpc: Vec<String>,
    /// Write one record a line, in this format, instead of opening the console; where standard output is no terminal that
    /// is done anyway, as text.
    #[arg(long, short, value_enum)]
    pub format: Option<LineArgument>,
    /// Write one record a line on a terminal, too.
    #[arg(long)]
    pub no_console: bool,
    /// How much can be gone back to in the console: time such as `12h`, or memory such as `2GiB` (512MiB unless told). May
    /// be given twice, once for each. What is older is counted, not listed.
    #[arg(long, value_name = "SIZE|TIME", value_parser = keep)]
    pub keep: Vec<KeepArgument>,
    /// How far back to begin: a number and `s`, `m`, `h` or `d`.
    #[arg(long, value_name = "TIME", default_value = "15m", value_parser = duration)]
    pub since: Duration,
    /// The Region of the log groups; may be given more than once. Otherwise that of the profile or the environment.
    #[arg(long, value_name = "REGION")]
    pub region: Vec<String>,
    /// The profile whose credentials are used.
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Only log streams whose names begin with this. Only with a single log group.
    #[arg(long, value_name = "TEXT")]
    pub log_stream_prefix: Option<String>,
    /// A filter pattern for the service, instead of asking for A and AAAA only.
    #[arg(long, value_name = "PATTERN", group = "pattern")]
    pub filter_pattern: Option<String>,
    /// Ask for records of every type: they count, but are not judged.
    #[arg(long, group = "pattern")]
    pub all_types: bool,
    /// Ask for AAAA only: fewer records, so that Live Tail need not send a sample of them.
    #[arg(long, group = "pattern")]
    pub aaaa_only: bool,
    /// Read seconds of which Live Tail sent a sample again, so that nothing is missing.
    #[arg(long)]
    pub complete: bool,
    /// Append every record to this file, for `replay` and `report`; compressed if its name ends in `.zst`.
    #[arg(long, value_name = "FILE", value_parser = recording)]
    pub record: Option<PathBuf>,
    /// Write only records that this filter lets through, such as `verdict:empty origin:i-0ab`; `r53tail help filter` has
    /// the language. The service sends the others, too, and `--record` keeps them. May be given more than once.
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true, value_parser = filter)]
    pub filter: Vec<Query>,
    /// A NAT64 prefix besides `64:ff9b::/96`; may be given more than once.
    #[arg(long, value_name = "PREFIX")]
    pub nat64_prefix: Vec<Nat64Prefix>,
}

/// How much of a live log is kept to be gone back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepArgument {
    /// Bytes of memory.
    Bytes(usize),
    /// Time before the newest record.
    Age(Duration),
}

/// `groups`.
#[derive(Debug, Args)]
pub struct GroupsArguments {
    /// How to write it.
    #[arg(long, short, value_enum, default_value_t = GroupsFormat::Text)]
    pub format: GroupsFormat,
    /// The Region to look in; may be given more than once. Otherwise that of the profile or the environment.
    #[arg(long, value_name = "REGION")]
    pub region: Vec<String>,
    /// The profile whose credentials are used.
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
}

/// The formats of `groups`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GroupsFormat {
    /// For a person.
    Text,
    /// One object.
    Json,
}

/// How `tail` writes a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LineArgument {
    /// For a person.
    Text,
    /// One object a line.
    Ndjson,
}

impl From<LineArgument> for LineFormat {
    fn from(format: LineArgument) -> Self {
        match format {
            LineArgument::Text => Self::Text,
            LineArgument::Ndjson => Self::Ndjson,
        }
    }
}

/// `demo`.
#[derive(Debug, Args)]
pub struct DemoArguments {
    /// How much faster than the log's own clock.
    #[arg(long, value_name = "FACTOR", default_value_t = crate::demo::SPEED, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub speed: u32,
}

/// `explain`.
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// Addresses or names.
    #[arg(required = true, value_name = "ADDRESS|NAME")]
    pub subjects: Vec<String>,
    /// How to write it.
    #[arg(long, short, value_enum, default_value_t = ExplainFormat::Text)]
    pub format: ExplainFormat,
    /// What is known of names.
    #[command(flatten)]
    pub advice: AdviceArguments,
    /// A NAT64 prefix besides `64:ff9b::/96`; may be given more than once.
    #[arg(long, value_name = "PREFIX")]
    pub nat64_prefix: Vec<Nat64Prefix>,
}

/// What is known of names besides what is in the program.
#[derive(Debug, Args)]
pub struct AdviceArguments {
    /// A file with more on names, or other: lines `PREFIX y|n|u SOURCE` or `NAME=DUALSTACKNAME y|n|u SOURCE`.
    #[arg(long, value_name = "FILE")]
    pub catalog: Option<PathBuf>,
    /// A file with features of your own, or other ones in place of those in the program; may be given more than once.
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
    /// The profile whose credentials are used.
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
}

/// The formats of an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// For a person.
    Text,
    /// One object a line.
    Json,
}

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
    /// For a page.
    Markdown,
}

impl From<FormatArgument> for report::Format {
    fn from(format: FormatArgument) -> Self {
        match format {
            FormatArgument::Text => Self::Text,
            FormatArgument::Json => Self::Json,
            FormatArgument::Ndjson => Self::Ndjson,
            FormatArgument::Csv => Self::Csv,
            FormatArgument::Markdown => Self::Markdown,
        }
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
    PossibleValuesParser::new(Aaaa::ALL.map(Aaaa::word))
        .map(|word| Aaaa::ALL.into_iter().find(|verdict| verdict.word() == word).unwrap_or(Aaaa::Other))
}

/// Reads a filter. What is wrong with it is shown below it.
fn filter(text: &str) -> Result<Query, String> {
    Query::parse(text)
        .map_err(|error| format!("{}\n  `r53tail help filter` has the language", error.shown(text)))
}

fn recording(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    if path.extension().is_some_and(|extension| extension == "gz") {
        return Err("a recording is plain, or compressed with zstd if its name ends in .zst".to_owned());
    }
    Ok(path)
}

fn vpc(text: &str) -> Result<String, String> {
    let is_id =
        text.strip_prefix("vpc-").is_some_and(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if is_id {
        Ok(text.to_owned())
    } else {
        Err("not the id of a VPC such as vpc-0123456789abcdef0".to_owned())
    }
}

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
        count.checked_mul(seconds).filter(|seconds| *seconds <= 366 * 86_400)
    });
    parsed.map(Duration::from_secs).ok_or_else(|| "not a time such as 90s, 15m, 2h or 1d".to_owned())
}

/// Reads `12h`, or `512MiB`, `2GB`.
fn keep(text: &str) -> Result<KeepArgument, String> {
    if let Ok(age) = duration(text) {
        return if age.is_zero() {
            Err("nothing would be left".to_owned())
        } else {
            Ok(KeepArgument::Age(age))
        };
    }
    let units: [(&str, usize); 6] = [
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("kB", 1000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
    ];
    let bytes = units.into_iter().find_map(|(unit, bytes)| {
        let count: usize = text.strip_suffix(unit)?.parse().ok()?;
        count.checked_mul(bytes)
    });
    match bytes {
        Some(bytes) if bytes >= 16 << 20 => Ok(KeepArgument::Bytes(bytes)),
        Some(_) => Err("less than 16MiB is too little to go back to".to_owned()),
        None => Err("neither a time such as 30m or 12h nor a size such as 512MiB or 2GB".to_owned()),
    }
}

fn moment_from(text: &str) -> Result<Moment, String> {
    moment(text, "T00:00:00Z", 0)
}

/// The end of what is named: `--until 2025-05-05` takes that day in, and a time without a fraction its whole second.
fn moment_until(text: &str) -> Result<Moment, String> {
    moment(text, "T23:59:59Z", 999)
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
        for (text, seconds) in [("90s", 90), ("15m", 900), ("2h", 7200), ("1d", 86_400), ("0s", 0)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "m", "15", "-1m", "1w", "15 m", "1é", "367d", "99999999999999999999d"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_kept_is_time_or_memory() {
        for (text, kept) in [
            ("12h", KeepArgument::Age(Duration::from_hours(12))),
            ("512MiB", KeepArgument::Bytes(512 << 20)),
            ("2GB", KeepArgument::Bytes(2_000_000_000)),
        ] {
            assert_eq!(keep(text), Ok(kept), "{text}");
        }
        for text in ["", "512", "1MiB", "0s", "12 h", "2GIB", "99999999999999GB", "-1MiB"] {
            assert!(keep(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_means_all_of_it() {
        assert_eq!(moment_from("2025-05-05").unwrap().to_string(), "2025-05-05T00:00:00Z");
        assert_eq!(moment_until("2025-05-05").unwrap().to_string(), "2025-05-05T23:59:59.999Z");
        assert_eq!(moment_until("2025-05-05T10:00:00Z").unwrap().to_string(), "2025-05-05T10:00:00.999Z");
        assert_eq!(moment_from("2025-05-05T10:00:00+02:00").unwrap().to_string(), "2025-05-05T08:00:00Z");
        assert!(moment_from("noon").is_err());
    }
}
