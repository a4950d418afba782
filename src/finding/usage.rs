//! What origins look like using, and how much of it is reachable over IPv6.

use std::collections::BTreeMap;

use super::gather::{Asked, Gathered, Group, both};
use super::{Finding, Rule, Severity, bare, counted, origins};
use crate::catalog::{DualStack, Known};
use crate::fleet::{Status, Symbol};
use crate::moment::Moment;
use crate::observation::Aaaa;

/// How an endpoint that a feature needs is reached; the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// Not over IPv6.
    Not,
    /// Through NAT64 only.
    Nat64,
    /// Nobody asked for AAAA.
    Unknown,
    /// Over IPv6.
    Native,
}

/// An origin that looks like using a feature, and what it asked for of what the feature needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The origin's place in [`crate::fleet::Survey::origins`].
    pub origin_rank: usize,
    /// The profile's place in [`crate::catalog::Profiles::list`].
    pub profile: usize,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Needed endpoints that were asked for: not reachable over IPv6.
    pub not: u32,
    /// Through NAT64 only.
    pub nat64: u32,
    /// Asked for by A only.
    pub unknown: u32,
    /// Reachable over IPv6.
    pub native: u32,
    /// The names that are not, or only through NAT64.
    lacking: Vec<Symbol>,
    records: u64,
    range: Option<(Moment, Moment)>,
}

impl Usage {
    /// How many needed endpoints were asked for.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.not + self.nat64 + self.unknown + self.native
    }

    /// `1 of 3 over IPv6, 2 not`.
    #[must_use]
    pub fn words(&self) -> String {
        let mut text = format!("{} of {} over IPv6", self.native, self.total());
        for (count, words) in
            [(self.nat64, "through NAT64"), (self.not, "not at all"), (self.unknown, "asked by A only")]
        {
            if count > 0 {
                text.push_str(&format!(", {count} {words}"));
            }
        }
        text
    }
}

/// What each origin looks like using; by origin, then profile.
pub(super) fn usages(gathered: &Gathered<'_>) -> Vec<Usage> {
    let profiles = gathered.knowledge.profiles.list();
    let mut usages = Vec::new();
    for asked in gathered.asked.chunk_by(|a, b| (a.rank, a.row.profile) == (b.rank, b.row.profile)) {
        let (rank, profile) = (asked[0].rank, &profiles[asked[0].row.profile]);
        if !asked.iter().any(|one| profile.rows[one.row.row].detects) {
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
            native: 0,
            lacking: Vec::new(),
            records: 0,
            range: None,
        };
        for row in asked.chunk_by(|a, b| a.row == b.row).filter(|row| profile.rows[row[0].row.row].needed) {
            let reach = reach(row);
            *match reach {
                Reach::Not => &mut usage.not,
                Reach::Nat64 => &mut usage.nat64,
                Reach::Unknown => &mut usage.unknown,
                Reach::Native => &mut usage.native,
            } += 1;
            if matches!(reach, Reach::Not | Reach::Nat64) {
                usage.lacking.extend(row.iter().map(|one| one.name));
                for one in row {
                    usage.records += one.records;
                    usage.range = both(usage.range, one.range);
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
fn reach(names: &[Asked]) -> Reach {
    let of = |status| match status {
        Status::Native => Reach::Native,
        Status::Nat64 => Reach::Nat64,
        Status::AOnly => Reach::Unknown,
        _ => Reach::Not,
    };
    if names.iter().any(|name| name.dual && name.status == Status::Native) {
        return Reach::Native;
    }
    names.iter().map(|name| of(name.status)).min().unwrap_or(Reach::Unknown)
}

/// One finding for each feature that lacks something.
pub(super) fn findings(gathered: &Gathered<'_>, usages: &[Usage]) -> Vec<Finding> {
    let mut by_profile: BTreeMap<usize, Vec<&Usage>> = BTreeMap::new();
    for usage in usages.iter().filter(|usage| usage.not + usage.nat64 > 0) {
        by_profile.entry(usage.profile).or_default().push(usage);
    }
    by_profile.into_iter().map(|(profile, usages)| finding(gathered, profile, &usages)).collect()
}

fn finding(gathered: &Gathered<'_>, profile: usize, usages: &[&Usage]) -> Finding {
    let profile = &gathered.knowledge.profiles.list()[profile];
    let cut_off = usages.iter().filter(|usage| usage.not > 0).count();
    let mut names: Vec<Symbol> = usages.iter().flat_map(|usage| usage.lacking.iter().copied()).collect();
    names.sort_unstable_by_key(|name| gathered.survey.fleet().name_text(*name));
    names.dedup();
    let without: Vec<&str> = names
        .iter()
        .filter(|name| !has_name(gathered, **name))
        .map(|name| bare(gathered.survey.fleet().name_text(*name)))
        .collect();
    let mut group = Group::default();
    for usage in usages {
        group.add_counted(usage.origin_rank, usage.records, usage.range);
    }
    let (severity, summary) = if cut_off > 0 {
        (Severity::Problem, format!("{}: not reachable over IPv6 for {}", profile.name, origins(cut_off)))
    } else {
        (Severity::Warning, format!("{}: through NAT64 only for {}", profile.name, origins(usages.len())))
    };
    let look = if usages.len() == 1 { "looks" } else { "look" };
    let needed = counted(names.len(), "endpoint", "endpoints");
    let is_are = if names.len() == 1 { "is" } else { "are" };
    let translated = usages.len() - cut_off;
    let how = match (cut_off, translated) {
        (_, 0) => format!("{needed} that this needs {is_are} not reachable over IPv6"),
        (0, _) => format!("{needed} that this needs {is_are} reachable through NAT64 only"),
        _ => format!("{needed} that this needs {is_are} not reachable over IPv6, or through NAT64 only"),
    };
    let remain = match (without.as_slice(), names.len()) {
        ([], 1) => "A dual-stack name of it is documented, or in this log.".to_owned(),
        ([], _) => "Dual-stack names of all of them are documented, or in this log.".to_owned(),
        (names, _) => {
            let shown = names.iter().take(3).copied().collect::<Vec<_>>().join(", ");
            let more = if names.len() > 3 { format!(" and {} more", names.len() - 3) } else { String::new() };
            format!("No dual-stack name is confirmed for {shown}{more}.")
        }
    };
    let sentence =
        format!("{}: {} {look} like using it, and {how}. {remain}", profile.name, origins(usages.len()));
    Finding {
        summary,
        sentence,
        action: profile.switch.clone(),
        ..Finding::new(Rule::Profile, severity, &profile.id, &group, gathered.survey)
    }
}

/// Whether a dual-stack name is documented, or in the log.
fn has_name(gathered: &Gathered<'_>, name: Symbol) -> bool {
    let Some(known) = gathered.known(name) else { return false };
    let stated = |known: &Known| known.evidence.is_stated();
    match &known.dual_stack {
        DualStack::Name(dual) => match gathered.seen(dual) {
            Some(Aaaa::Native) => true,
            Some(Aaaa::NxDomain | Aaaa::Empty) => false,
            _ => stated(known),
        },
        DualStack::Open(_) | DualStack::Already => stated(known),
        DualStack::None | DualStack::Owner | DualStack::Unknown => false,
    }
}
