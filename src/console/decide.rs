//! What pairs come to within a stretch of time.

use crate::fleet::{Fleet, OriginId, PairId, Status, Symbol};
use crate::timeline::{PairSummaries, PairSummary, WordOnA};

/// The pair of this number.
fn pair_of(number: usize) -> PairId {
    PairId(u32::try_from(number).unwrap_or(u32::MAX))
}

/// What each pair of the fleet comes to, by its number; none where it has no record.
pub(super) fn statuses(fleet: &Fleet, summaries: &PairSummaries) -> Vec<Option<Status>> {
    let mut statuses = vec![None; summaries.pairs.len()];
    decide(fleet, summaries, &fleet.owners(), |members, _, status| {
        for member in members {
            statuses[member.0 as usize] = Some(status);
        }
    });
    statuses
}

/// Decides what each pair comes to that has a record: calls `each` with the pairs of the fleet that it is
/// made of, an instance's own first, and what they are together.
pub(super) fn decide(
    fleet: &Fleet,
    summaries: &PairSummaries,
    owners: &[OriginId],
    mut each: impl FnMut(&[PairId], &PairSummary, Status),
) {
    let mut known_a: Vec<WordOnA> = Vec::new();
    let mut attributed: Vec<(OriginId, Symbol, PairId)> = Vec::new();
    for (pair, summary) in summaries.pairs.iter().enumerate() {
        let Some((origin, name)) = fleet.pair_parts(pair_of(pair)) else { continue };
        if summary.count() == 0 {
            continue;
        }
        if name.index() >= known_a.len() {
            known_a.resize(name.index() + 1, WordOnA::NONE);
        }
        let known = &mut known_a[name.index()];
        *known = (*known).max(summary.word_on_a());
        let owner = owners[origin.0 as usize];
        if owner != origin {
            attributed.push((owner, name, pair_of(pair)));
        }
    }
    attributed.sort_unstable();
    let mut joined: Vec<Vec<PairId>> = Vec::new();
    let mut taken = vec![false; if attributed.is_empty() { 0 } else { summaries.pairs.len() }];
    for group in attributed.chunk_by(|one, next| (one.0, one.1) == (next.0, next.1)) {
        let own = fleet.find_pair(group[0].0, group[0].1);
        let own = own.filter(|own| summaries.pairs[own.0 as usize].count() > 0);
        let members: Vec<PairId> = own.into_iter().chain(group.iter().map(|(_, _, pair)| *pair)).collect();
        for member in &members {
            taken[member.0 as usize] = true;
        }
        joined.push(members);
    }
    let alone = (0..summaries.pairs.len())
        .filter(|pair| summaries.pairs[*pair].count() > 0 && !taken.get(*pair).copied().unwrap_or(false));
    let mut tell = |members: &[PairId], summary: &PairSummary| {
        let Some((_, name)) = fleet.pair_parts(members[0]) else { return };
        let own = summary.word_on_a();
        let word = if own == WordOnA::NONE { known_a[name.index()] } else { own };
        each(members, summary, Status::of(summary.aaaa(), word.verdict()));
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
