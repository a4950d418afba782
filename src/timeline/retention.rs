//! Giving up the oldest records: folded into the summaries of their pairs, so that they still count.
//!
//! A log that is followed for days does not fit in memory record by record. Whole chunks are given up, the
//! oldest first. The summaries of their pairs stay, so that everything up to any later moment is as it was;
//! what lies within the stretch that was given up can no longer be told apart ([`Timeline::covers`]).

use super::chunk::Chunk;
use super::{CHUNK, OTHER, PairSummaries, Scope, Timeline};
use crate::base::moment::{Moment, hull};
use crate::fleet::{Fleet, Renumbering};

/// What was folded away.
#[derive(Clone, Debug, Default)]
pub(super) struct ExpiredRows {
    summaries: PairSummaries,
    /// The first and the last time.
    range: Option<(i64, i64)>,
    /// Records given up since the tables were last cleared of what no record needs.
    untidy: u64,
}

/// Records that are counted and no longer listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoldedRecords {
    /// How many records were folded away.
    pub records: u64,
    /// The time of the first.
    pub first: Moment,
    /// The time of the last.
    pub last: Moment,
}

/// The places of the chunks that were given up, for what goes by their places: [`super::RowMask::forget`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DroppedChunks(Vec<usize>);

impl DroppedChunks {
    /// Takes what belongs to those chunks out of a list that has something for each.
    pub(super) fn leave<T>(&self, list: &mut Vec<T>) {
        let mut at = 0;
        list.retain(|_| {
            at += 1;
            !self.0.contains(&(at - 1))
        });
    }
}

impl ExpiredRows {
    /// Takes in what another timeline folded away.
    pub(super) fn absorb(&mut self, other: &Self, absorbed: &Renumbering) {
        let summaries = &mut self.summaries;
        summaries.records += other.summaries.records;
        for (summary, pair) in other.summaries.pairs.iter().zip(&absorbed.pairs) {
            at(&mut summaries.pairs, *pair).absorb(summary);
        }
        for (ignored, origin) in other.summaries.ignored.iter().zip(&absorbed.origins) {
            let known = at(&mut summaries.ignored, *origin);
            *known = known.saturating_add(*ignored);
        }
        self.untidy += other.untidy;
        self.range = hull(self.range, other.range);
    }

    pub(super) fn memory(&self) -> usize {
        self.summaries.memory()
    }

    /// Whether a stretch of time takes in all of it.
    fn is_within(&self, scope: Scope) -> bool {
        self.range.is_none_or(|(first, last)| {
            scope.from.is_none_or(|from| from.0 <= first) && scope.until.is_none_or(|until| last <= until.0)
        })
    }

    /// Adds it to `summaries` if it belongs to `scope` as a whole.
    pub(super) fn add(&self, scope: Scope, summaries: &mut PairSummaries) {
        if self.range.is_none() || !self.is_within(scope) {
            return;
        }
        summaries.records += self.summaries.records;
        for (known, gone) in summaries.pairs.iter_mut().zip(&self.summaries.pairs) {
            known.absorb(gone);
        }
        for (known, gone) in summaries.ignored.iter_mut().zip(&self.summaries.ignored) {
            *known = known.saturating_add(*gone);
        }
    }
}

/// The element of a number, made with all before it if there is none.
fn at<T: Clone + Default>(list: &mut Vec<T>, number: u32) -> &mut T {
    let at = number as usize;
    if list.len() <= at {
        list.resize(at + 1, T::default());
    }
    &mut list[at]
}

impl Timeline {
    /// What was folded away; `None` if every record is there.
    #[must_use]
    pub fn folded(&self) -> Option<FoldedRecords> {
        let (first, last) = self.gone.range?;
        let records = self.gone.summaries.records;
        Some(FoldedRecords { records, first: Moment(first), last: Moment(last) })
    }

    /// Whether all of a stretch of time can be told: nothing of it was folded away, or everything that was
    /// lies within it.
    #[must_use]
    pub fn covers(&self, scope: Scope) -> bool {
        let outside = self.gone.range.is_none_or(|(first, last)| {
            scope.from.is_some_and(|from| from.0 > last) || scope.until.is_some_and(|until| until.0 < first)
        });
        outside || self.gone.is_within(scope)
    }

    /// Has what comes from now on go to another chunk. Chunks are given up as a whole, so where few records
    /// come they are better not too long.
    pub fn part(&mut self) {
        self.parted = true;
    }

    /// How much time the newest chunk takes in, in milliseconds.
    #[must_use]
    pub fn newest_span(&self) -> i64 {
        self.chunks.last().and_then(|chunk| chunk.range()).map_or(0, |(first, last)| last - first)
    }

    /// Folds away the chunks all of whose records are before `moment`. `fleet` is the one they were counted
    /// in. Returns `None` if there are no such chunks.
    pub fn forget_before(&mut self, moment: Moment, fleet: &Fleet) -> Option<DroppedChunks> {
        let old = |chunk: &Chunk| chunk.range().is_some_and(|(_, last)| last < moment.0);
        let places: Vec<usize> = (0..self.chunks.len()).filter(|at| old(&self.chunks[*at])).collect();
        self.forget(places, fleet)
    }

    /// Folds away the chunk that ends first, but never the newest. Returns `None` if there is no other.
    pub fn forget_oldest(&mut self, fleet: &Fleet) -> Option<DroppedChunks> {
        let older = self.chunks.len().checked_sub(1)?;
        let ends = self.chunks[..older].iter().enumerate();
        let (place, _) =
            ends.filter_map(|(at, chunk)| Some((at, chunk.range()?.1))).min_by_key(|(_, end)| *end)?;
        self.forget(vec![place], fleet)
    }

    fn forget(&mut self, places: Vec<usize>, fleet: &Fleet) -> Option<DroppedChunks> {
        if places.is_empty() {
            return None;
        }
        let mut gone = std::mem::take(&mut self.gone);
        let known = fleet.pair_count().max(gone.summaries.pairs.len());
        gone.summaries.pairs.resize_with(known, Default::default);
        gone.summaries.ignored.resize(fleet.ignored().count().max(gone.summaries.ignored.len()), 0);
        let before = gone.summaries.records;
        for place in &places {
            let chunk = &self.chunks[*place];
            self.summarize_rows(chunk, 0..chunk.len(), &mut gone.summaries);
            gone.range = hull(gone.range, chunk.range());
        }
        let records = gone.summaries.records - before;
        self.rows -= records;
        gone.untidy += records;
        let forgotten = DroppedChunks(places);
        forgotten.leave(&mut self.chunks);
        // So often that each record is looked at about once for it.
        if gone.untidy >= self.rows.max(CHUNK as u64) {
            gone.untidy = 0;
            self.tidy();
        }
        self.gone = gone;
        Some(forgotten)
    }

    /// Clears the tables of what no record needs any more: done by itself when about as much was given up as
    /// is left.
    pub fn tidy(&mut self) {
        let used = |count: usize, column: fn(&Chunk) -> &[u32]| {
            let mut used = vec![false; count];
            for number in self.chunks.iter().flat_map(|chunk| column(chunk)) {
                if let Some(used) = used.get_mut(*number as usize) {
                    *used = true;
                }
            }
            used
        };
        let answers = used(self.answers.len(), |chunk| &chunk.answer);
        let sources_of_queries = used(self.sources_of_queries.len(), |chunk| &chunk.source_of_query);
        let mut others = vec![false; self.others.len()];
        for subject in
            self.chunks.iter().flat_map(|chunk| &chunk.subject).filter(|subject| **subject & OTHER != 0)
        {
            if let Some(used) = others.get_mut((subject & !OTHER) as usize) {
                *used = true;
            }
        }
        let answers = self.answers.keep(&answers);
        let sources_of_queries = self.sources_of_queries.keep(&sources_of_queries);
        let others = self.others.keep(&others);
        for chunk in &mut self.chunks {
            for answer in &mut chunk.answer {
                *answer = answers[*answer as usize];
            }
            for source_of_query in &mut chunk.source_of_query {
                *source_of_query = sources_of_queries[*source_of_query as usize];
            }
            for subject in chunk.subject.iter_mut().filter(|subject| **subject & OTHER != 0) {
                *subject = others[(*subject & !OTHER) as usize] | OTHER;
            }
        }
    }
}
