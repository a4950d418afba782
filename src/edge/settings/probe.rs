//! The arguments of `probe`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, ValueEnum};

use super::{ColumnArguments, StoreArguments, filter, statuses};
use crate::edge::feed::probe::{canonical, server};
use crate::fleet::Status;
use crate::knowledge::address::Nat64Prefix;
use crate::query::Query;

/// `probe`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").args(["names", "from"]).multiple(true).required(true))]
pub struct ProbeArguments {
    /// Names to ask for, as they are: no search domain is added.
    #[arg(value_name = "NAME", value_parser = name)]
    pub names: Vec<String>,
    /// Ask for the IPv4-only endpoints of these logs as well, and say where the answer differs; files,
    /// folders, patterns and `s3://BUCKET/PREFIX` as in `report`.
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub from: Vec<String>,
    /// Endpoints of these statuses instead of IPv4-only ones.
    #[arg(
        long,
        value_name = "STATUS",
        value_delimiter = ',',
        value_parser = statuses(),
        default_value = "ipv4-only",
        hide_possible_values = true,
        requires = "from"
    )]
    pub status: Vec<Status>,
    /// Count only records of the logs that this filter lets through; `r53tail help filter` has the language.
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true, value_parser = filter, requires = "from")]
    pub filter: Vec<Query>,
    /// How many endpoints of the logs are asked for at most: those that most origins depend on.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 50,
        value_parser = clap::value_parser!(u32).range(1..=10_000),
        requires = "from"
    )]
    pub limit: u32,
    /// The resolver to ask, an address with or without a port; the system's by default (/etc/resolv.conf).
    #[arg(long, value_name = "ADDRESS[:PORT]", value_parser = resolver)]
    pub resolver: Option<SocketAddr>,
    /// Try TCP to each address, four of each kind at most, and close it again; port 443 if none is given.
    #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "443", value_parser = port)]
    pub connect: Option<u16>,
    /// Ask for the dual-stack name as well where one is known, and say whether it exists here.
    #[arg(long)]
    pub dual_stack: bool,
    /// How many seconds an answer, and a connection, is waited for. Each server is asked twice at most. Linux
    /// takes a little more than 3 to report a neighbor that is down.
    #[arg(long, value_name = "SECONDS", default_value = "4", value_parser = seconds)]
    pub timeout: f64,
    /// How to write it.
    #[arg(long, short, value_enum, default_value_t = ProbeFormat::Text)]
    pub format: ProbeFormat,
    /// A NAT64 prefix besides `64:ff9b::/96` and those that the resolver reveals; may be given more than
    /// once.
    #[arg(long, value_name = "PREFIX")]
    pub nat64_prefix: Vec<Nat64Prefix>,
    /// What the log's fields are called.
    #[command(flatten)]
    pub columns: ColumnArguments,
    /// A file with more on names, or other, for `--dual-stack`: lines as `explain` takes them.
    #[arg(long, value_name = "FILE", requires = "dual_stack")]
    pub catalog: Option<PathBuf>,
    /// How objects of S3 are read.
    #[command(flatten)]
    pub store: StoreArguments,
}

impl ProbeArguments {
    /// How long to wait.
    #[must_use]
    pub fn patience(&self) -> Duration {
        Duration::from_secs_f64(self.timeout)
    }
}

/// The formats of `probe`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProbeFormat {
    /// For a person, as the answers come.
    Text,
    /// One object.
    Json,
}

fn name(text: &str) -> Result<String, String> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    if bare.parse::<std::net::IpAddr>().is_ok() {
        return Err("an address and no name; `r53tail explain` says what it is".to_owned());
    }
    if text.contains(['/', ':']) {
        return Err("a name is asked for without scheme, port and path".to_owned());
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("a number and no name".to_owned());
    }
    canonical(text)
}

fn resolver(text: &str) -> Result<SocketAddr, String> {
    server(text)
        .ok_or_else(|| "not an address such as 169.254.169.253, 127.0.0.1:5353 or [::1]:53".to_owned())
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.05..=60.0).contains(seconds));
    seconds.ok_or_else(|| "not a number of seconds from 0.05 to 60".to_owned())
}

fn port(text: &str) -> Result<u16, String> {
    let port = text.parse().ok().filter(|port: &u16| *port > 0);
    port.ok_or_else(|| "not a port; names go before `--connect`, or write `--connect=443`".to_owned())
}
