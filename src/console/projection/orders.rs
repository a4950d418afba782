//! A list in the orders that somebody wants, each made when it is first looked at.

use std::cell::OnceCell;

use crate::console::list::{List, Sorting};

/// A list in every order that it can be sorted in.
#[derive(Debug)]
pub(in crate::console) struct Orders<T> {
    list: List,
    /// By the place of the column, and by whether it is sorted the other way round.
    made: Vec<[OnceCell<T>; 2]>,
}

impl<T> Orders<T> {
    /// None of them is made yet.
    pub(super) fn new(list: List) -> Self {
        Self { list, made: list.columns().iter().map(|_| [OnceCell::new(), OnceCell::new()]).collect() }
    }

    /// The list in one order, made by `make` when first asked for; `None` if it cannot be sorted so.
    pub(in crate::console) fn get(&self, sorting: Sorting, make: impl FnOnce() -> T) -> Option<&T> {
        let column = self.list.columns().iter().position(|column| *column == sorting.column)?;
        Some(self.made.get(column)?[usize::from(sorting.reverse)].get_or_init(make))
    }
}

/// A list for each origin, each made when it is first looked at.
#[derive(Debug)]
pub(in crate::console) struct ByOrigin<T>(Vec<OnceCell<Box<[T]>>>);

impl<T> ByOrigin<T> {
    /// Empty lists, for a ranking of `origins` origins.
    pub(in crate::console) fn new(origins: usize) -> Self {
        let mut lists = Vec::new();
        lists.resize_with(origins, OnceCell::new);
        Self(lists)
    }

    /// The list of the origin at `place` of the ranking, made by `make` when first asked for; `None` if there
    /// is no such place.
    pub(in crate::console) fn get(&self, place: usize, make: impl FnOnce() -> Box<[T]>) -> Option<&[T]> {
        Some(self.0.get(place)?.get_or_init(make))
    }
}
