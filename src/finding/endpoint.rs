//! Names without an IPv6 address: what they are, what other name there is, how sure that is, and how to switch.

use std::net::Ipv4Addr;

use super::gather::{Gathered, Without, is_endpoint};
use super::ground::source;
use super::inspected::InterfaceEndpoint;
use super::{Finding, Rule, Severity, bare, command, in_region, origins};
use crate::catalog::{DualStack, Evidence, Kind, Known, RowId, source_words};
use crate::observation::Aaaa;

/// One finding for each name without an IPv6 address.
pub(super) fn findings(gathered: &Gathered<'_>) -> Vec<Finding> {
    let names: Vec<_> = gathered.without.iter().collect();
    let (survey, hands) = (gathered.survey, gathered.survey.crew().hands());
    let said = survey.crew().map(hands, |hand| {
        let part = &names[names.len() * hand / hands..names.len() * (hand + 1) / hands];
        let said = part.iter().filter_map(|(symbol, without)| {
            let name = survey.fleet().name_text(**symbol);
            finding(gathered, name, gathered.known(**symbol), without)
        });
        said.collect::<Vec<_>>()
    });
    said.into_iter().flatten().collect()
}

/// What is said of a name besides how many it concerns.
struct Advised {
    rule: Rule,
    level: Option<&'static str>,
    summary: String,
    /// Behind the sentence on who cannot reach it.
    sentence: String,
    action: String,
    source: String,
}

fn finding(gathered: &Gathered<'_>, name: &str, known: Option<&Known>, without: &Without) -> Option<Finding> {
    let host = bare(name);
    // Where nobody asked for A, a name may have no address at all, unless it is known to be an endpoint.
    let only_empty = without.cut_off.origins + without.translated.origins == 0;
    if only_empty && !known.is_some_and(is_endpoint) {
        return None;
    }
    let advised = if without.private {
        private(gathered, host, known, without)
    } else {
        known.map_or_else(|| nothing(host, without), |known| by_catalog(gathered, host, known, without))
    };
    let dispensable = is_dispensable(gathered, name, known);
    let severity = match without.unreached() {
        _ if dispensable => Severity::Notice,
        0 => Severity::Warning,
        unreached if unreached == without.with_ipv4 => Severity::Warning,
        _ => Severity::Problem,
    };
    let group = without.all();
    let mut finding = Finding::new(advised.rule, severity, name, &group, gathered.survey);
    finding.proof.level = advised.level;
    finding.summary = advised.summary;
    finding.sentence = format!("{} {}", reached(host, without), advised.sentence);
    if without.unreached() > 0 && without.unreached() == without.with_ipv4 {
        finding.sentence.push_str(" By their subnets and routes, all of them can reach it over IPv4.");
    }
    finding.action = advised.action;
    finding.source = advised.source;
    Some(finding)
}

/// Whether the feature that asks for it does without: something else that it needs is asked for, too.
fn is_dispensable(gathered: &Gathered<'_>, name: &str, known: Option<&Known>) -> bool {
    let profiles = gathered.knowledge.profiles;
    let row = |at: RowId| &profiles.list()[at.profile].rows[at.row];
    profiles.rows_of(name, known).into_iter().filter(|at| row(*at).dispensable).any(|at| {
        gathered
            .asked
            .iter()
            .any(|other| other.row.profile == at.profile && row(other.row).detects && row(other.row).needed)
    })
}

/// Who cannot reach it, and who only through NAT64.
fn reached(host: &str, without: &Without) -> String {
    let translated = without.translated.origins;
    match (without.unreached(), translated) {
        (0, _) => format!("{} {host} through NAT64 only.", verb(translated, "reaches", "reach")),
        (cut, 0) => {
            format!("{} {host} over IPv6: AAAA came back empty.", verb(cut, "cannot reach", "cannot reach"))
        }
        (cut, some) => format!(
            "{} {host} over IPv6: AAAA came back empty; {} it through NAT64 only.",
            verb(cut, "cannot reach", "cannot reach"),
            verb(some, "reaches", "reach")
        ),
    }
}

fn verb(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", origins(count), if count == 1 { one } else { many })
}

/// What is left where no name helps: NAT64, unless everybody has it already.
fn otherwise(without: &Without) -> &'static str {
    if without.unreached() > 0 {
        "give the subnets NAT64: DNS64 on, and 64:ff9b::/96 routed to a NAT gateway"
    } else {
        "keep NAT64 for it"
    }
}

fn nothing(host: &str, without: &Without) -> Advised {
    Advised {
        rule: Rule::Ipv4Only,
        level: None,
        summary: format!("{host} has no IPv6 address"),
        sentence: "No other name for it is known.".to_owned(),
        action: format!("ask its owner for IPv6, or {}", otherwise(without)),
        source: String::new(),
    }
}

fn private(gathered: &Gathered<'_>, host: &str, known: Option<&Known>, without: &Without) -> Advised {
    let address = without.ipv4.map(Ipv4Addr::from).map(|address| address.to_string()).unwrap_or_default();
    let is_api = known.is_some_and(|known| matches!(known.kind, Kind::Api | Kind::Registry | Kind::Bucket));
    let (sentence, action) = match known {
        Some(known) if is_api => (
            format!(
                "It leads to {address}, a private address: an interface endpoint (AWS PrivateLink) in the VPC answers for it."
            ),
            format!(
                "{}. A dual-stack name would leave the interface endpoint: {}",
                Kind::InterfaceEndpoint.owner_sets(),
                if known.kind == Kind::Registry {
                    "ECR does not serve it there"
                } else {
                    "check first that it may"
                }
            ),
        ),
        Some(known) if known.dual_stack == DualStack::Owner => {
            (format!("It leads to {address}, a private address."), known.kind.owner_sets().to_owned())
        }
        _ => (
            format!("It leads to {address}, a private address: a host of your own network."),
            "give the host an IPv6 address and its name an AAAA record".to_owned(),
        ),
    };
    if let Some(advised) = interface_endpoint(gathered, host, &address, without) {
        return advised;
    }
    Advised {
        rule: Rule::PrivateEndpoint,
        level: None,
        summary: format!("{host} leads to a private IPv4 address"),
        sentence,
        action,
        source: if is_api {
            "AWS PrivateLink Guide, \"IP address type\" (2026)".to_owned()
        } else {
            String::new()
        },
    }
}

/// The interface endpoint that answers for `host`, if EC2 said of one in the VPC of those who asked.
fn interface_endpoint(
    gathered: &Gathered<'_>,
    host: &str,
    address: &str,
    without: &Without,
) -> Option<Advised> {
    let inspected = gathered.knowledge.inspected?;
    let group = without.all();
    let mut origins = group.first_ranks().iter().map(|rank| &gathered.survey.origins()[*rank]);
    let endpoint = origins.find_map(|origin| inspected.endpoint(origin.vpc, host))?;
    let InterfaceEndpoint { id, service, address_type, record_type, region, .. } = endpoint;
    let modify = command(
        "aws ec2 modify-vpc-endpoint --vpc-endpoint-id ",
        id,
        &format!(" --ip-address-type dualstack --dns-options DnsRecordIpType=dualstack{}", in_region(region)),
    );
    Some(Advised {
        rule: Rule::PrivateEndpoint,
        level: None,
        summary: format!("{host} leads to {id}, an interface endpoint with IPv4 addresses"),
        sentence: format!(
            "It leads to {address}: {id}, the interface endpoint for {service}. Its IP address type is {address_type}, its DNS \
             record IP type {record_type}."
        ),
        action: format!(
            "give the endpoint IPv6 addresses; its subnets need IPv6: {}",
            modify.unwrap_or_else(|| "`aws ec2 modify-vpc-endpoint`".to_owned())
        ),
        source: source(gathered),
    })
}

fn by_catalog(gathered: &Gathered<'_>, host: &str, known: &Known, without: &Without) -> Advised {
    let of = |words: &str| if known.product.is_empty() { words.to_owned() } else { known.product.clone() };
    let source = if known.source.is_empty() { String::new() } else { source_words(&known.source) };
    // What the log shows of the other name goes before what is written of it.
    let other = match &known.dual_stack {
        DualStack::Name(dual) => Some(dual.clone()),
        DualStack::Owner if known.kind == Kind::LoadBalancer => Some(format!("dualstack.{host}")),
        _ => None,
    };
    let seen = other.as_deref().and_then(|dual| gathered.seen(dual));
    match (&known.dual_stack, other, seen) {
        (_, Some(dual), Some(Aaaa::Native)) => Advised {
            rule: Rule::DualStackName,
            level: Some("E1"),
            summary: format!("{host}: use {dual}, which has AAAA records"),
            sentence: format!("Its dual-stack name is {dual}: this log shows AAAA records for it."),
            action: switch(known, &dual),
            source: String::new(),
        },
        (
            DualStack::Name(_),
            Some(dual),
            Some(answer @ (Aaaa::NxDomain | Aaaa::Empty | Aaaa::Synthesized | Aaaa::Unusable)),
        ) => {
            let shown =
                if answer == Aaaa::NxDomain { "does not exist" } else { "has no AAAA record of its own" };
            Advised {
                rule: Rule::NoDualStackName,
                level: Some("E1"),
                summary: format!("{host} has no IPv6 address, and no dual-stack name here"),
                sentence: format!("This log shows that {dual}, which would be its dual-stack name, {shown}."),
                action: otherwise(without).to_owned(),
                source: String::new(),
            }
        }
        (DualStack::Name(dual), ..) if known.evidence == Evidence::Absent => Advised {
            rule: Rule::NoDualStackName,
            level: Some("no"),
            summary: format!("{host} has no IPv6 address, and no dual-stack name"),
            sentence: absent(known, dual, &of("AWS")),
            action: if known.prefix == "ec2messages" {
                "with SSM Agent 3.3.40.0 or later, let the instance role use ssmmessages: the agent then does without it".to_owned()
            } else {
                otherwise(without).to_owned()
            },
            source,
        },
        (DualStack::Name(dual) | DualStack::Open(dual), ..) => named(host, known, dual, source),
        (DualStack::None, ..) => Advised {
            rule: Rule::NoDualStackName,
            level: Some("no"),
            summary: format!("{host} has no IPv6 address, and no dual-stack name"),
            sentence: format!(
                "It is a {}, which AWS documents as not reachable over IPv6.",
                known.kind.words()
            ),
            action: if known.kind == Kind::BucketWebsite {
                format!("serve it through CloudFront with IPv6, or {}", otherwise(without))
            } else {
                otherwise(without).to_owned()
            },
            source,
        },
        (DualStack::Already, ..) => Advised {
            rule: Rule::DualStackMissing,
            level: Some("E1"),
            summary: format!("{host}: a dual-stack name without an AAAA record here"),
            sentence: if known.evidence.is_stated() {
                "It is documented to have AAAA records: something between hides them, such as a private hosted zone, an \
                 interface endpoint with IPv4 records, or a resolver that forwards."
                    .to_owned()
            } else {
                "It has the form of a dual-stack name, and no AAAA record here.".to_owned()
            },
            action: format!(
                "ask outside of the VPC: {}",
                command("dig AAAA ", host, "").unwrap_or_else(|| "dig AAAA".to_owned())
            ),
            source,
        },
        (DualStack::Owner, ..) => Advised {
            rule: Rule::OwnerSetting,
            level: None,
            summary: format!("{host} has no IPv6 address: its owner can give it one"),
            sentence: format!(
                "It is a {}; whether it has IPv6 is set there, not in the client.",
                known.kind.words()
            ),
            action: known.kind.owner_sets().to_owned(),
            source: String::new(),
        },
        (DualStack::Unknown, ..) => Advised {
            sentence: format!("It is a name of {}; no dual-stack form of it is known.", of("AWS")),
            ..nothing(host, without)
        },
    }
}

fn absent(known: &Known, dual: &str, product: &str) -> String {
    if known.own {
        format!("Your catalog file says that it has no dual-stack name ({dual} would be its form).")
    } else if known.source.starts_with("OBS:") {
        format!(
            "{dual} was measured not to exist in us-west-1. The SSM Agent (Session Manager, Run Command) asks for it; \
             newer ones use ssmmessages instead."
        )
    } else if known.source.starts_with("GR:codedeploy") {
        "AWS documents that it supports IPv4 only.".to_owned()
    } else if known.region.is_empty() || !known.source.starts_with("GR:") {
        format!("For {product} no dual-stack name is documented.")
    } else {
        format!("For {product} in {} AWS's documentation lists no dual-stack name.", known.region)
    }
}

/// There is a name, or may be one, by what is written.
fn named(host: &str, known: &Known, dual: &str, source: String) -> Advised {
    // With something left open there is nothing to ask for yet.
    let whole = matches!(known.dual_stack, DualStack::Name(_));
    let dig = command("dig AAAA ", dual, "").filter(|_| whole);
    let dig = dig.map(|dig| format!("check it first ({dig}), then: ")).unwrap_or_default();
    let (rule, summary, sure, before) = match known.evidence {
        Evidence::Host | Evidence::Region | Evidence::Service if known.own => (
            Rule::DualStackName,
            format!("{host}: use {dual}"),
            format!("Your catalog file names {dual} as its dual-stack name."),
            "",
        ),
        Evidence::Host | Evidence::Region => (
            Rule::DualStackName,
            format!("{host}: use {dual}"),
            // What is listed is the name of the service; those of what is in it follow.
            if known.kind == Kind::Bucket || known.prefix == "ddb" {
                let what = if known.kind == Kind::Bucket { "bucket" } else { "account" };
                format!(
                    "AWS lists dual-stack names of {} for this Region; that of this {what} is {dual}.",
                    known.product
                )
            } else {
                format!("AWS lists the dual-stack name {dual} for this Region.")
            },
            "",
        ),
        Evidence::Service => (
            Rule::DualStackName,
            format!("{host}: use {dual}"),
            format!(
                "AWS documents dual-stack names for {}, without saying in which Regions; here it would be {dual}.",
                known.product
            ),
            dig.as_str(),
        ),
        Evidence::Measured => (
            Rule::DualStackPattern,
            format!("{host}: {dual} may work"),
            if known.own {
                format!("Your catalog file says that {dual} was measured.")
            } else {
                format!(
                    "No table of AWS's lists {dual}, but a program of AWS's uses it, or somebody measured it."
                )
            },
            dig.as_str(),
        ),
        Evidence::Rule | Evidence::Absent => (
            Rule::DualStackPattern,
            format!("{host}: {dual} may exist"),
            format!(
                "By AWS's naming rule its dual-stack name would be {dual}; nothing confirms that it exists."
            ),
            dig.as_str(),
        ),
    };
    Advised {
        rule,
        level: Some(known.evidence.word()),
        summary,
        sentence: sure,
        action: format!("{before}{}", switch(known, dual)),
        source,
    }
}

const SSM_AGENT: &str =
    "SSM Agent 3.3.3270.0 or later: {\"Agent\": {\"UseDualStackEndpoint\": true}} in amazon-ssm-agent.json";

/// How the client that asks for such a name is switched, and what to watch.
fn switch(known: &Known, dual: &str) -> String {
    let how = match (known.kind, known.prefix.as_str()) {
        (Kind::Registry | Kind::PublicRegistry, _) => {
            return format!("write {dual} into the image reference; interface endpoints (AWS PrivateLink) do not serve it");
        }
        (Kind::LoadBalancer | Kind::Own | Kind::EksOidc, _) => return format!("point the client at {dual}"),
        // Nothing but the agent asks for it.
        (_, "ssmmessages" | "ec2messages") => {
            return format!("{SSM_AGENT}; policies with aws:SourceIp must allow the IPv6 addresses first");
        }
        (_, "ssm") => {
            SSM_AGENT.to_owned()
        }
        (_, "monitoring" | "logs") => "CloudWatch agent: \"agent\": {\"use_dualstack_endpoint\": true}".to_owned(),
        (_, "ecs" | "ecs-sc") => {
            "ECS agent 1.98.0 or later: by itself on IPv6-only instances, else ECS_INSTANCE_IP_COMPATIBILITY=ipv6".to_owned()
        }
        _ if known.product == "AWS STS" && known.region.is_empty() => {
            "first make the client use regional endpoints (AWS_STS_REGIONAL_ENDPOINTS=regional)".to_owned()
        }
        (Kind::Bucket, _) => format!("in URLs write {dual}"),
        _ => format!("set the client's endpoint URL to https://{dual}"),
    };
    format!(
        "{how}; SDKs and the AWS CLI: AWS_USE_DUALSTACK_ENDPOINT=true, which switches every service that the process calls. \
         Policies with aws:SourceIp must allow the IPv6 addresses first"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_cannot_reach_it() {
        let mut without = Without::default();
        without.translated.origins = 1;
        assert_eq!(reached("a", &without), "1 origin reaches a through NAT64 only.");
        without.cut_off.origins = 2;
        let both = "2 origins cannot reach a over IPv6: AAAA came back empty; 1 origin reaches it through NAT64 only.";
        assert_eq!(reached("a", &without), both);
    }
}
