//! The list of records, as much of it as is looked at.

use super::Model;
use crate::base::moment::Moment;
use crate::fleet::OriginId;
use crate::timeline::{RowId, Spot, TimelineEntry};

/// One record, as the list of them shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'m> {
    /// Its place in the timeline.
    pub id: RowId,
    /// What it says.
    pub entry: TimelineEntry<'m>,
    /// Who asked, as it is known by now.
    pub origin: OriginId,
    /// The name asked for.
    pub name: &'m str,
}

impl Row<'_> {
    /// What it is selected by.
    #[must_use]
    pub fn key(&self) -> Option<(Moment, Spot)> {
        Some((self.entry.at, self.entry.spot?))
    }
}

impl Model {
    /// The record in a row.
    #[must_use]
    pub fn row(&self, id: RowId) -> Option<Row<'_>> {
        let known = &self.known;
        let entry = known.timeline().entry(id)?;
        let (origin, name) = known.timeline().asked(known.fleet(), entry.subject)?;
        let origin = self.ranking().owner(origin).map_or(origin, |owner| owner.key);
        Some(Row { id, entry, origin, name })
    }

    /// The newest records shown, newest first.
    pub fn newest_rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows_before(None)
    }

    /// The records shown that come before `start`, or before the end; newest first.
    pub fn rows_before(&self, start: Option<RowId>) -> impl Iterator<Item = Row<'_>> {
        let timeline = self.known.timeline();
        timeline.before(self.scope(), self.mask(), start).filter_map(|row| self.row(row))
    }

    /// The records shown that come after `start`, or after the beginning; oldest first.
    pub fn rows_after(&self, start: Option<RowId>) -> impl Iterator<Item = Row<'_>> {
        let timeline = self.known.timeline();
        timeline.after(self.scope(), self.mask(), start).filter_map(|row| self.row(row))
    }

    /// The selected record; `None` while following the newest.
    #[must_use]
    pub fn selected_row(&self) -> Option<Row<'_>> {
        let (at, spot) = self.here.place().row?;
        if !self.scope().holds(at) {
            return None;
        }
        self.row(self.known.timeline().find(at, spot)?)
    }

    /// As many records as `height`, oldest first, with the selected one in the middle if it can be, and which
    /// of them it is: the newest while following.
    #[must_use]
    pub fn window(&self, height: usize) -> (Vec<Row<'_>>, usize) {
        let Some(selected) = self.selected_row() else {
            let mut rows: Vec<Row<'_>> = self.newest_rows().take(height).collect();
            rows.reverse();
            let last = rows.len().saturating_sub(1);
            return (rows, last);
        };
        let id = selected.id;
        let after: Vec<Row<'_>> = self.rows_after(Some(id)).take(height.saturating_sub(1)).collect();
        let above = (height / 2).max(height.saturating_sub(1 + after.len()));
        let mut rows: Vec<Row<'_>> = self.rows_before(Some(id)).take(above).collect();
        rows.reverse();
        let place = rows.len();
        rows.push(selected);
        rows.extend(after);
        rows.truncate(height);
        (rows, place)
    }

    /// How many records are shown in all.
    #[must_use]
    pub fn row_count(&self) -> u64 {
        self.projection.row_count()
    }
}
