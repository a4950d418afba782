//! That a log which is followed is looked at for news now and then, for whoever wants to be told.

use std::time::Duration;

use super::{Effect, Model};
use crate::advice::watch::EVERY;
use crate::base::visible::visible;
use crate::fleet::Fleet;
use crate::timeline::Shared;

/// How the terminal tells of news, besides the last line of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The bell (BEL).
    Bell,
    /// A notice of the desktop, as iTerm2 and others take it: OSC 9.
    Osc9,
    /// A notice of the desktop, as rxvt-unicode and others take it: OSC 777.
    Osc777,
}

impl Signal {
    /// What is written to the terminal; inside tmux, which has the bell only, through it.
    #[must_use]
    pub fn sequence(self, text: &str, in_tmux: bool) -> String {
        // Neither what ends a sequence nor what parts it comes from the text.
        let text: String = visible(text).chars().map(|char| if char == ';' { ',' } else { char }).collect();
        let sequence = match self {
            Self::Bell => return "\x07".to_owned(),
            Self::Osc9 => format!("\x1b]9;r53tail: {text}\x07"),
            Self::Osc777 => format!("\x1b]777;notify;r53tail;{text}\x07"),
        };
        if in_tmux { format!("\x1bPtmux;{}\x1b\\", sequence.replace('\x1b', "\x1b\x1b")) } else { sequence }
    }
}

/// All that is known, to be looked at elsewhere.
#[derive(Clone, Debug)]
pub struct Glimpse {
    number: u64,
    fleet: Shared<Fleet>,
    /// What came in since the screen is held still.
    held: Option<Shared<Fleet>>,
    /// Whether it is to be copied before it is read.
    copied: bool,
}

impl PartialEq for Glimpse {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Glimpse {}

impl Glimpse {
    /// Calls `look` with all of it. May take a second; to be called where nobody waits for it.
    pub fn look<T>(self, look: impl FnOnce(&Fleet) -> T) -> T {
        let Self { fleet, held, copied, .. } = self;
        let Some(held) = held else {
            return if copied { look(&fleet.into_inner()) } else { look(&fleet) };
        };
        let mut all = fleet.into_inner();
        all.absorb(&held);
        look(&all)
    }
}

/// When it was looked, and whether that is still being done.
#[derive(Debug, Default)]
pub(super) struct Watching {
    number: u64,
    is_looking: bool,
    due: Duration,
    /// How many records were known at the last look.
    records: u64,
}

fn records(model: &Model) -> u64 {
    model.known.records() + model.held().unwrap_or(0)
}

impl Model {
    /// When a tick is wanted for this.
    pub(super) fn next_look(&self) -> Option<Duration> {
        let watching = &self.jobs.watching;
        let is_wanted = self.setup.watches && !watching.is_looking && records(self) != watching.records;
        is_wanted.then_some(watching.due)
    }
}

/// Has all that is known be looked at, if something came in and it is time.
pub(super) fn want(model: &mut Model) -> Option<Effect> {
    model.next_look().filter(|due| *due <= model.here.now())?;
    let (records, copied) = (records(model), model.is_copied_elsewhere());
    let watching = &mut model.jobs.watching;
    watching.number += 1;
    watching.is_looking = true;
    watching.due = model.here.now() + EVERY;
    watching.records = records;
    Some(Effect::Watch(Box::new(Glimpse {
        number: watching.number,
        fleet: model.known.fleet().clone(),
        held: model.known.held().map(|held| held.fleet.clone()),
        copied,
    })))
}

/// Takes in what happened since the look before, in words.
pub(super) fn came(model: &mut Model, news: &[String], effects: &mut Vec<Effect>) {
    model.jobs.watching.is_looking = false;
    let Some(first) = news.first() else { return };
    let text = match news.len() - 1 {
        0 => first.clone(),
        more => format!("{first} (and {more} more)"),
    };
    if let Some(signal) = model.setup.signal {
        effects.push(Effect::Signal(signal, text.clone()));
    }
    model.notify(text);
}
