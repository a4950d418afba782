//! Moving about: in lists, and from one screen into another.

use super::grouping::OriginGroup;
use super::{Mode, Model, Screen, course, drill, groups, screen_commands};
use crate::fleet::{OriginId, Symbol};
use crate::timeline::RowSubject;

/// Goes into what is selected.
pub(super) fn open(model: &mut Model) {
    let origin = model.selected_origin().map(|(_, origin)| origin.key);
    match (model.screen(), model.selected_name()) {
        (Screen::Fleet, None) => open_origin(model, origin),
        (Screen::Fleet, Some(name)) => open_endpoint(model, origin, name),
        (Screen::Origin, _) => {
            if let Some(name) = model.endpoint() {
                open_endpoint(model, origin, name);
            }
        }
        (Screen::Endpoint, _) => {
            let (askers, at) = model.selected_asker();
            let origin = askers.get(at).map(|(origin, _)| origin.key);
            open_origin(model, origin);
        }
        (Screen::Endpoints, _) => {
            if let Some(name) = model.selected_endpoint().map(|(_, row)| row.name) {
                open_endpoint(model, None, name);
            }
        }
        (Screen::Tail, _) => open_row(model),
        (Screen::Record, _) => open_asked(model),
        (Screen::Findings, _) => open_finding(model),
        (Screen::Groups, _) => groups::open(model),
        (Screen::Course, _) => course::open(model),
        (Screen::Plan, _) => {}
        (Screen::Turns, _) => {
            let (turns, at) = model.selected_turn();
            if let Some(turn) = turns.get(at).copied() {
                open_endpoint(model, Some(turn.origin), turn.name);
            }
        }
    }
}

pub(super) fn open_origin(model: &mut Model, origin: Option<OriginId>) {
    if let Some(origin) = origin {
        model.here.enter(Screen::Origin, |place| {
            place.origin = Some(origin);
            place.chosen = true;
        });
    }
}

pub(super) fn open_endpoint(model: &mut Model, origin: Option<OriginId>, name: Symbol) {
    model.here.enter(Screen::Endpoint, |place| {
        place.name = Some(name);
        if origin.is_some() {
            place.origin = origin;
            place.chosen = true;
        }
    });
}

/// Opens the selected record, or the newest.
fn open_row(model: &mut Model) {
    let row = model.selected_row().or_else(|| model.newest_rows().next()).and_then(|row| row.key());
    if let Some(key) = row {
        model.here.enter(Screen::Record, |place| place.row = Some(key));
    }
}

/// Opens the endpoint that a record asked for, if it counts for one; else who asked.
fn open_asked(model: &mut Model) {
    let Some(row) = model.selected_row() else { return };
    let origin = Some(row.origin);
    match row.entry.subject {
        RowSubject::Pair(pair) => {
            if let Some((_, name)) = model.known.fleet().pair_parts(pair) {
                open_endpoint(model, origin, name);
            }
        }
        RowSubject::Other(_) => open_origin(model, origin),
    }
}

/// Opens what a finding is about: the fleet, narrowed to it; where nothing is known to show it, a name
/// with everybody who asked for it, or else the first origin that it concerns.
fn open_finding(model: &mut Model) {
    if drill::open(model) {
        return;
    }
    let Some((_, finding)) = model.selected_finding() else { return };
    let fleet = model.known.fleet();
    let name =
        fleet.find_name(&finding.subject).or_else(|| fleet.find_name(&format!("{}.", finding.subject)));
    let first = finding.proof.origin_ids.first();
    let origins = model.ranking().origins().iter().map(|origin| origin.key);
    let origin =
        first.and_then(|id| origins.into_iter().find(|origin| fleet.origin_text(*origin).1 == id.as_str()));
    match name {
        Some(name) => open_endpoint(model, origin, name),
        None => open_origin(model, origin),
    }
}

/// From this width on the help has two columns.
pub const HELP_COLUMNS: u16 = 120;
/// Lines of the help that are no keys: what the signs mean, and titles.
pub const HELP_SIGNS: usize = 22;
/// How many lines can be gone down where nobody counted them.
const FARTHEST: usize = 128;

/// A step in a list.
#[derive(Clone, Copy)]
pub(super) enum Motion {
    By(isize),
    Page(isize),
    First,
    Last,
}

impl Motion {
    /// Where it leads from `at` in a list of `length`, with `page` rows to a page.
    fn from(self, at: usize, length: usize, page: usize) -> usize {
        let last = length.saturating_sub(1);
        match self {
            Self::By(by) => at.saturating_add_signed(by).min(last),
            Self::Page(by) => at.saturating_add_signed(by * page.cast_signed()).min(last),
            Self::First => 0,
            Self::Last => last,
        }
    }
}

/// Scrolls what lies over the screen. Says whether anything does.
fn scroll(model: &mut Model, step: Motion, page: usize) -> bool {
    let (width, height) = model.here.size();
    let lines = match (model.here.mode(), width) {
        (Mode::Help(_), 61..) => {
            let all = model.keys().bound().count() + HELP_SIGNS + screen_commands(model.screen()).len();
            if width >= HELP_COLUMNS { all.div_ceil(2) } else { all }
        }
        // What wraps, or is of the feed, has no number known here.
        (Mode::Help(_) | Mode::Feed(_), _) => FARTHEST,
        _ => return false,
    };
    let places = lines.saturating_sub(usize::from(height).saturating_sub(2)) + 1;
    if let Mode::Help(scroll) | Mode::Feed(scroll) = model.here.mode_mut() {
        *scroll = u16::try_from(step.from(usize::from(*scroll), places, page)).unwrap_or(0);
    }
    true
}

pub(super) fn go(model: &mut Model, step: Motion) {
    let page = usize::from(model.here.size().1 / 2).max(1);
    if scroll(model, step, page) {
        return;
    }
    if matches!(step, Motion::Page(_)) && scrolls(model.screen()) {
        let to = step.from(usize::from(model.scroll()), 4096, page);
        model.here.scroll_to(to);
        return;
    }
    match model.screen() {
        Screen::Tail | Screen::Record => go_row(model, step, page),
        Screen::Fleet => {
            if let Some((at, _)) = model.selected_origin() {
                let to = step.from(at, model.ranking().origins().len(), page);
                model.here.choose_origin(model.origin_at(to).map(|origin| origin.key));
            }
        }
        Screen::Origin => {
            let Some((_, origin)) = model.selected_origin() else { return };
            let (key, members) = (origin.key, model.members(origin));
            let selected = model.endpoint();
            let at = members.iter().position(|member| Some(member.pair.name) == selected).unwrap_or(0);
            let to = members.get(step.from(at, members.len(), page)).map(|member| member.pair.name);
            model.here.choose_name(to);
            model.here.choose_origin(Some(key));
        }
        Screen::Endpoint => {
            let name = model.endpoint();
            let (askers, at) = model.selected_asker();
            let to = askers.get(step.from(at, askers.len(), page)).map(|(origin, _)| origin.key);
            model.here.choose_name(name);
            model.here.choose_origin(to);
        }
        Screen::Endpoints => {
            let Some((at, _)) = model.selected_endpoint() else { return };
            let to = step.from(at, model.endpoints().len(), page);
            model.here.choose_name(model.endpoint_at(to).map(|row| row.name));
        }
        Screen::Groups => {
            let Some((at, _)) = model.selected_group() else { return };
            let groups = model.groups();
            let to = groups.get(step.from(at, groups.len(), page)).map(OriginGroup::first);
            model.here.choose_group(to);
        }
        Screen::Course => {
            let (_, steps) = model.course_steps();
            let to = steps.get(step.from(model.selected_step(&steps), steps.len(), page));
            model.here.choose_step(to.map(|step| step.from));
        }
        Screen::Findings => {
            let Some((at, _)) = model.selected_finding() else { return };
            let findings = model.findings().unwrap_or_default();
            let to = findings.get(step.from(at, findings.len(), page));
            model.here.choose_finding(to.map(|finding| (finding.rule, finding.subject.clone())));
            model.here.scroll_to(0);
        }
        Screen::Plan => {
            let Some(at) = model.selected_change() else { return };
            let to = step.from(at, model.changes(), page);
            model.here.scroll_to(to);
        }
        Screen::Turns => {
            let (turns, at) = model.selected_turn();
            let to = turns.get(step.from(at, turns.len(), page));
            model.here.choose_turn(to.map(|turn| (turn.at, turn.origin, turn.name)));
        }
    }
}

/// Whether a page up or down scrolls what is longer than the screen, and does not move in a list.
fn scrolls(screen: Screen) -> bool {
    matches!(screen, Screen::Endpoint | Screen::Record | Screen::Findings)
}

/// Goes to the column beside: in the fleet from the origin itself to its endpoints and along them; elsewhere
/// to the origin or the endpoint beside the one looked at.
pub(super) fn go_beside(model: &mut Model, by: isize) {
    match model.screen() {
        Screen::Fleet => {
            let list = &model.columns().list;
            let at = model.selected_name().and_then(|name| model.columns().place_of(name));
            let to = match (at, by) {
                (None, 1..) => Some(0),
                (None | Some(0), _) if by < 0 => None,
                (at, by) => at.map(|at| at.saturating_add_signed(by).min(list.len().saturating_sub(1))),
            };
            model.here.choose_name(to.and_then(|to| list.get(to)).map(|column| column.name));
        }
        Screen::Endpoint => {
            let list = &model.columns().list;
            let at = model.endpoint().and_then(|name| model.columns().place_of(name));
            let to = at.map_or(0, |at| at.saturating_add_signed(by).min(list.len().saturating_sub(1)));
            if let Some(column) = list.get(to) {
                model.here.choose_name(Some(column.name));
                model.here.scroll_to(0);
            }
        }
        Screen::Origin => {
            if let Some((at, _)) = model.selected_origin() {
                let last = model.ranking().origins().len().saturating_sub(1);
                let to = model.origin_at(at.saturating_add_signed(by).min(last)).map(|origin| origin.key);
                model.here.choose_name(None);
                model.here.choose_origin(to);
            }
        }
        Screen::Groups => groups::regroup(model, by),
        Screen::Course => course::widen(model, by),
        // To the first change of the event beside.
        Screen::Turns => {
            let (turns, at) = model.selected_turn();
            let mut starts = vec![0];
            for event in model.events() {
                starts.push(starts.last().map_or(0, |start| start + event.turns.len()));
            }
            let here = starts.partition_point(|start| *start <= at).saturating_sub(1);
            let to = here.saturating_add_signed(by).min(starts.len().saturating_sub(2));
            let to = starts.get(to).and_then(|start| turns.get(*start));
            model.here.choose_turn(to.map(|turn| (turn.at, turn.origin, turn.name)));
        }
        Screen::Tail | Screen::Endpoints | Screen::Findings | Screen::Record | Screen::Plan => {}
    }
}

/// Moves in the list of records. Going past the newest follows it again, but where one record is looked at.
fn go_row(model: &mut Model, step: Motion, page: usize) {
    let at = model.selected_row().map(|row| row.id);
    let single = model.screen() == Screen::Record;
    model.here.scroll_to(0);
    let (back, by) = match step {
        Motion::Last => {
            model.here.choose_row(None);
            if single {
                let newest = model.newest_rows().next().and_then(|row| row.key());
                model.here.choose_row(newest);
            }
            return;
        }
        Motion::First => {
            let first = model.rows_after(None).next().and_then(|row| row.key());
            model.here.choose_row(first);
            return;
        }
        Motion::By(by) => (by < 0, by.unsigned_abs()),
        Motion::Page(by) => (by < 0, by.unsigned_abs() * page),
    };
    let start = at.or_else(|| model.newest_rows().next().map(|row| row.id));
    let Some(start) = start else { return };
    let to = if back {
        // The farthest there is, if there are not as many.
        model.rows_before(Some(start)).take(by).last().and_then(|row| row.key())
    } else {
        let ahead: Vec<_> = model.rows_after(Some(start)).take(by).map(|row| row.key()).collect();
        if ahead.len() < by { None } else { ahead.last().copied().flatten() }
    };
    model.here.choose_row(if back || single { to.or(model.here.place().row) } else { to });
}
