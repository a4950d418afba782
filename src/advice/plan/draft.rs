//! Needs are collected, changes chosen and put in order, and what comes of them counted.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;

use super::cover::cover;
use super::words::{self, Words};
use super::{
    Change, CoverCounts, NAMED, NamedCount, Need, NeedOutcome, OriginReadiness, Plan, Step, UncoveredNeeds,
    UncoveredReason,
};
use crate::advice::judgement::Judgement;
use crate::base::saturating::SaturatingInto as _;
use crate::fleet::{Survey, Symbol};
use crate::knowledge::catalog::Profiles;
use crate::knowledge::domain::bare;

/// The number of an outcome in a [`Draft`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutcomeId(u32);

#[derive(Clone, Copy, Debug)]
struct Item {
    rank: u32,
    name: Symbol,
    outcome: OutcomeId,
}

/// Outcomes, numbered as they come.
#[derive(Debug, Default)]
pub struct Outcomes {
    numbers: HashMap<NeedOutcome, OutcomeId, RandomState>,
    list: Vec<NeedOutcome>,
}

impl Outcomes {
    /// The number of an outcome.
    pub fn number(&mut self, outcome: NeedOutcome) -> OutcomeId {
        let next = OutcomeId(self.list.len().saturating_into());
        *self.numbers.entry(outcome).or_insert_with_key(|outcome| {
            self.list.push(outcome.clone());
            next
        })
    }

    /// All outcomes, by their numbers.
    #[must_use]
    pub fn list(&self) -> &[NeedOutcome] {
        &self.list
    }
}

impl OutcomeId {
    /// Its place in [`Outcomes::list`].
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A plan in the making.
#[derive(Debug, Default)]
pub struct Draft {
    outcomes: Outcomes,
    items: Vec<Item>,
    /// Of each origin, whether it was seen to ask for anything, and to reach anything over IPv6.
    sights: Vec<(bool, bool)>,
}

/// What a plan is worded with.
#[derive(Clone, Copy)]
pub struct PlanContext<'t> {
    /// What the needs are of.
    pub survey: &'t Survey<'t>,
    /// Features.
    pub profiles: &'t Profiles,
    /// The judgement of a name.
    pub judgement: &'t dyn Fn(Symbol) -> Judgement,
}

/// Where the outcome of an item went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OutcomeSlot {
    Settled,
    /// A step, by its place in the order.
    Step {
        at: usize,
        is_confirmed: bool,
        nat64: bool,
    },
    Left(UncoveredReason),
}

impl Draft {
    /// For a number of `origins`; none of them was seen yet.
    #[must_use]
    pub fn new(origins: usize) -> Self {
        Self { sights: vec![(false, false); origins], ..Self::default() }
    }

    /// The origin at `rank` asked for something.
    pub fn see(&mut self, rank: usize) {
        self.sights[rank].0 = true;
    }

    /// The origin at `rank` reaches something over IPv6.
    pub fn see_native(&mut self, rank: usize) {
        self.sights[rank] = (true, true);
    }

    /// The number of an outcome.
    pub fn outcome(&mut self, outcome: NeedOutcome) -> OutcomeId {
        self.outcomes.number(outcome)
    }

    /// Adds a need with its outcome; those of one origin come one after the other.
    pub fn add(&mut self, need: Need, outcome: OutcomeId) {
        self.items.push(Item { rank: need.rank, name: need.name, outcome });
    }

    /// The plan.
    #[must_use]
    pub fn plan(mut self, telling: PlanContext<'_>) -> Plan {
        self.items.sort_by_key(|item| item.rank);
        let (changes, method) = self.changes();
        let slots: Vec<OutcomeSlot> =
            self.outcomes.list.iter().map(|outcome| slot(outcome, &changes)).collect();
        let bins = changes.len() + UncoveredReason::ALL.len();
        let bin = |slot: OutcomeSlot| match slot {
            OutcomeSlot::Settled => None,
            OutcomeSlot::Step { at, .. } => Some(at),
            OutcomeSlot::Left(left) => Some(changes.len() + left as usize),
        };
        let for_nat64 = |slot: OutcomeSlot| is_for_nat64(slot).then_some(0);
        let survey = telling.survey;
        // Each is a pass over all items.
        let passes = survey.workers().map(4, |pass| match pass {
            0 => (self.counted(survey, &slots, bins, &bin), Vec::new()),
            1 => (self.counted(survey, &slots, 1, &for_nat64), Vec::new()),
            2 => (Vec::new(), self.readiness_after_steps(&slots, changes.len())),
            _ => (Vec::new(), vec![self.with_nat64(&slots)]),
        });
        let mut passes = passes.into_iter();
        let mut next = || passes.next().unwrap_or_default();
        let ((mut counted, _), (needs, _), (_, standings), (_, with_nat64)) =
            (next(), next(), next(), next());
        let needs = needs.first().map(|needs| needs.covers).unwrap_or_default();
        let lefts = counted.split_off(changes.len());
        let steps = changes.into_iter().zip(counted).zip(standings.iter().skip(1));
        let steps = steps
            .map(|((change, counted), after)| step(telling, change, counted, needs.pairs, *after))
            .collect();
        let mut rests: Vec<UncoveredNeeds> = UncoveredReason::ALL
            .into_iter()
            .zip(lefts)
            .filter(|(_, counted)| counted.covers.pairs > 0)
            .map(|(why, counted)| rest(telling, why, counted))
            .collect();
        rests.sort_by_key(|rest| (rest.why.is_unknown(), Reverse(rest.covers.pairs), rest.why));
        Plan {
            origins: self.sights.iter().filter(|sight| sight.0).count(),
            today: standings.first().copied().unwrap_or_default(),
            with_nat64: with_nat64.first().copied().unwrap_or_default(),
            needs,
            steps,
            rests,
            method,
            is_folded: telling.survey.fleet().tally().folded.total().pairs > 0,
        }
    }

    /// The changes to make, in their order: those that cover most first, of what is confirmed before all.
    fn changes(&self) -> (Vec<Change>, super::Method) {
        let mut numbers: BTreeMap<&Change, usize> = BTreeMap::new();
        for outcome in &self.outcomes.list {
            if let NeedOutcome::Covered { changes, .. } = outcome {
                numbers.extend(changes.iter().map(|change| (change, 0)));
            }
        }
        for (number, place) in numbers.values_mut().enumerate() {
            *place = number;
        }
        // Only outcomes of some need.
        let mut used = vec![0_usize; self.outcomes.list.len()];
        for item in &self.items {
            used[item.outcome.index()] += 1;
        }
        let some = || self.outcomes.list.iter().zip(&used).filter(|(_, used)| **used > 0);
        let classes: Vec<Vec<usize>> = some()
            .filter_map(|(outcome, _)| match outcome {
                NeedOutcome::Covered { changes, .. } => Some(changes.iter().map(|it| numbers[it]).collect()),
                _ => None,
            })
            .collect();
        let (taken, method) = cover(&classes);
        let mut pairs = vec![(0_usize, 0_usize); numbers.len()];
        for (outcome, used) in some() {
            let NeedOutcome::Covered { changes, is_confirmed, .. } = outcome else { continue };
            // What more than one of them covers is counted with the widest, which comes last.
            let Some(number) = changes.iter().rev().map(|it| numbers[it]).find(|it| taken.contains(it))
            else {
                continue;
            };
            let of = &mut pairs[number];
            if *is_confirmed { of.0 += used } else { of.1 += used }
        }
        let mut order: Vec<(&Change, usize)> = numbers
            .into_iter()
            .filter(|(_, number)| taken.contains(number) && pairs[*number] != (0, 0))
            .collect();
        order.sort_by_key(|(change, number)| (Reverse(pairs[*number]), words::cost(change), *change));
        (order.into_iter().map(|(change, _)| change.clone()).collect(), method)
    }

    /// How many pairs, names and origins are in each of `bins`, and the first of them; `bin` says where a
    /// slot belongs.
    fn counted(
        &self,
        survey: &Survey<'_>,
        slots: &[OutcomeSlot],
        bins: usize,
        bin: &dyn Fn(OutcomeSlot) -> Option<usize>,
    ) -> Vec<ItemCounts> {
        let mut counted: Vec<ItemCounts> = Vec::new();
        counted.resize_with(bins, ItemCounts::default);
        let mut last = vec![None; bins];
        // By symbol: the bin that the name came to first, from 1 on, and how often. Few come to another.
        let mut first: Vec<(u32, u32)> = vec![(0, 0); survey.fleet().name_count()];
        let mut others: HashMap<(u32, Symbol), u32, RandomState> = HashMap::default();
        for item in &self.items {
            let slot = slots[item.outcome.index()];
            let Some(at) = bin(slot) else { continue };
            let ItemCounts { covers, origin_ids, .. } = &mut counted[at];
            covers.pairs += 1;
            covers.unconfirmed += usize::from(matches!(slot, OutcomeSlot::Step { is_confirmed: false, .. }));
            #[expect(clippy::cast_possible_truncation, reason = "bins are steps and reasons")]
            let number = at as u32 + 1;
            match &mut first[item.name.index()] {
                (bin, count) if *bin == 0 || *bin == number => (*bin, *count) = (number, *count + 1),
                _ => *others.entry((number, item.name)).or_default() += 1,
            }
            if last[at] != Some(item.rank) {
                last[at] = Some(item.rank);
                covers.origins += 1;
                if origin_ids.len() < NAMED {
                    origin_ids.push(survey.origins()[item.rank as usize].id.to_owned());
                }
            }
        }
        let text = |name: Symbol| survey.fleet().name_text(name);
        let mut most: Vec<Vec<(Reverse<u32>, &str, Symbol)>> = vec![Vec::new(); bins];
        let first = first.into_iter().zip(0..).map(|((bin, count), name)| ((bin, Symbol(name)), count));
        for ((bin, name), count) in first.filter(|((bin, _), _)| *bin > 0).chain(others) {
            let at = bin as usize - 1;
            counted[at].covers.endpoints += 1;
            let (most, count) = (&mut most[at], Reverse(count));
            if most.len() < NAMED || most.last().is_some_and(|last| (count, text(name)) < (last.0, last.1)) {
                let entry = (count, text(name), name);
                most.insert(most.partition_point(|known| *known < entry), entry);
                most.truncate(NAMED);
            }
        }
        for (counted, most) in counted.iter_mut().zip(most) {
            counted.names = most.into_iter().map(|(_, _, name)| name).collect();
        }
        counted
    }

    /// How many origins work, without IPv4 and NAT64, before the first step and after each.
    fn readiness_after_steps(&self, slots: &[OutcomeSlot], steps: usize) -> Vec<OriginReadiness> {
        // By how many steps have to be done; those of origins that nothing helps are not counted.
        let mut ends = vec![OriginReadiness::default(); steps + 1];
        self.each_origin(|items, native| {
            let (mut confirmed, mut all, mut is_open) = (0, 0, false);
            for item in items {
                match slots[item.outcome.index()] {
                    OutcomeSlot::Settled => {}
                    OutcomeSlot::Step { at, is_confirmed, .. } => {
                        all = all.max(at + 1);
                        confirmed = if is_confirmed { confirmed.max(at + 1) } else { usize::MAX };
                    }
                    OutcomeSlot::Left(left) if left.is_unknown() => is_open = true,
                    OutcomeSlot::Left(_) => return,
                }
            }
            // Where nothing is reached, and nothing would be after a step, nothing is known.
            if is_open || !native && all == 0 {
                ends[all].unknown += 1;
            } else if confirmed == usize::MAX {
                ends[all].perhaps += 1;
            } else {
                ends[all].ready += 1;
            }
        });
        let mut sum = OriginReadiness::default();
        for end in &mut ends {
            sum.ready += end.ready;
            sum.perhaps += end.perhaps;
            sum.unknown += end.unknown;
            *end = sum;
        }
        ends
    }

    /// How many origins work without IPv4, with NAT64 for all.
    fn with_nat64(&self, slots: &[OutcomeSlot]) -> OriginReadiness {
        let mut standing = OriginReadiness::default();
        self.each_origin(|items, native| {
            let (mut is_open, mut any) = (false, native);
            for item in items {
                match slots[item.outcome.index()] {
                    OutcomeSlot::Settled => {}
                    OutcomeSlot::Step { nat64: true, .. } => any = true,
                    OutcomeSlot::Left(left) if left.is_unknown() => is_open = true,
                    OutcomeSlot::Left(left) if left.is_for_nat64() => any = true,
                    OutcomeSlot::Step { .. } | OutcomeSlot::Left(_) => return,
                }
            }
            if is_open || !any { standing.unknown += 1 } else { standing.ready += 1 }
        });
        standing
    }

    /// The items of each origin that was seen, and whether it reaches anything over IPv6.
    fn each_origin(&self, mut look: impl FnMut(&[Item], bool)) {
        let mut start = 0;
        for (rank, (seen, native)) in self.sights.iter().enumerate() {
            let same = self.items[start..].iter().take_while(|item| item.rank as usize == rank).count();
            if *seen {
                look(&self.items[start..start + same], *native);
            }
            start += same;
        }
    }
}

/// What is counted over some items.
#[derive(Debug, Default)]
struct ItemCounts {
    covers: CoverCounts,
    names: Vec<Symbol>,
    origin_ids: Vec<String>,
}

fn slot(outcome: &NeedOutcome, changes: &[Change]) -> OutcomeSlot {
    match outcome {
        NeedOutcome::Settled => OutcomeSlot::Settled,
        NeedOutcome::Left(left) => OutcomeSlot::Left(*left),
        NeedOutcome::Covered { changes: some, is_confirmed, nat64 } => {
            let place = some.iter().rev().find_map(|change| changes.iter().position(|it| it == change));
            // For an outcome of no need, no change was taken.
            place.map_or(OutcomeSlot::Settled, |at| OutcomeSlot::Step {
                at,
                is_confirmed: *is_confirmed,
                nat64: *nat64,
            })
        }
    }
}

fn is_for_nat64(slot: OutcomeSlot) -> bool {
    match slot {
        OutcomeSlot::Settled => false,
        OutcomeSlot::Step { .. } => true,
        OutcomeSlot::Left(left) => left.is_for_nat64(),
    }
}

fn step(
    telling: PlanContext<'_>,
    change: Change,
    counted: ItemCounts,
    needs: usize,
    after: OriginReadiness,
) -> Step {
    let ItemCounts { covers, names, origin_ids } = counted;
    let told: Vec<Judgement> = names.iter().map(|name| (telling.judgement)(*name)).collect();
    let Words { action, risk } = words::describe(&change, telling.profiles, &told, covers.endpoints);
    Step {
        title: words::title(&change, telling.profiles, covers, needs),
        change,
        covers,
        action,
        risk,
        names: told.iter().map(named).collect(),
        origin_ids,
        after,
    }
}

fn rest(telling: PlanContext<'_>, why: UncoveredReason, counted: ItemCounts) -> UncoveredNeeds {
    let named = |name: &Symbol| {
        let name = bare(telling.survey.fleet().name_text(*name)).to_owned();
        NamedCount { name, offer: None, level: None }
    };
    UncoveredNeeds {
        why,
        covers: counted.covers,
        sentence: format!("{}.", why.sentence()),
        action: why.action().to_owned(),
        names: counted.names.iter().map(named).collect(),
        origin_ids: counted.origin_ids,
    }
}

fn named(judgement: &Judgement) -> NamedCount {
    let offer = judgement.offer().filter(|offer| *offer != judgement.host).map(str::to_owned);
    let level = offer.as_ref().and(judgement.level());
    NamedCount { name: judgement.host.clone(), offer, level }
}
