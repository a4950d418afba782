//! Laws that hold for every log, looked for exceptions from by chance.
//!
//! Each law is stated in its test's name and in the line above it. The logs are made up in `logs.rs`
//! from few origins, names, addresses and times, so that attribution, ties, changes and flapping are the rule
//! in them.

#![expect(clippy::expect_used, reason = "a test says what it expects")]

mod advice;
mod arranging;
mod compare;
mod damage;
mod filters;
mod forget;
#[path = "../../src/log/record/sample.rs"]
mod line;
mod logs;
mod pages;
mod plan;
mod projection;
mod quick;
mod reading;
mod redaction;
mod reports;
mod script;
mod shapes;
mod stored;
mod sums;
mod time;
mod unseen;
mod weights;

use proptest::test_runner::{Config, RngSeed};
use r53tail::advice::finding::Knowledge;
use r53tail::digest::{Digest, NoListener, ObservationListener, Sample, Terms};
use r53tail::fleet::{Fleet, Survey};
use r53tail::log::envelope::Envelope;
use r53tail::report::{Format, InputSummary, Report, Selection, Sort};

/// So many cases, the same each time; or `LAWS_TIMES` as many, others each time, to search longer. No file is
/// written about those that fail: the shrunken case is printed.
fn cases(number: u32) -> Config {
    let times: Option<u32> = std::env::var("LAWS_TIMES").ok().and_then(|times| times.parse().ok());
    let rng_seed = if times.is_some() { RngSeed::Random } else { RngSeed::Fixed(20_261_128) };
    let cases = number.saturating_mul(times.unwrap_or(1));
    Config { cases, rng_seed, failure_persistence: None, ..Config::default() }
}

/// Reads a log from memory.
fn digest_with<W: ObservationListener>(log: &[u8], terms: &Terms, witness: W) -> (Fleet, Vec<Sample>, W) {
    let mut digest = Digest::new(terms, witness);
    let consumed = Envelope::default().scan(log, true, &mut digest);
    assert_eq!(consumed, log.len(), "at the end everything is consumed");
    digest.finish()
}

/// Reads a log from memory, the quick way.
fn digest(log: &[u8]) -> Fleet {
    digest_with(log, &Terms::default(), NoListener).0
}

/// A report on all of a fleet.
fn write(fleet: &Fleet, format: Format, sort: Option<Sort>, color: bool) -> String {
    write_with(fleet, format, sort, color, true)
}

/// As [`write`], with findings beside pairs if so wanted.
fn write_with(
    fleet: &Fleet,
    format: Format,
    sort: Option<Sort>,
    color: bool,
    names_findings: bool,
) -> String {
    write_selected(fleet, format, &Selection::default(), (sort, color, names_findings))
}

/// As [`write_with`], on the pairs of a selection.
fn write_selected(
    fleet: &Fleet,
    format: Format,
    selection: &Selection,
    order: (Option<Sort>, bool, bool),
) -> String {
    write_survey(&fleet.survey(), format, selection, usize::MAX, order)
}

/// As [`write_selected`], with at most `limit` of each list.
fn write_survey(
    survey: &Survey<'_>,
    format: Format,
    selection: &Selection,
    limit: usize,
    (sort, color, names_findings): (Option<Sort>, bool, bool),
) -> String {
    let inputs = [InputSummary { path: "log".into(), format: "jsonl", records: 0, error: None }];
    let report = Report {
        survey,
        inputs: &inputs,
        samples: &[],
        selection,
        sort,
        limit,
        color,
        knowledge: Knowledge::builtin(),
        names_findings,
        wide: true,
        excerpt: None,
    };
    let mut out = Vec::new();
    report.write(format, &mut out).expect("writing to memory does not fail");
    String::from_utf8(out).expect("a report is UTF-8")
}

/// All that is known of a fleet, in one text that does not depend on how it came about.
fn account(fleet: &Fleet) -> String {
    write(fleet, Format::Json, None, false)
}

/// As [`account`], and what only a person is told.
fn everything(fleet: &Fleet) -> String {
    account(fleet) + &write(fleet, Format::Text, None, false)
}
