//! Records taken where they stand, in the shape that the one before them had.
//!
//! The logs of one input have one shape. Once a record was read the general way it is known what it came in: bare, in
//! another order or spacing than the resolver's; as an event of OCSF; or as a string or object inside of another object.
//! The next is first looked for in that shape, in one pass over its bytes, and the general way is gone only where it is
//! not found. What is found is taken for what the general way would take it: `tests/laws` holds them against each
//! other.

use super::format::Format;
use super::members::text;
use super::sink::{Place, Sink};
use super::sketch::{Slot, Trait};
use super::value::{Scan, Scanner};
use super::walk::{Origin, Walk};
use crate::observation::Quoting;
use crate::record::MAX_VALUE;

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
pub(super) enum Shape {
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
    shape: Shape,
    misses: u8,
}

/// A guess that is wrong so often in a row is given up.
const MISSES: u8 = 8;

impl Guess {
    /// A record was read the general way, and came in this shape.
    pub(super) fn learn(&mut self, shape: Shape) {
        if self.shape != shape {
            *self = Self { shape, misses: 0 };
        }
    }

    fn missed(&mut self) {
        self.misses += 1;
        if self.misses >= MISSES {
            *self = Self::default();
        }
    }
}

impl<S: Sink> Walk<'_, S> {
    /// Whether it is known what the input is.
    fn is_noted(&self) -> bool {
        self.memory.format > Format::Unknown
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
    fn place_within(&self) -> Option<Place> {
        (self.origin == Origin::Within).then_some(self.place)
    }

    /// The sink took a record.
    fn took(&mut self) {
        self.found += 1;
    }

    /// Offers the sink the record that `bytes` begin with, in the shape of those before. Returns how many bytes it has
    /// with what it comes in, or `None` if nothing was taken.
    #[inline]
    pub(super) fn quick(&mut self, bytes: &[u8], offset: u64) -> Option<usize> {
        // What is known of a record from pieces is said with it, which this way does not.
        // In what is left of something broken only the general way knows what counts.
        let is_torn = self.joined || self.quiet || self.memory.cut;
        if is_torn || self.guess().shape == Shape::Other || !self.is_noted() {
            return None;
        }
        self.quick_as(bytes, offset)
    }

    fn quick_as(&mut self, bytes: &[u8], offset: u64) -> Option<usize> {
        let bytes = &bytes[..bytes.len().min(MAX_VALUE)];
        let within = self.place_within();
        let place = |length: usize| within.unwrap_or(Place::of(offset, length));
        let length = match self.guess().shape {
            Shape::Other => None,
            Shape::Bare(spelling) => self.sink().quick(bytes, spelling, &mut |length| Some(place(length))),
            Shape::Wrapped => inside(bytes).and_then(|(at, spelling)| {
                let mut whole = None;
                let is_string = spelling == Spelling::Resolver(Quoting::Escaped);
                self.sink().quick(&bytes[at..], spelling, &mut |length| {
                    let end = rest(bytes, at + length, is_string)?;
                    whole = Some(end);
                    Some(place(end))
                })?;
                whole
            }),
        };
        match length {
            Some(_) => self.took(),
            None => self.guess().missed(),
        }
        length
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
    /// Offers the sink the record in the row that `bytes` begin with, if no other cell is quoted. Returns how many bytes
    /// the row has with its line end, or `None` if nothing was taken.
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
            Some(Place::of(offset, row.trim_ascii_end().len()))
        })?;
        self.took();
        whole
    }
}

/// Where in the object that `bytes` begin with the member stands that may be a record, and how it may be written there.
fn inside(bytes: &[u8]) -> Option<(usize, Spelling)> {
    let mut at = blanks(bytes, 1)?;
    loop {
        let (key, value) = member(bytes, at)?;
        if let Slot::Text(_) = slot(&bytes[key])? {
            return match &bytes[value..] {
                [b'"', b'{', ..] => Some((value + 1, Spelling::Resolver(Quoting::Escaped))),
                [b'{', ..] => Some((value, Spelling::Resolver(Quoting::Plain))),
                _ => None,
            };
        }
        at = blanks(bytes, end(bytes, value)?)?;
        at = blanks(bytes, at + usize::from(bytes[at] == b','))?;
    }
}

/// Where the object ends whose record ends at `at`; `is_string`: inside a string. Nothing may follow that could be a
/// record, too.
fn rest(bytes: &[u8], mut at: usize, is_string: bool) -> Option<usize> {
    if is_string {
        while bytes[at..].starts_with(b"\\n") {
            at += 2;
        }
        (bytes.get(at) == Some(&b'"')).then_some(())?;
        at += 1;
    }
    loop {
        at = blanks(bytes, at)?;
        match bytes[at] {
            b'}' => return Some(at + 1),
            b',' => at = blanks(bytes, at + 1)?,
            _ => return None,
        }
        let (key, value) = member(bytes, at)?;
        if matches!(slot(&bytes[key])?, Slot::Text(_)) {
            return None;
        }
        at = end(bytes, value)?;
    }
}

/// The meaning of a key, if it may stand beside a record.
fn slot(key: &[u8]) -> Option<Slot> {
    let slot = Slot::of(&text(key));
    matches!(
        slot,
        Slot::Text(_)
            | Slot::Other
            | Slot::Trait(Trait::EventId | Trait::SearchedLogStreams | Trait::Timestamp)
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
