//! Where keys come from: the bytes of the terminal, read here and taken apart by [`super::decode`].
//!
//! Not by crossterm: its reader knows neither OSC nor DCS in what a terminal sends, nor private CSI, and what
//! it does not know comes out of it as typed.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{QueueSelector, tcflush};

use super::HANGUP;
use super::decode::{Decoder, Sent, TerminalAnswer};
use super::gate::KeyboardGuard;
use super::told::{QUESTIONS, Told, palette_for};
use crate::console::Message;

/// How long after ESC something that belongs to it may come.
const AFTER_ESCAPE: Duration = Duration::from_millis(40);

/// How long an unfinished sequence or string waits for its next byte.
const UNFINISHED: Duration = Duration::from_millis(500);

/// How long answers are waited for.
const ANSWERS: Duration = Duration::from_millis(200);

/// And for one that screen has to ask another terminal for, once it has answered all the others itself.
const FROM_OUTSIDE: Duration = Duration::from_millis(100);

/// The terminal as what keys come from.
#[derive(Debug)]
enum Tty {
    /// Standard input.
    Input(io::Stdin),
    /// The terminal of the process, where standard input is something else.
    Own(File),
}

impl Tty {
    fn open() -> io::Result<Self> {
        let input = io::stdin();
        if input.is_terminal() { Ok(Self::Input(input)) } else { File::open("/dev/tty").map(Self::Own) }
    }

    fn fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Input(input) => input.as_fd(),
            Self::Own(file) => file.as_fd(),
        }
    }

    /// Past the buffer of standard input, so that [`Tty::wait`] knows of all there is.
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Input(input) => Ok(rustix::io::read(input.as_fd(), bytes)?),
            Self::Own(file) => file.read(bytes),
        }
    }

    /// Whether there is something to read within a time. Where that cannot be told, there is.
    fn wait(&self, within: Duration) -> bool {
        let mut fds = [PollFd::from_borrowed_fd(self.fd(), PollFlags::IN)];
        let within = Timespec::try_from(within).ok();
        match poll(&mut fds, within.as_ref()) {
            Ok(ready) => ready > 0,
            Err(error) => error != rustix::io::Errno::INTR,
        }
    }
}

/// What keys are read with.
#[derive(Debug)]
pub(super) struct Keyboard {
    tty: Tty,
    decoder: Decoder,
    read: Instant,
    /// What was typed while answers were waited for.
    early: Vec<Sent>,
    guard: KeyboardGuard,
}

impl Keyboard {
    pub(super) fn open(guard: KeyboardGuard) -> io::Result<Self> {
        let (tty, decoder) = (Tty::open()?, Decoder::new());
        Ok(Self { tty, decoder, read: Instant::now(), early: Vec::new(), guard })
    }

    /// Waits until there is something to read. While somebody else is to have the terminal nothing is read,
    /// and what was typed for them and not read by them is nobody's.
    fn wait(&mut self) {
        loop {
            let mut fds = [
                PollFd::from_borrowed_fd(self.tty.fd(), PollFlags::IN),
                PollFd::from_borrowed_fd(self.guard.fd(), PollFlags::IN),
            ];
            let polled = poll(&mut fds, None);
            let is_asked = !fds[1].revents().is_empty();
            match polled {
                Err(rustix::io::Errno::INTR) => {}
                Ok(_) if is_asked => {
                    let tty = &self.tty;
                    if !self.guard.stand_aside(|| _ = tcflush(tty.fd(), QueueSelector::IFlush)) {
                        return;
                    }
                    self.decoder = Decoder::new();
                }
                // Where waiting fails reading says what is wrong.
                Ok(_) | Err(_) => return,
            }
        }
    }

    /// What comes next, as soon as it comes.
    fn next(&mut self) -> io::Result<Vec<Sent>> {
        if self.decoder.is_waiting() && !self.tty.wait(AFTER_ESCAPE) {
            return Ok(self.decoder.settle());
        }
        self.wait();
        let mut bytes = [0; 1 << 10];
        let length = match self.tty.read(&mut bytes) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut sent = Vec::new();
        let now = Instant::now();
        if now.duration_since(self.read) > UNFINISHED {
            sent = self.decoder.settle();
        }
        self.read = now;
        sent.extend(self.decoder.take(&bytes[..length]));
        Ok(sent)
    }

    /// Asks the terminal what it is like, and waits for that, but not for long. `is_relayed`: the questions
    /// go through GNU screen, which answers some itself and asks the terminal around it the others.
    pub(super) fn ask(&mut self, is_relayed: bool) -> io::Result<Told> {
        let mut told = Told::default();
        let mut out = io::stdout();
        out.write_all(QUESTIONS.as_bytes())?;
        out.flush()?;
        let mut until = Instant::now() + ANSWERS;
        let mut is_known = false;
        while !(is_known && (told.background.is_some() || !is_relayed)) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || !self.tty.wait(left) {
                break;
            }
            for sent in self.next()? {
                match sent {
                    Sent::Answer(TerminalAnswer::Background(color)) => told.background = Some(color),
                    // The sign was written at the left edge.
                    Sent::Answer(TerminalAnswer::Column(column)) => told.sign = column.checked_sub(1),
                    Sent::Answer(TerminalAnswer::Synchronized(is)) => told.is_synchronized = is,
                    Sent::Answer(TerminalAnswer::Kind) => {
                        is_known = true;
                        until = Instant::now() + FROM_OUTSIDE;
                    }
                    sent => self.early.push(sent),
                }
            }
        }
        Ok(told)
    }

    /// Sends on all that comes, until nobody listens or the terminal is gone.
    pub(super) fn listen(mut self, sender: &Sender<Message>) {
        let mut sent = std::mem::take(&mut self.early);
        loop {
            for sent in sent {
                let message = match sent {
                    Sent::Key(key) => Message::Key(key),
                    Sent::Mouse(mouse) => Message::Mouse(mouse),
                    Sent::Paste(text) => Message::Paste(text),
                    // A slow terminal, or one that is far away.
                    Sent::Answer(TerminalAnswer::Background(color)) => {
                        Message::Background(palette_for(color))
                    }
                    // Too late for anything.
                    Sent::Answer(_) => continue,
                };
                if sender.send(message).is_err() {
                    return;
                }
            }
            let Ok(next) = self.next() else {
                _ = sender.send(Message::Signal(HANGUP));
                return;
            };
            sent = next;
        }
    }
}
