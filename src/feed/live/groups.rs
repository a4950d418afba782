//! Log groups, as people and the service name them.

use std::fmt;
use std::str::FromStr;

/// The most log groups in one Live Tail session (`StartLiveTail`, `logGroupIdentifiers`).
pub const PER_SESSION: usize = 10;

/// Which log groups somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// The one with this ARN.
    Arn(Group),
    /// The one of this name.
    Name(String),
    /// All whose names begin with this.
    Prefix(String),
}

/// One log group.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Group {
    /// Its ARN, without the `:*` that some operations put behind it and others refuse.
    pub arn: String,
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

impl Group {
    /// Reads an ARN, with or without `:*` behind it.
    #[must_use]
    pub fn of_arn(text: &str) -> Option<Self> {
        let arn = text.strip_suffix(":*").unwrap_or(text);
        let parts: Vec<&str> = arn.splitn(7, ':').collect();
        let [first, _, service, region, account, kind, name] = parts[..] else { return None };
        let is_group = first == "arn" && service == "logs" && kind == "log-group";
        let is_whole = !region.is_empty() && !account.is_empty() && is_name(name);
        (is_group && is_whole).then(|| Self { arn: arn.to_owned() })
    }

    fn part(&self, at: usize) -> &str {
        self.arn.splitn(7, ':').nth(at).unwrap_or_default()
    }

    /// Its Region.
    #[must_use]
    pub fn region(&self) -> &str {
        self.part(3)
    }

    /// Its account.
    #[must_use]
    pub fn account(&self) -> &str {
        self.part(4)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.part(6)
    }

    /// Whether an event that says it is from `identifier` is from this group: an ARN, a name, or a name with its
    /// account before it.
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
impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The characters of a name (`CreateLogGroup`, `logGroupName`).
fn is_name(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-/.#".contains(&byte);
    (1..=512).contains(&text.len()) && text.bytes().all(is_allowed)
}

impl FromStr for Wanted {
    type Err = NotAGroup;

    fn from_str(text: &str) -> Result<Self, NotAGroup> {
        if text.starts_with("arn:") {
            return Group::of_arn(text).map(Self::Arn).ok_or_else(|| NotAGroup::Arn(text.to_owned()));
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
        let group = Group { arn: ARN.to_owned() };
        for (text, wanted) in [
            (ARN, Wanted::Arn(group.clone())),
            (&format!("{ARN}:*"), Wanted::Arn(group.clone())),
            ("/aws/route53/vpc-1", Wanted::Name("/aws/route53/vpc-1".to_owned())),
            ("/aws/*", Wanted::Prefix("/aws/".to_owned())),
            ("*", Wanted::Prefix(String::new())),
        ] {
            assert_eq!(text.parse(), Ok(wanted), "{text}");
        }
        assert_eq!(
            (group.region(), group.account(), group.name()),
            ("eu-west-1", "111122223333", "/aws/route53/vpc-1")
        );
    }

    #[test]
    fn what_names_no_group_is_told() {
        for text in
            ["arn:aws:s3:::bucket", "arn:aws:logs:eu-west-1::log-group:x", &format!("{ARN}:log-stream:x")]
        {
            assert_eq!(text.parse::<Wanted>(), Err(NotAGroup::Arn(text.to_owned())), "{text}");
        }
        for text in ["", "a b", "a*b", "a*b*", "a:b"] {
            assert_eq!(text.parse::<Wanted>(), Err(NotAGroup::Name(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn events_name_their_group_in_three_ways() {
        let group = Group { arn: ARN.to_owned() };
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
