//! What may be typed next.

use std::ops::Range;

use super::FIELDS;
use super::field::Field;
use super::text::{ends_item, ends_word, field_part, item, quoted, word};

/// How many completions there are at most.
const MOST: usize = 64;
/// Types that are often asked for.
const TYPES: [&str; 12] =
    ["A", "AAAA", "CAA", "CNAME", "HTTPS", "MX", "NS", "PTR", "SOA", "SRV", "SVCB", "TXT"];

/// Who knows values that were seen.
pub trait Values {
    /// Values of `field` that were seen and begin with `start`, in any case; at most `limit`, the best first.
    fn seen(&self, field: Field, start: &str, limit: usize) -> Vec<String>;
}

/// Nobody who has seen any.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoValues;

impl Values for NoValues {
    fn seen(&self, _: Field, _: &str, _: usize) -> Vec<String> {
        Vec::new()
    }
}

/// A text that may take the place of a part of what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// Which bytes it replaces.
    pub replaces: Range<usize>,
    /// The text, quoted where it has to be; a field's with its colon.
    pub text: String,
    /// What it means, of fields; else empty.
    pub help: &'static str,
    /// Whether the beginning of it means nothing yet: of fields, and of values that are told apart as a
    /// whole.
    pub is_whole: bool,
}

/// What is at the cursor.
enum CursorSpot<'t> {
    /// The beginning of a word, at this byte.
    Word(usize, &'t str),
    /// The beginning of a value of a field, at this byte: as it is, after `=`, or after a quotation mark.
    Value(Field, usize, &'t str),
    /// Nothing that can be completed.
    None,
}

/// What may be typed at `cursor`, a place between two characters of `text`: fields and their values, the
/// words of those that take few, and values that were seen. The beginning before the cursor stays what it is;
/// the rest of the word goes.
#[must_use]
pub fn complete(text: &str, cursor: usize, values: &dyn Values) -> Vec<Completion> {
    let Some(head) = text.get(..cursor) else { return Vec::new() };
    let mut found = match spot(head) {
        CursorSpot::None => Vec::new(),
        CursorSpot::Word(at, start) => words(at..end(text, cursor, ends_word), start, values),
        CursorSpot::Value(field, at, start) => {
            let is_quoted = start.trim_start_matches('=').starts_with('"');
            let end = if is_quoted {
                cursor + usize::from(text[cursor..].starts_with('"'))
            } else {
                end(text, cursor, ends_item)
            };
            of_field(field, at..end, start, values)
        }
    };
    found.truncate(MOST);
    found
}

/// Whether the text at `cursor` is but the beginning of a field, or of a value that means nothing before all
/// of it is there: `verd`, `type:AA`. `found` is what may be typed there.
#[must_use]
pub fn is_begun(text: &str, cursor: usize, found: &[Completion]) -> bool {
    let typed = |one: &Completion| text.get(one.replaces.start..cursor).map(str::to_lowercase);
    let grows = |one: &Completion| {
        typed(one).is_some_and(|typed| {
            let whole = one.text.to_lowercase();
            one.is_whole && !typed.is_empty() && whole.len() > typed.len() && whole.starts_with(&typed)
        })
    };
    cursor == text.len() && found.iter().any(grows)
}

fn end(text: &str, cursor: usize, ends: impl Fn(char) -> bool) -> usize {
    cursor + text[cursor..].find(ends).unwrap_or(text.len() - cursor)
}

/// Reads up to the cursor, as little as it takes to know what is there.
fn spot(head: &str) -> CursorSpot<'_> {
    let mut at = 0;
    loop {
        at = head.len()
            - head[at..].trim_start_matches(|it: char| it.is_whitespace() || "()-!".contains(it)).len();
        let rest = &head[at..];
        let plain = &rest[..rest.find(ends_word).unwrap_or(rest.len())];
        at = match (rest.chars().next(), field_part(plain)) {
            (Some(mark @ ('"' | '/')), _) => match quoted_length(rest, mark) {
                Some(length) => at + length,
                None => return CursorSpot::None,
            },
            (_, Some(word)) => {
                let start = at + word.len() + 1;
                match Field::from_word(&word.to_lowercase()) {
                    Some(field) => match value(head, start, field) {
                        Ok(next) => next,
                        Err(spot) => return spot,
                    },
                    None if at + plain.len() == head.len() => return CursorSpot::None,
                    None => at + plain.len(),
                }
            }
            (_, None) if at + plain.len() == head.len() => return CursorSpot::Word(at, plain),
            (_, None) => at + plain.len(),
        };
    }
}

/// Where the values of a field that begin at `at` end; or, as an error, the one that the cursor is in.
fn value(head: &str, mut at: usize, field: Field) -> Result<usize, CursorSpot<'_>> {
    loop {
        let rest = &head[at..];
        let inner = rest.strip_prefix('=').unwrap_or(rest);
        let skipped = rest.len() - inner.len();
        let length = match inner.chars().next() {
            Some(mark @ ('"' | '/')) if mark == '"' || skipped == 0 => match quoted_length(inner, mark) {
                Some(length) => length,
                None if mark == '"' => return Err(CursorSpot::Value(field, at, rest)),
                None => return Err(CursorSpot::None),
            },
            _ => match inner.find(ends_item) {
                Some(length) => length,
                None => return Err(CursorSpot::Value(field, at, rest)),
            },
        };
        at += skipped + length;
        if !head[at..].starts_with(',') {
            return Ok(at);
        }
        at += 1;
    }
}

/// How long a text between two of `mark` is; `None` if it is not closed.
fn quoted_length(text: &str, mark: char) -> Option<usize> {
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        if character == '\\' {
            characters.next();
        } else if character == mark {
            return Some(at + 1);
        }
    }
    None
}

fn starts(value: &str, start: &str) -> bool {
    value.to_lowercase().starts_with(&start.to_lowercase())
}

fn words(replaces: Range<usize>, start: &str, values: &dyn Values) -> Vec<Completion> {
    let fields = FIELDS.iter().filter(|row| starts(row.word, start)).map(|row| Completion {
        replaces: replaces.clone(),
        text: format!("{}:", row.word),
        help: row.help,
        is_whole: true,
    });
    let mut found: Vec<Completion> = fields.collect();
    if !start.is_empty() {
        for field in [Field::Origin, Field::Name] {
            let seen = values.seen(field, start, MOST / 4);
            let seen = seen.iter().map(|value| Completion {
                replaces: replaces.clone(),
                text: word(value),
                help: "",
                is_whole: false,
            });
            found.extend(seen);
        }
    }
    found
}

fn of_field(field: Field, replaces: Range<usize>, start: &str, values: &dyn Values) -> Vec<Completion> {
    let (is_whole, inner) = start.strip_prefix('=').map_or((false, start), |inner| (true, inner));
    let (is_quoted, inner) = inner.strip_prefix('"').map_or((false, inner), |inner| (true, inner));
    let inner = if is_quoted { inner.replace("\\\"", "\"").replace("\\\\", "\\") } else { inner.to_owned() };
    let known = match field {
        Field::Type => TYPES.to_vec(),
        other => other.values(),
    };
    let known = known.into_iter().filter(|value| starts(value, &inner)).map(str::to_owned);
    let mut all: Vec<String> = known.collect();
    for seen in values.seen(field, &inner, MOST) {
        if !all.contains(&seen) {
            all.push(seen);
        }
    }
    let written = |value: String| {
        let text = if is_quoted { quoted(&value) } else { item(&value) };
        let text = if is_whole { format!("={text}") } else { text };
        let is_whole = matches!(field, Field::Type | Field::Service) || !field.values().is_empty();
        Completion { replaces: replaces.clone(), text, help: "", is_whole }
    };
    all.into_iter().map(written).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Seen;

    impl Values for Seen {
        fn seen(&self, field: Field, start: &str, limit: usize) -> Vec<String> {
            let all: &[&str] = match field {
                Field::Name => &["ssm.example.", "s3 b.example.", "a,b.example."],
                Field::Origin => &["i-0ab", "i-1", "-x"],
                Field::Type => &["A", "NAPTR"],
                _ => &[],
            };
            all.iter().filter(|it| starts(it, start)).map(|it| (*it).to_owned()).take(limit).collect()
        }
    }

    /// The texts with each completion in place; `|` is the cursor.
    fn completed(typed: &str) -> Vec<String> {
        let cursor = typed.find('|').unwrap();
        let text = typed.replacen('|', "", 1);
        let put =
            |it: Completion| format!("{}{}{}", &text[..it.replaces.start], it.text, &text[it.replaces.end..]);
        complete(&text, cursor, &Seen).into_iter().map(put).collect()
    }

    #[test]
    fn what_may_be_typed_next() {
        for (typed, expected) in [
            ("ve|", &["verdict:"][..]),
            ("(a or -VE|) x", &["(a or -verdict:) x"]),
            ("verdict:e|", &["verdict:empty"]),
            ("verdict:em|pty x", &["verdict:empty x"]),
            ("verdict:native,sy|", &["verdict:native,synthesized"]),
            ("kind:", &[]),
            ("rcode:nx|", &["rcode:NXDOMAIN"]),
            ("type:N|", &["type:NS", "type:NAPTR"]),
            ("type:a|", &["type:A", "type:AAAA"]),
            ("name:s|", &["name:ssm.example.", "name:\"s3 b.example.\""]),
            ("name:\"s|", &["name:\"ssm.example.\"", "name:\"s3 b.example.\""]),
            ("name:\"s3 |\" x", &["name:\"s3 b.example.\" x"]),
            ("name:=ss|", &["name:=ssm.example."]),
            ("name:x,a|", &["name:x,\"a,b.example.\""]),
            ("-i-0|", &["-i-0ab"]),
            ("origin:-|", &["origin:-x"]),
            ("/x y/ name:ss|", &["/x y/ name:ssm.example."]),
            ("/na|", &[]),
            ("\"na|", &[]),
            ("nope:a|", &[]),
            ("nope:a na|", &["nope:a name:"]),
            ("name:\"\" na|", &["name:\"\" name:"]),
            ("name:\"a\\\" b\" na|", &["name:\"a\\\" b\" name:"]),
        ] {
            let found = if typed.contains('|') { completed(typed) } else { Vec::new() };
            assert_eq!(found, expected, "{typed}");
        }
        for (text, begun) in [
            ("v", true),
            ("x verd", true),
            ("verdict:", false),
            ("verdict:em", true),
            ("verdict:empty", false),
            ("type:AA", true),
            ("type:A", true),
            ("type:A ", false),
            ("verdict:empty,na", true),
            ("name:ss", false),
            ("ssm.ex", false),
            ("verd ", false),
            ("", false),
        ] {
            let found = complete(text, text.len(), &Seen);
            assert_eq!(is_begun(text, text.len(), &found), begun, "{text}");
        }
        // What a field is for is said of fields, and not of values.
        for (text, field) in [("ve", true), ("verdict:e", false), ("name:s", false)] {
            let found = complete(text, text.len(), &Seen);
            assert!(!found.is_empty() && found.iter().all(|it| it.help.is_empty() != field), "{text}");
        }
        assert_eq!(completed("|").len(), FIELDS.len());
        assert_eq!(completed("kind:|").len(), 5);
        assert!(complete("ä", 1, &Seen).is_empty() && complete("a", 2, &Seen).is_empty());
    }
}
