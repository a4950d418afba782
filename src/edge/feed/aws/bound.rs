//! How much of an answer is held: the SDK keeps all of one, and all of a frame of a stream, until it has it
//! whole.

use std::pin::Pin;
use std::task::{Context, Poll};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::base::saturating::SaturatingInto as _;

/// The most that a frame, or an answer that is no stream, may have: what botocore takes of an event (24 MiB
/// of payload and 128 KiB of headers, `botocore/eventstream.py`). A page of `FilterLogEvents` has 1 MB of
/// events.
const MOST: u64 = 24 * 1024 * 1024 + 128 * 1024;

/// More came than is held.
#[derive(Debug, thiserror::Error)]
#[error("more than 24 MiB came in one piece, which is not held")]
pub(in crate::edge::feed) struct TooLarge;

/// The same answer, whose reading fails where it is too large.
pub(super) fn bounded(mut response: HttpResponse) -> HttpResponse {
    let kind = response.headers().get("content-type").unwrap_or_default();
    let frames = kind.starts_with("application/vnd.amazon.eventstream").then(Frames::default);
    let body = response.body_mut();
    let inner = std::mem::replace(body, SdkBody::taken());
    *body = SdkBody::from_body_1_x(Bounded { inner, frames, came: 0 });
    response
}

/// Where frames begin: the first four bytes of each are its length (AWS event stream encoding).
#[derive(Debug, Default)]
pub struct Frames {
    /// How much of the frame is still to come.
    left: u64,
    /// The length of the next one, as far as it came.
    length: u32,
    digits: u32,
}

impl Frames {
    /// Goes past `bytes`. Returns whether no frame is too long.
    pub fn pass(&mut self, mut bytes: &[u8]) -> bool {
        while let Some((first, rest)) = bytes.split_first() {
            if self.left > 0 {
                let skipped = self.left.saturating_into::<usize>().min(bytes.len());
                self.left -= skipped as u64;
                bytes = &bytes[skipped..];
                continue;
            }
            self.length = self.length << 8 | u32::from(*first);
            self.digits += 1;
            bytes = rest;
            if self.digits == 4 {
                if u64::from(self.length) > MOST {
                    return false;
                }
                self.left = u64::from(self.length).saturating_sub(4);
                (self.length, self.digits) = (0, 0);
            }
        }
        true
    }
}

struct Bounded {
    inner: SdkBody,
    /// If it is a stream of frames.
    frames: Option<Frames>,
    came: u64,
}

impl Body for Bounded {
    type Data = Bytes;
    type Error = aws_smithy_types::body::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(data) = frame.data_ref()
        {
            self.came = self.came.saturating_add(data.len() as u64);
            let is_held = match &mut self.frames {
                Some(frames) => frames.pass(data),
                None => self.came <= MOST,
            };
            if !is_held {
                return Poll::Ready(Some(Err(Box::new(TooLarge))));
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        Body::size_hint(&self.inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(length: u32) -> Vec<u8> {
        [&length.to_be_bytes()[..], &vec![7; length.saturating_sub(4) as usize]].concat()
    }

    #[test]
    fn frames_are_measured_in_whatever_pieces_they_come() {
        let small = [frame(16), frame(300), frame(4), frame(17)].concat();
        let mut large = small.clone();
        large.extend(u32::MAX.to_be_bytes());
        for size in [1, 3, 7, 100, large.len()] {
            let passes = |bytes: &[u8]| {
                let mut frames = Frames::default();
                bytes.chunks(size).all(|chunk| frames.pass(chunk))
            };
            assert_eq!((passes(&small), passes(&large)), (true, false), "in pieces of {size}");
        }
        let most = u32::try_from(MOST).unwrap();
        assert!(
            Frames::default().pass(&most.to_be_bytes()) && !Frames::default().pass(&(most + 1).to_be_bytes())
        );
        // One without a length, as nobody writes it, is no reason to stop either.
        assert!(Frames::default().pass(&[0; 64]));
    }
}
