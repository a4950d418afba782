//! Keys and what they do: one table, which the help screen and the last line are made from.

/// A key as a person names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// A printable character, with Shift already in it.
    Char(char),
    /// A letter with Ctrl.
    Ctrl(char),
    /// ↑
    Up,
    /// ↓
    Down,
    /// ←
    Left,
    /// →
    Right,
    /// Page Up
    PageUp,
    /// Page Down
    PageDown,
    /// Home
    Home,
    /// End
    End,
    /// Enter
    Enter,
    /// Esc
    Esc,
    /// Tab
    Tab,
    /// Shift-Tab
    BackTab,
    /// Backspace
    Backspace,
}

impl Key {
    /// The key as help prints it.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Char(' ') => "Space".to_owned(),
            Self::Char(char) => char.to_string(),
            Self::Ctrl(char) => format!("Ctrl-{}", char.to_ascii_uppercase()),
            Self::Up => "↑".to_owned(),
            Self::Down => "↓".to_owned(),
            Self::Left => "←".to_owned(),
            Self::Right => "→".to_owned(),
            Self::PageUp => "PgUp".to_owned(),
            Self::PageDown => "PgDn".to_owned(),
            Self::Home => "Home".to_owned(),
            Self::End => "End".to_owned(),
            Self::Enter => "Enter".to_owned(),
            Self::Esc => "Esc".to_owned(),
            Self::Tab => "Tab".to_owned(),
            Self::BackTab => "Shift-Tab".to_owned(),
            Self::Backspace => "Backspace".to_owned(),
        }
    }
}

/// What a person wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the first row.
    First,
    /// To the last row.
    Last,
    /// Into what is selected.
    Open,
    /// Back out.
    Back,
    /// The next screen.
    Next,
    /// The screen before.
    Previous,
    /// The fleet screen.
    Fleet,
    /// The detail screen.
    Detail,
    /// The list of records.
    Tail,
    /// Begin to type a filter.
    Filter,
    /// A character of the filter.
    Type(char),
    /// Take the last character of the filter away.
    Erase,
    /// Take all of the filter away.
    EraseAll,
    /// Keep the filter and go on.
    Accept,
    /// Go back to the filter before.
    Cancel,
    /// Play the log from here, or stand still; hold what is being logged, or let it go on.
    Pause,
    /// Play slower.
    Slower,
    /// Play faster.
    Faster,
    /// A column of the time axis back.
    Earlier,
    /// A column of the time axis on.
    Later,
    /// A second back.
    SecondBack,
    /// A second on.
    SecondOn,
    /// To the moment of the record before.
    RecordBack,
    /// To the moment of the next record.
    RecordOn,
    /// To the change of an answer before.
    TurnBack,
    /// To the next change of an answer.
    TurnOn,
    /// To the beginning of the log.
    ToStart,
    /// To the newest of the log.
    ToNow,
    /// Begin to type a time to go to.
    GoTo,
    /// Begin to select a stretch of time, or take what was selected.
    Select,
    /// Show or hide the keys.
    Help,
    /// Show or hide how the feed stands.
    Feed,
    /// End the program.
    Quit,
}

/// In which mode a binding counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Looking at a screen.
    Browsing,
    /// Typing a filter or a time.
    Typing,
    /// Looking at the keys.
    Helping,
    /// In every mode.
    Always,
}

/// Keys that do one thing.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// In which mode.
    pub when: When,
    /// The keys, the one to be shown first.
    pub keys: &'static [Key],
    /// What they do.
    pub command: Command,
    /// What they do, for the help screen.
    pub says: &'static str,
    /// What they do, for the last line of the screen; empty if it is not shown there.
    pub short: &'static str,
}

const fn bind(
    when: When,
    keys: &'static [Key],
    command: Command,
    says: &'static str,
    short: &'static str,
) -> Binding {
    Binding { when, keys, command, says, short }
}

/// Every key of the console.
pub const BINDINGS: &[Binding] = &[
    bind(When::Browsing, &[Key::Char('1')], Command::Fleet, "origins and their endpoints", "fleet"),
    bind(When::Browsing, &[Key::Char('2')], Command::Detail, "the selected endpoint in detail", "detail"),
    bind(When::Browsing, &[Key::Char('3')], Command::Tail, "the newest records", "tail"),
    bind(When::Browsing, &[Key::Tab], Command::Next, "next screen", ""),
    bind(When::Browsing, &[Key::BackTab], Command::Previous, "previous screen", ""),
    bind(When::Browsing, &[Key::Up, Key::Char('k')], Command::Up, "up", ""),
    bind(When::Browsing, &[Key::Down, Key::Char('j')], Command::Down, "down", ""),
    bind(When::Browsing, &[Key::PageUp, Key::Ctrl('b')], Command::PageUp, "a page up", ""),
    bind(When::Browsing, &[Key::PageDown, Key::Ctrl('f')], Command::PageDown, "a page down", ""),
    bind(When::Browsing, &[Key::Home, Key::Char('g')], Command::First, "to the first", ""),
    bind(When::Browsing, &[Key::End, Key::Char('G')], Command::Last, "to the last; in the tail: follow", ""),
    bind(When::Browsing, &[Key::Enter, Key::Char('l')], Command::Open, "into what is selected", "open"),
    bind(When::Browsing, &[Key::Esc, Key::Char('h')], Command::Back, "back out", "back"),
    bind(
        When::Browsing,
        &[Key::Char('/')],
        Command::Filter,
        "filter by part of an origin or a name",
        "filter",
    ),
    bind(When::Browsing, &[Key::Char(' ')], Command::Pause, "play, or stand still (live: hold)", "play"),
    bind(When::Browsing, &[Key::Left], Command::Earlier, "back in time, a column of the axis", "earlier"),
    bind(When::Browsing, &[Key::Right], Command::Later, "on in time, a column of the axis", "later"),
    bind(When::Browsing, &[Key::Char(',')], Command::SecondBack, "a second back", ""),
    bind(When::Browsing, &[Key::Char('.')], Command::SecondOn, "a second on", ""),
    bind(When::Browsing, &[Key::Char('<')], Command::RecordBack, "to the record before", ""),
    bind(When::Browsing, &[Key::Char('>')], Command::RecordOn, "to the next record", ""),
    bind(When::Browsing, &[Key::Char('[')], Command::TurnBack, "to the change before", ""),
    bind(When::Browsing, &[Key::Char(']')], Command::TurnOn, "to the next change", "next change"),
    bind(When::Browsing, &[Key::Char('^')], Command::ToStart, "to the beginning of the log", ""),
    bind(When::Browsing, &[Key::Char('$')], Command::ToNow, "to the newest, and follow it", ""),
    bind(When::Browsing, &[Key::Char('t')], Command::GoTo, "go to a time", ""),
    bind(
        When::Browsing,
        &[Key::Char('r')],
        Command::Select,
        "begin a range of time here, or end it",
        "range",
    ),
    bind(When::Browsing, &[Key::Char('-')], Command::Slower, "play slower", ""),
    bind(When::Browsing, &[Key::Char('+'), Key::Char('=')], Command::Faster, "play faster", ""),
    bind(When::Browsing, &[Key::Char('i')], Command::Feed, "how the feed stands: sources, losses", ""),
    bind(When::Browsing, &[Key::Char('?')], Command::Help, "these keys", "help"),
    bind(When::Browsing, &[Key::Char('q')], Command::Quit, "quit", "quit"),
    bind(When::Typing, &[Key::Enter], Command::Accept, "take it", "take"),
    bind(When::Typing, &[Key::Esc], Command::Cancel, "back to what was before", "cancel"),
    bind(When::Typing, &[Key::Backspace, Key::Ctrl('h')], Command::Erase, "take the last character away", ""),
    bind(When::Typing, &[Key::Ctrl('u')], Command::EraseAll, "take all away", "clear"),
    bind(When::Typing, &[Key::Up], Command::Up, "up, while typing", ""),
    bind(When::Typing, &[Key::Down], Command::Down, "down, while typing", ""),
    bind(
        When::Helping,
        &[Key::Esc, Key::Char('?'), Key::Char('q'), Key::Char('i'), Key::Enter],
        Command::Help,
        "close",
        "close",
    ),
    bind(When::Helping, &[Key::Up, Key::Char('k')], Command::Up, "up", ""),
    bind(When::Helping, &[Key::Down, Key::Char('j')], Command::Down, "down", ""),
    bind(When::Always, &[Key::Ctrl('c')], Command::Quit, "quit", ""),
];

/// What `key` does in a mode; nothing, if it is not bound there.
#[must_use]
pub fn command(mode: When, key: Key) -> Option<Command> {
    let bound = BINDINGS.iter().find(|binding| {
        (binding.when == mode || binding.when == When::Always) && binding.keys.contains(&key)
    });
    match (bound, mode, key) {
        (Some(binding), _, _) => Some(binding.command),
        (None, When::Typing, Key::Char(char)) => Some(Command::Type(char)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_bound_twice_in_a_mode() {
        for (at, binding) in BINDINGS.iter().enumerate() {
            for other in &BINDINGS[at + 1..] {
                let together =
                    binding.when == other.when || [binding.when, other.when].contains(&When::Always);
                let shared = binding.keys.iter().find(|key| other.keys.contains(key));
                assert!(!together || shared.is_none(), "{shared:?}: {} / {}", binding.says, other.says);
            }
        }
    }

    #[test]
    fn letters_are_text_while_filtering() {
        assert_eq!(command(When::Browsing, Key::Char('q')), Some(Command::Quit));
        assert_eq!(command(When::Typing, Key::Char('q')), Some(Command::Type('q')));
        assert_eq!(command(When::Typing, Key::Ctrl('c')), Some(Command::Quit));
        assert_eq!(command(When::Helping, Key::Char('x')), None);
    }
}
