//! What to do: where it shows, how much of it, and whose word goes first.

use crate::program::{Place, Ran, record};

/// Two endpoints without IPv6: one with a dual-stack name, one without.
fn place() -> Place {
    let place = Place::new();
    let log = [
        record("AAAA", "kms.us-west-2.amazonaws.com.", ""),
        record("A", "kms.us-west-2.amazonaws.com.", "198.51.100.1"),
        record("AAAA", "git.example.", ""),
        record("A", "git.example.", "198.51.100.2"),
    ];
    place.write("log", log.concat());
    place
}

fn run(place: &Place, arguments: &[&str]) -> Ran {
    let ran = place.run(&[&["report", "log"], arguments].concat());
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{arguments:?}");
    ran
}

/// Whoever asked from an IPv4 address has IPv4: that is said first where it is so of all.
#[test]
fn what_works_over_ipv4_is_said_so() {
    let asked = |from: &str, id: &str| {
        let both = [("AAAA", ""), ("A", "198.51.100.1")];
        let lines = both.map(|(kind, address)| record(kind, "kms.us-west-2.amazonaws.com.", address));
        lines.concat().replace("10.0.0.5", from).replace("i-1", id)
    };
    let headline = |log: &[String]| {
        let place = Place::new();
        place.write("log", log.concat());
        run(&place, &["--brief"]).out
    };
    let (ipv4, ipv6) = (asked("10.0.0.5", "i-1"), asked("2600:1f14::5", "i-2"));
    for (log, said) in [
        (vec![ipv4.clone()], "The origin asks for 1 endpoint that is reached over IPv4 only."),
        (vec![ipv6.clone()], "The origin asks for 1 endpoint that cannot be reached over IPv6."),
        // A link-local address is on IPv6-only instances, too.
        (
            vec![asked("169.254.7.9", "i-3")],
            "The origin asks for 1 endpoint that cannot be reached over IPv6.",
        ),
        (vec![ipv4, ipv6], "All 2 origins ask for 1 endpoint that cannot be reached over IPv6."),
    ] {
        let told = headline(&log);
        assert!(told.contains(said), "{told}");
    }
}

#[test]
fn the_text_says_what_to_do() {
    let ran = run(&place(), &[]);
    let (_, advice) = ran.out.split_once("What to do").expect("it is said");
    insta::assert_snapshot!("advice-text", advice);
}

#[test]
fn markdown_says_what_to_do() {
    let ran = run(&place(), &["-f", "markdown"]);
    let (_, advice) = ran.out.split_once("## What to do").expect("it is said");
    insta::assert_snapshot!("advice-markdown", advice);
}

#[test]
fn as_many_as_the_limit_allows() {
    let place = place();
    let ran = run(&place, &["--limit", "1"]);
    assert!(ran.out.contains("  … and 1 more finding (--limit 0 lists all)"), "{}", ran.out);
    for limit in ["0", "2"] {
        assert!(!run(&place, &["--limit", limit]).out.contains("more finding"), "{limit}");
    }
}

/// Findings are of what was selected; rows for programs name them if asked to.
#[test]
fn only_of_what_was_asked_for() {
    let place = place();
    let ids = |arguments: &[&str]| -> Vec<String> {
        let ran = run(&place, &[&["-f", "json"], arguments].concat());
        let report: serde_json::Value = serde_json::from_str(&ran.out).expect("it is JSON");
        let findings = report["findings"].as_array().expect("findings are a list");
        findings.iter().map(|finding| finding["id"].as_str().expect("it has an id").to_owned()).collect()
    };
    assert_eq!(ids(&[]), ["dual-stack-name", "ipv4-only"]);
    assert_eq!(ids(&["--name", "git"]), ["ipv4-only"]);
    assert!(ids(&["--status", "native"]).is_empty());
    // One pair a line has no place for sentences: it has the ids of those on its name.
    let lines = run(&place, &["-f", "ndjson", "--findings"]).out;
    let line = |name: &str| -> serde_json::Value {
        let line = lines.lines().find(|line| line.contains(name)).expect("the pair is there");
        serde_json::from_str(line).expect("a line is JSON")
    };
    assert_eq!(line("kms.us-west-2")["findings"], serde_json::json!(["dual-stack-name"]));
    assert_eq!(line("git.example")["findings"], serde_json::json!(["ipv4-only"]));
    let table = run(&place, &["-f", "csv", "--findings"]).out;
    let mut ends: Vec<&str> = table.lines().filter_map(|line| line.rsplit(',').next()).collect();
    ends.sort_unstable();
    assert_eq!(ends, ["dual-stack-name", "findings", "ipv4-only"]);
    for format in ["csv", "ndjson"] {
        assert!(
            !run(&place, &["-f", format]).out.contains("findings"),
            "they take a while, and nobody asked"
        );
    }
    assert!(!run(&place, &["--status", "native"]).out.contains("What to do"));
}

#[test]
fn a_file_of_the_users_goes_first() {
    let place = place();
    place.write("names", "kms n our-wiki\ngit.example=git6.example y our-wiki\n");
    let ran = run(&place, &["--catalog", "names"]);
    for said in [
        "git.example: use git6.example",
        "Your catalog file names git6.example as its dual-stack name.",
        "source: our-wiki",
        "kms.us-west-2.amazonaws.com has no IPv6 address, and no dual-stack name",
    ] {
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
    place.write("names", "kms ?");
    let ran = place.run(&["report", "log", "--catalog", "names"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert!(
        ran.err.starts_with("error: cannot read the catalog `names`: line 1: `?` is none of"),
        "{}",
        ran.err
    );
}

/// What a user's file says of an API is said to be its word, not AWS's.
#[test]
fn the_word_of_a_users_file_is_not_taken_for_that_of_aws() {
    let place = place();
    for (line, said) in [
        ("kms y our-wiki", "Your catalog file names kms.us-west-2.api.aws as its dual-stack name."),
        (
            "kms n our-wiki",
            "Your catalog file says that it has no dual-stack name (kms.us-west-2.api.aws would be its form).",
        ),
        ("kms m our-wiki", "Your catalog file says that kms.us-west-2.api.aws was measured."),
        ("kms u our-wiki", "By AWS's naming rule its dual-stack name would be kms.us-west-2.api.aws;"),
    ] {
        place.write("names", line);
        let ran = run(&place, &["--catalog", "names", "--name", "kms"]);
        assert!(ran.out.contains(said), "{line}: {}", ran.out);
        assert!(!ran.out.contains("documents") && !ran.out.contains("lists"), "{line}: {}", ran.out);
    }
}

#[test]
fn filters_know_the_services_of_a_users_file() {
    let place = place();
    place.write("names", "git.example=git6.example y our-wiki - - Our Git");
    let count = |arguments: &[&str]| {
        let report: serde_json::Value =
            serde_json::from_str(&run(&place, &[&["-f", "json"], arguments].concat()).out)
                .expect("it is JSON");
        report["picked"].as_u64()
    };
    assert_eq!(count(&["--filter", "service:git"]), Some(0));
    let known = count(&["--filter", "name:=git.example"]);
    assert_ne!(known, Some(0));
    assert_eq!(count(&["--filter", "service:git", "--catalog", "names"]), known);
}

/// Names are chosen by strangers: none of them becomes part of a command that somebody may copy.
#[test]
fn no_command_holds_what_a_shell_would_run() {
    let place = Place::new();
    let name = "$(touch x).s3.us-west-2.amazonaws.com.";
    place.write("log", record("AAAA", name, "") + &record("A", name, "198.51.100.1"));
    let ran = run(&place, &[]);
    assert!(ran.out.contains("What to do"), "{}", ran.out);
    assert!(!ran.out.contains("`dig AAAA $("), "{}", ran.out);
}

/// The example of the documentation, as it stands there.
fn example(fence: &str) -> String {
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/advice.md")).expect("it is there");
    let (_, rest) = page.split_once(&format!("```{fence}\n")).expect("the page has such an example");
    let (example, _) = rest.split_once("```").expect("the example ends");
    example.to_owned()
}

#[test]
fn the_examples_of_the_documentation_do_what_it_says() {
    let place = Place::new();
    let log = [
        record("AAAA", "git.corp.example.", ""),
        record("A", "git.corp.example.", "198.51.100.2"),
        record("AAAA", "ssmmessages.us-west-2.amazonaws.com.", ""),
    ];
    place.write("log", log.concat());
    place.write("ours.toml", example("toml"));
    place.write("ours.names", example("csv"));
    place.write("ours.catalog", example("text"));
    let options = ["--profiles", "ours.toml", "--names", "ours.names", "--catalog", "ours.catalog"];
    let ran = run(&place, &options);
    for said in [
        "Build server: over IPv4 only for 1 origin",
        "→ point the runners at git6.corp.example",
        "Session Manager, our way: over IPv4 only for 1 origin",
        "git.corp.example: use git6.corp.example",
        "i-1 (build-7)  vpc-1 (staging)",
    ] {
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
    assert!(!ran.out.contains("Systems Manager (agent, Session Manager)"), "{}", ran.out);
    let ran = place.run(&["explain", "git.corp.example", "--profiles", "ours.toml"]);
    assert!(ran.out.contains("features that ask for it: Build server (needs it)"), "{}", ran.out);
}

#[test]
fn what_is_wrong_in_a_file_of_the_users_is_said_with_its_line() {
    let place = place();
    place.write("file", "[[profile]]\nid = 'x'\nname = 'X'\nswitch = 's'\ndetect = ['x']\nneed = ['x']\n");
    for (option, start) in [
        (
            "--profiles",
            "error: cannot read the profiles `file`: line 5: profile `x`: `x` is not PREFIX.{r}, s3:BUCKET, kind:KIND or \
             host:NAME\n  try: [[profile]] with id,",
        ),
        ("--names", "error: cannot read the names `file`: no JSON: "),
        (
            "--inspected",
            "error: cannot read the inspection `file`: it is no JSON object\n  try: r53tail inspect",
        ),
    ] {
        let ran = place.run(&["report", "log", option, "file"]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{option}");
        assert!(ran.err.starts_with(start), "{}", ran.err);
        let ran = place.run(&["report", "log", option, "nowhere"]);
        assert_eq!((ran.code, ran.err.contains("`nowhere`: ")), (Some(2), true), "{}", ran.err);
    }
}

/// Names stand beside ids in every format, made harmless where that is needed.
#[test]
fn names_are_shown_in_every_format() {
    let place = place();
    place.write("names", "i-1,=web|\u{1b}[2J\n10.0.0.5,other\nvpc-1,prod\n");
    for (format, said) in [
        ("text", vec![r"i-1 (=web|\u{1b}[2J)  vpc-1 (prod)", r": i-1 (=web|\u{1b}[2J)"]),
        ("markdown", vec![r"| i-1 &#40;=web&#124;&#92;u&#123;1b&#125;&#91;2J&#41; |"]),
        ("csv", vec![r"i-1,'=web|\u{1b}[2J,vpc-1,"]),
        ("csv --wide", vec![r",'=web|\u{1b}[2J,prod"]),
        ("html", vec![r#"=web|\u{1b}[2J <span class="id">i-1<"#]),
        ("json", vec![r#""label":"=web|\\u{1b}[2J","vpc_label":"prod""#]),
        ("ndjson", vec![r#""label":"=web|\\u{1b}[2J","vpc_label":"prod""#]),
    ] {
        let format: Vec<&str> = ["-f"].into_iter().chain(format.split(' ')).collect();
        let ran = run(&place, &[&format[..], &["--names", "names"]].concat());
        for said in said {
            assert!(ran.out.contains(said), "{format:?}: {said}: {}", ran.out);
        }
        assert!(!ran.out.contains('\u{1b}'), "{format:?}");
    }
    let ran = run(&place, &["-f", "json"]);
    assert!(!ran.out.contains("label"), "{}", ran.out);
    let ran = run(&place, &["--names", "names", "--origin", "=web"]);
    assert!(ran.out.contains("kms.us-west-2.amazonaws.com"), "{}", ran.out);
    let ran = run(&place, &["--names", "names", "--origin", "nobody"]);
    assert!(!ran.out.contains("kms.us-west-2.amazonaws.com"), "{}", ran.out);
}

/// A record of an instance, at a second of an hour.
fn asked(second: u32, instance: &str, kind: &str, name: &str, answer: &str) -> String {
    let answers = match answer {
        "" => String::new(),
        answer => format!(r#"{{"Rdata":"{answer}","Type":"{kind}","Class":"IN"}}"#),
    };
    format!(
        r#"{{"query_timestamp":"2025-05-05T10:00:{second:02}Z","query_name":"{name}","query_type":"{kind}","query_class":"IN","rcode":"NOERROR","answers":[{answers}],"vpc_id":"vpc-1","srcaddr":"10.0.0.{second}","srcids":{{"instance":"{instance}"}}}}"#
    ) + "\n"
}

/// Where one origin is led to a private address and another to a public one, the name is not of a host of
/// one's own.
#[test]
fn an_address_is_private_if_it_is_so_for_everybody() {
    let place = Place::new();
    let private = asked(1, "i-1", "AAAA", "git.example.", "64:ff9b::a01:203");
    let public = asked(2, "i-2", "AAAA", "git.example.", "64:ff9b::c633:6401");
    for (log, said, not_said) in [
        (private.clone(), "leads to a private IPv4 address", "git.example has no IPv6 address"),
        (private.clone() + &public, "git.example has no IPv6 address", "leads to a private IPv4 address"),
        (public, "git.example has no IPv6 address", "leads to a private IPv4 address"),
    ] {
        place.write("log", log);
        let ran = run(&place, &[]);
        assert!(ran.out.contains(said) && !ran.out.contains(not_said), "{said}: {}", ran.out);
    }
}

/// What the log itself shows needs no table.
#[test]
fn a_name_that_the_log_shows_is_confirmed() {
    let place = Place::new();
    let old = asked(1, "i-1", "AAAA", "ssmmessages.us-east-1.amazonaws.com.", "")
        + &asked(1, "i-1", "A", "ssmmessages.us-east-1.amazonaws.com.", "198.51.100.1");
    let new = asked(2, "i-2", "AAAA", "ssmmessages.us-east-1.api.aws.", "2a05:d018::1");
    let (shown, possible) = (
        "Dual-stack names, documented or in this log: ssmmessages.us-east-1.api.aws.",
        "Possible dual-stack names, not confirmed: ssmmessages.us-east-1.api.aws.",
    );
    for (log, said, not_said) in [(old.clone(), possible, shown), (old + &new, shown, possible)] {
        place.write("log", log);
        let ran = run(&place, &[]);
        assert!(ran.out.contains(said) && !ran.out.contains(not_said), "{said}: {}", ran.out);
    }
}

/// How a report begins: what was read and left out, what somebody marked, and what is known to be missing.
#[test]
fn how_a_report_begins() {
    let place = Place::new();
    let notes = [
        r#"{"r53tail":{"gap":{"from":"2025-05-05T10:00:04Z","until":"2025-05-05T10:00:05Z"}}}"#,
        r#"{"r53tail":{"sampled":{"from":"2025-05-05T10:00:06Z","until":"2025-05-05T10:00:07Z"}}}"#,
        r#"{"r53tail":{"mark":{"at":"2025-05-05T10:00:03Z","text":"DNS64 on\u001b[2J"}}}"#,
    ];
    let records = [
        asked(1, "i-1", "AAAA", "old.example.", ""),
        asked(2, "i-1", "AAAA", "git.example.", "64:ff9b::c633:6401"),
        asked(3, "i-2", "AAAA", "git.example.", "64:ff9b::c633:6401"),
        asked(8, "i-2", "AAAA", "six.example.", "2a05:d018::1"),
    ];
    place.write("log", records.concat() + &notes.join("\n") + "\nno record\n");
    for format in ["text", "markdown"] {
        let ran = place.run(&["report", "log", "-f", format, "--since", "2025-05-05T10:00:02Z"]);
        assert_eq!(ran.code, Some(3), "{}", ran.err);
        let (head, _) = ran.out.split_once("What to do").expect("findings follow");
        insta::assert_snapshot!(format!("head-{format}"), head);
    }
}

/// The chart of the page hatches what is missing of what it shows, and nothing for what was missing before
/// and after.
#[test]
fn the_chart_shows_what_is_missing_of_it() {
    let place = Place::new();
    let record = |clock: &str| {
        let record = asked(1, "i-1", "AAAA", "six.example.", "2a05:d018::1");
        record.replace("10:00:01Z", &format!("{clock}Z"))
    };
    let gap = |what: &str, from: &str, until: &str| {
        let (from, until) = (format!("2025-05-05T{from}Z"), format!("2025-05-05T{until}Z"));
        format!(r#"{{"r53tail":{{"{what}":{{"from":"{from}","until":"{until}"}}}}}}"#) + "\n"
    };
    let hatched = |notes: &[String]| {
        place.write("log", record("10:00:00") + &record("10:30:00") + &notes.concat());
        let ran = place.run(&["report", "log", "-f", "html"]);
        ran.out.matches("fill=\"url(#hatch)\"").count()
    };
    let before = gap("gap", "09:00:00", "09:10:00");
    let after = gap("sampled", "11:00:00", "11:10:00");
    assert_eq!(hatched(&[]), 0);
    assert_eq!(hatched(&[before.clone(), after.clone()]), 0);
    let within = [gap("gap", "10:10:00", "10:11:00"), gap("sampled", "10:20:00", "10:21:00")];
    assert_eq!(hatched(&within), 2);
    // What reaches into it is in it.
    assert_eq!(hatched(&[gap("gap", "09:00:00", "10:10:00"), gap("gap", "10:20:00", "11:00:00")]), 2);
    assert_eq!(hatched(&[before, after, gap("gap", "09:30:00", "12:00:00")]), 1);
}

/// Where nothing lacks an IPv6 address that is said, and where nobody asked for one, that.
#[test]
fn what_there_is_no_fault_with_is_said() {
    let place = Place::new();
    let headline = |log: String| {
        place.write("log", log);
        run(&place, &["--brief"]).out.lines().next().unwrap_or_default().to_owned()
    };
    let none = "No endpoint without an IPv6 address was seen.";
    assert_eq!(headline(asked(1, "i-1", "AAAA", "six.example.", "2a05:d018::1")), none);
    let nobody = "Nobody asked for AAAA, so nothing is known of IPv6.";
    assert_eq!(headline(asked(1, "i-1", "A", "four.example.", "198.51.100.1")), nobody);
}
