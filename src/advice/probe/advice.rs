//! What answers and connections mean, and what to do next.

use std::net::Ipv4Addr;

use super::{ConnectOutcome, Connection, Path, ProbeAnswer, ProbeTerms, Probed};
use crate::advice::judgement::LinkService;
use crate::fleet::Status;
use crate::knowledge::address::{Nat64Prefix, ipv4_private};
use crate::log::observation::{A, Aaaa};

/// Everything that is to be said of a name, the most important first.
pub(super) fn sentences(probed: &Probed, terms: &ProbeTerms) -> Vec<String> {
    let mut all = Vec::new();
    all.extend(difference(probed));
    all.extend(meaning(probed, terms));
    if probed.aaaa.verdict.is_some() && !probed.aaaa.recursion && probed.aaaa.addresses.is_empty() {
        all.push(
            "This server does not ask others (RA is 0): what it says of names that are not its own means nothing. Ask a \
             resolver."
                .to_owned(),
        );
    }
    if terms.connect && probed.connections.is_empty() {
        let has_any = [&probed.aaaa, &probed.a].iter().any(|answer| !answer.addresses.is_empty());
        let none = if has_any {
            "None of its addresses is one of an endpoint: nothing was connected to."
        } else {
            "There is no address to connect to."
        };
        all.push(none.to_owned());
    }
    all.extend(connected(&probed.connections, terms));
    all
}

/// What the answers here mean, as a sentence.
fn meaning(probed: &Probed, terms: &ProbeTerms) -> Option<String> {
    let Some(status) = probed.status else {
        let text = "Nothing is known of its AAAA here: see why the server did not answer, and ask again.";
        return Some(text.to_owned());
    };
    Some(match status {
        Status::Native if probed.aaaa.mixed => {
            "It has an IPv6 address of its own, and synthesized ones beside it.".to_owned()
        }
        Status::Native => "It has an IPv6 address of its own.".to_owned(),
        Status::Nat64 => made(probed, terms),
        Status::Ipv4Only if !probed.aaaa.addresses.is_empty() => {
            "Its AAAA records lead nowhere: without IPv4 it cannot be reached, and with it there may be delays.".to_owned()
        }
        Status::Ipv4Only if terms.dns64 == Some(true) => {
            "It has IPv4 only, and though there is DNS64 here, nothing was synthesized: the resolver leaves this name \
             out. Without IPv4 it cannot be reached."
                .to_owned()
        }
        Status::Ipv4Only => {
            "It has IPv4 only, and nothing is synthesized here: without IPv4 it cannot be reached.".to_owned()
        }
        Status::NoAddress if !probed.aaaa.addresses.is_empty() || !probed.a.addresses.is_empty() => {
            "It has addresses here, but none that leads to an endpoint: a name that was switched off or blocked."
                .to_owned()
        }
        Status::NoAddress => "It has neither AAAA nor A here: this is not a matter of IPv6.".to_owned(),
        Status::Empty if matches!(probed.a.a(), Some(A::ServFail | A::Refused | A::Other)) => format!(
            "AAAA came back empty, and A fails ({}): a resolver with DNS64 may answer so where it could not ask for A. \
             What it has is not known.",
            rcode(&probed.a)
        ),
        Status::Empty => "It has no AAAA here, and of A nothing is known.".to_owned(),
        Status::NxDomain if probed.a.addresses.is_empty() => "It does not exist here.".to_owned(),
        Status::NxDomain => "AAAA says that it does not exist, and A has an address: its name server is at fault \
             (RFC 8020)."
            .to_owned(),
        Status::Failing if probed.a.addresses.is_empty() => {
            "The server did not resolve it: ask another one with --resolver.".to_owned()
        }
        Status::Failing => "AAAA fails where A is answered: its name server, or DNSSEC, is at fault.".to_owned(),
        // No answer alone results in these: a block looks like another answer, and AAAA was asked for.
        Status::Blocked | Status::AOnly | Status::Unknown => return None,
    })
}

/// The prefixes of the addresses that DNS64 made of a name.
fn prefixes(probed: &Probed) -> String {
    let mut all: Vec<String> = probed.made().map(super::Address::routed).collect();
    all.dedup();
    all.sort_unstable();
    all.dedup();
    all.join(" and ")
}

/// What it means that DNS64 made the address of a name.
fn made(probed: &Probed, terms: &ProbeTerms) -> String {
    let services = probed.made().map(|address| LinkService::find("", address.ipv4.map(Ipv4Addr::to_bits)));
    if let Some(Some(service)) = services.min() {
        let (words, address) = (service.words(), service.ipv6());
        return format!(
            "DNS64 made this one out of a link-local address, to which no NAT64 leads: {words}, which an instance has at \
             {address} over IPv6."
        );
    }
    let mut said = "It has no IPv6 address of its own: DNS64 made this one out of its A record".to_owned();
    said.push_str(if terms.dns64 == Some(false) {
        ", though ipv4only.arpa does not show it: the resolver serves that name itself, or hides it."
    } else {
        "."
    });
    if !terms.connect {
        let prefix = prefixes(probed);
        let translator = if probed.made().any(|address| is_gateways(address.prefix)) {
            "a NAT gateway"
        } else {
            "a translator of your own, since NAT gateways have 64:ff9b::/96 alone"
        };
        said.push_str(&format!(
            " It works only where {prefix} is routed to {translator}; --connect, on the instance itself, shows whether it is."
        ));
    }
    said
}

/// How the answer here differs from what the log says.
fn difference(probed: &Probed) -> Option<String> {
    let (log, now) = (probed.log.as_ref()?, probed.status?);
    if probed.differs != Some(true) {
        return None;
    }
    let was_without = log.statuses.keys().any(|status| matches!(status, Status::Ipv4Only | Status::Empty));
    let had_address =
        log.statuses.keys().any(|status| matches!(status, Status::Native | Status::Nat64 | Status::Ipv4Only));
    Some(match now {
        Status::Native if was_without => {
            "Here it has AAAA records, in the log it had none: it got them since, or this resolver answers otherwise than \
             that of the log (a private zone, an interface endpoint)."
                .to_owned()
        }
        Status::Nat64 if was_without => format!(
            "DNS64 is at work here, with {}, and was not where the log was written: another subnet, or enabled since.",
            prefixes(probed)
        ),
        Status::Ipv4Only | Status::Empty if log.statuses.contains_key(&Status::Nat64) => {
            "In the log DNS64 synthesized its answer; here it does not: this resolver is another, or DNS64 is off in this \
             subnet."
                .to_owned()
        }
        Status::NxDomain | Status::NoAddress if had_address => {
            "In the log it has an address, here it has none: a name of a private zone that this resolver does not see, or \
             one that was removed since."
                .to_owned()
        }
        _ => {
            let words: Vec<&str> = log.statuses.keys().map(|status| status.words()).collect();
            format!("What it comes to in the log is \"{}\", and here \"{}\".", words.join("\" or \""), now.words())
        }
    })
}

/// Whether a dual-stack name exists with an IPv6 address, and what that means.
pub(super) fn sibling(original: &Probed, host: &str, probed: &Probed) -> (Option<bool>, String) {
    match probed.aaaa.aaaa() {
        Some(Aaaa::Native) => {
            (Some(true), format!("{host} exists here and has AAAA records: it can be used."))
        }
        Some(Aaaa::Synthesized) => (
            Some(false),
            format!(
                "{host} exists here, but has no AAAA records of its own: DNS64 made the answer, nothing is gained."
            ),
        ),
        Some(Aaaa::Empty) => {
            (Some(false), format!("{host} exists here, but has no AAAA records: nothing is gained."))
        }
        Some(Aaaa::NxDomain) if original.status == Some(Status::NxDomain) => (
            Some(false),
            format!(
                "{host} does not exist here, and neither does the name itself: ask a resolver that knows them."
            ),
        ),
        Some(Aaaa::NxDomain) => (Some(false), format!("{host} does not exist here: do not switch to it.")),
        Some(Aaaa::Unusable) => (Some(false), format!("{host} has AAAA records that lead nowhere.")),
        Some(_) => (None, format!("whether {host} exists was not found out: {}.", rcode(&probed.aaaa))),
        None => {
            let why = probed.aaaa.why.as_deref().unwrap_or("no answer");
            (None, format!("whether {host} exists was not found out: {why}."))
        }
    }
}

fn rcode(answer: &ProbeAnswer) -> &str {
    answer.rcode.as_deref().unwrap_or_default()
}

/// The best that came of a way: if one address is reached, the way is there.
fn best(connections: &[Connection], path: Path) -> Option<&Connection> {
    connections.iter().filter(|connection| connection.to.path == path).min_by_key(|connection| {
        match connection.outcome {
            ConnectOutcome::Connected => 0,
            ConnectOutcome::Refused => 1,
            ConnectOutcome::TimedOut => 2,
            ConnectOutcome::NoRoute => 3,
            ConnectOutcome::Forbidden => 4,
            ConnectOutcome::Failed => 5,
        }
    })
}

/// What the connections show of each way, beside the others.
pub(super) fn connected(connections: &[Connection], terms: &ProbeTerms) -> Vec<String> {
    let ways = [Path::Ipv6, Path::Nat64, Path::Ipv4];
    let said = ways.into_iter().filter_map(|path| {
        let connection = best(connections, path)?;
        Some(match (path, connection.outcome) {
            (_, ConnectOutcome::Forbidden | ConnectOutcome::Failed) => stopped(path, connection),
            (Path::Ipv6, _) => ipv6(connection),
            (Path::Nat64, _) => nat64(connection, best(connections, Path::Ipv4), terms),
            (Path::Ipv4 | Path::Unusable, _) => {
                let others = [Path::Ipv6, Path::Nat64].into_iter().filter_map(|path| best(connections, path));
                let others: Vec<ConnectOutcome> = others.map(|other| other.outcome).collect();
                ipv4(connection, !others.is_empty() && !others.contains(&ConnectOutcome::Connected))
            }
        })
    });
    said.collect()
}

fn error(connection: &Connection) -> &str {
    connection.error.as_deref().unwrap_or("no reason given")
}

fn stopped(path: Path, connection: &Connection) -> String {
    let (way, error) = (path.words(), error(connection));
    if connection.outcome == ConnectOutcome::Forbidden {
        format!(
            "{way}: a firewall, on this machine or on the way, forbids TCP port {} ({error}).",
            connection.port
        )
    } else {
        format!("{way} was not tried to the end: {error}.")
    }
}

/// A router that says so is none of a VPC, where what has no route is dropped.
const ROUTER: &str = "A VPC drops such packets without a word, so most likely it is a router of another network (containers, VPN)";

fn ipv6(connection: &Connection) -> String {
    let port = connection.port;
    match connection.outcome {
        ConnectOutcome::Connected => format!("IPv6 works: TCP port {port} answered."),
        ConnectOutcome::Refused => format!(
            "The way over IPv6 is there, and TCP port {port} is refused: nothing listens on it, or a firewall rejects it."
        ),
        ConnectOutcome::NoRoute if connection.here == Some(false) => {
            format!("A router on the way says that it has no way there over IPv6. {ROUTER}.")
        }
        ConnectOutcome::NoRoute => format!(
            "This machine has no way into IPv6 ({}): it has no IPv6 address, or no default route for IPv6.",
            error(connection)
        ),
        _ => format!(
            "Nothing answered over IPv6: an AAAA record alone makes nothing reachable. In the route table of this subnet, \
             ::/0 must lead to an internet gateway or an egress-only one; security group and network ACL must let TCP \
             port {port} out over IPv6, and the answers in."
        ),
    }
}

/// Whether NAT gateways translate this prefix (Amazon VPC user guide, "DNS64 and NAT64").
fn is_gateways(prefix: Option<Nat64Prefix>) -> bool {
    prefix == Some(Nat64Prefix::WELL_KNOWN)
}

/// `ipv4` is what came of the same name over IPv4.
fn nat64(connection: &Connection, ipv4: Option<&Connection>, terms: &ProbeTerms) -> String {
    let (prefix, port) = (connection.to.routed(), connection.port);
    let is_reached = connection.to.prefix.is_some_and(|prefix| terms.works.contains(&prefix));
    // RFC 6052 section 3.1: no translator may take private addresses under the well-known prefix.
    let private =
        connection.to.ipv4.filter(|ipv4| is_gateways(connection.to.prefix) && ipv4_private(ipv4.to_bits()));
    match connection.outcome {
        ConnectOutcome::Connected => {
            let translator =
                if is_gateways(connection.to.prefix) { "a NAT gateway that" } else { "something that" };
            format!(
                "NAT64 works: TCP port {port} answered, so {prefix} is routed to {translator} translates."
            )
        }
        ConnectOutcome::Refused => format!(
            "NAT64 works, since something refused TCP port {port}: {prefix} is routed. Nothing listens on the port, or a \
             firewall rejects it."
        ),
        ConnectOutcome::NoRoute | ConnectOutcome::TimedOut
            if connection.here != Some(true) && private.is_some() =>
        {
            format!(
                "{} is private, and a translator must not take such addresses under 64:ff9b::/96 (RFC 6052 section 3.1): that \
             this one is not reached says nothing of the route.",
                connection.to.address
            )
        }
        ConnectOutcome::NoRoute | ConnectOutcome::TimedOut if connection.here != Some(true) && is_reached => {
            format!(
                "Another name was reached over {prefix} in this run, so the route is there: it is this endpoint, or the \
             translator's way to it ({}).",
                error(connection)
            )
        }
        ConnectOutcome::NoRoute if connection.here == Some(false) => format!(
            "A router on the way, or the translator, says that it has no way there: none to {prefix}, or none from the \
             translator on. {ROUTER}."
        ),
        ConnectOutcome::NoRoute => format!(
            "This machine has no way to {prefix} ({}): it has no IPv6 address or no default route for IPv6; the route \
             table of the subnet was not even asked.",
            error(connection)
        ),
        _ => {
            let also = match ipv4.map(|ipv4| ipv4.outcome) {
                Some(ConnectOutcome::Connected | ConnectOutcome::Refused) => {
                    ", though the endpoint answers over IPv4. Most"
                }
                Some(ConnectOutcome::TimedOut) => {
                    ", nor over IPv4: it may be the endpoint. If others answer over IPv4, most"
                }
                _ => ". Most",
            };
            if !is_gateways(connection.to.prefix) {
                return format!(
                    "Nothing answered through NAT64{also} likely nothing leads to a translator for {prefix}, which has to be one of \
                     your own: NAT gateways have 64:ff9b::/96 alone. Security group and network ACL must let TCP port {port} \
                     out to {prefix}, too."
                );
            }
            format!(
                "Nothing answered through NAT64{also} likely the route table of this subnet has no route for {prefix} to \
                 a NAT gateway; these tables have one: `aws ec2 describe-route-tables --filters \
                 Name=route.destination-ipv6-cidr-block,Values={prefix}`. If it has one, security group and network ACL must \
                 let TCP port {port} out to {prefix}, and the NAT gateway's own subnet needs a way out over IPv4."
            )
        }
    }
}

/// `alone`: other ways were tried, and lead nowhere.
fn ipv4(connection: &Connection, alone: bool) -> String {
    let port = connection.port;
    match connection.outcome {
        ConnectOutcome::Connected if alone => format!(
            "IPv4 works: TCP port {port} answered. Programs here get there that way, perhaps after waiting for IPv6."
        ),
        ConnectOutcome::Connected => format!("IPv4 works: TCP port {port} answered."),
        ConnectOutcome::Refused => format!("The way over IPv4 is there, and TCP port {port} is refused."),
        ConnectOutcome::NoRoute if connection.here == Some(false) => {
            format!("A router on the way says that it has no way there over IPv4. {ROUTER}.")
        }
        ConnectOutcome::NoRoute => {
            format!("There is no way over IPv4 ({}), as in an IPv6-only subnet.", error(connection))
        }
        _ => "Nothing answered over IPv4: no way out of this subnet, a firewall, or the endpoint.".to_owned(),
    }
}
