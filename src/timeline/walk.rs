//! The records one by one, in the order of their time, from anywhere in either direction.
//!
//! The order is that of time; within one moment that of the chunks, and within those that of arrival.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use super::row_id::{RowId, id};
use super::{RowMask, Scope, Spot, Timeline};
use crate::base::moment::Moment;

/// The rows of one chunk that are still to come.
struct ChunkCursor<'t> {
    times: &'t super::chunk::Chunk,
    rows: Range<usize>,
    mask: Option<&'t RowMask>,
    chunk: usize,
}

impl ChunkCursor<'_> {
    /// Drops rows that the mask holds back from the beginning.
    fn first(&mut self) -> Option<i64> {
        if let Some(mask) = self.mask {
            self.rows.start =
                mask.next(self.chunk, self.rows.start).unwrap_or(self.rows.end).min(self.rows.end);
        }
        (!self.rows.is_empty()).then(|| self.times.time(self.rows.start))
    }

    /// Drops rows that the mask holds back from the end.
    fn last(&mut self) -> Option<i64> {
        if let Some(mask) = self.mask {
            let last = self.rows.end.checked_sub(1).and_then(|at| mask.previous(self.chunk, at));
            self.rows.end = last.map_or(self.rows.start, |at| at + 1).max(self.rows.start);
        }
        (!self.rows.is_empty()).then(|| self.times.time(self.rows.end - 1))
    }
}

impl Timeline {
    /// The rows within `scope` that `mask` lets through, the newest first; from `start` on, which is not
    /// among them, or from the end.
    pub fn before<'t>(
        &'t self,
        scope: Scope,
        mask: Option<&'t RowMask>,
        start: Option<RowId>,
    ) -> impl Iterator<Item = RowId> + 't {
        let mut ahead = self.cursors(scope, mask);
        if let Some((start, time)) = start.and_then(|start| Some((start, self.time(start)?))) {
            for one in &mut ahead {
                let end = match one.chunk.cmp(&(start.chunk as usize)) {
                    std::cmp::Ordering::Less => one.times.after(time),
                    std::cmp::Ordering::Equal => start.at as usize,
                    std::cmp::Ordering::Greater => one.times.from(time),
                };
                one.rows.end = one.rows.end.min(end).max(one.rows.start);
            }
        }
        let mut heap: BinaryHeap<(i64, usize)> =
            ahead.iter_mut().enumerate().filter_map(|(number, one)| Some((one.last()?, number))).collect();
        std::iter::from_fn(move || {
            let (_, number) = heap.pop()?;
            let one = &mut ahead[number];
            one.rows.end -= 1;
            let row = id(one.chunk, one.rows.end);
            if let Some(time) = one.last() {
                heap.push((time, number));
            }
            Some(row)
        })
    }

    /// The rows within `scope` that `mask` lets through, the oldest first; from `start` on, which is not
    /// among them, or from the beginning.
    pub fn after<'t>(
        &'t self,
        scope: Scope,
        mask: Option<&'t RowMask>,
        start: Option<RowId>,
    ) -> impl Iterator<Item = RowId> + 't {
        let mut ahead = self.cursors(scope, mask);
        if let Some((start, time)) = start.and_then(|start| Some((start, self.time(start)?))) {
            for one in &mut ahead {
                let first = match one.chunk.cmp(&(start.chunk as usize)) {
                    std::cmp::Ordering::Less => one.times.after(time),
                    std::cmp::Ordering::Equal => start.at as usize + 1,
                    std::cmp::Ordering::Greater => one.times.from(time),
                };
                one.rows.start = one.rows.start.max(first).min(one.rows.end);
            }
        }
        let mut heap: BinaryHeap<Reverse<(i64, usize)>> = ahead
            .iter_mut()
            .enumerate()
            .filter_map(|(number, one)| Some(Reverse((one.first()?, number))))
            .collect();
        std::iter::from_fn(move || {
            let Reverse((_, number)) = heap.pop()?;
            let one = &mut ahead[number];
            let row = id(one.chunk, one.rows.start);
            one.rows.start += 1;
            if let Some(time) = one.first() {
                heap.push(Reverse((time, number)));
            }
            Some(row)
        })
    }

    fn cursors<'t>(&'t self, scope: Scope, mask: Option<&'t RowMask>) -> Vec<ChunkCursor<'t>> {
        let all = self.chunks.iter().enumerate();
        all.map(|(chunk, times)| ChunkCursor { times, rows: times.within(scope), mask, chunk })
            .filter(|one| !one.rows.is_empty())
            .collect()
    }

    /// The time of a row, in milliseconds.
    fn time(&self, row: RowId) -> Option<i64> {
        let chunk = self.chunks.get(row.chunk as usize)?;
        ((row.at as usize) < chunk.len()).then(|| chunk.time(row.at as usize))
    }

    /// The moment of a row.
    #[must_use]
    pub fn moment(&self, row: RowId) -> Option<Moment> {
        self.time(row).map(Moment)
    }

    /// The row of the record at `moment` that is at `spot`.
    #[must_use]
    pub fn find(&self, moment: Moment, spot: Spot) -> Option<RowId> {
        let at_once = Scope { from: Some(moment), until: Some(moment) };
        self.after(at_once, None, None)
            .find(|row| self.entry(*row).is_some_and(|entry| entry.spot == Some(spot)))
    }
}
