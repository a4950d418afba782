//! Stretches of time of which records may be missing, and their being read.

use std::time::Duration;

use super::{Action, Timing, until_now};
use crate::base::moment::Moment;
use crate::live::time::{ClockShift, Now, after, before};
use crate::log::note::Gap;

/// The number of a reading; one that failed is continued under the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FillId(pub u32);

/// A stretch to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackfillRange {
    /// The number of the reading, the same when it is continued after a failure.
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
    /// Read by a clock that may be wrong; to be read again once the service told its time.
    Untold,
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
    /// The reading that was begun, to be continued, and when that was in the service's time.
    begun: Option<(BackfillRange, Moment)>,
}

impl Hole {
    fn gap(&self) -> Gap {
        Gap { from: self.from, until: self.until }
    }

    /// Whether it is known that not all of it was read. What was read and waits for a second look is not
    /// that.
    fn is_unread(&self) -> bool {
        self.stage == Stage::Open || self.stage != Stage::Untold && self.tries > 0
    }
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

    /// Adds a hole, to be read at `due`. One that was not begun yet and lies near is made wider instead, so
    /// that a stream that breaks all the time does not have the same minutes read again and again.
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

    /// What is still to be looked for a second time.
    pub(super) fn settling(&self) -> impl Iterator<Item = Gap> {
        self.list.iter().filter(|hole| hole.stage == Stage::Settling).map(Hole::gap)
    }

    /// Where the first of them begins.
    pub(super) fn first(&self) -> Option<Moment> {
        self.list.iter().map(|hole| hole.from).min()
    }

    /// Whether reading one failed the last time.
    pub(super) fn is_failing(&self) -> bool {
        self.list.iter().any(|hole| hole.tries > 0)
    }

    /// Whether one is being read for the first time, or waits for it.
    pub(super) fn is_filling(&self) -> bool {
        self.list.iter().any(|hole| matches!(hole.stage, Stage::Open | Stage::Poll))
    }

    /// What was asked for may have been earlier by so much, in milliseconds less than 0.
    pub(super) fn doubted(&mut self, back: i64) {
        self.floor = Moment(self.floor.0.saturating_add(back.min(0)));
    }

    /// What was never read to its end, or could not be the last time.
    pub(super) fn unread(&self) -> impl Iterator<Item = Gap> {
        self.list.iter().filter(|hole| hole.is_unread()).map(Hole::gap)
    }

    fn take(&mut self, id: FillId) -> Option<Hole> {
        if self.reading == Some(id) {
            self.reading = None;
        }
        let found = self.list.iter().position(|hole| hole.begun.is_some_and(|(fill, _)| fill.id == id))?;
        Some(self.list.remove(found))
    }

    /// A hole was read to its end. Returns what is lost all the same: whether it was the right stretch cannot
    /// be known unless the service told its time.
    pub(super) fn filled(&mut self, id: FillId, now: Now, timing: &Timing) -> Option<Gap> {
        let hole = self.take(id)?;
        let again = Hole { tries: 0, begun: None, ..hole };
        let began = hole.begun.map_or(now.earliest, |(_, began)| began);
        if !now.is_known {
            if hole.stage != Stage::Poll {
                self.list.push(Hole { stage: Stage::Untold, due: Duration::MAX, ..again });
            }
            return Some(hole.gap());
        }
        if hole.stage == Stage::Open {
            // What had arrived long before had settled.
            let from = hole.from.max(before(began, timing.settle));
            let due = now.elapsed.saturating_add(timing.settle);
            if from < hole.until {
                self.list.push(Hole { from, stage: Stage::Settling, due, ..again });
            }
        }
        None
    }

    /// Sets right what was taken for the service's time. What is being read is begun anew.
    pub(super) fn adjust_clock(&mut self, shift: ClockShift, actions: &mut Vec<Action>) {
        let later = |moment: Moment, by: i64| Moment(moment.0.saturating_add(by));
        self.floor = later(self.floor, shift.least);
        self.forgotten = self.floor;
        self.reading = None;
        for hole in &mut self.list {
            hole.from = later(hole.from, shift.least);
            hole.until = later(hole.until, shift.most);
            if hole.stage == Stage::Untold {
                (hole.stage, hole.due) = (Stage::Open, Duration::ZERO);
            }
            actions.extend(hole.begun.take().map(|(fill, _)| Action::Abandon(fill.id)));
        }
    }

    pub(super) fn unfilled(&mut self, id: FillId, again: impl FnOnce(u32) -> Duration) {
        let Some(hole) = self.take(id) else { return };
        let tries = hole.tries.saturating_add(1);
        self.list.push(Hole { due: again(hole.tries), tries, ..hole });
    }

    /// Takes a hole away; what is lost with it. Of one that was read before, that is what came late, if
    /// anything.
    pub(super) fn give_up(&mut self, id: FillId) -> Option<Gap> {
        self.take(id).map(|hole| hole.gap())
    }

    pub(super) fn forgot(&mut self, until: Moment) {
        self.forgotten = self.forgotten.max(until);
    }

    pub(super) fn wake(&self) -> Option<Duration> {
        if self.reading.is_some() {
            return None;
        }
        self.list.iter().map(|hole| hole.due).filter(|due| *due < Duration::MAX).min()
    }

    /// Has the next hole read that is due.
    pub(super) fn next(&mut self, now: Now, timing: &Timing, actions: &mut Vec<Action>) {
        while self.reading.is_none() {
            let due = |(_, hole): &(usize, &Hole)| hole.due <= now.elapsed;
            let next = self.list.iter().enumerate().filter(due).min_by_key(|(_, hole)| hole.due);
            let Some((at, _)) = next else { return };
            if let Some((fill, _)) = self.list[at].begun {
                // It goes on where it stopped: nothing that it read is read again.
                self.reading = Some(fill.id);
                actions.push(Action::Fill(fill));
                return;
            }
            if !self.cut(at, now, actions) {
                continue;
            }
            let hole = &mut self.list[at];
            let from = before(hole.from, hole.lookback).max(self.floor).max(self.forgotten);
            let fill = BackfillRange { id: FillId(self.next), from, until: after(hole.until, timing.margin) };
            self.next = self.next.wrapping_add(1);
            hole.begun = Some((fill, now.earliest));
            self.reading = Some(fill.id);
            actions.push(Action::Fill(fill));
        }
    }

    /// Cuts off what can no longer be told from what came already. Returns whether something is left.
    fn cut(&mut self, at: usize, now: Now, actions: &mut Vec<Action>) -> bool {
        let hole = &mut self.list[at];
        if before(hole.from, hole.lookback).max(self.floor) >= self.forgotten {
            return true;
        }
        // What arrived later may be older than that, too, by as much as is looked back for.
        let last = after(self.forgotten, hole.lookback).min(hole.until);
        if hole.from < last {
            actions.push(Action::Lost(until_now(Gap { from: hole.from, until: last }, now)));
        }
        hole.from = hole.from.max(self.forgotten.min(hole.until));
        if hole.from < hole.until {
            return true;
        }
        self.list.remove(at);
        false
    }
}
