//! The screen of shares: the kinds of answers to AAAA in each hour, day or other step of time.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::columns::{Cell, Column, TableRow, column, table, width_of};
use super::course_charts::{self, Charted, signs};
use super::text::number;
use super::theme::Theme;
use super::{first_shown, put, rule, take_bottom, timeline, words};
use crate::base::figures::counted;
use crate::console::{Class, Model};
use crate::fleet::{AnswerClass, CourseStep};
use crate::report::{ends, percent, step_words, way_sign};

const COLUMNS: [Column; 8] = [
    column("from", 8, 19, 0),
    Column { ease: 20, ..column("share of each", 10, 50, 6) },
    Column { right: true, ..column("native", 4, 7, 1) },
    Column { right: true, ..column("NAT64", 4, 7, 2) },
    Column { right: true, ..column("no address", 4, 10, 3) },
    Column { right: true, ..column("failing", 4, 7, 4) },
    Column { right: true, ..column("unknown", 4, 7, 7) },
    Column { right: true, ..column("answers", 4, 12, 5) },
];

/// As many steps are listed at least, if there are as many, before there are charts.
const LISTED: usize = 7;

/// Signs of a row, which show the shares: as many as there is room for, and no more than these.
const SIGNS: usize = 40;
/// The column that has them.
const BAR: usize = 1;

pub(super) fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let (width, steps) = model.course_steps();
    let mut lines = vec![title(width, &steps, theme, area.width)];
    if steps.is_empty() {
        lines.push(Span::styled(nothing(model), theme.dim).into());
        put(frame, area, lines);
        return;
    }
    let is_tall = area.height >= 10;
    if is_tall {
        lines.extend(trend(&steps, theme, usize::from(area.width)));
    }
    let head = area.height >= 6;
    let used = lines.len() + usize::from(head);
    let free = usize::from(area.height).saturating_sub(used).max(1);
    // The list has its room before charts have theirs.
    let listed = steps.len().min(LISTED.max(free / 2));
    let axis = timeline::frame(model, area.width);
    let chart_rows = axis.as_ref().map_or(0, |_| course_charts::rows(free.saturating_sub(listed)));
    let height = free - course_charts::height(chart_rows);
    let at = model.selected_step(&steps);
    let first = first_shown(at, steps.len(), height);
    let rows = |most: usize| -> Vec<TableRow> {
        let shown = steps.iter().enumerate().skip(first).take(height);
        let row = |(place, step)| TableRow { cells: cells(model, step, most, theme), selected: place == at };
        shown.map(row).collect()
    };
    let across = usize::from(area.width);
    // A bar that is cut would show other shares.
    let most = width_of(BAR, &COLUMNS, &rows(SIGNS), across, head).min(SIGNS);
    lines.extend(table(&COLUMNS, rows(most), across, head, true, theme));
    put(frame, area, lines);
    if let Some(axis) = axis.filter(|_| chart_rows > 0) {
        let charted = Charted { steps: &steps, width, at, axis };
        let lines = course_charts::lines(&charted, chart_rows, theme, area.width);
        let mut rest = area;
        let place = take_bottom(&mut rest, u16::try_from(lines.len()).unwrap_or(u16::MAX));
        put(frame, place, lines);
    }
}

/// Why there is nothing to be shown.
fn nothing(model: &Model) -> String {
    match (model.unplaced(), model.query()) {
        (0, None) => " No answer to AAAA is in what is shown.".to_owned(),
        (0, Some(_)) => " No answer to AAAA is in what the filter lets through.".to_owned(),
        (unplaced, _) => {
            let answers = counted(unplaced, "answer was", "answers were");
            format!(" {answers} counted before they were read: when each came is not known.")
        }
    }
}

fn title(width: i64, steps: &[CourseStep], theme: &Theme, across: u16) -> Line<'static> {
    let mut title = vec![Span::styled("Shares over time", theme.title)];
    let all = steps.iter().map(CourseStep::total).sum();
    let words = if across < 70 {
        format!("  by {}", step_words(width))
    } else {
        format!("  {} to AAAA, by {}", counted(all, "answer", "answers"), step_words(width))
    };
    title.push(Span::styled(words, theme.dim));
    if across >= 110 {
        title.push(Span::styled("  h and l: finer and coarser", theme.faint));
    }
    rule(title, theme, across)
}

/// The share of each kind in the first quarter of the time, and in the last; of as many as there is room for.
fn trend(steps: &[CourseStep], theme: &Theme, across: usize) -> Option<Line<'static>> {
    if steps.len() < 2 {
        return None;
    }
    let mut line = Line::from(Span::styled("  first and last quarter:", theme.dim));
    for way in AnswerClass::ALL {
        let Some((from, to)) = ends(steps, way).filter(|(from, to)| from != "0%" || to != "0%") else {
            continue;
        };
        let kind = Span::styled(format!("  {} {}", way_sign(way), way.words()), theme.class(class(way)));
        let shares = Span::styled(format!(" {from} → {to}"), theme.text);
        if line.width() + kind.width() + shares.width() > across {
            break;
        }
        line.extend([kind, shares]);
    }
    Some(line)
}

/// The class that has the color of a kind of answer.
fn class(way: AnswerClass) -> Class {
    match way {
        AnswerClass::Native => Class::Native,
        AnswerClass::Nat64 => Class::Synthesized,
        AnswerClass::None => Class::Empty,
        AnswerClass::Failing => Class::Failing,
        AnswerClass::Unknown => Class::Unknown,
    }
}

fn cells(model: &Model, step: &CourseStep, most: usize, theme: &Theme) -> Vec<Cell> {
    let total = step.total();
    let mut bar = Cell::default();
    for (way, signs) in AnswerClass::ALL.into_iter().zip(signs(step, most)) {
        if signs > 0 {
            bar.push(way_sign(way).to_string().repeat(signs), theme.class(class(way)));
        }
    }
    let mut cells = vec![Cell::new(words::time(model, step.from), theme.text), bar];
    cells.extend(AnswerClass::ALL.map(|way| match step.ways[way as usize] {
        0 => Cell::new("–", theme.faint),
        part => Cell::new(percent(part, total), theme.class(class(way))),
    }));
    cells.push(Cell::new(number(total), theme.dim));
    cells
}
