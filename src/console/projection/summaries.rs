//! The summary of each pair within the stretch of time that is shown.

use super::checkpoints::{Checkpoints, after};
use crate::console::known::KnownLog;
use crate::timeline::{PairSummaries, Scope};

/// Summaries of all pairs within a stretch of time.
#[derive(Debug, Default)]
pub(super) struct ScopeSummaries {
    scope: Scope,
    /// The last change of the records until the end of that stretch, when it was made.
    known: u64,
    summaries: PairSummaries,
    checkpoints: Checkpoints,
}

impl ScopeSummaries {
    /// By the number of the pair.
    pub(super) fn all(&self) -> &PairSummaries {
        &self.summaries
    }

    /// Brings them up to `scope`: by what is new, if it is but the end that moved on. There is one for
    /// every pair that is known, then.
    pub(super) fn bring_up(&mut self, known: &KnownLog, scope: Scope) {
        let before = std::mem::replace(&mut self.scope, scope);
        // What was there already is as it was.
        let holds = known.changed(before.until) == self.known;
        self.known = known.changed(scope.until);
        if holds {
            self.summaries.make_room(known.fleet());
        }
        if holds && before == scope {
            return;
        }
        // What was folded away counts as a whole: from where a part of it is missing nothing can go on.
        let goes_on = holds && before.from == scope.from && known.timeline().covers(before);
        let mut old = || std::mem::take(&mut self.summaries);
        match (scope.from, scope.until) {
            (None, None) => self.summaries = old().refilled(known.fleet()),
            (_, Some(until)) if goes_on && before.until.is_some_and(|old| old <= until) => {
                let new = after(before.until, until);
                // The old end may lie before the beginning.
                let new = Scope { from: new.from.max(scope.from), ..new };
                known.timeline().summarize(new, &mut self.summaries);
            }
            (None, Some(until)) => {
                let room = Checkpoints::room(known);
                self.summaries = self.checkpoints.summaries(known, until, room, old());
            }
            (Some(_), _) => {
                self.summaries = old().cleared(known.fleet());
                known.timeline().summarize(scope, &mut self.summaries);
            }
        }
    }

    /// Takes what was summed elsewhere, after the change `known` of the records until the end of `scope`.
    pub(super) fn take(&mut self, scope: Scope, known: u64, summaries: PairSummaries) {
        (self.scope, self.known, self.summaries) = (scope, known, summaries);
    }

    /// Whether all checkpoints are there that are worth their memory.
    pub(super) fn is_prepared(&self, known: &KnownLog) -> bool {
        self.checkpoints.is_complete(known)
    }

    /// Makes the next checkpoint.
    pub(super) fn prepare(&mut self, known: &KnownLog) {
        self.checkpoints.advance(known, Checkpoints::room(known));
    }
}
