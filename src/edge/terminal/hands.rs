//! What the console wants done at the terminal, and what becomes of its messages while a command has that.

use std::io;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use crossbeam_channel::Sender;
use crossterm::terminal;

use super::gate::KeyboardGate;
use super::lent::{INTERRUPT, LentTerminal, QUIT, WhileLent};
use super::line::OutputLine;
use super::{MOUSE_OFF, MOUSE_ON, leave, restore, seize, settle, stop, write};
use crate::base::visible::visible;
use crate::console::{CommandEnd, Effect, Ending, Message, Model, RowRan, RowRun, update};

/// Does what the console wants done.
pub(super) struct Hands<P> {
    perform: P,
    line: OutputLine,
    /// Whether the screen is to be drawn from nothing.
    pub(super) anew: bool,
    /// Whether the terminal was taken again when the program went on: the signal that says so comes later.
    is_back: bool,
    gate: KeyboardGate,
    sender: Sender<Message>,
    /// The command that has the terminal.
    lent: Option<LentTerminal>,
    /// Whether Ctrl-C that was meant for a command may still come as a signal.
    is_settling: bool,
    /// What is to be said to the terminal once it is back.
    held: String,
}

impl<P: FnMut(Effect)> Hands<P> {
    /// Hands that draw from nothing first. `sender` is where messages for the console go.
    pub(super) fn new(perform: P, line: OutputLine, gate: KeyboardGate, sender: Sender<Message>) -> Self {
        Self {
            perform,
            line,
            anew: true,
            is_back: false,
            gate,
            sender,
            lent: None,
            is_settling: false,
            held: String::new(),
        }
    }

    /// Whether the terminal is somebody else's, so that nothing is to be drawn.
    pub(super) fn has_lent(&self) -> bool {
        self.lent.is_some()
    }

    /// Clears the screen. To do so ratatui would ask where the cursor is, and the answer would go to the
    /// thread of the keys.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.line.say("\x1b[2J")
    }

    /// Lets the model take in a message. Returns why to end, if that is what comes of it.
    pub(super) fn take(&mut self, model: &mut Model, message: Message) -> io::Result<Option<Ending>> {
        let mut ending = None;
        for effect in update(model, message) {
            match effect {
                Effect::Quit(why) => ending = Some(why),
                Effect::Mouse(true) => self.say(MOUSE_ON)?,
                Effect::Mouse(false) => self.say(MOUSE_OFF)?,
                Effect::Run(run) => self.lend(model, *run)?,
                Effect::Suspend if self.lent.is_some() => self.stop_beside()?,
                Effect::Retake if self.lent.is_some() => {}
                Effect::Suspend => {
                    leave(&self.line, true)?;
                    restore();
                    stop()?;
                    seize(model.mouse())?;
                    (self.anew, self.is_back) = (true, true);
                }
                Effect::Retake if std::mem::take(&mut self.is_back) => {}
                Effect::Retake => {
                    // What the terminal was set to meanwhile is not what it is taken to be.
                    leave(&self.line, true)?;
                    terminal::disable_raw_mode()?;
                    seize(model.mouse())?;
                    self.anew = true;
                }
                // Who does not know it passes over it.
                Effect::Signal(signal, text) => _ = self.say(&signal.sequence(&text, is_in_tmux())),
                // Whoever does not take it has no clipboard; there is nobody to tell.
                Effect::Copy(text) => _ = self.say(&clipboard(&text, is_in_tmux())),
                effect => (self.perform)(effect),
            }
        }
        Ok(ending)
    }
}

/// What concerns a command that has the terminal.
impl<P: FnMut(Effect)> Hands<P> {
    /// Says a sequence to the terminal, as soon as it is not somebody else's.
    fn say(&mut self, text: &str) -> io::Result<()> {
        if self.lent.is_none() {
            return self.line.say(text);
        }
        self.held.push_str(text);
        Ok(())
    }

    /// Takes a message that came: for the command that has the terminal, or for the console.
    pub(super) fn receive(&mut self, model: &mut Model, message: Message) -> io::Result<Option<Ending>> {
        match message {
            Message::Signal(INTERRUPT | QUIT) if self.is_settling => return Ok(None),
            Message::Resize(..) => self.is_settling = false,
            _ => {}
        }
        let Some(lent) = &mut self.lent else { return self.take(model, message) };
        match lent.take(message) {
            WhileLent::Taken(message) => self.take(model, message),
            WhileLent::Passed => Ok(None),
            WhileLent::Ended(words) => {
                terminal::enable_raw_mode()?;
                self.is_settling = settle()?;
                self.gate.open();
                write(&format!("\x1b[m\r\n[{words}]  Enter returns "))?;
                Ok(None)
            }
            WhileLent::Back(ran) => {
                // What is left in the terminal asks for nothing.
                write(&format!("\r\x1b[2K[{}]\r\n", visible(&ran.words())))?;
                self.lent = None;
                self.retake(model)?;
                self.take(model, Message::Ran(ran))
            }
        }
    }

    /// Gives the terminal to a command. What keeps it from starting the console says.
    fn lend(&mut self, model: &mut Model, run: RowRun) -> io::Result<()> {
        let title = run.title.clone();
        let failed =
            |why: String| Message::Ran(RowRan { title: title.clone(), end: CommandEnd::Failed(why) });
        // Looked for first, so that the screen stays where there is no such program.
        if let Err(error) = which::which(&run.program) {
            let why = format!("cannot run `{}`: {error}", run.program);
            return self.take(model, failed(why)).map(drop);
        }
        if !self.gate.close() {
            let why = "the keyboard cannot be given to a command here".to_owned();
            return self.take(model, failed(why)).map(drop);
        }
        leave(&self.line, true)?;
        restore();
        write(&format!("$ {}\n", visible(&run.words())))?;
        let program = run.program.clone();
        match LentTerminal::start(run, self.sender.clone()) {
            Ok(lent) => {
                self.lent = Some(lent);
                Ok(())
            }
            Err(error) => {
                self.retake(model)?;
                self.gate.open();
                self.take(model, failed(format!("cannot run `{program}`: {error}"))).map(drop)
            }
        }
    }

    /// Takes the terminal back, to draw on it from nothing.
    fn retake(&mut self, model: &Model) -> io::Result<()> {
        seize(model.mouse())?;
        self.anew = true;
        let held = std::mem::take(&mut self.held);
        self.line.say(&held)
    }

    /// Stops with the command, which the terminal stopped, too.
    fn stop_beside(&self) -> io::Result<()> {
        let is_raw = self.lent.as_ref().is_some_and(LentTerminal::has_ended);
        if is_raw {
            terminal::disable_raw_mode()?;
        }
        stop()?;
        if is_raw { terminal::enable_raw_mode() } else { Ok(()) }
    }

    /// Ends the command that has the terminal, since the program ends, and takes the terminal back for that.
    pub(super) fn abandon(&mut self, model: &Model) -> io::Result<()> {
        if let Some(lent) = self.lent.take() {
            lent.abandon();
            self.retake(model)?;
        }
        Ok(())
    }
}

/// Whether tmux is between the program and the terminal.
fn is_in_tmux() -> bool {
    std::env::var_os("TMUX").is_some_and(|value| !value.is_empty())
}

/// Hands a text to the clipboard of the terminal, wherever that is: OSC 52. Inside tmux it goes to tmux,
/// which takes it if `set-clipboard` is on, and through it to the terminal around it, which it does if
/// `allow-passthrough` is on.
fn clipboard(text: &str, in_tmux: bool) -> String {
    let sequence = format!("\x1b]52;c;{}\x07", BASE64_STANDARD.encode(text));
    if !in_tmux {
        return sequence;
    }
    format!("{sequence}\x1bPtmux;{}\x1b\\", sequence.replace('\x1b', "\x1b\x1b"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clipboard_is_reached_through_tmux() {
        assert_eq!(clipboard("ä\n", false), "\x1b]52;c;w6QK\x07");
        assert_eq!(
            clipboard("ssm", true),
            "\x1b]52;c;c3Nt\x07\x1bPtmux;\x1b\x1b]52;c;c3Nt\x07\x1b\\",
            "to tmux, and through it"
        );
    }
}
