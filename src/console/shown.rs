//! What is shown of what is known, by now: the stamp of that, and that the projection is made anew where it
//! differs.

use std::time::Duration;

use super::projection::ProjectionStamp;
use super::{Histogram, Model, Search, Source, worst_status};
use crate::query::{Query, QueryError};
use crate::timeline::{RowMask, Scope};

impl Model {
    /// The stretch of time that is shown.
    #[must_use]
    pub fn scope(&self) -> Scope {
        let scope = self.here.clock().scope();
        let newest = self.known.range().map(|(_, last)| last);
        // All of it: then the fleet says at once what a fold would.
        Scope { until: scope.until.filter(|until| newest.is_none_or(|newest| *until < newest)), ..scope }
    }

    /// What the projection is to be made from by now.
    pub(super) fn stamp(&self) -> ProjectionStamp {
        let scope = self.scope();
        // What a filter lets through is shown over all time.
        let until = scope.until.filter(|_| self.query().is_none());
        ProjectionStamp { asked: self.here.asked(), scope, known: self.known.changed_at_all(until) }
    }

    /// Whether the projection is of what is known, looked at and asked for by now.
    pub(super) fn is_projected(&self) -> bool {
        self.projection.stamp() == self.stamp()
    }

    /// Whether something changed that the ranking does not show yet.
    #[must_use]
    pub fn needs_projection(&self) -> bool {
        self.is_to_be_arranged_here() || !self.projection.is_searched(&self.known)
    }

    /// Whether what is shown is not yet what a key asked for.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        self.stamp().is_asked_since(self.projection.stamp())
    }

    /// Whether there is more to be made ahead: a tick makes a part of it.
    #[must_use]
    pub fn is_preparing(&self) -> bool {
        let is_read = self.setup.source == Source::Replay && self.known.feed().ended;
        is_read && !self.projection.is_prepared(&self.known)
    }

    /// The records that the filter lets through; `None` if there is no filter.
    #[must_use]
    pub fn mask(&self) -> Option<&RowMask> {
        self.projection.mask()
    }

    /// Records per class over time, as far as the filter lets them through.
    #[must_use]
    pub fn histogram(&self) -> &Histogram {
        self.projection.histogram().unwrap_or(self.known.histogram())
    }

    /// Records shown, of all types.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        self.scope() != Scope::ALL
    }

    /// The filter in force; `None` if everything is let through.
    #[must_use]
    pub fn query(&self) -> Option<&Query> {
        self.here.filter().query()
    }

    /// Why what is typed as the filter is none.
    #[must_use]
    pub fn query_error(&self) -> Option<&QueryError> {
        self.here.filter().error()
    }

    /// What is looked for; `None` if nothing is.
    #[must_use]
    pub fn search(&self) -> Option<&Search> {
        self.projection.search()
    }
}

/// Makes the projection anew, if it is to be made here; else, if it is fresh, a part of what is made ahead.
pub(super) fn bring_up(model: &mut Model) {
    if model.is_to_be_arranged_here() {
        project(model, model.here.now());
    } else if model.is_projected() && model.is_preparing() {
        model.projection.prepare(&model.known);
    }
    model.projection.bring_up_search(&model.known);
}

/// Makes the projection anew if a key before this one wants it.
pub(super) fn catch_up(model: &mut Model) {
    if model.is_awaited() {
        project(model, model.here.now());
    }
    model.projection.bring_up_search(&model.known);
}

fn project(model: &mut Model, now: Duration) {
    let stamp = model.stamp();
    // What an export tells while it is being read is old; what it tells while it plays is not.
    let just_now = model.setup.source != Source::Replay || model.here.clock().is_playing();
    model.projection.bring_up(&model.known, model.here.filter(), stamp, now, just_now);
    follow_worst(model);
}

/// While nobody chose an origin, the worst is shown. While the log plays, one that got better stays, so that
/// it can be seen to; it gives way to one that is worse.
pub(super) fn follow_worst(model: &mut Model) {
    if model.here.place().chosen {
        return;
    }
    let plays = model.here.clock().is_playing() || model.setup.source == Source::Live;
    let rank = |origin| worst_status(origin).map_or(usize::MAX, |status| status as usize);
    let ranking = model.ranking();
    let shown = model.here.place().origin.and_then(|origin| ranking.owner(origin)).map_or(usize::MAX, rank);
    if let Some(worst) = ranking.origins().first()
        && (!plays || rank(worst) < shown || shown == usize::MAX)
    {
        model.here.suggest_origin(worst.key);
    }
}

/// Takes the filter in force anew, of what is open now.
pub(super) fn narrow(model: &mut Model) {
    let text = model.filter().to_owned();
    model.here.set_filter(&text, &model.setup);
}
