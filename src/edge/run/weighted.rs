//! `report --format weighted`: what was read, counted by all that a verdict depends on.

use std::mem::ManuallyDrop;
use std::path::PathBuf;

use super::{notes, print, read_and_say, terms};
use crate::digest::Terms;
use crate::edge::diagnosis::{Diagnosis, Outcome};
use crate::edge::settings::ReportArguments;
use crate::report::Format;

/// What is said of a report, and nothing of records: the switches that were given with it.
fn unrelated_switches(arguments: &ReportArguments) -> Vec<&'static str> {
    let given = [
        ("--brief", arguments.brief),
        ("--wide", arguments.wide),
        ("--compare", !arguments.compare.is_empty()),
        ("--filter", !arguments.source.filter.is_empty()),
        ("--origin", !arguments.origin.is_empty()),
        ("--name", !arguments.name.is_empty()),
        ("--vpc", !arguments.vpc.is_empty()),
        ("--status", !arguments.status.is_empty()),
        ("--verdict", !arguments.verdict.is_empty()),
        ("--findings", arguments.findings),
        ("--inspect", arguments.inspect),
        ("--redact", arguments.redact.redact),
        ("--sort", arguments.sort.is_some()),
        ("--fail-on", !arguments.fail_on.is_empty()),
        ("--max-memory", arguments.max_memory.is_some()),
        ("--cache", arguments.cache.is_some()),
    ];
    given.into_iter().filter(|(_, is_given)| *is_given).map(|(switch, _)| switch).collect()
}

/// Writes weighted records, as `report --format weighted`.
pub(super) fn weighted(arguments: &ReportArguments) -> Result<Outcome, Diagnosis> {
    let beside = unrelated_switches(arguments);
    if !beside.is_empty() {
        let words =
            format!("--format weighted counts all records, and does not go with {}", beside.join(", "));
        return Err(Diagnosis::new(words).hint("these with the report that reads what it writes"));
    }
    let paths: Vec<PathBuf> = arguments.source.paths.iter().map(PathBuf::from).collect();
    let terms = Terms { weighted: true, ..terms(&arguments.source, &arguments.redact)? };
    // The process ends with what is written: what was counted need not be taken apart before.
    let outcome = ManuallyDrop::new(read_and_say(arguments, &paths, &terms, None)?);
    let tally = outcome.fleet.tally();
    notes(tally, Format::Ndjson);
    if outcome.inputs.iter().all(|input| input.error.is_some()) && tally.records + tally.outside == 0 {
        return Ok(Outcome::Failed);
    }
    let done = print(|mut out| outcome.groups.write(tally, &mut out))?;
    Ok(match outcome.signal {
        Some(signal) => Outcome::Signal(signal),
        None if outcome.is_partial() => Outcome::Partial,
        None => done,
    })
}
