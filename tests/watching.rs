//! When a log that is followed is looked at for news, and what the console does with them.

#[path = "stage/mod.rs"]
mod stage;

use std::time::Duration;

use r53tail::console::{Effect, InputId, Key, Message, Model, Setup, Signal, Source};
use stage::{press, record, tell};

fn at(seconds: u64) -> Message {
    Message::Tick(Duration::from_secs(seconds))
}

fn batch(second: u32) -> Message {
    Message::Batch(Box::new(stage::batch(&[record(second, "i-1", "a.example.", "")])))
}

/// How many records the look that is wanted is at; none if none is.
fn looked_at(effects: Vec<Effect>) -> Option<u64> {
    let mut looks = effects.into_iter().filter_map(|effect| match effect {
        Effect::Watch(glimpse) => Some(glimpse.look(|fleet| fleet.tally().records)),
        _ => None,
    });
    let look = looks.next();
    assert!(looks.next().is_none(), "one at a time");
    look
}

#[test]
fn it_is_looked_when_something_came_and_it_is_time() {
    let setup = Setup { watches: true, signal: Some(Signal::Bell), ..Setup::new(Source::Live) };
    let mut model = Model::new(setup);
    tell(&mut model, Message::Input(InputId(0), "group".to_owned()));
    assert_eq!(looked_at(tell(&mut model, at(1))), None, "nothing came");
    tell(&mut model, batch(1));
    assert_eq!(looked_at(tell(&mut model, at(2))), Some(1));
    tell(&mut model, batch(2));
    assert_eq!(looked_at(tell(&mut model, at(20))), None, "the look before is not over");
    assert!(tell(&mut model, Message::News(Vec::new())).is_empty());
    assert_eq!(looked_at(tell(&mut model, at(21))), Some(2));
    let effects = tell(&mut model, Message::News(vec!["one".to_owned(), "two".to_owned()]));
    assert_eq!(effects, [Effect::Signal(Signal::Bell, "one (and 1 more)".to_owned())]);
    assert_eq!(model.notice().map(|notice| notice.text.as_str()), Some("one (and 1 more)"));
    tell(&mut model, batch(3));
    assert_eq!(looked_at(tell(&mut model, at(22))), None, "it is not time");
    assert!(model.next_tick().is_some_and(|at| at <= Duration::from_secs(26)));
    // While the screen is held still, too.
    press(&mut model, &[Key::Char(' ')]);
    tell(&mut model, batch(4));
    assert_eq!(looked_at(tell(&mut model, at(27))), Some(4));
}

#[test]
fn nobody_looks_for_nobody() {
    let mut model = Model::new(Setup::new(Source::Live));
    tell(&mut model, Message::Input(InputId(0), "group".to_owned()));
    tell(&mut model, batch(1));
    assert_eq!(looked_at(tell(&mut model, at(60))), None);
}

#[test]
fn signals_hold_no_sequences() {
    let text = "a;b\u{1b}]0;x\u{7}c";
    for (signal, in_tmux, expected) in [
        (Signal::Bell, false, "\u{7}"),
        (Signal::Bell, true, "\u{7}"),
        (Signal::Osc9, false, "\u{1b}]9;r53tail: a,b\\u{1b}]0,x\\u{7}c\u{7}"),
        (Signal::Osc777, false, "\u{1b}]777;notify;r53tail;a,b\\u{1b}]0,x\\u{7}c\u{7}"),
        (Signal::Osc9, true, "\u{1b}Ptmux;\u{1b}\u{1b}]9;r53tail: a,b\\u{1b}]0,x\\u{7}c\u{7}\u{1b}\\"),
    ] {
        assert_eq!(signal.sequence(text, in_tmux), expected);
    }
}
