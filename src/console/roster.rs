//! The fleet, read and put in the order of a screen: the worst origin first, and its worst endpoints first.
//!
//! Made anew when the fleet has changed, and only as often as frames are drawn. Of each pair it holds a few bytes;
//! what a screen shows of the few pairs on it, it looks up ([`Fleet::glance`]).

use std::cmp::Reverse;
use std::ops::Range;

use crate::fleet::{Dns64, Fleet, OriginId, OriginKind, PairId, Status, Symbol};
use crate::moment::Moment;
use crate::observation::Aaaa;

/// How many endpoints there are in each status, in the order of [`Status::ALL`].
pub type StatusCounts = [u32; Status::ALL.len()];

/// One origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginRow {
    /// Its number.
    pub key: OriginId,
    /// What it is known by.
    pub kind: OriginKind,
    /// Whether the resolver synthesizes answers for it.
    pub dns64: Dns64,
    /// Its endpoints by status.
    pub statuses: StatusCounts,
    /// The addresses it asked from: IPv4 (as IPv4-mapped) before IPv6.
    pub addresses: Vec<u128>,
    /// Records of all types.
    pub records: u64,
    /// Records of other types than A and AAAA.
    pub ignored: u64,
    /// Its pairs in [`Roster::pairs`].
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
    /// What it comes to.
    pub status: Status,
    members: (u32, u32),
}

/// A change of the verdict on AAAA that the log shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turn {
    /// When the new verdict was first seen.
    pub at: Moment,
    /// Whose.
    pub origin: OriginId,
    /// For which name.
    pub name: Symbol,
    /// What it was.
    pub from: Aaaa,
    /// What it became.
    pub to: Aaaa,
}

/// A pair whose status is another than in the roster before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flip {
    /// Whose.
    pub origin: OriginId,
    /// For which name.
    pub name: Symbol,
    /// What it was.
    pub from: Status,
    /// What it became.
    pub to: Status,
}

impl Flip {
    /// Whether the answers changed. If not, more became known of what was so before: A was asked after AAAA, say.
    #[must_use]
    pub fn is_turn(&self) -> bool {
        match self.from {
            Status::AOnly => false,
            Status::Empty => !matches!(self.to, Status::Ipv4Only | Status::NoAddress),
            _ => true,
        }
    }
}

/// All origins and pairs in order.
#[derive(Debug, Default)]
pub struct Roster {
    /// Worst first: more endpoints in the worse status, then by id.
    origins: Vec<OriginRow>,
    /// By origin; of each, the worst status first, then by name.
    pairs: Vec<PairRow>,
    members: Vec<PairId>,
    /// Place in `origins` of the owner of each origin of the fleet, by the latter's number.
    owners: Vec<u32>,
    /// The latest change of each pair that has one, oldest first.
    turns: Vec<Turn>,
    /// The status of each pair of the fleet, by its number.
    statuses: Vec<Status>,
}

impl Roster {
    /// Reads a fleet. Tells which statuses differ from those in `before`.
    #[must_use]
    pub fn of(fleet: &Fleet, before: &Self) -> (Self, Vec<Flip>) {
        let survey = fleet.survey();
        let mut roster = Self {
            statuses: vec![Status::Native; fleet.pair_count()],
            pairs: Vec::with_capacity(fleet.pair_count()),
            members: Vec::with_capacity(fleet.pair_count()),
            ..Self::default()
        };
        let mut ranges: Vec<Range<usize>> = vec![0..0; survey.origins().len()];
        for brief in survey.briefs() {
            let member = u32::try_from(roster.members.len()).unwrap_or(u32::MAX);
            roster.members.push(brief.pair);
            roster.statuses[brief.pair.0 as usize] = brief.status;
            if brief.joined
                && let Some(row) = roster.pairs.last_mut()
            {
                row.members.1 = member + 1;
                continue;
            }
            let range = &mut ranges[brief.origin_rank];
            if range.end == 0 {
                *range = roster.pairs.len()..roster.pairs.len();
            }
            range.end += 1;
            let members = (member, member + 1);
            roster.pairs.push(PairRow { name: brief.name, status: brief.status, members });
        }
        for range in &ranges {
            // By status; the names are in order already.
            roster.pairs[range.clone()].sort_by_key(|pair| pair.status);
        }
        let mut order: Vec<usize> = (0..ranges.len()).collect();
        // By id where equal: that is the order of the survey.
        order.sort_by_key(|rank| Reverse(survey.origins()[*rank].statuses));
        let mut places = vec![0; order.len()];
        for (place, rank) in order.iter().enumerate() {
            places[*rank] = u32::try_from(place).unwrap_or(u32::MAX);
            let view = &survey.origins()[*rank];
            roster.origins.push(OriginRow {
                key: view.key,
                kind: view.kind,
                dns64: view.dns64,
                statuses: view.statuses,
                addresses: view.addresses.clone(),
                records: view.records,
                ignored: view.ignored,
                range: ranges[*rank].clone(),
            });
        }
        roster.owners = survey.ranks().iter().map(|rank| places[*rank as usize]).collect();
        let flips = roster.compare(fleet, before);
        (roster, flips)
    }

    /// Finds the turns, and what is another than before.
    fn compare(&mut self, fleet: &Fleet, before: &Self) -> Vec<Flip> {
        let (mut turns, mut flips) = (Vec::new(), Vec::new());
        for origin in &self.origins {
            for pair in self.pairs_of(origin) {
                let members = self.members(pair);
                if let Some(change) = fleet.change(members) {
                    let (at, from, to) = (change.at, change.from, change.to);
                    turns.push(Turn { at, origin: origin.key, name: pair.name, from, to });
                }
                let known = members.iter().find_map(|member| before.status_of(*member));
                if let Some(from) = known.filter(|from| *from != pair.status) {
                    flips.push(Flip { origin: origin.key, name: pair.name, from, to: pair.status });
                }
            }
        }
        turns.sort_unstable();
        self.turns = turns;
        flips
    }

    /// The origins, worst first.
    #[must_use]
    pub fn origins(&self) -> &[OriginRow] {
        &self.origins
    }

    /// How many pairs there are.
    #[must_use]
    pub fn pair_count(&self) -> usize {
        self.pairs.len()
    }

    /// The pairs of an origin, worst first.
    #[must_use]
    pub fn pairs_of(&self, origin: &OriginRow) -> &[PairRow] {
        &self.pairs[origin.range.clone()]
    }

    /// The pairs of the fleet that make up a pair.
    #[must_use]
    pub fn members(&self, pair: &PairRow) -> &[PairId] {
        &self.members[pair.members.0 as usize..pair.members.1 as usize]
    }

    /// The place among [`Roster::origins`] of the origin that `origin` belongs to now.
    #[must_use]
    pub fn place(&self, origin: OriginId) -> Option<usize> {
        let place = *self.owners.get(origin.0 as usize)? as usize;
        (place < self.origins.len()).then_some(place)
    }

    /// The origin that `origin` belongs to now.
    #[must_use]
    pub fn owner(&self, origin: OriginId) -> Option<&OriginRow> {
        self.origins.get(self.place(origin)?)
    }

    /// The pair of an origin and a name.
    #[must_use]
    pub fn pair(&self, origin: OriginId, name: Symbol) -> Option<&PairRow> {
        self.pairs_of(self.owner(origin)?).iter().find(|pair| pair.name == name)
    }

    /// The status that a pair of the fleet came to.
    #[must_use]
    pub fn status_of(&self, pair: PairId) -> Option<Status> {
        self.statuses.get(pair.0 as usize).copied()
    }

    /// The latest change of each pair that has one, oldest first.
    #[must_use]
    pub fn turns(&self) -> &[Turn] {
        &self.turns
    }
}
