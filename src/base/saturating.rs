//! Numbers of one width as numbers of another, by one rule for what does not fit.

/// Converts a whole number to one of another type. What is too large becomes the largest of that type, what
/// is too small the least: a count that ran out of digits is still the most there is, and the number of an
/// entry beyond the last is one that no list has.
///
/// As the largest `u32` is "no entry" in tables of numbers, one that overflows is read as none.
pub(crate) trait SaturatingInto: Copy + Default + PartialOrd {
    /// The same number if `T` has it, else the nearest.
    #[inline]
    fn saturating_into<T: TryFrom<Self> + WholeNumber>(self) -> T {
        T::try_from(self).unwrap_or(if self < Self::default() { T::LEAST } else { T::LARGEST })
    }
}

/// A type of whole numbers, with its ends.
pub(crate) trait WholeNumber {
    /// The least number.
    const LEAST: Self;
    /// The largest number.
    const LARGEST: Self;
}

macro_rules! whole_numbers {
    ($($number:ty)*) => {$(
        impl SaturatingInto for $number {}

        impl WholeNumber for $number {
            const LEAST: Self = <$number>::MIN;
            const LARGEST: Self = <$number>::MAX;
        }
    )*};
}

whole_numbers!(u8 u16 u32 u64 u128 usize i64 i128);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_the_nearest_that_does() {
        assert_eq!(
            [0_usize, 255, 256, usize::MAX].map(SaturatingInto::saturating_into::<u8>),
            [0, 255, 255, 255]
        );
        assert_eq!(
            [-1_i64, 0, 65_535, 65_536].map(SaturatingInto::saturating_into::<u16>),
            [0, 0, 65_535, 65_535]
        );
        assert_eq!((i64::MIN.saturating_into::<u64>(), i64::MAX.saturating_into()), (0, i64::MAX as u64));
        assert_eq!((u64::MAX.saturating_into(), u64::MAX.saturating_into()), (i64::MAX, u32::MAX));
        assert_eq!((i128::MIN.saturating_into(), u128::MAX.saturating_into()), (i64::MIN, i64::MAX));
        assert_eq!(7_u32.saturating_into::<usize>(), 7);
    }
}
