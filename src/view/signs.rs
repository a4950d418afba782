//! Signs for terminals that have no others than those of ASCII, or that draw others twice as wide: each cell
//! of a frame gets a sign of ASCII in place of its own, so that whatever is drawn keeps its place.

use ratatui::buffer::Buffer;
use ratatui::style::Color;
use unicode_width::UnicodeWidthStr;

/// Which signs a frame is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signs {
    /// All that the console knows.
    #[default]
    Unicode,
    /// Those of ASCII.
    Ascii,
}

/// The characters of ASCII that stand for the signs of the console.
const ASCII: [(&str, &str); 43] = [
    // Statuses.
    ("✗", "X"),
    ("◐", "%"),
    ("●", "*"),
    ("○", "o"),
    ("∅", "0"),
    ("⊘", "#"),
    // Bars, by how high they are.
    ("▁", "_"),
    ("▂", "_"),
    ("▃", "-"),
    ("▄", "-"),
    ("▅", "="),
    ("▆", "="),
    ("▇", "H"),
    ("█", "H"),
    // Lines and boxes.
    ("─", "-"),
    ("│", "|"),
    ("━", "="),
    ("╷", "|"),
    ("└", "`"),
    ("╭", "+"),
    ("╮", "+"),
    ("╰", "+"),
    ("╯", "+"),
    ("┊", "|"),
    // Markers.
    ("▸", ">"),
    ("›", "}"),
    ("▼", "v"),
    ("▲", "^"),
    ("▶", ">"),
    ("‖", "\""),
    ("⚑", "P"),
    ("≈", "~"),
    ("×", "x"),
    // In words.
    ("→", ">"),
    ("←", "<"),
    ("↑", "^"),
    ("↓", "v"),
    ("…", "~"),
    ("·", "."),
    ("–", "-"),
    ("⁺", "+"),
    ("’", "'"),
    ("•", "*"),
];

/// Puts signs of ASCII in the place of all others.
pub(super) fn to_ascii(frame: &mut Buffer) {
    for cell in &mut frame.content {
        let symbol = cell.symbol();
        if symbol.is_ascii() {
            continue;
        }
        // A full block is its color, where there is one.
        if symbol == "█" && cell.fg != Color::Reset {
            cell.bg = cell.fg;
            cell.set_symbol(" ");
            continue;
        }
        let known = ASCII.into_iter().find(|(sign, _)| *sign == symbol);
        // A sign of two columns takes the next cell, too, which is blank.
        let other = known.map_or(if symbol.width() > 1 { "??" } else { "?" }, |(_, sign)| sign);
        cell.set_symbol(other);
    }
}
