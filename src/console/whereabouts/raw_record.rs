//! The raw record on the screen: which one, and whether it is there.

use crate::console::Raw;
use crate::console::projection::ProjectionStamp;
use crate::fleet::{OriginId, Symbol};
use crate::timeline::Spot;

/// What the raw record is for: an origin's endpoint, whose newest one it is; or just that record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::console) enum RawSubject {
    Newest(OriginId, Symbol),
    Record(Spot),
}

/// The raw record on the screen.
#[derive(Debug, Default)]
pub(in crate::console) struct RawRecord {
    /// What it is for, and in which projection: of another one, another may be the newest.
    of: Option<(RawSubject, ProjectionStamp)>,
    /// Where the record is in its input; `None` if nobody knows.
    wanted: Option<Spot>,
    at_hand: Option<(Spot, Raw)>,
    /// What was asked for and did not come yet.
    awaited: Option<Spot>,
}

impl RawRecord {
    /// The record, and where it is in its input; `None` while it is being fetched.
    pub(in crate::console) fn at_hand(&self) -> Option<&(Spot, Raw)> {
        self.at_hand.as_ref()
    }

    /// Whether it was looked for already.
    pub(in crate::console) fn is_of(&self, subject: RawSubject, shown: ProjectionStamp) -> bool {
        self.of == Some((subject, shown))
    }

    /// The record of `subject` is to be looked for at `wanted`; `None` if nobody knows where it is.
    pub(in crate::console) fn look_for(
        &mut self,
        subject: RawSubject,
        shown: ProjectionStamp,
        wanted: Option<Spot>,
    ) {
        self.of = Some((subject, shown));
        self.wanted = wanted;
        self.at_hand.take_if(|(spot, _)| Some(*spot) != wanted);
        self.awaited.take_if(|spot| Some(*spot) != wanted);
    }

    /// Where the record to be fetched is in its input; `None` if it is there already, or is being fetched.
    pub(in crate::console) fn missing(&self) -> Option<Spot> {
        let is_there = self.at_hand.as_ref().map(|(spot, _)| *spot) == self.wanted;
        self.wanted.filter(|_| self.awaited.is_none() && !is_there)
    }

    /// It is at hand.
    pub(in crate::console) fn take(&mut self, spot: Spot, raw: Raw) {
        self.at_hand = Some((spot, raw));
    }

    /// It is asked for.
    pub(in crate::console) fn ask(&mut self, spot: Spot) {
        self.awaited = Some(spot);
    }

    /// A record came; it may be another.
    pub(in crate::console) fn came(&mut self, spot: Spot, raw: Raw) {
        if self.awaited.take_if(|awaited| *awaited == spot).is_some() {
            self.take(spot, raw);
        }
    }
}
