//! Parquet files and objects for the console.

use std::fs::File;
use std::sync::Arc;

use super::{ListenerGone, ReplayPass, SharedCutter};
use crate::edge::feed::parquet::{self, OnDisk, ParquetSource};
use crate::edge::feed::window::TimeWindow;

/// The file as a source, if it is one of Parquet.
pub(super) fn on_disk(file: Option<&File>) -> Option<Arc<dyn ParquetSource>> {
    let mut file = file?.try_clone().ok()?;
    if !file.metadata().ok()?.is_file() || !parquet::begins(&mut file).ok()? {
        return None;
    }
    Some(OnDisk::new(file).ok()?)
}

impl ReplayPass<'_> {
    /// Reads an input that is one of Parquet.
    pub(super) fn columns(
        &mut self,
        number: u32,
        name: &str,
        is_found: bool,
        source: Arc<dyn ParquetSource>,
    ) -> Result<(), ListenerGone> {
        let columns = self.terms.columns.clone().unwrap_or_default();
        self.input_by(number, name, is_found, |envelope, cutter| {
            let file = parquet::File::open(source, columns, None, TimeWindow::default())?;
            file.read(0..file.groups(), envelope, &mut SharedCutter(cutter), |bytes| {
                let mut cutter = cutter.borrow_mut();
                cutter.read += bytes;
                !cutter.gone
            })?;
            Ok(None)
        })
    }
}
