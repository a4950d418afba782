//! One record of the query log: its JSON object, borrowed and named, before anything is judged.
//!
//! Three shapes lead here. The resolver's own (Route 53 Developer Guide, "Values that appear in VPC Resolver
//! query logs"), with what older versions of it did: `srcids` as an array, `Address` for `Rdata`,
//! `resolver-endpoint` with a hyphen. The OCSF class 4003 object that Security Lake makes of it. And rows
//! over whose columns or keys the record's fields are spread, under whatever names, as engines and clients
//! write them. Keys may be in any order; keys that are not known are no error.

use std::borrow::Cow;

use serde_json::Value;

use crate::base::moment::Moment;

mod answers;
mod columns;
mod fields;
mod group;
mod ids;
mod loose;
mod ocsf;
mod row;

pub use columns::{ColumnName, ColumnNameError, ColumnNames};
pub use fields::MissingColumns;
#[cfg(feature = "parquet")]
pub(crate) use fields::part_of_answer;
pub(crate) use fields::{FieldColumn, TEXTS, squeezed};
pub(crate) use group::{GroupMember, GroupMembers, from_object as group_from_object, is_group};
pub use group::{Grouped, MOST, RecordGroup};

#[cfg(feature = "parquet")]
pub(crate) use ocsf::{OcsfEvent, OcsfField as EventField, moment as event_moment, record as of_event};
pub use row::RecordRow;
#[cfg(feature = "parquet")]
pub(crate) use row::whole as whole_answers;

/// The longest name taken: 253 octets, each at most four characters when escaped (RFC 1035 section 5.1), and
/// a dot.
pub const MAX_NAME: usize = 1024;
/// The longest identifier taken (account, VPC, instance …). AWS's own are under 40 characters.
pub const MAX_ID: usize = 256;
/// The largest single JSON value, line or field taken in at once, in bytes.
pub const MAX_VALUE: usize = 4 << 20;

/// Why a record could not be taken. The text is for a person; it never holds bytes of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Malformed {
    /// Not JSON, or JSON cut short.
    #[error("not a JSON object, or one cut short")]
    NotJson,
    /// A line without any JSON in it.
    #[error("a line that holds no record")]
    NoRecord,
    /// JSON that is neither a record nor anything known to carry one.
    #[error("JSON that is not a resolver query log record")]
    NotARecord,
    /// A field that a verdict cannot do without.
    #[error("no `{0}`")]
    Missing(&'static str),
    /// A field whose text cannot be read.
    #[error("`{0}` cannot be read")]
    Unreadable(&'static str),
    /// A field longer than it can be.
    #[error("`{0}` is longer than it can be")]
    TooLong(&'static str),
    /// A record of which a carrier dropped the rest, or lost a piece.
    #[error("cut short on the way, as carriers of logs do with what is long")]
    CutShort,
    /// A line or value larger than this program takes in.
    #[error("longer than the {} MiB a record may have", MAX_VALUE >> 20)]
    Oversize,
    /// Nested deeper than any known envelope.
    #[error("nested deeper than any export")]
    TooDeep,
    /// A table without a column for something.
    #[error("a table without columns for {0}, as far as their names say (`--columns` takes others)")]
    Columns(MissingColumns),
    /// Weighted records whose count or times cannot be.
    #[error("weighted records of which {0}")]
    Weight(&'static str),
    /// Weighted records where single ones are wanted.
    #[error("weighted records: counts, of which no single record can be shown (`r53tail report` reads them)")]
    Weighted,
    /// A row that whoever counted the records could not read.
    #[error("a row that could not be read where the records were counted")]
    Unread,
    /// Compressed data inside a record that does not unpack.
    #[error("compressed data inside that does not unpack")]
    Unpack,
}

/// How much of the answers a record shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Extent {
    /// All of them.
    #[default]
    Whole,
    /// None: there is no field of answers.
    Absent,
    /// Some: the first ones, or a list that was cut short.
    Partial,
    /// There is something in their place that cannot be read, wholly or in part.
    Unreadable,
    /// One of perhaps more, each of which has a record of its own; no answer if the place for it is empty.
    Element,
    /// All of them, in a record that was there before: a row for another of its answers.
    Again,
    /// None: there are places for the first of them, and nothing in any. Only if there is something in one of
    /// another record it is known that these places are those of answers.
    Blank,
}

/// One answer of a record, in the words of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// `Type`: the record type of this answer, such as `AAAA` or `CNAME`.
    pub kind: Cow<'a, str>,
    /// `Rdata`: the answer's text.
    pub rdata: Cow<'a, str>,
}

impl<'a> Answer<'a> {
    /// The answer with each of its texts put through `own`.
    fn map<'b>(self, own: impl Fn(Cow<'a, str>) -> Cow<'b, str>) -> Answer<'b> {
        Answer { kind: own(self.kind), rdata: own(self.rdata) }
    }

    /// The answer with texts of its own.
    fn into_owned(self) -> Answer<'static> {
        self.map(|text| Cow::Owned(text.into_owned()))
    }
}

/// One record, as the log says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// The account that made the VPC; empty where the shape has none.
    pub account: Cow<'a, str>,
    /// The Region of the VPC; empty where the shape has none.
    pub region: Cow<'a, str>,
    /// The VPC's id; empty where the shape has none.
    pub vpc: Cow<'a, str>,
    /// `query_timestamp`.
    pub at: Moment,
    /// `query_name`, unchanged: any case, with or without its last dot.
    pub name: Cow<'a, str>,
    /// `query_type`, such as `AAAA`.
    pub kind: Cow<'a, str>,
    /// `rcode`, such as `NOERROR`, in any case.
    pub rcode: Cow<'a, str>,
    /// The answers in the order of the log; the TTL and owner are not in it.
    pub answers: Vec<Answer<'a>>,
    /// How much of the answers that is.
    pub extent: Extent,
    /// `srcaddr`; empty where the shape has none.
    pub source: Cow<'a, str>,
    /// `srcport`; empty where there is none.
    pub port: Cow<'a, str>,
    /// `srcids.instance`.
    pub instance: Option<Cow<'a, str>>,
    /// `srcids.resolver_endpoint`.
    pub resolver_endpoint: Option<Cow<'a, str>>,
    /// `srcids.resolver_network_interface`.
    pub interface: Option<Cow<'a, str>>,
    /// The device whose access token the query came with, where Global Resolver wrote the record.
    pub device: Option<Cow<'a, str>>,
    /// Whether DNS Firewall blocked the query: `firewall_rule_action` is `BLOCK`.
    pub blocked: bool,
    /// `firewall_rule_group_id`: the rule group of DNS Firewall that the query fell under.
    pub rule_group: Option<Cow<'a, str>>,
    /// `firewall_domain_list_id`: the domain list that the name was found in.
    pub domain_list: Option<Cow<'a, str>>,
}

/// The text of a JSON string or number; `None` for null, absent and anything else.
fn text(value: Option<&Value>) -> Option<Cow<'_, str>> {
    match value? {
        Value::String(text) => Some(Cow::Borrowed(text.as_str())),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

/// The text of an optional identifier: absent, null, empty and a lone dash are all "none".
fn identifier(value: Option<&Value>) -> Option<Cow<'_, str>> {
    text(value).filter(|text| !matches!(text.as_ref(), "" | "-"))
}

/// Whether `object` has the keys by which a resolver record is known.
fn is_resolver_record(object: &serde_json::Map<String, Value>) -> bool {
    object.contains_key("query_name") && object.contains_key("query_type")
}

impl<'a> Record<'a> {
    /// Takes a JSON object for a record if it has the shape of one: `None` if it does not look like a record
    /// at all.
    ///
    /// # Errors
    /// The reason, if it looks like a record and cannot be read as one.
    #[must_use]
    pub fn from_value(value: &'a Value) -> Option<Result<Self, Malformed>> {
        Self::named(value, <&ColumnNames>::default())
    }

    /// As [`Record::from_value`], where fields have the names of `columns`, too.
    ///
    /// # Errors
    /// The reason, if it looks like a record and cannot be read as one.
    #[must_use]
    pub fn named(value: &'a Value, columns: &'a ColumnNames) -> Option<Result<Self, Malformed>> {
        let object = value.as_object()?;
        if is_resolver_record(object) {
            return Some(RecordRow::from_object(object, columns).and_then(RecordRow::into_record));
        }
        if ocsf::is_dns_activity(object) {
            return Some(ocsf::record(&ocsf::JsonEvent::new(object)));
        }
        let row = RecordRow::from_object(object, columns).ok().filter(RecordRow::has_question)?;
        Some(row.into_record())
    }

    /// The record with texts of its own.
    #[must_use]
    pub fn into_owned(self) -> Record<'static> {
        let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Record {
            account: own(self.account),
            region: own(self.region),
            vpc: own(self.vpc),
            at: self.at,
            name: own(self.name),
            kind: own(self.kind),
            rcode: own(self.rcode),
            answers: self.answers.into_iter().map(Answer::into_owned).collect(),
            extent: self.extent,
            source: own(self.source),
            port: own(self.port),
            instance: self.instance.map(own),
            resolver_endpoint: self.resolver_endpoint.map(own),
            interface: self.interface.map(own),
            device: self.device.map(own),
            blocked: self.blocked,
            rule_group: self.rule_group.map(own),
            domain_list: self.domain_list.map(own),
        }
    }

    /// Holds the record to the bounds of what can be one.
    fn checked(self) -> Result<Self, Malformed> {
        if self.name.len() > MAX_NAME {
            return Err(Malformed::TooLong("query_name"));
        }
        let none = Cow::Borrowed("");
        let identifiers = [
            ("account_id", &self.account),
            ("region", &self.region),
            ("vpc_id", &self.vpc),
            ("srcaddr", &self.source),
            ("srcids", self.instance.as_ref().unwrap_or(&none)),
            ("srcids", self.resolver_endpoint.as_ref().unwrap_or(&none)),
            ("srcids", self.interface.as_ref().unwrap_or(&none)),
            ("token_name", self.device.as_ref().unwrap_or(&none)),
        ];
        if let Some((field, _)) = identifiers.iter().find(|(_, text)| text.len() > MAX_ID) {
            return Err(Malformed::TooLong(field));
        }
        let anonymous = self.source.is_empty()
            && self.instance.is_none()
            && self.resolver_endpoint.is_none()
            && self.interface.is_none()
            && self.device.is_none();
        if anonymous {
            return Err(Malformed::Missing("srcaddr"));
        }
        Ok(self)
    }
}

/// Whether a firewall action means that the query was blocked. OCSF writes `Blocked`.
pub(crate) fn is_block(action: &str) -> bool {
    action.eq_ignore_ascii_case("BLOCK") || action.eq_ignore_ascii_case("Blocked")
}

/// Who asked, by ids that are told by their beginnings: the array of ids from before the launch, cells
/// without a key.
#[derive(Debug, Default)]
struct Sources<'a> {
    instance: Option<Cow<'a, str>>,
    resolver_endpoint: Option<Cow<'a, str>>,
    interface: Option<Cow<'a, str>>,
}

impl<'a> Sources<'a> {
    /// Takes an id for what its beginning says it is.
    fn take(&mut self, id: Cow<'a, str>) {
        if id.starts_with("i-") {
            self.instance.get_or_insert(id);
        } else if id.starts_with("rslvr-in-") || id.starts_with("rslvr-out-") {
            self.resolver_endpoint.get_or_insert(id);
        } else if id.starts_with("rni-") || id.starts_with("eni-") {
            self.interface.get_or_insert(id);
        }
    }
}

/// Reads `answers`, and how much of the answers that is.
fn answers(value: Option<&Value>) -> (Vec<Answer<'_>>, Extent) {
    value.map_or((Vec::new(), Extent::Absent), answers::read)
}

#[cfg(test)]
pub(crate) mod sample;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn base() -> Value {
        json!({
            "version": "1.100000", "account_id": "012345678910", "region": "eu-west-1", "vpc_id": "vpc-1",
            "query_timestamp": "2025-05-05T10:00:00Z", "query_name": "a.example.", "query_type": "AAAA",
            "query_class": "IN", "rcode": "NOERROR",
            "answers": [{"Rdata": "2001:db8::1", "Type": "AAAA", "Class": "IN"}],
            "srcaddr": "10.0.0.5", "srcport": "5353", "transport": "UDP", "srcids": {"instance": "i-1"}
        })
    }

    fn with(key: &str, value: Value) -> Value {
        let mut record = base();
        record[key] = value;
        record
    }

    #[test]
    fn todays_shape() {
        let value = base();
        let record = Record::from_value(&value).unwrap().unwrap();
        assert_eq!((record.vpc.as_ref(), record.name.as_ref()), ("vpc-1", "a.example."));
        assert_eq!(record.account, "012345678910", "a leading zero is kept");
        assert_eq!(record.instance.as_deref(), Some("i-1"));
        assert_eq!(record.answers, [Answer { kind: "AAAA".into(), rdata: "2001:db8::1".into() }]);
        assert!(!record.blocked);
    }

    #[test]
    fn older_shapes() {
        let value = with("srcids", json!(["i-7", "rslvr-in-9", "rni-3"]));
        let record = Record::from_value(&value).unwrap().unwrap();
        assert_eq!(record.instance.as_deref(), Some("i-7"));
        assert_eq!(record.resolver_endpoint.as_deref(), Some("rslvr-in-9"));
        assert_eq!(record.interface.as_deref(), Some("rni-3"));

        let value = with("srcids", json!({"resolver-endpoint": "rslvr-in-2"}));
        let record = Record::from_value(&value).unwrap().unwrap();
        assert_eq!(record.resolver_endpoint.as_deref(), Some("rslvr-in-2"));

        for answers in [
            json!([{"Address": "2001:db8::2", "Type": "AAAA", "Class": "IN"}]),
            json!({"Rdata": "2001:db8::2", "Type": "AAAA"}),
        ] {
            let value = with("answers", answers);
            let record = Record::from_value(&value).unwrap().unwrap();
            assert_eq!(record.answers[0].rdata, "2001:db8::2");
        }
        let value = with("answers", Value::Null);
        assert_eq!(Record::from_value(&value).unwrap().unwrap().extent, Extent::Absent);
        let value = with("answers", json!([]));
        assert_eq!(Record::from_value(&value).unwrap().unwrap().extent, Extent::Whole);
        for answers in [json!("none"), json!(7)] {
            let value = with("answers", answers);
            assert_eq!(Record::from_value(&value).unwrap().unwrap().extent, Extent::Unreadable);
        }
    }

    #[test]
    fn what_cannot_be_judged_says_why() {
        for (value, reason) in [
            (with("query_timestamp", Value::Null), Malformed::Missing("query_timestamp")),
            (with("query_timestamp", json!("soon")), Malformed::Unreadable("query_timestamp")),
            (with("query_name", json!([])), Malformed::Unreadable("query_name")),
            (with("query_name", json!("x".repeat(2000))), Malformed::TooLong("query_name")),
            (with("vpc_id", json!("v".repeat(300))), Malformed::TooLong("vpc_id")),
            (with("rcode", Value::Null), Malformed::Missing("rcode")),
        ] {
            assert_eq!(Record::from_value(&value).unwrap().unwrap_err(), reason);
        }
        let mut value = with("srcids", json!({}));
        value["srcaddr"] = Value::Null;
        assert_eq!(Record::from_value(&value).unwrap().unwrap_err(), Malformed::Missing("srcaddr"));
        assert_eq!(Record::from_value(&json!({"query_name": "x."})), None);
        assert_eq!(Record::from_value(&json!([1])), None);
    }
}
