//! Single origins and pairs, looked up: what a screen needs of the few that it shows.
//!
//! A [`super::Survey`] reads the whole fleet. Numbers of origins, names and pairs never change once given, so
//! between two surveys a screen may look at any of them for the price of a lookup.

use super::order::is_from_ipv4;
use super::survey::join;
use super::{AddressSet, Fleet, OriginId, OriginKind, PairId, PairKey, Span, Spans, Symbol, VerdictChange};
use crate::base::saturating::SaturatingInto as _;
use crate::log::observation::Verdict;
use std::borrow::Cow;

/// What the fleet holds on one pair, or on several that are one (an instance and its bare address).
#[derive(Clone, Debug)]
pub struct PairDetail<'f> {
    /// Every verdict seen, with its span.
    pub spans: Spans,
    /// Native addresses.
    pub native: Cow<'f, AddressSet<u128>>,
    /// IPv4 addresses embedded in synthesized answers.
    pub embedded: Cow<'f, AddressSet<u32>>,
    /// Empty AAAA answers that held a CNAME chain.
    pub cname_only: u64,
    /// Some answers had both synthesized and native addresses.
    pub mixed: bool,
    /// Some answers were read in part only, and judged by what they showed.
    pub partial: bool,
    /// IPv4 addresses that anybody got for the name by asking for A.
    pub name_ipv4: Option<&'f AddressSet<u32>>,
}

impl Fleet {
    /// What is held on `pairs`, which are to be one. Numbers of another fleet are passed over.
    #[must_use]
    pub fn pair_detail(&self, pairs: &[PairId]) -> PairDetail<'_> {
        let known = || pairs.iter().filter_map(|pair| self.pairs.get(pair.0 as usize));
        let name = pairs.first().and_then(|pair| self.pair_parts(*pair)).map(|(_, name)| name);
        PairDetail {
            spans: self.spans_of(pairs),
            native: join(&self.native, known().map(|pair| pair.native)),
            embedded: join(&self.embedded, known().map(|pair| pair.embedded)),
            cname_only: known().map(|pair| u64::from(pair.cname_only)).sum(),
            mixed: known().any(|pair| pair.mixed),
            partial: known().any(|pair| pair.partial),
            name_ipv4: name.and_then(|name| self.name_ipv4.get(name.index())),
        }
    }

    /// The spans of `pairs` in one.
    #[must_use]
    pub fn spans_of(&self, pairs: &[PairId]) -> Spans {
        let mut spans = Spans::default();
        for pair in pairs.iter().filter_map(|pair| self.pairs.get(pair.0 as usize)) {
            for (slot, span) in pair.all(&self.more) {
                spans.add(slot, span);
            }
        }
        spans
    }

    /// The spans of one pair as they are kept: the verdict's number (those on AAAA, then those on A) and the
    /// span; a verdict may come twice.
    pub(crate) fn kept(&self, pair: PairId) -> impl Iterator<Item = (u8, Span)> + '_ {
        self.pairs.get(pair.0 as usize).into_iter().flat_map(|pair| pair.all(&self.more))
    }

    /// Records of types that are not judged, by the number of the origin.
    pub(crate) fn ignored(&self) -> impl Iterator<Item = u32> + '_ {
        self.origins.list().iter().map(|origin| origin.ignored.saturating_into::<u32>())
    }

    /// The origin that each origin's pairs belong to, by number: the instance for an address that exactly one
    /// was seen with, else itself.
    #[must_use]
    pub fn owners(&self) -> Vec<OriginId> {
        self.origins.owners().into_iter().map(OriginId).collect()
    }

    /// Settles which instance each address belongs to as `known` does, of whose records this fleet holds
    /// some: what was seen of an address at another time counts, too.
    pub fn adopt_owners(&mut self, known: &Self) {
        self.origins.adopt(&known.origins, &known.origins.owners());
    }

    /// The account and the Region of an origin; empty texts where the log did not say.
    #[must_use]
    pub fn origin_account(&self, origin: OriginId) -> (&str, &str) {
        let texts = &self.origins.texts;
        self.origins
            .list()
            .get(origin.0 as usize)
            .map_or(("", ""), |origin| (texts.get(origin.account), texts.get(origin.region)))
    }

    /// The addresses that an origin asked from.
    #[must_use]
    pub fn origin_addresses(&self, origin: OriginId) -> &[u128] {
        self.origins.list().get(origin.0 as usize).map_or(&[], |origin| origin.addresses.lowest())
    }

    /// Whether an origin has IPv4, as [`super::OriginView::has_ipv4`] says.
    #[must_use]
    pub fn origin_has_ipv4(&self, origin: OriginId) -> bool {
        let kind = self.origins.list().get(origin.0 as usize).map(|origin| origin.kind);
        kind != Some(OriginKind::ResolverEndpoint) && is_from_ipv4(self.origin_addresses(origin))
    }

    /// The latest change of the verdict on AAAA of `pairs`, which are to be one. Quick for the many that have
    /// none.
    #[must_use]
    pub fn change(&self, pairs: &[PairId]) -> Option<VerdictChange> {
        let known = pairs.iter().filter_map(|pair| self.pairs.get(pair.0 as usize));
        let slots = known.flat_map(|pair| pair.all(&self.more)).map(|(slot, _)| slot);
        let mut of_aaaa = slots.filter(|slot| matches!(Verdict::from_code(*slot), Verdict::Aaaa(_)));
        let first = of_aaaa.next()?;
        of_aaaa.any(|slot| slot != first).then(|| self.spans_of(pairs).change())?
    }

    /// The kind, the id and the VPC of an origin; empty texts for a number that is not of this fleet.
    #[must_use]
    pub fn origin_text(&self, origin: OriginId) -> (OriginKind, &str, &str) {
        let texts = &self.origins.texts;
        self.origins.list().get(origin.0 as usize).map_or((OriginKind::Address, "", ""), |origin| {
            let vpc = if origin.kind == OriginKind::Address { origin.scope } else { origin.vpc };
            (origin.kind, texts.get(origin.id), texts.get(vpc))
        })
    }

    /// The number of an origin, if it was seen. `vpc` tells apart what has nothing but an address.
    #[must_use]
    pub fn find_origin(&self, kind: OriginKind, id: &str, vpc: &str) -> Option<OriginId> {
        self.origins.find(kind, id, vpc)
    }

    /// The number of an origin of `other` in this fleet, if this one has it: it does once it absorbed the
    /// other.
    #[must_use]
    pub fn same_origin(&self, other: &Self, origin: OriginId) -> Option<OriginId> {
        let (kind, id, vpc) = other.origin_text(origin);
        self.find_origin(kind, id, vpc)
    }

    /// The number of a pair of `other` in this fleet, likewise.
    #[must_use]
    pub fn same_pair(&self, other: &Self, pair: PairId) -> Option<PairId> {
        let (origin, name) = other.pair_parts(pair)?;
        let origin = self.same_origin(other, origin)?;
        let name = self.names.find(other.name_text(name))?;
        self.find_pair(origin, name)
    }

    /// The number of the pair of an origin and a name, if there is one.
    #[must_use]
    pub fn find_pair(&self, origin: OriginId, name: Symbol) -> Option<PairId> {
        let key = PairKey { origin: origin.0, name: name.0 };
        self.index.find(key).map(PairId)
    }

    /// All names asked for, in the order of their numbers.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter()
    }

    /// How many names were asked for: their numbers ([`crate::fleet::Symbol::index`]) are below it.
    #[must_use]
    pub fn name_count(&self) -> usize {
        self.names.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::moment::Moment;
    use crate::log::observation::sample::observed;
    use crate::log::observation::{A, Aaaa, Asker, Observation};

    fn observation<'a>(asker: Asker<'a>, name: &'a str, verdict: Verdict) -> Observation<'a> {
        let ipv4: &[u32] = if matches!(verdict, Verdict::A(A::Answered)) { &[9] } else { &[] };
        Observation { ipv4, ..observed(asker, name, verdict) }
    }

    #[test]
    fn numbers_of_one_fleet_lead_to_those_of_another() {
        let mut batch = Fleet::default();
        let i1 = Asker::Instance(b"i-1");
        let first = batch.observe(&observation(i1, "b.", Verdict::Aaaa(Aaaa::Empty))).pair.unwrap();
        let mut fleet = Fleet::default();
        fleet.observe(&observation(Asker::Address, "a.", Verdict::A(A::Answered)));
        assert_eq!(fleet.same_pair(&batch, first), None);
        fleet.absorb(&batch);
        let pair = fleet.same_pair(&batch, first).unwrap();
        let (origin, name) = fleet.pair_parts(pair).unwrap();
        assert_eq!(fleet.origin_text(origin), (OriginKind::Instance, "i-1", "vpc-1"));
        assert_eq!(fleet.name_text(name), "b.");
        assert_eq!(fleet.find_pair(origin, name), Some(pair));
        assert_eq!(fleet.find_origin(OriginKind::Interface, "i-1", "vpc-1"), None);
    }

    #[test]
    fn several_pairs_in_one_glance() {
        let mut fleet = Fleet::default();
        let bare =
            fleet.observe(&observation(Asker::Address, "a.", Verdict::Aaaa(Aaaa::Empty))).pair.unwrap();
        let named =
            fleet.observe(&observation(Asker::Instance(b"i-1"), "a.", Verdict::A(A::Answered))).pair.unwrap();
        let pair_detail = fleet.pair_detail(&[bare, named]);
        assert_eq!((pair_detail.spans.aaaa().count(), pair_detail.spans.a().count()), (1, 1));
        assert_eq!(pair_detail.name_ipv4.unwrap().lowest(), [9]);
        assert_eq!(fleet.change(&[bare, named]), None);
        let later =
            Observation { at: Moment(1), ..observation(Asker::Address, "a.", Verdict::Aaaa(Aaaa::Native)) };
        fleet.observe(&later);
        let change = fleet.change(&[bare, named]);
        assert_eq!(change, fleet.spans_of(&[bare, named]).change());
        assert!(change.is_some_and(|change| change.to == Aaaa::Native));
        assert_eq!(fleet.survey().pairs().count(), 1);
    }
}
