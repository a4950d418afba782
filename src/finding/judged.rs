//! Every name that somebody does without an IPv6 address of, judged once: how important the finding about it
//! is, and what needs of it come to. Shared out by names.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::endpoint::{Weight, is_dispensable, share, weight};
use super::gather::Gathered;
use super::signs::is_asked_both_ways;
use super::usage::Usage;
use crate::fleet::Symbol;
use crate::judgement::{Judgement, Lever, Sure};
use crate::observation::Aaaa;
use crate::plan::{Draft, Lack, OutcomeId, Outcomes, Remedy};

/// What needs of a name come to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Worth {
    pub freely: OutcomeId,
    pub held: OutcomeId,
    pub holds_back: bool,
    /// The name that is offered in its place, if anybody asked for that.
    pub offer: Option<Symbol>,
}

/// The names that one hand judged, and what they come to, by the numbers of its own.
type Part = (Vec<(Symbol, Worth)>, Outcomes);

/// What the judgements come to.
pub(super) struct Judged<'s> {
    /// How important the finding about each name is that has one.
    pub weights: Vec<(Weight<'s>, Symbol)>,
    parts: Vec<Part>,
    /// Of the names that features lack, which more than one sentence is about.
    of_features: HashMap<Symbol, Judgement, RandomState>,
}

/// What needs of names come to, by the numbers of a [`Draft`].
pub(super) struct Numbered {
    worths: Vec<Worth>,
    /// By symbol: the number of its place among those, from 1 on; 0 if it has none.
    places: Vec<u32>,
}

impl Numbered {
    pub(super) fn of(&self, name: Symbol) -> Option<&Worth> {
        self.worths.get((*self.places.get(name.index())? as usize).wrapping_sub(1))
    }
}

impl<'s> Judged<'s> {
    /// Judges the names of what was gathered, and those that the features lack that are used.
    pub(super) fn of(gathered: &Gathered<'s>, usages: &[Usage]) -> Self {
        let mut lacking: Vec<Symbol> =
            usages.iter().flat_map(|usage| usage.lacking.iter().copied()).collect();
        lacking.sort_unstable();
        lacking.dedup();
        let needed = gathered.needs.iter().filter(|need| need.lack == Lack::Address).map(|need| need.name);
        let all = gathered.names.lacking().chain(lacking.iter().copied()).chain(needed);
        let mut names: Vec<Symbol> = all.collect();
        names.sort_unstable();
        names.dedup();
        let crew = gathered.survey.crew();
        let found = crew.map(crew.hands(), |hand| {
            let mut outcomes = Outcomes::default();
            let (mut weights, mut worths, mut kept) = (Vec::new(), Vec::new(), Vec::new());
            for name in share(&names, hand, crew.hands()) {
                let judgement = gathered.judgement(*name);
                let is_dispensable = is_dispensable(gathered, *name);
                weights.extend(weight(gathered, *name, &judgement, is_dispensable).map(|it| (it, *name)));
                worths.push((*name, worth(gathered, &judgement, is_dispensable, &mut outcomes)));
                if lacking.binary_search(name).is_ok() {
                    kept.push((*name, judgement));
                }
            }
            (weights, (worths, outcomes), kept)
        });
        let mut judged = Self { weights: Vec::new(), parts: Vec::new(), of_features: HashMap::default() };
        for (weights, part, kept) in found {
            judged.weights.extend(weights);
            judged.parts.push(part);
            judged.of_features.extend(kept);
        }
        judged
    }

    /// The judgement of a name that a feature lacks.
    pub(super) fn of_feature(&self, name: Symbol) -> Option<&Judgement> {
        self.of_features.get(&name)
    }

    /// What needs of the names come to, by the numbers of `draft`.
    pub(super) fn numbered(&self, draft: &mut Draft) -> Numbered {
        let mut worths = Vec::with_capacity(self.parts.iter().map(|(names, _)| names.len()).sum());
        let last =
            self.parts.iter().filter_map(|(names, _)| names.last()).map(|(name, _)| name.index()).max();
        let mut places = vec![0; last.map_or(0, |last| last + 1)];
        for (names, outcomes) in &self.parts {
            let numbers: Vec<OutcomeId> =
                outcomes.list().iter().map(|outcome| draft.outcome(outcome.clone())).collect();
            let number = |own: OutcomeId| numbers[own.index()];
            for (name, worth) in names {
                worths.push(Worth { freely: number(worth.freely), held: number(worth.held), ..*worth });
                places[name.index()] = u32::try_from(worths.len()).unwrap_or_default();
            }
        }
        Numbered { worths, places }
    }
}

/// What needs of a name of this judgement come to.
fn worth(
    gathered: &Gathered<'_>,
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
    let Remedy { freely, held, holds_back } = Remedy::of(judgement, is_settled);
    Worth { freely: outcomes.number(freely), held: outcomes.number(held), holds_back, offer }
}
