//! What outlives a session, as text: columns, orders, colors, the screen, and what was typed.
//!
//! The text is JSON that a person may read and change. It comes from a file that anybody may have written:
//! what is not known in it is passed over, and no line of it is longer than one that can be typed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::list::{List, Remembered};
use super::prompt::{History, Purpose};
use super::{Model, Palette, Screen, Source};

/// Bytes of lines of each kind that are kept, the newest first.
const MOST: usize = 16 << 10;

/// The text, taken apart.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    #[serde(skip_serializing_if = "Option::is_none")]
    screen: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    theme: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mouse: Option<bool>,
    /// Columns that are not shown, by list.
    hidden: BTreeMap<String, Vec<String>>,
    /// By which column lists are sorted, by list.
    sorted: BTreeMap<String, Order>,
    /// Lines that were typed, oldest first, by the word of their prompt.
    typed: BTreeMap<String, Vec<String>>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Order {
    column: String,
    reverse: bool,
}

impl Remembered {
    /// As text; ends with a line feed.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut kept = Kept {
            screen: self.screen.map(|screen| screen.title().to_lowercase()),
            theme: self.palette.map(|palette| palette.word().to_owned()),
            mouse: self.mouse,
            ..Kept::default()
        };
        for list in List::ALL {
            let columns = list.columns().iter();
            let hidden: Vec<String> =
                columns.filter(|it| !self.preferences.shows(list, it)).map(ToString::to_string).collect();
            if !hidden.is_empty() {
                kept.hidden.insert(list.word().to_owned(), hidden);
            }
            if let Some(sorting) = self.preferences.sorting(list) {
                let order = Order { column: sorting.column.to_owned(), reverse: sorting.reverse };
                kept.sorted.insert(list.word().to_owned(), order);
            }
        }
        for purpose in Purpose::ALL {
            let mut room = MOST;
            let newest = self.history.lines(purpose).iter().rev().take_while(|line| {
                let fits = line.len() <= room;
                room = room.saturating_sub(line.len());
                fits
            });
            let mut lines: Vec<String> = newest.cloned().collect();
            lines.reverse();
            if !lines.is_empty() {
                kept.typed.insert(purpose.word().to_owned(), lines);
            }
        }
        // Nothing in it can fail to be JSON.
        serde_json::to_string_pretty(&kept).map_or_else(|_| String::new(), |text| text + "\n")
    }

    /// Out of text. What is unknown in it is passed over.
    ///
    /// # Errors
    /// If it is not JSON, or not of this shape: why, for a person.
    pub fn from_text(text: &str) -> Result<Self, String> {
        let kept: Kept = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let mut remembered = Self {
            screen: kept.screen.and_then(|word| {
                Screen::ALL.into_iter().find(|screen| screen.title().eq_ignore_ascii_case(&word))
            }),
            palette: kept
                .theme
                .and_then(|word| Palette::ALL.into_iter().find(|palette| palette.word() == word)),
            mouse: kept.mouse,
            ..Self::default()
        };
        for list in List::ALL {
            for column in kept.hidden.get(list.word()).into_iter().flatten() {
                remembered.preferences.show(list, column, false);
            }
            if let Some(order) = kept.sorted.get(list.word()) {
                remembered.preferences.sort(list, &order.column, order.reverse);
            }
        }
        for purpose in Purpose::ALL {
            for line in kept.typed.get(purpose.word()).into_iter().flatten() {
                // Nobody can have typed others.
                if !line.chars().any(char::is_control) {
                    remembered.history.push(purpose, line);
                }
            }
        }
        Ok(remembered)
    }
}

impl History {
    /// Remembers the lines of another as newer than its own.
    pub fn extend(&mut self, other: &Self) {
        for purpose in Purpose::ALL {
            other.lines(purpose).iter().for_each(|line| self.push(purpose, line));
        }
    }
}

impl Model {
    /// What the next session begins with if somebody keeps it.
    #[must_use]
    pub fn kept(&self) -> Remembered {
        let mut remembered = self.manners.remembered().clone();
        let screen = if self.screen() == Screen::Record { Screen::Tail } else { self.screen() };
        // The first one needs no keeping, and to the changes leads a way, but from where it begins.
        remembered.screen = Some(screen).filter(|it| *it != Screen::Fleet && Screen::ALL.contains(it));
        remembered
    }
}

/// Begins where the session before ended. A story begins at its beginning.
pub(super) fn recall(model: &mut Model) {
    if let Some(screen) = model.manners.remembered().screen
        && !matches!(model.setup.source, Source::Demo { .. })
    {
        model.here.begin(screen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Remembered {
        let mut remembered =
            Remembered { palette: Some(Palette::HighContrast), mouse: Some(true), ..Remembered::default() };
        remembered.screen = Some(Screen::Findings);
        remembered.preferences.show(List::Records, "answer", false);
        remembered.preferences.show(List::Endpoints, "A", false);
        remembered.preferences.sort(List::Endpoints, "last", true);
        remembered.preferences.sort(List::Origins, "origin", false);
        for purpose in Purpose::ALL {
            for line in ["a\"b\\c", "例え", "x"] {
                remembered.history.push(purpose, line);
            }
        }
        remembered
    }

    #[test]
    fn what_is_written_is_read() {
        for remembered in [Remembered::default(), full()] {
            let text = remembered.to_text();
            assert_eq!(Remembered::from_text(&text), Ok(remembered), "{text}");
        }
        assert_eq!(Remembered::from_text("{}"), Ok(Remembered::default()));
    }

    #[test]
    fn what_is_unknown_is_passed_over() {
        let text = r#"{"screen":"attic","theme":"pink","hidden":{"records":["type","nope"],"shoes":["x"]},
            "sorted":{"records":{"column":"time"},"origins":{"column":"\u001b[2J","reverse":true}},
            "typed":{"filter":["a\u001b]52;c;x\u0007","ssm","\u0085"," "],"novel":["call me"]},"tomorrow":[1]}"#;
        let mut known = Remembered::default();
        known.preferences.show(List::Records, "type", false);
        known.history.push(Purpose::Filter, "ssm");
        assert_eq!(Remembered::from_text(text), Ok(known));
        for damaged in ["", "{", "[]x", "null!", r#"{"mouse":"yes"}"#, r#"{"typed":{"filter":"x"}}"#, "7"] {
            assert!(Remembered::from_text(damaged).is_err(), "{damaged}");
        }
        assert!(Remembered::from_text(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn not_all_columns_are_hidden_and_not_everything_is_kept() {
        let all: Vec<String> = List::Records.columns().iter().map(|it| format!("\"{it}\"")).collect();
        let text = format!("{{\"hidden\":{{\"records\":[{}]}}}}", all.join(","));
        let remembered = Remembered::from_text(&text).unwrap();
        assert!(List::Records.columns().iter().any(|it| remembered.preferences.shows(List::Records, it)));

        let mut long = Remembered::default();
        for at in 0..100 {
            long.history.push(Purpose::Filter, &format!("{at} {}", "\"".repeat(1000)));
        }
        let text = long.to_text();
        assert!(text.len() < MOST * 3, "{}", text.len());
        let back = Remembered::from_text(&text).unwrap();
        let (kept, all) = (back.history.lines(Purpose::Filter), long.history.lines(Purpose::Filter));
        assert!(kept.len() > 10 && all.ends_with(kept), "the newest of them");
    }
}
