//! All endpoints as a list: for how many origins each has which status, how often it is asked for, and how
//! much of that goes through NAT64.
//!
//! The log has no bytes. What a NAT gateway is paid for is not in it, but who asks for what is, and so what
//! it is paid for most is among the first here.

use std::cmp::Reverse;

use super::lists::{Value, directed};
use super::{EndpointRow, List, Model, PairRow, StatusCounts, endpoint_row};
use crate::advice::judgement::{Judgement, LogFacts, NameTarget, all_private};
use crate::base::figures::{counted, number};
use crate::fleet::{Fleet, PairDetail, Status};
use crate::knowledge::address::ipv4_private;
use crate::knowledge::catalog::Catalog;
use crate::knowledge::domain::bare;
use crate::log::observation::Aaaa;

impl Model {
    /// All endpoints of what is shown, in the order of the list of them if nobody wants another.
    #[must_use]
    pub fn endpoints(&self) -> &[EndpointRow] {
        let rows = || endpoint_row::rows(self.ranking(), self.known.fleet()).into();
        self.projection.picture().endpoints.get_or_init(rows)
    }

    /// The `at`-th endpoint in the list of all, in the order that somebody wants.
    #[must_use]
    pub fn endpoint_at(&self, at: usize) -> Option<&EndpointRow> {
        let place = match self.endpoint_order() {
            Some(order) => *order.get(at)? as usize,
            None => at,
        };
        self.endpoints().get(place)
    }

    /// The endpoint selected in the list of all, and its place there: the first if none is.
    #[must_use]
    pub fn selected_endpoint(&self) -> Option<(usize, &EndpointRow)> {
        let rows = self.endpoints();
        let place = self.here.place().name.and_then(|name| rows.iter().position(|row| row.name == name));
        let shown = |place: usize| match self.endpoint_order() {
            Some(order) => order.iter().position(|at| *at as usize == place),
            None => Some(place),
        };
        let at = place.and_then(shown).unwrap_or(0);
        Some((at, self.endpoint_at(at)?))
    }

    /// The places of endpoints in the order that somebody wants; `None` for their own order.
    fn endpoint_order(&self) -> Option<&[u32]> {
        let sorting = self.sorting(List::Names)?;
        let order = self.projection.picture().names.get(sorting, || {
            let rows = self.endpoints();
            let offers =
                if sorting.column == "dual-stack name" { self.offers(rows.iter()) } else { Vec::new() };
            let value = |at: usize, row: &EndpointRow| match sorting.column {
                "endpoint" => Value::Text(self.known.fleet().name_text(row.name).to_owned()),
                "service" => {
                    let service = self.service(row.name);
                    Value::Text(format!("{} {}", service.group, service.region))
                }
                "status" => Value::Statuses(Reverse(row.statuses)),
                "origins" => Value::Most(Reverse(u64::from(row.origins()))),
                "queries" => Value::Most(Reverse(row.records)),
                "NAT64" => Value::Most(Reverse(u64::from(row.nat64()))),
                "dual-stack name" => {
                    let offer = offers.get(at).cloned().flatten();
                    // Those without one come last.
                    Value::Text(offer.unwrap_or_else(|| "\u{10ffff}".to_owned()))
                }
                // The order of the list itself.
                _ => Value::Rank(at),
            };
            let mut keyed: Vec<(Value, u32)> =
                rows.iter().enumerate().zip(0..).map(|((at, row), place)| (value(at, row), place)).collect();
            keyed.sort_by(|one, other| directed(one.0.cmp(&other.0), sorting).then(one.1.cmp(&other.1)));
            keyed.into_iter().map(|(_, place)| place).collect()
        });
        order.map(Box::as_ref)
    }

    /// An endpoint of the list in a sentence, for a ticket.
    pub(super) fn endpoint_words(&self, row: &EndpointRow) -> String {
        let statuses: Vec<String> = Status::ALL
            .into_iter()
            .filter(|status| row.statuses[*status as usize] > 0)
            .map(|status| format!("{} {}", number(u64::from(row.statuses[status as usize])), status.words()))
            .collect();
        let name = self.known.fleet().name_text(row.name);
        let mut words = format!(
            "{}: {} ({}), {}",
            bare(name),
            counted(u64::from(row.origins()), "origin", "origins"),
            statuses.join(", "),
            counted(row.records, "query", "queries"),
        );
        if row.nat64_records > 0 {
            words.push_str(&format!(", {} through NAT64", number(row.nat64_records)));
        }
        if let Some(offer) = self.offers(std::iter::once(row)).pop().flatten() {
            words.push_str(&format!("; dual-stack name {offer}"));
        }
        words
    }

    /// The dual-stack name to use in place of each endpoint, where there is one.
    #[must_use]
    pub fn offers<'r>(&self, rows: impl Iterator<Item = &'r EndpointRow>) -> Vec<Option<String>> {
        let rows: Vec<&EndpointRow> = rows.collect();
        let worst: Vec<PairRow> = rows.iter().map(|row| row.worst).collect();
        let mut statuses: Vec<Option<StatusCounts>> = Vec::new();
        for row in self.endpoints() {
            if row.name.index() >= statuses.len() {
                statuses.resize(row.name.index() + 1, None);
            }
            statuses[row.name.index()] = Some(row.statuses);
        }
        let (fleet, catalog) = (self.known.fleet(), &self.setup.library.catalog);
        let aaaa = |host: &str| {
            let name = fleet.find_name(&format!("{host}."))?;
            came_back(statuses.get(name.index())?.as_ref()?)
        };
        let offer = |(row, pair_detail): (&&EndpointRow, PairDetail<'_>)| {
            offer(catalog, fleet, row, &pair_detail, &aaaa)
        };
        rows.iter().zip(self.pair_details(&worst)).map(offer).collect()
    }
}

fn offer(
    catalog: &Catalog,
    fleet: &Fleet,
    row: &EndpointRow,
    pair_detail: &PairDetail<'_>,
    aaaa: &dyn Fn(&str) -> Option<Aaaa>,
) -> Option<String> {
    let embedded = pair_detail.embedded.lowest().iter();
    let ipv4: Vec<u32> =
        embedded.chain(pair_detail.name_ipv4.map_or(&[][..], |known| known.lowest())).copied().collect();
    let shown = LogFacts {
        aaaa,
        ipv4: ipv4.first().copied(),
        is_private: all_private(ipv4.iter().copied()),
        is_private_for_some: ipv4.iter().copied().any(ipv4_private),
        target: NameTarget::find(fleet.targets_of(row.name)),
        has_registry: false,
    };
    let name = fleet.name_text(row.name);
    let offer = Judgement::new(catalog, name, shown).offer().map(str::to_owned);
    // One that is dual-stack itself needs no other.
    offer.filter(|offer| *offer != bare(name))
}

/// What came back for AAAA of a name, by how many origins have which status for it.
pub(super) fn came_back(statuses: &StatusCounts) -> Option<Aaaa> {
    let any = |status: Status| statuses[status as usize] > 0;
    let only = |known: &[Status]| {
        statuses.iter().any(|count| *count > 0)
            && Status::ALL.into_iter().all(|status| known.contains(&status) || !any(status))
    };
    if any(Status::Native) {
        Some(Aaaa::Native)
    } else if only(&[Status::NxDomain]) {
        Some(Aaaa::NxDomain)
    } else if only(&[Status::NxDomain, Status::Empty, Status::Ipv4Only, Status::NoAddress, Status::Nat64]) {
        Some(Aaaa::Empty)
    } else {
        None
    }
}
