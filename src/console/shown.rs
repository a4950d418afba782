//! What is shown of what is known: made anew when something came in, time went on, or the filter is another.

use std::time::Duration;

use super::arrange::Made;
use super::{
    Answer, Basis, Class, FRESH, FleetRanking, Fresh, HIGHLIGHT, Histogram, Model, Source, arrange,
    checkpoints, decide, marks, search, tools, worst_status,
};
use crate::fleet::Status;
use crate::query::{Query, QueryError};
use crate::timeline::{RowMask, Scope, Timeline};

/// What the mask in force was put to.
#[derive(Debug, Default)]
pub(super) struct MaskInputs {
    /// How many records; a number that there never are if their places are others by now.
    pub records: u64,
    /// What pairs came to, if the filter asks for that.
    pub statuses: Vec<Option<Status>>,
}

impl Model {
    /// The stretch of time that is shown.
    #[must_use]
    pub fn scope(&self) -> Scope {
        let scope = self.clock.scope();
        let newest = self.known.fleet.tally().range.map(|(_, last)| last);
        // All of it: then the fleet says at once what a fold would.
        Scope { until: scope.until.filter(|until| newest.is_none_or(|newest| *until < newest)), ..scope }
    }

    /// The records that the filter lets through; none if there is no filter.
    #[must_use]
    pub fn mask(&self) -> Option<&RowMask> {
        self.mask.as_ref()
    }

    /// Records per class over time, as far as the filter lets them through.
    #[must_use]
    pub fn histogram(&self) -> &Histogram {
        self.histogram.as_ref().unwrap_or(&self.known.histogram)
    }

    /// Records shown, of all types.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        self.scope() != Scope::ALL
    }
}

/// Lets time go by, and if something changed since, reads what is known anew.
pub(super) fn tick(model: &mut Model, now: Duration) {
    model.now = now;
    model.live.tick(now);
    while model.fresh.front().is_some_and(|fresh| fresh.noticed + HIGHLIGHT <= now) {
        model.fresh.pop_front();
    }
    let end = model.setup.range.or(model.known.fleet.tally().range).map(|(_, last)| last);
    if let Some(end) = end {
        model.stale |= model.clock.tick(now, end);
        if model.setup.source == Source::Live && model.clock.cursor() == Some(end) {
            // It has caught up with what is being logged, and goes on with it.
            model.clock.seek(None, now);
            model.left = None;
        }
    }
    arrange::drain(model);
    if model.is_to_be_arranged_here() {
        model.stale = false;
        refresh(model, now);
    } else if !model.stale {
        checkpoints::prepare(model);
    }
    search::apply_filter(model);
    marks::remember_when(model);
    tools::tick(model, now);
}

/// Reads what is known anew if a key before this one wants it.
pub(super) fn catch_up(model: &mut Model) {
    if model.stale && !model.news {
        model.stale = false;
        refresh(model, model.now);
    }
    search::apply_filter(model);
}

fn refresh(model: &mut Model, now: Duration) {
    let scope = model.scope();
    checkpoints::fold(model, scope);
    apply_filter(model);
    if scope != Scope::ALL {
        checkpoints::vary(model, scope.until);
    }
    let known = &model.known;
    model.matched = model.mask.as_ref().map(|mask| known.timeline.count(&known.fleet, scope, mask));
    let basis = Basis {
        fleet: &known.fleet,
        varied: model.varied.varied(),
        scope,
        summaries: &model.summaries,
        matched: model.matched.as_ref(),
    };
    let (ranking, flips) = FleetRanking::of(&basis, &model.ranking);
    let answer = Answer::of(&known.fleet, &ranking);
    model.arranging.overtake(now, known.fleet.tally().records);
    let (summaries, matched) = (std::mem::take(&mut model.summaries), model.matched.take());
    show(model, Made { filtered: None, summaries, matched, ranking, flips, answer }, now);
}

/// Shows what was made of what is known.
pub(super) fn show(model: &mut Model, made: Made, now: Duration) {
    let Made { filtered, summaries, matched, ranking, flips, answer } = made;
    if let Some((mask, histogram, filtered)) = filtered {
        (model.mask, model.histogram, model.filtered) = (Some(mask), Some(histogram), filtered);
    }
    (model.summaries, model.matched, model.ranking, model.answer) = (summaries, matched, ranking, answer);
    model.tools.sorted.forget(model.ranking.origins().len());
    search::forget(model);
    // What an export tells while it is being read is old; what it tells while it plays is not.
    let goes_on = model.setup.source != Source::Replay || model.clock.is_playing();
    if std::mem::replace(&mut model.news, true) && goes_on {
        model.fresh.extend(flips.into_iter().map(|flip| Fresh { flip, noticed: now }));
        let surplus = model.fresh.len().saturating_sub(FRESH);
        model.fresh.drain(..surplus);
    } else {
        model.fresh.clear();
    }
    model.pair_details.forget();
    model.subject = None;
    follow_worst(model);
}

/// Brings the mask up to what came in. A filter that asks for a status goes by what pairs come to within the
/// time shown, which is to be folded by then.
pub(super) fn apply_filter(model: &mut Model) {
    let known = &model.known;
    let (timeline, fleet) = (&known.timeline, &known.fleet);
    let asks_for_status = model.query.as_ref().is_some_and(Query::asks_for_status);
    let statuses = if asks_for_status { decide::statuses(fleet, &model.summaries) } else { Vec::new() };
    if asks_for_status && statuses != model.filtered.statuses {
        model.mask = None;
    }
    match (&model.query, &mut model.mask) {
        (None, mask) => {
            *mask = None;
            model.histogram = None;
            return;
        }
        (Some(_), Some(_)) if model.filtered.records == timeline.len() => return,
        (Some(query), Some(mask)) => mask.extend(timeline, fleet, query.expression(), &statuses),
        (Some(query), mask @ None) => {
            *mask = Some(model.recent.mask(timeline, fleet, query.expression(), &statuses));
        }
    }
    let records = timeline.len();
    model.histogram = model.mask.as_ref().map(|mask| filtered_histogram(timeline, mask));
    model.filtered = MaskInputs { records, statuses };
}

/// What a mask lets through, over time.
pub(super) fn filtered_histogram(timeline: &Timeline, mask: &RowMask) -> Histogram {
    let see = |histogram: &mut Histogram, at, verdict, count| {
        histogram.add_several(at, Class::of(verdict), count);
    };
    let parts = timeline.gather_matched(mask, Histogram::default, see);
    parts.iter().fold(Histogram::default(), |mut all, one| {
        all.absorb(one);
        all
    })
}

/// While nobody chose an origin, the worst is shown. While the log plays, one that got better stays, so that
/// it can be seen to; it gives way to one that is worse.
fn follow_worst(model: &mut Model) {
    if model.place.chosen {
        return;
    }
    let plays = model.clock.is_playing() || model.setup.source == Source::Live;
    let rank = |origin| worst_status(origin).map_or(usize::MAX, |status| status as usize);
    let shown = model.place.origin.and_then(|origin| model.ranking.owner(origin)).map_or(usize::MAX, rank);
    if let Some(worst) = model.ranking.origins().first()
        && (!plays || rank(worst) < shown || shown == usize::MAX)
    {
        model.place.origin = Some(worst.key);
    }
}

/// Takes the filter as it is typed. While it cannot be read, the one before stays in force.
pub(super) fn filter(model: &mut Model, text: &str) {
    match Query::parse_with(text, &model.setup.prefixes) {
        Ok(query) => {
            let query = query.with_catalog(&model.setup.library.catalog);
            model.filter.clear();
            if !query.is_all() {
                model.filter.push_str(text);
            }
            let within = model.place.within.as_ref().map(|within| within.query.clone());
            let query = Query::all_of(within.into_iter().chain([query]));
            model.query = (!query.is_all()).then_some(query);
            model.query_error = None;
        }
        Err(error) => {
            model.query_error = Some(error);
            return;
        }
    }
    model.mask = None;
    model.place.row = None;
    model.stale = true;
    model.news = false;
}

/// Looks whether what is typed could be a filter, and leaves the one in force as it is.
pub(super) fn look_at(model: &mut Model, text: &str) {
    model.query_error = Query::parse_with(text, &model.setup.prefixes).err();
}

impl Model {
    /// The filter in force; none if everything is let through.
    #[must_use]
    pub fn query(&self) -> Option<&Query> {
        self.query.as_ref()
    }

    /// Why what is typed as the filter is none.
    #[must_use]
    pub fn query_error(&self) -> Option<&QueryError> {
        self.query_error.as_ref()
    }
}
