//! Names of other scripts as people read them: `xn--bcher-kva.example.` is bücher.example.
//!
//! What was asked for is the name as the log has it, and that is what is shown, filtered and copied. Its
//! reading is shown beside it and not in its place, but over the narrow columns of the matrix, since what
//! reads alike need not be alike (UTS #39). What would mislead or confuse even there is left as it is: labels
//! that mix scripts with letters of one shape, labels that consist of such letters alone, letters from right
//! to left, which would turn the rest of the line, and whatever is no valid label (UTS #46).

use std::borrow::Cow;

use idna::AsciiDenyList;
use idna::uts46::{Hyphens, Uts46};

use super::text::visible;

/// Letters of Cyrillic and Greek that look like those of Latin.
const LOOKALIKES: &str = "асԁеһіїјӏорԛѕԝхуъьҽпгѵѡοναρτυιωκχγ";

/// Scripts that share shapes with each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Georgian,
    Cherokee,
}

fn script(char: char) -> Option<Script> {
    Some(match char {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Script::Latin,
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Script::Greek,
        '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' => Script::Cyrillic,
        '\u{530}'..='\u{58f}' => Script::Armenian,
        '\u{10a0}'..='\u{10ff}' => Script::Georgian,
        '\u{13a0}'..='\u{13ff}' | '\u{ab70}'..='\u{abbf}' => Script::Cherokee,
        _ => return None,
    })
}

/// Whether a label may be shown as it reads.
fn is_plain(label: &[char]) -> bool {
    let mut scripts = label.iter().filter_map(|char| script(*char));
    let first = scripts.next();
    let is_mixed = scripts.any(|script| Some(script) != first);
    let foreign = matches!(first, Some(Script::Greek | Script::Cyrillic));
    let is_alike = foreign
        && label.iter().all(|char| LOOKALIKES.contains(*char) || char.is_ascii_digit() || *char == '-');
    let text: String = label.iter().collect();
    !is_mixed && !is_alike && visible(&text) == text
}

/// How a name reads, for where there are a few columns for it, and a code would say nothing; what is selected
/// there is spelled out elsewhere.
#[must_use]
pub(super) fn read(name: &str) -> Cow<'_, str> {
    reading(name).map_or_else(|| visible(name), |read| Cow::Owned(visible(&read).into_owned()))
}

/// How people read a name; `None` if it reads as it is written.
#[must_use]
pub(super) fn reading(name: &str) -> Option<String> {
    // Nearly no name has either.
    let coded = name.as_bytes().windows(4).any(|part| part.eq_ignore_ascii_case(b"xn--"));
    if !coded && !name.contains('\\') {
        return None;
    }
    let labels: Vec<String> = name.split('.').map(|label| label_reading(label, coded)).collect();
    let read = labels.join(".");
    (read != name).then_some(read)
}

fn label_reading(label: &str, coded: bool) -> String {
    let stays = || label.to_owned();
    if coded && label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--")) {
        let policy = |label: &[char], _: &[char], is_bidi: bool| !is_bidi && is_plain(label);
        let (read, valid) =
            Uts46::new().to_user_interface(label.as_bytes(), AsciiDenyList::URL, Hyphens::Allow, policy);
        return if valid.is_ok() { read.into_owned() } else { stays() };
    }
    let Some(read) = unescaped(label) else { return stays() };
    let chars: Vec<char> = read.chars().collect();
    if is_plain(&chars) && !chars.iter().any(|char| is_from_right(*char)) { read } else { stays() }
}

/// A label whose bytes beyond ASCII are written as numbers: `\303\274` in octal (Amazon Route 53, "DNS domain
/// name format") or `\195\188` in decimal (RFC 1035, section 5.1). `None` if it is not UTF-8, or could be
/// both.
fn unescaped(label: &str) -> Option<String> {
    let read = |radix: u32| {
        let (mut bytes, mut rest) = (Vec::with_capacity(label.len()), label.as_bytes());
        while let Some((first, behind)) = rest.split_first() {
            if *first != b'\\' {
                bytes.push(*first);
                rest = behind;
                continue;
            }
            let digits = std::str::from_utf8(behind.get(..3)?).ok()?;
            let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
            let byte = u8::from_str_radix(digits, radix).ok().filter(|_| is_number)?;
            // A dot or a blank that is part of a label is better seen as what it is.
            bytes.push(Some(byte).filter(|byte| !byte.is_ascii())?);
            rest = &behind[3..];
        }
        String::from_utf8(bytes).ok()
    };
    match (read(8), read(10)) {
        (Some(one), None) | (None, Some(one)) => Some(one).filter(|text| text != label),
        _ => None,
    }
}

/// Whether a letter is of a script that is written from right to left.
fn is_from_right(char: char) -> bool {
    matches!(char, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// The name to be shown, with how it reads beside it.
#[must_use]
pub(super) fn named(name: &str) -> String {
    let shown = visible(name);
    match reading(name) {
        Some(read) => format!("{shown} ({})", visible(&read)),
        None => shown.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_as_people_write_them() {
        for (name, read) in [
            ("xn--bcher-kva.example.", "bücher.example."),
            ("XN--BCHER-KVA.Example.", "bücher.Example."),
            ("www.xn--r8jz45g.xn--zckzah.", "www.例え.テスト."),
            ("_dmarc.xn--fiq228c.com.", "_dmarc.中文.com."),
            ("xn--3e0b707e.", "한국."),
            ("xn--e1afmkfd.xn--p1ai.", "пример.рф."),
            ("xn--hxajbheg2az3al.xn--jxalpdlp.", "παράδειγμα.δοκιμή."),
            ("xn--p1b6ci4b4b3a.xn--11b5bs3a9aj6g.", "उदाहरण.परीक्षा."),
            ("xn--o3cw4h.", "ไทย."),
            (r"b\303\274cher.example.", "bücher.example."),
            (r"b\195\188cher.example.", "bücher.example."),
        ] {
            let found = reading(name);
            // Whatever has no width of its own stays coded.
            assert_eq!(found.as_deref(), Some(read), "{name}");
            assert!(named(name).starts_with(name) && named(name).ends_with(&format!(" ({read})")));
        }
    }

    #[test]
    fn what_would_mislead_stays_as_it_is() {
        for name in [
            "ssm.us-west-2.amazonaws.com.",
            "",
            ".",
            // Latin and Cyrillic; Cyrillic alone that looks like Latin.
            "xn--pple-43d.com.",
            "xn--80ak6aa92e.com.",
            // From right to left.
            "xn--4dbrk0ce.",
            "xn--mgbh0fb.xn--kgbechtv.",
            // No Punycode, not what it would be coded as, nothing, and a label within one.
            "xn--zzzzzzzzzz99.com.",
            "xn--abc.",
            "xn--.com.",
            "a-xn--bcher-kva.com.",
            // A joiner, a soft hyphen, a mark that turns the direction.
            "xn--abc-dja.com.",
            r"a\056b.example.",
            r"\052.example.",
            r"a\.b\",
            r"b\303.example.",
            r"\342\200\256moc.",
            r"\327\220.",
        ] {
            assert_eq!(named(name), name);
        }
    }

    proptest::proptest! {
        /// Whatever is in a name, nothing hidden comes out of it.
        #[test]
        fn nothing_hidden_is_read(name in "(xn--[a-z0-9-]{0,20}|\\\\[0-3][0-7]{2}|[a-z\\\\.0-9ü]){0,8}") {
            if let Some(read) = reading(&name) {
                let shown = visible(&read).into_owned();
                proptest::prop_assert_eq!(shown, read);
            }
        }
    }
}
