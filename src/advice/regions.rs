//! One service in several Regions: for what is named first, its names count together. Told by their text.

use std::collections::HashMap;

use crate::fleet::{Fleet, Symbol};
use crate::knowledge::catalog::regional;

/// Not looked at yet, and in no Region.
const NEW: u32 = u32::MAX;
const NONE: u32 = NEW - 1;

/// Which names are those of one service in several Regions. Most names are in none.
#[derive(Debug, Default)]
pub(crate) struct RegionalServices {
    /// By the part of the name before the Region: the number of the service.
    numbers: HashMap<Box<str>, u32>,
    /// By the number of the name: that of its service.
    known: Vec<u32>,
}

impl RegionalServices {
    /// The number of the service of a name, from 0 on; `None` for a name in no Region. It is always the same
    /// fleet that is asked about, or one that names were added to.
    pub(crate) fn number(&mut self, fleet: &Fleet, name: Symbol) -> Option<u32> {
        if self.known.len() <= name.index() {
            self.known.resize(fleet.name_count().max(name.index() + 1), NEW);
        }
        let mut number = self.known[name.index()];
        if number == NEW {
            number = regional(fleet.name_text(name)).map_or(NONE, |service| self.number_of(service));
            self.known[name.index()] = number;
        }
        (number != NONE).then_some(number)
    }

    /// How many services have a number.
    pub(crate) fn count(&self) -> usize {
        self.numbers.len()
    }

    fn number_of(&mut self, service: &str) -> u32 {
        if let Some(number) = self.numbers.get(service) {
            return *number;
        }
        let next = u32::try_from(self.numbers.len()).unwrap_or(NONE);
        self.numbers.insert(service.into(), next);
        next
    }
}

/// What is counted of the services of a fleet that are in several Regions.
pub(crate) struct Regions<'f, T> {
    fleet: &'f Fleet,
    services: RegionalServices,
    /// By the number of the service.
    counts: Vec<T>,
}

impl<'f, T: Default> Regions<'f, T> {
    pub(crate) fn new(fleet: &'f Fleet) -> Self {
        Self { fleet, services: RegionalServices::default(), counts: Vec::new() }
    }

    /// What is counted of the service of a name; `None` for a name in no Region.
    pub(crate) fn service(&mut self, name: Symbol) -> Option<&mut T> {
        let number = self.services.number(self.fleet, name)?;
        Some(at(&mut self.counts, number as usize))
    }

    /// Takes in what was counted elsewhere of the same fleet, as `add` adds it up.
    pub(crate) fn absorb(&mut self, other: Self, mut add: impl FnMut(&mut T, T)) {
        let mut counted: Vec<Option<T>> = other.counts.into_iter().map(Some).collect();
        for (service, place) in other.services.numbers {
            let Some(more) = counted.get_mut(place as usize).and_then(Option::take) else { continue };
            let number = self.services.number_of(&service) as usize;
            add(at(&mut self.counts, number), more);
        }
    }
}

/// The count of a number, made if there is none yet.
fn at<T: Default>(counts: &mut Vec<T>, number: usize) -> &mut T {
    if counts.len() <= number {
        counts.resize_with(number + 1, T::default);
    }
    &mut counts[number]
}
