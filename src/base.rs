//! What any program could need: moments, numbers and texts as people read them, passes shared out.
//!
//! It knows nothing of DNS, of AWS or of a log, and no other layer.

pub mod alike;
pub(crate) mod counting;
pub mod figures;
pub mod moment;
pub(crate) mod saturating;
pub(crate) mod simd;
pub(crate) mod variants;
pub mod visible;
pub mod workers;
