//! Sharing out a pass over many things.
//!
//! What is pure starts no thread. Where a pass is worth sharing out, its parts are handed to a [`Crew`],
//! which the edge made: on how many threads they are done never shows in what comes of them, since parts are
//! put together in their order, or so that their order does not matter.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Calls a job with the number of each hand, at the same time if it can, and returns when all are done. It
/// may leave hands out, but not the first: what they would have done the others do.
type Work = fn(usize, &(dyn Fn(usize) + Sync));

/// Who a pass is shared out to.
#[derive(Clone, Copy, Debug)]
pub struct Crew {
    hands: usize,
    work: Work,
}

impl Default for Crew {
    fn default() -> Self {
        Self::ALONE
    }
}

impl Crew {
    /// Whoever calls, alone.
    pub const ALONE: Self = Self { hands: 1, work: |_, job| job(0) };

    /// So many hands, at least one. `work` calls a job with the number of each of them, from 0 on, and waits
    /// for all.
    #[must_use]
    pub fn new(hands: usize, work: Work) -> Self {
        Self { hands: hands.max(1), work }
    }

    /// How many hands there are.
    #[must_use]
    pub fn hands(self) -> usize {
        self.hands
    }

    /// Deals the numbers below `parts` to the hands, each of which makes something of those it gets. Which
    /// those are is chance.
    pub fn deal<T: Send + Sync>(
        self,
        parts: usize,
        job: impl Fn(&mut dyn Iterator<Item = usize>) -> T + Sync,
    ) -> Vec<T> {
        let hands = self.hands.min(parts).max(1);
        let next = AtomicUsize::new(0);
        let made: Vec<OnceLock<T>> = (0..hands).map(|_| OnceLock::new()).collect();
        let one = |hand: usize| {
            let mut dealt = std::iter::from_fn(|| {
                Some(next.fetch_add(1, Ordering::Relaxed)).filter(|number| *number < parts)
            });
            // A hand works once: it is empty.
            _ = made[hand].set(job(&mut dealt));
        };
        if hands == 1 {
            one(0);
        } else {
            (self.work)(hands, &one);
        }
        made.into_iter().filter_map(OnceLock::into_inner).collect()
    }

    /// What `job` makes of each number below `parts`, in their order.
    pub fn map<T: Send + Sync>(self, parts: usize, job: impl Fn(usize) -> T + Sync) -> Vec<T> {
        let made: Vec<OnceLock<T>> = (0..parts).map(|_| OnceLock::new()).collect();
        self.deal(parts, |numbers| {
            for number in numbers {
                // Each number is dealt once: it is empty.
                _ = made[number].set(job(number));
            }
        });
        made.into_iter().filter_map(OnceLock::into_inner).collect()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Some threads, fewer than there are hands.
    pub(crate) const SOME: Crew = Crew {
        hands: 5,
        work: |hands, job| {
            std::thread::scope(|scope| {
                for hand in 1..hands.min(4) {
                    scope.spawn(move || job(hand));
                }
                job(0);
            });
        },
    };

    #[test]
    fn all_is_done_once_and_put_together_in_order() {
        for crew in [Crew::ALONE, SOME] {
            for parts in [0, 1, 2, 3, 100] {
                assert_eq!(
                    crew.map(parts, |number| number * 2),
                    (0..parts).map(|it| it * 2).collect::<Vec<_>>()
                );
                let mut dealt: Vec<usize> = crew.deal(parts, |numbers| numbers.collect::<Vec<_>>()).concat();
                dealt.sort_unstable();
                assert_eq!(dealt, (0..parts).collect::<Vec<_>>());
            }
        }
    }
}
