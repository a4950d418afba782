//! The terminal: raw mode, keys, frames, and everything as it was when the console ends, however it ends.

use std::io::{self, IsTerminal, Write};
use std::sync::Once;
use std::thread;
use std::time::Instant;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, select};
use crossterm::{cursor, event, execute, terminal};
use ratatui::Terminal;
use ratatui::buffer::Buffer;

use crate::console::{Effect, Ending, Message, Model, Palette};
use crate::view::{Depth, Signs, Tints, draw, pointed, summary};

#[cfg(unix)]
mod decode;
#[cfg(not(unix))]
mod events;
mod gate;
mod grid;
mod hands;
#[cfg(unix)]
mod keyboard;
mod lent;
mod line;
mod look;
mod pace;
mod paint;
mod pen;
mod scroll;
mod stroke;
mod told;

#[cfg(not(unix))]
use events::EventKeyboard as Keyboard;
use gate::gate;
use hands::Hands;
#[cfg(unix)]
use keyboard::Keyboard;
use line::OutputLine;
use pace::Pace;
use paint::Painter;
use told::Told;

/// How many rows the wheel goes at a time.
const WHEEL: i8 = 3;

/// How many messages may wait. A feed that is faster than the console waits for it; a key waits only for
/// these few.
pub const WAITING: usize = 4;

/// Why the console could not run.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// Standard output leads elsewhere.
    #[error("the console needs a terminal, and standard output is none")]
    NotATerminal,
    /// The terminal says by `TERM=dumb` that it cannot place text, as those inside editors do.
    #[error("the console needs a terminal that can place text")]
    Dumb,
    /// The terminal does not do what it is asked.
    #[error("cannot use the terminal")]
    Io(#[from] io::Error),
}

/// How the console ended.
#[derive(Debug)]
pub struct ConsoleOutcome {
    /// Because of what.
    pub ending: Ending,
    /// Whether part of the input was bad.
    pub partial: bool,
    /// What was seen, in a few lines of plain text; to be left in the terminal.
    pub summary: String,
    /// All that the console knew.
    pub model: Model,
}

/// How the console is to look, as far as that is known before the terminal is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looks {
    /// The colors that somebody wants.
    pub palette: Option<Palette>,
    /// Those to have where nobody does and the terminal does not say what its background is.
    pub likely_palette: Palette,
    /// Colors of one's own.
    pub tints: Tints,
    /// How many colors there are.
    pub depth: Depth,
    /// The signs that somebody wants, or the terminal is known to have.
    pub signs: Option<Signs>,
    /// Those to have where the terminal does not say how wide it draws others.
    pub likely_signs: Signs,
    /// Whether the terminal can be asked.
    pub asks: bool,
}

impl Looks {
    /// The palette and signs to use, given what the terminal says of itself.
    fn with(&self, told: Told) -> (Palette, Signs) {
        let palette = self.palette.or_else(|| told.palette()).unwrap_or(self.likely_palette);
        (palette, self.signs.or_else(|| told.signs()).unwrap_or(self.likely_signs))
    }
}

/// Whether there is a terminal for the console.
///
/// # Errors
/// Why there is none.
pub fn is_there() -> Result<(), TerminalError> {
    // Standard input may hold the log; keys come from the terminal itself then.
    if !io::stdout().is_terminal() {
        Err(TerminalError::NotATerminal)
    } else if std::env::var_os("TERM").is_some_and(|name| name == "dumb") {
        Err(TerminalError::Dumb)
    } else {
        Ok(())
    }
}

/// Runs the console on this terminal until it ends. Feeds send their messages through the sender that belongs
/// to `inbox`; keys and signals come through `sender`, which is the same. `perform` does what the console
/// wants done outside; it must neither wait nor send from this thread. What `looks` leaves open the terminal
/// is asked.
///
/// # Errors
/// If there is no terminal, or it fails. It is restored in any case.
pub fn run(
    model: Model,
    looks: &Looks,
    inbox: &Receiver<Message>,
    sender: &Sender<Message>,
    perform: impl FnMut(Effect),
) -> Result<ConsoleOutcome, TerminalError> {
    is_there()?;
    restore_on_panic();
    listen_to_signals(sender)?;
    let taken = Taken::take(model.mouse())?;
    let (gate, guard) = gate()?;
    let mut keyboard = Keyboard::open(guard)?;
    let is_relayed = std::env::var_os("STY").is_some_and(|session| !session.is_empty());
    let told = if looks.asks { keyboard.ask(is_relayed)? } else { Told::default() };
    let (palette, signs) = looks.with(told);
    let mut model = model.in_colors(palette);
    let (line, written) = OutputLine::open()?;
    let mut hands = Hands::new(perform, line.clone(), gate, sender.clone());
    let mut screen = TerminalScreen::new(line.clone(), told.is_synchronized, looks, signs)?;
    let size = screen.terminal.size()?;
    let keys = sender.clone();
    thread::Builder::new().name("keys".to_owned()).spawn(move || keyboard.listen(&keys))?;
    let mut pace = Pace::new(Instant::now());
    let mut pending = Some(Message::Resize(size.width, size.height));
    let ending = loop {
        if let Some(message) = pending.take() {
            let message = screen.with_pointed(&model, message);
            pace.asked(matches!(
                message,
                Message::Key(_) | Message::Resize(..) | Message::Point(..) | Message::Background(_)
            ));
            if let Some(ending) = hands.receive(&mut model, message)? {
                break ending;
            }
        }
        if std::mem::take(&mut hands.anew) {
            hands.clear()?;
            screen.renew()?;
            pace.asked(true);
        }
        let now = Instant::now();
        // A frame that is not on the line yet is not followed by another.
        if pace.frame_is_due(now) && line.is_idle() {
            // What a key changed is read anew for the very next frame.
            if pace.tick_is_due(now) || pace.urgent && model.is_awaited() {
                if let Some(ending) = hands.take(&mut model, Message::Tick(now - pace.start))? {
                    break ending;
                }
                pace.ticked(now, now.elapsed());
            }
            if !hands.has_lent() {
                screen.draw(&model)?;
            }
            pace.drawn(now, model.needs_projection());
        }
        pending = match pace.wake(&model) {
            _ if !line.is_idle() => while_writing(inbox, &written),
            Some(at) => until(at, inbox, &mut pace),
            None => inbox.recv().ok(),
        };
    };
    hands.take(&mut model, Message::Tick(pace.start.elapsed()))?;
    hands.abandon(&model)?;
    drop(screen);
    leave(&line, told.is_synchronized)?;
    drop(taken);
    let partial = model.known().fleet.tally().is_bad() || !model.feed().failures.is_empty();
    Ok(ConsoleOutcome { ending, partial, summary: summary(&model), model })
}

/// The next message, or `None` if something is written first.
fn while_writing(inbox: &Receiver<Message>, written: &Receiver<()>) -> Option<Message> {
    select! {
        recv(inbox) -> message => message.ok(),
        recv(written) -> _ => None,
    }
}

/// The next message, or `None` if it is `at` first, when a frame is due.
fn until(at: Instant, inbox: &Receiver<Message>, pace: &mut Pace) -> Option<Message> {
    match inbox.recv_deadline(at) {
        Err(RecvTimeoutError::Timeout) => {
            pace.asked(false);
            None
        }
        received => received.ok(),
    }
}

/// What frames are drawn on.
struct TerminalScreen<'a> {
    terminal: Terminal<Painter<OutputLine>>,
    line: OutputLine,
    is_synchronized: bool,
    looks: &'a Looks,
    signs: Signs,
    /// The frame that is looked at, while the mouse may point at something in it.
    looked_at: Option<Buffer>,
}

impl<'a> TerminalScreen<'a> {
    fn new(line: OutputLine, is_synchronized: bool, looks: &'a Looks, signs: Signs) -> io::Result<Self> {
        let terminal = Terminal::new(Painter::new(line.clone(), is_synchronized))?;
        Ok(Self { terminal, line, is_synchronized, looks, signs, looked_at: None })
    }

    /// Forgets what is on the screen.
    fn renew(&mut self) -> io::Result<()> {
        self.terminal = Terminal::new(Painter::new(self.line.clone(), self.is_synchronized))?;
        Ok(())
    }

    fn draw(&mut self, model: &Model) -> io::Result<()> {
        let palette = model.palette();
        let theme = palette.theme().tinted(palette, &self.looks.tints);
        let theme = theme.at(self.looks.depth).with_signs(self.signs);
        let drawn = self.terminal.draw(|frame| draw(model, &theme, frame))?;
        self.looked_at = model.mouse().then(|| drawn.buffer.clone());
        Ok(())
    }

    /// The message; one of the mouse with what it points at in the frame that is looked at.
    fn with_pointed(&self, model: &Model, message: Message) -> Message {
        match (message, &self.looked_at) {
            (Message::Mouse(mouse), Some(frame)) => {
                Message::Point(mouse.gesture, pointed(model, frame, mouse.column, mouse.row))
            }
            (message, _) => message,
        }
    }
}

/// Gives up what is on its way to the terminal, so that it can be given back at once, however slow it is.
fn leave(line: &OutputLine, is_synchronized: bool) -> io::Result<()> {
    line.give_up();
    // It may have the beginning of a sequence: CAN ends that (ECMA-48).
    write(if is_synchronized { "\x18\x1b[?2026l\x1b[m" } else { "\x18\x1b[m" })
}

/// The terminal while it is ours. Dropping this gives it back.
struct Taken;

impl Taken {
    fn take(mouse: bool) -> io::Result<Self> {
        let taken = Self;
        seize(mouse)?;
        Ok(taken)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        restore();
    }
}

/// Takes the terminal.
fn seize(mouse: bool) -> io::Result<()> {
    terminal::enable_raw_mode()?;
    execute!(io::stdout(), terminal::EnterAlternateScreen, cursor::Hide, event::EnableBracketedPaste)?;
    if mouse { write(MOUSE_ON) } else { Ok(()) }
}

/// Clicks and the wheel, in a form without limits (modes 1000 and 1006), and no movements: over a slow line
/// each would cost.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1000l";

fn write(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Gives the terminal back. If that fails there is nobody left to tell.
fn restore() {
    _ = write(MOUSE_OFF);
    _ = execute!(io::stdout(), event::DisableBracketedPaste, terminal::LeaveAlternateScreen, cursor::Show);
    _ = terminal::disable_raw_mode();
    _ = io::stdout().flush();
}

/// How many columns the terminal has that standard output goes to; `None` if it goes elsewhere.
#[must_use]
pub fn columns() -> Option<usize> {
    let size = io::stdout().is_terminal().then(terminal::size)?.ok()?;
    Some(usize::from(size.0))
}

/// A panic on whatever thread gives the terminal back, says so there, and ends the program: a console without
/// its feed, or the other way round, would only look alive. To be called before a feed is started, which may
/// panic before the terminal is taken.
pub fn restore_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            // Or the other threads might still draw.
            let alone = io::stdout().lock();
            if alone.is_terminal() {
                restore();
            }
            before(info);
            std::process::exit(101);
        }));
    });
}

/// SIGHUP.
const HANGUP: i32 = 1;

/// Stops the program until the shell goes on with it.
#[cfg(unix)]
fn stop() -> io::Result<()> {
    signal_hook::low_level::raise(signal_hook::consts::SIGSTOP)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as where there are signals")]
fn stop() -> io::Result<()> {
    Ok(())
}

/// Has the size of the terminal told once more: signals that came before are told before that. Says whether
/// there are any.
#[cfg(unix)]
fn settle() -> io::Result<bool> {
    signal_hook::low_level::raise(signal_hook::consts::SIGWINCH).map(|()| true)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as where there are signals")]
fn settle() -> io::Result<bool> {
    Ok(false)
}

#[cfg(unix)]
fn listen_to_signals(sender: &Sender<Message>) -> io::Result<()> {
    use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
    let handled = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGCONT, SIGWINCH];
    let mut signals = signal_hook::iterator::Signals::new(handled)?;
    let sender = sender.clone();
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            let message = match signal {
                SIGTSTP => Message::Suspend,
                SIGCONT => Message::Resumed,
                SIGWINCH => match terminal::size() {
                    Ok((width, height)) => Message::Resize(width, height),
                    Err(_) => continue,
                },
                signal => Message::Signal(signal),
            };
            if sender.send(message).is_err() {
                return;
            }
        }
    })?;
    Ok(())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as where there are signals")]
fn listen_to_signals(_: &Sender<Message>) -> io::Result<()> {
    Ok(())
}
