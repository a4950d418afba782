//! UTF-16 with a byte order mark, read as UTF-8.

use std::io::{self, BufRead, Read};

/// Reads UTF-8 out of a source of UTF-16. What is no character becomes U+FFFD.
pub(super) struct Utf16Decoder<B> {
    source: B,
    is_big_endian: Option<bool>,
    /// The first byte of a unit.
    half_unit: Option<u8>,
    /// The first unit of a pair.
    half_pair: Option<u16>,
    /// UTF-8 that was not read yet.
    ready: Vec<u8>,
    given: usize,
}

impl<B: BufRead> Utf16Decoder<B> {
    pub(super) fn new(source: B) -> Self {
        Self { source, is_big_endian: None, half_unit: None, half_pair: None, ready: Vec::new(), given: 0 }
    }

    /// Decodes what the source has at hand. Leaves nothing ready at the end.
    fn decode(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.given = 0;
        while self.ready.is_empty() {
            let bytes = self.source.fill_buf()?;
            let length = bytes.len();
            if length == 0 {
                if self.half_unit.take().is_some() | self.half_pair.take().is_some() {
                    push(&mut self.ready, char::REPLACEMENT_CHARACTER);
                }
                return Ok(());
            }
            let bytes = bytes.to_vec();
            for byte in bytes {
                let Some(first) = self.half_unit.take() else {
                    self.half_unit = Some(byte);
                    continue;
                };
                let is_big_endian = *self.is_big_endian.get_or_insert(first == 0xfe);
                let unit = [first, byte];
                let unit = if is_big_endian { u16::from_be_bytes(unit) } else { u16::from_le_bytes(unit) };
                self.unit(unit);
            }
            self.source.consume(length);
        }
        Ok(())
    }
}

impl<B> Utf16Decoder<B> {
    /// Takes one unit: a character, or half of one.
    fn unit(&mut self, unit: u16) {
        let half = self.half_pair.take();
        if let (Some(high), 0xdc00..0xe000) = (half, unit) {
            let code = 0x1_0000 + ((u32::from(high) - 0xd800) << 10) + (u32::from(unit) - 0xdc00);
            push(&mut self.ready, char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            return;
        }
        if half.is_some() {
            push(&mut self.ready, char::REPLACEMENT_CHARACTER);
        }
        if matches!(unit, 0xd800..0xdc00) {
            self.half_pair = Some(unit);
        } else {
            let character = char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER);
            push(&mut self.ready, character);
        }
    }
}

fn push(ready: &mut Vec<u8>, character: char) {
    ready.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

impl<B: BufRead> Read for Utf16Decoder<B> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given == self.ready.len() {
            self.decode()?;
        }
        let ready = &self.ready[self.given..];
        let length = ready.len().min(out.len());
        out[..length].copy_from_slice(&ready[..length]);
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8], piece: usize) -> String {
        let mut text = String::new();
        let reader = io::BufReader::with_capacity(piece, bytes);
        Utf16Decoder::new(reader).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn both_orders_in_any_pieces() {
        let text = "\u{feff}{\"a\":\"\u{e9}\u{20ac}\u{1f600}\"}\r\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for piece in 1..little.len() {
            assert_eq!(decode(&little, piece), text);
            assert_eq!(decode(&big, piece), text);
        }
    }

    #[test]
    fn what_is_no_character_is_marked() {
        let units = |units: &[u16]| units.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<u8>>();
        for (units, expected) in [
            (units(&[0xfeff, 0xd83d, 0x41]), "\u{feff}\u{fffd}A"),
            (units(&[0xfeff, 0xde00, 0x41]), "\u{feff}\u{fffd}A"),
            (units(&[0xfeff, 0xd83d, 0xd83d, 0xde00]), "\u{feff}\u{fffd}\u{1f600}"),
            (units(&[0xfeff, 0x41, 0xd83d]), "\u{feff}A\u{fffd}"),
            ([&units(&[0xfeff, 0x41])[..], b"x"].concat(), "\u{feff}A\u{fffd}"),
        ] {
            assert_eq!(decode(&units, 3), expected);
        }
    }
}
