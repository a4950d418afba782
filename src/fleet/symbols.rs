//! Interned text: each distinct string once, in one run of bytes, known by a number.

use std::hash::BuildHasher;

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
#[derive(Debug, Default)]
pub struct Symbols {
    text: String,
    /// Where each text ends; it begins where the one before ends.
    ends: Vec<usize>,
    table: HashTable<u32>,
    state: RandomState,
}

impl Symbols {
    /// The symbol of `text`, which is taken in if it is new.
    #[expect(clippy::cast_possible_truncation, reason = "4 billion distinct texts would be over 64 GB")]
    pub fn intern(&mut self, text: &str) -> Symbol {
        let hash = self.state.hash_one(text.as_bytes());
        if let Some(found) = self.table.find(hash, |number| slice(&self.text, &self.ends, *number) == text) {
            return Symbol(*found);
        }
        let number = self.ends.len() as u32;
        self.text.push_str(text);
        self.ends.push(self.text.len());
        let Self { text, ends, table, state } = self;
        table.insert_unique(hash, number, |number| state.hash_one(slice(text, ends, *number).as_bytes()));
        Symbol(number)
    }

    /// The symbol of `text`, if it was taken in before.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Symbol> {
        let hash = self.state.hash_one(text.as_bytes());
        self.table
            .find(hash, |number| slice(&self.text, &self.ends, *number) == text)
            .map(|number| Symbol(*number))
    }

    /// The text of a symbol of this interner.
    #[must_use]
    pub fn get(&self, symbol: Symbol) -> &str {
        slice(&self.text, &self.ends, symbol.0)
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
        (0..self.ends.len())
            .map(|number| slice(&self.text, &self.ends, u32::try_from(number).unwrap_or(u32::MAX)))
    }

    /// Bytes of memory in use.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<usize>() + self.table.capacity() * 5
    }
}

fn slice<'a>(text: &'a str, ends: &[usize], number: u32) -> &'a str {
    let number = number as usize;
    let start = if number == 0 { 0 } else { ends[number - 1] };
    &text[start..ends[number]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_has_one_symbol() {
        let mut symbols = Symbols::default();
        let texts: Vec<String> = (0..1000).map(|number| format!("name-{}.", number % 500)).collect();
        let first: Vec<Symbol> = texts.iter().map(|text| symbols.intern(text)).collect();
        assert_eq!(symbols.len(), 500);
        for (text, symbol) in texts.iter().zip(first) {
            assert_eq!(symbols.get(symbol), text);
            assert_eq!(symbols.find(text), Some(symbol));
        }
        assert_eq!(symbols.find("other."), None);
        assert_eq!(symbols.intern(""), symbols.intern(""));
        assert_eq!(symbols.iter().count(), 501);
    }
}
