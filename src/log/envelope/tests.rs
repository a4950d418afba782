//! What is read from each shape and each kind of damage. All envelopes at length: `tests/equivalence`.

use super::pieces::SHORTEST;
use super::*;
use crate::log::note::{Incomplete, Note};
use crate::log::record::{Extent, Malformed, Record};

mod carried;

/// Notes what came, and where from.
#[derive(Debug, Default, PartialEq)]
struct Notes {
    names: Vec<String>,
    extents: Vec<Extent>,
    places: Vec<RecordPlace>,
    malformed: Vec<(Malformed, RecordPlace, String)>,
    noted: Vec<Note>,
    incomplete: Vec<(Incomplete, u64)>,
}

impl Sink for Notes {
    fn canonical(&mut self, _: &[u8], _: u64) -> Option<usize> {
        None
    }

    fn record(&mut self, record: &Record<'_>, place: RecordPlace) {
        self.names.push(format!("{}@{}", record.name, record.at.second() % 100));
        self.extents.push(record.extent);
        self.places.push(place);
    }

    fn note(&mut self, note: Note) {
        self.noted.push(note);
    }

    fn incomplete(&mut self, what: Incomplete, count: u64) {
        self.incomplete.push((what, count));
    }

    fn malformed(&mut self, why: Malformed, sample: &[u8], place: RecordPlace) {
        self.malformed.push((why, place, String::from_utf8_lossy(sample).into_owned()));
    }
}

fn read(input: impl AsRef<[u8]>) -> (Notes, InputFormat) {
    let (mut notes, mut envelope) = (Notes::default(), Envelope::default());
    let input = input.as_ref();
    assert_eq!(envelope.scan(input, true, &mut notes), input.len());
    (notes, envelope.format())
}

/// What a recording notes is taken where it stands by itself; what is not known of it is no harm.
#[test]
fn notes_stand_among_records() {
    let note = r#"{"r53tail":{"mark":{"at":"2025-05-05T10:00:07Z","text":"now"}}}"#;
    let newer = r#"{"r53tail":{"weather":{"rain":true}}}"#;
    let (read, format) = read(format!("{note}\n{}\n{newer}\n{note}\n{}\n", record("a."), record("b.")));
    assert_eq!(
        (read.names, read.malformed, read.noted.len()),
        (vec!["a.@7".into(), "b.@7".into()], vec![], 2)
    );
    assert_eq!(format, InputFormat::JsonLines);
    // What somebody wrote into a log within something else says nothing of this one.
    let within = serde_json::json!({"message": note, "timestamp": 1});
    assert_eq!(super::tests::read(within.to_string()).0.noted, []);
    // What others log is none, though it looks like one.
    let time = "2025-05-05T10:00:07.000000+00:00";
    let extra = record("a.").replacen('{', "{\"r53tail\":1,", 1);
    for (input, malformed) in [
        (format!("{time} {note}\n"), 1),
        (format!("2025-05-05T10:00:07 {note}\n"), 1),
        (format!("{time} stream-1 {note}\n"), 1),
        (format!("{time} stream-1\n{note}\n"), 1),
        (format!("{}{note}\n", record("a.")), 1),
        (format!("[{note}]\n"), 1),
        (format!("{}\n{extra}\n", record("a.")), 0),
    ] {
        let read = super::tests::read(format!("{}\n{input}", record("a."))).0;
        assert_eq!((read.noted.len(), read.malformed.len()), (0, malformed), "{input}");
    }
}

/// A record for `name`, in a key order of its own.
fn record(name: &str) -> String {
    format!(
        r#"{{"query_name":"{name}","query_type":"AAAA","rcode":"NOERROR","answers":[{{"Rdata":"2001:db8::1","Type":"AAAA"}}],"srcaddr":"10.0.0.1","srcids":{{"instance":"i-1"}},"query_timestamp":"2025-05-05T10:00:07Z"}}"#
    )
}

/// Asserts that the records `names` are read from `input`, and as many malformed as `malformed` says.
#[track_caller]
fn check(input: impl AsRef<[u8]>, names: &[&str], malformed: &[Malformed]) {
    let (notes, _) = read(input);
    let found: Vec<_> = notes.names.iter().map(|name| name.trim_end_matches("@7")).collect();
    assert_eq!(found, names, "{:?}", notes.malformed);
    let why: Vec<_> = notes.malformed.iter().map(|(why, ..)| *why).collect();
    assert_eq!(why, malformed, "{:?}", notes.malformed);
}

/// Where each row has an answer, and no query none, those without answers may have been left out.
#[test]
fn rows_of_answers_alone_may_lack_what_has_none() {
    let row = |name: &str, answer: &str| {
        record(name).replace(r#""answers":[{"Rdata":"2001:db8::1","Type":"AAAA"}]"#, answer) + "\n"
    };
    let (some, none) = (r#""Rdata":"2001:db8::1","Type":"AAAA""#, r#""Rdata":"","Type":"""#);
    let incomplete = |rows: &[String]| read(rows.concat()).0.incomplete;
    assert_eq!(incomplete(&[row("a.", some), row("b.", some)]), [(Incomplete::Unanswered, 1)]);
    assert_eq!(incomplete(&[row("a.", some), row("b.", none)]), []);
    assert_eq!(incomplete(&[row("a.", some)]), []);
}

/// What ClickHouse says of its progress between rows is no record, and no harm.
#[test]
fn progress_is_no_record() {
    let row = format!("{{\"row\":{}}}\n", record("a."));
    let progress = "{\"progress\":{\"read_rows\":\"8\",\"read_bytes\":\"70\"}}\n";
    check(format!("{progress}{row}{progress}{row}{progress}"), &["a.", "a."], &[]);
    check(format!("{row}{{\"progress\":{{\"rows\":8}}}}\n"), &["a."], &[Malformed::NotARecord]);
}

/// What is torn behind a record on its line counts, also behind one that is held back since more answers may
/// come.
#[test]
fn what_is_torn_on_both_sides_of_a_record_counts_twice() {
    let whole = record("a.");
    let row = whole
        .replace(r#""answers":[{"Rdata":"2001:db8::1","Type":"AAAA"}]"#, r#""Rdata":"::1","Type":"AAAA""#);
    assert_eq!(read(&row).0.extents, [Extent::Partial]);
    for record in [whole, row] {
        check(format!("{{{record}{{"), &["a."], &[Malformed::NotJson; 2]);
    }
}

#[test]
fn a_torn_line_loses_only_itself() {
    let (a, b, c) = (record("a."), record("b."), record("c."));
    for cut in 1..b.len() {
        let torn = &b[..cut];
        check(format!("{a}\n{torn}\n{c}\n{a}"), &["a.", "c.", "a."], &[Malformed::NotJson]);
        check(format!("{torn}\n{a}\n"), &["a."], &[Malformed::NotJson]);
        check(format!("{a}\n{torn}"), &["a."], &[Malformed::NotJson]);
        check(format!("{a}{torn}{c}\n{a}"), &["a.", "c.", "a."], &[Malformed::NotJson]);
    }
    // Of two that look like one value, behind a line that is whole and no record, each counts.
    let at_colon = &a[..a.find("\"srcids\":").unwrap() + 9];
    let (notes, _) = read(format!("{{\"query_type\":\"A\"}}\n{at_colon}\n{}", &c[..c.len() - 5]));
    assert_eq!((notes.names.len(), notes.malformed.len()), (0, 3));
    // The end of a torn line has no beginning to be known by, but it is a line and counts.
    check(format!("{}\n{a}\n", &b[20..b.len() - 10]), &["a."], &[Malformed::NotARecord]);
    check(format!("{a}\n{}\n{c}\n", &b[b.len() - 12..]), &["a.", "c."], &[Malformed::NoRecord]);
}

#[test]
fn what_is_no_record_says_so_once() {
    let a = record("a.");
    for (input, malformed) in [
        ("", &[][..]),
        (" \r\n\n\u{feff}\n", &[]),
        ("Permission Check Successful", &[]),
        ("an error occurred\nand another\n", &[Malformed::NoRecord, Malformed::NoRecord]),
        ("{\"a\":1}\n[{}]\n[]\n", &[Malformed::NotARecord, Malformed::NotARecord]),
        ("[INFO] started {job} in {place}\n", &[Malformed::NotJson]),
        ("{\"messageType\":\"CONTROL_MESSAGE\",\"logEvents\":[{\"message\":\"x\"}]}", &[]),
        ("{\"events\":[],\"searchedLogStreams\":[{\"a\":{}}]}", &[]),
        ("{\"events\":[{\"message\":\"hello\"},{\"message\":\"\"}]}", &[Malformed::NoRecord]),
        ("{\"query_name\":\"a.\",\"query_type\":\"A\"}", &[Malformed::Missing("query_timestamp")]),
        ("{\"query_name\":\"a.\",\"query_type\":nil}", &[Malformed::NotJson]),
        ("{\"message\":\"{\\\"query_name\\\":\\\"a.\"}", &[Malformed::NotJson]),
        ("{\"awslogs\":{\"data\":\"H4sIAAAA\"}}", &[Malformed::Unpack]),
        ("{\"awslogs\":{\"data\":\"!\"}}", &[Malformed::Unpack]),
        ("2018-01-01T00:29:43+00:00 stream\n", &[Malformed::NoRecord]),
        ("2018-01-01T00:29:43+00:00 stream\n2018-01-01T00:29:44+00:00 stream\n", &[Malformed::NoRecord; 2]),
    ] {
        check(input, &[], malformed);
        check(
            format!("{a}\n{input}\n{a}"),
            &["a.", "a."],
            if input.contains("stream") { &malformed[1..] } else { malformed },
        );
    }
}

#[test]
fn broken_objects_over_several_lines_count_once() {
    let spread = record("b.").replace(',', ",\n ").replace('{', "{\n");
    let (a, c) = (record("a."), record("c."));
    for (from, to) in
        [(":[{", ":{{"), ("\"srcids\":", "srcids:"), ("}],", "},"), (",\n \"rcode\"", "\"rcode\"")]
    {
        let broken = spread.replace(from, to).replace(":[{\n", &to.replace(":{{", ":{{\n"));
        assert_ne!(broken, spread, "{from}");
        check(format!("{a}\n{broken}\n{c}\n{spread}"), &["a.", "c.", "b."], &[Malformed::NotJson]);
        check(format!("{spread}\n{broken}\n{spread}"), &["b.", "b."], &[Malformed::NotJson]);
    }
    // What was lost in one place is not forgiven in the next.
    let torn = &a[..a.len() - 3];
    check(
        format!("{torn}\n{c}\n{torn}\n{c}\n{a}\n\"x\": 1\n"),
        &["c.", "c.", "a."],
        &[Malformed::NotJson, Malformed::NotJson, Malformed::NoRecord],
    );
}

#[test]
fn documents_that_lack_a_part_keep_the_rest() {
    let (a, b) = (record("a."), record("b."));
    let event = |record: &str| format!("{{\"message\":{},\"timestamp\":1}}", serde_json::Value::from(record));
    let (first, second) = (event(&a), event(&b));
    let torn = &first[..first.len() - 20];
    for (input, names) in [
        (format!("[{a},{b}"), &["a.", "b."][..]),
        (format!("{a},{b}]"), &["a.", "b."]),
        (format!("{{\"events\":[{first},{second}"), &["a.", "b."]),
        (format!("{{\"events\":[{first},{torn},{second}],\"searchedLogStreams\":[]}}\n"), &["a.", "b."]),
        (format!("{{\"events\":[\n{first},\n{torn}\n,{second}\n],\n\"x\": []\n}}\n"), &["a.", "b."]),
        (format!("{{\"events\":[{first}\n{{\"events\":[{second}]}}\n"), &["a.", "b."]),
    ] {
        let (notes, _) = read(&input);
        assert_eq!(notes.names.len(), names.len(), "{input}");
        let is_whole = input.starts_with(&a);
        assert_eq!(notes.malformed.len(), usize::from(!is_whole), "{input} {:?}", notes.malformed);
    }
}

#[test]
fn rows_that_were_torn_lose_only_themselves() {
    let row = |name: &str| format!("2025,\"{}\"\n", record(name).replace('"', "\"\""));
    let (a, b, c) = (row("a."), row("b."), row("c."));
    for cut in 1..b.len() - 1 {
        let torn = &b[..cut];
        let (notes, format) = read(format!("@timestamp,@message\n{a}{torn}\n{c}{a}"));
        assert_eq!(notes.names, ["a.@7", "c.@7", "a.@7"], "{torn}");
        assert_eq!(notes.malformed.len(), 1, "{torn}");
        assert_eq!(format, InputFormat::InsightsCsv);
    }
    check("@message\n\"x\"\n,,\n\n", &[], &[Malformed::NoRecord; 2]);
    // A message over several lines, of which one lacks its comma.
    let spread = b.replace(",\"\"", ",\n\"\"");
    check(format!("@timestamp,@message\n{a}{spread}{c}"), &["a.", "b.", "c."], &[]);
    let broken = spread.replacen(",\n", "\n", 3).replacen("2025\n", "2025,", 1);
    check(format!("@timestamp,@message\n{a}{broken}{c}"), &["a.", "c."], &[Malformed::NotJson]);
    let columns =
        "query_timestamp,query_name,query_type,rcode,srcaddr\n2025-05-05T10:00:07Z,a.,A,NOERROR,10.0.0.1\n";
    check(columns, &["a."], &[]);
    check(format!("{columns}2025-05-05T10:00:07Z,a.,A\n"), &["a."], &[Malformed::NoRecord]);
    check(format!("{columns},a.,A,NOERROR,10.0.0.1\n"), &["a."], &[Malformed::Missing("query_timestamp")]);
}

#[test]
fn beginnings_are_known_in_any_pieces() {
    let table = format!("\u{feff}@message\n\"{}\"\n", record("a.").replace('"', "\"\""));
    let export = format!("\u{feff}2025-05-05T10:00:00.000Z {}\n", record("a."));
    let all = [(table, InputFormat::InsightsCsv), (export, InputFormat::ExportTask)];
    for (piece, (table, format)) in (1..20).flat_map(|piece| all.iter().map(move |one| (piece, one))) {
        let (mut notes, mut envelope) = (Notes::default(), Envelope::default());
        let mut start = 0;
        for end in (0..table.len()).step_by(piece) {
            start += envelope.scan(&table.as_bytes()[start..end], false, &mut notes);
        }
        envelope.scan(&table.as_bytes()[start..], true, &mut notes);
        assert_eq!((notes.names.len(), envelope.format()), (1, *format), "{piece}");
    }
}

#[test]
fn nothing_in_the_ruins_counts_again() {
    let (a, c) = (record("a."), record("c."));
    let empty = "{\"events\":[{\"message\":\"{}\"},{\"b\":1},{\"message\":\"x\"}]}";
    check(format!("{}\n  {empty}\n", &a[..9]), &[], &[Malformed::NotJson]);
    check(
        format!("{}\n{a}\n{c}\n{{\"message\":\"{{}}\"}}\n", &a[..9]),
        &["a.", "c."],
        &[Malformed::NotJson, Malformed::NotARecord],
    );
}

#[test]
fn each_torn_line_counts() {
    let (a, c) = (record("a."), record("c."));
    let outside = &a[..a.find("\"answers\":").unwrap() + 10];
    let inside = &c[..30];
    // What is torn outside of a string goes on, for a parser, with the line behind it.
    let torn = [Malformed::NotJson; 3];
    check(format!("{a}\n{outside}\n{inside}\n{c}\n"), &["a.", "c."], &torn[..2]);
    check(format!("{a}\n{outside}\n\n{outside}\n{inside}\n{c}\n"), &["a.", "c."], &torn);
    check(format!("{a}\n{outside}\r\n{c}\n{outside}\n{inside}"), &["a.", "c."], &torn);
    // A record behind what is torn, on the same line, is read; the line behind is another all the same.
    check(format!("{a}\n{{\"value\":\"{{\"{c}\n{outside}\n{inside}"), &["a.", "c."], &torn);
    // What is indented may be a part of it.
    check(format!("{a}\n{{\"events\":[\n  {{\"message\":\n  {inside}\n"), &["a."], &torn[..1]);
}

#[test]
fn bytes_that_are_no_text_cost_only_themselves() {
    let mut line = record("a-b.").into_bytes();
    let at = line.iter().position(|byte| *byte == b'-').unwrap();
    line[at] = 0xff;
    check([&line, &b"\n"[..], record("c.").as_bytes()].concat(), &["a\u{fffd}b.", "c."], &[]);
    check([&b"\xff\xfe\x80\n"[..], record("c.").as_bytes()].concat(), &["c."], &[Malformed::NoRecord]);
    let message =
        [&b"{\"message\":\"{\\\"query_name\\\":\\\"\xff.\\\"}\"}\n"[..], record("c.").as_bytes()].concat();
    check(message, &["c."], &[Malformed::NotARecord]);
}

#[test]
fn the_time_of_an_event_stands_in() {
    let bare = record("a.").replace(r#","query_timestamp":"2025-05-05T10:00:07Z""#, "");
    let null = record("a.").replace(r#""2025-05-05T10:00:07Z""#, "null");
    for text in [bare, null] {
        let quoted = serde_json::Value::from(text.as_str());
        for envelope in [
            format!(r#"{{"events":[{{"timestamp":1746439209500,"message":{quoted}}}]}}"#),
            format!(r#"[{{"@timestamp":"2025-05-05 10:00:09.500","unmask(@message)":{text}}}]"#),
            format!(
                r#"[{{"@message":"***","@timestamp":"2025-05-05 10:00:09.500","unmask(@message)":{text}}}]"#
            ),
            format!(r#"[{{"@timestamp":"2025-05-05 10:00:09.500","@message":{text}}}]"#),
            format!(
                r#"{{"results":[[{{"field":"@timestamp","value":"2025-05-05 10:00:09.500"}},{{"field":"@message","value":{quoted}}}]]}}"#
            ),
        ] {
            assert_eq!(read(&envelope).0.names, ["a.@9"], "{envelope}");
        }
        // Another event's does not.
        let two =
            format!(r#"{{"events":[{{"timestamp":1746439209500,"message":""}},{{"message":{quoted}}}]}}"#);
        check(two, &[], &[Malformed::Missing("query_timestamp")]);
        check(text, &[], &[Malformed::Missing("query_timestamp")]);
    }
}

#[test]
fn columns_stand_in_for_a_message_that_is_none() {
    let row = record("a.").replacen('{', "{\"@message\":\"cut short\",", 1);
    check(format!("[{row}]"), &["a."], &[]);
}

#[test]
fn nesting_is_bounded() {
    let mut text = record("a.");
    for _ in 0..5 {
        text = format!("{{\"message\":{}}}", serde_json::Value::from(text));
    }
    check(&text, &["a."], &[]);
    text = format!("{{\"message\":{}}}", serde_json::Value::from(text));
    check(&text, &["a."], &[]);
    text = format!("{{\"message\":{}}}", serde_json::Value::from(text));
    check(&text, &[], &[Malformed::TooDeep]);

    let nested = |depth: usize| format!("{}{}{}", "{\"a\":".repeat(depth), record("a."), "}".repeat(depth));
    check(nested(10), &["a."], &[]);
    check(nested(40), &[], &[Malformed::NotARecord]);
    check(nested(400), &[], &[Malformed::TooDeep]);
    check(format!("{}\n{}", "[".repeat(100_000), record("a.")), &["a."], &[Malformed::TooDeep]);
}

#[test]
fn payloads_are_unpacked_once_and_only_so_far() {
    use base64::Engine;
    use std::io::Write;
    let pack = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let wrap =
        |bytes: &[u8]| format!("{{\"data\":\"{}\"}}\n", base64::prelude::BASE64_STANDARD.encode(bytes));
    let line = record("a.") + "\n";
    check(wrap(&pack(line.repeat(3).as_bytes())), &["a.", "a.", "a."], &[]);
    // Damaged: what could be unpacked counts.
    let mut packed = pack(line.repeat(3).as_bytes());
    let length = packed.len();
    packed[length - 5] ^= 1;
    check(wrap(&packed), &["a.", "a.", "a."], &[Malformed::Unpack]);
    // A payload within a payload.
    check(wrap(&pack(wrap(&pack(line.as_bytes())).as_bytes())), &[], &[Malformed::TooDeep]);
    // A megabyte that would be a gigabyte.
    let bomb = pack(&vec![b' '; 130 << 20]);
    assert!(bomb.len() < MAX_VALUE / 2);
    check(wrap(&bomb) + &line, &["a."], &[Malformed::Oversize]);
}

#[test]
fn places_are_of_what_holds_the_record() {
    let a = record("a.");
    let event = format!("{{\"message\":{}}}", serde_json::Value::from(a.as_str()));
    for (before, value, behind) in [
        ("\n", a.as_str(), "\n"),
        ("2025-05-05T10:00:00.000Z ", &a, "\n"),
        ("{\"events\":[ ", &event, "]}"),
        ("[{\"a\":1}, ", &a, "]"),
        ("@message\n", &format!("\"{}\"", a.replace('"', "\"\"")), "\r\n"),
        ("x\n", &format!("\x1b[32m{a}").replace("a.", "\x1b[1ma.\x1b[m")[5..], "\x1b[m\n"),
    ] {
        let input = format!("{before}{value}{behind}");
        let expected =
            RecordPlace { offset: before.len() as u64, length: u32::try_from(value.len()).unwrap() };
        assert_eq!(read(&input).0.places, [expected], "{input}");
        let (mut notes, mut envelope) = (Notes::default(), Envelope::resume(1000));
        if !before.starts_with('@') {
            envelope.scan(input.as_bytes(), true, &mut notes);
            assert_eq!(notes.places, [RecordPlace { offset: 1000 + expected.offset, ..expected }], "{input}");
        }
    }
}

#[test]
fn malformed_places_and_samples() {
    let (notes, _) = read(format!("{}\n{{\"a\":\"{}\n", record("a."), "x".repeat(1000)));
    let start = record("a.").len() as u64 + 1;
    let (why, place, sample) = &notes.malformed[0];
    assert_eq!((*why, *place), (Malformed::NotJson, RecordPlace { offset: start, length: 1006 }));
    assert_eq!(sample.len(), walk::SAMPLE);
    assert!(sample.starts_with("{\"a\":\"xxx"));
}

#[test]
fn formats_without_records() {
    for (input, format) in [
        ("", InputFormat::Empty),
        (" \n", InputFormat::Empty),
        ("hello\n", InputFormat::Unknown),
        ("{}", InputFormat::Unknown),
        ("[]", InputFormat::Json),
        ("{\"events\":[],\"searchedLogStreams\":[]}", InputFormat::FilterLogEvents),
        ("{\"results\":[],\"status\":\"Complete\"}", InputFormat::GetQueryResults),
        ("\"@timestamp\",\"@message\"\n", InputFormat::InsightsCsv),
    ] {
        assert_eq!(read(input).1, format, "{input}");
    }
}

#[test]
fn a_byte_order_mark_in_a_table_may_be_cut() {
    // As in two exports, one behind the other.
    let log = "\u{feff}query_name,x\n\u{feff}\n \n\u{feff}query_name,x\n".to_owned();
    let (whole, _) = read(&log);
    for cut in 1..log.len() {
        let (mut notes, mut envelope) = (Notes::default(), Envelope::default());
        let used = envelope.scan(&log.as_bytes()[..cut], false, &mut notes);
        envelope.scan(&log.as_bytes()[used..], true, &mut notes);
        assert_eq!(notes.malformed, whole.malformed, "cut at {cut}");
    }
}

#[test]
fn names_and_values_in_arrays() {
    let names =
        r#"["query_timestamp","query_name","query_type","rcode","answers","srcaddr","srcids.instance"]"#;
    let row = |name: &str| {
        format!(
            r#"["2025-05-05T10:00:07Z","{name}","AAAA","NOERROR",[{{"Rdata":"::2","Type":"AAAA"}}],"10.0.0.1","i-1"]"#
        )
    };
    let meta =
        names.replace("\",\"", "\"},{\"name\":\"").replace("[\"", "[{\"name\":\"").replace("\"]", "\"}]");
    let rows = [row("a."), row("b.")];
    for input in [
        format!("{names}\n{}\n", rows.join("\n")),
        format!(r#"{{"meta":{meta},"data":[{}],"rows":2}}"#, rows.join(",")),
        format!(r#"{{"columns":{names},"index":[0,1],"data":[{}]}}"#, rows.join(",\n")),
    ] {
        let (notes, format) = read(&input);
        let found: Vec<_> = notes.names.iter().map(|name| name.trim_end_matches("@7")).collect();
        assert_eq!((found, format), (vec!["a.", "b."], InputFormat::Json), "{input}: {:?}", notes.malformed);
        assert_eq!(notes.malformed, [], "{input}");
    }
    // Without names, and with values that are too few.
    let (notes, _) = read(row("a."));
    assert!(notes.names.is_empty() && !notes.malformed.is_empty());
    let (notes, _) = read(format!("{names}\n[\"2025-05-05T10:00:07Z\",\"a.\"]\n"));
    assert!(notes.names.is_empty() && !notes.malformed.is_empty());
}

#[test]
fn lines_of_a_cell_that_psql_prints() {
    let lines = record("a.").replace(",\"", ",   +\n \"").replace("[{", "[ +\n{").replacen('{', "{ +\n", 1);
    let rule = "-".repeat(20);
    let (notes, _) = read(format!("  line  \n{rule}\n {lines}\n {lines}\n(2 rows)\n"));
    assert_eq!((notes.names, notes.malformed), (vec!["a.@7".to_owned(); 2], vec![]), "{lines}");
    let (notes, _) = read(record("a.").replacen(",\"", ",+\"", 1));
    assert_eq!(notes.names, [""; 0]);
}

#[test]
fn marks_of_psql_may_stand_between_the_parts_of_a_large_document() {
    let one = record("a.");
    let count = MAX_VALUE / one.len() + 1;
    let input = format!("{{ +\n\"events\" : [ +\n{} +\n] +\n}}\n", vec![one; count].join(", +\n"));
    check(input, &vec!["a."; count], &[]);
}
