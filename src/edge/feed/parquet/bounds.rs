//! Row groups that hold nothing of the time that is asked for, by what a file says of its columns
//! (parquet-format, "Statistics").

use parquet::file::metadata::RowGroupMetaData;
use parquet::file::statistics::Statistics;

use super::column::{ColumnMeaning, TimestampUnit, millis};
use crate::base::moment::Moment;
use crate::edge::feed::window::TimeWindow;
use crate::log::record::event_moment;

/// The column of a file that has the time of each row, and what its values mean.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeColumn {
    pub(super) column: usize,
    pub(super) meaning: ColumnMeaning,
}

impl TimeColumn {
    /// Whether no row of `group` is of the time that `window` asks for. Where the file does not say so of all
    /// rows, they may be.
    pub(super) fn is_outside(self, group: &RowGroupMetaData, window: TimeWindow) -> bool {
        let known = || {
            let statistics = group.columns().get(self.column)?.statistics()?;
            // The time of a row that has none here may be elsewhere.
            if statistics.null_count_opt() != Some(0) {
                return None;
            }
            let Statistics::Int64(known) = statistics else { return None };
            let (first, last) = (*known.min_opt()?, *known.max_opt()?);
            Some((self.moment(first)?, self.moment(last)?))
        };
        known().is_some_and(|(first, last)| {
            first <= last
                && (window.since.is_some_and(|since| last < since)
                    || window.until.is_some_and(|until| first > until))
        })
    }

    /// The time that a value is; nothing where a larger one may be an earlier time.
    fn moment(self, value: i64) -> Option<Moment> {
        match self.meaning {
            ColumnMeaning::Moment(
                unit @ (TimestampUnit::Millis | TimestampUnit::Micros | TimestampUnit::Nanos),
            ) => millis(value, unit),
            // What is a number alone is of another unit where it is smaller or larger.
            ColumnMeaning::Signed if MILLIS.contains(&value) => event_moment(value),
            _ => None,
        }
    }
}

/// Numbers that are milliseconds, whoever reads them: of the years 2001 to 2286.
const MILLIS: std::ops::Range<i64> = 1_000_000_000_000..10_000_000_000_000;
