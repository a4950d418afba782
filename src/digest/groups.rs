//! Weighted records on their way to being counted.

use super::{Digest, ObservationListener, RECORDS_PER_CHECK, Terms};
use crate::base::moment::Moment;
use crate::fleet::Span;
use crate::log::note::Incomplete;
use crate::log::record::{MOST, Malformed, Record, RecordGroup};
use crate::query::{Query, TestSubject};

/// Whether `query` looks at what records that were counted together do not have in common.
fn distinguishes(query: &Query) -> bool {
    let mut found = false;
    query.expression().for_each_test(&mut |test| {
        found |= matches!(test.subject(), TestSubject::Time | TestSubject::Port);
    });
    found
}

impl Terms {
    /// Whether it cannot be said of records that were counted together which of them are meant.
    fn tells_apart(&self) -> bool {
        [&self.filter, &self.pick].into_iter().flatten().any(|query| distinguishes(query))
    }
}

impl<W: ObservationListener> Digest<W> {
    /// Takes records that were counted before. Returns whether it did: who is told of each observation is
    /// told of no others.
    pub(super) fn take_group(&mut self, group: &RecordGroup<'_>) -> bool {
        if W::WATCHES {
            return false;
        }
        let Self { terms, judge, redactor, fleet, .. } = self;
        // Beyond that sums might overflow; no log is so large.
        let tally = fleet.tally_mut();
        let count = group.count.min(MOST.saturating_sub(tally.records + tally.outside));
        let span = Span { count, first: group.record.at, last: group.last };
        let is_outside = terms.since.is_some_and(|since| span.last < since)
            || terms.until.is_some_and(|until| span.first > until);
        if count < group.count {
            tally.malformed(Malformed::Weight("`n` is more than can be counted"));
        }
        if is_outside || count == 0 {
            tally.outside += count;
            return true;
        }
        if terms.tells_apart() {
            tally.outside += count;
            tally.loss.is_incomplete(Incomplete::Undecided, count);
            return true;
        }
        if self.groups.is_some() {
            self.weigh(&group.record, group.last, count);
            return true;
        }
        let observation = judge.judge(&group.record);
        if terms.filter.as_ref().is_some_and(|filter| !filter.admits(&observation)) {
            tally.outside += count;
            return true;
        }
        if terms.since.is_some_and(|since| span.first < since)
            || terms.until.is_some_and(|until| span.last > until)
        {
            tally.loss.is_incomplete(Incomplete::Straddling, count);
        }
        let redacted = redactor.as_mut().map(|redactor| redactor.redact(&observation));
        let counted = fleet.observe_span(redacted.as_ref().unwrap_or(&observation), span);
        if let Some(pick) = &terms.pick {
            fleet.pick(counted, pick.admitted(&observation), count);
        }
        self.rows += 1;
        self.keep_to_groups();
        true
    }

    /// Counts records by what a verdict depends on.
    pub(super) fn weigh(&mut self, record: &Record<'_>, last: Moment, count: u64) {
        let Self { terms, judge, fleet, groups, .. } = self;
        let tally = fleet.tally_mut();
        let is_outside = terms.since.is_some_and(|since| last < since)
            || terms.until.is_some_and(|until| record.at > until)
            || terms.filter.as_ref().is_some_and(|filter| !filter.admits(&judge.judge(record)));
        if is_outside {
            tally.outside += count;
            return;
        }
        let is_straddling = terms.since.is_some_and(|since| record.at < since)
            || terms.until.is_some_and(|until| last > until);
        if is_straddling {
            tally.loss.is_incomplete(Incomplete::Straddling, count);
        }
        tally.records += count;
        if let Some(groups) = groups {
            groups.add(record, last, count);
        }
    }

    /// Keeps the fleet to the memory allowed, now and then.
    fn keep_to_groups(&mut self) {
        if let Some(limit) = self.terms.memory
            && self.rows.is_multiple_of(RECORDS_PER_CHECK)
        {
            self.fleet.settle(&mut self.batch);
            self.fleet.fold_to(limit);
        }
    }
}
