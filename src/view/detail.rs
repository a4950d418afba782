//! The detail: one endpoint of one origin, or one record.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::columns::{Cell, Column, TableRow, column, table};
use super::json::{self, Ink};
use super::text::{count, number, visible};
use super::theme::Theme;
use super::{frame as around, put, rule, words};
use crate::console::{Model, OriginRow, PairRow, Screen};
use crate::fleet::{Glance, Span as Stretch, Status, address_text};
use crate::observation::Verdict;

const SPANS: [Column; 3] = [
    column("verdict", 13, 13, 0),
    column("time", 8, 19, 1),
    Column { right: true, ..column("records", 2, 12, 2) },
];

/// From this width on the record stands beside what is known.
const ABREAST: u16 = 104;

pub(super) fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    if area.width < ABREAST {
        let mut lines = known(model, theme, area);
        lines.push(Line::default());
        lines.extend(raw(model, theme, area));
        scrolled(model, frame, area, lines);
        return;
    }
    let left = Rect { width: area.width / 2, ..area };
    let right = Rect { x: left.right() + 1, width: area.width - left.width - 1, ..area };
    put(frame, left, known(model, theme, left));
    scrolled(model, frame, right, raw(model, theme, right));
}

/// Puts lines scrolled down as far as the model says, at most to the last; the title stays.
fn scrolled(model: &Model, frame: &mut Frame<'_>, area: Rect, mut lines: Vec<Line<'static>>) {
    let most = lines.len().saturating_sub(usize::from(area.height));
    let scroll = usize::from(model.scroll()).min(most);
    lines.drain(1.min(lines.len())..(1 + scroll).min(lines.len()));
    put(frame, area, lines);
}

/// What is known of the endpoint, or of the record.
fn known(model: &Model, theme: &Theme, area: Rect) -> Vec<Line<'static>> {
    let record = (model.screen() == Screen::Detail)
        .then(|| model.picked_row())
        .flatten()
        .filter(|row| !row.is_judged());
    match (record, model.selected_origin(), model.selected_pair()) {
        (Some(row), ..) => {
            let name = visible(row.name).into_owned();
            let mut lines = vec![rule(vec![Span::styled(name, theme.title)], theme, area.width)];
            let text = "Asked for another type than A and AAAA: counted, not judged.";
            lines.extend(around::wrap(vec![Span::styled(text, theme.dim)], area.width, 2));
            lines
        }
        (None, Some((_, origin)), Some((_, pair))) => pair_lines(model, origin, pair, theme, area),
        _ => vec![rule(vec![Span::styled("Detail", theme.title)], theme, area.width)],
    }
}

fn pair_lines(
    model: &Model,
    origin: &OriginRow,
    pair: &PairRow,
    theme: &Theme,
    area: Rect,
) -> Vec<Line<'static>> {
    let known = &model.known().fleet;
    let glance = model.glance(pair);
    let style = theme.status(pair.status);
    let (_, id, vpc) = known.origin_text(origin.key);
    let across = area.width;
    let mut lines = vec![rule(
        vec![Span::styled(visible(known.name_text(pair.name)).into_owned(), theme.title)],
        theme,
        across,
    )];
    let mut status = format!("{} {}", pair.status.glyph(), pair.status.words());
    if model.is_fresh(origin.key, pair.name) {
        status = format!(" {status} ");
        lines.push(Line::from(vec![Span::raw(" "), Span::styled(status, style.add_modifier(theme.fresh))]));
    } else {
        lines.push(Line::from(vec![Span::raw(" "), Span::styled(status, style)]));
    }
    lines.extend(around::wrap(vec![Span::styled(words::meaning(pair.status), theme.text)], across, 3));
    let mut asked =
        vec![Span::styled("asked by ", theme.dim), Span::styled(visible(id).into_owned(), theme.strong)];
    for address in origin.addresses.iter().take(3).map(|bits| address_text(*bits)).filter(|text| text != id) {
        asked.push(Span::styled(format!(" · {address}"), theme.dim));
    }
    if !vpc.is_empty() {
        asked.push(Span::styled(format!(" · {}", visible(vpc)), theme.dim));
    }
    lines.extend(around::wrap(asked, across, 2));
    lines.push(Line::default());
    lines.extend(verdicts(&glance, theme, across));
    lines.push(Line::default());
    facts(model, pair.status, &glance, theme, across, &mut lines);
    lines
}

/// The verdicts on AAAA, and those on A.
fn verdicts(glance: &Glance<'_>, theme: &Theme, across: u16) -> Vec<Line<'static>> {
    let answered = glance.name_ipv4.is_some_and(|known| !known.lowest().is_empty());
    let row = |verdict: Verdict, span: Stretch| TableRow {
        cells: vec![
            words::verdict(verdict, answered, theme),
            Cell::new(format!("{} – {}", span.first.clock(), span.last.clock()), theme.dim),
            Cell::new(format!("×{}", number(span.count)), theme.text),
        ],
        selected: false,
    };
    let aaaa: Vec<TableRow> =
        glance.spans.aaaa().map(|(verdict, span)| row(Verdict::Aaaa(verdict), span)).collect();
    let a: Vec<TableRow> = glance.spans.a().map(|(verdict, span)| row(Verdict::A(verdict), span)).collect();
    let block = |title: &'static str, rows: Vec<TableRow>, across: usize| {
        let mut lines = vec![Line::from(vec![Span::raw(" "), Span::styled(title, theme.strong)])];
        if rows.is_empty() {
            lines.push(Line::from(Span::styled("  never asked", theme.dim)));
        } else {
            lines.extend(table(&SPANS, rows, across, false, false, theme));
        }
        lines
    };
    let across = usize::from(across);
    let mut lines = block("AAAA", aaaa, across);
    lines.extend(block("A", a, across));
    lines
}

fn facts(
    model: &Model,
    status: Status,
    glance: &Glance<'_>,
    theme: &Theme,
    across: u16,
    lines: &mut Vec<Line<'static>>,
) {
    let mut fact = |what: &'static str, text: String, style: Style| {
        let spans = vec![Span::styled(format!("{what:<10}"), theme.dim), Span::styled(text, style)];
        lines.extend(around::wrap(spans, across, 3));
    };
    if let Some(change) = glance.spans.change() {
        let text = format!("{} from {} to {}", change.at.clock(), change.from.word(), change.to.word());
        fact("turned", text, theme.status(status));
    }
    if glance.spans.flapping() {
        fact("flapping", "different answers came in turns".to_owned(), theme.warning);
    }
    let mut list = |what: &'static str, texts: Vec<String>, more: bool, style: Style| {
        for (at, text) in texts.into_iter().enumerate() {
            fact(if at == 0 { what } else { "" }, text, style);
        }
        if more {
            fact("", "and more".to_owned(), theme.dim);
        }
    };
    let native = &glance.native;
    let texts = native.lowest().iter().map(|bits| address_text(*bits)).collect();
    list("native", texts, native.more(), theme.status(Status::Native));
    let embedded = &glance.embedded;
    let texts = embedded.lowest().iter().map(|bits| words::synthesized(model, *bits)).collect();
    list("NAT64", texts, embedded.more(), theme.status(Status::Nat64));
    if let Some(a) = glance.name_ipv4 {
        list("A", a.lowest().iter().map(|bits| words::ipv4(*bits)).collect(), a.more(), theme.text);
    }
    if glance.cname_only > 0 {
        let text = format!("{} held a CNAME and no address", count(glance.cname_only, "empty answer"));
        fact("CNAME", text, theme.text);
    }
    if glance.mixed {
        fact("mixed", "native and synthesized addresses in one answer".to_owned(), theme.warning);
    }
}

/// The raw record.
fn raw(model: &Model, theme: &Theme, area: Rect) -> Vec<Line<'static>> {
    let Some((spot, raw)) = model.raw() else { return Vec::new() };
    let mut title = vec![Span::styled("Record", theme.title)];
    let input = model.feed().inputs.get(spot.input.0 as usize).map_or("", String::as_str);
    // The name is what tells; where it lies, whoever gave the path knows.
    let name = input.rsplit('/').next().unwrap_or(input);
    let place = format!("  {} at byte {}", visible(name), number(spot.place.offset));
    title.push(Span::styled(place, theme.dim));
    let mut lines = vec![rule(title, theme, area.width)];
    match raw {
        Ok(bytes) => lines.extend(
            json::lines(bytes, usize::from(area.width).saturating_sub(2)).into_iter().map(|line| {
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
            }),
        ),
        Err(why) => lines.extend(around::wrap(
            vec![Span::styled(visible(why).into_owned(), theme.warning)],
            area.width,
            3,
        )),
    }
    lines
}
