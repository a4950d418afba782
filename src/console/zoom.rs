//! The part of the time axis that is looked at closely.
//!
//! It is a window within the whole: half as long or twice as long with each step, around the moment that is
//! shown or the step that is selected, and moved along by half of itself. Nothing is narrowed by it, a range
//! does that; but the axis and the shares over time have the room of the screen for what lies in it.

use std::sync::Arc;

use super::histogram::{Class, Counts, column};
use super::{Command, Model, Screen};
use crate::base::moment::Moment;
use crate::fleet::step_width;
use crate::timeline::Scope;

/// With steps over time so wide that there are no more rows than this it begins; keys take others.
pub(super) const ROWS: usize = 48;

/// What is said where there is nothing closer.
const CLOSEST: &str = "this is as close as it gets: the time axis has a minute at least";

/// The least span of the time axis, in seconds.
pub(super) const AXIS: i64 = 60;

/// A window, in seconds: the second end is the first that is not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Zoom {
    pub from: i64,
    pub until: i64,
    /// Whether it goes along with the moment that is shown, which was in it.
    follows: bool,
}

impl Zoom {
    fn span(self) -> i64 {
        self.until - self.from
    }

    fn holds(self, second: i64) -> bool {
        (self.from..self.until).contains(&second)
    }

    /// Moved as little as it takes to be within the whole.
    fn within(self, (first, end): (i64, i64)) -> Self {
        let span = self.span().min(end - first);
        let from = self.from.clamp(first, end - span);
        Self { from, until: from + span, ..self }
    }

    /// With ends where steps over time begin, of as fine ones as there are rows for: none is cut.
    fn on_steps(self) -> Self {
        let width = self.step();
        let from = self.from.div_euclid(width) * width;
        let until = (self.until + width - 1).div_euclid(width) * width;
        Self { from, until, ..self }
    }

    /// Seconds of the steps over time that there is room for in it.
    fn step(self) -> i64 {
        step_width(self.span(), ROWS)
    }

    /// Moved by whole steps, as few as it takes to have a second in it.
    fn with(self, second: i64) -> Self {
        let step = self.step();
        let back = (self.from - second).max(0) + step - 1;
        let on = (second + 1 - self.until).max(0) + step - 1;
        let by = on.div_euclid(step) * step - back.div_euclid(step) * step;
        Self { from: self.from + by, until: self.until + by, ..self }
    }

    /// With another length, so that `second` stays where it is in it, as far as it is.
    fn resized(self, span: i64, second: i64) -> Self {
        let second = if self.holds(second) { second } else { self.from + self.span() / 2 };
        let before = i128::from(second - self.from) * i128::from(span) / i128::from(self.span().max(1));
        let from = second - i64::try_from(before).unwrap_or(0);
        Self { from, until: from + span, ..self }
    }
}

impl Model {
    /// From when to when the part of the time axis goes that is looked at closely, in seconds; `None` for all
    /// of it.
    #[must_use]
    pub fn zoom(&self) -> Option<(i64, i64)> {
        let (zoom, whole) = (self.here.zoom()?, self.whole_axis()?);
        let zoom = zoom.within(whole);
        (zoom.span() < whole.1 - whole.0).then_some((zoom.from, zoom.until))
    }

    /// The records of each of `columns` of the time axis by class, as far as the filter lets them through.
    /// Seen from afar they are those that are counted anyway; closely, where columns are shorter than what is
    /// counted together, they are counted anew, as long as the records are held.
    #[must_use]
    pub fn axis_counts(&self, columns: usize) -> Arc<[Counts]> {
        let Some((from, until)) = self.axis() else { return Arc::default() };
        let histogram = self.histogram();
        let is_fine = until - from >= histogram.width().saturating_mul(i64::try_from(columns).unwrap_or(1));
        let is_held = self.folded().is_none_or(|folded| folded.last.second() < from);
        if is_fine || histogram.width() == 1 || !is_held {
            return histogram.columns(from, until, columns).into();
        }
        self.projection.picture().zoomed.counts((from, until, columns), || {
            let mut counts = vec![Counts::default(); columns];
            self.known.timeline().each_verdict(scope(from, until), self.mask(), |at, verdict| {
                if let Some(at) = column(at.second(), from, until, columns) {
                    let count = &mut counts[at][Class::from_verdict(verdict) as usize];
                    *count = count.saturating_add(1);
                }
            });
            counts.into()
        })
    }

    /// The second that is looked at: of the selected step over time, or that is shown.
    fn looked_at(&self) -> Option<i64> {
        if self.screen() == Screen::Course {
            let (width, steps) = self.course_steps();
            let step = steps.get(self.selected_step(&steps));
            return step.map(|step| step.from.second() + width / 2);
        }
        self.moment().map(Moment::second)
    }
}

/// The moments of a window.
pub(super) fn scope(from: i64, until: i64) -> Scope {
    Scope { from: Some(Moment::from_seconds(from)), until: Some(Moment(until * 1000 - 1)) }
}

/// Does what a command wants of the window. Says whether it was such a command.
pub(super) fn handle(model: &mut Model, command: Command) -> bool {
    match command {
        Command::ZoomIn => {
            let at = model.looked_at();
            zoom(model, true, at);
        }
        Command::ZoomOut => {
            let at = model.looked_at();
            zoom(model, false, at);
        }
        Command::Whole => {
            model.here.set_zoom(None);
            model.here.widen(None);
        }
        Command::PanEarlier => pan(model, -1),
        Command::PanLater => pan(model, 1),
        _ => return false,
    }
    true
}

/// Looks closer, or from farther away, around a second.
pub(super) fn zoom(model: &mut Model, closer: bool, at: Option<i64>) {
    let Some((first, end)) = model.whole_axis() else { return };
    let (from, until) = model.zoom().unwrap_or((first, end));
    let now = Zoom { from, until, follows: true };
    let span = if closer { (now.span() / 2).max(AXIS) } else { now.span().saturating_mul(2) };
    if span >= end - first {
        let was_whole = model.zoom().is_none();
        model.here.set_zoom(None);
        model.here.widen(None);
        if was_whole {
            model.notify(if closer { CLOSEST } else { "this is the whole time axis" });
        }
        return;
    }
    let zoom = now.resized(span, at.unwrap_or(from)).on_steps().within((first, end));
    if closer && zoom.span() >= now.span() {
        model.notify(CLOSEST);
        return;
    }
    put(model, zoom);
}

/// Moves the window by about half of itself, in whole steps.
fn pan(model: &mut Model, by: i64) {
    let (Some(whole), Some((from, until))) = (model.whole_axis(), model.zoom()) else {
        model.notify("the whole time axis is in sight");
        return;
    };
    let zoom = Zoom { from, until, follows: true };
    let step = (zoom.span() / 2 / zoom.step()).max(1) * zoom.step() * by;
    put(model, Zoom { from: from + step, until: until + step, ..zoom }.within(whole));
}

/// Takes a window, and steps over time that are as fine as there is room for. It goes along with the moment
/// that is shown if that is in it.
fn put(model: &mut Model, zoom: Zoom) {
    let follows = model.moment().is_some_and(|moment| zoom.holds(moment.second()));
    model.here.set_zoom(Some(Zoom { follows, ..zoom }));
    model.here.widen(None);
}

/// Moves the window to where the moment that is shown is: `always`, since somebody went there, or only if it
/// goes along with it.
pub(super) fn follow(model: &mut Model, always: bool) {
    let (Some(zoom), Some(moment)) = (model.here.zoom(), model.moment()) else { return };
    if zoom.follows || always {
        model.here.set_zoom(Some(Zoom { follows: true, ..zoom }.with(moment.second())));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_window_is_within_the_whole_and_keeps_what_is_looked_at(
            first in -1_000_000_i64..1_000_000, length in 240_i64..10_000_000, part in 0.0_f64..1.0,
            steps in 1_u32..12, by in -3_i64..4,
        ) {
            let whole = (first, first + length);
            #[expect(clippy::cast_possible_truncation, reason = "it is within the whole")]
            let at = first + ((length - 1) as f64 * part) as i64;
            let mut window = Zoom { from: whole.0, until: whole.1, follows: true };
            for _ in 0..steps {
                let span = (window.span() / 2).max(AXIS);
                window = window.resized(span, at).on_steps().within(whole);
                prop_assert!(window.span() >= span.min(length) && window.span() <= span + span / 2 + 2);
                prop_assert!(window.holds(at) && window.from >= whole.0 && window.until <= whole.1);
            }
            let span = window.span();
            let step = by * span / 2;
            let moved = Zoom { from: window.from + step, until: window.until + step, ..window }.within(whole);
            prop_assert_eq!(moved.span(), span);
            prop_assert!(moved.from >= whole.0 && moved.until <= whole.1);
            prop_assert!(moved.with(at).holds(at));
            prop_assert_eq!(moved.with(at).span(), span);
        }
    }
}
