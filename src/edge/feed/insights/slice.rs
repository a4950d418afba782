//! Stretches of time that are asked for by themselves.

use std::fmt;

use crate::base::moment::Moment;

const SECOND: i64 = 1000;
const DAY: i64 = 86_400 * SECOND;
/// How often the halves of a slice are asked for again because its counts do not add up. If they still do
/// not, it is not for its length.
const DOUBTS: u8 = 2;

/// From when to when, half open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slice {
    pub(super) from: Moment,
    pub(super) until: Moment,
    /// How many of the slices that it is a part of had counts that did not add up.
    doubts: u8,
}

impl Slice {
    pub(super) fn new(from: Moment, until: Moment) -> Self {
        Self { from, until, doubts: 0 }
    }

    /// In pieces of at most a day, the earliest first: what a query finds is more for more time, and is not
    /// paid for twice if it is not too much.
    pub(super) fn days(self) -> Vec<Self> {
        let mut days = Vec::new();
        let mut from = self.from.0;
        while from < self.until.0 {
            let until = from.saturating_add(DAY).min(self.until.0);
            days.push(Self { from: Moment(from), until: Moment(until), ..self });
            from = until;
        }
        days
    }

    /// The two halves, cut at a whole second; `None` if it is no longer than one.
    pub(super) fn halves(self) -> Option<[Self; 2]> {
        let middle = self.from.0.midpoint(self.until.0).div_euclid(SECOND) * SECOND;
        let middle = if middle <= self.from.0 { middle + SECOND } else { middle };
        (self.until.0 - self.from.0 > SECOND && middle < self.until.0).then(|| {
            let middle = Moment(middle);
            [Self { until: middle, ..self }, Self { from: middle, ..self }]
        })
    }

    /// The same of a slice whose counts did not add up; `None`, too, if that was so of too many around it.
    pub(super) fn doubted(self) -> Option<[Self; 2]> {
        let doubts = self.doubts + 1;
        let halves = self.halves().filter(|_| doubts <= DOUBTS)?;
        Some(halves.map(|half| Self { doubts, ..half }))
    }

    /// How long it is, in milliseconds.
    pub(super) fn length(self) -> i64 {
        self.until.0.saturating_sub(self.from.0)
    }
}

impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.from, self.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(from: i64, until: i64) -> Slice {
        Slice::new(Moment(from), Moment(until))
    }

    #[test]
    fn days_and_halves_cover_what_they_are_of() {
        for (from, until, count) in [(0, DAY, 1), (500, DAY + 501, 2), (7, 14 * DAY, 14), (5, 5, 0)] {
            let days = slice(from, until).days();
            assert_eq!(days.len(), count);
            assert!(days.windows(2).all(|pair| pair[0].until == pair[1].from), "{days:?}");
            assert_eq!(days.iter().map(|day| day.length()).sum::<i64>(), until - from);
        }
        for (from, until, middle) in
            [(0, 2000, 1000), (0, 1001, 1000), (500, 2500, 1000), (999, 2000, 1000), (0, DAY, DAY / 2)]
        {
            let [early, late] = slice(from, until).halves().unwrap();
            assert_eq!((early.until.0, late.from.0), (middle, middle), "{from} to {until}");
            assert_eq!((early.from.0, late.until.0), (from, until));
        }
        for (from, until) in [(0, 1000), (500, 1500), (0, 0)] {
            assert_eq!(slice(from, until).halves(), None, "{from} to {until}");
        }
    }

    #[test]
    fn halving_ends() {
        let mut one = slice(0, 365 * DAY);
        let mut count = 0;
        while let Some([early, _]) = one.doubted() {
            (one, count) = (early, count + 1);
        }
        assert_eq!(count, DOUBTS);
        while let Some([early, late]) = one.halves() {
            assert!(early.length() >= 1 && late.length() >= 1);
            (one, count) = (late, count + 1);
        }
        assert!(one.length() <= SECOND && count < 40, "{count}");
    }
}
