//! The plan screen: how many origins would work without IPv4, the changes in their order, what remains, and
//! all about the selected one.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::columns::{Cell, Column, TableRow, column, table};
use super::part::wrap;
use super::text::{count, number, visible};
use super::theme::Theme;
use super::{first_shown, put, rule};
use crate::advice::plan::{CoverCounts, NamedCount, Plan};
use crate::console::Model;
use crate::fleet::Status;

const COLUMNS: [Column; 4] = [
    Column { right: true, ..column("", 2, 4, 0) },
    Column { ease: 40, ..column("change", 20, 160, 1) },
    Column { right: true, ..column("origins", 1, 9, 3) },
    Column { right: true, ..column("ready", 1, 9, 2) },
];

pub(super) fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let mut title = vec![Span::styled("Plan", theme.title)];
    if model.is_advice_late() && model.plan().is_some() {
        title.push(Span::styled("  being made anew", theme.dim));
    }
    let mut lines = vec![rule(title, theme, area.width)];
    let Some(plan) = model.plan().filter(|plan| !plan.is_empty()) else {
        let text = if model.plan().is_none() { " Being made …" } else { " No origin is in what is shown." };
        lines.push(Span::styled(text, theme.dim).into());
        put(frame, area, lines);
        return;
    };
    lines.extend(wrap(vec![Span::styled(plan.readiness(), theme.strong)], area.width, 4));
    let used = u16::try_from(lines.len()).unwrap_or(area.height);
    let room = usize::from(area.height.saturating_sub(used));
    let rows = plan.steps.len() + plan.rests.len();
    let at = model.selected_change().unwrap_or(0);
    if rows > 0 {
        let height = (room / 2).clamp(1, rows + 1);
        lines.extend(list(plan, at, height, theme, area));
        lines.extend(one(plan, at, theme, area.width));
    }
    put(frame, area, lines);
}

/// The changes, and what remains.
fn list(plan: &Plan, at: usize, height: usize, theme: &Theme, area: Rect) -> Vec<Line<'static>> {
    let head = height >= 4;
    let height = height.saturating_sub(usize::from(head)).max(1);
    let all = plan.steps.len() + plan.rests.len();
    let first = first_shown(at, all, height);
    let rows = (first..all.min(first + height)).map(|place| {
        let cells = match (plan.steps.get(place), plan.rests.get(place.saturating_sub(plan.steps.len()))) {
            (Some(step), _) => vec![
                Cell::new(format!("{}.", place + 1), theme.strong),
                Cell::new(visible(&step.title), theme.text),
                Cell::new(number(step.covers.origins as u64), theme.dim),
                Cell::new(number(step.after.ready as u64), theme.status(Status::Native)),
            ],
            (None, Some(rest)) => vec![
                Cell::new("–".to_owned(), theme.dim),
                Cell::new(visible(&rest.sentence), theme.dim),
                Cell::new(number(rest.covers.origins as u64), theme.dim),
                Cell::new(String::new(), theme.dim),
            ],
            (None, None) => Vec::new(),
        };
        TableRow { cells, selected: place == at }
    });
    table(&COLUMNS, rows.collect(), usize::from(area.width), head, true, theme)
}

/// All that is to be said of one change, or of what remains for one reason.
fn one(plan: &Plan, at: usize, theme: &Theme, across: u16) -> Vec<Line<'static>> {
    let mut lines = vec![Line::default()];
    let mut part = |what: &'static str, text: &str, style| {
        if !text.is_empty() {
            lines.push(Line::from(Span::styled(format!(" {what}"), theme.dim)));
            lines.extend(wrap(vec![Span::styled(visible(text).into_owned(), style)], across, 12));
        }
    };
    if let Some(step) = plan.steps.get(at) {
        part("What to do", &step.action, theme.strong);
        let after = [plan.after(at), Plan::unconfirmed(step.covers)].join(" ");
        part("What comes of it", after.trim_end(), theme.text);
        part("What it risks", &step.risk, theme.text);
        part("Endpoints", &names(&step.names, step.covers), theme.text);
        part("Origins", &ids(&step.origin_ids, step.covers), theme.text);
    } else if let Some(rest) = plan.rests.get(at - plan.steps.len().min(at)) {
        part("Why it remains", &rest.sentence, theme.text);
        part("What to do", &rest.action, theme.strong);
        part("Endpoints", &names(&rest.names, rest.covers), theme.text);
        part("Origins", &ids(&rest.origin_ids, rest.covers), theme.text);
    }
    lines
}

fn names(names: &[NamedCount], covers: CoverCounts) -> String {
    let one = |named: &NamedCount| match &named.offer {
        Some(offer) => format!("{} → {offer}", named.name),
        None => named.name.clone(),
    };
    let shown: Vec<String> = names.iter().map(one).collect();
    format!("{}: {}", count(covers.endpoints as u64, "endpoint"), listed(&shown, covers.endpoints))
}

fn ids(ids: &[String], covers: CoverCounts) -> String {
    format!("{}: {}", count(covers.origins as u64, "origin"), listed(ids, covers.origins))
}

fn listed(shown: &[String], all: usize) -> String {
    let more = all.saturating_sub(shown.len());
    let text = shown.join(", ");
    if more > 0 { format!("{text} and {} more", number(more as u64)) } else { text }
}
