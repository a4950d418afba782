//! What changed in a frame as strokes, and the order in which they are written.

use std::ops::Range;

use ratatui::buffer::Cell;
use unicode_width::UnicodeWidthStr;

use super::grid::{Grid, is_alike, is_blank, is_plain};
use super::look::Look;
use super::pen::Pen;

/// A stretch of at least this many blanks is erased instead of being written over: `CSI n X`, and the way to
/// its end.
const ERASED: usize = 10;
/// As much of the rest of a line is erased: `CSI K`.
const ERASED_TO_END: usize = 4;

/// Cells of a row that are written or erased at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stroke {
    y: usize,
    columns: Range<usize>,
    what: StrokeKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StrokeKind {
    /// Signs in one look; `None` for blanks that need not have any.
    Text(Option<Look>),
    Erased,
    ErasedToEnd,
}

/// Whether cells that did not change are written again rather than passed by, so that one stroke becomes of
/// two.
fn are_bridged<'a>(mut cells: impl ExactSizeIterator<Item = &'a Cell> + Clone, look: Option<Look>) -> bool {
    let way = if cells.len() == 1 { 3 } else { 4 };
    let bytes: usize = cells.clone().map(|cell| cell.symbol().len()).sum();
    bytes <= way && cells.all(|cell| suits(look, cell))
}

/// Whether a cell can be written in a look; with `None`, whether it is blank.
fn suits(look: Option<Look>, cell: &Cell) -> bool {
    look.map_or_else(|| is_blank(cell), |look| look.suits(cell))
}

/// What has to be written that a row looks as it is to. All signs of both have one column.
pub(super) fn strokes(shown: &Grid, wanted: &Grid, y: usize, into: &mut Vec<Stroke>) {
    let width = wanted.row(y).len().max(shown.row(y).len());
    let differs = |x: usize| !is_alike(shown.cell(x, y), wanted.cell(x, y));
    let Some(first) = (0..width).find(|x| differs(*x)) else { return };
    // After the last sign there is nothing but background.
    let end = (first..width).rev().find(|x| !is_blank(wanted.cell(*x, y))).map_or(first, |last| last + 1);
    let rest = (end..width).filter(|x| differs(*x));
    let (from, to) = (rest.clone().next(), rest.clone().next_back());
    let is_erased = from.zip(to).is_some_and(|(from, to)| to - from >= ERASED_TO_END - 1);
    let until = if is_erased { end } else { width };
    let before = into.len();
    let mut x = first;
    while x < until {
        if !differs(x) {
            x += 1;
            continue;
        }
        let blanks = (x..until).take_while(|x| differs(*x) && is_blank(wanted.cell(*x, y))).count();
        if blanks >= ERASED {
            into.push(Stroke { y, columns: x..x + blanks, what: StrokeKind::Erased });
            x += blanks;
            continue;
        }
        let cell = wanted.cell(x, y);
        let last = into.get_mut(before..).and_then(<[Stroke]>::last_mut);
        match last {
            Some(Stroke { columns, what: StrokeKind::Text(look), .. })
                if are_bridged((columns.end..x).map(|x| wanted.cell(x, y)), *look)
                    && (suits(*look, cell) || look.is_none() && Look::from_cell(cell).is_of_background()) =>
            {
                columns.end = x + 1;
                if !suits(*look, cell) {
                    *look = Some(Look::from_cell(cell));
                }
            }
            _ => {
                let look = (!is_blank(cell)).then(|| Look::from_cell(cell));
                into.push(Stroke { y, columns: x..x + 1, what: StrokeKind::Text(look) });
            }
        }
        x += 1;
    }
    if let Some(from) = from.filter(|_| is_erased) {
        into.push(Stroke { y, columns: from..width, what: StrokeKind::ErasedToEnd });
    }
}

/// Writes strokes in the order of their places, or by their looks, whichever takes fewer bytes.
pub(super) fn write(strokes: &[Stroke], wanted: &Grid, width: usize, pen: Pen) -> Pen {
    let mut by_place = pen.clone();
    for stroke in strokes {
        stroke.write(wanted, width, &mut by_place);
    }
    let mut by_look = pen;
    for stroke in sorted_by_look(strokes) {
        stroke.write(wanted, width, &mut by_look);
    }
    let length = |pen: &Pen| pen.clone().finish().len();
    if length(&by_look) < length(&by_place) { by_look } else { by_place }
}

/// Each look once, each time that which is the least change from the one before.
fn sorted_by_look(strokes: &[Stroke]) -> Vec<&Stroke> {
    let mut groups: Vec<(Look, Vec<&Stroke>)> = Vec::new();
    let mut before: Option<Look> = None;
    for stroke in strokes {
        let own = match stroke.what {
            StrokeKind::Text(look) => look,
            StrokeKind::Erased | StrokeKind::ErasedToEnd => None,
        };
        // What has no look goes with what comes before it.
        let look = own.or(before.filter(|look| look.is_of_background())).unwrap_or(Look::PLAIN);
        before = Some(look);
        match groups.iter_mut().find(|(other, _)| *other == look) {
            Some((_, group)) => group.push(stroke),
            None => groups.push((look, vec![stroke])),
        }
    }
    let mut sorted = Vec::with_capacity(strokes.len());
    let mut look = Look::PLAIN;
    while !groups.is_empty() {
        let change = |to: Look| if to == look { 0 } else { look.change(to).len() };
        let next = (0..groups.len()).min_by_key(|at| change(groups[*at].0)).unwrap_or(0);
        let (next, group) = groups.remove(next);
        sorted.extend(group);
        look = next;
    }
    sorted
}

impl Stroke {
    fn write(&self, wanted: &Grid, width: usize, pen: &mut Pen) {
        pen.go((self.columns.start, self.y));
        match self.what {
            StrokeKind::Text(Some(look)) => pen.wear(look),
            StrokeKind::Text(None) | StrokeKind::Erased | StrokeKind::ErasedToEnd => pen.wear_background(),
        }
        match self.what {
            StrokeKind::Text(_) => {
                let text: String =
                    self.columns.clone().map(|x| wanted.cell(x, self.y).symbol().to_owned()).collect();
                pen.write(&text, self.columns.len(), self.columns.end >= width);
            }
            StrokeKind::Erased => pen.say(&format!("\x1b[{}X", self.columns.len())),
            StrokeKind::ErasedToEnd => pen.say("\x1b[K"),
        }
    }
}

/// Writes a row from the first sign on that changed: one in which there are signs of more columns, or of
/// several characters. What becomes of one of which a part is written over differs from terminal to terminal.
pub(super) fn write_anew(shown: &Grid, wanted: &Grid, y: usize, pen: &mut Pen) {
    let width = wanted.row(y).len().max(shown.row(y).len());
    let Some(first) = (0..width).find(|x| !is_alike(shown.cell(*x, y), wanted.cell(*x, y))) else { return };
    pen.go((first, y));
    pen.wear_background();
    pen.say("\x1b[K");
    let mut x = first;
    while x < width {
        let cell = wanted.cell(x, y);
        let symbol = cell.symbol();
        if !is_blank(cell) {
            pen.go((x, y));
            if !pen.look.suits(cell) {
                pen.wear(Look::from_cell(cell));
            }
            if is_plain(symbol) {
                pen.write(symbol, 1, x + 1 >= width);
            } else {
                pen.write_odd(symbol);
            }
        }
        x += symbol.width().max(1);
    }
}
