//! The colors and signs of the console: as configured, else as the terminal and its user ask for.

use std::ffi::OsString;

use clap::ValueEnum;

use crate::edge::terminal::Looks;
use crate::view::{Depth, Palette, Signs, Tints};

/// What colors to use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ThemeArgument {
    /// Dark or light, as the terminal or `COLORFGBG` says, else neutral; plain with `NO_COLOR`.
    #[default]
    Auto,
    /// For dark backgrounds.
    Dark,
    /// For light backgrounds.
    Light,
    /// For dark backgrounds, with as much contrast as there is.
    HighContrast,
    /// For dark backgrounds, without red against green.
    ColorBlind,
    /// For any background.
    Neutral,
    /// No colors.
    Plain,
}

impl ThemeArgument {
    /// The colors; `None` for `auto`.
    #[must_use]
    pub fn palette(self) -> Option<Palette> {
        match self {
            Self::Auto => None,
            Self::Dark => Some(Palette::Dark),
            Self::Light => Some(Palette::Light),
            Self::HighContrast => Some(Palette::HighContrast),
            Self::ColorBlind => Some(Palette::ColorBlind),
            Self::Neutral => Some(Palette::Neutral),
            Self::Plain => Some(Palette::Plain),
        }
    }

    pub(super) fn word(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// What signs to use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SignsArgument {
    /// As the terminal draws them, and its locale has them.
    #[default]
    Auto,
    /// All of them.
    Unicode,
    /// Those of ASCII.
    Ascii,
}

impl SignsArgument {
    /// The signs; `None` for `auto`.
    #[must_use]
    pub fn signs(self) -> Option<Signs> {
        match self {
            Self::Auto => None,
            Self::Unicode => Some(Signs::Unicode),
            Self::Ascii => Some(Signs::Ascii),
        }
    }

    pub(super) fn word(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// The looks that are configured, or with `auto` what the environment asks for: no colors with `NO_COLOR`
/// (no-color.org: what is configured goes before it) and where the terminal has none. What neither says the
/// terminal is asked; if it does not answer, `COLORFGBG` and the locale have it, and else colors that can be
/// read on any background. There are as many colors as `COLORTERM` and `TERM` promise.
pub fn looks(
    theme: ThemeArgument,
    signs: SignsArgument,
    environment: impl Fn(&str) -> Option<OsString>,
) -> Looks {
    let value = |name| environment(name).and_then(|value| value.into_string().ok()).unwrap_or_default();
    let term = value("TERM");
    let is_colorless = ["dumb", "vt100", "vt102", "vt220", "vt320"].contains(&term.as_str());
    let colorless = !value("NO_COLOR").is_empty() || is_colorless || term.ends_with("-mono");
    // The console of Linux has a font of 256 or 512 signs, few of ours among them, and no background to ask
    // for.
    let is_linux = term == "linux" || term.starts_with("linux-");
    // `foreground;background`, by their numbers among the 16: 7 is light gray, 15 white.
    let likely_palette = match value("COLORFGBG").rsplit(';').next().map(str::parse::<u8>) {
        Some(Ok(7 | 15)) => Palette::Light,
        Some(Ok(_)) => Palette::Dark,
        _ if is_linux => Palette::Dark,
        _ => Palette::Neutral,
    };
    let xterm = !value("XTERM_VERSION").is_empty();
    // tmux takes every sign for one that it can draw, and writes `_` where its client has no UTF-8, which it
    // tells by the same variables (tmux(1), -u).
    let utf8 = has_utf8(value);
    let is_ascii = is_linux || !value("TMUX").is_empty() && utf8 != Some(true);
    Looks {
        palette: theme.palette().or(colorless.then_some(Palette::Plain)),
        likely_palette,
        tints: Tints::default(),
        depth: depth(&value("COLORTERM"), &term, xterm),
        signs: signs.signs().or(is_ascii.then_some(Signs::Ascii)),
        // A container without a locale mostly runs in a terminal that has UTF-8.
        likely_signs: if utf8.unwrap_or(true) { Signs::Unicode } else { Signs::Ascii },
        asks: !is_linux,
    }
}

/// Whether the locale has UTF-8; nothing where none is set.
fn has_utf8(value: impl Fn(&'static str) -> String) -> Option<bool> {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(value).into_iter().find(|locale| !locale.is_empty())?;
    let locale = locale.to_ascii_lowercase();
    Some(locale.contains("utf-8") || locale.contains("utf8"))
}

fn depth(colorterm: &str, term: &str, xterm: bool) -> Depth {
    if matches!(colorterm, "truecolor" | "24bit") || term.ends_with("-direct") {
        return Depth::True;
    }
    // What is told of them is 16 colors at most; all others of today have more, and so has xterm itself.
    let few = ["linux", "xterm", "xterm-color", "screen", "tmux", "rxvt", "ansi", "cygwin", "cons25"];
    let is_few = few.contains(&term) && !(xterm && term == "xterm");
    if is_few || term.ends_with("-16color") { Depth::Sixteen } else { Depth::Indexed }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks_in(theme: ThemeArgument, environment: &[(&str, &str)]) -> Looks {
        looks(theme, SignsArgument::Auto, |name| {
            environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into())
        })
    }

    #[test]
    fn what_is_asked_for_is_what_there_is() {
        let [dark, light, neutral, plain] = [Palette::Dark, Palette::Light, Palette::Neutral, Palette::Plain];
        for (theme, environment, palette, likely) in [
            (ThemeArgument::Auto, &[("TERM", "xterm-256color")][..], None, neutral),
            (ThemeArgument::Auto, &[], None, neutral),
            (ThemeArgument::Auto, &[("NO_COLOR", "1")], Some(plain), neutral),
            (ThemeArgument::Auto, &[("NO_COLOR", "")], None, neutral),
            (ThemeArgument::Light, &[("NO_COLOR", "1")], Some(light), neutral),
            (ThemeArgument::Auto, &[("TERM", "dumb")], Some(plain), neutral),
            (ThemeArgument::Auto, &[("COLORFGBG", "0;15")], None, light),
            (ThemeArgument::Auto, &[("COLORFGBG", "0;default;15")], None, light),
            (ThemeArgument::Auto, &[("COLORFGBG", "15;0")], None, dark),
            (ThemeArgument::Auto, &[("COLORFGBG", "default;default")], None, neutral),
            (ThemeArgument::Dark, &[("COLORFGBG", "0;15")], Some(dark), light),
            (ThemeArgument::Auto, &[("TERM", "linux")], None, dark),
        ] {
            let found = looks_in(theme, environment);
            assert_eq!((found.palette, found.likely_palette), (palette, likely), "{theme:?} {environment:?}");
        }
    }

    #[test]
    fn there_are_as_many_colors_as_are_promised() {
        for (environment, depth) in [
            (&[("TERM", "xterm-256color")][..], Depth::Indexed),
            (&[], Depth::Indexed),
            (&[("COLORTERM", "truecolor")], Depth::True),
            (&[("COLORTERM", "truecolor"), ("TERM", "xterm")], Depth::True),
            (&[("TERM", "xterm")], Depth::Sixteen),
            (&[("TERM", "xterm"), ("XTERM_VERSION", "XTerm(379)")], Depth::Indexed),
            (&[("TERM", "screen"), ("XTERM_VERSION", "XTerm(379)")], Depth::Sixteen),
            (&[("TERM", "linux")], Depth::Sixteen),
            (&[("TERM", "xterm-kitty")], Depth::Indexed),
        ] {
            assert_eq!(looks_in(ThemeArgument::Auto, environment).depth, depth, "{environment:?}");
        }
    }

    #[test]
    fn signs_are_of_ascii_where_no_others_are() {
        for (environment, signs, likely, asks) in [
            (&[][..], None, Signs::Unicode, true),
            (&[("LANG", "C")], None, Signs::Ascii, true),
            (&[("LANG", "ja_JP.eucJP")], None, Signs::Ascii, true),
            (&[("LANG", "C"), ("LC_ALL", "C.UTF-8")], None, Signs::Unicode, true),
            (&[("LANG", "en_US.UTF-8"), ("LC_CTYPE", "POSIX")], None, Signs::Ascii, true),
            (&[("LANG", "en_US.utf8")], None, Signs::Unicode, true),
            (&[("TERM", "linux"), ("LANG", "en_US.utf8")], Some(Signs::Ascii), Signs::Unicode, false),
            (&[("TMUX", "/tmp/t,1,0"), ("LANG", "C")], Some(Signs::Ascii), Signs::Ascii, true),
            (&[("TMUX", "/tmp/t,1,0")], Some(Signs::Ascii), Signs::Unicode, true),
            (&[("TMUX", "/tmp/t,1,0"), ("LANG", "C.UTF-8")], None, Signs::Unicode, true),
            (&[("TMUX", ""), ("LANG", "C")], None, Signs::Ascii, true),
        ] {
            let found = looks_in(ThemeArgument::Auto, environment);
            assert_eq!(
                (found.signs, found.likely_signs, found.asks),
                (signs, likely, asks),
                "{environment:?}"
            );
        }
        let wanted = looks(ThemeArgument::Auto, SignsArgument::Unicode, |name| {
            (name == "TERM").then(|| "linux".into())
        });
        assert_eq!(wanted.signs, Some(Signs::Unicode), "what somebody wants");
    }
}
