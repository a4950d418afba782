//! What makes going back in a long log quick: standings as of some of its moments, and the times of what
//! changed.
//!
//! Both take a pass over all records. They are made when somebody looks back; and once a log is read to its
//! end they are made ahead, a part with each tick, so that the first look back is as quick as the next. What
//! comes in later changes nothing of the time before the earliest of it: until then they stay.

use super::{Batch, Model, Source};
use crate::fleet::{Fleet, OriginId};
use crate::moment::Moment;
use crate::timeline::{Scope, Standing, Standings, Timeline, Varied};

/// Standings as of moments of a log: so that going back in a long one starts from the nearest of them.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    /// Records known when they were made.
    records: u64,
    /// The earliest record that came since.
    since: Option<Moment>,
    /// In the order of their time.
    kept: Vec<(Moment, Standings)>,
    /// Whether there are all that are worth their memory.
    complete: bool,
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
        let each = (known.fleet.pair_count() * size_of::<Standing>()).max(1) as u64;
        let room = usize::try_from(records * ALLOWED / each).unwrap_or(ANCHORS).min(ANCHORS);
        if records < LONG { 0 } else { room }
    }

    /// The moments of those that are missing, of at most `room`. There are none before the first that is
    /// missing, and none between two.
    fn missing(&mut self, known: &Batch, room: usize) -> Vec<Moment> {
        let timeline = &known.timeline;
        if self.records != timeline.len() {
            self.records = timeline.len();
            self.complete = false;
            let since = self.since.take();
            self.kept.retain(|(at, _)| since.is_some_and(|since| *at < since));
            self.kept.iter_mut().for_each(|(_, standings)| standings.make_room(&known.fleet));
        }
        let mut stops = timeline.quantiles(room + 1);
        // What was folded away lies before the first of them, as a whole.
        let folded = timeline.folded().map(|folded| folded.last);
        let last = self.kept.last().map(|(last, _)| *last);
        stops.retain(|stop| {
            last.is_none_or(|last| *stop > last) && folded.is_none_or(|folded| *stop >= folded)
        });
        stops.dedup();
        // A log that goes on leaves ever more of them behind: every other one goes.
        while !stops.is_empty() && self.kept.len() + stops.len() > room && !self.kept.is_empty() {
            let mut number = 0;
            self.kept.retain(|_| {
                number += 1;
                number % 2 == 0
            });
        }
        stops
    }

    /// What everything until `until` comes to, by way of at most `room` anchors.
    fn standings(&mut self, known: &Batch, until: Moment, room: usize) -> Standings {
        let mut stops = self.missing(known, room);
        stops.retain(|stop| *stop <= until);
        let timeline = &known.timeline;
        let (mut from, mut standings) = match self.kept.iter().rev().find(|(at, _)| *at <= until) {
            Some((at, standings)) => (Some(*at), standings.clone()),
            None => (None, Standings::empty(&known.fleet)),
        };
        let scopes: Vec<Scope> = stops.iter().map(|stop| after(from.replace(*stop), *stop)).collect();
        for (stop, mut anchor) in stops.into_iter().zip(timeline.fold_each(&known.fleet, &scopes)) {
            anchor.absorb(&standings);
            standings.clone_from(&anchor);
            self.kept.push((stop, anchor));
        }
        timeline.fold(after(from, until), &mut standings);
        standings
    }

    /// Makes the next that is missing.
    fn advance(&mut self, known: &Batch, room: usize) {
        let Some(next) = self.missing(known, room).into_iter().next() else {
            self.complete = true;
            return;
        };
        let (from, mut standings) = match self.kept.last() {
            Some((at, standings)) => (Some(*at), standings.clone()),
            None => (None, Standings::empty(&known.fleet)),
        };
        known.timeline.fold(after(from, next), &mut standings);
        self.kept.push((next, standings));
    }

    /// Whether all are there that are worth their memory.
    fn is_complete(&self, known: &Batch) -> bool {
        self.complete && self.records == known.timeline.len()
    }
}

/// What comes after `from`, until `until`.
fn after(from: Option<Moment>, until: Moment) -> Scope {
    Scope { from: from.map(|from| Moment(from.0 + 1)), until: Some(until) }
}

/// Brings the standings up to `scope`: by what is new, if it is but the end that moved on.
pub(super) fn fold(model: &mut Model, scope: Scope) {
    let known = &model.known;
    let (before, records) = std::mem::replace(&mut model.folded, (scope, known.timeline.len()));
    if (before, records) == model.folded {
        return;
    }
    let since = model.since.take();
    let holds = records == known.timeline.len()
        || records != u64::MAX && since.is_some_and(|since| before.until.is_some_and(|until| until < since));
    let same = holds && before.from == scope.from;
    match (scope.from, scope.until) {
        (None, None) => model.standings = Standings::of(&known.fleet),
        (_, Some(until)) if same && before.until.is_some_and(|old| old <= until) => {
            model.standings.make_room(&known.fleet);
            known.timeline.fold(after(before.until, until), &mut model.standings);
        }
        (None, Some(until)) => {
            model.standings = model.anchors.standings(known, until, Anchors::room(known));
        }
        (Some(_), _) => {
            model.standings = Standings::empty(&known.fleet);
            known.timeline.fold(scope, &mut model.standings);
        }
    }
}

/// What changes are looked for in.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    varied: Varied,
    /// Records known when it was gathered, whom origins belonged to then, and the earliest record that came
    /// since.
    records: u64,
    owners: Vec<OriginId>,
    since: Option<Moment>,
}

impl Gathered {
    pub(super) fn varied(&self) -> &Varied {
        &self.varied
    }

    /// Whether there is nothing else to be gathered for a stretch until `until`; with none, for any.
    fn holds(&self, known: &Batch, until: Option<Moment>) -> bool {
        if self.records == known.timeline.len() {
            return true;
        }
        let before = until.is_some_and(|until| self.since.is_some_and(|since| until < since));
        before && self.owners == known.fleet.owners()[..]
    }
}

/// Gathers what changes are looked for in, once for all stretches of the same log until `until`.
pub(super) fn vary(model: &mut Model, until: Option<Moment>) {
    let known = &model.known;
    if model.varied.holds(known, until) {
        return;
    }
    let owners = known.fleet.owners();
    let varied = varied(&known.fleet, &known.timeline, &owners);
    model.varied = Gathered { varied, records: known.timeline.len(), owners, since: None };
}

/// What changes are looked for in, of all that is known.
pub(super) fn varied(fleet: &Fleet, timeline: &Timeline, owners: &[OriginId]) -> Varied {
    // An address and its instance may have got different answers, each by itself always the same.
    let mut shared = vec![false; owners.len()];
    for (origin, owner) in owners.iter().enumerate().filter(|(origin, owner)| owner.0 as usize != *origin) {
        shared[origin] = true;
        shared[owner.0 as usize] = true;
    }
    let standings = Standings::of(fleet);
    timeline.varied(fleet.pair_count(), |pair| {
        standings.pairs.get(pair.0 as usize).is_some_and(Standing::is_varied)
            || fleet.pair_parts(pair).is_some_and(|(origin, _)| shared[origin.0 as usize])
    })
}

/// Records came, the earliest of them at `first`: what is kept of the time before stays as it is.
pub(super) fn came(model: &mut Model, first: Moment) {
    for since in [&mut model.since, &mut model.anchors.since, &mut model.varied.since] {
        *since = Some(since.map_or(first, |known| known.min(first)));
    }
}

impl Model {
    /// Whether there is more to be made ahead: a tick makes a part of it.
    #[must_use]
    pub fn is_preparing(&self) -> bool {
        let is_read = self.setup.source == Source::Replay && self.feed.ended;
        is_read
            && self.known.timeline.len() >= LONG
            && !(self.anchors.is_complete(&self.known) && self.varied.records == self.known.timeline.len())
    }
}

/// Makes a part of what is made ahead.
pub(super) fn prepare(model: &mut Model) {
    if !model.is_preparing() {
        return;
    }
    if model.anchors.is_complete(&model.known) {
        vary(model, None);
    } else {
        let room = Anchors::room(&model.known);
        model.anchors.advance(&model.known, room);
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
        let observe = |known: &mut Batch, names: &[String], number: i64, at: Moment| {
            let verdict = match number % 11 {
                0..6 => Verdict::Aaaa(Aaaa::ALL[usize::try_from(number / 20_000 % 9).unwrap()]),
                6 => Verdict::NotJudged,
                _ => Verdict::A(A::Answered),
            };
            let observation = Observation {
                opening: 0,
                at,
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
                partial: false,
                aside: crate::observation::Aside::default(),
            };
            let counted = known.fleet.observe(&observation);
            let place = crate::envelope::Place { offset: 0, length: 0 };
            known.timeline.push(&observation, counted, Spot { input: InputId(0), place });
        };
        for number in 0..200_000_i64 {
            // Some come late, and time stands still now and then.
            let late = if number % 7 == 0 { 90_000 } else { 0 };
            observe(&mut known, &names, number, Moment(number / 3 * 700 - late));
        }
        known.timeline.settle();
        let mut anchors = Anchors::default();
        for share in [50, 10, 90, 33, 34, 100, 0, 66] {
            let until = Moment(200_000 / 3 * 700 * share / 100);
            let mut fresh = Standings::empty(&known.fleet);
            known.timeline.fold(after(None, until), &mut fresh);
            assert!(anchors.standings(&known, until, 3) == fresh, "{share}");
        }
        assert_eq!(anchors.kept.len(), 3);
        let mut ahead = Anchors::default();
        known.timeline.share_out(crate::crew::Crew::new(2, |hands, job| (0..hands).for_each(job)));
        while !ahead.is_complete(&known) {
            ahead.advance(&known, 3);
        }
        assert!(ahead.kept == anchors.kept, "made ahead");
        // What comes later, some of it before the last of them, leaves those before it as they are.
        for (round, first) in [(1, 150_000), (2, 201_000), (3, 230_000)] {
            let kept = anchors.kept.clone();
            let since = Moment(first / 3 * 700);
            for number in first..first + 30_000 {
                observe(&mut known, &names, number, Moment(number / 3 * 700));
            }
            known.timeline.settle();
            anchors.since = Some(since);
            for share in [40, 95, 120, 70] {
                let until = Moment(200_000 / 3 * 700 * share / 100);
                let mut fresh = Standings::empty(&known.fleet);
                known.timeline.fold(after(None, until), &mut fresh);
                assert!(anchors.standings(&known, until, 3) == fresh, "{round}: {share}");
            }
            assert!(anchors.kept.len() <= 3, "no more than there is room for");
            let stays = anchors.kept.iter().any(|(at, _)| kept.iter().any(|(known, _)| known == at));
            assert!(stays, "{round}: not from the beginning");
        }
    }
}
