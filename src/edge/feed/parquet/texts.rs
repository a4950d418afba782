//! Texts of a column, taken out of its pages: what is left in those are the numbers of the texts.
//!
//! So each text is looked at once, however many rows have it, and rows cost what whole numbers do.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::wrong;

use crate::base::saturating::SaturatingInto as _;

/// Texts that were handed over, and are not taken yet.
pub(super) type FlushedTexts = Arc<Mutex<Vec<ParquetTexts>>>;

/// The texts of a dictionary or of a page, numbered one after the other.
#[derive(Debug, Default)]
pub(super) struct ParquetTexts {
    /// The number of the first.
    first: i32,
    text: String,
    /// Where each ends.
    ends: Vec<u32>,
}

impl ParquetTexts {
    /// The values that `bytes` begin with, at most `values` of them, numbered from `first` on; before each
    /// comes its length (parquet-format, "Plain"). Bytes that are no UTF-8 are replaced (U+FFFD), up to
    /// `most` bytes of text.
    ///
    /// # Errors
    /// If there are more than that.
    pub(super) fn decode(mut bytes: &[u8], values: u32, first: i32, most: usize) -> io::Result<Self> {
        let mut texts = Self { first, text: String::with_capacity(bytes.len()), ends: Vec::new() };
        for _ in 0..values {
            let Some((length, rest)) = bytes.split_first_chunk() else { break };
            let Some((value, rest)) = rest.split_at_checked(u32::from_le_bytes(*length) as usize) else {
                break;
            };
            bytes = rest;
            match std::str::from_utf8(value) {
                Ok(value) => texts.text.push_str(value),
                Err(_) => texts.text.push_str(&String::from_utf8_lossy(value)),
            }
            let end = u32::try_from(texts.text.len()).ok().filter(|end| *end as usize <= most);
            texts.ends.push(end.ok_or_else(|| wrong("its texts are longer than what is there for them"))?);
        }
        i32::try_from(texts.ends.len())
            .ok()
            .and_then(|length| first.checked_add(length))
            .ok_or_else(|| wrong("a column of it has more texts than can be numbered"))?;
        Ok(texts)
    }

    /// The number that follows the last.
    pub(super) fn end(&self) -> i32 {
        self.first.saturating_add_unsigned(self.ends.len().saturating_into::<u32>())
    }

    /// Their numbers, as values of 32 bits.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u8> {
        (self.first..self.end()).flat_map(i32::to_le_bytes)
    }

    /// Bytes of memory in use.
    pub(super) fn memory(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<u32>()
    }

    /// The text with that number, if it is one of them.
    #[inline]
    fn get(&self, number: i32) -> Option<&str> {
        let at = usize::try_from(number.checked_sub(self.first)?).ok()?;
        let end = *self.ends.get(at)? as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        self.text.get(start..end)
    }
}

/// The texts that the numbers of the rows being read may stand for.
#[derive(Debug)]
pub(super) struct DictionaryTexts {
    handed: FlushedTexts,
    held: Vec<ParquetTexts>,
}

impl DictionaryTexts {
    pub(super) fn new(handed: FlushedTexts) -> Self {
        Self { handed, held: Vec::new() }
    }

    /// Forgets what was read to its end: all but the dictionary, which is the first, and the current page.
    pub(super) fn tidy(&mut self) {
        if self.held.len() > 2 {
            self.held.drain(1..self.held.len() - 1);
        }
    }

    /// Takes what was handed over.
    pub(super) fn take(&mut self) {
        self.held.append(&mut self.handed.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The text with that number.
    #[inline]
    pub(super) fn get(&self, number: i32) -> Option<&str> {
        self.held.iter().find_map(|texts| texts.get(number))
    }
}

/// A page whose values are `texts`, which follow the first `levels` bytes of `page`: with their numbers.
pub(super) fn numbered(page: &[u8], levels: usize, texts: &ParquetTexts) -> Bytes {
    page[..levels].iter().copied().chain(texts.numbers()).collect::<Vec<u8>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(values: &[&[u8]]) -> Vec<u8> {
        let one = |value: &&[u8]| [&u32::try_from(value.len()).unwrap().to_le_bytes()[..], value].concat();
        values.iter().flat_map(one).collect()
    }

    #[test]
    fn texts_have_numbers() {
        let bytes = plain(&[b"a", b"", b"\xffb", "ö".as_bytes()]);
        let all = ParquetTexts::decode(&bytes, 4, 7, 100).unwrap();
        let found: Vec<_> = (6..12).map(|number| all.get(number)).collect();
        assert_eq!(found, [None, Some("a"), Some(""), Some("\u{fffd}b"), Some("ö"), None]);
        assert_eq!((all.end(), numbered(b"xyz", 2, &all).len()), (11, 2 + 4 * 4));
        assert_eq!(ParquetTexts::decode(&bytes, 2, 0, 100).unwrap().end(), 2, "no more than are said to be");
        assert_eq!(
            ParquetTexts::decode(&bytes[..bytes.len() - 1], 4, 0, 100).unwrap().end(),
            3,
            "one is cut short"
        );
        assert!(ParquetTexts::decode(&bytes, 4, 0, 5).is_err(), "there is no room");
        assert!(ParquetTexts::decode(&bytes, 4, i32::MAX - 3, 100).is_err());
        assert_eq!(ParquetTexts::decode(&bytes, 4, i32::MIN, 100).unwrap().get(i32::MAX), None);
    }

    #[test]
    fn pages_are_forgotten_and_the_dictionary_is_not() {
        let handed = FlushedTexts::default();
        let mut shelf = DictionaryTexts::new(Arc::clone(&handed));
        for (first, text) in [(0, "d"), (1, "e"), (2, "f"), (3, "g")] {
            let texts = ParquetTexts::decode(&plain(&[text.as_bytes()]), 1, first, 9).unwrap();
            handed.lock().unwrap().push(texts);
        }
        shelf.take();
        assert_eq!((shelf.get(0), shelf.get(2), shelf.get(4)), (Some("d"), Some("f"), None));
        shelf.tidy();
        assert_eq!((shelf.get(0), shelf.get(2), shelf.get(3)), (Some("d"), None, Some("g")));
    }
}
