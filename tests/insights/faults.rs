//! What goes wrong, and that it is said.

use std::time::{Duration, Instant};

use super::*;

#[test]
fn a_slice_that_is_too_much_is_halved() {
    let (service, home) = both(&log(96));
    service.fault(Fault::Full(44_000));
    let ran = |place: &str| {
        let time = ["--since", "2025-05-10", "--until", "2025-05-17"];
        home.run(&service, &[&["report", "-f", "json"], &time[..], &[place]].concat())
    };
    assert_eq!(ran(&place()).account(), ran("log").account());
    // Five at a time; the others are cut before they are asked for.
    let long = service.queries().iter().filter(|query| query.range.1 - query.range.0 > 44_000).count();
    assert_eq!((long, service.queries().len()), (5, 5 + 16));
}

#[test]
fn a_slice_whose_counts_differ_is_halved() {
    let (service, home) = both(&log(96));
    service.fault(Fault::Uneven(30_000));
    alike(&service, &home, &place());
    assert_eq!(service.queries().len(), 3 + 6 + 12);
}

#[test]
fn a_query_that_takes_too_long_is_halved() {
    let (service, home) = both(&log(48));
    service.fault(Fault::Slow(50_000));
    alike(&service, &home, &place());
    assert_eq!(service.queries().len(), 3 + 6);
}

#[test]
fn a_second_that_is_too_much_is_said() {
    let (service, home) = both(&log(24));
    service.fault(Fault::Full(0));
    let ran = home.run(
        &service,
        &[
            "report",
            "-f",
            "json",
            "--since",
            "2025-05-12T00:00:03Z",
            "--until",
            "2025-05-12T00:00:04Z",
            &place(),
        ],
    );
    assert_eq!(ran.code, Some(2), "{ran:?}");
    for second in
        ["2025-05-12T00:00:03Z to 2025-05-12T00:00:04Z", "2025-05-12T00:00:04Z to 2025-05-12T00:00:05Z"]
    {
        let said = format!(
            "{second}: counted approximately, 100,000 of 1,000,000 records: it has 100,000 kinds of records or more, which is \
             all that a query gives"
        );
        assert!(ran.err.contains(&said), "{}", ran.err);
    }
}

/// Counts that never add up do so for another reason than that there are too many: that must end.
#[test]
fn counts_that_never_add_up_are_said() {
    let (service, home) = both(&log(24));
    service.fault(Fault::Uneven(0));
    let ran = home.report(&service, &place());
    assert!(ran.err.contains("counted approximately, "), "{}", ran.err);
    assert!(ran.err.contains(" records: the counts of the rows do not add up; "), "{}", ran.err);
    assert!(ran.err.contains(" more such part"), "{}", ran.err);
    let asked = service.queries().len();
    assert!((5..=3 * 7).contains(&asked), "once that is seen, nothing is asked twice: {asked}");
    assert_eq!(ran.account()["pairs"], home.report(&service, "log").account()["pairs"]);
}

#[test]
fn what_passes_is_waited_out() {
    let (service, home) = both(&log(48));
    for (operation, code) in [
        ("StartQuery", "LimitExceededException"),
        ("StartQuery", "ThrottlingException"),
        ("GetQueryResults", "ThrottlingException"),
        ("GetQueryResults", "ServiceUnavailableException"),
    ] {
        service.fault(Fault::Refused(operation, 1, code, "later"));
    }
    service.fault(Fault::Ends(1, "Failed"));
    alike(&service, &home, &place());
}

#[test]
fn what_ends_badly_is_said() {
    let failed = "the query failed";
    for (fault, said) in [
        (Fault::Ends(9, "Failed"), failed),
        (Fault::Ends(9, "Cancelled"), "the query was cancelled, not by r53tail"),
        (
            Fault::Refused("StartQuery", 9, "AccessDeniedException", "no"),
            "AccessDeniedException: no; try: allow the IAM action `logs:StartQuery`; nothing more was asked",
        ),
        (
            Fault::Refused("GetQueryResults", 9, "AccessDeniedException", "no"),
            "AccessDeniedException: no; try: allow the IAM action `logs:GetQueryResults`; nothing more was asked",
        ),
        (
            Fault::Refused("StartQuery", 9, "MalformedQueryException", "unexpected symbol"),
            "MalformedQueryException: unexpected symbol; nothing more was asked",
        ),
        (
            Fault::Refused("DescribeLogGroups", 9, "AccessDeniedException", "no"),
            "AccessDeniedException: no; try: allow the IAM action `logs:DescribeLogGroups`",
        ),
        (Fault::Circle(1), "gives the same page of GetQueryResults again and again"),
        (Fault::Circle(2), "gives the same page of GetQueryResults again and again"),
    ] {
        let (service, home) = both(&log(24));
        service.fault(fault.clone());
        service.page(5);
        let ran = home.report(&service, &place());
        assert_eq!(ran.code, Some(2), "{fault:?}: {ran:?}");
        assert!(ran.err.contains(&format!("error: cannot read `{}`: ", place())), "{fault:?}: {}", ran.err);
        assert!(ran.err.contains(said), "{fault:?}: {}", ran.err);
        if matches!(fault, Fault::Refused("GetQueryResults", ..)) {
            assert!(service.queries().iter().all(|query| query.is_stopped), "they would run on");
        }
    }
    // One of three.
    let (service, home) = both(&log(24));
    service.fault(Fault::Ends(4, "Failed"));
    let ran = home.report(&service, &place());
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.err.contains(failed), "{}", ran.err);
}

#[test]
fn without_functions_for_json_it_is_asked_otherwise() {
    let log: Vec<(i64, String)> =
        log(96).into_iter().filter(|(_, record)| !record.contains("2001:db8::4f")).collect();
    let (service, home) = both(&log);
    service.fault(Fault::NoJson);
    let ran = alike(&service, &home, &place());
    assert!(ran.err.contains("does not know the functions for JSON"), "{}", ran.err);
}

#[test]
fn what_is_older_than_what_is_kept_is_said() {
    let (service, home) = both(&log(24));
    let why = "end date and time is either before the log groups creation time or exceeds the log groups log retention settings";
    service.fault(Fault::Refused("StartQuery", 1, "MalformedQueryException", why));
    let ran = home.report(&service, &place());
    let said = "some of the time asked for is older than the log group, or than what it keeps";
    assert!(ran.err.contains(said) && !ran.err.contains("error:"), "{}", ran.err);
}

#[test]
fn rows_that_make_no_sense_are_counted() {
    let (service, home) = both(&log(24));
    let cell = |field: &str, value: &str| json!({"field": field, "value": value});
    let long = "x".repeat(100_000);
    service.fault(Fault::Rows(vec![
        json!([]),
        json!([cell("n", "many"), cell("query_name", &long)]),
        json!([cell("n", "0"), cell("answer_list", &"[".repeat(100_000))]),
        json!([cell("\u{1b}[31m", "\u{0}"), cell("n", "-5")]),
    ]));
    let ran = home.report(&service, &place());
    let (asked, read) = (ran.account(), home.report(&service, "log").account());
    assert_eq!(asked["pairs"], read["pairs"]);
    let more = asked["malformed"].as_u64().zip(read["malformed"].as_u64()).map(|(asked, read)| asked - read);
    assert_eq!(more, Some(12), "four rows a day: {}", ran.err);
}

#[test]
fn what_is_not_there_is_said() {
    let (service, home) = both(&[]);
    service.group("/delivered", Vec::new(), &json!({"logGroupClass": "DELIVERY"}));
    let linked = "arn:aws:logs:us-west-2:444455556666:log-group:/linked";
    service.group("/linked", Vec::new(), &json!({"linked": true, "logGroupArn": linked}));
    for (place, said) in [
        (
            "logs:///none",
            "there is no such log group in us-west-2; try: --region REGION, or --profile PROFILE",
        ),
        (
            "logs:///linked",
            "there is no such log group in us-west-2; the linked account 444455556666 has one; try: \
             logs://arn:aws:logs:us-west-2:444455556666:log-group:/linked",
        ),
        ("logs:///delivered", "the log group `/delivered` is of class DELIVERY, which holds no records"),
        ("logs://a b", "`a b` is not the name of a log group"),
    ] {
        let ran = home.report(&service, place);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.err.contains(&format!("error: cannot read `{place}`: {said}")), "{}", ran.err);
    }
    let ran = home.run(&service, &["report", &place()]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("since when is not said; try: r53tail report --since 1d"), "{}", ran.err);
    assert!(service.queries().is_empty());
}

/// Ctrl-C ends the queries, too: they would run on, and be billed.
#[cfg(unix)]
#[test]
fn a_signal_ends_the_queries() {
    let (service, home) = both(&log(24));
    service.fault(Fault::Endless);
    let place = place();
    let arguments = ["report", "-f", "json", "--since", SINCE, "--until", UNTIL, "log", &place];
    let mut command = home.command(&service, &arguments);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let end = Instant::now() + Duration::from_mins(1);
    while service.asked("GetQueryResults") < 6 {
        assert!(Instant::now() < end, "nothing is asked");
        std::thread::yield_now();
    }
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("there is `kill`").success());
    let ran = Ran::from_output(&child.wait_with_output().expect("it ends"), &[SECRET]);
    assert!(service.queries().iter().all(|query| query.is_stopped), "{ran:?}");
    assert_eq!(service.queries().len(), 3);
    let said = format!("error: cannot read `{place}`: stopped: 0 of 3 parts were read");
    assert!(ran.err.contains(&said), "{}", ran.err);
    assert_eq!(ran.account()["pairs"], home.report(&service, "log").account()["pairs"], "the file was read");
}
