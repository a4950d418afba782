//! The filter in force: what is listed of what is known.

use crate::knowledge::address::Nat64Prefixes;
use crate::knowledge::catalog::Catalog;
use crate::query::{Query, QueryError};

/// The filter that was typed last, as far as it could be read, and what is open besides.
#[derive(Clone, Debug, Default)]
pub(super) struct FilterInForce {
    /// As it was typed; empty if it lets everything through.
    text: String,
    /// The parsed filter, with the group or the finding that is open; `None` if everything is let through.
    query: Option<Query>,
    /// Why what is typed is none.
    error: Option<QueryError>,
    /// Counts the filters that there were.
    number: u64,
}

impl FilterInForce {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn query(&self) -> Option<&Query> {
        self.query.as_ref()
    }

    pub(super) fn error(&self) -> Option<&QueryError> {
        self.error.as_ref()
    }

    /// Which filter it is: another one has another number.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Takes `text` for the filter, of what `within` lets through if something is open. While it cannot be
    /// read, the one before stays in force. Says whether it could be.
    pub(super) fn set(
        &mut self,
        text: &str,
        within: Option<&Query>,
        prefixes: &Nat64Prefixes,
        catalog: &Catalog,
    ) -> bool {
        let query = match Query::parse_with(text, prefixes) {
            Ok(query) => query.with_catalog(catalog),
            Err(error) => {
                self.error = Some(error);
                return false;
            }
        };
        self.text.clear();
        if !query.is_all() {
            self.text.push_str(text);
        }
        let query = Query::all_of(within.cloned().into_iter().chain([query]));
        self.query = (!query.is_all()).then_some(query);
        self.error = None;
        self.number += 1;
        true
    }

    /// Looks whether `text` could be a filter, and leaves the one in force as it is.
    pub(super) fn look_at(&mut self, text: &str, prefixes: &Nat64Prefixes) {
        self.error = Query::parse_with(text, prefixes).err();
    }
}
