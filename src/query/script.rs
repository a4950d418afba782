//! Names of other scripts: asked for as people write them, and as the log has them (RFC 5890, A-labels).

use std::borrow::Cow;

use idna::AsciiDenyList;
use idna::uts46::{Hyphens, Uts46};

/// The most of a name that is read, in bytes: more than any name has, every byte of it escaped (RFC 1035
/// section 5.1).
const LONGEST: usize = 1024;

/// How a name reads whose labels are coded: `bücher.example.` of `xn--bcher-kva.example.`. `None` if it reads
/// as the log has it.
#[must_use]
pub(crate) fn reading(name: &str) -> Option<String> {
    let coded =
        name.len() <= LONGEST && name.as_bytes().windows(4).any(|part| part.eq_ignore_ascii_case(b"xn--"));
    let read = || match unicode(name) {
        (Cow::Owned(read), _) => Some(read),
        (Cow::Borrowed(_), _) => None,
    };
    coded.then(read).flatten()
}

/// A text to hold names against, in lower case, and composed as names are (UTS #46).
pub(crate) fn folded(text: &str) -> String {
    let lower = text.to_lowercase();
    if lower.is_ascii() {
        return lower;
    }
    // A wide parenthesis becomes a narrow one, which says something in a filter.
    let signs = |text: &str| text.chars().filter(char::is_ascii_punctuation).collect::<String>();
    match unicode(text) {
        (read, true) if signs(&read) == signs(&lower) => read.into_owned(),
        _ => lower,
    }
}

fn unicode(text: &str) -> (Cow<'_, str>, bool) {
    let (read, valid) = Uts46::new().to_unicode(text.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow);
    (read, valid.is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_as_they_are_written() {
        for (name, read) in [
            ("xn--bcher-kva.example.", Some("bücher.example.")),
            ("www.xn--r8jz45g.xn--zckzah.", Some("www.例え.テスト.")),
            ("ssm.us-west-2.amazonaws.com.", None),
            ("b\u{fc}cher.", None),
        ] {
            assert_eq!(reading(name).as_deref(), read, "{name}");
        }
        assert_eq!(reading(&format!("xn--{}", "a".repeat(LONGEST))), None, "nothing has such a name");
        for (text, composed) in [
            ("BÜCHER*", "bücher*"),
            ("o\u{308}bb.?", "öbb.?"),
            ("SSM.*", "ssm.*"),
            ("Ü\u{ff08}*", "ü\u{ff08}*"),
        ] {
            assert_eq!(folded(text), composed);
        }
    }
}
