//! Values that were seen, to complete what is typed of a filter.

use std::collections::BTreeSet;

use super::Model;
use crate::base::saturating::SaturatingInto as _;
use crate::fleet::{OriginId, address_text};
use crate::query::{Field, Values};

/// How many names, origins or answers are looked at for one completion.
const LOOKED_AT: usize = 100_000;

/// The values of a model.
pub(super) struct Seen<'m>(pub(super) &'m Model);

fn starts(value: &str, start: &str) -> bool {
    value.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
        || !start.is_ascii() && value.to_lowercase().starts_with(&start.to_lowercase())
}

/// The first `limit` different values that begin with `start`, in their order.
fn first<T: AsRef<str>>(values: impl Iterator<Item = T>, start: &str, limit: usize) -> Vec<String> {
    let mut found = BTreeSet::new();
    for value in values.take(LOOKED_AT) {
        let value = value.as_ref();
        if !value.is_empty() && starts(value, start) && !found.contains(value) {
            found.insert(value.to_owned());
            if found.len() > limit {
                found.pop_last();
            }
        }
    }
    found.into_iter().collect()
}

impl Seen<'_> {
    fn origins(&self) -> impl Iterator<Item = OriginId> {
        let count = self.0.known.fleet().ignored().count();
        (0..count).map(|at| OriginId(at.saturating_into()))
    }

    /// Times worth naming: the one that is shown, marks, changes.
    fn moments(&self, start: &str, limit: usize) -> Vec<String> {
        let marks = self.0.marks().iter().map(|mark| mark.at);
        let turns = self.0.all_turns();
        let second = |at: crate::base::moment::Moment| {
            crate::base::moment::Moment::from_seconds(at.second()).to_string()
        };
        let mut found: Vec<String> = Vec::new();
        for text in self
            .0
            .moment()
            .into_iter()
            .chain(marks)
            .chain(turns.iter().map(|turn| turn.at).take(LOOKED_AT))
            .map(second)
        {
            if starts(&text, start) && !found.contains(&text) {
                found.push(text);
            }
            if found.len() == limit.min(16) {
                break;
            }
        }
        found
    }
}

impl Values for Seen<'_> {
    fn seen(&self, field: Field, start: &str, limit: usize) -> Vec<String> {
        let fleet = self.0.known.fleet();
        let timeline = self.0.known.timeline();
        match field {
            Field::Name => first(fleet.names(), start, limit),
            Field::Origin => first(self.origins().map(|origin| fleet.origin_text(origin).1), start, limit),
            Field::Vpc => first(self.origins().map(|origin| fleet.origin_text(origin).2), start, limit),
            Field::Account => {
                first(self.origins().map(|origin| fleet.origin_account(origin).0), start, limit)
            }
            Field::Region => first(self.origins().map(|origin| fleet.origin_account(origin).1), start, limit),
            Field::Source => {
                let addresses = self.origins().flat_map(|origin| fleet.origin_addresses(origin));
                first(addresses.map(|bits| address_text(*bits)), start, limit)
            }
            // Of those that are shown: to look each name up would take longer than a key may.
            Field::Service => {
                let columns = self.0.columns().list.iter().filter(|column| column.service.aws);
                first(columns.map(|column| column.service.group.to_lowercase()), start, limit)
            }
            Field::Answer => first(timeline.answers_seen(), start, limit),
            Field::Type => first(timeline.types_seen(), start, limit),
            Field::Since | Field::Until | Field::Time => self.moments(start, limit),
            _ => Vec::new(),
        }
    }
}
