//! What it means and what to do about it: what each name and each address is, which findings a fleet gives,
//! and the plan that follows.
//!
//! It knows what was counted and what is known of AWS. How that is said, in a report or on a screen, it does
//! not know.

// Names of one service in several Regions, taken together.
pub(crate) mod regions;

// Of each name: what it is, whose it is, what can be changed. All below ask here.
pub mod judgement;

// Of a name or an address by itself, with the source of each rule.
pub mod explain;

// The changes that help most, and what each of them covers.
pub mod plan;

// What to do: sentences, each with its evidence.
pub mod finding;

// What a resolver answers now, beside what the log says.
pub mod probe;

// What turned, and what was found, since a log was looked at last.
pub mod watch;
