//! How the thread of the keys is kept from the terminal while somebody else has it.
//!
//! It waits for bytes, and a byte in a pipe wakes it. It says that it reads no more, and goes on when it is
//! told to.

use std::io::{self, PipeReader, PipeWriter, Write};
#[cfg(unix)]
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};

/// How long the keyboard may take to let go of the terminal: it has nothing else to do, unless the system
/// cannot say what there is to read.
const PATIENCE: Duration = Duration::from_millis(500);

/// What the keyboard is kept from the terminal with.
#[derive(Debug)]
pub(super) struct KeyboardGate {
    wake: PipeWriter,
    open: Sender<()>,
    said: Receiver<()>,
}

/// The end of it that the keyboard has.
#[derive(Debug)]
pub(super) struct KeyboardGuard {
    #[cfg_attr(not(unix), expect(dead_code, reason = "keys are not waited for with it there"))]
    woken: PipeReader,
    #[cfg_attr(not(unix), expect(dead_code, reason = "keys are not waited for with it there"))]
    opened: Receiver<()>,
    #[cfg_attr(not(unix), expect(dead_code, reason = "keys are not waited for with it there"))]
    say: Sender<()>,
}

/// A gate, which is open.
pub(super) fn gate() -> io::Result<(KeyboardGate, KeyboardGuard)> {
    let (woken, wake) = io::pipe()?;
    let ((open, opened), (say, said)) = (bounded(1), bounded(1));
    Ok((KeyboardGate { wake, open, said }, KeyboardGuard { woken, opened, say }))
}

impl KeyboardGate {
    /// Has the keyboard read no more. Says whether it does not.
    pub(super) fn close(&mut self) -> bool {
        if self.wake.write_all(b"x").is_err() || self.said.recv_timeout(PATIENCE).is_err() {
            // If it comes to it after all it is not to stay there.
            _ = self.open.try_send(());
            return false;
        }
        true
    }

    /// Has it read again what is typed from now on.
    pub(super) fn open(&self) {
        // There is room: nobody opens it twice.
        if self.open.try_send(()).is_ok() {
            _ = self.said.recv_timeout(PATIENCE);
        }
    }
}

#[cfg(unix)]
impl KeyboardGuard {
    /// What has something to read when the keyboard is to stand aside.
    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.woken.as_fd()
    }

    /// Stands aside until the gate is open again; `before` is done before that is said. Says whether there
    /// is still somebody to say it to.
    pub(super) fn stand_aside(&mut self, before: impl FnOnce()) -> bool {
        use std::io::Read as _;

        if !matches!(self.woken.read(&mut [0]), Ok(1)) || self.say.send(()).is_err() {
            return false;
        }
        if self.opened.recv().is_err() {
            return false;
        }
        before();
        self.say.try_send(()).is_ok()
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn nothing_is_read_while_it_is_closed() {
        let (mut gate, mut guard) = gate().unwrap();
        let (flushed, seen) = bounded(1);
        let keyboard = thread::spawn(move || (0..2).all(|_| guard.stand_aside(|| flushed.send(()).unwrap())));
        for _ in 0..2 {
            assert!(gate.close());
            assert!(seen.is_empty(), "not yet");
            gate.open();
            assert!(seen.try_recv().is_ok(), "done when the gate is open");
        }
        assert!(keyboard.join().unwrap());
        assert!(!gate.close(), "there is no keyboard any more");
    }
}
