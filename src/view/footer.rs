//! The last line: what is in force, and the keys that matter.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::part::{Part, length};
use super::text::{cut, number, width};
use super::theme::Theme;
use super::words;
use crate::base::moment::Moment;
use crate::base::visible::visible;
use crate::console::{Binding, Command, Mode, Model, Screen, When};

/// How a group or a finding that was opened is left.
const LEAVE: &str = "  Esc: all";
/// Fewer columns than these say nothing of what it is called.
const SOME: usize = 12;

/// The last line: what is in force, and the keys that matter.
pub(super) fn footer(model: &Model, theme: &Theme, across: u16) -> Line<'static> {
    let (keys, ends) = bound(model, theme);
    let room = usize::from(across).saturating_sub(length(&ends));
    with_keys(in_force(model, theme, room), keys, ends, across)
}

/// The keys that matter.
pub(super) fn keys(model: &Model, theme: &Theme, across: u16) -> Line<'static> {
    let (keys, ends) = bound(model, theme);
    with_keys(Part::new(), keys, ends, across)
}

/// The keys that count now; and the way out and the way to all keys, which come last, and are there however
/// narrow it is.
fn bound(model: &Model, theme: &Theme) -> (Vec<FooterKey>, Part) {
    let when = match model.mode() {
        Mode::Browse => When::Browsing,
        Mode::Prompt(_) => When::Typing,
        Mode::Menu(_) => When::Choosing,
        Mode::Help(_) | Mode::Feed(_) => When::Helping,
    };
    let is_here = |binding: &Binding| {
        binding.command == screen_command(model.screen()) && when == When::Browsing && binding.when == when
    };
    let entry = |binding: &Binding| {
        let is_here = is_here(binding);
        let key = binding.keys.first().map_or_else(String::new, |key| key.name());
        let says = if is_here { theme.strong } else { theme.dim };
        let short = match (binding.short, model.way_back()) {
            // Said only where one is.
            ("", _) => model.screen().title().to_lowercase(),
            (_, Some(screen)) if binding.command == Command::Back => {
                format!("to {}", screen.title().to_lowercase())
            }
            (short, _) => short.to_owned(),
        };
        let part =
            vec![Span::styled(format!(" {key} "), theme.marker), Span::styled(format!("{short} "), says)];
        FooterKey { part, is_here }
    };
    let is_idle = |binding: &Binding| binding.command == Command::Back && !model.has_way_back();
    let is_shown = |binding: &&Binding| {
        (binding.when == when && !binding.short.is_empty() || is_here(binding)) && !is_idle(binding)
    };
    let (last, first): (Vec<_>, Vec<_>) =
        model.keys().bound().filter(is_shown).partition(|binding| ["help", "quit"].contains(&binding.short));
    (first.into_iter().map(entry).collect(), last.into_iter().flat_map(|one| entry(one).part).collect())
}

/// A key and what it does.
struct FooterKey {
    part: Part,
    /// Whether it leads to the screen that is shown.
    is_here: bool,
}

fn with_keys(start: Part, keys: Vec<FooterKey>, ends: Part, across: u16) -> Line<'static> {
    let mut line = Line::from(start);
    // The key of the screen that is shown has its room before other keys do.
    let mut own = keys.iter().find(|key| key.is_here).map_or(0, |key| length(&key.part));
    if line.width() + own + length(&ends) > usize::from(across) {
        own = 0;
    }
    for next in keys {
        if next.is_here {
            own = 0;
        }
        if line.width() + length(&next.part) + own + length(&ends) <= usize::from(across) {
            line.extend(next.part);
        }
    }
    line.extend(ends);
    line
}

fn screen_command(screen: Screen) -> Command {
    match screen {
        Screen::Fleet => Command::Fleet,
        Screen::Origin => Command::Origin,
        Screen::Endpoint => Command::Endpoint,
        Screen::Tail | Screen::Record => Command::Tail,
        Screen::Findings => Command::Findings,
        Screen::Endpoints => Command::Endpoints,
        Screen::Groups => Command::Groups,
        Screen::Course => Command::Course,
        Screen::Turns => Command::Turns,
        Screen::Plan => Command::Plan,
    }
}

/// What is in force, for the last line, in at most `room` columns: the filter, what is searched for, and what
/// came of a key, which is there but for a while and needs its room.
fn in_force(model: &Model, theme: &Theme, room: usize) -> Vec<Span<'static>> {
    let news = match (model.export_progress(), model.notice()) {
        (Some(percent), _) => Some((format!("counting {percent} %"), theme.badge)),
        (None, Some(notice)) => Some((visible(&notice.text).into_owned(), theme.story)),
        (None, None) => None,
    };
    let share = if news.is_some() { 4 } else { 3 };
    let mut spans = Vec::new();
    let mut left = room;
    let mut badge = |text: String, style: Style, most: usize| {
        // A blank on either side, and one after.
        let text = cut(&text, most.min(left).saturating_sub(3)).into_owned();
        if !text.is_empty() {
            left -= width(&text) + 3;
            spans.push(Span::styled(format!(" {text} "), style));
            spans.push(Span::raw(" "));
        }
    };
    if let Some((from, until)) = model.zoom() {
        let [from, until] = [from, until].map(|second| words::time(model, Moment::from_seconds(second)));
        let key = model.keys().bound().find(|binding| binding.command == Command::Whole);
        let key = key.and_then(|binding| binding.keys.first()).map(|key| format!("  {}: all", key.name()));
        let key = key.unwrap_or_default();
        let whole = format!("axis {from}–{until}{key}");
        // How to leave it is said before where it is.
        let words = if width(&whole) + 3 <= room / 2 { whole } else { format!("axis{key}") };
        badge(words, theme.badge, room / 2);
    }
    if let Some((first, last)) = model.clock().range() {
        let words = format!("{}–{}  Esc: all", words::time(model, first), words::time(model, last));
        badge(words, theme.mode, room / 2);
    }
    if let Some(group) = model.within() {
        // What it is called gives way, not how to leave it.
        let group = visible(group);
        let most = (room / 2).saturating_sub(width(LEAVE) + 3);
        let words = if most < SOME { group } else { format!("{}{LEAVE}", cut(&group, most)).into() };
        badge(words.into_owned(), theme.mode, room / 2);
    }
    if !model.filter().is_empty() {
        badge(format!("filter: {}", visible(model.filter())), theme.mode, (room / share).max(12));
    }
    if let Some(search) = model.search() {
        let text = format!("/{} · {}", visible(search.text()), number(search.count()));
        badge(text, theme.badge, (room / share).max(10));
    }
    if let Some((text, style)) = news {
        badge(text, style, room);
    }
    spans
}
