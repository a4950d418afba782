//! One service in several Regions: for what is named first, its names count together. Told by their text.

use std::collections::HashMap;

use crate::catalog::regional;
use crate::fleet::{Fleet, Symbol};

/// Whether a name that `own` origins ask for counts with those of its service in other Regions, of which that
/// with the most has `most`: a Region that few ask in is no more than that.
pub(super) fn is_together(own: u32, most: u32) -> bool {
    own.saturating_mul(2) > most
}

/// No name was looked at.
const NONE: u32 = u32::MAX;

/// Which names are those of one service in several Regions.
pub(super) struct Regions<'f> {
    fleet: &'f Fleet,
    /// By what stands before the Region: the first such name.
    first: HashMap<&'f str, Symbol>,
    /// By the number of the name: the first name of its service, itself if it is in no Region.
    known: Vec<u32>,
}

impl<'f> Regions<'f> {
    pub(super) fn of(fleet: &'f Fleet) -> Self {
        Self { fleet, first: HashMap::new(), known: vec![NONE; fleet.name_count()] }
    }

    /// The name that stands for all of the same service.
    pub(super) fn first(&mut self, name: Symbol) -> Symbol {
        let Some(known) = self.known.get_mut(name.index()) else { return name };
        if *known == NONE {
            let first = regional(self.fleet.name_text(name));
            *known = first.map_or(name, |service| *self.first.entry(service).or_insert(name)).0;
        }
        Symbol(*known)
    }
}
