//! The cells of a row: where one ends, and what stands for something else in them.

/// The cells of the row in hand, unquoted, one behind the other.
#[derive(Debug, Default)]
pub(super) struct RowCells {
    pub(super) text: Vec<u8>,
    pub(super) ends: Vec<usize>,
    pub(super) text_length: usize,
    pub(super) count: usize,
}

impl RowCells {
    #[inline]
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> + Clone {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends[..self.count]).map(|(start, end)| &self.text[start..*end])
    }

    /// Takes cells that stand in one line as they are, with a tab between them.
    pub(super) fn take_line(&mut self, line: &[u8]) {
        self.text.clear();
        self.ends.clear();
        for cell in line.split(|byte| *byte == b'\t') {
            match cell.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) {
                Some(inner) if is_quoted(inner) => {
                    let mut after_quote = false;
                    self.text.extend(inner.iter().filter(|byte| {
                        after_quote = **byte == b'"' && !after_quote;
                        **byte != b'"' || after_quote
                    }));
                }
                _ => self.text.extend_from_slice(cell),
            }
            self.ends.push(self.text.len());
        }
        (self.text_length, self.count) = (self.text.len(), self.ends.len());
    }
}

/// Whether each quote in the inside of a quoted cell is doubled.
fn is_quoted(inner: &[u8]) -> bool {
    let mut at = 0;
    while let Some(quote) = memchr::memchr(b'"', &inner[at..]) {
        if inner.get(at + quote + 1) != Some(&b'"') {
            return false;
        }
        at += quote + 2;
    }
    true
}

/// `cell` without the backslashes that databases put before what stands for something else.
pub(super) fn unescaped(cell: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(cell.len());
    let mut bytes = cell.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => plain.extend(bytes.next().map(|next| match next {
                b't' => b'\t',
                b'n' => b'\n',
                b'r' => b'\r',
                other => *other,
            })),
            byte => plain.push(*byte),
        }
    }
    plain
}
