//! The statuses of pairs within a stretch of time.

use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::fleet::{Fleet, NewestVerdict, OriginId, PairId, PairSummary, Status, Symbol, VerdictChange};
use crate::log::observation::Aaaa;
use crate::timeline::PairSummaries;

/// A change of the verdict on AAAA that the log shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turn {
    /// When the new verdict was first seen.
    pub at: Moment,
    /// The origin that asked.
    pub origin: OriginId,
    /// The name that was asked for.
    pub name: Symbol,
    /// What it was.
    pub from: Aaaa,
    /// What it became.
    pub to: Aaaa,
}

/// The pair of this number.
fn pair_of(number: usize) -> PairId {
    PairId(number.saturating_into())
}

/// The status of each pair of the fleet, by its number; `None` where it has no record.
pub(super) fn statuses(fleet: &Fleet, summaries: &PairSummaries) -> Vec<Option<Status>> {
    let mut statuses = vec![None; summaries.pairs.len()];
    decide(fleet, summaries, &fleet.owners(), |members, _, status| {
        for member in members {
            statuses[member.0 as usize] = Some(status);
        }
    });
    statuses
}

/// Decides the status of each pair that has a record: calls `each` with the pairs of the fleet that it is
/// made of, an instance's own first, and what they are together.
pub(super) fn decide(
    fleet: &Fleet,
    summaries: &PairSummaries,
    owners: &[OriginId],
    mut each: impl FnMut(&[PairId], &PairSummary, Status),
) {
    let mut known_a: Vec<NewestVerdict> = Vec::new();
    let mut attributed: Vec<(OriginId, Symbol, PairId)> = Vec::new();
    for (pair, summary) in summaries.pairs.iter().enumerate() {
        let Some((origin, name)) = fleet.pair_parts(pair_of(pair)) else { continue };
        if summary.count() == 0 {
            continue;
        }
        if name.index() >= known_a.len() {
            known_a.resize(name.index() + 1, NewestVerdict::NONE);
        }
        let known = &mut known_a[name.index()];
        *known = (*known).max(summary.newest_a());
        let owner = owners[origin.0 as usize];
        if owner != origin {
            attributed.push((owner, name, pair_of(pair)));
        }
    }
    let count = summaries.pairs.len();
    let (joined, taken) = join(fleet, attributed, count, |pair| summaries.pairs[pair.0 as usize].count() > 0);
    let alone = (0..count)
        .filter(|pair| summaries.pairs[*pair].count() > 0 && !taken.get(*pair).copied().unwrap_or(false));
    let mut tell = |members: &[PairId], summary: &PairSummary| {
        let Some((_, name)) = fleet.pair_parts(members[0]) else { return };
        each(members, summary, summary.status(known_a[name.index()].a()));
    };
    for pair in alone {
        tell(&[pair_of(pair)], &summaries.pairs[pair]);
    }
    for members in &joined {
        let mut summary = PairSummary::default();
        for member in members {
            summary.absorb(&summaries.pairs[member.0 as usize]);
        }
        tell(members, &summary);
    }
}

/// Of pairs attributed to another origin than the one that they were counted for: those that are one, the
/// owner's own first if `has` takes it, and which of the first `count` pairs of the fleet are among them.
fn join(
    fleet: &Fleet,
    mut attributed: Vec<(OriginId, Symbol, PairId)>,
    count: usize,
    has: impl Fn(PairId) -> bool,
) -> (Vec<Vec<PairId>>, Vec<bool>) {
    attributed.sort_unstable();
    let mut joined: Vec<Vec<PairId>> = Vec::new();
    let mut taken = vec![false; if attributed.is_empty() { 0 } else { count }];
    for group in attributed.chunk_by(|one, next| (one.0, one.1) == (next.0, next.1)) {
        let own = fleet.find_pair(group[0].0, group[0].1).filter(|own| has(*own));
        let members: Vec<PairId> = own.into_iter().chain(group.iter().map(|(_, _, pair)| *pair)).collect();
        for member in &members {
            taken[member.0 as usize] = true;
        }
        joined.push(members);
    }
    (joined, taken)
}

/// The latest change of each pair that has one, in everything that `fleet` knows, oldest first.
pub(super) fn all_turns(fleet: &Fleet) -> Vec<Turn> {
    let (owners, count) = (fleet.owners(), fleet.pair_count());
    let parts = |pair: PairId| {
        let (origin, name) = fleet.pair_parts(pair)?;
        Some((origin, owners[origin.0 as usize], name))
    };
    let all = || (0..count).map(pair_of);
    let attributed = all().filter_map(|pair| {
        let (origin, owner, name) = parts(pair)?;
        (owner != origin).then_some((owner, name, pair))
    });
    let (joined, taken) = join(fleet, attributed.collect(), count, |_| true);
    let turn = |members: &[PairId]| {
        let (_, origin, name) = parts(*members.first()?)?;
        let VerdictChange { at, from, to } = fleet.change(members)?;
        Some(Turn { at, origin, name, from, to })
    };
    let alone = all().filter(|pair| !taken.get(pair.0 as usize).copied().unwrap_or(false));
    let alone = alone.filter_map(|pair| turn(&[pair]));
    let mut turns: Vec<Turn> = alone.chain(joined.iter().filter_map(|members| turn(members))).collect();
    turns.sort_unstable();
    turns
}
