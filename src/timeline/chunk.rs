//! Rows in columns: some ten thousand of them in the order of their time.

use std::ops::Range;

use super::{InputId, Scope, Spot};
use crate::base::saturating::SaturatingInto as _;
use crate::log::envelope::RecordPlace;
use crate::log::observation::{Observation, Verdict};

/// Rows in a chunk, at most.
pub const CHUNK: usize = 1 << 16;

/// Bytes that a record takes in its columns.
pub const ROW: usize = 4 + 4 + 1 + 1 + 2 + 4 + 4 + 8 + 4;

/// One row, put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packed {
    pub at: i64,
    pub subject: u32,
    pub code: u8,
    pub kind: u8,
    pub port: u16,
    pub answer: u32,
    pub source_of_query: u32,
    pub place: u64,
    pub length: u32,
}

const PARTIAL: u8 = 1 << Verdict::CODE_BITS;
const CNAME_ONLY: u8 = 1 << 6;
const MIXED: u8 = 1 << 7;
/// The bits of a code that tell the verdict.
pub(super) const VERDICT: u8 = PARTIAL - 1;

/// Verdict and flags in one byte.
pub(super) fn code(observation: &Observation<'_>) -> u8 {
    observation.verdict.code()
        | if observation.partial { PARTIAL } else { 0 }
        | if observation.cname_only { CNAME_ONLY } else { 0 }
        | if observation.mixed { MIXED } else { 0 }
}

/// What a code says.
pub(super) struct CodeMeaning {
    pub verdict: Verdict,
    /// The answers held nothing but a CNAME chain.
    pub cname_only: bool,
    /// The answer had both native and synthesized addresses.
    pub mixed: bool,
    /// Answers are missing in what was read.
    pub partial: bool,
}

/// What a code says.
pub(super) fn meaning(code: u8) -> CodeMeaning {
    CodeMeaning {
        verdict: Verdict::from_code(code),
        cname_only: code & CNAME_ONLY != 0,
        mixed: code & MIXED != 0,
        partial: code & PARTIAL != 0,
    }
}

/// Bits of a place that tell the offset: 17 TB.
const OFFSET: u32 = 44;
/// A place that is not kept.
const NOWHERE: u64 = u64::MAX;

/// Input and offset in one number.
pub(super) fn pack_place(spot: Spot) -> u64 {
    let (input, offset) = (u64::from(spot.input.0), spot.place.offset);
    if input < (1 << (64 - OFFSET)) - 1 && offset < 1 << OFFSET { input << OFFSET | offset } else { NOWHERE }
}

pub(super) fn unpack_place(place: u64, length: u32) -> Option<Spot> {
    let input = InputId(u32::try_from(place >> OFFSET).ok()?);
    let place = RecordPlace { offset: place & ((1 << OFFSET) - 1), length };
    (input.0 < (1 << (64 - OFFSET)) - 1).then_some(Spot { input, place })
}

/// Rows in columns. Times are counted from `base`, so that four bytes do for 24 days before and after it.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    base: i64,
    pub at: Vec<u32>,
    pub subject: Vec<u32>,
    pub code: Vec<u8>,
    pub kind: Vec<u8>,
    pub port: Vec<u16>,
    pub answer: Vec<u32>,
    pub source_of_query: Vec<u32>,
    pub(super) place: Vec<u64>,
    pub(super) length: Vec<u32>,
    /// Whether the rows are in the order of their time.
    ordered: bool,
}

impl Chunk {
    /// A chunk with one row.
    pub(super) fn new(row: Packed) -> Self {
        Self::with_room(row, 0)
    }

    /// A chunk with one row and room for `more`.
    pub(super) fn with_room(row: Packed, more: usize) -> Self {
        let room = (more + 1).min(CHUNK);
        let mut chunk = Self {
            base: row.at.saturating_sub(1 << 31),
            at: Vec::with_capacity(room),
            subject: Vec::with_capacity(room),
            code: Vec::with_capacity(room),
            kind: Vec::with_capacity(room),
            port: Vec::with_capacity(room),
            answer: Vec::with_capacity(room),
            source_of_query: Vec::with_capacity(room),
            place: Vec::with_capacity(room),
            length: Vec::with_capacity(room),
            ordered: true,
        };
        chunk.push(row);
        chunk
    }

    /// Rows in it.
    pub(super) fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether it has room for a row of this time.
    pub(super) fn takes(&self, at: i64) -> bool {
        self.len() < CHUNK && self.relative(at).is_some()
    }

    fn relative(&self, at: i64) -> Option<u32> {
        u32::try_from(at.checked_sub(self.base)?).ok()
    }

    /// Takes a row that it has room for.
    pub(super) fn push(&mut self, row: Packed) {
        let at = self.relative(row.at).unwrap_or(0);
        self.ordered &= self.at.last().is_none_or(|last| *last <= at);
        self.at.push(at);
        self.subject.push(row.subject);
        self.code.push(row.code);
        self.kind.push(row.kind);
        self.port.push(row.port);
        self.answer.push(row.answer);
        self.source_of_query.push(row.source_of_query);
        self.place.push(row.place);
        self.length.push(row.length);
    }

    /// Puts the rows in the order of their time; those of one moment stay as they came.
    pub(super) fn settle(&mut self) {
        if std::mem::replace(&mut self.ordered, true) {
            return;
        }
        let mut order: Vec<u32> = (0..self.len().saturating_into::<u32>()).collect();
        order.sort_by_key(|row| self.at[*row as usize]);
        permute(&mut self.at, &order);
        permute(&mut self.subject, &order);
        permute(&mut self.code, &order);
        permute(&mut self.kind, &order);
        permute(&mut self.port, &order);
        permute(&mut self.answer, &order);
        permute(&mut self.source_of_query, &order);
        permute(&mut self.place, &order);
        permute(&mut self.length, &order);
    }

    /// Settles a chunk that takes no more, and gives back the room it does not need.
    pub(super) fn close(&mut self) {
        self.settle();
        self.at.shrink_to_fit();
        self.subject.shrink_to_fit();
        self.code.shrink_to_fit();
        self.kind.shrink_to_fit();
        self.port.shrink_to_fit();
        self.answer.shrink_to_fit();
        self.source_of_query.shrink_to_fit();
        self.place.shrink_to_fit();
        self.length.shrink_to_fit();
    }

    /// One row.
    pub(super) fn row(&self, at: usize) -> Option<Packed> {
        (at < self.len()).then(|| self.packed(at))
    }

    /// All rows, in order.
    pub(super) fn rows(&self) -> impl ExactSizeIterator<Item = Packed> + '_ {
        (0..self.len()).map(|at| self.packed(at))
    }

    /// A row that there is.
    fn packed(&self, at: usize) -> Packed {
        Packed {
            at: self.time(at),
            subject: self.subject[at],
            code: self.code[at],
            kind: self.kind[at],
            port: self.port[at],
            answer: self.answer[at],
            source_of_query: self.source_of_query[at],
            place: self.place[at],
            length: self.length[at],
        }
    }

    /// The time of a row.
    pub(super) fn time(&self, at: usize) -> i64 {
        self.base + i64::from(self.at[at])
    }

    /// The first and the last time.
    pub(super) fn range(&self) -> Option<(i64, i64)> {
        let (first, last) = (self.at.first()?, self.at.last()?);
        Some((self.base + i64::from(*first), self.base + i64::from(*last)))
    }

    /// What the times of [`Chunk::at`] are counted from.
    pub(super) fn base(&self) -> i64 {
        self.base
    }

    /// The rows within a stretch of time.
    pub(super) fn within(&self, scope: Scope) -> Range<usize> {
        let start = scope.from.map_or(0, |from| self.from(from.0));
        let end = scope.until.map_or(self.len(), |until| self.after(until.0));
        start..end.max(start)
    }

    /// The first row that is later than `moment`.
    pub(super) fn after(&self, moment: i64) -> usize {
        self.at.partition_point(|at| self.base + i64::from(*at) <= moment)
    }

    /// The first row after `at` that is of another second; `at` is of `second`.
    pub(super) fn end_of_second(&self, at: usize, second: i64) -> usize {
        let next = second.saturating_add(1).saturating_mul(1000).saturating_sub(self.base);
        let times = &self.at[at..];
        // It is near: looked for in steps that grow.
        let mut step = 1;
        while times.get(step).is_some_and(|time| i64::from(*time) < next) {
            step *= 2;
        }
        let passed = step / 2;
        let ahead = &times[passed..times.len().min(step + 1)];
        at + passed + ahead.partition_point(|time| i64::from(*time) < next)
    }

    /// The first row at `moment` or later.
    pub(super) fn from(&self, moment: i64) -> usize {
        self.at.partition_point(|at| self.base + i64::from(*at) < moment)
    }

    /// Bytes of memory in use.
    pub(super) fn memory(&self) -> usize {
        self.at.capacity() * 4
            + self.subject.capacity() * 4
            + self.code.capacity()
            + self.kind.capacity()
            + self.port.capacity() * 2
            + self.answer.capacity() * 4
            + self.source_of_query.capacity() * 4
            + self.place.capacity() * 8
            + self.length.capacity() * 4
    }
}

fn permute<T: Copy>(column: &mut Vec<T>, order: &[u32]) {
    *column = order.iter().map(|row| column[*row as usize]).collect();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_takes_the_bytes_of_its_columns() {
        let row = || Packed {
            at: 7,
            subject: 0,
            code: 0,
            kind: 0,
            port: 0,
            answer: 0,
            source_of_query: 0,
            place: 0,
            length: 0,
        };
        let mut chunk = Chunk::with_room(row(), 500);
        (1..100).for_each(|_| chunk.push(row()));
        chunk.close();
        assert_eq!(chunk.memory(), 100 * ROW);
    }

    #[test]
    fn a_place_that_does_not_fit_is_not_kept() {
        let spot = |input, offset| Spot { input: InputId(input), place: RecordPlace { offset, length: 7 } };
        for (kept, input, offset) in [
            (true, 0, 0),
            (true, (1 << 20) - 2, (1 << 44) - 1),
            (false, (1 << 20) - 1, 0),
            (false, 1 << 20, 0),
            (false, 0, 1 << 44),
        ] {
            let packed = pack_place(spot(input, offset));
            assert_eq!(packed == NOWHERE, !kept, "{input} {offset}");
            assert_eq!(unpack_place(packed, 7), kept.then(|| spot(input, offset)), "{input} {offset}");
        }
    }
}
