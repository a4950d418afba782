//! A document too large to be held: it is entered, and its elements are read one by one.

use super::context::{InputContext, ReadStep};
use super::ends::Ends;
use super::format::InputFormat;
use super::members::text;
use super::sink::Sink;
use super::sketch::KeySlot;
use super::value::{MAX_DEPTH, Scan, Scanner, Structure, TokenNext};
use super::walk::{SAMPLE, Walk};
use crate::log::record::{MAX_VALUE, Malformed};

/// A document that was entered.
#[derive(Debug)]
pub(super) struct Document {
    /// What may stand next.
    structure: Structure,
    /// Its open containers, the innermost last; none once it ended or broke.
    frames: Vec<Frame>,
    /// The scan of the key or value in hand.
    scanner: Option<Scanner>,
    /// Where it began, and its first bytes.
    start: u64,
    sample: Vec<u8>,
    /// How much had been read before it.
    total: u64,
}

/// A container that was entered.
#[derive(Debug)]
struct Frame {
    /// Whether each element should hold a record.
    is_list: bool,
    /// The meaning of the member in hand.
    slot: KeySlot,
    /// What the envelope seems to be.
    hint: Option<InputFormat>,
}

impl Document {
    /// Enters the document at `start`, whose first bytes are `bytes`.
    pub(super) fn enter<S: Sink>(bytes: &[u8], start: u64, walk: &mut Walk<'_, S>) -> Self {
        walk.memory.ends = Ends::default();
        let mut structure = Structure::default();
        structure.enter(bytes[0]);
        let frames = vec![Frame { is_list: bytes[0] == b'[', slot: KeySlot::Other, hint: None }];
        let sample = bytes[..bytes.len().min(SAMPLE)].to_vec();
        Self { structure, frames, scanner: None, start, sample, total: walk.total() }
    }

    /// Whether it ended, or broke.
    pub(super) fn is_over(&self) -> bool {
        self.frames.is_empty()
    }

    /// Goes on inside.
    pub(super) fn step<S: Sink>(
        &mut self,
        context: &mut InputContext,
        bytes: &[u8],
        at: usize,
        end: bool,
        walk: &mut Walk<'_, S>,
    ) -> ReadStep {
        if let Some(scanner) = self.scanner.take() {
            return self.part(context, bytes, at, end, Some(scanner), walk);
        }
        if self.structure.begins_part(bytes[at]) {
            return self.part(context, bytes, at, end, None, walk);
        }
        match self.structure.step(bytes, at) {
            TokenNext::On(next) | TokenNext::Done(next) => {
                self.frames.truncate(self.structure.depth() as usize);
                if self.frames.is_empty() {
                    self.ended(context, walk);
                }
                ReadStep::On(next)
            }
            TokenNext::Cut(_) if !end => ReadStep::Wait,
            TokenNext::Cut(_) | TokenNext::Broken(..) => {
                self.frames.clear();
                // What stands here may be the beginning of something else, and is read as such.
                context.broken(bytes, at, at, Malformed::NotJson, walk);
                ReadStep::On(at)
            }
        }
    }

    /// A key or value of a document, scanned before as far as `scanner` knows.
    fn part<S: Sink>(
        &mut self,
        context: &mut InputContext,
        bytes: &[u8],
        at: usize,
        end: bool,
        scanner: Option<Scanner>,
        walk: &mut Walk<'_, S>,
    ) -> ReadStep {
        let offset = context.offset_of(at);
        let (is_resumed, is_sound) = (scanner.is_some(), !context.resync.is_among_remains());
        let mut scanner = scanner.unwrap_or_default();
        let Some(frame) = self.frames.last_mut() else { return ReadStep::On(at) };
        walk.hint = frame.hint;
        walk.plain = InputFormat::Json;
        // Cut short, it would be offered again with each block.
        if frame.is_list
            && !is_resumed
            && bytes[at] == b'{'
            && let Some(length) = walk
                .canonical(&bytes[at..], offset)
                .or_else(|| if is_sound { walk.quick(&bytes[at..], offset) } else { None })
        {
            walk.note(InputFormat::Json);
            self.structure.pass();
            return ReadStep::On(at + length);
        }
        match scanner.scan(&bytes[at..], end) {
            Scan::Whole(length) => {
                let value = &bytes[at..at + length];
                let is_key = self.structure.is_before_key();
                self.structure.pass();
                if is_key {
                    frame.slot = KeySlot::from_key(&text(value));
                    return ReadStep::On(at + length);
                }
                let (is_list, slot) = (frame.is_list, frame.slot);
                if is_list && is_resumed && !scanner.is_colored() && context.offer(value, at, walk) {
                    walk.note(InputFormat::Json);
                } else if is_list {
                    InputContext::take(value, offset, scanner.is_colored(), walk);
                } else {
                    walk.member(slot, value, offset);
                }
                ReadStep::On(at + length)
            }
            Scan::Cut => {
                self.scanner = Some(scanner);
                ReadStep::Wait
            }
            Scan::Oversize => self.deeper(context, bytes, at, walk),
            Scan::Broken(behind, why) => {
                self.frames.clear();
                context.broken(bytes, at, at + behind, why, walk)
            }
        }
    }

    /// A key or value of a document that is itself too large to be held.
    fn deeper<S: Sink>(
        &mut self,
        context: &mut InputContext,
        bytes: &[u8],
        at: usize,
        walk: &mut Walk<'_, S>,
    ) -> ReadStep {
        let open = bytes[at];
        let is_deep = self.frames.len() >= MAX_DEPTH as usize;
        match self.frames.last_mut() {
            Some(&mut Frame { is_list, slot, hint }) if matches!(open, b'{' | b'[') && !is_deep => {
                let format = if let KeySlot::List(format) = slot { Some(format) } else { None };
                let is_list = open == b'[' && (is_list || format.is_some());
                let hint = hint.or(format);
                self.structure.enter(open);
                self.frames.push(Frame { is_list, slot: KeySlot::Other, hint });
                ReadStep::On(at + 1)
            }
            _ => {
                self.frames.clear();
                let why = if is_deep { Malformed::TooDeep } else { Malformed::Oversize };
                let behind = bytes.len().min(at + MAX_VALUE);
                context.broken(bytes, at, behind, why, walk)
            }
        }
    }

    /// Behind its end.
    fn ended<S: Sink>(&self, context: &mut InputContext, walk: &mut Walk<'_, S>) {
        walk.end();
        if walk.total() == self.total {
            walk.set_place(self.start, self.sample.len());
            walk.fail(Malformed::Oversize, &self.sample);
        }
        context.line.ended();
    }
}
