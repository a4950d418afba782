//! Records taken where they stand, in the shape that the one before them had.
//!
//! The logs of one input have one shape. Once a record was read the general way it is known what it came in:
//! bare, in another order or spacing than the resolver's; as an event of OCSF; or as a string or object
//! inside of another object. The next is first looked for in that shape, in one pass over its bytes, and the
//! general way is gone only where it is not found. What is found is taken for what the general way would take
//! it: `tests/laws` holds them against each other.

use super::format::InputFormat;
use super::guess::{Guess, RecordShape, inside, rest};
use super::sink::{RecordPlace, Sink, Spelling};
use super::walk::{ByteOrigin, Walk};
use crate::log::observation::Quoting;
use crate::log::record::MAX_VALUE;

impl<S: Sink> Walk<'_, S> {
    /// Whether it is known what the input is.
    fn is_noted(&self) -> bool {
        self.memory.format > InputFormat::Unknown
    }

    /// What records come in, at this depth of texts within each other.
    pub(super) fn guess(&mut self) -> &mut Guess {
        &mut self.memory.guesses[usize::from(self.texts)]
    }

    /// Who takes what is found.
    fn sink(&mut self) -> &mut S {
        self.sink
    }

    /// The place of everything that is found inside a value; `None` in the input itself.
    fn place_within(&self) -> Option<RecordPlace> {
        (self.origin == ByteOrigin::Within).then_some(self.place)
    }

    /// The sink took a record.
    fn took(&mut self) {
        self.found += 1;
    }

    /// Offers the sink the record that `bytes` begin with, in the shape of those before. Returns how many
    /// bytes it has with what it comes in, or `None` if nothing was taken.
    #[inline]
    pub(super) fn quick(&mut self, bytes: &[u8], offset: u64) -> Option<usize> {
        // What is known of a record from pieces is said with it, which this way does not.
        // In what is left of something broken only the general way knows what counts.
        let is_torn = self.joined || self.quiet || self.memory.cut;
        if is_torn || self.guess().shape == RecordShape::Other || !self.is_noted() {
            return None;
        }
        self.quick_as(bytes, offset)
    }

    fn quick_as(&mut self, bytes: &[u8], offset: u64) -> Option<usize> {
        let bytes = &bytes[..bytes.len().min(MAX_VALUE)];
        let within = self.place_within();
        let place = |length: usize| within.unwrap_or(RecordPlace::new(offset, length));
        let length = match self.guess().shape {
            RecordShape::Other => None,
            RecordShape::Bare(spelling) => {
                self.sink().quick(bytes, spelling, &mut |length| Some(place(length)))
            }
            RecordShape::Wrapped => self.quick_in(bytes, &place),
        };
        match length {
            Some(_) => self.took(),
            None => self.guess().missed(),
        }
        length
    }
}

impl<S: Sink> Walk<'_, S> {
    /// Offers the sink the record in the object that `bytes` begin with; `place` says of how many bytes where
    /// it stands. Returns how many bytes the object has, or `None` if nothing was taken.
    fn quick_in(&mut self, bytes: &[u8], place: &dyn Fn(usize) -> RecordPlace) -> Option<usize> {
        let depth = usize::from(self.texts);
        let Self { memory, sink, .. } = self;
        let members = &mut memory.guesses.get_mut(depth)?.members;
        let (at, number, spelling) = inside(bytes, members)?;
        let mut whole = None;
        let is_string = spelling == Spelling::Resolver(Quoting::Escaped);
        sink.quick(bytes.get(at..)?, spelling, &mut |length| {
            let end = rest(bytes, at + length, is_string, number, members)?;
            whole = Some(end);
            Some(place(end))
        })?;
        whole
    }
}

/// A row of a table with a record in a quoted cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowShape {
    /// What stands between cells.
    pub(super) delimiter: u8,
    /// How many columns there are.
    pub(super) columns: usize,
    /// The column that holds the record.
    pub(super) column: usize,
}

impl<S: Sink> Walk<'_, S> {
    /// Offers the sink the record in the row that `bytes` begin with, if no other cell is quoted. Returns how
    /// many bytes the row has with its line end, or `None` if nothing was taken.
    pub(super) fn quick_row(&mut self, bytes: &[u8], offset: u64, shape: RowShape) -> Option<usize> {
        if !self.is_noted() || self.place_within().is_some() {
            return None;
        }
        let bytes = &bytes[..bytes.len().min(MAX_VALUE)];
        let mut at = 0;
        for _ in 0..shape.column {
            let end = at + memchr::memchr3(shape.delimiter, b'\n', b'"', bytes.get(at..)?)?;
            (bytes[end] == shape.delimiter).then_some(())?;
            at = end + 1;
        }
        bytes[at..].starts_with(b"\"{").then_some(())?;
        at += 1;
        let mut whole = None;
        self.sink().quick(&bytes[at..], Spelling::Resolver(Quoting::Doubled), &mut |length| {
            let rest = bytes[at + length..].strip_prefix(b"\"")?;
            let end = memchr::memchr2(b'\n', b'"', rest)?;
            let cells = memchr::memchr_iter(shape.delimiter, &rest[..end]).count();
            let is_row = rest[end] == b'\n'
                && shape.column + 1 + cells == shape.columns
                && (rest[0] == shape.delimiter || rest[..end].trim_ascii().is_empty());
            is_row.then_some(())?;
            let row = &bytes[..at + length + 1 + end];
            whole = Some(row.len() + 1);
            Some(RecordPlace::new(offset, row.trim_ascii_end().len()))
        })?;
        self.took();
        whole
    }
}
