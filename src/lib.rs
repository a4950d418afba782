//! r53tail reads Route 53 Resolver query logs and answers one question: which origin depends on which
//! endpoint that has no IPv6 address of its own, does DNS64 cover it or does it simply fail?
//!
//! > bytes → records → observations → fleet → view
//!
//! A feed delivers bytes. An [`envelope`] finds the records in them, whatever they travel in. The judge turns
//! each [`record`] into an [`observation`]: who asked for which name, and what its AAAA did. A [`fleet`]
//! counts observations per origin and name. The status of a pair is decided when the fleet is read, in a
//! [`fleet::Survey`], from which [`report`]s and screens are made. What to do about it is said in
//! [`finding`]s, from the survey and from what the [`catalog`] knows of AWS's names: each name has one
//! [`judgement`], from which all is said of it.
//!
//! # What holds everywhere
//!
//! - A fleet is a monoid: to absorb another is associative and commutative, and an empty one changes nothing.
//!   So the order of records, the cutting of files and the number of threads never matter, and
//!   `tests/laws` says so. With `--max-memory` they decide which pairs are kept, and nothing else: the
//!   counts of what was dropped still add up ([`fleet`]).
//! - The log ([`address`], [`alike`], [`moment`], [`record`], [`envelope`], [`observation`], [`fleet`],
//!   [`names`], [`query`], [`timeline`], [`weighted`], [`mod@sql`], [`note`], [`redaction`], [`digest`],
//!   [`catalog`], [`judgement`], [`finding`], [`plan`], [`mod@probe`], [`watch`]) and what shows it
//!   ([`report`], [`console`], [`view`]) do no input or output, start no thread and know no clock: time comes
//!   in as a value. All of that is in [`feed`], [`terminal`] and [`run`].
//! - Nothing is judged that was not seen: an answer is empty only if all of it was read, else it is unknown,
//!   with the reason, and the report says so. `tests/laws/unseen.rs` looks for exceptions in every shape.
//! - What is read quickly is read alike: each quick way through a record is held against the general one
//!   (`tests/laws/quick.rs`, `tests/laws/shapes.rs`).
//! - Nothing in the log is trusted: every length is bounded, and text of the log goes to a screen only
//!   through [`visible`].
//! - Bad input is counted, shown and passed over; it never ends a run.
//! - The order of a hash map never reaches a screen or a report.
//! - [`console::update()`] is the only writer of the console's model; drawing only reads it. What is shown
//!   goes by a stamp of what it is made from, and nobody says what is stale (`docs/design/projection.md`,
//!   `tests/laws/projection.rs`).
//! - What is followed live is decided by a machine without network or clock ([`live::session`]): a
//!   stretch that no stream covered is read again until it is filled, or reported as a gap. Only
//!   [`feed::live`], [`feed::inspect`], [`feed::s3`], [`feed::insights`], [`feed::athena`] and
//!   [`feed::probe`] wait on the network.
//!
//! `tests/architecture` holds the directions between these modules, and that files take from each other in
//! no circle.
//!
//! # The way of
//!
//! - **a record**: [`feed`] reads and unpacks a file, [`envelope`] finds the record, [`observation`] judges
//!   it, [`digest`] counts it in a [`fleet::Fleet`] (and keeps it in a [`timeline`] for the console),
//!   [`fleet::Survey`] decides the status of its pair, [`finding`] and [`plan`] say what to do, [`report`]
//!   writes.
//! - **a live record**: [`feed::live`] follows the streams; what came once already falls out in
//!   [`live::dedup`], what a stream left out is read again by [`live::session`]; then as above.
//! - **a key**: [`terminal`] turns bytes into a [`console::Message`], [`console::update()`] changes the
//!   model, [`view`] draws it, [`terminal`] writes what changed.
//!
//! # Where it is decided
//!
//! | what | where |
//! |---|---|
//! | what an address means, and which NAT64 prefixes count | [`address::Nat64Prefixes`] |
//! | the verdict on one record, also where part of it is hidden | [`observation`], `observation/tally.rs` |
//! | which instance an address belongs to | `claim` in `fleet/origins.rs`, `owners` in `fleet/order.rs` |
//! | the status of a pair | [`fleet::Status`] |
//! | what is dropped first with `--max-memory` | `fleet/evict.rs`; how much it may take: `feed/reading.rs` |
//! | what is damaged, and where reading goes on | `envelope/resync.rs`; counted in [`fleet::Tally`] |
//! | that an input breaks off, so that the rest cannot be had | `feed/unpack.rs`; an error of that input |
//! | what a name is, whose it is, what can be done | [`judgement`], from the [`catalog`] |
//! | the order of findings | `finding/told.rs` (`key`) |
//! | whether what the console shows is fresh | `console/projection/stamp.rs`, `console/shown.rs` |
//! | what of the log may stand in an argument of a command | `console/row_command.rs` |
//! | credentials, endpoints and proxies of every AWS API | `feed/aws/access.rs`, `feed/aws/network.rs` |
//!
//! # To add
//!
//! - **a report format**: [`report::Format`] and a file in `report/`; its word in `settings/formats.rs`; if
//!   the console is to write it, `console/shape.rs`.
//! - **a status**: `fleet/status.rs`, whose order is the worst first; colors and signs in `view/theme`.
//! - **a setting**: a row in `settings/rows.rs`: one of the console is an argument of all commands that open
//!   it, others are filled in by `settings/fill.rs` where a command has them; `docs/config.md`.
//! - **a finding**: [`finding::Rule`], collected in `finding/gather`, worded in the file of its subject (a
//!   name: `answer.rs` and `endpoint.rs`; a VPC: `place.rs`; EC2: `ground.rs`; a feature: `feature.rs`;
//!   resolver endpoints: `resolver.rs`), a scenario in `fixtures/scenarios/rules`; `docs/json.md`.
//!
//! # Words
//!
//! | word | meaning |
//! |---|---|
//! | origin | who asked: an instance, a resolver endpoint, an interface, else an address |
//! | endpoint | the name that was asked for |
//! | pair | an origin and an endpoint |
//! | verdict | what one answer says: native, synthesized, empty, NXDOMAIN, unknown, … |
//! | status | what a pair is judged as, by all its verdicts |
//! | span | how many records of one verdict, the first and the last |
//! | envelope | what a record travels in: a file of lines, an export, an event, a table, YAML |
//! | piece | a part of an input that is not a record, with the reason |
//! | note | a line that r53tail itself wrote into a recording |
//! | gap | a stretch of time that was not seen, and is said |
//! | hole | a stretch that no stream covered and that is to be read again (backfill) |
//! | dedup | telling records that came once already |
//! | weighted record | a group of records counted elsewhere, with first and last |
//! | lever | what can be changed so that a name has IPv6, and whose it is |
//! | need | a pair that lacks an IPv6 address |
//! | chunk | rows of a timeline, in columns |
//! | row mask | which rows of a timeline a filter lets through |
//! | pair summary | what the rows of a stretch of time say of a pair |
//! | checkpoint | summaries as of a moment, to go back from quickly |
//! | ranking | the fleet in the order in which the console lists it |
//! | change index | where answers changed |
//! | retention | what is given up so that memory stays bounded: oldest rows of a timeline |
//! | workers | the threads that a pass is shared out to |
//! | record prefix | the first members of a record, which are the same for all of a VPC |

// In this order: each layer knows only those before it.
pub mod base;

pub mod knowledge;

pub mod log;

pub mod fleet;

pub mod weighted;

pub mod query;

pub mod timeline;

pub mod digest;

pub mod live;

pub mod advice;

pub mod report;

pub mod console;

pub mod view;

pub mod edge;
