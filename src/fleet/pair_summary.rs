//! What the status of a pair follows from, in few bytes: of records, of spans, or of both.

use super::{Span, Status};
use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::log::observation::{A, Aaaa, Verdict};

/// A verdict and the second that it is of, in one number: the greater is the newer one; within one second,
/// the one that comes first in the verdicts' order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NewestVerdict(i64);

/// The bits that tell the verdict.
const CODE: i64 = (1 << Verdict::CODE_BITS) - 1;

impl NewestVerdict {
    /// No verdict: older than all.
    pub const NONE: Self = Self(i64::MIN);

    /// The verdict with this code, seen at `at`.
    #[inline]
    pub(super) fn new(at: Moment, code: u8) -> Self {
        Self(at.second() << Verdict::CODE_BITS | (CODE - i64::from(code)))
    }

    /// What it says; `None` for [`NewestVerdict::NONE`].
    fn verdict(self) -> Option<Verdict> {
        let code = CODE - (self.0 & CODE);
        (self != Self::NONE).then(|| Verdict::from_code(code.saturating_into::<u8>()))
    }

    /// What it says of A, if it is about that.
    #[must_use]
    pub fn a(self) -> Option<A> {
        match self.verdict()? {
            Verdict::A(verdict) => Some(verdict),
            Verdict::Aaaa(_) | Verdict::NotJudged => None,
        }
    }

    /// What it says of AAAA, if it is about that.
    #[must_use]
    pub fn aaaa(self) -> Option<Aaaa> {
        match self.verdict()? {
            Verdict::Aaaa(verdict) => Some(verdict),
            Verdict::A(_) | Verdict::NotJudged => None,
        }
    }
}

/// The summary of one pair: the newest verdicts, and what else a list shows of it. Half a cache line: what a
/// fold costs is to fetch them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(32))]
pub struct PairSummary {
    /// The newest known verdict on AAAA.
    aaaa: NewestVerdict,
    /// The newest usable verdict on A.
    a: NewestVerdict,
    /// The first synthesized answer, in milliseconds; `i64::MAX` if there is none.
    synthesized: i64,
    /// Records.
    count: u32,
    /// The verdicts on AAAA that were seen, a bit each.
    seen: u16,
}

/// The verdicts on AAAA that are known, a bit each as in [`PairSummary`].
const KNOWN: u16 = (1 << Aaaa::Absent as u16) - 1;
const _: () = assert!(Aaaa::ALL.len() <= u16::BITS as usize && Aaaa::Absent as usize + 4 == Aaaa::ALL.len());

/// The codes of the verdicts on A that are usable ([`A::is_conclusive`]), a bit each.
const USABLE: u32 = {
    let words = [A::Answered, A::Unusable, A::Empty, A::NxDomain];
    let (mut bits, mut at) = (0, 0);
    while at < words.len() {
        bits |= 1 << (Aaaa::ALL.len() + words[at] as usize);
        at += 1;
    }
    bits
};

impl Default for PairSummary {
    fn default() -> Self {
        Self { aaaa: NewestVerdict::NONE, a: NewestVerdict::NONE, synthesized: i64::MAX, count: 0, seen: 0 }
    }
}

impl PairSummary {
    /// Of spans by the codes of their verdicts, each of which may come more than once.
    pub(crate) fn from_spans(spans: impl Iterator<Item = (u8, Span)>) -> Self {
        let mut summary = Self::default();
        for (code, span) in spans {
            summary.add(span.first.0, span.last, code, span.count.saturating_into());
        }
        summary
    }

    /// Takes in a record by the code of its verdict.
    #[inline]
    pub fn see(&mut self, at: Moment, code: u8) {
        self.add(at.0, at, code, 1);
    }

    #[inline]
    fn add(&mut self, first: i64, last: Moment, code: u8, count: u32) {
        self.count = self.count.saturating_add(count);
        let newest = NewestVerdict::new(last, code);
        if usize::from(code) < Aaaa::ALL.len() {
            if KNOWN & 1 << code != 0 {
                self.aaaa = self.aaaa.max(newest);
            }
            self.seen |= 1 << code;
            if code == Aaaa::Synthesized as u8 {
                self.synthesized = self.synthesized.min(first);
            }
        } else if USABLE & 1 << code != 0 {
            self.a = self.a.max(newest);
        }
    }

    /// Takes in another summary of the same pair.
    pub fn absorb(&mut self, other: &Self) {
        self.aaaa = self.aaaa.max(other.aaaa);
        self.a = self.a.max(other.a);
        self.synthesized = self.synthesized.min(other.synthesized);
        self.count = self.count.saturating_add(other.count);
        self.seen |= other.seen;
    }

    /// The newest known verdict on AAAA; if none is known, the first of the others in the verdicts' order.
    #[must_use]
    pub fn aaaa(&self) -> Option<Aaaa> {
        self.aaaa.aaaa().or_else(|| Aaaa::ALL.get(self.seen.trailing_zeros() as usize).copied())
    }

    /// The newest usable verdict on A, to be compared with others.
    #[must_use]
    pub fn newest_a(&self) -> NewestVerdict {
        self.a
    }

    /// The status. What is known of A comes from this pair's newest usable verdict on it, else from
    /// anybody's.
    #[must_use]
    pub fn status(&self, anybody: Option<A>) -> Status {
        Status::from_verdicts(self.aaaa(), self.a.a().or(anybody))
    }

    /// The first synthesized answer.
    #[must_use]
    pub fn synthesized(&self) -> Option<Moment> {
        (self.synthesized != i64::MAX).then_some(Moment(self.synthesized))
    }

    /// Records.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Whether more than one known verdict on AAAA was seen.
    #[must_use]
    pub fn is_varied(&self) -> bool {
        (self.seen & KNOWN).count_ones() > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_is_of_the_latest_second_and_the_first_in_order() {
        let of = |at: i64, verdict: Verdict| NewestVerdict::new(Moment(at), verdict.code());
        let (native, empty) = (Verdict::Aaaa(Aaaa::Native), Verdict::Aaaa(Aaaa::Empty));
        assert!(of(5000, empty) > of(4999, native) && of(5000, native) > of(5999, empty));
        assert!(of(-1, empty) > of(-1001, native) && of(-1, native) > NewestVerdict::NONE);
        assert_eq!(of(-1, empty).aaaa(), Some(Aaaa::Empty));
        assert_eq!((of(7, Verdict::A(A::Blocked)).a(), of(7, empty).a()), (Some(A::Blocked), None));
        assert_eq!(NewestVerdict::NONE.aaaa(), None);
    }

    #[test]
    fn usable_is_what_is_conclusive() {
        for verdict in A::ALL {
            assert_eq!(USABLE >> Verdict::A(verdict).code() & 1 == 1, verdict.is_conclusive(), "{verdict:?}");
        }
        for verdict in Aaaa::ALL {
            assert_eq!(KNOWN >> verdict as u8 & 1 == 1, verdict.unknown().is_none(), "{verdict:?}");
        }
    }
}
