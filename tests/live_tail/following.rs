//! Every way in which a session can begin, break and end: nothing is missing, and nothing comes twice.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use r53tail::base::moment::Moment;
use r53tail::edge::feed::live::client::{LiveLimits, LogsClient, TailTarget};
use r53tail::edge::feed::live::clock::ServiceClock;
use r53tail::edge::feed::live::groups::{LogGroupId, Unfollowed, WantedGroups};
use r53tail::edge::feed::live::tail::{Consumer, Flush, SessionStatus, TailPlan, follow};
use r53tail::fleet::Loss;
use r53tail::live::session::{Phase, Timing};
use r53tail::live::trouble::TroubleClass;
use r53tail::log::note::Gap;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::fake::{Fake, arn};
use crate::script::{ENDINGS, OPENINGS};
use crate::store::now;

/// Nothing here takes longer, on however busy a machine.
const LONGEST: Duration = Duration::from_mins(1);

fn milliseconds(count: u64) -> Duration {
    Duration::from_millis(count)
}

fn timing() -> Timing {
    Timing {
        settle: milliseconds(30),
        first_wait: milliseconds(10),
        longest_wait: milliseconds(50),
        poll: milliseconds(30),
        retry_live: milliseconds(100),
        ..Timing::default()
    }
}

pub(crate) fn limits() -> LiveLimits {
    LiveLimits {
        connect: Duration::from_secs(5),
        answer: milliseconds(500),
        first: milliseconds(400),
        silence: milliseconds(500),
        between: Some(Duration::ZERO),
    }
}

pub(crate) fn config(fake: &Fake) -> SdkConfig {
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(format!("http://{}", fake.address))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

fn client(fake: &Fake, limits: LiveLimits) -> LogsClient {
    LogsClient::new(&config(fake), false, limits, &ServiceClock::from_system())
}

pub(crate) fn plan(name: &str) -> TailPlan {
    TailPlan {
        first: 0,
        target: TailTarget {
            groups: vec![LogGroupId::from_arn(&arn(name)).expect("it is one")],
            pattern: None,
            stream_prefix: None,
            unmask: false,
        },
        since: Moment(now() - 120_000),
        complete: false,
        timing: timing(),
        remembered: 1 << 16,
    }
}

#[derive(Debug, Default)]
struct Collected {
    messages: BTreeMap<String, usize>,
    loss: Loss,
    status: Option<SessionStatus>,
    phases: Vec<Phase>,
}

impl Collected {
    fn count(&self) -> usize {
        self.messages.values().sum()
    }
}

impl Consumer for Collected {
    fn found(&mut self, _: &[LogGroupId]) {}

    fn passed_over(&mut self, other: &Unfollowed) {
        panic!("{other}");
    }

    fn record(&mut self, _: usize, message: &str) {
        *self.messages.entry(message.to_owned()).or_default() += 1;
    }

    fn lost(&mut self, loss: Loss) {
        self.loss.absorb(&loss);
    }

    fn status(&mut self, _: usize, status: SessionStatus) {
        if self.phases.last() != Some(&status.phase) {
            self.phases.push(status.phase);
        }
        self.status = Some(status);
    }

    fn flush(&mut self) -> Flush {
        Flush::Done
    }
}

fn truth(fake: &Fake, name: &str) -> BTreeMap<String, usize> {
    let mut messages = BTreeMap::new();
    for record in fake.world().records(name) {
        *messages.entry(record.message).or_default() += 1;
    }
    messages
}

/// Follows a group until `enough`, and returns what came.
async fn collect(fake: &Fake, plan: TailPlan, enough: impl Fn(&Collected) -> bool) -> Collected {
    collect_within(fake, plan, limits(), enough).await
}

async fn collect_within(
    fake: &Fake,
    plan: TailPlan,
    limits: LiveLimits,
    enough: impl Fn(&Collected) -> bool,
) -> Collected {
    let name = plan.target.groups[0].name().to_owned();
    let collected = RefCell::new(Collected::default());
    let (stop, stopped) = watch::channel(false);
    let following = follow(Rc::new(client(fake, limits)), plan, &collected, stopped);
    let watching = async {
        while !enough(&collected.borrow()) {
            sleep(milliseconds(5)).await;
        }
        stop.send(true).expect("somebody listens");
    };
    let both = async { tokio::join!(following, watching) };
    if timeout(LONGEST, both).await.is_err() {
        let all = truth(fake, &name);
        let missing: Vec<_> =
            all.iter().filter(|(text, _)| !collected.borrow().messages.contains_key(*text)).collect();
        panic!(
            "{name}: {} of {:?}; missing {missing:?}; {:?}",
            collected.borrow().count(),
            all.len(),
            collected.borrow().phases
        );
    }
    collected.into_inner()
}

/// Whether all has come, and was read twice since the session `session` began; so a repeat would have come,
/// too.
fn settled<'f>(fake: &'f Fake, name: &str, session: usize) -> impl Fn(&Collected) -> bool + use<'f> {
    let name = name.to_owned();
    move |collected| {
        let world = fake.world();
        let (sessions, readings) = world.seen(&name);
        let all = world.records(&name).len();
        sessions >= session && readings >= 2 && world.is_done(&name) && collected.count() >= all && {
            let status = collected.status.as_ref();
            status.is_some_and(|status| status.phase == Phase::Streaming && !status.filling)
        }
    }
}

pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime can be made").block_on(future)
}

#[test]
fn whatever_ends_a_stream_nothing_is_missing_and_nothing_repeated() {
    let fake = Fake::start();
    for ending in ENDINGS {
        let name = format!("/fake/end.{ending}");
        let collected = run(collect(&fake, plan(&name), settled(&fake, &name, 2)));
        assert_eq!(collected.messages, truth(&fake, &name), "{ending}");
        assert_eq!(collected.loss, Loss::default(), "{ending}");
        let status = collected.status.expect("it was told");
        // More than once if this machine is so busy that a stream seems silent.
        assert!(status.reconnects >= 1, "{ending}");
        assert_eq!(status.records, collected.messages.values().sum::<usize>() as u64);
    }
}

#[test]
fn whatever_keeps_a_stream_from_beginning_nothing_is_missing_and_nothing_repeated() {
    let fake = Fake::start();
    for opening in OPENINGS {
        let name = format!("/fake/open.{opening}");
        let collected = run(collect(&fake, plan(&name), settled(&fake, &name, 3)));
        assert_eq!(collected.messages, truth(&fake, &name), "{opening}");
        assert_eq!(collected.loss, Loss::default(), "{opening}");
        let class = match opening {
            "throttled" | "limit" => TroubleClass::Throttled,
            "expired" => TroubleClass::Credentials,
            "mute" | "no-frame" => TroubleClass::Held,
            _ => TroubleClass::Passing,
        };
        let waited = |phase: &Phase| matches!(phase, Phase::Waiting { why: Some(why), .. } if *why == class);
        // Where a proxy may hold the stream back, nobody waits for a third attempt.
        let polled = class == TroubleClass::Held && collected.phases.contains(&Phase::Polling(class));
        assert!(polled || collected.phases.iter().any(waited), "{opening}: {:?}", collected.phases);
    }
}

#[test]
fn frames_in_pieces_and_events_of_unknown_types_are_no_trouble() {
    let fake = Fake::start();
    // However busy this machine is: here no stream seems silent.
    let limits = LiveLimits { between: Some(Duration::ZERO), ..LiveLimits::default() };
    for name in ["/fake/split", "/fake/unknown"] {
        let collected = run(collect_within(&fake, plan(name), limits, settled(&fake, name, 1)));
        assert_eq!(collected.messages, truth(&fake, name), "{name}");
        assert_eq!(collected.status.expect("it was told").reconnects, 0, "{name}");
    }
}

#[test]
fn without_live_tail_it_is_polled() {
    let fake = Fake::start();
    let name = "/fake/denied";
    let polled = |collected: &Collected| {
        let (_, readings) = fake.world().seen(name);
        readings >= 3 && collected.count() >= fake.world().records(name).len()
    };
    let collected = run(collect(&fake, plan(name), polled));
    assert_eq!(collected.messages, truth(&fake, name));
    let status = collected.status.expect("it was told");
    assert_eq!(status.phase, Phase::Polling(TroubleClass::Denied));
    let trouble = status.trouble.expect("it says why");
    assert_eq!(trouble.text, "AccessDeniedException: said by AccessDeniedException");
    assert_eq!(trouble.hint.as_deref(), Some("allow the IAM action `logs:StartLiveTail`"));
    assert_eq!(fake.world().seen(name).0, 1, "it is not tried again");
}

/// An account has so many sessions, and no more: what cannot be streamed is polled, with the reason.
#[test]
fn where_the_quota_of_sessions_is_used_up_it_is_polled() {
    let fake = Fake::start();
    let name = "/fake/full";
    let polled = |collected: &Collected| {
        let is_polling = collected.phases.contains(&Phase::Polling(TroubleClass::Throttled));
        is_polling && fake.world().seen(name).1 >= 2 && collected.count() >= fake.world().records(name).len()
    };
    let collected = run(collect(&fake, plan(name), polled));
    assert_eq!(collected.messages, truth(&fake, name));
    let trouble = collected.status.and_then(|status| status.trouble).expect("it says why");
    assert!(trouble.text.starts_with("too many Live Tail sessions or requests"), "{trouble:?}");
    assert!(trouble.hint.is_some_and(|hint| hint.contains("L-D6990B80")));
}

#[test]
fn of_a_burst_nothing_is_lost() {
    let fake = Fake::start();
    let name = "/fake/burst";
    let limits = LiveLimits { between: Some(Duration::ZERO), ..LiveLimits::default() };
    let collected = run(collect_within(&fake, plan(name), limits, settled(&fake, name, 1)));
    assert!(collected.count() > 20_000);
    assert_eq!((collected.messages, collected.loss), (truth(&fake, name), Loss::default()));
    assert_eq!(collected.status.expect("it was told").reconnects, 0);
}

/// A stream that starts over delivers nothing new, not even what is as old as nothing that is remembered.
#[test]
fn what_a_stream_delivers_again_is_not_taken_again() {
    let fake = Fake::start();
    let name = "/fake/again";
    fake.world().group(name);
    fake.world().make(name, 10, 3_600_000);
    for record in &mut fake.world().group(name).records {
        record.ingested = record.at;
    }
    let collected = run(collect(&fake, plan(name), settled(&fake, name, 4)));
    assert_eq!(collected.messages, truth(&fake, name));
}

/// What nobody may read is a gap: from the last update to the next session, and before the first.
#[test]
fn a_seam_that_cannot_be_filled_is_a_gap() {
    let fake = Fake::start();
    let name = "/fake/no-history";
    let plan = plan(name);
    let since = plan.since;
    let two_gaps = |collected: &Collected| {
        collected.loss.gaps.len() >= 2
            && collected.status.as_ref().is_some_and(|status| status.phase == Phase::Streaming)
            && fake.world().seen(name).0 == 2
    };
    let collected = run(collect(&fake, plan, two_gaps));
    let [Gap { from, until }, second] = collected.loss.gaps[..] else { panic!("{:?}", collected.loss) };
    // The service's time is known to a second, and a gap is no shorter than what may be missing.
    assert!((since.0 - 1500..=since.0).contains(&from.0), "{from} and {since}");
    assert!(until.0 - 3000 <= second.from.0 && second.from < second.until, "{:?}", collected.loss);
    for (message, count) in &collected.messages {
        assert!(truth(&fake, name)[message] >= *count, "{message}");
    }
}

#[test]
fn a_sample_is_counted_or_completed() {
    let fake = Fake::start();
    let sampled = |collected: &Collected| {
        let is_streaming = |status: &SessionStatus| status.phase == Phase::Streaming && !status.filling;
        collected.loss.sampled_seconds > 0 && collected.status.as_ref().is_some_and(is_streaming)
    };
    let name = "/fake/sampled";
    let collected = run(collect(&fake, plan(name), sampled));
    let [second] = collected.loss.sampled[..] else { panic!("{:?}", collected.loss) };
    assert!(second.from <= second.until, "{second:?}");
    assert_eq!(collected.loss, Loss { sampled_seconds: 1, sampled: vec![second], ..Loss::default() });
    let name = "/fake/complete/sampled";
    let complete = TailPlan { complete: true, ..plan(name) };
    let collected = run(collect(&fake, complete, settled(&fake, name, 1)));
    assert_eq!((collected.messages, collected.loss), (truth(&fake, name), Loss::default()));
}

#[test]
fn what_is_not_there_is_refused_and_ends_it() {
    let fake = Fake::start();
    let collected = RefCell::new(Collected::default());
    let (_stop, stopped) = watch::channel(false);
    let following = follow(Rc::new(client(&fake, limits())), plan("/fake/gone"), &collected, stopped);
    let trouble = run(async { timeout(LONGEST, following).await }).expect("it ends").expect("it says why");
    assert_eq!(trouble.class, TroubleClass::Refused);
    assert_eq!(trouble.text, "ResourceNotFoundException: said by ResourceNotFoundException");
}

#[test]
fn a_name_that_does_not_resolve_is_named() {
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url("http://logs.invalid:1")
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    let client = LogsClient::new(&config, true, limits(), &ServiceClock::from_system());
    let target = plan("/fake/x").target;
    let trouble = run(client.open(&target)).expect_err("RFC 6761 section 6.4: `invalid` never resolves");
    assert_eq!(trouble.class, TroubleClass::Unreachable);
    assert!(trouble.text.starts_with("cannot resolve `stream-logs.invalid:1`: "), "{}", trouble.text);
}

#[test]
fn groups_are_found_by_name_and_by_prefix() {
    let fake = Fake::start();
    let client = client(&fake, limits());
    for (text, found) in [
        ("/fake/split", &["/fake/split"][..]),
        ("/fake/split*", &["/fake/split", "/fake/split-too", "/fake/split-three"]),
        ("*", &["/fake/split", "/fake/split-too", "/fake/split-three", "/fake/unknown"]),
        ("/fake/missing", &[]),
        (&format!("{}:*", arn("/fake/other")), &["/fake/other"]),
    ] {
        let wanted: WantedGroups = text.parse().expect("it names groups");
        let groups = run(client.find(&wanted)).expect("they can be asked for").groups;
        let names: Vec<&str> = groups.iter().map(LogGroupId::name).collect();
        assert_eq!(names, found, "{text}");
        assert!(groups.iter().all(|group| !group.arn.ends_with('*')), "{groups:?}");
    }
}
