//! Rows of weighted records.

use std::borrow::Cow;

use super::Table;
use crate::record::{Grouped, Malformed, Member, Members, Row};

impl Table {
    /// What the row in hand stands for, of a table of weighted records.
    pub(super) fn groups(
        &self,
        weights: &[Option<Member>],
        raw: &[u8],
    ) -> Result<Grouped<'static>, Malformed> {
        if self.cells.count != weights.len() || raw.contains(&b'\n') {
            return Err(Malformed::NoRecord);
        }
        let (mut row, mut members) = (Row::of_table(), Members::default());
        let parts = self.header.columns.iter().zip(&self.header.names).zip(weights);
        for (((column, name), member), cell) in parts.zip(self.cells.iter()) {
            let text = Cow::Owned(String::from_utf8_lossy(cell).into_owned());
            match member {
                Some(member) => members.put(*member, text),
                None => row.put(*column, name, text)?,
            }
        }
        members.with(row, false)
    }
}
