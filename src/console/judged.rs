//! The judgement of a name by what is shown.

use super::{Model, PairRow};
use crate::advice::judgement::{Judgement, LogFacts, NameTarget, Way, all_private};
use crate::fleet::{OriginId, OriginKind, Status, Symbol};
use crate::knowledge::address::ipv4_private;
use crate::log::observation::Aaaa;

impl Model {
    /// Gathers at once what is known of `pairs` within the time shown, and what judgements of their names are
    /// made of: so that each by itself costs no pass over the timeline.
    pub fn gather_for_judgements(&self, pairs: &[PairRow]) {
        if self.is_narrowed() {
            let worst_off = pairs.iter().filter_map(|pair| Some(*self.askers(pair.name).first()?.1));
            let all: Vec<PairRow> = worst_off.chain(pairs.iter().copied()).collect();
            self.gather(&all);
        }
    }

    /// The judgement of a name, by what is shown of it and of its dual-stack name.
    #[must_use]
    pub fn judgement(&self, name: Symbol) -> Judgement {
        let fleet = self.known.fleet();
        let aaaa = |host: &str| self.shown_of(fleet.find_name(&format!("{host}."))?);
        let mut ipv4: Vec<u32> = Vec::new();
        if let Some((_, pair)) = self.askers(name).first() {
            let pair_detail = self.pair_detail(pair);
            ipv4.extend(pair_detail.embedded.lowest());
            ipv4.extend(pair_detail.name_ipv4.map_or(&[][..], |known| known.lowest()));
        }
        let shown = LogFacts {
            aaaa: &aaaa,
            ipv4: ipv4.first().copied(),
            is_private: all_private(ipv4.iter().copied()),
            is_private_for_some: ipv4.iter().copied().any(ipv4_private),
            target: NameTarget::find(fleet.targets_of(name)),
            has_registry: false,
        };
        Judgement::new(&self.setup.library.catalog, fleet.name_text(name), shown)
    }

    /// Whether an origin has IPv4, as findings have it: EC2 says so of an instance, else it asked from an
    /// IPv4 address.
    #[must_use]
    pub fn has_ipv4(&self, origin: OriginId) -> bool {
        let fleet = self.known.fleet();
        let (_, id, _) = fleet.origin_text(origin);
        let inspected = self.setup.library.inspected.as_ref();
        inspected.and_then(|known| known.has_ipv4(id)).unwrap_or_else(|| fleet.origin_has_ipv4(origin))
    }

    /// How those who ask for a name reach it that has no IPv6 address of its own: those of `status`, who are
    /// all that count.
    #[must_use]
    pub fn way(&self, status: Status, origins: impl Iterator<Item = OriginId>) -> Way {
        let mut without = origins.filter(|origin| !self.has_ipv4(*origin)).peekable();
        let all_have = without.peek().is_none();
        let is_inbound =
            |origin: OriginId| self.known.fleet().origin_text(origin).0 == OriginKind::ResolverEndpoint;
        match status {
            Status::Nat64 if all_have => Way::Detour,
            Status::Nat64 => Way::Nat64,
            _ if all_have => Way::Ipv4,
            _ if without.all(is_inbound) => Way::Inbound,
            _ => Way::Not,
        }
    }

    /// What came back for AAAA of a name, to those who asked for it.
    fn shown_of(&self, name: Symbol) -> Option<Aaaa> {
        let statuses: Vec<Status> = self.askers(name).into_iter().map(|(_, pair)| pair.status).collect();
        let lacks = |status: &Status| {
            matches!(
                status,
                Status::NxDomain | Status::Empty | Status::Ipv4Only | Status::NoAddress | Status::Nat64
            )
        };
        if statuses.contains(&Status::Native) {
            Some(Aaaa::Native)
        } else if !statuses.is_empty() && statuses.iter().all(|status| *status == Status::NxDomain) {
            Some(Aaaa::NxDomain)
        } else if !statuses.is_empty() && statuses.iter().all(lacks) {
            Some(Aaaa::Empty)
        } else {
            None
        }
    }
}
