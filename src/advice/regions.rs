//! One service in several Regions: for what is named first, its names count together. Told by their text.

use std::collections::HashMap;

use crate::fleet::{Fleet, Symbol};
use crate::knowledge::catalog::regional;

/// Not looked at yet, and in no Region.
const NEW: u32 = u32::MAX;
const NONE: u32 = NEW - 1;

/// Which names are those of one service in several Regions. Most names are in none.
pub(crate) struct Regions<'f, T> {
    fleet: &'f Fleet,
    /// By the part of the name before the Region: the place in `services`.
    places: HashMap<&'f str, u32>,
    /// By the number of the name: the place of its service.
    known: Vec<u32>,
    /// What is counted of each service.
    services: Vec<T>,
}

impl<'f, T: Default> Regions<'f, T> {
    pub(crate) fn new(fleet: &'f Fleet) -> Self {
        let known = vec![NEW; fleet.name_count()];
        Self { fleet, places: HashMap::new(), known, services: Vec::new() }
    }

    /// Takes in what was counted elsewhere of the same fleet, as `add` adds it up.
    pub(crate) fn absorb(&mut self, other: Self, mut add: impl FnMut(&mut T, T)) {
        let mut counted: Vec<Option<T>> = other.services.into_iter().map(Some).collect();
        for (service, place) in other.places {
            let Some(more) = counted.get_mut(place as usize).and_then(Option::take) else { continue };
            let next = u32::try_from(self.services.len()).unwrap_or(NONE);
            let place = *self.places.entry(service).or_insert(next);
            match self.services.get_mut(place as usize) {
                Some(known) => add(known, more),
                None => self.services.push(more),
            }
        }
    }

    /// What is counted of the service of a name; `None` for a name in no Region.
    pub(crate) fn service(&mut self, name: Symbol) -> Option<&mut T> {
        let known = self.known.get_mut(name.index())?;
        if *known == NEW {
            *known = NONE;
            if let Some(service) = regional(self.fleet.name_text(name)) {
                let next = u32::try_from(self.services.len()).unwrap_or(NONE);
                *known = *self.places.entry(service).or_insert(next);
                if *known == next {
                    self.services.push(T::default());
                }
            }
        }
        self.services.get_mut(*known as usize)
    }
}
