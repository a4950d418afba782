//! A large object that is read from its end, and here and there: one of Parquet.

use std::io;
use std::sync::Arc;
use std::{fmt, mem};

use aws_smithy_types::byte_stream::ByteStream;
use bytes::Bytes;
use crossbeam_channel::{Sender, bounded};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::client::{BucketClient, BucketRequest, PATIENCE, first_of, pause};
use super::failure::S3Failure;
use crate::base::saturating::SaturatingInto as _;
use crate::edge::diagnosis::chain;
use crate::edge::feed::parquet::ParquetSource;
use crate::live::trouble::TroubleClass;

/// An object up to this size is got at once when its first bytes are asked for.
const WHOLE: u64 = 32 << 20;
/// How much of a column is asked for at a time.
const STEP: usize = 4 << 20;
/// How often a stretch may break off without having come any further.
const BREAKS: u32 = 9;

/// A stretch that somebody waits for.
pub(super) struct WantedRange {
    offset: u64,
    length: usize,
    to: Sender<io::Result<Bytes>>,
}

/// The object, for whoever reads it on a thread that may wait.
pub struct Ranges {
    wishes: mpsc::Sender<WantedRange>,
    length: u64,
}

impl fmt::Debug for Ranges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ranges").field("length", &self.length).finish_non_exhaustive()
    }
}

impl Ranges {
    /// An object of `length` bytes: both ends.
    pub(super) fn new(length: u64) -> (Arc<Self>, mpsc::Receiver<WantedRange>) {
        let (wishes, asked) = mpsc::channel(1);
        (Arc::new(Self { wishes, length }), asked)
    }
}

impl ParquetSource for Ranges {
    fn length(&self) -> u64 {
        self.length
    }

    fn read(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        if offset.checked_add(length as u64).is_none_or(|end| end > self.length) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if length == 0 {
            return Ok(Bytes::new());
        }
        let (to, got) = bounded(1);
        let given_up = || io::Error::other("it was given up before its end was read");
        self.wishes.blocking_send(WantedRange { offset, length, to }).map_err(|_| given_up())?;
        got.recv().map_err(|_| given_up())?
    }

    fn step(&self) -> usize {
        STEP
    }

    fn is_far(&self) -> bool {
        self.length > WHOLE
    }
}

/// Gets what is asked for of the version `tag` of the object `key`, until nobody asks any more.
pub(super) async fn serve(
    client: &BucketClient,
    key: &str,
    tag: Option<&str>,
    length: u64,
    mut asked: mpsc::Receiver<WantedRange>,
) {
    let mut whole = None;
    while let Some(WantedRange { offset, length: size, to }) = asked.recv().await {
        if length <= WHOLE && whole.is_none() {
            whole = Some(get(client, key, tag, 0, length).await.map_err(|failure| failure.sentence()));
        }
        let start = offset.saturating_into::<usize>();
        let got = match &whole {
            Some(Ok(bytes)) => Ok(bytes.slice(start..start + size)),
            Some(Err(sentence)) => Err(io::Error::other(sentence.clone())),
            None => get(client, key, tag, offset, size as u64)
                .await
                .map_err(|failure| io::Error::other(failure.sentence())),
        };
        // Whether anybody still waits for it does not matter.
        _ = to.send(got);
    }
}

/// Gets `length` bytes from `offset` on.
async fn get(
    client: &BucketClient,
    key: &str,
    tag: Option<&str>,
    offset: u64,
    length: u64,
) -> Result<Bytes, S3Failure> {
    let (mut held, mut breaks) = (Vec::new(), 0);
    held.reserve_exact(usize::try_from(length).unwrap_or(0));
    loop {
        let before = held.len();
        match more(client, key, tag, offset, length, &mut held).await {
            Ok(()) => return Ok(mem::take(&mut held).into()),
            Err(failure) if failure.trouble.class != TroubleClass::Passing || breaks == BREAKS => {
                return Err(failure);
            }
            Err(_) => {
                breaks = if held.len() > before { 1 } else { breaks + 1 };
                pause(breaks).await;
            }
        }
    }
}

/// Asks for what is still to come after `held`.
async fn more(
    client: &BucketClient,
    key: &str,
    tag: Option<&str>,
    offset: u64,
    length: u64,
    held: &mut Vec<u8>,
) -> Result<(), S3Failure> {
    let start = offset + held.len() as u64;
    let range = format!("bytes={start}-{}", offset + length - 1);
    let mut headers = vec![("range", range.as_str())];
    headers.extend(tag.map(|tag| ("if-match", tag)));
    let mut response =
        client.ask(BucketRequest { key, query: &[], headers: &headers, action: "s3:GetObject" }).await?;
    let is_part = response.status().as_u16() == 206;
    // A server that knows no ranges gives all of it.
    let first = if is_part { response.headers().get("content-range").and_then(first_of) } else { Some(0) };
    if first != Some(start) {
        return Err(S3Failure::new(
            TroubleClass::Refused,
            "a part of it was asked for, and something else came",
        ));
    }
    let mut stream = ByteStream::new(response.take_body());
    loop {
        match timeout(PATIENCE, stream.next()).await {
            Err(_) => return Err(S3Failure::new(TroubleClass::Passing, "no more of it came in time")),
            Ok(Some(Err(error))) => return Err(S3Failure::new(TroubleClass::Passing, chain(&error))),
            Ok(None) if (held.len() as u64) < length => {
                return Err(S3Failure::new(TroubleClass::Passing, "it broke off"));
            }
            Ok(None) => return Ok(()),
            Ok(Some(Ok(piece))) => {
                let room = length.saturating_into::<usize>() - held.len();
                held.extend_from_slice(&piece[..piece.len().min(room)]);
            }
        }
    }
}
