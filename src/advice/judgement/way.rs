//! How those who ask for a name reach it today, and what follows where no other name helps.

/// How those who ask for a name reach it today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Some of them not at all.
    Not,
    /// As [`Way::Not`], where all of them ask through inbound endpoints of Route 53 Resolver.
    Inbound,
    /// As [`Way::Not`], where some of them do.
    Mixed,
    /// Through NAT64 only.
    Nat64,
    /// Over IPv4, all of them; not over IPv6.
    Ipv4,
    /// All of them have IPv4, and DNS64 sends them through NAT64.
    Detour,
    /// It is not known who asks.
    Unknown,
}

impl Way {
    /// What is left where no name helps.
    #[must_use]
    pub fn otherwise(self) -> &'static str {
        match self {
            Self::Not => "give the subnets NAT64: DNS64 on, and 64:ff9b::/96 routed to a NAT gateway",
            Self::Inbound => {
                "give those who ask through the endpoint NAT64: the endpoint's own DNS64 on, and 64:ff9b::/96 routed to a NAT \
                 gateway from where they are"
            }
            Self::Mixed => {
                "give them NAT64: DNS64 on, in the subnets of those inside the VPC and on the resolver endpoint for those who ask \
                 through it, and 64:ff9b::/96 routed to a NAT gateway from where each of them is"
            }
            Self::Nat64 => "keep NAT64 for it",
            Self::Ipv4 => "keep IPv4 for it",
            Self::Detour => "keep IPv4 for it: without DNS64 it goes there directly",
            Self::Unknown => "keep NAT64 or IPv4 for it",
        }
    }

    /// What leads to a name that has no IPv6 address, and for which no other name is known, as a line.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Ipv4 => "No IPv6 address of its own: it is reached over IPv4 only.",
            Self::Detour => {
                "No IPv6 address of its own: DNS64 leads through a NAT gateway, IPv4 goes there directly."
            }
            // Whether those who ask through a resolver endpoint have IPv4 is not known.
            Self::Inbound => {
                "No IPv6 address of its own: where there is no IPv4, only DNS64 and a NAT gateway lead there."
            }
            _ => "No IPv6 address of its own: only DNS64 and a NAT gateway lead there.",
        }
    }
}
