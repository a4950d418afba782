//! What is shown, made ready to be written elsewhere.
//!
//! An export is made from the stretch of time that is shown, and nothing but that: the fleet of exactly those
//! records is counted anew. A filter does not go into it, for it lists and does not judge: a name whose AAAA
//! is empty is IPv4-only because of its A record, which a filter for AAAA would take away. So every status
//! and every count is that of the whole stretch, as on the screen; and what the filter does not list is left
//! out when the report is written. The raw records, in which nothing is judged, are exactly those that the
//! filter lets through.
//!
//! Counting takes long where there are many records. It is done a part at a time, between frames, and writing
//! is left to another thread.

use std::sync::Arc;

use super::export_format::ExportFormat;
use super::projection::KeptMask;
use super::prompt::{self, Prompt, Purpose};
use super::{Effect, Mode, Model, Tape, clipboard};
use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::fleet::{Fleet, PairId, Status};
use crate::log::note::Gap;
use crate::query::Query;
use crate::report::{Excerpt, InputSummary};
use crate::timeline::{Scope, Spot};

/// About how many records are counted between two frames.
const PART: u64 = 250_000;

/// Where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Into a file of this path, as it was typed.
    File(String),
    /// To the clipboard.
    Clipboard,
}

/// Something to be written.
#[derive(Debug)]
pub struct Export {
    /// Report, table or raw records: the format of what is written.
    pub shape: ExportFormat,
    /// The file or the clipboard.
    pub target: Target,
    /// Whether a file that is there may be written over.
    pub overwrite: bool,
    /// The records of the stretch, counted. Empty for raw records.
    pub fleet: Fleet,
    /// Whether there is a filter: then only pairs that are picked out are listed.
    pub is_filtered: bool,
    /// What was narrowed, and the marks.
    pub excerpt: Excerpt,
    /// The inputs that the records came from.
    pub inputs: Vec<InputSummary>,
    /// Where the raw records are in their inputs; empty unless those are wanted.
    pub spots: Vec<Spot>,
    /// Raw records of which that is not known.
    pub untold: u64,
    /// Raw records of inputs that cannot be read again.
    pub tape: Tape,
}

impl PartialEq for Export {
    /// Whether the same is written to the same place.
    fn eq(&self, other: &Self) -> bool {
        (self.shape, &self.target, self.overwrite, &self.excerpt)
            == (other.shape, &other.target, other.overwrite, &other.excerpt)
    }
}

impl Eq for Export {}

/// What came of an export.
#[derive(Debug)]
pub enum Exported {
    /// A file was written.
    Written {
        /// The path of the file.
        path: String,
        /// The size of the file.
        bytes: u64,
        /// Raw records in it, and those that could not be read again; `None` for a report.
        records: Option<(u64, u64)>,
    },
    /// The text that is to be copied.
    Text(String),
    /// There is such a file already. It was not touched.
    Exists(Box<Export>),
    /// It cannot be written.
    Failed {
        /// What could not be written: the path, or a name for it.
        what: String,
        /// Why, for a person.
        why: String,
    },
}

/// An export on its way.
#[derive(Debug)]
pub(super) struct Job {
    export: Box<Export>,
    /// What is still to be counted.
    ahead: Option<(Moment, Moment)>,
    whole: (Moment, Moment),
    /// How long a part is, in milliseconds.
    part: i64,
    /// The filter as it was when somebody asked for this, whatever it is by now.
    filter: Option<Filter>,
}

/// A filter, the records that it lets through, and the pairs that have such records.
#[derive(Debug)]
struct Filter {
    query: Query,
    kept: KeptMask,
    statuses: Arc<Vec<Option<Status>>>,
    listed: Vec<PairId>,
    /// Records that it lets through, of all types.
    records: u64,
}

impl Filter {
    fn from_model(model: &Model) -> Option<Self> {
        let (query, kept) = (model.query().cloned()?, model.projection.rows().cloned()?);
        let matched = model.projection.picture().matched.as_ref();
        let counts = matched.iter().flat_map(|matched| &matched.pairs).zip(0..);
        let listed = counts.filter(|(count, _)| **count > 0).map(|(_, pair)| PairId(pair)).collect();
        let records = matched.map_or(0, |matched| matched.records);
        Some(Self { query, kept, statuses: model.ranking().statuses(), listed, records })
    }
}

impl Model {
    /// How much of an export is counted, in percent; `None` if there is no export under way.
    #[must_use]
    pub fn export_progress(&self) -> Option<u8> {
        let job = self.jobs.export.as_ref()?;
        let (first, last) = job.whole;
        let done = job.ahead.map_or(last.0, |(next, _)| next.0) - first.0;
        u8::try_from(done.saturating_mul(100) / (last.0 - first.0).max(1)).ok()
    }
}

pub(super) fn is_under_way(model: &Model) -> bool {
    model.jobs.export.is_some()
}

/// Asks for the file.
pub(super) fn ask(model: &mut Model, shape: ExportFormat) {
    let moment = model.moment().unwrap_or_default();
    let when: String = moment.to_string().chars().filter(char::is_ascii_alphanumeric).take(15).collect();
    let mut prompt = Prompt::new(Purpose::Export, &format!("r53tail-{when}.{}", shape.extension()));
    prompt.shape = Some(shape);
    prompt::open(model, prompt);
}

/// Begins to count what is wanted.
pub(super) fn begin(model: &mut Model, shape: ExportFormat, target: Target) {
    if is_under_way(model) {
        model.notify("something is being written already");
        return;
    }
    let known = &model.known;
    let scope = model.scope();
    let range = known.timeline().range();
    let whole = range
        .map(|(first, last)| (scope.from.unwrap_or(first).max(first), scope.until.unwrap_or(last).min(last)));
    let mut export = Box::new(Export {
        shape,
        target,
        overwrite: false,
        fleet: Fleet::default(),
        is_filtered: false,
        excerpt: Excerpt {
            filter: narrowed_by(model),
            from: scope.from,
            until: scope.until,
            marks: model.marks().to_vec(),
        },
        inputs: inputs(model, scope),
        spots: Vec::new(),
        untold: 0,
        tape: if shape == ExportFormat::Records { known.tape().clone() } else { Tape::default() },
    });
    let judged = shape != ExportFormat::Records;
    if judged && scope == Scope::ALL {
        // It is all counted already.
        export.fleet.absorb(known.fleet());
    }
    let left = whole.filter(|(first, last)| first <= last && !(judged && scope == Scope::ALL));
    let parts = (known.timeline().len() / PART + 1).saturating_into::<i64>();
    let (first, last) = whole.unwrap_or_default();
    let part = ((last.0 - first.0) / parts).max(1);
    let filter = Filter::from_model(model);
    model.jobs.export = Some(Box::new(Job { export, ahead: left, whole: (first, last), part, filter }));
}

/// What says which pairs are listed: the group or the finding that is open, and the filter.
fn narrowed_by(model: &Model) -> String {
    let group = model.within().map(|words| format!("[{words}]"));
    let filter = Some(model.filter().to_owned()).filter(|filter| !filter.is_empty());
    group.into_iter().chain(filter).collect::<Vec<_>>().join(" ")
}

/// The inputs that have a part in what is shown.
fn inputs(model: &Model, scope: Scope) -> Vec<InputSummary> {
    let counts = model.known.timeline().by_input(scope);
    let failures = &model.known.feed().failures;
    let mut inputs: Vec<InputSummary> = counts
        .into_iter()
        .map(|(input, records)| {
            let path = model.known.feed().inputs.get(input.0 as usize).cloned().unwrap_or_default();
            let error = failures.iter().find(|(failed, _)| *failed == path).map(|(_, why)| why.clone());
            InputSummary { path: path.into(), format: "query log", records, error }
        })
        .collect();
    for (path, why) in failures {
        if !inputs.iter().any(|input| input.path == **path) {
            let error = Some(why.clone());
            inputs.push(InputSummary { path: path.as_str().into(), format: "none", records: 0, error });
        }
    }
    inputs
}

/// Counts a part of what is wanted. Returns what is to be done once that is all.
pub(super) fn advance(model: &mut Model) -> Option<Effect> {
    let mut job = model.jobs.export.take()?;
    let known = &model.known;
    if let Some((next, last)) = job.ahead {
        let end = Moment(next.0.saturating_add(job.part)).min(last);
        let part = Scope { from: Some(next), until: Some(end) };
        if job.export.shape == ExportFormat::Records {
            if let Some(filter) = &mut job.filter {
                filter.kept.extend(known, filter.query.expression(), &filter.statuses);
            }
            let mask = job.filter.as_ref().map(|filter| filter.kept.mask());
            job.export.untold += known.timeline().spots(part, mask, &mut job.export.spots);
        } else {
            known.timeline().observe_into(known.fleet(), part, None, &mut job.export.fleet);
        }
        job.ahead = (end < last).then_some((Moment(end.0 + 1), last));
    }
    if job.ahead.is_some() {
        model.jobs.export = Some(job);
        return None;
    }
    let Job { mut export, filter, .. } = *job;
    finish(model, &mut export, filter);
    Some(Effect::Export(export))
}

/// Adds what no record says: what is known to be missing, and which pairs are listed.
fn finish(model: &Model, export: &mut Export, filter: Option<Filter>) {
    let known = &model.known;
    let (from, until) = (export.excerpt.from, export.excerpt.until);
    if from.is_some() || until.is_some() {
        let mut loss = known.fleet().tally().loss.clone();
        // When something was dropped nobody knows: that may concern any stretch.
        let is_near = |gap: &Gap| {
            from.is_none_or(|from| gap.until >= from) && until.is_none_or(|until| gap.from <= until)
        };
        loss.gaps.retain(is_near);
        loss.sampled.retain(is_near);
        export.fleet.tally_mut().loss = loss;
    }
    // Whom an address belongs to is what all of the log says, as on the screen.
    export.fleet.adopt_owners(known.fleet());
    export.fleet.adopt_attached(known.fleet());
    let Some(filter) = filter.filter(|_| export.shape != ExportFormat::Records) else { return };
    export.is_filtered = true;
    export.fleet.tally_mut().picked = filter.records;
    for pair in filter.listed {
        if let Some(here) = export.fleet.same_pair(known.fleet(), pair) {
            export.fleet.pick_pair(here);
        }
    }
}

/// Says what came of it. Gives back what is to be asked about: a file is there, and somebody has the time to
/// say.
pub(super) fn came(model: &mut Model, exported: Exported, effects: &mut Vec<Effect>) -> Option<Box<Export>> {
    match exported {
        Exported::Written { path, bytes, records: None } => {
            model.notify(format!("wrote {path}, {bytes} bytes"));
        }
        Exported::Written { path, records: Some((records, missing)), .. } => {
            let lost =
                if missing > 0 { format!("; {missing} could not be read again") } else { String::new() };
            let noun = if records == 1 { "record" } else { "records" };
            model.notify(format!("wrote {records} {noun} to {path}{lost}"));
        }
        Exported::Text(text) => clipboard::hand(model, ExportFormat::Findings.word(), &text, effects),
        Exported::Exists(export) if matches!(model.here.mode(), Mode::Browse) => return Some(export),
        Exported::Exists(_) => model.notify("nothing was written: there is such a file"),
        Exported::Failed { what, why } => model.notify(format!("cannot write {what}: {why}")),
    }
    None
}
