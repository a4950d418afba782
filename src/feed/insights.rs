//! Asks Logs Insights about log groups: CloudWatch groups the records, and what comes back are weighted
//! records.
//!
//! Each query is of a slice of time. It is complete if the counts of its rows add up to the records that it
//! matched, and if there were fewer rows than a query may have; else its halves are asked for. Slices are
//! half open and add up, so that what they come to is what one query without any limit would come to.
//!
//! | what | where |
//! |---|---|
//! | the question | `text` |
//! | which groups, from when, for how much | `prepare` |
//! | one query: started, looked after, read, ended | `query` |
//! | all of them, a few at a time | `ask` |

use std::fmt;
use std::io::Read;
use std::sync::atomic::AtomicU64;

mod ask;
mod prepare;
mod query;
mod rows;
mod slice;
mod text;

pub use prepare::{Estimate, Given, Prepared, prepare};

/// Rows on their way to whoever reads them.
pub struct Answered {
    /// The number of the input that they are of.
    pub input: usize,
    /// Weighted records.
    pub body: Box<dyn Read + Send>,
}

impl fmt::Debug for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answered").field("input", &self.input).finish_non_exhaustive()
    }
}

/// How far it is; written by whoever asks, read by whoever shows it.
#[derive(Debug, Default)]
pub struct Counts {
    /// Parts of what is asked for, as far as they are known.
    pub parts: AtomicU64,
    /// Of those, how many came.
    pub done: AtomicU64,
    /// Bytes that the engine has looked at.
    pub scanned: AtomicU64,
}

/// What is to be said of what was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Numbers of inputs, and what of them could not be had, in one sentence each.
    pub faults: Vec<(usize, String)>,
    /// Numbers of inputs, and what else is to be said of them.
    pub remarks: Vec<(usize, String)>,
}
