//! More than a simulated day: the session and the dedup against a service that ends every session after three
//! hours, throttles, lets credentials expire and breaks connections. No time passes.

use std::collections::BTreeMap;
use std::time::Duration;

use r53tail::base::moment::Moment;
use r53tail::live::dedup::{Dedup, LogEvent};
use r53tail::live::session::{
    Action, BackfillRange, FillId, Phase, Session, SessionInput, StreamEnd, Timing,
};
use r53tail::live::time::Now;
use r53tail::live::trouble::TroubleClass;

use crate::arrivals::{HOUR, MINUTE, SECOND, Stored, arrivals};
use crate::chance::Chance;

/// What is wrong, from when to when.
const THROTTLED: [(i64, i64); 2] = [(5 * HOUR, 5 * HOUR + 4 * MINUTE), (11 * HOUR, 11 * HOUR + 40 * SECOND)];
const EXPIRED: [(i64, i64); 2] = [(7 * HOUR, 7 * HOUR + 20 * MINUTE), (16 * HOUR, 16 * HOUR + 47 * MINUTE)];
/// Nothing is delivered in the stream, and nothing noticed: the machine sleeps.
const ASLEEP: (i64, i64) = (20 * HOUR, 20 * HOUR + 35 * MINUTE);
const END: i64 = 40 * HOUR;

/// An update without an event.
const UPDATE: SessionInput = SessionInput::Update { sampled: false, arrived: None };

/// A day in which all clocks are right: so many milliseconds after it began.
fn at(millis: i64) -> Now {
    Now::exactly(Moment(millis), elapsed(millis))
}

fn elapsed(millis: i64) -> Duration {
    Duration::from_millis(millis.unsigned_abs())
}

/// The first whole millisecond that is not before.
fn millis(elapsed: Duration) -> i64 {
    i64::try_from(elapsed.as_nanos().div_ceil(1_000_000)).expect("it is a day")
}

fn within(now: i64, spans: &[(i64, i64)]) -> bool {
    spans.iter().any(|(from, until)| (*from..*until).contains(&now))
}

struct Day {
    store: Vec<Stored>,
    chance: Chance,
    now: i64,
    session: Session,
    dedup: Dedup,
    taken: BTreeMap<usize, usize>,
    /// Since when there is a stream, and until when it has delivered.
    stream: Option<(i64, i64)>,
    next_update: i64,
    /// What is being read, until when that takes, and how much of it was delivered before it failed.
    reading: Option<(BackfillRange, i64)>,
    progress: BTreeMap<FillId, usize>,
    connecting: bool,
    time_ups: usize,
    lost: Vec<Action>,
    /// Where it stood, and since when.
    phases: Vec<(i64, Phase)>,
}

impl Day {
    fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let store = arrivals(&mut chance, -10 * MINUTE, END - 10 * MINUTE, 4 * SECOND);
        let (session, actions) = Session::start(Moment(-5 * MINUTE), false, Timing::default());
        let mut day = Self {
            store,
            chance,
            now: 0,
            session,
            dedup: Dedup::default(),
            taken: BTreeMap::new(),
            stream: None,
            next_update: i64::MAX,
            reading: None,
            progress: BTreeMap::new(),
            connecting: false,
            time_ups: 0,
            lost: Vec::new(),
            phases: Vec::new(),
        };
        day.perform(actions);
        day
    }

    fn on(&mut self, input: SessionInput) {
        let jitter = u16::try_from(self.chance.below(1000)).expect("it is below");
        let actions = self.session.on(at(self.now), input, jitter);
        self.perform(actions);
        let phase = self.session.phase(elapsed(self.now));
        if self.phases.last().is_none_or(|(_, last)| *last != phase) {
            self.phases.push((self.now, phase));
        }
    }

    fn perform(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Connect => {
                    assert!(self.stream.is_none() && !self.connecting, "one session at a time is paid for");
                    self.connecting = true;
                }
                Action::Fill(fill) => {
                    assert!(self.reading.is_none(), "one reading at a time");
                    self.reading = Some((fill, self.now + 500 + self.chance.below(3 * SECOND)));
                }
                lost => self.lost.push(lost),
            }
        }
    }

    fn take(&mut self, stored: Stored, read: bool) {
        let text = stored.text.to_string();
        let (at, ingested) = (Moment(stored.at), Moment(stored.ingested));
        let event = LogEvent { group: 0, stream: "s", at, ingested, message: &text };
        let is_new =
            if read { self.dedup.read(&event, &stored.id.to_string()) } else { self.dedup.streamed(&event) };
        if is_new {
            *self.taken.entry(stored.text).or_default() += 1;
        }
    }

    fn connect(&mut self) {
        self.connecting = false;
        self.now += 200 + self.chance.below(SECOND);
        if within(self.now, &EXPIRED) {
            self.on(SessionInput::Failed(TroubleClass::Credentials));
        } else if within(self.now, &THROTTLED) {
            self.on(SessionInput::Failed(TroubleClass::Throttled));
        } else {
            self.stream = Some((self.now, self.now));
            self.next_update = self.now + SECOND;
            self.on(SessionInput::Connected);
        }
    }

    fn update(&mut self) {
        let Some((since, delivered)) = self.stream else { return };
        let end = if self.now >= since + 3 * HOUR {
            self.time_ups += 1;
            Some(StreamEnd::TimeUp)
        } else if within(self.now, &EXPIRED) || within(self.now, &THROTTLED) || self.chance.below(60_000) == 0
        {
            Some(StreamEnd::Broken)
        } else if self.chance.below(60_000) == 0 {
            self.now += 12 * SECOND;
            Some(StreamEnd::Silent)
        } else {
            None
        };
        if let Some(end) = end {
            self.stream = None;
            self.next_update = i64::MAX;
            self.on(SessionInput::Ended(end));
            return;
        }
        // The service holds ten updates for a slow reader, and drops what is older.
        let from = delivered.max(self.now - 10 * SECOND);
        let start = self.store.partition_point(|stored| stored.ingested <= from);
        let until = self.store.partition_point(|stored| stored.ingested <= self.now);
        for at in start..until {
            self.take(self.store[at], false);
        }
        self.stream = Some((since, self.now));
        self.next_update = self.now + SECOND;
        self.on(UPDATE);
        self.forget();
    }

    fn forget(&mut self) {
        self.dedup.forget(self.session.needs());
        if let Some(until) = self.dedup.forgotten() {
            self.on(SessionInput::Forgot(until));
        }
    }

    fn read(&mut self) {
        let Some((fill, _)) = self.reading.take() else { return };
        // What arrived is to be read some seconds later.
        let there = |stored: &&Stored| {
            stored.ingested <= self.now - 15 * SECOND && (fill.from.0..=fill.until.0).contains(&stored.at)
        };
        let mut found: Vec<Stored> = self.store.iter().filter(there).copied().collect();
        found.sort_by_key(|stored| (stored.at, stored.ingested));
        let done = self.progress.remove(&fill.id).unwrap_or(0).min(found.len());
        let class = match self.now {
            now if within(now, &EXPIRED) => Some(TroubleClass::Credentials),
            now if within(now, &THROTTLED) => Some(TroubleClass::Throttled),
            _ => (self.chance.below(10) == 0).then_some(TroubleClass::Passing),
        };
        let end = if class.is_some() { done + (found.len() - done) / 2 } else { found.len() };
        for stored in &found[done..end] {
            self.take(*stored, true);
        }
        if let Some(class) = class {
            self.progress.insert(fill.id, end);
            self.on(SessionInput::Unfilled(fill.id, class));
        } else {
            self.on(SessionInput::Filled(fill.id));
            self.forget();
        }
    }

    fn pass(&mut self) {
        while self.now < END {
            if self.connecting {
                self.connect();
                continue;
            }
            let wake = self.session.wake().map_or(i64::MAX, millis);
            let read = self.reading.map_or(i64::MAX, |(_, until)| until);
            let next = wake.min(read).min(self.next_update);
            assert!(next < i64::MAX, "nothing would ever happen again: {:?}", self.session);
            self.now = self.now.max(next);
            if within(self.now, &[ASLEEP]) {
                self.now = ASLEEP.1;
            }
            if next == self.next_update {
                self.update();
            } else if next == read {
                self.read();
            } else {
                self.on(SessionInput::Tick);
            }
        }
    }
}

#[test]
fn a_day_has_no_hole_and_no_repeat() {
    for seed in 1..=4_u64 {
        let mut day = Day::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        day.pass();
        assert!(day.time_ups >= 8, "{} sessions lasted three hours", day.time_ups);
        assert_eq!(day.lost, [], "seed {seed}");
        assert_eq!(day.session.finish(at(day.now)), [], "seed {seed}");
        let mut all = BTreeMap::new();
        for stored in day.store.iter().filter(|stored| stored.at >= -5 * MINUTE) {
            *all.entry(stored.text).or_insert(0) += 1;
        }
        // A late record may be older than what was asked for.
        day.taken.retain(|text, _| all.contains_key(text));
        let wrong: Vec<_> = all.iter().filter(|(text, count)| day.taken.get(text) != Some(count)).collect();
        assert_eq!(wrong, [], "seed {seed}: {} records", day.store.len());
        let spans = THROTTLED.map(|span| (TroubleClass::Throttled, span)).into_iter();
        for (class, span) in spans.chain(EXPIRED.map(|span| (TroubleClass::Credentials, span))) {
            let met = |(at, phase): &(i64, Phase)| {
                let is_so = matches!(phase, Phase::Polling(why) | Phase::Waiting { why: Some(why), .. } if *why == class);
                is_so && within(*at, &[span])
            };
            assert!(day.phases.iter().any(met), "seed {seed}: {class:?} never came in {span:?}");
            // And it streams again soon.
            let again = (span.1, span.1 + 10 * MINUTE);
            let streams = |(at, phase): &(i64, Phase)| *phase == Phase::Streaming && within(*at, &[again]);
            assert!(day.phases.iter().any(streams), "seed {seed}: no stream after {span:?}");
        }
        let minutes = day.session.minutes(elapsed(day.now));
        assert!((34 * 60..40 * 60).contains(&minutes), "{minutes}");
    }
}

#[test]
fn eight_sessions_follow_each_other_without_waiting() {
    let timing = Timing::default();
    let (mut session, mut actions) = Session::start(Moment(0), false, timing);
    let mut now = 0;
    for number in 0..8 {
        assert!(actions.contains(&Action::Connect), "session {number}: {actions:?}");
        now += 300;
        let _ = session.on(at(now), SessionInput::Connected, 0);
        for _ in 0..3 * 3600 {
            now += SECOND;
            let _ = session.on(at(now), UPDATE, 0);
        }
        actions = session.on(at(now), SessionInput::Ended(StreamEnd::TimeUp), 999);
    }
    assert_eq!((session.reconnects(), session.minutes(elapsed(now))), (7, 8 * 180));
}

#[test]
fn waiting_grows_and_is_bounded() {
    let timing = Timing::default();
    let mut longest = Duration::ZERO;
    for failures in 0..40 {
        let (least, most) = (timing.wait(failures, 0), timing.wait(failures, 1000));
        assert!(least <= most && most <= timing.longest_wait, "{failures}");
        assert!(least >= longest / 2 && most >= longest, "{failures}: it never becomes shorter");
        longest = most;
    }
    assert_eq!((timing.wait(0, 1000), longest), (timing.first_wait, timing.longest_wait));
}

/// Streams that end soon after they began are begun again later each time, and so is what cannot be begun
/// after them.
#[test]
fn streams_that_die_young_are_waited_for_longer() {
    let timing = Timing { attempts: 100, ..Timing::default() };
    let (mut session, _) = Session::start(Moment(0), false, timing);
    let mut now = 1000;
    for number in 0..10 {
        let _ = session.on(at(now), SessionInput::Connected, 0);
        now += SECOND;
        let _ = session.on(at(now), SessionInput::Ended(StreamEnd::Closed), 1000);
        let wait = elapsed(now) + timing.wait(number, 1000);
        assert_eq!(session.phase(elapsed(now)), Phase::Waiting { until: wait, why: None }, "{number}");
        now = millis(wait);
        let actions = session.on(at(now), SessionInput::Tick, 0);
        assert!(actions.contains(&Action::Connect), "{number}: {actions:?}");
    }
    let _ = session.on(at(now), SessionInput::Failed(TroubleClass::Passing), 1000);
    let until = elapsed(now) + timing.longest_wait;
    assert_eq!(session.phase(elapsed(now)), Phase::Waiting { until, why: Some(TroubleClass::Passing) });
}

/// What is done about each kind of failure to start a stream.
#[test]
fn failures_to_start() {
    for (class, phase, is_retried) in [
        (
            TroubleClass::Passing,
            Phase::Waiting { until: elapsed(500), why: Some(TroubleClass::Passing) },
            true,
        ),
        (
            TroubleClass::Throttled,
            Phase::Waiting { until: elapsed(500), why: Some(TroubleClass::Throttled) },
            true,
        ),
        (
            TroubleClass::Unreachable,
            Phase::Waiting { until: elapsed(500), why: Some(TroubleClass::Unreachable) },
            true,
        ),
        (
            TroubleClass::Credentials,
            Phase::Waiting { until: elapsed(500), why: Some(TroubleClass::Credentials) },
            true,
        ),
        (TroubleClass::Denied, Phase::Polling(TroubleClass::Denied), false),
        (TroubleClass::Refused, Phase::Refused(TroubleClass::Refused), false),
    ] {
        let (mut session, _) = Session::start(Moment(-1000), false, Timing::default());
        let _ = session.on(at(0), SessionInput::Failed(class), 0);
        assert_eq!(session.phase(elapsed(0)), phase, "{class:?}");
        let mut connects = 0;
        for _ in 0..200 {
            let Some(wake) = session.wake() else { break };
            let now = at(millis(wake));
            for action in session.on(now, SessionInput::Tick, 0) {
                match action {
                    Action::Connect => {
                        connects += 1;
                        let _ = session.on(now, SessionInput::Failed(class), 0);
                    }
                    Action::Fill(fill) => drop(session.on(now, SessionInput::Filled(fill.id), 0)),
                    _ => {}
                }
            }
        }
        assert_eq!(connects > 1, is_retried, "{class:?}");
    }
}

/// A stream from which nothing comes is shown as such; updates that come after long are no proof that none
/// was lost.
#[test]
fn a_stream_that_stands_still() {
    let (mut session, _) = Session::start(Moment(0), false, Timing::default());
    let connected = session.on(at(0), SessionInput::Connected, 0);
    assert_eq!(connected, [], "nothing was before");
    let _ = session.on(at(1000), UPDATE, 0);
    assert_eq!(session.phase(elapsed(4000)), Phase::Streaming);
    assert_eq!(session.phase(elapsed(4001)), Phase::Stalled);
    assert_eq!(session.on(at(9000), UPDATE, 0), [], "the service holds so many");
    let actions = session.on(at(18_000), UPDATE, 0);
    assert!(
        matches!(actions[..], [Action::Fill(BackfillRange { from: Moment(0), until: Moment(28_000), .. })]),
        "{actions:?}"
    );
    assert_eq!(session.phase(elapsed(18_000)), Phase::Streaming);
}

#[test]
fn what_cannot_be_told_apart_any_more_is_lost_and_no_more() {
    let (mut session, _) = Session::start(Moment(0), false, Timing::default());
    let _ = session.on(at(HOUR), SessionInput::Connected, 0);
    let fill = |actions: &[Action]| match actions {
        [Action::Fill(fill)] => *fill,
        _ => panic!("{actions:?}"),
    };
    let _ = session.on(at(HOUR), SessionInput::Filled(FillId(0)), 0);
    let _ = session.on(at(HOUR), UPDATE, 0);
    let _ = session.on(at(HOUR + MINUTE), SessionInput::Tick, 0);
    let _ = session.on(at(HOUR + MINUTE), SessionInput::Filled(FillId(1)), 0);
    let _ = session.on(at(HOUR + MINUTE), SessionInput::Ended(StreamEnd::Broken), 0);
    let _ = session.on(at(2 * HOUR), SessionInput::Forgot(Moment(HOUR + 30 * MINUTE)), 0);
    let actions = session.on(at(2 * HOUR), SessionInput::Connected, 0);
    let [Action::Lost(gap), rest @ ..] = &actions[..] else { panic!("{actions:?}") };
    // Late records of five minutes more may be older than what is remembered.
    assert_eq!((gap.from, gap.until), (Moment(HOUR), Moment(HOUR + 35 * MINUTE)));
    assert_eq!(fill(rest).from, Moment(HOUR + 30 * MINUTE));
}
