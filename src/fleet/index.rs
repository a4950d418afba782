//! From origin and name to the number of their pair.
//!
//! Hundreds of thousands of pairs are found for millions of records, in memory that no cache of the processor holds. So
//! key and number stand together in one array, in the first free place from where the hash says: one look at memory
//! finds most of them, and many can be fetched at once ([`PairIndex::fetch`]).

use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use super::pair::NONE;

/// What a pair is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PairKey {
    pub origin: u32,
    pub name: u32,
}

/// A pair's key and number; [`NONE`] for a place that is free.
#[derive(Clone, Copy, Debug)]
struct Place {
    key: PairKey,
    number: u32,
}

const FREE: Place = Place { key: PairKey { origin: NONE, name: NONE }, number: NONE };

/// The numbers of pairs by their keys.
#[derive(Clone, Debug, Default)]
pub(super) struct PairIndex {
    /// None, or a power of two, at most three quarters of them taken.
    places: Vec<Place>,
    taken: usize,
    state: RandomState,
}

impl PairIndex {
    /// The hash of a key in this index.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "any bits will do")]
    pub(super) fn hash(&self, key: PairKey) -> usize {
        self.state.hash_one(u64::from(key.origin) << 32 | u64::from(key.name)) as usize
    }

    /// Looks at the place where `hash` begins, so that it is at hand when it is needed. What is returned means nothing.
    #[inline]
    pub(super) fn fetch(&self, hash: usize) -> u32 {
        self.places.get(hash & self.places.len().wrapping_sub(1)).map_or(0, |place| place.number)
    }

    /// The number of `key`.
    pub(super) fn find(&self, key: PairKey) -> Option<u32> {
        self.find_hashed(key, self.hash(key))
    }

    #[inline]
    fn find_hashed(&self, key: PairKey, hash: usize) -> Option<u32> {
        let mask = self.places.len().wrapping_sub(1);
        let mut at = hash & mask;
        while let Some(place) = self.places.get(at) {
            if place.key == key {
                return Some(place.number);
            }
            if place.number == NONE {
                break;
            }
            at = (at + 1) & mask;
        }
        None
    }

    /// The number of `key`, whose hash is `hash`; `next` if it is new.
    #[inline]
    pub(super) fn find_or_add(&mut self, key: PairKey, hash: usize, next: u32) -> u32 {
        if let Some(found) = self.find_hashed(key, hash) {
            return found;
        }
        self.add(Place { key, number: next }, hash);
        next
    }

    #[cold]
    fn add(&mut self, new: Place, hash: usize) {
        if self.taken >= self.places.len() / 4 * 3 {
            let room = (2 * self.places.len()).max(16);
            let old = std::mem::replace(&mut self.places, vec![FREE; room]);
            for place in old.into_iter().filter(|place| place.number != NONE) {
                self.put(place, self.hash(place.key));
            }
        }
        self.put(new, hash);
        self.taken += 1;
    }

    fn put(&mut self, new: Place, hash: usize) {
        let mask = self.places.len() - 1;
        let mut at = hash & mask;
        while self.places[at].number != NONE {
            at = (at + 1) & mask;
        }
        self.places[at] = new;
    }

    /// Bytes of memory in use.
    pub(super) fn memory(&self) -> usize {
        self.places.capacity() * size_of::<Place>()
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
        assert!(index.memory() < keys.len() * 48);
    }
}
