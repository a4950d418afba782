//! Who asked for each name.

use super::ranking::FleetRanking;
use crate::base::counting;
use crate::base::saturating::SaturatingInto as _;
use crate::fleet::Symbol;

/// A place among the origins of a ranking, and of a pair among those of its origin.
type AskerPlace = (u32, u32);

/// Who asked for each name, in the order of the ranking.
#[derive(Debug)]
pub(super) struct Askers {
    /// Those of a name together.
    places: Box<[AskerPlace]>,
    /// Where those of each name end, by its number: they begin where those of the name before end.
    ends: Vec<usize>,
}

impl Askers {
    /// Those who asked for the names of a ranking.
    pub(super) fn from_ranking(ranking: &FleetRanking) -> Self {
        let pairs = || ranking.origins().iter().flat_map(|origin| ranking.unordered(origin));
        let names = pairs().map(|pair| pair.name.index());
        let mut next = counting::starts(names, ranking.asked_names().name_count());
        let mut places = vec![(0, 0); ranking.pair_count()].into_boxed_slice();
        for (place, origin) in ranking.origins().iter().enumerate() {
            let pairs = ranking
                .unordered(origin)
                .iter()
                .enumerate()
                .map(|(at, pair)| (pair.name.index(), (place.saturating_into(), at.saturating_into())));
            counting::place(&mut places, &mut next, pairs);
        }
        Self { places, ends: next }
    }

    /// Those who asked for a name.
    pub(super) fn of_name(&self, name: Symbol) -> &[AskerPlace] {
        let Some(end) = self.ends.get(name.index()) else { return &[] };
        let start = name.index().checked_sub(1).map_or(0, |before| self.ends[before]);
        self.places.get(start..*end).unwrap_or_default()
    }
}
