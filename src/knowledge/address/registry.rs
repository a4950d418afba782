//! The IANA IPv6 Special-Purpose Address Registry, as data.

/// When the registry was last changed before it was copied.
pub const AS_OF: &str = "2025-10-09";

/// A row of the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Special {
    /// The first 64 bits of the prefix.
    high: u64,
    /// Its length in bits.
    length: u32,
    /// What it is for.
    pub name: &'static str,
    /// Where it is defined.
    pub source: &'static str,
    /// Whether the registry calls it globally reachable.
    pub is_reachable: bool,
}

const fn row(
    high: u64,
    length: u32,
    name: &'static str,
    source: &'static str,
    is_reachable: bool,
) -> Special {
    Special { high, length, name, source, is_reachable }
}

/// Rows whose prefixes no kind of address has for itself; more specific ones before those around them.
/// Shorter than 65 bits, or a single address whose prefix is as good.
const ROWS: [Special; 13] = [
    row(0x0100_0000_0000_0001, 64, "dummy prefix", "RFC 9780", false),
    row(
        0x2001_0001_0000_0000,
        64,
        "anycast of Port Control Protocol, TURN and DNS-SD",
        "RFC 7723, RFC 8155, RFC 9665",
        true,
    ),
    row(0x2001_0002_0000_0000, 48, "benchmarking", "RFC 5180", false),
    row(0x2001_0003_0000_0000, 32, "automatic multicast tunneling", "RFC 7450", true),
    row(0x2001_0004_0112_0000, 48, "AS112", "RFC 7535", true),
    row(0x2001_0010_0000_0000, 28, "ORCHID (deprecated)", "RFC 4843", false),
    row(0x2001_0020_0000_0000, 28, "ORCHIDv2", "RFC 7343", true),
    row(0x2001_0030_0000_0000, 28, "remote identification of drones", "RFC 9374", true),
    row(0x2001_0000_0000_0000, 23, "IETF protocol assignments", "RFC 2928", false),
    row(0x2620_004f_8000_0000, 48, "AS112, by delegation", "RFC 7534", true),
    row(0x5f00_0000_0000_0000, 16, "segment identifiers of SRv6", "RFC 9602", false),
    row(0x0100_0000_0000_0000, 64, "discard-only", "RFC 6666", false),
    row(0x3fff_0000_0000_0000, 20, "documentation", "RFC 9637", false),
];

/// The row that `bits`, an address in network order, is in.
#[must_use]
pub fn special(bits: u128) -> Option<&'static Special> {
    let high = u64::try_from(bits >> 64).unwrap_or_default();
    // Nearly every address is elsewhere.
    if !matches!(high >> 48, 0x0100 | 0x2001 | 0x2620 | 0x3ff0..=0x3fff | 0x5f00) {
        return None;
    }
    ROWS.iter().find(|row| (high ^ row.high) >> (64 - row.length) == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_row_counts() {
        for (address, name, is_reachable) in [
            ("5f00::1", Some("segment identifiers of SRv6"), false),
            ("100:0:0:1::7", Some("dummy prefix"), false),
            ("2001:2::1", Some("benchmarking"), false),
            ("2001:1::2", Some("anycast of Port Control Protocol, TURN and DNS-SD"), true),
            ("2001:20::1", Some("ORCHIDv2"), true),
            ("2001:40::1", Some("IETF protocol assignments"), false),
            ("2001:200::1", None, true),
            ("2600:1f14::1", None, true),
            ("5f01::1", None, true),
        ] {
            let bits = u128::from(address.parse::<std::net::Ipv6Addr>().unwrap());
            let row = special(bits);
            assert_eq!(row.map(|row| row.name), name, "{address}");
            assert_eq!(row.is_none_or(|row| row.is_reachable), is_reachable, "{address}");
        }
    }
}
