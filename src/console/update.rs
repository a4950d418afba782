//! The one writer of the model.

use super::go::{Step, go, go_beside, open};
use super::place::{back, enter, show, turn_screen};
use super::prompt::{Prompt, Purpose};
use super::{
    Batch, Command, Effect, Ending, Message, Mode, Model, Screen, When, advice, arrange, colors, copy,
    evidence, export, groups, live, marks, menu, point, raw, search, shown, time, tools, typed, watching,
};

/// Takes in one message. Returns what is to be done outside.
#[must_use]
pub fn update(model: &mut Model, message: Message) -> Vec<Effect> {
    let mut effects = Vec::new();
    let is_tick = matches!(message, Message::Tick(_));
    match message {
        Message::Key(key) => {
            if let Some(command) = model.keys.command(when(&model.mode), key) {
                tools::read(model);
                handle(model, command, &mut effects);
            }
        }
        // What it is about is said by the message that is made of it.
        Message::Mouse(_) => {}
        Message::Point(gesture, target) => point::handle(model, gesture, target),
        Message::Suspend => effects.push(Effect::Suspend),
        Message::Resumed => effects.push(Effect::Retake),
        Message::Background(palette) => colors::suit(model, palette),
        Message::Resize(width, height) => model.size = (width, height),
        Message::Paste(text) => typed::paste(model, &text),
        Message::Tick(now) => {
            shown::tick(model, now);
            effects.extend(arrange::want(model));
            effects.extend(export::advance(model));
            effects.extend(watching::want(model));
        }
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
        Message::Remark { input, what } => model.feed.remarks.push((input, what)),
        Message::Ended => {
            model.feed.ended = true;
            model.release();
            arrange::settle(model);
        }
        Message::Following(followed) => model.live.follows(*followed),
        Message::Live(status) => model.live.stands(*status),
        Message::Arranged(arranged) => arrange::take(model, *arranged),
        Message::News(news) => watching::came(model, &news, &mut effects),
        Message::Advised(number, advised) => {
            if !evidence::take(model, number, &advised) {
                advice::take(model, number, *advised);
            }
        }
        Message::Raw(spot, raw) => {
            copy::came(model, spot, &raw, &mut effects);
            if model.awaited.take_if(|awaited| *awaited == spot).is_some() {
                model.raw = Some((spot, raw));
            }
        }
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
    marks::found(model, std::mem::take(&mut batch.fleet.tally_mut().marks));
    arrange::absorb(model, batch);
    live::bound(model);
}

fn handle(model: &mut Model, command: Command, effects: &mut Vec<Effect>) {
    // What somebody types ahead is meant for what the keys before lead to.
    if !matches!(model.mode, Mode::Prompt(_)) {
        shown::catch_up(model);
    }
    if command == Command::Quit {
        effects.push(Effect::Quit(Ending::Asked));
        return;
    }
    if typed::handle(model, command, effects)
        || menu::handle(model, command, effects)
        || time::handle(model, command)
    {
        return;
    }
    match command {
        Command::Suspend => effects.push(Effect::Suspend),
        Command::Mouse => {
            model.mouse = !model.mouse;
            model.tools.remembered.mouse = Some(model.mouse);
            effects.push(Effect::Mouse(model.mouse));
            model.notify(if model.mouse {
                "mouse on: click rows, cells and the time axis; drag along the axis for a range"
            } else {
                "mouse off"
            });
        }
        Command::Colors => colors::turn(model),
        Command::Shares => tools::turn_axis(model),
        Command::Help => {
            let closes = matches!(model.mode, Mode::Help(_) | Mode::Feed(_));
            model.mode = if closes { Mode::Browse } else { Mode::Help(0) };
        }
        Command::Feed => model.mode = Mode::Feed(0),
        Command::Filter => {
            let text = model.filter.clone();
            typed::begin(model, Prompt::new(Purpose::Filter, &text));
        }
        Command::ClearFilter => {
            model.place.within = None;
            shown::filter(model, "");
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
        Command::Columns => menu::columns(model),
        Command::Sort => menu::sort(model),
        Command::Fleet => show(model, Screen::Fleet),
        Command::Origin => show(model, Screen::Origin),
        Command::Endpoint => show(model, Screen::Endpoint),
        Command::Tail => show(model, Screen::Tail),
        Command::Findings => show(model, Screen::Findings),
        Command::Endpoints => show(model, Screen::Endpoints),
        Command::Groups => show(model, Screen::Groups),
        Command::Course => show(model, Screen::Course),
        Command::Turns if model.screen() != Screen::Turns => enter(model, Screen::Turns, |_| ()),
        Command::Plan if model.screen() != Screen::Plan => {
            enter(model, Screen::Plan, |place| place.scroll = 0);
        }
        Command::Before => go_beside(model, -1),
        Command::Behind => go_beside(model, 1),
        Command::Next => turn_screen(model, 1),
        Command::Previous => turn_screen(model, Screen::ALL.len() - 1),
        Command::Open => open(model),
        Command::Back if model.tools.search.take().is_some() => {}
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

/// Lets go of what narrows the view: the range first, then the group that is open, then the filter.
fn let_go(model: &mut Model) {
    if model.clock.unselect() {
        model.stale = true;
        model.news = false;
    } else if !groups::leave(model) && !model.filter.is_empty() {
        shown::filter(model, "");
    }
}
