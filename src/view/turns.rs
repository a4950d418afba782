//! The changes: answers that became others, with their time; the newest first.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::columns::{Cell, Column, TableRow, column, table};
use super::idn::named;
use super::text::{count, visible};
use super::theme::Theme;
use super::{first_shown, put, rule, words};
use crate::console::Model;

const COLUMNS: [Column; 4] = [
    column("at", 8, 14, 0),
    column("change", 5, 28, 1),
    column("origin", 11, 40, 3),
    column("endpoint", 20, 72, 2),
];

pub(super) fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let (turns, at) = model.selected_turn();
    let mut title = vec![Span::styled("Changes", theme.title)];
    title.push(Span::styled(
        format!("  {}, the latest of each", count(turns.len() as u64, "endpoint")),
        theme.dim,
    ));
    let mut lines = vec![rule(title, theme, area.width)];
    if turns.is_empty() {
        lines.push(Span::styled(" No answer became another in what is shown.", theme.dim).into());
    }
    let head = area.height >= 8;
    let height = usize::from(area.height).saturating_sub(1 + usize::from(head)).max(1);
    let first = first_shown(at, turns.len(), height);
    let listed = &turns[first..turns.len().min(first + height)];
    let fleet = &model.known().fleet;
    let rows = (first..).zip(listed).map(|(place, turn)| {
        let mut change = Cell::default();
        for span in words::turn(turn, area.width >= 100, theme) {
            change.push(span.content.into_owned(), span.style);
        }
        if model.is_fresh(turn.origin, turn.name) {
            change = change.modified(theme.fresh);
        }
        let origin = if area.width >= 110 {
            visible(fleet.origin_text(turn.origin).1).into_owned()
        } else {
            words::name_of(model, turn.origin)
        };
        TableRow {
            cells: vec![
                Cell::new(words::time(model, turn.at), theme.dim),
                change,
                Cell::new(origin, theme.text),
                Cell::new(named(fleet.name_text(turn.name)), theme.text),
            ],
            selected: place == at,
        }
    });
    lines.extend(table(
        &COLUMNS,
        rows.collect(),
        usize::from(area.width),
        head && !turns.is_empty(),
        true,
        theme,
    ));
    put(frame, area, lines);
}
