//! From a whole JSON value to the records in it, through whatever they are wrapped in.

use std::ops::Range;

use super::arrays::pair;
use super::ends::{Ends, limit};
use super::format::InputFormat;
use super::guess::RecordShape;
use super::members::{byte_numbers, elements, members, parse, start, value};
use super::sink::{Sink, Spelling};
use super::sketch::{KeySlot, Sketch, carries_record};
use super::walk::{ByteOrigin, Walk};
use crate::base::moment::Moment;
use crate::log::note::{Incomplete, Note};
use crate::log::observation::Quoting;
use crate::log::record::Malformed;

/// The deepest that records are looked for, in objects, arrays and texts within each other.
const MAX_DEPTH: u8 = 16;

impl<S: Sink> Walk<'_, S> {
    /// Takes a whole value that stands by itself, or the element of a list of records.
    pub(super) fn element(&mut self, value: &[u8], offset: u64) {
        self.set_place(offset, value.len());
        self.required(value, offset, 0);
    }

    /// Takes the member of a document that is too large to be held whole.
    pub(super) fn member(&mut self, slot: KeySlot, value: &[u8], offset: u64) {
        self.set_place(offset, value.len());
        match (slot, value.first()) {
            (KeySlot::List(format), Some(b'[')) => {
                self.suggest(format);
                self.list(value, offset, 1);
            }
            (KeySlot::Text(_), Some(b'"')) => self.text(value),
            (KeySlot::Data, Some(b'"')) => self.data(value),
            (KeySlot::Trait(which), _) => {
                self.memory.ends.member(which, value);
                self.value(value, offset, 1, true);
            }
            _ => _ = self.value(value, offset, 1, true),
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
            Some(b'[') if self.row(value) || self.named(value) || self.timed(value, lenient) => true,
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

    /// What stands beside a time in a pair of both. Returns whether `array` is one.
    fn timed(&mut self, array: &[u8], lenient: bool) -> bool {
        let Some((time, at)) = pair(array, lenient) else { return false };
        let text = &array[at];
        self.stamp = Some(time);
        if text.starts_with(b"\"") {
            self.text(text);
        } else if !self.object(text, 0, 1, false) {
            self.fail(Malformed::NotARecord, text);
        }
        true
    }

    /// An array of objects with `@` keys is the table of Logs Insights.
    fn suggest_array(&mut self, value: &[u8]) {
        let is_insights = elements(value).next().is_some_and(|at| {
            value[at.start] == b'{' && members(&value[at]).any(|(key, _)| key.starts_with(b"@"))
        });
        if is_insights {
            self.suggest(InputFormat::InsightsJson);
            if let Some(limit) = limit(elements(value).count() as u64) {
                self.incomplete(limit, 1);
            }
        } else if elements(value).next().is_none() {
            self.note(InputFormat::Json);
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
            self.set_place(place, element.len());
            self.required(element, place, depth);
        }
        if !any {
            self.note(InputFormat::Json);
        }
    }

    fn object(&mut self, object: &[u8], offset: u64, depth: u8, lenient: bool) -> bool {
        let sketch = Sketch::from_object(object);
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
                    KeySlot::Trait(which) => self.memory.ends.member(which, &object[at]),
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
                || Sketch::from_object(&object[at.clone()]).is_resolver()
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
}

/// The time in an event's `timestamp`, a number or text.
fn moment(value: &[u8]) -> Option<Moment> {
    let text = std::str::from_utf8(value).ok()?;
    Moment::parse(text.trim_matches('"'))
}
