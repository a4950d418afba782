//! What somebody at the console works with besides what is shown.

use std::time::Duration;

use super::list::Remembered;
use super::watching::Watching;
use super::{Model, export};
use crate::note::Mark;
use crate::timeline::Spot;

/// How long a notice stays.
pub const NOTICE: Duration = Duration::from_secs(8);

/// A sentence on what came of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The sentence. It may hold text of the log.
    pub text: String,
    /// When it was first shown, which the tick after it says.
    pub(super) since: Option<Duration>,
}

/// Marks, and what is under way.
#[derive(Debug, Default)]
pub(super) struct Tools {
    pub(super) remembered: Remembered,
    pub(super) marks: Vec<Mark>,
    /// How many marks were ever put.
    pub(super) marked: u32,
    pub(super) notice: Option<Notice>,
    pub(super) job: Option<Box<export::Job>>,
    /// The raw record that is to be copied once it is there.
    pub(super) copying: Option<Spot>,
    pub(super) watching: Watching,
    /// Whether the time axis shows shares.
    pub(super) shares: bool,
}

impl Model {
    /// What came of a key just now.
    #[must_use]
    pub fn notice(&self) -> Option<&Notice> {
        self.tools.notice.as_ref()
    }

    pub(super) fn notify(&mut self, text: impl Into<String>) {
        self.tools.notice = Some(Notice { text: text.into(), since: None });
    }
}

impl Model {
    /// Whether the time axis shows the shares of the answers to AAAA, and not how many records there are.
    #[must_use]
    pub fn shows_shares(&self) -> bool {
        self.tools.shares
    }
}

/// Turns the time axis to shares, or back, and says what it shows.
pub(super) fn turn_axis(model: &mut Model) {
    model.tools.shares = !model.tools.shares;
    model.notify(if model.tools.shares {
        "time axis: the share of each kind of answer to AAAA"
    } else {
        "time axis: records"
    });
}

/// Lets a notice go that somebody had the time to read before doing something else.
pub(super) fn read(model: &mut Model) {
    model.tools.notice.take_if(|notice| notice.since.is_some());
}

/// Lets a notice go when its time is over.
pub(super) fn tick(model: &mut Model, now: Duration) {
    if let Some(notice) = &mut model.tools.notice
        && *notice.since.get_or_insert(now) + NOTICE <= now
    {
        model.tools.notice = None;
    }
}

/// When a tick is wanted for this.
pub(super) fn next_tick(model: &Model) -> Option<Duration> {
    let notice =
        model.tools.notice.as_ref().map(|notice| notice.since.map_or(model.now, |since| since + NOTICE));
    let job = model.tools.job.as_ref().map(|_| model.now);
    [notice, job].into_iter().flatten().min()
}
