//! Files as others wrote them (`tests/interop/parquet.py`), whole and damaged.

use std::sync::Arc;

use bytes::Bytes;
use proptest::prelude::*;

use super::{File, HeldBytes, RowFile};
use crate::base::moment::Moment;
use crate::digest::{Digest, NoListener, Terms};
use crate::edge::feed::window::TimeWindow;
use crate::log::envelope::{Envelope, InputFormat};

/// Of Security Lake's table: zstd, dictionaries, three row groups of 25, 25 and 10.
const LAKE: &[u8] = include_bytes!("../../../../tests/parquet/lake.parquet");
/// The same: snappy, the second form of pages, no dictionaries, times with nanoseconds.
const SECOND: &[u8] = include_bytes!("../../../../tests/parquet/lake-v2.parquet");
/// With the names of the log: gzip.
const LOG: &[u8] = include_bytes!("../../../../tests/parquet/log.parquet");
/// Weighted, as DuckDB writes it.
const WEIGHTED: &[u8] = include_bytes!("../../../../tests/parquet/weighted.parquet");

/// How many records there were, what could not be read, the format, and the error.
fn read(bytes: impl Into<Bytes>) -> (u64, u64, InputFormat, Option<String>) {
    let mut digest = Digest::new(&Terms::default(), NoListener);
    let mut envelope = Envelope::default();
    let read = File::open(HeldBytes::all(bytes.into()), Arc::default(), None, TimeWindow::default())
        .and_then(|file| file.read(0..file.groups(), &mut envelope, &mut digest, |_| true));
    let (fleet, ..) = digest.finish();
    let tally = fleet.tally();
    (tally.records, tally.malformed, envelope.format(), read.err().map(|error| error.to_string()))
}

#[test]
fn files_of_others_are_read() {
    for (bytes, format) in [
        (LAKE, InputFormat::Parquet),
        (SECOND, InputFormat::Parquet),
        (LOG, InputFormat::Parquet),
        (WEIGHTED, InputFormat::Weighted),
    ] {
        assert_eq!(read(bytes), (60, 0, format, None));
    }
}

/// How many records are of a time, how many are not, and the error; row groups are chosen by `window`.
fn read_within(
    bytes: impl Into<Bytes>,
    since: Moment,
    until: Moment,
    window: TimeWindow,
) -> (u64, u64, Option<String>) {
    let terms = Terms { since: Some(since), until: Some(until), ..Terms::default() };
    let mut digest = Digest::new(&terms, NoListener);
    let read = File::open(HeldBytes::all(bytes.into()), Arc::default(), None, window)
        .and_then(|file| file.read(0..file.groups(), &mut Envelope::default(), &mut digest, |_| true));
    let (fleet, ..) = digest.finish();
    (fleet.tally().records, fleet.tally().outside, read.err().map(|error| error.to_string()))
}

#[test]
fn row_groups_of_another_time_are_not_read() {
    let (earliest, latest) = (Moment(0), Moment(i64::MAX));
    for file in [LAKE, SECOND, LOG] {
        let mut digest = Digest::new(&Terms::default(), NoListener);
        let whole =
            File::open(HeldBytes::all(file.into()), Arc::default(), None, TimeWindow::default()).unwrap();
        whole.read(0..whole.groups(), &mut Envelope::default(), &mut digest, |_| true).unwrap();
        let (first, last) = digest.finish().0.tally().range.unwrap();
        let step = (last.0 - first.0) / 20;
        let at = |step_of: i64| Moment(first.0 + step_of * step);
        let times = (-1..22).flat_map(|from| [0, 1, 5].map(|length| (at(from), at(from + length))));
        for (since, until) in times.chain([(earliest, first), (last, latest)]) {
            let window = TimeWindow { since: Some(since), until: Some(until) };
            let read = read_within(file, since, until, window);
            assert_eq!(read, read_within(file, since, until, TimeWindow::default()), "{since} {until}");
            assert_eq!((read.0 + read.1, read.2), (60, None));
        }
        // No page is looked at of what the file says to be of another time, as the first one does.
        if file == LAKE {
            let length = file.len();
            let footer = u32::from_le_bytes(file[length - 8..length - 4].try_into().unwrap()) as usize;
            let mut damaged = file.to_vec();
            damaged[4..length - 8 - footer].fill(0xff);
            let behind = (Moment(last.0 + 1), latest);
            let before = (earliest, Moment(first.0 - 1));
            for (since, until) in [behind, before] {
                let window = TimeWindow { since: Some(since), until: Some(until) };
                assert_eq!(read_within(damaged.clone(), since, until, window), (0, 60, None));
                assert!(read_within(damaged.clone(), since, until, TimeWindow::default()).2.is_some());
            }
            let window = TimeWindow { since: Some(first), until: Some(last) };
            assert!(read_within(damaged, first, last, window).2.is_some());
        }
    }
}

#[test]
fn rows_are_shown_as_objects() {
    let mut rows = RowFile::open(HeldBytes::all(LAKE.into())).unwrap();
    let events = include_str!("../../../../tests/parquet/events.jsonl");
    let events: Vec<serde_json::Value> =
        events.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for at in [0, 1, 24, 25, 59, 58, 3, 30] {
        let row: serde_json::Value = serde_json::from_slice(&rows.take(at).unwrap()).unwrap();
        let event = &events[usize::try_from(at).unwrap()];
        assert_eq!((&row["query"], &row["answers"]), (&event["query"], &event["answers"]), "{at}");
        assert_eq!((&row["unmapped"], &row["metadata"]), (&event["unmapped"], &event["metadata"]), "{at}");
    }
    assert_eq!(
        rows.take(60).unwrap_err().to_string(),
        "the Parquet file is damaged: it has fewer rows than it had"
    );
}

#[test]
fn what_is_behind_a_fault_in_a_row_group_is_said_and_the_others_count() {
    let footer = LAKE.len() - 8;
    let mut damaged = LAKE.to_vec();
    // Somewhere in the second row group: a page that does not unpack any more.
    let frames: Vec<usize> =
        (4..footer).filter(|at| LAKE[*at..].starts_with(&[0x28, 0xb5, 0x2f, 0xfd])).collect();
    let at = frames[frames.len() / 2];
    damaged[at + 4..at + 12].fill(0xff);
    let (records, malformed, _, error) = read(damaged);
    let error = error.unwrap_or_default();
    assert!(records >= 35 && malformed == 0, "{records} {error}");
    if records < 60 {
        let said = "the Parquet file is damaged: a page of it does not unpack; of its row group 2 of 3, ";
        assert!(error.starts_with(said), "{error}");
    }
}

#[test]
fn what_is_no_whole_file_is_refused() {
    for (bytes, said) in [
        (&b"PAR1"[..], "it is too short to have a footer"),
        (&LAKE[..LAKE.len() / 2], "it has no footer: it was cut short, or is still being written"),
        (b"PAR1\x15\x04\xff\0\0\0PAR1", "its footer is longer than the file"),
        (b"PAR1\x15\x04\xff\xff\xff\x7fPAR1", "its footer is longer than the 16 MiB that one may have"),
        (b"PAR1\x15\x04\x04\0\0\0PARE", "its footer is encrypted"),
        (b"PAR1\x15\x15\x02\0\0\0PAR1", "cut short"),
    ] {
        let (records, _, _, error) = read(Bytes::copy_from_slice(bytes));
        assert!(records == 0 && error.as_deref().unwrap_or_default().contains(said), "{error:?}");
    }
}

proptest! {
    /// Whatever is changed in a file, what is left of it is read, and the rest is an error.
    #[test]
    fn damage_is_an_error_and_nothing_else(
        which in 0_usize..4,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        in_footer in any::<bool>(),
        cut in proptest::option::weighted(0.1, any::<prop::sample::Index>()),
    ) {
        let mut bytes = [LAKE, SECOND, LOG, WEIGHTED][which].to_vec();
        let length = bytes.len();
        let footer = u32::from_le_bytes(bytes[length - 8..length - 4].try_into().unwrap()) as usize;
        let start = if in_footer { length - 8 - footer } else { 4 };
        for (at, byte) in changes {
            let at = start + at.index(length - 8 - start);
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            // The footer stays; something before it is gone.
            let at = 4 + cut.index(length - footer - 16);
            bytes.drain(at..=at);
        }
        let (records, malformed, ..) = read(bytes);
        // A number of rows may have been changed to a larger one; a weight may be anything.
        prop_assert!(which == 3 || records + malformed < 1 << 24);
    }
}
