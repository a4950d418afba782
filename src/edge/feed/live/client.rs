//! The two operations that deliver records, through the SDK, with the limits of time that it does not have
//! itself.

use std::fmt;
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_sdk_cloudwatchlogs as logs;
use logs::config::retry::RetryConfig;
use logs::operation::start_live_tail::StartLiveTailOutput;
use logs::types::error::StartLiveTailResponseStreamError as StreamError;
use logs::types::{LiveTailSessionLogEvent, LogGroup, StartLiveTailResponseStream};
use tokio::time::{Instant, sleep_until, timeout};

use super::clock::{ServiceClock, SignedAgain};
use super::groups::{FoundGroups, LogGroupId, WantedGroups};
use crate::edge::diagnosis::shown;
use crate::edge::feed::aws::access::{Access, NoHostPrefix};
use crate::edge::feed::aws::bound::TooLarge;
use crate::edge::feed::aws::errors::{Attempt, find};
use crate::edge::feed::aws::network::{ANSWER, CONNECT};
use crate::edge::feed::aws::page_tokens::{PageTokens, TokenCircle};
use crate::edge::feed::aws::tried::Tried;
use crate::live::session::{BackfillRange, StreamEnd};
use crate::live::trouble::Trouble;
use crate::live::trouble::TroubleClass;

mod described;
mod query;

pub(in crate::edge::feed) use described::Described;
pub(in crate::edge::feed) use query::{QueryState, Results, Statistics};

use described::{described, sorted_out};

/// How long to wait for the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveLimits {
    /// For a connection.
    pub connect: Duration,
    /// For the beginning of an answer.
    pub answer: Duration,
    /// For the first frame of a stream, which no limit of the SDK covers.
    pub first: Duration,
    /// For each further frame; one comes every second.
    pub silence: Duration,
    /// Between two requests of `FilterLogEvents`; none for what the quota of the Region allows.
    pub between: Option<Duration>,
}

impl Default for LiveLimits {
    fn default() -> Self {
        Self {
            connect: CONNECT,
            answer: ANSWER,
            first: Duration::from_secs(10),
            silence: Duration::from_secs(12),
            between: None,
        }
    }
}

impl LiveLimits {
    /// Those that the SDK keeps itself.
    pub(super) fn of_request(&self) -> TimeoutConfig {
        TimeoutConfig::builder().connect_timeout(self.connect).read_timeout(self.answer).build()
    }
}

/// What of some log groups is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TailTarget {
    /// At most [`super::groups::PER_SESSION`].
    pub groups: Vec<LogGroupId>,
    /// A filter pattern for the service.
    pub pattern: Option<String>,
    /// Only log streams whose names begin with this. Only with a single group.
    pub stream_prefix: Option<String>,
    /// Whether what a data protection policy masks is asked for as it was.
    pub unmask: bool,
}

/// An event, owned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Which of the target's groups it is from.
    pub group: usize,
    /// The log stream that it is in.
    pub stream: String,
    /// Its id, if it was read and not streamed.
    pub id: Option<String>,
    /// Its time, in milliseconds.
    pub at: i64,
    /// When it arrived, in milliseconds.
    pub ingested: i64,
    /// What was logged: the text of one record, if it is one.
    pub message: String,
}

/// An update of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamUpdate {
    /// The events, in the order in which they came.
    pub events: Vec<Received>,
    /// Whether that is a sample only.
    pub sampled: bool,
}

/// A part of what `FilterLogEvents` has to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventPage {
    /// What was read; perhaps nothing, although there is more to come.
    pub events: Vec<Received>,
    /// The token of the next page; `None` if this was the last.
    pub next: Option<String>,
}

/// Speaks to CloudWatch Logs in one Region.
pub struct LogsClient {
    /// How it was made; `None` if it cannot be made anew.
    access: Option<Access>,
    logs: logs::Client,
    limits: LiveLimits,
    clock: ServiceClock,
    region: String,
    /// The least time between two requests of `FilterLogEvents`, and when the next may be.
    interval: Duration,
    next: tokio::sync::Mutex<Option<Instant>>,
}

impl fmt::Debug for LogsClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("access", &self.access)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

/// Half of the requests a second that the service allows in a Region, so that others have the rest
/// (CloudWatch Logs quotas, `FilterLogEvents`).
fn interval(region: &str) -> Duration {
    let quota = match region {
        "us-east-1" => 25,
        "ap-northeast-3" | "ap-southeast-3" | "ca-west-1" | "eu-central-1" | "il-central-1" => 5,
        _ => 10,
    };
    Duration::from_millis(2 * 1000 / quota)
}

impl LogsClient {
    /// Finds configuration and credentials as `access` says, and sees that there are any. What its answers
    /// say of the time goes to `clock`.
    ///
    /// # Errors
    /// If there is no Region, no such profile, or no credentials.
    pub async fn load(access: &Access, limits: LiveLimits, clock: &ServiceClock) -> Result<Self, Trouble> {
        let found = access.find().await?;
        let mut client = Self::new(&found.config, found.prefixed, limits, clock);
        client.access = Some(Access { profile: found.profile, region: access.region.clone() });
        Ok(client)
    }

    /// A client for `config` as it is. `prefixed` leaves the SDK's host prefix where it puts it.
    #[must_use]
    pub fn new(
        config: &aws_config::SdkConfig,
        prefixed: bool,
        limits: LiveLimits,
        clock: &ServiceClock,
    ) -> Self {
        let builder = logs::config::Builder::from(config).timeout_config(limits.of_request());
        let builder = builder.time_source(clock.clone()).interceptor(clock.clone());
        let mut builder = builder.disable_clock_skew_correction(true).retry_classifier(SignedAgain);
        if let Some(endpoint) = crate::edge::feed::aws::access::endpoint(config, "CloudWatch_Logs") {
            builder = builder.endpoint_url(endpoint);
        }
        if !prefixed {
            builder = builder.interceptor(NoHostPrefix);
        }
        let region = config.region().map(ToString::to_string).unwrap_or_default();
        Self {
            access: None,
            logs: logs::Client::from_conf(builder.build()),
            limits,
            clock: clock.clone(),
            interval: limits.between.unwrap_or_else(|| interval(&region)),
            region,
            next: tokio::sync::Mutex::new(None),
        }
    }

    /// The client anew, with credentials as they are now: some providers keep what they read first, and the
    /// SDK what they gave it.
    ///
    /// # Errors
    /// If there are still none.
    pub async fn renewed(&self) -> Result<Self, Trouble> {
        if let Some(access) = &self.access {
            return Self::load(access, self.limits, &self.clock).await;
        }
        let fresh = logs::config::IdentityCache::lazy().build();
        let config = self.logs.config().to_builder().identity_cache(fresh).build();
        Ok(Self {
            access: None,
            logs: logs::Client::from_conf(config),
            limits: self.limits,
            clock: self.clock.clone(),
            region: self.region.clone(),
            interval: self.interval,
            next: tokio::sync::Mutex::new(*self.next.lock().await),
        })
    }

    /// The Region whose CloudWatch Logs it speaks to.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// What its answers told of the time.
    #[must_use]
    pub fn clock(&self) -> &ServiceClock {
        &self.clock
    }

    fn attempt<'a>(&'a self, action: &'a str, tried: &'a Tried) -> Attempt<'a> {
        let profile = self.access.as_ref().and_then(|access| access.profile.as_deref());
        Attempt { action, tried, profile }
    }

    /// The log groups that are wanted, by whether they can be followed.
    ///
    /// # Errors
    /// If the service cannot be asked.
    pub async fn find(&self, wanted: &WantedGroups) -> Result<FoundGroups, Trouble> {
        Ok(sorted_out(self.describe(wanted).await?))
    }

    /// The log groups that are wanted, and what is known of them. One that is wanted by its ARN is there
    /// unless it is known that it is not: that needs no permission to look.
    ///
    /// # Errors
    /// If the service cannot be asked.
    pub(in crate::edge::feed) async fn describe(
        &self,
        wanted: &WantedGroups,
    ) -> Result<Vec<Described>, Trouble> {
        let WantedGroups::Arn(group) = wanted else {
            let listed = self.list(wanted, false).await?;
            let owned = |found: Described| Described { group: found.group.owned(), ..found };
            return Ok(listed.into_iter().map(owned).collect());
        };
        let request = self.logs.describe_log_groups().log_group_identifiers(&group.arn).customize();
        let once = logs::config::Builder::new().retry_config(RetryConfig::disabled());
        let page = request.config_override(once).send().await;
        let listed = page.map(|page| page.log_groups.unwrap_or_default()).unwrap_or_default();
        let told = listed.iter().filter_map(described).find(|found| found.group.arn == group.arn);
        // Whether it is this account's own is known to whoever wants it.
        let known = Described::new(group.clone());
        Ok(vec![told.map_or(known.clone(), |told| Described { group: known.group, ..told })])
    }

    /// The log groups of accounts that are linked to this one, for a monitoring account (CloudWatch
    /// cross-account observability). `None` if they may not be asked for.
    pub async fn linked(&self, wanted: &WantedGroups) -> Vec<LogGroupId> {
        self.list(wanted, true).await.unwrap_or_default().into_iter().map(|found| found.group).collect()
    }

    /// Lists the log groups that are wanted by name.
    async fn list(&self, wanted: &WantedGroups, linked: bool) -> Result<Vec<Described>, Trouble> {
        let (WantedGroups::Name(prefix) | WantedGroups::Prefix(prefix)) = wanted else {
            return Ok(Vec::new());
        };
        let prefix = (!prefix.is_empty()).then(|| prefix.clone());
        let mut found = Vec::new();
        let (mut token, tokens) = (None, PageTokens::default());
        loop {
            let tried = Tried::default();
            let request = self.logs.describe_log_groups().set_log_group_name_prefix(prefix.clone());
            let request = request.set_include_linked_accounts(linked.then_some(true));
            let request = request.set_next_token(token.clone()).customize().interceptor(tried.clone());
            let attempt = self.attempt("logs:DescribeLogGroups", &tried);
            let page = request.send().await.map_err(|error| Trouble::from_error(&error, attempt))?;
            let is_wanted = |group: &&LogGroup| match wanted {
                WantedGroups::Name(name) => group.log_group_name() == Some(name),
                _ => true,
            };
            found.extend(page.log_groups().iter().filter(is_wanted).filter_map(described));
            let next = tokens.follow(page.next_token);
            token = next.map_err(|TokenCircle| stuck("logs:DescribeLogGroups", &tried))?;
            if token.is_none() {
                return Ok(found);
            }
        }
    }

    /// Starts a stream.
    ///
    /// # Errors
    /// If the service does not start one.
    pub async fn open(&self, target: &TailTarget) -> Result<LiveStream, Trouble> {
        if target.unmask {
            // `StartLiveTail` has no such parameter.
            let why = "Live Tail has masked records only, so --unmask reads the log every few seconds";
            return Err(Trouble::new(TroubleClass::Denied, why));
        }
        let tried = Tried::default();
        let attempt = self.attempt("logs:StartLiveTail", &tried);
        let request = self
            .logs
            .start_live_tail()
            .set_log_group_identifiers(Some(target.groups.iter().map(|group| group.arn.clone()).collect()))
            .set_log_stream_name_prefixes(target.stream_prefix.clone().map(|prefix| vec![prefix]))
            .set_log_event_filter_pattern(target.pattern.clone())
            .customize()
            .interceptor(tried.clone())
            // Waiting is the session's business, and is shown.
            .config_override(logs::config::Builder::new().retry_config(RetryConfig::disabled()));
        match timeout(self.limits.first, request.send()).await {
            Ok(Ok(output)) => {
                Ok(LiveStream { output, groups: target.groups.clone(), silence: self.limits.silence })
            }
            Ok(Err(error)) => Err(Trouble::from_error(&error, attempt)),
            Err(_) => Err(held(&tried)),
        }
    }

    /// Reads a page of a stretch of one group, as soon as the quota of requests allows it; `tokens` are those
    /// of the pages of it that were read.
    ///
    /// # Errors
    /// If the service does not give it.
    pub(super) async fn page(
        &self,
        target: &TailTarget,
        (group, fill): (usize, BackfillRange),
        token: Option<String>,
        tokens: &PageTokens,
    ) -> Result<EventPage, Trouble> {
        self.turn().await;
        let Some(asked) = target.groups.get(group) else {
            return Ok(EventPage::default());
        };
        // Either is as good for a group of this account (`FilterLogEvents`, `logGroupIdentifier`); emulators
        // know the name only.
        let (name, identifier) = if asked.is_own {
            (Some(asked.name().to_owned()), None)
        } else {
            (None, Some(asked.arn.clone()))
        };
        let tried = Tried::default();
        let request = self
            .logs
            .filter_log_events()
            .set_log_group_name(name)
            .set_log_group_identifier(identifier)
            .set_log_stream_name_prefix(target.stream_prefix.clone())
            .start_time(fill.from.0.max(0))
            .end_time(fill.until.0.max(0))
            .set_filter_pattern(target.pattern.clone())
            .set_unmask(target.unmask.then_some(true))
            .set_next_token(token)
            .customize()
            .interceptor(tried.clone());
        let action =
            if target.unmask { "logs:FilterLogEvents` and `logs:Unmask" } else { "logs:FilterLogEvents" };
        let attempt = self.attempt(action, &tried);
        let output = request.send().await.map_err(|error| Trouble::from_error(&error, attempt))?;
        let next = tokens.follow(output.next_token).map_err(|TokenCircle| stuck(action, &tried))?;
        let events = output.events.unwrap_or_default().into_iter().map(|event| Received {
            group,
            stream: event.log_stream_name.unwrap_or_default(),
            id: Some(event.event_id.unwrap_or_default()),
            at: event.timestamp.unwrap_or_default(),
            ingested: event.ingestion_time.unwrap_or_default(),
            message: event.message.unwrap_or_default(),
        });
        Ok(EventPage { events: events.collect(), next })
    }

    /// Waits for the turn of a request.
    async fn turn(&self) {
        let at = {
            let mut next = self.next.lock().await;
            let now = Instant::now();
            let at = next.map_or(now, |next| next.max(now));
            *next = Some(at + self.interval);
            at
        };
        sleep_until(at).await;
    }
}

/// What is to be said where no stream begins: a proxy that passes on whole answers only would wait for its
/// end.
fn held(tried: &Tried) -> Trouble {
    let text =
        format!("{tried} began no stream in time: a proxy on the way may hold back what has not ended");
    let hint = tried.proxy().map_or_else(
        || "see which proxy is on the way: it has to pass on at once what comes".to_owned(),
        |variable| {
            format!("{variable} is set: have that proxy pass on at once what comes, or except the host in NO_PROXY")
        },
    );
    Trouble { hint: Some(hint), ..Trouble::new(TroubleClass::Held, text) }
}

/// What is to be said of an answer that leads to itself: to go on from there would be to ask the same for
/// ever.
fn stuck(action: &str, tried: &Tried) -> Trouble {
    let operation = action.trim_start_matches("logs:").split('`').next().unwrap_or(action);
    Trouble::new(TroubleClass::Passing, format!("{tried} gives the same page of {operation} again and again"))
}

/// A stream that was started. To drop it ends it, and its being billed.
#[derive(Debug)]
pub struct LiveStream {
    output: StartLiveTailOutput,
    groups: Vec<LogGroupId>,
    silence: Duration,
}

impl LiveStream {
    /// The next update.
    ///
    /// # Errors
    /// How it ended, and what is to be said of it. It must not be asked again then.
    pub async fn next(&mut self) -> Result<StreamUpdate, (StreamEnd, Option<String>)> {
        loop {
            let received = timeout(self.silence, self.output.response_stream.recv()).await;
            match received {
                Err(_) => return Err((StreamEnd::Silent, None)),
                Ok(Ok(None)) => return Err((StreamEnd::Closed, None)),
                Ok(Ok(Some(StartLiveTailResponseStream::SessionUpdate(update)))) => {
                    let sampled = update.session_metadata.is_some_and(|metadata| metadata.sampled);
                    let events = update.session_results.unwrap_or_default();
                    let events = events.into_iter().map(|event| received_of(event, &self.groups)).collect();
                    return Ok(StreamUpdate { events, sampled });
                }
                // The start of the stream, and what later versions of the service may add.
                Ok(Ok(Some(_))) => {}
                Ok(Err(error)) => return Err(ending(&error)),
            }
        }
    }
}

fn received_of(event: LiveTailSessionLogEvent, groups: &[LogGroupId]) -> Received {
    let identifier = event.log_group_identifier.unwrap_or_default();
    Received {
        // A session of one group has no other, whatever that is called.
        group: groups.iter().position(|group| group.is(&identifier)).unwrap_or(0),
        stream: event.log_stream_name.unwrap_or_default(),
        id: None,
        at: event.timestamp.unwrap_or_default(),
        ingested: event.ingestion_time.unwrap_or_default(),
        message: event.message.unwrap_or_default(),
    }
}

fn ending<R: fmt::Debug + 'static>(
    error: &logs::error::SdkError<StreamError, R>,
) -> (StreamEnd, Option<String>) {
    let service = error.as_service_error();
    if service.is_some_and(StreamError::is_session_timeout_exception) {
        return (StreamEnd::TimeUp, None);
    }
    // The SDK's own message may hold what it could not read, which is the log's text: not to be shown.
    let text = service.and_then(|error| error.meta().message()).map(shown);
    let text = text.or_else(|| find::<TooLarge>(error).map(|why| format!("the stream broke: {why}")));
    (StreamEnd::Broken, text.or_else(|| Some("the stream broke".to_owned())))
}
