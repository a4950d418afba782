//! Less memory: the pairs that say least are folded into counts.
//!
//! A log may have more pairs of origin and name than there is memory for. What is folded away is counted, by
//! the status that the pair had then, and every report says so: [`Tally::folded`](super::Tally).
//!
//! Half of the pairs go at once. Those that work go first, and problems last: in the order of [`Status::ALL`]
//! from its end. Among equals, those with the fewest records go first, then those that were not seen for
//! longest. What is known of A stays for each name that stays. Origins stay with their counts unless they
//! take much of the memory themselves: then those go, and their VPCs, of which no pair is left. Some pairs
//! are always left. A pair that is seen again after it was folded begins anew, so the same pair may be
//! folded, and counted, more than once. Which pairs stay depends on the order of records and on the number of
//! threads; that the counts add up does not.

use std::cmp::Reverse;

use super::index::PairKey;
use super::order::known_a;
use super::pages::PagedList;
use super::{AddressSet, Fleet, NewestVerdict, PairSummary, Status, Symbol};
use crate::base::workers::Workers;

/// The number of pairs that stay, however little memory is allowed: a report that lists nothing says nothing.
pub const LEAST: usize = 16;
/// If origins take more than one part in `PART` of the memory allowed, those without pairs go, too.
const PART: usize = 4;

/// How many pairs of one status were folded away, and how many records they had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EvictedPairs {
    /// Pairs, each as often as it was folded.
    pub pairs: u64,
    /// Records of A and AAAA of those.
    pub records: u64,
}

/// What was folded away: pairs by status, and origins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Folds {
    pairs: [EvictedPairs; Status::ALL.len()],
    /// Origins of which no pair was left, each as often as it was folded.
    pub origins: u64,
}

impl Folds {
    /// What was folded away of `status`.
    #[must_use]
    pub fn for_status(&self, status: Status) -> EvictedPairs {
        self.pairs[status as usize]
    }

    /// All of it.
    #[must_use]
    pub fn total(&self) -> EvictedPairs {
        self.pairs.iter().fold(EvictedPairs::default(), |total, one| EvictedPairs {
            pairs: total.pairs + one.pairs,
            records: total.records + one.records,
        })
    }

    /// The statuses of which something was folded away, worst first.
    pub fn some(&self) -> impl Iterator<Item = (Status, EvictedPairs)> + '_ {
        Status::ALL
            .into_iter()
            .map(|status| (status, self.for_status(status)))
            .filter(|(_, folded)| folded.pairs > 0)
    }

    /// Takes in another.
    pub fn absorb(&mut self, other: &Self) {
        for (known, new) in self.pairs.iter_mut().zip(&other.pairs) {
            known.pairs += new.pairs;
            known.records += new.records;
        }
        self.origins += other.origins;
    }

    fn count(&mut self, status: Status, records: u64) {
        let known = &mut self.pairs[status as usize];
        known.pairs += 1;
        known.records += records;
    }
}

impl Fleet {
    /// Folds pairs and origins away until the fleet needs no more than `limit` bytes, or until [`LEAST`]
    /// pairs are left. Nothing may wait in a batch of this fleet. Numbers of origins, pairs and names are new
    /// afterwards.
    pub fn fold_to(&mut self, limit: usize) {
        while self.memory() > limit && self.pairs.len() > LEAST {
            self.evict_half(LEAST);
            if self.origins.memory() > limit / PART {
                self.fold_origins();
            }
        }
    }

    /// Folds the origins away of which there is no pair.
    fn fold_origins(&mut self) {
        let mut stays = vec![false; self.origins.len()];
        for key in &self.keys {
            stays[key.origin as usize] = true;
        }
        let gone = stays.iter().filter(|stays| !**stays).count();
        if gone == 0 {
            return;
        }
        self.tally.folded.origins += gone as u64;
        let numbers = self.origins.keep(&stays);
        let keys = std::mem::take(&mut self.keys);
        self.index = super::index::PairIndex::default();
        self.keys.reserve_exact(keys.len());
        for (key, number) in keys.into_iter().zip(0_u32..) {
            let key = PairKey { origin: numbers[key.origin as usize], ..key };
            self.index.find_or_add(key, self.index.hash(key), number);
            self.keys.push(key);
        }
    }

    /// Folds half of the pairs away, but not so many that fewer than `least` stay.
    fn evict_half(&mut self, least: usize) {
        let known = known_a(self, Workers::ALONE);
        let mut order: Vec<_> = self
            .keys
            .iter()
            .zip(self.pairs.iter())
            .zip(0_u32..)
            .map(|((key, pair), number)| {
                let spans = || pair.all(&self.more).map(|(_, span)| span);
                let known = known[key.name as usize].a();
                let status = PairSummary::from_spans(pair.all(&self.more)).status(known);
                let records = spans().map(|span| span.count).sum::<u64>();
                (Reverse(status), records, spans().map(|span| span.last).max(), number)
            })
            .collect();
        let half = order.len().div_ceil(2).min(order.len().saturating_sub(least));
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
        self.forwarders = std::mem::take(&mut old.forwarders);
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
            self.folded_a.resize(self.names.len(), NewestVerdict::NONE);
            self.folded_a[name.index()] = known[key.name as usize];
            self.targets.take(name, &old.targets, Symbol(key.name));
            self.blocks.take(name, &old.blocks, Symbol(key.name));
        }
        let names = &self.names;
        self.forwarders.retain(|name| names.find(name).is_some());
    }
}

/// Moves the set at `from` of `old` to the end of `new`, if there is one; `to` says where it is then.
fn move_set<T: Copy + Ord + Default>(
    old: &mut PagedList<AddressSet<T>>,
    from: u32,
    new: &mut PagedList<AddressSet<T>>,
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
    use crate::base::moment::Moment;
    use crate::log::observation::sample::observed;
    use crate::log::observation::{A, Aaaa, Asker, Observation, Verdict};

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

    fn empty<'a>(id: &'a [u8], name: &'a str) -> Observation<'a> {
        observed(Asker::Instance(id), name, Verdict::Aaaa(Aaaa::Empty))
    }

    fn observe(fleet: &mut Fleet, id: &[u8], name: &str, verdict: Verdict, at: i64) {
        fleet.observe(&Observation { at: Moment::from_seconds(at), verdict, ..empty(id, name) });
    }

    fn observe_in(fleet: &mut Fleet, id: &[u8], vpc: &str, name: &str, verdict: Verdict) {
        fleet.observe(&Observation { vpc: vpc.as_bytes(), verdict, ..empty(id, name) });
    }

    fn left(fleet: &Fleet) -> Vec<(String, Status)> {
        fleet.survey().pairs().map(|pair| (pair.name.to_owned(), pair.status)).collect()
    }

    #[test]
    fn what_works_goes_first_and_problems_last() {
        let mut fleet = fleet();
        fleet.evict_half(0);
        let stays = [("broken.".to_owned(), Status::Failing), ("ipv4.".to_owned(), Status::Ipv4Only)];
        assert_eq!(left(&fleet), stays, "what somebody else got for A is still known");
        let folded = fleet.tally().folded;
        assert_eq!(folded.for_status(Status::Native), EvictedPairs { pairs: 2, records: 4 });
        assert_eq!(folded.for_status(Status::AOnly), EvictedPairs { pairs: 1, records: 1 });
        fleet.evict_half(0);
        assert_eq!(left(&fleet), stays[1..]);
        assert_eq!(fleet.tally().folded.total(), EvictedPairs { pairs: 4, records: 6 });
        assert_eq!(fleet.survey().origins().len(), 2, "origins stay");
        let mut sum = Fleet::default();
        sum.absorb(&fleet);
        assert_eq!(left(&sum), stays[1..]);
        fleet.fold_to(0);
        assert_eq!(fleet.pair_count(), 1, "something is always listed");
    }

    /// Many who ask, in many VPCs: those go, too, and what is left is what a report says most with.
    #[test]
    fn origins_that_take_the_memory_are_folded_away_with_their_pairs() {
        let mut fleet = Fleet::default();
        for number in 0..20_000_u32 {
            let id = format!("i-{number:017x}");
            let verdict = if number % 1000 == 7 { Aaaa::ServFail } else { Aaaa::Native };
            observe_in(
                &mut fleet,
                id.as_bytes(),
                &format!("vpc-{number:08x}"),
                "name.",
                Verdict::Aaaa(verdict),
            );
        }
        let limit = 1 << 20;
        assert!(fleet.memory() > 4 * limit, "{}", fleet.memory());
        fleet.fold_to(limit);
        assert!(fleet.memory() <= limit && fleet.pair_count() > 1000, "{} pairs", fleet.pair_count());
        let survey = fleet.survey();
        assert_eq!(survey.origins().len(), fleet.pair_count(), "who has no pair is gone");
        let failing = survey.pairs().filter(|pair| pair.status == Status::Failing);
        assert!(failing.count() == 20, "problems are the last to go");
        assert!(survey.pairs().all(|pair| pair.origin.vpc.starts_with("vpc-") && pair.origin.records == 1));
        let folded = fleet.tally().folded;
        assert_eq!(folded.origins, folded.total().pairs);
        assert_eq!(fleet.pair_count() as u64 + folded.total().pairs, 20_000);
        // They can be seen again, and begin anew.
        observe_in(&mut fleet, b"i-00000000000000001", "vpc-1", "name.", Verdict::Aaaa(Aaaa::Native));
        observe_in(
            &mut fleet,
            b"i-00000000000000007",
            "vpc-00000007",
            "name.",
            Verdict::Aaaa(Aaaa::ServFail),
        );
        let survey = fleet.survey();
        let records =
            |id: &str| survey.origins().iter().find(|origin| origin.id == id).map(|origin| origin.records);
        assert_eq!((records("i-00000000000000001"), records("i-00000000000000007")), (Some(1), Some(2)));
    }

    /// What folds some pairs away leaves the others as they were.
    #[test]
    fn a_pair_that_stays_is_the_pair_that_it_was() {
        let mut fleet = fleet();
        for _ in 0..9 {
            fleet.observe(&Observation {
                cname_only: true,
                mixed: true,
                partial: true,
                ..empty(b"i-3", "cname.")
            });
        }
        let before =
            format!("{:?}", fleet.survey().pairs().find(|pair| pair.name == "cname.").as_ref().map(of_pair));
        fleet.evict_half(0);
        assert_eq!(fleet.pair_count(), 3);
        let after =
            format!("{:?}", fleet.survey().pairs().find(|pair| pair.name == "cname.").as_ref().map(of_pair));
        assert!(before.contains("cname_only: 9") && before == after, "{before}\n{after}");
    }

    /// All of a pair but who asked.
    fn of_pair(pair: &crate::fleet::PairView<'_>) -> String {
        let spans: Vec<_> = pair.spans.aaaa().collect();
        format!(
            "{spans:?} cname_only: {} mixed: {} partial: {} {:?}",
            pair.cname_only, pair.mixed, pair.partial, pair.status
        )
    }
}
