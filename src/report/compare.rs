//! Two reports side by side: what became reachable over IPv6, what broke, what is new, what is gone.
//!
//! A [`ComparedSide`] is a list of pairs of origin and endpoint, each with its status, and of reasons why the
//! list may not be whole. A log that was read makes one, and so does a report that was written as JSON
//! ([`ComparedSide::parse`]). What is on one side only is called new or gone only where the other side is not
//! known to lack anything; else it was not seen there.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde::Serialize;

use super::{Format, Report, pieces, text};
use crate::base::moment::Moment;
use crate::base::visible::visible;
use crate::fleet::Status;

mod earlier;
mod html;
mod json;
mod markdown;
mod words;

pub use earlier::{EarlierError, EarlierLabels, is_report};

/// Who asked, as a side knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ComparedAsker {
    /// The id: of an instance, an endpoint, an interface, or an address.
    pub id: String,
    /// The VPC; empty where nobody said.
    pub vpc: String,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// One pair of origin and endpoint, as a side has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedPair {
    /// Place of who asked in [`ComparedSide::askers`].
    pub asker: usize,
    /// The name asked for.
    pub name: String,
    /// What it was judged as, by all its records on that side.
    pub status: Status,
    /// Logged queries for A and AAAA.
    pub records: u64,
    /// Whether it is one of those that were asked for.
    pub selected: bool,
}

/// One of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComparedSide {
    /// Where it comes from, in words.
    pub source: String,
    /// Records read.
    pub records: u64,
    /// Records left out by their time.
    pub outside: u64,
    /// The earliest and the latest of them.
    pub range: Option<(Moment, Moment)>,
    /// Why it may lack pairs, a sentence each.
    pub doubts: Vec<String>,
    /// The origins that asked; [`ComparedPair::asker`] is a place among them.
    pub askers: Vec<ComparedAsker>,
    /// Who asked for what, names that are none of an endpoint left out.
    pub pairs: Vec<ComparedPair>,
}

impl ComparedSide {
    /// What `report` is of.
    #[must_use]
    pub fn from_report(report: &Report<'_>) -> Self {
        let tally = report.survey.fleet().tally();
        let label = |label: &str| label.to_owned();
        let askers = report.survey.origins().iter().map(|origin| ComparedAsker {
            id: origin.id.to_owned(),
            vpc: origin.vpc.to_owned(),
            label: pieces::name_of(report.knowledge.names, origin).map(label),
        });
        let mut pairs = Vec::new();
        report.survey.visit(report.survey.handles(), |_, pair| {
            if report.survey.noise(pair).is_none() {
                pairs.push(ComparedPair {
                    asker: pair.origin_rank,
                    name: pair.name.to_owned(),
                    status: pair.status,
                    records: pieces::count(pair),
                    selected: report.selection.holds(pair),
                });
            }
        });
        let doubts: Vec<String> = if text::is_whole(report) {
            pieces::incomplete_words(tally).collect()
        } else if text::is_whole_list(report) {
            Vec::new()
        } else {
            // Not the piece itself: what could not be read is for who repairs it.
            text::missing(report).into_iter().filter(|line| !line.starts_with("for example, ")).collect()
        };
        Self {
            source: text::inputs(report),
            records: tally.records,
            outside: tally.outside,
            range: tally.range,
            doubts,
            askers: askers.collect(),
            pairs,
        }
    }

    fn key<'a>(&'a self, pair: &'a ComparedPair) -> (&'a str, &'a str, &'a str) {
        let asker = &self.askers[pair.asker];
        (&asker.id, &asker.vpc, &pair.name)
    }

    /// The pairs by origin and name, each once.
    fn sorted(&self) -> Vec<&ComparedPair> {
        let mut pairs: Vec<&ComparedPair> = self.pairs.iter().collect();
        pairs.sort_by_key(|pair| self.key(pair));
        pairs.dedup_by_key(|pair| self.key(pair));
        pairs
    }

    /// Milliseconds between the first record and the last.
    fn length(&self) -> i64 {
        self.range.map_or(0, |(first, last)| last.0.saturating_sub(first.0))
    }
}

/// How a pair differs between the two, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DifferenceKind {
    /// It was reachable over IPv6, and is not any more.
    Broke,
    /// It was not reachable over IPv6, and is now: natively or through NAT64.
    Reachable,
    /// It was reached through NAT64, and has an IPv6 address of its own now.
    Native,
    /// It has another status, of which none of this can be said.
    Other,
    /// It is in the new one only.
    New,
    /// It is in the old one only.
    Gone,
}

impl DifferenceKind {
    /// Every kind, in the order in which they are told.
    pub const ALL: [Self; 6] =
        [Self::Broke, Self::Reachable, Self::Native, Self::Other, Self::New, Self::Gone];

    /// What became of a pair; `None` if it is as it was.
    fn from_statuses(from: Option<Status>, to: Option<Status>) -> Option<Self> {
        let works = |status| matches!(status, Status::Native | Status::Nat64);
        let fails = |status| {
            use Status::{Blocked, Empty, Failing, Ipv4Only, NoAddress, NxDomain};
            matches!(status, Ipv4Only | Failing | Blocked | NxDomain | Empty | NoAddress)
        };
        Some(match (from, to) {
            (None, None) => return None,
            (None, Some(_)) => Self::New,
            (Some(_), None) => Self::Gone,
            (Some(from), Some(to)) if from == to => return None,
            (Some(from), Some(to)) if works(from) && fails(to) => Self::Broke,
            (Some(from), Some(to)) if fails(from) && works(to) => Self::Reachable,
            (Some(Status::Nat64), Some(Status::Native)) => Self::Native,
            _ => Self::Other,
        })
    }
}

/// A pair that differs.
#[derive(Clone, Copy, Debug)]
pub(super) struct PairChange<'a> {
    kind: DifferenceKind,
    asker: &'a ComparedAsker,
    name: &'a str,
    from: Option<Status>,
    to: Option<Status>,
    /// Logged queries, old and new.
    records: [u64; 2],
}

/// Pairs of one name that differ alike.
#[derive(Clone, Debug)]
pub(super) struct ChangeGroup<'a> {
    kind: DifferenceKind,
    name: &'a str,
    from: Option<Status>,
    to: Option<Status>,
    askers: Vec<&'a ComparedAsker>,
    records: u64,
}

/// How many there are of a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct KindCount {
    pairs: usize,
    endpoints: usize,
    origins: usize,
}

/// What is different between two sides.
#[derive(Debug)]
pub struct Comparison<'a> {
    old: &'a ComparedSide,
    new: &'a ComparedSide,
    /// By origin, then name.
    changes: Vec<PairChange<'a>>,
    /// By kind, those of most origins first.
    groups: Vec<ChangeGroup<'a>>,
    /// Pairs of the same status on both.
    same: usize,
    /// Pairs by status, old and new.
    statuses: [[u64; 2]; Status::ALL.len()],
    /// Origins in both, in the old one only, in the new one only.
    origins: [usize; 3],
    /// Why what is not in the new one may still be asked for, and what is not in the old one may have been.
    doubts: [Vec<String>; 2],
    /// Something else to be known of the two.
    remark: Option<&'static str>,
    filtered: bool,
}

impl<'a> Comparison<'a> {
    /// Compares `old` with `new`: of all pairs those of which either side has selected one.
    #[must_use]
    pub fn new(old: &'a ComparedSide, new: &'a ComparedSide) -> Self {
        let mut comparison = Self {
            old,
            new,
            changes: Vec::new(),
            groups: Vec::new(),
            same: 0,
            statuses: [[0; 2]; Status::ALL.len()],
            origins: [0; 3],
            doubts: [doubts("NEW", new, "OLD", old), doubts("OLD", old, "NEW", new)],
            remark: None,
            filtered: [old, new].iter().any(|side| side.pairs.iter().any(|pair| !pair.selected)),
        };
        if let (Some((first, _)), Some((other, _))) = (old.range, new.range)
            && first > other
        {
            comparison.remark = Some("OLD begins later than NEW: are they the right way round?");
        }
        let (mut before, mut after) =
            (old.sorted().into_iter().peekable(), new.sorted().into_iter().peekable());
        let (mut seen_before, mut seen_after) = (BTreeSet::new(), BTreeSet::new());
        loop {
            let keys = (before.peek().map(|pair| old.key(pair)), after.peek().map(|pair| new.key(pair)));
            let (from, to) = match keys {
                (None, None) => break,
                (Some(_), None) => (before.next(), None),
                (None, Some(_)) => (None, after.next()),
                (Some(left), Some(right)) if left < right => (before.next(), None),
                (Some(left), Some(right)) if right < left => (None, after.next()),
                _ => (before.next(), after.next()),
            };
            if ![from, to].into_iter().flatten().any(|pair| pair.selected) {
                continue;
            }
            let asker = to.map(|pair| &new.askers[pair.asker]).or(from.map(|pair| &old.askers[pair.asker]));
            let (Some(asker), Some(some)) = (asker, to.or(from)) else { continue };
            let whose = (asker.id.as_str(), asker.vpc.as_str());
            for (at, pair, seen) in [(0, from, &mut seen_before), (1, to, &mut seen_after)] {
                if let Some(pair) = pair {
                    comparison.statuses[pair.status as usize][at] += 1;
                    seen.insert(whose);
                }
            }
            let status = |pair: Option<&ComparedPair>| pair.map(|pair| pair.status);
            let Some(kind) = DifferenceKind::from_statuses(status(from), status(to)) else {
                comparison.same += 1;
                continue;
            };
            let records = [from, to].map(|pair| pair.map_or(0, |pair| pair.records));
            let (from, to) = (status(from), status(to));
            comparison.changes.push(PairChange { kind, asker, name: &some.name, from, to, records });
        }
        let both = seen_before.intersection(&seen_after).count();
        comparison.origins = [both, seen_before.len() - both, seen_after.len() - both];
        comparison.group();
        comparison
    }

    fn group(&mut self) {
        let mut groups: BTreeMap<_, ChangeGroup<'a>> = BTreeMap::new();
        for change in &self.changes {
            let PairChange { kind, name, from, to, .. } = *change;
            let new = || ChangeGroup { kind, name, from, to, askers: Vec::new(), records: 0 };
            let group = groups.entry((kind, name, from, to)).or_insert_with(new);
            group.askers.push(change.asker);
            group.records += change.records.iter().sum::<u64>();
        }
        self.groups = groups.into_values().collect();
        self.groups.sort_by_key(|group| (group.kind, std::cmp::Reverse((group.askers.len(), group.records))));
    }

    /// Those of a kind.
    fn of_kind(&self, kind: DifferenceKind) -> Vec<&ChangeGroup<'a>> {
        self.groups.iter().filter(|group| group.kind == kind).collect()
    }

    fn count(&self, kind: DifferenceKind) -> KindCount {
        let of_kind = || self.changes.iter().filter(|change| change.kind == kind);
        let names: BTreeSet<&str> = of_kind().map(|change| change.name).collect();
        let origins: BTreeSet<(&str, &str)> =
            of_kind().map(|change| (change.asker.id.as_str(), change.asker.vpc.as_str())).collect();
        KindCount { pairs: of_kind().count(), endpoints: names.len(), origins: origins.len() }
    }

    /// Why what is on one side only may be on the other; nothing where nothing says so.
    fn doubts(&self, kind: DifferenceKind) -> &[String] {
        match kind {
            DifferenceKind::Gone => &self.doubts[0],
            DifferenceKind::New => &self.doubts[1],
            _ => &[],
        }
    }

    /// The statuses that pairs have now that are not as they were: what a check for what got worse looks at.
    #[must_use]
    pub fn statuses(&self) -> Vec<Status> {
        let has = |status: &Status| self.changes.iter().any(|change| change.to == Some(*status));
        Status::ALL.into_iter().filter(has).collect()
    }

    /// Writes it; lists for a person have at most `limit` rows.
    ///
    /// # Errors
    /// Those of `out`, and that there is no such form of `format`.
    pub fn write(&self, format: Format, limit: usize, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Text => words::text(self, limit, out),
            Format::Markdown => markdown::write(self, limit, out),
            Format::Json => json::write(self, out),
            Format::Html => html::write(self, out),
            _ => Err(io::Error::new(io::ErrorKind::InvalidInput, "a comparison has no such format")),
        }
    }
}

/// Why what is not in `side` may be asked for after all.
fn doubts(word: &str, side: &ComparedSide, other_word: &str, other: &ComparedSide) -> Vec<String> {
    let mut doubts: Vec<String> = side.doubts.iter().map(|doubt| visible(doubt).into_owned()).collect();
    if side.length().saturating_mul(2) < other.length() {
        doubts.push(format!(
            "{word} is of {}, {other_word} of {}: what is asked for seldom may not be in it.",
            span_words(side.length()),
            span_words(other.length())
        ));
    }
    doubts
}

/// `millis` milliseconds, in the largest unit that says enough.
fn span_words(millis: i64) -> String {
    let seconds = millis / 1000;
    let (count, one, many) = match seconds {
        172_800.. => (seconds / 86_400, "day", "days"),
        7200.. => (seconds / 3600, "hour", "hours"),
        120.. => (seconds / 60, "minute", "minutes"),
        _ => (seconds, "second", "seconds"),
    };
    pieces::counted(u64::try_from(count).unwrap_or(0), one, many)
}

#[cfg(test)]
mod tests;
