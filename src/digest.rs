//! From what an envelope holds to a fleet: the one path that live and replay share.

use std::sync::Arc;

use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::fleet::{CountedPlace, Fleet, Loss, ObservationBatch, Tally};
use crate::knowledge::address::Nat64Prefixes;
use crate::log::envelope::{Check, RecordPlace, Sink, Spelling};
use crate::log::note::{Incomplete, Mark, Note};
use crate::log::observation::{Judge, Observation};
use crate::log::record::{ColumnNames, MOST, Malformed, Record, RecordGroup};
use crate::log::redaction::{Redaction, Redactor};
use crate::query::Query;
use crate::weighted::Groups;

mod groups;

/// How many pieces of malformed input are kept to be shown.
const SAMPLES: usize = 8;
/// How many bytes of each.
const SAMPLE_LENGTH: usize = 120;

/// What to count.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// NAT64 prefixes in force.
    pub prefixes: Nat64Prefixes,
    /// Records before this are not counted.
    pub since: Option<Moment>,
    /// Records after this are not counted.
    pub until: Option<Moment>,
    /// Records that this does not let through are not counted. It asks for no status, which no record tells.
    pub filter: Option<Arc<Query>>,
    /// Pairs with a record that this lets through are picked out ([`Fleet::pick`]); all are counted.
    pub pick: Option<Arc<Query>>,
    /// The most bytes that one fleet may have; pairs are folded away to keep to it. Only where nobody is told
    /// of each observation, since pairs get new numbers.
    pub memory: Option<usize>,
    /// Nobody asks which addresses A answers had: they are not kept, and read only as far as the verdict
    /// needs. A filter that looks at answers does not go with it.
    pub sparing: bool,
    /// Records are not judged but counted by what a verdict depends on ([`Digest::take_groups`]). Pseudonyms,
    /// and what picks pairs out, do not go with it.
    pub weighted: bool,
    /// What columns and keys are called, besides what is known.
    pub columns: Option<Arc<ColumnNames>>,
    /// Pseudonyms to be counted in place of the texts of the log. All that is above looks at the log itself.
    pub redaction: Option<Arc<Redaction>>,
}

/// The number of notes that are put into order at a time.
const NOTES: usize = 1 << 16;

/// After how many records the memory is looked at again. It does not grow much in that many: less than 4 MB
/// if each brings a new name as long as names may be.
const RECORDS_PER_CHECK: u64 = 8192;

impl Terms {
    #[inline]
    fn admits(&self, observation: &Observation<'_>) -> bool {
        self.since.is_none_or(|since| observation.at >= since)
            && self.until.is_none_or(|until| observation.at <= until)
            && self.filter.as_ref().is_none_or(|filter| filter.admits(observation))
    }

    fn pick_from(&self, fleet: &mut Fleet, observation: &Observation<'_>, counted: CountedPlace) {
        if let Some(pick) = &self.pick {
            fleet.pick(counted, pick.admitted(observation), 1);
        }
    }
}

/// Keeps `fleet` to the memory allowed, now and then.
#[inline]
fn keep_to(terms: &Terms, fleet: &mut Fleet, batch: &mut ObservationBatch) {
    if let Some(limit) = terms.memory
        && fleet.tally().records.is_multiple_of(RECORDS_PER_CHECK)
    {
        fleet.settle(batch);
        fleet.fold_to(limit);
    }
}

/// A piece of input that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The input that it was read from, by its place among the inputs of a report; 0 until that is known.
    pub input: usize,
    /// The reason why it could not be read.
    pub why: Malformed,
    /// Its first bytes; bytes that are no UTF-8 are replaced.
    pub text: String,
    /// Where in the input it is.
    pub place: RecordPlace,
}

/// Who is told of each observation besides the fleet.
pub trait ObservationListener {
    /// Whether it wants to be told. If not, observations may be counted together, which is quicker.
    const WATCHES: bool = true;

    /// Takes one observation, where it was counted, and where in the input it is.
    fn saw(&mut self, observation: &Observation<'_>, counted: CountedPlace, place: RecordPlace);
}

/// Nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoListener;

impl ObservationListener for NoListener {
    const WATCHES: bool = false;

    #[inline]
    fn saw(&mut self, _: &Observation<'_>, _: CountedPlace, _: RecordPlace) {}
}

/// Judges records and counts them.
#[derive(Debug)]
pub struct Digest<W = NoListener> {
    terms: Terms,
    judge: Judge,
    redactor: Option<Box<Redactor>>,
    fleet: Fleet,
    batch: ObservationBatch,
    samples: Vec<Sample>,
    /// Rows of weighted records taken so far.
    rows: u64,
    /// Records are counted by what a verdict depends on, and nothing else.
    groups: Option<Box<Groups>>,
    /// Notes, to be put into order all at once.
    notes: Vec<Note>,
    witness: W,
}

impl<W: ObservationListener> Digest<W> {
    /// A digest with nothing in it.
    #[must_use]
    pub fn new(terms: &Terms, witness: W) -> Self {
        Self {
            terms: terms.clone(),
            judge: Judge::new(terms.prefixes.clone()).sparing(terms.sparing),
            redactor: terms.redaction.clone().map(|redaction| Box::new(Redactor::new(redaction))),
            fleet: Fleet::default(),
            batch: ObservationBatch::default(),
            samples: Vec::new(),
            rows: 0,
            groups: terms.weighted.then(Box::default),
            notes: Vec::new(),
            witness,
        }
    }

    /// How many records were counted so far.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.fleet.tally().records
    }

    /// What was counted so far besides observations.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        self.fleet.tally()
    }

    /// Pieces that could not be read since they were last asked for.
    #[must_use]
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// Gives up the pieces that could not be read since this was last asked.
    pub fn take_samples(&mut self) -> Vec<Sample> {
        std::mem::take(&mut self.samples)
    }

    /// Who is told of each observation.
    pub fn witness_mut(&mut self) -> &mut W {
        &mut self.witness
    }

    /// What was counted besides observations.
    pub fn tally_mut(&mut self) -> &mut Tally {
        self.fleet.tally_mut()
    }

    /// Gives up the records that were counted by what a verdict depends on.
    pub fn take_groups(&mut self) -> Groups {
        self.groups.as_deref_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Gives up what was counted, the samples of malformed input, and the witness.
    #[must_use]
    pub fn finish(mut self) -> (Fleet, Vec<Sample>, W) {
        self.fleet.settle(&mut self.batch);
        self.keep_notes();
        if let Some(limit) = self.terms.memory.filter(|_| !W::WATCHES) {
            self.fleet.fold_to(limit);
        }
        (self.fleet, self.samples, self.witness)
    }

    /// Counts what the notes say.
    fn keep_notes(&mut self) {
        let mut noted = Tally::default();
        let mut loss = Loss::default();
        for note in self.notes.drain(..) {
            match note {
                Note::Mark(mark) => noted.marks.push(mark),
                Note::Gap(gap) => loss.gaps.push(gap),
                Note::Sampled(stretch) => {
                    let millis = u64::try_from(stretch.until.0 - stretch.from.0).unwrap_or(0);
                    loss.sampled_seconds += ((millis + 500) / 1000).max(1);
                    loss.sampled.push(stretch);
                }
            }
        }
        noted.loss = loss;
        self.fleet.tally_mut().absorb(&noted);
    }
}

/// What an observation is counted with.
struct Counter<'d, W> {
    terms: &'d Terms,
    redactor: &'d mut Option<Box<Redactor>>,
    fleet: &'d mut Fleet,
    batch: &'d mut ObservationBatch,
    witness: &'d mut W,
}

impl<W: ObservationListener> Counter<'_, W> {
    /// Counts the observation at `place` of the input.
    #[inline]
    fn count(self, observation: &Observation<'_>, place: impl FnOnce() -> RecordPlace) {
        let Self { terms, redactor, fleet, batch, witness } = self;
        if !terms.admits(observation) {
            fleet.tally_mut().outside += 1;
        } else if W::WATCHES || terms.pick.is_some() || redactor.is_some() {
            let redacted = redactor.as_mut().map(|redactor| redactor.redact(observation));
            let counted = fleet.observe(redacted.as_ref().unwrap_or(observation));
            terms.pick_from(fleet, observation, counted);
            witness.saw(redacted.as_ref().unwrap_or(observation), counted, place());
            if !W::WATCHES {
                keep_to(terms, fleet, batch);
            }
        } else {
            fleet.observe_later(observation, batch);
            keep_to(terms, fleet, batch);
        }
    }
}

impl<W: ObservationListener> Digest<W> {
    /// The judge, and what its observations are counted with.
    #[inline]
    fn parts(&mut self) -> (&mut Judge, Counter<'_, W>) {
        let Self { terms, judge, redactor, fleet, batch, witness, .. } = self;
        (judge, Counter { terms, redactor, fleet, batch, witness })
    }

    /// Takes the record that `bytes` may begin with; `place` gives its place in the input from its length in
    /// bytes.
    #[inline]
    fn take(&mut self, bytes: &[u8], place: impl FnOnce(usize) -> RecordPlace) -> Option<usize> {
        if self.groups.is_some() {
            return None;
        }
        let (judge, counter) = self.parts();
        judge.canonical_to(bytes, |observation, length| {
            counter.count(observation, || place(length));
            length
        })
    }
}

impl<W: ObservationListener> Sink for Digest<W> {
    #[inline]
    fn canonical(&mut self, bytes: &[u8], offset: u64) -> Option<usize> {
        self.take(bytes, |length| RecordPlace { offset, length: length.saturating_into() })
    }

    fn unwrapped(&mut self, bytes: &[u8], place: RecordPlace) -> Option<usize> {
        self.take(bytes, |_| place)
    }

    fn quick(&mut self, bytes: &[u8], spelling: Spelling, check: &mut Check<'_>) -> Option<usize> {
        if self.groups.is_some() {
            return None;
        }
        let (judge, counter) = self.parts();
        let take = |observation: &Observation<'_>, length: usize| {
            let place = check(length)?;
            counter.count(observation, || place);
            Some(length)
        };
        match spelling {
            Spelling::Resolver(quoting) => judge.within(bytes, quoting, take),
            Spelling::Event => judge.activity_to(bytes, take),
        }
    }

    fn record(&mut self, record: &Record<'_>, place: RecordPlace) {
        if self.groups.is_some() {
            return self.weigh(record, record.at, 1);
        }
        let (judge, counter) = self.parts();
        counter.count(&judge.judge(record), || place);
    }

    fn group(&mut self, group: &RecordGroup<'_>, _: RecordPlace) -> bool {
        self.take_group(group)
    }

    fn unread(&mut self, why: Malformed, count: u64) {
        let known = self.fleet.tally().malformed;
        self.fleet.tally_mut().malformed_many(why, count.min(MOST.saturating_sub(known)));
    }

    fn outside(&mut self, count: u64) {
        let known = self.fleet.tally().outside;
        self.fleet.tally_mut().outside += count.min(MOST.saturating_sub(known));
    }

    fn note(&mut self, note: Note) {
        let (from, until) = note.range();
        let is_outside = self.terms.since.is_some_and(|since| until < since)
            || self.terms.until.is_some_and(|last| from > last);
        match note {
            _ if is_outside => {}
            // A text that somebody wrote may hold what pseudonyms replace elsewhere.
            Note::Mark(mark) if self.terms.redaction.is_some() => {
                self.notes.push(Note::Mark(Mark { text: String::new(), ..mark }));
            }
            note => self.notes.push(note),
        }
        if self.notes.len() >= NOTES {
            self.keep_notes();
        }
    }

    fn incomplete(&mut self, what: Incomplete, count: u64) {
        let tally = self.fleet.tally_mut();
        match what {
            // Beside records it is as it should be.
            Incomplete::Check => tally.checks = tally.checks.saturating_add(count),
            what => tally.loss.is_incomplete(what, count),
        }
    }

    fn columns(&self) -> Option<Arc<ColumnNames>> {
        self.terms.columns.clone()
    }

    fn malformed(&mut self, why: Malformed, sample: &[u8], place: RecordPlace) {
        self.fleet.tally_mut().malformed(why);
        if self.samples.len() < SAMPLES {
            let text = match self.redactor {
                // What cannot be read may hold anything, names and addresses, too.
                Some(_) => "(redacted)".to_owned(),
                None => String::from_utf8_lossy(&sample[..sample.len().min(SAMPLE_LENGTH)]).into_owned(),
            };
            self.samples.push(Sample { input: 0, why, text, place });
        }
    }
}
