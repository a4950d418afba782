//! Reading addresses from text at the speed of the log.
//!
//! The resolver writes lower-case hexadecimal groups and plain dotted quads; those are read here in one pass.
//! Whatever looks different goes to the standard library's parser, which decides.

use super::mark::AfterAddress;
use std::net::Ipv6Addr;

use crate::base::simd::Lanes;

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

/// Reads up to three digits, and gives what follows them. A leading zero is refused as the standard library
/// does: some readers take it for octal.
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

/// Reads an IPv4 address as [`parse_ipv4`] does, from bytes in which `M::MARK` follows it: the address, and
/// how many bytes it has. `None` says no more than that the bytes have to be looked at otherwise.
///
/// Where the octets end is computed, not searched: their lengths are as good as random, and a processor that
/// guesses them wrong waits longer than all of this takes.
#[inline]
pub(crate) fn ipv4_before<M: AfterAddress>(bytes: &[u8]) -> Option<(u32, usize)> {
    let window: &[u8; 20] = bytes.first_chunk()?;
    let lanes = Lanes::new(window.first_chunk()?);
    let mut stops = !lanes.between(b'0', b'9');
    // What is read next waits for where this ends, and not for what it is.
    let quote = lanes.equal(M::MARK).trailing_zeros();
    let (mut start, mut address, mut wrong) = (0, 0, 0);
    for place in 0..4 {
        let end = stops.trailing_zeros();
        stops &= stops.wrapping_sub(1);
        let length = end.wrapping_sub(start);
        // No digits, or more than three.
        wrong |= u32::from(length.wrapping_sub(1) > 2);
        let stop = window[(end & 15) as usize];
        wrong |= u32::from(stop ^ if place == 3 { M::MARK } else { b'.' });
        let at = (start & 15) as usize;
        let digits = window[at..at + 4].try_into().map_or(0, u32::from_le_bytes);
        // The last digit goes to the third byte, and zeros fill the bytes before the first.
        let digits = (digits ^ 0x3030_3030) << (8 * (3_u32.wrapping_sub(length) & 3)) & 0x00ff_ffff;
        let value = digits.swap_bytes() >> 8;
        // 2, 5, 5; and the least value with that number of digits.
        let least = (1 << (8 * (length.wrapping_sub(1) & 3))) & !1;
        wrong |= u32::from(value > 0x0002_0505) | u32::from(value < least);
        // Hundreds, tens and ones meet in the third byte; what is carried out of it is cut off.
        address = address << 8 | digits.wrapping_mul(0x0064_0a01) >> 16 & 0xff;
        start = end + 1;
    }
    (wrong == 0 && start == quote + 1).then_some((address, quote as usize))
}

/// Reads an IPv6 address as [`parse_ipv6`] does, from bytes in which `M::MARK` follows it: the address, and
/// how many bytes it has. `None` says no more than that the bytes have to be looked at otherwise.
///
/// Colons and the quote are found for all of it at once; each group is then read from four bytes.
#[inline]
pub(crate) fn ipv6_before<M: AfterAddress>(bytes: &[u8]) -> Option<(u128, usize)> {
    // An address has up to 39 bytes. Reading its last group may go on past its end.
    let window: &[u8; 52] = bytes.first_chunk()?;
    let (chunks, _) = window.as_chunks::<16>();
    let (mut quotes, mut colons, mut digits) = (0_u64, 0_u64, 0_u64);
    for (place, chunk) in chunks.iter().enumerate() {
        let lanes = Lanes::new(chunk);
        let add = |mask: &mut u64, bits: u32| *mask |= u64::from(bits) << (16 * place);
        add(&mut quotes, lanes.equal(M::MARK));
        add(&mut colons, lanes.equal(b':'));
        add(&mut digits, lanes.between(b'0', b'9') | lanes.lower().between(b'a', b'f'));
    }
    let end = quotes.trailing_zeros();
    let text = 1_u64.checked_shl(end)?.wrapping_sub(1);
    let colons = colons & text;
    // The first of two colons side by side: there may be two once.
    let gap = colons & colons >> 1;
    if (colons | digits) & text != text || gap & gap.wrapping_sub(1) != 0 {
        return None;
    }
    let mut stops = colons | 1 << end;
    // Where the current group begins; the bits before the `::`, and the number of groups there.
    let (mut start, mut before, mut count) = (0, 0, 0);
    let (mut bits, mut groups, mut wrong) = (0_u128, 0_u32, false);
    if gap & 1 == 1 {
        start = 2;
        stops &= !3;
    }
    let ends_in_gap = gap.trailing_zeros() + 2 == end;
    while !(ends_in_gap && start == end) {
        let stop = stops.trailing_zeros();
        stops &= stops.wrapping_sub(1);
        let length = stop.wrapping_sub(start);
        wrong |= length.wrapping_sub(1) > 3;
        let at = start as usize;
        let text = u32::from_le_bytes(*window.get(at..)?.first_chunk()?);
        // The last digit goes to the fourth byte, and zeros fill the bytes before the first. A letter has the
        // bit of 64, and is nine more than its low bits.
        let text = text << (8 * (4_u32.wrapping_sub(length) & 3));
        let values = (text & 0x0f0f_0f0f) + (text >> 6 & 0x0101_0101) * 9;
        let pairs = (values << 4 | values >> 8) & 0x00ff_00ff;
        bits = bits << 16 | u128::from(pairs << 8 & 0xff00 | pairs >> 16);
        groups += 1;
        if stops == 0 {
            break;
        }
        start = stop + 1;
        if gap >> stop & 1 == 1 {
            (before, count) = (bits, groups);
            bits = 0;
            start += 1;
            stops &= stops.wrapping_sub(1);
        }
    }
    // The `::` stands for one group at least.
    let is_whole = if gap == 0 { groups == 8 } else { groups < 8 };
    if wrong || !is_whole {
        return None;
    }
    if count > 0 {
        bits |= before << (128 - 16 * count);
    }
    Some((bits, end as usize))
}

/// `0.` to `255.`, and how many bytes that is.
const OCTETS: [([u8; 4], u8); 256] = {
    let mut table = [([b'.'; 4], 0); 256];
    let mut value = 0_u8;
    loop {
        let digits = [value / 100, value / 10 % 10, value % 10];
        let mut place = if value >= 100 {
            0
        } else if value >= 10 {
            1
        } else {
            2
        };
        let entry = &mut table[value as usize];
        while place < 3 {
            entry.0[entry.1 as usize] = b'0' + digits[place];
            entry.1 += 1;
            place += 1;
        }
        entry.1 += 1;
        if value == 255 {
            break;
        }
        value += 1;
    }
    table
};

/// Writes an IPv4 address in dotted decimal: reports write hundreds of thousands.
pub fn write_ipv4(out: &mut Vec<u8>, address: u32) {
    let mut text = [0; 16];
    let mut end = 0;
    for octet in address.to_be_bytes() {
        let (digits, length) = OCTETS[usize::from(octet)];
        text[end..end + 4].copy_from_slice(&digits);
        end += usize::from(length);
    }
    out.extend_from_slice(&text[..end - 1]);
}

/// Writes an IPv6 address as RFC 5952 does, and as the standard library: in lower case, without leading
/// zeros, the longest run of zero groups as `::`, the end of an IPv4-mapped one in dotted decimal.
#[expect(clippy::cast_possible_truncation, reason = "the lowest bits are the IPv4 address")]
pub fn write_ipv6(out: &mut Vec<u8>, address: u128) {
    if address >> 32 == 0xffff {
        out.extend_from_slice(b"::ffff:");
        return write_ipv4(out, address as u32);
    }
    let groups = Ipv6Addr::from(address).segments();
    // Where the longest run of zero groups begins, and its length; of equals, the first.
    let (mut longest, mut run) = ((8, 1), (0, 0));
    for (at, group) in groups.into_iter().enumerate() {
        run = if group != 0 { (at + 1, 0) } else { (run.0, run.1 + 1) };
        if run.1 > longest.1 {
            longest = run;
        }
    }
    let mut at = 0;
    while at < 8 {
        if at == longest.0 {
            out.extend_from_slice(if at == 0 { b"::" } else { b":" });
            at += longest.1;
            continue;
        }
        let digits: [u8; 4] = std::array::from_fn(|place| {
            b"0123456789abcdef"[usize::from(groups[at] >> (12 - 4 * place) & 0xf)]
        });
        let zeros = groups[at].leading_zeros().min(15) / 4;
        out.extend_from_slice(&digits[zeros as usize..]);
        at += 1;
        if at < 8 {
            out.push(b':');
        }
    }
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
    // The bits before the `::`, and the number of groups there.
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
            check_quoted(text);
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
            check_quoted(text);
        }
    }

    /// A quotation mark.
    struct Quotation;

    impl AfterAddress for Quotation {
        const MARK: u8 = b'"';
    }

    /// Both ways of reading what a quote follows, against the standard library.
    fn check_quoted(text: &str) {
        let bytes =
            format!("{text}\",\"Type\":\"AAAA\",\"Class\":\"IN\"}}],\"srcaddr\":\"10.0.0.1\",\"srcport\":");
        if let Some((address, length)) = ipv4_before::<Quotation>(bytes.as_bytes()) {
            assert_eq!(
                (Some(address), length),
                (std_ipv4(&bytes[..length]), text.find('"').unwrap_or(text.len())),
                "{text:?}"
            );
        } else {
            assert_eq!(std_ipv4(text), None, "{text:?}");
        }
        if let Some((address, length)) = ipv6_before::<Quotation>(bytes.as_bytes()) {
            assert_eq!(
                (Some(address), length),
                (std_ipv6(&bytes[..length]), text.find('"').unwrap_or(text.len())),
                "{text:?}"
            );
        } else if !text.contains('.') && text != "::" {
            assert_eq!(std_ipv6(text), None, "{text:?}");
        }
    }

    #[test]
    fn sparse_octets_and_groups() {
        for value in 0..300 {
            for text in [
                format!("{value}.1.2.3"),
                format!("10.200.{value}.0"),
                format!("9.0.1.{value}"),
                format!("0{value}.1.1.1"),
            ] {
                check_quoted(&text);
            }
        }
        for bits in 0..256_u32 {
            let groups: Vec<String> = (0..8)
                .map(|place| {
                    if bits >> place & 1 == 1 {
                        format!("{:x}", 1 << (4 * (place % 4)))
                    } else {
                        "0".to_owned()
                    }
                })
                .collect();
            check_quoted(&groups.join(":"));
            check_quoted(
                &std_ipv6(&groups.join(":"))
                    .map_or_else(String::new, |bits| Ipv6Addr::from(bits).to_string()),
            );
        }
    }

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    proptest! {
        #[test]
        fn addresses_are_written_as_the_standard_library_writes_them(bits: u128, mask: u8, low: u32) {
            let mut sparse = 0_u128;
            for group in 0..8 {
                if mask >> group & 1 == 1 {
                    sparse |= bits & (0xffff << (group * 16));
                }
            }
            for bits in [bits, sparse, sparse & 0xf00f_0ff0_00f0_000f_ffff_0000_ff00_00ff, u128::from(low), 0xffff_0000_0000 | u128::from(low)] {
                prop_assert_eq!(written(|out| write_ipv6(out, bits)), Ipv6Addr::from(bits).to_string());
                check_quoted(&Ipv6Addr::from(bits).to_string());
            }
            prop_assert_eq!(written(|out| write_ipv4(out, low)), Ipv4Addr::from(low).to_string());
            check_quoted(&Ipv4Addr::from(low).to_string());
        }

        #[test]
        fn any_text_before_a_quote_reads_as_the_standard_library_reads_it(text in "[0-9a-fA-F:.g%\"]{0,24}", four in "[0-9]{0,4}(\\.[0-9]{0,4}){2,4}") {
            check_quoted(&text);
            check_quoted(&four);
        }

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
