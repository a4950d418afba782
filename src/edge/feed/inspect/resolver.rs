//! The resolver endpoints that a log names, out of `ListResolverEndpoints`: it lists those of the account in
//! a Region, and has no filter for their ids (Amazon Route 53 API Reference, "`ListResolverEndpoints`").

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::advice::finding::inspected::{Inspected, Refusal, ResolverEndpoint};
use crate::edge::feed::aws::access::Reached;
use crate::edge::feed::aws::signed::SignedService;
use crate::edge::feed::aws::signed::json::Operation;
use crate::edge::feed::aws::signed::list::{self, ListItem, or_empty};
use crate::live::trouble::Trouble;
use crate::live::trouble::TroubleClass;

/// An endpoint as the service lists it (`ResolverEndpoint`); what is missing is empty.
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default, rename_all = "PascalCase")]
struct ListedEndpoint {
    #[serde(deserialize_with = "or_empty")]
    id: String,
    #[serde(deserialize_with = "or_empty")]
    name: String,
    #[serde(deserialize_with = "or_empty")]
    direction: String,
    #[serde(rename = "HostVPCId", deserialize_with = "or_empty")]
    vpc: String,
    #[serde(rename = "ResolverEndpointType", deserialize_with = "or_empty")]
    address_type: String,
    /// Of inbound endpoints. Not in answers of earlier than 2026.
    #[serde(rename = "Dns64Enabled")]
    dns64: Option<bool>,
}

impl ListItem for ListedEndpoint {
    const OPERATION: Operation = Operation {
        target: "Route53Resolver.ListResolverEndpoints",
        action: "route53resolver:ListResolverEndpoints",
    };
    const MEMBER: &'static str = "ResolverEndpoints";
}

/// Adds to `found` what the service says of the endpoints `ids`; if it says nothing, why.
pub(super) async fn add(found: &mut Inspected, access: &Reached, region: &str, ids: &BTreeSet<String>) {
    match listed(access, region).await {
        Ok(all) => {
            let of_log = all.into_iter().filter(|endpoint| ids.contains(&endpoint.id));
            found.resolver_endpoints.extend(of_log.map(|endpoint| known(endpoint, region)));
        }
        Err(trouble) => {
            // Only where a permission is missing is there one to be given.
            let is_denied = trouble.class == TroubleClass::Denied;
            found.refused.push(Refusal {
                region: region.to_owned(),
                action: if is_denied { ListedEndpoint::OPERATION.action } else { "" }.to_owned(),
                why: trouble.text,
            });
        }
    }
}

/// All of the account's in a Region.
async fn listed(access: &Reached, region: &str) -> Result<Vec<ListedEndpoint>, Trouble> {
    let service = SignedService::new(access, "route53resolver", "Route53Resolver", region).await?;
    list::all(&service, access.profile.as_deref()).await
}

fn known(endpoint: ListedEndpoint, region: &str) -> ResolverEndpoint {
    let ListedEndpoint { id, name, direction, vpc, address_type, dns64 } = endpoint;
    ResolverEndpoint {
        id,
        name: Some(name).filter(|name| !name.is_empty()),
        region: region.to_owned(),
        vpc,
        direction,
        address_type,
        dns64,
    }
}
