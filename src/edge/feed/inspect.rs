//! Asks EC2 what no log shows: which subnet an origin is in and what it is called, whether DNS64 is enabled
//! there, where its route table leads `64:ff9b::/96` and in what state that is, and which interface endpoints
//! its VPC has; and Route 53 Resolver whether DNS64 is enabled for an inbound endpoint. Reads only, and only
//! when asked to.
//!
//! Six calls of EC2's Query API, signed with the SDK's own signer and sent through its HTTP client: the SDK's
//! crate for EC2 has seven hundred operations, and takes longer to build than all the rest. `answer` reads
//! what comes back. `resolver` has the one call of the Route 53 Resolver API.

use std::collections::{BTreeMap, BTreeSet};

use super::aws::access::{Access, Reached};
use super::aws::signed::SignedService;
use super::xml::Element;
use crate::advice::finding::inspected::{Inspected, Refusal, SCHEMA};
use crate::fleet::{OriginKind, OriginView, Survey, address_text};
use crate::live::trouble::Trouble;
use crate::live::trouble::TroubleClass;

pub mod answer;
mod query;
mod resolver;

use query::Ec2Query;

/// Values of one filter; EC2 takes 200 (Amazon EC2 API Reference, "`Filter`").
const PER_FILTER: usize = 200;

/// What is to be asked for in one Region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ids {
    /// Instances.
    pub instances: BTreeSet<String>,
    /// VPCs.
    pub vpcs: BTreeSet<String>,
    /// Network interfaces.
    pub interfaces: BTreeSet<String>,
    /// Addresses that are of no instance, as far as the log knows; with their VPC.
    pub addresses: BTreeMap<String, BTreeSet<String>>,
    /// Resolver endpoints: those through which somebody asked, and those through which queries were
    /// forwarded.
    pub resolver_endpoints: BTreeSet<String>,
}

impl Ids {
    fn add(&mut self, origin: &OriginView<'_>) {
        let has_vpc = is_id(origin.vpc, "vpc-");
        if has_vpc {
            self.vpcs.insert(origin.vpc.to_owned());
        }
        match origin.kind {
            OriginKind::Instance if is_id(origin.id, "i-") => {
                self.instances.insert(origin.id.to_owned());
            }
            OriginKind::Interface if is_id(origin.id, "eni-") => {
                self.interfaces.insert(origin.id.to_owned());
            }
            OriginKind::Instance | OriginKind::Device => {}
            // The id of a resolver endpoint, or of its interface, is none of EC2's: whose address it is tells
            // something.
            OriginKind::Interface | OriginKind::Address | OriginKind::ResolverEndpoint => {
                if is_resolver_endpoint(origin.id) {
                    self.resolver_endpoints.insert(origin.id.to_owned());
                }
                let addresses: BTreeSet<String> =
                    origin.addresses.iter().copied().map(address_text).collect();
                if has_vpc && !addresses.is_empty() {
                    self.addresses.entry(origin.vpc.to_owned()).or_default().extend(addresses);
                }
            }
        }
    }

    /// How many interfaces and addresses are not in what was read.
    #[must_use]
    pub fn without_interface(&self, inspected: &Inspected) -> usize {
        let ids: BTreeSet<&str> =
            inspected.interfaces.iter().map(|interface| interface.id.as_str()).collect();
        let addresses: BTreeSet<(&str, &str)> = inspected
            .interfaces
            .iter()
            .flat_map(|interface| {
                interface.addresses.iter().map(|address| (interface.vpc.as_str(), address.as_str()))
            })
            .collect();
        let all = self
            .addresses
            .iter()
            .flat_map(|(vpc, list)| list.iter().map(move |it| (vpc.as_str(), it.as_str())));
        self.interfaces.iter().filter(|id| !ids.contains(id.as_str())).count()
            + all.filter(|address| !addresses.contains(address)).count()
    }

    /// How many resolver endpoints are not in what was read.
    #[must_use]
    pub fn without_resolver_endpoint(&self, inspected: &Inspected) -> usize {
        self.resolver_endpoints.iter().filter(|id| inspected.resolver_endpoint(id).is_none()).count()
    }

    fn is_empty(&self) -> bool {
        self.instances.is_empty()
            && self.vpcs.is_empty()
            && self.interfaces.is_empty()
            && self.resolver_endpoints.is_empty()
    }
}

/// What is to be asked for, by Region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WantedRegions {
    /// By Region.
    pub regions: BTreeMap<String, Ids>,
}

impl WantedRegions {
    /// The instances, VPCs, interfaces, addresses and resolver endpoints that a log names. What does not look
    /// like an id of AWS's is left out: a log can hold anything.
    #[must_use]
    pub fn from_survey(survey: &Survey<'_>) -> Self {
        let mut wanted = Self::default();
        for origin in survey.origins() {
            if !is_region(origin.region) {
                continue;
            }
            let mut ids = Ids::default();
            ids.add(origin);
            if !ids.is_empty() {
                wanted.regions.entry(origin.region.to_owned()).or_default().add(origin);
            }
        }
        if survey.fleet().has_forwarders() {
            wanted.add_forwarders(survey);
        }
        wanted
    }

    /// Adds the outbound endpoints of names, in the Regions of those who asked for these.
    fn add_forwarders(&mut self, survey: &Survey<'_>) {
        for pair in survey.pairs().filter(|pair| is_region(pair.origin.region)) {
            for id in pair.forwarders().iter().filter(|id| is_resolver_endpoint(id)) {
                let ids = self.regions.entry(pair.origin.region.to_owned()).or_default();
                ids.resolver_endpoints.insert(id.to_string());
            }
        }
    }

    /// Whether there is nothing to ask for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.regions.is_empty()
    }
}

/// Whether a text of the log may be put into the name of a host, as a Region.
fn is_region(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_resolver_endpoint(text: &str) -> bool {
    is_id(text, "rslvr-in-") || is_id(text, "rslvr-out-")
}

fn is_id(text: &str, kind: &str) -> bool {
    let digits = text.strip_prefix(kind).unwrap_or_default();
    (8..=32).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Asks for what is `wanted`, as `profile` or whoever the environment names; `at` is the time of day, for the
/// file. What is not let be asked is in [`Inspected::refused`], with the IAM action that is missing; a Region
/// that did not answer, too.
///
/// # Errors
/// If there are no credentials, or no answer at all.
pub fn inspect(profile: Option<&str>, wanted: &WantedRegions, at: String) -> Result<Inspected, Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Trouble::new(TroubleClass::Refused, error.to_string()))?;
    runtime.block_on(async {
        let mut inspected = Inspected { schema: SCHEMA, at, ..Inspected::default() };
        let mut failed = None;
        for (region, ids) in &wanted.regions {
            let access = Access { profile: profile.map(str::to_owned), region: Some(region.clone()) };
            let access = access.find().await?;
            let mut found = match in_region(&access, region, ids).await {
                Ok(found) => found,
                Err(trouble) => {
                    let (action, why) = (String::new(), trouble.text.clone());
                    failed = Some(trouble);
                    let refused = vec![Refusal { region: region.clone(), action, why }];
                    Inspected { refused, ..Inspected::default() }
                }
            };
            if !ids.resolver_endpoints.is_empty() {
                resolver::add(&mut found, &access, region, &ids.resolver_endpoints).await;
            }
            inspected.absorb(found);
        }
        match failed {
            Some(trouble) if inspected.is_empty() => Err(trouble),
            _ => Ok(inspected),
        }
    })
}

/// What EC2 says of one Region.
async fn in_region(access: &Reached, region: &str, ids: &Ids) -> Result<Inspected, Trouble> {
    let query = Ec2Query(SignedService::new(access, "ec2", "EC2", region).await?);
    region_of(&query, region, ids).await
}

/// What there is in one Region. Calls that are denied are remembered; other troubles end it.
async fn region_of(query: &Ec2Query, region: &str, ids: &Ids) -> Result<Inspected, Trouble> {
    let mut found = Inspected::default();
    interfaces(&mut found, region, query, ids).await?;
    // Whose interface an address is of, the log may not have known yet.
    let attached = found.interfaces.iter().filter_map(|interface| interface.instance.as_ref());
    let instances: BTreeSet<&String> = attached.filter(|id| is_id(id, "i-")).chain(&ids.instances).collect();
    let instances: BTreeSet<String> = instances.into_iter().cloned().collect();
    for page in pages(&mut found, region, query, "DescribeInstances", "instance-id", &instances).await? {
        found.instances.extend(answer::instances(&page, region));
    }
    let subnets = found.instances.iter().map(|instance| &instance.subnet);
    let subnets = subnets.chain(found.interfaces.iter().map(|interface| &interface.subnet));
    let subnets: BTreeSet<String> = subnets.filter(|id| is_id(id, "subnet-")).cloned().collect();
    for page in pages(&mut found, region, query, "DescribeSubnets", "subnet-id", &subnets).await? {
        found.subnets.extend(answer::subnets(&page, region));
    }
    for page in pages(&mut found, region, query, "DescribeRouteTables", "vpc-id", &ids.vpcs).await? {
        found.route_tables.extend(answer::route_tables(&page, region));
    }
    gateways(&mut found, region, query).await?;
    for page in pages(&mut found, region, query, "DescribeVpcEndpoints", "vpc-id", &ids.vpcs).await? {
        found.endpoints.extend(answer::endpoints(&page, region));
    }
    found.sort();
    Ok(found)
}

/// The pages of `action` for `ids`, as many in a call as EC2 takes; those that came before it was denied.
async fn pages(
    found: &mut Inspected,
    region: &str,
    query: &Ec2Query,
    action: &'static str,
    filter: &str,
    ids: &BTreeSet<String>,
) -> Result<Vec<Element>, Trouble> {
    let mut pages = Vec::new();
    for chunk in ids.iter().collect::<Vec<_>>().chunks(PER_FILTER) {
        // Refused once, it would be again.
        if !is_refused(found, action) {
            pages.extend(allowed(found, region, query.pages(action, &[(filter, chunk)]).await)?);
        }
    }
    Ok(pages)
}

fn is_refused(found: &Inspected, action: &str) -> bool {
    found.refused.iter().any(|refusal| refusal.action.strip_prefix("ec2:") == Some(action))
}

/// Finds the interfaces of those who are no instances: by their ids, and by their addresses within each VPC.
async fn interfaces(found: &mut Inspected, region: &str, query: &Ec2Query, ids: &Ids) -> Result<(), Trouble> {
    const ACTION: &str = "DescribeNetworkInterfaces";
    for page in pages(found, region, query, ACTION, "network-interface-id", &ids.interfaces).await? {
        found.interfaces.extend(answer::interfaces(&page, region));
    }
    for (vpc, addresses) in &ids.addresses {
        let (ipv6, ipv4): (Vec<&String>, Vec<&String>) =
            addresses.iter().partition(|address| address.contains(':'));
        for (filter, addresses) in
            [("addresses.private-ip-address", ipv4), ("ipv6-addresses.ipv6-address", ipv6)]
        {
            for chunk in addresses.chunks(PER_FILTER) {
                if is_refused(found, ACTION) {
                    return Ok(());
                }
                let asked = query.pages(ACTION, &[("vpc-id", &[vpc]), (filter, chunk)]).await;
                let pages = allowed(found, region, asked)?;
                found.interfaces.extend(pages.iter().flat_map(|page| answer::interfaces(page, region)));
            }
        }
    }
    Ok(())
}

/// Finds the states of the NAT gateways to which what DNS64 makes is routed; nobody is asked if there are
/// none.
async fn gateways(found: &mut Inspected, region: &str, query: &Ec2Query) -> Result<(), Trouble> {
    let routes = found.route_tables.iter().filter_map(|table| table.nat64.as_ref());
    let ids = routes.filter(|route| route.state.is_none() && is_id(&route.target, "nat-"));
    let ids: BTreeSet<String> = ids.map(|route| route.target.clone()).collect();
    let pages = pages(found, region, query, "DescribeNatGateways", "nat-gateway-id", &ids).await?;
    let states: BTreeMap<String, String> = pages.iter().flat_map(answer::gateways).collect();
    for route in found.route_tables.iter_mut().filter_map(|table| table.nat64.as_mut()) {
        route.state = states.get(&route.target).cloned().or(route.state.take());
    }
    Ok(())
}

/// The pages; empty, with a note, where the call is not allowed.
fn allowed(
    found: &mut Inspected,
    region: &str,
    pages: Result<Vec<Element>, query::CallFailure>,
) -> Result<Vec<Element>, Trouble> {
    match pages {
        Ok(pages) => Ok(pages),
        Err(failure) if failure.trouble.class == TroubleClass::Denied => {
            let refusal = Refusal {
                region: region.to_owned(),
                action: format!("ec2:{}", failure.action),
                why: failure.trouble.text,
            };
            found.refused.push(refusal);
            Ok(Vec::new())
        }
        Err(failure) => Err(failure.trouble),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_an_id_is_asked_for() {
        for (text, is) in [
            ("rslvr-in-497098ad59", true),
            ("rslvr-out-0a1b2c3d4e5f60718", true),
            ("rslvr-frg-0a1b2c3d4e5f60718", false),
            ("rslvr-in-1;x", false),
            ("rslvr-in-", false),
        ] {
            assert_eq!(is_resolver_endpoint(text), is, "{text}");
        }
        for (text, kind, is) in [
            ("i-0276a0893b440e790", "i-", true),
            ("i-1a2b3c4d", "i-", true),
            ("i-1a2b3c4", "i-", false),
            ("i-1a2b3c4d&Action=X", "i-", false),
            ("vpc-1a2b3c4d", "i-", false),
            ("vpc-1a2b3c4d", "vpc-", true),
            ("", "vpc-", false),
        ] {
            assert_eq!(is_id(text, kind), is, "{text}");
        }
    }
}
