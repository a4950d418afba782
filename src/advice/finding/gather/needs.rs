//! What an origin does not reach over IPv6, and what is in the way.

use super::{Gathered, NameFlags, newest_a};
use crate::advice::plan::{Lack, Need, UncoveredReason};
use crate::fleet::{PairView, Status};
use crate::log::observation::{A, Aaaa};

impl Gathered<'_> {
    /// Notes what `pair` needs, or that it needs nothing.
    pub(super) fn need(&mut self, pair: &PairView<'_>, about: NameFlags) {
        if pair.status == Status::Native {
            self.sights[pair.origin_rank - self.first_rank].1 = true;
            return;
        }
        if let (Some(lack), Ok(rank)) = (lack(pair, about), u32::try_from(pair.origin_rank)) {
            self.needs.push(Need { rank, name: pair.name_symbol, lack });
        }
    }
}

/// What is in the way of reaching a name; `None` where it is reached, or has no address over IPv4 either.
fn lack(pair: &PairView<'_>, about: NameFlags) -> Option<Lack> {
    let answered = || newest_a(pair).or_else(|| pair.known_a());
    let was_native = || pair.spans.aaaa_with(Aaaa::Native).is_some();
    let left = match pair.status {
        Status::Ipv4Only | Status::Empty if pair.spans.newest_aaaa() == Some(Aaaa::Unusable) => {
            UncoveredReason::Unusable
        }
        Status::Ipv4Only | Status::Nat64 if was_native() => UncoveredReason::Turns,
        Status::Ipv4Only | Status::Nat64 => return Some(Lack::Address),
        // An endpoint has an IPv4 address, asked for or not.
        Status::Empty if about.is_endpoint => return Some(Lack::Address),
        Status::Empty => UncoveredReason::EmptyOnly,
        Status::NxDomain if answered() == Some(A::Answered) => UncoveredReason::NxDomain,
        Status::NxDomain if about.dual && !about.is_poller => UncoveredReason::Missing,
        Status::Failing if answered() == Some(A::Answered) => UncoveredReason::Failing,
        Status::Failing => UncoveredReason::FailingOnly,
        Status::Blocked if newest_a(pair) == Some(A::Answered) => UncoveredReason::Blocked,
        Status::AOnly if !matches!(answered(), Some(A::Empty | A::NxDomain | A::Unusable | A::Blocked)) => {
            UncoveredReason::AOnly
        }
        Status::Unknown => UncoveredReason::Unseen,
        // It is reached, or it is the same over IPv4: there is no address, or it is blocked altogether.
        Status::Native | Status::NoAddress | Status::NxDomain | Status::Blocked | Status::AOnly => {
            return None;
        }
    };
    Some(Lack::Other(left))
}
