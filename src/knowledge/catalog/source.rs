//! Where what the catalog says comes from, and of when that is.

/// Id, what it is, and when it was read or measured.
const SOURCES: [(&str, &str, &str); 28] = [
    ("VPC", "Amazon VPC User Guide, \"AWS services that support IPv6\", a list without Regions", "2026"),
    (
        "VPC~",
        "Amazon VPC User Guide, \"AWS services that support IPv6\", which lists the product and not this API",
        "2026",
    ),
    ("SDK", "botocore's endpoints.json, which names the host for this Region", "2026-11"),
    ("SDK:s3", "botocore's endpoint rule set of Amazon S3, which refuses dual-stack names for it", "2026-11"),
    ("GR:as", "AWS General Reference, \"Amazon EC2 Auto Scaling endpoints and quotas\"", "2026"),
    (
        "GR:codedeploy",
        "AWS General Reference, \"AWS CodeDeploy endpoints and quotas\": these endpoints support IPv4 only",
        "2026",
    ),
    ("GR:cw_region", "AWS General Reference, \"Amazon CloudWatch endpoints and quotas\"", "2026"),
    ("GR:cwl_region", "AWS General Reference, \"Amazon CloudWatch Logs endpoints and quotas\"", "2026"),
    ("GR:ddb", "AWS General Reference, \"Amazon DynamoDB endpoints and quotas\"", "2026"),
    ("GR:ecs-service", "AWS General Reference, \"Amazon ECS endpoints and quotas\"", "2026"),
    ("GR:kms", "AWS General Reference, \"AWS Key Management Service endpoints and quotas\"", "2026"),
    ("GR:sqs-service", "AWS General Reference, \"Amazon SQS endpoints and quotas\"", "2026"),
    ("GR:ssm", "AWS General Reference, \"AWS Systems Manager endpoints and quotas\"", "2026"),
    ("DOC:acm-pca-dualstack", "AWS Private CA User Guide, dual-stack endpoint support", "2026"),
    ("DOC:apigateway-api-ref", "Amazon API Gateway API Reference", "2026"),
    ("DOC:appconfig-ipv6", "AWS AppConfig User Guide, IPv6 support", "2026"),
    ("DOC:asm-access", "AWS Secrets Manager User Guide, \"Access AWS Secrets Manager\"", "2026"),
    ("DOC:dlm-endpoints", "Amazon EBS User Guide (China), endpoints of Data Lifecycle Manager", "2026"),
    ("DOC:ecr-public-requests", "Amazon ECR Public User Guide, requests over IPv6", "2026"),
    ("DOC:ecr-requests", "Amazon ECR User Guide, \"Getting started with making requests over IPv6\"", "2026"),
    ("DOC:eks-network-reqs", "Amazon EKS User Guide, \"Amazon EKS networking requirements\"", "2026"),
    ("DOC:iam-dualstack", "IAM User Guide, dual-stack endpoint support", "2026"),
    ("DOC:rds-data-ipv6", "Amazon Aurora User Guide, RDS Data API over IPv6", "2026"),
    ("DOC:s3-dualstack", "Amazon S3 API Reference, \"Using dual-stack endpoints\"", "2026-04"),
    ("DOC:user-guide", "the user guide of the service", "2026"),
    ("OBS:ssm-2026-10", "measured in us-west-1 from an instance without IPv4", "2026-10-02"),
    ("SRC:ecs-agent", "the source of the Amazon ECS agent, version 1.105.1", "2026"),
    ("SRC:ssm-agent", "the source of the SSM Agent, which builds the name", "2026"),
];

/// A source in words, with its date; the id itself where it is of a file of the user's.
#[must_use]
pub fn source_words(id: &str) -> String {
    match SOURCES.iter().find(|(known, ..)| *known == id) {
        Some((_, words, date)) => format!("{words} ({date})"),
        None => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_have_words() {
        let said = source_words("GR:ssm");
        assert_eq!(said, "AWS General Reference, \"AWS Systems Manager endpoints and quotas\" (2026)");
        assert_eq!(source_words("our wiki"), "our wiki");
    }
}
