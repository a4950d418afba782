//! Reads inputs for the console: one after the other, in batches that it can take in between two frames.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::Sender;

use super::foreign::NotALog;
use super::inputs::{Entry, Input, expand};
use super::read::{drive, fetch_raw};
use super::reading::{passed_over, unnamed};
use super::unpack::Unpacked;
use crate::console::{Batch, Chunk, Collector, InputId, Message, Raw, Spot};
use crate::digest::{Digest, Terms};
use crate::envelope::{Check, Envelope, Place, Sink, Spelling};
use crate::note::{Incomplete, Note};
use crate::record::{Columns, Malformed, Record};
use crate::redaction::Redaction;

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
        };
        for entry in expand(paths) {
            match entry {
                Entry::Read(input) => replay.add(input),
                Entry::Found(input) => {
                    replay.found.extend(u32::try_from(replay.inputs.len()));
                    replay.add(input);
                }
                Entry::Failed(error) => {
                    replay.failures.push((error.path().display().to_string(), error.to_string()));
                }
                Entry::Skipped(path, why) => {
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

    /// What is said of an input to the console: its name, or a text about it.
    fn said(&self, text: &str, name: &str) -> String {
        self.redaction.as_ref().map_or_else(|| text.to_owned(), |redaction| redaction.about_input(text, name))
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
        for (name, why) in &self.failures {
            let failed = Message::Failed { input: self.said(name, name), why: self.said(why, name) };
            if console.send(failed).is_err() {
                return;
            }
        }
        for (name, what) in &self.remarks {
            let remark = Message::Remark { input: self.said(name, name), what: what.clone() };
            if console.send(remark).is_err() {
                return;
            }
        }
        let (mut read, mut others) = (0, Vec::new());
        for (input, number) in self.inputs.iter().zip(0..) {
            let name = input.to_string();
            let known = Message::Input(InputId(number), self.said(&name, &name));
            if console.send(known).is_err() {
                return;
            }
            let total = (self.bytes > 0 && !self.inputs.contains(&Input::Stdin)).then_some(self.bytes);
            let cutter = RefCell::new(Cutter::new(InputId(number), terms, console, read, total));
            let mut envelope = Envelope::default();
            let result = match input {
                Input::Stdin => one(io::stdin().lock(), &mut envelope, &cutter, self.redaction.is_none()),
                Input::File(path) => {
                    File::open(path).and_then(|file| one(file, &mut envelope, &cutter, false))
                }
            };
            let mut cutter = cutter.into_inner();
            let result =
                result.and_then(|remark| cutter.instead().map_or(Ok(remark), |what| Err(what.into_error())));
            cutter.cut();
            read = cutter.read;
            if cutter.gone {
                return;
            }
            let shown = self.said(&name, &name);
            let other = result.as_ref().err().and_then(NotALog::of_error);
            if let Some(other) = other.filter(|_| self.found.contains(&number)) {
                others.push((shown, other.clone()));
                continue;
            }
            let news = match result {
                Err(error) => {
                    Some(Message::Failed { input: shown.clone(), why: self.said(&error.to_string(), &name) })
                }
                Ok(remark) => {
                    remark.map(|what| Message::Remark { input: shown.clone(), what: what.to_owned() })
                }
            };
            let column = envelope.unnamed().map(|column| self.said(&unnamed(column), &name));
            let column = column.map(|what| Message::Remark { input: shown, what });
            if news.into_iter().chain(column).any(|news| console.send(news).is_err()) {
                return;
            }
        }
        if let Some(what) = passed_over(others.iter().map(|(name, other)| (name.as_str(), other))) {
            // Of all of them: it has their names itself.
            _ = console.send(Message::Remark { input: String::new(), what });
        }
        // Nobody is there to be told if this fails.
        _ = console.send(Message::Ended);
    }

    /// Where the input of a record is, if it is a file that can be read again: as it stands, without the
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

    /// The raw record at `spot`.
    ///
    /// # Errors
    /// Why it cannot be had, for a person.
    pub fn fetch(&self, spot: Spot) -> Raw {
        match self.inputs.get(spot.input.0 as usize) {
            Some(Input::File(path)) => {
                let name = path.display().to_string();
                let raw =
                    fetch_raw(path, spot.place).map_err(|error| self.said(&error.to_string(), &name))?;
                match &self.redaction {
                    None => Ok(raw.into()),
                    Some(redaction) => redaction.raw(&raw).map(Into::into).ok_or_else(|| {
                        "it is no JSON object, and with --redact nothing else is shown".to_owned()
                    }),
                }
            }
            _ if self.redaction.is_some() => {
                Err("with --redact, records of standard input are not held; a file can be read again"
                    .to_owned())
            }
            _ => Err("standard input cannot be read again, and this record is no longer held".to_owned()),
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
    let counted = Counted { inner: input, cutter };
    let mut heard = Heard { inner: Unpacked::new(counted), cutter, once };
    drive(&mut heard, envelope, &mut Shared(cutter), &mut |_| ())?;
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
    /// Bytes read of all inputs, packed as they are, of so many.
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
            Chunk { input: Some(self.input), offset, bytes }
        });
        let progress = Message::Progress { read: self.read, total: self.total };
        let batch = Message::Batch(Box::new(Batch::of(digest, raw)));
        self.gone |= self.console.send(batch).and_then(|()| self.console.send(progress)).is_err();
    }
}

/// The cutter as what records go into.
struct Shared<'c, 'a>(&'c RefCell<Cutter<'a>>);

impl Shared<'_, '_> {
    /// Lets something be taken, and cuts a batch if that makes enough.
    fn take<T>(&self, take: impl FnOnce(&mut Digest<Collector>) -> T) -> T {
        let mut cutter = self.0.borrow_mut();
        let taken = take(&mut cutter.digest);
        cutter.cut_if_enough();
        taken
    }
}

impl Sink for Shared<'_, '_> {
    fn canonical(&mut self, bytes: &[u8], offset: u64) -> Option<usize> {
        self.take(|digest| digest.canonical(bytes, offset))
    }

    fn unwrapped(&mut self, bytes: &[u8], place: Place) -> Option<usize> {
        self.take(|digest| digest.unwrapped(bytes, place))
    }

    fn quick(&mut self, bytes: &[u8], spelling: Spelling, check: &mut Check<'_>) -> Option<usize> {
        self.take(|digest| digest.quick(bytes, spelling, check))
    }

    fn incomplete(&mut self, what: Incomplete, count: u64) {
        self.0.borrow_mut().digest.incomplete(what, count);
    }

    fn record(&mut self, record: &Record<'_>, place: Place) {
        self.take(|digest| digest.record(record, place));
    }

    fn note(&mut self, note: Note) {
        self.0.borrow_mut().digest.note(note);
    }

    fn columns(&self) -> Option<Arc<Columns>> {
        self.0.borrow().digest.columns()
    }

    fn malformed(&mut self, why: Malformed, sample: &[u8], place: Place) {
        self.0.borrow_mut().digest.malformed(why, sample, place);
    }
}

/// Counts the bytes that go by.
struct Counted<'c, 'a, R> {
    inner: R,
    cutter: &'c RefCell<Cutter<'a>>,
}

impl<R: Read> Read for Counted<'_, '_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        self.cutter.borrow_mut().read += read as u64;
        Ok(read)
    }
}

/// Unpacked bytes. Of an input that is read but once they are kept, and before more are waited for, what
/// there is goes to the console: it may be all for a while.
struct Heard<'c, 'a, R> {
    inner: R,
    cutter: &'c RefCell<Cutter<'a>>,
    once: bool,
}

impl<R: Read> Read for Heard<'_, '_, R> {
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

#[cfg(test)]
mod tests;
