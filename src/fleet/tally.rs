//! Counts of what was read, and what was lost: always shown, never guessed.

use super::{Course, Folds, Span};
use crate::base::moment::{Moment, hull};
use crate::log::note::{Gap, Incomplete, Mark, Note};
use crate::log::observation::{Observation, SourceAddress, Unknown, is_masked, text};
use crate::log::record::Malformed;

/// The most marks that are kept: the earliest.
pub const MARKS: usize = 1000;

/// What is known not to have been seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loss {
    /// Seconds in which Live Tail delivered a sample only.
    pub sampled_seconds: u64,
    /// Which stretches those are in, sorted; those that touch are joined.
    pub sampled: Vec<Gap>,
    /// Records known to have been dropped on the way.
    pub dropped: u64,
    /// Seams of the live stream that could not be filled, sorted.
    pub gaps: Vec<Gap>,
    /// How it is known of what was read that it is not all there is, and how often, in the order of
    /// [`Incomplete`].
    pub incomplete: Vec<(Incomplete, u64)>,
}

impl Loss {
    /// Takes in another.
    pub fn absorb(&mut self, other: &Self) {
        self.sampled_seconds += other.sampled_seconds;
        self.dropped += other.dropped;
        self.gaps.extend_from_slice(&other.gaps);
        self.gaps.sort_unstable();
        self.gaps.dedup();
        self.sampled.extend_from_slice(&other.sampled);
        self.sampled.sort_unstable();
        self.sampled.dedup_by(|next, known| {
            let touches = next.from <= known.until;
            if touches {
                known.until = known.until.max(next.until);
            }
            touches
        });
        for (what, count) in &other.incomplete {
            self.is_incomplete(*what, *count);
        }
    }

    /// Counts `count` times that there is more than what was read.
    pub fn is_incomplete(&mut self, what: Incomplete, count: u64) {
        match self.incomplete.binary_search_by_key(&what, |(known, _)| *known) {
            Ok(at) => self.incomplete[at].1 = self.incomplete[at].1.saturating_add(count),
            Err(at) => self.incomplete.insert(at, (what, count)),
        }
    }

    /// The notes that say what is missing.
    pub fn notes(&self) -> impl Iterator<Item = Note> {
        let gaps = self.gaps.iter().copied().map(Note::Gap);
        gaps.chain(self.sampled.iter().copied().map(Note::Sampled))
    }

    /// Whether nothing is known to be missing.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// Counts over everything that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Records read, of every type.
    pub records: u64,
    /// Of those, records of other types than A and AAAA.
    pub ignored: u64,
    /// Lines, values and fields that could not be read as a record.
    pub malformed: u64,
    /// Records that were not asked for: outside the time, or not let through by the filter.
    pub outside: u64,
    /// Of the records read, those that were picked out: [`super::Fleet::pick`].
    pub picked: u64,
    /// Of the records read, those that are picked out if their pair has a certain status.
    pub picked_by_status: u64,
    /// The earliest and latest `query_timestamp`.
    pub range: Option<(Moment, Moment)>,
    /// Why input was malformed, and how often, in the order of [`Malformed`].
    pub reasons: Vec<(Malformed, u64)>,
    /// What is known not to have been seen.
    pub loss: Loss,
    /// Objects with which an export task tried the bucket: where there are no records, there may be nothing
    /// else.
    pub checks: u64,
    /// Moments that somebody marked, as far as the input says so: sorted, without numbers, at most [`MARKS`].
    pub marks: Vec<Mark>,
    /// Of the records read, those of A or AAAA of which what was read does not say what the answer was, by
    /// [`Unknown`] in its order.
    pub unknown: [u64; Unknown::ALL.len()],
    /// Of the records of AAAA, those judged by a part of the answer.
    pub partial: u64,
    /// Of the records read, those whose source address is masked.
    pub masked_sources: u64,
    /// Pairs that were folded away to keep to the memory allowed.
    pub folded: Folds,
    /// How answers to AAAA went over time.
    pub course: Course,
}

impl Tally {
    /// Counts records that are alike but for their times.
    pub(super) fn saw_span(&mut self, observation: &Observation<'_>, span: Span) {
        let Span { count, first, last } = span;
        self.records += count;
        self.range = hull(self.range, Some((first, last)));
        self.partial += if observation.partial { count } else { 0 };
        self.course.saw_span(span, observation.verdict);
        if let Some(why) = observation.verdict.unknown() {
            self.unknown[why as usize] += count;
        }
        if let SourceAddress::Text(source) = observation.source
            && is_masked(text(source))
        {
            self.masked_sources += count;
        }
    }

    /// Counts one record.
    #[inline]
    pub(super) fn saw(&mut self, observation: &Observation<'_>) {
        let at = observation.at;
        self.records += 1;
        self.range = hull(self.range, Some((at, at)));
        self.partial += u64::from(observation.partial);
        self.course.saw(at, observation.verdict);
        if let Some(why) = observation.verdict.unknown() {
            self.unknown[why as usize] += 1;
        }
        if let SourceAddress::Text(source) = observation.source {
            self.masked_sources += u64::from(is_masked(text(source)));
        }
    }

    /// How it is known that what was read is not all there is, with how often: a sentence each.
    pub fn incomplete(&self) -> impl Iterator<Item = (Incomplete, u64)> {
        let check = (self.checks > 0 && self.records == 0).then_some((Incomplete::Check, self.checks));
        let unplaced = self.course.unplaced();
        let unplaced = (unplaced > 0).then_some((Incomplete::Unplaced, unplaced));
        self.loss.incomplete.iter().copied().chain(check).chain(unplaced)
    }

    /// Counts one malformed piece.
    pub fn malformed(&mut self, why: Malformed) {
        self.malformed_many(why, 1);
    }

    /// Takes back what was counted as malformed: it was no part of a log.
    pub fn take_back(&mut self, reasons: &[(Malformed, u64)]) {
        for (why, count) in reasons {
            if let Ok(at) = self.reasons.binary_search_by_key(why, |(reason, _)| *reason) {
                let taken = self.reasons[at].1.min(*count);
                self.reasons[at].1 -= taken;
                self.malformed -= taken;
            }
        }
        self.reasons.retain(|(_, count)| *count > 0);
    }

    /// What was counted as malformed since it was what `before` says.
    #[must_use]
    pub fn malformed_since(&self, before: &[(Malformed, u64)]) -> Vec<(Malformed, u64)> {
        let known = |why: Malformed| before.iter().find(|(reason, _)| *reason == why).map_or(0, |(_, n)| *n);
        let since = self.reasons.iter().map(|(why, count)| (*why, count - known(*why)));
        since.filter(|(_, count)| *count > 0).collect()
    }

    /// Counts `count` malformed pieces.
    pub fn malformed_many(&mut self, why: Malformed, count: u64) {
        self.malformed += count;
        match self.reasons.binary_search_by_key(&why, |(reason, _)| *reason) {
            Ok(at) => self.reasons[at].1 += count,
            Err(at) => self.reasons.insert(at, (why, count)),
        }
    }

    /// How many records were picked out; `None` where that depends on the status of their pairs.
    #[must_use]
    pub fn picked_records(&self) -> Option<u64> {
        (self.picked_by_status == 0).then_some(self.picked)
    }

    /// Takes in another.
    pub fn absorb(&mut self, other: &Self) {
        self.records += other.records;
        self.ignored += other.ignored;
        self.outside += other.outside;
        self.picked += other.picked;
        self.picked_by_status += other.picked_by_status;
        self.partial += other.partial;
        self.masked_sources += other.masked_sources;
        for (known, new) in self.unknown.iter_mut().zip(&other.unknown) {
            *known += new;
        }
        for (why, count) in &other.reasons {
            self.malformed_many(*why, *count);
        }
        self.range = hull(self.range, other.range);
        self.loss.absorb(&other.loss);
        self.checks = self.checks.saturating_add(other.checks);
        self.folded.absorb(&other.folded);
        self.course.absorb(&other.course);
        if !other.marks.is_empty() {
            self.marks.extend_from_slice(&other.marks);
            self.marks.sort_unstable();
            self.marks.dedup();
            self.marks.truncate(MARKS);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn stretch() -> impl Strategy<Value = Gap> {
        (0_i64..40, 0_i64..6).prop_map(|(from, long)| Gap { from: Moment(from), until: Moment(from + long) })
    }

    fn tally() -> impl Strategy<Value = Tally> {
        let stretches = || proptest::collection::vec(stretch(), 0..4);
        let marks = proptest::collection::vec((0_i64..9, "[ab]?"), 0..4);
        let incomplete = select(vec![Incomplete::Token, Incomplete::Rows, Incomplete::Limit(1000)]);
        let incomplete = proptest::collection::vec((incomplete, 1_u64..5), 0..4);
        (stretches(), stretches(), marks, incomplete).prop_map(|(gaps, sampled, marks, incomplete)| {
            let mark = |(at, text)| Mark { at: Moment(at), number: 0, text };
            let marks = marks.into_iter().map(mark).collect();
            let loss = Loss { sampled_seconds: 1, sampled, dropped: 0, gaps, incomplete };
            // As whoever makes one does.
            let mut tally = Tally::default();
            tally.absorb(&Tally { loss, marks, ..Tally::default() });
            tally
        })
    }

    fn joined(one: &Tally, other: &Tally) -> Tally {
        let mut both = one.clone();
        both.absorb(other);
        both
    }

    proptest! {
        #[test]
        fn neither_order_nor_grouping_shows(a in tally(), b in tally(), c in tally()) {
            prop_assert_eq!(joined(&a, &b), joined(&b, &a));
            prop_assert_eq!(joined(&joined(&a, &b), &c), joined(&a, &joined(&b, &c)));
            prop_assert_eq!(&joined(&a, &Tally::default()), &a);
            let whole = joined(&a, &b).loss.sampled;
            prop_assert!(whole.windows(2).all(|two| two[0].until < two[1].from), "{:?}", whole);
        }
    }
}
