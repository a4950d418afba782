//! What is known around what is in hand: where in the input that is, its line, what stood before it, what of
//! it is counted already.

use super::escape::{strip, without_marks};
use super::format::InputFormat;
use super::line::{InputDialect, InputLine, PreviousLine, StreamHeader};
use super::prefix::ResultMember;
use super::resync::Resync;
use super::sink::Sink;
use super::walk::Walk;
use crate::log::record::Malformed;

/// What is known around what is in hand.
#[derive(Debug, Default)]
pub(super) struct InputContext {
    /// Bytes consumed so far.
    pub(super) offset: u64,
    /// Whether this is the inside of a value.
    pub(super) nested: bool,
    /// Whether anything but blanks was seen.
    pub(super) begun: bool,
    pub(super) line: InputLine,
    pub(super) resync: Resync,
    pub(super) header: Option<StreamHeader>,
    /// The text before the value in hand, if [`InputLine::has_text`].
    pub(super) before: Vec<u8>,
    /// The columns of a printed table whose names were read, and whose values are in the next line.
    pub(super) columns: Vec<ResultMember>,
    pub(super) dialect: InputDialect,
}

/// How reading goes on.
pub(super) enum ReadStep {
    /// At this index.
    On(usize),
    /// When there are more bytes.
    Wait,
}

impl InputContext {
    /// At `offset` of an input of which the beginning is elsewhere.
    pub(super) fn resume(offset: u64) -> Self {
        Self { offset, begun: true, ..Self::default() }
    }

    /// Inside a value.
    pub(super) fn within() -> Self {
        Self { nested: true, begun: true, ..Self::default() }
    }

    /// The offset of the byte at index `at` of the block in hand.
    pub(super) fn offset_of(&self, at: usize) -> u64 {
        self.offset + at as u64
    }

    /// Takes records in the resolver's own spelling, a line each or one behind the other. The hot path.
    pub(super) fn records<S: Sink>(&mut self, bytes: &[u8], from: usize, walk: &mut Walk<'_, S>) -> usize {
        let mut at = from;
        let InputLine { mut start, mut before, mut broke, .. } = self.line;
        let mut is_apart = false;
        // In what is left of something broken only the general way knows what counts.
        let is_sound = self.resync.is_over() && !broke && before != PreviousLine::Torn;
        while bytes.get(at) == Some(&b'{') {
            let offset = self.offset + at as u64;
            let canonical = walk.canonical(&bytes[at..], offset);
            let quick =
                |walk: &mut Walk<'_, S>| if is_sound { walk.quick(&bytes[at..], offset) } else { None };
            let Some(length) = canonical.or_else(|| quick(walk)) else { break };
            at += length;
            is_apart |= start && before != PreviousLine::Unknown;
            match &bytes[at..] {
                [b'\n', ..] => at += 1,
                [b'\r', b'\n', ..] => at += 2,
                _ => {
                    self.line.single = start;
                    start = false;
                    continue;
                }
            }
            before = match (start, broke) {
                (true, _) => PreviousLine::Single,
                (false, true) => PreviousLine::Torn,
                (false, false) => PreviousLine::Unknown,
            };
            (start, broke) = (true, false);
        }
        if at > from {
            self.taken(walk);
            if is_apart {
                self.resync.stands_apart();
            }
            self.resync.unmute();
            let single = !start && self.line.single;
            self.line = InputLine { start, behind: !start, single, broke, before, ..InputLine::default() };
        }
        at
    }

    /// After a record was taken in the resolver's spelling.
    pub(super) fn taken<S: Sink>(&mut self, walk: &mut Walk<'_, S>) {
        self.begun = true;
        walk.memory.cut = false;
        if self.header.take().is_some() {
            self.line.prefix = Some(InputFormat::CliTail);
        }
        if !self.nested {
            walk.hint = self.line.prefix;
        }
        walk.note(InputFormat::JsonLines);
    }

    /// Offers the sink a whole value. Returns whether it was a record in the resolver's spelling.
    pub(super) fn offer<S: Sink>(&self, value: &[u8], at: usize, walk: &mut Walk<'_, S>) -> bool {
        value.first() == Some(&b'{') && walk.canonical(value, self.offset_of(at)).is_some()
    }

    /// Hands over a value that stands by itself.
    pub(super) fn whole<S: Sink>(
        &mut self,
        value: &[u8],
        at: usize,
        is_colored: bool,
        walk: &mut Walk<'_, S>,
    ) {
        let (found, total) = (walk.found, walk.total());
        // What is inside of something that does not count does not either.
        let quiet = walk.quiet;
        walk.quiet |= !self.resync.is_over();
        walk.plain = if value.contains(&b'\n') { InputFormat::Json } else { InputFormat::JsonLines };
        if !self.nested {
            walk.begins_line = self.line.start && self.header.is_none();
            walk.hint = self.header.take().map(|_| InputFormat::CliTail).or(self.line.prefix);
        }
        Self::take(value, self.offset_of(at), is_colored, walk);
        (walk.quiet, walk.begins_line) = (quiet, false);
        if walk.found > found {
            self.resync.unmute();
        } else if walk.total() > total {
            // Once is enough for a line without its beginning, which has values of all sorts left in it.
            self.resync.mute();
        }
    }

    /// Hands over a value, without escape sequences and marks of lines if any are in it.
    pub(super) fn take<S: Sink>(value: &[u8], offset: u64, is_colored: bool, walk: &mut Walk<'_, S>) {
        if !is_colored {
            return walk.element(value, offset);
        }
        walk.set_place(offset, value.len());
        let plain = strip(value);
        let plain = without_marks(&plain);
        walk.nested(value, |walk| {
            if plain.first() == Some(&b'{') && walk.canonical(&plain, 0).is_some() {
                walk.note(walk.plain);
            } else {
                walk.element(&plain, 0);
            }
        });
    }

    /// A value that began at `at` and is none at `behind`: it counts once, and reading resumes within it.
    pub(super) fn broken<S: Sink>(
        &mut self,
        bytes: &[u8],
        at: usize,
        behind: usize,
        why: Malformed,
        walk: &mut Walk<'_, S>,
    ) -> ReadStep {
        let (start, until) = (self.offset_of(at), self.offset_of(behind));
        self.header = None;
        if self.resync.is_another(start) {
            walk.set_place(start, behind - at);
            walk.fail(why, &bytes[at..behind]);
        }
        self.resync.broke(until);
        let broke = self.line.broke || self.line.is_apart();
        self.line = InputLine { start: false, broke, ..InputLine::default() };
        self.resync.mute();
        // What is nested too deep would be so again at each of its levels.
        ReadStep::On(if why == Malformed::TooDeep { behind } else { at + 1 })
    }

    /// A header behind which no value came.
    pub(super) fn report_header<S: Sink>(&mut self, walk: &mut Walk<'_, S>) {
        if let Some(header) = self.header.take() {
            walk.set_place(header.offset, header.length);
            walk.fail(Malformed::NoRecord, &header.sample);
        }
    }
}
