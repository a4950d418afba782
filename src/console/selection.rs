//! What is selected.
//!
//! A selection is the number of an origin or a name, not a place in a list: lists change their order under it.

use super::{Model, OriginRow, PairRow};
use crate::fleet::{PairId, Status};

impl Model {
    /// The `at`-th origin shown.
    #[must_use]
    pub fn origin_at(&self, at: usize) -> Option<&OriginRow> {
        self.roster.origins().get(self.place_at(at))
    }

    /// The selected origin and its place among those shown.
    #[must_use]
    pub fn selected_origin(&self) -> Option<(usize, &OriginRow)> {
        let place = self.origin.and_then(|origin| self.roster.place_of(origin));
        let at = place.map_or(0, |place| self.shown_at(place));
        Some((at, self.origin_at(at)?))
    }

    /// The endpoints of an origin in the order that somebody wants: if nothing else, worst first.
    #[must_use]
    pub fn pairs(&self, origin: &OriginRow) -> &[PairRow] {
        self.sorted_pairs(origin).unwrap_or_else(|| self.roster.pairs_of(&self.known.fleet, origin))
    }

    /// The selected endpoint of the selected origin, and its place among those shown.
    #[must_use]
    pub fn selected_pair(&self) -> Option<(usize, &PairRow)> {
        let (_, origin) = self.selected_origin()?;
        let pairs = self.pairs(origin);
        let at = self.name.and_then(|name| pairs.iter().position(|pair| pair.name == name)).unwrap_or(0);
        Some((at, pairs.get(at)?))
    }

    /// The status of a pair of the fleet; none if nothing of it is within the time looked at.
    #[must_use]
    pub fn status_of(&self, pair: PairId) -> Option<Status> {
        self.roster.status_of(pair)
    }
}
