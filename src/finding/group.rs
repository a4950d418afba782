//! Pairs that show the same, counted together.

use std::collections::BTreeSet;

use super::Proof;
use crate::fleet::{Span, Survey, Symbol};
use crate::moment::Moment;

/// How many origins a finding names.
const NAMED: usize = 5;

/// What a group is about. Names come in the order of their numbers, which is that of no list: findings are sorted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Subject {
    Name(Symbol),
    /// VPC and Region.
    Vpc(String, String),
}

/// Pairs that show the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Group {
    pub origins: usize,
    last: Option<usize>,
    first_ranks: Vec<usize>,
    pub records: u64,
    range: Option<(Moment, Moment)>,
    /// An address that shows it.
    pub address: Option<u128>,
    /// All of its origins have IPv4 for what shows it; of groups of which that matters.
    pub has_ipv4: bool,
    /// The names that show it, of a group about more than one.
    pub names: BTreeSet<Symbol>,
}

impl Group {
    /// Of nobody yet.
    pub(super) fn with_ipv4() -> Self {
        Self { has_ipv4: true, ..Self::default() }
    }

    pub(super) fn add(&mut self, rank: usize, spans: impl Iterator<Item = Span>) {
        self.add_counted(rank, 0, None);
        for span in spans {
            self.add_counted(rank, span.count, Some((span.first, span.last)));
        }
    }

    /// Adds `records` of the origin at `rank`; those of one origin come one after the other.
    pub(super) fn add_counted(&mut self, rank: usize, records: u64, range: Option<(Moment, Moment)>) {
        if self.last != Some(rank) {
            self.last = Some(rank);
            self.origins += 1;
            if self.first_ranks.len() < NAMED {
                self.first_ranks.push(rank);
            }
        }
        self.records += records;
        self.range = both(self.range, range);
    }

    /// Both in one; those of `self` are of lower ranks or of the same.
    pub(super) fn and(mut self, other: &Self) -> Self {
        self.origins += other.origins;
        self.first_ranks.extend(&other.first_ranks);
        self.first_ranks.sort_unstable();
        self.first_ranks.dedup();
        self.first_ranks.truncate(NAMED);
        self.records += other.records;
        self.range = both(self.range, other.range);
        self.address = self.address.or(other.address);
        // An empty group says nothing.
        self.has_ipv4 = other.has_ipv4 && (self.has_ipv4 || self.last.is_none());
        self.last = other.last.or(self.last);
        self.names.extend(&other.names);
        self
    }

    /// The first of its origins.
    pub(super) fn first_ranks(&self) -> &[usize] {
        &self.first_ranks
    }

    pub(super) fn proof(&self, survey: &Survey<'_>) -> Proof {
        let ids = self.first_ranks.iter().map(|rank| survey.origins()[*rank].id.to_owned());
        Proof {
            level: None,
            origins: self.origins,
            origin_ids: ids.collect(),
            records: self.records,
            range: self.range,
        }
    }
}

/// From the earlier beginning to the later end.
pub(super) fn both(one: Option<(Moment, Moment)>, two: Option<(Moment, Moment)>) -> Option<(Moment, Moment)> {
    match (one, two) {
        (Some(one), Some(two)) => Some((one.0.min(two.0), one.1.max(two.1))),
        (one, two) => one.or(two),
    }
}
