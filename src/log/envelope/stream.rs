//! The bytes of an input in the order they come: lines, values, and what stands between them.

use super::context::{InputContext, ReadStep};
use super::document::Document;
use super::escape::{ESC, Escape, MARK, sequence};
use super::format::InputFormat;
use super::line::PreviousLine;
use super::prefix::{PrefixMatch, brackets, labels};
use super::sink::Sink;
use super::table::RowTable;
use super::text::TextEnd;
use super::value::{Scan, Scanner};
use super::walk::Walk;
use super::yaml::{Yaml, begins};
use crate::log::record::Malformed;

/// The reader of one input: what it is in, and what is known around that.
#[derive(Debug, Default)]
pub(super) struct Stream {
    context: InputContext,
    state: StreamState,
}

/// What the bytes that were not consumed are in.
#[derive(Debug, Default)]
enum StreamState {
    /// Nothing: they stand between values.
    #[default]
    Between,
    /// A value, scanned so far.
    Value(Scanner),
    /// Text in which no `{` was found in so many bytes.
    Text(usize),
    /// A value that a carrier says came so often.
    Repeated(u32),
    /// A document that is too large to be held.
    Document(Box<Document>),
    Table(Box<RowTable>),
    Yaml(Yaml),
}

impl Stream {
    /// For a part of an input that begins at `offset`.
    pub(super) fn resume(offset: u64) -> Self {
        Self { context: InputContext::resume(offset), state: StreamState::Between }
    }

    /// For what is inside a value.
    pub(super) fn within() -> Self {
        Self { context: InputContext::within(), state: StreamState::Between }
    }

    /// See [`super::Envelope::scan`].
    pub(super) fn scan<S: Sink>(&mut self, bytes: &[u8], end: bool, walk: &mut Walk<'_, S>) -> usize {
        let mut at = 0;
        loop {
            if matches!(self.state, StreamState::Between) {
                at = self.context.records(bytes, at, walk);
            }
            match self.step(bytes, at, end, walk) {
                ReadStep::On(next) => at = next,
                ReadStep::Wait => break,
            }
        }
        self.context.offset += at as u64;
        if end {
            self.finish(walk);
        }
        at
    }

    fn step<S: Sink>(&mut self, bytes: &[u8], at: usize, end: bool, walk: &mut Walk<'_, S>) -> ReadStep {
        let Some(&byte) = bytes.get(at) else { return ReadStep::Wait };
        match &mut self.state {
            StreamState::Between => self.between(byte, bytes, at, end, walk),
            &mut StreamState::Value(scanner) => {
                self.state = StreamState::Between;
                self.value(bytes, at, end, Some(scanner), walk)
            }
            &mut StreamState::Text(searched) => {
                self.state = StreamState::Between;
                self.text(bytes, at, end, searched, walk)
            }
            &mut StreamState::Repeated(times) => {
                self.state = StreamState::Between;
                self.repeated(bytes, at, end, times, walk)
            }
            StreamState::Document(document) => {
                let step = document.step(&mut self.context, bytes, at, end, walk);
                if document.is_over() {
                    self.state = StreamState::Between;
                }
                step
            }
            StreamState::Table(table) => {
                let step = table.step(&mut self.context, bytes, at, end, walk);
                if table.is_over() {
                    self.state = StreamState::Between;
                }
                step
            }
            StreamState::Yaml(yaml) => {
                let step = yaml.step(&self.context, bytes, at, end, walk);
                step.unwrap_or_else(|| {
                    self.state = StreamState::Between;
                    ReadStep::On(at)
                })
            }
        }
    }

    /// Goes on between values.
    fn between<S: Sink>(
        &mut self,
        byte: u8,
        bytes: &[u8],
        at: usize,
        end: bool,
        walk: &mut Walk<'_, S>,
    ) -> ReadStep {
        if walk.memory.cut
            && self.context.line.start
            && let Some(step) = self.context.rest(bytes, at, end, walk)
        {
            return step;
        }
        let line = &mut self.context.line;
        match byte {
            b'\n' => {
                *line = line.next();
                self.context.resync.unmute();
                ReadStep::On(at + 1)
            }
            b' ' | b'\t' | b'\r' => {
                if line.before == PreviousLine::Torn {
                    line.before = PreviousLine::Unknown;
                }
                line.gap = true;
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
            b',' | b';' | b']' | b'}' if line.behind || self.context.resync.is_among_remains() => {
                (line.start, line.single) = (false, false);
                ReadStep::On(at + 1)
            }
            _ => self.text(bytes, at, end, 0, walk),
        }
    }

    /// A byte with which a value, a document, or text may begin.
    fn open<S: Sink>(&mut self, bytes: &[u8], at: usize, end: bool, walk: &mut Walk<'_, S>) -> ReadStep {
        let InputContext { line, resync, begun, .. } = &mut self.context;
        match bytes[at] {
            b'{' if !line.start && line.prefix.is_some() && !line.behind => match labels(&bytes[at..], end) {
                PrefixMatch::Yes(length) => {
                    line.prefix = Some(InputFormat::LogCli);
                    ReadStep::On(at + length)
                }
                PrefixMatch::No => self.value(bytes, at, end, None, walk),
                PrefixMatch::Cut => ReadStep::Wait,
            },
            b'-' | b'e' | b'r' | b'N' | b'n' | b'q' if !*begun => match begins(&bytes[at..], end) {
                PrefixMatch::Yes(_) => {
                    *begun = true;
                    self.state = StreamState::Yaml(Yaml::default());
                    ReadStep::On(at)
                }
                PrefixMatch::No => self.text(bytes, at, end, 0, walk),
                PrefixMatch::Cut => ReadStep::Wait,
            },
            b'{' => self.value(bytes, at, end, None, walk),
            b'[' if line.start && !resync.is_muted() => match brackets(&bytes[at..], end) {
                PrefixMatch::Yes(_) => self.text(bytes, at, end, 0, walk),
                PrefixMatch::No => self.value(bytes, at, end, None, walk),
                PrefixMatch::Cut => ReadStep::Wait,
            },
            // A record as the text of a string: its first quote is escaped, unless white space comes first.
            b'"' if line.start && resync.is_over() => match &bytes[at + 1..] {
                [b'{', b'\\' | b' ', ..] => self.value(bytes, at, end, None, walk),
                [] | [b'{'] if !end => ReadStep::Wait,
                _ => self.text(bytes, at, end, 0, walk),
            },
            _ => self.text(bytes, at, end, 0, walk),
        }
    }

    /// Text that begins at `at`, of which `searched` bytes were looked through.
    fn text<S: Sink>(
        &mut self,
        bytes: &[u8],
        at: usize,
        end: bool,
        searched: usize,
        walk: &mut Walk<'_, S>,
    ) -> ReadStep {
        let (next, state) = match self.context.text(bytes, at, end, searched, walk) {
            TextEnd::On(next) => return ReadStep::On(next),
            TextEnd::Cut(searched) => {
                self.state = StreamState::Text(searched);
                return ReadStep::Wait;
            }
            TextEnd::Repeated(next, times) => (next, StreamState::Repeated(times)),
            TextEnd::Table(next, table) => (next, StreamState::Table(table)),
        };
        self.state = state;
        ReadStep::On(next)
    }

    /// The value that begins at `at`, and was scanned before as far as `scanner` knows.
    fn value<S: Sink>(
        &mut self,
        bytes: &[u8],
        at: usize,
        end: bool,
        scanner: Option<Scanner>,
        walk: &mut Walk<'_, S>,
    ) -> ReadStep {
        self.context.begun = true;
        if self.context.line.is_apart() {
            self.context.resync.stands_apart();
        }
        // The sink saw only the beginning of a value that was not whole then.
        let is_resumed = scanner.is_some();
        let mut scanner = scanner.unwrap_or_default();
        let found = walk.found;
        match scanner.scan(&bytes[at..], end) {
            Scan::Whole(length) => {
                let value = &bytes[at..at + length];
                if is_resumed && !scanner.is_colored() && self.context.offer(value, at, walk) {
                    self.context.taken(walk);
                    self.context.resync.unmute();
                } else {
                    self.context.whole(value, at, scanner.is_colored(), walk);
                }
                // Where nothing is broken nothing larger is open, whatever the value is.
                let is_single = walk.found > found || !self.context.resync.is_among_remains();
                self.context.line.single = self.context.line.start && is_single;
                self.context.line.ended();
                ReadStep::On(at + length)
            }
            Scan::Cut => {
                self.state = StreamState::Value(scanner);
                ReadStep::Wait
            }
            Scan::Oversize => {
                self.context.line.start = false;
                let document = Document::enter(&bytes[at..], self.context.offset_of(at), walk);
                self.state = StreamState::Document(Box::new(document));
                ReadStep::On(at + 1)
            }
            Scan::Broken(behind, why) => {
                let step = self.context.pieces(bytes, at, end, behind, why, walk);
                if matches!(step, ReadStep::Wait) {
                    self.state = StreamState::Value(Scanner::default());
                }
                step
            }
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
                self.state = StreamState::Repeated(times);
                return ReadStep::Wait;
            }
            Scan::Whole(length) => {
                for _ in 1..times {
                    self.context.whole(&bytes[at..at + length], at, false, walk);
                }
            }
            Scan::Broken(..) | Scan::Oversize => {}
        }
        self.value(bytes, at, end, None, walk)
    }

    /// When nothing follows.
    fn finish<S: Sink>(&mut self, walk: &mut Walk<'_, S>) {
        self.context.report_header(walk);
        if let StreamState::Document(_) = self.state {
            walk.set_place(self.context.offset, 0);
            walk.fail(Malformed::NotJson, b"");
            self.state = StreamState::Between;
        }
        if !self.context.nested {
            walk.end();
        }
        if let StreamState::Table(table) = &self.state
            && let Some(limit) = table.limit()
        {
            walk.incomplete(limit, 1);
        }
        if self.context.begun && !self.context.nested {
            walk.memory.format = walk.memory.format.max(InputFormat::Unknown);
        }
    }
}
