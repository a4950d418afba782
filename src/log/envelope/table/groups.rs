//! Rows of weighted records.

use std::borrow::Cow;

use super::RowTable;
use crate::log::record::{GroupMember, GroupMembers, Grouped, Malformed, RecordRow};

impl RowTable {
    /// What the row in hand stands for, of a table of weighted records.
    pub(super) fn groups(
        &self,
        weights: &[Option<GroupMember>],
        raw: &[u8],
    ) -> Result<Grouped<'static>, Malformed> {
        if self.cells.count != weights.len() || raw.contains(&b'\n') {
            return Err(Malformed::NoRecord);
        }
        let (mut row, mut members) = (RecordRow::for_table(), GroupMembers::default());
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
