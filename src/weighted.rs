//! Weighted records: records counted by all that a verdict depends on, for somebody to go on with.
//!
//! What is kept of a record is what any judge needs, whatever NAT64 prefixes it is told of, and nothing is
//! judged. So one run may count each account or each day, and another reads what those wrote as it would read
//! the records ([`crate::log::record::RecordGroup`] has the members). Not kept are the single times, the
//! ports, the records themselves.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::net::{Ipv4Addr, Ipv6Addr};

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use serde::Serialize;
use serde_json::json;

use crate::base::moment::Moment;
use crate::fleet::{Span, Tally, address_text};
use crate::knowledge::address::{parse_ipv4, parse_ipv6};
use crate::log::note::{Incomplete, Note};
use crate::log::observation::{
    AnswerJudgement, Asker, Question, Rcode, SourceAddress, Unknown, canonical_name, canonical_target,
    is_of_aws, part, text,
};
use crate::log::record::{MAX_ID, Record};

/// The longest mnemonic of a type or an RCODE that is kept: those of IANA's registry "Domain Name System
/// (DNS) Parameters" are shorter.
const MNEMONIC: usize = 16;

/// What is kept of a record, in the order in which it is written.
#[derive(Serialize)]
struct WeightedMembers<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    account_id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    region: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    vpc_id: &'a str,
    #[serde(rename = "srcids.instance", skip_serializing_if = "Option::is_none")]
    instance: Option<&'a str>,
    #[serde(rename = "srcids.resolver_endpoint", skip_serializing_if = "Option::is_none")]
    resolver_endpoint: Option<&'a str>,
    #[serde(rename = "srcids.resolver_network_interface", skip_serializing_if = "Option::is_none")]
    interface: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    srcaddr: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    query_name: Option<&'a str>,
    query_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rcode: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    firewall_rule_action: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    firewall_rule_group_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    firewall_domain_list_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    own: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cname: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    targets: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<&'a str>,
}

/// The answers of a record, as far as they count.
#[derive(Default)]
struct CountedAnswers {
    addresses: Vec<String>,
    cname: bool,
    /// Names of AWS that links of a chain lead to.
    targets: BTreeSet<String>,
    unknown: Option<Unknown>,
}

impl CountedAnswers {
    fn from_record(record: &Record<'_>, question: Question) -> Self {
        let mut own = Self { unknown: Unknown::from_extent(record.extent), ..Self::default() };
        let mut scratch = Vec::new();
        for answer in &record.answers {
            let rdata = answer.rdata.as_bytes();
            match part(answer, question) {
                AnswerJudgement::Address => own.addresses.extend(match question {
                    Question::Aaaa => parse_ipv6(rdata).map(|bits| Ipv6Addr::from(bits).to_string()),
                    _ => parse_ipv4(rdata).map(|bits| Ipv4Addr::from(bits).to_string()),
                }),
                AnswerJudgement::Chain => {
                    own.cname = true;
                    let target = canonical_target(rdata, &mut scratch);
                    own.targets.extend(target.map(|target| text(target).to_owned()));
                }
                AnswerJudgement::Other => {}
                AnswerJudgement::Hidden(why) => own.unknown = own.unknown.max(Some(why)),
            }
        }
        own.addresses.sort_unstable();
        own.addresses.dedup();
        // A chain says something of an answer without an address, and only of AAAA.
        own.cname &= question == Question::Aaaa && own.addresses.is_empty() && own.unknown.is_none();
        own
    }
}

/// A mnemonic in capitals; `OTHER` for what is none.
fn mnemonic(text: &str) -> String {
    if text.len() > MNEMONIC { "OTHER".to_owned() } else { text.to_ascii_uppercase() }
}

/// What is kept of `record`, as JSON.
fn key<'r>(record: &'r Record<'_>) -> serde_json::Result<String> {
    let question = Question::from_mnemonic(&record.kind);
    let is_judged = question != Question::Other;
    let rcode = Rcode::from_mnemonic(&record.rcode);
    let counts = is_judged && rcode == Rcode::NoError && !record.blocked;
    let own = if counts { CountedAnswers::from_record(record, question) } else { CountedAnswers::default() };
    let addresses = own.addresses.join(" ");
    let source = match SourceAddress::parse(record.source.as_bytes()) {
        SourceAddress::Ip(bits) => address_text(bits),
        SourceAddress::Text(other) => text(other).to_owned(),
    };
    let [instance, resolver_endpoint, interface] =
        [&record.instance, &record.resolver_endpoint, &record.interface].map(Option::as_deref);
    let ids = [instance, resolver_endpoint, interface].map(|id| id.map(str::as_bytes));
    // Through which endpoint a name was forwarded is known of names of any type.
    let asker = Asker::from_ids(ids[0], ids[1], ids[2]);
    let is_named = is_judged || matches!(asker, Asker::Forwarded { .. });
    let mut scratch = Vec::new();
    let name = text(canonical_name(record.name.as_bytes(), &mut scratch));
    // A name of AWS's says itself what it is.
    let targets: Vec<&str> = own.targets.iter().map(String::as_str).collect();
    let targets = if is_of_aws(name.as_bytes()) { String::new() } else { targets.join(" ") };
    let of_block = |id: &'r Option<Cow<'_, str>>| {
        id.as_deref().filter(|id| is_judged && record.blocked && id.len() <= MAX_ID)
    };
    let (kind, word) = (mnemonic(&record.kind), mnemonic(&record.rcode));
    serde_json::to_string(&WeightedMembers {
        account_id: &record.account,
        region: &record.region,
        vpc_id: &record.vpc,
        instance,
        resolver_endpoint,
        interface,
        device: record.device.as_deref(),
        srcaddr: &source,
        query_name: is_named.then_some(name),
        query_type: &kind,
        rcode: is_judged.then_some(&word),
        firewall_rule_action: (is_judged && record.blocked).then_some("BLOCK"),
        firewall_rule_group_id: of_block(&record.rule_group),
        firewall_domain_list_id: of_block(&record.domain_list),
        own: counts.then_some(&addresses),
        cname: own.cname,
        targets: &targets,
        unknown: own.unknown.map(Unknown::word),
    })
}

/// Records, counted by what is kept of them.
#[derive(Clone, Debug, Default)]
pub struct Groups(HashMap<Box<str>, Span, RandomState>);

impl Groups {
    /// Counts `count` records that are as `record` is, the last of them at `last`.
    pub fn add(&mut self, record: &Record<'_>, last: Moment, count: u64) {
        let span = Span { count, first: record.at, last };
        // Texts and numbers are always JSON.
        if let Ok(key) = key(record) {
            self.put(&key, span);
        }
    }

    fn put(&mut self, key: &str, span: Span) {
        match self.0.get_mut(key) {
            Some(known) => known.absorb(span),
            None => drop(self.0.insert(key.into(), span)),
        }
    }

    /// Takes in another.
    pub fn absorb(&mut self, mut other: Self) {
        if other.len() > self.len() {
            std::mem::swap(self, &mut other);
        }
        self.0.reserve(other.len());
        for (key, span) in other.0 {
            self.0.entry(key).and_modify(|known| known.absorb(span)).or_insert(span);
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes them, an object a line, in an order that does not depend on that of the records; and what
    /// `tally` has of what could not be read and of what is missing.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, tally: &Tally, out: &mut impl Write) -> io::Result<()> {
        let mut all: Vec<_> = self.0.iter().collect();
        all.sort_unstable_by_key(|(key, _)| *key);
        for (key, Span { count, first, last }) in all {
            let members = key.strip_suffix('}').unwrap_or(key);
            let (first, last) = (json!(first), json!(last));
            writeln!(out, "{members},\"n\":{count},\"first\":{first},\"last\":{last}}}")?;
        }
        if tally.malformed > 0 {
            let count = tally.malformed;
            writeln!(out, "{}", json!({"query_type": "", "n": count, "first": null, "last": null}))?;
        }
        let marks = tally.marks.iter().cloned().map(Note::Mark);
        for note in tally.loss.notes().chain(marks) {
            writeln!(out, "{note}")?;
        }
        // What follows from the counts themselves, whoever reads them finds again.
        for (what, count) in tally.incomplete().filter(|(what, _)| *what != Incomplete::Unplaced) {
            writeln!(out, "{}", what.line(count))?;
        }
        Ok(())
    }
}
