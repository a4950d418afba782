//! Endpoints as columns, and the endpoints of an origin by service, made when they are looked at.

use std::sync::Arc;

use super::columns::members;
use super::projection::ByOrigin;
use super::{Columns, List, Member, Model, OriginRow, PairRow, Service};
use crate::fleet::Symbol;

impl Model {
    /// The columns of the fleet's matrix. Put in order when first asked for.
    #[must_use]
    pub fn columns(&self) -> &Columns {
        let catalog = &self.setup.library.catalog;
        let turned = self.turned().map(|fresh| fresh.flip);
        let (fleet, services) = (self.known.fleet(), self.projection.services());
        let columns = || Columns::new(self.ranking(), fleet, services, catalog, turned);
        self.projection.picture().columns.get_or_init(columns)
    }

    /// What a name belongs to.
    #[must_use]
    pub fn service(&self, name: Symbol) -> Arc<Service> {
        self.projection.services().for_name(self.known.fleet(), &self.setup.library.catalog, name)
    }

    /// The endpoints of an origin, those of one service side by side.
    #[must_use]
    pub fn members(&self, origin: &OriginRow) -> &[Member] {
        let picture = self.projection.picture();
        let Some(place) = picture.ranking.place_of(origin.key) else { return &[] };
        let origins = picture.ranking.origins().len();
        let sorted = self.sorting(List::Endpoints);
        let sorted = sorted.and_then(|by| picture.sorted_members.get(by, || ByOrigin::new(origins)));
        let make = || members(self.pairs(origin), |name| self.service(name)).into();
        sorted.unwrap_or(&picture.grouped).get(place, make).unwrap_or_default()
    }

    /// Everybody who asked for a name, the worst off first.
    #[must_use]
    pub fn askers(&self, name: Symbol) -> Vec<(&OriginRow, &PairRow)> {
        let ranking = self.ranking();
        let asker = |(place, at): &(u32, u32)| {
            let origin = ranking.origins().get(*place as usize)?;
            Some((origin, ranking.unordered(origin).get(*at as usize)?))
        };
        let mut askers: Vec<(&OriginRow, &PairRow)> =
            self.projection.picture().askers().of_name(name).iter().filter_map(asker).collect();
        // The sort is stable: those alike stay in the order of the fleet.
        askers.sort_by_key(|(_, pair)| pair.status);
        askers
    }
}
