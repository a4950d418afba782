//! Where a text is that somebody looks for.

use super::filtered::FilteredRows;
use super::kept_mask::KeptMask;
use super::stamp::ProjectionStamp;
use crate::console::known::KnownLog;
use crate::fleet::Symbol;
use crate::knowledge::address::Nat64Prefixes;
use crate::query::{Expression, Query, Test, TestSubject};
use crate::timeline::{RowId, RowMask};

/// What is looked for, and where it is.
#[derive(Debug)]
pub struct Search {
    text: String,
    query: Query,
    /// The records that have it, whatever is shown; `None` before they are looked for.
    kept: Option<KeptMask>,
    /// Those of them that the filter lets through.
    hits: RowMask,
    /// How many of them are within the time shown.
    count: u64,
    /// Whether each name of the fleet has it, by number.
    names: Vec<bool>,
    /// What was shown when it was looked for, and how often records had moved; `None` before it was.
    of: Option<(ProjectionStamp, u64)>,
}

impl Search {
    /// What is to be looked for; `None` if `text` is blank or too long.
    pub(in crate::console) fn new(text: &str, prefixes: &Nat64Prefixes) -> Option<Self> {
        let text = text.trim();
        let query = if text.is_empty() { None } else { Query::word(text).ok() };
        query.map(|query| Self {
            text: text.to_owned(),
            query: query.with_prefixes(prefixes),
            kept: None,
            hits: RowMask::default(),
            count: 0,
            names: Vec::new(),
            of: None,
        })
    }

    /// What was typed, without blanks around it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many of the records shown have it.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    pub(in crate::console) fn expression(&self) -> &Expression {
        self.query.expression()
    }

    /// The records shown that have it.
    pub(in crate::console) fn hits(&self) -> &RowMask {
        &self.hits
    }

    /// Whether it is in a name.
    pub(in crate::console) fn is_in_name(&self, name: Symbol) -> bool {
        self.names.get(name.index()).copied().unwrap_or(false)
    }

    /// Whether it is in a record that is shown.
    pub(in crate::console) fn is_in_row(&self, row: RowId) -> bool {
        self.hits.holds(row)
    }

    /// Whether it was looked for in what is shown.
    pub(super) fn is_current(&self, known: &KnownLog, shown: ProjectionStamp) -> bool {
        self.of == Some((shown, known.moves()))
    }

    /// Looks for it in what is shown, which `rows` are of.
    pub(super) fn bring_up(&mut self, known: &KnownLog, shown: ProjectionStamp, rows: &mut FilteredRows) {
        if self.is_current(known, shown) {
            return;
        }
        self.of = Some((shown, known.moves()));
        let expression = self.query.expression();
        let is_new = match &mut self.kept {
            Some(kept) => kept.extend(known, expression, &[]),
            None => true,
        };
        let kept = self.kept.get_or_insert_with(|| rows.find(known, expression));
        if is_new {
            let holds = |name: &str| {
                expression.evaluate(&mut |test: &Test| test.subject() == TestSubject::Name && test.name(name))
            };
            self.names = known.fleet().names().map(holds).collect();
        }
        self.hits = rows.kept().map_or_else(|| kept.mask().clone(), |rows| kept.mask().and(rows.mask()));
        self.count = known.timeline().count_rows(shown.scope, &self.hits);
    }
}
