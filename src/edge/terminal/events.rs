//! Where keys come from on systems without a terminal of Unix: crossterm's events.

use std::io;

use crossbeam_channel::Sender;
use crossterm::event::{
    self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};

use super::gate::KeyboardGuard;
use super::told::Told;
use super::{HANGUP, WHEEL};
use crate::console::{Gesture, Key, Message, Mouse};

/// What keys are read with.
#[derive(Debug)]
pub(super) struct EventKeyboard;

impl EventKeyboard {
    #[expect(clippy::unnecessary_wraps, reason = "the same signature as where bytes are read")]
    pub(super) fn open(_: KeyboardGuard) -> io::Result<Self> {
        Ok(Self)
    }

    /// Nothing is asked: what is asked is answered in bytes, and only events are read.
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "the same signature as where bytes are read"
    )]
    pub(super) fn ask(&mut self, _: bool) -> io::Result<Told> {
        Ok(Told::default())
    }

    /// Sends on all that comes, until nobody listens or the terminal is gone.
    #[expect(clippy::unused_self, reason = "the same signature as where bytes are read")]
    pub(super) fn listen(self, sender: &Sender<Message>) {
        listen(sender);
    }
}

fn listen(sender: &Sender<Message>) {
    loop {
        let message = match event::read() {
            Ok(Event::Key(key)) if key.kind != KeyEventKind::Release => match name(key) {
                Some(key) => Message::Key(key),
                None => continue,
            },
            Ok(Event::Resize(width, height)) => Message::Resize(width, height),
            Ok(Event::Paste(text)) => Message::Paste(text),
            Ok(Event::Mouse(mouse)) => match gesture(mouse) {
                Some(mouse) => Message::Mouse(mouse),
                None => continue,
            },
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
        KeyCode::Delete => Key::Delete,
        _ => return None,
    })
}

/// What the mouse did, as the console names it.
fn gesture(mouse: MouseEvent) -> Option<Mouse> {
    let gesture = match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) => Gesture::Press,
        MouseEventKind::Drag(MouseButton::Left) => Gesture::Drag,
        MouseEventKind::Up(MouseButton::Left) => Gesture::Release,
        MouseEventKind::ScrollUp => Gesture::Wheel(-WHEEL),
        MouseEventKind::ScrollDown => Gesture::Wheel(WHEEL),
        _ => return None,
    };
    Some(Mouse { gesture, column: mouse.column, row: mouse.row })
}
