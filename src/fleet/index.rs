//! Hash tables that are searched for each record, too large for the caches of the processor.
//!
//! All entries are in one array, each in the first place that was free from the one that its hash gives: one
//! look at memory finds most of them, and it can be asked for ahead ([`Index::fetch`]).

use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use super::pair::NONE;
use super::prefetch::prefetch;

/// An entry of an [`Index`].
pub(super) trait Indexed: Copy {
    /// The value of a free place.
    const FREE: Self;

    /// Whether this place is free.
    fn is_free(&self) -> bool;
}

/// Entries, found by the hash of their key.
#[derive(Clone, Debug)]
pub(super) struct Index<E> {
    /// None, or a power of two, at most three quarters of them taken.
    places: Vec<E>,
    taken: usize,
}

impl<E> Default for Index<E> {
    fn default() -> Self {
        Self { places: Vec::new(), taken: 0 }
    }
}

impl<E: Indexed> Index<E> {
    /// The entry at the place that `hash` gives. It may be another than the one looked for.
    #[inline]
    pub(super) fn at(&self, hash: usize) -> Option<&E> {
        self.places.get(hash & self.places.len().wrapping_sub(1))
    }

    /// Asks for the place where `hash` begins.
    #[inline]
    pub(super) fn fetch(&self, hash: usize) {
        if let Some(place) = self.at(hash) {
            prefetch(place);
        }
    }

    /// The entry with `hash` that `is_it`.
    #[inline]
    pub(super) fn find(&self, hash: usize, mut is_it: impl FnMut(&E) -> bool) -> Option<E> {
        let mask = self.places.len().wrapping_sub(1);
        let mut at = hash & mask;
        while let Some(entry) = self.places.get(at) {
            // No free place is what is looked for.
            if is_it(entry) {
                return Some(*entry);
            }
            if entry.is_free() {
                break;
            }
            at = (at + 1) & mask;
        }
        None
    }

    /// Adds an entry that is not there yet; `hash_of` gives the hash of any.
    #[cold]
    pub(super) fn add(&mut self, new: E, hash: usize, hash_of: impl Fn(&E) -> usize) {
        if self.taken >= self.places.len() / 4 * 3 {
            self.grow((2 * self.places.len()).max(16), hash_of);
        }
        self.put(new, hash);
        self.taken += 1;
    }

    /// Makes room for `more` entries at once.
    fn reserve(&mut self, more: usize, hash_of: impl Fn(&E) -> usize) {
        let all = self.taken.saturating_add(more);
        if all > self.places.len() / 4 * 3 {
            self.grow((all / 3 * 4 + 4).next_power_of_two().max(16), hash_of);
        }
    }

    fn grow(&mut self, room: usize, hash_of: impl Fn(&E) -> usize) {
        let old = std::mem::replace(&mut self.places, vec![E::FREE; room]);
        for entry in old.into_iter().filter(|entry| !entry.is_free()) {
            self.put(entry, hash_of(&entry));
        }
    }

    fn put(&mut self, new: E, hash: usize) {
        let mask = self.places.len() - 1;
        let mut at = hash & mask;
        while !self.places[at].is_free() {
            at = (at + 1) & mask;
        }
        self.places[at] = new;
    }

    /// How many places there are.
    pub(super) fn capacity(&self) -> usize {
        self.places.capacity()
    }
}

/// What a pair is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PairKey {
    pub origin: u32,
    pub name: u32,
}

/// A pair's key and number; [`NONE`] for a place that is free.
#[derive(Clone, Copy, Debug)]
struct IndexSlot {
    key: PairKey,
    number: u32,
}

impl Indexed for IndexSlot {
    const FREE: Self = Self { key: PairKey { origin: NONE, name: NONE }, number: NONE };

    #[inline]
    fn is_free(&self) -> bool {
        self.number == NONE
    }
}

/// The numbers of pairs by their keys.
#[derive(Clone, Debug, Default)]
pub(super) struct PairIndex {
    index: Index<IndexSlot>,
    state: RandomState,
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "any bits will do")]
fn hash(state: &RandomState, key: PairKey) -> usize {
    state.hash_one(u64::from(key.origin) << 32 | u64::from(key.name)) as usize
}

impl PairIndex {
    /// The hash of a key in this index.
    #[inline]
    pub(super) fn hash(&self, key: PairKey) -> usize {
        hash(&self.state, key)
    }

    /// Asks for the place where `hash` begins.
    #[inline]
    pub(super) fn fetch(&self, hash: usize) {
        self.index.fetch(hash);
    }

    /// The number of `key`.
    pub(super) fn find(&self, key: PairKey) -> Option<u32> {
        self.find_hashed(key, self.hash(key))
    }

    /// As [`PairIndex::find`], with the hash of `key` at hand.
    #[inline]
    pub(super) fn find_hashed(&self, key: PairKey, hash: usize) -> Option<u32> {
        self.index.find(hash, |place| place.key == key).map(|place| place.number)
    }

    /// The number of `key`, whose hash is `hash`; `next` if it is new.
    #[inline]
    pub(super) fn find_or_add(&mut self, key: PairKey, hash: usize, next: u32) -> u32 {
        if let Some(found) = self.find_hashed(key, hash) {
            return found;
        }
        let Self { index, state } = self;
        index.add(IndexSlot { key, number: next }, hash, |place| self::hash(state, place.key));
        next
    }

    /// Makes room for `more` pairs at once.
    fn reserve(&mut self, more: usize) {
        let Self { index, state } = self;
        index.reserve(more, |place| hash(state, place.key));
    }

    /// Adds the keys of all pairs, none of which is there yet, each with its place among them. Their places
    /// lie anywhere in the table: memory is asked for some dozens of them at once.
    pub(super) fn add_all(&mut self, mut keys: impl ExactSizeIterator<Item = PairKey>) {
        const AHEAD: usize = 32;
        self.reserve(keys.len());
        let (mut hashed, mut number) = ([(PairKey { origin: NONE, name: NONE }, 0); AHEAD], 0);
        loop {
            let mut count = 0;
            for (place, key) in hashed.iter_mut().zip(keys.by_ref()) {
                *place = (key, self.hash(key));
                self.fetch(place.1);
                count += 1;
            }
            if count == 0 {
                return;
            }
            let Self { index, state } = self;
            for (key, hash) in &hashed[..count] {
                index.add(IndexSlot { key: *key, number }, *hash, |place| self::hash(state, place.key));
                number += 1;
            }
        }
    }

    /// Bytes of memory in use.
    pub(super) fn memory(&self) -> usize {
        self.index.capacity() * size_of::<IndexSlot>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_one_number() {
        let mut index = PairIndex::default();
        let keys: Vec<PairKey> =
            (0..5000).map(|number| PairKey { origin: number % 70, name: number / 70 * 1000 }).collect();
        for round in 0..2 {
            for (number, key) in (0..).zip(&keys) {
                let next = if round == 0 { number } else { NONE };
                assert_eq!(index.find_or_add(*key, index.hash(*key), next), number);
            }
        }
        assert!((keys.len() * size_of::<IndexSlot>()..keys.len() * 48).contains(&index.memory()));
    }
}
