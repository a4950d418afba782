//! Text for a grid of cells: made safe, measured, cut to size.
//!
//! Names and addresses of a log are chosen by strangers. Nothing of them goes to the terminal but characters
//! that have cells of their own: control characters, escape sequences, marks that turn the direction of text,
//! and all that has no width of its own are written out instead. But the vowels and tones of scripts that are
//! written with marks are kept in the cell of their letter, and are never parted from it (Unicode UAX
//! #29: grapheme clusters).

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

pub(super) use crate::base::figures::number;
use crate::base::visible::is_hidden;
use crate::knowledge::domain::bare;

/// Blank characters that are not the space, and others with a width that cannot be seen.
const UNSEEN: [char; 8] =
    ['\u{a0}', '\u{ad}', '\u{115f}', '\u{1160}', '\u{2800}', '\u{3000}', '\u{3164}', '\u{ffa0}'];

/// How many marks a letter may have; more are written out, or they would reach into other lines.
const MARKS: usize = 3;

/// Whether it is a mark of a script in which there is no writing without: Devanagari to Sinhala, Thai, Lao,
/// Tibetan, Myanmar, Khmer. Accents of other scripts have letters of their own; put together from parts, two
/// different spellings would look like the same word.
fn is_mark(char: char) -> bool {
    char.width() == Some(0)
        && matches!(char, '\u{900}'..='\u{109f}' | '\u{1780}'..='\u{17d3}' | '\u{17dd}')
        && !crate::base::visible::is_hidden(char)
}

fn is_plain(char: char) -> bool {
    let blank = char != ' ' && char.is_whitespace();
    let wide = char.width().is_some_and(|width| width > 0);
    wide && !blank && !is_hidden(char) && !UNSEEN.contains(&char)
}

/// The text with everything that cannot be seen spelled out as [`crate::base::visible`] does, and with what
/// else has no width of its own, or looks like a blank: here every character has to have cells of its own.
#[must_use]
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for cluster in text.graphemes(true) {
        let mut marks = None;
        for char in cluster.chars() {
            match &mut marks {
                Some(count) if is_mark(char) && *count < MARKS => {
                    *count += 1;
                    shown.push(char);
                }
                _ if is_plain(char) => {
                    marks = Some(0);
                    shown.push(char);
                }
                _ => {
                    // A mark that follows it has no letter to belong to.
                    marks = None;
                    shown.extend(char.escape_unicode());
                }
            }
        }
    }
    Cow::Owned(shown)
}

/// Columns that a text takes.
#[must_use]
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The text cut to at most `columns`, with an ellipsis at its end if something is missing.
#[must_use]
pub(super) fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    if columns == 0 {
        return Cow::Borrowed("");
    }
    let mut cut = String::new();
    let mut taken = 0;
    for cluster in text.graphemes(true) {
        let wide = width(cluster);
        if taken + wide > columns - 1 {
            break;
        }
        cut.push_str(cluster);
        taken += wide;
    }
    cut.push('…');
    Cow::Owned(cut)
}

/// Columns that a name takes at most within a sentence. Names may be of 253 signs (RFC 1035 section 2.3.4).
pub(super) const LONGEST: usize = 48;

/// A name cut to at most `columns` in its middle: how it begins says what it is, how it ends where, and
/// generated ones differ at either end.
#[must_use]
pub(super) fn cut_middle(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    // Of what is as short, both ends would say nothing.
    if columns < 12 {
        return cut(text, columns);
    }
    let tail_most = (columns - 1) / 2;
    let mut start = text.len();
    let mut taken = 0;
    for (at, cluster) in text.grapheme_indices(true).rev() {
        taken += width(cluster);
        if taken > tail_most {
            break;
        }
        start = at;
    }
    let head = cut(text, columns - width(&text[start..]));
    Cow::Owned(format!("{head}{}", &text[start..]))
}

/// An id as short as it still can be told from others: `i-0a7c…f036`. Texts of up to 14 columns stay as they
/// are.
#[must_use]
pub(super) fn short_id(id: &str) -> Cow<'_, str> {
    let shown = visible(id);
    if width(&shown) <= 14 {
        return shown;
    }
    let head = cut(&shown, 7);
    let mut tail: Vec<&str> = Vec::new();
    let mut taken = 0;
    for cluster in shown.graphemes(true).rev() {
        taken += width(cluster);
        if taken > 4 {
            break;
        }
        tail.push(cluster);
    }
    tail.reverse();
    Cow::Owned(format!("{head}{}", tail.concat()))
}

/// What several endpoints are called in a sentence: as [`short_name`] says, and where two would be called the
/// same, with as much more of their names as tells them apart: the Region, for AWS's.
#[must_use]
pub(super) fn short_names(names: &[&str]) -> Vec<String> {
    let short: Vec<String> = names.iter().map(|name| short_name(name).into_owned()).collect();
    let longer = |(at, name): (usize, &&str)| {
        if !short.iter().enumerate().any(|(other, text)| other != at && *text == short[at]) {
            return short[at].clone();
        }
        let labels: Vec<&str> = name.trim_end_matches('.').split('.').collect();
        let first = |count: usize| labels.iter().take(count).copied().collect::<Vec<_>>().join(".");
        let is_alone = |text: &str| {
            let begins = |name: &str| name.strip_prefix(text).is_some_and(|rest| rest.starts_with('.'));
            names.iter().filter(|name| begins(name)).count() == 1
        };
        let text =
            (2..labels.len()).map(first).find(|text| is_alone(text)).unwrap_or_else(|| first(labels.len()));
        visible(&text).into_owned()
    };
    names.iter().enumerate().map(longer).collect()
}

/// What an endpoint is called in a sentence: the service of a regional AWS name, else the name without its
/// last dot.
#[must_use]
pub(super) fn short_name(name: &str) -> Cow<'_, str> {
    let bare = bare(name);
    let regional = bare
        .strip_suffix(".amazonaws.com")
        .or_else(|| bare.strip_suffix(".api.aws"))
        .and_then(|rest| rest.split_once('.'))
        .filter(|(_, region)| !region.contains('.') && region.ends_with(|char: char| char.is_ascii_digit()));
    visible(regional.map_or(bare, |(service, _)| service))
}

/// A number of things: `1 record`, `3 records`.
#[must_use]
pub(super) fn count(number_of: u64, thing: &str) -> String {
    format!("{} {thing}{}", number(number_of), if number_of == 1 { "" } else { "s" })
}

/// A number of bytes.
#[must_use]
pub(super) fn bytes(count: u64) -> String {
    match count {
        0..10_000 => format!("{count} B"),
        10_000..10_000_000 => format!("{} kB", count / 1000),
        _ => format!("{:.1} MB", count as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_in_their_middle() {
        for (name, columns, expected) in [
            ("ssm.us-west-2.amazonaws.com.", 28, "ssm.us-west-2.amazonaws.com."),
            ("ssm.us-west-2.amazonaws.com.", 21, "ssm.us-wes…onaws.com."),
            ("例え例え例え例え例え.テスト.", 16, "例え例…え.テスト."),
            ("ssm.us-west-2.amazonaws.com.", 8, "ssm.us-…"),
            ("ssm", 0, ""),
        ] {
            let cut = cut_middle(name, columns);
            assert!(width(&cut) <= columns, "{cut}");
            if name.is_ascii() {
                assert_eq!(cut, expected);
            }
        }
        assert!(cut_middle("例え例え例え例え例え.テスト.", 16).ends_with("テスト."));
    }

    #[test]
    fn nothing_hidden_reaches_the_terminal() {
        for (text, shown) in [
            ("ssm.us-west-2.amazonaws.com.", "ssm.us-west-2.amazonaws.com."),
            ("bücher.example.", "bücher.example."),
            ("例え.テスト.", "例え.テスト."),
            ("\x1b[31mred\x07", r"\u{1b}[31mred\u{7}"),
            ("a\u{202e}moc", r"a\u{202e}moc"),
            ("a\u{200b}b\u{feff}", r"a\u{200b}b\u{feff}"),
            ("e\u{301}", r"e\u{301}"),
            ("हिन्दी.ภาษาไทย.", "हिन्दी.ภาษาไทย."),
            ("\u{941}a", r"\u{941}a"),
            ("\u{e48}a", r"\u{e48}a"),
            ("ก\u{e48}\u{e48}\u{e48}\u{e48}", "ก\u{e48}\u{e48}\u{e48}\\u{e48}"),
            ("\u{200d}\u{e48}", r"\u{200d}\u{e48}"),
            ("👩\u{200d}🚀", r"👩\u{200d}🚀"),
            ("a\u{9b}31m", r"a\u{9b}31m"),
            ("two\u{2003}parts\u{a0}", r"two\u{2003}parts\u{a0}"),
            ("\u{e0041}", r"\u{e0041}"),
            ("del\x7f\n", r"del\u{7f}\u{a}"),
        ] {
            assert_eq!(visible(text), shown);
        }
        for char in (0..=0x10_ffff).filter_map(char::from_u32) {
            let shown = visible(char.encode_utf8(&mut [0; 4])).into_owned();
            assert!(
                shown.chars().all(|char| char.width().unwrap_or(0) > 0 && !char.is_control()),
                "{char:?}"
            );
        }
    }

    #[test]
    fn cutting_keeps_wide_characters_whole() {
        for (text, columns, shown) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("例えば", 6, "例えば"),
            ("例えば", 5, "例え…"),
            ("例えば", 4, "例…"),
            ("ก่ข่", 2, "ก่ข่"),
            ("ก่ข่ค่", 2, "ก่…"),
            ("हिन्दी", 5, "हिन्दी"),
            ("हिन्दी", 4, "हि…"),
            ("👍🏽👍🏽", 3, "👍🏽…"),
            ("🇩🇪🇫🇷", 3, "🇩🇪…"),
            ("abc", 1, "…"),
            ("abc", 0, ""),
        ] {
            let cut = cut(text, columns);
            assert_eq!(cut, shown);
            assert!(width(&cut) <= columns);
        }
    }

    #[test]
    fn names_in_a_sentence() {
        for (name, short) in [
            ("ssm.us-west-2.amazonaws.com.", "ssm"),
            ("ssm.us-west-2.api.aws.", "ssm"),
            ("s3.amazonaws.com.", "s3.amazonaws.com"),
            ("bucket.s3.us-west-2.amazonaws.com.", "bucket.s3.us-west-2.amazonaws.com"),
            ("pypi.org.", "pypi.org"),
            (".", "."),
            ("", ""),
        ] {
            assert_eq!(short_name(name), short);
        }
        assert_eq!(short_id("i-0a7c41e9d2b85f036"), "i-0a7c…f036");
        assert_eq!(short_id("10.0.1.5"), "10.0.1.5");
        assert_eq!(short_id("東京リージョンの踏み台"), "東京リ…み台");
        assert_eq!(short_id("ทดสอบระบบสำรองที่"), "ทดสอบร…รองที่");
    }

    #[test]
    fn numbers() {
        assert_eq!([count(1, "gap"), count(2, "gap")], ["1 gap", "2 gaps"]);
        assert_eq!([bytes(999), bytes(12_345), bytes(12_345_678)], ["999 B", "12 kB", "12.3 MB"]);
    }
}
