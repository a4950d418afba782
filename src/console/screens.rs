//! From one screen to another, and back.

use super::{Model, Screen, shown};

/// Shows another screen of the row of screens, with the same things selected. The way back leads here, and no
/// farther.
pub(super) fn show(model: &mut Model, screen: Screen) {
    if screen != model.screen() {
        // What somebody looks at closely stays, whatever becomes the worst meanwhile.
        let origin = model.selected_origin().map(|(_, origin)| origin.key);
        let name = model.endpoint();
        model.here.show(screen, |place| {
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
    let here = if model.screen() == Screen::Record { Screen::Tail } else { model.screen() };
    let at = Screen::ALL.iter().position(|screen| *screen == here).unwrap_or(0);
    show(model, Screen::ALL[(at + by) % Screen::ALL.len()]);
}

/// Goes back out. Says whether there was anything to go back from; if not, filter and range may be let go of.
pub(super) fn back(model: &mut Model) -> bool {
    if model.here.deselect() {
        return true;
    }
    let Some(left) = model.here.step_back() else { return model.here.go_home() };
    if left.within != model.here.place().within {
        shown::narrow(model);
    }
    if left.ranged {
        model.here.unselect();
    }
    true
}

impl Model {
    /// The screen shown.
    #[must_use]
    pub fn screen(&self) -> Screen {
        self.here.place().screen
    }

    /// The screens that the way back leads over, the first one first.
    pub fn trail(&self) -> impl Iterator<Item = Screen> + '_ {
        self.here.trail()
    }

    /// How far what is longer than the screen is scrolled down, in lines.
    #[must_use]
    pub fn scroll(&self) -> u16 {
        self.here.place().scroll
    }
}
