//! Unsigned numbers of as many bytes as they need, seven bits in each (parquet-format, "Run Length Encoding /
//! Bit-Packing Hybrid"; Apache Thrift, "Thrift Compact protocol encoding").

/// The most bytes of a number of 64 bits.
pub(super) const LONGEST: usize = 10;

/// The number that `bytes` begin with, and what follows it; `None` if it does not end there, or within
/// [`LONGEST`] bytes.
pub(super) fn unsigned(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0;
    for (at, byte) in bytes.iter().enumerate().take(LONGEST) {
        number |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((number, &bytes[at + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_where_they_say() {
        for (bytes, number) in [
            (&[0][..], Some(0)),
            (&[0x7f, 9], Some(127)),
            (&[0x80, 1], Some(128)),
            (&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], Some(u64::MAX)),
            (&[0x80], None),
            (&[], None),
            (&[0xff; 11], None),
        ] {
            assert_eq!(unsigned(bytes).map(|(number, _)| number), number, "{bytes:?}");
        }
        assert_eq!(unsigned(&[0x80, 1, 7]), Some((128, &[7][..])));
    }
}
