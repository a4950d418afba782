//! The shape that records come in, learned from those before: what stood before and behind each.

use std::ops::Range;

use super::members::text;
use super::sink::Spelling;
use super::sketch::{KeySlot, ObjectKey};
use super::value::{Scan, Scanner, string_end};
use crate::base::simd::Joint;
use crate::log::observation::Quoting;

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
    pub(super) shape: RecordShape,
    misses: u8,
    pub(super) members: MembersBefore,
}

/// What stood before the values of the object that the last record was in, and what that meant.
pub(super) type MembersBefore = [Joint<KeySlot>; 6];

/// A guess that is wrong so often in a row is given up.
const MISSES: u8 = 8;

impl Guess {
    /// A record was read the general way, and came in this shape.
    pub(super) fn learn(&mut self, shape: RecordShape) {
        if self.shape != shape {
            (self.shape, self.misses) = (shape, 0);
        }
    }

    /// It came in another.
    pub(super) fn missed(&mut self) {
        self.misses += 1;
        if self.misses >= MISSES {
            (self.shape, self.misses) = (RecordShape::Other, 0);
        }
    }
}

/// Where in the object that `bytes` begin with the member stands that may be a record, how many members there
/// are up to it, and how it may be written there.
pub(super) fn inside(bytes: &[u8], members: &mut MembersBefore) -> Option<(usize, usize, Spelling)> {
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
pub(super) fn rest(
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
    let slot = KeySlot::from_key(&text(key));
    matches!(
        slot,
        KeySlot::Text(_)
            | KeySlot::Other
            | KeySlot::Trait(ObjectKey::EventId | ObjectKey::SearchedLogStreams | ObjectKey::Timestamp)
    )
    .then_some(slot)
}

/// The key that stands at `at`, with its quotation marks, and where its value begins.
fn member(bytes: &[u8], at: usize) -> Option<(Range<usize>, usize)> {
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
        Scan::Whole(length) if !scanner.is_colored() => Some(at + length),
        _ => None,
    }
}

/// The first place from `at` on that is no white space.
fn blanks(bytes: &[u8], at: usize) -> Option<usize> {
    let found = bytes.get(at..)?.iter().position(|byte| !matches!(byte, b' ' | b'\n' | b'\t' | b'\r'))?;
    Some(at + found)
}
