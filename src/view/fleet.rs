//! The fleet screen: origins by endpoints, and the endpoints of the selected origin with what to change.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::columns::{Cell, Column, TableRow, chosen, column, order, table};
use super::idn::named;
use super::text::{count, number, visible};
use super::theme::Theme;
use super::{first_shown, hint, matrix, put, rule, tail, take_top, words};
use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::console::{List, Model, OriginRow, PairRow};
use crate::fleet::PairDetail;

const PAIRS: [Column; 7] = [
    Column { ease: 12, ..column("status", 1, 18, 0) },
    Column { ease: 28, roomy: 40, ..column("endpoint", 26, 72, 1) },
    column("what came back", 14, 56, 2),
    Column { right: true, ..column("AAAA", 4, 9, 5) },
    Column { right: true, ..column("A", 4, 9, 6) },
    column("since", 8, 19, 4),
    column("last", 8, 19, 7),
];

/// Under this many columns, ids are cut and glyphs have to do.
const NARROW: u16 = 72;

pub(super) fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let mut rest = area;
    let origin_count = model.ranking().origins().len();
    let head = area.height >= 12;
    let extra = if head { 3 } else { 1 };
    // The origins get what they need, up to half of the screen; then the endpoints what they need.
    let most = (usize::from(area.height) / 2).max(extra + 1);
    let mut take = |wanted: usize, most: usize| {
        let height = wanted.min(most).saturating_into::<u16>();
        let place = take_top(&mut rest, height);
        let gap = if head && rest.height > 8 { take_top(&mut rest, 1) } else { Rect::default() };
        (place, gap)
    };
    let (matrix_area, legend_area) = take(origin_count.max(1) + extra, most);
    let below = usize::from(area.height).saturating_sub(usize::from(matrix_area.height));
    let list = endpoints(model, theme, Rect { height: u16::try_from(below).unwrap_or(0), ..area }, head);
    let (list_area, _) = take(list.len().max(2), usize::MAX);
    put(frame, matrix_area, matrix::lines(model, theme, matrix_area, head));
    put(frame, legend_area, vec![matrix::legend(model, theme, legend_area.width)]);
    put(frame, list_area, list);
    if rest.height >= 5 && area.height >= 20 {
        tail::newest(model, theme, frame, rest);
    }
}

/// The endpoints of the selected origin, on as many lines as they need, up to the height of `area`.
fn endpoints(model: &Model, theme: &Theme, area: Rect, head: bool) -> Vec<Line<'static>> {
    let Some((_, origin)) = model.selected_origin() else {
        let text = if model.query().is_none() { "" } else { "Nothing matches the filter." };
        return vec![Span::styled(text, theme.dim).into()];
    };
    let extra = 1 + usize::from(head);
    let height = usize::from(area.height).saturating_sub(extra);
    let pairs = model.pairs(origin);
    let selected = model.selected_name().and_then(|name| pairs.iter().position(|pair| pair.name == name));
    // A hint under each if there is room for all of them, else under the one that is looked at.
    let looked_at = selected.unwrap_or(0);
    let hinted = if pairs.len() <= height { 0..pairs.len() } else { looked_at..looked_at + 1 };
    let hints =
        hint::under_each(model, pairs.get(hinted.clone()).unwrap_or_default(), origin.key, theme, area.width);
    let hint_under = |at: usize| hints.get(at.checked_sub(hinted.start)?)?.as_ref();
    let all = pairs.len() + hints.iter().flatten().count() <= height;
    let one = hint_under(looked_at).is_some() && height > 2;
    let rows_high = if all { height } else { height.saturating_sub(usize::from(one)) };
    let first = first_shown(looked_at, pairs.len(), rows_high);
    let listed = &pairs[first..pairs.len().min(first + rows_high)];
    let rows = listed
        .iter()
        .zip(model.pair_details(listed))
        .enumerate()
        .map(|(at, (pair, pair_detail))| TableRow {
            cells: pair_cells(model, origin, pair, &pair_detail, theme, area.width),
            selected: first + at == looked_at,
        })
        .collect();
    let mut lines = vec![title(model, origin, pairs.len(), theme, area.width)];
    let mut listing =
        table(&chosen(&PAIRS, model, List::Endpoints), rows, usize::from(area.width), head, false, theme)
            .into_iter();
    lines.extend(listing.by_ref().take(usize::from(head)));
    for (at, line) in (first..).zip(listing) {
        lines.push(line);
        if all || one && at == looked_at {
            lines.extend(hint_under(at).cloned());
        }
    }
    lines
}

fn title(model: &Model, origin: &OriginRow, pairs: usize, theme: &Theme, across: u16) -> Line<'static> {
    let (_, id, vpc) = model.known().fleet.origin_text(origin.key);
    let mut title = vec![Span::styled(visible(id).into_owned(), theme.title)];
    title.push(Span::styled(format!("  {}{}", count(pairs as u64, "endpoint"), sorted(model)), theme.dim));
    if across >= 70 && !vpc.is_empty() {
        title.push(Span::styled(format!("  {}", visible(vpc)), theme.dim));
    }
    rule(title, theme, across)
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
    pair_detail: &PairDetail<'_>,
    theme: &Theme,
    across: u16,
) -> Vec<Cell> {
    let known = &model.known().fleet;
    let style = theme.status(pair.status);
    // Where it is narrow the glyph has to do.
    let words = if across < NARROW { pair.status.glyph().to_string() } else { pair.status.label() };
    let mut status = Cell::new(words, style);
    if model.is_fresh(origin.key, pair.name) {
        status = status.modified(theme.fresh);
    }
    let counts = |spans: u64| if spans == 0 { "–".to_owned() } else { number(spans) };
    let aaaa = pair_detail.spans.aaaa().map(|(_, span)| span.count).sum();
    let a = pair_detail.spans.a().map(|(_, span)| span.count).sum();
    let clock = |moment: Option<Moment>| moment.map_or_else(String::new, |at| words::time(model, at));
    vec![
        status,
        Cell::name(named(known.name_text(pair.name)), theme.text),
        words::outcome(model, pair.status, pair_detail, theme),
        Cell::new(counts(aaaa), theme.dim),
        Cell::new(counts(a), theme.dim),
        Cell::new(clock(words::since(pair_detail)), theme.dim),
        Cell::new(clock(pair_detail.spans.range().map(|(_, last)| last)), theme.dim),
    ]
}
