//! All origins and what each depends on.
//!
//! A [`Fleet`] is a monoid: [`Fleet::absorb`] is associative and commutative, and an empty fleet changes
//! nothing. So it does not matter in which order, in how many pieces or on how many threads a log is read.
//! Whatever depends on the whole (which instance a bare address belongs to, what is known of A for a name,
//! the status of a pair) is settled when the fleet is read: [`Fleet::survey`].
//!
//! Memory grows with distinct origins, names and pairs, never with records.
use crate::base::saturating::SaturatingInto as _;
use crate::base::workers::Workers;
use crate::log::observation::{Aaaa, Aside, Observation, Verdict, canonical_target};

mod absorb;
mod addresses;
mod attached;
mod batch;
mod course;
mod evict;
mod forwarders;
mod index;
mod noise;
mod order;
mod origins;
mod packed;
mod pages;
mod pair;
mod pair_detail;
mod pair_summary;
mod prefetch;
mod sight;
mod span;
mod status;
mod stored;
mod survey;
mod symbols;
mod tally;
mod unseen;

pub use addresses::{AddressSet, KEPT};
pub use batch::ObservationBatch;
pub use course::{AnswerClass, AnswerCounts, Course, CourseStep, STEPS, step_width};
pub use evict::{EvictedPairs, Folds, LEAST};
pub use noise::Noise;
pub(crate) use noise::NoiseTable;
pub use order::OriginView;
pub(crate) use order::sort_addresses;
pub use origins::OriginId;
pub use pair::{Spans, VerdictChange};
pub use pair_detail::PairDetail;
pub use pair_summary::{NewestVerdict, PairSummary};
pub(crate) use prefetch::prefetch;
pub use sight::OriginKind;
pub use status::{Dns64, Status, Statuses};
pub use stored::StoredFleet;
pub use survey::{PairHandle, PairView, Survey, Visitor};
pub use symbols::{Symbol, Symbols};
pub use tally::{Loss, MARKS, Tally};

use attached::Attached;
use forwarders::Forwarders;
use index::{PairIndex, PairKey};
use origins::Origins;
pub(crate) use pages::PagedList;
use pair::{MoreSpan, NONE, Pair};
pub use span::Span;
use span::slot;

/// The number of a pair of origin and name in its fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PairId(pub u32);

/// Where an observation was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedPlace {
    /// Who asked.
    pub origin: OriginId,
    /// The pair it belongs to; `None` for types that are not judged.
    pub pair: Option<PairId>,
}

/// The numbers that a fleet gave to what it took in of another, by their numbers there.
#[derive(Clone, Debug, Default)]
pub struct Renumbering {
    /// Of the origins.
    pub origins: Vec<u32>,
    /// Of the pairs.
    pub pairs: Vec<u32>,
}

/// All origins, all names, what each origin got for each name, and what was lost on the way.
#[derive(Clone, Debug, Default)]
pub struct Fleet {
    origins: Origins,
    names: Symbols,
    /// Usable IPv4 addresses of each name, by its symbol.
    name_ipv4: Vec<AddressSet<u32>>,
    /// What pairs that were folded away knew of A for each name, by its symbol.
    folded_a: Vec<NewestVerdict>,
    keys: Vec<PairKey>,
    pairs: PagedList<Pair>,
    index: PairIndex,
    more: Vec<MoreSpan>,
    native: PagedList<AddressSet<u128>>,
    embedded: PagedList<AddressSet<u32>>,
    forwarders: Forwarders,
    /// Names of AWS that names lead to.
    targets: Attached,
    /// Rule groups and domain lists of DNS Firewall that blocked names: `GROUP LIST`.
    blocks: Attached,
    tally: Tally,
}

impl Fleet {
    /// Takes in one observation. Says where it was counted.
    pub fn observe(&mut self, observation: &Observation<'_>) -> CountedPlace {
        let slot = slot(observation.verdict);
        let origin = self.origins.see(observation, slot.is_none());
        self.tally.saw(observation);
        self.forwarders.saw(observation);
        let Some(slot) = slot else {
            self.tally.ignored += 1;
            return CountedPlace { origin: OriginId(origin), pair: None };
        };
        let name = self.name(observation.name);
        let index = self.pair(origin, name.0);
        self.count(index, name, slot, observation);
        self.attach(name, observation.aside);
        CountedPlace { origin: OriginId(origin), pair: Some(PairId(index)) }
    }

    /// Takes in one more observation of what was `counted` before, by the same origin from the same source;
    /// its origin and name are not looked at.
    pub(crate) fn observe_again(&mut self, counted: CountedPlace, observation: &Observation<'_>) {
        self.origins.see_again(counted.origin, counted.pair.is_none(), 1);
        self.tally.saw(observation);
        match (counted.pair, slot(observation.verdict)) {
            (Some(pair), Some(slot)) => {
                if let Some((_, name)) = self.pair_parts(pair) {
                    self.count(pair.0, name, slot, observation);
                }
            }
            _ => self.tally.ignored += 1,
        }
    }

    /// Takes in observations that are alike but for their times; that of `observation` is not looked at.
    pub fn observe_span(&mut self, observation: &Observation<'_>, span: Span) -> CountedPlace {
        let slot = slot(observation.verdict);
        let origin = OriginId(self.origins.see(observation, slot.is_none()));
        self.origins.see_again(origin, slot.is_none(), span.count - 1);
        self.tally.saw_span(observation, span);
        self.forwarders.saw(observation);
        let Some(slot) = slot else {
            self.tally.ignored += span.count;
            return CountedPlace { origin, pair: None };
        };
        let name = self.name(observation.name);
        self.attach(name, observation.aside);
        let index = self.pair(origin.0, name.0);
        let pair = &mut self.pairs[index as usize];
        pair.add(slot, span, &mut self.more);
        if observation.cname_only {
            pair.cname_only = pair.cname_only.saturating_add(span.count.saturating_into::<u32>());
        }
        pair.mixed |= observation.mixed;
        pair.partial |= observation.partial;
        let aaaa = matches!(observation.verdict, Verdict::Aaaa(_));
        self.learn_addresses(index, name, aaaa, observation.native, observation.ipv4);
        CountedPlace { origin, pair: Some(PairId(index)) }
    }

    #[inline]
    fn count(&mut self, index: u32, name: Symbol, slot: u8, observation: &Observation<'_>) {
        let pair = &mut self.pairs[index as usize];
        pair.count(slot, observation.at, &mut self.more);
        if observation.verdict == Verdict::Aaaa(Aaaa::Empty) && observation.cname_only {
            pair.cname_only = pair.cname_only.saturating_add(1);
        }
        pair.mixed |= observation.mixed;
        pair.partial |= observation.partial;
        let aaaa = matches!(observation.verdict, Verdict::Aaaa(_));
        self.learn_addresses(index, name, aaaa, observation.native, observation.ipv4);
    }

    /// Keeps what a record says of a name besides its answer.
    #[inline]
    fn attach(&mut self, name: Symbol, aside: Aside<'_>) {
        if aside.is_empty() {
            return;
        }
        for target in aside.each_target() {
            // Nearly always it is known in the log's own spelling.
            if !self.targets.has(name, target)
                && let Some(target) = canonical_target(target, &mut Vec::new())
            {
                self.targets.learn(name, target);
            }
        }
        if !(aside.rule_group.is_empty() && aside.domain_list.is_empty()) {
            self.blocks.learn(name, &[aside.rule_group, b" ", aside.domain_list].concat());
        }
    }

    /// Takes over from `known`, which knows more records, what the names that are here lead to and what
    /// blocks them.
    pub fn adopt_attached(&mut self, known: &Self) {
        for number in 0..self.names.len().saturating_into::<u32>() {
            if let Some(from) = known.names.find(self.names.get(Symbol(number))) {
                self.targets.take(Symbol(number), &known.targets, from);
                self.blocks.take(Symbol(number), &known.blocks, from);
            }
        }
    }

    /// Picks out the pair that `count` records were counted for, if its status is one of `statuses`: it is
    /// what somebody asked about. Its status follows from all its records all the same.
    pub fn pick(&mut self, counted: CountedPlace, statuses: Statuses, count: u64) {
        match statuses {
            Statuses::NONE => return,
            Statuses::ALL => self.tally.picked += count,
            _ => self.tally.picked_by_status += count,
        }
        if let Some(pair) = counted.pair.and_then(|pair| self.pairs.get_mut(pair.0 as usize)) {
            pair.picked |= statuses;
        }
    }

    /// As [`Fleet::pick`], for a pair whose records are counted as picked elsewhere ([`Tally::picked`]).
    pub fn pick_pair(&mut self, pair: PairId) {
        if let Some(pair) = self.pairs.get_mut(pair.0 as usize) {
            pair.picked = Statuses::ALL;
        }
    }

    /// Counts what could not be read.
    pub fn tally_mut(&mut self) -> &mut Tally {
        &mut self.tally
    }

    /// Records read, malformed, ignored, and what was lost.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// How many distinct pairs of origin and name there are, before bare addresses are attributed.
    #[must_use]
    pub fn pair_count(&self) -> usize {
        self.pairs.len()
    }

    /// Settles what depends on the whole, and orders it.
    #[must_use]
    pub fn survey(&self) -> Survey<'_> {
        self.survey_on(Workers::ALONE)
    }

    /// As [`Fleet::survey`], shared out to `workers`.
    #[must_use]
    pub fn survey_on(&self, workers: Workers) -> Survey<'_> {
        Survey::new(self, workers)
    }

    fn name(&mut self, name: &[u8]) -> Symbol {
        let symbol = self.names.intern(name);
        if symbol.index() == self.name_ipv4.len() {
            self.name_ipv4.push(AddressSet::default());
        }
        symbol
    }

    #[inline]
    fn pair(&mut self, origin: u32, name: u32) -> u32 {
        let key = PairKey { origin, name };
        self.pair_hashed(key, self.index.hash(key))
    }

    #[inline]
    fn pair_hashed(&mut self, key: PairKey, hash: usize) -> u32 {
        let next = self.pairs.len().saturating_into::<u32>();
        let found = self.index.find_or_add(key, hash, next);
        if found == next {
            self.new_pair(key);
        }
        found
    }

    #[cold]
    fn new_pair(&mut self, key: PairKey) {
        self.keys.push(key);
        self.pairs.push(Pair::new());
    }

    /// Asks for the addresses of a pair.
    #[inline]
    fn fetch_sets(&self, pair: &Pair) {
        if let Some(set) = self.native.get(pair.native as usize) {
            set.fetch();
        }
        if let Some(set) = self.embedded.get(pair.embedded as usize) {
            set.fetch();
        }
    }

    /// Bytes of memory in use.
    #[must_use]
    pub fn memory(&self) -> usize {
        let sets: usize = self.native.iter().map(AddressSet::memory).sum::<usize>()
            + self.embedded.iter().map(AddressSet::memory).sum::<usize>()
            + self.name_ipv4.iter().map(AddressSet::memory).sum::<usize>();
        self.origins.memory()
            + self.names.memory()
            + self.folded_a.capacity() * size_of::<NewestVerdict>()
            + self.keys.capacity() * size_of::<PairKey>()
            + self.pairs.capacity() * size_of::<Pair>()
            + self.index.memory()
            + self.more.capacity() * size_of::<MoreSpan>()
            + self.native.capacity() * size_of::<AddressSet<u128>>()
            + (self.embedded.capacity() + self.name_ipv4.capacity()) * size_of::<AddressSet<u32>>()
            + self.forwarders.memory()
            + self.targets.memory()
            + self.blocks.memory()
            + sets
    }

    /// The origin and the name of a pair.
    #[must_use]
    pub fn pair_parts(&self, pair: PairId) -> Option<(OriginId, Symbol)> {
        let key = self.keys.get(pair.0 as usize)?;
        Some((OriginId(key.origin), Symbol(key.name)))
    }

    /// Whether anybody asked for `name` (lower case, with its last dot).
    #[must_use]
    pub fn knows_name(&self, name: &str) -> bool {
        self.names.find(name).is_some()
    }

    /// Asks memory for the texts of names.
    pub(crate) fn fetch_names(&self, names: &[Symbol]) {
        for name in names {
            self.names.fetch_range(*name);
        }
        for name in names {
            self.names.fetch(*name);
        }
    }

    /// The number of `name` (lower case, with its last dot), if anybody asked for it.
    #[must_use]
    pub fn find_name(&self, name: &str) -> Option<Symbol> {
        self.names.find(name)
    }

    /// The usable IPv4 addresses that anybody got for a name by asking for A.
    #[must_use]
    pub fn ipv4_of(&self, name: Symbol) -> &AddressSet<u32> {
        &self.name_ipv4[name.index()]
    }

    /// Whether queries were forwarded through outbound endpoints.
    #[must_use]
    pub fn has_forwarders(&self) -> bool {
        !self.forwarders.is_empty()
    }

    /// The outbound endpoints that queries for `name` were forwarded through: the ids of at most four,
    /// sorted.
    #[must_use]
    pub fn forwarders_of(&self, name: &str) -> &[Box<str>] {
        self.forwarders.for_name(name)
    }

    /// The names of AWS that a name of somebody's own leads to by CNAME records, whoever asked: at most four,
    /// sorted.
    pub fn targets_of(&self, name: Symbol) -> impl Iterator<Item = &str> {
        self.targets.for_name(name)
    }

    /// The rule groups and domain lists of DNS Firewall that blocked a name, whoever asked: at most four,
    /// sorted. Either may be empty.
    pub fn blocks_of(&self, name: Symbol) -> impl Iterator<Item = (&str, &str)> {
        self.blocks.for_name(name).filter_map(|text| text.split_once(' '))
    }

    /// The text of a name.
    #[must_use]
    pub fn name_text(&self, name: Symbol) -> &str {
        self.names.get(name)
    }
}

/// An address as RFC 5952 writes it; IPv4 from its IPv4-mapped form in dotted decimal.
#[must_use]
pub fn address_text(bits: u128) -> String {
    std::net::Ipv6Addr::from(bits).to_canonical().to_string()
}

#[inline]
fn insert_all<T: Copy + Ord + Default>(
    sets: &mut PagedList<AddressSet<T>>,
    index: &mut u32,
    addresses: &[T],
) {
    if addresses.is_empty() {
        return;
    }
    let set = set_of(sets, index);
    for address in addresses {
        set.insert(*address);
    }
}

/// The set that `index` names, made if there is none yet.
fn set_of<'a, T: Copy + Ord + Default>(
    sets: &'a mut PagedList<AddressSet<T>>,
    index: &mut u32,
) -> &'a mut AddressSet<T> {
    if *index == NONE {
        *index = sets.len().saturating_into();
        sets.push(AddressSet::default());
    }
    &mut sets[*index as usize]
}
