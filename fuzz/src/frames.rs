//! The lengths of frames are seen alike in whatever pieces they come, and what the SDK decodes is let
//! through.

use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use bytes::{Buf as _, BytesMut};
use r53tail::edge::feed::aws::bound::Frames;

use crate::head;

/// Reads a stream of frames.
pub fn run(data: &[u8]) {
    let (sizes, stream) = head::<3>(data);
    let whole = Frames::default().pass(stream);
    let mut frames = Frames::default();
    let mut rest = stream;
    let mut passed = true;
    for size in sizes.into_iter().cycle() {
        let (piece, behind) = rest.split_at(rest.len().min(usize::from(size).max(1)));
        passed = passed && frames.pass(piece);
        rest = behind;
        if rest.is_empty() {
            break;
        }
    }
    assert_eq!(passed, whole, "in pieces of {sizes:?}");
    let mut buffer = BytesMut::from(stream);
    let mut decoder = MessageFrameDecoder::new();
    while let Ok(DecodedFrame::Complete(_)) = decoder.decode_frame(&mut buffer) {
        let read = stream.len() - buffer.remaining();
        assert!(Frames::default().pass(&stream[..read]), "what is decoded is not too long");
    }
}
