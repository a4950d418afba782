//! What many rows share: answers, sources, kinds, and questions that are not judged. Each once, by number.

use std::hash::{BuildHasher, Hasher};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::base::interned::Interned;
use crate::base::saturating::SaturatingInto as _;
use crate::fleet::{OriginId, Renumbering, Symbol, Symbols};
use crate::log::observation::{Asker, Observation, Rcode, SourceAddress};

/// The addresses of distinct answers. Number 0 is the answer without any.
#[derive(Clone, Debug)]
pub(super) struct AnswerTable {
    native: Vec<u128>,
    ipv4: Vec<u32>,
    /// Where the addresses of each end; they begin where those of the one before end.
    ends: Vec<(u32, u32)>,
    table: HashTable<u32>,
    state: RandomState,
}

impl Default for AnswerTable {
    fn default() -> Self {
        Self {
            native: Vec::new(),
            ipv4: Vec::new(),
            ends: vec![(0, 0)],
            table: HashTable::default(),
            state: RandomState::default(),
        }
    }
}

fn hash_answer(state: &RandomState, native: &[u128], ipv4: &[u32]) -> u64 {
    let mut hasher = state.build_hasher();
    for address in native {
        hasher.write_u128(*address);
    }
    for address in ipv4 {
        hasher.write_u32(*address);
    }
    hasher.finish()
}

impl AnswerTable {
    /// The number of an answer.
    pub(super) fn number(&mut self, native: &[u128], ipv4: &[u32]) -> u32 {
        if native.is_empty() && ipv4.is_empty() {
            return 0;
        }
        let hash = hash_answer(&self.state, native, ipv4);
        if let Some(found) = self.table.find(hash, |number| self.get(*number) == (native, ipv4)) {
            return *found;
        }
        let number: u32 = self.ends.len().saturating_into();
        self.native.extend_from_slice(native);
        self.ipv4.extend_from_slice(ipv4);
        self.ends.push((self.native.len().saturating_into(), self.ipv4.len().saturating_into()));
        let Self { native, ipv4, ends, table, state } = self;
        table.insert_unique(hash, number, |number| {
            let (of_native, of_ipv4) = slices(native, ipv4, ends, *number);
            hash_answer(state, of_native, of_ipv4)
        });
        number
    }

    /// The addresses of an answer: native ones, IPv4 ones.
    pub(super) fn get(&self, number: u32) -> (&[u128], &[u32]) {
        slices(&self.native, &self.ipv4, &self.ends, number)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// All addresses, native ones first; again where they were answered again.
    pub(super) fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        let native = self.native.iter().map(|bits| IpAddr::from(Ipv6Addr::from(*bits)));
        native.chain(self.ipv4.iter().map(|bits| IpAddr::from(Ipv4Addr::from(*bits))))
    }

    /// Takes in all of another; gives the number here of each.
    pub(super) fn absorb(&mut self, other: &Self) -> Vec<u32> {
        (0..other.len().saturating_into())
            .map(|number| {
                let (native, ipv4) = other.get(number);
                self.number(native, ipv4)
            })
            .collect()
    }

    /// Keeps those that are `used`; gives the number here of each, which for the others means nothing.
    pub(super) fn keep(&mut self, used: &[bool]) -> Vec<u32> {
        let old = std::mem::take(self);
        let numbers = (0..old.len().saturating_into::<u32>()).zip(used).map(|(number, used)| {
            let (native, ipv4) = old.get(number);
            if *used { self.number(native, ipv4) } else { 0 }
        });
        numbers.collect()
    }

    pub(super) fn memory(&self) -> usize {
        self.native.capacity() * 16
            + self.ipv4.capacity() * 4
            + self.ends.capacity() * 8
            + self.table.capacity() * 5
    }
}

fn slices<'a>(
    native: &'a [u128],
    ipv4: &'a [u32],
    ends: &[(u32, u32)],
    number: u32,
) -> (&'a [u128], &'a [u32]) {
    let at = number as usize;
    let (start, end) = (if at == 0 { (0, 0) } else { ends[at - 1] }, ends[at]);
    (&native[start.0 as usize..end.0 as usize], &ipv4[start.1 as usize..end.1 as usize])
}

/// Where a query came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuerySource<'t> {
    /// The account of the VPC.
    pub account: &'t str,
    /// The Region of the VPC.
    pub region: &'t str,
    /// The VPC.
    pub vpc: &'t str,
    /// The address: IPv6 as it is, IPv4 in its IPv4-mapped form; or text that is no address.
    pub source: SourceAddress<'t>,
    /// The outbound resolver endpoint that the query was forwarded through; empty if through none.
    pub endpoint: &'t str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct SourcePlace {
    account: Symbol,
    region: Symbol,
    vpc: Symbol,
    address: Option<u128>,
    /// The text of what is no address.
    text: Symbol,
    /// The outbound endpoint.
    endpoint: Symbol,
}

impl SourcePlace {
    /// With the numbers that `here` gives its texts.
    fn renumbered(self, mut here: impl FnMut(Symbol) -> Symbol) -> Self {
        Self {
            account: here(self.account),
            region: here(self.region),
            vpc: here(self.vpc),
            address: self.address,
            text: here(self.text),
            endpoint: here(self.endpoint),
        }
    }
}

/// Distinct sources.
#[derive(Clone, Debug, Default)]
pub(super) struct QuerySources {
    texts: Symbols,
    places: Interned<SourcePlace>,
    /// The record prefix, the source and the number of the record before, if it was not forwarded.
    recent: Option<(u64, u128, u32)>,
}

impl QuerySources {
    /// The number of where an observation came from.
    pub(super) fn number(&mut self, observation: &Observation<'_>) -> u32 {
        let (address, text) = match observation.source {
            SourceAddress::Ip(address) => (Some(address), &b""[..]),
            SourceAddress::Text(text) => (None, text),
        };
        let endpoint = match observation.asker {
            Asker::Forwarded { endpoint, .. } => endpoint,
            _ => &b""[..],
        };
        let plain = address.filter(|_| endpoint.is_empty());
        if let (Some((record_prefix, known, number)), Some(address)) = (self.recent, plain)
            && record_prefix == observation.record_prefix
            && record_prefix != 0
            && known == address
        {
            return number;
        }
        let place = SourcePlace {
            account: self.texts.intern(observation.account),
            region: self.texts.intern(observation.region),
            vpc: self.texts.intern(observation.vpc),
            address,
            text: self.texts.intern(text),
            endpoint: self.texts.intern(endpoint),
        };
        let number = self.places.number(place);
        self.recent = plain.map(|address| (observation.record_prefix, address, number));
        number
    }

    /// Takes in all of another; gives the number here of each.
    pub(super) fn absorb(&mut self, other: &Self) -> Vec<u32> {
        let texts: Vec<Symbol> = other.texts.iter().map(|text| self.texts.intern(text.as_bytes())).collect();
        let here = |symbol: Symbol| texts[symbol.index()];
        other.places.iter().map(|known| self.places.number(known.renumbered(here))).collect()
    }

    /// Keeps those that are `used`; gives the number here of each, which for the others means nothing.
    pub(super) fn keep(&mut self, used: &[bool]) -> Vec<u32> {
        let old = std::mem::take(self);
        let Self { texts, places, .. } = self;
        let mut here = |symbol: Symbol| texts.intern(old.texts.bytes(symbol));
        let numbers = old.places.iter().zip(used);
        numbers
            .map(|(known, used)| if *used { places.number(known.renumbered(&mut here)) } else { 0 })
            .collect()
    }

    /// Where a query of this number came from.
    pub(super) fn get(&self, number: u32) -> QuerySource<'_> {
        let place = self.places[number];
        let source = place
            .address
            .map_or_else(|| SourceAddress::Text(self.texts.bytes(place.text)), SourceAddress::Ip);
        QuerySource {
            account: self.texts.get(place.account),
            region: self.texts.get(place.region),
            vpc: self.texts.get(place.vpc),
            source,
            endpoint: self.texts.get(place.endpoint),
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    pub(super) fn memory(&self) -> usize {
        self.texts.memory() + self.places.memory()
    }
}

/// Bits of a kind that tell the QTYPE; the others tell the RCODE.
const KIND: u8 = 5;
/// The QTYPE of all beyond those that are told apart.
const UNTOLD: u8 = (1 << KIND) - 1;
/// What a mnemonic may have to be told apart, in bytes. The longest registered one, `NSEC3PARAM`, has ten.
const MNEMONIC: usize = 16;

const RCODES: [Rcode; 5] = [Rcode::NoError, Rcode::NxDomain, Rcode::ServFail, Rcode::Refused, Rcode::Other];

/// The first 31 QTYPEs that come.
#[derive(Clone, Debug, Default)]
pub(super) struct QtypeTable(Vec<Box<str>>);

impl QtypeTable {
    fn number(&mut self, kind: &[u8]) -> u8 {
        let known = self.0.iter().position(|known| known.as_bytes() == kind);
        let number = known.unwrap_or_else(|| {
            if self.0.len() < usize::from(UNTOLD) && kind.len() <= MNEMONIC {
                self.0.push(crate::log::observation::text(kind).into());
                self.0.len() - 1
            } else {
                usize::from(UNTOLD)
            }
        });
        u8::try_from(number).unwrap_or(UNTOLD)
    }

    /// QTYPE and RCODE in one byte.
    pub(super) fn packed(&mut self, kind: &[u8], rcode: Rcode) -> u8 {
        let rcode = RCODES.iter().position(|known| *known == rcode).unwrap_or(RCODES.len() - 1);
        self.number(kind) | u8::try_from(rcode).unwrap_or(0) << KIND
    }

    /// The QTYPE (empty if it is not told apart) and the RCODE.
    pub(super) fn unpacked(&self, packed: u8) -> (&str, Rcode) {
        let kind = self.0.get(usize::from(packed & UNTOLD)).map_or("", |kind| kind);
        (kind, RCODES.get(usize::from(packed >> KIND)).copied().unwrap_or(Rcode::Other))
    }

    /// The mnemonics.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|kind| &**kind)
    }

    /// Takes in those of another.
    pub(super) fn absorb(&mut self, other: &Self) -> QtypeRenumbering {
        let mut numbers = [UNTOLD; 1 << KIND];
        for (number, kind) in numbers.iter_mut().zip(&other.0) {
            *number = self.number(kind.as_bytes());
        }
        QtypeRenumbering(numbers)
    }
}

/// The numbers here of the QTYPEs of another timeline.
pub(super) struct QtypeRenumbering([u8; 1 << KIND]);

impl QtypeRenumbering {
    pub(super) fn renumbered(&self, packed: u8) -> u8 {
        self.0[usize::from(packed & UNTOLD)] | packed & !UNTOLD
    }
}

/// Questions of types that are not judged: who asked for which name.
#[derive(Clone, Debug, Default)]
pub(super) struct OtherQuestions {
    names: Symbols,
    asked: Interned<(OriginId, Symbol)>,
}

impl OtherQuestions {
    /// The number of a question.
    pub(super) fn number(&mut self, origin: OriginId, name: &[u8]) -> u32 {
        self.asked.number((origin, self.names.intern(name)))
    }

    /// Who asked, and for what.
    pub(super) fn get(&self, number: u32) -> Option<(OriginId, &str)> {
        let (origin, name) = self.asked.get(number)?;
        Some((origin, self.names.get(name)))
    }

    /// Who asked, and the number of the name among [`OtherQuestions::names`].
    #[inline]
    pub(super) fn parts(&self, number: u32) -> Option<(OriginId, Symbol)> {
        self.asked.get(number)
    }

    /// The names asked for.
    pub(super) fn names(&self) -> &Symbols {
        &self.names
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.asked.len()
    }

    /// Takes in all of another; gives the number here of each.
    pub(super) fn absorb(&mut self, other: &Self, absorbed: &Renumbering) -> Vec<u32> {
        let asked = other.asked.iter();
        asked
            .map(|(origin, name)| {
                let origin = OriginId(absorbed.origins[origin.0 as usize]);
                self.number(origin, other.names.bytes(name))
            })
            .collect()
    }

    /// Keeps those that are `used`; gives the number here of each, which for the others means nothing.
    pub(super) fn keep(&mut self, used: &[bool]) -> Vec<u32> {
        let old = std::mem::take(self);
        let asked = old.asked.iter().zip(used);
        asked
            .map(|((origin, name), used)| if *used { self.number(origin, old.names.bytes(name)) } else { 0 })
            .collect()
    }

    pub(super) fn memory(&self) -> usize {
        self.names.memory() + self.asked.memory()
    }
}
