//! Where somebody is: a screen and what is selected on it, and the way back.

use std::rc::Rc;

use super::Model;
use super::groups::{self, Grouping, Within};
use crate::finding::Rule;
use crate::fleet::{OriginId, Symbol};
use crate::moment::Moment;
use crate::timeline::Spot;

/// Which screen is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// Origins by endpoints, and the endpoints of the selected origin.
    Fleet,
    /// Everything that one origin depends on.
    Origin,
    /// One name, and everybody who asked for it.
    Endpoint,
    /// All endpoints.
    Endpoints,
    /// The records.
    Tail,
    /// What to act on.
    Findings,
    /// One record.
    Record,
    /// Origins that have something in common, a row each.
    Groups,
    /// What answers to AAAA came to over time.
    Course,
    /// Answers that became others.
    Turns,
    /// What to change first, and what comes of it.
    Plan,
}

impl Screen {
    /// The screens with a key of their own in a row, in the order of those keys.
    pub const ALL: [Self; 8] = [
        Self::Fleet,
        Self::Origin,
        Self::Endpoint,
        Self::Tail,
        Self::Findings,
        Self::Endpoints,
        Self::Groups,
        Self::Course,
    ];

    /// What it is called.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Fleet => "Fleet",
            Self::Origin => "Origin",
            Self::Endpoint => "Endpoint",
            Self::Endpoints => "Endpoints",
            Self::Groups => "Groups",
            Self::Course => "Shares",
            Self::Tail => "Tail",
            Self::Findings => "Findings",
            Self::Record => "Record",
            Self::Turns => "Changes",
            Self::Plan => "Plan",
        }
    }
}

/// How many places the way back has at most.
const FARTHEST: usize = 64;

/// A screen and what is selected on it. What is none is chosen by the screen: the worst, the first, the
/// newest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub screen: Screen,
    /// The origin looked at; whether someone chose it, or it is just the worst.
    pub origin: Option<OriginId>,
    pub chosen: bool,
    /// The endpoint looked at.
    pub name: Option<Symbol>,
    /// The record looked at; none for the newest.
    pub row: Option<(Moment, Spot)>,
    /// The finding looked at, by its rule and its subject.
    pub finding: Option<(Rule, String)>,
    /// The change looked at; none for the newest.
    pub turn: Option<(Moment, OriginId, Symbol)>,
    /// By what origins are grouped, and the group looked at, by an origin of it.
    pub grouping: Grouping,
    pub group: Option<OriginId>,
    /// How many seconds a step over time has, and the moment looked at there.
    pub width: Option<i64>,
    pub step: Option<Moment>,
    /// The range of time that is shown came with going into this.
    pub ranged: bool,
    /// The group or the finding that was opened: nothing but what it is about is shown.
    pub within: Option<Rc<Within>>,
    /// How many lines of what is longer than the screen were scrolled past.
    pub scroll: u16,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            screen: Screen::Fleet,
            origin: None,
            chosen: false,
            name: None,
            row: None,
            finding: None,
            turn: None,
            grouping: Grouping::default(),
            group: None,
            width: None,
            step: None,
            ranged: false,
            within: None,
            scroll: 0,
        }
    }
}

/// Shows another screen of the row of screens, with the same things selected. The way back leads here, and no
/// farther.
pub(super) fn show(model: &mut Model, screen: Screen) {
    if screen != model.place.screen {
        // What somebody looks at closely stays, whatever becomes the worst meanwhile.
        let origin = model.selected_origin().map(|(_, origin)| origin.key);
        let name = model.endpoint();
        model.trail.clear();
        enter(model, screen, |place| {
            if matches!(screen, Screen::Origin | Screen::Endpoint) && origin.is_some() {
                place.origin = origin;
                place.chosen = true;
            }
            if screen == Screen::Endpoint {
                place.name = name;
            }
        });
    }
}

/// Shows the screen so many places farther in the row of screens.
pub(super) fn turn_screen(model: &mut Model, by: usize) {
    let here = if model.place.screen == Screen::Record { Screen::Tail } else { model.place.screen };
    let at = Screen::ALL.iter().position(|screen| *screen == here).unwrap_or(0);
    show(model, Screen::ALL[(at + by) % Screen::ALL.len()]);
}

/// Goes into something; the way back gets longer.
pub(super) fn enter(model: &mut Model, screen: Screen, change: impl FnOnce(&mut Place)) {
    let here = model.place.clone();
    if model.trail.len() == FARTHEST {
        model.trail.remove(0);
    }
    model.trail.push(here);
    model.place.screen = screen;
    model.place.scroll = 0;
    model.place.ranged = false;
    change(&mut model.place);
}

/// Goes back out. Says whether there was anything to go back from; if not, filter and range may be let go of.
pub(super) fn back(model: &mut Model) -> bool {
    let place = &mut model.place;
    match place.screen {
        Screen::Tail if place.row.take().is_some() => return true,
        Screen::Fleet if place.name.take().is_some() => return true,
        _ => {}
    }
    if let Some(before) = model.trail.pop() {
        let left = std::mem::replace(&mut model.place, before);
        let is_regrouped = left.grouping != model.place.grouping;
        if left.within != model.place.within {
            groups::narrow(model);
        }
        if left.ranged && model.clock.unselect() {
            model.stale = true;
            model.news = false;
        }
        if is_regrouped {
            model.tools.sorted.groups.take();
        }
    } else if model.place.screen == Screen::Fleet {
        return false;
    } else {
        model.place.screen = Screen::Fleet;
        model.place.scroll = 0;
    }
    true
}

impl Model {
    /// The screen shown.
    #[must_use]
    pub fn screen(&self) -> Screen {
        self.place.screen
    }

    /// The screens that the way back leads over, the first one first.
    pub fn trail(&self) -> impl Iterator<Item = Screen> + '_ {
        self.trail.iter().map(|place| place.screen)
    }

    /// The screen that the way back leads to; none where it lets go of what is selected or in force here.
    #[must_use]
    pub fn way_back(&self) -> Option<Screen> {
        let place = &self.place;
        let is_here = match place.screen {
            Screen::Tail => place.row.is_some(),
            Screen::Fleet => place.name.is_some() || self.trail.is_empty(),
            _ => false,
        };
        let is_let_go = is_here || self.tools.search.is_some();
        (!is_let_go).then(|| self.trail().last().unwrap_or(Screen::Fleet))
    }

    /// Whether there is anything to go back from, or to let go of.
    #[must_use]
    pub fn has_way_back(&self) -> bool {
        let place = &self.place;
        let is_first = place.screen == Screen::Fleet && place.name.is_none() && self.trail.is_empty();
        let is_narrowed = self.clock.is_selected() || place.within.is_some() || !self.filter.is_empty();
        !is_first || is_narrowed || self.tools.search.is_some()
    }

    /// How far what is longer than the screen is scrolled down, in lines.
    #[must_use]
    pub fn scroll(&self) -> u16 {
        self.place.scroll
    }
}
