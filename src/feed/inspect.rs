//! Asks EC2 what no log shows: which subnet an instance is in, whether DNS64 is enabled there, where its route table
//! leads `64:ff9b::/96` and in what state that is, and which interface endpoints its VPC has. Reads only, and only when asked to.
//!
//! Five calls of the Query API, signed with the SDK's own signer and sent through its HTTP client: the SDK's crate for EC2
//! has seven hundred operations, and takes longer to build than all the rest. `answer` reads what comes back.

use std::collections::{BTreeMap, BTreeSet};

use aws_config::BehaviorVersion;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_credential_types::provider::ProvideCredentials;

use super::live::errors::Trouble;
use super::live::session::Class;
use crate::finding::inspected::{Inspected, Refusal, SCHEMA};
use crate::fleet::Survey;

mod answer;
mod query;

use query::Query;

/// Ids in one filter; EC2 takes 200 (Amazon EC2 API Reference, "`Filter`").
const PER_FILTER: usize = 200;

/// What is to be asked for in one Region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ids {
    /// Instances.
    pub instances: BTreeSet<String>,
    /// VPCs.
    pub vpcs: BTreeSet<String>,
}

/// What is to be asked for, by Region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// By Region.
    pub regions: BTreeMap<String, Ids>,
}

impl Wanted {
    /// The instances and VPCs that a log names. What does not look like an id of AWS's is left out: a log can hold
    /// anything.
    #[must_use]
    pub fn of(survey: &Survey<'_>) -> Self {
        let mut wanted = Self::default();
        for origin in survey.origins() {
            let region = origin.region;
            if region.is_empty() || !region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
                continue;
            }
            let (instance, vpc) = (is_id(origin.id, "i-"), is_id(origin.vpc, "vpc-"));
            if !instance && !vpc {
                continue;
            }
            let ids = wanted.regions.entry(region.to_owned()).or_default();
            if instance {
                ids.instances.insert(origin.id.to_owned());
            }
            if vpc {
                ids.vpcs.insert(origin.vpc.to_owned());
            }
        }
        wanted
    }

    /// Whether there is nothing to ask for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.regions.is_empty()
    }
}

fn is_id(text: &str, kind: &str) -> bool {
    let digits = text.strip_prefix(kind).unwrap_or_default();
    (8..=32).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Asks for what is `wanted`, as `profile` or whoever the environment names; `at` is the time of day, for the file. What
/// EC2 does not let be asked is in [`Inspected::refused`], with the IAM action that is missing.
///
/// # Errors
/// If there are no credentials, or no answer at all.
pub fn inspect(profile: Option<&str>, wanted: &Wanted, at: String) -> Result<Inspected, Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Trouble::new(Class::Refused, error.to_string()))?;
    runtime.block_on(async {
        let mut inspected = Inspected { schema: SCHEMA, at, ..Inspected::default() };
        let mut failed = None;
        for (region, ids) in &wanted.regions {
            let query = query(profile, region).await?;
            match region_of(&query, region, ids).await {
                Ok(found) => inspected.absorb(found),
                Err(trouble) => failed = Some(trouble),
            }
        }
        match failed {
            // Of one Region something is known, perhaps: that the others did not answer is said beside it.
            Some(trouble) if inspected.route_tables.is_empty() && inspected.instances.is_empty() => {
                Err(trouble)
            }
            _ => Ok(inspected),
        }
    })
}

/// Finds credentials and the endpoint of a Region.
async fn query(profile: Option<&str>, region: &str) -> Result<Query, Trouble> {
    let mut loader =
        aws_config::defaults(BehaviorVersion::latest()).region(aws_config::Region::new(region.to_owned()));
    if let Some(profile) = profile {
        // With the name alone, credentials in the environment would come first.
        let provider = ProfileFileCredentialsProvider::builder().profile_name(profile).build();
        loader = loader.profile_name(profile).credentials_provider(provider);
    }
    let config = loader.load().await;
    let profile = profile.map(str::to_owned).or_else(|| std::env::var("AWS_PROFILE").ok());
    let provider = config
        .credentials_provider()
        .ok_or_else(|| Trouble::new(Class::Credentials, "there is nowhere to look for credentials"))?;
    let credentials = provider.provide_credentials().await;
    let credentials = credentials.map_err(|error| Trouble::of_credentials(&error, profile.as_deref()))?;
    let endpoint = std::env::var("AWS_ENDPOINT_URL_EC2").ok().filter(|url| !url.is_empty());
    let endpoint = endpoint.or_else(|| config.endpoint_url().map(str::to_owned));
    let endpoint = endpoint.unwrap_or_else(|| {
        let (fips, dual) = (config.use_fips().unwrap_or(false), config.use_dual_stack().unwrap_or(false));
        crate::catalog::api_url("ec2", region, fips, dual)
    });
    Ok(Query::new(&endpoint, region.to_owned(), credentials))
}

/// What there is in one Region. Calls that are denied are remembered; other troubles end it.
async fn region_of(query: &Query, region: &str, ids: &Ids) -> Result<Inspected, Trouble> {
    let mut found = Inspected::default();
    let instances: Vec<&String> = ids.instances.iter().collect();
    for chunk in instances.chunks(PER_FILTER) {
        let pages =
            allowed(&mut found, region, query.pages("DescribeInstances", "instance-id", chunk).await)?;
        found.instances.extend(pages.iter().flat_map(|page| answer::instances(page, region)));
    }
    let subnets: BTreeSet<&String> = found.instances.iter().map(|instance| &instance.subnet).collect();
    let subnets: Vec<String> = subnets.into_iter().filter(|id| is_id(id, "subnet-")).cloned().collect();
    let subnets: Vec<&String> = subnets.iter().collect();
    for chunk in subnets.chunks(PER_FILTER) {
        let pages = allowed(&mut found, region, query.pages("DescribeSubnets", "subnet-id", chunk).await)?;
        found.subnets.extend(pages.iter().flat_map(|page| answer::subnets(page, region)));
    }
    let vpcs: Vec<&String> = ids.vpcs.iter().collect();
    for chunk in vpcs.chunks(PER_FILTER) {
        let pages = allowed(&mut found, region, query.pages("DescribeRouteTables", "vpc-id", chunk).await)?;
        found.route_tables.extend(pages.iter().flat_map(|page| answer::route_tables(page, region)));
        gateways(&mut found, region, query).await?;
        let pages = allowed(&mut found, region, query.pages("DescribeVpcEndpoints", "vpc-id", chunk).await)?;
        found.endpoints.extend(pages.iter().flat_map(|page| answer::endpoints(page, region)));
    }
    found.sort();
    Ok(found)
}

/// Finds the states of the NAT gateways to which what DNS64 makes is routed; nobody is asked if there are none.
async fn gateways(found: &mut Inspected, region: &str, query: &Query) -> Result<(), Trouble> {
    let routes = found.route_tables.iter().filter_map(|table| table.nat64.as_ref());
    let ids = routes.filter(|route| route.state.is_none() && is_id(&route.target, "nat-"));
    let ids: BTreeSet<String> = ids.map(|route| route.target.clone()).collect();
    let ids: Vec<&String> = ids.iter().collect();
    for chunk in ids.chunks(PER_FILTER) {
        let asked = query.pages("DescribeNatGateways", "nat-gateway-id", chunk).await;
        let pages = allowed(found, region, asked)?;
        let states: BTreeMap<String, String> = pages.iter().flat_map(answer::gateways).collect();
        for route in found.route_tables.iter_mut().filter_map(|table| table.nat64.as_mut()) {
            route.state = states.get(&route.target).cloned().or(route.state.take());
        }
    }
    Ok(())
}

/// The pages; none, with a note, where the call is not allowed.
fn allowed(
    found: &mut Inspected,
    region: &str,
    pages: Result<Vec<answer::Element>, query::Failure>,
) -> Result<Vec<answer::Element>, Trouble> {
    match pages {
        Ok(pages) => Ok(pages),
        Err(failure) if failure.trouble.class == Class::Denied => {
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
