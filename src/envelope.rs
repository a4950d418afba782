//! What a record travels in: a bare line, an export line, a document of the CLI, a subscription payload, a table.

use crate::record::{Malformed, Record};

/// The largest single JSON value, line or field taken in at once, in bytes.
pub const MAX_VALUE: usize = 4 << 20;

/// Where a record stood in its input once that was decompressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// Bytes before the value that holds the record.
    pub offset: u64,
    /// Bytes of that value.
    pub length: u32,
}

/// Who takes what is found in an envelope.
pub trait Sink {
    /// Offers bytes that begin with a `{` at `offset`, perhaps a record in the resolver's own spelling, perhaps cut
    /// short by the end of what was read so far. Returns how many bytes the record had, or `None` if it is not in
    /// that spelling (nothing was taken then).
    fn canonical(&mut self, bytes: &[u8], offset: u64) -> Option<usize>;
    /// Takes a record that was read the general way.
    fn record(&mut self, record: &Record<'_>, place: Place);
    /// Takes what could not be read: why, and its first bytes.
    fn malformed(&mut self, why: Malformed, sample: &[u8], place: Place);
}
