//! What a record travels in: a bare line, an export line, a document of the CLI, a subscription payload, a
//! table.
//!
//! Bytes come in blocks as they were read; what is whole is taken, the rest waits for more. There is no
//! choice of a format up front: at each place it is read what stands there, so that files may be cut, mixed
//! and concatenated.
//!
//! - A line that begins with `{` is offered to the sink first, whose own parser knows the resolver's exact
//!   spelling. That is the hot path, and nothing is scanned before it.
//! - Any other JSON value is found whole (`value`), and looked through for records in it (`walk`, `descend`),
//!   without being parsed where it is only an envelope. What is inside of one is an input in turn (`inner`).
//! - A value too large to be held is entered, and its elements are read one by one (`document`).
//! - Text before a `{` on its line is a prefix (`prefix`). A first line that is the header of a table begins
//!   a table (`table`); one that begins what the AWS CLI writes as YAML begins that (`yaml`).
//! - A record that a carrier cut into lines is put together again (`pieces`). What a document says at its end
//!   of what is not in it is handed on (`ends`).
//!
//! A value that is torn counts once as malformed, and reading resumes behind its first `{`, so that nothing
//! that can be read is lost with it: the record on the next line, the elements of a cut document. What counts
//! then, and what was counted, is one place's business (`resync`). The repeated reading is bounded by
//! [`MAX_VALUE`] and the depth limit.

mod arrays;
#[cfg(feature = "parquet")]
mod assembled;
mod context;
mod descend;
mod document;
mod emit;
mod ends;
mod escape;
mod format;
mod groups;
mod guess;
mod header;
mod inner;
mod line;
mod members;
mod payload;
mod pieces;
mod prefix;
mod quick;
mod resync;
mod rows;
mod sink;
mod sketch;
mod stream;
mod table;
mod text;
mod value;
mod walk;
mod yaml;

pub use crate::log::record::MAX_VALUE;
pub use format::InputFormat;
pub use sink::{Check, RecordPlace, Sink, Spelling};

/// Reads records out of an input, block by block.
#[derive(Debug, Default)]
pub struct Envelope {
    stream: stream::Stream,
    memory: walk::WalkBuffers,
}

impl Envelope {
    /// An envelope for a part of an input that begins at `offset`, at a line start: places count from the
    /// input's beginning, and no header of a table is looked for.
    #[must_use]
    pub fn resume(offset: u64) -> Self {
        Self { stream: stream::Stream::resume(offset), memory: walk::WalkBuffers::default() }
    }

    /// Reads as much of `bytes` as is whole, and returns how many of them were consumed. The next call must
    /// begin with the bytes that were not, followed by more. `end` says that nothing follows: everything is
    /// consumed then.
    ///
    /// When `bytes` holds [`MAX_VALUE`] bytes or more, at least one is consumed, so that a caller needs to
    /// hold no more than that and one read.
    pub fn scan(&mut self, bytes: &[u8], end: bool, sink: &mut impl Sink) -> usize {
        let mut walk = inner::walk(sink, &mut self.memory);
        let consumed = self.stream.scan(bytes, end, &mut walk);
        if end {
            walk.release_all();
        }
        consumed
    }

    /// A column of no known name that holds addresses, in a table that has no other for answers.
    #[must_use]
    pub fn unnamed(&self) -> Option<&str> {
        self.memory.unnamed.as_deref()
    }

    /// What the input turned out to be, from what was read so far.
    #[must_use]
    pub fn format(&self) -> InputFormat {
        self.memory.format
    }
}

#[cfg(test)]
mod tests;
