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
    for (limit, said) in
        [("1", "  … and 2 more findings (--limit 0 lists all)"), ("2", "  … and 1 more finding (")]
    {
        let ran = run(&place, &["--limit", limit]);
        assert!(ran.out.contains(said), "{limit}: {}", ran.out);
    }
    for limit in ["0", "3"] {
        assert!(!run(&place, &["--limit", limit]).out.contains("more finding"), "{limit}");
    }
}

/// Findings are of what was selected; rows for programs have no place for them.
#[test]
fn only_of_what_was_asked_for() {
    let place = place();
    let ids = |arguments: &[&str]| -> Vec<String> {
        let ran = run(&place, &[&["-f", "json"], arguments].concat());
        let report: serde_json::Value = serde_json::from_str(&ran.out).expect("it is JSON");
        let findings = report["findings"].as_array().expect("findings are a list");
        findings.iter().map(|finding| finding["id"].as_str().expect("it has an id").to_owned()).collect()
    };
    assert_eq!(ids(&[]), ["profile", "dual-stack-name", "ipv4-only"]);
    assert_eq!(ids(&["--name", "git"]), ["ipv4-only"]);
    assert!(ids(&["--status", "native"]).is_empty());
    for format in ["csv", "ndjson"] {
        assert!(!run(&place, &["-f", format]).out.contains("api.aws"), "{format}");
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
