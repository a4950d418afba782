//! The tail: the newest records, one on a line.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::columns::{Cell, Column, TableRow, chosen, column, table};
use super::text::{count, visible};
use super::theme::Theme;
use super::{marks, put, rule, words};
use crate::console::{List, Model, Row};
use crate::observation::Verdict;
use crate::timeline::Subject;

const COLUMNS: [Column; 6] = [
    column("time", 8, 8, 1),
    column("origin", 11, 39, 3),
    column("type", 4, 5, 4),
    Column { ease: 36, roomy: 26, ..column("name", 20, 72, 0) },
    column("verdict", 1, 13, 2),
    column("answer", 10, 48, 5),
];

pub(super) fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let head = area.height >= 12;
    let height = usize::from(area.height).saturating_sub(1 + usize::from(head));
    let (rows, selected) = model.window(height);
    let mut title = vec![Span::styled("Tail", theme.title)];
    let state = if model.selected_row().is_some() { "looking back; End follows" } else { "following" };
    title.push(Span::styled(format!("  {}, {state}", count(model.row_count(), "record")), theme.dim));
    let mut lines = vec![rule(title, theme, area.width)];
    let shown = rows
        .iter()
        .enumerate()
        .map(|(at, row)| TableRow { cells: cells(model, row, theme, area.width), selected: at == selected })
        .collect();
    let columns = chosen(&COLUMNS, model, List::Records);
    lines.extend(table(&columns, shown, usize::from(area.width), head, true, theme));
    marks::between(model, &rows, selected, &mut lines, theme, area.width);
    put(frame, area, lines);
}

/// The newest records, as many as there is room for, with no selection.
pub(super) fn newest(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let height = usize::from(area.height).saturating_sub(1);
    let mut rows: Vec<Row<'_>> = model.newest_rows().take(height).collect();
    rows.reverse();
    let shown = rows
        .iter()
        .map(|row| TableRow { cells: cells(model, row, theme, area.width), selected: false })
        .collect();
    let mut lines = vec![rule(vec![Span::styled("Newest", theme.title)], theme, area.width)];
    let columns = chosen(&COLUMNS, model, List::Records);
    lines.extend(table(&columns, shown, usize::from(area.width), false, false, theme));
    marks::between(model, &rows, rows.len().saturating_sub(1), &mut lines, theme, area.width);
    put(frame, area, lines);
}

fn cells(model: &Model, row: &Row<'_>, theme: &Theme, across: u16) -> Vec<Cell> {
    let known = &model.known().fleet;
    let origin = if across >= 130 {
        visible(known.origin_text(row.origin).1).into_owned()
    } else {
        words::name_of(model, row.origin)
    };
    let kind = match row.entry.verdict {
        Verdict::Aaaa(_) => Cell::new("AAAA", theme.text),
        Verdict::A(_) => Cell::new("A", theme.dim),
        Verdict::NotJudged if row.entry.kind.is_empty() => Cell::new("other", theme.faint),
        Verdict::NotJudged => Cell::new(visible(row.entry.kind), theme.faint),
    };
    let a_answered = match row.entry.subject {
        Subject::Pair(pair) => {
            known.glance(&[pair]).name_ipv4.is_some_and(|known| !known.lowest().is_empty())
        }
        Subject::Other(_) => false,
    };
    let name = if matches!(row.entry.verdict, Verdict::Aaaa(_)) { theme.text } else { theme.dim };
    vec![
        Cell::new(row.entry.at.clock(), theme.dim),
        Cell::new(origin, theme.dim),
        kind,
        Cell::new(visible(row.name), name),
        words::verdict(row.entry.verdict, a_answered, theme),
        words::answers(model, row, theme),
    ]
}
