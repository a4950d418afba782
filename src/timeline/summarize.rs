//! The status of pairs within a stretch of time: one pass over three columns.

use super::bits::Bits;
use super::chunk::{Chunk, VERDICT};
use super::{OTHER, RowId, Scope, Timeline};
use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::fleet::{Fleet, PairId, PairSummary};

/// The summaries of all pairs.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct PairSummaries {
    /// By the number of the pair.
    pub pairs: Vec<PairSummary>,
    /// Records of types that are not judged, by the number of the origin.
    pub ignored: Vec<u32>,
    /// Records of all types.
    pub records: u64,
}

/// What is cloned into others keeps their memory.
impl Clone for PairSummaries {
    fn clone(&self) -> Self {
        Self { pairs: self.pairs.clone(), ignored: self.ignored.clone(), records: self.records }
    }

    fn clone_from(&mut self, other: &Self) {
        self.pairs.clone_from(&other.pairs);
        self.ignored.clone_from(&other.ignored);
        self.records = other.records;
    }
}

impl PairSummaries {
    /// The summaries of the pairs of a fleet: the fold of everything, without looking at every record.
    #[must_use]
    pub fn from_fleet(fleet: &Fleet) -> Self {
        Self::default().refilled(fleet)
    }

    /// As [`PairSummaries::from_fleet`], in the memory that this one takes.
    #[must_use]
    pub fn refilled(mut self, fleet: &Fleet) -> Self {
        self.pairs.clear();
        self.pairs.extend(
            (0..fleet.pair_count())
                .map(|at| PairSummary::from_spans(fleet.kept(PairId(at.saturating_into())))),
        );
        self.ignored.clear();
        self.ignored.extend(fleet.ignored());
        self.records = fleet.tally().records;
        self
    }

    /// Takes in other summaries of the same origins and pairs.
    pub fn absorb(&mut self, other: &Self) {
        self.records += other.records;
        self.pairs.iter_mut().zip(&other.pairs).for_each(|(known, new)| known.absorb(new));
        for (known, new) in self.ignored.iter_mut().zip(&other.ignored) {
            *known = known.saturating_add(*new);
        }
    }

    /// With nothing in it, for the same origins and pairs.
    fn emptied(&self) -> Self {
        Self {
            pairs: vec![PairSummary::default(); self.pairs.len()],
            ignored: vec![0; self.ignored.len()],
            records: 0,
        }
    }

    /// Bytes of memory in use.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.pairs.capacity() * size_of::<PairSummary>() + self.ignored.capacity() * size_of::<u32>()
    }

    /// Has room for the origins and pairs that were added to a fleet since.
    pub fn make_room(&mut self, fleet: &Fleet) {
        self.pairs.resize(fleet.pair_count(), PairSummary::default());
        self.ignored.resize(fleet.ignored().count(), 0);
    }

    /// With nothing in it, for the origins and pairs of a fleet.
    #[must_use]
    pub fn empty(fleet: &Fleet) -> Self {
        Self::default().cleared(fleet)
    }

    /// As [`PairSummaries::empty`], in the memory that this one takes.
    #[must_use]
    pub fn cleared(mut self, fleet: &Fleet) -> Self {
        self.pairs.clear();
        self.ignored.clear();
        self.records = 0;
        self.make_room(fleet);
        self
    }
}

/// Rows that are looked at together.
const BLOCK: usize = 256;
/// Up to this number of pairs, each is looked for by itself.
const FEW: usize = 4;
/// To join the summaries of a pair costs about as much as reading this number of records.
const JOINED: usize = 2;
/// Fewer records than this are not worth a second thread.
const SHARED: usize = 1 << 17;

impl Timeline {
    /// Takes what lies within `scope` into `summaries`, which must have room for every origin and pair
    /// ([`PairSummaries::empty`]). What was folded away is taken in if all of it lies there
    /// ([`Timeline::covers`]).
    pub fn summarize(&self, scope: Scope, summaries: &mut PairSummaries) {
        self.gone.add(scope, summaries);
        let chunks: Vec<(&Chunk, std::ops::Range<usize>)> = self.within(scope).collect();
        let rows: usize = chunks.iter().map(|(_, rows)| rows.len()).sum();
        // Each thread needs summaries of its own, which are to be joined.
        let all = summaries.pairs.len() * self.workers.threads() * JOINED;
        if self.workers.threads() == 1 || rows < all.max(SHARED) {
            for (chunk, rows) in chunks {
                self.summarize_rows(chunk, rows, summaries);
            }
            return;
        }
        let shares = self.workers.share_out(chunks.len(), |numbers| {
            let mut share = summaries.emptied();
            for number in numbers {
                let (chunk, rows) = &chunks[number];
                self.summarize_rows(chunk, rows.clone(), &mut share);
            }
            share
        });
        for share in &shares {
            summaries.absorb(share);
        }
    }

    /// As [`Timeline::summarize`] into nothing, for each of several stretches.
    #[must_use]
    pub fn summarize_each(&self, fleet: &Fleet, scopes: &[Scope]) -> Vec<PairSummaries> {
        self.workers.map(scopes.len(), |at| {
            let mut summaries = PairSummaries::empty(fleet);
            self.gone.add(scopes[at], &mut summaries);
            for (chunk, rows) in self.within(scopes[at]) {
                self.summarize_rows(chunk, rows, &mut summaries);
            }
            summaries
        })
    }

    /// Takes rows of a chunk into `summaries`.
    pub(super) fn summarize_rows(
        &self,
        chunk: &Chunk,
        rows: std::ops::Range<usize>,
        summaries: &mut PairSummaries,
    ) {
        let PairSummaries { pairs, ignored, records } = summaries;
        *records += rows.len() as u64;
        let base = chunk.base();
        let columns = chunk.at[rows.clone()].iter().zip(&chunk.subject[rows.clone()]);
        for ((at, subject), code) in columns.zip(&chunk.code[rows]) {
            if let Some(summary) = pairs.get_mut(*subject as usize) {
                summary.see(Moment(base + i64::from(*at)), code & VERDICT);
            } else if let Some((origin, _)) = self.others.get(subject & !OTHER)
                && let Some(ignored) = ignored.get_mut(origin.0 as usize)
            {
                *ignored = ignored.saturating_add(1);
            }
        }
    }

    /// Moments that part the records into `parts` of about the same number, in order.
    #[must_use]
    pub fn quantiles(&self, parts: usize) -> Vec<Moment> {
        let mut ends: Vec<(i64, usize)> =
            self.chunks.iter().filter_map(|chunk| Some((chunk.range()?.1, chunk.len()))).collect();
        ends.sort_unstable();
        let (mut moments, mut passed) = (Vec::new(), 0);
        for (end, rows) in ends {
            passed += rows as u64;
            if passed * parts as u64 >= self.rows * (moments.len() as u64 + 1) && moments.len() + 1 < parts {
                moments.push(Moment(end));
            }
        }
        moments
    }

    /// The newest record within `scope` of any of `pairs`.
    #[must_use]
    pub fn newest_of(&self, scope: Scope, pairs: &[PairId]) -> Option<RowId> {
        let mut best: Option<(i64, RowId)> = None;
        for (number, chunk) in self.chunks.iter().enumerate().rev() {
            let rows = chunk.within(scope);
            let Some(last) = rows.end.checked_sub(1).filter(|last| rows.contains(last)) else { continue };
            if best.is_some_and(|(at, _)| at >= chunk.time(last)) {
                continue;
            }
            let subjects = &chunk.subject[rows.clone()];
            let found = match pairs {
                [one] => subjects.iter().rposition(|subject| *subject == one.0),
                many => subjects.iter().rposition(|subject| many.contains(&PairId(*subject))),
            };
            if let Some(at) = found.map(|at| at + rows.start)
                && best.is_none_or(|(known, _)| chunk.time(at) > known)
            {
                best = Some((chunk.time(at), super::row_id::id(number, at)));
            }
        }
        best.map(|(_, row)| row)
    }

    /// Every record within `scope` of any of `pairs`, in the order of the chunks.
    #[must_use]
    pub fn rows_of(&self, scope: Scope, pairs: &[PairId]) -> Vec<RowId> {
        let most = pairs.iter().map(|pair| pair.0 as usize + 1).max().unwrap_or(0);
        let mut wanted = Bits(vec![0; most.div_ceil(64)]);
        for pair in pairs {
            wanted.0[pair.0 as usize / 64] |= 1 << (pair.0 % 64);
        }
        let found = self.workers.map(self.chunks.len(), |number| {
            let chunk = &self.chunks[number];
            let rows = chunk.within(scope);
            let mut found = Vec::new();
            for (block, subjects) in chunk.subject[rows.clone()].chunks(BLOCK).enumerate() {
                // Of few pairs most blocks have none, which is quickly seen of all rows at once.
                let any = |pair: &PairId| {
                    subjects.iter().fold(0, |any, subject| any | u8::from(*subject == pair.0)) != 0
                };
                if pairs.len() > FEW || pairs.iter().any(any) {
                    let all = subjects.iter().enumerate();
                    let held = all.filter(|(_, subject)| wanted.has(**subject as usize));
                    found.extend(
                        held.map(|(at, _)| super::row_id::id(number, rows.start + block * BLOCK + at)),
                    );
                }
            }
            found
        });
        found.concat()
    }

    /// The chunks that have something within `scope`, and which of their rows.
    pub(super) fn within(
        &self,
        scope: Scope,
    ) -> impl Iterator<Item = (&super::chunk::Chunk, std::ops::Range<usize>)> {
        self.chunks.iter().filter_map(move |chunk| {
            let rows = chunk.within(scope);
            (!rows.is_empty()).then_some((&**chunk, rows))
        })
    }
}
