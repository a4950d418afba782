//! Which format an input has, whichever thread saw it.

use crate::log::envelope::InputFormat;

/// A format, and where in the input it was seen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SeenFormat {
    pub(super) format: InputFormat,
    pub(super) offset: u64,
}

impl SeenFormat {
    /// Keeps what was seen first, whichever thread saw it; where no record was found, that something was
    /// there.
    pub(super) fn join(&mut self, other: Self) {
        let rank = |seen: &Self| match seen.format {
            InputFormat::Empty => (2, 0),
            InputFormat::Unknown => (1, 0),
            _ => (0, seen.offset),
        };
        if rank(&other) < rank(self) {
            *self = other;
        }
    }
}
