//! What is known before any log is read: what an address means, what AWS's names are, and what people called
//! their instances.
//!
//! It knows no record and counts nothing: what a log says of an address or a name is for the layers behind
//! it.

pub mod address;
pub mod catalog;
pub mod names;
