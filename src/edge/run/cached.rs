//! `report --cache`: what earlier runs of the same question read.

use std::env::current_exe;
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::knowledge;
use crate::edge::diagnosis::Diagnosis;
use crate::edge::feed::cache::{Cache, CacheQuestion};
use crate::edge::feed::reading::ReadPlan;
use crate::edge::settings::ReportArguments;

/// Where what is read is kept, and for which question.
#[derive(Debug)]
pub(super) struct CacheTarget<'a> {
    folder: &'a Path,
    question: CacheQuestion,
}

impl<'a> CacheTarget<'a> {
    /// What `arguments` say of it; nothing if nothing is to be kept.
    pub(super) fn from_arguments(arguments: &'a ReportArguments) -> Option<Self> {
        let folder = arguments.cache.as_deref()?;
        let source = &arguments.source;
        let filters: Vec<String> = source.filter.iter().map(ToString::to_string).collect();
        // A filter may ask for services. A catalog that cannot be read ends the run elsewhere.
        let catalog = arguments.advice.catalog.as_deref().and_then(|path| knowledge::text(path).ok());
        let parts = [
            ("program", program()),
            ("since", format!("{:?}", source.since)),
            ("until", format!("{:?}", source.until)),
            ("prefixes", format!("{:?}", source.prefixes.nat64_prefix)),
            ("columns", format!("{:?}", source.columns.columns)),
            ("filters", format!("{filters:?}")),
            ("catalog", catalog.unwrap_or_default()),
        ];
        let question = CacheQuestion::from_parts(parts.iter().map(|(name, part)| (*name, part.as_bytes())));
        Some(Self { folder, question })
    }

    /// The plan with what is kept of it.
    ///
    /// # Errors
    /// If there is no such folder and none can be made, or if what is read cannot be kept.
    pub(super) fn plan(&self, plan: ReadPlan) -> Result<ReadPlan, Diagnosis> {
        if !plan.can_be_kept() {
            let why = "--cache keeps what is read of files, or of objects of S3: one of them at a time, and nothing else";
            return Err(Diagnosis::new(why).hint("one report for each"));
        }
        let cache = Cache::open(self.folder, self.question.clone());
        let cache = cache.map_err(|error| {
            Diagnosis::new(format!("cannot use `{}` as a cache", self.folder.display())).because(error)
        })?;
        Ok(plan.keeping(cache))
    }
}

/// Which program this is: another build may count in another way.
fn program() -> String {
    let metadata = current_exe().and_then(|path| path.metadata()).ok();
    let built = metadata.map(|metadata| {
        let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        (metadata.len(), modified)
    });
    format!("{built:?}")
}
