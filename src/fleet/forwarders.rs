//! Outbound resolver endpoints that queries were forwarded through, by the name asked for.
//!
//! A forwarding rule is one of a domain, so what it leads through is a property of the name, whoever asked.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::log::observation::{Asker, Observation};

/// The most endpoints that are kept of a name: those lowest in byte order, so that the order of records does
/// not matter.
const KEPT: usize = 4;

/// The ids of outbound endpoints, by name. Empty in most logs, since few names are forwarded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Forwarders {
    of: HashMap<Box<str>, Vec<Box<str>>, RandomState>,
}

impl Forwarders {
    /// Notes through which endpoint a query was forwarded, if through one.
    #[inline]
    pub(super) fn saw(&mut self, observation: &Observation<'_>) {
        if let Asker::Forwarded { endpoint, .. } = observation.asker {
            self.learn(observation.name, endpoint);
        }
    }

    #[cold]
    fn learn(&mut self, name: &[u8], endpoint: &[u8]) {
        let (name, endpoint) = (crate::log::observation::text(name), crate::log::observation::text(endpoint));
        match self.of.get_mut(name) {
            Some(known) => insert(known, endpoint),
            None => drop(self.of.insert(name.into(), vec![endpoint.into()])),
        }
    }

    /// The endpoints that queries for `name` were forwarded through, sorted.
    #[inline]
    pub(super) fn for_name(&self, name: &str) -> &[Box<str>] {
        if self.of.is_empty() {
            return &[];
        }
        self.of.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether no query was forwarded.
    pub(super) fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Takes in another.
    pub(super) fn absorb(&mut self, other: &Self) {
        for (name, endpoints) in &other.of {
            let known = self.of.entry(name.clone()).or_default();
            for endpoint in endpoints {
                insert(known, endpoint);
            }
        }
    }

    /// Forgets the names that `stays` does not hold of.
    pub(super) fn retain(&mut self, stays: impl Fn(&str) -> bool) {
        self.of.retain(|name, _| stays(name));
        self.of.shrink_to_fit();
    }

    /// As it is written down, sorted.
    pub(super) fn store(&self) -> Vec<(String, Vec<String>)> {
        let list = |ids: &[Box<str>]| ids.iter().map(ToString::to_string).collect();
        let mut all: Vec<_> = self.of.iter().map(|(name, ids)| (name.to_string(), list(ids))).collect();
        all.sort_unstable();
        all
    }

    /// Takes in what was written down.
    pub(super) fn restore(&mut self, stored: Vec<(String, Vec<String>)>) {
        for (name, ids) in stored {
            for id in ids {
                self.learn(name.as_bytes(), id.as_bytes());
            }
        }
    }

    /// Bytes of memory in use.
    pub(super) fn memory(&self) -> usize {
        let texts: usize = self
            .of
            .iter()
            .map(|(name, endpoints)| {
                name.len() + endpoints.iter().map(|id| size_of::<Box<str>>() + id.len()).sum::<usize>()
            })
            .sum();
        self.of.capacity() * size_of::<(Box<str>, Vec<Box<str>>)>() + texts
    }
}

fn insert(known: &mut Vec<Box<str>>, endpoint: &str) {
    if let Err(at) = known.binary_search_by(|id| (**id).cmp(endpoint)) {
        known.insert(at, endpoint.into());
        known.truncate(KEPT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_order_nor_parts_matter() {
        let seen =
            [("a.", "rslvr-out-5"), ("a.", "rslvr-out-1"), ("b.", "rslvr-out-9"), ("a.", "rslvr-out-3")];
        let more = [("a.", "rslvr-out-2"), ("a.", "rslvr-out-4"), ("a.", "rslvr-out-1")];
        let all = |parts: &[&[(&str, &str)]]| {
            let mut sum = Forwarders::default();
            for part in parts {
                let mut one = Forwarders::default();
                part.iter().for_each(|(name, id)| one.learn(name.as_bytes(), id.as_bytes()));
                sum.absorb(&one);
            }
            sum
        };
        let whole = all(&[&[seen.as_slice(), &more].concat()]);
        assert!(whole == all(&[&seen, &more]) && whole == all(&[&more, &seen]));
        let ids: Vec<&str> = whole.for_name("a.").iter().map(|id| &**id).collect();
        assert_eq!(ids, ["rslvr-out-1", "rslvr-out-2", "rslvr-out-3", "rslvr-out-4"]);
        assert_eq!((whole.for_name("b.").len(), whole.for_name("c.").len()), (1, 0));
        let mut some = whole;
        some.retain(|name| name == "b.");
        assert_eq!((some.for_name("b.").len(), some.for_name("a.").len()), (1, 0));
    }
}
