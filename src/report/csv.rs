//! One row a pair, for a spreadsheet (RFC 4180).
//!
//! Rows are written out by hand, as pairs are in JSON: a report of a fleet has hundreds of thousands, nearly
//! all of each is words, numbers and times that need no quotes, and to write them field by field took four
//! times as long.

use std::borrow::Cow;
use std::io;

use super::{Remarks, Report, pieces};
use crate::base::moment::MomentWriter;
use crate::base::visible::visible;
use crate::fleet::{PairHandle, PairView, Span};
use crate::knowledge::address::{write_ipv4, write_ipv6};
use crate::knowledge::names::Names;
use crate::log::observation::{A, Aaaa, Unknown};

/// The columns that every pair fills, before those of each verdict.
const COLUMNS: [&str; 17] = [
    "origin_kind",
    "origin_id",
    "vpc",
    "account",
    "region",
    "addresses",
    "name",
    "status",
    "newest_aaaa",
    "first",
    "last",
    "ipv4",
    "ipv6",
    "more_addresses",
    "cname_only",
    "change",
    "flapping",
];

/// The columns after those of each verdict: what people call the origin and its VPC, and over what it asked.
const NAMES: [&str; 3] = ["origin_label", "vpc_label", "asked_over"];

/// The columns after those: for which reasons answers are unknown, and whether others were judged by a part
/// of them.
const UNSEEN: [&str; 2] = ["unknown_reasons", "partial"];

/// The last column, if findings were looked for.
const FINDINGS: &str = "findings";

/// The columns where not all are wanted.
const NARROW: [&str; 10] =
    ["origin_id", "origin_label", "vpc", "region", "name", "status", "aaaa", "a", "first", "last"];

/// Writes the header.
pub(super) fn head(wide: bool, names_findings: bool, out: &mut Vec<u8>) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    if !wide {
        let columns = NARROW.into_iter().chain(names_findings.then_some(FINDINGS));
        table.write_record(columns).map_err(io::Error::other)?;
        return table.flush();
    }
    let of_aaaa = Aaaa::ALL[..=UNKNOWN_AAAA].iter().map(|verdict| ("aaaa", verdict.word()));
    let verdicts = of_aaaa.chain(A::ALL[..=UNKNOWN_A].iter().map(|verdict| ("a", verdict.word())));
    let counted = verdicts
        .flat_map(|(kind, word)| ["count", "first", "last"].map(|what| format!("{kind}_{word}_{what}")));
    let header: Vec<String> = COLUMNS
        .iter()
        .map(ToString::to_string)
        .chain(counted)
        .chain(NAMES.into_iter().chain(UNSEEN).map(str::to_owned))
        .chain(names_findings.then(|| FINDINGS.to_owned()))
        .collect();
    table.write_record(&header).map_err(io::Error::other)?;
    table.flush()
}

/// A row for each of `handles`.
pub(super) fn part(report: &Report<'_>, handles: &[PairHandle], remarks: &Remarks) -> Vec<u8> {
    let mut out = Vec::with_capacity(handles.len() * ROW);
    let (mut origin, mut moments) = (OriginCells::default(), MomentWriter::default());
    let names = report.knowledge.names;
    report.survey.visit(handles.iter().copied(), |_, pair| {
        origin.read(names, pair);
        if report.wide {
            out.extend_from_slice(&origin.before);
            row(&mut out, pair, &mut moments);
            out.extend_from_slice(&origin.behind);
            unseen(&mut out, pair);
        } else {
            out.extend_from_slice(&origin.narrow);
            narrow(&mut out, pair, &mut moments);
        }
        if let Some(findings) = remarks.about(pair.name_symbol) {
            out.push(b',');
            list(&mut out, findings, |out, id| out.extend_from_slice(id.as_bytes()));
        }
        out.push(b'\n');
    });
    out
}

/// `AAAA masked 3 A absent 1`, and whether others were judged by a part of the answer.
fn unseen(out: &mut Vec<u8>, pair: &PairView<'_>) {
    let mut separator = b',';
    for (kind, unknown) in [("AAAA", pair.spans.unknown_aaaa()), ("A", pair.spans.unknown_a())] {
        let reasons = unknown.iter().flat_map(|unknown| Unknown::ALL.into_iter().zip(unknown.reasons));
        for (why, count) in reasons.filter(|(_, count)| *count > 0) {
            out.push(separator);
            out.extend_from_slice(format!("{kind} {} ", why.word()).as_bytes());
            pieces::write_number(out, count);
            separator = b' ';
        }
    }
    if separator == b',' {
        out.push(separator);
    }
    flag(out, pair.partial);
}

/// About the bytes that a row takes, rather more than less.
const ROW: usize = 448;

/// What the fields of an origin are, kept from one pair to the next: they mostly are of the same.
#[derive(Default)]
struct OriginCells {
    rank: Option<usize>,
    /// The first fields of a row, and the comma after them.
    before: Vec<u8>,
    /// The last, with the comma before them.
    behind: Vec<u8>,
    /// The first fields of a row that has few, and the comma after them.
    narrow: Vec<u8>,
}

impl OriginCells {
    fn read(&mut self, names: Option<&Names>, pair: &PairView<'_>) {
        if self.rank == Some(pair.origin_rank) {
            return;
        }
        self.rank = Some(pair.origin_rank);
        let Self { before, behind, narrow, .. } = self;
        let origin = pair.origin;
        let label = pieces::name_of(names, origin);
        narrow.clear();
        for field in [origin.id, label.unwrap_or_default(), origin.vpc, origin.region] {
            text(narrow, field);
            narrow.push(b',');
        }
        before.clear();
        before.extend_from_slice(origin.kind.word().as_bytes());
        before.push(b',');
        for field in [origin.id, origin.vpc, origin.account, origin.region] {
            text(before, field);
            before.push(b',');
        }
        before.extend_from_slice(origin.address_texts().collect::<Vec<_>>().join(" ").as_bytes());
        before.push(b',');
        behind.clear();
        let vpc = names.and_then(|names| names.get(origin.vpc));
        for name in [label, vpc, origin.asked_over()] {
            behind.push(b',');
            text(behind, name.unwrap_or_default());
        }
    }
}

/// What a spreadsheet takes for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '|', '%'];

/// A cell that no spreadsheet takes for a formula: OWASP, "CSV Injection".
fn cell(text: &str) -> Cow<'_, str> {
    let shown = visible(text);
    if shown.starts_with(FORMULA) { Cow::Owned(format!("'{shown}")) } else { shown }
}

/// A text of the log: as it is, quoted, or made harmless.
#[expect(clippy::needless_bitwise_bool, reason = "no branch is what is wanted")]
fn text(out: &mut Vec<u8>, text: &str) {
    // No branch, so that the compiler looks at many bytes at once.
    let plain = text
        .bytes()
        .fold(true, |plain, byte| plain & (0x20..0x7f).contains(&byte) & (byte != b'"') & (byte != b','));
    if plain && !text.starts_with(FORMULA) {
        return out.extend_from_slice(text.as_bytes());
    }
    let cell = cell(text);
    // RFC 4180 section 2, rules 6 and 7.
    if cell.contains([',', '"', '\r', '\n']) {
        out.push(b'"');
        out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(cell.as_bytes());
    }
}

/// Items with blanks between.
fn list<T>(out: &mut Vec<u8>, items: &[T], write: impl Fn(&mut Vec<u8>, &T)) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(b' ');
        }
        write(out, item);
    }
}

/// The fields of a verdict that was not seen, as often as there are verdicts.
const NONE_SEEN: &[u8] = b",0,,,0,,,0,,,0,,,0,,,0,,,0,,,0,,,0,,,0,,,0,,,0,,,0,,,0,,,0,,,0,,,0,,,0,,,0,,";
/// All verdicts that are not known share a column, at the place of the first of them.
const UNKNOWN_AAAA: usize = Aaaa::Absent as usize;
const UNKNOWN_A: usize = A::Absent as usize;
const VERDICTS: usize = UNKNOWN_AAAA + 1 + UNKNOWN_A + 1;
const _: () = assert!(NONE_SEEN.len() == 4 * VERDICTS);

/// The fields of a pair between those of its origin.
fn row(out: &mut Vec<u8>, pair: &PairView<'_>, moments: &mut MomentWriter) {
    text(out, pair.name);
    out.push(b',');
    out.extend_from_slice(pair.status.word().as_bytes());
    out.push(b',');
    out.extend_from_slice(pair.spans.newest_aaaa().map_or("", Aaaa::word).as_bytes());
    let (first, last) = pair.spans.range().unzip();
    for moment in [first, last] {
        out.push(b',');
        if let Some(moment) = moment {
            moments.write(out, moment);
        }
    }
    out.push(b',');
    list(out, pair.embedded.lowest(), |out, bits| write_ipv4(out, *bits));
    out.push(b',');
    list(out, pair.native.lowest(), |out, bits| write_ipv6(out, *bits));
    flag(out, pieces::more_addresses(pair));
    out.push(b',');
    pieces::write_number(out, pair.cname_only);
    out.push(b',');
    if let Some(change) = pair.change() {
        moments.write(out, change.at);
        out.extend_from_slice(format!(" {} to {}", change.from.word(), change.to.word()).as_bytes());
    }
    flag(out, pair.spans.flapping());
    let spans = &pair.spans;
    let aaaa = spans.known_aaaa().map(|(verdict, span)| (verdict as usize, span));
    let aaaa = aaaa.chain(spans.unknown_aaaa().map(|unknown| (UNKNOWN_AAAA, unknown.span)));
    let a = spans.a().filter(|(verdict, _)| verdict.unknown().is_none());
    let a = a.map(|(verdict, span)| (verdict as usize, span));
    let a = a.chain(spans.unknown_a().map(|unknown| (UNKNOWN_A, unknown.span)));
    let mut next = 0;
    for (at, span) in aaaa.chain(a.map(|(at, span)| (UNKNOWN_AAAA + 1 + at, span))) {
        out.extend_from_slice(&NONE_SEEN[4 * next..4 * at]);
        out.push(b',');
        pieces::write_number(out, span.count);
        for moment in [span.first, span.last] {
            out.push(b',');
            moments.write(out, moment);
        }
        next = at + 1;
    }
    out.extend_from_slice(&NONE_SEEN[4 * next..]);
}

/// The fields of a pair where not all are wanted: `empty 12; synthesized 3` for what AAAA and A did.
fn narrow(out: &mut Vec<u8>, pair: &PairView<'_>, moments: &mut MomentWriter) {
    text(out, pair.name);
    out.push(b',');
    out.extend_from_slice(pair.status.word().as_bytes());
    out.push(b',');
    counts(out, pair.spans.aaaa_words());
    out.push(b',');
    counts(out, pair.spans.a_words());
    let (first, last) = pair.spans.range().unzip();
    for moment in [first, last] {
        out.push(b',');
        if let Some(moment) = moment {
            moments.write(out, moment);
        }
    }
}

fn counts(out: &mut Vec<u8>, spans: impl Iterator<Item = (&'static str, Span)>) {
    for (at, (word, span)) in spans.enumerate() {
        if at > 0 {
            out.extend_from_slice(b"; ");
        }
        out.extend_from_slice(word.as_bytes());
        out.push(b' ');
        pieces::write_number(out, span.count);
    }
}

fn flag(out: &mut Vec<u8>, flag: bool) {
    out.extend_from_slice(if flag { b",true" } else { b",false" });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_starts_a_formula() {
        for (text, shown) in [
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", r"\u{9}=1"),
            ("\r=1", r"\u{d}=1"),
            ("ssm.example.", "ssm.example."),
        ] {
            assert_eq!(cell(text), shown);
        }
    }

    #[test]
    fn what_would_end_a_cell_is_quoted() {
        for (cell, written) in [
            ("a,b", "\"a,b\""),
            ("a \"b\"", "\"a \"\"b\"\"\""),
            ("=a,b", "\"'=a,b\""),
            ("=a", "'=a"),
            ("a b", "a b"),
        ] {
            let mut out = Vec::new();
            text(&mut out, cell);
            assert_eq!(String::from_utf8_lossy(&out), written, "{cell}");
        }
    }
}
