//! What the console looks like. [`draw`] reads the model and writes the frame; nothing else.
//!
//! From top to bottom on every screen: what is read and what is missing, the story if one is told, the answer
//! in words, the screen itself, the log's time, the keys. What does not fit goes in that order of importance:
//! a screen of 40 columns and 10 rows still has its answer.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::console::{Mode, Model, Screen, WIDE};

mod columns;
mod course;
mod course_charts;
mod detail;
mod endpoint;
mod endpoints;
mod findings;
mod fleet;
mod footer;
mod frame;
mod groups;
mod help;
mod hint;
mod hits;
mod idn;
mod json;
mod lane;
mod live;
mod losses;
mod marks;
mod matrix;
mod nothing;
mod origin;
mod part;
mod plan;
mod point;
mod prompt;
mod record;
mod signs;
mod summary;
mod tail;
mod text;
mod theme;
mod timeline;
mod turns;
mod words;

pub use crate::console::Palette;
pub use live::{clock_words, settling_words};
pub use point::pointed;
pub use signs::Signs;
pub use summary::summary;
pub use theme::{Depth, NotAColor, Theme, Tint, Tints};

/// `count` fifths of a width, however large that is.
fn fifths(width: u16, count: u32) -> u16 {
    u16::try_from(u32::from(width) * count / 5).unwrap_or(width)
}

/// From this width on two things are side by side that are one above the other on narrower screens.
const WIDE_PAIR: u16 = 150;

/// Draws the console.
pub fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    let mut rest = area;
    let header = take_top(&mut rest, 1);
    put(frame, header, vec![frame::header(model, theme, header.width)]);
    let footer = take_bottom(&mut rest, u16::from(area.height > 4));
    put(frame, footer, vec![footer::footer(model, theme, footer.width)]);

    let roomy = area.height >= 14;
    let notice = live::notice(model, theme, roomy);
    let mut height: u16 = if area.height >= 20 || roomy && area.width < 100 { 2 } else { 1 };
    if roomy && let Some(caption) = notice.clone().or_else(|| frame::caption(model, theme)) {
        let most: u16 = if area.width < 100 { 2 } else { 1 };
        let lines = part::wrap(caption, rest.width, usize::from(most));
        // What a short one leaves is for the answer: the height of both stays the same from one caption to
        // the next, or everything below would jump.
        let taken = u16::try_from(lines.len()).unwrap_or(most).clamp(1, most);
        height += most - taken;
        let place = take_top(&mut rest, taken);
        put(frame, place, lines);
    }
    // Where there is no room for both, what is wrong comes first.
    let answer = notice.filter(|_| !roomy).unwrap_or_else(|| words::answer(model, theme, rest.width));
    let answer = part::wrap(answer, rest.width, usize::from(height));
    let place = take_top(&mut rest, height);
    put(frame, place, answer);

    let timeline = take_bottom(&mut rest, timeline::height(area.height));
    put(frame, timeline, timeline::lines(model, theme, timeline));

    match model.screen() {
        Screen::Fleet if nothing::is_all(model) => nothing::draw(model, theme, frame, rest),
        Screen::Fleet if area.width >= WIDE => {
            let left = Rect { width: fifths(rest.width, 3), ..rest };
            let right = Rect { x: left.right() + 1, width: rest.width - left.width - 1, ..rest };
            fleet::draw(model, theme, frame, left);
            detail::draw(model, theme, frame, right);
        }
        Screen::Fleet => fleet::draw(model, theme, frame, rest),
        Screen::Origin => origin::draw(model, theme, frame, rest),
        Screen::Endpoint => endpoint::draw(model, theme, frame, rest),
        Screen::Endpoints => endpoints::draw(model, theme, frame, rest),
        Screen::Groups => groups::draw(model, theme, frame, rest),
        Screen::Course => course::draw(model, theme, frame, rest),
        Screen::Tail => tail::draw(model, theme, frame, rest),
        Screen::Findings => findings::draw(model, theme, frame, rest),
        Screen::Record => record::draw(model, theme, frame, rest),
        Screen::Plan => plan::draw(model, theme, frame, rest),
        Screen::Turns => turns::draw(model, theme, frame, rest),
    }
    if let Some(search) = model.search() {
        hits::highlight(search, theme, frame.buffer_mut(), rest);
    }
    prompt::draw(model, theme, frame);
    if let Mode::Help(scroll) = model.mode() {
        help::draw(model, *scroll, theme, frame, area);
    } else if let Mode::Feed(scroll) = model.mode() {
        live::draw(model, *scroll, theme, frame, area);
    }
    if theme.signs == Signs::Ascii {
        signs::to_ascii(frame.buffer_mut());
    }
}

fn take_top(rest: &mut Rect, height: u16) -> Rect {
    let height = height.min(rest.height);
    let top = Rect { height, ..*rest };
    rest.y += height;
    rest.height -= height;
    top
}

fn take_bottom(rest: &mut Rect, height: u16) -> Rect {
    let height = height.min(rest.height);
    rest.height -= height;
    Rect { y: rest.bottom(), height, ..*rest }
}

fn put(frame: &mut Frame<'_>, area: Rect, lines: Vec<Line<'static>>) {
    frame.render_widget(Paragraph::new(lines), area);
}

/// A line across with a title in it: where a region begins.
fn rule(title: Vec<Span<'static>>, theme: &Theme, across: u16) -> Line<'static> {
    let mut spans = vec![Span::styled("── ", theme.faint)];
    spans.extend(title);
    spans.push(Span::raw(" "));
    let mut line = fit(Line::from(spans), across);
    let rest = usize::from(across).saturating_sub(line.width());
    line.push_span(Span::styled("─".repeat(rest), theme.faint));
    line
}

/// A line cut to `across` columns, with an ellipsis at its end if something is missing.
fn fit(mut line: Line<'static>, across: u16) -> Line<'static> {
    let mut left = usize::from(across);
    if line.width() <= left {
        return line;
    }
    for span in &mut line.spans {
        let wide = span.width();
        if wide >= left {
            // What follows it is missing, even if all of this one would fit.
            let cut = text::cut(&format!("{}  ", span.content), left).into_owned();
            *span = Span::styled(cut, span.style);
        }
        left = left.saturating_sub(wide);
    }
    line
}

/// The first of `length` rows to show on `height` lines, so that row `at` is among them, in the middle if it
/// can be.
fn first_shown(at: usize, length: usize, height: usize) -> usize {
    at.saturating_sub(height / 2).min(length.saturating_sub(height))
}
