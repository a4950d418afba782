//! A buffered reader whose next bytes can be looked at, however few at a time they come.

use std::io::{self, BufRead, Read};

use super::super::foreign::SNIFF_LENGTH;
use super::Layer;

/// The bytes buffered of each layer.
const BUFFER: usize = 256 << 10;
/// The bytes that are waited for to be looked at: the longest signature at the beginning of a file.
const PEEK: usize = 16;

/// See the module.
pub(super) struct PackedSource<R> {
    layer: Layer<R>,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    /// What reading failed with, to be told when all before it was read.
    failure: Option<io::Error>,
}

impl<R: Read> PackedSource<R> {
    pub(super) fn new(layer: Layer<R>) -> Self {
        Self { layer, buffer: vec![0; BUFFER].into_boxed_slice(), start: 0, end: 0, failure: None }
    }

    /// The next bytes: as many as a signature has, or fewer at the end; more, up to [`SNIFF_LENGTH`], of
    /// those that are there.
    pub(super) fn peek(&mut self) -> &[u8] {
        if self.start > 0 && self.end - self.start < PEEK {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        while self.end - self.start < PEEK && self.failure.is_none() {
            match self.layer.read(&mut self.buffer[self.end..]) {
                Ok(0) => break,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => self.failure = Some(error),
            }
        }
        &self.buffer[self.start..self.end.min(self.start + SNIFF_LENGTH)]
    }

    /// Lets reading fail with `error` from here on.
    pub(super) fn fail(&mut self, error: io::Error) {
        (self.start, self.end) = (0, 0);
        self.failure = Some(error);
    }
}

impl<R: Read> BufRead for PackedSource<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            if let Some(error) = self.failure.take() {
                return Err(error);
            }
            (self.start, self.end) = (0, 0);
            self.end = self.layer.read(&mut self.buffer)?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, amount: usize) {
        self.start = self.end.min(self.start + amount);
    }
}

impl<R: Read> Read for PackedSource<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // A large read needs no second buffer.
        if self.start == self.end && self.failure.is_none() && out.len() >= self.buffer.len() {
            return self.layer.read(out);
        }
        let held = self.fill_buf()?;
        let length = held.len().min(out.len());
        out[..length].copy_from_slice(&held[..length]);
        self.consume(length);
        Ok(length)
    }
}
