//! A packed stream, unpacked on one thread and read on others.

use std::io::{self, Read};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use super::pieces::{is_lines, last_cut};
use super::read::BLOCK;
use crate::log::envelope::MAX_VALUE;

/// Blocks that may wait between unpacking and reading.
const WAITING: usize = 4;

/// Whole lines of an input.
#[derive(Debug)]
pub struct Block {
    /// The input, by a number of the caller's.
    pub input: usize,
    /// Where it begins in the unpacked input.
    pub offset: u64,
    /// The bytes, and room after them: `length` of them are in use. So a block that comes back need not be
    /// emptied and filled with zeros again.
    room: Vec<u8>,
    length: usize,
}

impl Block {
    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.room[..self.length]
    }

    /// The memory, to be used again.
    #[must_use]
    pub fn into_room(self) -> Vec<u8> {
        self.room
    }
}

/// How dealing out a stream in blocks ended.
#[derive(Debug)]
pub enum SplitEnd {
    /// All of it was dealt out; or all that could be read, and why there is no more.
    All(io::Result<()>),
    /// It is not made of lines: nothing was dealt out, and these bytes were read off its start.
    NotLines(Vec<u8>, io::Result<()>),
}

/// Both ends of a channel on which blocks go to those who read them, and emptied ones come back.
#[derive(Clone, Debug)]
pub struct Exchange {
    full: (Sender<Block>, Receiver<Block>),
    empty: (Sender<Vec<u8>>, Receiver<Vec<u8>>),
}

impl Default for Exchange {
    fn default() -> Self {
        Self { full: bounded(WAITING), empty: bounded(2 * WAITING) }
    }
}

impl Exchange {
    /// Where blocks arrive; the channel ends when all that deal are gone.
    #[must_use]
    pub fn blocks(self) -> (Receiver<Block>, Sender<Vec<u8>>) {
        (self.full.1, self.empty.0)
    }

    /// Where blocks arrive for whoever deals some out, too: for them the channel does not end.
    pub(super) fn full(&self) -> &Receiver<Block> {
        &self.full.1
    }

    /// Deals `reader` out in blocks of whole lines. A block for which nobody has time goes to `own`, which
    /// reads it on this thread: so neither side waits for the other.
    pub fn deal(&self, input: usize, reader: &mut impl Read, mut own: impl FnMut(&Block)) -> SplitEnd {
        let mut offset = 0;
        let (mut room, mut length) = (self.spare(), 0);
        let mut first = true;
        loop {
            let done = fill(reader, &mut room, &mut length);
            let bytes = &room[..length];
            let ended = done.as_ref().map_or(true, |more| !more);
            if std::mem::take(&mut first) && !is_lines(bytes) {
                room.truncate(length);
                return SplitEnd::NotLines(room, done.map(|_| ()));
            }
            let cut = if ended { length } else { last_cut(bytes).unwrap_or(0) };
            // Without a cut the block grows; a value too large to be one is cut anywhere.
            let cut = if cut == 0 && length > 2 * MAX_VALUE { length } else { cut };
            if cut > 0 {
                let mut next = self.spare();
                let rest = length - cut;
                if next.len() < rest {
                    next.resize(rest, 0);
                }
                next[..rest].copy_from_slice(&bytes[cut..]);
                let block = Block { input, offset, room: std::mem::replace(&mut room, next), length: cut };
                length = rest;
                offset += cut as u64;
                match self.full.0.try_send(block) {
                    Ok(()) => {}
                    Err(TrySendError::Full(block) | TrySendError::Disconnected(block)) => {
                        own(&block);
                        self.give_back(block);
                    }
                }
            }
            if ended {
                return SplitEnd::All(done.map(|_| ()));
            }
        }
    }

    fn spare(&self) -> Vec<u8> {
        self.empty.1.try_recv().unwrap_or_default()
    }

    /// Gives the memory of a block that was read back.
    pub(super) fn give_back(&self, block: Block) {
        // If there are enough spare ones, this one goes.
        let _ = self.empty.0.try_send(block.into_room());
    }
}

/// Reads about one more block after the first `length` bytes of `room`; whether there may be more.
///
/// A block is asked for at once: what unpacks writes it where it belongs then, with no copy on the way.
fn fill(reader: &mut impl Read, room: &mut Vec<u8>, length: &mut usize) -> io::Result<bool> {
    let wanted = *length + BLOCK;
    if room.len() < wanted {
        room.resize(wanted, 0);
    }
    while *length < wanted - BLOCK / 2 {
        match reader.read(&mut room[*length..wanted]) {
            Ok(0) => return Ok(false),
            Ok(read) => *length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_arrives_once_in_whole_lines() {
        let line = "{\"number\":\"0123456789\"}\n";
        let log = line.repeat(200_000);
        let exchange = Exchange::default();
        let mut own = Vec::new();
        let dealt =
            exchange.deal(0, &mut log.as_bytes(), |block| own.push((block.offset, block.bytes().to_vec())));
        assert!(matches!(dealt, SplitEnd::All(Ok(()))));
        let (blocks, _) = exchange.blocks();
        own.extend(blocks.try_iter().map(|block| (block.offset, block.bytes().to_vec())));
        own.sort_unstable();
        assert!(own.len() > WAITING, "some waited, others were read at once");
        let mut whole = Vec::new();
        for (offset, bytes) in own {
            assert_eq!(offset, whole.len() as u64);
            assert_eq!(bytes.len() % line.len(), 0);
            whole.extend(bytes);
        }
        assert_eq!(whole, log.as_bytes());
    }

    #[test]
    fn what_is_not_lines_is_given_back() {
        let text = b"{\n  \"a\": 1\n}\n";
        let dealt = Exchange::default().deal(0, &mut &text[..], |_| panic!("nothing may be dealt"));
        assert!(matches!(dealt, SplitEnd::NotLines(bytes, Ok(())) if bytes == text));
    }
}
