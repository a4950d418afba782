//! A sentence on what came of a key.

use std::time::Duration;

/// How long a notice stays.
pub const NOTICE: Duration = Duration::from_secs(8);

/// A sentence on what came of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The sentence. It may hold text of the log.
    pub text: String,
    /// When it was first shown, which the tick after it says.
    since: Option<Duration>,
}

impl Notice {
    pub(super) fn new(text: String) -> Self {
        Self { text, since: None }
    }

    /// Whether it was on the screen.
    pub(super) fn is_shown(&self) -> bool {
        self.since.is_some()
    }

    /// Whether its time is over; it begins with the first time that this is asked.
    pub(super) fn is_over(&mut self, now: Duration) -> bool {
        *self.since.get_or_insert(now) + NOTICE <= now
    }

    /// When its time is over; `None` before it was shown.
    pub(super) fn ends(&self) -> Option<Duration> {
        self.since.map(|since| since + NOTICE)
    }
}
