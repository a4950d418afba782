//! Moving about: in lists, and from one screen to another.

use super::{Focus, Mode, Model, Screen};
use crate::timeline::Subject;

pub(super) fn show(model: &mut Model, screen: Screen) {
    if screen == Screen::Detail && model.screen != Screen::Detail {
        model.opened_from = model.screen;
        model.picked = None;
        model.scroll = 0;
    }
    model.screen = screen;
}

pub(super) fn turn_screen(model: &mut Model, by: usize) {
    let at = Screen::ALL.iter().position(|screen| *screen == model.screen).unwrap_or(0);
    show(model, Screen::ALL[(at + by) % Screen::ALL.len()]);
}

pub(super) fn open(model: &mut Model) {
    match (model.screen, model.focus) {
        (Screen::Fleet, Focus::Origins) => {
            if let Some((_, origin)) = model.selected_origin() {
                model.origin = Some(origin.key);
                model.chosen = true;
                model.focus = Focus::Endpoints;
            }
        }
        (Screen::Fleet, Focus::Endpoints) => show(model, Screen::Detail),
        (Screen::Tail, _) => open_row(model),
        (Screen::Detail, _) => {}
    }
}

/// Opens the selected record: its endpoint with this very record, or just the record if it counts for none.
fn open_row(model: &mut Model) {
    let Some(row) = model.selected_row().or_else(|| model.newest_rows().next()) else { return };
    let Some(key) = row.key() else { return };
    let origin = row.origin;
    let name = match row.entry.subject {
        Subject::Pair(pair) => model.known.fleet.pair_parts(pair).map(|(_, name)| name),
        Subject::Other(_) => None,
    };
    model.origin = Some(origin);
    model.chosen = true;
    model.name = name;
    model.row = Some(key);
    show(model, Screen::Detail);
    model.picked = Some(key);
}

/// Goes back out. Says whether there was anything to go back from; if not, filter and range may be let go of.
pub(super) fn back(model: &mut Model) -> bool {
    match (model.screen, model.focus) {
        (Screen::Detail, _) => model.screen = model.opened_from,
        (Screen::Tail, _) if model.row.is_some() => model.row = None,
        (Screen::Tail, _) => model.screen = Screen::Fleet,
        (Screen::Fleet, Focus::Endpoints) => model.focus = Focus::Origins,
        (Screen::Fleet, Focus::Origins) => return false,
    }
    true
}

/// A step in a list.
#[derive(Clone, Copy)]
pub(super) enum Step {
    By(isize),
    Page(isize),
    First,
    Last,
}

impl Step {
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

pub(super) fn go(model: &mut Model, step: Step) {
    let page = usize::from(model.size.1 / 2).max(1);
    if let Mode::Help(scroll) | Mode::Feed(scroll) = &mut model.mode {
        let to = step.from(usize::from(*scroll), 64, page);
        *scroll = u16::try_from(to).unwrap_or(0);
        return;
    }
    match (model.screen, model.focus) {
        (Screen::Tail, _) => go_row(model, step, page),
        (Screen::Detail, _) if matches!(step, Step::Page(_)) => {
            let to = step.from(usize::from(model.scroll), 4096, page);
            model.scroll = u16::try_from(to).unwrap_or(0);
        }
        (Screen::Fleet, Focus::Origins) => {
            if let Some((at, _)) = model.selected_origin() {
                let to = step.from(at, model.roster.origins().len(), page);
                model.origin = model.origin_at(to).map(|origin| origin.key);
                model.chosen = true;
                model.name = None;
            }
        }
        (Screen::Fleet | Screen::Detail, _) => {
            let Some((at, _)) = model.selected_pair() else { return };
            let Some((_, origin)) = model.selected_origin() else { return };
            let pairs = model.pairs(origin);
            let (key, to) = (origin.key, step.from(at, pairs.len(), page));
            model.name = pairs.get(to).map(|pair| pair.name);
            model.origin = Some(key);
            model.chosen = true;
            model.picked = None;
            model.scroll = 0;
        }
    }
}

/// Moves in the list of records. Going past the newest follows it again.
fn go_row(model: &mut Model, step: Step, page: usize) {
    let at = model.selected_row().map(|row| row.id);
    let (back, by) = match step {
        Step::Last => {
            model.row = None;
            return;
        }
        Step::First => {
            let first = model.rows_after(None).next().and_then(|row| row.key());
            model.row = first;
            return;
        }
        Step::By(by) => (by < 0, by.unsigned_abs()),
        Step::Page(by) => (by < 0, by.unsigned_abs() * page),
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
    model.row = if back { to.or(model.row) } else { to };
}
