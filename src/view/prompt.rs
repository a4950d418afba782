//! What is typed, with its cursor, its faults and what may come next; and menus.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Paragraph};

use super::part::wrap;
use super::text::{count, cut, cut_middle, visible, width};
use super::theme::Theme;
use super::{first_shown, footer};
use crate::base::saturating::SaturatingInto as _;
use crate::console::{Menu, Mode, Model, Prompt, Purpose, Topic};

/// Lines that the reason of a fault takes at most.
const REASONS: usize = 3;
/// How many completions are shown at once.
const COMPLETIONS: u16 = 8;

/// A character of the line, as it is shown.
struct PromptCell {
    text: String,
    /// Bytes of the line before it.
    at: usize,
    style: Style,
}

/// Draws what somebody types or chooses from over the bottom of the screen.
pub(super) fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    match model.mode() {
        Mode::Prompt(prompt) => draw_prompt(model, prompt, theme, frame, area),
        Mode::Menu(menu) => draw_menu(menu, theme, frame, area),
        Mode::Browse | Mode::Help(_) | Mode::Feed(_) => {}
    }
}

fn over(frame: &mut Frame<'_>, area: Rect, lines: Vec<Line<'static>>) {
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(lines), area);
}

fn draw_prompt(model: &Model, prompt: &Prompt, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let badge = format!(" {} ", prompt.purpose().word());
    let beside = beside(model, prompt);
    let left = width(&badge) + 1;
    let across = usize::from(area.width);
    // The text beside the line gives way to it.
    let beside = if left + width(&beside) + 24 <= across { beside } else { String::new() };
    let room = across.saturating_sub(left + width(&beside) + 1).max(1);
    let (pieces, first) = window(prompt, theme, room);
    let mut line = vec![Span::styled(badge, theme.mode), Span::raw(" ")];
    line.extend(pieces.iter().map(|piece| Span::styled(piece.text.clone(), piece.style)));
    let mut line = Line::from(line);
    let space = across.saturating_sub(line.width() + width(&beside));
    line.push_span(Span::styled(format!("{}{beside}", " ".repeat(space)), theme.dim));

    let mut lines = vec![line];
    // On the smallest of screens, the line and nothing else.
    if area.height > 4 {
        match prompt.trouble() {
            Some(trouble) => lines.extend(fault(prompt, trouble, &pieces, left, across, theme)),
            None => lines.push(footer::keys(model, theme, area.width)),
        }
    }
    let height = u16::try_from(lines.len()).unwrap_or(1).min(area.height);
    let place = Rect { y: area.bottom() - height, height, ..area };
    over(frame, place, lines);
    if area.height > 6 {
        let start = prompt.completions().first().map_or(0, |one| one.replaces.start);
        let column = left + before(&pieces, first.max(start));
        completions(prompt, theme, frame, Rect { height: place.y - area.y, ..area }, column);
    }
}

/// What is said at the right of the line.
fn beside(model: &Model, prompt: &Prompt) -> String {
    match prompt.purpose() {
        Purpose::Filter if model.query().is_some() => format!("  {} ", count(model.row_count(), "record")),
        Purpose::Search => model
            .search()
            .map_or_else(String::new, |search| format!("  {} ", count(search.count(), "record"))),
        Purpose::Time => "  HH:MM:SS, or a date and time, in UTC ".to_owned(),
        Purpose::Mark => {
            prompt.moment().or(model.moment()).map_or_else(String::new, |at| format!("  at {}Z ", at.clock()))
        }
        Purpose::Jump => "  a screen, an origin or an endpoint ".to_owned(),
        Purpose::Filter | Purpose::Export => String::new(),
    }
}

/// The characters of the line that are shown in `room` columns, the cursor among them, and the place of the
/// first.
fn window(prompt: &Prompt, theme: &Theme, room: usize) -> (Vec<PromptCell>, usize) {
    let line = prompt.line();
    let wrong = |at: usize| prompt.trouble().is_some_and(|trouble| trouble.at.contains(&at));
    let mut pieces: Vec<PromptCell> = line
        .text()
        .char_indices()
        .map(|(at, char)| PromptCell {
            text: visible(char.encode_utf8(&mut [0; 4])).into_owned(),
            at,
            style: if wrong(at) { theme.warning } else { theme.strong },
        })
        .collect();
    pieces.push(PromptCell { text: " ".to_owned(), at: line.text().len(), style: theme.strong });
    let cursor = pieces.iter().position(|piece| piece.at >= line.cursor()).unwrap_or(0);
    pieces[cursor].style = pieces[cursor].style.add_modifier(Modifier::REVERSED);
    // As much before the cursor as there is room for, but up to a third of it for what follows.
    let widths: Vec<usize> = pieces.iter().map(|piece| width(&piece.text)).collect();
    let behind: usize = widths[cursor + 1..].iter().sum();
    let keep = behind.min(room / 3);
    let mut start = cursor;
    let mut taken = widths[cursor];
    while start > 0 && taken + widths[start - 1] + keep <= room {
        start -= 1;
        taken += widths[start];
    }
    let mut end = cursor + 1;
    while end < pieces.len() && taken + widths[end] <= room {
        taken += widths[end];
        end += 1;
    }
    pieces.truncate(end);
    pieces.drain(..start);
    let first = pieces.first().map_or(0, |piece| piece.at);
    (pieces, first)
}

/// Columns before the character at a place of the line.
fn before(pieces: &[PromptCell], at: usize) -> usize {
    pieces.iter().take_while(|piece| piece.at < at).map(|piece| width(&piece.text)).sum()
}

/// Carets under what is wrong, and why: after them, before them, or below.
fn fault(
    prompt: &Prompt,
    trouble: &crate::console::PromptTrouble,
    pieces: &[PromptCell],
    left: usize,
    across: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let start = left + before(pieces, trouble.at.start);
    let end =
        (left + before(pieces, trouble.at.end.min(prompt.line().text().len()))).max(start + 1).min(across);
    let start = start.min(end.saturating_sub(1));
    let carets = "^".repeat(end - start);
    let why = visible(&trouble.why).into_owned();
    let sign = |text: String| Span::styled(text, theme.warning);
    let words = |text: String| Span::styled(text, theme.text);
    if end + 1 + width(&why) <= across {
        return vec![Line::from(vec![Span::raw(" ".repeat(start)), sign(carets), words(format!(" {why}"))])];
    }
    if width(&why) + 2 <= start {
        let space = " ".repeat(start - width(&why) - 1);
        return vec![Line::from(vec![Span::raw(space), words(why), Span::raw(" "), sign(carets)])];
    }
    let mut lines = vec![Line::from(vec![Span::raw(" ".repeat(start)), sign(carets)])];
    lines.extend(wrap(vec![words(why)], across.saturating_into::<u16>(), REASONS));
    lines
}

/// What may come next, in a list above the line.
fn completions(prompt: &Prompt, theme: &Theme, frame: &mut Frame<'_>, area: Rect, column: usize) {
    let all = prompt.completions();
    let height = COMPLETIONS.min(area.height / 2).min(u16::try_from(all.len()).unwrap_or(COMPLETIONS));
    if height == 0 {
        return;
    }
    let rows = usize::from(height);
    let first = first_shown(prompt.taken().unwrap_or(0), all.len(), rows);
    let shown = &all[first..all.len().min(first + rows)];
    let texts: Vec<String> = shown.iter().map(|one| visible(&one.text).into_owned()).collect();
    let wide = texts.iter().map(|text| width(text)).max().unwrap_or(0).min(usize::from(area.width) / 2);
    let helps = shown.iter().map(|one| width(one.help)).max().unwrap_or(0);
    let across = (wide + 2 + if helps > 0 { helps + 2 } else { 0 }).min(usize::from(area.width));
    let x = column.saturating_sub(1).min(usize::from(area.width) - across);
    let lines = shown.iter().zip(texts).enumerate().map(|(at, (one, text))| {
        let text = cut_middle(&text, wide).into_owned();
        let space = " ".repeat(wide - width(&text));
        let help = cut(one.help, across.saturating_sub(wide + 4)).into_owned();
        let style = theme.selected.patch(theme.text);
        let chosen = prompt.taken() == Some(first + at);
        let text_style = if chosen { theme.mode } else { style };
        let mut spans = vec![Span::styled(format!(" {text}{space} "), text_style)];
        if helps > 0 {
            let fill = " ".repeat(across.saturating_sub(wide + 3 + width(&help)));
            spans.push(Span::styled(format!(" {help}{fill}"), theme.selected.patch(theme.dim)));
        }
        Line::from(spans)
    });
    let lines = lines.collect();
    let (x, width) = (u16::try_from(x).unwrap_or(0), across.saturating_into::<u16>());
    over(
        frame,
        Rect { x: area.x + x, y: area.bottom() - height, width: width.min(area.width), height },
        lines,
    );
}

fn title(topic: Topic) -> String {
    match topic {
        Topic::Copy => "copy".to_owned(),
        Topic::Export => "write what is shown".to_owned(),
        Topic::Commands => "run on this row".to_owned(),
        Topic::Overwrite => "there is such a file: write over it?".to_owned(),
        Topic::Columns(list) => format!("columns of {}", list.word()),
        Topic::Sort(list) => format!("sort {} by", list.word()),
        Topic::Marks => "marks (Delete takes one away)".to_owned(),
    }
}

fn draw_menu(menu: &Menu, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let title = format!(" {} ", title(menu.topic()));
    let label = menu.entries().iter().map(|entry| width(&entry.label)).max().unwrap_or(0);
    let rows = |wide: usize| -> Vec<Line<'static>> {
        let lines = menu.entries().iter().enumerate().map(|(at, entry)| {
            let selected = at == menu.at();
            let mut text = String::new();
            if let Some(on) = entry.on {
                text.push_str(if on { "[×] " } else { "[ ] " });
            }
            text.push_str(&visible(&entry.label));
            let space =
                " ".repeat((label + if entry.on.is_some() { 4 } else { 0 }).saturating_sub(width(&text)));
            let used = 6 + width(&text) + width(&space);
            let detail = visible(&entry.detail).into_owned();
            let detail = cut(&detail, wide.saturating_sub(used + 1)).into_owned();
            let fill = " ".repeat(wide.saturating_sub(used + width(&detail)));
            let line = Line::from(vec![
                Span::styled(if selected { "▸ " } else { "  " }, theme.marker),
                Span::styled(entry.key.map_or("  ".to_owned(), |key| format!("{key} ")), theme.marker),
                Span::styled(format!("{text}{space}  "), theme.text),
                Span::styled(format!("{detail}{fill}"), theme.dim),
            ]);
            if selected { theme.select(line) } else { line }
        });
        lines.collect()
    };
    let detail = menu.entries().iter().map(|entry| width(&visible(&entry.detail))).max().unwrap_or(0);
    let wanted = (label + detail + 14).max(width(&title) + 2).min(usize::from(area.width));
    let across = u16::try_from(wanted).unwrap_or(area.width);
    let count = menu.entries().len().saturating_into::<u16>();
    let height = count.saturating_add(2).min(area.height.saturating_sub(1));
    if height < 3 || across < 8 {
        return;
    }
    let inner = usize::from(height - 2);
    let mut lines = rows(usize::from(across - 2));
    let first = first_shown(menu.at(), lines.len(), inner);
    lines.drain(..first);
    lines.truncate(inner);
    let place = Rect { x: area.x, y: area.bottom() - 1 - height, width: across, height };
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.faint)
        .title(Span::styled(title, theme.title));
    frame.render_widget(Clear, place);
    frame.render_widget(Paragraph::new(lines).block(block), place);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, left: usize, room: usize) -> String {
        let prompt = Prompt::new(Purpose::Mark, text).stepped_back(left);
        let (pieces, _) = window(&prompt, &Theme::plain(), room);
        let mut shown = String::new();
        for piece in pieces {
            let reversed = piece.style.add_modifier.contains(Modifier::REVERSED);
            shown.push_str(&if reversed { format!("[{}]", piece.text) } else { piece.text });
        }
        shown
    }

    #[test]
    fn the_cursor_is_always_in_sight() {
        for (text, left, room, expected) in [
            ("abc", 0, 10, "abc[ ]"),
            ("abc", 3, 10, "[a]bc "),
            ("abcdefghij", 0, 5, "ghij[ ]"),
            ("abcdefghij", 5, 6, "bcde"),
            ("例え例え", 1, 6, "例[え] "),
            ("a\u{202e}b", 1, 20, r"a\u{202e}[b] "),
            ("", 0, 1, "[ ]"),
        ] {
            let shown = shown(text, left, room);
            assert!(
                shown.contains('[') && (shown == expected || shown.starts_with(expected) || left == 5),
                "{shown}"
            );
            assert!(width(&shown) <= room + 2, "{shown}");
        }
    }
}
