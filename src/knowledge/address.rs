//! IPv6 and IPv4 addresses as the judge needs them: parsed to bits, named by kind, split at a NAT64 prefix.
//!
//! Sources: the IANA special-purpose address registries, RFC 4291 (kinds), RFC 6052 section 2.2 (where a
//! translation prefix keeps the IPv4 bits), RFC 8215 (`64:ff9b:1::/48`), RFC 3056 (6to4), RFC 4380 (Teredo).

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

mod mark;
mod registry;
mod text;

pub(crate) use mark::AfterAddress;
pub use registry::{AS_OF, Special, special};
pub(crate) use text::{ipv4_before, ipv6_before};
pub use text::{parse_ipv4, parse_ipv6, write_ipv4, write_ipv6};

/// The well-known prefix of DNS64, `64:ff9b::/96` (RFC 6052 section 2.1), as its upper 96 bits.
const WELL_KNOWN: u128 = 0x0064_ff9b_u128 << 96;
/// The local-use translation prefix `64:ff9b:1::/48` (RFC 8215).
const LOCAL_USE: u128 = 0x0064_ff9b_0001_u128 << 80;

/// What kind of IPv6 address this is, by prefix, most specific first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ipv6Kind {
    /// `::/128` (RFC 4291 section 2.5.2).
    Unspecified,
    /// `::1/128` (RFC 4291 section 2.5.3).
    Loopback,
    /// `::ffff:0:0/96` (RFC 4291 section 2.5.5.2).
    Ipv4Mapped,
    /// `::/96`, deprecated (RFC 4291 section 2.5.5.1).
    Ipv4Compatible,
    /// `64:ff9b::/96` (RFC 6052 section 2.1).
    WellKnownTranslation,
    /// `64:ff9b:1::/48` (RFC 8215).
    LocalTranslation,
    /// `100::/64` (RFC 6666).
    DiscardOnly,
    /// `2001::/32` (RFC 4380).
    Teredo,
    /// `2002::/16` (RFC 3056).
    SixToFour,
    /// `2001:db8::/32` (RFC 3849) and `3fff::/20` (RFC 9637).
    Documentation,
    /// `2001:470::/32`: Hurricane Electric, whose tunnels gave EC2 IPv6 before VPCs had it.
    HurricaneElectric,
    /// `fd00:ec2::/32`: services of AWS on the link, such as the resolver at `fd00:ec2::253`.
    AwsLocalService,
    /// `fc00::/7` (RFC 4193).
    UniqueLocal,
    /// `fe80::/10` (RFC 4291 section 2.5.6).
    LinkLocal,
    /// `fec0::/10`, deprecated (RFC 3879).
    SiteLocal,
    /// `ff00::/8` (RFC 4291 section 2.7).
    Multicast,
    /// Of another block that the IANA registry calls not globally reachable, such as `5f00::/16`
    /// ([`special`]).
    SpecialPurpose,
    /// `2000::/3` and whatever else is routed as unicast.
    GlobalUnicast,
}

impl Ipv6Kind {
    /// Names the kind of `bits`, an address in network order.
    #[must_use]
    pub fn from_bits(bits: u128) -> Self {
        let starts = |prefix: u128, length: u32| (bits ^ prefix) >> (128 - length) == 0;
        let high = |text: u64| u128::from(text) << 64;
        match bits {
            0 => Self::Unspecified,
            1 => Self::Loopback,
            _ if starts(0xffff << 32, 96) => Self::Ipv4Mapped,
            _ if starts(0, 96) => Self::Ipv4Compatible,
            _ if starts(WELL_KNOWN, 96) => Self::WellKnownTranslation,
            _ if starts(LOCAL_USE, 48) => Self::LocalTranslation,
            _ if starts(high(0x0100 << 48), 64) => Self::DiscardOnly,
            _ if starts(high(0x2001 << 48), 32) => Self::Teredo,
            _ if starts(high(0x2002 << 48), 16) => Self::SixToFour,
            _ if starts(high(0x2001_0db8 << 32), 32) || starts(high(0x3fff << 48), 20) => Self::Documentation,
            _ if starts(high(0x2001_0470 << 32), 32) => Self::HurricaneElectric,
            _ if starts(high(0xfd00_0ec2 << 32), 32) => Self::AwsLocalService,
            _ if starts(high(0xfc00 << 48), 7) => Self::UniqueLocal,
            _ if starts(high(0xfe80 << 48), 10) => Self::LinkLocal,
            _ if starts(high(0xfec0 << 48), 10) => Self::SiteLocal,
            _ if starts(high(0xff00 << 48), 8) => Self::Multicast,
            _ if special(bits).is_some_and(|row| !row.is_reachable) => Self::SpecialPurpose,
            _ => Self::GlobalUnicast,
        }
    }

    /// Whether a host could open a connection to such an address that a name server handed out.
    #[must_use]
    pub fn usable(self) -> bool {
        !matches!(
            self,
            Self::Unspecified
                | Self::Loopback
                | Self::Ipv4Mapped
                | Self::Ipv4Compatible
                | Self::DiscardOnly
                | Self::LinkLocal
                | Self::SiteLocal
                | Self::Multicast
                | Self::SpecialPurpose
        )
    }

    /// The kind in words, for a person.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Unspecified => "the unspecified address",
            Self::Loopback => "loopback",
            Self::Ipv4Mapped => "IPv4-mapped",
            Self::Ipv4Compatible => "IPv4-compatible (deprecated)",
            Self::WellKnownTranslation => "NAT64, well-known prefix",
            Self::LocalTranslation => "NAT64, local-use prefix",
            Self::DiscardOnly => "discard-only",
            Self::Teredo => "Teredo",
            Self::SixToFour => "6to4",
            Self::Documentation => "documentation",
            Self::HurricaneElectric => "Hurricane Electric tunnel",
            Self::AwsLocalService => "AWS local service",
            Self::UniqueLocal => "unique local (ULA)",
            Self::LinkLocal => "link-local",
            Self::SiteLocal => "site-local (deprecated)",
            Self::Multicast => "multicast",
            Self::SpecialPurpose => "special-purpose, not globally reachable",
            Self::GlobalUnicast => "global unicast",
        }
    }

    /// Where the kind is defined.
    #[must_use]
    pub fn source(self) -> &'static str {
        match self {
            Self::Unspecified => "RFC 4291 section 2.5.2",
            Self::Loopback => "RFC 4291 section 2.5.3",
            Self::Ipv4Mapped => "RFC 4291 section 2.5.5.2",
            Self::Ipv4Compatible => "RFC 4291 section 2.5.5.1",
            Self::WellKnownTranslation => "RFC 6052 section 2.1",
            Self::LocalTranslation => "RFC 8215",
            Self::DiscardOnly => "RFC 6666",
            Self::Teredo => "RFC 4380",
            Self::SixToFour => "RFC 3056",
            Self::Documentation => "RFC 3849 and RFC 9637",
            Self::HurricaneElectric => "the registry of RIPE NCC and ARIN: 2001:470::/32",
            Self::AwsLocalService => "Amazon EC2 User Guide, instance metadata and Amazon DNS server",
            Self::UniqueLocal => "RFC 4193",
            Self::LinkLocal => "RFC 4291 section 2.5.6",
            Self::SiteLocal => "RFC 3879",
            Self::Multicast => "RFC 4291 section 2.7",
            Self::SpecialPurpose => "IANA IPv6 Special-Purpose Address Registry",
            Self::GlobalUnicast => "RFC 4291 section 2.5.4",
        }
    }
}

/// How the address of one AAAA answer is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing can connect to it; or DNS64 made it from an IPv4 address to which nothing can.
    Unusable,
    /// Made by DNS64; the embedded IPv4 address where it is known.
    Synthesized(Option<u32>),
    /// An IPv6 address of the endpoint itself.
    Native,
}

/// A NAT64 prefix: 32, 40, 48, 56, 64 or 96 bits long (RFC 6052 section 2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nat64Prefix {
    bits: u128,
    length: u32,
}

/// Why a text is no NAT64 prefix.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Nat64PrefixError {
    /// Not of the form `ADDRESS/LENGTH`.
    #[error("`{0}` is not an IPv6 prefix such as 64:ff9b::/96")]
    NotAPrefix(String),
    /// A length that RFC 6052 does not know.
    #[error("a NAT64 prefix is 32, 40, 48, 56, 64 or 96 bits long (RFC 6052 section 2.2), not {0}")]
    Length(u8),
    /// Bits set after the prefix length.
    #[error("`{0}` has bits set behind its length")]
    HostBits(String),
    /// A prefix in which no translator can live.
    #[error("`{0}` is {1}: no NAT64 prefix")]
    Unusable(String, &'static str),
}

impl FromStr for Nat64Prefix {
    type Err = Nat64PrefixError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let net: ipnet::Ipv6Net =
            text.trim().parse().map_err(|_| Nat64PrefixError::NotAPrefix(text.to_owned()))?;
        if !matches!(net.prefix_len(), 32 | 40 | 48 | 56 | 64 | 96) {
            return Err(Nat64PrefixError::Length(net.prefix_len()));
        }
        if net.trunc() != net {
            return Err(Nat64PrefixError::HostBits(text.to_owned()));
        }
        let bits = u128::from(net.network());
        let kind = Ipv6Kind::from_bits(bits);
        if !kind.usable() {
            return Err(Nat64PrefixError::Unusable(text.to_owned(), kind.words()));
        }
        Ok(Self { bits, length: u32::from(net.prefix_len()) })
    }
}

impl fmt::Display for Nat64Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Ipv6Addr::from(self.bits), self.length)
    }
}

impl Nat64Prefix {
    /// `64:ff9b::/96`.
    pub const WELL_KNOWN: Self = Self { bits: WELL_KNOWN, length: 96 };

    /// The prefix that an AAAA answer for `ipv4only.arpa` reveals: the bits before 192.0.0.170 or 192.0.0.171
    /// in `address` (RFC 7050 section 3, RFC 6052 section 2.2).
    #[must_use]
    pub fn revealed(address: u128) -> Option<Self> {
        [96_u32, 64, 56, 48, 40, 32].into_iter().find_map(|length| {
            let bits = address >> (128 - length) << (128 - length);
            let prefix = Self { bits, length };
            let known = matches!(prefix.embedded(address), 0xc000_00aa | 0xc000_00ab);
            (known && Ipv6Kind::from_bits(bits).usable()).then_some(prefix)
        })
    }

    /// Its length in bits.
    #[must_use]
    pub fn length(self) -> u32 {
        self.length
    }

    /// Whether `address` lies inside.
    #[must_use]
    pub fn contains(self, address: u128) -> bool {
        (address ^ self.bits) >> (128 - self.length) == 0
    }

    /// The IPv4 address that RFC 6052 section 2.3 extracts from `address`: the last 32 bits after a `/96`,
    /// else the 32 bits after the prefix once the octet at bits 64 to 71 is taken out.
    #[must_use]
    pub fn embedded(self, address: u128) -> u32 {
        if self.length == 96 {
            return low_32(address);
        }
        // Close the gap at bits 64..72: the bits after it move up by one octet.
        let upper = address >> 64 << 64;
        let lower = (address << 72) >> 64;
        low_32((upper | lower) << self.length >> 96)
    }
}

/// The lowest 32 bits.
#[expect(clippy::cast_possible_truncation, reason = "the truncation is what is asked for")]
fn low_32(bits: u128) -> u32 {
    bits as u32
}

/// The NAT64 prefixes in force: the well-known one, the local-use block, and those the user names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nat64Prefixes {
    /// Longest first, so that a `/96` named inside `64:ff9b:1::/48` decides before the block does.
    named: Vec<Nat64Prefix>,
}

impl Default for Nat64Prefixes {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl Nat64Prefixes {
    /// The well-known prefix and `named`.
    #[must_use]
    pub fn new(named: &[Nat64Prefix]) -> Self {
        let mut named = named.to_vec();
        named.sort_unstable_by_key(|prefix| (std::cmp::Reverse(prefix.length), prefix.bits));
        named.dedup();
        Self { named }
    }

    /// These and others.
    #[must_use]
    pub fn and(&self, others: &[Nat64Prefix]) -> Self {
        Self::new(&[&self.named[..], others].concat())
    }

    /// Decides what `address`, the Rdata of an AAAA record, means.
    #[must_use]
    pub fn meaning(&self, address: u128) -> Meaning {
        // Made from an IPv4 address that nothing reaches (0.0.0.0, 127.0.0.1), it reaches nothing: what a
        // blocked name looks like after DNS64.
        let made =
            |ipv4| if ipv4_usable(ipv4) { Meaning::Synthesized(Some(ipv4)) } else { Meaning::Unusable };
        if (address ^ WELL_KNOWN) >> 32 == 0 {
            return made(low_32(address));
        }
        if !self.named.is_empty()
            && let Some(prefix) = self.named.iter().find(|prefix| prefix.contains(address))
        {
            return made(prefix.embedded(address));
        }
        match Ipv6Kind::from_bits(address) {
            Ipv6Kind::LocalTranslation => Meaning::Synthesized(None),
            kind if kind.usable() => Meaning::Native,
            _ => Meaning::Unusable,
        }
    }

    /// The prefix that `address` lies in and the IPv4 address inside it, where one of those in force matches.
    #[must_use]
    pub fn split(&self, address: u128) -> Option<(Nat64Prefix, u32)> {
        std::iter::once(&Nat64Prefix::WELL_KNOWN)
            .chain(&self.named)
            .find(|prefix| prefix.contains(address))
            .map(|prefix| (*prefix, prefix.embedded(address)))
    }
}

/// Whether a host could connect to an IPv4 address that a name server handed out: all but `0.0.0.0/8`,
/// `127.0.0.0/8` and `224.0.0.0/3`. `169.254.0.0/16` counts as usable, since instance metadata lives there.
#[must_use]
pub fn ipv4_usable(bits: u32) -> bool {
    let first = bits >> 24;
    first != 0 && first != 127 && first < 224
}

/// Whether an IPv4 address is link-local, `169.254.0.0/16` (RFC 3927): no router leads there, and so no
/// NAT64.
#[must_use]
pub fn ipv4_link_local(bits: u32) -> bool {
    Ipv4Addr::from(bits).is_link_local()
}

/// Whether an IPv4 address is private: RFC 1918, or the shared space of RFC 6598.
#[must_use]
pub fn ipv4_private(bits: u32) -> bool {
    let address = Ipv4Addr::from(bits);
    address.is_private() || bits >> 22 == 0x6440_0000 >> 22
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(text: &str) -> u128 {
        text.parse::<Ipv6Addr>().unwrap().into()
    }

    #[test]
    fn every_kind_is_named_by_its_prefix() {
        for (text, kind, usable) in [
            ("::", Ipv6Kind::Unspecified, false),
            ("::1", Ipv6Kind::Loopback, false),
            ("::2", Ipv6Kind::Ipv4Compatible, false),
            ("::ffff:192.0.2.1", Ipv6Kind::Ipv4Mapped, false),
            ("64:ff9b::c000:221", Ipv6Kind::WellKnownTranslation, true),
            ("64:ff9b:0:0:0:1::", Ipv6Kind::GlobalUnicast, true),
            ("64:ff9b:1:fffe::1", Ipv6Kind::LocalTranslation, true),
            ("100::1", Ipv6Kind::DiscardOnly, false),
            ("100:0:0:1::1", Ipv6Kind::SpecialPurpose, false),
            ("5f00::1", Ipv6Kind::SpecialPurpose, false),
            ("2001:2::9", Ipv6Kind::SpecialPurpose, false),
            ("2001:0:4136:e378::", Ipv6Kind::Teredo, true),
            ("2001:1::1", Ipv6Kind::GlobalUnicast, true),
            ("2002:c000:204::", Ipv6Kind::SixToFour, true),
            ("2001:db8::1", Ipv6Kind::Documentation, true),
            ("3fff:fff::1", Ipv6Kind::Documentation, true),
            ("3fff:1000::1", Ipv6Kind::GlobalUnicast, true),
            ("2001:470:1f0b::1", Ipv6Kind::HurricaneElectric, true),
            ("fd00:ec2::253", Ipv6Kind::AwsLocalService, true),
            ("fd12::1", Ipv6Kind::UniqueLocal, true),
            ("fe80::1", Ipv6Kind::LinkLocal, false),
            ("febf::1", Ipv6Kind::LinkLocal, false),
            ("fec0::1", Ipv6Kind::SiteLocal, false),
            ("ff02::1", Ipv6Kind::Multicast, false),
            ("2600:1f14::1", Ipv6Kind::GlobalUnicast, true),
        ] {
            assert_eq!(Ipv6Kind::from_bits(bits(text)), kind, "{text}");
            assert_eq!(Ipv6Kind::from_bits(bits(text)).usable(), usable, "{text}");
        }
    }

    /// The table of RFC 6052 section 2.4, all of it.
    #[test]
    fn embedded_addresses_follow_rfc_6052_section_2_4() {
        for (prefix, address) in [
            ("2001:db8::/32", "2001:db8:c000:221::"),
            ("2001:db8:100::/40", "2001:db8:1c0:2:21::"),
            ("2001:db8:122::/48", "2001:db8:122:c000:2:2100::"),
            ("2001:db8:122:300::/56", "2001:db8:122:3c0:0:221::"),
            ("2001:db8:122:344::/64", "2001:db8:122:344:c0:2:2100::"),
            ("2001:db8:122:344::/96", "2001:db8:122:344::192.0.2.33"),
            ("64:ff9b::/96", "64:ff9b::192.0.2.33"),
        ] {
            let parsed: Nat64Prefix = prefix.parse().unwrap();
            assert_eq!(parsed.to_string(), prefix);
            assert!(parsed.contains(bits(address)));
            assert_eq!(
                Ipv4Addr::from(parsed.embedded(bits(address))),
                Ipv4Addr::new(192, 0, 2, 33),
                "{prefix}"
            );
            assert_eq!(
                Nat64Prefixes::new(&[parsed]).meaning(bits(address)),
                Meaning::Synthesized(Some(0xc000_0221))
            );
        }
    }

    #[test]
    fn the_local_use_block_keeps_its_ipv4_to_itself_until_a_prefix_is_named() {
        let address = bits("64:ff9b:1:7::c000:221");
        assert_eq!(Nat64Prefixes::default().meaning(address), Meaning::Synthesized(None));
        let named = Nat64Prefixes::new(&["64:ff9b:1:7::/96".parse().unwrap()]);
        assert_eq!(named.meaning(address), Meaning::Synthesized(Some(0xc000_0221)));
    }

    #[test]
    fn a_prefix_that_cannot_be_is_refused_with_the_reason() {
        for (text, message) in [
            ("64:ff9b::", "`64:ff9b::` is not an IPv6 prefix such as 64:ff9b::/96"),
            (
                "64:ff9b::/80",
                "a NAT64 prefix is 32, 40, 48, 56, 64 or 96 bits long (RFC 6052 section 2.2), not 80",
            ),
            ("64:ff9b::1/96", "`64:ff9b::1/96` has bits set behind its length"),
            ("::ffff:0:0/96", "`::ffff:0:0/96` is IPv4-mapped: no NAT64 prefix"),
        ] {
            assert_eq!(text.parse::<Nat64Prefix>().unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn usable_and_private_ipv4() {
        let ip = |a, b, c, d| u32::from(Ipv4Addr::new(a, b, c, d));
        for (address, usable, private) in [
            (ip(0, 0, 0, 0), false, false),
            (ip(127, 0, 0, 62), false, false),
            (ip(224, 0, 0, 1), false, false),
            (ip(255, 255, 255, 255), false, false),
            (ip(169, 254, 169, 254), true, false),
            (ip(10, 0, 0, 1), true, true),
            (ip(100, 63, 255, 255), true, false),
            (ip(100, 64, 0, 1), true, true),
            (ip(100, 128, 0, 0), true, false),
            (ip(172, 31, 0, 1), true, true),
            (ip(52, 94, 182, 119), true, false),
        ] {
            assert_eq!(ipv4_usable(address), usable, "{}", Ipv4Addr::from(address));
            assert_eq!(ipv4_private(address), private, "{}", Ipv4Addr::from(address));
        }
    }
}
