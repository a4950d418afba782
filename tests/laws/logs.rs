//! Logs made up for the laws: few origins, names, addresses and seconds, so that they meet often.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use r53tail::knowledge::address::{parse_ipv4, parse_ipv6};

/// One record to be written: the fields of the resolver's own shape.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) version: String,
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) vpc: String,
    pub(crate) at: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) class: String,
    pub(crate) rcode: String,
    /// Rdata, type, class.
    pub(crate) answers: Vec<(String, String, String)>,
    pub(crate) source: String,
    pub(crate) port: String,
    pub(crate) transport: String,
    /// The members of `srcids`.
    pub(crate) sources: Vec<(&'static str, String)>,
    /// What DNS Firewall adds.
    pub(crate) firewall: Vec<(&'static str, String)>,
}

/// How a record is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// As the resolver writes it.
    Resolver,
    /// With its keys in the opposite order.
    Backwards,
    /// With blanks.
    Spaced,
    /// A member a line, with blanks before it.
    Pretty,
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl Draft {
    /// The keys and their values as JSON, in the resolver's order.
    fn members(&self) -> Vec<(String, String)> {
        let object = |members: &[(&'static str, String)]| {
            let members: Vec<String> =
                members.iter().map(|(key, value)| format!("\"{key}\":{}", quoted(value))).collect();
            format!("{{{}}}", members.join(","))
        };
        let answers: Vec<String> = self
            .answers
            .iter()
            .map(|(rdata, kind, class)| {
                object(&[("Rdata", rdata.clone()), ("Type", kind.clone()), ("Class", class.clone())])
            })
            .collect();
        let mut members = Vec::new();
        let mut put = |key: &str, value: String| members.push((key.to_owned(), value));
        put("version", quoted(&self.version));
        put("account_id", quoted(&self.account));
        put("region", quoted(&self.region));
        put("vpc_id", quoted(&self.vpc));
        put("query_timestamp", quoted(&self.at));
        put("query_name", quoted(&self.name));
        put("query_type", quoted(&self.kind));
        put("query_class", quoted(&self.class));
        put("rcode", quoted(&self.rcode));
        put("answers", format!("[{}]", answers.join(",")));
        put("srcaddr", quoted(&self.source));
        put("srcport", quoted(&self.port));
        put("transport", quoted(&self.transport));
        put("srcids", object(&self.sources));
        for (key, value) in &self.firewall {
            put(key, quoted(value));
        }
        members
    }

    /// The record on one line, without the line's end.
    pub(crate) fn line(&self, spelling: Spelling) -> String {
        let mut members = self.members();
        if spelling == Spelling::Backwards {
            members.reverse();
        }
        let (colon, comma) = match spelling {
            Spelling::Spaced => (": ", ", "),
            Spelling::Pretty => (" :\t", ",\r\n    "),
            Spelling::Resolver | Spelling::Backwards => (":", ","),
        };
        let members: Vec<String> =
            members.iter().map(|(key, value)| format!("\"{key}\"{colon}{value}")).collect();
        match spelling {
            Spelling::Pretty => format!("{{\n    {}\n}}", members.join(comma)),
            _ => format!("{{{}}}", members.join(comma)),
        }
    }
}

/// One of `texts`.
fn one(texts: &[&'static str]) -> impl Strategy<Value = String> + Clone + use<> {
    select(texts.to_vec()).prop_map(str::to_owned)
}

/// Rdata of every kind of address, and of none.
const RDATA: &[&str] = &[
    "2600:1f14::1",
    "2001:db8::1",
    "2001:DB8::0:1",
    "64:ff9b::345e:b677",
    "64:ff9b::52.94.182.119",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "fd00:ec2::253",
    "2002:c000:204::1",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "fe80::1",
    "fe80::1%eth0",
    "100::1",
    "10.0.0.1",
    "52.94.182.119",
    "52.94.182.120",
    "0.0.0.0",
    "127.0.0.1",
    "255.255.255.255",
    "010.0.0.1",
    "1.2.3",
    "1:2:3:4:5:6:7:8:9",
    "12345::",
    "[redacted]",
    "*************",
    "10.0.**",
    "",
];

const NAMES: &[&str] = &[
    "ssm.us-west-2.amazonaws.com.",
    "SSM.us-west-2.amazonaws.com",
    "s3.us-west-2.amazonaws.com.",
    "api.example.",
    "api.example.us-west-2.compute.internal.",
    "db",
    "1.0.0.10.in-addr.arpa.",
    ".",
];

const ADDRESSES: &[&str] =
    &["10.0.0.1", "10.0.0.2", "2001:db8::a", "2001:DB8:0::A", "::ffff:10.0.0.1", "0a.0.0.1"];

fn answers() -> impl Strategy<Value = Vec<(String, String, String)>> {
    let address =
        (one(RDATA), one(&["AAAA", "AAAA", "A"])).prop_map(|(rdata, kind)| (rdata, kind, "IN".to_owned()));
    let alias = one(&[
        "cdn.example.",
        "x",
        "Web-1.us-west-2.elb.amazonaws.com.",
        "web-2.us-west-2.elb.amazonaws.com.",
        "d1.cloudfront.net",
    ])
    .prop_map(|rdata| (rdata, "CNAME".to_owned(), "IN".to_owned()));
    vec(prop_oneof![4 => address, 1 => alias], 0..4)
}

fn sources() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let instance = one(&["i-1", "i-2", "i-3"]);
    let endpoint = one(&["rslvr-in-1", "rslvr-out-2"]);
    let interface = one(&["rni-1", "rni-2"]);
    prop_oneof![
        4 => instance.clone().prop_map(|id| vec![("instance", id)]),
        3 => Just(Vec::new()),
        1 => endpoint.clone().prop_map(|id| vec![("resolver_endpoint", id)]),
        1 => interface.clone().prop_map(|id| vec![("resolver_network_interface", id)]),
        1 => (endpoint, interface).prop_map(|(endpoint, interface)| vec![
            ("resolver_endpoint", endpoint),
            ("resolver_network_interface", interface),
        ]),
        1 => (instance, one(&["rslvr-in-1", "rslvr-out-2", "rslvr-out-3"])).prop_map(|(instance, endpoint)| vec![
            ("instance", instance),
            ("resolver_endpoint", endpoint),
        ]),
    ]
}

fn firewall() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let action = one(&["BLOCK", "ALERT", "ALLOW"]);
    prop_oneof![
        8 => Just(Vec::new()),
        1 => action.clone().prop_map(|action| vec![("firewall_rule_action", action)]),
        1 => action.prop_map(|action| vec![
            ("firewall_rule_action", action),
            ("firewall_rule_group_id", "rslvr-frg-1".to_owned()),
            ("firewall_domain_list_id", "rslvr-fdl-1".to_owned()),
        ]),
        1 => (one(&["rslvr-frg-1", "rslvr-frg-2", "-", "x y"]), one(&["rslvr-fdl-2", "rslvr-frg-3"])).prop_map(
            |(group, list)| vec![
                ("firewall_rule_action", "BLOCK".to_owned()),
                ("firewall_rule_group_id", group),
                ("firewall_domain_list_id", list),
            ]
        ),
    ]
}

/// Times within two minutes, a few of them on the other side of midnight, of 1970, and at the ends of the
/// calendar.
pub(crate) fn time() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => (0_u8..2, 0_u8..5).prop_map(|(minute, second)| format!("2025-05-05T10:{minute:02}:{second:02}Z")),
        1 => one(&["2025-05-06T00:00:00Z", "1969-12-31T23:59:59Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]),
    ]
}

/// A record that nearly all records are like, whose answers are of the question's type or links of a chain:
/// the quick ways must take it.
pub(crate) fn plain() -> impl Strategy<Value = Draft> {
    mixed().prop_map(|mut draft| {
        // Answers of the type asked for, each with an address of it, and links to them.
        let question = draft.kind.to_uppercase();
        draft.answers.iter_mut().filter(|(_, kind, _)| kind != "CNAME").for_each(|(_, kind, _)| {
            if matches!(question.as_str(), "A" | "AAAA") {
                kind.clone_from(&question);
            }
        });
        draft.answers.retain(|(rdata, kind, _)| match kind.as_str() {
            "A" => parse_ipv4(rdata.as_bytes()).is_some(),
            "AAAA" => parse_ipv6(rdata.as_bytes()).is_some(),
            _ => true,
        });
        draft
    })
}

/// As [`plain`], with answers of any type, to any question, that need not be addresses.
fn mixed() -> impl Strategy<Value = Draft> {
    let place = (
        one(&["1.100000", "1.1"]),
        one(&["111122223333", "111122223333", "444455556666"]),
        one(&["us-west-2", "us-west-2", "eu-west-1"]),
        one(&["vpc-1", "vpc-1", "vpc-2"]),
        time(),
    );
    let question = (
        one(NAMES),
        one(&["AAAA", "AAAA", "A", "A", "PTR", "HTTPS", "aaaa"]),
        one(&["IN"]),
        one(&["NOERROR", "NOERROR", "NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED", "NotImp", "NoError"]),
        answers(),
    );
    let asker = (one(ADDRESSES), one(&["53", "65535"]), one(&["UDP", "TCP", "DOT"]), sources(), firewall());
    (place, question, asker).prop_map(|(place, question, asker)| Draft {
        version: place.0,
        account: place.1,
        region: place.2,
        vpc: place.3,
        at: place.4,
        name: question.0,
        kind: question.1,
        class: question.2,
        rcode: question.3,
        answers: question.4,
        source: asker.0,
        port: asker.1,
        transport: asker.2,
        sources: asker.3,
        firewall: asker.4,
    })
}

/// Text that means something to a terminal, a page, a spreadsheet or a reader of JSON.
fn hostile() -> impl Strategy<Value = String> {
    let piece = one(&[
        "a",
        "example",
        ".",
        "\u{1b}[31m",
        "\u{1b}]0;x\u{7}",
        "\u{9b}2J",
        "\r",
        "\n",
        "\t",
        "\0",
        "\u{7f}",
        "\u{202e}",
        "\u{200b}",
        "\u{2066}",
        "\u{feff}",
        "\u{e0041}",
        "\u{2028}",
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\"",
        "'",
        ",",
        ";",
        "|",
        "||",
        "<script>",
        "</td>",
        "&amp;",
        "`",
        "\\",
        "[x](http://y)",
        "![",
        "*",
        "_",
        "~",
        "ü",
        "漢字",
        "e\u{301}",
        "😀",
        "{",
        "}",
        "\\u0000",
        "%",
        " ",
        "\u{a0}",
        "\u{ad}",
        "\u{3000}",
    ]);
    prop_oneof![
        6 => vec(piece, 1..6).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
        1 => Just("x".repeat(300)),
    ]
}

/// A record whose texts are chosen by somebody who means harm.
pub(crate) fn odd() -> impl Strategy<Value = Draft> {
    (mixed(), hostile(), hostile(), 0_u8..8).prop_map(|(mut draft, text, other, place)| {
        draft.name = text;
        match place {
            0 => draft.sources = vec![("instance", other)],
            1 => draft.vpc = other,
            2 => draft.region = other,
            3 => {
                draft.sources.clear();
                draft.source = other;
            }
            4 => draft.account = other,
            5 => draft.answers.push((other, "AAAA".to_owned(), "IN".to_owned())),
            6 => draft.rcode = other,
            _ => {}
        }
        draft
    })
}

fn spelling() -> impl Strategy<Value = Spelling> {
    prop_oneof![
        6 => Just(Spelling::Resolver),
        1 => Just(Spelling::Backwards),
        1 => Just(Spelling::Spaced),
    ]
}

/// A record on one line, in one spelling or another.
pub(crate) fn line() -> impl Strategy<Value = String> {
    (prop_oneof![2 => plain().boxed(), 1 => mixed().boxed()], spelling())
        .prop_map(|(draft, spelling)| draft.line(spelling))
}

/// As [`line`], or a line that is no record, by itself and whatever stands around it.
pub(crate) fn line_or_noise() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => line(),
        1 => one(&["noise", "{}", "{\"a\":1}", "", "{\"query_name\":\"x.\",\"query_type\":\"A\"}", "[]", "\u{feff}"]),
    ]
}

/// The lines of a log, each with its end.
pub(crate) fn joined(lines: &[String]) -> Vec<u8> {
    let mut log = Vec::new();
    for line in lines {
        log.extend_from_slice(line.as_bytes());
        log.push(b'\n');
    }
    log
}
