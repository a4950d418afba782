//! Going to and fro in the log's time.

use std::sync::Arc;

use super::zoom::{self, AXIS};
use super::{Command, Model, Source, Turn, arrange, events, shown};
use crate::base::moment::{Moment, hull};
use crate::timeline::{RowId, Scope};

/// Columns of the screen's width that its time axis does not have.
const LABELS: i64 = 22;

impl Model {
    /// Whether the time axis shows the shares of the answers to AAAA, and not how many records there are.
    #[must_use]
    pub fn shows_shares(&self) -> bool {
        self.here.shows_shares()
    }

    /// From when to when the time axis goes, in seconds: the second end is the first that is not on it.
    #[must_use]
    pub fn axis(&self) -> Option<(i64, i64)> {
        self.zoom().or_else(|| self.whole_axis())
    }

    /// The same of all of it, whatever part is looked at closely.
    pub(super) fn whole_axis(&self) -> Option<(i64, i64)> {
        let loss = self.loss();
        let missing = loss.gaps.iter().chain(&loss.sampled).map(|gap| Some((gap.from, gap.until)));
        let seen = self.setup().range.or(self.known.range());
        // Of what is missing, too, it is shown when that was.
        let (from, until) = missing.fold(seen, hull)?;
        // What is followed goes on until now.
        let until = self.wall().map_or(until, |now| now.max(until));
        Some((from.second(), (until.second() + 1).max(from.second() + AXIS)))
    }

    /// The earliest and the latest moment that can be gone to.
    fn ends(&self) -> Option<(Moment, Moment)> {
        let (first, last) = self.setup.range.or(self.known.range())?;
        // Until then, it can only be shown as a whole.
        let folded = self.folded().map_or(first, |folded| folded.last);
        Some((first.max(folded), last))
    }

    /// About a column of the time axis, in milliseconds.
    fn column(&self) -> i64 {
        let columns = i64::from(self.here.size().0) - LABELS;
        let span = self.axis().map_or(AXIS, |(from, until)| until - from);
        (span * 1000 / columns.max(1)).max(1000)
    }
}

/// Does what a command wants of the time shown. Says whether it was such a command.
pub(super) fn handle(model: &mut Model, command: Command) -> bool {
    if command == Command::ToNow {
        arrange::release(model);
    }
    let Some((first, last)) = model.ends() else {
        // Before anything came, too.
        let pauses = command == Command::Pause && model.setup.source == Source::Live;
        if pauses {
            hold(model);
        }
        return pauses;
    };
    let at = model.moment().unwrap_or(last);
    match command {
        Command::Pause => pause(model, at, first, last),
        Command::Slower => model.here.change_speed(false),
        Command::Faster => model.here.change_speed(true),
        Command::Earlier => seek(model, Moment(at.0 - model.column())),
        Command::Later => seek(model, Moment(at.0 + model.column())),
        Command::SecondBack => {
            let whole = Moment::from_seconds(at.second());
            seek(model, if whole == at { Moment(at.0 - 1000) } else { whole });
        }
        Command::SecondOn => seek(model, Moment::from_seconds(at.second() + 1)),
        Command::RecordBack => {
            let before = Scope { from: None, until: Some(Moment(at.0 - 1)) };
            step(model, |model| model.known.timeline().before(before, model.mask(), None).next());
        }
        Command::RecordOn => {
            let after = Scope { from: Some(Moment(at.0 + 1)), until: None };
            step(model, |model| model.known.timeline().after(after, model.mask(), None).next());
        }
        Command::TurnBack => {
            let turns = model.all_turns();
            let before = turns.iter().map(|turn| turn.at).filter(|turn| *turn < at).max();
            to_turn(model, &turns, before);
        }
        Command::TurnOn => {
            let turns = model.all_turns();
            let next = turns.iter().map(|turn| turn.at).filter(|turn| *turn > at).min();
            to_turn(model, &turns, next);
        }
        Command::ToStart => seek(model, first),
        Command::ToNow => {
            model.here.stop();
            move_to(model, None);
        }
        Command::Select => model.here.select(at),
        _ => return false,
    }
    true
}

impl Model {
    /// The latest change of each pair in everything that is known, oldest first, whatever the moment that is
    /// shown: the ranking has those until then. Looked for when somebody asks and more is known than before:
    /// that is one pass over the pairs.
    pub(super) fn all_turns(&self) -> Arc<[Turn]> {
        self.projection.all_turns(&self.known)
    }
}

/// Goes to the moment of one of `turns`, and says what changed.
fn to_turn(model: &mut Model, turns: &[Turn], at: Option<Moment>) {
    if let Some(at) = at {
        seek(model, at);
        shown::catch_up(model);
        events::tell(model, turns, at);
    }
}

/// Holds still what goes on, or lets it go on: the log that plays; or what is being logged.
fn pause(model: &mut Model, at: Moment, first: Moment, last: Moment) {
    if model.here.clock().is_playing() {
        model.here.stop();
    } else if model.known.held().is_some()
        || model.setup.source == Source::Live && model.here.clock().cursor().is_none()
    {
        hold(model);
    } else {
        // At the end there is nothing more to play: then from the beginning.
        let from = if at >= last { first } else { at };
        model.here.play(from);
    }
}

/// Holds back what comes from now on; or lets in what was held back, and what comes from now on.
fn hold(model: &mut Model) {
    if model.known.held().is_some() {
        arrange::release(model);
    } else {
        model.known.hold();
    }
}

fn step(model: &mut Model, find: impl Fn(&Model) -> Option<RowId>) {
    if let Some(to) = find(model).and_then(|row| model.known.timeline().moment(row)) {
        seek(model, to);
    }
}

/// Goes to a moment, as far as the log goes. Where it ends, whatever is newest is followed again.
pub(super) fn seek(model: &mut Model, to: Moment) {
    let Some((first, last)) = model.ends() else { return };
    let to = to.clamp(first, last);
    let plays_story = matches!(model.setup.source, Source::Demo { .. });
    move_to(model, (to < last || plays_story).then_some(to));
}

fn move_to(model: &mut Model, to: Option<Moment>) {
    let records = model.known.records();
    model.here.seek(to, records);
    zoom::follow(model, true);
}

/// Goes to the time that was typed: a moment, or a time of the day that is shown. Says whether it was one.
pub(super) fn go_to(model: &mut Model, text: &str) -> bool {
    let text = text.trim();
    let today = model.moment().map(Moment::date).unwrap_or_default();
    let full = format!("{today}T{text}");
    let with_seconds = format!("{full}:00");
    let found = [text, &full, &with_seconds].into_iter().find_map(|text| {
        // A lone number would be taken for seconds since 1970.
        text.contains([':', '-']).then(|| Moment::parse(text)).flatten()
    });
    if let Some(moment) = found {
        seek(model, moment);
    }
    found.is_some()
}

/// Turns the time axis to shares, or back, and says what it shows.
pub(super) fn turn_axis(model: &mut Model) {
    let says = if model.here.turn_axis() {
        "time axis: the share of each kind of answer to AAAA"
    } else {
        "time axis: records"
    };
    model.notify(says);
}
