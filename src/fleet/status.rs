//! The status of a pair, and of an origin.

use strum::VariantArray;

use crate::base::moment::Moment;
use crate::base::variants::array;
use crate::log::observation::{A, Aaaa};

/// The status of a pair of origin and endpoint, for an origin without IPv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, VariantArray)]
#[repr(u8)]
pub enum Status {
    /// AAAA empty or unusable, A answered: unreachable.
    Ipv4Only,
    /// SERVFAIL, REFUSED or another RCODE.
    Failing,
    /// Blocked by DNS Firewall.
    Blocked,
    /// The name does not exist, says the answer to AAAA.
    NxDomain,
    /// AAAA empty or unusable, and nobody got a usable verdict on A.
    Empty,
    /// AAAA empty or unusable, and no IPv4 address either.
    NoAddress,
    /// AAAA asked, and what was read says of no answer what it was.
    Unknown,
    /// AAAA synthesized: reachable only through NAT64.
    Nat64,
    /// A asked and never AAAA.
    AOnly,
    /// Reachable over IPv6.
    Native,
}

impl Status {
    /// Every status, worst first.
    pub const ALL: [Self; Self::VARIANTS.len()] = array(Self::VARIANTS);

    /// The word used in every export and on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ipv4Only => "ipv4-only",
            Self::Failing => "failing",
            Self::Blocked => "blocked",
            Self::NxDomain => "nxdomain",
            Self::Empty => "empty",
            Self::NoAddress => "no-address",
            Self::Nat64 => "nat64",
            Self::AOnly => "a-only",
            Self::Unknown => "unknown",
            Self::Native => "native",
        }
    }

    /// The status in words, for a person.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Ipv4Only => "IPv4-only",
            Self::Failing => "failing",
            Self::Blocked => "blocked",
            Self::NxDomain => "NXDOMAIN",
            Self::Empty => "empty, A unknown",
            Self::NoAddress => "no address",
            Self::Nat64 => "via NAT64",
            Self::AOnly => "A only",
            Self::Unknown => "answer unknown",
            Self::Native => "native",
        }
    }

    /// The sign and the words. Where the sign is a letter that the words begin with, it is not said twice.
    #[must_use]
    pub fn label(self) -> String {
        format!("{}{}", self.lead(), self.words())
    }

    /// What comes before the words in [`Status::label`].
    #[must_use]
    pub fn lead(self) -> String {
        if self.words().starts_with(self.glyph()) { String::new() } else { format!("{} ", self.glyph()) }
    }

    /// What is true of `count` endpoints, as the end of a sentence.
    #[must_use]
    pub fn predicate(self, count: usize) -> &'static str {
        let (one, many) = match self {
            Self::Ipv4Only => ("has an IPv4 address only", "have IPv4 addresses only"),
            Self::Failing => ("fails", "fail"),
            Self::Blocked => ("is blocked by DNS Firewall", "are blocked by DNS Firewall"),
            Self::NxDomain => ("does not exist", "do not exist"),
            Self::Empty => ("has no AAAA record", "have no AAAA records"),
            Self::NoAddress => ("has no address at all", "have no address at all"),
            Self::Nat64 => ("is reached through NAT64", "are reached through NAT64"),
            Self::AOnly => ("is asked for by A only", "are asked for by A only"),
            Self::Unknown => ("has answers that were not read", "have answers that were not read"),
            Self::Native => ("is reachable over IPv6", "are reachable over IPv6"),
        };
        if count == 1 { one } else { many }
    }

    /// One character for the status, the same everywhere.
    #[must_use]
    pub fn glyph(self) -> char {
        match self {
            Self::Ipv4Only => '✗',
            Self::Failing => '!',
            Self::Blocked => '⊘',
            Self::NxDomain => '?',
            Self::Empty => '○',
            Self::NoAddress => '∅',
            Self::Nat64 => '◐',
            Self::AOnly => 'A',
            Self::Unknown => '~',
            Self::Native => '●',
        }
    }

    /// Whether it is news that a pair has this status and had `before`: the answers changed. If not, more
    /// became known of what was so before: A was asked after AAAA, say, or an answer was seen at last.
    #[must_use]
    pub fn is_turn_of(self, before: Self) -> bool {
        match before {
            Self::AOnly | Self::Unknown => false,
            Self::Empty => !matches!(self, Self::Empty | Self::Ipv4Only | Self::NoAddress),
            _ => self != before,
        }
    }

    /// Decides from the newest verdict on AAAA and what is known of A.
    #[must_use]
    pub fn from_verdicts(aaaa: Option<Aaaa>, a: Option<A>) -> Self {
        match aaaa {
            None => Self::AOnly,
            Some(Aaaa::Native) => Self::Native,
            Some(Aaaa::Synthesized) => Self::Nat64,
            Some(Aaaa::Blocked) => Self::Blocked,
            Some(Aaaa::NxDomain) => Self::NxDomain,
            Some(Aaaa::ServFail | Aaaa::Refused | Aaaa::Other) => Self::Failing,
            Some(Aaaa::Absent | Aaaa::Partial | Aaaa::Masked | Aaaa::Unreadable) => Self::Unknown,
            Some(Aaaa::Empty | Aaaa::Unusable) => match a {
                Some(A::Answered) => Self::Ipv4Only,
                Some(A::Empty | A::NxDomain | A::Unusable) => Self::NoAddress,
                _ => Self::Empty,
            },
        }
    }
}

/// Some of the statuses; that there is none, as with what is not judged, counts as one of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statuses(u16);

/// The bit of no status.
const WITHOUT: u16 = 1 << Status::ALL.len();

impl Statuses {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// Each of them, and none.
    pub const ALL: Self = Self(WITHOUT | (WITHOUT - 1));

    /// As it is written down: a bit for each.
    pub(super) fn bits(self) -> u16 {
        self.0
    }

    /// What was written down; `None` if there is no such status.
    pub(super) fn from_bits(bits: u16) -> Option<Self> {
        (bits & !Self::ALL.0 == 0).then_some(Self(bits))
    }

    fn bit(status: Option<Status>) -> u16 {
        status.map_or(WITHOUT, |status| 1 << status as u16)
    }

    /// Those that fit.
    #[must_use]
    pub fn from_fn(fits: impl Fn(Option<Status>) -> bool) -> Self {
        let all = Status::ALL.into_iter().map(Some).chain([None]);
        Self(all.filter(|status| fits(*status)).fold(0, |bits, status| bits | Self::bit(status)))
    }

    /// Whether this one is among them.
    #[must_use]
    pub fn holds(self, status: Option<Status>) -> bool {
        self.0 & Self::bit(status) != 0
    }
}

impl std::ops::BitAnd for Statuses {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl std::ops::BitOr for Statuses {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl std::ops::BitOrAssign for Statuses {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl std::ops::Not for Statuses {
    type Output = Self;

    fn not(self) -> Self {
        Self(!self.0 & Self::ALL.0)
    }
}

/// Whether the resolver synthesizes answers for an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dns64 {
    /// Synthesized answers were seen, the first at this moment.
    On(Moment),
    /// Names with an IPv4 address only came back empty, and none was synthesized.
    Off,
    /// Nothing that would tell.
    Unknown,
}

impl Dns64 {
    /// What an origin's answers say of it: when the first synthesized one was seen, and whether there is an
    /// endpoint that has an IPv4 address only.
    pub(crate) fn new(synthesized: Option<Moment>, has_ipv4_only: bool) -> Self {
        match synthesized {
            Some(since) => Self::On(since),
            None if has_ipv4_only => Self::Off,
            None => Self::Unknown,
        }
    }

    /// The word used in every export.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::On(_) => "on",
            Self::Off => "off",
            Self::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_becomes_known_is_no_turn() {
        for status in Status::ALL {
            assert!(!status.is_turn_of(status));
            assert!(!status.is_turn_of(Status::AOnly) && !status.is_turn_of(Status::Unknown));
        }
        assert!(!Status::Ipv4Only.is_turn_of(Status::Empty) && Status::Native.is_turn_of(Status::Empty));
        assert!(Status::Nat64.is_turn_of(Status::Ipv4Only) && Status::Failing.is_turn_of(Status::Native));
    }

    #[test]
    fn one_and_several_in_sentences() {
        assert_eq!(Status::NxDomain.predicate(1), "does not exist");
        assert_eq!(Status::NxDomain.predicate(2), "do not exist");
        assert_eq!([Status::AOnly, Status::Native].map(Status::label), ["A only", "● native"]);
        for status in Status::ALL {
            let (one, many) = (status.predicate(1), status.predicate(2));
            let [(one, of_one), (many, of_many)] =
                [one, many].map(|it| it.split_once(' ').unwrap_or((it, "")));
            assert!(
                [("is", "are"), ("has", "have"), ("does", "do"), ("fails", "fail")].contains(&(one, many))
            );
            assert!(one == "has" || of_one == of_many, "{of_one} {of_many}");
        }
    }
}
