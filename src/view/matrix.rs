//! Origins by endpoints: a sign in each cell, the worst first in both directions.

use std::borrow::Cow;
use std::sync::Arc;

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::columns::order;
use super::idn::{named, read};
use super::text::{count, cut, number, short_id, visible, width};
use super::theme::Theme;
use super::{first_shown, rule, words};
use crate::base::alike;
use crate::base::saturating::SaturatingInto as _;
use crate::console::{Columns, Command, List, MatrixColumn, Model, OriginRow, StatusCounts};
use crate::fleet::{Dns64, Status, Symbol};

/// Labels are cut to the largest of these widths at which all columns fit.
const LONGEST: usize = 28;
const SHORTEST: usize = 6;
/// If none does: to this one. Where fewer than `FEW` columns fit then, they have no labels.
const SHORT: usize = 9;
const SHORT_NARROW: usize = 7;
const FEW: usize = 5;
/// Under this many columns for them, labels are cut shorter still.
const NARROW: usize = 70;
/// A cell is at least as wide as a selected one is.
const CELL: usize = 3;
/// From this many origins on it is said that they can be grouped.
const MANY: u64 = 100;
/// Columns that the counts of what is not shown take.
const MORE: usize = 14;

/// Where the columns of the matrix are on the screen.
struct MatrixLayout {
    /// The first column shown, and how wide each one is.
    first: usize,
    widths: Vec<usize>,
    /// One cell a column and no names over them.
    dense: bool,
    /// Whether there are others.
    more: bool,
    /// The place of each name among those shown, by its number.
    places: Vec<u16>,
}

/// Not shown.
const NONE: u16 = u16::MAX;

/// Whether a column is the only one of its group.
fn is_single(columns: &[MatrixColumn], at: usize) -> bool {
    let service = &columns[at].service;
    let other = |at: Option<usize>| {
        at.and_then(|at| columns.get(at)).is_none_or(|column| !column.service.is_with(service))
    };
    other(at.checked_sub(1)) && other(Some(at + 1))
}

/// The Region of a column that others of its label differ from it in, short; empty if it needs none.
fn region(column: &MatrixColumn) -> &str {
    column.label.strip_prefix(&*column.service.label).unwrap_or_default().trim_start_matches('·')
}

/// The label over a column. The Region that tells it from others is written above that. A domain with but one
/// name is called by the domain where the name is too long.
fn label(columns: &[MatrixColumn], at: usize, most: usize) -> String {
    let MatrixColumn { service, common, .. } = &columns[at];
    if service.aws || !is_single(columns, at) || service.label == service.group {
        // Where the Region is all that differs, how the rest begins says most.
        let common = if common.0 < service.label.len() { common.0 } else { 0 };
        return cut_apart(&service.label, common, most);
    }
    let whole = format!("{}.{}", read(&service.label), read(&service.group));
    if width(&whole) <= most { whole } else { cut_apart(&service.group, common.1, most) }
}

/// The heading over the columns of a group, whose name is the end of `over`.
fn group_head(over: &str, column: &MatrixColumn, most: usize) -> String {
    let before = over.len().saturating_sub(column.service.group.len());
    alike::cut_apart(over, before + column.common.1, most).into_owned()
}

/// A text as it reads, cut so that what tells it from others stays: its first `common` bytes are those of
/// another.
fn cut_apart(text: &str, common: usize, columns: usize) -> String {
    let shown = read(text);
    let same = match &shown {
        Cow::Borrowed(_) => common,
        // Of what reads otherwise than it is written, the label that differs.
        Cow::Owned(shown) => {
            let labels = text.get(..common).map_or(0, |start| start.matches('.').count());
            let starts = shown.match_indices('.').map(|(at, _)| at + 1);
            std::iter::once(0).chain(starts).nth(labels).unwrap_or(0)
        }
    };
    alike::cut_apart(&shown, same, columns).into_owned()
}

/// The width of a column whose labels are cut to `most`.
fn column_width(columns: &[MatrixColumn], at: usize, most: usize) -> usize {
    let above = if is_single(columns, at) { width(region(&columns[at])) } else { 0 };
    width(&label(columns, at, most)).max(above).max(CELL)
}

/// What separates a column from the one before: blanks within a group and between lone columns, a line where
/// a group begins or ends.
fn gap(columns: &[MatrixColumn], at: usize, first: usize) -> &'static str {
    if at == first {
        ""
    } else if columns[at - 1].service.is_with(&columns[at].service) {
        " "
    } else if is_single(columns, at - 1) && is_single(columns, at) {
        "  "
    } else {
        " │ "
    }
}

impl MatrixLayout {
    /// The layout of columns on `across` columns of the screen, with the selected one among them.
    fn new(
        columns: &[MatrixColumn],
        selected: Option<usize>,
        across: usize,
        unlisted: bool,
        head: bool,
    ) -> Self {
        let mut plan = Self::widths(columns, selected, across, unlisted, head);
        for (at, column) in columns.iter().skip(plan.first).take(plan.widths.len()).enumerate() {
            let number = column.name.index();
            if number >= plan.places.len() {
                plan.places.resize(number + 1, NONE);
            }
            plan.places[number] = at.saturating_into();
        }
        plan
    }

    /// Gives what is left of `across` to groups whose heading has more of it to say, from the left.
    fn widen(&mut self, all: &Columns, across: usize) {
        let (columns, first) = (&all.list, self.first);
        if self.dense {
            return;
        }
        let taken =
            self.widths.iter().enumerate().map(|(at, wide)| wide + width(gap(columns, first + at, first)));
        let mut left = across.saturating_sub(taken.sum::<usize>() + if self.more { MORE } else { 0 });
        let mut at = 0;
        while at < self.widths.len() {
            let service = &columns[first + at].service;
            let with = columns[first + at..].iter().take_while(|column| column.service.is_with(service));
            let stop = (at + with.count()).min(self.widths.len());
            if !is_single(columns, first + at) {
                let wide = self.widths[at..stop].iter().sum::<usize>() + (stop - at - 1);
                let more = width(&visible(&all.short_heading(service))).saturating_sub(wide).min(left);
                self.widths[stop - 1] += more;
                left -= more;
            }
            at = stop;
        }
    }

    /// The place of a name among those shown.
    fn place_of(&self, name: Symbol) -> Option<usize> {
        self.places.get(name.index()).filter(|place| **place != NONE).map(|place| usize::from(*place))
    }

    fn widths(
        columns: &[MatrixColumn],
        selected: Option<usize>,
        across: usize,
        unlisted: bool,
        head: bool,
    ) -> Self {
        let needed = |most: usize| -> usize {
            (0..columns.len()).map(|at| width(gap(columns, at, 0)) + column_width(columns, at, most)).sum()
        };
        // No layout takes fewer columns of the screen than this, with what separates them.
        let least = columns.len() * (CELL + 1);
        if head
            && !unlisted
            && least <= across + 1
            && let Some(most) = (SHORTEST..=LONGEST).rev().find(|most| needed(*most) <= across)
        {
            let widths = (0..columns.len()).map(|at| column_width(columns, at, most)).collect();
            return Self { first: 0, widths, dense: false, more: false, places: Vec::new() };
        }
        let selected = selected.unwrap_or(0);
        let room = across.saturating_sub(MORE);
        let most = if across < NARROW { SHORT_NARROW } else { SHORT };
        let from = |first: usize| {
            let (mut widths, mut used) = (Vec::new(), 0);
            for at in first..columns.len() {
                let wide = column_width(columns, at, most);
                used += width(gap(columns, at, first)) + wide;
                if used > room {
                    break;
                }
                widths.push(wide);
            }
            widths
        };
        let widths = from(0);
        if !head || widths.len() < FEW {
            let all = columns.len() <= across && !unlisted;
            let fits = if all { across } else { room.max(1) };
            let first = first_shown(selected, columns.len(), fits);
            let shown = fits.min(columns.len() - first);
            return Self { first, widths: vec![1; shown], dense: true, more: !all, places: Vec::new() };
        }
        // As few columns farther as it takes for the selected one to be shown.
        let mut first = selected.saturating_sub(from(0).len().saturating_sub(1) / 2).min(selected);
        if selected < widths.len() {
            first = 0;
        }
        while first < selected && first + from(first).len() <= selected {
            first += 1;
        }
        Self { first, widths: from(first), dense: false, more: true, places: Vec::new() }
    }
}

/// The lines of the matrix: its title, the names of the columns if there is room, and the origins.
pub(super) fn lines(model: &Model, theme: &Theme, area: Rect, head: bool) -> Vec<Line<'static>> {
    let all = model.columns();
    let columns = &all.list;
    let selected = model.selected_name().and_then(|name| all.place_of(name));
    let origins = model.ranking().origins();
    let across = usize::from(area.width);
    let heads_high = if head { 3 } else { 1 };
    let height = usize::from(area.height).saturating_sub(heads_high);
    let at = model.selected_origin().map_or(0, |(at, _)| at);
    let first = first_shown(at, origins.len(), height);
    let shown = &origins[first..origins.len().min(first + height)];
    // Names of origins, and whether DNS64 is on.
    let full = across >= 110;
    let names: Vec<String> = shown.iter().map(|origin| name(model, origin, full)).collect();
    let most = if across < 60 { 12 } else { 40.min(across / 3) };
    let wide = names.iter().map(|name| width(name)).max().unwrap_or(0).clamp(6, most);
    let dns64_wide = if across >= 100 { 11 } else { 3 };
    let left = 2 + wide + 1 + if across < 56 { 0 } else { dns64_wide + 2 };
    let room = across.saturating_sub(left + 1);
    let mut plan = MatrixLayout::new(columns, selected, room, all.more > 0, head);
    plan.widen(all, room);

    let mut lines = vec![title(model, theme, area.width, selected.map(|at| &columns[at]))];
    if head {
        let before = format!("  {:<wide$} ", "origin");
        let dns64 =
            if across < 56 { String::new() } else { format!("{:<dns64_wide$}  ", dns64_head(across)) };
        lines.extend(heads(all, &plan, selected, (left, before + &dns64), theme));
    }
    for ((place, origin), name) in (first..).zip(shown).zip(names) {
        let is_selected = place == at;
        let marker = if is_selected { "▸ " } else { "  " };
        let mut spans = vec![Span::styled(marker, theme.marker)];
        let style = if is_selected { theme.strong } else { theme.text };
        let name = cut(&name, wide).into_owned();
        let padding = " ".repeat(wide - width(&name) + 1);
        spans.push(Span::styled(name, style));
        spans.push(Span::raw(padding));
        if across >= 56 {
            let (text, style) = dns64(model, origin, dns64_wide, theme);
            spans.push(Span::styled(format!("{text:<dns64_wide$}  "), style));
        }
        let (cells, rest) = cells(model, origin, columns, &plan, selected.filter(|_| is_selected), theme);
        spans.extend(cells);
        if plan.more {
            spans.push(Span::styled(if plan.dense { " " } else { " │ " }, theme.faint));
            spans.extend(counts(&rest, MORE - 3, theme));
        }
        let mut line = Line::from(spans);
        if is_selected {
            let rest = across.saturating_sub(line.width());
            line.push_span(Span::raw(" ".repeat(rest)));
            line = theme.select(line);
        }
        lines.push(line);
    }
    lines
}

fn name(model: &Model, origin: &OriginRow, full: bool) -> String {
    let name = words::name_of(model, origin.key);
    if !full {
        return name;
    }
    let id = visible(model.known().fleet.origin_text(origin.key).1).into_owned();
    // What people call it, and which it is.
    if name == *short_id(&id) { id } else { format!("{name} {id}") }
}

fn dns64_head(across: usize) -> &'static str {
    if across >= 100 { "DNS64" } else { "D64" }
}

fn dns64(model: &Model, origin: &OriginRow, wide: usize, theme: &Theme) -> (String, Style) {
    match origin.dns64 {
        Dns64::On(since) if wide >= 11 => (
            format!("on {}", words::time(model, since)).chars().take(wide).collect(),
            theme.status(Status::Nat64),
        ),
        Dns64::On(_) => ("on".to_owned(), theme.status(Status::Nat64)),
        Dns64::Off => ("off".to_owned(), theme.status(Status::Ipv4Only)),
        Dns64::Unknown => ("–".to_owned(), theme.faint),
    }
}

/// What the matrix is of; the name of the selected column, since its head may be cut.
fn title(model: &Model, theme: &Theme, across: u16, selected: Option<&MatrixColumn>) -> Line<'static> {
    let ranking = model.ranking();
    let origins = ranking.origins().len() as u64;
    let key = model.keys().bound().find(|binding| binding.command == Command::Groups);
    let key = key.and_then(|binding| binding.keys.first()).filter(|_| origins >= MANY && across >= 90);
    let mut title = vec![Span::styled("Fleet", theme.title)];
    if let Some(column) = selected {
        let name = named(model.known().fleet.name_text(column.name));
        title.push(Span::styled(format!("  {name}"), theme.strong));
        let asked: u32 = column.statuses.iter().sum();
        title.push(Span::styled(format!("  asked by {}", count(u64::from(asked), "origin")), theme.dim));
        title.push(Span::raw("  "));
        title.extend(counts(&column.statuses, 40, theme));
    } else {
        let columns = model.columns();
        let names = (columns.list.len() + columns.more) as u64;
        let text = if across < 60 {
            format!("  {} × {}", number(origins), number(names))
        } else {
            format!(
                "  {} × {}, {}",
                count(origins, "origin"),
                count(names, "endpoint"),
                order(model, List::Origins)
            )
        };
        title.push(Span::styled(text, theme.dim));
        if let Some(key) = key {
            title.push(Span::styled(format!("  {}: in groups", key.name()), theme.faint));
        }
    }
    rule(title, theme, across)
}

/// Two lines over the columns: what they belong to, and their names there.
fn heads(
    all: &Columns,
    plan: &MatrixLayout,
    selected: Option<usize>,
    (left, before): (usize, String),
    theme: &Theme,
) -> [Line<'static>; 2] {
    let columns = &all.list;
    let mut groups = vec![Span::raw(" ".repeat(left))];
    let mut labels = vec![Span::styled(before, theme.dim)];
    if plan.dense {
        labels.push(Span::styled("a sign each; h and l go along", theme.faint));
        return [Line::from(groups), Line::from(labels)];
    }
    let mut at = plan.first;
    let end = plan.first + plan.widths.len();
    while at < end {
        let service = Arc::clone(&columns[at].service);
        let stop = (at..end).find(|next| !columns[*next].service.is_with(&service)).unwrap_or(end);
        let separator = gap(columns, at, plan.first);
        groups.push(Span::styled(separator, theme.faint));
        labels.push(Span::styled(separator, theme.faint));
        let wide: usize =
            (at..stop).map(|at| plan.widths[at - plan.first]).sum::<usize>() + (stop - at).saturating_sub(1);
        // Over a lone column there is a heading only where all of it fits and does not repeat the label.
        let over = all.short_heading(&service);
        let over = visible(&over);
        let alone = is_single(columns, at);
        let idle = alone && (!columns[at].service.aws || width(&over) > wide);
        let text = if idle {
            cut(region(&columns[at]), wide).into_owned()
        } else {
            group_head(&over, &columns[at], wide)
        };
        groups.push(Span::styled(format!("{text}{}", " ".repeat(wide - width(&text))), theme.dim));
        for place in at..stop {
            labels.push(Span::raw(if place > at { " " } else { "" }));
            let wide = plan.widths[place - plan.first];
            let label = label(columns, place, wide);
            let padded = format!("{label}{}", " ".repeat(wide.saturating_sub(width(&label))));
            let style = if selected == Some(place) { theme.marker } else { theme.text };
            labels.push(Span::styled(padded, style));
        }
        at = stop;
    }
    if plan.more {
        groups.push(Span::styled(" │ ", theme.faint));
        labels.push(Span::styled(" │ ", theme.faint));
        labels.push(Span::styled("more", theme.dim));
    }
    [Line::from(groups), Line::from(labels)]
}

/// The cells of an origin, and what it has besides them.
fn cells(
    model: &Model,
    origin: &OriginRow,
    columns: &[MatrixColumn],
    plan: &MatrixLayout,
    selected: Option<usize>,
    theme: &Theme,
) -> (Vec<Span<'static>>, StatusCounts) {
    let mut rest = origin.statuses;
    let mut found: Vec<Option<Status>> = vec![None; plan.widths.len()];
    for pair in model.ranking().unordered(origin) {
        if let Some(at) = plan.place_of(pair.name) {
            found[at] = Some(pair.status);
            rest[pair.status as usize] = rest[pair.status as usize].saturating_sub(1);
        }
    }
    let mut spans = Vec::new();
    for (at, status) in found.into_iter().enumerate() {
        let place = plan.first + at;
        if !plan.dense {
            spans.push(Span::styled(gap(columns, place, plan.first), theme.faint));
        }
        let (glyph, mut style) = match status {
            Some(status) => (status.glyph(), theme.status(status)),
            None => ('·', theme.faint),
        };
        if status.is_some() && model.is_fresh(origin.key, columns[place].name) {
            style = style.add_modifier(theme.fresh);
        }
        if plan.dense {
            let style =
                if selected == Some(place) { style.add_modifier(Modifier::UNDERLINED) } else { style };
            spans.push(Span::styled(glyph.to_string(), style));
            continue;
        }
        let wide = plan.widths[at];
        if selected == Some(place) {
            spans.push(Span::styled("[", theme.marker));
            spans.push(Span::styled(glyph.to_string(), style));
            spans.push(Span::styled("]", theme.marker));
        } else {
            spans.push(Span::raw(" "));
            spans.push(Span::styled(glyph.to_string(), style));
            spans.push(Span::raw(" "));
        }
        spans.push(Span::raw(" ".repeat(wide - CELL)));
    }
    (spans, rest)
}

/// What the signs in the matrix mean, as many as there is room for.
pub(super) fn legend(model: &Model, theme: &Theme, across: u16) -> Line<'static> {
    let mut counts = StatusCounts::default();
    for origin in model.ranking().origins() {
        for (all, own) in counts.iter_mut().zip(origin.statuses) {
            *all += own;
        }
    }
    let statuses = Status::ALL.into_iter().filter(|status| counts[*status as usize] > 0);
    let mut line = Line::from("  ");
    let mut add = |sign: char, words: &'static str, style: Style| {
        if line.width() + words.len() + 4 <= usize::from(across) {
            line.push_span(Span::styled(sign.to_string(), style));
            line.push_span(Span::styled(format!(" {words}  "), theme.dim));
        }
    };
    for status in statuses {
        // Its sign is a letter, which would be read as the first of its words.
        let words = if status == Status::AOnly { "asked for A only" } else { status.words() };
        add(status.glyph(), words, theme.status(status));
    }
    if counts.iter().any(|count| *count > 0) {
        add('·', "not asked", theme.faint);
    }
    line
}

/// How many there are in each status, the worst first, on at most `most` columns.
pub(super) fn counts(statuses: &StatusCounts, most: usize, theme: &Theme) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    let mut used = 0;
    for status in Status::ALL.into_iter().filter(|status| statuses[*status as usize] > 0) {
        let text = format!("{}{}", status.glyph(), number(u64::from(statuses[status as usize])));
        let gap = usize::from(used > 0);
        if used + gap + width(&text) > most {
            break;
        }
        used += gap + width(&text);
        spans.push(Span::raw(" ".repeat(gap)));
        spans.push(Span::styled(text, theme.status(status)));
    }
    spans
}
