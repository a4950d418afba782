//! The answer: the state of the whole fleet, in the facts for one sentence.

use super::ranking::{FleetRanking, OriginRow};
use crate::fleet::{Dns64, Fleet, OriginId, Status, Symbol};

/// How many endpoints an answer names.
pub const NAMED: usize = 3;

/// What is to be said of the worst origin, and how many others are like it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headline {
    /// The origin.
    pub origin: OriginId,
    /// Whether the resolver synthesizes answers for it.
    pub dns64: Dns64,
    /// The worst status of its endpoints.
    pub status: Status,
    /// How many of its endpoints have that status.
    pub count: u32,
    /// Of how many.
    pub of: u32,
    /// The first of them.
    pub names: Vec<Symbol>,
    /// How many origins have an endpoint in that status.
    pub alike: usize,
    /// Of how many origins.
    pub origins: usize,
    /// Whether all of those asked from IPv4 addresses, so that IPv4 leads there.
    pub over_ipv4: bool,
}

impl Headline {
    /// The answer that a ranking gives, made of `fleet`; `None` if nothing was judged.
    #[must_use]
    pub fn from_ranking(fleet: &Fleet, ranking: &FleetRanking) -> Option<Self> {
        let worst = ranking.origins().first()?;
        let status = worst_status(worst)?;
        let alike = || ranking.origins().iter().filter(|origin| origin.count(status) > 0);
        let of_status = ranking.pairs_of(fleet, worst).iter().filter(|pair| pair.status == status);
        Some(Self {
            origin: worst.key,
            dns64: worst.dns64,
            status,
            count: worst.count(status),
            of: worst.pairs(),
            names: of_status.map(|pair| pair.name).take(NAMED).collect(),
            alike: alike().count(),
            origins: ranking.origins().len(),
            over_ipv4: alike().all(|origin| fleet.origin_has_ipv4(origin.key)),
        })
    }
}

/// The worst status that an origin has; `None` if it has no endpoint.
#[must_use]
pub fn worst_status(origin: &OriginRow) -> Option<Status> {
    Status::ALL.into_iter().find(|status| origin.count(*status) > 0)
}
