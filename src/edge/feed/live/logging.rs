//! Which VPCs log their queries, and where to: `ListResolverQueryLogConfigs` and
//! `ListResolverQueryLogConfigAssociations` of the Route 53 Resolver API.

use std::collections::BTreeMap;

use serde::Serialize;

use super::groups::LogGroupId;
use crate::edge::feed::aws::access::{Access, Reached};
use crate::edge::feed::aws::signed::{SignedService, list};
use crate::live::trouble::Trouble;
use crate::live::trouble::TroubleClass;

mod resolver;

use resolver::{ListedAssociation, ListedConfiguration};

/// What a Region has of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Logging {
    /// The Region, such as `eu-west-1`.
    pub region: String,
    /// By name.
    pub configurations: Vec<Configuration>,
}

/// A query logging configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Configuration {
    /// `rqlc-…`
    pub id: String,
    /// The name that its owner gave it.
    pub name: String,
    /// The account that made it.
    pub owner: String,
    /// `CREATED`, or what the service says instead.
    pub status: String,
    /// Who uses it besides its owner.
    pub shared: ShareStatus,
    /// Where the records go.
    pub destination: Destination,
    /// What logs with it, by id.
    pub associations: Vec<Association>,
}

/// Whether a configuration is shared with other accounts (AWS RAM).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShareStatus {
    /// With nobody.
    No,
    /// This account shares it.
    ByMe,
    /// Another account shares it with this one.
    WithMe,
}

/// Where records go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Destination {
    /// A log group in CloudWatch Logs.
    CloudwatchLogs {
        /// Its ARN, without `:*`.
        arn: String,
        /// The name of the log group, taken from the ARN.
        log_group: String,
    },
    /// An S3 bucket.
    S3 {
        /// As the configuration has it.
        arn: String,
        /// Bucket and prefix, `s3://bucket/prefix`.
        location: String,
    },
    /// A Firehose delivery stream.
    Firehose {
        /// As the configuration has it.
        arn: String,
        /// The name of the delivery stream, taken from the ARN.
        delivery_stream: String,
    },
    /// Something that is not known here.
    Other {
        /// As the configuration has it.
        arn: String,
    },
}

/// What logs with a configuration: a VPC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Association {
    /// `vpc-…`; whatever else the service lets log in later versions.
    pub resource: String,
    /// `ACTIVE`, `CREATING`, `DELETING`, `ACTION_NEEDED`, `FAILED`, or what the service says instead.
    pub status: String,
    /// Why nothing is delivered: `DESTINATION_NOT_FOUND`, `ACCESS_DENIED`, `INTERNAL_SERVICE_ERROR`.
    pub error: Option<String>,
    /// What the service says to that.
    pub message: Option<String>,
}

impl Destination {
    /// What `arn` names (`CreateResolverQueryLogConfig`, `DestinationArn`).
    #[must_use]
    pub fn from_arn(arn: &str) -> Self {
        if let Some(group) = LogGroupId::from_arn(arn) {
            return Self::CloudwatchLogs { log_group: group.name().to_owned(), arn: group.arn };
        }
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let arn = arn.to_owned();
        match parts[..] {
            ["arn", _, "s3", _, _, path] => Self::S3 { arn, location: format!("s3://{path}") },
            ["arn", _, "firehose", _, _, stream] => {
                let name = stream.strip_prefix("deliverystream/").unwrap_or(stream);
                Self::Firehose { arn, delivery_stream: name.to_owned() }
            }
            _ => Self::Other { arn },
        }
    }
}

impl Configuration {
    /// The log group that records go to, if it is one.
    #[must_use]
    pub fn group(&self) -> Option<LogGroupId> {
        let Destination::CloudwatchLogs { arn, .. } = &self.destination else { return None };
        let group = LogGroupId::from_arn(arn)?;
        // A configuration that was shared may point to a log group of the account that shares it.
        let is_own = self.shared != ShareStatus::WithMe && group.account() == self.owner;
        Some(if is_own { group.owned() } else { group })
    }
}

impl Association {
    /// Whether records are delivered, as far as the service says.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status == "ACTIVE" && self.error.is_none()
    }
}

/// Asks each of `regions`, or the one that is configured, in this order.
#[must_use]
pub fn ask(profile: Option<&str>, regions: &[String]) -> Vec<Result<Logging, Trouble>> {
    let regions: Vec<Option<&String>> =
        if regions.is_empty() { vec![None] } else { regions.iter().map(Some).collect() };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return vec![Err(Trouble::new(TroubleClass::Refused, error.to_string()))],
    };
    let ask = |region: Option<&String>| {
        let access = Access { profile: profile.map(str::to_owned), region: region.cloned() };
        let asked = runtime.block_on(async { logging(&access.find().await?).await });
        // Which of several it was.
        asked.map_err(|trouble| match region {
            Some(region) => Trouble { text: format!("{region}: {}", trouble.text), ..trouble },
            None => trouble,
        })
    };
    regions.into_iter().map(ask).collect()
}

/// Reads all pages of both lists.
async fn logging(found: &Reached) -> Result<Logging, Trouble> {
    let region = found.config.region().map(ToString::to_string).unwrap_or_default();
    let service = SignedService::new(found, "route53resolver", "Route53Resolver", &region).await?;
    let profile = found.profile.as_deref();
    let configurations: Vec<ListedConfiguration> = list::all(&service, profile).await?;
    // Where there are no configurations there is nothing that logs: the second permission is not needed.
    let associations =
        if configurations.is_empty() { Vec::new() } else { list::all(&service, profile).await? };
    Ok(Logging { region, configurations: joined(configurations, associations) })
}

/// Each configuration with what logs with it.
fn joined(
    configurations: Vec<ListedConfiguration>,
    associations: Vec<ListedAssociation>,
) -> Vec<Configuration> {
    let mut by_configuration: BTreeMap<String, Vec<Association>> = BTreeMap::new();
    for association in associations {
        by_configuration.entry(association.configuration).or_default().push(Association {
            resource: association.resource,
            status: association.status,
            error: association.error.filter(|error| error != "NONE"),
            message: association.message.filter(|message| !message.is_empty()),
        });
    }
    let mut joined: Vec<Configuration> = configurations
        .into_iter()
        .map(|configuration| {
            let mut associations = by_configuration.remove(&configuration.id).unwrap_or_default();
            associations.sort_by(|one, other| one.resource.cmp(&other.resource));
            Configuration {
                id: configuration.id,
                name: configuration.name,
                owner: configuration.owner,
                status: configuration.status,
                shared: match &*configuration.shared {
                    "SHARED_BY_ME" => ShareStatus::ByMe,
                    "SHARED_WITH_ME" => ShareStatus::WithMe,
                    _ => ShareStatus::No,
                },
                destination: Destination::from_arn(&configuration.destination),
                associations,
            }
        })
        .collect();
    // What logs with a configuration that is not listed still logs.
    joined.extend(by_configuration.into_iter().map(|(id, associations)| Configuration {
        id,
        name: String::new(),
        owner: String::new(),
        status: String::new(),
        shared: ShareStatus::No,
        destination: Destination::from_arn(""),
        associations,
    }));
    joined.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_are_told_apart() {
        for (arn, destination) in [
            (
                "arn:aws:logs:us-east-1:111122223333:log-group:/aws/route53/vpc-1:*",
                Destination::CloudwatchLogs {
                    arn: "arn:aws:logs:us-east-1:111122223333:log-group:/aws/route53/vpc-1".to_owned(),
                    log_group: "/aws/route53/vpc-1".to_owned(),
                },
            ),
            (
                "arn:aws-us-gov:s3:::bucket/development/",
                Destination::S3 {
                    arn: "arn:aws-us-gov:s3:::bucket/development/".to_owned(),
                    location: "s3://bucket/development/".to_owned(),
                },
            ),
            (
                "arn:aws:firehose:us-east-1:111122223333:deliverystream/dns",
                Destination::Firehose {
                    arn: "arn:aws:firehose:us-east-1:111122223333:deliverystream/dns".to_owned(),
                    delivery_stream: "dns".to_owned(),
                },
            ),
            ("arn:aws:sqs:us-east-1:1:q", Destination::Other { arn: "arn:aws:sqs:us-east-1:1:q".to_owned() }),
            ("", Destination::Other { arn: String::new() }),
        ] {
            assert_eq!(Destination::from_arn(arn), destination, "{arn}");
        }
    }

    #[test]
    fn a_group_is_ones_own_if_its_account_made_the_configuration() {
        for (owner, shared, is_own) in [
            ("111122223333", ShareStatus::No, true),
            ("111122223333", ShareStatus::ByMe, true),
            ("111122223333", ShareStatus::WithMe, false),
            ("444455556666", ShareStatus::No, false),
        ] {
            let configuration = Configuration {
                id: "rqlc-1".to_owned(),
                name: "n".to_owned(),
                owner: owner.to_owned(),
                status: "CREATED".to_owned(),
                shared,
                destination: Destination::from_arn("arn:aws:logs:us-east-1:111122223333:log-group:/x:*"),
                associations: Vec::new(),
            };
            assert_eq!(configuration.group().map(|group| group.is_own), Some(is_own), "{owner} {shared:?}");
        }
    }
}
