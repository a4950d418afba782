//! Where somebody is: a screen and what is selected on it.

use std::rc::Rc;

use super::grouping::Grouping;
use crate::advice::finding::Rule;
use crate::base::moment::Moment;
use crate::fleet::{OriginId, Symbol};
use crate::query::Query;
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
    /// The shares of the kinds of answers to AAAA, over time.
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
    /// The record looked at; `None` for the newest.
    pub row: Option<(Moment, Spot)>,
    /// The finding looked at, by its rule and its subject.
    pub finding: Option<(Rule, String)>,
    /// The change looked at; `None` for the newest.
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

/// A group or a finding that was opened: only what it is about is shown, as it was then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Within {
    pub words: String,
    pub query: Query,
}

impl Within {
    /// What `query` lets through of what is shown already: of all, or of what is `open`.
    pub(super) fn new(open: Option<&Self>, words: String, query: Query) -> Self {
        let outer = open.map(|within| within.query.clone());
        Self { words, query: Query::all_of(outer.into_iter().chain([query])) }
    }
}
