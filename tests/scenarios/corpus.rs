//! How right the findings are: every log of `fixtures/corpus/` against its labels, as its README says.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::notation::Scenario;
use crate::report::Finding;

/// A labelled log.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Labelled {
    title: String,
    why: String,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    exit: i32,
    records: String,
    inspected: Option<String>,
    #[serde(default)]
    never: Vec<String>,
    #[serde(default)]
    say: Vec<Say>,
    #[serde(default)]
    may: Vec<May>,
}

/// A sentence that has to be said.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Say {
    id: Ids,
    subject: String,
    severity: Option<String>,
    origins: Option<usize>,
    #[serde(default)]
    offers: Vec<String>,
    #[serde(default)]
    never: Vec<String>,
}

/// A sentence that is true, and need not be said.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct May {
    id: Ids,
    subject: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Ids {
    One(String),
    Any(Vec<String>),
}

impl Ids {
    fn has(&self, id: &str) -> bool {
        match self {
            Self::One(one) => one == id,
            Self::Any(any) => any.iter().any(|one| one == id),
        }
    }
}

impl Say {
    fn is_about(&self, finding: &Finding) -> bool {
        self.id.has(&finding.id) && self.subject == finding.subject
    }

    fn is_met_by(&self, finding: &Finding) -> bool {
        self.is_about(finding)
            && self.severity.as_ref().is_none_or(|severity| *severity == finding.severity)
            && self.origins.is_none_or(|origins| origins == finding.evidence.origins)
            && self.offers.iter().all(|text| has(finding, text))
            && !self.never.iter().any(|text| has(finding, text))
    }
}

/// Whether `text` stands in what a finding says.
fn has(finding: &Finding, text: &str) -> bool {
    [&finding.summary, &finding.sentence, &finding.action].into_iter().any(|said| said.contains(text))
}

/// What came of a corpus.
#[derive(Debug, Default)]
pub(crate) struct Score {
    pub(crate) logs: usize,
    /// Labels that have to be met, and those that are.
    pub(crate) said: (usize, usize),
    /// Findings, and those that are right.
    pub(crate) right: (usize, usize),
    /// Every difference, in words.
    pub(crate) faults: String,
}

impl Score {
    fn add(&mut self, name: &str, log: &Labelled, findings: &[Finding]) {
        let mut faults = Vec::new();
        for say in &log.say {
            let is_met = findings.iter().any(|finding| say.is_met_by(finding));
            self.said.0 += 1;
            self.said.1 += usize::from(is_met);
            if !is_met {
                faults.push(format!("  not said: {say:?}"));
            }
        }
        for finding in findings {
            let is_about = log.say.iter().any(|say| say.is_about(finding))
                || log.may.iter().any(|may| may.id.has(&finding.id) && may.subject == finding.subject);
            let is_right = is_about && !log.never.iter().any(|text| has(finding, text));
            self.right.0 += 1;
            self.right.1 += usize::from(is_right);
            if !is_right {
                faults.push(format!("  not right: {}", finding.worded()));
            }
        }
        self.logs += 1;
        if !faults.is_empty() {
            self.faults.push_str(&format!(
                "── {name}: {}\n   {}\n{}\n",
                log.title,
                log.why,
                faults.join("\n")
            ));
        }
    }
}

/// Holds every log of `folder` against its labels.
pub(crate) fn score(folder: &Path) -> Result<Score, String> {
    let entries = fs::read_dir(folder).map_err(|error| error.to_string())?;
    let mut files: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    let mut score = Score::default();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).map_err(|error| format!("{name}: {error}"))?;
        let log: Labelled = toml::from_str(&text).map_err(|error| format!("{name}: {error}"))?;
        let mut scenario =
            Scenario::new(log.title.clone(), log.records.clone(), log.inspected.clone(), log.args.clone());
        scenario.exit = log.exit;
        let (report, problem) = crate::run(&format!("corpus-{name}"), &scenario)?;
        if let Some(problem) = problem {
            return Err(format!("{name}: {problem}"));
        }
        score.add(&name, &log, &report.findings);
    }
    Ok(score)
}
