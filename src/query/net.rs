//! Addresses and networks.

use std::fmt;

use crate::fleet::address_text;
use crate::knowledge::address::{Nat64Prefixes, parse_ipv4, parse_ipv6};
use crate::log::observation::mapped;

/// The IPv4 addresses in their IPv4-mapped form.
const IPV4: Net = Net { bits: 0xffff_0000_0000, length: 96 };

/// An address, or a network of them. IPv4 is IPv4-mapped: its lengths are 96 to 128.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Net {
    bits: u128,
    length: u8,
}

impl Net {
    fn new(bits: u128, length: u8) -> Self {
        Self { bits: bits & mask(length), length }
    }

    /// Reads `ADDRESS` or `ADDRESS/LENGTH`. Bits after the length do not matter.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let (bits, most) = match parse_ipv4(address.as_bytes()) {
            Some(ipv4) => (mapped(ipv4), 32),
            None => (parse_ipv6(address.as_bytes())?, 128),
        };
        let length = match length {
            // `parse` would take a `+`.
            Some(length) if length.bytes().all(|byte| byte.is_ascii_digit()) => length.parse().ok()?,
            Some(_) => return None,
            None => most,
        };
        (length <= most).then(|| Self::new(bits, length + (128 - most)))
    }

    fn is_ipv4(self) -> bool {
        self.length >= IPV4.length && IPV4.has(self.bits)
    }

    fn has(self, address: u128) -> bool {
        (address ^ self.bits) & mask(self.length) == 0
    }

    /// Whether an address is in it. No IPv4 address is in an IPv6 network.
    pub(super) fn contains(self, address: u128) -> bool {
        self.has(address) && (self.is_ipv4() || !IPV4.has(address))
    }
}

fn mask(length: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0)
}

impl fmt::Display for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&address_text(self.bits))?;
        let (length, most) = if self.is_ipv4() { (self.length - 96, 32) } else { (self.length, 128) };
        if length < most { write!(f, "/{length}") } else { Ok(()) }
    }
}

/// Answers in a network. One inside a NAT64 prefix finds what has the IPv4 address inside it, synthesized or
/// in an A answer, and the other way round: for whoever looks for an endpoint, it is the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AnswersWithin {
    pub net: Net,
    /// The IPv4 addresses that are inside those of a network within a NAT64 prefix.
    inner: Option<Net>,
}

impl AnswersWithin {
    /// Answers where the well-known prefix alone is in force.
    pub(super) fn new(net: Net) -> Self {
        Self::with(net, &Nat64Prefixes::default())
    }

    pub(super) fn with(net: Net, prefixes: &Nat64Prefixes) -> Self {
        Self { net, inner: inner(net, prefixes) }
    }

    pub(super) fn fits(&self, native: &[u128], ipv4: &[u32]) -> bool {
        let inside = |address: &u32| {
            let address = mapped(*address);
            self.net.contains(address) || self.inner.is_some_and(|inner| inner.contains(address))
        };
        native.iter().any(|address| self.net.contains(*address)) || ipv4.iter().any(inside)
    }
}

fn inner(net: Net, prefixes: &Nat64Prefixes) -> Option<Net> {
    let (prefix, ipv4) = prefixes.split(net.bits)?;
    let start = prefix.length();
    // The places of the bits of the IPv4 address: after the prefix, with bits 64 to 71 left out (RFC 6052
    // section 2.2).
    let place = |bit: u32| {
        let at = start + bit;
        if start < 96 && at >= 64 { at + 8 } else { at }
    };
    let fixed = (0..32).take_while(|bit| place(*bit) < u32::from(net.length)).count();
    let is_inside = u32::from(net.length) >= start;
    is_inside.then(|| Net::new(mapped(ipv4), IPV4.length + u8::try_from(fixed).unwrap_or(32)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> Net {
        Net::read(text).unwrap()
    }

    #[test]
    fn networks_are_read_and_shown() {
        for (text, shown) in [
            ("10.1.2.3", "10.1.2.3"),
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("::ffff:10.1.2.3", "10.1.2.3"),
            ("2001:DB8::1/32", "2001:db8::/32"),
            ("::/0", "::/0"),
            ("64:ff9b::1.2.3.4", "64:ff9b::102:304"),
            ("::1/128", "::1"),
        ] {
            assert_eq!(net(text).to_string(), shown, "{text}");
        }
        for (address, most) in [("10.1.2.3", 32), ("2001:db8::1", 128)] {
            for length in 0..=most {
                let one = net(&format!("{address}/{length}"));
                assert_eq!(net(&one.to_string()), one, "{address}/{length}");
            }
        }
        for text in [
            "",
            "10.1.2",
            "10.1.2.3/33",
            "10.1.2.3/",
            "::/129",
            "::/+1",
            "::/-1",
            "i-1",
            "::1/2/3",
            "1.2.3.4/999",
        ] {
            assert_eq!(Net::read(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_in_a_network() {
        let ip = |text: &str| net(text).bits;
        for (of, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.0"),
            ("0.0.0.0/0", "255.255.255.255", "::1"),
            ("::/0", "::1", "10.0.0.1"),
            ("2001:db8::/33", "2001:db8:7fff::", "2001:db8:8000::"),
            ("10.0.0.1", "10.0.0.1", "10.0.0.2"),
        ] {
            assert!(net(of).contains(ip(inside)) && !net(of).contains(ip(outside)), "{of}");
        }
    }

    #[test]
    fn an_address_and_the_one_inside_find_the_same() {
        let own =
            Nat64Prefixes::new(&["2001:db8:122:344::/64".parse().unwrap(), "2001:db8::/40".parse().unwrap()]);
        let finds = |text: &str, ipv4: &str| {
            let ipv4 = crate::knowledge::address::parse_ipv4(ipv4.as_bytes()).unwrap();
            AnswersWithin::with(net(text), &own).fits(&[], &[ipv4])
        };
        for text in [
            "203.0.113.9",
            "203.0.113.0/24",
            "64:ff9b::cb00:7109",
            "64:ff9b::cb00:7100/120",
            "64:ff9b::/96",
            // RFC 6052 section 2.4: bits 64 to 71 are left out.
            "2001:db8:122:344:cb:71:900::",
            "2001:db8:122:344:cb:71::/96",
            "2001:db8:122:344::/64",
            "2001:db8:cb:71:9::",
        ] {
            assert!(finds(text, "203.0.113.9"), "{text}");
        }
        for text in ["64:ff9b::/64", "::/0", "64:ff9b::cb00:7108", "2001:db8:122:344:cb:71:800::", "2000::/3"]
        {
            assert!(!finds(text, "203.0.113.9"), "{text}");
        }
        assert!(finds("64:ff9b::cb00:7100/120", "203.0.113.200"));
        assert!(!finds("64:ff9b::cb00:7100/120", "203.0.114.9"));
        let native = net("2600::1").bits;
        assert!(AnswersWithin::with(net("::/0"), &own).fits(&[native], &[]));
    }
}
