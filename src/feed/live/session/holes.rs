//! Stretches of time of which records may be missing, and their being read.

use std::time::Duration;

use super::{Action, Patience, after, before};
use crate::moment::Moment;
use crate::note::Gap;

/// The number of a reading; one that failed is continued under the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FillId(pub u32);

/// A stretch to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// Its number.
    pub id: FillId,
    /// From this time of a record.
    pub from: Moment,
    /// To this one, which is part of it.
    pub until: Moment,
}

/// How often a hole is still to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Not read yet.
    Open,
    /// Read; to be read again when late records have settled.
    Settling,
    /// A poll: the next takes care of late records.
    Poll,
}

#[derive(Clone, Copy, Debug)]
struct Hole {
    from: Moment,
    until: Moment,
    stage: Stage,
    /// When it is to be read next.
    due: Moment,
    /// How much earlier it is read.
    lookback: Duration,
    tries: u32,
    /// The reading that was begun, to be continued.
    begun: Option<Fill>,
}

/// All holes. At most one is being read at a time: the quota of requests is small.
#[derive(Debug)]
pub(super) struct Holes {
    list: Vec<Hole>,
    reading: Option<FillId>,
    next: u32,
    /// Nobody asked for what was before this.
    floor: Moment,
    forgotten: Moment,
}

impl Holes {
    pub(super) fn new(floor: Moment) -> Self {
        Self { list: Vec::new(), reading: None, next: 0, floor, forgotten: floor }
    }

    /// Adds a hole, to be read at `due`. One that was not begun yet and lies near is made wider instead, so that a
    /// stream that breaks all the time does not have the same minutes read again and again.
    pub(super) fn add(&mut self, from: Moment, until: Moment, due: Moment, lookback: Duration) {
        if from >= until {
            return;
        }
        let waiting = |hole: &&mut Hole| {
            hole.stage == Stage::Open && hole.begun.is_none() && from.0 - hole.until.0 <= 60_000
        };
        if let Some(hole) = self.list.iter_mut().find(waiting) {
            hole.from = hole.from.min(from);
            hole.until = hole.until.max(until);
            hole.due = hole.due.min(due);
        } else {
            self.list.push(Hole { from, until, stage: Stage::Open, due, lookback, tries: 0, begun: None });
        }
    }

    /// Adds the stretch of a poll.
    pub(super) fn poll(&mut self, from: Moment, now: Moment, lookback: Duration) {
        if from < now {
            let (stage, due) = (Stage::Poll, now);
            self.list.push(Hole { from, until: now, stage, due, lookback, tries: 0, begun: None });
        }
    }

    /// Whether a poll is being read, or waits for it.
    pub(super) fn is_polling(&self) -> bool {
        self.list.iter().any(|hole| hole.stage == Stage::Poll)
    }

    /// Where the first of them begins.
    pub(super) fn first(&self) -> Option<Moment> {
        self.list.iter().map(|hole| hole.from).min()
    }

    /// What was never read to its end.
    pub(super) fn unread(&self) -> impl Iterator<Item = Gap> {
        let open = self.list.iter().filter(|hole| hole.stage != Stage::Settling);
        open.map(|hole| Gap { from: hole.from, until: hole.until })
    }

    fn take(&mut self, id: FillId) -> Option<Hole> {
        if self.reading == Some(id) {
            self.reading = None;
        }
        let found = self.list.iter().position(|hole| hole.begun.is_some_and(|fill| fill.id == id))?;
        Some(self.list.remove(found))
    }

    pub(super) fn filled(&mut self, id: FillId, now: Moment, patience: &Patience) {
        let Some(hole) = self.take(id) else { return };
        if hole.stage == Stage::Open {
            // What arrived long ago has settled by now.
            let from = hole.from.max(before(hole.until, patience.lookback));
            let due = after(now, patience.settle);
            self.list.push(Hole { from, stage: Stage::Settling, due, tries: 0, begun: None, ..hole });
        }
    }

    pub(super) fn unfilled(&mut self, id: FillId, again: impl FnOnce(u32) -> Moment) {
        let Some(hole) = self.take(id) else { return };
        let tries = hole.tries.saturating_add(1);
        self.list.push(Hole { due: again(hole.tries), tries, ..hole });
    }

    /// Takes a hole away; what is lost with it, if it was not read before.
    pub(super) fn give_up(&mut self, id: FillId) -> Option<Gap> {
        let hole = self.take(id).filter(|hole| hole.stage != Stage::Settling)?;
        Some(Gap { from: hole.from, until: hole.until })
    }

    pub(super) fn forgot(&mut self, until: Moment) {
        self.forgotten = self.forgotten.max(until);
    }

    pub(super) fn wake(&self) -> Option<Moment> {
        if self.reading.is_some() {
            return None;
        }
        self.list.iter().map(|hole| hole.due).min()
    }

    /// Has the next hole read that is due.
    pub(super) fn next(&mut self, now: Moment, patience: &Patience, actions: &mut Vec<Action>) {
        while self.reading.is_none() {
            let due = |(_, hole): &(usize, &Hole)| hole.due <= now;
            let next = self.list.iter().enumerate().filter(due).min_by_key(|(_, hole)| hole.due);
            let Some((at, _)) = next else { return };
            if let Some(fill) = self.list[at].begun {
                // It goes on where it stopped: nothing that it read is read again.
                self.reading = Some(fill.id);
                actions.push(Action::Fill(fill));
                return;
            }
            if !self.cut(at, actions) {
                continue;
            }
            let hole = &mut self.list[at];
            let from = before(hole.from, hole.lookback).max(self.floor).max(self.forgotten);
            let fill = Fill { id: FillId(self.next), from, until: after(hole.until, patience.margin) };
            self.next = self.next.wrapping_add(1);
            hole.begun = Some(fill);
            self.reading = Some(fill.id);
            actions.push(Action::Fill(fill));
        }
    }

    /// Cuts off what can no longer be told from what came already. Returns whether something is left.
    fn cut(&mut self, at: usize, actions: &mut Vec<Action>) -> bool {
        let hole = &mut self.list[at];
        if hole.from >= self.forgotten {
            return true;
        }
        let cut = hole.until.min(self.forgotten);
        if hole.stage != Stage::Settling {
            actions.push(Action::Lost(Gap { from: hole.from, until: cut }));
        }
        hole.from = cut;
        if cut < hole.until {
            return true;
        }
        self.list.remove(at);
        false
    }
}
