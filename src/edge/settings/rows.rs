//! The settings, a row each: all there is to say of one is in its row, and the rest follows from it.
//!
//! The order is that in which `r53tail config` prints them. `declare.rs` says what a row consists of; to
//! add a setting is to add one, and a line in the table of `docs/config.md`.

#![expect(clippy::doc_markdown, reason = "what a setting is, is printed as it stands, without backticks")]

use std::path::PathBuf;
use std::time::Duration;

use super::argument::{SettingArgument, SettingArguments};
use super::colors::{SignsArgument, ThemeArgument};
use super::declare::settings;
use super::duration;
use super::setting::SettingOrigin;
use super::value::{SettingShape, SettingValue};
use crate::knowledge::address::Nat64Prefix;
use crate::log::record::ColumnName;

/// How far back `tail` begins unless told otherwise.
pub const SINCE: Duration = Duration::from_mins(15);

settings! {
    /// How the console looks and behaves, as far as it is a setting.
    ConsoleSettings {
        /// Colors of the console: auto, dark, light, high-contrast, color-blind, neutral or plain; auto asks
        /// the terminal.
        Theme {
            key: "theme",
            theme: ThemeArgument = ThemeArgument::Auto,
            example: "dark",
            /// The colors: auto, dark, light, high-contrast, color-blind, neutral or plain.
            #[arg(long, value_enum, value_name = "THEME", hide_possible_values = true)]
            theme: Option<ThemeArgument>,
        }
        /// Signs of the console: auto, unicode or ascii; auto asks the terminal how wide it draws them.
        Signs {
            key: "signs",
            signs: SignsArgument = SignsArgument::Auto,
            example: "ascii",
            /// The signs: auto, unicode or ascii.
            #[arg(long, value_enum, value_name = "SIGNS", hide_possible_values = true)]
            signs: Option<SignsArgument>,
        }
        /// Whether the console takes clicks and the wheel; a key switches it.
        Mouse {
            key: "mouse",
            mouse: bool = false,
            example: "true",
            /// Take clicks and the wheel of the mouse, or with `=false` do not; a key switches it.
            #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
            mouse: Option<bool>,
        }
        /// Whether the console keeps how it was left (columns, orders, colors, what was typed) for the next
        /// time.
        State {
            key: "state",
            state: bool = true,
            example: "false",
            /// Begin as if for the first time, and keep nothing of this one for the next: no columns, orders
            /// or colors, nothing that was typed.
            #[arg(long)]
            no_state: bool,
        }
    }

    /// Where IPv4 addresses are inside IPv6 ones.
    PrefixArguments {
        /// NAT64 prefixes besides 64:ff9b::/96.
        Nat64Prefixes {
            key: "nat64-prefixes",
            nat64_prefixes: Vec<Nat64Prefix> = Vec::new(),
            example: "2001:db8:64::/96",
            /// A NAT64 prefix besides `64:ff9b::/96`; may be given more than once.
            #[arg(long, value_name = "PREFIX")]
            nat64_prefix: Vec<Nat64Prefix>,
        }
    }

    /// What commands have, each in words of its own.
    OtherSettings {
        /// A file with more on names (--catalog); like all files, from the folder of this one.
        Catalog {
            key: "catalog",
            catalog: Option<PathBuf> = None,
            example: "names.catalog",
            /// A file with more on names, or other.
            #[arg(long, value_name = "FILE")]
            catalog: Option<PathBuf>,
        }
        /// Files with features of your own (--profiles).
        Profiles {
            key: "profiles",
            profiles: Vec<PathBuf> = Vec::new(),
            example: "profiles.toml",
            /// A file with features of your own; may be given more than once.
            #[arg(long, value_name = "FILE")]
            profiles: Vec<PathBuf>,
        }
        /// Files with names for ids and addresses (--names).
        Names {
            key: "names",
            names: Vec<PathBuf> = Vec::new(),
            example: "names.csv",
            /// A file with names for ids and addresses; may be given more than once.
            #[arg(long, value_name = "FILE")]
            names: Vec<PathBuf>,
        }
        /// How far back `tail` begins: a number and s, m, h or d.
        Since {
            key: "since",
            since: Duration = SINCE,
            example: "2h",
            /// How far back `tail` begins: a number and `s`, `m`, `h` or `d`.
            #[arg(long, value_name = "TIME", value_parser = duration)]
            since: Option<Duration>,
        }
        /// Regions of the log groups; none for that of the profile or the environment.
        Regions {
            key: "regions",
            regions: Vec<String> = Vec::new(),
            example: "eu-west-1",
            /// The Region of the log groups; may be given more than once.
            #[arg(long, value_name = "REGION")]
            region: Vec<String>,
        }
        /// The profile whose credentials `tail` uses.
        Profile {
            key: "profile",
            profile: Option<String> = None,
            example: "default",
            /// The profile whose credentials are used.
            #[arg(long, value_name = "NAME")]
            profile: Option<String>,
        }
    }

    /// What the log's fields are called.
    ColumnArguments {
        /// What the log's fields are called where they have other names, as in query_name=QueryName.
        Columns {
            key: "columns",
            columns: Vec<ColumnName> = Vec::new(),
            example: "query_name=QueryName",
            /// What the log's fields are called where they have other names:
            /// `query_name=QueryName,answers=Answers`; may be given more than once.
            #[arg(long, value_name = "FIELD=NAME", value_delimiter = ',')]
            columns: Vec<ColumnName>,
        }
    }
}

impl SettingValues {
    /// Who set a setting.
    #[must_use]
    pub fn origin(&self, name: SettingName) -> &SettingOrigin {
        &self.origins[name as usize]
    }
}

impl SettingName {
    /// Its variable in the environment.
    #[must_use]
    pub fn variable(self) -> String {
        format!("R53TAIL_{}", self.key().to_ascii_uppercase().replace('-', "_"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use clap::{Args as _, Command, FromArgMatches as _};

    use super::*;
    use crate::edge::settings::{Config, ConfigArguments};

    fn read(text: &str) -> Config {
        Config::read(Some((Path::new("/c.toml"), text)), |_| None)
            .unwrap_or_else(|why| panic!("{text}: {why}"))
    }

    /// A line of the file that sets `name` to its example.
    fn line(name: SettingName) -> String {
        let example = name.example();
        match name.shape() {
            SettingShape::Text => format!("{} = \"{example}\"", name.key()),
            SettingShape::Switch => format!("{} = {example}", name.key()),
            SettingShape::List => format!("{} = [\"{example}\"]", name.key()),
        }
    }

    fn texts(config: &Config) -> [Vec<String>; SettingName::ALL.len()] {
        SettingName::ALL.map(|name| config.values.texts(name))
    }

    /// That of all settings `name` alone is other than by default, and so by `origin`.
    fn is_set_alone(config: &Config, name: SettingName, origin: &SettingOrigin) {
        let default = Config::default();
        for other in SettingName::ALL {
            let is_changed = config.values.texts(other) != default.values.texts(other);
            assert_eq!(is_changed, other == name, "{name:?} {other:?}");
            let expected = if other == name { origin } else { &SettingOrigin::Default };
            assert_eq!(config.values.origin(other), expected, "{name:?} {other:?}");
        }
    }

    #[test]
    fn each_can_be_set_by_the_file_and_is_printed_so_that_it_is_read_again() {
        for name in SettingName::ALL {
            let config = read(&line(name));
            is_set_alone(&config, name, &SettingOrigin::File("/c.toml".into(), 1));
            let printed = config.to_file();
            assert!(
                printed.contains(&format!("\n# {}\n# From: /c.toml line 1.\n", name.says())),
                "{printed}"
            );
            assert!(printed.lines().any(|line| line.starts_with(&format!("{} = ", name.key()))), "{printed}");
            assert_eq!(texts(&read(&printed)), texts(&config), "{name:?}");
        }
    }

    #[test]
    fn each_is_printed_where_nobody_set_it() {
        let printed = Config::default().to_file();
        assert_eq!(texts(&read(&printed)), texts(&Config::default()));
        for name in SettingName::ALL {
            let (says, key) = (name.says(), name.key());
            let is_listed = |mark: &str| {
                let text = format!("\n# {says}\n# From: default.\n{mark}{key} = ");
                printed.contains(&text)
            };
            assert!(is_listed("") || is_listed("# "), "{printed}");
        }
    }

    #[test]
    fn each_can_be_set_by_its_variable() {
        for name in SettingName::ALL {
            let variable = name.variable();
            let config =
                Config::read(None, |asked| (asked == variable).then(|| name.example().into())).unwrap();
            is_set_alone(&config, name, &SettingOrigin::Environment(variable));
        }
    }

    /// Groups come in the order of `config --help`, settings in that of the file: so each argument is tried,
    /// and each setting is to have been set by one.
    #[test]
    fn each_can_be_set_by_an_argument_of_its_own() {
        let command = || ConfigArguments::augment_args(Command::new("config"));
        let options: Vec<(String, bool)> = command()
            .get_arguments()
            .map(|arg| (format!("--{}", arg.get_long().unwrap()), arg.get_action().takes_values()))
            .collect();
        let mut set = BTreeSet::new();
        for (option, takes_value) in &options {
            for name in SettingName::ALL {
                let word = if *takes_value { format!("{option}={}", name.example()) } else { option.clone() };
                let Ok(matches) = command().try_get_matches_from(["config", &word]) else { continue };
                let arguments = ConfigArguments::from_arg_matches(&matches).unwrap();
                let config = Config::default().with(&arguments);
                if config.values.texts(name) == [name.example()]
                    && config.values.origin(name) == &SettingOrigin::Flag
                {
                    is_set_alone(&config, name, &SettingOrigin::Flag);
                    set.insert(name);
                }
            }
        }
        assert_eq!((set.len(), options.len()), (SettingName::ALL.len(), SettingName::ALL.len()), "{set:?}");
    }
}
