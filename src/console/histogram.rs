//! How many records of which class, over the log's time.

use std::collections::VecDeque;

use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::log::observation::{Aaaa, Verdict};

/// The classes that a histogram tells apart, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Class {
    /// AAAA without a usable address.
    Empty,
    /// AAAA blocked, or with any other RCODE than NOERROR.
    Failing,
    /// AAAA of which what was read does not say what the answer was.
    Unknown,
    /// AAAA made by DNS64.
    Synthesized,
    /// AAAA of the endpoint's own.
    Native,
    /// Questions for A.
    A,
    /// Questions of another type.
    Other,
}

impl Class {
    /// Every class, worst first.
    pub const ALL: [Self; 7] =
        [Self::Empty, Self::Failing, Self::Unknown, Self::Synthesized, Self::Native, Self::A, Self::Other];

    /// The class of a verdict.
    #[must_use]
    pub fn from_verdict(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Aaaa(Aaaa::Native) => Self::Native,
            Verdict::Aaaa(Aaaa::Synthesized) => Self::Synthesized,
            Verdict::Aaaa(Aaaa::Unusable | Aaaa::Empty) => Self::Empty,
            Verdict::Aaaa(verdict) if verdict.unknown().is_some() => Self::Unknown,
            Verdict::Aaaa(_) => Self::Failing,
            Verdict::A(_) => Self::A,
            Verdict::NotJudged => Self::Other,
        }
    }
}

/// Records per class.
pub type Counts = [u32; Class::ALL.len()];

/// More buckets than any screen has columns; past that, buckets are joined two by two.
const MAX_BUCKETS: usize = 4096;

/// Counts per bucket of time. A bucket is a power of two of seconds wide, and begins at a multiple of that;
/// so the order in which records come, and how they were split, does not show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// Binary logarithm of the seconds in a bucket.
    power: u32,
    /// The number of the first bucket, counted from the epoch.
    first: i64,
    buckets: VecDeque<Counts>,
}

impl Histogram {
    /// Counts one record.
    pub fn add(&mut self, at: Moment, class: Class) {
        self.add_several(at, class, 1);
    }

    /// Takes in another histogram.
    pub fn absorb(&mut self, other: &Self) {
        while self.power < other.power {
            self.widen();
        }
        for (number, counts) in (other.first..).zip(&other.buckets) {
            if counts.iter().any(|count| *count > 0) {
                self.add_counts(number << other.power, counts);
            }
        }
    }

    /// Counts several records.
    pub(super) fn add_several(&mut self, at: Moment, class: Class, count: u32) {
        let mut counts = Counts::default();
        counts[class as usize] = count;
        self.add_counts(at.second(), &counts);
    }

    fn add_counts(&mut self, second: i64, counts: &Counts) {
        let mut number = second >> self.power;
        if self.buckets.is_empty() {
            self.first = number;
        }
        while self.span_with(number) > MAX_BUCKETS {
            self.widen();
            number = second >> self.power;
        }
        while number < self.first {
            self.buckets.push_front(Counts::default());
            self.first -= 1;
        }
        let at = usize::try_from(number - self.first).unwrap_or(0);
        if at >= self.buckets.len() {
            self.buckets.resize(at + 1, Counts::default());
        }
        join(&mut self.buckets[at], counts);
    }

    /// How many buckets there would be if `number` were one of them.
    fn span_with(&self, number: i64) -> usize {
        let last = self.first + self.buckets.len().saturating_into::<i64>().max(1) - 1;
        (last.max(number) - self.first.min(number) + 1).saturating_into::<usize>()
    }

    /// Makes buckets twice as wide.
    fn widen(&mut self) {
        let old = std::mem::take(&mut self.buckets);
        let first = self.first;
        self.power += 1;
        self.first = first >> 1;
        for (number, counts) in (first..).zip(old) {
            let at = usize::try_from((number >> 1) - self.first).unwrap_or(0);
            if at == self.buckets.len() {
                self.buckets.push_back(counts);
            } else {
                join(&mut self.buckets[at], &counts);
            }
        }
    }

    /// The seconds in a bucket.
    #[must_use]
    pub fn width(&self) -> i64 {
        1 << self.power
    }

    /// The counts of the seconds from `from` up to, but not including, `until`, dealt to `columns` of equal
    /// width. A bucket counts in the column that its beginning falls in, one that reaches across `from` in
    /// the first.
    #[must_use]
    pub fn columns(&self, from: i64, until: i64, columns: usize) -> Vec<Counts> {
        let mut dealt = vec![Counts::default(); columns];
        for (number, counts) in (self.first..).zip(&self.buckets) {
            let begins = number << self.power;
            let second = if begins + self.width() > from { begins.max(from) } else { begins };
            if let Some(column) = column(second, from, until, columns) {
                join(&mut dealt[column], counts);
            }
        }
        dealt
    }

    /// The first second, and the first after the last bucket.
    #[must_use]
    pub fn range(&self) -> Option<(i64, i64)> {
        let buckets = i64::try_from(self.buckets.len()).ok().filter(|buckets| *buckets > 0)?;
        Some((self.first << self.power, (self.first + buckets) << self.power))
    }
}

/// Which of `columns` between `from` and `until` a second falls in.
#[must_use]
pub fn column(second: i64, from: i64, until: i64, columns: usize) -> Option<usize> {
    if second < from || second >= until {
        return None;
    }
    let share = i128::from(second - from) * i128::try_from(columns).ok()? / i128::from(until - from);
    usize::try_from(share).ok().filter(|column| *column < columns)
}

fn join(counts: &mut Counts, other: &Counts) {
    for (count, more) in counts.iter_mut().zip(other) {
        *count = count.saturating_add(*more);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn histogram(seconds: &[i64]) -> Histogram {
        let mut histogram = Histogram::default();
        for second in seconds {
            histogram.add(Moment::from_seconds(*second), Class::A);
        }
        histogram
    }

    fn total(counts: &[Counts]) -> u32 {
        counts.iter().flatten().sum()
    }

    proptest! {
        #[test]
        fn order_and_split_do_not_show(
            seconds in proptest::collection::vec(prop_oneof![0_i64..50, 0_i64..9000, 0_i64..4_000_000_000], 1..40),
            cut in 0_usize..40,
        ) {
            let whole = histogram(&seconds);
            let mut backwards = seconds.clone();
            backwards.reverse();
            prop_assert_eq!(&histogram(&backwards), &whole);
            let (left, right) = seconds.split_at(cut.min(seconds.len()));
            let mut joined = histogram(right);
            joined.absorb(&histogram(left));
            prop_assert_eq!(&joined, &whole);
            let (from, until) = whole.range().unwrap();
            prop_assert_eq!(total(&whole.columns(from, until, 7)), u32::try_from(seconds.len()).unwrap());
            prop_assert!(whole.buckets.len() <= MAX_BUCKETS);
        }
    }

    #[test]
    fn columns_are_cut_by_time() {
        let histogram = histogram(&[10, 11, 19, 29]);
        let sums: Vec<u32> = histogram.columns(10, 30, 2).iter().map(|counts| counts.iter().sum()).collect();
        assert_eq!(sums, [3, 1]);
        assert_eq!(total(&histogram.columns(11, 19, 5)), 1, "what lies outside is left out");
    }
}
