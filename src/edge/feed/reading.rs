//! Reads all inputs on all cores.
//!
//! Inputs, and pieces of large plain ones, lie in a row, and each thread takes the next; then objects of S3
//! and answers of engines, as they come. Each thread has a digest of its own, so nothing is shared while
//! records are read; what the threads counted is joined at the end, in any order. Where there are fewer
//! inputs than threads, a packed one is unpacked on one thread and read on all.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread::{self, ScopedJoinHandle};

use crossbeam_channel::bounded;

use super::asked as asking;
use super::blocks::{Block, Exchange, SplitEnd};
use super::inputs::Input;
use super::object::ObjectUnpacker;
#[cfg(feature = "parquet")]
use super::parquet;
use super::pieces::Piece;
use super::read::Buffer;
use super::s3::{DeliveryProgress, delivery_queue};
use super::unpack::Unpacked;
use crate::base::visible::visible;
use crate::digest::{Digest, NoListener, Sample, Terms};
#[cfg(feature = "parquet")]
use crate::edge::feed::window::TimeWindow;
use crate::fleet::Fleet;
use crate::log::envelope::{Envelope, InputFormat};
use crate::log::record::Malformed;
use crate::report::InputSummary;
use crate::weighted::Groups;

mod asked;
#[cfg(feature = "parquet")]
mod columns;
mod join;
mod keeping;
mod kept;
mod objects;
mod plan;
mod seen;

use asked::{NetworkInputs, WAITING};
pub(super) use join::passed_over;
use join::{ThreadShare, UnitResult};
pub use plan::ReadPlan;
use plan::{ReadUnit, UnitPart};
use seen::SeenFormat;

/// How many pieces of malformed input are kept.
const SAMPLES: usize = 8;

/// How far reading has come; written by the threads that read, read by whoever shows it.
#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes read, packed as they are.
    pub bytes: AtomicU64,
    /// Records read, as of the last input or piece that was read to its end.
    pub records: AtomicU64,
    /// Objects of S3.
    pub objects: Arc<DeliveryProgress>,
    /// What engines are asked.
    pub queries: asking::AskedProgress,
}

/// What was read.
#[derive(Debug, Default)]
pub struct ReadOutcome {
    /// All of it.
    pub fleet: Fleet,
    /// The records, if they were counted by what a verdict depends on ([`Terms::weighted`]); the fleet has
    /// none of them then.
    pub groups: Groups,
    /// Where it came from.
    pub inputs: Vec<InputSummary>,
    /// Pieces that could not be read, those of the first inputs first.
    pub samples: Vec<Sample>,
    /// Words on what was passed over.
    pub remarks: Vec<String>,
    /// The signal that ended it before all was read, if one did.
    pub signal: Option<u8>,
}

impl ReadOutcome {
    /// Whether part of the input was bad.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.fleet.tally().is_bad() || self.inputs.iter().any(|input| input.error.is_some())
    }
}

impl ReadPlan {
    /// Reads it all on `threads` threads.
    #[must_use]
    pub fn read(mut self, terms: &Terms, threads: usize, progress: &Progress) -> ReadOutcome {
        let next = AtomicUsize::new(0);
        // What the threads counted is joined while it is still there; a fleet needs as much again while pairs
        // of it are folded away or its tables grow; and freed memory is not all given back. A quarter leaves
        // room for that.
        let terms =
            &Terms { memory: terms.memory.map(|bytes| bytes / (4 * threads.max(1))), ..terms.clone() };
        let exchange = Exchange::default();
        let threads = threads.max(1);
        // A lone packed input is unpacked by one thread for all.
        let dealt_out = self.units.len() < threads;
        let prepared = std::mem::take(&mut self.prepared);
        let (shares, arrived, told) = thread::scope(|scope| {
            let (sender, deliveries) = delivery_queue(self.access.in_flight);
            let network = self.deliver(scope, terms, threads, sender, progress);
            let (sender, answers) = bounded(WAITING);
            let asking = asked::ask(prepared, scope, &sender, progress, self.stopped.as_ref());
            drop(sender);
            let arriving = NetworkInputs { first: self.inputs.len(), deliveries, answers };
            let handles: Vec<_> = (0..threads)
                .map(|_| {
                    let (exchange, arriving) = (exchange.clone(), arriving.clone());
                    let (plan, next) = (&self, &next);
                    scope.spawn(move || {
                        let mut worker = Worker::new(terms, progress);
                        while let Some(unit) = plan.units.get(next.fetch_add(1, Ordering::Relaxed)) {
                            worker.unit(plan, unit, dealt_out.then_some(&exchange));
                        }
                        worker.arriving(arriving, &exchange);
                        worker.help(exchange);
                        worker.done()
                    })
                })
                .collect();
            drop((exchange, arriving));
            // What a thread that panicked had counted is lost: a report without it would not be true.
            let shares: Vec<ThreadShare> = handles.into_iter().map(joined).collect();
            let told = asking.into_iter().map(joined).collect();
            (shares, network.map(joined).unwrap_or_default(), told)
        });
        let mut plan = objects::placed(asked::with_remarks(self, told), arrived);
        let keeping = plan.keeping.take();
        let (mut outcome, logs) = join::join(plan, shares, keeping.as_ref(), terms.redaction.as_deref());
        if let Some(keeping) = keeping {
            keeping.finish(&mut outcome, logs.as_ref(), threads);
        }
        outcome
    }
}

/// What a thread returned, or its panic.
fn joined<T>(handle: ScopedJoinHandle<'_, T>) -> T {
    handle.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// One thread that reads.
struct Worker<'a> {
    digest: Digest,
    buffer: Buffer,
    objects: ObjectUnpacker,
    progress: &'a Progress,
    results: Vec<UnitResult>,
    /// What there is for this thread, if that is bounded.
    #[cfg(feature = "parquet")]
    memory: Option<usize>,
    /// What is asked for of its rows.
    #[cfg(feature = "parquet")]
    window: TimeWindow,
}

impl<'a> Worker<'a> {
    fn new(terms: &Terms, progress: &'a Progress) -> Self {
        Self {
            digest: Digest::new(terms, NoListener),
            buffer: Buffer::default(),
            objects: ObjectUnpacker::default(),
            progress,
            results: Vec::new(),
            #[cfg(feature = "parquet")]
            memory: terms.memory,
            #[cfg(feature = "parquet")]
            window: TimeWindow { since: terms.since, until: terms.until },
        }
    }

    /// Reads one unit; a packed one may be dealt out on `exchange`.
    fn unit(&mut self, plan: &ReadPlan, unit: &ReadUnit, exchange: Option<&Exchange>) {
        let read = match (&plan.inputs[unit.input], &unit.part) {
            (Input::Stdin, _) => self.stream(unit.input, io::stdin().lock(), exchange, SplitStreams::Packed),
            // Objects and answers come by themselves.
            (Input::Bucket(_) | Input::Asked(_), _) => Ok(()),
            (Input::File(path), UnitPart::All) => {
                File::open(path).and_then(|file| self.file(unit.input, file, exchange))
            }
            (Input::File(path), UnitPart::Piece(piece)) => {
                File::open(path).and_then(|file| self.piece(unit.input, file, *piece))
            }
            #[cfg(feature = "parquet")]
            (Input::File(path), UnitPart::Groups(groups)) => {
                File::open(path).and_then(|file| self.on_disk(unit.input, file, Some(groups.clone())))
            }
        };
        if let Err(error) = read {
            self.result(unit.input).rare().error = Some(error);
        }
    }

    fn piece(&mut self, input: usize, mut file: File, piece: Piece) -> io::Result<()> {
        file.seek(SeekFrom::Start(piece.start))?;
        let mut reader =
            CountingReader { inner: file.take(piece.end - piece.start), progress: self.progress };
        let mut envelope = if piece.start == 0 { Envelope::default() } else { Envelope::resume(piece.start) };
        self.drive(input, piece.start, &mut reader, &mut envelope)?;
        if reader.inner.limit() > 0 {
            let what = "the file became shorter while it was read";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, what));
        }
        Ok(())
    }

    /// Reads a file: at once if it is a packed object that fits in memory, and nobody waits for a part of it.
    fn file(&mut self, input: usize, mut file: File, exchange: Option<&Exchange>) -> io::Result<()> {
        let metadata = file.metadata()?;
        #[cfg(feature = "parquet")]
        if metadata.is_file() && parquet::begins(&mut file)? {
            return self.on_disk(input, file, None);
        }
        if exchange.is_none() && metadata.is_file() {
            let before = CountedBefore::from_digest(&self.digest);
            if let Some(bytes) = self.objects.unpack(&mut file, metadata.len())? {
                let format = scanned(bytes, &mut self.digest);
                self.unpacked(input, &before, metadata.len(), format);
                return Ok(());
            }
            file.rewind()?;
        }
        self.stream(input, file, exchange, SplitStreams::Packed)
    }

    /// Counts an input of `length` bytes that was unpacked and read at once.
    fn unpacked(&mut self, input: usize, before: &CountedBefore, length: u64, format: InputFormat) {
        self.progress.bytes.fetch_add(length, Ordering::Relaxed);
        self.progress.records.fetch_add(self.digest.records() - before.records, Ordering::Relaxed);
        self.count(input, before, SeenFormat { format, offset: 0 });
    }

    fn stream(
        &mut self,
        input: usize,
        reader: impl Read,
        exchange: Option<&Exchange>,
        deals: SplitStreams,
    ) -> io::Result<()> {
        let mut reader = Unpacked::new(CountingReader { inner: reader, progress: self.progress });
        let read = match exchange {
            Some(exchange) if deals == SplitStreams::All || !reader.is_plain() => {
                match exchange.deal(input, &mut reader, |block| self.block(block)) {
                    SplitEnd::All(read) => read,
                    SplitEnd::NotLines(start, Ok(())) => {
                        let mut whole = start.as_slice().chain(&mut reader);
                        self.drive(input, 0, &mut whole, &mut Envelope::default())
                    }
                    SplitEnd::NotLines(start, Err(error)) => {
                        self.drive(input, 0, &mut start.as_slice(), &mut Envelope::default()).and(Err(error))
                    }
                }
            }
            _ => self.drive(input, 0, &mut reader, &mut Envelope::default()),
        };
        if let Some(remark) = reader.remark() {
            self.result(input).rare().remark = Some(remark.to_owned());
        }
        read
    }

    /// Reads `reader`, whose bytes begin at `offset` of the input.
    fn drive(
        &mut self,
        input: usize,
        offset: u64,
        reader: &mut impl Read,
        envelope: &mut Envelope,
    ) -> io::Result<()> {
        let Self { digest, buffer, progress, .. } = self;
        let before = CountedBefore::from_digest(digest);
        let read = buffer.drive(reader, envelope, digest, &mut |_| ());
        progress.records.fetch_add(digest.records() - before.records, Ordering::Relaxed);
        if let Some(name) = envelope.unnamed() {
            self.result(input).rare().remark = Some(unnamed(name));
        }
        self.count(input, &before, SeenFormat { format: envelope.format(), offset });
        read
    }

    /// Reads a block that was dealt out.
    fn block(&mut self, block: &Block) {
        let before = CountedBefore::from_digest(&self.digest);
        let mut envelope =
            if block.offset == 0 { Envelope::default() } else { Envelope::resume(block.offset) };
        envelope.scan(block.bytes(), true, &mut self.digest);
        self.progress.records.fetch_add(self.digest.records() - before.records, Ordering::Relaxed);
        self.count(block.input, &before, SeenFormat { format: envelope.format(), offset: block.offset });
    }

    /// Reads what others deal out, until nobody does any more.
    fn help(&mut self, exchange: Exchange) {
        let (blocks, empty) = exchange.blocks();
        for block in blocks {
            self.block(&block);
            // If there are enough spare ones, this one goes.
            let _ = empty.try_send(block.into_room());
        }
    }

    /// Notes what was read of `input` since there was what `before` says.
    fn count(&mut self, input: usize, before: &CountedBefore, format: SeenFormat) {
        let tally = self.digest.tally();
        let outside = tally.outside - before.outside;
        let malformed = tally.malformed_since(&before.malformed);
        let records = self.digest.records() - before.records;
        let samples = self.digest.take_samples();
        let result = self.result(input);
        result.records += records;
        result.format.join(format);
        if outside > 0 || !malformed.is_empty() || !samples.is_empty() {
            let rare = result.rare();
            rare.outside += outside;
            rare.malformed.extend(malformed);
            rare.samples.extend(samples);
            rare.samples.sort_by_key(|sample| sample.place);
            rare.samples.truncate(SAMPLES);
        }
    }

    /// The result for `input`: blocks of one input make one.
    fn result(&mut self, input: usize) -> &mut UnitResult {
        let same = self.results.last().is_some_and(|result| result.input == input);
        if !same {
            self.results.push(UnitResult::new(input));
        }
        let last = self.results.len() - 1;
        &mut self.results[last]
    }

    fn done(mut self) -> ThreadShare {
        ThreadShare {
            groups: self.digest.take_groups(),
            fleet: self.digest.finish().0,
            results: self.results,
        }
    }
}

/// What of a stream is dealt out to other threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SplitStreams {
    /// What is packed: a plain file is cut into pieces, which are read at the same time.
    Packed,
    /// All.
    All,
}

/// Reads all that is in `bytes`.
fn scanned(bytes: &[u8], digest: &mut Digest) -> InputFormat {
    let mut envelope = Envelope::default();
    envelope.scan(bytes, true, digest);
    envelope.format()
}

/// What a digest had counted before it read on.
struct CountedBefore {
    records: u64,
    outside: u64,
    malformed: Vec<(Malformed, u64)>,
}

impl CountedBefore {
    fn from_digest(digest: &Digest) -> Self {
        let tally = digest.tally();
        Self { records: tally.records, outside: tally.outside, malformed: tally.reasons.clone() }
    }
}

/// Counts the bytes that go by.
struct CountingReader<'a, R> {
    inner: R,
    progress: &'a Progress,
}

impl<R: Read> Read for CountingReader<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        self.progress.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// That a column of a table, in which no other has answers, may hold them, and what to do if it does.
pub(super) fn unnamed(name: &str) -> String {
    let name = visible(name);
    format!(
        "no column has answers, and `{name}` holds addresses: if these are answers, add `--columns answers={name}`"
    )
}
