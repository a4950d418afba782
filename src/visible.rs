//! Text of strangers, made safe to show.
//!
//! Names and Rdata are chosen by whoever asks. Control characters would drive the terminal, and invisible or
//! direction-changing characters would make one name look like another; all of them are shown by their code point.

use std::borrow::Cow;

/// Whether a character may not reach a screen as it is: C0 and C1 controls, DEL, and the characters without a shape
/// of their own that change how others read (Unicode UAX #9 bidirectional controls, zero-width characters, line and
/// paragraph separators, tags).
#[must_use]
pub fn is_hidden(character: char) -> bool {
    matches!(
        character,
        '\u{0}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// The text with every hidden character as `\u{1b}`.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    // Nearly every name is plain ASCII; that is seen in one quick pass.
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) || !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_hidden(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_drive_a_terminal_is_spelled_out() {
        assert_eq!(visible("ssm.us-west-2.amazonaws.com."), "ssm.us-west-2.amazonaws.com.");
        assert_eq!(visible("bücher.example."), "bücher.example.");
        assert_eq!(
            visible("a\u{1b}[31mb\u{9b}2J.\u{202e}x\u{200b}"),
            r"a\u{1b}[31mb\u{9b}2J.\u{202e}x\u{200b}"
        );
        assert_eq!(visible("a\r\nb\u{7f}"), r"a\u{d}\u{a}b\u{7f}");
    }
}
