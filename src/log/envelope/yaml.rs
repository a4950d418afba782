//! YAML as the AWS CLI writes it (`--output yaml` and `yaml-stream`): blocks of keys and dashes, scalars
//! plain or in quotes, folded at blanks.
//!
//! YAML 1.2.2 has much more; what is not of this form is malformed. Each element of a list at the margin is a
//! unit: it is made into the JSON that it stands for and read as such.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::context::{InputContext, ReadStep};
use super::format::InputFormat;
use super::prefix::PrefixMatch;
use super::sink::Sink;
use super::sketch::KeySlot;
use super::walk::Walk;
use crate::log::record::{MAX_VALUE, Malformed};

/// How the first line of such a document begins: members of what the CLI prints as a whole …
const MEMBERS: [&[u8]; 10] = [
    b"events:\n",
    b"events:\r\n",
    b"events: []",
    b"results:\n",
    b"results:\r\n",
    b"results: []",
    b"NextToken: ",
    b"nextToken: ",
    b"queryLanguage: ",
    b"encryptionKey: ",
];
/// … and what elements of lists begin with, behind their dashes.
const ELEMENTS: [&[u8]; 9] = [
    b"eventId: ",
    b"ingestionTime: ",
    b"message: ",
    b"time: 1",
    b"timestamp: 1",
    b"field: ",
    b"'{",
    b"\"{",
    b"1",
];
/// The most dashes before an element.
const MAX_DASHES: usize = 4;
/// The deepest nesting that is read.
const MAX_DEPTH: u8 = 16;

/// A document that was entered.
#[derive(Debug, Default)]
pub(super) struct Yaml {
    /// What the elements at the margin are elements of.
    slot: Option<KeySlot>,
    /// Bytes of the unit in hand in which its end was not found.
    searched: usize,
}

/// Whether `bytes`, the first of an input, begin such a document.
pub(super) fn begins(bytes: &[u8], end: bool) -> PrefixMatch {
    let mut rest = bytes;
    let mut dashes = 0;
    while let Some(behind) = rest.strip_prefix(b"- ")
        && dashes < MAX_DASHES
    {
        (rest, dashes) = (behind, dashes + 1);
    }
    let elements = if dashes == 0 { &[][..] } else { &ELEMENTS };
    let beginnings = || MEMBERS.iter().chain(elements);
    if beginnings().any(|beginning| rest.starts_with(beginning)) {
        PrefixMatch::Yes(0)
    } else if !end && (rest == b"-" || beginnings().any(|beginning| beginning.starts_with(rest))) {
        PrefixMatch::Cut
    } else {
        PrefixMatch::No
    }
}

impl Yaml {
    /// Goes on with the units of a document. None where something else begins.
    pub(super) fn step<S: Sink>(
        &mut self,
        context: &InputContext,
        bytes: &[u8],
        at: usize,
        end: bool,
        walk: &mut Walk<'_, S>,
    ) -> Option<ReadStep> {
        if matches!(bytes[at], b'\n' | b'\r') {
            return Some(ReadStep::On(at + 1));
        }
        if matches!(bytes[at], b'{' | b'[') {
            return None;
        }
        let held = &bytes[at..bytes.len().min(at + MAX_VALUE)];
        let length = match unit_end(held, self.searched) {
            Some(length) => length,
            None if end || held.len() == MAX_VALUE => held.len(),
            None => {
                self.searched = held.len().saturating_sub(1);
                return Some(ReadStep::Wait);
            }
        };
        self.searched = 0;
        let unit = held[..length].trim_ascii_end();
        walk.hint = Some(InputFormat::CliYaml);
        walk.set_place(context.offset_of(at), unit.len());
        if length == MAX_VALUE {
            walk.fail(Malformed::Oversize, unit);
        } else {
            let text = String::from_utf8_lossy(unit);
            match UnitReader::read(&text) {
                Some(value) => self.take(value, unit, walk),
                None => walk.fail(Malformed::NotJson, unit),
            }
        }
        Some(ReadStep::On(at + length))
    }

    /// Hands over what a unit holds.
    fn take<S: Sink>(&mut self, value: Value, raw: &[u8], walk: &mut Walk<'_, S>) {
        let mut hand = |slot: Option<KeySlot>, value: &Value| {
            let json = value.to_string();
            walk.nested(raw, |walk| match slot {
                Some(slot) => walk.member(slot, json.as_bytes(), 0),
                None => walk.element(json.as_bytes(), 0),
            });
        };
        match value {
            Value::Object(members) => {
                for (key, value) in members {
                    let slot = KeySlot::from_key(key.as_bytes());
                    match value {
                        Value::Null => self.slot = Some(slot),
                        value => hand(Some(slot), &value),
                    }
                }
            }
            Value::Array(elements) => {
                for element in elements {
                    match element {
                        // A page of a stream of them.
                        Value::Object(page)
                            if page.contains_key("events") || page.contains_key("results") =>
                        {
                            hand(Some(KeySlot::Trait(super::sketch::ObjectKey::Token)), &Value::Null);
                            for (key, value) in &page {
                                hand(Some(KeySlot::from_key(key.as_bytes())), value);
                            }
                        }
                        element if matches!(self.slot, None | Some(KeySlot::List(_))) => hand(None, &element),
                        element => hand(self.slot, &element),
                    }
                }
            }
            value => hand(None, &value),
        }
    }
}

/// The end of the unit that `bytes` begin with: where the next line begins that is neither blank nor
/// indented.
fn unit_end(bytes: &[u8], from: usize) -> Option<usize> {
    memchr::memchr_iter(b'\n', &bytes[from..])
        .map(|at| from + at + 1)
        .find(|next| bytes.get(*next).is_some_and(|byte| !matches!(byte, b' ' | b'\n' | b'\r')))
}

/// Reads the lines of a unit.
struct UnitReader<'t> {
    lines: Vec<&'t str>,
    /// The line behind the one in hand.
    next: usize,
}

impl<'t> UnitReader<'t> {
    /// What `text` stands for.
    fn read(text: &'t str) -> Option<Value> {
        let mut reader = Self { lines: text.lines().collect(), next: 0 };
        let (indent, first) = reader.peek()?;
        reader.next += 1;
        let value = reader.node(indent, indent, first, 0)?;
        reader.peek().is_none().then_some(value)
    }

    /// The next line that is not blank, without its indentation.
    fn peek(&mut self) -> Option<(usize, &'t str)> {
        while let Some(line) = self.lines.get(self.next) {
            let text = line.trim_start_matches(' ');
            if !text.trim().is_empty() {
                return Some((line.len() - text.len(), text));
            }
            self.next += 1;
        }
        None
    }

    /// What begins with `text`, at `indent`. What goes on with it is indented more than `parent`.
    fn node(&mut self, indent: usize, parent: usize, text: &'t str, depth: u8) -> Option<Value> {
        if depth == MAX_DEPTH {
            return None;
        }
        if is_dash(text) {
            return self.list(indent, text, depth);
        }
        match split_key(text) {
            Some((key, rest)) => self.map(indent, key, rest, depth),
            None => self.scalar(text, parent),
        }
    }

    fn list(&mut self, indent: usize, first: &'t str, depth: u8) -> Option<Value> {
        let mut list = Vec::new();
        let mut text = first;
        loop {
            let element = text[1..].trim_start_matches(' ');
            let inner = indent + text.len() - element.len();
            list.push(if element.trim().is_empty() {
                self.nested(indent, depth)?
            } else {
                self.node(inner, indent, element, depth + 1)?
            });
            match self.peek() {
                Some((at, line)) if at == indent && is_dash(line) => text = line,
                _ => return Some(Value::Array(list)),
            }
            self.next += 1;
        }
    }

    fn map(&mut self, indent: usize, key: Cow<'t, str>, rest: &'t str, depth: u8) -> Option<Value> {
        let mut map = Map::new();
        let (mut key, mut rest) = (key, rest);
        loop {
            let value = match rest.trim() {
                "" => match self.peek() {
                    // Lists may stand as far to the left as what they belong to.
                    Some((at, line)) if at == indent && is_dash(line) => {
                        self.next += 1;
                        self.list(at, line, depth + 1)?
                    }
                    _ => self.nested(indent, depth)?,
                },
                rest => self.scalar(rest, indent)?,
            };
            map.insert(key.into_owned(), value);
            match self.peek() {
                Some((at, line)) if at == indent && !is_dash(line) => (key, rest) = split_key(line)?,
                _ => return Some(Value::Object(map)),
            }
            self.next += 1;
        }
    }

    /// What stands on the lines behind, if they are indented more than `indent`; else nothing does.
    fn nested(&mut self, indent: usize, depth: u8) -> Option<Value> {
        match self.peek() {
            Some((at, line)) if at > indent => {
                self.next += 1;
                self.node(at, indent, line, depth + 1)
            }
            _ => Some(Value::Null),
        }
    }

    fn scalar(&mut self, text: &'t str, parent: usize) -> Option<Value> {
        match text.as_bytes().first()? {
            quote @ (b'\'' | b'"') => self.quoted(&text[1..], *quote).map(Value::String),
            b'|' | b'>' => {
                let mut lines = Vec::new();
                while let Some((_, line)) = self.peek().filter(|(at, _)| *at > parent) {
                    lines.push(line);
                    self.next += 1;
                }
                Some(Value::String(lines.join(if text.starts_with('|') { "\n" } else { " " })))
            }
            _ => {
                let mut plain = text.trim_end().to_owned();
                while let Some((_, line)) = self.peek().filter(|(at, _)| *at > parent) {
                    plain.push(' ');
                    plain.push_str(line.trim_end());
                    self.next += 1;
                }
                // Numbers, words, and lists with nothing in them are written as in JSON.
                Some(serde_json::from_str(&plain).unwrap_or(Value::String(plain)))
            }
        }
    }

    /// The text behind an opening quote. A break of a line is a blank, an empty line a break; what is
    /// indented behind it is not text (YAML 1.2.2, 7.3.1 and 7.3.2).
    fn quoted(&mut self, first: &'t str, quote: u8) -> Option<String> {
        let (mut text, mut line, mut blank_lines) = (String::new(), first, 0);
        loop {
            let (closed, joined) =
                if quote == b'"' { double(line, &mut text)? } else { single(line, &mut text)? };
            if closed {
                return Some(text);
            }
            loop {
                line = self.lines.get(self.next)?.trim_start_matches([' ', '\t']);
                self.next += 1;
                if !line.trim().is_empty() {
                    break;
                }
                blank_lines += 1;
            }
            if blank_lines > 0 {
                text.extend(std::iter::repeat_n('\n', blank_lines));
            } else if !joined {
                text.push(' ');
            }
            blank_lines = 0;
        }
    }
}

/// Appends a line of text in single quotes. Returns whether it ends there, and `false`; none if more than a
/// blank stands behind its end.
fn single(line: &str, text: &mut String) -> Option<(bool, bool)> {
    let mut rest = line;
    while let Some(at) = rest.find('\'') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(behind) = rest.strip_prefix('\'') else {
            return rest.trim().is_empty().then_some((true, false));
        };
        text.push('\'');
        rest = behind;
    }
    text.push_str(rest.trim_end());
    Some((false, false))
}

/// Appends a line of text in double quotes. Returns whether it ends there, and whether the next line follows
/// without a blank; none for an escape that is none (YAML 1.2.2, 5.7).
fn double(line: &str, text: &mut String) -> Option<(bool, bool)> {
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return characters.as_str().trim().is_empty().then_some((true, false)),
            '\\' => {
                let Some(escape) = characters.next() else { return Some((false, true)) };
                let digits = match escape {
                    'x' => 2,
                    'u' => 4,
                    'U' => 8,
                    _ => {
                        text.push(escaped(escape)?);
                        continue;
                    }
                };
                let number = characters.as_str().get(..digits)?;
                characters = characters.as_str()[digits..].chars();
                let number = u32::from_str_radix(number, 16).ok()?;
                text.push(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            character => text.push(character),
        }
    }
    text.truncate(text.trim_end_matches(' ').len());
    Some((false, false))
}

/// What an escape of one character stands for.
fn escaped(escape: char) -> Option<char> {
    Some(match escape {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        ' ' | '"' | '/' | '\\' => escape,
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        _ => return None,
    })
}

/// Whether an element of a list begins here.
fn is_dash(text: &str) -> bool {
    text.strip_prefix('-').is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// A key, and what stands behind it on its line.
fn split_key(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let behind = |rest: &'_ str| rest.is_empty() || rest.starts_with([' ', '\r']);
    if let Some(quote) = text.chars().next().filter(|first| matches!(first, '\'' | '"')) {
        let (key, rest) = text[1..].split_once(quote)?;
        let rest = rest.strip_prefix(':')?;
        return behind(rest).then(|| (Cow::Borrowed(key), rest.trim_start()));
    }
    let (at, _) = text.match_indices(':').find(|(at, _)| behind(&text[at + 1..]))?;
    Some((Cow::Borrowed(&text[..at]), text[at + 1..].trim_start()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn units_are_what_they_stand_for() {
        for (text, expected) in [
            ("events:", json!({"events": null})),
            ("events: []", json!({"events": []})),
            ("status: Complete", json!({"status": "Complete"})),
            (
                "statistics:\n  recordsMatched: 48.0\n  x:",
                json!({"statistics": {"recordsMatched": 48.0, "x": null}}),
            ),
            (
                "- eventId: '0'\n  message: '{\"a\":\"it''s\n    folded\"}'\n  timestamp: 17\n",
                json!([{"eventId": "0", "message": "{\"a\":\"it's folded\"}", "timestamp": 17}]),
            ),
            ("- \"a\\tb \\\n  \\ c\\x41\\u00e9\n\n  d\"", json!(["a\tb  cA\u{e9}\nd"])),
            (
                "- - field: '@ptr'\n    value: x\n  - field: b\n    value: 2026-01-01 10:00:00",
                json!([[{"field": "@ptr", "value": "x"}, {"field": "b", "value": "2026-01-01 10:00:00"}]]),
            ),
            (
                "- events:\n  - a: 1\n  - a: 2\n  nextToken: t",
                json!([{"events": [{"a": 1}, {"a": 2}], "nextToken": "t"}]),
            ),
            ("- - 1795909501311\n  - long\n    text", json!([[1_795_909_501_311_u64, "long text"]])),
            ("- a: |-\n    x\n    y\n  b: 1", json!([{"a": "x\ny", "b": 1}])),
            (
                r#"- "\0\a\b\t\n\v\f\r\e\ \"\/\\\N\_\L\P\x41\u0042\U00000043""#,
                json!(["\0\u{7}\u{8}\t\n\u{b}\u{c}\r\u{1b} \"/\\\u{85}\u{a0}\u{2028}\u{2029}ABC"]),
            ),
            ("- 'a': 1\n  \"b: c\": x\n", json!([{"a": 1, "b: c": "x"}])),
            ("-\n  a: 1", json!([{"a": 1}])),
        ] {
            assert_eq!(UnitReader::read(text), Some(expected), "{text:?}");
        }
        for text in ["- 'open", "- \"\\q\"", "- a: 'x' y", "- a: 1\n b: 2", "a: 1\n- b"] {
            assert_eq!(UnitReader::read(text), None, "{text:?}");
        }
        assert_eq!(UnitReader::read(&"- ".repeat(100)), None, "nested too deep");
    }

    #[test]
    fn beginnings() {
        for (text, expected) in [
            ("events:\n", PrefixMatch::Yes(0)),
            ("- events:\r\n", PrefixMatch::Yes(0)),
            ("- - '{\"version\"", PrefixMatch::Yes(0)),
            ("- - - 1795909501311\n", PrefixMatch::Yes(0)),
            ("NextToken: eyJ", PrefixMatch::Yes(0)),
            ("queryLanguage: CWLI", PrefixMatch::Yes(0)),
            ("query_name,query_type", PrefixMatch::No),
            ("- ", PrefixMatch::Cut),
            ("-", PrefixMatch::Cut),
            ("- - mess", PrefixMatch::Cut),
            ("eve", PrefixMatch::Cut),
            ("events: 3", PrefixMatch::No),
            ("message: x", PrefixMatch::No),
            ("------", PrefixMatch::No),
            ("- a list of things", PrefixMatch::No),
        ] {
            assert_eq!(begins(text.as_bytes(), false), expected, "{text:?}");
        }
    }

    #[test]
    fn units_end_at_the_margin() {
        assert_eq!(unit_end(b"- a: 1\n  b: 2\n\n- a", 0), Some(15));
        assert_eq!(unit_end(b"- a: 1\n  b: 2\n", 0), None);
        assert_eq!(unit_end(b"- a: 1\n", 6), None);
        assert_eq!(unit_end(b"- a: 1\n-", 6), Some(7));
    }
}
