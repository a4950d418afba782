//! The tree of columns, as far as it is read.

use parquet::basic::{ConvertedType, LogicalType, Repetition};
use parquet::schema::types::{SchemaDescriptor, Type};

/// A column, or a group of columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SchemaNode {
    pub(super) name: String,
    /// The definition level from which on it is there, and not null.
    pub(super) level: i16,
    /// The first of its columns, by its place among those that are read.
    pub(super) first: usize,
    pub(super) kind: ColumnKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ColumnKind {
    Leaf,
    Group(Vec<SchemaNode>),
    /// A list; within it columns have this repetition level.
    List(Box<SchemaNode>, i16),
    /// Keys and values, in that order; where only one of the two is read there is nothing to be had of it.
    Map(Vec<SchemaNode>, i16),
}

/// What is read of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tree {
    pub(super) nodes: Vec<SchemaNode>,
    /// Which of the file's columns: their places in it.
    pub(super) columns: Vec<usize>,
}

/// One that is built.
struct Builder<'k> {
    keep: &'k dyn Fn(&[String]) -> bool,
    /// The names of the groups around, those of lists left out.
    path: Vec<String>,
    /// Columns seen so far.
    seen: usize,
    columns: Vec<usize>,
}

impl Tree {
    /// The columns of which `keep` wants the path: the names of groups, and its own.
    pub(super) fn from_schema(schema: &SchemaDescriptor, keep: &dyn Fn(&[String]) -> bool) -> Self {
        let mut builder = Builder { keep, path: Vec::new(), seen: 0, columns: Vec::new() };
        let nodes = builder.fields(schema.root_schema(), 0, 0);
        Self { nodes, columns: builder.columns }
    }

    /// The node of that path.
    pub(super) fn node(&self, path: &[&str]) -> Option<&SchemaNode> {
        let (first, rest) = path.split_first()?;
        let top = self.nodes.iter().find(|node| node.name == *first)?;
        rest.iter().try_fold(top, |node, name| match &node.kind {
            ColumnKind::Group(nodes) => nodes.iter().find(|node| node.name == *name),
            _ => None,
        })
    }
}

impl Builder<'_> {
    fn fields(&mut self, group: &Type, level: i16, repetition: i16) -> Vec<SchemaNode> {
        group.get_fields().iter().filter_map(|field| self.field(field, level, repetition, true)).collect()
    }

    /// A field; `named`: its name is part of the path.
    fn field(&mut self, field: &Type, level: i16, repetition: i16, named: bool) -> Option<SchemaNode> {
        let info = field.get_basic_info();
        let of = if info.has_repetition() { info.repetition() } else { Repetition::REQUIRED };
        if named {
            self.path.push(info.name().to_owned());
        }
        let node = match of {
            Repetition::REQUIRED => self.inside(field, level, repetition),
            Repetition::OPTIONAL => self.inside(field, level + 1, repetition),
            // One that repeats by itself: a list that is never null.
            Repetition::REPEATED => {
                let first = self.columns.len();
                let element = self.inside(field, level + 1, repetition + 1);
                element.map(|element| {
                    let kind = ColumnKind::List(Box::new(element), repetition + 1);
                    SchemaNode { name: info.name().to_owned(), level, first, kind }
                })
            }
        };
        if named {
            self.path.pop();
        }
        node
    }

    fn inside(&mut self, of: &Type, level: i16, repetition: i16) -> Option<SchemaNode> {
        let first = self.columns.len();
        let kind = if of.is_primitive() {
            self.seen += 1;
            if !(self.keep)(&self.path) {
                return None;
            }
            self.columns.push(self.seen - 1);
            ColumnKind::Leaf
        } else if let Some(entries) = only(of).filter(|_| is_map(of)) {
            ColumnKind::Map(self.fields(entries, level + 1, repetition + 1), repetition + 1)
        } else if let Some(repeated) = only(of).filter(|_| is_list(of)) {
            let wraps = repeated.is_group()
                && repeated.get_fields().len() == 1
                && repeated.name() != "array"
                && repeated.name() != format!("{}_tuple", of.name());
            let element = if wraps {
                self.field(&repeated.get_fields()[0], level + 1, repetition + 1, false)
            } else {
                self.inside(repeated, level + 1, repetition + 1)
            };
            ColumnKind::List(Box::new(element?), repetition + 1)
        } else {
            ColumnKind::Group(self.fields(of, level, repetition))
        };
        let is_empty =
            matches!(&kind, ColumnKind::Group(nodes) | ColumnKind::Map(nodes, _) if nodes.is_empty());
        (!is_empty).then(|| SchemaNode { name: of.name().to_owned(), level, first, kind })
    }
}

/// The only field of a group, if it repeats.
fn only(group: &Type) -> Option<&Type> {
    match group.get_fields() {
        [field] if field.get_basic_info().has_repetition() => {
            (field.get_basic_info().repetition() == Repetition::REPEATED).then_some(field)
        }
        _ => None,
    }
}

fn is_list(group: &Type) -> bool {
    let info = group.get_basic_info();
    info.logical_type_ref() == Some(&LogicalType::List) || info.converted_type() == ConvertedType::LIST
}

fn is_map(group: &Type) -> bool {
    let info = group.get_basic_info();
    let is_marked = info.logical_type_ref() == Some(&LogicalType::Map)
        || matches!(info.converted_type(), ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE);
    is_marked && only(group).is_some_and(Type::is_group)
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::schema::parser::parse_message_type;
    use std::sync::Arc;

    fn tree(text: &str, keep: &[&str]) -> Tree {
        let schema = SchemaDescriptor::new(Arc::new(parse_message_type(text).unwrap()));
        Tree::from_schema(&schema, &|path| keep.contains(&path.join(".").as_str()))
    }

    /// Names, levels and first columns, one after the other.
    fn shown(node: &SchemaNode) -> String {
        let SchemaNode { name, level, first, kind } = node;
        let all = |nodes: &[SchemaNode]| nodes.iter().map(shown).collect::<Vec<_>>().join(" ");
        let inside = match kind {
            ColumnKind::Leaf => String::new(),
            ColumnKind::Group(nodes) => format!("{{{}}}", all(nodes)),
            ColumnKind::List(element, level) => format!("[{}]{level}", shown(element)),
            ColumnKind::Map(nodes, level) => format!("<{}>{level}", all(nodes)),
        };
        format!("{name}:{level}@{first}{inside}")
    }

    #[test]
    fn lists_are_known_however_they_are_written() {
        for (text, keep, expected) in [
            (
                "message m { optional group answers (LIST) { repeated group list { optional group element {
                 optional binary type; optional binary class; optional binary rdata; } } } required int64 n; }",
                &["answers.type", "answers.rdata", "n"][..],
                "answers:1@0[element:3@0{type:4@0 rdata:4@1}]1 n:0@2",
            ),
            (
                "message m { optional group a (LIST) { repeated group array { optional binary x; } } }",
                &["a.x"],
                "a:1@0[array:2@0{x:3@0}]1",
            ),
            (
                "message m { required group a (LIST) { repeated binary element; } repeated int32 b; }",
                &["a", "b"],
                "a:0@0[element:1@0]1 b:0@1[b:1@1]1",
            ),
            (
                "message m { optional group s (MAP) { repeated group key_value { required binary key; optional binary value; } } }",
                &["s.key", "s.value"],
                "s:1@0<key:2@0 value:3@1>1",
            ),
            (
                "message m { optional group cloud { optional group account { optional binary uid; } optional binary x; } }",
                &["cloud.account.uid"],
                "cloud:1@0{account:2@0{uid:3@0}}",
            ),
        ] {
            let tree = tree(text, keep);
            let found = tree.nodes.iter().map(shown).collect::<Vec<_>>().join(" ");
            assert_eq!(found, expected);
            assert_eq!(tree.columns.len(), keep.len());
        }
        let found = tree(
            "message m { required int32 a; optional group b { optional int32 c; required int32 d; } }",
            &["b.d"],
        );
        assert_eq!(found.columns, [2]);
        assert_eq!(found.node(&["b", "d"]).map(|node| (node.level, node.first)), Some((1, 0)));
        assert_eq!((found.node(&["b", "c"]), found.node(&["a"])), (None, None));
    }
}
