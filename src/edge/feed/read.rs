//! From a reader through an envelope into a sink, with one buffer that is bounded; and back to the bytes of a
//! record.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

#[cfg(feature = "parquet")]
use super::parquet::{self, OnDisk, RowFile};
use super::unpack::Unpacked;
use crate::log::envelope::{Envelope, MAX_VALUE, RecordPlace, Sink};

/// The bytes asked of a reader at once.
pub const BLOCK: usize = 256 << 10;

/// The memory that bytes are read into. It may be used for one input after the other.
#[derive(Debug, Default)]
pub struct Buffer {
    bytes: Vec<u8>,
}

impl Buffer {
    /// The most bytes that a buffer ever has: a value that is not whole yet, and a block after it.
    pub const MAX: usize = MAX_VALUE + BLOCK;

    /// Reads all that `reader` has through `envelope` into `sink`, and tells `progress` after each block how
    /// many bytes were read so far.
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
pub fn fetch_raw(path: &Path, place: RecordPlace) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "not a file that can be read again"));
    }
    #[cfg(feature = "parquet")]
    if parquet::begins(&mut file)? {
        return RowFile::open(OnDisk::new(file)?)?.take(place.offset);
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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::log::record::{Malformed, Record};

    #[derive(Default)]
    struct Places(Vec<RecordPlace>, Vec<Malformed>);

    impl Sink for Places {
        fn canonical(&mut self, _: &[u8], _: u64) -> Option<usize> {
            None
        }

        fn record(&mut self, _: &Record<'_>, place: RecordPlace) {
            self.0.push(place);
        }

        fn malformed(&mut self, why: Malformed, _: &[u8], _: RecordPlace) {
            self.1.push(why);
        }
    }

    fn line(name: &str) -> String {
        format!(
            "{{\"query_name\":\"{name}\",\"query_type\":\"A\",\"rcode\":\"NOERROR\",\"srcaddr\":\"10.0.0.1\",\"query_timestamp\":\"2025-05-05T10:00:00Z\"}}"
        )
    }

    /// Gives its pieces one by one, then fails.
    struct Pieces(Vec<Vec<u8>>, Option<io::ErrorKind>);

    impl Read for Pieces {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                return self.1.map_or(Ok(0), |kind| Err(kind.into()));
            }
            let piece = self.0.remove(0);
            if piece.is_empty() {
                return Err(io::ErrorKind::Interrupted.into());
            }
            out[..piece.len()].copy_from_slice(&piece);
            Ok(piece.len())
        }
    }

    #[test]
    fn what_came_before_a_failure_counts() {
        let (a, b) = (line("a."), line("b."));
        let pieces = vec![a.clone().into_bytes(), Vec::new(), b"\n{\"que".to_vec(), b.clone().into_bytes()];
        let mut places = Places::default();
        let mut heard = Vec::new();
        let error = drive(
            &mut Pieces(pieces, Some(io::ErrorKind::TimedOut)),
            &mut Envelope::default(),
            &mut places,
            &mut |read| heard.push(read),
        );
        assert_eq!(error.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!(places.0.len(), 2, "the second line was torn into the third, which was whole");
        assert_eq!(places.1, [Malformed::NotJson]);
        let ends = [a.len(), a.len() + 6, a.len() + 6 + b.len()].map(|end| end as u64);
        assert_eq!(heard, ends, "once a block");
    }

    #[test]
    fn records_are_taken_as_they_come() {
        struct Live<'p>(&'p std::cell::Cell<usize>, Vec<String>);
        impl Read for Live<'_> {
            fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
                let Some(line) = self.1.pop() else { return Ok(0) };
                self.0.set(self.0.get() + 1);
                out[..line.len()].copy_from_slice(line.as_bytes());
                Ok(line.len())
            }
        }
        let given = std::cell::Cell::new(0);
        let mut places = Places::default();
        let lines = ["a.", "b.", "c."].map(|name| line(name) + "\n").to_vec();
        let mut live = Live(&given, lines);
        let (mut envelope, mut buffer) = (Envelope::default(), Buffer::default());
        let mut seen = Vec::new();
        buffer.drive(&mut live, &mut envelope, &mut places, &mut |_| seen.push(given.get())).unwrap();
        assert_eq!(seen, [1, 2, 3]);
        assert_eq!(places.0.len(), 3);
        assert_eq!(buffer.capacity(), 2 * BLOCK);
    }

    #[test]
    fn raw_bytes_are_found_again() {
        let folder = crate::edge::feed::inputs::tests::folder("raw");
        let text = format!("{}\n2025-05-05T10:00:00.000Z {}\n{}", line("a."), line("b."), line("c."));
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(text.as_bytes()).unwrap();
        for (name, bytes) in [("plain", text.clone().into_bytes()), ("packed", gzip.finish().unwrap())] {
            let path = folder.join(name);
            std::fs::write(&path, bytes).unwrap();
            let mut places = Places::default();
            let mut input = Unpacked::new(File::open(&path).unwrap());
            drive(&mut input, &mut Envelope::default(), &mut places, &mut |_| ()).unwrap();
            let raw: Vec<_> = places
                .0
                .iter()
                .map(|place| String::from_utf8(fetch_raw(&path, *place).unwrap()).unwrap())
                .collect();
            assert_eq!(raw, ["a.", "b.", "c."].map(line));
            let beyond = RecordPlace { offset: text.len() as u64 - 5, length: 6 };
            assert_eq!(fetch_raw(&path, beyond).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        }
        assert!(fetch_raw(&folder, RecordPlace::default()).is_err());
        assert_eq!(
            fetch_raw(&folder.join("gone"), RecordPlace::default()).unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
        std::fs::remove_dir_all(folder).unwrap();
    }
}
