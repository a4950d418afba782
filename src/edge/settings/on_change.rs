//! A command of somebody's own, and the signals of a terminal.

use clap::ValueEnum;

use crate::console::Signal;

/// A program and its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine {
    /// The program: a path, or a name that is looked for in `PATH`.
    pub program: String,
    /// Its arguments, in order, as they are handed to it.
    pub arguments: Vec<String>,
}

/// Reads a command, split into words as a shell does it, and with nothing else of a shell in it.
pub(super) fn command_line(text: &str) -> Result<CommandLine, String> {
    let words = shlex::split(text).ok_or("a quotation mark is not closed")?;
    let mut words = words.into_iter();
    let program = words.next().filter(|program| !program.is_empty()).ok_or("there is no program in it")?;
    Ok(CommandLine { program, arguments: words.collect() })
}

/// How the terminal is to tell that something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SignalArgument {
    /// The bell.
    Bell,
    /// A notice of the desktop by OSC 9: iTerm2, kitty, WezTerm, Windows Terminal and others.
    Osc9,
    /// A notice of the desktop by OSC 777: rxvt-unicode with its extension, foot, GNOME Terminal of some
    /// systems.
    Osc777,
}

impl From<SignalArgument> for Signal {
    fn from(signal: SignalArgument) -> Self {
        match signal {
            SignalArgument::Bell => Self::Bell,
            SignalArgument::Osc9 => Self::Osc9,
            SignalArgument::Osc777 => Self::Osc777,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_split_and_not_interpreted() {
        let words = |text: &str| {
            let CommandLine { program, arguments } = command_line(text).unwrap();
            [vec![program], arguments].concat()
        };
        assert_eq!(words("notify"), ["notify"]);
        assert_eq!(words("  /bin/x -a 'b c' \"d e\"  "), ["/bin/x", "-a", "b c", "d e"]);
        assert_eq!(words("x $HOME `y` | z > f; g"), ["x", "$HOME", "`y`", "|", "z", ">", "f;", "g"]);
        for text in ["", "  ", "''", "x 'y"] {
            assert!(command_line(text).is_err(), "{text}");
        }
    }
}
