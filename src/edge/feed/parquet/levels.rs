//! How long lists are, looked at before they are unfolded: a run of a few bytes may stand for a list of
//! thousands of millions of elements (parquet-format, "Run Length Encoding / Bit-Packing Hybrid").

use super::varint::unsigned;

use crate::base::saturating::SaturatingInto as _;

/// The most elements of a list. A record of the resolver has a few; this is more than any DNS message holds.
pub(super) const LONGEST: u32 = 8192;

/// How many elements the list being read has so far, page after page.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ListProgress(u32);

impl ListProgress {
    /// Takes in the repetition levels in `bytes`, of which there are `values` of `width` bits each; whether
    /// each list has at most [`LONGEST`] elements, and all can be read.
    pub(super) fn take(&mut self, mut bytes: &[u8], values: u32, width: u8) -> bool {
        let mut left = values;
        while left > 0 {
            let head = unsigned(bytes).and_then(|(head, rest)| Some((u32::try_from(head).ok()?, rest)));
            let Some((head, rest)) = head else { return false };
            bytes = rest;
            if head & 1 == 0 {
                let size = usize::from(width.div_ceil(8));
                let Some((value, rest)) = bytes.split_at_checked(size) else { return false };
                bytes = rest;
                let count = (head >> 1).min(left);
                if count == 0 || !self.repeat(value.iter().any(|byte| *byte != 0), count) {
                    return false;
                }
                left -= count;
            } else {
                let groups = (head >> 1) as usize;
                let length = groups.saturating_mul(usize::from(width)).min(bytes.len());
                let (packed, rest) = bytes.split_at(length);
                bytes = rest;
                let levels = packed.len() * 8 / usize::from(width.max(1));
                let count = levels.saturating_into::<u32>().min(left);
                if count == 0 || !self.packed(packed, count, width) {
                    return false;
                }
                left -= count;
            }
        }
        true
    }

    fn packed(&mut self, bytes: &[u8], count: u32, width: u8) -> bool {
        let mut bits = bytes.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1));
        (0..count).all(|_| {
            let is_inner = (0..width).fold(0, |all, _| all | bits.next().unwrap_or(0)) != 0;
            self.repeat(is_inner, 1)
        })
    }

    /// Takes in `count` levels that are alike.
    fn repeat(&mut self, is_inner: bool, count: u32) -> bool {
        self.0 = if is_inner { self.0.saturating_add(count) } else { 0 };
        self.0 < LONGEST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_measured_in_runs_and_bits() {
        // Eight of 0, then eight bits of which the last six are inner ones.
        assert!(ListProgress::default().take(&[16, 0, 3, 0xfc], 16, 1));
        // A run of ten thousand that begin a record each, and one of as many elements.
        assert!(ListProgress::default().take(&[0xa0, 0x9c, 1, 0], 10_000, 1));
        assert!(!ListProgress::default().take(&[0xa0, 0x9c, 1, 1], 10_000, 1));
        let mut streak = ListProgress::default();
        let bits = [&[0x81, 8][..], &[0xff; 512]].concat();
        assert!(streak.take(&bits, 4096, 1), "half of what a list may have");
        assert!(!streak.take(&bits, 4096, 1), "which goes on in the next page");
        for (bytes, width) in [(&[][..], 1), (&[16], 1), (&[3], 1), (&[0, 0], 1), (&[0xff; 5], 1), (&[1], 1)]
        {
            assert!(!ListProgress::default().take(bytes, 8, width), "{bytes:?}");
        }
    }
}
