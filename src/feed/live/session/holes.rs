//! Stretches of time of which records may be missing, and their being read.

use std::time::Duration;

use super::super::clock::{Now, Shift};
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
    /// When it is to be read next, on the monotonic clock.
    due: Duration,
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
    pub(super) fn add(&mut self, from: Moment, until: Moment, due: Duration, lookback: Duration) {
        if from >= until {
            return;
        }
        let waiting = |hole: &&mut Hole| {
            hole.stage == Stage::Open && hole.begun.is_none() && from.0.saturating_sub(hole.until.0) <= 60_000
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
    pub(super) fn poll(&mut self, from: Moment, now: Now, lookback: Duration) {
        if from < now.latest {
            let (stage, due, until) = (Stage::Poll, now.elapsed, now.latest);
            self.list.push(Hole { from, until, stage, due, lookback, tries: 0, begun: None });
        }
    }

    /// Whether a poll is being read, or waits for it.
    pub(super) fn is_polling(&self) -> bool {
        self.list.iter().any(|hole| hole.stage == Stage::Poll)
    }

    /// Whether late records of one are still to be looked for.
    pub(super) fn is_settling(&self) -> bool {
        self.list.iter().any(|hole| hole.stage == Stage::Settling)
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

    /// A hole was read to its end. Returns it if it was read for the first time.
    pub(super) fn filled(&mut self, id: FillId, now: Now, patience: &Patience) -> Option<Gap> {
        let hole = self.take(id)?;
        if hole.stage == Stage::Open {
            // What arrived long ago has settled by now.
            let last = hole.until.min(now.earliest);
            let from = hole.from.max(before(last, patience.lookback));
            let due = now.elapsed.saturating_add(patience.settle);
            self.list.push(Hole { from, stage: Stage::Settling, due, tries: 0, begun: None, ..hole });
        }
        (hole.stage != Stage::Settling).then_some(Gap { from: hole.from, until: hole.until })
    }

    /// Sets right what was taken for the service's time. What is being read is begun anew.
    pub(super) fn told(&mut self, shift: Shift, actions: &mut Vec<Action>) {
        let later = |moment: Moment, by: i64| Moment(moment.0.saturating_add(by));
        self.floor = later(self.floor, shift.least);
        self.forgotten = self.floor;
        self.reading = None;
        for hole in &mut self.list {
            hole.from = later(hole.from, shift.least);
            hole.until = later(hole.until, shift.most);
            actions.extend(hole.begun.take().map(|fill| Action::Abandon(fill.id)));
        }
    }

    pub(super) fn unfilled(&mut self, id: FillId, again: impl FnOnce(u32) -> Duration) {
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

    pub(super) fn wake(&self) -> Option<Duration> {
        if self.reading.is_some() {
            return None;
        }
        self.list.iter().map(|hole| hole.due).min()
    }

    /// Has the next hole read that is due.
    pub(super) fn next(&mut self, elapsed: Duration, patience: &Patience, actions: &mut Vec<Action>) {
        while self.reading.is_none() {
            let due = |(_, hole): &(usize, &Hole)| hole.due <= elapsed;
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
