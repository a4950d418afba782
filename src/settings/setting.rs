//! Which settings there are, and who set one.

use std::fmt;
use std::path::PathBuf;

/// A setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SettingName {
    /// Colors of the console.
    Theme,
    /// Signs of the console.
    Signs,
    /// Whether the console takes the mouse.
    Mouse,
    /// Whether the console keeps for the next time how it was left.
    State,
    /// NAT64 prefixes besides the well-known one.
    Nat64Prefixes,
    /// A file with more on names.
    Catalog,
    /// Files with features.
    Profiles,
    /// Files with names for ids and addresses.
    Names,
    /// How far back `tail` begins.
    Since,
    /// Regions of log groups.
    Regions,
    /// The profile whose credentials are used.
    Profile,
    /// What fields are called.
    Columns,
}

impl SettingName {
    /// All of them, in the order in which they are printed.
    pub const ALL: [Self; 12] = [
        Self::Theme,
        Self::Signs,
        Self::Mouse,
        Self::State,
        Self::Nat64Prefixes,
        Self::Catalog,
        Self::Profiles,
        Self::Names,
        Self::Since,
        Self::Regions,
        Self::Profile,
        Self::Columns,
    ];

    /// Its name in the file.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Theme => "theme",
            Self::Signs => "signs",
            Self::Mouse => "mouse",
            Self::State => "state",
            Self::Nat64Prefixes => "nat64-prefixes",
            Self::Catalog => "catalog",
            Self::Profiles => "profiles",
            Self::Names => "names",
            Self::Since => "since",
            Self::Regions => "regions",
            Self::Profile => "profile",
            Self::Columns => "columns",
        }
    }

    /// Its variable in the environment.
    #[must_use]
    pub fn variable(self) -> String {
        format!("R53TAIL_{}", self.key().to_ascii_uppercase().replace('-', "_"))
    }

    /// Whether it is a list.
    #[must_use]
    pub fn is_list(self) -> bool {
        matches!(self, Self::Nat64Prefixes | Self::Profiles | Self::Names | Self::Regions | Self::Columns)
    }

    /// Whether it names files.
    #[must_use]
    pub fn is_path(self) -> bool {
        matches!(self, Self::Catalog | Self::Profiles | Self::Names)
    }

    /// What it is, for a comment.
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::Theme => {
                "Colors of the console: auto, dark, light, high-contrast, color-blind, neutral or plain; auto asks the terminal."
            }
            Self::Signs => {
                "Signs of the console: auto, unicode or ascii; auto asks the terminal how wide it draws them."
            }
            Self::Mouse => "Whether the console takes clicks and the wheel; a key switches it.",
            Self::State => {
                "Whether the console keeps how it was left (columns, orders, colors, what was typed) for the next time."
            }
            Self::Nat64Prefixes => "NAT64 prefixes besides 64:ff9b::/96.",
            Self::Catalog => {
                "A file with more on names (--catalog); like all files, from the folder of this one."
            }
            Self::Profiles => "Files with features of your own (--profiles).",
            Self::Names => "Files with names for ids and addresses (--names).",
            Self::Since => "How far back `tail` begins: a number and s, m, h or d.",
            Self::Regions => "Regions of the log groups; none for that of the profile or the environment.",
            Self::Profile => "The profile whose credentials `tail` uses.",
            Self::Columns => {
                "What the log's fields are called where they have other names, as in query_name=QueryName."
            }
        }
    }

    /// A value to show where there is none.
    #[must_use]
    pub fn example(self) -> &'static str {
        match self {
            Self::Catalog => "names.catalog",
            Self::Profile => "default",
            _ => "",
        }
    }
}

/// Who set a setting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SettingOrigin {
    /// The program.
    #[default]
    Default,
    /// A line of the file.
    File(PathBuf, usize),
    /// A variable of the environment.
    Environment(String),
    /// The command line.
    Flag,
}

impl fmt::Display for SettingOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => write!(f, "default"),
            Self::File(path, line) => write!(f, "{} line {line}", path.display()),
            Self::Environment(variable) => write!(f, "{variable}"),
            Self::Flag => write!(f, "command line"),
        }
    }
}

/// What is wrong in a file, and in which line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct FileError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, for a person.
    pub why: String,
}
