//! The verdicts, and the words for them.

use strum::VariantArray;

use crate::base::variants::array;

/// The verdict on a record of type AAAA. The order is that of precedence within one second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, VariantArray)]
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
    /// NOERROR, and what was read does not say what the answer was: [`Unknown::Absent`].
    Absent,
    /// The same: [`Unknown::Partial`].
    Partial,
    /// The same: [`Unknown::Masked`].
    Masked,
    /// The same: [`Unknown::Unreadable`].
    Unreadable,
}

/// The verdict on a record of type A. The order is that of precedence within one second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, VariantArray)]
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
    /// NOERROR, and what was read does not say what the answer was: [`Unknown::Absent`].
    Absent,
    /// The same: [`Unknown::Partial`].
    Partial,
    /// The same: [`Unknown::Masked`].
    Masked,
    /// The same: [`Unknown::Unreadable`].
    Unreadable,
}

/// Why what was read does not say what an answer was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Unknown {
    /// It has no answers: an export without that column or field.
    Absent,
    /// It has only some of the answers, and none of those decides: an export of the first answer alone, or a
    /// list that was cut short.
    Partial,
    /// The addresses are asterisks: a data protection policy of CloudWatch Logs masks them ("Help protect
    /// sensitive log data with masking", CloudWatch Logs User Guide).
    Masked,
    /// There are answers, in a form that cannot be read.
    Unreadable,
}

/// The word for every verdict that is not known.
const UNKNOWN: &str = "unknown";

impl Unknown {
    /// Every reason, in order.
    pub const ALL: [Self; 4] = [Self::Absent, Self::Partial, Self::Masked, Self::Unreadable];

    /// The word used in every export.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Partial => "partial",
            Self::Masked => "masked",
            Self::Unreadable => "unreadable",
        }
    }

    /// The reason for a person, as what is so of the answer.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Absent => "not in what was read",
            Self::Partial => "only in part in what was read",
            Self::Masked => "masked",
            Self::Unreadable => "unreadable",
        }
    }

    /// The verdict that has this reason, for a person.
    #[must_use]
    pub fn verdict_words(self) -> &'static str {
        match self {
            Self::Absent => "unknown (absent)",
            Self::Partial => "unknown (partial)",
            Self::Masked => "unknown (masked)",
            Self::Unreadable => "unknown (unreadable)",
        }
    }

    /// The verdict on AAAA that has this reason.
    #[must_use]
    pub fn aaaa(self) -> Aaaa {
        match self {
            Self::Absent => Aaaa::Absent,
            Self::Partial => Aaaa::Partial,
            Self::Masked => Aaaa::Masked,
            Self::Unreadable => Aaaa::Unreadable,
        }
    }

    /// The verdict on A that has this reason.
    #[must_use]
    pub fn a(self) -> A {
        match self {
            Self::Absent => A::Absent,
            Self::Partial => A::Partial,
            Self::Masked => A::Masked,
            Self::Unreadable => A::Unreadable,
        }
    }
}

impl Aaaa {
    /// Every verdict, in order.
    pub const ALL: [Self; Self::VARIANTS.len()] = array(Self::VARIANTS);

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
            Self::Absent | Self::Partial | Self::Masked | Self::Unreadable => UNKNOWN,
        }
    }

    /// The word for a person: with the reason if it is not known.
    #[must_use]
    pub fn words(self) -> &'static str {
        self.unknown().map_or_else(|| self.word(), Unknown::verdict_words)
    }

    /// Why the answer is not known; `None` if it is.
    #[must_use]
    pub fn unknown(self) -> Option<Unknown> {
        Some(match self {
            Self::Absent => Unknown::Absent,
            Self::Partial => Unknown::Partial,
            Self::Masked => Unknown::Masked,
            Self::Unreadable => Unknown::Unreadable,
            _ => return None,
        })
    }
}

impl A {
    /// Every verdict, in order.
    pub const ALL: [Self; Self::VARIANTS.len()] = array(Self::VARIANTS);

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
            Self::Absent | Self::Partial | Self::Masked | Self::Unreadable => UNKNOWN,
        }
    }

    /// The word for a person: with the reason if it is not known.
    #[must_use]
    pub fn words(self) -> &'static str {
        self.unknown().map_or_else(|| self.word(), Unknown::verdict_words)
    }

    /// Why the answer is not known; `None` if it is.
    #[must_use]
    pub fn unknown(self) -> Option<Unknown> {
        Some(match self {
            Self::Absent => Unknown::Absent,
            Self::Partial => Unknown::Partial,
            Self::Masked => Unknown::Masked,
            Self::Unreadable => Unknown::Unreadable,
            _ => return None,
        })
    }

    /// Whether this settles if the name has an IPv4 address.
    #[must_use]
    pub fn is_conclusive(self) -> bool {
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
    /// How many verdicts there are on AAAA and on A: the codes of these are below it.
    pub(crate) const JUDGED: u8 = A_FROM + A::Unreadable as u8 + 1;
    /// How many bits a code takes.
    pub(crate) const CODE_BITS: u32 = 5;

    /// Its number: verdicts on AAAA in their order, then those on A in theirs, then what is not judged.
    #[inline]
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Aaaa(verdict) => verdict as u8,
            Self::A(verdict) => A_FROM + verdict as u8,
            Self::NotJudged => Self::JUDGED,
        }
    }

    /// The verdict of a code, of which the lowest bits count ([`Verdict::CODE_BITS`]).
    #[inline]
    pub(crate) fn from_code(code: u8) -> Self {
        VERDICTS[usize::from(code) % VERDICTS.len()]
    }

    /// The word used in every export; `other type` for what is not judged.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Aaaa(verdict) => verdict.word(),
            Self::A(verdict) => verdict.word(),
            Self::NotJudged => "other type",
        }
    }

    /// The word for a person: with the reason if it is not known.
    #[must_use]
    pub fn words(self) -> &'static str {
        self.unknown().map_or_else(|| self.word(), Unknown::verdict_words)
    }

    /// Why the answer is not known; `None` if it is, or if it is not judged.
    #[must_use]
    pub fn unknown(self) -> Option<Unknown> {
        match self {
            Self::Aaaa(verdict) => verdict.unknown(),
            Self::A(verdict) => verdict.unknown(),
            Self::NotJudged => None,
        }
    }
}

/// The code of the first verdict on A.
const A_FROM: u8 = Aaaa::Unreadable as u8 + 1;
const _: () = assert!(A_FROM as usize == Aaaa::ALL.len());

/// The verdicts by their codes.
const VERDICTS: [Verdict; 1 << Verdict::CODE_BITS] = {
    let mut verdicts = [Verdict::NotJudged; 1 << Verdict::CODE_BITS];
    let mut at = 0;
    while at < Verdict::JUDGED as usize {
        verdicts[at] = if at < Aaaa::ALL.len() {
            Verdict::Aaaa(Aaaa::ALL[at])
        } else {
            Verdict::A(A::ALL[at - Aaaa::ALL.len()])
        };
        at += 1;
    }
    verdicts
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verdict_has_a_code() {
        let aaaa = Aaaa::ALL.into_iter().map(Verdict::Aaaa);
        let all: Vec<Verdict> =
            aaaa.chain(A::ALL.into_iter().map(Verdict::A)).chain([Verdict::NotJudged]).collect();
        for (code, verdict) in (0..).zip(&all) {
            assert_eq!((verdict.code(), Verdict::from_code(code)), (code, *verdict));
        }
        assert_eq!(all.len(), usize::from(Verdict::JUDGED) + 1);
    }
}
