//! The raw record that a screen shows.

use super::whereabouts::RawSubject;
use super::{Effect, Model, Screen, WIDE};

/// What the raw record on the screen is for; `None` if there is none on it. While the tail follows what
/// comes, records are shown as far as they are at hand: to fetch each would be too much.
fn subject(model: &Model) -> Option<RawSubject> {
    let pair = || {
        let (_, origin) = model.selected_origin()?;
        Some(RawSubject::Newest(origin.key, model.ranking().pair(origin.key, model.endpoint()?)?.name))
    };
    match model.screen() {
        Screen::Fleet if model.here.size().0 >= WIDE => pair(),
        Screen::Endpoint => {
            let (askers, at) = model.selected_asker();
            let (origin, pair) = askers.get(at)?;
            Some(RawSubject::Newest(origin.key, pair.name))
        }
        Screen::Record | Screen::Tail => Some(RawSubject::Record(model.selected_row()?.entry.spot?)),
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
    let shown = model.projection.stamp();
    if !model.here.raw().is_of(subject, shown) {
        // The newest record of the endpoint is looked for only once.
        let wanted = match subject {
            RawSubject::Record(spot) => Some(spot),
            RawSubject::Newest(origin, name) => model.ranking().pair(origin, name).and_then(|pair| {
                let timeline = model.known.timeline();
                let row = timeline.newest_of(model.scope(), model.ranking().members(pair))?;
                timeline.entry(row)?.spot
            }),
        };
        model.here.raw_mut().look_for(subject, shown, wanted);
    }
    let missing = model.here.raw().missing()?;
    if let Some(bytes) = model.known.tape().get(missing.input, missing.place) {
        model.here.raw_mut().take(missing, Ok(bytes.into()));
        return None;
    }
    model.here.raw_mut().ask(missing);
    Some(Effect::FetchRaw(missing))
}
