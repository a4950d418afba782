//! A small seeded source of chance: the same seed gives the same bytes on every machine.

/// splitmix64: one addition and a few shifts a number, and no floating point that could differ by platform.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..n`, all alike.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        let wide = u128::from(self.next()) * (n as u128);
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number in `0..n`, small ones more often: rank `r` comes with a weight of about `1 / r` (Zipf).
    pub(crate) fn skewed(&mut self, n: usize) -> usize {
        let octaves = usize::BITS - n.leading_zeros();
        loop {
            let octave = 1_usize << self.below(octaves as usize);
            let rank = octave + self.below(octave);
            if rank <= n {
                return rank - 1;
            }
        }
    }

    /// True in `n` of a thousand cases.
    pub(crate) fn per_mille(&mut self, n: usize) -> bool {
        self.below(1000) < n
    }

    pub(crate) fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.below(among.len())]
    }

    /// As many lower-case hexadecimal digits, the form AWS ids end in.
    pub(crate) fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from(b"0123456789abcdef"[self.below(16)])).collect()
    }
}
