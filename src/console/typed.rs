//! What is typed, while it is typed and when it is done.

use super::prompt::{Prompt, PromptTrouble, Purpose, open};
use super::values::Seen;
use super::{Command, Effect, Mode, Model, export, jump, marks, search, shown, time};
use crate::query::{complete, is_begun};

/// Begins to type something of which it is said at once what may come next.
pub(super) fn begin(model: &mut Model, prompt: Prompt) {
    open(model, prompt);
    look(model, false);
}

/// Takes in text that was pasted.
pub(super) fn paste(model: &mut Model, text: &str) {
    if let Mode::Prompt(prompt) = model.here.mode_mut() {
        prompt.line.insert(text.trim_end_matches(['\r', '\n']));
        prompt.taken = None;
        prompt.recalled = None;
        look(model, true);
    }
}

/// Does what a command wants of the line. Says whether it was such a command.
pub(super) fn handle(model: &mut Model, command: Command, effects: &mut Vec<Effect>) -> bool {
    let Mode::Prompt(prompt) = model.here.mode_mut() else { return false };
    let before = prompt.line.text().to_owned();
    let line = &mut prompt.line;
    match command {
        Command::Accept => {
            accept(model, effects);
            return true;
        }
        Command::Cancel => {
            cancel(model);
            return true;
        }
        Command::Type(char) => line.insert(char.encode_utf8(&mut [0; 4])),
        Command::Erase => line.erase(),
        Command::Delete => line.delete(),
        Command::EraseWord => line.erase_word(),
        Command::EraseBefore => line.erase_before(),
        Command::EraseBehind => line.erase_behind(),
        Command::CursorLeft => line.left(),
        Command::CursorRight => line.right(),
        Command::CursorStart => line.start(),
        Command::CursorEnd => line.end(),
        Command::Older => prompt.recall(&model.manners.remembered().history, true),
        Command::Newer => prompt.recall(&model.manners.remembered().history, false),
        Command::Complete => prompt.complete(true),
        Command::CompleteBack => prompt.complete(false),
        _ => return false,
    }
    if !matches!(command, Command::Complete | Command::CompleteBack) {
        prompt.taken = None;
    }
    if !matches!(command, Command::Older | Command::Newer) {
        prompt.recalled = None;
    }
    let changed = prompt.line.text() != before;
    look(model, changed);
    true
}

/// Looks at what is typed: what it means, and what may come next.
fn look(model: &mut Model, changed: bool) {
    let Mode::Prompt(mut prompt) = model.here.take_mode() else { return };
    let found = match prompt.purpose() {
        Purpose::Filter => complete(prompt.line.text(), prompt.line.cursor(), &Seen(model)),
        Purpose::Jump => jump::completions(model, prompt.line.text()),
        _ => Vec::new(),
    };
    if changed {
        prompt.trouble = None;
        match prompt.purpose() {
            Purpose::Filter => {
                let text = prompt.line.text();
                // What is typed halfway means nothing yet: what is shown stays meanwhile.
                if is_begun(text, prompt.line.cursor(), &found) {
                    model.here.look_at_filter(text, &model.setup);
                } else {
                    model.here.set_filter(text, &model.setup);
                }
                let error = model.query_error();
                prompt.trouble =
                    error.map(|error| PromptTrouble { at: error.at.clone(), why: error.to_string() });
            }
            Purpose::Search => search::look_for(model, prompt.line.text()),
            Purpose::Time | Purpose::Mark | Purpose::Export | Purpose::Jump => {}
        }
    }
    if prompt.taken.is_none() {
        prompt.completions = found;
        let text = prompt.line.text();
        // A completion that is typed already is not offered.
        prompt.completions.retain(|one| text.get(one.replaces.clone()) != Some(one.text.as_str()));
    }
    model.here.turn_to(Mode::Prompt(prompt));
}

fn accept(model: &mut Model, effects: &mut Vec<Effect>) {
    let Mode::Prompt(mut prompt) = model.here.take_mode() else { return };
    let text = prompt.line.text().to_owned();
    let done = match prompt.purpose() {
        Purpose::Filter => {
            // It may end with what was but begun.
            let is_shown = model.filter() == text || model.filter().is_empty() && text.trim().is_empty();
            if prompt.trouble.is_none() && !is_shown {
                model.here.set_filter(&text, &model.setup);
            }
            prompt.trouble.is_none()
        }
        Purpose::Search => {
            shown::catch_up(model);
            search::begin(model);
            true
        }
        Purpose::Time => text.trim().is_empty() || time::go_to(model, &text),
        Purpose::Jump => text.trim().is_empty() || jump::jump(model, &text),
        Purpose::Mark => {
            effects.push(marks::put(model, prompt.at, text.trim()));
            true
        }
        Purpose::Export => {
            let done = !text.trim().is_empty();
            if let (true, Some(shape)) = (done, prompt.shape) {
                shown::catch_up(model);
                export::begin(model, shape, export::Target::File(text.trim().to_owned()));
            }
            done
        }
    };
    if done {
        model.manners.remember(prompt.purpose(), &text);
        return;
    }
    match prompt.purpose() {
        Purpose::Time => prompt.blame("not a time such as 14:02, 14:02:30 or 2025-05-05T14:02Z"),
        Purpose::Export => prompt.blame("a file needs a name"),
        Purpose::Jump => prompt.blame("no screen, origin or endpoint that is listed is called so"),
        Purpose::Filter | Purpose::Search | Purpose::Mark => {}
    }
    model.here.turn_to(Mode::Prompt(prompt));
}

fn cancel(model: &mut Model) {
    let Mode::Prompt(prompt) = model.here.take_mode() else { return };
    match prompt.purpose() {
        Purpose::Filter => model.here.set_filter(&prompt.before, &model.setup),
        Purpose::Search => search::look_for(model, &prompt.before),
        Purpose::Time | Purpose::Mark | Purpose::Export | Purpose::Jump => {}
    }
}
