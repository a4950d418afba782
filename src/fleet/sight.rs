//! What a record says of its origin, as far as it takes to find it again.

use super::NONE;
use super::symbols::Symbol;

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
    /// A client of Global Resolver, by the name of its access token.
    Device,
    /// An address in a VPC, with nothing else known.
    Address,
}

impl OriginKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Instance, Self::ResolverEndpoint, Self::Interface, Self::Device, Self::Address];

    /// The word used in every export.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::ResolverEndpoint => "resolver_endpoint",
            Self::Interface => "interface",
            Self::Device => "device",
            Self::Address => "address",
        }
    }

    /// Whether an id of this kind means the same origin everywhere, and not only within a VPC or DNS view:
    /// names of tokens are given by people.
    #[inline]
    pub(super) fn is_global(self) -> bool {
        !matches!(self, Self::Device | Self::Address)
    }
}

/// How many origins are found without a look at the table. A power of two.
pub(super) const RECENT: usize = 16384;

/// An id of 16 to 31 bytes, as those of AWS are, with zeros after it, and in the last byte one more than its
/// kind. All zeros for other ids, and for those of kinds that are told apart by more than that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PackedId([u128; 2]);

impl PackedId {
    #[inline]
    pub(super) fn new(kind: OriginKind, id: &[u8]) -> Self {
        match (id.first_chunk(), id.last_chunk()) {
            (Some(first), Some(last)) if id.len() < 32 && last[15] != 0 && kind.is_global() => {
                let behind = u128::from_le_bytes(*last);
                // The bytes of the last 16 that are among the first 16, too, are shifted out.
                let behind = if id.len() == 16 { 0 } else { behind >> (8 * (32 - id.len())) };
                Self([u128::from_le_bytes(*first), behind | (1 + kind as u128) << 120])
            }
            _ => Self::default(),
        }
    }

    #[inline]
    pub(super) fn is_some(self) -> bool {
        self.0[1] != 0
    }

    /// Where in the origins met lately the origin with such an id is looked for.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "any bits will do, and the place has few")]
    pub(super) fn place(self) -> usize {
        let [first, last] = self.0;
        let mixed = ((first >> 64) as u64 ^ last as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> (64 - RECENT.trailing_zeros())) as usize
    }

    /// The id as AWS writes it, `i-…`; empty if this is all zeros.
    pub(super) fn id(self) -> Vec<u8> {
        let mut bytes = self.0.map(u128::to_le_bytes).concat();
        bytes.pop();
        // The last byte of an id is not zero.
        let length = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        bytes.truncate(length);
        bytes
    }

    /// The kind of origin; [`OriginKind::Address`] if this is all zeros.
    pub(super) fn kind(self) -> OriginKind {
        [OriginKind::Instance, OriginKind::ResolverEndpoint, OriginKind::Interface]
            .into_iter()
            .find(|kind| 1 + *kind as u128 == self.0[1] >> 120)
            .unwrap_or(OriginKind::Address)
    }
}

/// What one record says of its origin.
#[derive(Clone, Copy, Debug)]
pub(super) struct RecordOrigin {
    /// What the origin is found by, unless its number is known.
    pub sight: PackedId,
    pub number: u32,
    /// See [`crate::log::observation::Observation::record_prefix`].
    pub record_prefix: u64,
    /// VPC, account and Region.
    pub place: [Symbol; 3],
    /// The address of the record, IPv4 as IPv4-mapped; 0 where it is no address.
    pub source: u128,
    /// Whether it is one: the unspecified address looks like none.
    pub has_source: bool,
    /// Whether the record is not judged.
    pub ignored: bool,
}

impl RecordOrigin {
    /// Whether the origin is yet to be found.
    #[inline]
    pub(super) fn is_open(&self) -> bool {
        self.number == NONE
    }
}
