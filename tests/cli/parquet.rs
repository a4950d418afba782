//! Parquet files beside the same records as JSON lines (`tests/interop/parquet.py` wrote both).

use serde_json::Value;

use crate::program::{Place, gzip, small_log};

const LAKE: &[u8] = include_bytes!("../parquet/lake.parquet");
const SECOND: &[u8] = include_bytes!("../parquet/lake-v2.parquet");
const CLASSES: &[u8] = include_bytes!("../parquet/classes.parquet");
const LOG: &[u8] = include_bytes!("../parquet/log.parquet");
const WEIGHTED: &[u8] = include_bytes!("../parquet/weighted.parquet");

/// A report as JSON, without the names of its inputs.
fn report(place: &Place, arguments: &[&str]) -> Value {
    let ran = place.run(&[&["report", "-f", "json"], arguments].concat());
    let mut report: Value = serde_json::from_str(&ran.out).expect("a report is JSON");
    report["inputs"].take();
    report
}

#[test]
fn the_report_is_that_of_the_same_records_as_json() {
    let place = Place::new();
    place.write("events.jsonl", include_str!("../parquet/events.jsonl"));
    place.write("log.jsonl", include_str!("../parquet/log.jsonl"));
    for (name, bytes) in [("lake", LAKE), ("second", SECOND), ("log", LOG), ("weighted", WEIGHTED)] {
        place.write(name, bytes);
    }
    let events = report(&place, &["events.jsonl"]);
    assert_eq!(events["records"], 60);
    assert_eq!(report(&place, &["lake"]), events);
    assert_eq!(report(&place, &["second"]), events);
    // By the class of each row alone; some are of another class, and read by the names of their fields.
    place.write("classes", CLASSES);
    place.write("classes.jsonl", include_str!("../parquet/classes.jsonl"));
    let lines = report(&place, &["classes.jsonl"]);
    assert_eq!(lines["records"], 60);
    assert_eq!(report(&place, &["classes"]), lines);
    assert_eq!(report(&place, &["log"]), report(&place, &["log.jsonl"]));
    let (mut counted, mut single) = (report(&place, &["weighted"]), report(&place, &["log.jsonl"]));
    for report in [&mut counted, &mut single] {
        report["over_time"].take();
        report["loss"]["incomplete"].take();
    }
    assert_eq!(counted, single);
    let ways = ["--filter", "type:AAAA", "--since", "2026-11-02T00:00:00Z"];
    let of = |name| report(&place, &[&[name], &ways[..]].concat());
    assert_eq!(of("lake"), of("events.jsonl"));
    assert_eq!(report(&place, &["lake", "log.jsonl"])["records"].as_u64(), Some(120), "beside others");
}

#[test]
fn folders_of_a_lake_are_read() {
    let place = Place::new();
    let day = "lake/aws/ROUTE53/2.0/region=us-west-2/accountid=111122223333/eventDay=20261101";
    place.folder(day);
    place.write(&format!("{day}/part-0.zstd.parquet"), LAKE);
    place.write(&format!("{day}/part-1.parquet"), SECOND);
    assert_eq!(report(&place, &["lake"])["records"], 120);
}

#[test]
fn where_it_cannot_be_read_the_way_out_is_said() {
    let place = Place::with_log();
    place.write("packed.gz", gzip(LAKE));
    let ran = place.run(&["report", "packed.gz"]);
    let said = "error: cannot read `packed.gz`: a Parquet file in a pipe or packed in another file, which can only be read \
        where it lies, since what is in it is told at its end; try: save it as it is, and give its name: \
        r53tail report FILE.parquet\n";
    assert_eq!((ran.code, ran.err.as_str()), (Some(2), said));
    let ran = place.fed(&["report", "-"], LAKE);
    assert!(ran.err.contains("a Parquet file in a pipe"), "{}", ran.err);
    place.folder("both");
    place.write("both/a.log", small_log());
    place.write("both/cut.parquet", &LAKE[..LAKE.len() - 9]);
    let ran = place.run(&["report", "both"]);
    let said = "error: cannot read `both/cut.parquet`: the Parquet file is damaged: it has no footer: it was cut short, or \
        is still being written\n";
    assert_eq!((ran.code, ran.err.as_str()), (Some(3), said));
}

#[test]
fn single_records_are_not_in_weighted_ones() {
    let place = Place::new();
    place.write("weighted", WEIGHTED);
    let ran = place.run(&["report", "weighted", "-f", "weighted"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    place.write("again", ran.out);
    let (mut again, mut first) = (report(&place, &["again"]), report(&place, &["weighted"]));
    for report in [&mut again, &mut first] {
        report["loss"].take();
    }
    assert_eq!(again, first);
}
