//! Where a JSON value ends: a scanner of its structure that goes on where the last block of bytes left it.
//!
//! It is strict about what a torn value gets wrong (a line break in a string, a value where a comma belongs),
//! for that is how it is noticed that a record was cut short and another one begins. It does not look into
//! numbers, words and escapes: whoever reads the value does. Terminal escape sequences are passed over
//! anywhere.

use super::escape::{ESC, Escape, sequence};
use crate::base::simd::Lanes;
use crate::log::record::{MAX_VALUE, Malformed};

/// The deepest nesting taken for a value. The deepest known envelope (a search result around a wrapped event)
/// has six.
pub(super) const MAX_DEPTH: u32 = 64;

/// How far a scan came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scan {
    /// The value has this many bytes.
    Whole(usize),
    /// It goes on behind the bytes there are.
    Cut,
    /// It is no JSON at this byte, for this reason.
    Broken(usize, Malformed),
    /// It has more than [`MAX_VALUE`] bytes.
    Oversize,
}

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
    /// In a string that is a value.
    Text,
    /// In a string that is a key.
    KeyText,
    /// In a number or one of `true`, `false`, `null`.
    Word,
}

/// The state of the scan of one value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scanner {
    at: usize,
    structure: Structure,
}

/// Where in the structure of a value a token stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Structure {
    depth: u32,
    /// A bit for each open container, the innermost lowest: set if it is an object.
    objects: u64,
    expect: Expect,
    is_colored: bool,
}

impl Default for Structure {
    fn default() -> Self {
        Self { depth: 0, objects: 0, expect: Expect::Value, is_colored: false }
    }
}

impl Scanner {
    /// Goes on with the value that `bytes` begin with; they begin with the same bytes at each call. `end`:
    /// nothing comes behind them.
    pub(super) fn scan(&mut self, bytes: &[u8], end: bool) -> Scan {
        let held = &bytes[..bytes.len().min(MAX_VALUE)];
        let mut at = self.at;
        let done = loop {
            if at >= held.len() {
                break None;
            }
            match self.structure.step(held, at) {
                TokenNext::On(next) => at = next,
                TokenNext::Done(end) => break Some(Scan::Whole(end)),
                TokenNext::Cut(from) => {
                    at = from;
                    break None;
                }
                TokenNext::Broken(at, why) => break Some(Scan::Broken(at, why)),
            }
        };
        self.at = at;
        match done {
            Some(scan) => scan,
            None if held.len() == MAX_VALUE => Scan::Oversize,
            None if end && self.structure.is_word() => Scan::Whole(held.len()),
            None if end => Scan::Broken(held.len(), Malformed::NotJson),
            None => Scan::Cut,
        }
    }

    /// Whether terminal escape sequences stand in the value, or the marks of `psql` at the ends of its lines.
    pub(super) fn is_colored(&self) -> bool {
        self.structure.is_colored
    }
}

/// What one token came to.
pub(super) enum TokenNext {
    On(usize),
    /// The value ended.
    Done(usize),
    /// More is needed to know what stands at this index.
    Cut(usize),
    Broken(usize, Malformed),
}

impl Structure {
    /// Enters the container that `open` begins.
    #[inline]
    pub(super) fn enter(&mut self, open: u8) {
        let is_object = open == b'{';
        self.depth += 1;
        self.objects = self.objects << 1 | u64::from(is_object);
        self.expect = if is_object { Expect::KeyOrEnd } else { Expect::ValueOrEnd };
    }

    /// How many containers are open.
    pub(super) fn depth(&self) -> u32 {
        self.depth
    }

    /// Whether a key may stand next, and no value.
    pub(super) fn is_before_key(&self) -> bool {
        matches!(self.expect, Expect::Key | Expect::KeyOrEnd)
    }

    /// Whether a key or value begins with `byte`, which stands next.
    pub(super) fn begins_part(&self, byte: u8) -> bool {
        match self.expect {
            Expect::Key | Expect::KeyOrEnd => byte == b'"',
            Expect::Value | Expect::ValueOrEnd => {
                matches!(byte, b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b'a'..=b'z')
            }
            _ => false,
        }
    }

    /// Whether the whole value is a number or word, which ends only where something else begins.
    fn is_word(&self) -> bool {
        self.depth == 0 && self.expect == Expect::Word
    }

    /// A key or value that began here was passed over.
    pub(super) fn pass(&mut self) {
        self.expect = if self.is_before_key() { Expect::Colon } else { Expect::CommaOrEnd };
    }

    /// Takes one token, or what there is of it. The bytes of a string are one.
    #[inline]
    pub(super) fn step(&mut self, bytes: &[u8], at: usize) -> TokenNext {
        match self.expect {
            Expect::Text | Expect::KeyText => return self.string(bytes, at),
            Expect::Word => return self.word(bytes, at),
            _ => {}
        }
        let byte = bytes[at];
        let next = match (byte, self.expect) {
            (b' ' | b'\n' | b'\t' | b'\r', expect) => expect,
            (b'"', Expect::Value | Expect::ValueOrEnd) => Expect::Text,
            (b'"', Expect::Key | Expect::KeyOrEnd) => Expect::KeyText,
            (b',', Expect::CommaOrEnd) if self.objects & 1 == 1 => Expect::Key,
            (b':', Expect::Colon) | (b',', Expect::CommaOrEnd) => Expect::Value,
            (b'{' | b'[', Expect::Value | Expect::ValueOrEnd) => {
                if self.depth == MAX_DEPTH {
                    return TokenNext::Broken(at, Malformed::TooDeep);
                }
                self.enter(byte);
                self.expect
            }
            (b'}', Expect::KeyOrEnd) | (b']', Expect::ValueOrEnd) => return self.close(at),
            (b'}', Expect::CommaOrEnd) if self.objects & 1 == 1 => return self.close(at),
            (b']', Expect::CommaOrEnd) if self.objects & 1 == 0 => return self.close(at),
            (b'-' | b'0'..=b'9' | b'a'..=b'z', Expect::Value | Expect::ValueOrEnd) => Expect::Word,
            (ESC, _) => return self.escape(bytes, at),
            // PostgreSQL's `psql` ends each line of a cell but the last with one.
            (b'+', expect) if matches!(bytes.get(at + 1), Some(b'\n')) => {
                self.is_colored = true;
                expect
            }
            (b'+', _) if at + 1 == bytes.len() => return TokenNext::Cut(at),
            _ => return TokenNext::Broken(at, Malformed::NotJson),
        };
        self.expect = next;
        TokenNext::On(at + 1)
    }

    fn close(&mut self, at: usize) -> TokenNext {
        self.depth -= 1;
        self.objects >>= 1;
        self.ended(at + 1)
    }

    /// After a value inside, or after the whole one.
    fn ended(&mut self, at: usize) -> TokenNext {
        self.expect = Expect::CommaOrEnd;
        if self.depth == 0 { TokenNext::Done(at) } else { TokenNext::On(at) }
    }

    fn escape(&mut self, bytes: &[u8], at: usize) -> TokenNext {
        match sequence(&bytes[at..]) {
            Escape::Whole(length) => {
                self.is_colored = true;
                TokenNext::On(at + length)
            }
            Escape::Cut => TokenNext::Cut(at),
            Escape::None => TokenNext::Broken(at, Malformed::NotJson),
        }
    }

    #[inline]
    fn string(&mut self, bytes: &[u8], at: usize) -> TokenNext {
        let at = special(bytes, at);
        match bytes.get(at) {
            None => TokenNext::On(at),
            Some(b'"') if self.expect == Expect::KeyText => {
                self.expect = Expect::Colon;
                TokenNext::On(at + 1)
            }
            Some(b'"') => self.ended(at + 1),
            // What follows is a part of the escape, were it a quote, unless it is the break of a torn line.
            Some(b'\\') if at + 1 == bytes.len() => TokenNext::Cut(at),
            Some(b'\\') => TokenNext::Broken(at + 1, Malformed::NotJson),
            Some(&ESC) => self.escape(bytes, at),
            Some(_) => TokenNext::Broken(at, Malformed::NotJson),
        }
    }

    fn word(&mut self, bytes: &[u8], at: usize) -> TokenNext {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        match bytes[at..].iter().position(|byte| !is_word(byte)) {
            Some(length) => self.ended(at + length),
            None => TokenNext::On(bytes.len()),
        }
    }
}

/// The end of the string that begins at `start`, behind its quote; `None` if it is not whole or no plain
/// string.
#[inline]
pub(super) fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let end = special(bytes, start + 1);
    (bytes.get(end) == Some(&b'"')).then_some(end + 1)
}

/// The first quote that ends a string, or control character, or backslash before one or before the end, at or
/// behind `at`; the length of `bytes` if there is none.
///
/// Sixteen bytes at a time: the strings of a record are too short for a call of `memchr` each, and those in
/// which a record stands have an escape every few bytes.
#[inline]
pub(super) fn special(bytes: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<16>) {
        let mut marks = Lanes::new(chunk).marks();
        let mut length = 16;
        while marks != 0 {
            let place = marks.trailing_zeros() as usize;
            let is_escape =
                chunk[place] == b'\\' && bytes.get(at + place + 1).is_some_and(|byte| *byte >= b' ');
            if !is_escape {
                return at + place;
            }
            marks &= !(3 << place);
            length = length.max(place + 2);
        }
        at += length;
    }
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if bytes.get(at + 1).is_some_and(|byte| *byte >= b' ') => at += 2,
            b'"' | b'\\' | 0..0x20 => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Scan {
        Scanner::default().scan(text.as_bytes(), true)
    }

    #[test]
    fn values_end_where_they_end() {
        for text in [
            "{}",
            "[]",
            "[[],{}]",
            r#"{"a":1,"b":[true,null,-1.5e+3,"x"],"c":{"d":"}"}}"#,
            "{\r\n\t\"a\" : [\n{\n\"b\":\"\"\n}\n]\n}",
            r#""text with \" and \\ and ]""#,
            "\"\u{e9}\u{1f600}\"",
            "{\x1b[34;1m\"a\"\x1b[0m:\x1b[0;32m\"x\x1b[01;31my\x1b[m\"\x1b[0m}",
        ] {
            for tail in ["", " ", "{", "}", "\"", ",1"] {
                let bytes = format!("{text}{tail}");
                assert_eq!(whole(&bytes), Scan::Whole(text.len()), "{bytes:?}");
            }
        }
        assert_eq!(whole("12]"), Scan::Whole(2));
        assert_eq!(whole("12"), Scan::Whole(2));
    }

    #[test]
    fn what_a_torn_value_gets_wrong() {
        for (text, at) in [
            ("{\"a\":\"b\n{", 7),
            ("{\"a\":\"b\\\n{", 8),
            ("{\"a\":1,\n{", 8),
            ("{\"a\":{}\n{", 8),
            ("{\"a\":[{}\n{", 9),
            ("{\"a{\"b\":1}", 5),
            ("{\"a\":1]", 6),
            ("[1}", 2),
            ("[,", 1),
            ("[1,]", 3),
            ("{,", 1),
            ("{1", 1),
            ("{\"a\"}", 4),
            ("{\"a\":}", 5),
            ("{\"a\":\x1b\n", 5),
            ("{\"a\":\"b", 7),
            ("{", 1),
        ] {
            assert_eq!(whole(text), Scan::Broken(at, Malformed::NotJson), "{text:?}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(whole(&nested(64)), Scan::Whole(128));
        assert_eq!(whole(&nested(65)), Scan::Broken(64, Malformed::TooDeep));
    }

    #[test]
    fn a_scan_goes_on_where_it_was() {
        let text = "{\"a\" : [1, \"\\\"x\x1b[1;2my\u{e9}\", {\"b\":null}], \"c\": \"long enough for eight\"}";
        let bytes = text.as_bytes();
        for first in 0..bytes.len() {
            for second in first..bytes.len() {
                let mut scanner = Scanner::default();
                assert_eq!(scanner.scan(&bytes[..first], false), Scan::Cut, "{first}");
                assert_eq!(scanner.scan(&bytes[..second], false), Scan::Cut, "{first} {second}");
                assert_eq!(scanner.scan(bytes, true), Scan::Whole(bytes.len()), "{first} {second}");
                assert!(scanner.is_colored());
            }
        }
    }

    #[test]
    fn parts_may_be_passed_over() {
        let mut structure = Structure::default();
        structure.enter(b'{');
        let mut expect = |byte: u8, is_part: bool| {
            assert_eq!(structure.begins_part(byte), is_part, "{}", char::from(byte));
            if is_part {
                structure.pass();
                return true;
            }
            matches!(structure.step(&[byte], 0), TokenNext::On(1) | TokenNext::Done(1))
        };
        for (byte, is_part) in [(b'"', true), (b':', false), (b' ', false), (b'[', true), (b',', false)] {
            assert!(expect(byte, is_part));
        }
        assert!(!expect(b'}', false), "behind a comma");
        assert!(expect(b'"', true) && expect(b':', false) && expect(b'7', true) && expect(b'}', false));
        assert_eq!(structure.depth(), 0);
    }

    #[test]
    fn more_than_is_held_is_oversize() {
        let mut text = vec![b'x'; MAX_VALUE + 10];
        text[0] = b'"';
        assert_eq!(Scanner::default().scan(&text, true), Scan::Oversize);
        text[MAX_VALUE - 1] = b'"';
        assert_eq!(Scanner::default().scan(&text, true), Scan::Whole(MAX_VALUE));
        let mut scanner = Scanner::default();
        text[MAX_VALUE - 1] = b'x';
        assert_eq!(scanner.scan(&text[..100], false), Scan::Cut);
        assert_eq!(scanner.scan(&text[..MAX_VALUE], false), Scan::Oversize);
    }

    #[test]
    fn escapes_are_passed_over_wherever_they_stand() {
        for length in 2..40 {
            for at in 0..length - 1 {
                for (byte, is_end) in [(b'"', false), (b'\\', false), (b'n', false), (b'\n', true), (0, true)]
                {
                    let mut text = vec![b'x'; length];
                    (text[at], text[at + 1]) = (b'\\', byte);
                    for from in 0..=at {
                        assert_eq!(special(&text, from), if is_end { at } else { length }, "{byte} at {at}");
                    }
                }
            }
            let mut text = vec![b'\\'; length];
            text.push(b'"');
            assert_eq!(special(&text, 0), if length % 2 == 0 { length } else { length + 1 });
            text.pop();
            assert_eq!(special(&text, 0), if length % 2 == 0 { length } else { length - 1 });
        }
    }

    #[test]
    fn special_bytes_are_found_wherever_they_stand() {
        for length in 0..40 {
            for at in 0..length {
                for byte in [b'"', b'\n', 0, 0x1f] {
                    let mut text = vec![0xff_u8; length];
                    text.iter_mut().step_by(3).for_each(|byte| *byte = b'!');
                    text[at] = byte;
                    for from in 0..=at {
                        assert_eq!(special(&text, from), at);
                    }
                    assert_eq!(special(&text, at + 1), length);
                }
            }
        }
    }
}
