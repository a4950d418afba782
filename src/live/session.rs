//! A session: one stream after the other over the same log groups, as a machine that knows no clock and no
//! network. (What AWS calls a Live Tail session is one such stream, of three hours at most.)
//!
//! What happened comes in with the time of it ([`Session::on`]), what is to be done comes out. The machine's
//! concern is that nothing is missing: from each stretch in which no stream was read it makes a hole, and a
//! hole is read with `FilterLogEvents` until it is filled, or is reported as a gap.
//!
//! - A hole begins ten seconds before the last update came, not at the last event: a quiet stream says once a
//!   second that there is nothing (`StartLiveTail`, "one update per second"), and holds up to ten updates for
//!   a slow reader.
//! - It is read from a while before its beginning, since records arrive late and `FilterLogEvents` selects by
//!   the record's time, not by that of its arrival.
//! - Its edges are moments of the service's clock, the one as early and the other as late as they may be
//!   ([`super::time`]); waits go by the monotonic clock.
//! - It is read twice: at once, so that something is to be seen, and again when late records have settled.
//!   Where the second reading is refused, what had not settled is a gap.
//! - What cannot be known is a gap, too: where two answers of the service contradict each other, all since
//!   the last on which they agree is read again.

use std::time::Duration;

use super::time::{ClockDoubt, ClockShift, Now, before, millis};
use super::trouble::TroubleClass;
use crate::base::moment::Moment;
use crate::log::note::Gap;

mod backfill;
mod timing;

use backfill::Holes;
pub use backfill::{BackfillRange, FillId};
pub use timing::Timing;

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StreamEnd {
    /// The three hours that the service gives a stream were over.
    TimeUp,
    /// The service ended it without a word.
    Closed,
    /// It broke, or what came could not be read.
    Broken,
    /// No update came for so long that nobody is there any more.
    Silent,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionInput {
    /// Time went by.
    Tick,
    /// A stream was started.
    Connected,
    /// An update of the stream came.
    Update {
        /// Whether it held a sample only, since there were more than 500 events in its second.
        sampled: bool,
        /// When the first and the last of its events arrived at the service; `None` if it had no events.
        arrived: Option<(Moment, Moment)>,
    },
    /// The stream ended.
    Ended(StreamEnd),
    /// No stream could be started.
    Failed(TroubleClass),
    /// A stretch was read to its end.
    Filled(FillId),
    /// Reading a stretch failed; what was read of it counts, and it can be continued.
    Unfilled(FillId, TroubleClass),
    /// Records before this can no longer be told from those that came already.
    Forgot(Moment),
    /// The service told its time first, and what was taken for it was so far off.
    Told(ClockShift),
    /// This machine may have slept, so that no clock counted how long no update came.
    Slept,
    /// What was taken for the service's time may be wrong.
    Doubted(ClockDoubt),
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Start a stream.
    Connect,
    /// Read this stretch with `FilterLogEvents`, or go on with it.
    Fill(BackfillRange),
    /// This stretch is not wanted any more.
    Abandon(FillId),
    /// Not all of this stretch could be read.
    Lost(Gap),
    /// Of this second there was a sample only.
    Sampled(Gap),
}

/// What a session is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// A stream is being started; the number of attempts that failed before this one.
    Connecting(u32),
    /// Updates come.
    Streaming,
    /// No update came for some seconds, although the service sends one every second.
    Stalled,
    /// Waiting to start a stream again.
    Waiting {
        /// Until when, on the monotonic clock.
        until: Duration,
        /// The failure after which it waits; `None` if a stream just ended.
        why: Option<TroubleClass>,
    },
    /// No stream: reading with `FilterLogEvents` every few seconds.
    Polling(TroubleClass),
    /// Nothing can be read; it would be refused again.
    Refused(TroubleClass),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Connecting,
    Streaming { since: Duration, updated: Duration },
    Waiting { until: Duration, why: Option<TroubleClass> },
    Polling(Polling),
    Refused(TroubleClass),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Polling {
    why: TroubleClass,
    /// When to poll next.
    next: Duration,
    /// Until when all that arrived was seen, late records too; and when they were looked for.
    late: (Moment, Duration),
    /// When to try Live Tail again, if that makes sense.
    live_again: Option<Duration>,
    connecting: bool,
}

/// One series of streams over the same log groups.
#[derive(Debug)]
pub struct Session {
    timing: Timing,
    complete: bool,
    state: State,
    /// Failures in a row.
    attempts: u32,
    /// All that arrived before this was seen, or is in a hole: in the service's time.
    seen: Moment,
    holes: Holes,
    reconnects: u64,
    /// Milliseconds of streams that ended.
    streamed: i64,
}

/// What is to come is no gap, even if the time is not known well.
fn until_now(gap: Gap, now: Now) -> Gap {
    Gap { until: gap.until.min(now.latest).max(gap.from), ..gap }
}

/// What arrived before this comes late: the service holds ten updates for a slow reader, and drops what is
/// older.
fn covered_late(now: Now, timing: &Timing) -> Moment {
    before(now.earliest, timing.held + timing.held / 2)
}

impl Session {
    /// A session that begins with the records since `since`, and its first action. `complete` asks for
    /// seconds of which there was a sample to be read again.
    #[must_use]
    pub fn start(since: Moment, complete: bool, timing: Timing) -> (Self, Vec<Action>) {
        let session = Self {
            timing,
            complete,
            state: State::Connecting,
            attempts: 0,
            seen: since,
            holes: Holes::new(since),
            reconnects: 0,
            streamed: 0,
        };
        (session, vec![Action::Connect])
    }

    /// Takes in what happened at `now`. `jitter`, out of a thousand, spreads the attempts of many who were
    /// cut off at the same time.
    #[must_use]
    pub fn on(&mut self, now: Now, input: SessionInput, jitter: u16) -> Vec<Action> {
        let mut actions = Vec::new();
        match input {
            SessionInput::Tick => self.tick(now, &mut actions),
            SessionInput::Connected => self.connected(now),
            SessionInput::Update { sampled, arrived } => self.updated(now, sampled, arrived, &mut actions),
            SessionInput::Ended(end) => self.ended(now.elapsed, end, jitter, &mut actions),
            SessionInput::Failed(class) => self.failed(now, class, jitter),
            SessionInput::Filled(id) => {
                actions.extend(self.holes.filled(id, now, &self.timing).map(Action::Lost));
            }
            SessionInput::Unfilled(id, class) => {
                let wait = |tries| self.timing.wait(tries, jitter);
                if matches!(class, TroubleClass::Denied | TroubleClass::Refused) {
                    self.give_up(now, id, class, &mut actions);
                } else {
                    self.holes.unfilled(id, |tries| now.elapsed.saturating_add(wait(tries)));
                }
            }
            SessionInput::Forgot(until) => self.holes.forgot(until),
            SessionInput::Told(shift) => self.adjust_clock(shift, &mut actions),
            SessionInput::Slept => self.slept(now),
            SessionInput::Doubted(doubt) => self.doubted(now, doubt),
        }
        self.holes.next(now, &self.timing, &mut actions);
        actions
    }

    /// When [`SessionInput::Tick`] is to come, if nothing else does, on the monotonic clock.
    #[must_use]
    pub fn wake(&self) -> Option<Duration> {
        let own = match self.state {
            State::Waiting { until, .. } => Some(until),
            State::Polling(polling) => {
                let live = polling.live_again.filter(|_| !polling.connecting);
                let poll = (!self.holes.is_polling()).then_some(polling.next);
                live.into_iter().chain(poll).min()
            }
            State::Connecting | State::Streaming { .. } | State::Refused(_) => None,
        };
        own.into_iter().chain(self.holes.wake()).min()
    }

    /// What the session is doing at this elapsed time.
    #[must_use]
    pub fn phase(&self, elapsed: Duration) -> Phase {
        match self.state {
            State::Connecting => Phase::Connecting(self.attempts),
            State::Streaming { updated, .. } if elapsed > updated.saturating_add(self.timing.stalled) => {
                Phase::Stalled
            }
            State::Streaming { .. } => Phase::Streaming,
            State::Waiting { until, why } => Phase::Waiting { until, why },
            State::Polling(polling) => Phase::Polling(polling.why),
            State::Refused(why) => Phase::Refused(why),
        }
    }

    /// How often a stream was started after the first.
    #[must_use]
    pub fn reconnects(&self) -> u64 {
        self.reconnects
    }

    /// Whether a stretch is being read, or waits for it.
    #[must_use]
    pub fn is_filling(&self) -> bool {
        self.holes.is_filling()
    }

    /// What arrived in this stretch is still to be looked for a second time.
    #[must_use]
    pub fn settling(&self, now: Now) -> Option<Gap> {
        let polled =
            matches!(self.state, State::Polling(_)).then(|| Gap { from: self.settled(), until: now.latest });
        self.holes.settling().chain(polled).map(|gap| until_now(gap, now)).reduce(Gap::hull)
    }

    /// From when on it must be known what came: no stretch before this is read any more.
    #[must_use]
    pub fn needs(&self) -> Moment {
        let settled = self.settled();
        let first = self.holes.first().map_or(settled, |first| first.min(settled));
        before(first, self.timing.lookback)
    }

    /// All that arrived before this was seen, or is in a hole.
    fn settled(&self) -> Moment {
        match self.state {
            State::Polling(polling) => self.seen.min(polling.late.0),
            _ => self.seen,
        }
    }

    /// Minutes of Live Tail so far, each begun one counted: what is billed.
    #[must_use]
    pub fn minutes(&self, elapsed: Duration) -> u64 {
        let running = match self.state {
            State::Streaming { since, .. } => millis(elapsed.saturating_sub(since)),
            _ => 0,
        };
        u64::try_from(self.streamed.saturating_add(running)).unwrap_or(0).div_ceil(60_000)
    }

    /// What was not read when it ends at `now`: stretches that nobody filled.
    #[must_use]
    pub fn finish(&self, now: Now) -> Vec<Gap> {
        let mut gaps: Vec<Gap> = self.holes.unread().map(|gap| until_now(gap, now)).collect();
        let is_read = match self.state {
            State::Streaming { .. } => true,
            // What came since the last poll is no gap: there the following ended.
            State::Polling(_) => !self.holes.is_failing(),
            State::Connecting | State::Waiting { .. } | State::Refused(_) => false,
        };
        if !is_read && now.latest > self.settled() {
            gaps.push(Gap { from: self.settled(), until: now.latest });
        }
        gaps
    }

    /// Sets right what was taken for the service's time.
    fn adjust_clock(&mut self, shift: ClockShift, actions: &mut Vec<Action>) {
        let later = |moment: Moment| Moment(moment.0.saturating_add(shift.least));
        self.seen = later(self.seen);
        if let State::Polling(polling) = &mut self.state {
            polling.late.0 = later(polling.late.0);
        }
        self.holes.adjust_clock(shift, actions);
    }

    /// However short the time since the last update seems, updates may be lost.
    fn slept(&mut self, now: Now) {
        if let State::Streaming { .. } = self.state {
            self.holes.add(self.seen, now.latest, now.elapsed, self.timing.lookback);
        }
    }

    /// Has all since the last time that is not in doubt read again. In a while: who tells the time wrongly
    /// once may do so often.
    fn doubted(&mut self, now: Now, doubt: ClockDoubt) {
        self.holes.doubted(doubt.back);
        let due = now.elapsed.saturating_add(self.timing.settle);
        self.holes.add(doubt.since.min(self.settled()), now.latest, due, self.timing.lookback);
        self.seen = self.seen.min(now.earliest);
        if let State::Polling(polling) = &mut self.state {
            polling.late.0 = polling.late.0.min(now.earliest);
        }
    }

    fn tick(&mut self, now: Now, actions: &mut Vec<Action>) {
        match &mut self.state {
            State::Waiting { until, .. } if now.elapsed >= *until => {
                self.state = State::Connecting;
                actions.push(Action::Connect);
            }
            State::Polling(polling) => {
                if !polling.connecting && polling.live_again.is_some_and(|at| now.elapsed >= at) {
                    polling.connecting = true;
                    actions.push(Action::Connect);
                }
                self.poll(now);
            }
            _ => {}
        }
    }

    fn poll(&mut self, now: Now) {
        if let State::Polling(polling) = &mut self.state
            && now.elapsed >= polling.next
            && !self.holes.is_polling()
        {
            polling.next = now.elapsed.saturating_add(self.timing.poll);
            let (late, when) = polling.late;
            if now.elapsed >= when.saturating_add(self.timing.poll_late) {
                self.holes.poll(late, now, self.timing.lookback);
                // What arrived in the last minute may not be found yet.
                polling.late = (before(now.earliest, self.timing.settle).max(late), now.elapsed);
            } else {
                self.holes.poll(self.seen, now, self.timing.poll_lookback);
            }
            self.seen = now.earliest;
        }
    }

    fn connected(&mut self, now: Now) {
        self.reconnects += u64::from(self.streamed > 0);
        self.holes.add(self.settled(), now.latest, now.elapsed, self.timing.lookback);
        self.seen = now.earliest;
        self.state = State::Streaming { since: now.elapsed, updated: now.elapsed };
    }

    fn updated(
        &mut self,
        now: Now,
        sampled: bool,
        arrived: Option<(Moment, Moment)>,
        actions: &mut Vec<Action>,
    ) {
        let State::Streaming { updated, .. } = &mut self.state else { return };
        let last = std::mem::replace(updated, now.elapsed);
        let (first, newest) = arrived.unwrap_or((now.earliest, now.earliest));
        let covered = before(newest.min(now.earliest), self.timing.held);
        let lookback = self.timing.lookback;
        if now.elapsed > last.saturating_add(self.timing.buffer) {
            self.holes.add(self.seen, now.latest, now.elapsed, lookback);
        }
        // One reading for many such seconds, once they have settled.
        let due = now.elapsed.saturating_add(self.timing.settle);
        if newest < covered_late(now, &self.timing) {
            // Who reads so slowly that this comes so late is not sent everything.
            self.holes.add(self.seen, now.latest, due, lookback);
        }
        self.seen = self.seen.max(covered);
        let second = before(now.earliest, now.elapsed.saturating_sub(last)).min(first);
        if sampled && self.complete {
            self.holes.add(second, now.latest, due, lookback);
        } else if sampled {
            actions.push(Action::Sampled(Gap { from: second, until: now.latest }));
        }
    }

    fn ended(&mut self, elapsed: Duration, end: StreamEnd, jitter: u16, actions: &mut Vec<Action>) {
        // What came after the last update may be lost with the stream: `seen` is not moved past that update.
        let State::Streaming { since, .. } = self.state else { return };
        let lived = elapsed.saturating_sub(since);
        self.streamed = self.streamed.saturating_add(millis(lived).max(1));
        let was_good = lived >= self.timing.steady;
        if was_good {
            self.attempts = 0;
        }
        if was_good && matches!(end, StreamEnd::TimeUp | StreamEnd::Closed) {
            self.state = State::Connecting;
            actions.push(Action::Connect);
        } else {
            let until = elapsed.saturating_add(self.timing.wait(self.attempts, jitter));
            self.attempts = self.attempts.saturating_add(1);
            self.state = State::Waiting { until, why: None };
        }
    }

    fn failed(&mut self, now: Now, class: TroubleClass, jitter: u16) {
        let until = now.elapsed.saturating_add(self.timing.wait(self.attempts, jitter));
        self.attempts = self.attempts.saturating_add(1);
        let live_again = match class {
            // It would be so again.
            TroubleClass::Denied => None,
            _ => Some(now.elapsed.saturating_add(self.timing.retry_live)),
        };
        let late = (self.seen, now.elapsed);
        let new = Polling { why: class, next: now.elapsed, late, live_again, connecting: false };
        self.state = match (class, self.state) {
            (TroubleClass::Refused, _) => State::Refused(class),
            (_, State::Polling(Polling { next, late, .. })) => State::Polling(Polling { next, late, ..new }),
            // Without credentials nothing else would work either.
            (TroubleClass::Credentials, _) => State::Waiting { until, why: Some(class) },
            // To try it again at once would take as long again.
            (TroubleClass::Denied | TroubleClass::Held, _) => State::Polling(new),
            _ if self.attempts >= self.timing.attempts => State::Polling(new),
            _ => State::Waiting { until, why: Some(class) },
        };
        self.poll(now);
    }

    /// A stretch that would be refused again is lost. Where there will be no stream either, that is all there
    /// is to read.
    fn give_up(&mut self, now: Now, id: FillId, class: TroubleClass, actions: &mut Vec<Action>) {
        if let Some(gap) = self.holes.give_up(id) {
            actions.push(Action::Lost(until_now(gap, now)));
        }
        actions.push(Action::Abandon(id));
        let settled = self.settled();
        if let State::Polling(polling) = self.state {
            self.seen = settled;
            self.state = match polling.live_again {
                _ if polling.connecting => State::Connecting,
                Some(until) => State::Waiting { until, why: Some(polling.why) },
                None => State::Refused(class),
            };
        }
    }
}
