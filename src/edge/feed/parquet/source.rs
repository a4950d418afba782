//! Where the bytes of a Parquet file are: it is read from its end, and a column here, a column there.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use crate::base::saturating::SaturatingInto as _;

/// A file that can be read anywhere.
pub trait ParquetSource: Send + Sync {
    /// How many bytes it has.
    fn length(&self) -> u64;

    /// The `length` bytes at `offset`.
    ///
    /// # Errors
    /// If they cannot be had; if there are fewer, [`io::ErrorKind::UnexpectedEof`].
    fn read(&self, offset: u64, length: usize) -> io::Result<Bytes>;

    /// How many bytes are best asked for at a time.
    fn step(&self) -> usize {
        64 << 10
    }

    /// Whether each request takes its time.
    fn is_far(&self) -> bool {
        false
    }
}

/// A file on disk.
#[derive(Debug)]
pub struct OnDisk {
    file: Mutex<File>,
    length: u64,
}

impl OnDisk {
    /// The file, which may be shared.
    ///
    /// # Errors
    /// If nobody knows how long it is.
    pub fn new(file: File) -> io::Result<Arc<Self>> {
        let length = file.metadata()?.len();
        Ok(Arc::new(Self { file: Mutex::new(file), length }))
    }
}

impl ParquetSource for OnDisk {
    fn length(&self) -> u64 {
        self.length
    }

    fn read(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::with_capacity(length);
        (&mut *file).take(length as u64).read_to_end(&mut bytes)?;
        if bytes.len() < length {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the file became shorter while it was read",
            ));
        }
        Ok(bytes.into())
    }
}

/// A stretch of a file that is in memory, mostly all of it.
#[derive(Clone, Debug)]
pub struct HeldBytes {
    bytes: Bytes,
    /// Where it begins, and how long the file is.
    start: u64,
    length: u64,
}

impl HeldBytes {
    /// All of a file.
    #[must_use]
    pub fn all(bytes: Bytes) -> Arc<Self> {
        let length = bytes.len() as u64;
        Arc::new(Self { bytes, start: 0, length })
    }

    /// The stretch of `source` from `start` on.
    ///
    /// # Errors
    /// Those of `source`.
    pub(super) fn part(source: &dyn ParquetSource, start: u64, length: usize) -> io::Result<Arc<Self>> {
        Ok(Arc::new(Self { bytes: source.read(start, length)?, start, length: source.length() }))
    }
}

impl ParquetSource for HeldBytes {
    fn length(&self) -> u64 {
        self.length
    }

    fn read(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        let start = offset.checked_sub(self.start).and_then(|start| usize::try_from(start).ok());
        let range = start.and_then(|start| Some(start..start.checked_add(length)?));
        let range = range.filter(|range| range.end <= self.bytes.len());
        range.map(|range| self.bytes.slice(range)).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn step(&self) -> usize {
        // Nothing is copied.
        usize::MAX
    }
}

/// A stretch of a file that is read on, a step at a time.
#[derive(Clone)]
pub(super) struct SourceWindow {
    source: Arc<dyn ParquetSource>,
    held: Bytes,
    /// Where what follows `held` is, and where the stretch ends.
    at: u64,
    end: u64,
}

impl SourceWindow {
    pub(super) fn new(source: Arc<dyn ParquetSource>, start: u64, end: u64) -> Self {
        Self { source, held: Bytes::new(), at: start, end }
    }

    /// How many bytes there are still.
    pub(super) fn left(&self) -> u64 {
        self.end - self.at + self.held.len() as u64
    }

    /// The next bytes: `wanted` of them, or as many as there are.
    pub(super) fn peek(&mut self, wanted: usize) -> io::Result<&Bytes> {
        if self.held.len() < wanted && self.at < self.end {
            let left = (self.end - self.at).saturating_into::<usize>();
            let more = (wanted - self.held.len()).max(self.source.step()).min(left);
            let next = self.source.read(self.at, more)?;
            self.at += next.len() as u64;
            self.held = if self.held.is_empty() { next } else { [self.held.as_ref(), &next].concat().into() };
        }
        Ok(&self.held)
    }

    /// Takes the next `length` bytes.
    pub(super) fn take(&mut self, length: usize) -> io::Result<Bytes> {
        if self.peek(length)?.len() < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(self.held.split_to(length))
    }

    /// Passes over the next `length` bytes; whether there were that many.
    pub(super) fn pass(&mut self, length: usize) -> bool {
        let held = self.held.len().min(length);
        drop(self.held.split_to(held));
        let rest = (length - held) as u64;
        let is_there = rest <= self.end - self.at;
        self.at = (self.at + rest).min(self.end);
        is_there
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_give_each_byte_once() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|at| at.to_le_bytes()[0]).collect();
        let path = crate::edge::feed::inputs::tests::folder("window").join("file");
        std::fs::write(&path, &bytes).unwrap();
        let disk: Arc<dyn ParquetSource> = OnDisk::new(File::open(&path).unwrap()).unwrap();
        let held: Arc<dyn ParquetSource> = HeldBytes::all(bytes.clone().into());
        let part: Arc<dyn ParquetSource> = HeldBytes::part(&*disk, 10, 190_000).unwrap();
        for source in [disk, held, part] {
            assert_eq!(source.length(), 200_000);
            let mut window = SourceWindow::new(Arc::clone(&source), 10, 190_010);
            assert_eq!(window.peek(5).unwrap()[..5], bytes[10..15]);
            assert_eq!(window.take(100_000).unwrap(), bytes[10..100_010]);
            assert!(window.pass(80_000));
            assert_eq!(window.left(), 10_000);
            assert_eq!(window.take(10_000).unwrap(), bytes[180_010..190_010]);
            assert!(window.peek(1).unwrap().is_empty() && window.take(1).is_err() && !window.pass(1));
            assert!(source.read(199_999, 2).is_err() && source.read(u64::MAX, 1).is_err());
        }
        std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }
}
