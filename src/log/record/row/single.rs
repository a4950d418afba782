//! The answer of a row that has only one, in columns without numbers.

use std::borrow::Cow;

use serde_json::Value;

use super::{Answer, AnswerPart, Answers, Extent, RecordRow, answers, loose};

/// The answer of a row that has only one.
#[derive(Clone, Debug, Default)]
pub(super) struct Single<'a> {
    rdata: Option<Cow<'a, str>>,
    kind: Option<Cow<'a, str>>,
    /// There is a column for its text, or for all of it.
    pub(super) is_column: bool,
    /// There is one for its type.
    has_kind: bool,
    pub(super) whole: Option<Answer<'a>>,
    /// Something is there that cannot be read.
    pub(super) is_odd: bool,
}

impl<'a> RecordRow<'a> {
    /// A part of the only answer of a row, or of each answer: then it is a list.
    pub(super) fn set_single(&mut self, part: AnswerPart, value: Cow<'a, str>, is_absent: bool) {
        let single = &mut self.single;
        let place = match part {
            AnswerPart::Rdata => {
                single.is_column = true;
                &mut single.rdata
            }
            AnswerPart::Kind => {
                single.has_kind = true;
                &mut single.kind
            }
            AnswerPart::Other => return,
        };
        if !is_absent {
            *place = Some(value);
        }
    }

    /// The only answer of the row, or the lists of its parts.
    pub(super) fn take_single(&mut self) -> Option<Answers<'a>> {
        let single = std::mem::take(&mut self.single);
        if single.is_odd {
            return Some((Vec::new(), Extent::Unreadable));
        }
        if let Some(answer) = single.whole {
            return Some((vec![answer], Extent::Element));
        }
        if !single.is_column {
            return None;
        }
        let Some(rdata) = single.rdata else {
            let answer = single.kind.map(|kind| Answer { kind, rdata: Cow::Borrowed("") });
            return Some((answer.into_iter().collect(), Extent::Element));
        };
        if !rdata.starts_with(['[', '{']) {
            let kind = single.kind.unwrap_or_default();
            return Some((vec![Answer { kind, rdata }], Extent::Element));
        }
        let read = |written: &str| loose::read(written).map(|literal| (literal.value, literal.is_cut));
        let kinds = single.kind.as_deref().map(read);
        let (Some((Value::Array(rdata), is_cut)), None | Some(Some((Value::Array(_), false)))) =
            (read(&rdata), &kinds)
        else {
            return Some((Vec::new(), Extent::Unreadable));
        };
        let kinds = match &kinds {
            Some(Some((Value::Array(kinds), _))) => Some(kinds.as_slice()),
            _ => None,
        };
        let (list, extent) = answers::columns(&rdata, kinds);
        let list = list.into_iter().map(Answer::into_owned).collect();
        Some((list, if is_cut && extent == Extent::Whole { Extent::Partial } else { extent }))
    }
}
