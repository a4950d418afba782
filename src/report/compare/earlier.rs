//! A report that was written as JSON, as one side of a comparison.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;

use serde::Deserialize;
use serde::de::IgnoredAny;
use thiserror::Error;

use super::{ComparedAsker, ComparedPair, ComparedSide};
use crate::base::moment::Moment;
use crate::fleet::{Noise, Status};
use crate::report::{SCHEMA, Selection, SelectionParts, pieces};

/// Why a file is no report of ours.
#[derive(Debug, Error)]
pub enum EarlierError {
    /// It cannot be read, or not as JSON of this form.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// It is of another version of the contract.
    #[error("its schema is {0}, and this program reads {SCHEMA}")]
    Schema(u32),
    /// A word that the contract has not.
    #[error("`{0}` is no status")]
    Status(String),
}

/// What people call an origin, by its id, its VPC and its addresses.
pub type EarlierLabels<'a> = &'a dyn Fn(&str, &str, &[String]) -> Option<String>;

/// Whether what begins with `first` may be a report as JSON: no record and no envelope begins so.
#[must_use]
pub fn is_report(first: &[u8]) -> bool {
    let trimmed = |bytes: &[u8]| bytes.trim_ascii_start().to_vec();
    let first = trimmed(first.strip_prefix("\u{feff}".as_bytes()).unwrap_or(first));
    first.strip_prefix(b"{").is_some_and(|rest| trimmed(rest).starts_with(b"\"schema\""))
}

#[derive(Deserialize)]
struct Earlier {
    schema: u32,
    records: u64,
    #[serde(default)]
    outside: u64,
    malformed: u64,
    #[serde(default)]
    filtered: bool,
    first: Option<String>,
    last: Option<String>,
    masked_sources: u64,
    loss: EarlierLoss,
    folded: Option<EarlierFolded>,
    excerpt: Option<EarlierExcerpt>,
    inputs: Vec<EarlierInput>,
    pairs: Vec<PairJson>,
}

#[derive(Deserialize)]
struct EarlierLoss {
    sampled_seconds: u64,
    gaps: Vec<IgnoredAny>,
    dropped: u64,
    #[serde(default)]
    incomplete: Vec<TextJson>,
}

#[derive(Deserialize)]
struct TextJson {
    text: String,
}

#[derive(Deserialize)]
struct EarlierFolded {
    total: CountJson,
}

#[derive(Deserialize)]
struct CountJson {
    pairs: u64,
}

#[derive(Deserialize)]
struct EarlierExcerpt {
    filter: Option<String>,
    from: Option<String>,
    until: Option<String>,
}

impl EarlierExcerpt {
    fn is_narrowed(&self) -> bool {
        self.filter.as_deref().is_some_and(|filter| !filter.is_empty())
            || self.from.is_some()
            || self.until.is_some()
    }
}

#[derive(Deserialize)]
struct EarlierInput {
    path: String,
    error: Option<String>,
}

#[derive(Deserialize)]
struct PairJson {
    origin: EarlierOrigin,
    name: String,
    status: String,
    aaaa: BTreeMap<String, SpanJson>,
    a: BTreeMap<String, SpanJson>,
}

#[derive(Deserialize)]
struct EarlierOrigin {
    id: String,
    #[serde(default)]
    vpc: String,
    #[serde(default)]
    addresses: Vec<String>,
    label: Option<String>,
}

#[derive(Deserialize)]
struct SpanJson {
    count: u64,
}

impl ComparedSide {
    /// Reads a report that was written as JSON, called `path`.
    ///
    /// # Errors
    /// That it is none, or of another version.
    pub fn parse(
        reader: impl io::Read,
        path: &str,
        selection: &Selection,
        labels: EarlierLabels<'_>,
    ) -> Result<Self, EarlierError> {
        let earlier: Earlier = serde_json::from_reader(reader)?;
        if earlier.schema != SCHEMA {
            return Err(EarlierError::Schema(earlier.schema));
        }
        let names: HashSet<&str> = earlier.pairs.iter().map(|pair| pair.name.as_str()).collect();
        let mut side = Self {
            source: source(path, &earlier.inputs),
            records: earlier.records,
            outside: earlier.outside,
            range: range(&earlier),
            doubts: doubts(&earlier),
            ..Self::default()
        };
        let mut known: HashMap<(&str, &str), usize> = HashMap::new();
        for pair in &earlier.pairs {
            let status = Status::ALL.into_iter().find(|status| status.word() == pair.status);
            let status =
                status.ok_or_else(|| EarlierError::Status(pair.status.chars().take(40).collect()))?;
            if is_noise(pair, status, &names) {
                continue;
            }
            let EarlierOrigin { id, vpc, addresses, label } = &pair.origin;
            let asker = *known.entry((id, vpc)).or_insert_with(|| {
                let label = labels(id, vpc, addresses).or_else(|| label.clone());
                side.askers.push(ComparedAsker { id: id.clone(), vpc: vpc.clone(), label });
                side.askers.len() - 1
            });
            let label = side.askers[asker].label.as_deref();
            let selected = selection.holds_parts(&SelectionParts {
                id,
                addresses: &|fits| addresses.iter().any(|address| fits(address)) || label.is_some_and(fits),
                vpc,
                name: &pair.name,
                status,
                saw: &|verdict| pair.aaaa.contains_key(verdict.word()),
            });
            let counts = pair.aaaa.values().chain(pair.a.values());
            let records = counts.fold(0_u64, |sum, span| sum.saturating_add(span.count));
            side.pairs.push(ComparedPair { asker, name: pair.name.clone(), status, records, selected });
        }
        Ok(side)
    }
}

/// Whether a pair is noise, by the rule of [`crate::fleet::Survey::noise`].
fn is_noise(pair: &PairJson, status: Status, names: &HashSet<&str>) -> bool {
    let no_a = pair.a.keys().all(|verdict| verdict == "nxdomain");
    Noise::from_name(&pair.name, status, no_a, &|stem| names.contains(stem)).is_some()
}

fn source(path: &str, inputs: &[EarlierInput]) -> String {
    match inputs {
        [one] => format!("{path} (report of {})", one.path),
        many => format!("{path} (report of {})", pieces::counted(many.len() as u64, "input", "inputs")),
    }
}

fn range(earlier: &Earlier) -> Option<(Moment, Moment)> {
    let parse = |text: &Option<String>| text.as_deref().and_then(Moment::parse);
    parse(&earlier.first).zip(parse(&earlier.last))
}

/// Why the report may lack pairs.
fn doubts(earlier: &Earlier) -> Vec<String> {
    let loss = &earlier.loss;
    let mut doubts = Vec::new();
    for (count, one, many) in [
        (earlier.malformed, "piece was malformed.", "pieces were malformed."),
        (loss.sampled_seconds, "second was sampled by the service.", "seconds were sampled by the service."),
        (loss.dropped, "record was dropped on the way.", "records were dropped on the way."),
        (loss.gaps.len() as u64, "stretch of time was not all seen.", "stretches of time were not all seen."),
        (
            earlier.folded.as_ref().map_or(0, |folded| folded.total.pairs),
            "pair was folded away to keep to --max-memory.",
            "pairs were folded away to keep to --max-memory.",
        ),
        (
            earlier.masked_sources,
            "record has a masked source address.",
            "records have a masked source address.",
        ),
        (
            earlier.inputs.iter().filter(|input| input.error.is_some()).count() as u64,
            "input was not read in full.",
            "inputs were not read in full.",
        ),
    ] {
        if count > 0 {
            doubts.push(pieces::counted(count, one, many));
        }
    }
    doubts.extend(loss.incomplete.iter().map(|end| end.text.clone()));
    if earlier.filtered || earlier.excerpt.as_ref().is_some_and(EarlierExcerpt::is_narrowed) {
        doubts.push("It is a report of a part only: it was made with filters.".to_owned());
    }
    doubts
}
