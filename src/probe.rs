//! What a resolver answers now, judged as a record of the log would be, and beside what a log says of the name.
//!
//! Who asks is [`crate::feed::probe`]; here is what it comes to. An answer comes from strangers as a log does: what is
//! kept of it is bounded.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use serde::{Serialize, Serializer};

use crate::address::{Meaning, Nat64Prefix, Nat64Prefixes, ipv4_usable};
use crate::fleet::Status;
use crate::moment::Moment;
use crate::observation::{A, Aaaa, Question, Rcode, Tally, Verdict};

mod advice;
mod text;

pub use text::{lines, opening};

/// Addresses that are kept of one answer, and names of its chain.
pub const MOST_KEPT: usize = 16;
/// Addresses of one kind (IPv6, synthesized, IPv4) of one name that a connection is tried to.
pub const MOST_TRIED: usize = 4;
/// The name whose AAAA records, which it does not have, reveal a NAT64 prefix (RFC 7050 section 3).
pub const WELL_KNOWN_NAME: &str = "ipv4only.arpa.";

/// A DNS message that answers the question, as far as it matters here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// RCODE, as a number.
    pub rcode: u16,
    /// RA: the server asks others for what it does not know (RFC 1035 section 4.1.1).
    pub recursion: bool,
    /// The chain of CNAMEs that the name leads through, without the name itself.
    pub cnames: Vec<String>,
    /// Addresses of the type asked for, at the end of the chain.
    pub addresses: Vec<IpAddr>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Silence {
    /// Nothing came in time.
    TimedOut,
    /// The network refused it: the words of the operating system.
    Unreachable(String),
    /// Something came that is no answer to the question.
    Malformed(&'static str),
}

impl Silence {
    /// The word used in every export.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::TimedOut => "timed-out",
            Self::Unreachable(_) => "unreachable",
            Self::Malformed(_) => "malformed",
        }
    }

    /// What happened, in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::TimedOut => "no answer in time".to_owned(),
            Self::Unreachable(error) => format!("cannot be asked: {error}"),
            Self::Malformed(what) => format!("no valid answer: {what}"),
        }
    }
}

/// What came of one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Came {
    /// The server that answered; the last that was asked if none did.
    pub server: String,
    /// The answer came over TCP, since it was too long for UDP.
    pub tcp: bool,
    /// From the sending of the question that was answered to its answer.
    pub milliseconds: u64,
    /// The answer.
    pub reply: Result<Reply, Silence>,
}

/// One address of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Address {
    /// The address.
    pub address: IpAddr,
    /// What it means.
    pub path: Path,
    /// The IPv4 address inside a synthesized one, where it is known.
    pub ipv4: Option<Ipv4Addr>,
}

/// What way leads to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Path {
    /// IPv6 all the way.
    Ipv6,
    /// A NAT64, behind which it is IPv4.
    Nat64,
    /// IPv4.
    Ipv4,
    /// None that leads to the endpoint: loopback and the like.
    Unusable,
}

impl Path {
    /// The word for a person.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Ipv6 => "IPv6",
            Self::Nat64 => "NAT64",
            Self::Ipv4 => "IPv4",
            Self::Unusable => "unusable",
        }
    }
}

impl Address {
    /// What `address` means with these NAT64 prefixes in force.
    #[must_use]
    pub fn of(address: IpAddr, prefixes: &Nat64Prefixes) -> Self {
        let (path, ipv4) = match address {
            IpAddr::V4(v4) if ipv4_usable(v4.to_bits()) => (Path::Ipv4, None),
            IpAddr::V4(_) => (Path::Unusable, None),
            IpAddr::V6(v6) => match prefixes.meaning(v6.to_bits()) {
                Meaning::Native => (Path::Ipv6, None),
                Meaning::Synthesized(inside) => (Path::Nat64, inside.map(Ipv4Addr::from)),
                Meaning::Unusable => (Path::Unusable, None),
            },
        };
        Self { address, path, ipv4 }
    }
}

/// What came of one question, judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The verdict; none if there was no answer.
    #[serde(serialize_with = "verdict_word")]
    pub verdict: Option<Verdict>,
    /// Why there was none.
    pub failure: Option<&'static str>,
    /// The same in words.
    pub why: Option<String>,
    /// The mnemonic of the RCODE.
    pub rcode: Option<String>,
    /// The server.
    pub server: String,
    /// `udp` or `tcp`.
    pub transport: &'static str,
    /// How long it took.
    pub milliseconds: u64,
    /// The first addresses, in the order of the answer.
    pub addresses: Vec<Address>,
    /// How many more there were.
    pub more_addresses: usize,
    /// The chain of CNAMEs, its first names.
    pub cnames: Vec<String>,
    /// An empty AAAA answer that held a CNAME chain.
    pub cname_only: bool,
    /// Native addresses with synthesized ones beside them.
    pub mixed: bool,
    /// Whether the server asks others for what it does not know. What one that does not says of a name that is not its
    /// own means nothing.
    pub recursion: bool,
}

#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "serde wants a reference to the field"
)]
fn verdict_word<S: Serializer>(verdict: &Option<Verdict>, serializer: S) -> Result<S::Ok, S::Error> {
    verdict.map(Verdict::word).serialize(serializer)
}

impl Answer {
    /// Judges what came of `question`.
    #[must_use]
    pub fn of(came: Came, question: Question, prefixes: &Nat64Prefixes) -> Self {
        let mut answer = Self {
            verdict: None,
            failure: None,
            why: None,
            rcode: None,
            server: came.server,
            transport: if came.tcp { "tcp" } else { "udp" },
            milliseconds: came.milliseconds,
            addresses: Vec::new(),
            more_addresses: 0,
            cnames: Vec::new(),
            cname_only: false,
            mixed: false,
            recursion: false,
        };
        let reply = match came.reply {
            Ok(reply) => reply,
            Err(silence) => {
                answer.failure = Some(silence.word());
                answer.why = Some(silence.words());
                return answer;
            }
        };
        let mut tally = Tally::default();
        for address in &reply.addresses {
            let text = address.to_string();
            match address {
                IpAddr::V6(_) => tally.aaaa(text.as_bytes(), prefixes),
                IpAddr::V4(_) => tally.a(text.as_bytes()),
            }
        }
        if !reply.cnames.is_empty() {
            tally.cname();
        }
        let (rcode, mnemonic) = mnemonic(reply.rcode);
        let verdict = tally.verdict(question, rcode, false);
        answer.verdict = Some(verdict);
        answer.rcode = Some(mnemonic);
        answer.cname_only = tally.cname_only(verdict);
        answer.mixed = tally.mixed();
        answer.recursion = reply.recursion;
        if rcode == Rcode::NoError {
            answer.more_addresses = reply.addresses.len().saturating_sub(MOST_KEPT);
            let kept = reply.addresses.into_iter().take(MOST_KEPT);
            answer.addresses = kept.map(|address| Address::of(address, prefixes)).collect();
        }
        answer.cnames = reply.cnames;
        answer.cnames.truncate(MOST_KEPT);
        answer
    }

    fn aaaa(&self) -> Option<Aaaa> {
        match self.verdict {
            Some(Verdict::Aaaa(verdict)) => Some(verdict),
            _ => None,
        }
    }

    fn a(&self) -> Option<A> {
        match self.verdict {
            Some(Verdict::A(verdict)) => Some(verdict),
            _ => None,
        }
    }
}

/// RCODE by its number (RFC 1035 section 4.1.1; the others are in the IANA registry).
fn mnemonic(number: u16) -> (Rcode, String) {
    let text = match number {
        0 => "NOERROR".to_owned(),
        1 => "FORMERR".to_owned(),
        2 => "SERVFAIL".to_owned(),
        3 => "NXDOMAIN".to_owned(),
        4 => "NOTIMP".to_owned(),
        5 => "REFUSED".to_owned(),
        _ => format!("RCODE {number}"),
    };
    (Rcode::of(&text), text)
}

/// Whether there is DNS64 at the resolver, by its answer for [`WELL_KNOWN_NAME`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dns64 {
    /// `on`, `off`, `unknown`.
    pub state: &'static str,
    /// The NAT64 prefixes that it revealed, as text.
    pub prefixes: Vec<String>,
    /// What came.
    pub answer: Answer,
}

impl Dns64 {
    /// Reads the answer, and gives the prefixes that it reveals.
    #[must_use]
    pub fn of(came: Came, known: &Nat64Prefixes) -> (Self, Vec<Nat64Prefix>) {
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
        let answer = Answer::of(came, Question::Aaaa, known);
        let state = match answer.aaaa() {
            _ if !prefixes.is_empty() => "on",
            Some(Aaaa::Empty | Aaaa::NxDomain) => "off",
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
    /// Whether `now` is another status than that of every origin; none if the log does not tell.
    fn differs(&self, now: Status) -> Option<bool> {
        let half_known = [Status::Ipv4Only, Status::NoAddress, Status::Empty];
        let agrees = |was: Status| {
            // Where nobody got a word on A, there may be an address or not.
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
pub enum Outcome {
    /// It was taken.
    Connected,
    /// It was answered with a reset.
    Refused,
    /// Nothing came in time.
    TimedOut,
    /// This machine, or a router, has no way there.
    NoRoute,
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
    pub outcome: Outcome,
    /// How long it took.
    pub milliseconds: u64,
    /// What the operating system says.
    pub error: Option<String>,
}

/// What is known of a name's dual-stack name, and what came of asking for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sibling {
    /// The dual-stack name that the catalog knows; none if there is nothing to ask for.
    pub name: Option<String>,
    /// Whether it exists here with an IPv6 address of its own; none if that was not found out.
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
    /// What it comes to; none if that cannot be said.
    #[serde(serialize_with = "status_word")]
    pub status: Option<Status>,
    /// AAAA.
    pub aaaa: Answer,
    /// A.
    pub a: Answer,
    /// What the log says.
    pub log: Option<Logged>,
    /// Whether the answer here is another than the log has for every origin; none if one of them is not known.
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
    pub fn new(name: String, aaaa: Answer, a: Answer, log: Option<Logged>) -> Self {
        // Without a word on AAAA, `A only` would be wrong: it was asked.
        let status = aaaa.aaaa().map(|verdict| Status::of(Some(verdict), a.a()));
        let differs = log.as_ref().zip(status).and_then(|(log, status)| log.differs(status));
        let (dual_stack, connections, sentences) = (None, Vec::new(), Vec::new());
        Self { name, status, aaaa, a, log, differs, dual_stack, connections, sentences }
    }

    /// Whether a question got no answer.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        let sibling = self.dual_stack.as_ref().and_then(|sibling| sibling.answers.as_ref());
        self.aaaa.verdict.is_none()
            || self.a.verdict.is_none()
            || sibling.is_some_and(|probed| probed.is_partial())
    }

    /// The addresses to connect to: IPv6, synthesized, IPv4, then unusable ones; of each kind the first ones, each once.
    #[must_use]
    pub fn targets(&self) -> Vec<Address> {
        let mut targets: Vec<Address> = Vec::new();
        for path in [Path::Ipv6, Path::Nat64, Path::Ipv4, Path::Unusable] {
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
    pub fn advise(&mut self, terms: &Terms) {
        self.sentences = advice::sentences(self, terms);
    }
}

/// How it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Whether DNS64 is at work at the resolver.
    pub dns64: Option<bool>,
    /// The NAT64 prefix to name in sentences: the first revealed, else the well-known one.
    pub prefix: Nat64Prefix,
    /// Connections were tried.
    pub connect: bool,
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
    pub dns64: Dns64,
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

    /// What the answers for the dual-stack name mean.
    #[must_use]
    pub fn of(mut probed: Probed, terms: &Terms) -> Self {
        let host = probed.name.trim_end_matches('.').to_owned();
        let (exists, sentence) = advice::sibling(&host, &probed);
        probed.sentences = advice::connected(&probed.connections, terms);
        Self { name: Some(host), exists, sentence, answers: Some(Box::new(probed)) }
    }
}

#[cfg(test)]
mod tests;
