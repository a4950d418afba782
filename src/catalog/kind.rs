//! The kinds of AWS names, and who decides for each whether it has an IPv6 address.

/// What kind of thing a name is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The API of a service.
    Api,
    /// A bucket, an access point or a directory bucket of S3.
    Bucket,
    /// A static website in a bucket.
    BucketWebsite,
    /// What the names of buckets point to.
    BucketTarget,
    /// A private image registry.
    Registry,
    /// The public image registry.
    PublicRegistry,
    /// An interface endpoint, by its own name.
    InterfaceEndpoint,
    /// An Application or Classic Load Balancer.
    LoadBalancer,
    /// A Network Load Balancer.
    NetworkLoadBalancer,
    /// An API of somebody's own.
    ApiGateway,
    /// A GraphQL API of somebody's own.
    AppSync,
    /// A function's URL.
    LambdaUrl,
    /// The API server of a Kubernetes cluster.
    EksCluster,
    /// The identity provider of a Kubernetes cluster.
    EksOidc,
    /// A relational database.
    Database,
    /// A cache.
    Cache,
    /// A search domain.
    SearchDomain,
    /// A file system.
    FileSystem,
    /// An instance, by its private name.
    Instance,
    /// An instance, by its public IPv4 name.
    PublicInstance,
    /// An instance, by a name in `ip.aws`.
    InstanceIp,
    /// A content distribution.
    CloudFront,
    /// An accelerator.
    GlobalAccelerator,
    /// A resource with a newer kind of name, which is dual-stack by design.
    Resource,
    /// AWS's, but of no service that the catalog knows.
    Unknown,
    /// A name that the user's own file states.
    Own,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 26] = [
        Self::Api,
        Self::Bucket,
        Self::BucketWebsite,
        Self::BucketTarget,
        Self::Registry,
        Self::PublicRegistry,
        Self::InterfaceEndpoint,
        Self::LoadBalancer,
        Self::NetworkLoadBalancer,
        Self::ApiGateway,
        Self::AppSync,
        Self::LambdaUrl,
        Self::EksCluster,
        Self::EksOidc,
        Self::Database,
        Self::Cache,
        Self::SearchDomain,
        Self::FileSystem,
        Self::Instance,
        Self::PublicInstance,
        Self::InstanceIp,
        Self::CloudFront,
        Self::GlobalAccelerator,
        Self::Resource,
        Self::Unknown,
        Self::Own,
    ];

    /// The word used in exports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Bucket => "bucket",
            Self::BucketWebsite => "bucket-website",
            Self::BucketTarget => "bucket-target",
            Self::Registry => "registry",
            Self::PublicRegistry => "public-registry",
            Self::InterfaceEndpoint => "interface-endpoint",
            Self::LoadBalancer => "load-balancer",
            Self::NetworkLoadBalancer => "network-load-balancer",
            Self::ApiGateway => "api-gateway",
            Self::AppSync => "appsync",
            Self::LambdaUrl => "lambda-url",
            Self::EksCluster => "eks-cluster",
            Self::EksOidc => "eks-oidc",
            Self::Database => "database",
            Self::Cache => "cache",
            Self::SearchDomain => "search-domain",
            Self::FileSystem => "file-system",
            Self::Instance => "instance",
            Self::PublicInstance => "public-instance",
            Self::InstanceIp => "instance-ip",
            Self::CloudFront => "cloudfront",
            Self::GlobalAccelerator => "global-accelerator",
            Self::Resource => "resource",
            Self::Unknown => "unknown",
            Self::Own => "own",
        }
    }

    /// What it is, for a person.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Api => "API endpoint",
            Self::Bucket => "S3 bucket or access point",
            Self::BucketWebsite => "website in an S3 bucket",
            Self::BucketTarget => "what names of S3 buckets point to",
            Self::Registry => "private image registry",
            Self::PublicRegistry => "public image registry",
            Self::InterfaceEndpoint => "interface endpoint (AWS PrivateLink)",
            Self::LoadBalancer => "Application or Classic Load Balancer",
            Self::NetworkLoadBalancer => "Network Load Balancer",
            Self::ApiGateway => "API in Amazon API Gateway",
            Self::AppSync => "API in AWS AppSync",
            Self::LambdaUrl => "Lambda function URL",
            Self::EksCluster => "API server of an EKS cluster",
            Self::EksOidc => "OIDC provider of EKS clusters",
            Self::Database => "database in Amazon RDS",
            Self::Cache => "cache in Amazon ElastiCache",
            Self::SearchDomain => "OpenSearch Service domain",
            Self::FileSystem => "EFS file system",
            Self::Instance => "EC2 instance, by its private name",
            Self::PublicInstance => "EC2 instance, by its public IPv4 name",
            Self::InstanceIp => "EC2 instance, by its public IPv6 or dual-stack name",
            Self::CloudFront => "CloudFront distribution",
            Self::GlobalAccelerator => "Global Accelerator",
            Self::Resource => "resource with a dual-stack name",
            Self::Unknown => "AWS name of no service that the catalog knows",
            Self::Own => "name from your catalog file",
        }
    }

    /// Where the owner of such a resource gives it IPv6 addresses, as an instruction.
    #[must_use]
    pub fn owner_sets(self) -> &'static str {
        match self {
            Self::InterfaceEndpoint => {
                "set the endpoint's IP address type to dualstack and its DNS record IP type to dualstack; its subnets need IPv6"
            }
            Self::LoadBalancer | Self::NetworkLoadBalancer => {
                "set the load balancer's IP address type to dualstack (`aws elbv2 set-ip-address-type`); its subnets need IPv6"
            }
            Self::ApiGateway => "set the API's IP address type to dualstack",
            Self::EksCluster => {
                "the address family is fixed when the cluster is made: only IPv6 clusters made after October 2024 have a \
                 dual-stack API server"
            }
            Self::Database => "set the database's network type to dual-stack mode",
            Self::Cache => "give the cache the network type dual stack when it is made",
            Self::SearchDomain => "set the domain's IP address type to dualstack",
            Self::CloudFront => "enable IPv6 on the distribution",
            Self::GlobalAccelerator => "use a dual-stack accelerator",
            Self::Instance => {
                "use resource-based instance names (i-….compute.internal) with AAAA records enabled"
            }
            Self::PublicInstance => {
                "use the instance's dual-stack name in ip.aws, or a name of your own with an AAAA record"
            }
            _ => "ask the owner of the resource for IPv6",
        }
    }
}
