//! Text of strangers, made safe to show.
//!
//! Names and Rdata are chosen by whoever asks. Control characters would drive the terminal, and invisible or
//! direction-changing characters would make one name look like another; all of them are shown by their code
//! point.

use std::borrow::Cow;

/// Whether a character may not reach a screen as it is: C0 and C1 controls, DEL, the characters without a
/// shape of their own that change how others read (Unicode UAX #9 bidirectional controls, zero-width
/// characters, variation selectors, line and paragraph separators, tags), and those that look like a blank
/// and are none, or are another (`White_Space` and `Default_Ignorable_Code_Point` of the Unicode Character
/// Database, and the empty Braille pattern).
#[must_use]
pub fn is_hidden(character: char) -> bool {
    matches!(
        character,
        '\u{0}'..='\u{1f}'
            | '\u{7f}'..='\u{a0}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{1680}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{2000}'..='\u{200f}'
            | '\u{2028}'..='\u{202f}'
            | '\u{205f}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3000}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
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
        // Blanks that are none, and other blanks than the one.
        for blank in "\u{a0}\u{115f}\u{1160}\u{2003}\u{2800}\u{3000}\u{3164}\u{ffa0}\u{fe0f}\u{e0100}".chars()
        {
            assert_eq!(visible(&format!("a{blank}b")), format!("a{}b", blank.escape_unicode()));
        }
    }
}
