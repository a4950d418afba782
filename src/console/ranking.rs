//! The fleet, read and put in the order of a screen: the worst origin first, and its worst endpoints first.
//!
//! Made from the summaries of pairs within the stretch of time that is looked at ([`PairSummaries`]); a
//! filter says which of them are listed, and never changes their status. Made anew when something changed,
//! and only as often as frames are drawn: so it costs a few passes over the pairs, and what is wanted of one
//! origin only is put in order when somebody looks at it.

use std::cell::OnceCell;
use std::cmp::Reverse;
use std::ops::Range;
use std::sync::Arc;

use super::asked_names::{AskedNames, StatusCounts};
use super::decide::{Turn, decide};
use crate::advice::regions::RegionalServices;
use crate::base::counting;
use crate::base::moment::{Moment, earlier};
use crate::base::saturating::SaturatingInto as _;
use crate::fleet::{
    Dns64, Fleet, OriginId, OriginKind, PairId, Status, Symbol, VerdictChange, sort_addresses,
};
use crate::timeline::{ChangeIndex, Matched, PairSummaries, Scope};

/// One origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginRow {
    /// Its number in the fleet.
    pub key: OriginId,
    /// What it is known by.
    pub kind: OriginKind,
    /// Whether the resolver synthesizes answers for it.
    pub dns64: Dns64,
    /// Its endpoints by status, as many as are listed.
    pub statuses: StatusCounts,
    /// The addresses it asked from: IPv4 (as IPv4-mapped) before IPv6.
    pub addresses: Vec<u128>,
    /// Records of all types.
    pub records: u64,
    /// Records of other types than A and AAAA.
    pub ignored: u64,
    /// Its pairs in [`FleetRanking::pairs`].
    range: Range<usize>,
}

impl OriginRow {
    /// How many endpoints it asked for.
    #[must_use]
    pub fn pairs(&self) -> u32 {
        self.statuses.iter().sum()
    }

    /// How many of its endpoints have `status`.
    #[must_use]
    pub fn count(&self, status: Status) -> u32 {
        self.statuses[status as usize]
    }
}

/// One pair of origin and endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairRow {
    /// The name asked for.
    pub name: Symbol,
    /// What it is judged as, by all its records within the time looked at.
    pub status: Status,
    /// Records of A and AAAA.
    pub records: u32,
    members: (u32, u32),
}

/// A pair whose status is another than in the ranking before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flip {
    /// The origin that asked.
    pub origin: OriginId,
    /// The name that was asked for.
    pub name: Symbol,
    /// What it was.
    pub from: Status,
    /// What it became.
    pub to: Status,
}

impl Flip {
    /// Whether the answers changed. If not, more became known of what was so before: A was asked after AAAA,
    /// say.
    #[must_use]
    pub fn is_turn(&self) -> bool {
        self.to.is_turn_of(self.from)
    }
}

/// What a ranking is made from.
#[derive(Clone, Copy, Debug)]
pub struct Basis<'a> {
    /// Who is who.
    pub fleet: &'a Fleet,
    /// The records of all pairs that got different answers, if the stretch is not everything.
    pub varied: &'a ChangeIndex,
    /// The stretch of time looked at.
    pub scope: Scope,
    /// The summaries of all pairs within it, by number.
    pub summaries: &'a PairSummaries,
    /// What the filter lets through of it; `None` if there is no filter.
    pub matched: Option<&'a Matched>,
}

/// All origins and pairs in order.
#[derive(Debug, Default)]
pub struct FleetRanking {
    /// Worst first: more endpoints in the worse status, then by id.
    origins: Vec<OriginRow>,
    /// The pairs of all origins, those of one origin together.
    pairs: Vec<PairRow>,
    /// The pairs of each origin in order, once somebody asked for them: the worst status first, then what
    /// most origins ask for, in whichever Region, AWS's own names before others, what is asked for most
    /// often, then by name.
    sorted: Vec<OnceCell<Box<[PairRow]>>>,
    members: Vec<PairId>,
    /// Place in `origins` of the owner of each origin of the fleet, by the latter's number.
    owners: Vec<u32>,
    /// The latest change of each pair that has one, oldest first.
    turns: Vec<Turn>,
    /// The status of each pair of the fleet, by its number.
    statuses: Arc<Vec<Option<Status>>>,
    asked_names: AskedNames,
}

/// Nobody, nowhere.
const NONE: u32 = u32::MAX;

/// A pair on its way into the ranking.
struct RankedGroup {
    owner: OriginId,
    row: PairRow,
    varied: bool,
}

/// What all pairs of an origin say of it, before the filter.
#[derive(Clone, Copy, Default)]
struct Whole {
    ipv4_only: bool,
    synthesized: Option<Moment>,
    shown: StatusCounts,
    records: u64,
    ignored: u64,
    any: bool,
}

impl FleetRanking {
    /// Reads what is known. Tells which statuses differ from those in `before`.
    #[must_use]
    pub fn from_basis(basis: &Basis<'_>, before: &Self) -> (Self, Vec<Flip>) {
        Self::since(basis, &before.statuses, &mut RegionalServices::default())
    }

    /// As [`FleetRanking::from_basis`], where `before` are the statuses before ([`FleetRanking::statuses`]),
    /// and `regional` the services of the fleet that are known already.
    pub(super) fn since(
        basis: &Basis<'_>,
        before: &[Option<Status>],
        regional: &mut RegionalServices,
    ) -> (Self, Vec<Flip>) {
        let Basis { fleet, summaries, matched, .. } = *basis;
        let owners = fleet.owners();
        let mut ranking = Self::default();
        let mut wholes = vec![Whole::default(); owners.len()];
        let mut statuses = vec![None; summaries.pairs.len()];
        let groups = ranking.group(basis, &owners, &mut wholes, &mut statuses);
        ranking.statuses = Arc::new(statuses);
        for (origin, ignored) in summaries.ignored.iter().enumerate() {
            let whole = &mut wholes[owners[origin].0 as usize];
            let ignored =
                matched.map_or(*ignored, |matched| matched.ignored.get(origin).copied().unwrap_or(0));
            whole.ignored += u64::from(ignored);
            whole.records += u64::from(ignored);
            whole.any |= ignored > 0;
        }
        ranking.place(basis, &owners, &wholes, &groups);
        let pairs = ranking.origins.iter().map(|origin| {
            ranking.unordered(origin).iter().map(|pair| (pair.name, pair.status, pair.records))
        });
        ranking.asked_names = AskedNames::from_pairs(fleet, regional, pairs);
        let flips = ranking.compare(basis, before, &groups);
        (ranking, flips)
    }

    /// Decides the status of each pair, and what each origin is shown as.
    fn group(
        &mut self,
        basis: &Basis<'_>,
        owners: &[OriginId],
        wholes: &mut [Whole],
        statuses: &mut [Option<Status>],
    ) -> Vec<RankedGroup> {
        let Basis { fleet, summaries, matched, .. } = *basis;
        let mut groups = Vec::with_capacity(summaries.pairs.len());
        self.members.reserve(summaries.pairs.len());
        decide(fleet, summaries, owners, |members, summary, status| {
            let Some((origin, name)) = fleet.pair_parts(members[0]) else { return };
            let owner = owners[origin.0 as usize];
            let whole = &mut wholes[owner.0 as usize];
            whole.ipv4_only |= status == Status::Ipv4Only;
            whole.synthesized = earlier(whole.synthesized, summary.synthesized());
            for member in members {
                statuses[member.0 as usize] = Some(status);
            }
            let records = match matched {
                None => summary.count(),
                Some(matched) => members
                    .iter()
                    .map(|member| matched.pairs.get(member.0 as usize).copied().unwrap_or(0))
                    .sum(),
            };
            if records == 0 {
                return;
            }
            whole.any = true;
            whole.records += u64::from(records);
            whole.shown[status as usize] += 1;
            let first = self.members.len().saturating_into();
            self.members.extend_from_slice(members);
            let row =
                PairRow { name, status, records, members: (first, self.members.len().saturating_into()) };
            groups.push(RankedGroup { owner, row, varied: summary.is_varied() });
        });
        groups
    }

    /// Puts the origins in order, and the pairs to their origins.
    fn place(&mut self, basis: &Basis<'_>, owners: &[OriginId], wholes: &[Whole], groups: &[RankedGroup]) {
        let fleet = basis.fleet;
        let mut order: Vec<usize> = (0..wholes.len()).filter(|origin| wholes[*origin].any).collect();
        order.sort_by_cached_key(|origin| {
            let (kind, id, vpc) = fleet.origin_text(OriginId((*origin).saturating_into()));
            (Reverse(wholes[*origin].shown), id, vpc, kind)
        });
        let mut places = vec![NONE; wholes.len()];
        for (place, origin) in order.iter().enumerate() {
            places[*origin] = place.saturating_into();
        }
        // Each pair goes to the stretch of its origin.
        let place_of = |group: &RankedGroup| places[group.owner.0 as usize] as usize;
        let mut next = counting::starts(groups.iter().map(place_of), order.len());
        let mut addresses: Vec<Vec<u128>> = vec![Vec::new(); order.len()];
        for (origin, owner) in owners.iter().enumerate() {
            if let Some(addresses) = addresses.get_mut(places[owner.0 as usize] as usize) {
                addresses.extend_from_slice(fleet.origin_addresses(OriginId(origin.saturating_into())));
            }
        }
        for (place, (origin, mut addresses)) in order.iter().zip(addresses).enumerate() {
            let whole = &wholes[*origin];
            sort_addresses(&mut addresses);
            addresses.dedup();
            let key = OriginId((*origin).saturating_into());
            self.origins.push(OriginRow {
                key,
                kind: fleet.origin_text(key).0,
                dns64: Dns64::new(whole.synthesized, whole.ipv4_only),
                statuses: whole.shown,
                addresses,
                records: whole.records,
                ignored: whole.ignored,
                range: next[place]..next[place + 1],
            });
        }
        if let Some(first) = groups.first() {
            self.pairs = vec![first.row; groups.len()];
        }
        counting::place(&mut self.pairs, &mut next, groups.iter().map(|group| (place_of(group), group.row)));
        self.sorted = vec![OnceCell::new(); self.origins.len()];
        self.owners = owners.iter().map(|owner| places[owner.0 as usize]).collect();
    }

    /// Finds the turns, and what is another than before.
    fn compare(&mut self, basis: &Basis<'_>, before: &[Option<Status>], groups: &[RankedGroup]) -> Vec<Flip> {
        let flips = groups.iter().filter_map(|group| {
            let members = self.members(&group.row);
            let known = members.iter().find_map(|member| before.get(member.0 as usize).copied().flatten());
            let from = known.filter(|from| *from != group.row.status)?;
            Some(Flip { origin: group.owner, name: group.row.name, from, to: group.row.status })
        });
        let flips = flips.collect();
        let varied: Vec<&RankedGroup> = groups.iter().filter(|group| group.varied).collect();
        let changes: Vec<Option<VerdictChange>> = if basis.scope == Scope::ALL {
            varied.iter().map(|group| basis.fleet.change(self.members(&group.row))).collect()
        } else {
            let spans = varied.iter().map(|group| basis.varied.spans(basis.scope, self.members(&group.row)));
            spans.map(|spans| spans.change()).collect()
        };
        let turns = varied.iter().zip(changes).filter_map(|(group, change)| {
            let VerdictChange { at, from, to } = change?;
            Some(Turn { at, origin: group.owner, name: group.row.name, from, to })
        });
        self.turns = turns.collect();
        self.turns.sort_unstable();
        flips
    }

    /// Puts the pairs of an origin in order: for [`FleetRanking::pairs_of`], which may be asked only after
    /// this was.
    fn sort(&self, fleet: &Fleet, origin: &OriginRow) -> Box<[PairRow]> {
        let mut pairs: Box<[PairRow]> = self.pairs[origin.range.clone()].into();
        pairs.sort_unstable_by(|one, other| {
            let text = |pair: &PairRow| fleet.name_text(pair.name);
            let by_weight = |pair: &PairRow| {
                let total = self.asked_names.get(pair.name);
                let weight =
                    total.map(|total| (total.together, total.is_of_aws, total.origins, total.records));
                (pair.status, Reverse(weight))
            };
            by_weight(one).cmp(&by_weight(other)).then_with(|| text(one).cmp(text(other)))
        });
        pairs
    }

    /// The origins, worst first.
    #[must_use]
    pub fn origins(&self) -> &[OriginRow] {
        &self.origins
    }

    /// Whether anybody who is listed asked for a name.
    pub(super) fn is_listed(&self, name: Symbol) -> bool {
        self.asked_names.get(name).is_some()
    }

    /// What is counted of each name over all origins.
    pub(super) fn asked_names(&self) -> &AskedNames {
        &self.asked_names
    }

    /// How many pairs there are.
    #[must_use]
    pub fn pair_count(&self) -> usize {
        self.pairs.len()
    }

    /// The pairs of an origin, in no order.
    #[must_use]
    pub fn unordered(&self, origin: &OriginRow) -> &[PairRow] {
        &self.pairs[origin.range.clone()]
    }

    /// The pairs of an origin, worst first, then as much as the name weighs, then by name, which `fleet`
    /// knows.
    #[must_use]
    pub fn pairs_of(&self, fleet: &Fleet, origin: &OriginRow) -> &[PairRow] {
        let Some(place) = self.place_of(origin.key) else { return &[] };
        self.sorted[place].get_or_init(|| self.sort(fleet, origin))
    }

    /// The pairs of the fleet that make up a pair.
    #[must_use]
    pub fn members(&self, pair: &PairRow) -> &[PairId] {
        &self.members[pair.members.0 as usize..pair.members.1 as usize]
    }

    /// The place among [`FleetRanking::origins`] of the origin that `origin` belongs to now.
    #[must_use]
    pub fn place_of(&self, origin: OriginId) -> Option<usize> {
        let place = *self.owners.get(origin.0 as usize)? as usize;
        (place < self.origins.len()).then_some(place)
    }

    /// The origin that `origin` belongs to now.
    #[must_use]
    pub fn owner(&self, origin: OriginId) -> Option<&OriginRow> {
        self.origins.get(self.place_of(origin)?)
    }

    /// The pair of an origin and a name.
    #[must_use]
    pub fn pair(&self, origin: OriginId, name: Symbol) -> Option<&PairRow> {
        self.unordered(self.owner(origin)?).iter().find(|pair| pair.name == name)
    }

    /// The status of a pair of the fleet; `None` if nothing of it is within the time looked at.
    #[must_use]
    pub fn status_of(&self, pair: PairId) -> Option<Status> {
        self.statuses.get(pair.0 as usize).copied().flatten()
    }

    /// The status of each pair of the fleet, by its number, to be kept.
    pub(super) fn statuses(&self) -> Arc<Vec<Option<Status>>> {
        Arc::clone(&self.statuses)
    }

    /// The latest change of each pair that has one, oldest first.
    #[must_use]
    pub fn turns(&self) -> &[Turn] {
        &self.turns
    }
}
