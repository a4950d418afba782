//! How the console looks and behaves, as options.

use clap::Args;

use super::rows::{ColumnArguments, ConsoleSettings, OtherSettings, PrefixArguments};
use crate::console::RowCommand;
use crate::view::Tints;

/// How the console looks and behaves.
#[derive(Clone, Debug, Default, Args)]
pub struct ConsoleArguments {
    /// What is a setting of it.
    #[command(flatten)]
    pub settings: ConsoleSettings,
    /// Colors of one's own, which only a file has.
    #[arg(skip)]
    pub tints: Tints,
    /// Commands of one's own, which only a file has.
    #[arg(skip)]
    pub commands: Vec<RowCommand>,
}

/// `config`.
#[derive(Debug, Default, Args)]
pub struct ConfigArguments {
    /// How the console looks and behaves.
    #[command(flatten)]
    pub console: ConsoleArguments,
    /// Where IPv4 addresses are inside IPv6 ones.
    #[command(flatten)]
    pub prefixes: PrefixArguments,
    /// What the log's fields are called.
    #[command(flatten)]
    pub columns: ColumnArguments,
    /// The others.
    #[command(flatten)]
    pub others: OtherSettings,
}
