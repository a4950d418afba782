//! From text to what was meant by it.
//!
//! ```text
//! query := any?
//! any   := all ("or" all)*
//! all   := one ("and"? one)*
//! one   := ("-" | "!" | "not") one | "(" any ")" | FIELD ":" value ("," value)* | word
//! value := "="? (plain | quoted) | "/" regex "/"
//! ```

use std::borrow::Cow;
use std::ops::Range;

use super::error::{QueryError, QueryFault};
use super::field::Field;
use super::net::{AnswersWithin, Net};
use super::syntax::{Syntax, Word};
use super::test::Test;
use super::text::{RegexPattern, Text, ends_item, ends_word, field_part, is_keyword};
use super::value::{ValueForm, what};
use super::{MAX_DEPTH, MAX_LENGTH, MAX_PATTERNS};

/// Reads a query.
pub(super) fn parse(text: &str) -> Result<Syntax, QueryError> {
    if text.len() > MAX_LENGTH {
        let start = (0..=MAX_LENGTH).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        return Err(QueryError { at: start..text.len(), why: QueryFault::TooLong });
    }
    let mut parser = Parser { text, at: 0, depth: 0, patterns: 0 };
    if parser.is_over() {
        return Ok(Syntax::All);
    }
    let syntax = parser.any(0..0)?;
    if parser.is_over() { Ok(syntax) } else { Err(error(parser.at..parser.at + 1, QueryFault::Unopened)) }
}

fn error(at: Range<usize>, why: QueryFault) -> QueryError {
    QueryError { at, why }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    patterns: usize,
}

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// Goes to what is next; whether there is nothing.
    fn is_over(&mut self) -> bool {
        self.at = self.text.len() - self.rest().trim_start().len();
        self.at == self.text.len()
    }

    /// How long the text at hand is up to a character of those.
    fn length(&self, ends: impl Fn(char) -> bool) -> usize {
        self.rest().find(ends).unwrap_or(self.rest().len())
    }

    /// Whether one of the keywords is next.
    fn is_next(&mut self, keyword: &str) -> bool {
        !self.is_over() && self.rest()[..self.length(ends_word)].eq_ignore_ascii_case(keyword)
    }

    /// Reads with `read` a condition that is inside another.
    fn inside<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, QueryError>) -> Result<T, QueryError> {
        if self.depth == MAX_DEPTH {
            return Err(error(self.at..self.text.len(), QueryFault::TooDeep));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// Goes past the next `length` bytes, and returns their range.
    fn take(&mut self, length: usize) -> Range<usize> {
        let start = self.at;
        self.at += length;
        start..self.at
    }

    /// Conditions with `or` between them. `wanting` is the range of what they have to follow: a word, a sign,
    /// or nothing at the beginning.
    fn any(&mut self, wanting: Range<usize>) -> Result<Syntax, QueryError> {
        let mut any = vec![self.all(wanting)?];
        while self.is_next("or") {
            let or = self.take(2);
            any.push(self.all(or)?);
        }
        Ok(Syntax::or(any))
    }

    fn all(&mut self, wanting: Range<usize>) -> Result<Syntax, QueryError> {
        let mut all = vec![self.one(wanting)?];
        while !self.is_over() && !self.rest().starts_with(')') && !self.is_next("or") {
            let and = if self.is_next("and") { self.take(3) } else { self.at..self.at };
            all.push(self.one(and)?);
        }
        Ok(Syntax::and(all))
    }

    fn one(&mut self, wanting: Range<usize>) -> Result<Syntax, QueryError> {
        if self.is_over() || self.rest().starts_with(')') {
            return Err(match &self.text[wanting.clone()] {
                "" => error(self.at..self.at + 1, QueryFault::Unopened),
                "(" if self.is_over() => error(wanting, QueryFault::Unclosed('(')),
                "(" => error(wanting.start..self.at + 1, QueryFault::EmptyGroup),
                word => error(wanting, QueryFault::NoCondition { word: word.to_owned(), before: false }),
            });
        }
        if self.rest().starts_with('(') {
            let open = self.take(1);
            let inner = self.inside(|parser| parser.any(open.clone()))?;
            if self.is_over() {
                return Err(error(open, QueryFault::Unclosed('(')));
            }
            self.at += 1;
            return Ok(inner);
        }
        if self.rest().starts_with(['-', '!']) {
            let sign = self.take(1);
            // A sign comes right before its condition.
            if self.rest().starts_with(char::is_whitespace) {
                let word = self.text[sign.clone()].to_owned();
                return Err(error(sign, QueryFault::NoCondition { word, before: false }));
            }
            return self.inside(|parser| parser.one(sign)).map(Syntax::not);
        }
        if self.is_next("not") {
            let not = self.take(3);
            return self.inside(|parser| parser.one(not)).map(Syntax::not);
        }
        self.condition()
    }

    fn condition(&mut self) -> Result<Syntax, QueryError> {
        let start = self.at;
        let word = &self.rest()[..self.length(ends_word)];
        if is_keyword(word) {
            let why = QueryFault::NoCondition { word: word.to_owned(), before: true };
            return Err(error(start..start + word.len(), why));
        }
        if self.rest().starts_with('/') {
            let pattern = self.pattern()?;
            self.ended(ends_word)?;
            return Ok(Syntax::Word(Word { text: Text::Pattern(pattern), answers: None }));
        }
        if let Some(field) = field_part(word) {
            let lower = field.to_lowercase();
            let Some(known) = Field::from_word(&lower) else {
                let why = QueryFault::UnknownField(field.to_owned(), Field::like(&lower));
                return Err(error(start..start + field.len(), why));
            };
            self.at += field.len() + 1;
            return self.values(known);
        }
        let (text, raw) = if self.rest().starts_with('"') {
            let text = self.quoted()?;
            (Text::Part(text.to_lowercase()), text)
        } else {
            self.at += word.len();
            if self.rest().starts_with('"') {
                return Err(error(self.at..self.at + 1, QueryFault::QuoteInside));
            }
            (Text::plain(word), Cow::Borrowed(word))
        };
        self.ended(ends_word)?;
        let answers = Net::read(&raw).map(AnswersWithin::new);
        Ok(Syntax::Word(Word { text, answers }))
    }

    /// The values of a field.
    fn values(&mut self, field: Field) -> Result<Syntax, QueryError> {
        let mut tests = Vec::new();
        loop {
            tests.push(Test(self.value(field)?));
            if !self.rest().starts_with(',') {
                self.ended(ends_word)?;
                return Ok(Syntax::Tests(tests));
            }
            self.at += 1;
        }
    }

    fn value(&mut self, field: Field) -> Result<super::test::TestKind, QueryError> {
        let start = self.at;
        let is_whole = self.rest().starts_with('=');
        self.at += usize::from(is_whole);
        let from = self.at;
        let (text, form) = match self.rest().chars().next() {
            Some('"') => (self.quoted()?, if is_whole { ValueForm::Whole } else { ValueForm::Quoted }),
            Some('/') if !is_whole => {
                let pattern = self.pattern()?;
                (Cow::Borrowed(&self.text[start..self.at]), ValueForm::Pattern(pattern))
            }
            _ => {
                let plain = &self.rest()[..self.length(ends_item)];
                self.at += plain.len();
                if plain.is_empty() {
                    let end = if self.rest().is_empty() { self.at } else { self.at + self.character() };
                    return Err(error(self.at..end, QueryFault::NoValue(field)));
                }
                if self.rest().starts_with('"') {
                    return Err(error(self.at..self.at + 1, QueryFault::QuoteInside));
                }
                (Cow::Borrowed(plain), if is_whole { ValueForm::Whole } else { ValueForm::Plain })
            }
        };
        let end = self.at;
        let is_plain = self.text.get(from..end) == Some(text.as_ref());
        what(field, &text, form).map_err(|(part, why)| {
            // What was quoted is at fault as a whole.
            let at = if is_plain { from + part.start..from + part.end } else { from..end };
            error(at, why)
        })
    }

    /// How many bytes the character at hand has.
    fn character(&self) -> usize {
        self.rest().chars().next().map_or(0, char::len_utf8)
    }

    /// After a value or word: what follows may not be part of it.
    fn ended(&self, ends: impl Fn(char) -> bool) -> Result<(), QueryError> {
        let is_joined = self.rest().starts_with(|next| next == '"' || !ends(next));
        if is_joined { Err(error(self.at..self.at + self.character(), QueryFault::Joined)) } else { Ok(()) }
    }

    /// The text up to the `mark` that closes it, from the one that opens it here, without both; every `\` is
    /// kept, with the character after it.
    fn marked(&mut self, mark: char) -> Result<&'t str, QueryError> {
        let inner = &self.rest()[1..];
        let mut characters = inner.char_indices();
        while let Some((at, character)) = characters.next() {
            if character == '\\' {
                characters.next();
            } else if character == mark {
                self.at += at + 2;
                return Ok(&inner[..at]);
            }
        }
        Err(error(self.at..self.at + 1, QueryFault::Unclosed(mark)))
    }

    /// A text in quotation marks, in which `\"` and `\\` stand for the second character.
    fn quoted(&mut self) -> Result<Cow<'t, str>, QueryError> {
        let start = self.at;
        let inner = self.marked('"')?;
        let is_whole = self.text[..start].ends_with('=');
        if inner.is_empty() && !is_whole {
            return Err(error(start..self.at, QueryFault::Nothing));
        }
        Ok(unescaped(inner, &['"', '\\']))
    }

    /// A regular expression between slashes, in which `\/` stands for a slash.
    fn pattern(&mut self) -> Result<RegexPattern, QueryError> {
        let start = self.at;
        let inner = self.marked('/')?;
        if inner.is_empty() {
            return Err(error(start..self.at, QueryFault::Nothing));
        }
        self.patterns += 1;
        if self.patterns > MAX_PATTERNS {
            return Err(error(start..self.at, QueryFault::TooManyPatterns));
        }
        let source = unescaped(inner, &['/']);
        RegexPattern::new(&source).map_err(|bad| match fault(&source, &bad) {
            // What was unescaped before moves it on.
            Some((part, why)) => {
                let place = |at: usize| {
                    let slashes = source.get(..at).unwrap_or_default().matches('/').count();
                    (start + 1 + at + slashes).min(self.at)
                };
                error(place(part.start)..place(part.end), QueryFault::BadPattern(why))
            }
            None => error(start..self.at, QueryFault::LargePattern),
        })
    }
}

/// What is wrong with a regular expression, and where; `None` if it is but too large.
fn fault(source: &str, error: &regex::Error) -> Option<(Range<usize>, String)> {
    if matches!(error, regex::Error::CompiledTooBig(_)) {
        return None;
    }
    let (span, why) = match regex_syntax::Parser::new().parse(source).err()? {
        regex_syntax::Error::Parse(error) => (*error.span(), error.kind().to_string()),
        regex_syntax::Error::Translate(error) => (*error.span(), error.kind().to_string()),
        _ => return None,
    };
    Some((span.start.offset..span.end.offset, why))
}

/// The text without the `\` before one of these characters. Before others it stays.
fn unescaped<'t>(text: &'t str, escaped: &[char]) -> Cow<'t, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let next = if character == '\\' { characters.next() } else { None };
        if !next.is_some_and(|next| escaped.contains(&next)) {
            plain.push(character);
        }
        plain.extend(next);
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Query;

    fn error_of(text: &str) -> (Range<usize>, QueryFault) {
        let QueryError { at, why } = Query::parse(text).unwrap_err();
        (at, why)
    }

    fn missing(word: &str, before: bool) -> QueryFault {
        QueryFault::NoCondition { word: word.to_owned(), before }
    }

    #[test]
    fn a_condition_that_cannot_be_read_is_said_with_its_place() {
        let unknown = |word: &str, like| QueryFault::UnknownField(word.to_owned(), like);
        let text = str::to_owned;
        for (query, at, why) in [
            ("tpye:AAAA", 0..4, unknown("tpye", Some("type"))),
            ("a -Host:x", 3..7, unknown("Host", Some("origin"))),
            ("https://x", 0..5, unknown("https", None)),
            ("name:", 5..5, QueryFault::NoValue(Field::Name)),
            ("name: x", 5..6, QueryFault::NoValue(Field::Name)),
            ("(name:)", 6..7, QueryFault::NoValue(Field::Name)),
            ("type:A,,B", 7..8, QueryFault::NoValue(Field::Type)),
            ("type:A, B", 7..8, QueryFault::NoValue(Field::Type)),
            ("name:=", 6..6, QueryFault::NoValue(Field::Name)),
            (
                "verdict:a,emtpy",
                8..9,
                QueryFault::UnknownValue { field: Field::Verdict, text: text("a"), like: None },
            ),
            (
                "aaaa:empty,synthesised",
                11..22,
                QueryFault::UnknownValue {
                    field: Field::Aaaa,
                    text: text("synthesised"),
                    like: Some("synthesized"),
                },
            ),
            (
                "kind:\"net work\"",
                5..15,
                QueryFault::UnknownValue { field: Field::Kind, text: text("net work"), like: None },
            ),
            ("source:10.0.0.300", 7..17, QueryFault::NotAnAddress(text("10.0.0.300"))),
            ("answer:=x", 8..9, QueryFault::NotAnAddress(text("x"))),
            ("port:65536", 5..10, QueryFault::NotAPort(text("65536"))),
            ("port:..", 5..7, QueryFault::NotAPort(text(".."))),
            ("port:53,>x", 8..10, QueryFault::NotAPort(text(">x"))),
            ("port:5..3", 5..9, QueryFault::Backwards),
            ("port:>65535", 5..11, QueryFault::Backwards),
            ("time:14:02..noon", 12..16, QueryFault::NotATime(text("noon"))),
            ("since:14:02..", 6..13, QueryFault::NotATime(text("14:02.."))),
            ("time:14:02..2025-05-05", 5..10, QueryFault::NoDay),
            ("port:/5/", 5..8, QueryFault::NoPattern(Field::Port)),
            ("/a(b/", 2..3, QueryFault::BadPattern(text("unclosed group"))),
            ("name:/a\\/b[/", 10..11, QueryFault::BadPattern(text("unclosed character class"))),
            ("x /a{9999}{9999}/", 2..17, QueryFault::LargePattern),
        ] {
            assert_eq!(error_of(query), (at, why), "{query}");
        }
    }

    #[test]
    fn what_does_not_fit_together_is_said_with_its_place() {
        for (query, at, why) in [
            ("/a", 0..1, QueryFault::Unclosed('/')),
            ("x \"a", 2..3, QueryFault::Unclosed('"')),
            ("name:\"a\\\"", 5..6, QueryFault::Unclosed('"')),
            ("//", 0..2, QueryFault::Nothing),
            ("name:\"\"", 5..7, QueryFault::Nothing),
            ("(a", 0..1, QueryFault::Unclosed('(')),
            ("a (", 2..3, QueryFault::Unclosed('(')),
            ("a)", 1..2, QueryFault::Unopened),
            (") a", 0..1, QueryFault::Unopened),
            ("a ( )", 2..5, QueryFault::EmptyGroup),
            ("a or", 2..4, missing("or", false)),
            ("(a and)", 3..6, missing("and", false)),
            ("not", 0..3, missing("not", false)),
            ("- a", 0..1, missing("-", false)),
            ("a !", 2..3, missing("!", false)),
            ("-(-)", 2..3, missing("-", false)),
            ("or a", 0..2, missing("or", true)),
            ("a and OR b", 6..8, missing("OR", true)),
            ("a or and b", 5..8, missing("and", true)),
            ("a\"b", 1..2, QueryFault::QuoteInside),
            ("name:a\"b\"", 6..7, QueryFault::QuoteInside),
            ("\"a\"b", 3..4, QueryFault::Joined),
            ("/a/i", 3..4, QueryFault::Joined),
            ("name:\"a\"\"b\"", 8..9, QueryFault::Joined),
        ] {
            assert_eq!(error_of(query), (at, why), "{query}");
        }
    }

    #[test]
    fn what_a_query_costs_is_bounded() {
        assert_eq!(error_of(&"a".repeat(MAX_LENGTH + 1)), (MAX_LENGTH..MAX_LENGTH + 1, QueryFault::TooLong));
        assert_eq!(error_of(&"ä".repeat(MAX_LENGTH)).0, MAX_LENGTH..2 * MAX_LENGTH);
        for (open, close) in [("(", ")"), ("-", ""), ("not ", ""), ("-(", ")")] {
            let nested = |times: usize| format!("{}a{}", open.repeat(times), close.repeat(times));
            let most = if open == "-(" { MAX_DEPTH / 2 } else { MAX_DEPTH };
            assert!(Query::parse(&nested(most)).is_ok(), "{open}");
            assert_eq!(error_of(&nested(most + 1)).1, QueryFault::TooDeep, "{open}");
        }
        assert_eq!(error_of(&"/a/ ".repeat(MAX_PATTERNS + 1)), (64..67, QueryFault::TooManyPatterns));
        let nested = format!("/{}a{}/", "(".repeat(200), ")".repeat(200));
        assert!(matches!(error_of(&nested).1, QueryFault::BadPattern(_) | QueryFault::LargePattern));
    }

    #[test]
    fn what_was_read_is_printed_in_the_shortest_form() {
        for (text, printed) in [
            ("", ""),
            ("  \t ", ""),
            ("SSM", "ssm"),
            ("a AND b", "a b"),
            ("a and b or not (c or D)", "a b or -(c or d)"),
            ("a (b or (c or d)) (e f)", "a (b or c or d) e f"),
            ("--a", "a"),
            ("!a", "-a"),
            ("not -(a b)", "a b"),
            ("((a))", "a"),
            ("TYPE:aaaa,ptr", "type:AAAA,PTR"),
            ("type:n*", "type:N*"),
            ("verdict:NODATA,Other_Type", "verdict:empty,other-type"),
            ("kind:resolver-endpoint", "kind:resolver_endpoint"),
            ("rcode:nxdomain", "rcode:NXDOMAIN"),
            ("name:=Example.Com", "name:=example.com"),
            ("vpc:=\"\"", "vpc:=\"\""),
            ("name:\"ssm\"", "name:ssm"),
            ("\"a b\"", "\"a b\""),
            ("\"or\"", "\"or\""),
            ("name:/A\\/b/", "name:/A\\/b/"),
            ("source:10.1.2.3/8", "source:10.0.0.0/8"),
            ("answer:64:FF9B::CB00:7109", "answer:64:ff9b::cb00:7109"),
            ("64:ff9b::cb00:7109", "64:ff9b::cb00:7109"),
            ("fd00::/8", "fd00::/8"),
            ("port:>1023,53,<=5", "port:1024..,53,..5"),
            ("since:2025-05-05", "time:2025-05-05.."),
            ("until:14:02", "time:00:00..14:02"),
        ] {
            let query = Query::parse(text).unwrap();
            assert_eq!(query.to_string(), printed, "{text}");
            assert_eq!(Query::parse(printed).as_ref(), Ok(&query), "{text}");
        }
    }
}
