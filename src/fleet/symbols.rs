//! Interned text: each distinct string once, in one run of bytes, known by a number.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;

use super::NONE;
use super::index::{Index, Indexed};
use super::prefetch::prefetch;

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

/// The number of a text and a part of its hash, so that another text is seldom looked at.
#[derive(Clone, Copy, Debug)]
struct SymbolEntry {
    tag: u32,
    number: u32,
}

impl Indexed for SymbolEntry {
    const FREE: Self = Self { tag: 0, number: NONE };

    #[inline]
    fn is_free(&self) -> bool {
        self.number == NONE
    }
}

/// An interner. Query names are chosen by strangers, so the hash is seeded anew in each process.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    text: String,
    /// Where each text ends; it begins where the one before ends.
    ends: Vec<usize>,
    index: Index<SymbolEntry>,
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
        let is_it = |known: &SymbolEntry| {
            known.tag == tag(hash) && !known.is_free() && bytes(all, ends, known.number) == text
        };
        match self.index.find(place(hash), is_it) {
            Some(known) => Symbol(known.number),
            None => self.insert(text, hash),
        }
    }

    /// Asks for the place where a text with `hash` is looked up.
    #[inline]
    pub(super) fn fetch_place(&self, hash: u64) {
        self.index.fetch(place(hash));
    }

    /// The text that is likely to be the one with `hash`, if there is one.
    #[inline]
    pub(super) fn guess(&self, hash: u64) -> Option<Symbol> {
        let known = self.index.at(place(hash))?;
        (known.tag == tag(hash) && !known.is_free()).then_some(Symbol(known.number))
    }

    /// Prefetches the range of a text.
    #[inline]
    pub(super) fn fetch_range(&self, symbol: Symbol) {
        if let Some(end) = self.ends.get(symbol.index()) {
            prefetch(end);
        }
    }

    #[cold]
    #[expect(clippy::cast_possible_truncation, reason = "4 billion distinct texts would be over 64 GB")]
    fn insert(&mut self, new: &[u8], hash: u64) -> Symbol {
        let number = self.ends.len() as u32;
        self.text.push_str(&String::from_utf8_lossy(new));
        self.ends.push(self.text.len());
        let Self { text, ends, index, state } = self;
        let hash_of = |known: &SymbolEntry| place(self::hash(state, bytes(text, ends, known.number)));
        index.add(SymbolEntry { tag: tag(hash), number }, place(hash), hash_of);
        Symbol(number)
    }

    /// The symbol of `text`, if it was taken in before.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Symbol> {
        let hash = self.hash(text.as_bytes());
        let is_it = |known: &SymbolEntry| {
            !known.is_free() && bytes(&self.text, &self.ends, known.number) == text.as_bytes()
        };
        self.index.find(place(hash), is_it).map(|known| Symbol(known.number))
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

    /// Asks for a text.
    #[inline]
    pub(super) fn fetch(&self, symbol: Symbol) {
        if let [first, .., last] = self.bytes(symbol) {
            prefetch(first);
            prefetch(last);
        }
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
        self.text.capacity()
            + self.ends.capacity() * size_of::<usize>()
            + self.index.capacity() * size_of::<SymbolEntry>()
    }
}

/// The hash of bytes, without the length that [`std::hash::Hash`] for slices would put before them.
#[inline]
pub(super) fn hash(state: &RandomState, bytes: &[u8]) -> u64 {
    let mut hasher = state.build_hasher();
    hasher.write(bytes);
    hasher.finish()
}

/// The part of a hash that the index keeps.
#[inline]
fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// The part of a hash that says where in the index to look.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "any bits will do")]
fn place(hash: u64) -> usize {
    hash as usize
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
