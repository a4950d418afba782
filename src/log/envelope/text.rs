//! Text between values: what stands before a record on its line, behind it, and on lines of their own.

use super::context::InputContext;
use super::escape::strip;
use super::format::InputFormat;
use super::line::{InputDialect, InputLine, StreamHeader};
use super::prefix::{KnownLine, cells, columns, is_of_table, is_trailing, known, prefix, times};
use super::sink::Sink;
use super::table::RowTable;
use super::walk::{SAMPLE, Walk};
use crate::log::note::Incomplete;
use crate::log::record::{MAX_VALUE, Malformed};

/// What text came to.
pub(super) enum TextEnd {
    /// Reading goes on at this index.
    On(usize),
    /// There is neither a `{` nor the line's end in so many bytes: more are needed.
    Cut(usize),
    /// At this index stands a value of which a carrier says that it came so often.
    Repeated(usize, u32),
    /// It is the header of a table, the rest of which begins at this index.
    Table(usize, Box<RowTable>),
}

impl InputContext {
    /// Text that begins at `at`, in whose first `searched` bytes there is neither a `{` nor the line's end.
    pub(super) fn text<S: Sink>(
        &mut self,
        bytes: &[u8],
        at: usize,
        end: bool,
        searched: usize,
        walk: &mut Walk<'_, S>,
    ) -> TextEnd {
        let held = &bytes[at..bytes.len().min(at + MAX_VALUE)];
        let found = memchr::memchr2(b'{', b'\n', &held[searched..]).map(|length| searched + length);
        self.line.single = false;
        match found {
            _ if self.resync.is_muted() => TextEnd::On(at + found.unwrap_or(held.len())),
            Some(length) if held[length] == b'{' => {
                self.begun = true;
                self.report_header(walk);
                let times = if self.line.start { self.begin(&held[..length]) } else { None };
                times.map_or(TextEnd::On(at + length), |times| TextEnd::Repeated(at + length, times))
            }
            Some(length) => self.text_line(&held[..length], at, walk),
            None if held.len() == MAX_VALUE => {
                self.begun = true;
                self.report_header(walk);
                walk.set_place(self.offset_of(at), held.len());
                walk.fail(Malformed::Oversize, held);
                self.line = InputLine { start: false, ..InputLine::default() };
                self.resync.mute();
                TextEnd::On(at + held.len())
            }
            None if end => self.text_line(held, at, walk),
            None => TextEnd::Cut(held.len()),
        }
    }

    /// The line begins with `text`, and a `{` follows. Returns how often a carrier says that what follows
    /// came.
    fn begin(&mut self, text: &[u8]) -> Option<u32> {
        self.line.start = false;
        self.line.prefix = prefix(text);
        if self.dialect == InputDialect::Table && self.line.prefix.is_none() {
            self.line.prefix = Some(InputFormat::CliTable);
        }
        self.line.has_text = true;
        self.before.clear();
        self.before.extend_from_slice(text);
        times(text)
    }

    /// Text without a `{`, up to the end of its line.
    fn text_line<S: Sink>(&mut self, line: &[u8], at: usize, walk: &mut Walk<'_, S>) -> TextEnd {
        let next = at + line.len();
        let plain = strip(line);
        let text = plain.trim_ascii();
        let is_first = !std::mem::replace(&mut self.begun, true);
        if is_first && let Some((table, format)) = RowTable::from_header(text, &walk.columns()) {
            walk.note(format);
            return TextEnd::Table(next, Box::new(table));
        }
        let start = self.offset_of(at);
        let is_piece = self.resync.is_piece(text, start);
        // A record was read before it.
        let is_column = self.line.behind && self.line.gap && is_trailing(text);
        if text.is_empty() || is_piece || is_column || self.is_known(text, is_first, walk) {
            return TextEnd::On(next);
        }
        self.report_header(walk);
        if self.line.start
            && !self.nested
            && prefix(text).is_some_and(|format| format != InputFormat::CliText)
        {
            let sample = text[..text.len().min(SAMPLE)].to_vec();
            self.header = Some(StreamHeader { offset: start, length: line.len(), sample });
        } else {
            walk.set_place(start, line.len());
            walk.fail(Malformed::NoRecord, text);
        }
        self.line.start = false;
        TextEnd::On(next)
    }

    /// Whether a line is one that is known to hold no record. What it says is handed on.
    fn is_known<S: Sink>(&mut self, text: &[u8], is_first: bool, walk: &mut Walk<'_, S>) -> bool {
        if !is_of_table(text) {
            let columns = std::mem::take(&mut self.columns);
            if !columns.is_empty()
                && let Some(cells) = cells(text)
            {
                for (column, value) in columns.into_iter().zip(cells) {
                    self.say(column.says(value), walk);
                }
                return true;
            }
        }
        let Some(known) = known(text, is_first, self.dialect) else {
            if text.starts_with(b"RESULTS\t") {
                walk.memory.ends.field(false);
            }
            return false;
        };
        if known == KnownLine::Names {
            self.columns = columns(text);
        }
        self.say(known, walk);
        true
    }

    /// Takes what a line is known to say.
    fn say<S: Sink>(&mut self, known: KnownLine, walk: &mut Walk<'_, S>) {
        match known {
            KnownLine::Nothing | KnownLine::Names | KnownLine::Status(true) => {}
            KnownLine::Title => self.dialect = InputDialect::Table,
            KnownLine::Entry => self.dialect = InputDialect::Export,
            KnownLine::Row { is_pointer } => walk.memory.ends.field(is_pointer),
            // It stands behind the rows.
            KnownLine::Matched(matched) => {
                walk.memory.ends.matched(matched);
                walk.end();
            }
            KnownLine::Status(false) => walk.memory.ends.is_running(),
            KnownLine::Page(is_complete) => {
                self.say(KnownLine::Status(is_complete), walk);
                walk.incomplete(Incomplete::Token, 1);
            }
            KnownLine::Token => walk.incomplete(Incomplete::Token, 1),
            KnownLine::Check => walk.incomplete(Incomplete::Check, 1),
        }
    }
}
