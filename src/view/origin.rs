//! The origin screen: everything that one instance depends on, by service, and what follows for what runs on
//! it.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::columns::{Cell, Column, TableRow, column, table, width_of};
use super::idn::named;
use super::part::wrap;
use super::text::{count, number, visible};
use super::theme::Theme;
use super::{first_shown, hint, lane, matrix, put, rule, words};
use crate::advice::finding::Usage;
use crate::console::{Member, Model, OriginRow};
use crate::fleet::{Dns64, Status, address_text};

const COLUMNS: [Column; 7] = [
    Column { ease: 12, ..column("", 1, 18, 0) },
    Column { ease: 16, ..column("service", 8, 34, 3) },
    Column { ease: 28, roomy: 40, ..column("endpoint", 20, 72, 1) },
    column("what came back", 14, 56, 2),
    column("over time", 12, 64, 4),
    Column { right: true, ..column("AAAA", 4, 9, 5) },
    Column { right: true, ..column("A", 4, 9, 6) },
];

/// The place of the lanes among the columns.
const LANE: usize = 4;

/// The changes that are listed at the bottom, if there is room.
const TURNS: usize = 6;

pub(super) fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let Some((_, origin)) = model.selected_origin() else {
        let title = rule(vec![Span::styled("Origin", theme.title)], theme, area.width);
        put(frame, area, vec![title, Span::styled(" No origin is known yet.", theme.dim).into()]);
        return;
    };
    let high = usize::from(area.height);
    let mut lines = about(model, origin, theme, area);
    // On a small screen what it is gives way to what it depends on.
    lines.truncate((high / 2).max(2));
    let turns = turns(model, origin, theme, area.width);
    let members = model.members(origin);
    let left = high.saturating_sub(lines.len());
    let with_turns = !turns.is_empty() && left >= members.len().min(12) + turns.len() + 6;
    let height = left.saturating_sub(if with_turns { turns.len() + 1 } else { 0 });
    lines.extend(endpoints(model, origin, members, theme, (area.width, height)));
    if with_turns {
        lines.push(Line::default());
        lines.extend(turns);
    }
    put(frame, area, lines);
}

/// What it is, the counts of its statuses, and what it seems to use.
fn about(model: &Model, origin: &OriginRow, theme: &Theme, area: Rect) -> Vec<Line<'static>> {
    let fleet = &model.known().fleet;
    let (kind, id, vpc) = fleet.origin_text(origin.key);
    let (account, region) = fleet.origin_account(origin.key);
    let mut title = vec![Span::styled(visible(id).into_owned(), theme.title)];
    title.push(Span::styled(format!("  {}", kind.word().replace('_', " ")), theme.dim));
    for text in [vpc, region, account] {
        if !text.is_empty() && area.width >= 60 {
            title.push(Span::styled(format!(" · {}", visible(text)), theme.dim));
        }
    }
    let mut lines = vec![rule(title, theme, area.width)];
    let mut state = vec![Span::styled("DNS64 ", theme.dim)];
    state.push(match origin.dns64 {
        Dns64::On(since) => {
            Span::styled(format!("on since {}", words::time(model, since)), theme.status(Status::Nat64))
        }
        Dns64::Off => Span::styled("off", theme.status(Status::Ipv4Only)),
        Dns64::Unknown => Span::styled("unknown", theme.dim),
    });
    state.push(Span::styled(if area.width < 60 { "  " } else { "   endpoints " }, theme.dim));
    state.extend(matrix::counts(&origin.statuses, 60, theme));
    if area.width >= 60 {
        state.push(Span::styled(format!("   {}", count(origin.records, "record")), theme.dim));
    }
    if area.width >= 60 && origin.ignored > 0 {
        state.push(Span::styled(format!(", {} of other types", number(origin.ignored)), theme.dim));
    }
    lines.extend(wrap(state, area.width, 2));
    if area.height >= 12 {
        let mut from = vec![Span::styled("asked from ", theme.dim)];
        for (at, address) in origin.addresses.iter().take(4).enumerate() {
            let dot = if at > 0 { " · " } else { "" };
            from.push(Span::styled(format!("{dot}{}", address_text(*address)), theme.text));
        }
        if origin.addresses.len() > 4 {
            from.push(Span::styled(
                format!(" and {} more", number(origin.addresses.len() as u64 - 4)),
                theme.dim,
            ));
        }
        if !origin.addresses.is_empty() {
            lines.extend(wrap(from, area.width, 1));
        }
    }
    for usage in model.usages(origin.key) {
        let mut spans = vec![Span::styled(format!("{}  ", usage.name), theme.text)];
        spans.extend(reach(usage, theme));
        lines.extend(wrap(spans, area.width, 1));
    }
    lines
}

/// `0 of 3 over IPv6, 3 not at all`, in the color of the worst.
fn reach(usage: &Usage, theme: &Theme) -> Vec<Span<'static>> {
    let status = if usage.not > 0 {
        Status::Ipv4Only
    } else if usage.nat64 > 0 {
        Status::Nat64
    } else if usage.unknown + usage.unseen > 0 {
        Status::AOnly
    } else {
        Status::Native
    };
    let style: Style = theme.status(status);
    vec![Span::styled(format!("{} {}", status.glyph(), usage.words()), style)]
}

/// The endpoints by service, as many as fit, with the selected one among them.
fn endpoints(
    model: &Model,
    origin: &OriginRow,
    members: &[Member],
    theme: &Theme,
    (across, height): (u16, usize),
) -> Vec<Line<'static>> {
    let head = height >= 6;
    let rows_high = height.saturating_sub(usize::from(head));
    let selected = model.endpoint();
    let at = members.iter().position(|member| Some(member.pair.name) == selected).unwrap_or(0);
    let hints = |member: &Member| {
        let of = (member.pair.name, member.pair.status);
        hint::under(model, of, Some(origin.key), theme, across).filter(|_| rows_high >= 3)
    };
    let rows_high = rows_high.saturating_sub(usize::from(members.get(at).and_then(hints).is_some()));
    let first = first_shown(at, members.len(), rows_high);
    let listed = &members[first..members.len().min(first + rows_high)];
    let pairs: Vec<_> = listed.iter().map(|member| member.pair).collect();
    let lane_wide = match across {
        160.. => 48,
        120.. => 28,
        96.. => 18,
        _ => 0,
    };
    let rows =
        listed.iter().zip(model.pair_details(&pairs)).enumerate().map(|(place, (member, pair_detail))| {
            let pair = &member.pair;
            let words = if across < 130 { pair.status.glyph().to_string() } else { pair.status.label() };
            let mut status = Cell::new(words, theme.status(pair.status));
            if model.is_fresh(origin.key, pair.name) {
                status = status.modified(theme.fresh);
            }
            let total = |count: u64| if count == 0 { "–".to_owned() } else { number(count) };
            // It is drawn once it is known how much of this there is room for.
            let lane = Cell::new("·".repeat(lane_wide), theme.faint);
            TableRow {
                cells: vec![
                    status,
                    Cell::new(visible(&service(model, members, first, first + place)), theme.strong),
                    Cell::name(named(model.known().fleet.name_text(pair.name)), theme.text),
                    words::outcome(model, pair.status, &pair_detail, theme),
                    lane,
                    Cell::new(total(pair_detail.spans.aaaa().map(|(_, span)| span.count).sum()), theme.dim),
                    Cell::new(total(pair_detail.spans.a().map(|(_, span)| span.count).sum()), theme.dim),
                ],
                selected: first + place == at,
            }
        });
    let mut rows: Vec<TableRow> = rows.collect();
    let wide = width_of(LANE, &COLUMNS, &rows, usize::from(across), head);
    for (row, pair_detail) in rows.iter_mut().zip(model.pair_details(&pairs)).filter(|_| wide > 0) {
        row.cells[LANE] = lane::lane(model, &pair_detail, wide, theme);
    }
    let mut listing = table(&COLUMNS, rows, usize::from(across), head, true, theme).into_iter();
    let mut lines: Vec<Line<'static>> = listing.by_ref().take(usize::from(head)).collect();
    if head && members.is_empty() {
        lines.push(Span::styled("  It asked for neither A nor AAAA.", theme.dim).into());
    }
    for ((place, member), line) in (first..).zip(listed).zip(listing) {
        lines.push(line);
        if place == at {
            lines.extend(hints(member));
        }
    }
    lines.truncate(height);
    lines
}

/// What the endpoint at a place belongs to, if it is the first of those shown that do.
fn service(model: &Model, members: &[Member], first: usize, place: usize) -> String {
    let of = |place: usize| members.get(place).and_then(|member| member.service.as_ref());
    let Some(service) = of(place) else { return String::new() };
    let before = place.checked_sub(1).filter(|before| *before >= first).and_then(of);
    if before.is_some_and(|before| before.is_with(service)) {
        return String::new();
    }
    model.columns().heading(service)
}

/// Its newest changes.
fn turns(model: &Model, origin: &OriginRow, theme: &Theme, across: u16) -> Vec<Line<'static>> {
    let own =
        |at: crate::fleet::OriginId| model.ranking().owner(at).map(|owner| owner.key) == Some(origin.key);
    let newest = model.ranking().turns().iter().rev().filter(|turn| own(turn.origin)).take(TURNS);
    let newest: Vec<_> = newest.collect();
    if newest.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![rule(vec![Span::styled("Changes", theme.title)], theme, across)];
    for turn in newest {
        let mut spans = vec![Span::styled(format!(" {}  ", words::time(model, turn.at)), theme.dim)];
        spans.extend(words::turn(model, turn, across >= 72, theme));
        let name = named(model.known().fleet.name_text(turn.name));
        spans.push(Span::styled(format!("  {name}"), theme.text));
        lines.push(Line::from(spans));
    }
    lines
}
