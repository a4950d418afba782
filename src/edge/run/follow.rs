//! What the console and judged records have in common.

use crate::digest::Terms;
use crate::edge::diagnosis::{Diagnosis, say};
use crate::edge::feed::live::recorder::Recorder;
use crate::edge::settings::TailArguments;
use crate::knowledge::address::Nat64Prefixes;

/// What is said when nothing can be written any more, and when it can again.
pub(super) fn recording_words(trouble: Option<&str>) -> String {
    match trouble {
        Some(why) => format!(
            "warning: cannot record: {why}; what comes is held until there is room, and is a gap in the recording if that \
             takes too long"
        ),
        None => "note: recording goes on".to_owned(),
    }
}

/// Writes what is left to be recorded. Says so if not all was, and returns whether it was.
pub(super) fn recorded(recorder: Option<Recorder>) -> bool {
    let Some(recorder) = recorder else { return true };
    let (missed, written) = recorder.finish();
    if let Err(error) = &written {
        say(Diagnosis::new("cannot record all of it").because(error));
    }
    if missed > 0 {
        let records = if missed == 1 { "1 record was".to_owned() } else { format!("{missed} records were") };
        let why = if written.is_ok() { ": the disk was full or too slow" } else { "" };
        say(format_args!("warning: {records} not recorded{why}"));
    }
    missed == 0 && written.is_ok()
}

pub(super) fn terms(arguments: &TailArguments) -> Result<Terms, Diagnosis> {
    let prefixes = Nat64Prefixes::new(&arguments.prefixes.nat64_prefix);
    let catalog = super::knowledge::catalog(&arguments.advice)?;
    let filter = super::filter(&arguments.filter, &prefixes, &catalog);
    let redaction = super::pseudonyms::redaction(&arguments.redact, &prefixes)?;
    let columns = super::columns(&arguments.columns.columns);
    Ok(Terms { prefixes, filter, columns, redaction, ..Terms::default() })
}
