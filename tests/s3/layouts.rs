//! Which requests the layouts come to, and that days that are not asked for are left alone.

use super::*;

fn key(vpc: &str, day: &str, time: &str) -> String {
    let date = day.replace('/', "");
    format!(
        "org/AWSLogs/111122223333/vpcdnsquerylogs/{vpc}/{day}/{vpc}_vpcdnsquerylogs_111122223333_{date}T{time}Z_0a1b.log.gz"
    )
}

fn of_day(day: &str, time: &str) -> Vec<u8> {
    let time = format!("{}T{}:{}:07Z", day.replace('/', "-"), &time[..2], &time[2..]);
    gzip(record(&time, "i-0a", "a.example.", "").as_bytes())
}

/// A store and files with an object for each of `times` in each of fourteen days in each of four VPCs.
fn weeks() -> (Store, Home) {
    let mut objects = Vec::new();
    for vpc in ["vpc-0a", "vpc-0b", "vpc-0c", "vpc-0d"] {
        for day in 1..=14 {
            let day = format!("2026/11/{day:02}");
            for time in ["0000", "0930", "2355"] {
                objects.push((key(vpc, &day, time), of_day(&day, time)));
            }
        }
    }
    let objects: Vec<(&str, Vec<u8>)> =
        objects.iter().map(|(key, bytes)| (key.as_str(), bytes.clone())).collect();
    both(&objects)
}

/// The report without what says how many records were left out: whole objects are, and nobody counts theirs.
fn without_outside(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.contains("left out by")).collect()
}

#[test]
fn only_days_that_are_asked_for_are_read() {
    let (store, home) = weeks();
    let location = format!("s3://{BUCKET}/");
    for (since, until, objects) in [
        // The two days, and one more: delivery may be late. Of the day before, that of 23:55 may hold it.
        ("2026-11-05", "2026-11-06", 4 * (3 * 3 + 1)),
        ("2026-11-13", "2026-11-14", 4 * (2 * 3 + 1)),
        ("2026-11-05T09:00:00Z", "2026-11-05T10:00:00Z", 4 * 4),
    ] {
        let before = store.asked().len();
        let options = ["--since", since, "--until", until, "--limit", "0"];
        let ran = |path: &str| home.run(&store, &[&["report", path], &options[..]].concat());
        let (remote, local) = (ran(&location), ran("files"));
        assert_eq!((remote.code, remote.err.as_str()), (Some(0), ""), "{remote:?}");
        let body = |ran: &Ran| without_outside(&ran.out).split_once('\n').expect("lines").1.to_owned();
        assert_eq!(body(&remote), body(&local));
        let asked = store.asked().split_off(before);
        let gets = asked.iter().filter(|asked| !asked.target.contains("list-type")).count();
        assert_eq!(
            (gets, asked.len() - gets),
            (objects, 9),
            "{since}: five folders and four VPCs are listed"
        );
    }
    alike(&store, &home, &["--limit", "0"], &location, "files");
    let day = format!("s3://{BUCKET}/org/AWSLogs/111122223333/vpcdnsquerylogs/vpc-0a/2026/11/0");
    let ran = home.run(&store, &["report", &day, "--since", "2026-11-08"]);
    assert!(ran.out.starts_with("6 records from 7 inputs"), "{ran:?}");
    let ran = home.run(&store, &["report", &location, "--since", "2027-01-01"]);
    let said = "note: s3://dns-logs/: no object there is of the time that is asked for\n";
    assert!(ran.code == Some(2) && ran.err.starts_with(said), "{ran:?}");
}

/// Days of Firehose and Security Lake may be of another time zone: one more each way.
#[test]
fn days_of_others_are_known_too() {
    let mut objects = Vec::new();
    for day in 1..=9 {
        let log = of_day(&format!("2026/11/{day:02}"), "1200");
        objects.push((format!("fh/2026/11/{day:02}/12/stream-1-x"), log.clone()));
        objects.push((format!("lake/ROUTE53/2.0/region=r/accountId=1/eventDay=202611{day:02}/x.gz"), log));
    }
    objects.push(("fh/errors/2026/x".to_owned(), of_day("2026/11/05", "1200")));
    let objects: Vec<(&str, Vec<u8>)> =
        objects.iter().map(|(key, bytes)| (key.as_str(), bytes.clone())).collect();
    let (store, home) = both(&objects);
    let ran = home.run(
        &store,
        &["report", &format!("s3://{BUCKET}"), "--since", "2026-11-05", "--until", "2026-11-05"],
    );
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.starts_with("3 records from 9 inputs"), "{ran:?}");
    let days: Vec<String> = store.targets("/stream-1-x");
    assert_eq!(days.len(), 4, "the day, one before, two after: {days:?}");
}

#[test]
fn folders_of_other_services_are_passed_over_and_said() {
    let (store, home) = both(&[
        ("AWSLogs/111122223333/vpcdnsquerylogs/vpc-0a/2026/11/03/x.log", log(1)),
        ("AWSLogs/111122223333/Route53GlobalResolverLogs/gr-1/2026/11/03/x.log", log(2)),
        ("AWSLogs/aws-logs-write-test", b"Permission Check Successful".to_vec()),
    ]);
    for service in ["CloudTrail", "vpcflowlogs", "Config"] {
        store.put(&format!("AWSLogs/111122223333/{service}/us-east-1/x.gz"), gzip(b"{\"Records\":[]}"));
    }
    let ran = home.run(&store, &["report", &format!("s3://{BUCKET}")]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(
        ran.err,
        "note: s3://dns-logs/: folders of other services' logs were passed over: AWSLogs/111122223333/CloudTrail/, \
         AWSLogs/111122223333/Config/, AWSLogs/111122223333/vpcflowlogs/\n\
         note: s3://dns-logs/AWSLogs/aws-logs-write-test: the test object of an export task, which holds no records\n"
    );
    assert!(ran.out.starts_with("40 records from 2 inputs"), "{ran:?}");
    assert!(store.targets("CloudTrail/us").is_empty(), "nothing of it was asked for");
    // By its own name it is read.
    let ran = home.run(&store, &["report", &format!("s3://{BUCKET}/AWSLogs/111122223333/CloudTrail/")]);
    assert_eq!(store.targets("CloudTrail/us-east-1/x.gz").len(), 1, "{ran:?}");
}

#[test]
fn a_prefix_is_an_object_or_a_folder_or_a_beginning() {
    let (store, home) = both(&[
        ("logs/1.log", log(1)),
        ("logs-old/2.log", log(2)),
        ("logs.gz", gzip(&log(3))),
        ("one", log(4)),
    ]);
    store.put("one.log", log(5));
    for (prefix, records, inputs) in [
        ("logs", "20 records", "s3://dns-logs/logs/1.log"),
        ("log", "60 records", "3 inputs"),
        ("logs-", "20 records", "s3://dns-logs/logs-old/2.log"),
        ("one", "20 records", "s3://dns-logs/one "),
        ("on", "40 records", "2 inputs"),
    ] {
        let ran = home.run(&store, &["report", &format!("s3://{BUCKET}/{prefix}")]);
        assert!(ran.out.starts_with(&format!("{records} from {inputs}")), "{prefix}: {ran:?}");
    }
    // What is given twice is read once.
    let location = |prefix: &str| format!("s3://{BUCKET}/{prefix}");
    let ran = home.run(&store, &["report", &location("logs/"), &location("log"), &location("logs/")]);
    assert!(ran.out.starts_with("60 records from 3 inputs"), "{ran:?}");
    assert!(
        ran.err.contains("note: s3://dns-logs/log: 1 of its objects: given twice, read once\n"),
        "{ran:?}"
    );
    assert!(ran.err.contains("note: s3://dns-logs/logs/: given twice, read once\n"), "{ran:?}");
}

/// Pages of few keys, folders in great numbers, and names that nobody would choose.
#[test]
fn every_object_is_listed_once() {
    let mut objects: Vec<(String, Vec<u8>)> =
        (0..600).map(|number| (format!("x/task-{number:03}/stream/000000.gz"), gzip(&log(number)))).collect();
    objects.push(("x/before".to_owned(), log(1)));
    objects.push(("x/zz".to_owned(), log(2)));
    for name in ["a\u{1}b", "..", "a&b=c", "ü/é", "%2F", "a//b", "+", "\"<'>"] {
        objects.push((format!("y/{name}.log"), log(3)));
    }
    let store = Store::new();
    let home = Home::new();
    for (key, bytes) in &objects {
        store.put(key, bytes.clone());
    }
    store.put("y/folder/", Vec::new());
    store.put("y/.hidden/x.log", log(1));
    for page in [1000, 7] {
        store.page(page);
        let before = store.asked().len();
        let ran = home.run(&store, &["report", &format!("s3://{BUCKET}/x/")]);
        let s = format!("{} records from 602 inputs", 602 * 20);
        let shown: String = ran.out.chars().filter(|letter| *letter != ',').collect();
        assert!(shown.starts_with(&s) && ran.err.is_empty(), "{page}: {ran:?}");
        let lists =
            store.asked().split_off(before).iter().filter(|asked| asked.target.contains("list-type")).count();
        assert!(lists <= 2 + 2 * 602 / page, "{page}: {lists} lists, and not one for each folder");
    }
    let ran = home.run(&store, &["report", &format!("s3://{BUCKET}/y/"), "-f", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.out).expect("it is JSON");
    // A name of two dots begins with a dot: hidden, as in a folder.
    assert_eq!(report["inputs"].as_array().map(Vec::len), Some(7), "{ran:?}");
    assert!(!ran.out.contains('\u{1}') && ran.err.is_empty(), "{ran:?}");
}
