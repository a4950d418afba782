//! The screen of groups: origins that have something in common, a row each.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::columns::{Cell, Column, TableRow, column, table};
use super::text::{number, short_name, visible};
use super::theme::Theme;
use super::{first_shown, matrix, put, rule, words};
use crate::base::figures::counted;
use crate::base::saturating::SaturatingInto as _;
use crate::console::{Grouping, Model, OriginGroup};
use crate::fleet::Status;

const COLUMNS: [Column; 6] = [
    Column { right: true, ..column("origins", 4, 9, 0) },
    Column { ease: 22, ..column("group", 10, 44, 1) },
    column("DNS64", 4, 20, 4),
    column("endpoints", 8, 30, 3),
    Column { ease: 40, roomy: 40, ..column("", 12, 96, 2) },
    Column { right: true, ..column("queries", 6, 12, 5) },
];

/// Columns that the counts of the statuses take.
const STATUSES: usize = 30;

/// How many names of a pattern are written out.
const NAMES: usize = 12;

pub(super) fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let groups = model.groups();
    let mut lines = vec![title(model, groups, theme, area.width)];
    let Some((at, _)) = model.selected_group() else {
        let text = if model.query().is_none() {
            " Nobody asked for anything in what is shown."
        } else {
            " Nothing matches the filter."
        };
        lines.push(Span::styled(text, theme.dim).into());
        put(frame, area, lines);
        return;
    };
    let head = area.height >= 6;
    let height = usize::from(area.height).saturating_sub(1 + usize::from(head)).max(1);
    let first = first_shown(at, groups.len(), height);
    let listed = groups.iter().enumerate().skip(first).take(height);
    let rows = listed.map(|(place, group)| TableRow {
        cells: cells(model, group, theme, usize::from(area.width)),
        selected: place == at,
    });
    lines.extend(table(&columns(model), rows.collect(), usize::from(area.width), head, true, theme));
    put(frame, area, lines);
}

/// The columns, with what the last but one has in it.
fn columns(model: &Model) -> [Column; 6] {
    let is_pattern = model.grouping() == Grouping::Pattern;
    COLUMNS.map(|column| match column.head {
        "" if is_pattern => Column { head: "what they come to", ..column },
        "" => Column { head: "patterns", right: true, most: 9, ..column },
        "endpoints" if is_pattern => Column { head: "endpoints of each", ..column },
        _ => column,
    })
}

/// How many there are, of how many origins, and by what they are grouped.
fn title(model: &Model, groups: &[OriginGroup], theme: &Theme, across: u16) -> Line<'static> {
    let origins: usize = groups.iter().map(|group| group.origins.len()).sum();
    let mut title = vec![Span::styled("Groups", theme.title)];
    let words = if across < 60 {
        format!("  {} of {}", number(groups.len() as u64), number(origins as u64))
    } else {
        let groups = counted(groups.len() as u64, "group", "groups");
        format!("  {groups} of {}, by", counted(origins as u64, "origin", "origins"))
    };
    title.push(Span::styled(words, theme.dim));
    for way in model.groupings() {
        let style = if way == model.grouping() { theme.strong } else { theme.faint };
        title.push(Span::styled(format!("  {}", way.word()), style));
    }
    if across >= 90 {
        title.push(Span::styled("  h and l: by another", theme.faint));
    }
    rule(title, theme, across)
}

fn cells(model: &Model, group: &OriginGroup, theme: &Theme, across: usize) -> Vec<Cell> {
    let is_pattern = model.grouping() == Grouping::Pattern;
    let name = match (model.grouping(), group.common.as_str()) {
        (Grouping::Pattern, _) => {
            let name = words::name_of(model, group.first());
            if group.origins.len() > 1 { format!("like {name}") } else { name }
        }
        (grouping, "") => format!("{} not known", grouping.word()),
        (_, common) => visible(common).into_owned(),
    };
    let mut statuses = Cell::default();
    // Of a pattern each has as many.
    let share = if is_pattern { group.origins.len().saturating_into::<u32>().max(1) } else { 1 };
    for span in matrix::counts(&group.statuses.map(|count| count / share), STATUSES, theme) {
        statuses.push(span.content, span.style);
    }
    let what = if is_pattern {
        pattern(model, group, theme, across)
    } else {
        Cell::new(number(group.patterns as u64), theme.text)
    };
    vec![
        Cell::new(number(group.origins.len() as u64), theme.text),
        Cell::name(name, theme.text),
        dns64(group, theme),
        statuses,
        what,
        Cell::new(number(group.records), theme.dim),
    ]
}

/// Which endpoints have which status, the worst first.
fn pattern(model: &Model, group: &OriginGroup, theme: &Theme, across: usize) -> Cell {
    let mut cell = Cell::default();
    let Some(origin) = model.ranking().owner(group.first()) else { return cell };
    let fleet = &model.known().fleet;
    let pairs = model.ranking().pairs_of(fleet, origin);
    let most = if across < 100 { NAMES / 2 } else { NAMES };
    let mut before: Option<Status> = None;
    for pair in pairs.iter().take(most) {
        let name = short_name(fleet.name_text(pair.name)).into_owned();
        if before == Some(pair.status) {
            cell.push(format!(", {name}"), theme.text);
            continue;
        }
        let gap = if before.is_some() { "  " } else { "" };
        cell.push(format!("{gap}{}", pair.status.glyph()), theme.status(pair.status));
        cell.push(format!(" {name}"), theme.text);
        before = Some(pair.status);
    }
    if pairs.len() > most {
        cell.push(format!("  and {} more", number((pairs.len() - most) as u64)), theme.dim);
    }
    cell
}

/// Whether DNS64 is on for them: in a word if it is the same for all, else for how many it is on and off.
fn dns64(group: &OriginGroup, theme: &Theme) -> Cell {
    let all = group.dns64.iter().sum::<u32>();
    let looks =
        [("on", theme.status(Status::Nat64)), ("off", theme.status(Status::Ipv4Only)), ("–", theme.faint)];
    let mut cell = Cell::default();
    let mut is_first = true;
    for (count, (word, style)) in group.dns64.into_iter().zip(looks).filter(|(count, _)| *count > 0) {
        let gap = if std::mem::take(&mut is_first) { "" } else { " " };
        let text =
            if count == all { word.to_owned() } else { format!("{gap}{word} {}", number(u64::from(count))) };
        cell.push(text, style);
    }
    cell
}
