//! One observation a line, as they come: for pipes.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use serde::Serialize;

use super::json::put;
use crate::base::moment::Moment;
use crate::base::visible::visible;
use crate::digest::ObservationListener;
use crate::fleet::{CountedPlace, OriginKind, address_text};
use crate::log::envelope::RecordPlace;
use crate::log::observation::{Asker, Observation, SourceAddress, Unknown, Verdict, text};
use crate::timeline::TimelineEntry;

/// How a line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineFormat {
    /// For a person.
    Text,
    /// One object; `docs/json.md` describes it.
    Ndjson,
}

/// Writes observations of A and AAAA as lines.
#[derive(Debug)]
pub struct ObservedLines {
    format: LineFormat,
    bytes: Vec<u8>,
    count: u64,
}

impl ObservedLines {
    /// No lines yet.
    #[must_use]
    pub fn new(format: LineFormat) -> Self {
        Self { format, bytes: Vec::new(), count: 0 }
    }

    /// Gives up the lines so far, and how many they are.
    pub fn take(&mut self) -> (Vec<u8>, u64) {
        (std::mem::take(&mut self.bytes), std::mem::take(&mut self.count))
    }

    /// Puts lines back that could not be handed on, if none came since.
    pub fn put_back(&mut self, bytes: Vec<u8>, count: u64) {
        if self.bytes.is_empty() {
            (self.bytes, self.count) = (bytes, count);
        }
    }

    /// Bytes of the lines so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there are no lines.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

#[derive(Serialize)]
struct ObservedLine<'a> {
    at: Moment,
    account: &'a str,
    region: &'a str,
    vpc: &'a str,
    origin: OriginLine<'a>,
    source: String,
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    verdict: &'static str,
    /// Why the verdict is not known; not there if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<&'static str>,
    ipv4: Vec<Ipv4Addr>,
    ipv6: Vec<Ipv6Addr>,
    cname_only: bool,
    mixed: bool,
    partial: bool,
    #[serde(skip)]
    words: &'static str,
}

#[derive(Serialize)]
struct OriginLine<'a> {
    kind: &'static str,
    id: &'a str,
}

fn source_text(source: SourceAddress<'_>) -> String {
    match source {
        SourceAddress::Ip(bits) => address_text(bits),
        SourceAddress::Text(bytes) => text(bytes).to_owned(),
    }
}

/// A row of a timeline as one line of JSON; `None` if it is of a type that is not judged.
#[must_use]
pub fn observed_line(entry: &TimelineEntry<'_>, origin: OriginKind, id: &str, name: &str) -> Option<Vec<u8>> {
    let from = &entry.source_of_query;
    let line = ObservedLine {
        at: entry.at,
        account: from.account,
        region: from.region,
        vpc: from.vpc,
        origin: OriginLine { kind: origin.word(), id },
        source: source_text(from.source),
        name,
        kind: match entry.verdict {
            Verdict::Aaaa(_) => "AAAA",
            Verdict::A(_) => "A",
            Verdict::NotJudged => return None,
        },
        verdict: entry.verdict.word(),
        unknown: entry.verdict.unknown().map(Unknown::word),
        ipv4: entry.ipv4.iter().copied().map(Ipv4Addr::from).collect(),
        ipv6: entry.native.iter().copied().map(Ipv6Addr::from).collect(),
        cname_only: entry.cname_only,
        mixed: entry.mixed,
        partial: entry.partial,
        words: entry.verdict.words(),
    };
    let mut bytes = Vec::new();
    // Memory takes whatever is written.
    _ = put(&mut bytes, &line);
    bytes.push(b'\n');
    Some(bytes)
}

impl ObservationListener for ObservedLines {
    fn saw(&mut self, observation: &Observation<'_>, _: CountedPlace, _: RecordPlace) {
        let kind = match observation.verdict {
            Verdict::Aaaa(_) => "AAAA",
            Verdict::A(_) => "A",
            Verdict::NotJudged => return,
        };
        let source = source_text(observation.source);
        let (origin, id) = match observation.asker {
            Asker::Instance(id) | Asker::Forwarded { instance: id, .. } => (OriginKind::Instance, text(id)),
            Asker::ResolverEndpoint(id) => (OriginKind::ResolverEndpoint, text(id)),
            Asker::Interface(id) => (OriginKind::Interface, text(id)),
            Asker::Device(id) => (OriginKind::Device, text(id)),
            Asker::Address => (OriginKind::Address, source.as_str()),
        };
        let line = ObservedLine {
            at: observation.at,
            account: text(observation.account),
            region: text(observation.region),
            vpc: text(observation.vpc),
            origin: OriginLine { kind: origin.word(), id },
            name: text(observation.name),
            kind,
            verdict: observation.verdict.word(),
            unknown: observation.verdict.unknown().map(Unknown::word),
            ipv4: observation.ipv4.iter().copied().map(Ipv4Addr::from).collect(),
            ipv6: observation.native.iter().copied().map(Ipv6Addr::from).collect(),
            cname_only: observation.cname_only,
            mixed: observation.mixed,
            partial: observation.partial,
            words: observation.verdict.words(),
            source: source.clone(),
        };
        match self.format {
            // Memory takes whatever is written.
            LineFormat::Ndjson => drop(put(&mut self.bytes, &line)),
            LineFormat::Text => self.bytes.extend_from_slice(sentence(&line).as_bytes()),
        }
        self.bytes.push(b'\n');
        self.count += 1;
    }
}

/// `2025-05-05T10:00:00Z i-1 AAAA ssm.example. synthesized 192.0.2.1`
fn sentence(line: &ObservedLine<'_>) -> String {
    let mut words = format!(
        "{} {} {:<4} {} {}",
        line.at,
        visible(line.origin.id),
        line.kind,
        visible(line.name),
        line.words
    );
    if line.cname_only {
        words.push_str(" (CNAME only)");
    }
    if line.partial {
        words.push_str(" (by a part of the answer)");
    }
    let addresses = line.ipv6.iter().map(ToString::to_string);
    for address in addresses.chain(line.ipv4.iter().map(ToString::to_string)) {
        // Memory takes whatever is written.
        let _ = write!(words, " {address}");
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{Digest, Terms};
    use crate::log::envelope::{Envelope, Sink};

    fn record(kind: &str, name: &str, answers: &str) -> String {
        format!(
            r#"{{"version":"1.100000","account_id":"111122223333","region":"us-west-2","vpc_id":"vpc-1","query_timestamp":"2025-05-05T10:00:00Z","query_name":"{name}","query_type":"{kind}","query_class":"IN","rcode":"NOERROR","answers":[{answers}],"srcaddr":"10.0.0.5","srcport":"53","transport":"UDP","srcids":{{"instance":"i-1"}}}}"#
        )
    }

    fn lines(format: LineFormat, records: &[String]) -> String {
        let mut digest = Digest::new(&Terms::default(), ObservedLines::new(format));
        for record in records {
            assert_eq!(digest.canonical(record.as_bytes(), 0), Some(record.len()));
        }
        let (bytes, count) = digest.witness_mut().take();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.lines().count() as u64, count);
        text
    }

    fn some() -> [String; 4] {
        [
            record("AAAA", "s3.example.", r#"{"Rdata":"64:ff9b::c000:202","Type":"AAAA","Class":"IN"}"#),
            record("AAAA", "ssm.example.", r#"{"Rdata":"x.example.","Type":"CNAME","Class":"IN"}"#),
            record("A", "ssm.example.", r#"{"Rdata":"192.0.2.1","Type":"A","Class":"IN"}"#),
            record("SRV", "ssm.example.", ""),
        ]
    }

    #[test]
    fn text_is_for_a_person() {
        assert_eq!(
            lines(LineFormat::Text, &some()),
            "2025-05-05T10:00:00Z i-1 AAAA s3.example. synthesized 192.0.2.2\n\
             2025-05-05T10:00:00Z i-1 AAAA ssm.example. empty (CNAME only)\n\
             2025-05-05T10:00:00Z i-1 A    ssm.example. answered 192.0.2.1\n",
            "other types are not judged"
        );
    }

    /// The lines of records whose answers are not all there.
    fn unseen(format: LineFormat) -> String {
        let mut digest = Digest::new(&Terms::default(), ObservedLines::new(format));
        let native = r#"{"Rdata":"2001:db8::1","Type":"AAAA","Class":"IN"}"#;
        let masked = r#"{"Rdata":"***********","Type":"AAAA","Class":"IN"}"#;
        for answers in [masked, &format!("{native},{masked}")] {
            Envelope::default().scan(record("AAAA", "s3.example.", answers).as_bytes(), true, &mut digest);
        }
        String::from_utf8(digest.witness_mut().take().0).unwrap()
    }

    #[test]
    fn what_was_not_seen_is_said_with_its_reason() {
        assert_eq!(
            unseen(LineFormat::Text),
            "2025-05-05T10:00:00Z i-1 AAAA s3.example. unknown (masked)\n\
             2025-05-05T10:00:00Z i-1 AAAA s3.example. native (by a part of the answer) 2001:db8::1\n"
        );
        let lines = unseen(LineFormat::Ndjson);
        let ends: Vec<&str> = lines.lines().map(|line| line.split_once(r#""verdict""#).unwrap().1).collect();
        assert_eq!(
            ends,
            [
                r#":"unknown","unknown":"masked","ipv4":[],"ipv6":[],"cname_only":false,"mixed":false,"partial":false}"#,
                r#":"native","ipv4":[],"ipv6":["2001:db8::1"],"cname_only":false,"mixed":false,"partial":true}"#
            ]
        );
    }

    #[test]
    fn ndjson_is_one_object_a_line() {
        let lines = lines(LineFormat::Ndjson, &some());
        assert_eq!(
            lines.lines().next(),
            Some(
                r#"{"at":"2025-05-05T10:00:00Z","account":"111122223333","region":"us-west-2","vpc":"vpc-1","origin":{"kind":"instance","id":"i-1"},"source":"10.0.0.5","name":"s3.example.","type":"AAAA","verdict":"synthesized","ipv4":["192.0.2.2"],"ipv6":[],"cname_only":false,"mixed":false,"partial":false}"#
            )
        );
        assert_eq!(lines.lines().count(), 3);
    }
}
