//! A bit for each of many things.

use crate::base::workers::Workers;

/// How many numbers are looked at together: a multiple of the bits in a word.
const PART: usize = 1 << 13;

/// A bit for each number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bits(pub Vec<u64>);

impl Bits {
    /// The bit of a number; false for numbers beyond the last.
    #[inline]
    pub(super) fn has(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 != 0)
    }

    /// A bit for each number below `count`: whether it `fits`.
    pub(super) fn from_fn(workers: Workers, count: usize, fits: impl Fn(usize) -> bool + Sync) -> Self {
        let parts = workers.map(count.div_ceil(PART), |part| {
            let last = count.min((part + 1) * PART);
            let words = (part * PART..last).step_by(64).map(|start| {
                (start..last.min(start + 64)).fold(0, |word, at| word | u64::from(fits(at)) << (at - start))
            });
            words.collect::<Vec<u64>>()
        });
        Self(parts.concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::workers::tests::SOME;

    #[test]
    fn every_bit_stands_in_its_place() {
        for workers in [Workers::ALONE, SOME] {
            for count in [0, 1, 63, 64, 65, PART, PART + 1, 3 * PART + 70] {
                let bits = Bits::from_fn(workers, count, |at| at % 3 == 0);
                assert_eq!(bits.0.len(), count.div_ceil(64));
                assert!((0..count + 200).all(|at| bits.has(at) == (at < count && at % 3 == 0)), "{count}");
            }
        }
    }
}
