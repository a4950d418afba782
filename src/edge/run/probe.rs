//! Asks a resolver for names, one after the other, and shows what came as it comes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::SystemTime;

use super::{incomplete, knowledge, picked, print_as, read, terms};
use crate::advice::probe::{
    self, Logged, Probe, ProbeAnswer, ProbeTerms, Probed, ResolverDns64, Sibling, WELL_KNOWN_NAME,
};
use crate::base::saturating::SaturatingInto as _;
use crate::digest;
use crate::edge::diagnosis::{Diagnosis, Outcome, say};
use crate::edge::feed::probe::{Resolver, TRIES, canonical, connect};
use crate::edge::settings::{
    AdviceArguments, EngineArguments, PrefixArguments, ProbeArguments, ProbeFormat, RedactArguments,
    SourceArguments,
};
use crate::fleet::{Status, Survey};
use crate::knowledge::address::Nat64Prefixes;
use crate::knowledge::catalog::{Catalog, DualStack};
use crate::log::observation::Question;
use crate::report::json_line;

/// What a log adds to the names given.
#[derive(Debug, Default)]
struct FromLog {
    /// What it says of each name.
    names: BTreeMap<String, Logged>,
    /// Names to ask for, those that most origins depend on first.
    wanted: Vec<String>,
    /// Names beyond `--limit`.
    left_out: usize,
    /// Not all of it could be read or asked for.
    is_partial: bool,
    /// The signal that ended reading it.
    signal: Option<u8>,
}

/// `probe`.
///
/// # Errors
/// If there is nobody to ask, or nothing to ask for.
pub(super) fn probe(arguments: &ProbeArguments) -> Result<Outcome, Diagnosis> {
    let catalog =
        knowledge::catalog(&AdviceArguments { catalog: arguments.catalog.clone(), profiles: Vec::new() })?;
    let log = if arguments.from.is_empty() { FromLog::default() } else { from_log(arguments, &catalog)? };
    if let Some(signal) = log.signal {
        // Whoever ends it wants no questions asked.
        return Ok(Outcome::Signal(signal));
    }
    let mut seen = BTreeSet::new();
    let names: Vec<&String> =
        arguments.names.iter().chain(&log.wanted).filter(|name| seen.insert(*name)).collect();
    let mut resolver = resolver(arguments)?;
    let at = jiff::Timestamp::try_from(SystemTime::now())
        .map_err(|error| Diagnosis::new("cannot tell the time").because(error))?;
    let given = Nat64Prefixes::new(&arguments.nat64_prefix);
    let came = ask(&mut resolver, WELL_KNOWN_NAME, Question::Aaaa)?;
    let (dns64, revealed) = ResolverDns64::from_outcome(came, &given);
    let mut work = Prober {
        arguments,
        catalog: &catalog,
        prefixes: Nat64Prefixes::new(&[&arguments.nat64_prefix[..], &revealed].concat()),
        terms: ProbeTerms {
            dns64: (dns64.state != "unknown").then_some(dns64.state == "on"),
            works: Vec::new(),
            connect: arguments.connect.is_some(),
        },
        resolver: &mut resolver,
    };
    let mut found = Probe {
        schema: 1,
        at: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        resolvers: work.resolver.servers().collect(),
        timeout_seconds: arguments.timeout,
        tries: TRIES,
        dns64,
        names: Vec::new(),
        left_out: log.left_out,
        questions: 0,
    };
    let mut asked = Ok(());
    let done = print_as(arguments.format == ProbeFormat::Text, |out| {
        asked = work.probe_all(&names, &log.names, &mut found, out)?;
        if asked.is_err() {
            return Ok(());
        }
        found.settle();
        found.questions = work.resolver.questions;
        match arguments.format {
            ProbeFormat::Text => closing(&found, out),
            ProbeFormat::Json => json_line(&found, out),
        }
    })?;
    asked?;
    let is_partial = log.is_partial || found.names.iter().any(Probed::is_partial);
    Ok(if is_partial { Outcome::Partial } else { done })
}

/// Who is asked.
fn resolver(arguments: &ProbeArguments) -> Result<Resolver, Diagnosis> {
    match arguments.resolver {
        Some(server) => Ok(Resolver::at(server, arguments.patience())),
        None => Resolver::system(arguments.patience()).map_err(|error| {
            Diagnosis::new("there is no resolver to ask").because(error).hint("--resolver 169.254.169.253")
        }),
    }
}

/// Whether nothing at all has been answered.
fn nobody(dns64: &ResolverDns64, probed: &Probed) -> bool {
    [&dns64.answer, &probed.aaaa, &probed.a].iter().all(|answer| answer.verdict.is_none())
}

fn unanswered(found: &Probe, why: &str) -> Diagnosis {
    let servers = found.resolvers.join(" nor ");
    let tried = format!("{why} ({} tries of {} s each)", found.tries, found.timeout_seconds);
    Diagnosis::new(format!("no answer from {servers}")).because(tried).hint(
        "see that UDP and TCP port 53 are let through to it, or --resolver ADDRESS; a VPC's own is 169.254.169.253 and \
         fd00:ec2::253",
    )
}

/// One name, as soon as it is known; above the first one, who was asked.
fn shown(found: &Probe, probed: &Probed, out: &mut dyn Write) -> io::Result<()> {
    if found.names.is_empty() {
        for line in probe::opening(found) {
            writeln!(out, "{line}")?;
        }
    }
    writeln!(out)?;
    for line in probe::lines(probed) {
        writeln!(out, "{line}")?;
    }
    out.flush()
}

fn closing(found: &Probe, out: &mut dyn Write) -> io::Result<()> {
    if found.names.is_empty() {
        writeln!(out, "The log has no endpoint to ask for: none has a status that was wanted.")?;
    }
    if found.left_out > 0 {
        let limit = "those that most origins depend on were asked for; --limit N asks for more";
        writeln!(out, "\n{} more endpoints of the log were not asked for: {limit}.", found.left_out)?;
    }
    Ok(())
}

fn ask(
    resolver: &mut Resolver,
    name: &str,
    question: Question,
) -> Result<crate::advice::probe::QuestionOutcome, Diagnosis> {
    resolver
        .ask(name, question)
        .map_err(|error| Diagnosis::new(format!("cannot ask for `{name}`")).because(error))
}

struct Prober<'a> {
    arguments: &'a ProbeArguments,
    catalog: &'a Catalog,
    prefixes: Nat64Prefixes,
    terms: ProbeTerms,
    resolver: &'a mut Resolver,
}

impl Prober<'_> {
    /// Asks for `names`, of which the log says what is in `logged`, and adds the answers to `found`; shows
    /// each as it comes if text is wanted. Ends at the first that cannot be asked for, or if nothing at all
    /// is answered to begin with.
    ///
    /// # Errors
    /// The outer one if nothing can be shown, the inner one if nothing can be asked.
    fn probe_all(
        &mut self,
        names: &[&String],
        logged: &BTreeMap<String, Logged>,
        found: &mut Probe,
        out: &mut dyn Write,
    ) -> io::Result<Result<(), Diagnosis>> {
        for name in names {
            let probed = match self.probe(name, logged.get(*name).cloned()) {
                Ok(probed) => probed,
                Err(diagnosis) => return Ok(Err(diagnosis)),
            };
            if found.names.is_empty() && nobody(&found.dns64, &probed) {
                return Ok(Err(unanswered(found, &probed.aaaa.why.unwrap_or_default())));
            }
            if self.arguments.format == ProbeFormat::Text {
                shown(found, &probed, out)?;
            }
            found.names.push(probed);
        }
        Ok(Ok(()))
    }

    /// All that is wanted of a name.
    fn probe(&mut self, name: &str, log: Option<Logged>) -> Result<Probed, Diagnosis> {
        let mut probed = self.answers(name, log)?;
        probed.advise(&self.terms);
        if self.arguments.dual_stack {
            probed.dual_stack = Some(self.dual_stack(&probed)?);
        }
        Ok(probed)
    }

    fn answers(&mut self, name: &str, log: Option<Logged>) -> Result<Probed, Diagnosis> {
        let aaaa = ProbeAnswer::from_outcome(
            ask(self.resolver, name, Question::Aaaa)?,
            Question::Aaaa,
            &self.prefixes,
        );
        let a =
            ProbeAnswer::from_outcome(ask(self.resolver, name, Question::A)?, Question::A, &self.prefixes);
        let mut probed = Probed::new(name.to_owned(), aaaa, a, log);
        if let Some(port) = self.arguments.connect {
            let patience = self.arguments.patience();
            probed.connections = probed.targets().into_iter().map(|to| connect(to, port, patience)).collect();
            self.terms.learn(&probed.connections);
        }
        Ok(probed)
    }

    /// The dual-stack name, asked for if it is another one.
    fn dual_stack(&mut self, probed: &Probed) -> Result<Sibling, Diagnosis> {
        let Some(known) = self.catalog.about(&probed.name) else {
            return Ok(Sibling::none("none is known: this is no name of AWS's that the catalog knows."));
        };
        let dual = match &known.dual_stack {
            DualStack::Name(dual) => dual,
            DualStack::Already => return Ok(Sibling::none("this name is one itself.")),
            DualStack::Open(dual) => {
                return Ok(Sibling::none(&format!(
                    "{dual}: what is in capitals is for you to fill in; then ask for it."
                )));
            }
            DualStack::None => return Ok(Sibling::none("there is none for this service.")),
            DualStack::Owner => {
                return Ok(Sibling::none("none: whether this one has IPv6 is set on the resource itself."));
            }
            DualStack::Unknown => return Ok(Sibling::none("none is known.")),
        };
        match canonical(dual) {
            Ok(dual) => Ok(Sibling::new(probed, self.answers(&dual, None)?, &self.terms)),
            Err(error) => Err(Diagnosis::new(format!("cannot ask for `{dual}`")).because(error)),
        }
    }
}

/// Reads the logs, and chooses.
fn from_log(arguments: &ProbeArguments, catalog: &Catalog) -> Result<FromLog, Diagnosis> {
    let source = SourceArguments {
        paths: arguments.from.clone(),
        prefixes: PrefixArguments { nat64_prefix: arguments.nat64_prefix.clone() },
        columns: arguments.columns.clone(),
        since: None,
        until: None,
        filter: arguments.filter.clone(),
        threads: None,
        store: arguments.store.clone(),
    };
    let paths: Vec<PathBuf> = arguments.from.iter().map(PathBuf::from).collect();
    let pick = picked(&source, catalog);
    let is_picked = pick.is_some();
    let terms = digest::Terms { pick, ..terms(&source, &RedactArguments::default())? };
    let outcome = read(&source, &EngineArguments::default(), &paths, &terms, None)?;
    for input in &outcome.inputs {
        if let Some(error) = &input.error {
            say(incomplete(input, error));
        }
    }
    let tally = outcome.fleet.tally();
    if outcome.inputs.iter().all(|input| input.error.is_some()) && tally.records + tally.outside == 0 {
        return Err(Diagnosis::new("there is nothing to read in what was given"));
    }
    if tally.malformed > 0 {
        let (count, s) = (tally.malformed, if tally.malformed == 1 { "" } else { "s" });
        say(format_args!("note: in {count} place{s}, the logs hold what is no record"));
    }
    for words in tally.unseen_words() {
        say(format_args!("note: {words}"));
    }
    let limit = arguments.limit.saturating_into::<usize>();
    let mut log = chosen(&outcome.fleet.survey(), is_picked, &arguments.status, &arguments.names, limit);
    log.is_partial |= outcome.is_partial();
    log.signal = outcome.signal;
    Ok(log)
}

/// The names of `survey` that have one of `statuses`, and what it says of those and of `named`.
fn chosen(
    survey: &Survey<'_>,
    is_picked: bool,
    statuses: &[Status],
    named: &[String],
    limit: usize,
) -> FromLog {
    let mut all: BTreeMap<&str, Logged> = BTreeMap::new();
    for pair in survey.pairs() {
        if is_picked && !pair.picked || survey.noise(&pair).is_some() {
            continue;
        }
        let logged = all.entry(pair.name).or_default();
        *logged.statuses.entry(pair.status).or_default() += 1;
        logged.last = logged.last.max(pair.spans.range().map(|(_, last)| last));
    }
    let depends = |logged: &Logged| -> usize {
        logged.statuses.iter().filter(|(status, _)| statuses.contains(status)).map(|(_, count)| count).sum()
    };
    let mut wanted: Vec<(usize, &str)> =
        all.iter().map(|(name, logged)| (depends(logged), *name)).filter(|(count, _)| *count > 0).collect();
    wanted.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let mut log = FromLog { left_out: wanted.len().saturating_sub(limit), ..FromLog::default() };
    for (_, name) in wanted.into_iter().take(limit) {
        match canonical(name) {
            Ok(asked) => {
                log.names.insert(asked.clone(), all.get(name).cloned().unwrap_or_default());
                log.wanted.push(asked);
            }
            Err(error) => {
                log.is_partial = true;
                say(Diagnosis::warning(format!("`{name}` of the log cannot be asked for")).because(error));
            }
        }
    }
    for name in named {
        if let Some(logged) = all.get(name.as_str()) {
            log.names.insert(name.clone(), logged.clone());
        }
    }
    log
}
