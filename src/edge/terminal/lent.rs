//! A command that somebody runs on a row has the terminal until it ends and they press Enter.
//!
//! The command is in the process group of this program, as with system(3): Ctrl-C and Ctrl-Z at the keyboard
//! are for both. The one is passed over here, with the other both stop, and the shell goes on with both. The
//! console takes in what comes meanwhile, and draws nothing.

use std::io::{self, IsTerminal};
use std::process::{Child, Command, Stdio};
use std::thread;

use crossbeam_channel::Sender;

use crate::base::visible::visible;
use crate::console::{CommandEnd, Key, Message, RowRan, RowRun};

/// A command that has the terminal, or had it and waits for Enter.
#[derive(Debug)]
pub(super) struct LentTerminal {
    child: Child,
    title: String,
    ended: Option<RowRan>,
}

/// What becomes of a message while a command has the terminal.
#[derive(Debug)]
pub(super) enum WhileLent {
    /// It is for the console, as ever.
    Taken(Message),
    /// It is for nobody.
    Passed,
    /// The command ended: this is to be said, and Enter waited for.
    Ended(String),
    /// Enter was pressed.
    Back(RowRan),
}

impl LentTerminal {
    /// Starts a command. [`Message::Ran`] says through `sender` that it ended.
    ///
    /// # Errors
    /// Why it does not start.
    pub(super) fn start(run: RowRun, sender: Sender<Message>) -> io::Result<Self> {
        let RowRun { title, program, arguments, input } = run;
        let stdin = match input {
            Some(_) => Stdio::piped(),
            None => own_terminal()?,
        };
        let mut child = Command::new(program).args(arguments).stdin(stdin).spawn()?;
        if let Some((input, mut pipe)) = input.zip(child.stdin.take()) {
            thread::spawn(move || {
                // A command that reads no more may do without the rest.
                _ = io::Write::write_all(&mut pipe, &input.lines());
            });
        }
        let (id, told) = (child.id(), title.clone());
        thread::spawn(move || {
            wait(id);
            // How it ended the one who has the child knows.
            let end = CommandEnd::Status(0);
            sender.send(Message::Ran(RowRan { title: told, end }))
        });
        Ok(Self { child, title, ended: None })
    }

    /// Whether it waits for Enter.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.is_some()
    }

    /// What becomes of a message.
    pub(super) fn take(&mut self, message: Message) -> WhileLent {
        match (message, &self.ended) {
            (Message::Ran(_), None) => {
                let ran = RowRan { title: self.title.clone(), end: end(self.child.wait()) };
                let words = visible(&ran.words()).into_owned();
                self.ended = Some(ran);
                WhileLent::Ended(words)
            }
            (Message::Key(Key::Enter | Key::Esc | Key::Char(' ' | 'q') | Key::Ctrl('c')), Some(ran)) => {
                WhileLent::Back(ran.clone())
            }
            (Message::Key(_) | Message::Mouse(_) | Message::Point(..) | Message::Paste(_), _) => {
                WhileLent::Passed
            }
            // Ctrl-C and Ctrl-\ are for the command.
            (Message::Signal(INTERRUPT | QUIT), None) => WhileLent::Passed,
            (message, _) => WhileLent::Taken(message),
        }
    }

    /// Asks the command to end, since the program does.
    pub(super) fn abandon(&self) {
        if self.ended.is_none() {
            terminate(self.child.id());
        }
    }
}

/// SIGINT.
pub(super) const INTERRUPT: i32 = 2;
/// SIGQUIT.
pub(super) const QUIT: i32 = 3;

/// The terminal as standard input, also where that of the program is something else.
fn own_terminal() -> io::Result<Stdio> {
    if io::stdin().is_terminal() {
        return Ok(Stdio::inherit());
    }
    std::fs::File::open("/dev/tty").map(Stdio::from)
}

fn end(status: io::Result<std::process::ExitStatus>) -> CommandEnd {
    match status {
        Ok(status) => match status.code() {
            Some(code) => CommandEnd::Status(code),
            #[cfg(unix)]
            None => {
                use std::os::unix::process::ExitStatusExt;
                CommandEnd::Signal(status.signal().unwrap_or(0))
            }
            #[cfg(not(unix))]
            None => CommandEnd::Status(0),
        },
        Err(error) => CommandEnd::Failed(error.to_string()),
    }
}

/// Waits until a child ended, and leaves it to be waited for.
#[cfg(unix)]
fn wait(id: u32) {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

    let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) else { return };
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    while matches!(waitid(WaitId::Pid(pid), options), Err(rustix::io::Errno::INTR)) {}
}

#[cfg(not(unix))]
fn wait(_: u32) {}

#[cfg(unix)]
fn terminate(id: u32) {
    use rustix::process::{Pid, Signal, kill_process};

    if let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        // It may have ended by itself just now.
        _ = kill_process(pid, Signal::TERM);
    }
}

#[cfg(not(unix))]
fn terminate(_: u32) {}
