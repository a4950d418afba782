//! One judgement of each name, from which every sentence on it is made: what it is, whose it is, and what
//! there is to change so that it is reached over IPv6, by whom.
//!
//! Findings, what is said of features, hints, what is offered for copying, `explain` and the plan all ask
//! here, so none of them can say what another denies. A name that is offered is one that the judgement holds
//! ([`Judgement::offer`]).
//!
//! What a log shows goes before what is written: of the name itself that it leads to a private address, of
//! its dual-stack name whether there is one.

use crate::knowledge::address::{ipv4_link_local, ipv4_private};
use crate::knowledge::catalog::{Catalog, DualStack, Evidence, Kind, Known, Setting};
use crate::knowledge::domain::bare;
use crate::log::observation::Aaaa;

mod link;
mod target;
mod way;
mod words;

pub use link::LinkService;
pub use target::NameTarget;
pub use way::Way;
pub(crate) use words::POLICIES;
pub use words::{command, in_region, is_harmless};

/// What a log shows of a name, and of others.
#[derive(Clone, Copy)]
pub struct LogFacts<'l> {
    /// The newest verdict on AAAA that anybody got for a name (without its last dot); `None` if nobody asked.
    pub aaaa: &'l dyn Fn(&str) -> Option<Aaaa>,
    /// An IPv4 address of the name.
    pub ipv4: Option<u32>,
    /// Every IPv4 address that is known of it is private.
    pub is_private: bool,
    /// Some IPv4 address that is known of it is private.
    pub is_private_for_some: bool,
    /// The resource of AWS's that it leads to.
    pub target: Option<NameTarget<'l>>,
    /// Those who ask for the name have the dual-stack registry name of Amazon ECR in their image references.
    pub has_registry: bool,
}

impl LogFacts<'_> {
    /// No log.
    pub const NOTHING: Self = Self {
        aaaa: &|_| None,
        ipv4: None,
        is_private: false,
        is_private_for_some: false,
        target: None,
        has_registry: false,
    };
}

/// How sure it is that another name has IPv6 addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sure {
    /// The log shows AAAA records.
    Seen,
    /// AWS or the user's file says so.
    Stated,
    /// A program of AWS's uses it, or somebody measured it.
    Measured,
    /// The naming rule makes it.
    Pattern,
}

/// Why there is no dual-stack name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The log shows this for it.
    Seen(Aaaa),
    /// The user's file says so.
    Own,
    /// Documented or measured.
    Documented,
    /// AWS lists such names for other Regions.
    Unlisted,
    /// Names of this kind have none.
    Kind,
    /// The agent that asks for it is switched as a whole, and another of its names has none.
    Agent,
}

/// What there is to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lever {
    /// The client: it may ask for this name.
    Name {
        /// The name, without its last dot.
        dual: String,
        /// How sure that is.
        sure: Sure,
    },
    /// The client, after something else: this name has a part that is to be filled in, in capitals.
    Open(String),
    /// The image reference: whatever this registry hands out has IPv6 addresses then.
    Registry,
    /// Nothing: the image reference has the registry's dual-stack name already, and no client chooses this
    /// name.
    RegistryDone,
    /// Nothing in the client: it is a dual-stack name itself.
    Itself,
    /// The interface endpoint that answers for it.
    Endpoint,
    /// The resource, by its owner.
    Owner(Setting),
    /// A service of AWS on the link, which has an address of its own.
    Link(LinkService),
    /// A pool of time servers: Amazon Time Sync, or the name in the pool that has AAAA records.
    Pool(String),
    /// No other name.
    None(Why),
    /// It is AWS's, and no dual-stack form of it is known.
    Aws,
    /// Nobody configures it: another name that is asked for leads there.
    Inner,
    /// A host of somebody's own network.
    Host,
    /// Its owner, whoever that is.
    Stranger,
}

/// What there is to be said of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The name, without its last dot.
    pub host: String,
    /// What the catalog knows of it.
    pub known: Option<Known>,
    /// What there is to change.
    pub lever: Lever,
    /// The IPv4 address that it was judged with.
    pub ipv4: Option<u32>,
    /// The resource whose owner the lever is, where the name leads to one by CNAME records.
    pub(crate) behind: Option<TargetResource>,
    /// Some of those who ask for it are led to a private address, and others are not.
    is_private_for_some: bool,
    /// The SSM Agent may be the one that asks for it: the log shows its other names, or there is no log.
    is_agents: bool,
}

/// The resource that a name leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TargetResource {
    /// Its name, without its last dot.
    pub(crate) host: String,
    /// What the catalog knows of it.
    pub(crate) known: Known,
    /// How many other names of such resources the name was seen to lead to.
    pub(crate) others: usize,
    /// It is in a private network, so that it is one's own, or of a network joined to it.
    pub(crate) is_private: bool,
}

/// The prefixes that the SSM Agent asks for: one switch is for all of them.
const AGENT: [&str; 2] = ["ssm", "ssmmessages"];

impl Judgement {
    /// The judgement of `name` (lower case; with or without its last dot).
    #[must_use]
    pub fn new(catalog: &Catalog, name: &str, shown: LogFacts<'_>) -> Self {
        Self::with(catalog, name, catalog.about(name), shown)
    }

    /// As [`Judgement::new`], where it was looked up already what the catalog knows of it.
    #[must_use]
    pub fn with(catalog: &Catalog, name: &str, known: Option<Known>, shown: LogFacts<'_>) -> Self {
        let host = bare(name);
        // A name of AWS's, and one that the user's file states, says itself what there is to change.
        let target = shown.target.filter(|_| known.is_none());
        let shown = LogFacts { target, ..shown };
        let lever = lever(catalog, host, known.as_ref(), shown);
        let behind =
            target.filter(|_| matches!(lever, Lever::Owner(_))).and_then(|NameTarget { host, others }| {
                let known = catalog.about(host)?;
                Some(TargetResource { host: host.to_owned(), known, others, is_private: shown.is_private })
            });
        let is_private_for_some = shown.is_private_for_some && !shown.is_private;
        let is_agents =
            known.as_ref().is_some_and(|known| known.prefix == "ssm" && asked_by_agent(host, shown));
        Self { host: host.to_owned(), known, lever, ipv4: shown.ipv4, behind, is_private_for_some, is_agents }
    }

    /// The name that may be asked for in its place: only one that nothing speaks against.
    #[must_use]
    pub fn offer(&self) -> Option<&str> {
        match &self.lever {
            Lever::Name { dual, .. } | Lever::Pool(dual) => Some(dual),
            Lever::Itself => Some(&self.host),
            _ => None,
        }
    }

    /// How sure its dual-stack name is, as exports say it: `E1` to `E5`, `unlisted`, `no`.
    #[must_use]
    pub fn level(&self) -> Option<&'static str> {
        let evidence = self.known.as_ref().map(|known| known.evidence);
        match &self.lever {
            Lever::Name { sure: Sure::Seen, .. } | Lever::None(Why::Seen(_)) | Lever::Itself => Some("E1"),
            Lever::Name { .. } | Lever::Open(_) => evidence.map(Evidence::word),
            Lever::None(Why::Unlisted) => Some(Evidence::Unlisted.word()),
            Lever::None(_) => Some(Evidence::Absent.word()),
            _ => None,
        }
    }

    /// Whether it is stated that the lever helps: the log shows that the other name has IPv6 addresses, AWS
    /// states that name for the Region, the user's file names it; or it is a setting that does what it says.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        let known = self.known.as_ref();
        match &self.lever {
            Lever::Name { sure: Sure::Seen, .. } | Lever::Host | Lever::Link(_) | Lever::Pool(_) => true,
            Lever::Name { sure: Sure::Stated, .. } => known.is_some_and(|known| {
                known.own || matches!(known.evidence, Evidence::Host | Evidence::Region)
            }),
            // Of what others reach as well it is not known whose it is.
            Lever::Owner(setting) => {
                !setting.is_fixed && self.behind.as_ref().is_none_or(|behind| behind.is_private)
            }
            _ => false,
        }
    }

    /// What another name takes away from some of those who ask, as a sentence: the interface endpoint whose
    /// private DNS answers for this one (AWS `PrivateLink` Guide, "Private DNS").
    pub(crate) fn leaves(&self) -> Option<String> {
        let is_switched = matches!(self.lever, Lever::Name { .. } | Lever::Open(_));
        let is_api = self.known.as_ref().is_some_and(|known| {
            matches!(known.kind, Kind::Api | Kind::Bucket | Kind::Registry | Kind::PublicRegistry)
        });
        (self.is_private_for_some && is_switched && is_api).then(|| {
            format!(
                "Some answers lead to a private address, most likely an interface endpoint's (AWS PrivateLink): {}.",
                words::MAY_LEAVE
            )
        })
    }

    /// Whether it is of a pool of time servers, of which an EC2 instance needs none.
    #[must_use]
    pub fn is_of_pool(&self) -> bool {
        link::is_pool(&self.host)
    }

    /// Whether its IPv4 address is a link-local one, to which no NAT64 leads (RFC 3927 section 7).
    #[must_use]
    pub fn is_on_link(&self) -> bool {
        self.ipv4.is_some_and(ipv4_link_local)
    }

    /// What is known of the resource that the name leads to, else of the name itself.
    fn resource(&self) -> Option<&Known> {
        self.behind.as_ref().map(|behind| &behind.known).or(self.known.as_ref())
    }

    /// The product, else `AWS`.
    pub(crate) fn product(&self) -> &str {
        self.resource().map(|known| known.product.as_str()).filter(|text| !text.is_empty()).unwrap_or("AWS")
    }
}

fn lever(catalog: &Catalog, host: &str, known: Option<&Known>, shown: LogFacts<'_>) -> Lever {
    if let Some(service) = LinkService::find(host, shown.ipv4) {
        return Lever::Link(service);
    }
    if link::is_pool(host) {
        // The log may show that the name with AAAA records has none here.
        let dual = link::pool(host).filter(|dual| {
            !matches!(
                (shown.aaaa)(dual),
                Some(Aaaa::NxDomain | Aaaa::Empty | Aaaa::Synthesized | Aaaa::Unusable)
            )
        });
        return dual.map_or(Lever::Link(LinkService::Time), Lever::Pool);
    }
    let Some(known) = known else {
        let setting = shown.target.and_then(|target| Catalog::setting(target.host));
        return match setting {
            Some(setting) => Lever::Owner(setting),
            None if shown.is_private => Lever::Host,
            None => Lever::Stranger,
        };
    };
    if known.kind == Kind::Own {
        return by_name(catalog, host, known, shown);
    }
    if let Some(setting) = Catalog::setting(host) {
        // The other name of a balancer of both kinds of addresses shows what its type is.
        let other = format!("dualstack.{host}");
        let seen = known.kind == Kind::LoadBalancer && (shown.aaaa)(&other) == Some(Aaaa::Native);
        return if seen { Lever::Name { dual: other, sure: Sure::Seen } } else { Lever::Owner(setting) };
    }
    if shown.is_private {
        return match known.kind {
            // Amazon ECR does not serve these names through interface endpoints.
            Kind::Registry | Kind::PublicRegistry if known.dual_stack == DualStack::Already => Lever::Itself,
            Kind::Api
            | Kind::Bucket
            | Kind::BucketTarget
            | Kind::Registry
            | Kind::PublicRegistry
            | Kind::EksOidc => Lever::Endpoint,
            _ => Lever::Aws,
        };
    }
    if is_layers(known) {
        return if shown.has_registry { Lever::RegistryDone } else { Lever::Registry };
    }
    by_name(catalog, host, known, shown)
}

/// Whether it is the bucket from which Amazon ECR hands out the layers of images.
fn is_layers(known: &Known) -> bool {
    known.bucket.starts_with("prod-") && known.bucket.ends_with("-starport-layer-bucket")
}

/// By what the log and the catalog say of the dual-stack name.
fn by_name(catalog: &Catalog, host: &str, known: &Known, shown: LogFacts<'_>) -> Lever {
    match &known.dual_stack {
        DualStack::Name(dual) => {
            let sure = match (shown.aaaa)(dual) {
                Some(Aaaa::Native) => return Lever::Name { dual: dual.clone(), sure: Sure::Seen },
                Some(seen @ (Aaaa::NxDomain | Aaaa::Empty | Aaaa::Synthesized | Aaaa::Unusable)) => {
                    return Lever::None(Why::Seen(seen));
                }
                _ => match known.evidence {
                    Evidence::Built => return Lever::Aws,
                    Evidence::Absent if known.own => return Lever::None(Why::Own),
                    Evidence::Absent => return Lever::None(Why::Documented),
                    Evidence::Unlisted => return Lever::None(Why::Unlisted),
                    Evidence::Host | Evidence::Region | Evidence::Service => Sure::Stated,
                    Evidence::Measured => Sure::Measured,
                    Evidence::Rule => Sure::Pattern,
                },
            };
            if sure != Sure::Seen && is_held_back(catalog, host, known, shown) {
                return Lever::None(Why::Agent);
            }
            Lever::Name { dual: dual.clone(), sure }
        }
        DualStack::Open(open) => Lever::Open(open.clone()),
        DualStack::Already => Lever::Itself,
        DualStack::None => Lever::None(Why::Kind),
        DualStack::Owner | DualStack::Unknown if known.kind == Kind::BucketTarget => Lever::Inner,
        DualStack::Owner | DualStack::Unknown => Lever::Aws,
    }
}

/// Whether the SSM Agent may be the one that asks for `host`, the API of Systems Manager, which whatever
/// reads parameters asks for as well.
fn asked_by_agent(host: &str, shown: LogFacts<'_>) -> bool {
    let Some((_, rest)) = host.split_once('.') else { return false };
    let has = |prefix: &str| (shown.aaaa)(&format!("{prefix}.{rest}")).is_some();
    (shown.aaaa)(host).is_none() || has("ssmmessages") || has("ec2messages")
}

/// Whether another name that the same agent needs has no dual-stack form: its one switch would take that
/// away.
fn is_held_back(catalog: &Catalog, host: &str, known: &Known, shown: LogFacts<'_>) -> bool {
    let Some(rest) =
        host.strip_prefix(known.prefix.as_str()).filter(|_| AGENT.contains(&known.prefix.as_str()))
    else {
        return false;
    };
    AGENT.iter().filter(|other| **other != known.prefix).any(|other| {
        let Some(other) = catalog.about(&format!("{other}{rest}")) else { return false };
        let DualStack::Name(dual) = &other.dual_stack else { return false };
        match (shown.aaaa)(dual) {
            Some(Aaaa::Native) => false,
            Some(Aaaa::NxDomain | Aaaa::Empty | Aaaa::Synthesized | Aaaa::Unusable) => true,
            _ => matches!(other.evidence, Evidence::Absent | Evidence::Unlisted),
        }
    })
}

/// Whether an IPv4 address leads to a private network, of those that `shown` may be made from.
#[must_use]
pub fn all_private(addresses: impl IntoIterator<Item = u32>) -> bool {
    let mut any = false;
    let all = addresses.into_iter().all(|bits| {
        any = true;
        ipv4_private(bits)
    });
    any && all
}
