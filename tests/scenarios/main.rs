//! Records in, verdicts and statuses out: every file of `fixtures/scenarios/` against the real program.
//!
//! The files state what `report --format json` must answer; their notation is described in
//! `fixtures/scenarios/README.md`. One test runs them all and reports every difference, not the first only.

mod corpus;
mod evidence;
mod notation;
mod report;
mod rules;
#[path = "../stage/mod.rs"]
mod stage;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use notation::Scenario;
use report::Report;

/// Fewer scenarios than this means that files were lost or not found.
const AT_LEAST: usize = 100;

#[test]
fn every_scenario_holds() {
    let files = scenario_files().expect("the scenario folder is readable");
    assert!(files.len() >= AT_LEAST, "only {} scenarios found", files.len());
    let mut failures = Vec::new();
    for file in &files {
        let name = file.file_stem().expect("a scenario file has a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(file).expect("a scenario file is readable");
        if let Err(problem) = check(&name, &text) {
            failures.push(format!("── {name}\n{problem}"));
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {} scenarios failed\n\n{}",
        failures.len(),
        files.len(),
        failures.join("\n\n")
    );
}

#[test]
fn a_wrong_expectation_is_reported() {
    let expected = r#"
title = "t"
why = "w"
records = ""
pairs = """
i-web api.example. native
  AAAA native x2 09:00:00..09:00:05
  ipv6 2001:db8::1
i-web gone.example. a-only
  A answered x1 09:00:00
"""
"#;
    let got = r#"{
        "schema": 2, "records": 2, "malformed": 0, "ignored": 0, "findings": [],
        "unknown": {"absent": 0, "partial": 0, "masked": 0, "unreadable": 0}, "partial": 0, "masked_sources": 0, "notes": [],
        "first": "2024-05-14T09:00:00Z", "last": "2024-05-14T09:00:05Z",
        "loss": {"sampled_seconds": 0, "gaps": [], "dropped": 0, "incomplete": []},
        "inputs": [{"path": "log", "format": "lines", "records": 2, "error": null}],
        "pairs": [{
            "origin": {"kind": "instance", "id": "i-web", "vpc": "vpc-main", "account": "111122223333",
                       "region": "eu-west-1", "addresses": ["10.0.0.10"]},
            "name": "api.example.", "status": "native",
            "aaaa": {"native": {"count": 2, "first": "2024-05-14T09:00:00Z", "last": "2024-05-14T09:00:05Z"}},
            "a": {}, "newest_aaaa": "native",
            "first": "2024-05-14T09:00:00Z", "last": "2024-05-14T09:00:05Z",
            "ipv4": [], "ipv6": ["2001:db8::2"], "more_addresses": false, "cname_only": 0,
            "change": null, "flapping": false, "partial": false
        }],
        "origins": [{
            "origin": {"kind": "instance", "id": "i-web", "vpc": "vpc-main", "account": "111122223333",
                       "region": "eu-west-1", "addresses": ["10.0.0.10"]},
            "dns64": {"state": "unknown", "since": null},
            "records": 2, "ignored": 0, "pairs": 1, "statuses": {"native": 1}
        }]
    }"#;
    let scenario = Scenario::parse(expected).expect("the scenario reads");
    let report = Report::parse(got).expect("the report reads");
    let difference = scenario.compare(&report).expect_err("the expectation is wrong");
    assert_eq!(
        difference,
        "\
totals
  - records 3
  + records 2
origin instance i-web@vpc-main
  - pairs 2
  + pairs 1
  - records 3
  + records 2
  - status a-only x1
pair instance i-web@vpc-main api.example.
  - ipv6 2001:db8::1
  + ipv6 2001:db8::2
pair instance i-web@vpc-main gone.example.: missing"
    );
}

/// Every scenario file, by name.
fn scenario_files() -> io::Result<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scenarios");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The wording of every finding of the scenarios that say which there are. Every rule is among them.
#[test]
fn every_finding_is_worded() {
    let mut wording = String::new();
    let mut ids = BTreeSet::new();
    for file in scenario_files().expect("the scenario folder is readable") {
        let text = fs::read_to_string(&file).expect("a scenario file is readable");
        let scenario = Scenario::parse(&text).expect("a scenario reads");
        if !scenario.has_findings() {
            continue;
        }
        let name = file.file_stem().expect("a scenario file has a name").to_string_lossy().into_owned();
        let (report, _) = run(&format!("worded-{name}"), &scenario).expect("the scenario runs");
        wording.push_str(&format!("── {name}: {}\n", scenario.title));
        for finding in &report.findings {
            ids.insert(finding.id.clone());
            wording.push_str(&finding.worded());
        }
        wording.push('\n');
    }
    insta::assert_snapshot!("findings", wording);
    assert_eq!(ids, all_rules(), "each rule has a scenario that shows it");
}

fn all_rules() -> BTreeSet<String> {
    r53tail::advice::finding::Rule::ALL.iter().map(|rule| rule.id().to_owned()).collect()
}

/// Every rule has a log that gives its finding, and one that differs from it in a line or two and does not.
#[test]
fn every_rule_holds_and_stops() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scenarios/rules");
    let (wording, ids) = rules::check_all(&folder).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(ids, all_rules(), "each rule has its file in fixtures/scenarios/rules");
    insta::assert_snapshot!("rules", wording);
}

/// Every sentence is true, and nearly all that there is to say is said, of logs labelled by AWS's documents.
#[test]
fn findings_are_true_and_complete() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/corpus");
    let score = corpus::score(&folder).unwrap_or_else(|fault| panic!("{fault}"));
    let (say, said) = score.said;
    let (findings, right) = score.right;
    let sum =
        format!("{} logs: {said} of {say} labels said, {right} of {findings} findings right", score.logs);
    println!("{sum}\n{}", score.faults);
    assert!(score.logs >= 120 && say >= 200, "{sum}");
    assert!(right == findings && 100 * said >= 97 * say, "{sum}\n{}", score.faults);
}

/// `Enter` on a finding opens the fleet with exactly the origins and endpoints that it is about, whatever the
/// rule; the way back leads to the finding.
#[test]
fn a_finding_opens_exactly_what_shows_it() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut opened = evidence::Opened::default();
    for folder in ["scenarios", "scenarios/rules", "corpus"] {
        for file in evidence::files(&fixtures.join(folder)) {
            opened.look_into(&file).unwrap_or_else(|fault| panic!("{fault}"));
        }
    }
    let demo = fs::read_to_string(fixtures.join("demo.jsonl")).expect("the demo's log is readable");
    opened.look_at("demo", &demo.lines().map(str::to_owned).collect::<Vec<_>>(), None);
    let (findings, large) = (opened.findings, opened.large);
    assert!(opened.faults.is_empty(), "{} of {findings}\n{}", opened.faults.len(), opened.faults.join("\n"));
    assert!(findings >= 400 && large >= 40, "{findings}, {large} large");
    assert_eq!(opened.rules, all_rules(), "each rule is among them");
}

/// Runs one scenario; the error is a text for a person.
fn check(name: &str, text: &str) -> Result<(), String> {
    let scenario = Scenario::parse(text)?;
    let (report, problem) = run(name, &scenario)?;
    let problems: Vec<String> = problem.into_iter().chain(scenario.compare(&report).err()).collect();
    if problems.is_empty() { Ok(()) } else { Err(format!("{}\n{}", scenario.title, problems.join("\n"))) }
}

/// What the program reports of the scenario's records, and what is wrong with how it ended.
fn run(name: &str, scenario: &Scenario) -> Result<(Report, Option<String>), String> {
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("scenario-{name}.log"));
    fs::write(&log, scenario.log()?).map_err(|error| format!("cannot write {}: {error}", log.display()))?;
    let mut files = Vec::new();
    for (option, text) in [("--inspected", &scenario.inspected), ("--names", &scenario.names)] {
        if let Some(text) = text {
            let file = log.with_extension(&option[2..]);
            fs::write(&file, text).map_err(|error| format!("cannot write {}: {error}", file.display()))?;
            files.extend([OsString::from(option), file.into_os_string()]);
        }
    }
    let output = Command::new(env!("CARGO_BIN_EXE_r53tail"))
        .args(["report", "--format", "json"])
        .args(&scenario.args)
        .args(&files)
        .arg(&log)
        .output()
        .map_err(|error| format!("cannot run r53tail: {error}"))?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    let code = output.status.code();
    let problem = (code != Some(scenario.exit))
        .then(|| format!("exit code {code:?}, not {}: {complaint}", scenario.exit));
    let report = Report::parse(&String::from_utf8_lossy(&output.stdout));
    Ok((
        report
            .map_err(|problem| format!("{} ({}): {problem}: {complaint}", scenario.title, log.display()))?,
        problem,
    ))
}
