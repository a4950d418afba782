//! What is configured: by the program, a file, the environment or the command line, and by which of them.
//!
//! Each setting has one name: `nat64-prefixes` is a key of the file, `R53TAIL_NAT64_PREFIXES` a variable, and
//! most are options too. The command line goes before the environment, that before the file, and that before
//! what the program does by itself; a list takes the place of the whole list before it. `docs/config.md`
//! describes them all.

use super::argument::SettingArguments as _;
use super::looks::ConfigArguments;
use super::rows::SettingValues;
use super::setting::SettingOrigin;
use crate::console::{Keys, RowCommand};
use crate::view::Tints;

/// What is configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// What each setting is set to, and by whom.
    pub values: SettingValues,
    /// `[colors]`.
    pub tints: Tints,
    /// `[keys]`.
    pub keys: Keys,
    /// `[commands.NAME]`, in the order of the file.
    pub commands: Vec<RowCommand>,
    /// The line of the file that keys were chosen in, by the name of the command.
    pub(super) key_lines: Vec<(String, SettingOrigin)>,
}

impl Config {
    /// Takes in what the command line says.
    #[must_use]
    pub fn with(mut self, arguments: &ConfigArguments) -> Self {
        let ConfigArguments { console, prefixes, columns, others } = arguments;
        console.settings.apply(&mut self.values);
        prefixes.apply(&mut self.values);
        columns.apply(&mut self.values);
        others.apply(&mut self.values);
        self
    }
}
