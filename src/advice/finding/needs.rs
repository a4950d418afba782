//! Turns needs into the plan, by the judgement of their names and by who asks.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;

use super::endpoint::does_without;
use super::feature::{is_dispensable, keeps_from_switch};
use super::gather::Gathered;
use super::judged::{Judged, NumberedNeeds, Worth};
use super::usage::Usage;
use crate::advice::judgement::{Judgement, Lever};
use crate::advice::plan::{
    Change, Draft, Lack, Need, NeedOutcome, OutcomeId, Plan, PlanContext, UncoveredReason,
};
use crate::fleet::Symbol;

/// The plan for what was gathered; `judged` has the outcomes of names.
pub(super) fn plan(gathered: &mut Gathered<'_>, usages: &[Usage], mut judged: Judged) -> Plan {
    // Nobody else wants them: there may be as many as there are pairs.
    let mut needs: Vec<Need> = std::mem::take(&mut gathered.needs);
    needs.sort_by_key(|need| need.rank);
    let gathered = &*gathered;
    let mut draft = Draft::new(gathered.sights.len());
    for (rank, (seen, native)) in gathered.sights.iter().enumerate() {
        if *native {
            draft.see_native(rank);
        } else if *seen {
            draft.see(rank);
        }
    }
    let known = judged.numbered(&mut draft);
    let switched = switched(gathered, usages, &judged, &mut draft);
    let settled = draft.outcome(NeedOutcome::Settled);
    let left: BTreeMap<UncoveredReason, OutcomeId> =
        UncoveredReason::ALL.into_iter().map(|left| (left, draft.outcome(NeedOutcome::Left(left)))).collect();
    // By symbol: whether a switch of some origin covers it. Few names are.
    let mut is_switched = vec![false; gathered.survey.fleet().name_count()];
    for (_, name) in switched.keys() {
        is_switched[name.index()] = true;
    }
    let outcomes = NeedOutcomes { known, switched, is_switched, left, settled };
    let workers = gathered.survey.workers();
    let shares = shares(&needs, workers.threads());
    for found in workers.map(shares.len(), |part| outcomes.for_needs(gathered, shares[part])) {
        for (need, outcome) in found {
            draft.add(need, outcome);
        }
    }
    // What is planned takes as much again.
    drop((needs, outcomes));
    draft.plan(PlanContext {
        survey: gathered.survey,
        profiles: gathered.knowledge.profiles,
        judgement: &|name| gathered.judgement(name),
    })
}

/// `needs`, which are sorted by origin, in `parts` parts with about the same number of them; those of one
/// origin are in one part.
fn shares(needs: &[Need], parts: usize) -> Vec<&[Need]> {
    let mut rest = needs;
    let mut shares = Vec::new();
    for part in (1..=parts).rev() {
        let end = rest.len() / part;
        let last = rest.get(end.wrapping_sub(1)).map(|need| need.rank);
        let end = end + rest[end..].iter().take_while(|need| Some(need.rank) == last).count();
        let (share, after) = rest.split_at(end);
        shares.push(share);
        rest = after;
    }
    shares
}

/// What the outcome of a need follows from.
struct NeedOutcomes {
    known: NumberedNeeds,
    /// By origin and name.
    switched: HashMap<(u32, Symbol), OutcomeId, RandomState>,
    /// By symbol: whether `switched` has it.
    is_switched: Vec<bool>,
    left: BTreeMap<UncoveredReason, OutcomeId>,
    settled: OutcomeId,
}

impl NeedOutcomes {
    /// The outcomes of `needs`, which are all of some origins.
    fn for_needs(&self, gathered: &Gathered<'_>, needs: &[Need]) -> Vec<(Need, OutcomeId)> {
        let Self { known, switched, is_switched, left, settled } = self;
        let mut found = Vec::with_capacity(needs.len());
        // By symbol: who needs it, of the origins up to now the last; by the number from 1 on.
        let mut needed = vec![0; gathered.survey.fleet().name_count()];
        let mut looked: Vec<(Option<&OutcomeId>, Option<&Worth>)> = Vec::new();
        for own in needs.chunk_by(|one, other| one.rank == other.rank) {
            looked.clear();
            looked.extend(own.iter().map(|need| {
                needed[need.name.index()] = need.rank + 1;
                let is_address = need.lack == Lack::Address;
                let of_feature = (is_address && is_switched[need.name.index()])
                    .then(|| switched.get(&(need.rank, need.name)))
                    .flatten();
                (of_feature, is_address.then(|| known.for_name(need.name)).flatten())
            }));
            let holds_back = |(of_feature, known): &(Option<&OutcomeId>, Option<&Worth>)| {
                of_feature.is_none() && known.is_some_and(|known| known.holds_back)
            };
            let is_held = looked.iter().any(holds_back);
            for (need, looked) in own.iter().zip(&looked) {
                let outcome = match need.lack {
                    Lack::Other(why) => left[&why],
                    Lack::Address => match looked {
                        // Whoever got no IPv6 address for the other name gets none by asking for it.
                        (_, Some(Worth { offer: Some(offer), .. }))
                            if needed[offer.index()] == need.rank + 1 =>
                        {
                            left[&UncoveredReason::SeenNone]
                        }
                        (_, Some(Worth { is_dispensable_for_some: true, .. }))
                            if does_without(gathered, need.rank as usize, need.name) =>
                        {
                            *settled
                        }
                        (Some(outcome), _) => **outcome,
                        (None, Some(known)) if is_held => known.held,
                        (None, Some(known)) => known.freely,
                        (None, None) => continue,
                    },
                };
                found.push((*need, outcome));
            }
        }
        found
    }
}

/// What is lacking of features whose clients are switched as a whole, by origin and name.
fn switched(
    gathered: &Gathered<'_>,
    usages: &[Usage],
    judged: &Judged,
    draft: &mut Draft,
) -> HashMap<(u32, Symbol), OutcomeId, RandomState> {
    let profiles = gathered.knowledge.profiles.list();
    let mut by_profile: BTreeMap<usize, Vec<&Usage>> = BTreeMap::new();
    for usage in usages.iter().filter(|usage| !profiles[usage.profile].per_name && !usage.lacking.is_empty())
    {
        by_profile.entry(usage.profile).or_default().push(usage);
    }
    let mut switched: HashMap<(u32, Symbol), NeedOutcome, RandomState> = HashMap::default();
    for (place, usages) in by_profile {
        let mut names: Vec<Symbol> = usages.iter().flat_map(|usage| usage.lacking.iter().copied()).collect();
        names.sort_unstable();
        names.dedup();
        let lacking = names.iter().filter_map(|name| judged.of_feature(*name));
        let is_switched = keeps_from_switch(&profiles[place], lacking) == 0;
        for usage in usages {
            let Ok(rank) = u32::try_from(usage.origin_rank) else { continue };
            for name in &usage.lacking {
                let judgement = judged.of_feature(*name);
                let outcome = judgement
                    // The switch gives it no other name.
                    .filter(|it| !is_dispensable(&profiles[place], it))
                    .and_then(|it| of_feature(place, it, is_switched));
                let Some(outcome) = outcome else { continue };
                let known = switched.entry((rank, *name)).or_insert_with(|| outcome.clone());
                *known = both(std::mem::replace(known, NeedOutcome::Settled), outcome);
            }
        }
    }
    switched.into_iter().map(|(key, outcome)| (key, draft.outcome(outcome))).collect()
}

/// The outcome of a name that a feature lacks, by the feature; `None` if the name's own judgement decides.
fn of_feature(place: usize, judgement: &Judgement, is_switched: bool) -> Option<NeedOutcome> {
    if is_switched {
        return Some(NeedOutcome::Covered {
            changes: vec![Change::Feature(place)],
            is_confirmed: judgement.is_confirmed(),
            nat64: !judgement.is_on_link(),
        });
    }
    matches!(judgement.lever, Lever::Name { .. } | Lever::Open(_))
        .then_some(NeedOutcome::Left(UncoveredReason::Held))
}

/// A name that two features lack: that one of them is switched does not prove that the other needs nothing.
fn both(one: NeedOutcome, other: NeedOutcome) -> NeedOutcome {
    match (one, other) {
        (one, other) if one == other => one,
        (
            NeedOutcome::Covered { mut changes, nat64, .. },
            NeedOutcome::Covered { changes: others, nat64: also, .. },
        ) => {
            changes.extend(others);
            changes.sort();
            changes.dedup();
            NeedOutcome::Covered { changes, is_confirmed: false, nat64: nat64 && also }
        }
        (NeedOutcome::Left(left), _) | (_, NeedOutcome::Left(left)) => NeedOutcome::Left(left),
        (one, NeedOutcome::Settled) | (NeedOutcome::Settled, one) => one,
    }
}
