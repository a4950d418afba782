//! Tables: CSV and TSV with a record to a row, as Logs Insights, Athena, consoles and engines write them.
//!
//! The record is in a column of its own, as text, or spread over columns named like its fields
//! ([`crate::log::record`] knows the names). Which it is, the first row shows. A table without what a record
//! needs is one error, not one a row.
//!
//! Rows may run over several lines inside quotes (RFC 4180). A row that was torn inside quotes would swallow
//! the rows behind it: if a row of several lines holds no record, reading resumes on its second line.

use std::borrow::Cow;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::context::{InputContext, ReadStep};
use super::ends::limit;
use super::escape::MARK;
use super::format::InputFormat;
use super::header::{Header, MAX_COLUMNS};
use super::prefix::is_of_table;
use super::quick::RowShape;
use super::sink::Sink;
use super::sketch::carries_record;
use super::value::{Scan, Scanner};
use super::walk::Walk;
use crate::base::moment::Moment;
use crate::log::note::Incomplete;
use crate::log::record::{ColumnNames, Extent, MAX_VALUE, Malformed, Record, RecordRow};
use cells::{RowCells, unescaped};

mod cells;
mod groups;

/// The longest header taken for one, in bytes.
const MAX_HEADER: usize = 256 << 10;

/// A table whose header was read.
#[derive(Debug)]
pub(super) struct RowTable {
    header: Header,
    state: RowsState,
    pub(super) format: InputFormat,
    delimiter: u8,
    /// Whether quotes in cells have a backslash before them, as Spark writes them, and are not doubled.
    is_escaped: bool,
    reader: Box<Reader>,
    cells: RowCells,
    /// Bytes of the row in hand that the reader has seen.
    fed: usize,
    /// How many rows held a record, or should have.
    rows: u64,
}

/// What is known of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RowsState {
    /// Nothing: the first of them comes next.
    New,
    /// They are records.
    Records,
    /// They are none: what a record needs is not in them. That was said.
    Others,
    /// What comes next is no row.
    Over,
}

/// How far the row in hand came.
enum RowEnd {
    Whole(usize),
    Cut,
    /// Too long, or too many columns, in this many bytes.
    Broken(usize, Malformed),
}

impl RowTable {
    /// The table that `line` is the header of, if it looks like one; and what it was made by.
    pub(super) fn from_header(line: &[u8], columns: &ColumnNames) -> Option<(Self, InputFormat)> {
        if line.len() > MAX_HEADER {
            return None;
        }
        // Spreadsheets write semicolons or tabs, depending on the country.
        let tables = [b',', b';', b'\t', b'|'].map(|delimiter| Self::from_line(line, delimiter, columns));
        let known =
            tables.iter().position(|table| table.as_ref().is_some_and(|table| table.header.is_of_records()));
        let table = match known {
            Some(at) => tables.into_iter().nth(at)??,
            None => tables.into_iter().flatten().find(|table| table.header.is_likely())?,
        };
        let format = table.format;
        Some((table, format))
    }

    fn from_line(line: &[u8], delimiter: u8, columns: &ColumnNames) -> Option<Self> {
        let mut table = Self {
            header: Header::default(),
            state: RowsState::New,
            format: InputFormat::AthenaCsv,
            delimiter,
            is_escaped: false,
            reader: Box::new(ReaderBuilder::new().delimiter(delimiter).build()),
            cells: RowCells::default(),
            fed: 0,
            rows: 0,
        };
        let RowEnd::Whole(_) = table.read(line, true) else { return None };
        table.header = Header::from_cells(table.cells.iter(), columns);
        if table.header.weights.is_some() {
            table.format = InputFormat::Weighted;
        } else if table.header.is_of_insights() {
            table.format = InputFormat::InsightsCsv;
        } else if !table.header.texts.is_empty() && table.header.lack().is_some() {
            table.format = InputFormat::Csv;
        }
        table.next();
        Some(table)
    }

    /// Forgets the row in hand.
    fn next(&mut self) {
        self.reader.reset();
        self.fed = 0;
        (self.cells.text_length, self.cells.count) = (0, 0);
    }

    /// Takes a line of cells with tabs between them, if it is a row as it stands: databases escape what is in
    /// a cell and do not quote it.
    fn read_line(&mut self, bytes: &[u8], end: bool) -> Option<RowEnd> {
        let line = match memchr::memchr(b'\n', bytes) {
            Some(length) => &bytes[..length],
            None if end => bytes,
            None => return (bytes.len() < MAX_VALUE).then_some(RowEnd::Cut),
        };
        let cells = line.strip_suffix(b"\r").unwrap_or(line);
        let count = memchr::memchr_iter(b'\t', cells).count() + 1;
        let is_open =
            |cell: &[u8]| cell.first() == Some(&b'"') && (cell.len() < 2 || cell.last() != Some(&b'"'));
        let width = self.header.names.len();
        if !(width..=width + 1).contains(&count) || cells.split(|byte| *byte == b'\t').any(is_open) {
            return None;
        }
        self.cells.take_line(cells);
        Some(RowEnd::Whole((line.len() + 1).min(bytes.len())))
    }

    /// Looks at the line that `bytes` begin with for quotes with a backslash before them: behind these, what
    /// is quoted goes on, which it does not behind a quote by itself. Returns whether the line was whole.
    fn look_for_escapes(&mut self, bytes: &[u8], end: bool) -> bool {
        if self.is_escaped || self.delimiter == b'\t' {
            return true;
        }
        let line = match memchr::memchr(b'\n', bytes) {
            Some(length) => &bytes[..length],
            None if end || bytes.len() >= MAX_VALUE => bytes,
            None => return false,
        };
        let mut escapes = memchr::memmem::find_iter(line, b"\\\"");
        if escapes.any(|at| line.get(at + 2).is_some_and(u8::is_ascii_alphanumeric)) {
            self.is_escaped = true;
            let reader = ReaderBuilder::new().delimiter(self.delimiter).escape(Some(b'\\')).build();
            *self.reader = reader;
        }
        true
    }

    /// Goes on with the row that `bytes` begin with.
    fn read(&mut self, bytes: &[u8], end: bool) -> RowEnd {
        if self.delimiter == b'\t'
            && self.fed == 0
            && let Some(row) = self.read_line(bytes, end)
        {
            return row;
        }
        let held = &bytes[..bytes.len().min(MAX_VALUE)];
        let cells = &mut self.cells;
        loop {
            let input = &held[self.fed..];
            if input.is_empty() && held.len() == MAX_VALUE {
                return RowEnd::Broken(held.len(), Malformed::Oversize);
            }
            if input.is_empty() && !end {
                return RowEnd::Cut;
            }
            // An empty input tells the reader that nothing follows.
            let (result, read, written, ended) = self.reader.read_record(
                input,
                &mut cells.text[cells.text_length..],
                &mut cells.ends[cells.count..],
            );
            self.fed += read;
            cells.text_length += written;
            cells.count += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => {
                    cells.text.resize((cells.text.len() * 2).max(4096), 0);
                }
                ReadRecordResult::OutputEndsFull if cells.ends.len() >= MAX_COLUMNS => {
                    return RowEnd::Broken(self.fed, Malformed::NoRecord);
                }
                ReadRecordResult::OutputEndsFull => {
                    cells.ends.resize((cells.ends.len() * 2).max(32), 0);
                }
                ReadRecordResult::Record | ReadRecordResult::End => return RowEnd::Whole(self.fed),
            }
        }
    }

    /// Hands over the record of the row in hand, whose bytes are `raw`. A row of several lines is taken only
    /// if nothing contradicts that it is one: else returns why not, and nothing was taken.
    fn take<S: Sink>(&mut self, raw: &[u8], walk: &mut Walk<'_, S>) -> Result<(), Malformed> {
        if is_of_table(raw) {
            return Ok(());
        }
        let is_first = self.state == RowsState::New;
        if self.header.is_repeated(self.cells.iter()) || is_first && self.header.are_types(self.cells.iter())
        {
            return Ok(());
        }
        // Tables one behind the other.
        if let Some(header) = Header::again(self.cells.iter(), &walk.columns()) {
            (self.header, self.state) = (header, RowsState::New);
            return Ok(());
        }
        self.rows += 1;
        if let Some(weights) = &self.header.weights {
            self.state = RowsState::Records;
            let grouped = self.groups(weights, raw)?;
            walk.grouped(&grouped, raw);
            return Ok(());
        }
        if is_first {
            self.state = RowsState::Records;
            let holds_record = |cell: &[u8]| cell.contains(&b'{') && carries_record(cell);
            if let Some(at) = self.cells.iter().position(holds_record) {
                self.header.prefer(at);
            }
        }
        if let Some(text) = self.text() {
            let text = text.into_owned();
            let is_value =
                || Scanner::default().scan(text.trim_ascii(), true) == Scan::Whole(text.trim_ascii().len());
            if raw.contains(&b'\n') && !is_value() {
                return Err(Malformed::NotJson);
            }
            walk.nested(raw, |walk| walk.within(&text));
            return Ok(());
        }
        if self.header.has_records() && self.header.lack().is_some() {
            return Err(Malformed::NoRecord);
        }
        let texts: Vec<_> = self.cells.iter().map(String::from_utf8_lossy).collect();
        let result = self.record(&texts, raw.contains(&b'\n')).map(|record| {
            if record.extent == Extent::Absent && walk.memory.unnamed.is_none() {
                walk.memory.unnamed = self.header.unnamed(&texts);
            }
            walk.emit(record, self.format);
        });
        match result {
            Err(Malformed::Missing(_) | Malformed::NoRecord) if is_first && !self.header.has_records() => {
                let Some(lack) = self.header.lack() else { return result };
                self.state = RowsState::Others;
                walk.fail(Malformed::Columns(lack), self.header.shown().as_bytes());
                Ok(())
            }
            result => result,
        }
    }

    /// The limit of a query of Logs Insights that the rows have reached, when no more follow.
    pub(super) fn limit(&self) -> Option<Incomplete> {
        let is_of_query = self.format == InputFormat::InsightsCsv && self.state == RowsState::Records;
        limit(self.rows).filter(|_| is_of_query)
    }

    /// The shape of its rows, if records were found in a column of it, and no row is in hand.
    fn shape(&self) -> Option<RowShape> {
        let is_plain = self.fed == 0 && self.state == RowsState::Records && !self.is_escaped;
        let column = *self.header.texts.first().filter(|_| is_plain)?;
        Some(RowShape { delimiter: self.delimiter, columns: self.header.names.len(), column })
    }

    /// The cell that holds a record as text.
    fn text(&self) -> Option<Cow<'_, [u8]>> {
        let held = |at: &usize| self.cells.iter().nth(*at).filter(|cell| cell.contains(&b'{'));
        let mut found = self.header.texts.iter().filter_map(held);
        let cell = found.clone().find(|cell| carries_record(cell)).or_else(|| found.next())?;
        let is_whole = |text: &[u8]| Scanner::default().scan(text, true) == Scan::Whole(text.len());
        if self.delimiter == b'\t' && cell.contains(&b'\\') && !is_whole(cell.trim_ascii()) {
            return Some(Cow::Owned(unescaped(cell)));
        }
        Some(Cow::Borrowed(cell))
    }

    /// The record that the columns make.
    fn record<'t>(&self, texts: &'t [Cow<'t, str>], is_long: bool) -> Result<Record<'t>, Malformed> {
        let (names, columns) = (&self.header.names, &self.header.columns);
        let time = columns.iter().position(|column| column.is_time());
        let is_time = |at: usize| texts.get(at).is_some_and(|text| Moment::parse(text).is_some());
        // A number for each row, which the header has no name for.
        let is_numbered =
            texts.len() == names.len() + 1 && time.is_some_and(|at| is_time(at + 1) && !is_time(at));
        let texts = if is_numbered { &texts[1..] } else { texts };
        if texts.len() < names.len() || texts[names.len()..].iter().any(|text| !text.trim().is_empty()) {
            return Err(Malformed::NoRecord);
        }
        let mut row = RecordRow::for_table();
        for ((column, name), text) in columns.iter().zip(names).zip(texts) {
            // Names have no line breaks: a row that seems to is two, the first of them torn.
            if is_long && text.contains('\n') && !column.is_answers() {
                return Err(Malformed::NoRecord);
            }
            let is_escaped = self.delimiter == b'\t' && column.is_name() && text.contains("\\\\");
            let text = if is_escaped {
                Cow::Owned(text.replace("\\\\", "\\"))
            } else {
                Cow::Borrowed(text.as_ref())
            };
            row.put(*column, name, text)?;
        }
        let record = row.into_record()?;
        if is_long && record.extent == Extent::Unreadable {
            return Err(Malformed::NoRecord);
        }
        Ok(record)
    }
}

/// Whether `bytes` begin with an object that has a member, which no quotes are around.
fn begins_object(bytes: &[u8]) -> bool {
    matches!(bytes.trim_ascii_start(), [b'{', b'"' | b' ' | b'\n' | b'\r', ..])
}

impl RowTable {
    /// Whether what comes next is no row.
    pub(super) fn is_over(&self) -> bool {
        self.state == RowsState::Over
    }

    /// What to do where no row begins at `at`: in the rest of a line that was too long, at the end of a line,
    /// at a byte order mark that is not all there, at objects where rows are over.
    #[inline]
    fn before_row(
        &mut self,
        context: &mut InputContext,
        bytes: &[u8],
        at: usize,
        end: bool,
    ) -> Option<ReadStep> {
        if context.resync.is_muted() {
            // The rest of a line that was too long.
            let Some(length) = memchr::memchr(b'\n', &bytes[at..]) else {
                return Some(ReadStep::On(bytes.len()));
            };
            context.resync.unmute();
            return Some(ReadStep::On(at + length + 1));
        }
        if self.fed == 0 && matches!(bytes[at], b'\n' | b'\r') {
            return Some(ReadStep::On(at + 1));
        }
        // The reader of cells passes over a byte order mark if it sees all of it, and takes nothing behind it
        // for the end.
        if self.fed == 0 && !end && MARK.starts_with(&bytes[at..]) {
            return Some(ReadStep::Wait);
        }
        // Objects in lines of their own, whatever the first line was.
        let is_alone = self.header.names.len() == 1 || self.state == RowsState::Others;
        if self.fed == 0 && is_alone && begins_object(&bytes[at..]) {
            self.state = RowsState::Over;
            return Some(ReadStep::On(at));
        }
        None
    }

    /// Goes on with the rows.
    pub(super) fn step<S: Sink>(
        &mut self,
        context: &mut InputContext,
        bytes: &[u8],
        at: usize,
        end: bool,
        walk: &mut Walk<'_, S>,
    ) -> ReadStep {
        if let Some(step) = self.before_row(context, bytes, at, end) {
            return step;
        }
        walk.hint = Some(self.format);
        let start = context.offset_of(at);
        // In a row that is taken so no escape stands.
        if let Some(shape) = self.shape()
            && let Some(length) = walk.quick_row(&bytes[at..], start, shape)
        {
            self.rows += 1;
            return ReadStep::On(at + length);
        }
        if self.fed == 0 && !self.look_for_escapes(&bytes[at..], end) {
            return ReadStep::Wait;
        }
        let is_counted = context.resync.is_inside(start);
        let (length, is_whole, result) = match self.read(&bytes[at..], end) {
            RowEnd::Cut => return ReadStep::Wait,
            RowEnd::Whole(length) => {
                let row = bytes[at..at + length].trim_ascii_end();
                walk.set_place(start, row.len());
                if self.state == RowsState::Others {
                    if !carries_record(row) {
                        self.next();
                        return ReadStep::On(at + length);
                    }
                    self.state = RowsState::New;
                }
                (length, true, self.take(row, walk))
            }
            RowEnd::Broken(length, why) => (length, false, Err(why)),
        };
        self.next();
        let Err(why) = result else { return ReadStep::On(at + length) };
        let row = bytes[at..at + length].trim_ascii_end();
        if !is_counted {
            walk.set_place(start, row.len());
            walk.fail(why, row);
        }
        if let Some(line) = memchr::memchr(b'\n', row) {
            context.resync.broke(start + length as u64);
            return ReadStep::On(at + line + 1);
        }
        // A row that ended, ended with its line.
        if !is_whole {
            context.resync.mute();
        }
        ReadStep::On(at + length)
    }
}

#[cfg(test)]
mod tests;
