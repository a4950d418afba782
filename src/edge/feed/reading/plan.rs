//! What is to be read, and how it is shared out.

use std::collections::BTreeSet;
use std::fs::{File, Metadata};
use std::path::PathBuf;

#[cfg(feature = "parquet")]
use super::columns;
use super::kept::{CacheUse, FileStamp};
use crate::edge::feed::asked::Asked;
use crate::edge::feed::inputs::{FoundPath, Input, expand_within};
use crate::edge::feed::live::request::Stopped;
use crate::edge::feed::pieces::{self, Piece};
use crate::edge::feed::prepared::Prepared;
use crate::edge::feed::s3::{Location, S3Access};
use crate::edge::feed::window::TimeWindow;
use crate::log::envelope::InputFormat;
use crate::report::InputSummary;

/// What is to be read.
#[derive(Debug)]
pub struct ReadPlan {
    pub(super) inputs: Vec<Input>,
    /// In the order of what was given; failed ones have their error already.
    pub(super) summaries: Vec<InputSummary>,
    /// For each input its place in `summaries`.
    pub(super) places: Vec<usize>,
    /// Those of `summaries` that were not named, but lie in a folder that was.
    pub(super) found: BTreeSet<usize>,
    /// For each input what its file is known by; nothing for those that are no files.
    pub(super) stamps: Vec<Option<FileStamp>>,
    pub(super) units: Vec<ReadUnit>,
    /// Paths, and what is to be said of them.
    pub(super) remarks: Vec<(String, String)>,
    pub(super) bytes: u64,
    /// Places in S3, and where among `summaries` what is there belongs.
    pub(super) locations: Vec<(usize, Location)>,
    pub(super) access: S3Access,
    /// What engines are asked about, by the numbers of inputs.
    pub(super) asked: Vec<(usize, Asked)>,
    pub(super) prepared: Vec<Prepared>,
    /// When to end before all objects and answers were read.
    pub(super) stopped: Option<Stopped>,
    /// What earlier runs kept.
    pub(super) keeping: Option<CacheUse>,
}

#[derive(Clone, Debug)]
pub(super) struct ReadUnit {
    pub(super) input: usize,
    pub(super) part: UnitPart,
}

/// What of an input is read at a time.
#[derive(Clone, Debug)]
pub(super) enum UnitPart {
    /// All of it.
    All,
    /// A stretch of a plain file.
    Piece(Piece),
    /// Row groups of a Parquet file.
    #[cfg(feature = "parquet")]
    Groups(std::ops::Range<usize>),
}

impl ReadPlan {
    /// Finds what `paths` name and how to share it out.
    #[must_use]
    pub fn new(paths: &[PathBuf]) -> Self {
        Self::within(paths, TimeWindow::default())
    }

    /// As [`ReadPlan::new`], but for what is named after days that `window` does not ask for.
    #[must_use]
    pub fn within(paths: &[PathBuf], window: TimeWindow) -> Self {
        let mut plan = Self {
            inputs: Vec::new(),
            summaries: Vec::new(),
            places: Vec::new(),
            found: BTreeSet::new(),
            stamps: Vec::new(),
            units: Vec::new(),
            remarks: Vec::new(),
            bytes: 0,
            locations: Vec::new(),
            access: S3Access::default(),
            asked: Vec::new(),
            prepared: Vec::new(),
            stopped: None,
            keeping: None,
        };
        for entry in expand_within(paths, window) {
            match entry {
                FoundPath::Read(Input::Bucket(location)) => {
                    plan.locations.push((plan.summaries.len(), location));
                }
                FoundPath::Read(input) => plan.add(input, false),
                FoundPath::Found(input) => plan.add(input, true),
                FoundPath::Skipped(path, why) => {
                    plan.remarks.push((path.display().to_string(), why.to_string()));
                }
                FoundPath::Failed(error) => plan.summaries.push(InputSummary {
                    path: error.path().display().to_string().into(),
                    format: InputFormat::Empty.name(),
                    records: 0,
                    error: Some(error.reason()),
                }),
            }
        }
        plan
    }

    /// As whom objects of S3 are read, and what ends that, and what is asked, before all of it was.
    #[must_use]
    pub fn with(mut self, access: S3Access, stopped: Option<Stopped>) -> Self {
        (self.access, self.stopped) = (access, stopped);
        self
    }

    fn add(&mut self, input: Input, is_found: bool) {
        let index = self.inputs.len();
        let path = match &input {
            Input::Stdin => "-".to_owned(),
            input => input.to_string(),
        };
        let mut stamp = None;
        let parts = match &input {
            Input::Stdin | Input::Bucket(_) | Input::Asked(_) => None,
            // Only a file is opened to be looked at: a pipe gives its bytes once. One that cannot be opened
            // says so when its turn comes.
            Input::File(path) => path.metadata().ok().filter(Metadata::is_file).and_then(|metadata| {
                self.bytes += metadata.len();
                stamp = FileStamp::from_metadata(&metadata);
                may_be_cut(metadata.len()).then(|| parts(File::open(path).ok()?, metadata.len()))?
            }),
        };
        if let Input::Asked(asked) = &input {
            self.asked.push((index, asked.clone()));
        } else {
            let parts = parts.filter(|parts| parts.len() > 1).unwrap_or_else(|| vec![UnitPart::All]);
            self.units.extend(parts.into_iter().map(|part| ReadUnit { input: index, part }));
        }
        self.stamps.push(stamp);
        self.places.push(self.summaries.len());
        if is_found {
            self.found.insert(self.summaries.len());
        }
        self.summaries.push(InputSummary { path: path.into(), format: "", records: 0, error: None });
        self.inputs.push(input);
    }

    /// Bytes of all files together; standard input is not among them.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether there is nothing to read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.inputs.is_empty() && self.locations.is_empty()
    }

    /// Whether some of it is not on this machine.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        !self.locations.is_empty() || !self.asked.is_empty()
    }
}

/// Whether a file of `length` bytes is so large that it may be read in parts: others are not opened before
/// their turn comes.
fn may_be_cut(length: u64) -> bool {
    let least = pieces::LEAST;
    #[cfg(feature = "parquet")]
    let least = least.min(columns::LARGE);
    length >= least
}

/// The parts that a file of `length` bytes is read in, if it can be cut.
fn parts(mut file: File, length: u64) -> Option<Vec<UnitPart>> {
    #[cfg(feature = "parquet")]
    if let Some(groups) = columns::groups(&mut file, length) {
        return Some(groups.into_iter().map(UnitPart::Groups).collect());
    }
    Some(pieces::plan(&mut file, length).ok()?.into_iter().map(UnitPart::Piece).collect())
}
