//! Sixteen bytes of text at a time.

use wide::{i8x16, u8x16};

/// Sixteen bytes side by side. As signed numbers, control characters and all that is not ASCII are below the
/// blank.
#[derive(Clone, Copy)]
pub(crate) struct Lanes(i8x16);

/// A byte sixteen times.
#[inline]
fn each(byte: u8) -> i8x16 {
    i8x16::splat(byte.cast_signed())
}

impl Lanes {
    #[inline]
    pub(crate) fn new(bytes: &[u8; 16]) -> Self {
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

    /// One bit for each byte that differs from the byte of `other` at the same place.
    #[inline]
    fn differs(self, other: Self) -> u32 {
        !self.0.simd_eq(other.0).to_bitmask() & 0xffff
    }

    /// One bit for each that is no white space of JSON (RFC 8259 section 2).
    #[inline]
    pub(crate) fn inked(self) -> u32 {
        let lines = self.0.simd_eq(each(b'\n')) | self.0.simd_eq(each(b'\r'));
        !(self.0.simd_eq(each(b' ')) | self.0.simd_eq(each(b'\t')) | lines).to_bitmask() & 0xffff
    }

    /// One bit for each that lies between `first` and `last`, both of them ASCII.
    #[inline]
    pub(crate) fn between(self, first: u8, last: u8) -> u32 {
        !(self.0.simd_lt(each(first)) | self.0.simd_gt(each(last))).to_bitmask() & 0xffff
    }

    /// One bit for each at which a string has to be looked at: a quote, a backslash, a control character.
    #[inline]
    pub(crate) fn marks(self) -> u32 {
        let controls = self.0.simd_lt(each(b' ')) & !self.0.simd_lt(each(0));
        (self.0.simd_eq(each(b'"')) | self.0.simd_eq(each(b'\\')) | controls).to_bitmask()
    }

    /// One bit for each that ends a plain string: a quote, or what is not plain: a backslash, a control
    /// character, what is not ASCII.
    #[inline]
    pub(crate) fn stops(self) -> u32 {
        (self.0.simd_eq(each(b'"')) | self.0.simd_eq(each(b'\\')) | self.0.simd_lt(each(b' '))).to_bitmask()
    }
}

/// The longest text that a [`Joint`] keeps.
const JOINT: usize = 64;

/// A text that was at a place before, with what it meant: it is likely to be there again, and then need only
/// be compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Joint<T> {
    text: [u8; JOINT],
    length: usize,
    meaning: Option<T>,
}

impl<T> Default for Joint<T> {
    fn default() -> Self {
        Self { text: [0; JOINT], length: 0, meaning: None }
    }
}

impl<T: Copy> Joint<T> {
    /// Keeps `text`, unless it is too long to be kept.
    pub(crate) fn learn(&mut self, text: &[u8], meaning: T) {
        *self = Self::default();
        if let Some(place) = self.text.get_mut(..text.len()) {
            place.copy_from_slice(text);
            (self.length, self.meaning) = (text.len(), Some(meaning));
        }
    }

    /// If `bytes` begin with the text: what it meant, and how many bytes it has.
    #[inline]
    pub(crate) fn begins(&self, bytes: &[u8]) -> Option<(T, usize)> {
        let meaning = self.meaning?;
        let mut at = 0;
        while at < self.length {
            let before = self.text.get(at..)?.first_chunk()?;
            let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk) else {
                let is_same = bytes.get(at..self.length)? == self.text.get(at..self.length)?;
                return is_same.then_some((meaning, self.length));
            };
            let differs = Lanes::new(chunk).differs(Lanes::new(before));
            if differs != 0 && at + (differs.trailing_zeros() as usize) < self.length {
                return None;
            }
            at += 16;
        }
        Some((meaning, self.length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_joint_is_found_where_it_stands_again() {
        for length in 1..=JOINT + 1 {
            let text: Vec<u8> = (b'a'..=b'z').cycle().take(length).collect();
            let mut joint = Joint::default();
            assert_eq!(joint.begins(&text), None);
            joint.learn(&text, length);
            let is_kept = length <= JOINT;
            for behind in [0, 1, 15, 16, 70] {
                let mut bytes = [&text[..], &vec![b'!'; behind]].concat();
                assert_eq!(joint.begins(&bytes), is_kept.then_some((length, length)));
                for at in 0..length {
                    bytes[at] ^= 1;
                    assert_eq!(joint.begins(&bytes), None, "{at} of {length}");
                    bytes[at] ^= 1;
                }
            }
            assert_eq!(joint.begins(&text[..length - 1]), None);
        }
    }

    #[test]
    fn every_byte_at_every_place() {
        for byte in 0..=u8::MAX {
            for place in 0..16 {
                let mut bytes = [b'x'; 16];
                bytes[place] = byte;
                let lanes = Lanes::new(&bytes);
                let bit = |is: bool| u32::from(is) << place;
                let stops = matches!(byte, b'"' | b'\\') || !(0x20..0x80).contains(&byte);
                assert_eq!(lanes.stops(), bit(stops), "{byte}");
                assert_eq!(lanes.marks(), bit(matches!(byte, b'"' | b'\\' | 0..0x20)), "{byte}");
                assert_eq!(lanes.between(b'0', b'9'), bit(byte.is_ascii_digit()), "{byte}");
                assert_eq!(lanes.equal(b'"'), bit(byte == b'"'), "{byte}");
                let blank = matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
                assert_eq!(lanes.inked(), 0xffff & !bit(blank), "{byte}");
                assert_eq!(lanes.differs(Lanes::new(b"xxxxxxxxxxxxxxxx")), bit(byte != b'x'), "{byte}");
                let hex = matches!(byte | 0x20, b'a'..=b'f');
                assert_eq!(lanes.lower().between(b'a', b'f'), bit(hex), "{byte}");
            }
        }
    }
}
