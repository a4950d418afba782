//! What a pair, and an origin, comes to.

use crate::moment::Moment;
use crate::observation::{A, Aaaa};

/// What a pair of origin and endpoint comes to, for an origin without IPv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// AAAA empty or unusable, and nobody got a usable word on A.
    Empty,
    /// AAAA empty or unusable, and no IPv4 address either.
    NoAddress,
    /// AAAA synthesized: reachable only through NAT64.
    Nat64,
    /// A asked and never AAAA.
    AOnly,
    /// Reachable over IPv6.
    Native,
}

impl Status {
    /// Every status, worst first.
    pub const ALL: [Self; 9] = [
        Self::Ipv4Only,
        Self::Failing,
        Self::Blocked,
        Self::NxDomain,
        Self::Empty,
        Self::NoAddress,
        Self::Nat64,
        Self::AOnly,
        Self::Native,
    ];

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
            Self::Native => "native",
        }
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
            Self::AOnly => '4',
            Self::Native => '●',
        }
    }

    /// Decides from the newest verdict on AAAA and what is known of A.
    pub(super) fn of(aaaa: Option<Aaaa>, a: Option<A>) -> Self {
        match aaaa {
            None => Self::AOnly,
            Some(Aaaa::Native) => Self::Native,
            Some(Aaaa::Synthesized) => Self::Nat64,
            Some(Aaaa::Blocked) => Self::Blocked,
            Some(Aaaa::NxDomain) => Self::NxDomain,
            Some(Aaaa::ServFail | Aaaa::Refused | Aaaa::Other) => Self::Failing,
            Some(Aaaa::Empty | Aaaa::Unusable) => match a {
                Some(A::Answered) => Self::Ipv4Only,
                Some(A::Empty | A::NxDomain | A::Unusable) => Self::NoAddress,
                _ => Self::Empty,
            },
        }
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
