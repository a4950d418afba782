//! What the command line leaves out, out of the configuration.

use super::argument::{SettingArgument as _, SettingArguments as _};
use super::config::Config;
use super::rows::SettingValues;
use super::{
    AdviceArguments, CliCommand, ConsoleArguments, OriginArguments, RedactArguments, SourceArguments,
};

/// Fills in what `command` does not say itself.
pub fn fill(command: &mut CliCommand, config: &Config) {
    let values = &config.values;
    match command {
        CliCommand::Report(arguments) => {
            source(&mut arguments.source, values);
            advice(&mut arguments.advice, values);
            origins(&mut arguments.origins, &arguments.redact, values);
        }
        CliCommand::Replay(arguments) => {
            source(&mut arguments.source, values);
            advice(&mut arguments.advice, values);
            origins(&mut arguments.origins, &arguments.redact, values);
            console(&mut arguments.console, config);
        }
        CliCommand::Groups(arguments) => {
            arguments.region.fill(&values.regions);
            arguments.profile.fill(&values.profile);
        }
        CliCommand::Demo(arguments) => console(&mut arguments.console, config),
        CliCommand::Tail(arguments) => {
            arguments.columns.fill(values);
            arguments.prefixes.fill(values);
            arguments.region.fill(&values.regions);
            arguments.profile.fill(&values.profile);
            arguments.since.fill(&values.since);
            advice(&mut arguments.advice, values);
            origins(&mut arguments.origins, &arguments.redact, values);
            console(&mut arguments.console, config);
        }
        CliCommand::Explain(arguments) => {
            arguments.prefixes.fill(values);
            advice(&mut arguments.advice, values);
        }
        CliCommand::Probe(arguments) => {
            arguments.columns.fill(values);
            arguments.nat64_prefix.fill(&values.nat64_prefixes);
            arguments.catalog.fill(&values.catalog);
            arguments.store.profile.fill(&values.profile);
        }
        CliCommand::Inspect(arguments) => source(&mut arguments.source, values),
        CliCommand::Config(_)
        | CliCommand::Help { .. }
        | CliCommand::Completions { .. }
        | CliCommand::Sql(_)
        | CliCommand::Catalog(_)
        | CliCommand::Man => {}
    }
}

fn source(arguments: &mut SourceArguments, values: &SettingValues) {
    arguments.prefixes.fill(values);
    arguments.columns.fill(values);
    arguments.store.profile.fill(&values.profile);
}

fn advice(arguments: &mut AdviceArguments, values: &SettingValues) {
    arguments.profiles.fill(&values.profiles);
    arguments.catalog.fill(&values.catalog);
}

/// A name from a file would say whom a pseudonym means.
fn origins(arguments: &mut OriginArguments, redact: &RedactArguments, values: &SettingValues) {
    if !redact.redact {
        arguments.names.fill(&values.names);
    }
}

/// What nobody configured is as it was left.
fn console(arguments: &mut ConsoleArguments, config: &Config) {
    arguments.settings.fill(&config.values);
    arguments.tints = config.tints.clone();
    arguments.commands.clone_from(&config.commands);
}
