//! What goes to the clipboard: text as it is shown. Whoever pastes it may have a shell before them, for which
//! a line end or an escape sequence in somebody's name would be a command.

use super::{Effect, Model};
use crate::base::visible::visible;

/// The longest text that is handed to a terminal, in bytes: what the usual ones take, once it is in Base64.
pub const MOST_COPIED: usize = 70_000;

/// Whether it arrived no terminal says.
const SENT: &str = "sent to the terminal's clipboard";

/// Hands one text of the log to the clipboard, on one line.
pub(super) fn hand_one(model: &mut Model, what: &str, text: &str, effects: &mut Vec<Effect>) {
    hand(model, what, &visible(text.trim_end_matches(['\r', '\n'])), effects);
}

/// Hands lines to the clipboard that were made here, and says so.
pub(super) fn hand(model: &mut Model, what: &str, text: &str, effects: &mut Vec<Effect>) {
    let shown: Vec<_> = text.split('\n').map(visible).collect();
    let text = &*shown.join("\n");
    let end = text.floor_char_boundary(MOST_COPIED);
    let lines = text.lines().count();
    let shown = match (end < text.len(), lines) {
        (true, _) => format!("{SENT}: the first {end} bytes of the {what}"),
        (false, 0 | 1) => format!("{SENT}: {what} {}", text.trim_end()),
        (false, lines) => format!("{SENT}: {what}, {lines} lines"),
    };
    model.notify(shown);
    effects.push(Effect::Copy(text[..end].to_owned()));
}
