//! Inputs that are not as they should be: what is said, what is read all the same, and the exit code.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::thread;

use serde_json::Value;

use crate::program::{Place, Ran, gzip, record, small_log};

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

#[test]
fn nothing_that_could_be_read() {
    let place = Place::new();
    place.folder("empty");
    place.folder("hidden");
    place.write("hidden/.secret", small_log());
    place.write("avro", b"Obj\x01 and so on");
    place.write("no.gz", [0x1f, 0x8b, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    place.write("aws-logs-write-test", "Permission Check Successful");
    for (path, said) in [
        ("missing", "error: cannot read `missing`: it does not exist\n"),
        ("empty", "error: cannot read `empty`: it holds no file to read\n"),
        ("hidden", "error: cannot read `hidden`: it holds no file to read\n"),
        ("*.log", "error: cannot read `*.log`: it matches no file\n"),
        ("[x", "error: cannot read `[x`: it is not a pattern: "),
        (
            "avro",
            "error: cannot read `avro`: an Avro file, which is not read as it is; try: python3 -c \"import fastavro, json; ",
        ),
        ("no.gz", "error: cannot read `no.gz`: the gzip data is "),
        ("\u{1b}31m", "error: cannot read `\\u{1b}31m`: it does not exist\n"),
        (
            "aws-logs-write-test",
            "note: aws-logs-write-test: the test object of an export task, which holds no records\n\
             error: there is nothing to read in what was given\n",
        ),
    ] {
        let ran = place.run(&["report", path]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{path}: {}", ran.err);
        assert!(ran.err.starts_with(said), "{path}: {}", ran.err);
    }
}

#[test]
fn one_bad_input_does_not_stop_the_others() {
    let place = Place::with_log();
    place.write("avro", b"Obj\x01 and so on");
    let ran = place.run(&["report", "missing", "log", "avro", "-f", "json"]);
    assert_eq!(ran.code, Some(3));
    let said = "error: cannot read `missing`: it does not exist\n\
         error: cannot read `avro`: an Avro file, which is not read as it is; try: python3 -c \"import fastavro, json; ";
    assert!(ran.err.starts_with(said), "{}", ran.err);
    let report = json(&ran);
    assert_eq!(report["records"], 5);
    let inputs = report["inputs"].as_array().expect("inputs are a list");
    let found: Vec<_> = inputs.iter().map(|input| (&input["path"], input["error"].is_null())).collect();
    assert_eq!(found, [(&"missing".into(), false), (&"log".into(), true), (&"avro".into(), false)]);
    let text = place.run(&["report", "missing", "log"]);
    assert!(text.out.contains("Not all of missing was read"), "{}", text.out);
}

#[test]
fn an_empty_file_is_read_in_full() {
    let place = Place::new();
    place.write("zero", "");
    let ran = place.run(&["report", "zero"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert!(ran.out.starts_with("0 records from zero (empty)\n"), "{}", ran.out);
}

/// Root may read everything: then there is nothing to be refused, and only that is said.
#[test]
fn a_file_that_may_not_be_read() {
    let place = Place::with_log();
    place.write("locked", small_log());
    let path = place.path("locked");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).expect("modes can be set");
    let is_refused = fs::File::open(&path).is_err();
    let ran = place.run(&["report", "locked", "log", "-f", "json"]);
    if is_refused {
        assert_eq!(ran.code, Some(3));
        assert_eq!(ran.err, "error: cannot read all of `locked`: Permission denied (os error 13)\n");
        assert_eq!(json(&ran)["records"], 5);
    } else {
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        assert_eq!(json(&ran)["records"], 10);
    }
}

#[test]
fn a_packed_file_that_is_cut_or_damaged() {
    let place = Place::new();
    let log: String = (0..3000).map(|number| record("AAAA", &format!("n{number}.example."), "")).collect();
    let packed = gzip(log.as_bytes());
    let cut = &packed[..packed.len() / 2];
    place.write("cut.gz", cut);
    let mut damaged = packed.clone();
    let at = damaged.len() - 6;
    damaged[at] ^= 0xff;
    place.write("damaged", &damaged);
    // The same cut, unpacked by another program's library, as far as it goes.
    let mut whole = Vec::new();
    let unpacked = std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(cut), &mut whole);
    assert!(unpacked.is_err());
    let lines = memchr::memchr_iter(b'\n', &whole).count() as u64;
    assert!(lines > 100, "{lines}");

    let ran = place.run(&["report", "cut.gz", "-f", "json"]);
    assert_eq!(ran.code, Some(3));
    assert_eq!(ran.err, "error: cannot read all of `cut.gz`: the gzip data is cut short\n");
    let report = json(&ran);
    assert_eq!((&report["records"], &report["inputs"][0]["records"]), (&lines.into(), &lines.into()));
    assert_eq!(report["inputs"][0]["error"], "the gzip data is cut short");

    let ran = place.run(&["report", "damaged", "-f", "json"]);
    assert_eq!(ran.code, Some(3));
    assert!(
        ran.err.starts_with("error: cannot read all of `damaged`: the gzip data is damaged ("),
        "{}",
        ran.err
    );
    assert_eq!(json(&ran)["records"], 3000);

    // What was read before the cut was read, though no record of it is in the time asked for.
    let ran = place.run(&["report", "cut.gz", "--since", "2030-01-01", "-f", "json"]);
    assert_eq!((ran.code, &json(&ran)["outside"]), (Some(3), &lines.into()));
}

#[test]
fn malformed_lines_are_counted_and_shown() {
    let place = Place::new();
    let log = [
        &record("AAAA", "api.example.", "2001:db8::1"),
        "no\u{202e}\u{1b}[31mise\n",
        "{\"query_name\":\"x.\",\n",
    ]
    .concat();
    place.write("log", &log);
    let ran = place.run(&["report", "log"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(3), ""));
    assert!(ran.out.contains("2 pieces malformed: "), "{}", ran.out);
    assert!(ran.out.contains(r"no\u{202e}ise") && !ran.out.contains('\u{1b}'), "{}", ran.out);
    let report = json(&place.run(&["report", "log", "-f", "json"]));
    assert_eq!((&report["records"], &report["malformed"]), (&1.into(), &2.into()));
}

/// Every format says so, and none says that nothing is missing.
#[test]
fn ends_that_say_that_there_is_more() {
    let place = Place::new();
    let message = Value::from(record("AAAA", "api.example.", "2001:db8::1"));
    place.write("log", format!("{{\"events\":[{{\"message\":{message}}}],\"NextToken\":\"eyJ\"}}"));
    let ran = place.run(&["report", "log"]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.out.contains("ends with a NextToken: there is more."), "{}", ran.out);
    assert!(!ran.out.contains("No part of the log is known to be missing"), "{}", ran.out);
    let report = json(&place.run(&["report", "log", "-f", "json"]));
    let incomplete = &report["loss"]["incomplete"][0];
    assert_eq!((&incomplete["kind"], &incomplete["count"]), (&"next-token".into(), &1.into()));
    assert!(place.run(&["report", "log", "-f", "markdown"]).out.contains("ends with a NextToken"));
    let ran = place.run(&["report", "log", "-f", "csv"]);
    assert!(ran.err.contains("ends with a NextToken") && !ran.out.contains("NextToken"), "{ran:?}");

    place.write("task", "Permission Check Successful");
    let ran = place.run(&["report", "task"]);
    assert!(ran.out.contains("No record was found.\nAn export task left nothing but"), "{}", ran.out);
    let report = json(&place.run(&["report", "task", "log", "-f", "json"]));
    assert_eq!(report["loss"]["incomplete"].as_array().map(Vec::len), Some(1), "{report}");
}

#[test]
fn what_is_given_twice_is_read_once() {
    let place = Place::with_log();
    let ran = place.run(&["report", "log", "./log", ".", "-f", "json"]);
    assert_eq!(ran.code, Some(0));
    assert_eq!(ran.err, "note: ./log: given twice, read once\n".repeat(2));
    assert_eq!(json(&ran)["records"], 5);
}

#[test]
fn folders_patterns_and_packed_files() {
    let place = Place::new();
    place.folder("AWSLogs/111122223333/vpcdnsquerylogs");
    place.write("AWSLogs/111122223333/vpcdnsquerylogs/a.log.gz", gzip(small_log().as_bytes()));
    place.write("AWSLogs/b.txt", gzip(&gzip(small_log().as_bytes())));
    for (paths, records) in [(&["AWSLogs"][..], 10), (&["AWSLogs/*.txt"], 5), (&["*"], 10)] {
        let ran = place.run(&[&["report", "-f", "json"], paths].concat());
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{paths:?}");
        assert_eq!(json(&ran)["records"], records, "{paths:?}");
    }
}

#[test]
fn standard_input() {
    let place = Place::with_log();
    let expected = json(&place.run(&["report", "log", "-f", "json"]))["pairs"].clone();
    for input in [small_log().into_bytes(), gzip(small_log().as_bytes())] {
        let ran = place.fed(&["report", "-", "-f", "json"], &input);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        let report = json(&ran);
        assert_eq!((&report["inputs"][0]["path"], &report["pairs"]), (&"-".into(), &expected));
    }
}

/// A pipe gives its bytes once, to whoever opens it first.
#[test]
fn a_named_pipe() {
    let place = Place::new();
    let path = place.path("pipe");
    let made = Command::new("mkfifo").arg(&path).status().expect("mkfifo is there");
    assert!(made.success());
    // Whoever writes waits until somebody reads.
    let writer = thread::spawn(move || fs::write(path, small_log()));
    let ran = place.run(&["report", "pipe", "-f", "json"]);
    writer.join().expect("the writer ends").expect("all is written");
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert_eq!(json(&ran)["records"], 5);
}

/// What lies beside logs in a folder is passed over with one remark; given by name it is an error.
#[test]
fn what_is_no_log() {
    let place = Place::new();
    place.folder("logs");
    place.write("logs/a.log", small_log());
    place.write("logs/b.avro", b"Obj\x01\x04\x14avro.codec");
    place.write("logs/c.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x03\x20");
    place.write("logs/d.md", "# Logs\n\nof the resolver\n".repeat(300));
    place.write("logs/e.json", "{\"name\": \"left-pad\", \"version\": \"1.0.0\"}\n");
    place.write("logs/f", gzip(b"\x80\x04\x95\0\0\0\0"));
    let ran = place.run(&["report", "logs", "-f", "json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(
        ran.err,
        "note: 5 files are no logs and were passed over: logs/b.avro (an Avro file), logs/c.png (image/png), \
         logs/d.md (text without a record), logs/e.json (text without a record), logs/f (a pickle of Python (read it only if it is your own)); \
         given by name, each says what makes it readable\n"
    );
    let report = json(&ran);
    assert_eq!((&report["records"], &report["malformed"]), (&5.into(), &0.into()));
    assert_eq!(report["inputs"].as_array().map(Vec::len), Some(1));

    let ran = place.run(&["report", "logs/d.md"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert_eq!(
        ran.err,
        "error: cannot read `logs/d.md`: it holds no record of a resolver query log; its first line is: # Logs\n"
    );
    let ran = place.run(&["report", "logs/a.log", "logs/c.png", "logs/d.md", "-f", "json"]);
    assert_eq!(ran.code, Some(3));
    let report = json(&ran);
    assert_eq!((&report["records"], &report["malformed"]), (&5.into(), &0.into()));
    let errors = report["inputs"].as_array().expect("inputs are a list").iter();
    let errors: Vec<_> = errors.map(|input| input["error"].as_str().unwrap_or_default()).collect();
    assert_eq!(
        errors,
        [
            "",
            "a file of type image/png, which is no log",
            "it holds no record of a resolver query log; its first line is: # Logs"
        ]
    );

    fs::remove_file(place.path("logs/a.log")).expect("it is there");
    let ran = place.run(&["report", "logs"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.ends_with("error: there is nothing to read in what was given\n"), "{}", ran.err);
}

/// A log of which nothing can be read is a damaged log, not another file.
#[test]
fn a_record_that_was_cut_is_malformed() {
    let place = Place::new();
    let whole = record("AAAA", "api.example.", "2001:db8::1");
    for length in [whole.len() - 4, 150, 60] {
        place.write("cut", &whole[..length]);
        let ran = place.run(&["report", "cut", "-f", "json"]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(3), ""), "{length}");
        assert_eq!(json(&ran)["malformed"], 1, "{length}");
    }
}

/// A cell that has a delimiter and no end of its own is no row with a record, however much it looks like one.
#[test]
fn a_quote_before_a_record_is_not_passed_over() {
    let place = Place::new();
    let cell = |name: &str| record("AAAA", name, "").trim_end().replace('"', "\"\"");
    let row = |before: &str, name: &str| format!("{before},\"{}\"\n", cell(name));
    let table = "@timestamp,@message\n".to_owned() + &row("x", "a.example.") + &row("\"x,y\"", "b.example.");
    place.write("log", table.clone() + &row("\"x", "c.example."));
    let ran = place.run(&["report", "log", "-f", "ndjson"]);
    let names = ["a.example.", "b.example.", "c.example."].map(|name| ran.out.contains(name));
    assert_eq!((names, ran.code), ([true, true, false], Some(3)), "{}{}", ran.out, ran.err);
}
