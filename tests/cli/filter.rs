//! `--filter`, and the help on its language.

use r53tail::query;

use crate::program::{Place, record};

fn names(place: &Place, arguments: &[&str]) -> Vec<String> {
    let ran = place.run(&[&["report", "log", "-f", "ndjson"], arguments].concat());
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{arguments:?}");
    let pair = |line| serde_json::from_str::<serde_json::Value>(line).expect("a line is JSON");
    ran.out.lines().map(|line| pair(line)["name"].as_str().expect("a pair has a name").to_owned()).collect()
}

#[test]
fn only_what_is_let_through_is_listed() {
    let place = Place::with_log();
    for (arguments, expected) in [
        (&["--filter", ""][..], &["api.example.", "s3.example.", "ssm.example."][..]),
        (&["--filter", "aaaa:empty"], &["ssm.example."]),
        (&["--filter", "type:AAAA -verdict:empty"], &["api.example.", "s3.example."]),
        (&["--filter", "-s3"], &["api.example.", "ssm.example."]),
        (&["--filter=-s3", "--filter", "-name:api*"], &["ssm.example."]),
        (&["--filter", "192.0.2.2"], &["s3.example."]),
        (&["--filter", "2001:db8::/32 or answer:64:ff9b::c000:201"], &["api.example.", "ssm.example."]),
        (&["--filter", "answer:2001:db8::c000:202", "--nat64-prefix", "2001:db8::/96"], &["s3.example."]),
        (&["--filter", "answer:2001:db8::c000:202"], &[]),
        (
            &["--filter", "port:53 rcode:noerror vpc:=vpc-1 kind:instance source:10.0.0.5", "--name", "s3"],
            &["s3.example."],
        ),
        (&["--filter", "until:2025-05-04"], &[]),
    ] {
        assert_eq!(names(&place, arguments), expected, "{arguments:?}");
    }
    let ran = place.run(&["report", "log", "--filter", "type:A"]);
    assert!(ran.out.starts_with("5 records from log"), "{}", ran.out);
    assert!(ran.out.contains("1 record fits the filter:"), "{}", ran.out);
}

/// What an endpoint comes to follows from all its records, those that do not fit as well.
#[test]
fn a_filter_lists_and_does_not_judge() {
    let place = Place::new();
    place.write("log", [record("AAAA", "a.example.", ""), record("A", "a.example.", "192.0.2.1")].concat());
    let ran = place.run(&["report", "log", "-f", "ndjson", "--filter", "verdict:empty"]);
    assert!(ran.out.contains(r#""status":"ipv4-only""#) && ran.out.lines().count() == 1, "{}", ran.out);
}

/// A status is of an endpoint, by all of its records: no record has one by itself.
#[test]
fn a_status_may_be_asked_for() {
    let place = Place::with_log();
    for (filter, expected) in [
        ("status:native", &["api.example."][..]),
        ("status:ipv4-only,empty", &["ssm.example."]),
        ("-status:native type:AAAA", &["s3.example.", "ssm.example."]),
        ("status:native or name:s3*", &["api.example.", "s3.example."]),
    ] {
        assert_eq!(names(&place, &["--filter", filter]), expected, "{filter}");
    }
    let ran = place.run(&["report", "log", "--filter", "status:native"]);
    assert!(ran.out.contains("\nEndpoints of which a record fits the filter are listed,"), "{}", ran.out);
    let ran = place.run(&["report", "log", "-f", "json", "--filter", "status:native"]);
    let report: serde_json::Value = serde_json::from_str(&ran.out).expect("a report is JSON");
    assert!(report["picked"].is_null() && report["filtered"] == true, "{}", ran.out);
    let ran = place.run(&["tail", "group", "--filter", "status:native", "--no-console"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.starts_with("error: cannot filter by `status` here"), "{}", ran.err);
    let ran = place.run(&["report", "log", "--filter", "status:synthesized"]);
    assert!(ran.err.contains("`synthesized` is no value of `status`, which takes ipv4-only,"), "{}", ran.err);
}

/// Records in another spelling go another way.
#[test]
fn every_spelling_is_filtered() {
    let place = Place::new();
    let loose = record("PTR", "b.example.", "").replace("\":", "\": ").replace("NOERROR", "NXDOMAIN");
    place.write("log", [record("AAAA", "a.example.", ""), loose].concat());
    for (filter, count) in [("rcode:NXDOMAIN", 1), ("type:PTR port:53", 1), ("i-1", 2), ("a:empty", 0)] {
        let ran = place.run(&["report", "log", "-f", "json", "--filter", filter]);
        let report: serde_json::Value = serde_json::from_str(&ran.out).expect("a report is JSON");
        assert_eq!(report["picked"].as_u64(), Some(count), "{filter}: {}", ran.out);
        assert_eq!((report["records"].as_u64(), report["outside"].as_u64()), (Some(2), Some(0)), "{filter}");
    }
}

#[test]
fn what_is_wrong_is_pointed_at() {
    let place = Place::with_log();
    for command in [&["report", "log"][..], &["replay", "log"], &["tail", "group"]] {
        let ran = place.run(&[command, &["--filter", "web tpye:AAAA"]].concat());
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{command:?}");
        let said = "error: invalid value 'web tpye:AAAA' for '--filter <FILTER>': there is no field `tpye`; did you \
                    mean `type`?\n  web tpye:AAAA\n      ^^^^\n  `r53tail help filter` has the language\n";
        assert!(ran.err.starts_with(said), "{}", ran.err);
    }
}

#[test]
fn help_is_there_for_every_topic() {
    let place = Place::new();
    let ran = place.run(&["help", "filter"]);
    assert_eq!((ran.code, ran.out), (Some(0), query::help()));
    assert_eq!(place.run(&["help"]).out, place.run(&["--help"]).out);
    for command in ["report", "replay", "tail", "demo", "explain"] {
        assert_eq!(place.run(&["help", command]).out, place.run(&[command, "--help"]).out);
    }
    let ran = place.run(&["help", "fitler"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("a similar value exists: 'filter'"), "{}", ran.err);
}
