//! Judges each name that some origin got no IPv6 address for, once: how important the finding about it is,
//! and the outcome of its needs. The names are divided among threads.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::endpoint::{Weights, is_dispensable, is_dispensable_row, share, weight};
use super::gather::Gathered;
use super::signs::is_asked_both_ways;
use super::usage::Usage;
use crate::advice::judgement::{Judgement, Lever, Sure};
use crate::advice::plan::{Draft, Lack, OutcomeId, Outcomes, Remedy};
use crate::fleet::Symbol;
use crate::log::observation::Aaaa;

/// How many names memory is asked for together.
const TOGETHER: usize = 32;

/// The outcomes of the needs of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Worth {
    pub freely: OutcomeId,
    pub held: OutcomeId,
    pub holds_back: bool,
    /// Some origins may do without it: see [`is_dispensable_row`].
    pub is_dispensable_for_some: bool,
    /// The name that is offered in its place, if anybody asked for that.
    pub offer: Option<Symbol>,
}

/// The names that one thread judged, each with the place of its outcomes among those that differ; and the
/// outcomes, by numbers of this thread.
type JudgedNames = (Vec<(Symbol, u32)>, Vec<Worth>, Outcomes);

/// The judgements of all threads.
pub(super) struct Judged {
    parts: Vec<JudgedNames>,
    /// Of the names that features lack, which more than one sentence is about.
    of_features: HashMap<Symbol, Judgement, RandomState>,
}

/// The outcomes of the needs of names, by the numbers of a [`Draft`].
pub(super) struct NumberedNeeds {
    worths: Vec<Worth>,
    /// By symbol: the number of its place among those, from 1 on; 0 if it has none.
    places: Vec<u32>,
}

impl NumberedNeeds {
    pub(super) fn for_name(&self, name: Symbol) -> Option<&Worth> {
        self.worths.get((*self.places.get(name.index())? as usize).wrapping_sub(1))
    }
}

impl Judged {
    /// Judges the names of what was gathered, and those that the features lack that are used; and how
    /// important the findings about names are, the `most` important of them.
    pub(super) fn from_gathered<'s>(
        gathered: &Gathered<'s>,
        usages: &[Usage],
        most: usize,
    ) -> (Self, Weights<'s>) {
        let mut lacking: Vec<Symbol> =
            usages.iter().flat_map(|usage| usage.lacking.iter().copied()).collect();
        lacking.sort_unstable();
        lacking.dedup();
        let needed = gathered.needs.iter().filter(|need| need.lack == Lack::Address).map(|need| need.name);
        // What is needed is lacking somewhere, but for names that are looked at otherwise.
        let needed = needed.filter(|name| gathered.names.without(*name).is_none());
        let all = gathered.names.lacking().chain(lacking.iter().copied()).chain(needed);
        let mut names: Vec<Symbol> = all.collect();
        names.sort_unstable();
        names.dedup();
        let fleet = gathered.survey.fleet();
        let workers = gathered.survey.workers();
        let found = workers.map(workers.threads(), |thread| {
            let share = share(&names, thread, workers.threads());
            let (mut outcomes, mut weights) = (Outcomes::default(), Weights::most(fleet, most));
            let (mut numbers, mut worths, mut kept) = (HashMap::default(), Vec::new(), Vec::new());
            let mut known: Vec<(Symbol, u32)> = Vec::with_capacity(share.len());
            for some in share.chunks(TOGETHER) {
                gathered.names.fetch(some);
                fleet.fetch_names(some);
                for name in some {
                    let judgement = gathered.judgement(*name);
                    let is_dispensable = is_dispensable(gathered, *name);
                    if let Some(weight) = weight(gathered, *name, &judgement, is_dispensable) {
                        weights.push(weight);
                    }
                    let worth = worth(gathered, *name, &judgement, is_dispensable, &mut outcomes);
                    known.push((*name, numbered(worth, &mut numbers, &mut worths)));
                    if lacking.binary_search(name).is_ok() {
                        kept.push((*name, judgement));
                    }
                }
            }
            (weights, (known, worths, outcomes), kept)
        });
        let mut judged = Self { parts: Vec::new(), of_features: HashMap::default() };
        let mut all = Weights::most(fleet, most);
        for (weights, part, kept) in found {
            all.absorb(weights);
            judged.parts.push(part);
            judged.of_features.extend(kept);
        }
        (judged, all)
    }

    /// The judgement of a name that a feature lacks.
    pub(super) fn of_feature(&self, name: Symbol) -> Option<&Judgement> {
        self.of_features.get(&name)
    }

    /// The outcomes of the needs of the names, by the numbers of `draft`. Takes them out: to be called once.
    pub(super) fn numbered(&mut self, draft: &mut Draft) -> NumberedNeeds {
        let parts = std::mem::take(&mut self.parts);
        let last = parts.iter().filter_map(|(names, ..)| names.last()).map(|(name, _)| name.index()).max();
        let (mut worths, mut places) = (Vec::new(), vec![0; last.map_or(0, |last| last + 1)]);
        for (names, own, outcomes) in parts {
            let numbers: Vec<OutcomeId> =
                outcomes.list().iter().map(|outcome| draft.outcome(outcome.clone())).collect();
            let number = |own: OutcomeId| numbers[own.index()];
            let first = u32::try_from(worths.len()).unwrap_or_default() + 1;
            worths.extend(own.iter().map(|worth| Worth {
                freely: number(worth.freely),
                held: number(worth.held),
                ..*worth
            }));
            for (name, place) in names {
                places[name.index()] = first + place;
            }
        }
        NumberedNeeds { worths, places }
    }
}

/// The number of `worth` among those that differ.
fn numbered(worth: Worth, numbers: &mut HashMap<Worth, u32, RandomState>, worths: &mut Vec<Worth>) -> u32 {
    *numbers.entry(worth).or_insert_with(|| {
        worths.push(worth);
        u32::try_from(worths.len()).unwrap_or_default().saturating_sub(1)
    })
}

/// The outcomes of the needs of a name of this judgement.
fn worth(
    gathered: &Gathered<'_>,
    name: Symbol,
    judgement: &Judgement,
    is_dispensable: bool,
    outcomes: &mut Outcomes,
) -> Worth {
    let is_settled = match &judgement.lever {
        // One name of a pool is enough, and repositories are asked for in both forms.
        Lever::Pool(dual) => gathered.seen(dual) == Some(Aaaa::Native),
        Lever::Name { sure: Sure::Seen, .. } => judgement.known.as_ref().is_some_and(is_asked_both_ways),
        _ => is_dispensable,
    };
    let offer = judgement.offer().filter(|offer| *offer != judgement.host);
    let offer = offer.and_then(|offer| gathered.survey.fleet().find_name(&format!("{offer}.")));
    let Remedy { freely, held, holds_back } = Remedy::from_judgement(judgement, is_settled);
    let (freely, held) = (outcomes.number(freely), outcomes.number(held));
    Worth { freely, held, holds_back, is_dispensable_for_some: is_dispensable_row(gathered, name), offer }
}
