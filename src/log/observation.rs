//! What one record says, judged: the verdict on its AAAA or A question.
//!
//! In this order: a block by DNS Firewall decides first, whatever the
//! answer looks like; then the RCODE; then the addresses, of which only those of the question's own type
//! count. NODATA (RFC 2308 section 2.2) is NOERROR without such an answer, whether the list is empty or holds
//! a CNAME chain.

use crate::base::moment::Moment;
use crate::knowledge::address::{Nat64Prefixes, parse_ipv4, parse_ipv6};

mod activity;
mod aside;
mod canonical;
mod cursor;
mod general;
mod recent;
mod spelled;
mod tally;
mod verdict;
mod within;

pub use aside::Aside;
pub(crate) use aside::{ENDINGS, canonical_target, is_of_aws};
pub use general::is_masked;
pub(crate) use general::{AnswerJudgement, part};
pub use tally::AnswerTally;
pub use verdict::{A, Aaaa, Unknown, Verdict};
pub use within::Quoting;

/// The type that a question asked for, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// QTYPE 28.
    Aaaa,
    /// QTYPE 1.
    A,
    /// Any other type: counted, not judged.
    Other,
}

impl Question {
    /// Reads a QTYPE mnemonic.
    #[must_use]
    pub fn from_mnemonic(kind: &str) -> Self {
        if kind.eq_ignore_ascii_case("AAAA") {
            Self::Aaaa
        } else if kind.eq_ignore_ascii_case("A") {
            Self::A
        } else {
            Self::Other
        }
    }
}

/// An RCODE, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rcode {
    /// 0.
    NoError,
    /// 3.
    NxDomain,
    /// 2.
    ServFail,
    /// 5.
    Refused,
    /// Any other.
    Other,
}

impl Rcode {
    /// Reads an RCODE mnemonic in any case: the log writes `NOERROR`, OCSF `NoError`; and what OCSF calls
    /// SERVFAIL (`dns_activity`, `rcode_id` 2).
    #[must_use]
    pub fn from_mnemonic(text: &str) -> Self {
        for (word, rcode) in [
            ("NOERROR", Self::NoError),
            ("NXDOMAIN", Self::NxDomain),
            ("SERVFAIL", Self::ServFail),
            ("ServError", Self::ServFail),
            ("REFUSED", Self::Refused),
        ] {
            if text.eq_ignore_ascii_case(word) {
                return rcode;
            }
        }
        Self::Other
    }
}

/// Who asked, as one record names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asker<'a> {
    /// `srcids.instance`.
    Instance(&'a [u8]),
    /// `srcids.instance` with an outbound `srcids.resolver_endpoint` beside it: the query was forwarded
    /// through that endpoint.
    Forwarded {
        /// The instance.
        instance: &'a [u8],
        /// The outbound endpoint.
        endpoint: &'a [u8],
    },
    /// `srcids.resolver_endpoint`.
    ResolverEndpoint(&'a [u8]),
    /// `srcids.resolver_network_interface`.
    Interface(&'a [u8]),
    /// The access token of a client of Global Resolver.
    Device(&'a [u8]),
    /// Nothing but the source address.
    Address,
}

impl<'a> Asker<'a> {
    /// Who asked, by the ids that `srcids` may hold.
    #[must_use]
    pub fn from_ids(
        instance: Option<&'a [u8]>,
        endpoint: Option<&'a [u8]>,
        interface: Option<&'a [u8]>,
    ) -> Self {
        match (instance, endpoint, interface) {
            // Inbound endpoints (`rslvr-in-`) are where queries come in, from outside.
            (Some(instance), Some(endpoint), _) if !endpoint.starts_with(b"rslvr-in-") => {
                Self::Forwarded { instance, endpoint }
            }
            (Some(id), _, _) => Self::Instance(id),
            (None, Some(id), _) => Self::ResolverEndpoint(id),
            (None, None, Some(id)) => Self::Interface(id),
            (None, None, None) => Self::Address,
        }
    }
}

/// The address a query came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceAddress<'a> {
    /// An address: IPv6 as it is, IPv4 as its IPv4-mapped form.
    Ip(u128),
    /// Text that is no address, such as a redaction.
    Text(&'a [u8]),
}

impl<'a> SourceAddress<'a> {
    /// Reads `srcaddr`.
    #[must_use]
    #[inline]
    pub fn parse(text: &'a [u8]) -> Self {
        parse_ipv4(text).map(mapped).or_else(|| parse_ipv6(text)).map_or(Self::Text(text), Self::Ip)
    }
}

/// An IPv4 address in its IPv4-mapped form, `::ffff:0:0/96`.
#[must_use]
pub fn mapped(ipv4: u32) -> u128 {
    0xffff_0000_0000 | u128::from(ipv4)
}

/// What one record says. Borrowed from the record and from the judge's scratch.
///
/// Texts are the bytes of the log, all of them UTF-8: to prove that again for each record would cost a tenth
/// of the time that reading it takes. [`text`] gives them back as what they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation<'a> {
    /// A number for account, Region and VPC together: records with the same number have the same. 0 if they
    /// were not looked at together.
    pub record_prefix: u64,
    /// When the resolver got the query.
    pub at: Moment,
    /// The account of the VPC.
    pub account: &'a [u8],
    /// The Region of the VPC.
    pub region: &'a [u8],
    /// The VPC.
    pub vpc: &'a [u8],
    /// Who asked.
    pub asker: Asker<'a>,
    /// From which address.
    pub source: SourceAddress<'a>,
    /// The port that the query came from, as the log has it; empty where it has none.
    pub port: &'a [u8],
    /// The name asked for: lower case, with its last dot.
    pub name: &'a [u8],
    /// QTYPE as the log has it: `AAAA`, `PTR`.
    pub kind: &'a [u8],
    /// The RCODE, which the verdict of a blocked or a successful record does not show.
    pub rcode: Rcode,
    /// What came back.
    pub verdict: Verdict,
    /// Native addresses of an AAAA answer.
    pub native: &'a [u128],
    /// IPv4 addresses: those embedded in synthesized AAAA answers, or the usable ones of an A answer.
    pub ipv4: &'a [u32],
    /// An empty AAAA whose answers held a CNAME chain.
    pub cname_only: bool,
    /// Native addresses with synthesized ones beside them.
    pub mixed: bool,
    /// What was read shows only some of the answers; those that it shows decided.
    pub partial: bool,
    /// What no verdict depends on: names of AWS that the name asked for leads to, and what blocked it.
    pub aside: Aside<'a>,
}

/// Turns records into observations. Keeps its working memory from one record to the next.
#[derive(Debug, Default)]
pub struct Judge {
    prefixes: Nat64Prefixes,
    tally: AnswerTally,
    name: Vec<u8>,
    record_prefixes: [recent::RecordPrefixes; 3],
    clock: recent::RecentDay,
    sparing: bool,
    /// The text between the values of a record, by how quotation marks are written there.
    layouts: [spelled::RecordLayout; 3],
    /// Whether they are in the resolver's own spelling, likewise.
    odds: [within::Odds; 3],
    /// The answers of the current record.
    answers: Vec<spelled::RdataRanges>,
}

impl Judge {
    /// A judge that knows `prefixes`.
    #[must_use]
    pub fn new(prefixes: Nat64Prefixes) -> Self {
        Self { prefixes, ..Self::default() }
    }

    /// A judge that, if `sparing`, leaves out the addresses of A answers, and reads no more of them than the
    /// verdict takes.
    #[must_use]
    pub fn sparing(self, sparing: bool) -> Self {
        Self { sparing, ..self }
    }
}

/// The name in lower case (RFC 4343: ASCII only) and with its last dot, in `scratch` if it was not so
/// already.
#[inline]
pub(crate) fn canonical_name<'a>(name: &'a [u8], scratch: &'a mut Vec<u8>) -> &'a [u8] {
    if !name.iter().any(u8::is_ascii_uppercase) && name.last() == Some(&b'.') {
        return name;
    }
    scratch.clear();
    scratch.extend_from_slice(name);
    scratch.make_ascii_lowercase();
    if scratch.last() != Some(&b'.') {
        scratch.push(b'.');
    }
    scratch
}

/// The text that the bytes of an observation are.
#[must_use]
pub fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
pub(crate) mod sample;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::record::{Answer, Extent, Record};

    fn record<'a>(kind: &'a str, rcode: &'a str, answers: &[(&'a str, &'a str)]) -> Record<'a> {
        Record {
            account: "1".into(),
            region: "r".into(),
            vpc: "vpc-1".into(),
            at: Moment(0),
            name: "A.Example".into(),
            kind: kind.into(),
            rcode: rcode.into(),
            answers: answers
                .iter()
                .map(|(kind, rdata)| Answer { kind: (*kind).into(), rdata: (*rdata).into() })
                .collect(),
            source: "10.0.0.1".into(),
            port: "".into(),
            instance: None,
            resolver_endpoint: None,
            interface: None,
            device: None,
            blocked: false,
            rule_group: None,
            domain_list: None,
            extent: Extent::Whole,
        }
    }

    #[test]
    fn the_verdict_on_aaaa() {
        let mut judge = Judge::default();
        for (rcode, answers, verdict) in [
            ("NOERROR", &[][..], Aaaa::Empty),
            ("NOERROR", &[("CNAME", "b.example.")], Aaaa::Empty),
            ("NOERROR", &[("A", "192.0.2.1")], Aaaa::Empty),
            ("NoError", &[("AAAA", "2001:db8::1")], Aaaa::Native),
            ("NOERROR", &[("CNAME", "b."), ("AAAA", "64:ff9b::192.0.2.1")], Aaaa::Synthesized),
            ("NOERROR", &[("AAAA", "64:FF9B::C000:201"), ("AAAA", "fd00::1")], Aaaa::Native),
            ("NOERROR", &[("AAAA", "64:ff9b:1::1"), ("AAAA", "::")], Aaaa::Synthesized),
            ("NOERROR", &[("AAAA", "::ffff:192.0.2.1")], Aaaa::Unusable),
            ("NOERROR", &[("AAAA", "not an address")], Aaaa::Unreadable),
            ("NXDOMAIN", &[("AAAA", "2001:db8::1")], Aaaa::NxDomain),
            ("SERVFAIL", &[], Aaaa::ServFail),
            ("REFUSED", &[], Aaaa::Refused),
            ("NOTIMP", &[], Aaaa::Other),
        ] {
            let record = record("AAAA", rcode, answers);
            assert_eq!(judge.judge(&record).verdict, Verdict::Aaaa(verdict), "{rcode} {answers:?}");
            let blocked = Record { blocked: true, ..record };
            let observation = judge.judge(&blocked);
            assert_eq!(observation.verdict, Verdict::Aaaa(Aaaa::Blocked));
            assert!(observation.native.is_empty() && observation.ipv4.is_empty() && !observation.cname_only);
        }
    }

    #[test]
    fn the_verdict_on_a() {
        let mut judge = Judge::default();
        for (rcode, answers, verdict) in [
            ("NOERROR", &[][..], A::Empty),
            ("NOERROR", &[("AAAA", "2001:db8::1")], A::Empty),
            ("NOERROR", &[("A", "169.254.169.254")], A::Answered),
            ("NOERROR", &[("A", "127.0.0.62")], A::Unusable),
            ("NOERROR", &[("A", "0.0.0.0"), ("A", "192.0.2.1")], A::Answered),
            ("NOERROR", &[("A", "x")], A::Unreadable),
            ("NXDOMAIN", &[], A::NxDomain),
            ("SERVFAIL", &[], A::ServFail),
            ("REFUSED", &[], A::Refused),
            ("FORMERR", &[], A::Other),
        ] {
            let record = record("A", rcode, answers);
            assert_eq!(judge.judge(&record).verdict, Verdict::A(verdict), "{rcode} {answers:?}");
        }
    }

    #[test]
    fn the_chain_and_the_mixture_are_kept() {
        let mut judge = Judge::default();
        let chain = record("AAAA", "NOERROR", &[("CNAME", "b.example.")]);
        assert!(judge.judge(&chain).cname_only);
        let mixed = record("AAAA", "NOERROR", &[("AAAA", "64:ff9b::192.0.2.1"), ("AAAA", "2001:db8::1")]);
        let observation = judge.judge(&mixed);
        assert!(observation.mixed && !observation.cname_only);
        assert_eq!(observation.ipv4, [0xc000_0201]);
        assert_eq!(text(observation.name), "a.example.");
    }

    #[test]
    fn other_types_are_not_judged() {
        let srv = record("SRV", "NXDOMAIN", &[]);
        assert_eq!(Judge::default().judge(&srv).verdict, Verdict::NotJudged);
    }
}
