//! Records taken where they stand, in the shape that the one before them had.
//!
//! The logs of one input have one shape. Once a record was read the general way it is known what it came in:
//! bare, in another order or spacing than the resolver's; as an event of OCSF; or as a string or object
//! inside of another object. The next is first looked for in that shape, in one pass over its bytes, and the
//! general way is gone only where it is not found. What is found is taken for what the general way would take
//! it: `tests/laws` holds them against each other.

use super::format::InputFormat;
use super::members::text;
use super::sink::{RecordPlace, Sink};
use super::sketch::{KeySlot, Trait};
use super::value::{Scan, Scanner, string_end};
use super::walk::{ByteOrigin, Walk};
use crate::observation::Quoting;
use crate::record::MAX_VALUE;
use crate::simd::Joint;

/// What a sink is asked to read a record as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// The resolver's own keys, in any order and with any spacing, in such quotation marks.
    Resolver(Quoting),
    /// An event of OCSF class 4003.
    Event,
}

/// What records come in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum RecordShape {
    /// Nothing that is looked for here.
    #[default]
    Other,
    /// Nothing: they stand there by themselves.
    Bare(Spelling),
    /// An object, of which they are a member.
    Wrapped,
}

/// The shape of the records before, and how often in a row it was not that of the next.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Guess {
    shape: RecordShape,
    misses: u8,
    members: MembersBefore,
}

/// What stood before the values of the object that the last record was in, and what that meant.
type MembersBefore = [Joint<KeySlot>; 6];

/// A guess that is wrong so often in a row is given up.
const MISSES: u8 = 8;

impl Guess {
    /// A record was read the general way, and came in this shape.
    pub(super) fn learn(&mut self, shape: RecordShape) {
        if self.shape != shape {
            (self.shape, self.misses) = (shape, 0);
        }
    }

    fn missed(&mut self) {
        self.misses += 1;
        if self.misses >= MISSES {
            (self.shape, self.misses) = (RecordShape::Other, 0);
        }
    }
}

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
        let place = |length: usize| within.unwrap_or(RecordPlace::of(offset, length));
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
            Some(RecordPlace::of(offset, row.trim_ascii_end().len()))
        })?;
        self.took();
        whole
    }
}

/// Where in the object that `bytes` begin with the member stands that may be a record, how many members there
/// are up to it, and how it may be written there.
fn inside(bytes: &[u8], members: &mut MembersBefore) -> Option<(usize, usize, Spelling)> {
    let (mut at, mut number) = (0, 0);
    loop {
        let (slot, value) = next(bytes, at, number, members)?;
        number += 1;
        if let KeySlot::Text(_) = slot {
            return match bytes.get(value..)? {
                [b'"', b'{', ..] => Some((value + 1, number, Spelling::Resolver(Quoting::Escaped))),
                [b'{', ..] => Some((value, number, Spelling::Resolver(Quoting::Plain))),
                _ => None,
            };
        }
        at = end(bytes, value)?;
    }
}

/// Where the object ends whose record, its member of this `number`, ends at `at`; `is_string`: inside a
/// string. Nothing may follow that could be a record, too.
fn rest(
    bytes: &[u8],
    mut at: usize,
    is_string: bool,
    mut number: usize,
    members: &mut MembersBefore,
) -> Option<usize> {
    if is_string {
        while bytes.get(at..)?.starts_with(b"\\n") {
            at += 2;
        }
        (bytes.get(at) == Some(&b'"')).then_some(())?;
        at += 1;
    }
    loop {
        let behind = blanks(bytes, at)?;
        if bytes[behind] == b'}' {
            return Some(behind + 1);
        }
        let (slot, value) = next(bytes, at, number, members)?;
        number += 1;
        if matches!(slot, KeySlot::Text(_)) {
            return None;
        }
        at = end(bytes, value)?;
    }
}

/// The meaning of the member behind `at`, which is the beginning of an object or the end of the value before,
/// and where its value begins.
#[inline]
fn next(bytes: &[u8], at: usize, number: usize, members: &mut MembersBefore) -> Option<(KeySlot, usize)> {
    if let Some(joint) = members.get(number)
        && let Some((slot, length)) = joint.begins(bytes.get(at..)?)
    {
        return Some((slot, at + length));
    }
    let mark = blanks(bytes, at)?;
    (bytes[mark] == if number == 0 { b'{' } else { b',' }).then_some(())?;
    let (key, value) = member(bytes, blanks(bytes, mark + 1)?)?;
    let slot = slot(&bytes[key])?;
    if let Some(joint) = members.get_mut(number) {
        joint.learn(bytes.get(at..value)?, slot);
    }
    Some((slot, value))
}

/// The meaning of a key, if it may stand beside a record.
fn slot(key: &[u8]) -> Option<KeySlot> {
    let slot = KeySlot::of(&text(key));
    matches!(
        slot,
        KeySlot::Text(_)
            | KeySlot::Other
            | KeySlot::Trait(Trait::EventId | Trait::SearchedLogStreams | Trait::Timestamp)
    )
    .then_some(slot)
}

/// The key that stands at `at`, with its quotation marks, and where its value begins.
fn member(bytes: &[u8], at: usize) -> Option<(std::ops::Range<usize>, usize)> {
    (bytes.get(at) == Some(&b'"')).then_some(())?;
    let key = at..end(bytes, at)?;
    let colon = blanks(bytes, key.end)?;
    (bytes[colon] == b':').then_some(())?;
    Some((key, blanks(bytes, colon + 1)?))
}

/// Where the value that begins at `at` ends.
fn end(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes.get(at) == Some(&b'"') {
        return string_end(bytes, at);
    }
    let mut scanner = Scanner::default();
    match scanner.scan(bytes.get(at..)?, false) {
        Scan::Whole(length) if !scanner.colored => Some(at + length),
        _ => None,
    }
}

/// The first place from `at` on that is no white space.
fn blanks(bytes: &[u8], at: usize) -> Option<usize> {
    let found = bytes.get(at..)?.iter().position(|byte| !matches!(byte, b' ' | b'\n' | b'\t' | b'\r'))?;
    Some(at + found)
}
