//! The fields, and what is said of them.

use crate::fleet::{OriginKind, Status};
use crate::log::observation::{A, Aaaa, Rcode, Unknown};

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The QTYPE.
    Type,
    /// The verdict, on AAAA or A.
    Verdict,
    /// The verdict on an AAAA question.
    Aaaa,
    /// The verdict on an A question.
    A,
    /// The RCODE.
    Rcode,
    /// The status of the pair of origin and endpoint.
    Status,
    /// The origin's id.
    Origin,
    /// What the origin is known by.
    Kind,
    /// The VPC.
    Vpc,
    /// The account that the VPC belongs to.
    Account,
    /// The Region that the VPC is in.
    Region,
    /// The source address.
    Source,
    /// The source port.
    Port,
    /// The name asked for.
    Name,
    /// The AWS service that the name is of.
    Service,
    /// Addresses of the answer.
    Answer,
    /// The time of the record: a time, or a range, in UTC.
    Time,
    /// The time of the record: from this one on.
    Since,
    /// The time of the record: until this one.
    Until,
}

/// A field, for a person.
#[derive(Clone, Copy, Debug)]
pub struct FieldRow {
    /// The field.
    pub field: Field,
    /// The name that is typed before the colon, in lower case.
    pub word: &'static str,
    /// What values look like.
    pub takes: &'static str,
    /// What it asks for, in one line.
    pub help: &'static str,
    /// A condition.
    pub example: &'static str,
    /// What else one might call it: for `did you mean` only.
    others: &'static [&'static str],
}

const fn row(
    field: Field,
    word: &'static str,
    takes: &'static str,
    help: &'static str,
    example: &'static str,
    others: &'static [&'static str],
) -> FieldRow {
    FieldRow { field, word, takes, help, example, others }
}

/// Every field, in the order in which they are shown.
pub const FIELDS: [FieldRow; 19] = [
    row(Field::Type, "type", "TYPE", "the type asked for", "type:AAAA,HTTPS", &["qtype", "query_type"]),
    row(
        Field::Verdict,
        "verdict",
        "VERDICT",
        "what an AAAA or A answer comes to",
        "verdict:empty",
        &["class", "result"],
    ),
    row(Field::Aaaa, "aaaa", "VERDICT", "the same, of AAAA only", "aaaa:empty,unusable", &["ipv6", "quad"]),
    row(Field::A, "a", "VERDICT", "the same, of A only", "a:answered", &["ipv4"]),
    row(
        Field::Rcode,
        "rcode",
        "RCODE",
        "the RCODE, of any type",
        "rcode:NXDOMAIN",
        &["code", "response_code"],
    ),
    row(
        Field::Status,
        "status",
        "STATUS",
        "what the endpoint comes to for the origin, in the time looked at",
        "status:ipv4-only,empty",
        &["state", "outcome"],
    ),
    row(
        Field::Origin,
        "origin",
        "TEXT",
        "the id of who asked: instance, endpoint, interface, device or address",
        "origin:i-0ab",
        &["host", "id", "instance", "client", "who", "srcids"],
    ),
    row(Field::Kind, "kind", "KIND", "what the origin is known by", "kind:instance", &["origin_kind"]),
    row(
        Field::Vpc,
        "vpc",
        "TEXT",
        "the VPC, or the DNS view of Global Resolver",
        "vpc:vpc-0123",
        &["vpc_id", "network"],
    ),
    row(
        Field::Account,
        "account",
        "TEXT",
        "the account of the VPC",
        "account:1111",
        &["account_id", "owner"],
    ),
    row(Field::Region, "region", "TEXT", "the Region of the VPC", "region:us-west-2", &["aws_region"]),
    row(
        Field::Source,
        "source",
        "ADDRESS",
        "the source address, or the network it is in",
        "source:10.0.0.0/16",
        &["src", "srcaddr", "from", "client_ip"],
    ),
    row(Field::Port, "port", "PORT", "the source port", "port:1024..65535", &["srcport", "sport"]),
    row(
        Field::Name,
        "name",
        "TEXT",
        "the name asked for",
        "name:*.amazonaws.com",
        &["qname", "domain", "query", "endpoint", "query_name", "host_name", "hostname"],
    ),
    row(
        Field::Service,
        "service",
        "TEXT",
        "the AWS service of the name: part of the product, or a label such as ssm",
        "service:ssm",
        &["product", "api"],
    ),
    row(
        Field::Answer,
        "answer",
        "ADDRESS",
        "an address of the answer, native or inside a synthesized one, or its network",
        "answer:52.94.182.119",
        &["answers", "ip", "address", "rdata", "addr", "dst"],
    ),
    row(
        Field::Time,
        "time",
        "TIME",
        "when, in UTC; a time without a day means every day",
        "time:14:02..14:37",
        &["at", "when", "ts", "timestamp", "date", "day"],
    ),
    row(Field::Since, "since", "TIME", "from then on", "since:2025-05-05T10:00Z", &["after", "start"]),
    row(
        Field::Until,
        "until",
        "TIME",
        "until then, all of the second, minute or day named",
        "until:2025-05-05",
        &["before", "end"],
    ),
];

impl Field {
    /// The field and what is said of it.
    #[must_use]
    pub fn row(self) -> &'static FieldRow {
        FIELDS.iter().find(|row| row.field == self).unwrap_or(&FIELDS[0])
    }

    /// The name that is typed before the colon, in lower case.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.row().word
    }

    /// The field of a name in lower case.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        FIELDS.iter().find(|row| row.word == word).map(|row| row.field)
    }

    /// The name that `word`, which is none, may have been meant for.
    pub(super) fn like(word: &str) -> Option<&'static str> {
        let known = FIELDS.iter().find(|row| row.others.contains(&word)).map(|row| row.word);
        known.or_else(|| like(word, FIELDS.iter().map(|row| row.word)))
    }

    /// The values that there are, as they are written in a query; empty if there is no end of them.
    #[must_use]
    pub fn values(self) -> Vec<&'static str> {
        match self {
            Self::Verdict => {
                let both = verdicts(&Aaaa::ALL.map(Aaaa::word)).into_iter();
                both.chain([A::Answered.word(), OTHER_TYPE]).collect()
            }
            Self::Aaaa => verdicts(&Aaaa::ALL.map(Aaaa::word)),
            Self::A => verdicts(&A::ALL.map(A::word)),
            Self::Rcode => RCODES.map(|(word, _)| word).to_vec(),
            Self::Status => Status::ALL.map(Status::word).to_vec(),
            Self::Kind => KINDS.map(OriginKind::word).to_vec(),
            _ => Vec::new(),
        }
    }
}

/// The words of verdicts, each once, and those of the reasons why one is not known.
fn verdicts(words: &[&'static str]) -> Vec<&'static str> {
    let mut words = words.to_vec();
    words.dedup();
    words.extend(Unknown::ALL.map(Unknown::word));
    words
}

/// How `other type`, the word for what is not judged, is written in a query.
pub(super) const OTHER_TYPE: &str = "other-type";

/// Every RCODE that is told apart, and its word.
pub(super) const RCODES: [(&str, Rcode); 5] = [
    ("NOERROR", Rcode::NoError),
    ("NXDOMAIN", Rcode::NxDomain),
    ("SERVFAIL", Rcode::ServFail),
    ("REFUSED", Rcode::Refused),
    ("OTHER", Rcode::Other),
];

/// Every kind of origin.
pub(super) const KINDS: [OriginKind; 5] = [
    OriginKind::Instance,
    OriginKind::ResolverEndpoint,
    OriginKind::Interface,
    OriginKind::Device,
    OriginKind::Address,
];

/// That of `words` which `word` is most like, if it is like any: a letter or two may be other, or in another
/// place.
pub(super) fn like(word: &str, words: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let lower = word.to_lowercase();
    let near = |known: &&'static str| {
        let far = strsim::damerau_levenshtein(&lower, &known.to_lowercase());
        let starts = lower.len() >= 3 && known.to_lowercase().starts_with(&lower);
        let most = if known.len() <= 4 { 1 } else { 2 };
        (far <= most || starts).then_some((far, *known))
    };
    words.filter_map(|known| near(&known)).min_by_key(|(far, _)| *far).map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_misspelt_is_guessed() {
        for (word, meant) in [
            ("tpye", Some("type")),
            ("typ", Some("type")),
            ("verdit", Some("verdict")),
            ("qname", Some("name")),
            ("src", Some("source")),
            ("ip", Some("answer")),
            ("instance", Some("origin")),
            ("https", None),
            ("colour", None),
            ("b", Some("a")),
            // Of a short word one letter may be other, and three letters are the least that begin one.
            ("nemo", None),
            ("ve", None),
            ("ver", Some("verdict")),
        ] {
            assert_eq!(Field::like(word), meant, "{word}");
        }
    }

    #[test]
    fn every_field_has_a_row_of_its_own() {
        for row in &FIELDS {
            assert_eq!((row.field.word(), Field::from_word(row.word)), (row.word, Some(row.field)));
            assert!(row.others.iter().all(|other| Field::from_word(other).is_none()), "{}", row.word);
        }
    }
}
