//! What the console and judged records have in common.

use crate::address::Nat64Prefixes;
use crate::diagnosis::{Diagnosis, say};
use crate::digest::Terms;
use crate::feed::live::recorder::Recorder;
use crate::settings::TailArguments;

/// Writes what is left to be recorded. Says so if not all was, and returns whether it was.
pub(super) fn recorded(recorder: Option<Recorder>) -> bool {
    let Some(recorder) = recorder else { return true };
    match recorder.finish() {
        Ok(0) => return true,
        Ok(missed) => {
            say(format_args!("warning: {missed} records were not recorded: the disk is too slow"));
        }
        Err(error) => say(Diagnosis::new("cannot record all of it").because(error)),
    }
    false
}

pub(super) fn terms(arguments: &TailArguments) -> Result<Terms, Diagnosis> {
    let prefixes = Nat64Prefixes::new(&arguments.nat64_prefix);
    let catalog = super::known::catalog(&arguments.advice)?;
    let filter = super::filter(&arguments.filter, &prefixes, &catalog);
    let redaction = super::redacted::redaction(&arguments.redact, &prefixes)?;
    let columns = super::columns(&arguments.columns);
    Ok(Terms { prefixes, filter, columns, redaction, ..Terms::default() })
}
