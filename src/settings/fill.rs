//! What the command line leaves out, out of the configuration.

use super::config::Config;
use super::setting::{Name, Origin};
use super::{Command, ConsoleArguments};

/// Fills in what `command` does not say itself.
pub fn fill(command: &mut Command, config: &Config) {
    match command {
        Command::Report(arguments) => {
            list(&mut arguments.source.nat64_prefix, &config.nat64_prefixes);
            list(&mut arguments.source.columns, &config.columns);
            list(&mut arguments.advice.profiles, &config.profiles);
            if !arguments.redact.redact {
                list(&mut arguments.origins.names, &config.names);
            }
            one(&mut arguments.advice.catalog, config.catalog.as_ref());
            one(&mut arguments.source.store.profile, config.profile.as_ref());
        }
        Command::Replay(arguments) => {
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
        Command::Groups(arguments) => {
            list(&mut arguments.region, &config.regions);
            one(&mut arguments.profile, config.profile.as_ref());
        }
        Command::Demo(arguments) => console(&mut arguments.console, config),
        Command::Tail(arguments) => {
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
        Command::Explain(arguments) => {
            list(&mut arguments.nat64_prefix, &config.nat64_prefixes);
            list(&mut arguments.advice.profiles, &config.profiles);
            one(&mut arguments.advice.catalog, config.catalog.as_ref());
        }
        Command::Probe(arguments) => {
            list(&mut arguments.columns, &config.columns);
            list(&mut arguments.nat64_prefix, &config.nat64_prefixes);
            one(&mut arguments.catalog, config.catalog.as_ref());
            one(&mut arguments.store.profile, config.profile.as_ref());
        }
        Command::Inspect(arguments) => {
            list(&mut arguments.source.nat64_prefix, &config.nat64_prefixes);
            list(&mut arguments.source.columns, &config.columns);
            one(&mut arguments.source.store.profile, config.profile.as_ref());
        }
        Command::Config(_)
        | Command::Help { .. }
        | Command::Completions { .. }
        | Command::Sql(_)
        | Command::Catalog(_)
        | Command::Man => {}
    }
}

fn console(arguments: &mut ConsoleArguments, config: &Config) {
    // What nobody configured is as it was left.
    let configured = |name| *config.origin(name) != Origin::Default;
    one(&mut arguments.theme, Some(&config.theme).filter(|_| configured(Name::Theme)));
    one(&mut arguments.signs, Some(&config.signs).filter(|_| configured(Name::Signs)));
    one(&mut arguments.mouse, Some(&config.mouse).filter(|_| configured(Name::Mouse)));
    arguments.tints = config.tints.clone();
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
