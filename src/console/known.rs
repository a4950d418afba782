//! What was read: the part of the model that the feed changes, and nobody else.
//!
//! Its changes are numbered. Whoever makes something of it keeps the number of the last change before that,
//! and finds out later whether there was another ([`KnownLog::changed`]): nobody has to be told.

use std::collections::VecDeque;

use super::live::{Keep, Live};
use super::{Batch, Feed, Histogram, InputId, Tape};
use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::base::workers::Workers;
use crate::fleet::{Fleet, Loss, OriginId};
use crate::log::note::Mark;
use crate::timeline::{DroppedChunks, Shared, Timeline};

mod changes;
mod marks;

use changes::ChangeNumbers;
use marks::Marks;

/// A chunk of the timeline holds at most one part in this many of what is kept by age.
const PART: i64 = 16;

/// What was read, and how far reading is.
#[derive(Debug, Default)]
pub(super) struct KnownLog {
    batch: Batch,
    changes: ChangeNumbers,
    /// How often records went, so that those that stayed have other places.
    moves: u64,
    /// What came in since the screen is held still.
    held: Option<Box<Batch>>,
    /// What came in while somebody reads what is known, the oldest first.
    aside: VecDeque<Batch>,
    marks: Marks,
    feed: Feed,
    live: Live,
}

/// How many addresses the first origins asked from.
fn addresses(fleet: &Fleet, origins: usize) -> usize {
    let origins = (0..origins).map(|origin| OriginId(origin.saturating_into()));
    origins.map(|origin| fleet.origin_addresses(origin).len()).sum()
}

impl KnownLog {
    /// Nothing yet; passes over what comes are shared out to `workers`.
    pub(super) fn new(workers: Workers) -> Self {
        let mut known = Self::default();
        known.batch.timeline.share_out(workers);
        known
    }

    /// All of it that is taken in.
    pub(super) fn batch(&self) -> &Batch {
        &self.batch
    }

    /// What was counted.
    pub(super) fn fleet(&self) -> &Shared<Fleet> {
        &self.batch.fleet
    }

    /// All records that were taken in and are still listed.
    pub(super) fn timeline(&self) -> &Shared<Timeline> {
        &self.batch.timeline
    }

    /// Records per class over time.
    pub(super) fn histogram(&self) -> &Histogram {
        &self.batch.histogram
    }

    /// The raw bytes of what cannot be read again.
    pub(super) fn tape(&self) -> &Tape {
        &self.batch.tape
    }

    /// How many records there are, those included that are listed no more.
    pub(super) fn records(&self) -> u64 {
        self.batch.fleet.tally().records
    }

    /// The moments of the earliest and of the newest record.
    pub(super) fn range(&self) -> Option<(Moment, Moment)> {
        self.batch.fleet.tally().range
    }

    /// The number of the last change of the records until `until`, or of all; 0 if there was none. The
    /// records are the same as long as it is.
    pub(super) fn changed(&self, until: Option<Moment>) -> u64 {
        self.changes.of_records(until)
    }

    /// The same of all that may be shown of that time, whose an address is included.
    pub(super) fn changed_at_all(&self, until: Option<Moment>) -> u64 {
        self.changes.of_all(until)
    }

    /// How often records got other places: what refers to records by their places is made anew then, or
    /// follows ([`KnownLog::bound`]).
    pub(super) fn moves(&self) -> u64 {
        self.moves
    }

    /// What was counted and the records, as they are now, to be read elsewhere: not copied for as long as
    /// they do not change.
    pub(super) fn lend(&self) -> Self {
        let Batch { fleet, timeline, .. } = &self.batch;
        let batch = Batch { fleet: fleet.clone(), timeline: timeline.clone(), ..Batch::default() };
        Self { batch, changes: self.changes.clone(), moves: self.moves, ..Self::default() }
    }

    /// Whether somebody else reads it, so that it would have to be copied before it changes.
    pub(super) fn is_lent(&self) -> bool {
        self.batch.fleet.is_lent() || self.batch.timeline.is_lent()
    }

    /// The marks, in the order of their moments.
    pub(super) fn marks(&self) -> &[Mark] {
        self.marks.list()
    }

    /// Whether there are as many marks as there may be.
    pub(super) fn has_all_marks(&self) -> bool {
        self.marks.is_full()
    }

    /// Puts a mark.
    pub(super) fn put_mark(&mut self, at: Moment, text: &str) -> Mark {
        self.marks.put(at, text.to_owned())
    }

    /// Takes in marks that the log brings with it, those left out that are known.
    pub(super) fn find_marks(&mut self, marks: Vec<Mark>) {
        self.marks.find(marks);
    }

    /// Takes the mark of this number away.
    pub(super) fn remove_mark(&mut self, number: u32) {
        self.marks.remove(number);
    }

    /// Takes in a batch, or holds it back if the screen is held still.
    ///
    /// Of the time before its earliest record it may tell one thing: whose an address is. Whether it does is
    /// looked at only for the time until `shown`, if that is before that record: else it counts as if it did.
    pub(super) fn take_in(&mut self, batch: Batch, shown: Option<Moment>) {
        if let Some(held) = &mut self.held {
            held.absorb(batch);
            return;
        }
        let first = batch.fleet.tally().range.map(|(first, _)| first);
        let is_later = shown.is_some_and(|shown| first.is_some_and(|first| shown < first));
        let owners = if is_later { self.batch.fleet.owners() } else { Vec::new() };
        let before = addresses(&self.batch.fleet, owners.len());
        self.batch.absorb(batch);
        if let Some(first) = first {
            self.changes.records_from(first);
        }
        // There may be more origins.
        let fleet = &self.batch.fleet;
        let are_same = || fleet.owners().starts_with(&owners) && addresses(fleet, owners.len()) == before;
        if !(is_later && are_same()) {
            self.changes.others();
        }
    }

    /// Holds back what comes from now on.
    pub(super) fn hold(&mut self) {
        self.held.get_or_insert_default();
    }

    /// Returns what was held back, if the screen was held still, and holds back no more.
    pub(super) fn let_go(&mut self) -> Option<Batch> {
        self.held.take().map(|held| *held)
    }

    /// What is held back; `None` if the screen is not held still.
    pub(super) fn held(&self) -> Option<&Batch> {
        self.held.as_deref()
    }

    /// Puts a batch aside, to be taken in later.
    pub(super) fn put_aside(&mut self, batch: Batch) {
        self.aside.push_back(batch);
    }

    /// Takes out the oldest batch that was put aside.
    pub(super) fn next_aside(&mut self) -> Option<Batch> {
        self.aside.pop_front()
    }

    /// What was put aside, the oldest first.
    pub(super) fn aside(&self) -> &VecDeque<Batch> {
        &self.aside
    }

    /// What is known to be missing, also of what is not taken in yet.
    pub(super) fn loss(&self) -> Loss {
        let mut loss = self.batch.fleet.tally().loss.clone();
        for batch in self.held().into_iter().chain(&self.aside) {
            loss.absorb(&batch.fleet.tally().loss);
        }
        loss
    }

    /// Sets how much of a live log is kept.
    pub(super) fn set_keep(&mut self, keep: Keep) {
        self.live.set_keep(keep);
        self.batch.tape.set_limit(keep.bytes / 4);
    }

    /// Folds away the oldest records, so that what is kept stays within its bounds. Returns what went, in
    /// that order, for what refers to records by their places.
    pub(super) fn bound(&mut self) -> Vec<DroppedChunks> {
        let mut gone = Vec::new();
        // What would have to be copied first is bounded with the next batch.
        if self.batch.timeline.is_lent() {
            return gone;
        }
        let Keep { bytes, age } = self.live.keep();
        let range = self.range();
        let Batch { timeline, fleet, .. } = &mut self.batch;
        if let Some(age) = age.map(|age| age.as_millis().saturating_into::<i64>())
            && let Some((_, newest)) = range
        {
            gone.extend(timeline.forget_before(Moment(newest.0.saturating_sub(age)), fleet));
            if timeline.newest_span() > age / PART {
                timeline.part();
            }
        }
        let room = bytes - bytes / 4;
        let held = |held: &Option<Box<Batch>>| held.as_ref().map_or(0, |held| held.timeline.memory());
        while timeline.memory() + held(&self.held) > room {
            if let Some(forgotten) = timeline.forget_oldest(fleet) {
                gone.push(forgotten);
                continue;
            }
            let held = self.held.as_mut().and_then(|held| held.timeline.forget_oldest(&held.fleet));
            if held.is_none() {
                break;
            }
        }
        for _ in &gone {
            self.moves += 1;
            self.changes.records_from(Moment(i64::MIN));
        }
        gone
    }

    /// What came of reading.
    pub(super) fn feed(&self) -> &Feed {
        &self.feed
    }

    /// An input is read from now on.
    pub(super) fn reads(&mut self, id: InputId, name: String) {
        let at = id.0 as usize;
        if self.feed.inputs.len() <= at {
            self.feed.inputs.resize(at + 1, String::new());
        }
        self.feed.inputs[at] = name;
    }

    /// `read` bytes were read, of `total`; `None` if that is not known.
    pub(super) fn progressed(&mut self, read: u64, total: Option<u64>) {
        (self.feed.read, self.feed.total) = (read, total);
    }

    /// An input could not be read.
    pub(super) fn failed(&mut self, input: String, why: String) {
        self.feed.failures.push((input, why));
    }

    /// Something is to be known of an input.
    pub(super) fn remarked(&mut self, input: String, what: String) {
        self.feed.remarks.push((input, what));
    }

    /// There is no more to come.
    pub(super) fn ended(&mut self) {
        self.feed.ended = true;
    }

    /// What is followed live, and its state.
    pub(super) fn live(&self) -> &Live {
        &self.live
    }

    /// The same, for who is told of it.
    pub(super) fn live_mut(&mut self) -> &mut Live {
        &mut self.live
    }
}
