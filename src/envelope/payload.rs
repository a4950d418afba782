//! Payloads inside a value: base64 of gzip, as subscriptions hand them to Lambda and Kinesis.

use std::io::{BufRead, BufReader, Read};

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use flate2::bufread::MultiGzDecoder;

use super::sink::Sink;
use super::stream::Stream;
use super::walk::Walk;
use crate::record::Malformed;

/// The most bytes one payload may unpack to. Held to `MAX_VALUE`, it has 3 MiB packed; resolver logs pack to
/// a twentieth or so.
const MAX_UNPACKED: u64 = 128 << 20;
/// The bytes unpacked at a time.
const BLOCK: usize = 64 << 10;

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Standard base64, padded or not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl<S: Sink> Walk<'_, S> {
    /// The string of a `data` member: base64, of gzip or of plain text; or plain text at once.
    pub(super) fn data(&mut self, quoted: &[u8]) {
        let text = super::members::text(quoted);
        if text.contains(&b'{') {
            return self.within(&text);
        }
        let mut payload = self.buffer();
        match BASE64.decode_vec(text.trim_ascii(), &mut payload) {
            Err(_) => self.fail(Malformed::Unpack, quoted),
            // One level only: payloads within payloads would multiply what a small value can unpack to.
            Ok(()) if payload.starts_with(&GZIP) && !self.unpacked => {
                self.unpacked = true;
                self.nested(quoted, |walk| walk.unpack(&payload, quoted));
                self.unpacked = false;
            }
            Ok(()) if payload.starts_with(&GZIP) => self.fail(Malformed::TooDeep, quoted),
            Ok(()) => self.within(&payload),
        }
        self.give_back(payload);
    }

    /// Reads the records in gzip, block by block.
    fn unpack(&mut self, packed: &[u8], sample: &[u8]) {
        let mut once = BufReader::new(MultiGzDecoder::new(packed));
        match once.fill_buf() {
            Err(_) => self.fail(Malformed::Unpack, sample),
            // A stream that compresses what came compressed.
            Ok(bytes) if bytes.starts_with(&GZIP) => self.unpack_from(MultiGzDecoder::new(once), sample),
            Ok(_) => self.unpack_from(once, sample),
        }
    }

    fn unpack_from(&mut self, reader: impl Read, sample: &[u8]) {
        let mut reader = reader.take(MAX_UNPACKED);
        let mut stream = Stream::within();
        let mut held = self.buffer();
        loop {
            let start = held.len();
            held.resize(start + BLOCK, 0);
            let read = reader.read(&mut held[start..]);
            held.truncate(start + read.as_ref().map_or(0, |read| *read));
            let end = !matches!(read, Ok(1..));
            let consumed = stream.scan(&held, end, self);
            held.drain(..consumed);
            if end {
                match read {
                    Err(_) => self.fail(Malformed::Unpack, sample),
                    Ok(_) if reader.limit() == 0 => self.fail(Malformed::Oversize, sample),
                    Ok(_) => {}
                }
                break;
            }
        }
        self.give_back(held);
    }
}
