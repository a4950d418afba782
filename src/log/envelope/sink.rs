//! Who takes what is found in an envelope, and where it stood.

use std::sync::Arc;

use crate::base::saturating::SaturatingInto as _;
use crate::log::note::{Incomplete, Note};
use crate::log::observation::Quoting;
use crate::log::record::{ColumnNames, Malformed, Record, RecordGroup};

/// Where a record stood in its input once that was decompressed.
///
/// The value is the element of the list that held the record (an event of `filter-log-events`), or the value
/// that stood by itself, or the row of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RecordPlace {
    /// Bytes before the value that holds the record.
    pub offset: u64,
    /// Bytes of that value.
    pub length: u32,
}

impl RecordPlace {
    /// The place of `length` bytes at `offset`. Values are held to
    /// [`MAX_VALUE`](crate::log::record::MAX_VALUE); only a place that is shown could be cut here.
    pub(super) fn new(offset: u64, length: usize) -> Self {
        Self { offset, length: length.saturating_into() }
    }
}

/// What a sink is asked to read a record as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// The resolver's own keys, in any order and with any spacing, in such quotation marks.
    Resolver(Quoting),
    /// An event of OCSF class 4003.
    Event,
}

/// Is told how many bytes a record has, and says where it stands, or that it is not to be taken.
pub type Check<'c> = dyn FnMut(usize) -> Option<RecordPlace> + 'c;

/// Who takes what is found in an envelope.
pub trait Sink {
    /// Offers bytes that begin with a `{` at `offset`, perhaps a record in the resolver's own spelling,
    /// perhaps cut short by the end of what was read so far. Returns how many bytes the record had, or `None`
    /// if it is not in that spelling (nothing was taken then).
    fn canonical(&mut self, bytes: &[u8], offset: u64) -> Option<usize>;
    /// As [`Sink::canonical`], for bytes that were inside the value at `place`, as a string or packed: they
    /// do not stand in the input as they are.
    fn unwrapped(&mut self, bytes: &[u8], place: RecordPlace) -> Option<usize> {
        self.canonical(bytes, place.offset)
    }
    /// What columns and keys are called, if somebody gave them names.
    fn columns(&self) -> Option<Arc<ColumnNames>> {
        None
    }
    /// Offers bytes that begin with a `{`, perhaps a record in another spelling; asked only where one of that
    /// spelling came before. `check` is told how many bytes the record has, and says where it stands, or that
    /// it is not to be taken. Returns how many bytes the record had, or `None` if nothing was taken.
    fn quick(&mut self, _bytes: &[u8], _spelling: Spelling, _check: &mut Check<'_>) -> Option<usize> {
        None
    }
    /// Takes a record that was read the general way.
    fn record(&mut self, record: &Record<'_>, place: RecordPlace);
    /// Takes records that were counted before. Returns whether it did: who wants single records does not.
    fn group(&mut self, _: &RecordGroup<'_>, _: RecordPlace) -> bool {
        false
    }
    /// Takes that so many more rows could not be read where records were counted, and why.
    fn unread(&mut self, _: Malformed, _: u64) {}
    /// Takes that so many more rows are of another time than is asked for.
    fn outside(&mut self, _: u64) {}
    /// Takes a note that stood among the records.
    fn note(&mut self, _: Note) {}
    /// Takes that something was read which says that there is more, and how much of it if that is known.
    fn incomplete(&mut self, _: Incomplete, _: u64) {}
    /// Takes what could not be read: why, and its first bytes.
    fn malformed(&mut self, why: Malformed, sample: &[u8], place: RecordPlace);
}
