//! Parquet files, read as they are: those of Security Lake, and what engines write.
//!
//! Of all columns those are read that a record is made of, some rows at a time, and each row becomes a record
//! (`direct`, `event`), or an object where columns have other types (`json`). Names and rules are those of
//! [`crate::log::record`], so that a file says what the same records say as JSON. What a file says of itself
//! is looked at before it is believed (`footer`, `pages`).

use std::fs;
use std::io::{self, Read, Seek};
use std::ops::Range;
use std::sync::Arc;

use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use serde_json::Value;

use super::foreign::NotALog;
use crate::edge::feed::window::TimeWindow;
use crate::log::envelope::{Envelope, RecordPlace, Sink};
use crate::log::record::ColumnNames;

mod bounds;
mod column;
mod delta;
mod direct;
mod event;
mod footer;
mod guard;
mod header;
mod json;
mod levels;
mod pages;
mod rows;
mod schema;
mod shape;
mod source;
mod texts;
mod thrift;
mod varint;

#[cfg(test)]
mod tests;

use bounds::TimeColumn;
use column::ParquetColumn;
use direct::{Cells, ColumnByPath};
use json::ColumnMismatch;
use pages::{ColumnPages, PageBudget};
pub use rows::RowFile;
use schema::Tree;
use shape::{FileShape, RecordMapping};
pub use source::{HeldBytes, OnDisk, ParquetSource};

/// What a file begins and ends with.
pub const MAGIC: &[u8] = b"PAR1";
/// The most that the pages which are read at a time may take, in bytes, unless there is less.
pub const ROOM: usize = 256 << 20;
/// And the least.
const LEAST: usize = 32 << 20;
/// Rows that are read at a time.
const ROWS: usize = 128;
/// The same where a short page may stand for many long values.
const FEW: usize = 8;
/// The most rows to a byte of a row group: more are a claim of a few bytes that would take years to count.
const DENSEST: u64 = 1 << 16;
/// Columns that lie together within this many bytes are got at once where each request takes its time.
const TOGETHER: u64 = 8 << 20;

/// A Parquet file.
pub struct File {
    source: Arc<dyn ParquetSource>,
    metadata: Arc<ParquetMetaData>,
    shape: FileShape,
    columns: Arc<ColumnNames>,
    room: usize,
    /// What of it is asked for, and the column that tells.
    window: TimeWindow,
    time: Option<TimeColumn>,
}

/// That a file cannot be read.
fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the Parquet file is damaged: {what}"))
}

/// The error of the library as one of input, which was reading `what`.
fn as_io_error(error: ParquetError, what: &str) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => wrong(&format!("{what} cannot be read ({other})")),
        },
        ParquetError::General(why) | ParquetError::NYI(why) | ParquetError::EOF(why) => {
            wrong(&format!("{what} cannot be read ({why})"))
        }
        other => wrong(&format!("{what} cannot be read ({other})")),
    }
}

/// An error of input as one of the library's, on its way through it.
fn from_io(error: io::Error) -> ParquetError {
    ParquetError::External(Box::new(error))
}

/// Whether a file begins as Parquet does; it is left at its beginning.
///
/// # Errors
/// Those of reading it.
pub fn begins(file: &mut fs::File) -> io::Result<bool> {
    let mut first = Vec::with_capacity(MAGIC.len());
    (&mut *file).take(MAGIC.len() as u64).read_to_end(&mut first)?;
    file.rewind()?;
    Ok(first == MAGIC)
}

/// The row groups of a file, in at most `most` shares.
///
/// # Errors
/// If its footer cannot be read.
pub fn shares(source: &dyn ParquetSource, most: usize) -> io::Result<Vec<Range<usize>>> {
    let groups = footer::read(source, false)?.num_row_groups();
    let each = groups.div_ceil(most.max(1)).max(1);
    Ok((0..groups).step_by(each).map(|first| first..groups.min(first + each)).collect())
}

impl File {
    /// Opens a file, whose columns may have the names of `columns`, too; `memory` is what there is for a
    /// thread. Row groups that hold nothing of what `window` asks for, as far as the file says, are not read.
    ///
    /// # Errors
    /// If it is none, or holds no records.
    pub fn open(
        source: Arc<dyn ParquetSource>,
        columns: Arc<ColumnNames>,
        memory: Option<usize>,
        window: TimeWindow,
    ) -> io::Result<Self> {
        let metadata = footer::read(&*source, window != TimeWindow::default())?;
        let schema = metadata.file_metadata().schema_descr();
        let shape =
            FileShape::from_schema(schema, &columns).map_err(|names| NotALog::Columns(names).into_error())?;
        let room = memory.unwrap_or(ROOM).clamp(LEAST, ROOM);
        let time = shape.time(schema);
        Ok(Self { source, metadata, shape, columns, room, window, time })
    }

    /// How many row groups it has.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.metadata.num_row_groups()
    }

    /// Reads the row groups of that range. What follows a fault in one is not read; the next one is. `go_on`
    /// is told of how many bytes more, about, and says whether to.
    ///
    /// # Errors
    /// The first fault.
    pub fn read(
        &self,
        groups: Range<usize>,
        envelope: &mut Envelope,
        sink: &mut impl Sink,
        mut go_on: impl FnMut(u64) -> bool,
    ) -> io::Result<()> {
        let mut first = None;
        let mut row = 0_u64;
        for (number, group) in self.metadata.row_groups().iter().enumerate().take(groups.end) {
            let rows = u64::try_from(group.num_rows()).unwrap_or(0);
            let is_outside = self.time.is_some_and(|time| time.is_outside(group, self.window));
            if groups.contains(&number) && is_outside {
                sink.outside(rows);
            } else if groups.contains(&number) {
                let mut read = 0;
                match self.group(group, row, &mut read, envelope, sink, &mut go_on) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => _ = first.get_or_insert_with(|| self.fault(&error, number, read, rows)),
                }
            }
            row = row.saturating_add(rows);
        }
        envelope.end(sink);
        first.map_or(Ok(()), Err)
    }

    /// What is wrong with a row group.
    fn fault(&self, error: &io::Error, number: usize, read: u64, rows: u64) -> io::Error {
        let of = self.groups();
        let number = number + 1;
        io::Error::new(
            error.kind(),
            format!("{error}; of its row group {number} of {of}, {read} rows of {rows} were read"),
        )
    }

    /// How many rows of a group are read at a time.
    fn step(&self, group: &RowGroupMetaData) -> usize {
        let mut chosen = self.shape.tree.columns.iter().filter_map(|at| group.columns().get(*at));
        if chosen.any(pages::may_lean) { FEW } else { ROWS }
    }

    fn group(
        &self,
        group: &RowGroupMetaData,
        first: u64,
        read: &mut u64,
        envelope: &mut Envelope,
        sink: &mut impl Sink,
        go_on: &mut impl FnMut(u64) -> bool,
    ) -> io::Result<bool> {
        let mut columns = open(&self.source, group, &self.shape.tree.columns, self.room)?;
        let (rows, step) = (u64::try_from(group.num_rows()).unwrap_or(0), self.step(group));
        let bytes = u64::try_from(group.compressed_size()).unwrap_or(0).min(self.source.length());
        let mut told = 0;
        let mut cells = Cells::default();
        while *read < rows {
            let wanted = usize::try_from(rows - *read).unwrap_or(step).min(step);
            for column in &mut columns {
                let found = column.fill(wanted).map_err(|error| as_io_error(error, "a column of it"))?;
                if found != wanted {
                    return Err(wrong("a column of it has fewer rows than the others"));
                }
            }
            for _ in 0..wanted {
                let place = RecordPlace { offset: first + *read, length: 1 };
                self.row(&mut columns, &mut cells, place, envelope, sink)
                    .map_err(|ColumnMismatch| wrong("its columns do not fit each other"))?;
                *read += 1;
            }
            let share =
                u64::try_from(u128::from(bytes) * u128::from(*read) / u128::from(rows)).unwrap_or(bytes);
            if !go_on(share - told) {
                return Ok(false);
            }
            told = share;
        }
        Ok(true)
    }

    /// Hands over the next row.
    #[inline]
    fn row(
        &self,
        columns: &mut [ParquetColumn],
        cells: &mut Cells,
        place: RecordPlace,
        envelope: &mut Envelope,
        sink: &mut impl Sink,
    ) -> Result<(), ColumnMismatch> {
        let tree = &self.shape.tree;
        match &self.shape.way {
            RecordMapping::Event(shape) if shape.has_class(columns) => {
                let has_rule = shape.has_rule(columns);
                cells.advance(columns, shape.list.as_ref())?;
                let record = shape.record(cells, columns, has_rule);
                envelope.take(record, || sample(tree, cells, columns), place, sink);
            }
            RecordMapping::Direct(direct) => {
                cells.advance(columns, direct.list.as_ref())?;
                let record = direct.record(cells, columns, &self.columns);
                envelope.take(record, || sample(tree, cells, columns), place, sink);
            }
            // Rows of another class are looked at as any others are.
            RecordMapping::Objects | RecordMapping::Event(_) => {
                if let Value::Object(object) = json::row(&tree.nodes, columns)? {
                    envelope.take_object(object, place, sink);
                }
            }
            RecordMapping::Texts => {
                let column = columns.first_mut().ok_or(ColumnMismatch)?;
                column.level().ok_or(ColumnMismatch)?;
                let text = column.next().and_then(|place| column.text(place));
                envelope.take_text(text.unwrap_or_default().as_bytes(), place, sink);
            }
        }
        Ok(())
    }
}

/// Opens columns of a row group.
fn open(
    source: &Arc<dyn ParquetSource>,
    group: &RowGroupMetaData,
    wanted: &[usize],
    room: usize,
) -> io::Result<Vec<ParquetColumn>> {
    let chosen = wanted.iter().filter_map(|at| group.columns().get(*at));
    let (mut start, mut end, mut packed) = (u64::MAX, 0, 0);
    for column in chosen.clone() {
        let (first, last) = pages::range(column, source.length())?;
        (start, end, packed) = (start.min(first), end.max(last), packed + (last - first));
    }
    let rows = u64::try_from(group.num_rows()).map_err(|_| wrong("a row group has fewer than no rows"))?;
    if rows > packed.saturating_mul(DENSEST) {
        return Err(wrong("a row group says that it has more rows than its bytes can hold"));
    }
    let source = match end.checked_sub(start) {
        Some(length @ 1..=TOGETHER) if source.is_far() => {
            HeldBytes::part(&**source, start, usize::try_from(length).unwrap_or(0))? as Arc<dyn ParquetSource>
        }
        _ => Arc::clone(source),
    };
    let room = PageBudget::new(room);
    chosen
        .map(|column| {
            let pages = ColumnPages::new(&source, column, &room)?;
            ParquetColumn::new(&column.column_descr_ptr(), pages, pages::has_plain_texts(column))
                .map_err(|error| as_io_error(error, "a column of it"))
        })
        .collect()
}

/// What a row has in its columns, to be shown; not its answers.
fn sample(tree: &Tree, cells: &Cells, columns: &[ParquetColumn]) -> Value {
    let text = |flat: &ColumnByPath| {
        let place = (*cells.places.get(flat.column)?)?;
        Some(Value::String(columns.get(flat.column)?.text(place)?.into_owned()))
    };
    ColumnByPath::all(tree)
        .into_iter()
        .filter_map(|flat| text(&flat).map(|value| (flat.path, value)))
        .collect()
}
