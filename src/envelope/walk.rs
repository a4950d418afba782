//! From a whole JSON value to the records in it, through whatever they are wrapped in.

use std::borrow::Cow;
use std::ops::Range;

use serde_json::Value;

use super::arrays::byte_numbers;
use super::ends::Ends;
use super::format::InputFormat;
use super::members::{elements, members, start, unescape, value};
use super::quick::{Guess, RecordShape, Spelling};
use super::rows::WaitingRows;
use super::sink::{RecordPlace, Sink};
use super::sketch::{KeySlot, Sketch, carries_record};
use super::stream::Stream;
use crate::moment::Moment;
use crate::note::{Incomplete, Note};
use crate::observation::Quoting;
use crate::record::{Extent, Malformed, Record};

/// The deepest that records are looked for, in objects, arrays and texts within each other.
const MAX_DEPTH: u8 = 16;
/// How often the text of a string may hold text to be read in turn. A Lambda test event of an SNS
/// notification of a subscription has four.
const MAX_TEXTS: u8 = 6;
/// The most bytes of something malformed that are shown.
pub(super) const SAMPLE: usize = 256;

/// What outlives a call: the format found, and buffers to use again.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) format: InputFormat,
    /// Of the document in hand.
    pub(super) ends: Ends,
    /// A record was cut short: what follows with nothing but the rest of one does not count again.
    pub(super) cut: bool,
    /// journald left out the beginning of a line, which goes on in the entry that follows.
    goes_on: bool,
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

/// Takes whole values apart and hands what is in them to the sink.
#[expect(clippy::struct_excessive_bools, reason = "each may be so or not, whatever the others are")]
pub(super) struct Walk<'s, S> {
    pub(super) sink: &'s mut S,
    pub(super) memory: &'s mut Memory,
    pub(super) origin: ByteOrigin,
    /// Of the top-level value, or of the list element, in hand.
    pub(super) place: RecordPlace,
    /// What the envelope in hand seems to be.
    pub(super) hint: Option<InputFormat>,
    /// The own time of the event in hand.
    pub(super) stamp: Option<Moment>,
    /// Whether the value in hand begins a line of the input, as the notes of a recording do.
    pub(super) begins_line: bool,
    /// In the ruins of a broken value: what is no record was counted with it.
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
    pub(super) fn new(sink: &'s mut S, memory: &'s mut Memory) -> Self {
        Self {
            sink,
            memory,
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
    pub(super) fn stand(&mut self, offset: u64, length: usize) {
        if self.origin == ByteOrigin::Input {
            self.place = RecordPlace::of(offset, length);
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

    /// How much was read so far, well or ill.
    pub(super) fn total(&self) -> u64 {
        self.found + self.failed
    }

    /// Takes a whole value that stands by itself, or the element of a list of records.
    pub(super) fn element(&mut self, value: &[u8], offset: u64) {
        self.stand(offset, value.len());
        self.required(value, offset, 0);
    }

    /// Takes the member of a document that is too large to be held whole. Returns whether there was anything
    /// in it.
    pub(super) fn member(&mut self, slot: KeySlot, value: &[u8], offset: u64) -> bool {
        self.stand(offset, value.len());
        match (slot, value.first()) {
            (KeySlot::List(format), Some(b'[')) => {
                self.suggest(format);
                self.list(value, offset, 1);
                true
            }
            (KeySlot::Text(_), Some(b'"')) => {
                self.text(value);
                true
            }
            (KeySlot::Data, Some(b'"')) => {
                self.data(value);
                true
            }
            (KeySlot::Trait(which), _) => {
                self.end_member(which, value);
                self.value(value, offset, 1, true)
            }
            _ => self.value(value, offset, 1, true),
        }
    }

    /// A value that should hold a record: it is malformed if it does not.
    fn required(&mut self, value: &[u8], offset: u64, depth: u8) {
        let handled = match value.first() {
            Some(b'"') => {
                self.text(value);
                true
            }
            _ => self.value(value, offset, depth, false),
        };
        if !handled {
            self.fail(Malformed::NotARecord, value);
        }
    }

    /// Looks for records in `value`. Returns whether there was anything to be read or complained of.
    /// `lenient`: it is a part of something, and may hold nothing.
    fn value(&mut self, value: &[u8], offset: u64, depth: u8, lenient: bool) -> bool {
        match value.first() {
            Some(b'{' | b'[') if depth == MAX_DEPTH => {
                if !lenient {
                    self.fail(Malformed::TooDeep, value);
                }
                !lenient
            }
            Some(b'{') => self.object(value, offset, depth, lenient),
            Some(b'[') if self.row(value) || self.named(value) || self.pair(value, lenient) => true,
            Some(b'[') if lenient => {
                let mut any = false;
                for at in elements(value) {
                    any |= self.value(&value[at.clone()], offset + at.start as u64, depth + 1, true);
                }
                any
            }
            Some(b'[') => {
                if depth == 0 {
                    self.suggest_array(value);
                }
                self.list(value, offset, depth + 1);
                true
            }
            _ => false,
        }
    }

    /// The elements of an array of records or events. Each is a place of its own.
    fn list(&mut self, list: &[u8], offset: u64, depth: u8) {
        let mut any = false;
        if self.origin == ByteOrigin::Input {
            self.plain = InputFormat::Json;
        }
        let mut at = 1;
        while let Some(start) = start(list, at) {
            // Where it ends is looked for only if it is not taken where it stands.
            let (rest, place) = (&list[start..], offset + start as u64);
            let taken = if rest.starts_with(b"{") {
                self.canonical(rest, place).or_else(|| self.quick(rest, place))
            } else {
                None
            };
            if let Some(length) = taken {
                any = true;
                self.note(InputFormat::Json);
                at = start + length;
                continue;
            }
            let Some(element) = value(list, start) else { break };
            any = true;
            at = element.end;
            let element = &list[element];
            self.stand(place, element.len());
            self.required(element, place, depth);
        }
        if !any {
            self.note(InputFormat::Json);
        }
    }

    pub(super) fn object(&mut self, object: &[u8], offset: u64, depth: u8, lenient: bool) -> bool {
        let sketch = Sketch::of(object);
        if sketch.control {
            self.note(InputFormat::Subscription);
            return true;
        }
        // Behind a time, as exports and `aws logs tail` have it, it is what somebody logged.
        if sketch.note
            && self.begins_line
            && depth == 0
            && self.origin == ByteOrigin::Input
            && !sketch.is_resolver()
        {
            if let Some(note) = Note::read(object) {
                self.sink.note(note);
            } else if let Some((what, count)) = Incomplete::read(object) {
                self.incomplete(what, count);
            }
            return true;
        }
        if (sketch.event_id || sketch.searched) && self.hint != Some(InputFormat::CliYaml) {
            self.hint = Some(InputFormat::FilterLogEvents);
        }
        let at = sketch.stamp.clone().and_then(|at| moment(&object[at]));
        self.stamp = at.or(self.stamp);
        if let Some(at) = sketch.insights()
            && (carries_record(&object[at.clone()]) || !sketch.is_resolver())
        {
            self.suggest(InputFormat::InsightsJson);
            let found = self.found;
            let any = self.carried(object, at, offset, depth, lenient);
            if self.found > found {
                self.guess().learn(RecordShape::Wrapped);
            }
            return any;
        }
        if sketch.is_resolver() || sketch.is_ocsf() || sketch.is_group() {
            self.record(object, sketch.is_ocsf());
            return true;
        }
        if sketch.lists {
            self.memory.ends = Ends::default();
            for (slot, at) in sketch.parts {
                match slot {
                    KeySlot::List(format) if object[at.start] == b'[' => {
                        self.suggest(format);
                        self.list(&object[at.clone()], offset + at.start as u64, depth + 1);
                    }
                    KeySlot::Trait(which) => self.end_member(which, &object[at]),
                    _ => {}
                }
            }
            self.end();
            return true;
        }
        self.wrapper(object, &sketch, offset, depth, lenient)
    }

    /// An object that is neither a record nor a list of them: something in it may be.
    fn wrapper(&mut self, object: &[u8], sketch: &Sketch, offset: u64, depth: u8, lenient: bool) -> bool {
        if let Some((format, at)) = sketch.carrier(object) {
            let before = self.hint;
            // An `event` that is an object with the record deeper in it is not Splunk's.
            if format != InputFormat::Splunk
                || object[at.start] == b'"'
                || Sketch::of(&object[at.clone()]).is_resolver()
            {
                self.suggest(format);
            }
            let found = self.found;
            if self.carried(object, at, offset, depth, lenient) {
                if self.found > found {
                    self.guess().learn(RecordShape::Wrapped);
                }
                return true;
            }
            self.hint = before;
        }
        if let Some(at) = sketch.data.clone() {
            self.suggest(InputFormat::Subscription);
            self.data(&object[at]);
            return true;
        }
        let mut any = false;
        for (_, at) in members(object) {
            if matches!(object[at.start], b'{' | b'[') {
                any |= self.value(&object[at.clone()], offset + at.start as u64, depth + 1, true);
            }
        }
        if !any && !lenient && self.renamed(object) {
            return true;
        }
        if !any
            && !lenient
            && let Some(at) = sketch.first_text(object)
        {
            self.text(&object[at]);
            any = true;
        }
        any |= sketch.progress;
        if !any && sketch.left_out {
            // Too long for journalctl to write without `--all`; a line in several entries counts once.
            if !std::mem::replace(&mut self.memory.goes_on, sketch.goes_on) {
                self.fail(Malformed::CutShort, object);
            }
            any = true;
        }
        any
    }

    /// What is in the member of `object` that stands `at`.
    fn carried(&mut self, object: &[u8], at: Range<usize>, offset: u64, depth: u8, lenient: bool) -> bool {
        let value = &object[at.clone()];
        match value.first() {
            Some(b'"') if lenient && !value.contains(&b'{') => false,
            Some(b'"') => {
                self.text(value);
                true
            }
            Some(b'[') if let Some(text) = byte_numbers(value) => {
                self.within(&text);
                true
            }
            _ => self.value(value, offset + at.start as u64, depth + 1, lenient),
        }
    }

    /// An object with the keys of a record.
    fn record(&mut self, object: &[u8], is_ocsf: bool) {
        match parse(object) {
            Ok(value) if self.groups(&value, object) => {}
            Ok(value) => {
                let format = if is_ocsf { InputFormat::Ocsf } else { self.plain };
                let plain = Spelling::Resolver(Quoting::Plain);
                self.guess().learn(RecordShape::Bare(if is_ocsf { Spelling::Event } else { plain }));
                self.take(value, object, format);
            }
            Err(why) => self.fail(why, object),
        }
    }

    /// Hands over the record that `value` is; the event's own time stands in for one it lacks.
    pub(super) fn take(&mut self, mut value: Value, raw: &[u8], format: InputFormat) {
        if let Some(at) = self.stamp
            && let Some(object) = value.as_object_mut()
            && object.get("query_timestamp").is_none_or(Value::is_null)
            && object.contains_key("query_name")
        {
            object.remove("query_timestamp");
            object.insert("@timestamp".to_owned(), Value::from(at.0));
        }
        let columns = self.columns();
        match Record::named(&value, &columns) {
            Some(Ok(mut record)) => {
                // A piece from between whole answers may be lost without a trace: that there is none is not
                // known.
                let is_answered = record.answers.iter().any(|answer| answer.kind == record.kind);
                if self.joined && record.extent == Extent::Whole && !is_answered {
                    record.extent = Extent::Partial;
                }
                self.emit(record, format);
            }
            Some(Err(why)) => self.fail(why, raw),
            None => self.fail(Malformed::NotARecord, raw),
        }
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
        self.nested(text, |walk| {
            Stream::within().scan(text, true, walk);
        });
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

/// The time in an event's `timestamp`, a number or text.
fn moment(value: &[u8]) -> Option<Moment> {
    let text = std::str::from_utf8(value).ok()?;
    Moment::parse(text.trim_matches('"'))
}

/// Parses a value. Bytes that are no UTF-8 become U+FFFD, so that the rest can be read.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, Malformed> {
    serde_json::from_slice(bytes).or_else(|_| match String::from_utf8_lossy(bytes) {
        Cow::Borrowed(_) => Err(Malformed::NotJson),
        Cow::Owned(text) => serde_json::from_str(&text).map_err(|_| Malformed::NotJson),
    })
}
