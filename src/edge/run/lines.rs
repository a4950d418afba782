//! Text on a terminal: lines that are too long for it are broken between words, and go on below their
//! beginning.
//!
//! What is between backquotes is a command that somebody will copy: it is never broken, whatever its length.

use std::io::{self, Write};

use unicode_width::UnicodeWidthChar;

use crate::edge::terminal;

/// On narrower terminals nothing is broken but by themselves.
const NARROWEST: usize = 40;
/// Blanks between the columns of a row, at least.
const GAP: usize = 2;
/// How much further in a row of columns goes on.
const DEEPER: usize = 4;

/// Standard output for text: as it is, or broken into lines where that is a terminal.
pub(super) fn text(out: &mut dyn Write) -> LineBreaker<'_> {
    LineBreaker { out, width: terminal::columns().filter(|columns| *columns >= NARROWEST), line: Vec::new() }
}

/// Breaks lines on their way out.
pub(super) struct LineBreaker<'a> {
    out: &'a mut dyn Write,
    /// Columns of the terminal; `None` if lines stay as they are.
    width: Option<usize>,
    /// What has no end yet.
    line: Vec<u8>,
}

impl LineBreaker<'_> {
    /// Writes what is left.
    pub(super) fn finish(mut self) -> io::Result<()> {
        let rest = std::mem::take(&mut self.line);
        self.out.write_all(&rest)
    }
}

impl Write for LineBreaker<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(width) = self.width else { return self.out.write(bytes) };
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                let folded =
                    std::str::from_utf8(&self.line).map(|line| fold(line.trim_end_matches('\n'), width));
                match folded {
                    Ok(folded) => self.out.write_all(folded.as_bytes())?,
                    Err(_) => self.out.write_all(self.line.trim_ascii_end())?,
                }
                self.out.write_all(b"\n")?;
                self.line.clear();
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A word and the blanks before it.
struct LineWord<'a> {
    blanks: usize,
    text: &'a str,
    /// In columns; colors have none.
    width: usize,
}

/// The words of a line. What is in backquotes is one word.
fn words(line: &str) -> Vec<LineWord<'_>> {
    let (mut words, mut start, mut blanks, mut width) = (Vec::new(), None, 0, 0);
    let (mut is_quoted, mut is_color) = (false, false);
    for (at, char) in line.char_indices() {
        if char == ' ' && !is_quoted {
            if let Some(from) = start.take() {
                words.push(LineWord { blanks, text: &line[from..at], width });
                (blanks, width) = (0, 0);
            }
            blanks += 1;
            continue;
        }
        start.get_or_insert(at);
        is_color |= char == '\u{1b}';
        if !is_color {
            width += char.width().unwrap_or(0);
        }
        is_color &= char != 'm';
        // A lone one quotes nothing.
        is_quoted = char == '`' && !is_quoted && line[at + 1..].contains('`') || char != '`' && is_quoted;
    }
    if let Some(from) = start {
        words.push(LineWord { blanks, text: &line[from..], width });
    }
    words
}

/// A line in as many as it takes.
fn fold(line: &str, width: usize) -> String {
    let words = words(line);
    let total: usize = words.iter().map(|word| word.blanks + word.width).sum();
    let Some(first) = words.first().filter(|_| total > width) else { return line.to_owned() };
    let is_row = words.iter().skip(1).any(|word| word.blanks > 1);
    let further = if first.text == "→" {
        2
    } else if is_row {
        DEEPER
    } else {
        0
    };
    let below = (first.blanks + further).min(width / 2);
    let broken = if is_row { breaks(&words, width, below) } else { Vec::new() };
    let (mut folded, mut column, mut is_below) = (String::with_capacity(line.len() + 64), 0, false);
    for (at, word) in words.iter().enumerate() {
        // What goes on below is under no column any more.
        let blanks = if is_below { word.blanks.min(GAP) } else { word.blanks };
        let is_full = column + blanks + word.width > width && column > below;
        if at > 0 && is_full || broken.contains(&at) {
            folded.push('\n');
            folded.extend(std::iter::repeat_n(' ', below));
            (column, is_below) = (below, true);
        } else {
            folded.extend(std::iter::repeat_n(' ', blanks));
            column += blanks;
        }
        folded.push_str(word.text);
        column += word.width;
    }
    folded
}

/// Before which words a row of columns is broken: between cells, as long as each fits into a line, and so
/// that the last is not left alone.
fn breaks(words: &[LineWord<'_>], width: usize, below: usize) -> Vec<usize> {
    let starts: Vec<usize> = (0..words.len()).filter(|at| *at == 0 || words[*at].blanks >= GAP).collect();
    let ends = starts.iter().skip(1).copied().chain([words.len()]);
    let across = |(start, end): (usize, usize)| {
        let inner: usize = words[start..end].iter().map(|word| word.blanks + word.width).sum();
        inner - words[start].blanks
    };
    let cells: Vec<usize> = starts.iter().copied().zip(ends).map(across).collect();
    let (mut broken, mut column): (Vec<usize>, usize) = (Vec::new(), 0);
    for (cell, across) in cells.iter().enumerate() {
        let gap = if broken.is_empty() { words[starts[cell]].blanks } else { GAP };
        column += gap + across;
        if cell > 0 && column > width {
            broken.push(cell);
            column = below + across;
        }
    }
    let line = |broken: &[usize]| broken.iter().rev().nth(1).copied().unwrap_or(0);
    let last = cells.len() - 1;
    let fits = |last: usize| below + cells[last - 1] + GAP + cells[last] <= width;
    if broken.last() == Some(&last) && last > line(&broken) + 2 && fits(last) {
        broken.pop();
        broken.push(last - 1);
    }
    broken.into_iter().map(|cell| starts[cell]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sentences_go_on_below_themselves() {
        for (line, expected) in [
            ("short", "short"),
            ("  one two three four", "  one two\n  three four"),
            ("  → one two three four", "  → one two\n    three\n    four"),
            ("  a  one two  three four", "  a  one two\n      three\n      four"),
            ("  check: `aws ec2 describe-subnets` now", "  check:\n  `aws ec2 describe-subnets`\n  now"),
            ("  one `two three four", "  one `two\n  three four"),
            ("\u{1b}[31mone two\u{1b}[0m three", "\u{1b}[31mone two\u{1b}[0m\nthree"),
            ("東京 東京 東京", "東京 東京\n東京"),
            ("averylongwordindeed x", "averylongwordindeed\nx"),
        ] {
            assert_eq!(fold(line, 12), expected, "{line}");
        }
    }

    /// A cell is not torn, what goes on below is no column, and the last is not alone.
    #[test]
    fn rows_are_broken_between_cells() {
        let row = "  ◐ via NAT64  github.com.      AAAA synthesized ×3  A answered ×3  → 140.82.116.4   14:00 to 14:01";
        for (width, expected) in [
            (
                90,
                "  ◐ via NAT64  github.com.      AAAA synthesized ×3  A answered ×3\n      → 140.82.116.4  14:00 to 14:01",
            ),
            (
                60,
                "  ◐ via NAT64  github.com.      AAAA synthesized ×3\n      A answered ×3  → 140.82.116.4  14:00 to 14:01",
            ),
            (120, row),
        ] {
            assert_eq!(fold(row, width), expected);
        }
    }

    #[test]
    fn lines_come_whole_whatever_they_are_written_in() {
        let mut out = Vec::new();
        let mut lines = LineBreaker { out: &mut out, width: Some(12), line: Vec::new() };
        for piece in ["  one t", "wo three", " four\n\nx", "y"] {
            lines.write_all(piece.as_bytes()).unwrap();
        }
        lines.finish().unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "  one two\n  three four\n\nxy");
    }

    proptest! {
        #[test]
        fn nothing_is_lost(line in "[ a-z`東\u{301}]{0,120}", width in 1_usize..60) {
            let bare = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(bare(&fold(&line, width)), bare(&line));
        }
    }
}
