//! The quick ways through a record inside of something else: a string of JSON, a cell of CSV, an object.

use super::cursor::{DoubledQuote, EscapedQuote, PlainQuote, Quote};
use super::{Judge, Observation};

/// What a record is written in, which decides how its quotation marks are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoting {
    /// Nothing: they are as they are.
    Plain,
    /// A string of JSON.
    Escaped,
    /// A quoted cell of CSV.
    Doubled,
}

/// Whether the records with the same quotation marks are in the resolver's own spelling.
#[derive(Debug, Default)]
pub(super) struct Odds {
    /// How many in a row were not.
    misses: u32,
}

/// After this number in a row that were not in the resolver's spelling, it is looked for seldom.
const MISSES: u32 = 8;
/// One of how many records is looked at all the same: what is appended later may be written otherwise.
const SELDOM: u32 = 256;

impl Odds {
    #[inline]
    fn is_likely(&mut self) -> bool {
        if self.misses < MISSES {
            return true;
        }
        self.misses = self.misses.wrapping_add(1).max(MISSES);
        self.misses.is_multiple_of(SELDOM)
    }

    #[inline]
    fn learn(&mut self, was: bool) {
        self.misses = if was { 0 } else { self.misses.saturating_add(1) };
    }
}

impl Judge {
    /// Judges the record that `bytes` begin with, inside a string of JSON or a cell of CSV or by itself, and
    /// hands what it says, and of how many bytes, to `take`, which may decline it.
    pub fn within<T>(
        &mut self,
        bytes: &[u8],
        quoting: Quoting,
        take: impl FnOnce(&Observation<'_>, usize) -> Option<T>,
    ) -> Option<T> {
        match quoting {
            Quoting::Plain => self.quoted_to::<PlainQuote, _>(bytes, take),
            Quoting::Escaped => self.quoted_to::<EscapedQuote, _>(bytes, take),
            Quoting::Doubled => self.quoted_to::<DoubledQuote, _>(bytes, take),
        }
    }

    /// First in the resolver's own spelling, as most records are that something was put around, unless those
    /// before were not.
    #[inline]
    fn quoted_to<Q: Quote, T>(
        &mut self,
        bytes: &[u8],
        take: impl FnOnce(&Observation<'_>, usize) -> Option<T>,
    ) -> Option<T> {
        let mut take = Some(take);
        if self.odds[Q::PLACE].is_likely() {
            let taken = self.canonical_in::<Q, _>(bytes, |observation, length| {
                take.take().and_then(|take| take(observation, length))
            });
            self.odds[Q::PLACE].learn(taken.is_some());
            if let Some(taken) = taken {
                return taken;
            }
        }
        self.spelled_to::<Q, _>(bytes, take?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_found_is_looked_for_seldom() {
        let mut odds = Odds::default();
        let mut looks = 0;
        for _ in 0..MISSES + 10 * SELDOM {
            if odds.is_likely() {
                looks += 1;
                odds.learn(false);
            }
        }
        assert!((MISSES + 9..=MISSES + 11).contains(&looks), "{looks}");
        odds.learn(true);
        assert!(odds.is_likely(), "one that was found brings it back");
    }
}
