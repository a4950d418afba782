//! Pairs that show the same, counted together.

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;

use super::{Proof, Rule};
use crate::base::moment::{Moment, hull};
use crate::base::saturating::SaturatingInto as _;
use crate::fleet::{Span, Survey, Symbol};

/// How many origins a finding names.
const NAMED: usize = 5;

/// What a group is about. Names come in the order of their numbers, which is that of no list: findings are
/// sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum GroupSubject<'s> {
    Name(Symbol),
    /// VPC and Region.
    Vpc(&'s str, &'s str),
}

/// Pairs that show the same. There may be as many of them as there are names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PairGroup {
    origins: u32,
    /// The last origin.
    last: u32,
    /// The first origins, and how many of them there are.
    first: [u32; NAMED],
    firsts: u8,
    /// All of its origins have IPv4 for what shows it; of groups of which that matters.
    pub has_ipv4: bool,
    pub records: u64,
    range: Option<(Moment, Moment)>,
    /// What few groups have.
    more: Option<Box<MoreEvidence>>,
}

/// What else shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct MoreEvidence {
    address: Option<u128>,
    names: BTreeSet<Symbol>,
}

/// Groups by rule and subject.
#[derive(Debug, Default)]
pub(super) struct PairGroups<'s> {
    places: HashMap<(Rule, GroupSubject<'s>), usize, RandomState>,
    list: Vec<PairGroup>,
    /// What was asked for last: pairs of one origin come one after the other, and most show the same of their
    /// VPC.
    last: Option<((Rule, GroupSubject<'s>), usize)>,
}

impl<'s> PairGroups<'s> {
    /// The group of a rule and subject, which there is from now on.
    pub(super) fn get_mut(&mut self, rule: Rule, subject: GroupSubject<'s>) -> &mut PairGroup {
        let key = (rule, subject);
        let place = match self.last {
            Some((last, place)) if last == key => place,
            _ => *self.places.entry(key).or_insert_with(|| {
                self.list.push(PairGroup::default());
                self.list.len() - 1
            }),
        };
        self.last = Some((key, place));
        &mut self.list[place]
    }

    pub(super) fn get(&self, rule: Rule, subject: GroupSubject<'s>) -> Option<&PairGroup> {
        Some(&self.list[*self.places.get(&(rule, subject))?])
    }

    pub(super) fn has(&self, rule: Rule, subject: GroupSubject<'s>) -> bool {
        self.places.contains_key(&(rule, subject))
    }

    /// All of them, in the order of rules and subjects.
    pub(super) fn sorted(&self) -> impl Iterator<Item = (&(Rule, GroupSubject<'s>), &PairGroup)> {
        let mut all: Vec<_> = self.places.iter().map(|(key, place)| (key, &self.list[*place])).collect();
        all.sort_unstable_by_key(|(key, _)| *key);
        all.into_iter()
    }

    /// Takes in others, of origins of higher ranks.
    pub(super) fn absorb(&mut self, mut other: Self) {
        for ((rule, subject), place) in other.places {
            let group = std::mem::take(&mut other.list[place]);
            let known = self.get_mut(rule, subject);
            *known = std::mem::take(known).and(&group);
        }
    }
}

/// Groups by the rank of the origin that each is about. A pass over origins in their order fills it at its
/// end.
#[derive(Debug, Default)]
pub(super) struct ByRank(Vec<(usize, PairGroup)>);

impl ByRank {
    /// The group of the origin at `rank`; `new` makes it if there is none.
    pub(super) fn get_mut(&mut self, rank: usize, new: fn() -> PairGroup) -> &mut PairGroup {
        let place = match self.0.last() {
            Some((last, _)) if *last == rank => Ok(self.0.len() - 1),
            Some((last, _)) if *last > rank => self.0.binary_search_by_key(&rank, |(rank, _)| *rank),
            _ => Err(self.0.len()),
        };
        let place = place.unwrap_or_else(|place| {
            self.0.insert(place, (rank, new()));
            place
        });
        &mut self.0[place].1
    }

    pub(super) fn has(&self, rank: usize) -> bool {
        self.0.binary_search_by_key(&rank, |(rank, _)| *rank).is_ok()
    }

    /// All of them, in the order of ranks.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &PairGroup)> {
        self.0.iter().map(|(rank, group)| (*rank, group))
    }

    /// The ranks that have a group, in their order.
    pub(super) fn ranks(&self) -> impl Iterator<Item = usize> {
        self.0.iter().map(|(rank, _)| *rank)
    }

    /// Takes in those of origins of higher ranks.
    pub(super) fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }
}

impl PairGroup {
    /// Of nobody yet.
    pub(super) fn with_ipv4() -> Self {
        Self { has_ipv4: true, ..Self::default() }
    }

    /// How many origins.
    pub(super) fn origins(&self) -> usize {
        self.origins as usize
    }

    /// An address that shows it.
    pub(super) fn address(&self) -> Option<u128> {
        self.more.as_ref()?.address
    }

    /// Notes an address that shows it, if there is none yet.
    pub(super) fn show(&mut self, address: Option<u128>) {
        if let Some(address) = address {
            self.more.get_or_insert_default().address.get_or_insert(address);
        }
    }

    /// The names that show it, of a group about more than one.
    pub(super) fn names(&self) -> impl Iterator<Item = Symbol> {
        self.more.iter().flat_map(|more| more.names.iter().copied())
    }

    /// Adds a name to a group about more than one.
    pub(super) fn add_name(&mut self, name: Symbol) {
        self.more.get_or_insert_default().names.insert(name);
    }

    pub(super) fn add(&mut self, rank: usize, spans: impl Iterator<Item = Span>) {
        self.add_counted(rank, 0, None);
        for span in spans {
            self.add_counted(rank, span.count, Some((span.first, span.last)));
        }
    }

    /// Adds `records` of the origin at `rank`; those of one origin come one after the other.
    pub(super) fn add_counted(&mut self, rank: usize, records: u64, range: Option<(Moment, Moment)>) {
        let rank = rank.saturating_into::<u32>();
        if self.origins == 0 || self.last != rank {
            self.last = rank;
            if let Some(place) = self.first.get_mut(usize::from(self.firsts)) {
                *place = rank;
                self.firsts += 1;
            }
            self.origins += 1;
        }
        self.records += records;
        self.range = hull(self.range, range);
    }

    /// Both in one; those of `self` are of lower ranks or of the same.
    pub(super) fn and(mut self, other: &Self) -> Self {
        if other.origins == 0 {
            return self;
        }
        let mut first: Vec<u32> = [self.firsts(), other.firsts()].concat();
        first.sort_unstable();
        first.dedup();
        self.firsts = 0;
        for (place, rank) in self.first.iter_mut().zip(first) {
            *place = rank;
            self.firsts += 1;
        }
        // An empty group says nothing.
        self.has_ipv4 = other.has_ipv4 && (self.has_ipv4 || self.origins == 0);
        self.origins += other.origins;
        self.last = other.last;
        self.records += other.records;
        self.range = hull(self.range, other.range);
        self.show(other.address());
        other.names().for_each(|name| self.add_name(name));
        self
    }

    fn firsts(&self) -> &[u32] {
        &self.first[..usize::from(self.firsts)]
    }

    /// The first of its origins.
    pub(super) fn first_ranks(&self) -> impl Iterator<Item = usize> + Clone {
        self.firsts().iter().map(|rank| *rank as usize)
    }

    pub(super) fn proof(&self, survey: &Survey<'_>) -> Proof {
        let ids = self.first_ranks().map(|rank| survey.origins()[rank].id.to_owned());
        Proof {
            level: None,
            origins: self.origins(),
            origin_ids: ids.collect(),
            records: self.records,
            range: self.range,
        }
    }
}

/// As [`PairGroup`], for what there is one of for each name: no more than that. Each origin is added once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CompactGroup {
    origins: u32,
    /// The first origins, as many as there are of them.
    first: [u32; NAMED],
    records: u64,
    /// From the first to the last; the wrong way round if there is none.
    range: (Moment, Moment),
}

impl Default for CompactGroup {
    fn default() -> Self {
        let range = (Moment(i64::MAX), Moment(i64::MIN));
        Self { origins: 0, first: [0; NAMED], records: 0, range }
    }
}

impl CompactGroup {
    /// How many origins.
    pub(super) fn origins(&self) -> usize {
        self.origins as usize
    }

    /// Logged queries that show it.
    pub(super) fn records(&self) -> u64 {
        self.records
    }

    /// Adds the origin at `rank`.
    pub(super) fn add(&mut self, rank: usize, spans: impl Iterator<Item = Span>) {
        self.add_origin(rank.saturating_into::<u32>());
        for span in spans {
            self.records += span.count;
            self.range = (self.range.0.min(span.first), self.range.1.max(span.last));
        }
    }

    fn add_origin(&mut self, rank: u32) {
        let place = self.origins();
        if place < NAMED {
            self.first[place] = rank;
            // They mostly come in their order.
            if place > 0 && self.first[place - 1] > rank {
                self.first[..=place].sort_unstable();
            }
        } else if rank < self.first[NAMED - 1] {
            self.first[NAMED - 1] = rank;
            self.first.sort_unstable();
        }
        self.origins += 1;
    }

    fn firsts(&self) -> &[u32] {
        &self.first[..self.origins().min(NAMED)]
    }

    /// Takes in another, of other origins.
    pub(super) fn absorb(&mut self, other: &Self) {
        let origins = self.origins + other.origins;
        for rank in other.firsts() {
            self.add_origin(*rank);
        }
        self.origins = origins;
        self.records += other.records;
        self.range = (self.range.0.min(other.range.0), self.range.1.max(other.range.1));
    }

    /// The same as a group.
    pub(super) fn group(&self) -> PairGroup {
        let (first, last) = self.range;
        PairGroup {
            origins: self.origins,
            last: self.firsts().last().copied().unwrap_or_default(),
            first: self.first,
            firsts: u8::try_from(self.firsts().len()).unwrap_or_default(),
            records: self.records,
            range: (first <= last).then_some(self.range),
            ..PairGroup::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_counts_whatever_is_told_of_its_answers() {
        let mut group = PairGroup::default();
        group.add(3, std::iter::empty());
        group.add(3, std::iter::empty());
        group.add(7, std::iter::once(Span { count: 2, first: Moment(5), last: Moment(6) }));
        assert_eq!(group.origins(), 2);
        assert_eq!(group.first_ranks().collect::<Vec<_>>(), [3, 7]);
        assert_eq!((group.records, group.range), (2, Some((Moment(5), Moment(6)))));
    }

    /// Whatever the order in which origins come, and however they are shared out.
    #[test]
    fn lean_groups_are_groups() {
        let span = |rank: usize| {
            let first = Moment(i64::try_from(rank * 7 % 5).unwrap());
            Span { count: rank as u64 + 1, first, last: Moment(first.0 + 3) }
        };
        for count in 0..9_usize {
            let mut group = PairGroup::default();
            let (mut all, mut odd) = (CompactGroup::default(), CompactGroup::default());
            for rank in 0..count {
                group.add(rank, std::iter::once(span(rank)));
                let part = if rank % 2 == 1 { &mut odd } else { &mut all };
                part.add(rank, std::iter::once(span(rank)));
            }
            all.absorb(&odd);
            let lean = all.group();
            let firsts = |group: &PairGroup| group.first_ranks().collect::<Vec<_>>();
            assert_eq!(firsts(&lean), firsts(&group), "{count}");
            assert_eq!((lean.origins, lean.records, lean.range), (group.origins, group.records, group.range));
        }
    }
}
