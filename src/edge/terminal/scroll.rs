//! Rows that are elsewhere on the screen now: the terminal moves them itself.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use super::grid::{Grid, is_alike, is_blank};

/// What it costs to say that rows move, in bytes.
const COST: usize = 22;
/// What blanks cost, however many they are: they are erased at once.
const BLANKS: usize = 3;
/// As many distances are looked at more closely, of those by which most rows moved.
const DISTANCES: usize = 3;

/// Rows from `top` to before `bottom` that go up by `up` rows, or down if that is negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Move {
    pub(super) top: usize,
    pub(super) bottom: usize,
    pub(super) up: isize,
}

/// The rows that are best moved, if any are.
pub(super) fn find(shown: &Grid, wanted: &Grid) -> Option<Move> {
    let height = shown.height().max(wanted.height());
    let stays: Vec<usize> = (0..height).map(|y| cost(shown, y, wanted, y)).collect();
    let written: Vec<usize> = (0..height).filter(|y| is_written(shown, *y)).collect();
    // How many rows are now elsewhere, by how far they went.
    let mut shifts: BTreeMap<isize, usize> = BTreeMap::new();
    for y in (0..height).filter(|y| stays[*y] > 0 && is_written(wanted, *y)) {
        for from in written.iter().filter(|from| differing(shown, **from, wanted, y).next().is_none()) {
            *shifts.entry(from.cast_signed() - y.cast_signed()).or_default() += 1;
        }
    }
    let mut shifts: Vec<(isize, usize)> = shifts.into_iter().collect();
    shifts.sort_by_key(|(_, rows)| Reverse(*rows));
    let moves = shifts.iter().take(DISTANCES).filter_map(|(up, _)| best(shown, wanted, &stays, *up));
    moves.max_by_key(|(saved, _)| *saved).filter(|(saved, _)| *saved > COST).map(|(_, one)| one)
}

/// The columns in which row `from` of what is shown is not row `y` of what is wanted.
fn differing(shown: &Grid, from: usize, wanted: &Grid, y: usize) -> impl Iterator<Item = usize> {
    let width = wanted.row(y).len().max(shown.row(from).len());
    (0..width).filter(move |x| !is_alike(shown.cell(*x, from), wanted.cell(*x, y)))
}

/// About how many bytes it takes to make row `y` of what is wanted from row `from` of what is shown.
fn cost(shown: &Grid, from: usize, wanted: &Grid, y: usize) -> usize {
    let (mut signs, mut blanks) = (0, 0);
    for x in differing(shown, from, wanted, y) {
        let count = if is_blank(wanted.cell(x, y)) { &mut blanks } else { &mut signs };
        *count += 1;
    }
    signs + blanks.min(BLANKS)
}

/// How many cells of a row are not of the background.
fn written(grid: &Grid, y: usize) -> usize {
    grid.row(y).iter().filter(|cell| !is_blank(cell)).count()
}

/// Whether a row has a sign on it, so that it can be told from others.
fn is_written(grid: &Grid, y: usize) -> bool {
    grid.row(y).iter().any(|cell| !is_blank(cell))
}

/// The stretch of rows that is best moved so far, and about how many bytes that saves.
fn best(shown: &Grid, wanted: &Grid, stays: &[usize], up: isize) -> Option<(usize, Move)> {
    let by = up.unsigned_abs();
    // What comes in is blank, and has to be written whole.
    let opening = |rows: Range<usize>| -> isize {
        rows.map(|y| written(wanted, y).cast_signed() - stays[y].cast_signed()).sum()
    };
    let mut best: Option<(usize, Move)> = None;
    // Where the stretch begins, and what it saves up to here.
    let mut run: Option<(usize, isize)> = None;
    for y in 0..stays.len() {
        let Some(from) = y.checked_add_signed(up).filter(|from| *from < stays.len()) else {
            run = None;
            continue;
        };
        let gain = stays[y].cast_signed() - cost(shown, from, wanted, y).cast_signed();
        let begun = if up > 0 { 0 } else { -opening(from..y) };
        let (first, before) = run.filter(|(_, sum)| *sum > begun).unwrap_or((y, begun));
        run = Some((first, before + gain));
        let ended = if up > 0 { opening(y + 1..from + 1) } else { 0 };
        let saved = usize::try_from(before + gain - ended).unwrap_or(0);
        if best.as_ref().is_none_or(|(most, _)| saved > *most) {
            let (top, bottom) = if up > 0 { (first, from + 1) } else { (first - by, y + 1) };
            best = Some((saved, Move { top, bottom, up }));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Cell;

    use super::*;

    fn grid(rows: &[&str]) -> Grid {
        let mut grid = Grid::default();
        for (y, row) in rows.iter().enumerate() {
            for (x, character) in row.chars().enumerate() {
                let mut cell = Cell::default();
                cell.set_char(character);
                grid.write(x, y, &cell);
            }
        }
        grid
    }

    #[test]
    fn a_list_that_went_on_is_moved() {
        let text =
            ["a row of a list of its own", "another row, like no other", "the third, with words again"];
        let [one, two, three] = text;
        let shown = grid(&["title", one, two, three, "below"]);
        let up = grid(&["title", two, three, "news", "below"]);
        assert_eq!(find(&shown, &up), Some(Move { top: 1, bottom: 4, up: 1 }));
        let down = grid(&["title", "news", one, two, "below"]);
        assert_eq!(find(&shown, &down), Some(Move { top: 1, bottom: 4, up: -1 }));
        // What did not move stays, and what is soon written is not moved.
        assert_eq!(find(&shown, &grid(&["title", one, two, "news", "below"])), None);
        assert_eq!(find(&grid(&["a", "b"]), &grid(&["b", "c"])), None);
    }
}
