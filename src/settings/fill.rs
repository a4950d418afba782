//! What the command line leaves out, out of the configuration.

use super::config::Config;
use super::setting::{SettingName, SettingOrigin};
use super::{CliCommand, ConsoleArguments};

/// Fills in what `command` does not say itself.
pub fn fill(command: &mut CliCommand, config: &Config) {
    match command {
        CliCommand::Report(arguments) => {
            list(&mut arguments.source.nat64_prefix, &config.nat64_prefixes);
            list(&mut arguments.source.columns, &config.columns);
            list(&mut arguments.advice.profiles, &config.profiles);
            if !arguments.redact.redact {
                list(&mut arguments.origins.names, &config.names);
            }
            one(&mut arguments.advice.catalog, config.catalog.as_ref());
            one(&mut arguments.source.store.profile, config.profile.as_ref());
        }
        CliCommand::Replay(arguments) => {
            list(&mut arguments.source.nat64_prefix, &config.nat64_prefixes);
            list(&mut arguments.source.columns, &config.columns);
            list(&mut arguments.advice.profiles, &config.profiles);
            one(&mut arguments.advice.catalog, config.catalog.as_ref());
            one(&mut arguments.source.store.profile, config.profile.as_ref());
            if !arguments.redact.redact {
                list(&mut arguments.origins.names, &config.names);
            }
            console(&mut arguments.console, config);
        }
        CliCommand::Groups(arguments) => {
            list(&mut arguments.region, &config.regions);
            one(&mut arguments.profile, config.profile.as_ref());
        }
        CliCommand::Demo(arguments) => console(&mut arguments.console, config),
        CliCommand::Tail(arguments) => {
            list(&mut arguments.columns, &config.columns);
            list(&mut arguments.nat64_prefix, &config.nat64_prefixes);
            list(&mut arguments.region, &config.regions);
            one(&mut arguments.profile, config.profile.as_ref());
            one(&mut arguments.since, Some(&config.since));
            list(&mut arguments.advice.profiles, &config.profiles);
            one(&mut arguments.advice.catalog, config.catalog.as_ref());
            if !arguments.redact.redact {
                list(&mut arguments.origins.names, &config.names);
            }
            console(&mut arguments.console, config);
        }
        CliCommand::Explain(arguments) => {
            list(&mut arguments.nat64_prefix, &config.nat64_prefixes);
            list(&mut arguments.advice.profiles, &config.profiles);
            one(&mut arguments.advice.catalog, config.catalog.as_ref());
        }
        CliCommand::Probe(arguments) => {
            list(&mut arguments.columns, &config.columns);
            list(&mut arguments.nat64_prefix, &config.nat64_prefixes);
            one(&mut arguments.catalog, config.catalog.as_ref());
            one(&mut arguments.store.profile, config.profile.as_ref());
        }
        CliCommand::Inspect(arguments) => {
            list(&mut arguments.source.nat64_prefix, &config.nat64_prefixes);
            list(&mut arguments.source.columns, &config.columns);
            one(&mut arguments.source.store.profile, config.profile.as_ref());
        }
        CliCommand::Config(_)
        | CliCommand::Help { .. }
        | CliCommand::Completions { .. }
        | CliCommand::Sql(_)
        | CliCommand::Catalog(_)
        | CliCommand::Man => {}
    }
}

fn console(arguments: &mut ConsoleArguments, config: &Config) {
    // What nobody configured is as it was left.
    let configured = |name| *config.origin(name) != SettingOrigin::Default;
    one(&mut arguments.theme, Some(&config.theme).filter(|_| configured(SettingName::Theme)));
    one(&mut arguments.signs, Some(&config.signs).filter(|_| configured(SettingName::Signs)));
    one(&mut arguments.mouse, Some(&config.mouse).filter(|_| configured(SettingName::Mouse)));
    arguments.tints = config.tints.clone();
    arguments.commands.clone_from(&config.commands);
    arguments.no_state |= !config.state;
}

fn one<T: Clone>(argument: &mut Option<T>, configured: Option<&T>) {
    if argument.is_none() {
        *argument = configured.cloned();
    }
}

fn list<T: Clone>(argument: &mut Vec<T>, configured: &[T]) {
    if argument.is_empty() {
        argument.extend_from_slice(configured);
    }
}
