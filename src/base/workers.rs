//! Sharing out a pass over many things.
//!
//! What is pure starts no thread. Where a pass is worth sharing out, its parts are handed to a [`Workers`],
//! which the edge made: on how many threads they are done never shows in what comes of them, since parts are
//! put together in their order, or so that their order does not matter.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Calls a job with the number of each thread, at the same time if it can, and returns when all are done. It
/// may leave threads out, but not the first: what they would have done the others do.
type Work = fn(usize, &(dyn Fn(usize) + Sync));

/// Who a pass is shared out to.
#[derive(Clone, Copy, Debug)]
pub struct Workers {
    threads: usize,
    work: Work,
}

impl Default for Workers {
    fn default() -> Self {
        Self::ALONE
    }
}

impl Workers {
    /// Whoever calls, alone.
    pub const ALONE: Self = Self { threads: 1, work: |_, job| job(0) };

    /// Workers with this number of `threads`, at least one. `work` calls a job with the number of each of
    /// them, from 0 on, and waits for all.
    #[must_use]
    pub fn new(threads: usize, work: Work) -> Self {
        Self { threads: threads.max(1), work }
    }

    /// How many threads there are.
    #[must_use]
    pub fn threads(self) -> usize {
        self.threads
    }

    /// Deals the numbers below `parts` to the threads, each of which makes something of those it gets. Which
    /// those are is chance.
    pub fn share_out<T: Send + Sync>(
        self,
        parts: usize,
        job: impl Fn(&mut dyn Iterator<Item = usize>) -> T + Sync,
    ) -> Vec<T> {
        let threads = self.threads.min(parts).max(1);
        let next = AtomicUsize::new(0);
        let made: Vec<OnceLock<T>> = (0..threads).map(|_| OnceLock::new()).collect();
        let one = |thread: usize| {
            let mut dealt = std::iter::from_fn(|| {
                Some(next.fetch_add(1, Ordering::Relaxed)).filter(|number| *number < parts)
            });
            // A thread works once: it is empty.
            _ = made[thread].set(job(&mut dealt));
        };
        if threads == 1 {
            one(0);
        } else {
            (self.work)(threads, &one);
        }
        made.into_iter().filter_map(OnceLock::into_inner).collect()
    }

    /// What `job` makes of each number below `parts`, in their order.
    pub fn map<T: Send + Sync>(self, parts: usize, job: impl Fn(usize) -> T + Sync) -> Vec<T> {
        let made: Vec<OnceLock<T>> = (0..parts).map(|_| OnceLock::new()).collect();
        self.share_out(parts, |numbers| {
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

    /// Fewer threads than there are parts.
    pub(crate) const SOME: Workers = Workers {
        threads: 5,
        work: |threads, job| {
            std::thread::scope(|scope| {
                for thread in 1..threads.min(4) {
                    scope.spawn(move || job(thread));
                }
                job(0);
            });
        },
    };

    #[test]
    fn all_is_done_once_and_put_together_in_order() {
        for workers in [Workers::ALONE, SOME] {
            for parts in [0, 1, 2, 3, 100] {
                assert_eq!(
                    workers.map(parts, |number| number * 2),
                    (0..parts).map(|it| it * 2).collect::<Vec<_>>()
                );
                let mut dealt: Vec<usize> =
                    workers.share_out(parts, |numbers| numbers.collect::<Vec<_>>()).concat();
                dealt.sort_unstable();
                assert_eq!(dealt, (0..parts).collect::<Vec<_>>());
            }
        }
    }
}
