//! Which stretch of time is asked for, of what is named after days.

use crate::base::moment::Moment;

/// The time that is asked for; objects that cannot hold any of it are not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeWindow {
    /// Records before this are not asked for.
    pub since: Option<Moment>,
    /// Records after this are not asked for.
    pub until: Option<Moment>,
}
