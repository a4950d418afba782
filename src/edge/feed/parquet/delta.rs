//! Lengths that are written as differences, looked at before room is made for them (parquet-format, "Delta
//! Encoding").

use super::varint::unsigned;

/// The largest block, in values; 128 is usual.
const BLOCK: u64 = 1 << 16;

/// Passes over numbers that are written as differences: how many there are, and what follows them. `None` if
/// there are more than `most`, or they cannot be read.
pub(super) fn pass(bytes: &[u8], most: u32) -> Option<(u32, &[u8])> {
    let (block, bytes) = unsigned(bytes)?;
    let (parts, bytes) = unsigned(bytes)?;
    let (total, bytes) = unsigned(bytes)?;
    let (_, mut bytes) = unsigned(bytes)?;
    let total = u32::try_from(total).ok().filter(|total| *total <= most)?;
    let is_block = (1..=BLOCK).contains(&block) && block.is_multiple_of(128) && parts > 0;
    if !is_block || !block.is_multiple_of(parts) || !(block / parts).is_multiple_of(32) {
        return None;
    }
    let (parts, each) = (usize::try_from(parts).ok()?, usize::try_from(block / parts).ok()?);
    let mut left = (total as usize).saturating_sub(1);
    while left > 0 {
        let (_, rest) = unsigned(bytes)?;
        let (widths, rest) = rest.split_at_checked(parts)?;
        bytes = rest;
        for width in widths {
            if left == 0 {
                break;
            }
            let length = usize::from(*width) * each / 8;
            bytes = &bytes[length.min(bytes.len())..];
            left = left.saturating_sub(each);
        }
    }
    Some((total, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_passed_over() {
        // Blocks of 128 in four parts; three values, the first is 7; differences of two bits; what follows.
        let bytes = [&[0x80, 1, 4, 3, 14, 0, 2, 0, 0, 0][..], &[0xaa; 8], b"rest"].concat();
        assert_eq!(pass(&bytes, 3), Some((3, &b"rest"[..])));
        assert_eq!(pass(&bytes, 2), None, "more than there may be");
        assert_eq!(pass(&[0x80, 1, 4, 1, 14, 9], 1), Some((1, &[9][..])));
        for bytes in
            [&[0x80, 1, 0, 1, 0][..], &[0x80, 2, 8, 1, 0], &[0, 4, 1, 0], &[0x80, 1, 4, 3, 0, 0, 1], &[]]
        {
            let is_small = bytes.get(..3) == Some(&[0x80, 2, 8]);
            assert_eq!(pass(bytes, 9).is_some(), is_small, "{bytes:?}");
        }
    }
}
