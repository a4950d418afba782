//! The tail: the records, one on a line, the newest at the bottom; and all about the selected one where there
//! is room.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::columns::{Cell, Column, TableRow, chosen, column, table};
use super::fifths;
use super::idn::named;
use super::text::{count, visible};
use super::theme::Theme;
use super::{WIDE_PAIR, marks, put, record, rule, take_bottom, words};
use crate::base::moment::Moment;
use crate::console::{List, Mark, Model, Row};
use crate::fleet::Symbol;
use crate::log::note::Gap;
use crate::log::observation::{Aaaa, Verdict};
use crate::timeline::RowSubject;

const COLUMNS: [Column; 6] = [
    column("time", 8, 19, 1),
    column("origin", 11, 39, 3),
    column("type", 4, 5, 4),
    Column { ease: 36, roomy: 26, ..column("name", 20, 72, 0) },
    column("verdict", 1, 13, 2),
    Column { ease: 40, ..column("answer", 10, 88, 5) },
];

/// On a screen of at least this many lines the selected record is shown below the list.
const ROOMY: u16 = 24;
/// On this many of them.
const BELOW: u16 = 11;

pub(super) fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let mut area = area;
    if area.width >= WIDE_PAIR {
        let left = fifths(area.width, 3);
        let right = Rect { x: area.x + left + 1, width: fifths(area.width, 2) - 1, ..area };
        area.width = left;
        detail(model, theme, frame, right);
    } else if area.height >= ROOMY && model.selected_row().is_some() {
        let below = take_bottom(&mut area, BELOW);
        detail(model, theme, frame, below);
        area.height -= 1;
    }
    let head = area.height >= 12;
    let height = usize::from(area.height).saturating_sub(1 + usize::from(head));
    let (rows, selected) = model.window(height);
    let mut title = vec![Span::styled("Tail", theme.title)];
    let state = if model.selected_row().is_some() { "looking back; End follows" } else { "following" };
    title.push(Span::styled(format!("  {}, {state}", count(model.row_count(), "record")), theme.dim));
    let mut lines = vec![rule(title, theme, area.width)];
    let shown = table_rows(model, &rows, Some(selected), theme, area.width);
    let columns = chosen(&COLUMNS, model, List::Records);
    let mut listing = table(&columns, shown, usize::from(area.width), head, true, theme).into_iter();
    lines.extend(listing.by_ref().take(usize::from(head)));
    lines.extend(with_rules(model, &rows, listing, selected, height, theme));
    put(frame, area, lines);
}

/// All about the selected record, or the newest: what it says, and the raw record as far as it is at hand.
fn detail(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let Some(row) = model.selected_row().or_else(|| model.newest_rows().next()) else { return };
    let abreast = area.width >= record::ABREAST;
    let said_wide = if abreast { area.width / 2 } else { area.width };
    let mut said = record::said(model, &row, theme, said_wide);
    if model.selected_row().is_none() {
        said.push(Line::default());
        said.push(Span::styled(" ↑ selects a record; then it is shown raw.", theme.dim).into());
    }
    let raw =
        || if model.selected_row().is_some() { record::raw(model, theme, said_wide) } else { Vec::new() };
    if abreast {
        let left = Rect { width: said_wide, ..area };
        let right = Rect { x: left.right() + 1, width: area.width - left.width - 1, ..area };
        put(frame, left, said);
        put(frame, right, raw());
    } else {
        said.push(Line::default());
        said.extend(raw());
        put(frame, area, said);
    }
}

/// The newest records, as many as there is room for, with no selection.
pub(super) fn newest(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let height = usize::from(area.height).saturating_sub(1);
    let mut rows: Vec<Row<'_>> = model.newest_rows().take(height).collect();
    rows.reverse();
    let shown = table_rows(model, &rows, None, theme, area.width);
    let mut lines = vec![rule(vec![Span::styled("Newest", theme.title)], theme, area.width)];
    let columns = chosen(&COLUMNS, model, List::Records);
    let listing = table(&columns, shown, usize::from(area.width), false, false, theme).into_iter();
    lines.extend(with_rules(model, &rows, listing, rows.len().saturating_sub(1), height, theme));
    put(frame, area, lines);
}

/// The lines of the rows, with a line across wherever records may be missing between two of them.
fn with_rules(
    model: &Model,
    rows: &[Row<'_>],
    listing: impl Iterator<Item = Line<'static>>,
    selected: usize,
    height: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let gaps = &model.known().fleet.tally().loss.gaps;
    let mut lines = Vec::new();
    let mut place = 0;
    for (at, line) in listing.enumerate() {
        let before = at.checked_sub(1).and_then(|before| rows.get(before));
        if let (Some(before), Some(row)) = (before, rows.get(at)) {
            // Where it begins and where it ends: what was seen within it is in between.
            let holds = |at: Moment| at >= before.entry.at && at < row.entry.at;
            let between = |gap: &&Gap| holds(gap.from) || holds(Moment(gap.until.0.saturating_sub(1)));
            lines.extend(gaps.iter().filter(between).map(|gap| gap_line(model, gap, theme)));
            let between = |mark: &&Mark| mark.at > before.entry.at && mark.at <= row.entry.at;
            lines.extend(model.marks().iter().filter(between).map(|mark| marks::line(model, mark, theme)));
        }
        if at == selected {
            place = lines.len();
        }
        lines.push(line);
    }
    if let Some(last) = rows.last().filter(|_| selected + 1 == rows.len()) {
        let behind = |mark: &&Mark| mark.at > last.entry.at && model.scope().holds(mark.at);
        let behind = model.marks().iter().filter(behind).map(|mark| marks::line(model, mark, theme));
        lines.extend(behind);
        // They are seen even if the list is full: it follows, so the oldest go.
        place = lines.len().saturating_sub(1);
    }
    // What is too much goes at the end that is farther from the selected one.
    let surplus = lines.len().saturating_sub(height);
    let above = surplus.min(place);
    let above = if place * 2 > lines.len() { above } else { 0 };
    lines.drain(..above);
    lines.truncate(height);
    lines
}

fn gap_line(model: &Model, gap: &Gap, theme: &Theme) -> Line<'static> {
    let (from, until) = (words::time(model, gap.from), words::time(model, gap.until));
    let text = format!("  ── not all records from {from} to {until} were seen ──");
    Span::styled(text, theme.warning).into()
}

fn table_rows(
    model: &Model,
    rows: &[Row<'_>],
    selected: Option<usize>,
    theme: &Theme,
    across: u16,
) -> Vec<TableRow> {
    rows.iter()
        .enumerate()
        .map(|(at, row)| TableRow { cells: cells(model, row, theme, across), selected: Some(at) == selected })
        .collect()
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
    // What is known of A for the name, whoever asked and whatever else is on the screen.
    let (name, ipv4) = match row.entry.subject {
        RowSubject::Pair(pair) => {
            let ipv4 = known.pair_detail(&[pair]).name_ipv4.and_then(|known| known.lowest().first().copied());
            (known.pair_parts(pair).map(|(_, name)| name), ipv4)
        }
        RowSubject::Other(_) => (None, None),
    };
    let a_answered = ipv4.is_some();
    let style = if matches!(row.entry.verdict, Verdict::Aaaa(_)) { theme.text } else { theme.dim };
    let turned = name.and_then(|name| turned(model, row, name, theme));
    let is_turn = turned.is_some();
    let mut verdict = words::verdict(row.entry.verdict, a_answered, theme);
    if is_turn && name.is_some_and(|name| model.is_fresh(row.origin, name)) {
        verdict = verdict.modified(theme.fresh);
    }
    let answers = match row.entry.verdict {
        Verdict::Aaaa(Aaaa::Empty | Aaaa::Unusable) if !row.entry.cname_only => ipv4.map_or_else(
            || words::answers(model, row, theme),
            |bits| Cell::new(format!("A: {}", words::ipv4(bits)), theme.dim),
        ),
        _ => words::answers(model, row, theme),
    };
    let mut came = turned.unwrap_or_default();
    came.append(answers);
    vec![
        Cell::new(words::time(model, row.entry.at), theme.dim),
        Cell::new(origin, theme.dim),
        kind,
        Cell::name(named(row.name), style),
        verdict,
        came,
    ]
}

/// That the answer became another with this record: `was empty until 14:36:10 · `.
fn turned(model: &Model, row: &Row<'_>, name: Symbol, theme: &Theme) -> Option<Cell> {
    let Verdict::Aaaa(verdict) = row.entry.verdict else { return None };
    let turns = model.ranking().turns();
    let first = turns.partition_point(|turn| turn.at < row.entry.at);
    let at_once = turns[first..].iter().take_while(|turn| turn.at == row.entry.at);
    let owner = |origin| model.ranking().owner(origin).map(|owner| owner.key);
    let turn = at_once
        .filter(|turn| turn.name == name && turn.to == verdict)
        .find(|turn| owner(turn.origin) == owner(row.origin))?;
    let pair = model.ranking().pair(turn.origin, name)?;
    let pair_detail = model.pair_detail(pair);
    let until = pair_detail.spans.aaaa_with(turn.from)?.last;
    let mut cell =
        Cell::new(format!("was {} until {}", turn.from.word(), words::time(model, until)), theme.strong);
    cell.push(" · ", theme.dim);
    Some(cell)
}
