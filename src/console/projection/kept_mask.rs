//! Which rows something holds for, brought up to what is known whenever it is looked at.

use crate::console::known::KnownLog;
use crate::fleet::Status;
use crate::query::Expression;
use crate::timeline::{DroppedChunks, RecentMasks, RowMask};

/// The rows that an expression holds for, of those that were known when it was last looked at.
#[derive(Clone, Debug, Default)]
pub(in crate::console) struct KeptMask {
    mask: RowMask,
    /// The last change of the records that were looked at.
    known: u64,
    /// How often records had moved by then.
    moves: u64,
}

impl KeptMask {
    /// `mask` is of all that is known.
    pub(in crate::console) fn new(mask: RowMask, known: &KnownLog) -> Self {
        Self { mask, known: known.changed(None), moves: known.moves() }
    }

    pub(in crate::console) fn mask(&self) -> &RowMask {
        &self.mask
    }

    /// Whether it is of all that is known.
    pub(in crate::console) fn is_current(&self, known: &KnownLog) -> bool {
        (self.known, self.moves) == (known.changed(None), known.moves())
    }

    /// Looks at the rows that came in since, which may lie between those known before; at all of them if
    /// those known before moved. `expression` must be the same as before. Says whether there was anything to
    /// look at.
    pub(in crate::console) fn extend(
        &mut self,
        known: &KnownLog,
        expression: &Expression,
        statuses: &[Option<Status>],
    ) -> bool {
        if self.is_current(known) {
            return false;
        }
        let mut mask = std::mem::take(&mut self.mask);
        if self.moves != known.moves() {
            mask = RowMask::default();
        }
        mask.extend(known.timeline(), known.fleet(), expression, statuses);
        *self = Self::new(mask, known);
        true
    }

    /// Follows rows that went, if it is of what was known right before.
    pub(in crate::console) fn follow(&mut self, forgotten: &DroppedChunks, moves: u64) {
        if self.moves + 1 == moves {
            self.mask.forget(forgotten);
            self.moves = moves;
        }
    }
}

/// The masks of the last expressions, as long as their rows have not moved.
#[derive(Debug, Default)]
pub(in crate::console) struct KeptMasks {
    recent: RecentMasks,
    moves: u64,
}

impl KeptMasks {
    /// The rows that `expression` holds for.
    pub(in crate::console) fn mask(
        &mut self,
        known: &KnownLog,
        expression: &Expression,
        statuses: &[Option<Status>],
    ) -> KeptMask {
        if std::mem::replace(&mut self.moves, known.moves()) != known.moves() {
            self.recent.forget();
        }
        let mask = self.recent.mask(known.timeline(), known.fleet(), expression, statuses);
        KeptMask::new(mask, known)
    }
}
