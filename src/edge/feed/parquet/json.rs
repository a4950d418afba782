//! A row as the JSON object that an engine would write of it.

use serde_json::{Map, Value};

use super::column::ParquetColumn;
use super::schema::{ColumnKind, SchemaNode};

/// That the columns of a row do not fit each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ColumnMismatch;

/// The next row of `columns`, which are all at its beginning.
pub(super) fn row(nodes: &[SchemaNode], columns: &mut [ParquetColumn]) -> Result<Value, ColumnMismatch> {
    let object = group(nodes, columns)?;
    if columns.iter().all(ParquetColumn::is_at_row) { Ok(Value::Object(object)) } else { Err(ColumnMismatch) }
}

fn group(nodes: &[SchemaNode], columns: &mut [ParquetColumn]) -> Result<Map<String, Value>, ColumnMismatch> {
    nodes.iter().map(|node| Ok((node.name.clone(), value(node, columns)?))).collect()
}

fn value(node: &SchemaNode, columns: &mut [ParquetColumn]) -> Result<Value, ColumnMismatch> {
    let level = columns.get(node.first).and_then(ParquetColumn::level).ok_or(ColumnMismatch)?;
    match &node.kind {
        ColumnKind::Leaf => {
            let column = &mut columns[node.first];
            Ok(column.next().map_or(Value::Null, |place| column.json(place)))
        }
        _ if level < node.level => {
            pass(node, columns);
            Ok(Value::Null)
        }
        ColumnKind::Group(nodes) => group(nodes, columns).map(Value::Object),
        ColumnKind::List(element, repetition) => {
            let mut list = Vec::new();
            if level == node.level {
                pass(node, columns);
                return Ok(Value::Array(list));
            }
            loop {
                list.push(value(element, columns)?);
                if columns[node.first].repeats() < *repetition {
                    return Ok(Value::Array(list));
                }
            }
        }
        ColumnKind::Map(nodes, repetition) => {
            let mut object = Map::new();
            if level == node.level {
                pass(node, columns);
                return Ok(Value::Object(object));
            }
            loop {
                let mut entry = nodes.iter();
                let key = entry.next().map_or(Ok(Value::Null), |node| value(node, columns))?;
                let held = entry.next().map_or(Ok(Value::Null), |node| value(node, columns))?;
                if let Value::String(key) = key {
                    object.insert(key, held);
                }
                if columns[node.first].repeats() < *repetition {
                    return Ok(Value::Object(object));
                }
            }
        }
    }
}

/// Passes over a group or list that is null or empty: it has one entry in each of its columns.
fn pass(node: &SchemaNode, columns: &mut [ParquetColumn]) {
    match &node.kind {
        ColumnKind::Leaf => _ = columns[node.first].next(),
        ColumnKind::Group(nodes) | ColumnKind::Map(nodes, _) => {
            for node in nodes {
                pass(node, columns);
            }
        }
        ColumnKind::List(element, _) => pass(element, columns),
    }
}
