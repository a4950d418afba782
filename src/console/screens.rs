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

/// Shows the screen that is `by` places farther in the row of screens; after the last comes the first.
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

    /// The screen that the way back leads to; `None` where it lets go of what is selected or in force here.
    #[must_use]
    pub fn way_back(&self) -> Option<Screen> {
        let place = self.here.place();
        let is_here = match place.screen {
            Screen::Tail => place.row.is_some(),
            Screen::Fleet => place.name.is_some() || self.trail().next().is_none(),
            _ => false,
        };
        let is_let_go = is_here || self.search().is_some();
        (!is_let_go).then(|| self.trail().last().unwrap_or(Screen::Fleet))
    }

    /// Whether there is anything to go back from, or to let go of.
    #[must_use]
    pub fn has_way_back(&self) -> bool {
        let place = self.here.place();
        let is_first = place.screen == Screen::Fleet && place.name.is_none() && self.trail().next().is_none();
        let is_narrowed = self.clock().is_selected() || place.within.is_some() || !self.filter().is_empty();
        !is_first || is_narrowed || self.search().is_some()
    }

    /// How far what is longer than the screen is scrolled down, in lines.
    #[must_use]
    pub fn scroll(&self) -> u16 {
        self.here.place().scroll
    }
}
