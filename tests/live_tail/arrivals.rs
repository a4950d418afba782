//! What a service is given in a simulated day.

use crate::chance::Chance;

pub(crate) const SECOND: i64 = 1000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;

/// A record, by numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stored {
    pub(crate) id: usize,
    pub(crate) at: i64,
    pub(crate) ingested: i64,
    /// The number of the first with the same text.
    pub(crate) text: usize,
}

/// Records by the time of their arrival, each up to `pause` after the one before: some are late, some come in
/// pairs that differ in their ids only.
pub(crate) fn arrivals(chance: &mut Chance, from: i64, until: i64, pause: i64) -> Vec<Stored> {
    let mut store = Vec::new();
    let mut ingested = from;
    while ingested < until {
        ingested += 1 + chance.below(pause);
        let late = if chance.below(50) == 0 { 4 * MINUTE } else { 5 * SECOND };
        let at = ingested - chance.below(late);
        let text = store.len();
        for _ in 0..=i64::from(chance.below(10) == 0) {
            store.push(Stored { id: store.len(), at, ingested, text });
        }
    }
    store
}
