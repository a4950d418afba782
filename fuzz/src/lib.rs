//! What each fuzz target does with its bytes. A target panics where the program breaks a promise.

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a target panics where a promise is broken"
)]

pub mod answers;
pub mod columns;
pub mod console;
pub mod filter;
pub mod frames;
pub mod pieces;
pub mod readers;
pub mod redaction;
pub mod reports;
pub mod settings;

use r53tail::advice::finding::Knowledge;
use r53tail::digest::{Digest, NoListener, Terms};
use r53tail::fleet::Fleet;
use r53tail::log::envelope::Envelope;
use r53tail::report::{Format, InputSummary, Report, Selection};

/// Reads a log from memory.
pub(crate) fn digest(log: &[u8], terms: &Terms) -> Fleet {
    let mut digest = Digest::new(terms, NoListener);
    Envelope::default().scan(log, true, &mut digest);
    digest.finish().0
}

/// A report on all of a fleet.
pub(crate) fn report(fleet: &Fleet, format: Format) -> String {
    let survey = fleet.survey();
    let inputs = [InputSummary { path: "log".into(), format: "jsonl", records: 0, error: None }];
    let report = Report {
        survey: &survey,
        inputs: &inputs,
        samples: &[],
        selection: &Selection::default(),
        sort: None,
        limit: usize::MAX,
        color: false,
        knowledge: Knowledge::builtin(),
        names_findings: true,
        wide: true,
        excerpt: None,
    };
    let mut out = Vec::new();
    report.write(format, &mut out).expect("writing to memory does not fail");
    String::from_utf8(out).expect("a report is UTF-8")
}

/// The first bytes of the data decide something; the rest is the input.
pub(crate) fn head<const N: usize>(data: &[u8]) -> ([u8; N], &[u8]) {
    data.split_first_chunk::<N>().map_or(([0; N], data), |(head, rest)| (*head, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEMO: &str = include_str!("../../fixtures/demo.jsonl");
    const COLUMNS: &[u8] = include_bytes!("../../tests/parquet/log.parquet");

    /// Inputs of every kind: lines of a log, each also with a byte that is another, and bytes of no meaning.
    fn inputs() -> Vec<Vec<u8>> {
        let mut state = 1_u32;
        let mut random = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 16
        };
        let mut all: Vec<Vec<u8>> = DEMO.lines().step_by(7).map(|line| line.as_bytes().to_vec()).collect();
        all.push(DEMO.lines().take(9).collect::<Vec<_>>().join("\n").into_bytes());
        for whole in all.clone() {
            let mut damaged = whole;
            let at = random() as usize % damaged.len();
            damaged[at] ^= 1 << (random() % 8);
            all.push(damaged);
        }
        all.extend((0..200).map(|length| (0..length).map(|_| random().to_le_bytes()[0]).collect()));
        all
    }

    /// The targets are built and run as tests are, so that they stay what fuzzing can be done with.
    #[test]
    fn no_target_finds_a_promise_that_is_broken() {
        let all = inputs();
        assert!(all.len() > 220);
        let quick = [
            answers::run,
            columns::run,
            filter::run,
            frames::run,
            pieces::run,
            readers::run,
            redaction::run,
            settings::run,
        ];
        for input in &all {
            for target in quick {
                target(input);
            }
        }
        // A report in every format, and some dozens of frames, take their time.
        for input in all.iter().step_by(16) {
            console::run(input);
            reports::run(input);
        }
        for at in (0..COLUMNS.len()).step_by(97) {
            let mut damaged = COLUMNS.to_vec();
            damaged[at] ^= 0xff;
            columns::run(&damaged);
        }
        columns::run(COLUMNS);
    }
}
