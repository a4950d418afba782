//! What a resolver answers now, judged as a record of the log would be, and beside what a log says of the
//! name.
//!
//! Who asks is [`crate::edge::feed::probe`]; here is what the answers mean. An answer comes from strangers as
//! a log does: what is kept of it is bounded.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Serialize, Serializer};

use crate::base::moment::Moment;
use crate::fleet::Status;
use crate::knowledge::address::{Nat64Prefix, Nat64Prefixes};
use crate::log::observation::{Aaaa, Question};

mod advice;
mod answer;
mod text;

pub use answer::{Address, NoAnswer, Path, ProbeAnswer, QuestionOutcome, Reply};
pub use text::{lines, opening};

/// Addresses that are kept of one answer, and names of its chain.
pub const MOST_KEPT: usize = 16;
/// Addresses of one kind (IPv6, synthesized, IPv4) of one name that a connection is tried to.
pub const MOST_TRIED: usize = 4;
/// The name whose AAAA records, which it does not have, reveal a NAT64 prefix (RFC 7050 section 3).
pub const WELL_KNOWN_NAME: &str = "ipv4only.arpa.";

/// Whether there is DNS64 at the resolver, by its answer for [`WELL_KNOWN_NAME`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResolverDns64 {
    /// `on`, `off`, `unknown`.
    pub state: &'static str,
    /// The NAT64 prefixes that it revealed, as text.
    pub prefixes: Vec<String>,
    /// What came.
    pub answer: ProbeAnswer,
}

impl ResolverDns64 {
    /// Reads the answer, and gives the prefixes that it reveals.
    #[must_use]
    pub fn from_outcome(came: QuestionOutcome, known: &Nat64Prefixes) -> (Self, Vec<Nat64Prefix>) {
        let mut prefixes: Vec<Nat64Prefix> = Vec::new();
        if let Ok(Reply { rcode: 0, addresses, .. }) = &came.reply {
            let revealed = addresses.iter().filter_map(|address| match address {
                IpAddr::V6(v6) => Nat64Prefix::revealed(v6.to_bits()),
                IpAddr::V4(_) => None,
            });
            for prefix in revealed.take(MOST_KEPT) {
                if !prefixes.contains(&prefix) {
                    prefixes.push(prefix);
                }
            }
        }
        // What it reveals is in force for the answer itself.
        let answer = ProbeAnswer::from_outcome(came, Question::Aaaa, &known.and(&prefixes));
        let state = match answer.aaaa() {
            _ if !prefixes.is_empty() => "on",
            // The name exists: NXDOMAIN says that the resolver does not tell.
            Some(Aaaa::Empty) => "off",
            _ => "unknown",
        };
        (Self { state, prefixes: prefixes.iter().map(Nat64Prefix::to_string).collect(), answer }, prefixes)
    }
}

/// What a log says of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Logged {
    /// How many origins have it in each status.
    #[serde(serialize_with = "status_words")]
    pub statuses: BTreeMap<Status, usize>,
    /// When it was asked for last.
    pub last: Option<Moment>,
}

impl Logged {
    /// Whether `now` is another status than that of every origin; `None` if the log does not tell.
    fn differs(&self, now: Status) -> Option<bool> {
        let half_known = [Status::Ipv4Only, Status::NoAddress, Status::Empty];
        let agrees = |was: Status| {
            // Where nobody got a verdict on A, there may be an address or not.
            was == now
                || half_known.contains(&was)
                    && half_known.contains(&now)
                    && (was == Status::Empty || now == Status::Empty)
        };
        // Who never asked for AAAA did not see what it is.
        let mut told = self.statuses.keys().filter(|status| **status != Status::AOnly).peekable();
        told.peek()?;
        Some(!told.any(|was| agrees(*was)))
    }
}

fn status_words<S: Serializer>(statuses: &BTreeMap<Status, usize>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(statuses.iter().map(|(status, count)| (status.word(), count)))
}

/// What came of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConnectOutcome {
    /// It was taken.
    Connected,
    /// It was answered with a reset.
    Refused,
    /// Nothing came in time.
    TimedOut,
    /// This machine, or a router, has no way there.
    NoRoute,
    /// A firewall, here or on the way, rejects it.
    Forbidden,
    /// Something else went wrong.
    Failed,
}

/// One connection that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Connection {
    /// Where to, and by which way.
    #[serde(flatten)]
    pub to: Address,
    /// The port.
    pub port: u16,
    /// What came of it.
    pub outcome: ConnectOutcome,
    /// How long it took.
    pub milliseconds: u64,
    /// What the operating system says.
    pub error: Option<String>,
    /// Where there is no route, whether it is this machine that has none, and not a router on the way.
    pub here: Option<bool>,
}

/// What is known of a name's dual-stack name, and what came of asking for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sibling {
    /// The dual-stack name that the catalog knows; `None` if there is nothing to ask for.
    pub name: Option<String>,
    /// Whether it exists here with an IPv6 address of its own; `None` if that was not found out.
    pub exists: Option<bool>,
    /// What that means, in a sentence.
    pub sentence: String,
    /// The answers.
    pub answers: Option<Box<Probed>>,
}

/// One name, asked for by AAAA and A.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Probed {
    /// The name, in lower case and with its last dot.
    pub name: String,
    /// The status of the name by the answers here; `None` if that cannot be said.
    #[serde(serialize_with = "status_word")]
    pub status: Option<Status>,
    /// AAAA.
    pub aaaa: ProbeAnswer,
    /// A.
    pub a: ProbeAnswer,
    /// What the log says.
    pub log: Option<Logged>,
    /// Whether the answer here is another than the log has for every origin; `None` if one of them is not
    /// known.
    pub differs: Option<bool>,
    /// Its dual-stack name.
    pub dual_stack: Option<Sibling>,
    /// Connections that were tried, IPv6 first.
    pub connections: Vec<Connection>,
    /// What it means and what to do, a sentence or two each.
    pub sentences: Vec<String>,
}

#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "serde wants a reference to the field"
)]
fn status_word<S: Serializer>(status: &Option<Status>, serializer: S) -> Result<S::Ok, S::Error> {
    status.map(Status::word).serialize(serializer)
}

impl Probed {
    /// A name, its answers, and what a log says of it.
    #[must_use]
    pub fn new(name: String, aaaa: ProbeAnswer, a: ProbeAnswer, log: Option<Logged>) -> Self {
        // Without a verdict on AAAA, `A only` would be wrong: it was asked.
        let status = aaaa.aaaa().map(|verdict| Status::from_verdicts(Some(verdict), a.a()));
        let differs = log.as_ref().zip(status).and_then(|(log, status)| log.differs(status));
        let (dual_stack, connections, sentences) = (None, Vec::new(), Vec::new());
        Self { name, status, aaaa, a, log, differs, dual_stack, connections, sentences }
    }

    /// The addresses that DNS64 made.
    fn made(&self) -> impl Iterator<Item = &Address> {
        self.aaaa.addresses.iter().filter(|address| address.path == Path::Nat64)
    }

    /// Whether a question got no answer.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        let sibling = self.dual_stack.as_ref().and_then(|sibling| sibling.answers.as_ref());
        self.aaaa.verdict.is_none()
            || self.a.verdict.is_none()
            || sibling.is_some_and(|probed| probed.is_partial())
    }

    /// The addresses to connect to: IPv6, synthesized, IPv4; of each kind the first ones, each once. Unusable
    /// ones are left alone: loopback and the like lead to this machine itself.
    #[must_use]
    pub fn targets(&self) -> Vec<Address> {
        let mut targets: Vec<Address> = Vec::new();
        for path in [Path::Ipv6, Path::Nat64, Path::Ipv4] {
            let mut count = 0;
            for address in self.aaaa.addresses.iter().chain(&self.a.addresses) {
                if address.path == path && count < MOST_TRIED && !targets.contains(address) {
                    targets.push(*address);
                    count += 1;
                }
            }
        }
        targets
    }

    /// Finds the sentences, once all is known.
    pub fn advise(&mut self, terms: &ProbeTerms) {
        self.sentences = advice::sentences(self, terms);
    }
}

/// How it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeTerms {
    /// Whether DNS64 is at work at the resolver.
    pub dns64: Option<bool>,
    /// NAT64 prefixes over which a connection was made before, in this run.
    pub works: Vec<Nat64Prefix>,
    /// Connections were tried.
    pub connect: bool,
}

impl ProbeTerms {
    /// Takes note of the prefixes over which these connections were made.
    pub fn learn(&mut self, connections: &[Connection]) {
        for connection in connections {
            let is_made = matches!(connection.outcome, ConnectOutcome::Connected | ConnectOutcome::Refused);
            if let Some(prefix) =
                connection.to.prefix.filter(|prefix| is_made && !self.works.contains(prefix))
            {
                self.works.push(prefix);
            }
        }
    }
}

impl Probe {
    /// Takes note of what the answers show of DNS64 that `ipv4only.arpa` does not: the resolver may serve
    /// that name itself.
    pub fn settle(&mut self) {
        let ResolverDns64 { state, prefixes, .. } = &mut self.dns64;
        for address in self.names.iter().flat_map(Probed::made).filter(|_| *state != "on") {
            let prefix = address.routed();
            if !prefixes.contains(&prefix) {
                prefixes.push(prefix);
            }
        }
        if !prefixes.is_empty() {
            *state = "on";
        }
    }
}

/// All that was asked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Probe {
    /// 1.
    pub schema: u32,
    /// When it began, RFC 3339.
    pub at: String,
    /// The servers, in the order in which they are asked.
    pub resolvers: Vec<String>,
    /// How long an answer, and a connection, is waited for.
    pub timeout_seconds: f64,
    /// How often a question is asked, at most, of each server.
    pub tries: u32,
    /// DNS64 at the resolver.
    pub dns64: ResolverDns64,
    /// The names, in the order asked for.
    pub names: Vec<Probed>,
    /// Names that were not asked for, since `--limit` are enough.
    pub left_out: usize,
    /// Messages that were sent to servers.
    pub questions: u64,
}

impl Sibling {
    /// Nothing to ask for, and why.
    #[must_use]
    pub fn none(sentence: &str) -> Self {
        Self { name: None, exists: None, sentence: sentence.to_owned(), answers: None }
    }

    /// What the answers for the dual-stack name of `original` mean.
    #[must_use]
    pub fn new(original: &Probed, mut probed: Probed, terms: &ProbeTerms) -> Self {
        let host = probed.name.trim_end_matches('.').to_owned();
        let (exists, sentence) = advice::sibling(original, &host, &probed);
        probed.sentences = advice::connected(&probed.connections, terms);
        Self { name: Some(host), exists, sentence, answers: Some(Box::new(probed)) }
    }
}

#[cfg(test)]
mod tests;
