//! The fleet screen: the origins, and the endpoints of the selected one.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::columns::{Cell, Column, TableRow, chosen, column, order, table};
use super::text::{count, number, visible};
use super::theme::Theme;
use super::{first_shown, put, rule, tail, take_top, words};
use crate::console::{Focus, List, Model, OriginRow, PairRow, Screen};
use crate::fleet::{Dns64, Glance, Status, address_text};

const ORIGINS: [Column; 6] = [
    column("origin", 12, 40, 0),
    column("DNS64", 3, 11, 2),
    column("endpoints", 8, 44, 1),
    column("each", 6, 64, 3),
    column("address", 8, 39, 4),
    Column { right: true, ..column("records", 7, 11, 5) },
];

const PAIRS: [Column; 7] = [
    Column { ease: 12, ..column("status", 1, 18, 0) },
    Column { ease: 28, roomy: 40, ..column("endpoint", 26, 72, 1) },
    column("what came back", 14, 56, 2),
    Column { right: true, ..column("AAAA", 4, 9, 5) },
    Column { right: true, ..column("A", 4, 9, 6) },
    column("since", 8, 8, 4),
    column("last", 8, 8, 7),
];

/// Under this many columns, ids are cut and glyphs have to do.
const NARROW: u16 = 72;

/// A glyph for each endpoint, as long as there are no more than this.
const STRIP: usize = 64;

pub(super) fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let mut rest = area;
    let origin_count = model.roster().origins().len();
    let head = area.height >= 12;
    let extra = 1 + usize::from(head);
    // The origins get what they need, up to two fifths of the screen; then the endpoints what they need.
    let most = (usize::from(area.height) * 2 / 5).max(extra + 1);
    let mut take = |wanted: usize, most: usize| {
        let height = u16::try_from(wanted.min(most)).unwrap_or(u16::MAX);
        let place = take_top(&mut rest, height);
        if head && rest.height > 8 {
            take_top(&mut rest, 1);
        }
        place
    };
    let origins_area = take(origin_count.max(1) + extra, most);
    let pair_count = model.selected_origin().map_or(0, |(_, origin)| model.pairs(origin).len());
    let pairs_area = take((pair_count + extra).max(3), usize::MAX);
    origins(model, theme, frame, origins_area, head);
    endpoints(model, theme, frame, pairs_area, head);
    if rest.height >= 5 && area.height >= 20 {
        tail::newest(model, theme, frame, rest);
    }
}

fn origins(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect, head: bool) {
    let shown = model.roster().origins().len();
    let mut title = vec![Span::styled("Fleet", theme.title)];
    let counted = count(shown as u64, "origin");
    title.push(Span::styled(format!("  {counted}, {}", order(model, List::Origins)), theme.dim));
    let height = usize::from(area.height).saturating_sub(1 + usize::from(head));
    let selected = model.selected_origin().map(|(at, _)| at);
    let first = first_shown(selected.unwrap_or(0), shown, height);
    let rows = (first..shown.min(first + height))
        .filter_map(|at| Some((at, model.origin_at(at)?)))
        .map(|(at, origin)| TableRow {
            cells: origin_cells(model, origin, theme, area.width),
            selected: selected == Some(at),
        })
        .collect();
    let active = model.screen() == Screen::Fleet && model.focus() == Focus::Origins;
    let mut lines = vec![rule(title, theme, area.width)];
    let columns = chosen(&ORIGINS, model, List::Origins);
    lines.extend(table(&columns, rows, usize::from(area.width), head, active, theme));
    put(frame, area, lines);
}

fn origin_cells(model: &Model, origin: &OriginRow, theme: &Theme, across: u16) -> Vec<Cell> {
    let (_, id, _) = model.known().fleet.origin_text(origin.key);
    let name = if across < NARROW { words::name_of(model, origin.key) } else { visible(id).into_owned() };
    let dns64 = match origin.dns64 {
        Dns64::On(since) => Cell::new(format!("on {}", since.clock()), theme.status(Status::Nat64)),
        Dns64::Off => Cell::new("off", theme.status(Status::Ipv4Only)),
        Dns64::Unknown => Cell::new("–", theme.faint),
    };
    let mut counts = Cell::default();
    let mut first = true;
    for status in Status::ALL.into_iter().filter(|status| origin.count(*status) > 0) {
        let gap = if first { "" } else { "  " };
        counts.push(format!("{gap}{} {}", status.glyph(), origin.count(status)), theme.status(status));
        first = false;
    }
    let mut strip = Cell::default();
    let pairs = model.roster().pairs_of(&model.known().fleet, origin);
    for pair in pairs.iter().take(if pairs.len() <= STRIP { STRIP } else { 0 }) {
        let style = theme.status(pair.status);
        let fresh = model.is_fresh(origin.key, pair.name);
        strip.push(
            pair.status.glyph().to_string(),
            if fresh { style.add_modifier(theme.fresh) } else { style },
        );
    }
    let address = origin.addresses.first().filter(|_| id.parse::<std::net::IpAddr>().is_err());
    vec![
        Cell::new(name, theme.text),
        dns64,
        counts,
        strip,
        Cell::new(address.map_or_else(String::new, |bits| address_text(*bits)), theme.dim),
        Cell::new(number(origin.records), theme.dim),
    ]
}

fn endpoints(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect, head: bool) {
    let Some((_, origin)) = model.selected_origin() else {
        let text = if model.filter().is_empty() { "" } else { "Nothing matches the filter." };
        put(frame, area, vec![Span::styled(text, theme.dim).into()]);
        return;
    };
    let height = usize::from(area.height).saturating_sub(1 + usize::from(head));
    let pairs = model.pairs(origin);
    let selected = model.selected_pair().map_or(0, |(at, _)| at);
    let first = first_shown(selected, pairs.len(), height);
    let (_, id, vpc) = model.known().fleet.origin_text(origin.key);
    let mut title = vec![Span::styled(visible(id).into_owned(), theme.title)];
    let counted = count(pairs.len() as u64, "endpoint");
    title.push(Span::styled(format!("  {counted}{}", sorted(model)), theme.dim));
    if area.width >= 70 && !vpc.is_empty() {
        title.push(Span::styled(format!("  {}", visible(vpc)), theme.dim));
    }
    let listed = &pairs[first..pairs.len().min(first + height)];
    let rows = listed
        .iter()
        .zip(model.glances(listed))
        .enumerate()
        .map(|(at, (pair, glance))| TableRow {
            cells: pair_cells(model, origin, pair, &glance, theme, area.width),
            selected: first + at == selected,
        })
        .collect();
    let active = model.screen() == Screen::Fleet && model.focus() == Focus::Endpoints;
    let mut lines = vec![rule(title, theme, area.width)];
    let columns = chosen(&PAIRS, model, List::Endpoints);
    lines.extend(table(&columns, rows, usize::from(area.width), head, active, theme));
    put(frame, area, lines);
}

/// By what the endpoints are sorted, if not by their own order.
fn sorted(model: &Model) -> String {
    let sorting = model.remembered().preferences.sorting(List::Endpoints);
    sorting.map_or_else(String::new, |_| format!(", {}", order(model, List::Endpoints)))
}

fn pair_cells(
    model: &Model,
    origin: &OriginRow,
    pair: &PairRow,
    glance: &Glance<'_>,
    theme: &Theme,
    across: u16,
) -> Vec<Cell> {
    let known = &model.known().fleet;
    let style = theme.status(pair.status);
    // Where it is narrow the glyph has to do.
    let words = if across < NARROW { String::new() } else { format!(" {}", pair.status.words()) };
    let mut status = Cell::new(format!("{}{words}", pair.status.glyph()), style);
    if model.is_fresh(origin.key, pair.name) {
        status = status.modified(theme.fresh);
    }
    let counts = |spans: u64| if spans == 0 { "–".to_owned() } else { number(spans) };
    let aaaa = glance.spans.aaaa().map(|(_, span)| span.count).sum();
    let a = glance.spans.a().map(|(_, span)| span.count).sum();
    let newest = glance.spans.newest_aaaa();
    let since = glance.spans.aaaa().find(|(verdict, _)| Some(*verdict) == newest).map(|(_, span)| span.first);
    let range = glance.spans.range();
    let clock =
        |moment: Option<crate::moment::Moment>| moment.map_or_else(String::new, crate::moment::Moment::clock);
    vec![
        status,
        Cell::new(visible(known.name_text(pair.name)), theme.text),
        words::outcome(model, pair.status, glance, theme),
        Cell::new(counts(aaaa), theme.dim),
        Cell::new(counts(a), theme.dim),
        Cell::new(clock(since.or(range.map(|(first, _)| first))), theme.dim),
        Cell::new(clock(range.map(|(_, last)| last)), theme.dim),
    ]
}
