//! A moment that somebody gave a name: what was done then.

use std::borrow::Cow;

use crate::base::moment::Moment;

/// A named moment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// The moment that is marked, in the time of the log.
    pub at: Moment,
    /// The number of the mark, counted from 1 in the order in which they were put.
    pub number: u32,
    /// What somebody wrote there; may be empty.
    pub text: String,
}

impl Mark {
    /// What it is called: its text, or its number.
    #[must_use]
    pub fn name(&self) -> Cow<'_, str> {
        if self.text.is_empty() { format!("mark {}", self.number).into() } else { (&self.text).into() }
    }
}
