//! What all threads read, put together.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::thread;

use super::kept::{CacheUse, Logs};
use super::seen::SeenFormat;
use super::{ReadOutcome, ReadPlan, SAMPLES};
use crate::base::figures::number;
use crate::digest::Sample;
use crate::edge::diagnosis::chain;
use crate::edge::feed::foreign::NotALog;
use crate::edge::feed::parallel;
use crate::fleet::Fleet;
use crate::log::record::Malformed;
use crate::log::redaction::Redaction;
use crate::report::InputSummary;
use crate::weighted::Groups;

/// How many of the files that were passed over are named.
const NAMED: usize = 5;

/// What the threads read of what was planned. Remarks name inputs by their pseudonyms, if there are such.
/// Pieces of `keeping` say what is known of inputs that were not read. With the outcome comes what is known
/// of each input that was read; `None` if there is a remark on one of them, which a later run that does not
/// read it could not give.
pub(super) fn join(
    plan: ReadPlan,
    shares: Vec<ThreadShare>,
    keeping: Option<&CacheUse>,
    redaction: Option<&Redaction>,
) -> (ReadOutcome, Option<Logs>) {
    let ReadPlan { summaries, places, found, remarks, .. } = plan;
    let mut inputs = JoinedInputs::new(summaries, remarks);
    let mut fleets = Vec::with_capacity(shares.len());
    let mut groups = Groups::default();
    let mut read = BTreeSet::new();
    for share in shares {
        for result in share.results {
            read.extend(keeping.map(|_| result.input));
            inputs.take(places[result.input], result);
        }
        fleets.push(share.fleet);
        groups.absorb(share.groups);
    }
    for (input, format, records) in keeping.iter().flat_map(|keeping| keeping.served()) {
        let summary = &mut inputs.summaries[places[input]];
        (summary.format, summary.records) = (format.name(), records);
    }
    inputs.name_formats();
    let mut fleet = joined(fleets);
    inputs.note_other_inputs(&mut fleet);
    inputs.others.retain(|place, _| found.contains(place));
    let remarks = inputs.remarks(redaction);
    let logs = read.into_iter().filter(|input| !inputs.others.contains_key(&places[*input])).map(|input| {
        let place = places[input];
        (input, (inputs.formats[place].format, inputs.summaries[place].records))
    });
    let logs = (!inputs.is_remarked).then(|| logs.collect());
    let (inputs, samples) = inputs.without_others();
    (ReadOutcome { fleet, groups, inputs, samples, remarks, signal: None }, logs)
}

/// What all threads say of the inputs, each by its place.
struct JoinedInputs {
    summaries: Vec<InputSummary>,
    formats: Vec<SeenFormat>,
    unread: BTreeMap<usize, Unread>,
    /// Those that are no logs; in the end, those of them that are left out.
    others: BTreeMap<usize, NotALog>,
    samples: Vec<Sample>,
    /// The path of an input, and what is to be said of it.
    remarks: Vec<(String, String)>,
    /// Whether something is to be said of an input that was read.
    is_remarked: bool,
}

impl JoinedInputs {
    fn new(summaries: Vec<InputSummary>, remarks: Vec<(String, String)>) -> Self {
        Self {
            formats: vec![SeenFormat::default(); summaries.len()],
            summaries,
            unread: BTreeMap::new(),
            others: BTreeMap::new(),
            samples: Vec::new(),
            remarks,
            is_remarked: false,
        }
    }

    /// Takes in the result of one unit of the input at `place`.
    fn take(&mut self, place: usize, result: UnitResult) {
        let summary = &mut self.summaries[place];
        summary.records += result.records;
        self.formats[place].join(result.format);
        let Some(rare) = result.rare else { return };
        let RareFacts { error, remark, samples, outside, malformed } = *rare;
        if let Some(error) = &error {
            summary.error.get_or_insert_with(|| chain(error));
            self.others.extend(NotALog::from_error(error).map(|other| (place, other.clone())));
        }
        let unread = self.unread.entry(place).or_default();
        unread.outside += outside;
        unread.malformed.extend(malformed);
        self.samples.extend(samples.into_iter().map(|sample| Sample { input: place, ..sample }));
        self.is_remarked |= remark.is_some();
        self.remarks.extend(remark.map(|remark| (summary.path.to_string(), remark)));
    }

    /// Says of each input which format it has, by what was seen, where that is not known already.
    fn name_formats(&mut self) {
        for (summary, seen) in self.summaries.iter_mut().zip(&self.formats) {
            if summary.format.is_empty() {
                summary.format = seen.format.name();
            }
        }
    }

    /// Tells by what could not be read which inputs are no logs: `fleet` does not count what is in them.
    /// Keeps as many samples of the others as are shown.
    fn note_other_inputs(&mut self, fleet: &mut Fleet) {
        self.samples.sort_by_key(|sample| (sample.input, sample.place));
        for (&place, unread) in &self.unread {
            let summary = &mut self.summaries[place];
            let first = self.samples.partition_point(|sample| sample.input < place);
            let own = self.samples[first..].iter().take_while(|sample| sample.input == place);
            let own = own.map(|sample| sample.text.as_str());
            if summary.error.is_none()
                && let Some(other) =
                    NotALog::instead(summary.records + unread.outside, &unread.malformed, &own)
            {
                fleet.tally_mut().take_back(&unread.malformed);
                summary.error = Some(other.to_string());
                self.others.insert(place, other);
            }
        }
        let Self { samples, others, .. } = self;
        samples.retain(|sample| !others.contains_key(&sample.input));
        samples.truncate(SAMPLES);
    }

    /// All that is to be said, in order.
    fn remarks(&mut self, redaction: Option<&Redaction>) -> Vec<String> {
        let named = |path: &str| redaction.map_or_else(|| path.to_owned(), |redaction| redaction.input(path));
        let said = |what: String| redaction.map_or_else(|| what.clone(), |redaction| redaction.words(&what));
        let mut told: Vec<String> = std::mem::take(&mut self.remarks)
            .into_iter()
            .map(|(path, what)| format!("{}: {}", named(&path), said(what)))
            .collect();
        let over =
            self.others.iter().map(|(place, other)| (named(&self.summaries[*place].path.to_string()), other));
        let over: Vec<_> = over.collect();
        told.extend(passed_over(over.iter().map(|(path, other)| (path.as_str(), *other))));
        told.sort();
        told
    }

    /// The inputs that are left, and the samples of them. Places are counted anew where some are gone.
    fn without_others(self) -> (Vec<InputSummary>, Vec<Sample>) {
        let Self { mut summaries, mut samples, others, .. } = self;
        for sample in &mut samples {
            sample.input -= others.range(..sample.input).count();
        }
        let mut place = 0..;
        summaries.retain(|_| place.next().is_none_or(|place| !others.contains_key(&place)));
        (summaries, samples)
    }
}

/// What of one input was not read as records, if anything was not.
#[derive(Debug, Default)]
struct Unread {
    /// Records that were not asked for.
    outside: u64,
    malformed: Vec<(Malformed, u64)>,
}

/// One remark on the files of folders that are no logs.
pub(in crate::edge::feed) fn passed_over<'a>(
    files: impl ExactSizeIterator<Item = (&'a str, &'a NotALog)>,
) -> Option<String> {
    let all = files.len();
    let mut way = "";
    let mut named: Vec<String> = Vec::new();
    for (path, other) in files {
        if matches!(other, NotALog::Format { command: Some(_), .. }) {
            way = "; given by name, each says what makes it readable";
        }
        if named.len() < NAMED {
            named.push(format!("{path} ({})", other.brief()));
        }
    }
    let more = all - named.len();
    let named = named.join(", ");
    let more = if more > 0 { format!(" and {} more", number(more as u64)) } else { String::new() };
    match all {
        0 => None,
        1 => Some(format!("1 file is no log and was passed over: {named}{way}")),
        all => {
            Some(format!("{} files are no logs and were passed over: {named}{more}{way}", number(all as u64)))
        }
    }
}

/// All that several threads counted: two by two, each two on a thread of their own. The smaller one goes into
/// the larger: that costs as much as the former has pairs.
fn joined(mut fleets: Vec<Fleet>) -> Fleet {
    while fleets.len() > 1 {
        fleets.sort_by_key(|fleet| Reverse(fleet.pair_count()));
        let others = fleets.split_off(fleets.len().div_ceil(2));
        thread::scope(|scope| {
            for (fleet, other) in fleets.iter_mut().zip(others) {
                scope.spawn(move || fleet.absorb_on(&other, parallel::workers(2)));
            }
        });
    }
    fleets.pop().unwrap_or_default()
}

/// The result of one unit, or of the blocks of a shared input that one thread read.
#[derive(Debug, Default)]
pub(super) struct UnitResult {
    pub(super) input: usize,
    pub(super) format: SeenFormat,
    pub(super) records: u64,
    /// What most have not: there may be as many results as there are objects in a bucket.
    rare: Option<Box<RareFacts>>,
}

impl UnitResult {
    pub(super) fn new(input: usize) -> Self {
        Self { input, ..Self::default() }
    }

    pub(super) fn rare(&mut self) -> &mut RareFacts {
        self.rare.get_or_insert_default()
    }
}

/// What few inputs have.
#[derive(Debug, Default)]
pub(super) struct RareFacts {
    pub(super) error: Option<io::Error>,
    pub(super) remark: Option<String>,
    pub(super) samples: Vec<Sample>,
    /// Records that were not asked for.
    pub(super) outside: u64,
    pub(super) malformed: Vec<(Malformed, u64)>,
}

/// What one thread counted.
pub(super) struct ThreadShare {
    pub(super) fleet: Fleet,
    pub(super) groups: Groups,
    pub(super) results: Vec<UnitResult>,
}
