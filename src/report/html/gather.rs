//! What the page needs of all pairs, found in the pass that looks for what is to be said.

use std::cmp::Reverse;

use super::super::summary::{Counting, Summary};
use super::super::{Report, Sort, pieces};
use super::{COLUMNS, ROWS, findings};
use crate::advice::finding::{Advice, PairObserver};
use crate::advice::regions::Regions;
use crate::fleet::{Noise, PairHandle, PairView, Status, Survey, Symbol, prefetch};
use crate::knowledge::catalog::{is_of_aws, is_together};

/// What the page needs of all pairs.
pub(super) struct PageData<'a> {
    pub summary: Summary<'a>,
    /// What is to be said of them: as much as the page has room for.
    pub advice: Advice,
    /// How many pairs are selected.
    pub pairs: usize,
    /// The first of them in the order asked for, the worst first if none was.
    pub first: Vec<PairHandle>,
    /// The names of selected pairs, in the order of their text.
    pub names: Vec<Symbol>,
    /// How many names have pairs that are no noise.
    pub endpoints: usize,
    /// The first of those, the worst and most asked for first: [`COLUMNS`] at most.
    pub worst: Vec<Symbol>,
}

impl<'a> PageData<'a> {
    /// Of the pairs of `handles`, which are the selected ones in the order asked for.
    pub(super) fn new(report: &'a Report<'a>, handles: &[PairHandle]) -> Self {
        let survey = report.survey;
        let is_worst_first = report.sort.is_none_or(|sort| sort == Sort::Status);
        let counting = (Counting::new(survey), PageCounting { survey, is_worst_first });
        let most = findings::room(report);
        let (parts, advice) = report.told_beside(most, &counting);
        let (totals, parts): (Vec<_>, Vec<PageTotals<'_>>) = parts.into_iter().unzip();
        let mut all = counting.1.start();
        for part in parts {
            all.absorb(part);
        }
        let first = if is_worst_first {
            all.worst.sorted().into_iter().map(|(.., handle)| handle).collect()
        } else {
            let plain = |handle: &PairHandle| survey.noise(&survey.pair(*handle)).is_none();
            handles.iter().copied().filter(plain).take(ROWS).collect()
        };
        let PageTotals { names, regions, .. } = all;
        let is_seen = |name: &Symbol| names.get(name.index()).is_some_and(|counts| counts.is_seen);
        let (worst, endpoints) = endpoints(&names, regions, survey);
        Self {
            summary: report.summary(totals),
            advice,
            pairs: handles.len(),
            first,
            names: survey.names().iter().copied().filter(is_seen).collect(),
            endpoints,
            worst,
        }
    }
}

/// Counts pairs while they are looked at for what is to be said.
struct PageCounting<'a> {
    survey: &'a Survey<'a>,
    /// Whether the worst pairs are kept.
    is_worst_first: bool,
}

/// What is counted of the pairs of some origins.
struct PageTotals<'a> {
    /// By symbol.
    names: Vec<PageEndpoint>,
    regions: Regions<'a, RegionalCount>,
    worst: FirstRows<WorstKey>,
}

/// A name, over all origins.
#[derive(Clone, Copy, Debug, Default)]
struct PageEndpoint {
    /// Whether it has a selected pair.
    is_seen: bool,
    /// The worst status that anybody has with it; `None` where its pairs are noise.
    worst: Option<Status>,
    /// Who asks for it, and how often, noise left out.
    origins: u32,
    records: u64,
}

/// How many asked for a service in whichever Region.
#[derive(Default)]
struct RegionalCount {
    asked: u32,
    /// The rank, from 1 on, of the last who did.
    last: usize,
    /// How many ask in the Region that most do.
    most: u32,
}

impl<'a> PairObserver for PageCounting<'a> {
    type Part = PageTotals<'a>;

    fn start(&self) -> PageTotals<'a> {
        let fleet = self.survey.fleet();
        PageTotals {
            names: vec![PageEndpoint::default(); fleet.name_count()],
            regions: Regions::new(fleet),
            worst: FirstRows::new(),
        }
    }

    fn prefetch(&self, part: &PageTotals<'a>, names: &[Symbol]) {
        for name in names {
            prefetch(&part.names[name.index()]);
        }
    }

    fn look(&self, part: &mut PageTotals<'a>, handle: PairHandle, pair: &PairView<'_>, noise: Option<Noise>) {
        let endpoint = &mut part.names[pair.name_symbol.index()];
        endpoint.is_seen = true;
        if noise.is_some() {
            return;
        }
        let records = pieces::count(pair);
        endpoint.worst = Some(endpoint.worst.map_or(pair.status, |worst| worst.min(pair.status)));
        endpoint.origins += 1;
        endpoint.records += records;
        if let Some(count) = part.regions.service(pair.name_symbol) {
            count.asked += u32::from(count.last != pair.origin_rank + 1);
            count.last = pair.origin_rank + 1;
        }
        if self.is_worst_first {
            part.worst.add((pair.status, Reverse(records), handle));
        }
    }
}

impl PageTotals<'_> {
    /// Takes in what was counted of the pairs of other origins.
    fn absorb(&mut self, other: Self) {
        for (known, more) in self.names.iter_mut().zip(other.names) {
            known.is_seen |= more.is_seen;
            known.worst = known.worst.into_iter().chain(more.worst).min();
            known.origins += more.origins;
            known.records += more.records;
        }
        self.regions.absorb(other.regions, |known, more| known.asked += more.asked);
        self.worst.absorb(other.worst);
    }
}

/// What pairs are put in order by, the worst first; of those that are alike, as the survey has them.
type WorstKey = (Status, Reverse<u64>, PairHandle);

/// The first [`ROWS`] keys of a sort, and at times as many again.
#[derive(Debug)]
struct FirstRows<K> {
    kept: Vec<K>,
    /// The last of them, once there are as many: what comes after it is not among them.
    bar: Option<K>,
}

impl<K: Ord + Copy> FirstRows<K> {
    fn new() -> Self {
        Self { kept: Vec::new(), bar: None }
    }

    fn add(&mut self, key: K) {
        if self.bar.is_some_and(|bar| key > bar) {
            return;
        }
        self.kept.push(key);
        if self.kept.len() >= 2 * ROWS {
            self.kept.select_nth_unstable(ROWS - 1);
            self.kept.truncate(ROWS);
            self.bar = self.kept.last().copied();
        }
    }

    fn absorb(&mut self, other: Self) {
        for key in other.kept {
            self.add(key);
        }
    }

    fn sorted(mut self) -> Vec<K> {
        self.kept.sort_unstable();
        self.kept.truncate(ROWS);
        self.kept
    }
}

/// The endpoints to be shown first, and how many there are. Of those that are alike, what most ask for comes
/// first, a service counting in all its Regions.
fn endpoints(
    names: &[PageEndpoint],
    mut regions: Regions<'_, RegionalCount>,
    survey: &Survey<'_>,
) -> (Vec<Symbol>, usize) {
    let all = || (0_u32..).map(Symbol).zip(names).filter_map(|(name, of)| Some((name, of, of.worst?)));
    for (name, endpoint, _) in all() {
        if let Some(count) = regions.service(name) {
            count.most = count.most.max(endpoint.origins);
        }
    }
    let keys = all().map(|(name, endpoint, worst)| {
        let PageEndpoint { origins, records, .. } = *endpoint;
        let together = regions.service(name).filter(|count| is_together(origins, count.most));
        let asked = together.map_or(origins, |count| count.asked);
        let text = survey.fleet().name_text(name);
        ((worst, Reverse(asked), !is_of_aws(text), Reverse((origins, records)), text), name)
    });
    let mut keys: Vec<_> = keys.collect();
    let count = keys.len();
    if count > COLUMNS {
        keys.select_nth_unstable(COLUMNS);
        keys.truncate(COLUMNS);
    }
    keys.sort_unstable();
    (keys.into_iter().map(|(_, name)| name).collect(), count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rows_are_those_of_a_sort() {
        for count in [0, 1, ROWS, ROWS + 1, 7 * ROWS] {
            let mut keys: Vec<(usize, usize)> = (0..count).map(|at| (at * 7919 % 97, at)).collect();
            let (mut one, mut other) = (FirstRows::new(), FirstRows::new());
            for key in &keys {
                if key.1 % 3 == 0 { one.add(*key) } else { other.add(*key) }
            }
            one.absorb(other);
            keys.sort_unstable();
            keys.truncate(ROWS);
            assert_eq!(one.sorted(), keys);
        }
    }
}
