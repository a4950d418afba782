//! Marks: moments that somebody named.

use crate::base::moment::Moment;
use crate::log::note::Mark;

/// How many marks there may be.
const MOST: usize = 1000;

/// The marks of a log.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// In the order of their moments.
    list: Vec<Mark>,
    /// How many were ever put.
    count: u32,
}

impl Marks {
    pub(super) fn list(&self) -> &[Mark] {
        &self.list
    }

    /// Whether there may be no more.
    pub(super) fn is_full(&self) -> bool {
        self.list.len() >= MOST
    }

    /// Puts a mark, numbered as they come.
    pub(super) fn put(&mut self, at: Moment, text: String) -> Mark {
        self.count += 1;
        let mark = Mark { at, number: self.count, text };
        let place = self.list.partition_point(|known| *known <= mark);
        self.list.insert(place, mark.clone());
        mark
    }

    /// Takes in marks that the log brings with it, those left out that are known.
    pub(super) fn find(&mut self, marks: Vec<Mark>) {
        for mark in marks {
            let is_known = self.list.iter().any(|known| known.at == mark.at && known.text == mark.text);
            if !is_known && !self.is_full() {
                self.put(mark.at, mark.text);
            }
        }
    }

    /// Takes a mark away.
    pub(super) fn remove(&mut self, number: u32) {
        self.list.retain(|mark| mark.number != number);
    }
}
