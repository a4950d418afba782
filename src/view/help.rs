//! The keys and the signs, over whatever screen there is.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Paragraph};

use super::part::wrap;
use super::theme::Theme;
use super::timeline;
use crate::base::saturating::SaturatingInto as _;
use crate::console::{Binding, HELP_COLUMNS, Keys, Model, Screen, When, screen_commands};
use crate::fleet::Status;

/// Columns that the keys take, and the whole.
const KEYS: usize = 18;
const ACROSS: u16 = 61;
/// Columns that a key takes where there are few.
const FEW: usize = 9;

pub(super) fn draw(model: &Model, scroll: u16, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let two = area.width >= HELP_COLUMNS;
    let width = if two { HELP_COLUMNS } else { ACROSS.min(area.width) };
    let area = Rect { x: area.x + (area.width - width) / 2, width, ..area };
    let mut lines = lines(model.keys(), model.screen(), theme, width.min(ACROSS).saturating_sub(2));
    if two {
        lines = beside(lines, usize::from(ACROSS - 2));
    }
    overlay(" signs and keys ", lines, scroll, theme, frame, area);
}

/// Lines in a box as wide as `area` and as high as it takes, in its middle.
pub(super) fn overlay(
    title: &'static str,
    lines: Vec<Line<'static>>,
    scroll: u16,
    theme: &Theme,
    frame: &mut Frame<'_>,
    area: Rect,
) {
    let height = (lines.len().saturating_into::<u16>()).saturating_add(2).min(area.height);
    let place = Rect { y: area.y + (area.height - height) / 2, height, ..area };
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.faint)
        .title(Span::styled(title, theme.title));
    let most = lines.len().saturating_sub(usize::from(height.saturating_sub(2)));
    let most = most.saturating_into::<u16>();
    let scroll = scroll.min(most);
    let more = if scroll < most { " ▼ more " } else { "" };
    let block = block.title_bottom(Span::styled(more, theme.marker));
    frame.render_widget(Clear, place);
    frame.render_widget(Paragraph::new(lines).scroll((scroll, 0)).block(block), place);
}

/// Everything, on `across` columns: where those are few, the first key of each and its words on as many lines
/// as they take.
fn lines(keys: &Keys, screen: Screen, theme: &Theme, across: u16) -> Vec<Line<'static>> {
    let is_narrow = across + 2 < ACROSS;
    let mut lines = signs(theme, across, is_narrow);
    lines.push(Line::from(Span::styled(format!(" on this screen: {}", screen.title()), theme.dim)));
    for (command, says) in screen_commands(screen) {
        let bound =
            keys.bound().find(|binding| binding.command == *command && binding.when == When::Browsing);
        let Some(binding) = bound else { continue };
        lines.extend(bound_line(binding, says, theme, across, is_narrow));
    }
    lines.push(Line::from(Span::styled(" keys", theme.dim)));
    let mut last = When::Browsing;
    for binding in keys.bound() {
        if binding.when != last {
            last = binding.when;
            let title = match binding.when {
                When::Typing => "while typing",
                When::Choosing => "in a menu",
                When::Helping => "here",
                When::Browsing | When::Always => "always",
            };
            lines.push(Line::from(Span::styled(format!(" {title}"), theme.dim)));
        }
        lines.extend(bound_line(binding, binding.says, theme, across, is_narrow));
    }
    lines
}

/// A binding, with what is said of it.
fn bound_line(
    binding: &Binding,
    says: &'static str,
    theme: &Theme,
    across: u16,
    is_narrow: bool,
) -> Vec<Line<'static>> {
    let keys: Vec<String> = binding.keys.iter().map(|key| key.name()).collect();
    if is_narrow {
        let first = keys.first().map_or("", String::as_str);
        return entry(first, says, (theme.marker, theme.text), across);
    }
    vec![Line::from(vec![
        Span::styled(format!(" {:<KEYS$} ", keys.join(" ")), theme.marker),
        Span::styled(says, theme.text),
    ])]
}

/// What the signs mean.
fn signs(theme: &Theme, across: u16, is_narrow: bool) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    lines.push(Line::from(Span::styled(" signs, the worst first", theme.dim)));
    for status in Status::ALL {
        let style = theme.status(status);
        if is_narrow {
            lines.extend(entry(&status.glyph().to_string(), sign(status), (style, theme.text), across));
            continue;
        }
        lines.push(Line::from(vec![
            Span::styled(format!(" {} {:<17}", status.glyph(), status.words()), style),
            Span::styled(sign(status), theme.text),
        ]));
    }
    lines.push(Line::from(Span::styled(" signs of the time axis", theme.dim)));
    for (sign, style, says) in [
        ("⚑", theme.marker, "a mark"),
        ("▼", theme.strong, "answers became others"),
        (timeline::GAP, theme.warning, "not all records of that time were seen"),
        (timeline::SAMPLED, theme.warning, "of some seconds there is a sample only"),
    ] {
        if is_narrow {
            lines.extend(entry(sign, says, (style, theme.text), across));
            continue;
        }
        lines.push(Line::from(vec![
            Span::styled(format!(" {sign:<18} "), style),
            Span::styled(says, theme.text),
        ]));
    }
    lines
}

/// Two columns of lines, the first half beside the second.
fn beside(lines: Vec<Line<'static>>, across: usize) -> Vec<Line<'static>> {
    let half = lines.len().div_ceil(2);
    let mut lines = lines.into_iter();
    let left: Vec<Line<'static>> = lines.by_ref().take(half).collect();
    let mut right = lines;
    let join = |mut line: Line<'static>| {
        if let Some(other) = right.next() {
            let space = across.saturating_sub(line.width());
            line.push_span(Span::raw(" ".repeat(space)));
            line.spans.extend(other.spans);
        }
        line
    };
    left.into_iter().map(join).collect()
}

/// A key or sign at the left of a narrow box, and the words beside it.
fn entry(what: &str, says: &'static str, styles: (Style, Style), across: u16) -> Vec<Line<'static>> {
    let room = across.saturating_sub(u16::try_from(FEW).unwrap_or(0) + 1);
    let wrapped = wrap(vec![Span::styled(says, styles.1)], room, 4).into_iter().enumerate();
    let lines = wrapped.map(|(at, line)| {
        let what = if at == 0 { what } else { "" };
        let mut spans = vec![Span::styled(format!(" {what:<FEW$}"), styles.0)];
        spans.extend(line.spans);
        Line::from(spans)
    });
    lines.collect()
}

fn sign(status: Status) -> &'static str {
    match status {
        Status::Ipv4Only => "no AAAA, but A: out of reach over IPv6",
        Status::Failing => "SERVFAIL, REFUSED or another error",
        Status::Blocked => "blocked by DNS Firewall",
        Status::NxDomain => "AAAA says that the name does not exist",
        Status::Empty => "no AAAA, and nothing is known of A",
        Status::NoAddress => "neither AAAA nor A",
        Status::Unknown => "the answer is not in what was read",
        Status::Nat64 => "DNS64 made the address: needs NAT64",
        Status::AOnly => "asked for A, never for AAAA",
        Status::Native => "has an IPv6 address of its own",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREENS: [Screen; 11] = [
        Screen::Fleet,
        Screen::Origin,
        Screen::Endpoint,
        Screen::Endpoints,
        Screen::Tail,
        Screen::Findings,
        Screen::Record,
        Screen::Groups,
        Screen::Course,
        Screen::Turns,
        Screen::Plan,
    ];

    /// Who pages through the help goes as far as its last line.
    #[test]
    fn there_are_as_many_lines_as_the_model_goes_through() {
        let keys = Keys::default();
        for screen in SCREENS {
            let lines = lines(&keys, screen, &Theme::plain(), ACROSS - 2).len();
            let known = keys.bound().count() + crate::console::HELP_SIGNS + screen_commands(screen).len();
            assert_eq!(lines, known, "{screen:?}");
        }
    }

    #[test]
    fn every_line_fits() {
        for (across, screen) in [30, 38, 58, ACROSS - 2].into_iter().flat_map(|it| SCREENS.map(|of| (it, of)))
        {
            for line in lines(&Keys::default(), screen, &Theme::plain(), across) {
                assert!(
                    line.width() <= usize::from(across)
                        && !line.to_string().replace("findings …", "").contains('…'),
                    "{line}"
                );
            }
        }
        for binding in Keys::default().bound() {
            let keys: Vec<String> = binding.keys.iter().map(|key| key.name()).collect();
            assert!(keys.join(" ").chars().count() <= KEYS, "{keys:?}");
        }
    }
}
