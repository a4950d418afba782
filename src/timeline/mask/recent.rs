//! What was let through lately, to begin from: somebody who types narrows a filter letter by letter.

use super::RowMask;
use crate::fleet::{Fleet, Status};
use crate::query::Expression;
use crate::timeline::Timeline;

/// How many masks are kept: the one in force, that of all but its last condition, and the one before.
const KEPT: usize = 3;

/// The masks of the last expressions, of the same records.
#[derive(Debug, Default)]
pub struct RecentMasks {
    /// How many records there were.
    records: u64,
    /// The newest last.
    kept: Vec<(Expression, RowMask)>,
    /// The status of each pair, by its number, if one of those expressions asks for it.
    statuses: Vec<Option<Status>>,
}

impl RecentMasks {
    /// The mask of an expression: as [`RowMask::new`]. Begins from one that lets through all that this one
    /// does, if there is one.
    pub fn mask(
        &mut self,
        timeline: &Timeline,
        fleet: &Fleet,
        expression: &Expression,
        statuses: &[Option<Status>],
    ) -> RowMask {
        if self.records != timeline.len() {
            self.forget();
            self.records = timeline.len();
        }
        if self.statuses != statuses {
            self.kept.retain(|(known, _)| !known.asks_for_status());
            self.statuses = statuses.to_vec();
        }
        // All but the last: what is being typed is the last, mostly.
        if let Expression::And(all) = expression
            && let [before @ .., _] = &all[..]
        {
            let before = match before {
                [one] => one.clone(),
                several => Expression::And(several.to_vec()),
            };
            self.make(timeline, fleet, before, statuses);
        }
        self.make(timeline, fleet, expression.clone(), statuses);
        self.kept.last().map_or_else(RowMask::default, |(_, mask)| mask.clone())
    }

    /// The places of records are others.
    pub fn forget(&mut self) {
        self.kept.clear();
    }

    /// Makes the mask of an expression the newest of all.
    fn make(
        &mut self,
        timeline: &Timeline,
        fleet: &Fleet,
        expression: Expression,
        statuses: &[Option<Status>],
    ) {
        if let Some(known) = self.kept.iter().position(|(known, _)| *known == expression) {
            let known = self.kept.remove(known);
            self.kept.push(known);
            return;
        }
        let wider = self.kept.iter().filter(|(known, _)| expression.implies(known));
        let mask = match wider.min_by_key(|(_, mask)| mask.len()) {
            Some((known, wider)) => match &expression {
                Expression::And(all) => {
                    // What holds there already need not be asked again.
                    let open: Vec<_> = all.iter().filter(|one| !known.implies(one)).cloned().collect();
                    let open = if open.is_empty() { Expression::All } else { Expression::And(open) };
                    wider.narrowed(timeline, fleet, &open, statuses)
                }
                other => wider.narrowed(timeline, fleet, other, statuses),
            },
            None => RowMask::new(timeline, fleet, &expression, statuses),
        };
        if self.kept.len() == KEPT {
            self.kept.remove(0);
        }
        self.kept.push((expression, mask));
    }
}
