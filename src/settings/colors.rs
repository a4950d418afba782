//! The colors of the console: as configured, else as the terminal and its user ask for.

use std::ffi::OsString;

use super::config::ThemeArgument;
use crate::view::{Depth, Palette};

/// The colors that are configured, or with `auto` what the environment asks for: none with `NO_COLOR`
/// (no-color.org: what is configured goes before it) and where the terminal has none, dark or light as `COLORFGBG`
/// says. And how many colors there are: as many as `COLORTERM` and `TERM` promise.
pub fn colors(choice: ThemeArgument, environment: impl Fn(&str) -> Option<OsString>) -> (Palette, Depth) {
    let value = |name| environment(name).and_then(|value| value.into_string().ok()).unwrap_or_default();
    let term = value("TERM");
    let automatic = || {
        let is_colorless = ["dumb", "vt100", "vt102", "vt220", "vt320"].contains(&term.as_str());
        if !value("NO_COLOR").is_empty() || is_colorless || term.ends_with("-mono") {
            return Palette::Plain;
        }
        // `foreground;background`, by their numbers among the 16: 7 is light gray, 15 white.
        match value("COLORFGBG").rsplit(';').next() {
            Some("7" | "15") => Palette::Light,
            _ => Palette::Dark,
        }
    };
    (choice.palette().unwrap_or_else(automatic), depth(&value("COLORTERM"), &term))
}

fn depth(colorterm: &str, term: &str) -> Depth {
    if matches!(colorterm, "truecolor" | "24bit") || term.ends_with("-direct") {
        return Depth::True;
    }
    // What is told of them is 16 colors at most; all others of today have more.
    let few = ["linux", "xterm", "xterm-color", "screen", "tmux", "rxvt", "ansi", "cygwin", "cons25"];
    if few.contains(&term) || term.ends_with("-16color") { Depth::Sixteen } else { Depth::Indexed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_what_there_is() {
        let [dark, light, plain] =
            [Palette::Dark, Palette::Light, Palette::Plain].map(|palette| (palette, Depth::Indexed));
        for (choice, environment, expected) in [
            (ThemeArgument::Auto, &[("TERM", "xterm-256color")][..], dark),
            (ThemeArgument::Auto, &[], dark),
            (ThemeArgument::Auto, &[("NO_COLOR", "1")], plain),
            (ThemeArgument::Auto, &[("NO_COLOR", "")], dark),
            (ThemeArgument::Light, &[("NO_COLOR", "1")], light),
            (ThemeArgument::Auto, &[("TERM", "dumb")], plain),
            (ThemeArgument::Auto, &[("COLORFGBG", "0;15")], light),
            (ThemeArgument::Auto, &[("COLORFGBG", "0;default;15")], light),
            (ThemeArgument::Auto, &[("COLORFGBG", "15;0")], dark),
            (ThemeArgument::Dark, &[("COLORFGBG", "0;15")], dark),
            (ThemeArgument::Plain, &[("COLORTERM", "truecolor")], (plain.0, Depth::True)),
            (ThemeArgument::Auto, &[("COLORTERM", "truecolor"), ("TERM", "xterm")], (dark.0, Depth::True)),
            (ThemeArgument::Auto, &[("TERM", "linux")], (dark.0, Depth::Sixteen)),
            (ThemeArgument::Auto, &[("TERM", "xterm-kitty")], dark),
        ] {
            let found = colors(choice, |name| {
                environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into())
            });
            assert_eq!(found, expected, "{choice:?} {environment:?}");
        }
    }
}
