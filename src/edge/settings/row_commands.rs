//! Commands of somebody's own in the configuration: `[commands.NAME]`, a table each.

use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::setting::FileError;
use crate::console::{ArgumentTemplate, CommandInput, Key, Keys, RowCommand, RowKind, When};

/// The table of tables.
pub(super) const COMMANDS: &str = "commands";

/// What is printed where there is none.
const EXAMPLE: &str = r#"# [commands.session]
# title = "a shell on the instance"
# key = "S"
# rows = ["origin"]
# run = ["aws", "ssm", "start-session", "--target", "{instance}", "--region", "{region}"]
# stdin = "terminal"  # or "json": the row as JSON
"#;

/// A command as the file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CommandTable {
    title: Option<String>,
    key: Option<Spanned<String>>,
    rows: Option<Spanned<Vec<String>>>,
    run: Spanned<Vec<String>>,
    stdin: Option<Spanned<String>>,
}

/// Reads the tables of `table`, in the order of the file, each with the line that its key is in. `folder` is
/// where the file is: a program with a `/` in it is meant from there.
///
/// # Errors
/// What cannot be read, with its line.
pub(super) fn read(
    table: &Spanned<DeValue<'_>>,
    folder: &Path,
    line_at: impl Fn(usize) -> usize,
) -> Result<Vec<(RowCommand, usize)>, FileError> {
    let failed = |at: usize, why: String| FileError { line: line_at(at), why };
    let DeValue::Table(table) = table.get_ref() else {
        return Err(failed(table.span().start, format!("`{COMMANDS}` holds tables: [{COMMANDS}.NAME]")));
    };
    let table: &DeTable<'_> = table;
    let mut tables: Vec<_> = table.iter().collect();
    tables.sort_by_key(|(name, _)| name.span().start);
    let mut commands = Vec::new();
    for (name, value) in tables {
        let start = name.span().start;
        let name = name.get_ref().as_ref();
        let read = CommandTable::deserialize(ValueDeserializer::from(value.clone())).map_err(|error| {
            let at = error.span().map_or(start, |span| span.start);
            failed(at, format!("`{COMMANDS}.{name}`: {}", error.message()))
        })?;
        let in_name = |at: usize, why: String| failed(at, format!("`{COMMANDS}.{name}`: {why}"));
        let key_at = read.key.as_ref().map_or(start, |key| key.span().start);
        let key = read.key.map(|key| key.get_ref().parse::<Key>()).transpose();
        let key = key.map_err(|error| in_name(key_at, error.to_string()))?;
        let rows = read.rows.map(|rows| {
            let kinds = rows.get_ref().iter().map(|word| kind(word)).collect::<Result<_, _>>();
            kinds.map_err(|why| in_name(rows.span().start, why))
        });
        let run_at = read.run.span().start;
        let (program, arguments) = program(read.run.get_ref(), folder).map_err(|why| in_name(run_at, why))?;
        let input = read.stdin.map(|word| {
            let known = CommandInput::ALL.into_iter().find(|input| input.word() == word.get_ref());
            known.ok_or_else(|| {
                in_name(word.span().start, format!("`{}` is neither terminal nor json", word.get_ref()))
            })
        });
        let command = RowCommand {
            title: read.title.filter(|title| !title.is_empty()).unwrap_or_else(|| name.to_owned()),
            name: name.to_owned(),
            key,
            rows: rows.transpose()?.unwrap_or_default(),
            program,
            arguments,
            input: input.transpose()?.unwrap_or_default(),
        };
        commands.push((command, line_at(key_at)));
    }
    Ok(commands)
}

fn kind(word: &str) -> Result<RowKind, String> {
    RowKind::ALL.into_iter().find(|kind| kind.word() == word).ok_or_else(|| {
        let words = RowKind::ALL.map(RowKind::word).join(", ");
        format!("`{word}` is no kind of row: there are {words}")
    })
}

/// The program, which no row decides, and its arguments.
fn program(run: &[String], folder: &Path) -> Result<(String, Vec<ArgumentTemplate>), String> {
    let Some((program, arguments)) = run.split_first().filter(|(program, _)| !program.is_empty()) else {
        return Err("`run` is a program with its arguments: [\"program\", \"argument\", …]".to_owned());
    };
    if run.iter().any(|word| word.contains('\0')) {
        return Err("no argument can have NUL in it".to_owned());
    }
    if program.parse::<ArgumentTemplate>()?.has_placeholders() {
        return Err("the program itself has no placeholders".to_owned());
    }
    let program =
        if program.contains('/') { folder.join(program).display().to_string() } else { program.clone() };
    Ok((program, arguments.iter().map(|argument| argument.parse()).collect::<Result<_, _>>()?))
}

/// That no key of a command is another's.
///
/// # Errors
/// Whose it is, in the line of the command.
pub(super) fn check(commands: &[(RowCommand, usize)], keys: &Keys) -> Result<(), FileError> {
    for (at, (command, line)) in commands.iter().enumerate() {
        let Some(key) = command.key else { continue };
        let failed = |whose: String| FileError {
            line: *line,
            why: format!("`{COMMANDS}.{}`: `{}` {whose}", command.name, key.written()),
        };
        if let Some((other, line)) = commands[..at].iter().find(|(other, _)| other.key == Some(key)) {
            return Err(failed(format!("is the key of `{COMMANDS}.{}` in line {line}", other.name)));
        }
        if let Some(taken) = keys.command(When::Browsing, key) {
            let whose = taken.name().unwrap_or_default();
            return Err(failed(format!("is bound to `{whose}`, which [keys] can give another key")));
        }
    }
    Ok(())
}

/// The tables of `commands` as [`read`] reads them, with what they are for; `quoted` writes a text.
pub(super) fn written(commands: &[RowCommand], quoted: impl Fn(&str) -> String) -> String {
    let mut text = String::from(
        "\n# Commands of your own on a row of the console (`!` lists them): a program and its arguments, run without a shell.\n",
    );
    if commands.is_empty() {
        text.push_str(EXAMPLE);
    }
    let is_bare = |char: char| char.is_ascii_alphanumeric() || "-_".contains(char);
    let list = |texts: Vec<String>| texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ");
    for (at, command) in commands.iter().enumerate() {
        let between = if at > 0 { "\n" } else { "" };
        // Writing to a string cannot fail.
        let bare = Some(&command.name).filter(|name| !name.is_empty() && name.chars().all(is_bare));
        let name = bare.map_or_else(|| quoted(&command.name), String::clone);
        _ = writeln!(text, "{between}[{COMMANDS}.{name}]");
        _ = writeln!(text, "title = {}", quoted(&command.title));
        if let Some(key) = command.key {
            _ = writeln!(text, "key = {}", quoted(&key.written()));
        }
        if !command.rows.is_empty() {
            let rows = command.rows.iter().map(|kind| kind.word().to_owned());
            _ = writeln!(text, "rows = [{}]", list(rows.collect()));
        }
        let arguments = command.arguments.iter().map(ToString::to_string);
        _ = writeln!(
            text,
            "run = [{}]",
            list([command.program.clone()].into_iter().chain(arguments).collect())
        );
        _ = writeln!(text, "stdin = {}", quoted(command.input.word()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(text: &str) -> Result<Vec<(RowCommand, usize)>, FileError> {
        let table = DeTable::parse(text).unwrap();
        let line_at = |at: usize| 1 + text[..at.min(text.len())].matches('\n').count();
        let found = read(&table.get_ref()[COMMANDS], Path::new("/etc/r53tail"), line_at)?;
        check(&found, &Keys::default())?;
        Ok(found)
    }

    #[test]
    fn the_example_is_a_command() {
        let text = EXAMPLE.lines().map(|line| &line[2..]).collect::<Vec<_>>().join("\n");
        let [(command, 3)] = &commands(&text).unwrap()[..] else { panic!("one") };
        assert_eq!((command.name.as_str(), command.key), ("session", Some(Key::Char('S'))));
        assert_eq!((&command.rows[..], command.arguments.len()), (&[RowKind::Origin][..], 6));
    }

    #[test]
    fn what_is_written_is_read() {
        let text = "[commands.\"a b\"]\nrun = [\"./bin/x\", \"{{}}{name}\", \"\\\"\\\\\"]\nstdin = \"json\"\n\n\
                    [commands.z]\ntitle = \"Z\"\nkey = \"Ctrl-O\"\nrows = [\"pair\", \"record\"]\nrun = [\"y\"]\n";
        let found: Vec<RowCommand> =
            commands(text).unwrap().into_iter().map(|(command, _)| command).collect();
        assert_eq!(found[0].program, "/etc/r53tail/./bin/x", "from the folder of the file");
        assert_eq!((found[0].title.as_str(), found[0].input), ("a b", CommandInput::Json));
        let again: Vec<RowCommand> =
            commands(&written(&found, |text| serde_json::Value::from(text).to_string()))
                .unwrap()
                .into_iter()
                .map(|(command, _)| command)
                .collect();
        assert_eq!(again, found);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (text, line, why) in [
            ("commands = 1", 1, "`commands` holds tables: [commands.NAME]"),
            ("[commands.a]\ntitle = \"A\"", 1, "`commands.a`: missing field `run`"),
            ("[commands.a]\nrun = \"ls\"", 2, "`commands.a`: invalid type: string \"ls\""),
            ("[commands.a]\nrun = []", 2, "`commands.a`: `run` is a program with its arguments"),
            ("[commands.a]\nrun = [\"\"]", 2, "`commands.a`: `run` is a program"),
            ("[commands.a]\nrun = [\"x\", \"a\\u0000\"]", 2, "`commands.a`: no argument can have NUL"),
            ("[commands.a]\nrun = [\"{name}\"]", 2, "`commands.a`: the program itself has no placeholders"),
            (
                "[commands.a]\n\nrun = [\"x\", \"{host}\"]",
                3,
                "`commands.a`: `{host}` is no placeholder: there are",
            ),
            (
                "[commands.a]\nrun = [\"x\"]\nrows = [\"row\"]",
                3,
                "`commands.a`: `row` is no kind of row: there are",
            ),
            (
                "[commands.a]\nrun = [\"x\"]\nstdin = \"tty\"",
                3,
                "`commands.a`: `tty` is neither terminal nor json",
            ),
            ("[commands.a]\nrun = [\"x\"]\nkey = \"F1\"", 3, "`commands.a`: `F1` is no key such as x"),
            ("[commands.a]\nrun = [\"x\"]\nshell = true", 3, "`commands.a`: unknown field `shell`"),
            (
                "[commands.a]\nrun = [\"x\"]\nkey = \"f\"",
                3,
                "`commands.a`: `f` is bound to `filter`, which [keys]",
            ),
            ("[commands.a]\nrun = [\"x\"]\nkey = \"Ctrl-C\"", 3, "`commands.a`: `Ctrl-C` is bound to `quit`"),
            (
                "[commands.a]\nrun = [\"x\"]\nkey = \"S\"\n[commands.b]\nkey = \"S\"\nrun = [\"y\"]",
                5,
                "`commands.b`: `S` is the key of `commands.a` in line 3",
            ),
        ] {
            let error = commands(text).unwrap_err();
            assert!(error.line == line && error.why.starts_with(why), "{text}\n{error:?}");
        }
    }
}
