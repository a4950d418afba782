//! Appends every record that comes to a file, one a line, for `replay` and `report` to read, and between them what is
//! known to be missing and what somebody marked ([`crate::note`]).
//!
//! What came is in the file after a second at the latest, whole, so that a crash loses that second and nothing before
//! it. A name that ends in `.zst` is compressed: each second is a frame of its own (RFC 8878 section 3: frames may
//! follow each other), and one that a crash cut off is cut off the file before more is written behind it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};

use crate::note::Note;

/// How long what came may stay unwritten.
const FLUSH: Duration = Duration::from_millis(900);
/// A frame is written at once when it has so many bytes, before compression.
const FRAME: usize = 1 << 20;
/// Chunks on their way to the thread that writes.
const WAITING: usize = 16;
/// What is held for a disk that is slower than the log, in bytes; beyond that records are not recorded.
const HELD: usize = 64 << 20;

/// Records what comes, on a thread of its own: a slow disk must not stop the stream.
#[derive(Debug)]
pub struct Recorder {
    sender: Option<Sender<Vec<u8>>>,
    thread: Option<JoinHandle<io::Result<()>>>,
    held: Vec<u8>,
    missed: u64,
    /// Where in the file it began.
    start: u64,
}

impl Recorder {
    /// Opens the file `path`, to write behind what is in it.
    ///
    /// # Errors
    /// If it cannot be opened, or what is in it was not written here.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let is_packed = path.extension().is_some_and(|extension| extension == "zst");
        if file.metadata()?.is_file() {
            if is_packed { cut_torn_frame(&mut file)? } else { end_torn_line(&mut file)? }
        }
        let start = file.stream_position()?;
        let (sender, inbox) = bounded(WAITING);
        let mut writer = Writer { file, is_packed, pending: Vec::new() };
        let thread = thread::Builder::new().name("recorder".to_owned()).spawn(move || writer.run(&inbox))?;
        Ok(Self { sender: Some(sender), thread: Some(thread), held: Vec::new(), missed: 0, start })
    }

    /// Takes a record, which is as [`crate::note::logged`] gave it. Never waits. Returns whether it will be recorded, as
    /// far as is known.
    pub fn take(&mut self, message: &str) -> bool {
        if self.sender.is_none() || self.held.len() + message.len() >= HELD {
            self.missed += 1;
            return false;
        }
        // Within JSON a line break is a blank.
        self.held.extend(message.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte }));
        self.held.push(b'\n');
        true
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
    pub fn hand_on(&mut self) {
        let Some(sender) = &self.sender else { return };
        if self.held.is_empty() {
            return;
        }
        match sender.try_send(std::mem::take(&mut self.held)) {
            Ok(()) => {}
            Err(TrySendError::Full(held)) => self.held = held,
            Err(TrySendError::Disconnected(_)) => self.sender = None,
        }
    }

    /// Whether what comes is written: not after writing failed.
    #[must_use]
    pub fn is_writing(&self) -> bool {
        self.sender.is_some()
    }

    /// Writes what is left. Returns how many records were not recorded.
    ///
    /// # Errors
    /// What writing failed with.
    pub fn finish(mut self) -> io::Result<u64> {
        if let Some(sender) = self.sender.take() {
            // If nobody takes it, the thread says why.
            _ = sender.send(std::mem::take(&mut self.held));
        }
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(written)) => written.map(|()| self.missed),
            Some(Err(panic)) => std::panic::resume_unwind(panic),
            None => Ok(self.missed),
        }
    }
}

/// Reads again what a recorder that began at `start` of the file `path` recorded: `length` bytes behind `offset` others.
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

struct Writer {
    file: File,
    is_packed: bool,
    pending: Vec<u8>,
}

impl Writer {
    fn run(&mut self, inbox: &Receiver<Vec<u8>>) -> io::Result<()> {
        let mut due = Instant::now() + FLUSH;
        loop {
            match inbox.recv_deadline(due) {
                Ok(bytes) => {
                    self.pending.extend_from_slice(&bytes);
                    if self.pending.len() < FRAME {
                        continue;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.flush(),
            }
            self.flush()?;
            due = Instant::now() + FLUSH;
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        if self.is_packed {
            for part in self.pending.chunks(FRAME) {
                self.file.write_all(&zstd::bulk::compress(part, 0)?)?;
            }
        } else {
            self.file.write_all(&self.pending)?;
        }
        self.pending.clear();
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

/// Goes behind the last whole frame of a file, and cuts off what is behind that.
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
mod tests {
    use std::fs;

    use super::*;

    fn record(path: &Path, lines: &[&str]) {
        let mut recorder = Recorder::open(path).unwrap();
        for line in lines {
            recorder.take(line);
            recorder.hand_on();
        }
        assert_eq!(recorder.finish().unwrap(), 0);
    }

    fn read(path: &Path) -> String {
        let mut text = String::new();
        let mut input = crate::feed::unpack::Unpacked::new(File::open(path).unwrap());
        input.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn recordings_are_continued_after_a_crash() {
        let folder = crate::feed::inputs::tests::folder("recorder");
        for (name, torn) in [("plain.jsonl", "a\nb c\n{\"to"), ("packed.jsonl.zst", "")] {
            let path = folder.join(name);
            record(&path, &["a", "b\nc"]);
            assert_eq!(read(&path), "a\nb c\n", "{name}");
            let whole = fs::read(&path).unwrap();
            if torn.is_empty() {
                // Whatever of the next frame a crash left.
                let next = zstd::bulk::compress(b"never seen\n", 0).unwrap();
                for length in 0..next.len() {
                    fs::write(&path, [&whole[..], &next[..length]].concat()).unwrap();
                    record(&path, &["d"]);
                    assert_eq!(read(&path), "a\nb c\nd\n", "{name} with {length} bytes more");
                }
                for length in 0..whole.len() {
                    fs::write(&path, &whole[..length]).unwrap();
                    record(&path, &["d"]);
                    assert_eq!(read(&path), "d\n", "{name} with {length} bytes only");
                }
            } else {
                fs::write(&path, torn).unwrap();
                record(&path, &["d"]);
                assert_eq!(read(&path), "a\nb c\n{\"to\nd\n", "{name}");
            }
        }
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_was_recorded_is_fetched_again() {
        let folder = crate::feed::inputs::tests::folder("recorder-fetch");
        for name in ["plain.jsonl", "packed.jsonl.zst"] {
            let path = folder.join(name);
            record(&path, &["from before"]);
            let mut recorder = Recorder::open(&path).unwrap();
            let start = recorder.start();
            let lines = ["one", "and two", "three"];
            assert!(lines.iter().all(|line| recorder.take(line)));
            assert_eq!(recorder.finish().unwrap(), 0);
            let mut offset = 0;
            for line in lines {
                let length = u32::try_from(line.len()).unwrap();
                assert_eq!(fetch(&path, start, offset, length).unwrap(), line.as_bytes(), "{name}");
                offset += line.len() as u64 + 1;
            }
            assert_eq!(fetch(&path, start, offset, 1).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        }
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_came_is_there_while_it_goes_on() {
        let folder = crate::feed::inputs::tests::folder("recording");
        for name in ["plain.jsonl", "packed.jsonl.zst"] {
            let path = folder.join(name);
            let mut recorder = Recorder::open(&path).unwrap();
            recorder.take("a");
            recorder.hand_on();
            assert!(recorder.is_writing());
            let start = Instant::now();
            while fs::metadata(&path).unwrap().len() == 0 {
                assert!(start.elapsed() < Duration::from_secs(30), "{name}: it never came");
                thread::yield_now();
            }
            assert_eq!(read(&path), "a\n", "{name}");
            assert_eq!(recorder.finish().unwrap(), 0);
        }
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn other_files_are_left_as_they_are() {
        let folder = crate::feed::inputs::tests::folder("no-recording");
        let path = folder.join("x.zst");
        fs::write(&path, "text").unwrap();
        assert_eq!(Recorder::open(&path).unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert_eq!(fs::read(&path).unwrap(), b"text");
        fs::remove_dir_all(folder).unwrap();
    }
}
