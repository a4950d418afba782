//! Which pairs of an origin and a name show a finding: kept only for whoever asks for them.

use std::collections::{HashMap, HashSet};

use super::Rule;
use super::group::GroupSubject;
use crate::base::saturating::SaturatingInto as _;
use crate::fleet::{PairView, Symbol};

/// Pairs, each by the rank of its origin and its name.
pub type Pairs = Vec<(u32, Symbol)>;

/// What a pair is evidence of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Indication<'s> {
    /// A group.
    Group(Rule, GroupSubject<'s>),
    /// A name without an IPv6 address.
    Without(Symbol),
    /// An empty answer for a name with an IPv4 address, to the origin of a rank.
    Empty(u32),
    /// A synthesized answer, to the origin of a rank.
    Translated(u32),
}

/// All pairs by what they count for; `None` if nobody asked.
#[derive(Debug, Default)]
pub(super) struct PairEvidence<'s>(Option<HashMap<Indication<'s>, Pairs>>);

impl<'s> PairEvidence<'s> {
    /// Of no pair yet; whether pairs are kept.
    pub(super) fn kept(is_kept: bool) -> Self {
        Self(is_kept.then(HashMap::new))
    }

    pub(super) fn is_kept(&self) -> bool {
        self.0.is_some()
    }

    pub(super) fn add(&mut self, shown: Indication<'s>, pair: &PairView<'_>) {
        if let Some(all) = &mut self.0 {
            all.entry(shown).or_default().push((pair.origin_rank.saturating_into(), pair.name_symbol));
        }
    }

    /// Has what counts for `from` count for `shown`, too.
    pub(super) fn repeat(&mut self, from: Indication<'s>, shown: Indication<'s>) {
        if let Some(all) = &mut self.0 {
            let pairs = all.get(&from).cloned().unwrap_or_default();
            all.entry(shown).or_default().extend(pairs);
        }
    }

    /// Takes in what other origins show.
    pub(super) fn absorb(&mut self, other: Self) {
        let Some(all) = &mut self.0 else { return };
        for (shown, pairs) in other.0.into_iter().flatten() {
            all.entry(shown).or_default().extend(pairs);
        }
    }

    /// The pairs that count for any of `shown`.
    pub(super) fn for_any(&self, shown: impl IntoIterator<Item = Indication<'s>>) -> Pairs {
        let Some(all) = &self.0 else { return Pairs::new() };
        let pairs: HashSet<(u32, Symbol)> =
            shown.into_iter().filter_map(|shown| all.get(&shown)).flatten().copied().collect();
        let mut pairs = Vec::from_iter(pairs);
        pairs.sort_unstable();
        pairs
    }

    /// The groups of a rule that there are pairs of.
    pub(super) fn groups_of(
        &self,
        rule: Rule,
    ) -> impl Iterator<Item = (GroupSubject<'s>, Indication<'s>)> + '_ {
        self.0.iter().flatten().filter_map(move |(shown, _)| match shown {
            Indication::Group(known, subject) if *known == rule => Some((*subject, *shown)),
            _ => None,
        })
    }
}
