//! `tail`: log groups, followed in the console or as judged records.

use std::path::Path;

use super::{choice, live, tail_lines};
use crate::base::visible::visible;
use crate::console::Keys;
use crate::edge::diagnosis::{Diagnosis, Outcome, say};
use crate::edge::feed::live::groups::WantedGroups;
use crate::edge::feed::live::recorder::Recorder;
use crate::edge::feed::live::request::{A_AND_AAAA, AAAA, Request};
use crate::edge::settings::{SINCE, TailArguments};
use crate::edge::terminal;

/// Follows what is asked for: in the console, if there is a terminal and nothing else is asked for.
pub(super) fn tail(arguments: &TailArguments, keys: Keys) -> Result<Outcome, Diagnosis> {
    let wanted = choice::wanted(arguments)?;
    let recorder = match &arguments.record {
        Some(path) => Some(Recorder::open(path).map_err(|error| {
            Diagnosis::new(format!("cannot record to `{}`", path.display())).because(error)
        })?),
        None => None,
    };
    if let Some(path) = arguments.record.as_ref().filter(|path| path.is_symlink()) {
        say(if arguments.redact.redact {
            "note: what is recorded to is a link".to_owned()
        } else {
            linked(path)
        });
    }
    let request = request(arguments, wanted);
    if arguments.format.is_none() && !arguments.no_console && terminal::is_there().is_ok() {
        return live::console(arguments, keys, request, recorder);
    }
    tail_lines::written(arguments, request, recorder)
}

/// That what is recorded to is a link, and where that leads.
fn linked(path: &Path) -> String {
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let [path, target] =
        [path, target.as_path()].map(|path| visible(&path.display().to_string()).into_owned());
    format!("note: `{path}` is a link: what comes is recorded to `{target}`")
}

fn request(arguments: &TailArguments, wanted: Vec<WantedGroups>) -> Request {
    let pattern = match &arguments.filter_pattern {
        Some(pattern) => Some(pattern.clone()),
        None if arguments.all_types => None,
        None if arguments.aaaa_only => Some(AAAA.to_owned()),
        None => Some(A_AND_AAAA.to_owned()),
    };
    Request {
        profile: arguments.profile.clone(),
        regions: arguments.region.clone(),
        wanted,
        since: arguments.since.unwrap_or(SINCE),
        pattern,
        stream_prefix: arguments.log_stream_prefix.clone(),
        complete: arguments.complete,
        unmask: arguments.unmask,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_what_the_options_say() {
        use clap::Parser;
        for (words, pattern) in [
            (&[][..], Some(A_AND_AAAA)),
            (&["--aaaa-only"], Some(AAAA)),
            (&["--all-types"], None),
            (&["--filter-pattern", "{ $.rcode = \"SERVFAIL\" }"], Some("{ $.rcode = \"SERVFAIL\" }")),
        ] {
            let more = [
                "--complete",
                "--region",
                "eu-west-1",
                "--region",
                "eu-west-2",
                "--log-stream-prefix",
                "vpc",
            ];
            let words = ["r53tail", "tail", "group"].iter().chain(words).chain(&more);
            let crate::edge::settings::CliCommand::Tail(arguments) =
                crate::edge::settings::Arguments::try_parse_from(words).unwrap().command
            else {
                panic!("not `tail`")
            };
            let request = request(&arguments, Vec::new());
            assert_eq!(request.pattern.as_deref(), pattern);
            assert_eq!((request.complete, request.since), (true, SINCE));
            assert_eq!(request.regions, ["eu-west-1", "eu-west-2"]);
            assert_eq!(request.stream_prefix.as_deref(), Some("vpc"));
        }
    }
}
