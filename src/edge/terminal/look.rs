//! How cells look, and what changes one look into another (ECMA-48, SGR).

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// Modifiers, the numbers that they are switched on by, and those that switch them off.
const MODIFIERS: [(Modifier, u8, u8); 8] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

/// Modifiers that do not show where nothing is written.
const UNSEEN: Modifier = Modifier::BOLD
    .union(Modifier::DIM)
    .union(Modifier::ITALIC)
    .union(Modifier::SLOW_BLINK)
    .union(Modifier::HIDDEN);

/// How a cell looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    ink: Color,
    paper: Color,
    modifier: Modifier,
}

impl Look {
    pub(super) const PLAIN: Self =
        Self { ink: Color::Reset, paper: Color::Reset, modifier: Modifier::empty() };

    pub(super) fn from_cell(cell: &Cell) -> Self {
        Self { ink: cell.fg, paper: cell.bg, modifier: cell.modifier }
    }

    /// Whether a blank that looks so is one of the background.
    pub(super) fn is_of_background(self) -> bool {
        self.paper == Color::Reset && self.is_unseen_on_blanks()
    }

    /// Whether a blank that looks so shows its paper and nothing else.
    fn is_unseen_on_blanks(self) -> bool {
        UNSEEN.contains(self.modifier)
    }

    /// Whether a cell that is written in this look looks as it is to.
    pub(super) fn suits(self, cell: &Cell) -> bool {
        let wanted = Self::from_cell(cell);
        let both_unseen = self.is_unseen_on_blanks() && wanted.is_unseen_on_blanks();
        self == wanted || cell.symbol() == " " && self.paper == wanted.paper && both_unseen
    }

    /// What changes this look into another: one sequence, with whatever says less.
    pub(super) fn change(self, to: Self) -> String {
        let mut stepwise = self.off(to);
        stepwise.extend(to.on(self, stepwise.iter().any(|number| number == "22")));
        let mut anew = vec![String::new()];
        anew.extend(to.on(Self::PLAIN, false));
        let [stepwise, anew] = [stepwise, anew].map(|numbers| numbers.join(";"));
        let shorter = if stepwise.len() < anew.len() { stepwise } else { anew };
        format!("\x1b[{shorter}m")
    }

    /// The numbers that switch off what `to` does not have.
    fn off(self, to: Self) -> Vec<String> {
        let mut numbers: Vec<String> = Vec::new();
        for (modifier, _, off) in MODIFIERS {
            let off = off.to_string();
            if self.modifier.contains(modifier) && !to.modifier.contains(modifier) && !numbers.contains(&off)
            {
                numbers.push(off);
            }
        }
        numbers
    }

    /// The numbers that switch on what this has and `from` has not; `is_thin`: neither bold nor dim is on any
    /// more.
    fn on(self, from: Self, is_thin: bool) -> Vec<String> {
        let mut numbers: Vec<String> = Vec::new();
        for (modifier, on, off) in MODIFIERS {
            let is_on = from.modifier.contains(modifier) && !(is_thin && off == 22);
            if self.modifier.contains(modifier) && !is_on {
                numbers.push(on.to_string());
            }
        }
        if self.ink != from.ink {
            numbers.push(color(self.ink, 0));
        }
        if self.paper != from.paper {
            numbers.push(color(self.paper, 10));
        }
        numbers
    }
}

/// A color in the numbers of SGR; `by` is 10 for one that is written on.
fn color(color: Color, by: u8) -> String {
    let number = match color {
        Color::Reset => 39,
        Color::Black => 30,
        Color::Red => 31,
        Color::Green => 32,
        Color::Yellow => 33,
        Color::Blue => 34,
        Color::Magenta => 35,
        Color::Cyan => 36,
        Color::Gray => 37,
        Color::DarkGray => 90,
        Color::LightRed => 91,
        Color::LightGreen => 92,
        Color::LightYellow => 93,
        Color::LightBlue => 94,
        Color::LightMagenta => 95,
        Color::LightCyan => 96,
        Color::White => 97,
        Color::Indexed(index) => return format!("{};5;{index}", 38 + by),
        Color::Rgb(red, green, blue) => return format!("{};2;{red};{green};{blue}", 38 + by),
    };
    (number + by).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_says_no_more_than_what_is_another() {
        let look = |ink, paper, modifier| Look { ink, paper, modifier };
        let red = look(Color::Red, Color::Reset, Modifier::empty());
        let bold = look(Color::Red, Color::Reset, Modifier::BOLD);
        for (from, to, written) in [
            (Look::PLAIN, red, "\x1b[31m"),
            (red, bold, "\x1b[1m"),
            (bold, red, "\x1b[22m"),
            (red, Look::PLAIN, "\x1b[m"),
            (red, look(Color::Red, Color::LightCyan, Modifier::empty()), "\x1b[106m"),
            (bold, look(Color::Indexed(81), Color::Rgb(1, 2, 3), Modifier::BOLD), "\x1b[38;5;81;48;2;1;2;3m"),
            (look(Color::White, Color::Blue, Modifier::empty()), red, "\x1b[;31m"),
            (look(Color::Red, Color::Reset, Modifier::BOLD | Modifier::DIM), bold, "\x1b[22;1m"),
            (
                look(Color::Indexed(200), Color::Reset, Modifier::REVERSED),
                look(Color::Indexed(200), Color::Reset, Modifier::empty()),
                "\x1b[27m",
            ),
        ] {
            assert_eq!(from.change(to), written, "{from:?} {to:?}");
        }
    }

    #[test]
    fn a_blank_takes_the_color_of_what_stands_beside_it() {
        let mut blank = Cell::new(" ");
        blank.fg = Color::Red;
        assert!(Look::PLAIN.suits(&blank));
        blank.modifier = Modifier::BOLD;
        assert!(Look::PLAIN.suits(&blank));
        blank.modifier = Modifier::UNDERLINED;
        assert!(!Look::PLAIN.suits(&blank));
        blank.modifier = Modifier::empty();
        blank.bg = Color::Blue;
        assert!(!Look::PLAIN.suits(&blank));
        let mut letter = Cell::new("x");
        letter.fg = Color::Red;
        assert!(!Look::PLAIN.suits(&letter));
    }
}
