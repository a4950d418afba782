use super::Evidence::{Absent, Built, Host, Measured, Region, Rule, Service, Unlisted};
use super::Kind::*;
use super::*;

fn about(name: &str) -> Option<Known> {
    Catalog::builtin().about(name)
}

/// The dual-stack form in a few characters: a name, `=` for the name itself, `none`, `owner`, `?`.
fn form(known: &Known) -> String {
    match &known.dual_stack {
        DualStack::Name(name) | DualStack::Open(name) => name.clone(),
        DualStack::Already => "=".to_owned(),
        DualStack::None => "none".to_owned(),
        DualStack::Owner => "owner".to_owned(),
        DualStack::Unknown => "?".to_owned(),
    }
}

#[test]
fn the_table_in_the_program_is_whole() {
    let mut table = NameTable::default();
    assert_eq!(table.add(PREFIXES, false), Ok(()));
    let lines: Vec<&str> =
        PREFIXES.lines().filter(|line| !line.starts_with(['#', '!'])).map(str::trim).collect();
    assert!(lines.len() > 400, "{}", lines.len());
    for line in lines {
        let entry = table.entry(line.split(' ').next().unwrap()).unwrap();
        assert!(!entry.product.is_empty(), "{line}");
    }
    let (day, data) = Catalog::builtin().as_of();
    assert!(day.starts_with("20") && data.starts_with("botocore 1."), "{day} {data}");
}

#[test]
fn every_source_has_words() {
    let flagged = PREFIXES.lines().filter(|line| !line.starts_with(['#', '!']));
    let mut seen = 0;
    for line in flagged {
        let words: Vec<&str> = line.split(' ').collect();
        let exceptions = words[3].split(',').filter_map(|one| Some(one.split_once(':')?.1));
        for source in exceptions.chain([words[2]]).filter(|source| *source != "-") {
            assert_ne!(source_words(source), source, "{line}");
            seen += 1;
        }
    }
    assert!(seen > 200, "{seen}");
}

/// Names, their kind, dual-stack form (see [`form`]) and evidence.
#[rustfmt::skip]
const NAMES: [(&str, Kind, &str, Evidence); 103] = [
    ("iam-fips.us-iso-east-1.c2s.ic.gov", Api, "iam-fips.api.aws.ic.gov", Built),
    ("iam-fips.amazonaws.com.cn", Api, "iam-fips.api.amazonwebservices.com.cn", Built),
    ("route53-fips.amazonaws.eu", Api, "route53-fips.api.amazonwebservices.eu", Built),
    ("budgets-fips.amazonaws.com", Api, "budgets-fips.api.aws", Built),
    ("cloudfront-fips.cn-northwest-1.amazonaws.com.cn", Api, "cloudfront-fips.api.amazonwebservices.com.cn", Built),
    ("routes.geo-fips.us-gov-west-1.us-gov.amazonaws.com", Api,
        "routes.geo-fips.us-gov-west-1.us-gov.api.aws", Built),
    ("routes.geo-fips.us-east-1.amazonaws.com", Api, "routes.geo-fips.us-east-1.api.aws", Rule),
    ("cloudfront-fips.amazonaws.com", Api, "cloudfront-fips.global.api.aws", Rule),
    ("iam.us-iso-east-1.c2s.ic.gov", Api, "iam.us-iso-east-1.api.aws.ic.gov", Rule),
    ("fips.batch.us-east-1.amazonaws.com", Api, "batch-fips.us-east-1.api.aws", Rule),
    ("secretsmanager-fips.us-east-1.amazonaws.com", Api, "=", Rule),
    ("secretsmanager-fips.cn-north-1.amazonaws.com.cn", Api,
        "secretsmanager-fips.cn-north-1.api.amazonwebservices.com.cn", Rule),
    ("ecr-fips.us-east-1.amazonaws.com", Api, "ecr-fips.us-east-1.api.aws", Rule),
    ("ecr-fips.us-east-1.api.aws", Api, "=", Rule),
    ("iam-fips.amazonaws.com", Api, "iam-fips.global.api.aws", Rule),
    ("eu-west-1.signin.aws.amazon.com", Api, "signin.eu-west-1.api.aws", Rule),
    ("ec2.us-isob-east-1.sc2s.sgov.gov", Api, "ec2.us-isob-east-1.api.aws.scloud", Rule),
    ("s3express-control.us-east-1.amazonaws.com", Api, "s3express-control.dualstack.us-east-1.amazonaws.com", Rule),
    ("b-1.demo.a1b2c3.c4.kafka.eu-west-1.amazonaws.com", KafkaBroker, "owner", Service),
    ("orders.a1b2c3.eu-west-1.redshift.amazonaws.com", Warehouse, "owner", Service),
    ("i-0a1b.eu-west-1.compute.internal", Instance, "owner", Service),
    ("ssm.us-west-2.amazonaws.com.", Api, "ssm.us-west-2.api.aws", Region),
    ("ssm.ap-southeast-6.amazonaws.com", Api, "ssm.ap-southeast-6.api.aws", Unlisted),
    ("ssm.us-gov-west-1.amazonaws.com", Api, "ssm.us-gov-west-1.api.aws", Region),
    ("ssm.cn-north-1.amazonaws.com.cn", Api, "ssm.cn-north-1.api.amazonwebservices.com.cn", Rule),
    ("ssm-fips.us-west-2.amazonaws.com", Api, "ssm-fips.us-west-2.api.aws", Rule),
    ("ssmmessages.us-west-2.amazonaws.com", Api, "ssmmessages.us-west-2.api.aws", Measured),
    ("ec2messages.us-west-2.amazonaws.com", Api, "ec2messages.us-west-2.api.aws", Absent),
    ("ec2messages.us-gov-west-1.amazonaws.com", Api, "ec2messages.us-gov-west-1.api.aws", Absent),
    ("codedeploy-commands.eu-west-1.amazonaws.com", Api, "codedeploy-commands.eu-west-1.api.aws", Absent),
    ("ecs-a-12.us-west-2.amazonaws.com", Api, "?", Rule),
    ("secretsmanager.eu-west-1.amazonaws.com", Api, "=", Service),
    ("kms.cn-north-1.amazonaws.com.cn", Api, "kms.cn-north-1.api.amazonwebservices.com.cn", Rule),
    ("sts.cn-north-1.amazonaws.com.cn", Api, "sts.cn-north-1.api.amazonwebservices.com.cn", Service),
    ("logs.us-gov-west-1.amazonaws.com", Api, "logs.us-gov-west-1.api.aws", Host),
    ("monitoring.us-east-2.amazonaws.com", Api, "monitoring.us-east-2.api.aws", Region),
    ("elasticfilesystem.us-east-1.amazonaws.com", Api, "efs.us-east-1.api.aws", Service),
    ("api.ecr.us-west-2.amazonaws.com", Api, "ecr.us-west-2.api.aws", Host),
    ("glue.us-west-2.amazonaws.com", Api, "glue.us-west-2.api.aws", Host),
    ("dynamodb.us-east-1.amazonaws.com", Api, "dynamodb.us-east-1.api.aws", Region),
    ("dynamodb.eu-west-1.amazonaws.com", Api, "dynamodb.eu-west-1.api.aws", Unlisted),
    ("123456789012.ddb.us-west-2.amazonaws.com", Api, "123456789012.ddb.us-west-2.api.aws", Region),
    ("123456789012.ddb.eu-west-1.amazonaws.com", Api, "123456789012.ddb.eu-west-1.api.aws", Unlisted),
    ("ec2.us-west-2.amazonaws.com", Api, "ec2.us-west-2.api.aws", Host),
    ("ec2.eu-central-2.amazonaws.com", Api, "ec2.eu-central-2.api.aws", Rule),
    ("iam.amazonaws.com", Api, "iam.global.api.aws", Service),
    ("iam.us-gov.amazonaws.com", Api, "iam.us-gov.api.aws", Rule),
    ("sts.amazonaws.com", Api, "sts.REGION.api.aws", Service),
    ("sts.us-west-2.api.aws", Api, "=", Service),
    ("eks-auth.us-west-2.api.aws", Api, "=", Service),
    ("efs.us-east-1.api.aws", Api, "=", Service),
    ("us-west-2.queue.amazonaws.com", Api, "sqs.us-west-2.api.aws", Host),
    ("queue.amazonaws.com", Api, "sqs.us-east-1.api.aws", Host),
    ("states.us-gov-west-1.amazonaws.com", Api, "states-fips.us-gov-west-1.api.aws", Rule),
    ("s3.us-west-2.amazonaws.com", Api, "s3.dualstack.us-west-2.amazonaws.com", Host),
    ("my.bucket.s3.eu-north-1.amazonaws.com", Bucket, "my.bucket.s3.dualstack.eu-north-1.amazonaws.com", Host),
    ("bkt.s3.dualstack.us-west-2.amazonaws.com", Bucket, "=", Host),
    ("bkt.s3-us-west-2.amazonaws.com", Bucket, "bkt.s3.dualstack.us-west-2.amazonaws.com", Service),
    ("s3-us-west-2.amazonaws.com", Api, "s3.dualstack.us-west-2.amazonaws.com", Service),
    ("s3-r-w.us-east-1.amazonaws.com", BucketTarget, "?", Rule),
    ("s3-w.us-east-1.amazonaws.com", BucketTarget, "?", Rule),
    ("s3-1-w.us-east-1.amazonaws.com", BucketTarget, "?", Rule),
    ("bkt.s3.amazonaws.com", Bucket, "bkt.s3.dualstack.BUCKET-REGION.amazonaws.com", Service),
    ("bkt.s3-accelerate.amazonaws.com", Bucket, "bkt.s3-accelerate.dualstack.amazonaws.com", Service),
    ("bkt.s3-accelerate.dualstack.amazonaws.com", Bucket, "=", Service),
    ("bkt.s3-website-us-east-1.amazonaws.com", BucketWebsite, "none", Absent),
    ("bkt.s3-website.eu-central-1.amazonaws.com", BucketWebsite, "none", Absent),
    ("ap-111122223333.s3-accesspoint.us-east-1.amazonaws.com", Bucket,
        "ap-111122223333.s3-accesspoint.dualstack.us-east-1.amazonaws.com", Host),
    ("123456789012.dkr.ecr.us-west-2.amazonaws.com", Registry, "123456789012.dkr-ecr.us-west-2.on.aws", Service),
    ("123456789012.dkr.ecr-fips.us-west-2.amazonaws.com", Registry,
        "123456789012.dkr-ecr-fips.us-west-2.on.aws", Service),
    ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", Registry,
        "123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn", Service),
    ("123456789012.dkr-ecr.us-west-2.on.aws", Registry, "=", Service),
    ("public.ecr.aws", PublicRegistry, "ecr-public.aws.com", Service),
    ("ecr-public.aws.com", PublicRegistry, "=", Service),
    ("vpce-099deb00b40f00e22-lj2wisx3-us-east-2c.monitoring.us-east-2.vpce.amazonaws.com", InterfaceEndpoint,
        "owner", Service),
    ("app-1234567890.us-west-2.elb.amazonaws.com", LoadBalancer, "owner", Service),
    ("internal-app-1234567890.us-west-2.elb.amazonaws.com", LoadBalancer, "owner", Service),
    ("dualstack.app-1234567890.us-west-2.elb.amazonaws.com", LoadBalancer, "owner", Service),
    ("net-0a1b2c3d4e5f6789.elb.us-west-2.amazonaws.com", NetworkLoadBalancer, "owner", Service),
    ("abc123.execute-api.us-west-2.amazonaws.com", ApiGateway, "owner", Service),
    ("abc.appsync-realtime-api.us-west-2.amazonaws.com", AppSync, "owner", Service),
    ("abc.lambda-url.us-west-2.on.aws", LambdaUrl, "=", Service),
    ("cluster.dsql.us-west-2.on.aws", Resource, "=", Service),
    ("0123456789abcdef.gr7.us-west-2.eks.amazonaws.com", EksCluster, "owner", Service),
    ("0123456789abcdef.eks-cluster.us-west-2.api.aws", EksCluster, "=", Service),
    ("oidc.eks.us-west-2.amazonaws.com", EksOidc, "oidc-eks.us-west-2.api.aws", Service),
    ("oidc-eks.us-west-2.api.aws", EksOidc, "=", Service),
    ("db1.abcdefghijkl.us-west-2.rds.amazonaws.com", Database, "owner", Service),
    ("db1.abcdefghijkl.rds.cn-north-1.amazonaws.com.cn", Database, "owner", Service),
    ("search-x-abc.us-west-2.es.amazonaws.com", SearchDomain, "owner", Service),
    ("fs-0123abcd.efs.us-west-2.amazonaws.com", FileSystem, "owner", Service),
    ("c.abc.ng.0001.usw2.cache.amazonaws.com", Cache, "owner", Service),
    ("ip-10-0-0-5.us-west-2.compute.internal", Instance, "owner", Service),
    ("ip-10-0-0-5.ec2.internal", Instance, "owner", Service),
    ("i-0123456789abcdef0.us-west-2.compute.internal", Instance, "owner", Service),
    ("ec2-192-0-2-1.us-west-2.compute.amazonaws.com", PublicInstance, "owner", Service),
    ("ec2-192-0-2-1.compute-1.amazonaws.com", PublicInstance, "owner", Service),
    ("abcd1234.us-west-2.ip.aws", InstanceIp, "=", Service),
    ("d111111abcdef8.cloudfront.net", CloudFront, "owner", Service),
    ("a1234567890abcdef.awsglobalaccelerator.com", GlobalAccelerator, "owner", Service),
    ("something-new.us-west-2.amazonaws.com", Kind::Unknown, "?", Rule),
    ("some.thing.amazonaws.com", Kind::Unknown, "?", Rule),
    ("console.aws.amazon.com.amazonaws.com", Kind::Unknown, "?", Rule),
];

#[test]
fn names_of_every_kind() {
    let mut wrong = Vec::new();
    for (name, kind, dual, evidence) in NAMES {
        let known = about(name).unwrap_or_else(|| panic!("{name}"));
        let found = (known.kind, form(&known), known.evidence);
        if found != (kind, dual.to_owned(), evidence) {
            wrong.push(format!("{name}: {found:?}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    for name in
        ["github.com.", "amazonaws.com", "notamazonaws.com", "aws.", ".", "", "compute.internal", "api.aws"]
    {
        assert_eq!(about(name), None, "{name}");
    }
}

#[test]
fn a_dual_stack_name_leads_back_to_the_standard_one() {
    for (dual, standard) in [
        ("kms.eu-west-1.api.aws.", Some("kms.eu-west-1.amazonaws.com")),
        ("ecr.us-gov-west-1.api.aws", Some("api.ecr.us-gov-west-1.amazonaws.com")),
        ("states.eusc-de-east-1.api.amazonwebservices.eu", Some("states.eusc-de-east-1.amazonaws.eu")),
        ("kms-fips.ca-west-1.api.aws", Some("kms-fips.ca-west-1.amazonaws.com")),
        ("kms.eu-west-1.amazonaws.com", None),
        ("iam.global.api.aws", None),
        ("nobody-knows.eu-west-1.api.aws", None),
        ("www.example.com", None),
    ] {
        assert_eq!(Catalog::builtin().standard_of(dual).as_deref(), standard, "{dual}");
    }
}

#[test]
fn the_parts_of_a_name() {
    let known = about("prod-us-west-2-starport-layer-bucket.s3.us-west-2.amazonaws.com").unwrap();
    let parts = (known.bucket.as_str(), known.prefix.as_str(), known.region.as_str(), known.product.as_str());
    assert_eq!(parts, ("prod-us-west-2-starport-layer-bucket", "s3", "us-west-2", "Amazon S3"));
    for (name, bucket) in [("a.b.s3.amazonaws.com", "a.b"), ("a.b.s3-us-west-2.amazonaws.com", "a.b")] {
        assert_eq!(about(name).unwrap().bucket, bucket, "{name}");
    }
    let known = about("efs.us-gov-west-1.api.aws.").unwrap();
    let parts = (known.prefix.as_str(), known.region.as_str(), known.partition.id());
    assert_eq!(parts, ("elasticfilesystem", "us-gov-west-1", "aws-us-gov"));
    assert_eq!(known.dual_stack_name("efs.us-gov-west-1.api.aws."), Some("efs.us-gov-west-1.api.aws"));
    assert_eq!(about("ssm.us-west-2.amazonaws.com").unwrap().words(), "AWS Systems Manager (API endpoint)");
}

#[test]
fn a_users_file_adds_and_goes_before() {
    let catalog = Catalog::builtin()
        .with("# ours\nssm n wiki\ngit.corp.example=git6.corp.example y wiki - - Git\nnewsvc y notes - - New thing\n")
        .unwrap();
    let ssm = catalog.about("ssm.us-west-2.amazonaws.com").unwrap();
    assert_eq!((ssm.evidence, ssm.product.as_str()), (Evidence::Absent, "AWS Systems Manager"));
    let git = catalog.about("git.corp.example.").unwrap();
    assert_eq!(
        (git.kind, form(&git).as_str(), git.evidence),
        (Kind::Own, "git6.corp.example", Evidence::Service)
    );
    let new = catalog.about("newsvc.us-west-2.amazonaws.com").unwrap();
    assert_eq!((form(&new).as_str(), new.source.as_str()), ("newsvc.us-west-2.api.aws", "notes"));
    assert_eq!(Catalog::builtin().about("git.corp.example"), None);
    assert_eq!(Catalog::builtin().with("x\ny q").unwrap_err().line, 2);
}
