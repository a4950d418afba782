//! How a console starts.

use std::sync::Arc;

use super::{Remembered, Signal};
use crate::advice::finding::Library;
use crate::base::moment::Moment;
use crate::base::workers::Workers;
use crate::knowledge::address::Nat64Prefixes;
use crate::log::record::ColumnNames;

/// From this many pairs on they are put into order elsewhere, unless told otherwise: fewer take a few
/// milliseconds.
const MANY: usize = 1 << 15;

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The log in the binary, which plays from its beginning, `speed` times as fast as it happened.
    Demo {
        /// Seconds of the log in a second.
        speed: u32,
    },
    /// Inputs that are read from beginning to end, as fast as they can be.
    Replay,
    /// What is being logged now.
    Live,
}

/// A sentence of a story, shown from a moment of the log on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caption {
    /// The moment of the log from which it is shown.
    pub at: Moment,
    /// What is shown, as plain text.
    pub text: &'static str,
}

/// How a console starts.
#[derive(Clone, Debug)]
pub struct Setup {
    /// What is shown.
    pub source: Source,
    /// The story told beside it, in order; empty for none.
    pub story: Vec<Caption>,
    /// From when to when the log goes, if that is known ahead: the axis of the timeline does not move then.
    pub range: Option<(Moment, Moment)>,
    /// The NAT64 prefixes in force.
    pub prefixes: Nat64Prefixes,
    /// What columns and keys are called, besides what is known.
    pub columns: Arc<ColumnNames>,
    /// The filter to begin with; empty for none.
    pub filter: String,
    /// What is known beforehand.
    pub library: Arc<Library>,
    /// What the clock said at the start; `None` if the time of day does not matter to what is shown.
    pub started: Option<Moment>,
    /// What is remembered of sessions before.
    pub remembered: Remembered,
    /// A sentence to begin with, on what could not be done.
    pub remark: Option<String>,
    /// Whether somebody wants to be told what happens in the log that is followed ([`super::Effect::Watch`]).
    pub watches: bool,
    /// How the terminal is to tell that, if it is.
    pub signal: Option<Signal>,
    /// Who passes over all records are shared out to.
    pub workers: Workers,
    /// From this many pairs on, what nobody's key asks for is put into order elsewhere while a log is
    /// followed live.
    pub many: usize,
}

impl Setup {
    /// Without a story, a filter, prefixes or knowledge of one's own.
    #[must_use]
    pub fn new(source: Source) -> Self {
        Self {
            source,
            story: Vec::new(),
            range: None,
            prefixes: Nat64Prefixes::default(),
            columns: Arc::default(),
            filter: String::new(),
            library: Arc::default(),
            started: None,
            remembered: Remembered::default(),
            remark: None,
            watches: false,
            signal: None,
            workers: Workers::ALONE,
            many: MANY,
        }
    }
}
