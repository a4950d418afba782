//! Observations that wait to be counted together.
//!
//! Counting a record touches a few places in tables far larger than the processor's caches. One record at a time, the
//! processor waits for each in turn, since reading the next record's text stands between. Some dozens at once, step
//! by step, it fetches many of them at the same time.

use std::hint::black_box;

use crate::moment::Moment;
use crate::observation::{Aaaa, Observation, Verdict};

use super::index::PairKey;
use super::pair::slot;
use super::symbols::Symbol;
use super::{AddressSet, Fleet, NONE, insert_all};

/// How many observations are counted together.
const SIZE: usize = 64;

/// One observation, as far as it is not counted yet.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    hash: u64,
    at: Moment,
    origin: u32,
    symbol: u32,
    pair: u32,
    /// Ends of this observation's part of the names, and of both kinds of addresses.
    name_end: u32,
    native_end: u32,
    ipv4_end: u32,
    slot: u8,
    cname_only: bool,
    mixed: bool,
    aaaa: bool,
}

/// Some dozens of observations.
#[derive(Debug)]
pub struct Batch {
    waiting: Vec<Waiting>,
    names: Vec<u8>,
    /// Where the newest of the names begins, and its hash.
    newest: (usize, u64),
    native: Vec<u128>,
    ipv4: Vec<u32>,
}

impl Default for Batch {
    fn default() -> Self {
        Self {
            waiting: Vec::with_capacity(SIZE),
            names: Vec::new(),
            newest: (usize::MAX, 0),
            native: Vec::new(),
            ipv4: Vec::new(),
        }
    }
}

fn end(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(NONE)
}

impl Fleet {
    /// Takes in one observation as [`Fleet::observe`] does, some of it later: [`Fleet::settle`] must be called before
    /// the fleet is read.
    #[inline]
    pub fn observe_later(&mut self, observation: &Observation<'_>, batch: &mut Batch) {
        let slot = slot(observation.verdict);
        let origin = self.origins.see(observation, slot.is_none());
        self.tally.saw(observation.at);
        let Some(slot) = slot else {
            self.tally.ignored += 1;
            return;
        };
        // A and AAAA of one lookup follow each other: then the name, and what it is known by, is that of the one before.
        let (start, hash) = batch.newest;
        let hash = if batch.names.get(start..).is_some_and(|newest| newest == observation.name) {
            hash
        } else {
            let hash = self.names.hash(observation.name);
            batch.newest = (batch.names.len(), hash);
            batch.names.extend_from_slice(observation.name);
            hash
        };
        batch.native.extend_from_slice(observation.native);
        batch.ipv4.extend_from_slice(observation.ipv4);
        batch.waiting.push(Waiting {
            hash,
            at: observation.at,
            origin,
            symbol: NONE,
            pair: NONE,
            name_end: end(batch.names.len()),
            native_end: end(batch.native.len()),
            ipv4_end: end(batch.ipv4.len()),
            slot,
            cname_only: observation.cname_only,
            mixed: observation.mixed,
            aaaa: matches!(observation.verdict, Verdict::Aaaa(_)),
        });
        if batch.waiting.len() >= SIZE {
            self.settle(batch);
        }
    }

    /// Counts what waits.
    pub fn settle(&mut self, batch: &mut Batch) {
        let Batch { waiting, names, newest, native, ipv4 } = batch;
        let (mut start, mut symbol) = (0, NONE);
        for item in waiting.iter_mut() {
            let end = item.name_end as usize;
            if end > start {
                symbol = self.names.intern_hashed(&names[start..end], item.hash).0;
                start = end;
            }
            item.symbol = symbol;
        }
        if self.name_ipv4.len() < self.names.len() {
            self.name_ipv4.resize_with(self.names.len(), AddressSet::default);
        }
        // What each step needs is looked at just before, with nothing to decide between: so it comes from memory for
        // many at once.
        let mut seen = 0;
        for item in waiting.iter_mut() {
            let hash = self.index.hash(PairKey { origin: item.origin, name: item.symbol });
            item.hash = hash as u64;
            seen ^= self.index.fetch(hash);
        }
        black_box(seen);
        for item in waiting.iter_mut() {
            #[expect(clippy::cast_possible_truncation, reason = "it was of that size")]
            let hash = item.hash as usize;
            item.pair = self.pair_hashed(PairKey { origin: item.origin, name: item.symbol }, hash);
        }
        let seen = waiting.iter().fold(0, |seen, item| seen ^ self.pairs[item.pair as usize].native);
        black_box(seen);
        for item in waiting.iter() {
            let pair = &mut self.pairs[item.pair as usize];
            pair.count(item.slot, item.at, &mut self.more);
            if item.cname_only && item.slot == Aaaa::Empty as u8 {
                pair.cname_only = pair.cname_only.saturating_add(1);
            }
            pair.mixed |= item.mixed;
        }
        let seen = waiting.iter().fold(0, |seen, item| {
            seen ^ if item.aaaa {
                let pair = &self.pairs[item.pair as usize];
                self.native.get(pair.native as usize).map_or(0, AddressSet::fetch)
                    ^ self.embedded.get(pair.embedded as usize).map_or(0, AddressSet::fetch)
            } else {
                self.name_ipv4[item.symbol as usize].fetch()
            }
        });
        black_box(seen);
        let (mut native_start, mut ipv4_start) = (0, 0);
        for item in waiting.iter() {
            let new_native = &native[native_start..item.native_end as usize];
            let new_ipv4 = &ipv4[ipv4_start..item.ipv4_end as usize];
            native_start = item.native_end as usize;
            ipv4_start = item.ipv4_end as usize;
            if new_native.is_empty() && new_ipv4.is_empty() {
                continue;
            }
            self.learn_addresses(item.pair, Symbol(item.symbol), item.aaaa, new_native, new_ipv4);
        }
        waiting.clear();
        *newest = (usize::MAX, 0);
        names.clear();
        native.clear();
        ipv4.clear();
    }

    /// Keeps the addresses of an answer: of AAAA with the pair, of A with the name.
    #[inline]
    pub(super) fn learn_addresses(
        &mut self,
        pair: u32,
        name: Symbol,
        aaaa: bool,
        native: &[u128],
        ipv4: &[u32],
    ) {
        if aaaa {
            let pair = &mut self.pairs[pair as usize];
            insert_all(&mut self.native, &mut pair.native, native);
            insert_all(&mut self.embedded, &mut pair.embedded, ipv4);
        } else {
            let known = &mut self.name_ipv4[name.index()];
            for address in ipv4 {
                known.insert(*address);
            }
        }
    }
}
