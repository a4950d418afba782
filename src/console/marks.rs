//! Marks: moments that somebody named.

use super::prompt::{self, Prompt, Purpose};
use super::{Effect, Mode, Model, Source, time};
use crate::moment::Moment;
use crate::note::Mark;

/// How many marks there may be.
const MOST: usize = 1000;

impl Model {
    /// The marks, in the order of their moments.
    #[must_use]
    pub fn marks(&self) -> &[Mark] {
        &self.tools.marks
    }

    /// The moment that a mark is put at: the one that is shown; live, where the newest is followed, that of
    /// the clock.
    fn marked(&self) -> Option<Moment> {
        let follows = self.clock.cursor().is_none() && self.known.held().is_none();
        let now = self.setup.started.map(|started| {
            Moment(started.0.saturating_add(i64::try_from(self.now.as_millis()).unwrap_or(i64::MAX)))
        });
        now.filter(|_| follows && self.setup.source == Source::Live).or_else(|| self.moment())
    }
}

/// Asks for the name of a mark.
pub(super) fn ask(model: &mut Model) {
    if model.moment().is_none() && model.setup.started.is_none() {
        model.notify("there is no time yet to put a mark at");
    } else if model.marks().len() >= MOST {
        model.notify("there are too many marks");
    } else {
        prompt::open(model, Prompt::new(Purpose::Mark, ""));
        // Where time stands still, nothing will say it anew.
        if model.setup.source != Source::Live {
            remember_when(model);
        }
    }
}

/// A mark that is being named is at the moment at which somebody asked for it, which the tick after it knows.
pub(super) fn remember_when(model: &mut Model) {
    let now = model.marked();
    if let Mode::Prompt(prompt) = &mut model.mode
        && prompt.purpose() == Purpose::Mark
    {
        prompt.at = prompt.at.or(now);
    }
}

/// Puts a mark.
pub(super) fn put(model: &mut Model, at: Option<Moment>, text: &str) -> Effect {
    let at = at.or(model.marked()).unwrap_or(Moment(0));
    model.tools.marked += 1;
    let mark = Mark { at, number: model.tools.marked, text: text.to_owned() };
    let place = model.tools.marks.partition_point(|known| *known <= mark);
    model.tools.marks.insert(place, mark.clone());
    Effect::Mark(mark)
}

/// Takes in marks that the log brings with it, those left out that are known. They are numbered as they come.
pub(super) fn found(model: &mut Model, marks: Vec<Mark>) {
    for mark in marks {
        let tools = &mut model.tools;
        let is_known = tools.marks.iter().any(|known| known.at == mark.at && known.text == mark.text);
        if !is_known && tools.marks.len() < MOST {
            tools.marked += 1;
            let mark = Mark { number: tools.marked, ..mark };
            let place = tools.marks.partition_point(|known| *known <= mark);
            tools.marks.insert(place, mark);
        }
    }
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

/// Takes a mark away.
pub(super) fn remove(model: &mut Model, number: u32) {
    model.tools.marks.retain(|mark| mark.number != number);
}
