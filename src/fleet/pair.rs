//! What is kept of one origin and one endpoint: per verdict a span, and the addresses.

use super::NewestVerdict;
use super::span::{SLOTS, Span, slot};
use super::status::Statuses;
use crate::base::moment::{Moment, hull};
use crate::base::saturating::SaturatingInto as _;
use crate::log::observation::{A, Aaaa, Unknown, Verdict};

/// No entry.
pub(super) const NONE: u32 = u32::MAX;

/// A span as it is kept in a pair. Counts that outgrow it go on in a [`MoreSpan`].
#[derive(Clone, Copy, Debug)]
struct KeptSpan {
    first: Moment,
    last: Moment,
}

/// The spans of one pair in the fleet's memory, one cache line: most pairs know one verdict on AAAA and one
/// on A, so two spans are kept in the pair itself and the others in a chain of [`MoreSpan`].
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct Pair {
    kept: [KeptSpan; 2],
    counts: [u32; 2],
    /// The first of the other spans.
    more: u32,
    /// Index of the set of native addresses.
    pub native: u32,
    /// Index of the set of embedded IPv4 addresses.
    pub embedded: u32,
    pub cname_only: u32,
    /// The slots of `kept`; [`FREE`] for one that is free.
    slots: [u8; 2],
    pub mixed: bool,
    /// Answers were read in part only, and judged by what they showed.
    pub partial: bool,
    /// With which statuses it is picked out: [`super::Fleet::pick`].
    pub picked: Statuses,
}

/// A span beyond the two that the pair itself holds.
#[derive(Clone, Debug)]
pub(super) struct MoreSpan {
    span: Span,
    slot: u8,
    next: u32,
}

/// A slot that holds no span.
const FREE: u8 = u8::MAX;

impl Pair {
    pub(super) fn new() -> Self {
        let none = KeptSpan { first: Moment(0), last: Moment(0) };
        Self {
            kept: [none; 2],
            counts: [0; 2],
            slots: [FREE; 2],
            mixed: false,
            partial: false,
            picked: Statuses::NONE,
            more: NONE,
            native: NONE,
            embedded: NONE,
            cname_only: 0,
        }
    }

    /// Counts one record of `slot`.
    ///
    /// The place is computed, not searched: a wrongly guessed branch on a pair that is still on its way from
    /// memory would keep the processor from fetching the next ones meanwhile.
    #[inline]
    pub(super) fn count(&mut self, slot: u8, at: Moment, more: &mut Vec<MoreSpan>) {
        let place = usize::from(self.slots[0] != slot);
        if self.slots[place] == slot && self.counts[place] < u32::MAX {
            let kept = &mut self.kept[place];
            kept.first = kept.first.min(at);
            kept.last = kept.last.max(at);
            self.counts[place] += 1;
        } else {
            self.add(slot, Span::at(at), more);
        }
    }

    /// Adds `span` to what is known of `slot`.
    pub(super) fn add(&mut self, slot: u8, span: Span, more: &mut Vec<MoreSpan>) {
        for place in 0..2 {
            let Ok(count) = u32::try_from(u64::from(self.counts[place]).saturating_add(span.count)) else {
                continue;
            };
            if self.slots[place] == FREE {
                self.slots[place] = slot;
                self.kept[place] = KeptSpan { first: span.first, last: span.last };
            } else if self.slots[place] != slot {
                continue;
            }
            let kept = &mut self.kept[place];
            kept.first = kept.first.min(span.first);
            kept.last = kept.last.max(span.last);
            self.counts[place] = count;
            return;
        }
        let mut at = self.more;
        while let Some(entry) = more.get_mut(at as usize) {
            if entry.slot == slot {
                entry.span.absorb(span);
                return;
            }
            at = entry.next;
        }
        let index = more.len().saturating_into::<u32>();
        more.push(MoreSpan { span, slot, next: self.more });
        self.more = index;
    }

    /// All spans, by verdict.
    pub(super) fn spans(&self, more: &[MoreSpan]) -> Spans {
        let mut spans = Spans::default();
        // Those of most pairs: one on AAAA and one on A, in any order, or one alone.
        if self.more == NONE && self.slots[0] != self.slots[1] {
            let lower = usize::from(self.slots[0] > self.slots[1]);
            for (place, at) in spans.inline.iter_mut().zip([lower, 1 - lower]) {
                let (slot, KeptSpan { first, last }) = (self.slots[at], self.kept[at]);
                *place = (slot, Span { count: u64::from(self.counts[at]), first, last });
                spans.length += usize::from(slot != FREE);
                spans.seen |= bit(slot);
            }
            return spans;
        }
        for (slot, span) in self.all(more) {
            spans.add(slot, span);
        }
        spans
    }

    /// All spans with their slots, in no order; a slot may come twice.
    pub(super) fn all<'a>(&'a self, more: &'a [MoreSpan]) -> impl Iterator<Item = (u8, Span)> + 'a {
        let inline = (0..2).filter(|place| self.slots[*place] != FREE).map(|place| {
            let KeptSpan { first, last } = self.kept[place];
            (self.slots[place], Span { count: u64::from(self.counts[place]), first, last })
        });
        let mut at = self.more;
        let chain = std::iter::from_fn(move || {
            let entry = more.get(at as usize)?;
            at = entry.next;
            Some((entry.slot, entry.span))
        });
        inline.chain(chain)
    }
}

/// How many spans [`Spans`] itself holds; few pairs have more.
const INLINE: usize = 4;

/// The spans of one pair, by verdict.
#[derive(Clone, Debug)]
pub struct Spans {
    /// Sorted by slot while they fit.
    inline: [(u8, Span); INLINE],
    length: usize,
    /// All of them once they do not, sorted by slot.
    spilled: Vec<(u8, Span)>,
    /// A bit for each slot: whether it has a span.
    seen: u32,
}

const _: () = assert!(SLOTS <= u32::BITS as usize);
/// The bits of the slots of AAAA, which come first.
const AAAA: u32 = (1 << Aaaa::ALL.len()) - 1;

/// The bit of a slot.
fn bit(slot: u8) -> u32 {
    1_u32.checked_shl(slot.into()).unwrap_or_default()
}

impl Default for Spans {
    fn default() -> Self {
        let none = Span { count: 0, first: Moment(0), last: Moment(0) };
        Self { inline: [(FREE, none); INLINE], length: 0, spilled: Vec::new(), seen: 0 }
    }
}

impl PartialEq for Spans {
    fn eq(&self, other: &Self) -> bool {
        self.list() == other.list()
    }
}

impl Eq for Spans {}

impl Spans {
    fn list(&self) -> &[(u8, Span)] {
        if self.spilled.is_empty() { &self.inline[..self.length] } else { &self.spilled }
    }

    /// All spans with their slots.
    pub(super) fn slots(&self) -> impl Iterator<Item = (u8, Span)> + '_ {
        self.list().iter().copied()
    }

    pub(super) fn add(&mut self, slot: u8, span: Span) {
        self.seen |= bit(slot);
        let spilled = !self.spilled.is_empty();
        let list = if spilled { &mut self.spilled[..] } else { &mut self.inline[..self.length] };
        let at = list.partition_point(|(known, _)| *known < slot);
        if let Some((known, kept)) = list.get_mut(at)
            && *known == slot
        {
            kept.absorb(span);
        } else if spilled {
            self.spilled.insert(at, (slot, span));
        } else if self.length == INLINE {
            self.spilled.extend_from_slice(&self.inline);
            self.spilled.insert(at, (slot, span));
        } else {
            self.inline.copy_within(at..self.length, at + 1);
            self.inline[at] = (slot, span);
            self.length += 1;
        }
    }

    /// Takes in a span of one verdict, unless that is not judged.
    pub(crate) fn see(&mut self, verdict: Verdict, span: Span) {
        if let Some(slot) = slot(verdict) {
            self.add(slot, span);
        }
    }

    /// Whether any answer to AAAA was seen.
    #[must_use]
    pub fn has_aaaa(&self) -> bool {
        self.seen & AAAA != 0
    }

    /// Whether any answer to A was seen.
    #[must_use]
    pub fn has_a(&self) -> bool {
        self.seen & !AAAA != 0
    }

    /// The span of one verdict on AAAA, if it was seen.
    #[must_use]
    pub fn aaaa_with(&self, verdict: Aaaa) -> Option<Span> {
        self.with(verdict as u8)
    }

    /// The span of one verdict on A, if it was seen.
    #[must_use]
    pub fn a_with(&self, verdict: A) -> Option<Span> {
        self.with(slot(Verdict::A(verdict))?)
    }

    fn with(&self, slot: u8) -> Option<Span> {
        // Most are asked for in vain.
        if self.seen & bit(slot) == 0 {
            return None;
        }
        self.list().iter().find(|(known, _)| *known == slot).map(|(_, span)| *span)
    }

    /// The spans of the AAAA verdicts seen, in the order of the verdicts.
    pub fn aaaa(&self) -> impl Iterator<Item = (Aaaa, Span)> + Clone + '_ {
        self.list().iter().filter_map(|(slot, span)| match Verdict::from_code(*slot) {
            Verdict::Aaaa(verdict) => Some((verdict, *span)),
            _ => None,
        })
    }

    /// The spans of the A verdicts seen, in the order of the verdicts.
    pub fn a(&self) -> impl Iterator<Item = (A, Span)> + Clone + '_ {
        self.list().iter().filter_map(|(slot, span)| match Verdict::from_code(*slot) {
            Verdict::A(verdict) => Some((verdict, *span)),
            _ => None,
        })
    }

    /// The earliest and the latest moment of all.
    #[must_use]
    pub fn range(&self) -> Option<(Moment, Moment)> {
        self.list().iter().map(|(_, span)| Some((span.first, span.last))).fold(None, hull)
    }

    /// The known verdicts on AAAA that were seen, in the order of the verdicts.
    pub fn known_aaaa(&self) -> impl Iterator<Item = (Aaaa, Span)> + Clone + '_ {
        self.aaaa().filter(|(verdict, _)| verdict.unknown().is_none())
    }

    /// The verdict that decides: the known one with the latest last record, within one second the first in
    /// the verdicts' order. If none is known, the first of the others in that order.
    #[must_use]
    pub fn newest_aaaa(&self) -> Option<Aaaa> {
        let seen = self.seen & AAAA;
        let first = *Aaaa::ALL.get(seen.trailing_zeros() as usize)?;
        // Most pairs have one, which is the newest whatever it says.
        if seen.is_power_of_two() {
            return Some(first);
        }
        let newest =
            self.known_aaaa().map(|(verdict, span)| NewestVerdict::new(span.last, verdict as u8)).max();
        Some(newest.and_then(NewestVerdict::aaaa).unwrap_or(first))
    }

    /// The spans on AAAA by the words of exports: all that are not known are one word.
    pub fn aaaa_words(&self) -> impl Iterator<Item = (&'static str, Span)> + '_ {
        let known = self.known_aaaa().map(|(verdict, span)| (verdict.word(), span));
        known.chain(self.unknown_aaaa().map(|unknown| (Aaaa::Absent.word(), unknown.span)))
    }

    /// The same for A.
    pub fn a_words(&self) -> impl Iterator<Item = (&'static str, Span)> + '_ {
        let known = self.a().filter(|(verdict, _)| verdict.unknown().is_none());
        let known = known.map(|(verdict, span)| (verdict.word(), span));
        known.chain(self.unknown_a().map(|unknown| (A::Absent.word(), unknown.span)))
    }

    /// All answers to AAAA of which what was read does not say what they were, in one span, and how many of
    /// them for which reason.
    #[must_use]
    pub fn unknown_aaaa(&self) -> Option<UnknownSpan> {
        UnknownSpan::from_spans(self.aaaa().map(|(verdict, span)| (verdict.unknown(), span)))
    }

    /// The same for A.
    #[must_use]
    pub fn unknown_a(&self) -> Option<UnknownSpan> {
        UnknownSpan::from_spans(self.a().map(|(verdict, span)| (verdict.unknown(), span)))
    }
}

/// Answers of which what was read does not say what they were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownSpan {
    /// All of them.
    pub span: Span,
    /// Records by [`Unknown`], in its order.
    pub reasons: [u64; Unknown::ALL.len()],
}

impl UnknownSpan {
    fn from_spans(spans: impl Iterator<Item = (Option<Unknown>, Span)>) -> Option<Self> {
        let mut all: Option<Self> = None;
        for (why, span) in spans {
            let Some(why) = why else { continue };
            let mut reasons = [0; Unknown::ALL.len()];
            reasons[why as usize] = span.count;
            match &mut all {
                None => all = Some(Self { span, reasons }),
                Some(all) => {
                    all.span.absorb(span);
                    all.reasons[why as usize] += span.count;
                }
            }
        }
        all
    }
}

/// A verdict that gave way to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerdictChange {
    /// The first record of the new verdict.
    pub at: Moment,
    /// What it was before.
    pub from: Aaaa,
    /// What it was from then on.
    pub to: Aaaa,
}

impl Spans {
    /// The latest change: a span of a known AAAA verdict that begins after another has ended. Where several
    /// ended before, the one that ended last is what it changed from. An answer that is not known is no
    /// change.
    #[must_use]
    pub fn change(&self) -> Option<VerdictChange> {
        let mut latest: Option<VerdictChange> = None;
        for (to, span) in self.known_aaaa() {
            let mut before: Option<(Aaaa, Span)> = None;
            for (from, other) in self.known_aaaa().filter(|(_, other)| other.last < span.first) {
                if before.is_none_or(|(_, known)| other.last > known.last) {
                    before = Some((from, other));
                }
            }
            if let Some((from, _)) = before
                && latest.is_none_or(|known| span.first > known.at)
            {
                latest = Some(VerdictChange { at: span.first, from, to });
            }
        }
        latest
    }

    /// Whether two known AAAA verdicts were seen in turns: their spans overlap.
    #[must_use]
    pub fn flapping(&self) -> bool {
        self.known_aaaa().any(|(verdict, span)| {
            self.known_aaaa().any(|(other, known)| other > verdict && span.overlaps(&known))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::span::SLOTS;

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
        let change = VerdictChange { at: Moment::from_seconds(6), from: Aaaa::Empty, to: Aaaa::Synthesized };
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
        let mut pair = Pair::new();
        for round in 0..3 {
            for slot in 0..25 {
                pair.add(slot, Span::at(Moment(round * 100 + i64::from(slot))), &mut more);
            }
        }
        let mut all: Vec<_> = pair.all(&more).collect();
        all.sort_by_key(|(slot, _)| *slot);
        assert_eq!(all.len(), SLOTS);
        assert!(all.iter().all(|(slot, span)| span.count == 3 && span.first == Moment(i64::from(*slot))));
        assert_eq!(more.len(), SLOTS - 2);
        assert_eq!(size_of::<Pair>(), 64);
    }

    #[test]
    fn counts_beyond_what_a_pair_holds_itself() {
        let mut more = Vec::new();
        let mut pair = Pair::new();
        let many = Span { count: u64::from(u32::MAX) - 1, first: Moment(5), last: Moment(6) };
        pair.add(3, many, &mut more);
        for at in [7, 8, 1] {
            pair.count(3, Moment(at), &mut more);
        }
        let mut spans = Spans::default();
        for (slot, span) in pair.all(&more) {
            spans.add(slot, span);
        }
        let total = Span { count: u64::from(u32::MAX) + 2, first: Moment(1), last: Moment(8) };
        assert_eq!(spans.aaaa().collect::<Vec<_>>(), [(Aaaa::Empty, total)]);
    }
}
