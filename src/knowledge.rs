//! What is known before any log is read: what an address means, what AWS's names are, and what people called
//! their instances.
//!
//! It knows no record and counts nothing: what a log says of an address or a name is for the layers after
//! it.

// Domain names as text.
pub mod domain;

// Addresses and NAT64 prefixes, by the registries and RFCs.
pub mod address;

// Host names of AWS, and whether they have a dual-stack form.
pub mod catalog;

// Names that people gave to their instances, subnets and addresses.
pub mod names;
