//! Clocks that are wrong by up to an hour, that drift, leap and stand still, against a service that breaks
//! off, falls silent, throttles, refuses keys and denies what was logged: a record that is missing arrived
//! within a gap that was said.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use r53tail::log::note::Gap;

use crate::arrivals::{HOUR, MINUTE, SECOND, Stored};
use crate::chance::Chance;
use crate::simulated::{Collected, Course, Ending, Fault, How, START, World, Wrong};

const RIGHT: Wrong = Wrong { by: 0, drift: 0, leap: (0, 0), sleep: (0, 0), slow: 0, untold: false };

/// Each clock by the words of the table in `docs/live.md`.
const CLOCKS: [(&str, Wrong); 24] = [
    ("right", RIGHT),
    ("1 s slow", Wrong { by: -SECOND, ..RIGHT }),
    ("15 s slow", Wrong { by: -15 * SECOND, ..RIGHT }),
    ("15 s fast", Wrong { by: 15 * SECOND, ..RIGHT }),
    ("60 s slow", Wrong { by: -MINUTE, ..RIGHT }),
    ("60 s fast", Wrong { by: MINUTE, ..RIGHT }),
    ("400 s slow", Wrong { by: -400 * SECOND, ..RIGHT }),
    ("400 s fast", Wrong { by: 400 * SECOND, ..RIGHT }),
    ("1 h slow", Wrong { by: -HOUR, ..RIGHT }),
    ("1 h fast", Wrong { by: HOUR, ..RIGHT }),
    ("gains 40 s an hour", Wrong { drift: 40 * SECOND, ..RIGHT }),
    ("loses 3 min an hour", Wrong { drift: -3 * MINUTE, ..RIGHT }),
    ("set forward by 1 h", Wrong { leap: (17 * MINUTE, HOUR), ..RIGHT }),
    ("set back by 1 h", Wrong { leap: (17 * MINUTE, -HOUR), ..RIGHT }),
    ("1 h slow, set right", Wrong { by: -HOUR, leap: (11 * MINUTE, HOUR), ..RIGHT }),
    ("1 h fast, set right", Wrong { by: HOUR, leap: (11 * MINUTE, -HOUR), ..RIGHT }),
    ("set back by 3 s at once", Wrong { leap: (30 * SECOND, -3 * SECOND), ..RIGHT }),
    ("sleeps for 35 min", Wrong { sleep: (16 * MINUTE, 35 * MINUTE), ..RIGHT }),
    ("sleeps for 20 s, 60 s fast", Wrong { by: MINUTE, sleep: (14 * MINUTE, 20 * SECOND), ..RIGHT }),
    ("monotonic clock gains 3 s an hour", Wrong { slow: -3 * SECOND, ..RIGHT }),
    ("monotonic clock loses 3 s an hour", Wrong { slow: 3 * SECOND, ..RIGHT }),
    ("1 h slow, service without `Date`", Wrong { by: -HOUR, untold: true, ..RIGHT }),
    ("1 h fast, service without `Date`", Wrong { by: HOUR, untold: true, ..RIGHT }),
    (
        "monotonic clock gains 3 s an hour, service without `Date`",
        Wrong { slow: -3 * SECOND, untold: true, ..RIGHT },
    ),
];

/// What happens in a course of a number: sessions of seconds or minutes, each with a fault behind it or not.
fn course(number: u64, wrong: Wrong) -> Course {
    let seed = 0x2545_f491_4f6c_dd1d_u64.wrapping_mul(1 + number);
    let mut chance = Chance::new(seed);
    let ending = |chance: &mut Chance| -> Ending {
        let long = match chance.below(3) {
            0 => 4 * SECOND + chance.below(8 * SECOND),
            1 => 20 * SECOND + chance.below(MINUTE),
            _ => MINUTE + chance.below(8 * MINUTE),
        };
        let how = if chance.below(4) == 0 { How::Silent(long) } else { How::Broken(long) };
        let fault = match chance.below(8) {
            0 => Some((Fault::Throttled, 20 * SECOND + chance.below(7 * MINUTE))),
            1 => Some((Fault::RefusedKeys, 10 * SECOND + chance.below(4 * MINUTE))),
            2 => Some((Fault::NoKeys, 10 * SECOND + chance.below(4 * MINUTE))),
            3 => Some((Fault::NoHistory, 10 * SECOND + chance.below(4 * MINUTE))),
            _ => None,
        };
        (how, fault)
    };
    let endings = (0..7).map(|_| ending(&mut chance)).collect();
    let mut closed = Vec::new();
    for _ in 0..2 {
        let from = chance.below(25 * MINUTE);
        closed.push((from, from + 5 * SECOND + chance.below(2 * MINUTE)));
    }
    Course { endings, seed, wrong, pause: 2 * SECOND, lag: 3 * SECOND, closed }
}

/// What came of a course.
#[derive(Debug, Default)]
struct Account {
    records: usize,
    missing: usize,
    /// Those of the missing that are in no gap.
    unsaid: Vec<Stored>,
    repeated: usize,
    /// How much of the time was said to be a gap, and how much there was.
    gaps: i64,
    long: i64,
}

fn account((collected, world, until): &(Collected, World, i64)) -> Account {
    let all = world.truth(*until);
    let gaps = &collected.loss.gaps;
    let said = |at: i64| gaps.iter().any(|Gap { from, until }| (from.0..=until.0).contains(&at));
    let mut account = Account::default();
    for stored in world.wanted(*until) {
        let came = collected.messages.get(&stored.text).copied().unwrap_or(0);
        let count = all[&stored.text];
        account.records += 1;
        account.repeated += usize::from(came > count);
        if came < count {
            account.missing += 1;
            if !said(stored.ingested) {
                account.unsaid.push(*stored);
            }
        }
    }
    account.long = (*until - START) / SECOND;
    let seconds = (START - HOUR..*until).step_by(1000);
    account.gaps = i64::try_from(seconds.filter(|at| said(*at)).count()).expect("it is a day");
    account
}

/// The line of the table for a clock.
fn line(name: &str, account: &Account) -> String {
    let Account { records, missing, unsaid, .. } = account;
    format!("| {name} | {records} | {missing} | {} |", unsaid.len())
}

/// Whatever the clocks say: a record that is missing arrived within a gap that was said, and none comes
/// twice. With `--nocapture` the table of `docs/live.md` is printed.
#[test]
fn what_is_missing_is_in_a_gap_that_was_said_whatever_the_clock_says() {
    let next = AtomicUsize::new(0);
    let accounts = Mutex::new(BTreeMap::new());
    let work = || {
        while let Some((at, (name, wrong))) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, CLOCKS.get(at)?)))
        {
            let account = account(&course(at as u64, *wrong).pass());
            assert!(account.unsaid.is_empty(), "{name}: {:?}", account.unsaid);
            assert_eq!(account.repeated, 0, "{name}");
            accounts.lock().expect("nobody panicked").insert(at, account);
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let accounts = accounts.into_inner().expect("nobody panicked");
    assert_eq!(accounts.len(), CLOCKS.len());
    let table = include_str!("../../docs/live.md");
    for (at, account) in &accounts {
        let (name, _) = CLOCKS[*at];
        println!("{}", line(name, account));
        let row = table.lines().find(|row| row.starts_with(&format!("| {name} |")));
        assert!(row.is_some_and(|row| row.ends_with("| 0 |")), "{name}: {row:?}");
        assert!(account.records > 500, "{name}: {} records", account.records);
    }
    let sum = |of: fn(&Account) -> i64| accounts.values().map(of).sum::<i64>();
    let missing = sum(|account| i64::try_from(account.missing).expect("they are few"));
    assert!(missing > 50, "something is lost, since at times nothing may be read: {missing}");
    // And gaps are no way out: all of them together are little of the time.
    let (gaps, long) = (sum(|account| account.gaps), sum(|account| account.long));
    assert!(gaps * 5 < long, "{gaps} s of {long} s");
}

/// A clock that is wrong by two seconds or more is said to be, within a second of what it is; one that is
/// right is not.
#[test]
fn a_wrong_clock_is_noticed_and_so_is_its_being_set() {
    let said = |wrong| course(7, wrong).pass().0.ahead;
    assert_eq!(said(Wrong::default()), [(Duration::ZERO, None)]);
    for by in [-HOUR, -4 * SECOND, 15 * SECOND] {
        let said = said(Wrong { by, ..Wrong::default() });
        let soon = said.iter().find_map(|(when, ahead)| Some((*when, (*ahead)?)));
        let (when, first) = soon.expect("it is said");
        assert!(when < Duration::from_secs(3), "{by}: {said:?}");
        for (_, ahead) in said.into_iter().skip_while(|(_, ahead)| ahead.is_none()) {
            assert!(
                ahead.is_some_and(|ahead| (ahead - by).abs() <= 2 * SECOND),
                "{by}: {ahead:?} after {first}"
            );
        }
    }
    let set = said(Wrong { leap: (20 * MINUTE, -HOUR), ..Wrong::default() });
    let after = set.iter().find(|(_, ahead)| ahead.is_some()).expect("it is noticed");
    assert!((20 * 60..20 * 60 + 2).contains(&after.0.as_secs()), "{set:?}");
    assert!(after.1.is_some_and(|ahead| (ahead + HOUR).abs() <= 2 * SECOND), "{set:?}");
}
