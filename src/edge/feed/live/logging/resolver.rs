//! What two lists of the Route 53 Resolver API hold.

use serde::Deserialize;

use crate::edge::feed::aws::signed::json::Operation;
use crate::edge::feed::aws::signed::list::{ListItem, or_empty};

/// A configuration (`ResolverQueryLogConfig`); what is missing is empty.
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct ListedConfiguration {
    #[serde(deserialize_with = "or_empty")]
    pub(super) id: String,
    #[serde(deserialize_with = "or_empty")]
    pub(super) name: String,
    #[serde(rename = "OwnerId", deserialize_with = "or_empty")]
    pub(super) owner: String,
    #[serde(deserialize_with = "or_empty")]
    pub(super) status: String,
    /// `NOT_SHARED`, `SHARED_WITH_ME`, `SHARED_BY_ME`.
    #[serde(rename = "ShareStatus", deserialize_with = "or_empty")]
    pub(super) shared: String,
    #[serde(rename = "DestinationArn", deserialize_with = "or_empty")]
    pub(super) destination: String,
}

/// What logs with one (`ResolverQueryLogConfigAssociation`).
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct ListedAssociation {
    #[serde(rename = "ResolverQueryLogConfigId", deserialize_with = "or_empty")]
    pub(super) configuration: String,
    #[serde(rename = "ResourceId", deserialize_with = "or_empty")]
    pub(super) resource: String,
    #[serde(deserialize_with = "or_empty")]
    pub(super) status: String,
    pub(super) error: Option<String>,
    #[serde(rename = "ErrorMessage")]
    pub(super) message: Option<String>,
}

impl ListItem for ListedConfiguration {
    const OPERATION: Operation = Operation {
        target: "Route53Resolver.ListResolverQueryLogConfigs",
        action: "route53resolver:ListResolverQueryLogConfigs",
    };
    const MEMBER: &'static str = "ResolverQueryLogConfigs";
}

impl ListItem for ListedAssociation {
    const OPERATION: Operation = Operation {
        target: "Route53Resolver.ListResolverQueryLogConfigAssociations",
        action: "route53resolver:ListResolverQueryLogConfigAssociations",
    };
    const MEMBER: &'static str = "ResolverQueryLogConfigAssociations";
}
