//! Groups of origins on the screen: which there are, which is selected, and the fleet with those of one only.

use std::rc::Rc;

use super::place::Within;
use super::{Grouping, Model, OriginGroup, Screen, grouping, shown};
use crate::base::figures::{counted, number};
use crate::fleet::Status;
use crate::query::Query;

impl Model {
    /// By what origins are grouped.
    #[must_use]
    pub fn grouping(&self) -> Grouping {
        self.here.place().grouping
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
        picture.groups(grouping, || grouping::groups(&picture.ranking, fleet, library, grouping))
    }

    /// The group selected, and its place: the first if none is.
    #[must_use]
    pub fn selected_group(&self) -> Option<(usize, &OriginGroup)> {
        let groups = self.groups();
        let of = |origin| groups.iter().position(|group| group.origins.contains(&origin));
        let at = self.here.place().group.and_then(of).unwrap_or(0);
        Some((at, groups.get(at)?))
    }

    /// What the group that was opened is called, with how many origins it has, or the finding; `None` if all
    /// are shown.
    #[must_use]
    pub fn within(&self) -> Option<&str> {
        self.here.place().within.as_ref().map(|within| within.words.as_str())
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
    let query = Query::from_origins(group.origins.iter().map(|origin| fleet.origin_text(*origin)));
    let within = Within::new(model.here.place().within.as_deref(), called(model, group), query);
    let first = group.first();
    model.here.enter(Screen::Fleet, |place| {
        place.name = None;
        place.origin = Some(first);
        place.chosen = true;
        place.group = Some(first);
        place.within = Some(Rc::new(within));
    });
    shown::narrow(model);
}

/// Shows all origins again. Says whether a group was open.
pub(super) fn leave(model: &mut Model) -> bool {
    let was_open = model.here.close_within();
    if was_open {
        shown::narrow(model);
    }
    was_open
}

/// Groups the origins by something else.
pub(super) fn regroup(model: &mut Model, by: isize) {
    let ways: Vec<Grouping> = model.groupings().collect();
    let at = ways.iter().position(|way| *way == model.grouping()).unwrap_or(0);
    let to = (at.cast_signed() + by).rem_euclid(ways.len().max(1).cast_signed());
    model.here.regroup(ways.get(to.unsigned_abs()).copied().unwrap_or_default());
}
