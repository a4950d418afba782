//! Names: label by label, so that a name that is below another, or is another with a search domain after it,
//! still is so afterwards.

use std::collections::HashSet;
use std::sync::OnceLock;

use super::{Domain, Redaction};
use crate::knowledge::address::{parse_ipv4, parse_ipv6};
use crate::knowledge::catalog::{Catalog, is_region};

/// Names that the whole world asks for.
const PUBLIC: &str = include_str!("public.txt");

/// How the names of AWS's own zones end.
const ENDINGS: [&str; 20] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "api.aws",
    "api.amazonwebservices.com.cn",
    "api.amazonwebservices.eu",
    "on.aws",
    "on.amazonwebservices.com.cn",
    "ip.aws",
    "compute.internal",
    "ec2.internal",
    "cloudfront.net",
    "awsglobalaccelerator.com",
    "public.ecr.aws",
    "aws.com",
    "c2s.ic.gov",
    "sc2s.sgov.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
    "ecr.aws",
];

/// Labels in the names of AWS that tell what the labels before them are, besides the prefixes of its APIs.
const WORDS: [&str; 22] = [
    "dualstack",
    "ipv6",
    "vpce",
    "elb",
    "execute-api",
    "appsync-api",
    "appsync-realtime-api",
    "rds",
    "cache",
    "es",
    "aoss",
    "efs",
    "eks",
    "dkr",
    "dkr-ecr",
    "dkr-ecr-fips",
    "ddb",
    "lambda-url",
    "compute",
    "compute-1",
    "queue",
    "s3-control",
];

/// Labels that say nothing of whose a name is, in any place.
const PLAIN: [&str; 20] = [
    "com",
    "net",
    "org",
    "io",
    "dev",
    "internal",
    "local",
    "localhost",
    "localdomain",
    "lan",
    "home",
    "arpa",
    "svc",
    "pod",
    "cluster",
    "example",
    "test",
    "invalid",
    "_tcp",
    "_udp",
];

fn public() -> &'static HashSet<&'static str> {
    static NAMES: OnceLock<HashSet<&'static str>> = OnceLock::new();
    NAMES.get_or_init(|| {
        PUBLIC.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
    })
}

fn words() -> &'static HashSet<&'static str> {
    static WORDS_KNOWN: OnceLock<HashSet<&'static str>> = OnceLock::new();
    WORDS_KNOWN.get_or_init(|| {
        let prefixes = Catalog::builtin().prefixes().flat_map(|prefix| prefix.split('.'));
        prefixes.chain(WORDS).collect()
    })
}

/// Whether a label is of S3's, before which there is nothing but a bucket's name.
fn is_storage(label: &str) -> bool {
    matches!(
        label,
        "s3" | "s3-fips"
            | "s3-accesspoint"
            | "s3-object-lambda"
            | "s3-accelerate"
            | "s3-website"
            | "s3-control"
    ) || ["s3-", "s3-website-"].iter().any(|start| label.strip_prefix(start).is_some_and(is_region))
}

fn is_zone(label: &str) -> bool {
    label
        .char_indices()
        .next_back()
        .is_some_and(|(at, last)| last.is_ascii_lowercase() && is_region(&label[..at]))
}

/// The labels, a dot after a backslash being of the label (RFC 1035 section 5.1).
fn labels(name: &str) -> Vec<&str> {
    let (mut labels, mut start, mut escaped) = (Vec::new(), 0, false);
    for (at, char) in name.char_indices() {
        if char == '.' && !escaped {
            labels.push(&name[start..at]);
            start = at + 1;
        }
        escaped = char == '\\' && !escaped;
    }
    labels.push(&name[start..]);
    labels
}

/// How many labels the ending of AWS's has that `labels` end in; 0 for none.
fn ending(labels: &[&str]) -> usize {
    let longest = labels.len().saturating_sub(1).min(4);
    let is_one = |count: &usize| ENDINGS.contains(&labels[labels.len() - count..].join(".").as_str());
    (1..=longest).rev().find(is_one).unwrap_or(0)
}

impl Redaction {
    /// The pseudonym of a name, in lower case: public names stay, and of others the labels that tell nothing.
    #[must_use]
    pub fn name(&self, name: &str) -> String {
        let lower = name.to_ascii_lowercase();
        let (host, dot) = match lower.strip_suffix('.') {
            Some(host) => (host, "."),
            None => (lower.as_str(), ""),
        };
        if host.is_empty() {
            return lower;
        }
        format!("{}{dot}", self.labels(&labels(host)).join("."))
    }

    fn labels(&self, labels: &[&str]) -> Vec<String> {
        if public().contains(labels.join(".").as_str()) {
            return labels.iter().map(ToString::to_string).collect();
        }
        if let Some(reverse) = self.reverse(labels) {
            return reverse;
        }
        // A name that is known, with a search domain after it.
        let stem = (2..labels.len()).rev().find(|count| {
            let stem = &labels[..*count];
            ending(stem) > 0 || public().contains(stem.join(".").as_str())
        });
        if let Some(count) =
            stem.filter(|count| ending(labels) == 0 || *count < labels.len() - ending(labels))
        {
            let mut mapped = self.labels(&labels[..count]);
            let rest = &labels[count..];
            mapped.extend(if ending(rest) > 0 { self.of_aws(rest) } else { self.each(rest) });
            return mapped;
        }
        if ending(labels) > 0 { self.of_aws(labels) } else { self.each(labels) }
    }

    fn each(&self, labels: &[&str]) -> Vec<String> {
        labels.iter().map(|label| self.label(label)).collect()
    }

    /// A name of AWS's: from the right, what is a word of AWS's stays; what comes before is somebody's.
    fn of_aws(&self, labels: &[&str]) -> Vec<String> {
        let end = labels.len() - ending(labels);
        let mut mapped: Vec<String> = labels[end..].iter().rev().map(ToString::to_string).collect();
        let mut theirs = false;
        for label in labels[..end].iter().rev() {
            theirs |= !(is_region(label) || words().contains(label) || is_storage(label));
            mapped.push(if theirs { self.label(label) } else { (*label).to_owned() });
            theirs |= is_storage(label);
        }
        mapped.reverse();
        mapped
    }

    /// A label that is not public. Accounts, ids and addresses in it become as they do elsewhere.
    fn label(&self, label: &str) -> String {
        if PLAIN.contains(&label)
            || is_region(label)
            || is_zone(label)
            || matches!(label, "" | "*" | "dualstack")
        {
            return label.to_owned();
        }
        if label.len() == 12 && label.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.account(label);
        }
        for start in ["ip-", "ec2-"] {
            let address =
                label.strip_prefix(start).and_then(|rest| parse_ipv4(rest.replace('-', ".").as_bytes()));
            if let Some(bits) = address {
                return format!(
                    "{start}{}",
                    std::net::Ipv4Addr::from(self.ipv4(bits)).to_string().replace('.', "-")
                );
            }
        }
        if super::public::kind_of_id(label).is_some() {
            return self.id(label);
        }
        format!("n{:010x}", self.hash(Domain::Label, label.as_bytes()) >> 24)
    }

    /// A reverse name with the address of the pseudonym; `None` if it is not one of a whole address.
    fn reverse(&self, labels: &[&str]) -> Option<Vec<String>> {
        let (first, last) = labels.split_at(labels.len().checked_sub(2)?);
        let mut first: Vec<&str> = first.to_vec();
        first.reverse();
        let mut mapped: Vec<String> = match (last, first.len()) {
            (["in-addr", "arpa"], 4) => {
                let bits = self.ipv4(parse_ipv4(first.join(".").as_bytes())?);
                bits.to_be_bytes().iter().map(ToString::to_string).collect()
            }
            (["ip6", "arpa"], 32) if first.iter().all(|nibble| nibble.len() == 1) => {
                let groups: Vec<String> = first.chunks(4).map(<[&str]>::concat).collect();
                let bits = self.ipv6(parse_ipv6(groups.join(":").as_bytes())?);
                format!("{bits:032x}").chars().map(String::from).collect()
            }
            (["in-addr" | "ip6", "arpa"], _) => first.iter().map(|label| self.label(label)).collect(),
            _ => return None,
        };
        mapped.reverse();
        mapped.extend(last.iter().map(ToString::to_string));
        Some(mapped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::address::Nat64Prefixes;

    fn redaction() -> Redaction {
        Redaction::new(b"key", Nat64Prefixes::default()).unwrap()
    }

    #[test]
    fn public_names_stay() {
        for name in [
            "ssm.us-west-2.amazonaws.com.",
            "ec2messages.us-west-2.amazonaws.com",
            "s3.dualstack.us-west-2.amazonaws.com.",
            "kms.us-west-2.api.aws.",
            "sts.amazonaws.com.",
            "api.ecr.us-west-2.amazonaws.com.",
            "github.com.",
            "pypi.org.",
            "ipv4only.arpa.",
            "ssm.us-west-2.amazonaws.com.us-west-2.compute.internal.",
            "com.",
            ".",
        ] {
            assert_eq!(redaction().name(name), name);
        }
    }

    #[test]
    fn an_account_in_a_name_is_that_account() {
        let (redaction, account) = (redaction(), "111122223333");
        let other = redaction.name(&format!("{account}.dkr.ecr.us-west-2.amazonaws.com."));
        assert!(other.starts_with(&format!("{}.dkr.", redaction.account(account))), "{other}");
    }

    #[test]
    fn an_ending_of_awss_stays_whole() {
        for ending in ENDINGS {
            let other = redaction().name(&format!("acme-secret.{ending}."));
            assert!(other.ends_with(&format!(".{ending}.")) && !other.contains("acme"), "{other}");
        }
    }

    #[test]
    fn what_is_somebodys_goes() {
        let redaction = redaction();
        for (name, stays) in [
            ("acme-secret.s3.us-west-2.amazonaws.com.", ".s3.us-west-2.amazonaws.com."),
            ("backup.s3.us-west-2.amazonaws.com.", ".s3.us-west-2.amazonaws.com."),
            ("backup.s3-us-west-2.amazonaws.com.", ".s3-us-west-2.amazonaws.com."),
            ("111122223333.dkr.ecr.us-west-2.amazonaws.com.", ".dkr.ecr.us-west-2.amazonaws.com."),
            ("vpce-0abc-xyz.ssm.us-west-2.vpce.amazonaws.com.", ".ssm.us-west-2.vpce.amazonaws.com."),
            ("acme-1.us-west-2.elb.amazonaws.com.", ".us-west-2.elb.amazonaws.com."),
            ("ip-10-0-0-5.us-west-2.compute.internal.", ".us-west-2.compute.internal."),
            ("d111111abcdef8.cloudfront.net.", ".cloudfront.net."),
            ("acme.com.", ".com."),
            ("db.acme.internal.", ".internal."),
            ("5.0.0.10.in-addr.arpa.", ".in-addr.arpa."),
            ("acme.", "."),
        ] {
            let other = redaction.name(name);
            assert!(other.ends_with(stays), "{name} {other}");
            let count = |name: &str| name.split('.').count();
            assert_eq!(count(&other), count(name), "{name} {other}");
            let gone = name.strip_suffix(stays).unwrap();
            assert!(gone.split('.').all(|label| label.len() < 3 || !other.contains(label)), "{name} {other}");
            assert_eq!(redaction.name(&name.to_ascii_uppercase()), other);
        }
        assert!(redaction.name("ip-10-0-0-5.us-west-2.compute.internal").starts_with("ip-10-"));
        let (domain, below) = (redaction.name("corp.acme.com."), redaction.name("db.corp.acme.com."));
        assert!(below.ends_with(&format!(".{domain}")), "{below} {domain}");
        assert_eq!(redaction.name("db.corp.acme.com.corp.acme.com."), format!("{below}{domain}"));
        let own = Catalog::builtin();
        for name in ["acme-1.us-west-2.elb.amazonaws.com", "acme.s3.us-west-2.amazonaws.com"] {
            let kind = |name: &str| own.about(name).map(|known| known.kind);
            assert_eq!(kind(&redaction.name(name)), kind(name));
        }
    }
}
