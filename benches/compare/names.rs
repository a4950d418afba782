//! The names that a generated fleet asks for, and what the resolver answers for each.

use std::fmt::Write as _;

use super::random::Random;

pub(crate) const REGIONS: [&str; 5] =
    ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-northeast-1"];

const SERVICES: [&str; 40] = [
    "ssm",
    "ec2messages",
    "ssmmessages",
    "sts",
    "logs",
    "monitoring",
    "s3",
    "ec2",
    "sqs",
    "dynamodb",
    "kms",
    "secretsmanager",
    "sns",
    "lambda",
    "kinesis",
    "api.ecr",
    "ecs",
    "ecs-agent",
    "ecs-telemetry",
    "eks",
    "events",
    "states",
    "xray",
    "autoscaling",
    "elasticloadbalancing",
    "elasticfilesystem",
    "rds",
    "athena",
    "glue",
    "firehose",
    "cloudformation",
    "codedeploy",
    "codedeploy-commands-secure",
    "guardduty-data",
    "inspector2",
    "tagging",
    "bedrock-runtime",
    "batch",
    "backup",
    "servicediscovery",
];

/// Services whose ordinary name already has an IPv6 address.
const DUAL_STACK_BY_NAME: [&str; 2] = ["secretsmanager", "guardduty-data"];

const PUBLIC: [(&str, Fate); 32] = [
    ("github.com.", Fate::Ipv4Only),
    ("api.github.com.", Fate::Ipv4Only),
    ("pypi.org.", Fate::Native),
    ("files.pythonhosted.org.", Fate::Native),
    ("registry-1.docker.io.", Fate::Native),
    ("auth.docker.io.", Fate::Native),
    ("ghcr.io.", Fate::Ipv4Only),
    ("registry.npmjs.org.", Fate::Native),
    ("security.ubuntu.com.", Fate::Native),
    ("archive.ubuntu.com.", Fate::Native),
    ("deb.debian.org.", Fate::Native),
    ("cdn.amazonlinux.com.", Fate::Ipv4Only),
    ("hooks.slack.com.", Fate::Ipv4Only),
    ("slack.com.", Fate::Ipv4Only),
    ("api.datadoghq.com.", Fate::Ipv4Only),
    ("agent-intake.logs.datadoghq.com.", Fate::Gains),
    ("ingest.sentry.io.", Fate::Ipv4Only),
    ("collector.newrelic.com.", Fate::Ipv4Only),
    ("index.crates.io.", Fate::Native),
    ("proxy.golang.org.", Fate::Native),
    ("repo.maven.apache.org.", Fate::Native),
    ("dl.google.com.", Fate::Native),
    ("oauth2.googleapis.com.", Fate::Native),
    ("login.microsoftonline.com.", Fate::Native),
    ("releases.hashicorp.com.", Fate::Native),
    ("packages.elastic.co.", Fate::Mixed),
    ("acme-v02.api.letsencrypt.org.", Fate::Native),
    ("ocsp.digicert.com.", Fate::Native),
    ("api.stripe.com.", Fate::Ipv4Only),
    ("api.pagerduty.com.", Fate::Ipv4Only),
    ("iam.amazonaws.com.", Fate::Ipv4Only),
    ("ipv4only.arpa.", Fate::Ipv4Only),
];

const WORDS: [&str; 40] = [
    "orders",
    "billing",
    "ledger",
    "search",
    "index",
    "auth",
    "session",
    "cache",
    "queue",
    "events",
    "media",
    "images",
    "static",
    "assets",
    "edge",
    "feeds",
    "metrics",
    "traces",
    "audit",
    "backup",
    "archive",
    "reports",
    "catalog",
    "pricing",
    "tax",
    "shipping",
    "returns",
    "inventory",
    "profile",
    "mail",
    "notify",
    "push",
    "graph",
    "vector",
    "model",
    "train",
    "batch",
    "stream",
    "relay",
    "gateway",
];

const SEARCH_SUFFIXES: [&str; 4] =
    ["default.svc.cluster.local.", "svc.cluster.local.", "cluster.local.", "ec2.internal."];

/// What the authoritative side knows of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// A and AAAA.
    Native,
    /// A only: empty, or synthesized where DNS64 is on.
    Ipv4Only,
    /// Gets its AAAA in the middle of the log.
    Gains,
    /// AAAA of its own with a synthesized one beside it.
    Mixed,
    /// AAAA only.
    Ipv6Only,
    /// The name exists and has neither.
    NoAddress,
    /// Addresses that nothing can connect to.
    Unusable,
    /// On a list of DNS Firewall, where a VPC has one; IPv4-only elsewhere.
    Listed,
    /// On a list that only alerts.
    Alerted,
    Nxdomain,
    Servfail,
    Refused,
    /// A response code hardly ever seen.
    Other,
}

/// Answer elements as JSON text, twice over, so that any rotation is one slice.
#[derive(Debug, Default)]
pub(crate) struct Ring {
    text: String,
    starts: Vec<usize>,
}

impl Ring {
    fn new(kind: &str, addresses: &[String]) -> Self {
        let mut ring = Self::default();
        for address in addresses.iter().chain(addresses) {
            ring.starts.push(ring.text.len());
            element(&mut ring.text, address, kind);
        }
        ring
    }

    /// All elements once, each followed by a comma, beginning with another one for another `turn`.
    pub(crate) fn turned(&self, turn: usize) -> &str {
        let count = self.starts.len() / 2;
        if count == 0 {
            return "";
        }
        let first = turn % count;
        &self.text[self.starts[first]..self.starts[first + count]]
    }
}

fn element(text: &mut String, rdata: &str, kind: &str) {
    let _ = write!(text, r#"{{"Rdata":"{rdata}","Type":"{kind}","Class":"IN"}},"#);
}

#[derive(Debug)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) fate: Fate,
    /// CNAME elements that come before the addresses, each with a comma.
    pub(crate) chain: String,
    pub(crate) ipv4: Ring,
    pub(crate) ipv6: Ring,
    pub(crate) synthesized: Ring,
}

/// All names, most popular first. Regional ones stand in families: one name per region, side by side.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) all: Vec<Name>,
    /// Per name the first of its family, if it is regional.
    family: Vec<Option<usize>>,
}

impl Names {
    pub(crate) fn new(count: usize, random: &mut Random) -> Self {
        let mut names = Self::default();
        names.well_known(count, random);
        while names.all.len() < count {
            names.tail(random);
        }
        names.all.truncate(count);
        // A family cut short by the limit stands for itself alone.
        for family in &mut names.family {
            if family.is_some_and(|first| first + REGIONS.len() > count) {
                *family = None;
            }
        }
        names
    }

    /// A name by popularity; a regional one as asked in `region`.
    pub(crate) fn draw(&self, region: usize, random: &mut Random) -> usize {
        let rank = random.skewed(self.all.len());
        self.family[rank].map_or(rank, |first| first + region)
    }

    /// The interface names of AWS, both forms, with the well-known public names strewn in.
    fn well_known(&mut self, count: usize, random: &mut Random) {
        let mut public = PUBLIC.iter();
        for service in SERVICES {
            if self.all.len() >= count {
                return;
            }
            let fate = if DUAL_STACK_BY_NAME.contains(&service) {
                Fate::Native
            } else if service == "ecs" {
                Fate::Gains
            } else {
                Fate::Ipv4Only
            };
            self.regional(random, fate, 1, |region| (format!("{service}.{region}.amazonaws.com."), vec![]));
            if random.per_mille(500) {
                let fate = if random.per_mille(80) { Fate::Nxdomain } else { Fate::Native };
                self.regional(random, fate, 1, |region| (format!("{service}.{region}.api.aws."), vec![]));
            }
            if let Some((name, fate)) = public.next() {
                let addresses = 1 + random.below(3);
                self.add(random, (*name).to_owned(), *fate, vec![], addresses);
            }
        }
    }

    fn tail(&mut self, random: &mut Random) {
        let (word, other, tag) = (*random.pick(&WORDS), *random.pick(&WORDS), random.hex(4));
        match random.below(100) {
            0..14 => self.regional(random, Fate::Ipv4Only, 3, |region| {
                let bucket = format!("{word}-{other}-{tag}.s3.{region}.amazonaws.com.");
                (bucket, vec![format!("s3-r-w.{region}.amazonaws.com.")])
            }),
            14..20 => self.regional(random, Fate::Native, 3, |region| {
                let bucket = format!("{word}-{other}-{tag}.s3.dualstack.{region}.amazonaws.com.");
                (bucket, vec![format!("s3-r-w.dualstack.{region}.amazonaws.com.")])
            }),
            20..28 => self.regional(random, Fate::Ipv4Only, 2, |region| {
                (format!("{word}-{tag}.cluster-c{tag}0aq.{region}.rds.amazonaws.com."), vec![])
            }),
            28..48 => {
                let fate = match random.below(100) {
                    0..6 => Fate::NoAddress,
                    6..12 => Fate::Native,
                    _ => Fate::Ipv4Only,
                };
                self.add(random, format!("{word}-{tag}.{other}.corp.example.internal."), fate, vec![], 1);
            }
            48..58 => {
                let suffix = *random.pick(&SEARCH_SUFFIXES);
                self.add(
                    random,
                    format!("{word}-{tag}.{other}.example.com.{suffix}"),
                    Fate::Nxdomain,
                    vec![],
                    1,
                );
            }
            58..70 => {
                let chain = vec![format!("d{}{tag}.cloudfront.net.", random.hex(9))];
                let fate = if random.per_mille(550) { Fate::Native } else { Fate::Ipv4Only };
                self.add(random, format!("{word}-{tag}.{other}.example.net."), fate, chain, 4);
            }
            _ => {
                let fate = match random.below(100) {
                    0..34 => Fate::Native,
                    34..76 => Fate::Ipv4Only,
                    76..78 => Fate::Gains,
                    78..80 => Fate::Mixed,
                    80..82 => Fate::Ipv6Only,
                    82..84 => Fate::NoAddress,
                    84..87 => Fate::Unusable,
                    87..90 => Fate::Listed,
                    90..91 => Fate::Alerted,
                    91..95 => Fate::Nxdomain,
                    95..97 => Fate::Servfail,
                    97..98 => Fate::Refused,
                    _ => Fate::Other,
                };
                let mut chain = Vec::new();
                for hop in 0..random.below(3) {
                    chain.push(format!("{word}-{tag}-{hop}.lb.example.org."));
                }
                let addresses = 1 + random.skewed(4);
                self.add(random, format!("{word}-{other}-{tag}.example.org."), fate, chain, addresses);
            }
        }
    }

    /// One name for every region.
    fn regional(
        &mut self,
        random: &mut Random,
        fate: Fate,
        addresses: usize,
        name: impl Fn(&str) -> (String, Vec<String>),
    ) {
        let first = self.all.len();
        for region in REGIONS {
            let (text, chain) = name(region);
            self.add(random, text, fate, chain, addresses);
        }
        self.family[first..].fill(Some(first));
    }

    fn add(&mut self, random: &mut Random, text: String, fate: Fate, chain: Vec<String>, addresses: usize) {
        let private = text.ends_with(".internal.");
        let ipv4: Vec<[u8; 4]> = (0..addresses).map(|_| ipv4(random, private)).collect();
        let native = ipv6(random, addresses, private);
        let mut cnames = String::new();
        for target in chain {
            element(&mut cnames, &target, "CNAME");
        }
        // A few synthesized answers come from the prefix for local use, which hides its IPv4.
        let local_use = random.per_mille(10);
        let mapped: Vec<String> = ipv4.iter().map(|octets| synthesized(*octets, local_use)).collect();
        let (ipv4, ipv6) = match fate {
            Fate::Unusable => (vec![unusable_ipv4(random)], vec![unusable_ipv6(random)]),
            Fate::Mixed => (ipv4.into_iter().map(dotted).collect(), [&native[..], &mapped[..1]].concat()),
            _ => (ipv4.into_iter().map(dotted).collect(), native),
        };
        self.all.push(Name {
            text,
            fate,
            chain: cnames,
            ipv4: Ring::new("A", &ipv4),
            ipv6: Ring::new("AAAA", &ipv6),
            synthesized: Ring::new("AAAA", &mapped),
        });
        self.family.push(None);
    }
}

fn ipv4(random: &mut Random, private: bool) -> [u8; 4] {
    let [_, b, c, d, ..] = random.next().to_be_bytes();
    let a =
        if private { 10 } else { *random.pick(&[3, 13, 18, 34, 44, 52, 54, 99, 104, 140, 151, 185, 203]) };
    [a, b, c, d.max(1)]
}

fn dotted([a, b, c, d]: [u8; 4]) -> String {
    format!("{a}.{b}.{c}.{d}")
}

fn ipv6(random: &mut Random, count: usize, private: bool) -> Vec<String> {
    let public = ["2600:9000", "2600:1f18", "2606:4700", "2a04:4e42", "2a05:d018", "2001:db8"];
    let prefix = if private { "fd12:3456" } else { *random.pick(&public) };
    let (site, tail) = (random.below(0xffff) + 1, random.hex(3));
    let short = random.per_mille(400);
    (1..=count)
        .map(|host| {
            if short {
                format!("{prefix}:{site:x}::{:x}", host * 7)
            } else {
                let net = 0x1000 * host + random.below(0xfff);
                format!("{prefix}:{site:x}:{net:x}:3:db06:4{tail}:93a1")
            }
        })
        .collect()
}

fn synthesized(octets: [u8; 4], local_use: bool) -> String {
    let [a, b, c, d] = octets;
    let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    let prefix = if local_use { "64:ff9b:1::" } else { "64:ff9b::" };
    format!("{prefix}{high:x}:{low:x}")
}

fn unusable_ipv4(random: &mut Random) -> String {
    (*random.pick(&["0.0.0.0", "127.0.0.1", "127.0.53.53", "239.255.0.1", "255.255.255.255"])).to_owned()
}

fn unusable_ipv6(random: &mut Random) -> String {
    let known = [
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "::10.1.2.3",
        "100::1",
        "fe80::1",
        "fec0::1",
        "ff02::fb",
    ];
    (*random.pick(&known)).to_owned()
}
