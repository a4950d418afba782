//! What a screen shows of what is known.

use std::cell::OnceCell;

use super::orders::{ByOrigin, Orders};
use crate::console::answer::Headline;
use crate::console::columns::{Columns, Member};
use crate::console::endpoint_row::EndpointRow;
use crate::console::grouping::{Grouping, OriginGroup};
use crate::console::list::List;
use crate::console::pair_details::PairDetails;
use crate::console::ranking::{FleetRanking, PairRow};
use crate::fleet::Course;
use crate::timeline::Matched;

/// What is shown, and what was made of it since somebody looked at that. Another one takes its place as a
/// whole: so nothing in it is of anything else.
#[derive(Debug)]
pub(in crate::console) struct Picture {
    /// What the filter lets through; `None` if there is no filter.
    pub matched: Option<Matched>,
    pub ranking: FleetRanking,
    /// The headline of the ranking; `None` if nothing was judged.
    pub answer: Option<Headline>,
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
    /// What is counted over time, in its finest steps.
    pub course: OnceCell<Course>,
    groups: [OnceCell<Box<[OriginGroup]>>; Grouping::ALL.len()],
}

impl Picture {
    pub(in crate::console) fn new(
        matched: Option<Matched>,
        ranking: FleetRanking,
        answer: Option<Headline>,
    ) -> Self {
        Self {
            matched,
            answer,
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
            groups: Default::default(),
        }
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
