//! What the keys of a JSON object say it is, found in one pass that copies nothing.

use std::ops::Range;

use super::format::InputFormat;
use super::members::members;

/// What a key means to an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeySlot {
    /// Holds a list, each of whose elements should be or hold a record.
    List(InputFormat),
    /// Holds a record, mostly as text; the number is its place in the order of preference.
    Text(usize),
    /// Holds base64 of a payload, mostly compressed.
    Data,
    /// Says something about the object itself.
    Trait(ObjectKey),
    /// Anything else. A record may be nested in it.
    Other,
}

/// Keys that say what an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ObjectKey {
    QueryName,
    QueryType,
    ClassUid,
    Query,
    RcodeId,
    MessageType,
    EventId,
    SearchedLogStreams,
    Timestamp,
    Note,
    /// Of a query of ClickHouse: how far it has come.
    Progress,
    /// Of journald: why a line of a stream ends where it does.
    LineBreak,
    /// Of a stream of Loki.
    Stream,
    /// Of a document of the AWS CLI.
    Token,
    Status,
    Statistics,
    /// Of weighted records.
    Count,
    First,
    Last,
}

/// Keys of members that may hold a record, mostly as text, in the order of preference, with what writes them
/// so.
pub(super) const TEXTS: [(&str, InputFormat); 14] = [
    ("unmask(@message)", InputFormat::InsightsJson),
    ("@message", InputFormat::InsightsJson),
    ("message", InputFormat::Wrapped),
    ("event.original", InputFormat::Wrapped),
    ("event", InputFormat::Splunk),
    ("_raw", InputFormat::Splunk),
    ("original", InputFormat::Wrapped),
    ("log", InputFormat::Wrapped),
    ("Message", InputFormat::Wrapped),
    ("body", InputFormat::Wrapped),
    ("Body", InputFormat::Wrapped),
    ("MESSAGE", InputFormat::Journal),
    ("msg", InputFormat::Wrapped),
    ("line", InputFormat::Loki),
];
/// The [`KeySlot::Text`] numbers of Logs Insights' `@message`, the unmasked one first.
const INSIGHTS: [usize; 2] = [0, 1];
/// The number of journald's `MESSAGE`.
const JOURNAL: usize = 11;

impl KeySlot {
    /// The meaning of `key`.
    pub(super) fn from_key(key: &[u8]) -> Self {
        match key {
            b"query_name" => Self::Trait(ObjectKey::QueryName),
            b"query_type" => Self::Trait(ObjectKey::QueryType),
            b"class_uid" => Self::Trait(ObjectKey::ClassUid),
            b"query" => Self::Trait(ObjectKey::Query),
            b"rcode_id" => Self::Trait(ObjectKey::RcodeId),
            b"messageType" => Self::Trait(ObjectKey::MessageType),
            b"eventId" => Self::Trait(ObjectKey::EventId),
            b"searchedLogStreams" => Self::Trait(ObjectKey::SearchedLogStreams),
            b"r53tail" => Self::Trait(ObjectKey::Note),
            b"progress" => Self::Trait(ObjectKey::Progress),
            b"_LINE_BREAK" => Self::Trait(ObjectKey::LineBreak),
            b"timestamp" | b"@timestamp" => Self::Trait(ObjectKey::Timestamp),
            b"events" => Self::List(InputFormat::GetLogEvents),
            b"results" => Self::List(InputFormat::GetQueryResults),
            // CloudWatch Logs to Lambda, Kinesis and Firehose; the batches of Kinesis, SQS and SNS that
            // Lambda gets.
            b"logEvents" | b"Records" | b"records" => Self::List(InputFormat::Subscription),
            b"data" | b"Data" | b"rawData" => Self::Data,
            b"stream" => Self::Trait(ObjectKey::Stream),
            b"nextToken" | b"NextToken" => Self::Trait(ObjectKey::Token),
            b"status" => Self::Trait(ObjectKey::Status),
            b"statistics" => Self::Trait(ObjectKey::Statistics),
            b"n" => Self::Trait(ObjectKey::Count),
            b"first" => Self::Trait(ObjectKey::First),
            b"last" => Self::Trait(ObjectKey::Last),
            // Of a stream of Loki: pairs of a time and a line.
            b"values" => Self::List(InputFormat::Loki),
            _ => match TEXTS.iter().position(|(text, _)| text.as_bytes() == key) {
                Some(text) => Self::Text(text),
                None => Self::Other,
            },
        }
    }
}

/// What an object is, by its keys; the ranges lie in its bytes.
#[expect(clippy::struct_excessive_bools, reason = "each is a key that is there or not, in any combination")]
#[derive(Debug, Default)]
pub(super) struct Sketch {
    /// A member each for what a resolver record must have.
    name: bool,
    kind: bool,
    /// An OCSF DNS Activity event.
    class: bool,
    query: bool,
    rcode_id: bool,
    /// The reachability check of a subscription: no data in it.
    pub(super) control: bool,
    /// An event of `filter-log-events`, which names each event.
    pub(super) event_id: bool,
    /// The document of `filter-log-events`.
    pub(super) searched: bool,
    /// What a recording says besides records.
    pub(super) note: bool,
    /// How far a query has come: no data in it.
    pub(super) progress: bool,
    /// The event's own time.
    pub(super) stamp: Option<Range<usize>>,
    /// Members that may hold a record's text.
    pub(super) texts: [Option<Range<usize>>; TEXTS.len()],
    /// Members that may hold a payload.
    pub(super) data: Option<Range<usize>>,
    /// Whether there is a list whose elements hold records.
    pub(super) lists: bool,
    /// Such lists, and what says whether there is more.
    pub(super) parts: Vec<(KeySlot, Range<usize>)>,
    /// Whether any other member is an object or array.
    pub(super) containers: bool,
    /// Whether journald left out what was logged.
    pub(super) left_out: bool,
    /// Whether the line that journald took goes on in its next entry.
    pub(super) goes_on: bool,
    /// A member each for what weighted records have beside those of a record.
    weight: [bool; 3],
}

impl Sketch {
    /// Looks over the members of `object`.
    pub(super) fn from_object(object: &[u8]) -> Self {
        let mut sketch = Self::default();
        let (mut is_stream, mut has_values) = (false, false);
        for (key, at) in members(object) {
            let first = object[at.start];
            let is_container = matches!(first, b'{' | b'[');
            let slot = KeySlot::from_key(&key);
            if let KeySlot::List(_)
            | KeySlot::Trait(ObjectKey::Token | ObjectKey::Status | ObjectKey::Statistics) = slot
            {
                sketch.parts.push((slot, at.clone()));
            }
            match slot {
                KeySlot::List(InputFormat::Loki) if first == b'[' => {
                    has_values = true;
                    sketch.containers = true;
                }
                KeySlot::List(_) if first == b'[' => sketch.lists = true,
                KeySlot::Text(JOURNAL) if first == b'n' => sketch.left_out = true,
                KeySlot::Trait(ObjectKey::Stream | ObjectKey::Status | ObjectKey::Statistics) => {
                    is_stream |= *key == *b"stream" && first == b'{';
                    sketch.containers |= is_container;
                }
                KeySlot::Text(slot) if is_container || first == b'"' => sketch.texts[slot] = Some(at),
                KeySlot::Data if first == b'"' => sketch.data = Some(at),
                KeySlot::Trait(ObjectKey::Query) => {
                    sketch.query = true;
                    sketch.containers |= is_container;
                }
                // Of anything else it is a member like others.
                KeySlot::Trait(ObjectKey::Count | ObjectKey::First | ObjectKey::Last) if is_container => {
                    sketch.containers = true;
                }
                KeySlot::Trait(which) => sketch.set(which, &object[at.clone()], at),
                _ => sketch.containers |= is_container,
            }
        }
        sketch.lists |= is_stream && has_values;
        sketch
    }

    fn set(&mut self, which: ObjectKey, value: &[u8], at: Range<usize>) {
        match which {
            ObjectKey::QueryName => self.name = true,
            ObjectKey::QueryType => self.kind = true,
            ObjectKey::ClassUid => self.class = matches!(value, b"4003" | b"\"4003\""),
            ObjectKey::Query => self.query = true,
            ObjectKey::RcodeId => self.rcode_id = true,
            ObjectKey::MessageType => self.control = value == b"\"CONTROL_MESSAGE\"",
            ObjectKey::EventId => self.event_id = true,
            ObjectKey::SearchedLogStreams => self.searched = true,
            ObjectKey::Note => self.note = true,
            ObjectKey::Timestamp => self.stamp = Some(at),
            ObjectKey::Progress => self.progress = memchr::memmem::find(value, b"\"read_rows\"").is_some(),
            ObjectKey::LineBreak => self.goes_on = value == b"\"line-max\"",
            ObjectKey::Count => self.weight[0] = true,
            ObjectKey::First => self.weight[1] = true,
            ObjectKey::Last => self.weight[2] = true,
            ObjectKey::Stream | ObjectKey::Token | ObjectKey::Status | ObjectKey::Statistics => {}
        }
    }

    /// Whether the object itself looks like a record of the resolver.
    pub(super) fn is_resolver(&self) -> bool {
        self.name && self.kind
    }

    /// Whether the object itself looks like weighted records.
    pub(super) fn is_group(&self) -> bool {
        self.kind && self.weight == [true; 3]
    }

    /// Whether the object itself looks like an OCSF DNS Activity event.
    pub(super) fn is_ocsf(&self) -> bool {
        self.class || self.query && self.rcode_id
    }

    /// Where the message of a Logs Insights row stands.
    pub(super) fn insights(&self) -> Option<Range<usize>> {
        INSIGHTS.into_iter().find_map(|slot| self.texts[slot].clone())
    }

    /// The member most likely to hold a record: the only one, else the first in whose bytes a record's keys
    /// are.
    pub(super) fn carrier(&self, object: &[u8]) -> Option<(InputFormat, Range<usize>)> {
        let mut present =
            self.texts.iter().enumerate().filter_map(|(slot, at)| Some((TEXTS[slot].1, at.clone()?)));
        let only = self.texts.iter().flatten().count() == 1 && !self.containers;
        if only { present.next() } else { present.find(|(_, at)| carries_record(&object[at.clone()])) }
    }

    /// The first member that should hold a record's text, whatever is in it.
    pub(super) fn first_text(&self, object: &[u8]) -> Option<Range<usize>> {
        self.texts.iter().flatten().find(|at| object[at.start] == b'"').cloned()
    }
}

/// Whether the keys of a record are in `bytes`, escaped however often.
pub(super) fn carries_record(bytes: &[u8]) -> bool {
    [&b"query_name"[..], b"rcode_id", b"class_uid"]
        .iter()
        .any(|key| memchr::memmem::find(bytes, key).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(object: &str) -> Option<(InputFormat, &str)> {
        Sketch::from_object(object.as_bytes())
            .carrier(object.as_bytes())
            .map(|(format, at)| (format, object.get(at).unwrap()))
    }

    #[test]
    fn what_an_object_is() {
        let sketch = |object: &str| Sketch::from_object(object.as_bytes());
        assert!(sketch(r#"{"query_type":"A","x":1,"query_name":"a."}"#).is_resolver());
        assert!(!sketch(r#"{"query_type":"A","x":{"query_name":"a."}}"#).is_resolver());
        assert!(sketch(r#"{"class_uid":4003}"#).is_ocsf());
        assert!(sketch(r#"{"query":{},"rcode_id":0}"#).is_ocsf());
        assert!(!sketch(r#"{"class_uid":4001}"#).is_ocsf());
        assert!(sketch(r#"{"messageType":"CONTROL_MESSAGE"}"#).control);
        assert!(!sketch(r#"{"messageType":"DATA_MESSAGE"}"#).control);
        assert!(sketch(r#"{"events":[]}"#).lists);
        assert!(!sketch(r#"{"events":3}"#).lists, "a count of events is no list of them");
    }

    #[test]
    fn the_member_with_the_record_is_chosen() {
        let carried = r#""{\"query_name\":\"a.\"}""#;
        assert_eq!(text(r#"{"message":"hello"}"#), Some((InputFormat::Wrapped, "\"hello\"")), "the only one");
        assert_eq!(text(r#"{"message":"hello","event":"x"}"#), None);
        assert_eq!(text(r#"{"message":null,"log":7}"#), None);
        let both = format!(r#"{{"message":"hello","event":{carried}}}"#);
        assert_eq!(text(&both), Some((InputFormat::Splunk, carried)));
        let twice = format!(r#"{{"event":{{"query_name":"b."}},"@message":{carried}}}"#);
        assert_eq!(text(&twice), Some((InputFormat::InsightsJson, carried)), "the order of preference");
    }
}
