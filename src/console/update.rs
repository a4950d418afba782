//! The one writer of the model.

use super::go::{Step, go, go_beside, open};
use super::place::{back, enter, show, turn_screen};
use super::{Batch, Command, Effect, Ending, Message, Mode, Model, Screen, When};
use super::{advice, command, raw, shown, time};

/// Takes in one message. Returns what is to be done outside.
#[must_use]
pub fn update(model: &mut Model, message: Message) -> Vec<Effect> {
    let mut effects = Vec::new();
    let is_tick = matches!(message, Message::Tick(_));
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
        Message::Ended => model.feed.ended = true,
        Message::Advised(number, advised) => advice::take(model, number, *advised),
        Message::Raw(spot, raw) => {
            if model.awaited.take_if(|awaited| *awaited == spot).is_some() {
                model.raw = Some((spot, raw));
            }
        }
    }
    effects.extend(raw::want(model));
    if is_tick {
        effects.extend(advice::want(model));
    }
    effects
}

/// Which bindings count in a mode.
fn when(mode: &Mode) -> When {
    match mode {
        Mode::Browse => When::Browsing,
        Mode::Filter { .. } | Mode::Time(_) => When::Typing,
        Mode::Help(_) => When::Helping,
    }
}

fn absorb(model: &mut Model, batch: Batch) {
    if let Some(held) = &mut model.held {
        held.absorb(batch);
    } else {
        model.known.absorb(batch);
        model.stale = true;
    }
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
            model.mode = if matches!(model.mode, Mode::Help(_)) { Mode::Browse } else { Mode::Help(0) };
        }
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
        Command::Origin => show(model, Screen::Origin),
        Command::Endpoint => show(model, Screen::Endpoint),
        Command::Tail => show(model, Screen::Tail),
        Command::Findings => show(model, Screen::Findings),
        Command::Turns if model.screen() != Screen::Turns => enter(model, Screen::Turns, |_| ()),
        Command::Before => go_beside(model, -1),
        Command::Behind => go_beside(model, 1),
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
        Mode::Browse | Mode::Help(_) => return,
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
