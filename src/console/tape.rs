//! The newest raw bytes of inputs that cannot be read again: packed, and up to a number of bytes.

use std::borrow::Cow;
use std::collections::VecDeque;

use crate::log::envelope::RecordPlace;
use crate::timeline::InputId;

/// A run of bytes as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TapeChunk {
    /// The input that the bytes are of; `None` if offsets count over several inputs, as those of log groups
    /// do.
    pub input: Option<InputId>,
    /// Bytes of the input before these.
    pub offset: u64,
    /// The bytes.
    pub bytes: Box<[u8]>,
}

/// Chunks of one input that follow each other.
#[derive(Clone, Debug)]
struct Run {
    input: Option<InputId>,
    offset: u64,
    /// Bytes, before they were packed.
    length: usize,
    bytes: Vec<u8>,
    packed: bool,
}

/// Raw bytes, the oldest of which go first.
#[derive(Clone, Debug)]
pub struct Tape {
    runs: VecDeque<Run>,
    /// Bytes held, packed as they are.
    size: usize,
    limit: usize,
}

/// What a tape holds unless told otherwise, in bytes: hundreds of thousands of records.
const LIMIT: usize = 32 << 20;

/// A run is packed when it has this many bytes. Records are much alike: about a tenth of them is left.
const RUN: usize = 256 << 10;

impl Default for Tape {
    fn default() -> Self {
        Self::new(LIMIT)
    }
}

impl Tape {
    /// A tape that holds at most `limit` bytes, but always the newest run.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { runs: VecDeque::new(), size: 0, limit }
    }

    /// Holds at most `limit` bytes from now on.
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
        self.drop_oldest();
    }

    /// Takes a chunk.
    pub fn push(&mut self, chunk: TapeChunk) {
        let TapeChunk { input, offset, bytes } = chunk;
        let length = bytes.len();
        self.take(Run { input, offset, length, bytes: bytes.into_vec(), packed: false });
    }

    /// Takes all that is on another tape.
    pub fn absorb(&mut self, other: Self) {
        for run in other.runs {
            self.take(run);
        }
    }

    fn take(&mut self, run: Run) {
        // What it follows, if anything, is the newest run of its input.
        let known = self.runs.iter_mut().rev().find(|known| known.input == run.input);
        let last = match known.filter(|known| known.takes(&run)) {
            Some(known) => {
                self.size -= known.bytes.len();
                known.length += run.length;
                known.bytes.extend_from_slice(&run.bytes);
                known
            }
            None => self.runs.push_back_mut(run),
        };
        last.pack();
        self.size += last.bytes.len();
        self.drop_oldest();
    }

    fn drop_oldest(&mut self) {
        while self.size > self.limit && self.runs.len() > 1 {
            self.size -= self.runs.pop_front().map_or(0, |run| run.bytes.len());
        }
    }

    /// The bytes at `place` of `input`, if they are all still held; they may go from one run into the next.
    #[must_use]
    pub fn get(&self, input: InputId, place: RecordPlace) -> Option<Vec<u8>> {
        let end = place.offset.checked_add(u64::from(place.length))?;
        let mut held = Vec::new();
        for run in self.runs.iter().filter(|run| run.input.is_none_or(|of| of == input)) {
            let wanted = place.offset + held.len() as u64;
            let start = wanted.checked_sub(run.offset).and_then(|start| usize::try_from(start).ok());
            let Some(start) = start.filter(|start| *start < run.length && wanted < end) else { continue };
            let length = usize::try_from(end - wanted).ok()?;
            let bytes = run.unpacked()?;
            held.extend_from_slice(bytes.get(start..)?.get(..length.min(run.length - start))?);
        }
        (held.len() as u64 == u64::from(place.length)).then_some(held)
    }

    /// Bytes of memory in use.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.size
    }
}

impl Run {
    /// Whether another one belongs to this.
    fn takes(&self, other: &Self) -> bool {
        !self.packed && !other.packed && self.offset + self.length as u64 == other.offset
    }

    /// Packs what is large enough.
    fn pack(&mut self) {
        if !self.packed
            && self.length >= RUN
            && let Ok(mut bytes) = zstd::bulk::compress(&self.bytes, 1)
        {
            // It has room for what does not compress.
            bytes.shrink_to_fit();
            self.bytes = bytes;
            self.packed = true;
        }
    }

    fn unpacked(&self) -> Option<Cow<'_, [u8]>> {
        if self.packed {
            zstd::bulk::decompress(&self.bytes, self.length).ok().map(Cow::Owned)
        } else {
            Some(Cow::Borrowed(&self.bytes))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(tape: &Tape, input: u32, offset: u64, length: u32) -> Option<Vec<u8>> {
        tape.get(InputId(input), RecordPlace { offset, length })
    }

    #[test]
    fn the_newest_are_held() {
        let mut tape = Tape::new(8);
        for (input, offset, bytes) in [(1, 0, "abcd"), (3, 0, "xy"), (1, 4, "efgh"), (2, 0, "ijkl")] {
            let input = Some(InputId(input));
            tape.push(TapeChunk { input, offset, bytes: bytes.as_bytes().into() });
        }
        assert_eq!(tape.memory(), 6);
        assert_eq!(get(&tape, 1, 5, 2), None, "gone with its run");
        assert_eq!(get(&tape, 2, 1, 2).as_deref(), Some(&b"jk"[..]));
        assert_eq!(get(&tape, 3, 0, 2).as_deref(), Some(&b"xy"[..]));
        assert_eq!(get(&tape, 2, 3, 2), None, "not there yet");
        assert_eq!(get(&tape, 4, 0, 2), None, "another input");
    }

    #[test]
    fn large_runs_are_packed_and_found_again() {
        // In several numberings, and in one: as files come, and as log groups do.
        for inputs in [[Some(InputId(0)), Some(InputId(1))], [None, None]] {
            let mut tape = Tape::new(usize::MAX);
            let mut offsets = [0_u64; 2];
            let mut spots = Vec::new();
            for number in 0..4000_u32 {
                let which = number as usize % 2;
                let line =
                    format!("{{\"number\":{number},\"more\":\"{}\"}}\n", "x".repeat(number as usize % 400));
                let at = if inputs[0].is_none() { offsets[0] + offsets[1] } else { offsets[which] };
                offsets[which] += line.len() as u64;
                spots.push((InputId(number % 2), at, line.clone()));
                let mut part = Tape::default();
                part.push(TapeChunk { input: inputs[which], offset: at, bytes: line.into_bytes().into() });
                tape.absorb(part);
            }
            let all = usize::try_from(offsets[0] + offsets[1]).unwrap();
            assert!(all > 2 * RUN && tape.memory() < all / 2 + RUN, "{} of {all}", tape.memory());
            for (input, at, line) in &spots {
                let length = u32::try_from(line.len()).unwrap();
                assert_eq!(get(&tape, input.0, *at, length).as_deref(), Some(line.as_bytes()), "{at}");
            }
            tape.set_limit(RUN / 4);
            let (input, at, line) = &spots[0];
            assert_eq!(get(&tape, input.0, *at, u32::try_from(line.len()).unwrap()), None, "gone");
            if inputs[0].is_none() {
                let (input, at, line) = &spots[3999];
                let length = u32::try_from(line.len()).unwrap();
                assert!(get(&tape, input.0, *at, length).is_some(), "the newest run stays");
            }
        }
    }

    #[test]
    fn across_two_runs() {
        let mut tape = Tape::default();
        let bytes: Box<[u8]> = vec![b'a'; RUN].into();
        tape.push(TapeChunk { input: None, offset: 0, bytes });
        tape.push(TapeChunk { input: None, offset: RUN as u64, bytes: b"bcd"[..].into() });
        assert_eq!(get(&tape, 7, RUN as u64 - 2, 4).as_deref(), Some(&b"aabc"[..]));
    }
}
