//! Parquet files, read as others are.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::seen::SeenFormat;
use super::{CountedBefore, Worker};
use crate::edge::feed::parquet::{self, OnDisk, ParquetSource};
use crate::log::envelope::{Envelope, Sink};

/// A file of at least this many bytes is shared out, in at most `PARTS` parts: each has to look at all of
/// its footer.
pub(super) const LARGE: u64 = 1 << 20;
const PARTS: usize = 16;

/// The row groups of a large Parquet file in parts; `None` if it is not one.
pub(super) fn groups(file: &mut File, length: u64) -> Option<Vec<Range<usize>>> {
    if length < LARGE || !parquet::begins(file).ok()? {
        return None;
    }
    // What is wrong with it, it says when its turn comes.
    let source = OnDisk::new(file.try_clone().ok()?).ok()?;
    Some(parquet::shares(&*source, PARTS).unwrap_or_default())
}

impl Worker<'_> {
    /// Reads a file on disk, or some of its row groups.
    pub(super) fn on_disk(
        &mut self,
        input: usize,
        file: File,
        groups: Option<Range<usize>>,
    ) -> io::Result<()> {
        self.columns(input, OnDisk::new(file)?, groups)
    }

    /// Reads what is in `source`.
    pub(super) fn columns(
        &mut self,
        input: usize,
        source: Arc<dyn ParquetSource>,
        groups: Option<Range<usize>>,
    ) -> io::Result<()> {
        let Self { digest, progress, memory, window, .. } = self;
        let columns = digest.columns().unwrap_or_default();
        let file = parquet::File::open(source, columns, *memory, *window)?;
        let groups = groups.unwrap_or(0..file.groups());
        let before = CountedBefore::from_digest(digest);
        let (mut envelope, offset) = (Envelope::default(), groups.start as u64);
        let read = file.read(groups, &mut envelope, digest, |bytes| {
            progress.bytes.fetch_add(bytes, Ordering::Relaxed);
            true
        });
        progress.records.fetch_add(digest.records() - before.records, Ordering::Relaxed);
        self.count(input, &before, SeenFormat { format: envelope.format(), offset });
        read
    }
}
