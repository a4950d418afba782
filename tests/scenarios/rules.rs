//! Rules, one file each: a log that gives the finding, and logs that differ as little as possible and do not.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::notation::{Scenario, meaningful};
use crate::report::Finding;

/// More changes than this make another log, and no near miss.
const MOST_CHANGES: usize = 2;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    why: String,
    inspected: Option<String>,
    records: String,
    findings: String,
    near_miss: Vec<NearMiss>,
}

/// The same with some lines otherwise.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NearMiss {
    why: String,
    #[serde(default)]
    args: Vec<String>,
    /// Lines as they stand, and what stands there instead.
    change: Vec<(String, String)>,
    findings: String,
}

impl Rule {
    fn scenario(&self, records: String, inspected: Option<String>, args: Vec<String>) -> Scenario {
        Scenario::new(self.why.clone(), records, inspected, args)
    }

    /// Runs the log and every near miss; the findings of the log come back.
    fn check(&self, id: &str) -> Result<Vec<Finding>, String> {
        let scenario = self.scenario(self.records.clone(), self.inspected.clone(), Vec::new());
        let found = findings(id, &scenario, &self.findings).map_err(|fault| format!("{id}: {fault}"))?;
        if !found.iter().any(|finding| finding.id == id) {
            return Err(format!("{id}: its log does not give it"));
        }
        if self.near_miss.is_empty() {
            return Err(format!("{id}: nothing shows what it leaves out"));
        }
        for (at, miss) in self.near_miss.iter().enumerate() {
            let fault = |text: String| format!("{id}, near miss {} ({}): {text}", at + 1, miss.why);
            if miss.why.is_empty() || self.why.is_empty() {
                return Err(fault("it says why".into()));
            }
            if miss.change.len() > MOST_CHANGES || miss.change.is_empty() && miss.args.is_empty() {
                return Err(fault(format!("{} changes are none, or too many", miss.change.len())));
            }
            let (mut records, mut inspected) = (self.records.clone(), self.inspected.clone());
            for (line, instead) in &miss.change {
                let places = [Some(&mut records), inspected.as_mut()];
                let mut changed = 0;
                for text in places.into_iter().flatten() {
                    changed += text.lines().filter(|known| *known == line).count();
                    let lines = text.lines().map(|known| if known == line { instead } else { known });
                    *text = lines.collect::<Vec<_>>().join("\n");
                }
                if changed != 1 {
                    return Err(fault(format!("`{line}` stands there {changed} times")));
                }
            }
            let scenario = self.scenario(records, inspected, miss.args.clone());
            let found = findings(&format!("{id}-{at}"), &scenario, &miss.findings).map_err(fault)?;
            if found.iter().any(|finding| finding.id == id) {
                return Err(fault("it gives the finding all the same".into()));
            }
        }
        Ok(found)
    }
}

/// What the program finds in the log of `scenario`, if that is what is expected.
fn findings(name: &str, scenario: &Scenario, expected: &str) -> Result<Vec<Finding>, String> {
    let (report, problem) = crate::run(&format!("rule-{name}"), scenario)?;
    if let Some(problem) = problem {
        return Err(problem);
    }
    report.check_form()?;
    let got: Vec<String> = report.findings.iter().map(Finding::brief).collect();
    let expected: Vec<&str> = meaningful(expected).collect();
    if got != expected {
        return Err(format!("findings are\n  {}\nnot\n  {}", got.join("\n  "), expected.join("\n  ")));
    }
    Ok(report.findings)
}

/// Checks every file of the folder; returns the wording of what each rule finds, and the ids of the rules.
pub(crate) fn check_all(folder: &Path) -> Result<(String, BTreeSet<String>), String> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .map_err(|error| error.to_string())?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    let (mut wording, mut ids, mut faults) = (String::new(), BTreeSet::new(), Vec::new());
    for file in files {
        let id = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).map_err(|error| error.to_string())?;
        let checked = toml::from_str::<Rule>(&text).map_err(|error| format!("{id}: {error}"));
        match checked.and_then(|rule| rule.check(&id)) {
            Ok(found) => {
                for finding in found.iter().filter(|finding| finding.id == id) {
                    wording.push_str(&finding.worded());
                    wording.push('\n');
                }
            }
            Err(fault) => faults.push(fault),
        }
        ids.insert(id);
    }
    if faults.is_empty() { Ok((wording, ids)) } else { Err(faults.join("\n\n")) }
}
