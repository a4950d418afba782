//! The laws of the dedup: whatever the stream left out and however often stretches are read again, once the
//! store was read to its end there is every event, as often as it is there, and at no time more.

use std::collections::BTreeMap;

use proptest::prelude::*;
use r53tail::base::moment::Moment;
use r53tail::live::dedup::{Dedup, LogEvent};

/// An event of the store; few values, so that many are alike.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Stored {
    group: u32,
    stream: u8,
    at: i64,
    ingested: i64,
    message: u8,
}

fn stored() -> impl Strategy<Value = Stored> {
    (0..2_u32, 0..2_u8, 0..8_i64, 0..2_i64, 0..3_u8).prop_map(|(group, stream, at, late, message)| Stored {
        group,
        stream,
        at: at * 500,
        ingested: at * 500 + late,
        message,
    })
}

#[derive(Clone, Debug)]
enum Step {
    /// The stream delivers the next so many; so many more it leaves out.
    Stream(usize, usize),
    /// Another stream begins, and delivers all again that arrived so far.
    Over,
    /// What there is of this range of times is read, in pages of a number of groups.
    Read(i64, i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (1..6_usize, 0..4_usize).prop_map(|(some, none)| Step::Stream(some, none)),
        1 => Just(Step::Over),
        2 => (0..4000_i64, 0..4000_i64).prop_map(|(from, length)| Step::Read(from, from + length)),
    ]
}

fn counts<'s>(events: impl IntoIterator<Item = &'s Stored>) -> BTreeMap<Stored, usize> {
    let mut counts = BTreeMap::new();
    for event in events {
        *counts.entry(event.clone()).or_default() += 1;
    }
    counts
}

fn with<T>(stored: &Stored, take: impl FnOnce(&LogEvent<'_>) -> T) -> T {
    take(&LogEvent {
        group: stored.group,
        stream: ["s", "t"][usize::from(stored.stream)],
        at: Moment(stored.at),
        ingested: Moment(stored.ingested),
        message: ["a", "b", "c"][usize::from(stored.message)],
    })
}

proptest! {
    #[test]
    fn every_event_comes_as_often_as_it_is_there(
        store in prop::collection::vec(stored(), 0..60),
        steps in prop::collection::vec(step(), 0..24),
    ) {
        let mut dedup = Dedup::default();
        let mut taken: Vec<Stored> = Vec::new();
        let mut arrived = 0;
        let last = Step::Read(i64::MIN, i64::MAX);
        for step in steps.iter().chain([&last]) {
            match *step {
                Step::Stream(some, none) => {
                    let end = (arrived + some).min(store.len());
                    for event in &store[arrived..end] {
                        if with(event, |event| dedup.streamed(event)) {
                            taken.push(event.clone());
                        }
                    }
                    arrived = (end + none).min(store.len());
                }
                Step::Over => {
                    dedup.next_stream();
                    for event in &store[..arrived] {
                        if with(event, |event| dedup.streamed(event)) {
                            taken.push(event.clone());
                        }
                    }
                }
                Step::Read(from, until) => {
                    // In the end all has arrived.
                    let there = if until == i64::MAX { store.len() } else { arrived };
                    for (id, event) in store[..there].iter().enumerate() {
                        if (from..=until).contains(&event.at) && with(event, |event| dedup.read(event, &id.to_string())) {
                            taken.push(event.clone());
                        }
                    }
                }
            }
            let (all, so_far) = (counts(&store), counts(&taken));
            prop_assert!(so_far.iter().all(|(event, count)| all.get(event).is_some_and(|all| count <= all)));
        }
        prop_assert_eq!(counts(&taken), counts(&store));
    }

    #[test]
    fn memory_is_bounded_and_what_was_forgotten_is_known(
        times in prop::collection::vec(0..1_000_i64, 1..400),
        most in 1..50_usize,
    ) {
        let mut dedup = Dedup::new(most);
        for (number, second) in times.iter().enumerate() {
            let message = number.to_string();
            let at = Moment::from_seconds(*second);
            dedup.streamed(&LogEvent { group: 0, stream: "s", at, ingested: at, message: &message });
            let alike = |second: &i64| times[..=number].iter().filter(|other| *other == second).count();
            let largest = times[..=number].iter().map(alike).max().unwrap_or(0);
            prop_assert!(dedup.len() <= most.max(largest), "{} of {most}", dedup.len());
        }
        // What is remembered comes no second time; all the rest was before `forgotten`.
        for (number, second) in times.iter().enumerate() {
            let at = Moment::from_seconds(*second);
            let is_remembered = dedup.forgotten().is_none_or(|forgotten| at >= forgotten);
            let message = number.to_string();
            let event = LogEvent { group: 0, stream: "s", at, ingested: at, message: &message };
            let is_new = dedup.read(&event, &message);
            prop_assert_eq!(is_new, !is_remembered, "{:?}", event);
        }
    }
}

#[test]
fn to_forget_is_to_know_from_when_on() {
    let mut dedup = Dedup::default();
    let at = |second| Moment::from_seconds(second);
    for second in [10, 20, 30] {
        let event = LogEvent { group: 0, stream: "s", at: at(second), ingested: at(second), message: "m" };
        assert!(dedup.streamed(&event));
    }
    dedup.forget(at(20));
    assert_eq!((dedup.len(), dedup.forgotten()), (2, Some(at(11))));
    dedup.forget(at(31));
    assert_eq!((dedup.is_empty(), dedup.forgotten()), (true, Some(at(31))));
}
