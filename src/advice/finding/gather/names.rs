//! What is gathered of each name, found by its number.

use crate::advice::finding::without::MissingIpv6;
use crate::base::saturating::SaturatingInto as _;
use crate::fleet::{PagedList, Symbol, prefetch};
use crate::log::observation::Aaaa;

/// None of them.
const NONE: u32 = u32::MAX;

/// What there is one of for each name: no more than twelve bytes.
#[derive(Clone, Copy, Debug)]
struct SeenName {
    /// See [`word`]; the higher half and the lower one.
    newest: [u32; 2],
    /// The place of who does without.
    without: u32,
}

/// Bits of a verdict.
const VERDICT: u32 = 4;
const _: () = assert!(Aaaa::ALL.len() < 1 << VERDICT);

/// A verdict and its second in one number: of two, the newer is greater, and of those of one second that
/// which counts for more. 0 is none.
fn word(second: i64, verdict: Aaaa) -> u64 {
    // No second of a log is so far from 1970 that it does not fit.
    let second = second.clamp(-(1 << 58), (1 << 58) - 1) + (1 << 58);
    let second = u64::try_from(second).unwrap_or_default();
    second << VERDICT | ((1 << VERDICT) - 1 - verdict as u64)
}

/// The verdict in such a number.
fn verdict(word: u64) -> Option<Aaaa> {
    let low = usize::try_from(word & ((1 << VERDICT) - 1)).ok()?;
    Aaaa::ALL.get((1 << VERDICT) - 1 - low).copied().filter(|_| word > 0)
}

impl SeenName {
    fn newest(&self) -> u64 {
        u64::from(self.newest[0]) << 32 | u64::from(self.newest[1])
    }

    fn learn(&mut self, word: u64) {
        if word > self.newest() {
            #[expect(clippy::cast_possible_truncation, reason = "each half of it")]
            let halves = [(word >> 32) as u32, word as u32];
            self.newest = halves;
        }
    }
}

/// What is gathered of names.
#[derive(Debug)]
pub(in crate::advice::finding) struct GatheredNames {
    seen: Vec<SeenName>,
    without: PagedList<(Symbol, MissingIpv6)>,
}

impl GatheredNames {
    /// For `count` names, nothing gathered yet.
    pub(super) fn new(count: usize) -> Self {
        let nothing = SeenName { newest: [0; 2], without: NONE };
        Self { seen: vec![nothing; count], without: PagedList::default() }
    }

    /// The newest verdict on AAAA that anybody got for `name`.
    pub(super) fn newest(&self, name: Symbol) -> Option<Aaaa> {
        verdict(self.seen.get(name.index())?.newest())
    }

    /// Takes in a verdict of `second`: of those of one second, the one that counts for more is kept.
    pub(super) fn learn(&mut self, name: Symbol, second: i64, verdict: Aaaa) {
        if let Some(seen) = self.seen.get_mut(name.index()) {
            seen.learn(word(second, verdict));
        }
    }

    /// Who does without an IPv6 address of `name`.
    pub(in crate::advice::finding) fn without(&self, name: Symbol) -> Option<&MissingIpv6> {
        let seen = self.seen.get(name.index())?;
        Some(&self.without.get(seen.without as usize)?.1)
    }

    /// The names that anybody does without an IPv6 address of.
    pub(in crate::advice::finding) fn lacking(&self) -> impl Iterator<Item = Symbol> {
        self.without.iter().map(|(name, _)| *name)
    }

    /// As [`GatheredNames::without`]; there is one from now on.
    pub(super) fn without_mut(&mut self, name: Symbol) -> &mut MissingIpv6 {
        let place = &mut self.seen[name.index()].without;
        if *place == NONE {
            *place = self.without.len().saturating_into();
            self.without.push((name, MissingIpv6::default()));
        }
        &mut self.without[*place as usize].1
    }

    /// Takes in what origins of higher ranks show.
    pub(super) fn absorb(&mut self, other: Self) {
        let Self { seen, without } = other;
        for (known, other) in self.seen.iter_mut().zip(&seen) {
            known.learn(other.newest());
        }
        // There may be a million names: what was taken over is given back at once.
        drop(seen);
        for (name, without) in without {
            self.without_mut(name).absorb(&without);
        }
    }

    /// Asks for what is known of some names.
    pub(in crate::advice::finding) fn fetch(&self, names: &[Symbol]) {
        for name in names {
            prefetch(&self.seen[name.index()]);
        }
        for name in names {
            if let Some(without) = self.without.get(self.seen[name.index()].without as usize) {
                without.1.fetch();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_verdict_and_of_one_second_the_first_in_order() {
        let mut names = GatheredNames::new(1);
        let name = Symbol(0);
        assert_eq!(names.newest(name), None);
        for (second, verdict, newest) in [
            (5, Aaaa::Empty, Aaaa::Empty),
            (4, Aaaa::Native, Aaaa::Empty),
            (5, Aaaa::NxDomain, Aaaa::Empty),
            (5, Aaaa::Native, Aaaa::Native),
            (6, Aaaa::Unreadable, Aaaa::Unreadable),
            (-7, Aaaa::Native, Aaaa::Unreadable),
        ] {
            names.learn(name, second, verdict);
            assert_eq!(names.newest(name), Some(newest), "{second}");
        }
        for verdict in Aaaa::ALL {
            assert_eq!(super::verdict(word(i64::MIN, verdict)), Some(verdict));
        }
    }
}
