//! What goes to the clipboard.

use super::{Effect, Model};

/// The longest text that is handed to a terminal, in bytes: what the usual ones take, once it is in Base64.
pub const MOST_COPIED: usize = 70_000;

/// Hands a text to the clipboard, and says so.
pub(super) fn hand(model: &mut Model, what: &str, text: &str, effects: &mut Vec<Effect>) {
    let end = text.floor_char_boundary(MOST_COPIED);
    let lines = text.lines().count();
    let shown = match (end < text.len(), lines) {
        (true, _) => format!("copied the first {end} bytes of the {what}"),
        (false, 0 | 1) => format!("copied the {what}: {}", text.trim_end()),
        (false, lines) => format!("copied the {what}: {lines} lines"),
    };
    model.notify(shown);
    effects.push(Effect::Copy(text[..end].to_owned()));
}
