//! Pseudonyms: nothing that tells whose log it is comes through, and all else does.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use r53tail::digest::{NoListener, Terms};
use r53tail::fleet::Fleet;
use r53tail::knowledge::address::Nat64Prefixes;
use r53tail::log::redaction::Redaction;

use crate::logs::{self, Spelling, joined};
use crate::{account, cases, digest, digest_with, everything};

const DEMO: &str = include_str!("../../fixtures/demo.jsonl");

fn key(key: &str) -> Arc<Redaction> {
    Arc::new(Redaction::new(key.as_bytes(), Nat64Prefixes::default()).expect("any key will do"))
}

fn redacted(log: &[u8], redaction: &Arc<Redaction>) -> Fleet {
    let redaction = Some(Arc::clone(redaction));
    digest_with(log, &Terms { redaction, ..Terms::default() }, NoListener).0
}

/// How often there is what: of pairs, all but who asked for which name and got which address.
fn outline(fleet: &Fleet) -> BTreeMap<String, usize> {
    let survey = fleet.survey();
    let mut counts = BTreeMap::new();
    for pair in survey.pairs() {
        let origin = pair.origin;
        let spans = (pair.spans.aaaa().collect::<Vec<_>>(), pair.spans.a().collect::<Vec<_>>());
        let addresses =
            (pair.native.lowest().len(), pair.embedded.lowest().len(), pair.name_ipv4.lowest().len());
        let of_origin = (origin.kind, &origin.region, origin.dns64, origin.records, origin.statuses);
        let text = format!(
            "{of_origin:?} {:?} {spans:?} {addresses:?} {} {} {:?}",
            pair.status,
            pair.cname_only,
            pair.mixed,
            survey.noise(&pair)
        );
        *counts.entry(text).or_default() += 1;
    }
    counts
}

fn log() -> impl Strategy<Value = Vec<String>> {
    vec(logs::plain().prop_map(|draft| draft.line(Spelling::Resolver)), 0..40)
}

proptest! {
    #![proptest_config(cases(200))]

    /// Everything but names, ids and addresses is as it was.
    #[test]
    fn verdicts_statuses_and_counts_stay(lines in log()) {
        let log = joined(&lines);
        prop_assert_eq!(outline(&redacted(&log, &key("a"))), outline(&digest(&log)));
    }

    /// A log of raw records with pseudonyms reads as the log itself does when they are put in while it is
    /// read.
    #[test]
    fn raw_records_have_the_same_pseudonyms(lines in log()) {
        let redaction = key("b");
        let raw: Vec<String> = lines
            .iter()
            .map(|line| String::from_utf8(redaction.raw(line.as_bytes()).expect("it is JSON")).expect("UTF-8"))
            .collect();
        prop_assert_eq!(account(&digest(&joined(&raw))), account(&redacted(&joined(&lines), &redaction)));
    }

    /// Whatever stands in a record, what comes out is JSON or nothing, and never a panic.
    #[test]
    fn odd_records_are_taken(draft in logs::odd()) {
        let line = draft.line(Spelling::Resolver);
        let redaction = key("c");
        if let Some(raw) = redaction.raw(line.as_bytes()) {
            prop_assert!(serde_json::from_slice::<serde_json::Value>(&raw).is_ok());
        }
        _ = redacted(&joined(&[line]), &redaction);
    }
}

/// A log may have anything where a Region or a type belongs.
#[test]
fn what_stands_in_place_of_a_word_does_not_come_through() {
    let line = DEMO.lines().next().expect("there is a record");
    let mut record: serde_json::Value = serde_json::from_str(line).expect("JSON");
    for (key, secret) in
        [("region", "i-0123456789abcdef0"), ("region", "our-place"), ("query_type", "OurType")]
    {
        record[key] = secret.into();
        let log = record.to_string();
        let report = everything(&redacted(log.as_bytes(), &self::key("e")));
        assert!(!report.contains(secret), "{key}: {report}");
    }
}

/// All in the demo that would tell whose it is.
fn telling() -> Vec<String> {
    let mut found = Vec::new();
    for line in DEMO.lines() {
        let record: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let mut take = |value: &serde_json::Value| found.extend(value.as_str().map(str::to_owned));
        for value in
            [&record["account_id"], &record["vpc_id"], &record["srcaddr"], &record["srcids"]["instance"]]
        {
            take(value);
        }
        record["answers"].as_array().into_iter().flatten().for_each(|answer| take(&answer["Rdata"]));
    }
    found.push("artifacts-example".to_owned());
    found.sort_unstable();
    found.dedup();
    assert!(found.len() > 20, "{found:?}");
    found
}

#[test]
fn nothing_that_tells_comes_through() {
    let redaction = key("d");
    let report = everything(&redacted(DEMO.as_bytes(), &redaction));
    let mut raw = String::new();
    for line in DEMO.lines() {
        let record = redaction.raw(line.as_bytes()).expect("it is JSON");
        raw += std::str::from_utf8(&record).expect("UTF-8");
    }
    // What addresses of names that stay look like is known to everybody; they are replaced all the same.
    for text in telling() {
        assert!(!report.contains(&format!("{text}\"")), "{text}\n{report}");
        assert!(!raw.contains(&format!("\"{text}\"")), "{text}\n{raw}");
    }
    for stays in ["ssm.us-west-2.amazonaws.com.", "github.com.", ".s3.us-west-2.amazonaws.com.", "64:ff9b::"]
    {
        assert!(report.contains(stays) && raw.contains(stays), "{stays}");
    }
}

#[test]
fn the_key_decides() {
    let of = |name| account(&redacted(DEMO.as_bytes(), &key(name)));
    assert_eq!(of("one"), of("one"));
    assert_ne!(of("one"), of("two"));
}

/// What no rule knows is replaced: a field of tomorrow, text in text, an id as a number.
#[test]
fn what_nobody_knows_is_replaced() {
    let redaction = key("e");
    let raw = |record: &str| {
        String::from_utf8(redaction.raw(record.as_bytes()).expect("it is JSON")).expect("UTF-8")
    };
    for (record, stays, goes) in [
        (r#"{"b":null,"a":"acme"}"#, r#"{"b":null,"a":"redacted-"#, "acme"),
        (r#"{"badge":4711}"#, r#"{"badge":"redacted-"#, "4711"),
        (r#"{"instance":12345678}"#, r#"{"instance":"id-0"#, "12345678"),
        (r#"{"x":-123456789012}"#, r#"{"x":"redacted-"#, "123456789012"),
        (r#"{"x":1.2345678}"#, r#"{"x":"redacted-"#, "2345678"),
        (r#"{"version":123456789012}"#, r#"{"version":""#, "123456789012"),
        (r#"{"port":123456789012}"#, r#"{"port":""#, "123456789012"),
        (r#"{"timestamp":123456789012}"#, r#"{"timestamp":""#, "123456789012"),
        (r#"{"i-12345678":true}"#, r#"{"redacted-"#, "12345678"),
        (r#"{"10.1.2.3":true}"#, r#"{"redacted-"#, "10.1.2.3"),
        (r#"{"Ada's badge":true}"#, r#"{"redacted-"#, "Ada"),
        (r#"{"tenant 123456789012":true}"#, r#"{"redacted-"#, "123456789012"),
        (r#"{"owner":{"uid":123456789012}}"#, r#"{"owner":{"uid":""#, "123456789012"),
        (r#"{"@message":"{\"query_name\":\"acme.com.\"}"}"#, r#"{"@message":"{\"query_name\":\"n"#, "acme"),
        (r#"{"answers.0.Rdata":"10.1.2.3"}"#, r#"{"answers.0.Rdata":"10."#, "10.1.2.3"),
        (r#"{"list":["acme","i-12345678"]}"#, r#"{"list":["redacted-"#, "12345678"),
    ] {
        let raw = raw(record);
        assert!(raw.starts_with(stays) && !raw.contains(goes), "{record} {raw}");
    }
    // Keys of which everybody has the same words may have others.
    let secret = "Ada's laptop 10.1.2.3";
    for key in [
        "version",
        "region",
        "query_timestamp",
        "timestamp",
        "query_type",
        "type",
        "query_class",
        "class",
        "rcode",
        "transport",
        "srcport",
        "port",
        "firewall_rule_action",
        "action",
        "direction",
        "type_name",
        "name",
        "anything",
    ] {
        for secret in [secret, "acme", "123456789012345678", "us-acme-1", "TYPEacme"] {
            let raw = raw(&format!("{{\"{key}\":\"{secret}\"}}"));
            assert!(raw.contains("redacted-") && !raw.contains(secret), "{raw}");
        }
    }
    let same = r#"{"version":"1.100000","region":"us-gov-west-1","query_timestamp":"2026-05-12T14:36:10Z","query_type":"AAAA","query_class":"IN","rcode":"NOERROR","srcport":"53","transport":"UDP","firewall_rule_action":"BLOCK","time":1778544000000,"port":53,"class_uid":4003,"type_name":"DNS Activity: Query","type":"TYPE65280","on":true,"off":null}"#;
    assert_eq!(raw(same), same);
    assert_eq!(redaction.raw(b"a,b,c"), None);
    assert_eq!(redaction.raw("{\"a\":".repeat(100).as_bytes()), None);
    let input = redaction.input("/logs/AWSLogs/123456789012/vpc-1_x.log.gz");
    assert!(input.starts_with("input-") && input.ends_with(".log.gz") && !input.contains("vpc"), "{input}");
}

/// An account is one wherever it stands, and twelve other characters are none.
#[test]
fn an_account_is_one_wherever_it_stands() {
    let line = DEMO.lines().next().expect("there is a record");
    let mut record: serde_json::Value = serde_json::from_str(line).expect("JSON");
    record["owner"] = record["account_id"].clone();
    record["word"] = "twelve-chars".into();
    let raw = key("f").raw(record.to_string().as_bytes()).expect("it is JSON");
    let raw: serde_json::Value = serde_json::from_slice(&raw).expect("JSON");
    let account = raw["account_id"].as_str().expect("it is a text");
    assert!(account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()), "{account}");
    let texts = || raw.as_object().expect("it is an object").values().filter_map(serde_json::Value::as_str);
    assert_eq!(texts().filter(|text| *text == account).count(), 2, "{raw}");
    assert!(!texts().any(|text| text == "twelve-chars"), "{raw}");
}

/// What follows a known name is somebody's search domain: no label of it stays for being a word of AWS's.
#[test]
fn a_search_domain_behind_a_known_name_is_hidden() {
    let redaction = key("g");
    for domain in ["acme.lambda", "monitoring.acme", "lambda.monitoring"] {
        let name = redaction.name(&format!("kms.us-west-2.amazonaws.com.{domain}."));
        let rest = name.strip_prefix("kms.us-west-2.amazonaws.com.").expect("a known name stays");
        assert!(domain.split('.').all(|label| !rest.contains(label)), "{domain}: {name}");
    }
}
