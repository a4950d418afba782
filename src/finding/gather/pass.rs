//! The pass over all pairs: shared out by origins, and put together in their order.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use super::{About, Gathered, Subject, at, is_empty_under_dns64, is_ipv6_only, vpc};
use crate::finding::{Knowledge, Rule};
use crate::fleet::{Dns64, PairHandle, PairView, Status, Survey};
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

/// Places for what is found out of the names of `survey`, for [`Gathered::of`].
pub(in crate::finding) fn places(survey: &Survey<'_>) -> Vec<OnceLock<About>> {
    std::iter::repeat_with(OnceLock::new).take(survey.fleet().names_len()).collect()
}

impl<'s> Gathered<'s> {
    /// Everything that those pairs of `survey` show of which `holds` holds; `about` are [`places`].
    pub(in crate::finding) fn of(
        survey: &'s Survey<'s>,
        knowledge: Knowledge<'s>,
        about: &'s [OnceLock<About>],
        holds: impl Fn(&PairView<'_>) -> bool + Sync,
    ) -> Self {
        let crew = survey.crew();
        let shares = survey.shares(crew.hands());
        let parts = crew.map(shares.len(), |part| {
            let mut gathered = Self::none(survey, knowledge, about);
            let later = gathered.pass(survey.handles_in(shares[part].clone()), &holds);
            (gathered, later)
        });
        let mut all = Self::none(survey, knowledge, about);
        let mut later = Later::none(survey.origins().len());
        for (part, of_part) in parts {
            all.absorb(part);
            later.absorb(of_part);
        }
        all.rest(later);
        all
    }

    /// Nothing yet.
    fn none(survey: &'s Survey<'s>, knowledge: Knowledge<'s>, about: &'s [OnceLock<About>]) -> Self {
        Self {
            survey,
            knowledge,
            groups: HashMap::default(),
            without: HashMap::default(),
            about,
            newest: Vec::new(),
            registry: None,
            places: knowledge.inspected.map_or_else(Vec::new, |inspected| inspected.places(survey.origins())),
            asked: Vec::new(),
            empty: BTreeMap::new(),
            translated: BTreeMap::new(),
            needs: Vec::new(),
            sights: vec![(false, false); survey.origins().len()],
        }
    }

    /// Looks at the pairs of some origins.
    fn pass(
        &mut self,
        handles: impl Iterator<Item = PairHandle>,
        holds: &impl Fn(&PairView<'_>) -> bool,
    ) -> Later {
        let survey = self.survey;
        let mut later = Later::none(survey.origins().len());
        survey.visit(handles, |handle, pair| {
            self.learn_newest(pair);
            // An account's digits come before the names of what is pulled besides.
            if pair.status == Status::Native && pair.name.contains(".dkr-ecr") {
                self.registry = Some(pair.origin_rank);
            }
            let last = pair
                .spans
                .aaaa()
                .find(|(verdict, _)| *verdict == Aaaa::Synthesized)
                .map(|(_, span)| span.last);
            let known = &mut later.synthesized[pair.origin_rank];
            *known = (*known).max(last);
            later.asked_a[pair.origin_rank] |= pair.spans.a().next().is_some();
            if !holds(pair) {
                return;
            }
            self.sights[pair.origin_rank].0 = true;
            if survey.noise(pair).is_some() {
                return;
            }
            if is_empty_under_dns64(pair) {
                later.late.push(handle);
                return;
            }
            let asked = &mut later.asks[pair.origin_rank];
            asked.0 |= pair.spans.newest_aaaa().is_some();
            asked.1 |= pair.spans.a().any(|(verdict, _)| verdict == A::Answered);
            if pair.status == Status::Empty && is_ipv6_only(pair.origin) {
                later.nothing.push(handle);
            }
            self.look(pair);
        });
        later
    }

    /// Takes in what the pairs of origins of higher ranks show.
    fn absorb(&mut self, other: Self) {
        for (key, group) in other.groups {
            match self.groups.entry(key) {
                Entry::Vacant(place) => drop(place.insert(group)),
                Entry::Occupied(mut known) => *known.get_mut() = std::mem::take(known.get_mut()).and(&group),
            }
        }
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
        self.empty.extend(other.empty);
        self.translated.extend(other.translated);
        self.needs.extend(other.needs);
        for (known, sight) in self.sights.iter_mut().zip(other.sights) {
            *known = (known.0 | sight.0, known.1 | sight.1);
        }
    }

    /// What had to wait until all pairs were seen.
    fn rest(&mut self, later: Later) {
        let survey = self.survey;
        let Later { mut asks, asked_a, synthesized, nothing, late } = later;
        self.nothing(nothing.into_iter().filter(|handle| !asked_a[survey.pair(*handle).origin_rank]));
        // DNS64 may have been switched off since: only what was synthesized before and after shows that it was on.
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

    /// Takes in what is to be looked at of other origins.
    fn absorb(&mut self, other: Self) {
        for (known, asks) in self.asks.iter_mut().zip(other.asks) {
            *known = (known.0 | asks.0, known.1 | asks.1);
        }
        for (known, asked) in self.asked_a.iter_mut().zip(other.asked_a) {
            *known |= asked;
        }
        for (known, last) in self.synthesized.iter_mut().zip(other.synthesized) {
            *known = (*known).max(last);
        }
        self.nothing.extend(other.nothing);
        self.late.extend(other.late);
    }
}
