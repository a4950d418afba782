//! The bytes of an object, on their way from the network to whoever reads them.

use std::io::{self, Read};

use bytes::{Buf, Bytes};
use tokio::sync::mpsc;
#[cfg(feature = "parquet")]
use {
    super::ranges::Ranges,
    crate::edge::feed::parquet::{HeldBytes, MAGIC, ParquetSource},
    std::sync::Arc,
};

/// Pieces of a large object that may wait to be read. The HTTP client makes them of up to half a megabyte.
pub(super) const PIECES: usize = 8;

/// An object's bytes.
#[derive(Debug)]
pub enum Body {
    /// All of them.
    Whole(Vec<u8>),
    /// As they come.
    Stream(ObjectStream),
    /// Those that are asked for, of a large object of Parquet.
    #[cfg(feature = "parquet")]
    Ranges(Arc<Ranges>),
}

impl Body {
    /// Its bytes from the first on. Of what is read in parts there are none.
    pub(in crate::edge::feed) fn into_read(self) -> Box<dyn Read> {
        match self {
            Self::Whole(bytes) => Box::new(io::Cursor::new(bytes)),
            Self::Stream(stream) => Box::new(stream),
            #[cfg(feature = "parquet")]
            Self::Ranges(_) => Box::new(io::empty()),
        }
    }

    /// The object as one of Parquet, if it is one.
    #[cfg(feature = "parquet")]
    pub(in crate::edge::feed) fn into_source(self) -> Result<Arc<dyn ParquetSource>, Self> {
        match self {
            Self::Whole(bytes) if bytes.starts_with(MAGIC) => Ok(HeldBytes::all(bytes.into())),
            Self::Ranges(ranges) => Ok(ranges),
            other => Err(other),
        }
    }
}

/// What comes of a large object.
#[derive(Debug)]
pub(super) enum BodyPiece {
    Bytes(Bytes),
    /// That was all of it.
    End,
    /// There is more, which cannot be had.
    Failed(io::Error),
}

/// Reads an object that is still coming, on a thread that may wait.
#[derive(Debug)]
pub struct ObjectStream {
    pieces: mpsc::Receiver<BodyPiece>,
    piece: Bytes,
    ended: bool,
}

impl ObjectStream {
    /// Both ends.
    pub(super) fn new() -> (mpsc::Sender<BodyPiece>, Self) {
        let (sender, pieces) = mpsc::channel(PIECES);
        (sender, Self { pieces, piece: Bytes::new(), ended: false })
    }
}

impl Read for ObjectStream {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() && !self.ended {
            match self.pieces.blocking_recv() {
                Some(BodyPiece::Bytes(bytes)) => self.piece = bytes,
                Some(BodyPiece::End) => self.ended = true,
                Some(BodyPiece::Failed(error)) => {
                    self.ended = true;
                    return Err(error);
                }
                None => {
                    self.ended = true;
                    return Err(io::Error::other("it was given up before its end was read"));
                }
            }
        }
        let length = self.piece.len().min(out.len());
        self.piece.copy_to_slice(&mut out[..length]);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_ends_only_where_the_object_does() {
        for (last, is_whole) in [
            (Some(BodyPiece::End), true),
            (Some(BodyPiece::Failed(io::Error::other("cut"))), false),
            (None, false),
        ] {
            let (sender, mut stream) = ObjectStream::new();
            for piece in ["ab", "", "cde"] {
                sender.blocking_send(BodyPiece::Bytes(Bytes::from_static(piece.as_bytes()))).unwrap();
            }
            if let Some(last) = last {
                sender.blocking_send(last).unwrap();
            }
            drop(sender);
            let mut text = Vec::new();
            let read = stream.read_to_end(&mut text);
            assert_eq!((text.as_slice(), read.is_ok()), (&b"abcde"[..], is_whole));
            assert_eq!(stream.read(&mut [0; 4]).unwrap(), 0, "after its end there is nothing more");
        }
    }
}
