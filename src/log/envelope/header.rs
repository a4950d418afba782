//! The header of a table: what its columns are called, and what they hold.

use crate::knowledge::address::{parse_ipv4, parse_ipv6};
use crate::log::record::{ColumnNames, FieldColumn, GroupMember, MissingColumns, TEXTS, squeezed};

/// The names that Logs Insights gives to columns with records.
const RECORDS: [&str; 2] = ["@message", "unmask(@message)"];
/// The names of columns that hold a record where there is no other column.
const LINES: [&str; 5] = ["message", "line", "_raw", "record", "json"];

/// The most columns of a row. A Logs Insights table has three for each of up to a thousand answers.
pub(super) const MAX_COLUMNS: usize = 8192;

/// The longest name of a column of a table that is not known, in bytes.
const MAX_NAME: usize = 64;

/// The columns of a table.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) names: Vec<String>,
    pub(super) columns: Vec<FieldColumn>,
    /// The columns that may hold a record as text, the best first.
    pub(super) texts: Vec<usize>,
    /// Of weighted records: which of their members each column holds, if one.
    pub(super) weights: Option<Vec<Option<GroupMember>>>,
}

impl Header {
    /// The header with these cells.
    pub(super) fn from_cells<'c>(cells: impl Iterator<Item = &'c [u8]>, given: &ColumnNames) -> Self {
        let trimmed =
            |cell: &[u8]| String::from_utf8_lossy(cell).trim().trim_start_matches('#').trim().to_owned();
        let names: Vec<String> = cells.map(trimmed).collect();
        let columns = names.iter().map(|name| given.column(name)).collect();
        let plain: Vec<_> = names.iter().map(|name| squeezed(name)).collect();
        let mut texts: Vec<usize> = Vec::new();
        for text in TEXTS {
            let text = squeezed(text);
            texts.extend((0..plain.len()).filter(|at| plain[*at] == text));
        }
        texts.dedup();
        let weights: Vec<_> = names.iter().map(|name| GroupMember::from_name(name)).collect();
        let needed = [GroupMember::Own, GroupMember::Count, GroupMember::First, GroupMember::Last];
        let is_weighted = needed.iter().all(|member| weights.contains(&Some(*member)))
            && plain.iter().any(|name| name == "querytype");
        Self { names, columns, texts, weights: is_weighted.then_some(weights) }
    }

    /// Whether Logs Insights made it, whose own fields begin with `@`.
    pub(super) fn is_of_insights(&self) -> bool {
        self.names.iter().any(|name| name.starts_with('@') || name.starts_with("unmask("))
    }

    /// Whether it can be nothing but one of records.
    pub(super) fn is_of_records(&self) -> bool {
        let is_line = self.names.len() == 1 && LINES.contains(&self.names[0].as_str());
        is_line || self.has_records() || self.names.iter().any(|name| squeezed(name) == "queryname")
    }

    /// Whether a column is known to hold records as text.
    pub(super) fn has_records(&self) -> bool {
        self.names.iter().any(|name| RECORDS.contains(&name.as_str()))
    }

    /// Whether it looks like a header: words, and no values.
    pub(super) fn is_likely(&self) -> bool {
        let is_word = |name: &String| {
            name.len() <= MAX_NAME
                && name.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '@' | '_'))
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_@./:[]()-".contains(&byte))
                && !name.ends_with([':', '.'])
        };
        let named =
            if self.names.first().is_some_and(String::is_empty) { &self.names[1..] } else { &self.names };
        let is_known = self.columns.iter().any(|column| column.is_known()) || !self.texts.is_empty();
        named.len() >= 2 && named.iter().all(is_word) && (is_known || named.len() > 2)
    }

    /// Takes the column `at` for the one that holds records, before any other.
    pub(super) fn prefer(&mut self, at: usize) {
        if !self.texts.contains(&at) {
            self.texts.push(at);
        }
    }

    /// What a record needs and no column holds.
    pub(super) fn lack(&self) -> Option<MissingColumns> {
        MissingColumns::from_columns(&self.columns)
    }

    /// The column of no known name that holds an address in the row `texts`, where no column holds answers.
    pub(super) fn unnamed(&self, texts: &[impl AsRef<str>]) -> Option<String> {
        if self.columns.iter().any(|column| column.is_answers()) {
            return None;
        }
        let is_address =
            |text: &str| parse_ipv4(text.as_bytes()).is_some() || parse_ipv6(text.as_bytes()).is_some();
        let mut cells = self.columns.iter().zip(&self.names).zip(texts);
        let found = cells.find(|((column, name), text)| {
            !column.is_known() && !name.is_empty() && is_address(text.as_ref().trim())
        });
        found.map(|((_, name), _)| name.clone())
    }

    /// Its names, for people.
    pub(super) fn shown(&self) -> String {
        self.names.join(", ")
    }

    /// Whether these are its names once more.
    pub(super) fn is_repeated<'c>(&self, cells: impl Iterator<Item = &'c [u8]>) -> bool {
        let mut names = self.names.iter();
        let mut cells = cells;
        let same = cells
            .by_ref()
            .take(self.names.len())
            .all(|cell| names.next().is_some_and(|name| cell.trim_ascii() == name.as_bytes()));
        same && names.next().is_none() && cells.next().is_none()
    }

    /// The header that these cells are, which has the names of a record's fields.
    pub(super) fn again<'c>(
        cells: impl Iterator<Item = &'c [u8]> + Clone,
        given: &ColumnNames,
    ) -> Option<Self> {
        let has = |name: &[u8]| cells.clone().any(|cell| cell == name);
        (has(b"query_name") && has(b"query_type")).then(|| Self::from_cells(cells, given))
    }

    /// Whether these are the types of its columns, as ClickHouse writes them.
    pub(super) fn are_types<'c>(&self, cells: impl Iterator<Item = &'c [u8]>) -> bool {
        let name = self.columns.iter().zip(cells).find(|(column, _)| column.is_name());
        name.is_some_and(|(_, cell)| cell == b"String" || cell.ends_with(b"String)"))
    }
}
