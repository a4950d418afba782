//! The facts of a report as a script of SQL that makes tables of them: for SQLite, DuckDB and PostgreSQL, as
//! it stands.
//!
//! It is standard SQL and no more: one transaction, rows by the hundreds, an apostrophe in a literal doubled
//! and nothing else escaped (ISO/IEC 9075-2 section 5.3). What no literal can have, NUL, or what would drive
//! a terminal that shows the script, is spelled as in every other format: `\u{0}`. So no text of the log ends
//! a literal, a statement or a line.

use std::io::{self, Write};

use super::{PART, Remarks, Report, SCHEMA, pieces};
use crate::advice::finding::{Finding, WordedFindings};
use crate::base::moment::{Moment, MomentWriter};
use crate::base::visible::visible;
use crate::fleet::{Dns64, OriginView, PairHandle, PairView, Span};
use crate::knowledge::address::{write_ipv4, write_ipv6};
use crate::log::observation::{Aaaa, Unknown};

/// The tables. Times are UTC. Numbers of origins and endpoints are of this script alone.
const TABLES: &str = "\
CREATE TABLE report (schema_version INTEGER NOT NULL, records BIGINT NOT NULL, malformed BIGINT NOT NULL, \
ignored BIGINT NOT NULL, outside BIGINT NOT NULL, filtered BOOLEAN NOT NULL, first_seen TIMESTAMP, last_seen TIMESTAMP);
CREATE TABLE inputs (path TEXT NOT NULL, format TEXT NOT NULL, records BIGINT NOT NULL, error TEXT);
CREATE TABLE origins (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, origin TEXT NOT NULL, vpc TEXT, account TEXT, \
region TEXT, label TEXT, vpc_label TEXT, addresses TEXT, asked_over TEXT, dns64 TEXT NOT NULL, dns64_since TIMESTAMP, \
records BIGINT NOT NULL, ignored BIGINT NOT NULL);
CREATE TABLE endpoints (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE pairs (origin INTEGER NOT NULL, endpoint INTEGER NOT NULL, status TEXT NOT NULL, newest_aaaa TEXT, \
records BIGINT NOT NULL, first_seen TIMESTAMP, last_seen TIMESTAMP, ipv4 TEXT, ipv6 TEXT, \
more_addresses BOOLEAN NOT NULL, cname_only BIGINT NOT NULL, changed_at TIMESTAMP, changed_from TEXT, changed_to TEXT, \
flapping BOOLEAN NOT NULL, partial BOOLEAN NOT NULL, unknown_reasons TEXT);
CREATE TABLE verdicts (origin INTEGER NOT NULL, endpoint INTEGER NOT NULL, type TEXT NOT NULL, verdict TEXT NOT NULL, \
records BIGINT NOT NULL, first_seen TIMESTAMP NOT NULL, last_seen TIMESTAMP NOT NULL);
CREATE TABLE findings (id INTEGER PRIMARY KEY, rule TEXT NOT NULL, severity TEXT NOT NULL, subject TEXT NOT NULL, \
summary TEXT NOT NULL, sentence TEXT NOT NULL, action TEXT NOT NULL, source TEXT, level TEXT, origins BIGINT NOT NULL, \
records BIGINT NOT NULL, first_seen TIMESTAMP, last_seen TIMESTAMP);
CREATE TABLE finding_origins (finding INTEGER NOT NULL, origin TEXT NOT NULL);
CREATE VIEW dependencies AS SELECT o.kind, o.origin, o.label, o.vpc, o.account, o.region, e.name, p.status, \
p.newest_aaaa, p.records, p.first_seen, p.last_seen, p.ipv4, p.ipv6, p.changed_at, p.changed_from, p.changed_to \
FROM pairs p JOIN origins o ON o.id = p.origin JOIN endpoints e ON e.id = p.endpoint;
";

/// How many rows a statement has at most.
const BATCH: usize = 256;

/// Rows of a table: each [`BATCH`] of them a statement.
struct InsertedRows<'o> {
    out: &'o mut Vec<u8>,
    table: &'static str,
    rows: usize,
    moments: &'o mut MomentWriter,
}

impl<'o> InsertedRows<'o> {
    fn new(table: &'static str, out: &'o mut Vec<u8>, moments: &'o mut MomentWriter) -> Self {
        Self { out, table, rows: 0, moments }
    }

    fn row(&mut self, write: impl FnOnce(&mut RowValues<'_>)) {
        if self.rows.is_multiple_of(BATCH) {
            let end = if self.rows > 0 { ";\n" } else { "" };
            self.out.extend_from_slice(format!("{end}INSERT INTO {} VALUES\n(", self.table).as_bytes());
        } else {
            self.out.extend_from_slice(b",\n(");
        }
        self.rows += 1;
        write(&mut RowValues { out: self.out, moments: self.moments, is_first: true });
        self.out.push(b')');
    }

    fn end(self) {
        if self.rows > 0 {
            self.out.extend_from_slice(b";\n");
        }
    }
}

/// The values of a row.
struct RowValues<'o> {
    out: &'o mut Vec<u8>,
    moments: &'o mut MomentWriter,
    is_first: bool,
}

impl RowValues<'_> {
    fn next(&mut self) {
        if !std::mem::replace(&mut self.is_first, false) {
            self.out.push(b',');
        }
    }

    fn word(&mut self, word: &str) {
        self.next();
        self.out.extend_from_slice(word.as_bytes());
    }

    fn number(&mut self, number: u64) {
        self.next();
        pieces::write_number(self.out, number);
    }

    fn numbers(&mut self, numbers: [u64; 2]) {
        for number in numbers {
            self.number(number);
        }
    }

    fn flag(&mut self, flag: bool) {
        self.word(if flag { "TRUE" } else { "FALSE" });
    }

    fn text(&mut self, text: &str) {
        self.next();
        literal(self.out, text);
    }

    /// A text; NULL for none, or an empty one.
    fn known(&mut self, text: Option<&str>) {
        match text.filter(|text| !text.is_empty()) {
            Some(text) => self.text(text),
            None => self.word("NULL"),
        }
    }

    /// `2025-05-05 10:00:00.5`, in UTC; in the order of time they are in that of their texts, too.
    fn moment(&mut self, moment: Option<Moment>) {
        let Some(moment) = moment else { return self.word("NULL") };
        self.next();
        self.out.push(b'\'');
        let start = self.out.len();
        self.moments.write(self.out, moment);
        // Without the zone, which the type does not have.
        self.out.pop();
        if let Some(between) = self.out[start..].iter_mut().find(|byte| **byte == b'T') {
            *between = b' ';
        }
        self.out.push(b'\'');
    }

    /// Items with blanks between, of which none has an apostrophe in it; NULL for none.
    fn list<T>(&mut self, items: &[T], write: impl Fn(&mut Vec<u8>, &T)) {
        if items.is_empty() {
            return self.word("NULL");
        }
        self.next();
        for (at, item) in items.iter().enumerate() {
            self.out.push(if at == 0 { b'\'' } else { b' ' });
            write(self.out, item);
        }
        self.out.push(b'\'');
    }
}

/// A text as a literal.
fn literal(out: &mut Vec<u8>, text: &str) {
    out.push(b'\'');
    let mut rest = &*visible(text);
    while let Some((before, behind)) = rest.split_once('\'') {
        out.extend_from_slice(before.as_bytes());
        out.extend_from_slice(b"''");
        rest = behind;
    }
    out.extend_from_slice(rest.as_bytes());
    out.push(b'\'');
}

/// The number of each endpoint by that of its name, in the order in which pairs come; 0 for those that none
/// has. And how many of them come before each part.
pub(super) fn endpoints(report: &Report<'_>, handles: &[PairHandle]) -> (Vec<u32>, Vec<u32>) {
    let (mut numbers, mut last) = (vec![0; report.survey.fleet().name_count()], 0);
    let mut before = Vec::with_capacity(handles.len().div_ceil(PART));
    for part in handles.chunks(PART) {
        before.push(last);
        report.survey.visit(part.iter().copied(), |_, pair| {
            let number = &mut numbers[pair.name_symbol.index()];
            if *number == 0 {
                last += 1;
                *number = last;
            }
        });
    }
    (numbers, before)
}

/// Writes the script up to the endpoints and pairs.
pub(super) fn head(report: &Report<'_>, handles: &[PairHandle], out: &mut Vec<u8>) {
    let survey = report.survey;
    let mut moments = MomentWriter::default();
    let mut asking = vec![report.selection.is_all(); survey.origins().len()];
    if !report.selection.is_all() {
        survey.visit(handles.iter().copied(), |_, pair| asking[pair.origin_rank] = true);
    }
    out.extend_from_slice(b"-- A report of r53tail, for SQLite, DuckDB or PostgreSQL. Times are UTC.\n");
    out.extend_from_slice(b"BEGIN TRANSACTION;\n");
    out.extend_from_slice(TABLES.as_bytes());
    let tally = survey.fleet().tally();
    let mut rows = InsertedRows::new("report", out, &mut moments);
    rows.row(|row| {
        row.number(u64::from(SCHEMA));
        for count in [tally.records, tally.malformed, tally.ignored, tally.outside] {
            row.number(count);
        }
        row.flag(!report.selection.is_all());
        let (first, last) = tally.range.unzip();
        row.moment(first);
        row.moment(last);
    });
    rows.end();
    let mut rows = InsertedRows::new("inputs", out, &mut moments);
    for input in report.inputs {
        rows.row(|row| {
            row.text(&input.path.to_string());
            row.text(input.format);
            row.number(input.records);
            row.known(input.error.as_deref());
        });
    }
    rows.end();
    let mut rows = InsertedRows::new("origins", out, &mut moments);
    for (rank, origin) in survey.origins().iter().enumerate().filter(|(rank, _)| asking[*rank]) {
        rows.row(|row| self::origin(row, report, rank, origin));
    }
    rows.end();
}

/// The number of the origin of a rank.
fn number_of(rank: usize) -> u64 {
    rank as u64 + 1
}

fn origin(row: &mut RowValues<'_>, report: &Report<'_>, rank: usize, origin: &OriginView<'_>) {
    let names = report.knowledge.names;
    row.number(number_of(rank));
    row.text(origin.kind.word());
    row.text(origin.id);
    for text in [origin.vpc, origin.account, origin.region] {
        row.known(Some(text));
    }
    row.known(pieces::name_of(names, origin));
    row.known(names.and_then(|names| names.get(origin.vpc)));
    row.known(Some(&origin.address_texts().collect::<Vec<_>>().join(" ")));
    row.known(origin.asked_over());
    row.text(origin.dns64.word());
    row.moment(match origin.dns64 {
        Dns64::On(since) => Some(since),
        Dns64::Off | Dns64::Unknown => None,
    });
    row.number(origin.records);
    row.number(origin.ignored);
}

/// The pairs of `handles`, and the verdicts on each; before them the endpoints that no part before this one
/// has, which is the one of this number.
pub(super) fn part(report: &Report<'_>, number: usize, handles: &[PairHandle], remarks: &Remarks) -> Vec<u8> {
    let mut texts: [Vec<u8>; 3] = Default::default();
    let mut moments: [MomentWriter; 3] = Default::default();
    let [of_endpoints, of_pairs, of_verdicts] = &mut texts;
    let [first, second, third] = &mut moments;
    of_pairs.reserve(handles.len() * PAIR);
    let mut endpoints = InsertedRows::new("endpoints", of_endpoints, first);
    let mut pairs = InsertedRows::new("pairs", of_pairs, second);
    let mut verdicts = InsertedRows::new("verdicts", of_verdicts, third);
    let (numbers, mut known) = remarks.numbers(number);
    report.survey.visit(handles.iter().copied(), |_, pair| {
        let endpoint = numbers.get(pair.name_symbol.index()).copied().unwrap_or(0);
        if endpoint > known {
            known = endpoint;
            endpoints.row(|row| {
                row.number(u64::from(endpoint));
                row.text(pair.name);
            });
        }
        let ids = [number_of(pair.origin_rank), u64::from(endpoint)];
        pairs.row(|row| self::pair(row, ids, pair));
        let aaaa = pair.spans.aaaa_words().map(|(verdict, span)| ("AAAA", verdict, span));
        let a = pair.spans.a_words().map(|(verdict, span)| ("A", verdict, span));
        for (kind, verdict, span) in aaaa.chain(a) {
            verdicts.row(|row| self::verdict(row, ids, kind, verdict, span));
        }
    });
    endpoints.end();
    pairs.end();
    verdicts.end();
    texts.concat()
}

/// About the bytes that a pair takes, rather more than less.
const PAIR: usize = 256;

fn pair(row: &mut RowValues<'_>, ids: [u64; 2], pair: &PairView<'_>) {
    row.numbers(ids);
    row.text(pair.status.word());
    row.known(pair.spans.newest_aaaa().map(Aaaa::word));
    row.number(pieces::count(pair));
    let (first, last) = pair.spans.range().unzip();
    row.moment(first);
    row.moment(last);
    row.list(pair.embedded.lowest(), |out, bits| write_ipv4(out, *bits));
    row.list(pair.native.lowest(), |out, bits| write_ipv6(out, *bits));
    row.flag(pieces::more_addresses(pair));
    row.number(pair.cname_only);
    let change = pair.change();
    row.moment(change.map(|change| change.at));
    row.known(change.map(|change| change.from.word()));
    row.known(change.map(|change| change.to.word()));
    row.flag(pair.spans.flapping());
    row.flag(pair.partial);
    let mut reasons = Vec::new();
    for (kind, unknown) in [("AAAA", pair.spans.unknown_aaaa()), ("A", pair.spans.unknown_a())] {
        let counts = unknown.iter().flat_map(|unknown| Unknown::ALL.into_iter().zip(unknown.reasons));
        reasons.extend(
            counts
                .filter(|(_, count)| *count > 0)
                .map(|(why, count)| format!("{kind} {} {count}", why.word())),
        );
    }
    row.known(Some(&reasons.join(" ")));
}

fn verdict(row: &mut RowValues<'_>, ids: [u64; 2], kind: &str, verdict: &str, span: Span) {
    row.numbers(ids);
    row.text(kind);
    row.text(verdict);
    row.number(span.count);
    row.moment(Some(span.first));
    row.moment(Some(span.last));
}

/// Writes what follows the pairs: the findings, and the end of the transaction.
pub(super) fn tail(told: &WordedFindings<'_>, out: &mut dyn Write) -> io::Result<()> {
    told.each(
        |at, finding, out| {
            self::finding(out, at as u64 + 1, finding);
            Ok(())
        },
        |written| out.write_all(written),
    )?;
    out.write_all(b"COMMIT;\n")
}

fn finding(out: &mut Vec<u8>, id: u64, finding: &Finding) {
    let (proof, mut moments) = (&finding.proof, MomentWriter::default());
    let mut rows = InsertedRows::new("findings", out, &mut moments);
    rows.row(|row| {
        row.number(id);
        row.text(finding.rule.id());
        row.text(finding.severity.word());
        for text in [&finding.subject, &finding.summary, &finding.sentence, &finding.action] {
            row.text(text);
        }
        row.known(Some(&finding.source));
        row.known(proof.level);
        row.number(proof.origins as u64);
        row.number(proof.records);
        let (first, last) = proof.range.unzip();
        row.moment(first);
        row.moment(last);
    });
    rows.end();
    let mut rows = InsertedRows::new("finding_origins", out, &mut moments);
    for origin in &proof.origin_ids {
        rows.row(|row| {
            row.number(id);
            row.text(origin);
        });
    }
    rows.end();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_ended_by_nothing_in_it() {
        for (text, expected) in [
            ("", "''"),
            ("o'brien", "'o''brien'"),
            ("'", "''''"),
            ("'); DROP TABLE pairs; --", "'''); DROP TABLE pairs; --'"),
            ("a\\'b\\", "'a\\''b\\'"),
            ("a\0b\nc\r", r"'a\u{0}b\u{a}c\u{d}'"),
            ("\u{202e}é", r"'\u{202e}é'"),
        ] {
            let mut out = Vec::new();
            literal(&mut out, text);
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{text:?}");
        }
    }

    #[test]
    fn rows_come_in_statements() {
        let (mut out, mut moments) = (Vec::new(), MomentWriter::default());
        let mut rows = InsertedRows::new("t", &mut out, &mut moments);
        for at in 0..=BATCH {
            rows.row(|row| {
                row.number(at as u64);
                row.moment(Some(Moment(1_746_439_200_500)));
                row.list(&[1_u32, 2], |out, bits| write_ipv4(out, *bits));
                row.known(None);
            });
        }
        rows.end();
        let text = String::from_utf8(out).unwrap();
        assert_eq!((text.matches("INSERT INTO t VALUES\n(").count(), text.matches(";\n").count()), (2, 2));
        assert!(text.ends_with("(256,'2025-05-05 10:00:00.500','0.0.0.1 0.0.0.2',NULL);\n"), "{text}");
        InsertedRows::new("t", &mut Vec::new(), &mut moments).end();
    }
}
