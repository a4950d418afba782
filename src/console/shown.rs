//! What is shown of what is known: made anew when something came in, time went on, or the filter is another.

use std::time::Duration;

use super::{
    Answer, Basis, Batch, Class, FRESH, Fresh, HIGHLIGHT, Histogram, Model, Roster, Source, worst_status,
};
use crate::fleet::{Fleet, PairId};
use crate::moment::Moment;
use crate::query::{Query, QueryError};
use crate::timeline::{Scope, Sieve, Standings};

impl Model {
    /// The stretch of time that is shown.
    #[must_use]
    pub fn scope(&self) -> Scope {
        let scope = self.clock.scope();
        let newest = self.known.fleet.tally().range.map(|(_, last)| last);
        // All of it: then the fleet says at once what a fold would.
        Scope { until: scope.until.filter(|until| newest.is_none_or(|newest| *until < newest)), ..scope }
    }

    /// The records that the filter lets through; none if there is no filter.
    #[must_use]
    pub fn sieve(&self) -> Option<&Sieve> {
        self.sieve.as_ref()
    }

    /// Records per class over time, as far as the filter lets them through.
    #[must_use]
    pub fn histogram(&self) -> &Histogram {
        self.histogram.as_ref().unwrap_or(&self.known.histogram)
    }

    /// Records shown, of all types.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        self.scope() != Scope::ALL
    }
}

/// Lets time go by, and if something changed since, reads what is known anew.
pub(super) fn tick(model: &mut Model, now: Duration) {
    model.now = now;
    model.live.tick(now);
    while model.fresh.front().is_some_and(|fresh| fresh.noticed + HIGHLIGHT <= now) {
        model.fresh.pop_front();
    }
    let end = model.setup.range.or(model.known.fleet.tally().range).map(|(_, last)| last);
    if let Some(end) = end {
        model.stale |= model.clock.tick(now, end);
        if model.setup.source == Source::Live && model.clock.cursor() == Some(end) {
            // It has caught up with what is being logged, and goes on with it.
            model.clock.seek(None, now);
            model.left = None;
        }
    }
    if std::mem::take(&mut model.stale) {
        refresh(model, now);
    }
}

/// Reads what is known anew if a key before this one wants it.
pub(super) fn catch_up(model: &mut Model) {
    if model.stale && !model.news {
        model.stale = false;
        refresh(model, model.now);
    }
}

fn refresh(model: &mut Model, now: Duration) {
    let scope = model.scope();
    fold(model, scope);
    sift(model);
    let known = &model.known;
    model.matched = model.sieve.as_ref().map(|sieve| known.timeline.count(&known.fleet, scope, sieve));
    let basis = Basis {
        fleet: &known.fleet,
        timeline: &known.timeline,
        scope,
        standings: &model.standings,
        matched: model.matched.as_ref(),
    };
    let (roster, flips) = Roster::of(&basis, &model.roster);
    model.roster = roster;
    model.answer = Answer::of(&model.known.fleet, &model.roster);
    if std::mem::replace(&mut model.news, true) {
        model.fresh.extend(flips.into_iter().map(|flip| Fresh { flip, noticed: now }));
        let surplus = model.fresh.len().saturating_sub(FRESH);
        model.fresh.drain(..surplus);
    } else {
        model.fresh.clear();
    }
    model.glances.forget();
    model.subject = (None, None);
    follow_worst(model);
}

/// Brings the sieve up to what came in.
fn sift(model: &mut Model) {
    let known = &model.known;
    let (timeline, fleet) = (&known.timeline, &known.fleet);
    match (&model.query, &mut model.sieve) {
        (None, sieve) => {
            *sieve = None;
            model.histogram = None;
            return;
        }
        (Some(_), Some(_)) if model.sifted == timeline.len() => return,
        (Some(query), Some(sieve)) => sieve.extend(timeline, fleet, query.expression()),
        (Some(query), sieve @ None) => *sieve = Some(Sieve::of(timeline, fleet, query.expression())),
    }
    model.sifted = timeline.len();
    model.histogram = model.sieve.as_ref().map(|sieve| {
        let mut histogram = Histogram::default();
        let mut bundle = histogram.bundle();
        timeline.for_each_matched(sieve, |at, verdict| bundle.add(at, Class::of(verdict)));
        bundle.finish();
        histogram
    });
}

/// Standings as of moments of a log that takes in no more for now: so that going back in a long one starts from the
/// nearest of them.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    /// Records known when they were made.
    records: u64,
    kept: Vec<(Moment, Standings)>,
}

/// Records from which on anchors are worth their memory.
const LONG: u64 = 1 << 20;
/// Anchors, at most.
const ANCHORS: usize = 8;
/// Bytes a record that anchors may take.
const ALLOWED: u64 = 8;

impl Anchors {
    /// What everything until `until` comes to.
    fn fold(&mut self, known: &Batch, until: Moment) -> Standings {
        let timeline = &known.timeline;
        if self.records != timeline.len() {
            *self = Self { records: timeline.len(), kept: Vec::new() };
        }
        let (mut from, mut standings) = match self.kept.iter().rev().find(|(at, _)| *at <= until) {
            Some((at, standings)) => (Some(*at), standings.clone()),
            None => (None, Standings::empty(&known.fleet)),
        };
        let each = standings.memory().max(1) as u64;
        let room = usize::try_from(timeline.len() * ALLOWED / each).unwrap_or(ANCHORS).min(ANCHORS);
        let stops = if timeline.len() < LONG { Vec::new() } else { timeline.quantiles(room + 1) };
        let start = from;
        for stop in stops.into_iter().filter(|stop| start.is_none_or(|start| *stop > start) && *stop <= until)
        {
            timeline.fold(after(from, stop), &mut standings);
            self.kept.push((stop, standings.clone()));
            from = Some(stop);
        }
        timeline.fold(after(from, until), &mut standings);
        standings
    }
}

/// What comes after `from`, until `until`.
fn after(from: Option<Moment>, until: Moment) -> Scope {
    Scope { from: from.map(|from| Moment(from.0 + 1)), until: Some(until) }
}

/// Brings the standings up to `scope`: by what is new, if it is but the end that moved on.
fn fold(model: &mut Model, scope: Scope) {
    let known = &model.known;
    let (before, records) = model.folded;
    if records != known.timeline.len() {
        model.known_turns = turns(&known.fleet);
    }
    model.folded = (scope, known.timeline.len());
    let same = records == known.timeline.len() && before.from == scope.from;
    match (scope.from, scope.until) {
        (None, None) => model.standings = Standings::of(&known.fleet),
        (_, Some(until)) if same && before.until.is_some_and(|old| old <= until) => {
            known.timeline.fold(after(before.until, until), &mut model.standings);
        }
        (None, Some(until)) => model.standings = model.anchors.fold(known, until),
        (Some(_), _) => {
            model.standings = Standings::empty(&known.fleet);
            known.timeline.fold(scope, &mut model.standings);
        }
    }
}

/// When the answers for some pair became others, in order.
fn turns(fleet: &Fleet) -> Vec<Moment> {
    let pairs = (0..fleet.pair_count()).map(|pair| PairId(u32::try_from(pair).unwrap_or(u32::MAX)));
    let mut turns: Vec<Moment> = pairs.filter_map(|pair| Some(fleet.change(&[pair])?.at)).collect();
    turns.sort_unstable();
    turns.dedup();
    turns
}

/// While nobody chose an origin, the worst is shown. While the log plays, one that got better stays, so that it can be
/// seen to; it gives way to one that is worse.
fn follow_worst(model: &mut Model) {
    if model.chosen {
        return;
    }
    let plays = model.clock.is_playing() || model.setup.source == Source::Live;
    let rank = |origin| worst_status(origin).map_or(usize::MAX, |status| status as usize);
    let shown = model.origin.and_then(|origin| model.roster.owner(origin)).map_or(usize::MAX, rank);
    if let Some(worst) = model.origin_at(0)
        && (!plays || rank(worst) < shown || shown == usize::MAX)
    {
        model.origin = Some(worst.key);
    }
}

/// Takes the filter as it is typed. While it cannot be read, the one before stays in force.
pub(super) fn filter(model: &mut Model) {
    match Query::parse_with(&model.filter, &model.setup.prefixes) {
        Ok(query) => {
            model.query = (!query.is_all()).then_some(query);
            model.query_error = None;
        }
        Err(error) => model.query_error = Some(error),
    }
    model.sieve = None;
    model.row = None;
    model.stale = true;
    model.news = false;
}

impl Model {
    /// The filter in force; none if everything is let through.
    #[must_use]
    pub fn query(&self) -> Option<&Query> {
        self.query.as_ref()
    }

    /// Why what is typed as the filter is none.
    #[must_use]
    pub fn query_error(&self) -> Option<&QueryError> {
        self.query_error.as_ref()
    }
}
