//! Observations on their way to being counted.
//!
//! Counting a record touches a few places in tables far larger than the processor's caches: the origin, the
//! name, the index of pairs, the pair, its addresses; where each is says the one before. Record by record the
//! processor would wait for each of them. So records are counted step by step, a chunk of them at a time, and
//! each step asks for what the next one needs; while that comes from memory, the next records are read.

use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::log::observation::{Aaaa, Aside, Observation, Verdict};

use super::index::PairKey;
use super::prefetch::prefetch;
use super::sight::RecordOrigin;
use super::span::slot;
use super::symbols::Symbol;
use super::{AddressSet, Fleet, NONE, insert_all};

/// How many observations make a chunk.
const SIZE: usize = 16;
/// How many chunks are on their way, the one that is being filled among them: one for each step.
const CHUNKS: usize = 6;

/// One observation, as far as it is not counted yet.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "flags of an observation, each by itself")]
struct WaitingObservation {
    /// Of the pair, once that is known.
    hash: usize,
    at: Moment,
    /// Its place among the sightings, and among the names.
    sighting: u32,
    name: u32,
    pair: u32,
    /// Ends of this observation's part of both kinds of addresses.
    native_end: u32,
    ipv4_end: u32,
    slot: u8,
    cname_only: bool,
    mixed: bool,
    partial: bool,
    aaaa: bool,
}

/// A name.
#[derive(Clone, Copy, Debug)]
struct BatchName {
    hash: u64,
    /// Its bytes.
    start: usize,
    end: usize,
    /// What it is likely to be.
    guess: Option<Symbol>,
    /// What it is, once that is known.
    symbol: Symbol,
}

/// What an observation says besides its answer: the place of its name, and the places of its texts.
#[derive(Clone, Copy, Debug)]
struct AttachedPart {
    name: u32,
    start: usize,
    /// Ends of the targets, the rule group and the domain list.
    ends: [usize; 3],
}

/// Some observations that go the same way together.
#[derive(Debug, Default)]
struct ObservationChunk {
    waiting: Vec<WaitingObservation>,
    sightings: Vec<RecordOrigin>,
    /// The numbers of the origins of `sightings`.
    origins: Vec<u32>,
    /// A and AAAA of one lookup follow each other and share one.
    names: Vec<BatchName>,
    text: Vec<u8>,
    native: Vec<u128>,
    ipv4: Vec<u32>,
    /// What few observations say besides.
    asides: Vec<AttachedPart>,
    /// Steps taken.
    steps: usize,
}

/// Some dozens of observations.
#[derive(Debug, Default)]
pub struct ObservationBatch {
    /// The chunk that is being filled.
    newest: ObservationChunk,
    /// Those that are on their way, and where the oldest of them is.
    older: [ObservationChunk; CHUNKS - 1],
    oldest: usize,
}

impl ObservationChunk {
    /// Keeps what an observation of the newest name says besides.
    fn attach(&mut self, aside: Aside<'_>) {
        let start = self.text.len();
        let ends = [aside.targets, aside.rule_group, aside.domain_list].map(|text| {
            self.text.extend_from_slice(text);
            self.text.len()
        });
        self.asides.push(AttachedPart { name: (self.names.len() - 1).saturating_into(), start, ends });
    }
}

impl Fleet {
    /// Takes in one observation as [`Fleet::observe`] does, some of it later: [`Fleet::settle`] must be
    /// called before the fleet is read.
    #[inline]
    pub fn observe_later(&mut self, observation: &Observation<'_>, batch: &mut ObservationBatch) {
        let slot = slot(observation.verdict);
        let chunk = &mut batch.newest;
        let sighting = self.origins.sighting(observation, slot.is_none());
        self.origins.fetch_recent(&sighting);
        chunk.sightings.push(sighting);
        self.tally.saw(observation);
        self.forwarders.saw(observation);
        if let Some(slot) = slot {
            let is_newest = |name: &BatchName| &chunk.text[name.start..name.end] == observation.name;
            if !chunk.names.last().is_some_and(is_newest) {
                let start = chunk.text.len();
                chunk.text.extend_from_slice(observation.name);
                let hash = self.names.hash(observation.name);
                self.names.fetch_place(hash);
                chunk.names.push(BatchName {
                    hash,
                    start,
                    end: chunk.text.len(),
                    guess: None,
                    symbol: Symbol(NONE),
                });
            }
            chunk.native.extend_from_slice(observation.native);
            chunk.ipv4.extend_from_slice(observation.ipv4);
            chunk.waiting.push(WaitingObservation {
                hash: 0,
                at: observation.at,
                sighting: (chunk.sightings.len() - 1).saturating_into(),
                name: (chunk.names.len() - 1).saturating_into(),
                pair: NONE,
                native_end: chunk.native.len().saturating_into(),
                ipv4_end: chunk.ipv4.len().saturating_into(),
                slot,
                cname_only: observation.cname_only,
                mixed: observation.mixed,
                partial: observation.partial,
                aaaa: matches!(observation.verdict, Verdict::Aaaa(_)),
            });
            if !observation.aside.is_empty() {
                chunk.attach(observation.aside);
            }
        } else {
            self.tally.ignored += 1;
        }
        if chunk.sightings.len() >= SIZE {
            self.advance(batch);
        }
    }

    /// Takes each chunk one step on, the oldest first, and begins another.
    fn advance(&mut self, batch: &mut ObservationBatch) {
        let ObservationBatch { newest, older, oldest } = batch;
        let (late, early) = older.split_at_mut(*oldest);
        for chunk in early.iter_mut().chain(late) {
            self.step(chunk);
        }
        self.step(newest);
        // The oldest took its last step.
        std::mem::swap(newest, &mut older[*oldest]);
        *oldest = (*oldest + 1) % older.len();
    }

    /// Counts what waits.
    pub fn settle(&mut self, batch: &mut ObservationBatch) {
        let ObservationBatch { newest, older, oldest } = batch;
        let (late, early) = older.split_at_mut(*oldest);
        for chunk in early.iter_mut().chain(late).chain([newest]) {
            while !chunk.sightings.is_empty() {
                self.step(chunk);
            }
        }
    }

    /// Takes a chunk one step on; after the last it is empty.
    fn step(&mut self, chunk: &mut ObservationChunk) {
        if chunk.sightings.is_empty() {
            return;
        }
        chunk.steps += 1;
        match chunk.steps {
            1 => self.guess(chunk),
            2 => self.meet(chunk),
            3 => self.look_up(chunk),
            4 => self.find_pairs(chunk),
            5 => self.count_all(chunk),
            _ => self.keep_addresses(chunk),
        }
    }

    /// Guesses who asked for what.
    fn guess(&mut self, chunk: &mut ObservationChunk) {
        for sighting in &chunk.sightings {
            self.origins.fetch_guess(sighting);
        }
        for name in &mut chunk.names {
            name.guess = self.names.guess(name.hash);
            if let Some(symbol) = name.guess {
                self.names.fetch_range(symbol);
            }
        }
    }

    /// Finds who asked.
    fn meet(&mut self, chunk: &mut ObservationChunk) {
        let ObservationChunk { sightings, origins, names, .. } = chunk;
        origins.clear();
        origins.extend(sightings.iter().map(|sighting| self.origins.meet(sighting)));
        for symbol in names.iter().filter_map(|name| name.guess) {
            self.names.fetch(symbol);
        }
    }

    /// Finds for what.
    fn look_up(&mut self, chunk: &mut ObservationChunk) {
        let ObservationChunk { waiting, origins, names, text, .. } = chunk;
        for name in names.iter_mut() {
            name.symbol = self.names.intern_hashed(&text[name.start..name.end], name.hash);
        }
        if self.name_ipv4.len() < self.names.len() {
            self.name_ipv4.resize_with(self.names.len(), AddressSet::default);
        }
        for item in waiting {
            item.hash = self.index.hash(key(item, origins, names));
            self.index.fetch(item.hash);
        }
    }

    fn find_pairs(&mut self, chunk: &mut ObservationChunk) {
        let ObservationChunk { waiting, origins, names, .. } = chunk;
        for item in waiting {
            item.pair = self.pair_hashed(key(item, origins, names), item.hash);
            prefetch(&self.pairs[item.pair as usize]);
        }
    }

    fn count_all(&mut self, chunk: &mut ObservationChunk) {
        let ObservationChunk { waiting, names, ipv4, .. } = chunk;
        for item in waiting {
            let pair = &mut self.pairs[item.pair as usize];
            pair.count(item.slot, item.at, &mut self.more);
            if item.cname_only && item.slot == Aaaa::Empty as u8 {
                pair.cname_only = pair.cname_only.saturating_add(1);
            }
            pair.mixed |= item.mixed;
            pair.partial |= item.partial;
            self.fetch_sets(&self.pairs[item.pair as usize]);
            if !item.aaaa && !ipv4.is_empty() {
                self.name_ipv4[names[item.name as usize].symbol.index()].fetch();
            }
        }
    }

    fn keep_addresses(&mut self, chunk: &mut ObservationChunk) {
        let ObservationChunk { waiting, sightings, names, text, native, ipv4, asides, steps, .. } = chunk;
        let (mut native_start, mut ipv4_start) = (0, 0);
        for item in waiting.iter() {
            let new_native = &native[native_start..item.native_end as usize];
            let new_ipv4 = &ipv4[ipv4_start..item.ipv4_end as usize];
            native_start = item.native_end as usize;
            ipv4_start = item.ipv4_end as usize;
            if !new_native.is_empty() || !new_ipv4.is_empty() {
                let name = names[item.name as usize].symbol;
                self.learn_addresses(item.pair, name, item.aaaa, new_native, new_ipv4);
            }
        }
        for AttachedPart { name, start, ends: [targets, group, list] } in asides.drain(..) {
            let aside = Aside {
                targets: &text[start..targets],
                rule_group: &text[targets..group],
                domain_list: &text[group..list],
            };
            self.attach(names[name as usize].symbol, aside);
        }
        waiting.clear();
        sightings.clear();
        names.clear();
        text.clear();
        native.clear();
        ipv4.clear();
        *steps = 0;
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

/// What the pair of an observation is found by, once its origin and name are.
#[inline]
fn key(item: &WaitingObservation, origins: &[u32], names: &[BatchName]) -> PairKey {
    PairKey { origin: origins[item.sighting as usize], name: names[item.name as usize].symbol.0 }
}
