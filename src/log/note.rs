//! What a recording says besides records: moments that somebody marked, and what is known to be missing.
//!
//! A note is a line as a record is one: an object with the one key `r53tail`, which no record has. Whoever
//! selects records by their keys passes it over. What is in it that is not known here is passed over, too, so
//! that later versions may say more.
//!
//! ```json
//! {"r53tail":{"mark":{"at":"2026-05-12T14:36:10Z","text":"restarted the service"}}}
//! {"r53tail":{"gap":{"from":"2026-05-12T14:37:02Z","until":"2026-05-12T14:37:09Z"}}}
//! {"r53tail":{"sampled":{"from":"2026-05-12T14:40:00Z","until":"2026-05-12T14:40:01Z"}}}
//! ```

use std::borrow::Cow;
use std::fmt;

use memchr::memmem;
use serde_json::{Value, json};

use crate::base::moment::Moment;

mod incomplete;
mod mark;

pub use incomplete::Incomplete;
pub use mark::Mark;

/// The most of a mark's text that is read, in bytes.
const TEXT: usize = 4096;

/// A stretch of time of which not all records were seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gap {
    /// The beginning of the stretch.
    pub from: Moment,
    /// The end of the stretch.
    pub until: Moment,
}

impl Gap {
    /// The shortest stretch that holds both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self { from: self.from.min(other.from), until: self.until.max(other.until) }
    }
}

/// One note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Somebody marked a moment. Marks are numbered by who lists them: here the number is 0.
    Mark(Mark),
    /// A stretch of which not all records were seen.
    Gap(Gap),
    /// A stretch of which there is a sample only.
    Sampled(Gap),
}

impl Note {
    /// Reads a note; `None` if `object` is something else, or says something that is not known here.
    #[must_use]
    pub fn read(object: &[u8]) -> Option<Self> {
        let Value::Object(object) = serde_json::from_slice(object).ok()? else { return None };
        let Value::Object(body) = object.get("r53tail")? else { return None };
        let (kind, body) = body.iter().next()?;
        let moment = |key: &str| Moment::parse(body.get(key)?.as_str()?);
        let stretch = || {
            let gap = Gap { from: moment("from")?, until: moment("until")? };
            (gap.from <= gap.until).then_some(gap)
        };
        match kind.as_str() {
            "mark" => {
                let text = body.get("text").and_then(Value::as_str).unwrap_or_default();
                let text = text[..text.floor_char_boundary(TEXT)].to_owned();
                Some(Self::Mark(Mark { at: moment("at")?, number: 0, text }))
            }
            "gap" => stretch().map(Self::Gap),
            "sampled" => stretch().map(Self::Sampled),
            _ => None,
        }
    }

    /// From when until when it says something.
    #[must_use]
    pub fn range(&self) -> (Moment, Moment) {
        match self {
            Self::Mark(mark) => (mark.at, mark.at),
            Self::Gap(gap) | Self::Sampled(gap) => (gap.from, gap.until),
        }
    }
}

/// What somebody logged, as it may be written in a recording: a text that could be taken for a note, or for a
/// part of one, is put into an object of its own, in which it is what it was.
#[must_use]
pub fn logged(text: &str) -> Cow<'_, str> {
    let has = |part: &str| memmem::find(text.as_bytes(), part.as_bytes()).is_some();
    // Letters of a key may be escaped.
    if has("\"r53tail\"") || has("\\u00") {
        Cow::Owned(json!({"message": text}).to_string())
    } else {
        Cow::Borrowed(text)
    }
}

/// As a line of a recording, without its end.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stretch = |gap: &Gap| json!({"from": gap.from, "until": gap.until});
        let body = match self {
            Self::Mark(mark) => json!({"mark": {"at": mark.at, "text": mark.text}}),
            Self::Gap(gap) => json!({"gap": stretch(gap)}),
            Self::Sampled(gap) => json!({"sampled": stretch(gap)}),
        };
        write!(f, "{}", json!({"r53tail": body}))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        Moment::parse(&format!("2026-05-12T{text}Z")).unwrap()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let gap = Gap { from: at("14:37:02"), until: at("14:37:09.250") };
        let mark = |text: &str| Note::Mark(Mark { at: at("14:36:10"), number: 0, text: text.to_owned() });
        for note in [mark(""), mark("a \"b\"\n\u{1b}[2J ü"), Note::Gap(gap), Note::Sampled(gap)] {
            let line = note.to_string();
            assert!(!line.contains('\n'), "{line}");
            assert_eq!(Note::read(line.as_bytes()), Some(note), "{line}");
        }
        assert_eq!(
            Note::Gap(gap).to_string(),
            r#"{"r53tail":{"gap":{"from":"2026-05-12T14:37:02Z","until":"2026-05-12T14:37:09.250Z"}}}"#
        );
    }

    #[test]
    fn what_is_something_else_is_passed_over() {
        for text in [
            "{}",
            "[]",
            r#"{"r53tail":1}"#,
            r#"{"r53tail":{}}"#,
            r#"{"r53tail":{"weather":{"at":"2026-05-12T14:37:02Z"}}}"#,
            r#"{"r53tail":{"mark":{"text":"never"}}}"#,
            r#"{"r53tail":{"mark":7}}"#,
            r#"{"r53tail":{"gap":{"from":"2026-05-12T14:37:02Z","until":"2026-05-12T14:37:01Z"}}}"#,
            r#"{"r53tail":{"gap":{"from":"2026-05-12T14:37:02Z"}}}"#,
            r#"{"r53tail":{"gap":"#,
        ] {
            assert_eq!(Note::read(text.as_bytes()), None, "{text}");
        }
        let long = format!(
            r#"{{"r53tail":{{"mark":{{"at":"2026-05-12T14:37:02Z","text":"{}"}}}}}}"#,
            "ü".repeat(TEXT)
        );
        let Some(Note::Mark(mark)) = Note::read(long.as_bytes()) else { panic!("no mark") };
        assert_eq!(mark.text.len(), TEXT);
    }
}
