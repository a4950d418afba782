//! Asks Logs Insights about log groups: CloudWatch groups the records, and what comes back are weighted
//! records.
//!
//! Each query is of a slice of time. It is complete if the counts of its rows add up to the records that it
//! matched, and if there were fewer rows than a query may have; else its halves are asked for. Slices are
//! half open and add up, so that together they say what one query without any limit would say.
//!
//! | what | where |
//! |---|---|
//! | the question | `text` |
//! | which groups, from when, for how much | `prepare` |
//! | one query: started, looked after, read, ended | `query` |
//! | all of them, a few at a time | `ask` |

mod ask;
mod prepare;
mod query;
mod rows;
mod slice;
mod text;

pub use prepare::{Estimate, InsightsRequest, PreparedGroups, prepare};
