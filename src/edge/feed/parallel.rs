//! The threads that a pass over a whole log is shared out to.

use std::num::NonZero;
use std::thread;

use crate::base::workers::Workers;

/// More threads than this would spend their time on putting together what they made.
const MOST: usize = 8;

/// `threads` threads, but at most `MOST`.
#[must_use]
pub fn workers(threads: usize) -> Workers {
    Workers::new(threads.min(MOST), |threads, job| {
        thread::scope(|scope| {
            for thread in 1..threads {
                // A thread that cannot be had leaves its part to the others.
                _ = thread::Builder::new().spawn_scoped(scope, move || job(thread));
            }
            job(0);
        });
    })
}

/// As many threads as there are processors.
#[must_use]
pub fn one_per_processor() -> Workers {
    workers(thread::available_parallelism().map_or(1, NonZero::get))
}
