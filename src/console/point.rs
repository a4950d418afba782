//! What the mouse does: a click on a row selects it, on the time axis goes there; the wheel moves; dragging
//! along the axis selects a range.

use super::go::{Motion, go};
use super::{Command, Mode, Model, Screen, time, zoom};
use crate::base::moment::Moment;

/// What was done with the mouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gesture {
    /// The left button went down.
    Press,
    /// It moved with the left button down.
    Drag,
    /// The left button was let go of.
    Release,
    /// The wheel turned: by how many rows, negative for up.
    Wheel(i8),
}

/// A gesture, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mouse {
    /// What was done.
    pub gesture: Gesture,
    /// The column, from 0.
    pub column: u16,
    /// The row, from 0.
    pub row: u16,
}

/// What a gesture is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// A moment on the time axis.
    Time(Moment),
    /// A row of a list: how many rows below the selected one, negative for above; whether it is the list that
    /// the keys move in.
    Row(isize, bool),
    /// Anything else.
    Elsewhere,
}

/// Does what a gesture wants.
pub(super) fn handle(model: &mut Model, gesture: Gesture, target: Aim) {
    match (gesture, target, model.here.mode()) {
        (Gesture::Wheel(by), Aim::Time(at), Mode::Browse) => zoom::zoom(model, by < 0, Some(at.second())),
        (Gesture::Wheel(by), _, Mode::Browse | Mode::Help(_)) => go(model, Motion::By(isize::from(by))),
        (Gesture::Press, Aim::Row(by, active), Mode::Browse) => {
            if active || model.screen() != Screen::Fleet {
                go(model, Motion::By(by));
            } else {
                endpoint(model, by);
            }
        }
        (Gesture::Press, Aim::Time(at), Mode::Browse) => {
            model.here.press(at);
            time::seek(model, at);
        }
        (Gesture::Drag, Aim::Time(at), Mode::Browse) => {
            let Some(from) = model.here.pressed() else { return };
            if model.here.clock().selecting(at).is_none() && from != at {
                time::seek(model, from);
                time::handle(model, Command::Select);
            }
            time::seek(model, at);
        }
        (Gesture::Release, _, Mode::Browse) => {
            // Movements may not be told of: where it ends says enough.
            if let Aim::Time(_) = target {
                handle(model, Gesture::Drag, target);
            }
            let dragged = model.here.release();
            let selects = model.moment().is_some_and(|now| model.here.clock().selecting(now).is_some());
            if dragged && selects {
                time::handle(model, Command::Select);
            }
        }
        _ => {}
    }
}

/// Selects the endpoint `by` rows below the selected one in the list below the matrix.
fn endpoint(model: &mut Model, by: isize) {
    let Some((_, origin)) = model.selected_origin() else { return };
    let pairs = model.pairs(origin);
    let at = model.selected_pair().map_or(0, |(at, _)| at).saturating_add_signed(by);
    if let Some(pair) = pairs.get(at.min(pairs.len().saturating_sub(1))) {
        model.here.choose_name(Some(pair.name));
    }
}
