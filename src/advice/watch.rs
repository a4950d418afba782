//! What became of a log that is followed since it was looked at last: answers that turned, and findings that
//! began.
//!
//! A fleet is looked at every few seconds as a whole, and compared with the status of pairs before. So what
//! turned and turned back between two looks is not told. Only what the log dates after the moment that
//! watching began counts: what it has from before is what was found, not news.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use serde::Serialize;

use crate::advice::finding::{Advice, Finding, Knowledge};
use crate::base::figures::counted;
use crate::base::moment::{Moment, hull};
use crate::fleet::{PairView, Status, Survey};
use crate::knowledge::domain::bare;

/// The least time between two looks.
pub const EVERY: Duration = Duration::from_secs(5);

/// How many pairs an event names at most. With names as long as names may be it stays below what a pipe
/// takes at once on every system (64 KiB).
pub const NAMED: usize = 50;

/// How many bytes of a text an event has at most, and of all that its pairs or origins are called: each may
/// take six where it is written.
const TEXT: usize = 1500;
const NAMES: usize = 3000;

/// The version of what is written.
const SCHEMA: u32 = 1;

/// Something that is worth being told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WatchEvent {
    schema: u32,
    /// What happened, in a few words without any text of the log.
    words: String,
    #[serde(flatten)]
    what: WatchKind,
    /// How many events were not told before this one, since there were too many at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    untold: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum WatchKind {
    Turned(StatusTurn),
    Finding(FindingBegan),
}

/// Pairs that had one status and have another now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct StatusTurn {
    /// From when to when the first answers of the new kind were logged.
    first: Moment,
    last: Moment,
    from: &'static str,
    to: &'static str,
    origins: usize,
    endpoints: usize,
    /// How many pairs of origin and endpoint turned.
    count: usize,
    /// The first of them.
    pairs: Vec<WatchedPair>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct WatchedPair {
    at: Moment,
    origin: String,
    vpc: String,
    name: String,
}

/// A finding that there was not before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct FindingBegan {
    first: Option<Moment>,
    last: Option<Moment>,
    id: &'static str,
    severity: &'static str,
    subject: String,
    summary: String,
    sentence: String,
    action: String,
    source: String,
    origins: usize,
    origin_ids: Vec<String>,
}

impl WatchEvent {
    fn new(words: String, what: WatchKind) -> Self {
        Self { schema: SCHEMA, words, what, untold: None }
    }

    /// What happened, in a few words without any text of the log.
    #[must_use]
    pub fn words(&self) -> &str {
        &self.words
    }

    /// Says in it that `untold` events before it were not told.
    pub fn after(&mut self, untold: u64) {
        self.untold = (untold > 0).then_some(untold);
    }

    /// As one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        // Only numbers and texts are in it: that always can be written.
        let mut line = serde_json::to_vec(self).unwrap_or_default();
        line.push(b'\n');
        line
    }
}

/// The beginning of a text of at most [`TEXT`] bytes.
fn cut(text: &str) -> String {
    let end = (0..=TEXT.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text[..end].to_owned()
}

/// The first of `items`, as many as an event names.
fn some<T>(items: impl Iterator<Item = T>, length: impl Fn(&T) -> usize) -> Vec<T> {
    let mut room = NAMES;
    let mut fits = |item: &T| {
        let length = length(item);
        let fits = length <= room;
        room = room.saturating_sub(length);
        fits
    };
    items.take(NAMED).take_while(|item| fits(item)).collect()
}

/// What was known at the last look.
#[derive(Debug)]
pub struct Watch {
    since: Moment,
    state: RandomState,
    /// The status of each pair, by a hash of origin and name.
    statuses: HashMap<u64, Status>,
    /// The findings, by a hash of rule and subject.
    findings: HashSet<u64>,
}

impl Watch {
    /// Watches what the log dates after `since`.
    #[must_use]
    pub fn new(since: Moment) -> Self {
        Self { since, state: RandomState::new(), statuses: HashMap::new(), findings: HashSet::new() }
    }

    /// Looks at all that is known by now, and says what happened since the last look: what turned first, in
    /// the order of what it turned from and to. May take a second for many pairs.
    pub fn look(&mut self, survey: &Survey<'_>, knowledge: Knowledge<'_>) -> Vec<WatchEvent> {
        let mut events = self.turns(survey);
        let advice = Advice::from_survey(survey, knowledge, |_| true);
        events.extend(advice.findings.iter().filter_map(|finding| self.finding(finding)));
        events
    }

    fn turns(&mut self, survey: &Survey<'_>) -> Vec<WatchEvent> {
        let mut kinds: Vec<((Status, Status), TurnGroup)> = Vec::new();
        for pair in survey.pairs() {
            let key = self.state.hash_one((pair.origin.kind, pair.origin.id, pair.origin.vpc, pair.name));
            let Some(before) = self.statuses.insert(key, pair.status) else { continue };
            let Some(at) = turned_at(&pair).filter(|at| *at >= self.since) else { continue };
            if !pair.status.is_turn_of(before) {
                continue;
            }
            let kind = (before, pair.status);
            let place = kinds.iter().position(|(known, _)| *known == kind).unwrap_or_else(|| {
                kinds.push((kind, TurnGroup::default()));
                kinds.len() - 1
            });
            kinds[place].1.add(&pair, at);
        }
        kinds.sort_by_key(|(kind, _)| *kind);
        kinds.into_iter().map(|((from, to), gathered)| gathered.event(from, to)).collect()
    }

    fn finding(&mut self, finding: &Finding) -> Option<WatchEvent> {
        let key = self.state.hash_one((finding.rule, &finding.subject));
        let is_new = self.findings.insert(key);
        let (first, last) = finding.proof.range.unzip();
        if !is_new || first.is_some_and(|first| first < self.since) {
            return None;
        }
        let origins = counted(finding.proof.origins as u64, "origin", "origins");
        let words = format!("{}: {} for {origins}", finding.severity.word(), finding.rule.id());
        Some(WatchEvent::new(
            words,
            WatchKind::Finding(FindingBegan {
                first,
                last,
                id: finding.rule.id(),
                severity: finding.severity.word(),
                subject: cut(&finding.subject),
                summary: cut(&finding.summary),
                sentence: cut(&finding.sentence),
                action: cut(&finding.action),
                source: cut(&finding.source),
                origins: finding.proof.origins,
                origin_ids: some(finding.proof.origin_ids.iter().cloned(), String::len),
            }),
        ))
    }
}

/// When a pair got its present status, as far as its records tell.
fn turned_at(pair: &PairView<'_>) -> Option<Moment> {
    pair.change().map(|change| change.at).or_else(|| pair.spans.range().map(|(_, last)| last))
}

/// What turned alike.
#[derive(Default)]
struct TurnGroup {
    range: Option<(Moment, Moment)>,
    origins: HashSet<usize>,
    names: BTreeSet<u32>,
    count: usize,
    pairs: Vec<WatchedPair>,
}

impl TurnGroup {
    fn add(&mut self, pair: &PairView<'_>, at: Moment) {
        self.range = hull(self.range, Some((at, at)));
        self.origins.insert(pair.origin_rank);
        self.names.insert(pair.name_symbol.0);
        self.count += 1;
        if self.pairs.len() < NAMED {
            self.pairs.push(WatchedPair {
                at,
                origin: pair.origin.id.to_owned(),
                vpc: pair.origin.vpc.to_owned(),
                name: bare(pair.name).to_owned(),
            });
        }
    }

    fn event(self, from: Status, to: Status) -> WatchEvent {
        let (first, last) = self.range.unwrap_or_default();
        let words = format!(
            "{} → {}: {} of {}",
            from.words(),
            to.words(),
            counted(self.names.len() as u64, "endpoint", "endpoints"),
            counted(self.origins.len() as u64, "origin", "origins"),
        );
        let what = WatchKind::Turned(StatusTurn {
            first,
            last,
            from: from.word(),
            to: to.word(),
            origins: self.origins.len(),
            endpoints: self.names.len(),
            count: self.count,
            pairs: some(self.pairs.into_iter(), |pair| pair.origin.len() + pair.vpc.len() + pair.name.len()),
        });
        WatchEvent::new(words, what)
    }
}

#[cfg(test)]
mod tests;
