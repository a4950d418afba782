//! OCSF events whose fields have columns of their own, as in the files of Security Lake.

use std::borrow::Cow;

use super::column::{ColumnMeaning, ParquetColumn};
use super::direct::{AnswerList, Cells, ColumnByPath};
use super::schema::Tree;
use crate::base::moment::Moment;
use crate::log::record::{Answer, EventField, Extent, Malformed, OcsfEvent, Record, event_moment, of_event};

/// The class of these events (OCSF, DNS Activity).
const DNS_ACTIVITY: i64 = 4003;
/// How many fields there are.
const FIELDS: usize = EventField::ALL.len();

/// Which column has which field.
#[derive(Debug)]
pub(super) struct EventShape {
    fields: Box<[Option<usize>; FIELDS]>,
    time: Option<usize>,
    time_dt: Option<usize>,
    rcode_id: Option<usize>,
    /// The class, where nothing else says that every row is such an event.
    class: Option<usize>,
    /// A column in the rule of the firewall, and the level from which on there is one.
    rule: Option<(usize, i16)>,
    pub(super) list: Option<AnswerList>,
}

impl EventShape {
    /// The way through the columns of `tree`, if their types allow for it.
    pub(super) fn from_tree(tree: &Tree, meanings: &[ColumnMeaning]) -> Option<Self> {
        let place = |path: &[&str]| {
            let node = tree.node(path)?;
            (tree.columns.len() > node.first).then_some(node.first)
        };
        let list = match tree.node(&["answers"]) {
            None => None,
            Some(node) => Some(AnswerList::from_node(node, tree, meanings)?),
        };
        for ColumnByPath { column, path, repeats } in ColumnByPath::all(tree) {
            let meaning = *meanings.get(*tree.columns.get(column)?)?;
            let is_of_list = list.is_some_and(|list| list.has(column));
            let is_odd = repeats || matches!(meaning, ColumnMeaning::Bool | ColumnMeaning::Other);
            if path.starts_with("enrichments.") || is_odd && !is_of_list {
                return None;
            }
        }
        Some(Self {
            fields: Box::new(EventField::ALL.map(|field| place(field.path()))),
            time: place(&["time"]),
            time_dt: place(&["time_dt"]),
            rcode_id: place(&["rcode_id"]),
            class: place(&["class_uid"]),
            rule: tree.node(&["firewall_rule"]).map(|node| (node.first, node.level)),
            list,
        })
    }

    /// The column that has the time of every row where it is never null.
    pub(super) fn time(&self) -> Option<usize> {
        self.time.or(self.time_dt)
    }

    /// Whether the row that columns are at is such an event.
    pub(super) fn has_class(&self, columns: &[ParquetColumn]) -> bool {
        self.class.and_then(|class| columns.get(class)).is_none_or(|column| {
            let Some(place) = column.here() else { return false };
            let says = |text: Cow<'_, str>| text.parse() == Ok(DNS_ACTIVITY);
            column.number(place).map_or_else(|| column.text(place).is_some_and(says), |it| it == DNS_ACTIVITY)
        })
    }

    /// Whether the row that columns are at names a rule of a firewall.
    pub(super) fn has_rule(&self, columns: &[ParquetColumn]) -> bool {
        self.rule.is_some_and(|(column, level)| columns[column].level() >= Some(level))
    }

    /// The record that a row is.
    pub(super) fn record<'c>(
        &self,
        cells: &Cells,
        columns: &'c [ParquetColumn],
        has_rule: bool,
    ) -> Result<Record<'c>, Malformed> {
        of_event(&EventColumns { shape: self, cells, columns, has_rule })
    }
}

/// An event in its columns.
struct EventColumns<'r, 'c> {
    shape: &'r EventShape,
    cells: &'r Cells,
    columns: &'c [ParquetColumn],
    has_rule: bool,
}

impl<'c> EventColumns<'_, 'c> {
    /// The column that one of the fields is in, and the place of its value.
    fn value(&self, column: Option<usize>) -> Option<(&'c ParquetColumn, usize)> {
        let column = column?;
        Some((self.columns.get(column)?, (*self.cells.places.get(column)?)?))
    }
}

impl<'c> OcsfEvent<'c> for EventColumns<'_, 'c> {
    fn text(&self, field: EventField) -> Option<Cow<'c, str>> {
        let (column, place) = self.value(self.shape.fields[field as usize])?;
        column.text(place)
    }

    fn has_query(&self) -> bool {
        true
    }

    fn has_rule(&self) -> bool {
        self.has_rule
    }

    fn rcode_id(&self) -> Option<i64> {
        let (column, place) = self.value(self.shape.rcode_id)?;
        column.number(place)
    }

    fn time(&self) -> Result<Moment, Malformed> {
        let found = self.value(self.shape.time).or_else(|| self.value(self.shape.time_dt));
        let (column, place) = found.ok_or(Malformed::Missing("time"))?;
        let moment = match column.number(place) {
            _ if column.is_of_moments() => column.moment(place),
            Some(number) => event_moment(number),
            None => column.text(place).and_then(|text| Moment::parse(&text)),
        };
        moment.ok_or(Malformed::Unreadable("time"))
    }

    fn answers(&self) -> (Vec<Answer<'c>>, Extent) {
        match &self.shape.list {
            None => (Vec::new(), Extent::Absent),
            // What Security Lake writes where there are none.
            Some(_) if self.cells.is_null => (Vec::new(), Extent::Whole),
            Some(list) => self.cells.list(self.columns, list),
        }
    }
}
