//! A document too large to be held: it is entered, and its elements are read one by one.

use super::ends::Ends;
use super::escape::{ESC, Escape, sequence};
use super::format::InputFormat;
use super::members::text;
use super::sink::Sink;
use super::sketch::KeySlot;
use super::stream::{Pending, ReadStep, Stream};
use super::value::{MAX_DEPTH, Scan, Scanner};
use super::walk::{SAMPLE, Walk};
use crate::record::{MAX_VALUE, Malformed};

/// A container that was entered.
#[derive(Debug)]
pub(super) struct Frame {
    need: ContainerNeed,
    is_object: bool,
    /// Whether each element should hold a record.
    is_list: bool,
    /// The meaning of the member in hand.
    slot: KeySlot,
    /// What the envelope seems to be.
    hint: Option<InputFormat>,
    /// Where the document began, with its first bytes, and how much had been read by then: for the outermost
    /// only.
    began: Option<(u64, Vec<u8>, u64)>,
}

/// What comes next in a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ContainerNeed {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
}

impl Frame {
    fn new(open: u8, is_list: bool, hint: Option<InputFormat>) -> Self {
        let is_object = open == b'{';
        let need = if is_object { ContainerNeed::KeyOrEnd } else { ContainerNeed::ValueOrEnd };
        Self { need, is_object, is_list, slot: KeySlot::Other, hint, began: None }
    }
}

impl Stream {
    /// Enters the document at index `at`, whose first bytes are `bytes`.
    pub(super) fn enter<S: Sink>(&mut self, bytes: &[u8], at: usize, walk: &mut Walk<'_, S>) {
        walk.memory.ends = Ends::default();
        let mut frame = Frame::new(bytes[0], bytes[0] == b'[', None);
        let sample = bytes[..bytes.len().min(SAMPLE)].to_vec();
        frame.began = Some((self.offset_of(at), sample, walk.total()));
        self.frames.push(frame);
    }

    /// Goes on inside a document.
    pub(super) fn document<S: Sink>(
        &mut self,
        bytes: &[u8],
        at: usize,
        end: bool,
        walk: &mut Walk<'_, S>,
    ) -> ReadStep {
        if let Pending::Value(scanner) = std::mem::take(&mut self.pending) {
            return self.part(bytes, at, end, Some(scanner), walk);
        }
        let Some(frame) = self.frames.last_mut() else { return ReadStep::On(at) };
        let need = match (bytes[at], frame.need) {
            (b' ' | b'\n' | b'\t' | b'\r', need) => need,
            (b',', ContainerNeed::CommaOrEnd) if frame.is_object => ContainerNeed::Key,
            (b':', ContainerNeed::Colon) | (b',', ContainerNeed::CommaOrEnd) => ContainerNeed::Value,
            (b'}', ContainerNeed::KeyOrEnd | ContainerNeed::CommaOrEnd) if frame.is_object => {
                return self.leave(at, walk);
            }
            (b']', ContainerNeed::ValueOrEnd | ContainerNeed::CommaOrEnd) if !frame.is_object => {
                return self.leave(at, walk);
            }
            (b'"', ContainerNeed::Key | ContainerNeed::KeyOrEnd)
            | (
                b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b'a'..=b'z',
                ContainerNeed::Value | ContainerNeed::ValueOrEnd,
            ) => {
                return self.part(bytes, at, end, None, walk);
            }
            (ESC, _) if let Escape::Whole(length) = sequence(&bytes[at..]) => {
                return ReadStep::On(at + length);
            }
            (ESC, _) if !end && sequence(&bytes[at..]) == Escape::Cut => return ReadStep::Wait,
            _ => {
                self.frames.clear();
                // What stands here may be the beginning of something else, and is read as such.
                self.broken(bytes, at, at, Malformed::NotJson, walk);
                return ReadStep::On(at);
            }
        };
        frame.need = need;
        ReadStep::On(at + 1)
    }

    /// A key or value of a document, scanned before as far as `scanner` knows.
    fn part<S: Sink>(
        &mut self,
        bytes: &[u8],
        at: usize,
        end: bool,
        scanner: Option<Scanner>,
        walk: &mut Walk<'_, S>,
    ) -> ReadStep {
        let offset = self.offset_of(at);
        let (is_resumed, is_sound) = (scanner.is_some(), self.ruins.is_none());
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
            frame.need = ContainerNeed::CommaOrEnd;
            return ReadStep::On(at + length);
        }
        match scanner.scan(&bytes[at..], end) {
            Scan::Whole(length) => {
                let value = &bytes[at..at + length];
                if matches!(frame.need, ContainerNeed::Key | ContainerNeed::KeyOrEnd) {
                    frame.slot = KeySlot::of(&text(value));
                    frame.need = ContainerNeed::Colon;
                    return ReadStep::On(at + length);
                }
                frame.need = ContainerNeed::CommaOrEnd;
                let (is_list, slot) = (frame.is_list, frame.slot);
                if is_list && is_resumed && !scanner.colored && self.offer(value, at, walk) {
                    walk.note(InputFormat::Json);
                } else if is_list {
                    Self::take(value, offset, scanner.colored, walk);
                } else {
                    walk.member(slot, value, offset);
                }
                ReadStep::On(at + length)
            }
            Scan::Cut => {
                self.pending = Pending::Value(scanner);
                ReadStep::Wait
            }
            Scan::Oversize => self.deeper(bytes, at, walk),
            Scan::Broken(behind, why) => {
                self.frames.clear();
                self.broken(bytes, at, at + behind, why, walk)
            }
        }
    }

    /// A key or value of a document that is itself too large to be held.
    fn deeper<S: Sink>(&mut self, bytes: &[u8], at: usize, walk: &mut Walk<'_, S>) -> ReadStep {
        let open = bytes[at];
        let is_deep = self.frames.len() >= MAX_DEPTH as usize;
        match self.frames.last_mut() {
            Some(frame) if matches!(open, b'{' | b'[') && !is_deep => {
                frame.need = ContainerNeed::CommaOrEnd;
                let format = if let KeySlot::List(format) = frame.slot { Some(format) } else { None };
                let is_list = open == b'[' && (frame.is_list || format.is_some());
                let hint = frame.hint.or(format);
                self.frames.push(Frame::new(open, is_list, hint));
                ReadStep::On(at + 1)
            }
            _ => {
                self.frames.clear();
                let why = if is_deep { Malformed::TooDeep } else { Malformed::Oversize };
                let behind = bytes.len().min(at + MAX_VALUE);
                self.broken(bytes, at, behind, why, walk)
            }
        }
    }

    /// Behind the end of a container.
    fn leave<S: Sink>(&mut self, at: usize, walk: &mut Walk<'_, S>) -> ReadStep {
        if let Some(Frame { began: Some((start, sample, before)), .. }) = self.frames.pop() {
            walk.end();
            if walk.total() == before {
                walk.stand(start, sample.len());
                walk.fail(Malformed::Oversize, &sample);
            }
            self.line.ended();
        }
        ReadStep::On(at + 1)
    }

    /// The end of the input inside a document.
    pub(super) fn torn<S: Sink>(&mut self, walk: &mut Walk<'_, S>) {
        self.frames.clear();
        walk.stand(self.offset, 0);
        walk.fail(Malformed::NotJson, b"");
    }
}
