//! The keys in force: those of the program, with what a person wants instead.
//!
//! Only keys that count while looking at a screen can be given away, and with them those that scroll and
//! close the help. While something is typed, keys stay as they are: letters are text there. The keys of
//! [`When::Always`] stay, too, so that there is always a way out.

use std::borrow::Cow;
use std::str::FromStr;

use super::Model;
use super::keys::{BINDINGS, Binding, Command, Key, When};

/// The keys in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys(Vec<Binding>);

impl Default for Keys {
    fn default() -> Self {
        Self(BINDINGS.to_vec())
    }
}

/// Why keys cannot be bound as wanted. The numbers are places in what was wanted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// One key is to do two things.
    #[error("one key is to do two things")]
    Twice(Key, usize, usize),
    /// The key always does the same.
    #[error("the key always does the same")]
    Fixed(Key, usize),
}

impl Keys {
    /// The keys of the program, with others for the commands in `wanted`. A key wanted for one command is
    /// taken from the one that it belongs to otherwise.
    ///
    /// # Errors
    /// If a key is wanted twice, or belongs to what is always there.
    pub fn with(wanted: &[(Command, Vec<Key>)]) -> Result<Self, KeysError> {
        for (at, (_, keys)) in wanted.iter().enumerate() {
            let always = |key: &&Key| {
                BINDINGS.iter().any(|binding| binding.when == When::Always && binding.keys.contains(key))
            };
            if let Some(key) = keys.iter().find(always) {
                return Err(KeysError::Fixed(*key, at));
            }
            for (before, (_, others)) in wanted[..at].iter().enumerate() {
                if let Some(key) = keys.iter().find(|key| others.contains(key)) {
                    return Err(KeysError::Twice(*key, before, at));
                }
            }
        }
        let mut bindings = BINDINGS.to_vec();
        for binding in &mut bindings {
            if !matches!(binding.when, When::Browsing | When::Helping) {
                continue;
            }
            let chosen = wanted.iter().rfind(|(command, _)| *command == binding.command);
            // Help is left by the keys it always was, besides those it is opened with.
            let own: &[Key] =
                if chosen.is_some() && binding.when == When::Browsing { &[] } else { &binding.keys };
            let mut keys = chosen.map(|(_, keys)| keys.clone()).unwrap_or_default();
            let free = |key: &Key| !wanted.iter().any(|(_, taken)| taken.contains(key));
            keys.extend(own.iter().copied().filter(free));
            binding.keys = Cow::Owned(keys);
        }
        Ok(Self(bindings))
    }

    /// What is bound to a key at all, in the order of the help screen.
    pub fn bound(&self) -> impl Iterator<Item = &Binding> {
        self.0.iter().filter(|binding| !binding.keys.is_empty())
    }

    /// What other keys can be chosen for.
    pub fn choices(&self) -> impl Iterator<Item = &Binding> {
        self.0.iter().filter(|binding| binding.when == When::Browsing)
    }

    /// What `key` does in a mode; nothing, if it is not bound there.
    #[must_use]
    pub fn command(&self, mode: When, key: Key) -> Option<Command> {
        let bound = self.0.iter().find(|binding| {
            (binding.when == mode || binding.when == When::Always) && binding.keys.contains(&key)
        });
        match (bound, mode, key) {
            (Some(binding), _, _) => Some(binding.command),
            (None, When::Typing | When::Choosing, Key::Char(char)) => Some(Command::Type(char)),
            _ => None,
        }
    }
}

impl Command {
    /// The name that keys are bound by, such as `page-up`; none for what no key can be chosen for.
    #[must_use]
    pub fn name(self) -> Option<String> {
        // The names are those that serde has, and nothing else can fail here.
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(name)) => Some(name),
            _ => None,
        }
    }
}

impl Model {
    /// The console with other keys, and with the mouse on or off.
    #[must_use]
    pub fn with_manners(mut self, keys: Keys, mouse: bool) -> Self {
        self.manners.set_keys(keys, mouse);
        self
    }

    /// What the keys do.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        self.manners.keys()
    }

    /// Whether clicks and the wheel of the mouse are taken.
    #[must_use]
    pub fn mouse(&self) -> bool {
        self.manners.mouse()
    }
}

/// Every key that has a name, and that name as it is written in a file.
const NAMED: [(&str, Key); 15] = [
    ("Space", Key::Char(' ')),
    ("Up", Key::Up),
    ("Down", Key::Down),
    ("Left", Key::Left),
    ("Right", Key::Right),
    ("PageUp", Key::PageUp),
    ("PageDown", Key::PageDown),
    ("Home", Key::Home),
    ("End", Key::End),
    ("Enter", Key::Enter),
    ("Esc", Key::Esc),
    ("Tab", Key::Tab),
    ("Shift-Tab", Key::BackTab),
    ("Backspace", Key::Backspace),
    ("Delete", Key::Delete),
];

/// A text that names no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no key such as x, Ctrl-x, Space, Up, PageDown, Enter, Esc or Shift-Tab")]
pub struct NotAKey(pub String);

impl FromStr for Key {
    type Err = NotAKey;

    /// Reads a key as it is written in a file: a character, `Ctrl-` and a letter, or a name in any case.
    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let named = NAMED.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
        if let Some((_, key)) = named {
            return Ok(key);
        }
        let alone = |text: &str| {
            let mut chars = text.chars();
            chars.next().filter(|char| !char.is_control() && chars.next().is_none())
        };
        let control = text.get(..5).filter(|start| start.eq_ignore_ascii_case("Ctrl-")).map(|_| &text[5..]);
        match (alone(text), control.and_then(alone)) {
            (Some(char), _) => Ok(Self::Char(char)),
            // A terminal tells of no others with Ctrl for certain.
            (None, Some(char)) if char.is_ascii_alphabetic() => Ok(Self::Ctrl(char.to_ascii_lowercase())),
            _ => Err(NotAKey(text.to_owned())),
        }
    }
}

impl Key {
    /// The key as it is written in a file, and read by [`Key::from_str`].
    #[must_use]
    pub fn written(self) -> String {
        let named = NAMED.into_iter().find(|(_, key)| *key == self);
        named.map_or_else(|| self.name(), |(name, _)| name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_text_while_filtering() {
        let keys = Keys::default();
        assert_eq!(keys.command(When::Browsing, Key::Char('q')), Some(Command::Quit));
        assert_eq!(keys.command(When::Typing, Key::Char('q')), Some(Command::Type('q')));
        assert_eq!(keys.command(When::Typing, Key::Ctrl('c')), Some(Command::Quit));
        assert_eq!(keys.command(When::Helping, Key::Char('x')), None);
    }

    #[test]
    fn a_key_wanted_is_taken_from_whatever_had_it() {
        let keys = Keys::with(&[
            (Command::Help, vec![Key::Char('x')]),
            (Command::Pause, vec![Key::Char('q'), Key::Char('p')]),
            (Command::Fleet, Vec::new()),
        ])
        .unwrap();
        assert_eq!(keys.command(When::Browsing, Key::Char('q')), Some(Command::Pause));
        assert_eq!(keys.command(When::Browsing, Key::Char(' ')), None);
        assert_eq!(keys.command(When::Browsing, Key::Char('?')), None);
        assert_eq!(keys.command(When::Browsing, Key::Char('1')), None);
        for key in [Key::Char('x'), Key::Char('?'), Key::Esc] {
            assert_eq!(keys.command(When::Helping, key), Some(Command::Help), "{key:?}");
        }
        assert_eq!(keys.command(When::Typing, Key::Char('p')), Some(Command::Type('p')));
        assert_eq!(keys.command(When::Browsing, Key::Ctrl('c')), Some(Command::Quit));
        assert!(keys.bound().all(|binding| binding.command != Command::Fleet));
    }

    #[test]
    fn a_key_wanted_twice_is_an_error() {
        let twice = [(Command::Up, vec![Key::Char('x')]), (Command::Down, vec![Key::Esc, Key::Char('x')])];
        assert_eq!(Keys::with(&twice), Err(KeysError::Twice(Key::Char('x'), 0, 1)));
        let fixed = [(Command::Up, vec![Key::Ctrl('c')])];
        assert_eq!(Keys::with(&fixed), Err(KeysError::Fixed(Key::Ctrl('c'), 0)));
    }

    #[test]
    fn what_is_written_is_read() {
        for binding in BINDINGS {
            for key in binding.keys.iter() {
                assert_eq!(key.written().parse(), Ok(*key));
            }
        }
        for (text, key) in [("ctrl-Y", Key::Ctrl('y')), ("pageup", Key::PageUp), ("ä", Key::Char('ä'))] {
            assert_eq!(text.parse(), Ok(key));
        }
        for text in ["", "Ctrl-", "Ctrl-xx", "Ctrl-1", "xy", "\u{7}", "F1", "Ctrlä"] {
            assert!(text.parse::<Key>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn each_choice_has_a_name_of_its_own() {
        let keys = Keys::default();
        let mut names: Vec<String> = keys.choices().filter_map(|binding| binding.command.name()).collect();
        assert_eq!(names.len(), keys.choices().count());
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), keys.choices().count());
        assert_eq!(Command::TurnBack.name().as_deref(), Some("turn-back"));
        assert_eq!(Command::Type('x').name(), None);
    }
}
