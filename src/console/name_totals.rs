//! What is counted of each name over all origins that are listed, and of its service over all Regions: that
//! is what names are put in order by, as columns and as endpoints of an origin.

use super::ranking::{PairRow, StatusCounts};
use crate::advice::regions::RegionalServices;
use crate::fleet::{Fleet, Symbol};
use crate::knowledge::catalog::{is_of_aws, is_together};

/// What is counted of one name.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NameTotal {
    /// How many origins have which status for it.
    pub statuses: StatusCounts,
    /// How many origins asked for it.
    pub origins: u32,
    /// How many did in whichever Region, where its service counts over all of them ([`is_together`]); else as
    /// many.
    pub together: u32,
    /// Records of A and AAAA.
    pub records: u64,
    /// Whether it is one of AWS's own.
    pub is_of_aws: bool,
    /// The number of its service; `None` for a name in no Region.
    service: Option<u32>,
}

/// What is counted of one service over all Regions.
#[derive(Clone, Copy, Debug, Default)]
struct ServiceTotal {
    /// How many origins have which status for a name of it.
    statuses: StatusCounts,
    /// How many origins asked for a name of it.
    origins: u32,
    /// How many did in the Region in which most do.
    most: u32,
}

/// The place from 1 on of the origin that was counted last for a service: for each status, and for any.
#[derive(Clone, Copy, Default)]
struct LastOrigin {
    statuses: StatusCounts,
    any: u32,
}

/// What is counted of all names.
#[derive(Clone, Debug, Default)]
pub(super) struct NameTotals {
    /// By the number of the name.
    names: Box<[NameTotal]>,
    /// By the number of the service.
    services: Box<[ServiceTotal]>,
}

impl NameTotals {
    /// Counts the pairs of each origin, whose names are of `fleet`.
    pub(super) fn from_pairs<'p>(
        fleet: &Fleet,
        regional: &mut RegionalServices,
        origins: impl Iterator<Item = &'p [PairRow]>,
    ) -> Self {
        let mut names: Box<[NameTotal]> = (0..fleet.name_count())
            .zip(0..)
            .map(|(_, name)| NameTotal {
                service: regional.number(fleet, Symbol(name)),
                ..NameTotal::default()
            })
            .collect();
        let mut services = vec![ServiceTotal::default(); regional.count()];
        let mut last = vec![LastOrigin::default(); services.len()];
        for (place, pairs) in (1..).zip(origins) {
            for pair in pairs {
                let (total, status) = (&mut names[pair.name.index()], pair.status as usize);
                total.statuses[status] += 1;
                total.origins += 1;
                total.records += u64::from(pair.records);
                let Some(service) = total.service else { continue };
                let (service, last) = (&mut services[service as usize], &mut last[service as usize]);
                service.statuses[status] += u32::from(last.statuses[status] != place);
                service.origins += u32::from(last.any != place);
                service.most = service.most.max(total.origins);
                (last.statuses[status], last.any) = (place, place);
            }
        }
        for (name, total) in (0..).map(Symbol).zip(&mut names).filter(|(_, total)| total.origins > 0) {
            let service = total.service.map(|service| services[service as usize]);
            let together = service.filter(|service| is_together(total.origins, service.most));
            total.together = together.map_or(total.origins, |service| service.origins);
            total.is_of_aws = is_of_aws(fleet.name_text(name));
        }
        Self { names, services: services.into() }
    }

    /// How many names the fleet has.
    pub(super) fn name_count(&self) -> usize {
        self.names.len()
    }

    /// What is counted of a name; `None` if nobody who is listed asked for it.
    pub(super) fn get(&self, name: Symbol) -> Option<&NameTotal> {
        self.names.get(name.index()).filter(|total| total.origins > 0)
    }

    /// All that somebody who is listed asked for, in no order.
    pub(super) fn all(&self) -> impl Iterator<Item = (Symbol, &NameTotal)> {
        (0..).map(Symbol).zip(&self.names).filter(|(_, total)| total.origins > 0)
    }

    /// How many origins have which status for a name, in whichever Region where its service counts over all
    /// of them.
    pub(super) fn statuses_together(&self, total: &NameTotal) -> StatusCounts {
        let service = total.service.map(|service| &self.services[service as usize]);
        let together = service.filter(|service| is_together(total.origins, service.most));
        together.map_or(total.statuses, |service| service.statuses)
    }

    /// Counts one origin's status for a name as `to` that was counted as `from`, for its service as well.
    pub(super) fn recount(&mut self, name: Symbol, from: usize, to: usize) {
        let Some(total) = self.names.get_mut(name.index()) else { return };
        let service = total.service.map(|service| &mut self.services[service as usize].statuses);
        for statuses in [&mut total.statuses].into_iter().chain(service) {
            if statuses[from] > 0 {
                statuses[from] -= 1;
                statuses[to] += 1;
            }
        }
    }
}
