//! The terminal: raw mode, keys, frames, and everything as it was when the console ends, however it ends.

use std::io::{self, IsTerminal, Write};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::{cursor, event, execute, terminal};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use crate::console::{Effect, Ending, Key, Message, Model, update};
use crate::view::{Theme, draw, summary};

/// The least time between two frames that no key asked for.
const FRAME: Duration = Duration::from_millis(33);

/// How old what is shown may become while keys come without end.
const STALE: Duration = Duration::from_secs(1);

/// Putting what came in into order may take at most this share of the time: one part in so many.
const SHARE: u32 = 4;

/// How many messages may wait. A feed that is faster than the console waits for it; a key waits behind these few.
pub const WAITING: usize = 4;

/// Why the console could not run.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// Standard output leads elsewhere.
    #[error("the console needs a terminal, and standard output is none")]
    NotATerminal,
    /// The terminal does not do what it is asked.
    #[error("cannot use the terminal")]
    Io(#[from] io::Error),
}

/// How the console ended.
#[derive(Debug)]
pub struct Outcome {
    /// Because of what.
    pub ending: Ending,
    /// Whether part of the input was bad.
    pub partial: bool,
    /// What was seen, in a few lines of plain text; to be left in the terminal.
    pub summary: String,
    /// All that the console knew.
    pub model: Model,
}

/// Runs the console on this terminal until it ends. Feeds send their messages through the sender that belongs to
/// `inbox`; keys and signals come through `sender`, which is the same. `perform` does what the console wants done
/// outside; it must neither wait nor send from this thread.
///
/// # Errors
/// If there is no terminal, or it fails. It is restored in any case.
pub fn run(
    mut model: Model,
    theme: &Theme,
    inbox: &Receiver<Message>,
    sender: &Sender<Message>,
    mut perform: impl FnMut(Effect),
) -> Result<Outcome, TerminalError> {
    // Standard input may hold the log; keys come from the terminal itself then.
    if !io::stdout().is_terminal() {
        return Err(TerminalError::NotATerminal);
    }
    restore_on_panic();
    listen_to_signals(sender)?;
    let taken = Taken::take()?;
    let mut screen = Terminal::new(CrosstermBackend::new(io::stdout()))?;
    let size = screen.size()?;
    let keys = sender.clone();
    thread::Builder::new().name("keys".to_owned()).spawn(move || listen_to_keys(&keys))?;
    let mut pace = Pace::new(Instant::now());
    let mut pending = Some(Message::Resize(size.width, size.height));
    let ending = loop {
        if let Some(message) = pending.take() {
            pace.asked(matches!(message, Message::Key(_) | Message::Resize(..)));
            if let Some(ending) = take(&mut model, message, &mut perform) {
                break ending;
            }
        }
        let now = Instant::now();
        if pace.frame_is_due(now) {
            // What a key changed is read anew for the very next frame.
            if pace.tick_is_due(now) || pace.urgent && model.is_awaited() {
                if let Some(ending) = take(&mut model, Message::Tick(now - pace.start), &mut perform) {
                    break ending;
                }
                pace.ticked(now, now.elapsed());
            }
            screen.draw(|frame| draw(&model, theme, frame))?;
            pace.drawn(now, model.is_stale());
        }
        pending = match pace.wake(&model) {
            Some(at) => match inbox.recv_deadline(at) {
                Err(RecvTimeoutError::Timeout) => {
                    pace.asked(false);
                    None
                }
                received => received.ok(),
            },
            None => inbox.recv().ok(),
        };
    };
    take(&mut model, Message::Tick(pace.start.elapsed()), &mut perform);
    drop(screen);
    drop(taken);
    let partial = model.known().fleet.tally().malformed > 0 || !model.feed().failures.is_empty();
    Ok(Outcome { ending, partial, summary: summary(&model), model })
}

/// Lets the model take in a message. Returns why to end, if that is what comes of it.
fn take(model: &mut Model, message: Message, perform: &mut impl FnMut(Effect)) -> Option<Ending> {
    let mut ending = None;
    for effect in update(model, message) {
        match effect {
            Effect::Quit(why) => ending = Some(why),
            effect @ Effect::FetchRaw(_) => perform(effect),
        }
    }
    ending
}

/// When to draw. Only if something changed, at most once in [`FRAME`], but at once if a key asked for it; and what
/// came in is put into order only so often that keys do not wait for it.
struct Pace {
    start: Instant,
    /// Something changed since the last frame.
    dirty: bool,
    /// A key waits for its frame.
    urgent: bool,
    next_frame: Instant,
    next_tick: Instant,
    /// What putting things into order took last.
    cost: Duration,
}

impl Pace {
    fn new(start: Instant) -> Self {
        Self { start, dirty: true, urgent: true, next_frame: start, next_tick: start, cost: Duration::ZERO }
    }

    fn asked(&mut self, urgent: bool) {
        self.dirty = true;
        self.urgent |= urgent;
    }

    fn frame_is_due(&self, now: Instant) -> bool {
        self.dirty && (self.urgent || now >= self.next_frame)
    }

    /// A key does not wait for what came in meanwhile, if that would take longer than a frame; but keys that never end do
    /// not keep it away for ever.
    fn tick_is_due(&self, now: Instant) -> bool {
        let waits = self.urgent && self.cost > FRAME;
        now >= if waits { self.next_tick + STALE } else { self.next_tick }
    }

    fn ticked(&mut self, now: Instant, cost: Duration) {
        self.next_tick = now + cost * SHARE;
        self.cost = cost;
    }

    fn drawn(&mut self, now: Instant, stale: bool) {
        self.dirty = stale;
        self.urgent = false;
        self.next_frame = now + FRAME;
        if stale {
            self.next_frame = self.next_frame.max(self.next_tick);
        }
    }

    /// When to go on even if nothing comes in.
    fn wake(&self, model: &Model) -> Option<Instant> {
        if self.dirty {
            Some(self.next_frame)
        } else {
            model.next_tick().map(|at| (self.start + at).max(self.next_frame))
        }
    }
}

/// The terminal while it is ours. Dropping this gives it back.
struct Taken;

impl Taken {
    fn take() -> io::Result<Self> {
        terminal::enable_raw_mode()?;
        let taken = Self;
        execute!(io::stdout(), terminal::EnterAlternateScreen, cursor::Hide)?;
        Ok(taken)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back. If that fails there is nobody left to tell.
fn restore() {
    _ = execute!(io::stdout(), terminal::LeaveAlternateScreen, cursor::Show);
    _ = terminal::disable_raw_mode();
    _ = io::stdout().flush();
}

/// A panic on whatever thread gives the terminal back, says so there, and ends the program: a console without its
/// feed, or the other way round, would only look alive.
fn restore_on_panic() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        restore();
        before(info);
        std::process::exit(101);
    }));
}

fn listen_to_keys(sender: &Sender<Message>) {
    loop {
        let message = match event::read() {
            Ok(Event::Key(key)) if key.kind != KeyEventKind::Release => match name(key) {
                Some(key) => Message::Key(key),
                None => continue,
            },
            Ok(Event::Resize(width, height)) => Message::Resize(width, height),
            Ok(_) => continue,
            // The terminal is gone.
            Err(_) => Message::Signal(HANGUP),
        };
        let last = matches!(message, Message::Signal(_));
        if sender.send(message).is_err() || last {
            return;
        }
    }
}

/// SIGHUP.
const HANGUP: i32 = 1;

/// The key as the console names it.
fn name(key: KeyEvent) -> Option<Key> {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    Some(match key.code {
        KeyCode::Char(char) if control => Key::Ctrl(char.to_ascii_lowercase()),
        KeyCode::Char(char) => Key::Char(char),
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Backspace => Key::Backspace,
        _ => return None,
    })
}

#[cfg(unix)]
fn listen_to_signals(sender: &Sender<Message>) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    let sender = sender.clone();
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            if sender.send(Message::Signal(signal)).is_err() {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_paced_and_keys_are_not() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        assert!(pace.frame_is_due(start), "the first at once");
        pace.drawn(start, false);
        assert!(!pace.frame_is_due(start + FRAME), "nothing changed");
        pace.asked(false);
        assert!(!pace.frame_is_due(start + FRAME / 2));
        assert!(pace.frame_is_due(start + FRAME));
        pace.asked(true);
        assert!(pace.frame_is_due(start), "a key does not wait");
        pace.ticked(start, FRAME);
        assert!(!pace.tick_is_due(start + FRAME * (SHARE - 1)) && pace.tick_is_due(start + FRAME * SHARE));
        pace.ticked(start, FRAME * 2);
        let due = start + FRAME * 2 * SHARE;
        assert!(
            !pace.tick_is_due(due) && pace.tick_is_due(due + STALE),
            "a key does not wait for that, but for long"
        );
        pace.ticked(start, FRAME);
        pace.drawn(start, true);
        assert!(
            pace.dirty && !pace.frame_is_due(start + FRAME),
            "what waits for its tick waits for its frame"
        );
        assert!(pace.frame_is_due(start + FRAME * SHARE));
    }
}
