//! Gets an object: all of it at once, or in pieces, and from where it broke off if it does.

use std::io;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::byte_stream::ByteStream;
use bytes::{Buf, Bytes};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::body::{Body, BodyPiece, ObjectStream};
use super::client::{BucketClient, BucketRequest, PATIENCE, first_of, pause};
use super::failure::S3Failure;
use crate::base::saturating::SaturatingInto as _;
use crate::edge::diagnosis::chain;
use crate::live::trouble::TroubleClass;
#[cfg(feature = "parquet")]
use {
    super::ranges::{self, Ranges},
    crate::edge::feed::parquet::MAGIC,
};

/// The largest object that is held whole: larger ones are read as they come.
pub(super) const LARGEST: usize = 4 << 20;
/// How many bytes of a large object are held until it is known how it is read.
const PEEK_LENGTH: usize = 8;
/// How often an object may break off without having come any further.
const BREAKS: u32 = 9;

/// Gets the object `key`, and gives its body to `deliver` as soon as there is one. Returns when all of it is
/// on its way, or when nobody reads it any more.
///
/// # Errors
/// If none of it could be had: then `deliver` was not called.
pub(super) async fn fetch(
    client: &BucketClient,
    key: &str,
    deliver: impl FnOnce(Body),
) -> Result<(), S3Failure> {
    let mut got = FetchedSoFar { at: 0, tag: None, total: None };
    let mut goes = ByteTarget::Held(Vec::new(), deliver);
    let mut breaks = 0;
    loop {
        let before = got.at;
        let read = match got.begin(client, key).await {
            Ok(response) => got.read(response, &mut goes).await,
            Err(failure) => Err(failure),
        };
        match read {
            Ok(ReadEnd::Whole) => {
                goes.end().await;
                return Ok(());
            }
            Ok(ReadEnd::Unread) => return Ok(()),
            #[cfg(feature = "parquet")]
            Ok(ReadEnd::Columns(total)) => {
                let (ranges, asked) = Ranges::new(total);
                if let ByteTarget::Held(_, deliver) = goes {
                    deliver(Body::Ranges(ranges));
                }
                ranges::serve(client, key, got.tag.as_deref(), total, asked).await;
                return Ok(());
            }
            // Nobody has read any of it yet: the other version will do.
            Err(failure) if is_other(&failure) && breaks < BREAKS && goes.begin_anew() => {
                got = FetchedSoFar { at: 0, tag: None, total: None };
                breaks += 1;
            }
            Err(failure) if failure.trouble.class != TroubleClass::Passing || breaks == BREAKS => {
                return goes.fail(failure).await;
            }
            Err(_) => {
                breaks = if got.at > before { 1 } else { breaks + 1 };
                pause(breaks).await;
            }
        }
    }
}

/// Whether there is another version of the object by now (`If-Match`), or a shorter one (RFC 9110 section
/// 15.5.17).
fn is_other(failure: &S3Failure) -> bool {
    matches!(failure.code.as_str(), "PreconditionFailed" | "InvalidRange")
}

/// That an object is not the one that was begun.
fn other() -> S3Failure {
    S3Failure {
        code: "PreconditionFailed".to_owned(),
        ..S3Failure::new(TroubleClass::Refused, "it changed while it was read")
    }
}

/// How reading an answer ended.
enum ReadEnd {
    /// That was all of the object.
    Whole,
    /// Nobody reads it.
    Unread,
    /// It is a large one of Parquet, of this many bytes: nothing of it goes anywhere, and it is to be read
    /// from its end.
    #[cfg(feature = "parquet")]
    Columns(u64),
}

/// How much of an object came.
struct FetchedSoFar {
    /// Bytes that came.
    at: u64,
    /// Which version of it, and of how many bytes.
    tag: Option<String>,
    total: Option<u64>,
}

impl FetchedSoFar {
    /// Asks for what is still to come: of that version, and no other.
    async fn begin(&mut self, client: &BucketClient, key: &str) -> Result<HttpResponse, S3Failure> {
        let range = format!("bytes={}-", self.at);
        let mut headers = Vec::new();
        if self.at > 0 {
            headers.push(("range", range.as_str()));
            if let Some(tag) = &self.tag {
                headers.push(("if-match", tag));
            }
        }
        let ask = BucketRequest { key, query: &[], headers: &headers, action: "s3:GetObject" };
        client.ask(ask).await
    }

    /// Reads an answer on; what came before is skipped if the server begins anew.
    async fn read<D: FnOnce(Body)>(
        &mut self,
        mut response: HttpResponse,
        goes: &mut ByteTarget<D>,
    ) -> Result<ReadEnd, S3Failure> {
        let header = |name: &str| response.headers().get(name).map(str::to_owned);
        let tag = header("etag");
        let length: Option<u64> = header("content-length").and_then(|text| text.trim().parse().ok());
        let is_part = response.status().as_u16() == 206;
        let first = if is_part { header("content-range").and_then(|text| first_of(&text)) } else { Some(0) };
        let (start, total) = match first {
            Some(start) if start <= self.at => (start, length.map(|length| start.saturating_add(length))),
            _ => return Err(S3Failure::new(TroubleClass::Refused, "a part came that was not asked for")),
        };
        if self.at == 0 {
            (self.tag, self.total) = (tag, total);
        } else if tag != self.tag || total != self.total {
            return Err(other());
        }
        let large = total.filter(|total| *total > LARGEST as u64);
        if large.is_none() {
            goes.reserve(total);
        }
        let (mut skip, mut stream) = (self.at - start, ByteStream::new(response.take_body()));
        loop {
            let mut piece = match timeout(PATIENCE, stream.next()).await {
                Err(_) => return Err(S3Failure::new(TroubleClass::Passing, "no more of it came in time")),
                Ok(Some(Err(error))) => return Err(S3Failure::new(TroubleClass::Passing, chain(&error))),
                Ok(None) if self.total.is_some_and(|total| self.at < total) => {
                    return Err(S3Failure::new(TroubleClass::Passing, "it broke off"));
                }
                Ok(None) => return Ok(ReadEnd::Whole),
                Ok(Some(Ok(piece))) => piece,
            };
            let skipped = skip.saturating_into::<usize>().min(piece.len());
            piece.advance(skipped);
            skip -= skipped as u64;
            self.at += piece.len() as u64;
            #[cfg(feature = "parquet")]
            if let (ByteTarget::Held(held, _), Some(total)) = (&*goes, large)
                && held.iter().chain(&piece[..]).take(MAGIC.len()).eq(MAGIC)
            {
                return Ok(ReadEnd::Columns(total));
            }
            if !goes.take(piece, large.is_some()).await {
                return Ok(ReadEnd::Unread);
            }
        }
    }
}

/// Where bytes of an object go.
enum ByteTarget<D> {
    /// They are held until the object is whole.
    Held(Vec<u8>, D),
    /// Somebody reads them as they come.
    Read(mpsc::Sender<BodyPiece>),
    /// Nowhere: they are not wanted any more.
    Gone,
}

impl<D: FnOnce(Body)> ByteTarget<D> {
    /// Has what comes be read from now on. Returns what was held.
    fn open(&mut self) -> Option<Bytes> {
        match std::mem::replace(self, Self::Gone) {
            Self::Held(bytes, deliver) => {
                let (sender, stream) = ObjectStream::new();
                deliver(Body::Stream(stream));
                *self = Self::Read(sender);
                Some(bytes.into())
            }
            other => {
                *self = other;
                None
            }
        }
    }

    /// Makes room for an object of `total` bytes, if it is held.
    fn reserve(&mut self, total: Option<u64>) {
        if let (Self::Held(bytes, ..), Some(total)) = (self, total) {
            let total = total.saturating_into::<usize>().min(LARGEST);
            bytes.reserve_exact(total.saturating_sub(bytes.len()));
        }
    }

    /// Forgets what came, unless somebody has read of it; whether that was possible.
    fn begin_anew(&mut self) -> bool {
        let Self::Held(bytes, ..) = self else { return false };
        bytes.clear();
        true
    }

    /// Takes a piece, of a large object or not; whether there is anybody who wants more.
    async fn take(&mut self, piece: Bytes, is_large: bool) -> bool {
        if let Self::Held(bytes, ..) = self {
            bytes.extend_from_slice(&piece);
            // By its first bytes it is known how a large one is read.
            if bytes.len() <= if is_large { PEEK_LENGTH } else { LARGEST } {
                return true;
            }
            let held = self.open().unwrap_or_default();
            return self.send(BodyPiece::Bytes(held)).await;
        }
        self.send(BodyPiece::Bytes(piece)).await
    }

    async fn send(&self, piece: BodyPiece) -> bool {
        match self {
            Self::Read(sender) => sender.send(piece).await.is_ok(),
            Self::Held(..) | Self::Gone => false,
        }
    }

    /// That was all.
    async fn end(self) {
        match self {
            Self::Held(bytes, deliver) => deliver(Body::Whole(bytes)),
            // Whether anybody hears of it does not matter any more.
            other => _ = other.send(BodyPiece::End).await,
        }
    }

    /// There is more, which cannot be had.
    async fn fail(self, failure: S3Failure) -> Result<(), S3Failure> {
        match self {
            Self::Held(..) => Err(failure),
            other => {
                other.send(BodyPiece::Failed(io::Error::other(failure.sentence()))).await;
                Ok(())
            }
        }
    }
}
