//! How somebody wants the console: keys, mouse, colors, lists.

use super::list::{List, Remembered, Sorting};
use super::row_command::RowCommand;
use super::{Keys, Palette, Purpose};

/// How somebody wants the console.
#[derive(Debug)]
pub(super) struct Manners {
    keys: Keys,
    /// Commands of somebody's own, or why none is run.
    commands: Result<Vec<RowCommand>, &'static str>,
    mouse: bool,
    palette: Palette,
    /// What of it outlives the session.
    remembered: Remembered,
}

impl Manners {
    /// As a session before left it.
    pub(super) fn new(remembered: Remembered) -> Self {
        Self {
            keys: Keys::default(),
            commands: Ok(Vec::new()),
            mouse: false,
            palette: Palette::default(),
            remembered,
        }
    }

    /// Takes commands of somebody's own, or why none is run.
    pub(super) fn set_commands(&mut self, commands: Result<Vec<RowCommand>, &'static str>) {
        self.commands = commands;
    }

    pub(super) fn commands(&self) -> &Result<Vec<RowCommand>, &'static str> {
        &self.commands
    }

    /// Takes other keys, and has the mouse on or off.
    pub(super) fn set_keys(&mut self, keys: Keys, mouse: bool) {
        (self.keys, self.mouse) = (keys, mouse);
    }

    /// Draws in other colors, which nobody chose at the console.
    pub(super) fn set_palette(&mut self, palette: Palette) {
        self.palette = palette;
    }

    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Whether clicks and the wheel of the mouse are taken.
    pub(super) fn mouse(&self) -> bool {
        self.mouse
    }

    /// Turns the mouse on or off. Says whether it is on then.
    pub(super) fn turn_mouse(&mut self) -> bool {
        self.mouse = !self.mouse;
        self.remembered.mouse = Some(self.mouse);
        self.mouse
    }

    pub(super) fn palette(&self) -> Palette {
        self.palette
    }

    /// Takes colors that are for the background, unless somebody chose others.
    pub(super) fn suit(&mut self, palette: Palette) {
        if self.palette == Palette::Neutral && self.remembered.palette.is_none() {
            self.palette = palette;
        }
    }

    /// Takes the next colors, and gives them.
    pub(super) fn turn_colors(&mut self) -> Palette {
        let at = Palette::ALL.iter().position(|palette| *palette == self.palette).unwrap_or(0);
        self.palette = Palette::ALL[(at + 1) % Palette::ALL.len()];
        self.remembered.palette = Some(self.palette);
        self.palette
    }

    /// What outlives the session.
    pub(super) fn remembered(&self) -> &Remembered {
        &self.remembered
    }

    /// By what a list is sorted; `None` for its own order.
    pub(super) fn sorting(&self, list: List) -> Option<Sorting> {
        self.remembered.preferences.sorting(list)
    }

    /// Sorts a list by a column.
    pub(super) fn sort(&mut self, list: List, column: &str, reverse: bool) {
        self.remembered.preferences.sort(list, column, reverse);
    }

    /// Shows a column of a list, or hides it.
    pub(super) fn toggle(&mut self, list: List, column: &str) {
        let shown = self.remembered.preferences.shows(list, column);
        self.remembered.preferences.show(list, column, !shown);
    }

    /// Remembers a line that was typed.
    pub(super) fn remember(&mut self, purpose: Purpose, line: &str) {
        self.remembered.history.push(purpose, line);
    }
}
