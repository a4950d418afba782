//! What a terminal shows, cell by cell.

use ratatui::buffer::Cell;
use unicode_width::UnicodeWidthStr;

use super::look::Look;

/// A cell that nothing was written to.
const BLANK: Cell = Cell::EMPTY;

/// Rows of cells. What lies beyond their ends is blank.
#[derive(Clone, Debug, Default)]
pub(super) struct Grid {
    rows: Vec<Vec<Cell>>,
}

/// Whether a cell is one column of the background and nothing else.
pub(super) fn is_blank(cell: &Cell) -> bool {
    cell.symbol() == " " && Look::from_cell(cell).is_of_background()
}

/// Whether two cells cannot be told apart on a screen: blanks have no ink.
pub(super) fn is_alike(one: &Cell, other: &Cell) -> bool {
    one.symbol() == other.symbol()
        && (Look::from_cell(one) == Look::from_cell(other) || Look::from_cell(one).suits(other))
}

impl Grid {
    pub(super) fn clear(&mut self) {
        self.rows.clear();
    }

    pub(super) fn height(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn width(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or(0)
    }

    pub(super) fn row(&self, y: usize) -> &[Cell] {
        self.rows.get(y).map_or(&[], Vec::as_slice)
    }

    pub(super) fn cell(&self, x: usize, y: usize) -> &Cell {
        self.row(y).get(x).unwrap_or(&BLANK)
    }

    /// What is written over the cells that a sign of several columns covers is blank for whoever looks.
    pub(super) fn write(&mut self, x: usize, y: usize, cell: &Cell) {
        let columns = cell.symbol().width().max(1);
        if self.rows.len() <= y {
            self.rows.resize_with(y + 1, Vec::new);
        }
        let row = &mut self.rows[y];
        if row.len() < x + columns {
            row.resize(x + columns, BLANK);
        }
        row[x] = cell.clone();
        row[x + 1..x + columns].fill(BLANK);
    }

    /// Whether each sign of a row has one column, for every terminal.
    pub(super) fn is_plain(&self, y: usize) -> bool {
        self.row(y).iter().all(|cell| is_plain(cell.symbol()))
    }

    /// Moves the rows from `top` to before `bottom` up by `up` rows, or down if that is negative: what comes
    /// in is blank.
    pub(super) fn scroll(&mut self, top: usize, bottom: usize, up: isize) {
        if self.rows.len() < bottom {
            self.rows.resize_with(bottom, Vec::new);
        }
        let by = up.unsigned_abs().min(bottom - top);
        let rows = &mut self.rows[top..bottom];
        if up > 0 {
            rows.rotate_left(by);
            let from = rows.len() - by;
            rows[from..].fill_with(Vec::new);
        } else {
            rows.rotate_right(by);
            rows[..by].fill_with(Vec::new);
        }
    }
}

/// Whether a sign is one character of one column. Of others terminals think differently.
pub(super) fn is_plain(symbol: &str) -> bool {
    match symbol.as_bytes() {
        [byte] => !byte.is_ascii_control(),
        _ => symbol.chars().nth(1).is_none() && symbol.width() == 1,
    }
}
