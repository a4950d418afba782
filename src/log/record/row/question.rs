//! What a row says of the question, where its answers come another way.

use std::borrow::Cow;

use super::{Malformed, RecordField, RecordRow};
use crate::base::moment::Moment;

/// What was asked for, when, and how it ended.
#[derive(Debug)]
pub(in crate::log::record) struct QuestionCells<'a> {
    pub(in crate::log::record) at: Moment,
    pub(in crate::log::record) name: Cow<'a, str>,
    pub(in crate::log::record) kind: Cow<'a, str>,
    pub(in crate::log::record) rcode: Cow<'a, str>,
    pub(in crate::log::record) device: Option<Cow<'a, str>>,
}

impl<'a> RecordRow<'a> {
    /// The type that was asked for; `None` if there is neither that nor a name.
    pub(in crate::log::record) fn take_kind(&mut self) -> Result<Option<Cow<'a, str>>, Malformed> {
        let has_name =
            self.fields[RecordField::Name as usize].text.as_ref().is_some_and(|name| !name.is_empty());
        match self.optional(RecordField::Kind, "query_type")?.filter(|kind| !kind.is_empty()) {
            None if has_name => Err(Malformed::Missing("query_type")),
            kind => Ok(kind),
        }
    }

    /// What was asked for, and its RCODE; for a type that is not judged, each may be missing, and is empty
    /// then.
    pub(in crate::log::record) fn take_name_and_rcode(
        &mut self,
        is_judged: bool,
    ) -> Result<(Cow<'a, str>, Cow<'a, str>), Malformed> {
        if is_judged {
            let rcode = self.rcode()?;
            let name = self.required(RecordField::Name, "query_name")?;
            return if rcode.is_empty() { Err(Malformed::Missing("rcode")) } else { Ok((name, rcode)) };
        }
        Ok((
            self.take(RecordField::Name).unwrap_or_default(),
            self.take(RecordField::Rcode).unwrap_or_default(),
        ))
    }
}
