//! Frames as few bytes: over a slow line, and a frame at a time where the terminal can hold one back.
//!
//! The other backends say both colors wherever one of them changes, each in a sequence of its own, and the 16
//! colors in the words for 256, which a terminal with no more need not know. Here each look is said once a
//! frame, where that is shorter, and all that looks so is written then; a change of look says only what
//! differs, a blank keeps whatever color the text beside it has, the rest of a line is erased at once, rows
//! that are elsewhere now are moved by the terminal, and a cell or two that did not change are written again
//! where that is shorter than the way around them.

use std::io::{self, Write};

use crossterm::terminal;
use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

use super::grid::Grid;
use super::pen::Pen;
use super::{scroll, stroke};

/// Writes frames to a terminal.
#[derive(Debug)]
pub(super) struct Painter<W> {
    out: W,
    frame: Vec<u8>,
    /// Whether the terminal can hold a frame back until all of it is there: mode 2026.
    is_synchronized: bool,
    is_begun: bool,
    /// Whether the cursor is shown; `None` while that is not known.
    cursor: Option<bool>,
    /// What the terminal shows.
    shown: Grid,
}

impl<W: Write> Painter<W> {
    /// For a terminal that shows nothing.
    pub(super) fn new(out: W, is_synchronized: bool) -> Self {
        let (frame, shown) = (Vec::new(), Grid::default());
        Self { out, frame, is_synchronized, is_begun: false, cursor: None, shown }
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
}

/// Writes what makes `wanted` of what is shown.
fn paint(shown: &mut Grid, wanted: &Grid) -> Vec<u8> {
    let mut pen = Pen::new();
    if let Some(scroll::Move { top, bottom, up }) = scroll::find(shown, wanted) {
        pen.scroll(top, bottom, up);
        shown.scroll(top, bottom, up);
    }
    let width = shown.width().max(wanted.width());
    let mut strokes = Vec::new();
    for y in 0..shown.height().max(wanted.height()) {
        if shown.is_plain(y) && wanted.is_plain(y) {
            stroke::strokes(shown, wanted, y, &mut strokes);
        } else {
            stroke::write_anew(shown, wanted, y, &mut pen);
        }
    }
    stroke::write(&strokes, wanted, width, pen).finish()
}

impl<W: Write> Backend for Painter<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut changes = content.peekable();
        if changes.peek().is_none() {
            return Ok(());
        }
        let mut wanted = self.shown.clone();
        for (x, y, cell) in changes {
            wanted.write(usize::from(x), usize::from(y), cell);
        }
        let painted = paint(&mut self.shown, &wanted);
        if !painted.is_empty() {
            self.begin();
            self.frame.extend_from_slice(&painted);
        }
        self.shown = wanted;
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
        let mut pen = Pen::new();
        pen.go((usize::from(x), usize::from(y)));
        self.frame.extend_from_slice(&pen.finish());
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    /// All of it: the console never clears less.
    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        if region != ClearType::All {
            return Err(io::ErrorKind::Unsupported.into());
        }
        self.shown.clear();
        self.frame.extend_from_slice(b"\x1b[2J");
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
mod tests;
