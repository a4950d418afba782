//! What is followed live, and the state of it, for a person to read.

use super::trouble::Trouble;
use crate::base::moment::Moment;
use crate::log::note::Gap;

/// What is followed: known before anything is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Followed {
    /// The log groups. Their places are the numbers of the inputs.
    pub groups: Vec<LogGroup>,
    /// The filter pattern that the service applies; `None` for records of every type.
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
    /// The name as AWS has it.
    pub name: String,
    /// The Region that it is in, such as `eu-west-1`.
    pub region: String,
    /// The account it belongs to.
    pub account: String,
}

/// The state of all that is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveStatus {
    /// The time of day, by the service's clock.
    pub at: Moment,
    /// How far the clock of this machine is ahead of it, in milliseconds; less than 0 if it is slow. `None`
    /// if that is too little to be told.
    pub ahead: Option<i64>,
    /// Of each session; a session has up to ten log groups of one Region.
    pub sessions: Vec<LiveSession>,
    /// What came of each log group.
    pub groups: Vec<Arrivals>,
    /// Records that could not be recorded; `None` if nothing is being recorded.
    pub unrecorded: Option<u64>,
    /// Why nothing can be recorded at present.
    pub unrecordable: Option<String>,
}

/// What came of a log group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrivals {
    /// Records, repeats left out.
    pub records: u64,
    /// Bytes of them.
    pub bytes: u64,
}

/// The state of a session.
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
    pub trouble: Option<Trouble>,
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
