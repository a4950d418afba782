//! Changes that happened just now, while somebody looked on.

use std::collections::VecDeque;
use std::time::Duration;

use crate::console::ranking::Flip;

/// How long a change stays highlighted.
pub const HIGHLIGHT: Duration = Duration::from_secs(6);

/// How many changes are remembered to be highlighted.
const FRESH: usize = 4096;

/// A change noticed while it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fresh {
    /// What changed.
    pub flip: Flip,
    /// When, since the start.
    pub noticed: Duration,
}

/// The changes of the last seconds, oldest first.
#[derive(Debug, Default)]
pub(in crate::console) struct Highlights(VecDeque<Fresh>);

impl Highlights {
    /// Those that are news: answers that became others.
    pub(in crate::console) fn turned(&self) -> impl DoubleEndedIterator<Item = &Fresh> {
        self.0.iter().filter(|fresh| fresh.flip.is_turn())
    }

    /// Something happened just now.
    pub(super) fn add(&mut self, flips: Vec<Flip>, now: Duration) {
        self.0.extend(flips.into_iter().map(|flip| Fresh { flip, noticed: now }));
        let surplus = self.0.len().saturating_sub(FRESH);
        self.0.drain(..surplus);
    }

    /// Somebody went elsewhere: nothing happened just now there.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Lets those go whose time is over.
    pub(super) fn tick(&mut self, now: Duration) {
        while self.0.front().is_some_and(|fresh| fresh.noticed + HIGHLIGHT <= now) {
            self.0.pop_front();
        }
    }

    /// When the next of them ends.
    pub(in crate::console) fn next_tick(&self) -> Option<Duration> {
        self.0.front().map(|fresh| fresh.noticed + HIGHLIGHT)
    }
}
