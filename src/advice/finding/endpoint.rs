//! Names without an IPv6 address: who cannot reach them, and what their judgement says.

use std::cmp::{Ordering, Reverse};

use super::gather::Gathered;
use super::ground::source;
use super::group::PairGroup;
use super::inspected::InterfaceEndpoint;
use super::resolver::{CLIENTS, forwarded};
use super::signs::{does_its_work, is_endpoint};
use super::without::MissingIpv6;
use super::{Finding, Rule, Severity, certainty, command, in_region, is_harmless};
use crate::advice::judgement::{Judgement, Lever, Sure, Way};
use crate::base::saturating::SaturatingInto as _;
use crate::fleet::{Fleet, OriginKind, Symbol};
use crate::knowledge::catalog::ProfileRowId;

/// The part of a list that falls to `thread`, one of `threads`.
pub(super) fn share<T>(all: &[T], thread: usize, threads: usize) -> &[T] {
    &all[all.len() * thread / threads..all.len() * (thread + 1) / threads]
}

/// What the finding about a name is put in order by; there may be one for each name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FindingWeight {
    origins: Reverse<u32>,
    severity: Severity,
    certainty: u8,
    pub rule: Rule,
    records: Reverse<u64>,
    pub name: Symbol,
    /// It is about answers that are wrong in themselves.
    pub is_answer: bool,
}

/// What findings are put in order by, within those that are about a name and not a fact.
pub(super) type WeightOrder<'s> = (Severity, Reverse<usize>, u8, Reverse<u64>, Rule, &'s str);

impl FindingWeight {
    /// Of a finding about answers that are wrong in themselves.
    pub(super) fn from_answer(rule: Rule, severity: Severity, name: Symbol, group: &PairGroup) -> Self {
        Self {
            severity,
            origins: Reverse(group.origins().saturating_into::<u32>()),
            certainty: certainty(rule, None),
            records: Reverse(group.records),
            rule,
            name,
            is_answer: true,
        }
    }

    fn compare(&self, other: &Self, fleet: &Fleet) -> Ordering {
        let by_kind = other.is_answer.cmp(&self.is_answer);
        self.order(fleet).cmp(&other.order(fleet)).then(by_kind)
    }

    pub(super) fn order<'s>(&self, fleet: &'s Fleet) -> WeightOrder<'s> {
        let origins = Reverse(self.origins.0 as usize);
        (self.severity, origins, self.certainty, self.records, self.rule, fleet.name_text(self.name))
    }
}

/// Names with a finding, of which the most important may be all that is wanted.
#[derive(Debug)]
pub(super) struct Weights<'s> {
    fleet: &'s Fleet,
    most: usize,
    list: Vec<FindingWeight>,
    /// How many there were.
    all: usize,
}

impl<'s> Weights<'s> {
    /// The `most` important of those to come.
    pub(super) fn most(fleet: &'s Fleet, most: usize) -> Self {
        Self { fleet, most, list: Vec::new(), all: 0 }
    }

    pub(super) fn push(&mut self, weight: FindingWeight) {
        self.list.push(weight);
        self.all += 1;
        // Now and then those go that are too many.
        if self.list.len() >= self.most.saturating_mul(2).max(1 << 12) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.list.len() > self.most {
            let fleet = self.fleet;
            if self.most > 0 {
                self.list.select_nth_unstable_by(self.most - 1, |a, b| a.compare(b, fleet));
            }
            self.list.truncate(self.most);
        }
    }

    pub(super) fn absorb(&mut self, other: Self) {
        self.list.extend(other.list);
        self.all += other.all;
        self.cut();
    }

    /// The most important, in their order, and how many others there were.
    pub(super) fn sorted(mut self) -> (Vec<FindingWeight>, usize) {
        self.cut();
        let fleet = self.fleet;
        self.list.sort_unstable_by(|a, b| a.compare(b, fleet));
        let left = self.all - self.list.len();
        (self.list, left)
    }
}

/// How important the finding about a name of this judgement is, if there is one; `is_dispensable` as the
/// function of that name has it.
pub(super) fn weight(
    gathered: &Gathered<'_>,
    name: Symbol,
    judgement: &Judgement,
    is_dispensable: bool,
) -> Option<FindingWeight> {
    let without = gathered.names.without(name).filter(|without| is_said(gathered, without, judgement))?;
    let rule = rule(judgement);
    Some(FindingWeight {
        severity: severity(judgement, without, is_dispensable),
        origins: Reverse(without.origins().saturating_into::<u32>()),
        certainty: certainty(rule, judgement.level()),
        records: Reverse(without.records()),
        rule,
        name,
        is_answer: false,
    })
}

/// The rule that a judgement comes under.
fn rule(judgement: &Judgement) -> Rule {
    match &judgement.lever {
        Lever::Name { sure: Sure::Seen | Sure::Stated, .. }
        | Lever::Open(_)
        | Lever::Registry
        | Lever::RegistryDone => Rule::DualStackName,
        Lever::Name { .. } => Rule::DualStackPattern,
        Lever::Itself => Rule::DualStackMissing,
        Lever::Endpoint | Lever::Host => Rule::PrivateEndpoint,
        Lever::Owner(_) => Rule::OwnerSetting,
        Lever::Link(_) | Lever::Pool(_) => Rule::LocalService,
        Lever::None(_) => Rule::NoDualStackName,
        Lever::Aws | Lever::Inner | Lever::Stranger => Rule::Ipv4Only,
    }
}

/// Whether there is anything to be said of a name of this judgement.
fn is_said(gathered: &Gathered<'_>, without: &MissingIpv6, judgement: &Judgement) -> bool {
    // Where nobody asked for A, a name may have no address at all, unless it is known to be an endpoint.
    let is_known = judgement.known.as_ref().is_some_and(is_endpoint) || judgement.behind.is_some();
    if without.is_only_empty() && !is_known && !matches!(judgement.lever, Lever::Link(_)) {
        return false;
    }
    // A pool whose name with IPv6 was asked for, too, is how time services are set up.
    !matches!(&judgement.lever, Lever::Pool(dual)
        if gathered.seen(dual) == Some(crate::log::observation::Aaaa::Native))
}

/// The finding about a name without an IPv6 address.
pub(super) fn finding(gathered: &Gathered<'_>, symbol: Symbol) -> Option<Finding> {
    let without = gathered.names.without(symbol)?;
    let name = gathered.survey.fleet().name_text(symbol);
    let judgement = gathered.judgement(symbol);
    let way = without.way();
    let severity = severity(&judgement, without, is_dispensable(gathered, symbol));
    let group = without.all();
    let mut finding = Finding::new(rule(&judgement), severity, name, &group, gathered.survey);
    finding.proof.level = judgement.level();
    finding.summary = judgement.title();
    finding.sentence = format!(
        "{} {}",
        without.reached(&judgement, gathered.knowledge.inspected.is_some()),
        judgement.about()
    );
    finding.action = judgement.advice(way);
    if judgement.lever == Lever::Stranger
        && let Some(switch) = of_feature(gathered, symbol)
    {
        finding.action = format!("{switch}; or {}", way.otherwise());
    }
    finding.source = judgement.source();
    if let Lever::Link(_) = judgement.lever {
        named_instance(gathered, &group, &mut finding.action);
    }
    if judgement.lever == Lever::Endpoint {
        interface_endpoint(gathered, &judgement, &group, without, &mut finding);
    }
    let besides = judgement.leaves().into_iter().chain((way == Way::Inbound).then(|| CLIENTS.to_owned()));
    for besides in besides {
        finding.sentence.push(' ');
        finding.sentence.push_str(&besides);
    }
    finding.sentence.push_str(&forwarded(gathered, name));
    Some(finding)
}

/// What is to be done where a feature asks for a name that is nobody's whom one could ask: what its client is
/// told to use instead.
fn of_feature<'g>(gathered: &'g Gathered<'_>, name: Symbol) -> Option<&'g str> {
    let profiles = gathered.knowledge.profiles.list();
    let mut rows = gathered.rows(name).iter().filter(|at| profiles[at.profile].rows[at.row].needed);
    let profile = rows.find(|at| !profiles[at.profile].per_name)?.profile;
    Some(&profiles[profile].switch)
}

fn severity(judgement: &Judgement, without: &MissingIpv6, is_dispensable: bool) -> Severity {
    let is_helped = matches!(judgement.lever, Lever::Name { .. } | Lever::Registry);
    match without.way() {
        _ if judgement.is_of_pool() || is_dispensable => Severity::Notice,
        // No NAT64 leads to the link.
        Way::Nat64 if matches!(judgement.lever, Lever::Link(_)) && judgement.is_on_link() => {
            Severity::Problem
        }
        Way::Detour if !is_helped => Severity::Notice,
        Way::Inbound if without.is_open() => Severity::Warning,
        Way::Not | Way::Inbound | Way::Mixed => Severity::Problem,
        Way::Nat64 | Way::Ipv4 | Way::Detour | Way::Unknown => Severity::Warning,
    }
}

/// Whether all who ask for it do without, as [`does_without`] says.
pub(super) fn is_dispensable(gathered: &Gathered<'_>, name: Symbol) -> bool {
    if !is_dispensable_row(gathered, name) {
        return false;
    }
    let mut ranks = gathered.asked.iter().filter(|one| one.name == name).map(|one| one.rank).peekable();
    ranks.peek().is_some() && ranks.all(|rank| does_without(gathered, rank, name))
}

/// Whether the feature of the origin at `rank` that asks for it does without: what does the same work is
/// asked for there, too.
pub(super) fn does_without(gathered: &Gathered<'_>, rank: usize, name: Symbol) -> bool {
    let row = |at: ProfileRowId| &gathered.knowledge.profiles.list()[at.profile].rows[at.row];
    let mut rows = gathered.rows(name).iter().filter(|at| row(**at).dispensable).peekable();
    // Few names have such a row: only for those it is looked what else the origin asked for.
    if rows.peek().is_none() {
        return false;
    }
    let start = gathered.asked.partition_point(|one| one.rank < rank);
    let own = || gathered.asked[start..].iter().take_while(|one| one.rank == rank);
    rows.any(|at| own().any(|other| other.row.profile == at.profile && does_its_work(row(other.row))))
}

/// Whether it is a name that some feature may do without.
pub(super) fn is_dispensable_row(gathered: &Gathered<'_>, name: Symbol) -> bool {
    let profiles = gathered.knowledge.profiles.list();
    gathered.rows(name).iter().any(|at| profiles[at.profile].rows[at.row].dispensable)
}

/// Puts the first instance of these origins into a command.
fn named_instance(gathered: &Gathered<'_>, group: &PairGroup, action: &mut String) {
    let instances = group.first_ranks().map(|rank| &gathered.survey.origins()[rank]);
    let mut instances =
        instances.filter(|origin| origin.kind == OriginKind::Instance && is_harmless(origin.id));
    if let Some(origin) = instances.next() {
        let with = format!("--instance-id {}{}", origin.id, in_region(origin.region));
        *action = action.replace("--instance-id INSTANCE", &with);
    }
}

/// Names the interface endpoint that answers, if EC2 said of one in the VPC of those who asked.
fn interface_endpoint(
    gathered: &Gathered<'_>,
    judgement: &Judgement,
    group: &PairGroup,
    without: &MissingIpv6,
    finding: &mut Finding,
) {
    let Some(inspected) = gathered.knowledge.inspected else { return };
    let host = &judgement.host;
    let mut origins = group.first_ranks().map(|rank| &gathered.survey.origins()[rank]);
    let Some(endpoint) = origins.find_map(|origin| inspected.endpoint(origin.vpc, host)) else { return };
    let InterfaceEndpoint { id, service, address_type, record_type, region, .. } = endpoint;
    let modify = command(
        "aws ec2 modify-vpc-endpoint --vpc-endpoint-id ",
        id,
        &format!(" --ip-address-type dualstack --dns-options DnsRecordIpType=dualstack{}", in_region(region)),
    );
    let supports = command(
        "aws ec2 describe-vpc-endpoint-services --service-names ",
        service,
        &format!(" --query 'ServiceDetails[].SupportedIpAddressTypes'{}", in_region(region)),
    );
    let address = judgement.ipv4.map(std::net::Ipv4Addr::from).map(|it| it.to_string()).unwrap_or_default();
    finding.summary = format!("{host} leads to {id}, an interface endpoint with IPv4 addresses");
    finding.sentence = format!(
        "{} It leads to {address}: {id}, the interface endpoint for {service}. Its IP address type is {address_type}, its DNS \
         record IP type {record_type}.",
        without.reached(judgement, true)
    );
    finding.action = format!(
        "see whether the service supports IPv6 there ({}); if so, give the endpoint IPv6 addresses, for which its subnets need \
         IPv6: {}",
        supports.unwrap_or_else(|| "`aws ec2 describe-vpc-endpoint-services`".to_owned()),
        modify.unwrap_or_else(|| "`aws ec2 modify-vpc-endpoint`".to_owned())
    );
    finding.source = source(gathered);
}
