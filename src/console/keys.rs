//! Keys and what they do: one table, which the help screen and the last line are made from.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

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
    /// Delete
    Delete,
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
            Self::Delete => "Delete".to_owned(),
        }
    }
}

/// What a person wants done. By its name in kebab case (`PageUp`: `page-up`) keys are bound to it; see
/// [`super::Keys`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    /// The screen of one origin.
    Origin,
    /// The screen of one endpoint.
    Endpoint,
    /// The list of records.
    Tail,
    /// The list of findings.
    Findings,
    /// The list of changes.
    Turns,
    /// The list of all endpoints.
    Endpoints,
    /// Origins in groups.
    Groups,
    /// The shares of answers over time.
    Course,
    /// What to change first.
    Plan,
    /// To the endpoint or origin before the one looked at.
    Before,
    /// To the endpoint or origin after the one looked at.
    Behind,
    /// Begin to type a filter.
    Filter,
    /// Let everything through again.
    ClearFilter,
    /// Begin to type what to search for.
    Search,
    /// To the next place that has what is searched for.
    NextHit,
    /// To the place before that has it.
    PreviousHit,
    /// Put a mark at the moment that is shown.
    Mark,
    /// List the marks.
    Marks,
    /// To the next mark.
    NextMark,
    /// To the mark before.
    PreviousMark,
    /// Choose what to copy.
    Copy,
    /// Choose what to write into a file.
    Export,
    /// Choose a command of one's own to run on the row.
    Commands,
    /// Choose columns.
    Columns,
    /// Choose by what to sort.
    Sort,
    /// A character of what is typed; in a menu, the entry of that key.
    #[serde(skip)]
    Type(char),
    /// Take the character before the cursor away.
    Erase,
    /// Take the character at the cursor away; in a menu, what is selected.
    Delete,
    /// Take the word before the cursor away.
    EraseWord,
    /// Take all before the cursor away.
    EraseBefore,
    /// Take all after the cursor away.
    EraseBehind,
    /// The cursor to the left.
    CursorLeft,
    /// The cursor to the right.
    CursorRight,
    /// The cursor to the beginning.
    CursorStart,
    /// The cursor to the end.
    CursorEnd,
    /// To what was typed before.
    Older,
    /// To what was typed after that.
    Newer,
    /// Put in what may be meant, then the next.
    Complete,
    /// Put in what may be meant, the one before.
    CompleteBack,
    /// Take what was typed, or what is selected.
    Accept,
    /// Back to what was before.
    Cancel,
    /// Play the log from here, or pause; hold what is being logged, or let it go on.
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
    /// Look closer at the time that is shown.
    ZoomIn,
    /// Look at the time from farther away.
    ZoomOut,
    /// All of the time axis.
    Whole,
    /// The part of the time axis before.
    PanEarlier,
    /// The part of the time axis after.
    PanLater,
    /// The time axis in shares of the answers to AAAA, or in records again.
    Shares,
    /// To the change of an answer before.
    TurnBack,
    /// To the next change of an answer.
    TurnOn,
    /// To where the evidence of a finding begins or ends before this.
    FindingBack,
    /// To where the evidence of a finding begins or ends next.
    FindingOn,
    /// To the beginning of the log.
    ToStart,
    /// To the newest of the log.
    ToNow,
    /// Begin to type a time to go to.
    GoTo,
    /// Begin to type what to open.
    Jump,
    /// Begin to select a stretch of time, or take what was selected.
    Select,
    /// Take clicks and the wheel of the mouse, or leave them to the terminal.
    Mouse,
    /// Draw in other colors.
    Colors,
    /// Show or hide the keys.
    Help,
    /// Stop the program until the shell goes on with it.
    Suspend,
    /// Show or hide the state of the feed.
    Feed,
    /// End the program.
    Quit,
}

/// In which mode a binding counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Looking at a screen.
    Browsing,
    /// Typing.
    Typing,
    /// Choosing from a menu.
    Choosing,
    /// Looking at the keys.
    Helping,
    /// In every mode.
    Always,
}

/// Keys that do one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// In which mode.
    pub when: When,
    /// The keys, the one to be shown first.
    pub keys: Cow<'static, [Key]>,
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
    Binding { when, keys: Cow::Borrowed(keys), command, says, short }
}

/// Every key of the console.
pub(super) const BINDINGS: &[Binding] = &[
    bind(When::Browsing, &[Key::Char('1')], Command::Fleet, "origins by endpoints", "fleet"),
    bind(When::Browsing, &[Key::Char('2')], Command::Origin, "one origin, and all it asked for", "origin"),
    bind(
        When::Browsing,
        &[Key::Char('3')],
        Command::Endpoint,
        "one endpoint, and who asked for it",
        "endpoint",
    ),
    bind(When::Browsing, &[Key::Char('4')], Command::Tail, "the records", "tail"),
    bind(When::Browsing, &[Key::Char('5')], Command::Findings, "what to act on", "findings"),
    bind(
        When::Browsing,
        &[Key::Char('6')],
        Command::Endpoints,
        "all endpoints; what NAT64 is used for",
        "endpoints",
    ),
    bind(When::Browsing, &[Key::Char('7')], Command::Groups, "origins in groups: pattern, VPC, subnet", ""),
    bind(When::Browsing, &[Key::Char('8')], Command::Course, "shares of answers by hour or day", ""),
    bind(When::Browsing, &[Key::Char('T')], Command::Turns, "the changes of answers, with times", ""),
    bind(When::Browsing, &[Key::Char('P')], Command::Plan, "the plan: what to change first", ""),
    bind(When::Browsing, &[Key::Tab], Command::Next, "next screen", ""),
    bind(When::Browsing, &[Key::BackTab], Command::Previous, "previous screen", ""),
    bind(When::Browsing, &[Key::Up, Key::Char('k')], Command::Up, "up", ""),
    bind(When::Browsing, &[Key::Down, Key::Char('j')], Command::Down, "down", ""),
    bind(When::Browsing, &[Key::PageUp, Key::Ctrl('b')], Command::PageUp, "a page up", ""),
    bind(When::Browsing, &[Key::PageDown, Key::Ctrl('f')], Command::PageDown, "a page down", ""),
    bind(When::Browsing, &[Key::Home, Key::Char('g')], Command::First, "to the first", ""),
    bind(When::Browsing, &[Key::End, Key::Char('G')], Command::Last, "to the last; in the tail: follow", ""),
    bind(When::Browsing, &[Key::Char('h')], Command::Before, "to the endpoint (or origin) before", ""),
    bind(When::Browsing, &[Key::Char('l')], Command::Behind, "to the next endpoint (or origin)", ""),
    bind(When::Browsing, &[Key::Enter], Command::Open, "into what is selected", "open"),
    bind(When::Browsing, &[Key::Esc], Command::Back, "back to where you came from", "back"),
    bind(When::Browsing, &[Key::Char('f')], Command::Filter, "filter what is listed", "filter"),
    bind(When::Browsing, &[Key::Char('F')], Command::ClearFilter, "no filter", ""),
    bind(When::Browsing, &[Key::Char('/')], Command::Search, "search for a text", "search"),
    bind(When::Browsing, &[Key::Char('n')], Command::NextHit, "to the next place that has it", ""),
    bind(When::Browsing, &[Key::Char('N')], Command::PreviousHit, "to the place before", ""),
    bind(When::Browsing, &[Key::Char('m')], Command::Mark, "put a mark at this moment", "mark"),
    bind(When::Browsing, &[Key::Char('"')], Command::Marks, "list the marks", ""),
    bind(When::Browsing, &[Key::Char('\'')], Command::NextMark, "to the next mark", ""),
    bind(When::Browsing, &[Key::Char('`')], Command::PreviousMark, "to the mark before", ""),
    bind(When::Browsing, &[Key::Char('y')], Command::Copy, "copy a name, a record, findings …", "copy"),
    bind(When::Browsing, &[Key::Char('x')], Command::Export, "write what is shown to a file", "export"),
    bind(When::Browsing, &[Key::Char('!')], Command::Commands, "run a command of yours on the row", ""),
    bind(When::Browsing, &[Key::Char('c')], Command::Columns, "choose the columns of the list", ""),
    bind(When::Browsing, &[Key::Char('s')], Command::Sort, "sort the list by a column", ""),
    bind(When::Browsing, &[Key::Char(' ')], Command::Pause, "play, or stand still (live: hold)", "play"),
    bind(When::Browsing, &[Key::Left], Command::Earlier, "back in time, a column of the axis", "earlier"),
    bind(When::Browsing, &[Key::Right], Command::Later, "on in time, a column of the axis", "later"),
    bind(When::Browsing, &[Key::Char(',')], Command::SecondBack, "a second back", ""),
    bind(When::Browsing, &[Key::Char('.')], Command::SecondOn, "a second on", ""),
    bind(When::Browsing, &[Key::Char('<')], Command::RecordBack, "to the record before", ""),
    bind(When::Browsing, &[Key::Char('>')], Command::RecordOn, "to the next record", ""),
    bind(When::Browsing, &[Key::Char('[')], Command::TurnBack, "to the change before", ""),
    bind(When::Browsing, &[Key::Char(']')], Command::TurnOn, "to the next change", "next change"),
    bind(
        When::Browsing,
        &[Key::Char('{')],
        Command::FindingBack,
        "to where a finding began or ended last",
        "",
    ),
    bind(When::Browsing, &[Key::Char('}')], Command::FindingOn, "to where a finding begins or ends next", ""),
    bind(When::Browsing, &[Key::Char('^')], Command::ToStart, "to the beginning of the log", ""),
    bind(When::Browsing, &[Key::Char('$')], Command::ToNow, "to the newest, and follow it", ""),
    bind(When::Browsing, &[Key::Char('t')], Command::GoTo, "go to a time", ""),
    bind(When::Browsing, &[Key::Char(':')], Command::Jump, "open a screen, origin or endpoint", ""),
    bind(
        When::Browsing,
        &[Key::Char('r')],
        Command::Select,
        "begin a range of time here, or end it",
        "range",
    ),
    bind(When::Browsing, &[Key::Char('-')], Command::Slower, "play slower", ""),
    bind(When::Browsing, &[Key::Char('+'), Key::Char('=')], Command::Faster, "play faster", ""),
    bind(When::Browsing, &[Key::Char('%')], Command::Shares, "time axis: shares of answers or records", ""),
    bind(When::Browsing, &[Key::Char('z')], Command::ZoomIn, "time axis: closer, around this moment", ""),
    bind(When::Browsing, &[Key::Char('Z')], Command::ZoomOut, "time axis: from farther away", ""),
    bind(When::Browsing, &[Key::Char('0')], Command::Whole, "time axis: all of it", ""),
    bind(When::Browsing, &[Key::Char('H')], Command::PanEarlier, "time axis: what is before, by half", ""),
    bind(When::Browsing, &[Key::Char('L')], Command::PanLater, "time axis: what is after, by half", ""),
    bind(When::Browsing, &[Key::Char('M')], Command::Mouse, "mouse: on or off", ""),
    bind(When::Browsing, &[Key::Char('C')], Command::Colors, "other colors", ""),
    bind(When::Browsing, &[Key::Ctrl('z')], Command::Suspend, "to the shell; `fg` comes back", ""),
    bind(When::Browsing, &[Key::Char('i')], Command::Feed, "how the feed stands: sources, losses", ""),
    bind(When::Browsing, &[Key::Char('?')], Command::Help, "these keys", "help"),
    bind(When::Browsing, &[Key::Char('q')], Command::Quit, "quit", "quit"),
    bind(When::Typing, &[Key::Enter], Command::Accept, "take it", "take"),
    bind(When::Typing, &[Key::Tab], Command::Complete, "put in what may be meant, the next", "complete"),
    bind(When::Typing, &[Key::BackTab], Command::CompleteBack, "the one before", ""),
    bind(When::Typing, &[Key::Up, Key::Ctrl('p')], Command::Older, "what was typed before", "history"),
    bind(When::Typing, &[Key::Down, Key::Ctrl('n')], Command::Newer, "what was typed after that", ""),
    bind(When::Typing, &[Key::Left, Key::Ctrl('b')], Command::CursorLeft, "a character to the left", ""),
    bind(When::Typing, &[Key::Right, Key::Ctrl('f')], Command::CursorRight, "a character to the right", ""),
    bind(When::Typing, &[Key::Home, Key::Ctrl('a')], Command::CursorStart, "to the beginning", ""),
    bind(When::Typing, &[Key::End, Key::Ctrl('e')], Command::CursorEnd, "to the end", ""),
    bind(When::Typing, &[Key::Backspace, Key::Ctrl('h')], Command::Erase, "erase the character before", ""),
    bind(When::Typing, &[Key::Delete, Key::Ctrl('d')], Command::Delete, "erase the character there", ""),
    bind(When::Typing, &[Key::Ctrl('w')], Command::EraseWord, "erase the word before", ""),
    bind(When::Typing, &[Key::Ctrl('u')], Command::EraseBefore, "erase all before", "clear"),
    bind(When::Typing, &[Key::Ctrl('k')], Command::EraseBehind, "erase all behind", ""),
    bind(When::Typing, &[Key::Esc], Command::Cancel, "back to what was before", "cancel"),
    bind(When::Choosing, &[Key::Enter, Key::Char(' ')], Command::Accept, "take it", "take"),
    bind(When::Choosing, &[Key::Up], Command::Up, "up", ""),
    bind(When::Choosing, &[Key::Down], Command::Down, "down", ""),
    bind(When::Choosing, &[Key::Home], Command::First, "to the first", ""),
    bind(When::Choosing, &[Key::End], Command::Last, "to the last", ""),
    bind(When::Choosing, &[Key::Delete], Command::Delete, "take a mark away", ""),
    bind(When::Choosing, &[Key::Esc, Key::Char('q')], Command::Cancel, "close", "close"),
    bind(
        When::Helping,
        &[Key::Esc, Key::Char('?'), Key::Char('q'), Key::Char('i'), Key::Enter],
        Command::Help,
        "close",
        "close",
    ),
    bind(When::Helping, &[Key::Up, Key::Char('k')], Command::Up, "up", ""),
    bind(When::Helping, &[Key::Down, Key::Char('j')], Command::Down, "down", ""),
    bind(When::Helping, &[Key::PageUp, Key::Ctrl('b')], Command::PageUp, "a page up", ""),
    bind(
        When::Helping,
        &[Key::PageDown, Key::Ctrl('f'), Key::Char(' ')],
        Command::PageDown,
        "a page down",
        "",
    ),
    bind(When::Helping, &[Key::Home, Key::Char('g')], Command::First, "to the first", ""),
    bind(When::Helping, &[Key::End, Key::Char('G')], Command::Last, "to the last", ""),
    bind(When::Always, &[Key::Ctrl('c')], Command::Quit, "quit", ""),
];

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
}
