//! Findings, and what origins look like using: made elsewhere, since that takes longer than a frame may.
//!
//! They are wanted only while a screen shows them. What is known is handed out for it as an
//! [`Effect::Advise`], as it is then, without being copied for as long as it does not change; what comes back
//! is kept until something else is shown. While the log goes on they are made anew now and then, and less
//! often the longer the log is; where somebody goes to, as soon as that is where they stay.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use super::lent::LentLog;
use super::{Effect, Message, Model, Screen, Source};
use crate::advice::finding::{Advice, Finding, Library, Pairs, Usage};
use crate::advice::plan::Plan;
use crate::fleet::{OriginId, OriginKind, Survey, Symbol};
use crate::query::Query;
use crate::timeline::Scope;

/// While the log goes on, findings are made anew no more often than this.
const EVERY: Duration = Duration::from_millis(900);

/// What findings are about.
#[derive(Clone, Debug, PartialEq, Eq)]
struct InquirySubject {
    scope: Scope,
    filter: Option<Query>,
    /// The last change of what is known.
    known: u64,
}

/// What there is to be said of a fleet.
#[derive(Clone, Debug)]
pub struct Inquiry {
    number: u64,
    log: LentLog,
    listed: Option<Arc<Listed>>,
    library: Arc<Library>,
}

impl PartialEq for Inquiry {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Inquiry {}

/// Which pairs a filter lists, by a hash of the words for them.
#[derive(Debug, Default)]
pub(super) struct Listed {
    state: RandomState,
    pairs: HashSet<u64>,
}

impl Listed {
    fn key(&self, kind: OriginKind, id: &str, name: &str) -> u64 {
        self.state.hash_one((kind, id, name))
    }
}

/// What was said of a fleet.
#[derive(Clone, Debug, Default)]
pub struct Advised {
    /// The most important first.
    pub findings: Vec<Finding>,
    /// The pairs that show each of them, as the fleet asked about numbers them.
    evidence: Vec<Vec<(OriginId, Symbol)>>,
    usages: Vec<(OriginKind, String, String, Usage)>,
    plan: Plan,
}

impl Inquiry {
    /// The same, read from a copy if what is known goes on changing meanwhile. May take a quarter of a
    /// second: to be called where it is answered.
    #[must_use]
    pub fn apart(self) -> Self {
        Self { log: self.log.apart(), ..self }
    }

    /// Works it out. May take a second.
    #[must_use]
    pub fn answer(&self) -> Message {
        let advised = self.log.with_fleet(|fleet| self.advised(&fleet.survey()));
        Message::Advised(self.number, Box::new(advised))
    }

    fn advised(&self, survey: &Survey<'_>) -> Advised {
        let advice = Advice::with_evidence(survey, self.library.knowledge(), |pair| {
            self.listed.as_ref().is_none_or(|listed| {
                listed.pairs.contains(&listed.key(pair.origin.kind, pair.origin.id, pair.name))
            })
        });
        let usages = advice.usages.into_iter().filter_map(|usage| {
            let origin = survey.origins().get(usage.origin_rank)?;
            Some((origin.kind, origin.id.to_owned(), origin.vpc.to_owned(), usage))
        });
        Advised {
            usages: usages.collect(),
            evidence: self.evidence(survey, advice.evidence),
            findings: advice.findings,
            plan: advice.plan,
        }
    }

    /// The same pairs, as the fleet that is asked about numbers them: `survey` may be of a part of it.
    fn evidence(&self, survey: &Survey<'_>, evidence: Vec<Pairs>) -> Vec<Vec<(OriginId, Symbol)>> {
        let origins: Vec<Option<OriginId>> = survey
            .origins()
            .iter()
            .map(|origin| self.log.fleet().find_origin(origin.kind, origin.id, origin.vpc))
            .collect();
        let mut names: HashMap<Symbol, Option<Symbol>> = HashMap::new();
        let mut known = |(rank, name): (u32, Symbol)| {
            let find = || self.log.fleet().find_name(survey.fleet().name_text(name));
            let name = names.entry(name).or_insert_with(find);
            Some((origins.get(rank as usize).copied().flatten()?, (*name)?))
        };
        evidence.into_iter().map(|pairs| pairs.into_iter().filter_map(&mut known).collect()).collect()
    }
}

/// Findings, and what is being found.
#[derive(Debug, Default)]
pub(super) struct Counsel {
    number: u64,
    findings: Vec<Finding>,
    evidence: Vec<Vec<(OriginId, Symbol)>>,
    plan: Plan,
    usages: HashMap<OriginId, Vec<Usage>>,
    /// What they were made from; `None` if there are none yet.
    of: Option<InquirySubject>,
    /// What is being worked on.
    awaited: Option<InquirySubject>,
    /// What is wanted, and not before when.
    due: Option<(InquirySubject, Duration)>,
    answered: Duration,
}

impl Counsel {
    pub(super) fn next_tick(&self) -> Option<Duration> {
        self.due.as_ref().filter(|_| self.awaited.is_none()).map(|(_, at)| *at)
    }
}

/// Asks for findings if a screen shows them and they are to be made anew by now.
pub(super) fn want(model: &mut Model) -> Option<Effect> {
    let shows = matches!(model.screen(), Screen::Findings | Screen::Plan | Screen::Origin | Screen::Endpoint);
    if !shows || model.is_to_be_arranged_here() {
        model.jobs.counsel.due = None;
        return None;
    }
    let (scope, filter) = (model.scope(), model.query().cloned());
    let subject = InquirySubject { scope, filter, known: model.known.changed_at_all(None) };
    let records = model.known.timeline().len();
    let pairs = model.known.fleet().pair_count() as u64;
    let counsel = &mut model.jobs.counsel;
    if counsel.awaited.is_some() || counsel.of.as_ref() == Some(&subject) {
        counsel.due = None;
        return None;
    }
    // Somebody who goes through ten million records, step by step, is not kept waiting at each of them.
    let pause = Duration::from_millis(records / 10_000 + pairs / 1000);
    let goes_on = model.here.clock().is_playing()
        || !model.known.feed().ended
            && model.setup.source != Source::Live
            && model.here.clock().cursor().is_none()
        || model.setup.source == Source::Live
            && model.known.held().is_none()
            && model.here.clock().cursor().is_none();
    let due = match (&counsel.of, &counsel.due) {
        (None, _) => model.here.now(),
        (Some(_), _) if goes_on => counsel.answered + EVERY.max(pause * 5),
        (Some(_), Some((wanted, at))) if *wanted == subject => *at,
        (Some(_), _) => model.here.now() + pause,
    };
    if model.here.now() < due {
        counsel.due = Some((subject, due));
        return None;
    }
    let (scope, filtered) = (subject.scope, subject.filter.is_some());
    counsel.number += 1;
    counsel.due = None;
    counsel.awaited = Some(subject);
    let listed = filtered.then(|| Arc::new(listed(model)));
    Some(Effect::Advise(inquiry(model, model.jobs.counsel.number, scope, listed)))
}

/// The inquiry about what is known within `scope`.
pub(super) fn inquiry(model: &Model, number: u64, scope: Scope, listed: Option<Arc<Listed>>) -> Inquiry {
    let log = LentLog::from_model(model, scope);
    Inquiry { number, log, listed, library: Arc::clone(&model.setup.library) }
}

/// The pairs that the filter lists.
fn listed(model: &Model) -> Listed {
    let mut listed = Listed::default();
    let fleet = model.known.fleet();
    for origin in model.ranking().origins() {
        let (kind, id, _) = fleet.origin_text(origin.key);
        for pair in model.ranking().unordered(origin) {
            let key = listed.key(kind, id, fleet.name_text(pair.name));
            listed.pairs.insert(key);
        }
    }
    listed
}

/// Takes in what came back.
pub(super) fn take(model: &mut Model, number: u64, advised: Advised) {
    let counsel = &mut model.jobs.counsel;
    if counsel.number != number {
        return;
    }
    counsel.of = counsel.awaited.take();
    counsel.answered = model.here.now();
    counsel.findings = advised.findings;
    counsel.evidence = advised.evidence;
    counsel.plan = advised.plan;
    counsel.usages.clear();
    for (kind, id, vpc, usage) in advised.usages {
        if let Some(origin) = model.known.fleet().find_origin(kind, &id, &vpc) {
            counsel.usages.entry(origin).or_default().push(usage);
        }
    }
}

impl Model {
    /// Findings of what is shown, the most important first; `None` as long as none were made.
    #[must_use]
    pub fn findings(&self) -> Option<&[Finding]> {
        self.jobs.counsel.of.as_ref().map(|_| self.jobs.counsel.findings.as_slice())
    }

    /// The plan for what is shown; `None` as long as none was made.
    #[must_use]
    pub fn plan(&self) -> Option<&Plan> {
        self.jobs.counsel.of.as_ref().map(|_| &self.jobs.counsel.plan)
    }

    /// How many changes the plan has, with what remains.
    pub(super) fn changes(&self) -> usize {
        self.jobs.counsel.plan.steps.len() + self.jobs.counsel.plan.rests.len()
    }

    /// The place of the selected change, or of what remains after the changes; `None` if there is nothing.
    #[must_use]
    pub fn selected_change(&self) -> Option<usize> {
        Some(usize::from(self.here.place().scroll).min(self.changes().checked_sub(1)?))
    }

    /// Whether findings of something else than what is shown by now are being made, or waited for.
    #[must_use]
    pub fn is_advice_late(&self) -> bool {
        self.jobs.counsel.awaited.is_some() || self.jobs.counsel.due.is_some()
    }

    /// The features that an origin looks like using.
    #[must_use]
    pub fn usages(&self, origin: OriginId) -> &[Usage] {
        self.jobs.counsel.usages.get(&origin).map_or(&[], Vec::as_slice)
    }

    /// Findings about a name.
    pub fn findings_on<'m>(&'m self, name: &'m str) -> impl Iterator<Item = &'m Finding> {
        self.jobs.counsel.findings.iter().filter(move |finding| finding.subject == name)
    }

    /// The pairs of origin and endpoint that show the selected finding.
    #[must_use]
    pub fn shown_by(&self) -> &[(OriginId, Symbol)] {
        let at = self.selected_finding().map(|(at, _)| at);
        at.and_then(|at| self.jobs.counsel.evidence.get(at)).map_or(&[], Vec::as_slice)
    }

    /// The place of the selected finding.
    #[must_use]
    pub fn selected_finding(&self) -> Option<(usize, &Finding)> {
        let findings = &self.jobs.counsel.findings;
        let at = self.here.place().finding.as_ref().and_then(|(rule, subject)| {
            findings.iter().position(|finding| finding.rule == *rule && finding.subject == *subject)
        });
        let at = at.unwrap_or(0);
        Some((at, findings.get(at)?))
    }
}
