//! The smallest ordered list of changes after which origins need neither IPv4 nor NAT64, as far as that can
//! be had; what each covers; what remains, and why; and how many origins would work today, with NAT64, and
//! after each change.
//!
//! What is planned for are [`Need`]s: an origin and a name that it does not reach over IPv6. Each gets a
//! [`NeedOutcome`] by the name's judgement. [`Draft`] collects them, and [`Draft::plan`] chooses the changes
//! (`cover`), puts them in order, and counts.
//!
//! # What is counted
//!
//! An origin *works* if it reaches everything that it was seen to ask for. A name that has no address at all,
//! or that does not exist, or that DNS Firewall blocks altogether, is no need: it is the same over IPv4. What
//! is not known never counts as working: an origin of which something is not known is counted as such. A
//! change that leads to a name which AWS does not state for the Region
//! ([`crate::advice::judgement::Judgement::is_confirmed`]) counts as *perhaps*, apart.

use crate::fleet::Symbol;

mod change;
mod cover;
mod draft;
mod left;
mod words;

pub use change::{Change, Remedy};
pub use cover::{Method, SEARCHED};
pub use draft::{Draft, OutcomeId, Outcomes, PlanContext};
pub use left::UncoveredReason;

/// How many names, and how many origins, a step or a rest names.
pub const NAMED: usize = 5;

/// A name that an origin asked for and does not reach over IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// The origin's place in [`crate::fleet::Survey::origins`].
    pub rank: u32,
    /// The name that it asked for.
    pub name: Symbol,
    /// What is in the way.
    pub lack: Lack,
}

/// What is in the way of reaching a name over IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// It has an IPv4 address only: NAT64 leads there.
    Address,
    /// Something that is no matter of the name's owner.
    Other(UncoveredReason),
}

/// The outcome of a need.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NeedOutcome {
    /// It needs nothing: the client does without, or reaches the same otherwise.
    Settled,
    /// Any of these changes covers it.
    Covered {
        /// At least one, without repetitions.
        changes: Vec<Change>,
        /// Whether it is stated that the change helps.
        is_confirmed: bool,
        /// Whether NAT64 would lead there.
        nat64: bool,
    },
    /// Nothing of the plan covers it.
    Left(UncoveredReason),
}

/// How many origins work, and how surely.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OriginReadiness {
    /// They work.
    pub ready: usize,
    /// They work if names that are not confirmed have IPv6 addresses.
    pub perhaps: usize,
    /// Nothing is in the way that is known of, and of something it is not known.
    pub unknown: usize,
}

/// Something counted over needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CoverCounts {
    /// Pairs of origin and name.
    pub pairs: usize,
    /// Names.
    pub endpoints: usize,
    /// Origins.
    pub origins: usize,
    /// Of the pairs, those on a change that is not confirmed.
    pub unconfirmed: usize,
}

/// One of the names that a step or a rest is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedCount {
    /// Without its last dot.
    pub name: String,
    /// What may be asked for in its place, if it is another name.
    pub offer: Option<String>,
    /// How sure that is, as findings say it.
    pub level: Option<&'static str>,
}

/// A change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is changed.
    pub change: Change,
    /// What it covers and no step before it does.
    pub covers: CoverCounts,
    /// A line for a list.
    pub title: String,
    /// What to do.
    pub action: String,
    /// What it risks, in full sentences.
    pub risk: String,
    /// The first of its names: those of most origins.
    pub names: Vec<NamedCount>,
    /// The ids of the first of its origins, in the order of the survey.
    pub origin_ids: Vec<String>,
    /// How many origins work once it is done, without IPv4 and without NAT64.
    pub after: OriginReadiness,
}

/// What no step covers, for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UncoveredNeeds {
    /// The reason why no step covers it.
    pub why: UncoveredReason,
    /// How much it is.
    pub covers: CoverCounts,
    /// Why, as a sentence.
    pub sentence: String,
    /// What is left to do.
    pub action: String,
    /// The first of its names: those of most origins.
    pub names: Vec<NamedCount>,
    /// The ids of the first of its origins.
    pub origin_ids: Vec<String>,
}

/// The plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Origins that it is about.
    pub origins: usize,
    /// How many would work today without IPv4 and without NAT64.
    pub today: OriginReadiness,
    /// How many would work today without IPv4, with DNS64 and NAT64 for all of them.
    pub with_nat64: OriginReadiness,
    /// What has an IPv4 address only, so that it needs NAT64 where there is no IPv4.
    pub needs: CoverCounts,
    /// The changes, the most useful first.
    pub steps: Vec<Step>,
    /// What remains, most first; what is not known comes last.
    pub rests: Vec<UncoveredNeeds>,
    /// How the changes were chosen.
    pub method: Method,
    /// Pairs were folded away for want of memory, which nothing here counts.
    pub is_folded: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            origins: 0,
            today: OriginReadiness::default(),
            with_nat64: OriginReadiness::default(),
            needs: CoverCounts::default(),
            steps: Vec::new(),
            rests: Vec::new(),
            method: Method::Exact,
            is_folded: false,
        }
    }
}
