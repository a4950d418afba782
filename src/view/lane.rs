//! A pair's time as a lane: what its AAAA did, from left to right along the time that is shown.

use super::columns::Cell;
use super::theme::Theme;
use super::words;
use crate::base::moment::Moment;
use crate::console::{Model, column};
use crate::fleet::{PairDetail, Status};

/// From when to when lanes go, in seconds: the stretch that is selected, or all there is.
pub(super) fn ends(model: &Model) -> Option<(i64, i64)> {
    match model.clock().range() {
        Some((first, last)) => Some((first.second(), (last.second() + 1).max(first.second() + 2))),
        None => model.axis(),
    }
}

/// The lane of a pair: the sign of a verdict where it was first seen, a line for as long as it was, the
/// newest on top.
pub(super) fn lane(model: &Model, pair_detail: &PairDetail<'_>, wide: usize, theme: &Theme) -> Cell {
    let Some((from, until)) = ends(model) else { return Cell::default() };
    let answered = pair_detail.name_ipv4.is_some_and(|known| !known.lowest().is_empty());
    let mut cells: Vec<Option<(char, Status)>> = vec![None; wide];
    let mut spans: Vec<_> = pair_detail.spans.aaaa().collect();
    spans.sort_by_key(|(_, span)| (span.last, span.first));
    let a = spans.is_empty().then(|| pair_detail.spans.a().map(|(_, span)| (Status::AOnly, span)));
    let spans = spans.into_iter().map(|(verdict, span)| (words::aaaa_status(verdict, answered), span));
    for (status, span) in spans.chain(a.into_iter().flatten()) {
        let place = |moment: Moment| column(moment.second(), from, until, wide);
        let first = place(span.first).unwrap_or(0);
        let last = place(span.last).unwrap_or(if span.last.second() < from { 0 } else { wide - 1 });
        for cell in cells.iter_mut().take(last + 1).skip(first) {
            *cell = Some(('━', status));
        }
        if let Some(cell) = cells.get_mut(first) {
            *cell = Some((status.glyph(), status));
        }
    }
    let mut lane = Cell::default();
    for cell in cells {
        match cell {
            Some((char, status)) => lane.push(char.to_string(), theme.status(status)),
            None => lane.push("·", theme.faint),
        }
    }
    lane
}
