//! The arguments of what follows log groups, and of what finds them.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::on_change::{CommandLine, SignalArgument, command_line};
use super::{
    AdviceArguments, ColumnArguments, ConsoleArguments, OriginArguments, PrefixArguments, RedactArguments,
    bytes, duration, filter,
};
use crate::edge::feed::live::groups::WantedGroups;
use crate::query::Query;
use crate::report::observed::LineFormat;

/// `tail`.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
#[derive(Debug, Args)]
pub struct TailArguments {
    /// Log groups: names, ARNs, or the beginning of names with a `*` behind it. Without any, those to which
    /// VPCs log are offered.
    #[arg(value_name = "GROUP")]
    pub groups: Vec<WantedGroups>,
    /// Follow the log group to which this VPC logs its queries; may be given more than once.
    #[arg(long, value_name = "VPC", conflicts_with = "groups", value_parser = vpc)]
    pub vpc: Vec<String>,
    /// Write one record a line, in this format, instead of opening the console; where standard output is no
    /// terminal that is done anyway, as text.
    #[arg(long, short, value_enum)]
    pub format: Option<LineArgument>,
    /// Write one record a line on a terminal, too.
    #[arg(long)]
    pub no_console: bool,
    /// How much can be gone back to in the console: time such as `12h`, or memory such as `2GiB` (256MiB
    /// unless told). May be given twice, once for each. What is older is counted, not listed.
    #[arg(long, value_name = "SIZE|TIME", value_parser = keep)]
    pub keep: Vec<KeepArgument>,
    /// How far back to begin: a number and `s`, `m`, `h` or `d`; 15m unless configured.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub since: Option<Duration>,
    /// The Region of the log groups; may be given more than once. Otherwise that of the profile or the
    /// environment.
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
    /// Read what a data protection policy of the log group masks as it was; needs the IAM action
    /// `logs:Unmask`. Live Tail cannot do that: the log is read with `FilterLogEvents` every few seconds
    /// instead.
    #[arg(long)]
    pub unmask: bool,
    /// Append every record to this file, for `replay` and `report`; compressed if its name ends in `.zst`.
    #[arg(long, value_name = "FILE", value_parser = recording)]
    pub record: Option<PathBuf>,
    /// Write only records that this filter lets through, such as `verdict:empty origin:i-0ab`;
    /// `r53tail help filter` has the language. The service sends the others, too, and `--record` keeps them.
    /// May be given more than once.
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true, value_parser = filter)]
    pub filter: Vec<Query>,
    /// Run this command when an answer turns or a finding begins: a program and its arguments, split as a
    /// shell would, but run without one. What happened is one line of JSON on its standard input;
    /// docs/live.md says what is in it.
    #[arg(long, value_name = "COMMAND", value_parser = command_line)]
    pub on_change: Option<CommandLine>,
    /// Have the terminal tell of it: by its bell, or as a notice of the desktop.
    #[arg(long, value_name = "HOW", value_enum)]
    pub signal: Option<SignalArgument>,
    /// What is replaced by pseudonyms.
    #[command(flatten)]
    pub redact: RedactArguments,
    /// Where IPv4 addresses are inside IPv6 ones.
    #[command(flatten)]
    pub prefixes: PrefixArguments,
    /// What the log's fields are called.
    #[command(flatten)]
    pub columns: ColumnArguments,
    /// What is known of names and features.
    #[command(flatten)]
    pub advice: AdviceArguments,
    /// What is known of the origins.
    #[command(flatten)]
    pub origins: OriginArguments,
    /// How the console looks and behaves.
    #[command(flatten)]
    pub console: ConsoleArguments,
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

/// Reads `12h`, or `512MiB`, `2GB`.
fn keep(text: &str) -> Result<KeepArgument, String> {
    if let Ok(age) = duration(text) {
        return if age.is_zero() {
            Err("nothing would be left".to_owned())
        } else {
            Ok(KeepArgument::Age(age))
        };
    }
    match bytes(text) {
        Some(bytes) if bytes >= 16 << 20 => Ok(KeepArgument::Bytes(bytes)),
        Some(_) => Err("less than 16MiB is too little to go back to".to_owned()),
        None => Err("neither a time such as 30m or 12h nor a size such as 512MiB or 2GB".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_time_or_memory() {
        for (text, kept) in [
            ("12h", KeepArgument::Age(Duration::from_hours(12))),
            ("512MiB", KeepArgument::Bytes(512 << 20)),
            ("2GB", KeepArgument::Bytes(2_000_000_000)),
            ("2G", KeepArgument::Bytes(2 << 30)),
        ] {
            assert_eq!(keep(text), Ok(kept), "{text}");
        }
        for text in ["", "512", "1MiB", "0s", "12 h", "2GIB", "99999999999999GB", "-1MiB"] {
            assert!(keep(text).is_err(), "{text}");
        }
    }
}
