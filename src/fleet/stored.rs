//! A fleet as it is written down, to be taken up again by a later run.
//!
//! What is written is what was counted, column by column; tables by which things are found are made again.
//! What comes back may be anything, so every number is looked at before it is used: a fleet that does not
//! hold together is none.

use serde::{Deserialize, Serialize};

use super::attached::Attached;
use super::course::StoredCourse;
use super::origins::{Origins, StoredOrigins};
use super::pages::Pages;
use super::pair::{NONE, Pair, SLOTS, Span};
use super::status::Statuses;
use super::{AddressSet, Course, Fleet, KEPT, Loss, Tally};
use crate::moment::Moment;
use crate::observation::Unknown;

/// No count of a log is larger, so that many of them have a sum.
const MOST: u64 = 1 << 40;
/// The earliest and the latest moment that a log can tell: the years 0 to 9999.
const TIMES: std::ops::RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;

/// A count that was written down, if it can be one.
pub(super) fn count(count: u64) -> Option<u64> {
    (count <= MOST).then_some(count)
}

/// A moment that was written down, if it can be one.
pub(super) fn moment(millis: i64) -> Option<Moment> {
    TIMES.contains(&millis).then_some(Moment(millis))
}

/// A fleet written down.
#[derive(Debug, Serialize, Deserialize)]
pub struct StoredFleet {
    names: Texts,
    name_ipv4: Sets<u32>,
    origins: StoredOrigins,
    /// Origin and name of each pair.
    keys: Vec<(u32, u32)>,
    pairs: Vec<StoredPair>,
    spans: Spans,
    native: Sets<u128>,
    embedded: Sets<u32>,
    forwarders: Vec<(String, Vec<String>)>,
    targets: Vec<(u32, Vec<String>)>,
    blocks: Vec<(u32, Vec<String>)>,
    tally: StoredTally,
}

/// A pair without its spans: how many it has, the places of its sets of addresses, and what else it knows.
#[derive(Debug, Serialize, Deserialize)]
struct StoredPair {
    spans: u8,
    native: Option<u32>,
    embedded: Option<u32>,
    cname_only: u32,
    mixed: bool,
    partial: bool,
    picked: u16,
}

/// Spans of pairs, in their order.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Spans {
    slots: Vec<u8>,
    counts: Vec<u64>,
    firsts: Vec<i64>,
    /// Milliseconds from the first to the last.
    lasts: Vec<u64>,
}

/// Counts, as far as a fleet that is written down has them.
#[derive(Debug, Serialize, Deserialize)]
struct StoredTally {
    records: u64,
    ignored: u64,
    outside: u64,
    picked: u64,
    picked_by_status: u64,
    range: Option<(i64, i64)>,
    checks: u64,
    unknown: [u64; Unknown::ALL.len()],
    partial: u64,
    masked_sources: u64,
    course: StoredCourse,
}

/// Texts, one behind the other.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Texts {
    text: String,
    lengths: Vec<u32>,
}

impl<'a> FromIterator<&'a str> for Texts {
    fn from_iter<I: IntoIterator<Item = &'a str>>(texts: I) -> Self {
        let mut all = Self::default();
        for text in texts {
            all.text.push_str(text);
            // Texts of a log are held to a few megabytes each.
            all.lengths.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
        }
        all
    }
}

impl Texts {
    /// Each of them; nothing where they do not hold together.
    pub(super) fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        let mut rest = Some(self.text.as_str());
        self.lengths.iter().map(move |length| {
            let (text, behind) = rest?.split_at_checked(*length as usize)?;
            rest = Some(behind);
            Some(text)
        })
    }
}

/// Sets of addresses, in their order.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Sets<T> {
    /// How many are kept of each, twice, and one more if there were others.
    lengths: Vec<u8>,
    addresses: Vec<T>,
}

impl<'a, T: Copy + Ord + 'a> FromIterator<&'a AddressSet<T>> for Sets<T> {
    fn from_iter<I: IntoIterator<Item = &'a AddressSet<T>>>(sets: I) -> Self {
        let mut all = Self { lengths: Vec::new(), addresses: Vec::new() };
        for set in sets {
            let length = u8::try_from(set.lowest().len()).unwrap_or(u8::MAX >> 1);
            all.lengths.push(length << 1 | u8::from(set.more()));
            all.addresses.extend_from_slice(set.lowest());
        }
        all
    }
}

impl<T: Copy + Ord + Default> Sets<T> {
    /// Each of them; nothing where they do not hold together.
    pub(super) fn iter(&self) -> impl Iterator<Item = Option<AddressSet<T>>> {
        let mut rest = Some(self.addresses.as_slice());
        self.lengths.iter().map(move |length| {
            let (addresses, behind) = rest?.split_at_checked(usize::from(length >> 1))?;
            rest = Some(behind);
            AddressSet::from_parts(addresses, length & 1 == 1)
        })
    }

    pub(super) fn len(&self) -> usize {
        self.lengths.len()
    }

    fn pages(&self) -> Option<Pages<AddressSet<T>>> {
        let mut pages = Pages::default();
        for set in self.iter() {
            pages.push(set?);
        }
        Some(pages)
    }
}

impl Fleet {
    /// Writes it down; `None` if it has something that is not written down: what was lost on the way, what
    /// could not be read, marks, and pairs that were folded away.
    #[must_use]
    pub fn store(&self) -> Option<StoredFleet> {
        if self.folded_a.iter().any(Option::is_some) {
            return None;
        }
        let mut spans = Spans::default();
        let pairs = self.pairs.iter().map(|pair| {
            let mut count = 0;
            for (slot, span) in pair.spans(&self.more).slots() {
                count += 1;
                spans.push(slot, span);
            }
            let place = |set: u32| (set != NONE).then_some(set);
            StoredPair {
                spans: count,
                native: place(pair.native),
                embedded: place(pair.embedded),
                cname_only: pair.cname_only,
                mixed: pair.mixed,
                partial: pair.partial,
                picked: pair.picked.bits(),
            }
        });
        Some(StoredFleet {
            pairs: pairs.collect(),
            names: self.names.iter().collect(),
            name_ipv4: self.name_ipv4.iter().collect(),
            origins: self.origins.store()?,
            keys: self.keys.iter().map(|key| (key.origin, key.name)).collect(),
            spans,
            native: self.native.iter().collect(),
            embedded: self.embedded.iter().collect(),
            forwarders: self.forwarders.store(),
            targets: self.targets.store(),
            blocks: self.blocks.store(),
            tally: StoredTally::of(&self.tally)?,
        })
    }

    /// The fleet that was written down; `None` if it does not hold together.
    #[must_use]
    pub fn from_stored(stored: StoredFleet) -> Option<Self> {
        let StoredFleet {
            names,
            name_ipv4,
            origins,
            keys,
            pairs,
            spans,
            native,
            embedded,
            forwarders,
            targets,
            blocks,
            tally,
        } = stored;
        let mut fleet = Self { origins: Origins::from_stored(&origins)?, ..Self::default() };
        for (number, name) in (0_u32..).zip(names.iter()) {
            if fleet.name(name?.as_bytes()).0 != number {
                return None;
            }
        }
        if name_ipv4.len() != fleet.names.len() || keys.len() != pairs.len() {
            return None;
        }
        for (known, set) in fleet.name_ipv4.iter_mut().zip(name_ipv4.iter()) {
            *known = set?;
        }
        (fleet.native, fleet.embedded) = (native.pages()?, embedded.pages()?);
        let mut spans = spans.each()?;
        for (number, ((origin, name), stored)) in (0_u32..).zip(keys.into_iter().zip(pairs)) {
            let is_known =
                (origin as usize) < fleet.origins.list().len() && (name as usize) < fleet.names.len();
            if !is_known || fleet.pair(origin, name) != number {
                return None;
            }
            let mut pair = Pair::new();
            for _ in 0..stored.spans {
                let (slot, span) = spans.next()??;
                pair.add(slot, span, &mut fleet.more);
            }
            pair.native = place(stored.native, fleet.native.len())?;
            pair.embedded = place(stored.embedded, fleet.embedded.len())?;
            (pair.cname_only, pair.mixed, pair.partial) = (stored.cname_only, stored.mixed, stored.partial);
            pair.picked = Statuses::from_bits(stored.picked)?;
            fleet.pairs[number as usize] = pair;
        }
        fleet.forwarders.restore(forwarders);
        let names = fleet.names.len();
        fleet.targets = Attached::from_stored(targets, names)?;
        fleet.blocks = Attached::from_stored(blocks, names)?;
        fleet.tally = tally.into_tally()?;
        Some(fleet)
    }
}

/// The number of a set of addresses, of which there are `count`.
fn place(set: Option<u32>, count: usize) -> Option<u32> {
    match set {
        None => Some(NONE),
        Some(set) => ((set as usize) < count).then_some(set),
    }
}

impl Spans {
    fn push(&mut self, slot: u8, span: Span) {
        self.slots.push(slot);
        self.counts.push(span.count);
        self.firsts.push(span.first.0);
        self.lasts.push(span.last.0.abs_diff(span.first.0));
    }

    /// Each of them; nothing where they do not hold together.
    fn each(&self) -> Option<impl Iterator<Item = Option<(u8, Span)>>> {
        let Self { slots, counts, firsts, lasts } = self;
        let is_whole =
            counts.len() == slots.len() && firsts.len() == slots.len() && lasts.len() == slots.len();
        is_whole.then(|| {
            slots.iter().zip(counts).zip(firsts).zip(lasts).map(|(((slot, counted), first), last)| {
                let (first, last) = (moment(*first)?, moment(first.checked_add_unsigned(*last)?)?);
                let holds = usize::from(*slot) < SLOTS && *counted > 0;
                holds.then_some((*slot, Span { count: count(*counted)?, first, last }))
            })
        })
    }
}

impl StoredTally {
    fn of(tally: &Tally) -> Option<Self> {
        let Tally {
            records,
            ignored,
            malformed,
            outside,
            picked,
            picked_by_status,
            range,
            reasons,
            loss,
            checks,
            marks,
            unknown,
            partial,
            masked_sources,
            folded,
            course,
        } = tally;
        let is_plain = *malformed == 0
            && reasons.is_empty()
            && *loss == Loss::default()
            && marks.is_empty()
            && *folded == super::Folds::default();
        is_plain.then(|| Self {
            records: *records,
            ignored: *ignored,
            outside: *outside,
            picked: *picked,
            picked_by_status: *picked_by_status,
            range: range.map(|(first, last)| (first.0, last.0)),
            checks: *checks,
            unknown: *unknown,
            partial: *partial,
            masked_sources: *masked_sources,
            course: course.store(),
        })
    }

    fn into_tally(self) -> Option<Tally> {
        Some(Tally {
            records: count(self.records)?,
            ignored: count(self.ignored)?,
            outside: count(self.outside)?,
            picked: count(self.picked)?,
            picked_by_status: count(self.picked_by_status)?,
            range: match self.range {
                Some((first, last)) => Some((moment(first)?, moment(last)?)),
                None => None,
            },
            checks: count(self.checks)?,
            unknown: self.unknown.iter().all(|unknown| count(*unknown).is_some()).then_some(self.unknown)?,
            partial: count(self.partial)?,
            masked_sources: count(self.masked_sources)?,
            course: Course::from_stored(self.course)?,
            ..Tally::default()
        })
    }
}

impl<T: Copy + Ord + Default> AddressSet<T> {
    /// A set of what is kept of one; `None` if that is not sorted, or more than is kept.
    fn from_parts(addresses: &[T], more: bool) -> Option<Self> {
        let is_sorted = addresses.is_sorted_by(|one, other| one < other);
        let holds = is_sorted && addresses.len() <= KEPT && (!more || addresses.len() == KEPT);
        holds.then(|| {
            let mut set = Self::default();
            for address in addresses {
                set.insert(*address);
            }
            set.with_more(more)
        })
    }
}
