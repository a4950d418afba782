//! Log groups, as people and the service name them.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The most log groups in one Live Tail session (`StartLiveTail`, `logGroupIdentifiers`).
pub const PER_SESSION: usize = 10;
/// In how many sessions `groups` are followed: none spans Regions.
#[must_use]
pub fn sessions(groups: &[LogGroupId]) -> usize {
    let mut regions: BTreeMap<&str, usize> = BTreeMap::new();
    for group in groups {
        *regions.entry(group.region()).or_default() += 1;
    }
    regions.values().map(|count| count.div_ceil(PER_SESSION)).sum()
}

/// Which log groups somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WantedGroups {
    /// The one with this ARN.
    Arn(LogGroupId),
    /// The one of this name.
    Name(String),
    /// All whose names begin with this.
    Prefix(String),
}

/// One log group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogGroupId {
    /// Its ARN, without the `:*` that some operations append and others refuse.
    pub arn: String,
    /// Whether it is known to be of the account that asks: then its name alone will do.
    pub is_own: bool,
}

/// A log group that is there and cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfollowed {
    /// The log group.
    pub group: LogGroupId,
    /// Its class, as the service spells it.
    pub class: String,
}

impl Unfollowed {
    /// How its records can be read instead.
    ///
    /// Infrequent Access has Logs Insights (CloudWatch Logs User Guide, "Logs Insights QL commands supported
    /// in log classes"); the API puts `ESSENTIALS` beside it. Records of a delivery group only pass through.
    #[must_use]
    pub fn instead(&self) -> String {
        if self.class == "DELIVERY" {
            return "read them where the group delivers them to, S3 or Firehose: r53tail report FOLDER"
                .to_owned();
        }
        format!("r53tail report logs://{} --since 1h", self.group.arn)
    }
}

/// Why, in a sentence.
impl fmt::Display for Unfollowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the log group `{}` is of class {}, which Live Tail does not follow",
            self.group, self.class
        )
    }
}

/// What there is of what somebody asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundGroups {
    /// What can be followed.
    pub groups: Vec<LogGroupId>,
    /// Those that cannot be followed, with their classes.
    pub others: Vec<Unfollowed>,
}

/// Text that names no log group.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAGroup {
    /// An ARN of something else.
    #[error("`{0}` is not the ARN of a log group such as arn:aws:logs:REGION:ACCOUNT:log-group:NAME")]
    Arn(String),
    /// Characters that no name has.
    #[error("`{0}` is not the name of a log group, or its beginning and a `*`")]
    Name(String),
}

impl LogGroupId {
    /// Reads an ARN, with or without `:*` at its end.
    #[must_use]
    pub fn from_arn(text: &str) -> Option<Self> {
        let arn = text.strip_suffix(":*").unwrap_or(text);
        let parts: Vec<&str> = arn.splitn(7, ':').collect();
        let [first, _, service, region, account, kind, name] = parts[..] else { return None };
        let is_group = first == "arn" && service == "logs" && kind == "log-group";
        let is_whole = !region.is_empty() && !account.is_empty() && is_name(name);
        (is_group && is_whole).then(|| Self { arn: arn.to_owned(), is_own: false })
    }

    /// The same, known to be of the account that asks.
    #[must_use]
    pub fn owned(self) -> Self {
        Self { is_own: true, ..self }
    }

    fn part(&self, at: usize) -> &str {
        self.arn.splitn(7, ':').nth(at).unwrap_or_default()
    }

    /// The Region in its ARN.
    #[must_use]
    pub fn region(&self) -> &str {
        self.part(3)
    }

    /// The account in its ARN: twelve digits.
    #[must_use]
    pub fn account(&self) -> &str {
        self.part(4)
    }

    /// The name in its ARN, such as `/aws/route53/vpc-1`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.part(6)
    }

    /// Whether an event that says it is from `identifier` is from this group: an ARN, a name, or a name with
    /// its account before it.
    #[must_use]
    pub fn is(&self, identifier: &str) -> bool {
        if identifier.starts_with("arn:") {
            return identifier.strip_suffix(":*").unwrap_or(identifier) == self.arn;
        }
        match identifier.split_once(':') {
            Some((account, name)) => account == self.account() && name == self.name(),
            None => identifier == self.name(),
        }
    }
}

/// As people know it.
impl fmt::Display for LogGroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The characters of a name (`CreateLogGroup`, `logGroupName`).
fn is_name(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-/.#".contains(&byte);
    (1..=512).contains(&text.len()) && text.bytes().all(is_allowed)
}

/// As it was given.
impl fmt::Display for WantedGroups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arn(group) => f.write_str(&group.arn),
            Self::Name(name) => f.write_str(name),
            Self::Prefix(prefix) => write!(f, "{prefix}*"),
        }
    }
}

impl FromStr for WantedGroups {
    type Err = NotAGroup;

    fn from_str(text: &str) -> Result<Self, NotAGroup> {
        if text.starts_with("arn:") {
            return LogGroupId::from_arn(text).map(Self::Arn).ok_or_else(|| NotAGroup::Arn(text.to_owned()));
        }
        match text.strip_suffix('*') {
            Some(prefix) if prefix.is_empty() || is_name(prefix) => Ok(Self::Prefix(prefix.to_owned())),
            None if is_name(text) => Ok(Self::Name(text.to_owned())),
            _ => Err(NotAGroup::Name(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/route53/vpc-1";

    #[test]
    fn groups_are_named_in_three_ways() {
        let group = LogGroupId::from_arn(ARN).unwrap();
        for (text, wanted) in [
            (ARN, WantedGroups::Arn(group.clone())),
            (&format!("{ARN}:*"), WantedGroups::Arn(group.clone())),
            ("/aws/route53/vpc-1", WantedGroups::Name("/aws/route53/vpc-1".to_owned())),
            ("/aws/*", WantedGroups::Prefix("/aws/".to_owned())),
            ("*", WantedGroups::Prefix(String::new())),
        ] {
            assert_eq!(text.parse(), Ok(wanted), "{text}");
        }
        assert_eq!(
            (group.region(), group.account(), group.name()),
            ("eu-west-1", "111122223333", "/aws/route53/vpc-1")
        );
    }

    #[test]
    fn sessions_hold_ten_groups_of_one_region() {
        let group = |region: &str, number: usize| {
            LogGroupId::from_arn(&format!("arn:aws:logs:{region}:111122223333:log-group:/{number}")).unwrap()
        };
        for (west, east, count) in [(0, 0, 0), (1, 0, 1), (10, 0, 1), (11, 0, 2), (1, 1, 2), (25, 10, 4)] {
            let groups: Vec<LogGroupId> = (0..west)
                .map(|number| group("eu-west-1", number))
                .chain((0..east).map(|number| group("us-east-1", number)))
                .collect();
            assert_eq!(sessions(&groups), count, "{west} and {east}");
        }
    }

    #[test]
    fn what_names_no_group_is_told() {
        for text in
            ["arn:aws:s3:::bucket", "arn:aws:logs:eu-west-1::log-group:x", &format!("{ARN}:log-stream:x")]
        {
            assert_eq!(text.parse::<WantedGroups>(), Err(NotAGroup::Arn(text.to_owned())), "{text}");
        }
        for text in ["", "a b", "a*b", "a*b*", "a:b"] {
            assert_eq!(text.parse::<WantedGroups>(), Err(NotAGroup::Name(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn events_name_their_group_in_three_ways() {
        let group = LogGroupId::from_arn(ARN).unwrap();
        for (identifier, is) in [
            (ARN, true),
            ("111122223333:/aws/route53/vpc-1", true),
            ("/aws/route53/vpc-1", true),
            ("444455556666:/aws/route53/vpc-1", false),
            ("/aws/route53/vpc-10", false),
            ("arn:aws:logs:eu-west-2:111122223333:log-group:/aws/route53/vpc-1", false),
        ] {
            assert_eq!(group.is(identifier), is, "{identifier}");
        }
    }
}
