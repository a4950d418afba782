//! r53tail reads Route 53 Resolver query logs and answers one question: which origin depends on which
//! endpoint that has no IPv6 address of its own, does DNS64 cover it or does it simply fail?
//!
//! > bytes → records → observations → fleet → view
//!
//! A feed delivers bytes. An [`envelope`] finds the records in them, whatever they travel in. The judge turns
//! each [`record`] into an [`observation`]: who asked for which name, and what its AAAA did. A [`fleet`]
//! counts observations per origin and name. What a pair comes to is decided when the fleet is read, in a
//! [`fleet::Survey`], from which [`report`]s and screens are made. What to do about it is said in
//! [`finding`]s, from the survey and from what the [`catalog`] knows of AWS's names: each name has one
//! [`judgement`], from which all is said of it.
//!
//! # What holds everywhere
//!
//! - A fleet is a monoid: to absorb another is associative and commutative, and an empty one changes nothing.
//!   So the order of records, the cutting of files and the number of threads never matter, and
//!   `tests/laws.rs` says so.
//! - The log ([`address`], [`moment`], [`record`], [`envelope`], [`observation`], [`fleet`], [`names`],
//!   [`query`], [`timeline`], [`weighted`], [`mod@sql`], [`note`], [`redaction`], [`digest`], [`catalog`],
//!   [`judgement`], [`finding`], [`plan`], [`mod@probe`], [`watch`]) and what shows it ([`report`],
//!   [`console`], [`view`]) do no input or output, start no thread and know no clock: time comes in as a
//!   value. All of that is in [`feed`], [`terminal`] and [`run`].
//! - Nothing is judged that was not seen: an answer is empty only if all of it was read, else it is unknown,
//!   with the reason, and the report says so. `tests/laws/unseen.rs` looks for exceptions in every shape.
//! - What is read quickly is read alike: each quick way through a record is held against the general one
//!   (`tests/laws/quick.rs`, `tests/laws/shapes.rs`).
//! - Nothing in the log is trusted: every length is bounded, and text of the log goes to a screen only
//!   through [`visible`].
//! - Bad input is counted, shown and passed over; it never ends a run.
//! - The order of a hash map never reaches a screen or a report.
//! - [`console::update()`] is the only writer of the console's model; drawing only reads it.
//! - What is followed live is decided by a machine without network or clock ([`feed::live::session`]): a
//!   stretch that no stream covered is read again until it is filled, or reported as a gap. Only
//!   [`feed::live`], [`feed::inspect`], [`feed::s3`], [`feed::insights`], [`feed::athena`] and
//!   [`feed::probe`] wait on the network.
//!
//! `tests/architecture.rs` holds the directions between these modules.

// The log, from the ground up.
pub mod address;
pub mod figures;
pub mod moment;
mod simd;
pub mod visible;
pub mod workers;

pub mod envelope;
pub mod note;
pub mod observation;
pub mod record;

pub mod catalog;
pub mod fleet;
pub mod judgement;
pub mod names;
pub mod query;
pub mod timeline;
pub mod weighted;

pub mod digest;
pub mod explain;
pub mod finding;
pub mod plan;
pub mod probe;
pub mod redaction;
pub mod sql;
pub mod watch;

// What shows it.
pub mod console;
pub mod report;
pub mod view;

// The edge.
pub mod demo;
pub mod diagnosis;
pub mod feed;
pub mod run;
pub mod settings;
pub mod terminal;
