//! What a log says: records, found in whatever they travel in, and each judged by itself.
//!
//! It knows one record at a time and counts nothing: what many records come to is a matter of the fleet, what
//! to do about it of the advice.

pub mod envelope;
pub mod note;
pub mod observation;
pub mod record;
pub mod redaction;
pub mod sql;
