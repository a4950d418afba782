//! What a terminal sends, out of its bytes: keys, pasted text, the mouse, and answers to what it was asked.
//!
//! Answers come late, and others are not ours: an editor or a prompt asked before, or a program over SSH.
//! Whatever is no key (OSC, DCS, APC, PM and SOS strings up to ST or BEL, CSI sequences with a private
//! marker) is passed over as a whole: taken as typed it would open menus and write into filters. The states
//! are those of ECMA-48 as the `vte` crate has them.

use std::fmt;

use crate::console::{Gesture, Key, Mouse};

use super::WHEEL;

/// Characters of a paste that are kept; nobody types a filter as long.
const MOST_PASTED: usize = 1 << 16;

/// Something that the terminal sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    Key(Key),
    Mouse(Mouse),
    Paste(String),
    Answer(TerminalAnswer),
}

/// An answer to what the terminal was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TerminalAnswer {
    /// The color of the background (OSC 11), each part as a share of 65,535.
    Background([u16; 3]),
    /// The column that the cursor is in, from 1 (CPR).
    Column(u16),
    /// Whether frames can be put together (mode 2026, DECRPM).
    Synchronized(bool),
    /// What kind of terminal it is (DA1): the last of the answers, since all terminals have it.
    Kind,
}

/// Takes bytes apart.
pub(super) struct Decoder {
    parser: vte::Parser,
    sent: Sieve,
    /// The last byte was ESC, and it ended nothing: the key, if nothing follows at once.
    escape: bool,
    /// Within a string that the parser tells nothing of: SOS, PM, APC.
    is_hidden: bool,
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("sent", &self.sent)
            .field("escape", &self.escape)
            .finish_non_exhaustive()
    }
}

impl Decoder {
    pub(super) fn new() -> Self {
        Self { parser: vte::Parser::new(), sent: Sieve::default(), escape: false, is_hidden: false }
    }

    /// Takes in bytes. Returns what they complete.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Vec<Sent> {
        for byte in bytes {
            self.sent.ended = false;
            if *byte == ESCAPE && self.escape {
                // The one before was a key.
                self.sent.key(Key::Esc);
            }
            let begins = self.escape;
            self.parser.advance(&mut self.sent, std::slice::from_ref(byte));
            if *byte == ESCAPE {
                // It may end a string; what follows then is a backslash.
                self.escape = !self.sent.ended && !std::mem::take(&mut self.is_hidden);
            } else {
                self.escape = false;
                self.is_hidden |= begins && matches!(byte, b'X' | b'^' | b'_');
            }
        }
        std::mem::take(&mut self.sent.out)
    }

    /// Whether it depends on what follows at once what the last byte was.
    pub(super) fn is_waiting(&self) -> bool {
        self.escape
    }

    /// Nothing followed: what is not complete never will be. Returns what it was.
    pub(super) fn settle(&mut self) -> Vec<Sent> {
        if std::mem::take(&mut self.escape) {
            self.sent.key(Key::Esc);
        }
        self.parser = vte::Parser::new();
        self.is_hidden = false;
        self.sent.next = NextCharacter::Text;
        std::mem::take(&mut self.sent.out)
    }
}

const ESCAPE: u8 = 0x1b;

/// What the parser tells of.
#[derive(Debug, Default)]
struct Sieve {
    out: Vec<Sent>,
    /// What was pasted so far, while it is.
    pasted: Option<String>,
    /// What the next character is.
    next: NextCharacter,
    /// A string has ended.
    ended: bool,
}

/// What a character is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum NextCharacter {
    /// Itself.
    #[default]
    Text,
    /// The name of a key: after SS3.
    Key,
    /// The name of a function key: after what the Linux console puts before them.
    Function,
}

impl Sieve {
    fn key(&mut self, key: Key) {
        if self.pasted.is_none() {
            self.out.push(Sent::Key(key));
        }
    }

    fn paste(&mut self, char: char) {
        if let Some(pasted) = self.pasted.as_mut().filter(|pasted| pasted.len() < MOST_PASTED) {
            pasted.push(char);
        }
    }

    fn end_of_paste(&mut self) {
        if let Some(pasted) = self.pasted.take() {
            self.out.push(Sent::Paste(pasted));
        }
    }

    fn mouse(&mut self, params: &[u16], pressed: bool) {
        let &[button, column, row, ..] = params else { return };
        // Shift, Alt and Ctrl say nothing here.
        let gesture = match (button & !0b1_1100, pressed) {
            (0, true) => Gesture::Press,
            (0, false) => Gesture::Release,
            (32, true) => Gesture::Drag,
            (64, true) => Gesture::Wheel(-WHEEL),
            (65, true) => Gesture::Wheel(WHEEL),
            _ => return,
        };
        let mouse = Mouse { gesture, column: column.saturating_sub(1), row: row.saturating_sub(1) };
        self.out.push(Sent::Mouse(mouse));
    }
}

impl vte::Perform for Sieve {
    fn print(&mut self, char: char) {
        let next = std::mem::take(&mut self.next);
        if next == NextCharacter::Function {
            // None does anything.
        } else if next == NextCharacter::Key {
            // The Enter of the keypad.
            let key = if char == 'M' { Some(Key::Enter) } else { moving(char) };
            if let Some(key) = key {
                self.key(key);
            }
        } else if self.pasted.is_some() {
            self.paste(char);
        } else if char == '\x7f' {
            self.key(Key::Backspace);
        } else if char != char::REPLACEMENT_CHARACTER && !char.is_control() {
            self.key(Key::Char(char));
        }
    }

    fn execute(&mut self, byte: u8) {
        self.next = NextCharacter::Text;
        if self.pasted.is_some() {
            match byte {
                // Nobody pastes that, and somebody may want to get out of a paste that has no end.
                3 => self.end_of_paste(),
                b'\r' | b'\n' => return self.paste('\n'),
                b'\t' => return self.paste('\t'),
                _ => return,
            }
        }
        match byte {
            b'\r' => self.key(Key::Enter),
            b'\t' => self.key(Key::Tab),
            0 => self.key(Key::Ctrl(' ')),
            1..=26 => self.key(Key::Ctrl(char::from(byte + b'a' - 1))),
            28..=31 => self.key(Key::Ctrl(char::from(byte - 28 + b'4'))),
            _ => {}
        }
    }

    fn hook(&mut self, _: &vte::Params, _: &[u8], _: bool, _: char) {}

    fn unhook(&mut self) {
        self.ended = true;
    }

    fn osc_dispatch(&mut self, params: &[&[u8]], _: bool) {
        self.ended = true;
        if let [b"11", color, ..] = params
            && let Some(color) = color_of(color)
        {
            self.out.push(Sent::Answer(TerminalAnswer::Background(color)));
        }
    }

    fn csi_dispatch(&mut self, params: &vte::Params, marks: &[u8], cut: bool, last: char) {
        let params: Vec<u16> = params.iter().filter_map(|param| param.first().copied()).collect();
        let first = params.first().copied().unwrap_or(0);
        match (marks, last) {
            _ if cut => {}
            (b"", '[') => self.next = NextCharacter::Function,
            (b"", '~') if first == 200 => self.pasted = Some(String::new()),
            (b"", '~') if first == 201 => self.end_of_paste(),
            (b"", 'R') => {
                if let [_, column] = *params {
                    self.out.push(Sent::Answer(TerminalAnswer::Column(column)));
                }
            }
            (b"", '~') => {
                if let Some(key) = numbered(first) {
                    self.key(key);
                }
            }
            (b"", last) => {
                if let Some(key) = moving(last) {
                    self.key(key);
                }
            }
            (b"<", 'M' | 'm') => self.mouse(&params, last == 'M'),
            (b"?", 'c') => self.out.push(Sent::Answer(TerminalAnswer::Kind)),
            // 1 and 2: set and reset, and both can be changed.
            (b"?$", 'y') if first == 2026 => {
                let known = params.get(1).is_some_and(|state| matches!(state, 1 | 2));
                self.out.push(Sent::Answer(TerminalAnswer::Synchronized(known)));
            }
            _ => {}
        }
    }

    fn esc_dispatch(&mut self, marks: &[u8], _: bool, byte: u8) {
        match byte {
            b'O' if marks.is_empty() => self.next = NextCharacter::Key,
            // The end of a string.
            b'\\' => {}
            // With Alt: the same as without.
            b' '..=b'~' if marks.is_empty() => self.key(Key::Char(char::from(byte))),
            _ => {}
        }
    }
}

/// A key by the last letter of its sequence.
fn moving(last: char) -> Option<Key> {
    Some(match last {
        'A' => Key::Up,
        'B' => Key::Down,
        'C' => Key::Right,
        'D' => Key::Left,
        'H' => Key::Home,
        'F' => Key::End,
        'Z' => Key::BackTab,
        _ => return None,
    })
}

/// A key by the number of its sequence.
fn numbered(number: u16) -> Option<Key> {
    Some(match number {
        1 | 7 => Key::Home,
        3 => Key::Delete,
        4 | 8 => Key::End,
        5 => Key::PageUp,
        6 => Key::PageDown,
        _ => return None,
    })
}

/// A color as terminals say it: `rgb:` or `rgba:` and parts of one to four hexadecimal digits, or `#` and as
/// many for each.
fn color_of(text: &[u8]) -> Option<[u16; 3]> {
    let text = std::str::from_utf8(text).ok()?;
    let part = |digits: &str| {
        let most = match digits.len() {
            1..=4 => (1_u32 << (4 * digits.len())) - 1,
            _ => return None,
        };
        let value = u32::from_str_radix(digits, 16).ok()?;
        u16::try_from(value * 0xffff / most).ok()
    };
    let parts: Vec<&str> = if let Some(digits) = text.strip_prefix('#') {
        let each = digits.len() / 3;
        if each == 0 || !digits.is_ascii() {
            return None;
        }
        vec![&digits[..each], &digits[each..2 * each], &digits[2 * each..]]
    } else {
        text.strip_prefix("rgba:").or_else(|| text.strip_prefix("rgb:"))?.split('/').collect()
    };
    match parts.as_slice() {
        [red, green, blue] | [red, green, blue, _] => Some([part(red)?, part(green)?, part(blue)?]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::strategy::Strategy as _;

    use super::*;

    fn sent(bytes: &str) -> Vec<Sent> {
        let mut decoder = Decoder::new();
        let mut sent = decoder.take(bytes.as_bytes());
        sent.extend(decoder.settle());
        sent
    }

    fn keys(bytes: &str) -> Vec<Key> {
        let key = |sent| match sent {
            Sent::Key(key) => key,
            other => panic!("{bytes:?}: {other:?}"),
        };
        sent(bytes).into_iter().map(key).collect()
    }

    #[test]
    fn keys_are_what_terminals_send_for_them() {
        for (bytes, key) in [
            ("a", Key::Char('a')),
            ("ä", Key::Char('ä')),
            ("例", Key::Char('例')),
            ("\r", Key::Enter),
            ("\x1bOM", Key::Enter),
            ("\t", Key::Tab),
            ("\x1b[Z", Key::BackTab),
            ("\x7f", Key::Backspace),
            ("\x08", Key::Ctrl('h')),
            ("\x03", Key::Ctrl('c')),
            ("\n", Key::Ctrl('j')),
            ("\x1b", Key::Esc),
            ("\x1b[A", Key::Up),
            ("\x1bOA", Key::Up),
            ("\x1b[1;5B", Key::Down),
            ("\x1b[C", Key::Right),
            ("\x1bOD", Key::Left),
            ("\x1b[H", Key::Home),
            ("\x1b[1~", Key::Home),
            ("\x1b[7~", Key::Home),
            ("\x1b[F", Key::End),
            ("\x1b[4~", Key::End),
            ("\x1b[3~", Key::Delete),
            ("\x1b[5~", Key::PageUp),
            ("\x1b[6;3~", Key::PageDown),
            ("\x1bx", Key::Char('x')),
        ] {
            assert_eq!(keys(bytes), [key], "{bytes:?}");
        }
        assert_eq!(keys("\x1b\x1bq"), [Key::Esc, Key::Char('q')]);
        assert_eq!(keys("\x1b\x1b"), [Key::Esc, Key::Esc]);
        // Function keys, Insert, and the focus: nothing is bound to them.
        for none in ["\x1bOP", "\x1b[15~", "\x1b[2~", "\x1b[[A", "\x1b[I", "\x1b[O", "\x1b[1;2P"] {
            assert_eq!(keys(none), [], "{none:?}");
        }
    }

    #[test]
    fn what_no_key_sent_is_no_key() {
        for foreign in [
            "\x1b]11;rgb:ffff/ffff/ffff\x1b\\",
            "\x1b]11;rgb:1d1d/1f1f/2121\x07",
            "\x1b]10;rgb:0/0/0\x1b\\",
            "\x1b]52;c;c3Nt\x07",
            "\x1b]4;1;rgb:cdcd/0000/0000\x1b\\",
            "\x1b[>83;40900;0c",
            "\x1b[?62;4c",
            "\x1b[?997;1n",
            "\x1b[?1u",
            "\x1b[=1;2c",
            "\x1b[?2026;2$y",
            "\x1b[4;1R",
            "\x1bP>|XTerm(379)\x1b\\",
            "\x1bP1+r544e=787465726d\x1b\\",
            "\x1bP1$r0m\x1b\\",
            "\x1b_Gi=31;OK\x1b\\",
            "\x1b^quiet\x1b\\",
            "\x1bXquiet\x1b\\",
            "\x1b[8;40;120t",
            "\x1b[0n",
        ] {
            let found = sent(&format!("{foreign}j"));
            assert_eq!(found.last(), Some(&Sent::Key(Key::Char('j'))), "{foreign:?}");
            let keys = found.iter().filter(|sent| !matches!(sent, Sent::Answer(_))).count();
            assert_eq!(keys, 1, "{foreign:?}: {found:?}");
            // The same in whatever pieces it comes.
            let mut decoder = Decoder::new();
            let mut piece_by_piece = Vec::new();
            for byte in format!("{foreign}j").bytes() {
                piece_by_piece.extend(decoder.take(&[byte]));
            }
            assert_eq!(piece_by_piece, found, "{foreign:?}");
        }
    }

    #[test]
    fn what_has_no_end_ends_when_nothing_follows() {
        for begun in ["\x1b]11;rgb:", "\x1bP>|", "\x1b_", "\x1b[", "\x1bO"] {
            let mut decoder = Decoder::new();
            assert_eq!(decoder.take(begun.as_bytes()), [], "{begun:?}");
            assert_eq!(decoder.settle(), [], "{begun:?}");
            assert_eq!(decoder.take(b"q"), [Sent::Key(Key::Char('q'))], "{begun:?}");
        }
    }

    #[test]
    fn a_paste_is_one_text() {
        let pasted = |bytes| sent(bytes);
        assert_eq!(pasted("\x1b[200~a\tb\r\x1b[31mä\x1b[201~"), [Sent::Paste("a\tb\nä".to_owned())]);
        let out = pasted("\x1b[200~endless\x03");
        assert_eq!(out, [Sent::Paste("endless".to_owned()), Sent::Key(Key::Ctrl('c'))]);
        let long = sent(&format!("\x1b[200~{}\x1b[201~", "x".repeat(3 * MOST_PASTED)));
        assert!(matches!(long.as_slice(), [Sent::Paste(text)] if text.len() == MOST_PASTED));
    }

    #[test]
    fn the_mouse_is_of_mode_1006() {
        let at = |gesture| vec![Sent::Mouse(Mouse { gesture, column: 4, row: 6 })];
        assert_eq!(sent("\x1b[<0;5;7M"), at(Gesture::Press));
        assert_eq!(sent("\x1b[<0;5;7m"), at(Gesture::Release));
        assert_eq!(sent("\x1b[<32;5;7M"), at(Gesture::Drag));
        assert_eq!(sent("\x1b[<64;5;7M"), at(Gesture::Wheel(-WHEEL)));
        assert_eq!(sent("\x1b[<69;5;7M"), at(Gesture::Wheel(WHEEL)), "with Shift");
        for other in ["\x1b[<2;5;7M", "\x1b[<35;5;7M", "\x1b[<31;5;7M", "\x1b[<0;5M"] {
            assert_eq!(sent(other), [], "{other:?}");
        }
    }

    proptest::proptest! {
        /// Whatever comes, in whatever pieces.
        #[test]
        fn pieces_make_no_difference(bytes in proptest::collection::vec(pieces(), 0..24), cut in 0_usize..64) {
            let bytes = bytes.concat();
            let (first, rest) = bytes.split_at(cut.min(bytes.len()));
            let mut decoder = Decoder::new();
            let mut found = decoder.take(first);
            found.extend(decoder.take(rest));
            found.extend(decoder.settle());
            let mut whole = Decoder::new();
            let mut expected = whole.take(&bytes);
            expected.extend(whole.settle());
            proptest::prop_assert_eq!(found, expected);
        }
    }

    fn pieces() -> impl proptest::strategy::Strategy<Value = Vec<u8>> {
        proptest::prop_oneof![
            proptest::collection::vec(proptest::num::u8::ANY, 0..6),
            proptest::sample::select(vec![
                "\x1b", "\x1b]11;", "\x1b[", "\x1bP", "\x07", "\x1b\\", "200~", "201~", "<0;1;1M"
            ])
            .prop_map(|text| text.as_bytes().to_vec()),
        ]
    }

    #[test]
    fn answers_are_read() {
        let white = [0xffff; 3];
        for (bytes, answer) in [
            ("\x1b]11;rgb:ffff/ffff/ffff\x07", TerminalAnswer::Background(white)),
            ("\x1b]11;rgb:ff/ff/ff\x1b\\", TerminalAnswer::Background(white)),
            ("\x1b]11;rgba:ffff/ffff/ffff/8000\x1b\\", TerminalAnswer::Background(white)),
            ("\x1b]11;#fff\x07", TerminalAnswer::Background(white)),
            ("\x1b]11;#0080ff\x07", TerminalAnswer::Background([0, 0x8080, 0xffff])),
            ("\x1b[1;3R", TerminalAnswer::Column(3)),
            ("\x1b[?2026;2$y", TerminalAnswer::Synchronized(true)),
            ("\x1b[?2026;0$y", TerminalAnswer::Synchronized(false)),
            ("\x1b[?2026;4$y", TerminalAnswer::Synchronized(false)),
            ("\x1b[?1;2c", TerminalAnswer::Kind),
        ] {
            assert_eq!(sent(bytes), [Sent::Answer(answer)], "{bytes:?}");
        }
        for none in ["\x1b]11;rgb:x/0/0\x07", "\x1b]11;#\x07", "\x1b]11;rgb:1/2\x07", "\x1b]11;#ä\x07"] {
            assert_eq!(sent(none), [], "{none:?}");
        }
    }
}
