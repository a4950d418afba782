//! r53tail reads Route 53 Resolver query logs and answers one question: which origin depends on which
//! endpoint that has no IPv6 address of its own, does DNS64 cover it or does it simply fail?
//!
//! > bytes → records → observations → fleet → view
//!
//! A feed delivers bytes. An [`envelope`](log::envelope) finds the records in them, whatever they travel in.
//! The judge turns each [`record`](log::record) into an [`observation`](log::observation): who asked for
//! which name, and what its AAAA did. A [`fleet`] counts observations per origin and name. The status of a
//! pair is decided when the fleet is read, in a [`fleet::Survey`], from which [`report`]s and screens are
//! made. What to do about it is said in [`finding`](advice::finding)s, from the survey and from what the
//! [`catalog`](knowledge::catalog) knows of AWS's names: each name has one [`judgement`](advice::judgement),
//! from which all is said of it.
//!
//! # The folders
//!
//! The folders of `src` are the layers, and each knows only those before it:
//!
//! | folder | holds |
//! |---|---|
//! | [`base`] | what any program could need: moments, numbers, texts that are safe to show |
//! | [`knowledge`] | what is known before a log is read: addresses, AWS's names, names that people gave |
//! | [`log`] | what a log says: envelopes, records, the verdict on each; pseudonyms; SQL that asks for it |
//! | [`fleet`] | what was counted per origin and endpoint, and the status of each pair |
//! | [`weighted`] | records counted by all that a verdict depends on, to go on with elsewhere |
//! | [`query`] | the filter language |
//! | [`timeline`] | every observation, in columns, for the console to look at any stretch of time |
//! | [`digest`] | the one path from an envelope to a fleet and a timeline |
//! | [`live`] | what is followed live: what to ask for next, what came already, what was not seen |
//! | [`advice`] | what it means and what to do: judgements, findings, the plan, `explain`, `probe` |
//! | [`report`] | all of it, written out: one file for each format |
//! | [`console`] | all of it, on a screen: the model and its update |
//! | [`view`] | the screens, drawn |
//! | [`edge`] | files, the network, clocks, threads, the terminal, the command line |
//!
//! All but [`edge`] are pure: no input or output, no thread, no clock; time comes in as a value.
//! `tests/architecture` holds all of this, by the order in which this file declares the layers (a folder that
//! holds modules and nothing else has them in order, too), and that files take from each other in no circle.
//!
//! # What holds everywhere
//!
//! - A fleet is a monoid: to absorb another is associative and commutative, and an empty one changes nothing.
//!   So the order of records, the cutting of files and the number of threads never matter, and
//!   `tests/laws` says so. With `--max-memory` they decide which pairs are kept, and nothing else: the
//!   counts of what was dropped still add up ([`fleet`]).
//! - Nothing is judged that was not seen: an answer is empty only if all of it was read, else it is unknown,
//!   with the reason, and the report says so. `tests/laws/unseen.rs` looks for exceptions in every shape.
//! - What is read quickly is read alike: each quick way through a record is held against the general one
//!   (`tests/laws/quick.rs`, `tests/laws/shapes.rs`).
//! - Nothing in the log is trusted: every length is bounded, and text of the log goes to a screen only
//!   through [`base::visible`].
//! - Bad input is counted, shown and passed over; it never ends a run.
//! - The order of a hash map never reaches a screen or a report.
//! - [`console::update()`] is the only writer of the console's model; drawing only reads it. What is shown
//!   goes by a stamp of what it is made from, and nobody says what is stale (`docs/design/projection.md`,
//!   `tests/laws/projection.rs`).
//! - What is followed live is decided by a machine without network or clock ([`live::session`]): a
//!   stretch that no stream covered is read again until it is filled, or reported as a gap. Only `live`,
//!   `inspect`, `s3`, `insights`, `athena` and `probe` of [`edge::feed`] wait on the network.
//!
//! # The way of
//!
//! - **a record**: [`edge::feed`] reads and unpacks a file, [`log::envelope`] finds the record,
//!   [`log::observation`] judges it, [`digest`] counts it in a [`fleet::Fleet`] (and keeps it in a
//!   [`timeline`] for the console), [`fleet::Survey`] decides the status of its pair, [`advice::finding`] and
//!   [`advice::plan`] say what to do, [`report`] writes.
//! - **a live record**: [`edge::feed::live`] follows the streams; what came once already falls out in
//!   [`live::dedup`], what a stream left out is read again by [`live::session`]; then as above.
//! - **a key**: [`edge::terminal`] turns bytes into a [`console::Message`], [`console::update()`] changes the
//!   model, [`view`] draws it, [`edge::terminal`] writes what changed.
//!
//! # Where it is decided
//!
//! Files are named from `src`.
//!
//! | what | where |
//! |---|---|
//! | what an address means, and which NAT64 prefixes count | [`knowledge::address::Nat64Prefixes`] |
//! | the verdict on a record, also if part is hidden | [`log::observation`], `log/observation/tally.rs` |
//! | which instance an address belongs to | `fleet/origins/attribution.rs` |
//! | the status of a pair | `fleet/status.rs` |
//! | what is dropped first with `--max-memory` | `fleet/evict.rs`; how much that is: `edge/feed/reading.rs` |
//! | what is damaged, and where reading goes on | `log/envelope/resync.rs`; counted in [`fleet::Tally`] |
//! | that an input breaks off, and its rest cannot be had | `edge/feed/unpack.rs`; an error of that input |
//! | what a live session that ended left out | `live/session.rs`; read again: `live/session/backfill.rs` |
//! | which live record came already | `live/dedup.rs` |
//! | what a name is, whose it is, what can be done | [`advice::judgement`], from the [`knowledge::catalog`] |
//! | the order of findings | `advice/finding/told.rs` (`key`) |
//! | whether what the console shows is fresh | `console/shown.rs`, `console/projection/stamp.rs` |
//! | what of the log may stand in an argument of a command | `console/row_command.rs` |
//! | credentials, endpoints and proxies of AWS APIs | `edge/feed/aws/access.rs`, `edge/feed/aws/network.rs` |
//! | where further NAT64 prefixes come from | `edge/settings/rows.rs`; for `probe`: `advice/probe.rs` |
//! | that a list of pages goes in a circle | `edge/feed/aws/page_tokens.rs` |
//! | what comes when following has ended | `live/session.rs` (`finish`), `edge/run/live.rs` |
//!
//! # To add
//!
//! - **a report format**: [`report::Format`] and a file in `report/`; its word in `edge/settings/formats.rs`;
//!   `notes` and `format` in `edge/run.rs`; if the console is to write it, `console/export_format.rs` and
//!   `edge/run/export.rs`.
//! - **a status**: `fleet/status.rs`, whose order is the worst first; its colors in `view/theme.rs` and
//!   `view/theme/palettes.rs`, in the order of `Status::ALL`, its sign where there is ASCII only in
//!   `view/signs.rs`; and each `matches!` on statuses, which no compiler points out.
//! - **a setting**: a row in `edge/settings/rows.rs`: one of the console is an argument of all commands that
//!   open it, others are filled in by `edge/settings/fill.rs` where a command has them; `docs/config.md`.
//! - **a finding**: [`advice::finding::Rule`], collected in `advice/finding/gather.rs` (`look`) and
//!   below, worded in the file of
//!   its subject, in `advice/finding` (a name: `answer.rs` and `endpoint.rs`; a VPC: `place.rs`; EC2:
//!   `ground.rs`; a feature: `feature.rs`; resolver endpoints: `resolver.rs`), a scenario in
//!   `fixtures/scenarios/rules`; `docs/json.md`.
//! - **a module**: into the folder of its layer, behind what it needs. A layer: here.
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
//! | session | one series of streams over the same log groups, from the first to the end of following |
//! | settling | records that are still to be expected, since they come late |
//! | claim | that an instance had an address at a time; whoever claims it alone owns what it asked |
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

// The layers, in order: each knows only those before it. The empty lines keep the order: what stands together
// is sorted by its name.
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
