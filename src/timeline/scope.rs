//! A stretch of the log's time.

use crate::base::moment::Moment;

/// A stretch of the log's time, both ends included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The earliest time within it; `None` if there is no lower bound.
    pub from: Option<Moment>,
    /// The latest time within it; `None` if there is no upper bound.
    pub until: Option<Moment>,
}

impl Scope {
    /// Everything.
    pub const ALL: Self = Self { from: None, until: None };

    /// Whether a moment is in it.
    #[must_use]
    pub fn holds(&self, at: Moment) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at <= until)
    }
}
