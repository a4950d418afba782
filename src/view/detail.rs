//! One endpoint of one origin in detail: the verdicts with their times, and all addresses.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::columns::{Cell, Column, TableRow, column, table};
use super::idn::named;
use super::part::wrap;
use super::text::{count, number, visible};
use super::theme::Theme;
use super::{put, record, rule, words};
use crate::console::{Model, OriginRow, PairRow};
use crate::fleet::{PairDetail, Span as Stretch, Status, address_text};
use crate::log::observation::Verdict;

const SPANS: [Column; 3] = [
    column("verdict", 13, 13, 0),
    column("time", 8, 31, 1),
    Column { right: true, ..column("records", 2, 12, 2) },
];

/// How wide `~ unknown (unreadable)` is.
const REASON: usize = 22;

/// The selected endpoint of the selected origin, and its newest record below.
pub(super) fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let name = model.endpoint();
    let pair = model.selected_origin().and_then(|(_, origin)| {
        Some((origin, model.pairs(origin).iter().find(|pair| Some(pair.name) == name)?))
    });
    let Some((origin, pair)) = pair else {
        let title = name.map_or_else(String::new, |name| named(model.known().fleet.name_text(name)));
        let lines = vec![
            rule(vec![Span::styled(title, theme.title)], theme, area.width),
            Span::styled(" The selected origin never asked for it.", theme.dim).into(),
        ];
        put(frame, area, lines);
        return;
    };
    let mut lines = lines(model, origin, pair, false, theme, area.width);
    lines.push(Line::default());
    lines.extend(record::raw(model, theme, area.width));
    put(frame, area, lines);
}

/// What is known of an endpoint of an origin, under the name of the endpoint, or of the origin where the
/// screen is about the endpoint.
pub(super) fn lines(
    model: &Model,
    origin: &OriginRow,
    pair: &PairRow,
    by_origin: bool,
    theme: &Theme,
    across: u16,
) -> Vec<Line<'static>> {
    let known = &model.known().fleet;
    let pair_detail = model.pair_detail(pair);
    let style = theme.status(pair.status);
    let (_, id, vpc) = known.origin_text(origin.key);
    let mut lines = vec![rule(
        vec![Span::styled(
            if by_origin { visible(id).into_owned() } else { named(known.name_text(pair.name)) },
            theme.title,
        )],
        theme,
        across,
    )];
    let mut status = pair.status.label();
    if model.is_fresh(origin.key, pair.name) {
        status = format!(" {status} ");
        lines.push(Line::from(vec![Span::raw(" "), Span::styled(status, style.add_modifier(theme.fresh))]));
    } else {
        lines.push(Line::from(vec![Span::raw(" "), Span::styled(status, style)]));
    }
    lines.extend(wrap(vec![Span::styled(words::meaning(pair.status), theme.text)], across, 3));
    let mut asked =
        vec![Span::styled("asked by ", theme.dim), Span::styled(visible(id).into_owned(), theme.strong)];
    for address in origin.addresses.iter().take(3).map(|bits| address_text(*bits)).filter(|text| text != id) {
        asked.push(Span::styled(format!(" · {address}"), theme.dim));
    }
    if !vpc.is_empty() {
        asked.push(Span::styled(format!(" · {}", visible(vpc)), theme.dim));
    }
    lines.extend(wrap(asked, across, 2));
    lines.push(Line::default());
    lines.extend(verdicts(model, &pair_detail, theme, across));
    lines.push(Line::default());
    facts(model, pair.status, &pair_detail, theme, across, &mut lines);
    lines
}

/// The verdicts on AAAA, and those on A.
fn verdicts(model: &Model, pair_detail: &PairDetail<'_>, theme: &Theme, across: u16) -> Vec<Line<'static>> {
    let answered = pair_detail.name_ipv4.is_some_and(|known| !known.lowest().is_empty());
    let row = |verdict: Verdict, span: Stretch| {
        let mut sign = words::verdict(verdict, answered, theme);
        if let Some(why) = verdict.unknown() {
            sign.push(format!(" ({})", why.word()), theme.status(Status::Unknown));
        }
        let time = format!("{} – {}", words::time(model, span.first), words::time(model, span.last));
        let count = Cell::new(format!("×{}", number(span.count)), theme.text);
        TableRow { cells: vec![sign, Cell::new(time, theme.dim), count], selected: false }
    };
    let is_unknown = pair_detail.spans.unknown_aaaa().is_some() || pair_detail.spans.unknown_a().is_some();
    let mut columns = SPANS;
    if is_unknown {
        columns[0].ease = REASON;
        columns[0].roomy = REASON;
        columns[0].most = REASON;
    }
    let aaaa: Vec<TableRow> =
        pair_detail.spans.aaaa().map(|(verdict, span)| row(Verdict::Aaaa(verdict), span)).collect();
    let a: Vec<TableRow> =
        pair_detail.spans.a().map(|(verdict, span)| row(Verdict::A(verdict), span)).collect();
    let block = |title: &'static str, rows: Vec<TableRow>, across: usize| {
        let mut lines = vec![Line::from(vec![Span::raw(" "), Span::styled(title, theme.strong)])];
        if rows.is_empty() {
            lines.push(Line::from(Span::styled("  never asked", theme.dim)));
        } else {
            lines.extend(table(&columns, rows, across, false, false, theme));
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
    pair_detail: &PairDetail<'_>,
    theme: &Theme,
    across: u16,
    lines: &mut Vec<Line<'static>>,
) {
    let mut fact = |what: &'static str, text: String, style: Style| {
        let spans = vec![Span::styled(format!("{what:<10}"), theme.dim), Span::styled(text, style)];
        lines.extend(wrap(spans, across, 3));
    };
    if let Some(change) = pair_detail.spans.change() {
        let text =
            format!("{} from {} to {}", words::time(model, change.at), change.from.word(), change.to.word());
        fact("turned", text, theme.status(status));
    }
    if pair_detail.spans.flapping() {
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
    let native = &pair_detail.native;
    let texts = native.lowest().iter().map(|bits| address_text(*bits)).collect();
    list("native", texts, native.more(), theme.status(Status::Native));
    let embedded = &pair_detail.embedded;
    let texts = embedded.lowest().iter().map(|bits| words::synthesized(model, *bits)).collect();
    list("NAT64", texts, embedded.more(), theme.status(Status::Nat64));
    if let Some(a) = pair_detail.name_ipv4 {
        list("A", a.lowest().iter().map(|bits| words::ipv4(*bits)).collect(), a.more(), theme.text);
    }
    let chain = record::chain(model);
    if !chain.is_empty() {
        fact("by way of", visible(&chain.join(" → ")).into_owned(), theme.text);
    }
    if pair_detail.cname_only > 0 {
        let text = format!("{} held a CNAME and no address", count(pair_detail.cname_only, "empty answer"));
        fact("CNAME", text, theme.text);
    }
    if pair_detail.mixed {
        fact("mixed", "native and synthesized addresses in one answer".to_owned(), theme.warning);
    }
    if pair_detail.partial {
        fact(
            "partial",
            "judged by a part of the answer: there may be more addresses".to_owned(),
            theme.warning,
        );
    }
}
