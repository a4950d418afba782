//! Chance that is the same each time.

/// Numbers after Marsaglia, "Xorshift RNGs".
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 up to `end`, which is not one of them.
    pub(crate) fn below(&mut self, end: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from(self.0 % end.unsigned_abs()).expect("it is below")
    }
}
