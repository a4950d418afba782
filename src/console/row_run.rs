//! Running commands of somebody's own on the row under the cursor.

use super::cursor_row::CursorRow;
use super::keys::Key;
use super::row_command::{CommandInput, RowCommand, Unfilled};
use super::row_input::RowInput;
use super::{Effect, Model, shown};

/// A command with all that it takes to run it.
#[derive(Debug)]
pub struct RowRun {
    /// What it is called.
    pub title: String,
    /// The program: a path, or a name that is looked for in `PATH`.
    pub program: String,
    /// Its arguments, in order, as they are handed to it.
    pub arguments: Vec<String>,
    /// What it has as its standard input; `None` for the terminal.
    pub input: Option<RowInput>,
}

impl PartialEq for RowRun {
    /// Whether the same is run.
    fn eq(&self, other: &Self) -> bool {
        (&self.program, &self.arguments) == (&other.program, &other.arguments)
    }
}

impl Eq for RowRun {}

impl RowRun {
    /// The command as a person would type it; what a shell would not take for one word is quoted.
    #[must_use]
    pub fn words(&self) -> String {
        let is_plain = |char: char| char.is_ascii_alphanumeric() || "-_./:=,@%+".contains(char);
        let word = |text: &String| {
            if !text.is_empty() && text.chars().all(is_plain) {
                text.clone()
            } else {
                format!("'{}'", text.replace('\'', r"'\''"))
            }
        };
        let words = [&self.program].into_iter().chain(&self.arguments).map(word);
        let input = self.input.iter().map(|_| "(gets the row as JSON)".to_owned());
        words.chain(input).collect::<Vec<_>>().join(" ")
    }
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandEnd {
    /// With a status of its own.
    Status(i32),
    /// By a signal of this number.
    Signal(i32),
    /// It did not begin, or nobody knows how it ended: why, for a person.
    Failed(String),
}

/// A command that was run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowRan {
    /// What it is called.
    pub title: String,
    /// How it ended.
    pub end: CommandEnd,
}

impl RowRan {
    /// How it ended, for a person.
    #[must_use]
    pub fn words(&self) -> String {
        let Self { title, end } = self;
        match end {
            CommandEnd::Status(status) => format!("{title}: ended with status {status}"),
            CommandEnd::Signal(signal) => format!("{title}: ended by signal {signal}"),
            CommandEnd::Failed(why) => format!("{title}: {why}"),
        }
    }
}

/// A command that is for the row under the cursor: ready, or why it cannot be run.
pub(super) type RowOffer = (RowCommand, Result<RowRun, String>);

impl Model {
    /// The console with commands of somebody's own, or why they are not run.
    #[must_use]
    pub fn with_commands(mut self, commands: Result<Vec<RowCommand>, &'static str>) -> Self {
        self.manners.set_commands(commands);
        self
    }
}

/// The commands for the row under the cursor. Those that are for any row are left out where it has not all
/// values that they take.
pub(super) fn offered(model: &Model) -> Result<Vec<RowOffer>, String> {
    let commands = model.manners.commands().as_ref().map_err(|why| (*why).to_owned())?;
    if commands.is_empty() {
        return Err(
            "there is no command of yours: [commands.NAME] in the configuration, as `r53tail config` \
                    shows"
                .to_owned(),
        );
    }
    let row = CursorRow::from_model(model).ok_or("there is no row here that a command could take")?;
    let held = row.kinds();
    let mut offered = Vec::new();
    for command in commands.iter().filter(|command| command.is_for(&held)) {
        let filled = command.filled(|placeholder| row.value(placeholder));
        if command.rows.is_empty() && matches!(filled, Err(Unfilled::Missing(_))) {
            continue;
        }
        offered.push((command.clone(), ready(model, &row, command, filled)));
    }
    if offered.is_empty() {
        return Err("none of your commands is for this row".to_owned());
    }
    Ok(offered)
}

fn ready(
    model: &Model,
    row: &CursorRow<'_>,
    command: &RowCommand,
    filled: Result<Vec<String>, Unfilled>,
) -> Result<RowRun, String> {
    let arguments = filled.map_err(|why| why.to_string())?;
    let input = match command.input {
        CommandInput::Terminal => None,
        CommandInput::Json => {
            let why = "a record of another type than A and AAAA is not judged, and is nothing in JSON";
            Some(RowInput::new(model, row).ok_or(why)?)
        }
    };
    Ok(RowRun { title: command.title.clone(), program: command.program.clone(), arguments, input })
}

/// Runs what is offered, or says why it cannot be.
pub(super) fn run(model: &mut Model, offer: Result<RowRun, String>, title: &str, effects: &mut Vec<Effect>) {
    match offer {
        Ok(run) => {
            let input = run.input.map(|input| input.lent(model));
            effects.push(Effect::Run(Box::new(RowRun { input, ..run })));
        }
        Err(why) => model.notify(format!("{title}: {why}")),
    }
}

/// Runs the command that has a key, if one has.
pub(super) fn press(model: &mut Model, key: Key, effects: &mut Vec<Effect>) {
    let commands = model.manners.commands();
    let Some(command) = commands.iter().flatten().find(|command| command.key == Some(key)) else { return };
    let (name, title) = (command.name.clone(), command.title.clone());
    model.here.read_notice();
    shown::catch_up(model);
    match offered(model) {
        Ok(offered) => match offered.into_iter().find(|(command, _)| command.name == name) {
            Some((_, offer)) => run(model, offer, &title, effects),
            None => model.notify(format!("{title}: it is not for this row")),
        },
        Err(why) => model.notify(format!("{title}: {why}")),
    }
}
