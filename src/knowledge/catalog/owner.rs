//! Resources that AWS runs for somebody: whose a name is, and how its owner gives it IPv6 addresses. Data
//! (`owners.toml`).

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::LazyLock;

use compact_str::CompactString;
use foldhash::fast::RandomState;
use serde::Deserialize;
use smallvec::SmallVec;

use super::Kind;
use super::partition::{is_region, labels, last_label, split};

const OWNERS: &str = include_str!("owners.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnersFile {
    owner: Vec<OwnerEntry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnerEntry {
    kind: String,
    product: String,
    names: Vec<String>,
    setting: String,
    #[serde(default)]
    commands: Vec<String>,
    #[serde(default)]
    fixed: bool,
    source: String,
}

/// How the owner of a resource gives it IPv6 addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The resource's name, without its last dot.
    host: CompactString,
    /// As an instruction.
    pub words: &'static str,
    /// Nothing of it can be changed once the resource is there, or there is no such setting.
    pub is_fixed: bool,
    /// Where it is documented, with its date.
    pub source: &'static str,
}

impl Setting {
    /// AWS CLI; with words in capitals where something is to be looked up. Empty if there is none.
    #[must_use]
    pub fn commands(&self) -> Vec<String> {
        let Some((HostPattern { entry, .. }, found)) = entry(&self.host) else { return Vec::new() };
        entry.commands.iter().filter_map(|command| found.filled(command)).collect()
    }

    /// The instruction with its commands.
    #[must_use]
    pub fn instruction(&self) -> String {
        let commands: Vec<String> =
            self.commands().into_iter().map(|command| format!("`{command}`")).collect();
        match commands.as_slice() {
            [] => self.words.to_owned(),
            some => format!("{}: {}", self.words, some.join(", ")),
        }
    }
}

static LIST: LazyLock<Vec<OwnerEntry>> = LazyLock::new(|| {
    // The tests read it; without it no resource would be known by its name.
    toml::from_str::<OwnersFile>(OWNERS).map_or_else(|_| Vec::new(), |file| file.owner)
});

/// A pattern of names, taken apart once.
struct HostPattern {
    entry: &'static OwnerEntry,
    /// What the entry calls it; each kind that it can name is one (a test holds the file to it).
    kind: Option<Kind>,
    labels: Vec<&'static str>,
    /// Labels without a placeholder: a name without them cannot fit.
    plain: Vec<&'static str>,
}

/// All patterns in the order of the file, which is the order in which they are tried.
static PATTERNS: LazyLock<Vec<HostPattern>> = LazyLock::new(|| {
    let pattern = |entry: &'static OwnerEntry, text: &'static String| {
        let labels: Vec<&str> = text.split('.').collect();
        let plain = labels.iter().copied().filter(|label| !label.contains(['*', '{'])).collect();
        let kind = Kind::ALL.into_iter().find(|kind| kind.word() == entry.kind);
        HostPattern { entry, kind, labels, plain }
    };
    LIST.iter().flat_map(|entry| entry.names.iter().map(move |text| pattern(entry, text))).collect()
});

/// How many of its last labels a pattern may be looked up by. One of them has no placeholder (a test holds
/// the file to it): of `*.**.kafka.{r}` that is `kafka`.
const LAST: usize = 2;

/// The places of patterns in [`PATTERNS`] by their last label, and by the one before it. Each pattern is
/// looked up by one of the two, that which fewer patterns have; of two alike by the one before, as that is no
/// `com`.
static BY_LABEL: LazyLock<[HashMap<&'static str, Vec<usize>, RandomState>; LAST]> = LazyLock::new(|| {
    let mut by_label: [HashMap<&str, Vec<usize>, RandomState>; LAST] = Default::default();
    let mut counts: HashMap<(usize, &str), usize, RandomState> = HashMap::default();
    let last = |pattern: &HostPattern| -> Vec<(usize, &'static str)> {
        let last = pattern.labels.iter().rev().copied().enumerate().take(LAST);
        last.filter(|(_, label)| !label.contains(['*', '{'])).collect()
    };
    for key in PATTERNS.iter().flat_map(last) {
        *counts.entry(key).or_default() += 1;
    }
    for (place, pattern) in PATTERNS.iter().enumerate() {
        if let Some((at, label)) = last(pattern).into_iter().min_by_key(|key| (counts[key], Reverse(key.0))) {
            by_label[at].entry(label).or_default().push(place);
        }
    }
    by_label
});

/// What a pattern found in a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct PatternMatch<'h> {
    region: &'h str,
    id: &'h str,
    stem: &'h str,
    tail: &'h str,
}

/// What fits `host` (lower case, without its last dot), and what it found there.
fn entry(host: &str) -> Option<(&'static HostPattern, PatternMatch<'_>)> {
    fitting(host).map(|(place, found)| (&PATTERNS[place], found))
}

/// The place in the file of the pattern that fits `host`.
pub(super) fn rank(host: &str) -> Option<usize> {
    fitting(host).map(|(place, _)| place)
}

/// The first of [`PATTERNS`] that fits `host`, and what it found there.
fn fitting(host: &str) -> Option<(usize, PatternMatch<'_>)> {
    // Patterns are of names without the ending of a partition, or of whole ones.
    let before = split(host).map(|(before, ..)| before);
    let mut likely: SmallVec<[usize; 16]> = SmallVec::new();
    for end in [before, Some(host)].into_iter().flatten() {
        let mut rest = Some(end);
        for by_label in BY_LABEL.iter() {
            let Some(end) = rest else { break };
            let (before, label) = last_label(end);
            likely.extend_from_slice(by_label.get(label).map_or(&[], Vec::as_slice));
            rest = before;
        }
    }
    if likely.is_empty() {
        return None;
    }
    likely.sort_unstable();
    let whole = labels(host);
    // An ending has whole labels.
    let before = before.map_or(0, |before| labels(before).len());
    likely.into_iter().find_map(|place| {
        let pattern = &PATTERNS[place];
        if !pattern.plain.iter().all(|label| whole.contains(label)) {
            return None;
        }
        let fits = |labels| fits(&pattern.labels, labels, PatternMatch::default());
        Some((place, fits(&whole[..before]).or_else(|| fits(&whole))?))
    })
}

/// The kind, the product and the Region of a resource's name.
pub(super) fn resource(host: &str) -> Option<(Kind, &'static str, &str)> {
    let (pattern, found) = entry(host)?;
    Some((pattern.kind?, &pattern.entry.product, found.region))
}

/// How the owner of `host` gives it IPv6 addresses.
pub(super) fn setting(host: &str) -> Option<Setting> {
    let (HostPattern { entry, .. }, _) = entry(host)?;
    Some(Setting { host: host.into(), words: &entry.setting, is_fixed: entry.fixed, source: &entry.source })
}

impl PatternMatch<'_> {
    /// `command` with what was found; `None` if a shell might take that for something else.
    fn filled(&self, command: &str) -> Option<String> {
        let mut text = command.to_owned();
        for (place, found) in
            [("{r}", self.region), ("{id}", self.id), ("{stem}", self.stem), ("{tail}", self.tail)]
        {
            if text.contains(place) {
                let harmless = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
                if found.is_empty() || found.starts_with('-') || !found.bytes().all(harmless) {
                    return None;
                }
                text = text.replace(place, found);
            }
        }
        Some(text)
    }
}

/// Whether `pattern` fits `labels`, and what it finds besides `found`.
fn fits<'h>(pattern: &[&str], labels: &[&'h str], found: PatternMatch<'h>) -> Option<PatternMatch<'h>> {
    match (pattern, labels) {
        ([], []) => Some(found),
        (["**", rest @ ..], _) => {
            (0..=labels.len()).find_map(|count| fits(rest, labels.get(count..)?, found))
        }
        ([first, rest @ ..], [label, labels @ ..]) => fits(rest, labels, within(first, label, found)?),
        _ => None,
    }
}

/// Whether a label of a pattern fits a label, and what it finds besides `found`.
fn within<'h>(pattern: &str, label: &'h str, mut found: PatternMatch<'h>) -> Option<PatternMatch<'h>> {
    let (place, fitted) =
        (pattern.split_once('{').map_or("", |(_, place)| place), pattern.trim_end_matches('*'));
    match place {
        "" if !pattern.ends_with('*') => (label == pattern).then_some(found),
        "" => label.starts_with(fitted).then_some(found),
        "r}" => {
            found.region = label;
            is_region(label).then_some(found)
        }
        "id}" => {
            found.id = label.strip_prefix(pattern.trim_end_matches("{id}"))?;
            (!found.id.is_empty()).then_some(found)
        }
        "stem}" => {
            (found.stem, found.tail) =
                label.strip_prefix(pattern.trim_end_matches("{stem}"))?.rsplit_once('-')?;
            Some(found)
        }
        "tail}" => {
            (found.stem, found.tail) = label.rsplit_once('-')?;
            Some(found)
        }
        // `{id}-*`: the label up to a hyphen.
        _ => {
            let start = &pattern[..pattern.find('{')?];
            found.id = label.strip_prefix(start)?.split('-').next()?;
            (!found.id.is_empty()).then_some(found)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_and_says_what_is_known() {
        let file: OwnersFile = toml::from_str(OWNERS).unwrap();
        assert!(file.owner.len() > 25);
        let mut looked_up: Vec<usize> =
            BY_LABEL.iter().flat_map(HashMap::values).flatten().copied().collect();
        looked_up.sort_unstable();
        assert_eq!(looked_up, (0..PATTERNS.len()).collect::<Vec<_>>(), "each can be looked up");
        for entry in &file.owner {
            assert!(Kind::ALL.iter().any(|kind| kind.word() == entry.kind), "{}", entry.kind);
            for text in [&entry.product, &entry.setting, &entry.source] {
                assert!(!text.is_empty() && !text.ends_with('.'), "{text}");
            }
            assert!(entry.commands.iter().all(|command| command.starts_with("aws ")), "{:?}", entry.commands);
        }
    }

    #[test]
    fn names_find_their_resource() {
        for (host, product, command) in [
            (
                "orders.cu1x2y3z4a5b.eu-west-1.redshift.amazonaws.com",
                "Amazon Redshift",
                "aws redshift modify-cluster --cluster-identifier orders --ip-address-type dualstack --region eu-west-1",
            ),
            (
                "b-1.demo.a1b2c3.c4.kafka.eu-west-1.amazonaws.com",
                "Amazon MSK",
                "aws kafka update-connectivity --cluster-arn CLUSTER-ARN --current-version CURRENT-VERSION \
                 --connectivity-info NetworkType=DUAL --region eu-west-1",
            ),
            (
                "b-1234abcd-12ab-34cd-56ef-1234567890ab-1.mq.eu-west-1.amazonaws.com",
                "Amazon MQ",
                "aws mq describe-broker --broker-id b-1234abcd-12ab-34cd-56ef-1234567890ab --region eu-west-1",
            ),
            (
                "shop.cluster-cx1y2z.eu-west-1.rds.amazonaws.com",
                "Amazon RDS",
                "aws rds modify-db-cluster --db-cluster-identifier shop --network-type DUAL --region eu-west-1",
            ),
            (
                "vpc-logs-abc123.eu-west-1.es.amazonaws.com",
                "Amazon OpenSearch Service",
                "aws opensearch update-domain-config --domain-name logs --ip-address-type dualstack --region eu-west-1",
            ),
            (
                "vpce-0a1b2c3d-xyz.ssm.eu-west-1.vpce.amazonaws.com",
                "AWS PrivateLink",
                "aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-0a1b2c3d --ip-address-type dualstack \
                 --dns-options DnsRecordIpType=dualstack --region eu-west-1",
            ),
            (
                "i-0a1b.eu-west-1.compute.internal",
                "Amazon EC2",
                "aws ec2 modify-private-dns-name-options --instance-id i-0a1b --enable-resource-name-dns-aaaa-record \
                 --region eu-west-1",
            ),
        ] {
            assert_eq!(resource(host).map(|it| it.1), Some(product), "{host}");
            assert_eq!(
                setting(host).and_then(|it| it.commands().first().cloned()).as_deref(),
                Some(command),
                "{host}"
            );
        }
        let balancer = setting("internal-web-12345.cn-north-1.elb.amazonaws.com.cn").unwrap();
        assert!(balancer.commands()[0].contains("DNSName,'-12345.'"), "{balancer:?}");
    }

    #[test]
    fn what_looks_like_one_is_none() {
        for host in [
            "redshift.eu-west-1.amazonaws.com",
            "docdb.example",
            "kms.eu-west-1.amazonaws.com",
            "a.fsx.example",
        ] {
            assert_eq!(resource(host), None, "{host}");
        }
    }

    #[test]
    fn nothing_of_a_name_gets_into_a_command_that_a_shell_would_take_for_more() {
        let setting = setting("$(x).cluster-a.eu-west-1.rds.amazonaws.com").unwrap();
        assert!(setting.commands().is_empty(), "{setting:?}");
    }
}
