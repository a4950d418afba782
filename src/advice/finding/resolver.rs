//! What is said of endpoints of Route 53 Resolver: of inbound ones, which have DNS64 of their own, and of
//! outbound ones, through which queries were forwarded.
//!
//! Whoever asks through an inbound endpoint is in another network: neither the DNS64 of subnets nor the route
//! tables of a VPC are theirs, and it may be a name server that asks for others.

use super::gather::Gathered;
use super::group::PairGroup;
use super::inspected::{NAT64_DESTINATION, ResolverEndpoint};
use super::signs::is_inbound;
use super::{Finding, Rule, Severity, command, in_region};

/// What the log does not show of those who ask through an endpoint.
pub(super) const CLIENTS: &str =
    "Whether those who ask through a resolver endpoint have IPv4 is not in this log.";

/// Where DNS64 of an endpoint is described.
const REFERENCE: &str = "Amazon Route 53 API Reference, \"UpdateResolverEndpoint\"";

/// Severity, summary without the endpoint, sentence, action.
type ResolverWords = (Severity, String, String, String);

/// The finding of `rule` about the inbound endpoint `id`.
pub(super) fn finding(
    gathered: &Gathered<'_>,
    rule: Rule,
    id: &str,
    region: &str,
    group: &PairGroup,
) -> Option<Finding> {
    let known = endpoint(gathered, id);
    let dns64 = known.and_then(|endpoint| endpoint.dns64);
    let through = known.filter(|endpoint| !endpoint.vpc.is_empty()).map_or_else(
        || id.to_owned(),
        |endpoint| format!("{id}, an endpoint in {},", gathered.called(&endpoint.vpc)),
    );
    let (severity, summary, sentence, action) = match rule {
        Rule::Dns64Endpoint => made(&through, dns64, id, region),
        Rule::Dns64Unsteady => unsteady(&through, dns64, id, region),
        Rule::Dns64Off => off(&through, id, region),
        _ => return None,
    };
    Some(Finding {
        summary: format!("{}: {summary}", gathered.called(id)),
        sentence,
        action,
        source: dns64.map_or_else(|| REFERENCE.to_owned(), |_| source(gathered)),
        ..Finding::new(rule, severity, id, group, gathered.survey)
    })
}

/// Inbound endpoints that have DNS64 switched off, through which somebody asked over IPv6 alone and got
/// nothing for names with an IPv4 address.
pub(super) fn findings<'g>(gathered: &'g Gathered<'_>) -> impl Iterator<Item = Finding> + 'g {
    gathered.empty.iter().filter_map(|(rank, group)| {
        let origin = &gathered.survey.origins()[rank];
        let is_off = || endpoint(gathered, origin.id).is_some_and(|endpoint| endpoint.dns64 == Some(false));
        if !is_inbound(origin) || origin.asked_over() != Some("ipv6") || !is_off() {
            return None;
        }
        finding(gathered, Rule::Dns64Off, origin.id, &in_region(origin.region), group)
    })
}

/// A sentence that names the outbound endpoints of a name whose queries are forwarded; empty for others.
pub(super) fn forwarded(gathered: &Gathered<'_>, name: &str) -> String {
    let ids = gathered.survey.fleet().forwarders_of(name);
    if ids.is_empty() {
        return String::new();
    }
    let shown = |id: &str| match endpoint(gathered, id).filter(|endpoint| !endpoint.vpc.is_empty()) {
        Some(endpoint) => format!("{} in {}", gathered.called(id), gathered.called(&endpoint.vpc)),
        None => gathered.called(id),
    };
    let shown: Vec<String> = ids.iter().map(|id| shown(id)).collect();
    format!(
        " The queries were forwarded through {} {}: these are the answers of the servers that the forwarding rule names.",
        if ids.len() == 1 { "the outbound endpoint" } else { "the outbound endpoints" },
        shown.join(", ")
    )
}

/// What Route 53 Resolver says of an endpoint, if it was asked.
fn endpoint<'g>(gathered: &Gathered<'g>, id: &str) -> Option<&'g ResolverEndpoint> {
    gathered.knowledge.inspected?.resolver_endpoint(id)
}

fn source(gathered: &Gathered<'_>) -> String {
    let at = gathered.knowledge.inspected.map_or("", |inspected| inspected.at.as_str());
    format!("Route 53 Resolver, asked at {at}")
}

/// The command that switches DNS64 of an endpoint.
fn update(id: &str, switch: &str, region: &str) -> String {
    command(
        "aws route53resolver update-resolver-endpoint --resolver-endpoint-id ",
        id,
        &format!(" {switch}{region}"),
    )
    .unwrap_or_else(|| format!("`aws route53resolver update-resolver-endpoint` with `{switch}`"))
}

/// Addresses that DNS64 made; `dns64` is the setting now.
fn made(through: &str, dns64: Option<bool>, id: &str, region: &str) -> ResolverWords {
    let got = format!("Those who ask through {through} got IPv6 addresses in {NAT64_DESTINATION}");
    if dns64 == Some(false) {
        return (
            Severity::Notice,
            "its clients got addresses that DNS64 made, and its DNS64 is off now".to_owned(),
            format!(
                "{got}, as DNS64 makes them out of IPv4 ones. A resolver endpoint has DNS64 of its own, and that of this one is \
                 off now: since then AAAA of such names is empty, unless the names have such records themselves."
            ),
            format!(
                "if clients there have no IPv4, switch it on again: {}",
                update(id, "--dns64-enabled", region)
            ),
        );
    }
    let setting = match dns64 {
        Some(_) => "The endpoint's own DNS64 is on, whatever is set for subnets",
        None => "A resolver endpoint has DNS64 of its own, whatever is set for subnets",
    };
    (
        Severity::Warning,
        "its clients get addresses that DNS64 made".to_owned(),
        format!(
            "{got} that DNS64 made out of IPv4 ones. {setting}; and the route for that prefix has to begin where these clients \
             are."
        ),
        format!(
            "see that {NAT64_DESTINATION} is routed to a NAT gateway from where they are; where they have IPv4, switch it off: {}",
            update(id, "--no-dns64-enabled", region)
        ),
    )
}

/// Addresses that DNS64 made, and none for the same name between or after.
fn unsteady(through: &str, dns64: Option<bool>, id: &str, region: &str) -> ResolverWords {
    let got = format!(
        "Those who ask through {through} got a synthesized AAAA for a name, and an empty answer for the same name between or \
         after."
    );
    let (now, action) = match dns64 {
        Some(true) => (
            " Now it is on.",
            format!("nothing if that is meant; else {}", update(id, "--no-dns64-enabled", region)),
        ),
        Some(false) => (
            " Now it is off.",
            format!("nothing if that is meant; else {}", update(id, "--dns64-enabled", region)),
        ),
        None => {
            let query = format!(" --query ResolverEndpoint.Dns64Enabled{region}");
            let get =
                command("aws route53resolver get-resolver-endpoint --resolver-endpoint-id ", id, &query);
            let get = get.unwrap_or_else(|| "`aws route53resolver get-resolver-endpoint`".to_owned());
            ("", format!("see how it is set now: {get}"))
        }
    };
    (
        Severity::Warning,
        "DNS64 came and went".to_owned(),
        format!(
            "{got} A resolver endpoint has DNS64 of its own, and it was switched, or the name's own records changed.{now}"
        ),
        action,
    )
}

/// DNS64 that is off.
fn off(through: &str, id: &str, region: &str) -> ResolverWords {
    (
        Severity::Warning,
        "its DNS64 is off, and who asks through it does so over IPv6".to_owned(),
        format!(
            "All who asked through {through} did so from IPv6 addresses, and got empty AAAA answers for names that have an IPv4 \
             address. The endpoint's own DNS64 is off: whoever has no IPv4 there cannot reach these names."
        ),
        format!(
            "if there are such clients, enable it: {}; the route for {NAT64_DESTINATION} to a NAT gateway has to begin where they \
             are",
            update(id, "--dns64-enabled", region)
        ),
    )
}
