//! The bytes of an input in the order they come: lines, values, and what stands between them.

use super::document::Frame;
use super::escape::{ESC, Escape, sequence, strip, without_marks};
use super::format::InputFormat;
use super::line::{Before, InputLine, StreamHeader};
use super::prefix::{PrefixMatch, ResultMember, brackets, labels};
use super::sink::{RecordPlace, Sink};
use super::table::RowTable;
use super::value::{Scan, Scanner};
use super::walk::Walk;
use super::yaml::{Yaml, begins};
use crate::record::Malformed;

/// The byte order mark of UTF-8.
pub(super) const MARK: &[u8] = b"\xef\xbb\xbf";

/// The state of reading one input.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// Bytes consumed so far.
    pub(super) offset: u64,
    /// Whether this is the inside of a value.
    pub(super) nested: bool,
    /// Whether anything but blanks was seen.
    pub(super) begun: bool,
    pub(super) pending: Pending,
    /// The open containers of a document that is too large to be held.
    pub(super) frames: Vec<Frame>,
    pub(super) table: Option<Box<RowTable>>,
    pub(super) line: InputLine,
    /// Where a broken value ends: up to this offset nothing counts as malformed again, since that value does;
    /// nor does what follows as long as it could be its rest.
    pub(super) ruins: Option<u64>,
    pub(super) header: Option<StreamHeader>,
    /// The text before the value in hand, if [`InputLine::has_text`].
    pub(super) before: Vec<u8>,
    /// The columns of a printed table whose names were read, and whose values are in the next line.
    pub(super) columns: Vec<ResultMember>,
    pub(super) dialect: InputDialect,
    pub(super) yaml: Option<Box<Yaml>>,
}

/// What is known of the lines of an input beside those with records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum InputDialect {
    #[default]
    Unknown,
    /// A table of the AWS CLI: its title was read.
    Table,
    /// `journalctl -o export`: a field of an entry to a line.
    Export,
}

/// What is known of the bytes that were not consumed.
#[derive(Debug, Default)]
pub(super) enum Pending {
    #[default]
    Nothing,
    /// A value, scanned so far.
    Value(Scanner),
    /// Text in which no `{` was found in so many bytes.
    Text(usize),
    /// A value that a carrier says came so often.
    Repeated(u32),
}

/// How reading goes on.
pub(super) enum ReadStep {
    /// At this index.
    On(usize),
    /// When there are more bytes.
    Wait,
}

impl Stream {
    /// For a part of an input that begins at `offset`.
    pub(super) fn resume(offset: u64) -> Self {
        Self { offset, begun: true, ..Self::default() }
    }

    /// For what is inside a value.
    pub(super) fn within() -> Self {
        Self { nested: true, begun: true, ..Self::default() }
    }

    /// See [`super::Envelope::scan`].
    pub(super) fn scan<S: Sink>(&mut self, bytes: &[u8], end: bool, walk: &mut Walk<'_, S>) -> usize {
        let mut at = 0;
        loop {
            if self.is_between() {
                at = self.lines(bytes, at, walk);
            }
            match self.step(bytes, at, end, walk) {
                ReadStep::On(next) => at = next,
                ReadStep::Wait => break,
            }
        }
        self.offset += at as u64;
        if end {
            self.finish(walk);
        }
        at
    }

    /// Whether a record may stand next, in the resolver's spelling.
    fn is_between(&self) -> bool {
        self.frames.is_empty()
            && self.table.is_none()
            && self.yaml.is_none()
            && matches!(self.pending, Pending::Nothing)
    }

    /// The offset of the byte at index `at` of the block in hand.
    pub(super) fn offset_of(&self, at: usize) -> u64 {
        self.offset + at as u64
    }

    /// Takes records in the resolver's own spelling, a line each or one behind the other. The hot path.
    fn lines<S: Sink>(&mut self, bytes: &[u8], from: usize, walk: &mut Walk<'_, S>) -> usize {
        let mut at = from;
        let InputLine { mut start, mut before, mut broke, .. } = self.line;
        let mut is_apart = false;
        // In what is left of something broken only the general way knows what counts.
        let is_sound = self.ruins.is_none() && !self.line.muted && !broke && before != Before::Torn;
        while bytes.get(at) == Some(&b'{') {
            let offset = self.offset + at as u64;
            let canonical = walk.canonical(&bytes[at..], offset);
            let quick =
                |walk: &mut Walk<'_, S>| if is_sound { walk.quick(&bytes[at..], offset) } else { None };
            let Some(length) = canonical.or_else(|| quick(walk)) else { break };
            at += length;
            is_apart |= start && before != Before::Unknown;
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
                (true, _) => Before::Single,
                (false, true) => Before::Torn,
                (false, false) => Before::Unknown,
            };
            (start, broke) = (true, false);
        }
        if at > from {
            self.taken(walk);
            if is_apart {
                self.ruins = None;
            }
            let single = !start && self.line.single;
            self.line = InputLine { start, behind: !start, single, broke, before, ..InputLine::default() };
        }
        at
    }

    /// After a record was taken in the resolver's spelling.
    fn taken<S: Sink>(&mut self, walk: &mut Walk<'_, S>) {
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

    fn step<S: Sink>(&mut self, bytes: &[u8], at: usize, end: bool, walk: &mut Walk<'_, S>) -> ReadStep {
        let Some(&byte) = bytes.get(at) else { return ReadStep::Wait };
        if self.table.is_some() {
            return self.row(bytes, at, end, walk);
        }
        if self.yaml.is_some() {
            return self.unit(bytes, at, end, walk);
        }
        if !self.frames.is_empty() {
            return self.document(bytes, at, end, walk);
        }
        match std::mem::take(&mut self.pending) {
            Pending::Value(scanner) => return self.value(bytes, at, end, Some(scanner), walk),
            Pending::Text(searched) => return self.text(bytes, at, end, searched, walk),
            Pending::Repeated(times) => return self.repeated(bytes, at, end, times, walk),
            Pending::Nothing => {}
        }
        if walk.memory.cut
            && self.line.start
            && let Some(step) = self.rest(bytes, at, end, walk)
        {
            return step;
        }
        match byte {
            b'\n' => {
                self.line = self.line.next();
                ReadStep::On(at + 1)
            }
            b' ' | b'\t' | b'\r' => {
                if self.line.before == Before::Torn {
                    self.line.before = Before::Unknown;
                }
                self.line.gap = true;
                let blanks = bytes[at..].iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
                ReadStep::On(blanks.map_or(bytes.len(), |length| at + length))
            }
            ESC => match sequence(&bytes[at..]) {
                Escape::Whole(length) => ReadStep::On(at + length),
                Escape::Cut if !end => ReadStep::Wait,
                Escape::Cut | Escape::None => self.text(bytes, at, end, 0, walk),
            },
            0xef if bytes[at..].starts_with(MARK) => ReadStep::On(at + MARK.len()),
            0xef if !end && MARK.starts_with(&bytes[at..]) => ReadStep::Wait,
            b'{' | b'[' | b'"' | b'-' | b'e' | b'r' | b'N' | b'n' | b'q' => self.open(bytes, at, end, walk),
            // Between the elements of an array whose beginning or end is missing, and behind each of a list
            // of them.
            b',' | b';' | b']' | b'}' if self.line.behind || self.ruins.is_some() => {
                (self.line.start, self.line.single) = (false, false);
                ReadStep::On(at + 1)
            }
            _ => self.text(bytes, at, end, 0, walk),
        }
    }

    /// A byte with which a value, a document, or text may begin.
    fn open<S: Sink>(&mut self, bytes: &[u8], at: usize, end: bool, walk: &mut Walk<'_, S>) -> ReadStep {
        match bytes[at] {
            b'{' if !self.line.start && self.line.prefix.is_some() && !self.line.behind => {
                match labels(&bytes[at..], end) {
                    PrefixMatch::Yes(length) => {
                        self.line.prefix = Some(InputFormat::LogCli);
                        ReadStep::On(at + length)
                    }
                    PrefixMatch::No => self.value(bytes, at, end, None, walk),
                    PrefixMatch::Cut => ReadStep::Wait,
                }
            }
            b'-' | b'e' | b'r' | b'N' | b'n' | b'q' if !self.begun => match begins(&bytes[at..], end) {
                PrefixMatch::Yes(_) => self.enter_yaml(at),
                PrefixMatch::No => self.text(bytes, at, end, 0, walk),
                PrefixMatch::Cut => ReadStep::Wait,
            },
            b'{' => self.value(bytes, at, end, None, walk),
            b'[' if self.line.start && !self.line.muted => match brackets(&bytes[at..], end) {
                PrefixMatch::Yes(_) => self.text(bytes, at, end, 0, walk),
                PrefixMatch::No => self.value(bytes, at, end, None, walk),
                PrefixMatch::Cut => ReadStep::Wait,
            },
            // A record as the text of a string: its first quote is escaped, unless white space comes first.
            b'"' if self.line.start && !self.line.muted && self.ruins.is_none() => match &bytes[at + 1..] {
                [b'{', b'\\' | b' ', ..] => self.value(bytes, at, end, None, walk),
                [] | [b'{'] if !end => ReadStep::Wait,
                _ => self.text(bytes, at, end, 0, walk),
            },
            _ => self.text(bytes, at, end, 0, walk),
        }
    }

    /// The value that begins at `at`, and was scanned before as far as `scanner` knows.
    pub(super) fn value<S: Sink>(
        &mut self,
        bytes: &[u8],
        at: usize,
        end: bool,
        scanner: Option<Scanner>,
        walk: &mut Walk<'_, S>,
    ) -> ReadStep {
        self.begun = true;
        if self.line.is_apart() {
            self.ruins = None;
        }
        // The sink saw only the beginning of a value that was not whole then.
        let is_resumed = scanner.is_some();
        let mut scanner = scanner.unwrap_or_default();
        let found = walk.found;
        match scanner.scan(&bytes[at..], end) {
            Scan::Whole(length) => {
                let value = &bytes[at..at + length];
                if is_resumed && !scanner.colored && self.offer(value, at, walk) {
                    self.taken(walk);
                    self.line.muted = false;
                } else {
                    self.whole(value, at, scanner.colored, walk);
                }
                // Outside of ruins nothing larger is open, whatever the value is.
                self.line.single = self.line.start && (walk.found > found || self.ruins.is_none());
                self.line.ended();
                ReadStep::On(at + length)
            }
            Scan::Cut => {
                self.pending = Pending::Value(scanner);
                ReadStep::Wait
            }
            Scan::Oversize => {
                self.line.start = false;
                self.enter(&bytes[at..], at, walk);
                ReadStep::On(at + 1)
            }
            Scan::Broken(behind, why) => self.pieces(bytes, at, end, behind, why, walk),
        }
    }

    /// The value at `at`, of which a carrier says that it came so many times.
    fn repeated<S: Sink>(
        &mut self,
        bytes: &[u8],
        at: usize,
        end: bool,
        times: u32,
        walk: &mut Walk<'_, S>,
    ) -> ReadStep {
        match Scanner::default().scan(&bytes[at..], end) {
            Scan::Cut => {
                self.pending = Pending::Repeated(times);
                return ReadStep::Wait;
            }
            Scan::Whole(length) => {
                for _ in 1..times {
                    self.whole(&bytes[at..at + length], at, false, walk);
                }
            }
            Scan::Broken(..) | Scan::Oversize => {}
        }
        self.value(bytes, at, end, None, walk)
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
        walk.quiet |= self.ruins.is_some() || self.line.muted;
        walk.plain = if value.contains(&b'\n') { InputFormat::Json } else { InputFormat::JsonLines };
        if !self.nested {
            walk.begins_line = self.line.start && self.header.is_none();
            walk.hint = self.header.take().map(|_| InputFormat::CliTail).or(self.line.prefix);
        }
        Self::take(value, self.offset_of(at), is_colored, walk);
        (walk.quiet, walk.begins_line) = (quiet, false);
        if walk.found > found {
            self.line.muted = false;
        } else if walk.total() > total {
            // Once is enough for a line without its beginning, which has values of all sorts left in it.
            self.line.muted = true;
        }
    }

    /// Hands over a value, without escape sequences and marks of lines if any are in it.
    pub(super) fn take<S: Sink>(value: &[u8], offset: u64, is_colored: bool, walk: &mut Walk<'_, S>) {
        if !is_colored {
            return walk.element(value, offset);
        }
        walk.stand(offset, value.len());
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
        if !self.line.muted && self.ruins.is_none_or(|until| start >= until) {
            walk.stand(start, behind - at);
            walk.fail(why, &bytes[at..behind]);
        }
        self.ruins = self.ruins.max(Some(until));
        let broke = self.line.broke || self.line.is_apart();
        self.line = InputLine { start: false, broke, muted: true, ..InputLine::default() };
        // What is nested too deep would be so again at each of its levels.
        ReadStep::On(if why == Malformed::TooDeep { behind } else { at + 1 })
    }

    /// When nothing follows.
    fn finish<S: Sink>(&mut self, walk: &mut Walk<'_, S>) {
        self.report_header(walk);
        if !self.frames.is_empty() {
            self.torn(walk);
        }
        if !self.nested {
            walk.end();
        }
        if let Some(limit) = self.table.as_ref().and_then(|table| table.limit()) {
            walk.incomplete(limit, 1);
        }
        if self.begun && !self.nested {
            walk.memory.format = walk.memory.format.max(InputFormat::Unknown);
        }
    }
}

impl RecordPlace {
    /// The place of `length` bytes at `offset`. Values are held to [`MAX_VALUE`]; only a place that is shown
    /// could be cut here.
    pub(super) fn of(offset: u64, length: usize) -> Self {
        Self { offset, length: u32::try_from(length).unwrap_or(u32::MAX) }
    }
}
