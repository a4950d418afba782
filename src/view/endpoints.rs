//! The screen of all endpoints: each with its service, its status for how many origins, and what goes through
//! NAT64.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::columns::{Cell, Column, TableRow, chosen, column, order, table};
use super::idn::named;
use super::text::{number, visible};
use super::theme::Theme;
use super::{first_shown, hint, matrix, put, rule};
use crate::base::figures::counted;
use crate::console::{EndpointRow, List, Model};
use crate::fleet::Status;

const COLUMNS: [Column; 8] = [
    column("status", 5, 24, 1),
    Column { ease: 30, roomy: 44, ..column("endpoint", 20, 72, 0) },
    column("service", 8, 30, 5),
    Column { right: true, ..column("origins", 4, 9, 4) },
    Column { right: true, ..column("queries", 4, 12, 3) },
    Column { right: true, ..column("NAT64", 4, 9, 7) },
    Column { right: true, ..column("NAT64 queries", 6, 13, 2) },
    column("dual-stack name", 16, 60, 6),
];

/// Columns that the counts of the statuses take.
const STATUSES: usize = 24;

pub(super) fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let rows = model.endpoints();
    let mut lines = vec![title(model, rows, theme, area.width)];
    let Some((at, selected)) = model.selected_endpoint() else {
        let text = if model.query().is_none() {
            " Nobody asked for A or AAAA in what is shown."
        } else {
            " Nothing matches the filter."
        };
        lines.push(Span::styled(text, theme.dim).into());
        put(frame, area, lines);
        return;
    };
    let head = area.height >= 6;
    let height = usize::from(area.height).saturating_sub(1 + usize::from(head));
    // What the selected one needs to have IPv6, for those whom it fails.
    let under = hint::under(model, (selected.name, selected.worst()), None, theme, area.width)
        .filter(|_| height >= 4);
    let height = height.saturating_sub(usize::from(under.is_some())).max(1);
    let first = first_shown(at, rows.len(), height);
    let listed: Vec<&EndpointRow> =
        (first..rows.len().min(first + height)).filter_map(|at| model.endpoint_at(at)).collect();
    let offers = model.offers(listed.iter().copied());
    let table_rows = listed.iter().zip(offers).enumerate().map(|(place, (row, offer))| TableRow {
        cells: cells(model, row, offer, theme),
        selected: first + place == at,
    });
    let columns = chosen(&COLUMNS, model, List::Names);
    let mut listing =
        table(&columns, table_rows.collect(), usize::from(area.width), head, true, theme).into_iter();
    lines.extend(listing.by_ref().take(usize::from(head)));
    for (place, line) in (first..).zip(listing) {
        lines.push(line);
        if place == at {
            lines.extend(under.clone());
        }
    }
    put(frame, area, lines);
}

/// How many there are, in which order, and how much of all goes through NAT64.
fn title(model: &Model, rows: &[EndpointRow], theme: &Theme, across: u16) -> Line<'static> {
    let mut title = vec![Span::styled("Endpoints", theme.title)];
    let (all, nat64) =
        rows.iter().fold((0, 0), |(all, nat64), row| (all + row.records, nat64 + row.nat64_records));
    let words = if across < 60 {
        format!("  {}", number(rows.len() as u64))
    } else {
        format!("  {}, {}", number(rows.len() as u64), order(model, List::Names))
    };
    title.push(Span::styled(words, theme.dim));
    if nat64 > 0 {
        let share = (nat64 * 100).checked_div(all).unwrap_or_default();
        let words = if across < 60 {
            format!("  NAT64 {share} %")
        } else {
            let all = counted(all, "query", "queries");
            format!("  {} of {all} through NAT64 ({share} %)", number(nat64))
        };
        title.push(Span::styled(words, theme.status(Status::Nat64)));
    }
    rule(title, theme, across)
}

fn cells(model: &Model, row: &EndpointRow, offer: Option<String>, theme: &Theme) -> Vec<Cell> {
    let some = |count: u64, style| match count {
        0 => Cell::new("–", theme.faint),
        count => Cell::new(number(count), style),
    };
    let mut statuses = Cell::default();
    for span in matrix::counts(&row.statuses, STATUSES, theme) {
        statuses.push(span.content, span.style);
    }
    if model.turned().any(|fresh| fresh.flip.name == row.name) {
        statuses = statuses.modified(theme.fresh);
    }
    let service = model.columns().heading(&model.service(row.name));
    let nat64 = theme.status(Status::Nat64);
    vec![
        statuses,
        Cell::name(named(model.known().fleet.name_text(row.name)), theme.text),
        Cell::new(visible(&service).into_owned(), theme.dim),
        Cell::new(number(u64::from(row.origins())), theme.text),
        Cell::new(number(row.records), theme.text),
        some(u64::from(row.nat64()), nat64),
        some(row.nat64_records, nat64),
        offer.map_or_else(Cell::default, |offer| Cell::new(visible(&offer).into_owned(), theme.marker)),
    ]
}
