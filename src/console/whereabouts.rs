//! Where somebody is, and what they do there: the part of the model that keys and the mouse change.
//!
//! What somebody wants shown (a filter, a moment, a range of time) is counted, too: by
//! [`Whereabouts::asked`] the projection tells what was asked for from what happened.

use std::time::Duration;

use super::clock::Clock;
use super::filter::FilterInForce;
use super::grouping::Grouping;
use super::place::{Place, Screen};
use super::zoom::Zoom;
use super::{Mode, Setup, Source};
use crate::advice::finding::Rule;
use crate::base::moment::Moment;
use crate::fleet::{OriginId, Symbol};
use crate::knowledge::catalog::Catalog;
use crate::timeline::Spot;

mod notice;
mod raw_record;

pub use notice::{NOTICE, Notice};
pub(super) use raw_record::{RawRecord, RawSubject};

/// How many places the way back has at most.
const FARTHEST: usize = 64;

/// Where somebody is.
#[derive(Debug)]
pub(super) struct Whereabouts {
    place: Place,
    /// The way back, the next place last.
    trail: Vec<Place>,
    mode: Mode,
    clock: Clock,
    /// Records known when somebody went back in time, while it is shown.
    left: Option<u64>,
    filter: FilterInForce,
    asked: u64,
    raw: RawRecord,
    /// What came of a key just now.
    notice: Option<Notice>,
    /// Whether the time axis shows shares.
    shares: bool,
    /// The part of the time axis that is looked at closely; `None` for all of it.
    zoom: Option<Zoom>,
    /// Where on the time axis the button went down.
    pressed: Option<Moment>,
    now: Duration,
    /// Of the terminal, in columns and rows.
    size: (u16, u16),
}

impl Whereabouts {
    /// Where a console begins. A story plays from its beginning.
    pub(super) fn new(setup: &Setup) -> Self {
        let mut clock = Clock::default();
        if let (Source::Demo { speed }, Some((first, _))) = (setup.source, setup.range) {
            clock.play(first, Duration::ZERO);
            clock.set_speed(speed, Duration::ZERO);
        }
        Self {
            place: Place::default(),
            trail: Vec::new(),
            mode: Mode::Browse,
            clock,
            left: None,
            filter: FilterInForce::default(),
            asked: 0,
            raw: RawRecord::default(),
            notice: None,
            shares: false,
            zoom: None,
            pressed: None,
            now: Duration::ZERO,
            size: (80, 24),
        }
    }

    /// How often somebody asked for something else to be shown: a filter, a moment, a range.
    pub(super) fn asked(&self) -> u64 {
        self.asked
    }

    /// Counts that somebody asks for what is known by now to be shown.
    pub(super) fn ask(&mut self) {
        self.asked += 1;
    }

    /// The screen and what is selected on it.
    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// The screens that the way back leads over, the first one first.
    pub(super) fn trail(&self) -> impl Iterator<Item = Screen> + '_ {
        self.trail.iter().map(|place| place.screen)
    }

    /// What keys mean.
    pub(super) fn mode(&self) -> &Mode {
        &self.mode
    }

    /// The same, for who handles keys in it.
    pub(super) fn mode_mut(&mut self) -> &mut Mode {
        &mut self.mode
    }

    /// Has keys mean something else.
    pub(super) fn turn_to(&mut self, mode: Mode) {
        self.mode = mode;
    }

    /// Goes back to looking, and returns what keys meant.
    pub(super) fn take_mode(&mut self) -> Mode {
        std::mem::replace(&mut self.mode, Mode::Browse)
    }

    /// How long after the start it is.
    pub(super) fn now(&self) -> Duration {
        self.now
    }

    /// The size of the terminal, in columns and rows.
    pub(super) fn size(&self) -> (u16, u16) {
        self.size
    }

    /// The terminal has another size.
    pub(super) fn resize(&mut self, width: u16, height: u16) {
        self.size = (width, height);
    }
}

/// The place, and the way there and back.
impl Whereabouts {
    /// Begins on this screen.
    pub(super) fn begin(&mut self, screen: Screen) {
        self.place.screen = screen;
    }

    /// Goes into something; the way back gets longer.
    pub(super) fn enter(&mut self, screen: Screen, change: impl FnOnce(&mut Place)) {
        if self.trail.len() == FARTHEST {
            self.trail.remove(0);
        }
        self.trail.push(self.place.clone());
        self.place.screen = screen;
        self.place.scroll = 0;
        self.place.ranged = false;
        change(&mut self.place);
    }

    /// The same, but the way back leads here and no farther.
    pub(super) fn show(&mut self, screen: Screen, change: impl FnOnce(&mut Place)) {
        self.trail.clear();
        self.enter(screen, change);
    }

    /// Lets go of what is selected on a screen that is complete without. Says whether there was anything.
    pub(super) fn deselect(&mut self) -> bool {
        match self.place.screen {
            Screen::Tail => self.place.row.take().is_some(),
            Screen::Fleet => self.place.name.take().is_some(),
            _ => false,
        }
    }

    /// Goes a step of the way back. Returns the place that was left; `None` if there is no way back.
    pub(super) fn step_back(&mut self) -> Option<Place> {
        let before = self.trail.pop()?;
        Some(std::mem::replace(&mut self.place, before))
    }

    /// Goes to the first screen. Says whether it was another.
    pub(super) fn go_home(&mut self) -> bool {
        let is_elsewhere = self.place.screen != Screen::Fleet;
        if is_elsewhere {
            self.place.screen = Screen::Fleet;
            self.place.scroll = 0;
        }
        is_elsewhere
    }

    /// Looks at this origin, since somebody chose it.
    pub(super) fn choose_origin(&mut self, origin: Option<OriginId>) {
        self.place.origin = origin;
        self.place.chosen = true;
        self.place.scroll = 0;
    }

    /// Looks at this origin, unless somebody chose one.
    pub(super) fn suggest_origin(&mut self, origin: OriginId) {
        if !self.place.chosen {
            self.place.origin = Some(origin);
        }
    }

    /// Looks at this endpoint; with `None`, at what the screen chooses.
    pub(super) fn choose_name(&mut self, name: Option<Symbol>) {
        self.place.name = name;
    }

    /// Looks at this record; with `None`, at the newest.
    pub(super) fn choose_row(&mut self, row: Option<(Moment, Spot)>) {
        self.place.row = row;
    }

    /// Looks at this finding; with `None`, at the first.
    pub(super) fn choose_finding(&mut self, finding: Option<(Rule, String)>) {
        self.place.finding = finding;
    }

    /// Looks at this change; with `None`, at the newest.
    pub(super) fn choose_turn(&mut self, turn: Option<(Moment, OriginId, Symbol)>) {
        self.place.turn = turn;
    }

    /// Looks at the group that this origin is in; with `None`, at the first.
    pub(super) fn choose_group(&mut self, origin: Option<OriginId>) {
        self.place.group = origin;
    }

    /// Groups origins by something else.
    pub(super) fn regroup(&mut self, grouping: Grouping) {
        self.place.grouping = grouping;
    }

    /// Looks at this step over time; with `None`, at the last.
    pub(super) fn choose_step(&mut self, step: Option<Moment>) {
        self.place.step = step;
    }

    /// Takes steps over time of `width` seconds; with `None`, such that they fit on the screen.
    pub(super) fn widen(&mut self, width: Option<i64>) {
        self.place.width = width;
    }

    /// Scrolls to this line.
    pub(super) fn scroll_to(&mut self, line: usize) {
        self.place.scroll = u16::try_from(line).unwrap_or(0);
    }

    /// Closes the group or the finding that is open. Says whether one was; the filter is to be taken anew
    /// then.
    pub(super) fn close_within(&mut self) -> bool {
        self.place.within.take().is_some()
    }
}

/// What is shown: the time and the filter.
impl Whereabouts {
    /// Which moment is shown.
    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Records known when somebody went back in time; `None` if nobody did.
    pub(super) fn left(&self) -> Option<u64> {
        self.left
    }

    /// Goes to a moment, or with `None` to whatever is newest; `records` is how many are known now.
    pub(super) fn seek(&mut self, to: Option<Moment>, records: u64) {
        self.clock.seek(to, self.now);
        self.left = to.and(self.left.or(Some(records)));
        self.go_in_time();
    }

    /// Plays on from a moment.
    pub(super) fn play(&mut self, from: Moment) {
        self.clock.play(from, self.now);
        self.go_in_time();
    }

    /// Stops playing, at the moment shown.
    pub(super) fn stop(&mut self) {
        self.clock.stop();
    }

    /// Plays faster by one step, or slower.
    pub(super) fn change_speed(&mut self, faster: bool) {
        self.clock.change_speed(faster, self.now);
    }

    /// Begins to select a stretch of time at `at`; or, if one was begun, narrows everything to it.
    pub(super) fn select(&mut self, at: Moment) {
        self.clock.select(at);
        self.go_in_time();
    }

    /// Narrows everything to a stretch of time.
    pub(super) fn narrow(&mut self, first: Moment, last: Moment) {
        self.clock.narrow(first, last);
        self.ask();
    }

    /// Lets go of a stretch of time selected, or being selected. Says whether there was one.
    pub(super) fn unselect(&mut self) -> bool {
        let was_selected = self.clock.unselect();
        if was_selected {
            self.ask();
        }
        was_selected
    }

    fn go_in_time(&mut self) {
        self.place.row = None;
        self.ask();
    }

    /// Lets time go by; the log plays on, up to `end` if that is known.
    pub(super) fn tick(&mut self, now: Duration, end: Option<Moment>) {
        self.now = now;
        if let Some(end) = end {
            self.clock.tick(now, end);
        }
    }

    /// Whatever is newest is shown again, since the log that played caught up with it.
    pub(super) fn follow_newest(&mut self) {
        self.clock.seek(None, self.now);
        self.left = None;
    }

    /// The filter in force.
    pub(super) fn filter(&self) -> &FilterInForce {
        &self.filter
    }

    /// Takes `text` for the filter, of what is open. While it cannot be read, the one before stays in force.
    pub(super) fn set_filter(&mut self, text: &str, setup: &Setup) {
        let within = self.place.within.as_ref().map(|within| &within.query);
        let catalog: &Catalog = &setup.library.catalog;
        if self.filter.set(text, within, &setup.prefixes, catalog) {
            self.place.row = None;
            self.ask();
        }
    }

    /// Looks whether `text` could be a filter, and leaves the one in force as it is.
    pub(super) fn look_at_filter(&mut self, text: &str, setup: &Setup) {
        self.filter.look_at(text, &setup.prefixes);
    }
}

/// What is on the screen besides.
impl Whereabouts {
    /// The raw record.
    pub(super) fn raw(&self) -> &RawRecord {
        &self.raw
    }

    /// The same, for who fetches it.
    pub(super) fn raw_mut(&mut self) -> &mut RawRecord {
        &mut self.raw
    }

    /// What came of a key just now.
    pub(super) fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }

    /// Says what came of a key.
    pub(super) fn notify(&mut self, text: String) {
        self.notice = Some(Notice::new(text));
    }

    /// Lets a notice go that somebody had the time to read before doing something else.
    pub(super) fn read_notice(&mut self) {
        self.notice.take_if(|notice| notice.is_shown());
    }

    /// Lets a notice go when its time is over.
    pub(super) fn tick_notice(&mut self) {
        let now = self.now;
        self.notice.take_if(|notice| notice.is_over(now));
    }

    /// When a tick is wanted for that.
    pub(super) fn next_notice_tick(&self) -> Option<Duration> {
        self.notice.as_ref().map(|notice| notice.ends().unwrap_or(self.now))
    }

    /// Whether the time axis shows shares.
    pub(super) fn shows_shares(&self) -> bool {
        self.shares
    }

    /// Has the time axis show shares, or records again. Says whether it shows shares then.
    pub(super) fn turn_axis(&mut self) -> bool {
        self.shares = !self.shares;
        self.shares
    }

    /// The part of the time axis that is looked at closely; `None` for all of it.
    pub(super) fn zoom(&self) -> Option<Zoom> {
        self.zoom
    }

    /// Looks closely at a part of the time axis; with `None`, at all of it.
    pub(super) fn set_zoom(&mut self, zoom: Option<Zoom>) {
        self.zoom = zoom;
    }

    /// The button went down on the time axis.
    pub(super) fn press(&mut self, at: Moment) {
        self.pressed = Some(at);
    }

    /// Where on the time axis the button is down.
    pub(super) fn pressed(&self) -> Option<Moment> {
        self.pressed
    }

    /// The button was let go of. Says whether it was down on the time axis.
    pub(super) fn release(&mut self) -> bool {
        self.pressed.take().is_some()
    }
}
