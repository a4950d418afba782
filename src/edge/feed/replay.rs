//! Reads inputs for the console: one after the other, in batches that it can take in between two frames.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crossbeam_channel::Sender;

use super::foreign::NotALog;
use super::inputs::{FoundPath, Input, expand};
use super::read::{drive, fetch_raw};
use super::reading::{passed_over, unnamed};
use super::s3::{Location, S3Access};
use super::unpack::Unpacked;
use crate::console::{Batch, Collector, InputId, Message, Raw, Spot, TapeChunk};
use crate::digest::{Digest, Terms};
use crate::log::envelope::{Check, Envelope, RecordPlace, Sink, Spelling};
use crate::log::note::{Incomplete, Note};
use crate::log::record::{ColumnNames, Malformed, Record};
use crate::log::redaction::Redaction;

/// Records in a batch: as many as the console takes in within a few frames.
const BATCH: u64 = 16_384;

/// Records in the first batch of an input, so that there is something to see at once.
const FIRST: u64 = 512;

/// What is to be read.
#[derive(Debug)]
pub struct Replay {
    inputs: Vec<Input>,
    /// Those that were not named, but lie in a folder that was, by their numbers.
    found: BTreeSet<u32>,
    failures: Vec<(String, String)>,
    remarks: Vec<(String, String)>,
    bytes: u64,
    redaction: Option<Arc<Redaction>>,
    /// As whom objects of S3 are read, and those that were so far: their numbers go on where those of
    /// `inputs` end.
    access: S3Access,
    objects: Mutex<Vec<Location>>,
}

impl Replay {
    /// Finds what `paths` name.
    #[must_use]
    pub fn new(paths: &[PathBuf]) -> Self {
        let mut replay = Self {
            inputs: Vec::new(),
            found: BTreeSet::new(),
            failures: Vec::new(),
            remarks: Vec::new(),
            bytes: 0,
            redaction: None,
            access: S3Access::default(),
            objects: Mutex::default(),
        };
        for entry in expand(paths) {
            match entry {
                FoundPath::Read(input) => replay.add(input),
                FoundPath::Found(input) => {
                    replay.found.extend(u32::try_from(replay.inputs.len()));
                    replay.add(input);
                }
                FoundPath::Failed(error) => {
                    replay.failures.push((error.path().display().to_string(), error.to_string()));
                }
                FoundPath::Skipped(path, why) => {
                    replay.remarks.push((path.display().to_string(), why.to_string()));
                }
            }
        }
        replay
    }

    fn add(&mut self, input: Input) {
        if let Input::File(path) = &input {
            self.bytes += fs::metadata(path).map_or(0, |data| data.len());
        }
        self.inputs.push(input);
    }

    /// The same with pseudonyms in raw records and in the names of inputs.
    #[must_use]
    pub fn with(mut self, redaction: Option<Arc<Redaction>>) -> Self {
        self.redaction = redaction;
        self
    }

    /// As whom objects of S3 are read.
    #[must_use]
    pub fn reading_as(mut self, access: S3Access) -> Self {
        self.access = access;
        self
    }

    /// What is said of an input to the console: its name, or a text about it.
    fn said(&self, text: &str, name: &str) -> String {
        let Some(redaction) = &self.redaction else { return text.to_owned() };
        let said = redaction.about_input(text, name);
        // What a service says names the bucket, and whose it is.
        match Location::parse(name).ok().filter(|_| Location::is_meant(name)) {
            Some(location) => redaction.words(&redaction.about_input(&said, &location.bucket)),
            None => said,
        }
    }

    /// What failed before anything was read: names, and why.
    #[must_use]
    pub fn failures(&self) -> &[(String, String)] {
        &self.failures
    }

    /// Whether there is nothing to read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.inputs.is_empty()
    }

    /// Reads it all for `console`, until its end or until nobody listens.
    pub fn read(&self, terms: &Terms, console: &Sender<Message>) {
        let total = (self.bytes > 0 && self.inputs.iter().all(|input| matches!(input, Input::File(_))))
            .then_some(self.bytes);
        // Whether all was read does not matter any more.
        _ = ReplayPass { replay: self, terms, console, read: 0, total, others: Vec::new() }.all();
    }

    /// Where the input of a record is, if it is a file that can be read again: its real path, without the
    /// pseudonyms of [`Replay::redaction`].
    #[must_use]
    pub fn path(&self, spot: Spot) -> Option<&Path> {
        match self.inputs.get(spot.input.0 as usize) {
            Some(Input::File(path)) => Some(path),
            _ => None,
        }
    }

    /// The pseudonyms that everything is shown with, if any.
    #[must_use]
    pub fn redaction(&self) -> Option<&Redaction> {
        self.redaction.as_deref()
    }

    /// A raw record of the input `name` as it is shown.
    fn shown(&self, raw: io::Result<Vec<u8>>, name: &str) -> Raw {
        let raw = raw.map_err(|error| self.said(&error.to_string(), name))?;
        match &self.redaction {
            None => Ok(raw.into()),
            Some(redaction) => redaction
                .raw(&raw)
                .map(Into::into)
                .ok_or_else(|| "it is no JSON object, and with --redact nothing else is shown".to_owned()),
        }
    }

    /// The raw record at `spot`.
    ///
    /// # Errors
    /// Why it cannot be had, for a person.
    pub fn fetch(&self, spot: Spot) -> Raw {
        match self.inputs.get(spot.input.0 as usize) {
            Some(Input::File(path)) => {
                let name = path.display().to_string();
                self.shown(fetch_raw(path, spot.place), &name)
            }
            None => self.fetch_object(spot),
            _ if self.redaction.is_some() => {
                Err("with --redact, records of standard input are not held; a file can be read again"
                    .to_owned())
            }
            _ => Err("standard input cannot be read again, and this record is no longer held".to_owned()),
        }
    }
}

/// One pass over all inputs.
struct ReplayPass<'a> {
    replay: &'a Replay,
    terms: &'a Terms,
    console: &'a Sender<Message>,
    /// Bytes read of all inputs, packed as they are, and how many there are; `None` if that is not known.
    read: u64,
    total: Option<u64>,
    /// What was found and is no log: names, and what it is instead.
    others: Vec<(String, NotALog)>,
}

/// Why what engines are asked about cannot be replayed.
const COUNTED: &str =
    "an engine counts its records, of which no single one can be shown: `r53tail report` asks it";

/// Nobody listens any more.
struct ListenerGone;

impl ReplayPass<'_> {
    fn send(&self, message: Message) -> Result<(), ListenerGone> {
        self.console.send(message).map_err(|_| ListenerGone)
    }

    fn failed(&self, name: &str, why: &str) -> Result<(), ListenerGone> {
        let (input, why) = (self.replay.said(name, name), self.replay.said(why, name));
        self.send(Message::Failed { input, why })
    }

    fn remark(&self, name: &str, what: String) -> Result<(), ListenerGone> {
        self.send(Message::Remark { input: self.replay.said(name, name), what })
    }

    fn all(mut self) -> Result<(), ListenerGone> {
        let replay = self.replay;
        for (name, why) in &replay.failures {
            self.failed(name, why)?;
        }
        for (name, what) in &replay.remarks {
            self.remark(name, what.clone())?;
        }
        for (input, number) in replay.inputs.iter().zip(0..) {
            let name = input.to_string();
            let is_found = replay.found.contains(&number);
            match input {
                Input::Stdin => {
                    let once = replay.redaction.is_none();
                    self.input(number, &name, is_found, once, Ok(io::stdin().lock()))?;
                }
                Input::File(path) => self.file(number, &name, is_found, path)?,
                Input::Bucket(location) => self.bucket(location)?,
                Input::Asked(_) => self.failed(&name, COUNTED)?,
            }
        }
        if let Some(what) = passed_over(self.others.iter().map(|(name, other)| (name.as_str(), other))) {
            // Of all of them: it has their names itself.
            self.send(Message::Remark { input: String::new(), what })?;
        }
        self.send(Message::Ended)
    }

    /// Reads a file.
    fn file(&mut self, number: u32, name: &str, is_found: bool, path: &Path) -> Result<(), ListenerGone> {
        let opened = File::open(path);
        #[cfg(feature = "parquet")]
        if let Some(source) = columns::on_disk(opened.as_ref().ok()) {
            return self.columns(number, name, is_found, source);
        }
        self.input(number, name, is_found, false, opened)
    }

    /// Reads one input; `once` if it cannot be read again.
    fn input<R: Read>(
        &mut self,
        number: u32,
        name: &str,
        is_found: bool,
        once: bool,
        opened: io::Result<R>,
    ) -> Result<(), ListenerGone> {
        let read = |envelope: &mut Envelope, cutter: &RefCell<Cutter<'_>>| {
            opened.and_then(|reader| one(reader, envelope, cutter, once))
        };
        self.input_by(number, name, is_found, read)
    }

    /// Has one input read by `read`, which returns what there is to be said of it.
    fn input_by(
        &mut self,
        number: u32,
        name: &str,
        is_found: bool,
        read: impl FnOnce(&mut Envelope, &RefCell<Cutter<'_>>) -> io::Result<Option<&'static str>>,
    ) -> Result<(), ListenerGone> {
        let (input, shown) = (InputId(number), self.replay.said(name, name));
        self.send(Message::Input(input, shown.clone()))?;
        let cutter = RefCell::new(Cutter::new(input, self.terms, self.console, self.read, self.total));
        let mut envelope = Envelope::default();
        let result = read(&mut envelope, &cutter);
        let mut cutter = cutter.into_inner();
        let result =
            result.and_then(|remark| cutter.instead().map_or(Ok(remark), |what| Err(what.into_error())));
        cutter.cut();
        self.read = cutter.read;
        if cutter.gone {
            return Err(ListenerGone);
        }
        let other = result.as_ref().err().and_then(NotALog::from_error);
        if let Some(other) = other.filter(|_| is_found) {
            self.others.push((shown, other.clone()));
            return Ok(());
        }
        match result {
            Err(error) => self.failed(name, &error.to_string())?,
            Ok(Some(remark)) => self.remark(name, remark.to_owned())?,
            Ok(None) => {}
        }
        match envelope.unnamed() {
            Some(column) => self.remark(name, self.replay.said(&unnamed(column), name)),
            None => Ok(()),
        }
    }
}

/// Reads one input; `once` if it cannot be read again. Returns what there is to be said of it.
fn one(
    input: impl Read,
    envelope: &mut Envelope,
    cutter: &RefCell<Cutter<'_>>,
    once: bool,
) -> io::Result<Option<&'static str>> {
    let counted = CutterReader { inner: input, cutter };
    let mut heard = FlushingReader { inner: Unpacked::new(counted), cutter, once };
    drive(&mut heard, envelope, &mut SharedCutter(cutter), &mut |_| ())?;
    Ok(heard.inner.remark())
}

/// Counts records, and hands them on in batches.
struct Cutter<'a> {
    input: InputId,
    terms: &'a Terms,
    console: &'a Sender<Message>,
    digest: Digest<Collector>,
    /// Records in the batch at which it is handed on.
    enough: u64,
    /// Bytes read of all inputs, packed as they are, and how many there are; `None` if that is not known.
    read: u64,
    total: Option<u64>,
    /// What was unpacked and is to be kept, and how much was before it.
    raw: Vec<u8>,
    offset: u64,
    /// Records handed on, those that were not asked for among them.
    handed: u64,
    /// Nobody listens any more.
    gone: bool,
}

impl<'a> Cutter<'a> {
    fn new(
        input: InputId,
        terms: &'a Terms,
        console: &'a Sender<Message>,
        read: u64,
        total: Option<u64>,
    ) -> Self {
        Self {
            input,
            terms,
            console,
            digest: Digest::new(terms, Collector::new(input)),
            enough: FIRST,
            read,
            total,
            raw: Vec::new(),
            offset: 0,
            handed: 0,
            gone: false,
        }
    }

    fn cut_if_enough(&mut self) {
        if self.digest.records() >= self.enough {
            self.enough = BATCH;
            self.cut();
        }
    }

    /// What the input is, if it turned out to be no log; nothing of it counts then.
    fn instead(&mut self) -> Option<NotALog> {
        let tally = self.digest.tally();
        let records = self.handed + tally.records + tally.outside;
        let reasons = tally.reasons.clone();
        let samples = self.digest.samples();
        let other = NotALog::instead(records, &reasons, &samples.iter().map(|sample| sample.text.as_str()))?;
        self.digest.tally_mut().take_back(&reasons);
        self.digest.take_samples();
        Some(other)
    }

    /// Hands on what there is.
    fn cut(&mut self) {
        let tally = self.digest.tally();
        self.handed += tally.records + tally.outside;
        let new = Digest::new(self.terms, Collector::new(self.input));
        let digest = std::mem::replace(&mut self.digest, new);
        let raw = (!self.raw.is_empty()).then(|| {
            let bytes: Box<[u8]> = std::mem::take(&mut self.raw).into();
            let offset = self.offset;
            self.offset += bytes.len() as u64;
            TapeChunk { input: Some(self.input), offset, bytes }
        });
        let progress = Message::Progress { read: self.read, total: self.total };
        let batch = Message::Batch(Box::new(Batch::from_digest(digest, raw)));
        self.gone |= self.console.send(batch).and_then(|()| self.console.send(progress)).is_err();
    }
}

/// The cutter as what records go into.
struct SharedCutter<'c, 'a>(&'c RefCell<Cutter<'a>>);

impl SharedCutter<'_, '_> {
    /// Lets something be taken, and cuts a batch if that makes enough.
    fn take<T>(&self, take: impl FnOnce(&mut Digest<Collector>) -> T) -> T {
        let mut cutter = self.0.borrow_mut();
        let taken = take(&mut cutter.digest);
        cutter.cut_if_enough();
        taken
    }
}

impl Sink for SharedCutter<'_, '_> {
    fn canonical(&mut self, bytes: &[u8], offset: u64) -> Option<usize> {
        self.take(|digest| digest.canonical(bytes, offset))
    }

    fn unwrapped(&mut self, bytes: &[u8], place: RecordPlace) -> Option<usize> {
        self.take(|digest| digest.unwrapped(bytes, place))
    }

    fn quick(&mut self, bytes: &[u8], spelling: Spelling, check: &mut Check<'_>) -> Option<usize> {
        self.take(|digest| digest.quick(bytes, spelling, check))
    }

    fn incomplete(&mut self, what: Incomplete, count: u64) {
        self.0.borrow_mut().digest.incomplete(what, count);
    }

    fn record(&mut self, record: &Record<'_>, place: RecordPlace) {
        self.take(|digest| digest.record(record, place));
    }

    fn note(&mut self, note: Note) {
        self.0.borrow_mut().digest.note(note);
    }

    fn columns(&self) -> Option<Arc<ColumnNames>> {
        self.0.borrow().digest.columns()
    }

    fn malformed(&mut self, why: Malformed, sample: &[u8], place: RecordPlace) {
        self.0.borrow_mut().digest.malformed(why, sample, place);
    }
}

/// Counts the bytes that go by.
struct CutterReader<'c, 'a, R> {
    inner: R,
    cutter: &'c RefCell<Cutter<'a>>,
}

impl<R: Read> Read for CutterReader<'_, '_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        self.cutter.borrow_mut().read += read as u64;
        Ok(read)
    }
}

/// Unpacked bytes. Of an input that is read but once they are kept, and before more are waited for, what
/// there is goes to the console: it may be all for a while.
struct FlushingReader<'c, 'a, R> {
    inner: R,
    cutter: &'c RefCell<Cutter<'a>>,
    once: bool,
}

impl<R: Read> Read for FlushingReader<'_, '_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.once && self.cutter.borrow().digest.records() > 0 {
            self.cutter.borrow_mut().cut();
        }
        if self.cutter.borrow().gone {
            return Ok(0);
        }
        let read = self.inner.read(out)?;
        if self.once {
            self.cutter.borrow_mut().raw.extend_from_slice(&out[..read]);
        }
        Ok(read)
    }
}

#[cfg(feature = "parquet")]
mod columns;
mod objects;
#[cfg(test)]
mod tests;
