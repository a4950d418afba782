//! What makes going back in a long log quick: summaries as of some of its moments, and the times of what
//! changed.
//!
//! Both take a pass over all records. They are made when somebody looks back; and once a log is read to its
//! end they are made ahead, a part with each tick, so that the first look back is as quick as the next. What
//! comes in later changes nothing of the time before the earliest of it: until then they stay.

use super::{Batch, Model, Source};
use crate::fleet::{Fleet, OriginId};
use crate::moment::Moment;
use crate::timeline::{ChangeIndex, PairSummaries, PairSummary, Scope, Timeline};

/// Summaries of pairs as of moments of a log: so that going back in a long one starts from the nearest of
/// them.
#[derive(Debug, Default)]
pub(super) struct Checkpoints {
    /// Records known when they were made.
    records: u64,
    /// The earliest record that came since.
    since: Option<Moment>,
    /// In the order of their time.
    kept: Vec<(Moment, PairSummaries)>,
    /// Whether there are all that are worth their memory.
    complete: bool,
}

/// Records from which on checkpoints are worth their memory.
const LONG: u64 = 1 << 20;
/// Checkpoints, at most.
const ANCHORS: usize = 8;
/// Bytes a record that checkpoints may take.
const ALLOWED: u64 = 8;

impl Checkpoints {
    /// How many are worth their memory.
    fn room(known: &Batch) -> usize {
        let records = known.timeline.len();
        let each = (known.fleet.pair_count() * size_of::<PairSummary>()).max(1) as u64;
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
            self.kept.iter_mut().for_each(|(_, summaries)| summaries.make_room(&known.fleet));
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

    /// What everything until `until` comes to, by way of at most `room` checkpoints.
    fn summaries(&mut self, known: &Batch, until: Moment, room: usize) -> PairSummaries {
        let mut stops = self.missing(known, room);
        stops.retain(|stop| *stop <= until);
        let timeline = &known.timeline;
        let (mut from, mut summaries) = match self.kept.iter().rev().find(|(at, _)| *at <= until) {
            Some((at, summaries)) => (Some(*at), summaries.clone()),
            None => (None, PairSummaries::empty(&known.fleet)),
        };
        let scopes: Vec<Scope> = stops.iter().map(|stop| after(from.replace(*stop), *stop)).collect();
        for (stop, mut checkpoint) in stops.into_iter().zip(timeline.summarize_each(&known.fleet, &scopes)) {
            checkpoint.absorb(&summaries);
            summaries.clone_from(&checkpoint);
            self.kept.push((stop, checkpoint));
        }
        timeline.summarize(after(from, until), &mut summaries);
        summaries
    }

    /// Makes the next that is missing.
    fn advance(&mut self, known: &Batch, room: usize) {
        let Some(next) = self.missing(known, room).into_iter().next() else {
            self.complete = true;
            return;
        };
        let (from, mut summaries) = match self.kept.last() {
            Some((at, summaries)) => (Some(*at), summaries.clone()),
            None => (None, PairSummaries::empty(&known.fleet)),
        };
        known.timeline.summarize(after(from, next), &mut summaries);
        self.kept.push((next, summaries));
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

/// Brings the summaries up to `scope`: by what is new, if it is but the end that moved on.
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
        (None, None) => model.summaries = PairSummaries::of(&known.fleet),
        (_, Some(until)) if same && before.until.is_some_and(|old| old <= until) => {
            model.summaries.make_room(&known.fleet);
            known.timeline.summarize(after(before.until, until), &mut model.summaries);
        }
        (None, Some(until)) => {
            model.summaries = model.checkpoints.summaries(known, until, Checkpoints::room(known));
        }
        (Some(_), _) => {
            model.summaries = PairSummaries::empty(&known.fleet);
            known.timeline.summarize(scope, &mut model.summaries);
        }
    }
}

/// What changes are looked for in.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    varied: ChangeIndex,
    /// Records known when it was gathered, whom origins belonged to then, and the earliest record that came
    /// since.
    records: u64,
    owners: Vec<OriginId>,
    since: Option<Moment>,
}

impl Gathered {
    pub(super) fn varied(&self) -> &ChangeIndex {
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
pub(super) fn varied(fleet: &Fleet, timeline: &Timeline, owners: &[OriginId]) -> ChangeIndex {
    // An address and its instance may have got different answers, each by itself always the same.
    let mut shared = vec![false; owners.len()];
    for (origin, owner) in owners.iter().enumerate().filter(|(origin, owner)| owner.0 as usize != *origin) {
        shared[origin] = true;
        shared[owner.0 as usize] = true;
    }
    let summaries = PairSummaries::of(fleet);
    timeline.change_index(fleet.pair_count(), |pair| {
        summaries.pairs.get(pair.0 as usize).is_some_and(PairSummary::is_varied)
            || fleet.pair_parts(pair).is_some_and(|(origin, _)| shared[origin.0 as usize])
    })
}

/// Records came, the earliest of them at `first`: what is kept of the time before stays as it is.
pub(super) fn came(model: &mut Model, first: Moment) {
    for since in [&mut model.since, &mut model.checkpoints.since, &mut model.varied.since] {
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
            && !(self.checkpoints.is_complete(&self.known)
                && self.varied.records == self.known.timeline.len())
    }
}

/// Makes a part of what is made ahead.
pub(super) fn prepare(model: &mut Model) {
    if !model.is_preparing() {
        return;
    }
    if model.checkpoints.is_complete(&model.known) {
        vary(model, None);
    } else {
        let room = Checkpoints::room(&model.known);
        model.checkpoints.advance(&model.known, room);
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
                record_prefix: 0,
                at,
                account: b"1",
                region: b"r",
                vpc: b"vpc-1",
                asker: Asker::Address,
                source: crate::observation::SourceAddress::Ip(u128::try_from(number % 13).unwrap()),
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
            let place = crate::envelope::RecordPlace { offset: 0, length: 0 };
            known.timeline.push(&observation, counted, Spot { input: InputId(0), place });
        };
        for number in 0..200_000_i64 {
            // Some come late, and time stands still now and then.
            let late = if number % 7 == 0 { 90_000 } else { 0 };
            observe(&mut known, &names, number, Moment(number / 3 * 700 - late));
        }
        known.timeline.settle();
        let mut checkpoints = Checkpoints::default();
        for share in [50, 10, 90, 33, 34, 100, 0, 66] {
            let until = Moment(200_000 / 3 * 700 * share / 100);
            let mut fresh = PairSummaries::empty(&known.fleet);
            known.timeline.summarize(after(None, until), &mut fresh);
            assert!(checkpoints.summaries(&known, until, 3) == fresh, "{share}");
        }
        assert_eq!(checkpoints.kept.len(), 3);
        let mut ahead = Checkpoints::default();
        known.timeline.share_out(crate::workers::Workers::new(2, |threads, job| (0..threads).for_each(job)));
        while !ahead.is_complete(&known) {
            ahead.advance(&known, 3);
        }
        assert!(ahead.kept == checkpoints.kept, "made ahead");
        // What comes later, some of it before the last of them, leaves those before it as they are.
        for (round, first) in [(1, 150_000), (2, 201_000), (3, 230_000)] {
            let kept = checkpoints.kept.clone();
            let since = Moment(first / 3 * 700);
            for number in first..first + 30_000 {
                observe(&mut known, &names, number, Moment(number / 3 * 700));
            }
            known.timeline.settle();
            checkpoints.since = Some(since);
            for share in [40, 95, 120, 70] {
                let until = Moment(200_000 / 3 * 700 * share / 100);
                let mut fresh = PairSummaries::empty(&known.fleet);
                known.timeline.summarize(after(None, until), &mut fresh);
                assert!(checkpoints.summaries(&known, until, 3) == fresh, "{round}: {share}");
            }
            assert!(checkpoints.kept.len() <= 3, "no more than there is room for");
            let stays = checkpoints.kept.iter().any(|(at, _)| kept.iter().any(|(known, _)| known == at));
            assert!(stays, "{round}: not from the beginning");
        }
    }
}
