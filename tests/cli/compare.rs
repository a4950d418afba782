//! `report --compare`: what changed between two logs, or reports of them.

use crate::program::{Place, gzip, record};

/// An old log and a new one in which each kind of change occurs once, and some pairs are as they were.
fn logs() -> [String; 2] {
    let of = |instance: &str, kind: &str, name: &str, address: &str| {
        record(kind, name, address).replace(r#""i-1""#, &format!(r#""{instance}""#))
    };
    let nat64 = "64:ff9b::c000:201";
    let old = [
        of("i-1", "AAAA", "broke.example.", "2001:db8::1"),
        of("i-1", "AAAA", "ssm.example.", ""),
        of("i-1", "A", "ssm.example.", "192.0.2.1"),
        of("i-2", "AAAA", "ssm.example.", ""),
        of("i-1", "AAAA", "direct.example.", nat64),
        of("i-1", "A", "other.example.", "192.0.2.1"),
        of("i-1", "AAAA", "same.example.", "2001:db8::1"),
        of("i-3", "AAAA", "gone.example.", "2001:db8::1"),
        of("i-1", "AAAA", "9.2.0.192.in-addr.arpa.", ""),
    ];
    let new = [
        of("i-1", "AAAA", "broke.example.", ""),
        of("i-1", "A", "broke.example.", "192.0.2.1"),
        of("i-1", "AAAA", "ssm.example.", nat64),
        of("i-2", "AAAA", "ssm.example.", nat64),
        of("i-1", "AAAA", "direct.example.", "2001:db8::1"),
        of("i-1", "AAAA", "other.example.", nat64),
        of("i-1", "AAAA", "same.example.", "2001:db8::1"),
        of("i-4", "AAAA", "new.example.", ""),
    ];
    [old.concat(), new.concat()]
}

fn place() -> Place {
    let place = Place::new();
    let [old, new] = logs();
    place.write("old", old);
    place.write("new", new);
    place
}

#[test]
fn what_changed_in_every_form() {
    let place = place();
    for format in ["text", "markdown", "json", "html"] {
        let ran = place.run(&["report", "--compare", "old", "new", "--format", format]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{format}");
        if format == "html" {
            assert!(!ran.out.contains("<script") && !ran.out.contains("script-src"), "there is none");
            for id in ["broke", "reachable", "native", "other", "new", "gone"] {
                assert!(ran.out.contains(&format!("<section id=\"{id}\"")), "{id}");
            }
            continue;
        }
        insta::assert_snapshot!(format!("compare-{format}"), ran.out);
    }
}

#[test]
fn a_report_stands_for_its_log() {
    let place = place();
    for side in ["old", "new"] {
        let report = place.run(&["report", side, "--format", "json"]).out;
        place.write(&format!("{side}.json"), &report);
        place.write(&format!("{side}.json.gz"), gzip(report.as_bytes()));
        // As `jq .` writes it.
        place.write(
            &format!("{side}.pretty"),
            report.replacen("{\"schema\":2,", "{\n  \"schema\": 2,\n  ", 1),
        );
    }
    // Two reports of one log, put together by somebody: each pair counts once.
    let report = place.run(&["report", "old", "--format", "json"]).out;
    let (head, rest) = report.split_once("\"pairs\":[").expect("it has pairs");
    let (pairs, tail) = rest.split_once("],\n\"findings\"").expect("findings follow");
    place.write("old.twice", format!("{head}\"pairs\":[{pairs},{pairs}],\"findings\"{tail}"));
    let changes = |old: &str, new: &str| {
        let ran = place.run(&["report", "--compare", old, new, "--format", "json"]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{old} {new}");
        ran.out.split_once("\"origins\":{").expect("it has origins").1.to_owned()
    };
    let expected = changes("old", "new");
    for (old, new) in
        [("old.json", "new"), ("old", "new.json.gz"), ("old.pretty", "new.pretty"), ("old.twice", "new")]
    {
        assert_eq!(changes(old, new), expected, "{old} {new}");
    }
    for (arguments, said) in [
        (&["--compare", "old.json", "new", "--filter", "type:A"][..], "no record is left to be filtered"),
        (
            &["--compare", "old", "new.json", "--since", "2025-01-01"],
            "no record is left to be told by its time",
        ),
        (&["--compare", "old.json", "new", "--redact"], "nothing can be replaced by pseudonyms any more"),
        (&["--compare", "old.json", "--compare", "old", "new"], "it is one side by itself"),
        (
            &["--compare", "old", "new", "--format", "csv"],
            "--compare goes with text, json, markdown and html",
        ),
        (&["--compare", "old", "new", "--brief"], "--compare goes with text, json, markdown and html"),
        (&["--compare", "-", "-"], "standard input can be one of the two only"),
        (&["--compare", "missing", "new"], "nothing could be read of one of the two"),
    ] {
        let ran = place.run(&[&["report"], arguments].concat());
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?} {}", ran.err);
        assert!(ran.err.contains(said), "{}", ran.err);
    }
    let ran = place.fed(&["report", "--compare", "old.json", "-"], logs()[1].as_bytes());
    assert!(
        ran.code == Some(0) && ran.out.contains("1 endpoint broke for 1 origin"),
        "{} {}",
        ran.out,
        ran.err
    );
}

#[test]
fn what_is_no_report_is_named() {
    let place = place();
    let report = place.run(&["report", "old", "--format", "json"]).out;
    for (text, said) in [
        (report.replacen("\"schema\":2", "\"schema\":1", 1), "its schema is 1, and this program reads 2"),
        (report.replace("\"status\":\"nat64\"", "\"status\":\"nat46\""), "`nat46` is no status"),
        (report[..report.len() / 2].to_owned(), "EOF while parsing"),
        ("{\"schema\":2}".to_owned(), "missing field `records`"),
    ] {
        place.write("bad.json", text);
        let ran = place.run(&["report", "--compare", "bad.json", "new"]);
        assert_eq!(ran.code, Some(2));
        assert!(
            ran.err.contains(said) && ran.err.contains("cannot read the report `bad.json`"),
            "{}",
            ran.err
        );
    }
}

/// What is not in a log that lacks some is not gone, and the exit code says that part of it was bad.
#[test]
fn not_seen_is_not_gone() {
    let place = place();
    place.write("torn", logs()[1].clone() + "{\"half");
    let ran = place.run(&["report", "--compare", "old", "torn"]);
    assert_eq!(ran.code, Some(3));
    assert!(ran.out.contains("NEW may not have all: 1 piece malformed"), "{}", ran.out);
    assert!(ran.out.contains("1 endpoint was not seen in NEW for 1 origin"), "{}", ran.out);
    assert!(ran.out.contains("not for sure gone") && !ran.out.contains("Gone:"), "{}", ran.out);
    assert!(ran.out.contains("New: asked for in NEW only"), "the old one lacks nothing: {}", ran.out);
    // A report of a part is none of all, whatever it was made with.
    let part = place.run(&["report", "old", "--name", "ssm", "--format", "json"]).out;
    place.write("part.json", part);
    let ran = place.run(&["report", "--compare", "part.json", "new"]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.out.contains("OLD may not have all: It is a report of a part only"), "{}", ran.out);
    assert!(ran.out.contains("not for sure new") && !ran.out.contains("New:"), "{}", ran.out);
    // A minute says nothing of what is asked for once a day.
    let long = logs()[0].replacen("10:00:00Z", "04:00:00Z", 1);
    place.write("long", long);
    let ran = place.run(&["report", "--compare", "long", "new"]);
    assert!(ran.out.contains("NEW is of 0 seconds, OLD of 6 hours"), "{}", ran.out);
    assert!(ran.out.contains("not for sure gone"), "{}", ran.out);
}

/// Whatever a report says of what it lacks makes one doubt it, in a sentence.
#[test]
fn what_a_report_lacks_is_said() {
    let place = place();
    let report = place.run(&["report", "old", "--format", "json"]).out;
    let input = r#"{"path":"x","format":"lines","records":0,"error":"torn"}"#;
    for (from, to, one, several) in [
        (r#""malformed":0"#, r#""malformed":N"#, "piece was malformed.", "pieces were malformed."),
        (
            r#""sampled_seconds":0"#,
            r#""sampled_seconds":N"#,
            "second was sampled by the service.",
            "seconds were sampled by the service.",
        ),
        (
            r#""dropped":0"#,
            r#""dropped":N"#,
            "record was dropped on the way.",
            "records were dropped on the way.",
        ),
        (
            r#""gaps":[]"#,
            r#""gaps":[LIST]"#,
            "stretch of time was not all seen.",
            "stretches of time were not all seen.",
        ),
        (
            r#""masked_sources":0"#,
            r#""masked_sources":N"#,
            "record has a masked source address.",
            "records have a masked source address.",
        ),
        (
            r#""notes":["#,
            r#""folded":{"total":{"pairs":N}},"notes":["#,
            "pair was folded away to keep to --max-memory.",
            "pairs were folded away to keep to --max-memory.",
        ),
        (
            r#""inputs":["#,
            r#""inputs":[LIST,"#,
            "input was not read in full.",
            "inputs were not read in full.",
        ),
    ] {
        for (count, said) in [(1_usize, one), (2, several)] {
            let to = to.replace('N', &count.to_string()).replace("LIST", &vec![input; count].join(","));
            let doubtful = report.replacen(from, &to, 1);
            assert_ne!(doubtful, report, "{from}");
            place.write("doubtful", doubtful);
            let ran = place.run(&["report", "--compare", "doubtful", "new", "--format", "json"]);
            let changes: serde_json::Value = serde_json::from_str(&ran.out).expect("it is JSON");
            assert_eq!(changes["old"]["doubts"], serde_json::json!([format!("{count} {said}")]));
            assert_eq!(changes["old"]["complete"], false);
        }
    }
}

/// An origin of a report is found by each of its addresses, as one of a log.
#[test]
fn a_report_is_narrowed_by_address() {
    let place = Place::new();
    let from = |address: &str| record("AAAA", "api.example.", "2001:db8::1").replace("10.0.0.5", address);
    let others =
        record("AAAA", "api.example.", "2001:db8::1").replace("i-1", "i-2").replace("10.0.0.5", "10.0.0.9");
    place.write("old", [from("10.0.0.5"), from("10.0.0.6"), others].concat());
    place.write("new", record("AAAA", "api.example.", ""));
    place.write("old.json", place.run(&["report", "old", "--format", "json"]).out);
    for old in ["old", "old.json"] {
        for (address, gone) in [("10.0.0.5", false), ("10.0.0.6", false), ("10.0.0.9", true)] {
            let arguments = ["report", "--compare", old, "new", "--origin", address, "--format", "json"];
            let ran = place.run(&arguments);
            let changes: serde_json::Value = serde_json::from_str(&ran.out).expect("it is JSON");
            let kinds: Vec<&str> = changes["changes"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|change| change["change"].as_str().expect("a kind"))
                .collect();
            assert_eq!(kinds, [if gone { "gone" } else { "broke" }], "{old} {address} {}", ran.out);
        }
    }
}

#[test]
fn it_is_narrowed_bounded_and_checked() {
    let place = place();
    let run = |arguments: &[&str]| place.run(&[&["report", "--compare", "old", "new"], arguments].concat());
    let ran = run(&["--name", "ssm"]);
    assert!(ran.out.contains("1 endpoint became reachable over IPv6 for 2 origins"), "{}", ran.out);
    assert!(ran.out.contains("Filters apply") && !ran.out.contains("broke.example."), "{}", ran.out);
    // A status on either side.
    let ran = run(&["--status", "ipv4-only"]);
    for name in ["ssm.example.", "broke.example."] {
        assert!(ran.out.contains(name), "{name} {}", ran.out);
    }
    assert!(!ran.out.contains("same.example."));
    let ran = run(&["--filter", "name:direct.example"]);
    assert!(ran.out.contains("no longer needs NAT64") && !ran.out.contains("ssm."), "{}", ran.out);
    // Where nothing broke that is said first, but not of a log that has no origin of the other.
    assert!(ran.out.contains("Nothing that both saw broke. 1 endpoint no longer needs NAT64"), "{}", ran.out);
    assert!(!run(&["--name", "broke"]).out.contains("Nothing that both"));
    assert!(!run(&["--name", "gone"]).out.contains("Nothing that both"));
    let ran = run(&["--redact"]);
    assert!(ran.code == Some(0) && !ran.out.contains("i-1"), "{}", ran.out);
    assert!(ran.out.contains("1 endpoint became reachable over IPv6 for 2 origins"), "{}", ran.out);
    for (fail_on, code) in [("ipv4-only", 1), ("failing", 0), ("native", 1), ("a-only", 0)] {
        assert_eq!(run(&["--fail-on", fail_on]).code, Some(code), "{fail_on}");
    }
    place.write("others", record("TXT", "api.example.", ""));
    let ran = place.run(&["report", "--compare", "others", "others"]);
    assert!(
        ran.out.contains("\nThere is nothing to compare: neither has a query for A or AAAA"),
        "{}",
        ran.out
    );
    let many: String = (0..30).map(|at| record("AAAA", &format!("n{at}.example."), "2001:db8::1")).collect();
    place.write("many", many);
    let ran = place.run(&["report", "--compare", "old", "many"]);
    assert!(ran.out.contains("… and 10 more rows (`--limit 0` lists all)"), "{}", ran.out);
    let ran = place.run(&["report", "--compare", "old", "many", "--limit", "0"]);
    assert!(ran.out.contains("n29.example.") && !ran.out.contains("more row"), "{}", ran.out);
}
