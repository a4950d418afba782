//! One row a pair, for a spreadsheet.

use std::borrow::Cow;
use std::fmt::{Display, Write};
use std::io;
use std::net::Ipv6Addr;

use super::{Remarks, Report, pieces};
use crate::fleet::{PairHandle, PairView, Span};
use crate::moment::Moment;
use crate::observation::{A, Aaaa};
use crate::visible::visible;

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

/// The columns after those of each verdict: what people call the origin and its VPC.
const NAMES: [&str; 2] = ["origin_label", "vpc_label"];

/// The last column, if findings were looked for.
const FINDINGS: &str = "findings";

/// Writes the header.
pub(super) fn head(names_findings: bool, out: &mut Vec<u8>) -> io::Result<()> {
    let verdicts = Aaaa::ALL
        .iter()
        .map(|verdict| ("aaaa", verdict.word()))
        .chain(A::ALL.iter().map(|verdict| ("a", verdict.word())));
    let counted = verdicts
        .flat_map(|(kind, word)| ["count", "first", "last"].map(|what| format!("{kind}_{word}_{what}")));
    let header: Vec<String> = COLUMNS
        .iter()
        .map(ToString::to_string)
        .chain(counted)
        .chain(NAMES.map(str::to_owned))
        .chain(names_findings.then(|| FINDINGS.to_owned()))
        .collect();
    let mut table = csv::Writer::from_writer(out);
    table.write_record(&header).map_err(io::Error::other)?;
    table.flush()
}

/// A row for each of `handles`.
pub(super) fn part(report: &Report<'_>, handles: &[PairHandle], remarks: &Remarks) -> io::Result<Vec<u8>> {
    let mut table = csv::WriterBuilder::new()
        .buffer_capacity(64 << 10)
        .from_writer(Vec::with_capacity(handles.len() * 400));
    let mut text = String::new();
    for (_, pair) in report.survey.each(handles.iter().copied()) {
        row(&mut table, report, &pair, &mut text).map_err(io::Error::other)?;
        if let Some(findings) = remarks.about(pair.name_symbol) {
            table.write_field(list(&mut text, findings.iter())).map_err(io::Error::other)?;
        }
        table.write_record(None::<&[u8]>).map_err(io::Error::other)?;
    }
    table.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

/// A cell that no spreadsheet takes for a formula: OWASP, "CSV Injection".
fn cell(text: &str) -> Cow<'_, str> {
    let shown = visible(text);
    if shown.starts_with(['=', '+', '-', '@', '|', '%']) { Cow::Owned(format!("'{shown}")) } else { shown }
}

/// A list of texts with blanks between, written into `text`.
fn list(text: &mut String, items: impl Iterator<Item = impl Display>) -> &str {
    text.clear();
    for (at, item) in items.enumerate() {
        // Writing to a string does not fail.
        let _ = if at == 0 { write!(text, "{item}") } else { write!(text, " {item}") };
    }
    text
}

/// The fields of a pair but for its findings.
fn row<W: io::Write>(
    table: &mut csv::Writer<W>,
    report: &Report<'_>,
    pair: &PairView<'_>,
    text: &mut String,
) -> csv::Result<()> {
    let origin = pair.origin;
    table.write_field(origin.kind.word())?;
    for field in [origin.id, origin.vpc, origin.account, origin.region] {
        table.write_field(cell(field).as_bytes())?;
    }
    let addresses = origin.addresses.iter().map(|bits| Ipv6Addr::from(*bits).to_canonical());
    table.write_field(list(text, addresses))?;
    table.write_field(cell(pair.name).as_bytes())?;
    table.write_field(pair.status.word())?;
    table.write_field(pair.spans.newest_aaaa().map_or("", Aaaa::word))?;
    let (first, last) = pair.spans.range().unzip();
    for moment in [first, last] {
        table.write_field(moment.map(Moment::text).as_ref().map_or("", |text| text.as_str()))?;
    }
    table.write_field(list(text, pieces::embedded(pair)))?;
    table.write_field(list(text, pieces::native(pair)))?;
    table.write_field(if pieces::more_addresses(pair) { "true" } else { "false" })?;
    table.write_field(list(text, std::iter::once(pair.cname_only)))?;
    let change = pair.change();
    let words = change.map(|change| format!("{} {} to {}", change.at, change.from.word(), change.to.word()));
    table.write_field(words.as_deref().unwrap_or_default())?;
    table.write_field(if pair.spans.flapping() { "true" } else { "false" })?;
    let mut aaaa = [None; Aaaa::ALL.len()];
    for (verdict, span) in pair.spans.aaaa() {
        aaaa[verdict as usize] = Some(span);
    }
    let mut a = [None; A::ALL.len()];
    for (verdict, span) in pair.spans.a() {
        a[verdict as usize] = Some(span);
    }
    for span in aaaa.iter().chain(&a) {
        write_span(table, *span, text)?;
    }
    let names = report.knowledge.names;
    let name = pieces::name_of(names, pair.origin);
    let vpc = names.and_then(|names| names.of(pair.origin.vpc));
    for name in [name, vpc] {
        table.write_field(cell(name.unwrap_or_default()).as_bytes())?;
    }
    Ok(())
}

fn write_span<W: io::Write>(
    table: &mut csv::Writer<W>,
    span: Option<Span>,
    text: &mut String,
) -> csv::Result<()> {
    let Some(span) = span else {
        return ["0", "", ""].iter().try_for_each(|text| table.write_field(text));
    };
    table.write_field(list(text, std::iter::once(span.count)))?;
    table.write_field(span.first.text().as_str())?;
    table.write_field(span.last.text().as_str())
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
}
