//! How the name of an API becomes its dual-stack name: the effect of botocore's endpoint rule sets, written
//! shorter.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::partition::{HostEnding, Partition, is_region, split};

/// Prefix of the standard name, prefix of the dual-stack name, and the partitions where that is so: `a`
/// commercial, `g` `GovCloud`, `c` China, `e` Sovereign.
const RENAMED: [(&str, &str, &str); 21] = [
    ("api.detective", "detective", "ag"),
    ("streams.dynamodb", "streams-dynamodb", "agcei"),
    ("api.ecr", "ecr", "agcei"),
    ("api.ecr-public", "ecr-public", "a"),
    ("elasticfilesystem", "efs", "agc"),
    ("es", "aos", "agc"),
    ("api.tunneling.iot", "api.iot-tunneling", "agc"),
    ("kafka", "kafka-api", "agcei"),
    ("entitlement.marketplace", "entitlement-marketplace", "ac"),
    ("metering.marketplace", "metering-marketplace", "agc"),
    ("entitlement-marketplace", "entitlement.marketplace", "e"),
    ("metering-marketplace", "metering.marketplace", "e"),
    ("api.mediatailor", "mediatailor", "a"),
    ("query.timestream", "timestream-query", "ag"),
    ("ingest.timestream", "timestream-ingest", "ag"),
    ("data.ats.iot", "data-ats.iot", "agce"),
    // The FIPS name, whose standard form has no `ats`.
    ("data.iot", "data-ats.iot", "ag"),
    ("subscribe.mediaconvert", "mediaconvert", "agce"),
    ("cn.transcribe", "transcribe", "c"),
    ("states", "states-fips", "g"),
    ("swf", "swf-fips", "g"),
];

/// Prefixes that keep their name where the name is of FIPS, and the partitions where that is so.
const KEPT: [(&str, &str); 6] = [
    ("api.ecr-public", "a"),
    ("es", "agc"),
    ("entitlement.marketplace", "ac"),
    ("metering.marketplace", "agc"),
    ("api.mediatailor", "a"),
    ("kafka", "gcei"),
];

/// Prefixes whose standard name is the dual-stack name.
const SAME: [(&str, &str); 3] = [("secretsmanager", "agc"), ("cognito-idp", "a"), ("cognito-identity", "a")];

/// Hosts that follow no rule: global services, and those pinned to one Region.
const WHOLE: [(&str, &str); 13] = [
    ("iam.amazonaws.com", "iam.global.api.aws"),
    ("cloudfront.amazonaws.com", "cloudfront.global.api.aws"),
    ("route53.amazonaws.com", "route53.global.api.aws"),
    ("savingsplans.amazonaws.com", "savingsplans.global.api.aws"),
    ("budgets.amazonaws.com", "budgets.us-east-1.api.aws"),
    (
        "route53-recovery-control-config.us-west-2.amazonaws.com",
        "arc-recovery-control-config.us-west-2.api.aws",
    ),
    ("catalog.marketplace.us-east-1.amazonaws.com", "catalog-marketplace.us-east-1.api.aws"),
    ("iam.us-gov.amazonaws.com", "iam.us-gov.api.aws"),
    ("route53.us-gov.amazonaws.com", "route53.us-gov.api.aws"),
    ("iam.cn-north-1.amazonaws.com.cn", "iam.global.api.amazonwebservices.com.cn"),
    ("route53.amazonaws.com.cn", "route53.global.api.amazonwebservices.com.cn"),
    ("iam.eusc-de-east-1.amazonaws.eu", "iam.global.api.amazonwebservices.eu"),
    ("route53.amazonaws.eu", "route53.global.api.amazonwebservices.eu"),
];

fn letter(partition: Partition) -> char {
    match partition {
        Partition::Commercial => 'a',
        Partition::GovCloud => 'g',
        Partition::China => 'c',
        Partition::Sovereign => 'e',
        Partition::Isolated(_) => 'i',
    }
}

/// The dual-stack name of a host that follows no rule; `iam-fips` as `iam`.
pub(super) fn whole(host: &str) -> Option<String> {
    let of = |host: &str| WHOLE.iter().find(|(standard, _)| *standard == host).map(|(_, dual)| *dual);
    of(host).map(str::to_owned).or_else(|| {
        // Nothing is known of such names in the other partitions.
        host.strip_suffix(".amazonaws.com")?;
        let (first, rest) = host.split_once('.')?;
        let first = first.strip_suffix("-fips").filter(|first| *first != "budgets")?;
        let dual = of(&format!("{first}.{rest}"))?;
        let (first, rest) = dual.split_once('.')?;
        Some(format!("{first}-fips.{rest}"))
    })
}

/// The dual-stack name of a host that AWS's SDKs build where no document of AWS's has it: global services in
/// partitions without such an endpoint, mostly with FIPS. By the rule sets of botocore it has no Region, even
/// where the standard name has one.
pub(super) fn built(host: &str) -> Option<String> {
    let (before, partition, HostEnding::Standard) = split(host)? else { return None };
    let ending = partition.dual_stack_ending();
    // In GovCloud a label follows the Region of Amazon Location Service's names for routes; the page of its
    // endpoints in the AWS General Reference knows no such name.
    if let Some(region) = before.strip_suffix(".us-gov") {
        let region =
            region.strip_prefix("routes.geo.").or_else(|| region.strip_prefix("routes.geo-fips."))?;
        return region.starts_with("us-gov-").then(|| format!("{before}.{ending}"));
    }
    let (first, region) = before.split_once('.').unwrap_or((before, ""));
    let (plain, fips) = first.strip_suffix("-fips").map_or((first, false), |plain| (plain, true));
    let commercial = partition == Partition::Commercial;
    let is_built = match plain {
        // With FIPS, their page in the AWS General Reference has the commercial partition and GovCloud alone.
        "iam" | "route53" => fips && !commercial,
        // Its page has no FIPS endpoint at all.
        "budgets" => fips || !commercial,
        // Its page has the commercial partition alone.
        "cloudfront" => !commercial,
        _ => false,
    };
    (is_built && (region.is_empty() || is_region(region))).then(|| format!("{first}.{ending}"))
}

/// Whether the standard name of `prefix` is itself dual-stack.
pub(super) fn is_same(prefix: &str, region: &str, partition: Partition) -> bool {
    let is = |prefix: &str| {
        SAME.iter().any(|(known, partitions)| *known == prefix && partitions.contains(letter(partition)))
    };
    // The FIPS names of Cognito are so in the Regions of the United States alone, that of AWS Secrets Manager
    // is so everywhere but in China.
    is(prefix)
        || without_fips(prefix).is_some_and(|plain| {
            let everywhere = plain == "secretsmanager" && partition != Partition::China;
            is(&plain) && (everywhere || region.starts_with("us-"))
        })
}

/// The mark of FIPS, in the middle of a prefix or at its end.
static FIPS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("-fips"));

/// A prefix without its mark of FIPS, if it has one: `kms-fips`, `fips.batch`, `api-fips.sagemaker`.
pub(super) fn without_fips(prefix: &str) -> Option<String> {
    if let Some(rest) = prefix.strip_prefix("fips.") {
        return Some(rest.to_owned());
    }
    FIPS.find(prefix.as_bytes())?;
    // Its standard name has a label that this one lacks (AWS General Reference, "Amazon ECR endpoints and
    // quotas").
    if prefix == "ecr-fips" {
        return Some("api.ecr".to_owned());
    }
    let labels: Vec<&str> =
        prefix.split('.').map(|label| label.strip_suffix("-fips").unwrap_or(label)).collect();
    Some(labels.join(".")).filter(|plain| plain != prefix)
}

/// The prefix of the dual-stack name. The mark of FIPS goes at the end of it, wherever the standard name has
/// it.
pub(super) fn dual_prefix(prefix: &str, partition: Partition) -> Cow<'_, str> {
    let renamed = |standard: &str| {
        let of = |(known, _, partitions): &&(&str, &str, &str)| {
            *known == standard && partitions.contains(letter(partition))
        };
        RENAMED.iter().find(of).map(|(_, dual, _)| *dual)
    };
    let Some(standard) = without_fips(prefix) else {
        return Cow::Borrowed(renamed(prefix).unwrap_or(prefix));
    };
    let is_kept =
        KEPT.iter().any(|(known, partitions)| *known == standard && partitions.contains(letter(partition)));
    let dual = if is_kept { None } else { renamed(&standard) };
    let dual = dual.unwrap_or(&standard);
    Cow::Owned(if dual.ends_with("-fips") { dual.to_owned() } else { [dual, "-fips"].concat() })
}

/// The prefix of the standard name.
pub(super) fn standard_prefix(dual: &str, partition: Partition) -> &str {
    RENAMED
        .iter()
        .find(|(_, known, partitions)| *known == dual && partitions.contains(letter(partition)))
        .map_or(dual, |(standard, ..)| standard)
}

/// The parts of the labels of S3 before the Region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Storage<'h> {
    /// The bucket or access point; empty for the service itself.
    pub bucket: &'h str,
    /// `s3`, `s3-control`, `s3-accesspoint`, `s3express-ZONE`, with `-fips` or without.
    pub service: &'h str,
    /// Whether the label after `service` is `dualstack`.
    pub dual: bool,
}

/// Reads the labels before the Region as those of S3, where `dualstack` is a label between the service and
/// the Region.
pub(super) fn storage(prefix: &str) -> Option<Storage<'_>> {
    let (rest, dual) = prefix.strip_suffix(".dualstack").map_or((prefix, false), |rest| (rest, true));
    let (bucket, service) = rest.rsplit_once('.').unwrap_or(("", rest));
    let plain = service.strip_suffix("-fips").unwrap_or(service);
    let known = matches!(plain, "s3" | "s3-control" | "s3-accesspoint" | "s3express-control")
        || plain.strip_prefix("s3express-").is_some_and(|zone| !zone.is_empty());
    known.then_some(Storage { bucket, service, dual })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn storage_is_read_from_the_right() {
        let storage = |prefix| storage(prefix).map(|it| (it.bucket, it.service, it.dual));
        assert_eq!(storage("s3"), Some(("", "s3", false)));
        assert_eq!(storage("my.bucket.s3.dualstack"), Some(("my.bucket", "s3", true)));
        assert_eq!(storage("b.s3-fips"), Some(("b", "s3-fips", false)));
        assert_eq!(
            storage("b--use1-az4--x-s3.s3express-use1-az4"),
            Some(("b--use1-az4--x-s3", "s3express-use1-az4", false))
        );
        assert_eq!(storage("s3-outposts"), None);
        assert_eq!(storage("mys3"), None);
    }

    #[test]
    fn renamed_both_ways() {
        for (standard, dual, _) in RENAMED {
            let partitions =
                [Partition::Commercial, Partition::GovCloud, Partition::China, Partition::Sovereign];
            let there = partitions.into_iter().filter(|partition| dual_prefix(standard, *partition) == dual);
            assert!(there.clone().count() > 0, "{standard}");
            // Two standard names lead to that of AWS IoT.
            assert!(
                there
                    .into_iter()
                    .all(|partition| standard == "data.iot" || standard_prefix(dual, partition) == standard),
                "{standard}"
            );
        }
        for (prefix, dual) in [
            ("states", "states"),
            ("kms-fips", "kms-fips"),
            ("fips.batch", "batch-fips"),
            ("api.ecr-fips", "ecr-fips"),
            ("elasticfilesystem-fips", "efs-fips"),
            ("api-fips.sagemaker", "api.sagemaker-fips"),
            ("api.tunneling.iot-fips", "api.iot-tunneling-fips"),
            ("es-fips", "es-fips"),
        ] {
            assert_eq!(dual_prefix(prefix, Partition::Commercial), dual);
        }
        assert_eq!(dual_prefix("kafka-fips", Partition::Commercial), "kafka-api-fips");
        assert_eq!(dual_prefix("kafka-fips", Partition::China), "kafka-fips");
        assert_eq!(dual_prefix("ecr-fips", Partition::Commercial), "ecr-fips");
        assert!(is_same("secretsmanager-fips", "eu-west-1", Partition::Commercial));
        assert!(!is_same("secretsmanager-fips", "cn-north-1", Partition::China));
        assert_eq!(dual_prefix("states", Partition::GovCloud), "states-fips");
        assert!(is_same("cognito-idp-fips", "us-east-1", Partition::Commercial));
        assert!(!is_same("cognito-idp-fips", "eu-west-1", Partition::Commercial));
        assert_eq!(dual_prefix("ssm", Partition::GovCloud), "ssm");
    }
}
