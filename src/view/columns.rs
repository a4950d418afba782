//! Tables: which columns fit, and how wide each becomes.

use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::text::{cut, cut_middle, width};
use super::theme::Theme;
use crate::console::{List, Model};

/// A cell: runs of text, already made visible.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    runs: Vec<(String, Style)>,
    /// Whether it is a name, which is cut in its middle where there is no room for all of it.
    is_name: bool,
}

impl Cell {
    pub(super) fn new(text: impl Into<String>, style: Style) -> Self {
        Self { runs: vec![(text.into(), style)], is_name: false }
    }

    /// A name.
    pub(super) fn name(text: impl Into<String>, style: Style) -> Self {
        Self { is_name: true, ..Self::new(text, style) }
    }

    pub(super) fn push(&mut self, text: impl Into<String>, style: Style) {
        self.runs.push((text.into(), style));
    }

    /// Appends another cell.
    pub(super) fn append(&mut self, other: Self) {
        self.runs.extend(other.runs);
    }

    /// Adds a modifier to all of it.
    pub(super) fn modified(mut self, modifier: Modifier) -> Self {
        for (_, style) in &mut self.runs {
            *style = style.add_modifier(modifier);
        }
        self
    }

    fn width(&self) -> usize {
        self.runs.iter().map(|(text, _)| width(text)).sum()
    }

    /// Its spans, cut and filled up to exactly `columns`.
    fn fill(self, columns: usize, right: bool, spans: &mut Vec<Span<'static>>) {
        let space = columns.saturating_sub(self.width());
        let mut left = columns;
        if right && space > 0 {
            spans.push(Span::raw(" ".repeat(space)));
            left -= space;
        }
        for (text, style) in self.runs {
            let text = if self.is_name { cut_middle(&text, left) } else { cut(&text, left) }.into_owned();
            left -= width(&text).min(left);
            spans.push(Span::styled(text, style));
            if left == 0 {
                return;
            }
        }
        if left > 0 {
            spans.push(Span::raw(" ".repeat(left)));
        }
    }
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) head: &'static str,
    /// Under this many columns it is left out.
    pub(super) least: usize,
    /// It becomes this wide before any other becomes wider than this.
    pub(super) ease: usize,
    /// Columns that can be done without are left out for it to become this wide.
    pub(super) roomy: usize,
    /// It becomes no wider than this.
    pub(super) most: usize,
    /// Those with a lower number get their place first.
    pub(super) rank: u8,
    pub(super) right: bool,
    /// Somebody does not want to see it.
    pub(super) hidden: bool,
}

pub(super) const fn column(head: &'static str, least: usize, most: usize, rank: u8) -> Column {
    Column { head, least, ease: most, roomy: most, most, rank, right: false, hidden: false }
}

/// The columns of a list with those marked that somebody does not want to see.
pub(super) fn chosen<const N: usize>(columns: &[Column; N], model: &Model, list: List) -> [Column; N] {
    let preferences = &model.remembered().preferences;
    columns.map(|column| Column { hidden: !preferences.shows(list, column.head), ..column })
}

/// In which order a list is, in words.
pub(super) fn order(model: &Model, list: List) -> String {
    match model.remembered().preferences.sorting(list) {
        None if list == List::Names => "by NAT64 queries ▼".to_owned(),
        None => "the worst first".to_owned(),
        Some(sorting) => format!("by {} {}", sorting.column, if sorting.reverse { "▲" } else { "▼" }),
    }
}

/// A row of a table.
#[derive(Clone, Debug)]
pub(super) struct TableRow {
    pub(super) cells: Vec<Cell>,
    pub(super) selected: bool,
}

/// The sign before the selected row: of the list that the keys move in, and of another.
pub(super) const ACTIVE: &str = "▸";
pub(super) const PASSIVE: &str = "›";

/// Columns between two columns of a table.
const GAP: usize = 2;

/// Columns of up to this rank are needed even if others are cut for them.
const NEEDED: u8 = 2;

/// The lines of a table: its head, if `head` is wanted, and its rows. `active`: the keys move in this table.
pub(super) fn table(
    columns: &[Column],
    rows: Vec<TableRow>,
    across: usize,
    head: bool,
    active: bool,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let widths = widths(columns, &rows, across.saturating_sub(2), head);
    let mut lines = Vec::with_capacity(rows.len() + 1);
    if head {
        let cells = columns.iter().map(|column| Cell::new(column.head, theme.dim)).collect();
        lines.push(line(" ", cells, columns, &widths, theme));
    }
    for row in rows {
        let marker = match (row.selected, active) {
            (true, true) => ACTIVE,
            (true, false) => PASSIVE,
            _ => " ",
        };
        let mut line = line(marker, row.cells, columns, &widths, theme);
        if row.selected && active {
            let rest = across.saturating_sub(line.width());
            line.push_span(Span::raw(" ".repeat(rest)));
            line = theme.select(line);
        }
        lines.push(line);
    }
    lines
}

fn line(
    marker: &'static str,
    cells: Vec<Cell>,
    columns: &[Column],
    widths: &[usize],
    theme: &Theme,
) -> Line<'static> {
    let mut spans = vec![Span::styled(format!("{marker} "), theme.marker)];
    let mut first = true;
    for ((cell, column), width) in cells.into_iter().zip(columns).zip(widths) {
        if *width == 0 {
            continue;
        }
        if !first {
            spans.push(Span::raw(" ".repeat(GAP)));
        }
        first = false;
        cell.fill(*width, column.right, &mut spans);
    }
    Line::from(spans)
}

/// How wide the column at a place becomes in a table of these rows.
pub(super) fn width_of(at: usize, columns: &[Column], rows: &[TableRow], across: usize, head: bool) -> usize {
    widths(columns, rows, across.saturating_sub(2), head).get(at).copied().unwrap_or(0)
}

/// The width of each column, 0 for one that is left out. In the order of their ranks, each takes its least
/// width as long as there is room, one that can be done without only if those before it are roomy. What
/// remains goes to them in the same order: first up to their ease, then up to what their cells ask for.
fn widths(columns: &[Column], rows: &[TableRow], across: usize, head: bool) -> Vec<usize> {
    let wanted: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let widest = rows.iter().map(|row| row.cells.get(at).map_or(0, Cell::width)).max().unwrap_or(0);
            let least = if head { width(column.head) } else { 0 };
            if widest == 0 || column.hidden { 0 } else { widest.max(least).min(column.most) }
        })
        .collect();
    let eased = |at: usize| wanted[at].min(columns[at].ease);
    let mut order: Vec<usize> = (0..columns.len()).filter(|at| wanted[*at] > 0).collect();
    order.sort_by_key(|at| columns[*at].rank);
    let mut widths = vec![0; columns.len()];
    let (mut left, mut asked) = (across, 0);
    for at in order.iter().copied() {
        let gap = if left == across { 0 } else { GAP };
        let least = columns[at].least.min(wanted[at]);
        let roomy = asked + gap + least <= across;
        if least + gap <= left && (columns[at].rank <= NEEDED || roomy) {
            widths[at] = least;
            left -= least + gap;
            asked += wanted[at].min(columns[at].roomy) + gap;
        } else if left == across {
            // Nothing fits: the most important one gets what there is.
            widths[at] = left;
            left = 0;
        }
    }
    let mut grow = |goal: &dyn Fn(usize) -> usize| {
        for at in order.iter().copied() {
            if widths[at] > 0 {
                let more = goal(at).saturating_sub(widths[at]).min(left);
                widths[at] += more;
                left -= more;
            }
        }
    };
    grow(&eased);
    grow(&|at| wanted[at]);
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 3] = [column("name", 6, 20, 0), column("b", 3, 9, 3), column("answer", 4, 30, 1)];

    fn text(across: usize) -> Vec<String> {
        let theme = Theme::plain();
        let cell = |text: &str| Cell::new(text, theme.text);
        let cells = vec![cell("a.long.name.example."), cell("22"), cell("192.0.2.1")];
        let row = TableRow { cells, selected: true };
        let lines = table(&COLUMNS, vec![row], across, true, true, &theme);
        lines.iter().map(|line| line.to_string().trim_end().to_owned()).collect()
    }

    /// Without colors, and with 16, the selected row is one bar, with no darker stretches in it.
    #[test]
    fn a_reversed_row_has_no_holes() {
        for theme in [Theme::plain(), Theme::dark().at(crate::view::Depth::Sixteen)] {
            let cells =
                vec![Cell::new("a", theme.text), Cell::new("b", theme.dim), Cell::new("c", theme.faint)];
            let rows = vec![TableRow { cells, selected: true }];
            let lines = table(&COLUMNS, rows, 60, false, true, &theme);
            let inks: Vec<_> = lines[0].spans.iter().skip(1).map(|span| span.style).collect();
            assert!(inks.iter().all(|style| *style == Style::new()), "{inks:?}");
            assert_eq!(lines[0].style, theme.selected);
        }
    }

    #[test]
    fn columns_go_by_rank_and_grow_to_what_they_hold() {
        assert_eq!(text(60), ["  name                  b   answer", "▸ a.long.name.example.  22  192.0.2.1"]);
        assert_eq!(text(30), ["  name                  answer", "▸ a.long.name.example.  192.0…"]);
        assert_eq!(text(12), ["  name", "▸ a.long.na…"]);
        assert_eq!(text(5), ["  na…", "▸ a.…"]);
    }
}
