//! The bytes of an input in the order they come: lines, values, and what stands between them.

use super::document::Frame;
use super::escape::{ESC, Escape, sequence, strip};
use super::format::Format;
use super::sink::{Place, Sink};
use super::table::Table;
use super::value::{Scan, Scanner};
use super::walk::{SAMPLE, Walk};
use crate::moment::Moment;
use crate::record::{MAX_VALUE, Malformed};

/// The byte order mark of UTF-8.
pub(super) const MARK: &[u8] = b"\xef\xbb\xbf";

/// Lines that AWS itself puts where records go: the object `aws-logs-write-test` that an export task leaves, and the
/// reachability check of a subscription.
const KNOWN_LINES: [&[u8]; 2] = [b"Permission Check Successful", b"CWL CONTROL MESSAGE"];

/// The longest text before a record that is looked at for a time, in bytes.
const MAX_PREFIX: usize = 1024;

/// The state of reading one input.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// Bytes consumed so far.
    pub(super) offset: u64,
    /// Whether this is the inside of a value.
    nested: bool,
    /// Whether anything but blanks was seen.
    begun: bool,
    pub(super) pending: Pending,
    /// The open containers of a document that is too large to be held.
    pub(super) frames: Vec<Frame>,
    pub(super) table: Option<Box<Table>>,
    pub(super) line: Line,
    /// In the ruins of a broken value: up to this offset everything is a part of it, and behind that whatever could
    /// be its rest. None of it counts again.
    pub(super) ruins: Option<u64>,
    header: Option<Header>,
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
}

/// The line in hand.
#[expect(clippy::struct_excessive_bools, reason = "each may be so or not, whatever the others are")]
#[derive(Debug)]
pub(super) struct Line {
    /// Only blanks so far.
    start: bool,
    /// A value ended on it.
    behind: bool,
    /// All that ends on it so far is one value, which began a line and held a record.
    single: bool,
    /// A value broke on it that was a line of its own.
    broke: bool,
    before: Before,
    /// Something on it was counted as malformed: the rest counts only if it is read.
    pub(super) muted: bool,
    /// What the text before the value says about the input.
    prefix: Option<Format>,
}

/// What the line before says about a value that begins this one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Before {
    /// Nothing: it may be a part of something larger.
    #[default]
    Unknown,
    /// It was a record: this is another.
    Single,
    /// It was a torn record: this is another, unless it is indented. Two torn lines, one behind the other, may look like one
    /// value that breaks on the second.
    Torn,
}

impl Default for Line {
    fn default() -> Self {
        let before = Before::Unknown;
        Self { start: true, behind: false, single: false, broke: false, before, muted: false, prefix: None }
    }
}

impl Line {
    /// Whether a value that begins here is no part of anything larger.
    fn is_apart(&self) -> bool {
        self.start && self.before != Before::Unknown
    }

    /// The line behind this one.
    fn next(&self) -> Self {
        let before = match self {
            Self { single: true, .. } => Before::Single,
            Self { broke: true, .. } => Before::Torn,
            Self { start: true, before, .. } => *before,
            _ => Before::Unknown,
        };
        Self { before, ..Self::default() }
    }

    /// Behind a value.
    pub(super) fn ended(&mut self) {
        self.start = false;
        self.behind = true;
    }
}

/// A line of `aws logs tail --format json` that names the time and stream of the record on the lines behind it;
/// malformed if there is none.
#[derive(Debug)]
struct Header {
    offset: u64,
    length: usize,
    sample: Vec<u8>,
}

/// How reading goes on.
pub(super) enum Step {
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
            if self.frames.is_empty() && self.table.is_none() && matches!(self.pending, Pending::Nothing) {
                at = self.lines(bytes, at, walk);
            }
            match self.step(bytes, at, end, walk) {
                Step::On(next) => at = next,
                Step::Wait => break,
            }
        }
        self.offset += at as u64;
        if end {
            self.finish(walk);
        }
        at
    }

    /// The offset of the byte at index `at` of the block in hand.
    pub(super) fn offset_of(&self, at: usize) -> u64 {
        self.offset + at as u64
    }

    /// Takes records in the resolver's own spelling, a line each or one behind the other. The hot path.
    fn lines<S: Sink>(&mut self, bytes: &[u8], from: usize, walk: &mut Walk<'_, S>) -> usize {
        let mut at = from;
        let Line { mut start, mut before, mut broke, .. } = self.line;
        let mut is_apart = false;
        while bytes.get(at) == Some(&b'{') {
            let offset = self.offset + at as u64;
            let Some(length) =
                walk.canonical(&bytes[at..], offset).or_else(|| walk.quick(&bytes[at..], offset))
            else {
                break;
            };
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
            self.line = Line { start, behind: !start, single, broke, before, ..Line::default() };
        }
        at
    }

    /// After a record was taken in the resolver's spelling.
    fn taken<S: Sink>(&mut self, walk: &mut Walk<'_, S>) {
        self.begun = true;
        if self.header.take().is_some() {
            self.line.prefix = Some(Format::CliTail);
        }
        if !self.nested {
            walk.hint = self.line.prefix;
        }
        walk.note(Format::JsonLines);
    }

    fn step<S: Sink>(&mut self, bytes: &[u8], at: usize, end: bool, walk: &mut Walk<'_, S>) -> Step {
        let Some(&byte) = bytes.get(at) else { return Step::Wait };
        if self.table.is_some() {
            return self.row(bytes, at, end, walk);
        }
        if !self.frames.is_empty() {
            return self.document(bytes, at, end, walk);
        }
        match std::mem::take(&mut self.pending) {
            Pending::Value(scanner) => return self.value(bytes, at, end, Some(scanner), walk),
            Pending::Text(searched) => return self.text(bytes, at, end, searched, walk),
            Pending::Nothing => {}
        }
        match byte {
            b'\n' => {
                self.line = self.line.next();
                Step::On(at + 1)
            }
            b' ' | b'\t' | b'\r' => {
                if self.line.before == Before::Torn {
                    self.line.before = Before::Unknown;
                }
                let blanks = bytes[at..].iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
                Step::On(blanks.map_or(bytes.len(), |length| at + length))
            }
            ESC => match sequence(&bytes[at..]) {
                Escape::Whole(length) => Step::On(at + length),
                Escape::Cut if !end => Step::Wait,
                Escape::Cut | Escape::None => self.text(bytes, at, end, 0, walk),
            },
            0xef if bytes[at..].starts_with(MARK) => Step::On(at + MARK.len()),
            0xef if !end && MARK.starts_with(&bytes[at..]) => Step::Wait,
            b'{' => self.value(bytes, at, end, None, walk),
            b'[' if self.line.start && !self.line.muted => self.value(bytes, at, end, None, walk),
            // Between the elements of an array whose beginning or end is missing, and behind each of a list of them.
            b',' | b';' | b']' | b'}' if self.line.behind || self.ruins.is_some() => {
                (self.line.start, self.line.single) = (false, false);
                Step::On(at + 1)
            }
            _ => self.text(bytes, at, end, 0, walk),
        }
    }

    /// The value that begins at `at`, and was scanned before as far as `scanner` knows.
    fn value<S: Sink>(
        &mut self,
        bytes: &[u8],
        at: usize,
        end: bool,
        scanner: Option<Scanner>,
        walk: &mut Walk<'_, S>,
    ) -> Step {
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
                self.line.single = self.line.start && walk.found > found;
                self.line.ended();
                Step::On(at + length)
            }
            Scan::Cut => {
                self.pending = Pending::Value(scanner);
                Step::Wait
            }
            Scan::Oversize => {
                self.line.start = false;
                self.enter(&bytes[at..], at, walk);
                Step::On(at + 1)
            }
            Scan::Broken(behind, why) => self.broken(bytes, at, at + behind, why, walk),
        }
    }

    /// Offers the sink a whole value. Returns whether it was a record in the resolver's spelling.
    pub(super) fn offer<S: Sink>(&self, value: &[u8], at: usize, walk: &mut Walk<'_, S>) -> bool {
        value.first() == Some(&b'{') && walk.canonical(value, self.offset_of(at)).is_some()
    }

    /// Hands over a value that stands by itself.
    fn whole<S: Sink>(&mut self, value: &[u8], at: usize, is_colored: bool, walk: &mut Walk<'_, S>) {
        let (found, total) = (walk.found, walk.total());
        // What is inside of something that does not count does not either.
        let quiet = walk.quiet;
        walk.quiet |= self.ruins.is_some() || self.line.muted;
        walk.plain = if value.contains(&b'\n') { Format::Json } else { Format::JsonLines };
        if !self.nested {
            walk.begins_line = self.line.start && self.header.is_none();
            walk.hint = self.header.take().map(|_| Format::CliTail).or(self.line.prefix);
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

    /// Hands over a value, without the escape sequences in it if there are any.
    pub(super) fn take<S: Sink>(value: &[u8], offset: u64, is_colored: bool, walk: &mut Walk<'_, S>) {
        if !is_colored {
            return walk.element(value, offset);
        }
        walk.stand(offset, value.len());
        let plain = strip(value);
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
    ) -> Step {
        let (start, until) = (self.offset_of(at), self.offset_of(behind));
        self.header = None;
        if !self.line.muted && self.ruins.is_none_or(|until| start >= until) {
            walk.stand(start, behind - at);
            walk.fail(why, &bytes[at..behind]);
        }
        self.ruins = self.ruins.max(Some(until));
        let broke = self.line.broke || self.line.is_apart();
        self.line = Line { start: false, broke, muted: true, ..Line::default() };
        // What is nested too deep would be so again at each of its levels.
        Step::On(if why == Malformed::TooDeep { behind } else { at + 1 })
    }

    /// Text that begins at `at`, in whose first `searched` bytes there is neither a `{` nor the line's end.
    fn text<S: Sink>(
        &mut self,
        bytes: &[u8],
        at: usize,
        end: bool,
        searched: usize,
        walk: &mut Walk<'_, S>,
    ) -> Step {
        let held = &bytes[at..bytes.len().min(at + MAX_VALUE)];
        let found = memchr::memchr2(b'{', b'\n', &held[searched..]).map(|length| searched + length);
        self.line.single = false;
        match found {
            _ if self.line.muted => Step::On(at + found.unwrap_or(held.len())),
            Some(length) if held[length] == b'{' => {
                self.begun = true;
                self.report_header(walk);
                if self.line.start {
                    self.line.prefix = prefix(&held[..length]);
                    self.line.start = false;
                }
                Step::On(at + length)
            }
            Some(length) => self.text_line(&held[..length], at, walk),
            None if held.len() == MAX_VALUE => {
                self.begun = true;
                self.report_header(walk);
                walk.stand(self.offset_of(at), held.len());
                walk.fail(Malformed::Oversize, held);
                self.line = Line { start: false, muted: true, ..Line::default() };
                Step::On(at + held.len())
            }
            None if end => self.text_line(held, at, walk),
            None => {
                self.pending = Pending::Text(held.len());
                Step::Wait
            }
        }
    }

    /// Text without a `{`, up to the end of its line.
    fn text_line<S: Sink>(&mut self, line: &[u8], at: usize, walk: &mut Walk<'_, S>) -> Step {
        let next = Step::On(at + line.len());
        let plain = strip(line);
        let text = plain.trim_ascii();
        let is_first = !std::mem::replace(&mut self.begun, true);
        if is_first && let Some((table, format)) = Table::from_header(text) {
            self.table = Some(Box::new(table));
            walk.hint = Some(format);
            walk.note(format);
            return next;
        }
        let start = self.offset_of(at);
        // What is left of a broken value: `"srcport": "53",`.
        let is_ruin = self.ruins.is_some_and(|until| {
            start < until || matches!(text.first(), Some(b'"' | b'}' | b']' | b',' | b':'))
        });
        if text.is_empty() || is_ruin || KNOWN_LINES.iter().any(|known| text.starts_with(known)) {
            return next;
        }
        self.report_header(walk);
        if self.line.start && !self.nested && prefix(text).is_some() {
            let sample = text[..text.len().min(SAMPLE)].to_vec();
            self.header = Some(Header { offset: start, length: line.len(), sample });
        } else {
            walk.stand(start, line.len());
            walk.fail(Malformed::NoRecord, text);
        }
        self.line.start = false;
        next
    }

    /// A header behind which no value came.
    fn report_header<S: Sink>(&mut self, walk: &mut Walk<'_, S>) {
        if let Some(header) = self.header.take() {
            walk.stand(header.offset, header.length);
            walk.fail(Malformed::NoRecord, &header.sample);
        }
    }

    /// When nothing follows.
    fn finish<S: Sink>(&mut self, walk: &mut Walk<'_, S>) {
        self.report_header(walk);
        if !self.frames.is_empty() {
            self.torn(walk);
        }
        if self.begun && !self.nested {
            walk.memory.format = walk.memory.format.max(Format::Unknown);
        }
    }
}

/// What the text before a record says the line is, if it begins with a time: an export task writes nothing but the
/// time, in milliseconds; `aws logs tail` an offset, or no zone at all, and the stream in most of its formats.
fn prefix(text: &[u8]) -> Option<Format> {
    let plain = strip(&text[..text.len().min(MAX_PREFIX)]);
    let mut words = plain.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let time = std::str::from_utf8(words.next()?).ok()?;
    // A day or a number alone begins other lines, too.
    let is_time = time.len() >= 13 && Moment::parse(time).is_some();
    let is_alone = words.next().is_none();
    let is_export = is_alone && (time.ends_with('Z') || time.bytes().all(|byte| byte.is_ascii_digit()));
    is_time.then_some(if is_export { Format::ExportTask } else { Format::CliTail })
}

impl Place {
    /// The place of `length` bytes at `offset`. Values are held to [`MAX_VALUE`]; only a place that is shown could be
    /// cut here.
    pub(super) fn of(offset: u64, length: usize) -> Self {
        Self { offset, length: u32::try_from(length).unwrap_or(u32::MAX) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes() {
        for (text, expected) in [
            ("2026-09-11T00:00:00.000Z ", Some(Format::ExportTask)),
            ("1700000000000 ", Some(Format::ExportTask)),
            ("2018-01-01T00:29:43 ", Some(Format::CliTail)),
            ("2018-01-01T00:29:43.079060+00:00 vpc-1_stream ", Some(Format::CliTail)),
            ("\x1b[32m2018-01-01T00:29:43+00:00\x1b[0m \x1b[36mstream\x1b[0m ", Some(Format::CliTail)),
            ("Jan  1 00:29:43 host app: ", None),
            ("12 ", None),
            ("", None),
            ("\"answers\": [", None),
        ] {
            assert_eq!(prefix(text.as_bytes()), expected, "{text:?}");
        }
    }
}
