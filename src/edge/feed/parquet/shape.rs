//! What the columns of a file hold, and which of them are read.

use parquet::schema::types::SchemaDescriptor;

use super::bounds::TimeColumn;
use super::column::ColumnMeaning;
use super::direct::{ColumnByPath, Direct};
use super::event::EventShape;
use super::schema::{ColumnKind, Tree};
use crate::log::record::{
    ColumnNames, EventField, FieldColumn, GroupMember, TEXTS, part_of_answer, squeezed,
};

/// Fields of an event that are read besides those that are texts.
const EVENT: [&str; 5] = ["time", "time_dt", "rcode_id", "class_uid", "firewall_rule"];

/// The way from columns to records.
#[derive(Debug)]
pub(super) enum RecordMapping {
    /// Fields of a record, each in a column of its own.
    Direct(Direct),
    /// Fields of an OCSF event.
    Event(EventShape),
    /// Rows are made objects: weighted records, and whatever types columns have otherwise.
    Objects,
    /// A column of texts with a record in each.
    Texts,
}

/// What is read of a file, and how.
#[derive(Debug)]
pub(super) struct FileShape {
    pub(super) tree: Tree,
    pub(super) way: RecordMapping,
}

impl FileShape {
    /// What the columns of `schema` hold, whose names may be those that are `given`, too.
    ///
    /// # Errors
    /// If they hold no record: what is missing.
    pub(super) fn from_schema(schema: &SchemaDescriptor, given: &ColumnNames) -> Result<Self, String> {
        let all = Tree::from_schema(schema, &|_| true);
        let has = |name: &str| all.nodes.iter().any(|node| node.name == name);
        let meanings: Vec<ColumnMeaning> =
            schema.columns().iter().map(|column| ColumnMeaning::from_column(column)).collect();
        if ["query_type", "n", "first", "last"].into_iter().all(has) {
            let tree = Tree::from_schema(schema, &|path| {
                path.len() == 1 && GroupMember::from_name(&path[0]).is_some() || is_known(path, given)
            });
            return Ok(Self { tree, way: RecordMapping::Objects });
        }
        let is_event = all.node(&["query", "hostname"]).is_some() && (has("rcode_id") || has("class_uid"));
        if is_event && !(has("query_name") && has("query_type")) {
            let is_certain = has("rcode_id");
            let tree = Tree::from_schema(schema, &|path| {
                is_of_event(path) && !(is_certain && path[0] == "class_uid")
            });
            let shape = EventShape::from_tree(&tree, &meanings);
            return Ok(Self { tree, way: shape.map_or(RecordMapping::Objects, RecordMapping::Event) });
        }
        let tree = Tree::from_schema(schema, &|path| is_known(path, given));
        let columns = paths(&tree);
        let column = |path: &String| given.column(path);
        let holds = |is: fn(FieldColumn) -> bool| columns.iter().any(|path| is(column(path)));
        if holds(FieldColumn::is_name) && holds(FieldColumn::is_kind) {
            let direct = Direct::from_tree(&tree, &meanings, given, has("query_name") && has("query_type"));
            return Ok(Self { tree, way: direct.map_or(RecordMapping::Objects, RecordMapping::Direct) });
        }
        let text = TEXTS.iter().map(|name| squeezed(name)).find_map(|name| {
            let node = all
                .nodes
                .iter()
                .find(|node| squeezed(&node.name) == name && node.kind == ColumnKind::Leaf)?;
            (meanings.get(node.first) == Some(&ColumnMeaning::Text)).then(|| node.name.clone())
        });
        match text {
            Some(name) => {
                let tree = Tree::from_schema(schema, &|path| path == std::slice::from_ref(&name));
                Ok(Self { tree, way: RecordMapping::Texts })
            }
            None => Err(names(&all)),
        }
    }

    /// The column of the file that has the time of every row, if one has.
    pub(super) fn time(&self, schema: &SchemaDescriptor) -> Option<TimeColumn> {
        let of_tree = match &self.way {
            RecordMapping::Event(shape) => shape.time(),
            RecordMapping::Direct(direct) => direct.time(),
            RecordMapping::Objects | RecordMapping::Texts => None,
        };
        let column = *self.tree.columns.get(of_tree?)?;
        Some(TimeColumn { column, meaning: ColumnMeaning::from_column(schema.columns().get(column)?) })
    }
}

/// The names of the first columns, for people.
fn names(tree: &Tree) -> String {
    const SHOWN: usize = 8;
    let mut names: Vec<&str> = tree.nodes.iter().take(SHOWN).map(|node| node.name.as_str()).collect();
    if tree.nodes.len() > SHOWN {
        names.push("…");
    }
    names.join(", ")
}

/// The paths of the columns that are read, in their order.
fn paths(tree: &Tree) -> Vec<String> {
    ColumnByPath::all(tree).into_iter().map(|flat| flat.path).collect()
}

/// Whether a column is one of a record's fields: each group around it has to be known, too.
fn is_known(path: &[String], given: &ColumnNames) -> bool {
    (1..=path.len()).all(|length| {
        let column = given.column(&path[..length].join("."));
        match path.get(length - 1) {
            // What is in a list of answers, or among ids, is looked through where it is read.
            Some(part) if length == 2 && given.column(&path[0]).is_list() => part_of_answer(part).is_some(),
            _ => column.is_known() || length > 1 && given.column(&path[0]).is_whole(),
        }
    })
}

/// Whether a column is one of those that are read of an event.
fn is_of_event(path: &[String]) -> bool {
    let Some(first) = path.first() else { return false };
    match first.as_str() {
        "answers" => path.get(1).is_none_or(|part| part_of_answer(part).is_some()),
        "enrichments" => true,
        first if EVENT.contains(&first) => true,
        _ => EventField::ALL.into_iter().any(|field| field.path() == path),
    }
}
