//! What is set where the origins are: DNS64, its route, and whether anybody asks for IPv6.

use std::net::Ipv6Addr;

use super::gather::Gathered;
use super::ground::{self, GUIDE, Routes};
use super::group::{Group, Subject};
use super::{Finding, Rule, Severity, bare, command, counted, in_region, listed, origins};

/// The finding of `rule` about a VPC.
pub(super) fn finding(
    gathered: &Gathered<'_>,
    rule: Rule,
    subject: &Subject,
    group: &Group,
) -> Option<Finding> {
    let Subject::Vpc(vpc, region) = subject else { return None };
    let (severity, summary, sentence, action) = said(gathered, rule, vpc, &in_region(region), group)?;
    let source = if matches!(rule, Rule::NeverAsksAaaa | Rule::DocumentationAddress) { "" } else { GUIDE };
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

/// Severity, summary without the VPC, sentence, action.
fn said(
    gathered: &Gathered<'_>,
    rule: Rule,
    vpc: &str,
    region: &str,
    group: &Group,
) -> Option<(Severity, String, String, String)> {
    let who = origins(group.origins);
    let subnets = || {
        command("aws ec2 describe-subnets --filters Name=vpc-id,Values=", vpc, region)
            .unwrap_or_else(|| "`aws ec2 describe-subnets`".to_owned())
    };
    Some(match rule {
        Rule::Nat64Route => {
            // Which prefix an answer had is not kept: with others in force, it may be any of them.
            let mut prefixes = "64:ff9b::/96".to_owned();
            for prefix in gathered.knowledge.prefixes {
                prefixes.push_str(&format!(" or {prefix}"));
            }
            let filters =
                format!(" Name=route.destination-ipv6-cidr-block,Values=64:ff9b::/96{region}");
            let check = command("aws ec2 describe-route-tables --filters Name=vpc-id,Values=", vpc, &filters);
            let check = check.unwrap_or_else(|| "the route tables of the VPC".to_owned());
            (
                Severity::Warning,
                "DNS64 is on, and needs a route to a NAT gateway".to_owned(),
                format!(
                    "For {who} here, DNS64 made IPv6 addresses (in {prefixes}) out of IPv4 ones. They work only where \
                     that prefix is routed to a NAT gateway; without the route, connections hang. With it, the gateway charges \
                     every byte."
                ),
                format!("check that the route tables of these subnets are among those with the route: {check}"),
            )
        }
        Rule::Dns64Partial => {
            let on: Vec<usize> = gathered.translated.keys().copied().collect();
            let on = on.iter().filter(|rank| gathered.survey.origins()[**rank].vpc == vpc).count();
            (
                Severity::Notice,
                format!("DNS64 is on for {}, and not for {}", origins(on), counted(group.origins, "other", "others")),
                format!(
                    "For {} here, DNS64 made IPv6 addresses; {} got empty answers for names that have an IPv4 address. \
                     DNS64 is set for each subnet. Where it is off, whoever has no IPv4 cannot reach such names.",
                    origins(on),
                    counted(group.origins, "other", "others")
                ),
                format!("where these have no IPv4, enable DNS64 in their subnets; EnableDns64 of each: {}", subnets()),
            )
        }
        Rule::Dns64DualStack => {
            let known: Vec<&str> = group
                .first_ranks()
                .iter()
                .filter_map(|rank| gathered.place(*rank))
                .map(|place| place.subnet.id.as_str())
                .filter(|id| super::is_harmless(id))
                .collect();
            let subnet = known.first().copied().unwrap_or("SUBNET");
            (
                Severity::Notice,
                "DNS64 is on for origins that have IPv4".to_owned(),
                format!(
                    "{who} asked from an IPv4 address, and got A and a synthesized AAAA for the same names. Programs prefer IPv6 \
                     where there is any: what could go over IPv4 directly then passes the NAT gateway and is charged."
                ),
                format!(
                    "switch DNS64 off for subnets that have IPv4: `aws ec2 modify-subnet-attribute --subnet-id {subnet} \
                     --no-enable-dns64{region}`"
                ),
            )
        }
        Rule::Dns64Unsteady => (
            Severity::Warning,
            "DNS64 came and went".to_owned(),
            format!(
                "{who} got a synthesized AAAA for a name, and an empty answer for the same name between or after. DNS64 was \
                 switched off, or these origins use more than one subnet or resolver."
            ),
            format!("compare EnableDns64 of the subnets: {}", subnets()),
        ),
        Rule::NeverAsksAaaa => (
            Severity::Notice,
            format!("{who} asked for IPv4 addresses only"),
            format!(
                "{who} asked for A and never for AAAA: no program there tries IPv6, or none has an IPv6 address (many \
                 programs then leave AAAA out). What IPv6 would find is not in this log."
            ),
            "look there for an IPv6 address and route (`ip -6 addr`), and for programs or options that turn IPv6 off".to_owned(),
        ),
        Rule::DocumentationAddress => {
            let fleet = gathered.survey.fleet();
            let mut names: Vec<&str> = group.names.iter().map(|name| bare(fleet.name_text(*name))).collect();
            names.sort_unstable();
            let (count, names) = (counted(names.len(), "name", "names"), listed(&names));
            let address = Ipv6Addr::from(group.address.unwrap_or_default());
            (
                Severity::Notice,
                format!("{count} with documentation addresses"),
                format!(
                    "All AAAA records that {who} got for {names} are addresses for documentation (such as {address}), to which \
                     nothing can connect. A log that was redacted or made up has them in place of real ones."
                ),
                format!("if the log was neither redacted nor made up, correct the AAAA records of {names}"),
            )
        }
        _ => return None,
    })
}
