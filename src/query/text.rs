//! Texts that ids and names are compared with, and how they are written.

use std::borrow::Cow;

use memchr::memmem;
use regex::{Regex, RegexBuilder};

use super::net::Net;
use super::script;

/// How much memory a regular expression may take once it is compiled.
const MAX_COMPILED: usize = 256 << 10;
/// How deep one may nest.
const MAX_NESTING: u32 = 32;

/// A text that another is compared with. Case does not matter. All but regular expressions are in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Text {
    /// Some part is this.
    Part(String),
    /// All of it is this.
    Whole(String),
    /// All of it fits: `*` is any text, `?` any character.
    Glob(String),
    /// Some part fits.
    Pattern(RegexPattern),
}

/// A regular expression.
#[derive(Clone, Debug)]
pub(super) struct RegexPattern {
    source: String,
    regex: Regex,
}

impl PartialEq for RegexPattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for RegexPattern {}

impl RegexPattern {
    /// Compiles a regular expression.
    pub(super) fn new(source: &str) -> Result<Self, regex::Error> {
        let regex = RegexBuilder::new(source)
            .case_insensitive(true)
            .size_limit(MAX_COMPILED)
            .dfa_size_limit(MAX_COMPILED)
            .nest_limit(MAX_NESTING)
            .build()?;
        Ok(Self { source: source.to_owned(), regex })
    }
}

/// The text in lower case.
fn folded(text: &str) -> Cow<'_, str> {
    let is_folded = text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_folded { Cow::Borrowed(text) } else { Cow::Owned(text.to_lowercase()) }
}

impl Text {
    /// A text with `*` and `?` in it as a pattern, any other as a part; in any case.
    pub(super) fn plain(text: &str) -> Self {
        let lower = text.to_lowercase();
        if lower.contains(['*', '?']) { Self::Glob(lower) } else { Self::Part(lower) }
    }

    pub(super) fn fits(&self, text: &str) -> bool {
        match self {
            Self::Part(part) => memmem::find(folded(text).as_bytes(), part.as_bytes()).is_some(),
            Self::Whole(whole) => folded(text) == whole.as_str(),
            Self::Glob(glob) => fits_glob(glob, &folded(text)),
            Self::Pattern(pattern) => pattern.regex.is_match(text),
        }
    }

    /// As [`Text::fits`], for a name with its last dot: to be written without it will do. What is written in
    /// another script is compared with the name as it reads, too.
    pub(super) fn fits_name(&self, name: &str) -> bool {
        let is_part = matches!(self, Self::Part(_));
        let fits = |name: &str| {
            self.fits(name) || !is_part && name.strip_suffix('.').is_some_and(|short| self.fits(short))
        };
        fits(name)
            || !self.is_ascii()
                && script::reading(name).is_some_and(|read| {
                    fits(&read) || self.composed().is_some_and(|text| text.fits_name(&read))
                })
    }

    /// The same composed as names are, if it is written otherwise.
    fn composed(&self) -> Option<Self> {
        let composed = |text: &String| Some(script::folded(text)).filter(|composed| composed != text);
        match self {
            Self::Part(text) => composed(text).map(Self::Part),
            Self::Whole(text) => composed(text).map(Self::Whole),
            Self::Glob(text) => composed(text).map(Self::Glob),
            Self::Pattern(_) => None,
        }
    }

    fn is_ascii(&self) -> bool {
        match self {
            Self::Part(text) | Self::Whole(text) | Self::Glob(text) => text.is_ascii(),
            Self::Pattern(pattern) => pattern.source.is_ascii(),
        }
    }

    /// As the value of a field.
    pub(super) fn item(&self) -> String {
        match self {
            Self::Part(text) => item(text),
            Self::Whole(text) if text.is_empty() || text.contains(ends_item) => format!("={}", quoted(text)),
            Self::Whole(text) => format!("={text}"),
            Self::Glob(glob) => glob.clone(),
            Self::Pattern(pattern) => delimited(&pattern.source),
        }
    }

    /// As a word without a field.
    pub(super) fn word(&self) -> String {
        match self {
            Self::Part(text) => word(text),
            other => other.item(),
        }
    }
}

/// Whether `glob`, in which `*` stands for any text and `?` for any character, fits all of `other`.
fn fits_glob(glob: &str, other: &str) -> bool {
    if glob.contains('?') { fits_stepwise(glob, other) } else { fits_pieces(glob, other) }
}

/// As [`fits_glob`], for one with nothing but `*`: its pieces follow one another, and the first place where a
/// piece fits is the best.
fn fits_pieces(glob: &str, other: &str) -> bool {
    let (Some((first, rest)), Some((_, last))) = (glob.split_once('*'), glob.rsplit_once('*')) else {
        return glob == other;
    };
    // The part between the first `*` and the last; empty if there is but one.
    let middle = rest.strip_suffix(last).unwrap_or_default();
    let Some(other) = other.strip_prefix(first) else { return false };
    let Some(mut other) = other.strip_suffix(last) else { return false };
    for piece in middle.split('*').filter(|piece| !piece.is_empty()) {
        let Some(at) = memmem::find(other.as_bytes(), piece.as_bytes()) else { return false };
        other = &other[at + piece.len()..];
    }
    true
}

/// As [`fits_glob`], character by character.
fn fits_stepwise(glob: &str, other: &str) -> bool {
    let (mut pattern, mut text) = (glob.chars(), other.chars());
    // After the last `*`, and where the text goes on if that is to take one character more.
    let mut again = None;
    loop {
        match (pattern.next(), text.clone().next()) {
            (Some('*'), _) => again = Some((pattern.clone(), text.clone())),
            (Some('?'), Some(_)) => _ = text.next(),
            (Some(wanted), Some(found)) if wanted == found => _ = text.next(),
            (None, None) => return true,
            _ => {
                let Some((behind, from)) = &mut again else { return false };
                if from.next().is_none() {
                    return false;
                }
                (pattern, text) = (behind.clone(), from.clone());
            }
        }
    }
}

/// Whether a value that is not quoted ends before this character.
pub(super) fn ends_item(character: char) -> bool {
    ends_word(character) || character == ','
}

/// Whether a word that is not quoted ends before this character.
pub(super) fn ends_word(character: char) -> bool {
    character.is_whitespace() || matches!(character, '(' | ')' | '"')
}

/// The part of a word before its first colon, if that may name a field: letters only, and the word is no
/// address.
pub(super) fn field_part(word: &str) -> Option<&str> {
    let (field, _) = word.split_once(':')?;
    let is_word = !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    (is_word && Net::read(word).is_none()).then_some(field)
}

/// Whether a word joins conditions, or goes before one.
pub(super) fn is_keyword(word: &str) -> bool {
    ["and", "or", "not"].iter().any(|keyword| word.eq_ignore_ascii_case(keyword))
}

/// The text as a value of a field, quoted if it has to be.
pub(super) fn item(text: &str) -> String {
    let is_plain = !text.is_empty()
        && !text.contains(|it| ends_item(it) || matches!(it, '*' | '?'))
        && !text.starts_with(['/', '=']);
    if is_plain { text.to_owned() } else { quoted(text) }
}

/// The text as a word, quoted if it has to be.
pub(super) fn word(text: &str) -> String {
    let is_plain = !text.is_empty()
        && !text.contains(|it| ends_word(it) || matches!(it, '*' | '?'))
        && !text.starts_with(['/', '-', '!'])
        && !is_keyword(text)
        && field_part(text).is_none();
    if is_plain { text.to_owned() } else { quoted(text) }
}

/// The text in quotation marks.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A regular expression between slashes.
fn delimited(source: &str) -> String {
    let mut text = String::from("/");
    let mut characters = source.chars();
    while let Some(character) = characters.next() {
        match character {
            '/' => text.push_str("\\/"),
            '\\' => {
                text.push('\\');
                text.extend(characters.next());
            }
            other => text.push(other),
        }
    }
    text.push('/');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fit() {
        for (text, name, fits) in [
            (Text::plain("SSM"), "ssm.example.", true),
            (Text::plain("example.com"), "example.net.", false),
            (Text::plain("*.amazonaws.com"), "ssm.us-west-2.amazonaws.com.", true),
            (Text::plain("*.amazonaws.com."), "ssm.us-west-2.amazonaws.com.", true),
            (Text::plain("amazonaws*"), "ssm.us-west-2.amazonaws.com.", false),
            (Text::plain("s?.e*"), "s3.example.", true),
            (Text::plain("s?.e*"), "s.example.", false),
            (Text::plain("*a*b*c"), "aabbbc.", true),
            (Text::plain("*a*b*c"), "aabbb.", false),
            (Text::plain("?"), "ä.", true),
            (Text::plain("*"), "", true),
            (Text::plain("Ä"), "ä.example.", true),
            (Text::Whole("example.com".to_owned()), "example.com.", true),
            (Text::Whole("example.com.".to_owned()), "example.com.", true),
            (Text::Whole("example".to_owned()), "example.com.", false),
            (Text::Pattern(RegexPattern::new(r"^S[0-9]\.EXAMPLE$").unwrap()), "s3.example.", true),
            (Text::Pattern(RegexPattern::new(r"\.$").unwrap()), "s3.example.", true),
            (Text::plain("bücher*"), "xn--bcher-kva.example.", true),
            (Text::plain("*.BÜCHER.example"), "www.xn--bcher-kva.example.", true),
            (Text::plain("üche"), "xn--bcher-kva.example.", true),
            (Text::plain("buecher"), "xn--bcher-kva.example.", false),
            (Text::plain("xn--b"), "xn--bcher-kva.example.", true),
            (Text::Whole("b\u{fc}cher.example".to_owned()), "xn--bcher-kva.example.", true),
            (Text::plain("bu\u{308}cher*"), "xn--bcher-kva.example.", true),
            (Text::Pattern(RegexPattern::new("^b[üö]cher").unwrap()), "xn--bcher-kva.example.", true),
            (Text::Pattern(RegexPattern::new("^b.cher").unwrap()), "xn--bcher-kva.example.", false),
        ] {
            assert_eq!(text.fits_name(name), fits, "{text:?} {name}");
        }
    }

    #[test]
    fn both_ways_through_a_pattern_agree() {
        let texts = ["", "a", "b", "ab", "aab", "abab", "abba", "bab", "aa"];
        for glob in
            ["*", "**", "a*", "*a", "*b*", "a*b", "ab*ab", "*a*b*", "a**b", "*ab*ba", "ab", "a*a", "*a*a"]
        {
            for text in texts {
                assert_eq!(fits_pieces(glob, text), fits_stepwise(glob, text), "{glob} {text}");
            }
        }
    }

    #[test]
    fn what_has_to_be_quoted_is() {
        for (text, as_item, as_word) in [
            ("i-0ab", "i-0ab", "i-0ab"),
            ("-east", "-east", "\"-east\""),
            ("a,b", "\"a,b\"", "a,b"),
            ("a b", "\"a b\"", "\"a b\""),
            ("or", "or", "\"or\""),
            ("type:A", "type:A", "\"type:A\""),
            ("fd::1", "fd::1", "fd::1"),
            ("64:ff", "64:ff", "64:ff"),
            ("=x", "\"=x\"", "=x"),
            ("/x/", "\"/x/\"", "\"/x/\""),
            ("a*", "\"a*\"", "\"a*\""),
            ("a\"\\", "\"a\\\"\\\\\"", "\"a\\\"\\\\\""),
        ] {
            assert_eq!((item(text).as_str(), word(text).as_str()), (as_item, as_word), "{text}");
        }
        assert_eq!(delimited(r"a/b\\/c\d"), r"/a\/b\\\/c\d/");
    }
}
