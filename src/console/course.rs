//! How answers to AAAA went over time within what is shown: an hour, a day or another step a row.
//!
//! It is counted as reports count it ([`Course`]), so that they agree: without filter and range it is the
//! very same, else it is counted anew from the records that are let through.

use std::rc::Rc;
use std::sync::Arc;

use super::place::Within;
use super::{Model, Screen, screens, shown, zoom};
use crate::base::moment::Moment;
use crate::fleet::{Course, CourseStep};
use crate::knowledge::domain::bare;
use crate::query::Query;
use crate::timeline::Scope;

impl Model {
    /// All that is counted over time, in its finest steps: of the part of the time axis that is looked at
    /// closely, in finer ones than of all of it.
    fn course(&self) -> Arc<Course> {
        let (picture, scope) = (self.projection.picture(), self.scope());
        let timeline = self.known.timeline();
        if let Some((from, until)) = self.zoom() {
            let zoomed = zoom::scope(from, until);
            let from_both = scope.from.max(zoomed.from);
            let until_both = scope.until.into_iter().chain(zoomed.until).min();
            let both = Scope { from: from_both, until: until_both };
            return picture.zoomed.course((from, until), || timeline.course(both, self.mask()));
        }
        let whole = picture.course.get_or_init(|| {
            Arc::new(if self.is_narrowed() || self.mask().is_some() {
                timeline.course(scope, self.mask())
            } else {
                self.known.fleet().tally().course.clone()
            })
        });
        Arc::clone(whole)
    }

    /// How many seconds a step has, and the steps in which there was an answer, in the order of time.
    #[must_use]
    pub fn course_steps(&self) -> (i64, Vec<CourseStep>) {
        let course = self.course();
        match self.here.place().width.filter(|width| course.widths().any(|known| known == *width)) {
            Some(width) => (width, course.by(width)),
            None => course.at_most(zoom::ROWS),
        }
    }

    /// Answers that are in no step, since only their first and last time is known.
    #[must_use]
    pub fn unplaced(&self) -> u64 {
        self.course().unplaced()
    }

    /// Which of the steps is selected: the last if none is.
    #[must_use]
    pub fn selected_step(&self, steps: &[CourseStep]) -> usize {
        let last = steps.len().saturating_sub(1);
        self.here
            .place()
            .step
            .map_or(last, |at| steps.partition_point(|step| step.from <= at).saturating_sub(1))
    }
}

/// Shows the shares over time: from an origin or an endpoint those of it alone, until the way back.
pub(super) fn show(model: &mut Model) {
    let fleet = model.known.fleet();
    let opened = match model.screen() {
        Screen::Origin => model.selected_origin().map(|(_, origin)| {
            let origin = fleet.origin_text(origin.key);
            (origin.1.to_owned(), Query::from_origins([origin]))
        }),
        Screen::Endpoint => model.endpoint().map(|name| {
            let name = fleet.name_text(name);
            (bare(name).to_owned(), Query::of_name(name))
        }),
        _ => None,
    };
    let Some((words, query)) = opened else { return screens::show(model, Screen::Course) };
    let within = Within::new(model.here.place().within.as_deref(), words, query);
    model.here.enter(Screen::Course, |place| {
        place.step = None;
        place.width = None;
        place.within = Some(Rc::new(within));
    });
    shown::narrow(model);
}

/// Takes wider or narrower steps.
pub(super) fn widen(model: &mut Model, by: isize) {
    let (width, steps) = model.course_steps();
    let selected = steps.get(model.selected_step(&steps)).map(|step| step.from);
    let widths: Vec<i64> = model.course().widths().collect();
    let at = widths.iter().position(|known| *known == width).unwrap_or(0);
    // Of a log that is shorter than a step there is but one row: wider ones say no more.
    let to = at.saturating_add_signed(by).min(widths.len().saturating_sub(1));
    if to > at && steps.len() < 2 {
        return;
    }
    model.here.widen(widths.get(to).copied());
    model.here.choose_step(selected);
}

/// Goes into the selected step: everything is of its time then, until the way back.
pub(super) fn open(model: &mut Model) {
    let (width, steps) = model.course_steps();
    let Some(step) = steps.get(model.selected_step(&steps)) else { return };
    let (first, last) = (step.from, Moment(step.from.0.saturating_add(width * 1000 - 1)));
    model.here.enter(Screen::Fleet, |place| {
        place.step = Some(first);
        place.width = Some(width);
        place.ranged = true;
        place.name = None;
        place.row = None;
    });
    model.here.narrow(first, last);
}
