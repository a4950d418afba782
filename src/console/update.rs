//! The one writer of the model.

use std::time::Duration;

use super::go::{Motion, go, go_beside, open};
use super::prompt::{Prompt, Purpose};
use super::screens::{back, show, turn_screen};
use super::{
    Batch, Command, Effect, Ending, Key, Message, Mode, Model, Screen, Source, When, advice, arrange, colors,
    copy, course, evidence, export, groups, marks, menu, point, raw, row_run, search, shown, time, typed,
    watching, zoom,
};

/// Takes in one message. Returns what is to be done outside.
#[must_use]
pub fn update(model: &mut Model, message: Message) -> Vec<Effect> {
    let mut effects = Vec::new();
    let is_tick = matches!(message, Message::Tick(_));
    match message {
        Message::Key(key) => press(model, key, &mut effects),
        // What it is about is said by the message that is made of it.
        Message::Mouse(_) => {}
        Message::Point(gesture, target) => {
            shown::catch_up(model);
            point::handle(model, gesture, target);
        }
        Message::Suspend => effects.push(Effect::Suspend),
        Message::Resumed => effects.push(Effect::Retake),
        Message::Background(palette) => model.manners.suit(palette),
        Message::Resize(width, height) => model.here.resize(width, height),
        Message::Paste(text) => typed::paste(model, &text),
        Message::Tick(now) => {
            tick(model, now);
            effects.extend(arrange::want(model));
            effects.extend(export::advance(model));
            effects.extend(watching::want(model));
        }
        Message::Signal(number) => effects.push(Effect::Quit(Ending::Signal(number))),
        Message::Input(id, name) => model.known.reads(id, name),
        Message::Batch(batch) => absorb(model, *batch),
        Message::Progress { read, total } => model.known.progressed(read, total),
        Message::Failed { input, why } => model.known.failed(input, why),
        Message::Remark { input, what } => model.known.remarked(input, what),
        Message::Ended => {
            model.known.ended();
            arrange::release(model);
            arrange::settle(model);
        }
        Message::Following(followed) => model.known.live_mut().follows(*followed),
        Message::Live(status) => model.known.live_mut().stands(*status),
        Message::Arranged(arranged) => {
            if arrange::take(model, *arranged) {
                shown::follow_worst(model);
            }
        }
        Message::News(news) => watching::came(model, &news, &mut effects),
        Message::Advised(number, advised) => {
            if !evidence::take(model, number, &advised) {
                advice::take(model, number, *advised);
            }
        }
        Message::Raw(spot, raw) => {
            copy::came(model, spot, &raw, &mut effects);
            model.here.raw_mut().came(spot, raw);
        }
        Message::Ran(ran) => model.notify(ran.words()),
        Message::Exported(exported) => {
            if let Some(export) = export::came(model, exported, &mut effects) {
                menu::overwrite(model, export);
            }
        }
    }
    if effects.iter().any(|effect| matches!(effect, Effect::Quit(_))) {
        arrange::leave(model);
    }
    effects.extend(raw::want(model));
    if is_tick {
        effects.extend(advice::want(model));
    }
    effects
}

/// Does what a key means: a command of the console, or one of somebody's own.
fn press(model: &mut Model, key: Key, effects: &mut Vec<Effect>) {
    if let Some(command) = model.keys().command(when(model.mode()), key) {
        model.here.read_notice();
        handle(model, command, effects);
    } else if matches!(model.mode(), Mode::Browse) {
        row_run::press(model, key, effects);
    }
}

/// Which bindings count in a mode.
fn when(mode: &Mode) -> When {
    match mode {
        Mode::Browse => When::Browsing,
        Mode::Prompt(_) => When::Typing,
        Mode::Menu(_) => When::Choosing,
        Mode::Help(_) | Mode::Feed(_) => When::Helping,
    }
}

fn absorb(model: &mut Model, mut batch: Batch) {
    model.known.find_marks(std::mem::take(&mut batch.fleet.tally_mut().marks));
    arrange::absorb(model, batch);
    // Only a log that is followed has no end.
    if model.setup.source == Source::Live {
        let gone = model.known.bound();
        model.projection.follow(&model.known, &gone);
    }
}

/// Lets time go by, and shows what came of it.
fn tick(model: &mut Model, now: Duration) {
    let end = model.setup.range.or(model.known.range()).map(|(_, last)| last);
    model.here.tick(now, end);
    model.known.live_mut().tick(now);
    model.projection.tick(now);
    if model.setup.source == Source::Live && end.is_some() && model.clock().cursor() == end {
        // It has caught up with what is being logged, and goes on with it.
        model.here.follow_newest();
    }
    zoom::follow(model, false);
    arrange::drain(model);
    shown::bring_up(model);
    marks::remember_when(model);
    model.here.tick_notice();
}

fn handle(model: &mut Model, command: Command, effects: &mut Vec<Effect>) {
    // What somebody types ahead is meant for what the keys before lead to.
    if !matches!(model.mode(), Mode::Prompt(_)) {
        shown::catch_up(model);
    }
    if command == Command::Quit {
        effects.push(Effect::Quit(Ending::Asked));
        return;
    }
    if typed::handle(model, command, effects)
        || menu::handle(model, command, effects)
        || time::handle(model, command)
        || zoom::handle(model, command)
    {
        return;
    }
    match command {
        Command::Suspend => effects.push(Effect::Suspend),
        Command::Mouse => {
            let is_on = model.manners.turn_mouse();
            effects.push(Effect::Mouse(is_on));
            model.notify(if is_on {
                "mouse on: click rows, cells and the time axis; drag along the axis for a range"
            } else {
                "mouse off"
            });
        }
        Command::Colors => colors::turn(model),
        Command::Shares => time::turn_axis(model),
        Command::Help => {
            let closes = matches!(model.mode(), Mode::Help(_) | Mode::Feed(_));
            model.here.turn_to(if closes { Mode::Browse } else { Mode::Help(0) });
        }
        Command::Feed => model.here.turn_to(Mode::Feed(0)),
        Command::Filter => {
            let text = model.filter().to_owned();
            typed::begin(model, Prompt::new(Purpose::Filter, &text));
        }
        Command::ClearFilter => {
            model.here.close_within();
            model.here.set_filter("", &model.setup);
        }
        Command::Search => {
            let text = model.search().map_or_else(String::new, |search| search.text().to_owned());
            typed::begin(model, Prompt::new(Purpose::Search, &text));
        }
        Command::NextHit => search::go(model, true),
        Command::PreviousHit => search::go(model, false),
        Command::GoTo => typed::begin(model, Prompt::new(Purpose::Time, "")),
        Command::Jump => typed::begin(model, Prompt::new(Purpose::Jump, "")),
        Command::FindingBack => effects.extend(evidence::go(model, false)),
        Command::FindingOn => effects.extend(evidence::go(model, true)),
        Command::Mark => marks::ask(model),
        Command::Marks => menu::marks(model),
        Command::NextMark => marks::go(model, true),
        Command::PreviousMark => marks::go(model, false),
        Command::Copy => menu::copy(model),
        Command::Export => menu::export(model),
        Command::Commands => menu::commands(model),
        Command::Columns => menu::columns(model),
        Command::Sort => menu::sort(model),
        command => travel(model, command),
    }
}

/// Goes to another screen, or to another place on this one.
fn travel(model: &mut Model, command: Command) {
    match command {
        Command::Fleet => show(model, Screen::Fleet),
        Command::Origin => show(model, Screen::Origin),
        Command::Endpoint => show(model, Screen::Endpoint),
        Command::Tail => show(model, Screen::Tail),
        Command::Findings => show(model, Screen::Findings),
        Command::Endpoints => show(model, Screen::Endpoints),
        Command::Groups => show(model, Screen::Groups),
        Command::Course => course::show(model),
        Command::Turns if model.screen() != Screen::Turns => model.here.enter(Screen::Turns, |_| ()),
        Command::Plan if model.screen() != Screen::Plan => {
            model.here.enter(Screen::Plan, |_| ());
        }
        Command::Before => go_beside(model, -1),
        Command::Behind => go_beside(model, 1),
        Command::Next => turn_screen(model, 1),
        Command::Previous => turn_screen(model, Screen::ALL.len() - 1),
        Command::Open => open(model),
        Command::Back if model.search().is_some() => model.projection.look_for(None),
        Command::Back if !back(model) => let_go(model),
        Command::Up => go(model, Motion::By(-1)),
        Command::Down => go(model, Motion::By(1)),
        Command::PageUp => go(model, Motion::Page(-1)),
        Command::PageDown => go(model, Motion::Page(1)),
        Command::First => go(model, Motion::First),
        Command::Last => go(model, Motion::Last),
        _ => {}
    }
}

/// Lets go of what narrows the view: the range first, then the group that is open, then the filter.
fn let_go(model: &mut Model) {
    if !model.here.unselect() && !groups::leave(model) && !model.filter().is_empty() {
        model.here.set_filter("", &model.setup);
    }
}
