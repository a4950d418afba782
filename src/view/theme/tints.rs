//! Colors of one's own, each by what it means.

use std::fmt;
use std::str::FromStr;

use ratatui::style::{Color, Style};

use super::Theme;
use crate::console::{Class, Palette};
use crate::fleet::Status;

/// What a color of one's own can be for, besides the statuses: the words, and what they are for.
const PARTS: [(&str, &str); 10] = [
    ("text", "ordinary text"),
    ("dim", "column heads, times, ids"),
    ("faint", "lines between regions, and what did not happen"),
    ("strong", "titles and numbers"),
    ("marker", "keys and the marker of a selection"),
    ("selected", "what the selected row is written on"),
    ("badge", "what the program's name is written on"),
    ("mode", "what the mode is written on"),
    ("story", "the sentence of a story"),
    ("warning", "something is missing or wrong"),
];

/// The 16 colors in the words for them.
const NAMES: [(&str, Color); 16] = [
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("white", Color::Gray),
    ("bright-black", Color::DarkGray),
    ("bright-red", Color::LightRed),
    ("bright-green", Color::LightGreen),
    ("bright-yellow", Color::LightYellow),
    ("bright-blue", Color::LightBlue),
    ("bright-magenta", Color::LightMagenta),
    ("bright-cyan", Color::LightCyan),
    ("bright-white", Color::White),
];

/// A color, as somebody wrote it: one of the 16 by its name, one of xterm's 256 by its number, `#rrggbb`, or
/// `default` for the terminal's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tint(Color);

/// A text that is no color.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no color such as red, bright-blue, 208, #5fd787 or default")]
pub struct NotAColor(String);

impl FromStr for Tint {
    type Err = NotAColor;

    fn from_str(text: &str) -> Result<Self, NotAColor> {
        let lower = text.to_ascii_lowercase();
        let named = NAMES.into_iter().find(|(name, _)| *name == lower).map(|(_, color)| color);
        let number = || lower.parse().ok().map(Color::Indexed);
        let parts = || {
            let digits = lower.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
            let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
            Some(Color::Rgb(part(0)?, part(2)?, part(4)?))
        };
        let own = (lower == "default").then_some(Color::Reset);
        named.or_else(number).or_else(parts).or(own).map(Self).ok_or_else(|| NotAColor(text.to_owned()))
    }
}

impl fmt::Display for Tint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Color::Indexed(index) => write!(f, "{index}"),
            Color::Rgb(red, green, blue) => write!(f, "#{red:02x}{green:02x}{blue:02x}"),
            color => {
                f.write_str(NAMES.iter().find(|(_, it)| *it == color).map_or("default", |(name, _)| name))
            }
        }
    }
}

/// Colors of one's own, in the order of [`Tints::meanings`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tints(Vec<(&'static str, Tint)>);

impl Tints {
    /// Everything that a color can be for, by its word, and what that is.
    pub fn meanings() -> impl Iterator<Item = (&'static str, &'static str)> {
        PARTS.into_iter().chain(Status::ALL.map(|status| (status.word(), status.words())))
    }

    /// Has a color be for something. Says whether there is such a thing.
    pub fn set(&mut self, word: &str, tint: Tint) -> bool {
        let Some((word, _)) = Self::meanings().find(|(known, _)| *known == word) else { return false };
        self.0.retain(|(known, _)| *known != word);
        self.0.push((word, tint));
        true
    }

    /// The color for something, if somebody wants one.
    #[must_use]
    pub fn get(&self, word: &str) -> Option<Tint> {
        self.0.iter().find(|(known, _)| *known == word).map(|(_, tint)| *tint)
    }
}

impl Theme {
    /// The theme of a palette with colors of one's own in it; where there are none, there are none.
    #[must_use]
    pub fn tinted(mut self, palette: Palette, tints: &Tints) -> Self {
        if palette == Palette::Plain {
            return self;
        }
        let ink = |style: &mut Style, word: &str| {
            if let Some(Tint(color)) = tints.get(word) {
                style.fg = Some(color).filter(|color| *color != Color::Reset);
            }
        };
        ink(&mut self.text, "text");
        ink(&mut self.dim, "dim");
        ink(&mut self.faint, "faint");
        ink(&mut self.title, "strong");
        ink(&mut self.strong, "strong");
        ink(&mut self.marker, "marker");
        ink(&mut self.story, "story");
        ink(&mut self.warning, "warning");
        for status in Status::ALL {
            ink(&mut self.statuses[status as usize], status.word());
        }
        // The time axis has the colors of what it counts.
        for (class, word) in [
            (Class::Empty, "ipv4-only"),
            (Class::Failing, "failing"),
            (Class::Unknown, "unknown"),
            (Class::Synthesized, "nat64"),
            (Class::Native, "native"),
            (Class::A, "a-only"),
        ] {
            ink(&mut self.classes[class as usize], word);
        }
        let paper = |style: &mut Style, word: &str| {
            if let Some(Tint(color)) = tints.get(word) {
                style.bg = Some(color).filter(|color| *color != Color::Reset);
                style.add_modifier -= ratatui::style::Modifier::REVERSED;
            }
        };
        paper(&mut self.selected, "selected");
        paper(&mut self.badge, "badge");
        paper(&mut self.mode, "mode");
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for text in ["red", "bright-black", "white", "0", "208", "255", "#5fd787", "default"] {
            assert_eq!(text.parse::<Tint>().map(|tint| tint.to_string()).as_deref(), Ok(text));
        }
        assert_eq!("#5FD787".parse(), Ok(Tint(Color::Rgb(0x5f, 0xd7, 0x87))));
        for text in ["", "pink", "256", "-1", "#5fd78", "#5fd78z", "#ääa", "bright"] {
            assert!(text.parse::<Tint>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn each_meaning_has_a_color_of_its_own() {
        let plain = Theme::dark();
        for (word, _) in Tints::meanings() {
            let mut tints = Tints::default();
            assert!(tints.set(word, Tint(Color::Indexed(200))), "{word}");
            assert_ne!(plain.tinted(Palette::Dark, &tints), plain, "{word}");
            assert_eq!(Theme::plain().tinted(Palette::Plain, &tints), Theme::plain(), "{word}");
        }
        assert!(!Tints::default().set("sky", Tint(Color::Blue)));
    }
}
