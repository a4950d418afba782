//! When what is known of the time until a moment changed last.

use std::collections::VecDeque;

use crate::base::moment::Moment;

/// At most this many changes are told apart; the two oldest become one then, which tells of a change where
/// there may have been none.
const STEPS: usize = 64;

/// The changes of what is known, numbered as they come.
#[derive(Clone, Debug, Default)]
pub(super) struct ChangeNumbers {
    /// The number of the last.
    count: u64,
    /// The earliest record of a change, and its number; both ascend: what a later change reaches back over is
    /// left out.
    records: VecDeque<(Moment, u64)>,
    /// The last that may have told something of the time before its earliest record.
    others: u64,
}

impl ChangeNumbers {
    /// Records came or went, the earliest of them at `first`.
    pub(super) fn records_from(&mut self, first: Moment) {
        self.count += 1;
        while self.records.back().is_some_and(|(at, _)| *at >= first) {
            self.records.pop_back();
        }
        self.records.push_back((first, self.count));
        if self.records.len() > STEPS {
            let oldest = self.records.pop_front();
            if let (Some((first, _)), Some(next)) = (oldest, self.records.front_mut()) {
                next.0 = first;
            }
        }
    }

    /// What is known of origins may be something else, whatever time is looked at.
    pub(super) fn others(&mut self) {
        self.count += 1;
        self.others = self.count;
    }

    /// The last change of the records until `until`, or of all of them; 0 if there was none.
    pub(super) fn of_records(&self, until: Option<Moment>) -> u64 {
        let reaching = until
            .map_or(self.records.len(), |until| self.records.partition_point(|(first, _)| *first <= until));
        reaching.checked_sub(1).and_then(|at| self.records.get(at)).map_or(0, |(_, number)| *number)
    }

    /// The last change of anything that is known of the time until `until`, or of all time.
    pub(super) fn of_all(&self, until: Option<Moment>) -> u64 {
        self.of_records(until).max(self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_later_changes_nothing_of_the_time_before() {
        let mut changes = ChangeNumbers::default();
        let until = |changes: &ChangeNumbers, at: i64| changes.of_records(Some(Moment(at)));
        assert_eq!(changes.of_all(None), 0);
        for first in [10, 20, 30] {
            changes.records_from(Moment(first));
        }
        assert_eq!([9, 10, 19, 20, 99].map(|at| until(&changes, at)), [0, 1, 1, 2, 3]);
        changes.records_from(Moment(15));
        assert_eq!([9, 10, 14, 15, 99].map(|at| until(&changes, at)), [0, 1, 1, 4, 4]);
        changes.others();
        assert_eq!((until(&changes, 99), changes.of_all(Some(Moment(0)))), (4, 5));
        changes.records_from(Moment(i64::MIN));
        assert_eq!((until(&changes, 0), changes.of_all(None)), (6, 6));
    }

    #[test]
    fn what_is_no_longer_told_apart_counts_as_changed() {
        let mut changes = ChangeNumbers::default();
        let many = i64::try_from(STEPS).unwrap() + 9;
        for first in 0..many {
            changes.records_from(Moment(first));
        }
        for until in 0..many {
            let last = changes.of_records(Some(Moment(until)));
            assert!(last > u64::try_from(until).unwrap(), "{until}: {last}");
        }
        assert_eq!(changes.of_records(Some(Moment(many - 2))), u64::try_from(many - 1).unwrap());
        assert_eq!(changes.records.len(), STEPS);
    }
}
