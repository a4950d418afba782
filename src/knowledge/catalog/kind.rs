//! The kinds of AWS names, and who decides for each whether it has an IPv6 address.

use strum::VariantArray;

use crate::base::variants::array;

/// What kind of thing a name is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, VariantArray)]
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
    /// A broker of Apache Kafka.
    KafkaBroker,
    /// A message broker.
    MessageBroker,
    /// A document database.
    DocumentDatabase,
    /// A graph database.
    GraphDatabase,
    /// A data warehouse.
    Warehouse,
    /// An in-memory database.
    MemoryDatabase,
    /// A search collection.
    SearchCollection,
    /// A notebook or a studio.
    Notebook,
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
    pub const ALL: [Self; Self::VARIANTS.len()] = array(Self::VARIANTS);

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
            Self::KafkaBroker => "kafka-broker",
            Self::MessageBroker => "message-broker",
            Self::DocumentDatabase => "document-database",
            Self::GraphDatabase => "graph-database",
            Self::Warehouse => "warehouse",
            Self::MemoryDatabase => "memory-database",
            Self::SearchCollection => "search-collection",
            Self::Notebook => "notebook",
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
            Self::Cache => "cache in Amazon ElastiCache or DAX",
            Self::KafkaBroker => "broker of an Amazon MSK cluster",
            Self::MessageBroker => "broker in Amazon MQ",
            Self::DocumentDatabase => "cluster in Amazon DocumentDB",
            Self::GraphDatabase => "cluster in Amazon Neptune",
            Self::Warehouse => "data warehouse in Amazon Redshift",
            Self::MemoryDatabase => "cluster in Amazon MemoryDB",
            Self::SearchCollection => "collection in Amazon OpenSearch Serverless",
            Self::Notebook => "notebook or studio",
            Self::SearchDomain => "OpenSearch Service domain",
            Self::FileSystem => "file system in Amazon EFS or FSx",
            Self::Instance => "EC2 instance, by its private name",
            Self::PublicInstance => "EC2 instance, by its public IPv4 name",
            Self::InstanceIp => "EC2 instance, by its public IPv6 or dual-stack name",
            Self::CloudFront => "CloudFront distribution",
            Self::GlobalAccelerator => "accelerator in AWS Global Accelerator",
            Self::Resource => "resource with a dual-stack name",
            Self::Unknown => "AWS name of no service that the catalog knows",
            Self::Own => "name from your catalog file",
        }
    }

    /// Its words with the article that they take: `an API endpoint`, `a cache`.
    #[must_use]
    pub fn a(self) -> String {
        let words = self.words();
        let vowel = matches!(
            words.bytes().next(),
            Some(b'a' | b'e' | b'i' | b'o' | b'A' | b'E' | b'I' | b'O' | b'S')
        );
        // S3 is spoken with a vowel.
        let an = vowel && (!words.starts_with('S') || words.starts_with("S3"));
        format!("{} {words}", if an { "an" } else { "a" })
    }
}
