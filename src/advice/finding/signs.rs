//! What a pair, an origin or a name shows by itself.

use super::group::GroupSubject;
use crate::fleet::{Dns64, OriginKind, OriginView, PairView, Status};
use crate::knowledge::catalog::{Kind, Known, ProfileRow};
use crate::log::observation::{A, Aaaa};

/// The newest known verdict on A that the origin itself got, whatever it says.
pub(super) fn newest_a(pair: &PairView<'_>) -> Option<A> {
    pair.spans
        .a()
        .filter(|(verdict, _)| verdict.unknown().is_none())
        .max_by_key(|(verdict, span)| (span.last.second(), std::cmp::Reverse(*verdict)))
        .map(|it| it.0)
}

/// Whether the name has an IPv4 address: the newest word that the origin got, else what anybody got.
pub(super) fn has_a(pair: &PairView<'_>) -> bool {
    newest_a(pair).or_else(|| pair.known_a()) == Some(A::Answered)
}

/// Whether a name is known to be an endpoint, so that it has an IPv4 address although nobody asked for it.
pub(super) fn is_endpoint(known: &Known) -> bool {
    matches!(known.kind, Kind::Api | Kind::Bucket | Kind::Registry | Kind::PublicRegistry | Kind::Own)
}

/// The VPC of an origin, or the origin where the log does not say.
pub(super) fn vpc<'s>(origin: &OriginView<'s>) -> GroupSubject<'s> {
    let id = if origin.vpc.is_empty() { origin.id } else { origin.vpc };
    GroupSubject::Vpc(id, origin.region)
}

/// The resolver endpoint through which somebody asks.
pub(super) fn endpoint<'s>(origin: &OriginView<'s>) -> GroupSubject<'s> {
    GroupSubject::Vpc(origin.id, origin.region)
}

/// Whether those who ask are in another network, and come in through an endpoint of Route 53 Resolver.
/// Queries without an instance that were forwarded through an outbound endpoint name that.
pub(super) fn is_inbound(origin: &OriginView<'_>) -> bool {
    origin.kind == OriginKind::ResolverEndpoint && !origin.id.starts_with("rslvr-out-")
}

/// Whether an origin is seen to have IPv6 and not seen to have IPv4: it asked over IPv6 alone.
pub(super) fn is_ipv6_only(origin: &OriginView<'_>) -> bool {
    !origin.is_masked()
        && origin.asked_over() == Some("ipv6")
        && matches!(origin.kind, OriginKind::Instance | OriginKind::Interface | OriginKind::Address)
}

/// AAAA came back empty and nothing else, for an origin that got synthesized answers for other names. Where
/// an answer to A is unknown, it may have held an address.
pub(super) fn is_empty_under_dns64(pair: &PairView<'_>) -> bool {
    matches!(pair.status, Status::NoAddress | Status::Empty)
        && !pair.origin.is_masked()
        && pair.spans.unknown_a().is_none()
        && matches!(pair.origin.dns64, Dns64::On(_))
        && pair.spans.newest_aaaa() == Some(Aaaa::Empty)
        && pair.spans.aaaa_with(Aaaa::Synthesized).or_else(|| pair.spans.aaaa_with(Aaaa::Native)).is_none()
}

/// Names that are asked for in a dual-stack form beside this one, by design (repositories of Amazon Linux),
/// and those that nobody configures.
pub(super) fn is_asked_both_ways(known: &Known) -> bool {
    let repository = ["al2023-repos-", "amazonlinux-2-repos-"];
    known.kind == Kind::BucketTarget || repository.iter().any(|start| known.bucket.starts_with(start))
}

/// Whether whoever asks for it does without the names that [`ProfileRow::dispensable`] is true of.
pub(super) fn does_its_work(row: &ProfileRow) -> bool {
    row.detects && row.needed
}
