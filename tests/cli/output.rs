//! Where the output goes: pipes that close, disks that are full, terminals that are none, shells that read
//! it.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write as _};
use std::process::{Command, Stdio};

use crate::program::{Place, record};

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let place = Place::new();
    // More than any buffer on the way holds.
    let log: String = (0..4000).map(|number| record("AAAA", &format!("n{number}.example."), "")).collect();
    place.write("log", log);
    for format in ["text", "json", "ndjson", "csv", "markdown", "html"] {
        let mut command = place.command(&["report", "log", "--limit", "0", "--format", format]);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut first = String::new();
        // The reader, and the pipe with it, is gone after one line.
        BufReader::new(child.stdout.take().expect("it has an output"))
            .read_line(&mut first)
            .expect("a line comes");
        let output = child.wait_with_output().expect("it ends");
        assert!(first.ends_with('\n'), "{format}");
        assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()), "{format}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn errors_that_cannot_be_said_change_nothing() {
    let place = Place::with_log();
    for (arguments, code) in [
        (&["report", "missing"][..], 2),
        (&["report", "missing", "log", "log"], 3),
        (&["report", "aws-logs-write-test"], 2),
    ] {
        let full = OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
        let status = place.command(arguments).stdout(Stdio::null()).stderr(full).status();
        assert_eq!(status.expect("the program starts").code(), Some(code), "{arguments:?}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_a_failure() {
    let full = OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    let place = Place::with_log();
    let child = place.command(&["report", "log"]).stdout(full).stderr(Stdio::piped()).spawn();
    let output = child.and_then(std::process::Child::wait_with_output).expect("it ends");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: cannot write to standard output: No space left on device (os error 28)\n"
    );
}

/// Answers that were not seen: said with what to ask for instead, and an error only where they are there and
/// unreadable.
#[test]
fn what_was_not_seen_is_said() {
    let place = Place::new();
    let absent = record("AAAA", "absent.example.", "2001:db8::1")
        .replace(r#""answers":[{"Rdata":"2001:db8::1","Type":"AAAA","Class":"IN"}],"#, "");
    let masked = record("AAAA", "masked.example.", "***********");
    let masked_source = record("A", "masked.example.", "192.0.2.1")
        .replace(r#""srcaddr":"10.0.0.5""#, r#""srcaddr":"********""#)
        .replace(r#""srcids":{"instance":"i-1"}"#, r#""srcids":{}"#);
    let unreadable =
        record("AAAA", "garbled.example.", "2001:db8::1").replace(r#""Type":"AAAA""#, r#""Type":"AABA""#);
    place.write("lacks", [absent.as_str(), &masked, &masked_source].concat());
    place.write("garbled", [absent.as_str(), &masked, &masked_source, &unreadable].concat());
    for format in ["text", "markdown"] {
        let ran = place.run(&["report", "lacks", "--format", format]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert!(ran.out.contains("logs:Unmask") && ran.out.contains("@message"), "{}", ran.out);
        assert!(!ran.out.contains("No part of the log is known to be missing"), "{}", ran.out);
        let ran = place.run(&["report", "garbled", "--format", format]);
        assert_eq!(ran.code, Some(3), "{}", ran.err);
        insta::assert_snapshot!(format!("unknown-{format}"), ran.out);
    }
    let csv = place.run(&["report", "garbled", "--format", "csv", "--wide"]).out;
    let reasons: Vec<&str> = csv.lines().skip(1).map(|line| line.rsplit(',').nth(1).unwrap_or("")).collect();
    assert_eq!(reasons, ["", "AAAA absent 1", "AAAA unreadable 1", "AAAA masked 1"], "{csv}");
    for verdict in ["verdict:unknown", "aaaa:masked", "aaaa:absent", "-aaaa:empty verdict:unreadable"] {
        let ran = place.run(&["report", "garbled", "--format", "ndjson", "--filter", verdict]);
        let lines = ran.out.lines().count();
        assert_eq!(lines, if verdict == "verdict:unknown" { 3 } else { 1 }, "{verdict} {}", ran.out);
    }
    let ran = place.run(&["report", "garbled", "--format", "ndjson", "--status", "unknown"]);
    assert_eq!(ran.out.lines().count(), 3, "{}", ran.out);
}

#[test]
fn colors_only_where_they_are_wanted() {
    let place = Place::with_log();
    for (arguments, no_color, is_colored) in [
        (&[][..], None, false),
        (&["--color", "auto"], None, false),
        (&["--color", "never"], None, false),
        (&["--color", "always"], None, true),
        // Who asks for colors gets them, whatever the environment says.
        (&["--color", "always"], Some("1"), true),
        (&[], Some("1"), false),
    ] {
        let mut command = place.command(&[&["report", "log"], arguments].concat());
        if let Some(value) = no_color {
            command.env("NO_COLOR", value);
        }
        let output = command.output().expect("the program starts");
        assert_eq!(output.stdout.contains(&0x1b), is_colored, "{arguments:?} {no_color:?}");
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
    }
    place.write("demo", include_str!("../../fixtures/demo.jsonl"));
    let demo = place.run(&["report", "demo", "--color", "always"]).out;
    for painted in ["\u{1b}[33mwarning\u{1b}[0m", "\u{1b}[36mnotice \u{1b}[0m", "\u{1b}[36mA only 3\u{1b}[0m"]
    {
        assert!(demo.contains(painted), "{painted:?} {demo:?}");
    }
    for format in ["json", "ndjson", "csv", "markdown"] {
        let ran = place.run(&["report", "log", "--color", "always", "-f", format]);
        assert!(!ran.out.contains('\u{1b}'), "{format}");
    }
}

/// Help and errors, too, are plain where nobody looks.
#[test]
fn nothing_is_colored_that_is_not_looked_at() {
    let place = Place::with_log();
    for arguments in
        [&["--help"][..], &["report"], &["report", "missing"], &["explain", "::1"], &["nonsense"]]
    {
        let ran = place.run(arguments);
        assert!(!ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'), "{arguments:?}");
    }
}

#[test]
fn shells_take_the_completions() {
    let place = Place::new();
    let mut tried = 0;
    for (shell, check) in [("bash", &["-n"][..]), ("zsh", &["-n"]), ("fish", &["--no-execute"])] {
        let ran = place.run(&["completions", shell]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{shell}");
        for word in ["report", "explain", "fail-on", "ipv4-only"] {
            assert!(ran.out.contains(word), "{shell}: {word}");
        }
        place.write("completions", &ran.out);
        // A shell that is not there cannot be asked.
        let Ok(output) = Command::new(shell).args(check).arg(place.path("completions")).output() else {
            continue;
        };
        assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
        tried += 1;
    }
    assert!(tried > 0, "no shell was there to be asked");
}

#[test]
fn the_manual_page_renders() {
    let place = Place::new();
    let ran = place.run(&["man"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    for part in [".TH r53tail 1", ".SH NAME", ".SH SYNOPSIS", "report", "explain"] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let child = Command::new("groff")
        .args(["-man", "-Tutf8", "-ww"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    // Without groff its reading cannot be tried.
    let Ok(mut child) = child else { return };
    child.stdin.take().expect("it has an input").write_all(ran.out.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_table_has_ten_columns_unless_all_are_wanted() {
    let place = Place::new();
    place.write("log", record("AAAA", "=a.example.", "") + &record("A", "=a.example.", "192.0.2.1"));
    let narrow = place.run(&["report", "log", "--format", "csv"]).out;
    let lines: Vec<&str> = narrow.lines().collect();
    assert_eq!(lines[0], "origin_id,origin_label,vpc,region,name,status,aaaa,a,first,last");
    assert_eq!(
        lines[1].split(',').skip(4).take(4).collect::<Vec<_>>(),
        ["'=a.example.", "ipv4-only", "empty 1", "answered 1"]
    );
    let wide = place.run(&["report", "log", "--format", "csv", "--wide"]).out;
    assert!(wide.lines().all(|line| line.split(',').count() > 70), "{wide}");
    for columns in ["aaaa_native_count,aaaa_native_first,aaaa_native_last", "a_empty_count,a_empty_first"] {
        assert!(wide.lines().next().is_some_and(|header| header.contains(columns)), "{columns}: {wide}");
    }
    for (arguments, said) in [
        (&["report", "log", "--wide"][..], "error: --wide goes with --format csv"),
        (&["report", "log", "--brief", "--format", "json"], "error: --brief goes with text and Markdown"),
    ] {
        let ran = place.run(arguments);
        assert_eq!(ran.code, Some(2));
        assert!(ran.err.starts_with(said), "{}", ran.err);
    }
}

#[test]
fn in_few_words() {
    let place = Place::new();
    let a = "192.0.2.1";
    place.write(
        "log",
        record("AAAA", "ssm.us-west-2.amazonaws.com.", "") + &record("A", "ssm.us-west-2.amazonaws.com.", a),
    );
    insta::assert_snapshot!("brief-text", place.run(&["report", "log", "--brief"]).out);
    insta::assert_snapshot!(
        "brief-markdown",
        place.run(&["report", "log", "--brief", "--format", "markdown"]).out
    );
    // Of a log without A and AAAA there is nothing to count.
    place.write("other", record("TXT", "a.example.", ""));
    let brief = place.run(&["report", "other", "--brief"]).out;
    assert!(brief.contains("1 record, 2025-05-05 10:00:00 UTC.\n"), "{brief}");
    assert!(brief.starts_with("No A or AAAA query was seen.\n"), "{brief}");
    // Of what is not there, the first two are named.
    for (inputs, more) in [
        (&["log", "a", "b"][..], None),
        (&["log", "a", "b", "c"], Some("… and 1 line more on what was not seen.\n")),
        (&["log", "a", "b", "c", "d"], Some("… and 2 lines more on what was not seen.\n")),
    ] {
        let brief = place.run(&[&["report", "--brief"], inputs].concat()).out;
        assert_eq!(brief.matches("it does not exist.\n").count(), 2, "{brief}");
        assert_eq!(brief.contains("what was not seen"), more.is_some(), "{brief}");
        assert!(more.is_none_or(|more| brief.contains(more)), "{brief}");
    }
}

/// Names that are no endpoints are counted where they are not listed, of each kind.
#[test]
fn what_is_not_listed_is_counted() {
    let place = Place::new();
    let mut log = record("AAAA", "api.example.", "2001:db8::1");
    log += &record("AAAA", "9.2.0.192.in-addr.arpa.", "");
    for name in ["db.", "cache."] {
        log += &record("AAAA", name, "").replace("NOERROR", "NXDOMAIN");
    }
    place.write("log", log);
    let text = place.run(&["report", "log"]).out;
    assert!(text.contains("\n  · not listed: 1 reverse name, 2 single labels\n"), "{text}");
    place.write("none", record("AAAA", "api.example.", "2001:db8::1"));
    assert!(!place.run(&["report", "none"]).out.contains("not listed"));
}

/// Of names that differ in signs alone, which no address in a page has, each finding has an id of its own.
#[test]
fn no_two_findings_in_a_page_have_one_id() {
    let place = Place::new();
    let names = ["a(b.example.", "a)b.example.", "a+b.example."];
    let log = names.map(|name| record("AAAA", name, "") + &record("A", name, "192.0.2.1"));
    place.write("log", log.concat());
    let page = place.run(&["report", "log", "--format", "html"]).out;
    let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let different: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(different.len(), ids.len(), "{ids:?}");
    assert_eq!(ids.iter().filter(|id| id.starts_with("ipv4-only:a_b.example")).count(), 3, "{ids:?}");
}

/// Of what is more than may be listed it is said how much there is more, in each list.
#[test]
fn what_is_left_out_of_a_list_is_counted() {
    let place = Place::new();
    let ask = |instance: &str, name: &str| {
        let both = record("AAAA", name, "") + &record("A", name, "192.0.2.1");
        both.replace("\"i-1\"", &format!("\"{instance}\""))
    };
    let names = ["a.example.", "b.example.", "c.example."];
    place.write("log", names.map(|name| ask("i-1", name)).concat() + &ask("i-2", names[0]));
    let text = place.run(&["report", "log", "--limit", "1"]).out;
    let more = "\n  … and 2 more endpoints (--limit 0 lists all)\n";
    assert_eq!(text.matches(more).count(), 2, "of all, and of the first origin: {text}");
    assert!(text.contains("\n  … and 1 more origin (--limit 0 lists all)\n"), "{text}");
    let brief = place.run(&["report", "log", "--brief"]).out;
    assert!(
        brief.contains("\n- a.example.: 2 origins, 4 logged queries\n- b.example.: 1 origin, "),
        "{brief}"
    );
    let text = place.run(&["report", "log", "--limit", "2"]).out;
    assert_eq!(text.matches("\n  … and 1 more endpoint (--limit 0 lists all)\n").count(), 2, "{text}");
    assert!(!text.contains("more origin"), "{text}");
}

/// What was not asked for is said in every form for a person, and in none where all was.
#[test]
fn what_is_left_out_by_its_time_is_said() {
    let place = Place::new();
    let (old, new) = (record("AAAA", "old.example.", ""), record("AAAA", "new.example.", "2001:db8::1"));
    let (early, late) = (old.replace("10:00:00Z", "09:00:00Z"), new.replace("10:00:00Z", "11:00:00Z"));
    place.write("log", early.clone() + &old + &new + &late);
    for form in [
        &["--format", "text"][..],
        &["--format", "markdown"],
        &["--format", "html"],
        &["--brief"],
        &["--brief", "--format", "markdown"],
        &["--compare", "log"],
        &["--compare", "log", "--format", "markdown"],
        &["--compare", "log", "--format", "html"],
    ] {
        let (from, until) = ("2025-05-05T09:30:00Z", "2025-05-05T10:30:00Z");
        for (narrowed, words) in [
            (&["--since", from][..], "1 record left out by --since or --until."),
            (&["--since", from, "--until", until], "2 records left out by --since or --until."),
        ] {
            let ran = place.run(&[&["report", "log"], form, narrowed].concat());
            // Markdown says that `-` is no markup where names may stand.
            let said = ran.out.replace('\\', "");
            assert!(said.contains(words), "{form:?} {narrowed:?}: {}{}", ran.out, ran.err);
        }
        let whole = place.run(&[&["report", "log"], form].concat());
        assert!(
            whole.code == Some(0) && !whole.out.contains("left out by --since"),
            "{form:?}: {}",
            whole.out
        );
    }
}

/// Over what each origin asked, in JSON and CSV, and the filter that finds it.
#[test]
fn over_what_origins_asked() {
    let place = Place::new();
    let from = |instance: &str, source: &str| {
        record("AAAA", "ssm.example.", "").replace("i-1", instance).replace("10.0.0.5", source)
    };
    let log = [
        from("i-four", "10.0.0.5"),
        from("i-six", "2001:db8::5"),
        // Of the link, which IPv6-only instances have, too.
        from("i-six", "169.254.10.1"),
        from("i-both", "10.0.0.6"),
        from("i-both", "2001:db8::6"),
        from("i-link", "169.254.10.2"),
    ];
    place.write("log", log.concat());
    let json: serde_json::Value =
        serde_json::from_str(&place.run(&["report", "log", "-f", "json"]).out).expect("it is JSON");
    let said = json["origins"].as_array().expect("a list").iter();
    let said: Vec<(&str, Option<&str>)> = said
        .map(|origin| (origin["origin"]["id"].as_str().expect("a text"), origin["asked_over"].as_str()))
        .collect();
    assert_eq!(
        said,
        [("i-both", Some("both")), ("i-four", Some("ipv4")), ("i-link", None), ("i-six", Some("ipv6"))]
    );
    let csv = place.run(&["report", "log", "-f", "csv", "--wide"]).out;
    let mut table = csv::Reader::from_reader(csv.as_bytes());
    let header = table.headers().expect("there is one").clone();
    let column = |name: &str| header.iter().position(|cell| cell == name).expect("there is one");
    let (id, over) = (column("origin_id"), column("asked_over"));
    let rows: Vec<_> = table.records().map(|row| row.expect("it is whole")).collect();
    let rows: Vec<(&str, &str)> = rows.iter().map(|row| (&row[id], &row[over])).collect();
    assert_eq!(rows, [("i-both", "both"), ("i-four", "ipv4"), ("i-link", ""), ("i-six", "ipv6")]);
    let six = place.run(&["report", "log", "-f", "csv", "--filter", "source:::/0"]).out;
    assert!(six.contains("i-six") && six.contains("i-both") && !six.contains("i-four"), "{six}");
}

/// As SQL all of it is one transaction, and filters choose the pairs as everywhere.
#[test]
fn sql_is_one_transaction() {
    let place = Place::with_log();
    place.write("it's", "");
    let ran = place.run(&["report", "log", "it's", "--format", "sql", "--status", "ipv4-only"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let script = ran.out;
    assert!(script.contains("\nBEGIN TRANSACTION;\n") && script.ends_with("COMMIT;\n"), "{script}");
    assert!(script.contains("('it''s',") && script.contains("(1,'ssm.example.')"), "{script}");
    assert!(script.contains("(1,1,'ipv4-only','empty',2,") && !script.contains("api.example."), "{script}");
    let ran = place.run(&["report", "log", "--format", "sql", "--brief"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    // Pairs name their origins by the numbers that those have.
    let other = record("AAAA", "ssm.example.", "").replace("\"i-1\"", "\"i-2\"");
    place.write("log", record("AAAA", "ssm.example.", "2001:db8::1") + &other);
    let script = place.run(&["report", "log", "--format", "sql"]).out;
    for row in
        ["(1,'instance','i-1',", "(2,'instance','i-2',", "(1,1,'native','native',", "(2,1,'empty','empty',"]
    {
        assert!(script.contains(&format!("\n{row}")), "{row} {script}");
    }
}

/// A ranking has three endpoints and says how many more there are; the matrix of the page is of two at least.
#[test]
fn lists_say_what_they_leave_out() {
    let place = Place::new();
    let names = ["a.example.", "b.example.", "c.example.", "d.example.", "e.example."];
    let write = |some: usize| {
        let both = |name: &&str| record("AAAA", name, "") + &record("A", name, "192.0.2.1");
        place.write("log", names[..some].iter().map(both).collect::<String>());
    };
    for (some, more) in [(3, None), (4, Some("\n- … and 1 more\n")), (5, Some("\n- … and 2 more\n"))] {
        write(some);
        for format in ["text", "markdown"] {
            let brief = place.run(&["report", "log", "--brief", "--format", format]).out + "\n";
            assert_eq!(more.is_some(), brief.contains("\n- … and "), "{brief}");
            assert!(more.is_none_or(|more| brief.contains(more)), "{brief}");
        }
    }
    for (some, is_there) in [(1, false), (2, true)] {
        write(some);
        let page = place.run(&["report", "log", "--format", "html"]).out;
        assert_eq!(page.contains("<section id=\"matrix\""), is_there, "{some} endpoints");
        assert_eq!(page.contains("href=\"#matrix\""), is_there, "{some} endpoints");
    }
}
