//! `report --compare`: what changed between two logs, or reports of them.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use super::cached::CacheTarget;
use super::{knowledge, print_as, read_and_say, selection, terms, threads};
use crate::advice::finding::Knowledge;
use crate::digest::Terms;
use crate::edge::diagnosis::{Diagnosis, Outcome};
use crate::edge::feed::parallel;
use crate::edge::feed::unpack::Unpacked;
use crate::edge::settings::{FailOn, ReportArguments};
use crate::knowledge::catalog::{Catalog, Profiles};
use crate::report::{ComparedSide, Comparison, Format, Report, Selection, is_report};

/// How much of a file is looked at to see whether it is a report.
const FIRST: u64 = 256;

/// Writes what changed.
pub(super) fn compare(
    arguments: &ReportArguments,
    format: Format,
    catalog: &Catalog,
    profiles: &Profiles,
    origins: &knowledge::OriginNames,
) -> Result<Outcome, Diagnosis> {
    if !matches!(format, Format::Text | Format::Markdown | Format::Json | Format::Html) {
        return Err(Diagnosis::new(
            "--compare goes with text, json, markdown and html, and not with --brief",
        )
        .hint("--compare OLD --format markdown"));
    }
    if arguments.inspect || arguments.sort.is_some() || arguments.findings {
        return Err(Diagnosis::new("--compare does not go with --inspect, --sort or --findings"));
    }
    if arguments.fail_on.iter().any(|wanted| !matches!(wanted, FailOn::Status(_))) {
        return Err(Diagnosis::new("--compare fails on statuses, and not on readiness")
            .hint("report NEW --fail-on 'readiness<90%'"));
    }
    let pick = super::picked(&arguments.source, catalog);
    // The same terms for both: the same pseudonyms, too.
    let terms = Terms { pick, memory: arguments.max_memory, ..terms(&arguments.source, &arguments.redact)? };
    let reader = SideReader { arguments, terms, catalog, profiles, origins };
    let paths: Vec<PathBuf> = arguments.source.paths.iter().map(PathBuf::from).collect();
    if [&arguments.compare, &paths].iter().all(|paths| paths.iter().any(|path| path.as_os_str() == "-")) {
        return Err(Diagnosis::new("standard input can be one of the two only"));
    }
    let (old, partly) = reader.side(&arguments.compare)?;
    let (new, other) = reader.side(&paths)?;
    let comparison = Comparison::new(&old, &new);
    let limit = if arguments.limit == 0 { usize::MAX } else { arguments.limit };
    print_as(format == Format::Text, |out| comparison.write(format, limit, out))?;
    let found =
        comparison.statuses().iter().any(|status| arguments.fail_on.contains(&FailOn::Status(*status)));
    Ok(match (found, partly || other) {
        (true, _) => Outcome::Found,
        (false, true) => Outcome::Partial,
        (false, false) => Outcome::Done,
    })
}

struct SideReader<'a> {
    arguments: &'a ReportArguments,
    terms: Terms,
    catalog: &'a Catalog,
    profiles: &'a Profiles,
    origins: &'a knowledge::OriginNames,
}

impl SideReader<'_> {
    /// One of the two, and whether part of it was bad.
    fn side(&self, paths: &[PathBuf]) -> Result<(ComparedSide, bool), Diagnosis> {
        if let [one] = paths
            && is_earlier(one)
        {
            return Ok((self.earlier(one)?, false));
        }
        if let Some(earlier) = paths.iter().find(|path| is_earlier(path)) {
            return Err(Diagnosis::new(format!(
                "`{}` is a report: it is one side by itself, and not with other files",
                earlier.display()
            )));
        }
        self.log(paths)
    }

    /// A log.
    fn log(&self, paths: &[PathBuf]) -> Result<(ComparedSide, bool), Diagnosis> {
        let arguments = self.arguments;
        let outcome =
            read_and_say(arguments, paths, &self.terms, CacheTarget::from_arguments(arguments).as_ref())?;
        if outcome.signal.is_some() {
            return Err(Diagnosis::new("stopped before both sides were read, and so not compared"));
        }
        let tally = outcome.fleet.tally();
        if outcome.inputs.iter().all(|input| input.error.is_some()) && tally.records + tally.outside == 0 {
            return Err(Diagnosis::new("nothing could be read of one of the two"));
        }
        let survey = outcome.fleet.survey_on(parallel::workers(threads(&arguments.source)));
        let names = &self.origins.names;
        let selection = selection(arguments, &survey, names, self.terms.pick.is_some());
        let side = ComparedSide::from_report(&Report {
            survey: &survey,
            inputs: &outcome.inputs,
            samples: &outcome.samples,
            selection: &selection,
            sort: None,
            limit: arguments.limit,
            color: false,
            knowledge: Knowledge {
                catalog: self.catalog,
                profiles: self.profiles,
                prefixes: &arguments.source.prefixes.nat64_prefix,
                names: Some(names).filter(|names| !names.is_empty()),
                inspected: self.origins.inspected.as_ref(),
            },
            names_findings: false,
            wide: false,
            excerpt: None,
        });
        Ok((side, outcome.is_partial()))
    }

    /// A report that was written before.
    fn earlier(&self, path: &Path) -> Result<ComparedSide, Diagnosis> {
        let arguments = self.arguments;
        let name = path.display().to_string();
        let refused = |what: &str, hint: &str| {
            Err(Diagnosis::new(format!("`{name}` is a report, in which {what}")).hint(hint))
        };
        if arguments.redact.redact {
            let hint = "report --redact --redact-key TEXT -f json of both logs, and compare those";
            return refused("nothing can be replaced by pseudonyms any more", hint);
        }
        if self.terms.pick.is_some() {
            return refused(
                "no record is left to be filtered",
                "--origin, --name, --vpc, --status, --verdict",
            );
        }
        if arguments.source.since.is_some() || arguments.source.until.is_some() {
            return refused(
                "no record is left to be told by its time",
                "--since and --until when it is made",
            );
        }
        let selection = Selection {
            origins: arguments.origin.clone(),
            names: arguments.name.clone(),
            vpcs: arguments.vpc.clone(),
            statuses: arguments.status.clone(),
            verdicts: arguments.verdict.clone(),
            picked: false,
        };
        let names = &self.origins.names;
        let label = |id: &str, vpc: &str, addresses: &[String]| {
            names.for_origin(id, vpc, addresses.iter()).map(str::to_owned)
        };
        let failed = || Diagnosis::new(format!("cannot read the report `{name}`"));
        let file = File::open(path).map_err(|error| failed().because(error))?;
        let reader = BufReader::with_capacity(256 << 10, Unpacked::new(file));
        ComparedSide::parse(reader, &name, &selection, &label)
            .map_err(|error| failed().because(error).hint("r53tail report LOG --format json"))
    }
}

/// Whether a file is a report as JSON. Pipes are read once, so they are not looked at.
fn is_earlier(path: &Path) -> bool {
    let first = || -> io::Result<Vec<u8>> {
        let mut first = Vec::new();
        Unpacked::new(File::open(path)?).take(FIRST).read_to_end(&mut first)?;
        Ok(first)
    };
    path.is_file() && first().is_ok_and(|first| is_report(&first))
}
