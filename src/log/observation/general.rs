//! The general way through a record, whatever its spelling: every answer is looked at for what it shows and
//! what it does not.
//!
//! An answer is empty only if all of it was seen. Where a part is missing, masked or cannot be read, the
//! addresses that are there decide if one of them is usable; else nothing is known.

use std::borrow::Cow;

use super::aside::{self, Aside};
use super::{A, Aaaa};
use super::{Asker, Judge, Observation, Question, Rcode, SourceAddress, Unknown, Verdict, canonical_name};
use crate::knowledge::address::{parse_ipv4, parse_ipv6};
use crate::log::record::{Answer, Extent, Record};

/// What one answer is to a question.
pub(crate) enum AnswerJudgement {
    /// Rdata of the question's type.
    Address,
    /// A link of a chain of names.
    Chain,
    /// Of another type.
    Other,
    /// It does not show what it is.
    Hidden(Unknown),
}

/// The types that a resolver may put into an answer, beside A, AAAA and the links of a chain: those of IANA's
/// registry "Resource Record (RR) TYPEs" that are in use. Any other word is a type that was garbled.
const OTHER_TYPES: [&str; 26] = [
    "NS",
    "SOA",
    "PTR",
    "MX",
    "TXT",
    "SRV",
    "NAPTR",
    "DS",
    "RRSIG",
    "NSEC",
    "NSEC3",
    "NSEC3PARAM",
    "DNSKEY",
    "CAA",
    "HTTPS",
    "SVCB",
    "SPF",
    "TLSA",
    "SSHFP",
    "LOC",
    "HINFO",
    "OPT",
    "CDS",
    "CDNSKEY",
    "URI",
    "ANY",
];

impl Judge {
    /// Judges a record.
    pub fn judge<'a>(&'a mut self, record: &'a Record<'_>) -> Observation<'a> {
        let question = Question::from_mnemonic(&record.kind);
        self.tally.clear();
        let mut hidden = Unknown::from_extent(record.extent);
        for answer in &record.answers {
            let rdata = answer.rdata.as_bytes();
            // What nearly every answer is, told by its type and read once.
            let is_taken = match (answer.kind.as_ref(), question) {
                ("AAAA", Question::Aaaa) => {
                    parse_ipv6(rdata).map(|bits| self.tally.aaaa_bits(bits, &self.prefixes)).is_some()
                }
                ("A", Question::A) => parse_ipv4(rdata).map(|bits| self.tally.a_bits(bits)).is_some(),
                ("CNAME", _) => {
                    self.tally.cname(record.name.as_bytes(), rdata);
                    true
                }
                _ => false,
            };
            if is_taken {
                continue;
            }
            match part(answer, question) {
                AnswerJudgement::Address if question == Question::Aaaa => {
                    self.tally.aaaa(rdata, &self.prefixes);
                }
                AnswerJudgement::Address => self.tally.a(rdata),
                AnswerJudgement::Chain => self.tally.cname(record.name.as_bytes(), rdata),
                AnswerJudgement::Other => {}
                // The order of the answers does not matter.
                AnswerJudgement::Hidden(why) => hidden = hidden.max(Some(why)),
            }
        }
        let rcode = Rcode::from_mnemonic(&record.rcode);
        let (verdict, partial) = admit(self.tally.verdict(question, rcode, record.blocked), hidden);
        let name = canonical_name(record.name.as_bytes(), &mut self.name);
        let of_block = |id: &'a Option<Cow<'_, str>>, kind| match id {
            Some(id) if record.blocked => aside::id(id.as_bytes(), kind),
            _ => b"",
        };
        Observation {
            record_prefix: 0,
            at: record.at,
            account: record.account.as_bytes(),
            region: record.region.as_bytes(),
            vpc: record.vpc.as_bytes(),
            asker: asker(record),
            source: SourceAddress::parse(record.source.as_bytes()),
            port: record.port.as_bytes(),
            name,
            kind: record.kind.as_bytes(),
            rcode,
            verdict,
            native: self.tally.native(),
            ipv4: self.tally.ipv4(),
            cname_only: self.tally.cname_only(verdict),
            mixed: self.tally.mixed(),
            partial,
            aside: Aside {
                targets: self.tally.targets(),
                rule_group: of_block(&record.rule_group, aside::GROUP),
                domain_list: of_block(&record.domain_list, aside::LIST),
            },
        }
    }
}

/// Who asked.
#[inline]
fn asker<'a>(record: &'a Record<'_>) -> Asker<'a> {
    let [instance, endpoint, interface] = [&record.instance, &record.resolver_endpoint, &record.interface]
        .map(|id| id.as_deref().map(str::as_bytes));
    match (Asker::from_ids(instance, endpoint, interface), &record.device) {
        (Asker::Address, Some(id)) => Asker::Device(id.as_bytes()),
        (asker, _) => asker,
    }
}

impl Unknown {
    /// Why answers of this extent are not known; `None` if they are.
    pub(crate) fn from_extent(extent: Extent) -> Option<Self> {
        match extent {
            Extent::Whole => None,
            Extent::Absent | Extent::Blank => Some(Self::Absent),
            Extent::Partial | Extent::Element | Extent::Again => Some(Self::Partial),
            Extent::Unreadable => Some(Self::Unreadable),
        }
    }
}

/// The verdict where some of the answer is `hidden`, and whether it is one on AAAA that rests on a part of
/// the answer: of A one usable address says it all.
fn admit(seen: Verdict, hidden: Option<Unknown>) -> (Verdict, bool) {
    match (seen, hidden) {
        (Verdict::Aaaa(Aaaa::Native | Aaaa::Synthesized), Some(_)) => (seen, true),
        (Verdict::Aaaa(Aaaa::Empty | Aaaa::Unusable), Some(why)) => (Verdict::Aaaa(why.aaaa()), false),
        (Verdict::A(A::Empty | A::Unusable), Some(why)) => (Verdict::A(why.a()), false),
        _ => (seen, false),
    }
}

/// What `answer` is to `question`.
pub(crate) fn part(answer: &Answer<'_>, question: Question) -> AnswerJudgement {
    let (kind, rdata) = (answer.kind.trim(), answer.rdata.as_bytes());
    let is = |word: &str, number: &str| kind.eq_ignore_ascii_case(word) || kind == number;
    // Numbers of IANA's registry, as some readers of DNS write types.
    let own = match question {
        Question::Aaaa => is("AAAA", "28"),
        Question::A => is("A", "1"),
        // Where a chain leads says nothing of a name that no address was asked of.
        Question::Other => return AnswerJudgement::Other,
    };
    let has_own_address = match question {
        Question::Aaaa => parse_ipv6(rdata).is_some(),
        _ => parse_ipv4(rdata).is_some(),
    };
    if own {
        return match rdata {
            _ if has_own_address => AnswerJudgement::Address,
            _ if is_masked(&answer.rdata) => AnswerJudgement::Hidden(Unknown::Masked),
            _ => AnswerJudgement::Hidden(Unknown::Unreadable),
        };
    }
    // A number is easily another: it is a link of a chain only if what it has is no address.
    let is_chain = kind.eq_ignore_ascii_case("CNAME") || kind.eq_ignore_ascii_case("DNAME");
    if is_chain || matches!(kind, "5" | "39") && !has_own_address {
        return AnswerJudgement::Chain;
    }
    if kind.is_empty() {
        return match rdata {
            _ if has_own_address => AnswerJudgement::Address,
            _ if is_masked(&answer.rdata) => AnswerJudgement::Hidden(Unknown::Masked),
            _ if is_name(rdata) => AnswerJudgement::Chain,
            _ => AnswerJudgement::Hidden(Unknown::Unreadable),
        };
    }
    // An address record without an address of its type is one of which the type or the address was garbled.
    let is_other = if is("A", "1") {
        parse_ipv4(rdata).is_some() || is_masked(&answer.rdata)
    } else if is("AAAA", "28") {
        parse_ipv6(rdata).is_some() || is_masked(&answer.rdata)
    } else {
        is_other_type(kind) && !has_own_address
    };
    if is_other { AnswerJudgement::Other } else { AnswerJudgement::Hidden(Unknown::Unreadable) }
}

/// Whether `kind` is a type of another record: a word of [`OTHER_TYPES`], or its number by itself or as RFC
/// 3597 section 5 writes it. One digit by itself may as well be a garbled `A`.
fn is_other_type(kind: &str) -> bool {
    let upper = kind.to_ascii_uppercase();
    let digits = upper.strip_prefix("TYPE").or(Some(upper.as_str()).filter(|number| number.len() > 1));
    OTHER_TYPES.contains(&upper.as_str()) || digits.is_some_and(|digits| digits.parse::<u16>().is_ok())
}

/// Whether a data protection policy has put asterisks in the place of an address.
#[must_use]
pub fn is_masked(text: &str) -> bool {
    text.contains("**") || text == "*"
}

/// Whether `text` can only be a name: with its last dot, a letter in it, and no colon.
fn is_name(text: &[u8]) -> bool {
    text.last() == Some(&b'.')
        && text.len() > 1
        && !text.contains(&b':')
        && text.iter().any(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::moment::Moment;

    /// The verdict on an AAAA question with these answers, of which so much is there; and whether it is on a
    /// part.
    fn judged(extent: Extent, answers: &[(&str, &str)]) -> (Aaaa, bool) {
        let record = Record {
            account: "1".into(),
            region: "r".into(),
            vpc: "vpc-1".into(),
            at: Moment(0),
            name: "a.".into(),
            kind: "AAAA".into(),
            rcode: "NOERROR".into(),
            answers: answers
                .iter()
                .map(|(kind, rdata)| Answer { kind: (*kind).into(), rdata: (*rdata).into() })
                .collect(),
            extent,
            source: "10.0.0.1".into(),
            port: "".into(),
            instance: None,
            resolver_endpoint: None,
            interface: None,
            device: None,
            blocked: false,
            rule_group: None,
            domain_list: None,
        };
        let mut judge = Judge::default();
        let observation = judge.judge(&record);
        let Verdict::Aaaa(verdict) = observation.verdict else { panic!("an AAAA question") };
        (verdict, observation.partial)
    }

    #[test]
    fn what_is_not_there_is_not_empty() {
        let chain = [("CNAME", "b.example.")];
        for (extent, answers, verdict) in [
            (Extent::Whole, &[][..], Aaaa::Empty),
            (Extent::Whole, &chain, Aaaa::Empty),
            (Extent::Absent, &[], Aaaa::Absent),
            (Extent::Partial, &chain, Aaaa::Partial),
            (Extent::Partial, &[("AAAA", "::1")], Aaaa::Partial),
            (Extent::Unreadable, &[], Aaaa::Unreadable),
            (Extent::Whole, &[("AAAA", "******************")], Aaaa::Masked),
            (Extent::Whole, &[("CNAME", "b.example."), ("AAAA", "***")], Aaaa::Masked),
            (Extent::Whole, &[("", "*****")], Aaaa::Masked),
            (Extent::Whole, &[("AAAA", "")], Aaaa::Unreadable),
            (Extent::Whole, &[("AAAA", "[redacted]")], Aaaa::Unreadable),
            (Extent::Whole, &[("AAAA", "::1"), ("AAAA", "2001:db8::zz")], Aaaa::Unreadable),
            (Extent::Whole, &[("", "")], Aaaa::Unreadable),
            (Extent::Whole, &[("AABA", "2001:db8::1")], Aaaa::Unreadable),
            (Extent::Whole, &[("AABA", "x")], Aaaa::Unreadable),
            (Extent::Whole, &[("A", "2001:db8::1")], Aaaa::Unreadable),
            (Extent::Whole, &[("A", "260")], Aaaa::Unreadable),
            (Extent::Whole, &[("0", "x")], Aaaa::Unreadable),
            (Extent::Whole, &[("A", "192.0.2.1"), ("RRSIG", "x")], Aaaa::Empty),
            (Extent::Whole, &[("TYPE65", "x"), ("16", "x")], Aaaa::Empty),
            (Extent::Whole, &[("", "b.example.")], Aaaa::Empty),
            (Extent::Whole, &[("", "2001:db8:")], Aaaa::Unreadable),
        ] {
            assert_eq!(judged(extent, answers), (verdict, false), "{extent:?} {answers:?}");
        }
    }

    #[test]
    fn an_address_that_is_there_decides() {
        for (extent, answers, verdict, partial) in [
            (Extent::Partial, [("AAAA", "2001:db8::1")], Aaaa::Native, true),
            (Extent::Partial, [("", "64:ff9b::c000:201")], Aaaa::Synthesized, true),
            (Extent::Whole, [("", "2001:db8::1")], Aaaa::Native, false),
            (Extent::Whole, [("28", "2001:db8::1")], Aaaa::Native, false),
        ] {
            assert_eq!(judged(extent, &answers), (verdict, partial), "{extent:?} {answers:?}");
        }
        let beside = [("AAAA", "***"), ("AAAA", "2001:db8::1")];
        assert_eq!(judged(Extent::Whole, &beside), (Aaaa::Native, true));
    }
}
