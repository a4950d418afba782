//! Taking whole values apart: where in the input that is, what is known of it, and what was found so far.

use super::ends::Ends;
use super::format::InputFormat;
use super::guess::Guess;
use super::members::unescape;
use super::rows::WaitingRows;
use super::sink::{RecordPlace, Sink};
use crate::base::moment::Moment;
use crate::log::note::Incomplete;
use crate::log::record::Malformed;

/// How often the text of a string may hold text to be read in turn. A Lambda test event of an SNS
/// notification of a subscription has four.
const MAX_TEXTS: u8 = 6;
/// The most bytes of something malformed that are shown.
pub(super) const SAMPLE: usize = 256;

/// What outlives a call: the format found, and buffers to use again.
#[derive(Debug, Default)]
pub(super) struct WalkBuffers {
    pub(super) format: InputFormat,
    /// Of the document in hand.
    pub(super) ends: Ends,
    /// A record was cut short: what follows with nothing but the rest of one does not count again.
    pub(super) cut: bool,
    /// journald left out the beginning of a line, which goes on in the entry that follows.
    pub(super) goes_on: bool,
    /// What the values of arrays are called.
    pub(super) names: Vec<String>,
    /// Records that are not all there.
    pub(super) rows: WaitingRows,
    /// A column of no known name in which answers may be.
    pub(super) unnamed: Option<String>,
    /// By how many texts within each other records were found in.
    pub(super) guesses: [Guess; MAX_TEXTS as usize + 1],
    buffers: Vec<Vec<u8>>,
}

/// Where the bytes being read come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ByteOrigin {
    /// The input itself: each value has its own place.
    Input,
    /// Inside a value, unescaped or unpacked: its place is theirs.
    Within,
}

/// What was inside a value, to be read as an input of its own.
#[derive(Clone, Copy, Debug)]
pub(super) enum InnerInput<'b> {
    Text(&'b [u8]),
    /// Gzip, with what is shown of it if that cannot be unpacked.
    Packed(&'b [u8], &'b [u8]),
}

/// Reads what was inside a value. Whoever reads an input walks through its values, and a value may hold an
/// input in turn: the one recursion of the envelope, handed in from above.
pub(super) type ReadInner<'s, S> = fn(&mut Walk<'s, S>, InnerInput<'_>);

/// Takes whole values apart and hands what is in them to the sink.
#[expect(clippy::struct_excessive_bools, reason = "each may be so or not, whatever the others are")]
pub(super) struct Walk<'s, S> {
    pub(super) sink: &'s mut S,
    pub(super) memory: &'s mut WalkBuffers,
    inner: ReadInner<'s, S>,
    pub(super) origin: ByteOrigin,
    /// Of the top-level value, or of the list element, in hand.
    pub(super) place: RecordPlace,
    /// What the envelope in hand seems to be.
    pub(super) hint: Option<InputFormat>,
    /// The own time of the event in hand.
    pub(super) stamp: Option<Moment>,
    /// Whether the value in hand begins a line of the input, as the notes of a recording do.
    pub(super) begins_line: bool,
    /// In what is left of something broken: what is no record was counted with it.
    pub(super) quiet: bool,
    pub(super) texts: u8,
    /// The value in hand was put together from pieces.
    pub(super) joined: bool,
    /// Inside a payload that was packed.
    pub(super) unpacked: bool,
    /// What the input is if a record in it is found bare.
    pub(super) plain: InputFormat,
    /// Records handed over so far.
    pub(super) found: u64,
    /// What could not be read, so far.
    failed: u64,
}

impl<'s, S: Sink> Walk<'s, S> {
    pub(super) fn new(sink: &'s mut S, memory: &'s mut WalkBuffers, inner: ReadInner<'s, S>) -> Self {
        Self {
            sink,
            memory,
            inner,
            origin: ByteOrigin::Input,
            place: RecordPlace::default(),
            hint: None,
            stamp: None,
            begins_line: false,
            quiet: false,
            texts: 0,
            joined: false,
            unpacked: false,
            plain: InputFormat::JsonLines,
            found: 0,
            failed: 0,
        }
    }

    /// Offers the sink the record that `bytes` may begin with, in the resolver's spelling.
    #[inline]
    pub(super) fn canonical(&mut self, bytes: &[u8], offset: u64) -> Option<usize> {
        let length = match self.origin {
            ByteOrigin::Input => self.sink.canonical(bytes, offset),
            // What is known of a record from pieces is said with it, which that way does not.
            ByteOrigin::Within if self.joined => None,
            ByteOrigin::Within => self.sink.unwrapped(bytes, self.place),
        }?;
        self.found += 1;
        Some(length)
    }

    /// Takes the `length` bytes at `offset` for what is in hand.
    pub(super) fn set_place(&mut self, offset: u64, length: usize) {
        if self.origin == ByteOrigin::Input {
            self.place = RecordPlace::new(offset, length);
            self.stamp = None;
        }
    }

    /// Remembers what the input is, if that was not known yet.
    pub(super) fn note(&mut self, otherwise: InputFormat) {
        if self.memory.format <= InputFormat::Unknown {
            self.memory.format = self.hint.unwrap_or(otherwise);
        }
    }

    /// Takes `format` for what is in hand, unless something around it said what it is.
    pub(super) fn suggest(&mut self, format: InputFormat) {
        self.hint.get_or_insert(format);
    }

    /// Hands over what could not be read, at the place in hand.
    pub(super) fn fail(&mut self, why: Malformed, sample: &[u8]) {
        if self.quiet && matches!(why, Malformed::NotARecord | Malformed::NoRecord) {
            return;
        }
        self.failed += 1;
        self.sink.malformed(why, &sample[..sample.len().min(SAMPLE)], self.place);
    }

    /// Hands over that there is more than what was read.
    pub(super) fn incomplete(&mut self, what: Incomplete, count: u64) {
        self.sink.incomplete(what, count);
    }

    /// The end of a document: says what it says.
    pub(super) fn end(&mut self) {
        for what in std::mem::take(&mut self.memory.ends).said() {
            self.incomplete(what, 1);
        }
    }

    /// How much was read so far, well or ill.
    pub(super) fn total(&self) -> u64 {
        self.found + self.failed
    }

    /// The text of a string, read as an input of its own.
    pub(super) fn text(&mut self, quoted: &[u8]) {
        let mut plain = self.buffer();
        let inner = quoted.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(quoted);
        unescape(inner, &mut plain);
        self.within(&plain);
        self.give_back(plain);
    }

    /// Reads `text`, which was inside the value in hand.
    pub(super) fn within(&mut self, text: &[u8]) {
        self.nested(text, |walk| (walk.inner)(walk, InnerInput::Text(text)));
    }

    /// Unpacks `packed`, which was inside the value in hand, and reads that; `sample` is shown if it cannot
    /// be.
    pub(super) fn packed(&mut self, packed: &[u8], sample: &[u8]) {
        self.nested(sample, |walk| (walk.inner)(walk, InnerInput::Packed(packed, sample)));
    }

    /// Lets `read` read something that was inside the value in hand, unless that goes too deep.
    pub(super) fn nested(&mut self, sample: &[u8], read: impl FnOnce(&mut Self)) {
        if self.texts == MAX_TEXTS {
            return self.fail(Malformed::TooDeep, sample);
        }
        let origin = std::mem::replace(&mut self.origin, ByteOrigin::Within);
        self.texts += 1;
        read(self);
        self.texts -= 1;
        self.origin = origin;
    }

    /// An empty buffer, with what capacity its last use left.
    pub(super) fn buffer(&mut self) -> Vec<u8> {
        let mut buffer = self.memory.buffers.pop().unwrap_or_default();
        buffer.clear();
        buffer
    }

    /// Returns what [`Walk::buffer`] gave.
    pub(super) fn give_back(&mut self, buffer: Vec<u8>) {
        self.memory.buffers.push(buffer);
    }
}
