//! The place of a row.

/// The place of a row in its timeline. Good until the timeline takes in more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId {
    pub(super) chunk: u32,
    pub(super) at: u32,
}

/// The row at a place.
pub(super) fn id(chunk: usize, at: usize) -> RowId {
    RowId { chunk: u32::try_from(chunk).unwrap_or(u32::MAX), at: u32::try_from(at).unwrap_or(u32::MAX) }
}
