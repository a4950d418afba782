//! Marks: moments that somebody named.

use super::prompt::{self, Prompt, Purpose};
use super::{Effect, Mode, Model, Source, time};
use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::log::note::Mark;

impl Model {
    /// The marks, in the order of their moments.
    #[must_use]
    pub fn marks(&self) -> &[Mark] {
        self.known.marks()
    }

    /// The moment that a mark is put at: the one that is shown; live, where the newest is followed, that of
    /// the clock.
    fn marked(&self) -> Option<Moment> {
        let follows = self.here.clock().cursor().is_none() && self.known.held().is_none();
        let now = self.setup.started.map(|started| {
            Moment(started.0.saturating_add(self.here.now().as_millis().saturating_into::<i64>()))
        });
        now.filter(|_| follows && self.setup.source == Source::Live).or_else(|| self.moment())
    }
}

/// Asks for the name of a mark.
pub(super) fn ask(model: &mut Model) {
    if model.moment().is_none() && model.setup.started.is_none() {
        model.notify("there is no time yet to put a mark at");
    } else if model.known.has_all_marks() {
        model.notify("there are too many marks");
    } else {
        prompt::open(model, Prompt::new(Purpose::Mark, ""));
        // Only a live log tells the time anew; elsewhere it is taken now.
        if model.setup.source != Source::Live {
            remember_when(model);
        }
    }
}

/// A mark that is being named is at the moment at which somebody asked for it, which the tick after it knows.
pub(super) fn remember_when(model: &mut Model) {
    let now = model.marked();
    if let Mode::Prompt(prompt) = model.here.mode_mut()
        && prompt.purpose() == Purpose::Mark
    {
        prompt.at = prompt.at.or(now);
    }
}

/// Puts a mark.
pub(super) fn put(model: &mut Model, at: Option<Moment>, text: &str) -> Effect {
    let at = at.or(model.marked()).unwrap_or(Moment(0));
    Effect::Mark(model.known.put_mark(at, text))
}

/// Goes to the next mark, or the one before.
pub(super) fn go(model: &mut Model, on: bool) {
    let Some(at) = model.moment() else { return };
    let marks = model.marks();
    let to = if on {
        marks.iter().find(|mark| mark.at > at)
    } else {
        marks.iter().rev().find(|mark| mark.at < at)
    };
    match to.cloned() {
        Some(mark) => visit(model, &mark),
        None if model.marks().is_empty() => model.notify("there are no marks: m puts one"),
        None => model.notify(if on { "no mark after this" } else { "no mark before this" }),
    }
}

/// Goes to a mark.
pub(super) fn visit(model: &mut Model, mark: &Mark) {
    time::seek(model, mark.at);
    model.notify(format!("⚑ {}", mark.name()));
}
