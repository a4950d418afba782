//! What it means and what to do about it: what each name and each address is, which findings a fleet gives,
//! and the plan that follows.
//!
//! It knows what was counted and what is known of AWS. How that is said, in a report or on a screen, it does
//! not know.

pub mod explain;
pub mod finding;
pub mod judgement;
pub mod plan;
pub mod probe;
pub(crate) mod regions;
pub mod watch;
