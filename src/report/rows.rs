//! Rows of a list for a person, in columns.

use unicode_width::UnicodeWidthStr;

use super::pieces;
use crate::base::figures::number;
use crate::base::visible::visible;
use crate::fleet::{PairView, Status};
use crate::log::observation::A;

/// The widest that a column makes itself for its cells; a longer cell moves only its own row.
const WIDEST: usize = 64;

/// One cell: its text, already safe to show, and to which side it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TextCell {
    text: String,
    right: bool,
}

impl TextCell {
    /// A text.
    pub(super) fn left(text: &str) -> Self {
        Self { text: text.to_owned(), right: false }
    }

    /// A number with its unit.
    pub(super) fn right(text: &str) -> Self {
        Self { text: text.to_owned(), right: true }
    }
}

/// The cells of one row; all rows of a list have as many.
pub(super) type TextRow = Vec<TextCell>;

/// The rows as lines, each column as wide as its widest cell. Columns that are empty in all rows take no
/// room.
pub(super) fn aligned(rows: &[TextRow]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.text.width());
            cells.filter(|width| *width <= WIDEST).max().unwrap_or(0)
        })
        .collect();
    rows.iter()
        .map(|row| {
            let mut line = String::new();
            for (cell, width) in
                row.iter().zip(&widths).filter(|(cell, width)| **width > 0 || !cell.text.is_empty())
            {
                let padding = " ".repeat(width.saturating_sub(cell.text.width()));
                if !line.is_empty() {
                    line.push_str("  ");
                }
                let (before, behind) =
                    if cell.right { (padding.as_str(), "") } else { ("", padding.as_str()) };
                line.extend([before, &cell.text, behind]);
            }
            line.truncate(line.trim_end().len());
            line
        })
        .collect()
}

/// How often each verdict was seen.
pub(super) fn counts(list: &mut dyn Iterator<Item = (&'static str, u64)>) -> String {
    list.map(|(word, count)| format!("{word} ×{}", pieces::number(count))).collect::<Vec<_>>().join(", ")
}

/// The row of a pair: status, name, what AAAA did, what A did, the addresses, when, and what else there is to
/// say. `dated` asks for dates beside times.
pub(super) fn row(pair: &PairView<'_>, dated: bool) -> TextRow {
    let aaaa = counts(&mut pair.spans.aaaa().map(|(verdict, span)| (verdict.words(), span.count)));
    let a = counts(&mut pair.spans.a().map(|(verdict, span)| (verdict.words(), span.count)));
    let when =
        pair.spans.range().map(|(first, last)| pieces::between(first, last, dated)).unwrap_or_default();
    vec![
        TextCell::left(pair.status.words()),
        TextCell::left(&visible(pair.name)),
        TextCell::left(&if aaaa.is_empty() { aaaa } else { format!("AAAA {aaaa}") }),
        TextCell::left(&if a.is_empty() { a } else { format!("A {a}") }),
        TextCell::left(&addresses(pair)),
        TextCell::left(&when),
        TextCell::left(&remarks(pair, dated)),
    ]
}

/// The addresses that tell most: those of the endpoint over IPv6, or the IPv4 ones that it has instead.
pub(super) fn addresses(pair: &PairView<'_>) -> String {
    let mut parts = Vec::new();
    if !pair.native.lowest().is_empty() {
        parts.push(some(pieces::native(pair), pair.native.more()));
    }
    if !pair.embedded.lowest().is_empty() {
        parts.push(format!("→ {}", some(pieces::embedded(pair), pair.embedded.more())));
    }
    let own = pair.spans.a_with(A::Answered).is_some();
    if parts.is_empty() && (own || pair.status == Status::Ipv4Only) {
        let known = pair.name_ipv4;
        let ipv4 = known.lowest().iter().map(|bits| std::net::Ipv4Addr::from(*bits));
        let whose = if own { "" } else { "others got " };
        parts.push(format!("{whose}{}", some(ipv4, known.more())));
    }
    parts.join("  ")
}

/// The first of some addresses, and how many more there are.
fn some<T: ToString>(mut addresses: impl ExactSizeIterator<Item = T>, more: bool) -> String {
    let first = addresses.next().map(|address| address.to_string()).unwrap_or_default();
    match (addresses.len(), more) {
        (0, false) => first,
        (count, false) => format!("{first} and {} more", number(count as u64)),
        (count, true) => format!("{first} and at least {} more", number(count as u64 + 1)),
    }
}

/// What else there is to say of a pair.
pub(super) fn remarks(pair: &PairView<'_>, dated: bool) -> String {
    let mut parts = Vec::new();
    if pair.cname_only > 0 {
        parts.push(format!("{} with nothing but a CNAME", pieces::number(pair.cname_only)));
    }
    if let Some(change) = pair.change() {
        let at = pieces::between(change.at, change.at, dated);
        parts.push(format!("turned from {} to {} at {at}", change.from.word(), change.to.word()));
    }
    if pair.spans.flapping() {
        parts.push("flapping".to_owned());
    }
    if pair.mixed {
        parts.push("synthesized beside native".to_owned());
    }
    if pair.partial {
        parts.push("judged by a part of the answer".to_owned());
    }
    let forwarders = pair.forwarders();
    if !forwarders.is_empty() {
        parts.push(format!("forwarded through {}", visible(&forwarders.join(", "))));
    }
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_a_long_cell_moves_only_its_row() {
        let long = "x".repeat(WIDEST + 1);
        let rows = [
            vec![TextCell::left("a"), TextCell::left(""), TextCell::right("1 origin"), TextCell::left("x")],
            vec![
                TextCell::left("bücher"),
                TextCell::left(""),
                TextCell::right("12 origins"),
                TextCell::left(""),
            ],
            vec![
                TextCell::left(&long),
                TextCell::left(""),
                TextCell::right("2 origins"),
                TextCell::left("y"),
            ],
        ];
        let lines = aligned(&rows);
        assert_eq!(lines[0], "a         1 origin  x");
        assert_eq!(lines[1], "bücher  12 origins");
        assert_eq!(lines[2], format!("{long}   2 origins  y"));
    }

    #[test]
    fn how_many_addresses() {
        assert_eq!(some(["a"].into_iter(), false), "a");
        assert_eq!(some(["a", "b", "c"].into_iter(), false), "a and 2 more");
        assert_eq!(some(["a", "b", "c"].into_iter(), true), "a and at least 3 more");
    }
}
