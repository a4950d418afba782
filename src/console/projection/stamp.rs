//! What a projection depends on.

use crate::timeline::Scope;

/// What a projection is made from, in four numbers: where two are the same, the same is shown. It takes no
/// time to make one, nor to compare two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::console) struct ProjectionStamp {
    /// Counts what somebody asked for: each filter, each moment gone to, each range.
    pub asked: u64,
    /// The stretch of time.
    pub scope: Scope,
    /// The last change of what is known of that time.
    pub known: u64,
}

impl ProjectionStamp {
    /// Whether somebody asked for something else since `before`. If not, and it is another all the same, then
    /// time went on or something came in: what changes with that happened just now.
    pub(in crate::console) fn is_asked_since(self, before: Self) -> bool {
        self.asked != before.asked
    }
}
