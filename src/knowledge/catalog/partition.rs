//! The partitions of AWS: how their names end, and what their Regions look like.

use crate::knowledge::domain::bare;
use smallvec::SmallVec;

/// A partition: a separate AWS with names of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Partition {
    /// The commercial Regions.
    Commercial,
    /// AWS `GovCloud` (US): other Regions, the same endings.
    GovCloud,
    /// China.
    China,
    /// The European Sovereign Cloud.
    Sovereign,
    /// The isolated partitions `aws-iso`, `-b`, `-e`, `-f`.
    Isolated(char),
}

/// The endings of standard names and of dual-stack names (botocore, `partitions.json`); no ending is the end
/// of one after it in the list.
const ENDINGS: [(&str, &str, Partition); 7] = [
    ("amazonaws.com.cn", "api.amazonwebservices.com.cn", Partition::China),
    ("amazonaws.com", "api.aws", Partition::Commercial),
    ("amazonaws.eu", "api.amazonwebservices.eu", Partition::Sovereign),
    ("c2s.ic.gov", "api.aws.ic.gov", Partition::Isolated('a')),
    ("sc2s.sgov.gov", "api.aws.scloud", Partition::Isolated('b')),
    ("cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", Partition::Isolated('e')),
    ("csp.hci.ic.gov", "api.aws.hci.ic.gov", Partition::Isolated('f')),
];

/// Which of a partition's two endings a name has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HostEnding {
    Standard,
    DualStack,
}

impl Partition {
    /// The id that AWS gives it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Commercial => "aws",
            Self::GovCloud => "aws-us-gov",
            Self::China => "aws-cn",
            Self::Sovereign => "aws-eusc",
            Self::Isolated('b') => "aws-iso-b",
            Self::Isolated('e') => "aws-iso-e",
            Self::Isolated('f') => "aws-iso-f",
            Self::Isolated(_) => "aws-iso",
        }
    }

    /// The ending of its dual-stack names.
    pub(super) fn dual_stack_ending(self) -> &'static str {
        let own = if self == Self::GovCloud { Self::Commercial } else { self };
        ENDINGS.iter().find(|(_, _, partition)| *partition == own).map_or("api.aws", |(_, dual, _)| dual)
    }

    /// The ending of its standard names.
    pub(super) fn standard_ending(self) -> &'static str {
        let own = if self == Self::GovCloud { Self::Commercial } else { self };
        let ending = ENDINGS.iter().find(|(_, _, partition)| *partition == own);
        ending.map_or("amazonaws.com", |(standard, ..)| standard)
    }

    /// The partition that a Region with the ending of `self` lies in: `GovCloud` shares the commercial
    /// endings.
    pub(super) fn of_region(self, region: &str) -> Self {
        if self == Self::Commercial && region.starts_with("us-gov-") { Self::GovCloud } else { self }
    }
}

/// The URL of an API, `service` being the standard prefix: `https://ec2.eu-west-1.amazonaws.com`.
#[must_use]
pub fn api_url(service: &str, region: &str, fips: bool, dual_stack: bool) -> String {
    // Isolated partitions tell by the beginning of their Regions' names, as botocore's partitions.json has
    // it.
    let partition = [
        ("cn-", Partition::China),
        ("eusc-", Partition::Sovereign),
        ("us-isob-", Partition::Isolated('b')),
        ("us-isof-", Partition::Isolated('f')),
        ("us-iso-", Partition::Isolated('a')),
        ("eu-isoe-", Partition::Isolated('e')),
    ];
    let partition = partition.into_iter().find(|(start, _)| region.starts_with(start));
    let partition = partition.map_or(Partition::Commercial, |(_, partition)| partition);
    let ending = ENDINGS.iter().find(|(_, _, known)| *known == partition);
    let (standard, dual, _) = ending.copied().unwrap_or(("amazonaws.com", "api.aws", partition));
    // In GovCloud all endpoints of these are FIPS endpoints, and have no second name (botocore, the endpoint
    // rules of both).
    let is_plain =
        region.starts_with("us-gov-") && !dual_stack && matches!(service, "ec2" | "route53resolver");
    let fips = if fips && !is_plain { "-fips" } else { "" };
    let ending = if dual_stack { dual } else { standard };
    format!("https://{service}{fips}.{region}.{ending}")
}

/// The labels of a name. More than ten few have.
pub(super) type Labels<'h> = SmallVec<[&'h str; 10]>;

/// The labels of `text`. There may be hundreds of thousands of names to be taken apart, and for texts as
/// short as labels [`str::split`] takes long to get ready.
pub(super) fn labels(text: &str) -> Labels<'_> {
    let mut labels = Labels::new();
    let mut start = 0;
    for (at, _) in text.bytes().enumerate().filter(|(_, byte)| *byte == b'.') {
        labels.push(&text[start..at]);
        start = at + 1;
    }
    labels.push(&text[start..]);
    labels
}

/// The last label of `text`, and what is before it.
pub(super) fn last_label(text: &str) -> (Option<&str>, &str) {
    match text.bytes().rposition(|byte| byte == b'.') {
        Some(at) => (Some(&text[..at]), &text[at + 1..]),
        None => (None, text),
    }
}

/// Splits a host (lower case, without its last dot) before the ending of a partition.
pub(super) fn split(host: &str) -> Option<(&str, Partition, HostEnding)> {
    ENDINGS.iter().find_map(|(standard, dual, partition)| {
        let before = |ending: &str| host.strip_suffix(ending)?.strip_suffix('.');
        before(dual)
            .map(|rest| (rest, *partition, HostEnding::DualStack))
            .or_else(|| before(standard).map(|rest| (rest, *partition, HostEnding::Standard)))
    })
}

/// Whether a name has an ending of AWS's own names. Told from its last letters first: lists put in order by
/// it have hundreds of thousands of names.
#[must_use]
pub fn is_of_aws(name: &str) -> bool {
    let host = bare(name);
    match host.as_bytes() {
        [.., b'c', b'o', b'm'] => host.ends_with(".amazonaws.com"),
        [.., b'a', b'w', b's'] => host.ends_with(".api.aws"),
        // cn, eu, gov, scloud, uk.
        [.., b'n' | b'u' | b'v' | b'd' | b'k'] => split(host).is_some(),
        _ => false,
    }
}

/// The part of a regional AWS name before the Region: the service, or a resource and its service.
#[must_use]
pub fn regional(name: &str) -> Option<&str> {
    let host = Some(name).filter(|name| is_of_aws(name))?;
    let (before, ..) = split(bare(host))?;
    let (service, region) = before.rsplit_once('.')?;
    is_region(region).then_some(service)
}

/// Whether a regional name that `own` origins ask for counts with those of its service in other Regions where
/// names are put in order, if that with the most has `most`: a Region that few ask in is no more than that.
#[must_use]
pub fn is_together(own: u32, most: u32) -> bool {
    own.saturating_mul(2) > most
}

/// Whether a label has the shape of a Region's name: `us-west-2`, `us-gov-east-1`, `eusc-de-east-1`,
/// `us-isob-east-1`.
#[must_use]
pub fn is_region(label: &str) -> bool {
    let is_area = |area: &[u8]| {
        matches!(
            area,
            b"us" | b"eu" | b"ap" | b"sa" | b"ca" | b"me" | b"af" | b"il" | b"mx" | b"cn" | b"eusc"
        ) || matches!(area, b"us-gov" | b"us-iso" | b"us-isob" | b"us-isof" | b"eu-isoe" | b"eusc-de")
    };
    let before_last = |text: &[u8]| text.iter().rposition(|byte| *byte == b'-');
    let label = label.as_bytes();
    let Some(end) = before_last(label) else { return false };
    let (rest, number) = (&label[..end], &label[end + 1..]);
    let Some(end) = before_last(rest) else { return false };
    let (area, direction) = (&rest[..end], &rest[end + 1..]);
    !number.is_empty()
        && number.iter().all(u8::is_ascii_digit)
        && !direction.is_empty()
        && direction.iter().all(u8::is_ascii_lowercase)
        && is_area(area)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_an_ending_of_aws() {
        for (standard, dual, _) in ENDINGS {
            for ending in [standard, dual] {
                assert!(
                    is_of_aws(&format!("ssm.a.{ending}.")) && is_of_aws(&format!("ssm.{ending}")),
                    "{ending}"
                );
                assert!(
                    !is_of_aws(&format!("not{ending}.")) && !is_of_aws(&format!("{ending}.example.")),
                    "{ending}"
                );
            }
        }
        assert_eq!(regional("ssm.us-west-2.amazonaws.com."), Some("ssm"));
        assert_eq!(regional("a.s3.us-west-2.amazonaws.com."), Some("a.s3"));
        assert_eq!(regional("sts.amazonaws.com."), None);
        assert_eq!(regional("ssm.us-west-2.example.com."), None);
        assert!(!is_of_aws("github.com.") && !is_of_aws(".") && !is_of_aws("") && !is_of_aws("bbc.co.uk."));
    }

    #[test]
    fn regions_and_what_looks_like_one() {
        for label in
            ["us-west-2", "ap-southeast-7", "us-gov-west-1", "eusc-de-east-1", "us-isob-east-1", "cn-north-1"]
        {
            assert!(is_region(label), "{label}");
        }
        for label in ["us-west", "us-west-2a", "global", "my-bucket-1", "us--1", "us-west-", "uswest2", ""] {
            assert!(!is_region(label), "{label}");
        }
    }

    #[test]
    fn urls_of_apis() {
        for (region, fips, dual, url) in [
            ("eu-west-1", false, false, "https://ec2.eu-west-1.amazonaws.com"),
            ("eu-west-1", false, true, "https://ec2.eu-west-1.api.aws"),
            ("us-west-2", true, false, "https://ec2-fips.us-west-2.amazonaws.com"),
            ("us-gov-west-1", true, false, "https://ec2.us-gov-west-1.amazonaws.com"),
            ("us-gov-west-1", true, true, "https://ec2-fips.us-gov-west-1.api.aws"),
            ("cn-north-1", false, true, "https://ec2.cn-north-1.api.amazonwebservices.com.cn"),
            ("eusc-de-east-1", false, false, "https://ec2.eusc-de-east-1.amazonaws.eu"),
            ("us-isob-east-1", false, false, "https://ec2.us-isob-east-1.sc2s.sgov.gov"),
        ] {
            assert_eq!(api_url("ec2", region, fips, dual), url);
        }
    }

    #[test]
    fn endings() {
        assert_eq!(split("a.b.amazonaws.com.cn"), Some(("a.b", Partition::China, HostEnding::Standard)));
        assert_eq!(split("a.api.aws"), Some(("a", Partition::Commercial, HostEnding::DualStack)));
        assert_eq!(
            split("a.api.amazonwebservices.eu"),
            Some(("a", Partition::Sovereign, HostEnding::DualStack))
        );
        assert_eq!(split("amazonaws.com"), None);
        assert_eq!(split("notamazonaws.com"), None);
        assert_eq!(Partition::Commercial.of_region("us-gov-west-1"), Partition::GovCloud);
        assert_eq!(Partition::GovCloud.dual_stack_ending(), "api.aws");
        assert_eq!(Partition::Isolated('e').dual_stack_ending(), "api.cloud-aws.adc-e.uk");
    }
}
