//! What a log says: records, found in whatever they travel in, and each judged by itself.
//!
//! It knows one record at a time and counts nothing: what many records come to is a matter of the fleet, what
//! to do about it of the advice.

// What r53tail itself writes into a recording: marks, gaps.
pub mod note;

// One record, before anything is judged.
pub mod record;

// One record, judged: the verdict.
pub mod observation;

// Files of lines, exports, tables, YAML: what records are found in.
pub mod envelope;

// Pseudonyms in place of what would tell whose log it is.
pub mod redaction;

// The question for engines that hold the log.
pub mod sql;
