//! What is drawn where the mouse points.
//!
//! A list tells by itself where its rows are: each is a line, and the selected one has its marker. So
//! whatever list a screen has, the row pointed at is found by its distance in lines from the marked one.

use ratatui::buffer::Buffer;

use super::columns::{ACTIVE, PASSIVE};
use super::timeline;
use crate::console::{Aim, Model};

/// What is drawn at a column and a row of `frame`, which shows `model`.
#[must_use]
pub fn pointed(model: &Model, frame: &Buffer, column: u16, row: u16) -> Aim {
    let area = frame.area;
    if column >= area.width || row >= area.height {
        return Aim::Elsewhere;
    }
    let footer = area.height - u16::from(area.height > 4);
    let axis = footer.saturating_sub(timeline::height(area.height))..footer;
    if axis.contains(&row) {
        let moment = timeline::moment_at(model, area.width, column);
        return moment.map_or(Aim::Elsewhere, Aim::Time);
    }
    // The list to the left of the pointer that is nearest to it, if there are several side by side.
    for start in (0..=column).rev() {
        if let Some((marked, active)) = marker(frame, start, row) {
            // A hint is a line of its own, and belongs to the row above it.
            let rows = |from: u16, to: u16| {
                (from..to).filter(|row| !is_hint(frame, start, row + 1)).count().cast_signed()
            };
            let below = if row >= marked { rows(marked, row) } else { -rows(row, marked) };
            return Aim::Row(below, active);
        }
    }
    Aim::Elsewhere
}

/// Whether a line is a hint under a row of the list that begins at column `start`.
fn is_hint(frame: &Buffer, start: u16, row: u16) -> bool {
    frame.cell((start + 4, row)).is_some_and(|cell| cell.symbol() == "└")
}

/// The row that is marked in the list which begins at column `start` and has `row` in it, and whether the
/// keys move in that list.
fn marker(frame: &Buffer, start: u16, row: u16) -> Option<(u16, bool)> {
    let mark = |row: u16| match frame[(start, row)].symbol() {
        ACTIVE => Some((row, true)),
        PASSIVE => Some((row, false)),
        _ => None,
    };
    // A row of a list has its marker or a blank first, and its text in the third column.
    let is_row = |row: &u16| {
        if is_hint(frame, start, *row) {
            return true;
        }
        let symbol = |column| frame.cell((column, *row)).map_or(" ", |cell| cell.symbol());
        matches!(symbol(start), " " | ACTIVE | PASSIVE)
            && symbol(start + 1) == " "
            && symbol(start + 2) != " "
    };
    let above = (0..=row).rev().take_while(is_row).find_map(mark);
    above.or_else(|| (row..frame.area.height).take_while(is_row).find_map(mark))
}
