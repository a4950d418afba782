//! What the fields of a record are called: one table for the columns of tables and the keys of objects.
//!
//! Names count without their case and without what separates their parts, so that `srcids.instance`,
//! `srcids/instance`, `srcids_instance` and `SRCIDS[instance]` are one, and so are `answers.0.Rdata` and
//! `answers[0].rdata`.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::LazyLock;

/// A field that has one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum RecordField {
    Account,
    Region,
    Vpc,
    At,
    /// When whatever carries the record came, for rows without the record's own time.
    EventAt,
    Name,
    Kind,
    Rcode,
    /// The number of the RCODE.
    RcodeId,
    Source,
    Port,
    Instance,
    ResolverEndpoint,
    Interface,
    /// Any id of those who ask, told by its beginning.
    Id,
    /// What DNS Firewall did.
    Firewall,
    /// What was done, by a firewall or not.
    Action,
    /// The rule of a firewall.
    Rule,
    /// The rule group of DNS Firewall.
    RuleGroup,
    /// The domain list of DNS Firewall.
    DomainList,
    /// The class of an OCSF event.
    Class,
}

/// How many fields there are.
pub(super) const COUNT: usize = RecordField::Class as usize + 1;

/// A part of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum AnswerPart {
    Rdata,
    Kind,
    /// Says nothing that is asked for, but that the answer is there.
    Other,
}

/// What a column or key holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FieldColumn(pub(super) FieldHolds);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldHolds {
    /// A field; of two names for one field the one with the lower number counts.
    One(RecordField, u8),
    /// The list of answers.
    Answers,
    /// A part of the answer with this number, or of each, or of the only one of a row.
    Answer(Option<usize>, AnswerPart),
    /// The answer with this number, or the only one of a row.
    Whole(Option<usize>),
    /// The ids of who asked.
    Sources,
    /// One of them, told by its beginning.
    Source,
    /// A structure with fields in it.
    Group,
    /// Nothing that is known.
    Nothing,
}

/// The names of each field, the better one first.
///
/// - The record's own: Route 53 Developer Guide, "Values that appear in VPC Resolver query logs".
/// - `src_endpoint.…`, `query.…`, `cloud.…`: OCSF class 4003 (ocsf/examples, mappings of Route 53 Resolver
///   query logs).
/// - `dns.question.…`, `dns.response_code`, `source.…`, `cloud.account.id`: Elastic Common Schema, "DNS
///   fields", "Source fields", "Cloud fields".
/// - `query`, `record_type`, `reply_code`, `src…`: Splunk's Common Information Model, "Network Resolution
///   (DNS)".
/// - `DnsQuery…`, `DnsResponseCodeName`, `SrcIpAddr`, `SrcPortNumber`, `TimeGenerated`: Microsoft Sentinel,
///   "ASIM DNS normalization schema reference".
/// - `query_request`, `query_record_type`, `query_result`: Graylog Illuminate, "Query fields".
const NAMES: [(RecordField, &[&str]); COUNT] = [
    (
        RecordField::Account,
        &[
            "account_id",
            "cloud.account.uid",
            "cloud.account_uid",
            "cloud.account.id",
            "accountid",
            "account_uid",
            "account",
        ],
    ),
    (RecordField::Region, &["region", "cloud.region", "aws_region"]),
    (RecordField::Vpc, &["vpc_id", "src_endpoint.vpc_uid", "vpc_uid", "vpc"]),
    (RecordField::At, &["query_timestamp"]),
    (
        RecordField::EventAt,
        &[
            "@timestamp",
            "timestamp",
            "time",
            "time_dt",
            "_time",
            "TimeGenerated",
            "event_time",
            "datetime",
            "date",
        ],
    ),
    (
        RecordField::Name,
        &["query_name", "query.hostname", "dns.question.name", "DnsQuery", "query_request", "qname", "query"],
    ),
    (
        RecordField::Kind,
        &[
            "query_type",
            "query.type",
            "dns.question.type",
            "DnsQueryTypeName",
            "query_record_type",
            "record_type",
            "qtype",
        ],
    ),
    (
        RecordField::Rcode,
        &["rcode", "dns.response_code", "DnsResponseCodeName", "reply_code", "query_result", "response_code"],
    ),
    (RecordField::RcodeId, &["rcode_id", "reply_code_id", "query_result_code"]),
    (
        RecordField::Source,
        &[
            "srcaddr",
            "src_endpoint.ip",
            "source.ip",
            "src_ip",
            "SrcIpAddr",
            "source.address",
            "src",
            "source_ip",
        ],
    ),
    (RecordField::Port, &["srcport", "src_endpoint.port", "source.port", "src_port", "SrcPortNumber"]),
    (RecordField::Instance, &["srcids.instance", "src_endpoint.instance_uid"]),
    (RecordField::ResolverEndpoint, &["srcids.resolver_endpoint", "dst_endpoint.instance_uid"]),
    (RecordField::Interface, &["srcids.resolver_network_interface", "dst_endpoint.interface_uid"]),
    (
        RecordField::Id,
        &[
            "instance",
            "instance_id",
            "resolver_endpoint",
            "resolver_endpoint_id",
            "resolver_network_interface",
            "resolver_network_interface_id",
        ],
    ),
    (RecordField::Firewall, &["firewall_rule_action", "disposition"]),
    (RecordField::Action, &["action"]),
    (RecordField::Rule, &["firewall_rule.uid", "firewall_rule"]),
    (RecordField::RuleGroup, &["firewall_rule_group_id"]),
    (RecordField::DomainList, &["firewall_domain_list_id"]),
    (RecordField::Class, &["class_uid"]),
];

/// The names of the list of answers: the record's own and OCSF's, the Elastic Common Schema's, Graylog's.
const ANSWERS: [&str; 3] = ["answers", "dns.answers", "query_response"];
/// Those of one answer where each has a row of its own.
const ANSWER: [&str; 1] = ["answer"];
/// Those of the ids of who asked.
const SOURCES: [&str; 1] = ["srcids"];
/// Those of an answer's text: the record's own, that of 2020, the Elastic Common Schema's.
const RDATA: [&str; 3] = ["rdata", "address", "data"];
/// Those of an answer's type.
const KIND: [&str; 1] = ["type"];
/// Those of the rest of an answer.
const OTHER: [&str; 3] = ["class", "name", "ttl"];

/// The names of columns that hold a record as text, the best first: unmasked by CloudWatch, as Logs Insights
/// prints them, the consoles of CloudWatch and Datadog, Splunk, SQL over lines.
pub(crate) const TEXTS: [&str; 18] = [
    "unmask(@message)",
    "@message",
    "message",
    "_raw",
    "raw",
    "content",
    "line",
    "msg",
    "log",
    "body",
    "event.original",
    "event",
    "record",
    "json",
    "value",
    "data",
    "text",
    "attributes",
];

/// `name` without its case and what separates its parts.
pub(crate) fn squeezed(name: &str) -> String {
    name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| char::from(byte.to_ascii_lowercase())).collect()
}

/// What each name holds, squeezed.
static TABLE: LazyLock<HashMap<String, FieldHolds>> = LazyLock::new(|| {
    let mut table = HashMap::new();
    let mut put = |name: &str, holds: FieldHolds| {
        table.entry(squeezed(name)).or_insert(holds);
    };
    for (field, names) in NAMES {
        for (rank, name) in (0..).zip(names) {
            put(name, FieldHolds::One(field, rank));
        }
    }
    let lists = ANSWERS.iter().map(|name| (name, FieldHolds::Answers));
    let singles = ANSWER.iter().map(|name| (name, FieldHolds::Whole(None)));
    let sources = SOURCES.iter().map(|name| (name, FieldHolds::Sources));
    for (name, holds) in lists.chain(singles).chain(sources) {
        put(name, holds);
    }
    for (part, name) in parts() {
        for list in ANSWERS.iter().chain(&ANSWER) {
            put(&format!("{list}.{name}"), FieldHolds::Answer(None, part));
        }
    }
    // By themselves only where nothing else can be meant.
    put("rdata", FieldHolds::Answer(None, AnswerPart::Rdata));
    put("type", FieldHolds::Answer(None, AnswerPart::Kind));
    table
});

/// The names of structures with fields in them, squeezed.
static GROUPS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let names = NAMES.iter().flat_map(|(_, names)| names.iter()).chain(&ANSWERS);
    names
        .flat_map(|name| name.match_indices('.').map(|(at, _)| squeezed(&name[..at])))
        .filter(|name| *name != "srcids")
        .collect()
});

fn parts() -> impl Iterator<Item = (AnswerPart, &'static str)> {
    let of = |part: AnswerPart, names: &'static [&'static str]| names.iter().map(move |name| (part, *name));
    of(AnswerPart::Rdata, &RDATA).chain(of(AnswerPart::Kind, &KIND)).chain(of(AnswerPart::Other, &OTHER))
}

/// What the key `name` of an answer holds, and which of the names for it that is.
pub(super) fn part(name: &str) -> Option<(AnswerPart, usize)> {
    let name = squeezed(name);
    parts().enumerate().find(|(_, (_, known))| *known == name).map(|(rank, (part, _))| (part, rank))
}

/// Whether the key `name` of an answer holds its text (`Some(true)`), or its type (`Some(false)`).
#[cfg(feature = "parquet")]
pub(crate) fn part_of_answer(name: &str) -> Option<bool> {
    match part(name)?.0 {
        AnswerPart::Rdata => Some(true),
        AnswerPart::Kind => Some(false),
        AnswerPart::Other => None,
    }
}

/// Whether `word` can be a key of an answer or of the ids of who asked.
pub(super) fn is_part(word: &str) -> bool {
    let word = squeezed(word);
    parts().any(|(_, name)| name == word) || TABLE.contains_key(&format!("srcids{word}"))
}

/// Whether `name` is that of a structure with fields in it.
pub(super) fn is_group(name: &str) -> bool {
    GROUPS.contains(&squeezed(name))
}

/// What the column or key `name` holds.
pub(super) fn column(name: &str) -> FieldColumn {
    let whole = squeezed(name);
    let holds = match TABLE.get(&whole) {
        Some(holds) => *holds,
        None if GROUPS.contains(&whole) => FieldHolds::Group,
        None => numbered(name).unwrap_or(FieldHolds::Nothing),
    };
    FieldColumn(holds)
}

/// What `LIST.NUMBER.PART` or `LIST.NUMBER` holds.
fn numbered(name: &str) -> Option<FieldHolds> {
    let is_separator = |character: char| !character.is_ascii_alphanumeric();
    let mut start = 0;
    let number = name.split_inclusive(is_separator).find_map(|piece| {
        let part = piece.trim_end_matches(is_separator);
        if !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(part);
        }
        start += piece.len();
        None
    })?;
    let list = squeezed(&name[..start]);
    let rest = squeezed(&name[start + number.len()..]);
    // A number beyond all bounds is so, whichever it is.
    let index = number.parse().unwrap_or(usize::MAX);
    if SOURCES.iter().any(|name| squeezed(name) == list) {
        return rest.is_empty().then_some(FieldHolds::Source);
    }
    if !ANSWERS.iter().any(|name| squeezed(name) == list) {
        return None;
    }
    if rest.is_empty() {
        return Some(FieldHolds::Whole(Some(index)));
    }
    let (part, _) = part(&rest)?;
    Some(FieldHolds::Answer(Some(index), part))
}

impl FieldColumn {
    /// Whether it holds the name that was asked for.
    pub(crate) fn is_name(self) -> bool {
        matches!(self.0, FieldHolds::One(RecordField::Name, _))
    }

    /// Whether it holds the name, or a structure that may have it.
    pub(crate) fn may_have_name(self) -> bool {
        self.is_name() || self.0 == FieldHolds::Group
    }

    /// Whether it holds one field, and the type that its text is of does not matter.
    #[cfg(feature = "parquet")]
    pub(crate) fn is_one(self) -> bool {
        matches!(self.0, FieldHolds::One(..))
    }

    /// Whether it holds a list or a structure that is looked through as a whole.
    #[cfg(feature = "parquet")]
    pub(crate) fn is_whole(self) -> bool {
        matches!(self.0, FieldHolds::Answers | FieldHolds::Whole(_) | FieldHolds::Sources)
    }

    /// Whether it holds the list of answers.
    #[cfg(feature = "parquet")]
    pub(crate) fn is_list(self) -> bool {
        self.0 == FieldHolds::Answers
    }

    /// Whether it holds the type that was asked for.
    #[cfg(feature = "parquet")]
    pub(crate) fn is_kind(self) -> bool {
        matches!(self.0, FieldHolds::One(RecordField::Kind, _))
    }

    /// Whether it holds a time.
    pub(crate) fn is_time(self) -> bool {
        matches!(self.0, FieldHolds::One(RecordField::At | RecordField::EventAt, _))
    }

    /// Whether it holds answers, or a part of them.
    pub(crate) fn is_answers(self) -> bool {
        matches!(self.0, FieldHolds::Answers | FieldHolds::Answer(..) | FieldHolds::Whole(_))
    }

    /// Whether it holds anything that is known.
    pub(crate) fn is_known(self) -> bool {
        self.0 != FieldHolds::Nothing
    }
}

/// What a record needs and a table has no column for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MissingColumns(u8);

/// What a record needs, by the names it has in the log.
const NEEDED: [&str; 5] = ["query_timestamp", "query_name", "query_type", "rcode", "srcaddr or srcids"];

impl MissingColumns {
    /// What none of `columns` holds; `None` if that is nothing.
    pub(crate) fn from_columns(columns: &[FieldColumn]) -> Option<Self> {
        let mut lack = (1 << NEEDED.len()) - 1;
        for FieldColumn(holds) in columns {
            lack &= !match holds {
                FieldHolds::One(RecordField::At | RecordField::EventAt, _) => 1,
                FieldHolds::One(RecordField::Name, _) => 2,
                FieldHolds::One(RecordField::Kind, _) => 4,
                FieldHolds::One(RecordField::Rcode | RecordField::RcodeId, _) => 8,
                FieldHolds::One(
                    RecordField::Source
                    | RecordField::Instance
                    | RecordField::ResolverEndpoint
                    | RecordField::Interface
                    | RecordField::Id,
                    _,
                )
                | FieldHolds::Sources
                | FieldHolds::Source => 16,
                _ => 0,
            };
        }
        (lack != 0).then_some(Self(lack))
    }
}

impl fmt::Display for MissingColumns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = NEEDED.iter().enumerate().filter(|(at, _)| self.0 >> at & 1 == 1);
        for (at, (_, name)) in names.enumerate() {
            write!(f, "{}{name}", if at > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_count_without_case_and_separators() {
        for name in
            ["srcids.instance", "srcids/instance", "srcids_instance", "SRCIDS:Instance", "srcids[instance]"]
        {
            assert_eq!(column(name).0, FieldHolds::One(RecordField::Instance, 0), "{name}");
        }
        for name in [
            "answers.1.Rdata",
            "answers/1/rdata",
            "answers_1_RDATA",
            "answers[1].Rdata",
            "dns.answers.1.data",
        ] {
            assert_eq!(column(name).0, FieldHolds::Answer(Some(1), AnswerPart::Rdata), "{name}");
        }
        for (name, holds) in [
            ("Query_Name", FieldHolds::One(RecordField::Name, 0)),
            ("QUERYNAME", FieldHolds::One(RecordField::Name, 0)),
            ("dns.question.name", FieldHolds::One(RecordField::Name, 2)),
            ("query", FieldHolds::One(RecordField::Name, 6)),
            ("resolver_endpoint", FieldHolds::One(RecordField::Id, 2)),
            ("srcids.resolver-endpoint", FieldHolds::One(RecordField::ResolverEndpoint, 0)),
            ("srcids.0", FieldHolds::Source),
            ("answers", FieldHolds::Answers),
            ("answers.Rdata", FieldHolds::Answer(None, AnswerPart::Rdata)),
            ("Rdata", FieldHolds::Answer(None, AnswerPart::Rdata)),
            ("answers.2", FieldHolds::Whole(Some(2))),
            ("answers.2.Class", FieldHolds::Answer(Some(2), AnswerPart::Other)),
            ("answers.99999999999999999999.Type", FieldHolds::Answer(Some(usize::MAX), AnswerPart::Kind)),
            ("answer", FieldHolds::Whole(None)),
            ("src_endpoint", FieldHolds::Group),
            ("cloud.account", FieldHolds::Group),
            ("version", FieldHolds::Nothing),
            ("query_class", FieldHolds::Nothing),
            ("x.1.Rdata", FieldHolds::Nothing),
            ("", FieldHolds::Nothing),
        ] {
            assert_eq!(column(name).0, holds, "{name}");
        }
    }

    #[test]
    fn no_name_is_given_twice() {
        let mut fields: HashMap<String, RecordField> = HashMap::new();
        for (field, names) in NAMES {
            for name in names {
                assert_eq!(*fields.entry(squeezed(name)).or_insert(field), field, "{name}");
            }
        }
        for (at, (field, _)) in NAMES.iter().enumerate() {
            assert_eq!(*field as usize, at, "the table is in the order of the fields");
        }
    }
}
