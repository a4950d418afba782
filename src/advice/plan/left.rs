//! Why something remains.

use strum::VariantArray;

use crate::base::variants::array;

/// Why no change of the plan covers a need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, VariantArray)]
pub enum UncoveredReason {
    /// Somebody else's name.
    Stranger,
    /// No dual-stack name is documented, or one was measured not to exist.
    NoName,
    /// AWS lists dual-stack names of the service for other Regions.
    Unlisted,
    /// The log shows that its dual-stack name has no IPv6 address here.
    SeenNone,
    /// The user's catalog file says that there is none.
    Own,
    /// AWS's, and no dual-stack form of it is known.
    Aws,
    /// A resource that cannot have IPv6 addresses, or not after it was made.
    Fixed,
    /// Its client is switched as a whole, and another name that it needs has no dual-stack form.
    Held,
    /// A URL that Amazon ECR hands out; the image reference is switched already.
    HandedOut,
    /// A dual-stack name, whose AAAA records something hides.
    Hidden,
    /// Native and empty in turns.
    Turns,
    /// A dual-stack name that does not exist.
    Missing,
    /// NXDOMAIN for AAAA where A is answered.
    NxDomain,
    /// AAAA fails where A is answered.
    Failing,
    /// DNS Firewall blocks AAAA and not A.
    Blocked,
    /// AAAA answers that nothing can connect to.
    Unusable,
    /// Nobody asked for AAAA.
    AOnly,
    /// The answer is not in what was read.
    Unseen,
    /// AAAA is empty, and nothing is known of A.
    EmptyOnly,
    /// AAAA fails, and nothing is known of A.
    FailingOnly,
}

impl UncoveredReason {
    /// Every reason, in the order in which those of equal weight come.
    pub const ALL: [Self; Self::VARIANTS.len()] = array(Self::VARIANTS);

    /// Whether it is not known if the name is reached.
    #[must_use]
    pub fn is_unknown(self) -> bool {
        matches!(self, Self::AOnly | Self::Unseen | Self::EmptyOnly | Self::FailingOnly)
    }

    /// Whether the name has an IPv4 address and an empty AAAA, so that NAT64 leads to it.
    #[must_use]
    pub fn is_for_nat64(self) -> bool {
        self <= Self::Hidden
    }

    /// The word used in exports.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Stranger => "third-party",
            Self::NoName => "no-dual-stack-name",
            Self::Unlisted => "unlisted",
            Self::SeenNone => "dual-stack-name-without-ipv6",
            Self::Own => "own-catalog",
            Self::Aws => "dual-stack-name-unknown",
            Self::Fixed => "fixed",
            Self::Held => "client-switched-as-a-whole",
            Self::HandedOut => "handed-out",
            Self::Hidden => "hidden",
            Self::Turns => "in-turns",
            Self::Missing => "dual-stack-missing",
            Self::NxDomain => "nxdomain-for-aaaa",
            Self::Failing => "failing-for-aaaa",
            Self::Blocked => "blocked-for-aaaa",
            Self::Unusable => "unusable-address",
            Self::AOnly => "a-only",
            Self::Unseen => "unknown-answer",
            Self::EmptyOnly => "empty-a-unknown",
            Self::FailingOnly => "failing-a-unknown",
        }
    }

    /// Why, as a sentence without its stop.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Stranger => "Names of others, which have an IPv4 address only",
            Self::NoName => "AWS documents no dual-stack name for them",
            Self::Unlisted => "AWS lists dual-stack names of these services for other Regions only",
            Self::SeenNone => "Their dual-stack names have no IPv6 address here, as this log shows",
            Self::Own => "Your catalog file says that they have no dual-stack name",
            Self::Aws => "Names of AWS's of which no dual-stack form is known",
            Self::Fixed => "Resources that no setting gives IPv6 addresses",
            Self::Held => "Their client is switched as a whole, and would lose another name that it needs",
            Self::HandedOut => "Amazon ECR hands these names out; the image references are switched already",
            Self::Hidden => "Dual-stack names that had no AAAA record here",
            Self::Turns => "AAAA was answered with native addresses and empty in turns",
            Self::Missing => "Dual-stack names that are asked for and do not exist",
            Self::NxDomain => "AAAA is answered with NXDOMAIN although A is answered",
            Self::Failing => "AAAA fails although A is answered",
            Self::Blocked => "DNS Firewall blocks AAAA and not A",
            Self::Unusable => "AAAA is answered with addresses that nothing can connect to",
            Self::AOnly => "Asked for by A alone: whether AAAA has an answer was not seen",
            Self::Unseen => "Their answers are masked, or not in what was read",
            Self::EmptyOnly => "AAAA came back empty, and no answer to A was seen",
            Self::FailingOnly => "AAAA fails, and no answer to A was seen",
        }
    }

    /// What is left to do.
    #[must_use]
    pub fn action(self) -> &'static str {
        match self {
            Self::Stranger => "ask their owners for IPv6; until then NAT64 or IPv4 is left for them",
            Self::NoName | Self::Aws | Self::SeenNone | Self::Own | Self::HandedOut => {
                "NAT64 or IPv4 is left for them"
            }
            Self::Unlisted => {
                "see whether there are some by now (`dig AAAA`); if not, NAT64 or IPv4 is left for them"
            }
            Self::Fixed => {
                "make them anew with IPv6 where that is possible; else NAT64 or IPv4 is left for them"
            }
            Self::Held => "leave the client as it is: NAT64 or IPv4 is left for them",
            Self::Hidden => {
                "find what answers without AAAA records; until then NAT64 or IPv4 is left for them"
            }
            Self::Turns => "let those who run their name servers make them agree",
            Self::Missing => "take the dual-stack switch back for their clients",
            Self::NxDomain | Self::Failing | Self::Unusable => {
                "let those who run their name servers correct the answers to AAAA; NAT64 does not help"
            }
            Self::Blocked => "change the rule of DNS Firewall, if it is not meant; NAT64 does not help",
            Self::AOnly => "see whether the program can use IPv6 at all",
            Self::Unseen => "read the log unmasked, or an export that has the answers",
            Self::EmptyOnly => "ask for A: `dig A` with the name",
            Self::FailingOnly => "see what fails there: it does so today",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_have_ids_of_their_own() {
        let mut ids: Vec<&str> = UncoveredReason::ALL.iter().map(|left| left.id()).collect();
        assert!(UncoveredReason::ALL.is_sorted());
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), UncoveredReason::ALL.len());
        for left in UncoveredReason::ALL {
            assert!(!(left.is_unknown() && left.is_for_nat64()), "{left:?}");
            assert!(!left.sentence().ends_with('.') && !left.action().ends_with('.'), "{left:?}");
        }
    }
}
