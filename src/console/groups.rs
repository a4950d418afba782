//! Origins in groups, so that thousands of ids are a handful of rows: those to which the same endpoints come
//! to the same, those of one VPC, or those of one subnet as far as EC2 was asked for it.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::rc::Rc;

use super::{FleetRanking, Model, OriginRow, Screen, StatusCounts, place, shown};
use crate::figures::{counted, number};
use crate::finding::Library;
use crate::fleet::{Dns64, Fleet, OriginId, OriginKind, Status, Symbol};
use crate::query::Query;

/// What the origins of a group have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grouping {
    /// They asked for the same endpoints, and each endpoint comes to the same status for all of them.
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

/// A group or a finding that was opened: only what it is about is shown, as it was then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Within {
    words: String,
    pub query: Query,
}

impl Within {
    /// What `query` lets through of what is shown already.
    pub(super) fn new(model: &Model, words: String, query: Query) -> Self {
        let outer = model.place.within.as_ref().map(|within| within.query.clone());
        Self { words, query: Query::all_of(outer.into_iter().chain([query])) }
    }
}

/// The subnet of an origin, if EC2 was asked for it.
fn subnet<'l>(library: &'l Library, kind: OriginKind, id: &str) -> Option<&'l str> {
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

impl Model {
    /// By what origins are grouped.
    #[must_use]
    pub fn grouping(&self) -> Grouping {
        self.place.grouping
    }

    /// The ways to group origins that there are: by subnet only if EC2 was asked for them.
    pub fn groupings(&self) -> impl Iterator<Item = Grouping> + '_ {
        let knows_subnets = self.setup.library.inspected.is_some();
        Grouping::ALL.into_iter().filter(move |way| knows_subnets || *way != Grouping::Subnet)
    }

    /// The groups of the origins shown.
    #[must_use]
    pub fn groups(&self) -> &[OriginGroup] {
        let (fleet, library) = (self.known.fleet(), &self.setup.library);
        let grouping = self.grouping();
        let picture = self.projection.picture();
        picture.groups(grouping, || groups(&picture.ranking, fleet, library, grouping))
    }

    /// The group selected, and its place: the first if none is.
    #[must_use]
    pub fn selected_group(&self) -> Option<(usize, &OriginGroup)> {
        let groups = self.groups();
        let of = |origin| groups.iter().position(|group| group.origins.contains(&origin));
        let at = self.place.group.and_then(of).unwrap_or(0);
        Some((at, groups.get(at)?))
    }

    /// What the group that was opened is called, with how many origins it has, or the finding; none if all
    /// are shown.
    #[must_use]
    pub fn within(&self) -> Option<&str> {
        self.place.within.as_ref().map(|within| within.words.as_str())
    }

    /// A group in a sentence, for a ticket.
    pub(super) fn group_words(&self, group: &OriginGroup) -> String {
        let statuses: Vec<String> = Status::ALL
            .into_iter()
            .filter(|status| group.statuses[*status as usize] > 0)
            .map(|status| {
                format!("{} {}", number(u64::from(group.statuses[status as usize])), status.words())
            })
            .collect();
        let endpoints: u32 = group.statuses.iter().sum();
        format!(
            "{}: {} in all ({}), {}",
            called(self, group),
            counted(u64::from(endpoints), "endpoint", "endpoints"),
            statuses.join(", "),
            counted(group.records, "query", "queries"),
        )
    }
}

/// What a group is called, with how many origins it has.
fn called(model: &Model, group: &OriginGroup) -> String {
    let (_, id, _) = model.known.fleet().origin_text(group.first());
    let origins = counted(group.origins.len() as u64, "origin", "origins");
    match (model.grouping(), group.common.as_str()) {
        (Grouping::Pattern, _) if group.origins.len() == 1 => id.to_owned(),
        (Grouping::Pattern, _) => format!("{origins} like {id}"),
        (grouping, "") => format!("{origins} without a known {}", grouping.word()),
        (_, common) => format!("{origins} of {common}"),
    }
}

/// Opens the selected group: the fleet with its origins only. The way back brings all of them back.
pub(super) fn open(model: &mut Model) {
    let Some((_, group)) = model.selected_group() else { return };
    let fleet = model.known.fleet();
    let query = Query::of_origins(group.origins.iter().map(|origin| fleet.origin_text(*origin)));
    let within = Within::new(model, called(model, group), query);
    let first = group.first();
    place::enter(model, Screen::Fleet, |place| {
        place.name = None;
        place.origin = Some(first);
        place.chosen = true;
        place.group = Some(first);
        place.within = Some(Rc::new(within));
    });
    narrow(model);
}

/// Shows all origins again. Says whether a group was open.
pub(super) fn leave(model: &mut Model) -> bool {
    let was_open = model.place.within.take().is_some();
    if was_open {
        narrow(model);
    }
    was_open
}

/// Narrows what is shown to the group that is open now, if any, beside the filter.
pub(super) fn narrow(model: &mut Model) {
    let filter = model.filter().to_owned();
    shown::filter(model, &filter);
}

/// Groups the origins by something else.
pub(super) fn regroup(model: &mut Model, by: isize) {
    let ways: Vec<Grouping> = model.groupings().collect();
    let at = ways.iter().position(|way| *way == model.grouping()).unwrap_or(0);
    let to = (at.cast_signed() + by).rem_euclid(ways.len().max(1).cast_signed());
    model.place.grouping = ways.get(to.unsigned_abs()).copied().unwrap_or_default();
}
