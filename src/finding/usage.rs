//! What origins look like using, and how much of it is reachable over IPv6.

use std::collections::BTreeMap;

use super::gather::{Asked, Gathered};
use super::group::{Group, both};
use super::{Finding, Rule, Severity, bare, listed, origins};
use crate::catalog::{DualStack, Evidence, Known, Profile, Row};
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
    /// Asked for by AAAA, and what came back is not in what was read.
    pub unseen: u32,
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
            unseen: 0,
            native: 0,
            lacking: Vec::new(),
            records: 0,
            range: None,
        };
        // Where nothing needed was asked for, what else could do its work is all there is: an agent that knows the old
        // name only. One that asks for the dual-stack form of that was switched, and does without.
        let needs = asked.iter().any(|one| profile.rows[one.row.row].needed);
        let counts = |names: &[Asked]| {
            let row: &Row = &profile.rows[names[0].row.row];
            if needs { row.needed } else { row.dispensable && names.iter().any(|name| !name.dual) }
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
        Status::Unknown => Reach::Unseen,
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
    let mut group = Group::default();
    for usage in usages {
        group.add_counted(usage.origin_rank, usage.records, usage.range);
    }
    let (severity, summary) = if cut_off > 0 {
        (Severity::Problem, format!("{}: not reachable over IPv6 for {}", profile.name, origins(cut_off)))
    } else {
        (Severity::Warning, format!("{}: through NAT64 only for {}", profile.name, origins(usages.len())))
    };
    let hosts: Vec<&str> = names.iter().map(|name| bare(gathered.survey.fleet().name_text(*name))).collect();
    let (who, seems) = (origins(usages.len()), if usages.len() == 1 { "seems" } else { "seem" });
    let (feature, hosts) = (&profile.name, listed(&hosts));
    let reached = match (cut_off, usages.len() - cut_off) {
        (_, 0) => format!("cannot reach {hosts} over IPv6"),
        (0, _) if usages.len() == 1 => format!("reaches {hosts} through NAT64 only"),
        (0, _) => format!("reach {hosts} through NAT64 only"),
        _ => format!("cannot reach {hosts} over IPv6, or through NAT64 only"),
    };
    let sentence =
        format!("{feature}: {who} that {seems} to use it {reached}. {}", instead(gathered, profile, &names));
    Finding {
        summary,
        sentence,
        action: profile.switch.clone(),
        ..Finding::new(Rule::Profile, severity, &profile.id, &group, gathered.survey)
    }
}

/// How sure the other name of an endpoint is.
enum Other {
    /// Documented, or in the log.
    Sure(String),
    /// A program of AWS's uses it, or the rule makes it.
    Open(String),
    /// It is one itself, without an AAAA record here.
    Itself,
    /// There is none.
    None,
}

/// Which dual-stack names there are in place of what is lacking.
fn instead(gathered: &Gathered<'_>, profile: &Profile, names: &[Symbol]) -> String {
    let (mut sure, mut open, mut itself, mut none) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut regions = Vec::new();
    for name in names {
        let Some(known) = gathered.known(*name) else {
            none.push(bare(gathered.survey.fleet().name_text(*name)).to_owned());
            continue;
        };
        if !known.region.is_empty() && !regions.contains(&known.region) {
            regions.push(known.region.clone());
        }
        let host = bare(gathered.survey.fleet().name_text(*name));
        match other(gathered, known) {
            Other::Sure(dual) => sure.push(dual),
            Other::Open(dual) => open.push(dual),
            Other::Itself => itself.push(host.to_owned()),
            Other::None => none.push(host.to_owned()),
        }
    }
    // Nothing that it cannot do without was asked for: what the switched client would ask for is said all the same.
    if none.len() == names.len() {
        for region in &regions {
            for row in profile.rows.iter().filter(|row| row.needed) {
                let Some(prefix) = row.pattern.strip_suffix(".{r}").filter(|it| !it.contains([':', '#']))
                else {
                    continue;
                };
                let host = format!("{prefix}.{region}.amazonaws.com");
                match gathered.knowledge.catalog.about(&host).map(|known| other(gathered, &known)) {
                    Some(Other::Sure(dual)) => sure.push(dual),
                    Some(Other::Open(dual)) => open.push(dual),
                    Some(Other::Itself | Other::None) | None => {}
                }
            }
        }
    }
    if none.len() == names.len() && sure.is_empty() && open.is_empty() {
        return if none.len() == 1 { "It has no dual-stack name." } else { "They have no dual-stack names." }
            .to_owned();
    }
    let mut sentences = Vec::new();
    for (list, words) in [
        (&sure, "Dual-stack names, documented or in this log"),
        (&open, "Possible dual-stack names, not confirmed"),
        (&itself, "Dual-stack by name, without an AAAA record here"),
        (&none, "Without a dual-stack name"),
    ] {
        if !list.is_empty() {
            sentences.push(format!("{words}: {}.", listed(list)));
        }
    }
    sentences.join(" ")
}

/// The other name of one of which the catalog knows `known`.
fn other(gathered: &Gathered<'_>, known: &Known) -> Other {
    let by_evidence = |dual: &str| match known.evidence {
        Evidence::Absent => Other::None,
        _ if known.evidence.is_stated() => Other::Sure(dual.to_owned()),
        _ => Other::Open(dual.to_owned()),
    };
    match &known.dual_stack {
        DualStack::Name(dual) => match gathered.seen(dual) {
            Some(Aaaa::Native) => Other::Sure(dual.clone()),
            Some(Aaaa::NxDomain | Aaaa::Empty) => Other::None,
            _ => by_evidence(dual),
        },
        DualStack::Open(dual) => by_evidence(dual),
        DualStack::Already => Other::Itself,
        DualStack::None | DualStack::Owner | DualStack::Unknown => Other::None,
    }
}
