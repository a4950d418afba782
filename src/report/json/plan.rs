//! The plan as JSON.

use serde::Serialize;

use crate::advice::plan::{CoverCounts, Method, NamedCount, OriginReadiness, Plan, Step, UncoveredNeeds};
use crate::knowledge::catalog::Profiles;

#[derive(Serialize)]
pub(in crate::report) struct PlanJson<'a> {
    origins: usize,
    today: ReadinessJson,
    with_nat64: ReadinessJson,
    needs: CoversJson,
    exact: bool,
    bound: Option<f64>,
    readiness: String,
    steps: Vec<PlanStepJson<'a>>,
    remains: Vec<RestJson<'a>>,
}

#[derive(Serialize)]
struct ReadinessJson {
    ready: usize,
    perhaps: usize,
    unknown: usize,
}

#[derive(Serialize)]
struct CoversJson {
    pairs: usize,
    endpoints: usize,
    origins: usize,
    unconfirmed: usize,
}

#[derive(Serialize)]
struct PlanStepJson<'a> {
    id: String,
    title: &'a str,
    action: &'a str,
    risk: &'a str,
    covers: CoversJson,
    names: Vec<NamedJson<'a>>,
    origin_ids: &'a [String],
    after: ReadinessJson,
}

#[derive(Serialize)]
struct RestJson<'a> {
    id: &'static str,
    sentence: &'a str,
    action: &'a str,
    unknown: bool,
    covers: CoversJson,
    names: Vec<NamedJson<'a>>,
    origin_ids: &'a [String],
}

#[derive(Serialize)]
struct NamedJson<'a> {
    name: &'a str,
    offer: Option<&'a str>,
    level: Option<&'static str>,
}

impl<'a> PlanJson<'a> {
    pub(in crate::report) fn new(plan: &'a Plan, profiles: &Profiles) -> Self {
        Self {
            origins: plan.origins,
            today: plan.today.into(),
            with_nat64: plan.with_nat64.into(),
            needs: plan.needs.into(),
            exact: plan.method == Method::Exact,
            bound: match plan.method {
                Method::Exact => None,
                Method::Greedy(hundredths) => Some(f64::from(hundredths) / 100.0),
            },
            readiness: if plan.is_empty() { String::new() } else { plan.readiness() },
            steps: plan.steps.iter().map(|step| step_json(step, profiles)).collect(),
            remains: plan.rests.iter().map(rest_json).collect(),
        }
    }
}

fn step_json<'a>(step: &'a Step, profiles: &Profiles) -> PlanStepJson<'a> {
    PlanStepJson {
        id: Plan::id(&step.change, profiles),
        title: &step.title,
        action: &step.action,
        risk: &step.risk,
        covers: step.covers.into(),
        names: step.names.iter().map(NamedJson::from).collect(),
        origin_ids: &step.origin_ids,
        after: step.after.into(),
    }
}

fn rest_json(rest: &UncoveredNeeds) -> RestJson<'_> {
    RestJson {
        id: rest.why.id(),
        sentence: &rest.sentence,
        action: &rest.action,
        unknown: rest.why.is_unknown(),
        covers: rest.covers.into(),
        names: rest.names.iter().map(NamedJson::from).collect(),
        origin_ids: &rest.origin_ids,
    }
}

impl From<OriginReadiness> for ReadinessJson {
    fn from(standing: OriginReadiness) -> Self {
        let OriginReadiness { ready, perhaps, unknown } = standing;
        Self { ready, perhaps, unknown }
    }
}

impl From<CoverCounts> for CoversJson {
    fn from(covers: CoverCounts) -> Self {
        let CoverCounts { pairs, endpoints, origins, unconfirmed } = covers;
        Self { pairs, endpoints, origins, unconfirmed }
    }
}

impl<'a> From<&'a NamedCount> for NamedJson<'a> {
    fn from(named: &'a NamedCount) -> Self {
        Self { name: &named.name, offer: named.offer.as_deref(), level: named.level }
    }
}
