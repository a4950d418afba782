//! The times of what changed: the records of pairs that got different answers, which changes are looked for
//! in.
//!
//! To gather them takes a pass over all records; it is done once for all stretches of time.

use crate::base::moment::Moment;
use crate::console::known::KnownLog;
use crate::fleet::{Fleet, OriginId, PairSummary};
use crate::timeline::{ChangeIndex, PairSummaries, Timeline};

/// What changes are looked for in, and what it was gathered from.
#[derive(Debug, Default)]
pub(super) struct KeptChangeIndex {
    index: ChangeIndex,
    /// The last change of the records when it was gathered, and whom origins belonged to then.
    known: u64,
    owners: Vec<OriginId>,
}

impl KeptChangeIndex {
    pub(super) fn index(&self) -> &ChangeIndex {
        &self.index
    }

    /// Whether it is of all that is known.
    pub(super) fn is_prepared(&self, known: &KnownLog) -> bool {
        self.known == known.changed(None)
    }

    /// Whether there is nothing else to be gathered for a stretch until `until`; with `None`, for any.
    fn holds(&self, known: &KnownLog, until: Option<Moment>) -> bool {
        self.is_prepared(known)
            || until.is_some()
                && known.changed(until) <= self.known
                && self.owners == known.fleet().owners()[..]
    }

    /// Gathers it anew, unless it holds for all stretches until `until`; with `None`, for any.
    pub(super) fn bring_up(&mut self, known: &KnownLog, until: Option<Moment>) {
        if !self.holds(known, until) {
            let owners = known.fleet().owners();
            let index = change_index(known.fleet(), known.timeline(), &owners);
            *self = Self { index, known: known.changed(None), owners };
        }
    }
}

/// What changes are looked for in, of all that is known.
pub(in crate::console) fn change_index(
    fleet: &Fleet,
    timeline: &Timeline,
    owners: &[OriginId],
) -> ChangeIndex {
    // An address and its instance may have got different answers, each by itself always the same.
    let mut shared = vec![false; owners.len()];
    for (origin, owner) in owners.iter().enumerate().filter(|(origin, owner)| owner.0 as usize != *origin) {
        shared[origin] = true;
        shared[owner.0 as usize] = true;
    }
    let summaries = PairSummaries::from_fleet(fleet);
    timeline.change_index(fleet.pair_count(), |pair| {
        summaries.pairs.get(pair.0 as usize).is_some_and(PairSummary::is_varied)
            || fleet.pair_parts(pair).is_some_and(|(origin, _)| shared[origin.0 as usize])
    })
}
