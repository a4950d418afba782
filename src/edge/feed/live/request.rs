//! What somebody asks to be followed, found and followed: everything live, on the thread that calls.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::LocalSet;
use tokio::time::sleep;

use super::client::{LiveLimits, LogsClient, TailTarget};
use super::clock::ServiceClock;
use super::groups::{FoundGroups, LogGroupId, PER_SESSION, Unfollowed, WantedGroups};
use super::tail::{Consumer, TailPlan, follow};
use crate::edge::feed::aws::access::Access;
use crate::live::dedup::Dedup;
use crate::live::session::Timing;
use crate::live::time::before;
use crate::live::trouble::Trouble;
use crate::live::trouble::TroubleClass;

/// A and AAAA only: other types would eat into the 500 events a second of a session before it becomes a
/// sample.
pub const A_AND_AAAA: &str = r#"{ ($.query_type = "AAAA") || ($.query_type = "A") }"#;
/// AAAA only.
pub const AAAA: &str = r#"{ $.query_type = "AAAA" }"#;

/// What is to be followed.
#[derive(Clone, Debug)]
pub struct Request {
    /// The profile that was asked for.
    pub profile: Option<String>,
    /// The Regions that were asked for; empty for the one that is configured.
    pub regions: Vec<String>,
    /// The log groups.
    pub wanted: Vec<WantedGroups>,
    /// How far back to begin.
    pub since: Duration,
    /// The filter pattern.
    pub pattern: Option<String>,
    /// Only log streams whose names begin with this.
    pub stream_prefix: Option<String>,
    /// Whether seconds of which there was a sample are to be read again.
    pub complete: bool,
    /// Whether what a data protection policy masks is asked for as it was.
    pub unmask: bool,
}

/// Ends what is followed.
#[derive(Clone, Debug)]
pub struct Stop(watch::Sender<bool>);

/// Hears of it.
#[derive(Clone, Debug)]
pub struct Stopped(watch::Receiver<bool>);

impl Stop {
    /// The two ends.
    #[must_use]
    pub fn new() -> (Self, Stopped) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), Stopped(receiver))
    }

    /// Ends what is followed or asked.
    pub fn now(&self) {
        self.0.send_replace(true);
    }
}

impl Stopped {
    /// Whether it is ended.
    pub(in crate::edge::feed) fn is_now(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits for it.
    pub(in crate::edge::feed) async fn wait(mut self) {
        if self.0.wait_for(|stopped| *stopped).await.is_err() {
            // Nobody can end it any more.
            std::future::pending::<()>().await;
        }
    }

    /// Waits for `pause`; whether it was not ended meanwhile.
    pub(in crate::edge::feed) async fn pause(&self, pause: Duration) -> bool {
        tokio::select! {
            biased;
            () = self.clone().wait() => false,
            () = sleep(pause) => true,
        }
    }
}

/// Why it could not be begun.
fn nothing(text: String) -> Trouble {
    Trouble {
        hint: Some("--region REGION, or --profile PROFILE".to_owned()),
        ..Trouble::new(TroubleClass::Refused, text)
    }
}

/// Follows what is asked for until `stopped`, or until `consumer` has nobody to hand on to, or until all of
/// it was refused: then it says why. `consumer` is told the log groups before the first request for records.
///
/// # Errors
/// If there is nothing to follow: then `consumer` was told nothing.
pub fn run<C: Consumer + 'static>(
    request: &Request,
    mut consumer: C,
    stopped: &Stopped,
) -> Result<(C, Option<Trouble>), Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Trouble::new(TroubleClass::Refused, error.to_string()))?;
    let set = LocalSet::new();
    let ended = set.block_on(&runtime, async {
        let (plans, others) = plans(request).await?;
        let groups: Vec<LogGroupId> = plans.iter().flat_map(|(_, plan)| plan.target.groups.clone()).collect();
        consumer.found(&groups);
        for other in &others {
            consumer.passed_over(other);
        }
        let consumer = Rc::new(RefCell::new(consumer));
        let sessions: Vec<_> = plans
            .into_iter()
            .map(|(client, plan)| {
                let (consumer, stopped) = (Rc::clone(&consumer), stopped.0.clone());
                tokio::task::spawn_local(async move { follow(client, plan, &consumer, stopped).await })
            })
            .collect();
        let (mut refused, mut ended) = (None, 0);
        for session in sessions {
            match session.await {
                Ok(Some(trouble)) => refused = Some(trouble),
                Ok(None) => ended += 1,
                Err(error) => match error.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(error) => return Err(Trouble::new(TroubleClass::Refused, error.to_string())),
                },
            }
        }
        let consumer =
            Rc::try_unwrap(consumer).map_err(|_| Trouble::new(TroubleClass::Refused, "a session is left"))?;
        Ok((consumer.into_inner(), refused.filter(|_| ended == 0)))
    });
    drop(set);
    // Whoever is still being looked for in the DNS is not waited for.
    runtime.shutdown_background();
    ended
}

/// Why nothing was found: there is no such log group in the account, but perhaps in one that is linked to it.
async fn nowhere(
    wanted: &WantedGroups,
    asked: &[String],
    clients: &BTreeMap<Option<String>, Rc<LogsClient>>,
) -> Trouble {
    let what = match wanted {
        WantedGroups::Arn(group) => format!("is `{}`", group.arn),
        WantedGroups::Name(name) => format!("is called `{name}`"),
        WantedGroups::Prefix(prefix) => format!("has a name that begins with `{prefix}`"),
    };
    let text = format!("no log group in {} {what}", asked.join(", "));
    for client in clients.values().filter(|client| asked.iter().any(|region| region == client.region())) {
        let linked = client.linked(wanted).await;
        if let Some(first) = linked.first() {
            let more = match linked.len() {
                1 => String::new(),
                count => format!(" (and {} more)", count - 1),
            };
            return Trouble {
                hint: Some(format!("by its ARN: r53tail tail {}{more}", first.arn)),
                ..Trouble::new(
                    TroubleClass::Refused,
                    format!("{text}; the linked account {} has one", first.account()),
                )
            };
        }
    }
    nothing(text)
}

/// Finds the log groups, and shares them out to sessions.
async fn plans(request: &Request) -> Result<(Vec<(Rc<LogsClient>, TailPlan)>, Vec<Unfollowed>), Trouble> {
    let mut clients: BTreeMap<Option<String>, Rc<LogsClient>> = BTreeMap::new();
    let mut found: BTreeMap<String, (Rc<LogsClient>, Vec<LogGroupId>)> = BTreeMap::new();
    let mut others = Vec::new();
    let clock = ServiceClock::from_system();
    for wanted in &request.wanted {
        let regions: Vec<Option<String>> = match wanted {
            // An ARN names its Region itself.
            WantedGroups::Arn(group) => vec![Some(group.region().to_owned())],
            _ if request.regions.is_empty() => vec![None],
            _ => request.regions.iter().cloned().map(Some).collect(),
        };
        let (mut any, mut own_others) = (false, Vec::new());
        let mut asked = Vec::new();
        for region in regions {
            let client = if let Some(client) = clients.get(&region) {
                Rc::clone(client)
            } else {
                let access = Access { profile: request.profile.clone(), region: region.clone() };
                let client = Rc::new(LogsClient::load(&access, LiveLimits::default(), &clock).await?);
                clients.insert(region, Rc::clone(&client));
                client
            };
            asked.push(client.region().to_owned());
            let FoundGroups { groups, others: unfollowed } = client.find(wanted).await?;
            any |= !groups.is_empty();
            own_others.extend(unfollowed);
            let (_, known) =
                found.entry(client.region().to_owned()).or_insert_with(|| (Rc::clone(&client), Vec::new()));
            for group in groups {
                match known.iter_mut().find(|known| known.arn == group.arn) {
                    Some(known) => known.is_own |= group.is_own,
                    None => known.push(group),
                }
            }
        }
        if !any {
            return Err(match own_others.pop() {
                Some(other) => Trouble {
                    hint: Some(other.instead()),
                    ..Trouble::new(TroubleClass::Refused, other.to_string())
                },
                None => nowhere(wanted, &asked, &clients).await,
            });
        }
        others.extend(own_others);
    }
    Ok((shared_out(request, found, &clock)?, others))
}

/// Shares log groups, by Region, out to sessions.
fn shared_out(
    request: &Request,
    found: BTreeMap<String, (Rc<LogsClient>, Vec<LogGroupId>)>,
    clock: &ServiceClock,
) -> Result<Vec<(Rc<LogsClient>, TailPlan)>, Trouble> {
    let since = before(clock.now().earliest, request.since);
    let mut plans = Vec::new();
    let mut first = 0;
    for (client, groups) in found.into_values() {
        for groups in groups.chunks(PER_SESSION) {
            let target = TailTarget {
                groups: groups.to_vec(),
                pattern: request.pattern.clone(),
                stream_prefix: request.stream_prefix.clone(),
                unmask: request.unmask,
            };
            if target.stream_prefix.is_some() && groups.len() > 1 {
                let text =
                    format!("log streams can be chosen in a single log group only, not in {}", groups.len());
                return Err(Trouble::new(TroubleClass::Refused, text));
            }
            let plan = TailPlan {
                first,
                target,
                since,
                complete: request.complete,
                timing: Timing::default(),
                remembered: Dedup::MOST,
            };
            first += groups.len();
            plans.push((Rc::clone(&client), plan));
        }
    }
    Ok(plans)
}
