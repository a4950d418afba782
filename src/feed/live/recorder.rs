//! Appends every record that comes to a file, one a line, for `replay` and `report` to read, and between them what is
//! known to be missing and what somebody marked ([`crate::note`]).
//!
//! What came is in the file after a second at the latest, whole, so that a crash loses that second and nothing before
//! it. A name that ends in `.zst` is compressed: each second is a frame of its own (RFC 8878 section 3: frames may
//! follow each other), and one that a crash cut off is cut off the file before more is written behind it.
//!
//! Where nothing can be written, since the disk is full, it is tried again every second, and what comes is held meanwhile.
//! What there is no room for is missing from the recording, which says so itself: as a gap.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};

use crate::moment::Moment;
use crate::note::{Gap, Note};

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
    thread: Option<JoinHandle<Written>>,
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
type Written = (u64, io::Result<()>);

impl Recorder {
    /// Opens the file `path`, to write behind what is in it. A new one is for nobody else to read.
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

    /// Takes a record, which is as [`crate::note::logged`] gave it. Never waits. Returns whether it will be recorded, as
    /// far as is known.
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
    pub fn hand_on(&mut self) {
        let Some(sender) = self.sender.as_ref().filter(|_| !self.held.is_empty()) else { return };
        if let Err(TrySendError::Full(held) | TrySendError::Disconnected(held)) =
            sender.try_send(std::mem::take(&mut self.held))
        {
            self.held = held;
        }
    }

    /// Why nothing can be written at present; none if it can.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes what is left. Returns how many records and notes were not recorded, and why not those that came last.
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

/// Where a recording is written: a file, or something in its place in tests.
trait Disk: Write + Send + 'static {
    /// Takes back what is behind so many bytes.
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
    /// So many bytes are written, whole.
    whole: u64,
    /// There may be a part of something behind them.
    is_torn: bool,
    said: Arc<Mutex<Option<String>>>,
}

impl<D: Disk> Writer<D> {
    fn run(&mut self, inbox: &Receiver<Vec<u8>>) -> Written {
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
        assert!(matches!(recorder.finish(), (0, Ok(()))));
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
            assert!(matches!(recorder.finish(), (0, Ok(()))));
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
            let start = Instant::now();
            while fs::metadata(&path).unwrap().len() == 0 {
                assert!(start.elapsed() < Duration::from_secs(30), "{name}: it never came");
                thread::yield_now();
            }
            assert_eq!(read(&path), "a\n", "{name}");
            assert!(matches!(recorder.finish(), (0, Ok(()))));
        }
        fs::remove_dir_all(folder).unwrap();
    }

    /// A disk with so much room, which a test changes.
    #[derive(Clone, Default)]
    struct Small(Arc<Mutex<(Vec<u8>, usize)>>);

    impl Write for Small {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut disk = self.0.lock().unwrap();
            let room = disk.1.saturating_sub(disk.0.len()).min(bytes.len());
            disk.0.extend_from_slice(&bytes[..room]);
            if room == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(room) }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Disk for Small {
        fn cut(&mut self, length: u64) -> io::Result<()> {
            self.0.lock().unwrap().0.truncate(usize::try_from(length).unwrap());
            Ok(())
        }
    }

    fn wait_for(recorder: &mut Recorder, is_so: impl Fn(&Recorder) -> bool) {
        let start = Instant::now();
        while !is_so(recorder) {
            assert!(start.elapsed() < Duration::from_mins(1), "it never came");
            recorder.hand_on();
            thread::yield_now();
        }
    }

    #[test]
    fn a_full_disk_is_said_at_once_and_nothing_is_lost_if_there_is_room_in_time() {
        let disk = Small(Arc::new(Mutex::new((b"before\n".to_vec(), 12))));
        let mut recorder = Recorder::writing(disk.clone(), false, 7).unwrap();
        for line in ["one", "two", "three"] {
            assert!(recorder.take(line));
        }
        wait_for(&mut recorder, |recorder| recorder.trouble().is_some());
        assert!(recorder.take("four"));
        disk.0.lock().unwrap().1 = usize::MAX;
        wait_for(&mut recorder, |recorder| recorder.trouble().is_none());
        assert!(matches!(recorder.finish(), (0, Ok(()))));
        assert_eq!(disk.0.lock().unwrap().0, b"before\none\ntwo\nthree\nfour\n");
    }

    #[test]
    fn what_there_was_no_room_for_is_a_gap_in_the_recording() {
        let disk = Small(Arc::new(Mutex::new((Vec::new(), 0))));
        let mut recorder = Recorder::writing(disk.clone(), false, 0).unwrap();
        let at = |second| (Moment::from_seconds(second), Moment::from_seconds(second + 1));
        let large = "x".repeat(HELD / 4 - 10);
        let (mut taken, mut missed) = (0, 0);
        for second in 0..40 {
            let (earliest, latest) = at(second);
            recorder.at(earliest, latest);
            let is_taken = recorder.take(&large);
            taken += u64::from(is_taken);
            missed += u64::from(!is_taken);
            recorder.hand_on();
            if !is_taken {
                wait_for(&mut recorder, |recorder| recorder.trouble().is_some());
            }
        }
        assert!(missed > 0 && recorder.missed() == missed, "{missed}");
        disk.0.lock().unwrap().1 = usize::MAX;
        wait_for(&mut recorder, |recorder| recorder.held.is_empty());
        assert!(recorder.take("after"));
        let (left, written) = recorder.finish();
        assert!(written.is_ok() && left == missed);
        let bytes = std::mem::take(&mut disk.0.lock().unwrap().0);
        let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
        assert_eq!(lines.iter().filter(|line| line.len() == large.len()).count() as u64, taken);
        let notes: Vec<Gap> = lines
            .iter()
            .filter_map(|line| if line.len() < 500 { Note::read(line) } else { None })
            .map(|note| if let Note::Gap(gap) = note { gap } else { panic!("{note:?}") })
            .collect();
        let [gap] = notes[..] else { panic!("{notes:?}") };
        assert!(gap.from >= at(1).0 && gap.until == at(39).1, "{gap:?}");
        assert!(lines.contains(&&b"after"[..]));
    }

    #[test]
    fn what_could_not_be_written_in_the_end_is_counted() {
        let disk = Small(Arc::new(Mutex::new((Vec::new(), 3))));
        let mut recorder = Recorder::writing(disk.clone(), true, 0).unwrap();
        assert!(recorder.take("one") && recorder.take("two"));
        let (missed, written) = recorder.finish();
        assert_eq!((missed, written.unwrap_err().kind()), (2, io::ErrorKind::StorageFull));
    }

    #[test]
    fn other_files_are_left_as_they_are() {
        let folder = crate::feed::inputs::tests::folder("no-recording");
        let path = folder.join("x.zst");
        fs::write(&path, "text").unwrap();
        assert_eq!(Recorder::open(&path).unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert_eq!(fs::read(&path).unwrap(), b"text");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let refused = Recorder::open(Path::new("/dev/null")).unwrap_err();
            assert!(refused.to_string().contains("a pipe or a device"), "{refused}");
            let path = folder.join("new.jsonl");
            record(&path, &["a"]);
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            record(&path, &["b"]);
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o644,
                "as somebody set it"
            );
        }
        fs::remove_dir_all(folder).unwrap();
    }
}
