//! The line to the terminal, which may be slow: at 9600 baud a frame takes a second.
//!
//! What is written goes out on a thread of its own, so that keys are taken meanwhile. While one frame is
//! under way none is drawn: what changed is in the next. When the program leaves, what is not yet on the line
//! is given up.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

/// As many bytes are handed to the system at a time, at most.
const PIECE: usize = 4096;

/// Frames and short sequences under way; nobody presses that many keys while a frame is.
const UNDER_WAY: usize = 64;

/// How long what the system discarded is left alone. On Linux (6.18) what is written to a pseudo-terminal
/// right after it was flushed is lost about once in a hundred times if the program ends then; a few
/// milliseconds later it never was in thousands.
const SETTLED: Duration = Duration::from_millis(5);

/// How long it is waited for what is given up.
const GIVEN_UP: Duration = Duration::from_millis(500);

/// What is written to the terminal, in its order.
#[derive(Debug)]
pub(super) struct OutputLine {
    /// What is put together until it is flushed.
    held: Vec<u8>,
    under_way: Sender<Vec<u8>>,
    shared: Arc<SharedLine>,
}

impl Clone for OutputLine {
    fn clone(&self) -> Self {
        let (under_way, shared) = (self.under_way.clone(), Arc::clone(&self.shared));
        Self { held: Vec::new(), under_way, shared }
    }
}

#[derive(Debug, Default)]
struct SharedLine {
    /// How much of what was flushed is not written yet.
    count: AtomicUsize,
    /// What is under way is not to be written any more.
    is_given_up: AtomicBool,
    error: Mutex<Option<io::Error>>,
}

impl OutputLine {
    /// The line that standard output leads to. Something can be received each time that something was
    /// written.
    pub(super) fn open() -> io::Result<(Self, Receiver<()>)> {
        #[cfg(unix)]
        if let Ok(output) = Output::open() {
            return Self::start(output);
        }
        Self::start(io::stdout())
    }

    fn start(out: impl LineEnd + 'static) -> io::Result<(Self, Receiver<()>)> {
        let (under_way, inbox) = bounded(UNDER_WAY);
        let (sender, written) = bounded(1);
        let shared = Arc::<SharedLine>::default();
        let known = Arc::clone(&shared);
        thread::Builder::new()
            .name("line".to_owned())
            .spawn(move || known.write_all(out, &inbox, &sender))?;
        Ok((Self { held: Vec::new(), under_way, shared }, written))
    }

    /// Whether all that was flushed is written.
    pub(super) fn is_idle(&self) -> bool {
        self.shared.count.load(Ordering::Acquire) == 0
    }

    /// Writes a short sequence after what is under way.
    pub(super) fn say(&mut self, text: &str) -> io::Result<()> {
        self.write_all(text.as_bytes())?;
        self.flush()
    }

    /// Gives up what is under way, and what the system has not sent yet. What is written directly afterwards
    /// comes right after what the terminal already has.
    pub(super) fn give_up(&self) {
        self.shared.is_given_up.store(true, Ordering::Release);
        let until = Instant::now() + GIVEN_UP;
        discard();
        while !self.is_idle() && Instant::now() < until {
            // Whoever waits for room gets it by this, and sees that there is nothing to write any more.
            thread::sleep(Duration::from_millis(1));
            discard();
        }
        thread::sleep(SETTLED);
        self.shared.is_given_up.store(false, Ordering::Release);
    }
}

impl SharedLine {
    fn write_all(&self, mut out: impl LineEnd, inbox: &Receiver<Vec<u8>>, written: &Sender<()>) {
        for bytes in inbox {
            if let Err(error) = self.write(&mut out, &bytes) {
                *self.error.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            }
            self.count.fetch_sub(1, Ordering::AcqRel);
            // One that was not received yet says the same.
            if let Err(TrySendError::Disconnected(())) = written.try_send(()) {
                return;
            }
        }
    }

    fn write(&self, out: &mut impl LineEnd, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() && !self.is_given_up.load(Ordering::Acquire) {
            match out.write(&bytes[..bytes.len().min(PIECE)]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(length) => bytes = &bytes[length..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => out.wait(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        out.flush()?;
        if !self.is_given_up.load(Ordering::Acquire) {
            out.drain();
        }
        Ok(())
    }
}

impl Write for OutputLine {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    /// Sends what was written since the last flush on its way.
    fn flush(&mut self) -> io::Result<()> {
        if let Some(error) = self.shared.error.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(error);
        }
        if self.held.is_empty() {
            return Ok(());
        }
        self.shared.count.fetch_add(1, Ordering::AcqRel);
        let sent = self.under_way.send(std::mem::take(&mut self.held));
        sent.map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

/// The end of a line.
pub(super) trait LineEnd: Write + Send {
    /// Waits a moment for room.
    fn wait(&self) {}

    /// Waits until all is sent that the system was handed. A pseudo-terminal takes it at once, and a line
    /// that cannot say is not waited for.
    fn drain(&self) {}
}

/// The terminal that standard output goes to.
#[cfg(unix)]
#[derive(Debug)]
pub(super) struct Output(std::fs::File);

#[cfg(unix)]
impl Output {
    /// Opened anew, so that writing without waiting is nobody else's: a shell has the same standard output.
    fn open() -> io::Result<Self> {
        use std::os::unix::ffi::OsStrExt;
        use std::os::unix::fs::OpenOptionsExt;

        use rustix::fs::OFlags;

        let name = rustix::termios::ttyname(io::stdout(), Vec::new())?;
        let flags = i32::try_from((OFlags::NONBLOCK | OFlags::NOCTTY).bits()).unwrap_or(0);
        let path = std::ffi::OsStr::from_bytes(name.as_bytes());
        std::fs::OpenOptions::new().write(true).custom_flags(flags).open(path).map(Self)
    }
}

#[cfg(unix)]
impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(unix)]
impl LineEnd for Output {
    fn wait(&self) {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};

        let mut files = [PollFd::new(&self.0, PollFlags::OUT)];
        // Whatever comes of it, it is tried again.
        _ = poll(&mut files, Some(&Timespec { tv_sec: 0, tv_nsec: 20_000_000 }));
    }

    fn drain(&self) {
        _ = rustix::termios::tcdrain(&self.0);
    }
}

impl LineEnd for io::Stdout {}

/// Gives up what the system has not sent yet.
#[cfg(unix)]
fn discard() {
    _ = rustix::termios::tcflush(io::stdout(), rustix::termios::QueueSelector::OFlush);
}

#[cfg(not(unix))]
fn discard() {}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes what is written only when it is told that it may.
    struct Slow(Receiver<()>, Sender<Vec<u8>>);

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.recv().map_err(|_| io::ErrorKind::BrokenPipe)?;
            self.1.send(bytes.to_vec()).map_err(|_| io::ErrorKind::BrokenPipe)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl LineEnd for Slow {}

    fn slow() -> (OutputLine, Receiver<()>, Sender<()>, Receiver<Vec<u8>>) {
        let ((room, wait), (sender, taken)) = (bounded(16), bounded(16));
        let (line, written) = OutputLine::start(Slow(wait, sender)).unwrap();
        (line, written, room, taken)
    }

    #[test]
    fn nobody_waits_for_a_slow_line() {
        let (mut line, written, room, taken) = slow();
        assert!(line.is_idle());
        line.say("frame").unwrap();
        line.say("more").unwrap();
        assert!(!line.is_idle());
        room.send(()).unwrap();
        room.send(()).unwrap();
        assert_eq!((taken.recv().unwrap(), taken.recv().unwrap()), (b"frame".to_vec(), b"more".to_vec()));
        while !line.is_idle() {
            written.recv().unwrap();
        }
        // Nothing flushed is nothing under way.
        line.flush().unwrap();
        assert!(line.is_idle());
    }

    #[test]
    fn what_is_given_up_is_not_written() {
        let (mut line, written, room, taken) = slow();
        let long = vec![b'x'; PIECE * 3];
        line.write_all(&long).unwrap();
        line.flush().unwrap();
        line.shared.is_given_up.store(true, Ordering::Release);
        // The piece that waits for room goes out, and no other.
        for _ in 0..3 {
            room.send(()).unwrap();
        }
        while !line.is_idle() {
            written.recv().unwrap();
        }
        assert!(taken.try_iter().map(|piece| piece.len()).sum::<usize>() <= PIECE);
    }

    #[test]
    fn a_line_that_is_gone_is_told() {
        let (mut line, written, room, _) = slow();
        drop(room);
        line.say("frame").unwrap();
        while !line.is_idle() {
            written.recv().unwrap();
        }
        assert!(line.say("more").is_err());
    }
}
