//! What a terminal says of itself when it is asked.

use crate::view::{Palette, Signs};

/// The background (OSC 11); how wide a sign of ambiguous width is: `·`, which is in every character set and
/// in none of UTF-8's bytes, and where the cursor is then (CPR); whether frames can be put together (DECRQM);
/// and what kind it is (DA1), which all terminals answer, and last.
///
/// The sign is written over by the first frame.
pub(super) const QUESTIONS: &str = "\x1b]11;?\x07\x1b[H\u{b7}\x1b[6n\x1b[?2026$p\x1b[c";

/// What it said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// The color of its background.
    pub(super) background: Option<[u16; 3]>,
    /// How many columns the sign took.
    pub(super) sign: Option<u16>,
    /// Whether it can hold back a frame until all of it is there.
    pub(super) is_synchronized: bool,
}

impl Told {
    /// The colors for its background.
    pub(super) fn palette(self) -> Option<Palette> {
        self.background.map(palette_for)
    }

    /// The signs that it draws as wide as they are taken to be.
    pub(super) fn signs(self) -> Option<Signs> {
        Some(if self.sign? == 1 { Signs::Unicode } else { Signs::Ascii })
    }
}

/// The colors for a background.
pub(super) fn palette_for(background: [u16; 3]) -> Palette {
    let [red, green, blue] = background.map(u32::from);
    // How bright the eye takes it for (ITU-R BT.709), of 65,535,0000.
    let light = 2126 * red + 7152 * green + 722 * blue;
    if light > 65_535 * 5000 { Palette::Light } else { Palette::Dark }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_background_is_dark_or_light() {
        let palette = |background| Told { background, ..Told::default() }.palette();
        assert_eq!(palette(None), None);
        for dark in [[0; 3], [0x1d1d, 0x1f1f, 0x2121], [0, 0x2b2b, 0x3636], [0, 0, 0xffff]] {
            assert_eq!(palette(Some(dark)), Some(Palette::Dark), "{dark:x?}");
        }
        for light in [[0xffff; 3], [0xfdfd, 0xf6f6, 0xe3e3], [0xffff, 0xffff, 0]] {
            assert_eq!(palette(Some(light)), Some(Palette::Light), "{light:x?}");
        }
    }

    #[test]
    fn a_sign_that_is_not_one_column_wide_is_none_to_use() {
        let signs = |sign| Told { sign, ..Told::default() }.signs();
        assert_eq!(signs(None), None);
        assert_eq!(signs(Some(1)), Some(Signs::Unicode));
        // Twice as wide; and two characters, where UTF-8 is not known.
        assert_eq!(signs(Some(2)), Some(Signs::Ascii));
        assert_eq!(signs(Some(0)), Some(Signs::Ascii));
    }
}
