//! From a reader through an envelope into a sink, with one buffer that is bounded; and back to the bytes of a record.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::unpack::Unpacked;
use crate::envelope::{Envelope, MAX_VALUE, Place, Sink};

/// The bytes asked of a reader at once.
pub const BLOCK: usize = 512 << 10;

/// The memory that bytes are read into. It may be used for one input after the other.
#[derive(Debug, Default)]
pub struct Buffer {
    bytes: Vec<u8>,
}

impl Buffer {
    /// The most bytes that a buffer ever has: a value that is not whole yet, and a block behind it.
    pub const MAX: usize = MAX_VALUE + BLOCK;

    /// Reads all that `reader` has through `envelope` into `sink`, and tells `progress` after each block how many
    /// bytes were read so far.
    ///
    /// # Errors
    /// What the reader failed with. Whatever it gave before was read then.
    pub fn drive(
        &mut self,
        reader: &mut impl Read,
        envelope: &mut Envelope,
        sink: &mut impl Sink,
        progress: &mut impl FnMut(u64),
    ) -> io::Result<()> {
        // What is held and not consumed yet.
        let (mut start, mut end) = (0, 0);
        let mut total = 0;
        loop {
            if self.bytes.len() - end < BLOCK {
                if start > 0 {
                    self.bytes.copy_within(start..end, 0);
                    (start, end) = (0, end - start);
                }
                self.grow(end + BLOCK);
            }
            match reader.read(&mut self.bytes[end..end + BLOCK]) {
                Ok(0) => {
                    envelope.scan(&self.bytes[start..end], true, sink);
                    return Ok(());
                }
                Ok(read) => {
                    end += read;
                    total += read as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    envelope.scan(&self.bytes[start..end], true, sink);
                    return Err(error);
                }
            }
            start += envelope.scan(&self.bytes[start..end], false, sink);
            if start == end {
                (start, end) = (0, 0);
            }
            progress(total);
        }
    }

    /// Makes room for `length` bytes, and for a while to come.
    fn grow(&mut self, length: usize) {
        if self.bytes.len() < length {
            let room = (self.bytes.len() * 2).clamp(length.max(2 * BLOCK), Self::MAX);
            self.bytes.reserve_exact(room - self.bytes.len());
            self.bytes.resize(room, 0);
        }
    }

    /// The bytes that it takes up now.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }
}

/// As [`Buffer::drive`], with a buffer of its own.
///
/// # Errors
/// As [`Buffer::drive`].
pub fn drive(
    reader: &mut impl Read,
    envelope: &mut Envelope,
    sink: &mut impl Sink,
    progress: &mut impl FnMut(u64),
) -> io::Result<()> {
    Buffer::default().drive(reader, envelope, sink, progress)
}

/// Reads the bytes at `place` of the input `path` again, through whatever it is packed in.
///
/// # Errors
/// If the file cannot be read that far: it may have changed, or be a pipe that gave its bytes once.
pub fn fetch_raw(path: &Path, place: Place) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "not a file that can be read again"));
    }
    let mut input = Unpacked::new(&mut file);
    let raw = if input.is_plain() {
        drop(input);
        file.seek(SeekFrom::Start(place.offset))?;
        take(&mut file, place.length)?
    } else {
        io::copy(&mut input.by_ref().take(place.offset), &mut io::sink())?;
        take(&mut input, place.length)?
    };
    if raw.len() < place.length as usize {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the input is shorter than it was"));
    }
    Ok(raw)
}

fn take(reader: &mut impl Read, length: u32) -> io::Result<Vec<u8>> {
    let mut raw = Vec::new();
    reader.take(u64::from(length)).read_to_end(&mut raw)?;
    Ok(raw)
}
