//! The pass over all pairs: shared out by origins, and put together in their order.

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use memchr::memmem::Finder;

use super::{
    ByRank, Gathered, GatheredNames, GroupSubject, NameFlagsTable, PairGroups, endpoint,
    is_empty_under_dns64, is_inbound, is_ipv6_only, vpc,
};
use crate::advice::finding::evidence::{Indication, PairEvidence};
use crate::advice::finding::{Knowledge, Rule};
use crate::base::moment::Moment;
use crate::fleet::{Dns64, Noise, NoiseTable, PairHandle, PairView, Status, Survey, Symbol, Visitor};
use crate::log::observation::{A, Aaaa};

/// What the dual-stack names of Amazon ECR's registries have after the account.
static REGISTRY: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(".dkr-ecr"));

/// What is looked at once all pairs were seen, and what has to be known by then of their origins.
struct SecondPass {
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
pub(crate) trait PairObserver: Sync {
    /// What it makes of the pairs of some origins.
    type Part: Send + Sync;

    /// Of no pair yet.
    fn start(&self) -> Self::Part;

    /// Asks for what it keeps of names whose pairs come next.
    fn prefetch(&self, part: &Self::Part, names: &[Symbol]);

    /// Takes in a pair that holds; `noise` says why it is noise, if it is.
    fn look(&self, part: &mut Self::Part, handle: PairHandle, pair: &PairView<'_>, noise: Option<Noise>);
}

/// Nobody.
impl PairObserver for () {
    type Part = ();

    fn start(&self) {}

    fn prefetch(&self, (): &(), _: &[Symbol]) {}

    fn look(&self, (): &mut (), _: PairHandle, _: &PairView<'_>, _: Option<Noise>) {}
}

/// Two, one after the other.
impl<A: PairObserver, B: PairObserver> PairObserver for (A, B) {
    type Part = (A::Part, B::Part);

    fn start(&self) -> Self::Part {
        (self.0.start(), self.1.start())
    }

    fn prefetch(&self, (a, b): &Self::Part, names: &[Symbol]) {
        self.0.prefetch(a, names);
        self.1.prefetch(b, names);
    }

    fn look(&self, (a, b): &mut Self::Part, handle: PairHandle, pair: &PairView<'_>, noise: Option<Noise>) {
        self.0.look(a, handle, pair, noise);
        self.1.look(b, handle, pair, noise);
    }
}

/// The pass over the pairs of some origins.
struct SurveyPass<'p, 's, H, B: PairObserver> {
    part: Gathered<'s>,
    later: SecondPass,
    other: B::Part,
    habits: NoiseTable,
    /// Which pairs are looked at.
    holds: &'p H,
    beside: &'p B,
}

impl<H: Fn(&PairView<'_>) -> bool, B: PairObserver> Visitor for SurveyPass<'_, '_, H, B> {
    fn prefetch(&self, names: &[Symbol]) {
        for name in names {
            self.part.abouts.fetch(*name);
        }
        self.part.names.fetch(names);
        self.habits.fetch(names);
        self.beside.prefetch(&self.other, names);
    }

    fn look(&mut self, handle: PairHandle, pair: &PairView<'_>) {
        let SurveyPass { part, later, other, habits, holds, beside } = self;
        let rank = pair.origin_rank - part.first_rank;
        part.learn_newest(pair);
        // An account's digits come before the names of what is pulled besides.
        if pair.status == Status::Native && REGISTRY.find(pair.name.as_bytes()).is_some() {
            part.registry = Some(pair.origin_rank);
        }
        if let Some(made) = pair.spans.aaaa_with(Aaaa::Synthesized) {
            let known = &mut later.synthesized[rank];
            *known = (*known).max(Some(made.last));
        }
        later.asked_a[rank] |= pair.spans.has_a();
        if !holds(pair) {
            return;
        }
        part.sights[rank].0 = true;
        let noise = part.survey.noise_by(habits, pair);
        beside.look(other, handle, pair, noise);
        if noise.is_some() {
            return;
        }
        if is_empty_under_dns64(pair) {
            later.late.push(handle);
            return;
        }
        let asked = &mut later.asks[rank];
        asked.0 |= pair.spans.has_aaaa();
        asked.1 |= pair.spans.a_with(A::Answered).is_some();
        if pair.status == Status::Empty && is_ipv6_only(pair.origin) {
            later.nothing.push(handle);
        }
        part.look(pair);
    }
}

impl<'s> Gathered<'s> {
    /// Everything that those pairs of `survey` show of which `holds` holds. And what `beside` made of them,
    /// in parts by origin. `evidence` is of no pair yet.
    pub(in crate::advice::finding) fn from_survey<B: PairObserver>(
        survey: &'s Survey<'s>,
        knowledge: Knowledge<'s>,
        holds: impl Fn(&PairView<'_>) -> bool + Sync,
        beside: &B,
        evidence: PairEvidence<'s>,
    ) -> (Self, Vec<B::Part>) {
        let workers = survey.workers();
        let shares = survey.shares(workers.threads());
        let places = knowledge.inspected.map(|inspected| inspected.places(survey.origins()));
        let none = Self {
            survey,
            knowledge,
            groups: PairGroups::default(),
            evidence,
            names: GatheredNames::new(0),
            abouts: Arc::new(NameFlagsTable::new(survey.fleet().name_count())),
            registry: None,
            places: places.unwrap_or_default().into(),
            asked: Vec::new(),
            empty: ByRank::default(),
            translated: ByRank::default(),
            needs: Vec::new(),
            sights: Vec::new(),
            first_rank: 0,
        };
        let parts = workers.map(shares.len(), |part| none.pass(shares[part].clone(), &holds, beside));
        let (mut all, mut later, mut others) = (none, SecondPass::none(0), Vec::new());
        for (part, of_part, other) in parts {
            if others.is_empty() {
                all = part;
            } else {
                all.absorb(part);
            }
            later.absorb(of_part);
            others.push(other);
        }
        all.rest(later);
        (all, others)
    }

    /// What the pairs of the origins of these ranks show; of `self` it is taken where to look.
    fn pass<B: PairObserver>(
        &self,
        ranks: Range<usize>,
        holds: &(impl Fn(&PairView<'_>) -> bool + Sync),
        beside: &B,
    ) -> (Self, SecondPass, B::Part) {
        let survey = self.survey;
        let part = Self {
            groups: PairGroups::default(),
            evidence: PairEvidence::kept(self.evidence.is_kept()),
            names: GatheredNames::new(survey.fleet().name_count()),
            abouts: Arc::clone(&self.abouts),
            places: Arc::clone(&self.places),
            asked: Vec::new(),
            empty: ByRank::default(),
            translated: ByRank::default(),
            needs: Vec::new(),
            sights: vec![(false, false); ranks.len()],
            first_rank: ranks.start,
            ..*self
        };
        let later = SecondPass::none(ranks.len());
        let mut pass =
            SurveyPass { part, later, other: beside.start(), habits: NoiseTable::default(), holds, beside };
        survey.visit_by(survey.handles_of(ranks), &mut pass);
        let SurveyPass { mut part, later, other, .. } = pass;
        part.sort_asked();
        (part, later, other)
    }

    fn sort_asked(&mut self) {
        // Those of one origin come together, but for the last.
        if !self.asked.is_sorted_by_key(|asked| asked.rank) {
            self.asked.sort_by_key(|asked| asked.rank);
        }
        for own in self.asked.chunk_by_mut(|one, other| one.rank == other.rank) {
            own.sort_by_key(|asked| (asked.row, asked.name));
        }
    }

    /// Takes in what the pairs of origins of higher ranks show.
    fn absorb(&mut self, other: Self) {
        self.groups.absorb(other.groups);
        self.evidence.absorb(other.evidence);
        self.names.absorb(other.names);
        self.registry = other.registry.or(self.registry);
        self.asked.extend(other.asked);
        // One origin is in one part.
        self.empty.append(other.empty);
        self.translated.append(other.translated);
        self.needs.extend(other.needs);
        self.sights.extend(other.sights);
    }

    /// What had to wait until all pairs were seen.
    fn rest(&mut self, later: SecondPass) {
        let survey = self.survey;
        let SecondPass { mut asks, asked_a, synthesized, nothing, late } = later;
        self.nothing(nothing.into_iter().filter(|handle| !asked_a[survey.pair(*handle).origin_rank]));
        // DNS64 may have been switched off since: only what was synthesized before and after shows that it
        // was on.
        for pair in late.into_iter().map(|handle| survey.pair(handle)) {
            let empty = pair.spans.aaaa_with(Aaaa::Empty);
            let on = matches!((pair.origin.dns64, synthesized[pair.origin_rank], empty),
                (Dns64::On(since), Some(until), Some(span)) if since <= span.last && span.last <= until);
            if on {
                let name = GroupSubject::Name(pair.name_symbol);
                self.group(Rule::NoAddressAtAll, name, &pair).add(pair.origin_rank, empty.into_iter());
                asks[pair.origin_rank].0 = true;
            } else {
                self.look(&pair);
            }
        }
        // Each part went by origin, but for those.
        self.sort_asked();
        // Nothing follows from an origin's asking for A only if it asked for AAAA in records that were
        // filtered out.
        for (rank, (aaaa, answered)) in asks.into_iter().enumerate() {
            // Nobody can look for IPv6 on a host whose address is masked.
            let is_known = !survey.origins()[rank].is_masked();
            if is_known && answered && !aaaa && !survey.pairs_of(rank).any(|pair| pair.spans.has_aaaa()) {
                let spans = survey
                    .pairs_of(rank)
                    .flat_map(|pair| pair.spans.a().map(|(_, span)| span).collect::<Vec<_>>());
                let origin = &survey.origins()[rank];
                let subject = if is_inbound(origin) { endpoint(origin) } else { vpc(origin) };
                if self.evidence.is_kept() {
                    let asked = survey.pairs_of(rank).filter(|pair| pair.spans.has_a());
                    let shown = Indication::Group(Rule::NeverAsksAaaa, subject);
                    asked.for_each(|pair| self.evidence.add(shown, &pair));
                }
                self.groups.get_mut(Rule::NeverAsksAaaa, subject).add(rank, spans);
            }
        }
        self.partial();
    }

    fn learn_newest(&mut self, pair: &PairView<'_>) {
        let Some(verdict) = pair.spans.newest_aaaa().filter(|verdict| verdict.unknown().is_none()) else {
            return;
        };
        let last = pair.spans.known_aaaa().map(|(_, span)| span.last.second()).max().unwrap_or_default();
        self.names.learn(pair.name_symbol, last, verdict);
    }
}

impl SecondPass {
    /// For a number of `origins`, nothing found yet.
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
