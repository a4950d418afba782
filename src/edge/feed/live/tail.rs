//! The driver: does what the session says, and tells it what came of it.
//!
//! All of it runs on one thread. What comes is handed to a [`Consumer`], which must never wait: the service
//! holds ten updates for a slow reader and then drops the oldest.

use std::cell::RefCell;
use std::future::{Future, pending};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use super::client::{EventPage, LiveStream, LogsClient, Received, StreamUpdate, TailTarget};
use super::groups::{LogGroupId, Unfollowed};
use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::edge::feed::aws::page_tokens::PageTokens;
use crate::fleet::Loss;
use crate::live::dedup::{Dedup, LogEvent};
use crate::live::session::{Action, BackfillRange, FillId, Phase, Session, SessionInput, StreamEnd, Timing};
use crate::live::time::Now;
use crate::live::time::before;
use crate::live::trouble::Trouble;
use crate::live::trouble::TroubleClass;
use crate::log::note::Gap;

/// At least this often the consumer is told the state of the session, and asked to hand on what it has.
const BEAT: Duration = Duration::from_secs(1);
/// This often while it could not hand on everything.
const AGAIN: Duration = Duration::from_millis(20);

/// What is to be followed.
#[derive(Clone, Debug)]
pub struct TailPlan {
    /// The number of the first of the groups, if there are several sessions.
    pub first: usize,
    /// The log groups.
    pub target: TailTarget,
    /// Records from this time on.
    pub since: Moment,
    /// Whether seconds of which there was a sample are to be read again.
    pub complete: bool,
    /// How long things take.
    pub timing: Timing,
    /// How many events are remembered to recognize them.
    pub remembered: usize,
}

/// The state of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionStatus {
    /// What time it is.
    pub now: Now,
    /// How far the clock of this machine is ahead of the service's, in milliseconds; less than 0 if it is
    /// slow. `None` if that is too little to be told.
    pub ahead: Option<i64>,
    /// What it is doing.
    pub phase: Phase,
    /// Whether a stretch is being read besides.
    pub filling: bool,
    /// What arrived in this stretch is still to be looked for a second time.
    pub settling: Option<Gap>,
    /// What went wrong last, until it goes well again.
    pub trouble: Option<Trouble>,
    /// How often a stream was started after the first.
    pub reconnects: u64,
    /// Minutes of Live Tail so far.
    pub minutes: u64,
    /// Records that came, repeats left out.
    pub records: u64,
    /// How many of them were read, since no stream delivered them.
    pub fetched: u64,
    /// The time of the newest.
    pub newest: Option<Moment>,
}

/// What became of what a consumer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flush {
    /// All of it was handed on.
    Done,
    /// Some of it waits.
    Pending,
    /// Nobody is there to take it.
    Closed,
}

/// Who takes what comes. Nothing here may wait.
pub trait Consumer {
    /// Takes the log groups that are followed; their places are their numbers.
    fn found(&mut self, groups: &[LogGroupId]);
    /// Takes a log group that was asked for together with others, and cannot be followed.
    fn passed_over(&mut self, other: &Unfollowed);
    /// Takes a record of the log group of this number.
    fn record(&mut self, group: usize, message: &str);
    /// Takes what is known to be missing.
    fn lost(&mut self, loss: Loss);
    /// Takes the state of the session that begins with the group of this number.
    fn status(&mut self, first: usize, status: SessionStatus);
    /// Hands on what it has.
    fn flush(&mut self) -> Flush;
}

type LaterStep<T> = Option<Pin<Box<dyn Future<Output = T>>>>;

/// What comes of `later`; nothing ever if there is none.
async fn ready<T>(later: &mut LaterStep<T>) -> T {
    match later {
        Some(future) => {
            let value = future.await;
            *later = None;
            value
        }
        None => pending().await,
    }
}

/// A client with credentials as they are now, if it is to be made anew.
async fn current(client: Rc<LogsClient>, renew: bool) -> Result<Rc<LogsClient>, Trouble> {
    if renew { client.renewed().await.map(Rc::new) } else { Ok(client) }
}

type Opened = Result<(Rc<LogsClient>, LiveStream), Trouble>;
type Updated = (LiveStream, Result<StreamUpdate, (StreamEnd, Option<String>)>);
type Paged = Result<(Rc<LogsClient>, EventPage), Trouble>;

/// How far a stretch was read.
#[derive(Clone, Debug)]
struct Position {
    fill: BackfillRange,
    group: usize,
    token: Option<String>,
    /// The tokens of the pages of this group that were read.
    tokens: Rc<PageTokens>,
}

impl Position {
    /// At the beginning of what one group has.
    fn at(fill: BackfillRange, group: usize) -> Self {
        Self { fill, group, token: None, tokens: Rc::default() }
    }
}

struct SessionTail<'a, C> {
    client: Rc<LogsClient>,
    plan: TailPlan,
    consumer: &'a RefCell<C>,
    session: Session,
    dedup: Dedup,
    opening: LaterStep<Opened>,
    streaming: LaterStep<Updated>,
    paging: LaterStep<Paged>,
    /// The stretch that is being read, and those that are to be continued.
    reading: Option<Position>,
    paused: Vec<Position>,
    /// Credentials failed: they are looked for again before the next request.
    renew: bool,
    /// Whether the service told its time.
    is_told: bool,
    /// How often the machine may have slept.
    leaps: u32,
    /// How often it told its time in two ways.
    doubts: u32,
    /// What arrived before this arrived before the stream began: it was seen, or is in a hole.
    before: Option<Moment>,
    trouble: Option<Trouble>,
    records: u64,
    fetched: u64,
    newest: Option<Moment>,
}

/// Follows the log groups of `plan` until `stop` says so, or until nobody listens. Returns why it ended by
/// itself: it was refused.
pub async fn follow<C: Consumer>(
    client: Rc<LogsClient>,
    plan: TailPlan,
    consumer: &RefCell<C>,
    mut stop: watch::Receiver<bool>,
) -> Option<Trouble> {
    let clock = client.clock().clone();
    let (mut tail, actions) = SessionTail::start(client, plan, consumer);
    tail.perform(actions);
    loop {
        let now = clock.now();
        tail.look();
        tail.publish(now);
        let rest = match tail.consumer.borrow_mut().flush() {
            Flush::Done => BEAT,
            Flush::Pending => AGAIN,
            Flush::Closed => return None,
        };
        if matches!(tail.session.phase(now.elapsed), Phase::Refused(_)) {
            tail.lose(tail.session.finish(now));
            return tail.trouble;
        }
        let wait = tail.session.wake().map_or(rest, |at| rest.min(at.saturating_sub(now.elapsed)));
        tokio::select! {
            // In this order: readings are no more than the quota allows, updates come as fast as they are
            // taken.
            biased;
            changed = stop.changed() => {
                if changed.is_err() || *stop.borrow() {
                    break;
                }
            }
            opened = ready(&mut tail.opening) => {
                tail.learn();
                tail.opened(opened);
            }
            paged = ready(&mut tail.paging) => {
                // What was read before the time was known is read anew.
                if !tail.learn() {
                    tail.paged(paged);
                }
            }
            updated = ready(&mut tail.streaming) => tail.updated(updated),
            () = sleep(wait) => tail.on(SessionInput::Tick),
        }
    }
    let now = clock.now();
    tail.lose(tail.session.finish(now));
    tail.publish(now);
    tail.consumer.borrow_mut().flush();
    None
}

impl<'a, C: Consumer> SessionTail<'a, C> {
    /// Before anything was asked, with what is to be done first.
    fn start(client: Rc<LogsClient>, plan: TailPlan, consumer: &'a RefCell<C>) -> (Self, Vec<Action>) {
        let (session, actions) = Session::start(plan.since, plan.complete, plan.timing);
        let clock = client.clock();
        let tail = Self {
            is_told: clock.now().is_known,
            leaps: clock.leaps(),
            doubts: clock.doubted(0).map_or(0, |(doubts, _)| doubts),
            dedup: Dedup::new(plan.remembered),
            client,
            plan,
            consumer,
            session,
            opening: None,
            streaming: None,
            before: None,
            paging: None,
            reading: None,
            paused: Vec::new(),
            renew: false,
            trouble: None,
            records: 0,
            fetched: 0,
            newest: None,
        };
        (tail, actions)
    }

    fn on(&mut self, input: SessionInput) {
        // A new state has new keys: chance enough.
        let jitter = u16::try_from(RandomState::new().build_hasher().finish() % 1000).unwrap_or(0);
        let actions = self.session.on(self.client.clock().now(), input, jitter);
        self.perform(actions);
    }

    /// Sees whether the service told its time. Returns whether that is news.
    fn learn(&mut self) -> bool {
        if self.is_told {
            return false;
        }
        let Some(shift) = self.client.clock().shift() else { return false };
        self.is_told = true;
        self.on(SessionInput::Told(shift));
        true
    }

    /// Sees whether the machine may have slept, and whether the service's time is in doubt.
    fn look(&mut self) {
        if let Some((doubts, doubt)) = self.client.clock().doubted(self.doubts) {
            self.doubts = doubts;
            self.on(SessionInput::Doubted(doubt));
        }
        let leaps = self.client.clock().leaps();
        if std::mem::replace(&mut self.leaps, leaps) != leaps {
            self.on(SessionInput::Slept);
        }
    }

    fn perform(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Connect => {
                    let (client, renew, target) =
                        (Rc::clone(&self.client), self.renew, self.plan.target.clone());
                    self.opening = Some(Box::pin(async move {
                        let client = current(client, renew).await?;
                        let stream = client.open(&target).await?;
                        Ok((client, stream))
                    }));
                }
                Action::Fill(fill) => {
                    let known = self.paused.iter().position(|paused| paused.fill.id == fill.id);
                    let position = match known {
                        Some(at) => self.paused.swap_remove(at),
                        None => Position::at(fill, 0),
                    };
                    self.page(position);
                }
                Action::Abandon(id) => self.abandon(id),
                Action::Lost(gap) => self.lose(vec![gap]),
                Action::Sampled(second) => {
                    let loss = Loss { sampled_seconds: 1, sampled: vec![second], ..Loss::default() };
                    self.consumer.borrow_mut().lost(loss);
                }
            }
        }
    }

    /// Asks for the next page of a stretch.
    fn page(&mut self, position: Position) {
        let (client, renew, target) = (Rc::clone(&self.client), self.renew, self.plan.target.clone());
        let Position { fill, group, token, tokens } = position.clone();
        self.reading = Some(position);
        self.paging = Some(Box::pin(async move {
            let client = current(client, renew).await?;
            let page = client.page(&target, (group, fill), token, &tokens).await?;
            Ok((client, page))
        }));
    }

    fn abandon(&mut self, id: FillId) {
        self.paused.retain(|paused| paused.fill.id != id);
        if self.reading.take_if(|reading| reading.fill.id == id).is_some() {
            self.paging = None;
        }
    }

    fn lose(&mut self, gaps: Vec<Gap>) {
        if !gaps.is_empty() {
            self.consumer.borrow_mut().lost(Loss { gaps, ..Loss::default() });
        }
    }

    fn opened(&mut self, opened: Opened) {
        match opened {
            Ok((client, stream)) => {
                self.well(client);
                self.dedup.next_stream();
                let now = self.client.clock().now();
                // Without the service's time it is not known.
                self.before = now.is_known.then(|| before(now.earliest, self.plan.timing.held));
                self.listen(stream);
                self.on(SessionInput::Connected);
            }
            Err(trouble) => {
                let class = self.failed(trouble);
                self.on(SessionInput::Failed(class));
            }
        }
    }

    fn well(&mut self, client: Rc<LogsClient>) {
        self.client = client;
        self.renew = false;
        self.trouble = None;
    }

    fn failed(&mut self, trouble: Trouble) -> TroubleClass {
        let class = trouble.class;
        self.renew |= class == TroubleClass::Credentials;
        self.trouble = Some(trouble);
        class
    }

    fn listen(&mut self, mut stream: LiveStream) {
        self.streaming = Some(Box::pin(async move {
            let update = stream.next().await;
            (stream, update)
        }));
    }

    fn updated(&mut self, (stream, update): Updated) {
        match update {
            Ok(StreamUpdate { events, sampled }) => {
                self.listen(stream);
                let times = || events.iter().map(|event| Moment(event.ingested));
                let arrived = times().min().zip(times().max());
                if let Some((_, last)) = arrived {
                    self.client.clock().delivered(last);
                }
                self.learn();
                self.take(&events);
                self.on(SessionInput::Update { sampled, arrived });
                // Nothing older is read any more.
                self.dedup.forget(self.session.needs());
                self.forgot();
            }
            Err((end, text)) => {
                // To drop it closes the connection, and ends what is billed.
                drop(stream);
                self.trouble = text.map(|text| Trouble::new(TroubleClass::Passing, text));
                self.on(SessionInput::Ended(end));
            }
        }
    }

    fn paged(&mut self, paged: Paged) {
        let Some(position) = self.reading.take() else { return };
        let Position { fill, group, .. } = position;
        match paged {
            Ok((client, page)) => {
                self.client = client;
                self.renew = false;
                // That this works says nothing of why no stream could be started.
                if self.streaming.is_some() {
                    self.trouble = None;
                }
                self.take(&page.events);
                self.forgot();
                let groups = self.plan.target.groups.len();
                match page.next {
                    Some(token) => self.page(Position { token: Some(token), ..position }),
                    None if group + 1 < groups => self.page(Position::at(fill, group + 1)),
                    None => {
                        self.on(SessionInput::Filled(fill.id));
                        self.dedup.forget(self.session.needs());
                        self.forgot();
                    }
                }
            }
            Err(trouble) => {
                let class = self.failed(trouble);
                self.paused.push(position);
                self.on(SessionInput::Unfilled(fill.id, class));
            }
        }
    }

    fn forgot(&mut self) {
        if let Some(until) = self.dedup.forgotten() {
            self.on(SessionInput::Forgot(until));
        }
    }

    fn take(&mut self, events: &[Received]) {
        let mut consumer = self.consumer.borrow_mut();
        for received in events {
            let event = LogEvent {
                group: received.group.saturating_into(),
                stream: &received.stream,
                at: Moment(received.at),
                ingested: Moment(received.ingested),
                message: &received.message,
            };
            // A stream that starts over delivers what was forgotten since, too.
            let is_old = |moment: Option<Moment>, at: Moment| moment.is_some_and(|moment| at < moment);
            let is_new = match &received.id {
                None if is_old(self.before, event.ingested) && is_old(self.dedup.forgotten(), event.at) => {
                    false
                }
                None => self.dedup.streamed(&event),
                Some(id) => self.dedup.read(&event, id),
            };
            if is_new {
                self.records += 1;
                self.fetched += u64::from(received.id.is_some());
                self.newest = self.newest.max(Some(event.at));
                consumer.record(self.plan.first + received.group, &received.message);
            }
        }
    }

    fn publish(&self, now: Now) {
        let status = SessionStatus {
            now,
            ahead: self.client.clock().ahead(),
            phase: self.session.phase(now.elapsed),
            filling: self.session.is_filling(),
            settling: self.session.settling(now),
            trouble: self.trouble.clone(),
            reconnects: self.session.reconnects(),
            minutes: self.session.minutes(now.elapsed),
            records: self.records,
            fetched: self.fetched,
            newest: self.newest,
        };
        self.consumer.borrow_mut().status(self.plan.first, status);
    }
}
