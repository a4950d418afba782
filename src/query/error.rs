//! What cannot be read of a query, said so that it can be mended.

use std::fmt;
use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use super::field::Field;
use super::{MAX_DEPTH, MAX_LENGTH, MAX_PATTERNS};
use crate::base::visible::visible;

/// How many characters are shown on either side of what is wrong.
const AROUND: usize = 36;

/// What is wrong with a query, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// Which bytes of the text; may be empty at its end. Both ends are at characters.
    pub at: Range<usize>,
    /// What it is.
    pub why: QueryFault,
}

/// What is wrong with a query. The text is for a person, and shows no control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryFault {
    /// Longer than [`MAX_LENGTH`].
    TooLong,
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// More than [`MAX_PATTERNS`] regular expressions.
    TooManyPatterns,
    /// No field has this name; one that it may be meant for.
    UnknownField(String, Option<&'static str>),
    /// Nothing comes after a field's colon, or between two commas.
    NoValue(Field),
    /// A field takes few words, and this is none of them; one that it may be meant for.
    UnknownValue {
        /// The field.
        field: Field,
        /// What was given.
        text: String,
        /// What may be meant.
        like: Option<&'static str>,
    },
    /// Neither an address nor a network.
    NotAnAddress(String),
    /// No port, nor a range of ports.
    NotAPort(String),
    /// No time.
    NotATime(String),
    /// The beginning of a range has no day, the end has one.
    NoDay,
    /// A range that ends before it begins.
    Backwards,
    /// The field takes no regular expression.
    NoPattern(Field),
    /// Not a regular expression, and why.
    BadPattern(String),
    /// A regular expression that would take too much memory.
    LargePattern,
    /// Two slashes or quotation marks with nothing between them.
    Nothing,
    /// What was opened by this is not closed.
    Unclosed(char),
    /// A `)` without its `(`.
    Unopened,
    /// Parentheses with nothing in them.
    EmptyGroup,
    /// A condition should come before this word, or after it.
    NoCondition {
        /// `and`, `or`, `not`, `-`, `!`.
        word: String,
        /// Whether it is missing before the word.
        before: bool,
    },
    /// A quotation mark inside a word.
    QuoteInside,
    /// Something follows a closing quotation mark or slash.
    Joined,
}

impl fmt::Display for QueryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "a filter has at most {MAX_LENGTH} bytes"),
            Self::TooDeep => write!(f, "nested deeper than {MAX_DEPTH} levels"),
            Self::TooManyPatterns => write!(f, "a filter has at most {MAX_PATTERNS} regular expressions"),
            Self::UnknownField(word, Some(like)) => {
                write!(f, "there is no field `{}`; did you mean `{like}`?", visible(word))
            }
            Self::UnknownField(word, None) => {
                write!(f, "there is no field `{}`; to search for the text, put it in quotation marks", visible(word))
            }
            Self::NoValue(field) => {
                let row = field.row();
                write!(f, "`{}` lacks a value, as in `{}`", row.word, row.example)
            }
            Self::UnknownValue { field, text, like } => {
                write!(f, "`{}` is no value of `{}`", visible(text), field.word())?;
                match like {
                    Some(like) => write!(f, "; did you mean `{like}`?"),
                    None => write!(f, ", which takes {}", field.values().join(", ")),
                }
            }
            Self::NotAnAddress(text) => {
                write!(f, "`{}` is neither an address nor a network such as 10.0.0.0/8, nor a pattern such as 10.0.*", visible(text))
            }
            Self::NotAPort(text) => {
                write!(f, "`{}` is neither a port nor a range such as 1024..65535 or >1023", visible(text))
            }
            Self::NotATime(text) => {
                write!(f, "`{}` is no time such as 14:02, 2025-05-05 or 2025-05-05T14:02Z", visible(text))
            }
            Self::NoDay => f.write_str("the end names a day, so the beginning needs one, too"),
            Self::Backwards => f.write_str("the range ends before it begins"),
            Self::NoPattern(field) => write!(f, "`{}` takes no regular expression", field.word()),
            Self::BadPattern(why) => write!(f, "not a regular expression: {}", visible(why)),
            Self::LargePattern => f.write_str("the regular expression would take too much memory"),
            Self::Nothing => f.write_str("there is nothing in it"),
            Self::Unclosed('(') => f.write_str("the parenthesis is not closed"),
            Self::Unclosed('/') => f.write_str(
                "the regular expression is not closed with `/`; to search for the text, put it in quotation marks",
            ),
            Self::Unclosed(_) => f.write_str("the quotation mark is not closed"),
            Self::Unopened => f.write_str("nothing was opened that this closes"),
            Self::EmptyGroup => f.write_str("there is nothing in the parentheses"),
            Self::NoCondition { word, before: true } => {
                write!(f, "`{word}` needs a condition before it; to search for the word, put it in quotation marks")
            }
            Self::NoCondition { word, before: false } => write!(f, "`{word}` needs a condition behind it"),
            Self::QuoteInside => f.write_str("a quotation mark inside a word: put all of the word between two"),
            Self::Joined => f.write_str("a blank is missing before this"),
        }
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.why.fmt(f)
    }
}

impl std::error::Error for QueryError {}

impl QueryError {
    /// The sentence and, below it, the text with a line of carets under what is wrong. Of a long text only
    /// what is near.
    #[must_use]
    pub fn shown(&self, text: &str) -> String {
        let place =
            |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let (start, end) = (place(self.at.start), place(self.at.end));
        let (before, wrong, behind) =
            (&text[..start], text.get(start..end).unwrap_or_default(), &text[end..]);
        let from = before.char_indices().rev().nth(AROUND - 1).map_or(0, |(at, _)| at);
        let cut = |text: &str, most: usize| match text.char_indices().nth(most) {
            Some((at, _)) => format!("{}…", visible(&text[..at])),
            None => visible(text).into_owned(),
        };
        let before = format!("{}{}", if from > 0 { "…" } else { "" }, visible(&before[from..]));
        let wrong = cut(wrong, 2 * AROUND);
        let behind = if wrong.ends_with('…') { String::new() } else { cut(behind, AROUND) };
        let carets = "^".repeat(wrong.width().max(1));
        format!("{}\n  {before}{wrong}{behind}\n  {}{carets}", self.why, " ".repeat(before.width()))
    }
}

#[cfg(test)]
mod tests {
    use super::AROUND;
    use crate::query::Query;

    fn shown(text: &str) -> String {
        Query::parse(text).unwrap_err().shown(text)
    }

    #[test]
    fn carets_stand_under_what_is_wrong() {
        assert_eq!(
            shown("web tpye:AAAA"),
            "there is no field `tpye`; did you mean `type`?\n  web tpye:AAAA\n      ^^^^"
        );
        let many = |count: usize| "a".repeat(count);
        // As much before it as there is room for, and as much after it.
        assert_eq!(
            shown(&format!("{} xyz:1 {}", many(2 * AROUND), many(2 * AROUND))),
            format!(
                "there is no field `xyz`; to search for the text, put it in quotation marks\n  …{} xyz:1 {}…\n  {}^^^",
                many(AROUND - 1),
                many(AROUND - 3),
                " ".repeat(AROUND + 1)
            )
        );
        assert_eq!(
            shown("漢字 name:"),
            "`name` lacks a value, as in `name:*.amazonaws.com`\n  漢字 name:\n            ^"
        );
        assert_eq!(
            shown("\u{1b}[2J port:x"),
            "`x` is neither a port nor a range such as 1024..65535 or >1023\n  \\u{1b}[2J port:x\n                 ^"
        );
    }

    #[test]
    fn of_a_long_text_only_what_is_near_is_shown() {
        let text = format!("{} port:x {}", "a ".repeat(100), "b ".repeat(100));
        let shown = shown(&text);
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines[1].starts_with("  …") && lines[1].ends_with('…'), "{shown}");
        assert_eq!(lines[1].chars().nth(lines[2].chars().count() - 1), Some('x'));
        let long = "x".repeat(5000);
        assert!(Query::parse(&long).unwrap_err().shown(&long).len() < 300);
    }
}
