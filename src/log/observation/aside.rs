//! What a record says that no verdict depends on, and that advice is made from.

use memchr::memchr;

use crate::log::record::MAX_ID;

/// What an [`Observation`](super::Observation) has besides who asked for what and what came of it; mostly
/// nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aside<'a> {
    /// The names of AWS that a name of somebody's own leads to by CNAME records, spelled as in the log, a
    /// blank after each. Those count that are no longer than a name can be, and written without escapes.
    pub targets: &'a [u8],
    /// `firewall_rule_group_id`, if DNS Firewall blocked the query; else empty.
    pub rule_group: &'a [u8],
    /// `firewall_domain_list_id`, likewise.
    pub domain_list: &'a [u8],
}

impl<'a> Aside<'a> {
    /// Whether there is nothing.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty() && self.rule_group.is_empty() && self.domain_list.is_empty()
    }

    /// Each of the names that the name asked for leads to, spelled as in the log.
    pub fn each_target(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.targets.split(|byte| *byte == b' ').filter(|target| !target.is_empty())
    }
}

/// How names end that AWS gives to what it runs for somebody: the suffixes of its partitions, and of the
/// services with a domain of their own.
pub(crate) const ENDINGS: [&str; 10] = [
    ".amazonaws.com",
    ".cloudfront.net",
    ".awsglobalaccelerator.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".sagemaker.aws",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".cloud.adc-e.uk",
    ".csp.hci.ic.gov",
];

/// The last four bytes of each of them.
const TAILS: [u32; ENDINGS.len()] = {
    let mut tails = [0; ENDINGS.len()];
    let mut at = 0;
    while at < tails.len() {
        tails[at] = tail(ENDINGS[at].as_bytes());
        at += 1;
    }
    tails
};

/// The last four bytes of a text, capitals as small letters; other bytes may become others, too.
const fn tail(text: &[u8]) -> u32 {
    match text.last_chunk() {
        Some(last) => u32::from_le_bytes(*last) | 0x2020_2020,
        None => 0,
    }
}

/// The longest name in presentation form without escapes, with its last dot (RFC 1035 section 2.3.4).
const LONGEST: usize = 254;

/// Whether `name` (any case; with or without its last dot) is one that AWS gives to what it runs for
/// somebody.
pub(crate) fn is_of_aws(name: &[u8]) -> bool {
    let name = name.strip_suffix(b".").unwrap_or(name);
    let last = tail(name);
    // Most names are told apart by their last bytes alone.
    ENDINGS.iter().zip(TAILS).any(|(ending, tail)| tail == last && ends_with(name, ending.as_bytes()))
}

/// Whether a name ends so, in any case; nearly all are in lower case.
fn ends_with(name: &[u8], ending: &[u8]) -> bool {
    let start = name.len().checked_sub(ending.len());
    start.is_some_and(|start| name[start..] == *ending || name[start..].eq_ignore_ascii_case(ending))
}

/// Puts the target of a CNAME record after `targets` if it may be a name of AWS's: unchanged, so that one
/// that was seen before is told by comparing bytes.
#[inline]
pub(super) fn keep_target(target: &[u8], targets: &mut Vec<u8>) {
    if is_of_aws(target) && memchr(b' ', target).is_none() {
        targets.extend_from_slice(target);
        targets.push(b' ');
    }
}

/// The target of a CNAME record in lower case and with its last dot, in `scratch` if it was not so already;
/// `None` if it is no name of AWS's written without escapes.
pub(crate) fn canonical_target<'a>(target: &'a [u8], scratch: &'a mut Vec<u8>) -> Option<&'a [u8]> {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let counts = is_of_aws(target) && target.len() <= LONGEST && target.iter().all(is_plain);
    counts.then(|| super::canonical_name(target, scratch))
}

/// The id of a rule group or a domain list of DNS Firewall, which begins with `kind`; empty for what is none.
pub(super) fn id<'a>(text: &'a [u8], kind: &str) -> &'a [u8] {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    let is_id = text.starts_with(kind.as_bytes()) && text.len() <= MAX_ID && text.iter().all(is_plain);
    if is_id { text } else { b"" }
}

/// How the ids of rule groups begin.
pub(super) const GROUP: &str = "rslvr-frg-";
/// How the ids of domain lists begin.
pub(super) const LIST: &str = "rslvr-fdl-";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_of_aws_are_kept() {
        for (target, kept) in [
            ("Web-1.us-west-2.ELB.amazonaws.com.", "web-1.us-west-2.elb.amazonaws.com."),
            ("d111111abcdef8.cloudfront.net", "d111111abcdef8.cloudfront.net."),
            ("a1b2.awsglobalaccelerator.com.", "a1b2.awsglobalaccelerator.com."),
            ("amazonaws.com.", ""),
            ("notamazonaws.com.", ""),
            ("b.example.", ""),
            ("a b.amazonaws.com.", ""),
            (r"a\032b.amazonaws.com.", ""),
            (".", ""),
            ("", ""),
        ] {
            let (mut targets, mut scratch) = (Vec::new(), Vec::new());
            keep_target(target.as_bytes(), &mut targets);
            let seen = Aside { targets: &targets, ..Aside::default() };
            let all: Vec<&[u8]> = seen.each_target().collect();
            assert!(all.is_empty() || all == [target.as_bytes()], "{target}");
            let counted = canonical_target(target.as_bytes(), &mut scratch).unwrap_or_default();
            assert_eq!(super::super::text(counted), kept, "{target}");
            assert!(kept.is_empty() || !all.is_empty(), "{target}");
        }
        let long = format!("{}.amazonaws.com.", "a".repeat(250));
        assert!(canonical_target(long.as_bytes(), &mut Vec::new()).is_none());
    }

    #[test]
    fn ids_are_of_their_kind() {
        for (text, is_id) in [
            ("rslvr-frg-0a1b2c3d4e5f6071", true),
            ("rslvr-fdl-0a1b2c3d4e5f6071", false),
            ("rslvr-frg-1 2", false),
            ("-", false),
            ("", false),
        ] {
            assert_eq!(!id(text.as_bytes(), GROUP).is_empty(), is_id, "{text}");
        }
    }
}
