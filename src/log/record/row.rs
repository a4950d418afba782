//! A record by its fields, however these are spread: over the keys of an object, nested or flattened, over
//! the columns of a table, or in cells that hold structures.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::answers::{self, Answers, MAX_ANSWERS};
use super::fields::{self, AnswerPart, COUNT, FieldColumn, FieldHolds, RecordField};
use super::ids::{account, unquoted};
use super::{
    Answer, ColumnNames, Extent, MAX_ID, Malformed, Record, Sources, identifier, is_block, loose, ocsf, text,
};
use crate::base::moment::Moment;

#[cfg(feature = "parquet")]
mod assembled;
mod numbered;
mod question;
mod single;

#[cfg(feature = "parquet")]
pub(crate) use assembled::whole;

use numbered::NumberedAnswer;
pub(super) use question::QuestionCells;
use single::Single;

/// The deepest that fields are looked for in structures.
const MAX_DEPTH: u8 = 4;

/// A record in the making, a column or key at a time.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each may be so or not, whatever the others are")]
pub struct RecordRow<'a> {
    fields: [FieldSlot<'a>; COUNT],
    sources: Sources<'a>,
    list: Option<Answers<'a>>,
    /// There is a column or key of answers, whatever is in it.
    has_answers: bool,
    /// It holds `{}`, which is what PostgreSQL writes for an empty array.
    has_braces: bool,
    /// Something is written as PostgreSQL writes rows.
    is_postgres: bool,
    /// Answers by their number.
    numbered: Vec<NumberedAnswer<'a>>,
    single: Single<'a>,
    /// The account may have been taken for a number.
    has_numbers: bool,
    /// It is a row of a table, whose cells say nothing of their types.
    is_table: bool,
    columns: &'a ColumnNames,
}

/// A field's value.
#[derive(Clone, Debug, Default)]
struct FieldSlot<'a> {
    text: Option<Cow<'a, str>>,
    /// Which of the names for it that came from.
    rank: u8,
    /// There was something that is no text.
    is_odd: bool,
}

impl<'a> RecordRow<'a> {
    /// A row of a table, whose cells say nothing of their types.
    #[must_use]
    pub fn for_table() -> Self {
        Self { has_numbers: true, is_table: true, ..Self::default() }
    }

    /// Takes the keys of an object for columns.
    ///
    /// # Errors
    /// [`Malformed`] if the value of a key cannot be what the key holds.
    pub fn from_object(object: &'a Map<String, Value>, columns: &'a ColumnNames) -> Result<Self, Malformed> {
        let mut row = Self { columns, ..Self::default() };
        for (key, value) in object {
            row.set_value(key, value, 0, |text| text)?;
        }
        Ok(row)
    }

    /// Sets the column `name`; errors are those of [`Row::put`].
    #[cfg(test)]
    fn set(&mut self, name: &str, value: Cow<'a, str>) -> Result<(), Malformed> {
        self.put(self.columns.column(name), name, value)
    }

    /// Sets one column, which is called `name`. What programs write for nothing leaves it unset; unknown
    /// columns are passed over.
    ///
    /// # Errors
    /// [`Malformed`] if the column's value cannot be what the column holds.
    pub(crate) fn put(
        &mut self,
        column: FieldColumn,
        name: &str,
        value: Cow<'a, str>,
    ) -> Result<(), Malformed> {
        // Tables as they are printed fill their cells with blanks; some write one after each comma.
        let value = if self.is_table { trimmed(value) } else { value };
        let is_absent = match column.0 {
            _ if self.is_table => loose::is_absent(&value),
            // What was asked for is taken as it is, even a word such as `None`: it is known to be a text.
            FieldHolds::One(RecordField::Name | RecordField::Kind | RecordField::Rcode, 0) => false,
            FieldHolds::One(
                RecordField::Instance | RecordField::ResolverEndpoint | RecordField::Interface,
                _,
            ) => loose::is_none(&value),
            FieldHolds::One(..) => value != "-" && loose::is_none(&value),
            _ => loose::is_absent(&value),
        };
        match column.0 {
            FieldHolds::Answers => {
                self.has_answers = true;
                self.has_braces |= value.trim() == "{}";
                if !is_absent {
                    self.take_list(answers::from_literal(&value));
                }
            }
            FieldHolds::Answer(None, part) => self.set_single(part, value, is_absent),
            FieldHolds::Answer(Some(at), part) => self.set_numbered(at, part, value, is_absent)?,
            FieldHolds::Whole(at) => self.set_whole(at, &value, is_absent)?,
            _ if is_absent => {}
            FieldHolds::One(..) | FieldHolds::Group
                if loose::is_bracketed(&value) && fields::is_group(name) =>
            {
                if let Some(literal) = loose::read(&value) {
                    self.set_structure(name, &literal.value, 1, |text| Cow::Owned(text.into_owned()))?;
                }
            }
            FieldHolds::One(field, rank) => self.set_field(field, rank, value),
            FieldHolds::Sources => self.set_sources(name, &value)?,
            FieldHolds::Source => self.sources.take(value),
            FieldHolds::Group | FieldHolds::Nothing => {}
        }
        Ok(())
    }

    /// Sets what the key at `path` holds; `own` lends or copies what is taken of it.
    fn set_value<'v>(
        &mut self,
        path: &str,
        value: &'v Value,
        depth: u8,
        own: impl Fn(Cow<'v, str>) -> Cow<'a, str> + Copy,
    ) -> Result<(), Malformed> {
        let column = self.columns.column(path);
        match (column.0, value) {
            (FieldHolds::Nothing, _) | (FieldHolds::One(..), Value::Null) => {}
            (FieldHolds::Answers, Value::Object(_) | Value::Array(_) | Value::Null) => {
                self.has_answers = true;
                if !value.is_null() {
                    let (list, extent) = answers::read(value);
                    self.take_list((list.into_iter().map(|answer| answer.map(own)).collect(), extent));
                }
            }
            (FieldHolds::Answers, Value::Bool(_) | Value::Number(_)) => {
                self.take_list((Vec::new(), Extent::Unreadable));
            }
            (FieldHolds::Answer(None, part), Value::Array(list)) => {
                // As text, which is what it would be in a table.
                let list = Value::Array(list.clone()).to_string();
                self.set_single(part, Cow::Owned(list), false);
            }
            (FieldHolds::Whole(at), Value::Object(object)) => {
                self.place_whole(at, Some(answers::one(object).map(own)))?;
            }
            (FieldHolds::Whole(at), Value::Array(list)) => {
                self.place_whole(at, answers::without_keys(list).map(|answer| answer.map(own)))?;
            }
            (FieldHolds::Sources, Value::Array(list)) => {
                list.iter().filter_map(|id| identifier(Some(id))).for_each(|id| self.sources.take(own(id)));
            }
            (_, Value::Object(_)) => self.set_structure(path, value, depth + 1, own)?,
            (FieldHolds::One(field, _), Value::Array(_) | Value::Bool(_)) => {
                self.fields[field as usize].is_odd = true;
            }
            _ => {
                self.has_numbers |=
                    value.is_number() && matches!(column.0, FieldHolds::One(RecordField::Account, _));
                let written = text(Some(value)).unwrap_or_default();
                self.put(column, path, own(written))?;
            }
        }
        Ok(())
    }

    /// Sets the fields of the structure at `path`.
    fn set_structure<'v>(
        &mut self,
        path: &str,
        value: &'v Value,
        depth: u8,
        own: impl Fn(Cow<'v, str>) -> Cow<'a, str> + Copy,
    ) -> Result<(), Malformed> {
        let Value::Object(object) = value else { return Ok(()) };
        if depth > MAX_DEPTH {
            return Ok(());
        }
        for (key, value) in object {
            self.set_value(&format!("{path}.{key}"), value, depth, own)?;
        }
        Ok(())
    }

    fn set_field(&mut self, field: RecordField, rank: u8, value: Cow<'a, str>) {
        if field == RecordField::Id {
            return self.sources.take(value);
        }
        let slot = &mut self.fields[field as usize];
        if slot.text.is_none() || rank < slot.rank {
            (slot.text, slot.rank) = (Some(value), rank);
        }
    }

    /// `srcids` in one column: a structure with or without keys, or a bare id.
    fn set_sources(&mut self, name: &str, value: &str) -> Result<(), Malformed> {
        if !loose::is_bracketed(value) {
            if value.len() > MAX_ID {
                return Err(Malformed::TooLong("srcids"));
            }
            self.sources.take(Cow::Owned(value.to_owned()));
            return Ok(());
        }
        self.is_postgres |= value.starts_with('(') && !value.contains('\'');
        // Who asked would be somebody else.
        let literal = loose::read(value).ok_or(Malformed::Unreadable("srcids"))?;
        self.set_value(name, &literal.value, 1, |text| Cow::Owned(text.into_owned()))
    }

    fn take_list(&mut self, found: Answers<'a>) {
        self.has_answers = true;
        if found.1 != Extent::Absent {
            self.list = Some(found);
        }
    }

    /// A whole answer in one cell.
    fn set_whole(&mut self, at: Option<usize>, value: &str, is_absent: bool) -> Result<(), Malformed> {
        if is_absent {
            match at {
                Some(at) => self.numbered(at)?.is_column = true,
                None => self.single.is_column = true,
            }
            return Ok(());
        }
        let (mut list, extent) = answers::from_literal(value);
        let is_one = list.len() == 1 && matches!(extent, Extent::Element | Extent::Partial);
        if at.is_none() && list.len() > 1 {
            self.take_list((list, extent));
            return Ok(());
        }
        self.place_whole(at, list.pop().filter(|_| is_one))
    }

    /// A whole answer, or none that could be read.
    fn place_whole(&mut self, at: Option<usize>, answer: Option<Answer<'a>>) -> Result<(), Malformed> {
        if let Some(at) = at {
            let numbered = self.numbered(at)?;
            (numbered.is_column, numbered.is_filled) = (true, true);
            numbered.answer = answer.unwrap_or_else(Answer::hidden);
        } else {
            self.single.is_column = true;
            self.single.is_odd |= answer.is_none();
            self.single.whole = answer;
        }
        Ok(())
    }

    /// The record that the columns make.
    ///
    /// # Errors
    /// [`Malformed`] if a column that a verdict needs was not there or cannot be read.
    pub fn into_record(mut self) -> Result<Record<'a>, Malformed> {
        let (answers, extent) = self.take_answers();
        let at = match self.optional(RecordField::At, "query_timestamp")? {
            Some(at) => at,
            None => self.required(RecordField::EventAt, "query_timestamp")?,
        };
        let at = Moment::parse(&at).ok_or(Malformed::Unreadable("query_timestamp"))?;
        let name = self.required(RecordField::Name, "query_name")?;
        let kind = self.required(RecordField::Kind, "query_type")?;
        let rcode = self.rcode()?;
        self.into_asked(QuestionCells { at, name, kind, rcode, device: None }, (answers, extent))
    }

    /// The record of this question with these answers.
    pub(super) fn into_asked(
        mut self,
        question: QuestionCells<'a>,
        (answers, extent): Answers<'a>,
    ) -> Result<Record<'a>, Malformed> {
        let class = self.take(RecordField::Class).unwrap_or_default();
        // What Security Lake writes where there are no answers.
        let is_empty = class == "4003" && self.has_answers && extent == Extent::Absent;
        let action = self.take(RecordField::Action).unwrap_or_default();
        let rule = self.take(RecordField::Rule);
        let blocked = self.take(RecordField::Firewall).is_some_and(|action| is_block(&action))
            || rule.is_some() && (is_block(&action) || action.eq_ignore_ascii_case("Denied"));
        let sources = std::mem::take(&mut self.sources);
        let id = self.take(RecordField::Account).unwrap_or_default();
        Record {
            account: if self.has_numbers { account(id) } else { id },
            region: self.take(RecordField::Region).unwrap_or_default(),
            vpc: self.take(RecordField::Vpc).unwrap_or_default(),
            at: question.at,
            name: question.name,
            kind: question.kind,
            rcode: question.rcode,
            answers,
            extent: if is_empty { Extent::Whole } else { extent },
            source: self.take(RecordField::Source).unwrap_or_default(),
            port: self.take(RecordField::Port).unwrap_or_default(),
            instance: self.take(RecordField::Instance).map(unquoted).or(sources.instance),
            resolver_endpoint: self
                .take(RecordField::ResolverEndpoint)
                .map(unquoted)
                .or(sources.resolver_endpoint),
            interface: self.take(RecordField::Interface).map(unquoted).or(sources.interface),
            device: question.device,
            blocked,
            rule_group: self.take(RecordField::RuleGroup).or(rule),
            domain_list: self.take(RecordField::DomainList),
        }
        .checked()
    }

    /// Whether it says what was asked for.
    pub(super) fn has_question(&self) -> bool {
        [RecordField::Name, RecordField::Kind].iter().all(|field| self.fields[*field as usize].text.is_some())
    }

    fn take(&mut self, field: RecordField) -> Option<Cow<'a, str>> {
        self.fields[field as usize].text.take()
    }

    fn optional(
        &mut self,
        field: RecordField,
        name: &'static str,
    ) -> Result<Option<Cow<'a, str>>, Malformed> {
        match self.take(field) {
            None if self.fields[field as usize].is_odd => Err(Malformed::Unreadable(name)),
            found => Ok(found),
        }
    }

    fn required(&mut self, field: RecordField, name: &'static str) -> Result<Cow<'a, str>, Malformed> {
        self.optional(field, name)?.ok_or(Malformed::Missing(name))
    }

    fn rcode(&mut self) -> Result<Cow<'a, str>, Malformed> {
        if let Some(rcode) = self.optional(RecordField::Rcode, "rcode")? {
            return Ok(rcode);
        }
        let number = self.take(RecordField::RcodeId).and_then(|number| number.trim().parse::<i64>().ok());
        ocsf::rcode_by_number(number).ok_or(Malformed::Missing("rcode"))
    }

    /// The answers, from wherever the most of them are.
    fn take_answers(&mut self) -> Answers<'a> {
        let numbered = self.take_numbered();
        let single = self.take_single();
        match (self.list.take(), numbered, single) {
            // The whole list, once for each of its elements.
            (Some((list, Extent::Whole)), _, Some((single, Extent::Element))) => {
                let is_later =
                    single.first().is_some_and(|one| list.iter().skip(1).any(|other| other == one));
                let is_first = single.first() == list.first();
                (list, if is_later && !is_first { Extent::Again } else { Extent::Whole })
            }
            (Some((list, Extent::Whole)), Some((numbered, _)), _)
                if list.is_empty() && !numbered.is_empty() =>
            {
                (numbered, Extent::Unreadable)
            }
            (Some(list), _, _) => list,
            (None, Some(numbered), _) if !numbered.0.is_empty() => numbered,
            (None, numbered, single) => {
                if let Some(found) = single.or(numbered) {
                    return found;
                }
                let is_empty = self.has_braces && self.is_postgres;
                (Vec::new(), if is_empty { Extent::Whole } else { Extent::Absent })
            }
        }
    }
}

/// `text` without white space at its ends.
fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_ascii()),
        Cow::Owned(text) => Cow::Owned(text.trim_ascii().to_owned()),
    }
}

#[cfg(test)]
mod tests;
