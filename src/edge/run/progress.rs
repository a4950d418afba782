//! A line on standard error that says how far reading is.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{RecvTimeoutError, bounded};

use crate::base::figures::volume;
use crate::edge::feed::asked::AskedProgress as Queries;
use crate::edge::feed::reading::Progress;
use crate::edge::feed::s3::DeliveryProgress;

/// Nothing is shown of what is done sooner.
const PATIENCE: Duration = Duration::from_millis(700);
const EVERY: Duration = Duration::from_millis(200);

/// Does `work` while a line shows how far it is; `total` is the number of bytes to be read, 0 if it is not
/// known.
pub(super) fn shown<T>(progress: &Progress, total: u64, work: impl FnOnce() -> T) -> T {
    let (done, until) = bounded::<()>(0);
    thread::scope(|scope| {
        scope.spawn(move || show(progress, total, &until));
        let result = work();
        drop(done);
        result
    })
}

fn show(progress: &Progress, total: u64, until: &crossbeam_channel::Receiver<()>) {
    let start = Instant::now();
    let mut wait = PATIENCE;
    let mut drawn = false;
    while until.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
        wait = EVERY;
        drawn = true;
        let (bytes, records) =
            (progress.bytes.load(Ordering::Relaxed), progress.records.load(Ordering::Relaxed));
        let objects = ObjectsShown::from_progress(&progress.objects);
        let asked = asked(&progress.queries);
        let line = format!("{asked}{}", line(bytes, records, total, &objects, start.elapsed()));
        // That nobody sees it does not matter.
        let _ = write!(io::stderr(), "\r\u{1b}[K{line}");
    }
    if drawn {
        let _ = write!(io::stderr(), "\r\u{1b}[K");
    }
}

/// `3 of 14 parts asked, 1.2 GB scanned, `; nothing where nothing is asked.
fn asked(counts: &Queries) -> String {
    let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
    let (parts, done) = (of(&counts.parts), of(&counts.done));
    if parts == 0 {
        return String::new();
    }
    format!("{done} of {parts} parts asked, {} scanned, ", volume(of(&counts.scanned)))
}

/// How far the objects of S3 are.
#[derive(Clone, Copy, Debug, Default)]
struct ObjectsShown {
    done: u64,
    listed: u64,
    /// Bytes of those that are listed.
    bytes: u64,
    /// Whether there may be more.
    listing: bool,
}

impl ObjectsShown {
    fn from_progress(counts: &DeliveryProgress) -> Self {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Self {
            done: of(&counts.done),
            listed: of(&counts.listed),
            bytes: of(&counts.bytes),
            listing: !counts.is_listed.load(Ordering::Relaxed),
        }
    }

    /// `300 of 1248 objects, `; with `+` after the number while there may be more.
    fn words(&self) -> String {
        if self.listed == 0 {
            return String::new();
        }
        let more = if self.listing { "+" } else { "" };
        format!("{} of {}{more} objects, ", self.done, self.listed)
    }
}

/// `1.2 of 1.4 GB, 2,600,000 records, 3.1 million a second, 1 s left`; before it objects, if there are such.
fn line(bytes: u64, records: u64, total: u64, objects: &ObjectsShown, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64().max(0.001);
    let total = total + objects.bytes;
    let size = |bytes: u64| {
        let megabytes = bytes as f64 / 1e6;
        if megabytes < 1000.0 { format!("{megabytes:.0} MB") } else { format!("{:.1} GB", megabytes / 1e3) }
    };
    let mut line = format!("{}{}", objects.words(), size(bytes));
    if total > 0 {
        line.push_str(&format!(" of {}", size(total)));
    }
    if objects.listed > 0 {
        line.push_str(&format!(" at {:.1} MB a second", bytes as f64 / 1e6 / seconds));
    }
    line.push_str(&format!(", {records} records, {:.1} million a second", records as f64 / seconds / 1e6));
    // Where more may be listed, nobody knows how long it takes.
    let is_known = objects.listed == 0 || !objects.listing;
    if is_known && total > bytes && bytes > 0 {
        let left = seconds * (total - bytes) as f64 / bytes as f64;
        line.push_str(&format!(", {left:.0} s left"));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_bytes_records_rate_and_time_left() {
        let none = ObjectsShown::default();
        assert_eq!(
            line(700_000_000, 1_500_000, 1_400_000_000, &none, Duration::from_secs(2)),
            "700 MB of 1.4 GB, 1500000 records, 0.8 million a second, 2 s left"
        );
        assert_eq!(line(10, 0, 0, &none, Duration::from_secs(1)), "0 MB, 0 records, 0.0 million a second");
    }

    #[test]
    fn the_line_says_what_was_asked() {
        let counts = Queries::default();
        assert_eq!(asked(&counts), "");
        counts.parts.store(14, Ordering::Relaxed);
        counts.done.store(3, Ordering::Relaxed);
        counts.scanned.store(1_200_000_000, Ordering::Relaxed);
        assert_eq!(asked(&counts), "3 of 14 parts asked, 1.2 GB scanned, ");
    }

    #[test]
    fn the_line_says_how_many_objects_there_are() {
        let mut objects = ObjectsShown { done: 300, listed: 1248, bytes: 40_000_000, listing: true };
        assert_eq!(
            line(10_000_000, 100_000, 0, &objects, Duration::from_secs(2)),
            "300 of 1248+ objects, 10 MB of 40 MB at 5.0 MB a second, 100000 records, 0.1 million a second"
        );
        objects.listing = false;
        assert!(line(10_000_000, 100_000, 0, &objects, Duration::from_secs(2)).ends_with(", 6 s left"));
    }
}
