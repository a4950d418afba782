//! Records that were counted by one run and are read by another.

use serde_json::Value;

use crate::program::{Place, record, small_log};

/// A report as JSON, without what counts do not tell.
fn report(place: &Place, arguments: &[&str]) -> (Value, Option<i32>) {
    let ran = place.run(&[&["report", "-f", "json"], arguments].concat());
    let mut report: Value = serde_json::from_str(&ran.out).expect("a report is JSON");
    for key in ["inputs", "over_time"] {
        report[key].take();
    }
    if let Some(ends) = report["loss"]["incomplete"].as_array_mut() {
        ends.retain(|end| end["kind"] != "times-not-known");
    }
    (report, ran.code)
}

#[test]
fn parts_that_were_counted_are_read_beside_the_rest() {
    let place = Place::new();
    let noise = "{\"query_name\":\"torn\n";
    let parts = [small_log() + noise, record("AAAA", "b.example.", "2001:db8::1") + "\n", small_log()];
    for (at, part) in parts.iter().enumerate() {
        place.write(&format!("day-{at}.log"), part);
    }
    for at in 0..2 {
        let ran = place.run(&["report", "-f", "weighted", &format!("day-{at}.log")]);
        assert_eq!(ran.code, Some(if at == 0 { 3 } else { 0 }), "{}", ran.err);
        assert!(!ran.out.contains("srcport"), "{}", ran.out);
        place.write(&format!("day-{at}.json"), ran.out);
    }
    let (whole, code) = report(&place, &["day-0.log", "day-1.log", "day-2.log"]);
    assert_eq!(report(&place, &["day-0.json", "day-1.json", "day-2.log"]), (whole.clone(), code));
    let all = place.run(&["report", "-f", "weighted", "day-0.json", "day-1.json", "day-2.log"]);
    place.write("all.json", all.out);
    assert_eq!(report(&place, &["all.json"]), (whole, code));
    let compared = place.run(&["report", "all.json", "--compare", "day-0.json"]);
    assert!(
        compared.err.is_empty() && compared.out.contains("b.example"),
        "{}{}",
        compared.out,
        compared.err
    );
}

#[test]
fn what_belongs_to_a_report_is_refused() {
    let place = Place::with_log();
    let ran = place.run(&["report", "log", "-f", "weighted", "--filter", "type:AAAA", "--sort", "count"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("does not go with --filter, --sort"), "{}", ran.err);
}

#[test]
fn counts_beyond_the_time_asked_for_are_said() {
    let place = Place::new();
    let row = |first: &str, last: &str| {
        format!(
            "{{\"srcaddr\":\"10.0.0.1\",\"query_name\":\"a.\",\"query_type\":\"AAAA\",\"rcode\":\"NOERROR\",\"own\":\"\",\"n\":4,\"first\":\"2026-05-{first}T00:00:00Z\",\"last\":\"2026-05-{last}T00:00:00Z\"}}\n"
        )
    };
    place.write("w", row("01", "02") + &row("03", "09") + &row("10", "11") + &row("20", "21"));
    let ran = place.run(&["report", "w", "--since", "2026-05-05", "--until", "2026-05-12"]);
    assert!(
        ran.out.contains("8 records") && ran.out.contains("4 records were counted together"),
        "{}",
        ran.out
    );
    let ran = place.run(&["report", "w", "--filter", "time:2026-05-05"]);
    assert!(ran.out.contains("16 records were counted before they were read"), "{}{}", ran.out, ran.err);
}

/// Where names lead is known of records that were counted, as of the records themselves.
#[test]
fn where_names_lead_is_counted_with_them() {
    let place = Place::new();
    let target =
        r#"{"Rdata":"internal-app-1122334455.us-west-2.elb.amazonaws.com.","Type":"CNAME","Class":"IN"}"#;
    let led =
        |line: String, comma: &str| line.replace("\"answers\":[", &format!("\"answers\":[{target}{comma}"));
    let name = "app.corp.example.";
    place.write("log", led(record("AAAA", name, ""), "") + &led(record("A", name, "198.51.100.4"), ","));
    let (whole, code) = report(&place, &["log"]);
    assert_eq!(whole["findings"][0]["id"], "owner-setting", "{whole:#}");
    place.write("counted.json", place.run(&["report", "-f", "weighted", "log"]).out);
    assert_eq!(report(&place, &["counted.json"]), (whole, code));
}

/// An answer with addresses of both kinds is one in records that were counted, too.
#[test]
fn answers_of_both_kinds_stay_so() {
    let place = Place::new();
    let native = r#"{"Rdata":"2001:4860::1","Type":"AAAA","Class":"IN"},"#;
    let both = record("AAAA", "both.example.", "64:ff9b::c633:6401");
    place.write("log", both.replace("\"answers\":[", &format!("\"answers\":[{native}")));
    place.write("counted.json", place.run(&["report", "-f", "weighted", "log"]).out);
    for input in ["log", "counted.json"] {
        let text = place.run(&["report", input]).out;
        assert!(text.contains("synthesized beside native"), "{input}: {text}");
    }
}
