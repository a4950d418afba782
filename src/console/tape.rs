//! The newest raw bytes of inputs that cannot be read again.

use std::collections::VecDeque;

use super::batch::InputId;
use crate::envelope::Place;

/// A run of bytes of one input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Which input.
    pub input: InputId,
    /// Bytes of the input before these.
    pub offset: u64,
    /// The bytes.
    pub bytes: Box<[u8]>,
}

/// Chunks up to a number of bytes; the oldest go first.
#[derive(Clone, Debug)]
pub struct Tape {
    chunks: VecDeque<Chunk>,
    size: usize,
    limit: usize,
}

/// What a tape holds unless told otherwise, in bytes: tens of thousands of records.
const LIMIT: usize = 32 << 20;

impl Default for Tape {
    fn default() -> Self {
        Self::new(LIMIT)
    }
}

impl Tape {
    /// A tape that holds at most `limit` bytes, but always the newest chunk.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { chunks: VecDeque::new(), size: 0, limit }
    }

    /// Takes a chunk.
    pub fn push(&mut self, chunk: Chunk) {
        self.size += chunk.bytes.len();
        self.chunks.push_back(chunk);
        while self.size > self.limit && self.chunks.len() > 1 {
            self.size -= self.chunks.pop_front().map_or(0, |chunk| chunk.bytes.len());
        }
    }

    /// Takes all chunks of another tape.
    pub fn absorb(&mut self, other: Self) {
        for chunk in other.chunks {
            self.push(chunk);
        }
    }

    /// The bytes at `place` of `input`, if they are still held.
    #[must_use]
    pub fn get(&self, input: InputId, place: Place) -> Option<&[u8]> {
        self.chunks.iter().rev().filter(|chunk| chunk.input == input).find_map(|chunk| {
            let start = usize::try_from(place.offset.checked_sub(chunk.offset)?).ok()?;
            chunk.bytes.get(start..start.checked_add(usize::try_from(place.length).ok()?)?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_held() {
        let mut tape = Tape::new(8);
        for (offset, bytes) in [(0, "abcd"), (4, "efgh"), (8, "ijkl")] {
            tape.push(Chunk { input: InputId(1), offset, bytes: bytes.as_bytes().into() });
        }
        let get = |input, offset, length| tape.get(InputId(input), Place { offset, length });
        assert_eq!(get(1, 5, 2), Some(&b"fg"[..]));
        assert_eq!(get(1, 8, 4), Some(&b"ijkl"[..]));
        assert_eq!(get(1, 0, 2), None, "gone");
        assert_eq!(get(1, 7, 2), None, "across two chunks");
        assert_eq!(get(2, 5, 2), None, "another input");
    }
}
