//! Which log groups `tail` follows where none is named: those of a VPC, or those that somebody chooses.

use std::io::{self, BufRead, IsTerminal, Write};

use super::groups::{parted, place};
use crate::base::visible::visible;
use crate::edge::diagnosis::{Diagnosis, say};
use crate::edge::feed::live::groups::{LogGroupId, WantedGroups};
use crate::edge::feed::live::logging::{self, Destination, Logging};
use crate::edge::settings::TailArguments;

/// A log group, and which VPCs log there.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Offer {
    group: LogGroupId,
    vpcs: Vec<String>,
}

/// The log groups that are asked for. Asks somebody, if there is somebody.
pub(super) fn wanted(arguments: &TailArguments) -> Result<Vec<WantedGroups>, Diagnosis> {
    if !arguments.groups.is_empty() {
        return Ok(arguments.groups.clone());
    }
    let (found, troubles) = parted(logging::ask(arguments.profile.as_deref(), &arguments.region));
    for trouble in &troubles {
        let named = "the name of a log group";
        let hint = trouble.hint.as_ref().map_or(named.to_owned(), |hint| format!("{hint}, or {named}"));
        let diagnosis =
            Diagnosis::new("cannot look for the log groups of VPCs").because(&trouble.text).hint(hint);
        if found.is_empty() {
            return Err(diagnosis);
        }
        say(diagnosis);
    }
    let groups = if arguments.vpc.is_empty() { chosen(&found)? } else { of_vpcs(&found, &arguments.vpc)? };
    Ok(groups.into_iter().map(WantedGroups::Arn).collect())
}

fn regions(found: &[Logging]) -> String {
    found.iter().map(|logging| logging.region.as_str()).collect::<Vec<_>>().join(", ")
}

/// The log groups to which VPCs log, in the order of what was found.
fn offers(found: &[Logging]) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    for configuration in found.iter().flat_map(|logging| &logging.configurations) {
        let Some(group) = configuration.group().filter(|_| !configuration.associations.is_empty()) else {
            continue;
        };
        let vpcs = configuration.associations.iter().map(|association| association.resource.clone());
        match offers.iter_mut().find(|offer| offer.group.arn == group.arn) {
            Some(offer) => offer.vpcs.extend(vpcs),
            None => offers.push(Offer { group, vpcs: vpcs.collect() }),
        }
    }
    offers
}

/// The log groups to which each of `vpcs` logs.
fn of_vpcs(found: &[Logging], vpcs: &[String]) -> Result<Vec<LogGroupId>, Diagnosis> {
    let mut groups: Vec<LogGroupId> = Vec::new();
    for vpc in vpcs {
        let logs = |configuration: &&logging::Configuration| {
            configuration.associations.iter().any(|association| association.resource == *vpc)
        };
        let configurations: Vec<_> =
            found.iter().flat_map(|logging| &logging.configurations).filter(logs).collect();
        let own: Vec<LogGroupId> =
            configurations.iter().filter_map(|configuration| configuration.group()).collect();
        if own.is_empty() {
            return Err(match configurations.first() {
                Some(configuration) => elsewhere(vpc, &configuration.destination),
                None => Diagnosis::new(format!("cannot follow {vpc}"))
                    .because(format!(
                        "in {} no query logging configuration is associated with it; one of a Route 53 Profile \
                         would not be seen",
                        regions(found)
                    ))
                    .hint("r53tail groups, another --region, or the name of a log group"),
            });
        }
        for group in own {
            say(format_args!("note: {} logs to {}", visible(vpc), visible(group.name())));
            if groups.iter().all(|known| known.arn != group.arn) {
                groups.push(group);
            }
        }
    }
    Ok(groups)
}

/// That a VPC does not log to CloudWatch Logs, and what to do instead.
fn elsewhere(vpc: &str, destination: &Destination) -> Diagnosis {
    let (kind, place) = place(destination);
    let what = Diagnosis::new(format!("cannot follow {vpc}")).because(format!(
        "it logs to {kind} ({place}), and only log groups in CloudWatch Logs can be followed"
    ));
    match destination {
        Destination::S3 { location, .. } => {
            let location = location.trim_end_matches('/');
            what.hint(format!(
                "aws s3 sync {location}/AWSLogs/ AWSLogs/ --exclude '*' --include '*/{vpc}/*', then: \
                 r53tail report AWSLogs/"
            ))
        }
        Destination::Firehose { .. } => {
            what.hint("copy what the delivery stream wrote, then: r53tail report FOLDER")
        }
        _ => what,
    }
}

/// The log groups that somebody chooses; the only one, if there is no choice.
fn chosen(found: &[Logging]) -> Result<Vec<LogGroupId>, Diagnosis> {
    let offers = offers(found);
    let nothing = |why: String| Diagnosis::new("no log group is named").because(why);
    match &offers[..] {
        [] => {
            let others: usize = found.iter().map(|logging| logging.configurations.len()).sum();
            let besides = if others > 0 { "; see what else there is: r53tail groups" } else { "" };
            Err(nothing(format!("in {} no VPC logs its queries to CloudWatch Logs", regions(found)))
                .hint(format!("another --region{besides}")))
        }
        [only] => {
            say(format_args!("note: {} is the only log group that VPCs log to", visible(only.group.name())));
            Ok(vec![only.group.clone()])
        }
        _ if io::stdin().is_terminal() && io::stderr().is_terminal() => {
            let picked = pick(&offers, &mut io::stdin().lock(), &mut io::stderr())
                .map_err(|error| nothing(error.to_string()))?;
            if picked.is_empty() { Err(nothing("none was chosen".to_owned())) } else { Ok(picked) }
        }
        _ => {
            let names: Vec<String> = offers.iter().map(described).collect();
            Err(nothing(format!("VPCs log to {}", names.join("; ")))
                .hint(format!("r53tail tail {}", offers[0].group)))
        }
    }
}

/// `/aws/route53/prod in us-east-1 (vpc-1, vpc-2)`
fn described(offer: &Offer) -> String {
    const MOST: usize = 3;
    let mut vpcs: Vec<&str> = offer.vpcs.iter().take(MOST).map(String::as_str).collect();
    let more = format!("{} more", offer.vpcs.len().saturating_sub(MOST));
    if offer.vpcs.len() > MOST {
        vpcs.push(&more);
    }
    format!("{} in {} ({})", offer.group, offer.group.region(), vpcs.join(", "))
}

/// Lists the offers and reads numbers until they make sense. Empty if nothing more is typed.
fn pick(offers: &[Offer], input: &mut dyn BufRead, out: &mut dyn Write) -> io::Result<Vec<LogGroupId>> {
    writeln!(out, "VPCs log to {} log groups:", offers.len())?;
    for (at, offer) in offers.iter().enumerate() {
        writeln!(out, "{:>4}  {}", at + 1, visible(&described(offer)))?;
    }
    loop {
        write!(out, "Which? Numbers such as 1 or 1,3, or all: ")?;
        out.flush()?;
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            writeln!(out)?;
            return Ok(Vec::new());
        }
        if let Some(picked) = picked(line.trim(), offers) {
            return Ok(picked);
        }
    }
}

/// What a typed line chooses; `None` if it makes no sense.
fn picked(line: &str, offers: &[Offer]) -> Option<Vec<LogGroupId>> {
    if line.eq_ignore_ascii_case("all") {
        return Some(offers.iter().map(|offer| offer.group.clone()).collect());
    }
    let mut picked: Vec<LogGroupId> = Vec::new();
    for word in line.split([',', ' ']).filter(|word| !word.is_empty()) {
        let number: usize = word.parse().ok()?;
        let offer = offers.get(number.checked_sub(1)?)?;
        if !picked.contains(&offer.group) {
            picked.push(offer.group.clone());
        }
    }
    (!picked.is_empty()).then_some(picked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offers() -> Vec<Offer> {
        let offer = |name: &str, vpcs: &[&str]| Offer {
            group: LogGroupId::from_arn(&format!("arn:aws:logs:us-east-1:111122223333:log-group:{name}"))
                .unwrap(),
            vpcs: vpcs.iter().map(|vpc| (*vpc).to_owned()).collect(),
        };
        vec![
            offer("/a", &["vpc-1"]),
            offer("/b", &["vpc-2", "vpc-3", "vpc-4", "vpc-5"]),
            offer("/c", &["vpc-6"]),
        ]
    }

    #[test]
    fn a_line_chooses_by_numbers() {
        let offers = offers();
        for (line, names) in [
            ("1", Some(&["/a"][..])),
            ("3,1", Some(&["/c", "/a"])),
            ("1 2 2", Some(&["/a", "/b"])),
            ("ALL", Some(&["/a", "/b", "/c"])),
            ("", None),
            (",", None),
            ("0", None),
            ("4", None),
            ("1,x", None),
            ("99999999999999999999", None),
        ] {
            let picked = picked(line, &offers);
            let picked = picked.map(|groups| groups.iter().map(ToString::to_string).collect::<Vec<_>>());
            assert_eq!(picked, names.map(|names| names.iter().map(ToString::to_string).collect()), "{line}");
        }
    }

    #[test]
    fn it_is_asked_until_it_makes_sense() {
        let mut out = Vec::new();
        let picked = pick(&offers(), &mut &b"no\n9\n2\n"[..], &mut out).unwrap();
        assert_eq!(picked[0].name(), "/b");
        let asked = String::from_utf8(out).unwrap();
        assert_eq!(
            asked,
            "VPCs log to 3 log groups:
   1  /a in us-east-1 (vpc-1)
   2  /b in us-east-1 (vpc-2, vpc-3, vpc-4, 1 more)
   3  /c in us-east-1 (vpc-6)
Which? Numbers such as 1 or 1,3, or all: Which? Numbers such as 1 or 1,3, or all: Which? Numbers such as 1 or 1,3, or all: "
        );
        assert_eq!(pick(&offers(), &mut &b""[..], &mut Vec::new()).unwrap(), []);
    }
}
