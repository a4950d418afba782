//! Rows made records with nothing in between: each field has a column of its own, and the answers are one
//! list.

use super::column::{ColumnMeaning, ParquetColumn};
use super::json::ColumnMismatch;
use super::schema::{ColumnKind, SchemaNode, Tree};
use crate::log::record::{
    Answer, ColumnNames, Extent, FieldColumn as Name, Malformed, Record, RecordRow, part_of_answer,
    whole_answers,
};

/// A column by its path.
#[derive(Debug)]
pub(super) struct ColumnByPath {
    /// Its place among the columns that are read.
    pub(super) column: usize,
    /// The names of the groups around it and its own, with points between.
    pub(super) path: String,
    /// Whether it is in a list.
    pub(super) repeats: bool,
}

impl ColumnByPath {
    /// All columns of a tree.
    pub(super) fn all(tree: &Tree) -> Vec<Self> {
        let mut all = Vec::new();
        tree.nodes.iter().for_each(|node| Self::add(node, "", false, &mut all));
        all
    }

    fn add(node: &SchemaNode, above: &str, repeats: bool, all: &mut Vec<Self>) {
        let path = if above.is_empty() { node.name.clone() } else { format!("{above}.{}", node.name) };
        match &node.kind {
            ColumnKind::Leaf => all.push(Self { column: node.first, path, repeats }),
            ColumnKind::Group(nodes) => nodes.iter().for_each(|node| Self::add(node, &path, repeats, all)),
            ColumnKind::Map(nodes, _) => nodes.iter().for_each(|node| Self::add(node, &path, true, all)),
            // The element has no name of its own.
            ColumnKind::List(element, _) => match &element.kind {
                ColumnKind::Group(nodes) => nodes.iter().for_each(|node| Self::add(node, &path, true, all)),
                ColumnKind::Leaf => all.push(Self { column: element.first, path, repeats: true }),
                ColumnKind::List(..) | ColumnKind::Map(..) => Self::add(element, &path, true, all),
            },
        }
    }
}

/// A list of answers: which columns have what of them, and the levels of the list and of its elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AnswerList {
    rdata: Option<usize>,
    kind: Option<usize>,
    level: i16,
    element: i16,
    repetition: i16,
}

impl AnswerList {
    /// The list that `node` is, if each part of an answer has one column of texts.
    pub(super) fn from_node(node: &SchemaNode, tree: &Tree, meanings: &[ColumnMeaning]) -> Option<Self> {
        let ColumnKind::List(element, repetition) = &node.kind else { return None };
        let ColumnKind::Group(parts) = &element.kind else { return None };
        let mut list = Self {
            rdata: None,
            kind: None,
            level: node.level,
            element: element.level,
            repetition: *repetition,
        };
        for part in parts {
            let is_text = meanings.get(*tree.columns.get(part.first)?) == Some(&ColumnMeaning::Text);
            let place = if part_of_answer(&part.name)? { &mut list.rdata } else { &mut list.kind };
            if part.kind != ColumnKind::Leaf || !is_text || place.replace(part.first).is_some() {
                return None;
            }
        }
        Some(list)
    }

    /// Whether it has that column.
    pub(super) fn has(&self, column: usize) -> bool {
        [self.rdata, self.kind].contains(&Some(column))
    }
}

/// What a row has in its columns: places of values.
#[derive(Debug, Default)]
pub(super) struct Cells {
    /// For each column outside of the list.
    pub(super) places: Vec<Option<usize>>,
    /// Those of the text and the type of each answer.
    pairs: Vec<(Option<usize>, Option<usize>)>,
    pub(super) is_null: bool,
    /// An element of the list is null.
    has_null: bool,
}

impl Cells {
    /// Goes on by a row.
    pub(super) fn advance(
        &mut self,
        columns: &mut [ParquetColumn],
        list: Option<&AnswerList>,
    ) -> Result<(), ColumnMismatch> {
        self.places.clear();
        self.pairs.clear();
        (self.is_null, self.has_null) = (false, false);
        for (at, column) in columns.iter_mut().enumerate() {
            if list.is_some_and(|list| list.has(at)) {
                self.places.push(None);
            } else {
                column.level().ok_or(ColumnMismatch)?;
                self.places.push(column.next());
            }
        }
        list.map_or(Ok(()), |list| self.answers(columns, list))
    }

    fn answers(&mut self, columns: &mut [ParquetColumn], list: &AnswerList) -> Result<(), ColumnMismatch> {
        let lead = list.rdata.or(list.kind).ok_or(ColumnMismatch)?;
        let next = |columns: &mut [ParquetColumn]| {
            let mut place = |at: Option<usize>| at.and_then(|at| columns[at].next());
            (place(list.rdata), place(list.kind))
        };
        let level = columns[lead].level().ok_or(ColumnMismatch)?;
        if level <= list.level {
            self.is_null = level < list.level;
            next(columns);
        } else {
            loop {
                self.has_null |= columns[lead].level().ok_or(ColumnMismatch)? < list.element;
                let pair = next(columns);
                self.pairs.push(pair);
                if columns[lead].repeats() < list.repetition {
                    break;
                }
            }
        }
        let ends = [list.rdata, list.kind].into_iter().flatten().all(|at| columns[at].is_at_row());
        if ends { Ok(()) } else { Err(ColumnMismatch) }
    }

    /// The answers of the row.
    pub(super) fn list<'c>(
        &self,
        columns: &'c [ParquetColumn],
        list: &AnswerList,
    ) -> (Vec<Answer<'c>>, Extent) {
        let text = |column: Option<usize>, place: Option<usize>| {
            column.zip(place).and_then(|(column, place)| columns[column].text(place)).unwrap_or_default()
        };
        let one = |(rdata, kind): &(Option<usize>, Option<usize>)| Answer {
            kind: text(list.kind, *kind),
            rdata: text(list.rdata, *rdata),
        };
        let (answers, extent) = whole_answers(self.pairs.iter().map(one).collect());
        (answers, if self.has_null && extent == Extent::Whole { Extent::Unreadable } else { extent })
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct Direct {
    /// For each column what it holds, what it is called, and whether it is of numbers; `None` for those of
    /// the list.
    fields: Vec<Option<(Name, String, bool)>>,
    pub(super) list: Option<AnswerList>,
    /// It has the resolver's own names.
    is_own: bool,
}

impl Direct {
    /// The way through the columns of `tree`, if their types allow for it.
    pub(super) fn from_tree(
        tree: &Tree,
        meanings: &[ColumnMeaning],
        given: &ColumnNames,
        is_own: bool,
    ) -> Option<Self> {
        let mut lists = tree.nodes.iter().filter(|node| given.column(&node.name).is_list());
        let list = match (lists.next(), lists.next()) {
            (None, _) => None,
            (Some(node), None) => Some(AnswerList::from_node(node, tree, meanings)?),
            _ => return None,
        };
        let mut fields = Vec::new();
        for ColumnByPath { column, path, repeats } in ColumnByPath::all(tree) {
            if list.is_some_and(|list| list.has(column)) {
                fields.push(None);
                continue;
            }
            let meaning = *meanings.get(*tree.columns.get(column)?)?;
            let name = given.column(&path);
            if repeats || !name.is_one() || matches!(meaning, ColumnMeaning::Bool | ColumnMeaning::Other) {
                return None;
            }
            let is_number =
                matches!(meaning, ColumnMeaning::Signed | ColumnMeaning::Unsigned | ColumnMeaning::Real);
            fields.push(Some((name, path, is_number)));
        }
        Some(Self { fields, list, is_own })
    }

    /// The column that has the time of every row, if there is one alone. A number alone may be anything.
    pub(super) fn time(&self) -> Option<usize> {
        let mut times = self.fields.iter().enumerate().filter_map(|(column, field)| {
            field.as_ref().filter(|(name, ..)| name.is_time()).map(|(.., is_number)| (column, *is_number))
        });
        let (column, is_number) = times.next()?;
        (times.next().is_none() && !is_number).then_some(column)
    }

    /// The record that a row is.
    pub(super) fn record<'c>(
        &self,
        cells: &Cells,
        columns: &'c [ParquetColumn],
        given: &'c ColumnNames,
    ) -> Result<Record<'c>, Malformed> {
        let mut row = RecordRow::from_types(given);
        for ((field, column), place) in self.fields.iter().zip(columns).zip(&cells.places) {
            if let (Some((name, path, is_number)), Some(place)) = (field, place)
                && let Some(text) = column.text(*place)
            {
                row.put_typed(*name, path, text, *is_number)?;
            }
        }
        if let Some(list) = &self.list {
            row.put_answers((!cells.is_null).then(|| cells.list(columns, list)));
        }
        if !self.is_own && !row.is_of_question() {
            return Err(Malformed::NotARecord);
        }
        row.into_record()
    }
}
