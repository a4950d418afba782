//! Asking Logs Insights, against a service on loopback: the report is that of the same records as a file, and
//! nothing that could not be had is left unsaid.

#![expect(clippy::expect_used, clippy::panic, reason = "a test says what it expects")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use r53tail::base::moment::Moment;
use serde_json::{Value, json};

#[path = "../stage/amazon.rs"]
mod amazon;
#[path = "../stage/counted.rs"]
mod counted;
mod faults;
#[path = "../stage/ran.rs"]
mod ran;
mod service;

use ran::Ran;
use service::{Fault, Service, arn};

const GROUP: &str = "/aws/route53/prod";
/// The time of all records: three days.
const DAY: i64 = 86_400_000;
const SINCE: &str = "2025-05-12T00:00:00Z";
const UNTIL: &str = "2025-05-14T23:59:59Z";
/// What must never be seen.
const SECRET: &str = "secret-that-nobody-sees";

fn start() -> i64 {
    Moment::parse(SINCE).expect("a time").0
}

/// A record at a time in milliseconds; the log has whole seconds.
fn record(at: i64, number: usize) -> String {
    let time = Moment::from_seconds(at.div_euclid(1000));
    let aaaa = |address: &str| format!(r#"{{"Rdata":"{address}","Type":"AAAA","Class":"IN"}}"#);
    let a = |address: &str| format!(r#"{{"Rdata":"{address}","Type":"A","Class":"IN"}}"#);
    let cname = r#"{"Rdata":"to.example.","Type":"CNAME","Class":"IN"}"#.to_owned();
    let many = |count: usize| (0..count).map(|at| aaaa(&format!("2001:db8::{at:x}"))).collect::<Vec<_>>();
    let (kind, rcode, answers) = match number % 12 {
        0 => ("AAAA", "NOERROR", Some(vec![])),
        1 => ("A", "NOERROR", Some(vec![a("192.0.2.1"), a("192.0.2.2")])),
        2 => ("A", "NOERROR", Some(vec![a("192.0.2.2"), a("192.0.2.1")])),
        3 => ("AAAA", "NOERROR", Some(vec![cname.clone(), aaaa("64:ff9b::c000:201")])),
        4 => ("AAAA", "NOERROR", Some(vec![aaaa("2600:1f14::1")])),
        5 => ("AAAA", "NOERROR", Some(vec![cname])),
        6 => ("AAAA", "NXDOMAIN", Some(vec![])),
        7 => ("AAAA", "SERVFAIL", Some(vec![])),
        8 => ("AAAA", "NOERROR", None),
        9 => ("AAAA", "NOERROR", Some(vec![aaaa("*******************")])),
        10 => ("AAAA", "NOERROR", Some(many(80))),
        _ => ("A", "NOERROR", Some(vec![a("10.0.0.1")])),
    };
    let answers = answers.map(|list| format!(r#""answers":[{}],"#, list.join(","))).unwrap_or_default();
    let action = if number % 24 == 7 { r#","firewall_rule_action":"BLOCK""# } else { "" };
    let ids = match number % 5 {
        0 => r#"{"instance":"i-0a"}"#,
        1 => r#"{"instance":"i-0b"}"#,
        2 => r#"{"resolver_endpoint":"rslvr-in-1","resolver_network_interface":"rni-1"}"#,
        3 => "{}",
        _ => r#"{"instance":"i-0b","resolver_endpoint":"rslvr-out-1"}"#,
    };
    let name =
        ["a.example.", "b.example.", "Ssm.us-west-2.amazonaws.com.", r#"od\"d\\.example."#][number / 12 % 4];
    format!(
        r#"{{"version":"1.100000","account_id":"011122223333","region":"us-west-2","vpc_id":"vpc-{vpc}","query_timestamp":"{time}","query_name":"{name}","query_type":"{kind}","query_class":"IN","rcode":"{rcode}",{answers}"srcaddr":"10.0.0.{source}","srcport":"53","transport":"UDP","srcids":{ids}{action}}}"#,
        vpc = number % 2,
        source = number % 3,
    )
}

/// Records over the three days, with what is none among them, and others of other types.
fn log(count: usize) -> Vec<(i64, String)> {
    let step = 3 * DAY / i64::try_from(count).expect("it is small");
    let mut log: Vec<(i64, String)> = (0..count)
        .map(|number| {
            let at = start() + i64::try_from(number).expect("it is small") * step + 250;
            (at, record(at, number))
        })
        .collect();
    // At both ends of days, and of the time that is asked for.
    for at in [start(), start() + DAY - 1, start() + DAY, start() + 3 * DAY - 1] {
        log.push((at, record(at, 4)));
    }
    log.push((start() + 5000, "START of something else".to_owned()));
    log.push((start() + 6000, r#"{"level":"info"}"#.to_owned()));
    log
}

/// The same as lines of a file.
fn lines(log: &[(i64, String)]) -> String {
    log.iter().flat_map(|(_, record)| [record, "\n"]).collect()
}

/// A home of its own; gone with it.
struct Home(PathBuf);

impl Home {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("insights-{}-{number}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).expect("a folder can be made");
        Self(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.0.join(path), text).expect("a file can be written");
    }

    fn command(&self, service: &Service, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_r53tail"));
        command.args(arguments).current_dir(&self.0).env_clear().env("HOME", &self.0);
        command.env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_REGION", "us-west-2");
        command.env("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", format!("http://{}", service.address));
        command.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").env("AWS_SECRET_ACCESS_KEY", SECRET);
        command.stdin(Stdio::null());
        command
    }

    fn run(&self, service: &Service, arguments: &[&str]) -> Ran {
        Ran::from_output(&self.command(service, arguments).output().expect("the program runs"), &[SECRET])
    }

    /// A report on what is at `place`, as JSON.
    fn report(&self, service: &Service, place: &str) -> Ran {
        self.run(service, &["report", "-f", "json", "--since", SINCE, "--until", UNTIL, place])
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // A folder that stays is in nobody's way.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Ran {
    /// The report, without where it came from, and why something could not be read, which is said where it
    /// was counted.
    fn account(&self) -> Value {
        self.report_without(&["inputs", "over_time", "malformed_reasons", "samples"])
    }
}

/// A service with the log in a group, and a home with it in a file.
fn both(log: &[(i64, String)]) -> (Service, Home) {
    let (service, home) = (Service::new(), Home::new());
    service.group(GROUP, log.to_vec(), &json!({}));
    home.write("log", &lines(log));
    (service, home)
}

fn place() -> String {
    format!("logs://{GROUP}")
}

/// The report on the group is that on the file.
fn alike(service: &Service, home: &Home, place: &str) -> Ran {
    let (asked, read) = (home.report(service, place), home.report(service, "log"));
    // Both have something that is no record.
    assert_eq!((asked.code, read.code), (Some(3), Some(3)), "{asked:?}");
    assert!(!asked.err.contains("error:"), "{}", asked.err);
    assert_eq!(asked.account(), read.account());
    asked
}

#[test]
fn the_report_is_that_of_the_log() {
    let (service, home) = both(&log(600));
    let asked = alike(&service, &home, &place());
    assert!(
        asked.err.contains("note: asking Logs Insights about 1 log group: by what is stored, about"),
        "{}",
        asked.err
    );
    assert!(asked.err.contains(": 3 queries scanned "), "{}", asked.err);
    let report: Value = serde_json::from_str(&asked.out).expect("it is JSON");
    assert_eq!(
        report["inputs"],
        json!([{"path": place(), "format": "weighted", "records": 604, "error": null}])
    );
    let queries = service.queries();
    assert_eq!(queries.len(), 3, "a day each");
    assert!(queries.iter().all(|query| query.groups == [GROUP]));
    assert_eq!(service.asked("StopQuery"), 0);
    // Other forms of the same, and what a service may do otherwise.
    alike(&service, &home, &format!("logs://{}", arn(GROUP)));
    alike(&service, &home, "logs:///aws/route53/*");
    service.page(7);
    service.fault(Fault::EmptyIsNothing);
    alike(&service, &home, &place());
}

#[test]
fn other_types_are_passed_over_and_said() {
    let mut log = log(48);
    let (service, home) = both(&log);
    let other = log[0].1.replace("\"AAAA\"", "\"PTR\"");
    log.extend((0..3).map(|second| (start() + 1000 * second, other.clone())));
    service.group("/more", log, &json!({}));
    let asked = alike(&service, &home, "logs:///more");
    assert!(asked.err.contains(" records of other types than A and AAAA were passed over"), "{}", asked.err);
}

#[test]
fn several_groups_are_asked_about_each_once() {
    let log = log(96);
    let (service, home) = both(&[]);
    home.write("log", &lines(&log));
    service.group("/rare/a", log[..60].to_vec(), &json!({"logGroupClass": "INFREQUENT_ACCESS"}));
    service.group("/rare/b", log[60..80].to_vec(), &json!({"logGroupClass": "INFREQUENT_ACCESS"}));
    service.group("/rare/c", log[80..].to_vec(), &json!({}));
    alike(&service, &home, "logs:///rare/*");
    let groups: Vec<Vec<String>> = service.queries().iter().map(|query| query.groups.clone()).collect();
    assert_eq!(groups.iter().filter(|groups| *groups == &["/rare/a", "/rare/b"]).count(), 3, "{groups:?}");
    assert_eq!(groups.iter().filter(|groups| *groups == &["/rare/c"]).count(), 3, "{groups:?}");
    // By their names, one of them twice.
    let since = ["report", "-f", "json", "--since", SINCE, "--until", UNTIL];
    let ran =
        home.run(&service, &[&since[..], &["logs:///rare/a", "logs:///rare/b", "logs:///rare/*"]].concat());
    assert_eq!(ran.account(), home.report(&service, "log").account());
    assert!(
        ran.err.contains("logs:///rare/*: the log group `/rare/a` was given twice, asked once"),
        "{}",
        ran.err
    );
    let report: Value = serde_json::from_str(&ran.out).expect("it is JSON");
    let records: Vec<&Value> =
        report["inputs"].as_array().expect("a list").iter().map(|it| &it["records"]).collect();
    assert_eq!(records.len(), 3);
}

#[test]
fn answers_stand_beside_files() {
    let log = log(60);
    let (service, home) = both(&log[..30]);
    home.write("rest", &lines(&log[30..]));
    home.write("log", &lines(&log));
    let since = ["report", "-f", "json", "--since", SINCE, "--until", UNTIL];
    let mixed = home.run(&service, &[&since[..], &["rest", &place()]].concat());
    assert_eq!(mixed.account(), home.report(&service, "log").account());
    // Counted, and read later.
    let since = ["report", "-f", "weighted", "--since", SINCE, "--until", UNTIL, &place()];
    home.write("weighted", &home.run(&service, &since).out);
    let later = home.run(&service, &["report", "-f", "json", "rest", "weighted"]);
    assert_eq!(later.account(), home.report(&service, "log").account());
}

#[test]
fn only_the_time_that_is_asked_for_is_counted() {
    let log = log(96);
    let (service, home) = both(&log);
    for (since, until) in [
        ("2025-05-12T00:00:05Z", "2025-05-12T00:00:06Z"),
        ("2025-05-13", "2025-05-13"),
        ("2025-05-13T10:00:00.100Z", "2025-05-14T10:00:00Z"),
        ("2025-05-15", "2025-05-16"),
    ] {
        let ran = |place: &str| {
            home.run(&service, &["report", "-f", "json", "--since", since, "--until", until, place])
        };
        let (asked, read) = (ran(&place()), ran("log"));
        let [mut asked, mut read] = [asked.account(), read.account()];
        // What was not asked for was not looked at, and what is none has no time.
        for report in [&mut asked, &mut read] {
            report["outside"].take();
            report["malformed"].take();
        }
        assert_eq!(asked, read, "{since} to {until}");
    }
}

#[test]
fn what_is_not_kept_is_not_asked_for() {
    let (service, home) = both(&[]);
    let made = json!({"creationTime": start() + DAY, "storedBytes": 30_000_000_000_u64});
    service.group("/young", log(48), &made);
    let ran = home.report(&service, "logs:///young");
    assert!(
        ran.err.contains("nothing is kept there from before 2025-05-13T00:00:00Z, and nothing was asked for"),
        "{}",
        ran.err
    );
    assert_eq!(service.queries().len(), 2);
    service.group("/kept", log(48), &json!({"retentionInDays": 1, "creationTime": start() - 100 * DAY}));
    let ran = home.report(&service, "logs:///kept");
    assert!(ran.err.contains("logs:///kept: nothing is kept there from before "), "{}", ran.err);
    assert_eq!(service.queries().len(), 2);
}

/// Neither names of groups nor ARNs are in what is said, whatever goes wrong.
#[test]
fn with_pseudonyms_no_name_of_a_group_is_said() {
    let (service, home) = both(&[]);
    service.group("/acme/dns", log(24), &json!({}));
    service.group("/acme/delivered", Vec::new(), &json!({"logGroupClass": "DELIVERY"}));
    let arn = arn("/acme/dns");
    let private = ["report", "--redact", "--since", SINCE, "--until", UNTIL];
    let ran = home.run(&service, &[&private[..], &["logs:///acme/*", &format!("logs://{arn}")]].concat());
    service.fault(Fault::Refused(
        "StartQuery",
        9,
        "AccessDeniedException",
        "no right to ask for log-group:/acme/dns",
    ));
    let denied = home.run(&service, &[&private[..], &["logs:///acme/dns"]].concat());
    assert!(denied.err.contains("AccessDeniedException: no right to ask"), "{denied:?}");
    for ran in [ran, denied] {
        assert!(!ran.err.contains("acme") && !ran.out.contains("acme"), "{ran:?}");
        assert!(!ran.err.contains("111122223333"), "{ran:?}");
    }
}

#[test]
fn the_last_minutes_are_said_to_be_missing() {
    let (service, home) = both(&[]);
    let late = "records of the last ten minutes may not be found yet";
    let ran = home.run(&service, &["report", "--since", "1h", &place()]);
    assert!(ran.err.contains(late), "{}", ran.err);
    assert!(!home.report(&service, &place()).err.contains(late));
}
