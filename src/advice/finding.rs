//! What to do: sentences worth acting on, each with its evidence.
//!
//! [`Advice::from_survey`] looks once at every pair of a [`Survey`], gathers what concerns the same name or
//! the same VPC (`gather`), and words what it found: per name (`endpoint`, `answer`), per VPC (`place`), per
//! feature (`usage`). What [`inspected`] knows of subnets and routes turns questions into facts (`ground`).
//! What the log itself shows of a dual-stack name goes before everything that the catalog says of it.
//!
//! A sentence is true for somebody who reads nothing else, and never says that a name exists because a rule
//! can make it.

use strum::VariantArray;

use crate::advice::plan::Plan;
use crate::base::figures::number;
use crate::base::moment::Moment;
use crate::base::variants::array;
use crate::fleet::{PairView, Survey};
use crate::knowledge::address::Nat64Prefix;
use crate::knowledge::catalog::{Catalog, Profiles};
use crate::knowledge::names::Names;

mod answer;
mod endpoint;
mod evidence;
mod feature;
mod gather;
mod ground;
mod group;
pub mod inspected;
mod judged;
mod library;
mod needs;
mod place;
mod resolver;
mod signs;
mod told;
mod usage;
mod without;

pub use evidence::Pairs;
pub(crate) use gather::PairObserver;
pub use inspected::Inspected;
pub use library::Library;
pub(crate) use told::WordedFindings;
pub use usage::{Reach, Usage};

use crate::advice::judgement::{command, in_region, is_harmless};
use crate::knowledge::domain::bare;

use group::PairGroup;

/// How much a finding weighs, the heaviest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something cannot be reached over IPv6.
    Problem,
    /// It works under a condition, or not always.
    Warning,
    /// Good to know.
    Notice,
}

impl Severity {
    /// Every severity, the heaviest first.
    pub const ALL: [Self; 3] = [Self::Problem, Self::Warning, Self::Notice];

    /// The word used in every export.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Problem => "problem",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// The rules. Their order decides between findings that are alike in all that counts more: see `told::key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, VariantArray)]
pub enum Rule {
    /// DNS64 is off in a subnet that needs it, says EC2.
    Dns64Off,
    /// What DNS64 makes has no route, says EC2.
    Nat64RouteMissing,
    /// DNS64 of a resolver endpoint.
    Dns64Endpoint,
    /// A feature's endpoints cannot be reached over IPv6.
    Profile,
    /// There is a dual-stack name.
    DualStackName,
    /// There may be a dual-stack name: the rule makes one.
    DualStackPattern,
    /// There is no dual-stack name.
    NoDualStackName,
    /// A dual-stack name that is none here.
    DualStackMissing,
    /// The owner of the resource sets it.
    OwnerSetting,
    /// The name leads to a private IPv4 address.
    PrivateEndpoint,
    /// A service on the link of an instance, or one that it has there: metadata, time.
    LocalService,
    /// No IPv6 address, and nothing known of another name.
    Ipv4Only,
    /// Nothing came back for whoever asks for AAAA alone.
    NothingForAaaaOnly,
    /// NXDOMAIN for AAAA where A exists.
    NxDomainForAaaa,
    /// AAAA fails where A is answered.
    FailingForAaaa,
    /// DNS Firewall blocks AAAA and not A.
    BlockedForAaaa,
    /// DNS Firewall blocks the name.
    Blocked,
    /// AAAA answers that nothing can connect to.
    UnusableAddress,
    /// `ipv4only.arpa` revealed a NAT64 prefix that is not in force.
    Nat64Prefix,
    /// Synthesized answers: the route that they need.
    Nat64Route,
    /// DNS64 for some origins of a VPC, and not for others.
    Dns64Partial,
    /// Synthesized and empty in turns.
    Dns64Unsteady,
    /// Addresses of the block for translators of one's own.
    LocalUsePrefix,
    /// Native and empty in turns.
    NativeUnsteady,
    /// Native addresses of tunnels.
    TunnelAddress,
    /// DNS64 where IPv4 is there.
    Dns64DualStack,
    /// Empty although DNS64 is on: there is no A either.
    NoAddressAtAll,
    /// Never asks for AAAA.
    NeverAsksAaaa,
    /// Documentation addresses.
    DocumentationAddress,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; Self::VARIANTS.len()] = array(Self::VARIANTS);

    /// Whether EC2 itself said it.
    fn is_fact(self) -> bool {
        matches!(self, Self::Dns64Off | Self::Nat64RouteMissing)
    }

    /// Whether its findings are about names, and not about VPCs, subnets, route tables or features.
    #[must_use]
    pub fn is_about_a_name(self) -> bool {
        match self {
            Self::Dns64Off
            | Self::Nat64RouteMissing
            | Self::Dns64Endpoint
            | Self::Profile
            | Self::Nat64Route
            | Self::Dns64Partial
            | Self::Dns64Unsteady
            | Self::LocalUsePrefix
            | Self::Dns64DualStack
            | Self::NeverAsksAaaa
            | Self::DocumentationAddress => false,
            Self::DualStackName
            | Self::DualStackPattern
            | Self::NoDualStackName
            | Self::DualStackMissing
            | Self::OwnerSetting
            | Self::PrivateEndpoint
            | Self::LocalService
            | Self::Ipv4Only
            | Self::NothingForAaaaOnly
            | Self::NxDomainForAaaa
            | Self::FailingForAaaa
            | Self::BlockedForAaaa
            | Self::Blocked
            | Self::UnusableAddress
            | Self::Nat64Prefix
            | Self::NativeUnsteady
            | Self::TunnelAddress
            | Self::NoAddressAtAll => true,
        }
    }

    /// The id used in every export.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Dns64Off => "dns64-off",
            Self::Nat64RouteMissing => "nat64-route-missing",
            Self::Dns64Endpoint => "dns64-endpoint",
            Self::Profile => "profile",
            Self::DualStackName => "dual-stack-name",
            Self::DualStackPattern => "dual-stack-pattern",
            Self::NoDualStackName => "no-dual-stack-name",
            Self::DualStackMissing => "dual-stack-missing",
            Self::OwnerSetting => "owner-setting",
            Self::PrivateEndpoint => "private-endpoint",
            Self::LocalService => "local-service",
            Self::Ipv4Only => "ipv4-only",
            Self::NothingForAaaaOnly => "nothing-for-aaaa-only",
            Self::NxDomainForAaaa => "nxdomain-for-aaaa",
            Self::FailingForAaaa => "failing-for-aaaa",
            Self::BlockedForAaaa => "blocked-for-aaaa",
            Self::Blocked => "blocked",
            Self::UnusableAddress => "unusable-address",
            Self::Nat64Prefix => "nat64-prefix",
            Self::Nat64Route => "nat64-route",
            Self::Dns64Partial => "dns64-partial",
            Self::Dns64Unsteady => "dns64-unsteady",
            Self::LocalUsePrefix => "local-use-prefix",
            Self::NativeUnsteady => "native-unsteady",
            Self::TunnelAddress => "tunnel-address",
            Self::Dns64DualStack => "dns64-dual-stack",
            Self::NoAddressAtAll => "no-address-at-all",
            Self::NeverAsksAaaa => "never-asks-aaaa",
            Self::DocumentationAddress => "documentation-address",
        }
    }
}

/// What a finding was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// How sure a dual-stack name is, where the finding is about one: `E1` (the log shows it) to `E5`, or
    /// `no`.
    pub level: Option<&'static str>,
    /// How many origins it concerns.
    pub origins: usize,
    /// The ids of the first of them, in the order of the survey.
    pub origin_ids: Vec<String>,
    /// Logged queries that show it.
    pub records: u64,
    /// The earliest and the latest of them.
    pub range: Option<(Moment, Moment)>,
}

/// A sentence worth acting on. Its texts may hold names of the log, unescaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that found it.
    pub rule: Rule,
    /// How much it weighs.
    pub severity: Severity,
    /// What it is about: a name, a VPC, a profile.
    pub subject: String,
    /// A line for a list.
    pub summary: String,
    /// What it means, in full sentences.
    pub sentence: String,
    /// What it was made from.
    pub proof: Proof,
    /// What to do.
    pub action: String,
    /// The source of the knowledge that it rests on, with its date; empty if from the log alone.
    pub source: String,
}

/// All findings, and what each origin looks like using.
#[derive(Clone, Debug, Default)]
pub struct Advice {
    /// The most important first.
    pub findings: Vec<Finding>,
    /// The pairs that show each of them, in the same order; empty unless they were asked for
    /// ([`Advice::with_evidence`]).
    pub evidence: Vec<Pairs>,
    /// How many more there are, about names, which come after these and were not put into words.
    pub unsaid: usize,
    /// By the origin's place in [`Survey::origins`], then in the order of the profiles.
    pub usages: Vec<Usage>,
    /// The changes that help most, and how many origins would work without IPv4.
    pub plan: Plan,
}

/// What is known beforehand.
#[derive(Clone, Copy, Debug)]
pub struct Knowledge<'k> {
    /// Of names.
    pub catalog: &'k Catalog,
    /// Of features.
    pub profiles: &'k Profiles,
    /// NAT64 prefixes in force besides the well-known one.
    pub prefixes: &'k [Nat64Prefix],
    /// Of what people call instances, subnets and VPCs.
    pub names: Option<&'k Names>,
    /// Of where instances are, from EC2.
    pub inspected: Option<&'k Inspected>,
}

impl Knowledge<'static> {
    /// What is in the program.
    #[must_use]
    pub fn builtin() -> Self {
        Self {
            catalog: Catalog::builtin(),
            profiles: Profiles::builtin(),
            prefixes: &[],
            names: None,
            inspected: None,
        }
    }
}

impl Advice {
    /// What is to be said of those pairs of `survey` that `holds` holds of.
    #[must_use]
    pub fn from_survey(
        survey: &Survey<'_>,
        knowledge: Knowledge<'_>,
        holds: impl Fn(&PairView<'_>) -> bool + Sync,
    ) -> Self {
        Self::most(usize::MAX, survey, knowledge, holds)
    }

    /// The same, with the pairs that show each finding.
    #[must_use]
    pub fn with_evidence(
        survey: &Survey<'_>,
        knowledge: Knowledge<'_>,
        holds: impl Fn(&PairView<'_>) -> bool + Sync,
    ) -> Self {
        let (told, _) = WordedFindings::with_evidence(true, usize::MAX, survey, knowledge, holds, &());
        told.advice(usize::MAX)
    }

    /// The same, for whoever lists no more than the `most` important findings: others on names are only
    /// counted.
    #[must_use]
    pub fn most(
        most: usize,
        survey: &Survey<'_>,
        knowledge: Knowledge<'_>,
        holds: impl Fn(&PairView<'_>) -> bool + Sync,
    ) -> Self {
        Self::most_beside(most, survey, knowledge, holds, &()).0
    }

    /// The same, and what `beside` made of the pairs in the same pass.
    pub(crate) fn most_beside<B: PairObserver>(
        most: usize,
        survey: &Survey<'_>,
        knowledge: Knowledge<'_>,
        holds: impl Fn(&PairView<'_>) -> bool + Sync,
        beside: &B,
    ) -> (Self, Vec<B::Part>) {
        let (told, others) = WordedFindings::from_survey(most, survey, knowledge, holds, beside);
        (told.advice(most), others)
    }

    /// The features that the origin at `rank` looks like using.
    #[must_use]
    pub fn usages_of(&self, rank: usize) -> &[Usage] {
        usage::of_origin(&self.usages, rank)
    }
}

/// How sure it is that what a finding says to do helps; the surest first.
fn certainty(rule: Rule, level: Option<&str>) -> u8 {
    match (rule, level) {
        (Rule::DualStackName, Some("E1")) => 0,
        (Rule::DualStackName, Some("E4")) => 2,
        (Rule::DualStackName, _) => 1,
        (Rule::OwnerSetting, _) => 3,
        (Rule::DualStackPattern, _) => 4,
        _ => 5,
    }
}

/// `1 origin`, `2 origins`.
fn counted(count: usize, one: &str, many: &str) -> String {
    crate::base::figures::counted(count as u64, one, many)
}

/// How many origins, and what they do.
fn verb(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", origins(count), if count == 1 { one } else { many })
}

fn origins(count: usize) -> String {
    counted(count, "origin", "origins")
}

/// The first three of `items`, and how many more there are.
fn listed<T: AsRef<str>>(items: &[T]) -> String {
    let shown = items.iter().take(3).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    if items.len() > 3 { format!("{shown} and {} more", number(items.len() as u64 - 3)) } else { shown }
}

impl Finding {
    /// A finding about `subject`, shown by `group`; the rest is still to be said.
    fn new(rule: Rule, severity: Severity, subject: &str, group: &PairGroup, survey: &Survey<'_>) -> Self {
        Self {
            rule,
            severity,
            subject: subject.to_owned(),
            summary: String::new(),
            sentence: String::new(),
            proof: group.proof(survey),
            action: String::new(),
            source: String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_have_ids_of_their_own_and_stand_in_order() {
        let mut ids: Vec<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        assert!(Rule::ALL.is_sorted());
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), Rule::ALL.len());
    }

    #[test]
    fn only_harmless_text_becomes_part_of_a_command() {
        assert_eq!(command("dig AAAA ", "a.example", ""), Some("`dig AAAA a.example`".to_owned()));
        for text in ["", "-f", "a;b", "$(x)", "a b", "a\n", "a'", "ü"] {
            assert_eq!(command("dig AAAA ", text, ""), None, "{text}");
        }
    }
}
