//! Parquet files, whole and damaged: row groups read one by one hold the records that the file holds, and
//! what cannot be read is an error.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use r53tail::digest::{Digest, NoListener, Terms};
use r53tail::edge::feed::parquet::{File, HeldBytes, RowFile};
use r53tail::edge::feed::window::TimeWindow;
use r53tail::log::envelope::Envelope;

/// What pages may take in memory.
const MEMORY: usize = 64 << 20;

/// Reads a file.
pub fn run(data: &[u8]) {
    let bytes = Bytes::copy_from_slice(data);
    let open =
        || File::open(HeldBytes::all(bytes.clone()), Arc::default(), Some(MEMORY), TimeWindow::default());
    let Ok(file) = open() else { return };
    let read = |groups: Range<usize>| {
        let mut digest = Digest::new(&Terms::default(), NoListener);
        let read = file.read(groups, &mut Envelope::default(), &mut digest, |_| true);
        let tally = digest.finish().0.tally().clone();
        ([tally.records, tally.malformed, tally.ignored], read.is_ok())
    };
    let (whole, is_whole) = read(0..file.groups());
    let mut sum = [0; 3];
    let mut are_whole = true;
    for group in 0..file.groups() {
        let (counted, is_whole) = read(group..group + 1);
        sum.iter_mut().zip(counted).for_each(|(sum, counted)| *sum += counted);
        are_whole &= is_whole;
    }
    assert_eq!((whole, is_whole), (sum, are_whole), "in {} row groups", file.groups());
    let Ok(mut rows) = RowFile::open(HeldBytes::all(bytes)) else { return };
    for row in [0, 1, 7, 3] {
        if let Ok(row) = rows.take(row) {
            serde_json::from_slice::<serde_json::Value>(&row).expect("a row is shown as JSON");
        }
    }
}
