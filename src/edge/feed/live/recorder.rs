//! Appends every record that comes to a file, one a line, for `replay` and `report` to read, and between them
//! what is known to be missing and what somebody marked ([`crate::log::note`]).
//!
//! What came is in the file after a second at the latest, whole, so that a crash loses that second and
//! nothing before it. A name that ends in `.zst` is compressed: each second is a frame of its own (RFC 8878
//! section 3: frames may follow each other), and one that a crash cut off is cut off the file before more is
//! appended.
//!
//! Where nothing can be written, since the disk is full, it is tried again every second, and what comes is
//! held meanwhile. What there is no room for is missing from the recording, which says so itself: as a gap.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};

use crate::base::moment::Moment;
use crate::log::note::{Gap, Note};

/// How long what came may stay unwritten.
const FLUSH: Duration = Duration::from_millis(900);
/// A frame is written at once when it has this many bytes, before compression.
const FRAME: usize = 1 << 20;
/// Chunks on their way to the thread that writes.
const WAITING: usize = 16;
/// What is held for a disk that is slower than the log, in bytes; beyond that records are not recorded.
const HELD: usize = 64 << 20;

/// Records what comes, on a thread of its own: a slow disk must not stop the stream.
#[derive(Debug)]
pub struct Recorder {
    sender: Option<Sender<Vec<u8>>>,
    thread: Option<JoinHandle<RecordingEnd>>,
    held: Vec<u8>,
    missed: u64,
    /// What time it is, as it was told last: the earliest and the latest that it may be.
    now: Option<(Moment, Moment)>,
    /// Since when records are missing, until one could be taken again.
    missing: Option<Moment>,
    /// Why nothing can be written at present.
    trouble: Arc<Mutex<Option<String>>>,
    /// Where in the file it began.
    start: u64,
}

/// How writing ended: how many lines could not be written, and because of what.
type RecordingEnd = (u64, io::Result<()>);

impl Recorder {
    /// Opens the file `path`, to append to what is in it. A new one is for nobody else to read.
    ///
    /// # Errors
    /// If it cannot be opened, is no regular file, or holds what was not written here.
    pub fn open(path: &Path) -> io::Result<Self> {
        // A pipe would have to be opened first to be asked, which waits for somebody to read it.
        if path.metadata().is_ok_and(|found| !found.is_file() && !found.is_dir()) {
            let what = "it is a pipe or a device: a recording is read again and continued, so it is a file";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        let is_packed = path.extension().is_some_and(|extension| extension == "zst");
        if is_packed {
            cut_torn_frame(&mut file)?;
        } else {
            end_torn_line(&mut file)?;
        }
        let start = file.stream_position()?;
        Self::writing(file, is_packed, start)
    }

    fn writing(file: impl Disk, is_packed: bool, start: u64) -> io::Result<Self> {
        let (sender, inbox) = bounded(WAITING);
        let trouble = Arc::new(Mutex::new(None));
        let said = Arc::clone(&trouble);
        let mut writer = Writer { file, is_packed, pending: Vec::new(), whole: start, is_torn: false, said };
        let thread = thread::Builder::new().name("recorder".to_owned()).spawn(move || writer.run(&inbox))?;
        Ok(Self {
            sender: Some(sender),
            thread: Some(thread),
            held: Vec::new(),
            missed: 0,
            now: None,
            missing: None,
            trouble,
            start,
        })
    }

    /// Takes what time it is: the earliest and the latest that it may be.
    pub fn at(&mut self, earliest: Moment, latest: Moment) {
        self.now = Some((earliest, latest));
    }

    /// Takes a record, which is as [`crate::log::note::logged`] gave it. Never waits. Returns whether it will
    /// be recorded, as far as is known.
    pub fn take(&mut self, message: &str) -> bool {
        if self.held.len() + message.len() >= HELD {
            self.missed += 1;
            self.missing = self.missing.or(self.now.map(|(earliest, _)| earliest));
            return false;
        }
        if let (Some(from), Some((_, until))) = (self.missing.take(), self.now) {
            let gap = Note::Gap(Gap { from, until: until.max(from) });
            self.hold(&gap.to_string());
        }
        self.hold(message);
        true
    }

    fn hold(&mut self, line: &str) {
        // Within JSON a line break is a blank.
        self.held.extend(line.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte }));
        self.held.push(b'\n');
    }

    /// Takes a note. Never waits. Returns the line that will be recorded, as far as is known.
    pub fn note(&mut self, note: &Note) -> Option<String> {
        let line = note.to_string();
        self.take(&line).then_some(line)
    }

    /// Where in the file it began to write, in bytes.
    #[must_use]
    pub fn start(&self) -> u64 {
        self.start
    }

    /// Records that were not recorded so far.
    #[must_use]
    pub fn missed(&self) -> u64 {
        self.missed
    }

    /// Hands on what it has, if the writing thread can take it.
    pub fn flush(&mut self) {
        let Some(sender) = self.sender.as_ref().filter(|_| !self.held.is_empty()) else { return };
        if let Err(TrySendError::Full(held) | TrySendError::Disconnected(held)) =
            sender.try_send(std::mem::take(&mut self.held))
        {
            self.held = held;
        }
    }

    /// Why nothing can be written at present; `None` if it can.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes what is left. Returns how many records and notes were not recorded, and why not those that came
    /// last.
    pub fn finish(mut self) -> (u64, io::Result<()>) {
        if let Some(sender) = self.sender.take() {
            if let (Some(from), Some((_, until))) = (self.missing.take(), self.now) {
                self.hold(&Note::Gap(Gap { from, until: until.max(from) }).to_string());
            }
            // If nobody takes it, the thread says why.
            _ = sender.send(std::mem::take(&mut self.held));
        }
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok((unwritten, written))) => (self.missed + unwritten, written),
            Some(Err(panic)) => std::panic::resume_unwind(panic),
            None => (self.missed, Ok(())),
        }
    }
}

/// Reads again what a recorder that began at `start` of the file `path` recorded: `length` bytes after
/// `offset` others.
///
/// # Errors
/// If it cannot be read, or not so far.
pub fn fetch(path: &Path, start: u64, offset: u64, length: u32) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(start))?;
    let mut raw = Vec::new();
    if path.extension().is_some_and(|extension| extension == "zst") {
        let mut input = super::super::unpack::Unpacked::new(file);
        io::copy(&mut input.by_ref().take(offset), &mut io::sink())?;
        input.take(u64::from(length)).read_to_end(&mut raw)?;
    } else {
        file.seek_relative(i64::try_from(offset).map_err(io::Error::other)?)?;
        file.take(u64::from(length)).read_to_end(&mut raw)?;
    }
    if raw.len() < length as usize {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the recording does not go so far"));
    }
    Ok(raw)
}

/// Where a recording is written: a file, or something in its place in tests.
trait Disk: Write + Send + 'static {
    /// Takes back what comes after the first `length` bytes.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

impl Disk for File {
    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)?;
        self.seek(SeekFrom::Start(length)).map(drop)
    }
}

struct Writer<D> {
    file: D,
    is_packed: bool,
    pending: Vec<u8>,
    /// Bytes of the file up to the end of what was last written whole.
    whole: u64,
    /// There may be a part of something after these.
    is_torn: bool,
    said: Arc<Mutex<Option<String>>>,
}

impl<D: Disk> Writer<D> {
    fn run(&mut self, inbox: &Receiver<Vec<u8>>) -> RecordingEnd {
        let mut due = Instant::now() + FLUSH;
        loop {
            // What nobody can write waits where it is counted.
            let is_full = self.pending.len() >= HELD;
            let received = if is_full { Err(RecvTimeoutError::Timeout) } else { inbox.recv_deadline(due) };
            match received {
                Ok(bytes) => {
                    self.pending.extend_from_slice(&bytes);
                    if self.pending.len() < FRAME {
                        continue;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    let written = self.flush();
                    return (memchr::memchr_iter(b'\n', &self.pending).count() as u64, written);
                }
            }
            let failed = self.flush().err();
            if failed.is_some() {
                // Not again before its time, however much comes.
                thread::sleep(due.saturating_duration_since(Instant::now()));
            }
            *self.said.lock().unwrap_or_else(PoisonError::into_inner) = failed.map(|error| error.to_string());
            due = Instant::now() + FLUSH;
        }
    }

    /// Writes all that is pending; what could not be written still is.
    fn flush(&mut self) -> io::Result<()> {
        if self.is_torn {
            self.file.cut(self.whole)?;
            self.is_torn = false;
        }
        while !self.pending.is_empty() {
            let end = self.pending.len().min(FRAME);
            // Lines stay whole: what fails is written again from where the last one ended.
            let end = memchr::memrchr(b'\n', &self.pending[..end]).map_or(self.pending.len(), |at| at + 1);
            let packed;
            let part = if self.is_packed {
                packed = zstd::bulk::compress(&self.pending[..end], 0)?;
                &packed
            } else {
                &self.pending[..end]
            };
            self.is_torn = true;
            self.file.write_all(part)?;
            self.is_torn = false;
            self.whole += part.len() as u64;
            self.pending.drain(..end);
        }
        Ok(())
    }
}

/// Goes to the end of a file of lines. If the last was torn, it is ended, so that the next is whole.
fn end_torn_line(file: &mut File) -> io::Result<()> {
    let length = file.seek(SeekFrom::End(0))?;
    if length > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            file.write_all(b"\n")?;
        }
    }
    Ok(())
}

/// Goes to the end of the last whole frame of a file, and cuts off what comes after that.
fn cut_torn_frame(file: &mut File) -> io::Result<()> {
    // A frame that does not compress is a little larger than what is in it.
    const WINDOW: usize = 2 * FRAME;
    let mut whole = 0;
    let mut window = Vec::new();
    loop {
        window.clear();
        file.seek(SeekFrom::Start(whole))?;
        Read::by_ref(file).take(WINDOW as u64).read_to_end(&mut window)?;
        let mut end = 0;
        while let Ok(size) = zstd::zstd_safe::find_frame_compressed_size(&window[end..]) {
            end += size;
            if end == window.len() {
                break;
            }
        }
        whole += end as u64;
        if end == window.len() {
            // All of it was whole; at the end of the file it was nothing.
            if end == 0 {
                break;
            }
        } else if end == 0 {
            if window.len() == WINDOW || whole == 0 && !is_frame(&window) {
                let what = "it holds something else than a recording";
                return Err(io::Error::new(io::ErrorKind::InvalidData, what));
            }
            file.set_len(whole)?;
            break;
        }
    }
    file.seek(SeekFrom::Start(whole)).map(drop)
}

/// Whether bytes begin as a frame does (RFC 8878 section 3.1.1, `Magic_Number`).
fn is_frame(bytes: &[u8]) -> bool {
    let magic = [0x28, 0xb5, 0x2f, 0xfd];
    magic.starts_with(&bytes[..bytes.len().min(4)])
}

#[cfg(test)]
mod tests;
