//! The lists of the screens as somebody wants them: which of their columns are shown, and sorted by which.

use std::cmp::{Ordering, Reverse};

use super::list::own_order;
use super::projection::ByOrigin;
use super::{List, Model, OriginRow, PairRow, Remembered, Screen, Sorting, StatusCounts};
use crate::fleet::{Dns64, PairDetail, address_text};

/// The value of a column: what orders it, the first to be shown first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value {
    Text(String),
    Most(Reverse<u64>),
    Latest(Reverse<Option<crate::base::moment::Moment>>),
    Rank(usize),
    Addresses(Vec<u128>),
    Statuses(Reverse<StatusCounts>),
}

impl Model {
    /// What outlives the session if somebody keeps it.
    #[must_use]
    pub fn remembered(&self) -> &Remembered {
        self.manners.remembered()
    }

    /// The list that the keys move in; `None` where there is no such list.
    #[must_use]
    pub fn list(&self) -> Option<List> {
        match self.screen() {
            Screen::Fleet if self.is_among_origins() => Some(List::Origins),
            Screen::Fleet | Screen::Origin => Some(List::Endpoints),
            Screen::Endpoints => Some(List::Names),
            Screen::Tail => Some(List::Records),
            Screen::Endpoint
            | Screen::Groups
            | Screen::Course
            | Screen::Findings
            | Screen::Record
            | Screen::Turns
            | Screen::Plan => None,
        }
    }

    /// Whether the keys move among the origins: on the first screen, until an endpoint is selected.
    #[must_use]
    pub fn is_among_origins(&self) -> bool {
        self.screen() == Screen::Fleet && self.here.place().name.is_none()
    }

    pub(super) fn sorting(&self, list: List) -> Option<Sorting> {
        self.manners.sorting(list)
    }

    /// The places in the ranking of the origins, in the order in which they are shown; `None` for its own
    /// order.
    fn order(&self) -> Option<&[u32]> {
        let sorting = self.sorting(List::Origins)?;
        let order = self.projection.picture().origins.get(sorting, || {
            let origins = self.ranking().origins();
            let mut keyed: Vec<(Value, u32)> = origins
                .iter()
                .zip(0..)
                .map(|(origin, at)| (self.of_origin(origin, sorting.column), at))
                .collect();
            keyed.sort_by(|one, other| directed(one.0.cmp(&other.0), sorting).then(one.1.cmp(&other.1)));
            keyed.into_iter().map(|(_, at)| at).collect()
        });
        order.map(Box::as_ref)
    }

    /// The place in the ranking of the `at`-th origin shown.
    pub(super) fn place_at(&self, at: usize) -> usize {
        self.order().map_or(at, |order| order.get(at).map_or(usize::MAX, |place| *place as usize))
    }

    /// Which of the origins shown has a place in the ranking.
    pub(super) fn shown_at(&self, place: usize) -> usize {
        let shown = |order: &[u32]| order.iter().position(|at| *at as usize == place);
        self.order().map_or(place, |order| shown(order).unwrap_or(0))
    }

    fn of_origin(&self, origin: &OriginRow, column: &str) -> Value {
        match column {
            "origin" => Value::Text(self.known.fleet().origin_text(origin.key).1.to_owned()),
            "DNS64" => Value::Rank(match origin.dns64 {
                Dns64::Off => 0,
                Dns64::On(_) => 1,
                Dns64::Unknown => 2,
            }),
            "endpoints" => Value::Most(Reverse(u64::from(origin.pairs()))),
            "address" => {
                Value::Text(origin.addresses.first().map_or_else(String::new, |it| address_text(*it)))
            }
            "records" => Value::Most(Reverse(origin.records)),
            // The order of the ranking itself.
            _ => Value::Rank(self.ranking().place_of(origin.key).unwrap_or(usize::MAX)),
        }
    }

    /// The pairs of an origin in the order that somebody wants; `None` for that of the ranking.
    pub(super) fn sorted_pairs(&self, origin: &OriginRow) -> Option<&[PairRow]> {
        let sorting = self.sorting(List::Endpoints)?;
        let origins = self.ranking().origins().len();
        let lists = self.projection.picture().pairs.get(sorting, || ByOrigin::new(origins))?;
        lists.get(self.ranking().place_of(origin.key)?, || {
            let pairs = self.ranking().pairs_of(self.known.fleet(), origin);
            let pair_details = if matches!(sorting.column, "status" | "endpoint") {
                Vec::new()
            } else {
                self.pair_details(pairs)
            };
            let value = |at: usize, pair: &PairRow| match sorting.column {
                "status" => Value::Rank(pair.status as usize),
                "endpoint" => Value::Text(self.known.fleet().name_text(pair.name).to_owned()),
                column => {
                    pair_details.get(at).map_or(Value::Rank(0), |pair_detail| of_detail(pair_detail, column))
                }
            };
            let mut keyed: Vec<(Value, PairRow)> =
                pairs.iter().enumerate().map(|(at, pair)| (value(at, pair), *pair)).collect();
            // What is alike stays in the order of the ranking.
            keyed.sort_by(|one, other| directed(one.0.cmp(&other.0), sorting));
            keyed.into_iter().map(|(_, pair)| pair).collect()
        })
    }

    /// Shows a column of the list that the keys move in, or hides it.
    pub(super) fn toggle(&mut self, list: List, column: &'static str) {
        self.manners.toggle(list, column);
    }

    /// Sorts a list by a column; the other way round if it is sorted by it already.
    pub(super) fn sort_by(&mut self, list: List, column: &'static str) {
        let known = self.sorting(list).or_else(|| own_order(list));
        let reverse = known.is_some_and(|known| known.column == column && !known.reverse);
        self.manners.sort(list, column, reverse);
    }
}

pub(super) fn directed(order: Ordering, sorting: Sorting) -> Ordering {
    if sorting.reverse { order.reverse() } else { order }
}

fn of_detail(pair_detail: &PairDetail<'_>, column: &str) -> Value {
    match column {
        "AAAA" => Value::Most(Reverse(pair_detail.spans.aaaa().map(|(_, span)| span.count).sum())),
        "A" => Value::Most(Reverse(pair_detail.spans.a().map(|(_, span)| span.count).sum())),
        "since" => {
            let newest = pair_detail.spans.newest_aaaa();
            let since = pair_detail.spans.aaaa().find(|(verdict, _)| Some(*verdict) == newest);
            let first = pair_detail.spans.range().map(|(first, _)| first);
            Value::Latest(Reverse(since.map(|(_, span)| span.first).or(first)))
        }
        "last" => Value::Latest(Reverse(pair_detail.spans.range().map(|(_, last)| last))),
        _ => {
            let ipv4 = pair_detail
                .embedded
                .lowest()
                .iter()
                .chain(pair_detail.name_ipv4.map_or(&[][..], |known| known.lowest()));
            let native = pair_detail.native.lowest().iter().copied();
            Value::Addresses(native.chain(ipv4.map(|bits| u128::from(*bits))).collect())
        }
    }
}
