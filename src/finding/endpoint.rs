//! Names without an IPv6 address: who cannot reach them, and what their judgement says.

use std::cmp::Reverse;

use super::gather::Gathered;
use super::ground::source;
use super::inspected::InterfaceEndpoint;
use super::signs::is_endpoint;
use super::without::Without;
use super::{Finding, Rule, Severity, certainty, command, in_region, is_harmless, origins};
use crate::catalog::RowId;
use crate::fleet::{OriginKind, Symbol};
use crate::judgement::{Judgement, Lever, Sure, Way};

/// One finding for each name without an IPv6 address: the `most` important of them are worded, and it is said how many
/// others there are. A million of them would take more memory than all that they were found in.
pub(super) fn findings(gathered: &Gathered<'_>, most: usize) -> (Vec<Finding>, usize) {
    let names: Vec<_> = gathered.without.iter().map(|(symbol, without)| (*symbol, without)).collect();
    let crew = gathered.survey.crew();
    let hands = crew.hands();
    let share = |all: usize, hand: usize| all * hand / hands..all * (hand + 1) / hands;
    let mut chosen = names;
    let mut left = 0;
    if chosen.len() > most {
        let weighed = crew.map(hands, |hand| {
            let part = &chosen[share(chosen.len(), hand)];
            part.iter().filter_map(|(symbol, without)| weight(gathered, *symbol, without)).collect::<Vec<_>>()
        });
        let mut weighed: Vec<(Weight<'_>, Symbol)> = weighed.into_iter().flatten().collect();
        weighed.sort_unstable();
        left = weighed.len().saturating_sub(most);
        weighed.truncate(most);
        chosen = weighed.into_iter().map(|(_, symbol)| (symbol, &gathered.without[&symbol])).collect();
    }
    let said = crew.map(hands, |hand| {
        let part = &chosen[share(chosen.len(), hand)];
        part.iter().filter_map(|(symbol, without)| finding(gathered, *symbol, without)).collect::<Vec<_>>()
    });
    (said.into_iter().flatten().collect(), left)
}

/// What findings about names are put in order by, as far as they differ in it.
type Weight<'s> = (Severity, Reverse<usize>, u8, Reverse<u64>, Rule, &'s str);

/// How important the finding about a name is, if there is one.
fn weight<'s>(gathered: &Gathered<'s>, symbol: Symbol, without: &Without) -> Option<(Weight<'s>, Symbol)> {
    let (name, judgement) = judged(gathered, symbol, without)?;
    let rule = rule(&judgement);
    let weight = (
        severity(gathered, name, &judgement, without.way()),
        Reverse(without.origins()),
        certainty(rule, judgement.level()),
        Reverse(without.records()),
        rule,
        name,
    );
    Some((weight, symbol))
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

/// A name with its judgement; nothing if there is nothing to be said of it.
fn judged<'s>(gathered: &Gathered<'s>, symbol: Symbol, without: &Without) -> Option<(&'s str, Judgement)> {
    let name = gathered.survey.fleet().name_text(symbol);
    let judgement = gathered.judgement(symbol);
    // Where nobody asked for A, a name may have no address at all, unless it is known to be an endpoint.
    let only_empty = without.cut_off.origins + without.translated.origins == 0;
    let is_known = judgement.known.as_ref().is_some_and(is_endpoint);
    if only_empty && !is_known && !matches!(judgement.lever, Lever::Link(_)) {
        return None;
    }
    // A pool whose name with IPv6 was asked for, too, is how time services are set up.
    if let Lever::Pool(dual) = &judgement.lever
        && gathered.seen(dual) == Some(crate::observation::Aaaa::Native)
    {
        return None;
    }
    Some((name, judgement))
}

fn finding(gathered: &Gathered<'_>, symbol: Symbol, without: &Without) -> Option<Finding> {
    let (name, judgement) = judged(gathered, symbol, without)?;
    let way = without.way();
    let severity = severity(gathered, name, &judgement, way);
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
    finding.source = judgement.source();
    if let Lever::Link(_) = judgement.lever {
        named_instance(gathered, group.first_ranks(), &mut finding.action);
    }
    if judgement.lever == Lever::Endpoint {
        interface_endpoint(gathered, &judgement, group.first_ranks(), without, &mut finding);
    }
    Some(finding)
}

fn severity(gathered: &Gathered<'_>, name: &str, judgement: &Judgement, way: Way) -> Severity {
    let is_helped = matches!(judgement.lever, Lever::Name { .. } | Lever::Registry);
    match way {
        _ if judgement.is_of_pool() || is_dispensable(gathered, name, judgement) => Severity::Notice,
        // No NAT64 leads to the link.
        Way::Nat64 if matches!(judgement.lever, Lever::Link(_)) && judgement.is_on_link() => {
            Severity::Problem
        }
        Way::Detour if !is_helped => Severity::Notice,
        Way::Not => Severity::Problem,
        Way::Nat64 | Way::Ipv4 | Way::Detour | Way::Unknown => Severity::Warning,
    }
}

/// Whether the feature that asks for it does without: something else that it needs is asked for, too.
pub(super) fn is_dispensable(gathered: &Gathered<'_>, name: &str, judgement: &Judgement) -> bool {
    let profiles = gathered.knowledge.profiles;
    let row = |at: RowId| &profiles.list()[at.profile].rows[at.row];
    let rows = profiles.rows_of(name, judgement.known.as_ref());
    rows.into_iter().filter(|at| row(*at).dispensable).any(|at| {
        gathered
            .asked
            .iter()
            .any(|other| other.row.profile == at.profile && row(other.row).detects && row(other.row).needed)
    })
}

/// Puts the first instance of these origins into a command.
fn named_instance(gathered: &Gathered<'_>, ranks: &[usize], action: &mut String) {
    let instances = ranks.iter().map(|rank| &gathered.survey.origins()[*rank]);
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
    ranks: &[usize],
    without: &Without,
    finding: &mut Finding,
) {
    let Some(inspected) = gathered.knowledge.inspected else { return };
    let host = &judgement.host;
    let mut origins = ranks.iter().map(|rank| &gathered.survey.origins()[*rank]);
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

/// How many origins, and what they do.
pub(super) fn verb(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", origins(count), if count == 1 { one } else { many })
}
