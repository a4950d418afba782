//! What is selected and what the filter lets through.
//!
//! A selection is the number of an origin or a name, not a place in a list: lists change their order under it.

use memchr::memmem;

use super::{Batch, Model, OriginRow, PairRow, Roster, Row};
use crate::fleet::{PairId, Status};

/// What the filter lets through.
#[derive(Debug, Default)]
pub struct Visible {
    /// Places of the origins in [`Roster::origins`].
    origins: Vec<Origin>,
    /// Whether each name is let through, by its number; nothing if all are.
    names: Option<Vec<bool>>,
}

#[derive(Clone, Copy, Debug)]
struct Origin {
    place: usize,
    /// Whether it is let through by what it is itself: then all its endpoints are.
    itself: bool,
}

impl Visible {
    pub(super) fn of(known: &Batch, roster: &Roster, filter: &str) -> Self {
        if filter.is_empty() {
            let all = (0..roster.origins().len()).map(|place| Origin { place, itself: true });
            return Self { origins: all.collect(), names: None };
        }
        let needle = filter.to_lowercase();
        let finder = memmem::Finder::new(&needle);
        let names: Vec<bool> =
            known.fleet.names().map(|name| finder.find(name.as_bytes()).is_some()).collect();
        let admits = |(place, origin): (usize, &OriginRow)| {
            let (_, id, vpc) = known.fleet.origin_text(origin.key);
            let has = |text: &str| finder.find(text.to_lowercase().as_bytes()).is_some();
            let addresses = || origin.addresses.iter().any(|bits| has(&crate::fleet::address_text(*bits)));
            let itself = has(id) || has(vpc) || addresses();
            let by_name = || roster.pairs_of(origin).iter().any(|pair| names[pair.name.index()]);
            (itself || by_name()).then_some(Origin { place, itself })
        };
        let origins = roster.origins().iter().enumerate().filter_map(admits).collect();
        Self { origins, names: Some(names) }
    }

    /// How many origins are let through.
    #[must_use]
    pub fn origin_count(&self) -> usize {
        self.origins.len()
    }

    fn at(&self, place: usize) -> Option<usize> {
        self.origins.binary_search_by_key(&place, |origin| origin.place).ok()
    }
}

impl Model {
    /// What the filter lets through.
    #[must_use]
    pub fn visible(&self) -> &Visible {
        &self.visible
    }

    /// The `at`-th origin that the filter lets through.
    #[must_use]
    pub fn origin_at(&self, at: usize) -> Option<&OriginRow> {
        self.roster.origins().get(self.visible.origins.get(at)?.place)
    }

    /// The selected origin and its place among those that the filter lets through.
    #[must_use]
    pub fn selected_origin(&self) -> Option<(usize, &OriginRow)> {
        let chosen = self.origin.and_then(|origin| self.visible.at(self.roster.place(origin)?));
        let at = chosen.unwrap_or(0);
        Some((at, self.origin_at(at)?))
    }

    /// The endpoints of an origin that the filter lets through, worst first.
    pub fn pairs<'a>(&'a self, origin: &'a OriginRow) -> impl Iterator<Item = &'a PairRow> {
        let itself = self
            .roster
            .place(origin.key)
            .and_then(|place| self.visible.at(place))
            .is_none_or(|at| self.visible.origins[at].itself);
        let names = self.visible.names.as_deref().filter(|_| !itself);
        self.roster.pairs_of(origin).iter().filter(move |pair| {
            names.is_none_or(|names| names.get(pair.name.index()).copied().unwrap_or(true))
        })
    }

    /// The selected endpoint of the selected origin, and its place among those that the filter lets through.
    #[must_use]
    pub fn selected_pair(&self) -> Option<(usize, &PairRow)> {
        let (_, origin) = self.selected_origin()?;
        let chosen =
            self.name.and_then(|name| self.pairs(origin).enumerate().find(|(_, pair)| pair.name == name));
        chosen.or_else(|| self.pairs(origin).enumerate().next())
    }

    /// The newest records that the filter lets through, oldest first.
    #[must_use]
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &Row> {
        let needle = self.filter.to_lowercase();
        self.known.rows.iter().filter(move |row| {
            let itself = || {
                let at = self.visible.at(self.roster.place(row.origin?)?)?;
                Some(self.visible.origins[at].itself)
            };
            needle.is_empty() || row.name.contains(&needle) || itself().unwrap_or(false)
        })
    }

    /// The selected record's place among those of [`Model::rows`]; none while following the newest.
    #[must_use]
    pub fn selected_row(&self) -> Option<usize> {
        let selected = self.row?;
        self.rows().position(|row| (row.at, row.spot) == selected)
    }

    /// The record that the detail was opened for, if it is for a record that counts for no endpoint.
    #[must_use]
    pub fn picked_row(&self) -> Option<&Row> {
        let picked = self.picked?;
        self.known.rows.iter().find(|row| row.spot == picked)
    }

    /// The status of a pair of the fleet.
    #[must_use]
    pub fn status_of(&self, pair: PairId) -> Option<Status> {
        self.roster.status_of(pair)
    }
}
