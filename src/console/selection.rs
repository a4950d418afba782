//! What is selected.
//!
//! A selection is the number of an origin or a name, not a place in a list: lists change their order under
//! it.

use super::{Model, OriginRow, PairRow, Turn};
use crate::fleet::{PairId, Status, Symbol};

impl Model {
    /// The `at`-th origin shown.
    #[must_use]
    pub fn origin_at(&self, at: usize) -> Option<&OriginRow> {
        self.ranking().origins().get(self.place_at(at))
    }

    /// The selected origin and its place among those shown.
    #[must_use]
    pub fn selected_origin(&self) -> Option<(usize, &OriginRow)> {
        let place = self.here.place().origin.and_then(|origin| self.ranking().place_of(origin));
        let at = place.map_or(0, |place| self.shown_at(place));
        Some((at, self.origin_at(at)?))
    }

    /// The endpoints of an origin in the order that somebody wants: if nothing else, worst first.
    #[must_use]
    pub fn pairs(&self, origin: &OriginRow) -> &[PairRow] {
        self.sorted_pairs(origin).unwrap_or_else(|| self.ranking().pairs_of(self.known.fleet(), origin))
    }

    /// The name that somebody selected.
    #[must_use]
    pub fn selected_name(&self) -> Option<Symbol> {
        self.here.place().name
    }

    /// The name looked at: the one that somebody selected, else the first of the selected origin.
    #[must_use]
    pub fn endpoint(&self) -> Option<Symbol> {
        self.here.place().name.or_else(|| self.selected_pair().map(|(_, pair)| pair.name))
    }

    /// The selected endpoint of the selected origin, and its place among those shown: the first if none is.
    #[must_use]
    pub fn selected_pair(&self) -> Option<(usize, &PairRow)> {
        let (_, origin) = self.selected_origin()?;
        let pairs = self.pairs(origin);
        let at = self.here.place().name.and_then(|name| pairs.iter().position(|pair| pair.name == name));
        let at = at.unwrap_or(0);
        Some((at, pairs.get(at)?))
    }

    /// Everybody who asked for the name looked at, and which of them is selected: the first, if the selected
    /// origin is not among them.
    #[must_use]
    pub fn selected_asker(&self) -> (Vec<(&OriginRow, &PairRow)>, usize) {
        let askers = self.endpoint().map_or_else(Vec::new, |name| self.askers(name));
        let selected = self.selected_origin().map(|(_, origin)| origin.key);
        let at = askers.iter().position(|(origin, _)| Some(origin.key) == selected).unwrap_or(0);
        (askers, at)
    }

    /// The changes of answers by event, newest first, and which of them is selected.
    #[must_use]
    pub fn selected_turn(&self) -> (Vec<Turn>, usize) {
        let turns: Vec<Turn> = self.events().into_iter().flat_map(|event| event.turns).collect();
        let key = |turn: &Turn| (turn.at, turn.origin, turn.name);
        let at =
            self.here.place().turn.and_then(|selected| turns.iter().position(|turn| key(turn) == selected));
        (turns, at.unwrap_or(0))
    }

    /// The status of a pair of the fleet; `None` if nothing of it is within the time looked at.
    #[must_use]
    pub fn status_of(&self, pair: PairId) -> Option<Status> {
        self.ranking().status_of(pair)
    }
}
