//! The raw record that a screen shows.

use super::{Effect, Model, Screen, WIDE};
use crate::fleet::{OriginId, Symbol};
use crate::timeline::Spot;

/// What the raw record is for: an origin's endpoint, whose newest one it is; or just that record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Newest(OriginId, Symbol),
    Record(Spot),
}

/// What the raw record on the screen is for; none if there is none on it. While the tail follows what comes,
/// records are shown as far as they are at hand: to fetch each would be too much.
fn subject(model: &Model) -> Option<Subject> {
    let pair = || {
        let (_, origin) = model.selected_origin()?;
        Some(Subject::Newest(origin.key, model.ranking().pair(origin.key, model.endpoint()?)?.name))
    };
    match model.screen() {
        Screen::Fleet if model.size.0 >= WIDE => pair(),
        Screen::Endpoint => {
            let (askers, at) = model.selected_asker();
            let (origin, pair) = askers.get(at)?;
            Some(Subject::Newest(origin.key, pair.name))
        }
        Screen::Record | Screen::Tail => Some(Subject::Record(model.selected_row()?.entry.spot?)),
        Screen::Fleet
        | Screen::Origin
        | Screen::Endpoints
        | Screen::Groups
        | Screen::Course
        | Screen::Findings
        | Screen::Turns
        | Screen::Plan => None,
    }
}

/// Asks for the raw record that is shown, if it is another than the one at hand. One at a time: while a log
/// is being read the newest record of an endpoint is another with every batch.
pub(super) fn want(model: &mut Model) -> Option<Effect> {
    let subject = subject(model)?;
    // Of another projection, it may be another record.
    let of = (subject, model.projection.stamp());
    if Some(of) != model.subject {
        // Where the newest record of the endpoint stands is looked for but once.
        model.wanted = match subject {
            Subject::Record(spot) => Some(spot),
            Subject::Newest(origin, name) => model.ranking().pair(origin, name).and_then(|pair| {
                let timeline = model.known.timeline();
                let row = timeline.newest_of(model.scope(), model.ranking().members(pair))?;
                timeline.entry(row)?.spot
            }),
        };
        model.subject = Some(of);
        if model.raw.as_ref().is_some_and(|(spot, _)| Some(*spot) != model.wanted) {
            model.raw = None;
        }
        if model.awaited != model.wanted {
            model.awaited = None;
        }
    }
    let wanted = model.wanted?;
    if model.awaited.is_some() || model.raw.as_ref().is_some_and(|(spot, _)| *spot == wanted) {
        return None;
    }
    if let Some(bytes) = model.known.tape().get(wanted.input, wanted.place) {
        model.raw = Some((wanted, Ok(bytes.into())));
        return None;
    }
    model.awaited = Some(wanted);
    Some(Effect::FetchRaw(wanted))
}
