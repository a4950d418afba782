//! A fleet as it is written down, to be taken up again by a later run.
//!
//! What is written is what was counted; tables by which things are found are made again.
//! What comes back may be anything, so every number is looked at before it is used: a fleet that does not
//! hold together is none.

use serde::{Deserialize, Serialize};

use super::attached::Attached;
use super::course::StoredCourse;
use super::order::order_names;
use super::origins::{Origins, StoredOrigins};
use super::packed::{PackedSets, PackedTexts, count, moment};
use super::{Course, Fleet, Loss, NewestVerdict, Tally};
use crate::log::observation::Unknown;

mod pairs;

use pairs::StoredPairs;

/// A fleet written down; borrowed from the bytes that it is read from.
#[derive(Debug, Serialize, Deserialize)]
pub struct StoredFleet<'a> {
    /// Sorted.
    #[serde(borrow)]
    names: PackedTexts<'a>,
    name_ipv4: PackedSets<u32>,
    #[serde(borrow)]
    origins: StoredOrigins<'a>,
    #[serde(borrow)]
    pairs: StoredPairs<'a>,
    forwarders: Vec<(String, Vec<String>)>,
    targets: Vec<(u32, Vec<String>)>,
    blocks: Vec<(u32, Vec<String>)>,
    tally: StoredTally,
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

impl Fleet {
    /// Writes it down; `None` if it has something that is not written down: what was lost on the way, what
    /// could not be read, marks, and pairs that were folded away.
    #[must_use]
    pub fn store(&self) -> Option<StoredFleet<'static>> {
        if self.folded_a.iter().any(|known| *known != NewestVerdict::NONE) {
            return None;
        }
        let (order, ranks) = order_names(self);
        Some(StoredFleet {
            names: order.iter().map(|name| self.names.get(*name)).collect(),
            name_ipv4: order.iter().map(|name| &self.name_ipv4[name.index()]).collect(),
            origins: self.origins.store()?,
            // It is written to memory.
            pairs: StoredPairs::from_fleet(self, &ranks).ok()?,
            forwarders: self.forwarders.store(),
            targets: self.targets.store(&ranks),
            blocks: self.blocks.store(&ranks),
            tally: StoredTally::from_tally(&self.tally)?,
        })
    }

    /// The fleet that was written down; `None` if it does not hold together.
    #[must_use]
    pub fn from_stored(stored: StoredFleet<'_>) -> Option<Self> {
        let StoredFleet { names, name_ipv4, origins, pairs, forwarders, targets, blocks, tally } = stored;
        let mut fleet = Self { origins: Origins::from_stored(&origins)?, ..Self::default() };
        for (number, name) in (0_u32..).zip(names.iter()) {
            if fleet.name(name?.as_bytes()).0 != number {
                return None;
            }
        }
        if name_ipv4.len() != fleet.names.len() {
            return None;
        }
        for (known, set) in fleet.name_ipv4.iter_mut().zip(name_ipv4.iter()) {
            *known = set?;
        }
        pairs.restore(&mut fleet)?;
        fleet.forwarders.restore(forwarders);
        let names = fleet.names.len();
        fleet.targets = Attached::from_stored(targets, names)?;
        fleet.blocks = Attached::from_stored(blocks, names)?;
        fleet.tally = tally.into_tally()?;
        Some(fleet)
    }
}

impl StoredTally {
    fn from_tally(tally: &Tally) -> Option<Self> {
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
