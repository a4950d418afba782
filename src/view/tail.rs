//! The tail: the newest records, one on a line.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::columns::{Cell, Column, TableRow, column, table};
use super::text::{number, visible};
use super::theme::Theme;
use super::{first_shown, put, rule, words};
use crate::console::{Model, Row};
use crate::observation::Verdict;

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
    let rows: Vec<&Row> = model.rows().collect();
    let selected = model.selected_row();
    let first =
        selected.map_or_else(|| rows.len().saturating_sub(height), |at| first_shown(at, rows.len(), height));
    let mut title = vec![Span::styled("Tail", theme.title)];
    let state = if selected.is_some() { "looking back; End follows" } else { "following" };
    title.push(Span::styled(format!("  the newest {}, {state}", number(rows.len() as u64)), theme.dim));
    let mut lines = vec![rule(title, theme, area.width)];
    let shown = rows[first..rows.len().min(first + height)]
        .iter()
        .enumerate()
        .map(|(at, row)| TableRow {
            cells: cells(model, row, theme, area.width),
            selected: selected.map_or(first + at + 1 == rows.len(), |selected| selected == first + at),
        })
        .collect();
    lines.extend(table(&COLUMNS, shown, usize::from(area.width), head, true, theme));
    put(frame, area, lines);
}

/// The newest records, as many as there is room for, with no selection.
pub(super) fn newest(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let height = usize::from(area.height).saturating_sub(1);
    let mut rows: Vec<&Row> = model.rows().rev().take(height).collect();
    rows.reverse();
    let shown = rows
        .into_iter()
        .map(|row| TableRow { cells: cells(model, row, theme, area.width), selected: false })
        .collect();
    let mut lines = vec![rule(vec![Span::styled("Newest", theme.title)], theme, area.width)];
    lines.extend(table(&COLUMNS, shown, usize::from(area.width), false, false, theme));
    put(frame, area, lines);
}

fn cells(model: &Model, row: &Row, theme: &Theme, across: u16) -> Vec<Cell> {
    let known = &model.known().fleet;
    let owner = row.origin.and_then(|origin| model.roster().owner(origin));
    let origin = owner.map(|owner| owner.key).or(row.origin).map_or_else(String::new, |origin| {
        if across >= 130 {
            visible(known.origin_text(origin).1).into_owned()
        } else {
            words::name_of(model, origin)
        }
    });
    let kind = match row.verdict {
        Verdict::Aaaa(_) => Cell::new("AAAA", theme.text),
        Verdict::A(_) => Cell::new("A", theme.dim),
        Verdict::NotJudged => Cell::new("other", theme.faint),
    };
    let a_answered = row
        .pair
        .and_then(|pair| known.glance(&[pair]).name_ipv4.map(|known| !known.lowest().is_empty()))
        .unwrap_or(false);
    let name = if matches!(row.verdict, Verdict::Aaaa(_)) { theme.text } else { theme.dim };
    vec![
        Cell::new(row.at.clock(), theme.dim),
        Cell::new(origin, theme.dim),
        kind,
        Cell::new(visible(&row.name), name),
        words::verdict(row.verdict, a_answered, theme),
        words::answers(model, row, theme),
    ]
}
