//! A row as the JSON object that an engine would write of it.

use serde_json::{Map, Value};

use super::column::Column;
use super::schema::{Kind, Node};

/// That the columns of a row do not fit each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unfit;

/// The next row of `columns`, which all stand at its beginning.
pub(super) fn row(nodes: &[Node], columns: &mut [Column]) -> Result<Value, Unfit> {
    let object = group(nodes, columns)?;
    if columns.iter().all(Column::is_at_row) { Ok(Value::Object(object)) } else { Err(Unfit) }
}

fn group(nodes: &[Node], columns: &mut [Column]) -> Result<Map<String, Value>, Unfit> {
    nodes.iter().map(|node| Ok((node.name.clone(), value(node, columns)?))).collect()
}

fn value(node: &Node, columns: &mut [Column]) -> Result<Value, Unfit> {
    let level = columns.get(node.first).and_then(Column::level).ok_or(Unfit)?;
    match &node.kind {
        Kind::Leaf => {
            let column = &mut columns[node.first];
            Ok(column.next().map_or(Value::Null, |place| column.json(place)))
        }
        _ if level < node.level => {
            pass(node, columns);
            Ok(Value::Null)
        }
        Kind::Group(nodes) => group(nodes, columns).map(Value::Object),
        Kind::List(element, repetition) => {
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
        Kind::Map(nodes, repetition) => {
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
fn pass(node: &Node, columns: &mut [Column]) {
    match &node.kind {
        Kind::Leaf => _ = columns[node.first].next(),
        Kind::Group(nodes) | Kind::Map(nodes, _) => nodes.iter().for_each(|node| pass(node, columns)),
        Kind::List(element, _) => pass(element, columns),
    }
}
