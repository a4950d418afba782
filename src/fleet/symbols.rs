//! Interned text: each distinct string once, in one run of bytes, known by a number.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// The number of an interned text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(pub u32);

impl Symbol {
    /// The number as an index.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// An interner. Query names are chosen by strangers, so the hash is seeded anew in each process.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    text: String,
    /// Where each text ends; it begins where the one before ends.
    ends: Vec<usize>,
    /// The number of each text and the upper half of its hash, so that another text is seldom looked at.
    table: HashTable<(u32, u32)>,
    state: RandomState,
}

impl Symbols {
    /// The hash of a text in this interner.
    #[inline]
    #[must_use]
    pub fn hash(&self, text: &[u8]) -> u64 {
        self::hash(&self.state, text)
    }

    /// The symbol of `text`, UTF-8, which is taken in if it is new.
    #[inline]
    pub fn intern(&mut self, text: &[u8]) -> Symbol {
        self.intern_hashed(text, self.hash(text))
    }

    /// As [`Symbols::intern`], with the hash of `text` at hand.
    #[inline]
    pub fn intern_hashed(&mut self, text: &[u8], hash: u64) -> Symbol {
        let Self { text: all, ends, .. } = self;
        let found =
            self.table.find(hash, |(known, number)| *known == tag(hash) && bytes(all, ends, *number) == text);
        if let Some((_, found)) = found {
            return Symbol(*found);
        }
        self.insert(text, hash)
    }

    #[cold]
    #[expect(clippy::cast_possible_truncation, reason = "4 billion distinct texts would be over 64 GB")]
    fn insert(&mut self, new: &[u8], hash: u64) -> Symbol {
        let number = self.ends.len() as u32;
        self.text.push_str(&String::from_utf8_lossy(new));
        self.ends.push(self.text.len());
        let Self { text, ends, table, state } = self;
        let again = |(_, number): &(u32, u32)| self::hash(state, bytes(text, ends, *number));
        table.insert_unique(hash, (tag(hash), number), again);
        Symbol(number)
    }

    /// The symbol of `text`, if it was taken in before.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Symbol> {
        let equal = |(_, number): &(u32, u32)| bytes(&self.text, &self.ends, *number) == text.as_bytes();
        self.table.find(self.hash(text.as_bytes()), equal).map(|(_, number)| Symbol(*number))
    }

    /// The text of a symbol of this interner.
    #[must_use]
    pub fn get(&self, symbol: Symbol) -> &str {
        let range = range(&self.ends, symbol.0);
        &self.text[range]
    }

    /// The bytes of a symbol's text.
    #[inline]
    #[must_use]
    pub fn bytes(&self, symbol: Symbol) -> &[u8] {
        bytes(&self.text, &self.ends, symbol.0)
    }

    /// Looks at a text, so that it is at hand when it is needed. What is returned means nothing.
    #[inline]
    pub(super) fn fetch(&self, symbol: Symbol) -> u64 {
        self.bytes(symbol).first().copied().map_or(0, u64::from)
    }

    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All texts, in the order of their symbols.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |end| &self.text[std::mem::replace(&mut start, *end)..*end])
    }

    /// Bytes of memory in use.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<usize>() + self.table.capacity() * 9
    }
}

/// The hash of bytes, without the length that [`std::hash::Hash`] for slices would put before them.
#[inline]
pub(super) fn hash(state: &RandomState, bytes: &[u8]) -> u64 {
    let mut hasher = state.build_hasher();
    hasher.write(bytes);
    hasher.finish()
}

/// The part of a hash that stands in the table.
#[inline]
fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

#[inline]
fn range(ends: &[usize], number: u32) -> std::ops::Range<usize> {
    let number = number as usize;
    let start = if number == 0 { 0 } else { ends[number - 1] };
    start..ends[number]
}

#[inline]
fn bytes<'a>(text: &'a str, ends: &[usize], number: u32) -> &'a [u8] {
    &text.as_bytes()[range(ends, number)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_has_one_symbol() {
        let mut symbols = Symbols::default();
        let texts: Vec<String> = (0..1000).map(|number| format!("name-{}.", number % 500)).collect();
        let first: Vec<Symbol> = texts.iter().map(|text| symbols.intern(text.as_bytes())).collect();
        assert_eq!(symbols.len(), 500);
        for (text, symbol) in texts.iter().zip(first) {
            assert_eq!(symbols.get(symbol), text);
            assert_eq!(symbols.find(text), Some(symbol));
        }
        assert_eq!(symbols.find("other."), None);
        assert_eq!(symbols.intern(b""), symbols.intern(b""));
        assert_eq!(symbols.iter().count(), 501);
        assert!(symbols.iter().zip(&texts[..500]).all(|(kept, text)| kept == text));
    }
}
