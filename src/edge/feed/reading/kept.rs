//! What earlier runs kept serves this one, and what this one reads is kept for later ones.

use std::collections::{BTreeMap, HashMap};
use std::fs::Metadata;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::ReadOutcome;
use crate::edge::feed::cache::{Cache, CachedInput, Identity};
use crate::edge::feed::parallel;
use crate::fleet::Fleet;
use crate::log::envelope::InputFormat;

/// A file that was changed within this time may be changed again without another time of its last change, on
/// file systems that have whole seconds or two of them: it is not kept.
const SETTLED: Duration = Duration::from_secs(5);

/// Format and records of inputs, by their numbers.
pub(super) type Logs = BTreeMap<usize, (InputFormat, u64)>;

/// What is kept, and what of it serves this run.
#[derive(Debug)]
pub(super) struct CacheUse {
    pub(super) cache: Arc<Mutex<Cache>>,
    /// What inputs are known by that this run reads.
    pub(super) read: Vec<(usize, Identity)>,
    /// Inputs that pieces have.
    pub(super) served: Vec<(usize, InputFormat, u64)>,
    /// Format and records of the objects that pieces have.
    pub(super) objects: Arc<Mutex<HashMap<Identity, (InputFormat, u64)>>>,
}

impl CacheUse {
    /// What `cache` has; nothing of it serves yet.
    pub(super) fn new(cache: Cache) -> Self {
        let cache = Arc::new(Mutex::new(cache));
        Self { cache, read: Vec::new(), served: Vec::new(), objects: Arc::default() }
    }

    /// What is known of inputs that were not read, by their numbers.
    pub(super) fn served(&self) -> impl Iterator<Item = (usize, InputFormat, u64)> {
        self.served.iter().copied()
    }

    /// What was read, with what pieces have; what is new is kept, if all of it could be read and nothing is
    /// to be said of it. `logs` are the inputs that were read, and are logs.
    pub(super) fn finish(self, outcome: &mut ReadOutcome, logs: Option<&Logs>, threads: usize) {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let is_whole = outcome.inputs.iter().all(|input| input.error.is_none());
        let fresh = if is_whole { outcome.fleet.store() } else { None };
        let kept = cache.take_fleets();
        let mut all: Option<Fleet> = None;
        let read = std::mem::take(&mut outcome.fleet);
        // The largest first: the others are smaller, and are taken in.
        for fleet in kept.into_iter().chain([read]) {
            match &mut all {
                None => all = Some(fleet),
                Some(all) => drop(all.absorb_on(&fleet, parallel::workers(threads))),
            }
        }
        outcome.fleet = all.unwrap_or_default();
        let Some((fresh, logs)) = fresh.zip(logs) else {
            let what = "what was read is not kept for the next run: part of it could not be read";
            return outcome.remarks.push(what.to_owned());
        };
        let now = SystemTime::now();
        let known = self.read.into_iter().filter_map(|(input, identity)| {
            let (format, records) = *logs.get(&input)?;
            // A file that was changed while it was read is another one.
            let is_same = identity.name.starts_with("s3://") || is_still(&identity, now);
            is_same.then_some(CachedInput { identity, format, records })
        });
        let known: Vec<CachedInput> = known.collect();
        // All of the fleet has to be of what is kept with it.
        if known.len() != logs.len() {
            let what = "what was read is not kept for the next run: files were changed a moment ago";
            outcome.remarks.push(what.to_owned());
        } else if let Err(error) = cache.keep(known, &fresh, &outcome.fleet) {
            outcome.remarks.push(format!("what was read cannot be kept for the next run: {error}"));
        }
    }
}

/// What tells a file from the same one after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileStamp {
    pub(super) size: u64,
    modified: SystemTime,
    /// Device, inode, and when anything of it was changed last, in seconds and nanoseconds: nobody sets that.
    /// `None` where there is no such thing.
    node: Option<(u64, u64, i64, i64)>,
}

impl FileStamp {
    pub(super) fn from_metadata(metadata: &Metadata) -> Option<Self> {
        #[cfg(unix)]
        let node = {
            use std::os::unix::fs::MetadataExt;
            Some((metadata.dev(), metadata.ino(), metadata.ctime(), metadata.ctime_nsec()))
        };
        #[cfg(not(unix))]
        let node = None;
        Some(Self { size: metadata.len(), modified: metadata.modified().ok()?, node })
    }

    /// It as text; nothing of a file that was changed a moment ago.
    pub(super) fn settled(&self, now: SystemTime) -> Option<String> {
        if now.duration_since(self.modified).ok()? < SETTLED {
            return None;
        }
        let since = self.modified.duration_since(UNIX_EPOCH).ok()?;
        let mut text = format!("{}.{:09} ", since.as_secs(), since.subsec_nanos());
        if let Some((device, inode, changed, nanos)) = self.node {
            // A link is told from what it leads to by the place in the file system.
            text.push_str(&format!("{device}-{inode}-{changed}.{nanos}"));
        }
        Some(text)
    }
}

/// Whether a file is as it was.
fn is_still(known: &Identity, now: SystemTime) -> bool {
    let metadata = Path::new(&known.name).metadata().ok().filter(Metadata::is_file);
    let stamp = metadata.as_ref().and_then(FileStamp::from_metadata);
    stamp.is_some_and(|stamp| stamp.size == known.size && stamp.settled(now).as_ref() == Some(&known.version))
}
