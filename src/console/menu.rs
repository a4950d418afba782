//! A short list to choose from: what to copy, what to write, which columns, which mark.

use super::copy::What;
use super::export::{self, Export};
use super::export_format::ExportFormat;
use super::list::{List, own_order};
use super::row_run::{self, RowRun};
use super::{Command, Effect, Key, Mode, Model, Screen, copy, marks};
use crate::log::note::Mark;

/// What is chosen from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// What to copy.
    Copy,
    /// What to write into a file.
    Export,
    /// Which command of one's own to run.
    Commands,
    /// Whether to write over a file that is there.
    Overwrite,
    /// The columns of a list.
    Columns(List),
    /// The column that a list is sorted by.
    Sort(List),
    /// The marks.
    Marks,
}

/// What comes of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Copy(What),
    Export(ExportFormat),
    Run(usize),
    Overwrite(bool),
    Column(&'static str),
    Mark(u32),
}

/// One line of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key that chooses it at once.
    pub key: Option<char>,
    /// What it is.
    pub label: String,
    /// More about it, which may be text of the log; may be empty.
    pub detail: String,
    /// Whether it is on, if it can be on or off.
    pub on: Option<bool>,
    choice: Choice,
}

/// A menu.
#[derive(Debug)]
pub struct Menu {
    topic: Topic,
    entries: Vec<Entry>,
    at: usize,
    /// What waits for the answer.
    export: Option<Box<Export>>,
    /// The commands to choose from, filled in for the row that was under the cursor, or why they are not.
    runs: Vec<Result<RowRun, String>>,
}

impl Menu {
    /// What is chosen from.
    #[must_use]
    pub fn topic(&self) -> Topic {
        self.topic
    }

    /// Its lines, in the order in which they are shown.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The selected one.
    #[must_use]
    pub fn at(&self) -> usize {
        self.at
    }
}

fn entry(key: Option<char>, label: impl Into<String>, detail: impl Into<String>, choice: Choice) -> Entry {
    Entry { key, label: label.into(), detail: detail.into(), on: None, choice }
}

fn open(model: &mut Model, topic: Topic, entries: Vec<Entry>, at: usize) {
    let menu = Menu { topic, entries, at, export: None, runs: Vec::new() };
    model.here.turn_to(Mode::Menu(Box::new(menu)));
}

/// Asks what to copy.
pub(super) fn copy(model: &mut Model) {
    let found = copy::offered(model);
    if found.is_empty() {
        model.notify("there is nothing here to copy");
        return;
    }
    let entries = found.into_iter().map(|(what, text)| {
        // One line of it says which one it is.
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default().to_owned();
        let more = lines.count();
        let detail = if more > 0 { format!("{first} +{more}") } else { first };
        entry(Some(what.key()), what.word(), detail, Choice::Copy(what))
    });
    let entries = entries.collect();
    open(model, Topic::Copy, entries, 0);
}

/// Asks what to write into a file.
pub(super) fn export(model: &mut Model) {
    if export::is_under_way(model) {
        model.notify("something is being written already");
        return;
    }
    let entries = ExportFormat::FILES
        .map(|shape| entry(Some(shape.key()), shape.word(), shape.says(), Choice::Export(shape)));
    open(model, Topic::Export, entries.into(), 0);
}

/// Asks whether to write over a file.
pub(super) fn overwrite(model: &mut Model, export: Box<Export>) {
    let entries = vec![
        entry(Some('n'), "no", "keep the file that is there", Choice::Overwrite(false)),
        entry(Some('y'), "yes", "write over it", Choice::Overwrite(true)),
    ];
    let menu = Menu { topic: Topic::Overwrite, entries, at: 0, export: Some(export), runs: Vec::new() };
    model.here.turn_to(Mode::Menu(Box::new(menu)));
}

/// Asks which command of one's own to run on the row.
pub(super) fn commands(model: &mut Model) {
    let offered = match row_run::offered(model) {
        Ok(offered) => offered,
        Err(why) => return model.notify(why),
    };
    let own: Vec<Key> = offered.iter().filter_map(|(command, _)| command.key).collect();
    // Keys of their own; the others have digits, as far as nobody wants those.
    let mut digits = ('1'..='9').filter(|digit| !own.contains(&Key::Char(*digit)));
    let (mut entries, mut runs) = (Vec::new(), Vec::new());
    for (at, (command, run)) in offered.into_iter().enumerate() {
        let key = match command.key {
            Some(Key::Char(char)) => Some(char),
            _ => digits.next(),
        };
        let detail = run.as_ref().map_or_else(Clone::clone, RowRun::words);
        entries.push(entry(key, command.title, detail, Choice::Run(at)));
        runs.push(run);
    }
    let menu = Menu { topic: Topic::Commands, entries, at: 0, export: None, runs };
    model.here.turn_to(Mode::Menu(Box::new(menu)));
}

/// Asks for the columns of the list that the keys move in.
pub(super) fn columns(model: &mut Model) {
    match model.list() {
        // The origins are rows of a matrix; the endpoints of the selected one are listed below it.
        Some(List::Origins) => {
            open(model, Topic::Columns(List::Endpoints), column_entries(model, List::Endpoints), 0);
        }
        Some(list) => open(model, Topic::Columns(list), column_entries(model, list), 0),
        None => model.notify("there is no list with columns here"),
    }
}

fn column_entries(model: &Model, list: List) -> Vec<Entry> {
    let preferences = &model.remembered().preferences;
    let columns = list.columns().iter().zip(1..);
    columns
        .map(|(column, number)| Entry {
            on: Some(preferences.shows(list, column)),
            ..entry(char::from_digit(number, 10), *column, "", Choice::Column(column))
        })
        .collect()
}

/// Asks what to sort the list by that the keys move in.
pub(super) fn sort(model: &mut Model) {
    let Some(list) = model.list().filter(|list| !list.sortable().is_empty()) else {
        model.notify(match model.screen() {
            Screen::Findings => "findings stand in the order of their weight",
            Screen::Turns => "changes stand in the order of time, the newest first",
            Screen::Endpoint => "origins stand with the worst status first",
            Screen::Groups => "groups stand with the worst first",
            Screen::Course => "shares stand in the order of time",
            Screen::Plan => "changes stand with those first that cover most",
            _ => "records stand in the order of time",
        });
        return;
    };
    let sorting = model.sorting(list).or_else(|| own_order(list));
    let mut selected = 0;
    let columns = list.sortable().iter().zip(1..);
    let entries = columns
        .map(|(column, number)| {
            let mut detail = "";
            if let Some(sorting) = sorting.filter(|sorting| sorting.column == *column) {
                selected = number as usize - 1;
                detail = if sorting.reverse {
                    "▲ again: the other way round"
                } else {
                    "▼ again: the other way round"
                };
            }
            entry(char::from_digit(number, 10), *column, detail, Choice::Column(column))
        })
        .collect();
    open(model, Topic::Sort(list), entries, selected);
}

/// Lists the marks, to go to one.
pub(super) fn marks(model: &mut Model) {
    if model.marks().is_empty() {
        model.notify("there are no marks: m puts one");
        return;
    }
    let now = model.moment();
    let at = model.marks().iter().rposition(|mark| Some(mark.at) <= now).unwrap_or(0);
    let entries = mark_entries(model);
    open(model, Topic::Marks, entries, at);
}

fn mark_entries(model: &Model) -> Vec<Entry> {
    let of = |mark: &Mark| {
        let when = format!("{} {}", mark.at.date(), mark.at.clock());
        entry(None, when, mark.name(), Choice::Mark(mark.number))
    };
    model.marks().iter().map(of).collect()
}

/// Does what a command wants of the menu. Says whether it was such a command.
pub(super) fn handle(model: &mut Model, command: Command, effects: &mut Vec<Effect>) -> bool {
    let Mode::Menu(menu) = model.here.mode_mut() else { return false };
    let last = menu.entries.len().saturating_sub(1);
    match command {
        Command::Up => menu.at = menu.at.saturating_sub(1),
        Command::Down => menu.at = (menu.at + 1).min(last),
        Command::First => menu.at = 0,
        Command::Last => menu.at = last,
        Command::Cancel => model.here.turn_to(Mode::Browse),
        Command::Accept => choose(model, effects),
        Command::Delete => delete(model),
        Command::Type(char) => {
            if let Some(at) = menu.entries.iter().position(|entry| entry.key == Some(char)) {
                menu.at = at;
                choose(model, effects);
            }
        }
        _ => return false,
    }
    true
}

fn choose(model: &mut Model, effects: &mut Vec<Effect>) {
    let Mode::Menu(mut menu) = model.here.take_mode() else { return };
    let Some(choice) = menu.entries.get(menu.at).map(|entry| entry.choice) else { return };
    match (choice, menu.topic) {
        (Choice::Copy(what), _) => copy::copy(model, what, effects),
        (Choice::Export(shape), _) => export::ask(model, shape),
        (Choice::Run(at), _) => {
            let title = menu.entries.get(at).map(|entry| entry.label.clone()).unwrap_or_default();
            row_run::run(model, menu.runs.swap_remove(at), &title, effects);
        }
        (Choice::Overwrite(yes), _) => match menu.export {
            Some(export) if yes => {
                effects.push(Effect::Export(Box::new(Export { overwrite: true, ..*export })));
            }
            _ => model.notify("nothing was written"),
        },
        (Choice::Column(column), Topic::Columns(list)) => {
            model.toggle(list, column);
            let entries = column_entries(model, list);
            open(model, menu.topic, entries, menu.at);
        }
        (Choice::Column(column), Topic::Sort(list)) => model.sort_by(list, column),
        (Choice::Mark(number), _) => {
            let mark = model.marks().iter().find(|mark| mark.number == number).cloned();
            if let Some(mark) = mark {
                marks::visit(model, &mark);
            }
        }
        (Choice::Column(_), _) => {}
    }
}

/// Takes a mark away.
fn delete(model: &mut Model) {
    let Mode::Menu(menu) = model.here.mode() else { return };
    let at = menu.at;
    if let Some(&Entry { choice: Choice::Mark(number), .. }) = menu.entries.get(at) {
        model.known.remove_mark(number);
        let entries = mark_entries(model);
        if entries.is_empty() {
            model.here.turn_to(Mode::Browse);
        } else {
            open(model, Topic::Marks, entries, at.saturating_sub(1));
        }
    }
}
