//! What is known, put into order elsewhere where that takes longer than a key may wait.
//!
//! Following a log of many pairs live, nobody asks for the order that comes of new records: a key must not
//! wait for it. So what is known is handed out as an [`Effect::Arrange`], as it is then and without a copy;
//! what comes in meanwhile is put aside, and taken in, a part at a time, when nobody reads what is known any
//! more. What a key asks for is still made where the key is.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::matrix::{Columns, members};
use super::services::Services;
use super::shown::MaskInputs;
use super::{
    Answer, Basis, Batch, Effect, FleetRanking, Flip, Histogram, List, Message, Model, Source, checkpoints,
    decide, shown,
};
use crate::finding::Library;
use crate::fleet::{Fleet, OriginId, Status};
use crate::query::Query;
use crate::timeline::{Matched, PairSummaries, RowMask, Scope, Shared, Timeline};

/// So many pairs are put into order elsewhere, unless told otherwise: fewer take a few milliseconds.
pub(super) const MANY: usize = 1 << 15;

/// So many records that were put aside are taken in at a time, and the batch that they end in.
const PART: u64 = 1 << 14;

/// What came in is told to be missing from the lists when it has been for so long.
const OLD: Duration = Duration::from_secs(1);

/// What is to be put into order.
#[derive(Clone, Debug)]
pub struct Arrangement {
    number: u64,
    scope: Scope,
    fleet: Shared<Fleet>,
    timeline: Shared<Timeline>,
    mask: Option<RowMask>,
    /// The filter, if what it lets through hangs on what pairs come to.
    query: Option<Query>,
    /// The statuses before.
    before: Arc<Vec<Option<Status>>>,
    /// What turned lately.
    turned: Vec<Flip>,
    /// Whether what turned since is news.
    news: bool,
    /// The origin that is looked at, if its endpoints stand in their own order.
    origin: Option<OriginId>,
    library: Arc<Library>,
}

impl PartialEq for Arrangement {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Arrangement {}

/// What was put into order.
#[derive(Debug)]
pub struct Arranged {
    number: u64,
    scope: Scope,
    records: u64,
    made: Made,
}

/// What a screen shows of what is known.
#[derive(Debug)]
pub(super) struct Made {
    /// What a filter lets through that asks what pairs come to, if it was looked for together with that.
    pub filtered: Option<(RowMask, Histogram, MaskInputs)>,
    pub summaries: PairSummaries,
    pub matched: Option<Matched>,
    pub ranking: FleetRanking,
    pub flips: Vec<Flip>,
    pub answer: Option<Answer>,
}

impl Arrangement {
    /// Puts it into order. May take a second.
    #[must_use]
    pub fn carry_out(self) -> Message {
        let Self { number, scope, fleet, timeline, mut mask, before, .. } = self;
        let summaries = if scope == Scope::ALL {
            PairSummaries::of(&fleet)
        } else {
            let mut summaries = PairSummaries::empty(&fleet);
            timeline.summarize(scope, &mut summaries);
            summaries
        };
        let varied = if scope == Scope::ALL {
            crate::timeline::ChangeIndex::default()
        } else {
            checkpoints::varied(&fleet, &timeline, &fleet.owners())
        };
        let filtered = self.query.map(|query| {
            let statuses = decide::statuses(&fleet, &summaries);
            let mask = RowMask::of(&timeline, &fleet, query.expression(), &statuses);
            let histogram = shown::filtered_histogram(&timeline, &mask);
            (mask, histogram, MaskInputs { records: timeline.len(), statuses })
        });
        if let Some((found, ..)) = &filtered {
            mask = Some(found.clone());
        }
        let matched = mask.as_ref().map(|mask| timeline.count(&fleet, scope, mask));
        let basis =
            Basis { fleet: &fleet, varied: &varied, scope, summaries: &summaries, matched: matched.as_ref() };
        let (ranking, flips) = FleetRanking::since(&basis, &before);
        let answer = Answer::of(&fleet, &ranking);
        // What the next frame would have to wait for.
        let (services, catalog) = (Services::default(), &self.library.catalog);
        let news = flips.iter().copied().filter(|flip| self.news && flip.is_turn());
        let turned = self.turned.into_iter().chain(news);
        ranking.columns(|ranking| Columns::of(ranking, &fleet, &services, catalog, turned));
        if let Some(origin) = self.origin.and_then(|origin| ranking.owner(origin)) {
            let pairs = ranking.pairs_of(&fleet, origin);
            ranking.grouped(origin, || members(pairs, |name| services.of(&fleet, catalog, name)));
        }
        let records = timeline.len();
        let made = Made { filtered, summaries, matched, ranking, flips, answer };
        // Nobody reads what is known any more when this comes back.
        drop((fleet, timeline));
        Message::Arranged(Box::new(Arranged { number, scope, records, made }))
    }
}

/// What is being put into order, and what waits for that.
#[derive(Debug, Default)]
pub(super) struct Arranging {
    number: u64,
    /// Whether the last of these numbers is being worked on, and since when.
    awaited: Option<Duration>,
    /// Since when what came back last was worked on, until a tick says how long that took.
    done: Option<Duration>,
    /// Not before then the next.
    due: Duration,
    /// What came in meanwhile, the oldest first.
    aside: VecDeque<Batch>,
    /// When, and of how many records, that was made which is shown.
    shown: (Duration, u64),
}

impl Arranging {
    /// It is made here, of so many records: what is being worked on comes too late.
    pub(super) fn overtake(&mut self, now: Duration, records: u64) {
        self.number += 1;
        self.awaited = None;
        self.shown = (now, records);
    }
}

impl Model {
    /// Whether what is known is put into order elsewhere, if no key asks for it.
    fn is_arranged_elsewhere(&self) -> bool {
        self.setup.source == Source::Live
            && self.news
            && !self.clock.is_playing()
            && self.known.fleet.pair_count() >= self.setup.many
    }

    /// Whether what is known goes on changing while somebody reads it, and takes long to be copied.
    pub(super) fn is_copied_elsewhere(&self) -> bool {
        self.setup.source == Source::Live
            && self.held.is_none()
            && self.known.fleet.pair_count() >= self.setup.many
    }

    /// Whether somebody reads what is known, so that it would have to be copied before it changes.
    fn is_lent(&self) -> bool {
        self.known.fleet.is_lent() || self.known.timeline.is_lent()
    }

    /// Whether what changed is still to be put into order here.
    pub(super) fn is_to_be_arranged_here(&self) -> bool {
        self.stale && !self.is_arranged_elsewhere()
    }

    /// Records put aside.
    pub(super) fn aside(&self) -> impl Iterator<Item = &Batch> {
        self.arranging.aside.iter()
    }

    /// Records that came in more than a second ago and are in no list yet; none if there are no such.
    #[must_use]
    pub(super) fn unlisted(&self) -> Option<u64> {
        let (at, records) = self.arranging.shown;
        if self.now.saturating_sub(at) < OLD || !self.is_arranged_elsewhere() {
            return None;
        }
        let aside: u64 = self.aside().map(|batch| batch.fleet.tally().records).sum();
        let known = self.known.fleet.tally().records + aside;
        Some(known.saturating_sub(records)).filter(|records| *records > 0)
    }

    /// When a tick is wanted for this.
    pub(super) fn next_arrangement(&self) -> Option<Duration> {
        if !self.arranging.aside.is_empty() && !self.is_lent() {
            return Some(self.now);
        }
        let waits = self.stale && self.arranging.awaited.is_none() && self.is_arranged_elsewhere();
        waits.then_some(self.arranging.due)
    }
}

/// Takes in a batch; later, if somebody reads what is known.
pub(super) fn absorb(model: &mut Model, batch: Batch) {
    if !model.is_copied_elsewhere() && model.arranging.aside.is_empty() {
        take_in(model, batch);
        return;
    }
    model.arranging.aside.push_back(batch);
    drain(model);
}

/// Takes in a part of what was put aside, if nobody reads what is known.
pub(super) fn drain(model: &mut Model) {
    let mut records = 0;
    while records < PART
        && (model.held.is_some() || !model.is_lent())
        && let Some(batch) = model.arranging.aside.pop_front()
    {
        records += batch.fleet.tally().records;
        take_in(model, batch);
    }
}

/// Takes in all that was put aside, at whatever cost.
pub(super) fn settle(model: &mut Model) {
    while let Some(batch) = model.arranging.aside.pop_front() {
        take_in(model, batch);
    }
}

/// Has the last tick put all that came into order here: what is left in the terminal is of all of it.
pub(super) fn leave(model: &mut Model) {
    settle(model);
    model.stale |= model.arranging.awaited.is_some();
    model.news = false;
}

/// Puts what was held back behind what is aside.
pub(super) fn release(model: &mut Model, held: Batch) {
    if model.is_lent() && model.setup.source == Source::Live {
        model.arranging.aside.push_back(held);
    } else {
        take_in(model, held);
    }
}

fn take_in(model: &mut Model, batch: Batch) {
    if let Some(held) = &mut model.held {
        held.absorb(batch);
        return;
    }
    let first = batch.fleet.tally().range.map(|(first, _)| first);
    // Of the time before it nothing changes, unless it tells whose an address is.
    let (scope, records) = (model.scope(), model.known.timeline.len());
    let later = scope.until.is_some_and(|until| first.is_some_and(|first| until < first));
    let stays = later && model.mask.is_none() && model.query.is_none() && model.folded == (scope, records);
    let owners = if stays { model.known.fleet.owners() } else { Vec::new() };
    let addresses = addresses(&model.known.fleet, owners.len());
    model.known.absorb(batch);
    if let Some(first) = first {
        checkpoints::came(model, first);
    }
    // There may be more origins.
    let fleet = &model.known.fleet;
    if stays && fleet.owners().starts_with(&owners) && self::addresses(fleet, owners.len()) == addresses {
        model.folded.1 = model.known.timeline.len();
        model.arranging.shown.1 = model.known.fleet.tally().records;
        model.summaries.make_room(&model.known.fleet);
    } else {
        model.stale = true;
    }
}

/// How many addresses the first origins asked from.
fn addresses(fleet: &Fleet, origins: usize) -> usize {
    let origins = (0..origins).map(|origin| OriginId(u32::try_from(origin).unwrap_or(u32::MAX)));
    origins.map(|origin| fleet.origin_addresses(origin).len()).sum()
}

/// Has what is known be put into order, if that is wanted by now.
pub(super) fn want(model: &mut Model) -> Option<Effect> {
    if let Some(since) = model.arranging.done.take() {
        // It takes no more than half of a processor.
        model.arranging.due = model.now + model.now.saturating_sub(since);
    }
    if !model.stale || model.arranging.awaited.is_some() || !model.is_arranged_elsewhere() {
        return None;
    }
    // What is aside is taken in first: what is made is of all of it then.
    if model.now < model.arranging.due || !model.arranging.aside.is_empty() {
        return None;
    }
    model.stale = false;
    if !model.query.as_ref().is_some_and(Query::asks_for_status) {
        shown::apply_filter(model);
    }
    model.arranging.overtake(model.arranging.shown.0, model.arranging.shown.1);
    model.arranging.awaited = Some(model.now);
    let looked_at = model.selected_origin().map(|(_, origin)| origin.key);
    Some(Effect::Arrange(Box::new(Arrangement {
        number: model.arranging.number,
        scope: model.scope(),
        fleet: model.known.fleet.clone(),
        timeline: model.known.timeline.clone(),
        mask: model.mask.clone(),
        query: model.query.clone().filter(Query::asks_for_status),
        before: model.ranking.statuses(),
        turned: model.turned().map(|fresh| fresh.flip).collect(),
        news: model.news,
        origin: looked_at.filter(|_| model.sorting(List::Endpoints).is_none()),
        library: Arc::clone(&model.setup.library),
    })))
}

/// Takes in what was put into order, if it is still wanted.
pub(super) fn take(model: &mut Model, arranged: Arranged) {
    let Arranged { number, scope, records, made } = arranged;
    let Some(since) = model.arranging.awaited.filter(|_| number == model.arranging.number) else { return };
    model.arranging.awaited = None;
    model.arranging.done = Some(since);
    if scope != model.scope() || model.is_awaited() {
        model.stale = true;
        return;
    }
    model.arranging.shown = (since, model.known.fleet.tally().records);
    model.folded = (scope, records);
    model.since = None;
    shown::show(model, made, model.now);
}
