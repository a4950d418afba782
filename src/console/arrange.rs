//! What is known, put into order elsewhere where that takes longer than a key may wait.
//!
//! Following a log of many pairs live, nobody asks for the order that comes of new records: a key must not
//! wait for it. So what is known is handed out as an [`Effect::Arrange`], as it is then and without a copy;
//! what comes in meanwhile is put aside, and taken in, a part at a time, when nobody reads what is known any
//! more. What a key asks for is still made where the key is.

use std::sync::Arc;
use std::time::Duration;

use super::columns::{Columns, members};
use super::filter::FilterInForce;
use super::known::KnownLog;
use super::projection::{FilteredRows, Projected, ProjectionStamp, Ranked, change_index};
use super::services::Services;
use super::{Batch, Effect, Flip, List, Message, Model, Source};
use crate::advice::finding::Library;
use crate::fleet::{OriginId, Status};
use crate::query::Query;
use crate::timeline::{ChangeIndex, PairSummaries, RowMask, Scope};

/// Of what was put aside this many records are taken in at a time, and the batch that they end in.
const PART: u64 = 1 << 14;

/// What came in is told to be missing from the lists when it has been missing for this long.
const OLD: Duration = Duration::from_secs(1);

/// What is to be put into order.
#[derive(Debug)]
pub struct Arrangement {
    stamp: ProjectionStamp,
    known: KnownLog,
    mask: Option<RowMask>,
    /// The filter, if what it lets through depends on the statuses of pairs; else `None`.
    filter: Option<FilterInForce>,
    /// The statuses before.
    before: Arc<Vec<Option<Status>>>,
    /// What turned lately.
    turned: Vec<Flip>,
    /// The origin that is looked at, if its endpoints have an order of their own.
    origin: Option<OriginId>,
    library: Arc<Library>,
}

impl PartialEq for Arrangement {
    fn eq(&self, other: &Self) -> bool {
        self.stamp == other.stamp
    }
}

impl Eq for Arrangement {}

/// What was put into order.
#[derive(Debug)]
pub struct Arranged(Projected);

impl Arrangement {
    /// Puts it into order. May take a second.
    #[must_use]
    pub fn carry_out(self) -> Message {
        let Self { stamp, known, mut mask, before, .. } = self;
        let (scope, fleet) = (stamp.scope, known.fleet());
        let (summaries, varied) = if scope == Scope::ALL {
            (PairSummaries::from_fleet(fleet), ChangeIndex::default())
        } else {
            let mut summaries = PairSummaries::empty(fleet);
            known.timeline().summarize(scope, &mut summaries);
            (summaries, change_index(fleet, known.timeline(), &fleet.owners()))
        };
        let rows = self.filter.map(|filter| {
            let mut rows = FilteredRows::default();
            rows.bring_up(&known, &filter, &summaries);
            rows
        });
        if let Some(found) = rows.as_ref().and_then(FilteredRows::kept) {
            mask = Some(found.mask().clone());
        }
        let (services, catalog) = (Services::default(), &self.library.catalog);
        let ranked = Ranked::new(&known, scope, &summaries, mask.as_ref(), &varied, &before, &services);
        // What the next frame would have to wait for.
        let (picture, ranking) = (&ranked.picture, &ranked.picture.ranking);
        let turned = self.turned.into_iter().chain(ranked.turned());
        picture.columns.get_or_init(|| Columns::new(ranking, fleet, &services, catalog, turned));
        picture.askers();
        if let Some(place) = self.origin.and_then(|origin| ranking.place_of(origin)) {
            let pairs = ranking.pairs_of(fleet, &ranking.origins()[place]);
            let service = |name| services.for_name(fleet, catalog, name);
            picture.grouped.get(place, || members(pairs, service).into());
        }
        let (records, changed) = (known.records(), known.changed(scope.until));
        let projected = Projected { stamp, records, changed, summaries, rows, ranked };
        // Nobody reads what is known any more when this comes back.
        drop(known);
        Message::Arranged(Box::new(Arranged(projected)))
    }
}

/// What is being put into order.
#[derive(Debug, Default)]
pub(super) struct Arranging {
    /// What is being worked on, and since when.
    awaited: Option<(ProjectionStamp, Duration)>,
    /// Since when what came back last was worked on, until a tick says how long that took.
    done: Option<Duration>,
    /// Not before then the next.
    due: Duration,
}

impl Model {
    /// Whether what is known is put into order elsewhere: no key asks for it, and it would take long.
    fn is_arranged_elsewhere(&self) -> bool {
        self.setup.source == Source::Live
            && !self.is_awaited()
            && !self.here.clock().is_playing()
            && self.known.fleet().pair_count() >= self.setup.many
    }

    /// Whether what is known goes on changing while somebody reads it, and takes long to be copied.
    pub(super) fn is_copied_elsewhere(&self) -> bool {
        self.setup.source == Source::Live
            && self.known.held().is_none()
            && self.known.fleet().pair_count() >= self.setup.many
    }

    /// Whether the projection is to be made anew here.
    pub(super) fn is_to_be_arranged_here(&self) -> bool {
        !self.is_projected() && !self.is_arranged_elsewhere()
    }

    /// Whether the projection is being made elsewhere, or is to be. What is being made is of no use any more
    /// if somebody asked for something else since.
    fn is_being_arranged(&self) -> bool {
        self.jobs.arranging.awaited.is_some_and(|(stamp, _)| !self.stamp().is_asked_since(stamp))
    }

    /// Records that came in more than a second ago and are in no list yet; `None` if there are no such.
    #[must_use]
    pub(super) fn unlisted(&self) -> Option<u64> {
        let (at, listed) = self.projection.made();
        if self.here.now().saturating_sub(at) < OLD || !self.is_arranged_elsewhere() {
            return None;
        }
        let aside: u64 = self.known.aside().iter().map(|batch| batch.fleet.tally().records).sum();
        // What came in and is in no list may be later than what is shown.
        let new = if self.is_projected() { 0 } else { self.known.records().saturating_sub(listed) };
        Some(new + aside).filter(|records| *records > 0)
    }

    /// When a tick is wanted for this.
    pub(super) fn next_arrangement(&self) -> Option<Duration> {
        if !self.known.aside().is_empty() && !self.known.is_lent() {
            return Some(self.here.now());
        }
        let waits = !self.is_projected() && !self.is_being_arranged() && self.is_arranged_elsewhere();
        waits.then_some(self.jobs.arranging.due)
    }
}

/// Takes in a batch; later, if somebody reads what is known.
pub(super) fn absorb(model: &mut Model, batch: Batch) {
    if !model.is_copied_elsewhere() && model.known.aside().is_empty() {
        take_in(model, batch);
        return;
    }
    model.known.put_aside(batch);
    drain(model);
}

/// Takes in a part of what was put aside, if nobody reads what is known.
pub(super) fn drain(model: &mut Model) {
    let mut records = 0;
    while records < PART
        && (model.known.held().is_some() || !model.known.is_lent())
        && let Some(batch) = model.known.next_aside()
    {
        records += batch.fleet.tally().records;
        take_in(model, batch);
    }
}

/// Takes in all that was put aside, at whatever cost.
pub(super) fn settle(model: &mut Model) {
    while let Some(batch) = model.known.next_aside() {
        take_in(model, batch);
    }
}

/// Has the last tick put all that came into order here: what is left in the terminal is of all of it.
pub(super) fn leave(model: &mut Model) {
    settle(model);
    if !model.is_projected() {
        model.here.ask();
    }
}

/// Lets in what was held back, after the batches put aside before.
pub(super) fn release(model: &mut Model) {
    let Some(held) = model.known.let_go() else { return };
    if model.known.is_lent() && model.setup.source == Source::Live {
        model.known.put_aside(held);
    } else {
        take_in(model, held);
    }
}

fn take_in(model: &mut Model, batch: Batch) {
    // Where there is a filter, or more to be made anew, it does not matter whose an address is.
    let shown = model.scope().until.filter(|_| model.is_projected() && model.query().is_none());
    model.known.take_in(batch, shown);
}

/// Has what is known be put into order, if that is wanted by now.
pub(super) fn want(model: &mut Model) -> Option<Effect> {
    if let Some(since) = model.jobs.arranging.done.take() {
        // It takes no more than half of a processor.
        model.jobs.arranging.due = model.here.now() + model.here.now().saturating_sub(since);
    }
    if model.is_projected() || model.is_being_arranged() || !model.is_arranged_elsewhere() {
        return None;
    }
    // What is aside is taken in first: what is made is of all of it then.
    if model.here.now() < model.jobs.arranging.due || !model.known.aside().is_empty() {
        return None;
    }
    let by_status = model.query().is_some_and(Query::asks_for_status);
    if !by_status {
        model.projection.bring_up_rows(&model.known, model.here.filter());
    }
    let stamp = model.stamp();
    model.jobs.arranging.awaited = Some((stamp, model.here.now()));
    let looked_at = model.selected_origin().map(|(_, origin)| origin.key);
    Some(Effect::Arrange(Box::new(Arrangement {
        stamp,
        known: model.known.lend(),
        mask: model.mask().cloned(),
        filter: by_status.then(|| model.here.filter().clone()),
        before: model.ranking().statuses(),
        turned: model.turned().map(|fresh| fresh.flip).collect(),
        origin: looked_at.filter(|_| model.sorting(List::Endpoints).is_none()),
        library: Arc::clone(&model.setup.library),
    })))
}

/// Takes in what was put into order, if it is still wanted. Says whether it was.
pub(super) fn take(model: &mut Model, arranged: Arranged) -> bool {
    let Arranged(projected) = arranged;
    let Some((stamp, since)) = model.jobs.arranging.awaited.filter(|(stamp, _)| *stamp == projected.stamp)
    else {
        return false;
    };
    model.jobs.arranging.awaited = None;
    model.jobs.arranging.done = Some(since);
    let now = model.stamp();
    let is_wanted = !now.is_asked_since(stamp) && now.scope == stamp.scope;
    if is_wanted {
        model.projection.take(projected, since, model.here.now());
    }
    is_wanted
}
