//! Who asked: origins. Which instance an address belongs to is in `attribution`.

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::prefetch::prefetch;
use super::sight::{OriginKind, PackedId, RECENT, RecordOrigin};
use super::symbols::{self, Symbol, Symbols};
use super::{AddressSet, NONE, address_text};
use crate::base::saturating::SaturatingInto as _;
use crate::log::observation::{Asker, Observation, SourceAddress};

mod attribution;
mod keep;
mod stored;

use attribution::{Claim, Claimant};
pub(super) use stored::StoredOrigins;

/// The number of an origin in its fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OriginId(pub u32);

#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub kind: OriginKind,
    pub id: Symbol,
    /// The VPC that an address is told apart by; no text for the other kinds.
    pub scope: Symbol,
    pub vpc: Symbol,
    pub account: Symbol,
    pub region: Symbol,
    pub addresses: AddressSet<u128>,
    pub ignored: u64,
}

/// What each record looks at of its origin, in one cache line.
#[derive(Clone, Debug)]
#[repr(align(64))]
struct HotOrigin {
    sight: PackedId,
    /// The address of the record before, 0 where it had none: most origins have one, which then costs one
    /// comparison.
    source: u128,
    /// What the VPC, account and Region of the record before were known by.
    record_prefix: u64,
    records: u64,
}

/// How many bare addresses met lately are kept.
const ADDRESSES: usize = 256;

/// How many VPCs are known by their record prefixes. A power of two.
const PLACES: usize = 64;

/// A bare address met lately: its record prefix, the address, the number of its origin.
type RecentAddress = (u64, u128, u32);

/// All origins of a fleet.
#[derive(Clone, Debug)]
pub(super) struct Origins {
    /// VPCs, accounts, Regions, ids of origins.
    pub texts: Symbols,
    list: Vec<Origin>,
    /// For each of `list`.
    hot: Vec<HotOrigin>,
    table: HashTable<u32>,
    claims: Vec<Claim>,
    claim_table: HashTable<u32>,
    /// Origins were folded away: nobody knows any more whose an address was.
    is_folded: bool,
    state: RandomState,
    none: Symbol,
    /// Origins met lately, by [`PackedId::place`].
    recent: Vec<u32>,
    /// VPC, account and Region by what they are known by together, as far as they were met lately.
    places: [(u64, [Symbol; 3]); PLACES],
    bare: Vec<RecentAddress>,
}

impl Default for Origins {
    fn default() -> Self {
        let mut texts = Symbols::default();
        let none = texts.intern(b"");
        Self {
            texts,
            list: Vec::new(),
            hot: Vec::new(),
            table: HashTable::new(),
            claims: Vec::new(),
            claim_table: HashTable::new(),
            is_folded: false,
            state: RandomState::default(),
            none,
            recent: vec![NONE; RECENT],
            places: [(0, [none; 3]); PLACES],
            bare: vec![(0, 0, NONE); ADDRESSES],
        }
    }
}

impl Origins {
    pub(super) fn list(&self) -> &[Origin] {
        &self.list
    }

    /// How many records an origin has.
    pub(super) fn records(&self, origin: usize) -> u64 {
        self.hot.get(origin).map_or(0, |hot| hot.records)
    }

    /// The origin of an observation, which is counted there and whose address is learned on the way.
    #[inline]
    pub(super) fn see(&mut self, observation: &Observation<'_>, ignored: bool) -> u32 {
        let sighting = self.sighting(observation, ignored);
        self.meet(&sighting)
    }

    /// What an observation says of its origin. Those that are found by more than a look at what was met
    /// lately are found at once.
    #[inline]
    pub(super) fn sighting(&mut self, observation: &Observation<'_>, ignored: bool) -> RecordOrigin {
        let (kind, id) = match observation.asker {
            Asker::Instance(id) | Asker::Forwarded { instance: id, .. } => (OriginKind::Instance, id),
            Asker::ResolverEndpoint(id) => (OriginKind::ResolverEndpoint, id),
            Asker::Interface(id) => (OriginKind::Interface, id),
            Asker::Device(id) => (OriginKind::Device, id),
            Asker::Address => (OriginKind::Address, &b""[..]),
        };
        let sight = PackedId::new(kind, id);
        let number = match kind {
            OriginKind::Address => self.address(observation),
            OriginKind::Device => {
                let view = self.texts.intern(observation.vpc);
                self.entry(kind, view, id)
            }
            _ if sight.is_some() => NONE,
            _ => self.entry(kind, self.none, id),
        };
        let (source, has_source) = match observation.source {
            SourceAddress::Ip(address) => (address, true),
            SourceAddress::Text(_) => (0, false),
        };
        let Observation { record_prefix, .. } = *observation;
        RecordOrigin {
            sight,
            number,
            record_prefix,
            place: self.place(observation),
            source,
            has_source,
            ignored,
        }
    }

    /// VPC, account and Region of an observation.
    #[inline]
    fn place(&mut self, observation: &Observation<'_>) -> [Symbol; 3] {
        #[expect(clippy::cast_possible_truncation, reason = "the lower bits are those that are wanted")]
        let known = observation.record_prefix as usize % PLACES;
        let (record_prefix, place) = self.places[known];
        if record_prefix == observation.record_prefix && record_prefix != 0 {
            return place;
        }
        let place =
            [observation.vpc, observation.account, observation.region].map(|text| self.texts.intern(text));
        self.places[known] = (observation.record_prefix, place);
        place
    }

    /// Asks for what is likely to say which origin it is.
    #[inline]
    pub(super) fn fetch_recent(&self, sighting: &RecordOrigin) {
        prefetch(&self.recent[sighting.sight.place()]);
    }

    /// Asks for what is known of the origin that it is likely to be.
    #[inline]
    pub(super) fn fetch_guess(&self, sighting: &RecordOrigin) {
        let likely = if sighting.is_open() { self.recent[sighting.sight.place()] } else { sighting.number };
        if let Some(hot) = self.hot.get(likely as usize) {
            prefetch(hot);
        }
    }

    /// The origin of one record, which is counted there.
    #[inline]
    pub(super) fn meet(&mut self, sighting: &RecordOrigin) -> u32 {
        let index = if sighting.is_open() { self.recently(sighting.sight) } else { sighting.number };
        if sighting.ignored {
            self.list[index as usize].ignored += 1;
        }
        let hot = &mut self.hot[index as usize];
        hot.records += 1;
        let same_place = sighting.record_prefix != 0 && sighting.record_prefix == hot.record_prefix;
        let same_source = sighting.source == hot.source && (sighting.source != 0 || !sighting.has_source);
        if !same_place || !same_source {
            self.learn(index, sighting);
        }
        index
    }

    /// The origin of an observation that has no id.
    fn address(&mut self, observation: &Observation<'_>) -> u32 {
        let Observation { record_prefix, vpc, source, .. } = *observation;
        let bits = match source {
            SourceAddress::Ip(bits) => bits,
            SourceAddress::Text(text) => {
                let vpc = self.texts.intern(vpc);
                return self.entry(OriginKind::Address, vpc, text);
            }
        };
        #[expect(clippy::cast_possible_truncation, reason = "the low bits are what tells addresses apart")]
        let place = (bits as usize ^ (bits >> 64) as usize ^ record_prefix as usize) % ADDRESSES;
        let (known_opening, known_bits, index) = self.bare[place];
        if record_prefix != 0 && (known_opening, known_bits) == (record_prefix, bits) {
            return index;
        }
        let vpc = self.texts.intern(vpc);
        // As RFC 5952 writes it, so that spellings do not make two origins.
        let index = self.entry(OriginKind::Address, vpc, address_text(bits).as_bytes());
        self.bare[place] = (record_prefix, bits, index);
        index
    }

    /// Counts `count` more observations of an origin, from where it was seen before.
    #[inline]
    pub(super) fn see_again(&mut self, origin: OriginId, ignored: bool, count: u64) {
        let at = origin.0 as usize;
        if let (Some(hot), Some(origin)) = (self.hot.get_mut(at), self.list.get_mut(at)) {
            hot.records += count;
            origin.ignored += if ignored { count } else { 0 };
        }
    }

    #[cold]
    fn learn(&mut self, index: u32, sighting: &RecordOrigin) {
        let [vpc, account, region] = sighting.place;
        self.learn_place(index, vpc, account, region);
        let (origin, hot) = (&mut self.list[index as usize], &mut self.hot[index as usize]);
        hot.record_prefix = sighting.record_prefix;
        hot.source = sighting.source;
        if sighting.has_source {
            origin.addresses.insert(sighting.source);
            if origin.kind == OriginKind::Instance {
                self.claim(vpc, sighting.source, Claimant::One(OriginId(index)));
            }
        }
    }

    /// Keeps the VPC, account and Region of an origin. Where records disagree (one of them redacted, say) the
    /// first in byte order stays, so that the order of arrival does not matter.
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

    /// The origin that has nothing but what `sight` says.
    #[inline]
    fn recently(&mut self, sight: PackedId) -> u32 {
        let place = sight.place();
        if let Some(hot) = self.hot.get(self.recent[place] as usize)
            && hot.sight == sight
        {
            return self.recent[place];
        }
        let index = self.entry(sight.kind(), self.none, &sight.id());
        self.recent[place] = index;
        index
    }

    /// Ids of instances, resolver endpoints and interfaces are unique by themselves; addresses are so within
    /// a VPC, devices within a DNS view.
    #[cold]
    fn entry(&mut self, kind: OriginKind, scope: Symbol, id: &[u8]) -> u32 {
        let sight = PackedId::new(kind, id);
        let Self { texts, list, hot, table, state, none, .. } = self;
        // Ids of different kinds do not look alike; the same address in many VPCs is rare.
        let hash = |scope: Symbol, id: &[u8]| symbols::hash(state, id).wrapping_add(u64::from(scope.0));
        let equal = |index: &u32| {
            let origin = &list[*index as usize];
            origin.kind == kind && origin.scope == scope && texts.bytes(origin.id) == id
        };
        let key = hash(scope, id);
        if let Some(found) = table.find(key, equal) {
            return *found;
        }
        let index = list.len().saturating_into::<u32>();
        hot.push(HotOrigin { sight, source: 0, record_prefix: 0, records: 0 });
        list.push(Origin {
            kind,
            id: texts.intern(id),
            scope,
            vpc: *none,
            account: *none,
            region: *none,
            addresses: AddressSet::default(),
            ignored: 0,
        });
        table.insert_unique(key, index, |index| {
            let origin = &list[*index as usize];
            hash(origin.scope, texts.bytes(origin.id))
        });
        index
    }

    /// The number of an origin, if it was seen. `vpc` tells apart what its id alone does not.
    pub(super) fn find(&self, kind: OriginKind, id: &str, vpc: &str) -> Option<OriginId> {
        let scope = if kind.is_global() { self.none } else { self.texts.find(vpc)? };
        let key = symbols::hash(&self.state, id.as_bytes()).wrapping_add(u64::from(scope.0));
        let equal = |index: &u32| {
            let origin = &self.list[*index as usize];
            origin.kind == kind && origin.scope == scope && self.texts.get(origin.id) == id
        };
        self.table.find(key, equal).map(|index| OriginId(*index))
    }

    /// Takes in all of another; gives the number here of each of its origins.
    pub(super) fn absorb(&mut self, other: &Self) -> Vec<u32> {
        let texts: Vec<Symbol> = other.texts.iter().map(|text| self.texts.intern(text.as_bytes())).collect();
        let mut numbers = Vec::with_capacity(other.list.len());
        for (origin, hot) in other.list.iter().zip(&other.hot) {
            let index = self.entry(origin.kind, texts[origin.scope.index()], other.texts.bytes(origin.id));
            let place = [origin.vpc, origin.account, origin.region].map(|symbol| texts[symbol.index()]);
            self.learn_place(index, place[0], place[1], place[2]);
            let known = &mut self.list[index as usize];
            known.addresses.absorb(&origin.addresses);
            known.ignored += origin.ignored;
            self.hot[index as usize].records += hot.records;
            numbers.push(index);
        }
        if other.is_folded {
            self.forget_claims();
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
            + self.recent.capacity() * size_of::<u32>()
            + self.bare.capacity() * size_of::<RecentAddress>()
            + self.list.capacity() * size_of::<Origin>()
            + self.hot.capacity() * size_of::<HotOrigin>()
            + self.list.iter().map(|origin| origin.addresses.memory()).sum::<usize>()
            + self.claims.capacity() * size_of::<Claim>()
            + (self.table.capacity() + self.claim_table.capacity()) * 5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ids as long as a sight has room for, and longer and shorter ones; some that only their length, their
    /// last byte or their kind tells apart.
    #[test]
    fn every_id_and_kind_is_an_origin_of_its_own() {
        let mut ids: Vec<Vec<u8>> = (0..40).map(|length| vec![b'a'; length]).collect();
        ids.extend(
            [&b"aaaaaaaaaaaaaaab"[..], b"aaaaaaaaaaaaaaaa\0", b"aaaaaaaaaaaaaaaa\0\0"].map(<[u8]>::to_vec),
        );
        ids.push([&[b'a'; 30][..], b"b"].concat());
        let kinds =
            [OriginKind::Instance, OriginKind::ResolverEndpoint, OriginKind::Interface, OriginKind::Address];
        let mut origins = Origins::default();
        let none = origins.none;
        for _ in 0..2 {
            let asked = kinds.iter().flat_map(|kind| ids.iter().map(move |id| (*kind, id)));
            for (number, (kind, id)) in (0..).zip(asked) {
                let sight = PackedId::new(kind, id);
                for _ in 0..2 {
                    assert_eq!(origins.entry(kind, none, id), number, "{kind:?} {}", id.escape_ascii());
                    if sight.is_some() {
                        assert_eq!((sight.kind(), sight.id()), (kind, id.clone()));
                        assert_eq!(origins.recently(sight), number, "{kind:?} {}", id.escape_ascii());
                    }
                }
            }
        }
        assert_eq!(size_of::<HotOrigin>(), 64);
    }
}
