//! What `Enter` opens on a finding: exactly the origins and endpoints that show it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use r53tail::advice::finding::{Inspected, Library};
use r53tail::console::{InputId, Key, Message, Model, Setup, Source};
use r53tail::fleet::{OriginId, Symbol};

use crate::notation::Scenario;
use crate::stage::{batch, press, rows, tell};

/// What the files of scenarios, rules and labelled logs have in common.
#[derive(serde::Deserialize)]
struct Log {
    records: String,
    inspected: Option<String>,
}

/// How much was looked at.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    pub(crate) findings: usize,
    /// Those of more than one endpoint, or of more than the five origins that are named.
    pub(crate) large: usize,
    pub(crate) rules: BTreeSet<String>,
    pub(crate) faults: Vec<String>,
}

impl Opened {
    /// Opens every finding of the log in a file.
    pub(crate) fn look_into(&mut self, file: &Path) -> Result<(), String> {
        let name = file.display();
        let text = std::fs::read_to_string(file).map_err(|error| format!("{name}: {error}"))?;
        let log: Log = toml::from_str(&text).map_err(|error| format!("{name}: {error}"))?;
        let scenario = Scenario::new("a log".to_owned(), log.records, None, Vec::new());
        let lines: Vec<String> = scenario.log()?.lines().map(str::to_owned).collect();
        // What is no record by itself is for the reader of logs, and of no interest here.
        let lines = lines.into_iter().filter(|line| serde_json::from_str::<serde_json::Value>(line).is_ok());
        let inspected = log.inspected.map(|text| Inspected::parse(&text)).transpose()?;
        self.look_at(&name.to_string(), &lines.collect::<Vec<_>>(), inspected);
        Ok(())
    }

    pub(crate) fn look_at(&mut self, name: &str, lines: &[String], inspected: Option<Inspected>) {
        let library = Library { inspected, ..Library::default() };
        let mut model = Model::new(Setup { library: Arc::new(library), ..Setup::new(Source::Replay) });
        tell(&mut model, Message::Input(InputId(0), "query.log".to_owned()));
        tell(&mut model, Message::Batch(Box::new(batch(lines))));
        tell(&mut model, Message::Ended);
        press(&mut model, &[Key::Char('5')]);
        rows(&mut model, 80, 24);
        for at in 0..model.findings().map_or(0, <[_]>::len) {
            if at > 0 {
                press(&mut model, &[Key::Down]);
            }
            let Some(fault) = self.open(&mut model) else { continue };
            self.faults.push(format!("{name}: {fault}"));
        }
    }

    /// Opens the selected finding and goes back. Returns what is not as it should be.
    fn open(&mut self, model: &mut Model) -> Option<String> {
        let (_, finding) = model.selected_finding()?;
        let finding = finding.clone();
        let shown_by: BTreeSet<(OriginId, Symbol)> = model.shown_by().iter().copied().collect();
        press(model, &[Key::Enter]);
        rows(model, 80, 24);
        let ranking = model.ranking();
        let opened: BTreeSet<(OriginId, Symbol)> = ranking
            .origins()
            .iter()
            .flat_map(|origin| ranking.unordered(origin).iter().map(|pair| (origin.key, pair.name)))
            .collect();
        let origins: BTreeSet<OriginId> = opened.iter().map(|(origin, _)| *origin).collect();
        let names: BTreeSet<&str> =
            opened.iter().map(|(_, name)| model.known().fleet.name_text(*name)).collect();
        let ids: BTreeSet<&str> =
            origins.iter().map(|origin| model.known().fleet.origin_text(*origin).1).collect();
        let is_named = finding.proof.origin_ids.iter().all(|id| ids.contains(id.as_str()));
        let is_about_it = !finding.rule.is_about_a_name() || names.iter().eq([&finding.subject.as_str()]);
        let is_right =
            opened == shown_by && origins.len() == finding.proof.origins && is_named && is_about_it;
        self.findings += 1;
        self.large += usize::from(names.len() > 1 || origins.len() > 5);
        self.rules.insert(finding.rule.id().to_owned());
        let fault = (!is_right).then(|| {
            format!(
                "{} {}: {} origins of {}, {names:?} of {ids:?}, shown by {} pairs, {} opened",
                finding.rule.id(),
                finding.subject,
                origins.len(),
                finding.proof.origins,
                shown_by.len(),
                opened.len(),
            )
        });
        press(model, &[Key::Esc]);
        rows(model, 80, 24);
        fault
    }
}

/// Every file of a folder that is a log.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    files
}
