//! One look at every pair: what concerns the same name, or the same VPC, is counted together.

use std::sync::Arc;

use super::evidence::{Indication, PairEvidence};
use super::group::{ByRank, GroupSubject, PairGroup, PairGroups};
use super::inspected::OriginPlace;
use super::signs::{
    endpoint, has_a, is_asked_both_ways, is_empty_under_dns64, is_endpoint, is_inbound, is_ipv6_only,
    newest_a, vpc,
};
use super::without::Lacking;
use super::{Knowledge, Rule};
use crate::advice::judgement::{Judgement, LogFacts, NameTarget, all_private};
use crate::advice::plan::Need;
use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::fleet::{OriginKind, OriginView, PairHandle, PairView, Status, Survey, Symbol};
use crate::knowledge::address::{ipv4_link_local, ipv4_private};
use crate::knowledge::catalog::{Known, ProfileRowId};
use crate::log::observation::{A, Aaaa};

mod about;
mod names;
mod needs;
mod odd;
mod pass;

use about::{NameFlags, NameFlagsTable};
use names::GatheredNames;
pub(crate) use pass::PairObserver;

/// What the origin at `rank` got for a row of a profile.
#[derive(Clone, Copy, Debug)]
pub(super) struct AskedRow {
    pub rank: usize,
    pub row: ProfileRowId,
    pub name: Symbol,
    pub status: Status,
    /// The name has the dual-stack form.
    pub dual: bool,
    /// The origin has IPv4 for it.
    pub has_ipv4: bool,
    pub records: u64,
    pub range: Option<(Moment, Moment)>,
}

/// Everything gathered.
pub(super) struct Gathered<'s> {
    pub survey: &'s Survey<'s>,
    pub knowledge: Knowledge<'s>,
    groups: PairGroups<'s>,
    pub evidence: PairEvidence<'s>,
    pub names: GatheredNames,
    /// What is known of the names that were looked at.
    abouts: Arc<NameFlagsTable>,
    /// The last origin that had a dual-stack registry name of Amazon ECR in its image references.
    registry: Option<usize>,
    /// By rank: where EC2 says that each origin is; empty if it was not asked.
    places: Arc<[Option<OriginPlace<'s>>]>,
    /// Rows of profiles that origins asked for, sorted by origin.
    pub asked: Vec<AskedRow>,
    /// By rank: origins that got empty answers for names with an IPv4 address, and those for which DNS64 was
    /// at work.
    pub empty: ByRank,
    pub translated: ByRank,
    /// What origins do not reach over IPv6, sorted by origin but for the last of them.
    pub needs: Vec<Need>,
    /// By rank: whether each origin asked for anything, and reaches anything over IPv6.
    pub sights: Vec<(bool, bool)>,
    /// The rank that this begins with: not the first in a part of a pass.
    first_rank: usize,
}

impl<'s> Gathered<'s> {
    /// The groups in their order.
    pub(super) fn groups(&self) -> impl Iterator<Item = (&(Rule, GroupSubject<'s>), &PairGroup)> {
        self.groups.sorted()
    }

    /// The group of a rule that is about a name.
    pub(super) fn group_of(&self, rule: Rule, name: Symbol) -> Option<&PairGroup> {
        self.groups.get(rule, GroupSubject::Name(name))
    }

    /// The newest verdict on AAAA that anybody got for `host` (with or without its last dot).
    pub(super) fn seen(&self, host: &str) -> Option<Aaaa> {
        let name = [host.trim_end_matches('.'), "."].concat();
        let symbol = self.survey.fleet().find_name(&name)?;
        self.names.newest(symbol)
    }

    /// The rows of profiles that a name fits which was looked at.
    pub(super) fn rows(&self, name: Symbol) -> &[ProfileRowId] {
        self.abouts.rows(name)
    }

    /// The judgement of a name that was looked at.
    pub(super) fn judgement(&self, name: Symbol) -> Judgement {
        let without = self.names.without(name);
        let aaaa = |host: &str| self.seen(host);
        let shown = LogFacts {
            aaaa: &aaaa,
            ipv4: without.and_then(|without| without.ipv4),
            is_private: without.is_some_and(|without| without.private),
            is_private_for_some: without.is_some_and(|without| without.private_for_some),
            target: NameTarget::find(self.survey.fleet().targets_of(name)),
            has_registry: without.is_some_and(|without| without.with_registry as usize == without.origins()),
        };
        Judgement::new(self.knowledge.catalog, self.survey.fleet().name_text(name), shown)
    }

    /// Whether an origin has IPv4: EC2 says so by its addresses and routes, else the log may.
    fn has_ipv4(&self, pair: &PairView<'_>) -> bool {
        let asked = || pair.origin.has_ipv4();
        self.place(pair.origin_rank).and_then(|place| place.has_ipv4()).unwrap_or_else(asked)
    }

    /// The origin of a pair, for as long as there is the survey.
    fn origin_of(&self, pair: &PairView<'_>) -> &'s OriginView<'s> {
        &self.survey.origins()[pair.origin_rank]
    }

    fn vpc(&self, pair: &PairView<'_>) -> GroupSubject<'s> {
        vpc(self.origin_of(pair))
    }

    /// The group of a rule and subject, which `pair` shows.
    fn group(&mut self, rule: Rule, subject: GroupSubject<'s>, pair: &PairView<'_>) -> &mut PairGroup {
        self.evidence.add(Indication::Group(rule, subject), pair);
        self.groups.get_mut(rule, subject)
    }

    /// What is known of the name of `pair`.
    fn about(&self, pair: &PairView<'_>) -> NameFlags {
        let Knowledge { catalog, profiles, .. } = self.knowledge;
        self.abouts.get(pair.name_symbol, || {
            let known = catalog.about(pair.name);
            let host = pair.name.trim_end_matches('.');
            let holds = |of: fn(&Known) -> bool| known.as_ref().is_some_and(of);
            let about = NameFlags {
                dual: known.as_ref().is_some_and(|known| known.dual_stack_name(pair.name) == Some(host)),
                is_endpoint: holds(is_endpoint)
                    || known.is_none()
                        && NameTarget::find(self.survey.fleet().targets_of(pair.name_symbol)).is_some(),
                is_asked_both_ways: holds(is_asked_both_ways),
                is_poller: holds(|known| known.prefix == "ec2messages"),
                has_rows: false,
            };
            (about, profiles.rows_of(pair.name, known.as_ref()))
        })
    }

    fn look(&mut self, pair: &PairView<'_>) {
        let rank = pair.origin_rank;
        let name = GroupSubject::Name(pair.name_symbol);
        let of = |wanted: &'static [Aaaa]| {
            pair.spans.aaaa().filter(move |(verdict, _)| wanted.contains(verdict)).map(|(_, span)| span)
        };
        let about = self.about(pair);
        self.usage(pair, about);
        if pair.name == "ipv4only.arpa." {
            self.revealed(pair);
            return;
        }
        self.need(pair, about);
        let newest = pair.spans.newest_aaaa();
        match pair.status {
            Status::NxDomain if has_a(pair) => {
                self.group(Rule::NxDomainForAaaa, name, pair).add(rank, of(&[Aaaa::NxDomain]));
            }
            Status::NxDomain if about.dual && !about.is_poller => {
                self.group(Rule::DualStackMissing, name, pair).add(rank, of(&[Aaaa::NxDomain]));
            }
            Status::Failing if has_a(pair) => {
                let failing = of(&[Aaaa::ServFail, Aaaa::Refused, Aaaa::Other]);
                self.group(Rule::FailingForAaaa, name, pair).add(rank, failing);
            }
            // A copy of another name with a search domain after it is blocked with all the rest of that
            // domain.
            Status::Blocked if !self.is_copy(pair.name) => {
                // Of another origin, that says nothing: rules of DNS Firewall hold for one VPC.
                let answered = newest_a(pair) == Some(A::Answered);
                let rule = if answered { Rule::BlockedForAaaa } else { Rule::Blocked };
                self.group(rule, name, pair).add(rank, of(&[Aaaa::Blocked]));
            }
            Status::Ipv4Only | Status::Empty | Status::NoAddress if newest == Some(Aaaa::Unusable) => {
                self.group(Rule::UnusableAddress, name, pair).add(rank, of(&[Aaaa::Unusable]));
            }
            Status::Ipv4Only | Status::Empty | Status::Nat64 => self.without(pair, about),
            Status::Native => self.odd_native(pair),
            _ => {}
        }
        self.unsteady(pair);
        self.translation(pair);
    }

    /// What DNS64 made for an origin.
    fn translation(&mut self, pair: &PairView<'_>) {
        if pair.status != Status::Nat64 {
            return;
        }
        let rank = pair.origin_rank;
        let made = || pair.spans.aaaa_with(Aaaa::Synthesized).into_iter();
        let embedded = pair.embedded.lowest();
        // Without an address inside, the prefix is of the local-use block: some network's own, not of DNS64
        // on AWS.
        if embedded.is_empty() {
            self.group(Rule::LocalUsePrefix, self.vpc(pair), pair).add(rank, made());
            return;
        }
        // No route leads to a link-local address.
        if embedded.iter().all(|bits| ipv4_link_local(*bits)) {
            return;
        }
        match pair.origin.kind {
            // The endpoint has DNS64 of its own, and whoever asks through it is somewhere else.
            _ if is_inbound(pair.origin) => {
                self.group(Rule::Dns64Endpoint, endpoint(self.origin_of(pair)), pair).add(rank, made());
            }
            // Global Resolver has no DNS64: such an address came from the zone.
            OriginKind::Device => {}
            _ => {
                let with_a = pair.spans.a_with(A::Answered).is_some();
                let rule =
                    if with_a && self.has_ipv4(pair) { Rule::Dns64DualStack } else { Rule::Nat64Route };
                self.group(rule, self.vpc(pair), pair).add(rank, made());
                self.evidence.add(Indication::Translated(rank.saturating_into()), pair);
                self.translated.get_mut(rank, PairGroup::default).add(rank, made());
            }
        }
    }

    fn without(&mut self, pair: &PairView<'_>, about: NameFlags) {
        let was_native = pair.spans.aaaa_with(Aaaa::Native).is_some();
        if was_native || about.is_asked_both_ways {
            return;
        }
        let all = pair.embedded.lowest().iter().chain(pair.name_ipv4.lowest());
        let private = all_private(all.clone().copied());
        let ipv4 = all.clone().next().copied();
        let has_ipv4 = self.has_ipv4(pair);
        let has_registry = self.registry == Some(pair.origin_rank);
        // An API has an IPv4 address, asked for or not: that its AAAA is empty shows that DNS64 was not at
        // work.
        if pair.status == Status::Ipv4Only || pair.status == Status::Empty && about.is_endpoint {
            self.evidence.add(Indication::Empty(pair.origin_rank.saturating_into()), pair);
            let group = self.empty.get_mut(pair.origin_rank, PairGroup::with_ipv4);
            group.has_ipv4 &= has_ipv4;
            group.add(pair.origin_rank, pair.spans.aaaa_with(Aaaa::Empty).into_iter());
        }
        self.evidence.add(Indication::Without(pair.name_symbol), pair);
        let without = self.names.without_mut(pair.name_symbol);
        without.learn_ipv4(ipv4, private);
        without.private_for_some |= all.clone().copied().any(ipv4_private);
        let of_ipv4 =
            if pair.status == Status::Nat64 { &mut without.detoured } else { &mut without.with_ipv4 };
        *of_ipv4 += u32::from(has_ipv4);
        let is_cut_off = pair.status != Status::Nat64 && !has_ipv4;
        let is_inbound = is_cut_off && is_inbound(pair.origin);
        without.inbound += u32::from(is_inbound);
        without.open += u32::from(is_inbound && pair.origin.asked_from_ipv4());
        without.with_registry += u32::from(has_registry);
        let group = without.group_mut(match pair.status {
            Status::Ipv4Only => Lacking::CutOff,
            Status::Empty => Lacking::Empty,
            _ => Lacking::Translated,
        });
        let shows = [Aaaa::Empty, Aaaa::Synthesized];
        group.add(
            pair.origin_rank,
            pair.spans.aaaa().filter(|(verdict, _)| shows.contains(verdict)).map(|(_, span)| span),
        );
    }

    /// Whether `name` is another name of the log with a search domain after it.
    fn is_copy(&self, name: &str) -> bool {
        let stems = name.match_indices('.').skip(1).map(|(at, _)| &name[..=at]);
        stems.filter(|stem| stem.len() < name.len()).any(|stem| self.survey.fleet().knows_name(stem))
    }

    /// Names that came back empty to origins that never asked for A: for them there is no address at all.
    fn nothing(&mut self, handles: impl Iterator<Item = PairHandle>) {
        let survey = self.survey;
        for pair in handles.map(|handle| survey.pair(handle)) {
            let about = self.about(&pair);
            let is_pool = pair.name.ends_with(".pool.ntp.org.");
            let is_empty = pair.spans.newest_aaaa() == Some(Aaaa::Empty) && pair.spans.unknown_a().is_none();
            let has_address =
                self.names.without(pair.name_symbol).is_some_and(|without| without.ipv4.is_some());
            // Of an endpoint it is known that it has an IPv4 address.
            if !is_empty || is_pool || has_address || about.is_endpoint || about.is_asked_both_ways {
                continue;
            }
            let empty = pair.spans.aaaa_with(Aaaa::Empty).into_iter();
            self.group(Rule::NothingForAaaaOnly, GroupSubject::Name(pair.name_symbol), &pair)
                .add(pair.origin_rank, empty);
        }
    }

    /// VPCs where DNS64 was at work for some origins, and names came back empty to others.
    fn partial(&mut self) {
        let origins = self.survey.origins();
        let others: Vec<(usize, PairGroup)> = self
            .empty
            .iter()
            .filter(|(rank, _)| !self.translated.has(*rank))
            // Neither is in a subnet of the VPC.
            .filter(|(rank, _)| !is_inbound(&origins[*rank]) && origins[*rank].kind != OriginKind::Device)
            // Where EC2 said whether DNS64 is on, there is nothing left to guess.
            .filter(|(rank, _)| self.place(*rank).is_none_or(|place| place.subnet.dns64.is_none()))
            .map(|(rank, group)| (rank, group.clone()))
            .collect();
        for (rank, group) in others {
            let vpc = vpc(&origins[rank]);
            let rules = [Rule::Nat64Route, Rule::Dns64DualStack];
            if rules.into_iter().any(|rule| self.groups.has(rule, vpc)) {
                let shown = Indication::Group(Rule::Dns64Partial, vpc);
                self.evidence.repeat(Indication::Empty(rank.saturating_into()), shown);
                let known = self.groups.get_mut(Rule::Dns64Partial, vpc);
                *known = std::mem::take(known).and(&group);
            }
        }
    }

    /// Where EC2 says that an origin is.
    pub(super) fn place(&self, rank: usize) -> Option<OriginPlace<'s>> {
        *self.places.get(rank)?
    }

    /// An origin's id with the name that somebody gave to it.
    pub(super) fn origin(&self, rank: usize) -> String {
        let origin = &self.survey.origins()[rank];
        let name = self
            .knowledge
            .names
            .and_then(|names| names.for_origin(origin.id, origin.vpc, origin.address_texts()));
        name.map_or_else(|| origin.id.to_owned(), |name| format!("{} ({name})", origin.id))
    }

    /// An id with the name that somebody gave to it.
    pub(super) fn called(&self, id: &str) -> String {
        self.knowledge.names.map_or_else(|| id.to_owned(), |names| names.id_with_name(id))
    }

    fn usage(&mut self, pair: &PairView<'_>, about: NameFlags) {
        if !about.has_rows {
            return;
        }
        let records = pair.spans.aaaa().map(|(_, span)| span.count).sum();
        let has_ipv4 = self.has_ipv4(pair);
        let rows = self.abouts.rows(pair.name_symbol);
        self.asked.extend(rows.iter().map(|row| AskedRow {
            rank: pair.origin_rank,
            row: *row,
            name: pair.name_symbol,
            status: pair.status,
            dual: about.dual,
            has_ipv4,
            records,
            range: pair.spans.range(),
        }));
    }
}
