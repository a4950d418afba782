//! The pages of a column, found, bounded and unpacked.
//!
//! What they say of themselves is held to what can be, before it is taken apart (`parquet::column`): how
//! large a page is, that a dictionary has no more values than its bytes can hold, that there is one where
//! values are numbers of it, how long lists are.

use std::io::{self, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use libdeflater::Decompressor;
use parquet::basic::{Compression, Encoding, Type};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;

use super::delta;
use super::header::{DataHeader, DataHeaderV2, Levels, PageHeader, PageHolds};
use super::levels::ListProgress;
use super::source::{ParquetSource, SourceWindow};
use super::texts::{self, FlushedTexts, ParquetTexts};
use super::{from_io, wrong};

/// The longest header of a page: one with statistics of long texts in it.
const HEADER: usize = 1 << 20;
/// How much of a page is looked at first.
const PEEK_LENGTH: usize = 256;

/// What a value of a dictionary takes besides its bytes.
const VALUE: usize = 40;

/// What the pages of all columns that are read at a time may take, unpacked.
#[derive(Debug)]
pub(super) struct PageBudget {
    limit: usize,
    used: AtomicUsize,
}

impl PageBudget {
    pub(super) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, used: AtomicUsize::new(0) })
    }
}

/// The room that a column takes.
#[derive(Debug)]
struct ColumnRoom {
    room: Arc<PageBudget>,
    dictionary: usize,
    page: usize,
}

impl ColumnRoom {
    /// Changes what is taken by the current page, or by the dictionary.
    fn set(&mut self, is_dictionary: bool, size: usize) -> io::Result<()> {
        let place = if is_dictionary { &mut self.dictionary } else { &mut self.page };
        let before = std::mem::replace(place, size);
        let used = &self.room.used;
        used.fetch_sub(before, Ordering::Relaxed);
        if used.fetch_add(size, Ordering::Relaxed).saturating_add(size) > self.room.limit {
            let most = self.room.limit >> 20;
            return Err(wrong(&format!("its pages are larger than the {most} MiB that are there for them")));
        }
        Ok(())
    }
}

impl Drop for ColumnRoom {
    fn drop(&mut self) {
        self.room.used.fetch_sub(self.dictionary + self.page, Ordering::Relaxed);
    }
}

/// What unpacks pages.
enum Codec {
    None,
    Snappy(snap::raw::Decoder),
    Gzip(Box<Decompressor>),
    Zstd(zstd::bulk::Decompressor<'static>),
}

impl Codec {
    fn from_compression(compression: Compression) -> io::Result<Self> {
        Ok(match compression {
            Compression::UNCOMPRESSED => Self::None,
            Compression::SNAPPY => Self::Snappy(snap::raw::Decoder::new()),
            Compression::GZIP(_) => Self::Gzip(Box::new(Decompressor::new())),
            Compression::ZSTD(_) => Self::Zstd(zstd::bulk::Decompressor::new()?),
            other => {
                let name = format!("{other:?}").to_lowercase();
                let name = name.split('(').next().unwrap_or_default();
                let what = format!(
                    "its pages are packed with {name}, which is not read: write it with zstd or snappy"
                );
                return Err(io::Error::new(io::ErrorKind::Unsupported, what));
            }
        })
    }

    /// Unpacks `packed` into all of `room`.
    fn unpack(&mut self, packed: &[u8], room: &mut [u8]) -> io::Result<()> {
        let length = match self {
            Self::None => {
                let is_same = packed.len() == room.len();
                is_same.then(|| room.copy_from_slice(packed)).map(|()| room.len())
            }
            Self::Snappy(decoder) => {
                let is_same = snap::raw::decompress_len(packed).is_ok_and(|length| length == room.len());
                is_same.then(|| decoder.decompress(packed, room).ok()).flatten()
            }
            Self::Gzip(decoder) => match decoder.gzip_decompress(packed, room) {
                Ok(length) if length == room.len() => Some(length),
                // Of several members it reads the first one.
                _ => MultiGzDecoder::new(packed).read_exact(room).ok().map(|()| room.len()),
            },
            Self::Zstd(decoder) => decoder.decompress_to_buffer(packed, room).ok(),
        };
        if length == Some(room.len()) { Ok(()) } else { Err(wrong("a page of it does not unpack")) }
    }
}

/// How a column is laid out.
#[derive(Clone, Copy, Debug)]
struct ColumnLayout {
    kind: Type,
    width: usize,
    has_definition: bool,
    /// Bits of a repetition level; 0 without lists.
    repetition: u8,
    /// Values that may lean on those before them.
    may_lean: bool,
}

/// See the module.
pub(super) struct ColumnPages {
    window: SourceWindow,
    codec: Codec,
    layout: ColumnLayout,
    has_dictionary: bool,
    streak: ListProgress,
    share: ColumnRoom,
    /// The header that was looked at, and not taken yet.
    next: Option<PageHeader>,
    /// Where texts go that are taken out, and the number of the next.
    texts: Option<FlushedTexts>,
    number: i32,
}

impl ColumnPages {
    /// The pages of a column.
    ///
    /// # Errors
    /// If they cannot be where they are said to be, or are packed in a way that is not read.
    pub(super) fn new(
        source: &Arc<dyn ParquetSource>,
        column: &ColumnChunkMetaData,
        room: &Arc<PageBudget>,
    ) -> io::Result<Self> {
        let (start, end) = range(column, source.length())?;
        let descriptor = column.column_descr();
        let levels =
            |most: i16| u8::try_from(u16::BITS - most.max(0).cast_unsigned().leading_zeros()).unwrap_or(0);
        Ok(Self {
            window: SourceWindow::new(Arc::clone(source), start, end),
            codec: Codec::from_compression(column.compression())?,
            layout: ColumnLayout {
                kind: descriptor.physical_type(),
                width: usize::try_from(descriptor.type_length()).unwrap_or(0),
                has_definition: descriptor.max_def_level() > 0,
                repetition: levels(descriptor.max_rep_level()),
                may_lean: may_lean(column),
            },
            has_dictionary: false,
            streak: ListProgress::default(),
            share: ColumnRoom { room: Arc::clone(room), dictionary: 0, page: 0 },
            next: None,
            texts: None,
            number: 0,
        })
    }

    /// Takes texts out of pages, which have their numbers instead, and hands them over to `texts`.
    pub(super) fn take_out(&mut self, texts: FlushedTexts) {
        self.texts = Some(texts);
    }

    /// The page without its texts, which follow the first `levels` bytes; `values` are there at most.
    fn without_texts(
        &mut self,
        page: Bytes,
        levels: usize,
        values: u32,
        is_dictionary: bool,
    ) -> io::Result<(Bytes, u32)> {
        let Some(handed) = &self.texts else { return Ok((page, values)) };
        let texts = ParquetTexts::decode(&page[levels..], values, self.number, self.share.room.limit)?;
        let count = texts.end().abs_diff(self.number);
        self.number = texts.end();
        let numbered = texts::numbered(&page, levels, &texts);
        self.share.set(is_dictionary, numbered.len().saturating_add(texts.memory()))?;
        handed.lock().unwrap_or_else(PoisonError::into_inner).push(texts);
        Ok((numbered, count))
    }

    /// The header of the next page; it stays there.
    fn header(&mut self) -> io::Result<Option<PageHeader>> {
        while self.next.is_none() {
            if self.window.left() == 0 {
                return Ok(None);
            }
            let mut look = PEEK_LENGTH;
            let (header, length) = loop {
                let bytes = self.window.peek(look)?;
                match PageHeader::read(bytes) {
                    Err(error)
                        if error.kind() == io::ErrorKind::UnexpectedEof
                            && look < HEADER
                            && bytes.len() >= look =>
                    {
                        look *= 16;
                    }
                    read => break read?,
                }
            };
            self.window.pass(length);
            if header.packed as u64 > self.window.left() {
                return Err(wrong("a page of it is longer than its column"));
            }
            if header.holds == PageHolds::Other {
                self.window.pass(header.packed);
            } else {
                self.next = Some(header);
            }
        }
        Ok(self.next)
    }

    fn page(&mut self) -> io::Result<Option<Page>> {
        let Some(header) = self.header()? else { return Ok(None) };
        self.next = None;
        let is_dictionary = matches!(header.holds, PageHolds::Dictionary { .. });
        // What it says of its size is believed only as far as there is room.
        self.share.set(is_dictionary, header.unpacked.max(header.packed))?;
        let packed = self.window.take(header.packed)?;
        let page = match header.holds {
            PageHolds::Dictionary { values } => self.dictionary(&packed, header.unpacked, values)?,
            PageHolds::Data(data) => self.data(packed, header.unpacked, data)?,
            PageHolds::DataV2(data) => self.data_v2(packed, header.unpacked, data)?,
            PageHolds::Other => return Ok(None),
        };
        Ok(Some(page))
    }

    /// A page of levels and values that are packed together.
    fn data(&mut self, packed: Bytes, unpacked: usize, data: DataHeader) -> io::Result<Page> {
        let DataHeader { values, encoding, definition, repetition } = data;
        let levels = [(self.layout.has_definition, definition), (self.layout.repetition > 0, repetition)];
        if levels.contains(&(true, Levels::Packed)) {
            return Err(wrong("a page of it has levels as they were written before 2014"));
        }
        self.check(encoding)?;
        let mut buf = self.unpacked(packed, unpacked, 0)?;
        let mut rest = buf.as_ref();
        for is_repetition in [true, false] {
            let has = if is_repetition { self.layout.repetition > 0 } else { self.layout.has_definition };
            if has {
                let (levels, values_of) = sized(rest).ok_or_else(cut)?;
                rest = values_of;
                if is_repetition {
                    self.measure(levels, values)?;
                }
            }
        }
        let levels = buf.len() - rest.len();
        self.lengths(encoding, rest, values, buf.len())?;
        if encoding == Encoding::PLAIN {
            (buf, _) = self.without_texts(buf, levels, values, false)?;
        }
        let level = Encoding::RLE;
        Ok(Page::DataPage {
            buf,
            num_values: values,
            encoding,
            def_level_encoding: level,
            rep_level_encoding: level,
            statistics: None,
        })
    }

    /// A page of values that may be packed, after levels that are not.
    fn data_v2(&mut self, packed: Bytes, unpacked: usize, data: DataHeaderV2) -> io::Result<Page> {
        let DataHeaderV2 { values, nulls, rows, encoding, levels: [definition, repetition], is_packed } =
            data;
        self.check(encoding)?;
        let levels = (definition as usize).saturating_add(repetition as usize);
        if levels > packed.len() || levels > unpacked || nulls > values || rows > values {
            return Err(wrong("a page of it says of itself what cannot be"));
        }
        let mut buf = if is_packed { self.unpacked(packed, unpacked, levels)? } else { packed };
        self.measure(&buf[..repetition as usize], values)?;
        self.lengths(encoding, &buf[levels..], values, buf.len())?;
        if encoding == Encoding::PLAIN {
            (buf, _) = self.without_texts(buf, levels, values, false)?;
        }
        Ok(Page::DataPageV2 {
            buf,
            num_values: values,
            encoding,
            num_nulls: nulls,
            num_rows: rows,
            def_levels_byte_len: definition,
            rep_levels_byte_len: repetition,
            is_compressed: false,
            statistics: None,
        })
    }

    fn dictionary(&mut self, packed: &Bytes, unpacked: usize, values: u32) -> io::Result<Page> {
        let buf = self.unpacked(packed.clone(), unpacked, 0)?;
        let least = match self.layout.kind {
            Type::BYTE_ARRAY | Type::INT32 | Type::FLOAT => 4,
            Type::INT64 | Type::DOUBLE => 8,
            Type::INT96 => 12,
            Type::FIXED_LEN_BYTE_ARRAY => self.layout.width.max(1),
            // There are two of them.
            Type::BOOLEAN => return Err(wrong("a column of truth values has a dictionary")),
        };
        if (values as usize).saturating_mul(least) > buf.len() {
            return Err(wrong("a dictionary of it is shorter than it says"));
        }
        self.share.set(true, buf.len().saturating_add((values as usize).saturating_mul(VALUE)))?;
        if std::mem::replace(&mut self.has_dictionary, true) {
            return Err(wrong("a column of it has two dictionaries"));
        }
        let (buf, values) = self.without_texts(buf, 0, values, true)?;
        let encoding = Encoding::PLAIN;
        Ok(Page::DictionaryPage { buf, num_values: values, encoding, is_sorted: false })
    }

    /// Whether values of that encoding can be read here.
    fn check(&self, encoding: Encoding) -> io::Result<()> {
        let is_number = matches!(self.layout.kind, Type::INT32 | Type::INT64);
        let can_be = match encoding {
            Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY => self.has_dictionary,
            Encoding::PLAIN => true,
            Encoding::RLE => self.layout.kind == Type::BOOLEAN,
            Encoding::DELTA_BINARY_PACKED => is_number,
            Encoding::DELTA_LENGTH_BYTE_ARRAY => self.layout.kind == Type::BYTE_ARRAY && self.texts.is_none(),
            Encoding::DELTA_BYTE_ARRAY => self.layout.kind == Type::BYTE_ARRAY && self.layout.may_lean,
            Encoding::BYTE_STREAM_SPLIT => {
                is_number || matches!(self.layout.kind, Type::FLOAT | Type::DOUBLE)
            }
            _ => false,
        };
        if can_be { Ok(()) } else { Err(wrong("a page of it is encoded as its column cannot be")) }
    }

    /// The page with all after the first `plain` bytes unpacked.
    fn unpacked(&mut self, packed: Bytes, length: usize, plain: usize) -> io::Result<Bytes> {
        if matches!(self.codec, Codec::None) {
            return Ok(packed);
        }
        let mut room = vec![0; length];
        let (levels, values) = room.split_at_mut(plain);
        levels.copy_from_slice(&packed[..plain]);
        // A page of nulls alone has nothing to unpack.
        if !values.is_empty() {
            self.codec.unpack(&packed[plain..], values)?;
        }
        Ok(room.into())
    }

    /// Looks how many lengths there are before the values in `bytes`, of a page of `size` bytes.
    fn lengths(&mut self, encoding: Encoding, bytes: &[u8], values: u32, size: usize) -> io::Result<()> {
        let lists = match encoding {
            Encoding::DELTA_BINARY_PACKED => 0,
            Encoding::DELTA_LENGTH_BYTE_ARRAY => 1,
            Encoding::DELTA_BYTE_ARRAY => 2,
            _ => return Ok(()),
        };
        let mut rest = bytes;
        // A page of nulls alone may have nothing.
        for _ in 0..lists.max(usize::from(!rest.is_empty())) {
            let (count, behind) = delta::pass(rest, values).ok_or_else(cut)?;
            rest = behind;
            self.share.set(false, self.share.page.saturating_add(4 * lists * count as usize).max(size))?;
        }
        Ok(())
    }

    /// Looks how long the lists in a page are.
    fn measure(&mut self, repetition: &[u8], values: u32) -> io::Result<()> {
        let width = self.layout.repetition;
        if width > 0 && !self.streak.take(repetition, values, width) {
            return Err(wrong("a list in it cannot be read, or is longer than any answer"));
        }
        Ok(())
    }
}

/// Levels with their length before them, and what follows them.
fn sized(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_at_checked(4)?;
    let length = length.iter().rev().fold(0, |length, byte| length << 8 | usize::from(*byte));
    rest.split_at_checked(length)
}

/// That a page is shorter than it has to be.
fn cut() -> io::Error {
    wrong("a page of it is cut short")
}

/// Whether values of a column may be written as what differs from the one before: a short page may then
/// stand for many long ones.
pub(super) fn may_lean(column: &ColumnChunkMetaData) -> bool {
    column.encodings_mask().is_set(Encoding::DELTA_BYTE_ARRAY)
}

/// Whether texts of a column can be taken out of its pages: they are written there as they are.
pub(super) fn has_plain_texts(column: &ColumnChunkMetaData) -> bool {
    !may_lean(column) && !column.encodings_mask().is_set(Encoding::DELTA_LENGTH_BYTE_ARRAY)
}

/// From where to where a column is, in a file of `length` bytes.
pub(super) fn range(column: &ColumnChunkMetaData, length: u64) -> io::Result<(u64, u64)> {
    let data = column.data_page_offset();
    // Some writers say that there is a dictionary at 0 where there is none.
    let dictionary = column.dictionary_page_offset().filter(|at| *at > 0 && *at < data);
    let start = u64::try_from(dictionary.unwrap_or(data)).ok();
    let size = u64::try_from(column.compressed_size()).ok();
    let end = start.zip(size).and_then(|(start, size)| start.checked_add(size)).filter(|end| *end <= length);
    start.zip(end).ok_or_else(|| wrong("a column of it lies outside of the file"))
}

impl Iterator for ColumnPages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for ColumnPages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        self.page().map_err(from_io)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        let header = self.header().map_err(from_io)?;
        Ok(header.map(|header| match header.holds {
            PageHolds::DataV2(DataHeaderV2 { values, rows, .. }) => PageMetadata {
                num_rows: Some(rows as usize),
                num_levels: Some(values as usize),
                is_dict: false,
            },
            PageHolds::Data(DataHeader { values, .. }) => {
                PageMetadata { num_rows: None, num_levels: Some(values as usize), is_dict: false }
            }
            PageHolds::Dictionary { .. } | PageHolds::Other => {
                PageMetadata { num_rows: None, num_levels: None, is_dict: true }
            }
        }))
    }

    fn skip_next_page(&mut self) -> Result<()> {
        let header = self.header().map_err(from_io)?;
        self.next = None;
        match header {
            Some(header) if !self.window.pass(header.packed) => {
                Err(ParquetError::EOF("a page of it is cut short".to_owned()))
            }
            _ => Ok(()),
        }
    }
}
