//! What is counted of each name over all origins that are listed, and of its service over all Regions: that
//! is what names are put in order by, as columns and as endpoints of an origin.

use std::num::NonZeroU32;

use crate::advice::regions::RegionalServices;
use crate::fleet::{Fleet, Status, Symbol};
use crate::knowledge::catalog::{is_of_aws, is_together};

/// How many endpoints there are in each status, in the order of [`Status::ALL`].
pub type StatusCounts = [u32; Status::ALL.len()];

/// What is counted of one name.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct AskedName {
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
    /// The number of its service, from 1 on; `None` for a name in no Region.
    service: Option<NonZeroU32>,
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
pub(super) struct AskedNames {
    /// By the number of the name.
    names: Box<[AskedName]>,
    /// By the number of the service, from 1 on: the first is nobody's.
    services: Box<[ServiceTotal]>,
}

impl AskedNames {
    /// Counts the pairs of each origin: names of `fleet`, with their status and how many records they have.
    pub(super) fn from_pairs<P: Iterator<Item = (Symbol, Status, u32)>>(
        fleet: &Fleet,
        regional: &mut RegionalServices,
        origins: impl Iterator<Item = P>,
    ) -> Self {
        let mut number = |name| NonZeroU32::new(regional.number(fleet, name)?.checked_add(1)?);
        let mut names: Box<[AskedName]> = (0..fleet.name_count())
            .zip(0..)
            .map(|(_, name)| AskedName { service: number(Symbol(name)), ..AskedName::default() })
            .collect();
        let mut services = vec![ServiceTotal::default(); regional.count() + 1];
        let mut last = vec![LastOrigin::default(); services.len()];
        for (place, pairs) in (1..).zip(origins) {
            for (name, status, records) in pairs {
                let (total, status) = (&mut names[name.index()], status as usize);
                total.statuses[status] += 1;
                total.origins += 1;
                total.records += u64::from(records);
                let Some(service) = total.service else { continue };
                let (service, last) =
                    (&mut services[service.get() as usize], &mut last[service.get() as usize]);
                service.statuses[status] += u32::from(last.statuses[status] != place);
                service.origins += u32::from(last.any != place);
                service.most = service.most.max(total.origins);
                (last.statuses[status], last.any) = (place, place);
            }
        }
        for (name, total) in (0..).map(Symbol).zip(&mut names).filter(|(_, total)| total.origins > 0) {
            let service = total.service.map(|service| services[service.get() as usize]);
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
    pub(super) fn get(&self, name: Symbol) -> Option<&AskedName> {
        self.names.get(name.index()).filter(|total| total.origins > 0)
    }

    /// All that somebody who is listed asked for, in no order.
    pub(super) fn all(&self) -> impl Iterator<Item = (Symbol, &AskedName)> {
        (0..).map(Symbol).zip(&self.names).filter(|(_, total)| total.origins > 0)
    }

    /// How many origins have which status for a name, in whichever Region where its service counts over all
    /// of them.
    pub(super) fn statuses_together(&self, total: &AskedName) -> StatusCounts {
        let service = total.service.map(|service| &self.services[service.get() as usize]);
        let together = service.filter(|service| is_together(total.origins, service.most));
        together.map_or(total.statuses, |service| service.statuses)
    }

    /// Counts one origin's status for a name as `to` that was counted as `from`, for its service as well.
    pub(super) fn recount(&mut self, name: Symbol, from: usize, to: usize) {
        let Some(total) = self.names.get_mut(name.index()) else { return };
        let service = total.service.map(|service| &mut self.services[service.get() as usize].statuses);
        for statuses in [&mut total.statuses].into_iter().chain(service) {
            if statuses[from] > 0 {
                statuses[from] -= 1;
                statuses[to] += 1;
            }
        }
    }
}
