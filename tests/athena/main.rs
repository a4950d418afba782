//! Asking Athena, against a service on loopback: the report is that of the same records as a file, and
//! nothing is spent that nobody agreed to.

#![expect(clippy::expect_used, clippy::panic, reason = "a test says what it expects")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

#[path = "../stage/amazon.rs"]
mod amazon;
mod asked;
#[path = "../stage/counted.rs"]
mod counted;
#[path = "../stage/ran.rs"]
mod ran;
mod service;
#[expect(dead_code, reason = "here few things go wrong with S3")]
#[path = "../s3/store.rs"]
mod store;

use ran::Ran;
use service::{Service, State};
use store::{BUCKET, Fault, REGION, Store};

const PLACE: &str = "athena://primary/logs.r53";
const SINCE: [&str; 2] = ["--since", "2025-05-12T00:00:00Z"];
/// What must never be seen.
const SECRET: &str = "secret-that-nobody-sees";
/// The columns of a result, as the question has them.
const COLUMNS: [&str; 15] = [
    "account_id",
    "region",
    "vpc_id",
    "srcids.instance",
    "srcids.resolver_endpoint",
    "srcaddr",
    "query_name",
    "query_type",
    "rcode",
    "firewall_rule_action",
    "own",
    "cname",
    "unknown",
    "n",
    "first",
];

/// Some records, with answers of several kinds.
fn log() -> String {
    let answers = |number: usize| {
        match number % 5 {
        0 => "[]".to_owned(),
        1 => r#"[{"Rdata":"64:ff9b::c000:201","Type":"AAAA","Class":"IN"}]"#.to_owned(),
        2 => r#"[{"Rdata":"to.example.","Type":"CNAME","Class":"IN"}]"#.to_owned(),
        3 => r#"[{"Rdata":"*******","Type":"AAAA","Class":"IN"}]"#.to_owned(),
        _ => r#"[{"Rdata":"2600::2","Type":"AAAA","Class":"IN"},{"Rdata":"2600::1","Type":"AAAA","Class":"IN"}]"#
            .to_owned(),
    }
    };
    let line = |number: usize| {
        format!(
            r#"{{"version":"1.100000","account_id":"011122223333","region":"{REGION}","vpc_id":"vpc-1","query_timestamp":"2025-05-12T{:02}:{:02}:00Z","query_name":"{}.example.","query_type":"AAAA","query_class":"IN","rcode":"NOERROR","answers":{},"srcaddr":"10.0.0.5","srcport":"53","transport":"UDP","srcids":{{"instance":"i-{}"}}}}"#,
            number / 60,
            number % 60,
            number % 7,
            answers(number),
            number % 3,
        ) + "\n"
    };
    (0..200).map(line).collect()
}

/// A home of its own; gone with it.
struct Home(PathBuf);

impl Home {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("athena-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder can be made");
        fs::write(path.join("log"), log()).expect("a file can be written");
        Self(path)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_r53tail"));
        command.args(arguments).current_dir(&self.0).env_clear().env("HOME", &self.0);
        command.env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_REGION", REGION);
        command.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").env("AWS_SECRET_ACCESS_KEY", SECRET);
        command.stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::from_output(&self.command(arguments).output().expect("the program runs"), &[SECRET])
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // A folder that stays is in nobody's way.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Ran {
    /// The report, without where it came from.
    fn account(&self) -> Value {
        self.report_without(&["inputs", "over_time"])
    }
}

/// Athena, S3 beside it, and a home with the log.
struct Stage {
    service: Service,
    store: Store,
    home: Home,
}

impl Stage {
    /// Where queries come to the rows of the log, and whatever else `change` has.
    fn new(change: impl FnOnce(&mut State)) -> Self {
        let (home, store) = (Home::new(), Store::new());
        let rows = rows(&home);
        let mut writer = csv::Writer::from_writer(Vec::new());
        for row in &rows {
            writer.write_record(row).expect("memory can be written");
        }
        store.put("results/0.csv", writer.into_inner().expect("memory can be written"));
        store.put(
            "log/AWSLogs/1/vpcdnsquerylogs/vpc-1/2025/05/12/vpc-1_x_1_20250512T0000Z_a.log.gz",
            vec![0; 5000],
        );
        store.put(
            "log/AWSLogs/1/vpcdnsquerylogs/vpc-1/2025/05/01/vpc-1_x_1_20250501T0000Z_a.log.gz",
            vec![0; 900],
        );
        let srcids = "struct<instance:string,resolver_endpoint:string>";
        let mut state = State {
            table: json!({
                "Columns": [{"Name": "query_name", "Type": "string"}, {"Name": "srcids", "Type": srcids}],
                "PartitionKeys": [{"Name": "date", "Type": "string"}, {"Name": "vpc", "Type": "string"}],
                "Parameters": {"location": format!("s3://{BUCKET}/log/AWSLogs/1/vpcdnsquerylogs/")},
            }),
            output: Some(format!("s3://{BUCKET}/results/")),
            rows,
            running: 1,
            end: ("SUCCEEDED", ""),
            ..State::default()
        };
        change(&mut state);
        Self { service: Service::new(state), store, home }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.home.command(arguments);
        command.env("AWS_ENDPOINT_URL_ATHENA", format!("http://{}", self.service.address));
        command.env("AWS_ENDPOINT_URL_S3", format!("http://{}", self.store.address));
        command
    }

    fn run(&self, more: &[&str]) -> Ran {
        let arguments = [&["report", "-f", "json", PLACE], &SINCE[..], more].concat();
        Ran::from_output(&self.command(&arguments).output().expect("the program runs"), &[SECRET])
    }

    fn asked(&self, operation: &str) -> usize {
        self.service.state().asked.iter().filter(|asked| *asked == operation).count()
    }
}

/// What the question comes to: the weighted records of the log as a table.
fn rows(home: &Home) -> Vec<Vec<String>> {
    let weighted = home.run(&["report", "-f", "weighted", "log"]);
    let mut rows =
        vec![COLUMNS.iter().chain(&["last"]).map(|name| name.replace("srcids.", "srcids_")).collect()];
    for line in weighted.out.lines() {
        let group: Value = serde_json::from_str(line).expect("it is JSON");
        let cell = |name: &&str| match &group[*name] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        rows.push(COLUMNS.iter().chain(&["last"]).map(cell).collect::<Vec<String>>());
    }
    rows
}

#[test]
fn the_report_is_that_of_the_log() {
    let stage = Stage::new(|_| {});
    let asked = stage.run(&["--yes"]);
    let read = stage.home.run(&["report", "-f", "json", "log"]);
    assert_eq!((asked.code, read.code), (Some(0), Some(0)), "{asked:?}");
    assert_eq!(asked.account(), read.account());
    let said = "note: asking Athena, workgroup `primary`, about `logs.r53`: about 5,000 bytes to scan, 0.00 USD at 5 USD a TB";
    assert!(asked.err.contains(said), "{}", asked.err);
    assert!(asked.err.contains(&format!("note: {PLACE}: Athena scanned 3.0 MB")), "{}", asked.err);
    let report: Value = serde_json::from_str(&asked.out).expect("it is JSON");
    assert_eq!(
        report["inputs"],
        json!([{"path": PLACE, "format": "weighted", "records": 200, "error": null}])
    );
    let body = stage.service.state().queries[0].body.clone();
    assert_eq!(
        (&body["WorkGroup"], &body["QueryExecutionContext"]["Database"]),
        (&json!("primary"), &json!("logs"))
    );
    let sql = stage.home.run(&[&["sql", "--dialect", "athena", "logs.r53"], &SINCE[..]].concat());
    assert_eq!(body["QueryString"], sql.out);
    assert_eq!(stage.asked("GetQueryResults"), 0, "the object was read");
    assert!(stage.store.targets("/log/").is_empty(), "what is scanned is listed only");
}

#[test]
fn managed_results_are_read_page_by_page() {
    let stage = Stage::new(|state| state.output = None);
    let asked = stage.run(&["--yes"]);
    assert_eq!(asked.code, Some(0), "{asked:?}");
    assert_eq!(asked.account(), stage.home.run(&["report", "-f", "json", "log"]).account());
    assert!(stage.asked("GetQueryResults") > 3);
    assert!(stage.store.targets("/results/").is_empty());
    // And where the object may not be read.
    let stage = Stage::new(|_| {});
    stage.store.fault("/results/", 9, Fault::Refused(403, "AccessDenied", "no"));
    let asked = stage.run(&["--yes"]);
    assert_eq!(asked.account(), stage.home.run(&["report", "-f", "json", "log"]).account());
}

#[test]
fn nothing_is_spent_that_nobody_agreed_to() {
    let stage = Stage::new(|_| {});
    let ran = stage.run(&[]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let said = format!(
        "error: cannot read `{PLACE}`: not asked: it costs money, and nobody is there to agree; try: --yes"
    );
    assert!(ran.err.contains(&said), "{}", ran.err);
    // Beside a file that is read all the same.
    let ran = stage.run(&["log"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert_eq!(stage.asked("StartQueryExecution"), 0);
    let arguments = ["report", PLACE, "--yes"];
    let ran = Ran::from_output(&stage.command(&arguments).output().expect("the program runs"), &[SECRET]);
    assert!(ran.err.contains("since when is not said; try: r53tail report --since 1d"), "{}", ran.err);
    assert!(stage.service.state().queries.is_empty());
}

#[test]
fn the_question_fits_the_table() {
    let text = |stage: &Stage, more: &[&str]| {
        let ran = stage.run(&[&["--yes"], more].concat());
        let text = stage.service.state().queries[0].body["QueryString"].as_str().expect("a text").to_owned();
        (text, ran)
    };
    let stage = Stage::new(|state| {
        state.table["Columns"][1]["Type"] =
            json!("struct<instance:string,resolver_network_interface:string>");
        state.table["PartitionKeys"] = json!([]);
    });
    let (asked, ran) = text(&stage, &[]);
    assert!(asked.contains("AS srcids_resolver_network_interface") && !asked.contains("\"date\""), "{asked}");
    assert!(ran.err.contains("the table has no partition `date`: all of it is scanned"), "{}", ran.err);
    assert!(ran.err.contains("how much is to be scanned is not known"), "{}", ran.err);
    let stage = Stage::new(|state| {
        state.table["Columns"] =
            json!([{"Name": "src_endpoint", "Type": "struct<>"}, {"Name": "time", "Type": "bigint"}]);
    });
    assert!(text(&stage, &[]).0.contains("src_endpoint.vpc_uid"));
    // Who may not look, and says what it is.
    let stage = Stage::new(|state| {
        state.refused.push(("GetTableMetadata", "AccessDeniedException", "no"));
        state.refused.push(("GetWorkGroup", "AccessDeniedException", "no"));
    });
    let (asked, ran) = text(&stage, &["--dialect", "security-lake"]);
    assert!(
        asked.contains("src_endpoint.vpc_uid") && ran.err.contains("what the table has is not known"),
        "{ran:?}"
    );
}

#[test]
fn what_ends_badly_is_said() {
    let limit = "Bytes scanned limit was exceeded";
    for (end, said) in [
        (
            ("CANCELLED", limit),
            "the workgroup ends queries that scan more than its limit of 2.0 MB (Bytes scanned limit was exceeded); try: \
             less time, or another workgroup",
        ),
        (("FAILED", "HIVE_BAD_DATA: Error\u{1b}[31m"), "the query failed (HIVE_BAD_DATA: Error\\u{1b}[31m)"),
        (("CANCELLED", ""), "the query was cancelled ()"),
    ] {
        let stage = Stage::new(|state| (state.end, state.cutoff) = (end, Some(2_000_000)));
        let ran = stage.run(&["--yes"]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.err.contains(&format!("error: cannot read `{PLACE}`: {said}")), "{}", ran.err);
    }
    for (operation, code, message, said) in [
        (
            "StartQueryExecution",
            "AccessDeniedException",
            "no",
            "try: allow the IAM action `athena:StartQueryExecution`",
        ),
        (
            "StartQueryExecution",
            "InvalidRequestException",
            "No output location provided.",
            "try: a workgroup with a location for results, or with managed results",
        ),
        (
            "GetWorkGroup",
            "InvalidRequestException",
            "WorkGroup primary is not found.",
            "WorkGroup primary is not found.",
        ),
        (
            "GetTableMetadata",
            "MetadataException",
            "EntityNotFoundException: Entity Not Found",
            "EntityNotFoundException",
        ),
        ("GetQueryExecution", "AccessDeniedException", "no", "the query was ended"),
    ] {
        let stage = Stage::new(|state| state.refused.push((operation, code, message)));
        let ran = stage.run(&["--yes"]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(
            ran.err.contains(&format!("error: cannot read `{PLACE}`: ")) && ran.err.contains(said),
            "{}",
            ran.err
        );
        assert_eq!(stage.asked("StopQueryExecution"), usize::from(operation == "GetQueryExecution"));
    }
    let stage = Stage::new(|state| state.is_disabled = true);
    assert!(stage.run(&["--yes"]).err.contains("the workgroup `primary` is disabled"));
}

/// Ctrl-C ends the query, too: it would run on, and be billed.
#[cfg(unix)]
#[test]
fn a_signal_ends_the_query() {
    let stage = Stage::new(|state| state.running = usize::MAX);
    let arguments = [&["report", "-f", "json", "log", PLACE, "--yes"], &SINCE[..]].concat();
    let mut command = stage.command(&arguments);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let end = Instant::now() + Duration::from_mins(1);
    while stage.asked("GetQueryExecution") < 2 {
        assert!(Instant::now() < end, "nothing is asked");
        std::thread::yield_now();
    }
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("there is `kill`").success());
    let ran = Ran::from_output(&child.wait_with_output().expect("it ends"), &[SECRET]);
    assert!(stage.service.state().queries[0].is_stopped, "{ran:?}");
    let said = format!("error: cannot read `{PLACE}`: stopped before it was over; the query was ended");
    assert!(ran.err.contains(&said), "{}", ran.err);
    assert_eq!(ran.account()["pairs"], stage.home.run(&["report", "-f", "json", "log"]).account()["pairs"]);
}
