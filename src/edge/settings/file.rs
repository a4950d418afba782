//! The configuration as a file: TOML read and written.

use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::config::Config;
use super::row_commands::{self, COMMANDS};
use super::rows::SettingName;
use super::setting::{FileError, SettingOrigin};
use super::value::SettingShape;
use crate::console::{Command, Key, Keys, KeysError};
use crate::view::{NotAColor, Tint, Tints};

/// The table of keys.
const KEYS: &str = "keys";
/// The table of colors.
const COLORS: &str = "colors";

/// Reads `text`, which is the content of the file `path`, into `config`.
///
/// # Errors
/// What cannot be read, or is no setting.
pub(super) fn read(config: &mut Config, path: &Path, text: &str) -> Result<(), FileError> {
    let line_at = |at: usize| 1 + memchr::memchr_iter(b'\n', &text.as_bytes()[..at.min(text.len())]).count();
    let table = DeTable::parse(text).map_err(|error| FileError {
        line: line_at(error.span().map_or(0, |span| span.start)),
        why: error.message().to_owned(),
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut commands = Vec::new();
    for (line, word, value) in entries(table.into_inner(), line_at) {
        let failed = |why: String| FileError { line, why };
        if word == COMMANDS {
            commands = row_commands::read(&value, folder, line_at)?;
            continue;
        }
        if word == KEYS || word == COLORS {
            let DeValue::Table(table) = value.into_inner() else {
                return Err(failed(format!("`{word}` is a table: [{word}]")));
            };
            if word == KEYS {
                read_keys(config, path, table, line_at)?;
            } else {
                read_colors(config, table, line_at)?;
            }
            continue;
        }
        let Some(name) = SettingName::ALL.into_iter().find(|name| name.key() == word) else {
            let words = SettingName::ALL
                .iter()
                .map(|name| name.key().to_owned())
                .chain([KEYS, COLORS, COMMANDS].map(str::to_owned));
            return Err(failed(unknown("setting", &word, words)));
        };
        let is_list = name.shape() == SettingShape::List;
        let mut texts = texts(value.get_ref())
            .filter(|(_, list)| *list == is_list)
            .ok_or_else(|| {
                let what = if is_list { "a list of texts: [\"…\"]" } else { "one value" };
                failed(format!("`{word}` is {what}"))
            })?
            .0;
        if name.is_path() {
            // A file is meant where the configuration lies, from wherever the program is started.
            for text in &mut texts {
                *text = folder.join(&*text).display().to_string();
            }
        }
        let origin = SettingOrigin::File(path.to_path_buf(), line);
        config.values.set(name, &texts, origin).map_err(|why| failed(format!("`{word}`: {why}")))?;
    }
    row_commands::check(&commands, &config.keys)?;
    config.commands = commands.into_iter().map(|(command, _)| command).collect();
    Ok(())
}

/// The line, the key and the value of each entry, in the order of the file: so the first of two faults is the
/// one that is told.
fn entries(
    table: DeTable<'_>,
    line_at: impl Fn(usize) -> usize,
) -> impl Iterator<Item = (usize, String, Spanned<DeValue<'_>>)> {
    let mut entries: Vec<(Spanned<_>, Spanned<DeValue<'_>>)> = table.into_iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
        .into_iter()
        .map(move |(key, value)| (line_at(key.span().start), key.into_inner().into_owned(), value))
}

/// The texts of a value, and whether it is a list; `None` if it holds anything else.
fn texts(value: &DeValue<'_>) -> Option<(Vec<String>, bool)> {
    match value {
        DeValue::String(text) => Some((vec![text.clone().into_owned()], false)),
        DeValue::Boolean(is) => Some((vec![is.to_string()], false)),
        DeValue::Array(list) => {
            let texts = list.iter().map(|item| match item.get_ref() {
                DeValue::String(text) => Some(text.clone().into_owned()),
                _ => None,
            });
            Some((texts.collect::<Option<_>>()?, true))
        }
        _ => None,
    }
}

fn read_colors(
    config: &mut Config,
    table: DeTable<'_>,
    line_at: impl Fn(usize) -> usize,
) -> Result<(), FileError> {
    for (line, word, value) in entries(table, line_at) {
        let failed = |why: String| FileError { line, why };
        let text = match value.get_ref() {
            DeValue::String(text) => text.clone().into_owned(),
            _ => return Err(failed(format!("`{word}` is a color as a text: \"#5fd787\""))),
        };
        let tint: Tint = text.parse().map_err(|error: NotAColor| failed(error.to_string()))?;
        if !config.tints.set(&word, tint) {
            let words = Tints::meanings().map(|(word, _)| word.to_owned());
            return Err(failed(unknown("color", &word, words)));
        }
    }
    Ok(())
}

fn read_keys(
    config: &mut Config,
    path: &Path,
    table: DeTable<'_>,
    line_at: impl Fn(usize) -> usize,
) -> Result<(), FileError> {
    let mut wanted: Vec<(Command, Vec<Key>)> = Vec::new();
    let mut places: Vec<(String, usize)> = Vec::new();
    for (line, word, value) in entries(table, line_at) {
        let failed = |why: String| FileError { line, why };
        let named: StrDeserializer<'_, ValueError> = word.as_str().into_deserializer();
        let choices = Keys::default();
        let command = Command::deserialize(named)
            .ok()
            .filter(|command| choices.choices().any(|binding| binding.command == *command));
        let Some(command) = command else {
            let words = choices.choices().filter_map(|binding| binding.command.name());
            return Err(failed(unknown("command", &word, words)));
        };
        let Some((texts, true)) = texts(value.get_ref()) else {
            return Err(failed(format!("`{word}` is a list of keys: [\"x\", \"Ctrl-x\"]")));
        };
        let keys = texts.iter().map(|text| text.parse::<Key>()).collect::<Result<_, _>>();
        wanted.push((command, keys.map_err(|error| failed(error.to_string()))?));
        places.push((word, line));
    }
    config.keys = Keys::with(&wanted).map_err(|error| match error {
        KeysError::Twice(key, first, second) => FileError {
            line: places[second].1,
            why: format!(
                "`{}` is bound to `{}` here and to `{}` in line {}",
                key.written(),
                places[second].0,
                places[first].0,
                places[first].1
            ),
        },
        KeysError::Fixed(key, at) => FileError {
            line: places[at].1,
            why: format!("`{}` always ends the program and cannot be bound", key.written()),
        },
    })?;
    let of_file = |(word, line)| (word, SettingOrigin::File(path.to_path_buf(), line));
    config.key_lines = places.into_iter().map(of_file).collect();
    Ok(())
}

/// That a word is none of those there are, and which may be meant.
fn unknown(what: &str, word: &str, words: impl Iterator<Item = String>) -> String {
    let likeness = |other: &String| strsim::jaro_winkler(word, other);
    let near = words.max_by(|a, b| likeness(a).total_cmp(&likeness(b))).filter(|near| likeness(near) > 0.7);
    let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    format!("`{word}` is no {what}{hint}")
}

impl Config {
    /// The file that configures the same, each setting with what it is and who set it.
    #[must_use]
    pub fn to_file(&self) -> String {
        let mut text =
            String::from("# What r53tail is configured to do, as a file that configures the same.\n");
        for name in SettingName::ALL {
            let texts = self.values.texts(name);
            // Writing to a string cannot fail.
            _ = writeln!(text, "\n# {}\n# From: {}.", name.says(), self.values.origin(name));
            let key = name.key();
            _ = match (name.shape(), texts.first()) {
                (SettingShape::List, _) => {
                    let items: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
                    writeln!(text, "{key} = [{}]", items.join(", "))
                }
                (SettingShape::Switch, Some(value)) => writeln!(text, "{key} = {value}"),
                (SettingShape::Text, Some(value)) => writeln!(text, "{key} = {}", quoted(value)),
                (_, None) => writeln!(text, "# {key} = {}", quoted(name.example())),
            };
        }
        _ = writeln!(
            text,
            "\n# Colors of the console, each by what it means: a name, a number of xterm's 256, or \"#rrggbb\".\n[{COLORS}]"
        );
        for (word, says) in Tints::meanings() {
            _ = match self.tints.get(word) {
                Some(tint) => writeln!(text, "{word} = {}  # {says}", quoted(&tint.to_string())),
                None => writeln!(text, "# {word} = \"default\"  # {says}"),
            };
        }
        _ = writeln!(
            text,
            "\n# Keys of the console while it shows a screen; the first is the one that it names.\n[{KEYS}]"
        );
        for binding in self.keys.choices() {
            let Some(name) = binding.command.name() else { continue };
            let keys: Vec<String> = binding.keys.iter().map(|key| quoted(&key.written())).collect();
            let origin = self.key_lines.iter().find(|(word, _)| *word == name);
            let origin = origin.map(|(_, origin)| format!(" (from {origin})")).unwrap_or_default();
            _ = writeln!(text, "{name} = [{}]  # {}{origin}", keys.join(", "), binding.says);
        }
        text.push_str(&row_commands::written(&self.commands, quoted));
        text
    }
}

/// A text as TOML has it: JSON's escapes are among those of TOML, but for DEL.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}
