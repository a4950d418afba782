//! Origins in groups, so that thousands of ids are a handful of rows: those to which the same endpoints come
//! to the same, those of one VPC, or those of one subnet as far as EC2 was asked for it.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::{FleetRanking, OriginRow, StatusCounts};
use crate::advice::finding::Library;
use crate::fleet::{Dns64, Fleet, OriginId, OriginKind, Status, Symbol};

/// What the origins of a group have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grouping {
    /// They asked for the same endpoints, and each endpoint has the same status for all of them.
    #[default]
    Pattern,
    /// The VPC.
    Vpc,
    /// The subnet.
    Subnet,
}

impl Grouping {
    /// Every way to group origins.
    pub const ALL: [Self; 3] = [Self::Pattern, Self::Vpc, Self::Subnet];

    /// What it is called.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pattern => "pattern",
            Self::Vpc => "VPC",
            Self::Subnet => "subnet",
        }
    }
}

/// Origins that have something in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginGroup {
    /// The id of their VPC or subnet; empty where it is not known, and for a pattern.
    pub common: String,
    /// The origins, worst first. There is at least one.
    pub origins: Vec<OriginId>,
    /// The endpoints of all of them by status.
    pub statuses: StatusCounts,
    /// For how many of them DNS64 is on, for how many it is off, and for how many nobody knows.
    pub dns64: [u32; 3],
    /// Records of all types.
    pub records: u64,
    /// How many different patterns they have.
    pub patterns: usize,
}

impl OriginGroup {
    /// The one that is off worst, which stands for all.
    #[must_use]
    pub fn first(&self) -> OriginId {
        self.origins.first().copied().unwrap_or(OriginId(u32::MAX))
    }

    fn add(&mut self, origin: &OriginRow) {
        self.origins.push(origin.key);
        for (all, own) in self.statuses.iter_mut().zip(origin.statuses) {
            *all += own;
        }
        self.dns64[match origin.dns64 {
            Dns64::On(_) => 0,
            Dns64::Off => 1,
            Dns64::Unknown => 2,
        }] += 1;
        self.records += origin.records;
    }
}

/// The subnet of an origin, if EC2 was asked for it.
pub(super) fn subnet<'l>(library: &'l Library, kind: OriginKind, id: &str) -> Option<&'l str> {
    let inspected = library.inspected.as_ref()?;
    let known = match kind {
        OriginKind::Instance => &inspected.instance(id)?.subnet,
        OriginKind::Interface => &inspected.interfaces.iter().find(|known| known.id == id)?.subnet,
        _ => return None,
    };
    Some(known).filter(|subnet| !subnet.is_empty()).map(String::as_str)
}

/// The groups of a ranking. Patterns: the worst status first, then the most origins. Others: more endpoints
/// in the worse status first.
pub(super) fn groups(
    ranking: &FleetRanking,
    fleet: &Fleet,
    library: &Library,
    grouping: Grouping,
) -> Vec<OriginGroup> {
    let mut patterns: HashMap<Vec<(Symbol, Status)>, usize> = HashMap::new();
    let mut places: HashMap<(usize, &str), usize> = HashMap::new();
    let mut groups: Vec<OriginGroup> = Vec::new();
    let mut last = Vec::new();
    for origin in ranking.origins() {
        let mut pattern: Vec<(Symbol, Status)> =
            ranking.unordered(origin).iter().map(|pair| (pair.name, pair.status)).collect();
        pattern.sort_unstable();
        let next = patterns.len();
        let pattern = *patterns.entry(pattern).or_insert(next);
        let (kind, id, vpc) = fleet.origin_text(origin.key);
        let key = match grouping {
            Grouping::Pattern => (pattern, ""),
            Grouping::Vpc => (0, vpc),
            Grouping::Subnet => (0, subnet(library, kind, id).unwrap_or_default()),
        };
        let place = *places.entry(key).or_insert(groups.len());
        if place == groups.len() {
            groups.push(OriginGroup {
                common: key.1.to_owned(),
                origins: Vec::new(),
                statuses: StatusCounts::default(),
                dns64: [0; 3],
                records: 0,
                patterns: 0,
            });
            last.push(Vec::new());
        }
        groups[place].add(origin);
        last[place].push(pattern);
    }
    for (group, mut seen) in groups.iter_mut().zip(last) {
        seen.sort_unstable();
        seen.dedup();
        group.patterns = seen.len();
    }
    // Both sorts are stable: what is alike stays in the order of the ranking.
    if grouping == Grouping::Pattern {
        let worst = |group: &OriginGroup| group.statuses.iter().position(|count| *count > 0);
        groups.sort_by_key(|group| (worst(group).unwrap_or(usize::MAX), Reverse(group.origins.len())));
    } else {
        groups.sort_by_key(|group| Reverse(group.statuses));
    }
    groups
}
