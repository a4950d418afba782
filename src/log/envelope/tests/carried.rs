//! What carriers do to records, and ends that say that there is more.

use super::*;
use crate::log::note::Incomplete;

/// A record with so many answers that carriers cut it.
fn long(name: &str, answers: usize) -> String {
    let answers: Vec<_> = (0..answers)
        .map(|at| format!(r#"{{"Rdata":"2001:db8::{at:x}","Type":"AAAA","Class":"IN"}}"#))
        .collect();
    format!(
        r#"{{"version":"1.100000","query_timestamp":"2025-05-05T10:00:07Z","query_name":"{name}","query_type":"AAAA","rcode":"NOERROR","answers":[{}],"srcaddr":"10.0.0.1","srcids":{{"instance":"i-1"}}}}"#,
        answers.join(",")
    )
}

/// `record` in lines of `length` bytes, each with what `before` says.
fn in_lines(record: &str, length: usize, before: impl Fn(usize) -> String) -> Vec<String> {
    let pieces = record.as_bytes().chunks(length).enumerate();
    pieces.map(|(at, piece)| before(at) + &String::from_utf8_lossy(piece) + "\n").collect()
}

/// Reads `input` in blocks of several sizes: it is the same each time.
#[track_caller]
fn read_in_blocks(input: &str) -> Notes {
    let whole = read(input).0;
    for block in [13, 100, 1000] {
        let (mut notes, mut envelope) = (Notes::default(), Envelope::default());
        let mut start = 0;
        for end in (0..input.len()).step_by(block) {
            start += envelope.scan(&input.as_bytes()[start..end], false, &mut notes);
        }
        envelope.scan(&input.as_bytes()[start..], true, &mut notes);
        assert_eq!(notes, whole, "blocks of {block}");
    }
    whole
}

#[track_caller]
fn carried(input: &str, names: &[&str], malformed: &[Malformed]) {
    let notes = read_in_blocks(input);
    let found: Vec<_> = notes.names.iter().map(|name| name.trim_end_matches("@7")).collect();
    assert_eq!(found, names, "{:?}", notes.malformed);
    let why: Vec<_> = notes.malformed.iter().map(|(why, ..)| *why).collect();
    assert_eq!(why, malformed, "{:?}", notes.malformed);
}

#[test]
fn pieces_are_put_together_where_they_stand_next_to_each_other() {
    let (a, c) = (record("a."), record("c."));
    let b = long("b.", 190);
    let syslog = |at: usize| format!("Nov 28 23:46:{at:02} vm dns: ");
    for (length, before) in [
        (1024 - 40, &syslog as &dyn Fn(usize) -> String),
        (1024, &|at| format!("@400000006b0b6819{:08x} ", at * 77)),
        (SHORTEST, &|_| String::new()),
        (8192, &|_| String::new()),
        (8192, &|at| format!("<13>1 2026-11-28T23:46:56.{at:06}+00:00 vm dns - - [q s=\"0\"] ")),
    ] {
        let first = format!("{}{a}\n", before(0));
        let last = format!("{}{c}\n", before(50));
        let pieces = in_lines(&b, length, before);
        assert!(pieces.len() > 1);
        carried(&(first.clone() + &pieces.concat() + &last), &["a.", "b.", "c."], &[]);
        // A piece of it is lost: it counts once, with its name.
        for lost in 1..pieces.len() {
            let rest: String = pieces
                .iter()
                .enumerate()
                .filter(|(at, _)| *at != lost)
                .map(|(_, piece)| piece.as_str())
                .collect();
            let input = first.clone() + &rest + &last;
            let notes = read_in_blocks(&input);
            // What is left may fit by chance.
            let expected: &[&str] =
                if notes.names.len() == 3 { &["a.@7", "b.@7", "c.@7"] } else { &["a.@7", "c.@7"] };
            assert_eq!(notes.names, expected, "piece {lost} of {}", pieces.len());
            assert_eq!(notes.names.len() + notes.malformed.len(), 3, "piece {lost}: {:?}", notes.malformed);
            let Some((why, _, sample)) = notes.malformed.first() else { continue };
            assert_eq!(*why, Malformed::CutShort);
            assert!(sample.starts_with("\"query_name\":\"b.\", cut after "), "{sample}");
        }
    }
}

#[test]
fn a_piece_in_a_few_bytes_is_a_piece() {
    let b = long("b.", 190);
    let (first, rest) = b.split_at(4000);
    let (second, third) = rest.split_at(23);
    let lines = [first, second, third].map(|piece| format!("Mar  9 07:16:00 vm dns: {piece}\n"));
    carried(&lines.concat(), &["b."], &[]);
}

/// An answer without an address, from pieces between which there may have been another.
#[test]
fn what_is_put_together_is_never_empty() {
    let chain = |kind: &str| long("b.", 60).replace("\"Type\":\"AAAA\"", &format!("\"Type\":\"{kind}\""));
    let behind = chain("AAAA").replacen("\"Type\":\"AAAA\"", "\"Type\":\"CNAME\"", 1);
    for (record, extent) in
        [(chain("CNAME"), Extent::Partial), (chain("AAAA"), Extent::Whole), (behind, Extent::Whole)]
    {
        let lines = in_lines(&record, 1000, |_| "vm dns: ".to_owned()).concat();
        assert_eq!(read_in_blocks(&lines).extents, [extent]);
        let wrapped = format!("{{\"message\":{}}}", serde_json::Value::from(record.as_str()));
        assert_eq!(read_in_blocks(&in_lines(&wrapped, 1000, |_| String::new()).concat()).extents, [extent]);
        assert_eq!(read_in_blocks(&record).extents, [Extent::Whole]);
    }
}

#[test]
fn what_is_cut_is_no_record_with_fewer_answers() {
    let (a, b) = (record("a."), long("b.", 60));
    // The last few bytes do not show that they belong to a record.
    for length in (SHORTEST..b.len() - 60).step_by(13) {
        let cut = &b[..length];
        for before in ["", "2026-11-28T23:46:56+00:00 vm dns: "] {
            carried(&format!("{before}{cut}\n{before}{a}\n"), &["a."], &[Malformed::CutShort]);
            carried(&format!("{before}{a}\n{before}{cut}"), &["a."], &[Malformed::CutShort]);
        }
        let wrapped = |text: &str| format!("{{\"MESSAGE\":{}}}\n", serde_json::Value::from(text));
        carried(&(wrapped(cut) + &wrapped(&b[length..]) + &wrapped(&a)), &["a."], &[Malformed::CutShort]);
    }
}

/// What is torn behind a record that was put together is one piece, and what follows that another: as behind
/// a record on one line.
#[test]
fn what_follows_a_record_in_pieces_is_judged_by_itself() {
    let (a, b) = (record("a."), long("b.", 60));
    let torn = format!("{}\n{{\"y\":1}}\n{a}\n", &a[..120]);
    for pieces in [format!("{b}\n"), in_lines(&b, 1024, |_| String::new()).concat()] {
        carried(&(pieces + &torn), &["b.", "a."], &[Malformed::NotJson, Malformed::NotARecord]);
    }
}

#[test]
fn shortest_piece_of_a_carrier() {
    let b = long("b.", 60);
    let torn = format!("{}\n{}\n", &b[..SHORTEST - 60], record("a."));
    carried(&torn, &["a."], &[Malformed::NotJson]);
}

#[test]
fn repetitions_count() {
    let a = record("a.");
    let log =
        format!("Nov 28 23:46:56 vm dns: {a}\nNov 28 23:46:57 vm dns: message repeated 3 times: [ {a}]\n");
    carried(&log, &["a."; 4], &[]);
    let beyond = format!("vm dns: message repeated 4294967295 times: [ {a}]\n");
    carried(&beyond, &["a."], &[]);
    let quoted = &a[..20];
    let last = format!(
        "Nov 28 vm Last message 'vm dns: {quoted}' repeated 2 times, suppressed by syslog-ng on vm\n"
    );
    let notes = read_in_blocks(&format!("{log}{last}{a}\n"));
    assert_eq!((notes.names.len(), notes.malformed), (5, vec![]));
    assert_eq!(notes.incomplete, [(Incomplete::Repeated, 2)]);
}

/// Only what stands first on its line has what stands before it in common with the lines behind.
#[test]
fn what_follows_a_record_on_its_line_has_no_text_before_it() {
    let (a, b) = (record("a."), long("b.", 60));
    let (first, rest) = b.split_at(1500);
    carried(&format!("dns: {a}{first}\ndns: {rest}\n"), &["a."], &[Malformed::CutShort]);
    let last = "{\"query_name\":\"x.\"' repeated 2 times, suppressed by syslog-ng on vm\n";
    carried(&format!("dns: {a}{last}"), &["a."], &[Malformed::NotJson]);
}

#[test]
fn what_journald_left_out_is_counted() {
    let entry = "{\"_PID\":\"7\",\"MESSAGE\":null}\n";
    carried(entry, &[], &[Malformed::CutShort]);
    carried(&entry.repeat(2), &[], &[Malformed::CutShort; 2]);
    // A line of a stream that was too long for an entry, in three of them.
    let long = "{\"_PID\":\"7\",\"_LINE_BREAK\":\"line-max\",\"MESSAGE\":null}\n";
    carried(&format!("{long}{long}{entry}{entry}"), &[], &[Malformed::CutShort; 2]);
    carried("{\"_PID\":\"7\",\"MESSAGE\":\"hello\"}\n", &[], &[Malformed::NoRecord]);
    let export = "__CURSOR=s=1\n_PID=7\nMESSAGE=hello\n\n__CURSOR=s=2\n_PID=7\n";
    carried(&format!("{export}MESSAGE={}\n", record("a.")), &["a."], &[Malformed::NoRecord]);
    let binary = format!("__CURSOR=s=1\nMESSAGE\n\u{1}\u{1}\0\0\0\0\0\0{}\n_PID=7\n", record("a."));
    carried(&binary, &["a."], &[]);
}

#[test]
fn lines_of_the_cli_without_a_record_are_known() {
    let a = record("a.");
    let session =
        "An error occurred (SessionTimeoutException) when calling the StartLiveTail operation: over\n";
    carried(&format!("{a}\n{session}"), &["a."], &[]);
    carried(&format!("{a}\nan error occurred\n"), &["a."], &[Malformed::NoRecord]);
    // An event that is no record is one that was lost.
    let event = "EVENTS\t0\t1795910101348\ts\thello\t1795910101348\n";
    carried(
        &format!("{event}EVENTS\t0\t1795910101348\ts\t{a}\t1795910101348\n"),
        &["a."],
        &[Malformed::NoRecord],
    );
    // So is the rest of a record behind another.
    carried(&format!("{a} \"srcaddr\":\"10.0.0.1\"\n"), &["a."], &[Malformed::NoRecord]);
    let yaml = format!("events:\n- message: hello\n- message: '{a}'\n- message: '{}\n", &a[..30]);
    carried(&yaml, &["a."], &[Malformed::NoRecord, Malformed::NotJson]);
    carried(&format!("events:\n- message: '{a}'\n{a}\n"), &["a.", "a."], &[]);
}

#[test]
fn ends_that_say_that_there_is_more() {
    let message = serde_json::Value::from(record("a."));
    let row = |pointer: &str| format!(r#"[{{"field":"@message","value":{message}}}{pointer}]"#);
    let pointed = row(r#",{"field":"@ptr","value":"x"}"#);
    let result = |rows: &[String], rest: &str| format!(r#"{{"results":[{}],{rest}}}"#, rows.join(","));
    let one = [pointed.clone()];
    let statistics =
        |matched: &str| format!(r#""statistics":{{"recordsMatched":{matched},"bytesScanned":4.0}}"#);
    for (input, expected) in [
        (format!(r#"{{"events":[{{"message":{message}}}],"nextToken":"x"}}"#), &[Incomplete::Token][..]),
        (format!(r#"{{"NextToken":"x","events":[{{"message":{message}}}]}}"#), &[Incomplete::Token]),
        (format!(r#"{{"events":[{{"message":{message}}}],"nextToken":null}}"#), &[]),
        (format!(r#"{{"events":[{{"message":{message}}}],"nextForwardToken":"f/1"}}"#), &[]),
        (format!("events:\n- message: '{}'\nnextToken: x\n", record("a.")), &[Incomplete::Token]),
        (
            format!(
                "- events:\n  - message: '{0}'\n  nextToken: x\n- events:\n  - message: '{0}'\n",
                record("a.")
            ),
            &[],
        ),
        (yaml_result("1.0"), &[]),
        (yaml_result("48.0"), &[Incomplete::Rows]),
        (format!("EVENTS\t1\t{}\t1\nNEXTTOKEN\tx\n", record("a.")), &[Incomplete::Token]),
        (result(&one, r#""status":"Running""#), &[Incomplete::Running]),
        (result(&one, r#""status":"Complete""#), &[]),
        (result(&[], r#""status":"Scheduled""#), &[Incomplete::Running]),
        (result(&one, &statistics("48.0")), &[Incomplete::Rows]),
        (result(&one, &statistics("1.0")), &[]),
        // Rows that have no pointer may count many records.
        (result(&[row("")], &statistics("48.0")), &[]),
        (result(&vec![pointed.clone(); 1000], &statistics("4000.0")), &[Incomplete::Limit(1000)]),
        (result(&vec![pointed.clone(); 10_000], r#""status":"Complete""#), &[Incomplete::Limit(10_000)]),
        (
            format!("[{}]", vec![format!(r#"{{"@message":{message}}}"#); 1000].join(",")),
            &[Incomplete::Limit(1000)],
        ),
        ("Permission Check Successful".to_owned(), &[Incomplete::Check]),
        (format!("Running\nRESULTS\t@message\t{}\n", record("a.")), &[Incomplete::Running]),
        (format!("CWLI\tRunning\nRESULTS\t@message\t{}\n", record("a.")), &[Incomplete::Running]),
        (text_result(3, "12345.0\t0.0\t0.0\t1.0\t48.0\t1000.0"), &[Incomplete::Rows]),
        (text_result(3, "12345.0\t48.0\t1000.0"), &[Incomplete::Rows]),
        (text_result(3, "12345.0\t0.0\t0.0\t1.0\t48.0\t1000.0\t3.0"), &[Incomplete::Rows]),
        (text_result(3, "12345.0\t0.0\t0.0\t1.0\t3.0\t1000.0"), &[]),
        (text_result(1_000, "12345.0\t0.0\t0.0\t1.0\t4000.0\t5000.0"), &[Incomplete::Limit(1_000)]),
        // Several answers in one file.
        (text_result(3, "1.0\t48.0\t1000.0") + &text_result(48, "1.0\t48.0\t1000.0"), &[Incomplete::Rows]),
        ("CWLI\tComplete\nSTATISTICS\t12345.0\t48.0\t1000.0\n".to_owned(), &[Incomplete::Rows]),
        (format!("eyJ=\tCWLI\tComplete\nRESULTS\t@message\t{}\n", record("a.")), &[Incomplete::Token]),
        (table_result(3, &MATCHED_BELOW.replace("48.0", "3.0")), &[]),
        (table_result(3, MATCHED_BELOW), &[Incomplete::Rows]),
        (table_result(3, MATCHED_BESIDE), &[Incomplete::Rows]),
        (table_result(48, MATCHED_BESIDE), &[]),
        (table_result(3, "").replace("Complete", "Running "), &[Incomplete::Running]),
        (
            format!("CWLI\tComplete\nRESULTS\t@message\t{}\nSTATISTICS\t4e6\t0.0\t1.0\t9.0\n", record("a.")),
            &[],
        ),
    ] {
        let (notes, _) = read(&input);
        // Each is said once.
        let expected: Vec<_> = expected.iter().map(|what| (*what, 1)).collect();
        assert_eq!(
            (&notes.incomplete, notes.malformed.len()),
            (&expected, 0),
            "{}",
            &input[..input.len().min(300)]
        );
    }
}

/// Statistics of a query as `--output table` prints them where its lines are long.
const MATCHED_BELOW: &str = "||  bytesScanned   |  12345.0  ||\n||  recordsMatched |  48.0     ||\n";
/// The same, where they are short.
const MATCHED_BESIDE: &str = "\
||  bytesScanned  |  recordsMatched  |  recordsScanned  ||
|+----------------+------------------+------------------+|
||  12345.0       |  48.0            |  1000.0          ||
";

/// What `get-query-results --output yaml` prints of one row.
fn yaml_result(matched: &str) -> String {
    format!(
        "queryLanguage: CWLI\nresults:\n- - field: '@message'\n    value: '{}'\n  - field: '@ptr'\n    value: Cm0\n\
         statistics:\n  bytesScanned: 4000000.0\n  recordsMatched: {matched}\nstatus: Complete\n",
        record("a.")
    )
}

/// What `get-query-results --output text` prints of so many rows.
fn text_result(rows: usize, statistics: &str) -> String {
    let row = format!("RESULTS\t@message\t{}\nRESULTS\t@ptr\tCm0\n", record("a."));
    format!("CWLI\tComplete\n{}STATISTICS\t{statistics}\n", row.repeat(rows))
}

/// What `get-query-results --output table` prints of so many rows.
fn table_result(rows: usize, statistics: &str) -> String {
    let row = format!("||  @message|  {} ||\n||  @ptr    |  Cm0 ||\n", record("a."));
    format!(
        "-----\n|  GetQueryResults  |\n+----+\n|  queryLanguage  |  status    |\n+----+\n|  CWLI  |  Complete  |\n\
         ||  results  ||\n|+----+|\n||  field  |  value  ||\n{}||  statistics  ||\n|+----+|\n{statistics}",
        row.repeat(rows)
    )
}

/// A query that counts has rows that are no records: nothing is said of how many it matched.
#[test]
fn rows_that_count_are_not_records() {
    for input in [
        "CWLI\tComplete\nRESULTS\tn\t7\nSTATISTICS\t12345.0\t48.0\t1000.0\n".to_owned(),
        table_result(0, &("||  n  |  7  ||\n".to_owned() + MATCHED_BELOW)),
    ] {
        assert_eq!(read(&input).0.incomplete, [], "{input}");
    }
}

/// A document too large to be held says the same at its end.
#[test]
fn large_documents_have_ends() {
    let event = format!("{{\"message\":{}}},", serde_json::Value::from(record("a.")));
    let events = event.repeat(MAX_VALUE / event.len() + 1);
    let events = events.trim_end_matches(',');
    let (notes, _) = read(format!("{{\"events\":[{events}],\"nextToken\":\"x\"}}"));
    assert_eq!((notes.malformed.len(), notes.incomplete), (0, vec![(Incomplete::Token, 1)]));
}

#[test]
fn a_table_of_as_many_rows_as_a_query_returns_at_most() {
    let row = format!("2025-05-05 10:00:07.000,\"{}\"\n", record("a.").replace('"', "\"\""));
    for (header, rows, expected) in [
        ("@timestamp,@message\n", 1_000, &[Incomplete::Limit(1_000)][..]),
        ("@timestamp,@message\n", 10_000, &[Incomplete::Limit(10_000)]),
        ("@timestamp,@message\n", 9_999, &[]),
        // Another export has no such limit.
        ("timestamp,message\n", 1_000, &[]),
    ] {
        let notes = read(&(header.to_owned() + &row.repeat(rows))).0;
        let incomplete: Vec<_> = notes.incomplete.iter().map(|(what, _)| *what).collect();
        assert_eq!((notes.names.len(), &incomplete[..]), (rows, expected), "{header}{rows}");
    }
}

/// Tables with tabs have their backslashes doubled, those with commas do not: there two in a name are two.
#[test]
fn two_backslashes_are_one_in_tables_with_tabs_alone() {
    let columns = ["query_timestamp", "query_name", "query_type", "rcode", "srcaddr", "answers"];
    let cells = ["2025-05-05T10:00:07Z", r"a\\.b.example.", "AAAA", "NOERROR", "10.0.0.1", "[]"];
    let name = |delimiter: &str| {
        let table = format!("{}\n{}\n", columns.join(delimiter), cells.join(delimiter));
        let notes = read_in_blocks(&table);
        assert_eq!(notes.malformed, []);
        notes.names
    };
    assert_eq!(name("\t"), [r"a\.b.example.@7"]);
    assert_eq!(name(","), [r"a\\.b.example.@7"]);
    assert_eq!(name("|"), [r"a\\.b.example.@7"]);
}

/// Tables one behind the other: each is read by its own header, and neither header is a record.
#[test]
fn tables_one_behind_the_other_have_headers_of_their_own() {
    let columns = ["query_timestamp", "query_name", "query_type", "rcode", "srcaddr", "answers"];
    let cells = |name| ["2025-05-05T10:00:07Z", name, "AAAA", "NOERROR", "10.0.0.1", "[]"];
    let table = |order: &[usize], name| {
        let line = |of: [&str; 6]| order.iter().map(|at| of[*at]).collect::<Vec<_>>().join(",") + "\n";
        line(columns) + &line(cells(name))
    };
    let (one, other) = ([0, 1, 2, 3, 4, 5], [5, 3, 1, 0, 2, 4]);
    carried(&(table(&one, "a.") + &table(&other, "b.")), &["a.", "b."], &[]);
    carried(&(table(&other, "a.") + &table(&one, "b.") + &table(&one, "c.")), &["a.", "b.", "c."], &[]);
}

#[test]
fn pieces_end_with_either_line_end() {
    let (a, c) = (record("a."), record("c."));
    let pieces = in_lines(&long("b.", 190), 1024, |_| String::new()).concat();
    let log = format!("{a}\n{pieces}{c}\n");
    carried(&log, &["a.", "b.", "c."], &[]);
    carried(&log.replace('\n', "\r\n"), &["a.", "b.", "c."], &[]);
}

/// A record is found in whichever column holds it, whatever that is called.
#[test]
fn a_record_is_in_any_column() {
    let rows = |header: &str| {
        let row = |name| format!("h1,\"{}\",7\n", record(name).replace('"', "\"\""));
        header.to_owned() + "\n" + &row("a.") + &row("b.")
    };
    for header in ["host,@message,pid", "host,payload,pid", "host,what_it_said,pid"] {
        carried(&rows(header), &["a.", "b."], &[]);
    }
}

/// What only looks like a batch of Loki's is looked through like any other object.
#[test]
fn values_that_are_no_list_are_no_batch() {
    let record = serde_json::Value::from(record("a."));
    carried(&format!(r#"{{"stream":{{"app":"dns"}},"values":3,"message":{record}}}"#), &["a."], &[]);
}

/// An event of OCSF without a question is said to lack that.
#[test]
fn an_event_without_a_question_lacks_it() {
    let event =
        r#"{"class_uid":4003,"time":1715677200000,"rcode":"NoError","src_endpoint":{"ip":"10.0.0.1"}}"#;
    carried(event, &[], &[Malformed::Missing("query")]);
}

/// A row of Logs Insights whose message is no record, and that has no columns of one, is said to hold none.
#[test]
fn a_message_without_a_record_is_no_row_of_columns() {
    let cell = |field: &str, value: &str| format!(r#"{{"field":"{field}","value":"{value}"}}"#);
    let row = |message: &str| {
        format!("[{},{}]", cell("@timestamp", "2025-05-05 10:00:07.000"), cell("@message", message))
    };
    carried(&format!("{{\"results\":[{}]}}", row("something else")), &[], &[Malformed::NoRecord]);
}

/// What came in a payload of a subscription came from one, whatever the payload holds.
#[test]
fn a_payload_is_of_a_subscription_whatever_it_holds() {
    use base64::Engine as _;
    let data = base64::engine::general_purpose::STANDARD.encode(record("a."));
    let (notes, format) = read(format!(r#"{{"data":"{data}"}}"#));
    assert_eq!((notes.names, format), (vec!["a.@7".to_owned()], InputFormat::Subscription));
}

/// Where a record in pieces stands is all that its lines have, what the carrier put before them included.
#[test]
fn a_record_in_pieces_stands_where_its_lines_do() {
    for before in ["", "Nov 28 23:46:56 vm dns: "] {
        let first = format!("{before}{}\n", record("a."));
        let pieces = in_lines(&long("b.", 190), 1024, |_| before.to_owned()).concat();
        let notes = read_in_blocks(&(first.clone() + &pieces));
        let place = notes.places[1];
        let at = (place.offset, u64::from(place.length));
        assert_eq!(at, (first.len() as u64, pieces.trim_end().len() as u64), "{before:?}");
    }
}

/// Rows of one answer each may leave out queries without one; a record without answers says that they do not.
#[test]
fn one_record_without_answers_says_that_none_is_left_out() {
    let row = |port: u8, answers: &str| {
        let answered = record("a.").replace(r#"[{"Rdata":"2001:db8::1","Type":"AAAA"}]"#, answers);
        answered.replace("\"srcaddr\"", &format!("\"srcport\":\"{port}\",\"srcaddr\"")) + "\n"
    };
    let one = r#"{"Rdata":"2001:db8::1","Type":"AAAA","Class":"IN"}"#;
    let (elements, list) = (row(1, one) + &row(2, one), format!("[{one}]"));
    let unanswered = vec![(Incomplete::Unanswered, 1)];
    for (more, expected) in
        [(String::new(), unanswered.clone()), (row(3, &list), unanswered), (row(3, "[]"), vec![])]
    {
        assert_eq!(read(elements.clone() + &more).0.incomplete, expected, "{more}");
    }
}
