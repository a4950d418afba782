//! What is set where the origins are: DNS64, its route, and whether anybody asks for IPv6.

use super::gather::{Gathered, Group, Subject};
use super::{Finding, Rule, Severity, command, origins};

/// Where DNS64 and NAT64 are described.
const GUIDE: &str = "Amazon VPC User Guide, \"DNS64 and NAT64\"";

/// The finding of `rule` about a VPC.
pub(super) fn finding(
    gathered: &Gathered<'_>,
    rule: Rule,
    subject: &Subject,
    group: &Group,
) -> Option<Finding> {
    let Subject::Vpc(vpc, region) = subject else { return None };
    let who = origins(group.origins);
    // Which prefix an answer had is not kept: with others in force, it may be any of them.
    let mut others = String::new();
    for prefix in gathered.knowledge.prefixes {
        others.push_str(&format!(" or {prefix}"));
    }
    let in_region = command("", region, "").map(|text| format!(" --region {}", text.trim_matches('`')));
    let region = in_region.unwrap_or_default();
    let (severity, summary, sentence, action) = match rule {
        Rule::Nat64Route => {
            let filters =
                format!(" Name=route.destination-ipv6-cidr-block,Values=64:ff9b::/96{region}");
            let check = command("aws ec2 describe-route-tables --filters Name=vpc-id,Values=", vpc, &filters);
            let check = check.unwrap_or_else(|| "the route tables of the VPC".to_owned());
            (
                Severity::Warning,
                format!("{vpc}: what DNS64 makes works only with a route to a NAT gateway"),
                format!(
                    "DNS64 made IPv6 addresses in 64:ff9b::/96{others} for {who} here. They work only where the prefix is routed to a \
                     NAT gateway; without the route connections hang. With it, every byte is charged by the gateway."
                ),
                format!("check that the route tables of these subnets have the route: {check}"),
            )
        }
        Rule::Dns64DualStack => (
            Severity::Notice,
            format!("{vpc}: DNS64 is on for origins that have IPv4"),
            format!(
                "{who} asked from an IPv4 address and got A and a synthesized AAAA for the same names. Where they have IPv6 \
                 as well, programs prefer IPv6: what could go over IPv4 directly goes through the NAT gateway and is charged."
            ),
            format!(
                "switch DNS64 off for subnets that have IPv4: `aws ec2 modify-subnet-attribute --subnet-id SUBNET \
                 --no-enable-dns64{region}`"
            ),
        ),
        Rule::Dns64Unsteady => (
            Severity::Warning,
            format!("{vpc}: DNS64 came and went"),
            format!(
                "{who} got a synthesized AAAA for a name, and an empty answer for the same name between or after. DNS64 was \
                 switched, or these origins use more than one subnet or resolver."
            ),
            format!(
                "compare EnableDns64 of the subnets: {}",
                command("aws ec2 describe-subnets --filters Name=vpc-id,Values=", vpc, &region)
                    .unwrap_or_else(|| "`aws ec2 describe-subnets`".to_owned())
            ),
        ),
        Rule::NeverAsksAaaa => (
            Severity::Notice,
            format!("{vpc}: never asked for AAAA"),
            format!(
                "{who} asked for A and never for AAAA: no program there tries IPv6, or none has an IPv6 address (many \
                 programs then leave AAAA out). What IPv6 would find is not in this log."
            ),
            "look there for an IPv6 address and route (`ip -6 addr`), and for programs or options that turn IPv6 off".to_owned(),
        ),
        _ => return None,
    };
    let source = if matches!(rule, Rule::NeverAsksAaaa) { "" } else { GUIDE };
    Some(Finding {
        summary,
        sentence,
        action,
        source: source.to_owned(),
        ..Finding::new(rule, severity, vpc, group, gathered.survey)
    })
}
