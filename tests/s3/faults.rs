//! What goes wrong, and that it is said: nothing is lost without a sentence.

use super::*;

/// Twelve objects.
fn twelve() -> (Store, Home) {
    let objects: Vec<(String, Vec<u8>)> =
        (0..12).map(|number| (format!("x/{number:02}.gz"), gzip(&log(number)))).collect();
    let objects: Vec<(&str, Vec<u8>)> =
        objects.iter().map(|(key, log)| (key.as_str(), log.clone())).collect();
    both(&objects)
}

fn location() -> String {
    format!("s3://{BUCKET}/x/")
}

#[test]
fn what_passes_is_tried_again() {
    let (store, home) = twelve();
    for (target, times, fault) in [
        ("/x/01", 2, Fault::Refused(503, "SlowDown", "Please reduce your request rate.")),
        ("/x/02", 1, Fault::Refused(500, "InternalError", "We encountered an internal error.")),
        ("/x/03", 2, Fault::Cut(40)),
        ("/x/04", 1, Fault::Closed),
        ("/x/05", 1, Fault::Plain(502, "<html>Bad Gateway</html>")),
        ("/x/06", 1, Fault::Dribble),
        ("/x/07", 1, Fault::Changes(30, b"")),
        ("list-type", 1, Fault::Refused(503, "SlowDown", "Please reduce your request rate.")),
        ("list-type", 1, Fault::Page("<ListBucketResult><IsTruncated>false")),
    ] {
        store.fault(target, times, fault);
    }
    home.write("files/x/07.gz", b"");
    alike(&store, &home, &["-f", "json"], &location(), "files/x");
    // A server that passes ranges over sends all of it again.
    store.fault("/x/08", 1, Fault::Cut(50));
    store.fault("/x/08", 1, Fault::NoRanges);
    alike(&store, &home, &["-f", "json"], &location(), "files/x");
}

#[test]
fn a_wrong_clock_costs_one_more_request() {
    let (store, home) = twelve();
    store.fault("", usize::MAX, Fault::Elsewhen);
    alike(&store, &home, &["-f", "json"], &location(), "files/x");
    let lists = store.targets("list-type");
    assert_eq!(
        lists.len(),
        2,
        "once more with the time of the service, which is known from then on: {lists:?}"
    );
    assert_eq!(store.targets("/x/0").len(), 10);
}

#[test]
fn what_cannot_be_read_is_said_object_by_object() {
    let (store, home) = twelve();
    store.put_as("x/old.gz", gzip(&log(1)), "DEEP_ARCHIVE");
    store.put_as("x/tiered.gz", gzip(&log(1)), "INTELLIGENT_TIERING");
    store.put("x/cut.gz", &gzip(&log(1))[..60]);
    store.fault(
        "/x/00",
        1,
        Fault::Refused(
            403,
            "AccessDenied",
            "User: arn:aws:iam::1:user/me is not authorized to perform: kms:Decrypt on it",
        ),
    );
    store.fault("/x/01", 1, Fault::Refused(403, "AccessDenied", "Access Denied"));
    store.fault("/x/02", 1, Fault::Refused(404, "NoSuchKey", "The specified key does not exist."));
    let ran = home.run(&store, &["report", &location(), "-f", "json"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let allow = |action: &str| {
        format!(
            "; try: allow the IAM action `{action}`, in the policy of the bucket, too, if it is of another account; \
             --requester-pays if those who read it pay for it\n"
        )
    };
    let restore = "; try: restore it first: aws s3api restore-object\n";
    let expected = [
        "error: cannot read `s3://dns-logs/x/00.gz`: access is denied (AccessDenied: User: arn:aws:iam::1:user/me is not \
         authorized to perform: kms:Decrypt on it)",
        &allow("kms:Decrypt"),
        "error: cannot read `s3://dns-logs/x/01.gz`: access is denied (AccessDenied: Access Denied)",
        &allow("s3:GetObject"),
        "error: cannot read `s3://dns-logs/x/02.gz`: it does not exist\n",
        "error: cannot read `s3://dns-logs/x/cut.gz`: the gzip data is cut short\n",
        "error: cannot read `s3://dns-logs/x/old.gz`: it is archived (DEEP_ARCHIVE)",
        restore,
        "error: cannot read `s3://dns-logs/x/tiered.gz`: it is archived (InvalidObjectState: The operation is not valid for \
         the object's storage class)",
        restore,
    ];
    assert_eq!(
        ran.err.replace("read all of `s3://dns-logs/x/cut", "read `s3://dns-logs/x/cut"),
        expected.concat()
    );
    assert!(store.targets("/x/old").is_empty(), "what is known to be archived is not asked for");
    let report: serde_json::Value = serde_json::from_str(&ran.out).expect("it is JSON");
    assert_eq!(report["inputs"].as_array().map(Vec::len), Some(15));
}

#[test]
fn an_object_that_changes_while_it_is_read_is_said() {
    let large: Vec<u8> = (0..900).flat_map(log).collect();
    let (store, home) = both(&[("x/large.log", large)]);
    store.fault("/x/large", 1, Fault::Changes(1 << 20, b"other"));
    let ran = home.run(&store, &["report", &location()]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let said = "error: cannot read all of `s3://dns-logs/x/large.log`: it changed while it was read\n";
    assert_eq!(ran.err, said);
}

#[test]
fn a_location_that_cannot_be_listed_is_said() {
    for (fault, said) in [
        (
            Fault::Refused(403, "AccessDenied", "no"),
            "access is denied (AccessDenied: no); try: allow the IAM action `s3:ListBucket`",
        ),
        (Fault::Plain(403, ""), "access is denied (HTTP 403); try: allow the IAM action `s3:ListBucket`"),
        (
            Fault::Page("<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"),
            "the list of objects breaks off",
        ),
        (Fault::Page("<html></html>"), "the answer is no list of objects"),
        (
            Fault::Page(
                "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>x/05.gz</NextContinuationToken></ListBucketResult>",
            ),
            "the list goes in a circle",
        ),
        (
            Fault::Page("<ListBucketResult><Contents><Key>elsewhere</Key></Contents></ListBucketResult>"),
            "1 name in it cannot be read",
        ),
        (
            Fault::Refused(400, "ExpiredToken", "The provided token has expired."),
            "ExpiredToken: The provided token has expired.; try: set new credentials",
        ),
        (
            Fault::Refused(301, "PermanentRedirect", "Use another endpoint."),
            "PermanentRedirect: Use another endpoint.",
        ),
    ] {
        let (store, home) = twelve();
        store.fault("list-type", 9, fault.clone());
        let ran = home.run(&store, &["report", &location()]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(
            ran.err.starts_with(&format!("error: cannot read `s3://dns-logs/x/`: {said}")),
            "{fault:?}: {}",
            ran.err
        );
    }
    // A circle of more than one page.
    let (store, home) = twelve();
    let token = |token| {
        Fault::Page(match token {
            1 => {
                "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>1</NextContinuationToken></ListBucketResult>"
            }
            _ => {
                "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>2</NextContinuationToken></ListBucketResult>"
            }
        })
    };
    for number in [1, 2, 1] {
        store.fault("list-type", 1, token(number));
    }
    let ran = home.run(&store, &["report", &location()]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("the list goes in a circle"), "{}", ran.err);
    // One part of it: the rest counts.
    let (store, home) = both(&[
        ("AWSLogs/1/vpcdnsquerylogs/vpc-0a/2026/11/03/x.log", log(1)),
        ("AWSLogs/1/vpcdnsquerylogs/vpc-0b/2026/11/03/x.log", log(2)),
    ]);
    store.fault("vpcdnsquerylogs/vpc-0a/", 9, Fault::Refused(403, "AccessDenied", "no"));
    let ran = home.run(&store, &["report", &format!("s3://{BUCKET}")]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let said = "error: cannot read `s3://dns-logs/AWSLogs/1/vpcdnsquerylogs/vpc-0a/`: access is denied (AccessDenied: no)";
    assert!(ran.err.starts_with(said) && ran.out.starts_with("20 records"), "{ran:?}");
}

#[test]
fn a_bucket_in_another_region_is_found() {
    let (store, home) = twelve();
    store.fault("list-type", 1, Fault::Moved("ap-southeast-7"));
    alike(&store, &home, &[], &location(), "files/x");
    let asked = store.asked();
    assert!(asked[0].headers["authorization"].contains("/eu-central-1/s3/"));
    let regions =
        asked[1..].iter().all(|asked| asked.headers["authorization"].contains("/ap-southeast-7/s3/"));
    assert!(regions, "once it is known, all are signed for it");
    // A server that sends one on and on, and one that names what can be no Region.
    for (region, times) in [("ap-southeast-7", 9), ("evil.example/", 1), ("", 1)] {
        let (store, home) = twelve();
        store.fault("list-type", times, Fault::Moved(region));
        let ran = home.run(&store, &["report", &location()]);
        assert_eq!(ran.code, Some(2), "{region}: {ran:?}");
        assert!(store.asked().len() <= 2, "{region}");
    }
}

/// The network goes, and does not come back: it ends, and says so once, beside what was tried.
#[test]
fn credentials_that_end_are_said_once() {
    let (store, home) = twelve();
    store.fault("/x/", 99, Fault::Refused(400, "ExpiredToken", "The provided token has expired."));
    let ran = home.run(&store, &["report", &location(), "--in-flight", "1"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let gave_up = "`s3://dns-logs/x/`: gave up, and left unread what was not read by then: ExpiredToken";
    assert_eq!((ran.err.matches("error: ").count(), ran.err.contains(gave_up)), (4, true), "{ran:?}");
}

#[test]
fn pseudonyms_hide_buckets_and_keys() {
    let (store, home) = twelve();
    store.fault("/x/01", 1, Fault::Refused(403, "AccessDenied", "arn:aws:s3:::dns-logs/x/01.gz"));
    let ran = home.run(&store, &["report", &location(), "--redact", "-f", "json"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    for hidden in ["dns-logs", "x/01", "111122223333"] {
        assert!(!ran.out.contains(hidden) && !ran.err.contains(hidden), "{hidden}: {ran:?}");
    }
}

/// A signal ends the reading; what was read is reported, and that it is not all.
#[cfg(unix)]
#[test]
fn a_signal_gives_the_report_so_far() {
    let (store, home) = twelve();
    // The last one is never answered, since nobody else comes.
    store.fault("/x/11", 1, Fault::Together(usize::MAX));
    let mut child = home.command(&store, &["report", &location(), "-f", "json"]);
    let child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    while store.targets("/x/").iter().filter(|target| !target.contains("list-type")).count() < 12 {
        std::thread::yield_now();
    }
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("there is `kill`").success());
    let ran = Ran::from_output(&child.wait_with_output().expect("it ends"), &HIDDEN);
    assert_eq!(ran.code, Some(130), "{ran:?}");
    assert!(ran.err.starts_with("error: cannot read `s3://dns-logs/x/`: stopped: "), "{ran:?}");
    let report: serde_json::Value = serde_json::from_str(&ran.out).expect("it is JSON");
    let last = report["inputs"].as_array().and_then(|inputs| inputs.last()).expect("there are inputs");
    assert!(last["error"].as_str().is_some_and(|error| error.contains("of the 12 objects listed")), "{last}");
}
