//! What the fake has of query logging, by Region: `ListResolverQueryLogConfigs` and
//! `ListResolverQueryLogConfigAssociations`, two on a page.
//!
//! | Region | what is there |
//! |---|---|
//! | us-east-1 | two configurations to log groups, one of another account; one to S3, one to Firehose |
//! | eu-west-1 | a single one, to a log group |
//! | eu-west-2 | none |
//! | ap-south-1 | denied |
//! | ap-south-2 | one, and who logs with it is denied |

use serde_json::{Value, json};

const OWN: &str = "111122223333";
const OTHER: &str = "444455556666";

fn configuration(id: &str, name: &str, owner: &str, destination: &str) -> Value {
    let shared = if owner == OWN { "NOT_SHARED" } else { "SHARED_WITH_ME" };
    json!({"Id": id, "OwnerId": owner, "Status": "CREATED", "ShareStatus": shared, "AssociationCount": 1,
           "Arn": format!("arn:aws:route53resolver:us-east-1:{owner}:resolver-query-log-config/{id}"), "Name": name,
           "DestinationArn": destination, "CreatorRequestId": "r", "CreationTime": "2025-05-05T08:00:00Z"})
}

fn association(of: &str, vpc: &str, status: &str, error: &str, message: &str) -> Value {
    json!({"Id": format!("rqlca-{vpc}"), "ResolverQueryLogConfigId": of, "ResourceId": vpc, "Status": status,
           "Error": error, "ErrorMessage": message, "CreationTime": "2025-05-05T08:00:00Z"})
}

fn configurations(region: &str) -> Vec<Value> {
    let group = |account: &str, name: &str| format!("arn:aws:logs:{region}:{account}:log-group:{name}:*");
    match region {
        "us-east-1" => vec![
            configuration("rqlc-1", "prod", OWN, &group(OWN, "/fake/split")),
            configuration("rqlc-2", "archive", OWN, "arn:aws:s3:::bucket/dns"),
            configuration(
                "rqlc-3",
                "stream",
                OWN,
                "arn:aws:firehose:us-east-1:111122223333:deliverystream/dns",
            ),
            configuration("rqlc-4", "central", OTHER, &group(OTHER, "/fake/unknown")),
            configuration("rqlc-5", "unused", OWN, &group(OWN, "/fake/quiet")),
        ],
        "eu-west-1" | "ap-south-2" => vec![configuration("rqlc-6", "only", OWN, &group(OWN, "/fake/split"))],
        _ => Vec::new(),
    }
}

fn associations(region: &str) -> Vec<Value> {
    match region {
        "us-east-1" => vec![
            association("rqlc-1", "vpc-2", "ACTIVE", "NONE", ""),
            association("rqlc-1", "vpc-1", "ACTIVE", "NONE", ""),
            association("rqlc-2", "vpc-3", "ACTIVE", "NONE", ""),
            association("rqlc-3", "vpc-4", "ACTION_NEEDED", "ACCESS_DENIED", "no permission to put records"),
            association("rqlc-4", "vpc-5", "ACTIVE", "NONE", ""),
            association("rqlc-2", "vpc-1", "CREATING", "NONE", ""),
        ],
        "eu-west-1" => vec![association("rqlc-6", "vpc-9", "ACTIVE", "NONE", "")],
        _ => Vec::new(),
    }
}

/// The answer to a request, or the code of its error.
pub(crate) fn answer(operation: &str, region: &str, body: &Value) -> Result<Value, &'static str> {
    let (key, all) = match operation {
        "ListResolverQueryLogConfigs" => ("ResolverQueryLogConfigs", configurations(region)),
        "ListResolverQueryLogConfigAssociations" => {
            ("ResolverQueryLogConfigAssociations", associations(region))
        }
        other => panic!("nobody asks for {other}"),
    };
    if region == "ap-south-1" || region == "ap-south-2" && key.ends_with("Associations") {
        return Err("AccessDeniedException");
    }
    let at: usize = body["NextToken"].as_str().and_then(|token| token.parse().ok()).unwrap_or(0);
    let page: Vec<&Value> = all.iter().skip(at).take(2).collect();
    let next = (at + 2 < all.len()).then(|| (at + 2).to_string());
    Ok(json!({ key: page, "NextToken": next }))
}
