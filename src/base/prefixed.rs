//! Texts of which many begin alike, such as paths: what they have in common is held once.

use std::fmt;
use std::sync::Arc;

use compact_str::CompactString;

/// A text in two parts, of which others may share the first.
#[derive(Clone, Debug, Default)]
pub struct Prefixed {
    head: Option<Arc<str>>,
    tail: CompactString,
}

impl Prefixed {
    /// Each of these paths; what those of a folder that stand beside each other begin with is held once.
    #[must_use]
    pub fn paths(paths: &[String]) -> Vec<Self> {
        let folder = |path: &String| path.rfind('/').unwrap_or_default();
        let is_beside = |one: &String, other: &String| one[..folder(one)] == other[..folder(other)];
        paths.chunk_by(is_beside).flat_map(Self::alike).collect()
    }

    /// Each of `texts`; what all of them begin with is held once.
    fn alike(texts: &[String]) -> Vec<Self> {
        let Some((first, rest)) = texts.split_first() else { return Vec::new() };
        let mut common = rest.iter().fold(first.len(), |common, text| {
            let alike = first.bytes().zip(text.bytes()).take(common);
            alike.take_while(|(one, other)| one == other).count()
        });
        while !first.is_char_boundary(common) {
            common -= 1;
        }
        let head: Option<Arc<str>> = (common > 0).then(|| first[..common].into());
        texts.iter().map(|text| Self { head: head.clone(), tail: text[common..].into() }).collect()
    }

    /// Both parts.
    #[must_use]
    pub fn parts(&self) -> [&str; 2] {
        [self.head.as_deref().unwrap_or_default(), &self.tail]
    }

    /// Byte by byte.
    pub fn bytes(&self) -> impl Iterator<Item = u8> {
        self.parts().into_iter().flat_map(str::bytes)
    }

    /// The text without its first `count` bytes.
    ///
    /// # Panics
    /// If a character does not begin there.
    #[must_use]
    pub fn without_first(&self, count: usize) -> String {
        let [head, tail] = self.parts();
        match head.get(count..) {
            Some(head) => [head, tail].concat(),
            None => tail[count - head.len()..].to_owned(),
        }
    }
}

impl From<&str> for Prefixed {
    fn from(text: &str) -> Self {
        Self { head: None, tail: text.into() }
    }
}

impl From<String> for Prefixed {
    fn from(text: String) -> Self {
        Self { head: None, tail: text.into() }
    }
}

impl fmt::Display for Prefixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts().into_iter().try_for_each(|part| f.write_str(part))
    }
}

/// By the text, however it is held.
impl PartialEq for Prefixed {
    fn eq(&self, other: &Self) -> bool {
        self.bytes().eq(other.bytes())
    }
}

impl Eq for Prefixed {}

impl PartialEq<str> for Prefixed {
    fn eq(&self, other: &str) -> bool {
        self.bytes().eq(other.bytes())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_all_begin_with_is_held_once() {
        let paths = ["a/1/2026_x.gz", "a/1/2026_y.gz", "a/1/2025", "a/2/2026"].map(str::to_owned);
        let held = Prefixed::paths(&paths);
        assert_eq!(held[1].parts(), ["a/1/202", "6_y.gz"]);
        assert!(Arc::ptr_eq(held[0].head.as_ref().unwrap(), held[2].head.as_ref().unwrap()));
        // One alone is all its own beginning; a character is never cut.
        assert_eq!(held[3].parts(), ["a/2/2026", ""]);
        assert_eq!(Prefixed::paths(&["aé".to_owned(), "aè".to_owned()])[1].parts(), ["a", "è"]);
        assert_eq!(Prefixed::paths(&[String::new(), "a".to_owned()])[1].parts(), ["", "a"]);
    }

    proptest! {
        #[test]
        fn texts_stay_what_they_are(texts in prop::collection::vec("[aé/]{0,6}", 0..6), skip in 0..7_usize) {
            let held = Prefixed::paths(&texts);
            prop_assert_eq!(held.len(), texts.len());
            for (held, text) in held.iter().zip(&texts) {
                prop_assert_eq!(&held.to_string(), text);
                let whole = Prefixed::from(text.as_str());
                prop_assert!(*held == **text && *held == whole);
                if text.is_char_boundary(skip) && held.parts()[0].is_char_boundary(skip.min(held.parts()[0].len())) {
                    prop_assert_eq!(held.without_first(skip), &text[skip..]);
                }
            }
        }
    }
}
