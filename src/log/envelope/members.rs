//! The insides of a JSON value whose structure was found whole: its members and elements where they stand,
//! and the text of its strings. Nothing is copied until a string is wanted, so that a document's events keep
//! their places.

use std::borrow::Cow;
use std::ops::Range;

use serde_json::Value;

use super::value::{Scan, Scanner, string_end};
use crate::log::record::Malformed;

/// The members of the object `bytes`: each key without its quotes, and where in `bytes` its value stands.
pub(super) fn members(bytes: &[u8]) -> Members<'_> {
    Members { bytes, at: 1 }
}

/// Where the elements of the array `bytes` stand in it.
pub(super) fn elements(bytes: &[u8]) -> Elements<'_> {
    Elements { bytes, at: 1 }
}

/// See [`members`].
pub(super) struct Members<'b> {
    bytes: &'b [u8],
    at: usize,
}

/// See [`elements`].
pub(super) struct Elements<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Iterator for Members<'b> {
    type Item = (Cow<'b, [u8]>, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        let key = value(self.bytes, self.at)?;
        let value = value(self.bytes, key.end)?;
        self.at = value.end;
        Some((text(self.bytes.get(key)?), value))
    }
}

impl Iterator for Elements<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Self::Item> {
        let element = value(self.bytes, self.at)?;
        self.at = element.end;
        Some(element)
    }
}

/// Where the first value at or behind `at` begins, past blanks, a comma, a colon; or what holds it ends.
pub(super) fn start(bytes: &[u8], at: usize) -> Option<usize> {
    let blanks = bytes
        .get(at..)?
        .iter()
        .position(|byte| !matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | b',' | b':'))?;
    Some(at + blanks)
}

/// The first value at or behind `at`; `None` at the end of what holds it.
pub(super) fn value(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let start = start(bytes, at)?;
    match bytes[start] {
        b'}' | b']' => None,
        // By far the most values are strings.
        b'"' => Some(start..string_end(bytes, start)?),
        _ => match Scanner::default().scan(&bytes[start..], true) {
            Scan::Whole(length) => Some(start..start + length),
            _ => None,
        },
    }
}

/// The text of the string `quoted`, which has its quotes.
pub(super) fn text(quoted: &[u8]) -> Cow<'_, [u8]> {
    let inner = quoted.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(quoted);
    if memchr::memchr(b'\\', inner).is_none() {
        return Cow::Borrowed(inner);
    }
    let mut plain = Vec::with_capacity(inner.len());
    unescape(inner, &mut plain);
    Cow::Owned(plain)
}

/// Appends the text of a string's inside. An escape that is none stays as it stands; half of a surrogate pair
/// becomes U+FFFD.
///
/// Messages that are JSON themselves have an escape every few bytes: it is quicker to look at each byte than
/// to search for the next escape.
pub(super) fn unescape(inner: &[u8], plain: &mut Vec<u8>) {
    plain.reserve(inner.len());
    let mut at = 0;
    while let Some(&byte) = inner.get(at) {
        if byte != b'\\' {
            plain.push(byte);
            at += 1;
            continue;
        }
        let byte = match inner.get(at + 1) {
            Some(byte @ (b'"' | b'\\' | b'/')) => *byte,
            Some(b'n') => b'\n',
            Some(b't') => b'\t',
            Some(b'r') => b'\r',
            Some(b'b') => 0x08,
            Some(b'f') => 0x0c,
            Some(b'u') if let Some((character, length)) = numbered(&inner[at..]) => {
                plain.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                at += length;
                continue;
            }
            _ => {
                plain.push(b'\\');
                at += 1;
                continue;
            }
        };
        plain.push(byte);
        at += 2;
    }
}

/// The character of the `\uXXXX`, or of the pair of them, that `bytes` begin with, and how many bytes it
/// takes.
fn numbered(bytes: &[u8]) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
        digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))
    };
    let first = unit(0)?;
    if (0xd800..0xdc00).contains(&first)
        && let Some(second @ 0xdc00..0xe000) = unit(6)
    {
        let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        return Some((char::from_u32(code)?, 12));
    }
    Some((char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 6))
}

/// The text that a list of the numbers of its bytes makes, as journald writes what is not text throughout.
pub(super) fn byte_numbers(list: &[u8]) -> Option<Vec<u8>> {
    let number = |at: Range<usize>| std::str::from_utf8(&list[at]).ok()?.parse::<u8>().ok();
    let bytes: Option<Vec<u8>> = elements(list).map(number).collect();
    bytes.filter(|bytes| !bytes.is_empty())
}

/// Parses a value. Bytes that are no UTF-8 become U+FFFD, so that the rest can be read.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, Malformed> {
    serde_json::from_slice(bytes).or_else(|_| match String::from_utf8_lossy(bytes) {
        Cow::Borrowed(_) => Err(Malformed::NotJson),
        Cow::Owned(text) => serde_json::from_str(&text).map_err(|_| Malformed::NotJson),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_elements_stand_where_they_stand() {
        let bytes = br#"{ "a" : 1 , "b\"" :[1, "x"],"c":{"d":[]} , "e":"\\" }"#;
        let found: Vec<_> = members(bytes)
            .map(|(key, at)| {
                (String::from_utf8_lossy(&key).into_owned(), String::from_utf8_lossy(&bytes[at]).into_owned())
            })
            .collect();
        let expected = [("a", "1"), ("b\"", "[1, \"x\"]"), ("c", "{\"d\":[]}"), ("e", "\"\\\\\"")];
        assert_eq!(found, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
        let bytes = b"[1, [2,3],{} ]";
        assert_eq!(elements(bytes).collect::<Vec<_>>(), [1..2, 4..9, 10..12]);
        assert_eq!(elements(b"[ ]").count() + members(b"{}").count(), 0);
    }

    #[test]
    fn texts() {
        for (quoted, expected) in [
            (r#""plain""#, "plain"),
            (r#""""#, ""),
            (r#""{\"a\":\"b\\\\052c\"}\n""#, "{\"a\":\"b\\\\052c\"}\n"),
            (r#""\u0041\u00e9\ud83d\ude00\/\b\f\r\t""#, "A\u{e9}\u{1f600}/\u{8}\u{c}\r\t"),
            (r#""\ud83d\u0041 \ude00 \ud83d""#, "\u{fffd}A \u{fffd} \u{fffd}"),
            (r#""\x \u12 \""#, "\\x \\u12 \\"),
        ] {
            assert_eq!(String::from_utf8_lossy(&text(quoted.as_bytes())), expected, "{quoted}");
        }
    }

    #[test]
    fn texts_are_those_of_another_reader() {
        let plain: String = ('\0'..'\u{3000}').chain('\u{1f600}'..'\u{1f640}').collect();
        let quoted = serde_json::to_string(&plain).unwrap();
        assert_eq!(text(quoted.as_bytes()), plain.as_bytes());
    }
}
