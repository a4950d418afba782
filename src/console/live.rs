//! What is followed live, and how it stands: told by the feed, about once a second.
//!
//! The feed tells the time of day with it ([`LiveStatus::at`]); between two of its messages time goes on as
//! the ticks say.

use std::collections::VecDeque;
use std::time::Duration;

use super::Model;
use crate::fleet::Loss;
use crate::moment::Moment;
use crate::note::Gap;
use crate::timeline::Folded;

/// What is followed: known before anything is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Followed {
    /// The log groups. Their places are the numbers of the inputs.
    pub groups: Vec<LogGroup>,
    /// The filter pattern that the service applies; none for records of every type.
    pub pattern: Option<String>,
    /// Whether seconds of which there was a sample only are read again.
    pub complete: bool,
    /// Whether what a data protection policy masks was asked for as it was.
    pub unmask: bool,
    /// The file that all of it is appended to.
    pub recording: Option<String>,
    /// How many sessions an account may have in a Region at a time, unless that was raised.
    pub quota: usize,
}

/// A log group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogGroup {
    /// Its name.
    pub name: String,
    /// Its Region.
    pub region: String,
    /// The account it belongs to.
    pub account: String,
}

/// How all of it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveStatus {
    /// The time of day, by the service's clock.
    pub at: Moment,
    /// How far the clock of this machine is ahead of it, in milliseconds; less than 0 if it is behind. None
    /// if that is not worth a word.
    pub ahead: Option<i64>,
    /// Of each session; a session has up to ten log groups of one Region.
    pub sessions: Vec<LiveSession>,
    /// What came of each log group.
    pub groups: Vec<Came>,
    /// Records that could not be recorded; none if nothing is.
    pub unrecorded: Option<u64>,
    /// Why nothing can be recorded at present.
    pub unrecordable: Option<String>,
}

/// What came of a log group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Came {
    /// Records, repeats left out.
    pub records: u64,
    /// Bytes of them.
    pub bytes: u64,
}

/// How a session stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveSession {
    /// The number of the first of its log groups.
    pub first: usize,
    /// How many it has.
    pub count: usize,
    /// How it is being read.
    pub reading: Reading,
    /// Whether a stretch of time is being read besides.
    pub filling: bool,
    /// What is wrong, until it goes well again.
    pub trouble: Option<LiveTrouble>,
    /// How often a stream was started after the first.
    pub reconnects: u64,
    /// Minutes of Live Tail so far, each begun one counted: what is billed.
    pub minutes: u64,
    /// Records that came, repeats left out.
    pub records: u64,
    /// How many of them were read, since no stream delivered them.
    pub fetched: u64,
    /// The time of the newest.
    pub newest: Option<Moment>,
    /// What arrived in this stretch is still to be looked for a second time.
    pub settling: Option<Gap>,
}

/// How a session is being read, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reading {
    /// As a stream.
    Streaming,
    /// A stream is being started.
    Connecting,
    /// As a stream from which nothing came for some seconds.
    Stalled,
    /// Not as a stream, but again every few seconds.
    Polling,
    /// Not at all, until another attempt is made.
    Waiting(Moment),
    /// Not at all: it would be refused again.
    Refused,
}

/// What is wrong, for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveTrouble {
    /// Of which kind.
    pub kind: TroubleKind,
    /// In one line.
    pub text: String,
    /// What would help.
    pub hint: Option<String>,
}

/// Kinds of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TroubleKind {
    /// It may work the next time.
    Passing,
    /// Too many requests, or too many sessions.
    Throttled,
    /// The service cannot be reached.
    Unreachable,
    /// No valid credentials.
    Credentials,
    /// A permission is missing, or there is no such operation.
    Denied,
    /// What was asked for is wrong.
    Refused,
}

/// How much of what came is kept to be gone back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Bytes of memory, a quarter of them for raw records.
    pub bytes: usize,
    /// Time before the newest record; none for as much as there is memory.
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
    /// When the newest status came, since the start; none until the first tick after it.
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
    /// The console that keeps so much of what comes.
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

    /// How it stands; none until the feed says so.
    #[must_use]
    pub fn status(&self) -> Option<&LiveStatus> {
        self.known.live().status.as_ref()
    }

    /// The time of day; none until the feed says so.
    #[must_use]
    pub fn wall(&self) -> Option<Moment> {
        let at = self.known.live().status.as_ref()?.at;
        let since =
            self.known.live().since.map_or(Duration::ZERO, |since| self.here.now().saturating_sub(since));
        Some(Moment(at.0.saturating_add(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))))
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

    /// What is counted and no longer listed, since only so much is kept.
    #[must_use]
    pub fn folded(&self) -> Option<Folded> {
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
