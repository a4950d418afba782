//! Does what the command line asks.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::mem::ManuallyDrop;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use clap::CommandFactory;

use crate::advice::explain::explain;
use crate::advice::finding::Knowledge;
use crate::digest::Terms;
use crate::edge::diagnosis::{Diagnosis, Outcome, say};
use crate::edge::feed::live::request::Stop;
use crate::edge::feed::parallel;
use crate::edge::feed::reading::{self, Progress, ReadPlan};
use crate::edge::feed::window::TimeWindow;
use crate::edge::settings::{
    Arguments, CliCommand, ColorArgument, Config, EngineArguments, ExplainArguments, ExplainFormat,
    FormatArgument, InspectArguments, RedactArguments, ReportArguments, SourceArguments, fill,
};
use crate::fleet::{Survey, Tally};
use crate::knowledge::address::Nat64Prefixes;
use crate::knowledge::catalog::{Catalog, Profiles};
use crate::knowledge::names::Names;
use crate::log::record::{ColumnName, ColumnNames};
use crate::query::{self, Query};
use crate::report::{
    Excerpt, Format, InputSummary, Pattern, Report, Selection, folded_words, incomplete_words, json_line,
};
use cached::CacheTarget;
use knowledge::OriginNames;

mod cached;
mod catalog;
mod change_watcher;
mod choice;
mod compare;
mod config_file;
mod export;
mod follow;
mod groups;
mod knowledge;
mod lines;
mod live;
mod on_change;
mod print;
mod probe;
mod progress;
mod pseudonyms;
mod queries;
mod screen;
mod signals;
mod sql;
mod state_file;
mod tail;
mod tail_lines;
mod weighted;

/// Does what `arguments` ask.
///
/// # Errors
/// What could not be done.
pub fn run(arguments: Arguments) -> Result<Outcome, Diagnosis> {
    let Arguments { config, mut command } = arguments;
    let is_free =
        matches!(command, CliCommand::Help { .. } | CliCommand::Completions { .. } | CliCommand::Man);
    // Who asks for help gets it, whatever is wrong elsewhere.
    let config = if is_free { Config::default() } else { config_file::configured(config.as_deref())? };
    fill(&mut command, &config);
    match command {
        CliCommand::Report(arguments) => report(&arguments),
        CliCommand::Explain(arguments) => {
            let catalog = knowledge::catalog(&arguments.advice)?;
            let profiles = knowledge::profiles(&arguments.advice)?;
            let is_text = arguments.format == ExplainFormat::Text;
            print_as(is_text, |out| explain_all(&arguments, &catalog, &profiles, out))
        }
        CliCommand::Help { topic } => print(|out| help(topic.as_deref(), out)),
        CliCommand::Inspect(arguments) => inspect(&arguments),
        CliCommand::Probe(arguments) => probe::probe(&arguments),
        CliCommand::Sql(arguments) => sql::sql(&arguments),
        CliCommand::Catalog(arguments) => catalog::catalog(&arguments),
        CliCommand::Completions { shell } => print(|out| {
            clap_complete::generate(shell, &mut Arguments::command(), "r53tail", out);
            Ok(())
        }),
        CliCommand::Man => print(|out| clap_mangen::Man::new(Arguments::command()).render(out)),
        CliCommand::Config(arguments) => {
            print(|out| out.write_all(config.with(&arguments).to_file().as_bytes()))
        }
        CliCommand::Replay(arguments) => screen::replay(&arguments, config.keys),
        CliCommand::Tail(arguments) => tail::tail(&arguments, config.keys),
        CliCommand::Groups(arguments) => groups::groups(&arguments),
        CliCommand::Demo(arguments) => screen::demo(&arguments, config.keys),
    }
}

/// Writes to standard output. That the reader went away (`| head`) is no failure.
fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<Outcome, Diagnosis> {
    let mut out = BufWriter::with_capacity(256 << 10, io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Ok(()) => Ok(Outcome::Done),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            // What is left in the buffer has no reader.
            let _ = out.into_parts();
            Ok(Outcome::Done)
        }
        Err(error) => Err(Diagnosis::new("cannot write to standard output").because(error)),
    }
}

/// As [`print()`]; text, which is for a person, in lines that fit the terminal.
fn print_as(
    is_text: bool,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<Outcome, Diagnosis> {
    print(|out| {
        if !is_text {
            return write(out);
        }
        let mut lines = lines::text(out);
        write(&mut lines)?;
        lines.finish()
    })
}

fn help(topic: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    if topic == Some("filter") {
        return out.write_all(query::help().as_bytes());
    }
    // Where help is asked for, parsing ends with it, as an error.
    let words = ["r53tail"].into_iter().chain(topic).chain(["--help"]);
    match Arguments::command().try_get_matches_from(words) {
        Ok(_) => Ok(()),
        Err(help) => write!(out, "{}", help.render()),
    }
}

fn terms(source: &SourceArguments, redact: &RedactArguments) -> Result<Terms, Diagnosis> {
    let prefixes = Nat64Prefixes::new(&source.prefixes.nat64_prefix);
    let redaction = pseudonyms::redaction(redact, &prefixes)?;
    let columns = columns(&source.columns.columns);
    Ok(Terms { prefixes, since: source.since, until: source.until, columns, redaction, ..Terms::default() })
}

/// What columns and keys are called, if somebody says so.
fn columns(names: &[ColumnName]) -> Option<Arc<ColumnNames>> {
    (!names.is_empty()).then(|| Arc::new(ColumnNames::new(names)))
}

/// What picks out the pairs that a report is about; nothing if all are.
fn picked(source: &SourceArguments, catalog: &Catalog) -> Option<Arc<Query>> {
    filter(&source.filter, &Nat64Prefixes::new(&source.prefixes.nat64_prefix), catalog)
}

/// What all of `filters` let through; nothing if that is everything.
fn filter(filters: &[Query], prefixes: &Nat64Prefixes, catalog: &Catalog) -> Option<Arc<Query>> {
    let all = Query::all_of(filters.iter().cloned()).with_prefixes(prefixes).with_catalog(catalog);
    (!all.is_all()).then(|| Arc::new(all))
}

fn threads(source: &SourceArguments) -> usize {
    source.threads.map_or_else(|| thread::available_parallelism().map_or(1, NonZero::get), usize::from)
}

/// What formats of one pair a line have no other place for.
fn notes(tally: &Tally, format: Format) {
    let unseen = if matches!(format, Format::Ndjson | Format::Csv | Format::Sql) {
        tally.unseen_words()
    } else {
        Vec::new()
    };
    let ends = incomplete_words(tally);
    for words in folded_words(&tally.folded).into_iter().chain(ends).chain(unseen) {
        say(format_args!("note: {words}"));
    }
}

/// How the report is to be written.
fn format(arguments: &ReportArguments) -> Result<Format, Diagnosis> {
    let format = arguments.format.report().unwrap_or_default();
    if arguments.wide && format != Format::Csv {
        return Err(Diagnosis::new("--wide goes with --format csv").hint("--format csv --wide"));
    }
    match (arguments.brief, format) {
        (false, format) => Ok(format),
        (true, Format::Text) => Ok(Format::Brief),
        (true, Format::Markdown) => Ok(Format::BriefMarkdown),
        (true, _) => {
            Err(Diagnosis::new("--brief goes with text and Markdown").hint("--format markdown --brief"))
        }
    }
}

/// What a report counts.
fn terms_of_report(
    arguments: &ReportArguments,
    format: Format,
    catalog: &Catalog,
) -> Result<Terms, Diagnosis> {
    let (memory, pick) = (arguments.max_memory, picked(&arguments.source, catalog));
    let mut terms = Terms { pick, memory, ..terms(&arguments.source, &arguments.redact)? };
    // Without findings no pair a line tells which addresses A had.
    terms.sparing = matches!(format, Format::Ndjson | Format::Csv)
        && !arguments.findings
        && terms.pick.is_none()
        && terms.filter.is_none()
        // What is kept serves every format.
        && arguments.cache.is_none();
    Ok(terms)
}

/// Asks EC2 about the origins of a survey; whether it told all of it.
fn ask_about(survey: &Survey<'_>, arguments: &ReportArguments, origins: &mut OriginNames) -> bool {
    match knowledge::ask(survey, arguments.source.store.profile.as_deref()) {
        Ok(inspected) => {
            let is_whole = inspected.refused.is_empty();
            origins.add(inspected);
            is_whole
        }
        // The log was read: what it says is worth more than nothing.
        Err(diagnosis) => {
            say(diagnosis);
            false
        }
    }
}

fn report(arguments: &ReportArguments) -> Result<Outcome, Diagnosis> {
    if arguments.format == FormatArgument::Weighted {
        return weighted::weighted(arguments);
    }
    let catalog = knowledge::catalog(&arguments.advice)?;
    let profiles = knowledge::profiles(&arguments.advice)?;
    let mut origins = knowledge::origins(&arguments.origins)?;
    let is_known =
        arguments.inspect || !arguments.origins.names.is_empty() || !arguments.origins.inspected.is_empty();
    if arguments.redact.redact && is_known {
        return Err(Diagnosis::new("cannot show pseudonyms beside what is known of the ids they stand for")
            .hint("--redact without --names, --inspect and --inspected"));
    }
    let format = format(arguments)?;
    if !arguments.compare.is_empty() {
        return compare::compare(arguments, format, &catalog, &profiles, &origins);
    }
    let paths: Vec<PathBuf> = arguments.source.paths.iter().map(PathBuf::from).collect();
    let terms = terms_of_report(arguments, format, &catalog)?;
    // The process ends with the report: what was counted need not be taken apart before.
    let outcome = ManuallyDrop::new(read_and_say(
        arguments,
        &paths,
        &terms,
        CacheTarget::from_arguments(arguments).as_ref(),
    )?);
    let tally = outcome.fleet.tally();
    notes(tally, format);
    if outcome.inputs.iter().all(|input| input.error.is_some()) && tally.records + tally.outside == 0 {
        return Ok(Outcome::Failed);
    }
    let excerpt = Excerpt::from_marks(&tally.marks);
    let survey = outcome.fleet.survey_on(parallel::workers(threads(&arguments.source)));
    let unasked = arguments.inspect && !ask_about(&survey, arguments, &mut origins);
    let selection = selection(arguments, &survey, &origins.names, terms.pick.is_some());
    let report = Report {
        survey: &survey,
        inputs: &outcome.inputs,
        samples: &outcome.samples,
        selection: &selection,
        sort: arguments.sort.map(Into::into),
        limit: if arguments.limit == 0 { usize::MAX } else { arguments.limit },
        color: is_colored(arguments.color),
        knowledge: Knowledge {
            catalog: &catalog,
            profiles: &profiles,
            prefixes: &arguments.source.prefixes.nat64_prefix,
            names: Some(&origins.names).filter(|names| !names.is_empty()),
            inspected: origins.inspected.as_ref(),
        },
        names_findings: arguments.findings,
        wide: arguments.wide,
        excerpt: excerpt.as_ref(),
    };
    let write = |out: &mut dyn Write| print::write(&report, format, threads(&arguments.source), out);
    print_as(matches!(format, Format::Text | Format::Brief), write)?;
    let found = print::is_found(&report, &arguments.fail_on);
    Ok(match (outcome.signal, found, outcome.is_partial() || unasked) {
        (Some(signal), ..) => Outcome::Signal(signal),
        (None, true, _) => Outcome::Found,
        (None, false, true) => Outcome::Partial,
        (None, false, false) => Outcome::Done,
    })
}

/// Reads everything for a report, and says what of it could not be read.
fn read_and_say(
    arguments: &ReportArguments,
    paths: &[PathBuf],
    terms: &Terms,
    keep: Option<&CacheTarget<'_>>,
) -> Result<reading::ReadOutcome, Diagnosis> {
    let mut outcome = read(&arguments.source, &arguments.engines, paths, terms, keep)?;
    if let Some(redaction) = &terms.redaction {
        for input in &mut outcome.inputs {
            let path = input.path.to_string();
            input.error = input.error.as_ref().map(|error| pseudonyms::error(redaction, error, &path));
            input.path = redaction.input(&path).into();
        }
    }
    for remark in &outcome.remarks {
        say(format_args!("note: {}", crate::base::visible::visible(remark)));
    }
    for input in &outcome.inputs {
        if let Some(error) = &input.error {
            say(incomplete(input, error));
        }
    }
    if outcome.inputs.is_empty() {
        return Err(Diagnosis::new("there is nothing to read in what was given"));
    }
    Ok(outcome)
}

/// Which pairs are asked for; `picked`: those that a filter picked out.
fn selection(arguments: &ReportArguments, survey: &Survey<'_>, names: &Names, picked: bool) -> Selection {
    let mut chosen = arguments.origin.clone();
    // Who is asked for by name is meant by its id.
    chosen.extend(survey.origins().iter().filter_map(|origin| {
        let name = names.for_origin(origin.id, origin.vpc, origin.address_texts())?;
        arguments.origin.iter().any(|pattern| pattern.fits(name)).then(|| Pattern::exactly(origin.id))
    }));
    Selection {
        origins: chosen,
        names: arguments.name.clone(),
        vpcs: arguments.vpc.clone(),
        statuses: arguments.status.clone(),
        verdicts: arguments.verdict.clone(),
        picked,
    }
}

/// Whether colors are wanted.
fn is_colored(color: ColorArgument) -> bool {
    let is_unset = || std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    match color {
        ColorArgument::Always => true,
        ColorArgument::Never => false,
        ColorArgument::Auto => io::stdout().is_terminal() && is_unset(),
    }
}

/// Writes down what EC2 says of the instances in a log.
fn inspect(arguments: &InspectArguments) -> Result<Outcome, Diagnosis> {
    let paths: Vec<PathBuf> = arguments.source.paths.iter().map(PathBuf::from).collect();
    let terms = terms(&arguments.source, &RedactArguments::default())?;
    let outcome = read(&arguments.source, &arguments.engines, &paths, &terms, None)?;
    for input in &outcome.inputs {
        if let Some(error) = &input.error {
            say(incomplete(input, error));
        }
    }
    let inspected = knowledge::ask(&outcome.fleet.survey(), arguments.source.store.profile.as_deref())?;
    let is_partial = outcome.is_partial() || !inspected.refused.is_empty();
    let done = print(|out| json_line(&inspected, out))?;
    Ok(match outcome.signal {
        Some(signal) => Outcome::Signal(signal),
        None if is_partial => Outcome::Partial,
        None => done,
    })
}

/// That an input was not read, or not all of it, and why.
fn incomplete(input: &InputSummary, error: &str) -> Diagnosis {
    let of = if input.records == 0 { "" } else { " all of" };
    Diagnosis::new(format!("cannot read{of} `{}`", input.path)).because(error)
}

/// Reads everything, with a line on standard error on how far it is if somebody is there to look at it. Where
/// some of it is not on this machine, a signal ends the reading, and what was read until then counts.
fn read(
    source: &SourceArguments,
    engines: &EngineArguments,
    paths: &[PathBuf],
    terms: &Terms,
    keep: Option<&CacheTarget<'_>>,
) -> Result<reading::ReadOutcome, Diagnosis> {
    let plan = ReadPlan::within(paths, TimeWindow { since: terms.since, until: terms.until });
    // What cannot be kept is refused before anything is asked of anybody.
    let plan = match keep {
        Some(keep) => keep.plan(plan)?,
        None => plan,
    };
    let plan = queries::prepared(plan, source, engines, terms);
    let threads = threads(source);
    let progress = Progress::default();
    let mut watch = None;
    let plan = if plan.is_remote() {
        let (stop, stopped) = Stop::new();
        // Without signals it cannot be ended early, and is read all the same.
        watch = signals::SignalWatch::new(stop).ok();
        plan.with(source.store.access(), Some(stopped))
    } else {
        plan
    };
    let mut outcome = if io::stderr().is_terminal() {
        let total = plan.bytes();
        progress::shown(&progress, total, || plan.read(terms, threads, &progress))
    } else {
        plan.read(terms, threads, &progress)
    };
    outcome.signal = watch.and_then(|watch| watch.signal());
    Ok(outcome)
}

fn explain_all(
    arguments: &ExplainArguments,
    catalog: &Catalog,
    profiles: &Profiles,
    out: &mut dyn Write,
) -> io::Result<()> {
    let prefixes = Nat64Prefixes::new(&arguments.prefixes.nat64_prefix);
    for (at, subject) in arguments.subjects.iter().enumerate() {
        let explanation = explain(subject, &prefixes, catalog, profiles);
        if arguments.format == ExplainFormat::Json {
            json_line(&explanation, &mut *out)?;
            continue;
        }
        if at > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}", explanation.subject)?;
        for line in explanation.lines {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}
