//! What each fuzz target does with its bytes. A target panics where the program breaks a promise.

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

use r53tail::digest::{Digest, Terms, Unwitnessed};
use r53tail::envelope::Envelope;
use r53tail::finding::Knowledge;
use r53tail::fleet::Fleet;
use r53tail::report::{Format, InputSummary, Report, Selection};

/// Reads a log from memory.
pub(crate) fn digest(log: &[u8], terms: &Terms) -> Fleet {
    let mut digest = Digest::new(terms, Unwitnessed);
    Envelope::default().scan(log, true, &mut digest);
    digest.finish().0
}

/// A report on all of a fleet.
pub(crate) fn report(fleet: &Fleet, format: Format) -> String {
    let survey = fleet.survey();
    let inputs =
        [InputSummary { path: "log".to_owned(), format: "jsonl", records: 0, error: None }];
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
