//! Single pairs, looked at closely, within the stretch of time that is shown.
//!
//! Of everything, the fleet holds what there is to say of a pair. Within a stretch of time it is gathered
//! from the timeline: for all pairs of an origin, or of a name, in one pass, and kept while the same is
//! shown.

use std::borrow::Cow;
use std::cell::RefCell;

use super::{Model, PairRow};
use crate::base::saturating::SaturatingInto as _;
use crate::fleet::{AddressSet, Fleet, PairDetail, PairId, Span, Spans};
use crate::log::observation::Verdict;
use crate::timeline::{RowSubject, TimelineEntry};

/// What was gathered of a pair.
#[derive(Clone, Debug, Default)]
struct PairRecords {
    spans: Spans,
    native: AddressSet<u128>,
    embedded: AddressSet<u32>,
    cname_only: u64,
    mixed: bool,
    partial: bool,
}

impl PairRecords {
    fn see(&mut self, entry: &TimelineEntry<'_>) {
        self.spans.see(entry.verdict, Span::at(entry.at));
        for address in entry.native {
            self.native.insert(*address);
        }
        if matches!(entry.verdict, Verdict::Aaaa(_)) {
            for address in entry.ipv4 {
                self.embedded.insert(*address);
            }
        }
        self.cname_only += u64::from(entry.cname_only);
        self.mixed |= entry.mixed;
        self.partial |= entry.partial;
    }
}

/// What was gathered while the same is shown, by the first member of each pair.
#[derive(Debug, Default)]
pub(super) struct PairDetails(RefCell<Vec<(PairId, Box<PairRecords>)>>);

impl Model {
    /// What there is to say of `pairs` within the time shown, in their order. Costs one pass over the
    /// timeline if the time shown is not all there is: so ask for all that are wanted at once.
    #[must_use]
    pub fn pair_details(&self, pairs: &[PairRow]) -> Vec<PairDetail<'_>> {
        let fleet = self.known.fleet();
        if !self.is_narrowed() {
            return pairs.iter().map(|pair| fleet.pair_detail(self.ranking().members(pair))).collect();
        }
        self.gather(pairs);
        let gathered = self.projection.picture().pair_details.0.borrow();
        pairs
            .iter()
            .map(|pair| {
                let members = self.ranking().members(pair);
                let at = gathered.binary_search_by_key(&members[0], |(first, _)| *first);
                let found = at.ok().map(|at| (*gathered[at].1).clone()).unwrap_or_default();
                pair_detail(fleet, members, found)
            })
            .collect()
    }

    /// What there is to say of one pair within the time shown.
    #[must_use]
    pub fn pair_detail(&self, pair: &PairRow) -> PairDetail<'_> {
        let fleet = self.known.fleet();
        let all = || fleet.pair_detail(self.ranking().members(pair));
        self.pair_details(std::slice::from_ref(pair)).pop().unwrap_or_else(all)
    }

    /// Gathers what is not gathered yet, in one pass over the timeline.
    pub(super) fn gather(&self, pairs: &[PairRow]) {
        let mut gathered = self.projection.picture().pair_details.0.borrow_mut();
        let missing = pairs
            .iter()
            .map(|pair| self.ranking().members(pair))
            .filter(|members| gathered.binary_search_by_key(&members[0], |(first, _)| *first).is_err());
        let mut missing: Vec<&[PairId]> = missing.collect();
        missing.sort_unstable_by_key(|members| members[0]);
        missing.dedup_by_key(|members| members[0]);
        if missing.is_empty() {
            return;
        }
        let mut group_of = vec![u32::MAX; self.known.fleet().pair_count()];
        for (group, members) in missing.iter().enumerate() {
            for member in *members {
                group_of[member.0 as usize] = group.saturating_into();
            }
        }
        let mut found = vec![PairRecords::default(); missing.len()];
        let timeline = self.known.timeline();
        let group = |pair: PairId| group_of.get(pair.0 as usize).map_or(usize::MAX, |group| *group as usize);
        for row in timeline.rows_of(self.scope(), &missing.concat()) {
            let Some(entry) = timeline.entry(row) else { continue };
            if let RowSubject::Pair(pair) = entry.subject
                && let Some(found) = found.get_mut(group(pair))
            {
                found.see(&entry);
            }
        }
        gathered.extend(missing.iter().map(|members| members[0]).zip(found.into_iter().map(Box::new)));
        gathered.sort_unstable_by_key(|(first, _)| *first);
    }
}

fn pair_detail<'f>(fleet: &'f Fleet, members: &[PairId], gathered: PairRecords) -> PairDetail<'f> {
    PairDetail {
        spans: gathered.spans,
        native: Cow::Owned(gathered.native),
        embedded: Cow::Owned(gathered.embedded),
        cname_only: gathered.cname_only,
        mixed: gathered.mixed,
        partial: gathered.partial,
        ..fleet.pair_detail(members)
    }
}
