//! The verdicts, and the words for them.

/// The verdict on a record of type AAAA. The order is that of precedence within one second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Aaaa {
    /// At least one usable address outside every NAT64 prefix.
    Native,
    /// All usable addresses inside a NAT64 prefix: DNS64 made them (RFC 6147).
    Synthesized,
    /// Addresses, but none that anything can connect to.
    Unusable,
    /// NODATA: no AAAA in the answers.
    Empty,
    /// Blocked by DNS Firewall.
    Blocked,
    /// RCODE 3: the name does not exist.
    NxDomain,
    /// RCODE 2.
    ServFail,
    /// RCODE 5.
    Refused,
    /// Any other RCODE.
    Other,
}

/// The verdict on a record of type A. The order is that of precedence within one second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum A {
    /// At least one usable IPv4 address.
    Answered,
    /// Addresses, but none that anything can connect to.
    Unusable,
    /// NODATA: no A in the answers.
    Empty,
    /// Blocked by DNS Firewall.
    Blocked,
    /// RCODE 3: the name does not exist.
    NxDomain,
    /// RCODE 2.
    ServFail,
    /// RCODE 5.
    Refused,
    /// Any other RCODE.
    Other,
}

impl Aaaa {
    /// Every verdict, in order.
    pub const ALL: [Self; 9] = [
        Self::Native,
        Self::Synthesized,
        Self::Unusable,
        Self::Empty,
        Self::Blocked,
        Self::NxDomain,
        Self::ServFail,
        Self::Refused,
        Self::Other,
    ];

    /// The word used in every export.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Synthesized => "synthesized",
            Self::Unusable => "unusable",
            Self::Empty => "empty",
            Self::Blocked => "blocked",
            Self::NxDomain => "nxdomain",
            Self::ServFail => "servfail",
            Self::Refused => "refused",
            Self::Other => "other",
        }
    }
}

impl A {
    /// Every verdict, in order.
    pub const ALL: [Self; 8] = [
        Self::Answered,
        Self::Unusable,
        Self::Empty,
        Self::Blocked,
        Self::NxDomain,
        Self::ServFail,
        Self::Refused,
        Self::Other,
    ];

    /// The word used in every export.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Unusable => "unusable",
            Self::Empty => "empty",
            Self::Blocked => "blocked",
            Self::NxDomain => "nxdomain",
            Self::ServFail => "servfail",
            Self::Refused => "refused",
            Self::Other => "other",
        }
    }

    /// Whether this settles if the name has an IPv4 address.
    #[must_use]
    pub fn usable_word(self) -> bool {
        matches!(self, Self::Answered | Self::Unusable | Self::Empty | Self::NxDomain)
    }
}

/// The judged answer of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// A question of type AAAA.
    Aaaa(Aaaa),
    /// A question of type A.
    A(A),
    /// A question of another type.
    NotJudged,
}

impl Verdict {
    /// The word used in every export; `other type` for what is not judged.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Aaaa(verdict) => verdict.word(),
            Self::A(verdict) => verdict.word(),
            Self::NotJudged => "other type",
        }
    }
}
