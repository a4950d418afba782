//! One row a pair, for a spreadsheet.

use std::io::{self, Write};

use super::{Report, pieces};
use crate::fleet::{PairView, Span};
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

/// Writes the header and a row for each selected pair.
pub(super) fn write(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    let verdicts = Aaaa::ALL
        .iter()
        .map(|verdict| ("aaaa", verdict.word()))
        .chain(A::ALL.iter().map(|verdict| ("a", verdict.word())));
    let counted = verdicts
        .flat_map(|(kind, word)| ["count", "first", "last"].map(|what| format!("{kind}_{word}_{what}")));
    let header: Vec<String> = COLUMNS.iter().map(ToString::to_string).chain(counted).collect();
    table.write_record(&header).map_err(io::Error::other)?;
    for handle in report.handles() {
        row(&mut table, &report.survey.pair(handle)).map_err(io::Error::other)?;
    }
    table.flush()
}

/// A cell that no spreadsheet takes for a formula: OWASP, "CSV Injection".
fn cell(text: &str) -> String {
    let shown = visible(text);
    if shown.starts_with(['=', '+', '-', '@', '|', '%']) { format!("'{shown}") } else { shown.into_owned() }
}

fn row<W: Write>(table: &mut csv::Writer<W>, pair: &PairView<'_>) -> csv::Result<()> {
    let list = |texts: &mut dyn Iterator<Item = String>| texts.collect::<Vec<_>>().join(" ");
    let origin = pair.origin;
    for text in [
        origin.kind.word(),
        &cell(origin.id),
        &cell(origin.vpc),
        &cell(origin.account),
        &cell(origin.region),
        &list(&mut origin.address_texts()),
        &cell(pair.name),
        pair.status.word(),
        pair.spans.newest_aaaa().map_or("", Aaaa::word),
    ] {
        table.write_field(text)?;
    }
    let (first, last) = pair.spans.range().unzip();
    for moment in [first, last] {
        table
            .write_field(moment.map(crate::moment::Moment::text).as_ref().map_or("", |text| text.as_str()))?;
    }
    let change =
        pair.change().map(|change| format!("{} {} to {}", change.at, change.from.word(), change.to.word()));
    for text in [
        &list(&mut pieces::embedded(pair).map(|address| address.to_string())),
        &list(&mut pieces::native(pair).map(|address| address.to_string())),
        &pieces::more_addresses(pair).to_string(),
        &pair.cname_only.to_string(),
        &change.unwrap_or_default(),
        &pair.spans.flapping().to_string(),
    ] {
        table.write_field(text)?;
    }
    let mut aaaa = [None; Aaaa::ALL.len()];
    for (verdict, span) in pair.spans.aaaa() {
        aaaa[verdict as usize] = Some(span);
    }
    let mut a = [None; A::ALL.len()];
    for (verdict, span) in pair.spans.a() {
        a[verdict as usize] = Some(span);
    }
    for span in aaaa.iter().chain(&a) {
        write_span(table, *span)?;
    }
    table.write_record(None::<&[u8]>)
}

fn write_span<W: Write>(table: &mut csv::Writer<W>, span: Option<Span>) -> csv::Result<()> {
    let Some(span) = span else {
        return ["0", "", ""].iter().try_for_each(|text| table.write_field(text));
    };
    table.write_field(span.count.to_string())?;
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
