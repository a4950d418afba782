//! Answers that are not what they seem, or come in turns.

use super::{Gathered, GroupSubject, Rule, endpoint, is_inbound, vpc};
use crate::fleet::{PairView, Status};
use crate::knowledge::address::Ipv6Kind;
use crate::log::observation::Aaaa;

impl Gathered<'_> {
    /// Native addresses that are not what they seem.
    pub(super) fn odd_native(&mut self, pair: &PairView<'_>) {
        let addresses = pair.native.lowest();
        let only = |wanted: &[Ipv6Kind]| {
            !addresses.is_empty() && addresses.iter().all(|bits| wanted.contains(&Ipv6Kind::from_bits(*bits)))
        };
        let (rule, subject) = if only(&[Ipv6Kind::SixToFour, Ipv6Kind::Teredo]) {
            (Rule::TunnelAddress, GroupSubject::Name(pair.name_symbol))
        } else if only(&[Ipv6Kind::Documentation]) {
            // In a log that was redacted or made up all names have such addresses: that is to be said once.
            (Rule::DocumentationAddress, self.vpc(pair))
        } else {
            return;
        };
        let address = pair.native.lowest().first().copied();
        let group = self.group(rule, subject, pair);
        group.show(address);
        if rule == Rule::DocumentationAddress {
            group.add_name(pair.name_symbol);
        }
        group.add(pair.origin_rank, pair.spans.aaaa_with(Aaaa::Native).into_iter());
    }

    /// Answers in turns where the name has an IPv4 address: DNS64 that comes and goes, or servers that
    /// disagree.
    pub(super) fn unsteady(&mut self, pair: &PairView<'_>) {
        let span = |wanted| pair.spans.aaaa_with(wanted);
        // Answers that alternate for a masked address may be those of two hosts.
        let Some(empty) = span(Aaaa::Empty).filter(|_| !pair.origin.is_masked()) else { return };
        if let Some(native) = span(Aaaa::Native)
            && (native.overlaps(&empty) || native.last < empty.first)
        {
            let group = self.group(Rule::NativeUnsteady, GroupSubject::Name(pair.name_symbol), pair);
            group.add(pair.origin_rank, [native, empty].into_iter());
        }
        if let Some(synthesized) = span(Aaaa::Synthesized)
            && (synthesized.overlaps(&empty) || synthesized.last < empty.first)
        {
            let origin = self.origin_of(pair);
            let whose = if is_inbound(origin) { endpoint(origin) } else { vpc(origin) };
            let group = self.group(Rule::Dns64Unsteady, whose, pair);
            group.add(pair.origin_rank, [synthesized, empty].into_iter());
        }
    }

    /// `ipv4only.arpa` with native addresses: a NAT64 prefix that nobody named (RFC 7050 section 3).
    pub(super) fn revealed(&mut self, pair: &PairView<'_>) {
        if let (Status::Native, Some(address)) = (pair.status, pair.native.lowest().first()) {
            let group = self.group(Rule::Nat64Prefix, GroupSubject::Name(pair.name_symbol), pair);
            group.show(Some(*address));
            group.add(pair.origin_rank, pair.spans.aaaa_with(Aaaa::Native).into_iter());
        }
    }
}
