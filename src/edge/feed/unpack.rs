//! Compressed inputs, known by their first bytes and never by their names: Firehose writes gzip without
//! `.gz`, and gzip of gzip where both the subscription and the stream compress.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use encoding_rs_io::DecodeReaderBytes;
use flate2::bufread::GzDecoder;

use super::foreign::NotALog;

mod source;

use source::PackedSource;

/// The most layers that are unpacked. Two are seen in practice.
const MAX_LAYERS: usize = 4;
/// The largest window of a zstd frame, as a power of two: 128 MiB, what `zstd` itself allows unless told
/// otherwise.
const MAX_WINDOW_LOG: u32 = 27;

/// How an input, or a layer of it, is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Packing {
    /// gzip, of one member or several.
    Gzip,
    /// Zstandard, of one frame or several.
    Zstd,
    /// UTF-16 with a byte order mark, as the `>` of Windows PowerShell writes.
    Utf16,
}

impl Packing {
    /// The name that reports give it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Utf16 => "utf-16",
        }
    }

    fn detect(first: &[u8]) -> Option<Self> {
        match first {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            // A frame (RFC 8878 section 3.1.1), or one to be skipped (3.1.2).
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Self::Zstd),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some(Self::Utf16),
            _ => None,
        }
    }
}

/// Whether an input that begins with `first` is packed, or is something that is not read at all.
pub(super) fn is_packed_or_foreign(first: &[u8]) -> bool {
    Packing::detect(first).is_some() || NotALog::detect(first).is_some()
}

/// Reads what is in a reader, unpacked.
///
/// A stream that is cut short or damaged gives what could be unpacked of it, then the error.
pub struct Unpacked<R> {
    source: PackedSource<R>,
    packings: Vec<Packing>,
    rest_ignored: Arc<AtomicBool>,
}

impl<R: Read> Unpacked<R> {
    /// Looks at the first bytes of `reader` to see how it is packed. If it cannot be read, reading says so.
    #[must_use]
    pub fn new(reader: R) -> Self {
        let rest_ignored = Arc::new(AtomicBool::new(false));
        let mut packings = Vec::new();
        let mut source = PackedSource::new(Layer::Raw(reader));
        loop {
            let first = source.peek();
            let Some(packing) = Packing::detect(first) else {
                if let Some(what) = NotALog::detect(first) {
                    source.fail(what.into_error());
                }
                break;
            };
            if packings.len() == MAX_LAYERS {
                let what = format!("packed more than {MAX_LAYERS} times over");
                source.fail(io::Error::new(io::ErrorKind::Unsupported, what));
                break;
            }
            packings.push(packing);
            let parts =
                PackedParts { state: LayerState::Between(source), rest_ignored: Arc::clone(&rest_ignored) };
            source = PackedSource::new(Layer::Packed(Box::new(parts)));
        }
        Self { source, packings, rest_ignored }
    }

    /// How the input is packed, from the outside in.
    #[must_use]
    pub fn packings(&self) -> &[Packing] {
        &self.packings
    }

    /// Whether the input is read as it is.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.packings.is_empty()
    }

    /// A remark on what was passed over so far.
    #[must_use]
    pub fn remark(&self) -> Option<&'static str> {
        self.rest_ignored
            .load(Ordering::Relaxed)
            .then_some("bytes behind the end of the compressed data were passed over")
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.source.read(out)
    }
}

/// One layer of an input.
enum Layer<R> {
    Raw(R),
    Packed(Box<PackedParts<R>>),
}

impl<R: Read> Read for Layer<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Raw(reader) => reader.read(out),
            Self::Packed(parts) => parts.read(out),
        }
    }
}

/// Compressed members or frames, one after the other.
struct PackedParts<R> {
    state: LayerState<R>,
    rest_ignored: Arc<AtomicBool>,
}

/// UTF-8 out of UTF-16: its byte order mark, and the text.
type Utf16Decoder<R> = io::Chain<&'static [u8], DecodeReaderBytes<R, Vec<u8>>>;

/// Reads UTF-16 that begins with a byte order mark. What is no character becomes U+FFFD.
fn utf16_decoder<R: Read>(source: R) -> Utf16Decoder<R> {
    // The decoder leaves the mark out; places in the text count it.
    "\u{feff}".as_bytes().chain(DecodeReaderBytes::new(source))
}

/// What a layer is at.
enum LayerState<R> {
    /// The beginning of a part, or the end of all.
    Between(PackedSource<R>),
    Gzip(Box<GzDecoder<PackedSource<R>>>),
    Zstd(zstd::stream::read::Decoder<'static, PackedSource<R>>),
    Utf16(Box<Utf16Decoder<PackedSource<R>>>),
    /// Records that follow compressed data as they are.
    Plain(PackedSource<R>),
    Done,
}

impl<R: Read> PackedParts<R> {
    fn begin(&self, mut source: PackedSource<R>, is_first: bool) -> io::Result<LayerState<R>> {
        let first = source.peek();
        Ok(match Packing::detect(first) {
            Some(Packing::Gzip) => LayerState::Gzip(Box::new(GzDecoder::new(source))),
            Some(Packing::Zstd) => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(source)?.single_frame();
                decoder.window_log_max(MAX_WINDOW_LOG)?;
                LayerState::Zstd(decoder)
            }
            Some(Packing::Utf16) if is_first => LayerState::Utf16(Box::new(utf16_decoder(source))),
            _ if first.is_empty() => {
                // At the end, or where reading fails.
                source.fill_buf()?;
                LayerState::Done
            }
            _ if matches!(first, [b'{' | b'[', ..]) => LayerState::Plain(source),
            _ => {
                self.rest_ignored.store(true, Ordering::Relaxed);
                LayerState::Done
            }
        })
    }
}

impl<R: Read> Read for PackedParts<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        let mut is_first = true;
        loop {
            let read = match &mut self.state {
                LayerState::Between(_) => 0,
                LayerState::Gzip(decoder) => decoder.read(out).map_err(|error| damage("gzip", &error))?,
                LayerState::Zstd(decoder) => decoder.read(out).map_err(|error| damage("zstd", &error))?,
                LayerState::Utf16(decoder) => return decoder.read(out),
                LayerState::Plain(source) => return source.read(out),
                LayerState::Done => return Ok(0),
            };
            if read > 0 {
                return Ok(read);
            }
            let source = match std::mem::replace(&mut self.state, LayerState::Done) {
                LayerState::Between(source) => source,
                LayerState::Gzip(decoder) => {
                    is_first = false;
                    decoder.into_inner()
                }
                LayerState::Zstd(decoder) => {
                    is_first = false;
                    decoder.finish()
                }
                LayerState::Utf16(_) | LayerState::Plain(_) | LayerState::Done => return Ok(0),
            };
            self.state = self.begin(source, is_first)?;
        }
    }
}

/// Says what is wrong with compressed data. Failures of the reader beneath keep their words.
fn damage(packing: &str, error: &io::Error) -> io::Error {
    let what = match error.kind() {
        io::ErrorKind::UnexpectedEof => format!("the {packing} data is cut short"),
        // The words of the library for a window above its limit (`zstd --long` and `--ultra` make such).
        _ if error.to_string().starts_with("Frame requires too much memory") => {
            format!("the {packing} data needs more memory than is allowed: pack it without --long")
        }
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::Other => {
            format!("the {packing} data is damaged ({error})")
        }
        _ => error.to_string(),
    };
    io::Error::new(error.kind(), what)
}

#[cfg(test)]
mod tests;
