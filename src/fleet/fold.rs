//! Less memory: the pairs that say least are folded into counts.
//!
//! A log may have more pairs of origin and name than there is memory for. What is folded away is counted, by the
//! status that the pair had then, and every report says so: [`Tally::folded`](super::Tally).
//!
//! Half of the pairs go at once. Those that work go first, and problems last: in the order of [`Status::ALL`] from its
//! end. Among equals, those with the fewest records go first, then those that were not seen for longest. Origins stay,
//! with their counts, and so does what is known of A for each name that stays. A pair that is seen again after it was
//! folded begins anew, so the same pair may be folded, and counted, more than once. Which pairs stay depends on the order
//! of records and on the number of threads; that the counts add up does not.

use std::cmp::Reverse;

use super::order::known_a;
use super::pages::Pages;
use super::status::Facts;
use super::{AddressSet, Fleet, Status, Symbol};

/// How many pairs of one status were folded away, and how many records they had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// Pairs, each as often as it was folded.
    pub pairs: u64,
    /// Records of A and AAAA of those.
    pub records: u64,
}

/// What was folded away, by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Folds([Folded; Status::ALL.len()]);

impl Folds {
    /// What was folded away of `status`.
    #[must_use]
    pub fn of(&self, status: Status) -> Folded {
        self.0[status as usize]
    }

    /// All of it.
    #[must_use]
    pub fn total(&self) -> Folded {
        self.0.iter().fold(Folded::default(), |total, one| Folded {
            pairs: total.pairs + one.pairs,
            records: total.records + one.records,
        })
    }

    /// The statuses of which something was folded away, worst first.
    pub fn some(&self) -> impl Iterator<Item = (Status, Folded)> + '_ {
        Status::ALL.into_iter().map(|status| (status, self.of(status))).filter(|(_, folded)| folded.pairs > 0)
    }

    /// Takes in another.
    pub fn absorb(&mut self, other: &Self) {
        for (known, new) in self.0.iter_mut().zip(&other.0) {
            known.pairs += new.pairs;
            known.records += new.records;
        }
    }

    fn count(&mut self, status: Status, records: u64) {
        let known = &mut self.0[status as usize];
        known.pairs += 1;
        known.records += records;
    }
}

impl Fleet {
    /// Folds pairs away until the fleet needs no more than `limit` bytes, as far as pairs and names can help that.
    /// Nothing may wait in a batch of this fleet. Numbers of pairs and names are new afterwards.
    pub fn fold_to(&mut self, limit: usize) {
        while self.memory() > limit && !self.pairs.is_empty() {
            self.fold_half();
        }
    }

    fn fold_half(&mut self) {
        let known = known_a(self);
        let mut order: Vec<_> = self
            .keys
            .iter()
            .zip(self.pairs.iter())
            .zip(0_u32..)
            .map(|((key, pair), number)| {
                let spans = || pair.all(&self.more).map(|(_, span)| span);
                let known = known[key.name as usize].map(|(_, verdict)| verdict);
                let status = Facts::of(pair.all(&self.more)).status(known);
                let records = spans().map(|span| span.count).sum::<u64>();
                (Reverse(status), records, spans().map(|span| span.last).max(), number)
            })
            .collect();
        let half = order.len().div_ceil(2);
        if half < order.len() {
            order.select_nth_unstable(half);
        }
        let mut stays = vec![true; order.len()];
        for (Reverse(status), records, _, number) in &order[..half] {
            stays[*number as usize] = false;
            self.tally.folded.count(*status, *records);
        }
        drop(order);
        let mut old = std::mem::take(self);
        self.origins = std::mem::take(&mut old.origins);
        self.tally = std::mem::take(&mut old.tally);
        // Room at once: what grows step by step leaves holes in the memory that it grew through.
        let room = old.pairs.len() - half;
        self.keys.reserve_exact(room);
        let staying = old.keys.iter().zip(old.pairs.iter()).zip(stays).filter(|(_, stays)| *stays);
        for ((key, pair), _) in staying {
            let name = self.name(old.names.bytes(Symbol(key.name)));
            let number = self.pair(key.origin, name.0) as usize;
            for (slot, span) in pair.all(&old.more) {
                self.pairs[number].add(slot, span, &mut self.more);
            }
            self.pairs[number].mixed = pair.mixed;
            self.pairs[number].partial = pair.partial;
            self.pairs[number].picked = pair.picked;
            self.pairs[number].cname_only = pair.cname_only;
            move_set(&mut old.native, pair.native, &mut self.native, &mut self.pairs[number].native);
            move_set(&mut old.embedded, pair.embedded, &mut self.embedded, &mut self.pairs[number].embedded);
            if let Some(addresses) = old.name_ipv4.get_mut(key.name as usize).map(std::mem::take) {
                self.name_ipv4[name.index()].absorb(&addresses);
            }
            self.folded_a.resize(self.names.len(), None);
            self.folded_a[name.index()] = known[key.name as usize];
        }
    }
}

/// Moves the set at `from` of `old` to the end of `new`, if there is one; `to` says where it is then.
fn move_set<T: Copy + Ord + Default>(
    old: &mut Pages<AddressSet<T>>,
    from: u32,
    new: &mut Pages<AddressSet<T>>,
    to: &mut u32,
) {
    if let Some(set) = old.get_mut(from as usize) {
        *to = u32::try_from(new.len()).unwrap_or(super::NONE);
        new.push(std::mem::take(set));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::Moment;
    use crate::observation::{A, Aaaa, Asker, Observation, Source, Verdict};

    fn fleet() -> Fleet {
        let mut fleet = Fleet::default();
        for (name, verdict, times) in [
            ("native.", Verdict::Aaaa(Aaaa::Native), 3),
            ("seldom.", Verdict::Aaaa(Aaaa::Native), 1),
            ("broken.", Verdict::Aaaa(Aaaa::ServFail), 1),
            ("ipv4.", Verdict::Aaaa(Aaaa::Empty), 1),
        ] {
            for time in 0..times {
                observe(&mut fleet, b"i-1", name, verdict, time);
            }
        }
        observe(&mut fleet, b"i-2", "ipv4.", Verdict::A(A::Answered), 5);
        fleet
    }

    fn observe(fleet: &mut Fleet, id: &[u8], name: &str, verdict: Verdict, at: i64) {
        fleet.observe(&Observation {
            opening: 0,
            at: Moment::from_seconds(at),
            account: b"1",
            region: b"r",
            vpc: b"vpc-1",
            asker: Asker::Instance(id),
            source: Source::Ip(1),
            name: name.as_bytes(),
            kind: b"AAAA",
            rcode: crate::observation::Rcode::NoError,
            port: b"",
            verdict,
            native: &[],
            ipv4: &[],
            cname_only: false,
            mixed: false,
            partial: false,
        });
    }

    fn left(fleet: &Fleet) -> Vec<(String, Status)> {
        fleet.survey().pairs().map(|pair| (pair.name.to_owned(), pair.status)).collect()
    }

    #[test]
    fn what_works_goes_first_and_problems_last() {
        let mut fleet = fleet();
        fleet.fold_half();
        let stays = [("broken.".to_owned(), Status::Failing), ("ipv4.".to_owned(), Status::Ipv4Only)];
        assert_eq!(left(&fleet), stays, "what somebody else got for A is still known");
        let folded = fleet.tally().folded;
        assert_eq!(folded.of(Status::Native), Folded { pairs: 2, records: 4 });
        assert_eq!(folded.of(Status::AOnly), Folded { pairs: 1, records: 1 });
        fleet.fold_half();
        assert_eq!(left(&fleet), stays[1..]);
        assert_eq!(fleet.tally().folded.total(), Folded { pairs: 4, records: 6 });
        assert_eq!(fleet.survey().origins().len(), 2, "origins stay");
        let mut sum = Fleet::default();
        sum.absorb(&fleet);
        assert_eq!(left(&sum), stays[1..]);
        fleet.fold_to(0);
        assert_eq!(fleet.pair_count(), 0);
    }
}
