//! What a report was narrowed to, and what somebody marked in it.

use std::io::{self, Write};

use serde::Serialize;

use super::json;
use crate::moment::Moment;
use crate::visible::visible;
use crate::note::Mark;

/// The part of a log that a report is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The filter that says which pairs are listed; empty for all. Their status follows from all their
    /// records of the stretch, not only from those that the filter lets through.
    pub filter: String,
    /// From when; `None` for the beginning.
    pub from: Option<Moment>,
    /// Until when; `None` for the end.
    pub until: Option<Moment>,
    /// The marks, in the order of their moments.
    pub marks: Vec<Mark>,
}

#[derive(Serialize)]
struct ExcerptJson<'a> {
    filter: &'a str,
    from: Option<Moment>,
    until: Option<Moment>,
    marks: Vec<MarkJson<'a>>,
}

#[derive(Serialize)]
struct MarkJson<'a> {
    at: Moment,
    number: u32,
    text: &'a str,
}

impl Excerpt {
    /// What there is to say of a whole log: the marks that are in it. `None` if there are none.
    #[must_use]
    pub fn from_marks(marks: &[Mark]) -> Option<Self> {
        let numbered = marks.iter().zip(1..).map(|(mark, number)| Mark { number, ..mark.clone() });
        (!marks.is_empty()).then(|| Self { marks: numbered.collect(), ..Self::default() })
    }

    /// Sentences on what is left out; empty if nothing is.
    pub(super) fn sentences(&self) -> String {
        let mut sentences = Vec::new();
        match (self.from, self.until) {
            (None, None) => {}
            (Some(from), None) => sentences.push(format!("From {from} on.")),
            (None, Some(until)) => sentences.push(format!("Until {until}.")),
            (Some(from), Some(until)) => sentences.push(format!("From {from} until {until}.")),
        }
        if !self.filter.is_empty() {
            sentences.push(format!(
                "Listed is what has a record that the filter lets through, with all its records: {}",
                visible(&self.filter)
            ));
        }
        sentences.join(" ")
    }

    /// Each mark on a line.
    pub(super) fn mark_lines(&self) -> impl Iterator<Item = String> {
        self.marks.iter().map(|mark| format!("{}  {}", mark.at, visible(&mark.name())))
    }

    /// As a field of the JSON contract, with the comma before it.
    pub(super) fn json(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(b",\"excerpt\":")?;
        let marks =
            self.marks.iter().map(|mark| MarkJson { at: mark.at, number: mark.number, text: &mark.text });
        let json =
            ExcerptJson { filter: &self.filter, from: self.from, until: self.until, marks: marks.collect() };
        json::put(out, &json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Moment {
        Moment::from_seconds(1_746_439_200 + second)
    }

    #[test]
    fn what_is_left_out_is_said() {
        let (from, until) = ("2025-05-05T10:00:01Z", "2025-05-05T10:00:09Z");
        let listed = "Listed is what has a record that the filter lets through, with all its records: ";
        for (filter, first, last, said) in [
            ("", None, None, String::new()),
            ("", Some(1), None, format!("From {from} on.")),
            ("", None, Some(9), format!("Until {until}.")),
            ("", Some(1), Some(9), format!("From {from} until {until}.")),
            ("name:a\u{1b}[2J", None, None, format!("{listed}name:a\\u{{1b}}[2J")),
            ("vpc:v", None, Some(9), format!("Until {until}. {listed}vpc:v")),
        ] {
            let (from, until) = (first.map(at), last.map(at));
            let excerpt = Excerpt { filter: filter.to_owned(), from, until, marks: Vec::new() };
            assert_eq!(excerpt.sentences(), said);
        }
    }

    #[test]
    fn marks_are_numbered_in_their_order_and_shown_as_they_are() {
        let mark = |second, text: &str| Mark { at: at(second), number: 9, text: text.to_owned() };
        assert_eq!(Excerpt::from_marks(&[]), None);
        let excerpt = Excerpt::from_marks(&[mark(1, ""), mark(5, "route\u{7}")]).unwrap();
        let numbers: Vec<u32> = excerpt.marks.iter().map(|mark| mark.number).collect();
        assert_eq!(numbers, [1, 2]);
        let lines: Vec<String> = excerpt.mark_lines().collect();
        assert!(lines[0].starts_with("2025-05-05T10:00:01Z  "), "{lines:?}");
        assert!(
            lines[1].starts_with("2025-05-05T10:00:05Z  ") && lines[1].ends_with("route\\u{7}"),
            "{lines:?}"
        );
        let mut json = Vec::new();
        excerpt.json(&mut json).unwrap();
        assert_eq!(
            String::from_utf8(json).unwrap(),
            ",\"excerpt\":{\"filter\":\"\",\"from\":null,\"until\":null,\"marks\":[\
             {\"at\":\"2025-05-05T10:00:01Z\",\"number\":1,\"text\":\"\"},\
             {\"at\":\"2025-05-05T10:00:05Z\",\"number\":2,\"text\":\"route\\u0007\"}]}"
        );
    }
}
