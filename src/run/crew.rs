//! The threads that passes over a whole log are shared out to.

use std::num::NonZero;
use std::thread;

use crate::timeline::Crew;

/// More hands than this would spend their time on putting together what they made.
const MOST: usize = 8;

/// As many hands as there are processors, within reason.
#[must_use]
pub fn crew() -> Crew {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    Crew::new(processors.min(MOST), |hands, job| {
        thread::scope(|scope| {
            for hand in 1..hands {
                // A thread that cannot be had leaves its part to the others.
                _ = thread::Builder::new().spawn_scoped(scope, move || job(hand));
            }
            job(0);
        });
    })
}
