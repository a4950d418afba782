//! Reading addresses from text at the speed of the log.
//!
//! The resolver writes lower-case hexadecimal groups and plain dotted quads; those are read here in one pass.
//! Whatever looks different goes to the standard library's parser, which decides.

use std::net::Ipv6Addr;

/// Reads an IPv6 address; `None` if the text is none (RFC 4291 section 2.2, no zone id).
#[must_use]
pub fn parse_ipv6(text: &[u8]) -> Option<u128> {
    plain_ipv6(text).or_else(|| {
        let text = std::str::from_utf8(text).ok()?;
        text.parse::<Ipv6Addr>().ok().map(u128::from)
    })
}

/// Reads an IPv4 address in dotted decimal; `None` if the text is none.
#[inline]
#[must_use]
pub fn parse_ipv4(text: &[u8]) -> Option<u32> {
    let (first, rest) = octet(text)?;
    let (second, rest) = octet(rest.strip_prefix(b".")?)?;
    let (third, rest) = octet(rest.strip_prefix(b".")?)?;
    let (fourth, rest) = octet(rest.strip_prefix(b".")?)?;
    rest.is_empty().then_some(first << 24 | second << 16 | third << 8 | fourth)
}

/// Reads up to three digits, and gives what follows them. A leading zero is refused as the standard library does:
/// some readers take it for octal.
#[inline]
fn octet(text: &[u8]) -> Option<(u32, &[u8])> {
    let digit = |at: usize| text.get(at).map_or(10, |byte| u32::from(byte.wrapping_sub(b'0')));
    let (one, two) = (digit(0), digit(1));
    if one > 9 {
        return None;
    }
    if two > 9 {
        return Some((one, &text[1..]));
    }
    let three = digit(2);
    let (value, length) = if three > 9 { (one * 10 + two, 2) } else { (one * 100 + two * 10 + three, 3) };
    (one > 0 && value < 256).then(|| (value, &text[length..]))
}

/// The value of a hexadecimal digit of either case, else 0xff.
const HEX: [u8; 256] = {
    let mut table = [0xff; 256];
    let mut value = 0_u8;
    while value < 16 {
        table[b"0123456789abcdef"[value as usize] as usize] = value;
        table[b"0123456789ABCDEF"[value as usize] as usize] = value;
        value += 1;
    }
    table
};

/// Reads groups of hexadecimal digits with at most one `::`; `None` for anything else, which may still be an
/// address (a dotted tail).
fn plain_ipv6(text: &[u8]) -> Option<u128> {
    let mut bits = 0_u128;
    let mut groups = 0_u32;
    // What stood before the `::`, and how many groups that was.
    let mut gap: Option<(u128, u32)> = None;
    let mut at = 0;
    if text.starts_with(b"::") {
        gap = Some((0, 0));
        at = 2;
    }
    while at < text.len() {
        let mut group = 0_u32;
        let start = at;
        while let Some(&byte) = text.get(at) {
            let digit = HEX[usize::from(byte)];
            if digit == 0xff {
                break;
            }
            group = group << 4 | u32::from(digit);
            at += 1;
            if at - start > 4 {
                return None;
            }
        }
        if at == start || groups == 8 {
            return None;
        }
        bits = bits << 16 | u128::from(group);
        groups += 1;
        match text.get(at) {
            None => break,
            Some(b':') => {
                at += 1;
                if text.get(at) == Some(&b':') {
                    if gap.is_some() {
                        return None;
                    }
                    gap = Some((bits, groups));
                    bits = 0;
                    at += 1;
                } else if at == text.len() {
                    return None;
                }
            }
            Some(_) => return None,
        }
    }
    match gap {
        None => (groups == 8).then_some(bits),
        Some((before, count)) if groups < 8 => {
            let before = if count == 0 { 0 } else { before << (128 - 16 * count) };
            Some(before | bits)
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::Ipv4Addr;

    fn std_ipv6(text: &str) -> Option<u128> {
        text.parse::<Ipv6Addr>().ok().map(u128::from)
    }

    fn std_ipv4(text: &str) -> Option<u32> {
        text.parse::<Ipv4Addr>().ok().map(u32::from)
    }

    #[test]
    fn odd_spellings_read_as_the_standard_library_reads_them() {
        for text in [
            "",
            ":",
            "::",
            ":::",
            "1",
            "1:",
            ":1",
            "::1",
            "1::",
            "1::2::3",
            "1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7::",
            "::2:3:4:5:6:7:8",
            "1::2:3:4:5:6:7:8",
            "1:2:3:4::5:6:7:8",
            "::1:2:3:4:5:6:7:8",
            "64:FF9B::C000:221",
            "64:ff9b::192.0.2.33",
            "00064:ff9b::1",
            "g::",
            "fe80::1%eth0",
            "1:2:3:4:5:6:7:8:",
            " ::1",
            "64:ff9b:0:0:0:0:0:0",
            "::ffff:1.2.3.4",
            "1.2.3.4",
        ] {
            assert_eq!(parse_ipv6(text.as_bytes()), std_ipv6(text), "{text:?}");
        }
        for text in [
            "",
            "1",
            "1.2.3",
            "1.2.3.4",
            "1.2.3.4.",
            "1.2.3.4.5",
            ".1.2.3.4",
            "1..2.3",
            "256.1.1.1",
            "1.1.1.256",
            "01.2.3.4",
            "0.0.0.0",
            "00.0.0.0",
            "255.255.255.255",
            "1.2.3.0004",
            "-1.2.3.4",
            "1.2.3.4 ",
        ] {
            assert_eq!(parse_ipv4(text.as_bytes()), std_ipv4(text), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_address_reads_back(bits: u128, low: u32) {
            let text = Ipv6Addr::from(bits).to_string();
            prop_assert_eq!(plain_ipv6(text.as_bytes()).or_else(|| std_ipv6(&text)), Some(bits));
            prop_assert_eq!(parse_ipv4(Ipv4Addr::from(low).to_string().as_bytes()), Some(low));
        }

        #[test]
        fn sparse_addresses_read_back(bits: u128, mask: u8) {
            let mut kept = 0_u128;
            for group in 0..8 {
                if mask >> group & 1 == 1 {
                    kept |= bits & (0xffff << (group * 16));
                }
            }
            let text = Ipv6Addr::from(kept).to_string();
            prop_assert_eq!(parse_ipv6(text.as_bytes()), Some(kept));
        }

        #[test]
        fn any_text_reads_as_the_standard_library_reads_it(text in "[0-9a-fA-F:.g%]{0,24}") {
            prop_assert_eq!(parse_ipv6(text.as_bytes()), std_ipv6(&text));
            prop_assert_eq!(parse_ipv4(text.as_bytes()), std_ipv4(&text));
        }
    }
}
