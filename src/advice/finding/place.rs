//! What is set where the origins are: DNS64, its route, and whether anybody asks for IPv6.

use std::net::Ipv6Addr;

use super::gather::Gathered;
use super::ground::{self, GUIDE, Routes};
use super::group::{GroupSubject, PairGroup};
use super::resolver;
use super::signs::is_inbound;
use super::{Finding, Rule, Severity, bare, command, counted, in_region, is_harmless, listed, origins};
use crate::fleet::{OriginKind, address_text};

/// The finding of `rule` about a VPC.
pub(super) fn finding(
    gathered: &Gathered<'_>,
    rule: Rule,
    subject: &GroupSubject<'_>,
    group: &PairGroup,
) -> Option<Finding> {
    let GroupSubject::Vpc(vpc, region) = subject else { return None };
    if rule == Rule::Dns64Endpoint || rule == Rule::Dns64Unsteady && vpc.starts_with("rslvr-") {
        return resolver::finding(gathered, rule, vpc, &in_region(region), group);
    }
    let (severity, summary, sentence, action) = said(gathered, rule, vpc, &in_region(region), group)?;
    let source = if matches!(rule, Rule::NeverAsksAaaa | Rule::DocumentationAddress | Rule::LocalUsePrefix) {
        ""
    } else {
        GUIDE
    };
    let finding = Finding {
        summary: format!("{}: {summary}", gathered.called(vpc)),
        sentence,
        action,
        source: source.to_owned(),
        ..Finding::new(rule, severity, vpc, group, gathered.survey)
    };
    match rule {
        Rule::Nat64Route if gathered.knowledge.inspected.is_some() => match ground::routes(gathered, vpc) {
            Routes::Open => Some(finding),
            Routes::Missing => None,
            Routes::There(targets) => Some(ground::routed(gathered, finding, &targets)),
        },
        _ => Some(finding),
    }
}

/// `id` if it is the id of a VPC; else empty, as for an origin whose VPC the log does not name.
fn of_vpc(id: &str) -> &str {
    if id.starts_with("vpc-") { id } else { "" }
}

/// The command that sets DNS64 for the subnet of the first of these origins, with what finds the subnet if
/// EC2 was not asked.
fn enable(gathered: &Gathered<'_>, group: &PairGroup, region: &str, switch: &str) -> String {
    let known = group.first_ranks().filter_map(|rank| gathered.place(rank)).map(|place| &place.subnet.id);
    let subnet = known.into_iter().find(|id| is_harmless(id)).cloned();
    let origins = || group.first_ranks().map(|rank| &gathered.survey.origins()[rank]);
    let found = subnet.or_else(|| {
        origins().find_map(|origin| match origin.kind {
            OriginKind::Instance if is_harmless(origin.id) => Some(format!(
                "\"$(aws ec2 describe-instances --instance-ids {} --query 'Reservations[].Instances[].SubnetId' --output \
                 text{region})\"",
                origin.id
            )),
            OriginKind::Address => {
                let address = *origin.addresses.first()?;
                let filter = if address >> 32 == 0xffff {
                    "addresses.private-ip-address"
                } else {
                    "ipv6-addresses.ipv6-address"
                };
                // Another VPC may have the address as well.
                let vpc = Some(of_vpc(origin.vpc)).filter(|vpc| !vpc.is_empty() && is_harmless(vpc));
                let vpc = vpc.map_or_else(String::new, |vpc| format!("Name=vpc-id,Values={vpc} "));
                Some(format!(
                    "\"$(aws ec2 describe-network-interfaces --filters {vpc}Name={filter},Values={} --query \
                     'NetworkInterfaces[].SubnetId' --output text{region})\"",
                    address_text(address)
                ))
            }
            _ => None,
        })
    });
    let subnet = found.unwrap_or_else(|| "SUBNET".to_owned());
    format!("`aws ec2 modify-subnet-attribute --subnet-id {subnet} {switch}{region}`")
}

/// Severity, summary without the VPC, sentence, action.
type PlaceWords = (Severity, String, String, String);

/// DNS64 for some, and not for others.
fn partial(gathered: &Gathered<'_>, vpc: &str, region: &str, group: &PairGroup) -> PlaceWords {
    let on = gathered.translated.ranks().filter(|rank| gathered.survey.origins()[*rank].vpc == vpc).count();
    let severity = if group.has_ipv4 { Severity::Notice } else { Severity::Problem };
    let otherwise = if group.has_ipv4 {
        " These have IPv4 for it."
    } else {
        " Without IPv4 they cannot reach such names."
    };
    let enable = enable(gathered, group, region, "--enable-dns64");
    (
        severity,
        format!(
            "DNS64 is on for {}, and not for {}",
            origins(on),
            counted(group.origins(), "other", "others")
        ),
        format!(
            "For {} here, DNS64 made IPv6 addresses; {} got empty answers for names that have an IPv4 address. DNS64 is \
             set for each subnet.{otherwise}",
            origins(on),
            counted(group.origins(), "other", "others")
        ),
        if group.has_ipv4 {
            format!("nothing as long as they keep IPv4; without it they need DNS64: {enable}")
        } else {
            format!("enable DNS64 in the subnet of each of them, which needs the route as well: {enable}")
        },
    )
}

/// What is said of a VPC.
fn said(
    gathered: &Gathered<'_>,
    rule: Rule,
    vpc: &str,
    region: &str,
    group: &PairGroup,
) -> Option<PlaceWords> {
    Some(match rule {
        Rule::Nat64Route => route_needed(gathered, vpc, region, group),
        Rule::Dns64Partial => partial(gathered, vpc, region, group),
        Rule::Dns64DualStack => led_through_nat64(gathered, region, group),
        Rule::Dns64Unsteady => unsteady(vpc, region, group),
        Rule::LocalUsePrefix => local_use_prefix(group),
        Rule::NeverAsksAaaa
            if group.first_ranks().any(|rank| is_inbound(&gathered.survey.origins()[rank])) =>
        {
            clients_never_ask_aaaa()
        }
        Rule::NeverAsksAaaa => never_asks_aaaa(group),
        Rule::DocumentationAddress => documentation_address(gathered, group),
        _ => return None,
    })
}

/// DNS64 made addresses: they need a route to a NAT gateway.
fn route_needed(gathered: &Gathered<'_>, vpc: &str, region: &str, group: &PairGroup) -> PlaceWords {
    // Which prefix an answer had is not kept: with others in force, it may be any of them.
    let mut prefixes = "64:ff9b::/96".to_owned();
    for prefix in gathered.knowledge.prefixes {
        prefixes.push_str(&format!(" or {prefix}"));
    }
    let filters = format!(" Name=route.destination-ipv6-cidr-block,Values=64:ff9b::/96{region}");
    let check = command("aws ec2 describe-route-tables --filters Name=vpc-id,Values=", of_vpc(vpc), &filters)
        // Without the VPC, all of the Region's.
        .unwrap_or_else(|| format!("`aws ec2 describe-route-tables --filters{filters}`"));
    (
        Severity::Warning,
        "DNS64 is on, and needs a route to a NAT gateway".to_owned(),
        format!(
            "For {} here, DNS64 made IPv6 addresses (in {prefixes}) out of IPv4 ones. They work only where \
             that prefix is routed to a NAT gateway; without the route, connections hang. With it, the gateway charges \
             every byte.",
            origins(group.origins())
        ),
        format!("check that the route tables of these subnets are among those with the route: {check}"),
    )
}

/// DNS64 where there is IPv4.
fn led_through_nat64(gathered: &Gathered<'_>, region: &str, group: &PairGroup) -> PlaceWords {
    (
        Severity::Warning,
        "DNS64 leads origins that have IPv4 through NAT64".to_owned(),
        format!(
            "{} asked from an IPv4 address, and got A and a synthesized AAAA for the same names. Programs prefer IPv6 \
             where there is any: what could go over IPv4 directly then passes the NAT gateway and is charged, or hangs where \
             there is no route for 64:ff9b::/96.",
            origins(group.origins())
        ),
        format!(
            "switch DNS64 off in subnets where everybody has IPv4: {}",
            enable(gathered, group, region, "--no-enable-dns64")
        ),
    )
}

/// DNS64 for a name at one time, and not at another.
fn unsteady(vpc: &str, region: &str, group: &PairGroup) -> PlaceWords {
    let subnets = command("aws ec2 describe-subnets --filters Name=vpc-id,Values=", of_vpc(vpc), region)
        .unwrap_or_else(|| "`aws ec2 describe-subnets`".to_owned());
    (
        Severity::Warning,
        "DNS64 came and went".to_owned(),
        format!(
            "{} got a synthesized AAAA for a name, and an empty answer for the same name between or after. DNS64 was \
             switched off, or these origins use more than one subnet or resolver.",
            origins(group.origins())
        ),
        format!("compare EnableDns64 of the subnets: {subnets}"),
    )
}

/// Addresses for a translator of one's own.
fn local_use_prefix(group: &PairGroup) -> PlaceWords {
    (
        Severity::Warning,
        "addresses in 64:ff9b:1::/48, which no NAT gateway translates".to_owned(),
        format!(
            "AAAA answers for {} here lie in 64:ff9b:1::/48, the block for translators of one's own (RFC 8215). The NAT \
             gateway of a VPC translates 64:ff9b::/96 and nothing else: these work only where such a translator takes them.",
            origins(group.origins())
        ),
        "see which translator its routes lead to, and read the log again with its prefix: --nat64-prefix 64:ff9b:1:…::/96"
            .to_owned(),
    )
}

/// A and never AAAA through an inbound resolver endpoint, whose clients the log does not tell apart.
fn clients_never_ask_aaaa() -> PlaceWords {
    (
        Severity::Notice,
        "its clients asked for IPv4 addresses only".to_owned(),
        "Those who ask through this resolver endpoint asked for A and never for AAAA: no program of theirs tries IPv6, \
         or the name server that forwards for them leaves AAAA out. What IPv6 would find is not in this log."
            .to_owned(),
        "look in the network that asks through it: for IPv6 on its hosts, and for an option that keeps its name server \
         from asking for AAAA"
            .to_owned(),
    )
}

/// A and never AAAA.
fn never_asks_aaaa(group: &PairGroup) -> PlaceWords {
    let who = origins(group.origins());
    (
        Severity::Notice,
        format!("{who} asked for IPv4 addresses only"),
        format!(
            "{who} asked for A and never for AAAA: no program there tries IPv6, or none has an IPv6 address (many \
             programs then leave AAAA out). What IPv6 would find is not in this log."
        ),
        "look there for an IPv6 address and route (`ip -6 addr`), and for programs or options that turn IPv6 off".to_owned(),
    )
}

/// All AAAA records of a name are addresses for documentation.
fn documentation_address(gathered: &Gathered<'_>, group: &PairGroup) -> PlaceWords {
    let fleet = gathered.survey.fleet();
    let mut names: Vec<&str> = group.names().map(|name| bare(fleet.name_text(name))).collect();
    names.sort_unstable();
    let (count, names) = (counted(names.len(), "name", "names"), listed(&names));
    let address = Ipv6Addr::from(group.address().unwrap_or_default());
    (
        Severity::Notice,
        format!("{count} with documentation addresses"),
        format!(
            "All AAAA records that {} got for {names} are addresses for documentation (such as {address}), to which \
             nothing can connect. A log that was redacted or made up has them in place of real ones.",
            origins(group.origins())
        ),
        format!("if the log was neither redacted nor made up, correct the AAAA records of {names}"),
    )
}
