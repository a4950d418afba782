//! What any program could need: moments, numbers and texts as people read them, passes shared out.
//!
//! It knows nothing of DNS, of AWS or of a log, and no other layer.

// Time, by the log's clock.
pub mod moment;

// Numbers: as people read them, of another width, sorted by counting.
pub mod figures;

pub(crate) mod saturating;

pub(crate) mod counting;

// Texts: made safe to show, told apart by where they begin to differ, compared sixteen bytes at a time, with
// a beginning that others have as well.
pub mod visible;

pub mod alike;

pub(crate) mod simd;

pub mod prefixed;

// The rest: values by number, all variants of an enumeration, passes shared out to threads that somebody
// else made.
pub(crate) mod interned;

pub(crate) mod variants;

pub mod workers;
