//! Which colors the console has: by name, for what they are is known to whoever draws.

use super::Model;

/// Which colors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Palette {
    /// For dark backgrounds.
    #[default]
    Dark,
    /// For light backgrounds.
    Light,
    /// For dark backgrounds, with as much contrast as there is.
    HighContrast,
    /// For dark backgrounds, along blue and yellow instead of red and green.
    ColorBlind,
    /// None.
    Plain,
    /// For backgrounds that nobody knows.
    Neutral,
}

impl Palette {
    /// Every palette.
    pub const ALL: [Self; 6] =
        [Self::Dark, Self::Light, Self::HighContrast, Self::ColorBlind, Self::Plain, Self::Neutral];

    /// Its name, as in the configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::HighContrast => "high-contrast",
            Self::ColorBlind => "color-blind",
            Self::Neutral => "neutral",
            Self::Plain => "plain",
        }
    }
}

impl Model {
    /// The console in other colors.
    #[must_use]
    pub fn in_colors(mut self, palette: Palette) -> Self {
        self.manners.set_palette(palette);
        self
    }

    /// The colors that are drawn with.
    #[must_use]
    pub fn palette(&self) -> Palette {
        self.manners.palette()
    }
}

/// Has the next colors drawn with.
pub(super) fn turn(model: &mut Model) {
    let palette = model.manners.turn_colors();
    model.notify(format!("colors: {}", palette.word()));
}
