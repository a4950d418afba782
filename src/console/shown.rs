//! What is shown of what is known: made anew when something came in, time went on, or the filter is another.

use std::time::Duration;

use super::{
    Answer, Basis, Batch, Class, FRESH, Fresh, HIGHLIGHT, Histogram, Model, Roster, Source, marks, search,
    tools, worst_status,
};
use crate::moment::Moment;
use crate::query::{Query, QueryError};
use crate::timeline::{Scope, Sieve, Standing, Standings};

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
    search::sift(model);
    marks::remember_when(model);
    tools::tick(model, now);
}

/// Reads what is known anew if a key before this one wants it.
pub(super) fn catch_up(model: &mut Model) {
    if model.stale && !model.news {
        model.stale = false;
        refresh(model, model.now);
    }
    search::sift(model);
}

fn refresh(model: &mut Model, now: Duration) {
    let scope = model.scope();
    fold(model, scope);
    sift(model);
    vary(model, scope);
    let known = &model.known;
    model.matched = model.sieve.as_ref().map(|sieve| known.timeline.count(&known.fleet, scope, sieve));
    let basis = Basis {
        fleet: &known.fleet,
        varied: &model.varied.1,
        scope,
        standings: &model.standings,
        matched: model.matched.as_ref(),
    };
    let (roster, flips) = Roster::of(&basis, &model.roster);
    model.roster = roster;
    model.tools.sorted.forget(model.roster.origins().len());
    search::forget(model);
    model.answer = Answer::of(&model.known.fleet, &model.roster);
    // What an export tells while it is being read is old; what it tells while it plays is not.
    let goes_on = model.setup.source != Source::Replay || model.clock.is_playing();
    if std::mem::replace(&mut model.news, true) && goes_on {
        model.fresh.extend(flips.into_iter().map(|flip| Fresh { flip, noticed: now }));
        let surplus = model.fresh.len().saturating_sub(FRESH);
        model.fresh.drain(..surplus);
    } else {
        model.fresh.clear();
    }
    model.glances.forget();
    model.subject = None;
    follow_worst(model);
}

/// Gathers what changes are looked for in, if that is not the fleet, once for all stretches of the same log.
fn vary(model: &mut Model, scope: Scope) {
    let known = &model.known;
    if scope == Scope::ALL || model.varied.0 == known.timeline.len() {
        return;
    }
    let standings = Standings::of(&known.fleet);
    let owners = known.fleet.owners();
    // An address and its instance may have got different answers, each by itself always the same.
    let mut shared = vec![false; owners.len()];
    for (origin, owner) in owners.iter().enumerate().filter(|(origin, owner)| owner.0 as usize != *origin) {
        shared[origin] = true;
        shared[owner.0 as usize] = true;
    }
    let rows = known.timeline.varied(known.fleet.pair_count(), |pair| {
        standings.pairs.get(pair.0 as usize).is_some_and(Standing::is_varied)
            || known.fleet.pair_parts(pair).is_some_and(|(origin, _)| shared[origin.0 as usize])
    });
    model.varied = (known.timeline.len(), rows);
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
        (Some(query), sieve @ None) => {
            *sieve = Some(model.recent.sieve(timeline, fleet, query.expression()));
        }
    }
    model.sifted = timeline.len();
    model.histogram = model.sieve.as_ref().map(|sieve| {
        let see = |histogram: &mut Histogram, at, verdict, count| {
            histogram.add_several(at, Class::of(verdict), count);
        };
        let parts = timeline.gather_matched(sieve, Histogram::default, see);
        parts.iter().fold(Histogram::default(), |mut all, one| {
            all.absorb(one);
            all
        })
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
    /// How many are worth their memory.
    fn room(known: &Batch) -> usize {
        let records = known.timeline.len();
        let each = Standings::empty(&known.fleet).memory().max(1) as u64;
        let room = usize::try_from(records * ALLOWED / each).unwrap_or(ANCHORS).min(ANCHORS);
        if records < LONG { 0 } else { room }
    }

    /// What everything until `until` comes to, by way of at most `room` anchors.
    fn fold(&mut self, known: &Batch, until: Moment, room: usize) -> Standings {
        let timeline = &known.timeline;
        if self.records != timeline.len() {
            *self = Self { records: timeline.len(), kept: Vec::new() };
        }
        let (mut from, mut standings) = match self.kept.iter().rev().find(|(at, _)| *at <= until) {
            Some((at, standings)) => (Some(*at), standings.clone()),
            None => (None, Standings::empty(&known.fleet)),
        };
        let mut stops = timeline.quantiles(room + 1);
        // What was folded away lies before the first of them, as a whole.
        let folded = timeline.folded().map(|folded| folded.last);
        stops.retain(|stop| {
            from.is_none_or(|start| *stop > start)
                && folded.is_none_or(|folded| *stop >= folded)
                && *stop <= until
        });
        let scopes: Vec<Scope> =
            stops.iter().map(|stop| after(std::mem::replace(&mut from, Some(*stop)), *stop)).collect();
        for (stop, mut anchor) in stops.into_iter().zip(timeline.fold_each(&known.fleet, &scopes)) {
            anchor.absorb(&standings);
            standings.clone_from(&anchor);
            self.kept.push((stop, anchor));
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
    model.folded = (scope, known.timeline.len());
    let same = records == known.timeline.len() && before.from == scope.from;
    match (scope.from, scope.until) {
        (None, None) => model.standings = Standings::of(&known.fleet),
        (_, Some(until)) if same && before.until.is_some_and(|old| old <= until) => {
            known.timeline.fold(after(before.until, until), &mut model.standings);
        }
        (None, Some(until)) => model.standings = model.anchors.fold(known, until, Anchors::room(known)),
        (Some(_), _) => {
            model.standings = Standings::empty(&known.fleet);
            known.timeline.fold(scope, &mut model.standings);
        }
    }
}

/// While nobody chose an origin, the worst is shown. While the log plays, one that got better stays, so that it can be
/// seen to; it gives way to one that is worse.
fn follow_worst(model: &mut Model) {
    if model.place.chosen {
        return;
    }
    let plays = model.clock.is_playing() || model.setup.source == Source::Live;
    let rank = |origin| worst_status(origin).map_or(usize::MAX, |status| status as usize);
    let shown = model.place.origin.and_then(|origin| model.roster.owner(origin)).map_or(usize::MAX, rank);
    if let Some(worst) = model.roster.origins().first()
        && (!plays || rank(worst) < shown || shown == usize::MAX)
    {
        model.place.origin = Some(worst.key);
    }
}

/// Takes the filter as it is typed. While it cannot be read, the one before stays in force.
pub(super) fn filter(model: &mut Model, text: &str) {
    match Query::parse_with(text, &model.setup.prefixes) {
        Ok(query) => {
            model.filter.clear();
            if !query.is_all() {
                model.filter.push_str(text);
            }
            model.query = (!query.is_all()).then_some(query);
            model.query_error = None;
        }
        Err(error) => {
            model.query_error = Some(error);
            return;
        }
    }
    model.sieve = None;
    model.place.row = None;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::{A, Aaaa, Asker, Observation, Rcode, Verdict};
    use crate::timeline::{InputId, Spot};

    #[test]
    fn anchors_change_nothing() {
        let mut known = Batch::default();
        let names: Vec<String> = (0..50).map(|name| format!("n{name}.")).collect();
        for number in 0..200_000_i64 {
            // Some come late, and time stands still now and then.
            let late = if number % 7 == 0 { 90_000 } else { 0 };
            let verdict = match number % 11 {
                0..6 => Verdict::Aaaa(Aaaa::ALL[usize::try_from(number / 20_000 % 9).unwrap()]),
                6 => Verdict::NotJudged,
                _ => Verdict::A(A::Answered),
            };
            let observation = Observation {
                opening: 0,
                at: Moment(number / 3 * 700 - late),
                account: b"1",
                region: b"r",
                vpc: b"vpc-1",
                asker: Asker::Address,
                source: crate::observation::Source::Ip(u128::try_from(number % 13).unwrap()),
                port: b"",
                name: names[usize::try_from(number % 50).unwrap()].as_bytes(),
                kind: b"AAAA",
                rcode: Rcode::NoError,
                verdict,
                native: &[],
                ipv4: &[],
                cname_only: false,
                mixed: false,
            };
            let counted = known.fleet.observe(&observation);
            let place = crate::envelope::Place { offset: 0, length: 0 };
            known.timeline.push(&observation, counted, Spot { input: InputId(0), place });
        }
        known.timeline.settle();
        let mut anchors = Anchors::default();
        for share in [50, 10, 90, 33, 34, 100, 0, 66] {
            let until = Moment(200_000 / 3 * 700 * share / 100);
            let mut fresh = Standings::empty(&known.fleet);
            known.timeline.fold(after(None, until), &mut fresh);
            assert!(anchors.fold(&known, until, 3) == fresh, "{share}");
        }
        assert_eq!(anchors.kept.len(), 3);
    }
}
