//! What is configured: by the program, a file, the environment or the command line, and by which of them.
//!
//! Each setting has one name: `nat64-prefixes` is a key of the file, `R53TAIL_NAT64_PREFIXES` a variable, and
//! most are options too. The command line goes before the environment, that before the file, and that before
//! what the program does by itself; a list takes the place of the whole list before it. `docs/config.md`
//! describes them all.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum as _;

use super::duration;
use super::looks::{ConfigArguments, SignsArgument, ThemeArgument};
use super::setting::{SettingName, SettingOrigin};
use crate::address::Nat64Prefix;
use crate::console::{Keys, RowCommand};
use crate::record::ColumnName;
use crate::view::Tints;

/// How far back `tail` begins unless told otherwise.
pub const SINCE: Duration = Duration::from_mins(15);

/// What is configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `theme`.
    pub theme: ThemeArgument,
    /// `signs`.
    pub signs: SignsArgument,
    /// `mouse`.
    pub mouse: bool,
    /// `state`.
    pub state: bool,
    /// `nat64-prefixes`.
    pub nat64_prefixes: Vec<Nat64Prefix>,
    /// `catalog`.
    pub catalog: Option<PathBuf>,
    /// `profiles`.
    pub profiles: Vec<PathBuf>,
    /// `names`.
    pub names: Vec<PathBuf>,
    /// `since`.
    pub since: Duration,
    /// `regions`.
    pub regions: Vec<String>,
    /// `profile`.
    pub profile: Option<String>,
    /// `columns`.
    pub columns: Vec<ColumnName>,
    /// `[colors]`.
    pub tints: Tints,
    /// `[keys]`.
    pub keys: Keys,
    /// `[commands.NAME]`, in the order of the file.
    pub commands: Vec<RowCommand>,
    /// Who set what, by the order of [`SettingName::ALL`].
    pub(super) origins: [SettingOrigin; SettingName::ALL.len()],
    /// The line of the file that keys were chosen in, by the name of the command.
    pub(super) key_lines: Vec<(String, SettingOrigin)>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            theme: ThemeArgument::Auto,
            signs: SignsArgument::Auto,
            mouse: false,
            state: true,
            nat64_prefixes: Vec::new(),
            catalog: None,
            profiles: Vec::new(),
            names: Vec::new(),
            since: SINCE,
            regions: Vec::new(),
            profile: None,
            columns: Vec::new(),
            tints: Tints::default(),
            keys: Keys::default(),
            commands: Vec::new(),
            origins: Default::default(),
            key_lines: Vec::new(),
        }
    }
}

impl Config {
    /// Takes in what the command line says.
    #[must_use]
    pub fn with(mut self, arguments: &ConfigArguments) -> Self {
        let ConfigArguments {
            console,
            nat64_prefix,
            columns,
            catalog,
            profiles,
            names,
            since,
            region,
            profile,
        } = arguments;
        if let Some(theme) = console.theme {
            self.theme = theme;
            self.origins[SettingName::Theme as usize] = SettingOrigin::Flag;
        }
        if let Some(signs) = console.signs {
            self.signs = signs;
            self.origins[SettingName::Signs as usize] = SettingOrigin::Flag;
        }
        if let Some(mouse) = console.mouse {
            self.mouse = mouse;
            self.origins[SettingName::Mouse as usize] = SettingOrigin::Flag;
        }
        if console.no_state {
            self.state = false;
            self.origins[SettingName::State as usize] = SettingOrigin::Flag;
        }
        if let Some(since) = since {
            self.since = *since;
            self.origins[SettingName::Since as usize] = SettingOrigin::Flag;
        }
        if catalog.is_some() {
            self.catalog.clone_from(catalog);
            self.origins[SettingName::Catalog as usize] = SettingOrigin::Flag;
        }
        if profile.is_some() {
            self.profile.clone_from(profile);
            self.origins[SettingName::Profile as usize] = SettingOrigin::Flag;
        }
        let mut list = |name: SettingName, given: bool| {
            if given {
                self.origins[name as usize] = SettingOrigin::Flag;
            }
            given
        };
        if list(SettingName::Nat64Prefixes, !nat64_prefix.is_empty()) {
            self.nat64_prefixes.clone_from(nat64_prefix);
        }
        if list(SettingName::Columns, !columns.is_empty()) {
            self.columns.clone_from(columns);
        }
        if list(SettingName::Profiles, !profiles.is_empty()) {
            self.profiles.clone_from(profiles);
        }
        if list(SettingName::Names, !names.is_empty()) {
            self.names.clone_from(names);
        }
        if list(SettingName::Regions, !region.is_empty()) {
            self.regions.clone_from(region);
        }
        self
    }

    /// Sets a setting to what texts say: one, or for a list any number.
    pub(super) fn set(
        &mut self,
        name: SettingName,
        texts: &[String],
        origin: SettingOrigin,
    ) -> Result<(), String> {
        let first = texts.first().map_or("", String::as_str);
        let paths = || texts.iter().map(PathBuf::from).collect();
        match name {
            SettingName::Theme => {
                self.theme = ThemeArgument::from_str(first, false).map_err(|_| {
                    let words: Vec<String> =
                        ThemeArgument::value_variants().iter().map(|theme| theme.word()).collect();
                    format!("`{first}` is no theme: there are {}", words.join(", "))
                })?;
            }
            SettingName::Signs => {
                self.signs = SignsArgument::from_str(first, false)
                    .map_err(|_| format!("`{first}` is neither auto nor unicode nor ascii"))?;
            }
            SettingName::Mouse => self.mouse = switch(first)?,
            SettingName::State => self.state = switch(first)?,
            SettingName::Nat64Prefixes => {
                let read = texts.iter().map(|text| text.parse::<Nat64Prefix>());
                self.nat64_prefixes = read.collect::<Result<_, _>>().map_err(|error| error.to_string())?;
            }
            SettingName::Catalog => self.catalog = Some(PathBuf::from(first)),
            SettingName::Profiles => self.profiles = paths(),
            SettingName::Names => self.names = paths(),
            SettingName::Since => {
                self.since = duration(first).map_err(|why| format!("`{first}` is {why}"))?;
            }
            SettingName::Regions => self.regions = texts.to_vec(),
            SettingName::Profile => self.profile = Some(first.to_owned()),
            SettingName::Columns => {
                let read = texts.iter().map(|text| text.parse::<ColumnName>());
                self.columns = read.collect::<Result<_, _>>().map_err(|error| error.to_string())?;
            }
        }
        self.origins[name as usize] = origin;
        Ok(())
    }

    /// What a setting is, as texts that [`Config::set`] reads; empty if it is not set.
    pub(super) fn texts(&self, name: SettingName) -> Vec<String> {
        let paths = |paths: &[PathBuf]| paths.iter().map(|path| path.display().to_string()).collect();
        match name {
            SettingName::Theme => vec![self.theme.word()],
            SettingName::Signs => vec![self.signs.word()],
            SettingName::Mouse => vec![self.mouse.to_string()],
            SettingName::State => vec![self.state.to_string()],
            SettingName::Nat64Prefixes => self.nat64_prefixes.iter().map(ToString::to_string).collect(),
            SettingName::Catalog => paths(self.catalog.as_slice()),
            SettingName::Profiles => paths(&self.profiles),
            SettingName::Names => paths(&self.names),
            SettingName::Since => {
                let seconds = self.since.as_secs();
                let units = [(86_400, 'd'), (3600, 'h'), (60, 'm')];
                let whole = |(length, _): &(u64, char)| seconds > 0 && seconds.is_multiple_of(*length);
                let (length, unit) = units.into_iter().find(whole).unwrap_or((1, 's'));
                vec![format!("{}{unit}", seconds / length)]
            }
            SettingName::Regions => self.regions.clone(),
            SettingName::Profile => self.profile.iter().cloned().collect(),
            SettingName::Columns => self.columns.iter().map(ToString::to_string).collect(),
        }
    }

    /// Who set a setting.
    #[must_use]
    pub fn origin(&self, name: SettingName) -> &SettingOrigin {
        &self.origins[name as usize]
    }
}

fn switch(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(format!("`{text}` is neither true nor false")),
    }
}
