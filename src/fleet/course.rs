//! How answers to AAAA went over time: counts per step, in as fine steps as there is room for.
//!
//! Part of a monoid, as all of a [`super::Tally`]: the width of the steps is the least of [`WIDTHS`] with
//! which at most [`STEPS`] of them have a record, so neither the order of records nor how they were split
//! shows. A log of any length and any times takes the same room.

use super::Span;
use super::packed::{count, moment};
use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::log::observation::{Aaaa, Verdict};

/// The class of an answer to AAAA, as answers are counted over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AnswerClass {
    /// An address of the endpoint's own.
    Native,
    /// An address that DNS64 made.
    Nat64,
    /// No address, or none that anything can connect to.
    None,
    /// Blocked, or any other RCODE than NOERROR; NXDOMAIN is one of them.
    Failing,
    /// What was read does not say what the answer was.
    Unknown,
}

impl AnswerClass {
    /// Every way, the best first.
    pub const ALL: [Self; 5] = [Self::Native, Self::Nat64, Self::None, Self::Failing, Self::Unknown];

    /// The word used in every export.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Nat64 => "nat64",
            Self::None => "none",
            Self::Failing => "failing",
            Self::Unknown => "unknown",
        }
    }

    /// The way for a person.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Nat64 => "NAT64",
            Self::None => "no address",
            Self::Failing => "failing",
            Self::Unknown => "unknown",
        }
    }

    fn from_verdict(verdict: Verdict) -> Option<Self> {
        let Verdict::Aaaa(verdict) = verdict else { return None };
        Some(match verdict {
            Aaaa::Native => Self::Native,
            Aaaa::Synthesized => Self::Nat64,
            Aaaa::Unusable | Aaaa::Empty => Self::None,
            Aaaa::Blocked | Aaaa::NxDomain | Aaaa::ServFail | Aaaa::Refused | Aaaa::Other => Self::Failing,
            Aaaa::Absent | Aaaa::Partial | Aaaa::Masked | Aaaa::Unreadable => Self::Unknown,
        })
    }
}

/// Answers by [`AnswerClass`], in its order.
pub type AnswerCounts = [u64; AnswerClass::ALL.len()];

/// What was answered in one step of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CourseStep {
    /// When it begins.
    pub from: Moment,
    /// How many answers there were.
    pub ways: AnswerCounts,
}

impl CourseStep {
    /// All answers of the step.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.ways.iter().sum()
    }
}

/// Around how many seconds records of one log jump to and fro: a power of two.
const NEAR: usize = 64;

/// The most steps that are kept.
pub const STEPS: usize = 1024;

const DAY: i64 = 86_400;

/// How many seconds a step may have; each divides the next. The last are for times that are wrong.
const WIDTHS: [i64; 11] = [1, 10, 60, 600, 3600, 6 * 3600, DAY, 8 * DAY, 64 * DAY, 512 * DAY, 4096 * DAY];

/// Counts per step of time.
#[derive(Clone, Debug)]
pub struct Course {
    /// Place of the width in [`WIDTHS`].
    level: usize,
    /// Sorted by time; those without an answer are left out.
    steps: Vec<CourseStep>,
    /// By second, modulo [`NEAR`]: the place of the step that a moment there was counted in last. Records
    /// come roughly in the order of time. Places may have moved since: each is checked before it is used.
    near: [u32; NEAR],
    /// Answers of which only the first and the last time are known, those of all that are counted together.
    unplaced: u64,
}

/// A course as it is written down.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(super) struct StoredCourse {
    level: u8,
    steps: Vec<(i64, AnswerCounts)>,
    unplaced: u64,
}

impl Default for Course {
    fn default() -> Self {
        Self { level: 0, steps: Vec::new(), near: [0; NEAR], unplaced: 0 }
    }
}

impl PartialEq for Course {
    fn eq(&self, other: &Self) -> bool {
        self.level == other.level && self.steps == other.steps && self.unplaced == other.unplaced
    }
}

impl Eq for Course {}

/// Where in [`Course::near`] a moment is looked up.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the low bits are those that are wanted")]
fn near(at: Moment) -> usize {
    at.0.div_euclid(1000).cast_unsigned() as usize % NEAR
}

impl Course {
    pub(super) fn store(&self) -> StoredCourse {
        StoredCourse {
            // There are eleven.
            level: self.level.saturating_into(),
            steps: self.steps.iter().map(|step| (step.from.0, step.ways)).collect(),
            unplaced: self.unplaced,
        }
    }

    /// What was written down; `None` if it does not hold together.
    pub(super) fn from_stored(stored: StoredCourse) -> Option<Self> {
        let StoredCourse { level, steps, unplaced } = stored;
        let (level, unplaced) = (usize::from(level), count(unplaced)?);
        let width = WIDTHS.get(level)? * 1000;
        let is_whole = steps.len() <= STEPS
            && steps.is_sorted_by(|(one, _), (other, _)| one < other)
            && steps.iter().all(|(from, ways)| {
                from.rem_euclid(width) == 0
                    && moment(*from).is_some()
                    && ways.iter().all(|answers| count(*answers).is_some())
            });
        is_whole.then(|| {
            let steps =
                steps.into_iter().map(|(from, ways)| CourseStep { from: Moment(from), ways }).collect();
            Self { level, steps, unplaced, ..Self::default() }
        })
    }

    /// Seconds in a step.
    #[must_use]
    pub fn width(&self) -> i64 {
        WIDTHS[self.level]
    }

    /// The steps in which there was an answer, in the order of time; empty if not all answers have one
    /// ([`Course::unplaced`]): a part of them would show something else.
    #[must_use]
    pub fn steps(&self) -> &[CourseStep] {
        if self.unplaced > 0 { &[] } else { &self.steps }
    }

    /// Counts one answer, if it is one to AAAA.
    #[inline]
    pub(crate) fn saw(&mut self, at: Moment, verdict: Verdict) {
        let Some(way) = AnswerClass::from_verdict(verdict) else { return };
        let near = near(at);
        if let Some(step) = self.steps.get_mut(self.near[near] as usize)
            && (0..WIDTHS[self.level] * 1000).contains(&at.0.wrapping_sub(step.from.0))
        {
            step.ways[way as usize] += 1;
            return;
        }
        self.saw_elsewhere(at, way);
    }

    /// Answers to AAAA that are in no step, since records were counted before they were read: when each was
    /// is not known.
    #[must_use]
    pub fn unplaced(&self) -> u64 {
        self.unplaced
    }

    /// Counts answers of which the first and the last time are known. Of two that is all; of more only if it
    /// is one second.
    pub(super) fn saw_span(&mut self, span: Span, verdict: Verdict) {
        let Some(way) = AnswerClass::from_verdict(verdict) else { return };
        let mut add = |at: Moment, count: u64| {
            let mut ways = AnswerCounts::default();
            ways[way as usize] = count;
            self.add(at, &ways);
        };
        if span.first.second() == span.last.second() {
            add(span.first, span.count);
        } else if span.count == 2 {
            add(span.first, 1);
            add(span.last, 1);
        } else {
            self.unplaced += span.count;
        }
    }

    #[cold]
    fn saw_elsewhere(&mut self, at: Moment, way: AnswerClass) {
        let mut ways = AnswerCounts::default();
        ways[way as usize] = 1;
        self.add(at, &ways);
    }

    /// Takes in another.
    pub(crate) fn absorb(&mut self, other: &Self) {
        self.widen_to(other.level);
        for step in &other.steps {
            self.add(step.from, &step.ways);
        }
        self.unplaced += other.unplaced;
    }

    fn add(&mut self, at: Moment, ways: &AnswerCounts) {
        let from = start(at, WIDTHS[self.level]);
        let place = match self.steps.binary_search_by_key(&from, |step| step.from) {
            Ok(place) => place,
            Err(place) => {
                self.steps.insert(place, CourseStep { from, ways: AnswerCounts::default() });
                place
            }
        };
        self.near[near(at)] = place.saturating_into();
        add(&mut self.steps[place].ways, ways);
        while self.steps.len() > STEPS && self.level + 1 < WIDTHS.len() {
            self.widen_to(self.level + 1);
        }
    }

    fn widen_to(&mut self, level: usize) {
        if level > self.level {
            self.level = level;
            self.steps = joined(&self.steps, WIDTHS[level]);
        }
    }

    /// How many seconds a step may have: those that are counted in, and wider ones.
    pub fn widths(&self) -> impl Iterator<Item = i64> {
        WIDTHS[self.level..].iter().copied()
    }

    /// The same in steps of `width` seconds, one of [`Course::widths`].
    #[must_use]
    pub fn by(&self, width: i64) -> Vec<CourseStep> {
        joined(self.steps(), width)
    }

    /// The same in steps so wide that at most `most` of them lie between the first and the last, with how
    /// many seconds they have. Of a log longer than `most` of the widest, there are more.
    #[must_use]
    pub fn at_most(&self, most: usize) -> (i64, Vec<CourseStep>) {
        let ends = self.steps().first().zip(self.steps().last());
        let fits = |width: &&i64| {
            ends.is_none_or(|(first, last)| {
                let apart = start(last.from, **width).0.saturating_sub(start(first.from, **width).0);
                let count = apart / (**width * 1000) + 1;
                usize::try_from(count).is_ok_and(|count| count <= most)
            })
        };
        let widest = WIDTHS[WIDTHS.len() - 1];
        let width = WIDTHS[self.level..].iter().find(fits).copied().unwrap_or(widest);
        (width, joined(self.steps(), width))
    }
}

/// How many seconds steps have of which at most `most` take `seconds`; the widest if none do.
#[must_use]
pub fn step_width(seconds: i64, most: usize) -> i64 {
    let fits = |width: &i64| usize::try_from(seconds.div_euclid(*width)).is_ok_and(|count| count <= most);
    let fits = WIDTHS.into_iter().find(fits);
    fits.unwrap_or(WIDTHS[WIDTHS.len() - 1])
}

/// Where the step that `at` is in begins.
fn start(at: Moment, width: i64) -> Moment {
    let millis = width * 1000;
    Moment(at.0.div_euclid(millis).saturating_mul(millis))
}

fn add(ways: &mut AnswerCounts, more: &AnswerCounts) {
    for (known, new) in ways.iter_mut().zip(more) {
        *known += new;
    }
}

/// Steps in wider ones.
fn joined(steps: &[CourseStep], width: i64) -> Vec<CourseStep> {
    let mut joined: Vec<CourseStep> = Vec::with_capacity(steps.len());
    for step in steps {
        let from = start(step.from, width);
        match joined.last_mut().filter(|last| last.from == from) {
            Some(last) => add(&mut last.ways, &step.ways),
            None => joined.push(CourseStep { from, ways: step.ways }),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::log::observation::A;

    #[test]
    fn every_class_has_words_of_its_own() {
        let words: std::collections::BTreeSet<&str> = AnswerClass::ALL.map(AnswerClass::words).into();
        assert!(words.len() == AnswerClass::ALL.len() && words.iter().all(|words| !words.is_empty()));
    }

    fn course(records: &[(i64, Verdict)]) -> Course {
        let mut course = Course::default();
        for (second, verdict) in records {
            course.saw(Moment(second * 100), *verdict);
        }
        course
    }

    /// What the laws of fleets stand on.
    #[test]
    fn other_counts_are_another_course() {
        let of = |records: &[i64]| {
            let records: Vec<_> = records.iter().map(|at| (*at, Verdict::Aaaa(Aaaa::Native))).collect();
            course(&records)
        };
        assert_eq!(of(&[0, 70, 50]), of(&[50, 0, 70]));
        for other in [&[][..], &[0, 70], &[0, 0, 70, 50], &[0, 70, 5_000_000_000]] {
            assert_ne!(of(&[0, 70, 50]), of(other), "{other:?}");
        }
    }

    /// Of records that were counted together two have the times that are known; of more only their number is.
    #[test]
    fn what_was_counted_together_is_placed_where_its_times_are_known() {
        let empty = Verdict::Aaaa(Aaaa::Empty);
        let of = |first: i64, last: i64, count: u64| {
            let mut course = Course::default();
            course.saw_span(Span { count, first: Moment(first * 100), last: Moment(last * 100) }, empty);
            course
        };
        assert_eq!(of(0, 70, 2), course(&[(0, empty), (70, empty)]));
        assert_eq!(of(70, 79, 3), course(&[(70, empty), (71, empty), (72, empty)]));
        let three = of(0, 70, 3);
        assert_eq!((three.steps().len(), three.unplaced()), (0, 3));
    }

    #[test]
    fn each_width_divides_the_next() {
        assert!(WIDTHS.windows(2).all(|two| two[1] % two[0] == 0));
        // All the years that a time of the log can have.
        let years = 10_000 * 366 * DAY / WIDTHS[WIDTHS.len() - 1];
        assert!(usize::try_from(years).unwrap() < STEPS);
    }

    #[test]
    fn steps_widen_when_there_are_too_many() {
        let empty = Verdict::Aaaa(Aaaa::Empty);
        let records: Vec<(i64, Verdict)> = (0..2000).map(|second| (second * 10, empty)).collect();
        let course = course(&records);
        assert_eq!((course.width(), course.steps().len()), (10, 200));
        assert!(course.steps().iter().all(|step| step.ways == [0, 0, 10, 0, 0] && step.total() == 10));
        let (width, steps) = course.at_most(40);
        assert_eq!((width, steps.len(), steps[0].ways[2]), (60, 34, 60));
        assert_eq!(course.at_most(1).0, 3600);
        assert_eq!(Course::default().at_most(10), (1, Vec::new()));
        assert_eq!(
            [48, 60, 491, 5_000, i64::MAX].map(|seconds| step_width(seconds, 48)),
            [1, 10, 60, 600, 4096 * DAY]
        );
    }

    fn record() -> impl Strategy<Value = (i64, Verdict)> {
        let verdicts = Aaaa::ALL.map(Verdict::Aaaa).into_iter().chain([Verdict::A(A::Answered)]);
        let verdict = select(verdicts.collect::<Vec<_>>());
        (prop_oneof![0_i64..100, -900_000_i64..900_000_000, -1_i64 << 40..1 << 40], verdict)
    }

    proptest! {
        #[test]
        fn neither_order_nor_grouping_shows(
            mut records in proptest::collection::vec(record(), 0..1600), cut in 0_usize..1600,
        ) {
            let whole = course(&records);
            let (one, other) = records.split_at(cut.min(records.len()));
            let (mut left, mut right) = (course(one), course(other));
            right.absorb(&left);
            left.absorb(&course(other));
            prop_assert_eq!(&left, &whole);
            prop_assert_eq!(&right, &whole);
            records.sort_by_key(|(second, _)| std::cmp::Reverse(*second));
            prop_assert_eq!(&course(&records), &whole);
            prop_assert!(whole.steps().len() <= STEPS);
            let answers = records.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Aaaa(_))).count();
            prop_assert_eq!(whole.steps().iter().map(CourseStep::total).sum::<u64>(), answers as u64);
        }
    }
}
