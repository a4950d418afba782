//! The service's time, as far as it is known here.
//!
//! The clock of this machine may be wrong, and may be set while something is followed. So nothing is waited
//! for by it: waits and polls go by the monotonic clock, in time since a beginning. And nothing is asked for
//! by it: what stretch of the log was not seen is known in the service's own time, which is measured. Each
//! answer has the time of it in a header of HTTP (`Date`, RFC 9110 section 6.6.1), in seconds, and each event
//! that a stream delivers has the time of its arrival.
//!
//! All that comes of it is a range, since answers take their time: the service's time is no earlier than
//! this, and no later than that.

use std::time::Duration;

use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;

/// A clock that is wrong by less is not worth a word: the service tells whole seconds.
pub const WORTH_SAYING: i64 = 2_000;
/// The monotonic clock may gain or lose one part of this number between two answers.
const DRIFT: i64 = 1_000;
/// How late an event may be delivered, where the time of its arrival is all that is known of the service's.
const LATE: i64 = 60_000;

/// What time it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// On the monotonic clock, since a beginning.
    pub elapsed: Duration,
    /// The service's time is not earlier.
    pub earliest: Moment,
    /// And not later.
    pub latest: Moment,
    /// Whether the service told: if not, the clock of this machine is all there is.
    pub is_known: bool,
}

impl Now {
    /// Exactly this time of the service, so much after a beginning.
    #[must_use]
    pub fn exactly(moment: Moment, elapsed: Duration) -> Self {
        Self { elapsed, earliest: moment, latest: moment, is_known: true }
    }
}

/// How far one is from another, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockShift {
    /// At least.
    pub least: i64,
    /// At most.
    pub most: i64,
}

/// The service's time less the elapsed one, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Offset {
    least: i64,
    most: i64,
    /// When that was measured.
    at: i64,
}

/// The service told its time in two ways that cannot both be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockDoubt {
    /// When it was told last in the way that may be wrong, whichever is true.
    pub since: Moment,
    /// By how much the times before may have to be earlier, in milliseconds.
    pub back: i64,
}

/// What is known of the service's time, from what came when: knows no clock itself.
#[derive(Clone, Debug)]
pub struct ServiceTime {
    /// What the clock of this machine said first, less the elapsed time.
    first: i64,
    /// And last.
    wall: i64,
    /// What answers told.
    answered: Option<Offset>,
    /// The most that the arrival of an event was ahead of the elapsed time, and when that was.
    arrived: Option<(i64, i64)>,
    /// How long the machine may have slept since it was told last.
    slept: i64,
    /// How often the clock of this machine leapt forward. It cannot be told whether it was set, or the
    /// machine slept while the monotonic clock did not run.
    leaps: u32,
    /// The last doubt, and how many there were.
    doubt: Option<ClockDoubt>,
    doubts: u32,
}

impl ServiceTime {
    /// Nothing is known but the clock of this machine, which says `wall` when so much time has `elapsed`.
    #[must_use]
    pub fn new(elapsed: Duration, wall: Moment) -> Self {
        let first = wall.0.saturating_sub(millis(elapsed));
        Self { first, wall: first, answered: None, arrived: None, slept: 0, leaps: 0, doubt: None, doubts: 0 }
    }

    /// The clock of this machine says `wall`.
    pub fn look(&mut self, elapsed: Duration, wall: Moment) {
        let base = wall.0.saturating_sub(millis(elapsed));
        let leap = base.saturating_sub(std::mem::replace(&mut self.wall, base));
        if leap >= WORTH_SAYING {
            self.leaps = self.leaps.wrapping_add(1);
            self.slept = self.slept.saturating_add(leap);
        }
    }

    /// An answer to what was sent at `sent` came at `received`, and says that it was made at `date`, in whole
    /// seconds.
    pub fn observe(&mut self, sent: Duration, received: Duration, date: Moment) {
        let (sent, received) = (millis(sent), millis(received));
        let least = date.0.saturating_sub(received);
        let most = date.0.saturating_add(1000).saturating_sub(sent);
        let new = Offset { least, most, at: received };
        if self.arrived(received).is_some_and(|arrived| arrived > most.saturating_add(WORTH_SAYING)) {
            // What arrived was not later than the present.
            return;
        }
        let known = self.answered.map(|known| known.at(received, self.slept));
        let Offset { least, most, .. } = match known {
            None => new,
            Some(known) if known.least <= most && least <= known.most => {
                Offset { least: known.least.max(least), most: known.most.min(most), ..new }
            }
            // The clocks of two hosts of the service may differ a little.
            Some(known) if known.apart(new) <= WORTH_SAYING => {
                Offset { least: known.least.min(least), most: known.most.max(most), ..new }
            }
            // If both cannot be true, the newer is.
            Some(_) => {
                self.doubt(new.least);
                new
            }
        };
        self.answered = Some(Offset { least, most, at: received });
        self.slept = 0;
    }

    /// A stream delivered an event that arrived at `ingested`: it is no earlier than that.
    pub fn delivered(&mut self, elapsed: Duration, ingested: Moment) {
        let at = millis(elapsed);
        let new = ingested.0.saturating_sub(at);
        let known = self.answered.map(|known| known.at(at, self.slept));
        if known.is_some_and(|known| new > known.most.saturating_add(WORTH_SAYING)) {
            self.doubt(new);
            self.answered = None;
        }
        if self.arrived(at).is_none_or(|arrived| new > arrived) {
            self.arrived = Some((new, at));
        }
    }

    /// What answers told is not true, or was not: it is `new` that is.
    fn doubt(&mut self, new: i64) {
        let Some(known) = self.answered else { return };
        let least = known.least.min(new);
        let since = Moment(known.at.saturating_add(least));
        let earlier = self.doubt.map_or(since, |doubt| doubt.since.min(since));
        // One that was not heard of yet is not forgotten.
        let is_soon = since.0.abs_diff(earlier.0) < WORTH_SAYING.unsigned_abs();
        let since = if is_soon { earlier } else { since };
        self.doubt = Some(ClockDoubt { since, back: least.saturating_sub(known.least) });
        self.doubts = self.doubts.wrapping_add(1);
    }

    /// The number of doubts so far, and the last; `None` if there was none since there were `known`.
    #[must_use]
    pub fn doubted(&self, known: u32) -> Option<(u32, ClockDoubt)> {
        self.doubt.filter(|_| self.doubts != known).map(|doubt| (self.doubts, doubt))
    }

    /// The least that the time is ahead of the elapsed one, by what arrived.
    fn arrived(&self, at: i64) -> Option<i64> {
        let drift = |since: i64| at.saturating_sub(since).max(0) / DRIFT;
        self.arrived.map(|(arrived, since)| arrived.saturating_sub(drift(since)))
    }

    /// The time when so much has elapsed.
    #[must_use]
    pub fn now(&self, elapsed: Duration) -> Now {
        let at = millis(elapsed);
        let known = self.offset(at);
        let offset = known.unwrap_or(Offset { least: self.first, most: self.first, at });
        Now {
            elapsed,
            earliest: Moment(at.saturating_add(offset.least)),
            latest: Moment(at.saturating_add(offset.most)),
            is_known: known.is_some(),
        }
    }

    /// How far the service's time is from what had to be taken for it before it was told; `None` until it is.
    #[must_use]
    pub fn shift(&self, elapsed: Duration) -> Option<ClockShift> {
        let offset = self.offset(millis(elapsed))?;
        let by = |edge: i64| edge.saturating_sub(self.first);
        Some(ClockShift { least: by(offset.least), most: by(offset.most) })
    }

    /// How far the clock of this machine is ahead of the service's, in milliseconds; less than 0 if it is
    /// slow. `None` if that may be less than [`WORTH_SAYING`], or is not known.
    #[must_use]
    pub fn ahead(&self, elapsed: Duration) -> Option<i64> {
        // As it was told last: that it is known less well with time is no news of this clock.
        let at = self.answered.map_or_else(|| millis(elapsed), |known| known.at);
        let Offset { least, most, .. } = self.offset(at)?;
        let away = self.wall.saturating_sub(self.wall.clamp(least, most));
        let middle = least.saturating_add(most.saturating_sub(least) / 2);
        (away.unsigned_abs() >= WORTH_SAYING.unsigned_abs()).then(|| self.wall.saturating_sub(middle))
    }

    /// How often the machine may have slept.
    #[must_use]
    pub fn leaps(&self) -> u32 {
        self.leaps
    }

    fn offset(&self, at: i64) -> Option<Offset> {
        let Some(arrived) = self.arrived(at) else {
            return self.answered.map(|known| known.at(at, self.slept));
        };
        Some(match self.answered.map(|known| known.at(at, self.slept)) {
            None => {
                // By now the clock of this machine may have gained as well as lost.
                let drift = self.arrived.map_or(0, |(first, _)| first.saturating_sub(arrived));
                let most = arrived.saturating_add(LATE + 2 * drift).saturating_add(self.slept);
                Offset { least: arrived, most, at }
            }
            Some(known) if arrived <= known.most => Offset { least: known.least.max(arrived), ..known },
            Some(known) => Offset { most: arrived.saturating_add(WORTH_SAYING), ..known },
        })
    }
}

impl Offset {
    /// The same, as far as it is still known later, if the machine may have slept so long.
    fn at(self, at: i64, slept: i64) -> Self {
        let drift = at.saturating_sub(self.at).max(0) / DRIFT;
        let most = self.most.saturating_add(drift).saturating_add(slept);
        Self { least: self.least.saturating_sub(drift), most, at }
    }

    /// How far it is from another, if they do not meet.
    fn apart(self, other: Self) -> i64 {
        self.least.saturating_sub(other.most).max(other.least.saturating_sub(self.most)).max(0)
    }
}

/// `duration` in milliseconds, as many as can be counted.
pub(crate) fn millis(duration: Duration) -> i64 {
    duration.as_millis().saturating_into()
}

/// `moment` and `duration` together.
pub(crate) fn after(moment: Moment, duration: Duration) -> Moment {
    Moment(moment.0.saturating_add(millis(duration)))
}

/// `duration` before `moment`.
pub(crate) fn before(moment: Moment, duration: Duration) -> Moment {
    Moment(moment.0.saturating_sub(millis(duration)))
}

#[cfg(test)]
mod tests;
