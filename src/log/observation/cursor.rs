//! Steps through the text of a record, sixteen bytes at a time.

use std::marker::PhantomData;

use crate::base::simd::{Joint, Lanes};
use crate::knowledge::address::{AfterAddress, ipv4_before};

/// How a quotation mark of JSON is written.
pub(super) trait Quote: AfterAddress {
    /// The bytes of the quotation mark.
    const QUOTE: &'static [u8];
    /// A place of its own for each.
    const PLACE: usize;
    /// Whether line ends and tabs may be there unescaped.
    const HAS_LINES: bool;
}

/// As it is.
pub(super) struct PlainQuote;
/// Inside a JSON string, where a backslash is put before it.
pub(super) struct EscapedQuote;
/// Inside a quoted cell of CSV, where it is doubled (RFC 4180 section 2, rule 7).
pub(super) struct DoubledQuote;

impl AfterAddress for PlainQuote {
    const MARK: u8 = b'"';
}

impl Quote for PlainQuote {
    const QUOTE: &'static [u8] = b"\"";
    const PLACE: usize = 0;
    const HAS_LINES: bool = true;
}

impl AfterAddress for EscapedQuote {
    const MARK: u8 = b'\\';
}

impl Quote for EscapedQuote {
    const QUOTE: &'static [u8] = b"\\\"";
    const PLACE: usize = 1;
    const HAS_LINES: bool = false;
}

impl AfterAddress for DoubledQuote {
    const MARK: u8 = b'"';
}

impl Quote for DoubledQuote {
    const QUOTE: &'static [u8] = b"\"\"";
    const PLACE: usize = 2;
    const HAS_LINES: bool = true;
}

/// The most bytes that a [`Quoted`] has.
const QUOTED: usize = 64;

/// A text with its quotation marks written in the way of a [`Quote`], made when the program is built.
pub(super) struct Quoted {
    bytes: [u8; QUOTED],
    length: usize,
}

impl Quoted {
    /// Of `text`, whose quotation marks are as they are.
    pub(super) const fn new<Q: Quote>(text: &[u8]) -> Self {
        let (mut bytes, mut length, mut at) = ([0; QUOTED], 0, 0);
        while at < text.len() {
            if text[at] == b'"' {
                let mut of_quote = 0;
                while of_quote < Q::QUOTE.len() {
                    bytes[length] = Q::QUOTE[of_quote];
                    length += 1;
                    of_quote += 1;
                }
            } else {
                bytes[length] = text[at];
                length += 1;
            }
            at += 1;
        }
        Self { bytes, length }
    }

    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// A text of the record, with its quotation marks as `$quote` writes them.
macro_rules! quoted {
    ($quote:ty, $text:literal) => {
        const { &$crate::log::observation::cursor::Quoted::new::<$quote>($text) }.bytes()
    };
}
pub(super) use quoted;

/// What is left of the bytes.
pub(super) struct Cursor<'a, Q = PlainQuote> {
    pub(super) rest: &'a [u8],
    quote: PhantomData<Q>,
}

impl<'a, Q: Quote> Cursor<'a, Q> {
    #[inline]
    pub(super) fn new(rest: &'a [u8]) -> Self {
        Self { rest, quote: PhantomData }
    }

    /// Steps over a quotation mark.
    #[inline]
    pub(super) fn quote(&mut self) -> Option<()> {
        self.expect(Q::QUOTE)
    }

    /// Steps over `word` and the quotation mark after it if they are there.
    #[inline]
    pub(super) fn has_word(&mut self, word: &[u8]) -> bool {
        let rest = self.rest.strip_prefix(word).and_then(|rest| rest.strip_prefix(Q::QUOTE));
        if let Some(rest) = rest {
            self.rest = rest;
        }
        rest.is_some()
    }

    /// Steps over `literal`.
    #[inline]
    pub(super) fn expect(&mut self, literal: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(literal)?;
        Some(())
    }

    /// Steps over `literal` if it is there.
    #[inline]
    pub(super) fn has(&mut self, literal: &[u8]) -> bool {
        self.expect(literal).is_some()
    }

    /// Steps over white space (RFC 8259 section 2).
    #[inline]
    pub(super) fn blanks(&mut self) {
        let is_blank = |byte: u8| byte == b' ' || Q::HAS_LINES && matches!(byte, b'\n' | b'\t' | b'\r');
        while let [byte, rest @ ..] = self.rest
            && is_blank(*byte)
        {
            self.rest = match self.rest.first_chunk() {
                Some(chunk) if Q::HAS_LINES => {
                    let length = Lanes::new(chunk).inked().trailing_zeros().min(16);
                    self.rest.get(length as usize..).unwrap_or_default()
                }
                _ => rest,
            };
        }
    }

    /// Steps over a text that was here in an earlier record, if it is here again, and gives what it meant.
    #[inline]
    pub(super) fn joint<T: Copy>(&mut self, joint: &Joint<T>) -> Option<T> {
        let (meaning, length) = joint.begins(self.rest)?;
        self.rest = self.rest.get(length..)?;
        Some(meaning)
    }

    /// Steps over a quoted IPv4 address after its first quote, if it is written as such addresses are.
    #[inline]
    pub(super) fn ipv4(&mut self) -> Option<u32> {
        let (bits, length) = ipv4_before::<Q>(self.rest)?;
        self.rest = self.rest.get(length..)?.strip_prefix(Q::QUOTE)?;
        Some(bits)
    }

    /// Steps over a colon and the white space around it.
    #[inline]
    pub(super) fn colon(&mut self) -> Option<()> {
        self.blanks();
        self.expect(b":")?;
        self.blanks();
        Some(())
    }

    /// Steps over a string up to and including its closing quote, if all of it is printable ASCII without a
    /// backslash: so every byte is one character, and it means here what it means in JSON.
    #[inline]
    pub(super) fn string(&mut self) -> Option<&'a [u8]> {
        let mut at = 0;
        while let Some(chunk) = self.rest.get(at..).and_then(<[u8]>::first_chunk) {
            let stops = Lanes::new(chunk).stops();
            if stops != 0 {
                return self.end(at + stops.trailing_zeros() as usize);
            }
            at += 16;
        }
        self.last_string(at)
    }

    /// As [`Cursor::string`], and says whether there is an upper-case letter in it. Not near the end of the
    /// bytes.
    #[inline]
    pub(super) fn name(&mut self) -> Option<(&'a [u8], bool)> {
        let (mut at, mut upper) = (0, 0);
        while let Some(chunk) = self.rest.get(at..).and_then(<[u8]>::first_chunk) {
            let lanes = Lanes::new(chunk);
            let (stops, capitals) = (lanes.stops(), lanes.between(b'A', b'Z'));
            if stops != 0 {
                // Those before the stop: subtracting one sets all bits below the lowest.
                upper |= capitals & (stops ^ stops.wrapping_sub(1));
                return Some((self.end(at + stops.trailing_zeros() as usize)?, upper != 0));
            }
            upper |= capitals;
            at += 16;
        }
        // So near the end of what was read, no record follows the name.
        None
    }

    /// Steps over the text before `length`, where its closing quote should be.
    #[inline]
    fn end(&mut self, length: usize) -> Option<&'a [u8]> {
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest.strip_prefix(Q::QUOTE)?;
        Some(text)
    }

    /// As [`Cursor::string`], where fewer than sixteen bytes are left after the first `at`.
    #[cold]
    fn last_string(&mut self, at: usize) -> Option<&'a [u8]> {
        let stops = |byte: &u8| matches!(byte, b'"' | b'\\') || !(0x20..0x80).contains(byte);
        let more = self.rest.get(at..)?.iter().position(stops)?;
        self.end(at + more)
    }
}
