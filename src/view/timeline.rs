//! The log's time along the bottom: how many records of which class, and when something turned.

use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};

use super::theme::Theme;
use super::words;
use crate::console::{Class, Counts, Model, Source, column};
use crate::fleet::Status;
use crate::moment::Moment;
use crate::observation::Aaaa;

/// Lowest to highest: eighths of a cell.
const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const EIGHTHS: usize = 8;

/// Past this many seconds the axis names days.
const DAY: i64 = 86_400;

/// What is known to be missing in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missing {
    /// There is a sample only of some of it.
    Sampled,
    /// Not all of it was seen.
    Gap,
}

impl Missing {
    fn sign(self) -> &'static str {
        match self {
            Self::Sampled => SAMPLED,
            Self::Gap => GAP,
        }
    }
}

/// The signs of a stretch of which not all records were seen, and of one of which there is a sample.
pub(super) const GAP: &str = "×";
pub(super) const SAMPLED: &str = "≈";

/// How many lines it takes on a screen of so many.
pub(super) fn height(screen: u16) -> u16 {
    match screen {
        0..8 => 0,
        8..18 => 1,
        18..30 => 3,
        _ => 5,
    }
}

/// The lines of the timeline: marks above if there is room, then the bars.
pub(super) fn lines(model: &Model, theme: &Theme, area: Rect) -> Vec<Line<'static>> {
    let Some((from, until)) = model.axis() else { return Vec::new() };
    let labels = labels(from, until);
    let across = usize::from(area.width).saturating_sub(labels.0.len() + labels.1.len() + 1);
    if across < 8 {
        return Vec::new();
    }
    let mut counts = model.histogram().columns(from, until, across);
    let marks = marks(model, from, until, across);
    let missing = missing(model, from, until, across);
    let mut flags = vec![false; across];
    for mark in model.marks() {
        if let Some(at) = column(mark.at.second(), from, until, across) {
            flags[at] = true;
        }
    }
    let bars_high = usize::from(area.height).saturating_sub(usize::from(area.height > 1));
    let now = model.moment().and_then(|now| column(now.second(), from, until, across));
    if let (Source::Demo { .. }, Some(now)) = (model.setup().source, now) {
        // The story does not tell its end before it comes to it.
        counts.iter_mut().skip(now + 1).for_each(|counts| *counts = Counts::default());
    }
    let chosen = model.clock().range().or(model.moment().and_then(|now| model.clock().selecting(now)));
    let chosen = chosen.map(|(first, last)| {
        let place = |moment: Moment| column(moment.second(), from, until, across);
        place(first).unwrap_or(0)..=place(last).unwrap_or(across - 1)
    });
    let mut lines = Vec::new();
    if area.height > 1 {
        let mut spans = vec![Span::raw(" ".repeat(labels.0.len()))];
        spans.extend(marks.iter().enumerate().map(|(at, mark)| match mark {
            _ if flags[at] => Span::styled("⚑", theme.marker),
            Some(to) => Span::styled("▼", theme.status(status_of(*to))),
            None if missing[at].is_some() => sign(missing[at], theme),
            None if now == Some(at) => Span::styled("╷", theme.strong),
            None if chosen.as_ref().is_some_and(|chosen| chosen.contains(&at)) => {
                Span::styled("━", theme.marker)
            }
            None => Span::raw(" "),
        }));
        lines.push(Line::from(spans));
    }
    // Above the bars it stands in for nothing; what else is there must be seen, too.
    let is_taken = |at: usize| flags[at] || marks[at].is_some();
    let highest: u32 = counts.iter().map(|counts| counts.iter().sum()).max().unwrap_or(0);
    let bars: Vec<Vec<(char, Style)>> =
        counts.iter().map(|counts| bar(counts, highest, bars_high, theme)).collect();
    for row in (0..bars_high).rev() {
        let bottom = row == 0;
        let label = |text: &str| if bottom { text.to_owned() } else { " ".repeat(text.len()) };
        let mut spans = vec![Span::styled(label(&labels.0), theme.dim)];
        for (at, bar) in bars.iter().enumerate() {
            spans.push(match (marks[at], bar[row]) {
                // With one line only, the mark takes the place of the bar.
                _ if flags[at] && area.height == 1 => Span::styled("⚑", theme.marker),
                _ if missing[at].is_some() && (area.height == 1 || bottom && is_taken(at)) => {
                    sign(missing[at], theme)
                }
                (Some(to), _) if area.height == 1 => Span::styled("▼", theme.status(status_of(to))),
                (_, (' ', _)) if now == Some(at) => Span::styled("│", theme.faint),
                (_, (' ', _)) if bottom => {
                    Span::styled(if now.is_some_and(|now| at > now) { "·" } else { "▁" }, theme.faint)
                }
                // What is not shown elsewhere is faint here: after the moment, and outside the stretch.
                (_, (block, _)) if now.is_some_and(|now| at > now) => {
                    Span::styled(block.to_string(), theme.faint)
                }
                (_, (block, _)) if chosen.as_ref().is_some_and(|chosen| !chosen.contains(&at)) => {
                    Span::styled(block.to_string(), theme.faint)
                }
                (_, (block, style)) => Span::styled(block.to_string(), style),
            });
        }
        spans.push(Span::styled(label(&labels.1), theme.dim));
        lines.push(Line::from(spans));
    }
    lines
}

/// The moment that stands at a column of the lines, the first of those it stands for; none beside the axis.
pub(super) fn moment_at(model: &Model, across: u16, column: u16) -> Option<Moment> {
    let (from, until) = model.axis()?;
    let labels = labels(from, until);
    let columns = usize::from(across).saturating_sub(labels.0.len() + labels.1.len() + 1);
    let at = usize::from(column).checked_sub(labels.0.len()).filter(|at| columns >= 8 && *at < columns)?;
    let seconds = (i128::from(until - from) * at as i128 + columns as i128 - 1) / columns as i128;
    Some(Moment::from_seconds(from + i64::try_from(seconds).ok()?))
}

/// What stands before and behind the axis.
fn labels(from: i64, until: i64) -> (String, String) {
    let label = |second| {
        let moment = Moment::from_seconds(second);
        if until - from > DAY { moment.date() } else { moment.clock() }
    };
    (format!(" {} ", label(from)), format!(" {}", label(until - 1)))
}

/// What the newest turn of each column led to.
fn marks(model: &Model, from: i64, until: i64, across: usize) -> Vec<Option<Aaaa>> {
    let mut marks = vec![None; across];
    for turn in model.roster().turns() {
        if let Some(at) = column(turn.at.second(), from, until, across) {
            marks[at] = Some(turn.to);
        }
    }
    marks
}

/// What is missing in each column: what is worse, where there are both.
fn missing(model: &Model, from: i64, until: i64, across: usize) -> Vec<Option<Missing>> {
    let loss = model.loss();
    let mut missing = vec![None; across];
    let sampled = loss.sampled.iter().map(|stretch| (stretch, Missing::Sampled));
    for (stretch, kind) in sampled.chain(loss.gaps.iter().map(|gap| (gap, Missing::Gap))) {
        let place = |second: i64| column(second.clamp(from, until - 1), from, until, across);
        if let (Some(first), Some(last)) = (place(stretch.from.second()), place(stretch.until.second())) {
            missing[first..=last].fill(Some(kind));
        }
    }
    missing
}

fn sign(missing: Option<Missing>, theme: &Theme) -> Span<'static> {
    Span::styled(missing.map_or(" ", Missing::sign), theme.warning)
}

/// The status whose color a mark has: the one the verdict leads to if the name has an IPv4 address.
fn status_of(verdict: Aaaa) -> Status {
    words::aaaa_status(verdict, true)
}

/// A bar of `rows` cells, from the bottom up, with the worst class at the bottom. Anything at all is at least an
/// eighth high. Where two classes meet within a cell, one is its ink and the other its paper; only at the top of a
/// bar, where the paper stays empty, the larger of the two is all that shows.
fn bar(counts: &Counts, highest: u32, rows: usize, theme: &Theme) -> Vec<(char, Style)> {
    let total: u32 = counts.iter().sum();
    let scale = |count: u32| {
        let eighths = u64::from(count) * (rows * EIGHTHS) as u64;
        usize::try_from(eighths.div_ceil(u64::from(highest.max(1)))).unwrap_or(usize::MAX)
    };
    // The class of each eighth, from the bottom up.
    let mut eighths: Vec<Class> = Vec::with_capacity(rows * EIGHTHS);
    let mut sum = 0;
    for class in Class::ALL {
        sum += counts[class as usize];
        let end = if sum == total { scale(total) } else { scale(sum).min(scale(total)) };
        eighths.resize(end.max(eighths.len()), class);
    }
    (0..rows)
        .map(|row| {
            let cell: Vec<Class> = eighths.iter().skip(row * EIGHTHS).take(EIGHTHS).copied().collect();
            let Some(bottom) = cell.first().copied() else { return (' ', Style::new()) };
            let below = cell.iter().take_while(|class| **class == bottom).count();
            if cell.len() < EIGHTHS {
                let most = Class::ALL
                    .into_iter()
                    .rev()
                    .max_by_key(|class| cell.iter().filter(|other| *other == class).count());
                return (BLOCKS[cell.len()], theme.class(most.unwrap_or(bottom)));
            }
            if below == EIGHTHS {
                return (BLOCKS[EIGHTHS], theme.class(bottom));
            }
            let above = theme.class(cell[below]).fg.unwrap_or(Color::Reset);
            (BLOCKS[below], theme.class(bottom).bg(above))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_stacked_with_the_worst_at_the_bottom() {
        let theme = Theme::dark();
        let empty = theme.class(Class::Empty);
        let native = theme.class(Class::Native);
        let of = |counts, highest, rows| bar(&counts, highest, rows, &theme);
        assert_eq!(of([0; 7], 8, 1), [(' ', Style::new())]);
        assert_eq!(of([8, 0, 0, 0, 8, 0, 0], 16, 2), [('█', empty), ('█', native)]);
        assert_eq!(of([8, 0, 0, 0, 8, 0, 0], 16, 1), [('▄', empty.bg(native.fg.unwrap()))]);
        assert_eq!(of([0, 0, 0, 0, 1, 0, 0], 1000, 1), [('▁', native)], "one of many still shows");
        assert_eq!(of([1, 0, 0, 0, 3, 0, 0], 8, 1), [('▄', native)], "the larger part of an open cell");
    }
}
