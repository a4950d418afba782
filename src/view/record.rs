//! One record: what it says, and the raw JSON.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::idn::named;
use super::json::{self, Ink};
use super::part::wrap;
use super::text::{number, visible, width};
use super::theme::Theme;
use super::{live, put, rule, words};
use crate::console::{Command, Model, Row, Source, When};
use crate::fleet::{Status, address_text};
use crate::log::observation::{self, A, Aaaa, Verdict, is_masked};
use crate::log::record::Record;
use crate::timeline::RowSubject;

/// From this width on the raw record is shown beside what it says.
pub(super) const ABREAST: u16 = 104;

pub(super) fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let Some(row) = model.selected_row() else {
        let title = rule(vec![Span::styled("Record", theme.title)], theme, area.width);
        put(frame, area, vec![title, Span::styled(" It is not within what is shown.", theme.dim).into()]);
        return;
    };
    if area.width < ABREAST {
        let mut lines = said(model, &row, theme, area.width);
        lines.push(Line::default());
        lines.extend(raw(model, theme, area.width));
        scrolled(model, theme, frame, area, lines);
        return;
    }
    let left = Rect { width: area.width / 2, ..area };
    let right = Rect { x: left.right() + 1, width: area.width - left.width - 1, ..area };
    put(frame, left, said(model, &row, theme, left.width));
    scrolled(model, theme, frame, right, raw(model, theme, right.width));
}

/// Puts lines scrolled down as far as the model says, at most to the last; the title stays.
pub(super) fn scrolled(
    model: &Model,
    theme: &Theme,
    frame: &mut Frame<'_>,
    area: Rect,
    mut lines: Vec<Line<'static>>,
) {
    let most = lines.len().saturating_sub(usize::from(area.height));
    let scroll = usize::from(model.scroll()).min(most);
    lines.drain(1.min(lines.len())..(1 + scroll).min(lines.len()));
    if most > 0 && area.height > 0 {
        // What leads there takes the end of the title's line, where that is nothing but a line.
        if let Some(Line { spans, .. }) = lines.first_mut()
            && let Some(rest) = spans.last_mut().filter(|span| span.content.chars().all(|char| char == '─'))
        {
            let room = rest.width();
            if let Some(more) = more(model, scroll, most).into_iter().find(|more| width(more) + 4 <= room) {
                let style = rest.style;
                *rest = Span::styled("─".repeat(room - width(&more) - 3), style);
                spans.push(Span::styled(format!(" {more} "), theme.marker));
                spans.push(Span::styled("─", style));
            }
        }
    }
    put(frame, area, lines);
}

/// How many lines there are besides those that are shown, and the key that leads there; longer, and in short.
fn more(model: &Model, scroll: usize, most: usize) -> [String; 2] {
    let key = |command| {
        let binding = model.keys().bound().find(|it| it.command == command && it.when == When::Browsing);
        binding.and_then(|binding| binding.keys.first()).map_or_else(String::new, |key| key.name())
    };
    match most - scroll {
        0 => [format!("▲ {}", key(Command::PageUp)), "▲".to_owned()],
        left => {
            let left = number(left as u64);
            [format!("▼ {left} more: {}", key(Command::PageDown)), format!("▼ {left}")]
        }
    }
}

/// What a record says: who asked for what, and all that came back.
pub(super) fn said(model: &Model, row: &Row<'_>, theme: &Theme, across: u16) -> Vec<Line<'static>> {
    let fleet = &model.known().fleet;
    let mut lines = vec![rule(vec![Span::styled(named(row.name), theme.title)], theme, across)];
    let answered = match row.entry.subject {
        RowSubject::Pair(pair) => {
            fleet.pair_detail(&[pair]).name_ipv4.is_some_and(|known| !known.lowest().is_empty())
        }
        RowSubject::Other(_) => false,
    };
    let mut fact = |what: &'static str, text: String, style: Style| {
        let spans = vec![Span::styled(format!("{what:<9}"), theme.dim), Span::styled(text, style)];
        lines.extend(wrap(spans, across, 3));
    };
    answer_facts(model, row, answered, theme, &mut fact);
    asker_facts(model, row, theme, &mut fact);
    let meaning = match row.entry.verdict {
        Verdict::Aaaa(Aaaa::NxDomain) => words::meaning(Status::NxDomain),
        Verdict::Aaaa(verdict) => words::meaning(words::aaaa_status(verdict, answered)),
        Verdict::A(A::Answered) => "The name has an IPv4 address.",
        Verdict::A(verdict) if verdict.unknown().is_some() => {
            "It asked for A, and what was read does not say what came back."
        }
        _ => "",
    };
    if !meaning.is_empty() {
        lines.push(Line::default());
        lines.extend(wrap(vec![Span::styled(meaning, theme.text)], across, 3));
    }
    lines
}

/// When it was asked, what for, and what came back.
fn answer_facts(
    model: &Model,
    row: &Row<'_>,
    answered: bool,
    theme: &Theme,
    fact: &mut impl FnMut(&'static str, String, Style),
) {
    let kind = match row.entry.verdict {
        Verdict::Aaaa(_) => "AAAA",
        Verdict::A(_) => "A",
        Verdict::NotJudged if row.entry.kind.is_empty() => "other",
        Verdict::NotJudged => row.entry.kind,
    };
    let (glyph, style) = words::verdict_sign(row.entry.verdict, answered, theme);
    fact("at", format!("{} {}Z", row.entry.at.date(), row.entry.at.clock()), theme.text);
    fact("asked", visible(kind).into_owned(), theme.strong);
    fact("got", format!("{glyph} {}", row.entry.verdict.words()), style);
    if row.entry.verdict == Verdict::NotJudged {
        fact("", "Another type than A and AAAA: counted, not judged.".to_owned(), theme.dim);
    }
    for (at, bits) in row.entry.native.iter().enumerate() {
        fact(if at == 0 { "native" } else { "" }, address_text(*bits), theme.status(Status::Native));
    }
    let synthesized = matches!(row.entry.verdict, Verdict::Aaaa(_));
    for (at, bits) in row.entry.ipv4.iter().enumerate() {
        let (what, text, style) = if synthesized {
            ("NAT64", words::synthesized(model, *bits), theme.status(Status::Nat64))
        } else {
            ("IPv4", words::ipv4(*bits), theme.text)
        };
        fact(if at == 0 { what } else { "" }, text, style);
    }
    if row.entry.partial {
        fact("partial", "not all of the answer is there, or can be read".to_owned(), theme.warning);
    }
    if row.entry.partial || row.entry.verdict.unknown().is_some() {
        for (at, (kind, rdata)) in answers(model).into_iter().enumerate() {
            let text = visible(&format!("{kind} {rdata}")).into_owned();
            fact(if at == 0 { "answers" } else { "" }, text, theme.dim);
        }
    }
    let chain = chain(model);
    if !chain.is_empty() {
        fact("by way of", visible(&chain.join(" → ")).into_owned(), theme.text);
    } else if row.entry.cname_only {
        fact("by way of", "a CNAME that leads to no address".to_owned(), theme.text);
    }
}

/// Who asked, and from where.
fn asker_facts(
    model: &Model,
    row: &Row<'_>,
    theme: &Theme,
    fact: &mut impl FnMut(&'static str, String, Style),
) {
    let (_, id, _) = model.known().fleet.origin_text(row.origin);
    fact("by", visible(id).into_owned(), theme.text);
    let port = if row.entry.port == 0 { String::new() } else { format!(" port {}", row.entry.port) };
    match row.entry.source_of_query.source {
        observation::SourceAddress::Ip(address) => {
            fact("from", format!("{}{port}", address_text(address)), theme.dim);
        }
        observation::SourceAddress::Text(source) => {
            let source = observation::text(source);
            if is_masked(source) {
                fact("from", format!("{} (masked){port}", visible(source)), theme.dim);
            }
        }
    }
    if !row.entry.source_of_query.vpc.is_empty() {
        let source_of_query = row.entry.source_of_query;
        fact(
            "in",
            visible(&format!("{} {}", source_of_query.vpc, source_of_query.region)).into_owned(),
            theme.dim,
        );
    }
}

/// The chain of CNAMEs in the raw record that is shown.
pub(super) fn chain(model: &Model) -> Vec<String> {
    let named = answers(model).into_iter().filter(|(kind, _)| kind.eq_ignore_ascii_case("CNAME"));
    named.map(|(_, rdata)| rdata).collect()
}

/// The answers in the raw record that is shown, as they are written there: type and Rdata.
fn answers(model: &Model) -> Vec<(String, String)> {
    let Some((_, Ok(bytes))) = model.raw() else { return Vec::new() };
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(bytes) else { return Vec::new() };
    let Some(Ok(record)) = Record::named(&value, &model.setup().columns) else { return Vec::new() };
    record.answers.iter().map(|answer| (answer.kind.to_string(), answer.rdata.to_string())).collect()
}

/// The raw record, unchanged; nothing while it is being fetched.
pub(super) fn raw(model: &Model, theme: &Theme, across: u16) -> Vec<Line<'static>> {
    let Some((spot, raw)) = model.raw() else { return Vec::new() };
    let mut title = vec![Span::styled("Record", theme.title)];
    let input = model.feed().inputs.get(spot.input.0 as usize).map_or("", String::as_str);
    let place = match model.setup().source {
        // What a service sends has no place in a file: when it was logged and by which group is where to look
        // for it.
        Source::Live => {
            let when = model.selected_row().map(|row| format!(" at {}", row.entry.at)).unwrap_or_default();
            format!("  {}{when}", visible(input))
        }
        Source::Demo { .. } | Source::Replay => {
            format!("  {} at byte {}", visible(live::file_name(input)), number(spot.place.offset))
        }
    };
    title.push(Span::styled(place, theme.dim));
    let mut lines = vec![rule(title, theme, across)];
    match raw {
        Ok(bytes) => {
            let laid_out = json::lines(bytes, usize::from(across).saturating_sub(2));
            lines.extend(laid_out.into_iter().map(|line| {
                let mut spans = vec![Span::raw(" ")];
                spans.extend(line.into_iter().map(|(text, ink)| {
                    let style = match ink {
                        Ink::Key => theme.dim,
                        Ink::Text => theme.text,
                        Ink::Mark => theme.faint,
                    };
                    Span::styled(text, style)
                }));
                Line::from(spans)
            }));
        }
        Err(why) => {
            lines.extend(wrap(vec![Span::styled(visible(why).into_owned(), theme.warning)], across, 3));
        }
    }
    lines
}
