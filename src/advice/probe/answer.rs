//! One answer, judged.

use std::net::{IpAddr, Ipv4Addr};

use serde::{Serialize, Serializer};

use super::MOST_KEPT;
use crate::knowledge::address::{Meaning, Nat64Prefix, Nat64Prefixes, ipv4_usable};
use crate::log::observation::{A, Aaaa, AnswerTally, Question, Rcode, Verdict};

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
pub enum NoAnswer {
    /// Nothing came in time.
    TimedOut,
    /// The network refused it: the words of the operating system.
    Unreachable(String),
    /// Something came that is no answer to the question.
    Malformed(&'static str),
}

impl NoAnswer {
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
pub struct QuestionOutcome {
    /// The server that answered; the last that was asked if none did.
    pub server: String,
    /// The answer came over TCP, since it was too long for UDP.
    pub tcp: bool,
    /// From the sending of the question that was answered to its answer.
    pub milliseconds: u64,
    /// The answer.
    pub reply: Result<Reply, NoAnswer>,
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
    /// The NAT64 prefix in force that it lies in; `None` for an address of the local-use block (RFC 8215)
    /// whose prefix nobody named.
    #[serde(skip)]
    pub prefix: Option<Nat64Prefix>,
}

impl Address {
    /// The prefix that has to be routed to a translator for it to be reached, as text.
    pub(super) fn routed(&self) -> String {
        self.prefix.map_or_else(|| LOCAL_USE.to_owned(), |prefix| prefix.to_string())
    }
}

/// The block for translators of one's own (RFC 8215).
const LOCAL_USE: &str = "64:ff9b:1::/48";

/// What way leads to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Path {
    /// IPv6 all the way.
    Ipv6,
    /// IPv6 as far as a NAT64, and IPv4 from there on.
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
    pub fn new(address: IpAddr, prefixes: &Nat64Prefixes) -> Self {
        let mut prefix = None;
        let (path, ipv4) = match address {
            IpAddr::V4(v4) if ipv4_usable(v4.to_bits()) => (Path::Ipv4, None),
            IpAddr::V4(_) => (Path::Unusable, None),
            IpAddr::V6(v6) => match prefixes.meaning(v6.to_bits()) {
                Meaning::Native => (Path::Ipv6, None),
                Meaning::Synthesized(inside) => {
                    prefix = prefixes.split(v6.to_bits()).map(|(prefix, _)| prefix);
                    (Path::Nat64, inside.map(Ipv4Addr::from))
                }
                Meaning::Unusable => (Path::Unusable, None),
            },
        };
        Self { address, path, ipv4, prefix }
    }
}

/// What came of one question, judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProbeAnswer {
    /// The verdict; `None` if there was no answer.
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
    /// Whether the server asks others for what it does not know. What one that does not says of a name that
    /// is not its own means nothing.
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

impl ProbeAnswer {
    /// Judges what came of `question`.
    #[must_use]
    pub fn from_outcome(came: QuestionOutcome, question: Question, prefixes: &Nat64Prefixes) -> Self {
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
        let mut tally = AnswerTally::default();
        for address in &reply.addresses {
            let text = address.to_string();
            match address {
                IpAddr::V6(_) => tally.aaaa(text.as_bytes(), prefixes),
                IpAddr::V4(_) => tally.a(text.as_bytes()),
            }
        }
        if !reply.cnames.is_empty() {
            tally.chain();
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
            answer.addresses = kept.map(|address| Address::new(address, prefixes)).collect();
        }
        answer.cnames = reply.cnames;
        answer.cnames.truncate(MOST_KEPT);
        answer
    }

    pub(super) fn aaaa(&self) -> Option<Aaaa> {
        match self.verdict {
            Some(Verdict::Aaaa(verdict)) => Some(verdict),
            _ => None,
        }
    }

    pub(super) fn a(&self) -> Option<A> {
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
    (Rcode::from_mnemonic(&text), text)
}
