//! Which format an input has, whichever thread saw it.

use crate::envelope::Format;

/// A format, and where in the input it was seen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    pub(super) format: Format,
    pub(super) offset: u64,
}

impl Seen {
    /// Keeps what was seen first, whichever thread saw it; where no record was found, that something was
    /// there.
    pub(super) fn join(&mut self, other: Self) {
        let rank = |seen: &Self| match seen.format {
            Format::Empty => (2, 0),
            Format::Unknown => (1, 0),
            _ => (0, seen.offset),
        };
        if rank(&other) < rank(self) {
            *self = other;
        }
    }
}
