//! Which log groups are asked about, from when to when, and about how much that is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::runtime::Runtime;

use super::slice::Slice;
use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::edge::feed::asked::{AskedRemark, sentence};
use crate::edge::feed::aws::access::Access;
use crate::edge::feed::live::client::{Described, LiveLimits, LogsClient};
use crate::edge::feed::live::clock::ServiceClock;
use crate::edge::feed::live::groups::{LogGroupId, WantedGroups};
use crate::live::trouble::Trouble;

/// The most log groups in one query (`StartQuery`, `logGroupIdentifiers`).
const GROUPS: usize = 50;
/// The class of groups that only pass records on: there is nothing to ask.
const DELIVERY: &str = "DELIVERY";
const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// Records of this time before now may not be found yet.
const SETTLING: i64 = 10 * MINUTE;

/// What is to be asked.
#[derive(Clone, Debug)]
pub struct InsightsRequest {
    /// Numbers of inputs, and the log groups that each is.
    pub places: Vec<(usize, WantedGroups)>,
    /// No records before this time.
    pub since: Moment,
    /// No records after this time.
    pub until: Option<Moment>,
    /// As whom, and in which Region where a name does not say.
    pub access: Access,
    /// Whether nothing that is said may have a name in it that was not given.
    pub is_private: bool,
}

/// About how many bytes will be looked at, by how much the groups hold and how long they have held it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// How many log groups will be asked about.
    pub groups: usize,
    /// Bytes of those of which it is known.
    pub bytes: u64,
    /// How many of the groups do not say how much they hold.
    pub unknown: usize,
}

/// Log groups that one query asks about.
#[derive(Debug)]
pub(super) struct GroupScope {
    pub(super) input: usize,
    pub(super) client: Arc<LogsClient>,
    pub(super) groups: Vec<LogGroupId>,
    pub(super) slice: Slice,
}

/// All that is asked about, found and ready.
#[derive(Debug)]
pub struct PreparedGroups {
    pub(super) runtime: Runtime,
    pub(super) scopes: Vec<GroupScope>,
    pub(super) told: AskedRemark,
    estimate: Estimate,
}

impl PreparedGroups {
    /// About how many bytes will be looked at; `None` if nothing will be asked.
    #[must_use]
    pub fn estimate(&self) -> Option<Estimate> {
        (self.estimate.groups > 0).then_some(self.estimate)
    }
}

/// Finds what is asked about. What cannot be found is told with the rest.
///
/// # Errors
/// If the system gives no means to wait for the network.
pub fn prepare(given: &InsightsRequest) -> std::io::Result<PreparedGroups> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut finding = GroupSearch {
        given,
        clients: BTreeMap::new(),
        clock: ServiceClock::from_system(),
        now: now(),
        taken: BTreeSet::new(),
        scopes: Vec::new(),
        told: AskedRemark::default(),
        estimate: Estimate::default(),
    };
    runtime.block_on(async {
        for (input, wanted) in &given.places {
            if let Err(trouble) = finding.place(*input, wanted).await {
                finding.told.faults.push((*input, sentence(&trouble)));
            }
        }
    });
    let GroupSearch { scopes, told, estimate, .. } = finding;
    Ok(PreparedGroups { runtime, scopes, told, estimate })
}

fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment(since.as_millis().saturating_into())
}

/// Log groups on their way to being found.
struct GroupSearch<'a> {
    given: &'a InsightsRequest,
    /// By the Region that was asked for.
    clients: BTreeMap<Option<String>, Arc<LogsClient>>,
    clock: ServiceClock,
    now: Moment,
    /// ARNs of the groups that are asked about.
    taken: BTreeSet<String>,
    scopes: Vec<GroupScope>,
    told: AskedRemark,
    estimate: Estimate,
}

impl GroupSearch<'_> {
    async fn client(&mut self, wanted: &WantedGroups) -> Result<Arc<LogsClient>, Trouble> {
        // An ARN names its Region itself.
        let region = match wanted {
            WantedGroups::Arn(group) => Some(group.region().to_owned()),
            WantedGroups::Name(_) | WantedGroups::Prefix(_) => self.given.access.region.clone(),
        };
        if let Some(client) = self.clients.get(&region) {
            return Ok(Arc::clone(client));
        }
        let access = Access { region: region.clone(), ..self.given.access.clone() };
        let client = Arc::new(LogsClient::load(&access, LiveLimits::default(), &self.clock).await?);
        self.clients.insert(region, Arc::clone(&client));
        Ok(client)
    }

    async fn place(&mut self, input: usize, wanted: &WantedGroups) -> Result<(), Trouble> {
        let client = self.client(wanted).await?;
        let found = client.describe(wanted).await?;
        if found.is_empty() {
            self.told.faults.push((input, nowhere(&client, wanted, self.given.is_private).await));
            return Ok(());
        }
        // Those of one class: a query asks about no others.
        let mut classes: BTreeMap<Option<String>, Vec<Described>> = BTreeMap::new();
        for found in found {
            if found.class.as_deref() == Some(DELIVERY) {
                let text = format!(
                    "{} is of class {DELIVERY}, which holds no records: read them where it delivers them to",
                    self.named(&found.group)
                );
                self.told.faults.push((input, text));
            } else if self.taken.insert(found.group.arn.clone()) {
                classes.entry(found.class.clone()).or_default().push(found);
            } else {
                let named = self.named(&found.group);
                self.told.remarks.push((input, format!("{named} was given twice, asked once")));
            }
        }
        for found in classes.into_values() {
            for found in found.chunks(GROUPS) {
                self.scope(input, &client, found);
            }
        }
        if self.given.until.is_none_or(|until| until.0 > self.now.0 - SETTLING) {
            let words = "records of the last ten minutes may not be found yet: they are logged late at times; ask for \
                         them again later, or follow them with `r53tail tail`";
            self.told.remarks.push((input, words.to_owned()));
        }
        Ok(())
    }

    /// A log group, for people.
    fn named(&self, group: &LogGroupId) -> String {
        if self.given.is_private { "a log group".to_owned() } else { format!("the log group `{group}`") }
    }

    /// Since when a log group can hold records, if that is known.
    fn oldest(&self, found: &Described) -> Option<i64> {
        let kept = found.days.map(|days| self.now.0.saturating_sub(days.saturating_mul(DAY)));
        found.made.max(kept)
    }

    /// Has one query ask about all of `found`.
    fn scope(&mut self, input: usize, client: &Arc<LogsClient>, found: &[Described]) {
        // What is not over yet cannot be asked for.
        let end = self.given.until.map_or(self.now.0, |until| until.0.min(self.now.0)).saturating_add(1);
        let since = self.given.since.0;
        // Nobody knows since when those can hold some of which it is not told.
        let oldest = found.iter().map(|found| self.oldest(found).unwrap_or(0)).min().unwrap_or(0);
        let from = since.max(oldest.div_euclid(1000) * 1000);
        if from > since {
            let words =
                format!("nothing is kept there from before {}, and nothing was asked for", Moment(from));
            self.told.remarks.push((input, words));
        }
        for found in found {
            self.estimate.groups += 1;
            match found.stored {
                Some(stored) => {
                    let held = self.oldest(found).map_or(DAY, |oldest| self.now.0 - oldest).max(DAY);
                    let share = (end - from).clamp(0, held) as f64 / held as f64;
                    self.estimate.bytes = self.estimate.bytes.saturating_add(part(stored, share));
                }
                None => self.estimate.unknown += 1,
            }
        }
        self.scopes.push(GroupScope {
            input,
            client: Arc::clone(client),
            groups: found.iter().map(|found| found.group.clone()).collect(),
            slice: Slice::new(Moment(from), Moment(end)),
        });
    }
}

/// Why nothing was found: there is no such log group in the account, but perhaps in one that is linked to it.
async fn nowhere(client: &LogsClient, wanted: &WantedGroups, is_private: bool) -> String {
    let text = format!("there is no such log group in {}", client.region());
    match client.linked(wanted).await.first() {
        Some(_) if is_private => format!("{text}; a linked account has one"),
        Some(group) => {
            format!("{text}; the linked account {} has one; try: logs://{}", group.account(), group.arn)
        }
        None => format!("{text}; try: --region REGION, or --profile PROFILE"),
    }
}

/// The part of `bytes` that `share` says, from 0 to 1.
fn part(bytes: u64, share: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is at least 0 and at most that many"
    )]
    let part = (bytes as f64 * share) as u64;
    part
}
