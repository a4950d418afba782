//! Inputs inside of values: a text is read as the input itself is, a packed one as it is unpacked.

use std::io::{BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::payload::GZIP;
use super::sink::Sink;
use super::stream::Stream;
use super::walk::{InnerInput, Walk, WalkBuffers};
use crate::log::record::Malformed;

/// The most bytes one payload may unpack to. Held to `MAX_VALUE`, it has 3 MiB packed; resolver logs pack to
/// a twentieth or so.
const MAX_UNPACKED: u64 = 128 << 20;
/// The bytes unpacked at a time.
const BLOCK: usize = 64 << 10;

/// A walk through values that may hold inputs.
pub(super) fn walk<'s, S: Sink>(sink: &'s mut S, memory: &'s mut WalkBuffers) -> Walk<'s, S> {
    Walk::new(sink, memory, read)
}

/// Reads what was inside a value.
fn read<S: Sink>(walk: &mut Walk<'_, S>, input: InnerInput<'_>) {
    match input {
        InnerInput::Text(text) => _ = Stream::within().scan(text, true, walk),
        InnerInput::Packed(packed, sample) => unpack(walk, packed, sample),
    }
}

/// Reads the records in gzip, block by block.
fn unpack<S: Sink>(walk: &mut Walk<'_, S>, packed: &[u8], sample: &[u8]) {
    let mut once = BufReader::new(MultiGzDecoder::new(packed));
    match once.fill_buf() {
        Err(_) => walk.fail(Malformed::Unpack, sample),
        // A stream that compresses what came compressed.
        Ok(bytes) if bytes.starts_with(&GZIP) => unpack_from(walk, MultiGzDecoder::new(once), sample),
        Ok(_) => unpack_from(walk, once, sample),
    }
}

fn unpack_from<S: Sink>(walk: &mut Walk<'_, S>, reader: impl Read, sample: &[u8]) {
    let mut reader = reader.take(MAX_UNPACKED);
    let mut stream = Stream::within();
    let mut held = walk.buffer();
    loop {
        let start = held.len();
        held.resize(start + BLOCK, 0);
        let read = reader.read(&mut held[start..]);
        held.truncate(start + read.as_ref().map_or(0, |read| *read));
        let end = !matches!(read, Ok(1..));
        let consumed = stream.scan(&held, end, walk);
        held.drain(..consumed);
        if end {
            match read {
                Err(_) => walk.fail(Malformed::Unpack, sample),
                Ok(_) if reader.limit() == 0 => walk.fail(Malformed::Oversize, sample),
                Ok(_) => {}
            }
            break;
        }
    }
    walk.give_back(held);
}
