//! As much of Thrift's compact protocol as it takes to look at what a Parquet file says of itself before it
//! is believed (Apache Thrift, "Thrift Compact protocol encoding").

use std::io;

use super::varint;

/// Structures within structures, at most.
const DEEPEST: u8 = 32;

/// The type of a field.
pub(super) type FieldType = u8;

pub(super) const TRUE: FieldType = 1;
pub(super) const FALSE: FieldType = 2;
const BYTE: FieldType = 3;
const I16: FieldType = 4;
pub(super) const I32: FieldType = 5;
const I64: FieldType = 6;
const DOUBLE: FieldType = 7;
const BINARY: FieldType = 8;
pub(super) const LIST: FieldType = 9;
const SET: FieldType = 10;
const MAP: FieldType = 11;
pub(super) const STRUCT: FieldType = 12;

/// Reads values one after the other.
#[derive(Clone, Debug)]
pub(super) struct CompactReader<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// That the bytes are over before the value is.
fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "what it says of itself is cut short")
}

fn wrong() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "what it says of itself cannot be read")
}

impl<'a> CompactReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bytes were read.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    fn byte(&mut self) -> io::Result<u8> {
        let byte = *self.bytes.get(self.at).ok_or_else(cut)?;
        self.at += 1;
        Ok(byte)
    }

    fn pass(&mut self, count: usize) -> io::Result<()> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len()).ok_or_else(cut)?;
        self.at = end;
        Ok(())
    }

    fn unsigned(&mut self) -> io::Result<u64> {
        let rest = &self.bytes[self.at..];
        let cut_or_wrong = || if rest.len() < varint::LONGEST { cut() } else { wrong() };
        let (number, behind) = varint::unsigned(rest).ok_or_else(cut_or_wrong)?;
        self.at = self.bytes.len() - behind.len();
        Ok(number)
    }

    /// A number of 32 bits.
    pub(super) fn i32(&mut self) -> io::Result<i32> {
        let number = self.unsigned()?;
        let number = (number >> 1).cast_signed() ^ -((number & 1).cast_signed());
        i32::try_from(number).map_err(|_| wrong())
    }

    /// The number and type of the next field of a structure; `last` is the number of the one before. `None`
    /// at its end.
    pub(super) fn field(&mut self, last: &mut i32) -> io::Result<Option<(i32, FieldType)>> {
        let head = self.byte()?;
        if head == 0 {
            return Ok(None);
        }
        *last = match head >> 4 {
            0 => self.i32()?,
            step => last.saturating_add(i32::from(step)),
        };
        Ok(Some((*last, head & 0x0f)))
    }

    /// How many elements a list has, and of which type.
    pub(super) fn list(&mut self) -> io::Result<(usize, FieldType)> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => usize::try_from(self.unsigned()?).map_err(|_| wrong())?,
            count => usize::from(count),
        };
        // Each element has a byte at least.
        if count > self.bytes.len() - self.at {
            return Err(cut());
        }
        Ok((count, head & 0x0f))
    }

    /// Passes over a field's value.
    pub(super) fn skip(&mut self, kind: FieldType) -> io::Result<()> {
        self.skip_within(kind, DEEPEST)
    }

    fn skip_within(&mut self, kind: FieldType, depth: u8) -> io::Result<()> {
        let depth = depth.checked_sub(1).ok_or_else(wrong)?;
        match kind {
            TRUE | FALSE => Ok(()),
            BYTE => self.pass(1),
            I16 | I32 | I64 => self.unsigned().map(drop),
            DOUBLE => self.pass(8),
            BINARY => {
                let length = self.unsigned()?;
                self.pass(usize::try_from(length).map_err(|_| wrong())?)
            }
            LIST | SET => {
                let (count, kind) = self.list()?;
                (0..count).try_for_each(|_| self.element(kind, depth))
            }
            MAP => {
                let count = self.unsigned()?;
                let kinds = if count > 0 { self.byte()? } else { 0 };
                (0..count).try_for_each(|_| {
                    self.element(kinds >> 4, depth)?;
                    self.element(kinds & 0x0f, depth)
                })
            }
            STRUCT => {
                let mut last = 0;
                while let Some((_, kind)) = self.field(&mut last)? {
                    self.skip_within(kind, depth)?;
                }
                Ok(())
            }
            _ => Err(wrong()),
        }
    }

    /// Passes over an element of a list or map, where a truth value takes a byte.
    fn element(&mut self, kind: FieldType, depth: u8) -> io::Result<()> {
        if matches!(kind, TRUE | FALSE) { self.pass(1) } else { self.skip_within(kind, depth) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_and_passed_over() {
        // 1: i32 -2, 2: true, 4: [i32 1, 2], 20: {1: "ab"}
        let bytes = [0x15, 3, 0x11, 0x29, 0x25, 2, 4, 0x0c, 40, 0x18, 2, b'a', b'b', 0, 0];
        let mut reader = CompactReader::new(&bytes);
        let mut last = 0;
        assert_eq!(reader.field(&mut last).unwrap(), Some((1, I32)));
        assert_eq!(reader.i32().unwrap(), -2);
        for number in [2, 4, 20] {
            let (found, kind) = reader.field(&mut last).unwrap().unwrap();
            assert_eq!(found, number);
            reader.skip(kind).unwrap();
        }
        assert_eq!((reader.field(&mut last).unwrap(), reader.position()), (None, bytes.len()));
    }

    #[test]
    fn what_goes_on_without_end_ends() {
        let deep = [0x1c; 100];
        let endless = [0xff; 100];
        for (kind, bytes) in [(STRUCT, &deep[..]), (I64, &endless), (LIST, &[0xfc, 0xff, 0x7f, 0][..])] {
            assert!(CompactReader::new(bytes).skip(kind).is_err(), "{kind}");
        }
        assert!(CompactReader::new(&[0xfb, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x33]).skip(MAP).is_err());
    }
}
