//! A name, and all who asked for it: for how many origins it has which status, how often it is asked for, and
//! how much of that goes through NAT64.

use std::cmp::Reverse;

use super::asked_names::StatusCounts;
use super::ranking::{FleetRanking, PairRow};
use crate::fleet::{Fleet, Status, Symbol};

/// One name, and all who asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointRow {
    /// The name that was asked for.
    pub name: Symbol,
    /// How many origins have which status for it.
    pub statuses: StatusCounts,
    /// Records of A and AAAA.
    pub records: u64,
    /// As many of them as are of origins that get there through NAT64.
    pub nat64_records: u64,
    /// The pair of an origin that is off worst.
    pub(super) worst: PairRow,
}

impl EndpointRow {
    /// How many origins asked for it.
    #[must_use]
    pub fn origins(&self) -> u32 {
        self.statuses.iter().sum()
    }

    /// How many of them get there through NAT64.
    #[must_use]
    pub fn nat64(&self) -> u32 {
        self.statuses[Status::Nat64 as usize]
    }

    /// The worst status that it has for anybody.
    #[must_use]
    pub fn worst(&self) -> Status {
        self.worst.status
    }
}

/// The endpoints of a ranking: what most queries reach through NAT64 first, then what keeps most origins from
/// IPv6.
pub(super) fn rows(ranking: &FleetRanking, fleet: &Fleet) -> Vec<EndpointRow> {
    let mut by_name: Vec<Option<EndpointRow>> = Vec::new();
    for pair in ranking.origins().iter().flat_map(|origin| ranking.unordered(origin)) {
        let at = pair.name.index();
        if at >= by_name.len() {
            by_name.resize(at + 1, None);
        }
        let row = by_name[at].get_or_insert_with(|| EndpointRow {
            name: pair.name,
            statuses: StatusCounts::default(),
            records: 0,
            nat64_records: 0,
            worst: *pair,
        });
        row.statuses[pair.status as usize] += 1;
        row.records += u64::from(pair.records);
        if pair.status == Status::Nat64 {
            row.nat64_records += u64::from(pair.records);
        }
        if pair.status < row.worst.status {
            row.worst = *pair;
        }
    }
    let mut rows: Vec<EndpointRow> = by_name.into_iter().flatten().collect();
    rows.sort_unstable_by(|one, other| {
        let key = |row: &EndpointRow| {
            (Reverse((row.nat64_records, row.nat64())), Reverse(row.statuses), Reverse(row.records))
        };
        let text = |row: &EndpointRow| fleet.name_text(row.name);
        key(one).cmp(&key(other)).then_with(|| text(one).cmp(text(other)))
    });
    rows
}
