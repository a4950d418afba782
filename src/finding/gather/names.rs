//! What is gathered of each name, found by its number.

use crate::finding::without::Without;
use crate::fleet::{Symbol, fetch};
use crate::observation::Aaaa;

/// None of them.
const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Seen {
    /// The newest verdict on AAAA that anybody got, and its second.
    verdict: Option<Aaaa>,
    second: i64,
    /// The place of who does without.
    without: u32,
}

/// What is gathered of names.
#[derive(Debug)]
pub(in crate::finding) struct Names {
    seen: Vec<Seen>,
    without: Vec<(Symbol, Without)>,
}

impl Names {
    /// Of so many names nothing yet.
    pub(super) fn of(count: usize) -> Self {
        let nothing = Seen { verdict: None, second: 0, without: NONE };
        Self { seen: vec![nothing; count], without: Vec::new() }
    }

    /// The newest verdict on AAAA that anybody got for `name`.
    pub(super) fn newest(&self, name: Symbol) -> Option<Aaaa> {
        self.seen.get(name.index())?.verdict
    }

    /// Takes in a verdict of `second`: of those of one second, the one that counts for more is kept.
    pub(super) fn learn(&mut self, name: Symbol, second: i64, verdict: Aaaa) {
        let Some(seen) = self.seen.get_mut(name.index()) else { return };
        let is_newer =
            seen.verdict.is_none_or(|known| second > seen.second || second == seen.second && verdict < known);
        if is_newer {
            (seen.verdict, seen.second) = (Some(verdict), second);
        }
    }

    /// Who does without an IPv6 address of `name`.
    pub(in crate::finding) fn without(&self, name: Symbol) -> Option<&Without> {
        let seen = self.seen.get(name.index())?;
        Some(&self.without.get(seen.without as usize)?.1)
    }

    /// The names that anybody does without an IPv6 address of.
    pub(in crate::finding) fn lacking(&self) -> impl Iterator<Item = Symbol> {
        self.without.iter().map(|(name, _)| *name)
    }

    /// As [`Names::without`]; there is one from now on.
    pub(super) fn without_mut(&mut self, name: Symbol) -> &mut Without {
        let place = &mut self.seen[name.index()].without;
        if *place == NONE {
            *place = u32::try_from(self.without.len()).unwrap_or(NONE);
            self.without.push((name, Without::default()));
        }
        &mut self.without[*place as usize].1
    }

    /// Takes in what origins of higher ranks show.
    pub(super) fn absorb(&mut self, other: Self) {
        for (number, seen) in (0..).zip(&other.seen) {
            if let Some(verdict) = seen.verdict {
                self.learn(Symbol(number), seen.second, verdict);
            }
        }
        for (name, without) in other.without {
            self.without_mut(name).absorb(&without);
        }
    }

    /// Asks for what is known of some names.
    pub(super) fn fetch(&self, names: &[Symbol]) {
        for name in names {
            fetch(&self.seen[name.index()]);
        }
        for name in names {
            if let Some(without) = self.without.get(self.seen[name.index()].without as usize) {
                fetch(without);
            }
        }
        for without in names.iter().filter_map(|name| self.without(*name)) {
            without.fetch();
        }
    }
}
