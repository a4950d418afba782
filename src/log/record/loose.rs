//! Literals as programs print them: lists, structures and texts in the notations of JSON, Python, DuckDB,
//! ClickHouse, Spark, Athena and PostgreSQL, by one grammar.
//!
//! > value = list | structure | tuple | quoted | bare
//! > list = `[` values `]`, tuple = `(` values `)`, structure = `{` entries or values `}`
//! > entry = (quoted | word) (`:` | `=`) value
//!
//! Between values is a comma, or, as numpy prints them, a blank before something that is quoted or in
//! brackets. A bare text ends at a comma or where what holds it closes. A structure without keys is a list:
//! what its values are is for whoever knows what they can be. In quotes a backslash takes the next character
//! as it is, and a doubled quote is one. `...` in the place of a value says that something was left out.
//!
//! Nothing is guessed: what does not follow the grammar to its last byte is no literal.

use serde_json::{Map, Value};

use super::fields;

/// The longest text taken for a literal, in bytes: what a thousand answers have, and more.
const MAX_TEXT: usize = 512 << 10;
/// The deepest nesting. Answers have two levels, three in a structure.
const MAX_DEPTH: u8 = 8;
/// The most values in one literal.
const MAX_VALUES: usize = 16 << 10;
/// The longest word before a `:` or `=` that is looked at, in bytes.
const MAX_KEY: usize = 64;

/// A literal.
#[derive(Debug, PartialEq)]
pub(super) struct Literal {
    /// What it says. Everything that is no list, structure or null is a text.
    pub(super) value: Value,
    /// Whether something was left out.
    pub(super) is_cut: bool,
}

/// Whether `text` is how some program writes that there is nothing, with blanks around it or not.
pub(super) fn is_absent(text: &str) -> bool {
    is_none(text.trim())
}

/// Whether `text` is how some program writes that there is nothing.
pub(super) fn is_none(text: &str) -> bool {
    /// As they are written by, in this order: most, awk, R, ClickHouse in text and JSON, SQL, JSON, Python,
    /// pandas.
    const WORDS: [&str; 12] = [
        "",
        "-",
        "NA",
        "\\N",
        "\u{1d3a}\u{1d41}\u{1d38}\u{1d38}",
        "NULL",
        "null",
        "None",
        "nan",
        "NaN",
        "NaT",
        "<NA>",
    ];
    WORDS.contains(&text)
}

/// Whether `text` begins as a literal in brackets does.
pub(super) fn is_bracketed(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with(['[', '{', '(']) || text.starts_with("Row(") || text.starts_with("array(")
}

/// The literal that `text` is, if it is one.
pub(super) fn read(text: &str) -> Option<Literal> {
    if text.len() > MAX_TEXT {
        return None;
    }
    if let Ok(value) = serde_json::from_str(text) {
        return Some(Literal { value, is_cut: false });
    }
    let mut reader = LooseReader { text, at: 0, values: 0, is_cut: false };
    let value = reader.value(0, None)?;
    reader.blanks();
    (reader.at == text.len()).then_some(Literal { value, is_cut: reader.is_cut })
}

struct LooseReader<'t> {
    text: &'t str,
    at: usize,
    values: usize,
    is_cut: bool,
}

impl LooseReader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes over blanks, and returns whether there were any.
    fn blanks(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
        self.at > start
    }

    /// The value at the cursor, inside of something that ends with `close`.
    fn value(&mut self, depth: u8, close: Option<u8>) -> Option<Value> {
        self.values += 1;
        if depth > MAX_DEPTH || self.values > MAX_VALUES {
            return None;
        }
        self.blanks();
        match self.peek() {
            Some(b'[') => self.list(depth, b']'),
            Some(b'(') => self.list(depth, b')'),
            Some(b'{') => self.structure(depth, b'}'),
            Some(quote @ (b'\'' | b'"')) => Some(Value::String(self.quoted(quote)?)),
            _ => match self.call() {
                Some("array") => match self.list(depth, b')')? {
                    // The part after the list is its type.
                    Value::Array(values) => values.into_iter().next(),
                    _ => None,
                },
                Some(_) => self.structure(depth, b')'),
                None => self.bare(close),
            },
        }
    }

    /// Passes over the name of what is called here, up to its parenthesis: `Row(…)`, `array(…)`.
    fn call(&mut self) -> Option<&'static str> {
        let name = ["array", "Row"].into_iter().find(|name| {
            self.text[self.at..].strip_prefix(name).is_some_and(|behind| behind.starts_with('('))
        })?;
        self.at += name.len();
        Some(name)
    }

    /// Values up to `close`.
    fn list(&mut self, depth: u8, close: u8) -> Option<Value> {
        self.at += 1;
        let mut values = Vec::new();
        let mut is_behind_comma = false;
        loop {
            self.blanks();
            match self.peek()? {
                byte if byte == close => {
                    // The last field of a row of PostgreSQL may be empty.
                    if is_behind_comma && close == b')' {
                        values.push(Value::Null);
                    }
                    self.at += 1;
                    return Some(Value::Array(values));
                }
                b',' => values.push(Value::Null),
                b'.' if self.text[self.at..].starts_with("...") => {
                    self.at += 3;
                    self.is_cut = true;
                }
                _ => values.push(self.value(depth + 1, Some(close))?),
            }
            is_behind_comma = self.separator(close)?;
        }
    }

    /// Passes over what is between two values. Returns whether it was a comma; `None` if there was nothing.
    fn separator(&mut self, close: u8) -> Option<bool> {
        let is_apart = self.blanks();
        match self.peek()? {
            b',' => {
                self.at += 1;
                Some(true)
            }
            byte if byte == close => Some(false),
            b'{' | b'[' | b'(' | b'\'' | b'"' | b'.' if is_apart => Some(false),
            _ => None,
        }
    }

    /// What is in braces: entries, or values without keys.
    fn structure(&mut self, depth: u8, close: u8) -> Option<Value> {
        let start = self.at;
        self.at += 1;
        self.blanks();
        if self.peek() == Some(close) {
            self.at += 1;
            return Some(Value::Object(Map::new()));
        }
        let mut entries = Map::new();
        let mut last: Option<(String, bool)> = None;
        loop {
            self.blanks();
            if let Some(key) = self.key() {
                self.blanks();
                let is_bare = !matches!(self.peek()?, b'\'' | b'"' | b'{' | b'[' | b'(');
                let value = self.value(depth + 1, Some(close))?;
                entries.insert(key.clone(), value);
                last = Some((key, is_bare));
            } else if let Some((key, true)) = &last {
                // A bare text with a comma in it.
                let rest = self.bare(Some(close))?;
                let (Some(Value::String(text)), Value::String(rest)) = (entries.get_mut(key), rest) else {
                    return None;
                };
                text.push_str(", ");
                text.push_str(&rest);
                self.values += 1;
                if self.values > MAX_VALUES {
                    return None;
                }
            } else if last.is_none() {
                self.at = start;
                return self.list(depth, close);
            } else {
                return None;
            }
            if !self.separator(close)? && self.peek() == Some(close) {
                self.at += 1;
                return Some(Value::Object(entries));
            }
        }
    }

    /// The key at the cursor, with what separates it from its value; nothing is passed over if there is none.
    fn key(&mut self) -> Option<String> {
        let start = self.at;
        let key = match self.peek()? {
            quote @ (b'\'' | b'"') => {
                let key = self.quoted(quote);
                self.blanks();
                key.filter(|_| matches!(self.peek(), Some(b':' | b'=')))
            }
            first if first.is_ascii_alphabetic() || first == b'_' => {
                let held = &self.text.as_bytes()[start..];
                let length = held.iter().take(MAX_KEY).position(|byte| !is_of_word(*byte)).unwrap_or(0);
                self.at += length;
                let word = &self.text[start..self.at];
                // An address has colons, too: only words that are names of fields go before one.
                let is_key = match self.peek() {
                    Some(b'=') => true,
                    Some(b':') => held.get(length + 1) == Some(&b' ') || fields::is_part(word),
                    _ => false,
                };
                is_key.then(|| word.to_owned())
            }
            _ => None,
        };
        // After the key, or where it would have begun.
        self.at = if key.is_some() { self.at + 1 } else { start };
        key
    }

    /// The text in quotes at the cursor.
    fn quoted(&mut self, quote: u8) -> Option<String> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = &self.text[self.at..];
            let length = rest.bytes().position(|byte| byte == quote || byte == b'\\')?;
            text.push_str(&rest[..length]);
            self.at += length + 1;
            let next = self.text[self.at..].chars().next();
            match (rest.as_bytes()[length], next) {
                (b'\\', Some(next)) => {
                    text.push(match next {
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        other => other,
                    });
                    self.at += next.len_utf8();
                }
                (b'\\', None) => return None,
                (_, Some(next)) if next == char::from(quote) => {
                    text.push(next);
                    self.at += 1;
                }
                _ => return Some(text),
            }
        }
    }

    /// The text without quotes at the cursor.
    fn bare(&mut self, close: Option<u8>) -> Option<Value> {
        let rest = &self.text[self.at..];
        let length = rest.bytes().position(|byte| byte == b',' || Some(byte) == close);
        // Outside of brackets there is nothing bare.
        let text = rest[..length?].trim();
        self.at += length?;
        Some(if is_absent(text) { Value::Null } else { Value::String(text.to_owned()) })
    }
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn notations() {
        let both = json!([{"Rdata": "b.example.", "Type": "CNAME"}, {"Rdata": "64:ff9b::1", "Type": "AAAA"}]);
        let listed = json!([["IN", "b.example.", "CNAME"], ["IN", "64:ff9b::1", "AAAA"]]);
        for (text, value) in [
            (r#"[{"Rdata":"b.example.","Type":"CNAME"},{"Rdata":"64:ff9b::1","Type":"AAAA"}]"#, &both),
            ("[{'Rdata': b.example., 'Type': CNAME}, {'Rdata': '64:ff9b::1', 'Type': AAAA}]", &both),
            ("[{'Rdata': 'b.example.', 'Type': 'CNAME'}\n {'Rdata': '64:ff9b::1', 'Type': 'AAAA'}]", &both),
            (
                "array([{'Rdata': 'b.example.', 'Type': 'CNAME'},\n       {'Rdata': '64:ff9b::1', 'Type': 'AAAA'}], dtype=object)",
                &both,
            ),
            ("[Row(Rdata='b.example.', Type='CNAME'), Row(Rdata='64:ff9b::1', Type='AAAA')]", &both),
            ("[{Rdata=b.example., Type=CNAME}, {Rdata=64:ff9b::1, Type=AAAA}]", &both),
            ("[{Rdata:b.example., Type:CNAME}, {Rdata: 64:ff9b::1, Type: AAAA}]", &both),
            ("[('IN','b.example.','CNAME'),('IN','64:ff9b::1','AAAA')]", &listed),
            ("[{IN, b.example., CNAME}, {IN, 64:ff9b::1, AAAA}]", &listed),
            (
                "{'Rdata': ['2001:db8::1'], 'Type': [AAAA]}",
                &json!({"Rdata": ["2001:db8::1"], "Type": ["AAAA"]}),
            ),
            (
                r#"{"(b.example.,CNAME,IN)","(64:ff9b::1,AAAA,IN)"}"#,
                &json!(["(b.example.,CNAME,IN)", "(64:ff9b::1,AAAA,IN)"]),
            ),
            ("(i-1,)", &json!(["i-1", null])),
            ("(,rslvr-in-1)", &json!([null, "rslvr-in-1"])),
            ("('i-1',NULL,NULL)", &json!(["i-1", null, null])),
            ("{i-1, null, null}", &json!(["i-1", null, null])),
            (
                "{instance=i-1, resolver_endpoint=null}",
                &json!({"instance": "i-1", "resolver_endpoint": null}),
            ),
            ("{dead:beef::1, AAAA}", &json!(["dead:beef::1", "AAAA"])),
            ("['it''s', \"a\"\"b\", 'c\\'d', '']", &json!(["it's", "a\"b", "c'd", ""])),
            ("{a=x, y, b=z}", &json!({"a": "x, y", "b": "z"})),
            ("[]", &json!([])),
            ("{}", &json!({})),
            ("{other: x, y: z}", &json!({"other": "x", "y": "z"})),
            ("[ ]", &json!([])),
            (" \n['a']\t", &json!(["a"])),
        ] {
            let literal = read(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((&literal.value, literal.is_cut), (value, false), "{text}");
        }
    }

    #[test]
    fn what_was_left_out_shows() {
        for text in ["['a' ... 'b']", "['a', ..., 'b']", "['a', ...]", "[...]"] {
            assert!(read(text).unwrap().is_cut, "{text}");
        }
    }

    #[test]
    fn values_lie_in_each_other_so_deep_and_no_deeper() {
        for (open, close) in [("[", "]"), ("(", ")"), ("{a=", "}"), ("{", "}")] {
            let nested = |times: usize| format!("{}x{}", open.repeat(times), close.repeat(times));
            let deepest = usize::from(MAX_DEPTH);
            assert!(read(&nested(deepest)).is_some(), "{open}");
            assert_eq!(read(&nested(deepest + 1)), None, "{open}");
        }
    }

    #[test]
    fn what_is_no_literal() {
        let deep = "[".repeat(100_000);
        for text in
            ["", "x", "[", "[a", "['a'", "['a'b]", "{a=1", "{a=1} x", "[a]]", "{'a': 'b' c}", "['\\", &deep]
        {
            assert_eq!(read(text), None, "{text:.20}");
        }
    }
}
