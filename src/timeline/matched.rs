//! What a filter lets through, counted.

use super::chunk::VERDICT;
use super::{OTHER, RowMask, Scope, Timeline};
use crate::base::moment::Moment;
use crate::fleet::{Course, Fleet};
use crate::log::observation::Verdict;

/// How many records of a stretch of time a filter lets through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matched {
    /// By the number of the pair.
    pub pairs: Vec<u32>,
    /// Of types that are not judged, by the number of the origin.
    pub ignored: Vec<u32>,
    /// Of all types.
    pub records: u64,
}

impl Matched {
    fn absorb(&mut self, other: &Self) {
        for (counts, more) in [(&mut self.pairs, &other.pairs), (&mut self.ignored, &other.ignored)] {
            counts.iter_mut().zip(more).for_each(|(count, more)| *count = count.saturating_add(*more));
        }
        self.records += other.records;
    }
}

impl Timeline {
    /// Counts what `mask` lets through within `scope`.
    #[must_use]
    pub fn count(&self, fleet: &Fleet, scope: Scope, mask: &RowMask) -> Matched {
        let counts = self.workers.share_out(self.chunks.len(), |numbers| {
            let mut matched = Matched {
                pairs: vec![0; fleet.pair_count()],
                ignored: vec![0; fleet.ignored().count()],
                records: 0,
            };
            for number in numbers {
                self.count_chunk(number, scope, mask, &mut matched);
            }
            matched
        });
        let joined = counts.into_iter().reduce(|mut one, other| {
            one.absorb(&other);
            one
        });
        joined.unwrap_or_default()
    }

    fn count_chunk(&self, number: usize, scope: Scope, mask: &RowMask, matched: &mut Matched) {
        let chunk = &self.chunks[number];
        mask.for_each(number, chunk.within(scope), |row| {
            matched.records += 1;
            let subject = chunk.subject[row];
            let count = if subject & OTHER == 0 {
                matched.pairs.get_mut(subject as usize)
            } else {
                let origin = self.others.parts(subject & !OTHER).map(|(origin, _)| origin.0 as usize);
                origin.and_then(|origin| matched.ignored.get_mut(origin))
            };
            if let Some(count) = count {
                *count = count.saturating_add(1);
            }
        });
    }

    /// How answers to AAAA went over time within `scope`; if there is a mask, those that it lets through.
    #[must_use]
    pub fn course(&self, scope: Scope, mask: Option<&RowMask>) -> Course {
        let courses = self.workers.share_out(self.chunks.len(), |numbers| {
            let mut course = Course::default();
            for number in numbers {
                let chunk = &self.chunks[number];
                let mut see = |row: usize| {
                    course.saw(Moment(chunk.time(row)), Verdict::from_code(chunk.code[row]));
                };
                match mask {
                    Some(mask) => mask.for_each(number, chunk.within(scope), see),
                    None => chunk.within(scope).for_each(&mut see),
                }
            }
            course
        });
        let mut all = Course::default();
        for course in &courses {
            all.absorb(course);
        }
        all
    }

    /// Shows the moment and the verdict of each record within `scope` to `see`; if there is a mask, of those
    /// that it lets through.
    pub fn each_verdict(&self, scope: Scope, mask: Option<&RowMask>, mut see: impl FnMut(Moment, Verdict)) {
        for (number, chunk) in self.chunks.iter().enumerate() {
            let mut see = |row: usize| see(Moment(chunk.time(row)), Verdict::from_code(chunk.code[row]));
            match mask {
                Some(mask) => mask.for_each(number, chunk.within(scope), see),
                None => chunk.within(scope).for_each(&mut see),
            }
        }
    }

    /// How many records within `scope` are let through.
    #[must_use]
    pub fn count_rows(&self, scope: Scope, mask: &RowMask) -> u64 {
        let chunks = self.chunks.iter().enumerate();
        chunks.map(|(number, chunk)| mask.count(number, chunk.within(scope))).sum()
    }

    /// Shows how many records of which second and verdict `mask` lets through to what `begin` makes, of
    /// which there may be several: each sees whole chunks, which those is chance. A second may come several
    /// times.
    pub fn gather_matched<T: Send + Sync>(
        &self,
        mask: &RowMask,
        begin: impl Fn() -> T + Sync,
        see: impl Fn(&mut T, Moment, Verdict, u32) + Sync,
    ) -> Vec<T> {
        self.workers.share_out(self.chunks.len(), |numbers| {
            let mut made = begin();
            for number in numbers {
                let chunk = &self.chunks[number];
                let mut at = 0;
                while let Some(first) = mask.next(number, at) {
                    let second = Moment(chunk.time(first)).second();
                    at = chunk.end_of_second(first, second);
                    let mut counts = [0_u32; VERDICT as usize + 1];
                    mask.for_each(number, first..at, |row| {
                        counts[usize::from(chunk.code[row] & VERDICT)] += 1;
                    });
                    for (code, count) in (0..=Verdict::JUDGED).zip(counts).filter(|(_, count)| *count > 0) {
                        see(&mut made, Moment::from_seconds(second), Verdict::from_code(code), count);
                    }
                }
            }
            made
        })
    }
}
