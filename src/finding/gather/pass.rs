//! The pass over all pairs: shared out by origins, and put together in their order.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::{About, ByRank, Gathered, Groups, Subject, at, is_empty_under_dns64, is_ipv6_only, vpc};
use crate::finding::{Knowledge, Rule};
use crate::fleet::{Dns64, Habits, Noise, PairHandle, PairView, Status, Survey};
use crate::moment::Moment;
use crate::observation::{A, Aaaa};

/// What is looked at once all pairs were seen, and what has to be known by then of their origins.
struct Later {
    /// By rank: who asked for AAAA, and who got an answer to A, of what is looked at.
    asks: Vec<(bool, bool)>,
    /// By rank: who asked for A at all.
    asked_a: Vec<bool>,
    /// By rank: the last synthesized answer.
    synthesized: Vec<Option<Moment>>,
    /// Empty answers to whoever asks from IPv6 addresses alone.
    nothing: Vec<PairHandle>,
    /// Empty answers to whoever has DNS64.
    late: Vec<PairHandle>,
}

/// Who wants to see every pair, too, while they are looked at anyway.
pub(crate) trait Beside: Sync {
    /// What it makes of the pairs of some origins.
    type Part: Send + Sync;

    /// Of no pair yet.
    fn start(&self) -> Self::Part;

    /// Takes in a pair that holds; `noise` says why it is noise, if it is.
    fn look(&self, part: &mut Self::Part, pair: &PairView<'_>, noise: Option<Noise>);
}

/// Nobody.
impl Beside for () {
    type Part = ();

    fn start(&self) {}

    fn look(&self, (): &mut (), _: &PairView<'_>, _: Option<Noise>) {}
}

/// Places for what is found out of the names of `survey`, for [`Gathered::of`].
pub(in crate::finding) fn places(survey: &Survey<'_>) -> Vec<OnceLock<About>> {
    std::iter::repeat_with(OnceLock::new).take(survey.fleet().names_len()).collect()
}

impl<'s> Gathered<'s> {
    /// Everything that those pairs of `survey` show of which `holds` holds; `about` are [`places`]. And what
    /// `beside` made of them, in parts by origin.
    pub(in crate::finding) fn of<B: Beside>(
        survey: &'s Survey<'s>,
        knowledge: Knowledge<'s>,
        about: &'s [OnceLock<About>],
        holds: impl Fn(&PairView<'_>) -> bool + Sync,
        beside: &B,
    ) -> (Self, Vec<B::Part>) {
        let crew = survey.crew();
        let shares = survey.shares(crew.hands());
        let places = knowledge.inspected.map(|inspected| inspected.places(survey.origins()));
        let none = Self {
            survey,
            knowledge,
            groups: Groups::default(),
            without: HashMap::default(),
            about,
            newest: Vec::new(),
            registry: None,
            places: places.unwrap_or_default().into(),
            asked: Vec::new(),
            empty: ByRank::default(),
            translated: ByRank::default(),
            needs: Vec::new(),
            sights: Vec::new(),
            first_rank: 0,
        };
        let parts = crew.map(shares.len(), |part| none.pass(shares[part].clone(), &holds, beside));
        let (mut all, mut later, mut others) = (none, Later::none(0), Vec::new());
        for (part, of_part, other) in parts {
            all.absorb(part);
            later.absorb(of_part);
            others.push(other);
        }
        all.rest(later);
        (all, others)
    }

    /// What the pairs of the origins of these ranks show; of `self` it is taken where to look.
    fn pass<B: Beside>(
        &self,
        ranks: Range<usize>,
        holds: &impl Fn(&PairView<'_>) -> bool,
        beside: &B,
    ) -> (Self, Later, B::Part) {
        let survey = self.survey;
        let (mut later, mut other) = (Later::none(ranks.len()), beside.start());
        let mut habits = Habits::default();
        let mut part = Self {
            groups: Groups::default(),
            without: HashMap::default(),
            newest: Vec::new(),
            places: Arc::clone(&self.places),
            asked: Vec::new(),
            empty: ByRank::default(),
            translated: ByRank::default(),
            needs: Vec::new(),
            sights: vec![(false, false); ranks.len()],
            first_rank: ranks.start,
            ..*self
        };
        survey.visit(survey.handles_of(ranks), |handle, pair| {
            let rank = pair.origin_rank - part.first_rank;
            part.learn_newest(pair);
            // An account's digits come before the names of what is pulled besides.
            if pair.status == Status::Native && pair.name.contains(".dkr-ecr") {
                part.registry = Some(pair.origin_rank);
            }
            let last = pair
                .spans
                .aaaa()
                .find(|(verdict, _)| *verdict == Aaaa::Synthesized)
                .map(|(_, span)| span.last);
            let known = &mut later.synthesized[rank];
            *known = (*known).max(last);
            later.asked_a[rank] |= pair.spans.a().next().is_some();
            if !holds(pair) {
                return;
            }
            part.sights[rank].0 = true;
            let noise = survey.noise_by(&mut habits, pair);
            beside.look(&mut other, pair, noise);
            if noise.is_some() {
                return;
            }
            if is_empty_under_dns64(pair) {
                later.late.push(handle);
                return;
            }
            let asked = &mut later.asks[rank];
            asked.0 |= pair.spans.newest_aaaa().is_some();
            asked.1 |= pair.spans.a().any(|(verdict, _)| verdict == A::Answered);
            if pair.status == Status::Empty && is_ipv6_only(pair.origin) {
                later.nothing.push(handle);
            }
            part.look(pair);
        });
        (part, later, other)
    }

    /// Takes in what the pairs of origins of higher ranks show.
    fn absorb(&mut self, other: Self) {
        self.groups.absorb(other.groups);
        if self.without.is_empty() {
            self.without = other.without;
        } else {
            for (name, without) in other.without {
                match self.without.entry(name) {
                    Entry::Vacant(place) => drop(place.insert(without)),
                    Entry::Occupied(mut known) => known.get_mut().absorb(&without),
                }
            }
        }
        if self.newest.len() < other.newest.len() {
            self.newest.resize(other.newest.len(), None);
        }
        for (known, newest) in self.newest.iter_mut().zip(other.newest) {
            *known = newer(*known, newest);
        }
        self.registry = other.registry.or(self.registry);
        self.asked.extend(other.asked);
        // One origin is in one part.
        self.empty.append(other.empty);
        self.translated.append(other.translated);
        self.needs.extend(other.needs);
        self.sights.extend(other.sights);
    }

    /// What had to wait until all pairs were seen.
    fn rest(&mut self, later: Later) {
        let survey = self.survey;
        let Later { mut asks, asked_a, synthesized, nothing, late } = later;
        self.nothing(nothing.into_iter().filter(|handle| !asked_a[survey.pair(*handle).origin_rank]));
        // DNS64 may have been switched off since: only what was synthesized before and after shows that it
        // was on.
        for pair in late.into_iter().map(|handle| survey.pair(handle)) {
            let empty = pair.spans.aaaa().find(|(verdict, _)| *verdict == Aaaa::Empty).map(|(_, span)| span);
            let on = matches!((pair.origin.dns64, synthesized[pair.origin_rank], empty),
                (Dns64::On(since), Some(until), Some(span)) if since <= span.last && span.last <= until);
            if on {
                let name = Subject::Name(pair.name_symbol);
                self.group(Rule::NoAddressAtAll, name).add(pair.origin_rank, empty.into_iter());
                asks[pair.origin_rank].0 = true;
            } else {
                self.look(&pair);
            }
        }
        // `look` went by origin, but for those.
        self.asked.sort_by_key(|asked| (asked.rank, asked.row, asked.name));
        // Who asks for A only tells nothing if it was asked for AAAA somewhere that was filtered out.
        for (rank, (aaaa, answered)) in asks.into_iter().enumerate() {
            // Nobody can look for IPv6 on a host whose address is masked.
            let is_known = !survey.origins()[rank].is_masked();
            if is_known
                && answered
                && !aaaa
                && !survey.pairs_of(rank).any(|pair| pair.spans.newest_aaaa().is_some())
            {
                let spans = survey
                    .pairs_of(rank)
                    .flat_map(|pair| pair.spans.a().map(|(_, span)| span).collect::<Vec<_>>());
                self.group(Rule::NeverAsksAaaa, vpc(&survey.origins()[rank])).add(rank, spans);
            }
        }
        self.partial();
    }

    fn learn_newest(&mut self, pair: &PairView<'_>) {
        let Some(verdict) = pair.spans.newest_aaaa().filter(|verdict| verdict.unknown().is_none()) else {
            return;
        };
        let last = pair.spans.known_aaaa().map(|(_, span)| span.last.second()).max().unwrap_or_default();
        let known = at(&mut self.newest, pair.name_symbol);
        *known = newer(*known, Some((last, verdict)));
    }
}

/// The newer of two verdicts with their seconds; of those of one second, the one that counts for more.
fn newer(one: Option<(i64, Aaaa)>, other: Option<(i64, Aaaa)>) -> Option<(i64, Aaaa)> {
    match (one, other) {
        (Some(known), Some(new)) if new.0 > known.0 || new.0 == known.0 && new.1 < known.1 => other,
        (None, _) => other,
        _ => one,
    }
}

impl Later {
    /// Nothing yet, of so many origins.
    fn none(origins: usize) -> Self {
        Self {
            asks: vec![(false, false); origins],
            asked_a: vec![false; origins],
            synthesized: vec![None; origins],
            nothing: Vec::new(),
            late: Vec::new(),
        }
    }

    /// Takes in what is to be looked at of the origins that follow.
    fn absorb(&mut self, other: Self) {
        self.asks.extend(other.asks);
        self.asked_a.extend(other.asked_a);
        self.synthesized.extend(other.synthesized);
        self.nothing.extend(other.nothing);
        self.late.extend(other.late);
    }
}
