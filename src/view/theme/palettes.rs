//! The colors of each theme, and what becomes of them where a terminal has fewer or more.

use ratatui::style::{Color, Modifier, Style};

use super::{MARKED, Theme, fg};
use crate::console::Palette;

/// How many colors a terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// The 16 of ECMA-48 and its bright ones.
    Sixteen,
    /// The 256 of xterm.
    Indexed,
    /// 24 bits.
    True,
}

impl Palette {
    /// The styles, for a terminal with the 256 colors.
    #[must_use]
    pub const fn theme(self) -> Theme {
        match self {
            Self::Dark => Theme::dark(),
            Self::Light => Theme::light(),
            Self::HighContrast => high_contrast(),
            Self::ColorBlind => color_blind(),
            Self::Neutral => neutral(),
            Self::Plain => Theme::plain(),
        }
    }
}

const fn bold(color: u8) -> Style {
    fg(color).add_modifier(Modifier::BOLD)
}

const fn on(color: u8, background: u8) -> Style {
    bold(color).bg(Color::Indexed(background))
}

const fn high_contrast() -> Theme {
    Theme {
        text: fg(231),
        dim: fg(255),
        faint: fg(250),
        title: bold(231),
        strong: bold(231),
        marker: bold(51),
        selected: Style::new().bg(Color::Indexed(18)).add_modifier(Modifier::BOLD),
        badge: on(16, 51),
        mode: on(16, 226),
        story: bold(226),
        warning: bold(215),
        statuses: [
            bold(210),
            bold(219),
            bold(183),
            fg(222),
            fg(215),
            fg(255),
            fg(159),
            bold(226),
            fg(117),
            fg(120),
        ],
        classes: [fg(210), fg(219), fg(159), fg(226), fg(120), fg(117), fg(250)],
        ..Theme::dark()
    }
}

const fn color_blind() -> Theme {
    Theme {
        marker: bold(117),
        badge: on(16, 117),
        mode: on(16, 229),
        story: bold(229),
        warning: bold(208),
        statuses: [fg(208), fg(229), fg(252), fg(180), fg(215), fg(247), fg(152), fg(221), fg(117), fg(39)],
        classes: [fg(208), fg(229), fg(152), fg(221), fg(39), fg(67), fg(242)],
        ..Theme::dark()
    }
}

/// In the terminal's own color, and in others that can be read on white and on black.
const fn neutral() -> Theme {
    let own = Style::new();
    Theme {
        text: own,
        dim: fg(244),
        faint: fg(245),
        title: own.add_modifier(Modifier::BOLD),
        strong: own.add_modifier(Modifier::BOLD),
        marker: bold(32),
        selected: own.add_modifier(Modifier::REVERSED),
        badge: on(231, 25),
        mode: on(231, 130),
        story: bold(130),
        warning: bold(166),
        fresh: MARKED,
        statuses: [fg(160), fg(162), fg(99), fg(137), fg(166), fg(244), fg(66), fg(136), fg(32), fg(64)],
        classes: [fg(160), fg(162), fg(66), fg(136), fg(64), fg(67), fg(245)],
        ..Theme::dark()
    }
}

/// What a color of the cube or of the grays of xterm's 256 is made of; `None` for the first 16, which are the
/// terminal's.
fn parts(index: u8) -> Option<(u8, u8, u8)> {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    match index {
        0..16 => None,
        16..232 => {
            let step = |by: u8| STEPS[usize::from((index - 16) / by % 6)];
            Some((step(36), step(6), step(1)))
        }
        232.. => {
            let gray = 8 + 10 * (index - 232);
            Some((gray, gray, gray))
        }
    }
}

/// The color of the cube of xterm's 256 that is most like it.
fn in_cube(parts: [u8; 3]) -> u8 {
    // Halfway between the steps of the cube.
    let step = |part: u8| match part {
        0..48 => 0,
        48..115 => 1,
        115.. => (part - 35) / 40,
    };
    let [red, green, blue] = parts.map(step);
    16 + 36 * red + 6 * green + blue
}

/// The one of the 16 colors that is most like it: for a gray by how bright it is, else by its hue, bright or
/// not. What the 16 look like is the terminal's business, but red is about red everywhere.
fn nearest((red, green, blue): (u8, u8, u8)) -> Color {
    let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
    let spread = i32::from(most - least);
    if spread < 24 {
        return match most {
            0..64 => Color::Black,
            64..160 => Color::DarkGray,
            160..240 => Color::Gray,
            240.. => Color::White,
        };
    }
    let sixth = |from: u8, to: u8, base: i32| base + 60 * (i32::from(from) - i32::from(to)) / spread;
    let hue = match most {
        _ if most == red => sixth(green, blue, 0).rem_euclid(360),
        _ if most == green => sixth(blue, red, 120),
        _ => sixth(red, green, 240),
    };
    let (dark, bright) = match hue {
        // Orange is red: what it stands for is bad, too.
        0..40 | 330.. => (Color::Red, Color::LightRed),
        40..72 => (Color::Yellow, Color::LightYellow),
        72..160 => (Color::Green, Color::LightGreen),
        160..200 => (Color::Cyan, Color::LightCyan),
        200..260 => (Color::Blue, Color::LightBlue),
        _ => (Color::Magenta, Color::LightMagenta),
    };
    if most >= 230 { bright } else { dark }
}

impl Theme {
    /// The theme in the colors that a terminal has.
    #[must_use]
    pub fn at(self, depth: Depth) -> Self {
        let color = |color: Color| match (color, depth) {
            (Color::Indexed(index), Depth::Sixteen) => parts(index).map_or(color, nearest),
            (Color::Rgb(red, green, blue), Depth::Sixteen) => nearest((red, green, blue)),
            (Color::Rgb(red, green, blue), Depth::Indexed) => Color::Indexed(in_cube([red, green, blue])),
            (Color::Indexed(index), Depth::True) => {
                parts(index).map_or(color, |(red, green, blue)| Color::Rgb(red, green, blue))
            }
            _ => color,
        };
        let style = |style: Style| Style { fg: style.fg.map(color), bg: style.bg.map(color), ..style };
        let mut theme = self.each(style);
        if depth == Depth::Sixteen && self.selected.bg.is_some() {
            // None of the 16 lies between the background and the text on it.
            theme.selected = Style::new().add_modifier(Modifier::REVERSED);
            theme.fresh = MARKED;
        }
        if depth == Depth::Sixteen && self.text.fg.is_none() && self.marker.fg.is_some() {
            // The background is not known, and the darker blue is all but black on black.
            let readable = |color: Color| if color == Color::Blue { Color::LightBlue } else { color };
            theme = theme.each(|style| Style { fg: style.fg.map(readable), ..style });
            // What is told is nothing bad, and of a brown only red would be left.
            theme.story = Style::new().fg(Color::Yellow).add_modifier(Modifier::BOLD);
            theme.mode = Style { fg: Some(Color::Black), bg: Some(Color::Yellow), ..theme.mode };
        }
        theme
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::Class;
    use crate::fleet::Status;

    /// A bar that is reversed is a gap, and a gap a bar.
    #[test]
    fn no_column_of_a_chart_is_reversed() {
        for palette in Palette::ALL {
            let column = palette.theme().selected_column();
            assert!(!column.add_modifier.contains(Modifier::REVERSED), "{palette:?}");
            assert_ne!(column, Style::new(), "{palette:?}");
        }
    }

    type Rgb = (u8, u8, u8);

    fn rgb(color: Option<Color>) -> Rgb {
        match color {
            Some(Color::Indexed(index)) => parts(index).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    fn linear(part: u8) -> f64 {
        let part = f64::from(part) / 255.0;
        if part <= 0.039_28 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    }

    /// The contrast of WCAG 2.2.
    fn contrast(one: Rgb, other: Rgb) -> f64 {
        let luminance = |(r, g, b): Rgb| 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b) + 0.05;
        let (one, other) = (luminance(one), luminance(other));
        one.max(other) / one.min(other)
    }

    /// A background that a palette is for, and no easy one.
    fn background(palette: Palette) -> Rgb {
        match palette {
            Palette::Light => (255, 255, 255),
            Palette::HighContrast => (0, 0, 0),
            _ => (28, 28, 28),
        }
    }

    #[test]
    fn every_text_can_be_read() {
        for palette in [Palette::Dark, Palette::Light, Palette::HighContrast, Palette::ColorBlind] {
            let theme = palette.theme();
            let behind = background(palette);
            let least = if palette == Palette::HighContrast { 7.0 } else { 4.5 };
            let selected = rgb(theme.selected.bg);
            let mut texts = vec![
                ("text", theme.text, least),
                ("dim", theme.dim, least),
                ("title", theme.title, least),
                ("strong", theme.strong, least),
                ("marker", theme.marker, least),
                ("story", theme.story, least),
                ("warning", theme.warning, least),
                ("faint", theme.faint, 3.0),
            ];
            texts.extend(Status::ALL.map(|status| (status.words(), theme.status(status), least)));
            texts.extend(Class::ALL.map(|class| ("class", theme.class(class), 3.0)));
            for (name, style, least) in texts {
                let found = contrast(rgb(style.fg), behind);
                assert!(found >= least, "{palette:?} {name} {style:?}: {found:.2}");
            }
            for (name, style, least) in [("text", theme.text, 4.5), ("dim", theme.dim, 4.5)]
                .into_iter()
                .chain(Status::ALL.map(|status| (status.words(), theme.status(status), 3.0)))
            {
                let found = contrast(rgb(style.fg), selected);
                assert!(found >= least, "{palette:?} {name} {style:?}, selected: {found:.2}");
            }
            for style in [theme.badge, theme.mode] {
                assert!(contrast(rgb(style.fg), rgb(style.bg)) >= 4.5, "{palette:?} {style:?}");
            }
        }
    }

    /// Whatever the background is, dark or light.
    #[test]
    fn neutral_colors_can_be_read_on_black_and_on_white() {
        let theme = Palette::Neutral.theme();
        let own = [theme.text, theme.title, theme.strong, theme.selected];
        assert!(own.iter().all(|style| style.fg.is_none() && style.bg.is_none()));
        let statuses = Status::ALL.map(|status| theme.status(status));
        let classes = Class::ALL.map(|class| theme.class(class));
        let others = [theme.dim, theme.faint, theme.marker, theme.story, theme.warning];
        for style in statuses.into_iter().chain(classes).chain(others) {
            for behind in [(0, 0, 0), (255, 255, 255)] {
                let found = contrast(rgb(style.fg), behind);
                assert!(found >= 3.0, "{style:?} on {behind:?}: {found:.2}");
            }
        }
    }

    #[test]
    fn a_color_of_ones_own_is_of_the_depth() {
        for index in 16..232 {
            let (red, green, blue) = parts(index).unwrap();
            assert_eq!(in_cube([red, green, blue]), index);
        }
        assert_eq!((in_cube([0, 0, 47]), in_cube([255, 254, 250])), (16, 231));
    }

    /// How far apart two colors are for somebody without one kind of cones (Machado, Oliveira and Fernandes
    /// 2009), as a share of black from white.
    fn apart(one: Rgb, other: Rgb, eye: [[f64; 3]; 3]) -> f64 {
        let seen = |(r, g, b): Rgb| {
            eye.map(|row| {
                let light = row[0] * linear(r) + row[1] * linear(g) + row[2] * linear(b);
                light.clamp(0.0, 1.0).powf(1.0 / 2.2)
            })
        };
        let (one, other) = (seen(one), seen(other));
        let square: f64 = one.iter().zip(other).map(|(one, other)| (one - other).powi(2)).sum();
        (square / 3.0).sqrt()
    }

    #[test]
    fn without_red_or_green_cones_the_main_ones_are_still_apart() {
        const PROTAN: [[f64; 3]; 3] = [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ];
        const DEUTAN: [[f64; 3]; 3] = [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ];
        let least = |palette: Palette| {
            let theme = palette.theme();
            let main =
                [Status::Ipv4Only, Status::Nat64, Status::Native].map(|status| rgb(theme.status(status).fg));
            let classes =
                [Class::Empty, Class::Synthesized, Class::Native].map(|class| rgb(theme.class(class).fg));
            [main, classes]
                .into_iter()
                .flat_map(|[a, b, c]| [(a, b), (b, c), (a, c)])
                .flat_map(|(one, other)| [apart(one, other, PROTAN), apart(one, other, DEUTAN)])
                .fold(f64::INFINITY, f64::min)
        };
        assert!(least(Palette::ColorBlind) > 0.15, "{}", least(Palette::ColorBlind));
        assert!(least(Palette::ColorBlind) > least(Palette::Dark), "{}", least(Palette::Dark));
    }

    #[test]
    fn with_sixteen_colors_the_main_ones_are_still_apart() {
        for palette in Palette::ALL {
            let theme = palette.theme().at(Depth::Sixteen);
            if theme.marker.fg.is_none() {
                continue;
            }
            if theme.text.fg.is_none() {
                _ = theme.each(|style| {
                    assert_ne!(style.fg, Some(Color::Blue), "it cannot be read on black");
                    style
                });
                assert_ne!(theme.story.fg, theme.status(Status::Ipv4Only).fg);
            }
            let mut seen: Vec<Color> = [Status::Ipv4Only, Status::Nat64, Status::AOnly, Status::Native]
                .map(|status| theme.status(status).fg.unwrap())
                .to_vec();
            assert!(
                seen.iter().all(|color| !matches!(color, Color::Indexed(_) | Color::Rgb(..))),
                "{seen:?}"
            );
            let bad = seen.remove(0);
            assert!(!seen.contains(&bad), "{palette:?} {bad:?} {seen:?}");
            assert!(seen[0] != seen[1] && seen[0] != seen[2], "{palette:?} {seen:?}");
        }
    }

    #[test]
    fn all_is_of_the_depth() {
        for palette in Palette::ALL {
            let theme = palette.theme();
            assert_eq!(theme.at(Depth::Indexed), theme);
            for depth in [Depth::Sixteen, Depth::True] {
                _ = theme.at(depth).each(|style| {
                    for color in [style.fg, style.bg] {
                        assert!(!matches!(color, Some(Color::Indexed(_))), "{palette:?} {depth:?} {style:?}");
                    }
                    style
                });
            }
        }
        assert_eq!(Theme::dark().at(Depth::True).text.fg, Some(Color::Rgb(208, 208, 208)));
        assert_eq!(Theme::plain().at(Depth::Sixteen), Theme::plain());
    }
}
