//! What makes going back in a long log quick: summaries as of some of its moments.
//!
//! To make them takes a pass over all records. They are made when somebody looks back; and once a log is read
//! to its end they are made ahead, a part with each tick, so that the first look back is as quick as the
//! next. What comes in later changes nothing of the time before the earliest of it: until then they stay.

use crate::base::moment::Moment;
use crate::console::known::KnownLog;
use crate::fleet::PairSummary;
use crate::timeline::{PairSummaries, Scope};

/// Summaries of pairs as of moments of a log: so that going back in a long one starts from the nearest of
/// them.
#[derive(Debug, Default)]
pub(super) struct Checkpoints {
    /// The last change of what is known when they were made.
    known: u64,
    /// In the order of their time.
    kept: Vec<(Moment, PairSummaries)>,
    /// Whether there are all that are worth their memory.
    complete: bool,
}

/// Records from which on checkpoints are worth their memory.
pub(super) const LONG: u64 = 1 << 20;
/// Checkpoints, at most.
const MOST: usize = 8;
/// Bytes a record that checkpoints may take.
const ALLOWED: u64 = 8;

impl Checkpoints {
    /// How many are worth their memory.
    pub(super) fn room(known: &KnownLog) -> usize {
        let records = known.timeline().len();
        let each = (known.fleet().pair_count() * size_of::<PairSummary>()).max(1) as u64;
        let room = usize::try_from(records * ALLOWED / each).unwrap_or(MOST).min(MOST);
        if records < LONG { 0 } else { room }
    }

    /// The moments of those that are missing, of at most `room`. There are none before the first that is
    /// missing, and none between two.
    fn missing(&mut self, known: &KnownLog, room: usize) -> Vec<Moment> {
        let timeline = known.timeline();
        if self.known != known.changed(None) {
            let made = std::mem::replace(&mut self.known, known.changed(None));
            self.complete = false;
            self.kept.retain(|(at, _)| known.changed(Some(*at)) <= made);
            self.kept.iter_mut().for_each(|(_, summaries)| summaries.make_room(known.fleet()));
        }
        let mut stops = timeline.quantiles(room + 1);
        // What was folded away lies before the first of them, as a whole.
        let folded = timeline.folded().map(|folded| folded.last);
        let last = self.kept.last().map(|(last, _)| *last);
        stops.retain(|stop| {
            last.is_none_or(|last| *stop > last) && folded.is_none_or(|folded| *stop >= folded)
        });
        stops.dedup();
        // There are ever more of them as a log goes on: every other one is dropped.
        while !stops.is_empty() && self.kept.len() + stops.len() > room && !self.kept.is_empty() {
            let mut number = 0;
            self.kept.retain(|_| {
                number += 1;
                number % 2 == 0
            });
        }
        stops
    }

    /// The summaries of everything until `until`, by way of at most `room` checkpoints, in the memory that
    /// `old` ones take.
    pub(super) fn summaries(
        &mut self,
        known: &KnownLog,
        until: Moment,
        room: usize,
        old: PairSummaries,
    ) -> PairSummaries {
        let mut stops = self.missing(known, room);
        stops.retain(|stop| *stop <= until);
        let timeline = known.timeline();
        let (mut from, mut summaries) = match self.kept.iter().rev().find(|(at, _)| *at <= until) {
            Some((at, summaries)) => {
                let mut filled = old;
                filled.clone_from(summaries);
                (Some(*at), filled)
            }
            None => (None, old.cleared(known.fleet())),
        };
        let scopes: Vec<Scope> = stops.iter().map(|stop| after(from.replace(*stop), *stop)).collect();
        for (stop, mut checkpoint) in stops.into_iter().zip(timeline.summarize_each(known.fleet(), &scopes)) {
            checkpoint.absorb(&summaries);
            summaries.clone_from(&checkpoint);
            self.kept.push((stop, checkpoint));
        }
        timeline.summarize(after(from, until), &mut summaries);
        summaries
    }

    /// Makes the next that is missing.
    pub(super) fn advance(&mut self, known: &KnownLog, room: usize) {
        let Some(next) = self.missing(known, room).into_iter().next() else {
            self.complete = true;
            return;
        };
        let (from, mut summaries) = match self.kept.last() {
            Some((at, summaries)) => (Some(*at), summaries.clone()),
            None => (None, PairSummaries::empty(known.fleet())),
        };
        known.timeline().summarize(after(from, next), &mut summaries);
        self.kept.push((next, summaries));
    }

    /// Whether all are there that are worth their memory.
    pub(super) fn is_complete(&self, known: &KnownLog) -> bool {
        self.complete && self.known == known.changed(None)
    }
}

/// What comes after `from`, until `until`.
pub(super) fn after(from: Option<Moment>, until: Moment) -> Scope {
    Scope { from: from.map(|from| Moment(from.0 + 1)), until: Some(until) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::workers::Workers;
    use crate::console::Batch;
    use crate::log::observation::sample::observed;
    use crate::log::observation::{A, Aaaa, Asker, Observation, SourceAddress, Verdict};
    use crate::timeline::{InputId, Spot};

    #[test]
    fn checkpoints_change_nothing() {
        let names: Vec<String> = (0..50).map(|name| format!("n{name}.")).collect();
        let observe = |batch: &mut Batch, number: i64, at: Moment| {
            let verdict = match number % 11 {
                0..6 => Verdict::Aaaa(Aaaa::ALL[usize::try_from(number / 20_000 % 9).unwrap()]),
                6 => Verdict::NotJudged,
                _ => Verdict::A(A::Answered),
            };
            let name = &names[usize::try_from(number % 50).unwrap()];
            let source = SourceAddress::Ip(u128::try_from(number % 13).unwrap());
            let observation = Observation { at, source, ..observed(Asker::Address, name, verdict) };
            let counted = batch.fleet.observe(&observation);
            let place = crate::log::envelope::RecordPlace { offset: 0, length: 0 };
            batch.timeline.push(&observation, counted, Spot { input: InputId(0), place });
        };
        let begin = |workers: Workers| {
            let (mut known, mut batch) = (KnownLog::new(workers), Batch::default());
            for number in 0..200_000_i64 {
                // Some come late, and now and then several have the same time.
                let late = if number % 7 == 0 { 90_000 } else { 0 };
                observe(&mut batch, number, Moment(number / 3 * 700 - late));
            }
            batch.timeline.settle();
            known.take_in(batch, None);
            known
        };
        let mut known = begin(Workers::ALONE);
        let mut checkpoints = Checkpoints::default();
        for share in [50, 10, 90, 33, 34, 100, 0, 66] {
            let until = Moment(200_000 / 3 * 700 * share / 100);
            let mut fresh = PairSummaries::empty(known.fleet());
            known.timeline().summarize(after(None, until), &mut fresh);
            assert!(checkpoints.summaries(&known, until, 3, PairSummaries::default()) == fresh, "{share}");
        }
        assert_eq!(checkpoints.kept.len(), 3);
        let mut ahead = Checkpoints::default();
        let known_by_two = begin(Workers::new(2, |threads, job| (0..threads).for_each(job)));
        while !ahead.is_complete(&known_by_two) {
            ahead.advance(&known_by_two, 3);
        }
        assert!(ahead.kept == checkpoints.kept, "made ahead");
        // What comes later, some of it before the last of them, leaves those before it as they are.
        for (round, first) in [(1, 150_000), (2, 201_000), (3, 230_000)] {
            let kept = checkpoints.kept.clone();
            let mut batch = Batch::default();
            for number in first..first + 30_000 {
                observe(&mut batch, number, Moment(number / 3 * 700));
            }
            batch.timeline.settle();
            known.take_in(batch, None);
            for share in [40, 95, 120, 70] {
                let until = Moment(200_000 / 3 * 700 * share / 100);
                let mut fresh = PairSummaries::empty(known.fleet());
                known.timeline().summarize(after(None, until), &mut fresh);
                assert!(
                    checkpoints.summaries(&known, until, 3, PairSummaries::default()) == fresh,
                    "{round}: {share}"
                );
            }
            assert!(checkpoints.kept.len() <= 3, "no more than there is room for");
            let stays = checkpoints.kept.iter().any(|(at, _)| kept.iter().any(|(known, _)| known == at));
            assert!(stays, "{round}: not from the beginning");
        }
    }
}
