//! The one writer of the model.

use super::{
    Answer, Batch, Command, Effect, Ending, FRESH, Focus, Fresh, HIGHLIGHT, Held, Message, Mode, Model,
    Roster, Screen, Visible, WIDE, When, command, worst_status,
};
use crate::fleet::PairId;

/// Takes in one message. Returns what is to be done outside.
#[must_use]
pub fn update(model: &mut Model, message: Message) -> Vec<Effect> {
    let mut effects = Vec::new();
    match message {
        Message::Key(key) => {
            if let Some(command) = command(when(&model.mode), key) {
                obey(model, command, &mut effects);
            }
        }
        Message::Resize(width, height) => model.size = (width, height),
        Message::Tick(now) => tick(model, now),
        Message::Signal(number) => effects.push(Effect::Quit(Ending::Signal(number))),
        Message::Input(id, name) => {
            let at = id.0 as usize;
            if model.feed.inputs.len() <= at {
                model.feed.inputs.resize(at + 1, String::new());
            }
            model.feed.inputs[at] = name;
        }
        Message::Batch(batch) => absorb(model, *batch),
        Message::Clock(moment) => match &mut model.held {
            Some(held) => held.clock = Some(moment),
            None => model.clock = Some(moment),
        },
        Message::Progress { read, total } => {
            model.feed.read = read;
            model.feed.total = total;
        }
        Message::Failed { input, why } => model.feed.failures.push((input, why)),
        Message::Ended => model.feed.ended = true,
        Message::Raw(spot, raw) => {
            if model.awaited.take_if(|awaited| *awaited == spot).is_some() {
                model.raw = Some((spot, raw));
            }
        }
    }
    effects.extend(want_raw(model));
    effects
}

/// Which bindings count in a mode.
fn when(mode: &Mode) -> When {
    match mode {
        Mode::Browse => When::Browsing,
        Mode::Filter { .. } => When::Filtering,
        Mode::Help(_) => When::Helping,
    }
}

fn absorb(model: &mut Model, batch: Batch) {
    if let Some(held) = &mut model.held {
        held.batch.absorb(batch);
    } else {
        model.known.absorb(batch);
        model.stale = true;
    }
}

fn tick(model: &mut Model, now: std::time::Duration) {
    model.now = now;
    while model.fresh.front().is_some_and(|fresh| fresh.noticed + HIGHLIGHT <= now) {
        model.fresh.pop_front();
    }
    if !std::mem::take(&mut model.stale) {
        return;
    }
    let (roster, flips) = Roster::of(&model.known.fleet, &model.roster);
    model.roster = roster;
    model.answer = Answer::of(&model.roster);
    if model.setup.source.is_clocked() {
        model.fresh.extend(flips.into_iter().map(|flip| Fresh { flip, noticed: now }));
        let surplus = model.fresh.len().saturating_sub(FRESH);
        model.fresh.drain(..surplus);
    }
    filter(model);
    follow_worst(model);
}

/// While nobody chose an origin, the worst is shown. Where a change is news, one that got better stays, so that it can
/// be seen to; it gives way to one that is worse.
fn follow_worst(model: &mut Model) {
    if model.chosen {
        return;
    }
    let rank = |origin| worst_status(origin).map_or(usize::MAX, |status| status as usize);
    let shown = model.origin.and_then(|origin| model.roster.owner(origin)).map_or(usize::MAX, rank);
    if let Some(worst) = model.origin_at(0)
        && (!model.setup.source.is_clocked() || rank(worst) < shown || shown == usize::MAX)
    {
        model.origin = Some(worst.key);
    }
}

fn filter(model: &mut Model) {
    model.visible = Visible::of(&model.known, &model.roster, &model.filter);
}

fn obey(model: &mut Model, command: Command, effects: &mut Vec<Effect>) {
    match command {
        Command::Quit => effects.push(Effect::Quit(Ending::Asked)),
        Command::Help => {
            model.mode = if matches!(model.mode, Mode::Help(_)) { Mode::Browse } else { Mode::Help(0) };
        }
        Command::Pause => pause(model, effects),
        Command::Filter => model.mode = Mode::Filter { before: model.filter.clone() },
        Command::Type(char) => {
            model.filter.push(char);
            filter(model);
        }
        Command::Erase => {
            model.filter.pop();
            filter(model);
        }
        Command::EraseAll => {
            model.filter.clear();
            filter(model);
        }
        Command::Accept => model.mode = Mode::Browse,
        Command::Cancel => {
            if let Mode::Filter { before } = std::mem::replace(&mut model.mode, Mode::Browse) {
                model.filter = before;
                filter(model);
            }
        }
        Command::Fleet => show(model, Screen::Fleet),
        Command::Detail => show(model, Screen::Detail),
        Command::Tail => show(model, Screen::Tail),
        Command::Next => turn_screen(model, 1),
        Command::Previous => turn_screen(model, Screen::ALL.len() - 1),
        Command::Open => open(model),
        Command::Back => back(model),
        Command::Up => go(model, Step::By(-1)),
        Command::Down => go(model, Step::By(1)),
        Command::PageUp => go(model, Step::Page(-1)),
        Command::PageDown => go(model, Step::Page(1)),
        Command::First => go(model, Step::First),
        Command::Last => go(model, Step::Last),
    }
}

fn pause(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(held) = model.held.take() {
        model.clock = held.clock.or(model.clock);
        absorb(model, held.batch);
        effects.push(Effect::Hold(false));
    } else {
        model.held = Some(Box::new(Held::default()));
        effects.push(Effect::Hold(true));
    }
}

fn show(model: &mut Model, screen: Screen) {
    if screen == Screen::Detail && model.screen != Screen::Detail {
        model.opened_from = model.screen;
        model.picked = None;
        model.scroll = 0;
    }
    model.screen = screen;
}

fn turn_screen(model: &mut Model, by: usize) {
    let at = Screen::ALL.iter().position(|screen| *screen == model.screen).unwrap_or(0);
    show(model, Screen::ALL[(at + by) % Screen::ALL.len()]);
}

fn open(model: &mut Model) {
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
    let Some(row) = model.selected_row().map_or_else(|| model.rows().next_back(), |at| model.rows().nth(at))
    else {
        return;
    };
    let (spot, at, origin) = (row.spot, row.at, row.origin);
    let name = row.pair.and_then(|pair: PairId| Some(model.known.fleet.pair_parts(pair)?.1));
    if origin.is_some() {
        model.origin = origin;
        model.chosen = true;
    }
    model.name = name;
    model.row = Some((at, spot));
    show(model, Screen::Detail);
    model.picked = Some(spot);
}

fn back(model: &mut Model) {
    match (model.screen, model.focus) {
        (Screen::Detail, _) => model.screen = model.opened_from,
        (Screen::Tail, _) if model.row.is_some() => model.row = None,
        (Screen::Tail, _) => model.screen = Screen::Fleet,
        (Screen::Fleet, Focus::Endpoints) => model.focus = Focus::Origins,
        (Screen::Fleet, Focus::Origins) => {
            model.filter.clear();
            filter(model);
        }
    }
}

/// A step in a list.
#[derive(Clone, Copy)]
enum Step {
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

fn go(model: &mut Model, step: Step) {
    let page = usize::from(model.size.1 / 2).max(1);
    if let Mode::Help(scroll) = &mut model.mode {
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
                let to = step.from(at, model.visible.origin_count(), page);
                model.origin = model.origin_at(to).map(|origin| origin.key);
                model.chosen = true;
                model.name = None;
            }
        }
        (Screen::Fleet | Screen::Detail, _) => {
            let Some((at, _)) = model.selected_pair() else { return };
            let Some((_, origin)) = model.selected_origin() else { return };
            let pairs: Vec<_> = model.pairs(origin).map(|pair| pair.name).collect();
            let (key, to) = (origin.key, step.from(at, pairs.len(), page));
            model.name = pairs.get(to).copied();
            model.origin = Some(key);
            model.chosen = true;
            model.picked = None;
            model.scroll = 0;
        }
    }
}

/// Moves in the list of records. Going past the newest follows it again.
fn go_row(model: &mut Model, step: Step, page: usize) {
    let rows: Vec<_> = model.rows().map(|row| (row.at, row.spot)).collect();
    let last = rows.len().saturating_sub(1);
    let at = model.selected_row();
    let to = step.from(at.unwrap_or(last), rows.len(), page);
    let follow = to == last && (at.is_none_or(|at| at == last) || matches!(step, Step::Last));
    let leaves = at.is_none() && to < last;
    model.row = if follow && !leaves { None } else { rows.get(to).copied() };
}

/// Asks for the raw record that the detail shows, if it is another than the one at hand. One at a time: while a log
/// is being read the newest record of an endpoint is another with every batch.
fn want_raw(model: &mut Model) -> Option<Effect> {
    let shown = model.screen == Screen::Detail || model.screen == Screen::Fleet && model.size.0 >= WIDE;
    if !shown {
        return None;
    }
    let picked = model.picked.filter(|_| model.screen == Screen::Detail);
    let pair = model.selected_origin().zip(model.selected_pair());
    let subject = (pair.map(|((_, origin), (_, pair))| (origin.key, pair.name)), picked);
    let newest = pair.and_then(|(_, (_, pair))| model.known.newest(model.roster.members(pair)));
    if subject != model.subject {
        model.subject = subject;
        model.raw = None;
        model.awaited = None;
    }
    let wanted = picked.or(newest)?;
    if model.awaited.is_some() || model.raw.as_ref().is_some_and(|(spot, _)| *spot == wanted) {
        return None;
    }
    if let Some(bytes) = model.known.tape.get(wanted.input, wanted.place) {
        model.raw = Some((wanted, Ok(bytes.into())));
        return None;
    }
    model.awaited = Some(wanted);
    Some(Effect::FetchRaw(wanted))
}
