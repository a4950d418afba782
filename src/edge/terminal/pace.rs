//! When frames are drawn, and when what came in is put into order.

use std::time::{Duration, Instant};

use crate::console::Model;

/// The least time between two frames that no key asked for.
const FRAME: Duration = Duration::from_millis(33);

/// How old what is shown may become while keys come without end.
const STALE: Duration = Duration::from_secs(1);

/// Putting what came in into order may take at most one part in this many of the time.
const SHARE: u32 = 4;

/// When to draw. Only if something changed, at most once in [`FRAME`], but at once if a key asked for it; and
/// what came in is put into order only as often as keys need not wait for it.
pub(super) struct Pace {
    pub(super) start: Instant,
    /// Something changed since the last frame.
    dirty: bool,
    /// A key waits for its frame.
    pub(super) urgent: bool,
    next_frame: Instant,
    next_tick: Instant,
    /// What putting things into order took last.
    cost: Duration,
}

impl Pace {
    pub(super) fn new(start: Instant) -> Self {
        Self { start, dirty: true, urgent: true, next_frame: start, next_tick: start, cost: Duration::ZERO }
    }

    pub(super) fn asked(&mut self, urgent: bool) {
        self.dirty = true;
        self.urgent |= urgent;
    }

    pub(super) fn frame_is_due(&self, now: Instant) -> bool {
        self.dirty && (self.urgent || now >= self.next_frame)
    }

    /// A key does not wait for what came in meanwhile, if that would take longer than a frame; but keys that
    /// never end do not keep it away for ever.
    pub(super) fn tick_is_due(&self, now: Instant) -> bool {
        let waits = self.urgent && self.cost > FRAME;
        now >= if waits { self.next_tick + STALE } else { self.next_tick }
    }

    pub(super) fn ticked(&mut self, now: Instant, cost: Duration) {
        self.next_tick = now + cost * SHARE;
        self.cost = cost;
    }

    pub(super) fn drawn(&mut self, now: Instant, stale: bool) {
        self.dirty = stale;
        self.urgent = false;
        self.next_frame = now + FRAME;
        if stale {
            self.next_frame = self.next_frame.max(self.next_tick);
        }
    }

    /// When to go on even if nothing comes in.
    pub(super) fn wake(&self, model: &Model) -> Option<Instant> {
        if self.dirty {
            Some(self.next_frame)
        } else {
            model.next_tick().map(|at| (self.start + at).max(self.next_frame))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_paced_and_keys_are_not() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        assert!(pace.frame_is_due(start), "the first at once");
        pace.drawn(start, false);
        assert!(!pace.frame_is_due(start + FRAME), "nothing changed");
        pace.asked(false);
        assert!(!pace.frame_is_due(start + FRAME / 2));
        assert!(pace.frame_is_due(start + FRAME));
        pace.asked(true);
        assert!(pace.frame_is_due(start), "a key does not wait");
        pace.ticked(start, FRAME);
        assert!(!pace.tick_is_due(start + FRAME * (SHARE - 1)) && pace.tick_is_due(start + FRAME * SHARE));
        pace.ticked(start, FRAME * 2);
        let due = start + FRAME * 2 * SHARE;
        assert!(
            !pace.tick_is_due(due) && pace.tick_is_due(due + STALE),
            "a key does not wait for that, but for long"
        );
        pace.ticked(start, FRAME);
        pace.drawn(start, true);
        assert!(
            pace.dirty && !pace.frame_is_due(start + FRAME),
            "what waits for its tick waits for its frame"
        );
        assert!(pace.frame_is_due(start + FRAME * SHARE));
    }
}
