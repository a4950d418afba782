//! Services of AWS on the link of an instance, which have fixed addresses over IPv4 and IPv6, and pools of
//! time servers.

/// A service with an address on the link (Amazon EC2 User Guide, "Use the Instance Metadata Service", "Set
/// the time for your instance"; Amazon VPC User Guide, "Amazon DNS").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkService {
    /// The instance metadata service.
    Metadata,
    /// The Amazon Time Sync Service.
    Time,
    /// The resolver of the VPC.
    Resolver,
}

impl LinkService {
    /// The service that `host` (lower case, without its last dot) names or whose address `ipv4` is, if there
    /// is one.
    #[must_use]
    pub fn find(host: &str, ipv4: Option<u32>) -> Option<Self> {
        if host == "instance-data" || host.starts_with("instance-data.") && host.ends_with(".internal") {
            return Some(Self::Metadata);
        }
        if host == "time.aws.com" || host.ends_with(".time.aws.com") {
            return Some(Self::Time);
        }
        match ipv4.map(u32::to_be_bytes) {
            Some([169, 254, 169, 254]) => Some(Self::Metadata),
            Some([169, 254, 169, 123]) => Some(Self::Time),
            Some([169, 254, 169, 253]) => Some(Self::Resolver),
            _ => None,
        }
    }

    /// What it is called.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Metadata => "the instance metadata service",
            Self::Time => "the Amazon Time Sync Service",
            Self::Resolver => "the resolver of the VPC",
        }
    }

    /// The word used in exports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::Time => "time",
            Self::Resolver => "resolver",
        }
    }

    /// Its address over IPv6.
    #[must_use]
    pub fn ipv6(self) -> &'static str {
        match self {
            Self::Metadata => "fd00:ec2::254",
            Self::Time => "fd00:ec2::123",
            Self::Resolver => "fd00:ec2::253",
        }
    }
}

/// Whether `host` is of a pool of time servers.
pub(super) fn is_pool(host: &str) -> bool {
    host == "pool.ntp.org" || host.ends_with(".pool.ntp.org")
}

/// The name with AAAA records in the pool of time servers that `host` is of: of the numbered names of
/// pool.ntp.org and its zones that with a 2 has them.
pub(super) fn pool(host: &str) -> Option<String> {
    let rest = if host == "pool.ntp.org" { "" } else { host.strip_suffix(".pool.ntp.org")? };
    let (first, zone) = rest.split_once('.').unwrap_or((rest, ""));
    let is_number = |label: &str| label.len() == 1 && label.bytes().all(|byte| byte.is_ascii_digit());
    let zone = if is_number(first) { zone } else { rest };
    let dual = if zone.is_empty() { "2.pool.ntp.org".to_owned() } else { format!("2.{zone}.pool.ntp.org") };
    (dual != host).then_some(dual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_name_of_a_pool_has_ipv6() {
        for (host, dual) in [
            ("pool.ntp.org", Some("2.pool.ntp.org")),
            ("0.pool.ntp.org", Some("2.pool.ntp.org")),
            ("3.debian.pool.ntp.org", Some("2.debian.pool.ntp.org")),
            ("europe.pool.ntp.org", Some("2.europe.pool.ntp.org")),
            ("2.debian.pool.ntp.org", None),
            ("ntp.org", None),
            ("mypool.ntp.org", None),
        ] {
            assert_eq!(pool(host).as_deref(), dual, "{host}");
        }
    }

    #[test]
    fn services_on_the_link() {
        let ipv4 = |octets| Some(u32::from_be_bytes(octets));
        assert_eq!(LinkService::find("instance-data.ec2.internal", None), Some(LinkService::Metadata));
        assert_eq!(LinkService::find("md.example", ipv4([169, 254, 169, 254])), Some(LinkService::Metadata));
        assert_eq!(LinkService::find("time.aws.com", None), Some(LinkService::Time));
        assert_eq!(LinkService::find("instance-data.example", ipv4([169, 254, 170, 2])), None);
    }
}
