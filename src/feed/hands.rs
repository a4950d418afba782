//! The threads that a pass over a whole log is shared out to.

use std::num::NonZero;
use std::thread;

use crate::crew::Crew;

/// More hands than this would spend their time on putting together what they made.
const MOST: usize = 8;

/// So many hands, within reason.
#[must_use]
pub fn crew(hands: usize) -> Crew {
    Crew::new(hands.min(MOST), |hands, job| {
        thread::scope(|scope| {
            for hand in 1..hands {
                // A thread that cannot be had leaves its part to the others.
                _ = thread::Builder::new().spawn_scoped(scope, move || job(hand));
            }
            job(0);
        });
    })
}

/// As many hands as there are processors.
#[must_use]
pub fn of_processors() -> Crew {
    crew(thread::available_parallelism().map_or(1, NonZero::get))
}
