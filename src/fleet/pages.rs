//! Lists that grow without being moved.
//!
//! A `Vec` that outgrows its room is copied to where there is twice as much. Of tens of megabytes that takes
//! as long as counting ten thousands of records, and the memory of both for a while.

use std::ops::{Index, IndexMut};

/// How many things are on a page. A power of two.
const PAGE: usize = 1 << 12;

/// A list, kept on pages.
#[derive(Clone, Debug)]
pub(crate) struct PagedList<T> {
    /// All but the last are full.
    pages: Vec<Vec<T>>,
}

impl<T> Default for PagedList<T> {
    fn default() -> Self {
        Self { pages: Vec::new() }
    }
}

impl<T> PagedList<T> {
    /// Adds `value` at the end.
    #[inline]
    pub(crate) fn push(&mut self, value: T) {
        match self.pages.last_mut() {
            Some(page) if page.len() < PAGE => page.push(value),
            last => {
                // The first grows as it must: most lists are short.
                let mut page = Vec::with_capacity(if last.is_some() { PAGE } else { 0 });
                page.push(value);
                self.pages.push(page);
            }
        }
    }

    /// How many things there are.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.pages.last().map_or(0, |last| (self.pages.len() - 1) * PAGE + last.len())
    }

    /// For how many there is room.
    pub(crate) fn capacity(&self) -> usize {
        self.pages.iter().map(Vec::capacity).sum()
    }

    #[inline]
    pub(crate) fn get(&self, at: usize) -> Option<&T> {
        self.pages.get(at / PAGE)?.get(at % PAGE)
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.pages.get_mut(at / PAGE)?.get_mut(at % PAGE)
    }

    /// All of them, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> + Clone {
        self.pages.iter().flatten()
    }
}

impl<T> IntoIterator for PagedList<T> {
    type Item = T;
    type IntoIter = std::iter::Flatten<std::vec::IntoIter<Vec<T>>>;

    /// All of them, in order; a page is given back once all of it was taken.
    fn into_iter(self) -> Self::IntoIter {
        self.pages.into_iter().flatten()
    }
}

impl<T> Index<usize> for PagedList<T> {
    type Output = T;

    #[inline]
    fn index(&self, at: usize) -> &T {
        &self.pages[at / PAGE][at % PAGE]
    }
}

impl<T> IndexMut<usize> for PagedList<T> {
    #[inline]
    fn index_mut(&mut self, at: usize) -> &mut T {
        &mut self.pages[at / PAGE][at % PAGE]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_on_pages_is_a_list() {
        let (mut pages, mut list) = (PagedList::default(), Vec::new());
        for number in 0..3 * PAGE + 5 {
            assert_eq!(pages.len(), list.len());
            assert_eq!(pages.get(number), None);
            pages.push(number);
            list.push(number);
        }
        assert!(pages.iter().eq(&list));
        assert_eq!(pages.get(PAGE), Some(&PAGE));
        assert_eq!(pages.get_mut(list.len()), None);
        pages[2 * PAGE + 1] = 7;
        assert_eq!((pages[2 * PAGE], pages[2 * PAGE + 1]), (2 * PAGE, 7));
        assert!(pages.capacity() < list.len() + 2 * PAGE);
        list[2 * PAGE + 1] = 7;
        assert!(pages.into_iter().eq(list));
    }
}
