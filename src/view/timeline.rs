//! The log's time along the bottom: how many records of which class, and when something turned.

use std::ops::Range;

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::text::number;
use super::theme::Theme;
use super::words;
use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::console::{Class, Counts, Model, Source, column};
use crate::fleet::Status;
use crate::log::observation::Aaaa;

/// Lowest to highest: eighths of a cell.
pub(super) const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
pub(super) const EIGHTHS: usize = 8;

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

/// How many lines it takes on a screen of `screen` lines.
pub(super) fn height(screen: u16) -> u16 {
    match screen {
        0..8 => 0,
        8..18 => 1,
        18..30 => 3,
        _ => 5,
    }
}

/// What is marked on the axis, by its columns.
struct AxisSigns {
    /// What answers became.
    marks: Vec<Option<Aaaa>>,
    missing: Vec<Option<Missing>>,
    /// Marks that somebody put.
    flags: Vec<bool>,
    /// The moment that is shown, if it is on the axis.
    now: Option<usize>,
    /// The first column of what comes after it.
    later: usize,
    /// The stretch that is selected, or being selected.
    chosen: Option<Range<usize>>,
}

/// Which row of bars it is.
#[derive(Clone, Copy)]
struct RowOfBars {
    is_bottom: bool,
    /// There is no other, nor a line above the bars.
    is_alone: bool,
}

impl AxisSigns {
    fn from_model(model: &Model, (from, until): (i64, i64), across: usize) -> Self {
        let place = |moment: Moment| column(moment.second(), from, until, across);
        let mut flags = vec![false; across];
        for at in model.marks().iter().filter_map(|mark| place(mark.at)) {
            flags[at] = true;
        }
        let chosen = model.clock().range().or(model.moment().and_then(|now| model.clock().selecting(now)));
        let clamped = |moment: Moment| column(moment.second().clamp(from, until - 1), from, until, across);
        let chosen = chosen.map(|(first, last)| {
            let is_in_sight = first.second() < until && last.second() >= from;
            let ends = clamped(first).zip(clamped(last)).filter(|_| is_in_sight);
            // One that lies outside is in no column.
            ends.map_or(0..0, |(first, last)| first..last + 1)
        });
        let later = match model.moment() {
            Some(now) if now.second() < from => 0,
            Some(now) => place(now).map_or(across, |now| now + 1),
            None => across,
        };
        Self {
            marks: marks(model, from, until, across),
            missing: missing(model, from, until, across),
            flags,
            now: model.moment().and_then(place),
            later,
            chosen,
        }
    }

    fn is_chosen(&self, at: usize) -> Option<bool> {
        self.chosen.as_ref().map(|chosen| chosen.contains(&at))
    }

    /// The sign above the bars in a column.
    fn above(&self, at: usize, theme: &Theme) -> Span<'static> {
        match self.marks[at] {
            _ if self.flags[at] => Span::styled("⚑", theme.marker),
            Some(to) => Span::styled("▼", theme.status(status_of(to))),
            None if self.missing[at].is_some() => sign(self.missing[at], theme),
            None if self.now == Some(at) => Span::styled("╷", theme.strong),
            None if self.is_chosen(at) == Some(true) => Span::styled("━", theme.marker),
            None => Span::raw(" "),
        }
    }

    /// What a row of a column's bar shows.
    fn within(&self, at: usize, cell: BarCell, row: RowOfBars, theme: &Theme) -> Span<'static> {
        let RowOfBars { is_bottom, is_alone } = row;
        // A flag or a mark above the bars takes the place of the sign of what is missing, which is shown in
        // the bar then.
        let is_taken = self.flags[at] || self.marks[at].is_some();
        let is_later = at >= self.later;
        match (self.marks[at], cell) {
            // With one line only, the mark takes the place of the bar.
            _ if self.flags[at] && is_alone => Span::styled("⚑", theme.marker),
            _ if self.missing[at].is_some() && (is_alone || is_bottom && is_taken) => {
                sign(self.missing[at], theme)
            }
            (Some(to), _) if is_alone => Span::styled("▼", theme.status(status_of(to))),
            (_, BarCell { char: ' ', .. }) if self.now == Some(at) => Span::styled("│", theme.faint),
            (_, BarCell { char: ' ', .. }) if is_bottom => {
                Span::styled(if is_later { "·" } else { "▁" }, theme.faint)
            }
            // What is not shown elsewhere is faint here: after the moment, and outside the stretch.
            (_, cell) if is_later || self.is_chosen(at) == Some(false) => faint(cell, theme),
            (_, cell) => Span::styled(cell.char.to_string(), cell.style),
        }
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
    let mut counts = model.axis_counts(across).to_vec();
    if model.shows_shares() {
        counts.iter_mut().for_each(only_answers);
    }
    let signs = AxisSigns::from_model(model, (from, until), across);
    let bars_high = usize::from(area.height).saturating_sub(usize::from(area.height > 1));
    if let Source::Demo { .. } = model.setup().source {
        // The story does not tell its end ahead of time.
        counts.iter_mut().skip(signs.later).for_each(|counts| *counts = Counts::default());
    }
    let mut lines = Vec::new();
    if area.height > 1 {
        let mut spans = vec![Span::raw(" ".repeat(labels.0.len()))];
        spans.extend((0..across).map(|at| signs.above(at, theme)));
        spans.push(Span::styled(scale(model, &counts, labels.1.len()), theme.dim));
        lines.push(Line::from(spans));
    }
    let highest: u32 = counts.iter().map(|counts| counts.iter().sum()).max().unwrap_or(0);
    // A share is one of the column's own.
    let highest = |counts: &Counts| if model.shows_shares() { counts.iter().sum() } else { highest };
    let bars: Vec<Vec<BarCell>> =
        counts.iter().map(|counts| bar(counts, highest(counts), bars_high, theme)).collect();
    for row in (0..bars_high).rev() {
        let bottom = row == 0;
        let label = |text: &str| if bottom { text.to_owned() } else { " ".repeat(text.len()) };
        let mut spans = vec![Span::styled(label(&labels.0), theme.dim)];
        let at_row = RowOfBars { is_bottom: bottom, is_alone: area.height == 1 };
        spans.extend(bars.iter().enumerate().map(|(at, bar)| signs.within(at, bar[row], at_row, theme)));
        spans.push(Span::styled(label(&labels.1), theme.dim));
        lines.push(Line::from(spans));
    }
    lines
}

fn faint(block: BarCell, theme: &Theme) -> Span<'static> {
    let (text, style) = block.plain(theme.faint);
    Span::styled(text, style)
}

/// What is left of records where shares are shown: answers to AAAA.
fn only_answers(counts: &mut Counts) {
    for class in [Class::A, Class::Other] {
        counts[class as usize] = 0;
    }
}

/// What a bar of full height stands for: a number of records, or all answers of its time.
fn scale(model: &Model, counts: &[Counts], most: usize) -> String {
    let highest = counts.iter().map(|counts| counts.iter().sum::<u32>()).max().unwrap_or(0);
    let text = match (model.shows_shares(), highest) {
        (_, 0) => return String::new(),
        (true, _) => " ↑100%".to_owned(),
        (false, highest) => format!(" ↑{}", number(u64::from(highest))),
    };
    if text.chars().count() <= most { text } else { String::new() }
}

/// The moment at a column of the lines: the first of those that the column stands for; `None` beside the
/// axis.
pub(super) fn moment_at(model: &Model, across: u16, column: u16) -> Option<Moment> {
    let AxisFrame { from, until, before, columns, .. } = frame(model, across)?;
    let at = usize::from(column).checked_sub(before).filter(|at| *at < columns)?;
    let seconds = (i128::from(until - from) * at as i128 + columns as i128 - 1) / columns as i128;
    Some(Moment::from_seconds(from + i64::try_from(seconds).ok()?))
}

/// From when to when the axis goes on a screen of `across` columns, how many columns it has, and the columns
/// before and after it.
pub(super) fn frame(model: &Model, across: u16) -> Option<AxisFrame> {
    let (from, until) = model.axis()?;
    let (before, after) = labels(from, until);
    let columns = usize::from(across).saturating_sub(before.len() + after.len() + 1);
    (columns >= 8).then_some(AxisFrame { from, until, before: before.len(), columns, after: after.len() })
}

/// Where the axis is on the screen.
pub(super) struct AxisFrame {
    /// In seconds; the second end is the first that is not on it.
    pub from: i64,
    pub until: i64,
    /// Columns before it, of it, and after it.
    pub before: usize,
    pub columns: usize,
    pub after: usize,
}

/// The times written before and after the axis.
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
    for turn in model.ranking().turns() {
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
        if stretch.until.second() < from || stretch.from.second() >= until {
            continue;
        }
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

/// One cell of a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct BarCell {
    char: char,
    style: Style,
    /// Whether the bar fills it: one color is its ink, another its paper.
    full: bool,
}

impl BarCell {
    const EMPTY: Self = Self { char: ' ', style: Style::new(), full: false };

    /// In a single style: a bar that is full has no hole where two colors met.
    fn plain(self, style: Style) -> (String, Style) {
        let char = if self.full { BLOCKS[EIGHTHS] } else { self.char };
        (char.to_string(), style)
    }
}

/// How many eighths of a cell each class has of a bar of `eighths`: by the largest remainder, so none has an
/// eighth too many or too few. Of equal remainders the one that is first in the order of classes gets what is
/// left.
fn shares(counts: &Counts, eighths: usize) -> [usize; Class::ALL.len()] {
    let total: u64 = counts.iter().map(|count| u64::from(*count)).sum();
    let mut shares = [0; Class::ALL.len()];
    if total == 0 {
        return shares;
    }
    let mut remainders: Vec<(u64, usize)> = Vec::with_capacity(shares.len());
    for (class, count) in counts.iter().enumerate() {
        let parts = u64::from(*count) * eighths as u64;
        shares[class] = usize::try_from(parts / total).unwrap_or(0);
        remainders.push((parts % total, class));
    }
    remainders.sort_by_key(|(rest, class)| (std::cmp::Reverse(*rest), *class));
    let left = eighths - shares.iter().sum::<usize>();
    remainders.iter().take(left).for_each(|(_, class)| shares[*class] += 1);
    shares
}

/// A bar of `rows` cells, from the bottom up. Anything at all is at least an eighth high.
///
/// A cell has two colors, its ink and its paper: the worst class that is left is at the bottom of it, and
/// above that the next, or where three would meet the one of which most is left. So classes that meet in one
/// cell are dealt to several, and each has its share of the bar as long as there are as many cells as classes
/// but one. The top of a bar, where the paper stays empty, has one color: that of which there is most.
fn bar(counts: &Counts, highest: u32, rows: usize, theme: &Theme) -> Vec<BarCell> {
    let total: u32 = counts.iter().sum();
    let all = u64::from(total) * (rows * EIGHTHS) as u64;
    let high = all.div_ceil(u64::from(highest.max(1))).saturating_into::<usize>();
    let high = high.min(rows * EIGHTHS);
    let mut left = shares(counts, high);
    let most = |left: &[usize; Class::ALL.len()], but: Option<usize>| {
        let others = (0..left.len()).rev().filter(|class| Some(*class) != but && left[*class] > 0);
        others.max_by_key(|class| left[*class])
    };
    let mut blocks = vec![BarCell::EMPTY; rows];
    let open = high % EIGHTHS;
    if open > 0
        && let Some(class) = most(&left, None)
    {
        let style = theme.class(Class::ALL[class]);
        blocks[high / EIGHTHS] = BarCell { char: BLOCKS[open], style, full: false };
        left[class] = left[class].saturating_sub(open);
    }
    let mut cells = high / EIGHTHS;
    for block in blocks.iter_mut().take(high / EIGHTHS) {
        let Some(first) = left.iter().position(|left| *left > 0) else { break };
        // If there are more classes than cells left, each cell has to end one: then a class that fits is
        // chosen.
        let ending = left.iter().filter(|left| **left > 0).count() > cells;
        let small = left.iter().position(|left| (1..EIGHTHS).contains(left));
        let below = if ending && left[first] > EIGHTHS { small.unwrap_or(first) } else { first };
        cells -= 1;
        let ink = left[below].min(EIGHTHS);
        left[below] -= ink;
        let style = theme.class(Class::ALL[below]);
        // The next one, if the two fill the cell; else that of which most is left.
        let next = left.iter().position(|left| *left > 0);
        let next = next.filter(|next| left[*next] >= EIGHTHS - ink).or_else(|| most(&left, Some(below)));
        let above = next.filter(|_| ink < EIGHTHS);
        *block = BarCell { char: BLOCKS[EIGHTHS], style, full: true };
        if let Some(above) = above {
            left[above] = left[above].saturating_sub(EIGHTHS - ink);
            let other = theme.class(Class::ALL[above]);
            // Where there are no colors, two of them cannot meet.
            match (style.fg, other.fg) {
                (Some(_), Some(paper)) => {
                    *block = BarCell { char: BLOCKS[ink], style: style.bg(paper), full: true }
                }
                _ => block.style = if ink * 2 >= EIGHTHS { style } else { other },
            }
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_stacked_with_the_worst_at_the_bottom() {
        let theme = Theme::dark();
        let empty = theme.class(Class::Empty);
        let native = theme.class(Class::Native);
        let of = |counts, highest, rows| -> Vec<(char, Style)> {
            bar(&counts, highest, rows, &theme).iter().map(|block| (block.char, block.style)).collect()
        };
        assert_eq!(of([0; 7], 8, 1), [(' ', Style::new())]);
        assert_eq!(of([8, 0, 0, 0, 8, 0, 0], 16, 2), [('█', empty), ('█', native)]);
        assert_eq!(of([8, 0, 0, 0, 8, 0, 0], 16, 1), [('▄', empty.bg(native.fg.unwrap()))]);
        assert_eq!(of([0, 0, 0, 0, 1, 0, 0], 1000, 1), [('▁', native)], "one of many still shows");
        assert_eq!(of([1, 0, 0, 0, 3, 0, 0], 8, 1), [('▄', native)], "the larger part of an open cell");
    }

    /// The eighths that each class has of a bar, as they are drawn.
    fn drawn(blocks: &[BarCell], theme: &Theme) -> [usize; Class::ALL.len()] {
        let class = |color| Class::ALL.into_iter().find(|class| theme.class(*class).fg == color).unwrap();
        let mut eighths = [0; Class::ALL.len()];
        for block in blocks {
            let ink = BLOCKS.iter().position(|char| *char == block.char).unwrap();
            if ink > 0 {
                eighths[class(block.style.fg) as usize] += ink;
            }
            if block.style.bg.is_some() {
                eighths[class(block.style.bg) as usize] += EIGHTHS - ink;
            }
        }
        eighths
    }

    #[test]
    fn a_small_class_takes_no_more_than_its_share() {
        let theme = Theme::dark();
        // One empty, one SERVFAIL, six native: in two rows each failing one has two eighths of sixteen.
        let blocks = bar(&[1, 1, 0, 0, 6, 0, 0], 8, 2, &theme);
        assert_eq!(drawn(&blocks, &theme), [2, 2, 0, 0, 12, 0, 0]);
        assert!(blocks.iter().all(|block| block.full));
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

        /// Where there are as many cells as classes, none is an eighth of a cell off, but for the open cell
        /// at the top.
        #[test]
        fn no_class_is_more_than_an_eighth_off(counts in proptest::array::uniform7(0_u32..200)) {
            let theme = Theme::dark();
            let total: u32 = counts.iter().sum();
            let rows = 7;
            let eighths = drawn(&bar(&counts, total.max(1), rows, &theme), &theme);
            for (class, count) in counts.iter().enumerate() {
                let exact = f64::from(*count) * (rows * EIGHTHS) as f64 / f64::from(total.max(1));
                proptest::prop_assert!((eighths[class] as f64 - exact).abs() <= 1.0, "{counts:?} {eighths:?}");
            }
        }
    }

    #[test]
    fn a_bar_has_no_holes_without_colors() {
        let theme = Theme::plain();
        for block in bar(&[3, 2, 0, 1, 2, 0, 0], 8, 2, &theme) {
            assert_eq!(block.char, '█');
        }
        let block = bar(&[1, 0, 0, 0, 1, 0, 0], 2, 1, &Theme::dark())[0];
        assert_eq!((block.char, block.plain(Style::new()).0.as_str()), ('▄', "█"));
    }
}
