//! Has Athena count the records of a table: the question of [`mod@crate::log::sql`], run in a workgroup, and
//! its result read as weighted records.
//!
//! | what | where |
//! |---|---|
//! | operations of the API | `api` |
//! | what the workgroup and the table are, and about how much is to be scanned | `prepare` |
//! | the query: started, looked after, ended, its result read | `ask` |

mod api;
mod ask;
mod prepare;

pub use prepare::{AthenaJob, AthenaRequest, AthenaTable, PreparedTables, ScanEstimate, prepare};
