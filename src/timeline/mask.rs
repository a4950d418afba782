//! Which rows a filter lets through: a bit for each.
//!
//! A test of a query looks at one thing of an observation. Of most things there are far fewer than rows
//! (origins, names, answers), so it is put to each of those but once, and a row is a look into a table. An
//! expression is worked out chunk by chunk, 64 rows at a time, and looks only at what is not held back
//! already.

use super::chunk::Chunk;
use super::{RowId, Timeline};
use crate::fleet::{Fleet, Status};
use crate::query::Expression;

mod node;
mod recent;

pub use recent::RecentMasks;

use node::{MaskNode, Tables};

/// The rows that are let through, by chunk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowMask {
    chunks: Vec<ChunkMask>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct ChunkMask {
    words: Box<[u64]>,
    /// Rows that were looked at.
    rows: usize,
}

/// A bit for each of `rows` rows, all set.
fn all(rows: usize) -> Vec<u64> {
    let mut words = vec![u64::MAX; rows.div_ceil(64)];
    if let (Some(last), true) = (words.last_mut(), !rows.is_multiple_of(64)) {
        *last = (1 << (rows % 64)) - 1;
    }
    words
}

impl ChunkMask {
    /// The rows of `words` that `node` holds for.
    fn new(node: &MaskNode, chunk: &Chunk, mut words: Vec<u64>) -> Self {
        node.narrow(chunk, &mut words);
        Self { words: words.into(), rows: chunk.len() }
    }
}

impl RowMask {
    /// The rows of a timeline that `expression` holds for. Origins and names are those of `fleet`; what was
    /// asked by an origin counts for the one of `owners` that it belongs to, too. `statuses` has the status
    /// of each pair, by its number; it may be empty where `expression` does not ask for it.
    #[must_use]
    pub fn new(
        timeline: &Timeline,
        fleet: &Fleet,
        expression: &Expression,
        statuses: &[Option<Status>],
    ) -> Self {
        let mut mask = Self::default();
        mask.extend(timeline, fleet, expression, statuses);
        mask
    }

    /// Looks at the rows that came in since. `expression` must be the same as before. The owner of an address
    /// that became known since, or the present status of a pair, shows in those rows only.
    pub fn extend(
        &mut self,
        timeline: &Timeline,
        fleet: &Fleet,
        expression: &Expression,
        statuses: &[Option<Status>],
    ) {
        self.chunks.resize_with(timeline.chunks.len(), ChunkMask::default);
        let chunks = self.chunks.iter().zip(&timeline.chunks).enumerate();
        let new: Vec<usize> =
            chunks.filter(|(_, (bits, chunk))| bits.rows != chunk.len()).map(|(number, _)| number).collect();
        if new.is_empty() {
            return;
        }
        let node = MaskNode::from_expression(expression, &Tables::new(timeline, fleet, statuses));
        let filtered = timeline.workers.map(new.len(), |at| {
            let chunk = &timeline.chunks[new[at]];
            ChunkMask::new(&node, chunk, all(chunk.len()))
        });
        for (number, bits) in new.into_iter().zip(filtered) {
            self.chunks[number] = bits;
        }
    }

    /// What `expression` holds for of the rows that this lets through. This must be of all rows of the
    /// timeline.
    #[must_use]
    pub fn narrowed(
        &self,
        timeline: &Timeline,
        fleet: &Fleet,
        expression: &Expression,
        statuses: &[Option<Status>],
    ) -> Self {
        let node = MaskNode::from_expression(expression, &Tables::new(timeline, fleet, statuses));
        let chunks = timeline.workers.map(timeline.chunks.len(), |number| {
            let words = self.chunks.get(number).map_or_else(Vec::new, |bits| bits.words.to_vec());
            ChunkMask::new(&node, &timeline.chunks[number], words)
        });
        Self { chunks }
    }

    /// How many rows are let through.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.chunks.iter().flat_map(|bits| &bits.words).map(|word| u64::from(word.count_ones())).sum()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What this and another let through.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let both = |(one, other): (&ChunkMask, &ChunkMask)| ChunkMask {
            words: one.words.iter().zip(&other.words).map(|(one, other)| one & other).collect(),
            rows: one.rows.min(other.rows),
        };
        Self { chunks: self.chunks.iter().zip(&other.chunks).map(both).collect() }
    }

    /// Whether a row is let through.
    #[must_use]
    pub fn holds(&self, row: RowId) -> bool {
        let word = self.chunks.get(row.chunk as usize).and_then(|bits| bits.words.get(row.at as usize / 64));
        word.is_some_and(|word| word >> (row.at % 64) & 1 != 0)
    }

    /// Follows a timeline that gave up chunks.
    pub fn forget(&mut self, forgotten: &super::DroppedChunks) {
        forgotten.leave(&mut self.chunks);
    }

    /// The first row of a chunk at `at` or after it that is let through.
    pub(super) fn next(&self, chunk: usize, at: usize) -> Option<usize> {
        let words = &self.chunks.get(chunk)?.words;
        let first = words.get(at / 64)? & (u64::MAX << (at % 64));
        if first != 0 {
            return Some(at / 64 * 64 + first.trailing_zeros() as usize);
        }
        let (number, word) = words.iter().enumerate().skip(at / 64 + 1).find(|(_, word)| **word != 0)?;
        Some(number * 64 + word.trailing_zeros() as usize)
    }

    /// The last row of a chunk at `at` or before it that is let through.
    pub(super) fn previous(&self, chunk: usize, at: usize) -> Option<usize> {
        let words = &self.chunks.get(chunk)?.words;
        let last = words.get(at / 64)? & (u64::MAX >> (63 - at % 64));
        if last != 0 {
            return Some(at / 64 * 64 + 63 - last.leading_zeros() as usize);
        }
        let (number, word) = words[..at / 64].iter().enumerate().rev().find(|(_, word)| **word != 0)?;
        Some(number * 64 + 63 - word.leading_zeros() as usize)
    }

    /// How many rows of a chunk are let through, within `rows`.
    pub(super) fn count(&self, chunk: usize, rows: std::ops::Range<usize>) -> u64 {
        let Some(bits) = self.chunks.get(chunk).filter(|_| !rows.is_empty()) else { return 0 };
        let words = rows.start / 64..rows.end.div_ceil(64);
        let mut count = 0;
        for (at, word) in words.clone().zip(bits.words.get(words).unwrap_or_default()) {
            let mut word = *word;
            if at == rows.start / 64 {
                word &= u64::MAX << (rows.start % 64);
            }
            if at == rows.end / 64 {
                word &= (1 << (rows.end % 64)) - 1;
            }
            count += u64::from(word.count_ones());
        }
        count
    }

    /// Calls `each` with every row of a chunk that is let through, within `rows`.
    pub(super) fn for_each(&self, chunk: usize, rows: std::ops::Range<usize>, mut each: impl FnMut(usize)) {
        let Some(bits) = self.chunks.get(chunk).filter(|_| !rows.is_empty()) else { return };
        for number in rows.start / 64..rows.end.div_ceil(64) {
            let mut word = bits.words.get(number).copied().unwrap_or(0);
            if word == u64::MAX && number * 64 >= rows.start && number * 64 + 64 <= rows.end {
                (number * 64..number * 64 + 64).for_each(&mut each);
                continue;
            }
            while word != 0 {
                let at = number * 64 + word.trailing_zeros() as usize;
                word &= word - 1;
                if rows.contains(&at) {
                    each(at);
                }
            }
        }
    }
}
