//! What EC2 says of subnets and routes, where the log shows that it matters.

use std::collections::{BTreeMap, BTreeSet};

use super::gather::Gathered;
use super::group::{ByRank, PairGroup};
use super::inspected::{NAT64_DESTINATION, OriginPlace, Route, RouteTable, Subnet};
use super::{Finding, Rule, Severity, in_region, is_harmless, listed, origins};

/// Where DNS64 and NAT64 are described.
pub(super) const GUIDE: &str = "Amazon VPC User Guide, \"DNS64 and NAT64\"";

/// Origins that are in the same place.
struct SharedPlace<'i> {
    place: OriginPlace<'i>,
    group: PairGroup,
    ranks: Vec<usize>,
    subnets: BTreeSet<&'i str>,
    /// How many have a way out over IPv4.
    with_ipv4: usize,
}

/// The findings that only facts allow.
pub(super) fn findings(gathered: &Gathered<'_>) -> Vec<Finding> {
    let mut off: BTreeMap<&str, SharedPlace<'_>> = BTreeMap::new();
    for (place, rank, group) in places(gathered, &gathered.empty) {
        if is_off_in(Some(place), &place.subnet.id) {
            add(&mut off, &place.subnet.id, place, rank, group);
        }
    }
    let mut missing: BTreeMap<&str, SharedPlace<'_>> = BTreeMap::new();
    for (place, rank, group) in places(gathered, &gathered.translated) {
        if let Some(table) = place.table.filter(|table| lacks_route(table)) {
            add(&mut missing, &table.id, place, rank, group);
        }
    }
    let off = off.values().map(|here| dns64_off(gathered, here));
    off.chain(missing.values().filter_map(|here| route_missing(gathered, here))).collect()
}

/// Whether somebody is in `subnet`, where DNS64 is off and missed. With a way out over IPv4, an instance
/// needs none.
pub(super) fn is_off_in(place: Option<OriginPlace<'_>>, subnet: &str) -> bool {
    place.is_some_and(|place| {
        place.subnet.id == subnet && place.subnet.dns64 == Some(false) && place.has_ipv4() != Some(true)
    })
}

/// The origins of `groups` of which EC2 said where they are.
fn places<'g>(
    gathered: &'g Gathered<'_>,
    groups: &'g ByRank,
) -> impl Iterator<Item = (OriginPlace<'g>, usize, &'g PairGroup)> {
    groups.iter().filter_map(|(rank, group)| Some((gathered.place(rank)?, rank, group)))
}

fn add<'i>(
    all: &mut BTreeMap<&'i str, SharedPlace<'i>>,
    id: &'i str,
    place: OriginPlace<'i>,
    rank: usize,
    group: &PairGroup,
) {
    let here = all.entry(id).or_insert_with(|| SharedPlace {
        place,
        group: PairGroup::default(),
        ranks: Vec::new(),
        subnets: BTreeSet::new(),
        with_ipv4: 0,
    });
    here.group = std::mem::take(&mut here.group).and(group);
    here.ranks.push(rank);
    here.subnets.insert(&place.subnet.id);
    here.with_ipv4 += usize::from(place.has_ipv4() == Some(true));
}

/// Whether it is sure that a table leads what DNS64 makes nowhere.
fn lacks_route(table: &RouteTable) -> bool {
    table.nat64.as_ref().map_or(!table.prefix_lists, |route| route.is_dead() || cannot_translate(route))
}

/// Whether a route leads to something that forwards IPv6 and translates nothing: an internet gateway or an
/// egress-only one.
fn cannot_translate(route: &Route) -> bool {
    ["igw-", "eigw-"].iter().any(|start| route.target.starts_with(start))
}

/// The first few of these origins: `i-0a1 (web-1), i-0a2 and 3 more`.
fn who(gathered: &Gathered<'_>, here: &SharedPlace<'_>) -> String {
    let ids: Vec<String> = here.ranks.iter().map(|rank| gathered.origin(*rank)).collect();
    listed(&ids)
}

fn dns64_off(gathered: &Gathered<'_>, here: &SharedPlace<'_>) -> Finding {
    let Subnet { id, region, vpc, ipv6_only, .. } = here.place.subnet;
    let subnet = gathered.called(id);
    let who = who(gathered, here);
    let why = if *ipv6_only { "the subnet is IPv6-only" } else { "they have no way out over IPv4" };
    let sentence =
        format!("In {subnet}, DNS64 is off, and {why}: {who} cannot reach names without an IPv6 address.");
    let mut action = format!("enable DNS64: {}", modify(id, "--enable-dns64", region));
    if let Some(table) = here.place.table.filter(|table| lacks_route(table)) {
        action.push_str(&format!("; then add the route: {}", create_route(gathered, table, vpc)));
    }
    Finding {
        summary: format!("DNS64 is off in {subnet} of {who}"),
        sentence,
        action,
        source: source(gathered),
        ..Finding::new(Rule::Dns64Off, Severity::Problem, id, &here.group, gathered.survey)
    }
}

fn route_missing(gathered: &Gathered<'_>, here: &SharedPlace<'_>) -> Option<Finding> {
    let table = here.place.table?;
    let RouteTable { id, vpc, region, .. } = table;
    let subnets: Vec<String> = here.subnets.iter().map(|id| gathered.called(id)).collect();
    let (who, subnets) = (who(gathered, here), listed(&subnets));
    let gone = table.nat64.as_ref();
    let summary = match gone {
        None => format!("no {NAT64_DESTINATION} route in {id} ({subnets} of {who})"),
        Some(route) if cannot_translate(route) => {
            format!(
                "the {NAT64_DESTINATION} route in {id} leads to {}, which translates nothing ({subnets} of {who})",
                route.target
            )
        }
        Some(Route { target, state, .. }) => {
            let state = state.as_deref().filter(|state| is_harmless(state));
            let is =
                state.map_or_else(|| "which is gone".to_owned(), |state| format!("whose state is {state}"));
            format!("the {NAT64_DESTINATION} route in {id} leads to {target}, {is} ({subnets} of {who})")
        }
    };
    let mut sentence = format!(
        "DNS64 made IPv6 addresses in {NAT64_DESTINATION} for {}, and {id}, the route table of {subnets}, {}: connections \
         to these addresses hang.",
        origins(here.group.origins()),
        match gone {
            None => "has no route for them".to_owned(),
            Some(route) if cannot_translate(route) => {
                let kind = if route.target.starts_with('e') {
                    "an egress-only internet gateway"
                } else {
                    "an internet gateway"
                };
                format!("sends them to {}, {kind}, which forwards IPv6 and translates nothing", route.target)
            }
            Some(Route { blackhole: false, .. }) =>
                "sends them to a NAT gateway that does not work".to_owned(),
            Some(_) => "sends them to something that no longer exists".to_owned(),
        }
    );
    let route = create_route(gathered, table, vpc);
    let mut action = if gone.is_some() {
        format!("lead it to a NAT gateway: {route}")
    } else {
        format!("add it: {route}")
    };
    if here.with_ipv4 == here.ranks.len() {
        sentence.push_str(" These origins have a way out over IPv4, which programs try second.");
        let subnet = here.subnets.first().copied().unwrap_or_default();
        action = format!(
            "switch DNS64 off, as these have IPv4: {}; or mend the route: {route}",
            modify(subnet, "--no-enable-dns64", region)
        );
    }
    Some(Finding {
        summary,
        sentence,
        action,
        source: source(gathered),
        ..Finding::new(Rule::Nat64RouteMissing, Severity::Problem, id, &here.group, gathered.survey)
    })
}

fn modify(subnet: &str, switch: &str, region: &str) -> String {
    let subnet = if is_harmless(subnet) { subnet } else { "SUBNET" };
    format!("`aws ec2 modify-subnet-attribute --subnet-id {subnet} {switch}{}`", in_region(region))
}

/// The command that adds the route to a table, or mends it; to a NAT gateway of the VPC, if one is known.
fn create_route(gathered: &Gathered<'_>, table: &RouteTable, vpc: &str) -> String {
    let verb = if table.nat64.is_some() { "replace-route" } else { "create-route" };
    let gateway = gathered.knowledge.inspected.and_then(|inspected| inspected.nat_gateway(vpc));
    let gateway = gateway.filter(|gateway| is_harmless(gateway)).unwrap_or("NAT-GATEWAY");
    let id = if is_harmless(&table.id) { &table.id } else { "ROUTE-TABLE" };
    format!(
        "`aws ec2 {verb} --route-table-id {id} --destination-ipv6-cidr-block {NAT64_DESTINATION} --nat-gateway-id {gateway}{}`",
        in_region(&table.region)
    )
}

/// That it was looked up, and when.
pub(super) fn source(gathered: &Gathered<'_>) -> String {
    let at = gathered.knowledge.inspected.map_or("", |inspected| inspected.at.as_str());
    format!("EC2, asked at {at}")
}

/// What EC2 says of the routes of a VPC's origins for which DNS64 was at work.
pub(super) enum Routes {
    /// Not of all of them.
    Open,
    /// Some lead nowhere: that is a finding of its own.
    Missing,
    /// All lead somewhere; to these.
    There(BTreeSet<String>),
}

/// What is known of the routes in `vpc`.
pub(super) fn routes(gathered: &Gathered<'_>, vpc: &str) -> Routes {
    let mut targets = BTreeSet::new();
    let (mut is_missing, mut any) = (false, false);
    for rank in gathered.translated.ranks() {
        if gathered.survey.origins()[rank].vpc != vpc {
            continue;
        }
        let Some(table) = gathered.place(rank).and_then(|place| place.table) else { return Routes::Open };
        any = true;
        match &table.nat64 {
            _ if lacks_route(table) => is_missing = true,
            Some(route) => _ = targets.insert(route.target.clone()),
            None => return Routes::Open,
        }
    }
    match (any, is_missing) {
        (false, _) => Routes::Open,
        (true, true) => Routes::Missing,
        (true, false) => Routes::There(targets),
    }
}

/// The finding that all is in place: `finding` was the question.
pub(super) fn routed(gathered: &Gathered<'_>, finding: Finding, targets: &BTreeSet<String>) -> Finding {
    let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
    let gateways = targets.iter().all(|target| target.starts_with("nat-"));
    let vpc = gathered.called(&finding.subject);
    let (to, count) = (listed(&targets), origins(finding.proof.origins));
    let (sentence, action) = if gateways {
        (
            format!(
                "DNS64 made IPv6 addresses in {NAT64_DESTINATION} for {count} here, and their route tables lead them to {to}. \
                 The NAT gateway charges every byte."
            ),
            "nothing, unless the costs matter: then use names with IPv6 addresses of their own".to_owned(),
        )
    } else {
        (
            format!(
                "DNS64 made IPv6 addresses in {NAT64_DESTINATION} for {count} here, and their route tables lead them to {to}. \
                 They work if a NAT gateway is behind it, which only the owner of what is behind it can see."
            ),
            format!("see that {NAT64_DESTINATION} is routed to a NAT gateway behind {to}"),
        )
    };
    Finding {
        severity: Severity::Notice,
        summary: format!("{vpc}: DNS64 is on, and its addresses are routed to {to}"),
        sentence,
        action,
        source: source(gathered),
        ..finding
    }
}
