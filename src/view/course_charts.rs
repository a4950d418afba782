//! Charts of the shares over time, above the time axis and column by column as it: how many answers each step
//! had, and which part of them was native, through NAT64, and of no use.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::rule;
use super::text::{cut, number, width};
use super::theme::Theme;
use super::timeline::{AxisFrame, BLOCKS, EIGHTHS};
use crate::console::{Class, column};
use crate::fleet::{AnswerClass, CourseStep};
use crate::report::{percent, step_words};

/// How many there are.
const CHARTS: usize = 4;
/// No chart is higher than this: more rows say no more.
const HIGHEST: usize = 6;

/// How many rows each has where all of them may have `room` lines, with the one above them; 0 for no charts.
pub(super) fn rows(room: usize) -> usize {
    (room.saturating_sub(1) / CHARTS).min(HIGHEST)
}

/// How many lines charts of `rows` rows take.
pub(super) fn height(rows: usize) -> usize {
    if rows == 0 { 0 } else { 1 + rows * CHARTS }
}

/// What is drawn.
pub(super) struct Charted<'a> {
    pub steps: &'a [CourseStep],
    /// Seconds of a step.
    pub width: i64,
    /// The selected step.
    pub at: usize,
    pub axis: AxisFrame,
}

/// A chart: what it is called, its style, and how high it is in each step, in eighths of a cell.
struct Chart {
    label: &'static str,
    style: Style,
    heights: Vec<usize>,
    /// What is said of it behind it.
    says: String,
}

/// The charts, each of `rows` rows.
pub(super) fn lines(charted: &Charted<'_>, rows: usize, theme: &Theme, across: u16) -> Vec<Line<'static>> {
    let title = format!("Answers by {}, and which part of them", step_words(charted.width));
    let mut lines = vec![rule(vec![Span::styled(title, theme.dim)], theme, across)];
    let columns: Vec<Option<usize>> = (0..charted.axis.columns).map(|at| charted.step_at(at)).collect();
    for chart in charts(charted, rows * EIGHTHS, theme) {
        lines.extend((0..rows).rev().map(|row| {
            let is_first = row + 1 == rows;
            let told = |text: &str, room: usize| {
                let text = if is_first { cut(text, room).into_owned() } else { String::new() };
                format!("{text}{}", " ".repeat(room - width(&text)))
            };
            let label = told(&format!(" {}", chart.label), charted.axis.before);
            let mut line =
                Line::from(Span::styled(label, if row + 1 == rows { chart.style } else { theme.dim }));
            line.extend(columns.iter().map(|step| {
                let selected = *step == Some(charted.at);
                charted.cell(&chart, *step, row, selected, theme)
            }));
            line.push_span(Span::styled(told(&chart.says, charted.axis.after + 1), chart.style));
            line
        }));
    }
    lines
}

impl Charted<'_> {
    /// The step that a column of the axis is in; `None` where there was no answer.
    fn step_at(&self, at: usize) -> Option<usize> {
        let AxisFrame { from, until, columns, .. } = self.axis;
        // The first second of the column, rounded up as where the mouse points.
        let seconds = (i128::from(until - from) * at as i128 + columns as i128 - 1) / columns as i128;
        let second = from + i64::try_from(seconds).ok()?;
        let place = self.steps.partition_point(|step| step.from.second() <= second).checked_sub(1)?;
        let is_in = |place: usize| {
            let begins = self.steps.get(place).map(|step| step.from.second());
            begins.is_some_and(|begins| second < begins + self.width)
        };
        // A step that is shorter than a column is in the column that it begins in.
        let begins =
            self.steps.get(place + 1).and_then(|next| column(next.from.second(), from, until, columns));
        if is_in(place) { Some(place) } else { begins.filter(|begins| *begins == at).map(|_| place + 1) }
    }

    fn cell(
        &self,
        chart: &Chart,
        step: Option<usize>,
        row: usize,
        selected: bool,
        theme: &Theme,
    ) -> Span<'static> {
        let high = step.and_then(|step| chart.heights.get(step)).copied().unwrap_or(0);
        let eighths = high.saturating_sub(row * EIGHTHS).min(EIGHTHS);
        let span = match (eighths, row, step) {
            (0, 0, Some(_)) => Span::styled("▁", theme.faint),
            (0, 0, None) => Span::styled("·", theme.faint),
            (0, ..) => Span::raw(" "),
            (eighths, ..) => Span::styled(BLOCKS[eighths].to_string(), chart.style),
        };
        if selected && self.steps.len() > 1 {
            let style = span.style.patch(theme.selected_column());
            return span.style(style);
        }
        span
    }
}

fn charts(charted: &Charted<'_>, eighths: usize, theme: &Theme) -> Vec<Chart> {
    let steps = charted.steps;
    let most = steps.iter().map(CourseStep::total).max().unwrap_or(0).max(1);
    let scaled = |step: &CourseStep| {
        let eighths = u128::from(step.total()) * eighths as u128;
        usize::try_from(eighths.div_ceil(u128::from(most))).unwrap_or(0)
    };
    let answers = Chart {
        label: "answers",
        style: theme.text,
        heights: steps.iter().map(scaled).collect(),
        says: format!(" ↑{}", number(most)),
    };
    let shares: Vec<_> = steps.iter().map(|step| signs(step, eighths)).collect();
    let share = |label, class, ways: &[AnswerClass]| {
        let sum = |of: &dyn Fn(usize) -> usize| ways.iter().map(|way| of(*way as usize)).sum();
        let selected = steps.get(charted.at);
        let part = selected.map_or(0, |step| ways.iter().map(|way| step.ways[*way as usize]).sum());
        Chart {
            label,
            style: theme.class(class),
            heights: shares.iter().map(|shares| sum(&|way| shares[way])).collect(),
            says: format!(" {}", percent(part, selected.map_or(0, CourseStep::total))),
        }
    };
    vec![
        answers,
        share("native", Class::Native, &[AnswerClass::Native]),
        share("NAT64", Class::Synthesized, &[AnswerClass::Nat64]),
        share("none/fail", Class::Empty, &[AnswerClass::None, AnswerClass::Failing]),
    ]
}

/// How many of `most` signs each kind has: by the largest remainder, and at least one of what there is.
pub(super) fn signs(step: &CourseStep, most: usize) -> [usize; AnswerClass::ALL.len()] {
    let total = step.total().max(1);
    let parts = step.ways.map(|count| u128::from(count) * most as u128);
    let mut signs =
        parts.map(|part| usize::try_from(part / u128::from(total)).unwrap_or(0).max(usize::from(part > 0)));
    // What one sign for the least of them took, those give that have most; what is left goes to the greatest.
    while signs.iter().sum::<usize>() > most {
        if let Some(greatest) = signs.iter_mut().max() {
            *greatest -= 1;
        }
    }
    let mut rest: Vec<(u128, usize)> =
        parts.iter().enumerate().map(|(at, part)| (part % u128::from(total), at)).collect();
    rest.sort_by_key(|(rest, at)| (std::cmp::Reverse(*rest), *at));
    let left = if step.total() == 0 { 0 } else { most - signs.iter().sum::<usize>() };
    rest.iter().take(left).for_each(|(_, at)| signs[*at] += 1);
    signs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::moment::Moment;

    fn step(second: i64, ways: [u64; 5]) -> CourseStep {
        CourseStep { from: Moment::from_seconds(second), ways }
    }

    fn drawn(steps: &[CourseStep], width: i64, (from, until): (i64, i64), columns: usize) -> Vec<String> {
        let axis = AxisFrame { from, until, before: 10, columns, after: 8 };
        let charted = Charted { steps, width, at: steps.len().saturating_sub(1), axis };
        let lines = lines(&charted, 1, &Theme::plain(), 40);
        lines.iter().map(|line| line.spans.iter().map(|span| span.content.as_ref()).collect()).collect()
    }

    #[test]
    fn each_column_has_its_step() {
        let steps = [step(0, [0, 8, 0, 0, 0]), step(10, [2, 1, 0, 1, 0]), step(30, [1, 0, 0, 0, 0])];
        assert_eq!(
            drawn(&steps, 10, (0, 40), 8)[1..],
            [
                " answers  ██▄▄··▁▁ ↑8      ",
                " native   ▁▁▄▄··██ 100%    ",
                " NAT64    ██▂▂··▁▁ 0%      ",
                " none/fail▁▁▂▂··▁▁ 0%      ",
            ]
        );
        // A step shorter than a column has one all the same, and what is little is seen.
        let steps = [step(0, [999, 0, 0, 1, 0]), step(71, [1, 0, 0, 0, 0])];
        assert_eq!(drawn(&steps, 1, (0, 80), 8)[4], " none/fail▁······▁ 0%      ");
        assert_eq!(drawn(&[], 1, (0, 80), 8)[1], " answers  ········ ↑1      ");
    }

    #[test]
    fn charts_are_as_high_as_there_is_room() {
        for (room, rows_of_each) in [(0, 0), (4, 0), (5, 1), (8, 1), (9, 2), (13, 3), (99, 6)] {
            assert_eq!(rows(room), rows_of_each);
            assert!(height(rows(room)) <= room);
        }
    }

    #[test]
    fn signs_are_shares_and_nothing_vanishes() {
        for (ways, expected) in [
            ([1, 1, 0, 0, 0], [20, 20, 0, 0, 0]),
            ([1, 0, 0, 0, 0], [40, 0, 0, 0, 0]),
            ([9_999, 1, 0, 0, 0], [39, 1, 0, 0, 0]),
            ([1, 1, 1, 0, 0], [14, 13, 13, 0, 0]),
            ([1_000_000, 1, 1, 1, 1], [36, 1, 1, 1, 1]),
            ([0; 5], [0; 5]),
        ] {
            assert_eq!(signs(&CourseStep { from: Moment(0), ways }, 40), expected, "{ways:?}");
        }
        let step = CourseStep { from: Moment(0), ways: [1, 3, 3, 0, 0] };
        assert_eq!(signs(&step, 21), [3, 9, 9, 0, 0], "in as much room as there is");
    }
}
