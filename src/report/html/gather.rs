//! What the page needs of all pairs, found in one pass.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::super::summary::Summary;
use super::super::{Report, Sort, pieces};
use super::ROWS;
use crate::advice::regions::Regions;
use crate::fleet::{PairHandle, Status, Survey, Symbol};
use crate::knowledge::catalog::{is_of_aws, is_together};

/// A name, over all origins.
#[derive(Clone, Copy, Debug)]
pub(super) struct PageEndpoint {
    pub name: Symbol,
    /// The worst status that anybody has with it.
    pub worst: Status,
    pub origins: u32,
    pub records: u64,
}

/// What the page needs of all pairs.
pub(super) struct PageData<'a> {
    pub summary: Summary<'a>,
    /// How many pairs are selected.
    pub pairs: usize,
    /// The first of them in the order asked for, the worst first if none was.
    pub first: Vec<PairHandle>,
    /// The names of selected pairs, in the order of their numbers.
    pub names: Vec<Symbol>,
    /// Those of pairs that are no noise, the worst and most asked for first.
    pub endpoints: Vec<PageEndpoint>,
}

impl<'a> PageData<'a> {
    pub(super) fn new(report: &'a Report<'a>, summary: Summary<'a>) -> Self {
        let survey = report.survey;
        let mut by_name: HashMap<Symbol, PageEndpoint> = HashMap::new();
        let mut regions: Regions<'_, RegionalCount> = Regions::new(survey.fleet());
        let mut seen: Vec<bool> = Vec::new();
        let mut keys = Vec::new();
        let mut pairs = 0;
        survey.visit(survey.handles(), |handle, pair| {
            if !report.is_about(pair) {
                return;
            }
            pairs += 1;
            let number = pair.name_symbol.index();
            if number >= seen.len() {
                seen.resize(number + 1, false);
            }
            seen[number] = true;
            if survey.noise(pair).is_some() {
                return;
            }
            let records = pieces::count(pair);
            keys.push((pair.status, Reverse(records), pairs, handle));
            if let Some(count) = regions.service(pair.name_symbol) {
                count.asked += u32::from(count.last != pair.origin_rank + 1);
                count.last = pair.origin_rank + 1;
            }
            let worst = pair.status;
            let endpoint = by_name.entry(pair.name_symbol).or_insert(PageEndpoint {
                name: pair.name_symbol,
                worst,
                origins: 0,
                records: 0,
            });
            endpoint.worst = endpoint.worst.min(pair.status);
            endpoint.origins += 1;
            endpoint.records += records;
        });
        let first = if report.sort.is_none_or(|sort| sort == Sort::Status) {
            let key = |(status, records, place, _): &(Status, Reverse<u64>, usize, PairHandle)| {
                (*status, *records, *place)
            };
            if keys.len() > ROWS {
                keys.select_nth_unstable_by_key(ROWS, key);
                keys.truncate(ROWS);
            }
            keys.sort_unstable_by_key(key);
            keys.into_iter().map(|(.., handle)| handle).collect()
        } else {
            let plain = |handle: &PairHandle| survey.noise(&survey.pair(*handle)).is_none();
            report.handles().into_iter().filter(plain).take(ROWS).collect()
        };
        let mut endpoints: Vec<PageEndpoint> = by_name.into_values().collect();
        put_in_order(&mut endpoints, &mut regions, survey);
        let names = (0_u32..).zip(seen).filter(|(_, seen)| *seen).map(|(number, _)| Symbol(number)).collect();
        Self { summary, pairs, first, names, endpoints }
    }
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

/// Puts endpoints in order, the worst first. Of those that are alike, what most ask for comes first, a
/// service counting in all its Regions.
fn put_in_order(
    endpoints: &mut [PageEndpoint],
    regions: &mut Regions<'_, RegionalCount>,
    survey: &Survey<'_>,
) {
    for endpoint in &*endpoints {
        if let Some(count) = regions.service(endpoint.name) {
            count.most = count.most.max(endpoint.origins);
        }
    }
    endpoints.sort_by_cached_key(|endpoint| {
        let PageEndpoint { name, worst, origins, records } = *endpoint;
        let together = regions.service(name).filter(|count| is_together(origins, count.most));
        let asked = together.map_or(origins, |count| count.asked);
        let text = survey.fleet().name_text(name);
        (worst, Reverse(asked), !is_of_aws(text), Reverse((origins, records)), text)
    });
}
