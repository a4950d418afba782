//! Answers that are wrong in themselves, whatever other name there may be.

use std::net::Ipv6Addr;

use super::gather::Gathered;
use super::group::PairGroup;
use super::resolver::forwarded;
use super::{Finding, Rule, Severity, bare, command, in_region, origins};
use crate::fleet::Survey;
use crate::knowledge::address::Nat64Prefix;

/// How much a finding of `rule` weighs; `None` if it is none of these.
pub(super) fn severity(rule: Rule) -> Option<Severity> {
    Some(match rule {
        Rule::NxDomainForAaaa
        | Rule::FailingForAaaa
        | Rule::BlockedForAaaa
        | Rule::DualStackMissing
        | Rule::UnusableAddress
        | Rule::Nat64Prefix => Severity::Problem,
        Rule::Blocked | Rule::NativeUnsteady | Rule::TunnelAddress | Rule::NothingForAaaaOnly => {
            Severity::Warning
        }
        Rule::NoAddressAtAll => Severity::Notice,
        _ => return None,
    })
}

/// The finding of `rule` about `name`.
pub(super) fn finding(gathered: &Gathered<'_>, rule: Rule, name: &str, group: &PairGroup) -> Option<Finding> {
    let survey = gathered.survey;
    let (host, who) = (bare(name), origins(group.origins()));
    let said = refused(gathered, rule, host, &who).or_else(|| misled(rule, host, &who, group.address()))?;
    let (summary, sentence, action) = said;
    let severity = severity(rule)?;
    let mut finding =
        Finding { summary, sentence, action, ..Finding::new(rule, severity, name, group, survey) };
    if matches!(rule, Rule::NxDomainForAaaa | Rule::FailingForAaaa | Rule::DualStackMissing) {
        finding.sentence.push_str(&forwarded(gathered, name));
    }
    if matches!(rule, Rule::Blocked | Rule::BlockedForAaaa) {
        blocked_by(survey, name, group, &mut finding);
    }
    if rule == Rule::DualStackMissing {
        finding.proof.level = Some("E1");
    }
    Some(finding)
}

/// Names the rule groups of DNS Firewall that blocked a name, as far as the records do, and how their rules
/// are listed.
fn blocked_by(survey: &Survey<'_>, name: &str, group: &PairGroup, finding: &mut Finding) {
    let fleet = survey.fleet();
    let Some(symbol) = fleet.find_name(name) else { return };
    let blocks: Vec<(&str, &str)> = fleet.blocks_of(symbol).collect();
    let named: Vec<String> = blocks
        .iter()
        .map(|(group, list)| match (*group, *list) {
            ("", list) => format!("a rule with the domain list {list}"),
            (group, "") => format!("the rule group {group}"),
            (group, list) => format!("the rule group {group}, by its domain list {list}"),
        })
        .collect();
    if named.is_empty() {
        return;
    }
    finding.sentence.push_str(&format!(" The records name {}.", named.join("; ")));
    let region = group.first_ranks().next().map_or("", |rank| survey.origins()[rank].region);
    let rules = blocks.iter().find(|(group, _)| !group.is_empty()).and_then(|(group, _)| {
        command(
            "aws route53resolver list-firewall-rules --firewall-rule-group-id ",
            group,
            &in_region(region),
        )
    });
    if let Some(rules) = rules {
        finding.action.push_str(&format!("; its rules: {rules}"));
    }
}

/// Summary, sentence, action.
type NameWords = (String, String, String);

fn dig(host: &str, server: &str) -> String {
    command("dig AAAA ", host, server).unwrap_or_else(|| "`dig AAAA`".to_owned())
}

/// Answers that refuse an address.
fn refused(gathered: &Gathered<'_>, rule: Rule, host: &str, who: &str) -> Option<NameWords> {
    let dig = dig(host, " @SERVER");
    Some(match rule {
        Rule::NxDomainForAaaa => (
            format!("{host}: AAAA says that the name does not exist, A has an address"),
            format!(
                "{who} asked for AAAA and got the answer that {host} does not exist (NXDOMAIN), while A for the same name \
                 is answered. That is a fault of the name's server: a client may believe it and give the name up."
            ),
            "have the name's server, or the load balancer that answers for it, answer AAAA with an empty answer (NOERROR)"
                .to_owned(),
        ),
        Rule::FailingForAaaa => (
            format!("{host}: AAAA fails, A is answered"),
            format!(
                "{who} asked for AAAA and got an error (SERVFAIL, REFUSED or another), while A for the same name is \
                 answered. Clients wait, try again or give up."
            ),
            format!("ask the name's server directly: {dig}; one that does not know AAAA must answer with an empty answer"),
        ),
        Rule::BlockedForAaaa => (
            format!("{host}: DNS Firewall blocks AAAA and lets A through"),
            format!(
                "{who} asked for {host}: Route 53 Resolver DNS Firewall blocked AAAA and let A through. An answer blocked \
                 as NODATA looks to the client as if the name had no IPv6 address."
            ),
            "look in the firewall's rules for one with the query type AAAA, and for an allow rule that names A only".to_owned(),
        ),
        Rule::Blocked => (
            format!("{host}: blocked by DNS Firewall"),
            format!(
                "Route 53 Resolver DNS Firewall blocked what {who} asked for: AAAA of {host}. The client may have got an empty answer \
                 or NXDOMAIN: that says nothing about the name's IPv6."
            ),
            "if the name is wanted, add it to an allow rule of the firewall".to_owned(),
        ),
        Rule::DualStackMissing => (
            format!("{host}: switched to a dual-stack name that does not exist"),
            format!(
                "{who} asked for {host}, a name of dual-stack form, and got the answer that it does not exist (NXDOMAIN): the \
                 client uses dual-stack names and there is none here for this service."
            ),
            match gathered.knowledge.catalog.standard_of(host) {
                Some(standard) => format!(
                    "take the dual-stack switch back for this client, or set the service's endpoint URL to its standard name: \
                     https://{standard}"
                ),
                None => "take the dual-stack switch back for this client, or set the service's endpoint URL to its standard name"
                    .to_owned(),
            },
        ),
        _ => return None,
    })
}

/// Answers that mislead.
fn misled(rule: Rule, host: &str, who: &str, address: Option<u128>) -> Option<NameWords> {
    let bits = address.unwrap_or_default();
    let (dig, address) = (dig(host, ""), Ipv6Addr::from(bits));
    Some(match rule {
        Rule::UnusableAddress => (
            format!("{host}: its AAAA answers hold nothing to connect to"),
            format!(
                "{who} got AAAA records for {host} that nothing can connect to (such as ::, ::1, ::ffff:0:0/96 or link-local \
                 addresses, or what DNS64 makes of 0.0.0.0 or 127.0.0.1). So a name looks that a resolver blocks."
            ),
            format!(
                "if it is not blocked on purpose, correct the records of {host}, or remove its AAAA records: DNS64 need not step in \
                 where there are some"
            ),
        ),
        Rule::NativeUnsteady => (
            format!("{host}: native and empty answers in turns"),
            format!(
                "{who} got AAAA records for {host}, and empty answers between or after them. Whoever gets the empty \
                 answer cannot reach it over IPv6."
            ),
            format!(
                "compare what the name's servers answer ({dig}); a private hosted zone of that name may hide the public one"
            ),
        ),
        Rule::TunnelAddress => (
            format!("{host}: 6to4 or Teredo addresses only"),
            format!(
                "The AAAA records of {host} that {who} got are of 6to4 or Teredo (such as {address}): tunnels that are \
                 retired or unreliable nearly everywhere."
            ),
            format!("ask the owner of {host} for a native IPv6 address"),
        ),
        Rule::NoAddressAtAll => (
            format!("{host}: no address at all"),
            format!(
                "{who} got an empty AAAA answer for {host} while DNS64 was at work. DNS64 makes an answer out of any \
                 A record, so there is none either: this is not a matter of IPv6."
            ),
            "see why it is asked for: a name that was retired, or one that should have records".to_owned(),
        ),
        Rule::NothingForAaaaOnly => (
            format!("{host}: an empty answer for whoever asks for AAAA alone"),
            format!(
                "{who} got an empty AAAA answer for {host}, and asked from IPv6 addresses alone and never for A: it looks like \
                 IPv6 only, and got no address. Whether the name has an IPv4 address, this log does not show."
            ),
            format!(
                "see whether it has one ({}); if so, give the subnets NAT64: DNS64 on, and 64:ff9b::/96 routed to a NAT gateway",
                command("dig A ", host, "").unwrap_or_else(|| "`dig A`".to_owned())
            ),
        ),
        Rule::Nat64Prefix => (
            format!("the resolver uses a NAT64 prefix that this report does not know: {}", prefix(bits)?),
            format!(
                "{who} got {address} for ipv4only.arpa, which has no AAAA records of its own: the answer reveals the \
                 NAT64 prefix of the resolver (RFC 7050). Answers with it count as native here."
            ),
            format!("run again with --nat64-prefix {}", prefix(bits)?),
        ),
        _ => return None,
    })
}

/// The prefix that `address`, an answer for `ipv4only.arpa`, reveals.
fn prefix(address: u128) -> Option<String> {
    Nat64Prefix::revealed(address).map(|prefix| prefix.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_found_around_the_known_addresses() {
        for (address, expected) in [
            ("2001:db8:64::c000:aa", Some("2001:db8:64::/96")),
            ("2001:db8:c000:ab::", Some("2001:db8::/32")),
            ("2001:db8::c0:0:aa00:0", Some("2001:db8::/64")),
            ("2001:db8::1", None),
        ] {
            let bits = u128::from(address.parse::<Ipv6Addr>().unwrap());
            assert_eq!(prefix(bits).as_deref(), expected, "{address}");
        }
    }
}
