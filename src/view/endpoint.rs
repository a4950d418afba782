//! The endpoint screen: one name, everybody who asked for it, A beside AAAA, and what to do.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::columns::{Cell, Column, TableRow, column, table};
use super::idn::named;
use super::part::wrap;
use super::text::{count, visible};
use super::theme::Theme;
use super::{detail, findings, first_shown, hint, lane, matrix, put, record, rule, words};
use crate::advice::explain::explain;
use crate::base::saturating::SaturatingInto as _;
use crate::console::{Model, OriginRow, PairRow, StatusCounts};
use crate::fleet::{Status, Symbol};

const COLUMNS: [Column; 6] = [
    Column { ease: 19, ..column("origin", 11, 40, 0) },
    Column { ease: 34, ..column("AAAA", 16, 72, 1) },
    column("over time", 12, 64, 4),
    column("A", 8, 34, 2),
    column("since", 8, 19, 3),
    column("last", 8, 19, 5),
];

pub(super) fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let Some(name) = model.endpoint() else {
        let title = rule(vec![Span::styled("Endpoint", theme.title)], theme, area.width);
        put(frame, area, vec![title, Span::styled(" No endpoint is known yet.", theme.dim).into()]);
        return;
    };
    let (askers, at) = model.selected_asker();
    let mut lines = about(model, name, &askers, theme, area);
    let high = usize::from(area.height);
    // Who asked gets what they need, up to a third of the screen.
    let list_high = askers.len().clamp(1, (high / 3).max(1)) + 1;
    lines.extend(who(model, &askers, at, theme, (area.width, list_high)));
    let used = lines.len().saturating_into::<u16>().min(area.height);
    put(frame, Rect { height: used, ..area }, lines);
    let mut rest = Rect { y: area.y + used, height: area.height - used, ..area };
    if rest.height > 12 {
        rest.y += 1;
        rest.height -= 1;
    }
    if rest.height < 2 {
        return;
    }
    let pair = askers.get(at).map(|(origin, pair)| (*origin, *pair));
    if rest.width < record::ABREAST {
        let mut lines = advice(model, name, pair, theme, rest.width);
        if let Some((origin, pair)) = pair {
            lines.push(Line::default());
            lines.extend(detail::lines(model, origin, pair, true, theme, rest.width));
        }
        lines.push(Line::default());
        lines.extend(record::raw(model, theme, rest.width));
        record::scrolled(model, theme, frame, rest, lines);
        return;
    }
    let left = Rect { width: rest.width / 2, ..rest };
    let right = Rect { x: left.right() + 1, width: rest.width - left.width - 1, ..rest };
    let mut lines = advice(model, name, pair, theme, left.width);
    if let Some((origin, pair)) = pair {
        lines.push(Line::default());
        lines.extend(detail::lines(model, origin, pair, true, theme, left.width));
    }
    put(frame, left, lines);
    record::scrolled(model, theme, frame, right, record::raw(model, theme, right.width));
}

/// What the name is, and its statuses for those who asked for it.
fn about(
    model: &Model,
    name: Symbol,
    askers: &[(&OriginRow, &PairRow)],
    theme: &Theme,
    area: Rect,
) -> Vec<Line<'static>> {
    let text = model.known().fleet.name_text(name);
    let known = model.setup().library.catalog.about(text);
    let mut title = vec![Span::styled(named(text), theme.title)];
    if let Some(known) = known.filter(|_| area.width >= 60) {
        title.push(Span::styled(format!("  {}", known.words()), theme.dim));
        if !known.region.is_empty() {
            title.push(Span::styled(format!(", {}", visible(&known.region)), theme.dim));
        }
    }
    let mut statuses = StatusCounts::default();
    for (_, pair) in askers {
        statuses[pair.status as usize] += 1;
    }
    let mut state =
        vec![Span::styled(format!("asked by {}: ", count(askers.len() as u64, "origin")), theme.dim)];
    for (at, status) in Status::ALL.into_iter().filter(|status| statuses[*status as usize] > 0).enumerate() {
        let comma = if at > 0 { ", " } else { "" };
        state.push(Span::styled(comma, theme.dim));
        let text = format!("{} {} {}", status.glyph(), statuses[status as usize], status.words());
        state.push(Span::styled(text, theme.status(status)));
    }
    let mut lines = vec![rule(title, theme, area.width)];
    if area.height < 10 {
        lines.extend(wrap(matrix::counts(&statuses, 30, theme), area.width, 1));
    } else {
        lines.extend(wrap(state, area.width, 1));
    }
    lines
}

/// Who asked, and what each got.
fn who(
    model: &Model,
    askers: &[(&OriginRow, &PairRow)],
    at: usize,
    theme: &Theme,
    (across, height): (u16, usize),
) -> Vec<Line<'static>> {
    if askers.is_empty() {
        let text = "  Nobody asked for it within what is shown.";
        return vec![Span::styled(text, theme.dim).into()];
    }
    let rows_high = height.saturating_sub(1).max(1);
    let first = first_shown(at, askers.len(), rows_high);
    let listed = &askers[first..askers.len().min(first + rows_high)];
    let pairs: Vec<PairRow> = listed.iter().map(|(_, pair)| **pair).collect();
    let lane_wide = match across {
        160.. => 40,
        120.. => 24,
        _ => 0,
    };
    let rows = listed.iter().zip(model.pair_details(&pairs)).enumerate().map(
        |(place, ((origin, pair), pair_detail))| {
            let name = if across >= 110 {
                visible(model.known().fleet.origin_text(origin.key).1).into_owned()
            } else {
                words::name_of(model, origin.key)
            };
            let fresh = model.is_fresh(origin.key, pair.name);
            let got = words::history(model, pair.status, &pair_detail, fresh, theme);
            let time = |at: Option<_>| at.map_or_else(String::new, |at| words::time(model, at));
            let lane = if lane_wide > 0 {
                lane::lane(model, &pair_detail, lane_wide, theme)
            } else {
                Cell::default()
            };
            TableRow {
                cells: vec![
                    Cell::new(name, theme.text),
                    got,
                    lane,
                    words::a(&pair_detail, theme),
                    Cell::new(time(words::since(&pair_detail)), theme.dim),
                    Cell::new(time(pair_detail.spans.range().map(|(_, last)| last)), theme.dim),
                ],
                selected: first + place == at,
            }
        },
    );
    table(&COLUMNS, rows.collect(), usize::from(across), true, true, theme)
}

/// What to do: what was found out about the name, else what the catalog knows of it.
fn advice(
    model: &Model,
    name: Symbol,
    pair: Option<(&OriginRow, &PairRow)>,
    theme: &Theme,
    across: u16,
) -> Vec<Line<'static>> {
    let text = model.known().fleet.name_text(name);
    let mut lines = vec![rule(vec![Span::styled("What to do", theme.title)], theme, across)];
    let mut any = false;
    for finding in model.findings_on(text) {
        any = true;
        let (glyph, style) = findings::sign(finding.severity, theme);
        let sentence = visible(&finding.sentence).into_owned();
        lines.extend(wrap(
            vec![Span::styled(format!("{glyph} "), style), Span::styled(sentence, theme.text)],
            across,
            8,
        ));
        if !finding.action.is_empty() {
            let action = visible(&finding.action).into_owned();
            lines.extend(wrap(
                vec![Span::styled("→ ", theme.marker), Span::styled(action, theme.strong)],
                across,
                8,
            ));
        }
    }
    let hint = pair.and_then(|(origin, pair)| hint::hint(model, name, pair.status, Some(origin.key)));
    let hint = hint.filter(|_| !any);
    if let Some(hint) = hint {
        any = true;
        lines.extend(wrap(vec![Span::styled(visible(&hint).into_owned(), theme.text)], across, 3));
    }
    if any {
        let sources: Vec<&str> = model.findings_on(text).map(|finding| finding.source.as_str()).collect();
        for source in sources.into_iter().filter(|source| !source.is_empty()).take(1) {
            let source = format!("source: {}", visible(source));
            lines.extend(wrap(vec![Span::styled(source, theme.dim)], across, 3));
        }
        return lines;
    }
    lines.push(Span::styled(" Nothing.", theme.dim).into());
    let (prefixes, library) = (&model.setup().prefixes, &model.setup().library);
    let known = explain(text, prefixes, &library.catalog, &library.profiles);
    // The last line of what is known speaks of the command line.
    let shown = known.lines.len().saturating_sub(usize::from(known.name.is_some()));
    for line in known.lines.iter().take(shown) {
        lines.extend(wrap(
            vec![Span::styled("· ", theme.faint), Span::styled(visible(line).into_owned(), theme.dim)],
            across,
            3,
        ));
    }
    lines
}
