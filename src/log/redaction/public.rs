//! What may stay as it is: words and numbers that are the same for everybody, each under the keys that have
//! them. Whatever else is under those keys was written by somebody.

use crate::base::moment::Moment;

/// What ids begin with.
const KINDS: [&str; 14] = [
    "i-",
    "vpc-",
    "rslvr-in-",
    "rslvr-out-",
    "rslvr-frg-",
    "rslvr-fdl-",
    "rni-",
    "eni-",
    "subnet-",
    "sg-",
    "fs-",
    "vpce-",
    "rqlc-",
    "rslvr-rr-",
];

/// What an id begins with, if it is of a known kind.
pub(super) fn kind_of_id(id: &str) -> Option<&'static str> {
    KINDS
        .into_iter()
        .find(|kind| id.strip_prefix(kind).is_some_and(|rest| !rest.is_empty() && !rest.contains('.')))
}

/// Types of records (IANA, "Resource Record (RR) TYPEs"), the common ones; others are `TYPE65280` (RFC 3597
/// section 5).
const TYPES: [&str; 39] = [
    "A",
    "AAAA",
    "AFSDB",
    "ANY",
    "AXFR",
    "CAA",
    "CDNSKEY",
    "CDS",
    "CERT",
    "CNAME",
    "DNAME",
    "DNSKEY",
    "DS",
    "HINFO",
    "HTTPS",
    "IXFR",
    "KEY",
    "KX",
    "LOC",
    "MX",
    "NAPTR",
    "NS",
    "NSEC",
    "NSEC3",
    "NSEC3PARAM",
    "NULL",
    "OPT",
    "PTR",
    "RP",
    "RRSIG",
    "SIG",
    "SOA",
    "SPF",
    "SRV",
    "SSHFP",
    "SVCB",
    "TLSA",
    "TXT",
    "URI",
];
const CLASSES: [&str; 5] = ["IN", "CH", "HS", "NONE", "ANY"];
/// Response codes (IANA, "DNS RCODEs").
const RCODES: [&str; 18] = [
    "NOERROR",
    "FORMERR",
    "SERVFAIL",
    "NXDOMAIN",
    "NOTIMP",
    "REFUSED",
    "YXDOMAIN",
    "YXRRSET",
    "NXRRSET",
    "NOTAUTH",
    "NOTZONE",
    "DSOTYPENI",
    "BADVERS",
    "BADSIG",
    "BADKEY",
    "BADTIME",
    "BADMODE",
    "BADCOOKIE",
];
const TRANSPORTS: [&str; 9] = ["UDP", "TCP", "TLS", "HTTPS", "QUIC", "DOH", "DOT", "DOQ", "DO53"];
/// What DNS Firewall does, and the captions of OCSF (DNS Activity, schema 1.5).
const CAPTIONS: [&str; 30] = [
    "ALLOW",
    "BLOCK",
    "ALERT",
    "-",
    "NO_ACTION",
    "Allowed",
    "Denied",
    "Blocked",
    "No Action",
    "Observed",
    "Modified",
    "Alert",
    "Unknown",
    "Other",
    "Inbound",
    "Outbound",
    "Lateral",
    "Local",
    "Query",
    "Response",
    "Traffic",
    "Dropped",
    "Logged",
    "Network Activity",
    "DNS Activity",
    "DNS Activity: Query",
    "DNS Activity: Response",
    "DNS Activity: Traffic",
    "DNS Activity: Unknown",
    "DNS Activity: Other",
];
/// The parts of Regions' names besides the first and the number (`us-gov-west-1`).
const PLACES: [&str; 14] = [
    "north",
    "south",
    "east",
    "west",
    "central",
    "northeast",
    "northwest",
    "southeast",
    "southwest",
    "gov",
    "iso",
    "isob",
    "isoe",
    "isof",
];
/// Numbers of OCSF that are those of a list.
const LISTED: [&str; 10] = [
    "class_uid",
    "category_uid",
    "activity_id",
    "type_uid",
    "severity_id",
    "status_id",
    "rcode_id",
    "action_id",
    "disposition_id",
    "direction_id",
];

/// Whether `text` under `key` is the same for everybody.
pub(super) fn is_word(key: &str, text: &str) -> bool {
    let one_of = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    let numbered = |start: &str| text.strip_prefix(start).is_some_and(|rest| is_short(rest, 5));
    text.is_empty()
        || match key {
            "version" => text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'),
            "region" => is_region(text),
            "query_timestamp" | "@timestamp" | "timestamp" | "time" | "time_dt" | "ingestiontime" => {
                Moment::parse(text).is_some() || text.parse().is_ok_and(is_time)
            }
            "query_type" | "type" => one_of(&TYPES) || numbered("TYPE"),
            "query_class" | "class" => one_of(&CLASSES) || numbered("CLASS"),
            "rcode" => one_of(&RCODES) || numbered("RCODE") || is_short(text, 5),
            "transport" | "protocol_name" => one_of(&TRANSPORTS),
            "srcport" | "port" => is_short(text, 5),
            "firewall_rule_action"
            | "action"
            | "action_name"
            | "direction"
            | "disposition"
            | "activity_name"
            | "category_name"
            | "class_name"
            | "type_name" => one_of(&CAPTIONS),
            "name" => text == "global-resolver",
            _ => false,
        }
}

/// Whether a number under `key` is the same for everybody.
pub(super) fn is_number(key: &str, number: &serde_json::Number) -> bool {
    let Some(number) = number.as_i64() else { return false };
    match key {
        "query_timestamp" | "@timestamp" | "timestamp" | "time" | "time_dt" | "ingestiontime" => {
            is_time(number)
        }
        "srcport" | "port" => (0..1 << 16).contains(&number),
        "query_type" | "query_class" | "type" | "class" | "rcode" | "version" | "protocol_num" => {
            (0..1 << 16).contains(&number)
        }
        _ => LISTED.contains(&key) && (-1..1_000_000).contains(&number),
    }
}

/// Whether a number is a time since resolvers log queries and for long to come, in seconds, milli- or
/// microseconds.
fn is_time(number: i64) -> bool {
    /// 2017-07-14 and 2033-05-18, in seconds.
    const YEARS: std::ops::Range<i64> = 1_500_000_000..2_000_000_000;
    [1, 1000, 1_000_000].iter().any(|part| YEARS.contains(&(number / part)))
}

fn is_short(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let is_first =
        parts.next().is_some_and(|part| part.len() == 2 && part.bytes().all(|it| it.is_ascii_lowercase()));
    let is_last = parts.next_back().is_some_and(|part| is_short(part, 2));
    let mut places = parts.peekable();
    text == "global"
        || is_first && is_last && places.peek().is_some() && places.all(|part| PLACES.contains(&part))
}

/// Whether a key may stay: those of formats are names of fields. One that holds an id, an address or words of
/// somebody is none.
pub(super) fn is_key(key: &str) -> bool {
    let is_letter =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'@' | b'.' | b' ' | b'$');
    let digits = key.split(|letter: char| !letter.is_ascii_digit()).map(str::len).max().unwrap_or(0);
    key.len() <= 64
        && key.bytes().all(is_letter)
        && digits <= 3
        && kind_of_id(key).is_none()
        && key.parse::<std::net::IpAddr>().is_err()
        && !key.ends_with('.')
}
