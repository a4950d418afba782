//! Help, options, and what is said of those that cannot be.

use crate::program::{Place, record};

#[test]
fn help() {
    let place = Place::new();
    for (name, arguments) in [
        ("help", &["--help"][..]),
        ("help-report", &["report", "--help"]),
        ("help-report-short", &["report", "-h"]),
        ("help-replay", &["replay", "--help"]),
        ("help-tail", &["tail", "--help"]),
        ("help-groups", &["groups", "--help"]),
        ("help-demo", &["demo", "--help"]),
        ("help-explain", &["explain", "--help"]),
        ("help-filter", &["help", "filter"]),
    ] {
        let ran = place.run(arguments);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{name}");
        insta::assert_snapshot!(name, ran.out);
    }
}

#[test]
fn without_a_command_help_is_an_error() {
    let ran = Place::new().run(&[]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains("Usage: r53tail [OPTIONS] <COMMAND>"), "{}", ran.err);
}

#[test]
fn the_version() {
    let ran = Place::new().run(&["--version"]);
    assert_eq!((ran.code, ran.out), (Some(0), format!("r53tail {}\n", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn what_is_said_of_options_that_cannot_be() {
    let place = Place::with_log();
    for (arguments, said) in [
        (&["report"][..], &["the following required arguments were not provided:\n  <PATH>..."][..]),
        (&["explain"], &["<ADDRESS|NAME>..."]),
        (&["repo", "log"], &["unrecognized subcommand 'repo'", "similar subcommand", "'report'"]),
        (&["report", "log", "--formt", "csv"], &["unexpected argument '--formt'", "'--format'"]),
        (
            &["report", "log", "--format", "xml"],
            &["invalid value 'xml' for '--format <FORMAT>'", "text, json, ndjson, csv, sql, markdown"],
        ),
        (
            &["report", "log", "--status", "nat46"],
            &["invalid value 'nat46' for '--status <STATUS>'", "tip: a similar value exists: 'nat64'"],
        ),
        (
            &["report", "log", "--fail-on", "native,ipv4"],
            &["invalid value 'ipv4' for '--fail-on <STATUS>'", "tip: a similar value exists: 'ipv4-only'"],
        ),
        (
            &["report", "log", "--verdict", "synthesised"],
            &["for '--verdict <VERDICT>'", "tip: a similar value exists: 'synthesized'"],
        ),
        (&["report", "log", "--sort", "name2"], &["tip: a similar value exists: 'name'"]),
        (
            &["report", "log", "--since", "noon"],
            &[
                "invalid value 'noon' for '--since <TIME>'",
                "not a time such as 2025-05-05T10:00:00Z or 2025-05-05",
            ],
        ),
        (&["report", "log", "--until", "2025-02-30"], &["for '--until <TIME>'", "not a time such as"]),
        (
            &["report", "log", "--nat64-prefix", "10.0.0.0/8"],
            &["for '--nat64-prefix <PREFIX>'", "is not an IPv6 prefix such as 64:ff9b::/96"],
        ),
        (
            &["report", "log", "--nat64-prefix", "2001:db8::/80"],
            &["32, 40, 48, 56, 64 or 96 bits long (RFC 6052 section 2.2), not 80"],
        ),
        (
            &["report", "log", "--nat64-prefix", "2001:db8::1/96"],
            &["`2001:db8::1/96` has bits set behind its length"],
        ),
        (&["report", "log", "--nat64-prefix", "fe80::/64"], &["is link-local: no NAT64 prefix"]),
        (&["report", "log", "--threads", "0"], &["0 is not in 1..=256"]),
        (&["report", "log", "--limit", "-1"], &["'-1'"]),
        (&["explain", "::1", "--nat64-prefix", "x"], &["`x` is not an IPv6 prefix"]),
        (&["tail", "x", "--vpc", "vpc-1"], &["'[GROUP]...' cannot be used with '--vpc <VPC>'"]),
        (&["tail", "--vpc", "dns"], &["not the id of a VPC such as vpc-0123456789abcdef0"]),
        (&["tail", "a b"], &["`a b` is not the name of a log group"]),
        (&["tail", "arn:aws:s3:::x"], &["is not the ARN of a log group such as arn:aws:logs:"]),
        (&["tail", "x", "--since", "15"], &["not a time such as 90s, 15m, 2h or 1d, of at most 3653d"]),
        (&["tail", "x", "--all-types", "--aaaa-only"], &["'--all-types' cannot be used with '--aaaa-only'"]),
        (&["tail", "x", "--record", "x.gz"], &["compressed with zstd if its name ends in .zst"]),
        (&["demo", "--speed", "0"], &["0 is not in 1..=10000"]),
    ] {
        let ran = place.run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(ran.err.starts_with("error: "), "{arguments:?}: {}", ran.err);
        for part in said {
            assert!(ran.err.contains(part), "{arguments:?}: {part}: {}", ran.err);
        }
    }
}

fn names(place: &Place, arguments: &[&str]) -> Vec<String> {
    let ran = place.run(&[&["report", "log", "-f", "ndjson"], arguments].concat());
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{arguments:?}");
    ran.out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a line is JSON"))
        .map(|pair| pair["name"].as_str().expect("a pair has a name").to_owned())
        .collect()
}

#[test]
fn filters_and_sorts() {
    let place = Place::with_log();
    for (arguments, expected) in [
        (&[][..], &["api.example.", "s3.example.", "ssm.example."][..]),
        (&["--sort", "status"], &["ssm.example.", "s3.example.", "api.example."]),
        (&["--sort", "count"], &["api.example.", "ssm.example.", "s3.example."]),
        (&["--sort", "name"], &["api.example.", "s3.example.", "ssm.example."]),
        (&["--name", "S3"], &["s3.example."]),
        (&["--name", "s*.example"], &["s3.example.", "ssm.example."]),
        (&["--name", "s3", "--name", "api"], &["api.example.", "s3.example."]),
        (&["--name", "s3", "--status", "native"], &[]),
        (&["--status", "native,nat64"], &["api.example.", "s3.example."]),
        (&["--verdict", "synthesized"], &["s3.example."]),
        (&["--origin", "i-1", "--vpc", "vpc-*"], &["api.example.", "s3.example.", "ssm.example."]),
        (&["--origin", "10.0.0.5", "--verdict", "empty"], &["ssm.example."]),
        (&["--origin", "i-2"], &[]),
        (&["--vpc", "vpc-2"], &[]),
        // With 0.0.0.1 inside, which nothing reaches.
        (&["--nat64-prefix", "2001:db8::/96", "--verdict", "unusable"], &["api.example."]),
        (
            &["--since", "2025-05-05", "--until", "2025-05-05T10:00:00Z", "--status", "nat64"],
            &["s3.example."],
        ),
        (&["--since", "2025-05-05T10:00:01Z"], &[]),
        (&["--until", "2025-05-04"], &[]),
    ] {
        assert_eq!(names(&place, arguments), expected, "{arguments:?}");
    }
}

/// The text is grouped by origin; within one, endpoints come in the order asked for.
#[test]
fn the_text_is_sorted_as_asked() {
    let place = Place::with_log();
    for (sort, expected) in [
        (&[][..], ["ssm.example.", "s3.example.", "api.example."]),
        (&["--sort", "status"], ["ssm.example.", "s3.example.", "api.example."]),
        (&["--sort", "count"], ["api.example.", "ssm.example.", "s3.example."]),
        (&["--sort", "name"], ["api.example.", "s3.example.", "ssm.example."]),
    ] {
        let ran = place.run(&[&["report", "log"], sort].concat());
        let (_, listed) = ran.out.rsplit_once("\n\n").expect("origins come last");
        let mut found = expected.map(|name| (listed.find(name).expect("each is listed"), name));
        found.sort_unstable();
        assert_eq!(found.map(|(_, name)| name), expected, "{sort:?}\n{}", ran.out);
    }
}

/// The newest first, whatever the order of names and counts.
#[test]
fn sorted_by_the_newest_record() {
    let place = Place::new();
    let at = |second: u32, name: &str| {
        record("AAAA", name, "2001:db8::1").replace("10:00:00", &format!("10:00:{second:02}"))
    };
    let log = [
        at(3, "b.example."),
        at(1, "b.example."),
        at(1, "b.example."),
        at(9, "c.example."),
        at(5, "a.example."),
    ];
    place.write("log", log.concat());
    let expected = ["c.example.", "a.example.", "b.example."];
    assert_eq!(names(&place, &["--sort", "last"]), expected);
    let ran = place.run(&["report", "log", "--sort", "last"]);
    let (_, listed) = ran.out.rsplit_once("\n\n").expect("origins come last");
    let mut found = expected.map(|name| (listed.find(name).expect("each is listed"), name));
    found.sort_unstable();
    assert_eq!(found.map(|(_, name)| name), expected, "{}", ran.out);
}

/// A time of day says little in a log of several days.
#[test]
fn rows_are_dated_where_the_log_has_several_days() {
    let place = Place::with_log();
    let ran = place.run(&["report", "log"]);
    assert!(ran.out.contains("  10:00:00\n") && !ran.out.contains("2025-05-05 10:00:00\n"), "{}", ran.out);
    place.write("later", record("AAAA", "api.example.", "2001:db8::1").replace("2025-05-05", "2025-05-07"));
    let ran = place.run(&["report", "log", "later"]);
    for row in ["  2025-05-05 10:00:00 to 2025-05-07 10:00:00\n", "  2025-05-05 10:00:00\n"] {
        assert!(ran.out.contains(row), "{row}: {}", ran.out);
    }
}

/// That nothing was found where nobody looked is no good news.
#[test]
fn a_log_without_aaaa_tells_nothing_of_ipv6() {
    let place = Place::new();
    place.write("log", record("A", "api.example.", "192.0.2.1"));
    let ran = place.run(&["report", "log"]);
    assert!(ran.out.contains("Nobody asked for AAAA, so nothing is known of IPv6."), "{}", ran.out);
    assert!(!ran.out.contains("No origin was seen to depend"), "{}", ran.out);
}

#[test]
fn what_is_found_decides_the_exit_code() {
    let place = Place::with_log();
    place.write("bad", ["noise\n", &record("AAAA", "api.example.", "2001:db8::1")].concat());
    for (arguments, code) in [
        (&["log", "--fail-on", "ipv4-only"][..], 1),
        (&["log", "--fail-on", "failing,nat64"], 1),
        (&["log", "--fail-on", "failing", "--fail-on", "native"], 1),
        (&["log", "--fail-on", "failing,nxdomain"], 0),
        // Only what is reported counts.
        (&["log", "--fail-on", "ipv4-only", "--name", "s3"], 0),
        (&["bad"], 3),
        (&["bad", "--fail-on", "ipv4-only"], 3),
        // What was looked for and found says more than that something else could not be read.
        (&["bad", "--fail-on", "native"], 1),
        (&["bad", "missing", "--fail-on", "native"], 1),
        (&["missing", "--fail-on", "native"], 2),
    ] {
        let ran = place.run(&[&["report"], arguments].concat());
        assert_eq!(ran.code, Some(code), "{arguments:?}: {}{}", ran.out, ran.err);
    }
}

#[test]
fn explain_says_what_an_address_is() {
    let ran = Place::new().run(&["explain", "64:ff9b::345e:b677", "2001:470::1", "ssm.example"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    for said in ["IPv4 address 52.94.182.119 inside", "Hurricane Electric", "ssm.example."] {
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
    let ran = Place::new().run(&[
        "explain",
        "2001:db8:122:344::c000:221",
        "--nat64-prefix",
        "2001:db8:122:344::/96",
    ]);
    assert!(ran.out.contains("IPv4 address 192.0.2.33 inside"), "{}", ran.out);
    let ran = Place::new().run(&["explain", "a\u{1b}[31m"]);
    assert!(!ran.out.contains('\u{1b}'), "{:?}", ran.out);
}

/// One name of each way to have a dual-stack form, worded by how sure it is.
#[test]
fn explain_says_what_is_known_of_a_name() {
    let ran = Place::new().run(&[
        "explain",
        "ssm.us-west-2.amazonaws.com",
        "ec2.us-west-2.amazonaws.com",
        "cloudformation.us-west-2.amazonaws.com",
        "ssmmessages.us-west-2.amazonaws.com",
        "account.us-west-2.amazonaws.com",
        "dynamodb.eu-west-1.amazonaws.com",
        "ec2messages.us-west-2.amazonaws.com",
        "secretsmanager.us-west-2.amazonaws.com",
        "ssm.us-west-2.api.aws",
        "new.us-west-2.api.aws",
        "111122223333.dkr.ecr.us-west-2.amazonaws.com",
        "bucket.s3.amazonaws.com",
        "site.s3-website-us-east-1.amazonaws.com",
        "s3-r-w.us-east-1.amazonaws.com",
        "sts.amazonaws.com",
        "app-1.us-west-2.elb.amazonaws.com",
        "ip-10-0-0-5.us-west-2.compute.internal",
        "new.us-west-2.amazonaws.com",
        "github.com",
    ]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let out: Vec<&str> = ran.out.lines().filter(|line| !line.contains("catalog of ")).collect();
    assert_eq!(ran.out.lines().count() - out.len(), 18, "each but the last says of when the catalog is");
    insta::assert_snapshot!("explain-names", out.join("\n"));
}

#[test]
fn explain_for_programs() {
    let place = Place::new();
    let ran = place.run(&["explain", "-f", "json", "kms.us-west-2.amazonaws.com", "::1", "a\u{9b}b"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert!(!ran.out.contains('\u{9b}'), "{:?}", ran.out);
    let lines: Vec<serde_json::Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["name"]["dual_stack"], "kms.us-west-2.api.aws");
    assert_eq!(lines[0]["name"]["evidence"], "E3");
    assert_eq!((&lines[1]["subject"], &lines[1]["name"]), (&"::1".into(), &serde_json::Value::Null));
}

#[test]
fn a_file_of_names_goes_before_the_catalog() {
    let place = Place::new();
    place.write("names", "# ours\nkms n our-wiki\ngit.corp.example=git6.corp.example y our-wiki\n");
    let ran =
        place.run(&["explain", "--catalog", "names", "kms.us-west-2.amazonaws.com", "git.corp.example"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    for said in [
        "none, your catalog file says (kms.us-west-2.api.aws would be its form)",
        "git6.corp.example: your catalog file says so",
        "source: our-wiki",
    ] {
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
    place.write("bad", "\nkms maybe\n");
    let ran = place.run(&["explain", "--catalog", "bad", "kms.us-west-2.amazonaws.com"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    let said = "error: cannot read the catalog `bad`: line 2: `maybe` is none of y, n, m, u and -\n";
    assert!(ran.err.starts_with(said), "{}", ran.err);
    let ran = place.run(&["explain", "--catalog", "missing", "x.example"]);
    assert!(ran.err.starts_with("error: cannot read the catalog `missing`: "), "{}", ran.err);
}
