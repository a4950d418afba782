//! Rows whose cells have types, put together column by column.

use std::borrow::Cow;

use super::{Answers, FieldHolds, RecordField, RecordRow};
use crate::log::record::answers::MAX_ANSWERS;
use crate::log::record::{Answer, ColumnNames, Extent, FieldColumn, Malformed};

impl<'a> RecordRow<'a> {
    /// A row whose cells have types; structures in texts have the names of `columns`, too.
    pub(crate) fn from_types(columns: &'a ColumnNames) -> Self {
        Self { columns, ..Self::default() }
    }

    /// As [`RecordRow::put`], of a cell that is not null.
    ///
    /// # Errors
    /// As [`RecordRow::put`].
    pub(crate) fn put_typed(
        &mut self,
        column: FieldColumn,
        name: &str,
        value: Cow<'a, str>,
        is_number: bool,
    ) -> Result<(), Malformed> {
        self.has_numbers |= is_number && matches!(column.0, FieldHolds::One(RecordField::Account, _));
        self.put(column, name, value)
    }

    /// Sets the list of answers; `None` if it is null.
    pub(crate) fn put_answers(&mut self, answers: Option<Answers<'a>>) {
        self.has_answers = true;
        if let Some(answers) = answers {
            self.take_list(answers);
        }
    }

    /// Whether it says what was asked for, by any name.
    pub(crate) fn is_of_question(&self) -> bool {
        self.has_question()
    }
}

/// A list of answers, as much of it as is taken.
pub(crate) fn whole(mut list: Vec<Answer<'_>>) -> Answers<'_> {
    let extent = if list.len() > MAX_ANSWERS { Extent::Partial } else { Extent::Whole };
    list.truncate(MAX_ANSWERS);
    (list, extent)
}
