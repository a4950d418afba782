//! Writes a report on all cores.

use std::io::{self, Write};
use std::thread;

use crossbeam_channel::bounded;

use crate::edge::settings::FailOn;
use crate::fleet::Status;
use crate::report::{Format, PART, Parts, Report};

/// Whether `report` has what it is to fail on.
pub(super) fn is_found(report: &Report<'_>, fail_on: &[FailOn]) -> bool {
    if fail_on.is_empty() {
        return false;
    }
    let folded = &report.survey.fleet().tally().folded;
    let seen = report.statuses();
    let has = |status: Status| seen.contains(&status) || folded.for_status(status).pairs > 0;
    if fail_on.iter().any(|one| matches!(one, FailOn::Status(status) if has(*status))) {
        return true;
    }
    // Of what was folded away it is not known whose it was.
    let is_folded = || folded.some().any(|(status, folded)| status != Status::Native && folded.pairs > 0);
    fail_on.iter().any(|one| !matches!(one, FailOn::Status(_))) && {
        let (ready, origins) = report.readiness();
        is_folded() || fail_on.iter().any(|one| one.is_missed(ready, origins))
    }
}

/// Writes `report` to `out`: parts are made on `threads` threads, each in its turn, and written in order.
pub(super) fn write(
    report: &Report<'_>,
    format: Format,
    threads: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Parts { head, pairs, tail, remarks } = report.parts(format)?;
    out.write_all(&head)?;
    let parts: Vec<_> = pairs.chunks(PART).enumerate().collect();
    let threads = threads.clamp(1, parts.len().max(1));
    thread::scope(|scope| {
        let (parts, remarks, mut turns) = (&parts, &remarks, Vec::new());
        for first in 0..threads {
            // One part waits while the next is made: whoever is ahead waits for the one who writes.
            let (done, next) = bounded(1);
            turns.push(next);
            scope.spawn(move || {
                for (number, handles) in parts.iter().skip(first).step_by(threads) {
                    if done.send(report.part(format, *number, handles, remarks)).is_err() {
                        return;
                    }
                }
            });
        }
        for turn in turns.iter().cycle().take(parts.len()) {
            let part = turn.recv().map_err(|_| io::Error::other("a part of the report could not be made"))?;
            out.write_all(&part?)?;
        }
        // What is still being made when writing fails finds nobody to send it to.
        drop(turns);
        Ok(())
    })
    .and_then(|()| tail.write(report, out))
}
