//! The place of a row.

use crate::base::saturating::SaturatingInto as _;

/// The place of a row in its timeline. Good until the timeline takes in more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId {
    pub(super) chunk: u32,
    pub(super) at: u32,
}

/// The row at a place.
pub(super) fn id(chunk: usize, at: usize) -> RowId {
    RowId { chunk: chunk.saturating_into(), at: at.saturating_into() }
}
