//! What is followed live, and its state: told by the feed, about once a second.
//!
//! The feed tells the time of day with it ([`LiveStatus::at`]); between two of its messages time goes on as
//! the ticks say.

use std::collections::VecDeque;
use std::time::Duration;

use super::Model;
use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::fleet::Loss;
use crate::live::status::{Followed, LiveStatus};
use crate::timeline::FoldedRecords;

/// How much of what came is kept to be gone back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Bytes of memory, a quarter of them for raw records.
    pub bytes: usize,
    /// Time before the newest record; `None` for as much as there is memory.
    pub age: Option<Duration>,
}

impl Default for Keep {
    fn default() -> Self {
        // Three quarters of it hold what one session can bring before it becomes a sample: 500 records a
        // second for its three hours, of 36 bytes each.
        Self { bytes: 256 << 20, age: None }
    }
}

/// Over how much time events per second are counted, in milliseconds.
const RATE: i64 = 10_000;

/// What is known of following.
#[derive(Debug, Default)]
pub(super) struct Live {
    followed: Followed,
    status: Option<LiveStatus>,
    /// When the newest status came, since the start; `None` until the first tick after it.
    since: Option<Duration>,
    /// Records that streams delivered by then.
    delivered: VecDeque<(Moment, u64)>,
    keep: Keep,
}

impl Live {
    pub(super) fn follows(&mut self, followed: Followed) {
        self.followed = followed;
    }

    pub(super) fn stands(&mut self, status: LiveStatus) {
        let delivered = status.sessions.iter().map(|session| session.records - session.fetched).sum();
        self.delivered.push_back((status.at, delivered));
        // One that is older than the stretch is kept, to count from.
        while self.delivered.get(1).is_some_and(|(at, _)| at.0 <= status.at.0 - RATE) {
            self.delivered.pop_front();
        }
        self.status = Some(status);
        self.since = None;
    }

    /// How much of what came is kept.
    pub(super) fn keep(&self) -> Keep {
        self.keep
    }

    pub(super) fn set_keep(&mut self, keep: Keep) {
        self.keep = keep;
    }

    pub(super) fn tick(&mut self, now: Duration) {
        self.since.get_or_insert(now);
    }
}

impl Model {
    /// The model with other bounds on how much of a live log is kept.
    #[must_use]
    pub fn with_keep(mut self, keep: Keep) -> Self {
        self.known.set_keep(keep);
        self
    }

    /// What is followed live.
    #[must_use]
    pub fn followed(&self) -> &Followed {
        &self.known.live().followed
    }

    /// The state of what is followed; `None` until the feed has told it.
    #[must_use]
    pub fn status(&self) -> Option<&LiveStatus> {
        self.known.live().status.as_ref()
    }

    /// The time of day; `None` until the feed says so.
    #[must_use]
    pub fn wall(&self) -> Option<Moment> {
        let at = self.known.live().status.as_ref()?.at;
        let since =
            self.known.live().since.map_or(Duration::ZERO, |since| self.here.now().saturating_sub(since));
        Some(Moment(at.0.saturating_add(since.as_millis().saturating_into::<i64>())))
    }

    /// How long ago the newest record was logged.
    #[must_use]
    pub fn lag(&self) -> Option<Duration> {
        let newest = self.status()?.sessions.iter().filter_map(|session| session.newest).max()?;
        let millis = self.wall()?.0.saturating_sub(newest.0);
        Some(Duration::from_millis(u64::try_from(millis).unwrap_or(0)))
    }

    /// Records a second that streams delivered within the last ten seconds.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        let (first, last) = (self.known.live().delivered.front()?, self.known.live().delivered.back()?);
        let millis = u32::try_from(last.0.0 - first.0.0).ok().filter(|millis| *millis > 0)?;
        Some(last.1.saturating_sub(first.1) as f64 * 1000.0 / f64::from(millis))
    }

    /// What is known to be missing, of what is shown and of what is held back.
    #[must_use]
    pub fn loss(&self) -> Loss {
        self.known.loss()
    }

    /// What is counted and no longer listed, since it is more than is kept.
    #[must_use]
    pub fn folded(&self) -> Option<FoldedRecords> {
        self.known.timeline().folded()
    }

    /// Whether what is shown is all there is to know of the time shown. If not, a part of it was folded away.
    #[must_use]
    pub fn is_covered(&self) -> bool {
        self.known.timeline().covers(self.scope())
    }

    /// Records that came since somebody went back in time, or since the screen is held still; or that are in
    /// no list yet, more than a second after they came.
    #[must_use]
    pub fn news(&self) -> Option<u64> {
        match (self.known.held(), self.here.left()) {
            (Some(held), _) => Some(held.fleet.tally().records),
            (None, Some(left)) => Some(self.known.records().saturating_sub(left)),
            (None, None) => self.unlisted(),
        }
    }
}
