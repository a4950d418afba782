//! What can be changed, and the outcome of a judgement by it.

use super::{NeedOutcome, UncoveredReason};
use crate::advice::judgement::{Judgement, Lever, LinkService, Why};
use crate::knowledge::catalog::{DualStack, Kind};

/// A change. Of two that cover the same, the first in this order is made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// The switch of the client of a feature; by the feature's place among the profiles.
    Feature(usize),
    /// The image references.
    Image,
    /// Services on the link of an instance.
    Link(LinkService),
    /// The setting of a resource, by its product.
    Owner(String),
    /// The name that a client is pointed at.
    Name,
    /// Hosts of one's own network.
    Host,
    /// The endpoint of one service, where a client is told of it; by the labels before the Region.
    Endpoint(String),
    /// The switch of AWS's SDKs and the AWS CLI.
    Switch,
    /// That switch, with regional endpoints of AWS STS.
    Regional,
    /// Interface endpoints of a VPC.
    Interface,
}

/// APIs for which nothing asks but an agent of their own: the switch of the SDKs is none of its.
const OF_AGENTS: [&str; 6] = [
    "ssmmessages",
    "ec2messages",
    "codedeploy-commands",
    "codedeploy-commands-secure",
    "guardduty-data",
    "inspector2-telemetry",
];

/// What there is to be done about a name with an IPv4 address only, whoever asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// Where the switch of the SDKs takes nothing else away.
    pub freely: NeedOutcome,
    /// Where it would.
    pub held: NeedOutcome,
    /// It is the endpoint of an API which a switched SDK would ask for under another name, that is none or
    /// leads elsewhere.
    pub holds_back: bool,
}

impl Remedy {
    /// What follows from the judgement of a name. `is_settled` says that its clients do without it.
    #[must_use]
    pub fn from_judgement(judgement: &Judgement, is_settled: bool) -> Self {
        let known = judgement.known.as_ref();
        let holds_back = known.is_some_and(|known| {
            matches!(known.kind, Kind::Api | Kind::Bucket)
                && known.dual_stack != DualStack::Already
                && !OF_AGENTS.contains(&known.prefix.as_str())
                && !known.prefix.starts_with("ecs-")
        }) && matches!(judgement.lever, Lever::None(_) | Lever::Endpoint | Lever::Aws);
        if is_settled {
            return Self { freely: NeedOutcome::Settled, held: NeedOutcome::Settled, holds_back: false };
        }
        // An address on the link is reached by no NAT64.
        let nat64 = !judgement.is_on_link();
        let covered = |changes: &[Change]| NeedOutcome::Covered {
            changes: changes.to_vec(),
            is_confirmed: judgement.is_confirmed(),
            nat64,
        };
        let all = |outcome: NeedOutcome| Self { freely: outcome.clone(), held: outcome, holds_back };
        let kind = known.map(|known| known.kind);
        let prefix = known.map_or("", |known| known.prefix.as_str());
        match &judgement.lever {
            Lever::Name { .. } | Lever::Open(_) | Lever::Inner => match kind {
                Some(Kind::Registry | Kind::PublicRegistry) => all(covered(&[Change::Image])),
                Some(Kind::LoadBalancer | Kind::Own | Kind::EksOidc) => all(covered(&[Change::Name])),
                _ if matches!(judgement.lever, Lever::Open(_)) && judgement.host.starts_with("sts.") => {
                    all(covered(&[Change::Regional]))
                }
                _ => {
                    let alone = Change::Endpoint(if prefix.is_empty() { "s3" } else { prefix }.to_owned());
                    let held = covered(std::slice::from_ref(&alone));
                    // With regional endpoints of AWS STS the switch is thrown, too.
                    let freely = covered(&[alone, Change::Switch, Change::Regional]);
                    Self { freely, held, holds_back }
                }
            },
            Lever::Registry => all(covered(&[Change::Image])),
            Lever::Endpoint => all(covered(&[Change::Interface])),
            Lever::Owner(setting) if setting.is_fixed => all(NeedOutcome::Left(UncoveredReason::Fixed)),
            Lever::Owner(_) => all(covered(&[Change::Owner(judgement.product().to_owned())])),
            Lever::Link(service) => all(covered(&[Change::Link(*service)])),
            Lever::Pool(_) => all(covered(&[Change::Link(LinkService::Time)])),
            Lever::Host => all(covered(&[Change::Host])),
            Lever::Itself => all(NeedOutcome::Left(UncoveredReason::Hidden)),
            Lever::RegistryDone => all(NeedOutcome::Left(UncoveredReason::HandedOut)),
            Lever::None(why) => all(NeedOutcome::Left(match why {
                Why::Seen(_) => UncoveredReason::SeenNone,
                Why::Own => UncoveredReason::Own,
                Why::Documented | Why::Kind => UncoveredReason::NoName,
                Why::Unlisted => UncoveredReason::Unlisted,
                Why::Agent => UncoveredReason::Held,
            })),
            Lever::Aws => all(NeedOutcome::Left(UncoveredReason::Aws)),
            Lever::Stranger => all(NeedOutcome::Left(UncoveredReason::Stranger)),
        }
    }
}
