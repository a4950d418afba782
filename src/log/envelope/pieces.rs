//! Records that a carrier cut: put together again where their pieces stand next to each other, counted once
//! where not.
//!
//! Carriers of logs have a length of their own. Some drop what is beyond it (rsyslog 8 KiB, busybox and
//! inetutils 1,000 bytes); others write as many lines as it takes, each with what begins every line (logger
//! 1,024 bytes, syslog-ng 64 KiB) or with nothing (s6-log 8 KiB, journald's stream 48 KiB).
//!
//! Pieces have no numbers. If one is lost and those around it happen to fit, the record lacks answers: so a
//! record from pieces that shows no address is never taken to have none.

use super::context::{InputContext, ReadStep};
use super::format::InputFormat;
use super::line::InputLine;
use super::prefix::suppressed;
use super::sink::Sink;
use super::value::{Scan, Scanner};
use super::walk::{SAMPLE, Walk};
use crate::log::note::Incomplete;
use crate::log::record::{MAX_NAME, MAX_VALUE, Malformed};

/// The shortest that any carrier cuts a record to, in bytes, without what it writes before it.
pub(super) const SHORTEST: usize = 800;
/// How many pieces of a record may be shorter than that.
const SHORT_PIECES: usize = 2;
/// The longest line that is looked at for how often a record was left out, in bytes.
const MAX_SUPPRESSED: usize = 1024;
/// Keys that are in the rest of a record.
const REST: [&[u8]; 4] = [b"Rdata", b"srcaddr", b"srcids", b"transport"];

/// What became of a record whose line ended before it did.
enum JoinOutcome {
    /// It is whole, with the lines up to this index.
    Whole(Vec<u8>, usize),
    /// More lines are needed to know.
    Cut,
    /// It is not to be had: up to this index it is in pieces.
    No(usize),
}

impl InputContext {
    /// A value that began at `at` and is none `behind` bytes later; a carrier may have cut it. If more bytes
    /// are needed to know, it is scanned again then.
    pub(super) fn pieces<S: Sink>(
        &mut self,
        bytes: &[u8],
        at: usize,
        end: bool,
        behind: usize,
        why: Malformed,
        walk: &mut Walk<'_, S>,
    ) -> ReadStep {
        if let Some(step) = self.left_out(bytes, at, end, walk) {
            return step;
        }
        let first = memchr::memchr(b'\n', &bytes[at..at + behind]).unwrap_or(behind);
        let whole_line = bytes[at..at + first].strip_suffix(b"\r").map_or(first, <[u8]>::len);
        let broke = at + whole_line;
        let is_line_end = bytes.get(broke).is_none_or(|byte| matches!(byte, b'\n' | b'\r'));
        let is_cut = why == Malformed::NotJson
            && bytes[at] == b'{'
            && whole_line >= SHORTEST
            && is_line_end
            && self.resync.is_another(self.offset_of(at))
            && is_one(&bytes[at..broke]);
        if !is_cut {
            return self.broken(bytes, at, at + behind, why, walk);
        }
        let joined = self.joined(bytes, at, broke, end);
        if !matches!(joined, JoinOutcome::Cut) {
            self.header = None;
        }
        match joined {
            JoinOutcome::Cut => ReadStep::Wait,
            JoinOutcome::Whole(value, next) => {
                let before = if self.line.has_text { self.before.len() } else { 0 };
                walk.set_place(self.offset_of(at) - before as u64, next - at + before);
                walk.hint = self.line.prefix;
                walk.plain = InputFormat::JsonLines;
                walk.joined = true;
                walk.nested(&bytes[at..broke], |walk| walk.element(&value, 0));
                walk.joined = false;
                // Without text before it, it is as a record that has its line to itself.
                let single = self.line.start;
                self.line = InputLine { start: false, behind: true, single, ..InputLine::default() };
                self.resync.unmute();
                ReadStep::On(next)
            }
            JoinOutcome::No(next) => {
                walk.set_place(self.offset_of(at), broke - at);
                walk.fail(Malformed::CutShort, &sample(&bytes[at..broke]));
                walk.memory.cut = true;
                self.line = InputLine { start: false, ..InputLine::default() };
                self.resync.mute();
                ReadStep::On(next)
            }
        }
    }

    /// Takes the line at `at` if it says how many records were left out that were as the one before, of which
    /// it quotes the beginning.
    fn left_out<S: Sink>(
        &mut self,
        bytes: &[u8],
        at: usize,
        end: bool,
        walk: &mut Walk<'_, S>,
    ) -> Option<ReadStep> {
        if !self.line.has_text || self.resync.is_muted() {
            return None;
        }
        let held = &bytes[at..bytes.len().min(at + MAX_SUPPRESSED)];
        let line = match memchr::memchr(b'\n', held) {
            Some(length) => &held[..length],
            None if end || held.len() == MAX_SUPPRESSED => held,
            None => {
                return Some(ReadStep::Wait);
            }
        };
        let times = suppressed(line)?;
        walk.incomplete(Incomplete::Repeated, times.into());
        self.line = InputLine { start: false, ..InputLine::default() };
        self.resync.mute();
        Some(ReadStep::On(at + line.len()))
    }

    /// Puts the value at `at`, whose line ends at `broke`, together with the lines behind it.
    fn joined(&self, bytes: &[u8], at: usize, broke: usize, end: bool) -> JoinOutcome {
        let before: &[u8] = if self.line.has_text { &self.before } else { b"" };
        if self.nested || !self.line.has_text && !self.line.start {
            return JoinOutcome::No(broke);
        }
        let end = end || bytes.len() - at >= MAX_VALUE;
        let mut value = bytes[at..broke].to_vec();
        let mut scanner = Scanner::default();
        // The scanner stopped where the line did: it goes on with what follows there.
        let _ = scanner.scan(&value, false);
        let (mut line_end, mut short) = (broke, 0);
        let mut next = broke;
        loop {
            let Some(start) = memchr::memchr(b'\n', &bytes[next..]).map(|length| next + length + 1) else {
                return if end { JoinOutcome::No(line_end) } else { JoinOutcome::Cut };
            };
            let rest = &bytes[start..];
            if rest.len() < before.len() + 1 && !end {
                return JoinOutcome::Cut;
            }
            if !is_alike(before, rest) {
                return JoinOutcome::No(line_end);
            }
            let piece = &rest[before.len()..];
            let length = memchr::memchr(b'\n', piece);
            if length.is_none() && !end {
                return JoinOutcome::Cut;
            }
            let piece = &piece[..length.unwrap_or(piece.len())];
            let piece = piece.strip_suffix(b"\r").unwrap_or(piece);
            value.extend_from_slice(piece);
            next = start + before.len() + piece.len();
            match scanner.scan(&value, false) {
                Scan::Whole(length) if value[length..].iter().all(u8::is_ascii_whitespace) => {
                    value.truncate(length);
                    return JoinOutcome::Whole(value, next);
                }
                // Most pieces but the last are as long as the carrier has them.
                Scan::Cut if piece.len() >= SHORTEST => line_end = next,
                Scan::Cut if short < SHORT_PIECES => short += 1,
                _ => return JoinOutcome::No(line_end),
            }
        }
    }

    /// Passes over the line at `at` if there is nothing but the rest of a record in it.
    pub(super) fn rest<S: Sink>(
        &mut self,
        bytes: &[u8],
        at: usize,
        end: bool,
        walk: &mut Walk<'_, S>,
    ) -> Option<ReadStep> {
        let held = &bytes[at..bytes.len().min(at + MAX_VALUE)];
        let length = match memchr::memchr(b'\n', held) {
            Some(length) => length,
            None if end || held.len() == MAX_VALUE => held.len(),
            None => return Some(ReadStep::Wait),
        };
        if length == 0 {
            return None;
        }
        let line = &held[..length];
        // The quote behind a key may be escaped.
        let has = |key: &[u8]| {
            memchr::memmem::find_iter(line, key)
                .any(|at| matches!(line.get(at + key.len()), Some(b'"' | b'\\')))
        };
        if has(b"query_name") || !REST.iter().any(|key| has(key)) {
            walk.memory.cut = false;
            return None;
        }
        self.line.start = false;
        Some(ReadStep::On(at + length))
    }
}

/// Whether `line` begins as `before` does, but for the digits of a time or number; in TAI64N, which begins
/// with an `@`, these are hexadecimal.
fn is_alike(before: &[u8], line: &[u8]) -> bool {
    let is_digit = |byte: &u8| {
        if before.starts_with(b"@") { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() }
    };
    let alike = |(one, other): (&u8, &u8)| one == other || is_digit(one) && is_digit(other);
    line.len() >= before.len() && before.iter().zip(line).all(alike)
}

/// Whether what was cut is a record, or holds one as text, and no list of them.
fn is_one(cut: &[u8]) -> bool {
    let Some(at) = memchr::memmem::find(cut, b"query_name") else { return false };
    let inner = memchr::memchr_iter(b'{', &cut[1..at]).all(|brace| cut[brace] == b'"');
    inner && memchr::memchr(b'[', &cut[..at]).is_none() && name(cut).is_some()
}

/// The name that a record which was cut asks for, if that is readable.
fn name(cut: &[u8]) -> Option<&[u8]> {
    let at = memchr::memmem::find(cut, b"query_name")? + b"query_name".len();
    let rest = &cut[at..cut.len().min(at + MAX_NAME)];
    // Quotes may be escaped.
    let is_quote = |byte: &u8| matches!(byte, b'"' | b'\\');
    let start = rest.iter().position(|byte| !is_quote(byte) && !matches!(byte, b':' | b' '))?;
    let length = rest[start..].iter().position(is_quote)?;
    Some(&rest[start..start + length])
}

/// What is shown of a record that was cut: its name first.
fn sample(cut: &[u8]) -> Vec<u8> {
    let mut sample = b"\"query_name\":\"".to_vec();
    sample.extend_from_slice(name(cut).unwrap_or_default());
    sample.extend_from_slice(format!("\", cut after {} bytes: ", cut.len()).as_bytes());
    sample.extend_from_slice(&cut[..cut.len().min(SAMPLE)]);
    sample
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_found_in_what_is_left() {
        for (cut, expected) in [
            (r#"{"version":"1","query_name":"a.example.","query_"#, Some("a.example.")),
            (r#"{"MESSAGE":"{\"query_name\":\"a.example.\",\"q"#, Some("a.example.")),
            (r#"{"query_name" : "a.example.","q"#, Some("a.example.")),
            (r#"{"query_name":"a.exam"#, None),
            (r#"{"version":"1"#, None),
        ] {
            assert_eq!(name(cut.as_bytes()), expected.map(str::as_bytes), "{cut}");
        }
    }

    #[test]
    fn lists_are_not_cut_records() {
        for (cut, expected) in [
            (r#"{"version":"1","query_name":"a.example.","query_"#, true),
            (r#"{"MESSAGE":"{\"query_name\":\"a.example.\",\"q"#, true),
            (r#"{"events":[{"message":"{\"query_name\":\"a.example.\"}"},{"#, false),
            (r#"{"event":{"query_name":"a.example.","#, false),
            (r#"{"version":"1"#, false),
        ] {
            assert_eq!(is_one(cut.as_bytes()), expected, "{cut}");
        }
    }

    #[test]
    fn beginnings_are_alike_but_for_digits() {
        assert!(is_alike(b"Nov 28 23:46:56 vm dns: ", b"Nov 28 23:46:57 vm dns: {"));
        assert!(!is_alike(b"Nov 28 23:46:56 vm dns: ", b"Nov 28 23:46:57 vm ntp: {"));
        assert!(!is_alike(b"Nov 28 23:46:56 vm dns: ", b"Nov 28"));
        assert!(is_alike(b"@400000006b0b681901bcd17f ", b"@400000006b0b681901bcea95 x"));
        assert!(is_alike(b"", b"x"));
    }
}
