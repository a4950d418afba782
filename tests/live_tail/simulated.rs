//! A whole day of the driver with the real SDK client: eight sessions that end after three hours, throttling,
//! credentials that expire, a connection that breaks and one that falls silent. The service is in memory and
//! time stands still whenever somebody waits, so that a day takes seconds.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body::{Body, Frame};
use r53tail::base::moment::Moment;
use r53tail::edge::feed::live::client::{LiveLimits, LogsClient, TailTarget};
use r53tail::edge::feed::live::clock::ServiceClock;
use r53tail::edge::feed::live::groups::{LogGroupId, Unfollowed};
use r53tail::edge::feed::live::tail::{Consumer, Flush, SessionStatus, TailPlan, follow};
use r53tail::fleet::Loss;
use r53tail::live::session::{Phase, Timing};
use r53tail::live::trouble::TroubleClass;
use r53tail::log::note::Gap;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep};

use crate::arrivals::{HOUR, MINUTE, SECOND, Stored, arrivals};
use crate::chance::Chance;
use crate::fake::arn;
use crate::frames::{date, exception, frame};

/// When the day begins: 2026-05-12T00:00:00Z.
pub(crate) const START: i64 = 1_778_544_000_000;
/// Records are asked for from this time on.
const SINCE: i64 = START - 5 * MINUTE;
/// How long it takes until what arrived can be found with `FilterLogEvents`.
const FOUND_AFTER: i64 = 15 * SECOND;
/// Events on a page.
const PAGE: usize = 300;
const NAME: &str = "/simulated/day";

/// What is wrong with the service for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It says of every request that there are too many.
    Throttled,
    /// The keys are refused, and whoever gives keys still gives those.
    RefusedKeys,
    /// Whoever gives keys has none: a login that is over.
    NoKeys,
    /// What was logged may not be read, though it may be streamed.
    NoHistory,
}

/// How a session of the day ends, and what is wrong afterwards, for so long.
pub(crate) type Ending = (How, Option<(Fault, i64)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// After three hours, with the exception that says so.
    TimeUp,
    /// The connection breaks after so long.
    Broken(i64),
    /// Nothing more comes after so long, though the connection stays.
    Silent(i64),
}

const DAY: [Ending; 10] = [
    (How::TimeUp, None),
    (How::TimeUp, Some((Fault::Throttled, 40 * SECOND))),
    (How::Broken(40 * MINUTE), None),
    (How::TimeUp, Some((Fault::RefusedKeys, 20 * MINUTE))),
    (How::TimeUp, None),
    (How::TimeUp, Some((Fault::NoKeys, 47 * MINUTE))),
    (How::Silent(70 * MINUTE), None),
    (How::TimeUp, Some((Fault::Throttled, 12 * MINUTE))),
    (How::TimeUp, None),
    (How::TimeUp, None),
];
/// One in which something is lost by design.
const LOSSY: [Ending; 3] =
    [(How::TimeUp, None), (How::Silent(HOUR), Some((Fault::NoHistory, 10 * MINUTE))), (How::TimeUp, None)];

/// How wrong the clocks of the machine are, in milliseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wrong {
    /// From the beginning on.
    pub(crate) by: i64,
    /// And more each hour.
    pub(crate) drift: i64,
    /// When it is set, and by how much.
    pub(crate) leap: (i64, i64),
    /// When the machine sleeps, and for how long: its clock is right afterwards, but nothing elapses
    /// meanwhile.
    pub(crate) sleep: (i64, i64),
    /// How much the monotonic clock loses each hour; less than 0 if it gains.
    pub(crate) slow: i64,
    /// Whether the service does not say what time it is.
    pub(crate) untold: bool,
}

/// The time of day, which goes on as tokio's does: that of the service, and that of the machine.
#[derive(Clone, Copy, Debug)]
struct Day(Instant, Wrong);

impl Day {
    fn elapsed(self) -> i64 {
        i64::try_from(self.0.elapsed().as_millis()).expect("it is a day")
    }

    fn now(self) -> i64 {
        let Wrong { sleep: (at, long), .. } = self.1;
        let elapsed = self.elapsed();
        START + elapsed + self.1.slow * elapsed / HOUR + if elapsed >= at { long } else { 0 }
    }

    fn wall(self) -> i64 {
        let Wrong { by, drift, leap: (at, leap), .. } = self.1;
        let elapsed = self.elapsed();
        self.now() + by + drift * elapsed / HOUR + if elapsed >= at { leap } else { 0 }
    }
}

/// The service, and whoever gives keys for it.
#[derive(Clone, Debug)]
struct Service(Arc<Mutex<World>>);

#[derive(Clone, Debug)]
pub(crate) struct World {
    clock: Day,
    chance: Chance,
    pub(crate) store: Vec<Stored>,
    endings: Vec<Ending>,
    /// How long a record may take to the stream, at most.
    lag: i64,
    /// When nothing that was logged may be read.
    closed: Vec<(i64, i64)>,
    /// What is wrong, and until when.
    fault: Option<(Fault, i64)>,
    /// The number of the keys that are valid; those before it expired.
    keys: u32,
    /// When each session began and ended.
    pub(crate) sessions: Vec<(i64, i64)>,
    /// When the session that has not ended yet began.
    open_since: i64,
    time_ups: usize,
    /// Requests that were refused, by what was wrong and by operation.
    refused: BTreeMap<(String, &'static str), usize>,
    /// How often keys were asked for.
    asked: usize,
}

impl Service {
    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl World {
    fn is_closed(&self) -> bool {
        let now = self.clock.now() - START;
        self.closed.iter().any(|(from, until)| (*from..*until).contains(&now))
    }

    fn fault(&self) -> Option<Fault> {
        self.fault.filter(|(_, until)| self.clock.now() < *until).map(|(fault, _)| fault)
    }

    /// The code of the error that a request is answered with.
    fn refusal(&self, operation: &str, authorization: &str) -> Option<&'static str> {
        match self.fault() {
            Some(Fault::Throttled) => Some("ThrottlingException"),
            Some(Fault::NoHistory) if operation == "FilterLogEvents" => Some("AccessDeniedException"),
            _ if self.is_closed() && operation == "FilterLogEvents" => Some("AccessDeniedException"),
            _ if !authorization.contains(&format!("Credential=AKID{}/", self.keys)) => {
                Some("ExpiredTokenException")
            }
            _ => None,
        }
    }

    /// Ends a session that began at `since`, and begins what is wrong then.
    fn end(&mut self, since: i64, fault: Option<(Fault, i64)>) {
        let now = self.clock.now();
        self.sessions.push((since, now));
        self.fault = fault.map(|(fault, long)| (fault, now + long));
        if matches!(fault, Some((Fault::RefusedKeys | Fault::NoKeys, _))) {
            self.keys += 1;
        }
    }

    fn chance_of_lag(&mut self) -> i64 {
        self.chance.below(self.lag)
    }

    fn page(&mut self, request: &Value) -> Value {
        let settled = self.clock.now() - FOUND_AFTER;
        let range = request["startTime"].as_i64().expect("there is one")
            ..=request["endTime"].as_i64().expect("there is one");
        let there = |stored: &&Stored| stored.ingested <= settled && range.contains(&stored.at);
        let mut found: Vec<&Stored> = self.store.iter().filter(there).collect();
        found.sort_by_key(|stored| (stored.at, stored.ingested, stored.id));
        let token = request["nextToken"].as_str().map(|token| {
            let mut parts = token.split('.').map(|part| part.parse::<i64>().expect("it was given out"));
            (parts.next(), parts.next(), parts.next())
        });
        let key = |stored: &Stored| (Some(stored.at), Some(stored.ingested), i64::try_from(stored.id).ok());
        found.retain(|stored| token.is_none_or(|token| key(stored) > token));
        let next = found.get(PAGE).map(|_| {
            let last = found[PAGE - 1];
            format!("{}.{}.{}", last.at, last.ingested, last.id)
        });
        found.truncate(PAGE);
        let events: Vec<Value> = found
            .into_iter()
            .map(|stored| {
                json!({"eventId": stored.id.to_string(), "logStreamName": "s", "timestamp": stored.at,
                       "ingestionTime": stored.ingested, "message": stored.text.to_string()})
            })
            .collect();
        json!({"events": events, "nextToken": next})
    }
}

fn update(records: &[Stored]) -> Vec<u8> {
    let events: Vec<Value> = records
        .iter()
        .map(|stored| {
            json!({"logStreamName": "s", "logGroupIdentifier": arn(NAME), "timestamp": stored.at,
                   "ingestionTime": stored.ingested, "message": stored.text.to_string()})
        })
        .collect();
    frame(
        "sessionUpdate",
        &json!({"sessionMetadata": {"sampled": false}, "sessionResults": events}).to_string(),
    )
}

/// A body that goes on for as long as somebody sends.
struct Streamed(mpsc::Receiver<Result<Vec<u8>, std::io::Error>>);

impl Body for Streamed {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        self.0.poll_recv(context).map(|part| part.map(|part| part.map(|part| Frame::data(part.into()))))
    }
}

/// One session, until it ends or the client goes away.
async fn session(service: Service, out: mpsc::Sender<Result<Vec<u8>, std::io::Error>>) {
    let (clock, number) = {
        let world = service.world();
        (world.clock, world.sessions.len())
    };
    let ending = service.world().endings.get(number).copied().unwrap_or((How::TimeUp, None));
    let since = clock.now();
    service.world().open_since = since;
    let long = match ending.0 {
        How::TimeUp => 3 * HOUR,
        How::Broken(long) | How::Silent(long) => long,
    };
    let mut delivered = since;
    let start = [frame("initial-response", "{}"), frame("sessionStart", r#"{"sessionId":"s"}"#)].concat();
    if out.send(Ok(start)).await.is_err() {
        return;
    }
    while clock.now() < since + long {
        sleep(Duration::from_secs(1)).await;
        let update = {
            let mut world = service.world();
            let lag = if world.lag > 0 { world.chance_of_lag() } else { 0 };
            let until = delivered.max(clock.now() - lag);
            let place = |moment| world.store.partition_point(|stored| stored.ingested <= moment);
            let update = update(&world.store[place(delivered)..place(until)]);
            delivered = until;
            update
        };
        if out.send(Ok(update)).await.is_err() {
            return;
        }
    }
    // What arrives now is delivered by no session.
    sleep(Duration::from_millis(700)).await;
    if ending.0 == How::TimeUp {
        service.world().time_ups += 1;
    }
    service.world().end(since, ending.1);
    match ending.0 {
        How::TimeUp => _ = out.send(Ok(exception("SessionTimeoutException", "three hours"))).await,
        How::Broken(_) => _ = out.send(Err(std::io::ErrorKind::ConnectionReset.into())).await,
        How::Silent(_) => out.closed().await,
    }
}

impl HttpConnector for Service {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let service = self.clone();
        HttpConnectorFuture::new(async move {
            let latency = service.world().chance.below(300);
            sleep(Duration::from_millis(latency.unsigned_abs())).await;
            let header = |name| request.headers().get(name).unwrap_or_default().to_owned();
            let (target, authorization) = (header("x-amz-target"), header("authorization"));
            let operation = target.split('.').nth(1).unwrap_or_default();
            let clock = service.world().clock;
            let date = (!clock.1.untold).then(|| date(clock.now()));
            let refusal = service.world().refusal(operation, &authorization);
            let refusal = refusal
                .or_else(|| is_old(&header("x-amz-date"), clock).then_some("InvalidSignatureException"));
            if let Some(code) = refusal {
                *service.world().refused.entry((operation.to_owned(), code)).or_default() += 1;
                let body = json!({"__type": code, "message": "no"}).to_string();
                return Ok(response(date, 400, "application/x-amz-json-1.1", SdkBody::from(body)));
            }
            match operation {
                "StartLiveTail" => {
                    let (sender, receiver) = mpsc::channel(10);
                    tokio::spawn(session(service, sender));
                    let body = SdkBody::from_body_1_x(Streamed(receiver));
                    Ok(response(date, 200, "application/vnd.amazon.eventstream", body))
                }
                "FilterLogEvents" => {
                    let asked: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default())
                        .expect("it is JSON");
                    let page = service.world().page(&asked).to_string();
                    Ok(response(date, 200, "application/x-amz-json-1.1", SdkBody::from(page)))
                }
                other => panic!("nobody asks for {other}"),
            }
        })
    }
}

/// Whether what was signed at `signed` is refused: the service allows for five minutes (Signature Version 4).
fn is_old(signed: &str, clock: Day) -> bool {
    let digits: String = signed.chars().filter(char::is_ascii_digit).collect();
    let part = |from, to| digits.get(from..to).unwrap_or_default();
    let text = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(8, 10),
        part(10, 12),
        part(12, 14)
    );
    let signed = Moment::parse(&text).expect("it is a time");
    (signed.0 - clock.now()).abs() > 5 * MINUTE && !clock.1.untold
}

fn response(date: Option<String>, status: u16, kind: &'static str, body: SdkBody) -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::try_from(status).expect("it is one"), body);
    response.headers_mut().insert("x-amzn-requestid", "r");
    if let Some(date) = date {
        response.headers_mut().insert("date", date);
    }
    response.headers_mut().insert("content-type", kind);
    response
}

impl HttpClient for Service {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl ProvideCredentials for Service {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let mut world = self.world();
        world.asked += 1;
        let number = match world.fault() {
            Some(Fault::NoKeys) => {
                let over =
                    CredentialsError::provider_error("the SSO token has expired and cannot be refreshed");
                return future::ProvideCredentials::ready(Err(over));
            }
            Some(Fault::RefusedKeys) => world.keys - 1,
            _ => world.keys,
        };
        future::ProvideCredentials::ready(Ok(Credentials::new(
            format!("AKID{number}"),
            "secret",
            None,
            None,
            "simulated",
        )))
    }
}

#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub(crate) messages: BTreeMap<usize, usize>,
    pub(crate) loss: Loss,
    phases: Vec<Phase>,
    /// How far ahead it was said that the clock of the machine is, and how late in the day.
    pub(crate) ahead: Vec<(Duration, Option<i64>)>,
    reconnects: u64,
    minutes: u64,
}

impl Consumer for Collected {
    fn found(&mut self, _: &[LogGroupId]) {}

    fn passed_over(&mut self, other: &Unfollowed) {
        panic!("{other}");
    }

    fn record(&mut self, _: usize, message: &str) {
        *self.messages.entry(message.parse().expect("it is a number")).or_default() += 1;
    }

    fn lost(&mut self, loss: Loss) {
        self.loss.absorb(&loss);
    }

    fn status(&mut self, _: usize, status: SessionStatus) {
        (self.reconnects, self.minutes) = (status.reconnects, status.minutes);
        if self.ahead.last().is_none_or(|(_, ahead)| *ahead != status.ahead) {
            self.ahead.push((status.now.elapsed, status.ahead));
        }
        if self.phases.last() != Some(&status.phase) {
            self.phases.push(status.phase);
        }
    }

    fn flush(&mut self) -> Flush {
        Flush::Done
    }
}

/// What is followed, and on what machine.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    pub(crate) endings: Vec<Ending>,
    pub(crate) seed: u64,
    pub(crate) wrong: Wrong,
    /// A record comes at least every so many milliseconds.
    pub(crate) pause: i64,
    /// How long a record may take to the stream, at most.
    pub(crate) lag: i64,
    /// When nothing that was logged may be read, in milliseconds since the beginning.
    pub(crate) closed: Vec<(i64, i64)>,
}

/// Follows the service until `endings` are over and what came after them was read, too.
fn live(endings: &[Ending], seed: u64) -> (Collected, World, i64) {
    let (wrong, endings) = (Wrong::default(), endings.to_vec());
    Course { endings, seed, wrong, pause: 6 * SECOND, lag: 0, closed: Vec::new() }.pass()
}

impl Course {
    /// The longest that it may take, in the service's time.
    fn longest(&self) -> i64 {
        let of = |(how, fault): &Ending| {
            let session = match how {
                How::TimeUp => 3 * HOUR,
                How::Broken(long) | How::Silent(long) => *long,
            };
            session + fault.map_or(0, |(_, long)| long) + 6 * MINUTE
        };
        self.endings.iter().map(of).sum::<i64>() + self.wrong.sleep.1 + 10 * MINUTE
    }

    /// Follows the service until all sessions ended but the last, and for five minutes more. Returns what
    /// came, the service as it was then, and until when what arrived is to be there.
    pub(crate) fn pass(self) -> (Collected, World, i64) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("a runtime can be made").block_on(self.followed())
    }

    async fn followed(self) -> (Collected, World, i64) {
        let longest = self.longest();
        let Self { endings, seed, wrong, pause, lag, closed } = self;
        let clock = Day(Instant::now(), wrong);
        let mut chance = Chance::new(seed);
        let sessions = endings.len();
        let store = arrivals(&mut chance, START - 10 * MINUTE, START + longest, pause);
        let service = Service(Arc::new(Mutex::new(World {
            clock,
            chance,
            store,
            endings,
            lag,
            closed,
            fault: None,
            keys: 1,
            sessions: Vec::new(),
            open_since: START,
            time_ups: 0,
            refused: BTreeMap::new(),
            asked: 0,
        })));
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(service.clone()))
            .http_client(service.clone())
            .build();
        let plan = TailPlan {
            first: 0,
            target: TailTarget {
                groups: vec![LogGroupId::from_arn(&arn(NAME)).expect("it is one")],
                pattern: None,
                stream_prefix: None,
                unmask: false,
            },
            // What somebody asks for who knows no better.
            since: Moment(SINCE + wrong.by),
            complete: false,
            timing: Timing::default(),
            remembered: 1 << 20,
        };
        let collected = RefCell::new(Collected::default());
        let (stop, stopped) = watch::channel(false);
        let time = ServiceClock::with(move || Moment(clock.wall()));
        let client = Rc::new(LogsClient::new(&config, true, LiveLimits::default(), &time));
        let following = follow(client, plan, &collected, stopped);
        let ending = async {
            while service.world().sessions.len() < sessions {
                assert!(clock.now() < START + longest, "{:?}", service.world().sessions);
                sleep(Duration::from_secs(1)).await;
            }
            sleep(Duration::from_mins(5)).await;
            stop.send(true).expect("somebody listens");
        };
        let (refused, ()) = tokio::join!(following, ending);
        assert_eq!(refused, None);
        let mut world = service.world().clone();
        let open = (world.open_since, clock.now());
        world.sessions.push(open);
        (collected.into_inner(), world, clock.now() - 4 * MINUTE)
    }
}

impl World {
    /// What was asked for of what arrived until then.
    pub(crate) fn wanted(&self, until: i64) -> impl Iterator<Item = &Stored> {
        self.store.iter().filter(move |stored| stored.at >= SINCE && stored.ingested <= until)
    }

    /// How often each of these records is to come.
    pub(crate) fn truth(&self, until: i64) -> BTreeMap<usize, usize> {
        let mut all = BTreeMap::new();
        for stored in self.wanted(until) {
            *all.entry(stored.text).or_insert(0) += 1;
        }
        all
    }
}

#[test]
fn a_day_of_the_driver_has_no_hole_and_no_repeat() {
    let (mut collected, world, until) = live(&DAY, 0x9e37_79b9_7f4a_7c15);
    assert_eq!(world.time_ups, 8, "{:?}", world.sessions);
    assert_eq!(collected.loss, Loss::default());
    assert!(world.asked > 1, "keys were asked for once only");
    let all = world.truth(until);
    assert!(all.len() > 20_000, "{}", all.len());
    // A late record may be older than what was asked for.
    collected.messages.retain(|text, _| all.contains_key(text));
    let wrong: Vec<_> =
        all.iter().filter(|(text, count)| collected.messages.get(text) != Some(count)).collect();
    assert_eq!(wrong, [], "of {} records", world.store.len());
    assert_eq!(collected.reconnects, 10);
    // Both operations met throttling and keys that are over; without keys nothing is asked at all.
    for operation in ["StartLiveTail", "FilterLogEvents"] {
        assert!(
            world.refused.contains_key(&(operation.to_owned(), "ThrottlingException")),
            "{:?}",
            world.refused
        );
    }
    assert!(
        world.refused.contains_key(&("StartLiveTail".to_owned(), "ExpiredTokenException")),
        "{:?}",
        world.refused
    );
    assert!(!world.refused.keys().any(|(_, code)| *code == "AccessDeniedException"));
    for class in [TroubleClass::Throttled, TroubleClass::Credentials] {
        let met = |phase: &Phase| matches!(phase, Phase::Waiting { why: Some(why), .. } if *why == class);
        assert!(collected.phases.iter().any(met), "{class:?}");
    }
    assert!(
        collected.phases.contains(&Phase::Polling(TroubleClass::Throttled)),
        "after three failures it is polled"
    );
    assert!(collected.phases.contains(&Phase::Stalled), "silence is shown before it ends");
    // What is billed: the session that fell silent is open until that is noticed.
    let minutes = i64::try_from(collected.minutes).expect("they are few") * MINUTE;
    let streamed: i64 = world.sessions.iter().map(|(since, until)| until - since).sum();
    assert!((minutes - streamed).abs() < 2 * MINUTE, "{minutes} and {streamed}");
}

#[test]
fn what_is_lost_within_a_day_is_said_with_its_range() {
    let (mut collected, world, ended_at) = live(&LOSSY, 0x2545_f491_4f6c_dd1d);
    let (_, ended) = world.sessions[1];
    let (began, _) = world.sessions[2];
    let [Gap { from, until }] = collected.loss.gaps[..] else { panic!("{:?}", collected.loss) };
    // Of the last ten seconds before the last update, some may have been held back.
    assert!((ended - 12 * SECOND..=ended - 10 * SECOND).contains(&from.0), "{from} and {ended}");
    assert!((began - SECOND..began + 2 * SECOND).contains(&until.0), "{until} and {began}");
    let all = world.truth(ended_at);
    collected.messages.retain(|text, _| all.contains_key(text));
    let mut missing = 0;
    for stored in world.wanted(ended_at) {
        let (came, count) = (collected.messages.get(&stored.text).copied().unwrap_or(0), all[&stored.text]);
        if (from.0..=until.0).contains(&stored.ingested) {
            missing += usize::from(came < count);
            assert!(came <= count);
        } else {
            assert_eq!(came, count, "{stored:?} is in no gap");
        }
    }
    assert!(missing > 0, "nothing was lost");
}
