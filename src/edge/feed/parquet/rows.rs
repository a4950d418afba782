//! Single rows, read again to be shown: as the JSON objects that an engine would write of them.

use std::io;
use std::sync::Arc;

use parquet::file::metadata::ParquetMetaData;

use super::column::ParquetColumn;
use super::json::{self, ColumnMismatch};
use super::schema::Tree;
use super::{ParquetSource, ROOM, as_io_error, footer, open, wrong};

/// A file whose rows are read one by one; those that follow each other are found quickest.
pub struct RowFile {
    source: Arc<dyn ParquetSource>,
    metadata: Arc<ParquetMetaData>,
    tree: Tree,
    at: Option<RowPosition>,
}

/// Where in a row group reading is.
struct RowPosition {
    group: usize,
    /// Rows of it that were passed.
    row: usize,
    columns: Vec<ParquetColumn>,
}

impl RowFile {
    /// Opens a file.
    ///
    /// # Errors
    /// If its footer cannot be read.
    pub fn open(source: Arc<dyn ParquetSource>) -> io::Result<Self> {
        let metadata = footer::read(&*source, false)?;
        let tree = Tree::from_schema(metadata.file_metadata().schema_descr(), &|_| true);
        Ok(Self { source, metadata, tree, at: None })
    }

    /// The row with that number, counted from 0 over the whole file.
    ///
    /// # Errors
    /// If there is none, or if it cannot be read.
    pub fn take(&mut self, row: u64) -> io::Result<Vec<u8>> {
        let (group, row) = self.find(row).ok_or_else(|| wrong("it has fewer rows than it had"))?;
        let held = self.at.take().filter(|at| at.group == group && at.row <= row);
        let mut at = held.map_or_else(|| self.enter(group), Ok)?;
        let skipped = row - at.row;
        for column in &mut at.columns {
            let passed = if skipped > 0 { column.pass(skipped) } else { Ok(0) };
            let passed = passed.map_err(|error| as_io_error(error, "a column of it"))?;
            let read = column.fill(1).map_err(|error| as_io_error(error, "a column of it"))?;
            if (passed, read) != (skipped, 1) {
                return Err(wrong("a column of it has fewer rows than the others"));
            }
        }
        let value = json::row(&self.tree.nodes, &mut at.columns)
            .map_err(|ColumnMismatch| wrong("its columns do not fit each other"))?;
        at.row = row + 1;
        self.at = Some(at);
        serde_json::to_vec(&value).map_err(io::Error::other)
    }

    /// The beginning of a row group.
    fn enter(&self, group: usize) -> io::Result<RowPosition> {
        let columns = open(&self.source, self.metadata.row_group(group), &self.tree.columns, ROOM)?;
        Ok(RowPosition { group, row: 0, columns })
    }

    /// The row group that a row is in, and which of its rows it is.
    fn find(&self, mut row: u64) -> Option<(usize, usize)> {
        for (number, group) in self.metadata.row_groups().iter().enumerate() {
            let rows = u64::try_from(group.num_rows()).unwrap_or(0);
            if row < rows {
                return Some((number, usize::try_from(row).ok()?));
            }
            row -= rows;
        }
        None
    }
}
