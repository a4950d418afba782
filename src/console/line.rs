//! A line of text with a cursor in it.

/// The longest line, in bytes; what is longer is not taken.
pub(super) const MAX_LINE: usize = crate::query::MAX_LENGTH;

/// A line that is being typed. The cursor is between two characters, or at an end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    text: String,
    cursor: usize,
}

impl Line {
    /// A line with the cursor at its end.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), cursor: text.len() }
    }

    /// All that was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The place of the cursor: bytes of the text before it.
    #[must_use]
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// The text before the cursor, and after it.
    #[must_use]
    pub fn parts(&self) -> (&str, &str) {
        self.text.split_at(self.cursor)
    }

    /// Puts a text in at the cursor: blanks where a line ends, and no other control character. Of one that is
    /// too long as much as there is room for.
    pub(super) fn insert(&mut self, text: &str) {
        for char in text.chars().map(|char| if matches!(char, '\n' | '\t') { ' ' } else { char }) {
            if !char.is_control() && self.text.len() + char.len_utf8() <= MAX_LINE {
                self.text.insert(self.cursor, char);
                self.cursor += char.len_utf8();
            }
        }
    }

    /// Puts another text in place of a part of it, and the cursor at the end of that.
    pub(super) fn replace(&mut self, part: std::ops::Range<usize>, with: &str) {
        if self.text.get(part.clone()).is_some() {
            self.cursor = part.start + with.len();
            self.text.replace_range(part, with);
        }
    }

    fn before(&self) -> usize {
        self.parts().0.char_indices().next_back().map_or(0, |(at, _)| at)
    }

    fn behind(&self) -> usize {
        self.cursor + self.parts().1.chars().next().map_or(0, char::len_utf8)
    }

    pub(super) fn left(&mut self) {
        self.cursor = self.before();
    }

    pub(super) fn right(&mut self) {
        self.cursor = self.behind();
    }

    pub(super) fn start(&mut self) {
        self.cursor = 0;
    }

    pub(super) fn end(&mut self) {
        self.cursor = self.text.len();
    }

    /// Takes away the character before the cursor.
    pub(super) fn erase(&mut self) {
        self.erase_from(self.before());
    }

    /// Takes away the character at the cursor.
    pub(super) fn delete(&mut self) {
        self.text.drain(self.cursor..self.behind());
    }

    /// Takes away the word before the cursor, with the blanks after it.
    pub(super) fn erase_word(&mut self) {
        let head = self.parts().0.trim_end();
        let start = head.char_indices().rev().find(|(_, char)| char.is_whitespace());
        self.erase_from(start.map_or(0, |(at, char)| at + char.len_utf8()));
    }

    /// Takes away all before the cursor.
    pub(super) fn erase_before(&mut self) {
        self.erase_from(0);
    }

    /// Takes away all after the cursor.
    pub(super) fn erase_behind(&mut self) {
        self.text.truncate(self.cursor);
    }

    fn erase_from(&mut self, at: usize) {
        self.text.drain(at..self.cursor);
        self.cursor = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_edited_anywhere() {
        let shown = |line: &Line| format!("{}|{}", line.parts().0, line.parts().1);
        let mut line = Line::new("name:例え verdict:empty");
        assert_eq!(shown(&line), "name:例え verdict:empty|");
        line.erase_word();
        assert_eq!(shown(&line), "name:例え |");
        line.left();
        line.left();
        line.erase();
        line.right();
        assert_eq!(shown(&line), "name:え| ");
        line.start();
        line.left();
        line.delete();
        assert_eq!(shown(&line), "|ame:え ");
        line.erase_before();
        line.end();
        line.right();
        line.delete();
        line.erase_word();
        assert_eq!(shown(&line), "|");
        line.erase();
        line.insert("a  b");
        line.left();
        line.erase_word();
        assert_eq!(shown(&line), "|b");
        line.erase_behind();
        assert_eq!(shown(&line), "|");
    }

    #[test]
    fn nothing_that_is_pasted_breaks_it() {
        let mut line = Line::new("ab");
        line.left();
        line.insert("\x1b[31mx\r\ny\t\u{9b}\0");
        assert_eq!(line.parts(), ("a[31mx y ", "b"));
        line.insert(&"例".repeat(MAX_LINE));
        assert!(line.text().len() <= MAX_LINE && line.text().len() > MAX_LINE - 3);
        assert!(line.text().ends_with("例b"));
        line.replace(1..4, "");
        line.replace(9999..10_000, "");
        assert_eq!((line.cursor(), &line.text()[..4]), (1, "amx "));
    }
}
