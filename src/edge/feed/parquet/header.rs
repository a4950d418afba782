//! What a page says of itself (parquet-format, `PageHeader`).

use std::io;

use parquet::basic::Encoding;

use super::thrift::{CompactReader, FALSE, FieldType, I32, STRUCT, TRUE};

/// A page, and what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageHeader {
    /// Bytes of the page as it lies there, and unpacked.
    pub(super) packed: usize,
    pub(super) unpacked: usize,
    pub(super) holds: PageHolds,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PageHolds {
    /// Values, each once.
    Dictionary { values: u32 },
    /// Levels and values, packed together.
    Data(DataHeader),
    /// The same, where levels are not packed.
    DataV2(DataHeaderV2),
    /// Something that is not needed.
    Other,
}

/// What a page of levels and values says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DataHeader {
    pub(super) values: u32,
    pub(super) encoding: Encoding,
    pub(super) definition: Levels,
    pub(super) repetition: Levels,
}

/// What one says of itself in which levels are not packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DataHeaderV2 {
    pub(super) values: u32,
    pub(super) nulls: u32,
    pub(super) rows: u32,
    pub(super) encoding: Encoding,
    /// How many bytes those of definition and those of repetition have.
    pub(super) levels: [u32; 2],
    pub(super) is_packed: bool,
}

/// How levels are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Levels {
    /// As runs and packed bits.
    Runs,
    /// As it was done before 2014; written today only where there are no levels.
    Packed,
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("a page {what}"))
}

/// The fields of one of the structures in a header: numbers, or truth values.
type HeaderFields = [Option<i32>; 9];

/// Reads the fields of a structure.
fn fields(reader: &mut CompactReader<'_>) -> io::Result<HeaderFields> {
    let (mut found, mut last) = ([None; 9], 0);
    while let Some((number, kind)) = reader.field(&mut last)? {
        match usize::try_from(number).ok().and_then(|number| found.get_mut(number)) {
            Some(place) => *place = value(reader, kind)?,
            None => reader.skip(kind)?,
        }
    }
    Ok(found)
}

/// A number or truth value; `None` if it is something else.
fn value(reader: &mut CompactReader<'_>, kind: FieldType) -> io::Result<Option<i32>> {
    match kind {
        TRUE => Ok(Some(1)),
        FALSE => Ok(Some(0)),
        I32 => reader.i32().map(Some),
        kind => reader.skip(kind).map(|()| None),
    }
}

fn count(field: Option<i32>) -> io::Result<u32> {
    field.and_then(|number| u32::try_from(number).ok()).ok_or_else(|| wrong("does not say how much it holds"))
}

fn size(field: Option<i32>) -> io::Result<usize> {
    field.and_then(|number| usize::try_from(number).ok()).ok_or_else(|| wrong("does not say how long it is"))
}

/// The encoding of that number in parquet-format, `Encoding`; those for numbers of sensors are not read.
fn encoding(field: Option<i32>) -> io::Result<Encoding> {
    Ok(match field {
        Some(0) => Encoding::PLAIN,
        Some(2) => Encoding::PLAIN_DICTIONARY,
        Some(3) => Encoding::RLE,
        Some(5) => Encoding::DELTA_BINARY_PACKED,
        Some(6) => Encoding::DELTA_LENGTH_BYTE_ARRAY,
        Some(7) => Encoding::DELTA_BYTE_ARRAY,
        Some(8) => Encoding::RLE_DICTIONARY,
        Some(9) => Encoding::BYTE_STREAM_SPLIT,
        _ => return Err(wrong("is encoded in a way that is not known")),
    })
}

fn levels(field: Option<i32>) -> io::Result<Levels> {
    match field {
        Some(3) => Ok(Levels::Runs),
        Some(4) => Ok(Levels::Packed),
        _ => Err(wrong("has levels that are encoded in a way that is not known")),
    }
}

impl PageHeader {
    /// The header that `bytes` begin with, and how many of them it takes.
    ///
    /// # Errors
    /// If it is none, or cut short ([`io::ErrorKind::UnexpectedEof`]).
    pub(super) fn read(bytes: &[u8]) -> io::Result<(Self, usize)> {
        let mut reader = CompactReader::new(bytes);
        let (mut kind, mut unpacked, mut packed) = (None, None, None);
        let (mut data, mut dictionary, mut second) = ([None; 9], [None; 9], [None; 9]);
        let mut last = 0;
        while let Some((number, of)) = reader.field(&mut last)? {
            match (number, of) {
                (1, I32) => kind = Some(reader.i32()?),
                (2, I32) => unpacked = Some(reader.i32()?),
                (3, I32) => packed = Some(reader.i32()?),
                (5, STRUCT) => data = fields(&mut reader)?,
                (7, STRUCT) => dictionary = fields(&mut reader)?,
                (8, STRUCT) => second = fields(&mut reader)?,
                (_, of) => reader.skip(of)?,
            }
        }
        let holds = match kind {
            Some(0) => PageHolds::Data(DataHeader {
                values: count(data[1])?,
                encoding: encoding(data[2])?,
                definition: levels(data[3])?,
                repetition: levels(data[4])?,
            }),
            Some(2) if matches!(dictionary[2], Some(0 | 2)) => {
                PageHolds::Dictionary { values: count(dictionary[1])? }
            }
            Some(2) => return Err(wrong("with a dictionary is encoded in a way that is not known")),
            Some(3) => PageHolds::DataV2(DataHeaderV2 {
                values: count(second[1])?,
                nulls: count(second[2])?,
                rows: count(second[3])?,
                encoding: encoding(second[4])?,
                levels: [count(second[5])?, count(second[6])?],
                is_packed: second[7] != Some(0),
            }),
            _ => PageHolds::Other,
        };
        Ok((Self { packed: size(packed)?, unpacked: size(unpacked)?, holds }, reader.position()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_to_its_end() {
        // 1: 0 (data), 2: 12, 3: 10, 5: {1: 3, 2: 8, 3: 3, 4: 3, 5: {}}
        let bytes =
            [0x15, 0, 0x15, 24, 0x15, 20, 0x2c, 0x15, 6, 0x15, 16, 0x15, 6, 0x15, 6, 0x1c, 0, 0, 0, 9];
        let holds = PageHolds::Data(DataHeader {
            values: 3,
            encoding: Encoding::RLE_DICTIONARY,
            definition: Levels::Runs,
            repetition: Levels::Runs,
        });
        let header = PageHeader { packed: 10, unpacked: 12, holds };
        assert_eq!(PageHeader::read(&bytes).unwrap(), (header, bytes.len() - 1));
        for length in 0..bytes.len() - 1 {
            let error = PageHeader::read(&bytes[..length]).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "{length}");
        }
        for (at, byte) in [(3, 0x25), (5, 0x01), (10, 0x54), (8, 5)] {
            let mut damaged = bytes;
            damaged[at] = byte;
            assert!(PageHeader::read(&damaged).is_err(), "{at}");
        }
    }
}
