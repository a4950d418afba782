//! What is known of names: what is in the program, and the user's own files.

use std::borrow::Cow;
use std::fs;

use crate::catalog::Catalog;
use crate::diagnosis::Diagnosis;
use crate::settings::AdviceArguments;

/// The catalog, with the user's file if there is one.
///
/// # Errors
/// A file that cannot be read, or a line in it.
pub(super) fn catalog(arguments: &AdviceArguments) -> Result<Cow<'static, Catalog>, Diagnosis> {
    let Some(path) = &arguments.catalog else { return Ok(Cow::Borrowed(Catalog::builtin())) };
    let failed = || Diagnosis::new(format!("cannot read the catalog `{}`", path.display()));
    let text = fs::read_to_string(path).map_err(|error| failed().because(error))?;
    let catalog = Catalog::builtin().with(&text).map_err(|error| {
        failed().because(error).hint("PREFIX y SOURCE, or NAME=DUALSTACKNAME y SOURCE, one a line")
    })?;
    Ok(Cow::Owned(catalog))
}
