//! From one screen to another, and back.

use super::place::Place;
use super::{Model, Screen, shown};

/// How many places the way back has at most.
const FARTHEST: usize = 64;

/// Shows another screen of the row of screens, with the same things selected. The way back leads here, and no
/// farther.
pub(super) fn show(model: &mut Model, screen: Screen) {
    if screen != model.place.screen {
        // What somebody looks at closely stays, whatever becomes the worst meanwhile.
        let origin = model.selected_origin().map(|(_, origin)| origin.key);
        let name = model.endpoint();
        model.trail.clear();
        enter(model, screen, |place| {
            if matches!(screen, Screen::Origin | Screen::Endpoint) && origin.is_some() {
                place.origin = origin;
                place.chosen = true;
            }
            if screen == Screen::Endpoint {
                place.name = name;
            }
        });
    }
}

/// Shows the screen so many places farther in the row of screens.
pub(super) fn turn_screen(model: &mut Model, by: usize) {
    let here = if model.place.screen == Screen::Record { Screen::Tail } else { model.place.screen };
    let at = Screen::ALL.iter().position(|screen| *screen == here).unwrap_or(0);
    show(model, Screen::ALL[(at + by) % Screen::ALL.len()]);
}

/// Goes into something; the way back gets longer.
pub(super) fn enter(model: &mut Model, screen: Screen, change: impl FnOnce(&mut Place)) {
    let here = model.place.clone();
    if model.trail.len() == FARTHEST {
        model.trail.remove(0);
    }
    model.trail.push(here);
    model.place.screen = screen;
    model.place.scroll = 0;
    model.place.ranged = false;
    change(&mut model.place);
}

/// Goes back out. Says whether there was anything to go back from; if not, filter and range may be let go of.
pub(super) fn back(model: &mut Model) -> bool {
    let place = &mut model.place;
    match place.screen {
        Screen::Tail if place.row.take().is_some() => return true,
        Screen::Fleet if place.name.take().is_some() => return true,
        _ => {}
    }
    if let Some(before) = model.trail.pop() {
        let left = std::mem::replace(&mut model.place, before);
        if left.within != model.place.within {
            shown::narrow(model);
        }
        if left.ranged && model.clock.unselect() {
            model.asked += 1;
        }
    } else if model.place.screen == Screen::Fleet {
        return false;
    } else {
        model.place.screen = Screen::Fleet;
        model.place.scroll = 0;
    }
    true
}

impl Model {
    /// The screen shown.
    #[must_use]
    pub fn screen(&self) -> Screen {
        self.place.screen
    }

    /// The screens that the way back leads over, the first one first.
    pub fn trail(&self) -> impl Iterator<Item = Screen> + '_ {
        self.trail.iter().map(|place| place.screen)
    }

    /// How far what is longer than the screen is scrolled down, in lines.
    #[must_use]
    pub fn scroll(&self) -> u16 {
        self.place.scroll
    }
}
