//! Which moment of the log is shown: its newest, or one that somebody went to; standing still, or playing on.

use std::time::Duration;

use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::timeline::Scope;

/// How many seconds of the log may go by in one.
pub const SPEEDS: [u32; 13] = [1, 2, 4, 8, 15, 30, 60, 120, 300, 600, 1200, 3600, 10_000];

/// From where, and since when, the log plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Playing {
    from: Moment,
    since: Duration,
}

/// The time that is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The moment shown; `None` for whatever is newest.
    cursor: Option<Moment>,
    playing: Option<Playing>,
    speed: u32,
    /// The stretch that everything is narrowed to, both ends included.
    range: Option<(Moment, Moment)>,
    /// Where a stretch that is being selected began.
    begun: Option<Moment>,
}

impl Default for Clock {
    fn default() -> Self {
        Self { cursor: None, playing: None, speed: 1, range: None, begun: None }
    }
}

impl Clock {
    /// The moment shown; `None` for whatever is newest.
    #[must_use]
    pub fn cursor(&self) -> Option<Moment> {
        self.cursor
    }

    /// Seconds of the log in a second, while it plays.
    #[must_use]
    pub fn speed(&self) -> u32 {
        self.speed
    }

    /// Whether it plays.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.playing.is_some()
    }

    /// The stretch that everything is narrowed to, both ends included.
    #[must_use]
    pub fn range(&self) -> Option<(Moment, Moment)> {
        self.range
    }

    /// The stretch that is being selected: from where it began to the moment shown.
    #[must_use]
    pub fn selecting(&self, newest: Moment) -> Option<(Moment, Moment)> {
        let (begun, end) = (self.begun?, self.cursor.unwrap_or(newest));
        Some((begun.min(end), begun.max(end)))
    }

    /// The stretch of time that is shown.
    #[must_use]
    pub fn scope(&self) -> Scope {
        let until = match (self.range, self.cursor) {
            (Some((_, last)), Some(cursor)) => Some(last.min(cursor)),
            (Some((_, last)), None) => Some(last),
            (None, cursor) => cursor,
        };
        Scope { from: self.range.map(|(first, _)| first), until }
    }

    /// Goes to a moment, or with `None` to whatever is newest. If it plays, it plays on from there.
    pub(super) fn seek(&mut self, to: Option<Moment>, now: Duration) {
        self.cursor = to;
        self.playing = self.playing.and(to).map(|from| Playing { from, since: now });
    }

    /// Plays on from a moment.
    pub(super) fn play(&mut self, from: Moment, now: Duration) {
        self.cursor = Some(from);
        self.playing = Some(Playing { from, since: now });
    }

    /// Stops playing, at the moment shown.
    pub(super) fn stop(&mut self) {
        self.playing = None;
    }

    /// Plays at another speed from now on.
    pub(super) fn set_speed(&mut self, speed: u32, now: Duration) {
        self.speed = speed.max(1);
        if let (Some(playing), Some(from)) = (&mut self.playing, self.cursor) {
            *playing = Playing { from, since: now };
        }
    }

    /// Plays faster by one step, or slower.
    pub(super) fn change_speed(&mut self, faster: bool, now: Duration) {
        let next = if faster {
            SPEEDS.into_iter().find(|speed| *speed > self.speed)
        } else {
            SPEEDS.into_iter().rev().find(|speed| *speed < self.speed)
        };
        self.set_speed(next.unwrap_or(self.speed), now);
    }

    /// Lets time go by, up to `last`, where it stops playing. Says whether the moment shown is another.
    pub(super) fn tick(&mut self, now: Duration, last: Moment) -> bool {
        let Some(Playing { from, since }) = self.playing else { return false };
        let gone = now.saturating_sub(since).as_millis().saturating_mul(u128::from(self.speed));
        let to = Moment(from.0.saturating_add(gone.saturating_into::<i64>())).min(last);
        if to >= last {
            self.playing = None;
        }
        self.cursor.replace(to) != Some(to)
    }

    /// When it will next show something else, since the start: at the log's next second.
    pub(super) fn next_tick(&self) -> Option<Duration> {
        let (Playing { from, since }, cursor) = (self.playing?, self.cursor?);
        let next = (cursor.second() + 1) * 1000;
        let millis = u64::try_from(next - from.0).unwrap_or(0).div_ceil(u64::from(self.speed));
        Some(since + Duration::from_millis(millis))
    }

    /// Begins to select a stretch at `at`; or, if one was begun, narrows everything to it.
    pub(super) fn select(&mut self, at: Moment) {
        match self.begun.take() {
            None => {
                self.range = None;
                self.begun = Some(at);
            }
            Some(begun) => {
                self.range = Some((begun.min(at), begun.max(at)));
                self.cursor = None;
                self.playing = None;
            }
        }
    }

    /// Narrows everything to a stretch.
    pub(super) fn narrow(&mut self, first: Moment, last: Moment) {
        self.begun = Some(first);
        self.select(last);
    }

    /// Whether a stretch is selected, or being selected.
    pub(super) fn is_selected(&self) -> bool {
        self.begun.is_some() || self.range.is_some()
    }

    /// Lets go of a stretch selected, or being selected. Says whether there was one.
    pub(super) fn unselect(&mut self) -> bool {
        let was_begun = self.begun.take().is_some();
        self.range.take().is_some() || was_begun
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Moment {
        Moment::from_seconds(second)
    }

    fn after(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn it_plays_at_its_speed_and_stops_at_the_end() {
        let mut clock = Clock::default();
        assert!(!clock.tick(after(5), at(9)), "it shows the newest and does not play");
        clock.play(at(10), after(1000));
        clock.set_speed(4, after(1000));
        assert_eq!(clock.next_tick(), Some(after(1250)));
        assert!(clock.tick(after(1250), at(60)));
        assert_eq!(clock.cursor(), Some(at(11)));
        clock.change_speed(true, after(1250));
        assert_eq!(clock.speed(), 8);
        assert!(clock.tick(after(2250), at(60)));
        assert_eq!(clock.cursor(), Some(at(19)));
        clock.seek(Some(at(50)), after(2250));
        assert!(clock.tick(after(9999), at(60)));
        assert_eq!((clock.cursor(), clock.is_playing(), clock.next_tick()), (Some(at(60)), false, None));
        clock.seek(None, after(9999));
        assert_eq!(clock.scope(), Scope::ALL);
    }

    #[test]
    fn speeds_end_where_they_end() {
        let mut clock = Clock::default();
        clock.change_speed(false, after(0));
        assert_eq!(clock.speed(), 1);
        for _ in 0..20 {
            clock.change_speed(true, after(0));
        }
        assert_eq!(clock.speed(), 10_000);
    }

    #[test]
    fn a_stretch_is_selected_from_either_end() {
        let mut clock = Clock::default();
        clock.seek(Some(at(20)), after(0));
        clock.select(at(20));
        clock.seek(Some(at(5)), after(0));
        assert_eq!(clock.selecting(at(99)), Some((at(5), at(20))));
        clock.select(at(5));
        assert_eq!(clock.scope(), Scope { from: Some(at(5)), until: Some(at(20)) });
        clock.seek(Some(at(12)), after(0));
        assert_eq!(clock.scope(), Scope { from: Some(at(5)), until: Some(at(12)) });
        assert!(clock.unselect() && !clock.unselect());
        assert_eq!(clock.scope(), Scope { from: None, until: Some(at(12)) });
    }
}
