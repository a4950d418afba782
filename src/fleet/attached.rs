//! Texts that records attach to the names asked for, a few to each: what a name leads to, what blocks it.
//!
//! They are properties of a name, whoever asked, as the records of one name nearly always agree.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::symbols::{Symbol, Symbols};

/// The most texts that are kept of a name: those lowest in byte order, so that the order of records does not
/// matter.
const KEPT: usize = 4;

/// Texts by the symbols of names.
#[derive(Clone, Debug, Default)]
pub(super) struct Attached {
    texts: Symbols,
    of: HashMap<u32, FewTexts, RandomState>,
}

/// A few texts, sorted.
#[derive(Clone, Copy, Debug)]
struct FewTexts {
    texts: [Symbol; KEPT],
    length: u8,
}

impl FewTexts {
    const NONE: Self = Self { texts: [Symbol(super::NONE); KEPT], length: 0 };

    fn all(&self) -> &[Symbol] {
        &self.texts[..usize::from(self.length)]
    }

    fn insert(&mut self, at: usize, text: Symbol) {
        self.texts[at..].rotate_right(1);
        self.texts[at] = text;
        if usize::from(self.length) < KEPT {
            self.length += 1;
        }
    }
}

impl Attached {
    /// Attaches `text`, UTF-8, to a name.
    #[inline]
    pub(super) fn learn(&mut self, name: Symbol, text: &[u8]) {
        let known = self.of.entry(name.0).or_insert(FewTexts::NONE);
        // The same as before, as nearly always.
        if known.all().iter().any(|one| self.texts.bytes(*one) == text) {
            return;
        }
        let at = known.all().partition_point(|one| self.texts.bytes(*one) < text);
        if at < KEPT {
            known.insert(at, self.texts.intern(text));
        }
    }

    /// Whether `text` is attached to a name.
    #[inline]
    pub(super) fn has(&self, name: Symbol, text: &[u8]) -> bool {
        let known = self.of.get(&name.0);
        known.is_some_and(|known| known.all().iter().any(|one| self.texts.bytes(*one) == text))
    }

    /// The texts attached to a name, sorted.
    pub(super) fn for_name(&self, name: Symbol) -> impl Iterator<Item = &str> {
        self.of.get(&name.0).into_iter().flat_map(FewTexts::all).map(|text| self.texts.get(*text))
    }

    /// Takes in what `other` has of a name, which is `from` there.
    pub(super) fn take(&mut self, name: Symbol, other: &Self, from: Symbol) {
        for text in other.for_name(from) {
            self.learn(name, text.as_bytes());
        }
    }

    /// Takes in another, whose names are `names` here.
    pub(super) fn absorb(&mut self, other: &Self, names: &[Symbol]) {
        for from in other.of.keys() {
            if let Some(name) = names.get(*from as usize) {
                self.take(*name, other, Symbol(*from));
            }
        }
    }

    /// As it is written down, where names have these numbers, in the order of those.
    pub(super) fn store(&self, numbers: &[u32]) -> Vec<(u32, Vec<String>)> {
        let list = |few: &FewTexts| few.all().iter().map(|text| self.texts.get(*text).to_owned()).collect();
        let numbered =
            self.of.iter().filter_map(|(name, few)| Some((*numbers.get(*name as usize)?, list(few))));
        let mut all: Vec<_> = numbered.collect();
        all.sort_unstable_by_key(|(name, _)| *name);
        all
    }

    /// The texts that were stored for `names` names; `None` if one of them is of a name beyond those.
    pub(super) fn from_stored(stored: Vec<(u32, Vec<String>)>, names: usize) -> Option<Self> {
        let mut all = Self::default();
        for (name, texts) in stored {
            ((name as usize) < names).then_some(())?;
            for text in &texts {
                all.learn(Symbol(name), text.as_bytes());
            }
        }
        Some(all)
    }

    /// Bytes of memory in use.
    pub(super) fn memory(&self) -> usize {
        self.texts.memory() + self.of.capacity() * size_of::<(u32, FewTexts)>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_order_nor_parts_matter() {
        let seen = [(0, "e."), (0, "b."), (1, "x."), (0, "c."), (0, "a."), (0, "b."), (0, "d.")];
        let all = |parts: &[&[(u32, &str)]]| {
            let mut sum = Attached::default();
            for part in parts {
                let mut one = Attached::default();
                part.iter().for_each(|(name, text)| one.learn(Symbol(*name), text.as_bytes()));
                sum.absorb(&one, &[Symbol(0), Symbol(1)]);
            }
            sum.store(&[0, 1])
        };
        let whole = all(&[&seen]);
        assert!(whole == all(&[&seen[..3], &seen[3..]]) && whole == all(&[&seen[3..], &seen[..3]]));
        let expected = [(0, vec!["a.", "b.", "c.", "d."]), (1, vec!["x."])];
        assert_eq!(
            whole,
            expected.map(|(name, texts)| (name, texts.into_iter().map(str::to_owned).collect()))
        );
        assert!(Attached::from_stored(whole.clone(), 1).is_none());
        let read = Attached::from_stored(whole.clone(), 2).unwrap();
        assert_eq!(read.store(&[0, 1]), whole);
        assert_eq!(read.for_name(Symbol(2)).count(), 0);
    }
}
