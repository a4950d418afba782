//! All origins and what each depends on.
//!
//! A [`Fleet`] is a monoid: [`Fleet::absorb`] is associative and commutative, and an empty fleet changes nothing. So
//! it does not matter in which order, in how many pieces or on how many threads a log is read. Whatever depends on
//! the whole (which instance a bare address belongs to, what is known of A for a name, the status of a pair) is
//! settled when the fleet is read: [`Fleet::survey`].
//!
//! Memory grows with distinct origins, names and pairs, never with records.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::moment::Moment;
use crate::observation::{Aaaa, Asker, Observation, Source, Verdict};

mod addresses;
mod glance;
mod pair;
mod survey;
mod symbols;
mod tally;

pub use addresses::{AddressSet, KEPT};
pub use glance::Glance;
pub use pair::{Change, Span, Spans};
pub use survey::{Brief, Dns64, OriginView, PairView, Status, Survey};
pub use symbols::{Symbol, Symbols};
pub use tally::{Gap, Loss, Tally};

use pair::{More, NONE, Pair, slot};

/// What an origin is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum OriginKind {
    /// An EC2 instance, by its id.
    Instance,
    /// An inbound or outbound resolver endpoint.
    ResolverEndpoint,
    /// A network interface of a resolver endpoint.
    Interface,
    /// An address in a VPC, with nothing else known.
    Address,
}

impl OriginKind {
    /// The word used in every export.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::ResolverEndpoint => "resolver_endpoint",
            Self::Interface => "interface",
            Self::Address => "address",
        }
    }
}

/// The number of an origin in its fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OriginId(pub u32);

/// The number of a pair of origin and name in its fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PairId(pub u32);

#[derive(Clone, Debug)]
struct Origin {
    kind: OriginKind,
    vpc: Symbol,
    id: Symbol,
    account: Symbol,
    region: Symbol,
    /// The address of the record before: most origins have one, which then costs one comparison.
    recent: Option<u128>,
    addresses: AddressSet<u128>,
    records: u64,
    ignored: u64,
}

/// Which instance was seen with an address of a VPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claimant {
    One(OriginId),
    Several,
}

#[derive(Clone, Debug)]
struct Claim {
    vpc: Symbol,
    address: u128,
    by: Claimant,
}

/// All origins, all names, what each origin got for each name, and what was lost on the way.
#[derive(Debug, Default)]
pub struct Fleet {
    /// VPCs, accounts, Regions, ids of origins.
    texts: Symbols,
    names: Symbols,
    /// Usable IPv4 addresses of each name, by its symbol.
    name_ipv4: Vec<AddressSet<u32>>,
    origins: Vec<Origin>,
    origin_table: HashTable<u32>,
    pairs: Vec<Pair>,
    pair_table: HashTable<u32>,
    more: Vec<More>,
    native: Vec<AddressSet<u128>>,
    embedded: Vec<AddressSet<u32>>,
    claims: Vec<Claim>,
    claim_table: HashTable<u32>,
    state: RandomState,
    tally: Tally,
}

/// Looks `key` up by `hash` and `equal`; adds `make()` to `list` if it is not there. Returns its index.
fn find_or_add<T>(
    table: &mut HashTable<u32>,
    list: &mut Vec<T>,
    hash: u64,
    equal: impl Fn(&T) -> bool,
    rehash: impl Fn(&T) -> u64,
    make: impl FnOnce() -> T,
) -> u32 {
    if let Some(found) = table.find(hash, |index| equal(&list[*index as usize])) {
        return *found;
    }
    let index = u32::try_from(list.len()).unwrap_or(NONE);
    list.push(make());
    table.insert_unique(hash, index, |index| rehash(&list[*index as usize]));
    index
}

impl Fleet {
    /// Takes in one observation. Returns the pair it belongs to, if it was judged.
    pub fn observe(&mut self, observation: &Observation<'_>) -> Option<PairId> {
        let origin = self.origin(observation);
        self.tally.saw(observation.at);
        let entry = &mut self.origins[origin as usize];
        entry.records += 1;
        let Some(slot) = slot(observation.verdict) else {
            entry.ignored += 1;
            self.tally.ignored += 1;
            return None;
        };
        let name = self.name(observation.name);
        let index = self.pair(origin, name.0);
        let pair = &mut self.pairs[index as usize];
        pair.add(slot, Span::at(observation.at), &mut self.more);
        if let Verdict::Aaaa(verdict) = observation.verdict {
            if verdict == Aaaa::Empty && observation.cname_only {
                pair.cname_only = pair.cname_only.saturating_add(1);
            }
            pair.mixed |= observation.mixed;
            insert_all(&mut self.native, &mut pair.native, observation.native);
            insert_all(&mut self.embedded, &mut pair.embedded, observation.ipv4);
        } else {
            let known = &mut self.name_ipv4[name.index()];
            for address in observation.ipv4 {
                known.insert(*address);
            }
        }
        Some(PairId(index))
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
        Survey::new(self)
    }

    fn name(&mut self, name: &str) -> Symbol {
        let symbol = self.names.intern(name);
        if symbol.index() == self.name_ipv4.len() {
            self.name_ipv4.push(AddressSet::default());
        }
        symbol
    }

    fn pair(&mut self, origin: u32, name: u32) -> u32 {
        let Self { pairs, pair_table, state, .. } = self;
        let hash = |origin: u32, name: u32| state.hash_one(u64::from(origin) << 32 | u64::from(name));
        find_or_add(
            pair_table,
            pairs,
            hash(origin, name),
            |pair| pair.origin == origin && pair.name == name,
            |pair| hash(pair.origin, pair.name),
            || Pair::new(origin, name),
        )
    }

    /// The origin of an observation, which learns its address on the way.
    fn origin(&mut self, observation: &Observation<'_>) -> u32 {
        let vpc = self.texts.intern(observation.vpc);
        let (kind, id) = match observation.asker {
            Asker::Instance(id) => (OriginKind::Instance, self.texts.intern(id)),
            Asker::ResolverEndpoint(id) => (OriginKind::ResolverEndpoint, self.texts.intern(id)),
            Asker::Interface(id) => (OriginKind::Interface, self.texts.intern(id)),
            Asker::Address => (OriginKind::Address, self.address_text(observation.source)),
        };
        let index = self.origin_entry(kind, vpc, id);
        self.learn_place(index, observation.account, observation.region);
        if let Source::Ip(address) = observation.source
            && self.origins[index as usize].recent != Some(address)
        {
            let origin = &mut self.origins[index as usize];
            origin.recent = Some(address);
            origin.addresses.insert(address);
            if kind == OriginKind::Instance {
                self.claim(vpc, address, Claimant::One(OriginId(index)));
            }
        }
        index
    }

    /// The id of a bare address: its text as RFC 5952 writes it, so that spellings do not make two origins.
    fn address_text(&mut self, source: Source<'_>) -> Symbol {
        match source {
            Source::Text(text) => self.texts.intern(text),
            Source::Ip(bits) => self.texts.intern(&address_text(bits)),
        }
    }

    fn origin_entry(&mut self, kind: OriginKind, vpc: Symbol, id: Symbol) -> u32 {
        let none = self.texts.intern("");
        let Self { origins, origin_table, state, .. } = self;
        let hash = |kind: OriginKind, vpc: Symbol, id: Symbol| {
            state.hash_one((u64::from(vpc.0) << 32 | u64::from(id.0), kind as u8))
        };
        find_or_add(
            origin_table,
            origins,
            hash(kind, vpc, id),
            |origin| origin.id == id && origin.vpc == vpc && origin.kind == kind,
            |origin| hash(origin.kind, origin.vpc, origin.id),
            || Origin {
                kind,
                vpc,
                id,
                account: none,
                region: none,
                recent: None,
                addresses: AddressSet::default(),
                records: 0,
                ignored: 0,
            },
        )
    }

    /// Keeps the account and Region of an origin. Where records disagree (one of them redacted, say) the first in
    /// byte order stays, so that the order of arrival does not matter.
    fn learn_place(&mut self, index: u32, account: &str, region: &str) {
        let origin = &self.origins[index as usize];
        let better = |known: &str, new: &str| !new.is_empty() && (known.is_empty() || new < known);
        let (known_account, known_region) = (self.texts.get(origin.account), self.texts.get(origin.region));
        if known_account == account && known_region == region {
            return;
        }
        let (new_account, new_region) = (better(known_account, account), better(known_region, region));
        if new_account {
            self.origins[index as usize].account = self.texts.intern(account);
        }
        if new_region {
            self.origins[index as usize].region = self.texts.intern(region);
        }
    }

    fn origin_hash(&self, kind: OriginKind, vpc: Symbol, id: Symbol) -> u64 {
        self.state.hash_one((u64::from(vpc.0) << 32 | u64::from(id.0), kind as u8))
    }

    fn pair_hash(&self, origin: u32, name: u32) -> u64 {
        self.state.hash_one(u64::from(origin) << 32 | u64::from(name))
    }

    fn claim(&mut self, vpc: Symbol, address: u128, by: Claimant) {
        let Self { claims, claim_table, state, .. } = self;
        let hash = |vpc: Symbol, address: u128| state.hash_one((vpc.0, address));
        let index = find_or_add(
            claim_table,
            claims,
            hash(vpc, address),
            |claim| claim.vpc == vpc && claim.address == address,
            |claim| hash(claim.vpc, claim.address),
            || Claim { vpc, address, by },
        );
        let claim = &mut claims[index as usize];
        if claim.by != by {
            claim.by = Claimant::Several;
        }
    }

    /// The instance that `address` of `vpc` belongs to, if exactly one was seen with it.
    fn claimant(&self, vpc: Symbol, address: u128) -> Option<OriginId> {
        let hash = self.state.hash_one((vpc.0, address));
        let equal = |index: &u32| {
            let claim = &self.claims[*index as usize];
            claim.vpc == vpc && claim.address == address
        };
        match self.claims[*self.claim_table.find(hash, equal)? as usize].by {
            Claimant::One(origin) => Some(origin),
            Claimant::Several => None,
        }
    }

    /// Takes in all of another fleet.
    pub fn absorb(&mut self, other: &Self) {
        self.tally.absorb(&other.tally);
        let texts: Vec<Symbol> = other.texts.iter().map(|text| self.texts.intern(text)).collect();
        let names: Vec<Symbol> = other.names.iter().map(|name| self.name(name)).collect();
        for (symbol, known) in names.iter().zip(&other.name_ipv4) {
            self.name_ipv4[symbol.index()].absorb(known);
        }
        let mut origins = Vec::with_capacity(other.origins.len());
        for origin in &other.origins {
            let index = self.origin_entry(origin.kind, texts[origin.vpc.index()], texts[origin.id.index()]);
            self.learn_place(index, other.texts.get(origin.account), other.texts.get(origin.region));
            let known = &mut self.origins[index as usize];
            known.addresses.absorb(&origin.addresses);
            known.records += origin.records;
            known.ignored += origin.ignored;
            origins.push(index);
        }
        for claim in &other.claims {
            let by = match claim.by {
                Claimant::One(origin) => Claimant::One(OriginId(origins[origin.0 as usize])),
                Claimant::Several => Claimant::Several,
            };
            self.claim(texts[claim.vpc.index()], claim.address, by);
        }
        for pair in &other.pairs {
            let index = self.pair(origins[pair.origin as usize], names[pair.name as usize].0);
            let known = &mut self.pairs[index as usize];
            for (slot, span) in pair.all(&other.more) {
                known.add(slot, span, &mut self.more);
            }
            known.mixed |= pair.mixed;
            known.cname_only = known.cname_only.saturating_add(pair.cname_only);
            absorb_set(&mut self.native, &mut known.native, other.native.get(pair.native as usize));
            absorb_set(&mut self.embedded, &mut known.embedded, other.embedded.get(pair.embedded as usize));
        }
    }

    /// Bytes of memory in use.
    #[must_use]
    pub fn memory(&self) -> usize {
        let sets: usize = self.native.iter().map(AddressSet::memory).sum::<usize>()
            + self.embedded.iter().map(AddressSet::memory).sum::<usize>()
            + self.name_ipv4.iter().map(AddressSet::memory).sum::<usize>()
            + self.origins.iter().map(|origin| origin.addresses.memory()).sum::<usize>();
        let tables =
            (self.pair_table.capacity() + self.origin_table.capacity() + self.claim_table.capacity()) * 5;
        self.texts.memory()
            + self.names.memory()
            + self.pairs.capacity() * size_of::<Pair>()
            + self.more.capacity() * size_of::<More>()
            + (self.native.capacity() + self.embedded.capacity() + self.name_ipv4.capacity())
                * size_of::<AddressSet<u32>>()
            + self.origins.capacity() * size_of::<Origin>()
            + self.claims.capacity() * size_of::<Claim>()
            + sets
            + tables
    }

    /// Which record of a pair stands for what: used by the timeline, which knows pairs by number.
    #[must_use]
    pub fn pair_parts(&self, pair: PairId) -> Option<(OriginId, Symbol)> {
        let pair = self.pairs.get(pair.0 as usize)?;
        Some((OriginId(pair.origin), Symbol(pair.name)))
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

fn insert_all<T: Copy + Ord>(sets: &mut Vec<AddressSet<T>>, index: &mut u32, addresses: &[T]) {
    if addresses.is_empty() {
        return;
    }
    let set = set_of(sets, index);
    for address in addresses {
        set.insert(*address);
    }
}

fn absorb_set<T: Copy + Ord>(sets: &mut Vec<AddressSet<T>>, index: &mut u32, other: Option<&AddressSet<T>>) {
    if let Some(other) = other {
        set_of(sets, index).absorb(other);
    }
}

/// The set that `index` names, made if there is none yet.
fn set_of<'a, T: Copy + Ord>(sets: &'a mut Vec<AddressSet<T>>, index: &mut u32) -> &'a mut AddressSet<T> {
    if *index == NONE {
        *index = u32::try_from(sets.len()).unwrap_or(NONE);
        sets.push(AddressSet::default());
    }
    &mut sets[*index as usize]
}

impl Tally {
    fn saw(&mut self, at: Moment) {
        self.records += 1;
        self.range = Some(match self.range {
            None => (at, at),
            Some((first, last)) => (first.min(at), last.max(at)),
        });
    }
}
