//! What a screen shows of what is known.

use std::cell::{OnceCell, RefCell};
use std::sync::Arc;

use super::orders::{ByOrigin, Orders};
use crate::console::askers::Askers;
use crate::console::columns::{Columns, Member};
use crate::console::endpoint_row::EndpointRow;
use crate::console::grouping::{Grouping, OriginGroup};
use crate::console::headline::Headline;
use crate::console::histogram::Counts;
use crate::console::list::List;
use crate::console::pair_details::PairDetails;
use crate::console::ranking::{FleetRanking, PairRow};
use crate::fleet::Course;
use crate::timeline::Matched;

/// A window of the time axis in seconds, and into how many columns it is dealt.
type Window = (i64, i64, usize);

/// What was made last, and of what.
pub(super) type LastMade<K, T> = RefCell<Option<(K, T)>>;

/// What was counted last of a part of the time axis.
#[derive(Debug, Default)]
pub(in crate::console) struct Zoomed {
    counts: LastMade<Window, Arc<[Counts]>>,
    course: LastMade<(i64, i64), Arc<Course>>,
}

impl Zoomed {
    /// Records by class in each column of a window, counted by `make` if they are not those of the last one.
    pub(in crate::console) fn counts(
        &self,
        window: Window,
        make: impl FnOnce() -> Arc<[Counts]>,
    ) -> Arc<[Counts]> {
        kept(&self.counts, window, make)
    }

    /// What is counted over time in a window, by `make` if it is not the last one.
    pub(in crate::console) fn course(
        &self,
        window: (i64, i64),
        make: impl FnOnce() -> Course,
    ) -> Arc<Course> {
        kept(&self.course, window, || Arc::new(make()))
    }
}

/// What was made last if it was of the same `key`; else what `make` makes.
pub(super) fn kept<K: PartialEq, T: Clone>(cell: &LastMade<K, T>, key: K, make: impl FnOnce() -> T) -> T {
    if let Some((known, value)) = &*cell.borrow()
        && *known == key
    {
        return value.clone();
    }
    let value = make();
    *cell.borrow_mut() = Some((key, value.clone()));
    value
}

/// What is shown, and what was made of it since somebody looked at that. Another one takes its place as a
/// whole: so nothing in it is of anything else.
#[derive(Debug)]
pub(in crate::console) struct Picture {
    /// What the filter lets through; `None` if there is no filter.
    pub matched: Option<Matched>,
    pub ranking: FleetRanking,
    /// The headline of the ranking; `None` if nothing was judged.
    pub headline: Option<Headline>,
    pub pair_details: PairDetails,
    /// The columns of the matrix.
    pub columns: OnceCell<Columns>,
    /// All endpoints.
    pub endpoints: OnceCell<Box<[EndpointRow]>>,
    /// The endpoints of each origin by service, in their own order.
    pub grouped: ByOrigin<Member>,
    /// Places in the ranking.
    pub origins: Orders<Box<[u32]>>,
    /// Places in the list of all endpoints.
    pub names: Orders<Box<[u32]>>,
    pub pairs: Orders<ByOrigin<PairRow>>,
    pub sorted_members: Orders<ByOrigin<Member>>,
    /// What is counted over time, in its finest steps; all of it, and of the part that is looked at closely.
    pub course: OnceCell<Arc<Course>>,
    pub zoomed: Zoomed,
    groups: [OnceCell<Box<[OriginGroup]>>; Grouping::ALL.len()],
    askers: OnceCell<Askers>,
}

impl Picture {
    pub(in crate::console) fn new(
        matched: Option<Matched>,
        ranking: FleetRanking,
        headline: Option<Headline>,
    ) -> Self {
        Self {
            matched,
            headline,
            pair_details: PairDetails::default(),
            columns: OnceCell::new(),
            endpoints: OnceCell::new(),
            grouped: ByOrigin::new(ranking.origins().len()),
            ranking,
            origins: Orders::new(List::Origins),
            names: Orders::new(List::Names),
            pairs: Orders::new(List::Endpoints),
            sorted_members: Orders::new(List::Endpoints),
            course: OnceCell::new(),
            zoomed: Zoomed::default(),
            groups: Default::default(),
            askers: OnceCell::new(),
        }
    }

    /// Who asked for each name. All pairs are looked at when it is first asked for.
    pub(in crate::console) fn askers(&self) -> &Askers {
        self.askers.get_or_init(|| Askers::from_ranking(&self.ranking))
    }

    /// The origins in groups, put there by `make` when first asked for.
    pub(in crate::console) fn groups(
        &self,
        grouping: Grouping,
        make: impl FnOnce() -> Vec<OriginGroup>,
    ) -> &[OriginGroup] {
        self.groups[grouping as usize].get_or_init(|| make().into())
    }
}
