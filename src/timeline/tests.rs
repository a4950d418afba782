//! However a pass is shared out, and from whatever a mask begins, the same comes of it.

use std::net::Ipv4Addr;

use super::*;
use crate::log::observation::sample::observed;
use crate::log::observation::{A, Aaaa, Asker, SourceAddress};
use crate::query::Query;

const ROWS: i64 = 300_000;

/// More rows than one thread is given, in chunks that overlap in time, of many pairs.
fn log() -> (Fleet, Timeline) {
    let (mut fleet, mut timeline) = (Fleet::default(), Timeline::default());
    let names: Vec<String> = (0..300).map(|name| format!("n{name}.example.")).collect();
    for number in 0..ROWS {
        let late = if number % 7 == 0 { 9_000_000 } else { 0 };
        let (verdict, kind) = match number % 11 {
            0..6 => (Verdict::Aaaa(Aaaa::ALL[usize::try_from(number / 5000 % 9).unwrap()]), "AAAA"),
            6 => (Verdict::NotJudged, "PTR"),
            _ => (Verdict::A(A::Answered), "A"),
        };
        let ipv4 = [u32::from(Ipv4Addr::new(10, 0, 0, u8::try_from(number % 200).unwrap()))];
        let asker = if number % 13 == 0 { Asker::Instance(b"i-1") } else { Asker::Address };
        let observation = Observation {
            at: Moment(number / 3 * 700 - late),
            source: SourceAddress::Ip(u128::try_from(number % 13).unwrap()),
            port: b"53",
            kind: kind.as_bytes(),
            ipv4: &ipv4,
            ..observed(asker, &names[usize::try_from(number % 300).unwrap()], verdict)
        };
        let counted = fleet.observe(&observation);
        timeline.push(
            &observation,
            counted,
            Spot { input: InputId(0), place: RecordPlace { offset: 0, length: 0 } },
        );
    }
    timeline.settle();
    (fleet, timeline)
}

/// A row that is not there, as one that was given up, has no moment.
#[test]
fn what_is_no_row_has_no_moment() {
    let (mut fleet, mut timeline) = (Fleet::default(), Timeline::default());
    let observation =
        Observation { at: Moment(7), ..observed(Asker::Address, "a.example.", Verdict::NotJudged) };
    let spot = Spot { input: InputId(0), place: RecordPlace { offset: 0, length: 0 } };
    let counted = fleet.observe(&observation);
    timeline.push(&observation, counted, spot);
    timeline.settle();
    assert_eq!(timeline.moment(RowId { chunk: 0, at: 0 }), Some(Moment(7)));
    assert_eq!(timeline.moment(RowId { chunk: 0, at: 1 }), None);
    assert_eq!(timeline.moment(RowId { chunk: 1, at: 0 }), None);
}

#[test]
fn shared_out_is_alone_and_narrowed_is_anew() {
    let (fleet, mut timeline) = log();
    let mut alone = timeline.clone();
    alone.share_out(Workers::ALONE);
    timeline.share_out(crate::base::workers::tests::SOME);
    let part = Scope { from: Some(Moment(ROWS / 30 * 700)), until: Some(Moment(ROWS / 4 * 700)) };
    for scope in [Scope::ALL, part] {
        let (mut one, mut other) = (PairSummaries::empty(&fleet), PairSummaries::empty(&fleet));
        alone.summarize(scope, &mut one);
        timeline.summarize(scope, &mut other);
        assert!(one == other && one.records > 1 << 17, "{scope:?}");
        assert!(timeline.summarize_each(&fleet, &[part, scope])[1] == one);
        for pairs in [&[PairId(3)][..], &[PairId(0), PairId(1), PairId(2), PairId(9), PairId(200)]] {
            let mut rows = timeline.rows_of(scope, pairs);
            let is_of = |row: &RowId| match alone.entry(*row).unwrap().subject {
                RowSubject::Pair(pair) => pairs.contains(&pair),
                RowSubject::Other(_) => false,
            };
            let mut wanted: Vec<RowId> = alone.after(scope, None, None).filter(is_of).collect();
            rows.sort_unstable();
            wanted.sort_unstable();
            assert_eq!(rows, wanted);
        }
    }
    assert!(
        timeline.change_index(fleet.pair_count(), |_| true)
            == alone.change_index(fleet.pair_count(), |_| true)
    );
    let mut recent = RecentMasks::default();
    for text in [
        "n1",
        "n12",
        "n12 ",
        "n12 -n121",
        "n12 -n12",
        "type:AAAA",
        "type:AAAA n",
        "type:AAAA n2 verdict:empty",
        "type:AAAA verdict:empty n2",
        "n2 or 10.0.0.7",
        "10.0.0.7",
        "10.0.0.77",
        "i-",
        "not (n1 port:53)",
        "n1",
        "type:AAAA",
        "type:AAAA type:AAAA",
        "x",
        "",
    ] {
        let query = Query::parse(text).unwrap();
        let fresh = RowMask::new(&alone, &fleet, query.expression(), &[]);
        assert!(RowMask::new(&timeline, &fleet, query.expression(), &[]) == fresh, "{text}");
        let forward: Vec<RowId> = timeline.after(Scope::ALL, Some(&fresh), None).collect();
        let backward = timeline.before(Scope::ALL, Some(&fresh), None);
        assert!(backward.eq(forward.iter().rev().copied()), "{text}");
        assert!(recent.mask(&timeline, &fleet, query.expression(), &[]) == fresh, "{text}");
        assert_eq!(timeline.count(&fleet, part, &fresh), alone.count(&fleet, part, &fresh), "{text}");
        let seen = timeline.gather_matched(&fresh, || 0, |sum, _, _, count| *sum += u64::from(count));
        assert_eq!(seen.iter().sum::<u64>(), fresh.len(), "{text}");
    }
}

#[test]
fn seconds_end_where_they_end() {
    let (_, timeline) = log();
    for chunk in &timeline.chunks {
        for at in (0..chunk.len()).step_by(977) {
            let second = Moment(chunk.time(at)).second();
            let end = (at..chunk.len()).find(|row| Moment(chunk.time(*row)).second() != second);
            assert_eq!(chunk.end_of_second(at, second), end.unwrap_or(chunk.len()));
        }
    }
}

#[test]
fn what_was_handed_out_stays_as_it_was() {
    let mut here = Shared::new(vec![1]);
    let there = here.clone();
    here.push(2);
    assert_eq!((here.len(), there.len()), (2, 1));
    assert_eq!(there.into_inner(), [1]);
}

/// Each input has its records counted, however they come in turns.
#[test]
fn records_are_counted_by_input() {
    let (mut fleet, mut timeline) = (Fleet::default(), Timeline::default());
    for (at, input) in (0..).zip([2, 2, 0, 2, 0, 7, 7, 7]) {
        let observation =
            Observation { at: Moment(at), ..observed(Asker::Address, "a.example.", Verdict::NotJudged) };
        let place = RecordPlace { offset: u64::try_from(at).unwrap() * 100, length: 100 };
        let counted = fleet.observe(&observation);
        timeline.push(&observation, counted, Spot { input: InputId(input), place });
    }
    timeline.settle();
    let counts = |scope: Scope| timeline.by_input(scope);
    assert_eq!(counts(Scope::ALL), [(InputId(0), 2), (InputId(2), 3), (InputId(7), 3)]);
    let part = Scope { from: Some(Moment(1)), until: Some(Moment(5)) };
    assert_eq!(counts(part), [(InputId(0), 2), (InputId(2), 2), (InputId(7), 1)]);
}
