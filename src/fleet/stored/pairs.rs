//! Pairs as they are written down.
//!
//! They are ordered origin by origin, those of one in the order of their names: so each is new, and what is
//! read becomes a fleet whose memory is in the order in which a survey goes through it. Sets of addresses are
//! stored once, however many pairs have the same.

use std::borrow::Cow;
use std::hash::Hash;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::{PackedSets, count, moment};
use crate::base::saturating::SaturatingInto as _;
use crate::fleet::index::PairKey;
use crate::fleet::pages::PagedList;
use crate::fleet::pair::{NONE, Pair};
use crate::fleet::span::{SLOTS, Span};
use crate::fleet::status::Statuses;
use crate::fleet::{AddressSet, Fleet};

/// The fewest bytes that a pair takes.
const LEAST: usize = 7;

/// All pairs written down.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StoredPairs<'a> {
    /// How many each origin has.
    counts: Vec<u32>,
    native: PackedSets<u128>,
    embedded: PackedSets<u32>,
    /// The first moment of all, in milliseconds.
    start: i64,
    /// A [`StoredPair`] for each, and its spans after it.
    #[serde(borrow)]
    rows: Cow<'a, [u8]>,
}

/// A pair without its spans.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(serde::Deserialize, PartialEq))]
struct StoredPair {
    /// How many names lie between that of the pair before and its own.
    gap: u32,
    /// The place of its set of addresses, by one more; 0 if it has none.
    native: u32,
    embedded: u32,
    cname_only: u32,
    marks: u8,
    picked: u16,
    spans: u8,
}

/// Marks of a [`StoredPair`].
const MIXED: u8 = 1;
const PARTIAL: u8 = 2;

/// A span of a pair.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(serde::Deserialize, PartialEq))]
struct StoredSpan {
    slot: u8,
    count: u64,
    /// Milliseconds from the first moment of all to the first of it, and from that to its last.
    first: u64,
    length: u64,
}

/// Distinct sets, in the order in which they are met.
struct DistinctSets<'f, T> {
    sets: Vec<&'f AddressSet<T>>,
    places: HashMap<(&'f [T], bool), u32, RandomState>,
}

impl<'f, T: Copy + Ord + Hash> DistinctSets<'f, T> {
    fn new() -> Self {
        Self { sets: Vec::new(), places: HashMap::default() }
    }

    /// The place of a set, by one more; 0 for none.
    fn place(&mut self, set: Option<&'f AddressSet<T>>) -> u32 {
        let Some(set) = set else { return 0 };
        let Self { sets, places } = self;
        *places.entry((set.lowest(), set.more())).or_insert_with(|| {
            sets.push(set);
            // There are fewer than pairs.
            sets.len().saturating_into::<u32>()
        })
    }
}

impl StoredPairs<'_> {
    /// The pairs of `fleet`; `ranks` has the place of each of its names among those that are written down.
    pub(super) fn from_fleet(fleet: &Fleet, ranks: &[u32]) -> postcard::Result<Self> {
        let mut order: Vec<(u32, u32, &Pair)> = fleet
            .keys
            .iter()
            .zip(fleet.pairs.iter())
            .map(|(key, pair)| (key.origin, ranks[key.name as usize], pair))
            .collect();
        order.sort_unstable_by_key(|(origin, name, _)| (*origin, *name));
        let spans = order.iter().flat_map(|(.., pair)| pair.all(&fleet.more));
        let start = spans.map(|(_, span)| span.first.0).min().unwrap_or_default();
        let mut counts = vec![0_u32; fleet.origins.list().len()];
        let (mut native, mut embedded) = (DistinctSets::new(), DistinctSets::new());
        let mut rows = Vec::with_capacity(order.len() * 32);
        let (mut before, mut next) = (NONE, 0);
        for (origin, name, pair) in order {
            if origin != before {
                (before, next) = (origin, 0);
            }
            counts[origin as usize] += 1;
            let spans = pair.spans(&fleet.more);
            let row = StoredPair {
                gap: name - next,
                native: native.place(fleet.native.get(pair.native as usize)),
                embedded: embedded.place(fleet.embedded.get(pair.embedded as usize)),
                cname_only: pair.cname_only,
                marks: (u8::from(pair.mixed) * MIXED) | (u8::from(pair.partial) * PARTIAL),
                picked: pair.picked.bits(),
                // There are no more than slots.
                spans: spans.slots().count().saturating_into(),
            };
            next = name + 1;
            rows = postcard::to_extend(&row, rows)?;
            for (slot, Span { count, first, last }) in spans.slots() {
                let (from, length) = (first.0.abs_diff(start), last.0.abs_diff(first.0));
                rows = postcard::to_extend(&StoredSpan { slot, count, first: from, length }, rows)?;
            }
        }
        let (native, embedded) = (native.sets.into_iter().collect(), embedded.sets.into_iter().collect());
        Ok(Self { counts, native, embedded, start, rows: Cow::Owned(rows) })
    }

    /// Gives `fleet`, which has its origins and names and no pair, those that were written down; `None` if
    /// they do not hold together.
    pub(super) fn restore(&self, fleet: &mut Fleet) -> Option<()> {
        let Self { counts, native, embedded, start, rows } = self;
        let most = rows.len() / LEAST;
        let all = counts.iter().try_fold(0, |sum: usize, count| sum.checked_add(*count as usize))?;
        if counts.len() != fleet.origins.list().len() || all > most {
            return None;
        }
        let native: Vec<_> = native.iter().collect::<Option<_>>()?;
        let embedded: Vec<_> = embedded.iter().collect::<Option<_>>()?;
        // Each has a number.
        u32::try_from(all).ok()?;
        fleet.keys.reserve(all);
        let names = u32::try_from(fleet.names.len()).ok()?;
        let mut rest = &**rows;
        for (origin, count) in (0_u32..).zip(counts) {
            let mut next = 0_u32;
            for _ in 0..*count {
                let row = StoredPair::take(&mut rest)?;
                let name = next.checked_add(row.gap).filter(|name| *name < names)?;
                next = name + 1;
                let mut pair = row.pair()?;
                for _ in 0..row.spans {
                    let (slot, span) = StoredSpan::take(&mut rest)?.span(*start)?;
                    pair.add(slot, span, &mut fleet.more);
                }
                pair.native = taken(&native, row.native, &mut fleet.native)?;
                pair.embedded = taken(&embedded, row.embedded, &mut fleet.embedded)?;
                fleet.keys.push(PairKey { origin, name });
                fleet.pairs.push(pair);
            }
        }
        fleet.index.add_all(fleet.keys.iter().copied());
        rest.is_empty().then_some(())
    }
}

/// Takes a number off the beginning of `rest`, as `postcard` writes one: seven bits a byte, the lowest first,
/// with a bit that says whether another follows. There are millions of them: read so they take half the time
/// that its reader of structures takes.
#[inline]
fn number(rest: &mut &[u8]) -> Option<u64> {
    let (mut number, mut shift) = (0_u64, 0_u32);
    loop {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        let bits = u64::from(byte & 0x7f);
        // The tenth byte has the last bit alone.
        (shift < 63 || shift == 63 && bits <= 1).then_some(())?;
        number |= bits << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
        shift += 7;
    }
}

#[inline]
fn byte(rest: &mut &[u8]) -> Option<u8> {
    let (byte, after) = rest.split_first()?;
    *rest = after;
    Some(*byte)
}

impl StoredPair {
    /// Takes one off the beginning of `rest`.
    #[inline]
    fn take(rest: &mut &[u8]) -> Option<Self> {
        let mut next = || u32::try_from(number(rest)?).ok();
        let (gap, native, embedded, cname_only) = (next()?, next()?, next()?, next()?);
        let marks = byte(rest)?;
        let picked = u16::try_from(number(rest)?).ok()?;
        Some(Self { gap, native, embedded, cname_only, marks, picked, spans: byte(rest)? })
    }

    fn pair(&self) -> Option<Pair> {
        let mut pair = Pair::new();
        pair.cname_only = self.cname_only;
        (pair.mixed, pair.partial) = (self.marks & MIXED != 0, self.marks & PARTIAL != 0);
        pair.picked = Statuses::from_bits(self.picked)?;
        (self.marks <= (MIXED | PARTIAL)).then_some(pair)
    }
}

impl StoredSpan {
    /// Takes one off the beginning of `rest`.
    #[inline]
    fn take(rest: &mut &[u8]) -> Option<Self> {
        let slot = byte(rest)?;
        Some(Self { slot, count: number(rest)?, first: number(rest)?, length: number(rest)? })
    }

    fn span(&self, start: i64) -> Option<(u8, Span)> {
        let first = moment(start.checked_add_unsigned(self.first)?)?;
        let last = moment(first.0.checked_add_unsigned(self.length)?)?;
        let holds = usize::from(self.slot) < SLOTS && self.count > 0;
        holds.then_some((self.slot, Span { count: count(self.count)?, first, last }))
    }
}

/// The number of a set of a pair's own, like the one at `place`.
fn taken<T: Copy + Ord + Default>(
    known: &[AddressSet<T>],
    place: u32,
    sets: &mut PagedList<AddressSet<T>>,
) -> Option<u32> {
    let Some(place) = place.checked_sub(1) else { return Some(NONE) };
    let number = u32::try_from(sets.len()).ok()?;
    sets.push(known.get(place as usize)?.clone());
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Quick reading agrees with that of `postcard`, also of what nobody wrote.
        #[test]
        fn rows_are_read_as_they_are_written(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let mut rest = &*bytes;
            let known = postcard::take_from_bytes::<StoredPair>(&bytes).ok();
            let pair = StoredPair::take(&mut rest).map(|pair| (pair, rest));
            prop_assert_eq!(pair, known);
            let mut rest = &*bytes;
            let known = postcard::take_from_bytes::<StoredSpan>(&bytes).ok();
            let span = StoredSpan::take(&mut rest).map(|span| (span, rest));
            prop_assert_eq!(span, known);
        }

        #[test]
        fn numbers_of_any_size(gap: u32, count: u64, first: u64, slot: u8, picked: u16) {
            let span = StoredSpan { slot, count, first, length: u64::MAX };
            let bytes = postcard::to_allocvec(&span).unwrap();
            let mut rest = &*bytes;
            prop_assert_eq!(StoredSpan::take(&mut rest), Some(span));
            prop_assert!(rest.is_empty());
            let (native, embedded, cname_only) = (0, u32::MAX, 1);
            let pair = StoredPair { gap, native, embedded, cname_only, marks: slot, picked, spans: 2 };
            let bytes = postcard::to_allocvec(&pair).unwrap();
            let mut rest = &*bytes;
            prop_assert_eq!(StoredPair::take(&mut rest), Some(pair));
            prop_assert!(rest.is_empty());
        }
    }
}
