//! What is kept of one origin and one endpoint: per verdict a span, and the addresses.

use crate::moment::Moment;
use crate::observation::{A, Aaaa, Verdict};

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

/// The number of slots that a pair may have: nine verdicts on AAAA, eight on A.
pub(super) const SLOTS: usize = Aaaa::ALL.len() + A::ALL.len();

/// The slot of a verdict; `None` for what is not judged.
pub(super) fn slot(verdict: Verdict) -> Option<u8> {
    match verdict {
        Verdict::Aaaa(verdict) => Some(verdict as u8),
        Verdict::A(verdict) => Some(Aaaa::ALL.len() as u8 + verdict as u8),
        Verdict::NotJudged => None,
    }
}

/// Whether a slot is of a verdict on AAAA.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape of a filter over slots")]
pub(super) fn is_aaaa(slot: &u8) -> bool {
    usize::from(*slot) < Aaaa::ALL.len()
}

/// No entry.
pub(super) const NONE: u32 = u32::MAX;

/// The spans of one pair in the fleet's memory: most pairs know one verdict on AAAA and one on A, so two spans stand
/// in the pair itself and the others in a chain of [`More`].
#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub origin: u32,
    pub name: u32,
    pub spans: [Span; 2],
    /// The slots of `spans`; `u8::MAX` for one that is free.
    pub slots: [u8; 2],
    pub mixed: bool,
    /// The first of the other spans.
    pub more: u32,
    /// Index of the set of native addresses.
    pub native: u32,
    /// Index of the set of embedded IPv4 addresses.
    pub embedded: u32,
    pub cname_only: u32,
}

/// A span beyond the two that stand in the pair.
#[derive(Clone, Debug)]
pub(super) struct More {
    pub span: Span,
    pub slot: u8,
    pub next: u32,
}

/// A slot that holds no span.
pub(super) const FREE: u8 = u8::MAX;

impl Pair {
    pub(super) fn new(origin: u32, name: u32) -> Self {
        let none = Span { count: 0, first: Moment(0), last: Moment(0) };
        Self {
            origin,
            name,
            spans: [none; 2],
            slots: [FREE; 2],
            mixed: false,
            more: NONE,
            native: NONE,
            embedded: NONE,
            cname_only: 0,
        }
    }

    /// Adds `span` to what is known of `slot`.
    pub(super) fn add(&mut self, slot: u8, span: Span, more: &mut Vec<More>) {
        for (kept, known) in self.spans.iter_mut().zip(&mut self.slots) {
            if *known == slot {
                kept.absorb(span);
                return;
            }
            if *known == FREE {
                *known = slot;
                *kept = span;
                return;
            }
        }
        let mut at = self.more;
        while let Some(entry) = more.get_mut(at as usize) {
            if entry.slot == slot {
                entry.span.absorb(span);
                return;
            }
            at = entry.next;
        }
        let index = u32::try_from(more.len()).unwrap_or(NONE);
        more.push(More { span, slot, next: self.more });
        self.more = index;
    }

    /// All spans with their slots, in no order.
    pub(super) fn all<'a>(&'a self, more: &'a [More]) -> impl Iterator<Item = (u8, Span)> + 'a {
        let inline = self.slots.iter().zip(&self.spans).filter(|(slot, _)| **slot != FREE);
        let mut at = self.more;
        let chain = std::iter::from_fn(move || {
            let entry = more.get(at as usize)?;
            at = entry.next;
            Some((entry.slot, entry.span))
        });
        inline.map(|(slot, span)| (*slot, *span)).chain(chain)
    }
}

/// The spans of one question, by verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spans {
    slots: [Option<Span>; SLOTS],
}

impl Default for Spans {
    fn default() -> Self {
        Self { slots: [None; SLOTS] }
    }
}

impl Spans {
    pub(super) fn add(&mut self, slot: u8, span: Span) {
        match &mut self.slots[usize::from(slot)] {
            Some(kept) => kept.absorb(span),
            free => *free = Some(span),
        }
    }

    /// The spans of the AAAA verdicts seen, in the order of the verdicts.
    pub fn aaaa(&self) -> impl Iterator<Item = (Aaaa, Span)> + '_ {
        Aaaa::ALL.into_iter().filter_map(|verdict| Some((verdict, self.slots[verdict as usize]?)))
    }

    /// The spans of the A verdicts seen, in the order of the verdicts.
    pub fn a(&self) -> impl Iterator<Item = (A, Span)> + '_ {
        A::ALL
            .into_iter()
            .filter_map(|verdict| Some((verdict, self.slots[Aaaa::ALL.len() + verdict as usize]?)))
    }

    /// The earliest and the latest moment of all.
    #[must_use]
    pub fn range(&self) -> Option<(Moment, Moment)> {
        let seen = self.slots.iter().flatten();
        Some((seen.clone().map(|span| span.first).min()?, seen.map(|span| span.last).max()?))
    }

    /// The verdict with the latest last record; within one second, the first in the verdicts' order.
    #[must_use]
    pub fn newest_aaaa(&self) -> Option<Aaaa> {
        newest(self.aaaa()).map(|(verdict, _)| verdict)
    }
}

/// The newest of `spans`, which come in the verdicts' order.
pub(super) fn newest<V>(spans: impl Iterator<Item = (V, Span)>) -> Option<(V, Span)> {
    spans.reduce(|best, next| if next.1.last.second() > best.1.last.second() { next } else { best })
}

/// A verdict that gave way to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The first record of the new verdict.
    pub at: Moment,
    /// What it was before.
    pub from: Aaaa,
    /// What it was from then on.
    pub to: Aaaa,
}

impl Spans {
    /// The latest change: a span of an AAAA verdict that begins after another has ended. Where several ended before,
    /// the one that ended last is what it changed from.
    #[must_use]
    pub fn change(&self) -> Option<Change> {
        let mut latest: Option<Change> = None;
        for (to, span) in self.aaaa() {
            let mut before: Option<(Aaaa, Span)> = None;
            for (from, other) in self.aaaa().filter(|(_, other)| other.last < span.first) {
                if before.is_none_or(|(_, known)| other.last > known.last) {
                    before = Some((from, other));
                }
            }
            if let Some((from, _)) = before
                && latest.is_none_or(|known| span.first > known.at)
            {
                latest = Some(Change { at: span.first, from, to });
            }
        }
        latest
    }

    /// Whether two AAAA verdicts were seen in turns: their spans overlap.
    #[must_use]
    pub fn flapping(&self) -> bool {
        self.aaaa()
            .any(|(verdict, span)| self.aaaa().any(|(other, known)| other > verdict && span.overlaps(&known)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(list: &[(Aaaa, i64, i64)]) -> Spans {
        let mut spans = Spans::default();
        for (verdict, first, last) in list {
            let span =
                Span { count: 2, first: Moment::from_seconds(*first), last: Moment::from_seconds(*last) };
            spans.add(*verdict as u8, span);
        }
        spans
    }

    #[test]
    fn the_newest_and_its_precedence_within_a_second() {
        assert_eq!(spans(&[]).newest_aaaa(), None);
        assert_eq!(spans(&[(Aaaa::Empty, 1, 5), (Aaaa::Native, 1, 4)]).newest_aaaa(), Some(Aaaa::Empty));
        assert_eq!(spans(&[(Aaaa::Empty, 1, 5), (Aaaa::Native, 1, 5)]).newest_aaaa(), Some(Aaaa::Native));
        let mut within = spans(&[(Aaaa::Native, 1, 5)]);
        within.add(Aaaa::Empty as u8, Span::at(Moment(5900)));
        assert_eq!(within.newest_aaaa(), Some(Aaaa::Native), "a fraction of a second decides nothing");
    }

    #[test]
    fn changes_and_flapping() {
        let turned = spans(&[(Aaaa::Empty, 1, 5), (Aaaa::Synthesized, 6, 9)]);
        let change = Change { at: Moment::from_seconds(6), from: Aaaa::Empty, to: Aaaa::Synthesized };
        assert_eq!(turned.change(), Some(change));
        assert!(!turned.flapping());
        let turns = spans(&[(Aaaa::Empty, 1, 6), (Aaaa::Synthesized, 6, 9)]);
        assert_eq!(turns.change(), None);
        assert!(turns.flapping());
        let both = spans(&[(Aaaa::Native, 8, 9), (Aaaa::Synthesized, 4, 7), (Aaaa::Empty, 1, 5)]);
        assert!(both.flapping());
        assert_eq!(
            both.change().map(|change| (change.from, change.to)),
            Some((Aaaa::Synthesized, Aaaa::Native))
        );
    }

    #[test]
    fn more_verdicts_than_stand_in_the_pair() {
        let mut more = Vec::new();
        let mut pair = Pair::new(0, 0);
        for round in 0..3 {
            for slot in 0..SLOTS as u8 {
                pair.add(slot, Span::at(Moment(round * 100 + i64::from(slot))), &mut more);
            }
        }
        let mut all: Vec<_> = pair.all(&more).collect();
        all.sort_by_key(|(slot, _)| *slot);
        assert_eq!(all.len(), SLOTS);
        assert!(all.iter().all(|(slot, span)| span.count == 3 && span.first == Moment(i64::from(*slot))));
        assert_eq!(more.len(), SLOTS - 2);
    }
}
