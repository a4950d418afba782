//! Sixteen bytes of text at a time.

use wide::{i8x16, u8x16};

/// Sixteen bytes side by side. As signed numbers, control characters and all that is not ASCII are below the blank.
#[derive(Clone, Copy)]
pub(crate) struct Lanes(i8x16);

/// A byte sixteen times.
#[inline]
fn each(byte: u8) -> i8x16 {
    i8x16::splat(byte.cast_signed())
}

impl Lanes {
    #[inline]
    pub(crate) fn of(bytes: &[u8; 16]) -> Self {
        Self(u8x16::from(*bytes).cast_signed())
    }

    /// The letters of ASCII in lower case; other bytes are then no letters either.
    #[inline]
    pub(crate) fn lower(self) -> Self {
        Self(self.0 | each(0x20))
    }

    /// One bit for each that is `byte`, the first one lowest.
    #[inline]
    pub(crate) fn equal(self, byte: u8) -> u32 {
        self.0.simd_eq(each(byte)).to_bitmask()
    }

    /// One bit for each that lies between `first` and `last`, both of them ASCII.
    #[inline]
    pub(crate) fn between(self, first: u8, last: u8) -> u32 {
        !(self.0.simd_lt(each(first)) | self.0.simd_gt(each(last))).to_bitmask() & 0xffff
    }

    /// One bit for each that ends a plain string: a quote, or what is not plain: a backslash, a control character, what is
    /// not ASCII.
    #[inline]
    pub(crate) fn stops(self) -> u32 {
        (self.0.simd_eq(each(b'"')) | self.0.simd_eq(each(b'\\')) | self.0.simd_lt(each(b' '))).to_bitmask()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_at_every_place() {
        for byte in 0..=u8::MAX {
            for place in 0..16 {
                let mut bytes = [b'x'; 16];
                bytes[place] = byte;
                let lanes = Lanes::of(&bytes);
                let bit = |is: bool| u32::from(is) << place;
                let stops = matches!(byte, b'"' | b'\\') || !(0x20..0x80).contains(&byte);
                assert_eq!(lanes.stops(), bit(stops), "{byte}");
                assert_eq!(lanes.between(b'0', b'9'), bit(byte.is_ascii_digit()), "{byte}");
                assert_eq!(lanes.equal(b'"'), bit(byte == b'"'), "{byte}");
                let hex = matches!(byte | 0x20, b'a'..=b'f');
                assert_eq!(lanes.lower().between(b'a', b'f'), bit(hex), "{byte}");
            }
        }
    }
}
