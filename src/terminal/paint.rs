//! Frames as few bytes: over a slow line, and a frame at a time where the terminal can hold one back.
//!
//! The other backends say both colors wherever one of them changes, each in a sequence of its own, and the 16
//! colors in the words for 256, which a terminal with no more need not know.

use std::io::{self, Write};

use crossterm::terminal;
use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

/// Modifiers with the numbers that they are switched on by (ECMA-48, SGR).
const MODIFIERS: [(Modifier, u8); 8] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::SLOW_BLINK, 5),
    (Modifier::REVERSED, 7),
    (Modifier::HIDDEN, 8),
    (Modifier::CROSSED_OUT, 9),
];

/// Writes frames to a terminal.
#[derive(Debug)]
pub(super) struct Painter<W> {
    out: W,
    frame: Vec<u8>,
    /// Whether the terminal can hold a frame back until all of it is there: mode 2026.
    is_synchronized: bool,
    is_begun: bool,
    /// Whether the cursor is shown; none while that is not known.
    cursor: Option<bool>,
}

/// How a cell looks.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Look {
    ink: Color,
    paper: Color,
    modifier: Modifier,
}

impl Look {
    const PLAIN: Self = Self { ink: Color::Reset, paper: Color::Reset, modifier: Modifier::empty() };
}

impl<W: Write> Painter<W> {
    pub(super) fn new(out: W, is_synchronized: bool) -> Self {
        Self { out, frame: Vec::new(), is_synchronized, is_begun: false, cursor: None }
    }

    fn begin(&mut self) {
        if self.is_synchronized && !self.is_begun {
            self.is_begun = true;
            self.frame.extend_from_slice(b"\x1b[?2026h");
        }
    }

    fn show(&mut self, shown: bool) {
        if self.cursor != Some(shown) {
            self.cursor = Some(shown);
            self.frame.extend_from_slice(if shown { b"\x1b[?25h" } else { b"\x1b[?25l" });
        }
    }

    /// The way from where the cursor is, if that is known, to a cell.
    fn go(&mut self, from: Option<(u16, u16)>, (x, y): (u16, u16)) -> io::Result<()> {
        match from {
            Some(here) if here == (x, y) => Ok(()),
            Some((at, row)) if row == y && at < x => match x - at {
                1 => write!(self.frame, "\x1b[C"),
                by => write!(self.frame, "\x1b[{by}C"),
            },
            Some((_, row)) if row + 1 == y && x == 0 => self.frame.write_all(b"\r\n"),
            _ => write!(self.frame, "\x1b[{};{}H", y + 1, x + 1),
        }
    }
}

/// What changes one look into another, as the numbers of one sequence.
fn change(from: Look, to: Look) -> String {
    let mut numbers: Vec<String> = Vec::new();
    let mut from = from;
    if to == Look::PLAIN || !to.modifier.contains(from.modifier) {
        // What is on goes off but with all that is on.
        numbers.push(String::new());
        from = Look::PLAIN;
    }
    for (modifier, number) in MODIFIERS {
        if to.modifier.contains(modifier) && !from.modifier.contains(modifier) {
            numbers.push(number.to_string());
        }
    }
    if to.ink != from.ink {
        numbers.push(color(to.ink, 0));
    }
    if to.paper != from.paper {
        numbers.push(color(to.paper, 10));
    }
    format!("\x1b[{}m", numbers.join(";"))
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

impl<W: Write> Backend for Painter<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let (mut look, mut at) = (Look::PLAIN, None);
        for (x, y, cell) in content {
            self.begin();
            self.go(at, (x, y))?;
            let wanted = Look { ink: cell.fg, paper: cell.bg, modifier: cell.modifier };
            if wanted != look {
                self.frame.extend_from_slice(change(look, wanted).as_bytes());
                look = wanted;
            }
            self.frame.extend_from_slice(cell.symbol().as_bytes());
            // Of what is wider, terminals may think otherwise.
            at = (cell.symbol().width() == 1).then_some((x + 1, y));
        }
        if look != Look::PLAIN {
            self.frame.extend_from_slice(b"\x1b[m");
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.show(false);
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.show(true);
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        // The answer would go to whoever reads keys.
        Err(io::ErrorKind::Unsupported.into())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let Position { x, y } = position.into();
        self.go(None, (x, y))
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.frame.extend_from_slice(match region {
            ClearType::All => b"\x1b[2J",
            ClearType::AfterCursor => b"\x1b[0J",
            ClearType::BeforeCursor => b"\x1b[1J",
            ClearType::CurrentLine => b"\x1b[2K",
            ClearType::UntilNewLine => b"\x1b[0K",
        });
        self.flush()
    }

    fn size(&self) -> io::Result<Size> {
        let (width, height) = terminal::size()?;
        Ok(Size { width, height })
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        let columns_rows = self.size()?;
        Ok(WindowSize { columns_rows, pixels: Size::default() })
    }

    /// All of the frame at once.
    fn flush(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.is_begun) {
            self.frame.extend_from_slice(b"\x1b[?2026l");
        }
        let written = self.out.write_all(&self.frame).and_then(|()| self.out.flush());
        self.frame.clear();
        written
    }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    fn painted(buffer: &Buffer, is_synchronized: bool) -> Vec<u8> {
        let mut out = Vec::new();
        let mut painter = Painter::new(&mut out, is_synchronized);
        let blank = Buffer::empty(buffer.area);
        painter.draw(blank.diff(buffer).into_iter()).unwrap();
        painter.flush().unwrap();
        out
    }

    #[test]
    fn a_change_says_no_more_than_what_is_another() {
        let look = |ink, paper, modifier| Look { ink, paper, modifier };
        let red = look(Color::Red, Color::Reset, Modifier::empty());
        let bold = look(Color::Red, Color::Reset, Modifier::BOLD);
        for (from, to, written) in [
            (Look::PLAIN, red, "\x1b[31m"),
            (red, bold, "\x1b[1m"),
            (bold, red, "\x1b[;31m"),
            (red, Look::PLAIN, "\x1b[m"),
            (red, look(Color::Red, Color::LightCyan, Modifier::empty()), "\x1b[106m"),
            (bold, look(Color::Indexed(81), Color::Rgb(1, 2, 3), Modifier::BOLD), "\x1b[38;5;81;48;2;1;2;3m"),
            (look(Color::White, Color::Blue, Modifier::empty()), red, "\x1b[31;49m"),
        ] {
            assert_eq!(change(from, to), written);
        }
    }

    #[test]
    fn what_is_painted_is_the_frame() {
        let area = Rect::new(0, 0, 12, 3);
        let mut buffer = Buffer::empty(area);
        let bold = Style::new().fg(Color::LightRed).add_modifier(Modifier::BOLD);
        buffer.set_string(0, 0, "● native", bold);
        buffer.set_string(8, 0, "x", Style::new().bg(Color::Indexed(236)));
        buffer.set_string(0, 1, "例え", Style::new().add_modifier(Modifier::REVERSED));
        buffer.set_string(4, 1, "b", Style::new().fg(Color::Rgb(1, 2, 3)));
        for is_synchronized in [false, true] {
            let bytes = painted(&buffer, is_synchronized);
            let mut screen = vt100::Parser::new(
                std::num::NonZeroU16::new(3).unwrap(),
                std::num::NonZeroU16::new(12).unwrap(),
                0,
            );
            screen.process(&bytes);
            let screen = screen.screen();
            let rows: Vec<String> = screen.rows(0, 12).collect();
            assert_eq!(rows[..2], ["● nativex".to_owned(), "例えb".to_owned()]);
            let cell = |row, column| screen.cell(row, column).unwrap();
            assert!(cell(0, 0).bold() && cell(0, 0).fgcolor() == vt100::Color::Idx(9));
            assert!(!cell(0, 8).bold() && cell(0, 8).bgcolor() == vt100::Color::Idx(236));
            assert!(cell(1, 0).inverse() && !cell(1, 4).inverse());
            assert_eq!(cell(1, 4).fgcolor(), vt100::Color::Rgb(1, 2, 3));
            let text = String::from_utf8(bytes.clone()).unwrap();
            assert_eq!(text.starts_with("\x1b[?2026h") && text.ends_with("\x1b[?2026l"), is_synchronized);
        }
    }

    /// Nothing changed, nothing is written; and the cursor is hidden but once.
    #[test]
    fn a_frame_like_the_one_before_is_no_byte() {
        let mut out = Vec::new();
        let mut painter = Painter::new(&mut out, true);
        painter.hide_cursor().unwrap();
        painter.draw(std::iter::empty()).unwrap();
        painter.hide_cursor().unwrap();
        painter.flush().unwrap();
        assert_eq!(out, b"\x1b[?25l");
    }
}
