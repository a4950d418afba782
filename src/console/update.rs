//! The one writer of the model.

use super::go::{Step, back, go, open, show, turn_screen};
use super::{
    Batch, Command, Effect, Ending, Message, Mode, Model, Screen, WIDE, When, command, live, shown, time,
};

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
        Message::Tick(now) => shown::tick(model, now),
        Message::Signal(number) => effects.push(Effect::Quit(Ending::Signal(number))),
        Message::Input(id, name) => {
            let at = id.0 as usize;
            if model.feed.inputs.len() <= at {
                model.feed.inputs.resize(at + 1, String::new());
            }
            model.feed.inputs[at] = name;
        }
        Message::Batch(batch) => absorb(model, *batch),
        Message::Progress { read, total } => {
            model.feed.read = read;
            model.feed.total = total;
        }
        Message::Failed { input, why } => model.feed.failures.push((input, why)),
        Message::Ended => {
            model.feed.ended = true;
            model.release();
        }
        Message::Following(followed) => model.live.follows(*followed),
        Message::Live(status) => model.live.stands(*status),
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
        Mode::Filter { .. } | Mode::Time(_) => When::Typing,
        Mode::Help(_) | Mode::Feed(_) => When::Helping,
    }
}

fn absorb(model: &mut Model, batch: Batch) {
    if let Some(held) = &mut model.held {
        held.absorb(batch);
    } else {
        model.known.absorb(batch);
        model.stale = true;
    }
    live::bound(model);
}

fn obey(model: &mut Model, command: Command, effects: &mut Vec<Effect>) {
    if !matches!(command, Command::Type(_) | Command::Erase | Command::EraseAll) {
        // What somebody types ahead is meant for what the keys before lead to.
        shown::catch_up(model);
    }
    if time::obey(model, command) {
        return;
    }
    match command {
        Command::Quit => effects.push(Effect::Quit(Ending::Asked)),
        Command::Help => {
            let closes = matches!(model.mode, Mode::Help(_) | Mode::Feed(_));
            model.mode = if closes { Mode::Browse } else { Mode::Help(0) };
        }
        Command::Feed => model.mode = Mode::Feed(0),
        Command::Filter => model.mode = Mode::Filter { before: model.filter.clone() },
        Command::GoTo => model.mode = Mode::Time(String::new()),
        Command::Type(_) | Command::Erase | Command::EraseAll => edit(model, command),
        Command::Accept => {
            if let Mode::Time(text) = std::mem::replace(&mut model.mode, Mode::Browse) {
                time::go_to(model, &text);
            }
        }
        Command::Cancel => {
            if let Mode::Filter { before } = std::mem::replace(&mut model.mode, Mode::Browse) {
                model.filter = before;
                shown::filter(model);
            }
        }
        Command::Fleet => show(model, Screen::Fleet),
        Command::Detail => show(model, Screen::Detail),
        Command::Tail => show(model, Screen::Tail),
        Command::Next => turn_screen(model, 1),
        Command::Previous => turn_screen(model, Screen::ALL.len() - 1),
        Command::Open => open(model),
        Command::Back if !back(model) => let_go(model),
        Command::Up => go(model, Step::By(-1)),
        Command::Down => go(model, Step::By(1)),
        Command::PageUp => go(model, Step::Page(-1)),
        Command::PageDown => go(model, Step::Page(1)),
        Command::First => go(model, Step::First),
        Command::Last => go(model, Step::Last),
        _ => {}
    }
}

/// Changes the text that is being typed.
fn edit(model: &mut Model, command: Command) {
    let text = match &mut model.mode {
        Mode::Filter { .. } => &mut model.filter,
        Mode::Time(text) => text,
        Mode::Browse | Mode::Help(_) | Mode::Feed(_) => return,
    };
    match command {
        Command::Type(char) => text.push(char),
        Command::Erase => _ = text.pop(),
        _ => text.clear(),
    }
    if matches!(model.mode, Mode::Filter { .. }) {
        shown::filter(model);
    }
}

/// Lets go of what narrows the view: the range first, then the filter.
fn let_go(model: &mut Model) {
    if model.clock.unselect() {
        model.stale = true;
        model.news = false;
    } else if !model.filter.is_empty() {
        model.filter.clear();
        shown::filter(model);
    }
}

/// Asks for the raw record that the detail shows, if it is another than the one at hand. One at a time: while a log
/// is being read the newest record of an endpoint is another with every batch.
fn want_raw(model: &mut Model) -> Option<Effect> {
    let shown = model.screen == Screen::Detail || model.screen == Screen::Fleet && model.size.0 >= WIDE;
    if !shown {
        return None;
    }
    let picked = model.picked.filter(|_| model.screen == Screen::Detail).map(|(_, spot)| spot);
    let pair = model.selected_origin().zip(model.selected_pair());
    let pair = pair.map(|((_, origin), (_, pair))| (origin.key, *pair));
    let subject = (pair.map(|(origin, pair)| (origin, pair.name)), picked);
    if subject != model.subject {
        // Where the newest record of the endpoint stands is looked for but once.
        model.newest = pair.and_then(|(_, pair)| {
            let timeline = &model.known.timeline;
            let row = timeline.newest_of(model.scope(), model.roster.members(&pair))?;
            timeline.entry(row)?.spot
        });
        model.subject = subject;
        let wanted = picked.or(model.newest);
        if model.raw.as_ref().is_some_and(|(spot, _)| Some(*spot) != wanted) {
            model.raw = None;
        }
        if model.awaited != wanted {
            model.awaited = None;
        }
    }
    let wanted = picked.or(model.newest)?;
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
