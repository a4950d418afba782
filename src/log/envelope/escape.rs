//! Terminal escape sequences in a log that was copied from a terminal or piped with colors on.
//!
//! ECMA-48: control sequences (`ESC [`, colors), operating system commands (`ESC ]`, links), and the short
//! ones that choose a character set. A final byte out of `[ \ ] ^ _ { | }` is not taken for one: none of the
//! programs that color logs uses these, and a sequence that was cut short must not swallow the `{` of the
//! record behind it.

use std::borrow::Cow;

/// The byte order mark of UTF-8.
pub(super) const MARK: &[u8] = b"\xef\xbb\xbf";

/// The byte that begins each sequence.
pub(super) const ESC: u8 = 0x1b;

/// The longest control sequence taken for one, in bytes.
const MAX_CONTROL: usize = 64;
/// The longest operating system command taken for one, in bytes: the URL of a link.
const MAX_COMMAND: usize = 2048;

/// What stands at an [`ESC`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    /// A sequence of this many bytes.
    Whole(usize),
    /// Perhaps a sequence, if more bytes followed.
    Cut,
    /// A stray byte.
    None,
}

/// Reads the sequence with which `bytes` begin.
pub(super) fn sequence(bytes: &[u8]) -> Escape {
    match bytes.get(1) {
        None => Escape::Cut,
        Some(b'[') => control(bytes),
        Some(b']') => command(bytes),
        Some(0x20..=0x2f) => match bytes.get(2) {
            None => Escape::Cut,
            Some(byte) if byte.is_ascii_alphanumeric() => Escape::Whole(3),
            Some(_) => Escape::None,
        },
        Some(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'=' | b'>') => Escape::Whole(2),
        Some(_) => Escape::None,
    }
}

/// `ESC [`, parameters, a final letter.
fn control(bytes: &[u8]) -> Escape {
    let end = bytes.iter().skip(2).take(MAX_CONTROL).position(|byte| !matches!(byte, 0x20..=0x3f));
    match end.map(|end| (end, bytes[2 + end])) {
        Some((end, b'@'..=b'Z' | b'`'..=b'z' | b'~')) => Escape::Whole(end + 3),
        None if bytes.len() < 2 + MAX_CONTROL => Escape::Cut,
        Some(_) | None => Escape::None,
    }
}

/// `ESC ]`, text, and `BEL` or `ESC \`.
fn command(bytes: &[u8]) -> Escape {
    for (at, byte) in bytes.iter().enumerate().skip(2).take(MAX_COMMAND) {
        match byte {
            0x07 => return Escape::Whole(at + 1),
            &ESC => {
                return match bytes.get(at + 1) {
                    Some(b'\\') => Escape::Whole(at + 2),
                    Some(_) => Escape::None,
                    None => Escape::Cut,
                };
            }
            0..0x20 => return Escape::None,
            _ => {}
        }
    }
    if bytes.len() < 2 + MAX_COMMAND { Escape::Cut } else { Escape::None }
}

/// `bytes` without sequences. A stray [`ESC`] stays.
pub(super) fn strip(bytes: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(ESC, bytes) else { return Cow::Borrowed(bytes) };
    let mut plain = bytes[..first].to_vec();
    let mut rest = &bytes[first..];
    while let Some(&byte) = rest.first() {
        let taken = match sequence(rest) {
            Escape::Whole(length) if byte == ESC => length,
            _ => {
                let next = memchr::memchr(ESC, &rest[1..]).map_or(rest.len(), |at| at + 1);
                plain.extend_from_slice(&rest[..next]);
                next
            }
        };
        rest = &rest[taken..];
    }
    Cow::Owned(plain)
}

/// `value` without the mark that PostgreSQL's `psql` puts before a line break in a cell. JSON has none there.
pub(super) fn without_marks(value: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memmem::find(value, b"+\n").is_none() {
        return Cow::Borrowed(value);
    }
    let is_mark = |at: usize| value[at] == b'+' && value.get(at + 1) == Some(&b'\n');
    Cow::Owned((0..value.len()).filter(|at| !is_mark(*at)).map(|at| value[at]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences() {
        for (text, expected) in [
            ("\x1b[32mx", Escape::Whole(5)),
            ("\x1b[mx", Escape::Whole(3)),
            ("\x1b[1;39;48;5;7m", Escape::Whole(14)),
            ("\x1b[01;31m\x1b[K", Escape::Whole(8)),
            ("\x1b[K", Escape::Whole(3)),
            ("\x1b(B", Escape::Whole(3)),
            ("\x1b]8;;https://x\x07y", Escape::Whole(15)),
            ("\x1b]8;;\x1b\\y", Escape::Whole(7)),
            ("\x1b]8;;\n", Escape::None),
            ("\x1b", Escape::Cut),
            ("\x1b[3", Escape::Cut),
            ("\x1b]8;", Escape::Cut),
            ("\x1b[3{\"a\"", Escape::None),
            ("\x1b{", Escape::None),
            ("\x1b\n", Escape::None),
            ("\x1b(\n", Escape::None),
            ("\x1b({", Escape::None),
        ] {
            assert_eq!(sequence(text.as_bytes()), expected, "{text:?}");
        }
        assert_eq!(sequence(format!("\x1b[{}", "1".repeat(100)).as_bytes()), Escape::None);
        assert_eq!(sequence(format!("\x1b]{}", "x".repeat(5000)).as_bytes()), Escape::None);
    }

    #[test]
    fn what_is_left_without_them() {
        for (text, expected) in [
            ("plain", "plain"),
            ("\x1b[32m2018\x1b[0m \x1b[36mstream\x1b[0m {}", "2018 stream {}"),
            ("a\x1b{b\x1b[0m", "a\x1b{b"),
            ("a\x1b[3", "a\x1b[3"),
            ("\x1b\x1b[0mx", "\x1bx"),
        ] {
            assert_eq!(strip(text.as_bytes()), expected.as_bytes(), "{text:?}");
        }
    }
}
