//! A timeline holds what its fleet counted, whatever stretch of it is looked at, and however it came.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use r53tail::base::moment::Moment;
use r53tail::console::{Basis, Batch, Collector, FleetRanking, InputId};
use r53tail::digest::{Digest, Terms};
use r53tail::fleet::{Fleet, OriginId, OriginKind, PairId, Status, Tally};
use r53tail::log::envelope::Envelope;
use r53tail::log::observation::{A, Aaaa, SourceAddress, Verdict};
use r53tail::query::{ObservationFacts, Query};
use r53tail::timeline::{PairSummaries, RecentMasks, RowId, RowMask, RowSubject, Scope, Spot, TimelineEntry};

use crate::line::LogLine;
use crate::logs::{self, joined};
use crate::{cases, digest};

pub(crate) fn batch(lines: &[String], input: u32, terms: &Terms) -> Batch {
    let mut digest = Digest::new(terms, Collector::new(InputId(input)));
    Envelope::default().scan(&joined(lines), true, &mut digest);
    Batch::from_digest(digest, None)
}

/// The lines in one batch, or in two that were joined.
fn whole(lines: &[String], cut: Index, terms: &Terms) -> Batch {
    let (one, two) = lines.split_at(cut.index(lines.len() + 1));
    let mut whole = Batch::default();
    whole.absorb(batch(one, 0, terms));
    whole.absorb(batch(two, 1, terms));
    whole
}

type Told = BTreeMap<(String, String, String), (Option<Aaaa>, Option<A>, Option<Moment>, u32)>;

/// What summaries say of each pair, by the words for it.
fn told(fleet: &Fleet, summaries: &PairSummaries) -> Told {
    let pairs = summaries.pairs.iter().enumerate().filter(|(_, summary)| summary.count() > 0);
    pairs
        .map(|(at, summary)| {
            let (origin, name) = fleet.pair_parts(PairId(u32::try_from(at).expect("there"))).expect("there");
            let (kind, id, vpc) = fleet.origin_text(origin);
            let vpc = if kind == OriginKind::Address { vpc } else { "" };
            let key = (id.to_owned(), vpc.to_owned(), fleet.name_text(name).to_owned());
            let word = summary.newest_a().a();
            (key, (summary.aaaa(), word, summary.synthesized(), summary.count()))
        })
        .collect()
}

pub(crate) fn entries(batch: &Batch, rows: impl Iterator<Item = RowId>) -> Vec<(Moment, Option<Spot>)> {
    rows.map(|row| batch.timeline.entry(row).expect("there")).map(|entry| (entry.at, entry.spot)).collect()
}

fn moment() -> impl Strategy<Value = Moment> {
    logs::time().prop_map(|text| Moment::parse(&text).expect("a time"))
}

pub(crate) fn scope() -> impl Strategy<Value = (Option<Moment>, Option<Moment>)> {
    (proptest::option::of(moment()), proptest::option::of(moment()))
}

/// Queries that look at each of the things there are.
pub(crate) const QUERIES: [&str; 19] = [
    "type:AAAA",
    "-type:A",
    "verdict:empty",
    "verdict:native or verdict:answered",
    "rcode:NXDOMAIN",
    "i-",
    "origin:i-*",
    "kind:address",
    "vpc:vpc-1",
    "name:*.amazonaws.com type:AAAA",
    "not (name:a* or type:AAAA)",
    "port:53",
    "answer:64:ff9b::/96",
    "answer:10.0.0.0/8",
    "source:10.0.0.0/8 verdict:empty",
    "since:2025-05-05T10:00:05Z",
    "status:ipv4-only,nat64",
    "-status:native",
    "status:empty or (type:AAAA -status:unknown) or i-1",
];

/// What pairs come to, by their number: made up, as long as it does not hang on one record alone.
fn some_statuses(fleet: &Fleet) -> Vec<Option<Status>> {
    (0..fleet.pair_count()).map(|at| Some(Status::ALL[at * 7 % Status::ALL.len()])).collect()
}

fn matches(batch: &Batch, query: &Query, entry: &TimelineEntry<'_>) -> bool {
    let fleet = &batch.fleet;
    let (origin, name) = batch.timeline.asked(fleet, entry.subject).expect("there");
    let status = match entry.subject {
        RowSubject::Pair(pair) => some_statuses(fleet)[pair.0 as usize],
        RowSubject::Other(_) => None,
    };
    matches_of(fleet, query, entry, (origin, name, status))
}

fn matches_of(
    fleet: &Fleet,
    query: &Query,
    entry: &TimelineEntry<'_>,
    (origin, name, status): (OriginId, &str, Option<Status>),
) -> bool {
    let owner = fleet.owners()[origin.0 as usize];
    [origin, owner].into_iter().any(|origin| {
        let (origin_kind, id, vpc) = fleet.origin_text(origin);
        let (account, region) = fleet.origin_account(origin);
        query.matches(&ObservationFacts {
            at: entry.at,
            kind: entry.kind.as_bytes(),
            rcode: entry.rcode,
            verdict: entry.verdict,
            origin_kind,
            origin: id,
            vpc,
            account,
            region,
            source: match entry.source_of_query.source {
                SourceAddress::Ip(address) => Some(address),
                SourceAddress::Text(_) => None,
            },
            port: entry.port,
            name,
            native: entry.native,
            ipv4: entry.ipv4,
            status,
        })
    })
}

proptest! {
    #![proptest_config(cases(200))]

    /// The fold of everything says what the fleet says.
    #[test]
    fn the_fold_of_all_is_the_fleet(lines in vec(logs::line_or_noise(), 0..40), cut in any::<Index>()) {
        let whole = whole(&lines, cut, &Terms::default());
        let mut folded = PairSummaries::empty(&whole.fleet);
        whole.timeline.summarize(Scope::ALL, &mut folded);
        prop_assert_eq!(&whole.timeline.course(Scope::ALL, None), &whole.fleet.tally().course);
        prop_assert_eq!(folded, PairSummaries::from_fleet(&whole.fleet));
        prop_assert_eq!(whole.timeline.len(), whole.fleet.tally().records);
        prop_assert_eq!(whole.timeline.range(), whole.fleet.tally().range);
    }

    /// A stretch of time says what a log of that stretch alone would say; two that follow each other, what
    /// both do.
    #[test]
    fn a_stretch_is_a_log_of_its_own(
        lines in vec(logs::line_or_noise(), 0..40),
        cut in any::<Index>(),
        (from, until) in scope(),
    ) {
        let whole = whole(&lines, cut, &Terms::default());
        let scope = Scope { from, until };
        let mut folded = PairSummaries::empty(&whole.fleet);
        whole.timeline.summarize(scope, &mut folded);
        let alone = batch(&lines, 0, &Terms { since: from, until, ..Terms::default() });
        prop_assert_eq!(told(&whole.fleet, &folded), told(&alone.fleet, &PairSummaries::from_fleet(&alone.fleet)));
        prop_assert_eq!(folded.records, alone.fleet.tally().records);
        if let (Some(from), Some(until)) = (from, until)
            && from <= until
        {
            let mut both = PairSummaries::empty(&whole.fleet);
            whole.timeline.summarize(Scope { from: None, until: Some(from) }, &mut both);
            whole.timeline.summarize(Scope { from: Some(Moment(from.0 + 1)), until: Some(until) }, &mut both);
            let mut once = PairSummaries::empty(&whole.fleet);
            whole.timeline.summarize(Scope { from: None, until: Some(until) }, &mut once);
            prop_assert_eq!(both, once);
        }
    }

    /// The observations of a stretch, as far as a query lets them through, counted anew: the fleet of those
    /// records.
    #[test]
    fn what_is_observed_again_is_the_fleet_of_its_records(
        lines in vec(logs::line_or_noise(), 0..40),
        cut in any::<Index>(),
        (from, until) in scope(),
        text in proptest::option::of(select(&QUERIES[..])),
    ) {
        let query = text.map(|text| Query::parse(text).expect("there"));
        let whole = whole(&lines, cut, &Terms::default());
        let (fleet, timeline) = (&whole.fleet, &whole.timeline);
        let scope = Scope { from, until };
        let mask = query.as_ref().map(|query| RowMask::new(timeline, fleet, query.expression(), &some_statuses(fleet)));
        let mut again = Fleet::default();
        timeline.observe_into(fleet, scope, mask.as_ref(), &mut again);
        // Line by line, the records that are meant.
        let mut wanted = Fleet::default();
        for line in &lines {
            let alone = batch(std::slice::from_ref(line), 0, &Terms { since: from, until, ..Terms::default() });
            let mut rows = alone.timeline.after(Scope::ALL, None, None);
            let Some(row) = rows.next() else { continue };
            // Whom an address belongs to, only all of the log can tell.
            let entry = alone.timeline.entry(row).expect("there");
            let (origin, name) = alone.timeline.asked(&alone.fleet, entry.subject).expect("there");
            let origin = fleet.same_origin(&alone.fleet, origin).expect("there");
            let status = match entry.subject {
                RowSubject::Pair(pair) => {
                    let pair = fleet.same_pair(&alone.fleet, pair).expect("there");
                    some_statuses(fleet)[pair.0 as usize]
                }
                RowSubject::Other(_) => None,
            };
            if query.as_ref().is_none_or(|query| matches_of(fleet, query, &entry, (origin, name, status))) {
                wanted.absorb(&alone.fleet);
            }
        }
        let account = |fleet: &Fleet| {
            let mut clean = Fleet::default();
            clean.absorb(fleet);
            // What could not be read is no observation.
            let range = clean.tally().range;
            let (records, ignored) = (clean.tally().records, clean.tally().ignored);
            *clean.tally_mut() = Tally { records, ignored, range, ..Tally::default() };
            crate::everything(&clean)
        };
        // What names lead to is what all of the log says.
        again.adopt_attached(fleet);
        wanted.adopt_attached(fleet);
        prop_assert_eq!(account(&again), account(&wanted));
        // Whom an address belongs to is what all of the log says.
        again.adopt_owners(fleet);
        let owners = fleet.owners();
        let text = |origin: OriginId| {
            let (kind, id, vpc) = fleet.origin_text(origin);
            (kind, id.to_owned(), if kind == OriginKind::Address { vpc.to_owned() } else { String::new() })
        };
        let asked: BTreeSet<_> = timeline
            .after(scope, mask.as_ref(), None)
            .filter_map(|row| {
                let entry = timeline.entry(row).expect("there");
                let (origin, name) = timeline.asked(fleet, entry.subject).expect("there");
                let owner = text(owners[origin.0 as usize]);
                timeline.symbol(fleet, entry.subject).map(|_| (owner, name.to_owned()))
            })
            .collect();
        let survey = again.survey();
        let surveyed: BTreeSet<_> = survey
            .pairs()
            .map(|pair| {
                let vpc = if pair.origin.kind == OriginKind::Address { pair.origin.vpc } else { "" };
                ((pair.origin.kind, pair.origin.id.to_owned(), vpc.to_owned()), pair.name.to_owned())
            })
            .collect();
        prop_assert_eq!(surveyed, asked);
    }

    /// The ranking of everything has the statuses of the survey, and its order.
    #[test]
    fn the_roster_is_the_survey(lines in vec(logs::line_or_noise(), 0..40), cut in any::<Index>()) {
        let whole = whole(&lines, cut, &Terms::default());
        let summaries = PairSummaries::from_fleet(&whole.fleet);
        let mut folded = PairSummaries::empty(&whole.fleet);
        whole.timeline.summarize(Scope::ALL, &mut folded);
        let basis = Basis {
            fleet: &whole.fleet,
            varied: &whole.timeline.change_index(whole.fleet.pair_count(), |_| true),
            scope: Scope::ALL,
            summaries: &summaries,
            matched: None,
        };
        let (ranking, _) = FleetRanking::from_basis(&basis, &FleetRanking::default());
        let survey = whole.fleet.survey();
        let mut surveyed: BTreeMap<(String, String), (Status, u32)> = BTreeMap::new();
        for pair in survey.pairs() {
            let count = pair.spans.aaaa().map(|(_, span)| span.count).sum::<u64>()
                + pair.spans.a().map(|(_, span)| span.count).sum::<u64>();
            let key = (format!("{} {}", pair.origin.id, pair.origin.vpc), pair.name.to_owned());
            surveyed.insert(key, (pair.status, u32::try_from(count).expect("there")));
        }
        let mut listed = BTreeMap::new();
        for row in ranking.origins() {
            let view = survey.origins().iter().find(|view| view.key == row.key).expect("there");
            prop_assert_eq!((row.dns64, row.statuses), (view.dns64, view.statuses));
            prop_assert_eq!((row.records, row.ignored), (view.records, view.ignored));
            prop_assert_eq!(&row.addresses, &view.addresses);
            for pair in ranking.pairs_of(&whole.fleet, row) {
                let key = (format!("{} {}", view.id, view.vpc), whole.fleet.name_text(pair.name).to_owned());
                listed.insert(key, (pair.status, pair.records));
            }
        }
        prop_assert_eq!(ranking.origins().len(), survey.origins().len());
        prop_assert_eq!(listed, surveyed);
        // Turns found from the fleet are those found from the records.
        let narrow = Scope { from: Some(Moment(i64::MIN)), until: None };
        let (other, _) = FleetRanking::from_basis(&Basis { scope: narrow, summaries: &folded, ..basis }, &FleetRanking::default());
        prop_assert_eq!(other.turns(), ranking.turns());
    }

    /// Forwards and backwards, from anywhere, the same records in the same order, which is that of time.
    #[test]
    fn walks_agree(
        lines in vec(logs::line_or_noise(), 0..40),
        cut in any::<Index>(),
        (from, until) in scope(),
        start in any::<Index>(),
    ) {
        let whole = whole(&lines, cut, &Terms::default());
        let timeline = &whole.timeline;
        let scope = Scope { from, until };
        let forwards: Vec<RowId> = timeline.after(scope, None, None).collect();
        let mut backwards: Vec<RowId> = timeline.before(scope, None, None).collect();
        backwards.reverse();
        prop_assert_eq!(&forwards, &backwards);
        let all = entries(&whole, forwards.iter().copied());
        prop_assert!(all.is_sorted_by_key(|(at, _)| *at));
        prop_assert!(all.iter().all(|(at, _)| scope.holds(*at)));
        if !forwards.is_empty() {
            let start = start.index(forwards.len());
            let row = Some(forwards[start]);
            prop_assert_eq!(timeline.after(scope, None, row).collect::<Vec<_>>(), &forwards[start + 1..]);
            let mut before: Vec<RowId> = timeline.before(scope, None, row).collect();
            before.reverse();
            prop_assert_eq!(before, &forwards[..start]);
            let (at, spot) = all[start];
            let found = timeline.find(at, spot.expect("there")).expect("there");
            prop_assert_eq!(timeline.entry(found).expect("there").spot, spot);
        }
    }

    /// A mask that begins from what was let through before lets through what one made anew does.
    #[test]
    fn what_is_let_through_does_not_depend_on_what_was_before(
        lines in vec(logs::line_or_noise(), 0..40),
        cut in any::<Index>(),
        texts in vec(vec(select(&QUERIES[..]), 1..4), 1..6),
    ) {
        let whole = whole(&lines, cut, &Terms::default());
        let mut recent = RecentMasks::default();
        for texts in texts {
            let query = Query::parse(&texts.join(" ")).expect("there");
            // What pairs come to is another with the time that is shown.
            for statuses in [some_statuses(&whole.fleet), vec![Some(Status::Native); whole.fleet.pair_count()]] {
                let fresh = RowMask::new(&whole.timeline, &whole.fleet, query.expression(), &statuses);
                prop_assert_eq!(recent.mask(&whole.timeline, &whole.fleet, query.expression(), &statuses), fresh);
            }
        }
    }

    /// The spans that changes are looked for in are those of the records, within any stretch.
    #[test]
    fn spans_of_a_stretch_are_those_of_its_records(
        lines in vec(logs::line_or_noise(), 0..40),
        cut in any::<Index>(),
        (from, until) in scope(),
    ) {
        let whole = whole(&lines, cut, &Terms::default());
        let scope = Scope { from, until };
        let varied = whole.timeline.change_index(whole.fleet.pair_count(), |_| true);
        for pair in (0..whole.fleet.pair_count()).map(|pair| PairId(u32::try_from(pair).expect("there"))) {
            let mut wanted: BTreeMap<Aaaa, (u64, Moment, Moment)> = BTreeMap::new();
            for row in whole.timeline.after(scope, None, None) {
                let entry = whole.timeline.entry(row).expect("there");
                if let (RowSubject::Pair(of), Verdict::Aaaa(verdict)) = (entry.subject, entry.verdict)
                    && of == pair
                {
                    let seen = wanted.entry(verdict).or_insert((0, entry.at, entry.at));
                    *seen = (seen.0 + 1, seen.1, entry.at);
                }
            }
            let spans = varied.spans(scope, &[pair]);
            let found: BTreeMap<_, _> =
                spans.aaaa().map(|(verdict, span)| (verdict, (span.count, span.first, span.last))).collect();
            prop_assert_eq!(found, wanted);
        }
    }

    /// A mask lets through the records that its query holds for, one by one, and counts them right.
    #[test]
    fn a_sieve_is_its_query(
        lines in vec(logs::line_or_noise(), 0..40),
        cut in any::<Index>(),
        (from, until) in scope(),
        text in select(&QUERIES[..]),
    ) {
        let query = Query::parse(text).expect("there");
        let whole = whole(&lines, cut, &Terms::default());
        let timeline = &whole.timeline;
        let scope = Scope { from, until };
        let mask = RowMask::new(timeline, &whole.fleet, query.expression(), &some_statuses(&whole.fleet));
        let wanted: Vec<RowId> = timeline
            .after(scope, None, None)
            .filter(|row| matches(&whole, &query, &timeline.entry(*row).expect("there")))
            .collect();
        prop_assert_eq!(&timeline.after(scope, Some(&mask), None).collect::<Vec<_>>(), &wanted);
        let mut backwards: Vec<RowId> = timeline.before(scope, Some(&mask), None).collect();
        backwards.reverse();
        prop_assert_eq!(&backwards, &wanted);
        let matched = timeline.count(&whole.fleet, scope, &mask);
        prop_assert_eq!(matched.records, wanted.len() as u64);
        let counted: u64 = matched.pairs.iter().chain(&matched.ignored).map(|count| u64::from(*count)).sum();
        prop_assert_eq!(counted, matched.records);
    }
}

/// Whoever an address of a part belongs to by all of the log is known there with all that is said of it.
#[test]
fn an_owner_is_known_with_its_place() {
    let bare = LogLine { ids: &[], account: "", region: "", ..LogLine::default() }.to_string();
    let whole = digest(&joined(&[LogLine::default().to_string(), bare.clone()]));
    let mut part = digest(&joined(&[bare]));
    part.adopt_owners(&whole);
    let survey = part.survey();
    let said = survey.pairs().map(|pair| {
        let origin = pair.origin;
        (origin.id, origin.vpc, origin.account, origin.region)
    });
    assert_eq!(said.collect::<Vec<_>>(), [("i-1", "vpc-1", "111122223333", "us-west-2")]);
}
