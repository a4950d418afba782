//! The raw records that what is shown was made from, taken out of their inputs again: a log that can be
//! replayed.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde_json::Value;

#[cfg(feature = "parquet")]
use super::parquet::{self, OnDisk, RowFile};
use super::s3::S3Object;
use super::unpack::Unpacked;
use crate::log::envelope::RecordPlace;
use crate::log::redaction::Redaction;
use crate::timeline::Spot;

/// What came of picking, in records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PickEnd {
    /// Records that were written.
    pub written: u64,
    /// Records that could not be read again, or are no text of their own: rows of a table, say.
    pub missing: u64,
}

/// Writes the values at `spots` to `out`, one a line, in the order of their inputs and within those in that
/// of their places; one that holds several records is written once. `held` has the bytes of inputs that
/// cannot be read again, `path` says where files are, and `object` gets objects again. What is read there
/// goes through `redaction`, if there is one; what is held has done so before.
///
/// # Errors
/// Those of `out`. What cannot be read is counted.
pub fn pick<'p>(
    mut spots: Vec<Spot>,
    held: impl Fn(Spot) -> Option<Vec<u8>>,
    path: impl Fn(Spot) -> Option<&'p Path>,
    object: impl Fn(Spot) -> Option<io::Result<S3Object>>,
    redaction: Option<&Redaction>,
    out: &mut impl Write,
) -> io::Result<PickEnd> {
    spots.sort_unstable();
    let mut picked = PickEnd::default();
    for of_input in spots.chunk_by(|one, next| one.input == next.input) {
        let mut again = match path(of_input[0]) {
            Some(path) => RereadInput::open(path).ok(),
            None => object(of_input[0])
                .and_then(Result::ok)
                .and_then(|object| RereadInput::from_object(object).ok()),
        };
        for same in of_input.chunk_by(|one, next| one == next) {
            let held = held(same[0]).as_deref().and_then(line);
            let line = held.or_else(|| {
                let line = line(&again.as_mut()?.take(same[0].place).ok()?)?;
                // What nobody knows the parts of is not written with pseudonyms.
                redaction.map_or(Some(line.clone()), |redaction| redaction.raw(&line))
            });
            let count = same.len() as u64;
            match line {
                Some(line) => {
                    out.write_all(&line)?;
                    out.write_all(b"\n")?;
                    picked.written += count;
                }
                None => picked.missing += count,
            }
        }
    }
    Ok(picked)
}

/// The value as a line of its own; nothing if it is none that holds a record by itself.
fn line(bytes: &[u8]) -> Option<Vec<u8>> {
    let bytes = bytes.trim_ascii();
    match bytes.first()? {
        b'{' if !bytes.contains(&b'\n') && !bytes.contains(&b'\r') => Some(bytes.to_vec()),
        b'{' => serde_json::to_vec(&serde_json::from_slice::<Value>(bytes).ok()?).ok(),
        // An element that is the text of a record.
        b'"' => match serde_json::from_slice::<Value>(bytes).ok()? {
            Value::String(text) if text.trim_start().starts_with('{') => line(text.as_bytes()),
            _ => None,
        },
        // The row of a table, which may have the record in one of its fields.
        _ => {
            let mut table = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
            let row = table.byte_records().next()?.ok()?;
            row.iter().find(|field| field.starts_with(b"{")).and_then(line)
        }
    }
}

/// An input that is read again, from its beginning to its end.
enum RereadInput {
    /// As it lies there: one can go anywhere in it.
    Plain(File),
    /// Packed: what is before a place has to be unpacked first.
    Packed(Box<Unpacked<File>>, u64),
    /// As it comes: the same.
    Object(Box<Unpacked<S3Object>>, u64),
    /// Rows of Parquet, and the object that they are in, if it is one: as long as it is there, it is got.
    #[cfg(feature = "parquet")]
    Rows { rows: Box<RowFile>, _object: Option<Box<S3Object>> },
}

impl RereadInput {
    #[cfg_attr(
        not(feature = "parquet"),
        expect(clippy::unnecessary_wraps, reason = "it is so with the feature")
    )]
    fn from_object(object: S3Object) -> io::Result<Self> {
        #[cfg(feature = "parquet")]
        if let Some(source) = object.columns() {
            return Ok(Self::Rows {
                rows: Box::new(RowFile::open(source)?),
                _object: Some(Box::new(object)),
            });
        }
        Ok(Self::Object(Box::new(Unpacked::new(object)), 0))
    }

    fn open(path: &Path) -> io::Result<Self> {
        #[cfg_attr(not(feature = "parquet"), expect(unused_mut, reason = "it is looked into"))]
        let mut file = File::open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "not a file that can be read again"));
        }
        #[cfg(feature = "parquet")]
        if parquet::begins(&mut file)? {
            return Ok(Self::Rows { rows: Box::new(RowFile::open(OnDisk::new(file)?)?), _object: None });
        }
        let input = Unpacked::new(file);
        if input.is_plain() {
            return Ok(Self::Plain(File::open(path)?));
        }
        Ok(Self::Packed(Box::new(input), 0))
    }

    /// The bytes at a place, which comes after all those asked for before.
    fn take(&mut self, place: RecordPlace) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let length = u64::from(place.length);
        match self {
            Self::Plain(file) => {
                file.seek(SeekFrom::Start(place.offset))?;
                file.take(length).read_to_end(&mut bytes)?;
            }
            Self::Packed(input, at) => bytes = on(input, at, place)?,
            Self::Object(input, at) => bytes = on(input, at, place)?,
            #[cfg(feature = "parquet")]
            Self::Rows { rows, .. } => return rows.take(place.offset),
        }
        if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

/// The bytes at `place` of an input of which `at` bytes were read.
fn on(input: &mut impl Read, at: &mut u64, place: RecordPlace) -> io::Result<Vec<u8>> {
    let Some(skipped) = place.offset.checked_sub(*at) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let mut bytes = Vec::new();
    *at += io::copy(&mut input.by_ref().take(skipped), &mut io::sink())?;
    *at += input.by_ref().take(u64::from(place.length)).read_to_end(&mut bytes)? as u64;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::feed::inputs::tests::folder;
    use crate::timeline::InputId;

    fn spot(input: u32, offset: u64, length: u32) -> Spot {
        Spot { input: InputId(input), place: RecordPlace { offset, length } }
    }

    #[test]
    fn records_are_picked_out_of_their_inputs() {
        let folder = folder("pick");
        let (plain, packed) = (folder.join("plain"), folder.join("packed"));
        std::fs::write(&plain, "{\"a\":1}\n{\"b\":\n2}\nrow,of\n").unwrap();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(b"[\"{\\\"c\\\":3}\",{\"d\":4}]").unwrap();
        std::fs::write(&packed, gzip.finish().unwrap()).unwrap();
        let spots = vec![
            spot(1, 13, 7),
            spot(0, 8, 8),
            spot(0, 0, 7),
            spot(0, 0, 7),
            spot(1, 1, 11),
            spot(0, 17, 6),
            spot(0, 9999, 6),
            spot(2, 0, 7),
            spot(3, 0, 9),
        ];
        let path = |spot: Spot| match spot.input.0 {
            0 => Some(plain.as_path()),
            1 => Some(packed.as_path()),
            3 => Some(folder.as_path()),
            _ => None,
        };
        let held = |spot: Spot| (spot.input == InputId(2)).then(|| b"12:00,\"{\"\"e\"\":5}\"".to_vec());
        let mut out = Vec::new();
        let done = pick(spots, held, path, |_| None, None, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n{\"d\":4}\n{\"e\":5}\n");
        assert_eq!(done, PickEnd { written: 6, missing: 3 });
        let redaction = Redaction::new(b"key", crate::knowledge::address::Nat64Prefixes::default()).unwrap();
        std::fs::write(&plain, "{\"port\":1}\n{\"b\":\n\"me\"}\nme,me\n").unwrap();
        let (spots, mut out) = (vec![spot(0, 0, 10), spot(0, 11, 11), spot(0, 23, 5)], Vec::new());
        let done = pick(spots, |_| None, path, |_| None, Some(&redaction), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with("{\"port\":1}\n{\"b\":\"redacted-") && !text.contains("me"), "{text}");
        assert_eq!(done, PickEnd { written: 2, missing: 1 }, "the row of a table might say anything");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
