//! Every color by what it means.
//!
//! Colors are of the 256 that nearly every terminal of today has, on the terminal's own background;
//! [`Theme::at`] has them for others. Nothing is told by color alone: a status has its glyph, a selection its
//! marker, a change its reversed cell.

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;

use super::signs::Signs;
use crate::console::Class;
use crate::fleet::Status;

mod palettes;
mod tints;

pub use palettes::Depth;
pub use tints::{NotAColor, Tint, Tints};

/// The styles of the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Ordinary text.
    pub text: Style,
    /// Text that says less: column heads, times, ids.
    pub dim: Style,
    /// Lines between regions, and what did not happen.
    pub faint: Style,
    /// Names of regions.
    pub title: Style,
    /// What is emphasized: numbers in a sentence, keys.
    pub strong: Style,
    /// The marker of a selection.
    pub marker: Style,
    /// The row that is selected in the list that the keys move in.
    pub selected: Style,
    /// The program's name.
    pub badge: Style,
    /// Which mode the console is in: DEMO, REPLAY, held.
    pub mode: Style,
    /// The sentence of a story.
    pub story: Style,
    /// Something is missing or wrong.
    pub warning: Style,
    /// Added to a cell that changed in the last seconds.
    pub fresh: Modifier,
    /// The signs that frames are made of.
    pub signs: Signs,
    statuses: [Style; Status::ALL.len()],
    classes: [Style; Class::ALL.len()],
}

/// A change where the selected row is reversed, too.
const MARKED: Modifier = Modifier::REVERSED.union(Modifier::UNDERLINED);

const fn fg(color: u8) -> Style {
    Style::new().fg(Color::Indexed(color))
}

impl Theme {
    /// For dark backgrounds.
    #[must_use]
    pub const fn dark() -> Self {
        Self {
            text: fg(252),
            dim: fg(247),
            faint: fg(242),
            title: fg(255).add_modifier(Modifier::BOLD),
            strong: fg(255).add_modifier(Modifier::BOLD),
            marker: fg(81).add_modifier(Modifier::BOLD),
            selected: Style::new().bg(Color::Indexed(236)),
            badge: Style::new().fg(Color::Indexed(16)).bg(Color::Indexed(81)).add_modifier(Modifier::BOLD),
            mode: Style::new().fg(Color::Indexed(16)).bg(Color::Indexed(221)).add_modifier(Modifier::BOLD),
            story: fg(221).add_modifier(Modifier::BOLD),
            warning: fg(209).add_modifier(Modifier::BOLD),
            fresh: Modifier::REVERSED,
            signs: Signs::Unicode,
            statuses: [
                fg(203),
                fg(170),
                fg(135),
                fg(180),
                fg(209),
                fg(246),
                fg(152),
                fg(221),
                fg(75),
                fg(78),
            ],
            classes: [fg(203), fg(170), fg(152), fg(221), fg(78), fg(67), fg(242)],
        }
    }

    /// For light backgrounds.
    #[must_use]
    pub const fn light() -> Self {
        Self {
            text: fg(236),
            dim: fg(240),
            faint: fg(245),
            title: fg(232).add_modifier(Modifier::BOLD),
            strong: fg(232).add_modifier(Modifier::BOLD),
            marker: fg(25).add_modifier(Modifier::BOLD),
            selected: Style::new().bg(Color::Indexed(254)),
            badge: Style::new().fg(Color::Indexed(231)).bg(Color::Indexed(25)).add_modifier(Modifier::BOLD),
            mode: Style::new().fg(Color::Indexed(231)).bg(Color::Indexed(130)).add_modifier(Modifier::BOLD),
            story: fg(130).add_modifier(Modifier::BOLD),
            warning: fg(160).add_modifier(Modifier::BOLD),
            fresh: Modifier::REVERSED,
            signs: Signs::Unicode,
            statuses: [fg(160), fg(127), fg(55), fg(95), fg(130), fg(240), fg(24), fg(94), fg(25), fg(28)],
            classes: [fg(160), fg(127), fg(24), fg(130), fg(28), fg(67), fg(245)],
        }
    }

    /// Without any color: `NO_COLOR`.
    #[must_use]
    pub const fn plain() -> Self {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        let dim = plain.add_modifier(Modifier::DIM);
        let reversed = plain.add_modifier(Modifier::REVERSED);
        Self {
            text: plain,
            dim,
            faint: dim,
            title: bold,
            strong: bold,
            marker: bold,
            selected: reversed,
            badge: reversed,
            mode: reversed,
            story: bold,
            warning: bold,
            fresh: MARKED,
            signs: Signs::Unicode,
            statuses: [bold, bold, bold, plain, plain, plain, plain, plain, plain, plain],
            classes: [bold, plain, plain, plain, plain, dim, dim],
        }
    }

    /// The theme with each of its styles changed.
    #[must_use]
    pub fn each(self, change: impl Fn(Style) -> Style) -> Self {
        let Self {
            text,
            dim,
            faint,
            title,
            strong,
            marker,
            selected,
            badge,
            mode,
            story,
            warning,
            fresh,
            signs,
            ..
        } = self;
        Self {
            text: change(text),
            dim: change(dim),
            faint: change(faint),
            title: change(title),
            strong: change(strong),
            marker: change(marker),
            selected: change(selected),
            badge: change(badge),
            mode: change(mode),
            story: change(story),
            warning: change(warning),
            fresh,
            signs,
            statuses: self.statuses.map(&change),
            classes: self.classes.map(&change),
        }
    }

    /// The theme with other signs.
    #[must_use]
    pub const fn with_signs(self, signs: Signs) -> Self {
        Self { signs, ..self }
    }

    /// A row as it looks while it is selected. Where that is to be reversed, what is dim would be a hole in
    /// the bar: it looks as the rest of it does.
    #[must_use]
    pub fn select(&self, mut row: Line<'static>) -> Line<'static> {
        if self.selected.add_modifier.contains(Modifier::REVERSED) {
            let lesser = [self.text, self.dim, self.faint];
            for span in row.spans.iter_mut().filter(|span| lesser.contains(&span.style)) {
                span.style = Style::new();
            }
        }
        row.patch_style(self.selected)
    }

    /// What the selected column of a chart is given. Where the selected row is reversed, that would make bars
    /// of gaps and gaps of bars.
    #[must_use]
    pub fn selected_column(&self) -> Style {
        let is_reversed = self.selected.add_modifier.contains(Modifier::REVERSED);
        let column =
            if is_reversed { Style::new().add_modifier(Modifier::UNDERLINED) } else { self.selected };
        column.add_modifier(Modifier::BOLD)
    }

    /// The style of a status.
    #[must_use]
    pub const fn status(&self, status: Status) -> Style {
        self.statuses[status as usize]
    }

    /// The style of a class of records.
    #[must_use]
    pub const fn class(&self, class: Class) -> Style {
        self.classes[class as usize]
    }
}
