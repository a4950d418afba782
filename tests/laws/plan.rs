//! The plan keeps its word: when its changes are made, the log that would be written then says what the plan
//! said.
//!
//! A change is made by rewriting the records: those of a step's origins for a step's names, where these have
//! an IPv4 address only, are asked for by the name that the step offers, or by the same, and AAAA is answered
//! with an address. What comes of it is read by the program again, from a report on the rewritten log.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::Value;

use super::advice::{NAMES, Row, dual_names, findings, is_as_offered, log, logs, report, text};
use super::cases;

/// Pairs of origin and name.
type Pairs = BTreeSet<(String, String)>;

/// Pairs that have an IPv4 address only, by the report's own list.
fn ipv4_only(report: &Value) -> Pairs {
    let pairs = report["pairs"].as_array().expect("pairs are a list");
    let some =
        pairs.iter().filter(|pair| matches!(pair["status"].as_str(), Some("ipv4-only" | "nat64" | "empty")));
    some.map(|pair| (text(&pair["origin"], "id").to_owned(), text(pair, "name").to_owned())).collect()
}

/// Whether what a step says of a name is stated, and not to be checked first.
fn is_confirmed(step: &Value, name: &Value) -> bool {
    let by_itself = ["owner:", "own-host", "link:"].iter().any(|start| text(step, "id").starts_with(start));
    by_itself || matches!(name["level"].as_str(), Some("E1" | "E2" | "E3"))
}

/// What is asked in place of each pair once these steps are done.
fn changed(steps: &[Value], open: &Pairs, confirmed: bool) -> BTreeMap<(String, String), String> {
    let mut changed = BTreeMap::new();
    for step in steps {
        for id in step["origin_ids"].as_array().expect("ids are a list") {
            for name in step["names"].as_array().expect("names are a list") {
                let id = id.as_str().expect("an id is a text");
                let pair = (id.to_owned(), format!("{}.", text(name, "name")));
                if open.contains(&pair) && (!confirmed || is_confirmed(step, name)) {
                    let to = name["offer"].as_str().map_or(pair.1.clone(), |offer| format!("{offer}."));
                    changed.entry(pair).or_insert(to);
                }
            }
        }
    }
    changed
}

/// The log after the changes.
fn rewritten(log: &str, changed: &BTreeMap<(String, String), String>) -> String {
    log.lines()
        .map(|line| {
            let mut record: Value = serde_json::from_str(line).expect("it is JSON");
            let sources = record["srcids"].as_object().expect("there are ids");
            let id = sources.values().next().and_then(Value::as_str).unwrap_or_default().to_owned();
            if let Some(to) = changed.get(&(id, text(&record, "query_name").to_owned())) {
                record["query_name"] = to.as_str().into();
                if record["query_type"] == "AAAA" {
                    record["rcode"] = "NOERROR".into();
                    record["answers"] =
                        serde_json::json!([{"Rdata": "2600:1f14::77", "Type": "AAAA", "Class": "IN"}]);
                }
            }
            record.to_string() + "\n"
        })
        .collect()
}

fn number(value: &Value) -> u64 {
    value.as_u64().expect("it is a number")
}

/// Holds each prefix of the plan for `log` against what a report on the rewritten log says.
fn keeps_its_word(log: &str) -> Result<(), TestCaseError> {
    let before = report(log);
    let plan = &before["plan"];
    let steps = plan["steps"].as_array().expect("steps are a list");
    // Only what is listed in full can be done by the list.
    let is_listed = |step: &Value| number(&step["covers"]["endpoints"]) <= 5;
    // And where a name that came back empty counts for nothing because others were synthesized, the rewritten
    // log does not show that any more.
    if !steps.iter().all(is_listed) || findings(&before).iter().any(|it| it["id"] == "no-address-at-all") {
        return Ok(());
    }
    let open = ipv4_only(&before);
    let mut covered = 0;
    for done in 0..=steps.len() {
        let steps = &steps[..done];
        let stand = steps.last().map_or(&plan["today"], |step| &step["after"]);
        covered += steps.last().map_or(0, |step| number(&step["covers"]["pairs"]));
        let sure = report(&rewritten(log, &changed(steps, &open, true)));
        prop_assert!(
            number(&sure["plan"]["today"]["ready"]) >= number(&stand["ready"]),
            "{done} steps, confirmed names: {plan:#}\n{:#}",
            sure["plan"]
        );
        let all = report(&rewritten(log, &changed(steps, &open, false)));
        prop_assert!(
            number(&all["plan"]["today"]["ready"]) >= number(&stand["ready"]) + number(&stand["perhaps"]),
            "{done} steps, all names: {plan:#}\n{:#}",
            all["plan"]
        );
        // What a step covers is reached over IPv6 after it, and all of it was changed.
        let changes = changed(steps, &open, false);
        prop_assert!(
            changes.len() as u64 >= covered,
            "{done} steps, {covered} covered: {plan:#}\n{changes:#?}"
        );
        let still = ipv4_only(&all);
        for ((id, _), to) in changes {
            prop_assert!(!still.contains(&(id, to.clone())), "{done} steps: {to}: {plan:#}");
        }
    }
    Ok(())
}

fn counts(plan: &Value) -> Result<(), TestCaseError> {
    let origins = number(&plan["origins"]);
    let steps = plan["steps"].as_array().expect("steps are a list");
    let summaries: Vec<&Value> =
        [&plan["today"]].into_iter().chain(steps.iter().map(|step| &step["after"])).collect();
    for stand in summaries.iter().chain([&&plan["with_nat64"]]) {
        let sum = number(&stand["ready"]) + number(&stand["perhaps"]) + number(&stand["unknown"]);
        prop_assert!(sum <= origins, "{plan:#}");
    }
    for two in summaries.windows(2) {
        prop_assert!(
            number(&two[0]["ready"]) <= number(&two[1]["ready"]),
            "a step takes something away: {plan:#}"
        );
    }
    let sum = |list: &Value, wanted: &dyn Fn(&Value) -> bool| -> u64 {
        let list = list.as_array().expect("it is a list");
        list.iter().filter(|one| wanted(one)).map(|one| number(&one["covers"]["pairs"])).sum()
    };
    let nat64 = [
        "third-party",
        "no-dual-stack-name",
        "unlisted",
        "dual-stack-name-without-ipv6",
        "own-catalog",
        "dual-stack-name-unknown",
        "fixed",
        "client-switched-as-a-whole",
        "handed-out",
        "hidden",
    ];
    let planned =
        sum(&plan["steps"], &|_| true) + sum(&plan["remains"], &|rest| nat64.contains(&text(rest, "id")));
    prop_assert_eq!(planned, number(&plan["needs"]["pairs"]), "{:#}", plan);
    Ok(())
}

proptest! {
    #![proptest_config(cases(100))]

    /// After each step at least as many origins work as the plan says, and no more is left than it says.
    #[test]
    fn what_the_plan_says_comes_true(rows in logs()) {
        keeps_its_word(&log(&rows))?;
    }

    /// Every need is covered once or remains for a reason, and no count is more than there is.
    #[test]
    fn every_need_is_counted_once(rows in logs()) {
        counts(&report(&log(&rows))["plan"])?;
    }

    /// The plan offers no name that nothing speaks for, and none that a finding takes back.
    #[test]
    fn the_plan_and_the_findings_agree(rows in logs()) {
        let report = report(&log(&rows));
        let asked: BTreeSet<&str> = rows.iter().map(|row: &Row| NAMES[row.0].trim_end_matches('.')).collect();
        let steps = report["plan"]["steps"].as_array().expect("steps are a list").clone();
        let gone: BTreeSet<String> = findings(&report)
            .iter()
            .filter(|it| it["id"] == "dual-stack-missing" && text(it, "action").contains("take the dual-stack switch back"))
            .map(|it| text(it, "subject").trim_end_matches('.').to_owned())
            .collect();
        let held: BTreeSet<String> = findings(&report)
            .iter()
            .filter(|it| it["id"] == "profile" && text(it, "action").contains("do not switch its client"))
            .map(|it| format!("feature:{}", text(it, "subject")))
            .collect();
        for step in &steps {
            for key in ["title", "action", "risk"] {
                for name in dual_names(text(step, key)) {
                    prop_assert!(is_as_offered(&asked, &name), "{name} in {step:#}");
                }
            }
            for offer in step["names"].as_array().expect("names are a list").iter().filter_map(|it| it["offer"].as_str()) {
                prop_assert!(!gone.contains(offer), "{offer} in {step:#}");
            }
            prop_assert!(!held.contains(text(step, "id")), "{step:#}");
        }
    }
}
