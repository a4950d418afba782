//! Payloads inside a value: base64 of gzip, as subscriptions hand them to Lambda and Kinesis.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::sink::Sink;
use super::walk::Walk;
use crate::log::record::Malformed;

/// What gzip begins with (RFC 1952 section 2.3.1).
pub(super) const GZIP: [u8; 2] = [0x1f, 0x8b];

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
                self.packed(&payload, quoted);
                self.unpacked = false;
            }
            Ok(()) if payload.starts_with(&GZIP) => self.fail(Malformed::TooDeep, quoted),
            Ok(()) => self.within(&payload),
        }
        self.give_back(payload);
    }
}
