//! The rows that the filter in force lets through, and how many of them there are over time.

use super::kept_mask::{KeptMask, KeptMasks};
use crate::console::decide;
use crate::console::filter::FilterInForce;
use crate::console::histogram::{Class, Histogram};
use crate::console::known::KnownLog;
use crate::fleet::Status;
use crate::query::Expression;
use crate::timeline::{DroppedChunks, PairSummaries, RowMask, Timeline};

/// What a filter lets through, and what it was put to.
#[derive(Debug, Default)]
pub(in crate::console) struct FilteredRows {
    /// `None` if everything is let through.
    rows: Option<FoundRows>,
    masks: KeptMasks,
}

/// The rows that one filter lets through.
#[derive(Debug)]
struct FoundRows {
    /// The number of the filter.
    filter: u64,
    kept: KeptMask,
    /// The statuses of pairs that the filter was applied with, by number of the pair; empty if it asks for no
    /// status.
    statuses: Vec<Option<Status>>,
    histogram: Histogram,
}

impl FilteredRows {
    /// The rows that the filter lets through; `None` if there is no filter.
    pub(in crate::console) fn kept(&self) -> Option<&KeptMask> {
        self.rows.as_ref().map(|rows| &rows.kept)
    }

    /// The rows that the filter lets through, counted over time; `None` if there is no filter.
    pub(super) fn histogram(&self) -> Option<&Histogram> {
        self.rows.as_ref().map(|rows| &rows.histogram)
    }

    /// Brings it up to what is known. A filter that asks for a status takes it from `summaries`, which are to
    /// be of what is known and of the time shown by then.
    pub(in crate::console) fn bring_up(
        &mut self,
        known: &KnownLog,
        filter: &FilterInForce,
        summaries: &PairSummaries,
    ) {
        let Some(query) = filter.query() else {
            self.rows = None;
            return;
        };
        let expression = query.expression();
        let statuses =
            if query.asks_for_status() { decide::statuses(known.fleet(), summaries) } else { Vec::new() };
        let before = self.rows.take();
        let before = before.filter(|rows| rows.filter == filter.number() && rows.statuses == statuses);
        let mut rows = match before {
            Some(rows) if rows.kept.is_current(known) => {
                self.rows = Some(rows);
                return;
            }
            Some(mut rows) => {
                rows.kept.extend(known, expression, &statuses);
                rows
            }
            None => FoundRows {
                filter: filter.number(),
                kept: self.masks.mask(known, expression, &statuses),
                statuses,
                histogram: Histogram::default(),
            },
        };
        rows.histogram = histogram(known.timeline(), rows.kept.mask());
        self.rows = Some(rows);
    }

    /// Takes the rows that were found elsewhere.
    pub(super) fn take(&mut self, found: Self) {
        self.rows = found.rows;
    }

    /// The rows that `expression` holds for, whatever the filter.
    pub(super) fn find(&mut self, known: &KnownLog, expression: &Expression) -> KeptMask {
        self.masks.mask(known, expression, &[])
    }

    /// Follows rows that went.
    pub(super) fn follow(&mut self, forgotten: &DroppedChunks, moves: u64) {
        if let Some(rows) = &mut self.rows {
            rows.kept.follow(forgotten, moves);
        }
    }
}

/// The rows of a mask over time.
fn histogram(timeline: &Timeline, mask: &RowMask) -> Histogram {
    let see = |histogram: &mut Histogram, at, verdict, count| {
        histogram.add_several(at, Class::from_verdict(verdict), count);
    };
    let parts = timeline.gather_matched(mask, Histogram::default, see);
    parts.iter().fold(Histogram::default(), |mut all, one| {
        all.absorb(one);
        all
    })
}
