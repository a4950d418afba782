//! What all threads read, put together.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::thread;

use super::keeping::Keeping;
use super::{Outcome, Plan, SAMPLES};
use crate::digest::Sample;
use crate::envelope::Format;
use crate::feed::foreign::NotALog;
use crate::feed::parallel;
use crate::figures::number;
use crate::fleet::Fleet;
use crate::record::Malformed;
use crate::redaction::Redaction;
use crate::weighted::Groups;

/// How many of the files that were passed over are named.
const NAMED: usize = 5;

/// What the threads read of what was planned. Remarks name inputs by their pseudonyms, if there are such.
/// Pieces of `keeping` say what is known of inputs that were not read. With what was read come the inputs
/// that were; none if something is to be said of one of them, which a later run that does not read it could
/// not.
pub(super) fn join(
    plan: Plan,
    shares: Vec<Share>,
    keeping: Option<&Keeping>,
    redaction: Option<&Redaction>,
) -> (Outcome, Option<Logs>) {
    let named = |path: &str| redaction.map_or_else(|| path.to_owned(), |redaction| redaction.input(path));
    let said = |what: String| redaction.map_or_else(|| what.clone(), |redaction| redaction.words(&what));
    let Plan { mut summaries, places, found, mut remarks, .. } = plan;
    let mut samples: Vec<Sample> = Vec::new();
    let mut formats = vec![Seen::default(); summaries.len()];
    let mut unread: BTreeMap<usize, Unread> = BTreeMap::new();
    let mut others: BTreeMap<usize, NotALog> = BTreeMap::new();
    let mut fleets = Vec::with_capacity(shares.len());
    let mut groups = Groups::default();
    let mut read = BTreeSet::new();
    let mut is_remarked = false;
    for share in shares {
        for result in share.results {
            let place = places[result.input];
            let summary = &mut summaries[place];
            summary.records += result.records;
            read.extend(keeping.map(|_| result.input));
            formats[place].join(result.format);
            let Some(rare) = result.rare else { continue };
            let Rare { error, remark, samples: own, outside, malformed } = *rare;
            if let Some(error) = &error {
                summary.error.get_or_insert_with(|| chain(error));
                others.extend(NotALog::of_error(error).map(|other| (place, other.clone())));
            }
            let unread = unread.entry(place).or_default();
            unread.outside += outside;
            unread.malformed.extend(malformed);
            samples.extend(own.into_iter().map(|sample| Sample { input: place, ..sample }));
            is_remarked |= remark.is_some();
            remarks.extend(remark.map(|remark| (summary.path.clone(), remark)));
        }
        fleets.push(share.fleet);
        groups.absorb(share.groups);
    }
    for (input, format, records) in keeping.iter().flat_map(|keeping| keeping.served()) {
        let summary = &mut summaries[places[input]];
        (summary.format, summary.records) = (format.name(), records);
    }
    for (summary, seen) in summaries.iter_mut().zip(&formats) {
        if summary.format.is_empty() {
            summary.format = seen.format.name();
        }
    }
    samples.sort_by_key(|sample| (sample.input, sample.place));
    let mut fleet = joined(fleets);
    for (&place, unread) in &unread {
        let summary = &mut summaries[place];
        let first = samples.partition_point(|sample| sample.input < place);
        let own = samples[first..].iter().take_while(|sample| sample.input == place);
        let own = own.map(|sample| sample.text.as_str());
        if summary.error.is_none()
            && let Some(other) = NotALog::instead(summary.records + unread.outside, &unread.malformed, &own)
        {
            fleet.tally_mut().take_back(&unread.malformed);
            summary.error = Some(other.to_string());
            others.insert(place, other);
        }
    }
    samples.retain(|sample| !others.contains_key(&sample.input));
    samples.truncate(SAMPLES);
    others.retain(|place, _| found.contains(place));
    let mut remarks: Vec<String> =
        remarks.into_iter().map(|(path, what)| format!("{}: {}", named(&path), said(what))).collect();
    let over: Vec<_> = others.iter().map(|(place, other)| (named(&summaries[*place].path), other)).collect();
    remarks.extend(passed_over(over.iter().map(|(path, other)| (path.as_str(), *other))));
    // Places are counted anew where some are gone.
    for sample in &mut samples {
        sample.input -= others.range(..sample.input).count();
    }
    let logs = read.into_iter().filter(|input| !others.contains_key(&places[*input])).map(|input| {
        let place = places[input];
        (input, (formats[place].format, summaries[place].records))
    });
    let logs = (!is_remarked).then(|| logs.collect());
    let mut place = 0..;
    summaries.retain(|_| place.next().is_none_or(|place| !others.contains_key(&place)));
    remarks.sort();
    (Outcome { fleet, groups, inputs: summaries, samples, remarks, signal: None }, logs)
}

/// Format and records of inputs, by their numbers.
pub(super) type Logs = BTreeMap<usize, (Format, u64)>;

/// What of one input was not read as records, if anything was not.
#[derive(Debug, Default)]
struct Unread {
    /// Records that were not asked for.
    outside: u64,
    malformed: Vec<(Malformed, u64)>,
}

/// One remark on the files of folders that are no logs.
pub(in crate::feed) fn passed_over<'a>(
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

/// All that several threads counted: two by two, each two on a thread of their own.
fn joined(mut fleets: Vec<Fleet>) -> Fleet {
    while fleets.len() > 1 {
        let others = fleets.split_off(fleets.len().div_ceil(2));
        thread::scope(|scope| {
            for (fleet, other) in fleets.iter_mut().zip(others) {
                scope.spawn(move || fleet.absorb_on(&other, parallel::workers(2)));
            }
        });
    }
    fleets.pop().unwrap_or_default()
}

/// A format, and where in the input it was seen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    pub(super) format: Format,
    pub(super) offset: u64,
}

impl Seen {
    /// Keeps what was seen first, whichever thread saw it; where no record was found, that something was
    /// there.
    pub(super) fn join(&mut self, other: Self) {
        let rank = |seen: &Self| match seen.format {
            Format::Empty => (2, 0),
            Format::Unknown => (1, 0),
            _ => (0, seen.offset),
        };
        if rank(&other) < rank(self) {
            *self = other;
        }
    }
}

/// What one unit, or the blocks of a shared input that one thread read, came to.
#[derive(Debug, Default)]
pub(super) struct UnitResult {
    pub(super) input: usize,
    pub(super) format: Seen,
    pub(super) records: u64,
    /// What most have not: there may be as many results as there are objects in a bucket.
    rare: Option<Box<Rare>>,
}

impl UnitResult {
    pub(super) fn new(input: usize) -> Self {
        Self { input, ..Self::default() }
    }

    pub(super) fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }
}

/// What few inputs have.
#[derive(Debug, Default)]
pub(super) struct Rare {
    pub(super) error: Option<io::Error>,
    pub(super) remark: Option<String>,
    pub(super) samples: Vec<Sample>,
    /// Records that were not asked for.
    pub(super) outside: u64,
    pub(super) malformed: Vec<(Malformed, u64)>,
}

/// What one thread counted.
pub(super) struct Share {
    pub(super) fleet: Fleet,
    pub(super) groups: Groups,
    pub(super) results: Vec<UnitResult>,
}

/// An error and its causes in one line, each said once.
fn chain(error: &dyn std::error::Error) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        if words.last() != Some(&text) {
            words.push(text);
        }
        next = error.source();
    }
    words.join(": ")
}
