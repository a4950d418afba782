//! Tables: the CSV of the Logs Insights console and of Athena, a record to a row.
//!
//! The record is in the column `@message`, or spread over columns named like its fields. Rows may run over several
//! lines inside quotes (RFC 4180). A row that was torn inside quotes would swallow the rows behind it: if a row of
//! several lines holds no record, reading resumes on its second line.

use std::borrow::Cow;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::format::Format;
use super::sink::Sink;
use super::stream::{MARK, Step, Stream};
use super::value::{Scan, Scanner};
use super::walk::Walk;
use crate::record::{MAX_VALUE, Malformed, Record, Row};

/// The most columns of a row. A Logs Insights table has three for each of up to a thousand answers.
const MAX_COLUMNS: usize = 8192;

/// The longest header taken for one, in bytes.
const MAX_HEADER: usize = 256 << 10;

/// A table whose header was read.
#[derive(Debug)]
pub(super) struct Table {
    columns: Vec<String>,
    /// The index of `@message`.
    message: Option<usize>,
    format: Format,
    reader: Box<Reader>,
    cells: Cells,
    /// Bytes of the row in hand that the reader has seen.
    fed: usize,
}

/// The cells of the row in hand, unquoted, one behind the other.
#[derive(Debug, Default)]
struct Cells {
    text: Vec<u8>,
    ends: Vec<usize>,
    text_length: usize,
    count: usize,
}

/// How far the row in hand came.
enum RowEnd {
    Whole(usize),
    Cut,
    /// Too long, or too many columns, in this many bytes.
    Broken(usize, Malformed),
}

impl Cells {
    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends[..self.count]).map(|(start, end)| &self.text[start..*end])
    }
}

impl Table {
    /// The table that `line` is the header of, if it names `@message` or `query_name`; and what it was made by.
    pub(super) fn from_header(line: &[u8]) -> Option<(Self, Format)> {
        if line.len() > MAX_HEADER {
            return None;
        }
        // Spreadsheets write semicolons or tabs, depending on the country.
        [b',', b';', b'\t'].into_iter().find_map(|delimiter| {
            let reader = ReaderBuilder::new().delimiter(delimiter).build();
            let mut table = Self {
                columns: Vec::new(),
                message: None,
                format: Format::AthenaCsv,
                reader: Box::new(reader),
                cells: Cells::default(),
                fed: 0,
            };
            let RowEnd::Whole(_) = table.read(line, true) else { return None };
            table.columns =
                table.cells.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect();
            let index = |name: &str| table.columns.iter().position(|column| column == name);
            table.message = index("@message");
            if table.message.is_none() && index("query_name").is_none() {
                return None;
            }
            if table.columns.iter().any(|column| column.starts_with('@')) {
                table.format = Format::InsightsCsv;
            }
            table.next();
            let format = table.format;
            Some((table, format))
        })
    }

    /// Forgets the row in hand.
    fn next(&mut self) {
        self.reader.reset();
        self.fed = 0;
        (self.cells.text_length, self.cells.count) = (0, 0);
    }

    /// Goes on with the row that `bytes` begin with.
    fn read(&mut self, bytes: &[u8], end: bool) -> RowEnd {
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

    /// Hands over the record of the row in hand, whose bytes are `raw`. A row of several lines is taken only if
    /// nothing contradicts that it is one: else returns why not, and nothing was taken.
    fn take<S: Sink>(&self, raw: &[u8], walk: &mut Walk<'_, S>) -> Result<(), Malformed> {
        let is_long = raw.contains(&b'\n');
        let message = self.message.and_then(|index| self.cells.iter().nth(index));
        if let Some(message) = message
            && message.contains(&b'{')
        {
            let text = message.trim_ascii();
            let is_value = || Scanner::default().scan(text, true) == Scan::Whole(text.len());
            if is_long && !is_value() {
                return Err(Malformed::NotJson);
            }
            walk.nested(raw, |walk| walk.within(message));
            return Ok(());
        }
        // Names have no line breaks: a row that seems to is two, the first of them torn.
        let is_row = self.cells.count == self.columns.len() && !is_long;
        if !is_row || !self.columns.iter().any(|column| column == "query_name") {
            return Err(Malformed::NoRecord);
        }
        let texts: Vec<_> = self.cells.iter().map(String::from_utf8_lossy).collect();
        let record = self.record(&texts)?;
        walk.emit(&record, self.format);
        Ok(())
    }

    /// The record that the columns make.
    fn record<'t>(&self, texts: &'t [Cow<'t, str>]) -> Result<Record<'t>, Malformed> {
        let mut row = Row::default();
        for (column, text) in self.columns.iter().zip(texts) {
            row.set(column, Cow::Borrowed(text))?;
        }
        row.into_record()
    }
}

impl Stream {
    /// Goes on with the rows of a table.
    pub(super) fn row<S: Sink>(
        &mut self,
        bytes: &[u8],
        at: usize,
        end: bool,
        walk: &mut Walk<'_, S>,
    ) -> Step {
        let Some(mut table) = self.table.take() else { return Step::On(at) };
        let step = self.row_of(&mut table, bytes, at, end, walk);
        self.table = Some(table);
        step
    }

    fn row_of<S: Sink>(
        &mut self,
        table: &mut Table,
        bytes: &[u8],
        at: usize,
        end: bool,
        walk: &mut Walk<'_, S>,
    ) -> Step {
        let second_line = |length: usize| memchr::memchr(b'\n', &bytes[at..at + length]);
        if self.line.muted {
            // The rest of a line that was too long.
            let Some(length) = second_line(bytes.len() - at) else { return Step::On(bytes.len()) };
            self.line.muted = false;
            return Step::On(at + length + 1);
        }
        if table.fed == 0 && matches!(bytes[at], b'\n' | b'\r') {
            return Step::On(at + 1);
        }
        // The reader of cells passes over a byte order mark if it sees all of it, and takes nothing behind it for the end.
        if table.fed == 0 && !end && MARK.starts_with(&bytes[at..]) {
            return Step::Wait;
        }
        walk.hint = Some(table.format);
        let start = self.offset_of(at);
        let is_ruin = self.ruins.is_some_and(|until| start < until);
        let (length, is_whole, result) = match table.read(&bytes[at..], end) {
            RowEnd::Cut => return Step::Wait,
            RowEnd::Whole(length) => {
                let row = bytes[at..at + length].trim_ascii_end();
                walk.stand(start, row.len());
                (length, true, table.take(row, walk))
            }
            RowEnd::Broken(length, why) => (length, false, Err(why)),
        };
        table.next();
        let Err(why) = result else { return Step::On(at + length) };
        let row = bytes[at..at + length].trim_ascii_end();
        if !is_ruin {
            walk.stand(start, row.len());
            walk.fail(why, row);
        }
        if let Some(line) = second_line(row.len()) {
            self.ruins = self.ruins.max(Some(start + length as u64));
            return Step::On(at + line + 1);
        }
        // A row that ended, ended with its line.
        self.line.muted = !is_whole;
        Step::On(at + length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        for (line, format) in [
            ("@timestamp,@message", Some(Format::InsightsCsv)),
            ("\"@timestamp\",\"@message\",\"@logStream\"", Some(Format::InsightsCsv)),
            ("@timestamp,query_name,answers.0.Rdata", Some(Format::InsightsCsv)),
            ("\"version\",\"query_name\"", Some(Format::AthenaCsv)),
            ("version;query_name", Some(Format::AthenaCsv)),
            ("version\tquery_name", Some(Format::AthenaCsv)),
            ("@message", Some(Format::InsightsCsv)),
            ("version,message", None),
            ("a query_name, in a sentence", None),
            ("2025-05-05T10:00:00Z \"query_name\":\"x\",\"y\"", None),
            ("", None),
        ] {
            let found = Table::from_header(line.as_bytes()).map(|(_, format)| format);
            assert_eq!(found, format, "{line:?}");
        }
    }

    #[test]
    fn cells_are_those_of_another_reader() {
        let (mut table, _) = Table::from_header(b"query_name,x,y").unwrap();
        let row = b"\"a \"\"b\"\"\nc\",,\"{\"\"d\"\":\"\"e,f\"\"}\"\r\n";
        for cut in 0..row.len() - 1 {
            assert!(matches!(table.read(&row[..cut], false), RowEnd::Cut), "{cut}");
            assert!(matches!(table.read(row, false), RowEnd::Whole(_)));
            let cells: Vec<_> = table.cells.iter().collect();
            assert_eq!(cells, [&b"a \"b\"\nc"[..], b"", b"{\"d\":\"e,f\"}"]);
            table.next();
        }
    }

    #[test]
    fn too_many_columns_are_refused() {
        let line = vec![b','; MAX_COLUMNS + 1];
        let (mut table, _) = Table::from_header(b"query_name").unwrap();
        assert!(matches!(table.read(&line, true), RowEnd::Broken(_, Malformed::NoRecord)));
    }
}
