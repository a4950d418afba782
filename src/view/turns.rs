//! The changes: what happened, the newest first, and below it the answers that became others, with their
//! time.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::columns::{Cell, Column, TableRow, column, table};
use super::idn::named;
use super::text::{count, visible};
use super::theme::Theme;
use super::{first_shown, put, rule, words};
use crate::console::{Model, Turn};

const COLUMNS: [Column; 4] = [
    column("at", 8, 19, 0),
    column("change", 5, 28, 1),
    column("origin", 11, 40, 3),
    Column { ease: 28, roomy: 40, ..column("endpoint", 20, 72, 2) },
];

/// The columns of events.
const EVENTS: [Column; 2] = [column("at", 8, 39, 0), column("what changed", 20, 100, 1)];

pub(super) fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let (turns, at) = model.selected_turn();
    let events = model.events();
    // What came later is not shown: the same event may go on.
    let until =
        model.scope().until.map_or_else(String::new, |at| format!(" until {}", words::time(model, at)));
    let (events_words, pairs) = (count(events.len() as u64, "event"), count(turns.len() as u64, "pair"));
    let title = vec![
        Span::styled("Changes", theme.title),
        Span::styled(format!("{until}  {events_words} of {pairs}, the latest change of each"), theme.dim),
    ];
    let mut lines = vec![rule(title, theme, area.width)];
    if turns.is_empty() {
        lines.push(Span::styled(" No answer became another in what is shown.", theme.dim).into());
        put(frame, area, lines);
        return;
    }
    let mut before = 0;
    let chosen = events.iter().position(|event| {
        before += event.turns.len();
        at < before
    });
    let high = usize::from(area.height).saturating_sub(1);
    let head = area.height >= 8;
    // What happened, above what is of it: as many lines as there are events, a third of the screen at most.
    let events_high = if high >= 6 { events.len().min((high / 3).max(2)) } else { 0 };
    if let Some(chosen) = chosen.filter(|_| events_high > 0) {
        let first = first_shown(chosen, events.len(), events_high);
        let rows = (first..).zip(events.iter().skip(first).take(events_high)).map(|(place, event)| {
            let time = |moment: Option<_>| moment.map(|at| words::time(model, at)).unwrap_or_default();
            let (from, until) = (time(event.from()), time(event.until()));
            let when = if from == until { from } else { format!("{from}–{until}") };
            let mut what = Cell::new(event.words(), theme.strong);
            if let Some(turn) = event.like() {
                what.push("   ", theme.dim);
                for span in words::turn(model, turn, true, theme) {
                    what.push(span.content, span.style);
                }
            }
            TableRow { cells: vec![Cell::new(when, theme.dim), what], selected: place == chosen }
        });
        lines.extend(table(&EVENTS, rows.collect(), usize::from(area.width), head, false, theme));
        if let Some(of) = events.get(chosen).filter(|_| head) {
            lines.push(rule(vec![Span::styled(of.words(), theme.title)], theme, area.width));
        }
    }
    let height = usize::from(area.height).saturating_sub(lines.len() + usize::from(head)).max(1);
    lines.extend(rows(model, &turns, at, (height, area.width), head, theme));
    put(frame, area, lines);
}

/// The changes, as many as fit, with the selected one among them.
fn rows(
    model: &Model,
    turns: &[Turn],
    at: usize,
    (height, across): (usize, u16),
    head: bool,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let first = first_shown(at, turns.len(), height);
    let fleet = &model.known().fleet;
    let rows = (first..).zip(turns.iter().skip(first).take(height)).map(|(place, turn)| {
        let mut change = Cell::default();
        for span in words::turn(model, turn, across >= 100, theme) {
            change.push(span.content.into_owned(), span.style);
        }
        if model.is_fresh(turn.origin, turn.name) {
            change = change.modified(theme.fresh);
        }
        let origin = if across >= 110 {
            visible(fleet.origin_text(turn.origin).1).into_owned()
        } else {
            words::name_of(model, turn.origin)
        };
        TableRow {
            cells: vec![
                Cell::new(words::time(model, turn.at), theme.dim),
                change,
                Cell::new(origin, theme.text),
                Cell::name(named(fleet.name_text(turn.name)), theme.text),
            ],
            selected: place == at,
        }
    });
    table(&COLUMNS, rows.collect(), usize::from(across), head, true, theme)
}
