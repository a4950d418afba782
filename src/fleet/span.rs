//! How often one verdict was seen, and from when to when; and the number that it is kept under.

use crate::base::moment::Moment;
use crate::log::observation::Verdict;

/// How often and from when to when one verdict was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Records with this verdict.
    pub count: u64,
    /// The earliest of them.
    pub first: Moment,
    /// The latest of them.
    pub last: Moment,
}

impl Span {
    /// The span of one record.
    #[must_use]
    pub fn at(moment: Moment) -> Self {
        Self { count: 1, first: moment, last: moment }
    }

    /// Takes in another span of the same verdict.
    pub fn absorb(&mut self, other: Self) {
        self.count += other.count;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }

    /// Whether the two share a moment; both ends belong to a span.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

/// The number of slots that a pair may have: one for each verdict on AAAA and on A.
pub(super) const SLOTS: usize = Verdict::JUDGED as usize;

/// The slot of a verdict, which is its code; `None` for what is not judged.
pub(super) fn slot(verdict: Verdict) -> Option<u8> {
    (verdict != Verdict::NotJudged).then(|| verdict.code())
}
