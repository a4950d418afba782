//! Marks among the records of a list.

use ratatui::text::{Line, Span};

use super::rule;
use super::text::visible;
use super::theme::Theme;
use crate::console::{Model, Row};

/// Puts a line across before the first record that is not before a mark, for each mark between two of `rows`, whose
/// lines are the last ones of `lines`; or behind them all, for one that nothing came after. As many lines are taken
/// away from the beginning of the list, or from its end if the `selected` row would go with them.
pub(super) fn between(
    model: &Model,
    rows: &[Row<'_>],
    selected: usize,
    lines: &mut Vec<Line<'static>>,
    theme: &Theme,
    across: u16,
) {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return };
    let head = lines.len() - rows.len().min(lines.len());
    let follows = selected + 1 == rows.len();
    let shown = |mark: &&crate::console::Mark| {
        mark.at > first.entry.at && (mark.at <= last.entry.at || follows && model.scope().holds(mark.at))
    };
    let mut added = 0;
    let mut chosen = head + selected;
    for mark in model.marks().iter().filter(shown) {
        let place = head + added + rows.partition_point(|row| row.entry.at < mark.at);
        let title = format!("⚑ {}  {}", mark.at.clock(), visible(&mark.name()));
        lines.insert(place, rule(vec![Span::styled(title, theme.marker)], theme, across));
        added += 1;
        if place <= chosen {
            chosen += 1;
        }
    }
    for _ in 0..added.min(rows.len().saturating_sub(1)) {
        if chosen > head + rows.len() / 2 {
            lines.remove(head);
            chosen -= 1;
        } else {
            lines.pop();
        }
    }
}
