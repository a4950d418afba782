//! What is drawn around every screen: header, story, keys.

use ratatui::text::{Line, Span};

use super::live;
use super::losses::losses;
use super::part::{Part, length, part};
use super::text::{bytes, count, number, short_name};
use super::theme::Theme;
use crate::console::{Command, Model, Source};
use crate::fleet::Status;

/// The first line: what is read, the log's time, what just turned, what is missing.
pub(super) fn header(model: &Model, theme: &Theme, across: u16) -> Line<'static> {
    let across = usize::from(across);
    let left = standing(model, theme, across);
    let mut used = length(&left);
    let mut chosen: Vec<(u8, Part)> = Vec::new();
    for (place, forms) in wanted(model, theme, across) {
        let fits = |form: &Part| used + 2 + length(form) < across;
        if let Some(form) = forms.into_iter().filter(|form| !form.is_empty()).find(fits) {
            used += 2 + length(&form);
            chosen.push((place, form));
        }
    }
    // Read from left to right: progress, records, losses; news at the right end.
    chosen.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
    let mut line = Line::from(left);
    let news = chosen.iter().position(|(place, _)| *place == 0).map(|at| chosen.remove(at).1);
    for (_, form) in chosen {
        line.push_span(Span::raw("  "));
        line.extend(form);
    }
    if let Some(news) = news {
        let space = across.saturating_sub(line.width() + length(&news));
        line.push_span(Span::raw(" ".repeat(space)));
        line.extend(news);
    }
    line
}

/// What is always shown: the source, whether it plays or is held, and the moment.
fn standing(model: &Model, theme: &Theme, across: usize) -> Part {
    let is_live = model.setup().source == Source::Live;
    let mut left: Part = if is_live && across < 60 { Part::new() } else { part(" r53tail ", theme.badge) };
    left.push(match model.setup().source {
        Source::Demo { .. } => Span::styled(" DEMO ", theme.mode),
        Source::Replay => Span::styled(" REPLAY ", theme.mode),
        Source::Live => live::badge(model, theme, across),
    });
    let clock = model.clock();
    if clock.is_playing() {
        left.push(Span::styled(format!(" ▶ ×{} ", number(u64::from(clock.speed()))), theme.marker));
    } else if clock.cursor().is_some() {
        left.push(Span::styled(" ‖ ", theme.marker));
    }
    if let Some(held) = model.held() {
        left.push(Span::raw(" "));
        left.push(Span::styled(format!(" HELD · +{} new ", number(held)), theme.mode));
    } else if let Some(news) = model.news().filter(|_| is_live) {
        left.push(Span::styled(format!(" +{} new ", number(news)), theme.mode));
    }
    // What is followed is shown as of now, what is gone back to as of then.
    let follows = is_live && model.clock().cursor().is_none() && model.held().is_none();
    if let Some(moment) = model.wall().filter(|_| follows).or_else(|| model.moment()) {
        let date = if across >= 110 { format!("{} ", moment.date()) } else { String::new() };
        left.push(Span::styled(format!(" {date}{}Z", moment.clock()), theme.strong));
    }
    left
}

/// What else is to be said, in the order of its importance, each in its forms, the longest first; and its
/// place, counted from the right.
fn wanted(model: &Model, theme: &Theme, across: usize) -> Vec<(u8, Vec<Part>)> {
    let is_live = model.setup().source == Source::Live;
    let records = model.row_count();
    let mut counted = vec![part(count(records, "record"), theme.text)];
    if is_live || across < 80 {
        // Elsewhere there is room for the word, but for the seconds in which names that turned are shown.
        counted.push(part(number(records), theme.text));
    }
    let mut wanted: Vec<(u8, Vec<Part>)> = vec![
        (0, turned(model, theme)),
        (2, counted),
        (1, losses(model, theme)),
        (4, failures(model, theme)),
        (3, vec![progress(model, theme)]),
        (5, remarks(model, theme)),
    ];
    if is_live {
        // What is missing and how late it is come first.
        wanted.swap(1, 2);
        let (first, last): (Vec<_>, Vec<_>) =
            live::parts(model, theme).into_iter().partition(|(place, _)| *place < live::LESSER);
        wanted.splice(2..2, first);
        wanted.extend(last);
    }
    wanted
}

/// What turned in the last seconds, by name and in a few characters.
fn turned(model: &Model, theme: &Theme) -> Vec<Part> {
    let fresh: Vec<_> = model.turned().map(|fresh| fresh.flip).collect();
    let Some(newest) = fresh.last() else { return Vec::new() };
    let alike: Vec<_> =
        fresh.iter().filter(|flip| (flip.from, flip.to) == (newest.from, newest.to)).collect();
    let glyph = |status: Status| Span::styled(status.glyph().to_string(), theme.status(status));
    let form = |what: String| {
        let style = theme.status(newest.to).add_modifier(theme.fresh);
        vec![
            glyph(newest.from),
            Span::styled("→", theme.dim),
            glyph(newest.to),
            Span::raw(" "),
            Span::styled(format!(" {what} "), style),
        ]
    };
    let known = &model.known().fleet;
    let name = |at: usize| short_name(known.name_text(alike[at].name)).into_owned();
    let rest = fresh.len() - 1;
    let mut forms = Vec::new();
    if alike.len() == fresh.len() && fresh.len() <= 4 {
        let names: Vec<String> = (0..alike.len()).map(name).collect();
        forms.push(form(format!("{} turned", names.join(", "))));
    }
    if rest > 0 {
        forms.push(form(format!("{} and {} more turned", name(alike.len() - 1), number(rest as u64))));
    }
    forms.push(form(format!("{} turned", number(fresh.len() as u64))));
    forms
}

fn progress(model: &Model, theme: &Theme) -> Part {
    let feed = model.feed();
    match (feed.ended, model.setup().source, feed.total) {
        (_, Source::Demo { .. } | Source::Live, _) => Part::new(),
        (true, _, _) if model.clock().cursor().is_none() => part("end of log", theme.dim),
        (true, _, _) => Part::new(),
        (false, _, Some(total)) if total > 0 => {
            let share = feed.read.min(total) * 100 / total;
            let blocks = usize::try_from(share / 10).unwrap_or(10);
            vec![
                Span::styled("━".repeat(blocks), theme.marker),
                Span::styled("━".repeat(10 - blocks), theme.faint),
                Span::styled(format!(" {share}%"), theme.text),
            ]
        }
        (false, _, _) => part(format!("reading · {}", bytes(feed.read)), theme.text),
    }
}

fn failures(model: &Model, theme: &Theme) -> Vec<Part> {
    match model.feed().failures.as_slice() {
        [] => Vec::new(),
        [(input, why)] => {
            vec![part(live::about(input, why), theme.warning), part("1 input failed", theme.warning)]
        }
        many => vec![part(format!("{} inputs failed", number(many.len() as u64)), theme.warning)],
    }
}

/// That there is more to be said of what was read, and the key that has it said.
fn remarks(model: &Model, theme: &Theme) -> Vec<Part> {
    let notes = count(model.feed().remarks.len() as u64, "note");
    let key = model.keys().bound().find(|binding| binding.command == Command::Feed);
    match (model.feed().remarks.as_slice(), key.and_then(|binding| binding.keys.first())) {
        ([], _) => Vec::new(),
        (_, Some(key)) => vec![part(format!("{notes}: {}", key.name()), theme.dim)],
        (_, None) => vec![part(notes, theme.dim)],
    }
}

/// The sentence of the story.
pub(super) fn caption(model: &Model, theme: &Theme) -> Option<Part> {
    if model.setup().story.is_empty() {
        return None;
    }
    let Some((caption, number, of)) = model.caption() else { return Some(Part::new()) };
    Some(vec![Span::styled(format!("{number}/{of} "), theme.dim), Span::styled(caption.text, theme.story)])
}
