//! Endpoints as columns: the worst that most origins depend on first, in whichever Region, AWS's own before
//! others, those of one service side by side.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use super::services::{Service, Services};
use super::{FleetRanking, Flip, PairRow, StatusCounts};
use crate::base::alike::common_starts;
use crate::fleet::{Fleet, Status, Symbol};
use crate::knowledge::catalog::Catalog;

/// How many columns are put in order; nobody goes farther than that.
const COLUMNS: usize = 1024;

/// How many endpoints of an origin are put to their services.
const GROUPED: usize = 4096;

/// One endpoint, as a column of the fleet's matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixColumn {
    /// The name that was asked for.
    pub name: Symbol,
    /// What it belongs to.
    pub service: Arc<Service>,
    /// What it is called there: with its Region where others are called the same.
    pub label: Arc<str>,
    /// How many bytes the label begins with that another one begins with, too ([`crate::base::alike`]), and
    /// how many the name of the group does.
    pub common: (usize, usize),
    /// How many origins have which status for it.
    pub statuses: StatusCounts,
}

/// All columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// In their order.
    pub list: Vec<MatrixColumn>,
    /// How many names there are besides.
    pub more: usize,
    /// Whether services of more than one Region are among them.
    pub regions: bool,
}

/// An endpoint of an origin, with what it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The endpoint.
    pub pair: PairRow,
    /// What it belongs to; `None` beyond the first few thousand of an origin.
    pub service: Option<Arc<Service>>,
}

/// By what columns are put in order: whether it is noise, who asked for it and whether it is one of AWS's
/// own, and the name.
type ColumnOrder = (bool, Reverse<(StatusCounts, bool)>, Symbol);

impl Columns {
    /// The columns of a ranking, whose names are of `fleet`.
    ///
    /// What turned just now, `turned`, keeps the place it had: the eye is on it.
    pub(super) fn new(
        ranking: &FleetRanking,
        fleet: &Fleet,
        services: &Services,
        catalog: &Catalog,
        turned: impl Iterator<Item = Flip>,
    ) -> Self {
        let totals = ranking.asked_names();
        // What turned counts as before.
        let mut before = Cow::Borrowed(totals);
        for flip in turned {
            before.to_mut().recount(flip.name, flip.to as usize, flip.from as usize);
        }
        let mut order: Vec<ColumnOrder> = before
            .all()
            .map(|(name, total)| {
                let worst_first = Reverse((before.statuses_together(total), total.is_of_aws));
                (is_noise(fleet, name, &total.statuses), worst_first, name)
            })
            .collect();
        let more = order.len().saturating_sub(COLUMNS);
        let by = |one: &ColumnOrder, other: &ColumnOrder| {
            let text = |name: Symbol| fleet.name_text(name);
            let own = |name: Symbol| Reverse(before.get(name).map(|total| (total.statuses, total.records)));
            (one.0, one.1)
                .cmp(&(other.0, other.1))
                .then_with(|| own(one.2).cmp(&own(other.2)))
                .then_with(|| text(one.2).cmp(text(other.2)))
        };
        if more > 0 {
            order.select_nth_unstable_by(COLUMNS, by);
            order.truncate(COLUMNS);
        }
        order.sort_unstable_by(by);
        let list = order.into_iter().map(|(_, _, name)| {
            let service = services.for_name(fleet, catalog, name);
            let statuses = totals.get(name).map(|total| total.statuses).unwrap_or_default();
            let label = Arc::clone(&service.label);
            MatrixColumn { name, label, common: (0, 0), service, statuses }
        });
        let mut list = by_group(list, |column| Some(&column.service));
        tell_apart(&mut list);
        find_common(&mut list);
        let mut regions =
            list.iter().map(|column| &column.service.region).filter(|region| !region.is_empty());
        let first = regions.next();
        let several = regions.any(|region| Some(region) != first);
        Self { list, more, regions: several }
    }

    /// What names of a service have in common, in words: with its Region where there are several.
    #[must_use]
    pub fn heading(&self, service: &Service) -> String {
        if self.regions && !service.region.is_empty() {
            format!("{} {}", service.region, service.group)
        } else {
            service.group.to_string()
        }
    }

    /// As [`Columns::heading`], with the Region as short as it can be.
    #[must_use]
    pub fn short_heading(&self, service: &Service) -> String {
        if self.regions && !service.region.is_empty() {
            format!("{} {}", short_region(&service.region), service.group)
        } else {
            service.group.to_string()
        }
    }

    /// The place of a name.
    #[must_use]
    pub fn place_of(&self, name: Symbol) -> Option<usize> {
        self.list.iter().position(|column| column.name == name)
    }
}

/// The endpoints of an origin, those of one service side by side, the service with the worst one first.
pub(super) fn members(pairs: &[PairRow], services: impl Fn(Symbol) -> Arc<Service>) -> Vec<Member> {
    let (grouped, rest) = pairs.split_at(pairs.len().min(GROUPED));
    let grouped = grouped.iter().map(|pair| Member { pair: *pair, service: Some(services(pair.name)) });
    let mut members = by_group(grouped, |member| member.service.as_ref());
    members.extend(rest.iter().map(|pair| Member { pair: *pair, service: None }));
    members
}

/// Adds the Region to the labels of services that are those of others as well.
fn tell_apart(columns: &mut [MatrixColumn]) {
    let mut regions: HashMap<Arc<str>, Option<Arc<str>>> = HashMap::new();
    for column in columns.iter().filter(|column| column.service.aws) {
        let region = regions
            .entry(Arc::clone(&column.label))
            .or_insert_with(|| Some(Arc::clone(&column.service.region)));
        if region.as_ref().is_some_and(|known| *known != column.service.region) {
            *region = None;
        }
    }
    for column in columns.iter_mut().filter(|column| !column.service.region.is_empty()) {
        if regions.get(&column.label).is_some_and(Option::is_none) {
            column.label = format!("{}·{}", column.label, short_region(&column.service.region)).into();
        }
    }
}

/// Finds where labels, and names of groups, begin to differ from each other.
fn find_common(columns: &mut [MatrixColumn]) {
    let of = |text: fn(&MatrixColumn) -> &str| {
        let texts: Vec<&str> = columns.iter().map(text).collect();
        common_starts(&texts)
    };
    let (labels, groups) = (of(|column| &column.label), of(|column| &column.service.group));
    for (column, common) in columns.iter_mut().zip(labels.into_iter().zip(groups)) {
        column.common = common;
    }
}

/// A Region as short as AWS writes it in the ids of its zones: `use1` for `us-east-1`.
fn short_region(region: &str) -> String {
    let parts: Vec<&str> = region.split('-').collect();
    let Some((first, rest)) = parts.split_first() else { return String::new() };
    let short = rest.iter().map(|part| match *part {
        "northeast" => "ne",
        "northwest" => "nw",
        "southeast" => "se",
        "southwest" => "sw",
        part => part.get(..1).unwrap_or(part),
    });
    std::iter::once(*first).chain(short).collect()
}

/// Service and Region.
type ServiceRegion = Option<(Arc<str>, Arc<str>)>;

/// Brings those of one group together, at the place of the first of them.
fn by_group<T>(items: impl Iterator<Item = T>, service: impl Fn(&T) -> Option<&Arc<Service>>) -> Vec<T> {
    let mut places: HashMap<ServiceRegion, usize> = HashMap::new();
    let mut groups: Vec<Vec<T>> = Vec::new();
    for item in items {
        let group = service(&item).map(|it| (Arc::clone(&it.group), Arc::clone(&it.region)));
        let place = *places.entry(group).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Vec::new());
        }
        groups[place].push(item);
    }
    groups.into_iter().flatten().collect()
}

/// Whether a name is asked for by habit only: it is never an endpoint, or seldom one and nobody got an
/// address for it, as [`crate::fleet::Survey::noise`] says of a pair, of all that asked for it.
fn is_noise(fleet: &Fleet, name: Symbol, counts: &StatusCounts) -> bool {
    let any = |status: Status| counts[status as usize] > 0;
    let answered = [Status::Native, Status::Nat64, Status::Ipv4Only, Status::Blocked].into_iter().any(any);
    let absent = Status::ALL.into_iter().all(|status| status == Status::NxDomain || !any(status));
    fleet.is_habit(fleet.name_text(name), answered, absent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_as_short_as_in_ids_of_zones() {
        for (region, short) in [
            ("us-east-1", "use1"),
            ("us-west-2", "usw2"),
            ("ap-southeast-1", "apse1"),
            ("ap-northeast-3", "apne3"),
            ("eu-central-1", "euc1"),
            ("us-gov-west-1", "usgw1"),
            ("", ""),
        ] {
            assert_eq!(short_region(region), short);
        }
    }
}
