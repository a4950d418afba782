//! `--redact` as it is asked for on the command line.

use crate::program::{Place, record};

#[test]
fn a_report_with_pseudonyms_says_the_same_of_others() {
    let place = Place::with_log();
    place.write("acme.log", "noise of acme\n");
    let with = ["report", "log", "acme.log", "-f", "json", "--redact", "--redact-key", "k"];
    let ran = place.run(&with);
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    for gone in ["111122223333", "vpc-1\"", "\"i-1\"", "10.0.0.5", "192.0.2.1\"", "ssm.example.", "acme"] {
        assert!(!ran.out.contains(gone), "{gone}\n{}", ran.out);
    }
    assert_eq!(place.run(&with).out, ran.out, "the key decides");
    let mut command = place.command(&with[..6]);
    let output = command.env("R53TAIL_REDACT_KEY", "k").output().expect("the program starts");
    assert_eq!(String::from_utf8_lossy(&output.stdout), ran.out, "and may be in the environment");
    assert_ne!(place.run(&with[..6]).out, place.run(&with[..6]).out, "otherwise it is of the run");
    let statuses = |out: &str| {
        let words = out.split("\"status\":\"").skip(1).map(|rest| rest.split('"').next().map(str::to_owned));
        let mut found: Vec<_> = words.collect();
        found.sort();
        assert!(found.len() >= 3, "{found:?}");
        found
    };
    let plain = place.run(&["report", "log", "acme.log", "-f", "json"]);
    assert_eq!(statuses(&plain.out), statuses(&ran.out));
}

#[test]
fn a_mask_stays_one() {
    let place = Place::new();
    let log = [
        record("AAAA", "ssm.example.", "*************"),
        record("AAAA", "ssm.example.", "2001:db8::**"),
        record("A", "ssm.example.", "192.0.2.1")
            .replace("10.0.0.5", "10.0.**")
            .replace(r#"{"instance":"i-1"}"#, "{}"),
    ];
    place.write("log", log.concat());
    let ran = place.run(&["report", "log", "-f", "json", "--redact"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let origin = r#""origin":{"kind":"address","id":"**""#;
    for said in [origin, r#""unknown_aaaa":{"masked":2}"#, r#""masked_sources":1"#] {
        assert!(ran.out.contains(said), "{said}\n{}", ran.out);
    }
    assert!(!ran.out.contains("10.0.*"), "{}", ran.out);
}

#[test]
fn filters_see_the_log_as_it_is() {
    let place = Place::with_log();
    let ran = place.run(&["report", "log", "-f", "csv", "--redact", "--filter", "name:s3.example"]);
    assert_eq!((ran.code, ran.out.lines().count()), (Some(0), 2), "{}", ran.out);
}

#[test]
fn what_is_known_of_ids_does_not_go_with_pseudonyms() {
    let place = Place::with_log();
    place.write("names", "i-1,web\n");
    let ran = place.run(&["report", "log", "--redact", "--names", "names"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains("--redact without --names"), "{}", ran.err);
    place.write("config.toml", "names = [\"names\"]");
    let ran = place.run(&["report", "log", "--redact", "--config", "config.toml"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(!ran.out.contains("web"), "{}", ran.out);
    assert_eq!(place.run(&["report", "log", "--redact-key", "k"]).code, Some(2), "a key without use");
}

/// What people call their devices, and the view that those ask in, tell whose they are.
#[test]
fn devices_of_global_resolver_have_pseudonyms() {
    let place = Place::new();
    let record = r#"{"class_uid":4003,"query":{"hostname":"api.example.","type":"AAAA","class":"IN"},"answers":[],"rcode":"NOERROR","rcode_id":0,"action_id":1,"action_name":"Allowed","src_endpoint":{"ip":"192.0.2.7"},"time":1715677200000,"enrichments":[{"name":"global-resolver","value":"gr-1","data":{"dns_view_id":"dnsv-1","token_name":"anas-laptop","token_id":"t-123456789a"}}]}"#;
    place.write("log", record);
    let ran = place.run(&["report", "log", "-f", "json", "--redact", "--redact-key", "k"]);
    let report: serde_json::Value = serde_json::from_str(&ran.out).expect("a report is JSON");
    let origin = &report["pairs"][0]["origin"];
    assert_eq!(origin["kind"], "device");
    let redaction =
        r53tail::log::redaction::Redaction::new(b"k", r53tail::knowledge::address::Nat64Prefixes::default());
    let raw = redaction.and_then(|redaction| redaction.raw(record.as_bytes())).expect("it is an object");
    let raw: serde_json::Value = serde_json::from_slice(&raw).expect("it still is one");
    let data = &raw["enrichments"][0]["data"];
    assert_eq!(
        (&origin["id"], &origin["vpc"]),
        (&data["token_name"], &data["dns_view_id"]),
        "the same in both"
    );
    for gone in ["anas-laptop", "dnsv-1", "t-123456789a", "gr-1\""] {
        assert!(!ran.out.contains(gone) && !raw.to_string().contains(gone), "{gone}");
    }
    assert_eq!(raw["action_name"], "Allowed");
}

#[test]
fn paths_have_pseudonyms_on_standard_error_too() {
    let place = Place::new();
    place.folder("acme");
    place.write("acme/log.json", record("AAAA", "ssm.example.", "2001:db8::1"));
    place.write("acme/acme.gz", [0x1f, 0x8b, 8]);
    place.write("acme/acme.txt", "noise of acme\n");
    place.write("acme/acme.bin", "\u{7f}ELF\u{2}\u{1}\u{1} of acme\n");
    for with in [
        &["report", "acme", "--redact"][..],
        &["report", "acme/acme.bin", "acme/none", "acme/acme.gz", "--redact"],
    ] {
        let ran = place.run(with);
        assert!(ran.err.contains("input-"), "{}", ran.err);
        assert!(!ran.err.contains("acme") && !ran.out.contains("acme"), "{}{}", ran.err, ran.out);
    }
}
