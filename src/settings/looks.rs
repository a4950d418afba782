//! How the console looks and behaves, as options.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::duration;
use crate::address::Nat64Prefix;
use crate::console::RowCommand;
use crate::record::ColumnName;
use crate::view::{Palette, Signs, Tints};

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

/// How the console looks and behaves.
#[derive(Clone, Debug, Default, Args)]
pub struct ConsoleArguments {
    /// The colors: auto, dark, light, high-contrast, color-blind, neutral or plain.
    #[arg(long, value_enum, value_name = "THEME", hide_possible_values = true)]
    pub theme: Option<ThemeArgument>,
    /// The signs: auto, unicode or ascii.
    #[arg(long, value_enum, value_name = "SIGNS", hide_possible_values = true)]
    pub signs: Option<SignsArgument>,
    /// Colors of one's own, which only a file has.
    #[arg(skip)]
    pub tints: Tints,
    /// Commands of one's own, which only a file has.
    #[arg(skip)]
    pub commands: Vec<RowCommand>,
    /// Take clicks and the wheel of the mouse, or with `=false` do not; a key switches it.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
    pub mouse: Option<bool>,
    /// Begin as if for the first time, and keep nothing of this one for the next: no columns, orders or
    /// colors, nothing that was typed.
    #[arg(long)]
    pub no_state: bool,
}

/// `config`.
#[derive(Debug, Default, Args)]
pub struct ConfigArguments {
    /// How the console looks and behaves.
    #[command(flatten)]
    pub console: ConsoleArguments,
    /// A NAT64 prefix besides `64:ff9b::/96`; may be given more than once.
    #[arg(long, value_name = "PREFIX")]
    pub nat64_prefix: Vec<Nat64Prefix>,
    /// What the log's fields are called where they have other names: `query_name=QueryName,answers=Answers`;
    /// may be given more than once.
    #[arg(long, value_name = "FIELD=NAME", value_delimiter = ',')]
    pub columns: Vec<ColumnName>,
    /// A file with more on names, or other.
    #[arg(long, value_name = "FILE")]
    pub catalog: Option<PathBuf>,
    /// A file with features of your own; may be given more than once.
    #[arg(long, value_name = "FILE")]
    pub profiles: Vec<PathBuf>,
    /// A file with names for ids and addresses; may be given more than once.
    #[arg(long, value_name = "FILE")]
    pub names: Vec<PathBuf>,
    /// How far back `tail` begins: a number and `s`, `m`, `h` or `d`.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub since: Option<Duration>,
    /// The Region of the log groups; may be given more than once.
    #[arg(long, value_name = "REGION")]
    pub region: Vec<String>,
    /// The profile whose credentials are used.
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
}
