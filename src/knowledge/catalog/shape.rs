//! Names of resources. They end as the names of APIs do, and a dual-stack name made for one by the rule of
//! those would be wrong: so these shapes are tried first.

use super::kind::Kind;
use super::owner;
use super::partition::{HostEnding, Partition, is_region, labels, split};

/// What the shape of a name says of its dual-stack form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// This name, as the source documents.
    Name(String, &'static str),
    /// A name in which something is left open, in capitals.
    Open(String, &'static str),
    /// As an API's prefix has it.
    Prefix(&'static str, String),
    /// It is one.
    Already,
    /// None, as the source documents.
    None(&'static str),
    /// Its owner sets it.
    Owner,
    /// Not for anybody to configure.
    Inner,
}

/// A name that is of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape<'h> {
    pub kind: Kind,
    pub product: &'static str,
    pub region: &'h str,
    pub partition: Partition,
    pub form: Form,
}

/// Reads `host` (lower case, without its last dot) as a resource's name.
pub(super) fn shape(host: &str) -> Option<Shape<'_>> {
    elsewhere(host).or_else(|| endings(host)).or_else(|| {
        let (kind, product, region) = owner::resource(host)?;
        let partition = split(host).map_or(Partition::Commercial, |(_, partition, _)| partition);
        Some(Shape { kind, product, region, partition: partition.of_region(region), form: Form::Owner })
    })
}

/// Names that end as a partition's do, and whose form says more than whose they are.
fn endings(host: &str) -> Option<Shape<'_>> {
    let (before, partition, ending) = split(host)?;
    let labels = labels(before);
    let shape = match ending {
        HostEnding::Standard => standard(&labels, partition)?,
        HostEnding::DualStack => dual(&labels, partition)?,
    };
    Some(Shape { partition: partition.of_region(shape.region), ..shape })
}

/// Names that do not end as a partition's do.
fn elsewhere(host: &str) -> Option<Shape<'_>> {
    let made = |kind, product, region, form| {
        let partition = Partition::Commercial.of_region(region);
        Some(Shape { kind, product, region, partition, form })
    };
    let (rest, last) = host.rsplit_once('.')?;
    match (host, rest, last) {
        ("public.ecr.aws", ..) => {
            let form = Form::Name("ecr-public.aws.com".to_owned(), "DOC:ecr-public-requests");
            return made(Kind::PublicRegistry, "Amazon ECR Public", "", form);
        }
        ("ecr-public.aws.com", ..) => {
            return made(Kind::PublicRegistry, "Amazon ECR Public", "", Form::Already);
        }
        _ => {}
    }
    if let Some(region) = host.strip_suffix(".signin.aws.amazon.com").filter(|region| is_region(region)) {
        let form = Form::Prefix("signin", format!("signin.{region}.api.aws"));
        return made(Kind::Api, "AWS Sign-In", region, form);
    }
    if let Some(name) = host.strip_suffix(".ip.aws") {
        let (_, region) = name.rsplit_once('.')?;
        return is_region(region)
            .then(|| made(Kind::InstanceIp, "Amazon EC2", region, Form::Already))
            .flatten();
    }
    for (ending, in_china) in [(".on.aws", false), (".on.amazonwebservices.com.cn", true)] {
        let Some(name) = host.strip_suffix(ending) else { continue };
        let labels = labels(name);
        let region = labels.last().copied().filter(|label| is_region(label)).unwrap_or("");
        let (kind, product) = match labels.as_slice() {
            [_, "lambda-url", _] => (Kind::LambdaUrl, "AWS Lambda"),
            [_, service, _] if service.starts_with("dkr-ecr") => (Kind::Registry, "Amazon ECR"),
            _ => (Kind::Resource, ""),
        };
        let shape = made(kind, product, region, Form::Already)?;
        let partition = if in_china { Partition::China } else { shape.partition };
        return Some(Shape { partition, ..shape });
    }
    if let Some(name) = host.strip_suffix(".compute.internal").or_else(|| host.strip_suffix(".ec2.internal"))
    {
        let region = name.rsplit_once('.').map_or("us-east-1", |(_, region)| region);
        let label = name.split('.').next().unwrap_or(name);
        let instance = label.starts_with("ip-") || label.starts_with("i-");
        return (instance && is_region(region))
            .then(|| made(Kind::Instance, "Amazon EC2", region, Form::Owner))
            .flatten();
    }
    if host.ends_with(".cloudfront.net") {
        return made(Kind::CloudFront, "Amazon CloudFront", "", Form::Owner);
    }
    if host.ends_with(".awsglobalaccelerator.com") {
        return made(Kind::GlobalAccelerator, "AWS Global Accelerator", "", Form::Owner);
    }
    None
}

fn is_account(label: &str) -> bool {
    label.len() == 12 && label.bytes().all(|byte| byte.is_ascii_digit())
}

/// Reads `labels`, those before a partition's standard ending.
fn standard<'h>(labels: &[&'h str], partition: Partition) -> Option<Shape<'h>> {
    let made = |kind, product, region: &'h str, form| Some(Shape { kind, product, region, partition, form });
    if let Some(found) = storage(labels, partition) {
        return Some(found);
    }
    match *labels {
        [_, .., region, "vpce"] if is_region(region) => {
            made(Kind::InterfaceEndpoint, "", region, Form::Owner)
        }
        [_, "appsync-api" | "appsync-realtime-api", region] if is_region(region) => {
            made(Kind::AppSync, "AWS AppSync", region, Form::Owner)
        }
        [_, _, region, "eks"] if is_region(region) => {
            made(Kind::EksCluster, "Amazon EKS", region, Form::Owner)
        }
        ["oidc", "eks", region] if is_region(region) => {
            let name = format!("oidc-eks.{region}.{}", partition.dual_stack_ending());
            made(Kind::EksOidc, "Amazon EKS", region, Form::Name(name, "DOC:eks-network-reqs"))
        }
        [_, .., region, "rds"] | [_, .., "rds", region] if is_region(region) => {
            made(Kind::Database, "Amazon RDS", region, Form::Owner)
        }
        [_, region, "es"] if is_region(region) => {
            made(Kind::SearchDomain, "Amazon OpenSearch Service", region, Form::Owner)
        }
        [account, "dkr", service @ ("ecr" | "ecr-fips"), region]
            if is_account(account) && is_region(region) =>
        {
            let ending = if partition == Partition::China { "on.amazonwebservices.com.cn" } else { "on.aws" };
            let name = format!("{account}.dkr-{service}.{region}.{ending}");
            made(Kind::Registry, "Amazon ECR", region, Form::Name(name, "DOC:ecr-requests"))
        }
        [account, "ddb", region] if is_account(account) && is_region(region) => {
            let name = format!("{account}.ddb.{region}.{}", partition.dual_stack_ending());
            made(Kind::Api, "Amazon DynamoDB", region, Form::Prefix("ddb", name))
        }
        ["queue"] => made(
            Kind::Api,
            "Amazon SQS",
            "us-east-1",
            Form::Prefix("sqs", "sqs.us-east-1.api.aws".to_owned()),
        ),
        [region, "queue"] if is_region(region) => {
            let name = format!("sqs.{region}.{}", partition.dual_stack_ending());
            made(Kind::Api, "Amazon SQS", region, Form::Prefix("sqs", name))
        }
        ["sts"] => {
            made(Kind::Api, "AWS STS", "", Form::Open("sts.REGION.api.aws".to_owned(), "DOC:iam-dualstack"))
        }
        [name, region, "compute"] if name.starts_with("ec2-") && is_region(region) => {
            made(Kind::PublicInstance, "Amazon EC2", region, Form::Owner)
        }
        [name, "compute-1"] if name.starts_with("ec2-") => {
            made(Kind::PublicInstance, "Amazon EC2", "us-east-1", Form::Owner)
        }
        _ => None,
    }
}

/// The forms of S3's names that are not `BUCKET.s3.REGION`.
fn storage<'h>(labels: &[&'h str], partition: Partition) -> Option<Shape<'h>> {
    const GUIDE: &str = "DOC:s3-dualstack";
    const PRODUCT: &str = "Amazon S3";
    let made = |kind, region: &'h str, form| Some(Shape { kind, product: PRODUCT, region, partition, form });
    let bucket = |labels: &[&str]| labels.iter().fold(String::new(), |text, label| text + label + ".");
    match *labels {
        [_, .., last] if last.strip_prefix("s3-website-").is_some_and(is_region) => {
            made(Kind::BucketWebsite, last.trim_start_matches("s3-website-"), Form::None(GUIDE))
        }
        [_, .., "s3-website", region] if is_region(region) => {
            made(Kind::BucketWebsite, region, Form::None(GUIDE))
        }
        [_, .., service, region]
            if matches!(service.trim_end_matches("-fips"), "s3-object-lambda" | "s3-outposts")
                && is_region(region) =>
        {
            made(Kind::Bucket, region, Form::None("SDK:s3"))
        }
        [target, .., region] if is_target(target) && is_region(region) => {
            made(Kind::BucketTarget, region, Form::Inner)
        }
        [_, "s3-accelerate", "dualstack"] => made(Kind::Bucket, "", Form::Already),
        [name, "s3-accelerate"] => {
            made(Kind::Bucket, "", Form::Name(format!("{name}.s3-accelerate.dualstack.amazonaws.com"), GUIDE))
        }
        [ref before @ .., last] if last.strip_prefix("s3-").is_some_and(is_region) => {
            let region = last.trim_start_matches("s3-");
            let kind = if before.is_empty() { Kind::Api } else { Kind::Bucket };
            let name = [&bucket(before), "s3.dualstack.", region, ".amazonaws.com"].concat();
            made(kind, region, Form::Name(name, GUIDE))
        }
        [ref before @ .., "s3"] => {
            let kind = if before.is_empty() { Kind::Api } else { Kind::Bucket };
            made(
                kind,
                "",
                Form::Open(format!("{}s3.dualstack.BUCKET-REGION.amazonaws.com", bucket(before)), GUIDE),
            )
        }
        _ => None,
    }
}

/// `s3-w`, `s3-r-w`, `s3-1-w`: what names of buckets are CNAMEs to.
fn is_target(label: &str) -> bool {
    let Some(rest) = label.strip_prefix("s3-").and_then(|rest| rest.strip_suffix('w')) else { return false };
    let rest = rest.strip_suffix("r-").unwrap_or(rest);
    rest.is_empty()
        || rest
            .strip_suffix('-')
            .is_some_and(|digits| digits.len() == 1 && digits.as_bytes()[0].is_ascii_digit())
}

/// Reads `labels`, those before a partition's ending of dual-stack names.
fn dual<'h>(labels: &[&'h str], partition: Partition) -> Option<Shape<'h>> {
    match *labels {
        [_, .., "eks-cluster", region] if is_region(region) => Some(Shape {
            kind: Kind::EksCluster,
            product: "Amazon EKS",
            region,
            partition,
            form: Form::Already,
        }),
        ["oidc-eks", region] if is_region(region) => {
            Some(Shape { kind: Kind::EksOidc, product: "Amazon EKS", region, partition, form: Form::Already })
        }
        _ => None,
    }
}
