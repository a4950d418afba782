//! The projection: what is shown of what is known.
//!
//! It is made from a [`ProjectionStamp`]. If the stamp by now is the same, the projection is fresh; else it
//! is made again. Nobody says that it is stale, and so nobody can forget to.

use std::sync::Arc;
use std::time::Duration;

use super::decide::{Turn, all_turns};
use super::filter::FilterInForce;
use super::known::KnownLog;
use super::ranking::{Basis, FleetRanking, Flip};
use super::services::Services;
use super::{Headline, Histogram};
use crate::fleet::{Fleet, Status};
use crate::timeline::{ChangeIndex, DroppedChunks, PairSummaries, RowMask, Scope};

mod change_index;
mod checkpoints;
mod filtered;
mod highlights;
mod hits;
mod kept_mask;
mod orders;
mod picture;
mod stamp;
mod summaries;

pub(super) use change_index::change_index;
pub(super) use filtered::FilteredRows;
pub use highlights::{Fresh, HIGHLIGHT};
pub use hits::Search;
pub(super) use kept_mask::KeptMask;
pub(super) use orders::ByOrigin;
pub(super) use picture::Picture;
pub(super) use stamp::ProjectionStamp;

use change_index::KeptChangeIndex;
use highlights::Highlights;
use picture::{LastMade, kept};
use summaries::ScopeSummaries;

/// The statuses of pairs within a stretch of time, put into order.
#[derive(Debug)]
pub(super) struct Ranked {
    pub picture: Picture,
    /// Pairs whose status differs from the one before.
    flips: Vec<Flip>,
}

impl Ranked {
    /// The statuses that follow from `summaries` of the pairs within `scope`, as far as `mask` lets their
    /// records through. `varied` is looked into unless `scope` is everything; `before` are the statuses
    /// before.
    pub(super) fn new(
        known: &KnownLog,
        scope: Scope,
        summaries: &PairSummaries,
        mask: Option<&RowMask>,
        varied: &ChangeIndex,
        before: &[Option<Status>],
        services: &Services,
    ) -> Self {
        let fleet: &Fleet = known.fleet();
        let matched = mask.map(|mask| known.timeline().count(fleet, scope, mask));
        let basis = Basis { fleet, varied, scope, summaries, matched: matched.as_ref() };
        let (ranking, flips) = FleetRanking::since(&basis, before, &mut services.regional());
        let answer = Headline::from_ranking(fleet, &ranking);
        Self { picture: Picture::new(matched, ranking, answer), flips }
    }

    /// Answers that became others.
    pub(super) fn turned(&self) -> impl Iterator<Item = Flip> {
        self.flips.iter().copied().filter(Flip::is_turn)
    }
}

/// What was made elsewhere of what was known then.
#[derive(Debug)]
pub(super) struct Projected {
    pub stamp: ProjectionStamp,
    /// How many records were known.
    pub records: u64,
    /// The last change of them until the end of the time shown.
    pub changed: u64,
    pub summaries: PairSummaries,
    /// What the filter lets through, if the filter asks for statuses of pairs: then it was found together
    /// with those. Else `None`.
    pub rows: Option<FilteredRows>,
    pub ranked: Ranked,
}

/// What is shown, and what is kept to make the next of it quickly.
#[derive(Debug)]
pub(super) struct Projection {
    stamp: ProjectionStamp,
    /// When it was made, and of how many records.
    made: (Duration, u64),
    picture: Picture,
    rows: FilteredRows,
    summaries: ScopeSummaries,
    changes: KeptChangeIndex,
    highlights: Highlights,
    search: Option<Search>,
    services: Services,
    /// The latest change of each pair, and the last change of the records when they were looked for.
    turns: LastMade<u64, Arc<[Turn]>>,
}

impl Default for Projection {
    fn default() -> Self {
        Self {
            stamp: ProjectionStamp::default(),
            made: (Duration::ZERO, 0),
            picture: Picture::new(None, FleetRanking::default(), None),
            rows: FilteredRows::default(),
            summaries: ScopeSummaries::default(),
            changes: KeptChangeIndex::default(),
            highlights: Highlights::default(),
            search: None,
            services: Services::default(),
            turns: LastMade::default(),
        }
    }
}

impl Projection {
    /// What it is made from.
    pub(super) fn stamp(&self) -> ProjectionStamp {
        self.stamp
    }

    /// When it was made, and of how many records.
    pub(super) fn made(&self) -> (Duration, u64) {
        self.made
    }

    /// What is shown.
    pub(super) fn picture(&self) -> &Picture {
        &self.picture
    }

    /// The records that the filter lets through; `None` if there is no filter.
    pub(super) fn mask(&self) -> Option<&RowMask> {
        self.rows().map(KeptMask::mask)
    }

    /// The same, with what is needed to go on from it.
    pub(super) fn rows(&self) -> Option<&KeptMask> {
        self.rows.kept()
    }

    /// The records that the filter lets through, counted over time; `None` if there is no filter.
    pub(super) fn histogram(&self) -> Option<&Histogram> {
        self.rows.histogram()
    }

    /// How many records are shown.
    pub(super) fn row_count(&self) -> u64 {
        self.picture.matched.as_ref().map_or(self.summaries.all().records, |matched| matched.records)
    }

    /// Changes that happened just now.
    pub(super) fn highlights(&self) -> &Highlights {
        &self.highlights
    }

    /// What names belong to.
    pub(super) fn services(&self) -> &Services {
        &self.services
    }

    /// The latest change of each pair in everything that is known, oldest first.
    pub(super) fn all_turns(&self, known: &KnownLog) -> Arc<[Turn]> {
        kept(&self.turns, known.changed_at_all(None), || all_turns(known.fleet()).into())
    }

    /// Makes it anew from what is known and the filter in force, which `stamp` is of. Pairs whose status
    /// changed since are highlighted if that happened `just_now`, and nobody asked for it.
    pub(super) fn bring_up(
        &mut self,
        known: &KnownLog,
        filter: &FilterInForce,
        stamp: ProjectionStamp,
        now: Duration,
        just_now: bool,
    ) {
        let scope = stamp.scope;
        self.summaries.bring_up(known, scope);
        let summaries = self.summaries.all();
        self.rows.bring_up(known, filter, summaries);
        if scope != Scope::ALL {
            self.changes.bring_up(known, scope.until);
        }
        let (mask, before) = (self.mask(), self.picture.ranking.statuses());
        let ranked =
            Ranked::new(known, scope, summaries, mask, self.changes.index(), &before, &self.services);
        self.show(stamp, ranked, (now, known.records()), just_now.then_some(now));
    }

    /// Takes what was made elsewhere since `since`; as [`Projection::bring_up`].
    pub(super) fn take(&mut self, projected: Projected, since: Duration, now: Duration) {
        let Projected { stamp, records, changed, summaries, rows, ranked } = projected;
        self.summaries.take(stamp.scope, changed, summaries);
        if let Some(rows) = rows {
            self.rows.take(rows);
        }
        self.show(stamp, ranked, (since, records), Some(now));
    }

    fn show(
        &mut self,
        stamp: ProjectionStamp,
        ranked: Ranked,
        made: (Duration, u64),
        happened: Option<Duration>,
    ) {
        let Ranked { picture, flips } = ranked;
        self.picture = picture;
        match happened.filter(|_| !stamp.is_asked_since(self.stamp)) {
            Some(now) => self.highlights.add(flips, now),
            None => self.highlights.clear(),
        }
        (self.stamp, self.made) = (stamp, made);
    }

    /// Brings up what the filter lets through, and nothing else.
    pub(super) fn bring_up_rows(&mut self, known: &KnownLog, filter: &FilterInForce) {
        self.rows.bring_up(known, filter, self.summaries.all());
    }

    /// Moves what refers to records by their places, after the oldest ones were dropped from `known`.
    pub(super) fn follow(&mut self, known: &KnownLog, gone: &[DroppedChunks]) {
        for (forgotten, after) in gone.iter().zip(0..) {
            self.rows.follow(forgotten, known.moves() - gone.len() as u64 + after + 1);
        }
    }

    /// Lets highlights end.
    pub(super) fn tick(&mut self, now: Duration) {
        self.highlights.tick(now);
    }

    /// Whether all is made that makes going back in a long log quick.
    pub(super) fn is_prepared(&self, known: &KnownLog) -> bool {
        known.timeline().len() < checkpoints::LONG
            || self.summaries.is_prepared(known) && self.changes.is_prepared(known)
    }

    /// Makes a part of what [`Projection::is_prepared`] asks for.
    pub(super) fn prepare(&mut self, known: &KnownLog) {
        if self.summaries.is_prepared(known) {
            self.changes.bring_up(known, None);
        } else {
            self.summaries.prepare(known);
        }
    }

    /// What is looked for; `None` if nothing is.
    pub(super) fn search(&self) -> Option<&Search> {
        self.search.as_ref()
    }

    /// Looks for something else from now on.
    pub(super) fn look_for(&mut self, search: Option<Search>) {
        self.search = search;
    }

    /// Whether what is looked for was looked for in all that is shown.
    pub(super) fn is_searched(&self, known: &KnownLog) -> bool {
        self.search.as_ref().is_none_or(|search| search.is_current(known, self.stamp))
    }

    /// Finds what is looked for in what is shown.
    pub(super) fn bring_up_search(&mut self, known: &KnownLog) {
        if let Some(search) = &mut self.search {
            search.bring_up(known, self.stamp, &mut self.rows);
        }
    }
}
