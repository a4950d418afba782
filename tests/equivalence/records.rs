//! Records of every kind, in the resolver's own spelling and taken apart.

use serde_json::{Value, json};

/// One record, as its fields.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) second: u32,
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) rcode: &'static str,
    /// `Rdata` and `Type`.
    pub(crate) answers: Vec<(&'static str, &'static str)>,
    pub(crate) source: &'static str,
    pub(crate) sources: Vec<(&'static str, &'static str)>,
    pub(crate) firewall: Option<&'static str>,
}

impl Sample {
    pub(crate) fn time(&self) -> String {
        format!("2025-05-05T10:{:02}:{:02}Z", self.second / 60, self.second % 60)
    }

    /// Milliseconds since the epoch.
    pub(crate) fn millis(&self) -> u64 {
        1_746_439_200_000 + u64::from(self.second) * 1000
    }

    /// One line, keys in the resolver's order, without its line break.
    pub(crate) fn line(&self) -> String {
        let quote = |text: &str| Value::from(text).to_string();
        let answers: Vec<_> = self
            .answers
            .iter()
            .map(|(rdata, kind)| {
                format!(r#"{{"Rdata":{},"Type":{},"Class":"IN"}}"#, quote(rdata), quote(kind))
            })
            .collect();
        let sources: Vec<_> =
            self.sources.iter().map(|(key, id)| format!("{}:{}", quote(key), quote(id))).collect();
        let firewall = self.firewall.map_or(String::new(), |action| {
            format!(
                r#","firewall_rule_action":"{action}","firewall_rule_group_id":"rslvr-frg-0a","firewall_domain_list_id":"rslvr-fdl-0b""#
            )
        });
        format!(
            r#"{{"version":"1.100000","account_id":"012345678901","region":"eu-central-1","vpc_id":"vpc-0e","query_timestamp":"{}","query_name":{},"query_type":"{}","query_class":"IN","rcode":"{}","answers":[{}],"srcaddr":"{}","srcport":"40123","transport":"UDP","srcids":{{{}}}{firewall}}}"#,
            self.time(),
            quote(self.name),
            self.kind,
            self.rcode,
            answers.join(","),
            self.source,
            sources.join(",")
        )
    }

    /// The record as JSON, keys in another order.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.line()).unwrap()
    }

    /// The record spread over columns, as Logs Insights does.
    pub(crate) fn columns(&self) -> Vec<(String, String)> {
        let mut columns = vec![("@timestamp".to_owned(), self.time().replace('T', " ").replace('Z', ".000"))];
        for (key, value) in self.json().as_object().unwrap() {
            match value {
                Value::String(text) => columns.push((key.clone(), text.clone())),
                Value::Array(answers) => {
                    for (index, answer) in answers.iter().enumerate() {
                        for (field, value) in answer.as_object().unwrap() {
                            columns.push((
                                format!("answers.{index}.{field}"),
                                value.as_str().unwrap().to_owned(),
                            ));
                        }
                    }
                }
                Value::Object(sources) => {
                    for (source, id) in sources {
                        columns.push((format!("srcids.{source}"), id.as_str().unwrap().to_owned()));
                    }
                }
                _ => unreachable!("records have nothing else"),
            }
        }
        columns
    }

    /// The record as Security Lake writes it.
    pub(crate) fn ocsf(&self) -> Value {
        let source =
            |key: &str| self.sources.iter().find(|(known, _)| *known == key).map(|(_, id)| (*id).to_owned());
        let answers: Vec<_> = self
            .answers
            .iter()
            .map(|(rdata, kind)| json!({"rdata": rdata, "type": kind, "class": "IN"}))
            .collect();
        json!({
            "class_uid": 4003, "activity_id": 6, "metadata": {"version": "1.1.0", "product": {"name": "Route 53"}},
            "time": self.millis(), "time_dt": null,
            "cloud": {"provider": "AWS", "region": "eu-central-1", "account": {"uid": "012345678901"}},
            "query": {"hostname": self.name, "type": self.kind, "class": "IN"},
            "rcode": self.rcode, "rcode_id": 0,
            "answers": if answers.is_empty() { Value::Null } else { Value::from(answers) },
            "src_endpoint": {
                "ip": self.source, "port": 40123, "vpc_uid": "vpc-0e", "instance_uid": source("instance"),
            },
            "dst_endpoint": {
                "instance_uid": source("resolver_endpoint"),
                "interface_uid": source("resolver_network_interface"),
            },
            "connection_info": {"protocol_name": "UDP"},
            "disposition": match self.firewall { Some("BLOCK") => "Blocked", Some(_) => "Alert", None => "Unknown" },
            "firewall_rule": self.firewall.map(|_| json!({"uid": "rslvr-frg-0a"})),
            "observables": [{"name": "query.hostname", "type_id": 1, "value": self.name}],
        })
    }

    /// Whether Athena's text for structures can hold the answers: it escapes nothing.
    pub(crate) fn is_plain(&self) -> bool {
        self.answers.iter().all(|(rdata, _)| !rdata.contains(['{', '}', ',', '=']))
    }
}

/// Names with what they are answered.
type Lookup = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

const LOOKUPS: [Lookup; 16] = [
    ("ssm.eu-central-1.amazonaws.com.", "AAAA", "NOERROR", &[]),
    ("ssm.eu-central-1.amazonaws.com.", "A", "NOERROR", &[("192.0.2.10", "A")]),
    ("ssm.eu-central-1.amazonaws.com.", "AAAA", "NOERROR", &[("64:ff9b::c000:20a", "AAAA")]),
    (
        "cdn.example.com.",
        "AAAA",
        "NOERROR",
        &[("d1.cloudfront.example.", "CNAME"), ("2001:db8::1", "AAAA"), ("2001:db8:ffff::2", "AAAA")],
    ),
    ("chain.example.com.", "AAAA", "NOERROR", &[("end.example.net.", "CNAME")]),
    ("gone.example.com.", "AAAA", "NXDOMAIN", &[]),
    ("broken.example.com.", "A", "SERVFAIL", &[]),
    ("Upper.Example.COM", "A", "NOERROR", &[("198.51.100.7", "A")]),
    ("_ldap._tcp.example.com.", "SRV", "NXDOMAIN", &[]),
    ("7.2.0.192.in-addr.arpa.", "PTR", "NOERROR", &[("host.example.", "PTR")]),
    ("\\052.wild.example.", "A", "NOERROR", &[("203.0.113.5", "A")]),
    ("quote\"d.example.", "A", "REFUSED", &[]),
    ("caf\u{e9}.example.", "AAAA", "NOERROR", &[("2001:db8::e9", "AAAA")]),
    ("text.example.", "TXT", "NOERROR", &[("\"v=spf1 {x} }{ , \\\"y\\\" -all\"", "TXT")]),
    ("ipv4only.arpa.", "AAAA", "NOERROR", &[("64:ff9b::c000:aa", "AAAA"), ("64:ff9b::c000:ab", "AAAA")]),
    ("localhost.", "AAAA", "NOERROR", &[("::1", "AAAA")]),
];

/// Thirty-two records: each name asked by two kinds of origin.
pub(crate) fn samples() -> Vec<Sample> {
    let origins: [(&str, &[(&str, &str)]); 4] = [
        ("10.0.0.5", &[("instance", "i-0a1b2c")]),
        ("10.0.0.6", &[]),
        ("10.9.0.1", &[("resolver_endpoint", "rslvr-in-0d"), ("resolver_network_interface", "rni-0f")]),
        ("2001:db8:5::6", &[("instance", "i-0f9e8d"), ("resolver_endpoint", "rslvr-in-0d")]),
    ];
    let firewalls = [None, None, Some("BLOCK"), None, Some("ALERT"), None, None];
    (0..32_u32)
        .map(|number| {
            let index = number as usize;
            let (name, kind, rcode, answers) = LOOKUPS[index % LOOKUPS.len()];
            let (source, sources) = origins[(index + index / LOOKUPS.len()) % origins.len()];
            Sample {
                // Neither in order nor all different.
                second: (number * 37) % 29,
                name,
                kind,
                rcode,
                answers: answers.to_vec(),
                source,
                sources: sources.to_vec(),
                firewall: firewalls[index % firewalls.len()],
            }
        })
        .collect()
}
