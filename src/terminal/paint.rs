//! Frames as few bytes: over a slow line, and a frame at a time where the terminal can hold one back.
//!
//! The other backends say both colors wherever one of them changes, each in a sequence of its own, and the 16
//! colors in the words for 256, which a terminal with no more need not know. Here a change of look says only
//! what differs, a blank keeps whatever color the text beside it has, the rest of a line is erased at once,
//! and a cell or two that did not change are written again where that is shorter than the way around them.

use std::io::{self, Write};

use crossterm::terminal;
use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use unicode_width::UnicodeWidthStr;

use super::look::Look;

/// From so many blanks on a stretch is erased instead of being written over: `CSI n X`, and the way to its
/// end.
const ERASED: usize = 10;
/// As much of the rest of a line is erased: `CSI K`, and the look that this needs.
const ERASED_TO_END: usize = 4;

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
    /// What the terminal shows, row by row; none where that is not known.
    shown: Vec<Vec<Option<Cell>>>,
}

/// Where the cursor is, if that is known, and how what is written looks.
struct Pen {
    at: Option<(u16, u16)>,
    look: Look,
}

/// Whether a cell is one column of the background and nothing else.
fn is_blank(cell: &Cell) -> bool {
    let look = Look::of(cell);
    cell.symbol() == " " && look.paper_is_plain() && look.is_unseen_on_blanks()
}

impl<W: Write> Painter<W> {
    pub(super) fn new(out: W, is_synchronized: bool) -> Self {
        Self { out, frame: Vec::new(), is_synchronized, is_begun: false, cursor: None, shown: Vec::new() }
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

    /// What the terminal shows in a cell, if that is known.
    fn known(&self, x: u16, y: u16) -> Option<&Cell> {
        self.shown.get(usize::from(y))?.get(usize::from(x))?.as_ref()
    }

    fn remember(&mut self, x: u16, y: u16, cell: &Cell) {
        let (x, y) = (usize::from(x), usize::from(y));
        if self.shown.len() <= y {
            self.shown.resize_with(y + 1, Vec::new);
        }
        let row = &mut self.shown[y];
        if row.len() <= x {
            row.resize_with(x + 1, || None);
        }
        row[x] = Some(cell.clone());
    }

    /// Goes to a cell, by the shortest way from where the cursor is.
    fn go(&mut self, pen: &Pen, (x, y): (u16, u16)) -> io::Result<()> {
        let here = match pen.at {
            Some(here) if here == (x, y) => return Ok(()),
            Some((at, row)) if row == y && at < x => {
                if self.goes_over(pen.look, at, (x, y)) {
                    return Ok(());
                }
                return match x - at {
                    1 => write!(self.frame, "\x1b[C"),
                    by => write!(self.frame, "\x1b[{by}C"),
                };
            }
            here => here,
        };
        match here {
            Some((_, row)) if row + 1 == y && x == 0 => self.frame.write_all(b"\r\n"),
            _ if x == 0 => write!(self.frame, "\x1b[{}H", y + 1),
            _ => write!(self.frame, "\x1b[{};{}H", y + 1, x + 1),
        }
    }

    /// Writes the cells from `at` to before `x` again, if that is no longer than the way past them and what
    /// they show is known and looks as what is being written.
    fn goes_over(&mut self, look: Look, at: u16, (x, y): (u16, u16)) -> bool {
        let way = if x - at == 1 { 3 } else { 4 };
        let mut text = String::new();
        for between in at..x {
            let Some(cell) = self.known(between, y) else { return false };
            let symbol = cell.symbol();
            if symbol.width() != 1 || !look.suits(cell) || text.len() + symbol.len() > way {
                return false;
            }
            text.push_str(symbol);
        }
        self.frame.extend_from_slice(text.as_bytes());
        true
    }

    /// Whether all cells of a row from `x` on are blank, as far as anything is shown there.
    fn ends_blank(&self, x: u16, y: u16) -> bool {
        let row = self.shown.get(usize::from(y)).map_or(&[][..], Vec::as_slice);
        row.get(usize::from(x)..).unwrap_or_default().iter().flatten().all(is_blank)
    }

    /// Erases so many cells from where the cursor is, to the end of the line if nothing is behind them. Says
    /// whether that is shorter than to write blanks.
    fn erase(&mut self, pen: &mut Pen, (x, y): (u16, u16), length: usize) -> io::Result<bool> {
        let behind = x.saturating_add(u16::try_from(length).unwrap_or(u16::MAX));
        let to_end = length >= ERASED_TO_END && self.ends_blank(behind, y);
        if !to_end && length < ERASED {
            return Ok(false);
        }
        self.go(pen, (x, y))?;
        // What is erased gets the background in force, on most terminals.
        if !(pen.look.paper_is_plain() && pen.look.is_unseen_on_blanks()) {
            self.frame.extend_from_slice(b"\x1b[m");
            pen.look = Look::PLAIN;
        }
        if to_end {
            self.frame.extend_from_slice(b"\x1b[K");
        } else {
            write!(self.frame, "\x1b[{length}X")?;
        }
        pen.at = Some((x, y));
        Ok(true)
    }

    fn write_cell(&mut self, pen: &mut Pen, (x, y): (u16, u16), cell: &Cell) -> io::Result<()> {
        self.go(pen, (x, y))?;
        if !pen.look.suits(cell) {
            let wanted = Look::of(cell);
            self.frame.extend_from_slice(pen.look.change(wanted).as_bytes());
            pen.look = wanted;
        }
        self.frame.extend_from_slice(cell.symbol().as_bytes());
        // Of what is wider, terminals may think otherwise.
        pen.at = (cell.symbol().width() == 1).then_some((x + 1, y));
        Ok(())
    }
}

impl<W: Write> Backend for Painter<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let changes: Vec<(u16, u16, &Cell)> = content.collect();
        if changes.is_empty() {
            return Ok(());
        }
        self.begin();
        let mut pen = Pen { at: None, look: Look::PLAIN };
        let mut rest = &changes[..];
        while let Some((x, y, cell)) = rest.first().copied() {
            let in_line = |(place, (at, row, cell)): (usize, &(u16, u16, &Cell))| {
                *row == y && usize::from(*at) == usize::from(x) + place && is_blank(cell)
            };
            let blanks = rest.iter().enumerate().take_while(|one| in_line(*one)).count();
            let taken = if blanks > 0 && self.erase(&mut pen, (x, y), blanks)? {
                blanks
            } else {
                self.write_cell(&mut pen, (x, y), cell)?;
                1
            };
            for (x, y, cell) in &rest[..taken] {
                self.remember(*x, *y, cell);
            }
            rest = &rest[taken..];
        }
        if pen.look != Look::PLAIN {
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
        self.go(&Pen { at: None, look: Look::PLAIN }, (x, y))
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.shown.clear();
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
    use std::cell::RefCell;
    use std::rc::Rc;

    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::{Color, Modifier, Style};

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

    /// The frames of somebody who works with the demo at 120 × 40: keys on every screen, and the log going
    /// on.
    fn session() -> Vec<Buffer> {
        use std::time::Duration;

        use crate::console::{Effect, Key, Message, Model, update};
        use crate::view::{Theme, draw};

        fn tell(model: &mut Model, message: Message) {
            for effect in update(model, message) {
                match effect {
                    Effect::Arrange(arrangement) => tell(model, arrangement.carry_out()),
                    Effect::Advise(inquiry) => tell(model, inquiry.answer()),
                    _ => {}
                }
            }
        }
        let mut model = Model::new(crate::demo::setup(crate::demo::SPEED));
        crate::demo::messages().for_each(|message| tell(&mut model, message));
        tell(&mut model, Message::Resize(120, 40));
        let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(120, 40)).unwrap();
        let mut frames = Vec::new();
        let keys = "jjkl1jj2jjjh3jj4kkkk5jj6jjs\u{1b}T\u{1b}1fss";
        for (key, tenths) in keys.chars().zip(1_u64..) {
            let key = if key == '\u{1b}' { Key::Esc } else { Key::Char(key) };
            tell(&mut model, Message::Key(key));
            // Between keys the log plays on.
            for part in 0..2 {
                tell(&mut model, Message::Tick(Duration::from_millis(tenths * 300 + part * 150)));
                terminal.draw(|frame| draw(&model, &Theme::dark(), frame)).unwrap();
                frames.push(terminal.backend().buffer().clone());
            }
        }
        frames
    }

    /// What is written, to be counted.
    #[derive(Clone, Default)]
    struct Written(Rc<RefCell<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Bytes of each frame that is not like the one before, the fewest first.
    fn lengths(
        frames: &[Buffer],
        mut backend: impl Backend<Error = io::Error>,
        written: &Written,
    ) -> Vec<usize> {
        let mut lengths = Vec::new();
        let mut before = Buffer::empty(frames[0].area);
        for frame in frames {
            backend.draw(before.diff(frame).into_iter()).unwrap();
            Backend::flush(&mut backend).unwrap();
            lengths.push(written.0.take().len());
            before.clone_from(frame);
        }
        lengths.retain(|length| *length > 0);
        lengths.sort_unstable();
        lengths
    }

    /// Three quarters of what ratatui's own backend writes, or less: more than half of it is text that
    /// changed.
    #[test]
    fn frames_take_fewer_bytes() {
        let frames = session();
        let out = Written::default();
        let ours = lengths(&frames, Painter::new(out.clone(), true), &out);
        let others = lengths(&frames, ratatui::backend::CrosstermBackend::new(out.clone()), &out);
        let (ours_median, others_median) = (ours[ours.len() / 2], others[others.len() / 2]);
        let (ours, others): (usize, usize) = (ours.iter().sum(), others.iter().sum());
        assert!(
            ours_median * 4 <= others_median * 3 && ours * 4 <= others * 3,
            "median {ours_median} of {others_median}, in all {ours} of {others}"
        );
    }

    /// Whatever is written between, the terminal shows the last of the frames.
    #[test]
    fn a_session_ends_with_its_last_frame() {
        let frames = session();
        let mut painter = Painter::new(Vec::new(), true);
        let mut before = Buffer::empty(frames[0].area);
        let size = |number| std::num::NonZeroU16::new(number).unwrap();
        let mut screen = vt100::Parser::new(size(40), size(120), 0);
        for (number, frame) in frames.iter().enumerate() {
            painter.draw(before.diff(frame).into_iter()).unwrap();
            Backend::flush(&mut painter).unwrap();
            screen.process(&std::mem::take(&mut painter.out));
            before.clone_from(frame);
            let wanted = |y: u16| (0..120).map(|x| frame[(x, y)].symbol()).collect::<String>();
            for (y, row) in (0..40).zip(screen.screen().rows(0, 120)) {
                assert_eq!(row.trim_end(), wanted(y).trim_end(), "frame {number}, row {y}");
            }
            for (x, y) in (0..120).flat_map(|x| (0..40).map(move |y| (x, y))) {
                let cell = screen.screen().cell(y, x).unwrap();
                let look = Look::of(&frame[(x, y)]);
                if frame[(x, y)].symbol() != " " {
                    assert_eq!(
                        cell.fgcolor(),
                        color_of(frame[(x, y)].fg),
                        "frame {number}, {x} × {y}: {look:?}"
                    );
                    assert_eq!(cell.bold(), frame[(x, y)].modifier.contains(Modifier::BOLD));
                }
                assert_eq!(cell.bgcolor(), color_of(frame[(x, y)].bg), "frame {number}, {x} × {y}: {look:?}");
                assert_eq!(cell.inverse(), frame[(x, y)].modifier.contains(Modifier::REVERSED));
            }
        }
    }

    fn color_of(color: Color) -> vt100::Color {
        match color {
            Color::Reset => vt100::Color::Default,
            Color::Indexed(index) => vt100::Color::Idx(index),
            Color::Rgb(red, green, blue) => vt100::Color::Rgb(red, green, blue),
            other => panic!("{other} is in no theme of so many colors"),
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
