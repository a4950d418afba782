//! A gzip object that fits in memory: what S3 deliveries and Firehose mostly are.
//!
//! Unpacked at once such an object takes about half the time that it takes as a stream
//! (`docs/performance.md`). The library that does so reads one member and does not say where it ended. So
//! only an object is read this way that has no other: in which the three bytes that every member begins with
//! (RFC 1952 section 2.3) are nowhere but at its start. Everything else, and everything that is damaged, is
//! left to the stream, which knows what to say of it.

use std::fs::File;
use std::io::{self, Read};

use libdeflater::Decompressor;

use super::unpack::is_packed_or_foreign;

/// The largest object that is read this way, and the largest it may unpack to.
const LARGEST: usize = 32 << 20;
/// What a member begins with: the two bytes of gzip, and the only method there is.
const MEMBER: &[u8] = &[0x1f, 0x8b, 8];
/// The shortest member: a header of ten bytes, an empty block, and a trailer of eight.
const SHORTEST: usize = 20;

/// Memory to unpack objects in, one after the other.
pub struct ObjectUnpacker {
    packed: Vec<u8>,
    unpacked: Vec<u8>,
    decompressor: Decompressor,
}

impl Default for ObjectUnpacker {
    fn default() -> Self {
        Self { packed: Vec::new(), unpacked: Vec::new(), decompressor: Decompressor::new() }
    }
}

impl ObjectUnpacker {
    /// What is in `file`, of `length` bytes, if it is an object that can be unpacked at once. `None` if it is
    /// not: it must be read from its start then.
    ///
    /// # Errors
    /// Those of reading the file.
    pub fn unpack(&mut self, file: &mut File, length: u64) -> io::Result<Option<&[u8]>> {
        let Ok(length) = usize::try_from(length) else { return Ok(None) };
        if !(SHORTEST..=LARGEST).contains(&length) {
            return Ok(None);
        }
        self.packed.clear();
        file.take(MEMBER.len() as u64).read_to_end(&mut self.packed)?;
        if self.packed != MEMBER {
            return Ok(None);
        }
        file.take(LARGEST as u64).read_to_end(&mut self.packed)?;
        let Self { packed, unpacked, decompressor } = self;
        Ok(member(packed, unpacked, decompressor))
    }

    /// The same for an object that is in memory already.
    pub fn unpack_whole(&mut self, packed: &[u8]) -> Option<&[u8]> {
        let is_one = (SHORTEST..=LARGEST).contains(&packed.len()) && packed.starts_with(MEMBER);
        let Self { unpacked, decompressor, .. } = self;
        if is_one { member(packed, unpacked, decompressor) } else { None }
    }
}

/// Unpacks the one member there is.
fn member<'u>(packed: &[u8], unpacked: &'u mut Vec<u8>, decompressor: &mut Decompressor) -> Option<&'u [u8]> {
    if memchr::memmem::find(&packed[1..], MEMBER).is_some() {
        return None;
    }
    // The trailer ends with the length of what is inside; if that is a lie, unpacking fails.
    let length = usize::try_from(u32::from_le_bytes(*packed.last_chunk()?)).ok()?;
    if length > LARGEST {
        return None;
    }
    if unpacked.len() < length {
        unpacked.resize(length, 0);
    }
    let whole = decompressor.gzip_decompress(packed, &mut unpacked[..length]).ok()?;
    let bytes = &unpacked[..length];
    // gzip of gzip, and what is no log, is for the stream, too.
    (whole == length && !is_packed_or_foreign(bytes)).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
        ObjectUnpacker::default().unpack_whole(packed).map(<[u8]>::to_vec)
    }

    #[test]
    fn one_whole_member_and_nothing_else() {
        let text = b"{\"a\":1}\n".repeat(5000);
        let packed = gzip(&text);
        assert_eq!(unpack(&packed).as_deref(), Some(&text[..]));
        assert_eq!(unpack(&[&packed[..], &packed].concat()), None, "the same member twice");
        assert_eq!(unpack(&gzip(&packed)), None, "gzip of gzip");
        assert_eq!(unpack(&[&packed[..], &gzip(b"x")].concat()), None);
        assert_eq!(unpack(&[&packed[..], b"trailing bytes"].concat()), None);
        assert_eq!(unpack(&packed[..packed.len() - 1]), None, "cut short");
        for place in [12, packed.len() / 2, packed.len() - 8, packed.len() - 2] {
            let mut damaged = packed.clone();
            damaged[place] ^= 0x55;
            assert_eq!(unpack(&damaged), None, "damaged at {place}");
        }
        let mut liar = packed.clone();
        liar.splice(packed.len() - 4.., u32::MAX.to_le_bytes());
        assert_eq!(unpack(&liar), None);
    }
}
