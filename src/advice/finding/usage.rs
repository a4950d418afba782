//! What origins look like using, and how much of it is reachable over IPv6.

use super::gather::{AskedRow, Gathered};
use super::signs::does_its_work;
use crate::base::moment::{Moment, hull};
use crate::fleet::{Status, Symbol};
use crate::knowledge::catalog::ProfileRow;

/// How an endpoint that a feature needs is reached; the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// Not over IPv6.
    Not,
    /// Through NAT64 only.
    Nat64,
    /// Nobody asked for AAAA.
    Unknown,
    /// What came back is not in what was read.
    Unseen,
    /// Over IPv6.
    Native,
}

/// An origin that looks like using a feature, and what it asked for of what the feature needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The origin's place in [`crate::fleet::Survey::origins`].
    pub origin_rank: usize,
    /// The profile's place in [`crate::knowledge::catalog::Profiles::list`].
    pub profile: usize,
    /// The id of that profile.
    pub id: String,
    /// The name of the feature, as that profile has it.
    pub name: String,
    /// Needed endpoints that were asked for: not reachable over IPv6.
    pub not: u32,
    /// Through NAT64 only.
    pub nat64: u32,
    /// Asked for by A only.
    pub unknown: u32,
    /// Asked for by AAAA, and what came back is not in what was read.
    pub unseen: u32,
    /// Reachable over IPv6.
    pub native: u32,
    /// The names that are not, or only through NAT64.
    pub(super) lacking: Vec<Symbol>,
    /// The origin has IPv4 for all of them.
    pub(super) has_ipv4: bool,
    pub(super) records: u64,
    pub(super) range: Option<(Moment, Moment)>,
}

impl Usage {
    /// Whether something it needs is not reached over IPv6, or through NAT64 only.
    pub(super) fn is_lacking(&self) -> bool {
        self.not + self.nat64 > 0
    }

    /// How many needed endpoints were asked for.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.not + self.nat64 + self.unknown + self.unseen + self.native
    }

    /// `1 of 3 over IPv6, 2 not`.
    #[must_use]
    pub fn words(&self) -> String {
        let mut text = format!("{} of {} over IPv6", self.native, self.total());
        for (count, words) in [
            (self.nat64, "through NAT64"),
            (self.not, "not at all"),
            (self.unknown, "asked by A only"),
            (self.unseen, "with an unknown answer"),
        ] {
            if count > 0 {
                text.push_str(&format!(", {count} {words}"));
            }
        }
        text
    }
}

/// Those of the origin at `rank`.
pub(super) fn of_origin(usages: &[Usage], rank: usize) -> &[Usage] {
    let start = usages.partition_point(|usage| usage.origin_rank < rank);
    let end = usages.partition_point(|usage| usage.origin_rank <= rank);
    &usages[start..end]
}

/// What each origin looks like using; by origin, then profile.
pub(super) fn usages(gathered: &Gathered<'_>) -> Vec<Usage> {
    let profiles = gathered.knowledge.profiles.list();
    let mut usages = Vec::new();
    for asked in gathered.asked.chunk_by(|a, b| (a.rank, a.row.profile) == (b.rank, b.row.profile)) {
        let (rank, profile) = (asked[0].rank, &profiles[asked[0].row.profile]);
        let rows = asked.chunk_by(|a, b| a.row == b.row).count();
        if rows < profile.together || !asked.iter().any(|one| profile.rows[one.row.row].detects) {
            continue;
        }
        let mut usage = Usage {
            origin_rank: rank,
            profile: asked[0].row.profile,
            id: profile.id.clone(),
            name: profile.name.clone(),
            not: 0,
            nat64: 0,
            unknown: 0,
            unseen: 0,
            native: 0,
            lacking: Vec::new(),
            has_ipv4: true,
            records: 0,
            range: None,
        };
        // Of what can do the same work, one is enough. Where only the other one was asked for, that is all
        // there is: an agent that knows the old name only. One that asks for the dual-stack form of that was
        // switched, and does without.
        let does_without = asked.iter().any(|one| does_its_work(&profile.rows[one.row.row]));
        let counts = |names: &[AskedRow]| {
            let row: &ProfileRow = &profile.rows[names[0].row.row];
            row.needed || row.dispensable && !does_without && names.iter().any(|name| !name.dual)
        };
        for row in asked.chunk_by(|a, b| a.row == b.row).filter(|names| counts(names)) {
            let reach = reach(row);
            *match reach {
                Reach::Not => &mut usage.not,
                Reach::Nat64 => &mut usage.nat64,
                Reach::Unknown => &mut usage.unknown,
                Reach::Unseen => &mut usage.unseen,
                Reach::Native => &mut usage.native,
            } += 1;
            if matches!(reach, Reach::Not | Reach::Nat64) {
                usage.lacking.extend(row.iter().map(|one| one.name));
                for one in row {
                    usage.has_ipv4 &= one.has_ipv4;
                    usage.records += one.records;
                    usage.range = hull(usage.range, one.range);
                }
            }
        }
        if usage.total() > 0 {
            usages.push(usage);
        }
    }
    usages
}

/// A client that uses the dual-stack name of an endpoint needs no other; else the worst of its names counts.
fn reach(names: &[AskedRow]) -> Reach {
    let of = |status| match status {
        Status::Native => Reach::Native,
        Status::Nat64 => Reach::Nat64,
        Status::AOnly => Reach::Unknown,
        Status::Unknown => Reach::Unseen,
        _ => Reach::Not,
    };
    if names.iter().any(|name| name.dual && name.status == Status::Native) {
        return Reach::Native;
    }
    names.iter().map(|name| of(name.status)).min().unwrap_or(Reach::Unknown)
}
