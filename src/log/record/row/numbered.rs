//! Answers that are spread over columns with numbers.

use std::borrow::Cow;

use super::{Answer, AnswerPart, Answers, Extent, MAX_ANSWERS, Malformed, RecordRow};

/// One of the answers that are spread over columns.
#[derive(Clone, Debug)]
pub(super) struct NumberedAnswer<'a> {
    pub(super) answer: Answer<'a>,
    /// There is a column for it.
    pub(super) is_column: bool,
    /// There is something in one.
    pub(super) is_filled: bool,
}

impl<'a> RecordRow<'a> {
    /// A part of the answer with the number `at`.
    pub(super) fn set_numbered(
        &mut self,
        at: usize,
        part: AnswerPart,
        value: Cow<'a, str>,
        is_absent: bool,
    ) -> Result<(), Malformed> {
        let numbered = self.numbered(at)?;
        numbered.is_column = true;
        if is_absent {
            return Ok(());
        }
        numbered.is_filled = true;
        match part {
            AnswerPart::Rdata => numbered.answer.rdata = value,
            AnswerPart::Kind => numbered.answer.kind = value,
            AnswerPart::Other => {}
        }
        Ok(())
    }

    pub(super) fn numbered(&mut self, at: usize) -> Result<&mut NumberedAnswer<'a>, Malformed> {
        if at >= MAX_ANSWERS {
            return Err(Malformed::TooLong("answers"));
        }
        if self.numbered.len() <= at {
            let none = NumberedAnswer { answer: Answer::hidden(), is_column: false, is_filled: false };
            self.numbered.resize(at + 1, none);
        }
        Ok(&mut self.numbered[at])
    }

    /// The answers that are spread over columns. All of them are there if there is a column for one more, and
    /// nothing in it. If there is nothing in any, that is [`Extent::Blank`].
    pub(super) fn take_numbered(&mut self) -> Option<Answers<'a>> {
        let all = std::mem::take(&mut self.numbered);
        if all.is_empty() {
            return None;
        }
        // Miller counts from one; it leaves `answers` where the list is empty.
        let is_from_one =
            self.has_answers && !all[0].is_column && all.get(1).is_some_and(|one| one.is_column);
        let all = &all[usize::from(is_from_one)..];
        let columns = all.iter().take_while(|one| one.is_column).count();
        let filled = all.iter().take_while(|one| one.is_filled).count();
        let total = all.iter().filter(|one| one.is_filled).count();
        let list = all.iter().filter(|one| one.is_filled).map(|one| one.answer.clone()).collect();
        let extent = match (filled, total) {
            (_, 0) if columns == 0 => Extent::Absent,
            // Beside a column for the list, which would say that it is empty.
            (_, 0) if self.has_answers => Extent::Absent,
            (_, 0) => Extent::Blank,
            _ if columns == 0 => Extent::Partial,
            (filled, total) if filled < total => Extent::Unreadable,
            (filled, _) if filled < columns => Extent::Whole,
            _ => Extent::Partial,
        };
        Some((list, extent))
    }
}
