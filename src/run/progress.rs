//! A line on standard error that says how far reading is.

use std::io::{self, Write};
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{RecvTimeoutError, bounded};

use crate::feed::reading::Progress;

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
        let line = line(bytes, records, total, start.elapsed());
        // That nobody sees it does not matter.
        let _ = write!(io::stderr(), "\r\u{1b}[K{line}");
    }
    if drawn {
        let _ = write!(io::stderr(), "\r\u{1b}[K");
    }
}

/// `1.2 of 1.4 GB, 2,600,000 records, 3.1 million a second, 1 s left`.
fn line(bytes: u64, records: u64, total: u64, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64().max(0.001);
    let size = |bytes: u64| {
        let megabytes = bytes as f64 / 1e6;
        if megabytes < 1000.0 { format!("{megabytes:.0} MB") } else { format!("{:.1} GB", megabytes / 1e3) }
    };
    let mut line = size(bytes);
    if total > 0 {
        line.push_str(&format!(" of {}", size(total)));
    }
    line.push_str(&format!(", {records} records, {:.1} million a second", records as f64 / seconds / 1e6));
    if total > bytes && bytes > 0 {
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
        assert_eq!(
            line(700_000_000, 1_500_000, 1_400_000_000, Duration::from_secs(2)),
            "700 MB of 1.4 GB, 1500000 records, 0.8 million a second, 2 s left"
        );
        assert_eq!(line(10, 0, 0, Duration::from_secs(1)), "0 MB, 0 records, 0.0 million a second");
    }
}
