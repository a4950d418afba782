//! Who asked: origins, and which instance an address belongs to.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::symbols::{self, Symbol, Symbols};
use super::{AddressSet, NONE, address_text, find_or_add};
use crate::observation::{Asker, Observation, Source};

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

#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub kind: OriginKind,
    pub id: Symbol,
    /// The last bytes of the id, which tell most ids apart at once.
    tail: u64,
    /// The VPC that an address is told apart by; no text for the other kinds.
    pub scope: Symbol,
    pub vpc: Symbol,
    pub account: Symbol,
    pub region: Symbol,
    /// What the VPC, account and Region of the record before were known by.
    opening: u64,
    /// The address of the record before: most origins have one, which then costs one comparison.
    recent: Option<u128>,
    pub addresses: AddressSet<u128>,
    pub records: u64,
    pub ignored: u64,
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

/// The last eight bytes of an id as a number; 0 if it is shorter.
#[inline]
fn tail(id: &[u8]) -> u64 {
    id.last_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// All origins of a fleet.
#[derive(Debug)]
pub(super) struct Origins {
    /// VPCs, accounts, Regions, ids of origins.
    pub texts: Symbols,
    list: Vec<Origin>,
    table: HashTable<u32>,
    claims: Vec<Claim>,
    claim_table: HashTable<u32>,
    state: RandomState,
    none: Symbol,
    /// The origin looked up last.
    newest: u32,
}

impl Default for Origins {
    fn default() -> Self {
        let mut texts = Symbols::default();
        let none = texts.intern(b"");
        Self {
            texts,
            list: Vec::new(),
            table: HashTable::new(),
            claims: Vec::new(),
            claim_table: HashTable::new(),
            state: RandomState::default(),
            none,
            newest: NONE,
        }
    }
}

impl Origins {
    pub(super) fn list(&self) -> &[Origin] {
        &self.list
    }

    /// The origin of an observation, which is counted there and whose address is learned on the way.
    #[inline]
    pub(super) fn see(&mut self, observation: &Observation<'_>, ignored: bool) -> u32 {
        let index = match observation.asker {
            Asker::Instance(id) => self.entry(OriginKind::Instance, self.none, id),
            Asker::ResolverEndpoint(id) => self.entry(OriginKind::ResolverEndpoint, self.none, id),
            Asker::Interface(id) => self.entry(OriginKind::Interface, self.none, id),
            Asker::Address => {
                let vpc = self.texts.intern(observation.vpc);
                match observation.source {
                    Source::Text(text) => self.entry(OriginKind::Address, vpc, text),
                    // As RFC 5952 writes it, so that spellings do not make two origins.
                    Source::Ip(bits) => self.entry(OriginKind::Address, vpc, address_text(bits).as_bytes()),
                }
            }
        };
        let origin = &mut self.list[index as usize];
        origin.records += 1;
        origin.ignored += u64::from(ignored);
        let same_place = observation.opening != 0 && observation.opening == origin.opening;
        let source = match observation.source {
            Source::Ip(address) => Some(address),
            Source::Text(_) => None,
        };
        if !same_place || origin.recent != source {
            self.learn(index, observation, source);
        }
        index
    }

    /// Counts one more observation of an origin, from where it was seen before.
    #[inline]
    pub(super) fn see_again(&mut self, origin: OriginId, ignored: bool) {
        if let Some(origin) = self.list.get_mut(origin.0 as usize) {
            origin.records += 1;
            origin.ignored += u64::from(ignored);
        }
    }

    #[cold]
    fn learn(&mut self, index: u32, observation: &Observation<'_>, source: Option<u128>) {
        let vpc = self.texts.intern(observation.vpc);
        let account = self.texts.intern(observation.account);
        let region = self.texts.intern(observation.region);
        self.learn_place(index, vpc, account, region);
        let origin = &mut self.list[index as usize];
        origin.opening = observation.opening;
        origin.recent = source;
        if let Some(address) = source {
            origin.addresses.insert(address);
            if origin.kind == OriginKind::Instance {
                self.claim(vpc, address, Claimant::One(OriginId(index)));
            }
        }
    }

    /// Keeps the VPC, account and Region of an origin. Where records disagree (one of them redacted, say) the first in
    /// byte order stays, so that the order of arrival does not matter.
    fn learn_place(&mut self, index: u32, vpc: Symbol, account: Symbol, region: Symbol) {
        let Self { texts, list, .. } = self;
        let origin = &mut list[index as usize];
        for (known, new) in
            [(&mut origin.vpc, vpc), (&mut origin.account, account), (&mut origin.region, region)]
        {
            let (old_text, new_text) = (texts.get(*known), texts.get(new));
            if !new_text.is_empty() && (old_text.is_empty() || new_text < old_text) {
                *known = new;
            }
        }
    }

    /// Ids of instances, resolver endpoints and interfaces are unique by themselves; addresses are so within a VPC.
    #[inline]
    fn entry(&mut self, kind: OriginKind, scope: Symbol, id: &[u8]) -> u32 {
        let Self { texts, list, table, state, none, newest, .. } = self;
        // A host asks for A and AAAA at once: the record before is often of the same origin.
        if let Some(origin) = list.get(*newest as usize)
            && origin.tail == tail(id)
            && origin.kind == kind
            && origin.scope == scope
            && texts.bytes(origin.id) == id
        {
            return *newest;
        }
        // Ids of different kinds do not look alike; the same address in many VPCs is rare.
        let hash = |scope: Symbol, id: &[u8]| symbols::hash(state, id).wrapping_add(u64::from(scope.0));
        let equal = |index: &u32| {
            let origin = &list[*index as usize];
            origin.tail == tail(id)
                && origin.kind == kind
                && origin.scope == scope
                && texts.bytes(origin.id) == id
        };
        let key = hash(scope, id);
        if let Some(found) = table.find(key, equal) {
            *newest = *found;
            return *found;
        }
        let index = u32::try_from(list.len()).unwrap_or(NONE);
        *newest = index;
        list.push(Origin {
            kind,
            id: texts.intern(id),
            tail: tail(id),
            scope,
            vpc: *none,
            account: *none,
            region: *none,
            opening: 0,
            recent: None,
            addresses: AddressSet::default(),
            records: 0,
            ignored: 0,
        });
        table.insert_unique(key, index, |index| {
            let origin = &list[*index as usize];
            hash(origin.scope, texts.bytes(origin.id))
        });
        index
    }

    /// The number of an origin, if it was seen. `vpc` tells apart what has nothing but an address.
    pub(super) fn find(&self, kind: OriginKind, id: &str, vpc: &str) -> Option<OriginId> {
        let scope = if kind == OriginKind::Address { self.texts.find(vpc)? } else { self.none };
        let key = symbols::hash(&self.state, id.as_bytes()).wrapping_add(u64::from(scope.0));
        let equal = |index: &u32| {
            let origin = &self.list[*index as usize];
            origin.kind == kind && origin.scope == scope && self.texts.get(origin.id) == id
        };
        self.table.find(key, equal).map(|index| OriginId(*index))
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
    pub(super) fn claimant(&self, vpc: Symbol, address: u128) -> Option<OriginId> {
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

    /// Takes in all of another; gives the number here of each of its origins.
    pub(super) fn absorb(&mut self, other: &Self) -> Vec<u32> {
        let texts: Vec<Symbol> = other.texts.iter().map(|text| self.texts.intern(text.as_bytes())).collect();
        let mut numbers = Vec::with_capacity(other.list.len());
        for origin in &other.list {
            let index = self.entry(origin.kind, texts[origin.scope.index()], other.texts.bytes(origin.id));
            let place = [origin.vpc, origin.account, origin.region].map(|symbol| texts[symbol.index()]);
            self.learn_place(index, place[0], place[1], place[2]);
            let known = &mut self.list[index as usize];
            known.addresses.absorb(&origin.addresses);
            known.records += origin.records;
            known.ignored += origin.ignored;
            numbers.push(index);
        }
        for claim in &other.claims {
            let by = match claim.by {
                Claimant::One(origin) => Claimant::One(OriginId(numbers[origin.0 as usize])),
                Claimant::Several => Claimant::Several,
            };
            self.claim(texts[claim.vpc.index()], claim.address, by);
        }
        numbers
    }

    /// Bytes of memory in use.
    pub(super) fn memory(&self) -> usize {
        self.texts.memory()
            + self.list.capacity() * size_of::<Origin>()
            + self.list.iter().map(|origin| origin.addresses.memory()).sum::<usize>()
            + self.claims.capacity() * size_of::<Claim>()
            + (self.table.capacity() + self.claim_table.capacity()) * 5
    }
}
