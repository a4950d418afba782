use super::*;

const START: i64 = 1_778_544_000_000;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The offsets that are known, in milliseconds from [`START`].
fn range(time: &ServiceTime, elapsed: Duration) -> (i64, i64) {
    let now = time.now(elapsed);
    let base = START + millis(elapsed);
    (now.earliest.0 - base, now.latest.0 - base)
}

#[test]
fn answers_tell_the_time_within_their_own_duration_and_a_second() {
    let mut time = ServiceTime::new(seconds(0), Moment(START + 400_000));
    assert_eq!((range(&time, seconds(1)), time.now(seconds(1)).is_known), ((400_000, 400_000), false));
    assert_eq!((time.ahead(seconds(1)), time.shift(seconds(1))), (None, None));
    // Sent after 1.0 s, answered after 1.4 s; made in the second that is 1 s after the start.
    time.observe(seconds(1), Duration::from_millis(1400), Moment(START + 1000));
    assert_eq!(range(&time, Duration::from_millis(1400)), (-400, 1000));
    assert_eq!(time.shift(seconds(1)), Some(ClockShift { least: -400_400, most: -399_000 }));
    assert_eq!(time.ahead(seconds(2)), Some(399_700));
    // Another narrows it, and with time it is known less well.
    time.observe(seconds(2), Duration::from_millis(2100), Moment(START + 2000));
    assert_eq!(range(&time, Duration::from_millis(2100)), (-100, 1000));
    assert_eq!(range(&time, seconds(1002)), (-1099, 1999));
    // One that contradicts it is believed.
    time.observe(seconds(1010), seconds(1010), Moment(START + 5_000_000));
    assert_eq!(range(&time, seconds(1010)), (3_990_000, 3_991_000));
}

#[test]
fn it_is_no_earlier_than_what_arrived() {
    let mut time = ServiceTime::new(seconds(0), Moment(START));
    time.delivered(seconds(10), Moment(START + 40_000));
    assert_eq!(range(&time, seconds(10)), (30_000, 30_000 + LATE));
    assert_eq!(time.ahead(seconds(10)), Some(-60_000));
    // Events that arrived before say nothing more.
    time.delivered(seconds(20), Moment(START + 41_000));
    // But that the monotonic clock may gain or lose.
    assert_eq!(range(&time, seconds(20)), (29_990, 30_000 + LATE + 10));
    time.observe(seconds(21), seconds(21), Moment(START + 51_000));
    assert_eq!(range(&time, seconds(21)), (30_000, 31_000));
    // An answer is not believed that is older than what arrived before it.
    time.observe(seconds(22), seconds(22), Moment(START + 2_000));
    assert_eq!(range(&time, seconds(22)), (29_999, 31_001));
    assert_eq!(time.doubted(0), None);
}

/// A monotonic clock that gains: what arrived long ago no longer says how late it is.
#[test]
fn what_arrived_says_less_with_time() {
    let mut time = ServiceTime::new(seconds(0), Moment(START));
    time.delivered(seconds(10), Moment(START + 40_000));
    assert_eq!(range(&time, seconds(2_010)), (28_000, 28_000 + LATE + 4_000));
    time.delivered(seconds(2_010), Moment(START + 2_038_500));
    assert_eq!(range(&time, seconds(2_010)), (28_500, 28_500 + LATE));
}

#[test]
fn answers_that_cannot_both_be_true_are_doubted() {
    let mut time = ServiceTime::new(seconds(0), Moment(START));
    time.observe(seconds(1), seconds(1), Moment(START + 1000));
    // Two hosts whose clocks differ a little are no news: either may be right.
    time.observe(seconds(2), seconds(2), Moment(START + 4000));
    assert_eq!((range(&time, seconds(2)), time.doubted(0)), ((-1, 3000), None));
    // An hour ahead, whoever said that first: all since then may be an hour earlier.
    time.observe(seconds(10), seconds(10), Moment(START + 3_610_000));
    let doubt = ClockDoubt { since: Moment(START + 1999), back: 0 };
    assert_eq!(time.doubted(0), Some((1, doubt)));
    time.observe(seconds(20), seconds(20), Moment(START + 20_000));
    let doubt = ClockDoubt { since: Moment(START + 10_000), back: -3_600_000 };
    assert_eq!((time.doubted(1), time.doubted(2)), (Some((2, doubt)), None));
    assert_eq!(range(&time, seconds(20)), (0, 1000));
    // What arrived later than the answers allow is no less of a contradiction.
    time.delivered(seconds(30), Moment(START + 93_000));
    let doubt = ClockDoubt { since: Moment(START + 20_000), back: 0 };
    assert_eq!(time.doubted(2), Some((3, doubt)));
    assert_eq!(range(&time, seconds(30)), (63_000, 63_000 + LATE));
}

#[test]
fn a_clock_that_leaps_may_have_slept() {
    let mut time = ServiceTime::new(seconds(0), Moment(START));
    time.observe(seconds(1), seconds(1), Moment(START + 1000));
    time.look(seconds(2), Moment(START + 3_900));
    assert_eq!((time.leaps(), time.ahead(seconds(2))), (0, None));
    time.look(seconds(3), Moment(START + 3_603_000));
    assert_eq!((time.leaps(), range(&time, seconds(3))), (1, (-2, 1002 + 3_598_100)));
    // It was set: the service says the same as before.
    time.observe(seconds(4), seconds(4), Moment(START + 4000));
    assert_eq!((range(&time, seconds(4)), time.ahead(seconds(4))), ((0, 1000), Some(3_599_500)));
    // Back again: nobody slept.
    time.look(seconds(5), Moment(START + 5000));
    assert_eq!((time.leaps(), range(&time, seconds(5)), time.ahead(seconds(5))), (1, (-1, 1001), None));
    // It slept.
    time.look(seconds(6), Moment(START + 96_000));
    time.observe(seconds(7), seconds(7), Moment(START + 97_000));
    assert_eq!((range(&time, seconds(7)), time.ahead(seconds(7))), ((90_000, 91_000), None));
}

#[test]
fn nothing_that_is_said_overflows() {
    for moment in [Moment(i64::MIN), Moment(i64::MAX)] {
        let mut time = ServiceTime::new(Duration::MAX, moment);
        time.delivered(seconds(0), moment);
        time.observe(seconds(0), Duration::MAX, moment);
        time.look(seconds(0), Moment(moment.0.wrapping_neg()));
        let _ = (time.now(Duration::MAX), time.ahead(seconds(0)), time.shift(Duration::MAX));
    }
}
