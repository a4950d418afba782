//! Two fleets made one.

use super::index::PairKey;
use super::pages::PagedList;
use super::prefetch::prefetch;
use super::symbols::Symbol;
use super::{AddressSet, Fleet, NONE, NewestVerdict, Renumbering, set_of};
use crate::base::workers::Workers;

/// How many pairs ahead of the current one memory is prefetched, in each step from one table to the next.
const PREFETCH_DISTANCE: usize = 16;
/// How many pairs are looked up at a time.
const PART: usize = 1 << 14;

impl Fleet {
    /// Takes in all of another fleet.
    pub fn absorb(&mut self, other: &Self) {
        self.absorb_on(other, Workers::ALONE);
    }

    /// Takes in all of another fleet, some of it shared out to `workers`. Says which numbers its origins and
    /// pairs have here.
    pub fn absorb_on(&mut self, other: &Self, workers: Workers) -> Renumbering {
        self.tally.absorb(&other.tally);
        self.forwarders.absorb(&other.forwarders);
        let origins = self.origins.absorb(&other.origins);
        let names: Vec<Symbol> = other.names.iter().map(|name| self.name(name.as_bytes())).collect();
        for (symbol, known) in names.iter().zip(&other.name_ipv4) {
            self.name_ipv4[symbol.index()].absorb(known);
        }
        self.targets.absorb(&other.targets, &names);
        self.blocks.absorb(&other.blocks, &names);
        for (symbol, known) in names.iter().zip(&other.folded_a) {
            if *known != NewestVerdict::NONE {
                self.folded_a.resize(self.names.len(), NewestVerdict::NONE);
                let here = &mut self.folded_a[symbol.index()];
                *here = (*here).max(*known);
            }
        }
        let keys: Vec<PairKey> = other
            .keys
            .iter()
            .map(|key| PairKey { origin: origins[key.origin as usize], name: names[key.name as usize].0 })
            .collect();
        let mut numbers = self.find_all(&keys, workers);
        self.add_new(&keys, &mut numbers);
        self.absorb_pairs(&numbers, other);
        Renumbering { origins, pairs: numbers }
    }

    /// The numbers of pairs, [`NONE`] for those that are new.
    fn find_all(&self, keys: &[PairKey], workers: Workers) -> Vec<u32> {
        let parts: Vec<&[PairKey]> = keys.chunks(PART).collect();
        workers.map(parts.len(), |part| self.find_some(parts[part])).concat()
    }

    fn find_some(&self, keys: &[PairKey]) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(keys.len());
        let mut hashes = [0; PREFETCH_DISTANCE];
        for chunk in keys.chunks(PREFETCH_DISTANCE) {
            for (hash, key) in hashes.iter_mut().zip(chunk) {
                *hash = self.index.hash(*key);
                self.index.fetch(*hash);
            }
            let found = chunk.iter().zip(&hashes).map(|(key, hash)| self.index.find_hashed(*key, *hash));
            numbers.extend(found.map(|found| found.unwrap_or(NONE)));
        }
        numbers
    }

    /// Makes pairs of those of `keys` that have no number, and gives them theirs.
    fn add_new(&mut self, keys: &[PairKey], numbers: &mut [u32]) {
        let count = numbers.iter().filter(|number| **number == NONE).count();
        // Room at once: to grow by as much again takes longer than all that follows.
        self.keys.reserve(count);
        for (keys, numbers) in keys.chunks(PREFETCH_DISTANCE).zip(numbers.chunks_mut(PREFETCH_DISTANCE)) {
            for (key, _) in keys.iter().zip(&*numbers).filter(|(_, number)| **number == NONE) {
                self.index.fetch(self.index.hash(*key));
            }
            for (key, number) in keys.iter().zip(numbers).filter(|(_, number)| **number == NONE) {
                *number = self.pair(key.origin, key.name);
            }
        }
    }

    /// Takes in the pairs of another fleet, which have `numbers` here.
    fn absorb_pairs(&mut self, numbers: &[u32], other: &Self) {
        for (at, (number, pair)) in numbers.iter().zip(other.pairs.iter()).enumerate() {
            if let Some(next) = numbers.get(at + 2 * PREFETCH_DISTANCE) {
                prefetch(&self.pairs[*next as usize]);
            }
            if let (Some(next), Some(pair)) =
                (numbers.get(at + PREFETCH_DISTANCE), other.pairs.get(at + PREFETCH_DISTANCE))
            {
                self.fetch_sets(&self.pairs[*next as usize]);
                other.fetch_sets(pair);
            }
            let known = &mut self.pairs[*number as usize];
            for (slot, span) in pair.all(&other.more) {
                known.add(slot, span, &mut self.more);
            }
            known.mixed |= pair.mixed;
            known.partial |= pair.partial;
            known.picked |= pair.picked;
            known.cname_only = known.cname_only.saturating_add(pair.cname_only);
            absorb_set(&mut self.native, &mut known.native, other.native.get(pair.native as usize));
            absorb_set(&mut self.embedded, &mut known.embedded, other.embedded.get(pair.embedded as usize));
        }
    }
}

fn absorb_set<T: Copy + Ord + Default>(
    sets: &mut PagedList<AddressSet<T>>,
    index: &mut u32,
    other: Option<&AddressSet<T>>,
) {
    if let Some(other) = other {
        set_of(sets, index).absorb(other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::moment::Moment;
    use crate::base::workers::tests::SOME;
    use crate::fleet::{ObservationBatch, Survey};
    use crate::log::observation::sample::observed;
    use crate::log::observation::{A, Aaaa, Asker, Observation, SourceAddress, Verdict};

    /// The records numbered from `first` to `last`, of which seven make a pair: of more origins, names and
    /// addresses than anything is kept for that was met lately.
    fn fleet(first: u32, last: u32) -> Fleet {
        let (mut fleet, mut batch) = (Fleet::default(), ObservationBatch::default());
        for number in first..last {
            let pair = number / 7;
            let (origin, name) = (pair % 300, pair / 300);
            let verdict = match number % 7 {
                0..3 => Verdict::Aaaa([Aaaa::Empty, Aaaa::Native, Aaaa::Synthesized][(pair % 3) as usize]),
                3..5 => Verdict::A(A::Answered),
                5 => Verdict::Aaaa(Aaaa::ServFail),
                _ => Verdict::NotJudged,
            };
            let (id, name) = (format!("i-{origin:017x}"), format!("name-{name}.example."));
            let asker = if origin % 50 == 0 { Asker::Address } else { Asker::Instance(id.as_bytes()) };
            let native = [u128::from(number) << 96];
            let is_native = verdict == Verdict::Aaaa(Aaaa::Native);
            fleet.observe_later(
                &Observation {
                    record_prefix: u64::from(1 + origin % 100),
                    at: Moment::from_seconds(i64::from(number)),
                    vpc: format!("vpc-{}", origin % 100).as_bytes(),
                    source: SourceAddress::Ip(u128::from(origin)),
                    native: if is_native { &native } else { &[] },
                    ipv4: if verdict == Verdict::A(A::Answered) { &[1, 2] } else { &[] },
                    ..observed(asker, &name, verdict)
                },
                &mut batch,
            );
        }
        fleet.settle(&mut batch);
        fleet
    }

    /// Each pair in words.
    fn pairs(survey: &Survey<'_>) -> Vec<String> {
        let pairs = survey.pairs().map(|pair| {
            let addresses = (pair.native.lowest(), pair.native.more(), pair.name_ipv4.lowest());
            format!(
                "{} {} {} {:?} {:?} {addresses:?}",
                pair.origin.id, pair.origin.vpc, pair.name, pair.status, pair.spans
            )
        });
        pairs.collect()
    }

    /// So many pairs that they are looked up by several threads, half of them known before, and read by
    /// several as by one.
    #[test]
    fn two_large_fleets_are_as_one() {
        let (pair, some) = (7, 1000);
        let count = u32::try_from(3 * PART).unwrap();
        let whole = fleet(0, count * pair);
        let mut sum = fleet(0, (count / 2 + some) * pair);
        let other = fleet((some / 2) * pair, count * pair);
        let twice = fleet((some / 2) * pair, (count / 2 + some) * pair);
        sum.absorb_on(&other, SOME);
        assert_eq!(sum.pair_count(), whole.pair_count());
        assert_eq!(sum.tally().records, whole.tally().records + twice.tally().records);
        let mut both = whole.clone();
        both.absorb(&twice);
        let expected = pairs(&both.survey());
        assert_eq!(expected.len(), whole.pair_count());
        assert!(expected == pairs(&sum.survey()), "the sum differs");
        assert!(expected == pairs(&sum.survey_on(SOME)), "by several hands it differs");
        let statuses = |survey: &Survey<'_>| {
            survey.origins().iter().map(|origin| (origin.statuses, origin.dns64)).collect::<Vec<_>>()
        };
        assert_eq!(statuses(&both.survey()), statuses(&sum.survey_on(SOME)));
    }
}
