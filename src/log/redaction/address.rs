//! Addresses: each becomes another of its kind, and no two become one.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{Domain, Redaction};
use crate::knowledge::address::{
    Ipv6Kind, ipv4_link_local, ipv4_private, ipv4_usable, parse_ipv4, parse_ipv6,
};

/// `192.0.0.170` and `192.0.0.171`, by which a NAT64 prefix is found (RFC 7050).
const DISCOVERY: [u32; 2] = [0xc000_00aa, 0xc000_00ab];

/// The lowest 32 bits.
#[expect(clippy::cast_possible_truncation, reason = "the truncation is what is asked for")]
fn low_32(bits: u128) -> u32 {
    bits as u32
}

/// The lowest 64 bits.
#[expect(clippy::cast_possible_truncation, reason = "the truncation is what is asked for")]
fn low_64(bits: u128) -> u64 {
    bits as u64
}

/// Whether an IPv4 address is none that anybody has for himself.
fn is_fixed(bits: u32) -> bool {
    // Link-local: the resolver, the metadata, the clock. 192.0.0.0/24: protocols (RFC 6890).
    !ipv4_usable(bits) || ipv4_link_local(bits) || bits >> 8 == 0x00c0_0000
}

impl Redaction {
    /// The pseudonym of an IPv4 address: a private one in its block, a public one among the public ones.
    #[must_use]
    pub fn ipv4(&self, bits: u32) -> u32 {
        if is_fixed(bits) {
            return bits;
        }
        let within = |width: u32| {
            let mask = (1_u32 << width) - 1;
            bits & !mask | low_32(u128::from(self.permuted(Domain::Ipv4, u64::from(bits & mask), width)))
        };
        match bits {
            _ if bits >> 24 == 10 => within(24),
            _ if bits >> 20 == 0xac1 => within(20),
            _ if bits >> 16 == 0xc0a8 => within(16),
            _ if bits >> 22 == 0x6440_0000 >> 22 => within(22),
            _ => {
                let mut other = bits;
                loop {
                    other = low_32(u128::from(self.permuted(Domain::Ipv4, u64::from(other), 32)));
                    if !is_fixed(other) && !ipv4_private(other) {
                        return other;
                    }
                }
            }
        }
    }

    /// The pseudonym of an IPv6 address, of the same kind. In a NAT64 prefix in force it is that of the IPv4
    /// address; of a global one the first 16 bits stay, which say no more than whose registry it is from.
    #[must_use]
    pub fn ipv6(&self, bits: u128) -> u128 {
        if let Some((prefix, embedded)) = self.prefixes.split(bits) {
            return embed(bits, prefix.length(), self.ipv4(embedded));
        }
        let kind = Ipv6Kind::from_bits(bits);
        match kind {
            Ipv6Kind::Unspecified
            | Ipv6Kind::Loopback
            | Ipv6Kind::Ipv4Compatible
            | Ipv6Kind::DiscardOnly
            | Ipv6Kind::AwsLocalService
            | Ipv6Kind::Multicast => bits,
            Ipv6Kind::Ipv4Mapped | Ipv6Kind::WellKnownTranslation => embed(bits, 96, self.ipv4(low_32(bits))),
            Ipv6Kind::LinkLocal
            | Ipv6Kind::SiteLocal
            | Ipv6Kind::LocalTranslation
            | Ipv6Kind::SpecialPurpose => self.other_host(bits),
            Ipv6Kind::SixToFour => self.other_host(embed(bits, 16, self.ipv4(low_32(bits >> 80)))),
            Ipv6Kind::Teredo | Ipv6Kind::HurricaneElectric => self.other_network(bits, 32),
            Ipv6Kind::Documentation => self.other_network(bits, if bits >> 112 == 0x2001 { 32 } else { 44 }),
            Ipv6Kind::UniqueLocal => self.other_network(bits, 56),
            Ipv6Kind::GlobalUnicast => self.other_network(bits, 48),
        }
    }

    /// Another network, of which `width` bits before the 64th are free, and another host in it.
    fn other_network(&self, bits: u128, width: u32) -> u128 {
        let kind = Ipv6Kind::from_bits(bits);
        let mask = (1_u64 << width) - 1;
        let mut network = low_64(bits >> 64);
        loop {
            network = network & !mask | self.permuted(Domain::Network, network & mask, width);
            let other = self.other_host(u128::from(network) << 64 | bits & u128::from(u64::MAX));
            if Ipv6Kind::from_bits(other) == kind && self.prefixes.split(other).is_none() {
                return other;
            }
        }
    }

    /// Another host in the same network.
    fn other_host(&self, bits: u128) -> u128 {
        if DISCOVERY.contains(&low_32(bits)) {
            return bits;
        }
        bits >> 64 << 64 | u128::from(self.permuted(Domain::Host, low_64(bits), 64))
    }

    /// The pseudonym of the text of an address; `None` if it is no address.
    pub(super) fn address(&self, text: &str) -> Option<String> {
        parse_ipv4(text.as_bytes())
            .map(|bits| Ipv4Addr::from(self.ipv4(bits)).to_string())
            .or_else(|| parse_ipv6(text.as_bytes()).map(|bits| Ipv6Addr::from(self.ipv6(bits)).to_string()))
    }
}

/// `address` with `ipv4` after its first `length` bits, around the octet at bits 64 to 71 (RFC 6052 section
/// 2.2).
fn embed(address: u128, length: u32, ipv4: u32) -> u128 {
    (0..32).fold(address, |address, at| {
        let place = length + at;
        let place = if (32..96).contains(&length) && place >= 64 { place + 8 } else { place };
        let bit = 1_u128 << (127 - place);
        if ipv4 >> (31 - at) & 1 == 1 { address | bit } else { address & !bit }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::address::Nat64Prefixes;
    use std::collections::HashSet;

    fn redaction(named: &[&str]) -> Redaction {
        let named: Vec<_> = named.iter().map(|text| text.parse().unwrap()).collect();
        Redaction::new(b"key", Nat64Prefixes::new(&named)).unwrap()
    }

    #[test]
    fn ipv4_stays_in_its_block_and_none_meet() {
        let redaction = redaction(&[]);
        for block in ["10.1.", "172.16.", "192.168.", "100.64.", "52.94."] {
            let mut seen = HashSet::new();
            for low in 0..2000_u32 {
                let address = format!("{block}{}.{}", low >> 8, low & 255);
                let bits = parse_ipv4(address.as_bytes()).unwrap();
                let other = redaction.ipv4(bits);
                assert!(seen.insert(other), "{address}");
                assert_eq!(ipv4_private(other), ipv4_private(bits), "{address}");
                assert!(ipv4_usable(other));
            }
        }
        for fixed in ["169.254.169.254", "127.0.0.1", "0.0.0.0", "224.0.0.1", "192.0.0.170"] {
            assert_eq!(redaction.address(fixed).unwrap(), fixed);
        }
        assert_eq!(redaction.address("10.x"), None);
    }

    #[test]
    fn ipv6_keeps_its_kind() {
        let redaction = redaction(&["2001:db8:64::/48"]);
        for text in [
            "2600:1f14::1",
            "2001:db8:1::1",
            "3fff:1::1",
            "2001:470:1::1",
            "2002:c000:201::1",
            "2001:0:1::1",
            "fd12:3456::1",
            "fd00:ec2::253",
            "fe80::1",
            "::1",
            "::",
            "ff02::1",
            "::ffff:52.1.2.3",
            "64:ff9b::52.1.2.3",
            "64:ff9b:1::1",
            "2001:db8:64:3401:2:300::",
        ] {
            let bits = parse_ipv6(text.as_bytes()).unwrap();
            let other = redaction.ipv6(bits);
            assert_eq!(Ipv6Kind::from_bits(other), Ipv6Kind::from_bits(bits), "{text}");
            assert_eq!(
                redaction.prefixes.meaning(other).clone(),
                match redaction.prefixes.meaning(bits) {
                    crate::knowledge::address::Meaning::Synthesized(Some(ipv4)) =>
                        crate::knowledge::address::Meaning::Synthesized(Some(redaction.ipv4(ipv4))),
                    meaning => meaning,
                },
                "{text}"
            );
            assert_eq!(other, redaction.ipv6(bits));
        }
        let network = |text: &str| redaction.ipv6(parse_ipv6(text.as_bytes()).unwrap()) >> 64;
        assert_eq!(network("2600:1f14:1::1"), network("2600:1f14:1::2"), "one subnet stays one");
        assert_ne!(network("2600:1f14:1::1"), network("2600:1f14:2::1"));
    }

    #[test]
    fn an_account_has_twelve_digits_and_none_meet() {
        let redaction = redaction(&[]);
        let others: HashSet<String> =
            (0..300_u64).map(|at| redaction.account(&(111_122_223_333 + at).to_string())).collect();
        assert_eq!(others.len(), 300);
        assert!(others.iter().all(|it| it.len() == 12 && it.bytes().all(|byte| byte.is_ascii_digit())));
    }

    /// All bits but those that say what an address is, or whose registry it is from, become others.
    #[test]
    fn no_bit_stays_that_need_not() {
        let redaction = redaction(&[]);
        for (text, stay) in [
            ("2600:1f14::1", 16),
            ("2001:db8:1::1", 32),
            ("3fff:1::1", 20),
            ("2001:470:1::1", 32),
            ("2001:0:1::1", 32),
            ("fd12:3456::1", 8),
            ("fe80::1", 64),
            ("64:ff9b:1::1", 64),
        ] {
            let first = parse_ipv6(text.as_bytes()).unwrap();
            let others = (0..200_u128).map(|at| first + (at << 64) * u128::from(stay < 64) + at);
            let changed =
                others.map(|bits| bits ^ redaction.ipv6(bits)).fold(0, |sum, changed| sum | changed);
            assert_eq!(changed, u128::MAX >> stay, "{text}");
        }
        for (text, stay) in [("10.1.0.1", 8), ("172.16.0.1", 12), ("192.168.0.1", 16), ("100.64.0.1", 10)] {
            let first = parse_ipv4(text.as_bytes()).unwrap();
            let changed = (0..200).map(|at| (first + at) ^ redaction.ipv4(first + at));
            assert_eq!(changed.fold(0, |sum, changed| sum | changed), u32::MAX >> stay, "{text}");
        }
    }

    #[test]
    fn another_key_has_other_pseudonyms() {
        let other = Redaction::new(b"other", Nat64Prefixes::default()).unwrap();
        let one = redaction(&[]);
        assert_ne!(one.ipv4(0x0a00_0001), other.ipv4(0x0a00_0001));
        assert_ne!(one.account("123456789012"), other.account("123456789012"));
        assert_eq!(one.account("123456789012").len(), 12);
        assert_ne!(one.id("i-1"), other.id("i-1"));
        assert!(one.id("rslvr-in-1").starts_with("rslvr-in-0") && one.id("i-1").starts_with("i-0"));
    }
}
