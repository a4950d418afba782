//! The newest raw bytes of inputs that cannot be read again.

use std::collections::VecDeque;

use crate::envelope::Place;
use crate::timeline::InputId;

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

    /// The bytes at `place` of `input`, if they are all still held; they may go from one chunk into the next.
    #[must_use]
    pub fn get(&self, input: InputId, place: Place) -> Option<Vec<u8>> {
        let end = place.offset.checked_add(u64::from(place.length))?;
        let mut held = Vec::new();
        for chunk in self.chunks.iter().filter(|chunk| chunk.input == input) {
            let wanted = place.offset + held.len() as u64;
            let Some(start) = wanted.checked_sub(chunk.offset).and_then(|start| usize::try_from(start).ok())
            else {
                continue;
            };
            let length = usize::try_from(end - wanted).ok()?;
            if let Some(bytes) = chunk.bytes.get(start..) {
                held.extend_from_slice(&bytes[..length.min(bytes.len())]);
            }
        }
        (held.len() as u64 == u64::from(place.length)).then_some(held)
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
        assert_eq!(get(1, 5, 2).as_deref(), Some(&b"fg"[..]));
        assert_eq!(get(1, 8, 4).as_deref(), Some(&b"ijkl"[..]));
        assert_eq!(get(1, 7, 2).as_deref(), Some(&b"hi"[..]), "across two chunks");
        assert_eq!(get(1, 0, 2), None, "gone");
        assert_eq!(get(1, 3, 2), None, "the first half is gone");
        assert_eq!(get(1, 11, 2), None, "not there yet");
        assert_eq!(get(2, 5, 2), None, "another input");
    }
}
