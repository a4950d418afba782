//! Values that many things share: each once, by number.

use std::hash::{BuildHasher as _, Hash};
use std::ops::Index;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::saturating::SaturatingInto as _;

/// Values, each once. Numbers count from 0 on, in the order in which values came.
#[derive(Clone, Debug)]
pub(crate) struct Interned<T> {
    list: Vec<T>,
    table: HashTable<u32>,
    state: RandomState,
}

impl<T> Default for Interned<T> {
    fn default() -> Self {
        Self { list: Vec::new(), table: HashTable::default(), state: RandomState::default() }
    }
}

impl<T: Copy + Eq + Hash> Interned<T> {
    /// The number of a value.
    pub(crate) fn number(&mut self, value: T) -> u32 {
        let Self { list, table, state } = self;
        let hash = |value: &T| state.hash_one(value);
        find_or_add(table, list, hash(&value), |known| *known == value, hash, || value)
    }

    /// The value of a number, if there is one.
    #[inline]
    pub(crate) fn get(&self, number: u32) -> Option<T> {
        self.list.get(number as usize).copied()
    }

    /// All values, in the order of their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = T> + '_ {
        self.list.iter().copied()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Bytes of memory in use.
    pub(crate) fn memory(&self) -> usize {
        self.list.capacity() * size_of::<T>() + self.table.capacity() * (size_of::<u32>() + 1)
    }
}

/// The value of a number that this gave out.
impl<T> Index<u32> for Interned<T> {
    type Output = T;

    fn index(&self, number: u32) -> &T {
        &self.list[number as usize]
    }
}

/// The place in `list` of what `equal` says yes to, which has this `hash`; what `make` makes is added if
/// there is none. `rehash` gives the hash of what is there.
pub(crate) fn find_or_add<T>(
    table: &mut HashTable<u32>,
    list: &mut Vec<T>,
    hash: u64,
    equal: impl Fn(&T) -> bool,
    rehash: impl Fn(&T) -> u64,
    make: impl FnOnce() -> T,
) -> u32 {
    if let Some(found) = table.find(hash, |index| equal(&list[*index as usize])) {
        return *found;
    }
    let index = list.len().saturating_into::<u32>();
    list.push(make());
    table.insert_unique(hash, index, |index| rehash(&list[*index as usize]));
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_has_one_number() {
        let mut interned = Interned::default();
        let values = || (0..1000_u64).map(|at| at * 7 % 300);
        let numbers: Vec<u32> = values().map(|value| interned.number(value)).collect();
        assert_eq!(interned.len(), 300);
        for (value, number) in values().zip(numbers) {
            assert_eq!((interned.get(number), interned.number(value)), (Some(value), number));
        }
        assert_eq!((interned.get(300), interned.iter().count()), (None, 300));
    }
}
