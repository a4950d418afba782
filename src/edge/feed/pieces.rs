//! Where a log may be cut, so that several threads can read it.
//!
//! In a stream of JSON values, `}` at the end of a line and `{` at the start of the next come only between
//! two values of the outermost level: inside an array or object a comma would be between, and inside a string
//! no line can end. So a cut there takes no value apart, whatever the values are.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use super::read::BLOCK;

/// Plain files are cut into pieces of about this many bytes: so small that no thread has much left to read
/// when the others are done.
const PIECE: u64 = 8 << 20;
/// A file is cut if it has at least this many.
pub const LEAST: u64 = 2 * PIECE;
/// How far from where it was wanted a cut is looked for: as far as records mostly go, then farther.
const SEARCH: [usize; 2] = [16 << 10, 1 << 20];

/// A run of bytes of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where it begins.
    pub start: u64,
    /// Where it ends.
    pub end: u64,
}

/// The place of the first cut in `bytes`: after the line end.
#[must_use]
pub fn first_cut(bytes: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'\n', bytes).find(|at| is_cut(bytes, *at)).map(|at| at + 1)
}

/// The place of the last cut in `bytes`.
#[must_use]
pub fn last_cut(bytes: &[u8]) -> Option<usize> {
    memchr::memrchr_iter(b'\n', bytes).find(|at| is_cut(bytes, *at)).map(|at| at + 1)
}

/// Whether values end before and begin after the line end at `at`.
fn is_cut(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at].strip_suffix(b"\r").unwrap_or(&bytes[..at]);
    before.ends_with(b"}") && bytes[at + 1..].starts_with(b"{\"")
}

/// Whether an input that begins with `start` is one value to a line, as far as can be seen: then it may be
/// cut.
#[must_use]
pub fn is_lines(start: &[u8]) -> bool {
    let Some(last) = memchr::memrchr(b'\n', start) else { return false };
    let mut lines = start[..last].split(|byte| *byte == b'\n').peekable();
    lines.peek().is_some()
        && lines.all(|line| {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            line.starts_with(b"{\"") && line.ends_with(b"}")
        })
}

/// Cuts a plain file of `length` bytes into pieces; into one if it cannot be cut.
///
/// # Errors
/// Those of reading the file.
pub fn plan(file: &mut File, length: u64) -> io::Result<Vec<Piece>> {
    let whole = vec![Piece { start: 0, end: length }];
    if length < LEAST || !is_lines(&read_at(file, 0, BLOCK)?) {
        return Ok(whole);
    }
    let mut pieces = Vec::new();
    let mut start = 0;
    while start < length {
        let wanted = start + PIECE;
        let end = if wanted + PIECE / 2 >= length {
            length
        } else {
            // A stretch without a cut stays in one piece with what follows it.
            cut_after(file, wanted)?.unwrap_or(length)
        };
        pieces.push(Piece { start, end });
        start = end;
    }
    Ok(pieces)
}

/// The place of the first cut after `wanted`, if it is not far.
fn cut_after(file: &mut File, wanted: u64) -> io::Result<Option<u64>> {
    for length in SEARCH {
        if let Some(cut) = first_cut(&read_at(file, wanted, length)?) {
            return Ok(Some(wanted + cut as u64));
        }
    }
    Ok(None)
}

fn read_at(file: &mut File, offset: u64, length: usize) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::with_capacity(length);
    file.take(length as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_are_between_values_only() {
        for (bytes, first, last) in [
            (&b"{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n"[..], Some(8), Some(16)),
            (b"{\"a\":1}\r\n{\"b\":2}\r\n", Some(9), Some(9)),
            (b"[{\"a\":1},\n{\"b\":2}]\n", None, None),
            (b"{\"a\":[{\n\"b\":1\n},\n{\n\"c\":2\n}]}\n", None, None),
            (b"{\"a\":1}\nnoise\n{\"b\":2}\n", None, None),
            (b"", None, None),
        ] {
            assert_eq!(
                (first_cut(bytes), last_cut(bytes)),
                (first, last),
                "{:?}",
                String::from_utf8_lossy(bytes)
            );
        }
    }

    #[test]
    fn only_lines_of_values_may_be_cut() {
        assert!(is_lines(b"{\"a\":1}\n{\"b\":2}\n{\"cut sho"));
        assert!(is_lines(b"{\"a\":1}\r\n"));
        assert!(!is_lines(b"{\"a\":1}"));
        assert!(!is_lines(b"2025-05-05T10:00:00Z {\"a\":1}\n"));
        assert!(!is_lines(b"{\n\"a\":1\n}\n"));
        assert!(!is_lines(b"{\"events\":[\n{\"a\":1}\n"));
        assert!(!is_lines(b""));
    }
}
