//! What a Parquet file says of itself at its end (parquet-format, "File format").

use std::io;
use std::sync::Arc;

use parquet::file::metadata::{
    ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataReader, ParquetStatisticsPolicy,
};

use super::guard::guarded;
use super::source::ParquetSource;
use super::thrift::{CompactReader, I32, LIST, STRUCT};
use super::{MAGIC, as_io_error, wrong};

/// The end of a file: how long the footer is, and the mark.
const TAIL: usize = 8;
/// The mark of a file whose footer is encrypted.
const ENCRYPTED: &[u8] = b"PARE";
/// The longest footer: that of a file with a thousand row groups of a hundred columns has about 10 MiB.
const LONGEST: usize = 16 << 20;
/// The most columns, and groups of them.
const ELEMENTS: usize = 10_000;
/// Columns within columns, at most.
const DEEPEST: usize = 32;

/// Reads the footer; with what it says of the values of each column if somebody `asks` for that.
///
/// # Errors
/// If there is none, or none that can be.
pub(super) fn read(source: &dyn ParquetSource, asks: bool) -> io::Result<Arc<ParquetMetaData>> {
    let length = source.length();
    let end = length.checked_sub(TAIL as u64).ok_or_else(|| wrong("it is too short to have a footer"))?;
    let tail = source.read(end, TAIL)?;
    let (size, mark) = tail.split_at(4);
    if mark == ENCRYPTED {
        return Err(wrong("its footer is encrypted"));
    }
    if mark != MAGIC {
        return Err(wrong("it has no footer: it was cut short, or is still being written"));
    }
    let size = size.iter().rev().fold(0, |size, byte| size << 8 | usize::from(*byte));
    if size > LONGEST {
        return Err(wrong("its footer is longer than the 16 MiB that one may have"));
    }
    let start = end.checked_sub(size as u64).filter(|start| *start >= MAGIC.len() as u64);
    let bytes = source.read(start.ok_or_else(|| wrong("its footer is longer than the file"))?, size)?;
    check(&bytes)?;
    let decode = |of_values| {
        let options = ParquetMetaDataOptions::new()
            .with_encoding_stats_policy(ParquetStatisticsPolicy::SkipAll)
            .with_column_stats_policy(of_values)
            .with_size_stats_policy(ParquetStatisticsPolicy::SkipAll);
        guarded(|| ParquetMetaDataReader::decode_metadata_with_options(&bytes, Some(&options)))
    };
    // What is said of values may be wrong where the values are not.
    let with_values = if asks { decode(ParquetStatisticsPolicy::KeepAll).ok() } else { None };
    let metadata = with_values.map_or_else(|| decode(ParquetStatisticsPolicy::SkipAll), Ok);
    Ok(Arc::new(metadata.map_err(|error| as_io_error(error, "its footer"))?))
}

/// Looks through the tree of columns: whether its counts can be, and how deep it is.
fn check(footer: &[u8]) -> io::Result<()> {
    let (mut reader, mut last) = (CompactReader::new(footer), 0);
    while let Some((number, kind)) = reader.field(&mut last)? {
        if (number, kind) != (2, LIST) {
            reader.skip(kind)?;
            continue;
        }
        let (count, kind) = reader.list()?;
        if kind != STRUCT || count > ELEMENTS {
            return Err(wrong("it has more columns than can be looked at"));
        }
        // How many elements are still to come in each group that is open.
        let mut open: Vec<usize> = Vec::new();
        for left in (0..count).rev() {
            let children = children(&mut reader)?;
            if children > left {
                return Err(wrong("its columns cannot be told apart"));
            }
            if let Some(siblings) = open.last_mut() {
                *siblings -= 1;
            }
            if children > 0 {
                open.push(children);
            }
            if open.len() > DEEPEST {
                return Err(wrong("its columns lie in one another deeper than any log's"));
            }
            while open.pop_if(|siblings| *siblings == 0).is_some() {}
        }
    }
    Ok(())
}

/// How many elements the next one of the tree of columns has in it.
fn children(reader: &mut CompactReader<'_>) -> io::Result<usize> {
    let (mut children, mut last) = (0, 0);
    while let Some((number, kind)) = reader.field(&mut last)? {
        if (number, kind) == (5, I32) {
            children =
                usize::try_from(reader.i32()?).map_err(|_| wrong("a group has fewer than no columns"))?;
        } else {
            reader.skip(kind)?;
        }
    }
    Ok(children)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A footer with a tree of elements that have as many children each as `children` says.
    fn tree(children: &[u32]) -> Vec<u8> {
        let mut bytes = vec![0x15, 2, 0x19, 0xfc];
        number(&mut bytes, children.len());
        for count in children {
            bytes.push(0x55);
            number(&mut bytes, *count as usize * 2);
            bytes.push(0);
        }
        bytes.push(0);
        bytes
    }

    fn number(bytes: &mut Vec<u8>, mut number: usize) {
        while number >= 0x80 {
            bytes.push(u8::try_from(number & 0x7f).unwrap() | 0x80);
            number >>= 7;
        }
        bytes.push(u8::try_from(number).unwrap());
    }

    #[test]
    fn trees_of_columns_are_looked_through_before_they_are_believed() {
        assert!(check(&tree(&[3, 0, 2, 0, 0, 0])).is_ok());
        let mut deep = vec![1; 31];
        deep.push(0);
        assert!(check(&tree(&deep)).is_ok());
        deep.insert(0, 1);
        deep.insert(0, 1);
        assert!(check(&tree(&deep)).is_err(), "too deep");
        assert!(check(&tree(&[2, 0])).is_err(), "more than there are");
        assert!(check(&tree(&[9, 0, 0])).is_err());
        assert!(check(&tree(&vec![0; 10_001])).is_err());
    }
}
